import type { Pool } from '../db/pool.ts';

/**
 * Discards drafts nobody has touched for as long as the policy in force says (P01-T02; no number was ever issued). The audit row is
 * written by the same statement; asking again changes nothing. Answers with the ids.
 */
export async function discardIdleDrafts(pool: Pool, now: Date = new Date()): Promise<string[]> {
  const rows = await pool<Array<{ id: string }>>`
    with idle as (
      update draft d set discarded_at = ${now}
      from (
        select distinct on (process, jurisdiction) process, jurisdiction, (parameters #>> '{terms,draftIdle,amount}')::int as months
        from policy_version where effective_from <= to_char(${now}::timestamptz, 'YYYY-MM-DD')
        order by process, jurisdiction, effective_from desc, version desc) p
      where p.process = d.process and p.jurisdiction = d.jurisdiction and p.months is not null
        and d.submitted_case_id is null and d.discarded_at is null and d.updated_at < ${now}::timestamptz - make_interval(months => p.months)
      returning d.id, d.process, d.updated_at),
    noted as (
      insert into audit_record (id, at, row, kind, subject_id, facts)
      select gen_random_uuid(), ${now}, 'P01-T02', 'draft.discarded', id::text,
        jsonb_build_object('by', 'platform', 'process', process, 'idleSince', updated_at) from idle)
    select id from idle`;
  return rows.map(({ id }) => id);
}
