import { strFromU8, unzipSync } from 'fflate';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '../../platform/audit/verify.ts';
import { noteReadings } from '../../api/reading-log.ts';
import { HOLDINGS, NOT_PEOPLE } from '../../platform/personal/holdings.ts';
import { personId } from '../../prisma/seed/people.ts';
import { type ApiWorld, createApiWorld, invite, programmeOf } from '../api/world.ts';

let world: ApiWorld;
const author = () => personId('goncharov');
let name: string;
let caseId: string;
let decliner: { personId: string; taskId: string };
const reason = 'Отказываюсь по семейным обстоятельствам: проверка прав';

beforeAll(async () => {
  world = await createApiWorld();
  const head = await world.as('goncharov');
  const { body: me } = await head('GET', '/api/session');
  name = me.person.displayName;
  const source = programmeOf('veroyatnost-i-statistika', 'Программа с автором') as {
    provider: Record<string, unknown>;
  };
  const programme = {
    ...source,
    authors: [name, 'Человек Без Учётной Записи'],
    provider: { ...source.provider, organisationId: me.organisations[0].id },
  };
  const submitted = await head('POST', '/api/cases', { process: 'dpp-certification', body: { programme } });
  ({ caseId } = submitted.body);
  decliner = (await invite(world, caseId))[0]!;
  const declined = await (await world.as(decliner.personId))('POST', `/api/cases/${caseId}/actions/declineTask`, {
    taskId: decliner.taskId,
    reason,
  });
  expect(declined.status).toBe(200);
  // An entry as certification writes it; the road to it is told elsewhere.
  await world.deps.sql`
    insert into register_entry (id, register, number, status, version, title_ru, organisation_id, facts, valid_from, valid_until, public, keeper_case_id, updated_at)
    select gen_random_uuid(), 'federal_programmes', 'FR-777', 'certified', 1, title_ru, applicant_organisation_id,
      jsonb_build_object('kind', 'ПК', 'hours', 36, 'document', (select sha256 from case_document where case_id = ${caseId} and kind = 'programme')),
      '2026-01-01', '2099-01-01', true, id, now() from "case" where id = ${caseId}`;
});
afterAll(async () => world?.stop());

/** The copy of one's own data: its files, and its tables. */
async function exportOf(who: string) {
  const answer = await world.app.request('/api/me/data/export', {
    headers: { authorization: `Bearer ${await world.tokenOf(who)}` },
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  return { files, mine: JSON.parse(strFromU8(files['my-data.json']!)) as Record<string, Array<Record<string, any>>> };
}

test('every column that can hold a person is declared, so that nobody is forgotten in an export or an erasure', async () => {
  const columns = await world.deps.sql<Array<{ t: string; c: string }>>`
    select table_name as t, column_name as c from information_schema.columns where table_schema = 'public' and data_type = 'uuid'`;
  const missing = columns.filter(({ t, c }) => !HOLDINGS[t]?.person.includes(c) && !NOT_PEOPLE.has(c));
  expect(missing.map(({ t, c }) => `${t}.${c}`)).toEqual([]);
  const known = new Set(columns.map(({ t, c }) => `${t}.${c}`));
  const gone = Object.entries(HOLDINGS).flatMap(([t, { person }]) =>
    person.map((c) => `${t}.${c}`).filter((at) => !known.has(at) && at !== 'case.subject_id'),
  );
  expect(gone).toEqual([]);
});

test('a person takes all own data away, readable by a program and by a human, and nothing that is hidden from him', async () => {
  const { files, mine: data } = await exportOf(decliner.personId);
  expect(Object.keys(data).sort()).toEqual(Object.keys(HOLDINGS).sort());
  expect(data.case_event?.some(({ personal }) => personal?.reason === reason)).toBe(true);
  expect(data.task?.map(({ id }) => id)).toContain(decliner.taskId);
  expect(strFromU8(files['my-data.html']!)).toContain(reason);
  const others = await world.deps.sql<Array<{ assignee_id: string }>>`
    select assignee_id from task where case_id = ${caseId} and kind = 'review' and assignee_id <> ${decliner.personId}`;
  for (const { assignee_id } of others) expect(JSON.stringify(data)).not.toContain(assignee_id);
  expect(JSON.stringify(data)).not.toMatch(/token_hash|password_hash|wrapped/);
});

test('a draft of a conclusion is the person’s own, and in his copy it can be read', async () => {
  const { personId: id, taskId } = (
    await world.deps.sql<Array<{ personId: string; taskId: string }>>`
    select assignee_id as "personId", id as "taskId" from task where case_id = ${caseId} and kind = 'review' and open and assignee_id is not null limit 1`
  )[0]!;
  const saved = await (await world.as(id))('PUT', `/api/tasks/${taskId}/draft`, { summary: 'Набросок заключения' });
  expect(saved.status).toBe(200);
  const { mine } = await exportOf(id);
  expect(mine.task_draft).toMatchObject([{ task_id: taskId, body: expect.stringContaining('Набросок заключения') }]);
});

test('a reading is shown to whose file it is; the name of an expert is not', async () => {
  const subject = personId('sidorenko');
  await noteReadings(world.deps, { actor: { personId: personId('belova') } }, [
    { personId: subject, what: 'case', as: 'staff' },
  ]);
  await noteReadings(world.deps, { actor: { personId: decliner.personId } }, [
    { personId: subject, what: 'case', as: 'expert' },
  ]);
  await noteReadings(world.deps, { actor: { personId: subject } }, [
    { personId: subject, what: 'case', as: 'applicant' },
  ]);
  const owner = await world.as('sidorenko');
  const { body } = await owner('GET', '/api/me/readings');
  expect(body.items.map((row: { whoRu: string | null }) => row.whoRu ?? '').sort()).toEqual([
    '',
    'Белова Анна Павловна',
  ]);
  await expect(world.deps.sql`delete from access_log`).rejects.toThrow('append-only');
  // In the copy he takes away too: every reading, by whom, and no name of an expert.
  const { mine } = await exportOf('sidorenko');
  expect(mine.access_log?.map(({ reader }) => reader ?? '').sort()).toEqual(['', 'Белова Анна Павловна']);
});

test('a busy case is a line for each reader and day; the log is read page by page to its end', async () => {
  const subject = personId('gusev');
  const { sql } = world.deps;
  // 300 openings by one reader, names in lists of six cases by another, two experts: two days, as the person counts days.
  await sql`insert into access_log (id, at, reader_id, reader_as, person_id, what, case_id)
    select gen_random_uuid(), '2026-11-20T08:00:00Z'::timestamptz + make_interval(mins => n), ${personId('belova')}, 'staff', ${subject}, 'case', ${caseId}
    from generate_series(1, 300) n`;
  await sql`insert into access_log (id, at, reader_id, reader_as, person_id, what, case_id)
    select gen_random_uuid(), '2026-11-21T08:00:00Z', ${personId('koroleva')}, 'staff', ${subject}, 'list', null from generate_series(1, 6)`;
  for (const reader of [decliner.personId, author()])
    await sql`insert into access_log (id, at, reader_id, reader_as, person_id, what, case_id)
      values (gen_random_uuid(), '2026-11-21T09:00:00Z', ${reader}, 'expert', ${subject}, 'case', ${caseId})`;
  const owner = await world.as('gusev');
  const items: any[] = [];
  for (let path: string | null = '/api/me/readings?limit=1'; path; ) {
    const { body } = (await owner('GET', path)) as { body: any };
    items.push(...body.items);
    path = body.next && `/api/me/readings?limit=1&cursor=${body.next}`;
  }
  expect(items.map(({ day, whoRu, acts }) => [day, whoRu, acts[0].times])).toEqual([
    ['2026-11-21', null, 2],
    ['2026-11-21', expect.stringContaining('Королёва'), 6],
    ['2026-11-20', 'Белова Анна Павловна', 300],
  ]);
  expect(items[2].acts).toEqual([expect.objectContaining({ whatRu: 'открытие дела', inCases: 1 })]);
});

test('opening a case about a person is noted before the answer leaves', async () => {
  // A case about a person: the subject of this one is moved to one, the rest of it stays as it is.
  await world.deps
    .sql`update "case" set subject_kind = 'person', subject_id = ${personId('laptev')} where id = ${caseId}`;
  expect((await (await world.as('belova'))('GET', `/api/cases/${caseId}`)).status).toBe(200);
  const rows = await world.deps
    .sql`select reader_id, reader_as, what from access_log where person_id = ${personId('laptev')}`;
  expect(rows).toEqual([{ reader_id: personId('belova'), reader_as: 'staff', what: 'case' }]);
  // A name in a list is a reading too: once a day for each reader and case, however often the list is opened.
  const belova = await world.as('belova');
  for (let n = 0; n < 2; n += 1) expect(JSON.stringify((await belova('GET', '/api/cases')).body)).toContain('Лаптев');
  const listed = await world.deps
    .sql`select reader_id, what, case_id from access_log where person_id = ${personId('laptev')} and what = 'list'`;
  expect(listed).toEqual([{ reader_id: personId('belova'), what: 'list', case_id: caseId }]);
  await world.deps.sql`update "case" set subject_kind = 'programme' where id = ${caseId}`;
});

test('29: a person withdraws consent: public cards are depersonalised, aggregates unchanged', async () => {
  const head = await world.as('goncharov');
  const card = async () => (await head('GET', '/api/registers/federal_programmes/FR-777')).body.authors;
  const publicPage = async () => (await world.app.request('/registry/FR-777')).text();
  const aggregates = async () => JSON.stringify((await (await world.as('koroleva'))('GET', '/api/registers')).body);
  expect([await card(), (await publicPage()).includes(name)]).toEqual([{ count: 2, named: [] }, false]);
  expect((await head('PUT', '/api/me/consents/publication', { version: 99 })).status).toBe(409);
  expect((await head('PUT', '/api/me/consents/publication', { version: 1 })).status).toBe(204);
  expect([await card(), (await publicPage()).includes(name)]).toEqual([{ count: 2, named: [name] }, true]);
  const before = await aggregates();

  expect((await head('DELETE', '/api/me/consents/publication')).status).toBe(204);
  expect([await card(), (await publicPage()).includes(name)]).toEqual([{ count: 2, named: [] }, false]);
  expect(await aggregates()).toBe(before);
  expect((await verifyAudit(world.deps.sql)).faults).toEqual([]);
  const { body } = await head('GET', '/api/me/data');
  expect(body.consents[0]).toMatchObject({ active: false, withdrawnAt: expect.any(String) });
  const { body: inbox } = await head('GET', '/api/notices');
  expect(inbox.items.map((row: { subject: string }) => row.subject)).toContain('Согласие отозвано');
});

test('a correction is asked for, decided by the office within its term, and takes effect', async () => {
  const person = await world.as('sidorenko');
  const asked = { kind: 'correction', field: 'familyName', value: 'Сидоренко-Лесная', reason: 'Свидетельство о браке' };
  const { status, body } = await person('POST', '/api/me/requests', asked, { 'idempotency-key': 'correction-0001' });
  expect([status, body.state]).toEqual([201, 'open']);
  expect(body.whyRu).toContain('152-ФЗ');
  expect((await person('POST', '/api/me/requests', asked, { 'idempotency-key': 'correction-0001' })).body.id).toBe(
    body.id,
  );
  const [stored] = await world.deps.sql<
    Array<{ body: Buffer }>
  >`select body from personal_request where id = ${body.id}`;
  expect(stored?.body.includes('Лесная')).toBe(false);

  expect((await (await world.as('belova'))('GET', '/api/personal-requests')).status).toBe(403);
  expect(
    (await person('POST', `/api/personal-requests/${body.id}/decide`, { decision: 'granted', answer: 'сам себе' }))
      .status,
  ).toBe(404);
  const dpo = await world.as('mironova');
  const { body: list } = await dpo('GET', '/api/personal-requests');
  expect(list.items[0]).toMatchObject({ id: body.id, body: { value: 'Сидоренко-Лесная' }, late: false });
  const decided = await dpo('POST', `/api/personal-requests/${body.id}/decide`, {
    decision: 'granted',
    answer: 'Исправлено.',
  });
  expect(decided.body).toMatchObject({
    state: 'granted',
    answer: 'Исправлено.',
    effects: ['исправлено поле: familyName'],
  });
  expect((await person('GET', '/api/session')).body.person.displayName).toContain('Сидоренко-Лесная');
  expect(
    (await dpo('POST', `/api/personal-requests/${body.id}/decide`, { decision: 'refused', answer: 'поздно' })).status,
  ).toBe(409);
  // The reading of the request by the office is on the person's record too.
  const { body: mine } = await person('GET', '/api/me/readings');
  expect(mine.items[0]).toMatchObject({
    whoRu: 'Миронова Вера Константиновна',
    asRu: 'ответственный за персональные данные',
    acts: [{ whatRu: 'обращение о персональных данных', times: 1 }],
  });
});

test('a corrected address is an address, of one person, and gets the letters that the former one did not take', async () => {
  const person = await world.as('sidorenko');
  const ask = (value: string) =>
    person('POST', '/api/me/requests', { kind: 'correction', field: 'email', value, reason: 'Сменила почту' });
  const wrong = await ask('не адрес');
  expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/value']);
  const { sql } = world.deps;
  const id = personId('sidorenko');
  await sql`update person set mail_bounced = true where id = ${id}::uuid`;
  await sql`insert into notice (id, dedupe_key, template, addressee_id, addressee_role, params, nominal_at, due_at, state)
    values (gen_random_uuid(), 'bounced-1', 'password-changed', ${id}::uuid, 'methodist', '{}', now(), now(), 'bounced')`;
  const dpo = await world.as('mironova');
  const decide = async (value: string) => {
    const { body } = await ask(value);
    return dpo('POST', `/api/personal-requests/${body.id}/decide`, { decision: 'granted', answer: 'Исправлено.' });
  };
  expect((await decide('Belova.AP@example.org')).body).toMatchObject({ status: 409, code: 'address_taken' });
  const decided = await decide('sidorenko.new@example.org');
  expect(decided.body.effects).toEqual(['исправлено поле: email, писем отправлено снова: 1']);
  const rows = await sql`
    select p.email, p.mail_bounced, n.state from person p join notice n on n.addressee_id = p.id and n.dedupe_key = 'bounced-1' where p.id = ${id}::uuid`;
  expect(rows[0]).toEqual({ email: 'sidorenko.new@example.org', mail_bounced: false, state: 'queued' });
});

test('erasure waits for open cases and retention; then the key is gone, and chains and registers stay whole', async () => {
  const dpo = await world.as('mironova');
  const expert = await world.as(decliner.personId);
  const ask = async () =>
    (await expert('POST', '/api/me/requests', { kind: 'erasure' }, { 'idempotency-key': `erase-${randomUUID()}` })).body
      .id;
  const id = await ask();
  const decide = () => dpo('POST', `/api/personal-requests/${id}/decide`, { decision: 'granted', answer: 'Удалено.' });
  await world.deps
    .sql`insert into case_participant (case_id, person_id, role) values (${caseId}, ${decliner.personId}, 'expert') on conflict do nothing`;
  expect((await decide()).body).toMatchObject({ code: 'retention', detail: expect.stringContaining('открытых дел 1') });
  await world.deps.sql`update "case" set closed = true where id = ${caseId}`;
  expect((await decide()).body.detail).toContain('хранятся по');
  await world.deps.sql`update "case" set updated_at = now() - interval '6 years' where id = ${caseId}`;
  const registers = await world.deps.sql`select number, status, facts from register_entry order by number`;
  // What he left behind: two files, one of which a colleague's case rests on; a post with a last day; a draft that was sent; lines of HR.
  const { sql } = world.deps;
  const files = await Promise.all(
    ['Только своё', 'Приложение к делу коллеги'].map(async (text) => {
      const put = await world.app.request('/api/files', {
        method: 'PUT',
        headers: { authorization: `Bearer ${await world.tokenOf(decliner.personId)}` },
        body: text,
      });
      return ((await put.json()) as { sha256: string }).sha256;
    }),
  );
  const colleague = await (await world.as('goncharov'))('GET', '/api/session');
  const source = programmeOf('smyslovoe-chtenie', 'Программа коллеги') as { provider: object };
  const provider = { ...source.provider, organisationId: colleague.body.organisations[0].id };
  const sent = await (await world.as('goncharov'))('POST', '/api/cases', {
    process: 'dpp-certification',
    body: { programme: { ...source, provider } },
  });
  const other = sent.body.caseId as string;
  await sql`insert into case_document (case_id, sha256, kind, label, version, audience, added_at)
    values (${other}, ${files[1]!}, 'file', 'Приложение 1', 1, 'panel', now())`;
  await sql`insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, to_on, acting)
    values (gen_random_uuid(), ${decliner.personId}, 'fed_operator', 'jurisdiction', 'fed', '2026-01-01', '2099-01-01', true)`;
  await sql`insert into draft (id, process, jurisdiction, owner_id, title_ru, body, submitted_case_id)
    values (gen_random_uuid(), 'dpp-certification', 'fed', ${decliner.personId}, 'Моя', '{"contact":"Мой телефон"}', ${other})`;
  const batch = randomUUID();
  await sql`insert into hr_batch (id, kind, name, state, reported_by) values (${batch}, 'import', 'x.csv', 'done', ${personId('danilova')})`;
  const event = { personId: decliner.personId, event: 'surname_changed', surname: 'Девичья', bornOn: '1990-01-01' };
  await sql`insert into hr_row (batch_id, line, raw, state, event) values (${batch}, 2, 'Девичья Анна;сменил фамилию', 'told', ${sql.json(event)})`;
  await sql`insert into hr_event (id, fact_id, batch_id, line, person_id, kind, on_day, event, state, reported_by)
    values (gen_random_uuid(), ${batch}, ${batch}, 2, ${decliner.personId}, 'surname_changed', '2026-01-01', ${sql.json(event)}, 'told', ${personId('danilova')})`;

  const done = await decide();
  expect([done.status, done.body.state]).toEqual([200, 'granted']);
  expect((await verifyAudit(world.deps.sql)).faults).toEqual([]);
  expect(await world.deps.sql`select number, status, facts from register_entry order by number`).toEqual(registers);
  const [row] = await world.deps.sql`
    select p.display_name, p.email, k.wrapped, k.destroyed_at is not null as destroyed from person p join person_key k on k.person_id = p.id
    where p.id = ${decliner.personId}`;
  expect(row).toEqual({
    display_name: 'Данные удалены',
    email: `${decliner.personId}@erased.invalid`,
    wrapped: null,
    destroyed: true,
  });
  expect((await expert('GET', '/api/session')).status).toBe(401);
  const gone = await Promise.all(files.map((sha256) => world.deps.documents.find(sha256)));
  expect(gone.map((file) => file?.erased)).toEqual([true, false]);
  const [held] =
    await sql`select 1 from role_assignment where person_id = ${decliner.personId} and (to_on is null or to_on >= to_char(now(), 'YYYY-MM-DD'))`;
  expect(held).toBeUndefined();
  const left = await sql<Array<{ said: string }>>`
    select body::text as said from draft where owner_id = ${decliner.personId} union all select event::text || raw from hr_row where batch_id = ${batch}
    union all select event::text from hr_event where batch_id = ${batch}`;
  expect(left).toHaveLength(3);
  expect(JSON.stringify(left)).not.toMatch(/телефон|Девичья|1990/);
  const { body: events } = await (await world.as('koroleva'))('GET', `/api/cases/${caseId}/events`);
  expect(JSON.stringify(events)).not.toContain(reason);
  expect(author()).not.toBe(decliner.personId);
});
