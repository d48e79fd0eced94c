/**
 * The three years as people look at them: years with their quarters and gates, stops, gaps, and what the running month still asks for.
 *
 * Pure: from the state of the case and the few events that judged a quarter or passed a gate. Dates are local dates of the jurisdiction.
 */
import { addDays, addMonths, type IsoDate } from '../kit/dates.ts';
import type { Context } from '../kit/types.ts';
import type { MentoringPolicy, WorkKind, Year } from './policy.ts';
import { ACTIVE, STAGES } from './stages.ts';
import { quarterStart, type MentoringState } from './state.ts';
import { gateDue, monthEnd } from './terms.ts';

type S = MentoringState;
type Ctx = Context<MentoringPolicy>;

/** An event as the picture needs it. */
export interface Mark {
  sequence: number;
  type: string;
  on: IsoDate;
  facts: Record<string, any>;
}

/** Types of the events the picture is drawn from. */
export const MARKS = [
  'quarter.met',
  'quarter.missed',
  'quarter.cleared',
  'quarter.checked',
  'gate.passed',
  'gate.extended',
  'mentor.appointed',
  'mentor.vacated',
  'mentor.lost',
  'cycle.opened',
  'cycle.imported',
  'cycle.completed',
  'cycle.completed_early',
  'cycle.closed_incomplete',
];

export type QuarterState = 'met' | 'missed' | 'now' | 'ahead' | 'before' | 'unknown';

export interface QuarterPicture {
  n: number;
  from: IsoDate;
  until: IsoDate;
  state: QuarterState;
  /** What was short, when it was missed. */
  missing: Array<{ kind: WorkKind; needed: number; done: number }>;
  checkedOn?: IsoDate;
  remarks?: boolean;
}

export interface YearPicture {
  year: Year;
  from: IsoDate;
  /** The gate. */
  until: IsoDate;
  state: 'done' | 'now' | 'ahead' | 'before';
  passedOn?: IsoDate;
  gateOverdue: boolean;
  extendedMonths: number;
  quarters: QuarterPicture[];
}

/** The months of a year and where its quarters fall; years before the entry are `before`. */
export function yearsOf(s: S, ctx: Ctx, marks: readonly Mark[]): YearPicture[] {
  const years: Year[] = [1, 2, 3];
  const over = STAGES[s.stage]?.final === true;
  return years.map((year): YearPicture => {
    // A year that the credited tenure covers had its gate, if any, elsewhere.
    const until = 12 * year > s.credited ? gateDue(s, ctx, year).dueOn : startOf(s, year + 1);
    const from = 12 * (year - 1) > s.credited ? addDays(monthEnd(s, ctx, 12 * (year - 1)).dueOn, 1) : startOf(s, year);
    const passed = marks.find((m) => m.type === 'gate.passed' && m.facts.year === year);
    const ended = year === 3 && ['completed', 'completed_early'].includes(s.stage);
    const before = 12 * year <= s.credited;
    const state = before
      ? 'before'
      : passed || year < s.year || ended
        ? 'done'
        : year === s.year && !over
          ? 'now'
          : 'ahead';
    return {
      year,
      from,
      until,
      state,
      ...(passed ? { passedOn: passed.on } : {}),
      gateOverdue: year === s.year && s.gate?.overdue === true && !over,
      extendedMonths: s.extension?.year === year ? s.extension.months : 0,
      quarters: [1, 2, 3, 4].map((i) => quarterOf(s, ctx, marks, 4 * (year - 1) + i)),
    };
  });
}

/** Where a year that began before the hiring would have begun by the credited months. */
const startOf = (s: S, year: number): IsoDate => addMonths(s.hiredOn, 12 * (year - 1) - s.credited);

function quarterOf(s: S, ctx: Ctx, marks: readonly Mark[], n: number): QuarterPicture {
  const last = 3 * n;
  const first = last - 2;
  const edge = (month: number) =>
    month > s.credited ? monthEnd(s, ctx, month).dueOn : addMonths(s.hiredOn, month - s.credited);
  const from = first - 1 > s.credited ? addDays(edge(first - 1), 1) : edge(first - 1);
  const judged = marks.findLast((m) => /^quarter\.(met|missed|cleared)$/.test(m.type) && m.facts.quarter === n);
  const next =
    judged && marks.find((m) => m.sequence > judged.sequence && /^quarter\.(met|missed|cleared)$/.test(m.type));
  const checked =
    judged &&
    marks.find(
      (m) => m.type === 'quarter.checked' && m.sequence > judged.sequence && (!next || m.sequence < next.sequence),
    );
  const now = s.monthsClosed + 1;
  const state: QuarterState = judged
    ? judged.type === 'quarter.missed'
      ? 'missed'
      : 'met'
    : last <= s.credited
      ? 'before'
      : now > last || STAGES[s.stage]?.final
        ? 'unknown'
        : now >= first
          ? 'now'
          : 'ahead';
  return {
    n,
    from,
    until: edge(last),
    state,
    missing: judged?.facts.missing ?? [],
    ...(checked ? { checkedOn: checked.on, remarks: checked.facts.remarks === true } : {}),
  };
}

export interface NormPicture {
  kind: WorkKind;
  per: 'month' | 'quarter';
  min: number;
  done: number;
  /** Logged by one side, the other has not confirmed it. */
  waiting: number;
  until: IsoDate;
}

/** What the running month and quarter ask of the pair, and how much is there. */
export function normsOf(s: S, ctx: Ctx): NormPicture[] {
  if (!ACTIVE.includes(s.stage)) return [];
  const month = s.monthsClosed + 1;
  const first = quarterStart(month);
  const months = { month: [month], quarter: [first, first + 1, first + 2] };
  return ctx.policy.norms[`${s.year}`].map(({ kind, per, min }) => ({
    kind,
    per,
    min,
    done: months[per].reduce((sum, m) => sum + (s.months[m]?.[kind] ?? 0), 0),
    waiting: s.batches.flatMap((b) => b.entries).filter((e) => e.kind === kind && months[per].includes(e.month)).length,
    until: monthEnd(s, ctx, per === 'month' ? month : first + 2).dueOn,
  }));
}

/** Days without a mentor, from the events that ended and began pairs; the last one is open while nobody is there. */
export function gapsOf(s: S, marks: readonly Mark[]): Array<{ from: IsoDate; to: IsoDate | null }> {
  const gaps: Array<{ from: IsoDate; to: IsoDate | null }> = [];
  let open: IsoDate | null = null;
  for (const { type, on, facts } of marks) {
    if (type === 'mentor.vacated' || (type === 'mentor.lost' && facts.endedPair)) open ??= on;
    if (type === 'mentor.appointed' && open !== null) {
      gaps.push({ from: open, to: on });
      open = null;
    }
  }
  return open !== null && s.vacantSince ? [...gaps, { from: open, to: null }] : gaps;
}

/**
 * Whether a reader of the receiving school may see what was before the move: the person's consent decides (P04 table, «transferred»). The
 * person himself and the mentor of that time always may; so may offices above both schools, who saw it before.
 */
export function hidesFormerSchool(s: S, reader: { personId: string; above: boolean }): boolean {
  if (!s.transferFrom || s.historyShared || reader.above) return false;
  return reader.personId !== s.menteeId && reader.personId !== s.lastMentorId;
}
