/**
 * The memory of keys, route by route: an act that succeeded is sent again with its key (the same answer, and not one row more), with another body
 * (refused, and not one row more), and twice at once (one effect). A route that writes and has no line here fails.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../platform/config.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createDirectWorld, type DirectWorld } from './direct-world.ts';
import { type FixtureCase, must, openFixtureCase } from './fixture-case.ts';
import { conclusionFor, programmeOf } from './world.ts';
import { dayIn, MOSCOW } from '../support/days.ts';

let world: DirectWorld;
let kase: FixtureCase;
const centre = seedId('organisation', 'cnppm-rostov');
const school = seedId('organisation', 'school-61');
const day = (ago: number) => dayIn(MOSCOW, -ago);

beforeAll(async () => {
  world = await createDirectWorld();
  kase = await openFixtureCase(world, 2);
});
afterAll(() => world?.stop());

/** A request that succeeds, made anew at each call; `other`: another body the form takes. */
interface Deed {
  who: string;
  path: string;
  body?: object;
  other?: object;
}

const id = () => randomUUID();
let nth = 0;
const programme = (): object => {
  const source = programmeOf('smyslovoe-chtenie', `Ключи ${(nth += 1)}`) as { provider: object };
  return { ...source, provider: { ...source.provider, organisationId: centre } };
};
const person = async (): Promise<string> => {
  const email = `${id()}@example.invalid`;
  const body = { familyName: 'Ключева', givenName: 'Вера', email };
  return (await must(world, 'sokolov', 'POST', '/api/admin/people', body, 201).catch(() => created(body))).id;
};
const created = async (body: object) =>
  (await (await world.as('sokolov'))('POST', '/api/admin/people', body, { 'idempotency-key': id() })).body;
const account = async (): Promise<string> => {
  const personOf = await person();
  await world.pool`insert into account (person_id, login) values (${personOf}, ${`${personOf}@people.test`}) on conflict do nothing`;
  return personOf;
};
const assignment = (act: string) => ({ role: 'observer', scopeKind: 'country', from: day(1), act });
const entry = async (): Promise<string> => {
  const number = `K-${(nth += 1)}`;
  await world.pool`
    insert into register_entry (id, register, number, status, version, title_ru, organisation_id, facts, valid_from, public, keeper_case_id, updated_at)
    values (gen_random_uuid(), 'federal_programmes', ${number}, 'certified', 1, 'Ключи', ${centre}, '{}', '2026-01-01', true, ${kase.caseId}, now())`;
  return number;
};
const groupBody = (size: number) => ({ size, startedOn: day(9), organisationId: centre });
const incident = async (): Promise<string> => {
  const incidentId = id();
  await world.pool`insert into incident (id, case_id, kind, key, message) values (${incidentId}, ${kase.caseId}, 'limbo', ${incidentId}, 'x')`;
  return incidentId;
};
const dismissed = async (): Promise<object> => {
  const [row] = await world.pool<Array<{ id: string }>>`
    select e.person_id as id from employment e where e.organisation_id = ${seedId('organisation', 'school-42')} and e.to_on is null
      and not exists (select from hr_event h where h.person_id = e.person_id) order by 1 limit 1`;
  return { personId: row!.id, event: 'dismissed', on: day(3) };
};
const csv = async (): Promise<string> => {
  const text = `Сотрудник;Событие;Дата;Школа\r\nНикто Никтоевич ${id()};уволен;${day(2)};Школа`;
  const response = await world.app.request('/api/files', {
    method: 'PUT',
    headers: { authorization: `Bearer ${await world.tokenOf(HR)}`, 'content-type': 'application/octet-stream' },
    body: new TextEncoder().encode(text),
  });
  return ((await response.json()) as { sha256: string }).sha256;
};
const HR = 'kuzmina';

/** Routes that keep the memory of a key. */
const KEY: Record<string, () => Promise<Deed>> = {
  'POST /api/cases/{id}/actions/{type}': async () => {
    const own = kase.panel[2]!;
    const body = conclusionFor(own.taskId, 'approve');
    const path = `/api/cases/${kase.caseId}/actions/submitReview`;
    return { who: own.personId, path, body, other: { ...body, summary: `${String(body.summary)} И ещё.` } };
  },
  'POST /api/cases/{id}/facts': async () => {
    const body = { factId: id(), kind: 'monitoring', body: { good: true, on: day(1) } };
    return { who: 'belova', path: `/api/cases/${kase.caseId}/facts`, body, other: { ...body, factId: id() } };
  },
  'POST /api/cases/{id}/reconcile': async () => ({ who: 'sokolov', path: `/api/cases/${kase.caseId}/reconcile` }),
  'POST /api/drafts': async () => ({
    who: 'goncharov',
    path: '/api/drafts',
    body: { process: 'dpp-certification', body: {} },
    other: { process: 'dpp-certification', body: { programme: programme() } },
  }),
  'POST /api/registers/{register}/{number}/groups': async () => ({
    who: 'goncharov',
    path: `/api/registers/federal_programmes/${await entry()}/groups`,
    body: groupBody(20),
    other: groupBody(21),
  }),
  'POST /api/groups/{id}/finish': async () => {
    const group = await (await world.as('goncharov'))(
      'POST',
      `/api/registers/federal_programmes/${await entry()}/groups`,
      groupBody(20),
      { 'idempotency-key': id() },
    );
    return {
      who: 'goncharov',
      path: `/api/groups/${group.body.id}/finish`,
      body: { finishedOn: day(2) },
      other: { finishedOn: day(3) },
    };
  },
  'POST /api/hr-events': async () => {
    const body = await dismissed();
    return { who: HR, path: '/api/hr-events', body, other: { ...body, on: day(4) } };
  },
  'POST /api/hr-events/{id}/correction': async () => {
    const told = await (await world.as(HR))('POST', '/api/hr-events', await dismissed(), { 'idempotency-key': id() });
    const [row] = await world.pool<Array<{ id: string }>>`select id from hr_event where batch_id = ${told.body.id}`;
    return {
      who: HR,
      path: `/api/hr-events/${row!.id}/correction`,
      body: { reason: 'Ошибка в дате' },
      other: { reason: 'Ошибка в дате, другая' },
    };
  },
  'POST /api/hr-imports': async () => {
    const body = { name: 'a.csv', sha256: await csv() };
    return { who: HR, path: '/api/hr-imports', body, other: { ...body, name: 'b.csv' } };
  },
  'POST /api/incidents/{id}/resolve': async () => ({
    who: 'sokolov',
    path: `/api/incidents/${await incident()}/resolve`,
    body: { comment: 'Разобрано' },
    other: { comment: 'Разобрано иначе' },
  }),
  'POST /api/incidents/{id}/resend': async () => {
    const failed = await incident();
    const [letter] = await world.pool<Array<{ id: string }>>`
      update notice set state = 'failed' where id = (select id from notice where case_id = ${kase.caseId} and state = 'queued' limit 1) returning id`;
    await world.pool`update incident set kind = 'mail_failed', key = ${`mail_failed:${letter!.id}`} where id = ${failed}`;
    return { who: 'sokolov', path: `/api/incidents/${failed}/resend` };
  },
  'POST /api/hr-imports/{id}/apply': async () => {
    const batch = await (await world.as(HR))(
      'POST',
      '/api/hr-imports',
      { name: 'a.csv', sha256: await csv() },
      { 'idempotency-key': id() },
    );
    return {
      who: HR,
      path: `/api/hr-imports/${batch.body.id}/apply`,
      body: { expected: batch.body.counts.ready },
      other: { expected: 77 },
    };
  },
  'POST /api/me/requests': async () => ({
    who: 'bashtannik',
    path: '/api/me/requests',
    body: { kind: 'erasure', reason: 'Больше не работаю' },
    other: { kind: 'erasure', reason: 'Передумал' },
  }),
  'POST /api/personal-requests/{id}/decide': async () => {
    const body = { kind: 'erasure', reason: `Больше не работаю ${id()}` };
    const asked = await (await world.as('bashtannik'))('POST', '/api/me/requests', body, { 'idempotency-key': id() });
    return {
      who: 'mironova',
      path: `/api/personal-requests/${asked.body.id}/decide`,
      body: { decision: 'refused', answer: 'Срок хранения не истёк' },
      other: { decision: 'refused', answer: 'Срок хранения не истёк и не истечёт' },
    };
  },
  'POST /api/admin/people': async () => {
    const body = { familyName: 'Новая', givenName: 'Анна', email: `${id()}@example.invalid` };
    return { who: 'sokolov', path: '/api/admin/people', body, other: { ...body, givenName: 'Ольга' } };
  },
  'POST /api/admin/people/{id}/invite': async () => ({
    who: 'sokolov',
    path: `/api/admin/people/${await person()}/invite`,
  }),
  'POST /api/admin/people/{id}/disable': async () => ({
    who: 'sokolov',
    path: `/api/admin/people/${await account()}/disable`,
    body: { reason: 'Уволена с должности' },
    other: { reason: 'Уволена с должности, приказ № 4' },
  }),
  'POST /api/admin/people/{id}/enable': async () => {
    const closed = await account();
    await world.pool`update account set disabled_at = now() where person_id = ${closed}`;
    return { who: 'sokolov', path: `/api/admin/people/${closed}/enable` };
  },
  'POST /api/admin/people/{id}/end-sessions': async () => ({
    who: 'sokolov',
    path: `/api/admin/people/${await account()}/end-sessions`,
  }),
  'POST /api/admin/people/{id}/second-factor/reset': async () => {
    const of = await account();
    await world.pool`insert into second_factor (person_id, secret, created_at, confirmed_at) values (${of}, 'x', now(), now())`;
    return {
      who: 'sokolov',
      path: `/api/admin/people/${of}/second-factor/reset`,
      body: { reason: 'Потерян телефон' },
      other: { reason: 'Потерян телефон, справка' },
    };
  },
  'POST /api/admin/people/{id}/assignments': async () => ({
    who: 'sokolov',
    path: `/api/admin/people/${await person()}/assignments`,
    body: assignment('Приказ № 1'),
    other: assignment('Приказ № 2'),
  }),
  'POST /api/admin/assignments/{id}/end': async () => {
    const granted = await (await world.as('sokolov'))(
      'POST',
      `/api/admin/people/${await person()}/assignments`,
      assignment('Приказ № 1'),
      { 'idempotency-key': id() },
    );
    const body = { to: day(-3), act: 'Приказ № 2' };
    return {
      who: 'sokolov',
      path: `/api/admin/assignments/${granted.body.assignments[0].id}/end`,
      body,
      other: { ...body, act: 'Приказ № 3' },
    };
  },
  'POST /api/admin/people/{id}/identities/drop': async () => {
    const of = await person();
    const tie = { issuer: 'https://id.example.invalid', subject: id() };
    await world.pool`insert into identity_link (issuer, subject, person_id, created_at, created_by)
      values (${tie.issuer}, ${tie.subject}, ${of}, now(), ${of})`;
    return {
      who: 'sokolov',
      path: `/api/admin/people/${of}/identities/drop`,
      body: tie,
      other: { ...tie, subject: id() },
    };
  },
  'POST /api/profile/identities/drop': async () => {
    const tie = { issuer: 'https://id.example.invalid', subject: id() };
    await world.pool`insert into identity_link (issuer, subject, person_id, created_at, created_by)
      values (${tie.issuer}, ${tie.subject}, ${personId('bashtannik')}, now(), ${personId('bashtannik')})`;
    await world.pool`insert into account (person_id, login, password_hash) values (${personId('bashtannik')}, 'bashtannik@people.test', 'x') on conflict do nothing`;
    return { who: 'bashtannik', path: '/api/profile/identities/drop', body: tie, other: { ...tie, subject: id() } };
  },
  'POST /api/referrals/{id}/complaint': async () => {
    const employer = await world.as('barsukov');
    const referral = await employer(
      'POST',
      '/api/cases',
      {
        process: 'qualification-assessment',
        action: 'refer',
        jurisdiction: 'region-61',
        body: {
          personId: personId('dvornikova'),
          organisationId: school,
          qualification: 'teacher-primary-6',
          centreId: centre,
          payer: 'employer',
        },
      },
      { 'idempotency-key': id() },
    );
    expect(referral.status, JSON.stringify(referral.body)).toBe(201);
    const { caseId } = referral.body;
    // The road to a result is long and told elsewhere (test/api/assessment.test.ts); here only its end is needed.
    const over = { stage: 'certified', informedOn: day(1), payerInformedOn: day(1) };
    await world.pool`update "case" set stage = 'certified', state = state || ${world.pool.json(over)} where id = ${caseId}`;
    return {
      who: 'barsukov',
      path: `/api/referrals/${caseId}/complaint`,
      body: { grounds: 'Задания не соответствовали квалификации.' },
      other: { grounds: 'Экзамен начался раньше назначенного часа.' },
    };
  },
};

/** Routes with a key whose success needs what this world has not, and the test that has it: its file and its name. */
const ELSEWHERE: Record<string, [file: string, name: string]> = {
  'POST /api/cases': [
    'test/api/behaviour.test.ts',
    'of a start and of a draft that is sent: the same answer, and never for another body',
  ],
  'POST /api/drafts/{id}/submit': [
    'test/api/behaviour.test.ts',
    'of a start and of a draft that is sent: the same answer, and never for another body',
  ],
  'POST /api/admin/people/{id}/identities': [
    'test/api/oidc.test.ts',
    'accepts an invitation without a password; the invitation is spent',
  ],
};

/** Writes that leave a thing as they found it when they are repeated, with any key or none. */
const SAME: Record<string, () => Promise<Deed>> = {
  'POST /api/notices/{id}/read': async () => ({ who: 'goncharov', path: `/api/notices/${await notice()}/read` }),
  'POST /api/notices/{id}/familiarise': async () => {
    const own = await notice();
    await world.pool`update notice set legally_significant = true, case_id = null where id = ${own}`;
    return { who: 'goncharov', path: `/api/notices/${own}/familiarise` };
  },
  'DELETE /api/me/consents/{purpose}': async () => ({ who: 'goncharov', path: '/api/me/consents/publication' }),
  'PUT /api/me/consents/{purpose}': async () => {
    const { body } = await (await world.as('goncharov'))('GET', '/api/me/data');
    const [text] = body.consents;
    return { who: 'goncharov', path: `/api/me/consents/${text.purpose}`, body: { version: text.version } };
  },
  'POST /api/sessions/end-others': async () => ({ who: 'goncharov', path: '/api/sessions/end-others' }),
  'PATCH /api/profile': async () => ({ who: 'goncharov', path: '/api/profile', body: { muteDigests: true } }),
};
const notice = async (): Promise<string> =>
  (
    await world.pool<Array<{ id: string }>>`
    select id from notice where addressee_id = ${personId('goncharov')} order by read_at nulls first limit 1`
  )[0]!.id;

/** Known by something else than a key, each with what it is known by. */
const OTHERWISE: Record<string, string> = {
  'POST /api/session': 'a sign-in: each opens a session',
  'POST /api/session/password': 'a sign-in',
  'POST /api/session/provider': 'a sign-in',
  'DELETE /api/session': 'a session ends once',
  'DELETE /api/sessions/{id}': 'a session ends once',
  'POST /api/password/reset': 'letters of an hour are counted: test/api/identity.test.ts',
  'POST /api/password/link': 'reads a link',
  'POST /api/password/set': 'a link is used once',
  'POST /api/password': 'the present password is asked',
  'POST /api/session/factor': 'a code is taken once: test/api/second-factor.test.ts',
  'POST /api/session/proof': 'a code is taken once; a password proves again',
  'POST /api/profile/second-factor': 'an unfinished factor is replaced',
  'POST /api/profile/second-factor/confirm': 'a factor is confirmed once',
  'POST /api/profile/second-factor/recovery': 'codes are shown once and kept nowhere, so no answer can be repeated',
  'DELETE /api/profile/second-factor': 'a factor is removed once',
  'POST /api/tokens': 'the token is shown once and kept nowhere, so no answer can be repeated',
  'DELETE /api/tokens/{id}': 'a token is revoked once',
  'PUT /api/files': 'known by the digest of its content',
  'PUT /api/tasks/{id}/draft': 'If-Match',
  'PUT /api/drafts/{id}': 'If-Match',
  'DELETE /api/drafts/{id}': 'a draft is discarded once',
  'POST /api/drafts/{id}/check': 'reads',
  'POST /api/hr-events/preview': 'reads',
  'POST /api/hr-events/{id}/correction/preview': 'reads',
  'POST /api/codec/{namespace}/decode': 'reads',
};

/**
 * Every table with the number of its rows and the newest of them: any insert, update or delete shows. Sessions are made by the test; a document is
 * known by its digest and belongs to nobody until an act names it.
 */
async function everything(): Promise<string> {
  const names = await world.pool<Array<{ name: string }>>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('session', 'document', '_prisma_migrations') order by 1`;
  const counts = names.map(
    ({ name }) =>
      world.pool`select ${name}::text as name, count(*)::int as n, coalesce(max(xmin::text::bigint), 0)::text as newest from ${world.pool(name)}`,
  );
  const rows = await counts.reduce((all, one) => world.pool`${all} union all ${one}`);
  return JSON.stringify(rows.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

const send = async ({ who, path, body }: Deed, method: string, key: string, other?: object) => {
  const { status, body: answer } = await (await world.as(who))(method, path, other ?? body, { 'idempotency-key': key });
  return { status, answer };
};
/** What an answer says besides the id of its request and what has gone on meanwhile. */
const told = (answer: unknown): unknown =>
  typeof answer === 'object' && answer !== null ? { ...answer, requestId: undefined } : answer;

describe('a key of a request', () => {
  it('has its line, whatever the route', async () => {
    const document = (await (await world.app.request('/api/openapi.json')).json()) as {
      paths: Record<string, Record<string, { parameters?: Array<{ name: string }> }>>;
    };
    const lines = [KEY, ELSEWHERE, SAME, OTHERWISE];
    for (const [file, name] of Object.values(ELSEWHERE))
      expect(readFileSync(join(projectRoot, file), 'utf8'), file).toContain(`'${name}'`);
    const wrong: string[] = [];
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, { parameters = [] }] of Object.entries(methods)) {
        const name = `${method.toUpperCase()} ${path}`;
        if (method === 'get') continue;
        if (lines.filter((table) => Object.hasOwn(table, name)).length !== 1) wrong.push(`${name}: one line`);
        const promised = parameters.some((parameter) => parameter.name.toLowerCase() === 'idempotency-key');
        if (!Object.hasOwn(SAME, name) && promised === Object.hasOwn(OTHERWISE, name))
          wrong.push(`${name}: the description promises ${promised}`);
      }
    expect(wrong).toEqual([]);
  });

  it.each(Object.keys(KEY))('%s: once, the same answer, and never for another body', async (name) => {
    const [method = ''] = name.split(' ');
    const deed = await KEY[name]!();
    const key = `key-${id()}`;
    const first = await send(deed, method, key);
    expect(first.status, JSON.stringify(first.answer)).toBeLessThan(300);
    const before = await everything();
    const again = await send(deed, method, key);
    expect([again.status, told(again.answer)]).toEqual([first.status, told(first.answer)]);
    expect(await everything(), 'a replay leaves no trace').toBe(before);
    if (!deed.other) return;
    const other = await send(deed, method, key, deed.other);
    expect([other.status, (other.answer as { code?: string }).code]).toEqual([409, 'idempotency_conflict']);
    expect(await everything(), 'a refusal leaves no trace').toBe(before);
  });

  it.each(Object.keys(SAME))('%s: repeated, it changes nothing more', async (name) => {
    const [method = ''] = name.split(' ');
    const deed = await SAME[name]!();
    const first = await send(deed, method, `key-${id()}`);
    expect(first.status, JSON.stringify(first.answer)).toBeLessThan(300);
    const effects = async () => [
      ...(await world.pool`select (select count(*) from audit_record) as audit, (select count(*) from notice) as letters,
        (select count(*) from case_event) as events, (select count(*) from consent) as consents`),
    ];
    const before = await effects();
    expect((await send(deed, method, `key-${id()}`)).status).toBe(first.status);
    expect(await effects()).toEqual(before);
  });

  it.each([
    'POST /api/drafts',
    'POST /api/me/requests',
    'POST /api/admin/people',
    'POST /api/registers/{register}/{number}/groups',
  ])('%s: sent twice at once, one effect and one answer', async (name) => {
    const deed = await KEY[name]!();
    const key = `key-${id()}`;
    const count = async () => {
      const [row] = await world.pool<Array<Record<string, number>>>`
        select (select count(*)::int from "case") as cases, (select count(*)::int from draft) as drafts, (select count(*)::int from person) as people,
          (select count(*)::int from study_group) as groups, (select count(*)::int from personal_request) as requests`;
      return Object.values(row!).reduce((sum, n) => sum + n, 0);
    };
    const before = await count();
    const both = await Promise.all([send(deed, 'POST', key), send(deed, 'POST', key)]);
    expect(both[0]!.status, JSON.stringify(both)).toBeLessThan(300);
    expect([both[1]!.status, told(both[1]!.answer)]).toEqual([both[0]!.status, told(both[0]!.answer)]);
    expect(await count()).toBe(before + 1);
  });
});
