/**
 * The bridge between instants and the local dates of a jurisdiction.
 *
 * Every function names its zone (IANA: `Asia/Novokuznetsk` for Kemerovo, `Europe/Moscow` for Rostov); the zone of the machine
 * is never used. An unknown zone, a bad date, time or instant throws `RangeError`. `Intl` is the only source of offsets; its
 * formatters are costly to make and are kept per zone.
 */

import { addDays, type Instant, type IsoDate, toEpochDay } from './dates.ts';

const DAY_MS = 86_400_000;
const REMEMBERED_DAYS = 4096;

interface Zone {
  format: Intl.DateTimeFormat;
  /** Starts of local days already worked out, by date. */
  starts: Map<IsoDate, Instant>;
}

const zones = new Map<string, Zone>();

/** The date on the wall of `zone` at the instant `at`, whatever the hour: the date an event counts from (ГК РФ, art. 191). */
export function localDate(at: Instant, zone: string): IsoDate {
  return new Date(wallClock(toMs(at), zone)).toISOString().slice(0, 10);
}

/** The time on the wall of `zone` at the instant `at`: `HH:MM`, 00:00 to 23:59. */
export function localTime(at: Instant, zone: string): string {
  return new Date(wallClock(toMs(at), zone)).toISOString().slice(11, 16);
}

/** The first instant of the local date `d` in `zone`, also where a clock change skips midnight. */
export function startOfDay(d: IsoDate, zone: string): Instant {
  const { starts } = zoneOf(zone);
  const known = starts.get(d);
  if (known !== undefined) return known;
  const start = toInstant(instantOfWallClock(toEpochDay(d) * DAY_MS, zone));
  if (starts.size >= REMEMBERED_DAYS) starts.clear();
  starts.set(d, start);
  return start;
}

/**
 * The start of the day after `d`: the first instant at which a term ending on `d` has expired. A term lasts until 24:00 of its
 * last day (ГК РФ, art. 194), so an act at `at` is in time when `at < endOfDay(d, zone)`.
 */
export function endOfDay(d: IsoDate, zone: string): Instant {
  return startOfDay(addDays(d, 1), zone);
}

/**
 * The instant when the wall of `zone` shows `hhmm` (`HH:MM`, 00:00 to 23:59) on `d`. A time that a clock change repeats means
 * its first showing; a time that it skips is read with the offset before the change, which is as much later.
 */
export function instantAt(d: IsoDate, hhmm: string, zone: string): Instant {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(hhmm)) throw new RangeError(`Not a time of day: ${JSON.stringify(hhmm)}`);
  const minutes = Number(hhmm.slice(0, 2)) * 60 + Number(hhmm.slice(3, 5));
  return toInstant(instantOfWallClock(toEpochDay(d) * DAY_MS + minutes * 60_000, zone));
}

/** How far the wall of `zone` is ahead of UTC at the instant `at`, for people: «UTC+7», «UTC+5:30». */
export function utcOffsetLabel(at: Instant, zone: string): string {
  const minutes = Math.round(offsetAt(toMs(at), zone) / 60_000);
  const rest = Math.abs(minutes) % 60;
  const hours = Math.floor(Math.abs(minutes) / 60);
  return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** Wall clock of the zone, in milliseconds as if it were UTC. */
function wallClock(ms: number, zone: string): number {
  let year = 0;
  let month = 0;
  let day = 0;
  let hour = 0;
  let minute = 0;
  let second = 0;
  for (const part of zoneOf(zone).format.formatToParts(ms)) {
    if (part.type === 'year') year = Number(part.value);
    else if (part.type === 'month') month = Number(part.value);
    else if (part.type === 'day') day = Number(part.value);
    else if (part.type === 'hour') hour = Number(part.value);
    else if (part.type === 'minute') minute = Number(part.value);
    else if (part.type === 'second') second = Number(part.value);
  }
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((ms % 1000) + 1000) % 1000);
}

function offsetAt(ms: number, zone: string): number {
  return wallClock(ms, zone) - ms;
}

function instantOfWallClock(wall: number, zone: string): number {
  const before = offsetAt(wall - DAY_MS, zone);
  const after = offsetAt(wall + DAY_MS, zone);
  const early = wall - before;
  if (before === after || offsetAt(early, zone) === before) return early;
  const late = wall - after;
  // Neither offset shows this time: a clock change skips it. Midnight is the first thing a skipped midnight skips, so the
  // reading with the offset before the change is the first instant of that day.
  return offsetAt(late, zone) === after ? late : early;
}

function zoneOf(zone: string): Zone {
  let found = zones.get(zone);
  if (found === undefined) {
    if (zone === '') throw new RangeError('Time zone is empty');
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    found = { format, starts: new Map() };
    zones.set(zone, found);
  }
  return found;
}

function toMs(at: Instant): number {
  const ms = /Z$/.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(ms)) throw new RangeError(`Not an instant in UTC: ${JSON.stringify(at)}`);
  return ms;
}

function toInstant(ms: number): Instant {
  return new Date(ms).toISOString();
}
