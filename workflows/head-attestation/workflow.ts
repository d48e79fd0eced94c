import { runCase } from '../case-loop.ts';
import type { CaseStart } from '../messages.ts';

/**
 * Attestation of a head or a candidate (P02), from the schedule or the application to the last day of the entry it keeps.
 *
 * - Keyed by: `head-attestation:<caseId>`, one run at a time; one active attestation per person and post is held by a claim.
 * - Started by: the founder's schedule, the candidate's application, or the case that keeps the present entry (next, extraordinary, retake).
 * - Waits for: acts of people (update `act`), facts of sittings, of the personnel office and of courts (signal `fact`), the nearest of its
 *   deadlines, its machine work. The order of stages is the table in `processes/head-attestation/stages.ts`.
 * - Ends when: a new decision supersedes the entry, the post is left, or nothing more can follow.
 */
export async function headAttestation(start: CaseStart): Promise<void> {
  return runCase(start);
}
