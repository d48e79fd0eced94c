/**
 * When a letter may leave (domain 3.8): nobody is woken at night, whatever the letter says. Pure; the zone is the addressee's own.
 */
import { addDays, type Instant } from './dates.ts';
import { instantAt, localDate, localTime } from './zones.ts';

/** Local hours of a day, `HH:MM`; a letter may leave from `from` on and before `to`. */
export interface SendWindow {
  from: string;
  to: string;
}

/** Used where an installation names no other. */
export const defaultSendWindow: SendWindow = { from: '08:00', to: '21:00' };

/** Local hour at which the collected letters of the day leave. */
export const defaultDigestTime = '09:00';

/** A person with more open tasks than this gets one letter a day instead of many. */
export const digestAboveOpenTasks = 5;

/** `now` when it lies in the window, else the next opening of the window in this zone. */
export function nextSendAt(now: Instant, zone: string, window: SendWindow = defaultSendWindow): Instant {
  const time = localTime(now, zone);
  if (time >= window.from && time < window.to) return now;
  const today = localDate(now, zone);
  return instantAt(time < window.from ? today : addDays(today, 1), window.from, zone);
}

/** The next moment at which digests leave in this zone, after `now`. */
export function nextDigestAt(now: Instant, zone: string, time: string = defaultDigestTime): Instant {
  const today = localDate(now, zone);
  const thisDay = instantAt(today, time, zone);
  return thisDay > now ? thisDay : instantAt(addDays(today, 1), time, zone);
}
