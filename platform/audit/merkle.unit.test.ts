import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { merklePath, merkleRoot, rootOfPath } from './merkle.ts';

const leaf = (n: number) => createHash('sha256').update(String(n)).digest();

it('the path of every leaf leads to the root, whatever their number, and to no other place', () => {
  for (let count = 1; count <= 17; count += 1) {
    const leaves = Array.from({ length: count }, (_, n) => leaf(n));
    const root = merkleRoot(leaves);
    for (let index = 0; index < count; index += 1) {
      const path = merklePath(leaves, index);
      const from = (at: number, among: number, way = path) => rootOfPath(leaves[index]!, at, among, way);
      expect(from(index, count)?.equals(root), `${index} of ${count}`).toBe(true);
      expect(from(index, count, [...path, leaf(99)])).toBeUndefined();
      if (path.length > 0) expect(from(index, count, path.slice(1))?.equals(root) ?? false).toBe(false);
      if (count > 1) expect(from((index + 1) % count, count)?.equals(root) ?? false).toBe(false);
    }
    expect(rootOfPath(leaf(0), count, count, [])).toBeUndefined();
  }
});
