import { runCase } from '../case-loop.ts';
import type { CaseStart } from '../messages.ts';

/**
 * Certification of a programme (P01), from the submission to the last day of its register entry.
 *
 * - Keyed by: `dpp-certification:<caseId>`, one run at a time; the case id is reserved under applicant, process, object, period.
 * - Started by: the submission of a draft (update-with-start); a change or a recertification, by its parent case.
 * - Waits for: acts of people (update `act`), facts from outside (signal `fact`), the nearest of its deadlines (one timer), its
 *   machine work. The order of stages is the table in `processes/dpp-certification/stages.ts`.
 * - Ends when: the case is closed, or the first act was refused and no case came to be.
 */
export async function dppCertification(start: CaseStart): Promise<void> {
  return runCase(start);
}
