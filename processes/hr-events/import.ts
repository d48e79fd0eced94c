/**
 * Employment events from the CSV of an HR system, with a dry run that lists every effect before anything happens.
 *
 * Pure: the text and the running cases of the people come in; rows, faults and effects go out. Sending the facts is the caller's.
 */
import { isIsoDate, type IsoDate } from '../kit/dates.ts';
import {
  EMPLOYMENT_EVENTS,
  type EmploymentEvent,
  type EmploymentEventKind,
  LEAVE_KINDS,
  type LeaveKind,
  type MatrixProcess,
  type Place,
  type Reaction,
  reactionOf,
  type Situation,
  situationOf,
} from './matrix.ts';

/** Columns of the file, first line; the order is free, the marked ones must be there. */
export const COLUMNS = {
  personId: { ru: 'Педагог', must: true },
  event: { ru: 'Событие', must: true },
  on: { ru: 'Дата', must: true },
  main: { ru: 'Основное место', must: false },
  leave: { ru: 'Вид отпуска', must: false },
  until: { ru: 'Плановое окончание', must: false },
  post: { ru: 'Должность', must: false },
  organisationId: { ru: 'Школа', must: false },
  act: { ru: 'Приказ', must: false },
  tenureMonths: { ru: 'Стаж, месяцев', must: false },
  bornOn: { ru: 'Дата рождения', must: false },
} as const;
type Column = keyof typeof COLUMNS;

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
}

/** Splits one line of CSV; quotes may hold separators and doubled quotes. `null`: a quote was not closed. */
function split(line: string, separator: string): string[] | null {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (line[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === separator) {
      cells.push(cell.trim());
      cell = '';
    } else cell += c;
  }
  return quoted ? null : [...cells, cell.trim()];
}

const DAY = /^(\d{2})\.(\d{2})\.(\d{4})$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `2026-09-01` or `01.09.2026`. */
function readDate(text: string): IsoDate | null {
  const iso = text.replace(DAY, '$3-$2-$1');
  return isIsoDate(iso) ? iso : null;
}

/** Reads the file. A row at fault is named with its line and column and is left out; the others stand. */
export function parseHrCsv(text: string, placeOf: (organisationId: string) => Place | undefined): ParsedFile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const faults: RowFault[] = [];
  const head = lines[0] ?? '';
  const separator = head.includes(';') ? ';' : ',';
  const columns = split(head, separator) ?? [];
  for (const [name, { must, ru }] of Object.entries(COLUMNS))
    if (must && !columns.includes(name))
      faults.push({ line: 1, column: name as Column, detail: `Нет столбца «${ru}» (${name}).` });
  for (const name of columns)
    if (!Object.hasOwn(COLUMNS, name)) faults.push({ line: 1, column: null, detail: `Столбец «${name}» не известен.` });
  if (new Set(columns).size !== columns.length)
    faults.push({ line: 1, column: null, detail: 'Столбец назван дважды.' });
  if (faults.length > 0) return { rows: [], faults };
  const rows: ParsedRow[] = [];
  const seen = new Map<string, number>();
  lines.forEach((line, i) => {
    if (i === 0 || line.trim() === '') return;
    const read = readRow(line, i + 1, columns as Column[], separator, placeOf);
    if ('faults' in read) return faults.push(...read.faults);
    const before = seen.get(read.factId);
    if (before !== undefined) return faults.push({ line: i + 1, column: null, detail: `Повторяет строку ${before}.` });
    seen.set(read.factId, i + 1);
    return rows.push(read);
  });
  return { rows, faults };
}

function readRow(
  line: string,
  number: number,
  columns: Column[],
  separator: string,
  placeOf: (organisationId: string) => Place | undefined,
): ParsedRow | { faults: RowFault[] } {
  const cells = split(line, separator);
  const faults: RowFault[] = [];
  const fault = (column: Column | null, detail: string) => void faults.push({ line: number, column, detail });
  if (!cells || cells.length !== columns.length) {
    fault(null, cells ? `Столбцов ${cells.length}, нужно ${columns.length}.` : 'Кавычка не закрыта.');
    return { faults };
  }
  const cell = (name: Column): string | undefined => cells[columns.indexOf(name)] || undefined;
  const date = (name: Column): IsoDate | undefined => {
    const value = cell(name);
    const read = value === undefined ? undefined : readDate(value);
    if (read === null) fault(name, `«${value}» — не дата: ГГГГ-ММ-ДД или ДД.ММ.ГГГГ.`);
    return read ?? undefined;
  };
  const personId = cell('personId');
  const event = cell('event');
  const on = date('on');
  const leave = cell('leave');
  const until = date('until');
  const bornOn = date('bornOn');
  const organisationId = cell('organisationId');
  const tenure = cell('tenureMonths');
  const to = organisationId === undefined ? undefined : placeOf(organisationId);
  const main = cell('main');
  if (!personId || !UUID.test(personId)) fault('personId', 'Педагог не указан.');
  if (!event || !EMPLOYMENT_EVENTS.includes(event as EmploymentEventKind))
    fault('event', `Событие «${event ?? ''}» не известно.`);
  if (!cell('on')) fault('on', 'Дата не указана.');
  if (leave !== undefined && !LEAVE_KINDS.includes(leave as LeaveKind))
    fault('leave', `Вид отпуска «${leave}» не известен.`);
  if (event === 'leave_started' && leave === undefined) fault('leave', 'Укажите вид отпуска.');
  if (until !== undefined && on !== undefined && until < on) fault('until', 'Отпуск кончается раньше, чем начинается.');
  if (organisationId !== undefined && !to) fault('organisationId', 'Такой школы платформа не знает.');
  if ((event === 'hired' || event === 'transferred') && organisationId === undefined)
    fault('organisationId', 'Укажите школу.');
  if ((event === 'hired' || event === 'post_changed') && !cell('post')) fault('post', 'Укажите должность.');
  if (main !== undefined && !['да', 'нет', 'true', 'false', '1', '0'].includes(main.toLowerCase()))
    fault('main', 'Да или нет.');
  if (tenure !== undefined && !/^\d{1,3}$/.test(tenure)) fault('tenureMonths', 'Стаж: целое число месяцев.');
  if (faults.length > 0 || !personId || !event || !on) return { faults };
  const read: EmploymentEvent = {
    personId: personId.toLowerCase(),
    event: event as EmploymentEventKind,
    on,
    main: main === undefined || ['да', 'true', '1'].includes(main.toLowerCase()),
    ...(leave ? { leave: leave as LeaveKind } : {}),
    ...(until ? { until } : {}),
    ...(cell('post') ? { post: cell('post') as string } : {}),
    ...(to ? { to } : {}),
    ...(cell('act') ? { act: cell('act') as string } : {}),
    ...(tenure ? { tenureMonths: Number(tenure) } : {}),
    ...(bornOn ? { bornOn } : {}),
  };
  const factId = [
    'hr',
    read.personId,
    read.event,
    read.on,
    read.leave ?? '',
    to?.organisationId ?? '',
    read.main ? 'main' : 'second',
  ].join(':');
  return { line: number, event: read, factId };
}

/** A running case one of the people is part of, as `case_participant` and the case row say. */
export interface RunningCase {
  caseId: string;
  number: string | null;
  process: MatrixProcess;
  slug: string;
  personId: string;
  as: 'subject' | 'assignee';
  region: string;
  organisationId: string;
  stage: string;
  stageRu: string;
  /** Posts its process is meant for. */
  posts: readonly string[];
}

export interface Effect {
  line: number;
  factId: string;
  personId: string;
  on: IsoDate;
  event: EmploymentEventKind;
  /** The case that will hear of it; `null`: a case may be opened. */
  caseId: string | null;
  number: string | null;
  process: MatrixProcess | null;
  situation: Situation | null;
  reaction: Reaction;
  /** Sentence for the person who checks the file. */
  ru: string;
  /** When it is sent: at once, or on the day of an event that has not come yet. */
  sendOn: IsoDate;
}

const nothing: Reaction = { code: 'none', ru: 'ничего не меняется' };

/**
 * Every effect of every row, in the order of the file: which cases hear of it and what they will do. A newcomer without a cycle is
 * named as an entry. Nothing is sent here.
 */
export function dryRun(
  rows: ParsedRow[],
  cases: RunningCase[],
  today: IsoDate,
  entryPosts: readonly string[],
): Effect[] {
  return rows.flatMap(({ line, event, factId }): Effect[] => {
    const { personId, on, event: kind } = event;
    const head = { line, factId, personId, on, event: kind, sendOn: on > today ? on : today };
    const wait = on > today ? ` Дата в будущем: событие будет передано ${on}.` : '';
    const touched = cases.filter((c) => c.personId === personId);
    const effects = touched.map((c): Effect => {
      const situation = situationOf(event, c);
      const reaction = situation ? reactionOf(c.process, situation) : nothing;
      const name = c.number ?? c.caseId;
      const ru = `${name} (${c.process}, «${c.stageRu}»): ${reaction.ru}.${wait}`;
      return { ...head, caseId: c.caseId, number: c.number, process: c.process, situation, reaction, ru };
    });
    const entering = kind === 'hired' && event.main && !touched.some((c) => c.process === 'P04' && c.as === 'subject');
    if (entering) effects.push(entry(head, event, entryPosts, wait));
    if (effects.length > 0) return effects;
    const ru = `Ни одного дела не касается.${wait}`;
    return [{ ...head, caseId: null, number: null, process: null, situation: null, reaction: nothing, ru }];
  });
}

function entry(
  head: Pick<Effect, 'line' | 'factId' | 'personId' | 'on' | 'event' | 'sendOn'>,
  event: EmploymentEvent,
  posts: readonly string[],
  wait: string,
): Effect {
  const none = {
    ...head,
    caseId: null,
    number: null,
    process: 'P04' as const,
    situation: 'hired' as const,
    reaction: nothing,
  };
  if (!event.post || !posts.includes(event.post))
    return { ...none, ru: `Должность не входит в цикл наставничества.${wait}` };
  if (event.tenureMonths === undefined) return { ...none, ru: `Стаж не указан: цикл открывают вручную.${wait}` };
  if (event.tenureMonths >= 36) return { ...none, ru: `Стаж ${event.tenureMonths} мес.: цикл не открывается.${wait}` };
  return {
    ...none,
    reaction: reactionOf('P04', 'hired'),
    ru: `Будет открыт цикл наставничества, стаж ${event.tenureMonths} мес.${wait}`,
  };
}
