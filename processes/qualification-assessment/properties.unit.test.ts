/**
 * Assessments and exam sessions that live at random together: people do what is offered and what is not, facts come from outside, the
 * clock goes on. After every step both keep what is promised of every case.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Assessment, ExamDay, Town } from '../../test/p03/pure.ts';
import { CENTRE, CENTRE_2, consents, DECISION, EXAMINERS, marks, people, session, SHA } from '../../test/p03/world.ts';
import { checkFold, checkRest } from '../../test/support/invariants.ts';
import { pick, PROMISED, type Step as WalkStep, steps } from '../../test/support/steps.ts';
import { addDays } from '../kit/dates.ts';
import type { Denial } from '../kit/types.ts';
import { DEFAULT_POLICY as SESSION_POLICY } from '../exam-session/policy.ts';
import { checkPolicy, DEFAULT_POLICY, type AssessmentPolicy } from './policy.ts';
import { IN_EXAM } from './stages.ts';
import { marksGroup, usesFinancedPlace } from './state.ts';

type Run = Assessment | ExamDay;
type Step = WalkStep<'offered' | 'blind' | 'deadline' | 'days' | 'fact' | 'session'>;

const EVERYBODY = [...Object.values(people), ...EXAMINERS];

/** Where walks begin: a short way in, so that late stages are reached as often as early ones. */
const BEGINNINGS = {
  referral: (town: Town, policy: AssessmentPolicy) => town.assessment(policy).refer(),
  application: (town: Town, policy: AssessmentPolicy) => town.assessment(policy).applyFor(),
  queue: (town: Town, policy: AssessmentPolicy) => town.assessment(policy).applyFor().admit(),
  exam: (town: Town, policy: AssessmentPolicy) => {
    const c = town.assessment(policy).applyFor();
    c.toExam('2026-02-10', { capacity: 1, examiners: EXAMINERS.slice(0, 5) });
    return c;
  },
  practice: (town: Town, policy: AssessmentPolicy) => {
    const c = town.assessment(policy).applyFor();
    c.toExam();
    return c.identify().theory(80);
  },
  verification: (town: Town, policy: AssessmentPolicy) => town.assessment(policy).applyFor().graded().protocol(),
  certificate: (town: Town, policy: AssessmentPolicy) => town.assessment(policy).applyFor().certified(),
  conclusion: (town: Town, policy: AssessmentPolicy) => town.assessment(policy).applyFor().concluded(),
};

/** A body for any action, lawful as often as not. */
function payload(
  town: Town,
  c: Run,
  type: string,
  taskId: string | undefined,
  { b, c: n }: Step,
): Record<string, unknown> {
  const days = [...town.cases.values()].filter((r): r is ExamDay => r instanceof ExamDay);
  const base = { taskId, statement: SHA(4), ...consents, on: c.today, act: 'А-1' };
  switch (type) {
    case 'bookSeat':
    case 'technicalFailure':
      return { ...base, sessionCaseId: n % 3 === 0 && type !== 'bookSeat' ? undefined : pick(days, b)?.caseId };
    case 'submitMarks':
      return { ...base, ...marks(b % 11), ...(n % 9 === 0 ? { commented: [] } : {}) };
    case 'recordTheory':
      return { ...base, score: n % 2 ? 60 + (b % 40) : b % 101 };
    case 'decideAppeal':
      return {
        ...base,
        outcome: pick(['upheld', 'changed', 'retake', 'admitted'], b),
        passed: n % 2 === 0,
        number: '3',
      };
    case 'decideRevocation':
      return { ...base, revoke: b % 2 === 0, decision: DECISION };
    case 'refuse':
      return { ...base, ground: pick(['education', 'experience', 'none'], b) };
    case 'changePayer':
    case 'joinQueue':
      return { payer: pick(['person', 'budget'], b), why: pick(['no_seat', 'no_financed_place'], n) };
    case 'nameSubstitute':
    case 'assignTask':
      return { ...base, personId: pick(EVERYBODY, b) };
    case 'changeExaminers':
      return { examiners: EXAMINERS.slice(b % 4, (b % 4) + 3 + (n % 2)) };
    case 'openSession': {
      const { examiners } = (c as ExamDay).s;
      return { present: n % 4 === 0 ? examiners.slice(0, 2) : examiners };
    }
    case 'signProtocol':
      return { ...base, signedBy: (c as ExamDay).s.present };
    case 'moveDeadline': {
      const armed = c.process.deadlines(c.s as never, c.ctx() as never).filter((d) => d.visible);
      return { key: pick(armed, b)?.key ?? 'x', dueOn: addDays(c.today, 1 + (n % 30)), reason: 'сбой системы' };
    }
    case 'reschedule':
      return n % 2 ? { document: SHA(5) } : {};
    default:
      return {
        ...base,
        tellsPayer: b % 2 === 0,
        contract: '15-Д',
        identified: true,
        noConflict: true,
        count: 1,
        workingDays: 1 + (b % 5),
        protocol: 'П-1',
        decision: DECISION,
        cause: pick(['lost', 'surname'], b),
        how: 'post',
        ground: 'fraud',
      };
  }
}

function fact(c: Run, { a, b }: Step): [string, Record<string, unknown>] {
  const tasks = c.s.tasks as Array<{ assigneeId?: string }>;
  const who = pick([...tasks.flatMap((t) => t.assigneeId ?? []), people.teacher, ...EXAMINERS], b) as string;
  const facts: Array<[string, Record<string, unknown>]> = [
    ['employment', { personId: who, event: b % 2 ? 'dismissed' : 'died', on: c.today }],
    ['centre_closed', { centreId: b % 3 ? CENTRE_2 : CENTRE, successorId: CENTRE_2, on: c.today }],
    ['court', { act: 'решение', on: c.today, effect: b % 2 ? 'change' : 'annul', passed: b % 4 < 2 }],
    ['seat_refused', { sessionCaseId: 'none', why: 'begun' }],
    ['session_off', { sessionCaseId: 'none', cause: 'cancelled' }],
  ];
  return facts[a % facts.length] as [string, Record<string, unknown>];
}

const RUSSIAN = /^[^a-z]*[А-ЯЁа-яё][^a-z]*$/;

/** A denial is a sentence for a person; codes and English words have no place in it. */
function assertSaid(denial: Denial, what: string): void {
  for (const text of [denial.message, ...(denial.errors ?? []).map(({ detail }) => detail)])
    if (!RUSSIAN.test(text.replace(/\bI7\b/g, ''))) throw new Error(`${what}: ${denial.code} says «${text}»`);
}

/** Always possible, so that they would end or crowd every walk. */
const SELDOM = ['withdraw', 'cancelSession', 'changeExaminers', 'moveDeadline', 'extendTask', 'assignTask'];

/** Somebody, from the one the step names on, who may do something now; a blind step takes what nobody offered. */
function offered(run: Run, { kind, a, b, c }: Step) {
  for (let i = 0; i < EVERYBODY.length; i++) {
    const who = pick(EVERYBODY, a + i) as string;
    const offers = run.process.availableActions(run.s as never, run.actor(who), run.ctx() as never);
    for (const o of offers)
      if (!o.allowed && o.whyNot) assertSaid({ code: 'why_not', message: o.whyNot }, `${o.type} is not offered`);
    const offer = pick(
      offers.filter((o) => (o.allowed || kind === 'blind') && (c % 5 === 0 || !SELDOM.includes(o.type))),
      b,
    );
    if (offer) return { who, offer };
  }
  return undefined;
}

function live(town: Town, step: Step, way: string[]): void {
  const runs = [...town.cases.values()].filter((r) => r.state) as Run[];
  const of = step.kind === 'session' ? ExamDay : Assessment;
  const c = pick(
    runs.filter((r) => r instanceof of && !r.process.stages[r.stage]?.final),
    step.c,
  );
  const note = (text: string) => way.push(`${town.now} ${c?.stage} ${text}`);
  if (!c) {
    if (step.kind === 'session' && runs.length < 5) {
      note('a new session');
      new ExamDay(town, SESSION_POLICY).try(
        people.operator,
        'scheduleSession',
        session(addDays(town.now.slice(0, 10), 8 + (step.b % 20)), { capacity: 1 + (step.a % 2) }),
      );
    }
    return;
  }
  if (step.kind === 'deadline' || step.kind === 'days') {
    const [next] = c.process
      .deadlines(c.s as never, c.ctx() as never)
      .map((d) => d.at)
      .sort((a, b) => (a < b ? -1 : 1));
    const to = step.kind === 'days' ? new Date(Date.parse(town.now) + (step.a % 14) * 86_400_000).toISOString() : next;
    note(`to ${to}`);
    if (to && to > town.now) town.advance(to);
    return;
  }
  if (step.kind === 'fact') {
    const [kind, facts] = fact(c, step);
    note(`fact ${kind}`);
    const denial = c.try('system', `fact:${kind}`, facts);
    if (denial) assertSaid(denial, `fact ${kind}`);
    return c.work();
  }
  const found = offered(c, step);
  if (!found) return;
  const { who, offer } = found;
  const before = c.events.length;
  const denial = c.try(who, offer.type, payload(town, c, offer.type, offer.taskId, step));
  note(`${who.slice(-4)} ${offer.type} ${denial ? `denied ${denial.code}` : ''}`);
  if (!denial) return;
  assertSaid(denial, offer.type);
  if (offer.allowed && PROMISED.has(denial.code))
    throw new Error(`${offer.type} was offered and refused: ${denial.code} ${denial.message}`);
  if (c.events.length > before && denial.code !== 'late_answer') throw new Error(`${denial.code} left events`);
}

/** What holds at rest in each case, and between them. */
function assertTown(town: Town): void {
  const faults: string[] = [];
  const runs = [...town.cases.values()].filter((r) => r.state) as Run[];
  for (const c of runs) {
    faults.push(...c.faults, ...checkRest(c.process, c.s as never, c.ctx() as never));
    if (!(c instanceof Assessment)) continue;
    const { s } = c;
    const seat = [...town.held.keys()].some((key) => key === `exam-seat:${s.booking?.sessionCaseId}\0${c.caseId}`);
    if (s.stage === 'scheduled' && !seat) faults.push('scheduled without a seat');
    const places = [...town.held].filter(([key, by]) => key.startsWith('financed:') && by === c.caseId);
    const year = places[0]?.[0].split('\0')[0]?.split(':').at(-1);
    if (places.length > 1) faults.push('two financed places');
    if (s.financedYear && usesFinancedPlace(s, s.financedYear) !== (year === s.financedYear))
      faults.push(`a financed place of ${s.financedYear} is counted and not held, or held and not counted`);
    if (s.result && IN_EXAM.includes(s.stage)) faults.push('a result before the exam has ended');
    const examining = s.tasks.filter((t) => t.kind === 'marks' && t.group === marksGroup(s) && t.state === 'done');
    if (new Set(examining.map((t) => t.assigneeId)).size !== examining.length) faults.push('one examiner marked twice');
    if (examining.some((t) => s.examiners.excluded.some((x) => x.personId === t.assigneeId)))
      faults.push('an examiner in conflict marked');
  }
  for (const day of runs)
    if (day instanceof ExamDay) {
      const seats = [...town.held.keys()].filter((key) => key.startsWith(`exam-seat:${day.caseId}\0`)).length;
      if (seats > day.s.capacity) faults.push(`${seats} seats of ${day.s.capacity} are taken`);
    }
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

const ways = steps({ offered: 14, blind: 2, deadline: 3, days: 2, fact: 2, session: 5 }, 70);

const POLICIES: Record<string, AssessmentPolicy> = {
  'the default policy': DEFAULT_POLICY,
  'a strict centre: one place a year, no recording, no second date': {
    ...DEFAULT_POLICY,
    scheme: 'sector',
    reschedules: 0,
    examiners: { ...DEFAULT_POLICY.examiners, recording: false, spreadShare: 0.1 },
    qualifications: DEFAULT_POLICY.qualifications.map((q) => ({ ...q, financedPlaces: 1 })),
  },
};

/** Walks from each beginning under each policy; a night of them is a change of this number. */
const RUNS = 5;

describe.each(Object.entries(POLICIES))('an assessment that lives at random under %s', (_name, policy) => {
  it('has a policy the platform accepts', () => {
    expect(checkPolicy(policy)).toEqual({ ok: true, policy });
  });

  it.each(Object.entries(BEGINNINGS))('keeps every promise from «%s» on', (_at, begin) => {
    fc.assert(
      fc.property(ways, (walk) => {
        const town = new Town();
        begin(town, policy);
        const way: string[] = [];
        for (const step of walk)
          try {
            live(town, step, way);
            assertTown(town);
          } catch (error) {
            throw new Error(`${(error as Error).message}\nthe way:\n  ${way.join('\n  ')}`, { cause: error });
          }
        for (const c of town.cases.values())
          if (c.state) expect(checkFold(c.process, c.events, c.s, c.caseId)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
