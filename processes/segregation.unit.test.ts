/**
 * Segregation of duties over every process and every action (section 2): whoever holds every office of the country may do nothing with
 * his own case, a relative's, or, where the applicant is an organisation, that of his organisation. The same person without the tie
 * may: so that a table that allows nothing cannot pass.
 */
import { describe, expect, it } from 'vitest';
import { Walk } from '../test/p01/random-walk.ts';
import { PROVIDER_ORG } from '../test/p01/world.ts';
import { Town } from '../test/p02/pure.ts';
import { application, CANDIDATES, CAST, conclusion, people as p02, schedule, SCHOOL, uuid } from '../test/p02/world.ts';
import { type Assessment, Town as ExamTown } from '../test/p03/pure.ts';
import { EXAMINERS } from '../test/p03/world.ts';
import { PureCycle } from '../test/p04/pure-case.ts';
import { people as p04 } from '../test/p04/world.ts';
import { PureRun } from '../test/support/pure-run.ts';
import { headAttestation } from './head-attestation/index.ts';
import { RULES as P02 } from './head-attestation/rules/index.ts';
import { DEFAULT_POLICY } from './head-attestation/policy.ts';
import { dppCertification } from './dpp-certification/index.ts';
import { RULES as P01 } from './dpp-certification/rules/index.ts';
import { RULES as P04 } from './mentoring-cycle/rules/index.ts';
import { qualificationAssessment } from './qualification-assessment/index.ts';
import { RULES as P03 } from './qualification-assessment/rules/index.ts';
import type { Actor, AnyProcess, Context, PersonActor, Role } from './kit/types.ts';
import { isOpen, type Task } from './kit/task.ts';
import { listProcesses } from './registry.ts';

interface Situation {
  process: AnyProcess;
  state: any;
  ctx: Context<any>;
  /** Whose case it is. */
  subject: string;
  organisation?: string;
  /** Roles that speak for the applicant or are people of the case. */
  parties: readonly string[];
}

const certification = (tell: (c: Walk['c']) => unknown) => (): Situation => {
  const walk = new Walk();
  tell(walk.c);
  return {
    process: dppCertification,
    state: walk.c.s,
    ctx: walk.c.ctx(),
    subject: walk.c.s.initiatorId,
    organisation: PROVIDER_ORG,
    parties: ['provider_rep', 'provider_head', 'methodist'],
  };
};

const attestation = (kind: 'candidate' | 'planned', tell: (c: PureRun<any, any>) => unknown) => (): Situation => {
  const c = new PureRun<any, any>(
    headAttestation,
    CAST,
    structuredClone(DEFAULT_POLICY),
    '2026-01-15T07:00:00.000Z',
    uuid(6000),
  );
  c.worker = (work, input, key) =>
    work === 'list_candidates'
      ? { role: input.role, candidates: CANDIDATES, seed: `seed${key}` }
      : { caseId: input.caseId, delivered: true };
  if (kind === 'candidate') c.do(p02.candidate, 'apply', application());
  else c.do(p02.founder, 'scheduleAttestation', schedule());
  tell(c);
  return {
    process: headAttestation,
    state: c.s,
    ctx: c.ctx(),
    subject: c.s.initiatorId,
    organisation: c.s.organisationIds[0],
    parties: ['head', 'candidate'],
  };
};

const cycle = (tell: (c: PureCycle) => unknown) => (): Situation => {
  const c = new PureCycle();
  tell(c);
  return {
    process: c.process as AnyProcess,
    state: c.s,
    ctx: c.ctx(),
    subject: c.s.menteeId,
    parties: ['new_teacher', 'mentor'],
  };
};

const assessment = (tell: (c: Assessment) => unknown) => (): Situation => {
  const c = new ExamTown().assessment().applyFor();
  tell(c);
  return {
    process: qualificationAssessment,
    state: c.s,
    ctx: c.ctx(),
    subject: c.s.initiatorId,
    parties: ['teacher', 'employer'],
  };
};

const toTest = (c: PureRun<any, any>) =>
  c
    .do(p02.hr, 'confirmChecks', { taskId: c.task('checks') })
    .do(p02.secretary, 'completeDocuments', { taskId: c.task('documents') });
const tested = (c: PureRun<any, any>) =>
  toTest(c).do(p02.secretary, 'recordTest', { taskId: c.task('test'), score: 90, testedOn: c.today });
const reviewed = (c: PureRun<any, any>) => {
  tested(c);
  for (const t of c.open('review')) c.do(t.assigneeId as string, 'acceptTask', { taskId: t.id });
  for (const t of c.open('review'))
    c.do(t.assigneeId as string, 'submitReview', { taskId: t.id, ...conclusion('approve') });
};

const SITUATIONS: Record<string, () => Situation> = {
  'certification, technical check': certification((c) => c.submit()),
  'certification, under expertise': certification((c) => c.toPanel()),
  'certification, decision': certification((c) => c.toPanel().review('approve', 'approve', 'approve')),
  'certification, in the register': certification((c) => c.toPanel().review('approve', 'approve', 'approve').certify()),
  'certification, appeal': certification((c) =>
    c
      .toPanel()
      .review('reject', 'reject', 'reject')
      .refuse()
      .do(uuid(1), 'appeal', { statement: 'a'.repeat(64) }),
  ),
  'attestation, documents': attestation('candidate', () => undefined),
  'attestation, test': attestation('planned', toTest),
  'attestation, panel': attestation('planned', tested),
  'attestation, before the sitting': attestation('planned', reviewed),
  'assessment, registered': assessment(() => undefined),
  'assessment, marks': assessment((c) => {
    c.toExam('2026-02-10', { examiners: EXAMINERS.slice(0, 4) });
    c.identify().theory(80);
  }),
  'mentoring, a mentor is sought': cycle((c) => c.start()),
  'mentoring, an order is due': cycle((c) => c.start().propose()),
  'mentoring, the first year': cycle((c) => c.toYear1()),
  'mentoring, gate': cycle((c) => c.toYear1().day('2027-08-25').content()),
};

const ROLES: Role[] = [
  'methodist',
  'fed_operator',
  'fed_coordinator',
  'registry_keeper',
  'expert',
  'arbiter',
  'appeals_member',
  'founder_rep',
  'founder_head',
  'secretary',
  'curator',
  'head',
  'tutor',
  'hr_officer',
  'admin',
  'chair',
  'centre_operator',
  'examiner',
  'council',
];
const somebody = uuid(991);
const another = uuid(992);

/** Holds every office everywhere, save those that speak for the applicant of this process. */
const everything = (s: Situation, more: Partial<PersonActor> = {}): Actor => ({
  kind: 'person',
  personId: somebody,
  organisationIds: [],
  assignments: ROLES.filter((role) => !s.parties.includes(role)).map((role) => ({
    role,
    scope: { kind: 'country' },
    from: '2019-01-01',
  })),
  ...more,
});

const allowed = (s: Situation, actor: Actor): string[] =>
  [
    ...new Set(
      s.process
        .availableActions(s.state, actor, s.ctx)
        .filter((offer) => offer.allowed)
        .map(({ type }) => type),
    ),
  ].sort();

/** What `decide` refuses for the tie itself, whatever the body says. */
const decides = (s: Situation, actor: Actor, type: string, task?: Task) => {
  const decision = s.process.decide(
    s.state,
    { id: 'cell', type, payload: task ? { taskId: task.id } : {}, actor, receivedAt: s.ctx.now },
    s.ctx,
  );
  return decision.ok ? 'done' : decision.denial.code;
};

describe('segregation of duties', () => {
  it('is looked at in every process of the platform', () => {
    const looked = new Set(Object.values(SITUATIONS).map((make) => make().process.slug));
    // A sitting is about many cases: its votes are looked at one by one below. A session of an exam only gathers people and seats.
    expect(
      listProcesses()
        .map(({ slug }) => slug)
        .filter((slug) => !looked.has(slug) && !['commission-sitting', 'exam-session'].includes(slug)),
    ).toEqual([]);
  });

  it.each(Object.keys(SITUATIONS))('«%s»: every office may act on a stranger’s case and none on one’s own', (name) => {
    const s = (SITUATIONS[name] as () => Situation)();
    expect(allowed(s, everything(s)).length).toBeGreaterThan(0);
    const ties: Record<string, Actor> = {
      relative: everything(s, { relativeIds: [s.subject] }),
      'deputy of the applicant himself': everything(s, { onBehalfOf: { personId: s.subject, actId: 'x' } }),
      'deputy whose principal or who is a relative': everything(s, {
        onBehalfOf: { personId: another, actId: 'x' },
        relativeIds: [s.subject],
      }),
      ...(s.organisation ? { 'same organisation': everything(s, { organisationIds: [s.organisation] }) } : {}),
    };
    const RULES: Record<string, { roles: Role[]; task?: string[] }> = {
      'dpp-certification': P01,
      'head-attestation': P02,
      'qualification-assessment': P03,
      'mentoring-cycle': P04,
    }[s.process.slug] as never;
    for (const [tie, actor] of Object.entries(ties)) {
      expect([tie, allowed(s, actor)]).toEqual([tie, []]);
      for (const [type, rule] of Object.entries(RULES)) {
        const tasks = rule.task ? (s.state.tasks as Task[]).filter((t) => rule.task?.includes(t.kind)) : [undefined];
        for (const task of tasks) expect([tie, type, decides(s, actor, type, task)]).not.toEqual([tie, type, 'done']);
      }
    }
    // He himself, whatever offices he holds, does what an applicant does and nothing else.
    const himself = allowed(s, everything(s, { personId: s.subject }));
    const own = Object.entries(RULES).filter(([, rule]) => rule.roles.some((role) => s.parties.includes(role)));
    expect(himself.filter((type) => !own.some(([name]) => name === type))).toEqual([]);
  });

  it.each([
    ['certification, under expertise', 'review', 'submitReview'],
    ['attestation, panel', 'review', 'submitReview'],
    ['assessment, marks', 'marks', 'submitMarks'],
  ])('«%s»: an expert who turns out to be a relative or a colleague can only step aside', (name, kind, act) => {
    const s = (SITUATIONS[name] as () => Situation)();
    const review = (s.state.tasks as Task[]).find((t) => t.kind === kind && isOpen(t)) as Task;
    const expert = (more: object): Actor => ({
      kind: 'person',
      personId: review.assigneeId as string,
      organisationIds: [],
      assignments: [],
      ...more,
    });
    expect(allowed(s, expert({}))).not.toEqual([]);
    for (const tie of [
      { relativeIds: [s.subject] },
      ...(s.organisation ? [{ organisationIds: [s.organisation] }] : []),
    ]) {
      const left = allowed(s, expert(tie));
      expect(left).toContain('declareConflict');
      expect(left.filter((type) => !['declareConflict', 'declineTask'].includes(type))).toEqual([]);
      expect(decides(s, expert(tie), act, review)).toBe('segregation');
    }
  });

  it('nobody opens a case about himself or a relative', () => {
    const s = attestation('planned', () => undefined)();
    for (const tie of [{ personId: p02.head }, { relativeIds: [p02.head] }, { organisationIds: [SCHOOL] }]) {
      const actor = everything({ ...s, parties: [] }, tie);
      const decision = headAttestation.decide(
        null,
        { id: 'open', type: 'scheduleAttestation', payload: schedule(), actor, receivedAt: s.ctx.now },
        s.ctx,
      );
      expect(decision.ok ? 'opened' : decision.denial.code).toBe('segregation');
    }
    const c = cycle((one) => one.start())();
    const opening = new PureCycle();
    opening.start();
    const payload = { menteeId: p04.teacher, place: opening.s.place };
    const decision = c.process.decide(
      null,
      {
        id: 'open',
        type: 'start',
        payload,
        actor: everything({ ...c, parties: [] }, { relativeIds: [p04.teacher] }),
        receivedAt: c.ctx.now,
      },
      c.ctx,
    );
    expect(decision.ok ? 'opened' : decision.denial.code).toBe('segregation');
  });

  it('a member of a commission does not vote on a relative’s item, nor on that of an organisation he has joined', () => {
    const town = new Town();
    const c = town.sitting().on('2026-03-03');
    c.fact('item_submitted', {
      itemKey: 'one',
      caseId: uuid(4001),
      process: 'head-attestation',
      heldOn: '2026-03-03',
      subjectId: p02.head,
      organisationIds: [SCHOOL],
      conflicts: [],
      proposals: ['conform'],
      adverse: 'not_conform',
      absence: 'decide',
    });
    c.session();
    c.do(p02.secretary, 'putToVote', { itemKey: 'one', attesteeOut: true });
    const s = c.s as any;
    const voter = (s.present as string[]).find((id) => id !== p02.secretary && id !== p02.head) as string;
    const vote = (more: object) => {
      const decision = c.process.decide(
        s,
        {
          id: 'vote',
          type: 'castVote',
          payload: { itemKey: 'one', voice: 'for' },
          actor: { ...(c.actor(voter) as PersonActor), organisationIds: [], ...more },
          receivedAt: c.now,
        },
        c.ctx(),
      );
      return decision.ok ? 'voted' : decision.denial.code;
    };
    expect(vote({})).toBe('voted');
    expect(vote({ relativeIds: [p02.head] })).toBe('segregation');
    expect(vote({ organisationIds: [SCHOOL] })).toBe('segregation');
    expect(vote({ onBehalfOf: { personId: another, actId: 'x' } })).not.toBe('voted');
  });
});
