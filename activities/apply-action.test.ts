import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { References } from '../platform/cases/references.ts';
import { findBreak, genesis } from '../platform/crypto/chain.ts';
import { generateKeyring } from '../platform/crypto/keyring.ts';
import { destroyPersonKey, findPersonKey, PersonErased, unsealPersonal } from '../platform/crypto/person-keys.ts';
import { createPool, type Pool } from '../platform/db/pool.ts';
import type { Command } from '../processes/kit/types.ts';
import { registerProcess } from '../processes/registry.ts';
import { buildCommand } from '../test/driver.ts';
import { reviewPair } from '../test/fixtures/review-pair.ts';
import { createWorld, type World } from '../test/fixtures/world.ts';
import { createTestDatabase } from '../test/stack/stack-info.ts';
import { applyAction, type RecordDeps } from './apply-action.ts';
import type { ApplyAnswer, ApplyInput } from './types.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
let world: World;
let deps: RecordDeps;
const monday = '2026-11-23T03:00:00.000Z';
const log = { info: vi.fn<() => void>(), warn: vi.fn<() => void>(), error: vi.fn<() => void>() };

beforeAll(async () => {
  registerProcess(reviewPair);
  database = await createTestDatabase();
  pool = createPool(database.url);
  world = await createWorld(pool);
  deps = { pool, keys: generateKeyring(), references: new References(), log, isLocalWork: () => true };
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

beforeEach(() => vi.clearAllMocks());

function submission(over: Record<string, unknown> = {}, key?: string): Command {
  const payload = { topic: randomUUID(), reviewers: world.reviewers, organisationId: world.organisationId, ...over };
  return buildCommand({
    personId: world.methodist,
    type: 'submit',
    payload,
    receivedAt: monday,
    ...(key ? { key } : {}),
  });
}

function open(caseId: string, command = submission(), more: Partial<ApplyInput> = {}): Promise<ApplyAnswer> {
  const start = { jurisdiction: world.jurisdiction, clock: 'real' as const };
  return applyAction(deps, { caseId, process: 'review-pair', command, start, now: monday, knownSequence: 0, ...more });
}

function apply(
  caseId: string,
  command: Command | undefined,
  now = monday,
  more: Partial<ApplyInput> = {},
): Promise<ApplyAnswer> {
  return applyAction(deps, {
    caseId,
    process: 'review-pair',
    now,
    knownSequence: 0,
    ...(command ? { command } : {}),
    ...more,
  });
}

const review = (personId: string, receivedAt = monday, key?: string) =>
  buildCommand({ personId, type: 'review', payload: { verdict: 'approve' }, receivedAt, ...(key ? { key } : {}) });

async function typesOf(caseId: string): Promise<string[]> {
  const rows = await pool<
    Array<{ type: string }>
  >`select type from case_event where case_id = ${caseId} order by sequence`;
  return rows.map(({ type }) => type);
}

test('an act applied twice under one key has one effect and one answer', async () => {
  const caseId = randomUUID();
  const command = submission();
  const first = await open(caseId, command);
  const second = await open(caseId, command, { now: '2026-11-23T04:00:00.000Z' });
  expect(first.reply).toMatchObject({ ok: true, stage: 'awaiting_reviews', events: ['case.submitted'] });
  expect(second).toEqual(first);
  expect(await typesOf(caseId)).toEqual(['case.submitted']);
});

test('the same key with another body is refused', async () => {
  const caseId = randomUUID();
  await open(caseId, submission({}, 'one-key'));
  const other = await open(caseId, submission({ topic: 'другая' }, 'one-key'));
  expect(other.reply).toMatchObject({ ok: false, denial: { code: 'idempotency_conflict' } });
});

test('a refused first act leaves no case and takes no number', async () => {
  const caseId = randomUUID();
  const [before] = await pool<Array<{ last: number }>>`select coalesce(max(last), 0) as last from serial`;
  const refused = await open(caseId, submission({ topic: '' }));
  expect(refused).toMatchObject({ exists: false, reply: { ok: false, denial: { code: 'invalid' } } });
  expect(await pool`select 1 from "case" where id = ${caseId}`).toHaveLength(0);
  const [after] = await pool<Array<{ last: number }>>`select coalesce(max(last), 0) as last from serial`;
  expect(after).toEqual(before);
});

test('registration numbers have no gaps when many submit at once and some are refused', async () => {
  const [before] = await pool<Array<{ last: number }>>`select coalesce(max(last), 0)::int as last from serial`;
  const topic = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_item, index) => open(randomUUID(), submission(index % 3 === 0 ? { topic } : {}))),
  );
  const numbers = answers
    .flatMap(({ reply }) => (reply?.ok ? [Number(reply.number?.slice(-5))] : []))
    .sort((a, b) => a - b);
  const lost = answers.filter(({ reply }) => reply?.ok === false && reply.denial.code === 'topic_taken');
  expect(lost).toHaveLength(7);
  expect(numbers).toEqual(Array.from({ length: 17 }, (_item, index) => (before?.last ?? 0) + 1 + index));
});

test('a lost claim gives back what was taken beside it and keeps the deadline that was recorded on the way', async () => {
  const [caseId, topic] = [randomUUID(), randomUUID()];
  await open(randomUUID(), submission({ topic }));
  await open(caseId);
  const [reminder] = await pool<Array<{ at: Date }>>`
    select at from case_deadline where case_id = ${caseId} and key = 'reminder'`;
  const after = new Date(Number(reminder?.at) + 60_000).toISOString();
  const rename = (to: string) =>
    buildCommand({ personId: world.methodist, type: 'rename', payload: { topic: to }, receivedAt: after });
  const lost = await apply(caseId, rename(topic), after);
  expect(lost.reply).toMatchObject({ ok: false, denial: { code: 'topic_taken' } });
  expect(await typesOf(caseId)).toEqual(['case.submitted', 'reminder.sent']);
  await apply(caseId, rename(randomUUID()), after);
  const [event] = await pool`select facts from case_event where case_id = ${caseId} and type = 'topic.changed'`;
  expect(event?.facts.nr).toBe('1');
});

test('a reviewer is never given more open tasks than the limit, whoever asks first', async () => {
  const reviewer = randomUUID();
  await pool`
    insert into person (id, family_name, given_name, display_name, email) values (${reviewer}, 'Занятой', 'Имя', 'Занятой', 'a@b.invalid')`;
  await pool`
    insert into policy_version (id, process, jurisdiction, version, act, effective_from, parameters, digest)
    values ('strict', 'review-pair', ${world.jurisdiction}, 2, '{}', '2999-01-01',
      ${pool.json({ reviewWorkingDays: 5, decisionWorkingDays: 3, maxOpenTasks: 2 })}, 'y')`;
  const start = { jurisdiction: world.jurisdiction, clock: 'real' as const, policyVersionId: 'strict' };
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => open(randomUUID(), submission({ reviewers: [reviewer] }), { start })),
  );
  expect(answers.filter(({ reply }) => reply?.ok)).toHaveLength(2);
  expect(answers.filter(({ reply }) => reply?.ok === false && reply.denial.code === 'overloaded')).toHaveLength(4);
});

test('of two people who do the same thing at once one wins and the other hears why', async () => {
  const caseId = randomUUID();
  await open(caseId);
  const answers = await Promise.all(
    [review(world.reviewers[0]), review(world.reviewers[0])].map((command) => apply(caseId, command)),
  );
  expect(answers.map(({ reply }) => String(reply?.ok)).sort()).toEqual(['false', 'true']);
  expect(answers.find(({ reply }) => reply?.ok === false)?.reply).toMatchObject({ denial: { code: 'already_done' } });
  expect(await typesOf(caseId)).toEqual(['case.submitted', 'review.given']);
});

test('rights come from the record and end with their dates, whatever the caller attaches', async () => {
  const caseId = randomUUID();
  await open(caseId);
  for (const personId of world.reviewers) await apply(caseId, review(personId));
  const forged = buildCommand({
    personId: world.methodist,
    type: 'decide',
    payload: { granted: true },
    receivedAt: monday,
  });
  forged.actor = {
    kind: 'person',
    personId: world.methodist,
    organisationIds: [],
    assignments: [{ role: 'fed_coordinator', scope: { kind: 'country' }, from: '2020-01-01' }],
  };
  expect((await apply(caseId, forged)).reply).toMatchObject({ ok: false, denial: { code: 'forbidden' } });
  const former = randomUUID();
  await pool`insert into person (id, family_name, given_name, display_name, email) values (${former}, 'Бывший', 'Имя', 'Бывший', 'c@d.invalid')`;
  await pool`
    insert into role_assignment (id, person_id, role, scope_kind, from_on, to_on)
    values (gen_random_uuid(), ${former}, 'fed_coordinator', 'country', '2020-01-01', '2026-11-22')`;
  const late = buildCommand({ personId: former, type: 'decide', payload: { granted: true }, receivedAt: monday });
  expect((await apply(caseId, late)).reply).toMatchObject({ ok: false, denial: { code: 'forbidden' } });
  const behalf = buildCommand({
    personId: former,
    type: 'decide',
    onBehalfOf: { personId: world.coordinator, actId: 'x' },
    receivedAt: monday,
  });
  expect((await apply(caseId, behalf)).reply).toMatchObject({ ok: false, denial: { code: 'forbidden' } });
});

test('what was received before the end of a term is in time, though applied after it; what came later is not', async () => {
  const [inTime, late] = [randomUUID(), randomUUID()];
  await Promise.all([open(inTime), open(late)]);
  const [row] = await pool<Array<{ at: Date; due_on: string }>>`
    select at, due_on from case_deadline where case_id = ${inTime} and key = 'reviews'`;
  if (!row) throw new Error('no deadline is armed');
  const end = row.at.toISOString();
  const after = new Date(Date.parse(end) + 60_000).toISOString();
  const before = new Date(Date.parse(end) - 1_000).toISOString();
  const accepted = await apply(inTime, review(world.reviewers[0], before), after);
  expect(accepted.reply).toMatchObject({ ok: true });
  // The other review is missing, so the term takes effect right after the act that was in time.
  expect(await typesOf(inTime)).toEqual(['case.submitted', 'reminder.sent', 'review.given', 'case.lapsed']);
  const refused = await apply(late, review(world.reviewers[0], after), after);
  expect(refused).toMatchObject({ closed: true, reply: { ok: false, denial: { code: 'case_closed' } } });
  expect(await typesOf(late)).toEqual(['case.submitted', 'reminder.sent', 'case.lapsed']);
});

test('a late timer records the deadline under its own date', async () => {
  const caseId = randomUUID();
  const { nextDueAt } = await open(caseId);
  const [armed] = await pool<Array<{ due_on: string; at: Date }>>`
    select due_on, at from case_deadline where case_id = ${caseId} and key = 'reviews'`;
  expect(nextDueAt).not.toBeNull();
  await apply(caseId, undefined, '2027-03-01T00:00:00.000Z');
  const [event] =
    await pool`select "on", at, recorded_at from case_event where case_id = ${caseId} and type = 'case.lapsed'`;
  expect(event).toMatchObject({ on: armed?.due_on, at: armed?.at });
});

test('on a skipped clock the moment of receipt counts for nothing', async () => {
  const caseId = randomUUID();
  await open(caseId, submission(), { start: { jurisdiction: world.jurisdiction, clock: 'skipped' } });
  const far = '2027-03-01T00:00:00.000Z';
  const answer = await apply(caseId, review(world.reviewers[0], monday), far);
  expect(answer).toMatchObject({ closed: true, reply: { ok: false } });
});

test('a rule that throws writes nothing but an incident, and the person is told', async () => {
  const caseId = randomUUID();
  await open(caseId);
  const broken = buildCommand({ personId: world.methodist, type: 'explode', receivedAt: monday });
  const answer = await apply(caseId, broken);
  expect(answer).toMatchObject({
    exists: true,
    sequence: 1,
    incident: true,
    reply: { ok: false, denial: { code: 'incident' } },
  });
  await apply(caseId, broken);
  const [incident] = await pool`select kind, count, resolved_at from incident where case_id = ${caseId}`;
  expect(incident).toEqual({ kind: 'rule_bug', count: 2, resolved_at: null });
  expect(await typesOf(caseId)).toEqual(['case.submitted']);
  expect(log.error).toHaveBeenCalledTimes(2);
});

test('a deadline that stays armed after it fired is a fault of the rule, seen and not repeated', async () => {
  const caseId = randomUUID();
  await open(caseId);
  registerProcess({
    ...reviewPair,
    decide: (state, command, ctx) => {
      if (command.type === 'deadline')
        return { ok: true, events: [{ type: 'note.added', row: 'T-05', facts: { text: 'x' } }] };
      return reviewPair.decide(state, command, ctx);
    },
  });
  const answer = await apply(caseId, undefined, '2027-03-01T00:00:00.000Z');
  registerProcess(reviewPair);
  expect(answer).toMatchObject({ incident: true, sequence: 1 });
  const [incident] = await pool`select message from incident where case_id = ${caseId}`;
  expect(incident?.message).toContain('stays armed');
});

test('a database that refuses is reported and left to the retries', async () => {
  const dead = createPool(database.url.replace(/:\d+\//, ':9/'));
  await expect(
    applyAction(
      { ...deps, pool: dead },
      { caseId: randomUUID(), process: 'review-pair', now: monday, knownSequence: 0 },
    ),
  ).rejects.toThrow();
  expect(log.warn).toHaveBeenCalledOnce();
  await dead.end();
});

test('a text about a person is ciphertext, opens at its own place only, and its erasure breaks no chain', async () => {
  const caseId = randomUUID();
  const command = submission();
  command.personal = { owner: world.methodist, data: { note: 'Сведения о заявителе' } };
  await open(caseId, command);
  for (const personId of world.reviewers) await apply(caseId, review(personId));
  const [event] = await pool<Array<{ personal: Buffer; facts: object }>>`
    select personal, facts from case_event where case_id = ${caseId} and sequence = 1`;
  const sealed = event?.personal as Buffer;
  expect(sealed.includes(Buffer.from('заявителе'))).toBe(false);
  expect(JSON.stringify(event?.facts)).not.toContain('заявителе');
  const key = (await findPersonKey(pool, deps.keys, world.methodist)) as Buffer;
  expect(unsealPersonal(key, sealed, caseId, 1)).toEqual({ note: 'Сведения о заявителе' });
  expect(() => unsealPersonal(key, sealed, caseId, 2)).toThrow();
  await destroyPersonKey(pool, world.methodist);
  await expect(findPersonKey(pool, deps.keys, world.methodist)).rejects.toThrow(PersonErased);
  expect(await chainBreak(caseId)).toBeUndefined();
  const again = submission();
  again.personal = { owner: world.methodist, data: { note: 'ещё' } };
  expect((await open(randomUUID(), again)).reply).toMatchObject({ ok: false, denial: { code: 'person_erased' } });
});

test('an event can be neither changed nor removed, and a change behind the back of the database breaks the chain', async () => {
  const caseId = randomUUID();
  await open(caseId);
  await apply(caseId, review(world.reviewers[0]));
  await expect(pool`update case_event set facts = '{}' where case_id = ${caseId}`).rejects.toThrow('append-only');
  await expect(pool`delete from case_event where case_id = ${caseId}`).rejects.toThrow('append-only');
  expect(await chainBreak(caseId)).toBeUndefined();
  await pool.begin(async (sql) => {
    await sql`alter table case_event disable trigger case_event_append_only`;
    await sql`update case_event set facts = jsonb_set(facts, '{verdict}', '"reject"') where case_id = ${caseId} and sequence = 2`;
    await sql`alter table case_event enable trigger case_event_append_only`;
  });
  expect(await chainBreak(caseId)).toBe(2);
});

test('events, tasks, terms, people, letters and the register entry are written together', async () => {
  const caseId = randomUUID();
  const documents = [{ sha256: 'ab'.repeat(32), kind: 'programme', label: 'Программа', version: 1, audience: 'panel' }];
  await open(caseId, submission({ documents }));
  for (const personId of world.reviewers) await apply(caseId, review(personId));
  const decided = buildCommand({
    personId: world.coordinator,
    type: 'decide',
    payload: { granted: true },
    receivedAt: monday,
  });
  const answer = await apply(caseId, decided);
  expect(answer).toMatchObject({ closed: true, nextDueAt: null, sequence: 4 });
  const tasks = await pool`select kind, state, open from task where case_id = ${caseId} order by kind, id`;
  expect(tasks.map(({ state, open: isOpen }) => [state, isOpen])).toEqual([
    ['done', false],
    ['done', false],
    ['done', false],
  ]);
  expect(await pool`select 1 from case_deadline where case_id = ${caseId}`).toHaveLength(0);
  expect(await pool`select 1 from case_participant where case_id = ${caseId}`).toHaveLength(3);
  expect(await pool`select 1 from case_document where case_id = ${caseId}`).toHaveLength(1);
  const notices =
    await pool`select template, addressee_id from notice where case_id = ${caseId} order by template, addressee_id`;
  expect(notices.map(({ template }) => template)).toEqual([
    'decided',
    'decided_office',
    'review_wanted',
    'review_wanted',
  ]);
  expect(notices.find(({ template }) => template === 'decided_office')?.addressee_id).toBe(world.coordinator);
  expect(await pool`select n from register_history where case_id = ${caseId}`).toMatchObject([{ n: 1 }]);
});

async function chainBreak(caseId: string): Promise<number | undefined> {
  const rows = await pool`select * from case_event where case_id = ${caseId} order by sequence`;
  expect(Buffer.compare(rows[0]?.prev_hash, genesis)).toBe(0);
  return findBreak(
    rows.map((row) => ({
      caseId,
      sequence: row.sequence,
      type: row.type,
      row: row.row,
      at: row.at.toISOString(),
      on: row.on,
      actor: {
        kind: row.actor_kind,
        ...(row.actor_id ? { personId: row.actor_id } : {}),
        ...(row.on_behalf_of ? { onBehalfOf: row.on_behalf_of } : {}),
        ...(row.acting_act ? { acting: { actId: row.acting_act } } : {}),
      },
      facts: row.facts,
      personal: row.personal ?? undefined,
      prevHash: row.prev_hash,
      hash: row.hash,
    })),
  );
}
