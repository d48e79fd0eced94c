import { locale } from '../i18n/index.ts';

/** «7,5» or “7.5”, whatever the language of the machine. */
export const number = (n: number, digits = 1) =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(n);

export const capital = (s: string) => s.charAt(0).toUpperCase() + s.slice(1);

/** «Экспертиза программы» of «Экспертиза программы: «Школа…»», where the title of the case stands beside it anyway. */
export const taskName = (titleRu: string, caseTitleRu: string): string =>
  titleRu.endsWith(`: «${caseTitleRu}»`) ? titleRu.slice(0, -(caseTitleRu.length + 4)) : titleRu;
