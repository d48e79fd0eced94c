import { afterEach, describe, expect, it } from 'vitest';
import { Town, type Assessment, type ExamDay } from '../../test/p03/pure.ts';
import {
  application,
  CENTRE,
  CENTRE_2,
  consents,
  DECISION,
  examiner,
  EXAMINERS,
  marks,
  people,
  referral,
  session,
  SHA,
} from '../../test/p03/world.ts';
import { qualificationAssessment } from './index.ts';
import { checkPolicy, DEFAULT_POLICY, type AssessmentPolicy } from './policy.ts';
import { isDisputed } from './rules/exam.ts';

let town = new Town();

function start(over: Partial<AssessmentPolicy> = {}, at?: string): Assessment {
  town = new Town(at);
  return town.assessment({ ...DEFAULT_POLICY, ...over });
}
const applied = (over: Partial<AssessmentPolicy> = {}) => start(over).applyFor();
const admitted = (over: Partial<AssessmentPolicy> = {}) => {
  const c = start(over);
  town.examDay('2026-02-10');
  return c.applyFor().admit();
};
const inPractice = (over: Partial<AssessmentPolicy> = {}, examiners = EXAMINERS.slice(0, 4)) => {
  const c = applied(over);
  c.toExam('2026-02-10', { examiners });
  return c.identify().theory(80);
};
const dayOf = (c: Assessment): ExamDay => c.town.cases.get(c.s.booking?.sessionCaseId ?? '') as ExamDay;
const other = (who: string = people.teacher2): Assessment => town.assessment().applyFor({}, who).admit();
const qualified = (over: Partial<(typeof DEFAULT_POLICY.qualifications)[number]>) => ({
  qualifications: DEFAULT_POLICY.qualifications.map((q) => ({ ...q, ...over })),
});

afterEach(() => {
  for (const run of town.cases.values()) run.assertSound();
});

describe('only the person starts', () => {
  it('registers the application of the person himself, and nobody applies for another', () => {
    const c = applied();
    expect(c.stage).toBe('registered');
    expect(c.s.number).toMatch(/^NOK-61-2026-00001$/);
    expect(town.assessment().try(people.operator, 'apply', application())?.code).toBe('role_missing');
    expect(c.lettersOf('application-registered')).toHaveLength(1);
  });

  it('asks for the consents, a payer of the policy and a qualification of the policy', () => {
    expect(start().try(people.teacher, 'apply', application({ consent: false }))?.code).toBe('consent');
    expect(start().try(people.teacher, 'apply', application({ payer: 'employer' }))?.code).toBe('payer');
    expect(start().try(people.teacher, 'apply', application({ qualification: 'x' }))?.code).toBe('qualification');
  });

  it('lets one case of a qualification be active, and two qualifications at once', () => {
    applied();
    expect(town.assessment().try(people.teacher, 'apply', application())?.code).toBe('duplicate');
    const second = town.assessment().applyFor({ qualification: 'teacher-primary-6' });
    expect(second.stage).toBe('registered');
  });

  it('an employer refers his own staff only, not himself, and once a year', () => {
    expect(start().try(people.operator, 'refer', referral())?.code).toBe('role_missing');
    expect(start().try(people.employer, 'refer', referral({ personId: people.employer }))?.code).toBe('segregation');
    const c = start().refer();
    expect(c.stage).toBe('offered');
    expect(town.assessment().try(people.employer, 'refer', referral())?.code).toBe('referred_already');
  });

  it('a referral of a person who has a case of his own answers the employer as any other', () => {
    const own = applied();
    const c = town.assessment().refer();
    expect(c.stage).toBe('offered');
    // The person hears of it only when he accepts.
    expect(c.try(people.teacher, 'acceptReferral', { ...consents, tellsPayer: true })?.code).toBe('duplicate');
    own.do(people.teacher, 'withdraw');
    expect(c.accept().stage).toBe('registered');
  });

  it('a declined or unanswered referral lapses, and writes no letter to the employer', () => {
    const declined = start().refer().do(people.teacher, 'declineReferral');
    expect(declined.stage).toBe('lapsed');
    const silent = start().refer().day('2026-02-02');
    expect(silent.stage).toBe('lapsed');
    for (const c of [declined, silent]) {
      const toEmployer = c.letters.filter(
        (l) => l.addressee.kind === 'person' && l.addressee.personId === people.employer,
      );
      expect(toEmployer).toEqual([]);
      expect(c.s.number).toBeUndefined();
    }
  });

  it('an accepted referral gets its number then, and the employer learns only that it was filed', () => {
    const c = start().refer();
    expect(c.try(people.teacher, 'acceptReferral', { ...consents, consent: false })?.code).toBe('consent');
    c.accept();
    expect(c.s.number).toBe('NOK-61-2026-00001');
    expect(c.lettersOf('referral-accepted')).toHaveLength(1);
    expect(c.try(people.employer, 'admit', { taskId: c.task('check') })?.code).toBe('role_missing');
  });
});

describe('the check of documents', () => {
  const returned = (c = applied()) =>
    c.do(people.operator, 'returnDocuments', { taskId: c.task('check'), count: 1, statement: SHA(2) });

  it('returns documents, takes them again, and refuses when they do not come', () => {
    const c = returned().do(people.teacher, 'supplyDocuments', { document: SHA(3) });
    expect(c.stage).toBe('registered');
    returned(c).day('2026-02-05');
    expect(c.stage).toBe('refused_admission');
    c.day('2026-03-10');
    expect(c.stage).toBe('refused');
    // A new application is free.
    expect(town.assessment().try(people.teacher, 'apply', application())).toBeNull();
  });

  it('answers within ten calendar days, and tells who is late', () => {
    const c = applied().day('2026-01-28');
    const check = c.s.tasks.find((t) => t.kind === 'check');
    expect(check?.state).toBe('escalated');
    expect(c.lettersOf('office-late').length).toBeGreaterThan(0);
  });

  it('refuses by a reason of the policy, in writing, and hears a complaint', () => {
    const c = applied();
    const taskId = c.task('check');
    expect(c.try(people.operator, 'refuse', { taskId, ground: 'mood', statement: SHA(2) })?.code).toBe('ground');
    c.do(people.operator, 'refuse', { taskId, ground: 'experience', statement: SHA(2) });
    expect(c.stage).toBe('refused_admission');
    c.do(people.teacher, 'complain', { document: SHA(3) });
    c.do(people.appeals, 'decideAppeal', { taskId: c.task('appeal_decision'), outcome: 'admitted', statement: SHA(4) });
    expect(c.stage).toBe('registered');
    c.do(people.operator, 'refuse', { taskId: c.task('check'), ground: 'experience', statement: SHA(2) });
    c.do(people.teacher, 'complain', { document: SHA(3) });
    const appeal = { taskId: c.task('appeal_decision'), statement: SHA(4) };
    expect(c.try(people.appeals2, 'decideAppeal', { ...appeal, outcome: 'retake' })?.code).toBe('outcome');
    c.do(people.appeals2, 'decideAppeal', { ...appeal, outcome: 'upheld' });
    expect(c.stage).toBe('refused');
  });

  it('keeps the person and his colleagues from deciding his case', () => {
    const c = inPractice();
    expect(c.s.organisationIds).toContain(c.town.cases.size > 0 ? c.s.workplace?.organisationId : '');
    expect(c.try(people.teacher, 'technicalFailure', { act: '1' })?.code).toBe('role_missing');
  });
});

describe('dates, seats and the queue', () => {
  it('proposes the sessions of the qualification with their free seats', () => {
    const c = admitted();
    expect(c.s.sessions).toMatchObject([{ heldOn: '2026-02-10', capacity: 2, taken: 0 }]);
    town.examDay('2026-02-17', { qualification: 'teacher-primary-6' });
    c.do(people.teacher, 'refreshSessions');
    expect(c.s.sessions).toHaveLength(1);
  });

  it('two people who want the last seat: one gets it, the other hears of it', () => {
    const c = start();
    const day = town.examDay('2026-02-10', { capacity: 1 });
    c.applyFor().admit();
    const second = other();
    c.book(day);
    expect(second.try(people.teacher2, 'bookSeat', { sessionCaseId: day.caseId })?.code).toBe('no_seat');
    expect(c.s.booking?.confirmed).toBe(true);
    expect(day.s.candidates).toHaveLength(1);
    second.do(people.teacher2, 'joinQueue', { why: 'no_seat' });
    expect(second.stage).toBe('waiting');
    // The seat given back goes to the queue.
    c.do(people.teacher, 'reschedule');
    expect(day.stateOf(c)).toBe('left');
    expect(second.stage).toBe('admitted');
    expect(second.lettersOf('queue-offered')).toHaveLength(1);
  });

  it('names the other sessions in the claim of a seat, so that the denial can offer them', () => {
    const c = start();
    const day = town.examDay('2026-02-10');
    const next = town.examDay('2026-02-17');
    c.applyFor().admit().book(day);
    const claim = c.claims.find((x) => x.kind === 'quota' && x.others);
    expect(claim).toMatchObject({ max: 2, others: [{ id: next.caseId }] });
  });

  it('refuses a session that is not in the list, has passed or is closed', () => {
    const c = admitted();
    expect(c.try(people.teacher, 'bookSeat', { sessionCaseId: c.caseId })?.code).toBe('no_such_session');
    const { sessionCaseId } = c.s.sessions[0] as { sessionCaseId: string };
    c.day('2026-02-06');
    expect(c.try(people.teacher, 'bookSeat', { sessionCaseId })?.code).toBe('no_seat');
    c.day('2026-02-10');
    expect(c.try(people.teacher, 'bookSeat', { sessionCaseId })?.code).toBe('not_now');
    const later = town.examDay('2026-03-10');
    c.do(people.teacher, 'refreshSessions').book(later);
    expect(c.stage).toBe('scheduled');
  });

  it('locks a seat only for who has paid or holds a financed place', () => {
    const c = start();
    const day = town.examDay('2026-02-10');
    c.applyFor({ payer: 'person' }).admit();
    expect(c.try(people.teacher, 'bookSeat', { sessionCaseId: day.caseId })?.message).toContain('оплату');
    c.pay();
    expect(c.try(people.operator, 'recordPayment', { contract: '2' })?.code).toBe('not_now');
    expect(c.book(day).stage).toBe('scheduled');
  });

  it('counts financed places by the year of the exam, and lets the person pay himself', () => {
    const c = start(qualified({ financedPlaces: 1 }));
    const day = town.examDay('2026-02-10');
    c.applyFor().admit();
    const second = town
      .assessment({ ...DEFAULT_POLICY, ...qualified({ financedPlaces: 1 }) })
      .applyFor({}, people.teacher2)
      .admit();
    c.book(day);
    expect(second.try(people.teacher2, 'bookSeat', { sessionCaseId: day.caseId })?.code).toBe('no_financed_place');
    expect(second.try(people.teacher2, 'changePayer', { payer: 'budget' })?.code).toBe('payer');
    second.do(people.teacher2, 'changePayer', { payer: 'person' }).pay().book(day);
    expect(second.stage).toBe('scheduled');
  });

  it('without a financed place waits for the quota of the new year', () => {
    const policy = qualified({ financedPlaces: 1 });
    const c = start(policy, '2026-11-10T07:00:00.000Z');
    const day = town.examDay('2026-12-01');
    c.applyFor().admit().book(day);
    const second = town
      .assessment({ ...DEFAULT_POLICY, ...policy })
      .applyFor({}, people.teacher2)
      .admit();
    expect(second.stage).toBe('waiting');
    expect(second.s.queue).toMatchObject({ why: 'no_financed_place' });
    second.day('2027-01-11');
    expect(second.rows()).toContain('P03-T21');
  });

  it('waits in the queue when no session has a seat, in the order of joining', () => {
    const first = start();
    first.applyFor().admit();
    expect(first.stage).toBe('waiting');
    expect(first.s.queue).toMatchObject({ why: 'no_seat', ahead: 0 });
    const second = other();
    expect(second.s.queue?.ahead).toBe(1);
    const day = town.examDay('2026-02-10', { capacity: 1 });
    expect(first.stage).toBe('admitted');
    expect(second.stage).toBe('waiting');
    first.book(day);
    town.examDay('2026-02-17');
    expect(second.stage).toBe('admitted');
  });

  it('asks after six months in the queue; an answer keeps the place, silence ends the case', () => {
    const c = applied().admit();
    c.day('2026-07-16');
    expect(c.rows()).toContain('P03-T22');
    c.do(people.teacher, 'stayInQueue');
    expect(c.s.queue?.askedOn).toBeUndefined();
    c.day('2027-01-19');
    c.day('2027-02-10');
    expect(c.stage).toBe('lapsed');
    expect(c.rows()).toContain('P03-T24');
  });

  it('lapses when no date is chosen in sixty days, after a reminder ten days before', () => {
    const c = admitted().day('2026-03-07');
    expect(c.lettersOf('slot-reminder')).toHaveLength(1);
    c.day('2026-03-18');
    expect(c.stage).toBe('lapsed');
  });

  it('moves twice by the wish of the person three working days before, then by a valid reason only', () => {
    const c = admitted();
    for (const heldOn of ['2026-02-17', '2026-02-24', '2026-03-03']) {
      const day = town.examDay(heldOn);
      c.do(people.teacher, 'refreshSessions').book(day);
      if (c.s.reschedules < 2) c.do(people.teacher, 'reschedule');
    }
    expect(c.try(people.teacher, 'reschedule')?.code).toBe('reschedule_limit');
    c.do(people.teacher, 'reschedule', { document: SHA(4) });
    expect(c.s.reschedules).toBe(3);
    c.do(people.teacher, 'refreshSessions').book(town.cases.get(c.s.sessions[0]?.sessionCaseId ?? '') as ExamDay);
    c.day('2026-02-09');
    expect(c.try(people.teacher, 'reschedule', { document: SHA(4) })?.message).toContain('не позднее');
  });

  it('a withdrawal before the exam has no consequence: the seat and the place of the year are given back', () => {
    const c = admitted();
    const day = town.cases.get(c.s.sessions[0]?.sessionCaseId ?? '') as ExamDay;
    c.book(day).do(people.teacher, 'withdraw');
    expect(c.stage).toBe('withdrawn');
    expect([...town.held.values()]).not.toContain(c.caseId);
    expect(day.stateOf(c)).toBe('left');
    expect(town.assessment().try(people.teacher, 'apply', application())).toBeNull();
  });

  it('a case of a closed centre passes to another with its dates', () => {
    const c = applied();
    const before = c.process.deadlines(c.s, c.ctx()).map((d) => d.due.dueOn);
    c.fact('centre_closed', { centreId: CENTRE, successorId: CENTRE_2 });
    expect(c.s.centreId).toBe(CENTRE_2);
    expect(c.process.deadlines(c.s, c.ctx()).map((d) => d.due.dueOn)).toEqual(before);
    expect(c.try('system', 'fact:centre_closed', { centreId: CENTRE, successorId: CENTRE_2 })?.code).toBe(
      'not_applicable',
    );
  });
});

describe('the session', () => {
  it('cancelled in mass sends everybody back with priority, not counted as his reschedule', () => {
    const c = start();
    const day = town.examDay('2026-02-10');
    c.applyFor().admit().book(day);
    const second = other().book(day);
    day.do(people.operator, 'cancelSession', { statement: SHA(2) });
    for (const each of [c, second]) {
      expect(each.s).toMatchObject({ stage: 'waiting', priority: true, reschedules: 0 });
      expect(each.lettersOf('choose-again')).toHaveLength(1);
    }
    const third = other(people.teacher3);
    town.examDay('2026-02-17', { capacity: 2 });
    expect([c.stage, second.stage, third.stage]).toEqual(['admitted', 'admitted', 'waiting']);
  });

  it('that did not take place, or was not opened, sends everybody back', () => {
    const c = admitted();
    const day = town.cases.get(c.s.sessions[0]?.sessionCaseId ?? '') as ExamDay;
    c.book(day);
    day.opened(EXAMINERS.slice(0, 2));
    expect(day.stage).toBe('not_held');
    expect(c.rows()).toContain('P03-T30');
    const next = town.examDay('2026-03-03');
    expect(c.stage).toBe('admitted');
    c.do(people.teacher, 'refreshSessions').book(next).day('2026-03-06');
    expect(next.stage).toBe('not_held');
    expect(c.rows()).toContain('P03-T37');
  });

  it('whose centre is closed is cancelled', () => {
    const c = admitted();
    const day = town.cases.get(c.s.sessions[0]?.sessionCaseId ?? '') as ExamDay;
    c.book(day);
    day.fact('centre_closed', { centreId: CENTRE });
    expect(day.stage).toBe('cancelled');
    expect(c.s.priority).toBe(true);
  });

  it('refuses a booking of another qualification or after its beginning', () => {
    const c = admitted();
    const day = town.cases.get(c.s.sessions[0]?.sessionCaseId ?? '') as ExamDay;
    c.book(day);
    day.fact('seat_booked', { caseId: town.id(), subjectId: people.stranger, qualification: 'x' });
    expect(day.rows()).toContain('EXS-T04');
    c.fact('seat_refused', { sessionCaseId: day.caseId, why: 'begun' });
    expect(c.s.priority).toBe(true);
    expect(c.rows()).toContain('P03-T29');
  });

  it('over before the booking reached it: the person chooses anew', () => {
    const c = admitted();
    const day = town.cases.get(c.s.sessions[0]?.sessionCaseId ?? '') as ExamDay;
    c.do(people.teacher, 'bookSeat', { sessionCaseId: day.caseId });
    day.do(people.operator, 'cancelSession', { statement: SHA(2) });
    expect(c.stage).toBe('waiting');
  });

  it('closed while somebody was not reached lets him choose another date out of turn', () => {
    const c = applied();
    const day = c.toExam();
    day.finish();
    expect(c.s.priority).toBe(true);
    expect(day.stateOf(c)).toBe('moved');
    expect(day.stage).toBe('closed');
  });

  it('takes a booking that arrives just after the list was closed, and tells the examiners', () => {
    const c = admitted();
    const day = town.cases.get(c.s.sessions[0]?.sessionCaseId ?? '') as ExamDay;
    day.day('2026-02-06');
    expect(day.stage).toBe('roster_closed');
    const late = town.id();
    day.fact('seat_booked', { caseId: late, subjectId: people.stranger, qualification: c.s.qualification });
    expect(day.s.candidates.map((x) => x.caseId)).toContain(late);
  });

  it('is scheduled by the centre, in time, with three examiners and some seats', () => {
    start();
    const day = (over: Record<string, unknown>) => town.examDay('2026-02-10', over);
    expect(() => day({ examiners: EXAMINERS.slice(0, 2) })).toThrow('examiners');
    expect(() => day({ capacity: 0 })).toThrow('capacity');
    expect(() => town.examDay('2026-01-16')).toThrow('too_early');
  });

  it('examiners changed or gone are looked at again', () => {
    const c = admitted();
    const day = town.cases.get(c.s.sessions[0]?.sessionCaseId ?? '') as ExamDay;
    c.book(day).day('2026-02-06');
    day.fact('employment', { personId: examiner(4), event: 'dismissed', on: '2026-02-06' });
    expect(day.s.examiners).toHaveLength(3);
    day.do(people.operator, 'changeExaminers', { examiners: [1, 2, 7].map(examiner) });
    expect(c.s.examiners.eligible.sort()).toEqual([1, 2, 7].map(examiner).sort());
    expect(c.events.filter((e) => e.type === 'examiners.checked')).toHaveLength(3);
    day.do(people.operator, 'changeExaminers', { examiners: [1, 2, 3].map(examiner) });
  });
});

describe('the exam', () => {
  it('is held by examiners who are not of the employer, nor mentor, tutor or teacher of the person', () => {
    const c = inPractice({}, [1, 2, 3, 5, 6].map(examiner));
    expect(c.s.examiners.eligible.sort()).toEqual([1, 2, 3].map(examiner).sort());
    expect(c.s.examiners.excluded).toEqual([
      { personId: examiner(5), why: 'same_organisation' },
      { personId: examiner(6), why: 'relation' },
    ]);
    expect(c.open('marks')).toHaveLength(3);
  });

  it('with fewer than three examiners without conflict does not begin, and the centre is told before', () => {
    const c = applied();
    c.toExam('2026-02-10', { examiners: [1, 2, 5].map(examiner) });
    expect(c.lettersOf('examiners-few')).toHaveLength(1);
    expect(c.s).toMatchObject({ stage: 'waiting', priority: true });
    expect(c.rows()).toContain('P03-T31');
  });

  it('needs the day, an opened session and the identity', () => {
    const c = admitted();
    expect(c.try(people.operator, 'checkIdentity', { identified: true })?.code).toBe('stage');
    c.book(town.cases.get(c.s.sessions[0]?.sessionCaseId ?? '') as ExamDay);
    expect(c.try(people.operator, 'checkIdentity', { identified: true })?.code).toBe('not_now');
    expect(c.try(people.operator, 'recordNoShow')?.code).toBe('not_now');
  });

  it('below the threshold of theory ends without the practical part', () => {
    const c = applied();
    c.toExam();
    c.identify();
    expect(c.try(people.operator, 'recordTheory', { score: 101 })?.code).toBe('score');
    c.theory(69);
    expect(c.s.result).toMatchObject({ passed: false, part: 'theory', examOn: '2026-02-10' });
    expect(c.open('marks')).toHaveLength(0);
    expect(c.s.theory).toBeUndefined();
  });

  it('a technical failure is not counted as an attempt, and the theory passed stays', () => {
    const c = inPractice();
    c.do(people.operator, 'technicalFailure', { act: 'А-1' });
    expect(c.s).toMatchObject({ stage: 'scheduled', interruptions: 1, theory: { passed: true } });
    c.identify();
    expect(c.stage).toBe('in_practice');
    expect(c.rows()).toContain('P03-T43');
    expect(c.marks(8, 8, 8).stage).toBe('graded');
  });

  it('a technical failure may take the person to another session at once', () => {
    const c = start();
    const next = town.examDay('2026-02-24');
    c.applyFor();
    const day = c.toExam();
    c.identify();
    c.do(people.operator, 'technicalFailure', { act: 'А-1', sessionCaseId: next.caseId });
    expect(c.s).toMatchObject({
      stage: 'scheduled',
      reschedules: 0,
      booking: { sessionCaseId: next.caseId, confirmed: true },
    });
    expect(day.stateOf(c)).toBe('left');
    next.opened();
    c.identify().theory(75);
    expect(c.stage).toBe('in_practice');
  });

  it('who breaks the rules is removed by an act, and may complain', () => {
    const c = inPractice();
    c.do(people.operator, 'removeFromExam', { statement: SHA(2) });
    expect(c.s.result).toMatchObject({ passed: false, part: 'removed' });
    c.protocol().recognise().document().do(people.teacher, 'familiarise');
    expect(c.try(people.teacher, 'complain', { document: SHA(3) })).toBeNull();
  });

  it('counts the mean of three marks, and calls a fourth examiner when they part too far', () => {
    expect(isDisputed([60, 75, 90], 0.3)).toBe(false);
    expect(isDisputed([60, 75, 90.1], 0.3)).toBe(true);
    const c = inPractice().marks(10, 5, 9);
    expect(c.stage).toBe('in_practice');
    expect(c.s.disputed).toBe(true);
    const fourth = c.open('marks')[0];
    expect(fourth?.assigneeId).toBe(
      EXAMINERS.slice(0, 4).find((id) => !c.s.tasks.some((t) => t.assigneeId === id && t.state === 'done')),
    );
    c.marks(6);
    expect(c.s.result?.practice).toEqual({ totals: [100, 50, 90, 60], mean: 75, passed: true });
    expect(c.rows()).toContain('P03-T50');
  });

  it('takes marks within the rubric, each low one with a comment, once', () => {
    const c = inPractice();
    const t = c.open('marks')[0] as { id: string; assigneeId: string };
    expect(c.try(t.assigneeId, 'submitMarks', { taskId: t.id, ...marks(8) })?.code).toBe('not_now');
    c.do(t.assigneeId, 'acceptTask', { taskId: t.id, noConflict: true });
    expect(c.try(t.assigneeId, 'submitMarks', { taskId: t.id, ...marks(11) })?.code).toBe('marks_incomplete');
    expect(c.try(t.assigneeId, 'submitMarks', { taskId: t.id, ...marks(3), commented: [] })?.errors).toHaveLength(4);
    c.do(t.assigneeId, 'submitMarks', { taskId: t.id, ...marks(8) });
    expect(c.try(t.assigneeId, 'submitMarks', { taskId: t.id, ...marks(9) })?.code).toBe('not_now');
    c.do(people.operator, 'returnForDefect', { taskId: t.id, statement: SHA(2) });
    c.do(t.assigneeId, 'submitMarks', { taskId: t.id, ...marks(8) });
    expect(c.marks(8, 8).stage).toBe('graded');
  });

  it('an examiner who declines, declares a conflict, is replaced or leaves gives his seat to the next', () => {
    const c = inPractice({}, [1, 2, 3, 4, 7].map(examiner));
    const [a, b] = c.open('marks') as Array<{ id: string; assigneeId: string }>;
    if (!a || !b) throw new Error('no seats');
    c.do(a.assigneeId, 'declineTask', { taskId: a.id });
    c.do(b.assigneeId, 'acceptTask', { taskId: b.id, noConflict: true });
    c.do(b.assigneeId, 'declareConflict', { taskId: b.id });
    expect(c.open('marks').map((t) => t.state)).toEqual(['assigned', 'assigned', 'assigned']);
    // The pool of five is used up: the operator names a substitute.
    const third = c.open('marks')[0] as { id: string; assigneeId: string };
    c.do(people.operator, 'reassignTask', { taskId: third.id, statement: SHA(2) });
    expect(c.s.exhausted).toBe(true);
    const left = c.open('marks').find((t) => t.state === 'assigned') as { assigneeId: string };
    c.fact('employment', { personId: left.assigneeId, event: 'dismissed', on: '2026-02-10' });
    expect(c.open('marks').filter((t) => t.state === 'created')).toHaveLength(2);
    c.do(people.operator, 'voidExam', { statement: SHA(2) });
    expect(c.stage).toBe('retake_open');
  });

  it('an examiner who declares a conflict at once or does not answer is replaced', () => {
    const c = inPractice({}, [1, 2, 3, 4, 7].map(examiner));
    const [a] = c.open('marks') as Array<{ id: string; assigneeId: string }>;
    c.do(a?.assigneeId as string, 'declareConflict', { taskId: a?.id });
    c.day('2026-02-13');
    expect(c.rows()).toContain('TASK-06');
    expect(c.rows()).toContain('TASK-07');
  });

  it('an examiner overdue with marks is called every day, then a substitute marks from the recording', () => {
    const c = inPractice({}, [1, 2, 3].map(examiner));
    const silent = c.open('marks').sort((x, y) => (x.id < y.id ? -1 : 1))[0] as { id: string; assigneeId: string };
    for (const t of c.open('marks')) c.do(t.assigneeId as string, 'acceptTask', { taskId: t.id, noConflict: true });
    for (const t of c.open('marks'))
      if (t.id !== silent.id) c.do(t.assigneeId as string, 'submitMarks', { taskId: t.id, ...marks(8) });
    c.day('2026-02-19');
    expect(c.lettersOf('examiner-call').length).toBeGreaterThanOrEqual(3);
    expect(c.s.exhausted).toBe(true);
    expect(c.try(silent.assigneeId, 'submitMarks', { taskId: silent.id, ...marks(8) })?.code).toBe('late_answer');
    expect(
      c.try(people.operator, 'nameSubstitute', { taskId: c.task('substitute'), personId: silent.assigneeId })?.code,
    ).toBe('examiner_known');
    // A substitute in conflict does not count: another one is asked for.
    c.do(people.operator, 'nameSubstitute', { taskId: c.task('substitute'), personId: examiner(5) });
    expect(c.s.exhausted).toBe(true);
    c.do(people.operator, 'nameSubstitute', { taskId: c.task('substitute'), personId: examiner(7) });
    expect(c.marks(7).stage).toBe('graded');
  });

  it('without a recording an exam that cannot be marked is annulled and retaken free', () => {
    const c = inPractice({ examiners: { ...DEFAULT_POLICY.examiners, recording: false } }, [1, 2, 3].map(examiner));
    const [a] = c.open('marks') as Array<{ id: string; assigneeId: string }>;
    c.do(a?.assigneeId as string, 'declineTask', { taskId: a?.id });
    expect(c.s).toMatchObject({ stage: 'retake_open', outcome: 'annulled' });
    expect(c.rows()).toContain('P03-T54');
    const child = town.child(c);
    // Not a second time the theory that was passed.
    expect(child.s).toMatchObject({ priority: true, paid: true, theory: { passed: true } });
  });

  it('an operator may extend an examiner and hand an office task on', () => {
    const c = inPractice();
    const [a] = c.open('marks') as Array<{ id: string; assigneeId: string }>;
    c.do(a?.assigneeId as string, 'acceptTask', { taskId: a?.id, noConflict: true });
    c.do(people.operator, 'extendTask', { taskId: a?.id, workingDays: 2, statement: SHA(2) });
    const exam = c.task('exam');
    c.do(people.operator, 'assignTask', { taskId: exam, personId: people.operator });
    c.do(people.operator, 'assignTask', { taskId: exam, personId: people.operator2 });
    c.day('2026-02-17');
    c.do(people.operator2, 'extendTask', { taskId: exam, workingDays: 2, statement: SHA(2) });
    expect(c.rows()).toEqual(
      expect.arrayContaining(['TASK-23', 'TASK-26', 'TASK-31', 'TASK-32', 'TASK-14', 'TASK-15']),
    );
  });

  it('a no-show lapses without a reason, and with a valid one the person chooses another date', () => {
    const missed = () => {
      const c = applied();
      c.toExam();
      return c.do(people.operator, 'recordNoShow');
    };
    const c = missed();
    expect(dayOf(c).stateOf(c)).toBe('absent');
    c.do(people.teacher, 'showReason', { document: SHA(4) });
    c.do(people.operator, 'acceptReason', { taskId: c.task('reason') });
    expect(c.s).toMatchObject({ stage: 'waiting', reschedules: 0 });
    const rejected = missed().do(people.teacher, 'showReason', { document: SHA(4) });
    rejected.do(people.operator, 'rejectReason', { taskId: rejected.task('reason'), statement: SHA(2) });
    expect(rejected.stage).toBe('lapsed');
    const silent = missed().day('2026-02-26');
    expect(silent.stage).toBe('lapsed');
    expect(silent.rows()).toContain('P03-T41');
  });

  it('takes over a theory of the last twelve months, so that only the practice is retaken', () => {
    const c = applied();
    c.toExam();
    c.identify().theory(75).marks(3, 3, 3).protocol().recognise().document();
    expect(c.s.result).toMatchObject({ passed: false, part: 'practice' });
    c.do(people.teacher, 'familiarise');
    const again = town.assessment().applyFor();
    expect(again.s.theory).toMatchObject({ score: 75, from: c.caseId });
    again.toExam('2026-04-14');
    expect(again.identify().stage).toBe('in_practice');
  });

  it('does not take over a theory older than twelve months', () => {
    const c = applied();
    c.toExam();
    c.identify().theory(75).marks(3, 3, 3).protocol().recognise().document().do(people.teacher, 'familiarise');
    c.day('2027-02-11');
    const again = town.assessment().applyFor();
    expect(again.s.theory).toBeUndefined();
    again.toExam('2027-03-16');
    expect(again.identify().stage).toBe('in_theory');
  });
});

describe('the council and the document', () => {
  it('gets both results by the seventh day from the exam, and decides in fourteen', () => {
    const c = applied().graded();
    const due = (kind: string) =>
      c.process.tasks(c.s, c.ctx()).find((t) => t.kind === kind && t.state === 'assigned')?.dueOn;
    expect(due('protocol')).toBe('2026-02-17');
    c.protocol();
    expect(due('verify')).toBe('2026-02-24');
    c.recognise();
    // Thirty days from the end of the exam, whatever the council took.
    expect(due('document')).toBe('2026-03-12');
  });

  it('issues a certificate with a number and a term by the qualification', () => {
    const c = applied().certified();
    expect(c.s).toMatchObject({
      stage: 'certified',
      document: { number: 'SK-61-2026-00002' },
      validUntil: '2031-02-10',
    });
    expect(c.entries.filter((e) => e.register === 'assessment_certificates').at(-1)).toMatchObject({
      status: 'valid',
      public: false,
    });
    const other3 = start(qualified({ validityYears: 3 }))
      .applyFor()
      .certified();
    expect(other3.s.validUntil).toBe('2029-02-10');
  });

  it('still issues it to who left the profession between the exam and the certificate', () => {
    const c = applied().graded();
    c.fact('employment', { personId: people.teacher, event: 'dismissed', on: '2026-02-11' });
    expect(c.protocol().recognise().document().stage).toBe('certified');
  });

  it('of another scheme has its own names, register and terms', () => {
    const c = start({
      scheme: 'sector',
      documents: { certificateRu: 'Сертификат', conclusionRu: 'Заключение', register: 'sector_certificates' },
    })
      .applyFor()
      .certified();
    expect(c.entries.at(-1)).toMatchObject({ register: 'sector_certificates', facts: { scheme: 'sector' } });
    expect(c.lettersOf('document-issued')[0]?.params.document).toBe('Сертификат');
  });

  it('annuls for a breach of procedure: a free retake with priority, and nobody is counted', () => {
    const c = applied().graded().protocol();
    c.do(people.council, 'annulExam', { taskId: c.task('verify'), statement: SHA(2) });
    expect(c.s).toMatchObject({ stage: 'retake_open', outcome: 'annulled' });
    const child = town.child(c);
    expect(child.s).toMatchObject({ stage: 'waiting', priority: true, parent: { caseId: c.caseId } });
    const protocols = c.entries.filter((e) => e.register === 'assessment_protocols');
    expect(protocols.map((e) => e.status)).toEqual(['graded', 'graded', 'annulled']);
  });

  it('a conclusion proposes a route, and the case ends when nobody complains', () => {
    const c = applied().concluded();
    expect(c.stage).toBe('concluded');
    expect(c.lettersOf('document-issued')[0]?.params.more).toContain('маршрут');
    c.day('2026-03-13');
    expect(c.s).toMatchObject({ stage: 'finished', outcome: 'refused' });
  });

  it('is informed by the centre too, never before the document', () => {
    const c = applied().graded().protocol().recognise().document();
    expect(c.try(people.operator, 'recordService', { on: '2026-02-01' })?.code).toBe('date_out_of_range');
    c.do(people.operator, 'recordService', { on: '2026-02-10', how: 'post' });
    expect(c.s.informedOn).toBe('2026-02-10');
    expect(c.open('deliver')).toHaveLength(0);
  });
});

describe('the complaint', () => {
  it('is taken on day thirty until midnight, moved from a day off, and not a day later', () => {
    // Informed on 6 March: the thirtieth day is Sunday, 5 April, so Monday is the last.
    const informed = () => {
      const c = applied().graded(60).protocol().recognise().document();
      c.day('2026-03-06').do(people.teacher, 'familiarise');
      return c;
    };
    const monday = informed().day('2026-04-06', '23:50');
    expect(monday.try(people.teacher, 'complain', { document: SHA(3) })).toBeNull();
    const tuesday = informed().day('2026-04-07', '00:10');
    expect(tuesday.stage).toBe('finished');
    expect(tuesday.try(people.teacher, 'complain', { document: SHA(3) })?.code).toBe('case_closed');
  });

  it('against a certificate is late after its term too', () => {
    const c = applied().certified().day('2026-03-13');
    expect(c.rows()).toContain('P03-T63');
    expect(c.try(people.teacher, 'complain', { document: SHA(3) })?.code).toBe('not_now');
  });

  it('upheld leaves the result, and is heard once', () => {
    const c = applied()
      .concluded()
      .do(people.teacher, 'complain', { document: SHA(3) });
    c.do(people.appeals, 'decideAppeal', { taskId: c.task('appeal_decision'), outcome: 'upheld', statement: SHA(4) });
    expect(c.stage).toBe('finished');
    const held = applied()
      .certified()
      .do(people.teacher, 'complain', { document: SHA(3) });
    held.do(people.appeals, 'decideAppeal', {
      taskId: held.task('appeal_decision'),
      outcome: 'upheld',
      statement: SHA(4),
    });
    expect(held.stage).toBe('certified');
    expect(held.try(people.teacher, 'complain', { document: SHA(3) })?.code).toBe('not_now');
  });

  it('changes the result: the council verifies the new one and the former document is annulled', () => {
    const c = applied()
      .concluded()
      .do(people.teacher, 'complain', { document: SHA(3) });
    const appeal = { taskId: c.task('appeal_decision'), outcome: 'changed', statement: SHA(4) };
    expect(c.try(people.appeals, 'decideAppeal', appeal)?.code).toBe('passed');
    c.do(people.appeals, 'decideAppeal', { ...appeal, passed: true });
    expect(c.stage).toBe('verification');
    expect(c.entries.at(-2)).toMatchObject({ status: 'annulled', facts: { kind: 'conclusion' } });
    expect(c.recognise().document().stage).toBe('certified');
  });

  it('gives a free retake', () => {
    const c = applied()
      .concluded()
      .do(people.teacher, 'complain', { document: SHA(3) });
    c.do(people.appeals, 'decideAppeal', { taskId: c.task('appeal_decision'), outcome: 'retake', statement: SHA(4) });
    expect(c.stage).toBe('retake_open');
    expect(town.child(c).s.paid).toBe(true);
  });

  it('of whoever paid needs the consent of the person and the fact of the result only', () => {
    const paid = (tellsPayer: boolean) => {
      const c = start().refer().accept({ tellsPayer }).admit().pay();
      c.toExam();
      c.identify().theory(60).protocol().recognise().document();
      return c.do(people.teacher, 'familiarise');
    };
    const silent = paid(false);
    expect(silent.lettersOf('payer-fact')).toHaveLength(0);
    expect(silent.try(people.employer, 'complain', { document: SHA(3) })?.code).toBe('not_now');
    const told = paid(true);
    const [letter] = told.lettersOf('payer-fact');
    expect(Object.keys(letter?.params ?? {}).sort()).toEqual(['due', 'fact', 'number', 'qualification']);
    expect(told.do(people.employer, 'complain', { document: SHA(3) }).stage).toBe('appeal');
  });

  it('is not heard by who examined or decided', () => {
    const c = applied()
      .concluded()
      .do(people.teacher, 'complain', { document: SHA(3) });
    const taskId = c.task('appeal_decision');
    const examined = inPractice().marks(3, 3, 3);
    expect(examined.s.involved).toHaveLength(3);
    expect(c.s.involved).toContain(people.council);
    expect(c.try(people.council, 'decideAppeal', { taskId, outcome: 'upheld' })?.code).toBe('role_missing');
  });

  it('a court act enters with the same outcomes', () => {
    const c = applied().certified().fact('court', { act: 'решение 2-15', effect: 'change', passed: false });
    expect(c.stage).toBe('verification');
    expect(c.recognise().stage).toBe('failed');
    const annulled = applied().certified().fact('court', { act: 'решение 2-16', effect: 'annul' });
    expect(annulled.stage).toBe('retake_open');
    expect(annulled.entries.filter((e) => e.register === 'assessment_certificates').at(-1)?.status).toBe('annulled');
    expect(applied().try('system', 'fact:court', { act: 'x', effect: 'annul' })?.code).toBe('not_applicable');
  });
});

describe('the term of the certificate', () => {
  it('invites six, three and one month before its end, and expires on its last day', () => {
    const c = applied().certified().day('2030-08-10', '12:00');
    expect(c.stage).toBe('expiring');
    // A reassessment is a new case, possible now.
    expect(town.assessment().try(people.teacher, 'apply', application())).toBeNull();
    c.day('2031-01-11');
    expect(c.lettersOf('validity')).toHaveLength(3);
    c.day('2031-02-11', '12:00');
    expect(c.s).toMatchObject({ stage: 'expired', outcome: 'granted' });
  });

  it('lost, damaged or with a changed surname is re-issued with the same number and term', () => {
    const c = applied().certified();
    c.fact('employment', { personId: people.teacher, event: 'surname_changed', on: '2026-02-10' });
    const { document, validUntil } = c.s;
    c.do(people.teacher, 'requestDuplicate', { cause: 'surname' });
    expect(c.try(people.teacher, 'requestDuplicate', { cause: 'lost' })?.code).toBe('not_now');
    c.do(people.operator, 'issueDuplicate', { taskId: c.task('duplicate') });
    expect(c.s).toMatchObject({ document, validUntil, reissues: 1 });
  });

  it('got by fraud is revoked after the holder was heard, and the entry stays', () => {
    const opened = () =>
      applied()
        .certified()
        .do(people.council, 'openRevocation', { ground: 'fraud', statement: SHA(2) });
    const c = opened().do(people.teacher, 'answerRevocation', { document: SHA(3) });
    const decision = { statement: SHA(4), decision: DECISION };
    c.do(people.council, 'decideRevocation', { taskId: c.task('revocation'), revoke: true, ...decision });
    expect(c.s).toMatchObject({ stage: 'revoked', outcome: 'annulled' });
    expect(c.entries.at(-1)).toMatchObject({ register: 'assessment_certificates', status: 'revoked' });
    const silent = opened().day('2026-02-26');
    expect(silent.rows()).toContain('P03-T81');
    silent.do(people.council, 'decideRevocation', { taskId: silent.task('revocation'), revoke: false, ...decision });
    expect(silent.stage).toBe('certified');
  });

  it('of a person with a merged duplicate record follows the person', () => {
    const c = applied().certified().fact('person_merged', { from: people.teacher, to: people.stranger });
    expect(c.s).toMatchObject({ initiatorId: people.stranger, formerIds: [people.teacher] });
    expect(c.try(people.stranger, 'requestDuplicate', { cause: 'lost' })).toBeNull();
    expect(c.try('system', 'fact:person_merged', { from: people.teacher, to: people.stranger })?.code).toBe(
      'not_applicable',
    );
  });
});

describe('the result belongs to the person', () => {
  it('is open to the employer who referred only while the person lets him', () => {
    const c = start().refer({ payer: 'budget' }).accept({ tellsPayer: false }).admit();
    c.toExam();
    c.identify().theory(90).marks(9, 9, 9).protocol().recognise().document().do(people.teacher, 'familiarise');
    const toEmployer = () =>
      c.letters
        .filter((l) => l.addressee.kind === 'person' && l.addressee.personId === people.employer)
        .map((l) => l.template);
    expect(toEmployer()).toEqual(['referral-accepted']);
    c.do(people.teacher, 'shareResult');
    expect(toEmployer()).toEqual(['referral-accepted', 'result-shared', 'incentive']);
    c.do(people.teacher, 'hideResult');
    expect(c.s.shared).toBe(false);
    const own = applied().concluded();
    expect(own.try(people.teacher, 'shareResult')?.code).toBe('not_now');
  });

  it('names no employer among the participants and no organisation in the summary', () => {
    const c = start().refer().accept();
    expect(c.process.participants(c.s).map((p) => p.personId)).not.toContain(people.employer);
    expect(c.process.summary(c.s, c.ctx()).applicantOrganisationId).toBeUndefined();
  });
});

it('ends when the person is informed of a conclusion whose complaint was decided before', () => {
  const c = start().applyFor().graded(60).protocol().recognise().document();
  c.do(people.teacher, 'complain', { document: SHA(3) });
  const decision = { taskId: c.task('appeal_decision'), outcome: 'upheld', statement: SHA(4) };
  c.do(people.appeals, 'decideAppeal', decision).do(people.teacher, 'familiarise');
  expect(c.stage).toBe('finished');
});

describe('repairs', () => {
  it('lets the administrator alone move a date, with a reason, and never a date of the norm', () => {
    const c = admitted();
    const move = { key: 'slot', dueOn: '2026-06-01', reason: 'болезнь оператора' };
    expect(c.try(people.operator, 'moveDeadline', move)?.code).toBe('role_missing');
    expect(c.try(people.admin, 'moveDeadline', { ...move, dueOn: '2026-01-01' })?.code).toBe('date_past');
    expect(c.try(people.admin, 'moveDeadline', { ...move, key: 'nothing' })?.code).toBe('no_such_deadline');
    c.do(people.admin, 'moveDeadline', move);
    expect(c.process.summary(c.s, c.ctx()).dueOn).toBe('2026-06-01');
    const concluded = applied().concluded();
    expect(concluded.try(people.admin, 'moveDeadline', { ...move, key: 'complaint' })?.code).toBe('fixed_date');
    const task = applied();
    task.do(people.admin, 'moveDeadline', { ...move, key: `task:${task.task('check')}:due` });
  });
});

describe('the policy', () => {
  it('is refused with the name of the parameter at fault', () => {
    const errors = (over: unknown) => {
      const checked = checkPolicy({ ...DEFAULT_POLICY, ...(over as object) });
      return checked.ok ? [] : checked.errors.map((e) => e.pointer);
    };
    expect(errors({})).toEqual([]);
    expect(errors({ scheme: 'x' })).toEqual(['/scheme']);
    expect(errors({ qualifications: [] })).toEqual(['/qualifications']);
    expect(errors(qualified({ theoryPass: 0, validityYears: 0, rubric: [] }))).toContain(
      '/qualifications/0/theoryPass',
    );
    expect(errors({ examiners: { ...DEFAULT_POLICY.examiners, count: 2, spreadShare: 2 } })).toEqual([
      '/examiners/count',
      '/examiners/spreadShare',
    ]);
    expect(errors({ expiryMonths: [1, 3] })).toEqual(['/expiryMonths']);
    expect(errors({ terms: { ...DEFAULT_POLICY.terms, reschedule: DEFAULT_POLICY.terms.offer } })).toEqual([
      '/terms/reschedule',
    ]);
    expect(errors({ unknown: 1 })).toEqual(['/unknown']);
  });
});

it('every stage has a row that leads to it, and every open one a row that leads out', () => {
  const { table, stages } = qualificationAssessment;
  for (const { code, final } of Object.values(stages)) {
    if (code !== 'offered')
      expect(
        table.some((r) => r.to === code),
        code,
      ).toBe(true);
    if (!final)
      expect(
        table.some((r) => Array.isArray(r.from) && r.from.includes(code)),
        code,
      ).toBe(true);
  }
  expect(session('2026-01-01').capacity).toBe(2);
});
