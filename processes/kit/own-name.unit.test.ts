import { expect, it } from 'vitest';
import { isInOwnName } from './own-name.ts';

it.each([
  ['/api/session', false],
  ['/api/session/password', true],
  ['/api/sessions/{id}', true],
  ['/api/password', true],
  ['/api/profile/second-factor', true],
  ['/api/tokens', true],
  ['/api/me/consents/{purpose}', true],
  ['/api/notices/{id}/familiarise', true],
  ['/api/notices?limit=1', true],
  ['/api/tasks/{id}/draft', true],
  ['/api/tasks/{id}', false],
  ['/api/cases/{id}/actions/{type}', false],
  ['/api/members', false],
  ['/registry', false],
])('%s is asked in one’s own name: %s', (path, own) => {
  expect(isInOwnName(path)).toBe(own);
});
