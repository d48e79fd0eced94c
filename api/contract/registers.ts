import { createRoute, z } from '@hono/zod-openapi';
import {
  AnyObject,
  body,
  Cursor,
  Id,
  IdempotencyHeaders,
  IdParams,
  json,
  Limit,
  OrganisationRef,
  orNull,
  page,
  problems,
  Query,
  writeProblems,
} from './common.ts';

const RegisterCode = z.string().regex(/^[a-z0-9_-]{2,60}$/, 'Код реестра: латиница.');
const EntryNumber = z.string().min(1).max(60);

export const RegisterRow = z
  .object({
    register: z.string(),
    number: z.string(),
    titleRu: z.string(),
    status: z.string(),
    statusRu: z.string(),
    version: z.number().int(),
    organisation: orNull(OrganisationRef),
    kind: z.string().nullable(),
    hours: z.number().nullable(),
    validFrom: z.string().nullable(),
    validUntil: z.string().nullable(),
    updatedAt: z.string(),
  })
  .meta({ id: 'RegisterRow' });
export type RegisterRow = z.infer<typeof RegisterRow>;

export const GroupView = z
  .object({
    id: z.string(),
    entryVersion: z.number().int(),
    organisationId: z.string(),
    organisationRu: z.string(),
    size: z.number().int(),
    startedOn: z.string(),
    finishedOn: z.string().nullable(),
    countsInI3: z.boolean().nullable(),
  })
  .meta({ id: 'GroupView' });
export const RegisterCard = RegisterRow.extend({
  facts: AnyObject,
  public: z.boolean(),
  keeperCaseId: z.string().nullable(),
  authors: z
    .object({ count: z.number().int(), named: z.array(z.string()) })
    .nullable()
    .meta({ description: 'Сколько авторов у программы; по именам — только давшие согласие' }),
  publicUrl: z.string(),
  mayOpenGroup: z.boolean(),
  whyNoGroupRu: z.string().nullable(),
  history: z.array(
    z.object({
      n: z.number().int(),
      status: z.string(),
      statusRu: z.string(),
      version: z.number().int(),
      validFrom: z.string().nullable(),
      validUntil: z.string().nullable(),
      at: z.string(),
      caseId: z.string().nullable(),
      sequence: z.number().int(),
      facts: AnyObject,
    }),
  ),
  groups: z.array(GroupView),
}).meta({ id: 'RegisterCard' });
export type RegisterCard = z.infer<typeof RegisterCard>;

export const listRegisters = createRoute({
  method: 'get',
  path: '/api/registers',
  tags: ['Реестры'],
  summary: 'Реестры',
  responses: {
    ...problems,
    200: json(
      z.object({
        items: z.array(
          z.object({ register: z.string(), nameRu: z.string(), entries: z.number().int(), public: z.boolean() }),
        ),
      }),
    ),
  },
});
export const listEntries = createRoute({
  method: 'get',
  path: '/api/registers/{register}',
  tags: ['Реестры'],
  summary: 'Записи реестра',
  request: {
    params: z.object({ register: RegisterCode }),
    query: z.object({
      q: Query,
      status: z.string().max(40).optional(),
      region: z.string().max(4).optional(),
      kind: z.string().max(10).optional(),
      deficit: z.string().max(40).optional(),
      organisationId: z.uuid().optional(),
      cursor: Cursor,
      limit: Limit,
    }),
  },
  responses: { ...problems, 200: json(page(RegisterRow).extend({ total: z.number().int() })) },
});
export const exportCsv = createRoute({
  method: 'get',
  path: '/api/registers/{register}/export.csv',
  tags: ['Реестры'],
  summary: 'Выгрузка CSV (точка с запятой, UTF-8 с BOM)',
  request: { params: z.object({ register: RegisterCode }) },
  responses: { ...problems, 200: { description: 'CSV', content: { 'text/csv': { schema: z.string() } } } },
});
export const exportXml = createRoute({
  method: 'get',
  path: '/api/registers/{register}/export.xml',
  tags: ['Реестры'],
  summary: 'Выгрузка XML',
  request: { params: z.object({ register: RegisterCode }) },
  responses: { ...problems, 200: { description: 'XML', content: { 'application/xml': { schema: z.string() } } } },
});
export const getEntry = createRoute({
  method: 'get',
  path: '/api/registers/{register}/{number}',
  tags: ['Реестры'],
  summary: 'Запись, её история и группы',
  request: { params: z.object({ register: RegisterCode, number: EntryNumber }) },
  responses: { ...problems, 200: json(RegisterCard) },
});
export const openGroup = createRoute({
  method: 'post',
  path: '/api/registers/{register}/{number}/groups',
  tags: ['Реестры'],
  summary: 'Открыть учебную группу (пока запись действует)',
  request: {
    params: z.object({ register: RegisterCode, number: EntryNumber }),
    headers: IdempotencyHeaders,
    body: body(
      z.object({
        size: z.number().int().min(1, 'В группе хотя бы один человек.').max(1000, 'Не больше 1000 человек.'),
        startedOn: z.iso.date('Дата: ГГГГ-ММ-ДД.'),
        organisationId: Id,
      }),
    ),
  },
  responses: { ...writeProblems, 201: json(GroupView, 'Группа открыта') },
});
export const finishGroup = createRoute({
  method: 'post',
  path: '/api/groups/{id}/finish',
  tags: ['Реестры'],
  summary: 'Закончить обучение группы',
  request: {
    params: IdParams,
    headers: IdempotencyHeaders,
    body: body(z.object({ finishedOn: z.iso.date('Дата: ГГГГ-ММ-ДД.') })),
  },
  responses: { ...writeProblems, 200: json(GroupView) },
});

export const registerRoutes = [
  listRegisters,
  listEntries,
  exportCsv,
  exportXml,
  getEntry,
  openGroup,
  finishGroup,
] as const;
