/**
 * What a token of an integration may ask. A scope is `read:<area>` or `act:<area>`, in the area of cases also with a process:
 * `act:cases:dpp-certification`. Every route of the contract stands in one table; a route that does not is closed to tokens.
 */
import type { Context, MiddlewareHandler } from 'hono';
import type { Env } from './env.ts';
import type { ApiDeps } from './ports.ts';
import { ApiProblem } from './problems.ts';

/** Areas a token may be given, with the words of the form. */
export const AREAS = {
  cases: 'Дела, задачи, черновики и файлы',
  registers: 'Реестры и группы',
  people: 'Люди и организации',
  hr: 'Кадровые события и их загрузка',
  notices: 'Уведомления владельца',
  reports: 'Отчёты и справочники процессов',
  admin: 'Состояние платформы и инциденты',
} as const;
type Area = keyof typeof AREAS;

/** Where the process of a request is named; `all` shows several processes at once and wants a scope without one. */
type ProcessAt = 'case' | 'task' | 'draft' | 'query' | 'body' | 'all';

interface Place {
  area: Area;
  kind: 'read' | 'act';
  process?: ProcessAt;
}

const cases = (kind: Place['kind'], process: ProcessAt): Place => ({ area: 'cases', kind, process });
const place = (kind: Place['kind'], area: Area): Place => ({ kind, area });

/** `null`: never by token. Signing in, passwords, sessions, tokens, rights and the mailbox belong to people at a browser. */
export const SCOPE_OF: Record<string, Place | null> = {
  'GET /api/session': place('read', 'notices'),
  'GET /api/inbox': cases('read', 'all'),
  'GET /api/tasks': cases('read', 'all'),
  'GET /api/tasks/{id}': cases('read', 'task'),
  'GET /api/tasks/{id}/draft': cases('act', 'task'),
  'PUT /api/tasks/{id}/draft': cases('act', 'task'),
  'GET /api/processes': place('read', 'reports'),
  'GET /api/processes/{slug}': place('read', 'reports'),
  'GET /api/processes/{slug}/diagram': place('read', 'reports'),
  'GET /api/drafts': cases('read', 'all'),
  'POST /api/drafts': cases('act', 'body'),
  'GET /api/drafts/{id}': cases('read', 'draft'),
  'PUT /api/drafts/{id}': cases('act', 'draft'),
  'DELETE /api/drafts/{id}': cases('act', 'draft'),
  'POST /api/drafts/{id}/check': cases('read', 'draft'),
  'POST /api/drafts/{id}/submit': cases('act', 'draft'),
  'GET /api/cases': cases('read', 'query'),
  'POST /api/cases': cases('act', 'body'),
  'GET /api/cases/{id}': cases('read', 'case'),
  'GET /api/cases/{id}/events': cases('read', 'case'),
  'GET /api/cases/{id}/history': cases('read', 'case'),
  'GET /api/cases/{id}/integrity': cases('read', 'case'),
  'GET /api/cases/{id}/audit': cases('read', 'case'),
  'POST /api/cases/{id}/actions/{type}': cases('act', 'case'),
  'POST /api/cases/{id}/facts': cases('act', 'case'),
  'POST /api/cases/{id}/reconcile': cases('act', 'case'),
  'GET /api/cases/{id}/documents/{document}': cases('read', 'case'),
  'GET /api/cases/{id}/transfer-package/{file}': cases('read', 'case'),
  'GET /api/cases/{id}/compare': cases('read', 'case'),
  'PUT /api/files': cases('act', 'all'),
  'GET /api/stream': cases('read', 'all'),
  'GET /api/registers': place('read', 'registers'),
  'GET /api/registers/{register}': place('read', 'registers'),
  'GET /api/registers/{register}/export.csv': place('read', 'registers'),
  'GET /api/registers/{register}/export.xml': place('read', 'registers'),
  'GET /api/registers/{register}/{number}': place('read', 'registers'),
  'POST /api/registers/{register}/{number}/groups': place('act', 'registers'),
  'POST /api/groups/{id}/finish': place('act', 'registers'),
  'GET /api/cases/{id}/assessment': cases('read', 'case'),
  'GET /api/exam-sessions': place('read', 'registers'),
  'GET /api/attestation-years/{year}': place('read', 'registers'),
  'GET /api/me/data': null,
  'GET /api/me/data/export': null,
  'GET /api/me/readings': null,
  'PUT /api/me/consents/{purpose}': null,
  'DELETE /api/me/consents/{purpose}': null,
  'POST /api/me/requests': null,
  'GET /api/personal-requests': null,
  'POST /api/personal-requests/{id}/decide': null,
  'GET /api/referrals': null,
  'GET /api/referrals/staff': null,
  'POST /api/referrals/{id}/complaint': null,
  'GET /api/people': place('read', 'people'),
  'GET /api/organisations': place('read', 'people'),
  'POST /api/hr-events/preview': place('read', 'hr'),
  'POST /api/hr-events': place('act', 'hr'),
  'GET /api/hr-events': place('read', 'hr'),
  'GET /api/hr-events/{id}': place('read', 'hr'),
  'POST /api/hr-events/{id}/correction/preview': place('read', 'hr'),
  'POST /api/hr-events/{id}/correction': place('act', 'hr'),
  'POST /api/hr-imports': place('act', 'hr'),
  'GET /api/hr-imports': place('read', 'hr'),
  'GET /api/hr-imports/{id}': place('read', 'hr'),
  'GET /api/hr-imports/{id}/rows': place('read', 'hr'),
  'POST /api/hr-imports/{id}/apply': place('act', 'hr'),
  'GET /api/notices': place('read', 'notices'),
  'POST /api/notices/{id}/read': place('act', 'notices'),
  'POST /api/notices/{id}/familiarise': null,
  // Reading the engine's payloads is a person's act.
  'POST /api/codec/{namespace}/decode': null,
  'GET /api/mailbox': null,
  'GET /api/mailbox/{id}': null,
  'GET /api/reports/dpp-certification': place('read', 'reports'),
  'GET /api/reports': place('read', 'reports'),
  'GET /api/reports/{id}': place('read', 'reports'),
  'GET /api/reports/{id}/members': place('read', 'reports'),
  'GET /api/reports/{id}/export.xlsx': place('read', 'reports'),
  'GET /api/incidents': place('read', 'admin'),
  'POST /api/incidents/{id}/resolve': place('act', 'admin'),
  'POST /api/incidents/{id}/resend': place('act', 'admin'),
  'GET /api/admin/overview': place('read', 'admin'),
  'DELETE /api/session': null,
  'POST /api/session/factor': null,
  'POST /api/session/proof': null,
  'POST /api/profile/second-factor': null,
  'POST /api/profile/second-factor/confirm': null,
  'POST /api/profile/second-factor/recovery': null,
  'DELETE /api/profile/second-factor': null,
  'POST /api/admin/people/{id}/second-factor/reset': null,
  'GET /api/sessions': null,
  'DELETE /api/sessions/{id}': null,
  'POST /api/sessions/end-others': null,
  'POST /api/password': null,
  'GET /api/profile': null,
  'PATCH /api/profile': null,
  'POST /api/profile/identities/drop': null,
  'GET /api/tokens': null,
  'POST /api/tokens': null,
  'DELETE /api/tokens/{id}': null,
  'GET /api/admin/people': null,
  'GET /api/admin/people/{id}': null,
  'GET /api/admin/roles': null,
  'POST /api/admin/people': null,
  'POST /api/admin/people/{id}/invite': null,
  'POST /api/admin/people/{id}/disable': null,
  'POST /api/admin/people/{id}/enable': null,
  'POST /api/admin/people/{id}/end-sessions': null,
  'POST /api/admin/people/{id}/assignments': null,
  'POST /api/admin/assignments/{id}/end': null,
  'POST /api/admin/people/{id}/identities': null,
  'POST /api/admin/people/{id}/identities/drop': null,
};

const scopeShape = /^(read|act):([a-z]+)(?::([a-z0-9][a-z0-9-]*))?$/;

/** Is it a scope that exists? `processes` are the slugs of the installation. */
export function isScope(scope: string, processes: readonly string[]): boolean {
  const [, , area, process] = scopeShape.exec(scope) ?? [];
  if (!area || !Object.hasOwn(AREAS, area)) return false;
  return process === undefined || (area === 'cases' && processes.includes(process));
}

/** The one place where scopes are enforced, after the size and the kind of the body have been checked and before any handler. */
export function requireScope(deps: ApiDeps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const token = c.get('token');
    if (token) await checkScope(deps, c, token.scopes);
    return next();
  };
}

/** Refuses a request that the scopes do not reach. `act` includes `read` of the same place. */
async function checkScope(deps: ApiDeps, c: Context<Env>, scopes: string[]): Promise<void> {
  const route = c.get('matched');
  // Pages and documents that need no sign-in ask for no scope.
  if (!route || route.open) return;
  const wanted = SCOPE_OF[`${route.method} ${route.path}`];
  if (!wanted) throw refusal('Этот адрес по токену недоступен: войдите сами.');
  const kinds = wanted.kind === 'read' ? ['read', 'act'] : ['act'];
  if (kinds.some((kind) => scopes.includes(`${kind}:${wanted.area}`))) return;
  if (wanted.process && scopes.some((scope) => scope.split(':').length === 3)) {
    const process = await processOf(deps, c, wanted.process);
    if (process !== undefined && kinds.some((kind) => scopes.includes(`${kind}:${wanted.area}:${process}`))) return;
  }
  throw refusal(`Токену не хватает области ${wanted.kind}:${wanted.area}.`);
}

const refusal = (detail: string) => new ApiProblem(403, { code: 'token_scope', detail });

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function processOf(deps: ApiDeps, c: Context<Env>, at: ProcessAt): Promise<string | undefined> {
  if (at === 'all') return undefined;
  if (at === 'query') {
    // A parameter that is given twice means two things to two readers.
    const given = c.req.queries('process') ?? [];
    return given.length === 1 ? given[0] : undefined;
  }
  if (at === 'body') {
    try {
      return String((JSON.parse(await c.req.text()) as { process?: unknown }).process ?? '');
    } catch {
      return undefined;
    }
  }
  const id = c.req.path.split('/')[3] ?? '';
  if (!uuid.test(id)) return undefined;
  const { sql } = deps;
  const table = { case: sql`"case"`, task: sql`task`, draft: sql`draft` }[at];
  const [row] = await sql<Array<{ process: string }>>`select process from ${table} where id = ${id}::uuid`;
  return row?.process;
}
