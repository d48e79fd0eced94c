import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload, ValueError } from '@temporalio/common';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical.ts';
import { chainHash, findBreak, genesis } from './chain.ts';
import { bodyHash, commandId, reservationKey, uuidV5 } from './ids.ts';
import { createKeyring, generateKeyring } from './keyring.ts';
import { EncryptionCodec } from './payload-codec.ts';
import { seal, unseal } from './sealed.ts';

const payload = defaultPayloadConverter.toPayload({ name: 'Иванова', snils: '112-233-445 95' }) as Payload;
const [oldKey, newKey] = [
  { id: 'k1', bytes: randomBytes(32) },
  { id: 'k2', bytes: randomBytes(32) },
];

test('a payload rests encrypted and comes back whole, also after the key was rotated', async () => {
  const [written] = await new EncryptionCodec([oldKey]).encode([payload]);
  expect(Buffer.from(written?.data ?? []).includes(Buffer.from('Иванова'))).toBe(false);
  const rotated = new EncryptionCodec([newKey, oldKey]);
  const [read] = await rotated.decode([written as Payload]);
  expect(defaultPayloadConverter.fromPayload(read as Payload)).toEqual({ name: 'Иванова', snils: '112-233-445 95' });
  const [rewritten] = await rotated.encode([payload]);
  await expect(new EncryptionCodec([oldKey]).decode([rewritten as Payload])).rejects.toThrow(ValueError);
});

test('a single changed bit of a payload is noticed', async () => {
  const codec = new EncryptionCodec([oldKey]);
  const [written] = await codec.encode([payload]);
  const data = Buffer.from(written?.data ?? []);
  data.writeUInt8(data.readUInt8(data.length - 1) ^ 1, data.length - 1);
  await expect(codec.decode([{ ...written, data }])).rejects.toThrow();
});

test('no nonce is given out twice, and none changes after it was given out', () => {
  const key = randomBytes(32);
  const sealed = Array.from({ length: 2_000 }, (_, nr) => seal(key, Buffer.from(String(nr))));
  expect(new Set(sealed.map((bytes) => bytes.subarray(0, 12).toString('hex'))).size).toBe(2_000);
  expect(sealed.map((bytes) => unseal(key, bytes).toString())).toEqual(sealed.map((_, nr) => String(nr)));
});

test('a sealed text opens with its key at its place only', () => {
  const key = randomBytes(32);
  const sealed = seal(key, Buffer.from('текст'), 'case:1');
  expect(unseal(key, sealed, 'case:1').toString()).toBe('текст');
  expect(() => unseal(key, sealed, 'case:2')).toThrow();
  expect(() => unseal(randomBytes(32), sealed, 'case:1')).toThrow();
});

test('the same secret gives the same keys, another secret another master key', () => {
  const codecKeys = [{ id: 'k1', key: randomBytes(32).toString('base64') }];
  const make = (personKeySecret: string) => createKeyring({ codecKeys, personKeySecret });
  expect(make('a'.repeat(32))).toEqual(make('a'.repeat(32)));
  expect(make('a'.repeat(32)).master[0]?.id).not.toBe(make('b'.repeat(32)).master[0]?.id);
});

test('ids depend on every part and cannot be confused by moving a separator', () => {
  const keys = generateKeyring();
  const of = { personId: 'a', route: 'b', caseId: 'c', idempotencyKey: 'd' };
  expect(commandId(keys, of)).toBe(commandId(keys, of));
  expect(commandId(keys, of)).not.toBe(commandId(generateKeyring(), of));
  expect(commandId(keys, { ...of, personId: 'a","b', route: '' })).not.toBe(
    commandId(keys, { ...of, personId: 'a', route: 'b' }),
  );
  const reserved = { applicant: 'a', process: 'p', object: 'o', period: '2026' };
  expect(reservationKey(keys, reserved)).not.toBe(reservationKey(keys, { ...reserved, period: '2027' }));
  expect(bodyHash(keys, { a: 1, b: [2] })).toBe(bodyHash(keys, { b: [2], a: 1 }));
});

test('a version 5 UUID agrees with the standard', () => {
  // The example of RFC 9562, A.4: the name www.example.com in the namespace of DNS.
  expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
});

test('canonical text does not depend on the order of keys, at any depth', () => {
  expect(canonicalJson({ b: { d: 1, c: [{ z: 1, a: 2 }] }, a: undefined })).toBe('{"b":{"c":[{"a":2,"z":1}],"d":1}}');
});

test('the chain notices a changed, a removed, a reordered and an added event', () => {
  const events = [1, 2, 3].map((sequence) => ({
    caseId: 'c',
    sequence,
    type: 't',
    row: 'r',
    at: '2026-11-22T00:00:00.000Z',
    on: '2026-11-22',
    actor: { kind: 'system' as const },
    facts: { n: sequence },
  }));
  let previous: Buffer = genesis;
  const chain = events.map((event) => {
    const prevHash = previous;
    previous = chainHash(prevHash, event);
    return { ...event, prevHash, hash: previous };
  });
  expect(findBreak(chain)).toBeUndefined();
  expect(findBreak(chain.map((event) => (event.sequence === 2 ? { ...event, facts: { n: 9 } } : event)))).toBe(2);
  expect(findBreak(chain.filter(({ sequence }) => sequence !== 2))).toBe(3);
  expect(findBreak([chain[0], chain[2], chain[1]] as typeof chain)).toBe(3);
});
