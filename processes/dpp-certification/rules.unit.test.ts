import { describe, expect, it } from 'vitest';
import { PureCase } from '../../test/p01/pure-case.ts';
import { conclusion, people, programme, SHA, uuid } from '../../test/p01/world.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { compareVersions } from './programme-rules.ts';

const start = () => new PureCase('2026-02-02T07:00:00.000Z');

describe('certification, the way through', () => {
  it('certifies on three approvals, with a registry number and three years of validity', () => {
    const c = start().toPanel().review('approve', 'approve', 'approve');
    expect(c.stage).toBe('decision_pending');
    c.certify();
    expect(c.s.entry).toMatchObject({ version: 1, validFrom: '2026-02-02', validUntil: '2029-02-02' });
    expect(c.s.entry?.number).toMatch(/^FR-\d{6}$/);
    expect(c.s.number).toMatch(/^DPP-00-2026-\d{5}$/);
  });

  it('asks for revision in full, twice, and then proposes to refuse', () => {
    const c = start().toPanel().review('revise', 'revise', 'revise');
    expect(c.stage).toBe('revision');
    for (const round of [2, 3]) {
      c.do(people.head, 'resubmit', { programme: programme(), document: SHA(round) });
      expect(c.s.round).toBe(round);
      c.accept().review('revise', 'revise', 'revise');
    }
    expect(c.stage).toBe('decision_pending');
    expect(c.s.proposal).toEqual({ kind: 'refuse', basis: 'rounds_used' });
    expect(c.rows()).toContain('P01-T19');
  });

  it('invites the same experts to a later round and asks only for failed and mandatory criteria', () => {
    const c = start().toPanel().review('revise', 'revise', 'revise');
    const before = c.s.tasks.filter((t) => t.kind === 'review').map((t) => t.assigneeId);
    c.do(people.head, 'resubmit', { programme: programme(), document: SHA(2) });
    expect(c.open('review').map((t) => t.assigneeId)).toEqual(before);
    expect(c.s.asked.sort()).toEqual(
      DEFAULT_POLICY.criteria
        .filter((x) => x.mandatory)
        .map((x) => x.code)
        .sort(),
    );
  });

  it('sends two approvals and one rejection to an arbiter who is not from the panel or the region', () => {
    const c = start().toPanel().review('approve', 'approve', 'reject');
    expect(c.stage).toBe('arbitration');
    const arbiter = c.open('arbitration')[0];
    expect(c.s.tasks.filter((t) => t.kind === 'review').map((t) => t.assigneeId)).not.toContain(arbiter?.assigneeId);
    expect(c.s.regions[arbiter?.assigneeId as string]).not.toBe('61');
    c.accept('arbitration').arbitrate('revise');
    expect(c.stage).toBe('revision');
  });

  it('caps the arbiter at «revise» when two experts failed a mandatory criterion', () => {
    const c = start()
      .toPanel()
      .review('approve', conclusion('revise', ['standard']), conclusion('reject', ['standard']));
    expect(c.stage).toBe('arbitration');
    c.accept('arbitration').arbitrate('approve');
    expect(c.stage).toBe('revision');
  });

  it('replaces a silent invitee in time', () => {
    const c = start().submit().check();
    const [a, b, silent] = c.open('review');
    for (const t of [a, b]) c.do(t?.assigneeId as string, 'acceptTask', { taskId: t?.id });
    c.day('2026-02-06');
    expect(c.s.tasks.find((t) => t.id === silent?.id)?.state).toBe('reassigned');
    c.accept();
    expect(c.stage).toBe('under_expertise');
    expect(c.s.formingOverdue).toBe(false);
  });

  it('reminds an accepted but silent expert, escalates and replaces him, and refuses his late answer', () => {
    const c = start().toPanel();
    const silent = c.open('review')[2];
    const id = silent?.id;
    c.review('approve', 'approve').day('2026-03-20');
    const types = c.events.filter((e) => e.facts.taskId === id).map((e) => [e.type, e.on]);
    expect(types.slice(-5)).toEqual([
      ['task.reminded', '2026-02-11'],
      ['task.reminded', '2026-02-13'],
      ['task.overdue', '2026-02-16'],
      ['task.escalated', '2026-02-18'],
      ['task.reassigned', '2026-02-24'],
    ]);
    const denial = c.try(silent?.assigneeId as string, 'submitReview', { taskId: id, ...conclusion('approve') });
    expect(denial?.code).toBe('late_answer');
    expect(c.events.at(-1)?.row).toBe('TASK-24');
    expect(c.stage).toBe('under_expertise');
  });

  it('voids a conclusion with a late conflict, replaces the expert and recalculates', () => {
    const c = start().toPanel().review('approve', 'approve', 'reject');
    const bad = c.s.tasks.find((t) => t.kind === 'review' && t.result?.verdict === 'reject');
    c.do(people.coordinator, 'voidConclusion', { taskId: bad?.id });
    expect(c.stage).toBe('under_expertise');
    expect(c.open('arbitration')[0]?.state).toBe('on_hold');
    c.accept().review('approve');
    expect(c.stage).toBe('decision_pending');
    expect(c.s.proposal).toEqual({ kind: 'certify', basis: 'panel' });
    expect(c.open('arbitration')).toEqual([]);
  });

  it('lets the arbiter’s verdict stand when the table still disagrees after a voided conclusion', () => {
    const c = start().toPanel().review('approve', 'approve', 'reject').accept('arbitration').arbitrate('approve');
    expect(c.stage).toBe('decision_pending');
    const bad = c.s.tasks.find((t) => t.kind === 'review' && t.result?.verdict === 'reject');
    c.do(people.coordinator, 'voidConclusion', { taskId: bad?.id }).accept().review('reject');
    expect(c.rows()).toContain('P01-T26');
    expect(c.s.proposal).toEqual({ kind: 'certify', basis: 'arbiter' });
  });

  it('cancels everything on withdrawal during arbitration and arms nothing', () => {
    const c = start().toPanel().review('approve', 'approve', 'reject');
    c.do(people.head, 'withdraw', {});
    expect(c.stage).toBe('withdrawn');
    expect(c.s.tasks.filter((t) => t.state === 'cancelled').map((t) => t.kind)).toEqual(['arbitration']);
    const letters = c.letters.length;
    c.day('2027-02-01');
    expect(c.letters.length).toBe(letters);
  });
});

describe('technical check', () => {
  it('returns twice and then proposes to refuse without expertise', () => {
    const c = start().submit();
    for (let n = 0; n < 2; n++) {
      c.do(people.operator, 'reportDefects', { taskId: c.task('technical_check'), count: 2, statement: SHA(4) });
      expect(c.stage).toBe('returned');
      c.do(people.head, 'resubmit', { programme: programme(), document: SHA(2) });
    }
    c.do(people.operator, 'reportDefects', { taskId: c.task('technical_check'), count: 1, statement: SHA(4) });
    expect(c.s.proposal).toEqual({ kind: 'refuse', basis: 'technical' });
  });

  it('lapses when the provider does not answer, with one reminder three working days before', () => {
    const c = start().submit();
    c.do(people.operator, 'reportDefects', { taskId: c.task('technical_check'), count: 2, statement: SHA(4) }).day(
      '2026-03-10',
    );
    expect(c.stage).toBe('lapsed');
    expect(c.letters.filter((l) => l.template === 'applicant-reminder').map((l) => l.on)).toEqual(['2026-02-11']);
    expect(c.events.at(-1)?.on).toBe('2026-02-16');
  });

  it('names the row of a programme that does not add up', () => {
    const c = start();
    const denial = c.try(people.head, 'submit', { programme: programme({ hours: 40 }), document: SHA(1) });
    expect(denial?.code).toBe('programme_invalid');
    expect(denial?.errors).toEqual([
      { pointer: '/programme/modules', detail: 'Сумма часов модулей 36 не равна объёму программы 40 ч.' },
    ]);
    expect(c.state).toBeNull();
  });

  it('lets only a signatory of that organisation submit', () => {
    expect(start().try(people.stranger, 'submit', { programme: programme(), document: SHA(1) })?.code).toBe(
      'role_missing',
    );
    expect(start().try(people.clerk, 'submit', { programme: programme(), document: SHA(1) })?.code).toBe(
      'no_signature',
    );
  });
});

describe('refusal, appeal, entry', () => {
  const refused = () => start().toPanel().review('reject', 'reject', 'reject').refuse();

  it('counts the appeal term from familiarisation and becomes final after it', () => {
    const c = refused();
    c.do(people.head, 'familiarise', {}).day('2026-03-04', '23:00');
    expect(c.s.decision?.final).toBe(false);
    c.day('2026-03-05', '00:01');
    expect(c.s.decision?.final).toBe(true);
    expect(c.try(people.head, 'appeal', {})?.message).toContain('истёк');
    c.day('2026-05-10');
    expect(c.claims.some((x) => x.kind === 'release')).toBe(true);
  });

  it('asks the coordinator again and again while nobody is familiarised', () => {
    const c = refused().day('2026-04-01');
    expect(c.events.filter((e) => e.type === 'decision.not_served').length).toBe(3);
    c.do(people.operator, 'recordService', { on: '2026-03-31', act: 'акт 1' });
    expect(c.s.decision?.servedOn).toBe('2026-03-31');
  });

  it('gives an upheld, returned or changed appeal to people who took no part', () => {
    const c = refused();
    c.do(people.head, 'appeal', { statement: SHA(3) });
    const first = c.s.tasks.filter((t) => t.kind === 'review').map((t) => t.assigneeId);
    c.do(people.appeals, 'decideAppeal', {
      taskId: c.task('appeal_decision'),
      outcome: 'returned',
      order: c.order,
      statement: SHA(3),
    });
    expect(c.stage).toBe('panel_forming');
    for (const t of c.open('review')) expect(first).not.toContain(t.assigneeId);
  });

  it('turns the year: expiring with three reminders, then expired', () => {
    const c = start().toPanel().review('approve', 'approve', 'approve').certify().day('2029-02-03', '00:01');
    expect(c.stage).toBe('expired');
    expect(c.letters.filter((l) => l.template === 'expiry-reminder').map((l) => l.on)).toEqual([
      '2028-08-06',
      '2028-11-04',
      '2029-01-03',
    ]);
    expect(c.events.at(-1)?.on).toBe('2029-02-02');
  });

  it('prolongs while the recertification is open, then renews from the old last day', () => {
    const c = start().toPanel().review('approve', 'approve', 'approve').certify().day('2028-12-01');
    c.do(people.head, 'recertify', { programme: programme(), document: SHA(5) });
    c.do('system', 'work:open_child', {
      key: 'open:recertification:1',
      childKey: 'recertification:1',
      childCaseId: uuid(77),
    });
    c.day('2029-02-10');
    expect(c.stage).toBe('prolonged');
    c.do('system', 'fact:child_closed', {
      childKey: 'recertification:1',
      childCaseId: uuid(77),
      outcome: 'granted',
      document: SHA(5),
      programme: programme(),
    });
    expect(c.stage).toBe('certified');
    expect(c.s.entry).toMatchObject({ version: 2, validUntil: '2032-02-02' });
  });

  it('suspends for a lost licence and delists when it is not cured', () => {
    const c = start().toPanel().review('approve', 'approve', 'approve').certify();
    c.do('system', 'fact:licence_lost', { on: '2026-02-10', act: 'приказ' }).day('2026-04-01');
    expect(c.stage).toBe('delisted');
  });

  it('annuls after the holder had his say', () => {
    const c = start().toPanel().review('approve', 'approve', 'approve').certify();
    c.do(people.coordinator, 'openAnnulment', { ground: 'false_documents', statement: SHA(3) }).day('2026-02-18');
    expect(c.rows()).toContain('P01-T75');
    c.do(people.coordinator, 'decideAnnulment', {
      taskId: c.task('annulment_decision'),
      annul: true,
      order: c.order,
      statement: SHA(3),
    });
    expect(c.stage).toBe('annulled');
  });
});

describe('versions', () => {
  it('sees no change in a programme whose stored fields come back in another order', () => {
    const reordered = (value: unknown): any =>
      Array.isArray(value)
        ? value.map(reordered)
        : value && typeof value === 'object'
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([k, v]) => [k, reordered(v)]),
            )
          : value;
    expect(compareVersions(reordered(programme()), programme())).toMatchObject({ changedShare: 0, changedModules: [] });
  });
});

describe('edges', () => {
  it('tells the coordinator about an empty pool and selects again when it is widened', () => {
    const c = start();
    c.candidates = c.candidates.filter((x) => x.regionCode === '61').concat(c.candidates.slice(0, 1));
    c.submit().check().accept();
    expect(c.rows()).toContain('P01-T12');
    c.day('2026-02-09');
    expect(c.events.filter((e) => e.row === 'TASK-02').length).toBeGreaterThan(2);
    c.do(people.coordinator, 'widenPool', {
      allowApplicantRegion: true,
      relaxRegions: false,
      extraCompetences: [],
      statement: SHA(3),
    });
    c.accept();
    expect(c.stage).toBe('under_expertise');
  });

  it('stops every clock while a court holds the case and gives the remainder back', () => {
    const c = start().toPanel().day('2026-02-09');
    c.do('system', 'fact:court_act', { effect: 'stay', on: '2026-02-09', act: 'определение' }).day('2026-03-02');
    expect(c.open('review').every((t) => t.state === 'on_hold')).toBe(true);
    expect(c.try(people.head, 'familiarise', {})?.code).toBeDefined();
    c.do('system', 'fact:court_act', { effect: 'resume', on: '2026-03-02', act: 'определение' });
    expect(c.open('review').every((t) => t.state === 'in_progress')).toBe(true);
    c.day('2026-03-09');
    expect(c.events.some((e) => e.type === 'task.overdue')).toBe(false);
    c.day('2026-03-11');
    expect(c.events.some((e) => e.type === 'task.overdue')).toBe(true);
  });

  it('moves a case to a new criteria set when a court cancels the old one', () => {
    const c = start().toPanel().review('approve');
    c.do('system', 'fact:court_act', { effect: 'criteria_cancelled', on: '2026-02-09', act: 'решение' });
    c.do(people.coordinator, 'repin', { policyVersionId: 'p2', statement: SHA(3) });
    expect(c.s.policyVersionId).toBe('p2');
    expect(c.open('review').length).toBe(3);
    expect(c.s.tasks.filter((t) => t.state === 'voided').length).toBe(1);
  });

  it('replaces an expert who died, whose letter box stays empty', () => {
    const c = start().toPanel();
    const gone = c.open('review')[0]?.assigneeId as string;
    c.do('system', 'fact:employment', { personId: gone, event: 'died', on: '2026-02-03' });
    expect(c.open('review').length).toBe(3);
    expect(
      c.letters.some(
        (l) => l.template === 'task-closed' && l.addressee.kind === 'person' && l.addressee.personId === gone,
      ),
    ).toBe(false);
  });

  it('passes case and entry to the successor of a reorganised provider', () => {
    const c = start().toPanel();
    c.do('system', 'fact:provider_reorganised', {
      successorId: uuid(950),
      successorRegion: '42',
      successorInn: '4200000000',
      on: '2026-02-03',
      act: 'приказ',
    });
    expect(c.s.applicantOrganisationId).toBe(uuid(950));
    expect(c.s.organisationIds).toHaveLength(2);
  });

  it('moves a due date by an administrator only, with who, when, old and new', () => {
    const c = start().submit();
    const key = `task:${c.task('technical_check')}:due`;
    expect(c.try(people.operator, 'moveDeadline', { key, dueOn: '2026-02-20', reason: 'сбой' })?.code).toBe(
      'role_missing',
    );
    c.do(people.admin, 'moveDeadline', { key, dueOn: '2026-02-20', reason: 'сбой системы' });
    expect(c.events.at(-1)?.facts).toMatchObject({ previous: '2026-02-09', on: '2026-02-20', by: people.admin });
    c.day('2026-02-19');
    expect(c.events.some((e) => e.type === 'task.overdue')).toBe(false);
    c.day('2026-02-24');
    expect(c.events.some((e) => e.type === 'task.overdue')).toBe(true);
  });
});
