import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CANDIDATES,
  CAST,
  conclusion,
  MEMBERS,
  ORDER,
  people,
  application,
  schedule,
  SHA,
  uuid,
} from '../../test/p02/world.ts';
import { checkFold, checkRest } from '../../test/support/invariants.ts';
import { PureRun } from '../../test/support/pure-run.ts';
import { PROMISED, type Step as WalkStep, steps } from '../../test/support/steps.ts';
import { headAttestation } from './index.ts';
import { checkPolicy, DEFAULT_POLICY, type AttestationPolicy } from './policy.ts';
import type { AttestationState } from './state.ts';

type Run = PureRun<AttestationState, AttestationPolicy>;
type Step = WalkStep<'offered' | 'blind' | 'deadline' | 'days' | 'fact'>;

const OFFICES = Object.values(people);
const VERDICTS = ['approve', 'revise', 'reject'] as const;
const day = (c: Run, days: number) =>
  new Date(Date.parse(`${c.today}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** Where walks begin: a short way in, so that late stages are reached as often as early ones. */
const BEGINNINGS = [
  'candidate',
  'planned',
  'retake',
  'tested',
  'evaluated',
  'candidate conform',
  'conform',
  'conform_conditional',
  'not_conform',
  'retake not_conform',
] as const;
type Beginning = (typeof BEGINNINGS)[number];

function begin(at: Beginning, policy: AttestationPolicy): Run {
  const kind = at.startsWith('candidate') ? 'candidate' : at.startsWith('retake') ? 'retake' : 'planned';
  const c = open(kind, policy);
  if (at === kind) return c;
  const person = c.s.initiatorId;
  c.do(people.hr, 'confirmChecks', { taskId: c.task('checks') });
  c.do(people.secretary, 'completeDocuments', { taskId: c.task('documents') });
  c.do(people.secretary, 'recordTest', { taskId: c.task('test'), score: 90, testedOn: c.today });
  if (at === 'tested') return c;
  for (const t of c.open('review')) c.do(t.assigneeId as string, 'acceptTask', { taskId: t.id });
  for (const t of c.open('review'))
    c.do(t.assigneeId as string, 'submitReview', { taskId: t.id, ...conclusion('approve') });
  if (c.s.incumbent) c.do(people.founder, 'fileSubmission', {}).do(person, 'familiariseSubmission');
  c.do(people.secretary, 'attachPublicOpinion', { body: 'совет' });
  if (at === 'evaluated') return c;
  const heldOn = '2026-04-14';
  c.do(people.secretary, 'fixSitting', { sittingCaseId: uuid(4999), heldOn });
  const item = { itemKey: c.s.booking?.itemKey, heldOn, sittingNumber: 'KOM-1' };
  const result = at.replace(/^(candidate|retake) /, '');
  c.do('system', 'fact:item_accepted', item);
  c.day(heldOn);
  c.do('system', 'fact:item_decided', { ...item, result, votedOn: heldOn, inAbsence: false, takenBy: [], count: {} });
  return c.do(people.founder, 'issueAct', { taskId: c.task('act'), order: ORDER });
}

function open(kind: 'candidate' | 'planned' | 'retake', policy: AttestationPolicy): Run {
  const c: Run = new PureRun(headAttestation, CAST, structuredClone(policy), '2026-01-15T07:00:00.000Z', uuid(6000));
  let lost = 0;
  c.worker = (work, input, key) => {
    if (work === 'list_candidates') return { role: input.role, candidates: CANDIDATES, seed: `seed${key}` };
    if (work === 'open_child') return { childKey: input.childKey, childCaseId: uuid(77), number: 'X' };
    return { caseId: input.caseId, delivered: ++lost % 5 !== 0 };
  };
  if (kind === 'candidate') return c.do(people.candidate, 'apply', application());
  if (kind === 'planned') return c.do(people.founder, 'scheduleAttestation', schedule());
  return c.do('system', 'open_related', {
    ...schedule(),
    variant: 'retake',
    failuresBefore: 1,
    parent: { caseId: uuid(76), key: 'retake:1' },
  });
}

/** A body for any action, lawful as often as not. */
function payload(c: Run, type: string, taskId: string | undefined, { b, c: n }: Step): Record<string, unknown> {
  const on = day(c, (b % 60) - 5);
  const base = {
    taskId,
    order: ORDER,
    statement: SHA(4),
    document: SHA(5),
    on: c.today,
    testedOn: c.today,
    missedOn: c.today,
  };
  switch (type) {
    case 'submitReview':
    case 'submitArbitration':
      return { ...base, ...conclusion(VERDICTS[b % 3] as 'approve') };
    case 'recordTest':
    case 'reuseTest':
      return { ...base, score: n % 101 };
    case 'setTest':
    case 'acceptReason':
      return { ...base, testOn: on };
    case 'replan':
    case 'setRetake':
      return { ...base, plannedOn: day(c, b % 400), training: 'курсы' };
    case 'fixSitting':
      return { ...base, sittingCaseId: uuid(4999), heldOn: day(c, 30 + (b % 40)) };
    case 'familiarise':
    case 'recordService':
      return { ...base, paper: b % 2 ? 'act' : 'extract', refusedToSign: n % 2 === 0, witnesses: ['А', 'Б'] };
    case 'decideAppeal':
      return { ...base, outcome: ['upheld', 'changed', 'returned'][b % 3] };
    case 'decideFulfilment':
      return { ...base, fulfilled: b % 2 === 0 };
    case 'chooseDismissal':
      return { ...base, noTransferPossible: b % 4 !== 0, sickOrOnLeave: false, pregnant: false };
    case 'moveDeadline': {
      const armed = c.process.deadlines(c.s, c.ctx()).filter((d) => d.visible);
      return { key: armed[b % (armed.length || 1)]?.key ?? 'x', dueOn: day(c, 1 + (n % 30)), reason: 'сбой системы' };
    }
    case 'assignTask':
      return { ...base, personId: OFFICES[b % OFFICES.length] };
    default:
      return {
        ...base,
        count: 1,
        ground: 'education',
        consent: true,
        noConflict: true,
        workingDays: 1 + (b % 5),
        items: 2,
        number: '1',
        body: 'совет',
        extraCompetences: [],
        witnesses: ['А', 'Б'],
      };
  }
}

function fact(c: Run, { a, b }: Step): [string, Record<string, unknown>] {
  const { booking } = c.s;
  const item = { itemKey: booking?.itemKey ?? 'none', heldOn: booking?.heldOn ?? c.today, sittingNumber: 'KOM-1' };
  const childKey = c.s.related.at(-1)?.key ?? 'none';
  const facts: Array<[string, Record<string, unknown>]> = [
    ['item_accepted', item],
    ['item_refused', { ...item, why: 'frozen' }],
    ['item_moved', { ...item, cause: ['no_quorum', 'recusal', 'absent_valid'][b % 3] }],
    ['item_absent', item],
    [
      'item_decided',
      {
        ...item,
        result: ['conform', 'conform_conditional', 'not_conform'][b % 3],
        votedOn: c.today,
        inAbsence: false,
        takenBy: MEMBERS.map((m) => m.personId),
        count: {},
      },
    ],
    [
      'item_decided',
      {
        ...item,
        result: ['conform', 'conform_conditional', 'not_conform'][b % 3],
        votedOn: c.today,
        inAbsence: false,
        takenBy: MEMBERS.map((m) => m.personId),
        count: {},
      },
    ],
    [
      'exemption',
      { kind: ['pregnancy', 'sick_leave', 'childcare_leave'][b % 3], ...(b % 2 ? { untilOn: day(c, b % 300) } : {}) },
    ],
    ['exemption_ended', { on: c.today }],
    ['post_left', { event: 'dismissed' }],
    ['transferred', { founder: 'Б', organisationId: uuid(1), on: c.today }],
    ['school_merged', { successorId: uuid(701 + (b % 3)), on: c.today }],
    ['court_act', { outcome: b % 2 ? 'changed' : 'returned', act: 'решение' }],
    ['child_decided', { childKey, result: 'conform' }],
    ['child_ended', { childKey, outcome: 'cancelled' }],
    [
      'employment',
      { personId: c.s.tasks[b % (c.s.tasks.length || 1)]?.assigneeId ?? uuid(1), event: b % 2 ? 'dismissed' : 'died' },
    ],
  ];
  return facts[a % facts.length] as [string, Record<string, unknown>];
}

function live(c: Run, step: Step, way: string[]): void {
  const people = [
    ...OFFICES,
    ...new Set(c.s.tasks.flatMap((t) => (t.nature === 'personal' && t.assigneeId ? [t.assigneeId] : []))),
  ];
  const note = (text: string) => way.push(`${c.now} ${c.stage} ${text}`);
  if (step.kind === 'deadline' || step.kind === 'days') {
    const next = c.process
      .deadlines(c.s, c.ctx())
      .map((d) => d.at)
      .sort()[0];
    const to = step.kind === 'days' ? new Date(Date.parse(c.now) + (step.a % 30) * 86_400_000).toISOString() : next;
    note(`to ${to}`);
    if (to && to > c.now) c.to(to);
    return;
  }
  if (step.kind === 'fact') {
    const [kind, facts] = fact(c, step);
    note(`fact ${kind}`);
    c.try('system', `fact:${kind}`, facts);
    return c.work();
  }
  const who = people[step.a % people.length] as string;
  const offers = c.process
    .availableActions(c.s, c.actor(who), c.ctx())
    .filter((o) => o.allowed || step.kind === 'blind');
  const offer = offers[step.b % (offers.length || 1)];
  if (!offer) return;
  const before = c.events.length;
  const denial = c.try(who, offer.type, payload(c, offer.type, offer.taskId, step));
  note(`${who.slice(-4)} ${offer.type} ${denial ? `denied ${denial.code}` : ''}`);
  if (denial && offer.allowed && PROMISED.has(denial.code))
    throw new Error(`${offer.type} was offered and refused: ${denial.code} ${denial.message}`);
  if (denial && c.events.length > before && denial.code !== 'late_answer')
    throw new Error(`${denial.code} left events`);
  c.work();
}

const ways = steps({ offered: 14, blind: 2, deadline: 4, days: 2, fact: 4 }, 90);

const POLICIES: Record<string, AttestationPolicy> = {
  'the default policy': DEFAULT_POLICY,
  'a strict founder: no recommendations, one post for all, repeats, a public opinion': {
    ...DEFAULT_POLICY,
    posts: 'joint',
    portable: true,
    conditional: false,
    publicOpinion: 'required',
    test: { ...DEFAULT_POLICY.test, repeats: 1, reschedules: 1 },
    terms: { ...DEFAULT_POLICY.terms, validity: { ...DEFAULT_POLICY.terms.validity, amount: 1 } },
  },
};

/** Walks from each beginning under each policy; a night of them is a change of this number. */
const RUNS = 15;

describe.each(Object.entries(POLICIES))('an attestation that lives at random under %s', (_name, policy) => {
  it('has a policy the platform accepts', () => {
    expect(checkPolicy(policy)).toEqual({ ok: true, policy });
  });

  it.each(BEGINNINGS)('keeps every promise from «%s» on', (kind) => {
    fc.assert(
      fc.property(ways, (walk) => {
        const c = begin(kind, policy);
        const way: string[] = [];
        for (const step of walk) {
          try {
            live(c, step, way);
            const faults = [...c.faults, ...checkRest(headAttestation, c.s, c.ctx())];
            if (faults.length > 0) throw new Error(faults.join('\n'));
          } catch (error) {
            throw new Error(`${(error as Error).message}\nthe way:\n  ${way.join('\n  ')}`, { cause: error });
          }
        }
        expect(checkFold(headAttestation, c.events, c.s, c.caseId)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
