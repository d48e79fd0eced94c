import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { reportIncident, resolveIncident } from '../incidents.ts';
import type { Envelope } from '../../activities/types.ts';
import { findProcess } from '../../processes/registry.ts';
import { envelopeQuery, reconcileSignal } from '../../workflows/messages.ts';
import { canonicalJson } from '../crypto/canonical.ts';
import { writeDailyRoots } from '../audit/daily-root.ts';
import type { Pool } from '../db/pool.ts';
import { orderHolds } from '../identity/rights.ts';
import type { Logger } from '../log.ts';
import { type Cases, workflowIdOf } from './commands.ts';
import { findChainBreak, foldState, readHistory } from './history.ts';
import { discardIdleDrafts } from './housekeeping.ts';
import { contextAt, type References } from './references.ts';

const { temporal } = proto;

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
  /** All open ones besides, whenever they were touched. */
  allOpen?: boolean;
  /** Leave the engine alone: only the rows are checked. */
  rowsOnly?: boolean;
  /**
   * What former scans found in order, by case; the scan adds to it. With it a scan reads the journal of a case and asks its run once
   * for each rest of the case, and compares sequences otherwise. Without it everything is looked at.
   */
  checked?: Map<string, Checked>;
}

/** What of a case was in order at a sequence. A finding is never remembered: it is looked at until it is mended. */
export interface Checked {
  sequence: number;
  journal: boolean;
  /** Of an open case: its run knows the sequence and does not fail; of a closed one: it has ended. */
  run: boolean;
  /** When the run of a closed case was told of its end. */
  toldAt?: number;
}

interface ScannedCase {
  id: string;
  process: string;
  closed: boolean;
  sequence: number;
  last_hash: Buffer;
  recorded_sequence: number | null;
  recorded_hash: Buffer | null;
  has_work: boolean;
  has_incident: boolean;
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
      const { findings, looked } = await checkCase(deps, found, options, report);
      report.findings.push(...findings);
      await keepIncidents(deps.pool, found, findings, looked);
    }
    if (page.length < pageSize) return report;
  }
}

/** Between full scans only what was touched lately is looked at. */
const fullScanEvery = 60;
const lately = 15 * 60_000;
/** Whoever comes back after a crash finds soon what the crash left behind. */
const firstScanAfterMs = 5_000;

/** Scans now and then, one process at a time over the whole installation. */
export function startScanner(deps: ScannerDeps, everyMs: number): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let turn = 0;
  const checked = new Map<string, Checked>();
  const scan = () => {
    const full = turn % fullScanEvery === 0;
    if (full) checked.clear();
    const options = { touchedSince: new Date(Date.now() - lately), checked, ...(full ? { allOpen: true } : {}) };
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
  };
  const first = setTimeout(scan, Math.min(firstScanAfterMs, everyMs));
  const timer = setInterval(scan, everyMs);
  return {
    stop: async () => {
      clearTimeout(first);
      clearInterval(timer);
      await running;
    },
  };
}

const scannerLock = 7_351_002;

/**
 * Does something while no scan looks at cases of this installation: whoever records a past step by step leaves cases between two steps in
 * a state that a scan would take for a loss, and would bring to the present. A scan under way is waited for; scans meanwhile are left out.
 */
export async function withoutScans<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const kept: { answer?: T } = {};
  await pool.begin(async (sql) => {
    await sql`set local idle_in_transaction_session_timeout = 0`;
    await sql`select pg_advisory_xact_lock(${scannerLock})`;
    kept.answer = await work();
  });
  return kept.answer as T;
}

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

async function readPage(pool: Pool, after: string, options: ScanOptions): Promise<ScannedCase[]> {
  const { caseIds, touchedSince, allOpen } = options;
  const wanted = caseIds
    ? pool`c.id in ${pool(caseIds)}`
    : touchedSince
      ? pool`(c.updated_at >= ${touchedSince} or (not c.closed and ${allOpen ? pool`true` : pool`c.clock = 'real' and c.next_due_at < now() - interval '1 minute'`}))`
      : pool`not c.closed`;
  return pool<ScannedCase[]>`
    select c.id, c.process, c.closed, c.sequence, c.last_hash, e.sequence as recorded_sequence, e.hash as recorded_hash,
      c.work <> '[]' as has_work, exists (select from incident i where i.case_id = c.id and i.resolved_at is null) as has_incident,
      c.next_due_at, c.updated_at, c.jurisdiction, c.policy_version_id, c.calendar_version, c.clock,
      coalesce(t.open_tasks, 0) as open_tasks, coalesce(t.served_tasks, 0) as served_tasks
    from "case" c
    left join lateral (select sequence, hash from case_event where case_id = c.id order by sequence desc limit 1) e on true
    left join lateral (
      select count(*)::int as open_tasks,
        count(*) filter (where k.assignee_id is not null or exists (
          select from role_assignment a where a.role = k.role
            and ((a.scope_kind = k.scope_kind and a.scope_id is not distinct from k.scope_id) or a.scope_kind = 'country')
            and a.from_on <= to_char(now(), 'YYYY-MM-DD') and (a.to_on is null or a.to_on >= to_char(now(), 'YYYY-MM-DD'))
            and ${orderHolds(pool, pool`a`, pool`to_char(now(), 'YYYY-MM-DD')`)}))::int
          as served_tasks
      from task k where k.case_id = c.id and k.open) t on true
    where c.id > ${after}::uuid and ${wanted}
    order by c.id limit ${pageSize}`;
}

/** A case that moves is not asked after: what it does next shows itself, and the journal is read when it comes to rest. */
const restMs = 60_000;

/** One case: what is cheap always, the journal and the run where they are not known to be in order. Tells what was looked at. */
async function checkCase(
  deps: ScannerDeps,
  found: ScannedCase,
  options: ScanOptions,
  report: ScanReport,
): Promise<{ findings: Finding[]; looked: Set<Violation> }> {
  const findings: Finding[] = [];
  const note = (violation: Violation, message: string) => findings.push({ caseId: found.id, violation, message });
  const known = knownOf(found, options);
  const looked = new Set<Violation>();
  if (!found.closed) {
    looked.add('limbo');
    checkWaiting(found, note);
  }
  const restedMs = Math.abs(Date.now() - found.updated_at.getTime());
  const rests = (ms: number) => !options.checked || options.allOpen === true || restedMs >= ms;
  let state: unknown;
  const isPointed = pointsAtItsLastEvent(found);
  if (!isPointed || (!known.journal && (found.closed || rests(restMs)))) {
    for (const violation of ofTheRecord) looked.add(violation);
    const before = findings.length;
    state = await checkRecord(deps, found, note);
    known.journal = findings.length === before;
  }
  if (!options.rowsOnly && found.closed) {
    for (const violation of ofTheRun) looked.add(violation);
    if (!known.run) known.run = await tellItsEnd(deps, found, known, report);
  }
  if (!options.rowsOnly && !found.closed) {
    let asks = state !== undefined && (await countsAnotherDate(deps, found, state));
    if ((!known.run && rests(endGraceMs)) || isOverdue(found)) {
      for (const violation of ofTheRun) looked.add(violation);
      const run = await checkRun(deps, found, note);
      known.run = run === 'sound';
      asks ||= run === 'behind';
    }
    if (asks) {
      await deps.cases.reconcileCase(found.id);
      report.reconciled.push(found.id);
    }
  }
  return { findings, looked };
}

/** What is remembered of this case at this sequence; what is found out now is written into it. */
function knownOf({ id, sequence }: ScannedCase, { checked }: ScanOptions): Checked {
  const known = checked?.get(id);
  if (known?.sequence === sequence) return known;
  const fresh: Checked = { sequence, journal: false, run: false };
  checked?.set(id, fresh);
  return fresh;
}

type Note = (violation: Violation, message: string) => void;

function checkWaiting({ next_due_at, has_work, served_tasks, open_tasks }: ScannedCase, note: Note): void {
  if (next_due_at !== null || has_work || served_tasks > 0) return;
  const why =
    open_tasks > 0 ? 'открытые задачи есть, но выполнить их некому' : 'нет ни срока, ни задачи, ни работы платформы';
  note('limbo', `Дело никого не ждёт: ${why}.`);
}

/** One statement has read both, so nothing can have come in between. */
function pointsAtItsLastEvent({ sequence, last_hash, recorded_sequence, recorded_hash }: ScannedCase): boolean {
  return recorded_sequence === sequence && recorded_hash !== null && Buffer.compare(recorded_hash, last_hash) === 0;
}

function isOverdue({ clock, next_due_at }: ScannedCase): boolean {
  return clock === 'real' && next_due_at !== null && next_due_at.getTime() + timerGraceMs < Date.now();
}

/** The row against the recorded events; answers the state where it is their fold. */
async function checkRecord({ pool }: ScannerDeps, found: ScannedCase, note: Note): Promise<unknown> {
  const process = findProcess(found.process);
  if (!process) return undefined;
  const [[row], whole] = await Promise.all([
    pool<Array<{ state: unknown; sequence: number }>>`select state, sequence from "case" where id = ${found.id}`,
    readHistory(pool, found.id),
  ]);
  // The case has moved on since: the next scan looks again.
  if (row?.sequence !== found.sequence) return undefined;
  const history = whole.filter(({ sequence }) => sequence <= found.sequence);
  const last = history.at(-1);
  const broken = findChainBreak(found.id, history);
  if (broken !== undefined) {
    note('chain_broken', `Цепочка записей нарушена на событии ${broken}.`);
  } else if (!last || last.sequence !== found.sequence || Buffer.compare(last.hash, found.last_hash) !== 0) {
    note('chain_broken', `Строка дела указывает на событие ${found.sequence}, записано ${last?.sequence ?? 0}.`);
  } else if (canonicalJson(foldState(process, found.id, history)) !== canonicalJson(row.state)) {
    note('state_mismatch', 'Состояние дела не совпадает со сложением его событий.');
  } else return row.state;
  return undefined;
}

/** A corrected rule may count another nearest date; the loop then writes the projections of its case again. */
async function countsAnotherDate(
  { pool, references }: ScannerDeps,
  found: ScannedCase,
  state: unknown,
): Promise<boolean> {
  const process = findProcess(found.process);
  if (!process) return false;
  const { jurisdiction, policy_version_id: policyVersionId, calendar_version: calendarVersion } = found;
  const base = await references.of(pool, process, { jurisdiction, policyVersionId, calendarVersion });
  const ctx = contextAt(base, found.id, found.updated_at.toISOString());
  const nearest = process
    .deadlines(state, ctx)
    .reduce<string | null>((a, { at }) => (a === null || at < a ? at : a), null);
  return nearest !== (found.next_due_at?.toISOString() ?? null);
}

/** A run ends a moment after its case; one that still stands after this long has not heard of the end. */
const endGraceMs = 10_000;
const tellAgainMs = 30_000;

/**
 * Tells the run of a closed case that it is over. Worker and engine may have died right after the commit, the act forgotten with
 * them: the person found the stored answer, and nobody is left to ask the run anything. Answers whether the run is known to have ended.
 */
async function tellItsEnd(
  { client, log }: ScannerDeps,
  found: ScannedCase,
  known: Checked,
  report: ScanReport,
): Promise<boolean> {
  if (Math.abs(Date.now() - found.updated_at.getTime()) < endGraceMs) return false;
  const handle = client.workflow.getHandle(workflowIdOf(found.process, found.id));
  try {
    const { status } = await client.withDeadline(Date.now() + 5_000, () => handle.describe());
    if (status.name !== 'RUNNING') return true;
    // Every signal makes the engine refuse the end that the run is just about to announce, so it is left in peace for a while.
    if (known.toldAt !== undefined && Date.now() - known.toldAt < tellAgainMs) return false;
    known.toldAt = Date.now();
    await client.withDeadline(Date.now() + 5_000, () => handle.signal(reconcileSignal, {}));
    report.reconciled.push(found.id);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    log.warn({ caseId: found.id, err: error }, 'the scanner could not ask the engine');
  }
  return false;
}

/** Whether the case has moved on since it was read: what looks wrong now may be right, and the next scan looks again. */
async function hasMovedOn({ pool }: ScannerDeps, found: ScannedCase): Promise<boolean> {
  const [row] = await pool<Array<{ sequence: number }>>`select sequence from "case" where id = ${found.id}`;
  return row?.sequence !== found.sequence;
}

/** What the engine says of the run of an open case; one that is `behind` has to look at its row again, `unknown` is asked again. */
async function checkRun(deps: ScannerDeps, found: ScannedCase, note: Note): Promise<'sound' | 'behind' | 'unknown'> {
  const { client, log } = deps;
  const handle = client.workflow.getHandle(workflowIdOf(found.process, found.id));
  try {
    const description = await client.withDeadline(Date.now() + 5_000, () => handle.describe());
    if (description.status.name !== 'RUNNING') {
      if (await hasMovedOn(deps, found)) return 'unknown';
      note(
        'engine_lost',
        `Исполнение дела остановлено (${description.status.name}), оно запускается заново из записи.`,
      );
      return 'behind';
    }
    const attempts = description.raw.pendingWorkflowTask?.attempt ?? 0;
    if (attempts > 1 && (await client.withDeadline(Date.now() + 5_000, () => isBeyondRepair(handle)))) {
      await client.withDeadline(Date.now() + 5_000, () => handle.terminate('every try contradicts its history'));
      note('engine_task_failed', 'Исполнение дела зашло в тупик, оно запускается заново из записи.');
      return 'behind';
    }
    if (attempts > 3) {
      note('engine_task_failed', `Исполнение дела не продвигается: попыток ${attempts}.`);
      return 'unknown';
    }
    const envelope: Envelope = await client.withDeadline(Date.now() + 5_000, () => handle.query(envelopeQuery));
    if (envelope.sequence < found.sequence) {
      note('sequence_mismatch', `Запись ушла вперёд исполнения: ${found.sequence} против ${envelope.sequence}.`);
      return 'behind';
    }
    if (isOverdue(found)) {
      note('overdue_timer', 'Наступивший срок не записан вовремя.');
      return 'behind';
    }
    return attempts === 0 ? 'sound' : 'unknown';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      note('engine_lost', 'Исполнения дела нет в движке, оно запускается заново из записи.');
      return 'behind';
    }
    // An engine that does not answer is not the fault of the case.
    log.warn({ caseId: found.id, err: error }, 'the scanner could not ask the engine');
    return 'unknown';
  }
}

const { WorkflowTaskFailedCause } = temporal.api.enums.v1;

/**
 * Every try of such a run fails alike, for ever: its worker died in the middle of several updates and it comes back with an answer to one
 * that the engine no longer has, or the code of an unversioned worker was replaced by one that cannot replay it. Nothing is lost
 * with it: what was answered is in the record, and whoever still waits for an answer asks again under the same key.
 */
const BEYOND_REPAIR: unknown[] = [
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
];

async function isBeyondRepair(handle: WorkflowHandle): Promise<boolean> {
  const { events } = await handle.fetchHistory();
  const failed = events?.findLast(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes);
  return BEYOND_REPAIR.includes(failed?.workflowTaskFailedEventAttributes?.cause);
}

const ofTheRecord: Violation[] = ['state_mismatch', 'chain_broken'];
const ofTheRun: Violation[] = ['sequence_mismatch', 'engine_lost', 'engine_task_failed', 'overdue_timer'];

/** Opens an incident for each finding and closes those that were looked for and not found again. */
async function keepIncidents(
  pool: Pool,
  { id: caseId, has_incident, closed }: ScannedCase,
  findings: Finding[],
  looked: Set<Violation>,
): Promise<void> {
  for (const { violation, message } of findings) {
    await reportIncident(pool, { caseId, kind: violation, key: `${violation}:${caseId}`, message });
  }
  if (!has_incident) return;
  const found = new Set(findings.map(({ violation }) => violation));
  for (const violation of closed ? [...looked, 'limbo' as const] : looked)
    if (!found.has(violation)) await resolveIncident(pool, `${violation}:${caseId}`);
}
