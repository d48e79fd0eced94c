import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Envelope, Reply, StartInfo } from '../activities/types.ts';
import type { Instant } from '../processes/kit/dates.ts';
import type { Command, Facts, PersonalPart } from '../processes/kit/types.ts';

/** The one input of a first start, a continue-as-new, an upgrade and a rebuild from the row. */
export interface CaseStart {
  caseId: string;
  process: string;
  /** What the former run knew. Absent in a first start and in a rebuild, which asks the row. */
  envelope?: Envelope;
  /** The act that opens the case. */
  open?: { command: Command; start: StartInfo };
  /** Instant on the case's clock before which the case is not opened: rehearsals and their related cases begin in the future. */
  openAt?: Instant;
}

/** A fact from outside: a licence lost, a complaint, a court act, an answer of a related case. */
export interface FactMessage {
  /** The same fact sent twice counts once for a case. */
  factId: string;
  kind: string;
  payload: Facts;
  personal?: PersonalPart;
  requestId?: string;
}

/** A person acts and gets an answer. */
export const actUpdate = defineUpdate<Reply, [Command]>('act');

/** Waits for the act that opens the case and answers what became of it. */
export const openedUpdate = defineUpdate<Reply>('opened');

export const factSignal = defineSignal<[FactMessage]>('fact');

/** Looks at the row again; `renew` leaves the run as well, so that the next one starts on the newest worker. */
export const reconcileSignal = defineSignal<[{ renew?: boolean }?]>('reconcile');

export const envelopeQuery = defineQuery<Envelope>('envelope');
