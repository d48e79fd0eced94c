import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { ru } from './ru/index.ts';

export type Language = 'ru' | 'en';
export interface Words {
  [key: string]: string | Words;
}
export type Say = (key: string, options?: Record<string, unknown>) => string;

const KEY = 'traektoria.language';

function storedLanguage(): Language {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'ru';
  } catch {
    return 'ru';
  }
}

/** Russian is the language of the platform and there from the first line on; English is fetched by those who chose it. */
void i18next.use(initReactI18next).init({
  lng: 'ru',
  fallbackLng: 'ru',
  resources: { ru: { translation: ru } },
  initAsync: false,
  interpolation: { escapeValue: false },
  returnNull: false,
});

export const language = (): Language => (i18next.language === 'en' ? 'en' : 'ru');
/** How dates and numbers are written for the reader. */
export const locale = () => (language() === 'en' ? 'en-GB' : 'ru-RU');

/** English of what the API says, there once somebody has chosen it. */
let answers: typeof import('./answers.ts').answers | undefined;

async function change(to: Language): Promise<void> {
  if (to === 'en' && !answers) {
    const [{ en }, english] = await Promise.all([import('./en/index.ts'), import('./answers.ts')]);
    i18next.addResourceBundle('en', 'translation', en);
    answers = english.answers;
  }
  document.documentElement.lang = to;
  await i18next.changeLanguage(to);
}

export const startI18n = (): Promise<void> => change(storedLanguage());

export async function setLanguage(to: Language): Promise<void> {
  try {
    localStorage.setItem(KEY, to);
  } catch {
    // A private window without storage keeps the choice until it is closed.
  }
  await change(to);
}

/** A text of the screens in the language of the reader. Asked while drawing, never kept: pages are drawn anew when the language changes. */
export const t: Say = (key, options) => i18next.t(key, options ?? {});

/** The texts of one process, which arrive with its screens; a key it has not is one of the shared ones. */
export function wordsOf(process: string, russian: Words, english: Words): Say {
  i18next.addResourceBundle('ru', process, russian);
  i18next.addResourceBundle('en', process, english);
  return (key, options) => i18next.t(key, { ns: [process, 'translation'], ...options });
}

/** The texts of one section by their codes, each read when it is shown. */
export function labels<K extends string>(section: string, table: Record<K, unknown>, say: Say = t): Record<K, string> {
  const found = {} as Record<K, string>;
  for (const code of Object.keys(table) as K[])
    Object.defineProperty(found, code, { enumerable: true, get: () => say(`${section}.${code}`) });
  return found;
}

const english = () => (language() === 'en' ? answers : undefined);

/** An answer of the API as its reader reads it. */
export const answerInLanguage = <T>(answer: T): T => english()?.inEnglish(answer) ?? answer;

/** A refusal in English where its code says all; otherwise nothing. */
export const problemInLanguage = (code: unknown): string | undefined => english()?.problem(code);

/** A table of `labels.ru.ts` of a process in the language of the reader, each word when it is shown. */
export function tableOf(process: string, name: string, russian: Record<string, string>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [code, word] of Object.entries(russian))
    Object.defineProperty(found, code, {
      enumerable: true,
      get: () => english()?.table(process, name)?.[code] ?? word,
    });
  return found;
}
