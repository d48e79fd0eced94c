/**
 * What cycles add up to: indicator I6 and the reports of P04, counted from the recorded events and nothing else (domain 3.11, 6).
 *
 * Pure: journals of cases come in, numbers go out with the list of people behind each, so that a number opens to its cases.
 */
import { addMonths, addYears, daysBetween, type IsoDate } from '../kit/dates.ts';
import type { StoredEvent } from '../kit/types.ts';
import { ACTIVE, STAGES } from './stages.ts';
import { evolve, type MentoringState } from './state.ts';

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
  if (!s) return null;
  const pause = s.pauses.find((p) => p.fromOn <= on && (p.toOn === undefined || p.toOn > on));
  return {
    caseId: journal.caseId,
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

export interface CountedEvent {
  personId: string;
  on: IsoDate;
  organisationId: string;
  municipality: string;
  region: string;
  sourceCase: string;
}

export interface NearMiss {
  personId: string;
  sourceCase: string;
  why: 'age' | 'tenure' | 'paused_long' | 'refused' | 'not_active' | 'no_birthday';
}

export interface I6 {
  on: IsoDate;
  numerator: number;
  denominator: number | null;
  /** Percent with one decimal; `null` without a denominator. */
  percent: number | null;
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
 * or another form of support. Distinct people; the denominator is imported with its date and source, never counted here.
 */
export function indicatorI6(journals: Journal[], supports: Support[], on: IsoDate, denominator: number | null): I6 {
  const counted = new Map<string, CountedEvent>();
  const misses = new Map<string, NearMiss>();
  const yearStart = `${on.slice(0, 4)}-01-01`;
  for (const journal of journals) {
    const s = standingOn(journal, on);
    if (!s) continue;
    const supported = supports.some((x) => x.personId === s.personId && x.on >= yearStart && x.on <= on);
    const why = whyNot(s, on, supported);
    if (why) {
      if (!counted.has(s.personId)) misses.set(s.personId, { personId: s.personId, sourceCase: s.caseId, why });
      continue;
    }
    const { personId, organisationId, municipality, region, caseId } = s;
    counted.set(personId, { personId, on, organisationId, municipality, region, sourceCase: caseId });
    misses.delete(personId);
  }
  const numerator = counted.size;
  return {
    on,
    numerator,
    denominator,
    percent: denominator ? Math.round((numerator / denominator) * 1000) / 10 : null,
    counted: [...counted.values()],
    nearMisses: [...misses.values()],
  };
}

function whyNot(s: Standing, on: IsoDate, supported: boolean): NearMiss['why'] | null {
  if (!s.youngUntil) return 'no_birthday';
  if (s.youngUntil <= on) return 'age';
  if (s.tenureMonths >= 36) return 'tenure';
  if (supported && s.stage !== 'left') return null;
  if (s.refused) return 'refused';
  if (!s.active) return 'not_active';
  return s.pausedDays > daysBetween(addMonths(on, -LONG_PAUSE_MONTHS), on) ? 'paused_long' : null;
}

// ── Reports ──

export interface Retention {
  years: 1 | 2 | 3;
  municipality: string;
  rural: boolean;
  entered: number;
  stayed: number;
  percent: number;
}

/** Of those who entered at least `n` years before the date: who had not left the profession `n` years after entering. */
export function retention(journals: Journal[], on: IsoDate): Retention[] {
  const rows = new Map<string, Retention>();
  for (const journal of journals) {
    const [first] = journal.events;
    if (!first) continue;
    for (const years of [1, 2, 3] as const) {
      const then = addYears(first.on, years);
      if (then > on) continue;
      const s = standingOn(journal, then);
      const entered = standingOn(journal, first.on);
      if (!s || !entered) continue;
      const key = `${years}|${entered.municipality}|${entered.rural}`;
      const row = rows.get(key) ?? {
        years,
        municipality: entered.municipality,
        rural: entered.rural,
        entered: 0,
        stayed: 0,
        percent: 0,
      };
      row.entered++;
      const state = stateOn(journal, then);
      // Who moved to another region or another post has not left the profession.
      const gone = s.stage === 'left' || (s.stage === 'closed' && state?.exit !== undefined) || s.stage === 'cancelled';
      if (!gone) row.stayed++;
      row.percent = Math.round((row.stayed / row.entered) * 1000) / 10;
      rows.set(key, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.municipality.localeCompare(b.municipality, 'ru') || a.years - b.years);
}

/** Open pairs of each mentor on a day, the most loaded first. */
export function mentorLoad(
  journals: Journal[],
  on: IsoDate,
): Array<{ mentorId: string; pairs: number; cases: string[] }> {
  const load = new Map<string, string[]>();
  for (const journal of journals) {
    const s = stateOn(journal, on);
    if (!s?.pair || STAGES[s.stage]?.final) continue;
    load.set(s.pair.mentorId, [...(load.get(s.pair.mentorId) ?? []), journal.caseId]);
  }
  return [...load.entries()]
    .map(([mentorId, cases]) => ({ mentorId, pairs: cases.length, cases }))
    .sort((a, b) => b.pairs - a.pairs || (a.mentorId < b.mentorId ? -1 : 1));
}

/** Days without a mentor up to a day: by case, with those that lack one now first. */
export function withoutMentor(journals: Journal[], on: IsoDate): Array<{ caseId: string; days: number; now: boolean }> {
  return journals
    .flatMap((journal) => {
      const s = stateOn(journal, on);
      if (!s) return [];
      const open = s.vacantSince && s.vacantSince <= on ? daysBetween(s.vacantSince, on) : 0;
      const days = s.daysWithoutMentor + open;
      return days > 0
        ? [{ caseId: journal.caseId, days, now: s.vacantSince !== undefined && !STAGES[s.stage]?.final }]
        : [];
    })
    .sort((a, b) => Number(b.now) - Number(a.now) || b.days - a.days);
}

/** Reasons people named when they left, and how many named none. */
export function reasonsOfLeaving(journals: Journal[], from: IsoDate, to: IsoDate): Record<string, number> {
  const reasons: Record<string, number> = {};
  for (const { events } of journals) {
    for (const left of events.filter((e) => e.type === 'person.left' && e.on >= from && e.on <= to)) {
      const next =
        events.find((e) => e.type === 'person.left' && e.sequence > left.sequence)?.sequence ??
        Number.POSITIVE_INFINITY;
      const named = events.find((e) => e.type === 'exit.surveyed' && e.sequence > left.sequence && e.sequence < next);
      const reason = String(named?.facts.reason ?? 'unknown');
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
  }
  return reasons;
}

/** Cases at risk on a day, the longest first: the curator's weekly list. */
export function atRisk(
  journals: Journal[],
  on: IsoDate,
): Array<{ caseId: string; organisationId: string; quarters: number }> {
  return journals
    .flatMap((journal) => {
      const s = stateOn(journal, on);
      const live = s && s.risk > 0 && ACTIVE.includes(s.stage);
      return live ? [{ caseId: journal.caseId, organisationId: s.place.organisationId, quarters: s.risk }] : [];
    })
    .sort((a, b) => b.quarters - a.quarters);
}
