import { createRoute, z } from '@hono/zod-openapi';
import { body, Cursor, IdempotencyHeaders, IdParams, json, Limit, page, problems, writeProblems } from './common.ts';

const Consent = z.object({
  purpose: z.string(),
  titleRu: z.string(),
  textRu: z.string(),
  version: z.number().int(),
  givenAt: z.string().nullable(),
  untilOn: z.string().nullable(),
  withdrawnAt: z.string().nullable(),
  active: z.boolean(),
});
export const PersonalRequestView = z
  .object({
    id: z.string(),
    kind: z.string(),
    kindRu: z.string(),
    state: z.string(),
    stateRu: z.string(),
    person: z.object({ id: z.string(), displayName: z.string() }).nullable(),
    body: z.record(z.string(), z.string()).nullable(),
    createdAt: z.string(),
    dueOn: z.string(),
    whyRu: z.string(),
    late: z.boolean(),
    decidedAt: z.string().nullable(),
    answer: z.string().nullable(),
    effects: z.array(z.string()),
  })
  .meta({ id: 'PersonalRequest' });
export type PersonalRequestView = z.infer<typeof PersonalRequestView>;

export const MyData = z.object({
  consents: z.array(Consent),
  requests: z.array(PersonalRequestView),
});

/** What one reader read of me in one day. */
export const ReadingView = z
  .object({
    day: z.string().meta({ description: 'День по времени читающего свои данные' }),
    firstAt: z.string(),
    lastAt: z.string(),
    whoRu: z.string().nullable().meta({ description: 'null: имя не раскрывается' }),
    as: z.string(),
    asRu: z.string(),
    acts: z.array(
      z.object({
        what: z.string(),
        whatRu: z.string(),
        times: z.number().int(),
        /** Some of the cases, by number. */
        cases: z.array(z.string()),
        /** How many cases there are in all. */
        inCases: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'Reading' });
export type ReadingView = z.infer<typeof ReadingView>;

export const getMyData = createRoute({
  method: 'get',
  path: '/api/me/data',
  tags: ['Мои данные'],
  summary: 'Мои согласия и обращения',
  responses: { ...problems, 200: json(MyData) },
});
export const listReadings = createRoute({
  method: 'get',
  path: '/api/me/readings',
  tags: ['Мои данные'],
  summary: 'Кто и что читал из моих данных: по дням и читавшим, новое сначала',
  request: { query: z.object({ cursor: Cursor, limit: Limit }) },
  responses: { ...problems, 200: json(page(ReadingView)) },
});
export const exportMyData = createRoute({
  method: 'get',
  path: '/api/me/data/export',
  tags: ['Мои данные'],
  summary: 'Все мои данные: архив с JSON и страницей для чтения',
  responses: { ...problems, 200: { description: 'Архив', content: { 'application/zip': { schema: z.string() } } } },
});
export const giveConsent = createRoute({
  method: 'put',
  path: '/api/me/consents/{purpose}',
  tags: ['Мои данные'],
  summary: 'Дать согласие на действующий текст',
  request: { params: z.object({ purpose: z.string().max(40) }), body: body(z.object({ version: z.number().int() })) },
  responses: { ...writeProblems, 204: { description: 'Записано' } },
});
export const withdrawConsent = createRoute({
  method: 'delete',
  path: '/api/me/consents/{purpose}',
  tags: ['Мои данные'],
  summary: 'Отозвать согласие; действует сразу',
  request: { params: z.object({ purpose: z.string().max(40) }) },
  responses: { ...writeProblems, 204: { description: 'Отозвано' } },
});
const text = z.string().trim().min(1).max(200);
export const createRequest = createRoute({
  method: 'post',
  path: '/api/me/requests',
  tags: ['Мои данные'],
  summary: 'Обращение: исправить или удалить мои данные',
  request: {
    headers: IdempotencyHeaders,
    body: body(
      z.discriminatedUnion('kind', [
        z
          .strictObject({
            kind: z.literal('correction'),
            field: z.enum(['familyName', 'givenName', 'patronymic', 'email']),
            value: text,
            reason: z.string().trim().min(3, 'Напишите, чем подтверждается.').max(2000),
          })
          .refine(({ field, value }) => field !== 'email' || z.email().safeParse(value).success, {
            path: ['value'],
            message: 'Это не адрес почты: нужен адрес вида imya@shkola.ru.',
          }),
        z.strictObject({ kind: z.literal('erasure'), reason: z.string().trim().max(2000).default('') }),
      ]),
    ),
  },
  responses: { ...writeProblems, 201: json(PersonalRequestView) },
});
export const listRequests = createRoute({
  method: 'get',
  path: '/api/personal-requests',
  tags: ['Мои данные'],
  summary: 'Обращения моей службы, ближайший срок сначала',
  responses: { ...problems, 200: json(z.object({ items: z.array(PersonalRequestView) })) },
});
export const decideRequest = createRoute({
  method: 'post',
  path: '/api/personal-requests/{id}/decide',
  tags: ['Мои данные'],
  summary: 'Решить обращение; удовлетворённое исполняется сразу',
  request: {
    params: IdParams,
    headers: IdempotencyHeaders,
    body: body(
      z.strictObject({
        decision: z.enum(['granted', 'refused']),
        answer: z.string().trim().min(3, 'Напишите пояснение для человека.').max(4000),
      }),
    ),
  },
  responses: { ...writeProblems, 200: json(PersonalRequestView) },
});

export const personalRoutes = [
  getMyData,
  listReadings,
  exportMyData,
  giveConsent,
  withdrawConsent,
  createRequest,
  listRequests,
  decideRequest,
] as const;
