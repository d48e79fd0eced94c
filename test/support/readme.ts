/** Parts of a process README that are made from the code. Update them with `npx vitest run --root . readme-table -u`. */
import { readFileSync } from 'node:fs';
import type { Term } from '../../processes/kit/deadlines.ts';
import type { TransitionRow } from '../../processes/kit/types.ts';

const UNITS: Record<string, string> = { wd: 'wd', cd: 'cd', month: 'm', year: 'y' };

export function rowsTable(rows: TransitionRow[]): string {
  const from = (r: TransitionRow) =>
    Array.isArray(r.from) ? r.from.join(', ') || '–' : r.from === 'none' ? '–' : 'any open';
  const cells = rows.map((r) => [
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

export function termsTable(terms: Record<string, Term>): string {
  const line = ([key, t]: [string, Term]) =>
    `| \`${key}\` | ${t.amount} ${UNITS[t.unit]}${t.direction === 'before' ? ' before' : ''}${t.fixed ? ', does not move' : ''} | ${t.clause} |`;
  return ['| Parameter | Term | Norm |', '|---|---|---|', ...Object.entries(terms).map(line)].join('\n');
}

/** The README with its made parts, between `<!-- name:begin -->` and `<!-- name:end -->`. */
export function filled(readme: URL, parts: Record<string, string>): string {
  return Object.entries(parts).reduce(
    (text, [name, part]) => {
      const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
      const [before, rest] = text.split(begin);
      const after = rest?.split(end)[1];
      if (before === undefined || after === undefined) throw new Error(`README has no part «${name}»`);
      return `${before}${begin}\n\n${part}\n\n${end}${after}`;
    },
    readFileSync(readme, 'utf8'),
  );
}

/** Links to files that are not there. */
export function deadLinks(readme: URL): string[] {
  const links = [...readFileSync(readme, 'utf8').matchAll(/\]\(([^)#]+)\)/g)].map((m) => m[1] as string);
  return links.filter((link) => {
    try {
      readFileSync(new URL(link, readme));
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EISDIR';
    }
  });
}
