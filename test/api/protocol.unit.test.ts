/** What every request meets before its handler, without a database: the shape of refusals, limits, headers. */
import { describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import type { ApiDeps } from '../../api/ports.ts';
import { createLogger } from '../../platform/log.ts';

type Fake = Partial<ApiDeps>;

const fakeConfig = {
  api: { host: '127.0.0.1', port: 3000, publicUrl: 'http://localhost' },
  embedded: true,
  temporal: { address: 'x:1', namespace: 'n', taskQueue: 'q' },
  timing: { engineAnswerMs: 1, outboxPollMs: 1, scanEveryMs: 1 },
};

/** Every query finds nothing; nothing else is ever reached by these requests. */
function appWith(over: Fake = {}) {
  const sql = Object.assign(() => Promise.resolve([]), { begin: () => Promise.reject(new Error('no database here')) });
  const fake = {
    config: fakeConfig,
    log: createLogger('api', 'silent'),
    sql,
    changes: { subscribers: 0 },
    engine: { ping: () => Promise.resolve(true) },
    faces: {},
    now: () => new Date('2026-11-23T09:00:00Z'),
    ...over,
  };
  return createApp(fake as unknown as ApiDeps);
}

/** Rejects only where it is awaited, as a query does; a part of a query that nobody awaits is silent. */
const failing = (error: Error) =>
  Object.assign(() => {
    const answer = Promise.reject(error);
    answer.catch(() => undefined);
    return answer;
  }, {}) as never;

/** The connection a request comes over, as the server tells it. */
const from = (remoteAddress: string) => ({
  incoming: { socket: { remoteAddress, remotePort: 1, remoteFamily: remoteAddress.includes(':') ? 'IPv6' : 'IPv4' } },
});

const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }): RequestInit => ({
  method: 'POST',
  body,
  headers,
});

describe('a refusal is a problem document', () => {
  it.each([
    ['an unknown address', '/api/nowhere', {}, 404, 'not_found'],
    ['a method the address does not know', '/api/accounts', { method: 'DELETE' }, 405, 'method_not_allowed'],
    ['no session', '/api/inbox', {}, 401, 'unauthenticated'],
    ['a body that is no JSON', '/api/session', post('{"personId":'), 400, 'bad_request'],
    ['an empty body', '/api/session', post(''), 400, 'bad_request'],
    ['no Content-Type', '/api/session', post('{}', {}), 415, 'unsupported_media_type'],
    [
      'a form',
      '/api/session',
      post('personId=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported_media_type',
    ],
    ['a wrong field', '/api/session', post('{"personId":"me"}'), 422, 'invalid'],
    ['a NUL in a text', '/api/session', post('{"personId":"\\u0000"}'), 422, 'invalid'],
    [
      'a bad idempotency key',
      '/api/session',
      post('{}', { 'content-type': 'application/json', 'idempotency-key': 'short' }),
      422,
      'invalid',
    ],
    [
      'a foreign page',
      '/api/session',
      post('{}', { 'content-type': 'application/json', origin: 'https://evil.example' }),
      403,
      'foreign_origin',
    ],
    [
      'a foreign frame',
      '/api/session',
      post('{}', { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' }),
      403,
      'foreign_origin',
    ],
  ] as Array<[string, string, RequestInit, number, string]>)('%s', async (_name, path, init, status, code) => {
    const answer = await appWith().request(path, init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await answer.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({
      status,
      code,
      instance: path,
      errors: expect.any(Array),
      requestId: answer.headers.get('x-request-id'),
    });
    expect(String(problem.title)).toMatch(/[а-я]/);
  });

  it('points at the field, in Russian', async () => {
    const answer = await appWith().request('/api/session', post('{}'));
    expect(((await answer.json()) as { errors: unknown[] }).errors).toEqual([
      { pointer: '/personId', detail: 'Идентификатор: UUID.' },
    ]);
  });

  it('names the methods an address has', async () => {
    const answer = await appWith().request('/api/session', { method: 'PUT' });
    expect(answer.headers.get('allow')).toBe('DELETE, GET, POST');
  });

  it('says too large before reading it all, with and without a declared length', async () => {
    const app = appWith({ limits: { json: 100 } });
    const long = JSON.stringify({ personId: 'x'.repeat(200) });
    expect((await app.request('/api/session', post(long))).status).toBe(413);
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('x'.repeat(60)));
      },
    });
    const endless = await app.request('/api/session', {
      method: 'POST',
      body: stream,
      headers: { 'content-type': 'application/json' },
      duplex: 'half',
    } as RequestInit);
    expect(endless.status).toBe(413);
  });

  it('says wait after too many requests', async () => {
    const app = appWith({ limits: { perMinute: 3 } });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await app.request('/api/inbox')).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
    const answer = await app.request('/api/inbox');
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(((await answer.json()) as { code: string }).code).toBe('too_many_requests');
  });

  it('counts made-up tokens together: another one for each request buys nothing', async () => {
    const session = { idleMs: 60_000, absoluteMs: 60_000, rotateMs: 60_000, proofMs: 60_000 };
    const app = appWith({ limits: { perMinute: 3 }, config: { ...fakeConfig, session } as never });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++)
      statuses.push(
        (await app.request('/api/inbox', { headers: { authorization: `Bearer ${'x'.repeat(40)}${i}` } })).status,
      );
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect((await app.request('/api/inbox')).status, 'who brings no token is counted apart').toBe(401);
  });

  it('tells a stranger nothing about a fault', async () => {
    const answer = await appWith({ sql: failing(new Error('select secret from person')) }).request('/api/accounts');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret');
  });

  it('answers 503 with a time to come back when the database is away', async () => {
    const answer = await appWith({
      sql: failing(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })),
    }).request('/api/accounts');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(((await answer.json()) as { code: string }).code).toBe('database_unavailable');
  });
});

describe('every answer', () => {
  it('keeps a sound request id and replaces any other', async () => {
    const app = appWith();
    const kept = await app.request('/api/inbox', { headers: { 'x-request-id': 'browser-12345678' } });
    expect(kept.headers.get('x-request-id')).toBe('browser-12345678');
    const replaced = await app.request('/api/inbox', { headers: { 'x-request-id': 'bad id\twith spaces' } });
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('carries a policy without eval and without other hosts', async () => {
    const answer = await appWith().request('/api/reference');
    const csp = answer.headers.get('content-security-policy') ?? '';
    expect(csp).toContain("script-src 'self'");
    expect(csp).not.toContain('unsafe-eval');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).not.toMatch(/https?:\/\//);
  });

  it('counts by the pattern of the route, so that an address with an id is one line', async () => {
    const app = appWith();
    await app.request('/api/cases/3f0c7f86-33e8-4a5c-b3e2-5a9c63e6a001');
    await app.request('/api/cases/3f0c7f86-33e8-4a5c-b3e2-5a9c63e6a002');
    await app.request('/.env');
    const text = await (await app.request('/metrics', {}, from('127.0.0.1'))).text();
    expect(text).toMatch(/route="\/api\/cases\/\{id\}",status="401"\} 2/);
    expect(text).not.toContain('3f0c7f86');
    expect(text).not.toContain('.env');
  });

  it('shows measures to this machine or to the token of the collector, to nobody else', async () => {
    const status = async (app: ReturnType<typeof appWith>, address: string, headers: Record<string, string> = {}) =>
      (await app.request('/metrics', { headers }, from(address))).status;
    const local = appWith();
    expect(await status(local, '127.0.0.1')).toBe(200);
    expect(await status(local, '::ffff:127.0.0.1')).toBe(200);
    expect(await status(local, '10.0.0.7')).toBe(404);
    expect(await status(local, '127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }), 'through a proxy').toBe(404);
    expect((await local.request('/metrics')).status, 'of unknown origin').toBe(404);
    const metricsToken = 'metrics-token-of-the-test-000000000001';
    const api = { host: '127.0.0.1', port: 3000, publicUrl: 'http://localhost', metricsToken };
    const closed = appWith({ config: { ...fakeConfig, api } as never });
    expect(await status(closed, '127.0.0.1')).toBe(401);
    expect(await status(closed, '10.0.0.7', { authorization: 'Bearer guess' })).toBe(401);
    expect(await status(closed, '10.0.0.7', { authorization: `Bearer ${metricsToken}` })).toBe(200);
  });

  it('echoes the idempotency key of a write, or the one it made', async () => {
    const app = appWith();
    const given = await app.request(
      '/api/session',
      post('{}', { 'content-type': 'application/json', 'idempotency-key': 'key-of-the-client' }),
    );
    expect(given.headers.get('idempotency-key')).toBe('key-of-the-client');
    expect((await app.request('/api/session', post('{}'))).headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the description of the API', () => {
  it('is OpenAPI 3.1 and declares a problem document for every refusal', async () => {
    const document = (await (await appWith().request('/api/openapi.json')).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).length).toBeGreaterThan(40);
    for (const [path, methods] of Object.entries(document.paths)) {
      if (path.startsWith('/health/')) continue;
      for (const [method, { responses }] of Object.entries(methods)) {
        for (const status of ['400', '401', '404', '422', '429', '503'])
          expect(responses[status]?.content, `${method} ${path} ${status}`).toHaveProperty([
            'application/problem+json',
          ]);
      }
    }
  });

  it('serves its own script', async () => {
    const answer = await appWith().request('/api/reference/scalar.js');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    await answer.body?.cancel();
  });

  it('says ready only when database and engine are', async () => {
    expect(
      (await appWith({ sql: Object.assign(() => Promise.resolve([{}]), {}) as never }).request('/health/ready')).status,
    ).toBe(200);
    const down = await appWith({
      engine: { ping: () => Promise.reject(new Error('down')) } as never,
      sql: Object.assign(() => Promise.resolve([{}]), {}) as never,
    }).request('/health/ready');
    expect([down.status, await down.json()]).toEqual([
      503,
      { status: 'fail', checks: { database: 'ok', engine: 'fail' } },
    ]);
  });
});
