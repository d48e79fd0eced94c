import { createHash } from 'node:crypto';

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** What is anchored of a case: how far its chain had come and the hash it had there. */
export interface Head {
  caseId: string;
  sequence: number;
  hash: Uint8Array;
}

/** Leaf of a head; the prefix byte keeps a leaf from being taken for a node (RFC 6962). */
export function leafOf({ caseId, sequence, hash }: Head): Buffer {
  return sha256(Buffer.of(0), Buffer.from(`${caseId}:${sequence}:`, 'utf8'), hash);
}

/** Root over leaves in the order given; a node without a neighbour goes up as it is. No leaves: the hash of nothing. */
export function merkleRoot(leaves: Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  let level = leaves;
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i] as Buffer, level[i + 1]];
      above.push(right ? sha256(Buffer.of(1), left, right) : left);
    }
    level = above;
  }
  return level[0] as Buffer;
}

export interface DayRoot {
  day: string;
  cases: number;
  root: Uint8Array;
  records: number;
  recordsDigest: Uint8Array;
  previous: Uint8Array;
}

/** The line a day adds to the chain of days. Anybody with the published values can compute it again. */
export function dayHash({ day, cases, root, records, recordsDigest, previous }: DayRoot): Buffer {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  return sha256(Buffer.from([hex(previous), day, cases, hex(root), records, hex(recordsDigest)].join('\n'), 'utf8'));
}
