/**
 * The yearly schedule of a founder (specification P02, stage 1) as a pure draft over his heads: who is due, when, and who is left out
 * with the reason. What follows its approval lives in the cases: each keeps its place in the register `attestation_schedule`, so an
 * exemption, a new date or a departure rebuilds the schedule by itself; `currentSchedule` reads it back.
 */
import { addDays, addMonths, type IsoDate } from '../kit/dates.ts';
import { deriveDue } from '../kit/deadlines.ts';
import { isWorkingDay, nextWorkingDay, type ProductionCalendar } from '../kit/calendar.ts';
import type { AttestationPolicy, ExemptionKind } from './policy.ts';

export interface Head {
  personId: string;
  organisationId: string;
  organisationKind: string;
  appointedOn: IsoDate;
  acting: boolean;
  /** Last day of the present attestation; absent: never attested. */
  validUntil?: IsoDate;
  exemption?: { kind: ExemptionKind; untilOn?: IsoDate };
}

/** Why a head is due in the year on that day: what decided the date. */
export type DueBecause = 'ends' | 'never' | 'ended' | 'first_year' | 'exemption';

export interface ScheduledHead {
  personId: string;
  organisationId: string;
  plannedOn: IsoDate;
  because: DueBecause;
  /** The day the reason speaks of: the end of the present attestation, or the first day he may be attested. */
  since?: IsoDate;
}

export type LeftOut = 'not_in_scope' | 'acting' | 'valid' | 'exempt' | 'exempt_open';

export interface Schedule {
  year: number;
  items: ScheduledHead[];
  leftOut: Array<{ personId: string; organisationId: string; why: LeftOut; until?: IsoDate }>;
}

/** When may a head be attested at the earliest: a year in the post, and the grace after an exemption. `null`: the end is not known. */
export function attestableFrom(
  head: Head,
  policy: AttestationPolicy,
  zone: string,
  calendar: ProductionCalendar,
): IsoDate | null {
  const afterYear = addDays(addMonths(head.appointedOn, 12), 1);
  if (!head.exemption) return afterYear;
  const { kind, untilOn } = head.exemption;
  if (!untilOn) return null;
  const grace = deriveDue({
    term: policy.grace[kind],
    startedOn: untilOn,
    startEvent: 'окончание основания отсрочки',
    zone,
    calendar,
  }).dueOn;
  return grace > afterYear ? grace : afterYear;
}

/**
 * The draft of the schedule of a year: heads whose attestation ends in it, or who have none and may be attested. Nobody is put before
 * `notBefore`, the first day that leaves him his notice; in an early draft of a later year it decides nothing.
 */
export function draftSchedule(
  year: number,
  heads: Head[],
  policy: AttestationPolicy,
  zone: string,
  calendar: ProductionCalendar,
  notBefore: IsoDate = `${year}-01-01`,
): Schedule {
  const first = [`${year}-01-01`, notBefore].sort().at(-1) as IsoDate;
  const last = `${year}-12-31`;
  const schedule: Schedule = { year, items: [], leftOut: [] };
  for (const head of heads) {
    const { personId, organisationId } = head;
    const out = (why: LeftOut, until?: IsoDate) =>
      schedule.leftOut.push({ personId, organisationId, why, ...(until ? { until } : {}) });
    if (!policy.organisationKinds.includes(head.organisationKind)) out('not_in_scope');
    else if (head.acting) out('acting');
    else {
      const from = attestableFrom(head, policy, zone, calendar);
      // A month before the present one ends; at once where there is none.
      const wished = head.validUntil ? addMonths(head.validUntil, -1) : first;
      if (from === null) out('exempt_open');
      else if (wished > last) out('valid', head.validUntil);
      else if (from > last) out('exempt', from);
      else {
        const on = [first, wished, from].sort().at(-1) as IsoDate;
        schedule.items.push({
          personId,
          organisationId,
          plannedOn: isWorkingDay(calendar, on) ? on : nextWorkingDay(calendar, on),
          ...becauseOf(head, on, from, first),
        });
      }
    }
  }
  schedule.items.sort((a, b) =>
    a.plannedOn < b.plannedOn ? -1 : a.plannedOn > b.plannedOn ? 1 : a.personId < b.personId ? -1 : 1,
  );
  return schedule;
}

function becauseOf(head: Head, on: IsoDate, from: IsoDate, first: IsoDate): Pick<ScheduledHead, 'because' | 'since'> {
  if (on === from && from > first) return { because: head.exemption ? 'exemption' : 'first_year', since: from };
  if (head.validUntil) return { because: head.validUntil < first ? 'ended' : 'ends', since: head.validUntil };
  return { because: 'never' };
}

/** A row of the register `attestation_schedule`. */
export interface ScheduleEntry {
  number: string;
  status: string;
  personId: string;
  plannedOn: IsoDate | null;
}

/** The schedule of a year as the cases have left it: postponed heads stand in the year of their new date. */
export function currentSchedule(year: number, entries: ScheduleEntry[]): ScheduleEntry[] {
  return entries
    .filter((e) => e.status !== 'removed' && e.plannedOn?.startsWith(`${year}-`))
    .sort((a, b) => (a.plannedOn as string).localeCompare(b.plannedOn as string) || a.number.localeCompare(b.number));
}
