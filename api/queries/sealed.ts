/** Answers that nobody reads before all of them are in (specification 3.4.4), the staff of the case included. */
import type { LoadedCase } from '../loaded-case.ts';
import type { Sql } from '../../platform/db/pool.ts';
import type { ApiDeps, Sealed } from '../ports.ts';

/** What is sealed in the case now; `null`: nothing. */
export const sealedOf = (deps: ApiDeps, { row }: Pick<LoadedCase, 'row'>): Sealed | null =>
  (row.state && deps.faces[row.process]?.sealed?.(row.state)) || null;

/** Facts of an event without what is sealed; that somebody answered, and when, stays in sight. */
export function openedFacts(facts: Record<string, unknown>, sealed: Sealed | null): Record<string, unknown> {
  if (!sealed) return facts;
  const own = sealed.tasks.includes(String(facts.taskId));
  return Object.fromEntries(
    Object.entries(facts).filter(([key]) => !sealed.facts.includes(key) && !(own && key === 'result')),
  );
}

/**
 * The first event of which something is sealed now; `null`: none. From it on no link of the chain is shown: a link covers what is sealed, and
 * who knows all the rest could try the marks against it.
 */
export async function sealedFrom(sql: Sql, caseId: string, sealed: Sealed | null): Promise<number | null> {
  if (!sealed) return null;
  const [row] = await sql<Array<{ sequence: number | null }>>`
    select min(sequence) as sequence from case_event where case_id = ${caseId}::uuid
      and (facts ?| ${sealed.facts}::text[] or (facts ? 'result' and facts->>'taskId' = any(${sealed.tasks}::text[])))`;
  return row?.sequence ?? null;
}
