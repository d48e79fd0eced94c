import { runCase } from '../case-loop.ts';
import type { CaseStart } from '../messages.ts';

/**
 * The three-year cycle of a new teacher (P04): 36 months of service, with leaves up to seven calendar years.
 *
 * - Keyed by: `mentoring-cycle:<caseId>`, one run at a time; one open cycle per person in the country.
 * - Started by: a methodist or the school, the event «hired» of an HR system, the case of another region.
 * - Waits for: acts of people (update `act`), employment events (signal `fact`), the nearest of its deadlines (one timer), its machine
 *   work. The order of stages is the table in `processes/mentoring-cycle/stages.ts`.
 * - Ends when: the case is closed and, after a move to another region, that region has opened its own.
 */
export async function mentoringCycle(start: CaseStart): Promise<void> {
  return runCase(start);
}
