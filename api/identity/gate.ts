/**
 * What stands between a session and the rest of the platform: the second factor, and a fresh proof before sensitive acts. Pure; who asks and when is
 * in `api/session.ts`.
 */

/** A session that waits for its code is nobody's for longer than this. */
export const CODE_WAIT_MS = 10 * 60_000;

/**
 * - `open`: nothing is missing.
 * - `code`: the person has a second factor and has not shown it in this session.
 * - `setup`: his role demands one and he has none.
 * - `over`: the code was waited for too long; he signs in anew.
 */
export type Gate = 'open' | 'code' | 'setup' | 'over';

export interface Standing {
  /** A second factor was shown in this session, here or at the identity provider. */
  shown: boolean;
  /** The person has a factor that was confirmed. */
  enrolled: boolean;
  /** A role he holds today demands one. */
  demanded: boolean;
  /** Since the sign-in. */
  ageMs: number;
}

export function gateOf({ shown, enrolled, demanded, ageMs }: Standing): Gate {
  if (shown) return 'open';
  if (enrolled) return ageMs > CODE_WAIT_MS ? 'over' : 'code';
  return demanded ? 'setup' : 'open';
}

const SETUP = ['POST /api/session/proof', 'POST /api/profile/second-factor', 'POST /api/profile/second-factor/confirm'];

/** What may be asked at a gate that is not open: the way through it, and the way out. */
export function passes(gate: Gate, route: string): boolean {
  if (gate === 'open' || route === 'DELETE /api/session') return true;
  if (gate === 'code') return route === 'POST /api/session/factor';
  return gate === 'setup' && SETUP.includes(route);
}

/** Acts after which an account, a right or a secret is another: the person proves anew who he is when the last proof is old. */
const SENSITIVE = new Set([
  'POST /api/password',
  'POST /api/tokens',
  'POST /api/profile/second-factor',
  'DELETE /api/profile/second-factor',
  'POST /api/profile/second-factor/recovery',
  'POST /api/session/provider',
  'POST /api/profile/identities/drop',
  'POST /api/codec/{namespace}/decode',
  'POST /api/admin/people',
  'POST /api/admin/people/{id}/invite',
  'POST /api/admin/people/{id}/disable',
  'POST /api/admin/people/{id}/enable',
  'POST /api/admin/people/{id}/assignments',
  'POST /api/admin/people/{id}/identities',
  'POST /api/admin/people/{id}/identities/drop',
  'POST /api/admin/people/{id}/second-factor/reset',
  'POST /api/admin/assignments/{id}/end',
]);

/** Must the person prove anew who he is? A session by choice from a list (embedded mode) has nothing to prove it with. */
export function wantsProof(
  route: string,
  session: { method: string; enrolled: boolean; sinceProofMs: number },
  proofMs: number,
): boolean {
  if (!SENSITIVE.has(route) || session.sinceProofMs <= proofMs) return false;
  return session.method !== 'choice' || session.enrolled;
}
