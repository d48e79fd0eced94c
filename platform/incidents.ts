import type { Sql } from './db/pool.ts';

/** What administrators are told of. Every kind has its words in `api/words.ts`. */
export type IncidentKind =
  | 'rule_bug'
  | 'work_failed'
  | 'engine_task_failed'
  | 'engine_lost'
  | 'limbo'
  | 'overdue_timer'
  | 'sequence_mismatch'
  | 'state_mismatch'
  | 'chain_broken'
  | 'notice_without_addressee'
  | 'template_failed'
  | 'mail_failed'
  | 'mail_bounced'
  | 'request_overdue'
  | 'request_without_office';

/** Kinds after which letters stay behind; an administrator may have them sent again. */
export const LETTER_INCIDENTS: readonly IncidentKind[] = ['template_failed', 'mail_failed', 'mail_bounced'];

/** Opens an incident or counts it once more; one that was resolved opens again. */
export async function reportIncident(
  sql: Sql,
  incident: { caseId?: string; kind: IncidentKind; key: string; message: string; details?: unknown },
): Promise<void> {
  await sql`
    insert into incident (id, case_id, kind, key, message, details)
    values (gen_random_uuid(), ${incident.caseId ?? null}, ${incident.kind}, ${incident.key}, ${incident.message.slice(0, 2_000)},
      ${incident.details === undefined ? null : sql.json(incident.details as never)})
    on conflict (key) do update set message = excluded.message, details = excluded.details, last_at = now(),
      count = incident.count + 1, resolved_at = null`;
}

/** A condition that was an incident and holds again. */
export async function resolveIncident(sql: Sql, key: string): Promise<void> {
  await sql`update incident set resolved_at = now() where key = ${key} and resolved_at is null`;
}
