import { Secret } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { createIdentityKeys } from './secrets.ts';
import { addressOf, codeAt, newRecoveryCodes, newSecret, recoveryDigest, stepOf } from './second-factor.ts';

/** RFC 6238, appendix B, SHA-1: the last six of eight digits. */
const secret = Secret.fromUTF8('12345678901234567890').base32;
const at = (seconds: number) => new Date(seconds * 1_000);

describe('a one-time code', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('of the second %i is the one of the RFC', (second, code) => {
    expect(codeAt(secret, at(second))).toBe(code);
    expect(stepOf(secret, code, at(second), 0)).toBe(Math.floor(second / 30));
  });

  it.each([
    ['the step before', -30, true],
    ['the step after', 30, true],
    ['two steps before', -60, false],
    ['two steps after', 60, false],
  ])('of %s is taken: %s s, %s', (_name, shift, taken) => {
    const now = at(1_234_567_890);
    const code = codeAt(secret, at(1_234_567_890 + shift));
    expect(stepOf(secret, code, now, 0) !== undefined).toBe(taken);
  });

  it('is worth nothing once it was taken, nor is an older one', () => {
    const now = at(1_234_567_890);
    const step = stepOf(secret, codeAt(secret, now), now, 0)!;
    expect(stepOf(secret, codeAt(secret, now), now, step)).toBeUndefined();
    expect(stepOf(secret, codeAt(secret, at(1_234_567_860)), now, step)).toBeUndefined();
    expect(stepOf(secret, codeAt(secret, at(1_234_567_920)), now, step)).toBe(step + 1);
  });

  it.each(['', '12345', '1234567', 'abcdef', '١٢٣٤٥٦', ' 287082'])('is six digits: «%s» is none', (code) => {
    expect(stepOf(secret, code, at(59), 0)).toBeUndefined();
  });
});

describe('what is made at random', () => {
  it('a secret of 160 bits, in an address that an authenticator reads', () => {
    const fresh = newSecret();
    expect(Secret.fromBase32(fresh).bytes).toHaveLength(20);
    expect(newSecret()).not.toBe(fresh);
    const address = new URL(addressOf(fresh, 'anna@people.test'));
    expect([address.protocol, address.host]).toEqual(['otpauth:', 'totp']);
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      secret: fresh,
      issuer: 'Traektoria',
      period: '30',
    });
  });

  it('ten recovery codes, each once, known however they are typed, and to nobody without the secret of the installation', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[a-hj-km-np-z2-9]{5}-[a-hj-km-np-z2-9]{5}$/);
    const keys = createIdentityKeys('a secret of the test that is long enough');
    const digest = recoveryDigest(keys, 'p', codes[0]!);
    expect(recoveryDigest(keys, 'p', ` ${codes[0]!.replace('-', ' ').toUpperCase()}`)).toBe(digest);
    expect(recoveryDigest(keys, 'q', codes[0]!)).not.toBe(digest);
    expect(recoveryDigest(createIdentityKeys('another secret that is long enough too'), 'p', codes[0]!)).not.toBe(
      digest,
    );
  });
});
