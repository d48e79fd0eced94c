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
    for (let i = 0; i < level.length; i += 2) above.push(nodeOf(level[i] as Buffer, level[i + 1]));
    level = above;
  }
  return level[0] as Buffer;
}

/** Neighbours on the way from the leaf at `index` to the root, lowest first. A node that goes up alone has none on that step. */
export function merklePath(leaves: Buffer[], index: number): Buffer[] {
  const path: Buffer[] = [];
  let level = leaves;
  for (let at = index; level.length > 1; at >>= 1) {
    const beside = level[at ^ 1];
    if (beside) path.push(beside);
    const above: Buffer[] = [];
    for (let i = 0; i < level.length; i += 2) above.push(nodeOf(level[i] as Buffer, level[i + 1]));
    level = above;
  }
  return path;
}

/** The root a leaf leads to by its path; `undefined` where a path of this length does not belong to this place among so many leaves. */
export function rootOfPath(leaf: Buffer, index: number, leaves: number, path: Buffer[]): Buffer | undefined {
  if (!(Number.isInteger(index) && index >= 0 && index < leaves)) return undefined;
  const left = [...path];
  let node = leaf;
  for (let at = index, width = leaves; width > 1; at >>= 1, width = Math.ceil(width / 2)) {
    if ((at ^ 1) >= width) continue;
    const beside = left.shift();
    if (!beside) return undefined;
    node = at % 2 === 0 ? nodeOf(node, beside) : nodeOf(beside, node);
  }
  return left.length === 0 ? node : undefined;
}

const nodeOf = (left: Buffer, right: Buffer | undefined): Buffer => (right ? sha256(Buffer.of(1), left, right) : left);

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
