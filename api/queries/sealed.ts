/** Answers that nobody reads before all of them are in (specification 3.4.4), the staff of the case included. */
import type { ApiDeps } from '../ports.ts';
import type { LoadedCase } from './load-case.ts';

export interface Sealed {
  /** Tasks whose result is closed. */
  tasks: string[];
  documents: string[];
  /** Facts of any event that tell of several answers at once. */
  facts: string[];
}

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
