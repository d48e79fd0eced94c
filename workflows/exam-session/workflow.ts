import { runCase } from '../case-loop.ts';
import type { CaseStart } from '../messages.ts';

/**
 * The session of a professional exam (P03): its seats, its list, its day and its protocol.
 *
 * - Keyed by: `exam-session:<caseId>`, one run at a time; seats are claims of the assessments that take them.
 * - Started by: the operator of an assessment centre.
 * - Waits for: acts of the centre (update `act`), facts of assessments (signal `fact`), the closing of the list, the day of the exam.
 * - Ends when: the protocol is signed, the session is cancelled or did not take place, and every case is told.
 */
export async function examSession(start: CaseStart): Promise<void> {
  return runCase(start);
}
