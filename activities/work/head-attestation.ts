import type { WorkHandler } from '../work-handlers.ts';
import { listCandidates, openCase, sendFact } from './common.ts';

export const headAttestationWork: Record<string, WorkHandler> = {
  list_candidates: listCandidates,
  open_child: openCase,
  tell_case: sendFact,
};
