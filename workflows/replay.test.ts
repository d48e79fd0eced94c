/** Runs that former versions of the workflow code have left behind go on with the code of today. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { contradictions, readRecord, records } from '../test/replay/replay.ts';

/** The production workflows and the one of the fixtures. */
const today = fileURLToPath(new URL('../test/fixtures/workflows.ts', import.meta.url));
const changed = fileURLToPath(new URL('../test/fixtures/changed-workflows.ts', import.meta.url));

test.each(await records())('every run that %s has left behind is replayed', async (name) => {
  const told = await readRecord(name);
  expect(told.length).toBeGreaterThan(0);
  expect(await contradictions(told, today)).toEqual([]);
});

test('a loop that does one thing more than before is caught', async () => {
  const name = (await records()).findLast((one) => one.endsWith('case-loop'));
  const [first] = await readRecord(name!);
  const found = await contradictions([first!], changed);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain('nondeterminism');
});
