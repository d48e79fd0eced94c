import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../platform/config.ts';
import * as shared from '../processes/kit/labels.en.ts';
import type { ProcessWords } from '../processes/kit/words.ts';
import { listProcesses } from '../processes/registry.ts';
import { faces } from './processes.ts';
import { READERS, READINGS } from './reading-log.ts';
import { ROLES } from './words.ts';
import { AREAS } from './scopes.ts';

const missing = (codes: Iterable<string>, table: Record<string, string> | undefined, what: string) =>
  [...codes].filter((code) => table?.[code] === undefined).map((code) => `${what}.${code}`);
const isTable = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' && value !== null && Object.values(value).every((word) => typeof word === 'string');
const folder = async <T>(slug: string, file: string) => (await import(`../processes/${slug}/${file}`)) as T;

describe('texts of the API in English, by their codes', () => {
  it.each(listProcesses().map((process) => [process.slug, process] as const))(
    'lacks none of %s: stages, acts, rows, tasks, terms and words',
    async (slug, process) => {
      const { en } = await folder<{ en: ProcessWords }>(slug, 'labels.en.ts');
      const russian = await folder<Record<string, unknown>>(slug, 'labels.ru.ts');
      const face = faces[slug];
      const acts = Object.values(face?.actions ?? {});
      const { TASK_LABELS = {}, DEADLINE_LABELS = {}, ...tables } = russian;
      expect([
        ...missing(Object.keys(process.stages), en.stages, 'stages'),
        ...missing(Object.keys(process.stages), en.publicStages, 'publicStages'),
        ...missing(Object.keys(process.waitingRu ?? {}), en.waiting, 'waiting'),
        ...missing(
          acts.map(({ type }) => type),
          en.actions,
          'actions',
        ),
        ...missing(
          acts.flatMap(({ type, hintRu }) => (hintRu ? [type] : [])),
          en.hints,
          'hints',
        ),
        ...missing(Object.keys(face?.facts ?? {}), en.facts, 'facts'),
        ...missing(
          process.table.map(({ id }) => id),
          { ...shared.rows, ...en.rows },
          'rows',
        ),
        ...missing(Object.keys(TASK_LABELS as object), en.tasks, 'tasks'),
        ...missing(Object.keys(DEADLINE_LABELS as object), en.deadlines, 'deadlines'),
        ...Object.entries(tables).flatMap(([name, table]) =>
          isTable(table) ? missing(Object.keys(table), en.tables[name], `tables.${name}`) : [],
        ),
      ]).toEqual([]);
      expect(JSON.stringify(en)).not.toMatch(/[А-яЁё]/);
    },
  );

  it('lacks none of the words all processes share', () => {
    expect([
      ...missing(ROLES, shared.roles, 'roles'),
      ...missing(Object.keys(READINGS), shared.readings, 'readings'),
      ...missing(Object.keys(READERS), shared.readers, 'readers'),
      ...missing(Object.keys(AREAS), shared.areas, 'areas'),
    ]).toEqual([]);
    expect(JSON.stringify(shared)).not.toMatch(/[А-яЁё]/);
  });

  it('names the refusals whose sentence stays Russian: those with particulars', () => {
    const files = readdirSync(join(projectRoot, 'api'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.includes('.test.'),
    );
    const codes = files.flatMap((name) =>
      [
        ...readFileSync(join(projectRoot, 'api', name), 'utf8').matchAll(/\bcode: '([a-z_]+)',\s*(?:title|detail):/g),
      ].map(([, code]) => code as string),
    );
    expect(
      [...new Set(missing(codes, shared.problems, 'problems'))]
        .map((code) => code.slice(9))
        .sort((a, b) => a.localeCompare(b)),
    ).toEqual([
      'duplicate',
      'entry_not_in_force',
      'group_finished',
      'known_differently',
      'not_decodable',
      'not_yet_recorded',
      'not_yours_now',
      'other_rows',
      'retention',
      'segregation',
      'token_scope',
      'unsupported_file',
    ]);
  });
});
