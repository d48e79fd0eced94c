import type { NoticeParams } from '../processes/kit/letter.ts';
import { reportIncident } from '../platform/incidents.ts';
import type { Logger } from '../platform/log.ts';
import { findPins, type Pins, type References } from '../platform/cases/references.ts';
import { commandBodyHash } from '../platform/cases/body-hash.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import { ensurePersonKey, PersonErased, sealPersonal } from '../platform/crypto/person-keys.ts';
import { actorOf, type RightsRow, rightsOf } from '../platform/identity/rights.ts';
import { announce } from '../platform/db/announce.ts';
import { isCollision, isOutage, type Pool, type Sql, type Transaction, withTransaction } from '../platform/db/pool.ts';
import { localDate } from '../processes/kit/zones.ts';
import type { Actor, AnyProcess, Command, Denial, PersonalPart, WorkItem } from '../processes/kit/types.ts';
import { getProcess } from '../processes/registry.ts';
import { takeClaims } from './claims.ts';
import { guarded, Ledger, RuleFailure } from './ledger.ts';
import type { Accepted, ApplyAnswer, ApplyInput, Clock, Envelope, Reply } from './types.ts';
import { type DocumentLink, type NewCase, type RecordToWrite, writeRecord } from './write-record.ts';

export interface RecordDeps {
  pool: Pool;
  keys: Keyring;
  references: References;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Kinds of machine work that may run as local activities. */
  isLocalWork(process: string, kind: string): boolean;
}

/** What the first statement of an act brings, under the lock of the case row. */
interface LockedRow extends RightsRow {
  id: string | null;
  jurisdiction: string;
  policy_version_id: string;
  calendar_version: string;
  closed: boolean;
  sequence: number;
  last_hash: Buffer;
  state: unknown;
  next_due_at: Date | null;
  work: WorkItem[];
  unique_key: string | null;
  clock: Clock;
  updated_at: Date;
  known_case: string | null;
  known_body: string | null;
  known_answer: Reply | null;
}

/**
 * Applies one command to a case, or what has fallen due, in one transaction, and answers with what the loop of the case has to
 * know.
 *
 * Idempotency key: `command.id`. A command that was applied gets its stored answer, so a retry, a redelivered update and a second
 * signal change nothing; the same id with another body is refused. A denial is not stored: it changed nothing, and the same
 * request is decided anew. The stored events win: where the loop lags behind the row, the answer brings it up.
 *
 * The loop runs it as a local activity with a short timeout per try and endless retries: an unreachable database is reported
 * at WARN and waited for. Everything else that goes wrong is a fault of a rule: nothing is written but an incident, and the
 * person is told so.
 */
export async function applyAction(deps: RecordDeps, input: ApplyInput): Promise<ApplyAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await applyOnce(deps, input);
      if (input.command && answer.reply?.ok === false)
        await noteRefusedFact(deps, input.command, input.caseId, answer.reply.denial);
      return answer;
    } catch (error) {
      // Two writers met on one key: the second look finds what the first one wrote.
      if (isCollision(error) && attempt < 3) continue;
      if (isOutage(error)) {
        deps.log.warn(
          { caseId: input.caseId, command: input.command?.type, err: error },
          'the record path cannot reach the database',
        );
        throw error;
      }
      return await answerIncident(deps, input, error);
    }
  }
}

async function applyOnce(deps: RecordDeps, input: ApplyInput): Promise<ApplyAnswer> {
  const process = getProcess(input.process);
  const { caseId, command, start } = input;
  return withTransaction(deps.pool, async (transaction) => {
    const [fresh, row] = await Promise.all([
      start ? findPins(transaction.sql, process.slug, start, input.now) : undefined,
      lockCase(transaction.sql, caseId, command),
    ]);
    const known = row.known_case === null ? undefined : row;
    if (command && known)
      return { ...envelopeOf(deps, process, row), reply: storedReply(deps, caseId, command, known) };
    if (row.id === null) {
      if (!command || !start) return { ...nowhere, reply: refuse('not_found', 'Такого дела нет.') };
      if (!fresh)
        return { ...nowhere, reply: refuse('no_policy', 'На эту дату не действует ни одна политика процесса.') };
      return act(deps, transaction, process, input, fresh, row);
    }
    const envelope = envelopeOf(deps, process, row);
    if (command && start) return { ...envelope, reply: refuse('already_started', 'Это дело уже открыто.') };
    if (row.closed && !input.reconcile) {
      return command
        ? { ...envelope, reply: refuse('case_closed', 'Дело завершено, действий по нему больше нет.') }
        : envelope;
    }
    const pins = {
      jurisdiction: row.jurisdiction,
      policyVersionId: row.policy_version_id,
      calendarVersion: row.calendar_version,
    };
    return act(deps, transaction, process, input, pins, row);
  });
}

async function act(
  deps: RecordDeps,
  transaction: Transaction,
  process: AnyProcess,
  input: ApplyInput,
  pins: Pins,
  row: LockedRow,
): Promise<ApplyAnswer> {
  const { caseId, start } = input;
  const { sql } = transaction;
  const base = await baseOf(deps, sql, process, pins);
  const opening = row.id === null;
  const clock = start && opening ? start.clock : row.clock;
  const lastAt = opening ? '' : row.updated_at.toISOString();
  const now = later(input.now, lastAt);
  const ledger = new Ledger(
    {
      caseId,
      process,
      base,
      state: opening ? null : row.state,
      sequence: opening ? 0 : row.sequence,
      lastHash: row.last_hash,
      lastAt,
      closed: !opening && row.closed,
    },
    {
      claim: (claims, events) => takeClaims(sql, caseId, claims, events),
      seal: (personal, sequence) => sealFor(deps, sql, caseId, personal, sequence),
      repin: (policyVersionId) => baseOf(deps, sql, process, { ...pins, policyVersionId }),
    },
  );
  const { command, denial } = await applyInOrder(ledger, input, clock, now, lastAt, row, base.jurisdiction.zone);
  const refused = denial ? { reply: { ok: false, denial } as const } : {};
  if (ledger.recorded.length === 0 && !input.reconcile) {
    const unchanged = opening ? nowhere : envelopeOf(deps, process, row);
    if (!command || denial) return { ...unchanged, ...refused };
  }
  if (ledger.state === null) throw new RuleFailure('the act was accepted and opened nothing');
  return record(deps, transaction, { process, input, pins, row, ledger, now, clock, command, denial });
}

function baseOf(deps: RecordDeps, sql: Sql, process: AnyProcess, pins: Pins): ReturnType<References['of']> {
  return deps.references.of(sql, process, pins).catch((error: unknown) => {
    if (isOutage(error)) throw error;
    throw new RuleFailure(error instanceof Error ? error.message : String(error), { cause: error });
  });
}

/**
 * First every deadline that passed before the command was received, then the command, then what falls due by now. On the real
 * clock the moment of receipt decides: received before the end of a term is in time, even when applied after it. On a skipped
 * clock the moment of receipt means nothing and the workflow's time counts.
 */
async function applyInOrder(
  ledger: Ledger,
  input: ApplyInput,
  clock: Clock,
  now: string,
  lastAt: string,
  row: LockedRow,
  zone: string,
): Promise<{ command?: Command; denial?: Denial }> {
  if (!input.command) {
    await ledger.fireDeadlines(now, true);
    return {};
  }
  const received = clock === 'skipped' ? now : later(earlier(input.command.receivedAt, now), lastAt);
  await ledger.fireDeadlines(received, clock === 'skipped');
  const actor = resolveActor(input.command.actor, row, localDate(received, zone));
  if (!actor) {
    return {
      denial: { code: 'forbidden', message: 'Приказ о замещении не действует, действовать «за» это лицо нельзя.' },
    };
  }
  const command = { ...input.command, actor };
  const denial = ledger.closed
    ? { code: 'case_closed', message: 'Дело завершено, действий по нему больше нет.' }
    : await ledger.decide(command, received).catch((error: unknown) => {
        if (error instanceof PersonErased)
          return { code: 'person_erased', message: 'Персональные данные этого лица уничтожены.' };
        throw error;
      });
  await ledger.fireDeadlines(now, true);
  return denial ? { command, denial } : { command };
}

interface Outcome {
  process: AnyProcess;
  input: ApplyInput;
  pins: Pins;
  row: LockedRow;
  ledger: Ledger;
  now: string;
  clock: Clock;
  command?: Command;
  denial?: Denial;
}

async function record(deps: RecordDeps, transaction: Transaction, outcome: Outcome): Promise<ApplyAnswer> {
  const { process, input, row, ledger, now, command, denial } = outcome;
  const { caseId, start } = input;
  const opening = row.id === null;
  const ctx = ledger.contextAt(now);
  const { state } = ledger;
  const summary = ledger.summary(now);
  const deadlines = ledger.armed(now);
  const work = summary.closed ? [] : guarded('work', () => process.work(state));
  const nextDueAt = deadlines.reduce<string | null>(
    (nearest, { at }) => (nearest === null || at < nearest ? at : nearest),
    null,
  );
  const participants = guarded('participants', () => process.participants(state));
  const roles = new Map(participants.map(({ personId, role }) => [personId, role]));
  const events = ledger.recorded;
  const own = events.filter((recorded) => recorded.command.id === command?.id);
  const accepted: Accepted | undefined =
    command && !denial
      ? {
          ok: true,
          caseId,
          sequence: ledger.sequence,
          ...(summary.number ? { number: summary.number } : {}),
          stage: summary.stage,
          events: own.map(({ event }) => event.type),
          entries: own.map(({ event: { sequence, type, row } }) => ({ sequence, type, row })),
          commandId: command.id,
        }
      : undefined;
  const reply: Reply | undefined = accepted ?? (denial ? { ok: false, denial } : undefined);
  // A refusal that left a note is remembered too, or its retry would leave another.
  const remembered = command !== undefined && reply !== undefined && (reply.ok || own.length > 0);
  const fresh: NewCase | undefined =
    opening && start
      ? {
          process: process.slug,
          jurisdiction: outcome.pins.jurisdiction,
          policyVersionId: ledger.policyVersionId,
          calendarVersion: outcome.pins.calendarVersion,
          parentCaseId: start.parentCaseId ?? null,
          uniqueKey: start.uniqueKey ?? null,
          clock: outcome.clock,
          startedAt: events[0]?.event.at ?? now,
        }
      : undefined;
  const everything = opening || input.reconcile === true;
  const before = everything ? undefined : projectionsOf(process, row.state, ctx);
  const after = projectionsOf(process, state, ctx);
  const uniqueKey = opening ? start?.uniqueKey : row.unique_key;
  const toWrite: RecordToWrite = {
    caseId,
    process: process.slug,
    columns: {
      summary,
      state,
      work,
      nextDueAt,
      lastHash: ledger.lastHash,
      sequence: ledger.sequence,
      updatedAt: events.at(-1)?.event.at ?? (opening ? now : row.updated_at.toISOString()),
      policyVersionId: ledger.policyVersionId,
    },
    ...(fresh ? { fresh } : {}),
    events,
    ...(remembered
      ? { command: { id: command.id, bodyHash: commandBodyHash(deps.keys, input.command ?? command), answer: reply } }
      : {}),
    ...(before === undefined || before.tasks.text !== after.tasks.text ? { tasks: after.tasks.rows } : {}),
    // Deadlines that depend on the day (open pauses) change without an event, so they are compared in the database.
    ...(deadlines.length > 0 || !opening ? { deadlines } : {}),
    ...(before === undefined || before.participants !== after.participants ? { participants } : {}),
    documents: events.flatMap(({ event }) => documentsOf(event)),
    notices: events.flatMap((recorded) =>
      guarded(`notices of ${recorded.event.type}`, () =>
        process.notices(recorded.event, recorded.state, recorded.ctx),
      ).map((notice) => ({
        ...notice,
        sequence: recorded.event.sequence,
        at: recorded.event.at,
        on: recorded.event.on,
        role:
          notice.addressee.kind === 'person'
            ? (roles.get(notice.addressee.personId) ?? 'person')
            : notice.addressee.role,
      })),
    ),
    registers: events.flatMap((recorded) =>
      guarded(`registers of ${recorded.event.type}`, () =>
        process.registers(recorded.event, recorded.state, recorded.ctx),
      ).map((write) => ({
        ...write,
        sequence: recorded.event.sequence,
        at: recorded.event.at,
      })),
    ),
    expertRecords: events.flatMap(
      (recorded) =>
        guarded(`expert records of ${recorded.event.type}`, () =>
          process.expertRecords?.(recorded.event, recorded.state, recorded.ctx),
        ) ?? [],
    ),
    ...(summary.closed && uniqueKey ? { releasedKey: uniqueKey } : {}),
  };
  const { unaddressed } = await writeRecord(transaction, toWrite);
  const { sequence, updatedAt: at } = toWrite.columns;
  announce(deps.pool, 'case_changed', JSON.stringify({ caseId, sequence, at }));
  if (toWrite.notices.length > 0) announce(deps.pool, 'outbox');
  for (const nr of unaddressed) void reportUnaddressed(deps, caseId, process, toWrite.notices[nr]!);
  return {
    exists: true,
    sequence: ledger.sequence,
    nextDueAt,
    work: pending(deps, process.slug, work),
    closed: summary.closed,
    ...(reply ? { reply } : {}),
  };
}

function projectionsOf(process: AnyProcess, state: unknown, ctx: ReturnType<Ledger['contextAt']>) {
  const rows = guarded('tasks', () => process.tasks(state, ctx));
  return {
    tasks: { rows, text: JSON.stringify(rows) },
    participants: JSON.stringify(guarded('participants', () => process.participants(state))),
  };
}

function documentsOf(event: { facts: Record<string, unknown>; at: string; actor: { personId?: string } }) {
  const { documents } = event.facts;
  if (!Array.isArray(documents)) return [];
  return (documents as DocumentLink[])
    .filter((document) => typeof document?.sha256 === 'string')
    .map((document) => ({
      ...document,
      ...(event.actor.personId ? { ownerId: event.actor.personId } : {}),
      addedAt: event.at,
    }));
}

/** One statement: the lock, the row, the memory of the command and the rights of the actor. It travels together with BEGIN. */
async function lockCase(sql: Transaction['sql'], caseId: string, command: Command | undefined): Promise<LockedRow> {
  const person = command?.actor.kind === 'person' ? command.actor : undefined;
  const id = sql`${person?.personId ?? null}::uuid`;
  const [row] = await sql<LockedRow[]>`
    select c.*, k.case_id as known_case, k.body_hash as known_body, k.answer as known_answer,
      ${rightsOf(sql, id, sql`${person?.onBehalfOf?.personId ?? null}::uuid`)}
    from (select 1) as one
    left join lateral (
      select id, jurisdiction, policy_version_id, calendar_version, closed, sequence, last_hash, state, next_due_at, work, unique_key,
        clock, updated_at from "case" where id = ${caseId}::uuid for update) c on true
    left join command k on k.id = ${command?.id ?? null}::text`;
  return row as LockedRow;
}

/** The actor as the record knows it on this day; what the caller attached is not believed. Undefined: no right to act «за». */
function resolveActor(claimed: Actor, row: LockedRow, today: string): Actor | undefined {
  if (claimed.kind === 'system') return claimed;
  return actorOf(claimed.personId, row, today, claimed.onBehalfOf?.personId ?? null);
}

async function sealFor(
  deps: RecordDeps,
  sql: Sql,
  caseId: string,
  personal: PersonalPart,
  sequence: number,
): Promise<Buffer> {
  const key = await ensurePersonKey(sql, deps.keys, personal.owner);
  return sealPersonal(key, personal.data, caseId, sequence);
}

function storedReply(deps: RecordDeps, caseId: string, command: Command, known: LockedRow): Reply {
  // Machine work is fetched again for every try, so the same key may come with another body; the first result stands.
  const same =
    known.known_case === caseId &&
    (command.actor.kind === 'system' || known.known_body === commandBodyHash(deps.keys, command));
  if (same && known.known_answer) return known.known_answer;
  return refuse(
    'idempotency_conflict',
    'Этот ключ запроса уже использован для другого действия. Отправьте запрос с новым ключом.',
  );
}

const nowhere: Envelope = { exists: false, sequence: 0, nextDueAt: null, work: [], closed: false };

function envelopeOf(deps: RecordDeps, process: AnyProcess, row: LockedRow): Envelope {
  if (row.id === null) return nowhere;
  return {
    exists: true,
    sequence: row.sequence,
    nextDueAt: row.closed ? null : (row.next_due_at?.toISOString() ?? null),
    work: row.closed ? [] : pending(deps, process.slug, row.work),
    closed: row.closed,
  };
}

function pending(deps: RecordDeps, process: string, work: WorkItem[]): Envelope['work'] {
  return work.map(({ key, kind }) => ({ key, kind, local: deps.isLocalWork(process, kind) }));
}

function refuse(code: string, message: string): Reply {
  return { ok: false, denial: { code, message } };
}

/** A fact has nobody to hear the refusal, so the audit keeps it. */
async function noteRefusedFact(deps: RecordDeps, command: Command, caseId: string, denial: Denial): Promise<void> {
  if (!command.id.startsWith('fact:')) return;
  deps.log.warn({ caseId, command: command.type, code: denial.code }, 'a fact from outside was refused');
  const facts = { fact: command.id, type: command.type, denial };
  await deps.pool`
    insert into audit_record (id, row, kind, subject_id, request_id, facts)
    values (gen_random_uuid(), 'fact', 'fact.refused', ${caseId}, ${command.requestId ?? null}, ${deps.pool.json(facts as never)})`;
}

/** The fault of a rule: written apart from the act that was rolled back, shown to administrators, told to the person. */
async function answerIncident(deps: RecordDeps, input: ApplyInput, error: unknown): Promise<ApplyAnswer> {
  const { caseId, command } = input;
  const message = error instanceof Error ? error.message : String(error);
  const what = command ? command.type : 'deadline';
  deps.log.error({ caseId, command: what, err: error }, 'a rule failed');
  await reportIncident(deps.pool, {
    caseId,
    kind: 'rule_bug',
    key: `rule_bug:${caseId}:${what}`,
    message,
    details: {
      command: command ? { id: command.id, type: command.type } : null,
      sequence: input.knownSequence,
      stack: stackOf(error),
    },
  });
  const [row] = await deps.pool<LockedRow[]>`
    select id, closed, sequence, next_due_at, work from "case" where id = ${caseId}::uuid`;
  const envelope = row ? envelopeOf(deps, getProcess(input.process), row) : nowhere;
  const reply = refuse(
    'incident',
    'Действие не записано из-за ошибки в правиле. Администраторы уже видят её; повторите позже.',
  );
  return { ...envelope, incident: true, ...(command ? { reply } : {}) };
}

async function reportUnaddressed(
  deps: RecordDeps,
  caseId: string,
  process: AnyProcess,
  { template, params, role }: { template: string; params: NoticeParams; role: string },
): Promise<void> {
  const title = process.templates[template]?.subjectRu(params) ?? template;
  await reportIncident(deps.pool, {
    caseId,
    kind: 'notice_without_addressee',
    key: `notice_without_addressee:${caseId}:${template}`,
    message: `Уведомление «${title}» некому отправить: на роль адресата никто не назначен.`,
    details: { role, template },
  }).catch((error: unknown) => deps.log.warn({ caseId, template, err: error }, 'a notice found nobody'));
}

function stackOf(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.stack?.split('\n').slice(0, 6).join('\n') : undefined;
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
