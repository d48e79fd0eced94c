import fc from 'fast-check';
import { describe, it } from 'vitest';
import { Walk, type Step } from '../../test/p04/random-walk.ts';
import { people } from '../../test/p04/world.ts';
import { DEFAULT_POLICY } from './policy.ts';

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.oneof(
      { weight: 14, arbitrary: fc.constant('offered' as const) },
      { weight: 3, arbitrary: fc.constant('blind' as const) },
      { weight: 5, arbitrary: fc.constant('deadline' as const) },
      { weight: 2, arbitrary: fc.constant('days' as const) },
      { weight: 4, arbitrary: fc.constant('month' as const) },
      { weight: 4, arbitrary: fc.constant('fact' as const) },
    ),
    a: fc.nat(997),
    b: fc.nat(997),
    c: fc.nat(997),
  }),
  { maxLength: 120, size: 'max' },
);

/** Where walks begin, so that late stages are met as often as early ones. */
const BEGINNINGS = ['intake', 'year_1', 'gate', 'year_3', 'vacant', 'paused', 'transfer', 'left', 'declined'] as const;

function begin(at: (typeof BEGINNINGS)[number], newer: boolean): Walk {
  const walk = new Walk(
    newer ? { p1: DEFAULT_POLICY, p2: { ...DEFAULT_POLICY, norms: { '1': [], '2': [], '3': [] } } } : undefined,
  );
  walk.start(at === 'year_3' ? 30 : 0);
  const { c } = walk;
  if (newer) c.inForce = 'p2';
  if (at === 'intake') return walk;
  c.appoint().ppn();
  if (at === 'gate') c.day('2027-08-25').content();
  if (at === 'vacant') c.do(people.mentor, 'resignMentor');
  if (at === 'paused') c.employment('leave_started', { leave: 'sabbatical' });
  if (at === 'left') c.employment('dismissed');
  if (at === 'declined') c.do(people.teacher, 'declineProgramme', { reasonCode: 'no_time' });
  if (at === 'transfer') walk.step({ kind: 'fact', a: 0, b: 1, c: 0 });
  walk.look();
  return walk;
}

/** Walks from each beginning; a night of them is a change of this number. */
const RUNS = 25;

describe.each([false, true])('a cycle that lives at random (another version in force: %s)', (newer) => {
  it.each(BEGINNINGS)('keeps every promise from «%s» on', (beginning) => {
    fc.assert(
      fc.property(steps, (way) => {
        const walk = begin(beginning, newer);
        for (const step of way) walk.step(step);
      }),
      { numRuns: RUNS },
    );
  });
});
