import { runCase } from '../case-loop.ts';
import type { CaseStart } from '../messages.ts';

/**
 * A sitting of a commission (specification 3.5), from its date to its signed minutes.
 *
 * - Keyed by: `commission-sitting:<caseId>`, one run at a time.
 * - Started by: the secretary, who names the day and the composition by the order.
 * - Waits for: items of other cases (signal `fact`), acts of the secretary and the members (update `act`), the nearest of its deadlines.
 *   The order of stages is the table in `processes/commission-sitting/stages.ts`.
 * - Ends when: the minutes are signed, or it was not held or cancelled, and every case has been told.
 */
export async function commissionSitting(start: CaseStart): Promise<void> {
  return runCase(start);
}
