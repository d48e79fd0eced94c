/** Answers that nobody reads before all of them are in (specification 3.4.4), the staff of the case included. */
import type { LoadedCase } from '../loaded-case.ts';
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
