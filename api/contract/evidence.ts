import { createRoute, z } from '@hono/zod-openapi';
import { body, Cursor, IdParams, json, Limit, page, problems } from './common.ts';

const Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** What was recorded by the end of one day, in one line. Published; never changed. */
export const DailyRoot = z
  .object({
    day: z.iso.date().meta({ description: 'Сутки по московскому времени' }),
    cases: z.number().int().meta({ description: 'Сколько дел продвинулось за сутки: листьев под корнем' }),
    root: Hex.meta({ description: 'Корень Меркла над листьями' }),
    records: z.number().int().meta({ description: 'Записей журнала вне дел за сутки' }),
    recordsDigest: Hex,
    previous: Hex.meta({ description: 'hash предыдущих суток; у первых — нули' }),
    hash: Hex.meta({
      description: 'sha256 строк previous, day, cases, root, records, recordsDigest через перевод строки',
    }),
    computedAt: z.string(),
  })
  .meta({ id: 'DailyRoot' });
export type DailyRoot = z.infer<typeof DailyRoot>;

export const listRoots = createRoute({
  method: 'get',
  path: '/api/integrity/roots',
  tags: ['Неизменность записей'],
  summary: 'Суточные корни, новые сначала; сохраните копию, чтобы сверить её позже',
  security: [],
  request: { query: z.object({ cursor: Cursor, limit: Limit }) },
  responses: { ...problems, 200: json(page(DailyRoot)) },
});
export const getRoot = createRoute({
  method: 'get',
  path: '/api/integrity/roots/{day}',
  tags: ['Неизменность записей'],
  summary: 'Корень суток с листьями в их порядке; лист = sha256(0x00, «дело:номер события:», hash события)',
  security: [],
  request: { params: z.object({ day: z.iso.date() }) },
  responses: { ...problems, 200: json(DailyRoot.extend({ leaves: z.array(Hex) })) },
});
export const getCaseIntegrity = createRoute({
  method: 'get',
  path: '/api/cases/{id}/integrity',
  tags: ['Неизменность записей'],
  summary: 'Конец цепочки дела и листья, которыми она вошла в суточные корни',
  request: { params: IdParams },
  responses: {
    ...problems,
    200: json(
      z.object({
        sequence: z.number().int(),
        hash: Hex.nullable(),
        anchors: z.array(z.object({ day: z.string(), sequence: z.number().int(), hash: Hex.nullable(), leaf: Hex })),
      }),
    ),
  },
});

/** A payload as the engine keeps it: bytes are base64. */
const Payload = z.object({
  metadata: z.record(z.string().max(200), z.string()).nullish(),
  data: z.string().nullish(),
});
export const decodePayloads = createRoute({
  method: 'post',
  path: '/api/codec/{namespace}/decode',
  tags: ['Администрирование'],
  summary:
    'Раскрыть содержимое движка: протокол codec server страниц Temporal; только администраторам, каждое раскрытие в журнале',
  request: {
    params: z.object({ namespace: z.string().min(1).max(255) }),
    query: z.object({ preserveStorageRefs: z.string().max(10).optional() }),
    body: body(z.object({ payloads: z.array(Payload).max(20_000).default([]) })),
  },
  responses: { ...problems, 200: json(z.object({ payloads: z.array(Payload) })) },
});

export const evidenceRoutes = [listRoots, getRoot, getCaseIntegrity, decodePayloads] as const;
