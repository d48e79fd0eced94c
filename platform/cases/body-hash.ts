import type { Command } from '../../processes/kit/types.ts';
import { bodyHash } from '../crypto/ids.ts';
import type { Keyring } from '../crypto/keyring.ts';

/**
 * Digest of what a command asks and who asks it. The moment of receipt and the request id are not part of it: a retry is
 * received later and is the same request.
 */
export function commandBodyHash(keys: Keyring, command: Command): string {
  const { type, payload, personal, actor } = command;
  const who =
    actor.kind === 'person' ? { personId: actor.personId, onBehalfOf: actor.onBehalfOf?.personId ?? null } : 'system';
  return bodyHash(keys, { type, payload, personal: personal ?? null, who });
}
