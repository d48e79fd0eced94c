/** Defects once found by the walks at random and by reading the table: each test was seen failing. */
import { describe, expect, it } from 'vitest';
import { PureCase } from '../../test/p01/pure-case.ts';
import { conclusion, expert, people, programme, SHA, uuid } from '../../test/p01/world.ts';
import { aggregate } from '../kit/panel.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { dppCertification } from './index.ts';
import { offers } from './rules/index.ts';
import { deadlines } from './terms.ts';

const start = () => new PureCase('2026-02-02T07:00:00.000Z');
const ORDER = { number: '15-р', date: '2026-03-02' };
const stay = { effect: 'stay', on: '2026-02-03', act: 'определение' };
const resume = { effect: 'resume', on: '2026-02-10', act: 'определение' };
const armed = (c: PureCase) => deadlines(c.s, c.ctx()).map((d) => d.key);
const certified = () => start().toPanel().review('approve', 'approve', 'approve').certify();
const done = (c: PureCase, kind = 'review', verdict?: string) =>
  c.s.tasks.find((t) => t.kind === kind && t.state === 'done' && (!verdict || t.result?.verdict === verdict))?.id;
const minor = () => ({
  ...programme(),
  modules: programme().modules.map((m, i) => (i === 2 ? { ...m, title: 'Иначе' } : m)),
});

describe('nothing is armed when nothing is awaited', () => {
  it('forgets the stay of a court when the provider withdraws under it', () => {
    const c = start().toPanel().do('system', 'fact:court_act', stay).do(people.head, 'withdraw');
    expect(armed(c)).toEqual([]);
  });

  it('stops calling for experts when the application is withdrawn while the pool is empty', () => {
    const c = start();
    c.candidates = [];
    c.submit().check();
    expect(armed(c)).toContain('pool:1');
    c.do(people.head, 'withdraw');
    expect(armed(c)).toEqual([]);
  });

  it('ends an annulment together with the entry', () => {
    const c = certified().day('2029-01-25');
    c.do(people.coordinator, 'openAnnulment', { ground: 'conflict', statement: SHA(3) }).day('2029-02-03', '00:01');
    expect(c.stage).toBe('expired');
    expect(armed(c)).toEqual([]);
  });

  it('lets an annulment and a minor change begin again after an appeal restored the entry', () => {
    const c = certified();
    c.do(people.head, 'requestMinorChange', { programme: minor(), document: SHA(6), statement: SHA(3) });
    c.do(people.coordinator, 'suspend', { cause: 'complaint_upheld', order: ORDER, statement: SHA(3) });
    c.do(people.coordinator, 'openAnnulment', { ground: 'conflict', statement: SHA(3) }).do(
      people.head,
      'answerAnnulment',
      { statement: SHA(3) },
    );
    c.day('2026-03-20');
    expect(c.stage).toBe('delisted');
    c.do(people.head, 'appeal', { statement: SHA(3) });
    c.do(people.appeals, 'decideAppeal', {
      taskId: c.task('appeal_decision'),
      outcome: 'changed',
      order: ORDER,
      statement: SHA(3),
    });
    expect(c.stage).toBe('certified');
    c.do(people.coordinator, 'openAnnulment', { ground: 'conflict', statement: SHA(3) });
    c.do(people.head, 'requestMinorChange', { programme: minor(), document: SHA(6), statement: SHA(3) });
    expect(c.open('minor_change')).toHaveLength(1);
  });
});

describe('a date moved by hand is used up when it comes', () => {
  it('asks about familiarisation again after a term counted from the moved date', () => {
    const c = start().toPanel().review('reject', 'reject', 'reject').refuse();
    c.do(people.admin, 'moveDeadline', { key: 'familiarisation', dueOn: '2026-03-02', reason: 'сбой' });
    c.day('2026-03-03');
    expect(c.s.familiarisationCalls).toBe(1);
    expect(deadlines(c.s, c.ctx()).find((d) => d.key === 'familiarisation')?.due.dueOn).toBe('2026-03-17');
  });

  it('moves the review of a stay once, and counts the next from it', () => {
    const c = start().toPanel().do('system', 'fact:court_act', stay);
    c.do(people.admin, 'moveDeadline', { key: 'court-stay', dueOn: '2026-03-02', reason: 'сбой' }).day('2026-03-03');
    expect(c.s.held?.calls).toBe(1);
    expect(deadlines(c.s, c.ctx())[0]?.due.dueOn).toBe('2026-05-04');
  });

  it('moves the next call for experts', () => {
    const c = start();
    c.candidates = [];
    c.submit().check();
    c.do(people.admin, 'moveDeadline', { key: 'pool:1', dueOn: '2026-02-13', reason: 'сбой' });
    expect(deadlines(c.s, c.ctx()).find((d) => d.key === 'pool:1')?.due.dueOn).toBe('2026-02-13');
    c.day('2026-02-14');
    expect(deadlines(c.s, c.ctx()).find((d) => d.key === 'pool:2')?.due.dueOn).toBe('2026-02-17');
  });

  it('gives a second annulment a term of its own', () => {
    const c = certified().do(people.coordinator, 'openAnnulment', { ground: 'conflict', statement: SHA(3) });
    c.do(people.admin, 'moveDeadline', { key: 'annulment-answer', dueOn: '2026-02-04', reason: 'сбой' }).day(
      '2026-02-05',
    );
    c.do(people.coordinator, 'decideAnnulment', {
      taskId: c.task('annulment_decision'),
      annul: false,
      order: ORDER,
      statement: SHA(3),
    });
    c.do(people.coordinator, 'openAnnulment', { ground: 'conflict', statement: SHA(3) });
    expect(deadlines(c.s, c.ctx()).find((d) => d.key === 'annulment-answer')?.due.dueOn).toBe('2026-02-19');
  });
});

describe('a task is done by whom it belongs to', () => {
  it('lets nobody accept an expert’s invitation for him', () => {
    const c = start().submit().check();
    const taskId = c.open('review')[0]?.id;
    for (const who of [people.operator, people.coordinator, people.appeals, expert(12)])
      expect(c.try(who, 'acceptTask', { taskId, noConflict: true })?.code).toBe('not_assignee');
  });

  it('lets nobody decline an expert’s task for him, another expert of the register included', () => {
    const c = start().submit().check();
    const [mine, other] = c.open('review');
    const registered = {
      ...c.actor(other?.assigneeId as string),
      assignments: [{ role: 'expert' as const, scope: { kind: 'country' as const }, from: '2019-01-01' }],
    };
    const decision = dppCertification.decide(
      c.s,
      { id: 'x', type: 'declineTask', payload: { taskId: mine?.id }, actor: registered, receivedAt: c.now },
      c.ctx(),
    );
    expect(decision.ok ? null : decision.denial.code).toBe('not_assignee');
  });

  it('lets an office take only its own tasks', () => {
    const c = start().submit();
    expect(c.try(people.coordinator, 'acceptTask', { taskId: c.task('technical_check') })?.code).toBe('role_missing');
    expect(c.try(people.appeals, 'acceptTask', { taskId: c.task('technical_check') })?.code).toBe('role_missing');
    c.check().accept().review('approve', 'approve', 'approve');
    expect(c.try(people.operator, 'acceptTask', { taskId: c.task('decision') })?.code).toBe('role_missing');
    expect(c.try(people.operator, 'assignTask', { taskId: c.task('decision'), personId: people.operator })?.code).toBe(
      'role_missing',
    );
    c.certify();
  });

  it('hands an appeal to nobody who took part in the first decision', () => {
    const c = start()
      .toPanel()
      .review('reject', 'reject', 'reject')
      .refuse()
      .do(people.head, 'appeal', { statement: SHA(3) });
    const taskId = c.task('appeal_decision');
    expect(c.try(people.admin, 'assignTask', { taskId, personId: people.coordinator })?.code).toBe('assignee_excluded');
    c.do(people.admin, 'assignTask', { taskId, personId: people.appeals });
  });

  it('does not offer a signature to whom it will refuse it', () => {
    const c = start().submit();
    c.do(people.operator, 'reportDefects', { taskId: c.task('technical_check'), count: 1, statement: SHA(4) });
    const offer = offers(c.s, c.actor(people.clerk), c.ctx()).find((o) => o.type === 'resubmit');
    expect(offer).toMatchObject({ allowed: false });
    expect(offers(c.s, c.actor(people.head), c.ctx()).find((o) => o.type === 'resubmit')).toMatchObject({
      allowed: true,
    });
  });

  it('takes no deadline from a person', () => {
    const c = start().submit();
    expect(c.try(people.head, 'deadline', { key: armed(c)[0] })?.code).toBe('not_for_people');
  });
});

describe('the panel keeps its seats', () => {
  it('does not return to an expertise that a lost licence has ended', () => {
    const c = start()
      .toPanel()
      .review('approve')
      .do('system', 'fact:licence_lost', { on: '2026-02-03', act: 'приказ' });
    expect(c.try(people.coordinator, 'voidConclusion', { taskId: done(c) })?.code).toBe('not_now');
  });

  it('voids an arbiter while an expert is being replaced without leaving the expertise', () => {
    const c = start().toPanel().review('approve', 'approve', 'reject').accept('arbitration').arbitrate('approve');
    c.do(people.coordinator, 'voidConclusion', { taskId: done(c, 'review', 'reject') });
    c.do(people.coordinator, 'voidConclusion', { taskId: done(c, 'arbitration') });
    expect(c.stage).toBe('under_expertise');
    c.accept().review('reject');
    expect(c.stage).toBe('arbitration');
    expect(c.open('arbitration')).toHaveLength(1);
    c.accept('arbitration').arbitrate('approve');
    expect(c.s.proposal).toEqual({ kind: 'certify', basis: 'arbiter' });
  });

  it('leaves the text of an arbiter who was not needed in the end as a note', () => {
    const c = start().toPanel().review('approve', 'approve', 'reject').accept('arbitration').arbitrate('approve');
    c.do(people.coordinator, 'voidConclusion', { taskId: done(c, 'review', 'reject') })
      .accept()
      .review('approve');
    expect(c.s.proposal).toEqual({ kind: 'certify', basis: 'panel' });
    expect(c.try(people.coordinator, 'voidConclusion', { taskId: done(c, 'arbitration') })?.code).toBe('not_now');
  });

  it('keeps an arbiter waiting for the replaced expert when a court lets the case go on', () => {
    const c = start().toPanel().review('approve', 'approve', 'reject').accept('arbitration');
    c.do(people.coordinator, 'voidConclusion', { taskId: done(c, 'review', 'reject') });
    c.do('system', 'fact:court_act', stay).do('system', 'fact:court_act', resume);
    expect(c.open('arbitration')[0]?.state).toBe('on_hold');
    c.accept().review('reject');
    expect(c.open('arbitration')[0]?.state).toBe('in_progress');
  });

  it('calls a new arbiter only when he is needed, if the waiting one dies', () => {
    const c = start().toPanel().review('approve', 'approve', 'reject').accept('arbitration');
    const gone = c.open('arbitration')[0]?.assigneeId;
    c.do(people.coordinator, 'voidConclusion', { taskId: done(c, 'review', 'reject') });
    c.do('system', 'fact:employment', { personId: gone, event: 'died', on: '2026-02-03' });
    expect(c.open('arbitration')).toEqual([]);
    c.accept().review('reject');
    expect(c.open('arbitration').map((t) => [t.state, t.assigneeId === gone])).toEqual([['assigned', false]]);
  });

  it('asks the arbiter again too when a court cancels the criteria he judged by', () => {
    const c = start().toPanel().review('approve', 'approve', 'reject').accept('arbitration').arbitrate('approve');
    c.do('system', 'fact:court_act', { ...stay, effect: 'criteria_cancelled' });
    c.do(people.coordinator, 'repin', { policyVersionId: 'p2', statement: SHA(3) });
    expect(c.stage).toBe('under_expertise');
    c.accept().review('approve', 'approve', 'reject');
    expect(c.stage).toBe('arbitration');
  });

  it('honours an objection upheld after the expert has answered', () => {
    const c = start().toPanel();
    const bad = c.open('review')[0];
    c.do(people.head, 'objectToExpert', { ordinal: bad?.ordinal, statement: SHA(3) }).review('reject');
    c.do(people.coordinator, 'decideObjection', { upheld: true, statement: SHA(3) });
    expect(c.s.tasks.find((t) => t.id === bad?.id)?.state).toBe('voided');
    expect(c.open('review').map((t) => t.assigneeId)).not.toContain(bad?.assigneeId);
    expect(c.open('review')).toHaveLength(3);
  });

  it('counts the spread over the criteria asked for', () => {
    const asked = DEFAULT_POLICY.criteria.slice(0, 2);
    const of = (extra: number) => ({
      taskId: 't',
      ordinal: 1,
      verdict: 'approve' as const,
      remarks: [],
      scores: { ...Object.fromEntries(asked.map((x) => [x.code, 2])), practice: extra },
    });
    expect(aggregate([of(0), of(2)], { size: 2, table: null, spreadShare: 0.3 }, asked)).toMatchObject({
      spread: 0,
      result: 'approve',
    });
  });
});

describe('the decision', () => {
  it('proposes to refuse for the licence even when the panel had approved, and that refusal is a formal one', () => {
    const c = start()
      .toPanel()
      .review('approve', 'approve', 'approve')
      .do('system', 'fact:licence_lost', { on: '2026-02-03', act: 'приказ' });
    expect(c.s.proposal).toEqual({ kind: 'refuse', basis: 'licence' });
    expect(c.refuse().s.decision?.formal).toBe(true);
  });

  it('has no outcome again while an appeal’s new panel works', () => {
    const c = start()
      .toPanel()
      .review('reject', 'reject', 'reject')
      .refuse()
      .do(people.head, 'appeal', { statement: SHA(3) });
    c.do(people.appeals, 'decideAppeal', {
      taskId: c.task('appeal_decision'),
      outcome: 'returned',
      order: ORDER,
      statement: SHA(3),
    });
    expect(c.s.outcome).toBeUndefined();
  });

  it('adds no note to a case that is over', () => {
    const c = start().toPanel();
    const gone = c.open('review')[0];
    c.do(people.coordinator, 'reassignTask', { taskId: gone?.id })
      .accept()
      .review('reject', 'reject', 'reject')
      .refuse();
    c.do(people.head, 'familiarise').day('2026-08-01');
    const before = c.events.length;
    c.try(gone?.assigneeId as string, 'submitReview', { taskId: gone?.id, ...conclusion('approve') });
    expect(c.events.length).toBe(before);
  });
});

describe('the entry', () => {
  const expiring = () =>
    certified()
      .day('2028-12-01')
      .do(people.head, 'recertify', { programme: programme(), document: SHA(5) })
      .do('system', 'work:open_child', {
        key: 'open:recertification:1',
        childKey: 'recertification:1',
        childCaseId: uuid(77),
      });
  const granted = {
    childKey: 'recertification:1',
    childCaseId: uuid(77),
    outcome: 'granted',
    document: SHA(5),
    programme: programme(),
  };

  it('gets its new term also when it is suspended at that moment', () => {
    const c = expiring().do(people.coordinator, 'suspend', {
      cause: 'complaint_upheld',
      order: ORDER,
      statement: SHA(3),
    });
    c.do('system', 'fact:child_closed', granted);
    expect(c.stage).toBe('suspended');
    expect(c.s.entry?.validUntil).toBe('2032-02-02');
    c.do(people.coordinator, 'confirmCure', { order: ORDER, statement: SHA(3) });
    expect(c.stage).toBe('certified');
  });

  it('lets the operator settle a minor change of an entry that has been suspended or prolonged since', () => {
    const c = certified().do(people.head, 'requestMinorChange', {
      programme: minor(),
      document: SHA(6),
      statement: SHA(3),
    });
    c.do(people.coordinator, 'suspend', { cause: 'complaint_upheld', order: ORDER, statement: SHA(3) });
    c.do(people.operator, 'confirmMinorChange', { taskId: c.task('minor_change') });
    expect(c.s.entry?.version).toBe(2);
  });

  it('lets an annulment go on when the entry is prolonged meanwhile', () => {
    const c = expiring().day('2029-01-30');
    c.do(people.coordinator, 'openAnnulment', { ground: 'conflict', statement: SHA(3) }).day('2029-02-10');
    expect(c.stage).toBe('prolonged');
    c.do(people.head, 'answerAnnulment', { statement: SHA(3) });
    c.do(people.coordinator, 'decideAnnulment', {
      taskId: c.task('annulment_decision'),
      annul: true,
      order: ORDER,
      statement: SHA(3),
    });
    expect(c.stage).toBe('annulled');
  });

  it('opens no related case for an entry that is gone', () => {
    const c = certified().day('2028-12-01');
    c.try(people.head, 'recertify', { programme: programme(), document: SHA(5) });
    c.try(people.head, 'delistByRequest', {});
    expect(c.stage).toBe('delisted');
    expect(dppCertification.work(c.s)).toEqual([]);
  });

  it('gives a related case no entry of its own when an appeal changes its formal refusal', () => {
    const c = start();
    c.do('system', 'open_related', {
      kind: 'change',
      programme: programme(),
      document: SHA(5),
      initiatorId: people.head,
      parent: { caseId: uuid(1), key: 'change:1', entryNumber: 'FR-000001' },
      shortened: false,
    });
    c.do(people.operator, 'reportNoLicence', { taskId: c.task('technical_check') })
      .refuse()
      .do(people.head, 'appeal', { statement: SHA(3) });
    c.do(people.appeals, 'decideAppeal', {
      taskId: c.task('appeal_decision'),
      outcome: 'changed',
      order: ORDER,
      statement: SHA(3),
    });
    expect(c.stage).toBe('incorporated');
    expect(c.s.entry).toBeUndefined();
  });
});

describe('tasks and their reminders', () => {
  it('skips the reminders whose day was past when a term was extended', () => {
    const c = start().submit().day('2026-02-09');
    expect(c.s.tasks[0]?.reminded).toEqual([3, 1]);
    c.do(people.coordinator, 'extendTask', { taskId: c.task('technical_check'), workingDays: 1 });
    expect(armed(c).filter((k) => k.includes('remind'))).toEqual([]);
  });

  it('gives a conclusion returned for a defect the days of the return, whatever was moved before', () => {
    const c = start().toPanel();
    const t = c.open('review')[0];
    c.do(people.admin, 'moveDeadline', { key: `task:${t?.id}:due`, dueOn: '2026-02-27', reason: 'сбой' }).review(
      'approve',
    );
    c.do(people.coordinator, 'returnForDefect', { taskId: t?.id });
    expect(deadlines(c.s, c.ctx()).find((d) => d.key === `task:${t?.id}:due`)?.due.dueOn).toBe('2026-02-04');
  });

  it('keeps the task of an office paused when its holder leaves during a stay', () => {
    const c = start().submit();
    c.do(people.operator, 'acceptTask', { taskId: c.task('technical_check') }).do('system', 'fact:court_act', stay);
    c.do('system', 'fact:employment', { personId: people.operator, event: 'dismissed', on: '2026-02-03' });
    expect(c.open('technical_check').map((t) => [t.state, t.assigneeId])).toEqual([['on_hold', undefined]]);
    c.day('2026-02-10').do('system', 'fact:court_act', resume);
    expect(c.open('technical_check').map((t) => t.state)).toEqual(['assigned']);
    expect(deadlines(c.s, c.ctx()).find((d) => d.key.endsWith(':due'))?.due.dueOn).toBe('2026-02-17');
  });
});
