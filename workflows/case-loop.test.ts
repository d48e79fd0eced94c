import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerWork } from '../activities/work-handlers.ts';
import { registerProcess } from '../processes/registry.ts';
import { endOfDay } from '../processes/kit/zones.ts';
import { createDriver, type Driver } from '../test/driver.ts';
import { reviewPair } from '../test/fixtures/review-pair.ts';
import { createWorld, type World } from '../test/fixtures/world.ts';
import { createTestDatabase, createTestNamespace, testConfig } from '../test/stack/stack-info.ts';

const workflowsPath = fileURLToPath(new URL('../test/fixtures/workflows.ts', import.meta.url));
let driver: Driver;
let world: World;
let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  registerProcess(reviewPair);
  registerWork('review-pair', { seed: { local: true, run: async (_deps, { caseId }) => ({ seed: caseId.slice(0, 8) }) } });
  database = await createTestDatabase();
  driver = await createDriver(testConfig({ databaseUrl: database.url, namespace: await createTestNamespace() }), { workflowsPath });
  world = await createWorld(driver.pool);
});

afterAll(async () => {
  await driver?.close();
  await database?.drop();
});

function submission(over: Record<string, unknown> = {}) {
  const topic = `Тема ${randomUUID()}`;
  const payload = { topic, reviewers: world.reviewers, organisationId: world.organisationId, ...over };
  return { process: 'review-pair', jurisdiction: world.jurisdiction, personId: world.methodist, type: 'submit', payload };
}

test('two reviews and a decision carry a case to its register entry', async () => {
  const { caseId, number } = await driver.startCaseSkipped(submission());
  expect(number).toMatch(/^RP-42-\d{4}-\d{5}$/);
  for (const personId of world.reviewers) await driver.act(caseId, { personId, type: 'review', payload: { verdict: 'approve' } });
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
