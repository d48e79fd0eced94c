import { describe, expect, it } from 'vitest';
import { routes } from '../contract/index.ts';
import { CODE_WAIT_MS, gateOf, passes, wantsProof } from './gate.ts';
import { saysFactor } from './oidc.ts';

const names = routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);

describe('the gate of a session', () => {
  it.each([
    // shown, enrolled, demanded, age → gate
    [true, true, true, 0, 'open'],
    [true, false, true, 0, 'open'],
    [false, true, false, 0, 'code'],
    [false, true, true, CODE_WAIT_MS, 'code'],
    [false, true, true, CODE_WAIT_MS + 1, 'over'],
    [false, false, true, CODE_WAIT_MS + 1, 'setup'],
    [false, false, false, 0, 'open'],
  ] as const)('shown %s, enrolled %s, demanded %s, after %i ms: %s', (shown, enrolled, demanded, ageMs, gate) => {
    expect(gateOf({ shown, enrolled, demanded, ageMs })).toBe(gate);
  });

  it('lets through the way on and the way out, and nothing else that exists', () => {
    const through = (gate: 'code' | 'setup' | 'over') => names.filter((name) => passes(gate, name)).sort();
    expect(through('code')).toEqual(['DELETE /api/session', 'POST /api/session/factor']);
    expect(through('setup')).toEqual([
      'DELETE /api/session',
      'POST /api/profile/second-factor',
      'POST /api/profile/second-factor/confirm',
      'POST /api/session/proof',
    ]);
    expect(through('over')).toEqual(['DELETE /api/session']);
    expect(names.every((name) => passes('open', name))).toBe(true);
  });
});

describe('a fresh proof', () => {
  const asked = (route: string, session: object = {}) =>
    wantsProof(route, { method: 'password', enrolled: false, sinceProofMs: 901_000, ...session }, 900_000);

  it('is asked before an account, a right or a secret changes, and when the last one is old', () => {
    const sensitive = names.filter((name) => asked(name)).sort();
    expect(sensitive).toHaveLength(17);
    for (const name of sensitive) expect(name.startsWith('GET ')).toBe(false);
    expect(sensitive).toEqual(expect.arrayContaining(['POST /api/tokens', 'POST /api/codec/{namespace}/decode']));
    expect(asked('POST /api/tokens', { sinceProofMs: 900_000 })).toBe(false);
    expect(asked('POST /api/cases')).toBe(false);
  });

  it('not of whoever was chosen from a list and has nothing to prove it with', () => {
    expect(asked('POST /api/tokens', { method: 'choice' })).toBe(false);
    expect(asked('POST /api/tokens', { method: 'choice', enrolled: true })).toBe(true);
    expect(asked('POST /api/tokens', { method: 'oidc' })).toBe(true);
  });
});

describe('a provider says that it asked for a second factor', () => {
  const deps = { config: { oidc: { factorAcr: ['urn:gold'] } } } as never;
  it.each([
    [{ amr: ['pwd', 'mfa'] }, true],
    [{ amr: ['pwd', 'otp'] }, false],
    [{ amr: 'mfa' }, false],
    [{ acr: 'urn:gold' }, true],
    [{ acr: 'urn:silver' }, false],
    [{ acr: ['urn:gold'] }, false],
    [{}, false],
  ])('%j: %s', (claims, says) => {
    expect(saysFactor(deps, claims)).toBe(says);
  });
});
