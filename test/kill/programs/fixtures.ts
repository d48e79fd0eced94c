// Loaded before the worker and before the desk: makes the fixture process known to them.
import { registerWork } from '../../../activities/work-handlers.ts';
import { registerProcess } from '../../../processes/registry.ts';
import { reviewPair } from '../../fixtures/review-pair.ts';

registerProcess(reviewPair);
registerWork('review-pair', {
  seed: { local: true, run: async (_deps, { caseId }) => ({ seed: caseId.slice(0, 8) }) },
});
