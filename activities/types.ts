/** What the loop of a case and the activities say to each other. Types only: the workflow bundle holds no activity code. */
import type { Command, Denial } from '../processes/kit/types.ts';
import type { Instant } from '../processes/kit/dates.ts';

export type Clock = 'real' | 'skipped';

/** Outstanding machine work as the loop sees it: what it works on stays on the row. */
export interface PendingWork {
  key: string;
  kind: string;
  /** Touches the database only and is quick, so it may run as a local activity. */
  local: boolean;
}

/** All that the loop knows of its case; the rest is on the row. */
export interface Envelope {
  /** False when no case came to be: the first act was refused. */
  exists: boolean;
  sequence: number;
  nextDueAt: Instant | null;
  work: PendingWork[];
  closed: boolean;
}

/** Where a case begins. Everything that is pinned for its life is named here or found at the start. */
export interface StartInfo {
  jurisdiction: string;
  /** Absent: the version in force on the day of the start. */
  policyVersionId?: string;
  /** Absent: the newest calendar. */
  calendarVersion?: string;
  parentCaseId?: string;
  uniqueKey?: string;
  clock: Clock;
}

export interface Accepted {
  ok: true;
  caseId: string;
  sequence: number;
  number?: string;
  stage: string;
  /** Types of the events recorded, in order. */
  events: string[];
  /** The same with their numbers and rows of the table of stages; absent in answers stored before they were kept. */
  entries?: JournalEntry[];
  commandId: string;
}

/** One event as its person is told of it. */
export interface JournalEntry {
  sequence: number;
  type: string;
  row: string;
}

export interface Refused {
  ok: false;
  denial: Denial;
}

export type Reply = Accepted | Refused;

export interface ApplyInput {
  caseId: string;
  process: string;
  /** Absent: only what has fallen due is fired. */
  command?: Command;
  /** Present on the act that may open the case. */
  start?: StartInfo;
  /** The workflow's clock. */
  now: Instant;
  /** What the loop had folded; the answer covers everything after it. */
  knownSequence: number;
  /** Writes the projections again even where the rules say that nothing changed. */
  reconcile?: boolean;
}

export interface ApplyAnswer extends Envelope {
  reply?: Reply;
  /** A rule failed and an administrator sees it; the loop asks again after growing waits. */
  incident?: true;
}

export interface WorkInput {
  caseId: string;
  process: string;
  key: string;
  now: Instant;
  knownSequence: number;
}

export interface CaseActivities {
  applyAction(input: ApplyInput): Promise<ApplyAnswer>;
  performWork(input: WorkInput): Promise<ApplyAnswer>;
}

export interface DeliveryAnswer {
  /** Wall clock instant of the next letter that waits, if any. */
  nextDueAt: Instant | null;
  sent: number;
  failed: number;
}

export interface DeliveryActivities {
  sendNotification(input: { shard: number; shards: number; limit: number }): Promise<DeliveryAnswer>;
}

export interface EmploymentActivities {
  tellEmployment(input: {
    batchId: string;
    limit: number;
  }): Promise<{ told: number; left: number; nextAt: Instant | null }>;
}
