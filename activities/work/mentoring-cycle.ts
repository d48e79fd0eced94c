import { findPins } from '../../platform/cases/references.ts';
import type { WorkHandler } from './types.ts';
import { openCase } from './common.ts';

/** The policy version in force on the case's own day, with the forms it brings. No version in force is a failure people see. */
const findPolicy: WorkHandler = {
  local: true,
  async run({ pool }, { jurisdiction, now }) {
    const pins = await findPins(pool, 'mentoring-cycle', { jurisdiction }, now);
    if (!pins) throw new Error(`no policy of the mentoring cycle is in force in ${jurisdiction} on ${now}`);
    const [row] = await pool<Array<{ forms: Record<string, string> }>>`
      select parameters->'forms' as forms from policy_version where id = ${pins.policyVersionId}`;
    return { policyVersionId: pins.policyVersionId, forms: row?.forms ?? null };
  },
};

export const mentoringCycleWork: Record<string, WorkHandler> = {
  find_policy: findPolicy,
  open_import: openCase,
};
