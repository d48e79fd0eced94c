/** Acceptance scenarios 17 and 18, told once undisturbed and once while parts of the platform are killed. */
import { expect } from 'vitest';
import { addMonths } from '../../processes/kit/dates.ts';
import { DEFAULT_POLICY } from '../../processes/mentoring-cycle/policy.ts';
import { publishPolicy, type RealCycle } from './real-world.ts';
import { people, PLACE_2 } from './world.ts';

/** 17. Full 36 months with three gates: every month, quarter and gate on its day, whatever was restarted meanwhile. */
export async function threeYears(c: RealCycle, inMonth6: () => Promise<void> = async () => undefined): Promise<void> {
  await c.toYear1();
  for (let m = 0; m < 12; m++) {
    await c.month();
    if (m === 5) await inMonth6();
  }
  await c.content();
  await c.pass();
  await c.renew();
  await c.ppn();
  for (let m = 0; m < 12; m++) await c.month();
  await c.content();
  await c.pass();
  await c.renew();
  await c.ppn();
  for (let m = 0; m < 12; m++) await c.month();
  await c.content();
  await c.conclude();
  const s = await c.state();
  expect(s.stage).toBe('completed');
  expect(s.phases.map((p) => [p.year, p.quartersMet, p.quartersMissed])).toEqual([
    [1, 4, 0],
    [2, 4, 0],
    [3, 4, 0],
  ]);
  const events = await c.events();
  const months = events.filter((e) => e.type === 'month.closed');
  expect(months.map((e) => e.on)).toEqual(Array.from({ length: 36 }, (_, i) => addMonths('2026-09-01', i + 1)));
  expect(events.filter((e) => e.type === 'gate.opened').map((e) => e.facts.due)).toEqual([
    '2027-09-01',
    '2028-09-01',
    '2029-09-03',
  ]);
}

/**
 * 18. The mentor leaves in month 5, a leave of three years from month 14, another school, ten months of year 2 left, and two versions of
 * the policy published on the way.
 */
export async function leaveAndReturn(c: RealCycle): Promise<void> {
  await c.toYear1();
  await c.day('2027-01-20');
  await c.fact('employment', { personId: people.mentor, event: 'dismissed', on: '2027-01-20', main: true });
  expect(await c.state()).toMatchObject({ stage: 'mentor_vacant', vacantSince: '2027-01-20' });
  // The curator acts at once.
  await c.do(people.curator, 'logWork', { entries: [{ kind: 'meeting', on: '2027-01-20' }] });
  await c.do(c.teacher, 'confirmLog', {});
  await c.day('2027-02-01');
  await c.appoint(people.mentor2);
  expect(await c.state()).toMatchObject({ stage: 'year_1', daysWithoutMentor: 12 });
  expect((await c.events()).some((e) => e.type === 'mentor.search_escalated')).toBe(false);
  await c.day('2027-08-20');
  await c.content();
  await c.pass();
  await c.ppn();
  await c.day('2027-11-01');
  const before = (await c.state()).policyVersionId;
  await c.employment('leave_started', '2027-11-01', { leave: 'maternity', until: '2028-03-20' });
  const started = (await c.events()).find((e) => e.type === 'leave.started');
  expect(started?.facts).toMatchObject({ year: 2, remainder: { months: 10, days: 0 } });
  await publishPolicy(c.driver.pool, 'men-42-2', 'region-42', '2028-09-01', DEFAULT_POLICY);
  await publishPolicy(c.driver.pool, 'men-42-3', 'region-42', '2029-09-01', {
    ...DEFAULT_POLICY,
    forms: { ...DEFAULT_POLICY.forms, ppn: 'ППН, форма 2029' },
  });
  await c.day('2028-03-20');
  await c.employment('leave_started', '2028-03-20', { leave: 'child_care', until: '2030-11-01' });
  await c.day('2029-05-01');
  await c.employment('transferred', '2029-05-01', { to: PLACE_2 });
  expect(await c.state()).toMatchObject({ stage: 'paused', pendingPlace: { organisationId: PLACE_2.organisationId } });
  await c.day('2030-11-01');
  await c.employment('leave_ended', '2030-11-01');
  expect(await c.state()).toMatchObject({
    stage: 'transfer',
    year: 2,
    policyVersionId: before,
    policyOffer: { policyVersionId: 'men-42-3' },
  });
  await c.do(c.teacher, 'answerPolicy', { accept: true });
  expect((await c.row()).policy_version_id).toBe('men-42-3');
  await c.day('2030-11-08');
  await c.do(people.head2, 'acceptTransfer', {});
  await c.appoint(people.mentor3, people.curator2, people.head2);
  await c.ppn(people.curator2);
  const s = await c.state();
  expect(s).toMatchObject({ stage: 'year_2', year: 2, policyVersionId: 'men-42-3' });
  expect(s.ppn?.form).toBe('ППН, форма 2029');
  expect(s.pauses).toHaveLength(1);
  // What was left on 1 November 2027 were 305 days, ten months; they run from the end of the leave (3.2: by calendar days).
  const [gate] = await c.driver.pool<Array<{ due_on: string }>>`
    select due_on from case_deadline where case_id = ${c.caseId} and key = 'gate-open'`;
  expect(gate?.due_on).toBe('2059-09-02');
}
