import { createRoute, z } from '@hono/zod-openapi';
import {
  Cursor,
  Flag,
  IdempotencyHeaders,
  IdParams,
  json,
  Limit,
  OrganisationRef,
  page,
  problems,
  Query,
  writeProblems,
} from './common.ts';

export const PersonRow = z
  .object({
    id: z.string(),
    displayName: z.string(),
    organisationRu: z.string().nullable(),
    postRu: z.string().nullable(),
    regionCode: z.string().nullable(),
    roles: z.array(z.object({ role: z.string(), roleRu: z.string() })),
    expert: z
      .object({
        competences: z.array(z.string()),
        regionCode: z.string(),
        arbiter: z.boolean(),
        maxOpenTasks: z.number().int(),
        /** For who chooses experts; to others it would tell who sits on a panel. */
        openTasks: z.number().int().nullable(),
        suspendedUntil: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'PersonRow' });
export const OrganisationRow = OrganisationRef.extend({
  kind: z.string(),
  inn: z.string().nullable(),
  ogrn: z.string().nullable(),
  licenceNumber: z.string().nullable(),
  licenceDate: z.string().nullable(),
  licenceLostOn: z.string().nullable(),
}).meta({ id: 'OrganisationRow' });

export const NoticeView = z
  .object({
    id: z.string(),
    template: z.string(),
    subject: z.string(),
    text: z.string(),
    caseId: z.string().nullable(),
    caseNumber: z.string().nullable(),
    link: z.string().nullable(),
    legallySignificant: z.boolean(),
    /** Whom the addressee stands in for, and the order: why it came to him. */
    onBehalfOfRu: z.string().nullable(),
    nominalAt: z.string(),
    createdAt: z.string(),
    state: z.string(),
    stateRu: z.string(),
    readAt: z.string().nullable(),
    familiarisedAt: z.string().nullable(),
  })
  .meta({ id: 'NoticeView' });
export type NoticeView = z.infer<typeof NoticeView>;

export const MailRow = z
  .object({
    id: z.string(),
    messageId: z.string(),
    receivedAt: z.string(),
    from: z.string(),
    to: z.array(z.string()),
    subject: z.string(),
  })
  .meta({ id: 'MailRow' });
export const MailView = MailRow.extend({
  text: z.string(),
  html: z.string(),
  headers: z.record(z.string(), z.unknown()),
}).meta({ id: 'MailView' });

export const listPeople = createRoute({
  method: 'get',
  path: '/api/people',
  tags: ['Люди'],
  summary: 'Люди (для назначений)',
  request: {
    query: z.object({
      role: z.string().max(40).optional(),
      q: Query,
      region: z.string().max(4).optional(),
      cursor: Cursor,
      limit: Limit,
    }),
  },
  responses: { ...problems, 200: json(page(PersonRow)) },
});
export const listOrganisations = createRoute({
  method: 'get',
  path: '/api/organisations',
  tags: ['Люди'],
  summary: 'Организации',
  request: {
    query: z.object({
      q: Query,
      kind: z.string().max(40).optional(),
      region: z.string().max(4).optional(),
      mine: Flag,
      cursor: Cursor,
      limit: Limit,
    }),
  },
  responses: { ...problems, 200: json(page(OrganisationRow)) },
});
export const listNotices = createRoute({
  method: 'get',
  path: '/api/notices',
  tags: ['Уведомления'],
  summary: 'Мои уведомления, новые первыми',
  request: { query: z.object({ unread: Flag, cursor: Cursor, limit: Limit }) },
  responses: { ...problems, 200: json(page(NoticeView).extend({ unread: z.number().int() })) },
});
export const readNotice = createRoute({
  method: 'post',
  path: '/api/notices/{id}/read',
  tags: ['Уведомления'],
  summary: 'Прочитано',
  request: { params: IdParams, headers: IdempotencyHeaders },
  responses: { ...writeProblems, 200: json(NoticeView) },
});
export const familiariseNotice = createRoute({
  method: 'post',
  path: '/api/notices/{id}/familiarise',
  tags: ['Уведомления'],
  summary: 'Ознакомлен: дата пишется в уведомление и в дело',
  request: { params: IdParams, headers: IdempotencyHeaders },
  responses: { ...writeProblems, 200: json(NoticeView) },
});
export const listMail = createRoute({
  method: 'get',
  path: '/api/mailbox',
  tags: ['Уведомления'],
  summary: 'Почтовый ящик встроенного режима',
  request: { query: z.object({ to: z.string().max(200).optional(), q: Query, cursor: Cursor, limit: Limit }) },
  responses: { ...problems, 200: json(page(MailRow)) },
});
export const getMail = createRoute({
  method: 'get',
  path: '/api/mailbox/{id}',
  tags: ['Уведомления'],
  summary: 'Письмо',
  request: { params: IdParams },
  responses: { ...problems, 200: json(MailView) },
});

export const peopleRoutes = [
  listPeople,
  listOrganisations,
  listNotices,
  readNotice,
  familiariseNotice,
  listMail,
  getMail,
] as const;
