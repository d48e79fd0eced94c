import { applyAction, type RecordDeps } from './apply-action.ts';
import { performWork } from './perform-work.ts';
import type { CaseActivities } from './types.ts';
import type { WorkDeps } from './work/types.ts';

/** The activities of cases, bound to what they touch. */
export function createCaseActivities(deps: RecordDeps & WorkDeps): CaseActivities {
  return {
    applyAction: (input) => applyAction(deps, input),
    performWork: (input) => performWork(deps, input),
  };
}
