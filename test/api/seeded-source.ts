/** One source of everything that is random in this process, so that a story told twice is the same to the byte. */
export const source = {
  drawn: 0,
  /** People whom a draw of this seed reaches last; under `*`, whatever the seed. */
  last: new Map<string, readonly string[]>(),
};

type Crypto = typeof import('node:crypto');

/** `node:crypto` whose random values follow from how many were drawn. */
export function seededCrypto(real: Crypto & { default?: Crypto }) {
  const bytes = (size: number): Buffer => {
    source.drawn += 1;
    const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, i) =>
      real.createHash('sha256').update(`seed:${source.drawn}:${i}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, size);
  };
  const uuid = () =>
    bytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
  // Nonces are kept in stock across the tellings: all alike, they do not tell where in the stock a telling began.
  const randomFillSync = (buffer: Buffer) => buffer.fill(7);
  const randomInt = (below: number) => bytes(4).readUInt32BE() % below;
  const seeded = { randomUUID: uuid, randomBytes: bytes, randomFillSync, randomInt };
  return { ...real, default: { ...real, ...seeded }, ...seeded };
}

type Ids = typeof import('../../processes/kit/ids.ts');

/** The draw among equal experts, with some of them at its end. */
export function steeredDraw(real: Ids): Ids {
  return {
    ...real,
    drawRank(seed, item) {
      const last = [...(source.last.get('*') ?? []), ...(source.last.get(seed) ?? [])];
      return `${last.includes(item) ? 'z' : ''}${real.drawRank(seed, item)}`;
    },
  };
}
