import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PLATFORM_VERSION } from './version.ts';

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(PLATFORM_VERSION).toBe(version);
});
