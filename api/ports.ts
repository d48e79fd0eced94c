/** What the API needs from the rest of the platform. `main.ts` gives it the real things, tests give it fakes. */
import type { Config } from '../platform/config.ts';
import type { Cases } from '../platform/cases/commands.ts';
import type { References } from '../platform/cases/references.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import type { Pool, Sql } from '../platform/db/pool.ts';
import type { Prisma } from '../platform/db/prisma.ts';
import type { DocumentStore, StoredDocument } from '../platform/documents/store.ts';
import type { Scanner } from '../platform/documents/scanner.ts';
import type { IdentityKeys } from '../platform/identity/secrets.ts';
import type { Logger } from '../platform/log.ts';
import type { Context, PersonActor } from '../processes/kit/types.ts';
import type { ViewerKind } from './visibility.ts';
import type { ActionContract, FactContract } from '../processes/kit/contract.ts';
import type { ChangeFeed } from './changes.ts';
import type { LoadedCase } from './loaded-case.ts';
import type { NotedToday } from './reading-log.ts';

/** The way to cases: every change goes through the engine, every answer is typed. */
export type CaseCommands = Pick<Cases, 'startCase' | 'act' | 'sendFact' | 'reconcileCase' | 'wakeBroadcast'>;

/** Where texts and files are. */
export type Documents = Pick<DocumentStore, 'putJson' | 'putStream' | 'putUpload' | 'discard'> & {
  find(sha256: string): Promise<StoredDocument | undefined>;
};

export interface EngineEvent {
  eventId: string;
  type: string;
  at: string;
  attributes: Record<string, unknown>;
}

export interface EngineRun {
  runId: string;
  status: string;
  startedAt: string | null;
  closedAt: string | null;
  events: EngineEvent[];
  pendingWorkflowTask: { attempts: number; since: string | null; failure: string | null } | null;
  pendingActivities: Array<{ type: string; attempts: number; failure: string | null; since: string | null }>;
}

export interface EngineReader {
  ping(): Promise<boolean>;
  describe(): Promise<{
    address: string;
    namespace: string;
    serverVersion: string | null;
    taskQueue: string;
    pollers: number | null;
    runningWorkflows: number | null;
  }>;
  /** Histories of every run of a workflow, oldest run first, payloads decoded. */
  runs(workflowId: string): Promise<EngineRun[]>;
}

/** Answers that nobody reads before all of them are in. */
export interface Sealed {
  /** Tasks whose result is closed. */
  tasks: string[];
  documents: string[];
  /** Facts of any event that tell of several answers at once. */
  facts: string[];
}

/** The contracts of a process that only the API and the screens know: forms with zod, facts, labels. */
export interface ProcessFace {
  actions: Record<string, ActionContract<any>>;
  facts: Record<string, FactContract<any>>;
  /** Russian words for codes of this process: purposes of deadlines, kinds of tasks, reasons. */
  label(code: string): string | undefined;
  /** Whose case a first act opens and what about, where it is not a programme: a second start of the same finds the first case. */
  reservation?(payload: Record<string, any>, viewerId: string): { applicant: string; object: string };
  /**
   * What the database knows better than the form: whoever starts a case about an organisation does not type its region or kind. Throws a
   * refusal with the field at fault.
   */
  startBody?(body: Record<string, unknown>, known: StartFacts): Record<string, unknown>;
  /** Answers that are closed to everybody until all of them are in. */
  sealed?(state: any): Sealed | null;
  /** What the pages of a case show beyond what every process has. */
  details?(state: any, ctx: Context<any>, see: { kinds: readonly ViewerKind[]; personId: string }): CaseDetails | null;
  /** Title of a draft in the list of drafts, before there is a case. */
  draftTitleRu?(body: Record<string, any>): string;
  /** Lines by which another case shows this one: an agenda its questions. */
  briefRu?(state: any): string[];
  /** What the experts or the rules propose to decide, in words. */
  proposalRu?(state: any, openTasks: string[]): string | null;
  /** The act that the button «Ознакомлен» of a letter is; absent: `familiarise` without a body. */
  familiarisation?(
    template: string,
    params: Record<string, unknown>,
  ): { action: string; body: Record<string, unknown> } | undefined;
  /** Replaces what the browser says of places and the like by what the database knows; also names the jurisdiction of a start. */
  complete?(sql: Pool, action: string, body: Record<string, any>): Promise<{ body: unknown; jurisdiction?: string }>;
  /** Types of the events before which the history is not for this viewer; `null`: all of it is. */
  hidesHistory?(state: any, reader: { personId: string; above: boolean }): string[] | null;
  /** The same as `details`, where it has to be read: events, places, acts. It names the people itself. */
  picture?(of: DetailsOf): Promise<Record<string, unknown>>;
  /** Checks of a whole body beyond its schema, with the parameters of the policy in force. */
  checkBody?(action: string, body: unknown, policy: unknown): Array<{ pointer: string; detail: string }>;
}

export interface DetailsOf {
  sql: Sql;
  loaded: LoadedCase;
  viewer: { personId: string; actor: PersonActor };
  /** Notes that the picture names these people of the case. */
  note(people: Array<string | undefined>): void;
}

/** Data of one process for its screens; ids of people and cases are resolved to names the viewer may know. */
export interface CaseDetails {
  data: Record<string, unknown>;
  people: string[];
  /** Of the people those who are named because of a case of theirs: an agenda's, an exam's. */
  about?: Array<{ personId: string; caseId: string }>;
  cases: string[];
}

/** What is known when a case starts. */
export interface StartFacts {
  action: string;
  personId: string;
  /** Region of the jurisdiction; absent: there is no such jurisdiction. */
  regionCode: string | undefined;
  organisation: { id: string; kind: string; regionCode: string } | undefined;
  /** The organisation named as a centre. */
  centre: { id: string; kind: string; regionCode: string } | undefined;
  /** Is the named person employed by the named organisation today? */
  employed: boolean;
}

export interface ApiDeps {
  config: Pick<Config, 'api' | 'embedded' | 'temporal' | 'timing' | 'session' | 'account' | 'oidc'>;
  identity: IdentityKeys;
  log: Logger;
  sql: Pool;
  prisma: Prisma;
  keys: Keyring;
  references: References;
  cases: CaseCommands;
  documents: Documents;
  engine: EngineReader;
  /** Looks into uploaded files; absent: they are kept unscanned and say so. */
  scanner?: Scanner;
  changes: ChangeFeed;
  /** What has been noted of readings today; absent: the table is asked every time. */
  noted?: NotedToday;
  faces: Record<string, ProcessFace>;
  now(): Date;
  /** Folder of the built screens; absent in tests. */
  webRoot?: string;
  limits?: Partial<Limits>;
}

export interface Limits {
  /** Bytes of a JSON body. */
  json: number;
  /** Bytes of payloads of the engine sent to be decoded at once. */
  codec: number;
  /** Bytes of an uploaded file. */
  file: number;
  /** Bytes of files that one person uploads within 24 hours. */
  filesPerDay: number;
  /** Requests of one session (or address) a minute. */
  perMinute: number;
  /** Sign-ins of one address a minute. */
  signInsPerMinute: number;
}

export const DEFAULT_LIMITS: Limits = {
  json: 1_000_000,
  codec: 16_000_000,
  file: 50_000_000,
  filesPerDay: 2_000_000_000,
  perMinute: 1_200,
  signInsPerMinute: 60,
};
