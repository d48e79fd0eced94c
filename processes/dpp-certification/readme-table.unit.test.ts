/** The README is made from the code where it can be. Update it with `npx vitest run --root . readme-table -u`. */
import { expect, it } from 'vitest';
import { STORIES } from '../../test/p01/stories.ts';
import { deadLinks, filled, rowsTable, termsTable } from '../../test/support/readme.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { ROWS, STAGES } from './stages.ts';

const README = new URL('./README.md', import.meta.url);

/** Moves between stages, with the rows that make them; ways of one kind from every open stage are in the table only. */
function diagram(): string {
  const edges = new Map<string, string[]>();
  for (const row of ROWS.filter((r) => Array.isArray(r.from) && r.to !== 'same' && !r.on.startsWith('outside:'))) {
    const former: Record<string, string[]> = { appeal: ['refused', 'delisted'], suspended: ['certified', 'expiring'] };
    for (const from of row.from as string[])
      for (const to of row.to === 'former' ? (former[from] ?? []) : [row.to])
        if (from !== to) edges.set(`${from} --> ${to}`, [...(edges.get(`${from} --> ${to}`) ?? []), row.id.slice(4)]);
  }
  const lines = [...edges].map(([edge, ids]) => `  ${edge}: ${ids.join(' ')}`);
  const ends = Object.values(STAGES)
    .filter((s) => s.final)
    .map((s) => `  ${s.code} --> [*]`);
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> technical_check: T03', ...lines, ...ends, '```'].join('\n');
}

const edges = () => STORIES.flatMap((s) => (s.edge ? [`- *${s.edge}*: ${s.promise}.`] : [])).join('\n');

it('shows the rows, the terms and the edge cases as they are in the code', async () => {
  const { terms, task } = DEFAULT_POLICY;
  const all = { ...terms, 'task.answer': task.answer, 'task.defectReturn': task.defectReturn };
  const parts = { diagram: diagram(), rows: rowsTable(ROWS), terms: termsTable(all), edges: edges() };
  await expect(filled(README, parts)).toMatchFileSnapshot('./README.md');
});

it('names only files that exist', () => {
  expect(deadLinks(README)).toEqual([]);
});
