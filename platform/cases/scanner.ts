import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { reportIncident, resolveIncident } from '../../activities/apply-action.ts';
import type { Envelope } from '../../activities/types.ts';
import type { WorkItem } from '../../processes/kit/types.ts';
import { findProcess } from '../../processes/registry.ts';
import { envelopeQuery, reconcileSignal } from '../../workflows/messages.ts';
import { canonicalJson } from '../crypto/canonical.ts';
import { writeDailyRoots } from '../audit/daily-root.ts';
import type { Pool } from '../db/pool.ts';
import type { Logger } from '../log.ts';
import { type Cases, workflowIdOf } from './commands.ts';
import { findChainBreak, foldState, readHistory } from './history.ts';
import { discardIdleDrafts } from './housekeeping.ts';
import { contextAt, type References } from './references.ts';

export interface ScannerDeps {
  pool: Pool;
  client: Client;
  cases: Pick<Cases, 'reconcileCase'>;
  references: References;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

export type Violation =
  | 'limbo'
  | 'state_mismatch'
  | 'chain_broken'
  | 'sequence_mismatch'
  | 'engine_lost'
  | 'engine_task_failed'
  | 'overdue_timer';

export interface Finding {
  caseId: string;
  violation: Violation;
  message: string;
}

export interface ScanReport {
  scanned: number;
  findings: Finding[];
  reconciled: string[];
}

export interface ScanOptions {
  caseIds?: string[];
  /** Only cases touched since, and those whose deadline is late; absent: all open ones. */
  touchedSince?: Date;
  /** Leave the engine alone: only the rows are checked. */
  rowsOnly?: boolean;
  /** Closed cases whose runs are known to have ended; the scan adds to it and asks for none of them again. */
  ended?: Set<string>;
}

interface ScannedCase {
  id: string;
  process: string;
  closed: boolean;
  sequence: number;
  last_hash: Buffer;
  state: unknown;
  work: WorkItem[];
  next_due_at: Date | null;
  updated_at: Date;
  jurisdiction: string;
  policy_version_id: string;
  calendar_version: string;
  clock: 'real' | 'skipped';
  open_tasks: number;
  served_tasks: number;
}

const pageSize = 200;
/** A timer may be late by the engine's own delays; later than this the loop of the case is asked. */
const timerGraceMs = 60_000;

/**
 * Checks the promises that every case must keep, whatever has happened to processes and machines:
 *
 * - an open case has an armed deadline, an open task that somebody may do, or machine work under way: none is in limbo;
 * - the state on the row is the fold of the recorded events, and their chain holds;
 * - the loop in the engine runs, does not fail, and has not fallen behind the row: otherwise it is told to look again;
 * - the loop of a case that was closed lately has ended.
 *
 * A broken promise is an incident; one that is kept again is closed. Safe to run anywhere and at any time.
 */
export async function scanCases(deps: ScannerDeps, options: ScanOptions = {}): Promise<ScanReport> {
  const report: ScanReport = { scanned: 0, findings: [], reconciled: [] };
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const page = await readPage(deps.pool, after, options);
    for (const found of page) {
      after = found.id;
      report.scanned += 1;
      const findings = await checkCase(deps, found, options, report);
      report.findings.push(...findings);
      await keepIncidents(deps.pool, found.id, findings);
    }
    if (page.length < pageSize) return report;
  }
}

/** Between full scans only what was touched lately is looked at. */
const fullScanEvery = 60;
const lately = 15 * 60_000;

/** Scans now and then, one process at a time over the whole installation. */
export function startScanner(deps: ScannerDeps, everyMs: number): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let turn = 0;
  const ended = new Set<string>();
  const timer = setInterval(() => {
    const full = turn % fullScanEvery === 0;
    // What is not touched lately is not looked at again.
    if (full) ended.clear();
    const options = full ? {} : { touchedSince: new Date(Date.now() - lately), ended };
    turn += 1;
    running = running
      .then(() => scanAlone(deps, options))
      .then(() => writeDailyRoots(deps.pool))
      .then((days) => {
        if (days.length > 0) deps.log.info({ days }, 'daily roots were written');
      })
      .then(() => (turn % fullScanEvery === 1 ? discardIdleDrafts(deps.pool) : undefined))
      .then((discarded) => {
        if (discarded?.length) deps.log.info({ discarded }, 'idle drafts were discarded');
      })
      .catch((error: unknown) => deps.log.warn({ err: error }, 'the scanner failed'));
  }, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

const scannerLock = 7_351_002;

async function scanAlone(deps: ScannerDeps, options: ScanOptions): Promise<void> {
  await deps.pool.begin(async (sql) => {
    const [lock] = await sql<Array<{ mine: boolean }>>`select pg_try_advisory_xact_lock(${scannerLock}) as mine`;
    if (!lock?.mine) return;
    // The transaction only holds the lock; it idles as long as the scan lasts.
    await sql`set local idle_in_transaction_session_timeout = 0`;
    const { scanned, findings, reconciled } = await scanCases(deps, options);
    if (findings.length > 0) deps.log.warn({ scanned, findings, reconciled }, 'the scanner found broken promises');
  });
}

async function readPage(pool: Pool, after: string, { caseIds, touchedSince }: ScanOptions): Promise<ScannedCase[]> {
  return pool<ScannedCase[]>`
    select c.id, c.process, c.closed, c.sequence, c.last_hash, c.state, c.work, c.next_due_at, c.updated_at, c.jurisdiction,
      c.policy_version_id, c.calendar_version, c.clock, coalesce(t.open_tasks, 0) as open_tasks, coalesce(t.served_tasks, 0) as served_tasks
    from "case" c
    left join lateral (
      select count(*)::int as open_tasks,
        count(*) filter (where k.assignee_id is not null or exists (
          select from role_assignment a where a.role = k.role
            and ((a.scope_kind = k.scope_kind and a.scope_id is not distinct from k.scope_id) or a.scope_kind = 'country')
            and a.from_on <= to_char(now(), 'YYYY-MM-DD') and (a.to_on is null or a.to_on >= to_char(now(), 'YYYY-MM-DD'))))::int
          as served_tasks
      from task k where k.case_id = c.id and k.open) t on true
    where c.id > ${after}::uuid
      and ${caseIds ? pool`c.id in ${pool(caseIds)}` : touchedSince ? pool`(c.updated_at >= ${touchedSince} or (not c.closed and c.clock = 'real' and c.next_due_at < now() - interval '1 minute'))` : pool`not c.closed`}
    order by c.id limit ${pageSize}`;
}

async function checkCase(
  deps: ScannerDeps,
  found: ScannedCase,
  options: ScanOptions,
  report: ScanReport,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const note = (violation: Violation, message: string) => findings.push({ caseId: found.id, violation, message });
  await checkRecord(deps, found, note);
  if (found.closed) {
    if (!options.rowsOnly) await tellItsEnd(deps, found, options, report);
    return findings;
  }
  if (found.next_due_at === null && found.work.length === 0 && found.served_tasks === 0) {
    const why =
      found.open_tasks > 0
        ? 'открытые задачи есть, но выполнить их некому'
        : 'нет ни срока, ни задачи, ни работы платформы';
    note('limbo', `Дело никого не ждёт: ${why}.`);
  }
  if (options.rowsOnly) return findings;
  if ((await checkEngine(deps, found, note)) || (await countsAnotherDate(deps, found))) {
    await deps.cases.reconcileCase(found.id);
    report.reconciled.push(found.id);
  }
  return findings;
}

type Note = (violation: Violation, message: string) => void;

/** The row against the recorded events. The case may move on between the two reads; then the next scan looks again. */
async function checkRecord({ pool }: ScannerDeps, found: ScannedCase, note: Note): Promise<void> {
  const process = findProcess(found.process);
  if (!process) return;
  const history = await readHistory(pool, found.id);
  const last = history.at(-1);
  if (!last || last.sequence > found.sequence) return;
  const broken = findChainBreak(found.id, history);
  if (broken !== undefined) return note('chain_broken', `Цепочка записей нарушена на событии ${broken}.`);
  if (last.sequence !== found.sequence || Buffer.compare(last.hash, found.last_hash) !== 0) {
    return note('chain_broken', `Строка дела указывает на событие ${found.sequence}, записано ${last.sequence}.`);
  }
  const folded = foldState(process, found.id, history);
  if (canonicalJson(folded) !== canonicalJson(found.state)) {
    return note('state_mismatch', 'Состояние дела не совпадает со сложением его событий.');
  }
}

/** A corrected rule may count another nearest date; the loop then writes the projections of its case again. */
async function countsAnotherDate({ pool, references }: ScannerDeps, found: ScannedCase): Promise<boolean> {
  const process = findProcess(found.process);
  if (!process) return false;
  const { jurisdiction, policy_version_id: policyVersionId, calendar_version: calendarVersion } = found;
  const base = await references.of(pool, process, { jurisdiction, policyVersionId, calendarVersion });
  const ctx = contextAt(base, found.id, found.updated_at.toISOString());
  const nearest = process
    .deadlines(found.state, ctx)
    .reduce<string | null>((a, { at }) => (a === null || at < a ? at : a), null);
  return nearest !== (found.next_due_at?.toISOString() ?? null);
}

/** A run ends a moment after its case; one that still stands after this long has not heard of the end. */
const endGraceMs = 10_000;

/**
 * Tells the run of a closed case that it is over. Worker and engine may have died right after the commit, the act forgotten with
 * them: the person found the stored answer, and nobody is left to ask the run anything.
 */
async function tellItsEnd(
  { client, log }: ScannerDeps,
  found: ScannedCase,
  { ended }: ScanOptions,
  report: ScanReport,
): Promise<void> {
  if (ended?.has(found.id) || Math.abs(Date.now() - found.updated_at.getTime()) < endGraceMs) return;
  const handle = client.workflow.getHandle(workflowIdOf(found.process, found.id));
  try {
    const { status } = await client.withDeadline(Date.now() + 5_000, () => handle.describe());
    if (status.name === 'RUNNING') {
      await client.withDeadline(Date.now() + 5_000, () => handle.signal(reconcileSignal, {}));
      report.reconciled.push(found.id);
    } else ended?.add(found.id);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) ended?.add(found.id);
    else log.warn({ caseId: found.id, err: error }, 'the scanner could not ask the engine');
  }
}

/** Whether the case has moved on since it was read: what looks wrong now may be right, and the next scan looks again. */
async function hasMovedOn({ pool }: ScannerDeps, found: ScannedCase): Promise<boolean> {
  const [row] = await pool<Array<{ sequence: number }>>`select sequence from "case" where id = ${found.id}`;
  return row?.sequence !== found.sequence;
}

/** Answers whether the loop has to look at its row again. */
async function checkEngine(deps: ScannerDeps, found: ScannedCase, note: Note): Promise<boolean> {
  const { client, log } = deps;
  const handle = client.workflow.getHandle(workflowIdOf(found.process, found.id));
  try {
    const description = await client.withDeadline(Date.now() + 5_000, () => handle.describe());
    if (description.status.name !== 'RUNNING') {
      if (await hasMovedOn(deps, found)) return false;
      note(
        'engine_lost',
        `Исполнение дела остановлено (${description.status.name}), оно запускается заново из записи.`,
      );
      return true;
    }
    const attempts = description.raw.pendingWorkflowTask?.attempt ?? 0;
    if (attempts > 3) {
      note('engine_task_failed', `Исполнение дела не продвигается: попыток ${attempts}.`);
      return false;
    }
    const envelope: Envelope = await client.withDeadline(Date.now() + 5_000, () => handle.query(envelopeQuery));
    if (envelope.sequence < found.sequence) {
      note('sequence_mismatch', `Запись ушла вперёд исполнения: ${found.sequence} против ${envelope.sequence}.`);
      return true;
    }
    const overdue =
      found.clock === 'real' && found.next_due_at !== null && found.next_due_at.getTime() + timerGraceMs < Date.now();
    if (overdue) note('overdue_timer', 'Наступивший срок не записан вовремя.');
    return overdue;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      note('engine_lost', 'Исполнения дела нет в движке, оно запускается заново из записи.');
      return true;
    }
    // An engine that does not answer is not the fault of the case.
    log.warn({ caseId: found.id, err: error }, 'the scanner could not ask the engine');
    return false;
  }
}

const violations: Violation[] = [
  'limbo',
  'state_mismatch',
  'chain_broken',
  'sequence_mismatch',
  'engine_lost',
  'engine_task_failed',
  'overdue_timer',
];

async function keepIncidents(pool: Pool, caseId: string, findings: Finding[]): Promise<void> {
  for (const { violation, message } of findings) {
    await reportIncident(pool, { caseId, kind: violation, key: `${violation}:${caseId}`, message });
  }
  const kept = violations.filter((violation) => !findings.some((finding) => finding.violation === violation));
  const [open] = await pool`select 1 from incident where case_id = ${caseId} and resolved_at is null limit 1`;
  if (open) for (const violation of kept) await resolveIncident(pool, `${violation}:${caseId}`);
}
