import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { ru } from './ru.ts';

const forms = /_(one|few|many|other)$/;
/** Keys with their places, the forms of a number as one. */
function keysOf(table: object, at = ''): string[] {
  return [
    ...new Set(
      Object.entries(table).flatMap(([name, value]) =>
        typeof value === 'string' ? [`${at}${name.replace(forms, '')}`] : keysOf(value as object, `${at}${name}.`),
      ),
    ),
  ].sort();
}
const src = join(import.meta.dirname, '..');
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.') && !name.startsWith('i18n'))
  .map((name) => [name, readFileSync(join(src, name), 'utf8')] as const);

/** Screens shared by all processes whose own words are all in the dictionary. */
const WHOLE = [
  'pages/InboxPage.tsx',
  'pages/MailboxPage.tsx',
  'pages/DeskPage.tsx',
  'shell/NotFound.tsx',
  'kit/Due.tsx',
];
const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

describe('the dictionary of the screens', () => {
  it('says in English everything that it says in Russian, and nothing else', () => {
    expect(keysOf(en)).toEqual(keysOf(ru));
    expect(JSON.stringify(en)).not.toMatch(/[А-яЁё]/);
  });

  it('has a word for every key a screen asks for', () => {
    const known = new Set(keysOf(ru));
    const missing = sources.flatMap(([name, text]) =>
      [...text.matchAll(/\bt\('([a-zA-Z.]+)'/g)].flatMap(([, key]) =>
        known.has(key as string) ? [] : [`${name}: ${key}`],
      ),
    );
    expect(missing).toEqual([]);
  });

  it.each(WHOLE)('leaves no Russian of its own in %s', (file) => {
    const text = withoutComments(readFileSync(join(src, file), 'utf8')).replace(/\/[^/\n]*[А-яЁё][^/\n]*\//g, '');
    expect(text.match(/.*[А-яЁё].*/g) ?? []).toEqual([]);
  });
});
