import { createHash, createHmac } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import type { Keyring } from './keyring.ts';

/** Id of a change: the same person, route, case and Idempotency-Key always give the same id. */
export function commandId(
  keys: Keyring,
  of: { personId: string; route: string; caseId: string; idempotencyKey: string },
): string {
  return `c_${hmac(keys, 'command', [of.personId, of.route, of.caseId, of.idempotencyKey])}`;
}

/** Key of «one active case per applicant, process, object and period»; a stranger cannot guess it from the four. */
export function reservationKey(
  keys: Keyring,
  of: { applicant: string; process: string; object: string; period: string },
): string {
  return `r_${hmac(keys, 'reservation', [of.applicant, of.process, of.object, of.period])}`;
}

/** Digest of the body of a command: tells a repeated request from a different one under the same key. */
export function bodyHash(keys: Keyring, body: unknown): string {
  return hmac(keys, 'body', body);
}

/** A seed for a selection: fixed for a case and a key, unpredictable to everybody else. */
export function selectionSeed(keys: Keyring, caseId: string, key: string): string {
  return createHmac('sha256', keys.hmac).update(`seed\0${caseId}\0${key}`).digest('hex');
}

/**
 * What the n-th document of a case is called where its digest may not be known: `d_` and 43 signs. It follows from the place, not from the
 * content, and without the key does not tell how many others stand before it.
 */
export function documentHandle(keys: Keyring, caseId: string, n: number): string {
  return `d_${hmac(keys, 'document', [caseId, n])}`;
}

function hmac(keys: Keyring, purpose: string, value: unknown): string {
  return createHmac('sha256', keys.hmac)
    .update(`${purpose}\0${canonicalJson(value)}`)
    .digest('base64url');
}

/** UUID of version 5 (RFC 9562): the same name under the same parent is the same id, whoever computes it. */
export function uuidV5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
