import type { WorkHandler } from './types.ts';
import { listCandidates, openCase, sendFact } from './common.ts';

export const dppCertificationWork: Record<string, WorkHandler> = {
  list_candidates: listCandidates,
  open_child: openCase,
  report_to_parent: sendFact,
};
