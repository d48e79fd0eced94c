/** What every request passes before its handler: identity of the request, limits, headers, the shape of the body. */
import { randomUUID } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { rateLimiter } from 'hono-rate-limiter';
import type { Env } from './env.ts';
import { hashToken, tokenOf } from './session.ts';
import type { ApiDeps, Limits } from './ports.ts';
import { problemResponse } from './problem-response.ts';
import { ApiProblem } from './problems.ts';
import { findRoute, methodsOf } from './route-match.ts';

const requestIdShape = /^[\w.:-]{8,100}$/;

/** The id travels from the browser to the audit row and back. */
export function requestIdentity(deps: ApiDeps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const given = c.req.header('x-request-id');
    const id = given && requestIdShape.test(given) ? given : randomUUID();
    c.set('requestId', id);
    const matched = findRoute(c.req.method, c.req.path);
    if (matched) c.set('matched', matched);
    c.set('route', matched?.path ?? (c.req.path.startsWith('/api/') ? 'unknown' : 'page'));
    c.set('log', deps.log);
    c.header('X-Request-Id', id);
    await next();
    // Not by `c.header`, which makes the answer anew, as a stream.
    c.res.headers.set('X-Request-Id', id);
  };
}

/** One line a request: the pattern of the route and ids, never addresses with what people typed. */
export function accessLog(deps: ApiDeps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const started = performance.now();
    await next();
    const record = {
      method: c.req.method,
      route: c.get('route'),
      status: c.res.status,
      ms: Math.round(performance.now() - started),
      requestId: c.get('requestId'),
      personId: c.get('viewer')?.personId,
      problem: c.get('problemCode'),
    };
    if (c.res.status >= 500) deps.log.warn(record, 'request');
    else if (!c.req.path.startsWith('/health/') && c.req.path !== '/metrics') deps.log.info(record, 'request');
  };
}

/** Before anybody is looked up: a method that an address does not have never reaches the handler of a wider pattern. */
export const knownMethod: MiddlewareHandler<Env> = async (c, next) => {
  if (c.get('matched')) return next();
  const allow = methodsOf(c.req.path);
  return allow.length > 0 ? problemResponse(c, 405, { headers: { allow: allow.join(', ') } }) : next();
};

const unsafe = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Refuses a write that a foreign page makes with this browser's cookie. A bearer token is never sent by a foreign page, and a
 * request without Origin and Sec-Fetch-Site does not come from a page.
 */
export function sameOrigin(deps: ApiDeps): MiddlewareHandler<Env> {
  const { uiOrigin } = deps.config.temporal;
  const own = new URL(deps.config.api.publicUrl).origin;
  // On one's own machine the page may be opened by another name or port of it.
  const isOwn = (origin: string, host: string | undefined) =>
    origin === own || (deps.config.embedded && URL.canParse(origin) && new URL(origin).host === host);
  return async (c, next) => {
    if (unsafe.has(c.req.method) && !tokenOf(deps, c)?.bearer) {
      const origin = c.req.header('origin');
      // The pages of the engine have payloads decoded for whoever is signed in here; nothing is changed by it.
      if (origin !== undefined && origin === uiOrigin && c.req.path.startsWith('/api/codec/')) return next();
      const site = c.req.header('sec-fetch-site');
      const foreign = origin !== undefined && !isOwn(origin, c.req.header('host'));
      // What the browser itself says of the page outranks everything: a page of a neighbouring host is foreign too.
      if (foreign || (site !== undefined && site !== 'same-origin' && site !== 'none')) {
        throw new ApiProblem(403, { code: 'foreign_origin', detail: 'Запрос пришёл с чужого сайта и не выполнен.' });
      }
    }
    await next();
  };
}

/** A body is JSON, says so, is small enough, can be stored; a route that needs one never sees an empty object instead. */
export function checkBody(limits: Limits): MiddlewareHandler<Env> {
  return async (c, next) => {
    const route = c.get('matched');
    if (c.req.url.includes('%00')) throw new ApiProblem(422, { detail: 'В адресе есть недопустимый знак.' });
    if (!route || !unsafe.has(c.req.method) || c.req.path === '/api/files') return next();
    const type = c.req.header('content-type');
    const length = Number(c.req.header('content-length') ?? Number.NaN);
    const limit = c.req.path.startsWith('/api/codec/') ? limits.codec : limits.json;
    if (length > limit) throw new ApiProblem(413, { detail: `Тело запроса больше ${limit} байт.` });
    // A body of declared length cannot be longer than it says.
    const text = Number.isNaN(length) ? await readLimited(c, limit) : await c.req.text();
    if (!route.jsonBody) return next();
    if (!type || !/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type)) throw new ApiProblem(415);
    if (text.trim() === '') throw new ApiProblem(400, { detail: 'Тело запроса пустое, нужен JSON.' });
    if (text.includes('\\u0000') || text.includes('\0'))
      throw new ApiProblem(422, { detail: 'В тексте есть недопустимый знак (NUL).' });
    return next();
  };
}

/** The text of the body, cached for the handler; gives up as soon as the limit is passed. */
async function readLimited(c: Context<Env>, limit: number): Promise<string> {
  const body = c.req.raw.body;
  if (!body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel().catch(() => undefined);
      throw new ApiProblem(413, { detail: `Тело запроса больше ${limit} байт.` });
    }
    chunks.push(value);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  // The stream is used up: validators read this copy.
  c.req.bodyCache.text = Promise.resolve(text) as never;
  return text;
}

const keyShape = /^[\x21-\x7e]{8,200}$/;

/** Every write has a key. A missing one is made and told, so that the client can repeat the very same request. */
export const idempotencyKey: MiddlewareHandler<Env> = async (c, next) => {
  if (!unsafe.has(c.req.method)) return next();
  const given = c.req.header('idempotency-key');
  if (given !== undefined && !keyShape.test(given)) {
    throw new ApiProblem(422, {
      errors: [
        {
          pointer: '/headers/idempotency-key',
          detail: 'Idempotency-Key: от 8 до 200 знаков латиницы, цифр и знаков препинания.',
        },
      ],
    });
  }
  const key = given ?? randomUUID();
  c.set('idempotencyKey', key);
  await next();
  c.res.headers.set('Idempotency-Key', key);
};

/**
 * The address a request comes from. Behind proxies the caller's own headers are not believed: only what the trusted ones appended.
 * Of IPv6 the network of a subscriber (/64) counts, since each has billions of addresses in it.
 */
export function addressOf(deps: Pick<ApiDeps, 'config'>, c: Context<any>): string {
  const { trustedProxies } = deps.config.api;
  const forwarded = (c.req.header('x-forwarded-for') ?? '').split(',').map((part: string) => part.trim());
  const named = trustedProxies > 0 ? forwarded.at(-trustedProxies) : undefined;
  return networkOf(named || socketAddress(c));
}

function socketAddress(c: Context<any>): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown';
  } catch {
    return 'test';
  }
}

function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}

/** What an anonymous caller may try to open an account with. */
const opensAccounts = new Set([
  '/api/session',
  '/api/session/password',
  '/api/session/provider',
  '/api/session/factor',
  '/api/session/proof',
  '/api/password/reset',
  '/api/password/link',
  '/api/password/set',
]);

/** So many sessions and tokens a process remembers as real. */
const mostAdmitted = 20_000;

/**
 * Requests a minute of one session, or of one address without a session; sign-ins have a smaller limit of their own. A token that nobody has come in
 * with yet counts for the address too: with a made-up one for each request there would be no limit at all.
 */
export function limitRate(deps: ApiDeps, limits: Limits): MiddlewareHandler<Env>[] {
  const tooMany = (c: Context<any>) => problemResponse(c, 429);
  const common = { windowMs: 60_000, standardHeaders: 'draft-7' as const, handler: tooMany };
  const skipAlways = (c: Context<Env>) => !c.req.path.startsWith('/api/') && !c.req.path.startsWith('/registry');
  const admitted = new Set<string>();
  const remember: MiddlewareHandler<Env> = async (c, next) => {
    await next();
    const given = c.get('viewer') && tokenOf(deps, c);
    if (!given) return;
    if (admitted.size >= mostAdmitted) admitted.clear();
    admitted.add(hashToken(given.token));
  };
  const unknownTokens = rateLimiter<Env>({
    ...common,
    limit: limits.perMinute,
    skip: (c) => {
      const given = tokenOf(deps, c);
      return skipAlways(c) || !given || admitted.has(hashToken(given.token));
    },
    keyGenerator: (c) => `unknown:${addressOf(deps, c)}`,
  });
  const bySession = rateLimiter<Env>({
    ...common,
    limit: limits.perMinute,
    skip: skipAlways,
    keyGenerator: (c) => {
      const given = tokenOf(deps, c);
      return given ? `session:${hashToken(given.token)}` : `address:${addressOf(deps, c)}`;
    },
  });
  const signIns = rateLimiter<Env>({
    ...common,
    limit: limits.signInsPerMinute,
    skip: (c) => c.req.method !== 'POST' || !opensAccounts.has(c.req.path),
    keyGenerator: (c) => `sign-in:${addressOf(deps, c)}`,
  });
  return [remember, ...([unknownTokens, bySession, signIns] as MiddlewareHandler<Env>[])];
}

const baseCsp = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers that keep a page to itself. No eval anywhere; styles inline because the component kit writes them. */
export function protect(secure: boolean): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next();
    const headers = c.res.headers;
    // A document of a case brings a stricter policy of its own.
    if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', baseCsp);
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('Referrer-Policy', 'same-origin');
    headers.set('X-Frame-Options', 'DENY');
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    headers.set('Cross-Origin-Resource-Policy', 'same-origin');
    headers.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=()');
    if (secure) headers.set('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
    if (c.req.path.startsWith('/api/') && !headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
  };
}
