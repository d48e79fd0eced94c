import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastQuarterEnd } from './dates.ts';
import { addressOf, type Bodies, hiddenTogether, type Shown, shownOf } from './disclosure.ts';
import { cellId, count, type ReportBody } from './report.ts';

const min = 5;
const people = (ids: readonly number[]) => ids.map((n) => ({ key: `person:${n}`, personId: `p${n}`, caseId: `c${n}` }));
const upTo = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i);
const headlines = (groups: number[][]): ReportBody => ({
  headline: groups.map((ids, i) => ({ key: `h${i}`, labelRu: '', figure: count(people(ids), 'people') })),
  parts: [],
});
const at = (i: number, report = 'r') => addressOf(report, cellId('headline', `h${i}`, ''));

describe('a hidden group', () => {
  it('is not the difference of two numbers of which one holds the other, in one report or in two', () => {
    const one = new Map([['r', headlines([upTo(12), upTo(9), upTo(6)])]]);
    // Twelve without nine are three, nine without six are three.
    expect([...hiddenTogether(one, min)].sort()).toEqual([at(1)]);
    const two = new Map([
      ['r', headlines([upTo(12)])],
      ['s', headlines([upTo(9)])],
    ]);
    expect([...hiddenTogether(two, min)]).toEqual([at(0, 's')]);
  });

  it('is the only thing hidden: large groups that differ by enough stay, whatever else is told', () => {
    const large = headlines([upTo(40), upTo(25), upTo(15, 25), upTo(40)]);
    expect(hiddenTogether(new Map([['r', large]]), min).size).toBe(0);
  });

  it('is not found by counting papers beside people: they are of the same cases', () => {
    const papers = upTo(9).map((n) => ({ key: `task:${n}`, caseId: `c${n}` }));
    const body: ReportBody = {
      headline: [
        { key: 'h0', labelRu: '', figure: count(people(upTo(12))) },
        { key: 'h1', labelRu: '', figure: count(papers) },
      ],
      parts: [],
    };
    expect([...hiddenTogether(new Map([['r', body]]), min)]).toEqual([at(1)]);
  });

  it('is hidden under its other names too', () => {
    const row = (key: string, ids: number[]) => ({ key, labelRu: key, cells: { n: count(people(ids)) } });
    const table: ReportBody = {
      headline: [{ key: 'h0', labelRu: '', figure: count(people(upTo(7))) }],
      parts: [
        {
          key: 'p',
          titleRu: '',
          rowRu: '',
          columns: [{ key: 'n', labelRu: '' }],
          rows: [row('a', upTo(7)), row('b', upTo(3, 20)), row('c', upTo(30, 40))],
        },
      ],
    };
    const hidden = hiddenTogether(new Map([['r', table]]), min);
    expect([...hidden].sort()).toEqual(
      [at(0), addressOf('r', cellId('p', 'a', 'n')), addressOf('r', cellId('p', 'b', 'n'))].sort(),
    );
  });

  it('is not the difference of two editions: six, then seven', () => {
    const before = new Map([['r', headlines([upTo(6)])]]);
    const shown = shownOf(before, hiddenTogether(before, min));
    const next = (n: number, from = 0) =>
      hiddenTogether(new Map([['r', headlines([upTo(n, from)])]]), min, () => true, [shown]).size;
    expect([next(6), next(7), next(10), next(11)]).toEqual([0, 1, 1, 0]);
    // As many, and another person among them.
    expect(next(6, 1)).toBe(1);
  });
});

/** What can be found by laying any two shown numbers of all editions side by side, at one address or one inside the other. */
function found(editions: Array<{ bodies: Bodies; shown: Shown }>): string[] {
  const out: string[] = [];
  const differ = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
    [...a].filter((x) => !b.has(x)).length + [...b].filter((x) => !a.has(x)).length;
  for (const [i, { shown }] of editions.entries()) {
    for (const [address, group] of shown) {
      if (group.size > 0 && group.size < min) out.push(`${i} ${address}: ${group.size}`);
      for (const { shown: later } of editions.slice(i + 1)) {
        const n = later.has(address) ? differ(group, later.get(address)!) : 0;
        if (n > 0 && n < min) out.push(`${i} ${address}: ${n} since`);
      }
      for (const other of shown.values()) {
        const n = other.size - group.size;
        if (n > 0 && n < min && [...group].every((one) => other.has(one))) out.push(`${i} ${address}: ${n} inside`);
      }
    }
  }
  return out;
}

it('no group below five is found in editions that grow and change as they like', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 25 });
  const changes = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 8 }), {
    minLength: 4,
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(ids, changes), { minLength: 1, maxLength: 6 }), (groups) => {
      const editions: Array<{ bodies: Bodies; shown: Shown }> = [];
      for (let n = 0; n <= 4; n += 1) {
        const now = groups.map(([first, steps]) => {
          const set = new Set(first);
          for (const step of steps.slice(0, n)) for (const id of step) if (!set.delete(id)) set.add(id);
          return [...set];
        });
        const bodies = new Map([['r', headlines(now)]]);
        const hidden = hiddenTogether(
          bodies,
          min,
          () => true,
          editions.map(({ shown }) => shown),
        );
        editions.push({ bodies, shown: shownOf(bodies, hidden) });
      }
      expect(found(editions)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it.each([
  ['2026-11-22', '2026-09-30'],
  ['2026-10-01', '2026-09-30'],
  ['2026-09-30', '2026-06-30'],
  ['2026-02-10', '2025-12-31'],
  ['2025-12-31', '2025-09-30'],
])('on %s the last quarter that is over ended on %s', (on, end) => {
  expect(lastQuarterEnd(on)).toBe(end);
});
