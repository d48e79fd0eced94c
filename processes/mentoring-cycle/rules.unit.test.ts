import { describe, expect, it } from 'vitest';
import { checkJournal, checkRest } from '../../test/p04/invariants.ts';
import { PureCycle } from '../../test/p04/pure-case.ts';
import { people } from '../../test/p04/world.ts';

/** Every story ends with the table, the fold and the rest checked. */
function told(c: PureCycle): PureCycle {
  expect(checkJournal(c.events, c.s, c.caseId)).toEqual([]);
  expect(checkRest(c.s, c.ctx())).toEqual([]);
  return c;
}

describe('the way through', () => {
  it('runs 36 months, three gates, and ends with a certificate', () => {
    const c = new PureCycle().toYear1();
    expect(c.stage).toBe('year_1');
    c.yearOfWork();
    c.pass();
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
    console.log(c.events.length, JSON.stringify(c.s).length, JSON.stringify(c.events).length, c.letters.length);
    told(c);
  });
});
void people;
