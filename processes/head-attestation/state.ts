/** State of an attestation and its fold. The fold reads facts only, and reads the events of every past version. */
import { derivedId } from '../kit/ids.ts';
import type { IsoDate } from '../kit/dates.ts';
import type { FixedByHand } from '../kit/deadlines.ts';
import { sent, type Outgoing } from '../kit/outbox.ts';
import type { Aggregation, Verdict } from '../kit/panel.ts';
import { foldCase, foldTasks } from '../kit/fold.ts';
import type { Task } from '../kit/task.ts';
import type { StoredEvent } from '../kit/types.ts';
import type { ExemptionKind } from './policy.ts';

export type Variant = 'candidate' | 'planned' | 'extraordinary' | 'retake';
export type Result = 'conform' | 'conform_conditional' | 'not_conform';
/** What is handed to the attestee: the extract of the minutes, the act (or the refusal of admission). */
export type Paper = 'extract' | 'act';

export interface TestState {
  /** The day appointed. */
  on?: IsoDate;
  score?: number;
  testedOn?: IsoDate;
  absent?: boolean;
  /** Case whose result was taken over. */
  from?: string;
  failures: number;
  /** Days of attempts spoilt by a technical failure: the next is on another day. */
  failedOn: IsoDate[];
  repeats: number;
  noShows: number;
  missedOn?: IsoDate;
  reasonShown?: boolean;
}

export interface PanelResult {
  aggregation: Aggregation;
  recommendation: Verdict;
  deficits: string[];
  on: IsoDate;
}

export interface Booking {
  itemKey: string;
  caseId: string;
  heldOn: IsoDate;
  accepted: boolean;
}

export interface Served {
  /** The paper is there since. */
  from: IsoDate;
  servedOn?: IsoDate;
  /** Number of the extract. */
  number?: string;
  calls: number;
  calledOn?: IsoDate;
}

export interface Act {
  kind: Result | 'refused_admission';
  on: IsoDate;
  order?: { number: string; date: IsoDate };
  takenBy: string[];
  final: boolean;
  appealed: boolean;
}

export interface Related {
  key: string;
  variant: Variant;
  plannedOn: IsoDate;
  caseId?: string;
}

export interface Exemption {
  kind: ExemptionKind;
  untilOn?: IsoDate;
  resumeOn?: IsoDate;
  askedOn?: IsoDate;
}

export interface AttestationState {
  caseId: string;
  stage: string;
  stageSince: IsoDate;
  formerStage?: string;
  variant: Variant;
  incumbent: boolean;
  number: string;
  policyVersionId: string;
  /** The attestee: it is his own case. */
  initiatorId: string;
  startedBy?: string;
  organisationId: string;
  organisationIds: string[];
  region: string;
  post: string;
  /** Superiors and relatives named at the start: they vote or sit as founder, never as experts. */
  conflictIds: string[];
  parent?: { caseId: string; key: string };
  failuresBefore: number;
  plannedOn?: IsoDate;
  /** How the date came to be what it is: each event that named, moved or took it, with its day. */
  dates?: Array<{ event: string; on: IsoDate; plannedOn: IsoDate | null }>;
  announcedOn: IsoDate;
  begun: boolean;
  checked: boolean;
  documentsNoted: boolean;
  defectsOn?: IsoDate;
  reminded: string[];
  submission: { filedOn?: IsoDate; familiarisedOn?: IsoDate; calls: number; calledOn?: IsoDate };
  test: TestState;
  panel: number;
  listings: number;
  poolWait: number;
  poolCalls: number;
  poolListedAt: number;
  poolFrom?: IsoDate;
  /** Competences of the pool by the policy of the start. */
  competences: string[];
  extraCompetences: string[];
  regions: Record<string, string>;
  panelAggregation?: Aggregation;
  panelResult?: PanelResult;
  publicOpinion: boolean;
  bookings: number;
  booking?: Booking;
  moves: Array<{ cause: string; heldOn: IsoDate }>;
  overdueSince?: IsoDate;
  /** The next date needs a new notice: the full one, or the short one of a move. */
  notice: 'full' | 'moved';
  compositionAsked: boolean;
  vote?: {
    result: Result;
    on: IsoDate;
    sitting: string;
    inAbsence: boolean;
    takenBy: string[];
    /** As the minutes say it; for the extract. */
    count?: { for: number; against: number; abstained: number };
    members?: number;
    present?: number;
    recused?: number;
  };
  act?: Act;
  served: Partial<Record<Paper, Served>>;
  validFrom?: IsoDate;
  validUntil?: IsoDate;
  entryNumber?: string;
  planSet: boolean;
  checkAsked: boolean;
  related: Related[];
  validityReminded: number[];
  validityOver: boolean;
  noValidFrom?: IsoDate;
  watchedFrom?: IsoDate;
  reapplyOver: boolean;
  exemption?: Exemption;
  reserve: { accepted: boolean; number?: string };
  /** Everybody of a first decision or panel. */
  involved: string[];
  tasks: Task[];
  taskCount: number;
  outbox: Outgoing[];
  tellings: number;
  moved: Record<string, FixedByHand>;
  outcome?: string;
}

type Facts = Record<string, any>;
type S = AttestationState;

const OPENING = ['attestation.scheduled', 'application.submitted', 'attestation.continued'];

/** Folds one stored event. An unknown type changes nothing, so that an older build reads a newer journal. */
export function evolve(state: S | null, event: StoredEvent, caseId: string): S {
  const f = event.facts as Facts;
  if (OPENING.includes(event.type)) return dated(opened(f, event, caseId), event);
  if (!state) throw new Error(`Event ${event.type} before the case was opened`);
  let next = foldCase(foldTasks(state, event), event);
  if (next.stage !== state.stage) next = { ...next, reminded: [] };
  const used = USED[event.type]?.(f);
  if (used && next.moved[used]) next = { ...next, moved: without(next.moved, used) };
  return dated(apply(next, event.type, f, event), event);
}

/** Events by which the schedule rebuilds itself. */
const DATED = new Set([
  ...OPENING,
  'schedule.replanned',
  'attestation.postponed',
  'exemption.updated',
  'exemption.ended',
  'attestation.resumed',
  'sitting.fixed',
  'sitting.moved',
  'sitting.silent',
]);

function dated(s: S, { type, on }: StoredEvent): S {
  if (!DATED.has(type)) return s;
  const last = s.dates?.at(-1);
  const plannedOn = s.plannedOn ?? null;
  // A sitting fixed on the day of the schedule changes nothing.
  if (type === 'sitting.fixed' && last?.plannedOn === plannedOn) return s;
  return { ...s, dates: [...(s.dates ?? []), { event: type, on, plannedOn }] };
}

/** Events after which the same key is armed anew: a date set by hand was for the occurrence that is over. */
const USED: Record<string, (f: Facts) => string> = {
  'decision.not_served': (f) => `familiarise:${f.paper}`,
  'exemption.check_asked': () => 'exemption-check',
  'validity.missing': () => 'no-valid',
  'retake.watched': () => 'child-watch',
  'sitting.moved': () => 'sitting-passed',
  'sitting.refused': () => 'sitting-passed',
  'sitting.silent': () => 'sitting-passed',
};

const emptyTest = (): TestState => ({ failures: 0, failedOn: [], repeats: 0, noShows: 0 });

function opened(f: Facts, event: StoredEvent, caseId: string): S {
  return {
    caseId,
    stage: f.to,
    stageSince: event.on,
    variant: f.variant,
    incumbent: f.variant !== 'candidate',
    number: f.number,
    policyVersionId: f.policyVersionId,
    initiatorId: f.personId,
    ...(f.startedBy ? { startedBy: f.startedBy } : {}),
    organisationId: f.organisationId,
    organisationIds: [f.organisationId],
    region: f.region,
    post: f.post,
    conflictIds: f.conflictIds ?? [],
    ...(f.parent ? { parent: f.parent } : {}),
    failuresBefore: f.failuresBefore ?? 0,
    ...(f.plannedOn ? { plannedOn: f.plannedOn } : {}),
    announcedOn: event.on,
    begun: false,
    checked: false,
    documentsNoted: false,
    reminded: [],
    submission: { calls: 0 },
    test: emptyTest(),
    panel: 1,
    listings: 0,
    poolWait: 0,
    poolCalls: 0,
    poolListedAt: 0,
    competences: f.competences ?? [],
    extraCompetences: [],
    regions: {},
    publicOpinion: false,
    bookings: 0,
    moves: [],
    notice: 'full',
    compositionAsked: false,
    served: {},
    planSet: false,
    checkAsked: false,
    related: [],
    validityReminded: [],
    validityOver: false,
    reapplyOver: false,
    reserve: { accepted: false },
    involved: [],
    tasks: [],
    taskCount: 0,
    outbox: [],
    tellings: 0,
    moved: {},
  };
}

function apply(s: S, type: string, f: Facts, event: StoredEvent): S {
  switch (type) {
    case 'documents.begun':
      return { ...s, begun: true };
    case 'schedule.replanned':
      return { ...s, plannedOn: f.plannedOn, announcedOn: event.on, begun: f.begun };
    case 'checks.confirmed':
      return { ...s, checked: true };
    case 'documents.returned':
      return { ...s, defectsOn: event.on };
    case 'documents.noted':
      return { ...s, documentsNoted: true };
    case 'attestee.reminded':
      return { ...s, reminded: [...s.reminded, f.key] };
    case 'submission.filed':
      return { ...s, submission: { ...without(s.submission, 'familiarisedOn'), filedOn: event.on } };
    case 'submission.familiarised':
      return { ...s, submission: { ...s.submission, familiarisedOn: f.servedOn } };
    case 'submission.missing':
      return { ...s, submission: { ...s.submission, calls: s.submission.calls + 1, calledOn: event.on } };
    case 'test.appointed':
      return { ...s, test: { ...s.test, on: f.testOn } };
    case 'test.recorded':
    case 'test.reused':
      return {
        ...s,
        test: {
          ...cleared(s.test),
          score: f.score,
          testedOn: f.testedOn,
          absent: false,
          ...(f.from ? { from: f.from } : {}),
        },
      };
    case 'test.absent':
      return { ...s, test: { ...cleared(s.test), absent: true, testedOn: event.on } };
    case 'test.repeat_allowed':
      return { ...s, test: { ...without(without(s.test, 'score'), 'testedOn'), repeats: s.test.repeats + 1 } };
    case 'test.technical_failure':
      return { ...s, test: { ...s.test, failures: s.test.failures + 1, failedOn: [...s.test.failedOn, f.testedOn] } };
    case 'test.missed':
      return { ...s, test: { ...s.test, noShows: s.test.noShows + 1, missedOn: f.missedOn, reasonShown: false } };
    case 'test.reason_shown':
      return { ...s, test: { ...s.test, reasonShown: true } };
    case 'test.rescheduled':
      return { ...s, test: { ...cleared(s.test), on: f.testOn } };
    case 'panel.candidates_listed':
      return {
        ...s,
        listings: s.listings + 1,
        poolWait: f.missing > 0 ? s.poolWait || 1 : 0,
        poolListedAt: s.poolCalls,
        regions: { ...s.regions, ...f.regions },
      };
    case 'panel.pool_empty':
      return { ...s, poolWait: 1, poolCalls: 0, poolListedAt: 0, poolFrom: event.on };
    case 'task.nobody_eligible':
      return { ...s, poolCalls: f.call, poolFrom: event.on };
    case 'panel.pool_widened':
      return { ...s, poolWait: 0, extraCompetences: [...s.extraCompetences, ...f.extraCompetences] };
    case 'panel.disagreed':
      return { ...s, panelAggregation: f.aggregation };
    case 'panel.concluded':
    case 'panel.arbitrated':
      return {
        ...s,
        panelResult: {
          aggregation: f.aggregation,
          recommendation: f.recommendation,
          deficits: f.deficits,
          on: event.on,
        },
      };
    case 'panel.voided':
      return f.keepAggregation ? without(s, 'panelResult') : without(without(s, 'panelResult'), 'panelAggregation');
    case 'public_opinion.attached':
      return { ...s, publicOpinion: true };
    case 'sitting.requested':
      return {
        ...s,
        bookings: s.bookings + 1,
        booking: { itemKey: f.itemKey, caseId: f.sittingCaseId, heldOn: f.heldOn, accepted: false },
      };
    case 'sitting.fixed':
      return {
        ...s,
        ...(s.booking ? { booking: { ...s.booking, accepted: true } } : {}),
        plannedOn: f.heldOn,
        announcedOn: event.on,
      };
    case 'sitting.refused':
      return without(s, 'booking');
    case 'sitting.moved':
      return {
        ...without(s, 'booking'),
        moves: [...s.moves, { cause: f.cause, heldOn: f.heldOn }],
        overdueSince: s.overdueSince ?? f.heldOn,
        notice: f.notice,
      };
    case 'sitting.silent':
      return { ...without(s, 'booking'), overdueSince: s.overdueSince ?? f.heldOn };
    case 'composition.change_asked':
      return { ...s, compositionAsked: true };
    case 'composition.changed':
      return { ...s, compositionAsked: false, moves: [] };
    case 'commission.voted':
      return {
        ...without(without(s, 'booking'), 'overdueSince'),
        vote: {
          result: f.result,
          on: f.votedOn,
          sitting: f.sitting,
          inAbsence: f.inAbsence,
          takenBy: f.takenBy,
          count: f.count,
          members: f.members,
          present: f.present,
          recused: f.recused,
        },
      };
    case 'extract.issued':
      return {
        ...s,
        served: { ...s.served, extract: { from: event.on, calls: 0, ...(f.number ? { number: f.number } : {}) } },
      };
    case 'admission.refused':
    case 'test.failed':
    case 'act.conform':
    case 'act.conditional':
    case 'act.not_conform':
    case 'act.closed':
      return withAct(s, f, event);
    case 'decision.familiarised':
      return served(s, f.paper, (p) => ({ ...p, servedOn: f.servedOn }));
    case 'decision.not_served':
      return served(s, f.paper, (p) => ({ ...p, calls: p.calls + 1, calledOn: event.on }));
    case 'plan.set':
      return { ...s, planSet: true };
    case 'plan.check_due':
    case 'plan.noted':
      return { ...s, checkAsked: true };
    case 'reserve.accepted':
      return { ...s, reserve: { ...s.reserve, accepted: true } };
    case 'reserve.entered':
      return { ...s, reserve: { ...s.reserve, number: f.reserveNumber } };
    case 'application.allowed_anew':
      return { ...s, reapplyOver: true };
    case 'decision.final':
    case 'appeal.upheld':
      return s.act ? { ...s, act: { ...s.act, final: true } } : s;
    case 'appeal.filed':
      return s.act ? { ...s, act: { ...s.act, appealed: true } } : s;
    case 'appeal.changed':
    case 'court.changed':
      return withAct(s, f, event);
    case 'appeal.returned':
    case 'court.returned':
      return returned(s, f);
    case 'validity.reminded':
      return { ...s, validityReminded: [...s.validityReminded, f.months] };
    case 'validity.ended':
      return { ...s, validityOver: true, noValidFrom: event.on };
    case 'validity.missing':
      return { ...s, noValidFrom: event.on };
    case 'retake.set':
    case 'retake.watched':
      return { ...s, watchedFrom: event.on };
    case 'child.opened':
      return { ...s, related: s.related.map((r) => (r.key === f.key ? { ...r, caseId: f.childCaseId } : r)) };
    case 'case.told':
      return { ...s, outbox: sent(s.outbox, f.key) };
    case 'attestation.postponed':
    case 'exemption.updated':
    case 'exemption.ended':
      return {
        ...(type === 'attestation.postponed' ? without(s, 'booking') : s),
        exemption: f.exemption,
        ...(f.exemption.resumeOn ? { plannedOn: f.exemption.resumeOn } : {}),
        announcedOn: event.on,
      };
    case 'exemption.check_asked':
      return s.exemption ? { ...s, exemption: { ...s.exemption, askedOn: event.on } } : s;
    case 'attestation.resumed':
      return {
        ...without(s, 'exemption'),
        plannedOn: f.plannedOn,
        announcedOn: event.on,
        begun: false,
        checked: false,
        notice: 'full',
        moves: [],
        // The facts of the former year are old: a new submission is filed.
        submission: { calls: 0 },
        test: {
          ...emptyTest(),
          ...(f.keepTest ? { score: s.test.score, testedOn: s.test.testedOn, absent: s.test.absent } : {}),
        } as TestState,
        ...(f.keepPanel ? {} : { panelResult: undefined, panelAggregation: undefined, panel: s.panel + 1 }),
      } as S;
    case 'school.succeeded':
      return { ...s, organisationId: f.successorId, organisationIds: [f.successorId, ...s.organisationIds] };
    case 'deadline.moved':
      return moveDeadline(s, f);
    default:
      return s;
  }
}

function withAct(s: S, f: Facts, event: StoredEvent): S {
  const act: Act = {
    kind: f.kind,
    on: event.on,
    ...(f.order ? { order: f.order } : {}),
    takenBy: f.takenBy ?? [],
    final: false,
    appealed: false,
  };
  return {
    ...s,
    act,
    ...(f.order || f.kind === 'refused_admission'
      ? { served: { ...s.served, act: { from: event.on, calls: 0 } } }
      : {}),
    ...(f.entryNumber ? { entryNumber: f.entryNumber } : {}),
    ...(f.validUntil ? { validFrom: f.validFrom, validUntil: f.validUntil, validityReminded: [] } : {}),
  };
}

const served = (s: S, paper: Paper, change: (p: Served) => Served): S => {
  const known = s.served[paper];
  return known ? { ...s, served: { ...s.served, [paper]: change(known) } } : s;
};

/** The decision is undone; what was found stays, unless the review begins with the documents. */
function returned(s: S, f: Facts): S {
  const bare = ['act', 'vote', 'booking', 'validUntil', 'validFrom', 'outcome'] as const;
  let next: S = { ...s, served: {}, involved: f.involved, notice: 'full', moves: [], reapplyOver: false };
  for (const key of bare) next = without(next, key);
  if (f.to === 'evaluated') return next;
  return {
    ...without(without(next, 'panelResult'), 'panelAggregation'),
    panel: s.panel + 1,
    begun: false,
    checked: false,
    test: emptyTest(),
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

function cleared(test: TestState): TestState {
  return without(without(test, 'missedOn'), 'reasonShown');
}

function without<T extends object, K extends keyof T>(of: T, key: K): T {
  const { [key]: _, ...rest } = of;
  return rest as T;
}

export const panelGroup = (s: S): string => `panel:${s.panel}`;

const GONE = ['declined', 'reassigned', 'cancelled', 'voided'];

/** Tasks of the present panel whose results count or may still count. */
export function seats(s: S): Task[] {
  return s.tasks.filter((t) => t.group === panelGroup(s) && t.kind === 'review' && !GONE.includes(t.state));
}

export function arbiterSeat(s: S): Task | undefined {
  return s.tasks.find((t) => t.group === panelGroup(s) && t.kind === 'arbitration' && !GONE.includes(t.state));
}

/** Key of the next item this case puts on an agenda. */
export const nextItemKey = (s: S): string => derivedId(s.caseId, `item:${s.bookings + 1}`);
