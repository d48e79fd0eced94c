import { createHash, hkdfSync, randomBytes } from 'node:crypto';

export interface Key {
  id: string;
  bytes: Buffer;
}

/** Several keys are readable, the first one writes: rotation is putting a new key in front. */
export interface Keyring {
  /** Encrypt what rests in the engine. */
  payload: Key[];
  /** Wrap the keys of persons. */
  master: Key[];
  /** Makes ids and digests that nobody can compute without it. Never rotated: command ids and unique keys depend on it. */
  hmac: Buffer;
}

/**
 * The keys of this installation. The master key and the key of ids are derived from one secret, so that the secret alone has to
 * be kept; its digest is the id of the master key, so that a wrong secret is noticed and not taken for damage.
 */
export function createKeyring(from: {
  codecKeys: Array<{ id: string; key: string }>;
  personKeySecret: string;
}): Keyring {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', from.personKeySecret, 'traektoria', purpose, 32));
  const masterId = createHash('sha256').update(derive('master-id')).digest('hex').slice(0, 12);
  return {
    payload: from.codecKeys.map(({ id, key }) => ({ id, bytes: Buffer.from(key, 'base64') })),
    master: [{ id: masterId, bytes: derive('person-keys') }],
    hmac: derive('ids'),
  };
}

/** Fresh keys, for tests and for a stack that keeps them in its own folder. */
export function generateKeyring(): Keyring {
  const fresh = () => randomBytes(32).toString('base64');
  return createKeyring({ codecKeys: [{ id: 'k1', key: fresh() }], personKeySecret: fresh() });
}
