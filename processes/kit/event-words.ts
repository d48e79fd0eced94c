/** The facts of an event as people read them, on every screen and in every paper: what the processes share. */
import { formatDateRu, type Instant, isIsoDate } from './dates.ts';
import type { AnyProcess, WordedEvent } from './types.ts';
import { localDate, localTime, utcOffsetLabel } from './zones.ts';

/** «14 декабря 2026 г.»; what is no date stays as it is, for events are read for ever. */
export const dateRu = (value: unknown): string =>
  typeof value === 'string' && isIsoDate(value) ? formatDateRu(value) : String(value);

/** «7,5» whatever the language of the machine. */
export const numberRu = (value: number): string =>
  new Intl.NumberFormat('ru-RU', { maximumFractionDigits: 1 }).format(value);

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** One line of them, or nothing. */
export const joined = (words: readonly string[]): string | null => (words.length > 0 ? words.join(' · ') : null);

/** «14 декабря 2026 г., 10:05 (UTC+7)»: a moment on the wall of the zone, for a paper that is read anywhere. */
export const momentRu = (at: Instant, zone: string): string =>
  `${formatDateRu(localDate(at, zone))}, ${localTime(at, zone)} (${utcOffsetLabel(at, zone)})`;

/** What an event is called, by which norm it was possible and what it changed, in words. `labelRu` is null for a row the table has not. */
export function toldEvent(
  process: Pick<AnyProcess, 'table' | 'eventWords'> | undefined,
  event: WordedEvent & { row: string },
): { labelRu: string | null; clause: string | null; wordsRu: string | null } {
  const row = process?.table.find(({ id }) => id === event.row);
  return {
    labelRu: row?.effectRu ?? null,
    clause: row?.clause ?? null,
    wordsRu: process?.eventWords?.(event) ?? null,
  };
}
