import { createHash } from 'node:crypto';
import type { StoredEvent } from '../../processes/kit/types.ts';
import { canonicalJson } from './canonical.ts';

/** What stands before the first event. */
export const genesis = Buffer.alloc(32);

export interface ChainedEvent {
  caseId: string;
  sequence: number;
  type: string;
  row: string;
  at: string;
  on: string;
  actor: StoredEvent['actor'];
  facts: unknown;
  /** Ciphertext of the personal part, or its digest in hex. Only the digest is chained: destroying the key breaks no chain. */
  personal?: Uint8Array | string | undefined;
}

/** Hash of an event over the hash before it. Every field that people rely on is covered. */
export function chainHash(previous: Uint8Array, event: ChainedEvent): Buffer {
  const { caseId, sequence, type, row, at, on, actor, facts, personal } = event;
  const digest = typeof personal === 'string' ? personal : personal ? personalDigest(personal) : null;
  const text = canonicalJson({ caseId, sequence, type, row, at, on, actor, facts, personal: digest });
  return createHash('sha256').update(previous).update(text, 'utf8').digest();
}

/** What the chain holds of the personal part of an event: sha256 of its ciphertext, in hex. */
export const personalDigest = (ciphertext: Uint8Array): string => createHash('sha256').update(ciphertext).digest('hex');

/** First sequence at which the chain does not hold, or undefined when it holds from the first event to the last. */
export function findBreak(
  events: Array<ChainedEvent & { prevHash: Uint8Array; hash: Uint8Array }>,
): number | undefined {
  let previous: Uint8Array = genesis;
  for (const [index, event] of events.entries()) {
    const sound =
      event.sequence === index + 1 && equal(event.prevHash, previous) && equal(event.hash, chainHash(previous, event));
    if (!sound) return event.sequence;
    previous = event.hash;
  }
  return undefined;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
