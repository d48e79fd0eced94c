import { commissionSittingWork } from './work/commission-sitting.ts';
import { dppCertificationWork } from './work/dpp-certification.ts';
import { examSessionWork } from './work/exam-session.ts';
import { headAttestationWork } from './work/head-attestation.ts';
import { mentoringCycleWork } from './work/mentoring-cycle.ts';
import { qualificationAssessmentWork } from './work/qualification-assessment.ts';
import type { WorkHandler } from './work/types.ts';

const handlers = new Map<string, Record<string, WorkHandler>>([
  ['dpp-certification', dppCertificationWork],
  ['head-attestation', headAttestationWork],
  ['commission-sitting', commissionSittingWork],
  ['mentoring-cycle', mentoringCycleWork],
  ['qualification-assessment', qualificationAssessmentWork],
  ['exam-session', examSessionWork],
]);

export function registerWork(process: string, kinds: Record<string, WorkHandler>): void {
  handlers.set(process, kinds);
}

export function findWork(process: string, kind: string): WorkHandler | undefined {
  return handlers.get(process)?.[kind];
}
