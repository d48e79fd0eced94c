import { runCase } from '../case-loop.ts';
import type { CaseStart } from '../messages.ts';

/**
 * Voluntary independent assessment of a qualification (P03), from the application or the accepted referral to the last day of the certificate.
 *
 * - Keyed by: `qualification-assessment:<caseId>`, one run at a time; one active case per person and qualification is held by a claim.
 * - Started by: the person's application, an employer's referral, or the case whose exam was annulled (a free retake).
 * - Waits for: acts of people (update `act`), facts of exam sessions, courts and the personnel office (signal `fact`), the nearest of its
 *   deadlines, its machine work. The order of stages is the table in `processes/qualification-assessment/stages.ts`.
 * - Ends when: the certificate expires or is revoked, the conclusion is final, the retake is open, or the person left before the exam.
 */
export async function qualificationAssessment(start: CaseStart): Promise<void> {
  return runCase(start);
}
