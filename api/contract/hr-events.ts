/** Employment events: one by one, in files, corrected. Every way in shows what will happen before it happens (specification 3.7, 9). */
import { createRoute, z } from '@hono/zod-openapi';
import {
  body,
  Cursor,
  Id,
  IdempotencyHeaders,
  IdParams,
  json,
  Limit,
  page,
  problems,
  Query,
  Sha256,
  writeProblems,
} from './common.ts';

/** One event as a form sends it: the same cells as a line of a file. */
export const HrCells = z
  .object({
    personId: z.string().max(200).meta({ description: 'Идентификатор, почта или полное имя' }),
    event: z.string().max(60),
    on: z.string().max(20),
    main: z.string().max(10).optional(),
    leave: z.string().max(60).optional(),
    until: z.string().max(20).optional(),
    post: z.string().max(120).optional(),
    organisationId: z.string().max(300).optional(),
    act: z.string().max(200).optional(),
    tenureMonths: z.string().max(5).optional(),
    bornOn: z.string().max(20).optional(),
    surname: z.string().max(100).optional(),
    email: z.string().max(200).optional(),
  })
  .meta({ id: 'HrCells' });

export const HrFault = z
  .object({
    line: z.number().int(),
    column: z.string().nullable(),
    columnRu: z.string().nullable(),
    detail: z.string(),
  })
  .meta({ id: 'HrFault' });

/** What one event will do, or did, to one case or to the person. */
export const HrEffect = z
  .object({
    caseId: z.string().nullable(),
    number: z.string().nullable(),
    processRu: z.string().nullable(),
    process: z.string().nullable(),
    /** case: a running case reacts; open: a case will be opened; person: places of work and roles; none: nothing. */
    kind: z.enum(['case', 'open', 'person', 'none']),
    /** The sentence of the reaction. */
    ru: z.string(),
    stageBeforeRu: z.string().nullable(),
    stageAfterRu: z.string().nullable(),
    eventsRu: z.array(z.string()),
    dates: z.array(z.object({ purposeRu: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
    letters: z.number().int(),
  })
  .meta({ id: 'HrEffect' });

export const HrOutcome = z
  .object({
    caseId: z.string().nullable(),
    number: z.string().nullable(),
    processRu: z.string().nullable(),
    /** delivered: recorded in the case; refused: the case did not react, with the reason; sent: on its way. */
    state: z.enum(['delivered', 'refused', 'sent']),
    ru: z.string(),
  })
  .meta({ id: 'HrOutcome' });

export const HrRowView = z
  .object({
    line: z.number().int(),
    state: z.enum(['bad', 'known', 'ready', 'waiting', 'told', 'replaced']),
    stateRu: z.string(),
    raw: z.string(),
    personRu: z.string().nullable(),
    eventRu: z.string().nullable(),
    on: z.string().nullable(),
    eventId: z.string().nullable(),
    faults: z.array(HrFault),
    effects: z.array(HrEffect),
    outcomes: z.array(HrOutcome),
  })
  .meta({ id: 'HrRowView' });

export const HrBatchView = z
  .object({
    id: z.string(),
    kind: z.enum(['import', 'event', 'correction']),
    kindRu: z.string(),
    name: z.string(),
    encoding: z.string().nullable(),
    separator: z.string().nullable(),
    ignored: z.array(z.string()),
    state: z.enum(['preview', 'applying', 'done']),
    stateRu: z.string(),
    reportedByRu: z.string(),
    createdAt: z.string(),
    appliedAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
    counts: z.object({
      rows: z.number().int(),
      bad: z.number().int(),
      known: z.number().int(),
      ready: z.number().int(),
      waiting: z.number().int(),
      told: z.number().int(),
      /** Cases that will react, or reacted. */
      cases: z.number().int(),
    }),
  })
  .meta({ id: 'HrBatchView' });

export const HrEventView = z
  .object({
    id: z.string(),
    batchId: z.string(),
    personId: z.string(),
    personRu: z.string(),
    event: z.string(),
    eventRu: z.string(),
    on: z.string(),
    detailRu: z.string().nullable(),
    state: z.enum(['waiting', 'told', 'replaced']),
    stateRu: z.string(),
    reportedAt: z.string(),
    reportedByRu: z.string(),
    toldAt: z.string().nullable(),
    corrects: z.string().nullable(),
    reason: z.string().nullable(),
    /** As a form would send it again. */
    cells: HrCells,
    outcomes: z.array(HrOutcome),
  })
  .meta({ id: 'HrEventView' });

export const HrPreview = z
  .object({ faults: z.array(HrFault), effects: z.array(HrEffect), known: z.boolean() })
  .meta({ id: 'HrPreview' });

const Correction = z.object({
  /** The right event; absent: it did not happen at all. */
  cells: HrCells.optional(),
  reason: z.string().trim().min(5, 'Напишите причину исправления.').max(1000),
});

const tags = ['Кадровые события'];

export const previewHrEvent = createRoute({
  method: 'post',
  path: '/api/hr-events/preview',
  tags,
  summary: 'Что сделает событие: дела, сроки, роли. Ничего не записывается',
  request: { body: body(HrCells) },
  responses: { ...writeProblems, 200: json(HrPreview) },
});
export const postHrEvent = createRoute({
  method: 'post',
  path: '/api/hr-events',
  tags,
  summary: 'Записать кадровое событие; повтор того же события безвреден',
  request: { headers: IdempotencyHeaders, body: body(HrCells) },
  responses: { ...writeProblems, 201: json(HrBatchView, 'Записано') },
});
export const listHrEvents = createRoute({
  method: 'get',
  path: '/api/hr-events',
  tags,
  summary: 'Кадровые события моей организации, округа или региона, новые первыми',
  request: {
    query: z.object({
      q: Query,
      event: z.string().max(40).optional(),
      personId: z.uuid().optional(),
      cursor: Cursor,
      limit: Limit,
    }),
  },
  responses: { ...problems, 200: json(page(HrEventView)) },
});
export const getHrEvent = createRoute({
  method: 'get',
  path: '/api/hr-events/{id}',
  tags,
  summary: 'Кадровое событие: кому передано и что ответили дела',
  request: { params: IdParams },
  responses: { ...problems, 200: json(HrEventView) },
});
export const previewHrCorrection = createRoute({
  method: 'post',
  path: '/api/hr-events/{id}/correction/preview',
  tags,
  summary: 'Что сделает исправление',
  request: { params: IdParams, body: body(Correction) },
  responses: { ...writeProblems, 200: json(HrPreview) },
});
export const correctHrEvent = createRoute({
  method: 'post',
  path: '/api/hr-events/{id}/correction',
  tags,
  summary: 'Исправить событие или отметить, что его не было; прежняя запись остаётся',
  request: { params: IdParams, headers: IdempotencyHeaders, body: body(Correction) },
  responses: { ...writeProblems, 201: json(HrBatchView, 'Записано') },
});
export const postHrImport = createRoute({
  method: 'post',
  path: '/api/hr-imports',
  tags,
  summary: 'Разобрать загруженный файл CSV и показать, что он сделает. Ничего не применяется',
  request: { headers: IdempotencyHeaders, body: body(z.object({ sha256: Sha256, name: z.string().max(300) })) },
  responses: { ...writeProblems, 201: json(HrBatchView, 'Разобрано') },
});
export const listHrImports = createRoute({
  method: 'get',
  path: '/api/hr-imports',
  tags,
  summary: 'История загрузок',
  request: { query: z.object({ cursor: Cursor, limit: Limit }) },
  responses: { ...problems, 200: json(page(HrBatchView)) },
});
export const getHrImport = createRoute({
  method: 'get',
  path: '/api/hr-imports/{id}',
  tags,
  summary: 'Загрузка: состояние и сколько строк передано',
  request: { params: z.object({ id: Id }) },
  responses: { ...problems, 200: json(HrBatchView) },
});
export const listHrRows = createRoute({
  method: 'get',
  path: '/api/hr-imports/{id}/rows',
  tags,
  summary: 'Строки загрузки: ошибки, ожидаемые последствия, итог',
  request: {
    params: z.object({ id: Id }),
    query: z.object({
      state: z.enum(['bad', 'known', 'ready', 'waiting', 'told']).optional(),
      cursor: Cursor,
      limit: Limit,
    }),
  },
  responses: { ...problems, 200: json(page(HrRowView)) },
});
export const applyHrImport = createRoute({
  method: 'post',
  path: '/api/hr-imports/{id}/apply',
  tags,
  summary: 'Применить загрузку: события передаются делам, каждое в свой день',
  request: {
    params: z.object({ id: Id }),
    headers: IdempotencyHeaders,
    body: body(z.object({ expected: z.number().int().min(0) })),
  },
  responses: { ...writeProblems, 202: json(HrBatchView, 'Принято') },
});

export const hrEventRoutes = [
  previewHrEvent,
  postHrEvent,
  listHrEvents,
  getHrEvent,
  previewHrCorrection,
  correctHrEvent,
  postHrImport,
  listHrImports,
  getHrImport,
  listHrRows,
  applyHrImport,
] as const;
