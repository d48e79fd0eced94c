/**
 * Dates without a time of day.
 *
 * A legal term is counted in dates, so nothing here knows an hour, an offset or the clock of the machine. The arithmetic runs
 * on epoch days (whole days since 1970-01-01, proleptic Gregorian), which gives the same answer in the server, the browser and
 * a replayed workflow. An input that is not a date throws `RangeError`: a silent `NaN` would become a wrong deadline.
 */

/** A calendar date `YYYY-MM-DD`, without a zone; years 0001 to 9999. Strings of this form sort as dates do. */
export type IsoDate = string;

/** A moment in UTC as written by `Date#toISOString`: `2026-11-22T17:00:00.000Z`. */
export type Instant = string;

const MONTHS_GENITIVE = [
  'января',
  'февраля',
  'марта',
  'апреля',
  'мая',
  'июня',
  'июля',
  'августа',
  'сентября',
  'октября',
  'ноября',
  'декабря',
] as const;

const SHAPE = /^\d{4}-\d{2}-\d{2}$/;
const MIN_EPOCH_DAY = epochDayOf(1, 1, 1);
const MAX_EPOCH_DAY = epochDayOf(9999, 12, 31);

/** Whether `v` is a date that exists: right shape, month and day (`2021-09-31` is not one). Never throws. */
export function isIsoDate(v: string): boolean {
  if (typeof v !== 'string' || !SHAPE.test(v)) return false;
  const year = Number(v.slice(0, 4));
  const month = Number(v.slice(5, 7));
  const day = Number(v.slice(8, 10));
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** The date `n` calendar days after `d` (before it when `n` is negative). Throws `RangeError` on a bad date or a fraction. */
export function addDays(d: IsoDate, n: number): IsoDate {
  return fromEpochDay(toEpochDay(d) + whole(n));
}

/**
 * The same day number `n` months later (earlier when negative); where that month lacks it, its last day: 31 January + 1 month
 * is 28 or 29 February (ГК РФ, art. 192, p. 3). Count each occurrence from the first date, not from the one before:
 * 31 January + 2 months is 31 March. Throws `RangeError` on a bad date or a fraction.
 */
export function addMonths(d: IsoDate, n: number): IsoDate {
  toEpochDay(d);
  const months = Number(d.slice(0, 4)) * 12 + Number(d.slice(5, 7)) - 1 + whole(n);
  const year = Math.floor(months / 12);
  const month = months - year * 12 + 1;
  const day = Math.min(Number(d.slice(8, 10)), daysInMonth(year, month));
  return fromEpochDay(epochDayOf(year, month, day));
}

/** The last day of the last quarter that is over on this date: 31 March, 30 June, 30 September or 31 December. */
export function lastQuarterEnd(on: IsoDate): IsoDate {
  const year = Number(on.slice(0, 4));
  const ends = ['03-31', '06-30', '09-30'].map((end) => `${year}-${end}`);
  return ends.findLast((end) => end < on) ?? `${year - 1}-12-31`;
}

/** The same date `n` years later; 29 February becomes 28 February in a common year (ГК РФ, art. 192, p. 1). */
export function addYears(d: IsoDate, n: number): IsoDate {
  return addMonths(d, whole(n) * 12);
}

/** Calendar days from `a` to `b`: 0 for the same date, negative when `b` is earlier. Throws `RangeError` on a bad date. */
export function daysBetween(a: IsoDate, b: IsoDate): number {
  return toEpochDay(b) - toEpochDay(a);
}

/** The day of the week: 1 Monday to 7 Sunday. Throws `RangeError` on a bad date. */
export function weekday(d: IsoDate): number {
  return weekdayOfEpochDay(toEpochDay(d));
}

/** The date as Russian documents write it: «22 ноября 2026 г.». Throws `RangeError` on a bad date. */
export function formatDateRu(d: IsoDate): string {
  return `${formatDayMonthRu(d)} ${Number(d.slice(0, 4))} г.`;
}

/** The date without its year: «22 ноября». Throws `RangeError` on a bad date. */
export function formatDayMonthRu(d: IsoDate): string {
  toEpochDay(d);
  return `${Number(d.slice(8, 10))} ${MONTHS_GENITIVE[Number(d.slice(5, 7)) - 1]}`;
}

/** The date as a whole number of days since 1970-01-01. Throws `RangeError` on a bad date. */
export function toEpochDay(d: IsoDate): number {
  if (!isIsoDate(d)) throw new RangeError(`Not a date: ${JSON.stringify(d)}`);
  return epochDayOf(Number(d.slice(0, 4)), Number(d.slice(5, 7)), Number(d.slice(8, 10)));
}

/** The inverse of `toEpochDay`. Throws `RangeError` outside the years 0001 to 9999. */
export function fromEpochDay(epochDay: number): IsoDate {
  if (!(epochDay >= MIN_EPOCH_DAY && epochDay <= MAX_EPOCH_DAY)) throw new RangeError(`Date out of range: ${epochDay}`);
  // Days are counted in 400-year eras that begin on 1 March, so that the leap day is the last day of its year.
  const shifted = epochDay + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}

/** The day of the week of an epoch day: 1 Monday to 7 Sunday. 1970-01-01 was a Thursday. */
export function weekdayOfEpochDay(epochDay: number): number {
  return ((((epochDay + 3) % 7) + 7) % 7) + 1;
}

/** The epoch day of a date given in numbers. The caller vouches that the date exists. */
export function epochDayOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function whole(n: number): number {
  if (!Number.isSafeInteger(n)) throw new RangeError(`Not a whole number: ${n}`);
  return n;
}
