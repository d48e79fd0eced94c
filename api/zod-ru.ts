/** Messages of zod in the words people use. Imported once for its effect, by `app.ts`. */
import { z } from 'zod';

const plural = (n: number, one: string, few: string, many: string): string => {
  const form = new Intl.PluralRules('ru').select(n);
  return `${n} ${form === 'one' ? one : form === 'few' ? few : many}`;
};

const formats: Record<string, string> = {
  email: 'Адрес почты с ошибкой.',
  uuid: 'Нужен идентификатор (UUID).',
  date: 'Нужна дата вида ГГГГ-ММ-ДД.',
  datetime: 'Нужны дата и время.',
  url: 'Нужен адрес.',
  regex: 'Значение не того вида.',
};
const types: Record<string, string> = {
  string: 'Нужна строка.',
  number: 'Нужно число.',
  int: 'Нужно целое число.',
  boolean: 'Нужно «да» или «нет».',
  array: 'Нужен список.',
  object: 'Нужен набор полей.',
  record: 'Нужен набор полей.',
};

type Issue = z.core.$ZodRawIssue;

function tooSmall(issue: Issue & { origin?: string; minimum?: number | bigint }): string {
  const n = Number(issue.minimum);
  if (issue.origin === 'string')
    return n <= 1 ? 'Заполните поле.' : `Не короче ${plural(n, 'знака', 'знаков', 'знаков')}.`;
  if (issue.origin === 'array' || issue.origin === 'set')
    return n <= 1 ? 'Добавьте хотя бы одну запись.' : `Не меньше ${plural(n, 'записи', 'записей', 'записей')}.`;
  return `Не меньше ${n}.`;
}

function tooBig(issue: Issue & { origin?: string; maximum?: number | bigint }): string {
  const n = Number(issue.maximum);
  if (issue.origin === 'string') return `Не больше ${plural(n, 'знака', 'знаков', 'знаков')}.`;
  if (issue.origin === 'array' || issue.origin === 'set')
    return `Не больше ${plural(n, 'записи', 'записей', 'записей')}.`;
  return `Не больше ${n}.`;
}

/** A sentence for an issue whose schema has none of its own; `undefined` leaves it to the Russian locale of zod. */
export function sentenceOf(issue: Issue): string | undefined {
  if (issue.code === 'invalid_type')
    return issue.input === undefined ? 'Заполните поле.' : (types[String(issue.expected)] ?? 'Значение не того вида.');
  if (issue.code === 'too_small') return tooSmall(issue);
  if (issue.code === 'too_big') return tooBig(issue);
  if (issue.code === 'invalid_format') return formats[String(issue.format)] ?? 'Значение не того вида.';
  if (issue.code === 'invalid_value') return `Можно выбрать: ${(issue.values as unknown[]).map(String).join(', ')}.`;
  if (issue.code === 'unrecognized_keys') return 'Такого поля нет.';
  if (issue.code === 'not_multiple_of') return 'Число должно быть целым.';
  return undefined;
}

z.config({ ...z.locales.ru(), customError: (issue) => sentenceOf(issue) });

/** JSON pointer (RFC 6901) of a path. */
export function pointerOf(path: ReadonlyArray<PropertyKey>): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
