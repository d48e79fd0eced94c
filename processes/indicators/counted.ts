/**
 * Counted events (specification 3.11): what an indicator is counted from. No indicator is typed by hand where a case exists; every
 * event carries the person, the day, the place and the case it came from, so that a number opens to its cases.
 */
import type { IsoDate } from '../kit/dates.ts';

export interface CountedEvent {
  personId: string;
  on: IsoDate;
  organisationId: string | null;
  municipality: string | null;
  region: string | null;
  sourceCase: string;
}

/** Somebody who almost counted, and why he did not. */
export interface NearMiss {
  personId: string;
  sourceCase: string;
  whyRu: string;
}

export interface Within {
  from?: IsoDate;
  /** Inclusive. */
  to: IsoDate;
  /** Region code; absent: everywhere. */
  region?: string;
}

/**
 * Distinct people with an event in the time and place, each by the first such event (by day, then by case): a repetition, a retake or
 * the same event told twice adds nobody. A person with events in two regions counts in each of them and once in the country, so the
 * number of a territory does not depend on who asks.
 */
export function countPeople(events: readonly CountedEvent[], { from, to, region }: Within): CountedEvent[] {
  const first = new Map<string, CountedEvent>();
  const earlier = (a: CountedEvent, b: CountedEvent) =>
    a.on < b.on || (a.on === b.on && a.sourceCase <= b.sourceCase) ? a : b;
  for (const event of events) {
    if (event.on > to || (from !== undefined && event.on < from)) continue;
    if (region !== undefined && event.region !== region) continue;
    const known = first.get(event.personId);
    first.set(event.personId, known ? earlier(known, event) : event);
  }
  return [...first.values()].sort((a, b) => (a.personId < b.personId ? -1 : 1));
}
