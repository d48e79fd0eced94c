import { type ChainedEvent, findBreak } from '../crypto/chain.ts';
import type { Sql } from '../db/pool.ts';
import type { AnyProcess, StoredEvent } from '../../processes/kit/types.ts';

export interface HistoryEvent extends StoredEvent {
  commandId: string;
  requestId?: string;
  recordedAt: string;
  personalOwner?: string;
  prevHash: Buffer;
  hash: Buffer;
  ciphertext?: Buffer;
}

export interface EventRow {
  sequence: number;
  type: string;
  row: string;
  at: Date;
  on: string;
  recorded_at: Date;
  actor_kind: 'person' | 'system';
  actor_id: string | null;
  on_behalf_of: { personId: string; actId: string } | null;
  acting_act: string | null;
  command_id: string;
  request_id: string | null;
  facts: Record<string, unknown>;
  personal: Buffer | null;
  personal_owner: string | null;
  prev_hash: Buffer;
  hash: Buffer;
}

/** Everything recorded of a case, oldest first. The personal parts stay encrypted. */
export async function readHistory(sql: Sql, caseId: string): Promise<HistoryEvent[]> {
  const rows = await sql<EventRow[]>`select * from case_event where case_id = ${caseId} order by sequence`;
  return rows.map(toHistoryEvent);
}

/** A row of `case_event` as rules and checks know it. */
export function toHistoryEvent(row: EventRow): HistoryEvent {
  return {
    sequence: row.sequence,
    type: row.type,
    row: row.row,
    at: row.at.toISOString(),
    on: row.on,
    recordedAt: row.recorded_at.toISOString(),
    actor: {
      kind: row.actor_kind,
      ...(row.actor_id ? { personId: row.actor_id } : {}),
      ...(row.on_behalf_of ? { onBehalfOf: row.on_behalf_of } : {}),
      ...(row.acting_act !== null ? { acting: { actId: row.acting_act } } : {}),
    },
    commandId: row.command_id,
    ...(row.request_id ? { requestId: row.request_id } : {}),
    facts: row.facts,
    ...(row.personal ? { ciphertext: row.personal } : {}),
    ...(row.personal_owner ? { personalOwner: row.personal_owner } : {}),
    prevHash: row.prev_hash,
    hash: row.hash,
  };
}

/** First sequence at which the chain does not hold; undefined when the record is whole. */
export function findChainBreak(caseId: string, history: HistoryEvent[]): number | undefined {
  return findBreak(
    history.map(({ sequence, type, row, at, on, actor, facts, ciphertext, prevHash, hash }) => {
      const event: ChainedEvent = { caseId, sequence, type, row, at, on, actor, facts, personal: ciphertext };
      return { ...event, prevHash, hash };
    }),
  );
}

/** The state as the fold of the stored events: what the row must be equal to. */
export function foldState(process: AnyProcess, caseId: string, history: HistoryEvent[]): unknown {
  let state: unknown = null;
  for (const { sequence, type, row, at, on, actor, facts } of history) {
    state = process.evolve(state, { sequence, type, row, at, on, actor, facts }, caseId);
  }
  return state;
}
