import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, fromEpochDay, toEpochDay } from './dates.ts';
import { endOfDay, instantAt, localDate, localTime, startOfDay, utcOffsetLabel } from './zones.ts';

const RUSSIA = [
  'Europe/Kaliningrad',
  'Europe/Moscow',
  'Europe/Simferopol',
  'Europe/Kirov',
  'Europe/Volgograd',
  'Europe/Astrakhan',
  'Europe/Saratov',
  'Europe/Ulyanovsk',
  'Europe/Samara',
  'Asia/Yekaterinburg',
  'Asia/Omsk',
  'Asia/Novosibirsk',
  'Asia/Barnaul',
  'Asia/Tomsk',
  'Asia/Novokuznetsk',
  'Asia/Krasnoyarsk',
  'Asia/Irkutsk',
  'Asia/Chita',
  'Asia/Yakutsk',
  'Asia/Khandyga',
  'Asia/Vladivostok',
  'Asia/Ust-Nera',
  'Asia/Magadan',
  'Asia/Sakhalin',
  'Asia/Srednekolymsk',
  'Asia/Anadyr',
  'Asia/Kamchatka',
];
/** Zones that are harder than any in Russia: clocks change at midnight, by half an hour, by a day. */
const HARD = [
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/New_York',
];

const zone = fc.constantFrom(...RUSSIA, ...HARD, 'UTC');
// Since 1991 every zone of Russia has moved its clocks, some of them more than once.
const date = fc.integer({ min: toEpochDay('1991-01-01'), max: toEpochDay('2040-12-31') }).map(fromEpochDay);
const justBefore = (instant: string) => new Date(Date.parse(instant) - 1).toISOString();

describe('the date of an event is the one on the wall of the jurisdiction', () => {
  test.each([
    ['2026-11-22T17:30:00.000Z', 'Asia/Novokuznetsk', '2026-11-23', '00:30'],
    ['2026-11-22T17:30:00.000Z', 'Europe/Moscow', '2026-11-22', '20:30'],
    ['2026-12-31T12:00:00.000Z', 'Asia/Kamchatka', '2027-01-01', '00:00'],
    ['2026-12-31T21:59:59.999Z', 'Europe/Kaliningrad', '2026-12-31', '23:59'],
  ])('%s in %s is %s, %s', (at, where, on, time) => {
    expect(localDate(at, where)).toBe(on);
    expect(localTime(at, where)).toBe(time);
  });
});

test('a term ending on 22 November has expired at midnight: 17:00Z in Kemerovo, 21:00Z in Rostov', () => {
  expect(endOfDay('2026-11-22', 'Asia/Novokuznetsk')).toBe('2026-11-22T17:00:00.000Z');
  expect(endOfDay('2026-11-22', 'Europe/Moscow')).toBe('2026-11-22T21:00:00.000Z');
});

test('finds midnight on a day of a clock change', () => {
  expect(startOfDay('2014-10-26', 'Europe/Moscow')).toBe('2014-10-25T20:00:00.000Z');
  expect(endOfDay('2014-10-26', 'Europe/Moscow')).toBe('2014-10-26T21:00:00.000Z');
});

test('begins a day without midnight at its first instant', () => {
  expect(startOfDay('2023-04-28', 'Africa/Cairo')).toBe('2023-04-27T22:00:00.000Z');
  expect(localTime('2023-04-27T22:00:00.000Z', 'Africa/Cairo')).toBe('01:00');
  expect(startOfDay('2011-12-30', 'Pacific/Apia')).toBe(startOfDay('2011-12-31', 'Pacific/Apia'));
});

test('reads a repeated time as its first showing and a skipped one as later', () => {
  expect(instantAt('2026-11-01', '01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
  expect(instantAt('2026-03-08', '02:30', 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
});

test('names the offset for people', () => {
  expect(utcOffsetLabel('2026-11-22T00:00:00.000Z', 'Asia/Novokuznetsk')).toBe('UTC+7');
  expect(utcOffsetLabel('2026-11-22T00:00:00.000Z', 'Asia/Kathmandu')).toBe('UTC+5:45');
  expect(utcOffsetLabel('2026-11-22T00:00:00.000Z', 'America/New_York')).toBe('UTC−5');
});

test('refuses what it cannot read', () => {
  expect(() => localDate('2026-11-22T10:00:00+03:00', 'Europe/Moscow')).toThrow(RangeError);
  expect(() => localDate('yesterdayZ', 'Europe/Moscow')).toThrow(RangeError);
  expect(() => localDate('2026-11-22T10:00:00.000Z', 'Mars/Olympus')).toThrow(RangeError);
  expect(() => startOfDay('2026-11-31', 'Europe/Moscow')).toThrow(RangeError);
  expect(() => instantAt('2026-11-22', '24:00', 'Europe/Moscow')).toThrow(RangeError);
});

describe('in every zone of Russia and in harder ones', () => {
  test('a day runs from its first instant to the first of the next', () => {
    fc.assert(
      fc.property(date, zone, (d, where) => {
        const start = startOfDay(d, where);
        const end = endOfDay(d, where);
        expect(localDate(start, where)).toBe(d);
        expect(localDate(justBefore(start), where)).toBe(addDays(d, -1));
        expect(localDate(justBefore(end), where)).toBe(d);
        expect(localDate(end, where)).toBe(addDays(d, 1));
      }),
      { numRuns: 400 },
    );
  });

  test('a time of day comes back, unless a clock change skips it', () => {
    const time = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(date, time, zone, (d, minutes, where) => {
        const hhmm = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
        const at = instantAt(d, hhmm, where);
        const length = Date.parse(endOfDay(d, where)) - Date.parse(startOfDay(d, where));
        expect(localDate(at, where)).toBe(d);
        if (length >= 86_400_000) expect(localTime(at, where)).toBe(hhmm);
      }),
      { numRuns: 400 },
    );
  });
});
