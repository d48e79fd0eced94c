import fc from 'fast-check';
import { describe, it } from 'vitest';
import { Walk } from '../../test/p04/random-walk.ts';
import { people } from '../../test/p04/world.ts';
import { steps } from '../../test/support/steps.ts';
import { DEFAULT_POLICY } from './policy.ts';

const ways = steps({ offered: 14, blind: 3, deadline: 5, days: 2, month: 4, fact: 4 }, 120);

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
      fc.property(ways, (way) => {
        const walk = begin(beginning, newer);
        for (const step of way) walk.step(step);
      }),
      { numRuns: RUNS },
    );
  });
});
