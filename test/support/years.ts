/**
 * Skipped time runs only forward, and weekdays and leap years repeat every 28 years: stories written in 2026 happen in 2054, over the
 * published calendars moved by as much, and are told back in their own years.
 */
import type { ProductionCalendar } from '../../processes/kit/calendar.ts';

const YEARS = 28;

export const moveYears = (text: string, years: number): string =>
  text.replaceAll(
    /\b((?:19|20)\d\d)-(\d\d-\d\d)/g,
    (_all, year: string, day: string) => `${Number(year) + years}-${day}`,
  );

export const toEngine = <T>(value: T): T => JSON.parse(moveYears(JSON.stringify(value), YEARS)) as T;
export const fromEngine = <T>(value: T): T => JSON.parse(moveYears(JSON.stringify(value), -YEARS)) as T;

export function calendarOfEngine(calendar: ProductionCalendar): ProductionCalendar {
  const years = Object.entries(calendar.years).map(([year, days]) => [String(Number(year) + YEARS), toEngine(days)]);
  return { ...toEngine(calendar), years: Object.fromEntries(years) };
}

/** Local time on a date of the story, as an instant of the engine; `offset` like `+07:00`. */
export function engineInstant(date: string, hhmm: string, offset: string): string {
  return new Date(`${moveYears(date, YEARS)}T${hhmm}:00${offset}`).toISOString();
}
