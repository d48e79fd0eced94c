/**
 * Deadlines: when a term ends, and why on that day.
 *
 * A term is counted in local dates of the jurisdiction over a production calendar that comes in as data. The answer carries its
 * derivation, which is stored with it: it recomputes to the same date and tells an official, in words, where the date comes from.
 * Everything here is pure. Wrong input (a date that does not exist, a negative or fractional amount, a pause that ends before it
 * begins, an unknown zone) throws `RangeError`; a policy and an action are checked before they come here.
 */

import {
  addWorkingDays,
  holidayName,
  isPublished,
  type ProductionCalendar,
  type WorkingDays,
  workingDays,
} from './calendar.ts';
import {
  addDays,
  addMonths,
  daysBetween,
  formatDateRu,
  formatDayMonthRu,
  fromEpochDay,
  type Instant,
  type IsoDate,
  toEpochDay,
  weekday,
} from './dates.ts';
import { endOfDay, instantAt, utcOffsetLabel } from './zones.ts';

/** Calendar days, working days, months, years. */
export type TermUnit = 'cd' | 'wd' | 'month' | 'year';

/** A term as a norm states it. */
export interface Term {
  /** A whole number, 0 or more. 0 means the day of the event itself (backward in full days: the day before it). */
  amount: number;
  unit: TermUnit;
  /** `after` the event (the default), or the last day `before` it. */
  direction?: 'after' | 'before';
  /**
   * How «не позднее чем за N» is read: `full_days` (the default, the cautious reading) leaves N full days, weeks or months between
   * the two days; `counted` is D − N.
   */
  backward?: 'full_days' | 'counted';
  /** A maximum that no pause prolongs, such as the 60 cd of teachers' attestation. */
  noPause?: boolean;
  /** The last day stays where it falls, on a day off too: validity, snapshots, dates of a plan. */
  fixed?: boolean;
  /** Where the term comes from, as a person would cite it. */
  clause: string;
}

/** A stop of the authority's clock, in local dates. Without `toOn` it still lasts. */
export interface Pause {
  fromOn: IsoDate;
  toOn?: IsoDate;
  reason: string;
  /** Who the case was waiting for, so that overdue statistics blame the right side. */
  waitingFor: string;
}

/** More time given on request. `on` is the date of the decision, `by` the person or post that took it. */
export interface Extension {
  amount: number;
  unit: TermUnit;
  reason: string;
  by?: string;
  on: IsoDate;
}

/** A due date set by a person. `on` is the date that was set, `previous` the one it replaced. */
export interface FixedByHand {
  on: IsoDate;
  by: string;
  reason: string;
  previous: IsoDate;
}

/** A date already promised, below which a later calendar does not bring the due date. */
export interface Promised {
  on: IsoDate;
  calendarVersion: string;
}

/** Why a due date is that date: everything `rederive` needs except the calendar itself. JSON, stored with the date. */
export interface Derivation {
  clause: string;
  startEvent: string;
  startedOn: IsoDate;
  term: Term;
  zone: string;
  region?: string;
  calendarVersion: string;
  /** Days off that were not counted (`wd`) or passed over at the end, earliest first, at most 62. */
  skipped: IsoDate[];
  /** The day the term would have ended on, were it a working day. */
  movedFrom?: IsoDate;
  pauses: Pause[];
  extensions: Extension[];
  /** Some day that decided the date lies in a year whose calendar is not published yet. */
  provisional: boolean;
  fixedByHand?: FixedByHand;
  /** The day up to which an open pause was counted. */
  asOf?: IsoDate;
  promised?: Promised;
  /** What the count gave, when a promise or a person has set another date. */
  countedOn?: IsoDate;
}

/** A due date, the instant at which it has passed, and its derivation. */
export interface Due {
  dueOn: IsoDate;
  /** The first instant that is too late: the start of the day after `dueOn` in the zone of the jurisdiction. */
  dueAt: Instant;
  derivation: Derivation;
  /** A pause is open and the clock stands; `dueOn` is what it would be if the pause ended on `asOf`. */
  stopped?: boolean;
}

export interface DueInput {
  term: Term;
  /** The local date of the start event; for a term `before`, the day D it is counted back from. */
  startedOn: IsoDate;
  /** The event in words: «заявление зарегистрировано». */
  startEvent: string;
  zone: string;
  region?: string;
  calendar: ProductionCalendar;
  pauses?: Pause[];
  extensions?: Extension[];
  /** Today, for a pause that is still open. Without it an open pause counts as begun and ended on one day. */
  asOf?: IsoDate;
  fixedByHand?: FixedByHand;
  promised?: Promised;
}

/** More days off than this are not listed: they explain nothing any more. */
const MAX_SKIPPED = 62;

/** A pause as epoch days: `from + 1` to `to` are not counted. `standing` while it is open and has begun. */
interface Span {
  from: number;
  to: number;
  standing: boolean;
}

const NO_SPANS: readonly Span[] = [];

/** A count in epoch days: the last day before and after it is moved off a day off, and what was met on the way. */
interface Count {
  nominal: number;
  due: number;
  skipped: IsoDate[];
  provisional: boolean;
  stopped: boolean;
}

/**
 * The last day of a term and why (domain 3.2).
 *
 * Forward: the day of the event is not counted, the term ends at 24:00 local time of its last day; `cd`, `month` and `year` move
 * from a day off to the next working day (ГК РФ, art. 191-194; ТК РФ, art. 14). `wd` counts working days only.
 * Backward: see `Term.backward`; a day off moves to the working day before, never towards the event. Pauses do not touch it.
 *
 * A pause uses up the day it begins, does not count the day it ends, and the remainder runs from the next day; a term in months
 * or years is prolonged by the calendar days between the two dates. A term that has not ended when a pause begins does not end
 * inside it. A pause that begins after the due date changes nothing. Touching and overlapping pauses are one.
 *
 * An extension in the unit of the term is added to its amount (30 cd extended by 30 cd are 60 cd from the start); one in another
 * unit is counted from the last day before it is moved. A term backward cannot be extended: `RangeError`.
 *
 * A date fixed by hand outranks the count, which then only explains.
 */
export function deriveDue(input: DueInput): Due {
  const { term, startedOn, zone, region, calendar, asOf, promised, fixedByHand } = input;
  const pauses = input.pauses ?? [];
  const extensions = input.extensions ?? [];
  const count =
    term.direction === 'before' ? countBackwardTerm(input, extensions) : countForward(input, pauses, extensions);
  const computedOn = fromEpochDay(count.due);
  const derivation: Derivation = {
    clause: term.clause,
    startEvent: input.startEvent,
    startedOn,
    term,
    zone,
    calendarVersion: calendar.version,
    skipped: count.skipped,
    pauses,
    extensions,
    provisional: count.provisional,
  };
  if (region !== undefined) derivation.region = region;
  if (count.due !== count.nominal) derivation.movedFrom = fromEpochDay(count.nominal);
  if (asOf !== undefined && pauses.some((pause) => pause.toOn === undefined)) derivation.asOf = asOf;

  let dueOn = computedOn;
  if (promised !== undefined && daysBetween(computedOn, promised.on) > 0) {
    dueOn = promised.on;
    derivation.promised = promised;
  }
  if (fixedByHand !== undefined) {
    dueOn = fixedByHand.on;
    derivation.fixedByHand = fixedByHand;
  }
  if (dueOn !== computedOn) derivation.countedOn = computedOn;
  const due: Due = { dueOn, dueAt: endOfDay(dueOn, zone), derivation };
  if (count.stopped && fixedByHand === undefined) due.stopped = true;
  return due;
}

/** The due date of a stored derivation, counted anew: the same date with the same calendar, whatever has happened since. */
export function rederive(derivation: Derivation, calendar: ProductionCalendar): Due {
  return deriveDue({ ...derivation, calendar });
}

/** What a new calendar did to an open deadline, with a sentence in Russian for the history of the case. */
export interface Recomputed {
  due: Due;
  /**
   * `later`: moved; `same`: confirmed; `kept`: the new calendar gives an earlier date, which a promised date does not follow;
   * `stopped`: a pause is open, the date is not promised and was only counted anew; `past`: the due date has passed and is not
   * touched; `fixed`: such a date never moves.
   */
  change: 'later' | 'same' | 'kept' | 'stopped' | 'past' | 'fixed';
  previousOn: IsoDate;
  /** What the new calendar alone gives; the date that stands is `due.dueOn`. */
  computedOn: IsoDate;
  text: string;
}

/**
 * An open deadline over a calendar published after it was set: the later of the two dates, because a due date may move later and
 * never earlier (domain 3.2). `today` is the local date of the jurisdiction; a due date before it stays as it was. A kept date is
 * stored as `promised` and survives `rederive`. While a pause is open nothing has been promised, so the date follows the calendar.
 */
export function recomputeOpen(due: Due, calendar: ProductionCalendar, today: IsoDate): Recomputed {
  const { derivation } = due;
  const previousOn = due.dueOn;
  const previous = formatDateRu(previousOn);
  const isPast = daysBetween(today, previousOn) < 0 && due.stopped !== true;
  const outcome = (change: Recomputed['change'], text: string, fresh = due, computedOn = fresh.dueOn): Recomputed => {
    return { due: fresh, change, previousOn, computedOn, text: sentence(text) };
  };
  if (derivation.term.fixed === true || derivation.fixedByHand !== undefined) {
    return outcome('fixed', `Дата ${previous} установлена твёрдо, новый календарь её не меняет`);
  }
  if (isPast) return outcome('past', `Срок истёк ${previous}, новый календарь его не меняет`);

  const { promised: earlier, ...rest } = derivation;
  if (due.stopped === true) {
    const asOf = laterOf(rest.asOf ?? today, today);
    const fresh = deriveDue({ ...rest, asOf, calendar });
    return outcome('stopped', `Срок остановлен; он пересчитан по календарю ${calendar.version}`, fresh);
  }
  const fresh = deriveDue({ ...rest, calendar });
  const computed = formatDateRu(fresh.dueOn);
  if (fresh.dueOn === previousOn) {
    return outcome('same', `Календарь ${calendar.version} подтвердил срок ${previous}`, fresh);
  }
  if (fresh.dueOn > previousOn) {
    return outcome('later', `По календарю ${calendar.version} срок перенесён с ${previous} на ${computed}`, fresh);
  }
  const promised = earlier ?? { on: previousOn, calendarVersion: derivation.calendarVersion };
  const text = `По календарю ${calendar.version} срок истекал бы ${computed}, но назначенный срок не сокращается: остаётся ${previous}`;
  return outcome('kept', text, deriveDue({ ...rest, calendar, promised }), fresh.dueOn);
}

/**
 * Whether something received at `receivedAt` is in time: before 24:00 local time of the due day, by post or electronically. For
 * an act done on paper at an office, `officeClosesAt` (`HH:MM` local) ends the last day with the working hours (ГК РФ, art. 194).
 * While the clock is stopped everything is in time.
 */
export function isInTime(due: Due, receivedAt: Instant, officeClosesAt?: string): boolean {
  if (due.stopped === true) return true;
  const received = Date.parse(receivedAt);
  if (Number.isNaN(received)) throw new RangeError(`Not an instant: ${JSON.stringify(receivedAt)}`);
  if (officeClosesAt === undefined) return received < Date.parse(due.dueAt);
  return received <= Date.parse(instantAt(due.dueOn, officeClosesAt, due.derivation.zone));
}

/**
 * The first working day for which a notice given on `noticeOn` still keeps the backward `term`: a sitting may not be fixed on an
 * earlier one (domain 3.2). Throws `RangeError` for a term that is not backward or that no day within ten years keeps.
 */
export function earliestDayFor(term: Term, noticeOn: IsoDate, calendar: ProductionCalendar, region?: string): IsoDate {
  if (term.direction !== 'before') throw new RangeError(`Not a term backward: ${term.clause}`);
  checkAmount(term.amount);
  const days = workingDays(calendar, region);
  const notice = toEpochDay(noticeOn);
  for (let day = days.atOrAfter(notice); day < notice + 3660; day = days.atOrAfter(day + 1)) {
    if (countBackward(term, day, days).due >= notice) return fromEpochDay(day);
  }
  throw new RangeError(`No day within ten years keeps the term of ${term.clause}`);
}

/**
 * The day of a reminder: a negative amount before the due day, a positive one after it. `wd` is the n-th working day before or
 * after; `cd` and `month` go by the calendar and are not moved. One whose day is past when it is made is skipped by the caller.
 */
export function reminderOn(
  cal: ProductionCalendar,
  dueOn: IsoDate,
  offset: { amount: number; unit: 'wd' | 'cd' | 'month' },
  region?: string,
): IsoDate {
  if (offset.unit === 'wd') return addWorkingDays(cal, dueOn, offset.amount, region);
  return offset.unit === 'cd' ? addDays(dueOn, offset.amount) : addMonths(dueOn, offset.amount);
}

/** A date given by a norm, a plan or a person instead of a term: inclusive, never moved, not even off a day off. */
export function fixedDate(on: IsoDate, zone: string, clause: string, startEvent: string, calendarVersion: string): Due {
  const derivation: Derivation = {
    clause,
    startEvent,
    startedOn: on,
    term: { amount: 0, unit: 'cd', fixed: true, clause },
    zone,
    calendarVersion,
    skipped: [],
    pauses: [],
    extensions: [],
    provisional: false,
  };
  return { dueOn: on, dueAt: endOfDay(on, zone), derivation };
}

/**
 * Why the term ends on that day, in Russian, in sentences an official can check by hand against a wall calendar: the clause, the
 * start event and its date, the unit, days not counted by name, pauses with who was waited for, extensions, a moved last day, and
 * whether the date is provisional. Local time of the jurisdiction.
 */
export function explainDue(due: Due): string {
  const { derivation: why, dueOn } = due;
  const offset = utcOffsetLabel(due.dueAt, why.zone);
  const sentences = [
    due.stopped === true
      ? `Срок остановлен. Если дело возобновится ${formatDateRu(standingUntil(why))}, срок истечёт в 24:00 ${dayRu(dueOn)} (местное время, ${offset}).`
      : `Срок истекает в 24:00 ${dayRu(dueOn)} (местное время, ${offset}).`,
    sentence(`Основание: ${why.clause}`),
  ];
  if (why.fixedByHand !== undefined) {
    const { by, reason, previous } = why.fixedByHand;
    sentences.push(
      sentence(
        `Дату установил человек: ${by.trim()}; причина: ${bare(reason)}; прежний срок: ${formatDateRu(previous)}`,
      ),
    );
    sentences.push('Расчёт по норме для сведения.');
  }
  sentences.push(countRu(why));
  for (const extension of why.extensions) sentences.push(extensionRu(extension));
  for (const pause of why.pauses) sentences.push(pauseRu(pause, due));
  sentences.push(...daysOffRu(why, countedOn(due)));
  if (why.promised !== undefined && why.fixedByHand === undefined) {
    sentences.push(
      `По календарю ${why.calendarVersion} срок истекал бы раньше, но дата ${formatDateRu(why.promised.on)}, назначенная по календарю ${why.promised.calendarVersion}, сохраняется: назначенный срок не сокращается.`,
    );
  }
  if (why.provisional) {
    sentences.push(
      'Дата предварительная: производственный календарь на часть этих дней ещё не опубликован, посчитано по выходным дням и праздникам статьи 112 ТК РФ. После публикации срок пересчитают; на более раннюю дату он не перенесётся.',
    );
  }
  const region = why.region === undefined ? '' : `, регион ${why.region}`;
  if (why.term.fixed !== true) sentences.push(`Производственный календарь: ${why.calendarVersion}${region}.`);
  return sentences.join(' ');
}

function countForward(input: DueInput, pauses: Pause[], extensions: Extension[]): Count {
  const { term, calendar } = input;
  const days = workingDays(calendar, input.region);
  const spans = term.noPause === true || pauses.length === 0 ? NO_SPANS : mergePauses(pauses, input.asOf);
  const skipped: IsoDate[] = [];
  let provisional = false;
  let stopped = false;
  let cursor = toEpochDay(input.startedOn);
  let amount = inBaseUnits(term.amount, term.unit);
  let unit = baseUnit(term.unit);
  let nextExtension = 0;
  let nextSpan = 0;

  // One leg per run of equal units: the term with what extends it in its own unit, then what extends it in another.
  for (;;) {
    let extension = extensions[nextExtension];
    while (extension !== undefined && baseUnit(extension.unit) === unit) {
      amount += inBaseUnits(extension.amount, extension.unit);
      nextExtension += 1;
      extension = extensions[nextExtension];
    }
    const isLast = extension === undefined;
    let end = addUnits(cursor, amount, unit, days);
    for (let span = spans[nextSpan]; span !== undefined; span = spans[nextSpan]) {
      const from = Math.max(span.from, cursor);
      const to = span.standing ? Math.max(span.to, cursor) : span.to;
      const runsUntil = isLast && term.fixed !== true ? days.atOrAfter(end) : end;
      if (to >= cursor && from > runsUntil) break;
      if (to >= from) {
        end = resume(from, to, end, unit, days);
        stopped ||= span.standing;
      }
      nextSpan += 1;
    }
    if (unit === 'wd') {
      listDaysOff(skipped, cursor + 1, end, days, spans);
      provisional ||= isUnpublished(calendar, cursor, end);
    }
    if (extension === undefined) {
      const due = term.fixed === true ? end : days.atOrAfter(end);
      if (term.fixed !== true) provisional ||= isUnpublished(calendar, end, due);
      // A `wd` leg of no days is the only one that ends on a day off which it has listed already.
      if (due !== end) listDaysOff(skipped, end, due, days, NO_SPANS);
      return { nominal: end, due, skipped, provisional, stopped };
    }
    cursor = end;
    amount = inBaseUnits(extension.amount, extension.unit);
    unit = baseUnit(extension.unit);
    nextExtension += 1;
  }
}

/** The last day of a leg that ended on `end`, after the pause from `from` to `to`; nothing changes when the two are one day. */
function resume(from: number, to: number, end: number, unit: BaseUnit, days: WorkingDays): number {
  // A pause may begin between a last day off and the working day it moves to: nothing remains, the term ends with the pause.
  if (unit === 'month') return Math.max(to, end + to - from);
  if (unit === 'cd') return to + Math.max(0, end - from);
  return days.add(to, days.between(from, end));
}

function countBackwardTerm(input: DueInput, extensions: Extension[]): Count {
  const { term, calendar } = input;
  if (extensions.length > 0) throw new RangeError(`A term backward cannot be extended: ${term.clause}`);
  const days = workingDays(calendar, input.region);
  const event = toEpochDay(input.startedOn);
  const { nominal, due } = countBackward(term, event, days);
  const skipped: IsoDate[] = [];
  if (term.unit === 'wd') listDaysOff(skipped, due, event - 1, days, NO_SPANS);
  else listDaysOff(skipped, due, nominal, days, NO_SPANS);
  const provisional = term.fixed !== true && isUnpublished(calendar, due, term.unit === 'wd' ? event : nominal);
  return { nominal, due, skipped, provisional, stopped: false };
}

function countBackward(term: Term, event: number, days: WorkingDays): { nominal: number; due: number } {
  const amount = inBaseUnits(term.amount, term.unit);
  const unit = baseUnit(term.unit);
  const fullDay = term.backward === 'counted' ? 0 : 1;
  const nominal = unit === 'wd' ? days.add(event, -(amount + fullDay)) : addUnits(event, -amount, unit, days) - fullDay;
  return { nominal, due: term.fixed === true ? nominal : days.atOrBefore(nominal) };
}

type BaseUnit = 'cd' | 'wd' | 'month';

function baseUnit(unit: TermUnit): BaseUnit {
  return unit === 'year' ? 'month' : unit;
}

function inBaseUnits(amount: number, unit: TermUnit): number {
  checkAmount(amount);
  return unit === 'year' ? amount * 12 : amount;
}

function checkAmount(amount: number): void {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`Not an amount of a term: ${amount}`);
}

function addUnits(from: number, amount: number, unit: BaseUnit, days: WorkingDays): number {
  if (unit === 'cd') return from + amount;
  return unit === 'wd' ? days.add(from, amount) : toEpochDay(addMonths(fromEpochDay(from), amount));
}

/** Pauses in order, with those that touch or overlap as one: two leaves in a row are a single pause. */
function mergePauses(pauses: Pause[], asOf: IsoDate | undefined): Span[] {
  const today = asOf === undefined ? undefined : toEpochDay(asOf);
  const spans = pauses.map((pause): Span => {
    const from = toEpochDay(pause.fromOn);
    if (pause.toOn === undefined) {
      return { from, to: Math.max(from, today ?? from), standing: today === undefined || from <= today };
    }
    const to = toEpochDay(pause.toOn);
    if (to < from) throw new RangeError(`A pause ends before it begins: ${pause.fromOn}, ${pause.toOn}`);
    return { from, to, standing: false };
  });
  spans.sort((a, b) => a.from - b.from);
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged[merged.length - 1];
    if (last === undefined || span.from > last.to) merged.push(span);
    else {
      last.to = Math.max(last.to, span.to);
      last.standing ||= span.standing;
    }
  }
  return merged;
}

function listDaysOff(out: IsoDate[], first: number, last: number, days: WorkingDays, spans: readonly Span[]): void {
  for (let day = first; day <= last && out.length < MAX_SKIPPED; day += 1) {
    if (days.isWorking(day) || spans.some((span) => day > span.from && day <= span.to)) continue;
    const date = fromEpochDay(day);
    if (out[out.length - 1] !== date) out.push(date);
  }
}

function isUnpublished(calendar: ProductionCalendar, first: number, last: number): boolean {
  for (let day = first; day < last; day += 365) if (!isPublished(calendar, fromEpochDay(day))) return true;
  return !isPublished(calendar, fromEpochDay(last));
}

const WEEKDAYS = ['понедельник', 'вторник', 'среда', 'четверг', 'пятница', 'суббота', 'воскресенье'] as const;

const UNIT_FORMS: Record<TermUnit, readonly [one: string, few: string, many: string]> = {
  cd: ['календарный день', 'календарных дня', 'календарных дней'],
  wd: ['рабочий день', 'рабочих дня', 'рабочих дней'],
  month: ['месяц', 'месяца', 'месяцев'],
  year: ['год', 'года', 'лет'],
};

/** «30 календарных дней», «1 рабочий день», «2 года». Nominative and accusative are one form. */
export function amountRu(amount: number, unit: TermUnit): string {
  const [one, few, many] = UNIT_FORMS[unit];
  const tens = amount % 100;
  const ones = amount % 10;
  if (ones === 1 && tens !== 11) return `${amount} ${one}`;
  return ones >= 2 && ones <= 4 && (tens < 12 || tens > 14) ? `${amount} ${few}` : `${amount} ${many}`;
}

/** How long a term is, in words for letters: «30 календарных дней». */
export function termRu({ amount, unit }: Term): string {
  return amountRu(Math.abs(amount), unit);
}

function countRu(why: Derivation): string {
  const { term } = why;
  const event = `«${bare(why.startEvent)}»`;
  const start = formatDateRu(why.startedOn);
  if (term.direction === 'before') {
    const amount = amountRu(term.amount, term.unit);
    const reading =
      term.backward === 'counted'
        ? 'счёт идёт назад от этой даты'
        : 'столько полных дней или месяцев должно пройти между двумя датами';
    return `Отсчёт назад от ${start}, событие ${event}: не позднее чем за ${amount}; ${reading}.`;
  }
  if (term.fixed === true && term.amount === 0) {
    return `Это установленная дата, событие ${event}; она включается в срок и не переносится, даже если день нерабочий.`;
  }
  let rule = 'счёт начинается со следующего дня';
  if (term.amount === 0) rule = 'срок истекает в тот же день';
  else if (baseUnit(term.unit) === 'month') {
    rule = 'срок истекает в то же число последнего месяца, а если такого числа нет, в его последний день';
  }
  const stays = term.fixed === true ? '; последний день не переносится, даже если он нерабочий' : '';
  return `Событие ${event} произошло ${start}; срок ${amountRu(term.amount, term.unit)}, ${rule}${stays}.`;
}

function extensionRu(extension: Extension): string {
  const by = extension.by === undefined ? '' : `; решение: ${extension.by.trim()}`;
  const amount = amountRu(extension.amount, extension.unit);
  return sentence(`Срок продлён ${formatDateRu(extension.on)} на ${amount}; причина: ${bare(extension.reason)}${by}`);
}

function pauseRu(pause: Pause, due: Due): string {
  const { derivation: why } = due;
  const waiting = `ждали: ${pause.waitingFor.trim()}; причина: ${bare(pause.reason)}`;
  const from = formatDateRu(pause.fromOn);
  const dates = pause.toOn === undefined ? `с ${from}, ещё не закончилась` : `с ${from} по ${formatDateRu(pause.toOn)}`;
  const noEffect = (reason: string) => `Остановка ${dates}, на срок не влияет: ${reason} (${waiting}).`;
  if (why.term.direction === 'before') return noEffect('он отсчитан назад');
  if (why.term.noPause === true) return noEffect('норма не допускает его приостановления');
  if (pause.fromOn > countedOn(due)) return noEffect('она начинается после его окончания');
  if (pause.toOn !== undefined && pause.toOn <= why.startedOn) return noEffect('она закончилась до его начала');

  const countedFrom = laterOf(pause.fromOn, why.startedOn);
  const until = pause.toOn ?? standingUntil(why);
  const length = amountRu(Math.max(0, daysBetween(countedFrom, until)), 'cd');
  const effect =
    baseUnit(why.term.unit) === 'month'
      ? `срок увеличен на ${length}`
      : `${length} не считаются, счёт продолжен на следующий день`;
  return `Остановка ${dates} (${waiting}): ${effect}.`;
}

function daysOffRu(why: Derivation, endedOn: IsoDate): string[] {
  const sentences: string[] = [];
  const back = why.term.direction === 'before';
  const passed = why.skipped.filter((day) => why.movedFrom !== undefined && isWithin(day, why.movedFrom, endedOn));
  const uncounted = why.skipped.filter((day) => !passed.includes(day));
  if (uncounted.length > 0) {
    const more = why.skipped.length >= MAX_SKIPPED ? ' и другие' : '';
    sentences.push(`Не считаются нерабочие дни: ${rangesRu(uncounted)}${more}.`);
  }
  if (why.movedFrom !== undefined) {
    const nearest = back ? 'предшествующий' : 'ближайший следующий';
    const off = passed.length > 1 ? ` Нерабочие дни: ${rangesRu(passed)}.` : '';
    sentences.push(
      `Последний день приходится на нерабочий день, ${dayRu(why.movedFrom)}, поэтому срок заканчивается в ${nearest} рабочий день, ${dayRu(endedOn)}.${off}`,
    );
  }
  return sentences;
}

function isWithin(day: IsoDate, a: IsoDate, b: IsoDate): boolean {
  return a < b ? day >= a && day <= b : day >= b && day <= a;
}

/** Where the count itself ended, when a promise or a person has set another date. */
function countedOn(due: Due): IsoDate {
  return due.derivation.countedOn ?? due.dueOn;
}

function standingUntil(why: Derivation): IsoDate {
  const openOn = why.pauses.find((pause) => pause.toOn === undefined)?.fromOn ?? why.startedOn;
  return laterOf(why.asOf ?? openOn, openOn);
}

function laterOf(a: IsoDate, b: IsoDate): IsoDate {
  return daysBetween(a, b) > 0 ? b : a;
}

/** Days in order as runs with their names: «21–23 февраля 2026 г. (суббота, воскресенье, День защитника Отечества)». */
function rangesRu(days: IsoDate[]): string {
  const runs: IsoDate[][] = [];
  for (const day of days) {
    const run = runs[runs.length - 1];
    const last = run?.[run.length - 1];
    if (run !== undefined && last !== undefined && daysBetween(last, day) === 1) run.push(day);
    else runs.push([day]);
  }
  return runs
    .map(
      (run) => `${spanRu(run[0] ?? '', run[run.length - 1] ?? '')} (${[...new Set(run.map(dayOffName))].join(', ')})`,
    )
    .join('; ');
}

function spanRu(first: IsoDate, last: IsoDate): string {
  if (first === last) return formatDateRu(first);
  if (first.slice(0, 7) === last.slice(0, 7)) return `${Number(first.slice(8))}–${formatDateRu(last)}`;
  if (first.slice(0, 4) === last.slice(0, 4)) return `${formatDayMonthRu(first)} – ${formatDateRu(last)}`;
  return `${formatDateRu(first)} – ${formatDateRu(last)}`;
}

function dayOffName(day: IsoDate): string {
  const number = weekday(day);
  return holidayName(day) ?? (number >= 6 ? (WEEKDAYS[number - 1] ?? '') : 'нерабочий день по календарю');
}

/** «22 ноября 2026 г., воскресенье». */
function dayRu(day: IsoDate): string {
  return `${formatDateRu(day)}, ${WEEKDAYS[weekday(day) - 1]}`;
}

function sentence(text: string): string {
  return `${bare(text)}.`;
}

/** Text given by people without its full stop, to stand inside a sentence. */
function bare(text: string): string {
  return text.trim().replace(/\.+$/, '');
}
