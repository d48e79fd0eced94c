import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';
import { ru } from './ru.ts';

export type Language = 'ru' | 'en';

const KEY = 'traektoria.language';

export function storedLanguage(): Language {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'ru';
  } catch {
    return 'ru';
  }
}

/** Russian is the language of the platform; English covers the shell, and falls back to Russian elsewhere. */
export async function startI18n(): Promise<void> {
  const language = storedLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'ru',
    resources: { ru: { translation: ru }, en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

export async function setLanguage(language: Language): Promise<void> {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // A private window without storage keeps the choice until it is closed.
  }
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

export const t = (key: string, options?: Record<string, unknown>): string => i18next.t(key, options ?? {});
