/**
 * The contract every process is written against.
 *
 * A process is pure: it reads its state, a command and a context, and answers with events or a denial. It never reads a clock, a
 * database or the environment, so the same code serves the server, the screens, the documentation and the tests.
 */
import type { NoticeTemplate } from './letter.ts';
import type { ProductionCalendar } from './calendar.ts';
import type { Instant, IsoDate } from './dates.ts';
import type { Due } from './deadlines.ts';
import type { EmploymentEvent, EmploymentFact } from '../hr-events/matrix.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Facts = Record<string, unknown>;

/** What words are made of: also an event of which a reader is shown only a part. */
export interface WordedEvent {
  type: string;
  facts: Facts;
}

/** Role codes of the domain glossary that the running processes use. */
export type Role =
  | 'teacher'
  | 'provider_rep'
  | 'provider_head'
  | 'methodist'
  | 'fed_operator'
  | 'fed_coordinator'
  | 'registry_keeper'
  | 'expert'
  | 'arbiter'
  | 'appeals_member'
  | 'candidate'
  | 'head'
  | 'founder_rep'
  | 'founder_head'
  | 'secretary'
  | 'commission_member'
  | 'chair'
  | 'public_rep'
  | 'new_teacher'
  | 'mentor'
  | 'curator'
  | 'tutor'
  | 'hr_officer'
  | 'centre_operator'
  | 'examiner'
  | 'council'
  | 'employer'
  | 'observer'
  | 'admin'
  | 'dpo';

/** Where an assignment is valid. `case` narrows a role to one case (an expert of a panel). */
export type Scope =
  | { kind: 'self' }
  | { kind: 'organisation'; id: string }
  /** `region code:name`; the schools in it stand beside it once the assignment is read. */
  | { kind: 'municipality'; id: string; organisationIds?: readonly string[] }
  | { kind: 'region'; id: string }
  | { kind: 'jurisdiction'; id: string }
  | { kind: 'country' }
  | { kind: 'case'; id: string };

/** A role somebody holds between two dates by an act; `to` is inclusive, absent = open-ended. */
export interface Assignment {
  role: Role;
  scope: Scope;
  from: IsoDate;
  to?: IsoDate;
  actId?: string;
  /** An acting post (и. о.): held by an act until a day, and said so wherever it is used. */
  acting?: boolean;
}

/**
 * Who acts. `system` acts for deadlines, machine work and facts from outside. The record path loads a person's assignments again
 * before it applies the action, so what the API attached is only a first look.
 */
export type Actor =
  | {
      kind: 'person';
      personId: string;
      organisationIds: string[];
      /** Relatives of this person and of the one he acts for: their cases are as little his as his own. */
      relativeIds?: string[];
      onBehalfOf?: { personId: string; actId: string };
      /** Where the person works whom this one acts for: what he may not decide, his deputy may not decide for him. */
      principalOrganisationIds?: string[];
      assignments: Assignment[];
    }
  | { kind: 'system' };

export type PersonActor = Extract<Actor, { kind: 'person' }>;

/** A request to change a case. `payload` holds only ids and the fields rules need; `personal` holds texts about people. */
export interface Command {
  /** Idempotency key of the change; the same id with the same body gets the stored answer. */
  id: string;
  type: string;
  payload: Facts;
  /** Texts that belong to a person; stored encrypted under that person's key, never in the facts. */
  personal?: PersonalPart;
  actor: Actor;
  /** When the platform received it: received before a deadline means in time. */
  receivedAt: Instant;
  requestId?: string;
}

export interface PersonalPart {
  /** Whose key encrypts it. */
  owner: string;
  data: Record<string, string>;
}

export interface Jurisdiction {
  id: string;
  nameRu: string;
  regionCode: string;
  zone: string;
}

/** Everything a rule may look at besides the state. `now` is the case's own clock (virtual under skipped time). */
export interface Context<P> {
  caseId: string;
  now: Instant;
  /** Local date of `now` in the jurisdiction's zone. */
  today: IsoDate;
  jurisdiction: Jurisdiction;
  calendar: ProductionCalendar;
  policy: P;
  policyVersionId: string;
}

/** An event as a rule proposes it; the record path adds sequence, actor, hash and time. */
export interface NewEvent {
  type: string;
  /** Id of the row of the process table (or of the task and panel tables of the kit) that allowed it. */
  row: string;
  facts: Facts;
  personal?: PersonalPart;
  /** Nominal local date where it differs from the day of recording: a deadline's events carry their own date. */
  on?: IsoDate;
}

/** An event as stored. `facts` of old versions stay readable for ever: `evolve` must accept every shape it ever wrote. */
export interface StoredEvent extends NewEvent {
  sequence: number;
  /** Instant on the case's clock. */
  at: Instant;
  on: IsoDate;
  actor: StoredActor;
}

/** Who did it, as it is recorded: for whom and by which order, and by which act where an acting post was needed for it. */
export interface StoredActor {
  kind: 'person' | 'system';
  personId?: string;
  onBehalfOf?: { personId: string; actId: string };
  acting?: { actId: string };
}

/**
 * Something scarce that an event takes in the same transaction.
 * - `serial`: next gapless number of a series, written into `facts[field]` of the event at `event`.
 * - `unique`: a key nobody else may hold while this case holds it; a lost claim is the given denial.
 * - `quota`: a place under a limit that cases share (a seat of a session, a financed place of a year), held under the id of this case.
 *   Where `open` names a unique key, places are given only while somebody holds it; `others` are named in the denial while they have room.
 * - `serial`: the next number of a series, without gaps. What is printed alike is one series: jurisdictions of one region that share a prefix
 *   share its numbers, one that wants numbers of its own has a prefix of its own in its policy.
 * - `load`: a person's open personal tasks in these roles (experts and arbiters by default) stay within `max`.
 */
export type Claim =
  | { kind: 'serial'; series: string; event: number; field: string; prefix: string; width: number }
  | { kind: 'unique'; scope: string; key: string; denial: Denial }
  | { kind: 'release'; scope: string; key: string }
  | {
      kind: 'quota';
      scope: string;
      max: number;
      open?: { scope: string; key: string };
      denial: Denial;
      /** What else may be taken; those with room are named in the denial. */
      others?: Array<{
        scope: string;
        max: number;
        open?: { scope: string; key: string };
        id: string;
        labelRu: string;
      }>;
    }
  | { kind: 'load'; personId: string; max: number; denial: Denial; roles?: Role[] };

export interface FieldError {
  /** JSON pointer into the payload. */
  pointer: string;
  /** Sentence for a person, in Russian. */
  detail: string;
}

/** A refusal is a value: a code, a sentence, what is possible now, and the fields at fault. */
export interface Denial {
  code: string;
  message: string;
  possible?: string[];
  errors?: FieldError[];
  /** What else could be taken now, where a place was lost to somebody quicker. */
  alternatives?: Array<{ id: string; labelRu: string; free: number }>;
}

/**
 * Events, or a denial. `record` of a denial is written all the same: a late answer is refused politely and kept as a note.
 */
export type Decision =
  | { ok: true; events: NewEvent[]; claims?: Claim[] }
  | { ok: false; denial: Denial; record?: NewEvent[] };

/** What the case waits for; printed beside the date. */
export type WaitingFor =
  | 'applicant'
  | 'operator'
  | 'coordinator'
  | 'expert'
  | 'arbiter'
  | 'appeals'
  | 'commission'
  | 'registry'
  | 'person'
  | 'mentor'
  | 'school'
  | 'authority'
  | 'hr'
  | 'outside'
  | 'system'
  | 'nobody';

/**
 * A date the case has armed. When `at` comes, the record path issues the command `deadline` with this key; the rule must answer
 * with an event after which the key is no longer armed.
 */
export interface ArmedDeadline {
  key: string;
  at: Instant;
  due: Due;
  /** Code of the label that says what happens then. */
  purpose: string;
  waitingFor: WaitingFor;
  /** Shown to people as a term of the case (a reminder is not). */
  visible: boolean;
  taskId?: string;
}

/** Outstanding machine work. The result comes back as a command of the actor `system` with the id `work:<caseId>:<key>`. */
export interface WorkItem {
  key: string;
  kind: string;
  input: Facts;
}

/** One row of a process table: the single source of behaviour, diagram, documentation and test matrix. */
export interface TransitionRow {
  /** `P01-T07`; stable for ever. */
  id: string;
  from: string[] | 'none' | 'any_open';
  /** Command that asks for it: an action of a person, `deadline:<key>`, `fact:<kind>`, `work:<kind>` or `rule` (follows from another row). */
  on: string;
  /** Roles that may ask; empty for the system. */
  roles: Role[];
  /** Named guard in `rules.ts`, in words of the domain. */
  guard?: string;
  to: string | 'same' | 'former';
  /** Event type recorded. */
  event: string;
  /** What happens besides the change of stage; for people. */
  effect: string;
  effectRu: string;
  clause: string;
  /** Policy key that may switch the row off. */
  optional?: string;
}

export interface StageInfo {
  code: string;
  labelRu: string;
  /** What the applicant and the public see. */
  publicLabelRu: string;
  waitingFor: WaitingFor;
  final: boolean;
}

export type TaskState =
  | 'created'
  | 'assigned'
  | 'in_progress'
  | 'overdue'
  | 'escalated'
  | 'on_hold'
  | 'done'
  | 'declined'
  | 'reassigned'
  | 'cancelled'
  | 'voided';

/** One task as the inbox shows it; a row of the table `task`. */
export interface TaskRow {
  id: string;
  kind: string;
  titleRu: string;
  state: TaskState;
  /** A personal task has a person; a task of an office has a role and a scope, and the person who took it. */
  nature: 'personal' | 'office';
  role: Role;
  scope: Scope;
  assigneeId?: string;
  dueOn?: IsoDate;
  dueAt?: Instant;
  late?: boolean;
}

export interface NoticeIntent {
  /** Template code; its texts live in `notifications.ts` of the process. */
  template: string;
  addressee:
    | { kind: 'person'; personId: string }
    | { kind: 'role'; role: Role; scope: Scope }
    | { kind: 'organisation'; organisationId: string; role: Role };
  /** Distinguishes occurrences inside one event; the dedupe key is case + sequence + template + addressee + occurrence. */
  occurrence?: string;
  params: Record<string, string | number | boolean | null>;
  /** May not be muted and asks for familiarisation. */
  legallySignificant: boolean;
}

export interface RegisterWrite {
  register: string;
  /** Immutable number of the entry. */
  number: string;
  status: string;
  version: number;
  facts: Facts;
  validFrom?: IsoDate;
  validUntil?: IsoDate;
  public: boolean;
}

/** Outcome of an expert's personal task, the base of the expert's statistics (domain 3.4.8). */
export interface ExpertRecordWrite {
  taskId: string;
  personId: string;
  outcome: 'done' | 'declined' | 'reassigned' | 'voided' | 'cancelled';
  late: boolean;
  assignedOn?: IsoDate;
  finishedOn?: IsoDate;
  workingDays?: number;
  score?: number;
  panelMean?: number;
}

export interface Participant {
  personId: string;
  role: Role;
}

/** What the case row shows in lists without opening the state. */
export interface CaseSummary {
  titleRu: string;
  number?: string;
  stage: string;
  outcome?: string;
  subjectKind: string;
  subjectId: string;
  applicantOrganisationId?: string;
  applicantRegionCode?: string;
  initiatorId?: string;
  waitingFor: WaitingFor;
  dueOn?: IsoDate;
  closed: boolean;
  paused: boolean;
  /** Set when an act moved the case to another policy version than that of its start. */
  policyVersionId?: string;
  parentCaseId?: string;
}

/** What a person may do now, and why not the rest. */
export interface ActionOffer {
  type: string;
  labelRu: string;
  allowed: boolean;
  /** Sentence when not allowed. */
  whyNot?: string;
  taskId?: string;
  /** Emphasis on the screen. */
  tone?: 'primary' | 'danger' | 'plain';
}

/** A process as the record path, the API and the screens see it. */
export interface ProcessDefinition<S, P> {
  slug: string;
  code: string;
  nameRu: string;
  /** What it is for and where it ends, in a sentence or two for people who see it for the first time. */
  aboutRu: string;
  /** Commands that may open a case. */
  starts: string[];
  table: TransitionRow[];
  stages: Record<string, StageInfo>;
  /** Refuses a policy whose parameters cannot run the process; every message names the parameter. */
  checkPolicy(parameters: unknown): { ok: true; policy: P } | { ok: false; errors: FieldError[] };
  decide(state: S | null, command: Command, ctx: Context<P>): Decision;
  evolve(state: S | null, event: StoredEvent, caseId: string): S;
  deadlines(state: S, ctx: Context<P>): ArmedDeadline[];
  work(state: S): WorkItem[];
  availableActions(state: S, actor: Actor, ctx: Context<P>): ActionOffer[];
  /** Why the actor may do nothing in office here: the case is his own, a relative's, that of his organisation. `null`: he may. */
  segregated(state: S, actor: Actor): { code: string; message: string } | null;
  tasks(state: S, ctx: Context<P>): TaskRow[];
  notices(event: StoredEvent, state: S, ctx: Context<P>): NoticeIntent[];
  /** The letters by the name a notice calls them. */
  templates: Record<string, NoticeTemplate>;
  registers(event: StoredEvent, state: S, ctx: Context<P>): RegisterWrite[];
  /** Outcomes of experts' tasks that this event settles; a later record of the same task replaces the earlier one. */
  expertRecords?(event: StoredEvent, state: S, ctx: Context<P>): ExpertRecordWrite[];
  participants(state: S): Participant[];
  /** The case is about a person: nobody reads it for working in the same organisation or for speaking for it. */
  personal?: boolean;
  /** Its cases are closed: these offices of the jurisdiction alone read them beside the people of the case, and no observer does (3.10). */
  readers?: Role[];
  /** Who is waited for, in the words of this process and in the accusative: its «operator» may be a secretary. */
  waitingRu?: Partial<Record<WaitingFor, string>>;
  summary(state: S, ctx: Context<P>): CaseSummary;
  /** One line of facts an event adds to the words of its row; `null`: those say everything. Reads every shape ever written. */
  eventWords?(event: WordedEvent): string | null;
  /**
   * How an employment event of somebody who is part of this case is told to it (specification 9). `null`: it means nothing here.
   * The rules decide what it does; this only finds the words they understand.
   */
  employmentFact?(event: EmploymentEvent, state: S): EmploymentFact | null;
  /** The first act of a case that an employment event opens by itself; `null`: none, with the reason for the office that sent it. */
  opensOnHire?(event: EmploymentEvent): HiringOpens;
}

export type HiringOpens =
  | { type: string; payload: Facts; reservation: { applicant: string; object: string }; jurisdiction: string }
  | { whyNot: string }
  | null;

export type AnyProcess = ProcessDefinition<any, any>;
