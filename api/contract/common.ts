/** Building blocks of every route: the problem document, ids, pages, and the answers each route declares. */
import { z } from '@hono/zod-openapi';

/** RFC 9457 problem document. `possible` lists what may be done now (a denied action), `errors` points at fields. */
export const Problem = z
  .object({
    type: z.string().meta({ description: 'URI that names the kind of problem', example: '/docs/problems#not_found' }),
    title: z.string().meta({ description: 'Sentence for a person, Russian' }),
    status: z.number().int(),
    code: z.string().meta({ description: 'Stable machine code', example: 'not_found' }),
    detail: z.string(),
    instance: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
    possible: z.array(z.object({ type: z.string(), labelRu: z.string() })).optional(),
    alternatives: z
      .array(z.object({ id: z.string(), labelRu: z.string(), free: z.number().int() }))
      .optional()
      .meta({ description: 'What still has room when a place was lost: the same action with this id instead' }),
    current: z
      .object({ version: z.number().int(), updatedAt: z.string(), updatedBy: z.string().nullable() })
      .optional()
      .meta({ description: 'The newer version, when If-Match named a stale one (412)' }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

/** Answers any route may give besides its own. */
export const problems = {
  400: problem('Запрос не разобран'),
  401: problem('Нужен вход'),
  403: problem('Запрос с чужого сайта или роль не подходит'),
  404: problem('Не найдено или не видно вам'),
  405: problem('Метод не поддерживается'),
  413: problem('Слишком большое тело запроса'),
  415: problem('Неподходящий Content-Type'),
  422: problem('Поля заполнены с ошибками'),
  429: problem('Слишком много запросов'),
  500: problem('Внутренняя ошибка'),
  503: problem('Ещё не записано или сервис недоступен; повторите с тем же Idempotency-Key'),
} as const;

/** Answers of routes that change something. */
export const writeProblems = {
  ...problems,
  409: problem('Действие сейчас невозможно'),
  412: problem('Есть более новая версия'),
} as const;

/** A JSON answer. */
export const json = <S extends z.ZodType>(schema: S, description = 'Готово') => ({
  description,
  content: { 'application/json': { schema } },
});

/** A required JSON body: a missing Content-Type never validates as an empty object. */
export const body = <S extends z.ZodType>(schema: S) => ({
  required: true as const,
  content: { 'application/json': { schema } },
});

export const Id = z.uuid('Идентификатор: UUID.');
export const IdParams = z.object({ id: Id });
export const Cursor = z.string().max(500).optional().meta({ description: 'Значение next предыдущей страницы' });
export const Limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(100)
  .default(30)
  .meta({ description: 'Сколько записей на странице, 1–100' });
export const Flag = z.enum(['true', 'false']).optional();
export const Query = z.string().trim().max(200).optional();
/** How a document is asked for: by its digest, or by the name a reader got who is not shown all of it. */
export const DocumentRef = z
  .string()
  .regex(/^([0-9a-f]{64}|d_[\w-]{43})$/, 'Документ: sha256 или обозначение из ссылки href.');
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'sha256: 64 шестнадцатеричных знака.');
export const Slug = z.string().regex(/^[a-z0-9][a-z0-9-]{1,60}$/, 'Код процесса: латиница и дефисы.');
export const AnyObject = z.record(z.string(), z.unknown());

export const IdempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(8, 'Idempotency-Key: от 8 до 200 знаков.')
    .max(200, 'Idempotency-Key: от 8 до 200 знаков.')
    .optional()
    .meta({
      description: 'Тот же ключ с тем же телом даёт тот же ответ; без ключа он создаётся и возвращается в заголовке',
    }),
});
export const IfMatchHeaders = z.object({
  'if-match': z.string().max(200).optional().meta({ description: 'ETag прочитанной версии' }),
});

/** A page of a keyset list; `next` is absent on the last page. */
export const page = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item), next: z.string().nullable() });

export const FieldError = z.object({ pointer: z.string(), detail: z.string() }).meta({ id: 'FieldError' });
export const OrganisationRef = z
  .object({
    id: z.string(),
    nameRu: z.string(),
    shortNameRu: z.string().nullable(),
    regionCode: z.string(),
    regionRu: z.string(),
  })
  .meta({ id: 'OrganisationRef' });
/** May be absent. Not `.nullable()`, which a described reference turns into «an object that is nothing», and no answer fits that. */
export const orNull = <S extends z.ZodType>(schema: S) => z.union([schema, z.null()]);
export const CodeLabel = z.object({ code: z.string(), labelRu: z.string() });
export const CaseLink = z
  .object({
    id: z.string(),
    process: z.string(),
    number: z.string().nullable(),
    titleRu: z.string(),
    stageRu: z.string(),
    closed: z.boolean(),
  })
  .meta({ id: 'CaseLink' });

/** Answer to a recorded change: what the case became. */
export const Recorded = z
  .object({
    caseId: z.string(),
    number: z.string().nullable(),
    stage: z.string(),
    stageRu: z.string(),
    sequence: z.number().int(),
    /** True when a start found the active case that is already there and changed nothing. */
    existing: z.boolean(),
    /** What was recorded, in order. */
    events: z.array(z.object({ sequence: z.number().int(), type: z.string(), row: z.string(), labelRu: z.string() })),
  })
  .meta({ id: 'Recorded' });
