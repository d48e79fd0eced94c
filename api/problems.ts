/** Every refusal leaves as one shape: RFC 9457 with a stable code and a Russian sentence. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { isOutage } from '../platform/db/pool.ts';
import type { Problem } from './contract/common.ts';
import type { Env } from './env.ts';
import { pointerOf } from './zod-ru.ts';

/** The engine did not answer in time, or the answer is not known: the same request with the same key is safe. */
export class NotYetRecorded extends Error {
  override readonly name = 'NotYetRecorded';
  constructor(readonly retryAfterSeconds = 5) {
    super('not yet recorded');
  }
}

const titles: Record<number, [code: string, title: string]> = {
  400: ['bad_request', 'Запрос не разобран'],
  401: ['unauthenticated', 'Войдите, чтобы продолжить'],
  403: ['forbidden', 'Это действие вам не разрешено'],
  404: ['not_found', 'Не найдено или не видно вам'],
  405: ['method_not_allowed', 'Этот адрес не поддерживает такой метод'],
  409: ['conflict', 'Действие сейчас невозможно'],
  410: ['gone', 'Больше не действует'],
  412: ['stale_version', 'Есть более новая версия'],
  413: ['too_large', 'Тело запроса слишком большое'],
  415: ['unsupported_media_type', 'Нужен Content-Type: application/json'],
  422: ['invalid', 'Проверьте поля'],
  428: ['precondition_required', 'Укажите If-Match: версию, которую вы читали'],
  429: ['too_many_requests', 'Слишком много запросов, подождите'],
  500: ['internal', 'Внутренняя ошибка, администраторы её видят'],
  503: ['unavailable', 'Сервис временно недоступен'],
};

export interface ProblemMore {
  code?: string;
  title?: string;
  detail?: string;
  errors?: Problem['errors'];
  possible?: Problem['possible'];
  alternatives?: Problem['alternatives'];
  current?: Problem['current'];
  headers?: Record<string, string>;
}

/** Thrown anywhere in a handler; becomes the answer. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  constructor(
    readonly status: ContentfulStatusCode,
    readonly more: ProblemMore = {},
  ) {
    super(more.detail ?? more.title ?? titles[status]?.[1] ?? 'problem');
  }
}

/** Unknown and foreign look alike, so that an id tells nothing. */
export const notFound = (): ApiProblem => new ApiProblem(404);
export const forbidden = (detail?: string): ApiProblem => new ApiProblem(403, detail ? { detail } : {});
export const invalid = (errors: Problem['errors'], detail?: string): ApiProblem =>
  new ApiProblem(422, { errors, ...(detail ? { detail } : {}) });

/** The answer itself. */
export function problemResponse(c: Context<Env>, status: ContentfulStatusCode, more: ProblemMore = {}): Response {
  const [code, title] = titles[status] ?? titles[500]!;
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

/** Issues of zod as pointers and sentences. */
export function zodErrors(error: z.ZodError<any>, prefix = ''): Problem['errors'] {
  return error.issues.slice(0, 200).flatMap((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    if (keys.length > 0)
      return keys.map((key) => ({ pointer: prefix + pointerOf([...issue.path, key]), detail: 'Такого поля нет.' }));
    return [{ pointer: prefix + pointerOf(issue.path), detail: issue.message }];
  });
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
  return problemResponse(c, titles[status] ? status : 500);
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
