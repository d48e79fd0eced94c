/** Of whom the installation demands a second factor. */
import { policyInForce } from '../../platform/policies.ts';
import { type AccessPolicy, DEFAULT_POLICY } from '../../processes/access/policy.ts';
import { localDate } from '../../processes/kit/zones.ts';
import type { ApiDeps } from '../ports.ts';

/** The policy is read again after so long; it changes by an act, not by the minute. */
const policyMs = 30_000;
const read = new WeakMap<object, { at: number; policy: AccessPolicy }>();

/** Does the policy in force demand a second factor of a holder of these roles? */
export async function demandsFactor(deps: ApiDeps, roles: ReadonlySet<string>): Promise<boolean> {
  const policy = await accessPolicy(deps);
  if (deps.config.embedded && !policy.secondFactor.inEmbedded) return false;
  return policy.secondFactor.roles.some((role) => roles.has(role));
}

async function accessPolicy(deps: ApiDeps): Promise<AccessPolicy> {
  const known = read.get(deps.sql);
  if (known && Date.now() - known.at < policyMs) return known.policy;
  const today = localDate(deps.now().toISOString(), 'Europe/Moscow');
  const policy = (await policyInForce<AccessPolicy>(deps.sql, 'access', today))?.policy ?? DEFAULT_POLICY;
  read.set(deps.sql, { at: Date.now(), policy });
  return policy;
}
