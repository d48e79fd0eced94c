/**
 * What cycles add up to: indicator I6 and the reports of P04, counted from the recorded events and nothing else (domain 3.11, 6).
 *
 * Pure: journals of cases come in, numbers go out with the list of people behind each, so that a number opens to its cases.
 */
import { addMonths, addYears, daysBetween, type IsoDate } from '../kit/dates.ts';
import type { StoredEvent } from '../kit/types.ts';
import { ACTIVE, STAGES } from './stages.ts';
import { evolve, type MentoringState } from './state.ts';
import type { CountedEvent } from '../indicators/counted.ts';

export interface Journal {
  caseId: string;
  events: StoredEvent[];
}

/** Where a person worked and what the cycle was on one day. */
export interface Standing {
  caseId: string;
  personId: string;
  organisationId: string;
  municipality: string;
  region: string;
  rural: boolean;
  stage: string;
  active: boolean;
  /** Days of the pause that runs on the day. */
  pausedDays: number;
  /** Months of pedagogical tenure on the day, leaves and absence left out. */
  tenureMonths: number;
  youngUntil?: IsoDate;
  /** Declined, or never in the programme on the day. */
  refused: boolean;
}

/** State of a journal at the end of a day; `null` before it was opened. */
export function stateOn(journal: Journal, on: IsoDate): MentoringState | null {
  let state: MentoringState | null = null;
  for (const event of journal.events) {
    if (event.on > on) break;
    state = evolve(state, event, journal.caseId);
  }
  return state;
}

/** Tenure on a day: from the hiring, without the stops of the cycle; what was credited counts. */
export function tenureOn(s: MentoringState, on: IsoDate): number {
  const stopped = s.pauses.reduce((days, p) => {
    // Who declined the programme goes on working.
    if (p.reason === 'declined' || p.fromOn >= on) return days;
    const to = p.toOn !== undefined && p.toOn < on ? p.toOn : on;
    return days + Math.max(0, daysBetween(p.fromOn, to));
  }, 0);
  let months = 0;
  const worked = daysBetween(s.hiredOn, on) - stopped;
  while (daysBetween(s.hiredOn, addMonths(s.hiredOn, months + 1)) <= worked) months++;
  return s.credited + months;
}

export function standingOn(journal: Journal, on: IsoDate): Standing | null {
  const s = stateOn(journal, on);
  return s ? standingOf(journal.caseId, s, on) : null;
}

/** The same of a state that is known to be that of the day. */
export function standingOf(caseId: string, s: MentoringState, on: IsoDate): Standing {
  const pause = s.pauses.find((p) => p.fromOn <= on && (p.toOn === undefined || p.toOn > on));
  return {
    caseId,
    personId: s.menteeId,
    organisationId: s.place.organisationId,
    municipality: s.place.municipality ?? s.place.authorityId,
    region: s.place.region,
    rural: s.place.rural === true,
    stage: s.stage,
    active: ACTIVE.includes(s.stage) || s.stage === 'paused',
    pausedDays: pause ? daysBetween(pause.fromOn, on) : 0,
    tenureMonths: tenureOn(s, on),
    ...(s.youngUntil ? { youngUntil: s.youngUntil } : {}),
    refused: s.stage === 'declined',
  };
}

// ── I6 ──

type Why = 'age' | 'tenure' | 'paused_long' | 'refused' | 'not_active' | 'no_birthday';

export interface NearMiss {
  personId: string;
  sourceCase: string;
  why: Why;
}

export interface I6 {
  on: IsoDate;
  counted: CountedEvent[];
  nearMisses: NearMiss[];
}

/** Another form of support a young teacher had in the year (P05-P08, P17, P18). */
export interface Support {
  personId: string;
  on: IsoDate;
  sourceCase: string;
}

/** Months of a pause after which a cycle no longer counts as support. */
const LONG_PAUSE_MONTHS = 6;

/**
 * I6: age below the limit and tenure below 36 months on the date, and in the year an active cycle (not paused for more than six months)
 * or another form of support. Distinct people, each where his cycle is; the denominator is imported with its date and source.
 */
export function indicatorI6(standings: readonly Standing[], supports: readonly Support[], on: IsoDate): I6 {
  const counted = new Map<string, CountedEvent>();
  const misses = new Map<string, NearMiss>();
  const yearStart = `${on.slice(0, 4)}-01-01`;
  for (const s of standings) {
    const supported = supports.some((x) => x.personId === s.personId && x.on >= yearStart && x.on <= on);
    const why = whyNot(s, on, supported);
    if (why) {
      if (!counted.has(s.personId)) misses.set(s.personId, { personId: s.personId, sourceCase: s.caseId, why });
      continue;
    }
    const { personId, organisationId, municipality, region, caseId } = s;
    if (!counted.has(personId))
      counted.set(personId, { personId, on, organisationId, municipality, region, sourceCase: caseId });
    misses.delete(personId);
  }
  return { on, counted: [...counted.values()], nearMisses: [...misses.values()] };
}

function whyNot(s: Standing, on: IsoDate, supported: boolean): Why | null {
  if (!s.youngUntil) return 'no_birthday';
  if (s.youngUntil <= on) return 'age';
  if (s.tenureMonths >= 36) return 'tenure';
  if (supported && s.stage !== 'left') return null;
  if (s.refused) return 'refused';
  if (!s.active) return 'not_active';
  return s.pausedDays > daysBetween(addMonths(on, -LONG_PAUSE_MONTHS), on) ? 'paused_long' : null;
}

// ── Reports ──

/** Events that say whether a person is still in the profession; all that `stayedOrLeft` reads. */
export const CAREER_EVENTS = [
  'cycle.opened',
  'cycle.imported',
  'person.left',
  'person.returned',
  'person.died',
  'cycle.annulled',
] as const;

type CareerEvent = Pick<StoredEvent, 'type' | 'on' | 'facts'>;

/** Had the person left the profession by the end of the day? Who moved to another region or another post has not. */
export function hasLeft(events: readonly CareerEvent[], on: IsoDate): boolean {
  const last = events.filter((e) => e.on <= on && (CAREER_EVENTS as readonly string[]).includes(e.type)).at(-1);
  return last !== undefined && ['person.left', 'person.died', 'cycle.annulled'].includes(last.type);
}

export interface Stay {
  caseId: string;
  years: 1 | 2 | 3;
  municipality: string;
  rural: boolean;
  stayed: boolean;
}

/** Of those who entered at least `n` years before the date: who had not left the profession `n` years after entering. */
export function stays(
  journals: ReadonlyArray<{ caseId: string; events: readonly CareerEvent[] }>,
  on: IsoDate,
): Stay[] {
  return journals.flatMap(({ caseId, events }) => {
    const [first] = events;
    if (!first) return [];
    const place = first.facts.place as MentoringState['place'];
    return ([1, 2, 3] as const).flatMap((years) => {
      const then = addYears(first.on, years);
      if (then > on) return [];
      const municipality = place.municipality ?? place.authorityId;
      return [{ caseId, years, municipality, rural: place.rural === true, stayed: !hasLeft(events, then) }];
    });
  });
}

/** Is there a pair at work? */
export const hasOpenPair = (s: Pick<MentoringState, 'pair' | 'stage'>): boolean =>
  s.pair !== undefined && !STAGES[s.stage]?.final;

/** Days without a mentor up to a day, and whether there is none now. */
export function vacancyOf(
  s: Pick<MentoringState, 'vacantSince' | 'daysWithoutMentor' | 'stage'>,
  on: IsoDate,
): { days: number; now: boolean } {
  const open = s.vacantSince && s.vacantSince <= on ? daysBetween(s.vacantSince, on) : 0;
  return {
    days: s.daysWithoutMentor + open,
    now: s.vacantSince !== undefined && !STAGES[s.stage]?.final && s.stage !== 'paused',
  };
}

export interface Exit {
  caseId: string;
  on: IsoDate;
  /** Code of the reason; `unknown` where nobody named one. */
  reason: string;
}

/** Who left between two days, with the reason named since. */
export function exits(
  journals: ReadonlyArray<{
    caseId: string;
    events: ReadonlyArray<Pick<StoredEvent, 'type' | 'on' | 'facts' | 'sequence'>>;
  }>,
  from: IsoDate,
  to: IsoDate,
): Exit[] {
  return journals.flatMap(({ caseId, events }) =>
    events
      .filter((e) => e.type === 'person.left' && e.on >= from && e.on <= to)
      .map((left) => {
        const next =
          events.find((e) => e.type === 'person.left' && e.sequence > left.sequence)?.sequence ??
          Number.POSITIVE_INFINITY;
        const named = events.find((e) => e.type === 'exit.surveyed' && e.sequence > left.sequence && e.sequence < next);
        return { caseId, on: left.on, reason: String(named?.facts.reason ?? 'unknown') };
      }),
  );
}

/** Quarters missed in a row while the cycle runs; 0: not at risk. */
export const riskOf = (s: Pick<MentoringState, 'risk' | 'stage'>): number => (ACTIVE.includes(s.stage) ? s.risk : 0);
