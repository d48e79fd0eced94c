import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerWork } from '../activities/work-handlers.ts';
import { registerProcess } from '../processes/registry.ts';
import { endOfDay } from '../processes/kit/zones.ts';
import { createDriver, type Driver } from '../test/driver.ts';
import { reviewPair } from '../test/fixtures/review-pair.ts';
import { createWorld, type World } from '../test/fixtures/world.ts';
import { contradictions, historiesOf, keepWhereAsked } from '../test/replay/replay.ts';
import { createTestDatabase, createTestNamespace, testConfig } from '../test/stack/stack-info.ts';

const workflowsPath = fileURLToPath(new URL('../test/fixtures/workflows.ts', import.meta.url));
let driver: Driver;
let world: World;
let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  registerProcess(reviewPair);
  registerWork('review-pair', {
    seed: { local: true, run: async (_deps, { caseId }) => ({ seed: caseId.slice(0, 8) }) },
  });
  database = await createTestDatabase();
  driver = await createDriver(testConfig({ databaseUrl: database.url, namespace: await createTestNamespace() }), {
    workflowsPath,
  });
  world = await createWorld(driver.pool);
});

afterAll(async () => {
  await driver?.close();
  await database?.drop();
});

function submission(over: Record<string, unknown> = {}) {
  const topic = `Тема ${randomUUID()}`;
  const payload = { topic, reviewers: world.reviewers, organisationId: world.organisationId, ...over };
  return {
    process: 'review-pair',
    jurisdiction: world.jurisdiction,
    personId: world.methodist,
    type: 'submit',
    payload,
  };
}

test('two reviews and a decision carry a case to its register entry', async () => {
  const { caseId, number } = await driver.startCaseSkipped(submission());
  expect(number).toMatch(/^RP-42-\d{4}-\d{5}$/);
  for (const personId of world.reviewers)
    await driver.act(caseId, { personId, type: 'review', payload: { verdict: 'approve' } });
  await driver.act(caseId, { personId: world.coordinator, type: 'decide', payload: { granted: true } });
  const types = (await driver.events(caseId)).map(({ type }) => type);
  expect(types).toEqual(['case.submitted', 'review.given', 'review.given', 'decision.made']);
  const [entry] = await driver.pool`select status, keeper_case_id from register_entry where number = ${number ?? ''}`;
  expect(entry).toMatchObject({ status: 'valid', keeper_case_id: caseId });
});

test('a deadline fires exactly on its virtual date, once, and closes the case', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  const [armed] = await driver.pool<Array<{ due_on: string; at: Date }>>`
    select due_on, at from case_deadline where case_id = ${caseId} and key = 'reviews'`;
  const dueOn = armed?.due_on as string;
  const end = endOfDay(dueOn, 'Asia/Novokuznetsk');
  await driver.fastForwardTo(caseId, new Date(Date.parse(end) - 60_000));
  expect((await driver.events(caseId)).map(({ type }) => type)).toEqual(['case.submitted', 'reminder.sent']);
  await driver.fastForwardTo(caseId, end);
  const events = await driver.events(caseId);
  expect(events.map(({ type }) => type)).toEqual(['case.submitted', 'reminder.sent', 'case.lapsed']);
  expect(events.at(-1)).toMatchObject({ on: dueOn, at: new Date(end) });
});

test('a case of a rehearsal opens at the virtual date it was given', async () => {
  const { caseId, number } = await driver.startCaseSkipped({ ...submission(), at: '2029-02-05T02:00:00.000Z' });
  expect(number).toMatch(/^RP-42-2029-/);
  const [submitted] = await driver.events(caseId);
  expect(submitted?.on).toBe('2029-02-05');
  const late = [submitted?.at as Date, await driver.caseNow(caseId)].map(
    (at) => at.getTime() - Date.parse('2029-02-05T02:00:00.000Z'),
  );
  for (const ms of late) expect(ms).toBeLessThan(5_000);
});

test('of two people who act at once one wins and the other hears the reason', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  const [reviewer] = world.reviewers;
  const deed = { personId: reviewer, type: 'review', payload: { verdict: 'approve' } };
  const answers = await Promise.all([driver.tryAct(caseId, deed), driver.tryAct(caseId, deed)]);
  expect(answers.map(({ kind }) => kind).sort()).toEqual(['recorded', 'refused']);
  expect(answers.find(({ kind }) => kind === 'refused')).toMatchObject({ denial: { code: 'already_done' } });
});

test('the same request twice, before and after the run was left, has one effect', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  const deed = { personId: world.reviewers[0], type: 'review', payload: { verdict: 'approve' }, key: randomUUID() };
  const first = await driver.act(caseId, deed);
  const before = await runIdOf(caseId);
  await driver.cases.renewCase(caseId);
  await until(async () => (await runIdOf(caseId)) !== before);
  expect(await driver.act(caseId, deed)).toEqual(first);
  await driver.act(caseId, { ...deed, personId: world.reviewers[1], key: randomUUID() });
  expect((await driver.events(caseId)).map(({ type }) => type)).toEqual([
    'case.submitted',
    'review.given',
    'review.given',
  ]);
});

test('a refusal is not remembered against a corrected request under the same key', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  const key = randomUUID();
  const refused = await driver.tryAct(caseId, {
    personId: world.coordinator,
    type: 'decide',
    payload: { granted: true },
    key,
  });
  expect(refused).toMatchObject({ kind: 'refused', denial: { code: 'wrong_stage' } });
  for (const personId of world.reviewers)
    await driver.act(caseId, { personId, type: 'review', payload: { verdict: 'x' } });
  expect(
    await driver.act(caseId, { personId: world.coordinator, type: 'decide', payload: { granted: false }, key }),
  ).toMatchObject({ ok: true });
});

test('a fact that is told twice counts once, also across runs', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  const fact = { factId: randomUUID(), kind: 'note', payload: { text: 'жалоба' } };
  await driver.sendFact(caseId, fact);
  await driver.sendFact(caseId, fact);
  const before = await runIdOf(caseId);
  await driver.cases.renewCase(caseId);
  await until(async () => (await runIdOf(caseId)) !== before);
  await driver.sendFact(caseId, fact);
  await driver.sendFact(caseId, { factId: randomUUID(), kind: 'note', payload: { text: 'другая' } });
  const notes = async () => (await driver.events(caseId)).slice(1).map(({ facts }) => facts.text);
  await until(async () => (await notes()).includes('другая'));
  expect(await notes()).toEqual(['жалоба', 'другая']);
});

test('machine work is done and its result recorded once, under its key', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  await driver.act(caseId, { personId: world.methodist, type: 'draw', payload: { key: 'k1' } });
  await driver.settled(caseId);
  const events = await driver.events(caseId);
  expect(events.at(-1)).toMatchObject({ type: 'seed.drawn', facts: { key: 'k1', seed: caseId.slice(0, 8) } });
  expect(await driver.pool`select 1 from command where id = ${`work:${caseId}:k1`}`).toHaveLength(1);
});

test('machine work that fails is an incident, tried again after a wait, and closes its incident when it succeeds', async () => {
  let tries = 0;
  registerWork('review-pair', {
    seed: {
      local: true,
      run: async () => {
        tries += 1;
        if (tries === 1) throw new Error('not now');
        return { seed: 'late' };
      },
    },
  });
  const { caseId } = await driver.startCaseSkipped(submission());
  await driver.act(caseId, { personId: world.methodist, type: 'draw', payload: { key: 'k2' } });
  await until(
    async () => (await driver.pool`select 1 from incident where key = ${`work_failed:${caseId}:k2`}`).length === 1,
  );
  // The wait before the next try is a timer: the engine jumps over it only when told to.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(tries).toBe(1);
  await driver.fastForwardTo(caseId, new Date((await driver.caseNow(caseId)).getTime() + 120_000));
  expect((await driver.events(caseId)).at(-1)).toMatchObject({ type: 'seed.drawn', facts: { seed: 'late' } });
  const [incident] = await driver.pool`select resolved_at from incident where key = ${`work_failed:${caseId}:k2`}`;
  expect(incident?.resolved_at).not.toBeNull();
});

test('a refused first act leaves neither a case nor a reservation nor a run', async () => {
  const uniqueKey = randomUUID();
  const refused = await driver.tryStart({ ...submission({ topic: '' }), uniqueKey });
  expect(refused).toMatchObject({ kind: 'refused', denial: { code: 'invalid', errors: [{ pointer: '/topic' }] } });
  expect(await driver.pool`select 1 from case_reservation where unique_key = ${uniqueKey}`).toHaveLength(0);
});

test('a second start under one key answers with the first case; when that is closed the key is free', async () => {
  const uniqueKey = randomUUID();
  const [first, second] = await Promise.all([
    driver.tryStart({ ...submission(), uniqueKey }),
    driver.tryStart({ ...submission(), uniqueKey }),
  ]);
  if (first.kind !== 'recorded' || second.kind !== 'recorded') throw new Error(JSON.stringify([first, second]));
  expect(first.reply.caseId).toBe(second.reply.caseId);
  expect([first.existing, second.existing].map(String).sort()).toEqual(['false', 'true']);
  await driver.act(first.reply.caseId, { personId: world.methodist, type: 'withdraw' });
  const third = await driver.tryStart({ ...submission(), uniqueKey });
  expect(third).toMatchObject({ kind: 'recorded', existing: false });
});

test('a case whose run is gone is rebuilt from its row by the next act', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  await driver.client.workflow.getHandle(`review-pair:${caseId}`).terminate('test');
  const reply = await driver.act(caseId, { personId: world.reviewers[0], type: 'review', payload: { verdict: 'x' } });
  expect(reply).toMatchObject({ ok: true, sequence: 2 });
  expect(await driver.envelope(caseId)).toMatchObject({ sequence: 2, exists: true });
});

test('a closed case answers politely', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  await driver.act(caseId, { personId: world.methodist, type: 'withdraw' });
  const late = await driver.tryAct(caseId, { personId: world.reviewers[0], type: 'review', payload: {} });
  expect(late).toMatchObject({ kind: 'refused', denial: { code: 'case_closed' } });
  await until(async () => (await statusOf(caseId)) === 'COMPLETED');
});

test('a rule that throws refuses the act and leaves the case alive', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  expect(await driver.tryAct(caseId, { personId: world.methodist, type: 'explode' })).toMatchObject({
    kind: 'refused',
    denial: { code: 'incident' },
  });
  await driver.act(caseId, { personId: world.reviewers[0], type: 'review', payload: { verdict: 'x' } });
});

test('nothing of a case can be read in the history of the engine', async () => {
  const topic = `Секретная тема ${randomUUID()}`;
  const { caseId } = await driver.startCaseSkipped(submission({ topic }));
  await driver.tryAct(caseId, { personId: world.methodist, type: 'explode', payload: { secret: topic } });
  const { events } = await driver.client.workflow.getHandle(`review-pair:${caseId}`).fetchHistory();
  const text = Buffer.from(
    JSON.stringify(events, (_key, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
    ),
  );
  expect(text.includes(Buffer.from('Секретная'))).toBe(false);
  expect(text.includes(Buffer.from(world.methodist))).toBe(false);
  expect(text.includes(Buffer.from('encryption-key-id'))).toBe(true);
});

test('every run told above is replayed by the code that told it', async () => {
  const told = await historiesOf(driver.client, driver.keys);
  expect(told.length).toBeGreaterThan(15);
  expect(await contradictions(told, workflowsPath)).toEqual([]);
  await keepWhereAsked('case-loop', told);
});

async function runIdOf(caseId: string): Promise<string> {
  return (await driver.client.workflow.getHandle(`review-pair:${caseId}`).describe()).runId;
}

async function statusOf(caseId: string): Promise<string> {
  return (await driver.client.workflow.getHandle(`review-pair:${caseId}`).describe()).status.name;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('the condition did not come true');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
