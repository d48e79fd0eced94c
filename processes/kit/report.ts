/**
 * What a report is. A process declares its reports in its own folder as pure functions from recorded rows to figures; one route, one
 * screen and one workbook show them all.
 *
 * A figure is never typed: it is made of its members, and the list behind a number is those members. So a number and its list cannot
 * differ, and what a viewer may not see is in neither.
 */
import type { IsoDate } from './dates.ts';

/** What one number counted: a case, a person, a register entry, a task. `key` decides what is counted once. */
export interface Member {
  key: string;
  caseId: string;
  personId?: string;
  entry?: { register: string; number: string };
  /** The day it happened, begins or ends; the report says which. */
  on?: IsoDate;
  /** What it adds to a sum or a median. */
  value?: number;
  noteRu?: string;
}

export interface Target {
  /** Id of the record in the sources. */
  id: string;
  value: number;
  year: number;
  reached: boolean;
}

export interface Figure {
  measure: 'count' | 'share' | 'sum' | 'median';
  members: Member[];
  /** Of a share: the whole; `null` where nobody has told it. Of a count: the group shown beside it that it is a part of. */
  outOf?: number | null;
  unit?: 'people' | 'cases' | 'percent' | 'days' | 'pieces';
  digits?: number;
  target?: Target;
}

/** Members once each, the first of each key. */
export function distinct(members: readonly Member[]): Member[] {
  const seen = new Map<string, Member>();
  for (const member of members) if (!seen.has(member.key)) seen.set(member.key, member);
  return [...seen.values()];
}

export const count = (members: readonly Member[], unit: NonNullable<Figure['unit']> = 'cases'): Figure => ({
  measure: 'count',
  members: distinct(members),
  unit,
});

/** The part of a whole, in percent; `digits` after the point. */
export const share = (members: readonly Member[], outOf: number | null, more: Partial<Figure> = {}): Figure => ({
  measure: 'share',
  members: distinct(members),
  outOf,
  unit: 'percent',
  digits: 1,
  ...more,
});

export const sum = (members: readonly Member[], unit: NonNullable<Figure['unit']>): Figure => ({
  measure: 'sum',
  members: distinct(members).filter((m) => (m.value ?? 0) !== 0),
  unit,
});

/** The middle value; half of the members are not above it. */
export const median = (members: readonly Member[], unit: NonNullable<Figure['unit']> = 'days'): Figure => ({
  measure: 'median',
  members: distinct(members).filter((m) => m.value !== undefined),
  unit,
  digits: 1,
});

/** The number of a figure; `null` where there is nothing to tell: a share of an unknown or empty whole, a median of nothing. */
export function valueOf(figure: Figure): number | null {
  const { members, measure, outOf, digits = 0 } = figure;
  const values = members.map((m) => m.value ?? 0).sort((a, b) => a - b);
  switch (measure) {
    case 'count':
      return members.length;
    case 'sum':
      return values.reduce((a, b) => a + b, 0);
    case 'share':
      return outOf ? roundHalfUp((members.length * 100) / outOf, digits) : null;
    case 'median': {
      if (values.length === 0) return null;
      const half = values.length >> 1;
      const middle =
        values.length % 2 === 1 ? values[half] : ((values[half - 1] as number) + (values[half] as number)) / 2;
      return roundHalfUp(middle as number, digits);
    }
  }
}

/** Rounds to so many digits, a half upwards; decimal halves are halves (1.005 → 1.01). Only for numbers that are not negative. */
export function roundHalfUp(value: number, digits: number): number {
  const power = 10 ** digits;
  return Math.floor(Number((value * power).toPrecision(12)) + 0.5) / power;
}

export interface Column {
  key: string;
  labelRu: string;
  /** Tells nothing of the other columns: it may be hidden alone. */
  apart?: boolean;
}

export interface Row {
  key: string;
  labelRu: string;
  /** A sum of the rows above; printed apart and left out of the picture. */
  total?: boolean;
  cells: Record<string, Figure | string | null>;
}

export interface Part {
  key: string;
  titleRu: string;
  hintRu?: string;
  /** What the first column names. */
  rowRu: string;
  columns: Column[];
  rows: Row[];
  /** Drawn beside the table: columns stacked as bars; or the first as a bar against a mark of the second. */
  picture?: { kind: 'bars' | 'against'; columns: string[] };
  /** Process whose cases it counts, in a report of several. */
  process?: string;
}

export interface Headline {
  key: string;
  labelRu: string;
  figure: Figure;
  tone?: 'late' | 'good';
  /** Process whose cases it counts, in a report of several. */
  process?: string;
}

export interface ReportBody {
  headline: Headline[];
  parts: Part[];
  notesRu?: string[];
  /** Headline whose members are listed one by one in the workbook. */
  listed?: string;
}

/**
 * Who reads it: the offices of the territory, observers (no names), schools and centres for their own cases, offices above schools for
 * the cases they oversee, readers of a process that is closed to everybody else.
 */
export type Audience = 'staff' | 'observer' | 'organisation' | 'overseer' | 'reader';

export type FilterName = 'on' | 'from' | 'to' | 'year' | 'region';

export interface ReportQuery {
  /** The day the report is made for; today where none was asked for. */
  on: IsoDate;
  from?: IsoDate;
  to?: IsoDate;
  year: number;
  region?: string;
}

export interface ReportCase<S = any> {
  caseId: string;
  process: string;
  jurisdiction: string;
  number: string | null;
  stage: string;
  outcome: string | null;
  closed: boolean;
  paused: boolean;
  /** Local date of the start in the zone of the jurisdiction. */
  startedOn: IsoDate;
  dueOn: IsoDate | null;
  region: string | null;
  organisationId: string | null;
  policyVersionId: string;
  /** The asked fields of the state, on the day of the report. */
  state: S;
}

export interface ReportEvent {
  caseId: string;
  process: string;
  sequence: number;
  type: string;
  on: IsoDate;
  facts: Record<string, any>;
}

export interface ReportTask {
  id: string;
  caseId: string;
  process: string;
  kind: string;
  state: string;
  open: boolean;
  late: boolean;
  dueOn: IsoDate | null;
  createdOn: IsoDate;
  /** The day it was closed. */
  closedOn: IsoDate | null;
}

export interface ReportEntry {
  register: string;
  number: string;
  status: string;
  titleRu: string;
  facts: Record<string, any>;
  organisationId: string | null;
  region: string | null;
  validFrom: IsoDate | null;
  validUntil: IsoDate | null;
  caseId: string;
}

export interface ReportPlace {
  nameRu: string;
  municipalityRu: string | null;
  region: string;
}

/** A record of the passports: what is to be reached, by year. */
export interface TargetRecord {
  id: string;
  /** Region of a regional record, `00` of a federal one. */
  territory: string;
  nameRu: string;
  unit: string;
  comparator: string | null;
  values: Record<string, number | null>;
}

/** A number of people told from outside with its date and source: the platform counts none of these. */
export interface DenominatorRecord {
  id: string;
  kind: 'young_teachers' | 'pedagogues' | 'heads';
  territory: string;
  on: IsoDate;
  value: number;
  sourceRu: string;
  synthetic: boolean;
}

/** What the viewer may see of what the report needs; nothing else reaches the report. */
export interface ReportData {
  cases: ReportCase[];
  /** In the order of the journal of each case, up to the day of the report. */
  events: ReportEvent[];
  tasks: ReportTask[];
  /** As they stood at the end of the day of the report. */
  entries: ReportEntry[];
  organisations: ReadonlyMap<string, ReportPlace>;
  regions: ReadonlyMap<string, string>;
  /** Parameters by id of the policy version, of the processes asked for. */
  policies: ReadonlyMap<string, any>;
  targets: TargetRecord[];
  denominators: DenominatorRecord[];
}

export interface ReportNeeds {
  /** Processes whose cases are read, and the fields of their state. */
  cases?: Record<string, readonly string[]>;
  /** Types of events by process. */
  events?: Record<string, readonly string[]>;
  /** Processes whose tasks are read. */
  tasks?: readonly string[];
  registers?: readonly string[];
  policies?: readonly string[];
  indicators?: boolean;
}

export interface ReportDefinition {
  /** `<slug>-<name>`: part of the address. */
  id: string;
  /** Slug of the process it belongs to; absent: of several. */
  process?: string;
  titleRu: string;
  hintRu: string;
  clauseRu: string;
  audience: readonly Audience[];
  filters: readonly FilterName[];
  /** It counts people: small groups are hidden from who may not see them (`disclosure.ts`). */
  guarded?: boolean;
  needs: ReportNeeds;
  build(data: ReportData, query: ReportQuery): ReportBody;
}

// ── Cells ──

export const HEADLINE = 'headline';

/** Address of a figure inside its report. */
export const cellId = (part: string, row: string, column: string): string =>
  [part, row, column].map(encodeURIComponent).join('~');

/** Every figure of a report with its address and words. */
export function figuresOf(
  body: ReportBody,
): Array<{ cell: string; titleRu: string; figure: Figure; process: string | undefined }> {
  return [
    ...body.headline.map(({ key, labelRu, figure, process }) => ({
      cell: cellId(HEADLINE, key, ''),
      titleRu: labelRu,
      figure,
      process,
    })),
    ...body.parts.flatMap((part) =>
      part.rows.flatMap((row) =>
        part.columns.flatMap((column) => {
          const figure = row.cells[column.key];
          return figure && typeof figure === 'object'
            ? [
                {
                  cell: cellId(part.key, row.key, column.key),
                  titleRu: `${part.titleRu}: ${row.labelRu}, ${column.labelRu}`,
                  figure,
                  process: part.process,
                },
              ]
            : [];
        }),
      ),
    ),
  ];
}
