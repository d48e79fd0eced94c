/** The README is made from the code where it can be. Update it with `npx vitest run --root . readme-table -u`. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { STORIES } from '../../test/p01/stories.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { ROWS, STAGES } from './stages.ts';

const UNITS: Record<string, string> = { wd: 'wd', cd: 'cd', month: 'm', year: 'y' };

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

function rows(): string {
  const from = (r: (typeof ROWS)[number]) =>
    Array.isArray(r.from) ? r.from.join(', ') || '–' : r.from === 'none' ? '–' : 'any open';
  const cells = ROWS.map((r) => [
    r.id,
    from(r),
    `\`${r.on}\``,
    r.roles.join(', ') || 'platform',
    r.to,
    r.guard ?? '',
    r.effectRu,
  ]);
  return [
    '| Row | From | On | Who | To | Guard | What is recorded |',
    '|---|---|---|---|---|---|---|',
    ...cells.map((c) => `| ${c.join(' | ')} |`),
  ].join('\n');
}

function terms(): string {
  const { terms: own, task } = DEFAULT_POLICY;
  const all = { ...own, 'task.answer': task.answer, 'task.defectReturn': task.defectReturn };
  return [
    '| Parameter | Term | Norm |',
    '|---|---|---|',
    ...Object.entries(all).map(
      ([key, t]) => `| \`${key}\` | ${t.amount} ${UNITS[t.unit]}${t.fixed ? ', does not move' : ''} | ${t.clause} |`,
    ),
  ].join('\n');
}

const edges = () => STORIES.flatMap((s) => (s.edge ? [`- *${s.edge}*: ${s.promise}.`] : [])).join('\n');

function fill(readme: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [before, rest] = readme.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`README has no part «${name}»`);
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}

it('shows the rows, the terms and the edge cases as they are in the code', async () => {
  const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
  const parts = { diagram: diagram(), rows: rows(), terms: terms(), edges: edges() };
  const made = Object.entries(parts).reduce((text, [name, part]) => fill(text, name, part), readme);
  await expect(made).toMatchFileSnapshot('./README.md');
});

it('names only files that exist', () => {
  const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map((m) => m[1] as string);
  const missing = links.filter((link) => {
    try {
      readFileSync(new URL(link, new URL('./README.md', import.meta.url)));
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EISDIR';
    }
  });
  expect(missing).toEqual([]);
});
