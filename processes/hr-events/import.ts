/**
 * Employment events from the CSV of an HR system, or typed in a form, into events of the platform.
 *
 * Pure: cells and what the database knows of people and schools come in; rows and faults go out. What the rows will do is `foresee.ts`;
 * telling the cases is the caller's.
 */
import { POSTS } from '../catalogue/posts.ts';
import { isIsoDate, type IsoDate } from '../kit/dates.ts';
import { separatorOf, splitLine } from './csv.ts';
import {
  EMPLOYMENT_EVENTS,
  type EmploymentEvent,
  type EmploymentEventKind,
  LEAVE_KINDS,
  type LeaveKind,
  type Place,
} from './matrix.ts';

/** Columns of the file, first line, by their code or a Russian name; the order is free, the marked ones must be there. */
export const COLUMNS = {
  personId: { ru: 'Педагог', also: ['сотрудник', 'фио', 'работник'], must: true },
  event: { ru: 'Событие', also: ['кадровое событие'], must: true },
  on: { ru: 'Дата', also: ['дата события'], must: true },
  main: { ru: 'Основное место', also: ['основное место работы'], must: false },
  leave: { ru: 'Вид отпуска', also: [], must: false },
  until: { ru: 'Плановое окончание', also: ['окончание отпуска'], must: false },
  post: { ru: 'Должность', also: ['новая должность'], must: false },
  organisationId: { ru: 'Школа', also: ['организация', 'место работы'], must: false },
  act: { ru: 'Приказ', also: ['основание'], must: false },
  tenureMonths: { ru: 'Стаж, месяцев', also: ['стаж', 'педагогический стаж, месяцев'], must: false },
  bornOn: { ru: 'Дата рождения', also: [], must: false },
  surname: { ru: 'Новая фамилия', also: ['фамилия'], must: false },
  email: { ru: 'Почта', also: ['эл. почта', 'электронная почта', 'e-mail'], must: false },
} as const;
export type Column = keyof typeof COLUMNS;
export type Cells = Partial<Record<Column, string>>;

/** Words people and HR systems write; the codes themselves are understood too. */
export const EVENT_WORDS: Record<EmploymentEventKind, string> = {
  hired: 'принят на работу',
  transferred: 'переведён в другую организацию',
  dismissed: 'уволен',
  post_changed: 'сменил должность',
  leave_started: 'начался отпуск',
  leave_ended: 'вышел из отпуска',
  surname_changed: 'сменил фамилию',
  retired: 'вышел на пенсию',
  died: 'умер',
};
export const LEAVE_WORDS: Record<LeaveKind, string> = {
  maternity: 'по беременности и родам',
  child_care: 'по уходу за ребёнком',
  sick: 'длительная болезнь',
  military: 'военная служба',
  sabbatical: 'длительный отпуск до года',
  study: 'учебный',
};
const EVENT_SYNONYMS: Record<string, EmploymentEventKind> = {
  принят: 'hired',
  приём: 'hired',
  'приём на работу': 'hired',
  переведён: 'transferred',
  перевод: 'transferred',
  увольнение: 'dismissed',
  'смена должности': 'post_changed',
  отпуск: 'leave_started',
  'начало отпуска': 'leave_started',
  'конец отпуска': 'leave_ended',
  'окончание отпуска': 'leave_ended',
  'смена фамилии': 'surname_changed',
  пенсия: 'retired',
  смерть: 'died',
};
const LEAVE_SYNONYMS: Record<string, LeaveKind> = {
  декретный: 'maternity',
  'отпуск по беременности и родам': 'maternity',
  'отпуск по уходу за ребёнком': 'child_care',
  болезнь: 'sick',
  служба: 'military',
  'длительный отпуск': 'sabbatical',
  'учебный отпуск': 'study',
};

const plain = (text: string) => text.trim().toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ');

function wordsOf<K extends string>(words: Record<K, string>, synonyms: Record<string, K>): Map<string, K> {
  const codes = Object.entries(words) as Array<[K, string]>;
  return new Map([
    ...codes.flatMap(
      ([code, ru]): Array<[string, K]> => [
        [code, code],
        [plain(ru), code],
      ],
    ),
    ...Object.entries(synonyms).map(([ru, code]): [string, K] => [plain(ru), code]),
  ]);
}

const EVENTS = wordsOf(EVENT_WORDS, EVENT_SYNONYMS);
const LEAVES = wordsOf(LEAVE_WORDS, LEAVE_SYNONYMS);
const POST_CODES = new Map(
  POSTS.flatMap(
    ({ code, labelRu }): Array<[string, string]> => [
      [code, code],
      [plain(labelRu), code],
    ],
  ),
);
const COLUMN_NAMES = new Map(
  Object.entries(COLUMNS).flatMap(
    ([code, { ru, also }]): Array<[string, Column]> => [code, ru, ...also].map((name) => [plain(name), code as Column]),
  ),
);

export interface RowFault {
  line: number;
  column: Column | null;
  detail: string;
}

export interface ParsedRow {
  line: number;
  event: EmploymentEvent;
  /** Same for the same fact: a file sent twice changes nothing. */
  factId: string;
}

export interface ParsedFile {
  rows: ParsedRow[];
  faults: RowFault[];
  /** Columns the platform does not know; their cells are not used, and the person who sends the file is told so. */
  ignored: string[];
}

/** A newcomer the platform does not know yet. */
export interface Newcomer {
  familyName: string;
  givenName: string;
  patronymic: string | null;
  email: string;
}

/** What a row needs of the database. A sentence is a fault: nobody, several, or not of this office. */
export interface Lookup {
  placeOf(reference: string): Place | undefined;
  /** By id, e-mail or full name. */
  personOf(
    reference: string,
    event: EmploymentEventKind,
    to: Place | undefined,
    email: string | undefined,
    main: boolean,
  ): PersonFound;
}
export type PersonFound = { id: string; newcomer?: Newcomer } | { fault: string };

const DAY = /^(\d{2})\.(\d{2})\.(\d{4})$/;
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `2026-09-01` or `01.09.2026`. */
function readDate(text: string): IsoDate | null {
  const iso = text.replace(DAY, '$3-$2-$1');
  return isIsoDate(iso) ? iso : null;
}

/** A line of the file with its cells; `null`: the line itself cannot be read, and why. */
export interface ReadLine {
  line: number;
  raw: string;
  cells: Cells | null;
  detail?: string;
}

/** Lines of the file by columns, before anything is looked up. Faults of the heading refuse the file whole. */
export function readLines(text: string): {
  lines: ReadLine[];
  faults: RowFault[];
  ignored: string[];
  separator: string;
} {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const faults: RowFault[] = [];
  const head = lines[0] ?? '';
  const separator = separatorOf(head);
  const names = splitLine(head, separator) ?? [];
  const columns = names.map((name) => COLUMN_NAMES.get(plain(name)));
  for (const [name, { must, ru }] of Object.entries(COLUMNS))
    if (must && !columns.includes(name as Column))
      faults.push({ line: 1, column: name as Column, detail: `Нет столбца «${ru}» (${name}).` });
  const known = columns.filter((column) => column !== undefined);
  if (new Set(known).size !== known.length) faults.push({ line: 1, column: null, detail: 'Столбец назван дважды.' });
  const ignored = names.filter((name, i) => columns[i] === undefined && name !== '');
  if (faults.length > 0) return { lines: [], faults, ignored, separator };
  const read = lines.flatMap((raw, i): ReadLine[] => {
    if (i === 0 || raw.trim() === '') return [];
    const cells = splitLine(raw, separator);
    const line = i + 1;
    if (!cells) return [{ line, raw, cells: null, detail: 'Кавычка не закрыта.' }];
    if (cells.length !== columns.length)
      return [{ line, raw, cells: null, detail: `Столбцов ${cells.length}, нужно ${columns.length}.` }];
    const named = columns.flatMap(
      (column, n): Array<[Column, string]> => (column && cells[n] ? [[column, cells[n]]] : []),
    );
    return [{ line, raw, cells: Object.fromEntries(named) }];
  });
  return { lines: read, faults, ignored, separator };
}

/** Reads the file. A row at fault is named with its line and column and is left out; the others stand. */
export function parseHrCsv(text: string, lookup: Lookup): ParsedFile {
  const { lines, faults, ignored } = readLines(text);
  const rows: ParsedRow[] = [];
  const seen = new Map<string, number>();
  for (const { line, cells, detail } of lines) {
    const read = cells ? readRow(cells, line, lookup) : { faults: [{ line, column: null, detail: detail ?? '' }] };
    if ('faults' in read) faults.push(...read.faults);
    else if (seen.has(read.factId))
      faults.push({ line, column: null, detail: `Повторяет строку ${seen.get(read.factId)}.` });
    else {
      seen.set(read.factId, line);
      rows.push(read);
    }
  }
  return { rows, faults, ignored };
}

/** One event from its cells; every fault is named by its column. */
export function readRow(cells: Cells, line: number, lookup: Lookup): ParsedRow | { faults: RowFault[] } {
  const faults: RowFault[] = [];
  const fault = (column: Column | null, detail: string) => void faults.push({ line, column, detail });
  const cell = (name: Column): string | undefined => cells[name] || undefined;
  const date = (name: Column): IsoDate | undefined => {
    const value = cell(name);
    const read = value === undefined ? undefined : readDate(value);
    if (read === null) fault(name, `«${value}» — не дата: ГГГГ-ММ-ДД или ДД.ММ.ГГГГ.`);
    return read ?? undefined;
  };
  const reference = cell('personId');
  const event = EVENTS.get(plain(cell('event') ?? ''));
  const on = date('on');
  const leaveText = cell('leave');
  const leave = leaveText === undefined ? undefined : LEAVES.get(plain(leaveText));
  const until = date('until');
  const bornOn = date('bornOn');
  const place = cell('organisationId');
  const tenure = cell('tenureMonths');
  const to = place === undefined ? undefined : lookup.placeOf(place);
  const main = cell('main');
  const isMain = main === undefined || ['да', 'true', '1'].includes(main.toLowerCase());
  const post = cell('post') === undefined ? undefined : (POST_CODES.get(plain(cell('post') ?? '')) ?? cell('post'));
  const surname = cell('surname');
  const person = !reference
    ? { fault: 'Педагог не указан.' }
    : event
      ? lookup.personOf(reference, event, to, cell('email'), isMain)
      : undefined;
  if (person && 'fault' in person) fault('personId', person.fault);
  if (!event || !EMPLOYMENT_EVENTS.includes(event)) fault('event', `Событие «${cell('event') ?? ''}» не известно.`);
  if (!cell('on')) fault('on', 'Дата не указана.');
  if (leaveText !== undefined && (!leave || !LEAVE_KINDS.includes(leave)))
    fault('leave', `Вид отпуска «${leaveText}» не известен.`);
  if (event === 'leave_started' && leaveText === undefined) fault('leave', 'Укажите вид отпуска.');
  if (until !== undefined && on !== undefined && until < on) fault('until', 'Отпуск кончается раньше, чем начинается.');
  if (place !== undefined && !to) fault('organisationId', 'Такой школы платформа не знает.');
  if ((event === 'hired' || event === 'transferred') && place === undefined) fault('organisationId', 'Укажите школу.');
  if ((event === 'hired' || event === 'post_changed') && !post) fault('post', 'Укажите должность.');
  if (event === 'surname_changed' && !surname) fault('surname', 'Укажите новую фамилию.');
  if (main !== undefined && !['да', 'нет', 'true', 'false', '1', '0'].includes(main.toLowerCase()))
    fault('main', 'Да или нет.');
  if (tenure !== undefined && !/^\d{1,3}$/.test(tenure)) fault('tenureMonths', 'Стаж: целое число месяцев.');
  if (faults.length > 0 || !person || 'fault' in person || !event || !on) return { faults };
  const read: EmploymentEvent = {
    personId: person.id,
    event,
    on,
    main: isMain,
    ...(leave ? { leave } : {}),
    ...(until ? { until } : {}),
    ...(post ? { post } : {}),
    ...(to ? { to } : {}),
    ...(cell('act') ? { act: cell('act') as string } : {}),
    ...(tenure ? { tenureMonths: Number(tenure) } : {}),
    ...(bornOn ? { bornOn } : {}),
    ...(surname && event === 'surname_changed' ? { surname } : {}),
    ...(person.newcomer ? { newcomer: person.newcomer } : {}),
  };
  return { line, event: read, factId: factIdOf(read) };
}

/** What makes two reports one event: whom it is about, what happened, when, which leave, where, at which job. */
export function factIdOf({ personId, event, on, leave, to, main }: EmploymentEvent): string {
  return ['hr', personId, event, on, leave ?? '', to?.organisationId ?? '', main ? 'main' : 'second'].join(':');
}
