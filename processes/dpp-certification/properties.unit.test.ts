import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Walk } from '../../test/p01/random-walk.ts';
import { people, SHA } from '../../test/p01/world.ts';
import { steps } from '../../test/support/steps.ts';
import { checkPolicy, DEFAULT_POLICY, type CertificationPolicy } from './policy.ts';

const WEIGHTS = { offered: 14, blind: 3, deadline: 4, days: 3, fact: 3, child: 2 };

/** Where walks begin: a short way in, so that late stages are reached as often as early ones. */
const BEGINNINGS = ['submitted', 'panel', 'disagreement', 'decided', 'certified', 'refused', 'expiring'] as const;
type Beginning = (typeof BEGINNINGS)[number];

function begin(at: Beginning, policy?: CertificationPolicy): Walk {
  const walk = new Walk(policy).start();
  const { c } = walk;
  if (at === 'submitted') return walk;
  walk.act(people.operator, 'completeTechnicalCheck', { taskId: c.task('technical_check') });
  for (const t of c.open('review')) walk.act(t.assigneeId as string, 'acceptTask', { taskId: t.id });
  if (at === 'panel') return walk;
  const size = c.open('review').length;
  for (const [i, t] of c.open('review').entries()) {
    const n = at === 'refused' ? 2 : at === 'disagreement' && i === size - 1 ? 2 : 0;
    walk.act(t.assigneeId as string, 'submitReview', walk.payload('submitReview', t.id, n));
  }
  if (at === 'disagreement' || at === 'decided') return walk;
  if (at === 'refused') return walk.act(people.coordinator, 'refuse', walk.payload('refuse', c.task('decision'), 0));
  walk.act(people.coordinator, 'certify', walk.payload('certify', c.task('decision'), 0));
  if (at === 'expiring') walk.to(new Date('2028-08-07T07:00:00.000Z').toISOString());
  return walk;
}

const { criteria, panel, task, terms } = DEFAULT_POLICY;
const combinations = (
  size: number,
  result: (
    approve: number,
    revise: number,
    reject: number,
  ) => CertificationPolicy['panel']['aggregation']['table'] extends infer T
    ? T extends Record<string, infer R>
      ? R
      : never
    : never,
) => {
  const table: Record<string, ReturnType<typeof result>> = {};
  for (let a = 0; a <= size; a++)
    for (let r = 0; a + r <= size; r++) table[`${a}-${r}-${size - a - r}`] = result(a, r, size - a - r);
  return table;
};

const POLICIES: Record<string, CertificationPolicy> = {
  'the default policy': DEFAULT_POLICY,
  'two experts, another criteria set, short terms': {
    ...DEFAULT_POLICY,
    criteria: [
      { ...(criteria[0] as (typeof criteria)[0]), code: 'goal', max: 5, passFrom: 3, remarkBelow: 3 },
      { ...(criteria[1] as (typeof criteria)[0]), code: 'means', max: 5, passFrom: 2, remarkBelow: 2 },
      {
        ...(criteria[4] as (typeof criteria)[0]),
        code: 'novelty',
        mandatory: false,
        max: 3,
        passFrom: 1,
        remarkBelow: 1,
      },
    ],
    panel: { ...panel, size: 2, aggregation: { size: 2, table: null, spreadShare: 0.3 } },
    terms: {
      ...terms,
      technicalCheck: { ...terms.technicalCheck, amount: 1 },
      revision: { ...terms.revision, amount: 2 },
      expertise: { amount: 1, unit: 'month', clause: 'Порядок' },
    },
    limits: { returns: 1, rounds: 1, newPanels: 2, objections: 2 },
  },
  'four experts of three regions, a full table': {
    ...DEFAULT_POLICY,
    panel: {
      size: 4,
      selection: { ...panel.selection, minRegions: 3, arbiterFromPanelRegions: false },
      aggregation: {
        size: 4,
        spreadShare: 0.3,
        table: combinations(4, (a, _r, x) =>
          a >= 3 && x === 0 ? 'approve' : x >= 3 ? 'reject' : a > 0 && x > 0 ? 'arbitration' : 'revise',
        ),
      },
    },
    task: { ...task, reminders: [2], escalateAfter: 1, reassignAfter: 1, maxExtension: 10 },
  },
};

/** Walks from each beginning under each policy. Raise it to search longer: 150 take about three minutes. */
const RUNS = 20;

describe.each(Object.entries(POLICIES))('a case that lives at random under %s', (_name, policy) => {
  it('is a policy the platform accepts', () => {
    expect(checkPolicy(policy)).toEqual({ ok: true, policy });
  });

  it.each(BEGINNINGS)('keeps every promise from «%s» on', (beginning) => {
    fc.assert(
      fc.property(steps(WEIGHTS, 60), (way) => {
        const walk = begin(beginning, policy);
        for (const step of way) walk.step(step);
      }),
      { numRuns: RUNS, verbose: false },
    );
  });
});

describe('after withdrawal', () => {
  it('sends nothing and arms nothing, whatever happens later', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Beginning>('submitted', 'panel', 'disagreement', 'decided'),
        steps(WEIGHTS, 20),
        steps(WEIGHTS, 20),
        (beginning, before, after) => {
          const walk = begin(beginning);
          for (const step of before) walk.step(step);
          const denial = walk.c.try(people.head, 'withdraw', { statement: SHA(3) });
          fc.pre(denial === null);
          walk.look();
          const letters = walk.c.letters.length;
          const events = walk.c.events.length;
          for (const step of after) walk.step(step);
          walk.to(new Date(Date.parse(walk.c.now) + 400 * 86_400_000).toISOString());
          expect(walk.c.letters.slice(letters)).toEqual([]);
          expect(walk.c.events.slice(events)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
