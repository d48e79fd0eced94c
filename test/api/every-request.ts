/** Every route of the description as one sound request: fresh objects where a request uses them up, a body that passes the form. */
import { createHash, randomUUID } from 'node:crypto';
import { hashToken } from '../../api/session.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { personId } from '../../prisma/seed/people.ts';
import type { DirectWorld } from './direct-world.ts';
import { type FixtureCase, MARK } from './fixture-case.ts';
import { ask } from './world.ts';

const organisation = seedId('organisation', 'cnppm-rostov');
const nowhere = '00000000-0000-4000-8000-000000000000';

export interface Route {
  method: string;
  path: string;
  name: string;
}

export interface PreparedRequest {
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

interface Objects {
  notice: string;
  mail: string;
  incident: string;
  group: string;
  assignment: string;
}

/** Makes what hangs on the case besides itself, and answers with how to ask each route about it. */
export async function everyRequest(world: DirectWorld, kase: FixtureCase) {
  const objects: Objects = {
    notice: '',
    mail: randomUUID(),
    incident: randomUUID(),
    group: randomUUID(),
    assignment: '',
  };
  const { pool } = world;
  await pool`insert into dev_mail (id, message_id, mail_from, mail_to, subject, text, html, headers) values (${objects.mail}, 'm', 'a@example.invalid', '{b@example.invalid}', ${MARK}, '', '', '{}')`;
  await pool`insert into incident (id, case_id, kind, key, message) values (${objects.incident}, ${kase.caseId}, 'limbo', 'attack', ${MARK})`;
  const [entry] = await pool<Array<{ id: string }>>`
    insert into register_entry (id, register, number, status, version, title_ru, organisation_id, facts, valid_from, public, keeper_case_id, updated_at)
    values (gen_random_uuid(), 'hidden', 'H-1', 'certified', 1, ${MARK}, null, '{}', '2020-01-01', false, ${kase.caseId}, now()) returning id`;
  await pool`insert into study_group (id, entry_id, entry_version, organisation_id, size, started_on)
    select ${objects.group}, ${entry!.id}, 1, organisation_id, 20, '2026-01-01' from employment where person_id = ${personId('goncharov')} limit 1`;
  objects.notice = (
    await pool<Array<{ id: string }>>`
      select id from notice order by (addressee_id = ${personId('goncharov')}) desc, (case_id = ${kase.caseId}) desc limit 1`
  )[0]!.id;
  objects.assignment = (
    await pool<Array<{ id: string }>>`select id from role_assignment where person_id = ${personId('kim')} limit 1`
  )[0]!.id;
  const document = (await (await world.app.request('/api/openapi.json')).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const routes: Route[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      path,
      name: `${method.toUpperCase()} ${path}`,
    })),
  );
  return {
    routes,
    prepare: (route: Route, person: string | null) => prepareRequest(world, kase, objects, route, person),
  };
}

/** A session of its own for every request, so that ending one disturbs no other. */
async function freshToken(world: DirectWorld, person: string): Promise<{ token: string; id: string }> {
  const token = createHash('sha256').update(randomUUID()).digest('base64url');
  const id = /^[0-9a-f-]{36}$/.test(person) ? person : personId(person);
  const [row] = await world.pool<Array<{ id: string }>>`
    insert into session (token_hash, person_id, created_at, last_seen_at, rotated_at, expires_at)
    select ${hashToken(token)}, ${id}::uuid, at, at, at, at + interval '1 hour' from (select ${world.clock.now}::timestamptz as at) clock returning id`;
  return { token, id: row!.id };
}

async function draftOfRostov(world: DirectWorld): Promise<string> {
  const body = { process: 'dpp-certification', body: { programme: { title: MARK } } };
  return (await ask(world.app, (await freshToken(world, 'goncharov')).token)('POST', '/api/drafts', body)).body.id;
}

/** What stands for a parameter of the path, fresh where a request may use it up. */
async function pathOf(
  world: DirectWorld,
  kase: FixtureCase,
  objects: Objects,
  { method, path }: Route,
): Promise<string> {
  const of: Record<string, string | (() => Promise<string>)> = {
    '/api/sessions/{id}': async () => (await freshToken(world, 'goncharov')).id,
    '/api/tokens/{id}': nowhere,
    '/api/tasks/{id}': kase.panel[0]!.taskId,
    '/api/tasks/{id}/draft': kase.panel[1]!.taskId,
    '/api/groups/{id}/finish': objects.group,
    '/api/mailbox/{id}': objects.mail,
    '/api/incidents/{id}/resolve': objects.incident,
    '/api/incidents/{id}/resend': objects.incident,
    '/api/admin/assignments/{id}/end': objects.assignment,
  };
  const exact = of[path];
  const id = async () => {
    if (typeof exact === 'function') return exact();
    if (exact !== undefined) return exact;
    if (path.startsWith('/api/drafts/')) return draftOfRostov(world);
    if (path.startsWith('/api/cases/')) return kase.caseId;
    if (path.startsWith('/api/reports/')) return 'dpp-certification-register';
    if (path.startsWith('/api/notices/')) return objects.notice;
    if (path.startsWith('/api/admin/people/')) return personId('kim');
    return nowhere;
  };
  const needsId = path.includes('{id}');
  const filled = path
    .replace('{id}', needsId ? await id() : '')
    .replace('{slug}', 'dpp-certification')
    .replace('{type}', 'completeTechnicalCheck')
    .replace('{document}', kase.programmeSha)
    .replace('{register}', 'hidden')
    .replace('{number}', 'H-1')
    .replace('{purpose}', 'digest')
    .replace('{day}', '2026-01-01')
    .replace('{year}', '2026')
    .replace('{file}', 'package.json')
    .replace('{namespace}', 'traektoria');
  if (filled.includes('{')) throw new Error(`${method} ${path}: a parameter that this test does not know`);
  return (
    filled +
    (path.endsWith('/members')
      ? '?cell=x'
      : path.endsWith('/compare')
        ? '?from=1&to=1'
        : path === '/api/session/provider'
          ? '?returnTo=/'
          : '')
  );
}

const email = () => `${randomUUID()}@example.invalid`;
const bodies: Record<string, (kase: FixtureCase) => unknown> = {
  'POST /api/session': () => ({ personId: nowhere }),
  'POST /api/session/password': () => ({ login: 'nobody@example.invalid', password: 'нет такого пароля 1' }),
  'POST /api/session/provider': () => ({}),
  'POST /api/password/reset': () => ({ login: 'nobody@example.invalid' }),
  'POST /api/password/link': () => ({ token: 'x'.repeat(40) }),
  'POST /api/password/set': () => ({ token: 'x'.repeat(40), password: 'очень длинный пароль 17' }),
  'POST /api/password': () => ({ current: 'нет такого пароля 1', password: 'очень длинный пароль 17' }),
  'POST /api/session/factor': () => ({ code: '000000' }),
  'POST /api/session/proof': () => ({ password: 'нет такого пароля 1' }),
  'POST /api/profile/second-factor/confirm': () => ({ code: '000000' }),
  'POST /api/admin/people/{id}/second-factor/reset': () => ({ reason: 'Потерян телефон' }),
  'PATCH /api/profile': () => ({ muteDigests: false }),
  'POST /api/profile/identities/drop': () => ({ issuer: 'https://example.invalid', subject: 'x' }),
  'POST /api/tokens': () => ({ nameRu: 'Выгрузка', scopes: ['cases'], days: 1 }),
  'PUT /api/tasks/{id}/draft': () => ({ summary: 'x' }),
  'POST /api/drafts': () => ({ process: 'dpp-certification', body: {} }),
  'PUT /api/drafts/{id}': () => ({}),
  'POST /api/drafts/{id}/submit': () => ({}),
  'POST /api/cases': () => ({ process: 'dpp-certification', body: {} }),
  'POST /api/cases/{id}/actions/{type}': (kase) => ({ taskId: kase.checkTaskId }),
  'POST /api/cases/{id}/facts': () => ({
    factId: randomUUID(),
    kind: 'monitoring',
    body: { good: true, on: '2026-01-01' },
  }),
  'POST /api/registers/{register}/{number}/groups': () => ({
    size: 20,
    startedOn: '2026-01-01',
    organisationId: organisation,
  }),
  'POST /api/groups/{id}/finish': () => ({ finishedOn: '2025-01-01' }),
  'POST /api/hr-events/preview': () => ({ personId: nowhere, event: 'dismissed', on: '2026-01-01' }),
  'POST /api/hr-events': () => ({ personId: nowhere, event: 'dismissed', on: '2026-01-01' }),
  'POST /api/hr-events/{id}/correction/preview': () => ({
    cells: { personId: nowhere, event: 'dismissed', on: '2026-01-01' },
  }),
  'POST /api/hr-events/{id}/correction': () => ({ reason: 'Ошибка в дате' }),
  'POST /api/hr-imports': () => ({ name: 'x.csv', sha256: '0'.repeat(64) }),
  'POST /api/hr-imports/{id}/apply': () => ({ expected: 0 }),
  'POST /api/codec/{namespace}/decode': () => ({ payloads: [] }),
  'POST /api/referrals/{id}/complaint': () => ({ grounds: 'Направление не оплачено в срок' }),
  'PUT /api/me/consents/{purpose}': () => ({}),
  'POST /api/me/requests': () => ({ kind: 'erasure', reason: 'Больше не работаю' }),
  'POST /api/personal-requests/{id}/decide': () => ({ decision: 'refused', answer: 'Срок хранения не истёк' }),
  'POST /api/incidents/{id}/resolve': () => ({ comment: 'Разобрано' }),
  'POST /api/admin/people': () => ({ familyName: 'Новый', givenName: 'Человек', email: email() }),
  'POST /api/admin/people/{id}/disable': () => ({ reason: 'Проверка доступа' }),
  'POST /api/admin/people/{id}/assignments': () => ({
    role: 'observer',
    scopeKind: 'country',
    from: '2026-01-01',
    act: 'Приказ № 1',
  }),
  'POST /api/admin/assignments/{id}/end': () => ({ to: '2030-01-01', act: 'Приказ № 2' }),
  'POST /api/admin/people/{id}/identities': () => ({ subject: randomUUID() }),
  'POST /api/admin/people/{id}/identities/drop': () => ({ issuer: 'https://example.invalid', subject: 'x' }),
};

/** The request of a route as a person would send it, with a session of its own. */
async function prepareRequest(
  world: DirectWorld,
  kase: FixtureCase,
  objects: Objects,
  route: Route,
  person: string | null,
): Promise<PreparedRequest> {
  const path = await pathOf(world, kase, objects, route);
  const token = person === null ? undefined : (await freshToken(world, person)).token;
  const makeBody = bodies[route.name];
  const file = route.path === '/api/files';
  const body = file ? new Uint8Array([1, 2, 3]) : makeBody ? JSON.stringify(makeBody(kase)) : undefined;
  return {
    path,
    method: route.method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': file ? 'application/octet-stream' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  };
}
