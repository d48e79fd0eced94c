import calendarData from '../../../data/calendars/ru.json';
import { type ProductionCalendar, workingDaysBetween } from '../../../processes/kit/calendar.ts';
import { locale, t } from '../i18n/index.ts';

const calendar = calendarData as unknown as ProductionCalendar;
const asDate = (value: string) => new Date(value.length === 10 ? `${value}T12:00:00Z` : value);
const fmt = (value: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale(), value.length === 10 ? { ...options, timeZone: 'UTC' } : options).format(
    asDate(value),
  );

/** «14 декабря 2026 г.» */
export const longDate = (value: string) => fmt(value, { day: 'numeric', month: 'long', year: 'numeric' });
/** «14 дек.», with the year when it is not this one. */
export function shortDate(value: string): string {
  const sameYear = value.slice(0, 4) === String(new Date().getFullYear());
  return fmt(value, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
}
export const weekdayDate = (value: string) =>
  fmt(value, { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' });
/** «14 декабря, 10:05» in the zone of the reader. */
export const dateTime = (value: string) =>
  fmt(value, { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' });
export const time = (value: string | Date) =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' }).format(
    typeof value === 'string' ? new Date(value) : value,
  );

/** «МСК+4 (UTC+7)»: how a zone is said in Russia, by its offset of today. */
export function zoneWords(zone: string, at = new Date()): string {
  const name = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign = '+', hours = '0', minutes = '00'] = /GMT([+-])(\d+):(\d+)/.exec(name ?? '') ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) + Number(minutes) / 60);
  const signed = (n: number) => (n < 0 ? `−${-n}` : `+${n}`);
  const moscow = offset === 3 ? t('zone.moscow') : `${t('zone.moscow')}${signed(offset - 3)}`;
  return `${moscow} (UTC${signed(offset)})`;
}

export function todayIso(now = new Date()): string {
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}

/** Working days from `a` to `b`; a date outside the calendar counts as plain days, so that a screen never fails for it. */
function workingDays(a: string, b: string): number {
  try {
    return workingDaysBetween(calendar, a, b);
  } catch {
    return Math.round((asDate(b).getTime() - asDate(a).getTime()) / 86_400_000);
  }
}

export type DueTone = 'late' | 'soon' | 'plain';

/** A due date in words: what is left, in working days, and how loudly to say it. */
export function dueWords(
  dueOn: string | null | undefined,
  late = false,
  today = todayIso(),
): { words: string; tone: DueTone } {
  if (!dueOn) return { words: t('due.none'), tone: 'plain' };
  if (dueOn < today || late) {
    const days = dueOn < today ? Math.max(0, workingDays(dueOn, today)) : 0;
    return { words: days > 0 ? t('due.late', { count: days }) : t('due.lateToday'), tone: 'late' };
  }
  if (dueOn === today) return { words: t('due.today'), tone: 'soon' };
  const next = new Date();
  next.setDate(next.getDate() + 1);
  if (dueOn === todayIso(next)) return { words: t('due.tomorrow'), tone: 'soon' };
  const left = workingDays(today, dueOn);
  if (left > 60) return { words: t('due.until', { date: longDate(dueOn) }), tone: 'plain' };
  return { words: t('due.left', { count: Math.max(1, left) }), tone: left <= 2 ? 'soon' : 'plain' };
}
