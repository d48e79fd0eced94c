/**
 * The table of a process as code reads it: stages, rows, and the questions asked of them. What a process is stands in its own table; how
 * a table is written and read is the same for all of them.
 */
import type { Role, StageInfo, TransitionRow } from './types.ts';

/** A stage by its code, its two names, for staff and for the public, and whose turn it is. `final`: the case ends here. */
export function stage(
  code: string,
  labelRu: string,
  publicLabelRu: string,
  waitingFor: StageInfo['waitingFor'],
  final = false,
): [string, StageInfo] {
  return [code, { code, labelRu, publicLabelRu, waitingFor, final }];
}

/** What every row says, in this order. `event` is what is recorded, `effect` what it does, `effectRu` the same for people. */
export type RowHead = [
  id: string,
  from: TransitionRow['from'],
  on: string,
  roles: Role[],
  to: string,
  event: string,
  effect: string,
  effectRu: string,
];

/**
 * Writes rows of one process: `prefix` stands before each number (`P01-`), `clause` is the norm where a row names no other. What comes
 * last is the guard, or everything else a row may say.
 */
export function rowsOf(prefix: string, clause: string) {
  return (
    ...[id, from, on, roles, to, event, effect, effectRu, more]: [...RowHead, more?: string | Partial<TransitionRow>]
  ): TransitionRow => ({
    id: `${prefix}-${id}`,
    from,
    on,
    roles,
    to,
    event,
    effect,
    effectRu,
    clause,
    ...(typeof more === 'string' ? { guard: more } : more),
  });
}

/** What rules ask of a table. */
export interface Table {
  /** The row with this id; throws when there is none, so that a mistyped id never reaches the audit. */
  getRow(id: string): TransitionRow;
  /** Does the row start from the stage? One that opens a case starts from none. */
  startsFrom(id: string, stageCode: string): boolean;
}

export function tableOf(stages: Record<string, StageInfo>, rows: readonly TransitionRow[]): Table {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const getRow = (id: string): TransitionRow => {
    const found = byId.get(id);
    if (!found) throw new Error(`Unknown table row ${id}`);
    return found;
  };
  return {
    getRow,
    startsFrom: (id, code) => {
      const { from } = getRow(id);
      return from === 'any_open' ? stages[code]?.final === false : from !== 'none' && from.includes(code);
    },
  };
}
