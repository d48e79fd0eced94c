import type { Sql } from './db/pool.ts';

/**
 * The policy of the whole installation that is in force on a day (local date, both ends of its term inclusive): of what belongs to no case, whose
 * own policy is pinned as it starts. `undefined`: none has been loaded.
 */
export async function policyInForce<P>(
  sql: Sql,
  process: string,
  today: string,
): Promise<{ id: string; policy: P } | undefined> {
  const [row] = await sql<Array<{ id: string; policy: P }>>`
    select id, parameters as policy from policy_version where process = ${process}
      and effective_from <= ${today} and (effective_to is null or effective_to >= ${today})
    order by effective_from desc, version desc limit 1`;
  return row && { id: row.id, policy: row.policy };
}
