/** State of a certification case and its fold. The fold reads facts only, and reads the events of every past version. */
import type { IsoDate } from '../kit/dates.ts';
import type { FixedByHand, Pause, Term } from '../kit/deadlines.ts';
import type { Aggregation, Verdict } from '../kit/panel.ts';
import { foldTasks } from '../kit/fold.ts';
import { parseTaskKey, type Task } from '../kit/task.ts';
import type { StoredEvent } from '../kit/types.ts';
import type { ProgrammeFacts } from './programme-rules.ts';

export interface ProgrammeVersion {
  n: number;
  document: string;
  facts: ProgrammeFacts;
  on: IsoDate;
  by: string;
}

/** A term of the stage itself (not of a task): who waits, since when, with what pauses. */
export interface StageTerm {
  term: Term;
  from: IsoDate;
  event: string;
  pauses: Pause[];
}

export interface RoundResult {
  panel: number;
  round: number;
  aggregation: Aggregation;
  /** Verdict of the arbiter of this round, where one was needed. */
  arbiter?: { taskId: string; verdict: Verdict; personId: string };
}

export interface Proposal {
  kind: 'certify' | 'refuse';
  basis: 'panel' | 'arbiter' | 'rounds_used' | 'technical' | 'licence';
}

export interface Entry {
  number: string;
  version: number;
  validFrom: IsoDate;
  validUntil: IsoDate;
  order: { number: string; date: IsoDate };
}

export interface RelatedCase {
  key: string;
  kind: 'change' | 'recertification';
  version: ProgrammeVersion;
  caseId?: string;
  outcome?: string;
}

export interface CertificationState {
  caseId: string;
  stage: string;
  stageSince: IsoDate;
  /** Stage before `suspended` or `appeal`. */
  formerStage?: string;
  variant: 'original' | 'change' | 'recertification';
  parent?: { caseId: string; key: string; entryNumber: string };
  shortened: boolean;
  number?: string;
  policyVersionId: string;
  submittedOn: IsoDate;
  initiatorId: string;
  applicantOrganisationId: string;
  /** The organisation and, after a reorganisation, its predecessors: a conflict with any of them counts. */
  organisationIds: string[];
  applicantRegion: string;
  versions: ProgrammeVersion[];
  returnsUsed: number;
  /** Revision rounds used. */
  roundsUsed: number;
  panel: number;
  round: number;
  newPanelsUsed: number;
  tasks: Task[];
  taskCount: number;
  stageTerm?: StageTerm;
  reminded: string[];
  /** Selection. */
  listings: number;
  poolWait: number;
  poolCalls: number;
  /** Calls already followed by a listing, so that one call asks for one list. */
  poolListedAt: number;
  poolSince?: IsoDate;
  widened: { allowApplicantRegion: boolean; relaxRegions: boolean; extraCompetences: string[] };
  panelComplete: boolean;
  formingOverdue: boolean;
  regions: Record<string, string>;
  objections: number;
  openObjection?: { ordinal: number; taskId: string };
  /** Criteria asked for in the present round; all of them in the first. */
  asked: string[];
  results: RoundResult[];
  /** Remarks the provider has to answer: ids in the order they are shown. */
  remarkIds: string[];
  proposal?: Proposal;
  /** The decision that may be appealed, and its service. */
  decision?: {
    kind: 'certified' | 'refused' | 'delisted';
    on: IsoDate;
    formal: boolean;
    takenBy: string[];
    servedOn?: IsoDate;
    final: boolean;
    appealed: boolean;
  };
  familiarisationCalls: number;
  /** The day of the decision, then of the last call: the next call is counted from it. */
  familiarisationFrom?: IsoDate;
  cooldownOver: boolean;
  entry?: Entry;
  minor?: { version: ProgrammeVersion };
  related: RelatedCase[];
  expiryReminded: number[];
  prolongedUntil?: IsoDate;
  monitoringGood: boolean;
  suspension?: { cause: string; on: IsoDate };
  annulment?: { ground: string; on: IsoDate; answered: boolean; decisionAsked: boolean };
  /** Everybody who took part in a first decision or panel: excluded from the appeal and from a new panel. */
  involved: string[];
  licenceLost: boolean;
  /** `from`: the last review of the stay; the next is counted from it. */
  held?: { on: IsoDate; why: 'stay' | 'criteria_cancelled'; calls: number; from?: IsoDate };
  clock: { pauses: Pause[] };
  /** Deadlines set by an administrator: key → date. */
  moved: Record<string, FixedByHand>;
  outcome?: string;
  toldParent: boolean;
}

type Facts = Record<string, any>;

/** Folds one stored event. An unknown type changes nothing, so that an older build reads a newer journal. */
export function evolve(state: CertificationState | null, event: StoredEvent, caseId: string): CertificationState {
  const f = event.facts as Facts;
  if (event.type === 'application.submitted') return opened(f, event, caseId);
  if (!state) throw new Error(`Event ${event.type} before the case was opened`);
  let next = foldTasks(state, event);
  if (typeof f.to === 'string') next = enterStage(next, f, event);
  return apply(next, event.type, f, event);
}

function opened(f: Facts, event: StoredEvent, caseId: string): CertificationState {
  const version: ProgrammeVersion = { n: 1, document: f.document, facts: f.programme, on: event.on, by: f.initiatorId };
  return {
    caseId,
    stage: f.to,
    stageSince: event.on,
    variant: f.variant ?? 'original',
    ...(f.parent ? { parent: f.parent } : {}),
    shortened: f.shortened === true,
    number: f.number,
    policyVersionId: f.policyVersionId,
    submittedOn: event.on,
    initiatorId: f.initiatorId,
    applicantOrganisationId: f.programme.providerId,
    organisationIds: [f.programme.providerId],
    applicantRegion: f.programme.providerRegion,
    versions: [version],
    returnsUsed: 0,
    roundsUsed: 0,
    panel: 0,
    round: 0,
    newPanelsUsed: 0,
    tasks: [],
    taskCount: 0,
    reminded: [],
    listings: 0,
    poolWait: 0,
    poolCalls: 0,
    poolListedAt: 0,
    widened: { allowApplicantRegion: false, relaxRegions: false, extraCompetences: [] },
    panelComplete: false,
    formingOverdue: false,
    regions: {},
    objections: 0,
    asked: [],
    results: [],
    remarkIds: [],
    familiarisationCalls: 0,
    cooldownOver: false,
    related: [],
    expiryReminded: [],
    monitoringGood: true,
    involved: [],
    licenceLost: false,
    clock: { pauses: [] },
    moved: {},
    toldParent: false,
  };
}

function enterStage(state: CertificationState, f: Facts, event: StoredEvent): CertificationState {
  if (f.to === state.stage) return state;
  const { stageTerm: _, ...rest } = state;
  return {
    ...rest,
    stage: f.to,
    stageSince: event.on,
    reminded: [],
    ...(f.stageTerm ? { stageTerm: { term: f.stageTerm, from: event.on, event: event.type, pauses: [] } } : {}),
    ...(f.former ? { formerStage: f.former } : {}),
    ...(f.outcome ? { outcome: f.outcome } : {}),
    ...(f.proposal ? { proposal: f.proposal } : {}),
    clock: clockAt(state, f.to, event.on),
    // A date set by hand belongs to the stage it was set in.
    moved: {},
  };
}

/** The authority's clock stands while the applicant works on the programme; who was waiting is kept for statistics. */
function clockAt(state: CertificationState, to: string, on: IsoDate): CertificationState['clock'] {
  const waits = to === 'returned' || to === 'revision';
  const open = state.clock.pauses.find((p) => p.toOn === undefined);
  if (waits && !open) return { pauses: [...state.clock.pauses, { fromOn: on, reason: to, waitingFor: 'applicant' }] };
  if (!waits && open && open.waitingFor === 'applicant')
    return { pauses: state.clock.pauses.map((p) => (p === open ? { ...p, toOn: on } : p)) };
  return state.clock;
}

const addVersion = (s: CertificationState, f: Facts, event: StoredEvent): CertificationState => ({
  ...s,
  versions: [
    ...s.versions,
    { n: s.versions.length + 1, document: f.document, facts: f.programme, on: event.on, by: f.by },
  ],
});

const withResult = (s: CertificationState, result: RoundResult): CertificationState => ({
  ...s,
  results: [...s.results.filter((r) => r.panel !== result.panel || r.round !== result.round), result],
});

function apply(s: CertificationState, type: string, f: Facts, event: StoredEvent): CertificationState {
  switch (type) {
    case 'application.resubmitted': {
      const next = addVersion(s, f, event);
      return f.to === 'under_expertise' ? { ...next, round: s.round + 1, asked: f.asked } : next;
    }
    case 'technical.returned':
      return { ...s, returnsUsed: s.returnsUsed + 1 };
    case 'applicant.reminded':
      return { ...s, reminded: [...s.reminded, f.key] };
    case 'technical.completed':
      return newPanel(s);
    case 'expertise.breach_found':
      return { ...newPanel(s), newPanelsUsed: s.newPanelsUsed + 1, involved: f.involved };
    case 'appeal.returned':
      return {
        ...newPanel(s),
        involved: f.involved,
        decision: undefined,
        proposal: undefined,
        // The first decision is gone: the case has no outcome again.
        outcome: undefined,
      } as unknown as CertificationState;
    case 'panel.candidates_listed':
      return {
        ...s,
        listings: s.listings + 1,
        poolWait: f.missing > 0 ? s.poolWait || 1 : 0,
        poolListedAt: s.poolCalls,
        regions: { ...s.regions, ...f.regions },
      };
    case 'panel.pool_empty':
      return { ...s, poolWait: 1, poolCalls: 0, poolListedAt: 0, poolSince: event.on };
    case 'task.nobody_eligible':
      return f.call > 0
        ? { ...used(s, `pool:${f.call}`), poolCalls: f.call, poolSince: event.on }
        : { ...s, poolCalls: 0 };
    case 'panel.pool_widened':
      return {
        ...s,
        poolWait: 0,
        widened: {
          allowApplicantRegion: s.widened.allowApplicantRegion || f.allowApplicantRegion === true,
          relaxRegions: s.widened.relaxRegions || f.relaxRegions === true,
          extraCompetences: [...s.widened.extraCompetences, ...(f.extraCompetences ?? [])],
        },
      };
    case 'panel.completed':
      return { ...s, panelComplete: true, round: s.round === 0 ? 1 : s.round };
    case 'panel.forming_overdue':
      return { ...s, formingOverdue: true };
    case 'panel.objected':
      return { ...s, objections: s.objections + 1, openObjection: { ordinal: f.ordinal, taskId: f.taskId } };
    case 'panel.objection_decided': {
      const { openObjection: _, ...rest } = s;
      return rest;
    }
    case 'expertise.approved':
    case 'expertise.rejected':
    case 'expertise.disagreed':
    case 'expertise.rounds_used':
      return withResult(s, f.result);
    case 'expertise.revision_asked':
      return { ...withResult(s, f.result), roundsUsed: s.roundsUsed + 1, remarkIds: f.remarkIds };
    case 'expertise.arbiter_stands':
      return f.to === 'revision'
        ? { ...withResult(s, f.result), roundsUsed: s.roundsUsed + 1, remarkIds: f.remarkIds }
        : withResult(s, f.result);
    case 'arbitration.approved':
    case 'arbitration.rejected':
    case 'arbitration.rounds_used':
      return withResult(s, f.result);
    case 'arbitration.revision_asked':
      return { ...withResult(s, f.result), roundsUsed: s.roundsUsed + 1, remarkIds: f.remarkIds };
    case 'arbitration.voided':
      return {
        ...s,
        results: s.results.map((r) =>
          r.arbiter?.taskId === f.taskId ? { panel: r.panel, round: r.round, aggregation: r.aggregation } : r,
        ),
      };
    case 'remarks.merged':
      return { ...s, remarkIds: (f.remarkIds as string[][]).flat() };
    case 'licence.lost':
      // A panel that had approved no longer matters: the refusal is a formal one.
      return { ...s, licenceLost: true, proposal: f.proposal };
    case 'programme.certified':
    case 'appeal.changed':
      return {
        ...s,
        ...(f.entry ? { entry: { ...f.entry, number: f.entryNumber } } : {}),
        decision: { kind: 'certified', on: event.on, formal: false, takenBy: f.takenBy, final: true, appealed: false },
        expiryReminded: [],
      };
    case 'programme.incorporated':
      return {
        ...s,
        decision: { kind: 'certified', on: event.on, formal: false, takenBy: f.takenBy, final: true, appealed: false },
      };
    case 'programme.refused':
      return {
        ...s,
        decision: {
          kind: 'refused',
          on: event.on,
          formal: f.formal === true,
          takenBy: f.takenBy,
          final: false,
          appealed: false,
        },
        familiarisationCalls: 0,
        familiarisationFrom: event.on,
        cooldownOver: false,
      };
    case 'entry.delisted':
      return {
        ...settled(s),
        decision: {
          kind: 'delisted',
          on: event.on,
          formal: true,
          takenBy: f.takenBy ?? [],
          final: false,
          appealed: false,
        },
        familiarisationCalls: 0,
        familiarisationFrom: event.on,
        cooldownOver: true,
      };
    case 'decision.familiarised':
    case 'decision.served':
      return s.decision ? { ...s, decision: { ...s.decision, servedOn: f.servedOn } } : s;
    case 'decision.not_served':
      return {
        ...used(s, 'familiarisation'),
        familiarisationCalls: s.familiarisationCalls + 1,
        familiarisationFrom: event.on,
      };
    case 'decision.final':
    case 'appeal.upheld':
      return s.decision ? { ...s, decision: { ...s.decision, final: true } } : s;
    case 'appeal.filed':
      return s.decision ? { ...s, decision: { ...s.decision, appealed: true } } : s;
    case 'application.allowed_anew':
      return { ...s, cooldownOver: true };
    case 'change.minor_requested':
      return {
        ...s,
        minor: {
          version: { n: s.versions.length + 1, document: f.document, facts: f.programme, on: event.on, by: f.by },
        },
      };
    case 'change.minor_confirmed':
      return s.minor && s.entry
        ? {
            ...without(s, 'minor'),
            versions: [...s.versions, s.minor.version],
            entry: { ...s.entry, version: f.version },
          }
        : s;
    case 'change.minor_rejected':
      return without(s, 'minor');
    case 'change.substantial_requested':
    case 'recertification.requested':
      return {
        ...s,
        related: [
          ...s.related,
          {
            key: f.key,
            kind: f.kind,
            version: { n: 0, document: f.document, facts: f.programme, on: event.on, by: f.by },
          },
        ],
      };
    case 'child.opened':
      return { ...s, related: s.related.map((r) => (r.key === f.key ? { ...r, caseId: f.childCaseId } : r)) };
    case 'child.ended':
      return closeRelated(s, f);
    case 'change.incorporated':
      return incorporate(closeRelated(s, f), f, event);
    case 'entry.renewed': {
      const next = incorporate(closeRelated(s, f), f, event);
      if (!next.entry) return next;
      const entry = { ...next.entry, validFrom: f.validFrom, validUntil: f.validUntil };
      // A suspended entry comes back as one whose term has just begun.
      return { ...next, entry, expiryReminded: [], ...(s.stage === 'suspended' ? { formerStage: 'certified' } : {}) };
    }
    case 'entry.expiring':
    case 'entry.expiry_reminded':
      return { ...s, expiryReminded: [...s.expiryReminded, f.days] };
    case 'entry.prolonged':
      return { ...s, prolongedUntil: f.until };
    case 'entry.expired':
      return settled(f.childKey ? closeRelated(s, f) : s);
    case 'entry.suspended':
      return { ...s, suspension: { cause: f.cause, on: event.on } };
    case 'entry.restored':
      return without(s, 'suspension');
    case 'annulment.opened':
      return {
        ...used(s, 'annulment-answer'),
        annulment: { ground: f.ground, on: event.on, answered: false, decisionAsked: false },
      };
    case 'annulment.answered':
    case 'annulment.unanswered':
      return s.annulment
        ? { ...s, annulment: { ...s.annulment, answered: type === 'annulment.answered', decisionAsked: true } }
        : s;
    case 'annulment.dismissed':
      return without(s, 'annulment');
    case 'entry.annulled':
      return settled(s);
    case 'monitoring.recorded':
      return { ...s, monitoringGood: f.good === true };
    case 'provider.succeeded':
      return {
        ...s,
        applicantOrganisationId: f.successorId,
        organisationIds: [...s.organisationIds, f.successorId],
        applicantRegion: f.successorRegion,
      };
    case 'court.stayed':
      return hold(s, f.why, event.on);
    case 'court.stay_reviewed':
      return s.held ? { ...used(s, 'court-stay'), held: { ...s.held, calls: s.held.calls + 1, from: event.on } } : s;
    case 'court.resumed':
      return release(s, event.on);
    case 'application.withdrawn':
      return s.held ? release(s, event.on) : s;
    case 'policy.repinned':
      return {
        ...release(s, event.on),
        policyVersionId: f.policyVersionId,
        asked: f.asked,
        // What was concluded in this round rests on criteria that are gone, the arbiter's verdict too.
        ...(s.stage === 'under_expertise'
          ? { results: s.results.filter((r) => r.panel !== s.panel || r.round !== s.round) }
          : {}),
      };
    case 'deadline.moved':
      return moveDeadline(s, f.key, { on: f.on, by: f.by, reason: f.reason, previous: f.previous }, event.on);
    case 'parent.told':
      return { ...s, toldParent: true };
    default:
      return s;
  }
}

/** A date set by hand: of a task, whose reminders then follow it, or of the stage. */
function moveDeadline(s: CertificationState, key: string, fixed: FixedByHand, today: IsoDate): CertificationState {
  const taskKey = parseTaskKey(key);
  if (!taskKey) return { ...s, moved: { ...s.moved, [key]: fixed } };
  return {
    ...s,
    tasks: s.tasks.map((t) =>
      t.id === taskKey.taskId ? { ...t, fixedByHand: fixed, reminded: [], remindFrom: today } : t,
    ),
  };
}

function newPanel(s: CertificationState): CertificationState {
  return {
    ...s,
    panel: s.panel + 1,
    round: 0,
    roundsUsed: 0,
    panelComplete: false,
    formingOverdue: false,
    poolWait: 0,
    poolCalls: 0,
    objections: 0,
    asked: [],
    remarkIds: [],
    proposal: undefined,
    openObjection: undefined,
  } as unknown as CertificationState;
}

/** A date moved by hand is used up once it has come, or its subject begins anew. */
function used(s: CertificationState, key: string): CertificationState {
  if (!(key in s.moved)) return s;
  const { [key]: _, ...moved } = s.moved;
  return { ...s, moved };
}

/** What was asked about an entry ends together with it. */
function settled(s: CertificationState): CertificationState {
  return without(without(s, 'annulment'), 'minor');
}

function closeRelated(s: CertificationState, f: Facts): CertificationState {
  return { ...s, related: s.related.map((r) => (r.key === f.childKey ? { ...r, outcome: f.childOutcome } : r)) };
}

function incorporate(s: CertificationState, f: Facts, event: StoredEvent): CertificationState {
  const version: ProgrammeVersion = {
    n: s.versions.length + 1,
    document: f.document,
    facts: f.programme,
    on: event.on,
    by: s.initiatorId,
  };
  return s.entry ? { ...s, versions: [...s.versions, version], entry: { ...s.entry, version: f.version } } : s;
}

function hold(s: CertificationState, why: 'stay' | 'criteria_cancelled', on: IsoDate): CertificationState {
  const pause: Pause = { fromOn: on, reason: why, waitingFor: 'outside' };
  return {
    ...s,
    held: { on, why, calls: 0 },
    clock: { pauses: [...s.clock.pauses, pause] },
    ...(s.stageTerm ? { stageTerm: { ...s.stageTerm, pauses: [...s.stageTerm.pauses, pause] } } : {}),
  };
}

function release(s: CertificationState, on: IsoDate): CertificationState {
  const close = (p: Pause): Pause => (p.toOn === undefined && p.waitingFor === 'outside' ? { ...p, toOn: on } : p);
  return {
    ...without(s, 'held'),
    clock: { pauses: s.clock.pauses.map(close) },
    ...(s.stageTerm ? { stageTerm: { ...s.stageTerm, pauses: s.stageTerm.pauses.map(close) } } : {}),
  };
}

function without<K extends keyof CertificationState>(s: CertificationState, key: K): CertificationState {
  const { [key]: _, ...rest } = s;
  return rest as CertificationState;
}

/** The version under examination, or in force. */
export function currentVersion(s: CertificationState): ProgrammeVersion {
  const last = s.versions.at(-1);
  if (!last) throw new Error(`Case ${s.caseId} has no version`);
  return last;
}

export const panelGroup = (s: CertificationState): string => `panel:${s.panel}/round:${Math.max(1, s.round)}`;
export const arbiterGroup = (s: CertificationState): string => `${panelGroup(s)}/arbiter`;

/** Tasks of the present round whose results count or may still count. */
export function seats(s: CertificationState): Task[] {
  return s.tasks.filter(
    (t) =>
      t.group === panelGroup(s) &&
      t.kind === 'review' &&
      !['declined', 'reassigned', 'cancelled', 'voided'].includes(t.state),
  );
}

/** The head of the panel: the expert with the lowest number who still holds a seat. */
export function leadOf(s: CertificationState): Task | undefined {
  return seats(s).sort((a, b) => a.ordinal - b.ordinal)[0];
}

export function arbiterSeat(s: CertificationState): Task | undefined {
  return s.tasks.find(
    (t) =>
      t.group === arbiterGroup(s) &&
      t.kind === 'arbitration' &&
      !['declined', 'reassigned', 'cancelled', 'voided'].includes(t.state),
  );
}
