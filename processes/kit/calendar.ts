/**
 * The production calendar: which days are working days.
 *
 * The calendar is data with a version, passed in by the caller and never changed afterwards: a table of flags is kept per
 * calendar object, so a changed object would answer from its old state. Publish a new version instead.
 * Dates are local dates of the jurisdiction, without a zone. A bad date throws `RangeError`.
 */

import { epochDayOf, fromEpochDay, type IsoDate, toEpochDay, weekdayOfEpochDay } from './dates.ts';

/** One published year. `daysOff` may repeat days that are Saturdays or Sundays anyway. */
export interface CalendarYear {
  daysOff: IsoDate[];
  workingSaturdays: IsoDate[];
  source: string;
}

/** What a region adds to a year: own holidays, and working days that outrank every day off. */
export interface RegionalYear {
  daysOff: IsoDate[];
  workingDays?: IsoDate[];
  source?: string;
}

/** `years` by year (`"2026"`); `regional` by region code (`"16"`), then by year. Published years only. */
export interface ProductionCalendar {
  version: string;
  years: Record<string, CalendarYear>;
  regional?: Record<string, Record<string, RegionalYear>>;
}

/** Non-working holidays of ТК РФ, art. 112: month, day, and the name people know. */
const HOLIDAYS: readonly (readonly [month: number, day: number, name: string])[] = [
  [1, 1, 'новогодние каникулы'],
  [1, 2, 'новогодние каникулы'],
  [1, 3, 'новогодние каникулы'],
  [1, 4, 'новогодние каникулы'],
  [1, 5, 'новогодние каникулы'],
  [1, 6, 'новогодние каникулы'],
  [1, 7, 'Рождество Христово'],
  [1, 8, 'новогодние каникулы'],
  [2, 23, 'День защитника Отечества'],
  [3, 8, 'Международный женский день'],
  [5, 1, 'Праздник Весны и Труда'],
  [5, 9, 'День Победы'],
  [6, 12, 'День России'],
  [11, 4, 'День народного единства'],
];

/** Longest run without a working day that is believed; a longer one is a broken table, not a holiday. */
const LONGEST_BREAK_DAYS = 60;

interface YearFlags {
  first: number;
  working: Uint8Array;
}

const counters = new WeakMap<ProductionCalendar, Map<string, WorkingDays>>();

/** Whether the official calendar of the year of `d` is in the table; without it a count is provisional (domain 3.2). */
export function isPublished(cal: ProductionCalendar, d: IsoDate): boolean {
  toEpochDay(d);
  return cal.years[d.slice(0, 4)] !== undefined;
}

/**
 * Whether `d` is a working day of the five-day week, for the region when it is named. A working Saturday is one, a moved day
 * off is not. A year without a published calendar is answered by weekends and ТК РФ, art. 112, with its general rule of moving
 * a day off that falls on a holiday to the next working day. A region that is not in the table has the federal calendar.
 */
export function isWorkingDay(cal: ProductionCalendar, d: IsoDate, region?: string): boolean {
  return workingDays(cal, region).isWorking(toEpochDay(d));
}

/** `d` itself if it is a working day, else the next one (ГК РФ, art. 193). */
export function nextWorkingDay(cal: ProductionCalendar, d: IsoDate, region?: string): IsoDate {
  return fromEpochDay(workingDays(cal, region).atOrAfter(toEpochDay(d)));
}

/** `d` itself if it is a working day, else the one before: for terms counted backward, which never move towards their day. */
export function previousWorkingDay(cal: ProductionCalendar, d: IsoDate, region?: string): IsoDate {
  return fromEpochDay(workingDays(cal, region).atOrBefore(toEpochDay(d)));
}

/**
 * The `n`-th working day after `d` (before it when `n` is negative); `d` itself is never counted, working or not. With `n` = 0
 * it is `d`, unmoved. Throws `RangeError` when `n` is not whole.
 */
export function addWorkingDays(cal: ProductionCalendar, d: IsoDate, n: number, region?: string): IsoDate {
  return fromEpochDay(workingDays(cal, region).add(toEpochDay(d), n));
}

/**
 * Working days from `a` to `b`, counted as terms are: `a` is not counted, `b` is. Negative when `b` is earlier, and then `b` is
 * counted and `a` is not, so that `addWorkingDays(a, workingDaysBetween(a, b))` is `b` for every working day `b`.
 */
export function workingDaysBetween(cal: ProductionCalendar, a: IsoDate, b: IsoDate, region?: string): number {
  return workingDays(cal, region).between(toEpochDay(a), toEpochDay(b));
}

/** The holiday of ТК РФ, art. 112 that falls on `d`, in Russian; undefined on any other day. */
export function holidayName(d: IsoDate): string | undefined {
  const month = Number(d.slice(5, 7));
  const day = Number(d.slice(8, 10));
  return HOLIDAYS.find((holiday) => holiday[0] === month && holiday[1] === day)?.[2];
}

/** The same questions on epoch days, for code that counts: a calendar and a region looked up once. */
export interface WorkingDays {
  isWorking(epochDay: number): boolean;
  atOrAfter(epochDay: number): number;
  atOrBefore(epochDay: number): number;
  add(epochDay: number, n: number): number;
  between(a: number, b: number): number;
}

/** The counter of a calendar and region on epoch days; made once per calendar object and region. */
export function workingDays(cal: ProductionCalendar, region?: string): WorkingDays {
  const regional = region !== undefined && cal.regional?.[region] !== undefined ? region : '';
  let byRegion = counters.get(cal);
  if (byRegion === undefined) {
    byRegion = new Map();
    counters.set(cal, byRegion);
  }
  let counter = byRegion.get(regional);
  if (counter === undefined) {
    counter = makeCounter(cal, regional);
    byRegion.set(regional, counter);
  }
  return counter;
}

function makeCounter(cal: ProductionCalendar, region: string): WorkingDays {
  const years = new Map<number, YearFlags>();
  // Counting walks day by day, so the year of the last answer is nearly always the year of the next one.
  let current: YearFlags = { first: 0, working: new Uint8Array(0) };

  function isWorking(epochDay: number): boolean {
    let index = epochDay - current.first;
    if (index < 0 || index >= current.working.length) {
      const year = Number(fromEpochDay(epochDay).slice(0, 4));
      current = years.get(year) ?? makeYear(cal, region, year);
      years.set(year, current);
      index = epochDay - current.first;
    }
    return current.working[index] === 1;
  }

  function seek(from: number, step: 1 | -1): number {
    for (let day = from, looked = 0; looked <= LONGEST_BREAK_DAYS; day += step, looked += 1)
      if (isWorking(day)) return day;
    throw new RangeError(`Calendar ${cal.version} has no working day near ${fromEpochDay(from)}`);
  }

  return {
    isWorking,
    atOrAfter: (day) => seek(day, 1),
    atOrBefore: (day) => seek(day, -1),
    add(from, n) {
      if (!Number.isSafeInteger(n)) throw new RangeError(`Not a whole number of working days: ${n}`);
      const step = n < 0 ? -1 : 1;
      let day = from;
      for (let left = Math.abs(n); left > 0; left -= 1) day = seek(day + step, step);
      return day;
    },
    between(a, b) {
      let count = 0;
      if (a <= b) for (let day = a + 1; day <= b; day += 1) count += isWorking(day) ? 1 : 0;
      else for (let day = b; day < a; day += 1) count -= isWorking(day) ? 1 : 0;
      return count;
    },
  };
}

function makeYear(cal: ProductionCalendar, region: string, year: number): YearFlags {
  const first = epochDayOf(year, 1, 1);
  const working = new Uint8Array(epochDayOf(year + 1, 1, 1) - first);
  for (let i = 0; i < working.length; i += 1) working[i] = weekdayOfEpochDay(first + i) <= 5 ? 1 : 0;

  const key = String(year).padStart(4, '0');
  const mark = (dates: IsoDate[] | undefined, flag: 0 | 1) => {
    for (const date of dates ?? []) {
      const index = toEpochDay(date) - first;
      if (index < 0 || index >= working.length) throw new RangeError(`${date} stands in the calendar of ${key}`);
      working[index] = flag;
    }
  };

  const published = cal.years[key];
  if (published === undefined) markLabourCode(working, first, year);
  mark(published?.workingSaturdays, 1);
  mark(published?.daysOff, 0);
  const regional = cal.regional?.[region]?.[key];
  mark(regional?.daysOff, 0);
  mark(regional?.workingDays, 1);
  return { first, working };
}

/**
 * ТК РФ, art. 112: the holidays, and a day off that falls on a holiday moves to the next working day after it. In January it
 * does not: the government moves those days by decree, which an unpublished year does not have yet.
 */
function markLabourCode(working: Uint8Array, first: number, year: number): void {
  for (const [month, day] of HOLIDAYS) working[epochDayOf(year, month, day) - first] = 0;
  for (const [month, day] of HOLIDAYS) {
    if (month === 1) continue;
    let index = epochDayOf(year, month, day) - first;
    if (weekdayOfEpochDay(first + index) <= 5) continue;
    while (working[index] === 0) index += 1;
    working[index] = 0;
  }
}
