/** Acceptance scenarios 13-16 on the real engine, the real database and skipped time. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assessedPeople } from '../../processes/qualification-assessment/counted.ts';
import type { AssessmentState } from '../../processes/qualification-assessment/state.ts';
import { toEngine } from '../support/skipped-years.ts';
import { Town } from './pure.ts';
import { createStage, Replay, type Stage } from './real-world.ts';
import { people, SHA } from './world.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});

afterAll(async () => {
  await stage?.close();
});

const again = (town: Town) => new Replay(stage.driver, town).all();

test('13. a referral the person declines: the employer gets no letter and no number, the case has ended', async () => {
  const town = new Town();
  const c = town.assessment().refer().do(people.teacher, 'declineReferral');
  const real = await again(town);
  expect(await real.stage(c.caseId)).toBe('lapsed');
  expect(await real.letters(c.caseId, people.employer)).toEqual([]);
  const state = await real.state<AssessmentState>(c.caseId);
  expect(state.number).toBeUndefined();
  const open = await stage.driver
    .pool`select 1 from case_participant where case_id = ${c.caseId} and person_id = ${people.employer}`;
  expect(open).toHaveLength(0);
});

test('14. a technical failure in theory gives a new slot and counts no attempt', async () => {
  const town = new Town();
  const next = town.examDay('2026-02-24');
  const c = town.assessment().applyFor();
  c.toExam();
  c.identify().do(people.operator, 'technicalFailure', { act: 'А-7', sessionCaseId: next.caseId });
  next.opened();
  c.identify().theory(75);
  const real = await again(town);
  const state = await real.state<AssessmentState>(c.caseId);
  expect(state).toMatchObject({
    stage: 'in_practice',
    reschedules: 0,
    interruptions: 1,
    booking: { heldOn: '2026-02-24' },
  });
});

test('14. theory passed and practice failed: within twelve months the practice alone is retaken, after them the whole exam', async () => {
  const town = new Town();
  const c = town.assessment().applyFor();
  c.toExam();
  c.identify().theory(75).marks(3, 3, 3).protocol().recognise().document().do(people.teacher, 'familiarise');
  const second = town.assessment().applyFor();
  second.toExam('2026-04-14');
  second.identify();
  const real = await again(town);
  expect(await real.stage(second.caseId)).toBe('in_practice');
  expect((await real.state<AssessmentState>(second.caseId)).theory).toMatchObject({ score: 75, from: c.caseId });

  const late = new Town();
  const first = late.assessment().applyFor();
  first.toExam();
  first.identify().theory(75).marks(3, 3, 3).protocol().recognise().document().do(people.teacher, 'familiarise');
  first.day('2027-02-11');
  const whole = late.assessment().applyFor();
  whole.toExam('2027-03-16');
  whole.identify();
  expect(await (await again(late)).stage(whole.caseId)).toBe('in_theory');
});

test('15. a complaint at 23:50 of the thirtieth day, moved from Sunday to Monday, is taken, and ten minutes into Tuesday is not', async () => {
  const informed = () => {
    const town = new Town();
    const c = town.assessment().applyFor().graded(60).protocol().recognise().document();
    c.day('2026-03-06').do(people.teacher, 'familiarise');
    return { town, c };
  };
  const intime = informed();
  const real = await again(intime.town);
  await stage.driver.fastForwardTo(intime.c.caseId, toEngine('2026-04-06T20:50:00.000Z'));
  const deed = (own: Replay) => ({
    personId: own.who(people.teacher),
    type: 'complain',
    payload: { document: SHA(3) },
  });
  expect(await stage.driver.tryAct(intime.c.caseId, deed(real))).toMatchObject({ kind: 'recorded' });
  const late = informed();
  const other = await again(late.town);
  await stage.driver.fastForwardTo(late.c.caseId, toEngine('2026-04-06T21:10:00.000Z'));
  expect(await stage.driver.tryAct(late.c.caseId, deed(other))).toMatchObject({
    kind: 'refused',
    denial: { code: 'case_closed' },
  });
});

test('16. a person who takes the exam three times is counted once in I7', async () => {
  const town = new Town();
  const days = ['2026-02-10', '2026-04-14', '2026-06-16'];
  for (const heldOn of days) {
    const c = town.assessment().applyFor();
    c.toExam(heldOn);
    c.identify().theory(50).protocol().recognise().document().do(people.teacher, 'familiarise');
  }
  const real = await again(town);
  const entries = await real.entries('assessment_protocols');
  expect(entries.map((e) => e.facts.examOn)).toEqual(days);
  const { people: counted } = assessedPeople({ entries, organisations: new Map() }, { to: '2026-12-31' });
  expect(counted.map((e) => [e.personId, e.on])).toEqual([[real.who(people.teacher), days[0]]]);
});
