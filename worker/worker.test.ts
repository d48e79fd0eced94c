import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import nodemailer from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyAction } from '../activities/apply-action.ts';
import { createDeliveryActivities } from '../activities/send-notification.ts';
import { type Checked, scanCases, type ScannerDeps } from '../platform/cases/scanner.ts';
import { References } from '../platform/cases/references.ts';
import type { Config } from '../platform/config.ts';
import { createPool } from '../platform/db/pool.ts';
import { createLogger } from '../platform/log.ts';
import { registerProcess } from '../processes/registry.ts';
import { buildCommand, createDriver, type Driver } from '../test/driver.ts';
import { reviewPair } from '../test/fixtures/review-pair.ts';
import { spawnWorker } from '../test/fixtures/worker-process.ts';
import { createWorld, type World } from '../test/fixtures/world.ts';
import { createTestDatabase, createTestNamespace, testConfig } from '../test/stack/stack-info.ts';
import { startOutboxRelay } from './outbox-relay.ts';

const workflowsPath = fileURLToPath(new URL('../test/fixtures/workflows.ts', import.meta.url));
const log = createLogger('test', 'silent');
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let config: Config;
let driver: Driver;
let world: World;
let mailbox: Awaited<ReturnType<typeof startMailbox>>;

beforeAll(async () => {
  registerProcess(reviewPair);
  database = await createTestDatabase();
  mailbox = await startMailbox();
  config = testConfig({ databaseUrl: database.url, namespace: await createTestNamespace() });
  const pool = createPool(database.url);
  const transport = nodemailer.createTransport(`smtp://127.0.0.1:${mailbox.port}`);
  const delivery = createDeliveryActivities({
    pool,
    transport,
    from: 'a@b.invalid',
    publicUrl: 'https://portal.test',
    log,
  });
  driver = await createDriver(config, { workflowsPath, delivery });
  world = await createWorld(driver.pool);
});

afterAll(async () => {
  await driver?.close();
  await mailbox?.stop();
  await database?.drop();
});

function submission() {
  const payload = { topic: randomUUID(), reviewers: world.reviewers, organisationId: world.organisationId };
  return {
    process: 'review-pair',
    jurisdiction: world.jurisdiction,
    personId: world.methodist,
    type: 'submit',
    payload,
  };
}

test('letters of a case leave by themselves soon after the act, and again after the relay lost its connection', async () => {
  const relay = await startOutboxRelay({
    pool: driver.pool,
    client: driver.client,
    taskQueue: config.temporal.taskQueue,
    log,
  });
  const { caseId } = await driver.startCaseSkipped(submission());
  await until(async () => (await sentOf(caseId)) === 2);
  const [gone] = await driver.pool`
    select count(pg_terminate_backend(pid))::int as killed from pg_stat_activity
    where datname = current_database() and query ilike 'listen %'`;
  expect(gone?.killed).toBe(1);
  const second = await driver.startCaseSkipped(submission());
  await until(async () => (await sentOf(second.caseId)) === 2);
  await relay.stop();
});

test('the scanner finds nothing wrong with sound cases', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  const report = await scanCases(scanner(), { caseIds: [caseId] });
  expect(report).toEqual({ scanned: 1, findings: [], reconciled: [] });
});

test('the scanner restarts a run that is gone and reports it; the incident closes when all is well', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  await driver.client.workflow.getHandle(`review-pair:${caseId}`).terminate('test');
  const first = await scanCases(scanner(), { caseIds: [caseId] });
  expect(first.findings).toMatchObject([{ violation: 'engine_lost' }]);
  await until(async () => (await driver.envelope(caseId)).exists);
  expect((await scanCases(scanner(), { caseIds: [caseId] })).findings).toEqual([]);
  const [incident] = await driver.pool`select resolved_at from incident where key = ${`engine_lost:${caseId}`}`;
  expect(incident?.resolved_at).not.toBeNull();
});

test('the scanner ends a run whose updates contradict each other and starts it anew from the record', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  const workflowId = `review-pair:${caseId}`;
  const { client } = driver;
  await client.workflow.getHandle(workflowId).terminate('test');
  // A worker whose every try is refused by the engine for this cause.
  const name = `contradicting-${caseId}`;
  await client.workflow.start('reviewPair', {
    workflowId,
    taskQueue: name,
    args: [{ caseId, process: 'review-pair' }],
  });
  const { namespace } = config.temporal;
  for (let tries = 0; tries < 4; tries += 1) {
    const { taskToken } = await client.withDeadline(Date.now() + 30_000, () =>
      client.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name }, identity: 'test' }),
    );
    await client.workflowService.respondWorkflowTaskFailed({ namespace, taskToken, cause: 30, identity: 'test' });
  }
  const report = await scanCases(scanner(), { caseIds: [caseId] });
  expect(report).toMatchObject({ findings: [{ violation: 'engine_task_failed' }], reconciled: [caseId] });
  await until(async () => (await driver.envelope(caseId)).exists);
  expect((await scanCases(scanner(), { caseIds: [caseId] })).findings).toEqual([]);
}, 90_000);

test('a case whose run the new code cannot replay goes on: the scanner ends that run and starts one from the record', async () => {
  const unlike = {
    ...config,
    temporal: { ...config.temporal, namespace: await createTestNamespace() },
    timing: { ...config.timing, engineAnswerMs: 2_000 },
  };
  const before = await createDriver(unlike, { workflowsPath });
  const { caseId } = await before.startCaseSkipped(submission());
  await before.act(caseId, { personId: world.reviewers[0], type: 'review', payload: { verdict: 'approve' } });
  await before.close();
  const changed = fileURLToPath(new URL('../test/fixtures/changed-workflows.ts', import.meta.url));
  const after = await createDriver(unlike, { workflowsPath: changed });
  try {
    const deed = { personId: world.reviewers[1], type: 'review', payload: { verdict: 'approve' }, key: randomUUID() };
    expect(await after.tryAct(caseId, deed)).toMatchObject({ kind: 'not_yet_recorded' });
    await until(async () => {
      const { reconciled } = await scanCases(scanner(after), { caseIds: [caseId] });
      return reconciled.includes(caseId);
    }, 60_000);
    expect(await after.act(caseId, deed)).toMatchObject({ ok: true, sequence: 3 });
    const types = (await after.events(caseId)).map(({ type }) => type);
    expect(types).toEqual(['case.submitted', 'review.given', 'review.given']);
    expect((await scanCases(scanner(after), { caseIds: [caseId] })).findings).toEqual([]);
    const incidents = await after.pool`select kind from incident where case_id = ${caseId} and resolved_at is null`;
    expect(incidents).toHaveLength(0);
  } finally {
    await after.close();
  }
}, 120_000);

test('the scanner sees a state that is not the fold, a changed event, and a case in limbo', async () => {
  const [first, second, third] = await Promise.all([1, 2, 3].map(() => driver.startCaseSkipped(submission())));
  if (!first || !second || !third) throw new Error('unreachable');
  const { pool } = driver;
  await pool`update "case" set state = jsonb_set(state, '{stage}', '"granted"') where id = ${first.caseId}`;
  await pool.begin(async (sql) => {
    await sql`alter table case_event disable trigger case_event_append_only`;
    await sql`update case_event set "on" = '2020-01-01' where case_id = ${second.caseId}`;
    await sql`alter table case_event enable trigger case_event_append_only`;
  });
  await pool`update "case" set next_due_at = null where id = ${third.caseId}`;
  await pool`update task set open = false where case_id = ${third.caseId}`;
  const { findings } = await scanCases(scanner(), {
    caseIds: [first.caseId, second.caseId, third.caseId],
    rowsOnly: true,
  });
  const found = (caseId: string) =>
    findings.filter((finding) => finding.caseId === caseId).map(({ violation }) => violation);
  expect([found(first.caseId), found(second.caseId), found(third.caseId)]).toEqual([
    ['state_mismatch'],
    ['chain_broken'],
    ['limbo'],
  ]);
  // The loop writes the projections of the third again, and with them its deadline.
  await scanCases(scanner(), { caseIds: [third.caseId] });
  await until(async () => {
    const [row] = await pool`select next_due_at from "case" where id = ${third.caseId}`;
    return row?.next_due_at !== null;
  });
});

test('the scanner tells a run that has not heard of the end of its case', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  // The act reached the row and never the run, as after a death of worker and engine right behind the commit.
  const { pool, keys } = driver;
  const deps = { pool, keys, references: new References(), log, isLocalWork: () => true };
  const command = buildCommand({ personId: world.methodist, type: 'withdraw' });
  const now = new Date().toISOString();
  await applyAction(deps, { caseId, process: 'review-pair', command, now, knownSequence: 1 });
  await pool`update "case" set updated_at = updated_at - interval '1 minute' where id = ${caseId}`;
  const status = async () => (await driver.client.workflow.getHandle(`review-pair:${caseId}`).describe()).status.name;
  expect(await status()).toBe('RUNNING');
  const checked = new Map<string, Checked>();
  expect(await scanCases(scanner(), { caseIds: [caseId], checked })).toMatchObject({
    findings: [],
    reconciled: [caseId],
  });
  await until(async () => (await status()) === 'COMPLETED');
  expect(await scanCases(scanner(), { caseIds: [caseId], checked })).toMatchObject({ findings: [], reconciled: [] });
  expect(checked.get(caseId)).toMatchObject({ sequence: 2, journal: true, run: true });
});

test('a scan that remembers reads a journal once for each rest of its case, and sees a row that points elsewhere at once', async () => {
  const { caseId } = await driver.startCaseSkipped(submission());
  const { pool } = driver;
  const options = { caseIds: [caseId], checked: new Map<string, Checked>() };
  const sound = { scanned: 1, findings: [], reconciled: [] };
  const aMinutePasses = () =>
    pool`update "case" set updated_at = updated_at - interval '61 seconds' where id = ${caseId}`;
  expect(await scanCases(scanner(), options)).toEqual(sound);
  expect(options.checked.get(caseId)).toEqual({ sequence: 1, journal: false, run: false });
  await aMinutePasses();
  expect(await scanCases(scanner(), options)).toEqual(sound);
  expect(options.checked.get(caseId)).toEqual({ sequence: 1, journal: true, run: true });
  // Known to be in order, so it is not read again; the hourly scan is the one that remembers nothing.
  await pool`update "case" set state = jsonb_set(state, '{stage}', '"granted"') where id = ${caseId}`;
  expect(await scanCases(scanner(), options)).toEqual(sound);
  const { findings } = await scanCases(scanner(), { caseIds: [caseId], rowsOnly: true });
  expect(findings).toMatchObject([{ violation: 'state_mismatch' }]);
  // What is cheap to see is seen always, and does not close the incident of what was not looked at.
  const incident = async () =>
    (await pool`select resolved_at from incident where key = ${`state_mismatch:${caseId}`}`)[0]?.resolved_at as unknown;
  expect(await scanCases(scanner(), options)).toEqual(sound);
  expect(await incident()).toBeNull();
  await pool`update "case" set last_hash = decode('00', 'hex') where id = ${caseId}`;
  const pointing = await scanCases(scanner(), { ...options, rowsOnly: true });
  expect(pointing.findings).toMatchObject([{ violation: 'chain_broken' }]);
});

test('a worker that dies between the commit and its answer loses no step and repeats none', async () => {
  await driver.close();
  const queue = `fault-${randomUUID()}`;
  const faulty = { ...config, temporal: { ...config.temporal, taskQueue: queue } };
  driver = await createDriver(faulty, { withoutWorker: true });
  const dying = spawnWorker(faulty, { TRAEKTORIA_FAULT: 'after-commit:2' });
  const { caseId } = await driver.startCaseSkipped(submission());
  const died = new Promise<NodeJS.Signals | null>((resolve) => dying.once('exit', (_code, signal) => resolve(signal)));
  const deed = { personId: world.reviewers[0], type: 'review', payload: { verdict: 'x' }, key: randomUUID() };
  const answering = driver.tryAct(caseId, deed);
  expect(await died).toBe('SIGKILL');
  const healthy = spawnWorker(faulty, {});
  await answering;
  expect(await driver.act(caseId, deed)).toMatchObject({ ok: true, sequence: 2, events: ['review.given'] });
  // The loop hears of it too: the update is delivered again and finds its stored answer.
  await until(async () => (await driver.envelope(caseId)).sequence === 2, 30_000);
  await driver.act(caseId, { ...deed, personId: world.reviewers[1], key: randomUUID() });
  expect((await driver.events(caseId)).map(({ sequence, type }) => [sequence, type])).toEqual([
    [1, 'case.submitted'],
    [2, 'review.given'],
    [3, 'review.given'],
  ]);
  healthy.kill('SIGTERM');
});

function scanner(of = driver): ScannerDeps {
  const { pool, client, cases } = of;
  return { pool, client, cases, references: new References(), log };
}

async function sentOf(caseId: string): Promise<number> {
  const [row] = await driver.pool<Array<{ sent: number }>>`
    select count(*)::int as sent from notice where case_id = ${caseId} and state = 'sent'`;
  return row?.sent ?? 0;
}

async function until(holds: () => Promise<boolean>, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error('the condition did not come true');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function startMailbox() {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, _session, callback) {
      stream.resume();
      stream.on('end', () => callback());
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  server.on('error', () => undefined);
  const { port } = server.server.address() as AddressInfo;
  return { port, stop: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
