import { expect, it } from 'vitest';
import { routes } from './contract/index.ts';
import { isScope, SCOPE_OF } from './scopes.ts';

it('every route that wants a sign-in stands in the table of scopes: a new one says what a token must have for it, or that no token opens it', () => {
  const keys = routes
    .filter((route) => !('security' in route))
    .map((route) => `${route.method.toUpperCase()} ${route.path}`);
  expect(keys.filter((key) => !Object.hasOwn(SCOPE_OF, key))).toEqual([]);
  expect(Object.keys(SCOPE_OF).filter((key) => !keys.includes(key))).toEqual([]);
});

it.each([
  ['read:cases', true],
  ['act:cases:dpp-certification', true],
  ['act:cases:unknown', false],
  ['read:registers:dpp-certification', false],
  ['write:cases', false],
  ['read:', false],
  ['read:constructor', false],
  ['read:cases:dpp-certification:more', false],
])('%s is a scope: %s', (scope, is) => {
  expect(isScope(scope, ['dpp-certification'])).toBe(is);
});
