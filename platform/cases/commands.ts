import { randomUUID } from 'node:crypto';
import {
  type Client,
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Accepted, Clock, Reply, StartInfo } from '../../activities/types.ts';
import type { Command, Denial } from '../../processes/kit/types.ts';
import { workflowTypeOf } from '../../processes/registry.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Pool, Sql } from '../db/pool.ts';
import { fastForward } from '../temporal/skipped-time.ts';
import {
  actUpdate,
  type CaseStart,
  factSignal,
  type FactMessage,
  openedUpdate,
  reconcileSignal,
} from '../../workflows/messages.ts';
import { wakeSignal } from '../../workflows/employment-broadcast/messages.ts';
import { commandBodyHash } from './body-hash.ts';

export interface CasesDeps {
  client: Client;
  pool: Pool;
  keys: Keyring;
  taskQueue: string;
  /** How long a caller waits for the engine before it is told `not_yet_recorded`; 10 s by default. */
  answerMs?: number;
}

/** What became of an act, as far as is known now. */
export type Answer =
  /** `existing`: the start found the case that is already there and changed nothing. */
  | { kind: 'recorded'; reply: Accepted; existing: boolean }
  | { kind: 'refused'; denial: Denial }
  /** The engine did not answer in time. The same request with the same key is safe and finds out. */
  | { kind: 'not_yet_recorded'; retryAfterSeconds: number };

export interface StartRequest {
  process: string;
  caseId: string;
  command: Command;
  jurisdiction: string;
  policyVersionId?: string;
  calendarVersion?: string;
  parentCaseId?: string;
  /** See `reservationKey`; absent: this start competes with nobody. */
  uniqueKey?: string;
  clock?: Clock;
  /** Only on a skipped clock: the instant at which the case is opened. The engine is taken there. */
  openAt?: string;
}

export type Cases = ReturnType<typeof createCases>;

const retryAfterSeconds = 5;
const pauseMs = 150;

/** Workflow id of a case: no name of a person or an organisation is in it. */
export function workflowIdOf(process: string, caseId: string): string {
  return `${process}:${caseId}`;
}

/** The way to cases for the API, for activities and for tests: every change goes through the engine, every answer is typed. */
export function createCases(deps: CasesDeps) {
  const { client, pool, keys, taskQueue } = deps;
  const answerMs = deps.answerMs ?? 10_000;

  return { startCase, act, sendFact, reconcileCase, renewCase, wakeBroadcast };

  /**
   * Opens a case by its first act. Idempotent by `command.id`; under one `uniqueKey` only one case is active, and a second start
   * answers with the first case. A refused first act leaves neither a case nor a reservation.
   */
  async function startCase(request: StartRequest): Promise<Answer> {
    const { caseId, memory } = await reserve(request);
    const { known, row } = recall(request.command, memory);
    if (known) return known;
    if (row) return { kind: 'recorded', existing: true, reply: describe(caseId, row) };
    const answer = await askUntil(
      () => (request.openAt ? openLater(request, caseId) : openNow(request, caseId)),
      async () => (await look(request.command, caseId)).known,
    );
    if (answer.kind === 'refused' && request.uniqueKey) await release(request.uniqueKey, caseId);
    if (answer.kind !== 'recorded' || answer.reply.commandId === request.command.id) return answer;
    // Another start with the same case was quicker; what it recorded is what there is.
    const found = await findCase(caseId);
    return { kind: 'recorded', existing: true, reply: found ? describe(caseId, found) : answer.reply };
  }

  /**
   * Does one act of a person on an open case. Idempotent by `command.id`: the memory of commands is asked first, then the engine;
   * a case whose run is gone while its row is open is rebuilt on the way. A caller that has just read the memory itself hands it
   * over; it only saves the question, since the record path asks again.
   */
  async function act(caseId: string, command: Command, memory?: Memory): Promise<Answer> {
    const { known, row } = memory ? recall(command, memory) : await look(command, caseId);
    if (known) return known;
    if (!row) return refused('not_found', 'Такого дела нет.');
    if (row.closed) return refused('case_closed', 'Дело завершено, действий по нему больше нет.');
    // The body is part of the update id: a corrected request under the same key is not answered with the refusal of the first.
    const updateId = `${command.id}.${commandBodyHash(keys, command).slice(0, 12)}`;
    return askUntil(
      async () => {
        const handle = client.workflow.getHandle(workflowIdOf(row.process, caseId));
        return toAnswer(await handle.executeUpdate(actUpdate, { args: [command], updateId }));
      },
      async () => {
        const settled = await look(command, caseId);
        if (settled.known) return settled.known;
        if (settled.row?.closed) return refused('case_closed', 'Дело завершено, действий по нему больше нет.');
        await reconcileCase(caseId);
        return undefined;
      },
    );
  }

  /**
   * Tells a case a fact from outside. Deduplicated by `factId`; the fact is on record when the loop of the case has taken it. A run
   * that is gone is rebuilt from the row with the fact in its queue.
   */
  async function sendFact(
    caseId: string,
    fact: FactMessage,
  ): Promise<{ kind: 'sent' } | { kind: 'refused'; denial: Denial }> {
    const row = await findCase(caseId);
    if (!row) return refused('not_found', 'Такого дела нет.');
    if (row.closed) return refused('case_closed', 'Дело завершено, действий по нему больше нет.');
    await client.withDeadline(Date.now() + answerMs, () =>
      client.workflow.signalWithStart(workflowTypeOf(row.process), {
        ...rebuild(row.process, caseId),
        signal: factSignal,
        signalArgs: [fact],
      }),
    );
    return { kind: 'sent' };
  }

  /** Makes the loop of a case look at its row again; a run that is gone is started from the row. A closed case is left alone. */
  async function reconcileCase(caseId: string): Promise<'asked' | 'closed' | 'absent'> {
    return signalLoop(caseId, {});
  }

  /** The same, and the loop leaves its run: the next one starts on the newest worker. */
  async function renewCase(caseId: string): Promise<'asked' | 'closed' | 'absent'> {
    return signalLoop(caseId, { renew: true });
  }

  async function signalLoop(caseId: string, options: { renew?: boolean }): Promise<'asked' | 'closed' | 'absent'> {
    const row = await findCase(caseId);
    if (!row) return 'absent';
    if (row.closed) return 'closed';
    await client.withDeadline(Date.now() + answerMs, () =>
      client.workflow.signalWithStart(workflowTypeOf(row.process), {
        ...rebuild(row.process, caseId),
        signal: reconcileSignal,
        signalArgs: [options],
      }),
    );
    return 'asked';
  }

  /** Starts or wakes the telling of a batch of employment events; asked twice, there is one. */
  async function wakeBroadcast(batchId: string): Promise<void> {
    await client.withDeadline(Date.now() + answerMs, () =>
      client.workflow.signalWithStart('employmentBroadcast', {
        workflowId: `employment-broadcast:${batchId}`,
        taskQueue,
        args: [{ batchId }],
        signal: wakeSignal,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      }),
    );
  }

  function rebuild(process: string, caseId: string) {
    const start: CaseStart = { caseId, process };
    return {
      workflowId: workflowIdOf(process, caseId),
      taskQueue,
      args: [start] as [CaseStart],
      workflowIdConflictPolicy: 'USE_EXISTING' as const,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    };
  }

  function startOf(request: StartRequest, caseId: string): CaseStart {
    const { jurisdiction, policyVersionId, calendarVersion, parentCaseId, uniqueKey, openAt } = request;
    const start: StartInfo = {
      jurisdiction,
      clock: request.clock ?? 'real',
      ...(policyVersionId ? { policyVersionId } : {}),
      ...(calendarVersion ? { calendarVersion } : {}),
      ...(parentCaseId ? { parentCaseId } : {}),
      ...(uniqueKey ? { uniqueKey } : {}),
    };
    return {
      caseId,
      process: request.process,
      open: { command: request.command, start },
      ...(openAt ? { openAt } : {}),
    };
  }

  /** The start and the wait for its outcome are one call; asked twice, it makes one case. */
  async function openNow(request: StartRequest, caseId: string): Promise<Answer> {
    const startWorkflowOperation = new WithStartWorkflowOperation(workflowTypeOf(request.process), {
      ...rebuild(request.process, caseId),
      args: [startOf(request, caseId)],
    });
    return toAnswer(await client.workflow.executeUpdateWithStart(openedUpdate, { startWorkflowOperation }));
  }

  /** A case of a rehearsal begins in its own future: it is started, its clock is taken there, then it opens. */
  async function openLater(request: StartRequest, caseId: string): Promise<Answer> {
    const options = { ...rebuild(request.process, caseId), args: [startOf(request, caseId)] };
    const handle = await client.workflow.start(workflowTypeOf(request.process), options);
    await fastForward(client, handle.workflowId, new Date(request.openAt as string));
    return toAnswer(await handle.executeUpdate(openedUpdate));
  }

  /** Asks until there is an answer or the time is up; between tries `settle` looks whether the question has settled itself. */
  async function askUntil(ask: () => Promise<Answer>, settle: () => Promise<Answer | undefined>): Promise<Answer> {
    const until = Date.now() + answerMs;
    for (;;) {
      try {
        return await client.withDeadline(until, ask);
      } catch (error) {
        const final = finalAnswer(error);
        if (final) return final;
        if (!isPassing(error)) throw error;
      }
      if (Date.now() + pauseMs >= until) return { kind: 'not_yet_recorded', retryAfterSeconds };
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      const settled = await settle().catch((error: unknown) => {
        if (isPassing(error)) return undefined;
        throw error;
      });
      if (settled) return settled;
    }
  }

  /** The memory of commands and the row of the case, in one question. */
  async function look(command: Command, caseId: string): Promise<{ known?: Answer; row?: CaseRow }> {
    const [memory] = await pool<Memory[]>`
      select k.body_hash, k.answer, c.row
      from (select 1) one
      left join command k on k.id = ${command.id}
      left join lateral (select ${rowOfCase(pool)} as row from "case" c where c.id = ${caseId}) c on true`;
    return recall(command, memory as Memory);
  }

  function recall(command: Command, memory: Memory): { known?: Answer; row?: CaseRow } {
    const row = memory.row ? { row: memory.row } : {};
    if (!memory.answer) return row;
    if (memory.body_hash === commandBodyHash(keys, command)) return { ...row, known: toAnswer(memory.answer) };
    const message = 'Этот ключ запроса уже использован для другого действия. Отправьте запрос с новым ключом.';
    return { ...row, known: refused('idempotency_conflict', message) };
  }

  async function findCase(caseId: string): Promise<CaseRow | undefined> {
    const [row] = await pool<
      CaseRow[]
    >`select process, closed, sequence, stage, number from "case" where id = ${caseId}`;
    return row;
  }

  /**
   * The case id that holds the key: this one, or the one of an earlier start that is on its way or open; and what is known of the
   * command and that case. One statement: a key that another start took in the same moment is seen by the next try.
   */
  async function reserve(request: StartRequest): Promise<{ caseId: string; memory: Memory }> {
    const { uniqueKey, caseId, command } = request;
    for (;;) {
      const held = uniqueKey
        ? pool`mine as (
            insert into case_reservation (unique_key, case_id) values (${uniqueKey}, ${caseId}) on conflict do nothing returning case_id),
          held as (select case_id from mine union all select case_id from case_reservation where unique_key = ${uniqueKey})`
        : pool`held as (select ${caseId}::uuid as case_id)`;
      const [found] = await pool<Array<Memory & { case_id: string }>>`
        with ${held}
        select held.case_id, k.body_hash, k.answer, c.row
        from held
        left join command k on k.id = ${command.id}
        left join lateral (select ${rowOfCase(pool)} as row from "case" c where c.id = held.case_id) c on true`;
      if (found) return { caseId: found.case_id, memory: found };
    }
  }

  async function release(uniqueKey: string, caseId: string): Promise<void> {
    await pool`
      delete from case_reservation where unique_key = ${uniqueKey} and case_id = ${caseId}
        and not exists (select from "case" where id = ${caseId})`;
  }
}

/** What a case and the memory of commands say of one command; read with `rowOfCase`. */
export interface Memory {
  body_hash: string | null;
  answer: Reply | null;
  row: CaseRow | null;
}

/** Of a row `c` of the case table, what decides whether the engine is asked at all. */
export function rowOfCase(sql: Sql) {
  return sql`jsonb_build_object('process', c.process, 'closed', c.closed, 'sequence', c.sequence, 'stage', c.stage, 'number', c.number)`;
}

interface CaseRow {
  process: string;
  closed: boolean;
  sequence: number;
  stage: string;
  number: string | null;
}

function describe(caseId: string, row: CaseRow): Accepted {
  const { sequence, stage, number } = row;
  return { ok: true, caseId, sequence, stage, ...(number ? { number } : {}), events: [], commandId: '' };
}

function toAnswer(reply: Reply): Answer {
  return reply.ok ? { kind: 'recorded', reply, existing: false } : { kind: 'refused', denial: reply.denial };
}

function refused(code: string, message: string): { kind: 'refused'; denial: Denial } {
  return { kind: 'refused', denial: { code, message } };
}

/** The engine refused the act itself, so asking again is no use. */
function finalAnswer(error: unknown): Answer | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  const malformed = cause instanceof ApplicationFailure && cause.type === 'malformed';
  return malformed ? refused('malformed', 'Запрос составлен неверно.') : undefined;
}

/** Whether the same question may get an answer a moment later. */
function isPassing(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  // The run ended before the update was done; the row or the next run knows.
  if (error instanceof WorkflowUpdateFailedError) return true;
  const grpc = findGrpcError(error);
  // CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, NOT_FOUND, RESOURCE_EXHAUSTED, FAILED_PRECONDITION (a workflow task is failing just now),
  // ABORTED, INTERNAL, UNAVAILABLE
  return grpc !== undefined && [1, 2, 4, 5, 8, 9, 10, 13, 14].includes(grpc);
}

function findGrpcError(error: unknown): number | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    if (isGrpcServiceError(current)) return current.code;
  }
  return undefined;
}

/** A fresh id for a case. */
export function newCaseId(): string {
  return randomUUID();
}
