import { uuidV5 } from '../../platform/crypto/ids.ts';

/** Parent of every id of the seed; changing it would make every seeded row a new one. */
const NAMESPACE = '6f1d3c52-8f0e-5b7a-9a63-74726165746b';

export type SeedKind = 'organisation' | 'person' | 'employment' | 'assignment';

/** The id of a seeded row by its stable name: the same on every machine and after every load. */
export function seedId(kind: SeedKind, name: string): string {
  return uuidV5(NAMESPACE, `${kind}:${name}`);
}
