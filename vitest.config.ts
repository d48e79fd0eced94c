import { defineConfig } from 'vitest/config';

const everywhere = ['**/node_modules/**', 'dist/**', '.data/**'];
/** Tests of pure code: no database, no engine, no processes. Elsewhere a file says so by its name, `*.unit.test.ts`. */
const pure = [
  'processes/**/*.test.{ts,tsx}',
  'web/**/*.test.{ts,tsx}',
  'platform/*.test.ts',
  '**/*.unit.test.{ts,tsx}',
];

export default defineConfig({
  test: {
    pool: 'forks',
    // Two cores carry the engine, PostgreSQL and the tests.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: pure, exclude: everywhere, testTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: 'engine',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...everywhere, ...pure],
          globalSetup: ['test/stack/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
