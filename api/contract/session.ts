import { createRoute, z } from '@hono/zod-openapi';
import { body, Id, json, OrganisationRef, problems, writeProblems } from './common.ts';

export const RoleView = z
  .object({
    role: z.string(),
    roleRu: z.string(),
    scope: z.object({ kind: z.string(), id: z.string().optional() }),
    scopeRu: z.string().nullable(),
    from: z.string(),
    to: z.string().nullable(),
    act: z.string().nullable(),
    onBehalfOf: z.object({ id: z.string(), displayName: z.string() }).nullable(),
  })
  .meta({ id: 'RoleView' });

export const Me = z
  .object({
    person: z.object({
      id: z.string(),
      displayName: z.string(),
      familyName: z.string(),
      givenName: z.string(),
      patronymic: z.string().nullable(),
      email: z.string(),
      zone: z.string(),
    }),
    roles: z.array(RoleView),
    organisations: z.array(OrganisationRef),
    /** Persons this one may act for today: the value of X-On-Behalf-Of. */
    mayActFor: z.array(
      z.object({
        id: z.string(),
        displayName: z.string(),
        act: z.string().nullable(),
        /** The last day of the order. */
        until: z.string().nullable(),
      }),
    ),
    staff: z.boolean(),
    admin: z.boolean(),
    counters: z.object({
      inbox: z.number().int(),
      late: z.number().int(),
      unreadNotices: z.number().int(),
      incidents: z.number().int(),
    }),
    embedded: z.boolean(),
    expiresAt: z.string(),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

export const Account = z
  .object({
    personId: z.string(),
    displayName: z.string(),
    email: z.string(),
    noteRu: z.string().nullable(),
    roles: z.array(z.object({ role: z.string(), roleRu: z.string() })),
    organisationRu: z.string().nullable(),
  })
  .meta({ id: 'Account' });

export const signIn = createRoute({
  method: 'post',
  path: '/api/session',
  tags: ['Вход'],
  summary: 'Войти (встроенный режим: выбрать человека)',
  security: [],
  request: { body: body(z.object({ personId: Id })) },
  responses: {
    ...writeProblems,
    201: json(
      z.object({
        token: z.string(),
        expiresAt: z.string(),
        person: z.object({ id: z.string(), displayName: z.string() }),
      }),
      'Вход выполнен',
    ),
  },
});
export const me = createRoute({
  method: 'get',
  path: '/api/session',
  tags: ['Вход'],
  summary: 'Кто я: роли, организации, счётчики',
  responses: { ...problems, 200: json(Me) },
});
export const signOut = createRoute({
  method: 'delete',
  path: '/api/session',
  tags: ['Вход'],
  summary: 'Выйти',
  responses: {
    ...writeProblems,
    200: json(z.object({ endSessionUrl: z.string() }), 'Выход выполнен; осталось выйти у поставщика входа'),
    204: { description: 'Выход выполнен' },
  },
});
export const accounts = createRoute({
  method: 'get',
  path: '/api/accounts',
  tags: ['Вход'],
  summary: 'Учётные записи для входа (только встроенный режим)',
  security: [],
  request: { query: z.object({ q: z.string().max(200).optional(), role: z.string().max(40).optional() }) },
  responses: { ...problems, 200: json(z.object({ items: z.array(Account) })) },
});

export const sessionRoutes = [signIn, me, signOut, accounts] as const;
