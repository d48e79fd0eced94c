import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkJournal, checkRest } from '../../test/p04/invariants.ts';
import { PureCycle } from '../../test/p04/pure-case.ts';
import {
  FAR_PLACE,
  FIT,
  MONTH_WORK,
  opening,
  people,
  PLACE_2,
  SCHOOL,
  SCHOOL_2,
  SHA,
  uuid,
} from '../../test/p04/world.ts';
import { checkPolicy, DEFAULT_POLICY } from './policy.ts';
import { ALL_ROWS, STAGES } from './stages.ts';

/** Every story ends with the table, the fold and the rest checked. */
function told(c: PureCycle): PureCycle {
  expect(checkJournal(c.events, c.s, c.caseId)).toEqual([]);
  expect(checkRest(c.s, c.ctx())).toEqual([]);
  return c;
}

const letters = (c: PureCycle, template: string) => c.letters.filter((l) => l.template === template);
const toGate = (c: PureCycle) => c.day('2027-08-25').content();

describe('the way through', () => {
  it('runs 36 months, three gates, and ends with a certificate', () => {
    const c = new PureCycle().toYear1();
    expect(c.stage).toBe('year_1');
    c.yearOfWork().pass();
    expect(c.stage).toBe('year_2');
    c.ppn().yearOfWork().pass().ppn();
    expect(c.stage).toBe('year_3');
    c.yearOfWork().conclude();
    expect(c.stage).toBe('completed');
    expect(c.find('cycle.completed')?.facts.certificate).toMatch(/^MEN-С-42-\d{5}$/);
    expect(c.types().filter((t) => t === 'quarter.missed')).toEqual([]);
    expect(c.s.phases.map((p) => [p.year, p.quartersMet, p.quartersMissed])).toEqual([
      [1, 4, 0],
      [2, 4, 0],
      [3, 4, 0],
    ]);
    expect(c.claims.at(-1)).toEqual({ kind: 'release', scope: 'mentoring-cycle', key: people.teacher });
    told(c);
  });

  it('stays small: a full cycle is a few hundred events and a state of some kilobytes', () => {
    const c = new PureCycle().toYear1();
    let largest = 0;
    c.watch = (_before, _event, after) => (largest = Math.max(largest, JSON.stringify(after).length));
    c.yearOfWork().pass().ppn().yearOfWork().pass().ppn().yearOfWork().conclude();
    expect(c.events.length).toBeLessThan(400);
    expect(largest).toBeLessThan(20_000);
  });

  it('lives through three years in which nobody does anything, and waits for the gate', () => {
    const c = new PureCycle().toYear1().day('2030-01-15');
    expect(c.stage).toBe('year_1');
    expect(c.s.gate?.overdue).toBe(true);
    expect(c.s.risk).toBeGreaterThan(10);
    expect(c.events.length).toBeLessThan(600);
    told(c);
  });
});

describe('entry', () => {
  it.each([
    [0, 'year_1', '2027-09-01'],
    [11, 'year_1', '2026-10-01'],
    [12, 'year_2', '2027-09-01'],
    [14, 'year_2', '2027-07-01'],
    [35, 'year_3', '2026-10-01'],
  ])('credits %i months of tenure: %s, its gate on %s', (tenureMonths, stage, due) => {
    const c = new PureCycle().toYear1({ tenureMonths });
    expect(c.stage).toBe(stage);
    const armed = c.armed().find((d) => d.key.startsWith('gate'));
    expect(armed?.due.dueOn ?? c.s.gate?.due).toBe(due);
    told(c);
  });

  it('refuses 36 months of tenure, another post, a future hiring, a second cycle', () => {
    const c = new PureCycle();
    expect(c.try(people.methodist, 'start', opening({ tenureMonths: 36 }))?.code).toBe('entry');
    expect(c.try(people.methodist, 'start', opening({ post: 'psychologist' }))?.code).toBe('entry');
    expect(c.try(people.methodist, 'start', opening({ hiredOn: '2026-09-02' }))?.code).toBe('entry');
    expect(c.try(people.stranger, 'start', opening())?.code).toBe('role_missing');
    expect(c.try(people.teacher, 'start', opening())?.code).toBe('role_missing');
    c.start();
    expect(c.claims.find((x) => x.kind === 'unique')).toMatchObject({ scope: 'mentoring-cycle', key: people.teacher });
    expect(c.try(people.methodist, 'start', opening())?.code).toBe('already_open');
  });

  it('admits an older career changer, who is not in the indicator', () => {
    const c = new PureCycle().start({ bornOn: '1980-01-01' });
    expect(c.s).toMatchObject({ counted: false, agedOut: true, stage: 'intake' });
    told(c);
  });

  it('opens by the event «hired» of an HR system', () => {
    const c = new PureCycle();
    c.do('system', 'open_hired', opening());
    expect(c.events[0]).toMatchObject({ row: 'P04-T02', type: 'cycle.opened' });
    expect(c.s.openedBy).toBeNull();
    told(c);
  });

  it('counts months served before the enrolment and judges none of them', () => {
    const c = new PureCycle('2027-01-20').start();
    expect(c.s).toMatchObject({ monthsClosed: 4, year: 1 });
    expect(c.has('month.closed')).toBe(false);
    c.day('2027-02-02');
    expect(c.find('month.closed')?.facts.month).toBe(5);
  });
});

describe('the mentor', () => {
  it('is refused without tenure, category or training, as a superior, as a relative', () => {
    const c = new PureCycle().start();
    const propose = (over: Partial<typeof FIT>) =>
      c.try(people.curator, 'proposeMentor', {
        taskId: c.task('find_mentor'),
        mentorId: people.mentor,
        mentor: { ...FIT, ...over },
      })?.errors?.[0]?.pointer;
    expect(propose({ tenureYears: 4 })).toBe('/tenureYears');
    expect(propose({ category: false })).toBe('/category');
    expect(propose({ superior: true })).toBe('/superior');
    expect(propose({ relative: true })).toBe('/relative');
    expect(propose({ category: false, trained: true })).toBeUndefined();
  });

  it('takes a place of his load, three at most', () => {
    const c = new PureCycle().start().propose();
    expect(c.claims.at(-1)).toMatchObject({ kind: 'load', personId: people.mentor, max: 3, roles: ['mentor'] });
  });

  it('declines, and the curator looks again; the term of the search goes on', () => {
    const c = new PureCycle().start().propose();
    c.do(people.mentor, 'declineTask', { taskId: c.task('mentoring') });
    expect(c.s.candidate).toBeUndefined();
    expect(c.s.search?.from).toBe('2026-09-01');
    c.appoint(people.mentor2);
    expect(c.s.pair?.mentorId).toBe(people.mentor2);
    told(c);
  });

  it('is silent: reminded after two working days, then another is looked for', () => {
    const c = new PureCycle().start().propose().day('2026-09-08');
    expect(c.types()).toEqual(expect.arrayContaining(['task.answer_reminded', 'task.reassigned']));
    expect(c.open('find_mentor')).toHaveLength(1);
    told(c);
  });

  it('needs the order of the head: consent alone begins nothing', () => {
    const c = new PureCycle().start().propose();
    expect(c.try(people.head, 'issueOrder', { taskId: uuid(1), order: {} })?.code).toBe('task_not_found');
    c.do(people.mentor, 'acceptTask', { taskId: c.task('mentoring'), noConflict: true });
    expect(c.stage).toBe('intake');
    expect(c.try(people.curator, 'issueOrder', { taskId: c.task('appoint'), order: {} })?.code).toBe('role_missing');
    told(c);
  });

  it('is missing: head at ten working days, МОУО +5, ЦНППМ +10, then the authority every week', () => {
    const c = new PureCycle().start().day('2026-10-25');
    expect(c.stage).toBe('intake_escalated');
    const calls = c.events
      .filter((e) => /intake.escalated|search_escalated/.test(e.type))
      .map((e) => [e.on, e.facts.call]);
    expect(calls).toEqual([
      ['2026-09-15', 1],
      ['2026-09-22', 2],
      ['2026-09-29', 3],
      ['2026-10-06', 4],
      ['2026-10-13', 5],
      ['2026-10-20', 6],
    ]);
    const to = letters(c, 'mentor-missing').map((l) => ('role' in l.addressee ? l.addressee.role : ''));
    expect(to).toEqual(['head', 'founder_rep', 'methodist', 'founder_rep', 'founder_rep', 'founder_rep']);
    // The centre may propose an external mentor.
    c.do(people.methodist, 'proposeMentor', {
      taskId: c.open('find_mentor').find((t) => t.role === 'methodist')?.id,
      mentorId: people.mentor3,
      mentor: { ...FIT, external: true },
    });
    c.do(people.mentor3, 'acceptTask', { taskId: c.task('mentoring'), noConflict: true });
    c.do(people.head, 'issueOrder', {
      taskId: c.task('appoint'),
      order: { number: '1', date: c.today },
      pay: true,
    }).ppn();
    expect(c.stage).toBe('year_1');
    expect(c.s.pair?.external).toBe(true);
    told(c);
  });

  it('leaves: the curator is interim the same day, the gap is recorded, the year is not prolonged', () => {
    const c = new PureCycle().toYear1().day('2027-01-20');
    const gate = c.armed().find((d) => d.key === 'gate-open')?.due.dueOn;
    c.fact('employment', { personId: people.mentor, event: 'dismissed', on: '2027-01-20', main: true });
    expect(c.stage).toBe('mentor_vacant');
    c.do(people.curator, 'logWork', { entries: [{ kind: 'meeting', on: '2027-01-20' }] });
    c.do(people.teacher, 'confirmLog');
    expect(c.s.totals.meeting).toBe(1);
    expect(c.try(people.mentor, 'logWork', { entries: [{ kind: 'meeting', on: '2027-01-20' }] })?.code).toBe('not_now');
    c.day('2027-02-01').appoint(people.mentor2);
    expect(c.stage).toBe('year_1');
    expect(c.s.daysWithoutMentor).toBe(12);
    expect(c.armed().find((d) => d.key === 'gate-open')?.due.dueOn).toBe(gate);
    expect(c.entries.filter((e) => e.register === 'mentoring_pairs').map((e) => e.status)).toEqual([
      'active',
      'ended',
      'active',
    ]);
    told(c);
  });

  it.each([
    ['resignMentor', people.mentor, {}, 'P04-T12'],
    ['requestMentorChange', people.teacher, {}, 'P04-T13'],
    ['removeMentor', people.curator, { cause: 'relatives' }, 'P04-T15'],
    ['removeMentor', people.curator, { cause: 'discipline' }, 'P04-T15'],
  ])('changes by %s and no blame is recorded', (type, who, payload, row) => {
    const c = new PureCycle().toYear1().do(who, type, payload);
    expect(c.stage).toBe('mentor_vacant');
    expect(c.find('mentor.vacated')?.row).toBe(row);
    expect(letters(c, 'interim')).toHaveLength(1);
    told(c);
  });

  it('is given notice by the employer three working days ahead, never less', () => {
    const c = new PureCycle().toYear1().day('2026-10-05');
    expect(c.try(people.head, 'cancelMentor', { endsOn: '2026-10-08' })?.code).toBe('notice_short');
    c.do(people.head, 'cancelMentor', { endsOn: '2026-10-09' }).day('2026-10-09');
    expect(c.stage).toBe('year_1');
    c.day('2026-10-10');
    expect(c.stage).toBe('mentor_vacant');
    expect(c.find('mentor.vacated')).toMatchObject({ row: 'P04-T14', on: '2026-10-09' });
    told(c);
  });

  it('withdraws the consent before the order', () => {
    const c = new PureCycle().start().propose();
    c.do(people.mentor, 'acceptTask', { taskId: c.task('mentoring'), noConflict: true });
    c.do(people.mentor, 'resignMentor');
    expect(c.find('mentor.lost')?.row).toBe('P04-T19');
    expect(c.open('appoint')).toEqual([]);
    told(c);
  });

  it('may not decide for the school about his own pair', () => {
    const c = new PureCycle().start().appoint(people.curator2).ppn();
    c.world.people[people.curator2]?.assignments.push({
      role: 'curator',
      scope: { kind: 'organisation', id: SCHOOL },
      from: '2019-01-01',
    });
    toGate(c);
    expect(c.try(people.curator2, 'passGate', { taskId: c.task('gate'), document: SHA(1) })?.code).toBe('segregation');
    c.world.people[people.curator2]?.assignments.pop();
  });
});

describe('norms', () => {
  it('count what both have confirmed, remind after seven days, and flag payroll at the end of the month', () => {
    const c = new PureCycle().toYear1().day('2026-09-10');
    c.do(people.mentor, 'logWork', { entries: [{ kind: 'meeting', on: '2026-09-08' }] });
    expect(c.s.totals).toEqual({});
    c.day('2026-09-18');
    expect(c.find('log.reminded')).toMatchObject({ on: '2026-09-17' });
    c.day('2026-10-02');
    expect(c.find('month.closed')?.facts).toMatchObject({ month: 1, unconfirmed: 1 });
    expect(letters(c, 'payroll-flag')).toHaveLength(1);
    c.do(people.teacher, 'confirmLog', { batches: ['L1'] });
    expect(c.s.totals).toEqual({ meeting: 1 });
    expect(c.try(people.teacher, 'confirmLog')?.code).toBe('not_now');
    told(c);
  });

  it('puts a pair at risk for a missed quarter: curator, then head, then methodist; a met quarter clears it', () => {
    const c = new PureCycle().toYear1().day('2027-06-02');
    expect(c.s.risk).toBe(3);
    const told_ = letters(c, 'at-risk').map((l) => ('role' in l.addressee ? l.addressee.role : ''));
    expect(told_).toEqual(['curator', 'curator', 'head', 'curator', 'head', 'founder_rep', 'methodist']);
    for (let m = 0; m < 3; m++) c.month();
    expect(c.find('quarter.cleared')?.facts.quarter).toBe(4);
    expect(c.s.risk).toBe(0);
    told(c);
  });

  it('asks a part of a quarter for a part of its norm', () => {
    const c = new PureCycle().toYear1({ tenureMonths: 2 });
    c.month();
    expect(c.find('quarter.met')?.facts).toMatchObject({ quarter: 1, month: 3 });
    told(c);
  });

  it('refuses entries of the future, of long ago, and of days of a leave', () => {
    const c = new PureCycle().toYear1().day('2026-12-20');
    const log = (on: string) => c.try(people.mentor, 'logWork', { entries: [{ kind: 'meeting', on }] })?.code;
    expect(log('2026-12-21')).toBe('log_date');
    expect(log('2026-09-10')).toBe('log_date');
    expect(log('2026-12-18')).toBeUndefined();
  });

  it('revokes falsified entries by act, with a flag for payroll and no deduction', () => {
    const c = new PureCycle().toYear1().month();
    c.do(people.curator, 'revokeLog', { kind: 'meeting', month: 1, count: 2, act: 'акт № 3' });
    expect(c.s.totals.meeting).toBe(0);
    expect(letters(c, 'payroll-flag')).toHaveLength(1);
    expect(c.try(people.curator, 'revokeLog', { kind: 'meeting', month: 1, count: 1, act: 'акт' })?.code).toBe(
      'nothing_to_revoke',
    );
    c.month();
    c.month();
    expect(c.has('quarter.missed')).toBe(true);
    told(c);
  });

  it('lets a check of the quarter that nobody made give way to the next', () => {
    const c = new PureCycle().toYear1().day('2027-03-02');
    expect(c.open('quarter_check')).toHaveLength(1);
    c.do(people.curator, 'completeQuarterCheck', { taskId: c.task('quarter_check'), remarks: false });
    expect(c.rows()).toContain('P04-T30');
    told(c);
  });
});

describe('gates', () => {
  it('open thirty days before, are overdue on the day, and call the head +5 and the methodist +10', () => {
    const c = new PureCycle().toYear1().day('2027-10-20');
    expect(c.find('gate.opened')?.on).toBe('2027-08-02');
    expect(c.find('gate.overdue')?.on).toBe('2027-09-01');
    const calls = c.events.filter((e) => e.type === 'gate.escalated').map((e) => [e.on, e.facts.call]);
    expect(calls).toEqual([
      ['2027-09-08', 1],
      ['2027-09-15', 2],
      ['2027-10-13', 3],
    ]);
    expect(c.stage).toBe('year_1');
    told(c);
  });

  it('are not passed without the report, the mutual survey and the content, which the refusal names', () => {
    const c = new PureCycle().toYear1().day('2027-08-25');
    const denial = c.try(people.curator, 'passGate', { taskId: c.task('gate'), document: SHA(1) });
    expect(denial?.message).toContain('Годовой отчёт пары');
    c.content().pass();
    expect(c.stage).toBe('year_2');
    expect(c.open('ppn')).toHaveLength(1);
    expect(c.s.done).toEqual([]);
    told(c);
  });

  it('extend a year once, with parts to repeat; the second failure closes the case and tells МОУО', () => {
    const c = toGate(new PureCycle().toYear1());
    expect(c.try(people.curator, 'failGate', { taskId: c.task('gate'), reasons: ['x'] })?.code).toBe('not_now');
    expect(c.try(people.curator, 'extendGate', { taskId: c.task('gate'), months: 7, parts: [] })?.code).toBe(
      'extension_too_long',
    );
    c.do(people.curator, 'extendGate', { taskId: c.task('gate'), months: 6, parts: ['checklist'] });
    expect(c.s.done).toEqual(['diagnostics_entry', 'survey_100']);
    expect(c.armed().find((d) => d.key === 'gate-open')?.due.dueOn).toBe('2028-03-01');
    c.day('2028-02-25');
    expect(c.try(people.curator, 'extendGate', { taskId: c.task('gate'), months: 1, parts: [] })?.code).toBe('not_now');
    c.do(people.curator, 'failGate', { taskId: c.task('gate'), reasons: ['нет отчёта'], document: SHA(2) });
    expect(c.stage).toBe('closed_incomplete');
    expect(letters(c, 'incomplete').some((l) => l.addressee.kind === 'organisation')).toBe(true);
    told(c);
  });

  it('after an extension all later years end as much later', () => {
    const c = toGate(new PureCycle().toYear1());
    c.do(people.curator, 'extendGate', { taskId: c.task('gate'), months: 3, parts: [] })
      .day('2027-11-20')
      .content()
      .pass();
    expect(c.stage).toBe('year_2');
    expect(c.armed().find((d) => d.key === 'gate-open')?.due.dueOn).toBe('2028-12-01');
    told(c);
  });

  it('turn the year also while a mentor is looked for', () => {
    const c = toGate(new PureCycle().toYear1()).do(people.mentor, 'resignMentor').pass();
    expect(c.s).toMatchObject({ stage: 'mentor_vacant', year: 2, formerStage: 'year_2' });
    c.appoint(people.mentor2);
    expect(c.stage).toBe('year_2');
    told(c);
  });

  it('close the third year with a final conclusion also in a vacancy', () => {
    const c = new PureCycle().toYear1({ tenureMonths: 35 }).day('2026-09-05').do(people.mentor, 'resignMentor');
    c.content().conclude();
    expect(c.stage).toBe('completed');
    told(c);
  });

  it('may be spared: a category and the consent complete the cycle early, where the policy has it', () => {
    const c = new PureCycle().toYear1({ tenureMonths: 14 });
    expect(c.try(people.curator, 'completeEarly', { document: SHA(1) })?.code).toBe('not_now');
    c.do(people.teacher, 'requestEarly', { act: 'приказ о категории № 7' }).do(people.curator, 'completeEarly', {
      document: SHA(1),
    });
    expect(c.stage).toBe('completed_early');
    told(c);
    const off = new PureCycle('2026-09-01', { p1: { ...DEFAULT_POLICY, disabledRows: ['P04-T46', 'P04-T47'] } });
    expect(off.toYear1({ tenureMonths: 14 }).try(people.teacher, 'requestEarly', { act: 'приказ' })?.code).toBe(
      'not_now',
    );
  });
});

describe('policy', () => {
  const newer = {
    ...DEFAULT_POLICY,
    forms: { ...DEFAULT_POLICY.forms, ppn: 'ППН-2' },
    rights: { ...DEFAULT_POLICY.rights, maxExtensionMonths: 1 },
  };

  it('applies a newer version at the gate, norms and forms only: rights of the start stay', () => {
    const c = new PureCycle('2026-09-01', { p1: DEFAULT_POLICY, p2: newer }).toYear1();
    c.inForce = 'p2';
    toGate(c).pass();
    expect(c.s.policyVersionId).toBe('p2');
    expect(c.s.rights.maxExtensionMonths).toBe(6);
    c.ppn();
    expect(c.s.ppn?.form).toBe('ППН-2');
    // The page of each phase keeps the version and the form valid then.
    expect(c.s.phases.map((p) => [p.year, p.policyVersionId, p.forms.ppn])).toEqual([
      [1, 'p1', 'ППН, форма 2021'],
      [2, 'p2', 'ППН-2'],
    ]);
    expect(c.rows()).toContain('P04-T49');
    told(c);
  });

  it('offers the version of the day after a leave; who refuses stays on his own until the gate', () => {
    const c = new PureCycle('2026-09-01', { p1: DEFAULT_POLICY, p2: newer }).toYear1().day('2026-12-01');
    c.employment('leave_started', { leave: 'maternity' });
    c.inForce = 'p2';
    c.day('2027-04-20').employment('leave_ended');
    expect(c.s.policyOffer?.policyVersionId).toBe('p2');
    c.do(people.teacher, 'answerPolicy', { accept: false });
    expect(c.s.policyVersionId).toBe('p1');
    expect(c.try(people.teacher, 'answerPolicy', { accept: true })?.code).toBe('not_now');
    told(c);
  });

  it('is data: the file of the seed equals the defaults, and a broken one is refused by the name of its parameter', () => {
    for (const region of ['region-42', 'region-61']) {
      const file = new URL(`../../data/policies/mentoring-cycle/${region}-1.json`, import.meta.url);
      expect(JSON.parse(readFileSync(file, 'utf8')).parameters).toEqual(DEFAULT_POLICY);
    }
    expect(checkPolicy(DEFAULT_POLICY)).toMatchObject({ ok: true });
    const faults = (p: unknown) => {
      const checked = checkPolicy(p);
      return checked.ok ? [] : checked.errors.map((e) => e.pointer);
    };
    expect(
      faults({ ...DEFAULT_POLICY, norms: { ...DEFAULT_POLICY.norms, '1': [{ kind: 'tea', per: 'month', min: 1 }] } }),
    ).toEqual(['/norms/1/0/kind']);
    expect(faults({ ...DEFAULT_POLICY, terms: { ...DEFAULT_POLICY.terms, mentor: undefined } })).toEqual([
      '/terms/mentor',
    ]);
    expect(faults({ ...DEFAULT_POLICY, bonus: 1 })).toEqual(['/bonus']);
    expect(faults({ ...DEFAULT_POLICY, rights: { ...DEFAULT_POLICY.rights, tenureMonths: 24 } })).toEqual([
      '/rights/tenureMonths',
    ]);
    expect(faults({ ...DEFAULT_POLICY, disabledRows: ['P04-T40'] })).toEqual(['/disabledRows']);
    expect(faults(null).length).toBeGreaterThan(0);
  });
});

describe('leaves', () => {
  it('keep the remainder: a leave in month 14 for three years leaves ten months of year 2', () => {
    const c = new PureCycle().toYear1({ tenureMonths: 12 }).day('2026-11-01');
    c.employment('leave_started', { leave: 'maternity', until: '2027-03-20' });
    expect(c.find('leave.started')?.facts.remainder).toEqual({ months: 10, days: 0 });
    expect(c.open('mentoring').map((t) => t.state)).toEqual(['on_hold']);
    const events = c.events.length;
    c.day('2027-03-20').employment('leave_started', { leave: 'child_care', until: '2029-11-01' });
    expect(c.events.length).toBe(events + 1);
    expect(c.s.pauses).toHaveLength(1);
    c.day('2029-11-01').employment('leave_ended');
    expect(c.stage).toBe('resuming');
    c.ppn();
    expect(c.stage).toBe('year_2');
    expect(c.armed().find((d) => d.key === 'gate-open')?.due.dueOn).toBe('2030-09-02');
    told(c);
  });

  it('ask HR ten working days after the planned end, then МОУО, then every year', () => {
    const c = new PureCycle().toYear1().day('2026-12-01');
    c.employment('leave_started', { leave: 'sabbatical', until: '2027-06-01' }).day('2029-08-01');
    expect(c.events.filter((e) => e.type === 'leave.asked').map((e) => [e.on, e.facts.call])).toEqual([
      ['2027-06-16', 1],
      ['2027-06-30', 2],
      ['2028-06-30', 3],
      ['2029-07-02', 4],
    ]);
    expect(letters(c, 'leave-asked').map((l) => ('role' in l.addressee ? l.addressee.role : ''))).toEqual([
      'hr_officer',
      'founder_rep',
      'founder_rep',
      'founder_rep',
    ]);
    told(c);
  });

  it('of two months of illness or of study pause nothing; a longer illness does', () => {
    const c = new PureCycle().toYear1().day('2026-12-01');
    const start = (leave: string, until: string) =>
      c.try('system', 'fact:employment', {
        personId: people.teacher,
        event: 'leave_started',
        on: '2026-12-01',
        main: true,
        leave,
        until,
      })?.code;
    expect(start('sick', '2027-02-01')).toBe('not_applicable');
    expect(start('study', '2027-06-01')).toBe('not_applicable');
    expect(start('sick', '2027-02-02')).toBeUndefined();
    expect(c.stage).toBe('paused');
  });

  it('of the mentor make a vacancy; while the teacher is away nobody is looked for', () => {
    const c = new PureCycle().toYear1().day('2026-12-01').employment('leave_started', { leave: 'maternity' });
    c.fact('employment', {
      personId: people.mentor,
      event: 'leave_started',
      leave: 'military',
      on: '2026-12-01',
      main: true,
    });
    expect(c.find('mentor.lost')?.row).toBe('P04-T18');
    expect(c.open('find_mentor')).toEqual([]);
    c.day('2027-04-20').employment('leave_ended');
    expect(c.s.search?.from).toBe('2027-04-20');
    expect(c.s.daysWithoutMentor).toBe(0);
    c.appoint(people.mentor2).ppn();
    expect(c.stage).toBe('year_1');
    told(c);
  });

  it('end with another mentor where the school chooses one', () => {
    const c = new PureCycle().toYear1().day('2026-12-01').employment('leave_started', { leave: 'maternity' });
    c.day('2027-04-20').employment('leave_ended').do(people.curator, 'removeMentor', { cause: 'other' });
    expect(c.find('mentor.lost')?.row).toBe('P04-T83');
    told(c.appoint(people.mentor2).ppn());
  });

  it('of a second job touch nothing, and what lies in the future is sent on its day', () => {
    const c = new PureCycle().toYear1().day('2026-12-01');
    const fact = (more: Record<string, unknown>) =>
      c.try('system', 'fact:employment', { personId: people.teacher, event: 'dismissed', on: '2026-12-01', ...more })
        ?.code;
    expect(fact({ main: false })).toBe('not_applicable');
    expect(fact({ main: true, on: '2026-12-02' })).toBe('future');
    expect(fact({ main: true, personId: people.stranger })).toBe('not_applicable');
    expect(c.stage).toBe('year_1');
  });
});

describe('moves and exits', () => {
  it('to another school keep the phase; the new head answers, a new mentor follows, the old one hands a note over', () => {
    const c = new PureCycle().toYear1().day('2026-12-01').employment('transferred', { to: PLACE_2 });
    expect(c.stage).toBe('transfer');
    expect(c.try(people.head, 'acceptTransfer')?.code).toBe('role_missing');
    c.do(people.mentor, 'handOverNote', { document: SHA(5) });
    expect(c.try(people.mentor, 'handOverNote', { document: SHA(5) })?.code).toBe('not_now');
    c.do(people.teacher, 'shareHistory', { consent: true });
    c.day('2026-12-07').do(people.head2, 'acceptTransfer');
    expect(c.stage).toBe('mentor_vacant');
    c.appoint(people.mentor3, people.curator2, people.head2);
    expect(c.s).toMatchObject({ stage: 'year_1', organisationIds: [SCHOOL_2], historyShared: true });
    told(c);
  });

  it('that no school answers go to МОУО after ten working days, then weekly to the authority', () => {
    const c = new PureCycle().toYear1().day('2026-12-01').employment('transferred', { to: PLACE_2 }).day('2027-01-25');
    expect(c.stage).toBe('transfer_escalated');
    expect(c.find('transfer.escalated')?.on).toBe('2026-12-15');
    expect(c.events.filter((e) => e.type === 'transfer.called').map((e) => e.on)).toEqual([
      '2026-12-29',
      '2027-01-05',
      '2027-01-12',
      '2027-01-19',
    ]);
    expect(c.try(people.authority, 'nameCurator', { curatorId: people.curator2, act: 'приказ' })?.code).toBe(
      'role_missing',
    );
    c.do(people.authority2, 'nameCurator', { curatorId: people.curator2, act: 'приказ' });
    expect(c.stage).toBe('mentor_vacant');
    told(c);
  });

  it('during a leave wait for its end', () => {
    const c = new PureCycle().toYear1().day('2026-12-01').employment('leave_started', { leave: 'maternity' });
    c.employment('transferred', { to: PLACE_2 });
    expect(c.stage).toBe('paused');
    c.day('2027-04-20').employment('leave_ended');
    expect(c.stage).toBe('transfer');
    expect(c.find('leave.ended_elsewhere')?.row).toBe('P04-T58');
    told(c.do(people.head2, 'acceptTransfer'));
  });

  it('with a leave in the middle come back to the same school that has to answer', () => {
    const c = new PureCycle().toYear1().day('2026-12-01').employment('transferred', { to: PLACE_2 });
    c.employment('leave_started', { leave: 'maternity' }).day('2027-04-20').employment('leave_ended');
    expect(c.s).toMatchObject({ stage: 'transfer', place: { organisationId: SCHOOL_2 } });
    told(c);
  });

  it('to another region export the phase with its marks, and the receiving region goes on', () => {
    const c = new PureCycle().toYear1({ tenureMonths: 14 }).month().month();
    c.employment('transferred', { to: FAR_PLACE });
    expect(c.stage).toBe('transferred_out');
    expect(c.imports).toHaveLength(1);
    told(c);
    const start = c.imports[0]?.start as Record<string, unknown>;
    const d = new PureCycle(c.today, undefined, uuid(5002));
    d.do('system', 'import', start);
    expect(d.s).toMatchObject({
      stage: 'mentor_vacant',
      year: 2,
      monthsClosed: 16,
      totals: c.s.totals,
      rights: c.s.rights,
    });
    expect(d.armed().find((x) => x.key === 'gate-open')?.due.dueOn).toBe('2027-07-01');
    d.appoint(people.mentor3, people.farCurator, people.farHead);
    expect(d.stage).toBe('year_2');
    expect(d.s.phases.map((p) => p.year)).toEqual([2, 2]);
    told(d);
  });

  it('out of the profession ask for a reason; a return within three years goes on with the remainder', () => {
    const c = new PureCycle().toYear1().day('2026-12-01').employment('dismissed');
    expect(c.stage).toBe('left');
    c.day('2027-02-01');
    expect(c.has('exit.reminded')).toBe(true);
    c.do(people.teacher, 'surveyExit', { reasonCode: 'housing' });
    expect(c.entries.at(-1)).toMatchObject({
      register: 'mentoring_exits',
      status: 'surveyed',
      facts: { reason: 'housing' },
    });
    c.day('2028-12-01').employment('hired', { to: PLACE_2, post: 'teacher' });
    expect(c.s).toMatchObject({ stage: 'resuming', year: 1, organisationIds: [SCHOOL_2] });
    c.appoint(people.mentor3, people.curator2, people.head2).ppn(people.curator2);
    expect(c.armed().find((d) => d.key === 'gate-open')?.due.dueOn).toBe('2029-09-03');
    told(c);
  });

  it('out of the profession for three years close the case; a later return is a new one', () => {
    const c = new PureCycle().toYear1().day('2026-12-01').employment('retired').day('2029-12-02');
    expect(c.s).toMatchObject({ stage: 'closed', outcome: 'lapsed' });
    told(c);
  });

  it('out of the profession during a leave end the pause of the leave and begin another', () => {
    const c = new PureCycle().toYear1().day('2026-12-01').employment('leave_started', { leave: 'maternity' });
    told(c.day('2027-03-01').employment('dismissed'));
    expect(c.s.pauses.map((p) => p.reason)).toEqual(['maternity', 'left']);
  });

  it('by refusal are offered back every three months until 36 months of tenure', () => {
    const c = new PureCycle()
      .toYear1()
      .day('2026-12-01')
      .do(people.teacher, 'declineProgramme', { reasonCode: 'no_time' });
    c.day('2027-06-02');
    expect(c.events.filter((e) => e.type === 'programme.offered').map((e) => e.on)).toEqual([
      '2027-03-01',
      '2027-06-01',
    ]);
    c.do(people.teacher, 'acceptOffer');
    expect(c.stage).toBe('intake');
    c.appoint().ppn();
    expect(c.s).toMatchObject({ stage: 'year_1', year: 1 });
    expect(c.s.phases).toHaveLength(1);
    told(c);
    const d = new PureCycle()
      .toYear1()
      .do(people.teacher, 'declineProgramme', { reasonCode: 'no_time' })
      .day('2029-09-05');
    expect(d.s).toMatchObject({ stage: 'closed', outcome: 'lapsed' });
    told(d);
  });

  it('to the post of a deputy head close the cycle', () => {
    const c = new PureCycle().toYear1().employment('post_changed', { post: 'deputy_head' });
    expect(c.stage).toBe('closed_post_changed');
    told(c);
  });

  it('by death stop everything, and nobody writes to the dead', () => {
    const c = new PureCycle().toYear1().day('2026-12-01');
    const before = c.letters.length;
    c.employment('died');
    expect(c.stage).toBe('cancelled');
    expect(
      c.letters.slice(before).some((l) => l.addressee.kind === 'person' && l.addressee.personId === people.teacher),
    ).toBe(false);
    told(c);
  });

  it('of a school into its successor keep the pair', () => {
    const c = new PureCycle()
      .toYear1()
      .fact('school_reorganised', { organisationId: SCHOOL, successorId: SCHOOL_2, act: 'постановление' });
    expect(c.s).toMatchObject({ stage: 'year_1', organisationIds: [SCHOOL_2], pair: { mentorId: people.mentor } });
    told(c);
  });

  it('opened by mistake are annulled by the methodist', () => {
    const c = new PureCycle().start().do(people.methodist, 'annul', { statement: SHA(1) });
    expect(c.s).toMatchObject({ stage: 'cancelled', outcome: 'annulled' });
    told(c);
  });

  it('of dates by an administrator only, and never of dates of the law', () => {
    const c = new PureCycle().start();
    expect(c.try(people.curator, 'moveDeadline', { key: 'mentor:1', dueOn: '2026-10-01', reason: 'сбой' })?.code).toBe(
      'role_missing',
    );
    c.do(people.admin, 'moveDeadline', { key: 'mentor:1', dueOn: '2026-10-01', reason: 'сбой системы' }).day(
      '2026-09-20',
    );
    expect(c.stage).toBe('intake');
    c.day('2026-10-02');
    expect(c.stage).toBe('intake_escalated');
    told(c);
  });
});

describe('age', () => {
  it('of 35 in month 20 leaves the indicator while the programme goes on', () => {
    const c = new PureCycle().toYear1({ bornOn: '1993-05-10' });
    toGate(c).pass().ppn().day('2028-05-11');
    expect(c.s).toMatchObject({ stage: 'year_2', counted: false, agedOut: true });
    expect(c.find('person.aged_out')?.on).toBe('2028-05-10');
    told(c);
  });

  it('comes in a leave too', () => {
    const c = new PureCycle()
      .toYear1({ bornOn: '1991-12-24' })
      .day('2026-12-01')
      .employment('leave_started', { leave: 'maternity' });
    c.day('2026-12-25');
    expect(c.s).toMatchObject({ stage: 'paused', counted: false });
    told(c);
  });
});

describe('the table', () => {
  it('has unique ids, stages that exist, and Russian words for people', () => {
    expect(new Set(ALL_ROWS.map((r) => r.id)).size).toBe(ALL_ROWS.length);
    for (const r of ALL_ROWS.filter((x) => x.id.startsWith('P04-'))) {
      for (const code of Array.isArray(r.from) ? r.from : [])
        expect(STAGES[code], `${r.id} from ${code}`).toBeDefined();
      if (r.to !== 'same' && r.to !== 'former') expect(STAGES[r.to], `${r.id} to ${r.to}`).toBeDefined();
      expect(r.effectRu).toMatch(/[а-яё]/i);
    }
  });
  it('names norms for every kind of work of every year', () => {
    for (const year of [1, 2, 3]) expect(MONTH_WORK[year]?.length).toBeGreaterThan(0);
  });
});
