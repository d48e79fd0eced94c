/**
 * Which numbers may be shown to who may not see the people behind them (specification 3.10: no group below five), so that a hidden group is
 * not found by subtraction either: from the whole of its line, from another number that holds it, from the same number of another day.
 */
import { cellId, type Column, type Figure, figuresOf, type ReportBody, type Row } from './report.ts';

/** Reports that are looked at together, by id. */
export type Bodies = ReadonlyMap<string, ReportBody>;
/** Address of a figure among several reports. */
export const addressOf = (reportId: string, cell: string): string => `${reportId}|${cell}`;

/** People behind a figure, or what else it counts. */
const peopleOf = (figure: Figure): Set<string> => new Set(figure.members.map((m) => m.personId ?? m.key));

const casesOf = (figure: Figure): Set<string> => new Set(figure.members.map((m) => `case:${m.caseId}`));

/** A group, or of a part its rest, that is not empty and smaller than `min`. */
function tooSmall(figure: Figure, min: number): boolean {
  const people = peopleOf(figure).size;
  const rest = figure.outOf ? figure.outOf - figure.members.length : 0;
  return (people > 0 && people < min) || (rest > 0 && rest < min);
}

interface Group {
  address: string;
  people: Set<string>;
}

interface Cell {
  address: string;
  size: number;
}

/** Lines of the tables, down and across: what sums up. */
function linesOf(id: string, body: ReportBody): Cell[][] {
  return body.parts.flatMap((part) => {
    const at = (row: Row, column: Column): Cell[] => {
      const figure = row.cells[column.key];
      return figure && typeof figure === 'object'
        ? [{ address: addressOf(id, cellId(part.key, row.key, column.key)), size: figure.members.length }]
        : [];
    };
    return [
      ...part.columns.map((column) => part.rows.flatMap((row) => at(row, column))),
      ...part.rows.map((row) => part.columns.filter(({ apart }) => !apart).flatMap((column) => at(row, column))),
    ];
  });
}

/** How many are in one group and not in the other. */
function apart(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const one of a) if (b.has(one)) common += 1;
  return a.size + b.size - 2 * common;
}

/** What was shown before, by address: the people behind it. */
export type Shown = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Addresses that are hidden, in reports that one reader can lay side by side.
 *
 * 1. A group, or the rest of its whole, that is smaller than `min`.
 * 2. A group that differs by fewer than `min` people from what was shown at the same address in an earlier edition.
 * 3. No line of a table has one hidden cell alone: the smallest of the others is hidden with it.
 * 4. Of two groups of which one holds the other and fewer than `min` people more, the smaller is hidden.
 * 5. The same people under another name are hidden with those that are.
 *
 * 3 to 5 are repeated until nothing more is hidden. `guarded` says whose people are hidden, where a report counts several processes.
 */
export function hiddenTogether(
  bodies: Bodies,
  min: number,
  guarded: (process: string | undefined) => boolean = () => true,
  earlier: readonly Shown[] = [],
): Set<string> {
  const hidden = new Set<string>();
  const groups: Group[] = [];
  for (const [id, body] of bodies)
    for (const { cell, figure, process } of figuresOf(body)) {
      if (!guarded(process)) continue;
      const address = addressOf(id, cell);
      const people = peopleOf(figure);
      // Tasks and papers name no person: they are laid beside people by their cases.
      groups.push({ address, people }, { address, people: casesOf(figure) });
      const differs = (before: ReadonlySet<string> | undefined) => {
        const n = before ? apart(people, before) : 0;
        return n > 0 && n < min;
      };
      if (tooSmall(figure, min) || earlier.some((shown) => differs(shown.get(address)))) hidden.add(address);
    }
  const lines = [...bodies].flatMap(([id, body]) => linesOf(id, body));
  for (let before = -1; before !== hidden.size; ) {
    before = hidden.size;
    for (const line of lines) {
      if (line.filter(({ address }) => hidden.has(address)).length !== 1) continue;
      const [next] = line
        .filter(({ address, size }) => !hidden.has(address) && size > 0)
        .sort((a, b) => a.size - b.size);
      if (next) hidden.add(next.address);
    }
    for (const [i, small] of groups.entries()) {
      if (small.people.size === 0 || hidden.has(small.address)) continue;
      const gives = ({ address, people }: Group): boolean => {
        const more = people.size - small.people.size;
        // More people that are shown, or as many that are not.
        return hidden.has(address) === (more === 0) && apart(small.people, people) === more;
      };
      const near = groups.filter((other, j) => j !== i && other.people.size - small.people.size < min);
      if (near.some((other) => other.people.size >= small.people.size && gives(other))) hidden.add(small.address);
    }
  }
  return hidden;
}

/** What a reader has in his hands after an edition, for the editions that follow. */
export function shownOf(bodies: Bodies, hidden: ReadonlySet<string>): Shown {
  const shown = new Map<string, ReadonlySet<string>>();
  for (const [id, body] of bodies)
    for (const { cell, figure } of figuresOf(body)) {
      const address = addressOf(id, cell);
      if (!hidden.has(address)) shown.set(address, peopleOf(figure));
    }
  return shown;
}

/** The hidden cells of one report by itself. */
export function hiddenCells(
  body: ReportBody,
  min: number,
  guarded: (process: string | undefined) => boolean = () => true,
): Set<string> {
  return new Set([...hiddenTogether(new Map([['', body]]), min, guarded)].map((address) => address.slice(1)));
}
