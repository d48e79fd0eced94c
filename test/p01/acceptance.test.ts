/** Acceptance scenarios of programme certification on the real engine, the real database and skipped time. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../processes/dpp-certification/policy.ts';
import { createDriver, type Driver } from '../driver.ts';
import { createTestDatabase, createTestNamespace, testConfig } from '../stack/stack-info.ts';
import { createCertificationWorld, publishPolicy, RealCase } from './real-world.ts';
import { conclusion, people, programme, SHA } from './world.ts';

let driver: Driver;
let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase();
  driver = await createDriver(testConfig({ databaseUrl: database.url, namespace: await createTestNamespace() }));
  await createCertificationWorld(driver.pool);
});

afterAll(async () => {
  await driver?.close();
  await database?.drop();
});

test('1. three approvals certify: a number, an expiry in three years, and the card shows version 1', async () => {
  const c = await RealCase.submit(driver, '2026-02-02');
  await c.toPanel();
  await c.review('approve', 'approve', 'approve');
  await c.certify();
  const { entry, number } = await c.state();
  expect(number).toMatch(/^DPP-00-2054-\d{5}$/);
  expect(entry).toMatchObject({ version: 1, validFrom: '2026-02-02', validUntil: '2029-02-02' });
  const [card] =
    await driver.pool`select status, version, valid_until, title_ru from register_entry where number = ${entry?.number ?? ''}`;
  expect(card).toMatchObject({ status: 'certified', version: 1, valid_until: '2057-02-02', title_ru: c.title });
});

test('2. two approvals and a rejection bring an arbiter from outside; his «revise» gives merged remarks and a second round by the same experts', async () => {
  const c = await RealCase.submit(driver, '2026-02-02');
  await c.toPanel();
  await c.review('approve', 'approve', 'reject');
  const [arbiter] = await c.open('arbitration');
  const { tasks, regions } = await c.state();
  const panel = tasks.filter((t) => t.kind === 'review').map((t) => t.assigneeId as string);
  expect(panel).not.toContain(arbiter?.assigneeId);
  expect(regions[arbiter?.assigneeId as string]).not.toBe('61');
  await c.accept('arbitration');
  await c.arbitrate('revise');
  const revised = await c.state();
  expect(revised.stage).toBe('revision');
  expect(revised.remarkIds).toEqual(['3.r1', '0.r1']);
  await c.resubmit(2);
  expect((await c.open('review')).map((t) => t.assigneeId)).toEqual(panel);
  await c.accept();
  await c.review('approve', 'approve', 'approve');
  await c.certify();
  const { versions, entry } = await c.state();
  expect(versions.map((v) => v.document)).toEqual([SHA(1), SHA(2)]);
  expect(entry?.validUntil).toBe('2029-02-02');
});

test('3. an accepted and silent expert is reminded twice, overdue, escalated and replaced; his late answer is refused and the cause is counted', async () => {
  const c = await RealCase.submit(driver, '2026-02-02');
  await c.toPanel();
  const silent = (await c.open('review'))[2];
  await c.review('approve', 'approve');
  await c.day('2026-02-24', '12:00');
  const story = (await c.events()).filter((e) => e.facts.taskId === silent?.id).map((e) => `${e.on} ${e.type}`);
  expect(story.slice(-5)).toEqual([
    '2026-02-11 task.reminded',
    '2026-02-13 task.reminded',
    '2026-02-16 task.overdue',
    '2026-02-18 task.escalated',
    '2026-02-24 task.reassigned',
  ]);
  const denial = await c.denied(silent?.assigneeId as string, 'submitReview', {
    taskId: silent?.id,
    ...conclusion('approve'),
  });
  expect(denial.code).toBe('late_answer');
  expect((await c.events()).at(-1)).toMatchObject({ row: 'TASK-24' });
  await c.accept();
  await c.review('approve');
  const { tasks, stage } = await c.state();
  expect(stage).toBe('decision_pending');
  expect(tasks.find((t) => t.id === silent?.id)).toMatchObject({ state: 'reassigned', cause: 'overdue' });
});

test('4. a conflict revealed after the conclusion voids it, replaces the expert and recalculates; the audit shows both', async () => {
  const c = await RealCase.submit(driver, '2026-02-02');
  await c.toPanel();
  await c.review('approve', 'approve', 'reject');
  const bad = (await c.state()).tasks.find((t) => t.result?.verdict === 'reject');
  await c.do(people.coordinator, 'voidConclusion', { taskId: bad?.id });
  await c.accept();
  await c.review('approve');
  expect((await c.state()).proposal).toEqual({ kind: 'certify', basis: 'panel' });
  const types = (await c.events()).filter((e) => e.facts.taskId === bad?.id).map((e) => e.type);
  expect(types).toEqual(expect.arrayContaining(['task.submitted', 'task.voided']));
});

test('5. withdrawal during arbitration cancels the one open task and every timer; after its letters there are none', async () => {
  const c = await RealCase.submit(driver, '2026-02-02');
  await c.toPanel();
  await c.review('approve', 'approve', 'reject');
  await c.do(people.head, 'withdraw', {});
  const open = await driver.pool`select 1 from task where case_id = ${c.caseId} and open`;
  const armed = await driver.pool`select 1 from case_deadline where case_id = ${c.caseId}`;
  expect([open.length, armed.length]).toEqual([0, 0]);
  const letters = await c.letters();
  expect(letters.filter((l) => l.template === 'task-closed')).toHaveLength(1);
  // The run is over: nothing can wake the case any more.
  await c.until(
    async () =>
      (await driver.client.workflow.getHandle(await driver.workflowId(c.caseId)).describe()).status.name ===
      'COMPLETED',
  );
  expect(await c.letters()).toEqual(letters);
});

test('6. a case submitted before a new criteria set ends on the old one; a draft submitted after it uses the new one', async () => {
  const criteria = DEFAULT_POLICY.criteria.slice(0, 5);
  await driver.pool`update policy_version set effective_to = '2054-02-28' where id = 'fed-1'`;
  await publishPolicy(driver.pool, 'fed-2', '2026-03-01', { ...DEFAULT_POLICY, criteria });
  const old = await RealCase.submit(driver, '2026-02-20');
  await old.toPanel();
  await old.day('2026-03-03');
  const scores = conclusion('approve').scores;
  const [task] = await old.open('review');
  const short = Object.fromEntries(criteria.map((x) => [x.code, 2]));
  expect(
    (
      await old.denied(task?.assigneeId as string, 'submitReview', {
        taskId: task?.id,
        ...conclusion('approve'),
        scores: short,
      })
    ).code,
  ).toBe('conclusion_incomplete');
  await old.review('approve', 'approve', 'approve');
  await old.certify();
  expect((await old.state()).policyVersionId).toBe('fed-1');
  const fresh = await RealCase.submit(driver, '2026-03-02');
  await fresh.toPanel();
  const [first] = await fresh.open('review');
  expect(
    (
      await fresh.denied(first?.assigneeId as string, 'submitReview', {
        taskId: first?.id,
        ...conclusion('approve'),
        scores,
      })
    ).errors?.[0]?.detail,
  ).toContain('нет в наборе');
  await fresh.review(...['approve', 'approve', 'approve'].map(() => ({ ...conclusion('approve'), scores: short })));
  expect((await fresh.state()).stage).toBe('decision_pending');
  await driver.pool`update policy_version set effective_to = null where id = 'fed-1'`;
  await driver.pool`update policy_version set effective_from = '2100-01-01' where id = 'fed-2'`;
});

test('27. of two operators who press «assign» at the same time one wins and the other sees why', async () => {
  const c = await RealCase.submit(driver, '2026-02-02');
  const taskId = await c.task('technical_check');
  const answers = await Promise.all(
    [people.operator, people.operator2].map((personId) =>
      driver.tryAct(c.caseId, { personId, type: 'assignTask', payload: { taskId, personId } }),
    ),
  );
  expect(answers.map((a) => a.kind).sort()).toEqual(['recorded', 'refused']);
  const refused = answers.find((a) => a.kind === 'refused');
  expect(refused).toMatchObject({ denial: { message: expect.stringContaining('другой сотрудник') } });
  expect((await c.state()).tasks[0]?.assigneeId).toBe(
    [people.operator, people.operator2][answers.findIndex((a) => a.kind === 'recorded')],
  );
});

test('a substantial change runs as a case of its own and becomes the next version under the same number', async () => {
  const c = await RealCase.submit(driver, '2026-02-02');
  await c.toPanel();
  await c.review('approve', 'approve', 'approve');
  await c.certify();
  const changed = programme({
    title: c.title,
    hours: 40,
    modules: [
      ...programme().modules,
      { id: 'M4', title: 'Новый', hours: 4, practice: 4, deficits: [], results: ['R1'] },
    ],
  });
  await c.do(people.head, 'requestSubstantialChange', { programme: changed, document: SHA(3), statement: SHA(4) });
  const childId = (await c.state()).related[0]?.caseId as string;
  expect(childId).toBeDefined();
  const child = RealCase.of(driver, childId, c.title);
  await child.toPanel();
  await child.review('approve', 'approve', 'approve');
  expect((await c.state()).entry?.version).toBe(1);
  await child.certify();
  await c.until(async () => (await c.state()).entry?.version === 2);
  const { entry, versions } = await c.state();
  expect(versions.at(-1)?.facts.hours).toBe(40);
  const history =
    await driver.pool`select h.version, h.status from register_history h join register_entry e on e.id = h.entry_id where e.number = ${entry?.number ?? ''} order by h.n`;
  expect(history.map((h) => h.version)).toEqual([1, 2]);
});
