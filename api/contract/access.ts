/** People, their accounts and their roles, for administrators. */
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
  writeProblems,
} from './common.ts';
import { ApiTokenView, IdentityView } from './identity.ts';

export const AssignmentView = z
  .object({
    id: z.string(),
    role: z.string(),
    roleRu: z.string(),
    scope: z.object({ kind: z.string(), id: z.string().nullable() }),
    scopeRu: z.string().nullable(),
    from: z.string(),
    to: z.string().nullable(),
    act: z.string().nullable(),
    acting: z.boolean(),
    onBehalfOf: z.object({ id: z.string(), displayName: z.string() }).nullable(),
    endAct: z.string().nullable(),
    current: z.boolean(),
  })
  .meta({ id: 'AssignmentView' });
export type AssignmentView = z.infer<typeof AssignmentView>;

const AccountState = z.enum(['none', 'invited', 'active', 'disabled']);

export const PersonAccess = z
  .object({
    id: z.string(),
    displayName: z.string(),
    email: z.string(),
    organisationRu: z.string().nullable(),
    account: AccountState,
    accountRu: z.string(),
    roles: z.array(z.string()),
    /** The same by their codes. */
    roleCodes: z.array(z.string()),
    sessions: z.number().int(),
  })
  .meta({ id: 'PersonAccess' });

export const PersonCard = PersonAccess.extend({
  disabledReason: z.string().nullable(),
  passwordSetAt: z.string().nullable(),
  lastSeenAt: z.string().nullable(),
  secondFactor: z.boolean(),
  invitedUntil: z.string().nullable(),
  assignments: z.array(AssignmentView),
  identities: z.array(IdentityView),
  tokens: z.array(ApiTokenView),
}).meta({ id: 'PersonCard' });
export type PersonCard = z.infer<typeof PersonCard>;

const Name = z.string().trim().min(1, 'Заполните поле.').max(100);
const OnDate = z.iso.date('Нужна дата вида ГГГГ-ММ-ДД.');

export const NewAssignment = z
  .object({
    role: z.string().max(40),
    scopeKind: z.enum(['self', 'organisation', 'municipality', 'region', 'jurisdiction', 'country']),
    scopeId: z.string().max(160).optional().meta({ description: 'Муниципалитет: «код региона:название»' }),
    from: OnDate,
    to: OnDate.optional(),
    act: z.string().trim().min(5, 'Укажите акт: вид, номер, дату.').max(300),
    acting: z.boolean().optional(),
    onBehalfOf: Id.optional(),
  })
  .meta({ id: 'NewAssignment' });
export type NewAssignment = z.infer<typeof NewAssignment>;

export const listAccess = createRoute({
  method: 'get',
  path: '/api/admin/people',
  tags: ['Люди и доступ'],
  summary: 'Люди, их учётные записи и роли',
  request: { query: z.object({ q: Query, account: AccountState.optional(), cursor: Cursor, limit: Limit }) },
  responses: { ...problems, 200: json(page(PersonAccess)) },
});
export const readAccess = createRoute({
  method: 'get',
  path: '/api/admin/people/{id}',
  tags: ['Люди и доступ'],
  summary: 'Карточка доступа: роли с датами и актами, входы, связи, токены',
  request: { params: IdParams },
  responses: { ...problems, 200: json(PersonCard) },
});
export const grantChoices = createRoute({
  method: 'get',
  path: '/api/admin/roles',
  tags: ['Люди и доступ'],
  summary: 'Роли и места, на которые можно назначить',
  responses: {
    ...problems,
    200: json(
      z.object({
        roles: z.array(z.object({ role: z.string(), roleRu: z.string(), scopes: z.array(z.string()) })),
        municipalities: z.array(z.object({ id: z.string(), nameRu: z.string() })),
        regions: z.array(z.object({ id: z.string(), nameRu: z.string() })),
        jurisdictions: z.array(z.object({ id: z.string(), nameRu: z.string() })),
      }),
    ),
  },
});
export const invitePerson = createRoute({
  method: 'post',
  path: '/api/admin/people',
  tags: ['Люди и доступ'],
  summary: 'Завести человека и пригласить письмом',
  request: {
    headers: IdempotencyHeaders,
    body: body(
      z.object({
        familyName: Name,
        givenName: Name,
        patronymic: z.string().trim().max(100).optional(),
        email: z.email(),
        zone: z.string().max(60).optional(),
        assignment: NewAssignment.optional(),
      }),
    ),
  },
  responses: { ...writeProblems, 201: json(PersonCard, 'Приглашение отправлено') },
});
const card = { ...writeProblems, 200: json(PersonCard) };
export const inviteAgain = createRoute({
  method: 'post',
  path: '/api/admin/people/{id}/invite',
  tags: ['Люди и доступ'],
  summary: 'Пригласить письмом ещё раз; прежняя ссылка перестаёт действовать',
  request: { params: IdParams, headers: IdempotencyHeaders },
  responses: card,
});
export const disableAccount = createRoute({
  method: 'post',
  path: '/api/admin/people/{id}/disable',
  tags: ['Люди и доступ'],
  summary: 'Закрыть учётную запись: входы и токены перестают действовать сразу',
  request: {
    params: IdParams,
    headers: IdempotencyHeaders,
    body: body(z.object({ reason: z.string().trim().min(5, 'Напишите причину.').max(500) })),
  },
  responses: card,
});
export const enableAccount = createRoute({
  method: 'post',
  path: '/api/admin/people/{id}/enable',
  tags: ['Люди и доступ'],
  summary: 'Открыть учётную запись снова',
  request: { params: IdParams, headers: IdempotencyHeaders },
  responses: card,
});
export const endPersonSessions = createRoute({
  method: 'post',
  path: '/api/admin/people/{id}/end-sessions',
  tags: ['Люди и доступ'],
  summary: 'Завершить все входы человека',
  request: { params: IdParams, headers: IdempotencyHeaders },
  responses: card,
});
export const grantRole = createRoute({
  method: 'post',
  path: '/api/admin/people/{id}/assignments',
  tags: ['Люди и доступ'],
  summary: 'Назначить роль: место, даты, акт; исполнение обязанностей или замещение',
  request: { params: IdParams, headers: IdempotencyHeaders, body: body(NewAssignment) },
  responses: { ...writeProblems, 201: json(PersonCard, 'Назначена') },
});
export const endRole = createRoute({
  method: 'post',
  path: '/api/admin/assignments/{id}/end',
  tags: ['Люди и доступ'],
  summary: 'Завершить роль датой и актом; дата — последний день действия',
  request: {
    params: IdParams,
    headers: IdempotencyHeaders,
    body: body(z.object({ to: OnDate, act: z.string().trim().min(5, 'Укажите акт: вид, номер, дату.').max(300) })),
  },
  responses: card,
});
export const linkIdentity = createRoute({
  method: 'post',
  path: '/api/admin/people/{id}/identities',
  tags: ['Люди и доступ'],
  summary: 'Связать человека с субъектом поставщика входа',
  request: {
    params: IdParams,
    headers: IdempotencyHeaders,
    body: body(z.object({ subject: z.string().trim().min(1, 'Заполните поле.').max(255) })),
  },
  responses: card,
});
export const unlinkIdentity = createRoute({
  method: 'post',
  path: '/api/admin/people/{id}/identities/drop',
  tags: ['Люди и доступ'],
  summary: 'Разорвать связь с субъектом поставщика входа; входы через него завершаются',
  request: {
    params: IdParams,
    headers: IdempotencyHeaders,
    body: body(z.object({ issuer: z.string(), subject: z.string() })),
  },
  responses: card,
});

export const resetFactor = createRoute({
  method: 'post',
  path: '/api/admin/people/{id}/second-factor/reset',
  tags: ['Люди и доступ'],
  summary: 'Сбросить второй фактор человека, который его потерял; его входы завершаются',
  request: {
    params: IdParams,
    headers: IdempotencyHeaders,
    body: body(z.object({ reason: z.string().trim().min(5, 'Напишите, как вы убедились, что это он.').max(500) })),
  },
  responses: card,
});

export const accessRoutes = [
  resetFactor,
  listAccess,
  readAccess,
  grantChoices,
  invitePerson,
  inviteAgain,
  disableAccount,
  enableAccount,
  endPersonSessions,
  grantRole,
  endRole,
  linkIdentity,
  unlinkIdentity,
] as const;
