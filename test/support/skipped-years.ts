/**
 * Skipped time runs only forward, and weekdays and leap years repeat every 28 years: stories written in 2026 happen in 2054, over the
 * published calendars moved by as much, and are told back in their own years.
 */
import type { ProductionCalendar } from '../../processes/kit/calendar.ts';

const YEARS = 28;
const move = (text: string, years: number) =>
  text.replaceAll(/\b(20\d\d)-(\d\d-\d\d)/g, (_all, year: string, day: string) => `${Number(year) + years}-${day}`);

export const toEngine = <T>(value: T): T => JSON.parse(move(JSON.stringify(value), YEARS)) as T;
export const fromEngine = <T>(value: T): T => JSON.parse(move(JSON.stringify(value), -YEARS)) as T;

export function engineCalendar(calendar: ProductionCalendar): ProductionCalendar {
  return {
    ...toEngine(calendar),
    years: Object.fromEntries(
      Object.entries(calendar.years).map(([year, days]) => [String(Number(year) + YEARS), toEngine(days)]),
    ),
  };
}
