import { afterEach, describe, expect, it } from 'vitest';
import { Town, type Attestation } from '../../test/p02/pure.ts';
import { application, member, MEMBERS, ORDER, people, schedule, SCHOOL_2, SHA, uuid } from '../../test/p02/world.ts';
import { headAttestation } from './index.ts';
import { checkPolicy, DEFAULT_POLICY, type AttestationPolicy } from './policy.ts';

const told: Attestation[] = [];
let town = new Town();

function start(over: Partial<AttestationPolicy> = {}): Attestation {
  town = new Town();
  const c = town.attestation({ ...DEFAULT_POLICY, ...over });
  told.push(c);
  return c;
}
const planned = (over: Record<string, unknown> = {}, policy: Partial<AttestationPolicy> = {}) =>
  start(policy).plan(over);
const candidate = (policy: Partial<AttestationPolicy> = {}) => start(policy).applyFor();
const notConform = (c = planned()) => c.evaluated().voted('not_conform').act();

afterEach(() => {
  for (const c of told.splice(0)) c.assertSound();
});

describe('the schedule', () => {
  it('tells the incumbent his date at once, and begins documents ninety days before it', () => {
    const c = planned({ plannedOn: '2026-09-15' });
    expect(c.lettersOf('attestation-scheduled')).toHaveLength(1);
    expect(c.open('documents')).toHaveLength(0);
    c.day('2026-06-17');
    expect(c.rows()).toContain('P02-T05');
    expect(c.open('documents')).toHaveLength(1);
  });

  it('refuses a date that leaves less than thirty full days of notice, also when it is moved', () => {
    expect(start().try(people.founder, 'scheduleAttestation', schedule({ plannedOn: '2026-02-14' }))?.code).toBe(
      'notice_too_short',
    );
    const c = planned();
    expect(c.try(people.founder, 'replan', { plannedOn: '2026-02-02', order: ORDER })?.code).toBe('notice_too_short');
    c.do(people.founder, 'replan', { plannedOn: '2026-06-02', order: ORDER });
    expect(c.entries.at(-1)).toMatchObject({
      register: 'attestation_schedule',
      status: 'scheduled',
      facts: { plannedOn: '2026-06-02' },
    });
  });

  it('sends an acting head the way of a candidate, and leaves out organisations the order does not name', () => {
    expect(start().try(people.founder, 'scheduleAttestation', schedule({ acting: true }))?.code).toBe(
      'acting_is_candidate',
    );
    expect(start().try(people.founder, 'scheduleAttestation', schedule({ organisationKind: 'university' }))?.code).toBe(
      'organisation_kind',
    );
  });

  it('keeps one attestation per post, or one for both schools, by the policy', () => {
    const key = (c: Attestation) => c.claims.find((x) => x.kind === 'unique');
    expect(key(planned())).toMatchObject({ key: `${people.head}:${schedule().organisationId}` });
    expect(key(planned({}, { posts: 'joint' }))).toMatchObject({ key: people.head });
  });

  it('is drawn up by the founder, never for himself, and cases are led by nobody of the same school', () => {
    expect(start().try(people.secretary, 'scheduleAttestation', schedule())?.code).toBe('role_missing');
    expect(start().try(people.founder, 'scheduleAttestation', schedule({ personId: people.founder }))?.code).toBe(
      'segregation',
    );
    const c = planned();
    c.do(people.hr, 'confirmChecks', { taskId: c.task('checks') });
    expect(c.try(people.deputy, 'completeDocuments', { taskId: c.task('documents') })?.code).toBe('segregation');
  });
});

describe('documents', () => {
  it('admits only after the personnel office has checked', () => {
    const c = planned();
    expect(c.try(people.secretary, 'completeDocuments', { taskId: c.task('documents') })?.message).toContain(
      'Кадровая служба',
    );
    expect(c.documents().stage).toBe('admitted');
  });

  it('lapses a silent candidate after one reminder, and admits a silent incumbent with a note', () => {
    const c = candidate();
    c.do(people.secretary, 'reportDefects', { taskId: c.task('documents'), count: 2, statement: SHA(4) }).day(
      '2026-02-20',
    );
    expect([c.stage, c.s.outcome, c.lettersOf('attestee-reminder').length]).toEqual(['lapsed', 'lapsed', 1]);
    const head = planned();
    head
      .do(people.secretary, 'reportDefects', { taskId: head.task('documents'), count: 2, statement: SHA(4) })
      .day('2026-02-20');
    expect([head.stage, head.s.documentsNoted]).toEqual(['admitted', true]);
    const mended = candidate();
    mended.do(people.secretary, 'reportDefects', { taskId: mended.task('documents'), count: 1, statement: SHA(4) });
    mended.do(people.candidate, 'supplyDocuments', { document: SHA(5) });
    expect(mended.documents().stage).toBe('admitted');
  });

  it('refuses admission for a legal bar, tells the founder at once, and ends when nobody complains', () => {
    const c = planned();
    c.do(people.hr, 'reportBar', { taskId: c.task('checks'), ground: 'criminal_record' });
    expect(c.stage).toBe('refused_admission');
    expect(
      c.letters.some((l) => l.template === 'office-attention' && l.params.more?.toString().includes('331.1')),
    ).toBe(true);
    c.do(people.head, 'familiarise', { paper: 'act' }).day('2026-02-20');
    expect(c.stage).toBe('finished');
  });

  it('blames a missing submission on the founder: told at −45 days and again, never the attestee', () => {
    const c = planned().day('2026-03-20');
    const calls = c.events.filter((e) => e.type === 'submission.missing').map((e) => e.on);
    expect(calls[0]).toBe('2026-02-27');
    expect(calls.length).toBeGreaterThan(2);
    expect(c.stage).toBe('registered');
  });

  it('records a refusal to sign only with two witnesses, and takes own data of the attestee', () => {
    const c = planned().do(people.founder, 'fileSubmission', { document: SHA(3) });
    const on = c.today;
    expect(
      c.try(people.secretary, 'recordSubmissionService', { on, refusedToSign: true, witnesses: ['Иванов'] })?.code,
    ).toBe('witnesses');
    c.do(people.secretary, 'recordSubmissionService', {
      on,
      refusedToSign: true,
      witnesses: ['Иванов', 'Петров'],
      act: 'акт 1',
    });
    c.do(people.head, 'addOwnData', { document: SHA(4) });
    expect(c.s.submission.familiarisedOn).toBe(on);
    expect(c.try(people.head, 'familiariseSubmission')?.message).toContain('уже записано');
  });
});

describe('the test', () => {
  it('fails a candidate below the threshold: act, no new attempt before six months', () => {
    const c = candidate().documents().test(69);
    expect(c.stage).toBe('not_conform');
    c.act();
    expect(c.stage).toBe('closed');
    c.do(people.candidate, 'familiarise', { paper: 'act' }).day('2026-07-15');
    expect(c.claims.some((x) => x.kind === 'release')).toBe(false);
    c.day('2026-07-17');
    expect([c.stage, c.claims.at(-1)?.kind]).toEqual(['finished', 'release']);
  });

  it('allows one repeat where the policy does', () => {
    const c = candidate({ test: { ...DEFAULT_POLICY.test, repeats: 1 } })
      .documents()
      .test(50);
    expect(c.stage).toBe('admitted');
    expect(c.test(75).stage).toBe('tested');
  });

  it('records an incumbent below the threshold and lets the panel go on', () => {
    const c = planned().documents().test(40);
    expect([c.stage, c.rows().includes('P02-T24')]).toEqual(['tested', true]);
  });

  it('gives a second attempt on another day for a technical failure, and no third', () => {
    const c = planned().documents();
    c.do(people.secretary, 'setTest', { testOn: c.today }).do(people.secretary, 'recordTechnicalFailure', {
      testedOn: c.today,
      statement: SHA(4),
    });
    expect(c.try(people.secretary, 'recordTechnicalFailure', { testedOn: c.today })?.message).toContain('исчерпаны');
    expect(c.try(people.secretary, 'recordTest', { taskId: c.task('test'), score: 90, testedOn: c.today })?.code).toBe(
      'same_day',
    );
    expect(c.day('2026-01-16').test(90).stage).toBe('tested');
  });

  it('moves a test missed for a reason twice, and ends the third time', () => {
    const c = candidate().documents();
    for (const day of ['2026-01-30', '2026-02-13']) {
      c.do(people.secretary, 'recordNoShow', { missedOn: c.today }).do(people.candidate, 'showReason');
      expect(c.try(people.secretary, 'acceptReason', { testOn: '2026-05-01' })?.code).toBe('date_out_of_range');
      c.do(people.secretary, 'acceptReason', { testOn: day });
      expect(c.stage).toBe('rescheduled');
      c.day(day);
      expect(c.stage).toBe('admitted');
    }
    c.do(people.secretary, 'recordNoShow', { missedOn: c.today });
    expect([c.stage, c.rows().at(-1)]).toEqual(['lapsed', 'P02-T32']);
  });

  it('without a reason in three days ends a candidate and records an incumbent as absent', () => {
    const c = candidate()
      .documents()
      .do(people.secretary, 'recordNoShow', { missedOn: '2026-01-15' })
      .day('2026-01-21');
    expect([c.stage, c.rows().at(-1)]).toEqual(['lapsed', 'P02-T30']);
    const head = planned()
      .documents()
      .do(people.secretary, 'recordNoShow', { missedOn: '2026-01-15' })
      .day('2026-01-21');
    expect([head.stage, head.s.test.absent, head.rows().includes('P02-T31')]).toEqual(['tested', true, true]);
    expect(head.letters.some((l) => l.addressee.kind === 'role' && l.addressee.role === 'founder_head')).toBe(true);
  });

  it('rejects a bad reason at once; the third time an incumbent is absent', () => {
    const missed = (c: Attestation) =>
      c.do(people.secretary, 'recordNoShow', { missedOn: c.today }).do(c.s.initiatorId, 'showReason');
    expect(missed(candidate().documents()).do(people.secretary, 'rejectReason').rows().at(-1)).toBe('P02-T36');
    const head = missed(planned().documents()).do(people.secretary, 'rejectReason');
    expect(head.rows()).toContain('P02-T37');
    const third = planned().documents();
    for (const testOn of ['2026-01-30', '2026-02-13'])
      missed(third).do(people.secretary, 'acceptReason', { testOn }).day(testOn);
    expect(third.do(people.secretary, 'recordNoShow', { missedOn: third.today }).rows()).toContain('P02-T33');
  });

  it('counts a valid result of another school, and no stale or weak one', () => {
    const c = candidate().documents();
    const reuse = (score: number, testedOn: string) =>
      c.try(people.secretary, 'reuseTest', { fromCaseId: uuid(77), score, testedOn });
    expect(reuse(90, '2024-12-01')?.code).toBe('not_valid');
    expect(reuse(60, '2025-12-01')?.code).toBe('not_valid');
    c.do(people.secretary, 'reuseTest', { fromCaseId: uuid(77), score: 90, testedOn: '2025-12-01' });
    expect([c.stage, c.s.test.from]).toEqual(['tested', uuid(77)]);
  });
});

describe('the panel', () => {
  it('never seats the attestee’s superior or colleague, and ends with a recommendation and deficits', () => {
    const c = planned({ conflictIds: [uuid(301)] })
      .documents()
      .test(80);
    expect(c.open('review').map((t) => t.assigneeId)).not.toContain(uuid(301));
    c.accept().review('revise', 'revise');
    expect(c.stage).toBe('evaluated');
    expect(c.s.panelResult).toMatchObject({ recommendation: 'revise', deficits: ['development_programme', 'finance'] });
  });

  it('invites an arbiter when two experts differ, whose verdict stands', () => {
    const c = planned().documents().test(80).accept().review('approve', 'reject');
    expect(c.stage).toBe('tested');
    const [arbiter] = c.accept('arbitration').open('arbitration');
    expect(c.s.tasks.filter((t) => t.kind === 'review').map((t) => t.assigneeId)).not.toContain(arbiter?.assigneeId);
    c.do(arbiter?.assigneeId as string, 'submitArbitration', { taskId: arbiter?.id, ...conclude('approve') });
    expect([c.stage, c.s.panelResult?.recommendation, c.rows().includes('P02-T45')]).toEqual([
      'evaluated',
      'approve',
      true,
    ]);
  });

  it('voids a conclusion with a late conflict and recalculates, before the item is on an agenda', () => {
    const c = planned().evaluated();
    const done = c.s.tasks.find((t) => t.kind === 'review' && t.state === 'done');
    c.do(people.secretary, 'voidConclusion', { taskId: done?.id });
    expect([c.stage, c.open('fix_sitting').length]).toEqual(['tested', 0]);
    expect(c.accept().review('approve').stage).toBe('evaluated');
  });

  it('lets the arbiter wait while an expert is replaced, and asks him again only if they still differ', () => {
    const c = planned().documents().test(80).accept().review('approve', 'reject').accept('arbitration');
    const done = c.s.tasks.find((t) => t.result?.verdict === 'reject');
    c.do(people.secretary, 'voidConclusion', { taskId: done?.id });
    expect(c.open('arbitration')[0]?.state).toBe('on_hold');
    c.accept().review('reject');
    expect(c.open('arbitration')[0]?.state).toBe('in_progress');
    const agreed = planned().documents().test(80).accept().review('approve', 'reject');
    agreed.do(people.secretary, 'voidConclusion', {
      taskId: agreed.s.tasks.find((t) => t.result?.verdict === 'reject')?.id,
    });
    expect([agreed.accept().review('approve').stage, agreed.open('arbitration').length]).toEqual(['evaluated', 0]);
  });

  it('tells the secretary when nobody is eligible, and seats again when the pool is widened', () => {
    const c = planned({}, { panel: { ...DEFAULT_POLICY.panel, competences: ['rare'] } })
      .documents()
      .test(80);
    expect(c.rows()).toContain('P02-T41');
    c.day('2026-01-23');
    expect(
      c.lettersOf('office-attention').filter((l) => l.params.what?.toString().includes('по-прежнему')).length,
    ).toBeGreaterThan(1);
    c.do(people.secretary, 'widenPool', { extraCompetences: ['leadership.school'], statement: SHA(4) });
    expect(c.open('review').every((t) => t.assigneeId)).toBe(true);
  });

  it('keeps a late answer of a replaced expert as a note', () => {
    const c = planned().documents().test(80).accept().review('approve');
    const late = c.open('review')[0];
    c.day('2026-02-11');
    const denial = c.try(late?.assigneeId as string, 'submitReview', { taskId: late?.id, ...conclude('approve') });
    expect(denial?.code).toBe('late_answer');
    expect(c.rows().at(-1)).toBe('TASK-24');
  });

  it('replaces an expert who declines, finds a conflict before or after, leaves, or is replaced by order', () => {
    const c = planned().documents().test(80);
    const act = (type: string, who?: string) => {
      const [task] = c.open('review');
      c.do(who ?? (task?.assigneeId as string), type, { taskId: task?.id });
      expect(c.s.tasks.find((t) => t.id === task?.id)?.state).toMatch(/declined|reassigned/);
      expect(c.open('review').map((t) => t.assigneeId)).not.toContain(task?.assigneeId);
    };
    act('declineTask');
    act('declareConflict');
    c.accept();
    act('declareConflict');
    act('reassignTask', people.founderHead);
    expect(c.open('review')).toHaveLength(2);
    const checks = c.s.tasks.find((t) => t.kind === 'checks');
    expect(c.try(people.founderHead, 'reassignTask', { taskId: checks?.id })?.code).toBe('task_not_found');
  });

  it('returns a conclusion for a formal defect once', () => {
    const c = planned().documents().test(80).accept().review('approve');
    const taskId = c.s.tasks.find((t) => t.kind === 'review' && t.state === 'done')?.id;
    c.do(people.secretary, 'returnForDefect', { taskId });
    expect(c.open('review')).toHaveLength(2);
    c.review('approve', 'approve');
    expect([c.stage, c.rows().includes('TASK-21')]).toEqual(['evaluated', true]);
  });
});

describe('the sitting', () => {
  it('does not take an item before thirty full days after the submission was familiarised', () => {
    const c = planned().documents().test(80).accept().review('approve', 'approve');
    expect(
      c.try(people.secretary, 'fixSitting', { sittingCaseId: uuid(4999), heldOn: '2026-04-14' })?.message,
    ).toContain('не ознакомлен');
    c.day('2026-03-16').submission();
    const denial = c.try(people.secretary, 'fixSitting', { sittingCaseId: uuid(4999), heldOn: '2026-04-14' });
    expect(denial?.message).toContain('2026-04-16');
    expect(c.try(people.secretary, 'fixSitting', { sittingCaseId: uuid(4999), heldOn: '2026-04-16' })).toBeNull();
  });

  it('waits for the public’s opinion where the policy asks for one', () => {
    const c = planned({}, { publicOpinion: 'required' }).evaluated();
    const fix = () => c.try(people.secretary, 'fixSitting', { sittingCaseId: uuid(4999), heldOn: '2026-04-14' });
    expect(fix()?.message).toContain('общественности');
    c.do(people.publicRep, 'attachPublicOpinion', { body: 'родительский совет', document: SHA(4) });
    expect(fix()).toBeNull();
  });

  it('carries the item to the vote and brings the result back', () => {
    const c = planned().evaluated();
    const sitting = town.sitting().on('2026-04-14');
    c.book(sitting);
    expect(c.s.booking).toMatchObject({ accepted: true });
    sitting.session().vote(['for', 'for', 'for', 'for', 'for']).finish();
    expect(c.stage).toBe('voted');
    expect(c.s.vote).toMatchObject({ result: 'conform', on: '2026-04-14', inAbsence: false });
    expect(sitting.process.summary(sitting.s, sitting.ctx()).closed).toBe(true);
  });

  it('chooses another sitting when one refuses, is over, or stays silent', () => {
    const c = planned().evaluated();
    const over = town
      .sitting()
      .on('2026-04-14')
      .do(people.secretary, 'cancelSitting', { statement: SHA(1) });
    c.book(over);
    expect([c.rows().includes('P02-T53'), c.open('fix_sitting').length]).toEqual([true, 1]);
    const other = town.sitting().on('2026-04-21');
    c.do(people.secretary, 'fixSitting', { sittingCaseId: other.caseId, heldOn: '2026-04-14' });
    expect([c.rows().includes('P02-T52'), c.open('fix_sitting').length]).toEqual([true, 1]);
    c.book(other).day('2026-04-25');
    expect([c.rows().includes('P02-T58'), c.s.overdueSince, c.open('fix_sitting').length]).toEqual([
      true,
      '2026-04-21',
      1,
    ]);
  });

  it('asks the founder to change the commission when the quorum is lost twice for the same cause', () => {
    const c = planned().evaluated();
    for (const day of ['2026-04-14', '2026-04-28']) {
      const sitting = town.sitting().on(day);
      c.book(sitting);
      sitting.session(MEMBERS.slice(0, 5).map((m) => m.personId));
      town.settle();
      expect(headAttestation.summary(c.s, c.ctx()).dueOn).toBe('2026-04-14');
    }
    expect(c.rows().filter((r) => r === 'P02-T54')).toHaveLength(2);
    expect(c.rows()).toContain('P02-T55');
    expect(c.open('fix_sitting')).toHaveLength(0);
    c.do(people.founder, 'changeComposition', { order: ORDER });
    expect([c.s.moves, c.open('fix_sitting').length]).toEqual([[], 1]);
  });

  it('gives a full new notice after an absence for a valid reason, and decides without the one who has none', () => {
    const c = planned().evaluated();
    const sitting = town.sitting().on('2026-04-14');
    c.book(sitting);
    sitting.session().do(people.secretary, 'recordAbsence', { itemKey: sitting.item(), validReason: true });
    expect(c.s.notice).toBe('full');
    expect(c.try(people.secretary, 'fixSitting', { sittingCaseId: uuid(4999), heldOn: '2026-05-12' })?.code).toBe(
      'notice_too_short',
    );
    const again = town.sitting().on('2026-05-19');
    c.book(again);
    again
      .session()
      .do(people.secretary, 'recordAbsence', { itemKey: again.item(), validReason: false })
      .vote(['for', 'for', 'for', 'for', 'for']);
    expect(c.s.vote).toMatchObject({ result: 'conform', inAbsence: true });
    const young = candidate().evaluated();
    const third = town.sitting().on('2026-02-10');
    young.book(third);
    third.session().do(people.secretary, 'recordAbsence', { itemKey: third.item(), validReason: false });
    expect([young.stage, young.s.outcome]).toEqual(['lapsed', 'lapsed']);
  });

  it('takes its item back when the candidate withdraws', () => {
    const c = candidate().evaluated();
    const sitting = town.sitting().on('2026-02-10');
    c.book(sitting).do(people.candidate, 'withdraw');
    expect([c.stage, sitting.s.items[0]?.state]).toEqual(['withdrawn', 'withdrawn']);
    expect(planned().try(people.head, 'withdraw')?.code).toBe('not_now');
  });
});

describe('act and familiarisation', () => {
  it('enters the register for five years, or three, by the founder’s policy', () => {
    const c = planned().evaluated().voted('conform').act();
    expect(c.entries.findLast((e) => e.register === 'head_attestations')).toMatchObject({
      status: 'conform',
      validFrom: '2026-04-14',
      validUntil: '2031-04-14',
    });
    const { terms } = DEFAULT_POLICY;
    const three = planned({}, { terms: { ...terms, validity: { ...terms.validity, amount: 3 } } })
      .evaluated()
      .voted('conform')
      .act();
    expect(three.s.validUntil).toBe('2029-04-14');
  });

  it('asks for extract and act in time, and calls the secretary every three days until each is served', () => {
    const c = planned().evaluated().voted('conform').extract().act().day('2026-04-25');
    expect(c.events.filter((e) => e.type === 'decision.not_served').map((e) => [e.on, e.facts.paper])).toEqual([
      ['2026-04-17', 'act'],
      ['2026-04-17', 'extract'],
      ['2026-04-22', 'act'],
      ['2026-04-22', 'extract'],
    ]);
    c.do(people.head, 'familiarise', { paper: 'act' });
    expect(c.try(people.head, 'familiarise', { paper: 'act' })?.code).toBe('no_such_paper');
    c.do(people.secretary, 'recordService', {
      paper: 'extract',
      on: '2026-04-23',
      refusedToSign: true,
      witnesses: ['А', 'Б'],
    });
    expect(c.try(people.head, 'familiarise', { paper: 'extract' })?.code).toBe('not_now');
  });

  it('checks recommendations in twelve months, at the founder’s ten days, or on the secretary’s note', () => {
    const c = planned().evaluated().voted('conform_conditional').act();
    c.do(people.founder, 'setPlan', { items: 3, document: SHA(4) })
      .do(people.head, 'familiarise', { paper: 'act' })
      .day('2027-04-16');
    expect(c.rows()).toContain('P02-T71');
    c.do(people.founder, 'decideFulfilment', { taskId: c.task('conditional_decision'), fulfilled: true });
    expect(c.stage).toBe('conform');
    const early = planned()
      .evaluated()
      .voted('conform_conditional')
      .act()
      .do(people.secretary, 'noteFulfilment', { document: SHA(4) });
    early.do(people.founder, 'decideFulfilment', { taskId: early.task('conditional_decision'), fulfilled: false });
    expect([early.stage, early.s.related[0]?.variant]).toEqual(['due_again', 'extraordinary']);
    expect(town.child(early, 'extraordinary:1').s).toMatchObject({ variant: 'extraordinary', failuresBefore: 0 });
  });
});

describe('not conform', () => {
  it('escalates a founder silent for a month every five working days', () => {
    const c = notConform().extract().do(people.head, 'familiarise', { paper: 'act' }).day('2026-06-05');
    const calls = c.events.filter(
      (e) =>
        ['task.overdue', 'task.escalated'].includes(e.type) &&
        c.s.tasks.find((t) => t.id === e.facts.taskId)?.kind === 'founder_choice',
    );
    expect(calls.map((e) => `${e.on} ${e.type}`)).toEqual([
      '2026-05-14 task.overdue',
      '2026-05-21 task.escalated',
      '2026-05-28 task.escalated',
      '2026-06-04 task.escalated',
    ]);
    expect(c.letters.filter((l) => l.addressee.kind === 'role' && l.addressee.role === 'founder_head').length).toBe(4);
  });

  it('sets a retake between three and twelve months, and none after a second failure in a row', () => {
    const c = notConform();
    const retake = (plannedOn: string) =>
      c.try(people.founder, 'setRetake', {
        taskId: c.task('founder_choice'),
        plannedOn,
        order: ORDER,
        training: 'курсы',
      });
    expect(retake('2026-07-13')?.code).toBe('retake_window');
    expect(retake('2027-04-15')?.code).toBe('retake_window');
    expect(retake('2026-09-15')).toBeNull();
    expect(c.stage).toBe('retake_set');
    const second = town.child(c, 'retake:1');
    second.day('2026-06-18');
    second.evaluated();
    second.voted('not_conform').act();
    expect(
      second.try(people.founder, 'setRetake', { taskId: second.task('founder_choice'), plannedOn: '2027-01-15' })
        ?.message,
    ).toContain('второго');
    // The second case has told the first one, which kept the place.
    expect(c.stage).toBe('superseded');
    second.do(people.founder, 'chooseTransfer', { taskId: second.task('founder_choice'), consent: true, order: ORDER });
    expect(second.stage).toBe('closed_transferred');
  });

  it('bars a dismissal while a transfer is possible, during sickness or leave, and of a pregnant woman', () => {
    const c = notConform();
    const taskId = c.task('founder_choice');
    const dismiss = (over: object) =>
      c.try(people.founder, 'chooseDismissal', {
        taskId,
        noTransferPossible: true,
        sickOrOnLeave: false,
        pregnant: false,
        order: ORDER,
        ...over,
      });
    expect(dismiss({ pregnant: true })?.errors?.[0]?.pointer).toBe('/pregnant');
    expect(dismiss({ noTransferPossible: false, sickOrOnLeave: true })?.errors).toHaveLength(2);
    expect(dismiss({})).toBeNull();
    expect(c.stage).toBe('closed_dismissed');
  });
});

describe('candidates', () => {
  const conform = () => {
    const c = candidate().evaluated();
    return c.voted('conform').act();
  };

  it('are appointed, or offered the reserve after thirty days and entered with consent and order', () => {
    expect(conform().do(people.founder, 'recordAppointment', { order: ORDER }).stage).toBe('closed_appointed');
    const c = conform().do(people.candidate, 'familiarise', { paper: 'act' });
    c.day(c.later(40));
    expect(c.stage).toBe('closed_reserve_offered');
    c.do(people.candidate, 'acceptReserve').do(people.founder, 'enterReserve', {
      taskId: c.task('reserve_order'),
      order: ORDER,
    });
    expect(c.entries.at(-1)).toMatchObject({ register: 'cadre_reserve', status: 'in_reserve' });
    c.day('2027-06-01');
    expect([c.stage, c.entries.at(-1)?.status]).toEqual(['finished', 'left_expired']);
    const later = conform();
    later
      .day(later.later(40))
      .do(people.candidate, 'acceptReserve')
      .do(people.founder, 'enterReserve', { taskId: later.task('reserve_order'), order: ORDER });
    expect(later.do(people.founder, 'recordAppointment', { order: ORDER }).rows()).toContain('P02-T85');
  });

  it('may decline the reserve, or be silent for ten days', () => {
    const c = conform();
    expect(c.day(c.later(40)).do(people.candidate, 'declineReserve').stage).toBe('finished');
    const silent = conform();
    expect(silent.day(silent.later(70)).rows()).toContain('P02-T82');
  });

  it('found not to conform by the commission close with a cooldown', () => {
    const c = candidate().evaluated().voted('not_conform').act();
    expect([c.stage, c.rows().includes('P02-T65')]).toEqual(['closed', true]);
    expect(c.s.tasks.some((t) => t.kind === 'founder_choice')).toBe(false);
  });

  it('apply themselves, with consent, one school at a time or several', () => {
    expect(start().try(people.founder, 'apply', application())?.code).toBe('role_missing');
    expect(start().try(people.candidate, 'apply', application({ consent: false }))?.code).toBe('consent');
    const first = candidate();
    const second = start().applyFor({ organisationId: SCHOOL_2 });
    expect(first.claims.find((x) => x.kind === 'unique')).not.toEqual(second.claims.find((x) => x.kind === 'unique'));
  });
});

describe('appeal', () => {
  const appealed = (c = notConform()) => c.do(people.head, 'appeal', { statement: SHA(4) });
  const decide = (c: Attestation, outcome: string) =>
    c.do(people.appeals, 'decideAppeal', {
      taskId: c.task('appeal_decision'),
      outcome,
      order: ORDER,
      statement: SHA(4),
    });

  it('leaves, changes or returns the decision; members of the first one stand aside', () => {
    const upheld = decide(appealed(), 'upheld');
    expect([upheld.stage, upheld.task('founder_choice').length > 0]).toEqual(['not_conform', true]);
    expect(upheld.try(people.head, 'appeal')?.message).toContain('одну апелляцию');
    const changed = decide(appealed(), 'changed');
    expect([changed.stage, changed.s.validUntil]).toEqual(['conform', '2031-04-14']);
    const returned = decide(appealed(), 'returned');
    expect(returned.stage).toBe('evaluated');
    expect(returned.s.involved).toContain(member(1));
    const sitting = town.sitting().on(returned.later(60));
    returned.book(sitting);
    expect(sitting.session().s.items[0]?.recused.length).toBe(9);
  });

  it('begins anew with the documents where the commission had not decided', () => {
    const c = planned();
    c.do(people.hr, 'reportBar', { taskId: c.task('checks'), ground: 'education' });
    expect(decide(appealed(c), 'returned').stage).toBe('registered');
    expect(c.open('documents')).toHaveLength(1);
    const failed = candidate()
      .documents()
      .test(30)
      .act()
      .do(people.candidate, 'appeal', { statement: SHA(4) });
    expect(
      failed.try(people.appeals, 'decideAppeal', {
        taskId: failed.task('appeal_decision'),
        outcome: 'changed',
        order: ORDER,
      })?.code,
    ).toBe('review_needed');
    expect(decide(failed, 'returned').stage).toBe('registered');
  });

  it('is heard within thirty days of familiarisation only, and a court’s act enters the same way', () => {
    const c = notConform().do(people.head, 'familiarise', { paper: 'act' }).day('2026-05-20');
    expect(c.try(people.head, 'appeal', {})?.message).toContain('истёк');
    c.fact('court_act', { outcome: 'returned', on: '2026-05-20', act: 'решение' });
    expect([c.stage, c.rows().at(-2)]).toEqual(['evaluated', 'P02-T97']);
    expect(notConform().fact('court_act', { outcome: 'changed', on: '2026-05-20', act: 'решение' }).stage).toBe(
      'conform',
    );
    const bar = planned();
    bar.do(people.hr, 'reportBar', { taskId: bar.task('checks'), ground: 'education' });
    expect(bar.fact('court_act', { outcome: 'returned', on: '2026-01-20', act: 'решение' }).stage).toBe('registered');
  });
});

describe('validity', () => {
  const conform = (over: Partial<AttestationPolicy> = {}) =>
    planned({}, over)
      .evaluated()
      .voted('conform')
      .act()
      .do(people.head, 'familiarise', { paper: 'act' })
      .extract()
      .do(people.head, 'familiarise', { paper: 'extract' });

  it('enters the next schedule twelve months before, reminds at six and three, then tells the founder monthly', () => {
    const c = conform().day('2030-04-15');
    expect(c.stage).toBe('due_again');
    const next = town.child(c, 'planned:1');
    expect(next.s).toMatchObject({ variant: 'planned', plannedOn: '2031-03-14' });
    next.fact('exemption', { kind: 'childcare_leave', untilOn: '2030-06-20', act: 'приказ' });
    c.day('2031-07-20');
    expect(c.events.filter((e) => e.type === 'validity.reminded').map((e) => e.on)).toEqual([
      '2030-10-14',
      '2031-01-14',
    ]);
    expect(c.events.filter((e) => e.type === 'validity.ended')[0]?.on).toBe('2031-04-14');
    expect(c.events.filter((e) => e.type === 'validity.missing').length).toBe(3);
    next.evaluated().voted('conform').act();
    expect(c.stage).toBe('superseded');
    const ended = conform().day('2030-04-15');
    town.child(ended, 'planned:1').fact('post_left', { event: 'dismissed', on: '2030-04-15', act: 'приказ' });
    expect(ended.stage).toBe('finished');
  });

  it('goes with the head to another founder, or not, by the policy', () => {
    const fact = { founder: 'МОУО Б', organisationId: SCHOOL_2, on: '2026-05-01', act: 'приказ' };
    expect(conform({ portable: true }).fact('transferred', fact).stage).toBe('conform');
    const c = conform().fact('transferred', fact);
    expect([c.stage, c.entries.at(-1)?.status]).toEqual(['finished', 'not_portable']);
    expect(planned().fact('transferred', fact).stage).toBe('cancelled');
  });

  it('ends with the post', () => {
    const c = conform().fact('post_left', { event: 'dismissed', on: '2026-06-01', act: 'приказ' });
    expect([c.stage, c.entries.at(-1)?.status]).toEqual(['finished', 'left_post']);
    expect(candidate().try('system', 'fact:post_left', { event: 'dismissed' })?.code).toBe('not_applicable');
  });

  it('of a retake that ends on an agenda is told to the sitting and to the case that set it', () => {
    const c = notConform();
    const plannedOn = '2026-09-15';
    const taskId = c.task('founder_choice');
    c.do(people.founder, 'setRetake', { taskId, plannedOn, order: ORDER, training: 'курсы' });
    const child = town.child(c, 'retake:1');
    child.day('2026-06-18').evaluated();
    const sitting = town.sitting().on(plannedOn);
    child.book(sitting).fact('post_left', { event: 'retired', on: '2026-06-18', act: 'приказ' });
    expect([child.stage, sitting.s.items[0]?.state, c.stage]).toEqual(['cancelled', 'withdrawn', 'finished']);
  });

  it('is watched while a retake runs', () => {
    const { terms } = DEFAULT_POLICY;
    const c = notConform(planned({}, { terms: { ...terms, childWatch: { ...terms.childWatch, amount: 3 } } }));
    c.extract().do(people.head, 'familiarise', { paper: 'act' }).do(people.head, 'familiarise', { paper: 'extract' });
    c.do(people.founder, 'setRetake', {
      taskId: c.task('founder_choice'),
      plannedOn: '2027-04-14',
      order: ORDER,
      training: 'курсы',
    }).day('2026-12-01');
    expect(c.events.filter((e) => e.type === 'retake.watched')).toHaveLength(2);
  });
});

describe('exemptions', () => {
  it('postpone a pregnant head, find her date at the end of leave and a year, and rebuild the schedule', () => {
    const c = planned().fact('exemption', { kind: 'pregnancy', act: 'справка' });
    expect([c.stage, c.s.exemption?.resumeOn]).toEqual(['postponed', undefined]);
    c.day('2026-08-01');
    expect(c.events.filter((e) => e.type === 'exemption.check_asked').length).toBe(2);
    c.fact('exemption', { kind: 'maternity_leave', untilOn: '2026-10-30', act: 'приказ' });
    expect(c.entries.at(-1)).toMatchObject({ status: 'postponed', facts: { plannedOn: '2027-10-30' } });
    c.fact('exemption', { kind: 'childcare_leave', untilOn: '2028-02-10', act: 'приказ' }).fact('exemption_ended', {
      on: '2027-09-01',
      act: 'приказ',
    });
    expect(c.s.exemption?.resumeOn).toBe('2028-09-01');
    c.day('2028-09-02');
    expect([c.stage, c.rows().includes('P02-T113')]).toEqual(['registered', true]);
    expect(c.entries.at(-1)).toMatchObject({ status: 'scheduled' });
  });

  it('bring the case back at the stage whose results are still valid', () => {
    const sick = (until: string) =>
      planned().evaluated().fact('exemption', { kind: 'sick_leave', untilOn: until, act: 'лист' });
    const soon = sick('2026-06-01').day('2026-07-02');
    soon.documents();
    expect([soon.stage, soon.rows().includes('P02-T35'), soon.rows().includes('P02-T47')]).toEqual([
      'evaluated',
      true,
      true,
    ]);
    const stale = sick('2027-01-10').day('2027-02-15').documents();
    expect([stale.stage, stale.rows().includes('P02-T35')]).toEqual(['admitted', false]);
    const half = planned()
      .documents()
      .test(80)
      .fact('exemption', { kind: 'sick_leave', untilOn: '2026-06-01', act: 'лист' })
      .day('2026-07-02')
      .documents();
    expect([half.stage, half.open('review').length]).toEqual(['tested', 2]);
  });

  it('take the item back from a sitting', () => {
    const c = planned().evaluated();
    const sitting = town.sitting().on('2026-04-14');
    c.book(sitting).fact('exemption', { kind: 'sick_leave', act: 'лист' });
    expect([c.s.booking, sitting.s.items[0]?.state]).toEqual([undefined, 'withdrawn']);
  });

  it('do not concern a candidate; a merged school leaves the case running', () => {
    expect(candidate().try('system', 'fact:exemption', { kind: 'pregnancy' })?.code).toBe('not_applicable');
    const c = planned().fact('school_merged', { successorId: SCHOOL_2, on: '2026-02-01', act: 'приказ' });
    expect(c.s.organisationIds).toHaveLength(2);
    expect(c.try(people.founder, 'moveDeadline', { key: 'x' })?.code).toBe('role_missing');
  });

  it('cancel a planned attestation when the post is left, with every task', () => {
    const c = planned().fact('post_left', { event: 'retired', on: '2026-02-01', act: 'приказ' });
    expect([c.stage, c.entries.at(-1)?.status]).toEqual(['cancelled', 'removed']);
  });
});

describe('repairs', () => {
  it('moves a due date by an administrator only, never a validity', () => {
    const c = planned();
    const key = `task:${c.task('documents')}:due`;
    c.do(people.admin, 'moveDeadline', { key, dueOn: '2026-02-20', reason: 'сбой системы' });
    expect(c.events.at(-1)?.facts).toMatchObject({ on: '2026-02-20', previous: '2026-01-29', by: people.admin });
    c.day('2026-02-19');
    expect(c.events.some((e) => e.type === 'task.overdue' && e.facts.taskId === c.open('documents')[0]?.id)).toBe(
      false,
    );
    const valid = planned().evaluated().voted('conform').act().day('2030-05-01');
    expect(
      valid.try(people.admin, 'moveDeadline', { key: 'valid-until', dueOn: '2040-01-01', reason: 'нет' })?.code,
    ).toBe('fixed_date');
  });
});

describe('tasks of offices', () => {
  it('are given out, passed on, extended once, and taken over when their holder leaves', () => {
    const c = planned();
    const taskId = c.task('documents');
    c.do(people.founderHead, 'assignTask', { taskId, personId: people.secretary });
    expect(c.try(people.deputy, 'assignTask', { taskId, personId: people.deputy })?.code).toBeDefined();
    c.do(people.founderHead, 'assignTask', { taskId, personId: people.secretaryB });
    expect(c.try(people.secretary, 'reportDefects', { taskId, count: 1 })?.code).toBe('taken');
    c.do(people.founderHead, 'extendTask', { taskId, workingDays: 2 });
    expect(c.try(people.founderHead, 'extendTask', { taskId, workingDays: 1 })?.message).toContain('один раз');
    c.fact('employment', { personId: people.secretaryB, event: 'dismissed', on: '2026-01-16' });
    expect(c.open('documents')[0]?.assigneeId).toBeUndefined();
    c.do(people.hr, 'confirmChecks', { taskId: c.task('checks') }).day('2026-02-10');
    const act = planned().day('2026-01-27');
    act.do(people.founderHead, 'extendTask', { taskId: act.task('checks'), workingDays: 3 });
    expect(act.rows()).toContain('TASK-32');
  });
});

describe('the policy', () => {
  it('is refused with the name of the parameter at fault', () => {
    expect(checkPolicy(DEFAULT_POLICY)).toMatchObject({ ok: true });
    const bad = (over: object) => checkPolicy({ ...DEFAULT_POLICY, ...over });
    expect(bad({ posts: 'both' })).toMatchObject({ errors: [{ pointer: '/posts' }] });
    expect(bad({ portable: undefined })).toMatchObject({ errors: [{ pointer: '/portable' }] });
    expect(bad({ validityMonths: [3, 6] })).toMatchObject({ errors: [{ pointer: '/validityMonths' }] });
    expect(bad({ terms: { ...DEFAULT_POLICY.terms, act: { amount: 1.5, unit: 'wd', clause: 'x' } } })).toMatchObject({
      errors: [{ pointer: '/terms/act' }],
    });
    expect(bad({ panel: { ...DEFAULT_POLICY.panel, size: 3 } })).toMatchObject({
      errors: [{ pointer: '/panel/size' }],
    });
  });
});

function conclude(verdict: 'approve' | 'reject') {
  const codes = DEFAULT_POLICY.criteria.map((k) => k.code);
  return {
    scores: Object.fromEntries(codes.map((code) => [code, 2])),
    verdict,
    remarks: verdict === 'approve' ? [] : [{ id: 'r1', criterion: codes[0], place: 'раздел 1' }],
    document: SHA(7),
  };
}
