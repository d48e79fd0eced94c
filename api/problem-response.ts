/** Refusals as answers over HTTP: problem+json, and nothing of what is not expected. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { isOutage } from '../platform/db/pool.ts';
import type { Problem } from './contract/common.ts';
import type { Env } from './env.ts';
import { ApiProblem, NotYetRecorded, type ProblemMore, TITLES, zodErrors } from './problems.ts';

/** The answer itself. */
export function problemResponse(c: Context<Env>, status: ContentfulStatusCode, more: ProblemMore = {}): Response {
  const [code, title] = TITLES[status] ?? TITLES[500]!;
  const problem: Problem = {
    type: `/api/reference#problem-${more.code ?? code}`,
    title: more.title ?? title,
    status,
    code: more.code ?? code,
    detail: more.detail ?? more.title ?? title,
    instance: c.req.path,
    requestId: c.get('requestId') ?? '',
    errors: more.errors ?? [],
    ...(more.possible ? { possible: more.possible } : {}),
    ...(more.alternatives ? { alternatives: more.alternatives } : {}),
    ...(more.current ? { current: more.current } : {}),
  };
  c.set('problemCode', problem.code);
  return c.body(JSON.stringify(problem), status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    ...more.headers,
  });
}

/** Hook of zod-openapi: schema errors become 422 with pointers. A malformed path id is a thing that does not exist. */
export function validationHook(
  result: { target: string; success: boolean; error?: z.ZodError<any> },
  c: Context<any>,
): Response | undefined {
  if (result.success || !result.error) return undefined;
  if (result.target === 'param') return problemResponse(c, 404);
  const prefix = result.target === 'query' ? '/query' : result.target === 'header' ? '/headers' : '';
  return problemResponse(c, 422, { errors: zodErrors(result.error, prefix) });
}

/** Turns whatever was thrown into a problem; what is not expected is logged whole and answered without details. */
export function onError(error: Error, c: Context<Env>): Response {
  if (error instanceof ApiProblem) return problemResponse(c, error.status, error.more);
  if (error instanceof NotYetRecorded) {
    return problemResponse(c, 503, {
      code: 'not_yet_recorded',
      title: 'Ещё не записано',
      detail:
        'Движок не ответил вовремя. Повторите запрос с тем же Idempotency-Key: двух записей не будет, черновик сохранён.',
      headers: { 'retry-after': String(error.retryAfterSeconds) },
    });
  }
  if (error instanceof HTTPException) return fromHttpException(error, c);
  const code = 'code' in error ? String(error.code) : '';
  if (isOutage(error)) {
    c.get('log')?.warn({ err: error, requestId: c.get('requestId') }, 'the database is out of reach');
    return problemResponse(c, 503, {
      code: 'database_unavailable',
      detail: 'База данных не отвечает. Повторите запрос позже.',
      headers: { 'retry-after': '5' },
    });
  }
  if (isPrismaOutage(error))
    return problemResponse(c, 503, {
      code: 'database_unavailable',
      detail: 'База данных не отвечает. Повторите запрос позже.',
      headers: { 'retry-after': '5' },
    });
  // Text the database cannot hold (a NUL, a lone surrogate) and numbers out of range are the sender's fault.
  if (['22P05', '22021', '22003', '22P02'].includes(code))
    return problemResponse(c, 422, { detail: 'В запросе есть знаки или числа, которые нельзя сохранить.' });
  c.get('log')?.error({ err: error, requestId: c.get('requestId'), route: c.get('route') }, 'a request failed');
  return problemResponse(c, 500);
}

function fromHttpException(error: HTTPException, c: Context<Env>): Response {
  const status = error.status as ContentfulStatusCode;
  if (status === 400) return problemResponse(c, 400, { detail: 'Тело запроса не разобрано как JSON.' });
  return problemResponse(c, TITLES[status] ? status : 500);
}

function isPrismaOutage(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return (
    error.name === 'PrismaClientInitializationError' ||
    code === 'P1001' ||
    code === 'P1002' ||
    code === 'P1017' ||
    code === 'P2024'
  );
}
