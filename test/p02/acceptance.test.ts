/** Acceptance scenarios 8-12 on the real engine, the real database and skipped time, then every story of the rules once more. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reserveShare } from '../../processes/head-attestation/monitoring.ts';
import { currentSchedule } from '../../processes/head-attestation/schedule.ts';
import { DEFAULT_POLICY } from '../../processes/head-attestation/policy.ts';
import type { AttestationState } from '../../processes/head-attestation/state.ts';
import { Town } from './pure.ts';
import { toEngine } from '../support/skipped-years.ts';
import { createStage, Replay, type Stage } from './real-world.ts';
import { application, member, MEMBERS, ORDER, people } from './world.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});

afterAll(async () => {
  await stage?.close();
});

const all = MEMBERS.map((m) => m.personId);
const again = (town: Town) => new Replay(stage.driver, town).all();

test('8. a candidate who fails the test is closed and may not try again before six months', async () => {
  const town = new Town();
  const c = town
    .attestation()
    .applyFor()
    .documents()
    .test(55)
    .act()
    .do(people.candidate, 'familiarise', { paper: 'act' });
  expect(c.stage).toBe('closed');
  c.day('2026-07-14');
  const real = await again(town);
  const apply = (at: string) =>
    stage.driver.tryStart({
      process: 'head-attestation',
      jurisdiction: real.founder,
      at: toEngine(at),
      personId: people.candidate,
      type: 'apply',
      payload: toEngine(application()),
    });
  expect(await apply('2026-07-14T09:00:00.000Z')).toMatchObject({ kind: 'refused', denial: { code: 'duplicate' } });
  await stage.driver.fastForwardTo(c.caseId, toEngine('2026-07-16T09:00:00.000Z'));
  expect(await real.row(c.caseId)).toMatchObject({ stage: 'finished', closed: true });
  expect(await apply('2026-07-16T10:00:00.000Z')).toMatchObject({ kind: 'recorded' });
});

test('8. a candidate who conforms and finds no vacancy enters the reserve, and I9 grows', async () => {
  const town = new Town();
  const c = town
    .attestation()
    .applyFor()
    .evaluated()
    .voted('conform')
    .act()
    .do(people.candidate, 'familiarise', { paper: 'act' });
  c.day(c.later(35));
  expect(c.stage).toBe('closed_reserve_offered');
  c.do(people.candidate, 'acceptReserve').do(people.founder, 'enterReserve', {
    taskId: c.task('reserve_order'),
    order: ORDER,
  });
  const real = await again(town);
  expect(reserveShare([], 10)).toMatchObject({ numerator: 0, enough: false });
  const reserve = (await real.entries('cadre_reserve')).map(({ number, status, facts }) => ({
    number,
    status,
    personId: facts.personId as string,
  }));
  expect(reserveShare(reserve, 10)).toMatchObject({
    numerator: 1,
    percent: 10,
    enough: true,
    counted: [people.candidate],
  });
});

test('9. nine by the order, six present, one recused: the item moves to the next sitting, the attestee is told, the delay is seen', async () => {
  const town = new Town();
  const c = town.attestation().plan().evaluated();
  const sitting = town.sitting().on('2026-04-14');
  c.book(sitting);
  sitting
    .session(all.slice(0, 6))
    .do(people.secretary, 'recordRecusal', { itemKey: sitting.item(), personId: member(1), ground: 'relative' });
  sitting.do(people.secretary, 'putToVote', { itemKey: sitting.item(), attesteeOut: true });
  const real = await again(town);
  const moved = (await real.events(c.caseId)).find((e) => e.type === 'sitting.moved');
  expect(moved?.facts).toMatchObject({ cause: 'recusal', heldOn: '2026-04-14' });
  expect(await real.letters(c.caseId, people.head)).toContain('sitting-moved');
  // The date that passed stays the date of the case.
  expect(await real.row(c.caseId)).toMatchObject({ stage: 'evaluated', due_on: '2026-04-14' });
  expect(
    (await real.state<AttestationState>(c.caseId)).tasks.filter(
      (t) => t.kind === 'fix_sitting' && t.state === 'assigned',
    ),
  ).toHaveLength(1);
});

test('10. a pregnant head is postponed to the end of leave and a year, and the schedule is rebuilt', async () => {
  const town = new Town();
  const c = town
    .attestation()
    .plan()
    .fact('exemption', { kind: 'maternity_leave', untilOn: '2026-11-20', act: 'приказ 7' });
  const real = await again(town);
  expect(await real.row(c.caseId)).toMatchObject({ stage: 'postponed' });
  const schedule = (await real.entries('attestation_schedule')).map(({ number, status, facts }) => ({
    number,
    status,
    personId: facts.personId as string,
    plannedOn: facts.plannedOn as string,
  }));
  expect(currentSchedule(2026, schedule)).toEqual([]);
  expect(currentSchedule(2027, schedule)).toMatchObject([
    { personId: people.head, plannedOn: '2027-11-20', status: 'postponed' },
  ]);
  await stage.driver.fastForwardTo(c.caseId, toEngine('2027-11-21T09:00:00.000Z'));
  expect(await real.row(c.caseId)).toMatchObject({ stage: 'registered' });
  expect((await real.entries('attestation_schedule'))[0]).toMatchObject({ status: 'scheduled' });
});

test('11. a founder silent for a month is escalated; after a second failure in a row only transfer or dismissal is left', async () => {
  const town = new Town();
  const c = town.attestation().plan().evaluated().voted('not_conform').extract().act();
  for (const paper of ['act', 'extract']) c.do(people.head, 'familiarise', { paper });
  c.day('2026-05-29');
  const calls = c.events.filter(
    (e) =>
      c.s.tasks.find((t) => t.id === e.facts.taskId)?.kind === 'founder_choice' &&
      ['task.overdue', 'task.escalated'].includes(e.type),
  );
  expect(calls.map((e) => e.on)).toEqual(['2026-05-14', '2026-05-21', '2026-05-28']);
  const retake = (plannedOn: string) => ({
    taskId: c.task('founder_choice'),
    plannedOn,
    training: 'курсы',
    order: ORDER,
  });
  expect(c.try(people.founder, 'setRetake', retake('2026-07-01'))?.code).toBe('retake_window');
  c.do(people.founder, 'setRetake', retake('2026-09-15'));
  const second = town.child(c, 'retake:1');
  second.day('2026-06-18').evaluated().voted('not_conform').act();
  const taskId = second.task('founder_choice');
  expect(second.try(people.founder, 'setRetake', { ...retakeOf(taskId), plannedOn: '2027-01-15' })?.code).toBe(
    'not_now',
  );
  second.do(people.founder, 'chooseTransfer', { taskId, consent: true, order: ORDER });
  const real = await again(town);
  expect((await real.row(c.caseId))?.stage).toBe('superseded');
  expect((await real.row(second.caseId))?.stage).toBe('closed_transferred');
  expect((await real.state<AttestationState>(second.caseId)).failuresBefore).toBe(1);
});

const retakeOf = (taskId: string) => ({ taskId, training: 'курсы', order: ORDER });

test('12. two founders of one region with five and three years of validity have different due dates', async () => {
  const { terms } = DEFAULT_POLICY;
  const until: Array<string | null | undefined> = [];
  const dueAgain: Array<string | undefined> = [];
  for (const years of [5, 3]) {
    const town = new Town();
    const c = town.attestation({
      ...DEFAULT_POLICY,
      terms: { ...terms, validity: { ...terms.validity, amount: years } },
    });
    c.plan().evaluated().voted('conform').extract().act();
    for (const paper of ['act', 'extract']) c.do(people.head, 'familiarise', { paper });
    c.day(`${2026 + years - 1}-04-15`);
    const real = await again(town);
    until.push((await real.entries('head_attestations'))[0]?.valid_until);
    dueAgain.push((await real.events(c.caseId)).find((e) => e.type === 'validity.due_again')?.on);
  }
  expect(until).toEqual(['2031-04-14', '2029-04-14']);
  expect(dueAgain).toEqual(['2030-04-14', '2028-04-14']);
});
