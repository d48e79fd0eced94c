/** Every refusal leaves as one shape: RFC 9457 with a stable code and a Russian sentence. */
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import type { Problem } from './contract/common.ts';
import { pointerOf } from './zod-ru.ts';

/** The engine did not answer in time, or the answer is not known: the same request with the same key is safe. */
export class NotYetRecorded extends Error {
  override readonly name = 'NotYetRecorded';
  constructor(readonly retryAfterSeconds = 5) {
    super('not yet recorded');
  }
}

/** The code and the title of a status where a refusal names none of its own. */
export const TITLES: Record<number, [code: string, title: string]> = {
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
    super(more.detail ?? more.title ?? TITLES[status]?.[1] ?? 'problem');
  }
}

/** Unknown and foreign look alike, so that an id tells nothing. */
export const notFound = (): ApiProblem => new ApiProblem(404);
export const forbidden = (detail?: string): ApiProblem => new ApiProblem(403, detail ? { detail } : {});
export const invalid = (errors: Problem['errors'], detail?: string): ApiProblem =>
  new ApiProblem(422, { errors, ...(detail ? { detail } : {}) });

/** Issues of zod as pointers and sentences. */
export function zodErrors(error: z.ZodError<any>, prefix = ''): Problem['errors'] {
  return error.issues.slice(0, 200).flatMap((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    if (keys.length > 0)
      return keys.map((key) => ({ pointer: prefix + pointerOf([...issue.path, key]), detail: 'Такого поля нет.' }));
    return [{ pointer: prefix + pointerOf(issue.path), detail: issue.message }];
  });
}
