/**
 * State of a mentoring cycle and its fold. One case lives for years: the log itself stays in the events, the state keeps counters of
 * the running quarter and year, what is not confirmed yet, and a short page per finished phase.
 */
import { addDays, daysBetween, type IsoDate } from '../kit/dates.ts';
import type { FixedByHand, Pause } from '../kit/deadlines.ts';
import { foldTasks } from '../kit/fold.ts';
import { isOpen, parseTaskKey, type Task } from '../kit/task.ts';
import type { StoredEvent } from '../kit/types.ts';
import type { Place } from '../hr-events/matrix.ts';
import type { Rights, WorkKind, Year } from './policy.ts';

export interface LogEntry {
  kind: WorkKind;
  on: IsoDate;
  /** Month of service of the cycle, from 1. */
  month: number;
}

/** Entries logged together and not confirmed by the other side yet. */
export interface Batch {
  id: string;
  side: 'mentee' | 'mentor';
  on: IsoDate;
  entries: LogEntry[];
  reminded: boolean;
}

export type Totals = Partial<Record<WorkKind, number>>;

export interface Pair {
  n: number;
  mentorId: string;
  taskId: string;
  since: IsoDate;
  order: { number: string; date: IsoDate };
  external: boolean;
}

/** A finished or running phase: what the year was, under which version and forms. */
export interface Phase {
  year: Year;
  from: IsoDate;
  until?: IsoDate;
  policyVersionId: string;
  forms: { ppn: string; log: string; report: string; conclusion: string };
  totals: Totals;
  quartersMet: number;
  quartersMissed: number;
}

export interface Ppn {
  n: number;
  year: Year;
  document: string;
  form: string;
  on: IsoDate;
  signed: Array<'new_teacher' | 'mentor' | 'curator'>;
}

export interface MentoringState {
  caseId: string;
  stage: string;
  stageSince: IsoDate;
  /** `year_1`…`year_3`: where a vacancy or a leave returns to. */
  formerStage: string;
  number?: string;
  policyVersionId: string;
  /** Rights of the start: class `new_cases`, they never change under a running case. */
  rights: Rights;
  menteeId: string;
  /** The kit's name for the person whose case it is: nobody decides his own. */
  initiatorId: string;
  openedBy: string | null;
  organisationIds: string[];
  place: Place;
  post: string;
  openedOn: IsoDate;
  hiredOn: IsoDate;
  /** Months of tenure before `hiredOn`. */
  credited: number;
  year: Year;
  /** Counted in the indicator of young teachers. */
  counted: boolean;
  /** The day the person reaches the age of the indicator. */
  youngUntil?: IsoDate;
  agedOut: boolean;
  /** Stops of the cycle: leaves, refusals, absence from the profession. */
  pauses: Pause[];
  extension?: { months: number; year: Year; parts: string[]; on: IsoDate };
  /** Months of service closed so far, credited tenure included. */
  monthsClosed: number;
  /** Confirmed work by month of the running quarter. */
  months: Record<string, Totals>;
  totals: Totals;
  quartersMet: number;
  quartersMissed: number;
  /** Quarters missed in a row; 0: not at risk. */
  risk: number;
  batches: Batch[];
  batchCount: number;
  /** Items of the running year that are done. */
  done: string[];
  surveyAsked: boolean;
  gate?: { due: IsoDate; overdue: boolean; calls: number };
  ppn?: Ppn;
  ppnCount: number;
  ppnAgreed: boolean;
  pair?: Pair;
  pairCount: number;
  /** Proposed, and after acceptance waiting for the order. */
  candidate?: { taskId: string; mentorId: string; external: boolean };
  lastMentorId?: string;
  noteDue: boolean;
  search?: { from: IsoDate; calls: number; why: string };
  vacantSince?: IsoDate;
  daysWithoutMentor: number;
  mentorCancelOn?: IsoDate;
  leave?: { kind: string; from: IsoDate; until: IsoDate; named: boolean; calls: number };
  pendingPlace?: Place;
  transferFrom?: Place;
  transferCalls: number;
  historyShared: boolean;
  policyWanted?: { key: string; why: 'gate' | 'leave' };
  policyChecks: number;
  policyOffer?: { policyVersionId: string; forms?: Phase['forms'] };
  early?: { act: string; on: IsoDate };
  exit?: { reason?: string; on: IsoDate; reminded: boolean };
  offers: number;
  exported?: { place: Place; opened: boolean };
  /** What the receiving region goes on with; kept until its case is open. */
  package?: Record<string, unknown>;
  phases: Phase[];
  tasks: Task[];
  taskCount: number;
  moved: Record<string, FixedByHand>;
  outcome?: string;
}

type Facts = Record<string, any>;
type S = MentoringState;

/** Folds one stored event. An unknown type changes nothing, so that an older build reads a newer journal. */
export function evolve(state: S | null, event: StoredEvent, caseId: string): S {
  const f = event.facts as Facts;
  if (event.type === 'cycle.opened') return opened(f, event, caseId);
  if (event.type === 'cycle.imported') return imported(f, event, caseId);
  if (!state) throw new Error(`Event ${event.type} before the case was opened`);
  let next = foldTasks(state, event);
  if (f.endedPair) next = endPair(next, event.on);
  if (typeof f.to === 'string' && f.to !== next.stage) {
    next = { ...next, stage: f.to, stageSince: event.on, moved: {}, ...(f.outcome ? { outcome: f.outcome } : {}) };
  }
  return apply(next, event.type, f, event);
}

const yearStage = (year: Year): string => `year_${year}`;

function base(f: Facts, event: StoredEvent, caseId: string) {
  return {
    caseId,
    stage: f.to,
    stageSince: event.on,
    formerStage: yearStage(f.year),
    number: f.number,
    policyVersionId: f.policyVersionId,
    rights: f.rights,
    menteeId: f.menteeId,
    initiatorId: f.menteeId,
    openedBy: f.openedBy ?? null,
    organisationIds: [f.place.organisationId],
    place: f.place,
    post: f.post,
    openedOn: event.on,
    hiredOn: f.hiredOn,
    credited: f.credited,
    year: f.year,
    counted: f.counted === true,
    ...(f.youngUntil ? { youngUntil: f.youngUntil } : {}),
    agedOut: f.agedOut === true,
    pauses: [],
    monthsClosed: f.monthsClosed,
    months: {},
    totals: {},
    quartersMet: 0,
    quartersMissed: 0,
    risk: 0,
    batches: [],
    batchCount: 0,
    done: [],
    surveyAsked: f.monthsClosed > 0,
    ppnCount: 0,
    ppnAgreed: false,
    pairCount: 0,
    noteDue: false,
    search: { from: event.on, calls: 0, why: event.type },
    vacantSince: event.on,
    daysWithoutMentor: 0,
    transferCalls: 0,
    historyShared: false,
    policyChecks: 0,
    offers: 0,
    phases: [],
    tasks: [],
    taskCount: 0,
    moved: {},
  };
}

function opened(f: Facts, event: StoredEvent, caseId: string): S {
  return base(f, event, caseId) as S;
}

/** The receiving region goes on with the marks of the phase; pairs, tasks and programme are its own. */
function imported(f: Facts, event: StoredEvent, caseId: string): S {
  const { pauses, extension, totals, months, quartersMet, quartersMissed, risk, done, phases, daysWithoutMentor } =
    f.marks;
  return {
    ...base(f, event, caseId),
    pauses,
    ...(extension ? { extension } : {}),
    totals,
    months,
    quartersMet,
    quartersMissed,
    risk,
    done,
    phases,
    daysWithoutMentor,
    historyShared: f.marks.historyShared === true,
    surveyAsked: true,
  } as S;
}

function endPair(s: S, on: IsoDate): S {
  const { pair, mentorCancelOn: _, ...rest } = s;
  return pair ? startVacancy(unsign({ ...rest, lastMentorId: pair.mentorId, noteDue: true }), on) : s;
}

/** A programme still being signed waits for the signature of the next mentor. */
function unsign(s: S): S {
  const { ppn } = s;
  return ppn && ppn.signed.length < 3
    ? { ...s, ppn: { ...ppn, signed: ppn.signed.filter((side) => side !== 'mentor') } }
    : s;
}

const startVacancy = (s: S, on: IsoDate): S => (s.vacantSince ? s : { ...s, vacantSince: on });

function stopVacancy(s: S, on: IsoDate): S {
  if (!s.vacantSince) return s;
  const { vacantSince, ...rest } = s;
  return { ...rest, daysWithoutMentor: s.daysWithoutMentor + Math.max(0, daysBetween(vacantSince, on)) };
}

const pause = (s: S, from: IsoDate, reason: string): S => ({
  ...s,
  pauses: [...s.pauses, { fromOn: from, reason, waitingFor: 'педагога' }],
});

const unpause = (s: S, on: IsoDate): S => ({
  ...s,
  pauses: s.pauses.map((p) => (p.toOn === undefined ? { ...p, toOn: on < p.fromOn ? p.fromOn : on } : p)),
});

const seek = (s: S, on: IsoDate, why: string): S => startVacancy({ ...s, search: { from: on, calls: 0, why } }, on);

function add(a: Totals, kind: WorkKind, n: number): Totals {
  const sum = Math.max(0, (a[kind] ?? 0) + n);
  return { ...a, [kind]: sum };
}

/** First month of the quarter a month of service lies in. */
export const quarterStart = (month: number): number => month - ((month - 1) % 3);

function apply(s: S, type: string, f: Facts, event: StoredEvent): S {
  switch (type) {
    case 'mentor.proposed':
      return { ...s, candidate: { taskId: f.taskId, mentorId: f.mentorId, external: f.external === true } };
    case 'task.declined':
    case 'task.reassigned':
    case 'task.cancelled':
      return s.candidate?.taskId === f.taskId ? unsign(without(s, 'candidate')) : s;
    case 'mentor.appointed': {
      const { candidate: _, search: __, ...rest } = stopVacancy(s, event.on);
      return { ...rest, pair: f.pair, pairCount: f.pair.n };
    }
    case 'mentor.lost':
      // During a leave nobody is looked for: the search begins when it ends.
      if (s.stage === 'paused') return stopVacancy(s, event.on);
      // A candidate who takes his consent back does not start the term anew.
      return f.endedPair ? seek(s, event.on, type) : s;
    case 'mentor.vacated':
      return seek(s, event.on, type);
    case 'mentor.cancel_noticed':
      return { ...s, mentorCancelOn: f.endsOn };
    case 'intake.escalated':
    case 'mentor.search_escalated':
      return s.search ? { ...s, search: { ...s.search, calls: f.call } } : s;
    case 'year.begun':
    case 'year.resumed':
    case 'year.continued':
      // A phase goes on after a vacancy, a leave or a refusal; where there is none yet, the first begins.
      return s.phases.some((p) => p.until === undefined) ? s : beginPhase(s, f, event);
    case 'log.added':
      return {
        ...s,
        batchCount: s.batchCount + 1,
        batches: [...s.batches, { id: f.batch, side: f.side, on: event.on, entries: f.entries, reminded: false }],
      };
    case 'log.confirmed':
      return confirm(s, f.batches);
    case 'log.reminded':
      return { ...s, batches: s.batches.map((b) => (f.batches.includes(b.id) ? { ...b, reminded: true } : b)) };
    case 'log.revoked':
      return revoke(s, f);
    case 'month.closed':
      return { ...s, monthsClosed: f.month };
    case 'quarter.met':
    case 'quarter.cleared':
      return closeQuarter({ ...s, risk: 0, quartersMet: s.quartersMet + 1 }, f.month);
    case 'quarter.missed':
      return closeQuarter({ ...s, risk: f.inARow, quartersMissed: s.quartersMissed + 1 }, f.month);
    case 'content.done':
      return s.done.includes(f.item) || f.year !== s.year ? s : { ...s, done: [...s.done, f.item] };
    case 'survey.asked':
      return { ...s, surveyAsked: true };
    case 'ppn.proposed':
      return {
        ...s,
        ppnCount: f.ppn.n,
        ppn: { ...f.ppn, on: event.on },
      };
    case 'ppn.signed':
      return s.ppn ? { ...s, ppn: { ...s.ppn, signed: [...s.ppn.signed, f.side] } } : s;
    case 'ppn.agreed':
      return { ...s, ppnAgreed: true };
    case 'gate.opened':
      return { ...s, gate: { due: f.due, overdue: false, calls: 0 } };
    case 'gate.overdue':
      return s.gate ? { ...s, gate: { ...s.gate, overdue: true } } : s;
    case 'gate.escalated':
      return s.gate ? { ...s, gate: { ...s.gate, calls: f.call } } : s;
    case 'gate.extended': {
      const { gate: _, ...rest } = s;
      return {
        ...rest,
        moved: {},
        extension: { months: f.months, year: s.year, parts: f.parts, on: event.on },
        done: s.done.filter((code) => !f.repeat.includes(code)),
      };
    }
    case 'gate.passed':
      return turnYear(s, f, event);
    case 'cycle.completed':
    case 'cycle.completed_early':
    case 'cycle.closed_incomplete':
      return endPhase(without(s, 'gate'), event.on);
    case 'early.requested':
      return { ...s, early: { act: f.act, on: event.on } };
    case 'policy.kept':
      return checkedPolicy(s);
    case 'policy.offered':
      return { ...checkedPolicy(s), policyOffer: { policyVersionId: f.policyVersionId, forms: f.forms } };
    case 'policy.moved':
      return movePolicy(without(checkedPolicy(s), 'policyOffer'), f);
    case 'policy.refused':
      return without(s, 'policyOffer');
    case 'leave.started':
      return {
        ...pause(stopVacancy(without(s, 'search'), event.on), f.from, f.leave.kind),
        leave: { ...f.leave, calls: 0 },
        ...(f.pendingPlace ? { pendingPlace: f.pendingPlace } : {}),
      };
    case 'leave.followed':
      return { ...s, leave: { ...f.leave, calls: 0 } };
    case 'leave.asked':
      return s.leave ? { ...s, leave: { ...s.leave, calls: f.call } } : s;
    case 'transfer.noted':
      return { ...s, pendingPlace: f.place };
    case 'leave.ended':
      return resume(unpause(without(s, 'leave'), f.endedOn), event.on, type);
    case 'leave.ended_elsewhere':
      return arrive(resume(unpause(without(s, 'leave'), f.endedOn), event.on, type), f.place);
    case 'transfer.opened':
      return arrive(startVacancy(without(without(s, 'candidate'), 'search'), event.on), f.place);
    case 'transfer.accepted':
    case 'transfer.curator_named':
      return seek({ ...s, transferCalls: 0 }, event.on, type);
    case 'transfer.escalated':
      return { ...s, transferCalls: 0 };
    case 'transfer.called':
      return { ...s, transferCalls: f.call };
    case 'history.shared':
      return { ...s, historyShared: f.consent === true };
    case 'note.handed_over':
      return { ...s, noteDue: false };
    case 'cycle.exported':
      return {
        ...endPhase(idle(s, event.on), event.on),
        exported: { place: f.place, opened: !f.place.jurisdiction },
        ...(f.place.jurisdiction ? { package: f.package } : {}),
      };
    case 'import.opened':
      return s.exported ? { ...without(s, 'package'), exported: { ...s.exported, opened: true } } : s;
    case 'person.left':
      return { ...stopped(s, event.on, f.leftOn, 'left'), exit: { on: event.on, reminded: false } };
    case 'exit.surveyed':
      return s.exit ? { ...s, exit: { ...s.exit, reason: f.reason } } : s;
    case 'exit.reminded':
      return s.exit ? { ...s, exit: { ...s.exit, reminded: true } } : s;
    case 'person.returned':
      return resume(arrive(unpause(s, f.returnedOn), f.place, f.post), event.on, type);
    case 'programme.declined':
      return { ...stopped(s, event.on, event.on, 'declined'), offers: 0 };
    case 'programme.offered':
      return { ...s, offers: f.n };
    case 'programme.accepted':
      return { ...seek(unpause(s, event.on), event.on, type), ppnAgreed: false };
    case 'post.changed':
    case 'person.died':
    case 'cycle.annulled':
    case 'cycle.closed':
      return endPhase(idle(s, event.on), event.on);
    case 'person.aged_out':
      return { ...s, counted: false, agedOut: true };
    case 'school.succeeded':
      return { ...s, place: { ...s.place, ...f.place }, organisationIds: [f.place.organisationId] };
    case 'deadline.moved':
      return moveDeadline(s, f.key, { on: f.on, by: f.by, reason: f.reason, previous: f.previous }, event.on);
    default:
      return s;
  }
}

function beginPhase(s: S, f: Facts, event: StoredEvent): S {
  const phase: Phase = {
    year: s.year,
    from: event.on,
    policyVersionId: f.policyVersionId ?? s.policyVersionId,
    forms: f.forms,
    totals: {},
    quartersMet: 0,
    quartersMissed: 0,
  };
  return { ...s, phases: [...s.phases, phase] };
}

function endPhase(s: S, on: IsoDate): S {
  const { totals, quartersMet, quartersMissed } = s;
  return {
    ...s,
    phases: s.phases.map((p) => (p.until === undefined ? { ...p, until: on, totals, quartersMet, quartersMissed } : p)),
  };
}

/** A gate: the year turns, its page is written, finished tasks leave the state (their rows stay). */
function turnYear(s: S, f: Facts, event: StoredEvent): S {
  const year = (f.year + 1) as Year;
  const { gate: _, ...rest } = endPhase(s, event.on);
  return beginPhase(
    {
      ...rest,
      year,
      formerStage: yearStage(year),
      totals: {},
      quartersMet: 0,
      quartersMissed: 0,
      done: [],
      moved: {},
      ppnAgreed: false,
      tasks: s.tasks.filter((t) => isOpen(t) || !t.finishedOn || t.finishedOn >= addDays(event.on, -1)),
      policyWanted: { key: `policy:gate-${f.year}:${s.policyChecks}`, why: 'gate' },
    },
    f,
    event,
  );
}

function confirm(s: S, ids: string[]): S {
  const quarter = quarterStart(s.monthsClosed + 1);
  let { months, totals } = s;
  for (const batch of s.batches.filter((b) => ids.includes(b.id)))
    for (const { kind, month } of batch.entries) {
      totals = add(totals, kind, 1);
      // A quarter that is closed stays as it was judged; late work counts for the year.
      if (month >= quarter) months = { ...months, [month]: add(months[month] ?? {}, kind, 1) };
    }
  return { ...s, months, totals, batches: s.batches.filter((b) => !ids.includes(b.id)) };
}

function revoke(s: S, f: Facts): S {
  const month = s.months[f.month];
  return {
    ...s,
    totals: add(s.totals, f.kind, -f.count),
    ...(month ? { months: { ...s.months, [f.month]: add(month, f.kind, -f.count) } } : {}),
  };
}

/** Unconfirmed work of the quarter before this one can no longer be confirmed. */
function closeQuarter(s: S, month: number): S {
  const kept = Object.entries(s.months).filter(([m]) => Number(m) > month);
  const since = month - 2;
  return {
    ...s,
    months: Object.fromEntries(kept),
    batches: s.batches.filter((b) => b.entries.some((e) => e.month >= since)),
  };
}

function checkedPolicy(s: S): S {
  return s.policyWanted ? { ...without(s, 'policyWanted'), policyChecks: s.policyChecks + 1 } : s;
}

/** Norms and forms of another version from now on; the page of the running phase names it. */
function movePolicy(s: S, f: Facts): S {
  const phases = s.phases.map((p) =>
    p.until === undefined ? { ...p, policyVersionId: f.policyVersionId as string, forms: f.forms ?? p.forms } : p,
  );
  return { ...s, policyVersionId: f.policyVersionId, phases };
}

/** After a leave or a return: a new programme, a mentor, and the policy of the day offered. */
function resume(s: S, on: IsoDate, why: string): S {
  const next: S = {
    ...s,
    ppnAgreed: false,
    policyWanted: { key: `policy:leave:${s.policyChecks}`, why: 'leave' },
  };
  return next.pair ? next : seek(next, on, why);
}

/** Another school: the body above it and its people change, the phase stays. */
function arrive(s: S, place: Place, post?: string): S {
  const { pendingPlace: _, search: __, ...rest } = s;
  const keep = standingSearch(s);
  return {
    ...rest,
    ...(keep ? { search: keep } : {}),
    transferFrom: s.place,
    place,
    organisationIds: [place.organisationId],
    transferCalls: 0,
    ...(post ? { post } : {}),
  };
}

/** A search goes on in the stages that have one; a transfer begins its own when the school has answered. */
const standingSearch = (s: S) => (s.stage === 'resuming' ? s.search : undefined);

/** Nobody is looked for and nothing is asked any more. */
function idle(s: S, on: IsoDate): S {
  const { search: _, candidate: __, gate: ___, policyOffer: ____, policyWanted: _____, ...rest } = stopVacancy(s, on);
  return rest;
}

function stopped(s: S, on: IsoDate, from: IsoDate, reason: string): S {
  const rest = without(without(idle(s, on), 'leave'), 'pendingPlace');
  // A leave that was running ends here; pauses that touch are one (3.2).
  return pause(unpause(rest, from), from, reason);
}

function moveDeadline(s: S, key: string, fixed: FixedByHand, today: IsoDate): S {
  const taskKey = parseTaskKey(key);
  if (!taskKey) return { ...s, moved: { ...s.moved, [key]: fixed } };
  return {
    ...s,
    tasks: s.tasks.map((t) =>
      t.id === taskKey.taskId ? { ...t, fixedByHand: fixed, reminded: [], remindFrom: today } : t,
    ),
  };
}

function without<K extends keyof S>(s: S, key: K): S {
  const { [key]: _, ...rest } = s;
  return rest as S;
}
