/** Parameters of signing in: of whom a second factor is demanded. Data of the deployment. */
import { checkShape } from '../kit/policy-check.ts';
import type { FieldError } from '../kit/types.ts';

export interface AccessPolicy {
  secondFactor: {
    /** Whoever holds one of these roles today does nothing without a second factor. */
    roles: string[];
    /** Also in the embedded mode, where people are chosen from a list and no secret is asked at all. */
    inEmbedded: boolean;
  };
}

/** In force where no policy was loaded yet: an installation that forgot it is not open. */
export const DEFAULT_POLICY: AccessPolicy = { secondFactor: { roles: ['admin', 'dpo'], inEmbedded: false } };

/** Refuses parameters that cannot be applied; each message names the parameter. */
export function checkPolicy(
  parameters: unknown,
): { ok: true; policy: AccessPolicy } | { ok: false; errors: FieldError[] } {
  const shape = checkShape(parameters, DEFAULT_POLICY, []);
  if (shape.length > 0) return { ok: false, errors: shape };
  return { ok: true, policy: parameters as AccessPolicy };
}
