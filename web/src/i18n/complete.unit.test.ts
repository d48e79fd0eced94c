import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';
import { en } from './en/index.ts';
import type { Words } from './index.ts';
import { ru } from './ru/index.ts';

const src = join(import.meta.dirname, '..');
const RUSSIAN = /[А-яЁё]/;

/** Where a screen may hold Russian of its own, and why. The list shrinks. */
const ALLOWED: Record<string, { texts: readonly string[]; why: string }> = {
  'shell/LanguageSwitch.tsx': { texts: ['Русский'], why: 'a language is called in its own tongue' },
  'shell/SignIn.tsx': { texts: ['ё', 'е'], why: 'letters a search takes for one' },
  'pages/RegistersPage.tsx': { texts: ['ПК', 'ПП'], why: 'codes of the register' },
  'processes/head-attestation/Overview.tsx': { texts: ['План обучения'], why: 'a document is found by its name' },
  'processes/head-attestation/StartForms.tsx': {
    texts: ['Образование', 'Стаж и работа', 'Повышение квалификации', 'Документы и рекомендации'],
    why: 'headings of the questionnaire, which is a document',
  },
  'processes/dpp-certification/Invariants.tsx': { texts: ['ПК', 'ПП'], why: 'codes of the programme' },
  'processes/dpp-certification/ProgrammeForm.tsx': {
    texts: ['ПК', 'ПП', 'Р', 'М', 'О'],
    why: 'codes of the programme',
  },
  'processes/dpp-certification/model.ts': { texts: ['ПК', 'ПП', 'М', 'Р1', 'О1'], why: 'codes of the programme' },
  'pages/HrPage.tsx': {
    texts: [
      'Педагог;Событие;Дата;Вид отпуска;Плановое окончание;Приказ',
      'Лосев Кирилл Андреевич;начался отпуск;01.12.2026;по уходу за ребёнком;01.06.2028;15-к',
      'да',
      'нет',
      'предпросмотр',
    ],
    why: 'cells of the file the platform reads',
  },
};

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
const textsOf = (table: object): [string, string][] =>
  Object.entries(table).flatMap(([name, value]) =>
    typeof value === 'string'
      ? [[name, value] as [string, string]]
      : textsOf(value as object).map(([k, v]) => [`${name}.${k}`, v] as [string, string]),
  );
const holesOf = (text: string) =>
  [...new Set([...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name as string))]
    .sort((a, b) => a.localeCompare(b))
    .join();

const processes = readdirSync(join(src, 'processes')).filter((slug) =>
  existsSync(join(src, 'processes', slug, 'words.ru.ts')),
);
const dictionaries: [string, Words, Words][] = [
  ['the shared ones', ru, en],
  ...(await Promise.all(
    processes.map(async (slug): Promise<[string, Words, Words]> => {
      const read = async (lang: 'ru' | 'en') =>
        ((await import(`../processes/${slug}/words.${lang}.ts`)) as Record<string, Words>)[lang] as Words;
      return [slug, await read('ru'), await read('en')];
    }),
  )),
];

const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.') && !/(^|\/)(i18n\/|words\.(ru|en)\.ts)/.test(name))
  .map((name) => [name, readFileSync(join(src, name), 'utf8')] as const);

/** Texts in the program itself: between tags, in quotes, in templates; comments and patterns are not texts. */
function textsIn(name: string, code: string): string[] {
  const found: string[] = [];
  const look = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) look(one);
    else if (typeof node === 'object' && node !== null) {
      const { type, value, regex } = node as { type?: string; value?: unknown; regex?: unknown };
      const text =
        type === 'JSXText' || (type === 'Literal' && regex === undefined)
          ? value
          : type === 'TemplateElement'
            ? (value as { raw: string }).raw
            : undefined;
      if (typeof text === 'string' && RUSSIAN.test(text)) found.push(text.trim());
      for (const part of Object.values(node)) if (typeof part === 'object') look(part);
    }
  };
  look(parseSync(name, code).program.body);
  return found;
}

describe('the dictionary of the screens', () => {
  it.each(dictionaries)(
    'says in English everything that it says in Russian, and nothing else: %s',
    (_, said, inEnglish) => {
      expect(keysOf(inEnglish)).toEqual(keysOf(said));
      expect(textsOf(inEnglish).filter(([, text]) => RUSSIAN.test(text))).toEqual([]);
    },
  );

  it.each(dictionaries)('fills the same holes in both languages: %s', (_, said, inEnglish) => {
    const byKey = new Map(textsOf(inEnglish));
    const differ = textsOf(said).flatMap(([key, text]) => {
      const other = byKey.get(key);
      return other !== undefined && holesOf(other) !== holesOf(text) ? [key] : [];
    });
    expect(differ).toEqual([]);
  });

  it('has a word for every key a screen asks for', () => {
    const shared = new Set(keysOf(ru));
    const missing = sources.flatMap(([name, text]) => {
      const own = dictionaries.find(([slug]) => name.startsWith(`processes/${slug}/`));
      const known = own ? new Set([...shared, ...keysOf(own[1])]) : shared;
      return [...text.matchAll(/\bt\(\s*'([a-zA-Z0-9_.-]+)'/g)].flatMap(([, key]) =>
        known.has(key as string) ? [] : [`${name}: ${key}`],
      );
    });
    expect(missing).toEqual([]);
  });

  it('holds all Russian that screens show: none stands in a screen itself', () => {
    const bare = sources.flatMap(([name, code]) =>
      textsIn(name, code)
        .filter((text) => !ALLOWED[name]?.texts.includes(text))
        .map((text) => `${name}: ${text}`),
    );
    expect(bare).toEqual([]);
  });

  it('excuses nothing that is gone', () => {
    const stale = Object.entries(ALLOWED).flatMap(([name, { texts }]) => {
      const code = sources.find(([file]) => file === name)?.[1] ?? '';
      const found = textsIn(name, code);
      return texts.filter((text) => !found.includes(text)).map((text) => `${name}: ${text}`);
    });
    expect(stale).toEqual([]);
  });
});
