import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupRows, termsPart } from './report-parts.ts';
import {
  cellId,
  count,
  figuresOf,
  median,
  type Member,
  type ReportBody,
  type ReportTask,
  roundHalfUp,
  share,
  sum,
  valueOf,
} from './report.ts';
import { hiddenCells } from './disclosure.ts';

const member = (n: number, value?: number): Member => ({
  key: `case:${n}`,
  caseId: String(n),
  personId: `p${n}`,
  ...(value === undefined ? {} : { value }),
});
const members = (n: number, from = 0) => Array.from({ length: n }, (_, i) => member(from + i));

describe('a figure', () => {
  it('of a count is the length of its list, each key once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (keys) => {
        const figure = count(keys.map((n) => member(n)));
        expect(valueOf(figure)).toBe(figure.members.length);
        expect(figure.members.length).toBe(new Set(keys).size);
      }),
    );
  });

  it('of a share, a sum and a median follows from its members', () => {
    expect(valueOf(share(members(3), 40))).toBe(7.5);
    expect(valueOf(share(members(3), 0))).toBeNull();
    expect(valueOf(share(members(3), null))).toBeNull();
    expect(valueOf(sum([member(1, 2), member(2, 5), member(3, 0)], 'pieces'))).toBe(7);
    expect(sum([member(3, 0)], 'pieces').members).toEqual([]);
    expect(valueOf(median([member(1, 3), member(2, 10), member(3, 4)]))).toBe(4);
    expect(valueOf(median([member(1, 3), member(2, 4)]))).toBe(3.5);
    expect(valueOf(median([member(1)]))).toBeNull();
  });

  it('rounds a half upwards, decimal halves too', () => {
    expect([roundHalfUp(1.005, 2), roundHalfUp(0.5, 0), roundHalfUp(2.45, 1), roundHalfUp(33.333, 1)]).toEqual([
      1.01, 1, 2.5, 33.3,
    ]);
  });
});

const body = (sizes: number[], withTotal = true): ReportBody => {
  const groups = sizes.map((n, i) => members(n, i * 100));
  const rows = groups.map((g, i) => ({ key: `r${i}`, labelRu: `r${i}`, cells: { n: count(g) } }));
  const total = { key: 'total', labelRu: 'Всего', total: true, cells: { n: count(groups.flat()) } };
  return {
    headline: [{ key: 'all', labelRu: 'всего', figure: count(groups.flat()) }],
    parts: [
      {
        key: 'p',
        titleRu: 'p',
        rowRu: 'r',
        columns: [{ key: 'n', labelRu: 'n' }],
        rows: withTotal ? [...rows, total] : rows,
      },
    ],
  };
};
const hiddenRows = (sizes: number[]) => {
  const hidden = hiddenCells(body(sizes), 5);
  return sizes.flatMap((_, i) => (hidden.has(cellId('p', `r${i}`, 'n')) ? [i] : []));
};

describe('small groups', () => {
  it('are hidden with another, so that no subtraction finds them', () => {
    expect(hiddenRows([10, 3, 7])).toEqual([1, 2]);
    expect(hiddenRows([10, 3, 2])).toEqual([1, 2]);
    expect(hiddenRows([10, 8])).toEqual([]);
    // With nobody to hide behind, the total goes.
    expect(hiddenCells(body([3]), 5).has(cellId('p', 'total', 'n'))).toBe(true);
    expect(hiddenCells(body([3, 0]), 5).has(cellId('p', 'total', 'n'))).toBe(true);
  });

  it('never leave one hidden row beside a shown total; groups of nobody and of enough stay', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 7 }), (sizes) => {
        const hidden = hiddenCells(body(sizes), 5);
        const rows = hiddenRows(sizes);
        for (const [i, n] of sizes.entries()) if (n > 0 && n < 5) expect(rows).toContain(i);
        for (const [i, n] of sizes.entries()) if (n === 0) expect(rows).not.toContain(i);
        if (rows.length === 1) expect(hidden.has(cellId('p', 'total', 'n'))).toBe(true);
      }),
    );
  });

  it('hide a second cell of the row too: its parts must not be found from their whole', () => {
    const [ten, three, seven] = [members(10), members(3), members(7, 3)];
    const row = { key: 'r', labelRu: 'r', cells: { all: count(ten), few: count(three), rest: count(seven) } };
    const columns = ['all', 'few', 'rest'].map((key) => ({ key, labelRu: key }));
    const one: ReportBody = { headline: [], parts: [{ key: 'p', titleRu: 'p', rowRu: 'r', columns, rows: [row] }] };
    expect([...hiddenCells(one, 5)]).toEqual([cellId('p', 'r', 'few'), cellId('p', 'r', 'rest')]);
  });

  it('hide a share whose rest is small as well', () => {
    const one: ReportBody = { headline: [{ key: 's', labelRu: 's', figure: share(members(97), 100) }], parts: [] };
    expect(hiddenCells(one, 5).size).toBe(1);
    const all: ReportBody = { headline: [{ key: 's', labelRu: 's', figure: share(members(100), 100) }], parts: [] };
    expect(hiddenCells(all, 5).size).toBe(0);
  });
});

describe('tables', () => {
  it('sum up: every item in one row, the total has them all', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('а', 'б', null)), (keys) => {
        const rows = groupRows(
          keys.map((key, id) => ({ key, id })),
          ({ key }) => key,
          (found) => ({ n: count(found.map(({ id }) => member(id))) }),
          { totalRu: 'Всего' },
        );
        const sizes = rows.map((row) => valueOf(row.cells.n as never) as number);
        expect(rows.length).toBe(keys.length === 0 ? 0 : new Set(keys).size + 1);
        expect(sizes.at(-1) ?? 0).toBe(keys.length);
        expect(sizes.slice(0, -1).reduce((a, b) => a + b, 0)).toBe(keys.length);
      }),
    );
  });

  it('of terms put every task into one column, by the day of the report', () => {
    const task = (n: number, over: Partial<ReportTask>): ReportTask => ({
      id: String(n),
      caseId: 'c',
      process: 'x',
      kind: 'review',
      state: 'done',
      open: false,
      late: false,
      dueOn: '2026-05-10',
      createdOn: '2026-05-01',
      closedOn: '2026-05-08',
      ...over,
    });
    const part = termsPart(
      [
        task(1, {}),
        task(2, { late: true, closedOn: '2026-05-12' }),
        task(3, { state: 'reassigned' }),
        task(4, { state: 'in_progress', open: true, closedOn: null }),
        task(5, { state: 'overdue', open: true, closedOn: null, dueOn: '2026-05-19' }),
      ],
      { review: 'Экспертиза' },
      '2026-05-20',
    );
    const values = (on: string) => {
      const [row] = on === '2026-05-20' ? part.rows : [];
      return Object.fromEntries(
        Object.entries(row?.cells ?? {}).map(([key, figure]) => [key, valueOf(figure as never)]),
      );
    };
    expect(values('2026-05-20')).toEqual({ kept: 1, late: 1, lost: 1, open: 0, overdue: 2, days: 9 });
    expect(part.rows.map((r) => r.labelRu)).toEqual(['Экспертиза', 'Всего']);
    expect(figuresOf({ headline: [], parts: [part] })).toHaveLength(12);
  });
});
