/** A browser without a screen: keeps cookies, says its origin, follows nothing by itself. */
import type { ApiWorld, Answered } from './world.ts';

export interface Jar {
  cookies: Map<string, string>;
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answered & { setCookies: string[] }>;
}

/** Asks the application as a page of the installation does; `origin` of a foreign page may be given per request. */
export function createJar(
  world: Pick<ApiWorld, 'app'> & { config: { api: { publicUrl: string } } },
  userAgent = 'Mozilla/5.0 (X11; Linux) Chrome/140',
): Jar {
  const cookies = new Map<string, string>();
  return {
    cookies,
    ask: async (method, path, body, headers = {}) => {
      const response = await world.app.request(path, {
        method,
        headers: {
          'user-agent': userAgent,
          ...(method === 'GET'
            ? {}
            : { origin: new URL(world.config.api.publicUrl).origin, 'sec-fetch-site': 'same-origin' }),
          ...(cookies.size > 0 ? { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const setCookies = response.headers.getSetCookie();
      for (const line of setCookies) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === '' || /max-age=0/i.test(line)) cookies.delete(name);
        else cookies.set(name, value);
      }
      const text = await response.text();
      const json = (response.headers.get('content-type') ?? '').includes('json');
      return {
        status: response.status,
        body: json && text !== '' ? JSON.parse(text) : text,
        headers: response.headers,
        setCookies,
      };
    },
  };
}
