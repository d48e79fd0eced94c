import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  addYears,
  daysBetween,
  formatDateRu,
  formatDayMonthRu,
  fromEpochDay,
  isIsoDate,
  toEpochDay,
  weekday,
} from './dates.ts';

const date = fc.integer({ min: toEpochDay('1900-01-01'), max: toEpochDay('2150-12-31') }).map(fromEpochDay);

describe('isIsoDate', () => {
  test.each(['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('%s exists', (d) => {
    expect(isIsoDate(d)).toBe(true);
  });

  test.each([
    '2021-09-31',
    '2023-02-29',
    '1900-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '0000-01-01',
    '2024-1-01',
    '2024-01-01T00:00:00.000Z',
    ' 2024-01-01',
    '2024-01-01\n',
    '',
  ])('%j does not', (d) => {
    expect(isIsoDate(d)).toBe(false);
    expect(() => addDays(d, 1)).toThrow(RangeError);
  });
});

describe('months and years keep the day number', () => {
  test.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-01-31', 2, '2026-03-31'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-11-22', 14, '2028-01-22'],
    ['2026-01-15', -1, '2025-12-15'],
  ])('%s %i months: %s', (from, n, to) => {
    expect(addMonths(from, n)).toBe(to);
  });

  test('29 February a year later is 28 February, four years later 29 February', () => {
    expect(addYears('2024-02-29', 1)).toBe('2025-02-28');
    expect(addYears('2024-02-29', 4)).toBe('2028-02-29');
  });
});

test('refuses fractions and dates out of range', () => {
  expect(() => addDays('2026-01-01', 0.5)).toThrow(RangeError);
  expect(() => addMonths('2026-01-01', Number.NaN)).toThrow(RangeError);
  expect(() => addYears('9999-01-01', 1)).toThrow(RangeError);
});

test('writes dates as Russian documents do', () => {
  expect(formatDateRu('2026-11-22')).toBe('22 ноября 2026 г.');
  expect(formatDayMonthRu('2026-05-09')).toBe('9 мая');
});

test('22 November 2026 is a Sunday, 1 January 1970 a Thursday', () => {
  expect(weekday('2026-11-22')).toBe(7);
  expect(weekday('1970-01-01')).toBe(4);
});

describe('for any date', () => {
  test('days added can be taken back, and are the days between', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -40_000, max: 40_000 }), (d, n) => {
        const there = addDays(d, n);
        expect(addDays(there, -n)).toBe(d);
        expect(daysBetween(d, there)).toBe(n);
      }),
    );
  });

  test('the arithmetic agrees with the engine of JavaScript in UTC', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -40_000, max: 40_000 }), (d, n) => {
        const reference = new Date(Date.parse(`${d}T00:00:00.000Z`) + n * 86_400_000);
        expect(addDays(d, n)).toBe(reference.toISOString().slice(0, 10));
        expect(weekday(addDays(d, n))).toBe(reference.getUTCDay() || 7);
      }),
    );
  });

  test('months keep the day number or end the month, and never pass a later start', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: 0, max: 60 }), fc.integer({ min: -600, max: 600 }), (d, later, n) => {
        const there = addMonths(d, n);
        const isMonthEnd = addDays(there, 1).endsWith('-01');
        expect(there.slice(8) === d.slice(8) || (isMonthEnd && there.slice(8) < d.slice(8))).toBe(true);
        expect(addMonths(addDays(d, later), n) >= there).toBe(true);
        expect(addMonths(d, n + 1) > there).toBe(true);
      }),
    );
  });

  test('order of strings is order of dates', () => {
    fc.assert(
      fc.property(date, date, (a, b) => {
        expect(a < b).toBe(daysBetween(a, b) > 0);
      }),
    );
  });
});
