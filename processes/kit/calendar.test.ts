import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import ru from '../../data/calendars/ru.json' with { type: 'json' };
import {
  addWorkingDays,
  holidayName,
  isPublished,
  isWorkingDay,
  nextWorkingDay,
  type ProductionCalendar,
  previousWorkingDay,
  workingDaysBetween,
} from './calendar.ts';
import { addDays, fromEpochDay, isIsoDate, toEpochDay, weekday } from './dates.ts';

const calendar: ProductionCalendar = ru;
const empty: ProductionCalendar = { version: 'empty', years: {} };
const date = fc.integer({ min: toEpochDay('2023-06-01'), max: toEpochDay('2029-06-30') }).map(fromEpochDay);
const region = fc.constantFrom(undefined, '02', '16', '42');

function workingDaysOf(cal: ProductionCalendar, year: number): number {
  return workingDaysBetween(cal, `${year - 1}-12-31`, `${year}-12-31`);
}

describe('the published calendar of Russia', () => {
  test('names only days that exist, in their own year, in order, each once', () => {
    for (const [year, { daysOff, workingSaturdays }] of Object.entries(calendar.years)) {
      for (const list of [daysOff, workingSaturdays]) {
        expect(list.every((d) => isIsoDate(d) && d.startsWith(year))).toBe(true);
        expect(list).toEqual([...new Set(list)].sort());
      }
      expect(workingSaturdays.every((d) => weekday(d) === 6 && !daysOff.includes(d))).toBe(true);
    }
  });

  test.each([
    [2024, 248],
    [2025, 247],
    [2026, 247],
    [2027, 247],
  ])('%i has %i working days', (year, days) => {
    expect(workingDaysOf(calendar, year)).toBe(days);
  });

  test.each(['2024-04-27', '2024-11-02', '2024-12-28', '2025-11-01', '2027-02-20'])('%s is a working Saturday', (d) => {
    expect(isWorkingDay(calendar, d)).toBe(true);
  });

  test.each([
    '2024-04-29',
    '2024-12-31',
    '2025-05-02',
    '2025-06-13',
    '2026-01-09',
    '2026-12-31',
    '2027-02-22',
    '2027-11-05',
  ])('%s is a moved day off', (d) => {
    expect(weekday(d)).toBeLessThanOrEqual(5);
    expect(isWorkingDay(calendar, d)).toBe(false);
  });

  test('has no holiday of the labour code as a working day', () => {
    for (const year of [2024, 2025, 2026, 2027]) {
      for (let d = `${year}-01-01`; d.startsWith(String(year)); d = addDays(d, 1)) {
        if (holidayName(d) !== undefined) expect(isWorkingDay(calendar, d)).toBe(false);
      }
    }
  });
});

describe('a year without a published calendar', () => {
  test('is told apart', () => {
    expect(isPublished(calendar, '2027-12-31')).toBe(true);
    expect(isPublished(calendar, '2028-01-01')).toBe(false);
    expect(isPublished(calendar, '2023-12-31')).toBe(false);
  });

  test('has weekends, holidays, and Monday off for a holiday on a weekend outside January', () => {
    const off2026 = ['2026-02-23', '2026-03-09', '2026-05-01', '2026-05-11', '2026-06-12', '2026-11-04'];
    for (const d of off2026) expect(isWorkingDay(empty, d)).toBe(false);
    expect(isWorkingDay(empty, '2026-01-09')).toBe(true);
    expect(isWorkingDay(empty, '2026-12-31')).toBe(true);
    expect(isWorkingDay(empty, '2026-03-10')).toBe(true);
    expect(workingDaysOf(empty, 2026)).toBe(249);
  });
});

describe('regions', () => {
  test('Tatarstan rests on 6 November 2026, Kemerovo works', () => {
    expect(isWorkingDay(calendar, '2026-11-06', '16')).toBe(false);
    expect(isWorkingDay(calendar, '2026-11-06', '42')).toBe(true);
    expect(isWorkingDay(calendar, '2026-11-06')).toBe(true);
  });

  test('a regional working day outranks a federal day off', () => {
    const cal: ProductionCalendar = {
      ...calendar,
      regional: { '99': { '2026': { daysOff: ['2026-11-05'], workingDays: ['2026-11-04', '2026-11-07'] } } },
    };
    const week = ['2026-11-04', '2026-11-05', '2026-11-06', '2026-11-07'];
    expect(week.map((d) => isWorkingDay(cal, d, '99'))).toEqual([true, false, true, true]);
  });
});

describe('counting', () => {
  test.each([
    ['2024-11-01', 1, '2024-11-02'],
    ['2024-11-02', 1, '2024-11-05'],
    ['2025-12-30', 1, '2026-01-12'],
    ['2026-01-12', -1, '2025-12-30'],
    ['2026-11-22', 0, '2026-11-22'],
  ])('%s and %i working days: %s', (from, n, to) => {
    expect(addWorkingDays(calendar, from, n)).toBe(to);
  });

  test('moves to a working day only from a day off', () => {
    expect(nextWorkingDay(calendar, '2026-12-31')).toBe('2027-01-11');
    expect(previousWorkingDay(calendar, '2027-01-10')).toBe('2026-12-30');
    expect(nextWorkingDay(calendar, '2024-11-02')).toBe('2024-11-02');
  });

  test('finds a broken table instead of counting for ever', () => {
    const daysOff = Array.from({ length: 365 }, (_, i) => addDays('2026-01-01', i));
    const broken: ProductionCalendar = {
      version: 'broken',
      years: { '2026': { daysOff, workingSaturdays: [], source: '' } },
    };
    expect(() => nextWorkingDay(broken, '2026-03-01')).toThrow(RangeError);
    const misplaced = {
      version: 'x',
      years: { '2026': { daysOff: ['2025-01-01'], workingSaturdays: [], source: '' } },
    };
    expect(() => isWorkingDay(misplaced, '2026-03-01')).toThrow(RangeError);
  });

  test('the n-th working day is the one a slow counter finds', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -80, max: 80 }), region, (from, n, where) => {
        let expected = from;
        for (let left = Math.abs(n); left > 0; ) {
          expected = addDays(expected, n < 0 ? -1 : 1);
          if (isWorkingDay(calendar, expected, where)) left -= 1;
        }
        expect(addWorkingDays(calendar, from, n, where)).toBe(expected);
        expect(workingDaysBetween(calendar, from, expected, where)).toBe(n);
      }),
    );
  });

  test('days between add up', () => {
    fc.assert(
      fc.property(date, date, date, (a, b, c) => {
        const between = (from: string, to: string) => workingDaysBetween(calendar, from, to);
        const [x, y, z] = [a, b, c].sort() as [string, string, string];
        expect(between(x, y) + between(y, z)).toBe(between(x, z));
        expect(between(z, y) + between(y, x)).toBe(between(z, x));
        const working = [x, z].every((d) => isWorkingDay(calendar, d));
        if (working) expect(between(x, z) + between(z, x)).toBe(0);
      }),
    );
  });

  test('the days in between a day off and the working day it moves to are all off', () => {
    fc.assert(
      fc.property(date, region, (d, where) => {
        const next = nextWorkingDay(calendar, d, where);
        const previous = previousWorkingDay(calendar, d, where);
        expect(isWorkingDay(calendar, next, where) && isWorkingDay(calendar, previous, where)).toBe(true);
        for (let day = addDays(previous, 1); day < next; day = addDays(day, 1)) {
          expect(isWorkingDay(calendar, day, where)).toBe(false);
        }
        expect(previous <= d && d <= next).toBe(true);
      }),
    );
  });
});
