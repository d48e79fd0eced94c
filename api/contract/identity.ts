/** Signing in by password or through an identity provider, and what belongs to one's own account. */
import { createRoute, z } from '@hono/zod-openapi';
import { body, IdempotencyHeaders, IdParams, json, problems, writeProblems } from './common.ts';

const Login = z.string().trim().min(3, 'Введите адрес почты.').max(254);
/** Any text: the rules are said by the answer, and an old password may be shorter than today's rules. */
const Secret = z.string().min(1, 'Введите пароль.').max(1_000);

const SignedIn = z
  .object({ person: z.object({ id: z.string(), displayName: z.string() }), expiresAt: z.string() })
  .meta({ id: 'SignedIn' });

export const SessionView = z
  .object({
    id: z.string(),
    current: z.boolean(),
    deviceRu: z.string(),
    method: z.string(),
    methodRu: z.string(),
    createdAt: z.string(),
    lastSeenAt: z.string(),
    expiresAt: z.string(),
  })
  .meta({ id: 'SessionView' });

export const ApiTokenView = z
  .object({
    id: z.string(),
    nameRu: z.string(),
    prefix: z.string(),
    scopes: z.array(z.string()),
    createdAt: z.string(),
    expiresAt: z.string(),
    lastUsedAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    active: z.boolean(),
  })
  .meta({ id: 'ApiTokenView' });
export type ApiTokenView = z.infer<typeof ApiTokenView>;

export const IdentityView = z
  .object({ issuer: z.string(), subject: z.string(), createdAt: z.string(), lastUsedAt: z.string().nullable() })
  .meta({ id: 'IdentityView' });

export const signInWays = createRoute({
  method: 'get',
  path: '/api/session/ways',
  tags: ['Вход'],
  summary: 'Как можно войти в этой установке',
  security: [],
  responses: {
    ...problems,
    200: json(
      z.object({
        choice: z.boolean().meta({ description: 'Выбор учебного человека, только встроенный режим' }),
        password: z.boolean(),
        provider: z.object({ labelRu: z.string() }).nullable(),
        passwordMin: z.number().int(),
      }),
    ),
  },
});
export const passwordSignIn = createRoute({
  method: 'post',
  path: '/api/session/password',
  tags: ['Вход'],
  summary: 'Войти по адресу почты и паролю',
  security: [],
  request: { body: body(z.object({ login: Login, password: Secret })) },
  responses: { ...writeProblems, 201: json(SignedIn, 'Вход выполнен') },
});
export const startProvider = createRoute({
  method: 'get',
  path: '/api/session/provider',
  tags: ['Вход'],
  summary: 'Перейти к входу через учётную запись организации (OpenID Connect)',
  security: [],
  request: { query: z.object({ returnTo: z.string().max(500).optional() }) },
  responses: { ...problems, 302: { description: 'Переход к поставщику' } },
});
export const linkProvider = createRoute({
  method: 'post',
  path: '/api/session/provider',
  tags: ['Вход'],
  summary: 'Связать учётную запись организации со своей: ответ называет адрес перехода',
  security: [],
  request: {
    body: body(
      z.object({
        /** Token of an invitation; without it the link is made for whoever is signed in. */
        invitation: z.string().max(200).optional(),
        returnTo: z.string().max(500).optional(),
      }),
    ),
  },
  responses: { ...writeProblems, 200: json(z.object({ url: z.string() })) },
});
export const providerCallback = createRoute({
  method: 'get',
  path: '/api/session/provider/callback',
  tags: ['Вход'],
  summary: 'Возврат от поставщика входа',
  security: [],
  request: {
    query: z.object({
      code: z.string().max(4_000).optional(),
      state: z.string().max(400).optional(),
      error: z.string().max(200).optional(),
      error_description: z.string().max(2_000).optional(),
      iss: z.string().max(500).optional(),
      session_state: z.string().max(500).optional(),
      scope: z.string().max(1_000).optional(),
    }),
  },
  responses: { ...problems, 302: { description: 'Возврат на страницу' } },
});
const Code = z.string().trim().min(6, 'Введите код.').max(40);
const Codes = z.object({ recoveryCodes: z.array(z.string()) });
const factorTags = ['Вход'];
export const showFactor = createRoute({
  method: 'post',
  path: '/api/session/factor',
  tags: factorTags,
  summary: 'Завершить вход кодом из приложения или запасным кодом',
  request: { body: body(z.object({ code: Code })) },
  responses: { ...writeProblems, 204: { description: 'Вход завершён' } },
});
export const proveAgain = createRoute({
  method: 'post',
  path: '/api/session/proof',
  tags: factorTags,
  summary: 'Подтвердить, что это вы: пароль или код. Нужно перед действиями с доступом, если прошло много времени',
  request: {
    body: body(z.object({ password: Secret.optional(), code: Code.optional() })),
  },
  responses: { ...writeProblems, 204: { description: 'Подтверждено' } },
});
export const beginFactor = createRoute({
  method: 'post',
  path: '/api/profile/second-factor',
  tags: factorTags,
  summary: 'Начать подключение второго фактора: секрет и адрес otpauth для приложения с кодами',
  responses: {
    ...writeProblems,
    201: json(z.object({ secret: z.string(), address: z.string() }), 'Ждёт первого кода'),
  },
});
export const confirmFactor = createRoute({
  method: 'post',
  path: '/api/profile/second-factor/confirm',
  tags: factorTags,
  summary: 'Подключить второй фактор первым кодом; ответ один раз называет запасные коды',
  request: { body: body(z.object({ code: Code })) },
  responses: { ...writeProblems, 200: json(Codes) },
});
export const renewRecovery = createRoute({
  method: 'post',
  path: '/api/profile/second-factor/recovery',
  tags: factorTags,
  summary: 'Заменить запасные коды; прежние перестают действовать',
  responses: { ...writeProblems, 200: json(Codes) },
});
export const removeFactor = createRoute({
  method: 'delete',
  path: '/api/profile/second-factor',
  tags: factorTags,
  summary: 'Отключить второй фактор, если роль его не требует',
  responses: { ...writeProblems, 204: { description: 'Отключён' } },
});
export const listSessions = createRoute({
  method: 'get',
  path: '/api/sessions',
  tags: ['Вход'],
  summary: 'Где я вошёл: устройство, время',
  responses: { ...problems, 200: json(z.object({ items: z.array(SessionView) })) },
});
export const endSession = createRoute({
  method: 'delete',
  path: '/api/sessions/{id}',
  tags: ['Вход'],
  summary: 'Завершить один свой вход',
  request: { params: IdParams },
  responses: { ...writeProblems, 204: { description: 'Завершён' } },
});
export const endOtherSessions = createRoute({
  method: 'post',
  path: '/api/sessions/end-others',
  tags: ['Вход'],
  summary: 'Завершить все свои входы, кроме этого',
  request: { headers: IdempotencyHeaders },
  responses: { ...writeProblems, 200: json(z.object({ ended: z.number().int() })) },
});
export const askReset = createRoute({
  method: 'post',
  path: '/api/password/reset',
  tags: ['Вход'],
  summary: 'Попросить письмо для нового пароля; ответ один и тот же, есть такая запись или нет',
  security: [],
  request: { body: body(z.object({ login: Login })) },
  responses: { ...writeProblems, 202: json(z.object({ detail: z.string() })) },
});
export const lookAtLink = createRoute({
  method: 'post',
  path: '/api/password/link',
  tags: ['Вход'],
  summary: 'Что за ссылка из письма и действует ли она',
  security: [],
  request: { body: body(z.object({ token: z.string().min(20).max(200) })) },
  responses: {
    ...problems,
    200: json(
      z.object({
        purpose: z.enum(['invitation', 'reset']),
        displayName: z.string(),
        login: z.string().nullable(),
        expiresAt: z.string(),
      }),
    ),
    410: {
      description: 'Ссылка уже использована, отозвана или просрочена',
      content: problems[404].content,
    },
  },
});
export const usePasswordLink = createRoute({
  method: 'post',
  path: '/api/password/set',
  tags: ['Вход'],
  summary: 'Задать пароль по ссылке из письма и войти',
  security: [],
  request: { body: body(z.object({ token: z.string().min(20).max(200), password: Secret })) },
  responses: {
    ...writeProblems,
    201: json(SignedIn, 'Пароль задан, вход выполнен'),
    410: { description: 'Ссылка не действует', content: problems[404].content },
  },
});
export const changePassword = createRoute({
  method: 'post',
  path: '/api/password',
  tags: ['Вход'],
  summary: 'Сменить свой пароль; остальные входы завершаются',
  request: { body: body(z.object({ current: Secret, password: Secret })) },
  responses: { ...writeProblems, 200: json(z.object({ ended: z.number().int() })) },
});
export const profile = createRoute({
  method: 'get',
  path: '/api/profile',
  tags: ['Вход'],
  summary: 'Моя учётная запись: вход, связи, настройки писем',
  responses: {
    ...problems,
    200: json(
      z.object({
        login: z.string().nullable(),
        passwordSetAt: z.string().nullable(),
        secondFactor: z.object({
          /** Since when it is on; null: off. */
          since: z.string().nullable(),
          recoveryLeft: z.number().int(),
          /** A role demands it: it cannot be switched off. */
          demanded: z.boolean(),
        }),
        muteDigests: z.boolean(),
        identities: z.array(IdentityView),
        areas: z.array(z.object({ code: z.string(), labelRu: z.string() })),
        processes: z.array(z.object({ slug: z.string(), nameRu: z.string() })),
      }),
    ),
  },
});
export const changeProfile = createRoute({
  method: 'patch',
  path: '/api/profile',
  tags: ['Вход'],
  summary: 'Настройки писем: отключить сводки',
  request: { body: body(z.object({ muteDigests: z.boolean() })) },
  responses: { ...writeProblems, 200: json(z.object({ muteDigests: z.boolean() })) },
});
export const dropIdentity = createRoute({
  method: 'post',
  path: '/api/profile/identities/drop',
  tags: ['Вход'],
  summary: 'Разорвать связь с учётной записью организации',
  request: { headers: IdempotencyHeaders, body: body(z.object({ issuer: z.string(), subject: z.string() })) },
  responses: { ...writeProblems, 204: { description: 'Связи нет' } },
});
export const listTokens = createRoute({
  method: 'get',
  path: '/api/tokens',
  tags: ['Токены интеграций'],
  summary: 'Мои токены',
  responses: { ...problems, 200: json(z.object({ items: z.array(ApiTokenView) })) },
});
export const createToken = createRoute({
  method: 'post',
  path: '/api/tokens',
  tags: ['Токены интеграций'],
  summary: 'Создать токен; сам он виден один раз, в этом ответе',
  request: {
    body: body(
      z.object({
        nameRu: z.string().trim().min(3, 'Назовите, для чего токен.').max(120),
        scopes: z.array(z.string().max(100)).min(1, 'Выберите хотя бы одну область.').max(40),
        days: z.number().int().min(1).max(366),
      }),
    ),
  },
  responses: { ...writeProblems, 201: json(ApiTokenView.extend({ token: z.string() }), 'Создан') },
});
export const revokeToken = createRoute({
  method: 'delete',
  path: '/api/tokens/{id}',
  tags: ['Токены интеграций'],
  summary: 'Отозвать токен: свой или, для администратора, любой',
  request: { params: IdParams },
  responses: { ...writeProblems, 204: { description: 'Отозван' } },
});

export const identityRoutes = [
  signInWays,
  passwordSignIn,
  startProvider,
  linkProvider,
  providerCallback,
  showFactor,
  proveAgain,
  beginFactor,
  confirmFactor,
  renewRecovery,
  removeFactor,
  listSessions,
  endSession,
  endOtherSessions,
  askReset,
  lookAtLink,
  usePasswordLink,
  changePassword,
  profile,
  changeProfile,
  dropIdentity,
  listTokens,
  createToken,
  revokeToken,
] as const;
