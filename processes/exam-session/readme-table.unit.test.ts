/** The README is made from the code where it can be. Update it with `npx vitest run --root . readme-table -u`. */
import { expect, it } from 'vitest';
import { deadLinks, filled, rowsTable, termsTable } from '../../test/support/readme.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { ROWS } from './stages.ts';

const README = new URL('./README.md', import.meta.url);

it('shows the rows and the terms as they are in the code', async () => {
  const parts = { rows: rowsTable(ROWS), terms: termsTable({ ...DEFAULT_POLICY.terms }) };
  await expect(filled(README, parts)).toMatchFileSnapshot('./README.md');
});

it('names only files that exist', () => {
  expect(deadLinks(README)).toEqual([]);
});
