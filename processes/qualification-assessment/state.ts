/** State of an assessment and its fold. Facts only, read from the events of every past version; who people are is read by their ids. */
import type { IsoDate } from '../kit/dates.ts';
import type { FixedByHand } from '../kit/deadlines.ts';
import { sent, type Outgoing } from '../kit/outbox.ts';
import { foldCase, foldTasks } from '../kit/fold.ts';
import type { Task } from '../kit/task.ts';
import type { StoredEvent } from '../kit/types.ts';
import type { Payer } from './policy.ts';

/** A session the person may choose: what he was shown when the list was made. */
export interface SessionOffer {
  sessionCaseId: string;
  number: string;
  heldOn: IsoDate;
  startsAt: string;
  placeRu: string;
  centreId: string;
  capacity: number;
  /** Seats taken when the list was made; the claim counts again. */
  taken: number;
}

export interface Booking extends SessionOffer {
  confirmed: boolean;
  /** The operator opened the session and these examiners are there. */
  presentIds?: string[];
}

export interface Theory {
  score: number;
  on: IsoDate;
  passed: boolean;
  /** Taken over from this case. */
  from?: string;
}

export interface Practice {
  /** Totals by examiner, in percent of the maximum, in the order of their seats. */
  totals: number[];
  mean: number;
  passed: boolean;
}

export interface Result {
  passed: boolean;
  examOn: IsoDate;
  /** Which part ended the exam. */
  part: 'theory' | 'practice' | 'removed';
  theory?: Theory;
  practice?: Practice;
}

/** What is needed to count the person: where he mainly worked on the day of the exam (3.11). */
export interface Workplace {
  organisationId?: string;
  regionCode: string;
}

export interface Referral {
  employerId: string;
  organisationId: string;
  offeredOn: IsoDate;
}

export interface AssessmentState {
  caseId: string;
  stage: string;
  stageSince: IsoDate;
  formerStage?: string;
  number?: string;
  policyVersionId: string;
  scheme: string;
  /** The person assessed; it is his own case, whoever referred him. */
  initiatorId: string;
  /** Former ids of the same person. */
  formerIds: string[];
  /** Employers of the last years, known once the examiners are checked: nobody of them examines. */
  organisationIds: string[];
  workplace?: Workplace;
  qualification: string;
  region: string;
  centreId: string;
  payer: Payer;
  paid: boolean;
  referral?: Referral;
  /** The person lets whoever paid know the fact of the result. */
  tellsPayer: boolean;
  /** The result is open to the employer. */
  shared: boolean;
  parent?: { caseId: string; key: string };
  /** Returned to the choice of a date not by his own will. */
  priority: boolean;
  documentsFrom?: IsoDate;
  theoryAsked: boolean;
  theory?: Theory;
  listings: number;
  listedAt: number;
  sessions: SessionOffer[];
  queue?: { since: IsoDate; from: IsoDate; why: 'no_seat' | 'no_financed_place'; ahead: number; askedOn?: IsoDate };
  /** Year whose financed place this case holds. */
  financedYear?: string;
  slotFrom?: IsoDate;
  slotReminded: boolean;
  reschedules: number;
  interruptions: number;
  booking?: Booking;
  bookings: number;
  silentSince?: IsoDate;
  missedOn?: IsoDate;
  examiners: {
    /** Whom the platform still has to look at. */
    asked: string[];
    asks: number;
    /** Without conflict, in the order of the draw. */
    eligible: string[];
    excluded: Array<{ personId: string; why: string }>;
    seed?: string;
  };
  examOn?: IsoDate;
  marksCalls: number;
  marksCalledOn?: IsoDate;
  disputed: boolean;
  exhausted: boolean;
  result?: Result;
  /** Number of the protocol sent to the council. */
  protocol?: string;
  /** Everybody who examined or decided: none of them hears a complaint. */
  involved: string[];
  document?: { kind: 'certificate' | 'conclusion'; number: string; on: IsoDate };
  validFrom?: IsoDate;
  validUntil?: IsoDate;
  informedOn?: IsoDate;
  payerInformedOn?: IsoDate;
  /** What the refusal or the result was complained of; the term is over. */
  complaint?: { by: string; kind: 'refusal' | 'result'; on: IsoDate };
  complaintOver: boolean;
  validityReminded: number[];
  revocation?: { openedOn: IsoDate; ground: string; answered: boolean; asked: boolean };
  reissues: number;
  related: Array<{ key: string; caseId?: string }>;
  tasks: Task[];
  taskCount: number;
  outbox: Outgoing[];
  tellings: number;
  moved: Record<string, FixedByHand>;
  outcome?: string;
}

type Facts = Record<string, any>;
type S = AssessmentState;

const OPENING = ['application.submitted', 'referral.offered', 'retake.opened'];

/** Folds one stored event. An unknown type changes nothing, so that an older build reads a newer journal. */
export function evolve(state: S | null, event: StoredEvent, caseId: string): S {
  const f = event.facts as Facts;
  if (OPENING.includes(event.type)) return opened(f, event, caseId);
  if (!state) throw new Error(`Event ${event.type} before the case was opened`);
  let next = foldCase(foldTasks(state, event), event);
  if (f.involve) next = { ...next, involved: [...new Set([...next.involved, ...(f.involve as string[])])] };
  return apply(next, event.type, f, event);
}

function opened(f: Facts, event: StoredEvent, caseId: string): S {
  const admitted = f.to === 'admitted';
  return {
    caseId,
    stage: f.to,
    stageSince: event.on,
    ...(f.number ? { number: f.number } : {}),
    policyVersionId: f.policyVersionId,
    scheme: f.scheme,
    initiatorId: f.personId,
    formerIds: [],
    organisationIds: [],
    qualification: f.qualification,
    region: f.region,
    centreId: f.centreId,
    payer: f.payer,
    paid: f.paid === true,
    ...(f.referral ? { referral: { ...f.referral, offeredOn: event.on } } : {}),
    tellsPayer: f.tellsPayer === true,
    shared: false,
    ...(f.parent ? { parent: f.parent } : {}),
    priority: f.priority === true,
    ...(f.to === 'registered' ? { documentsFrom: event.on } : {}),
    theoryAsked: admitted,
    ...(f.theory ? { theory: f.theory } : {}),
    listings: admitted ? 1 : 0,
    listedAt: 0,
    sessions: [],
    ...(admitted ? { slotFrom: event.on } : {}),
    slotReminded: false,
    reschedules: 0,
    interruptions: 0,
    bookings: 0,
    examiners: { asked: [], asks: 0, eligible: [], excluded: [] },
    marksCalls: 0,
    disputed: false,
    exhausted: false,
    involved: f.involved ?? [],
    complaintOver: false,
    validityReminded: [],
    reissues: 0,
    related: [],
    tasks: [],
    taskCount: 0,
    outbox: [],
    tellings: 0,
    moved: {},
  };
}

/** Back to the choice of a date: the list of sessions is made anew. */
function choosing(s: S, event: StoredEvent, over: Partial<S> = {}): S {
  return {
    ...without(s, 'booking', 'queue', 'silentSince', 'missedOn'),
    listings: s.listings + 1,
    slotFrom: event.on,
    slotReminded: false,
    examiners: { asked: [], asks: s.examiners.asks, eligible: [], excluded: [] },
    ...over,
  };
}

function apply(s: S, type: string, f: Facts, event: StoredEvent): S {
  switch (type) {
    case 'referral.accepted':
      return {
        ...s,
        number: f.number,
        centreId: f.centreId ?? s.centreId,
        tellsPayer: f.tellsPayer === true,
        documentsFrom: event.on,
      };
    case 'theory.looked_up':
      return { ...s, theoryAsked: true, ...(f.theory ? { theory: f.theory } : {}) };
    case 'documents.supplied':
      return { ...s, documentsFrom: event.on };
    case 'admission.refused':
    case 'documents.missing':
      return { ...s, informedOn: event.on };
    case 'applicant.admitted':
      return { ...s, listings: s.listings + 1, slotFrom: event.on };
    case 'sessions.listed':
      return {
        ...s,
        listedAt: f.listing,
        sessions: f.sessions,
        ...(s.queue ? { queue: { ...s.queue, ahead: f.ahead } } : {}),
      };
    case 'sessions.asked':
      return { ...s, listings: s.listings + 1 };
    case 'payment.recorded':
      return { ...s, paid: true };
    case 'payer.changed':
      return { ...s, payer: f.payer, paid: false };
    case 'seat.booked':
      return booked(s, f);
    case 'queue.joined':
      return {
        ...s,
        queue: { since: f.since ?? event.on, from: event.on, why: f.why, ahead: f.ahead ?? 0 },
        slotReminded: false,
      };
    case 'queue.asked':
      return s.queue ? { ...s, queue: { ...s.queue, askedOn: event.on } } : s;
    case 'queue.kept':
      return s.queue ? { ...s, queue: { ...without(s.queue, 'askedOn'), from: event.on } } : s;
    case 'queue.offered':
    case 'quota.renewed':
      return choosing(s, event);
    case 'slot.reminded':
      return { ...s, slotReminded: true };
    case 'seat.confirmed':
      return s.booking ? { ...s, booking: { ...s.booking, confirmed: true } } : s;
    case 'seat.lost':
      return choosing(s, event, { priority: true });
    case 'exam.rescheduled':
      return choosing(s, event, { reschedules: s.reschedules + 1 });
    case 'examiners.named':
      return ask(s, f.personIds);
    case 'substitute.named':
      return { ...ask(s, [f.personId]), exhausted: false };
    case 'examiners.checked':
      return checked(s, f);
    case 'session.opened':
      return {
        ...without(s, 'silentSince'),
        ...(s.booking ? { booking: { ...s.booking, presentIds: f.presentIds } } : {}),
      };
    case 'exam.silent':
      return { ...s, silentSince: event.on };
    case 'exam.missed':
      return { ...s, missedOn: f.on };
    case 'reason.accepted':
      return choosing(s, event);
    case 'exam.started':
      return { ...without(s, 'silentSince'), examOn: event.on, disputed: false, exhausted: false };
    case 'theory.passed':
      return { ...s, theory: { score: f.score, on: event.on, passed: true }, examOn: event.on };
    case 'exam.interrupted':
      return interrupted(s, f);
    case 'theory.failed':
    case 'exam.removed':
    case 'practice.graded':
    case 'practice.settled':
      return { ...s, result: f.result, examOn: f.result.examOn, workplace: s.workplace ?? { regionCode: s.region } };
    case 'marks.called':
      return { ...s, marksCalls: s.marksCalls + 1, marksCalledOn: event.on };
    case 'practice.disputed':
      return { ...s, disputed: true };
    case 'examiners.exhausted':
      return { ...s, exhausted: true };
    case 'protocol.sent':
      return typeof f.protocol === 'string' ? { ...s, protocol: f.protocol } : s;
    case 'exam.voided':
    case 'exam.annulled':
      return without(s, 'result');
    case 'certificate.issued':
    case 'conclusion.issued':
      return issued(s, f, event);
    case 'result.informed':
      return {
        ...s,
        informedOn: f.servedOn,
        ...(paidByEmployer(s) && s.tellsPayer ? { payerInformedOn: f.servedOn } : {}),
      };
    case 'result.final':
      return { ...s, complaintOver: true };
    case 'complaint.filed':
      return { ...s, complaint: { by: f.by, kind: f.kind, on: event.on } };
    case 'appeal.upheld':
      return { ...s, complaintOver: true };
    case 'appeal.admitted':
      return { ...without(s, 'informedOn'), documentsFrom: event.on, complaintOver: false };
    case 'appeal.changed':
    case 'court.changed':
      return {
        ...without(s, 'document', 'validFrom', 'validUntil', 'informedOn', 'payerInformedOn', 'revocation'),
        complaintOver: false,
        ...(s.result ? { result: { ...s.result, passed: f.passed } } : {}),
      };
    case 'appeal.annulled':
    case 'court.annulled':
      return without(s, 'result', 'revocation');
    case 'retake.child_opened':
      return { ...s, related: s.related.map((r) => (r.key === f.key ? { ...r, caseId: f.childCaseId } : r)) };
    case 'validity.reminded':
      return { ...s, validityReminded: [...s.validityReminded, f.months] };
    case 'duplicate.issued':
      return { ...s, reissues: s.reissues + 1 };
    case 'revocation.opened':
      return { ...s, revocation: { openedOn: event.on, ground: f.ground, answered: false, asked: false } };
    case 'revocation.answered':
      return s.revocation ? { ...s, revocation: { ...s.revocation, answered: true, asked: true } } : s;
    case 'revocation.unanswered':
      return s.revocation ? { ...s, revocation: { ...s.revocation, asked: true } } : s;
    case 'revocation.dropped':
      return without(s, 'revocation');
    case 'result.shared':
      return { ...s, shared: true, ...(s.payerInformedOn ? {} : { payerInformedOn: event.on }) };
    case 'result.hidden':
      return { ...s, shared: false };
    case 'centre.transferred':
      return { ...s, centreId: f.centreId };
    case 'person.merged':
      return { ...s, initiatorId: f.personId, formerIds: [...s.formerIds, s.initiatorId] };
    case 'case.told':
      return { ...s, outbox: sent(s.outbox, f.key) };
    case 'deadline.moved':
      return moveDeadline(s, f);
    default:
      return s;
  }
}

function booked(s: S, f: Facts): S {
  return {
    ...without(s, 'slotFrom', 'queue'),
    booking: { ...f.session, confirmed: false },
    bookings: s.bookings + 1,
    priority: false,
    ...(f.financedYear ? { financedYear: f.financedYear } : {}),
    examiners: { asked: [], asks: s.examiners.asks, eligible: [], excluded: [] },
  };
}

function ask(s: S, asked: string[]): S {
  return { ...s, examiners: { ...s.examiners, asked, asks: s.examiners.asks + 1 } };
}

/** A new list of a session replaces the old one; a substitute joins those known already. */
function checked(s: S, f: Facts): S {
  const joined = s.stage === 'in_practice';
  return {
    ...s,
    organisationIds: f.organisationIds,
    workplace: f.workplace,
    examiners: {
      asked: [],
      asks: s.examiners.asks,
      eligible: joined ? [...s.examiners.eligible, ...f.eligible] : f.eligible,
      excluded: joined ? [...s.examiners.excluded, ...f.excluded] : f.excluded,
      seed: f.seed,
    },
    ...(joined && s.booking?.presentIds
      ? { booking: { ...s.booking, presentIds: [...s.booking.presentIds, ...f.eligible] } }
      : {}),
  };
}

/** The same session goes on later, or another one takes the person. */
function interrupted(s: S, f: Facts): S {
  const kept = { ...s, interruptions: s.interruptions + 1, disputed: false, exhausted: false };
  if (!f.session) return kept;
  return { ...booked(kept, f), priority: true };
}

function issued(s: S, f: Facts, event: StoredEvent): S {
  return {
    ...without(s, 'informedOn', 'payerInformedOn'),
    document: { kind: f.kind, number: f.documentNumber, on: event.on },
    complaintOver: false,
    ...(f.validUntil ? { validFrom: f.validFrom, validUntil: f.validUntil, validityReminded: [] } : {}),
  };
}

function moveDeadline(s: S, f: Facts): S {
  const fixedByHand: FixedByHand = { on: f.on, by: f.by, reason: f.reason, previous: f.previous };
  const taskId = /^task:([0-9a-f-]{36}):due$/.exec(f.key)?.[1];
  if (!taskId) return { ...s, moved: { ...s.moved, [f.key]: fixedByHand } };
  return {
    ...s,
    tasks: s.tasks.map((t) =>
      t.id === taskId
        ? {
            ...t,
            fixedByHand,
            reminded: [],
            escalations: 0,
            state: t.state === 'overdue' || t.state === 'escalated' ? 'in_progress' : t.state,
          }
        : t,
    ),
  };
}

function without<T extends object, K extends keyof T>(of: T, ...keys: K[]): T {
  const rest = { ...of };
  for (const key of keys) delete rest[key];
  return rest;
}

export const paidByEmployer = (s: S): boolean => s.referral !== undefined && s.payer === 'employer';

const GONE = ['declined', 'reassigned', 'cancelled', 'voided'];

/** Group of the marks of the present exam. */
export const marksGroup = (s: S): string => `exam:${s.bookings}:${s.interruptions}`;

/** Seats of examiners whose marks count or may still count. */
export function seats(s: S): Task[] {
  return s.tasks.filter((t) => t.kind === 'marks' && t.group === marksGroup(s) && !GONE.includes(t.state));
}

/**
 * Does the case use up a financed place of the year of its exam? A place is given back by who leaves before the exam, not by who did not
 * come; it is one with the claim of the place (`rules/slot.ts`).
 */
export const usesFinancedPlace = (s: Pick<S, 'financedYear' | 'stage' | 'missedOn'>, year: string): boolean =>
  s.financedYear === year && !(['withdrawn', 'lapsed'].includes(s.stage) && s.missedOn === undefined);
