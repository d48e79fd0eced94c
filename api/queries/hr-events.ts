/** Batches, rows and events of employment, as far as one office may see them, with what the cases answered. */
import type { z } from 'zod';
import type { Sql } from '../../platform/db/pool.ts';
import type { EmploymentEvent } from '../../processes/hr-events/matrix.ts';
import { LEAVE_WORDS } from '../../processes/hr-events/import.ts';
import { findProcess } from '../../processes/registry.ts';
import type { HrBatchView, HrEventView, HrOutcome, HrRowView } from '../contract/hr-events.ts';
import { decodeCursor, isInstant, isNumber, isUuid, likeText, pageOf } from '../cursor.ts';
import { type Effect, eventWords, type Fault } from '../hr-reading.ts';
import { type HrScope, inScope } from '../hr-scope.ts';
import { notFound } from '../problems.ts';
import type { ReadTx } from '../viewer.ts';

type Batch = z.infer<typeof HrBatchView>;
type Row = z.infer<typeof HrRowView>;
type EventOf = z.infer<typeof HrEventView>;
type Outcome = z.infer<typeof HrOutcome>;

const KINDS = { import: 'файл', event: 'одно событие', correction: 'исправление' };
const STATES = { preview: 'ждёт подтверждения', applying: 'передаётся делам', done: 'передано' };
const ROW_STATES: Record<string, string> = {
  bad: 'ошибка, не применяется',
  known: 'уже учтено раньше',
  ready: 'готово',
  waiting: 'ждёт своего дня или очереди',
  told: 'передано',
  replaced: 'исправлено',
};

interface BatchRecord {
  id: string;
  kind: Batch['kind'];
  name: string;
  encoding: string | null;
  separator: string | null;
  ignored: string[];
  state: Batch['state'];
  by_ru: string;
  created_at: Date;
  applied_at: Date | null;
  finished_at: Date | null;
  rows: number;
  bad: number;
  known: number;
  ready: number;
  waiting: number;
  told: number;
  cases: number;
}

/** A batch belongs to whoever reported it and, once its events are on record, to the offices of the same places. */
function visibleBatch(sql: Sql, scope: HrScope, personId: string) {
  if (scope.all) return sql`true`;
  return sql`(b.reported_by = ${personId}::uuid)`;
}

const batchColumns = (sql: Sql) => sql`
  b.id, b.kind, b.name, b.encoding, b.separator, b.ignored, b.state, p.display_name as by_ru, b.created_at, b.applied_at, b.finished_at,
  n.rows, n.bad, n.known, n.ready, n.waiting, n.told, n.cases
  from hr_batch b join person p on p.id = b.reported_by
  left join lateral (select count(*)::int as rows, count(*) filter (where state = 'bad')::int as bad, count(*) filter (where state = 'known')::int as known,
    count(*) filter (where state = 'ready')::int as ready, count(*) filter (where state = 'waiting')::int as waiting,
    count(*) filter (where state in ('told', 'replaced'))::int as told,
    coalesce(sum((select count(*) from jsonb_array_elements(effects) e where e->>'kind' in ('case', 'open') and jsonb_array_length(e->'eventsRu') > 0)), 0)::int as cases
    from hr_row r where r.batch_id = b.id) n on true`;

export async function readBatch(sql: Sql, scope: HrScope, personId: string, id: string): Promise<Batch> {
  const [row] = await sql<
    BatchRecord[]
  >`select ${batchColumns(sql)} where b.id = ${id}::uuid and ${visibleBatch(sql, scope, personId)}`;
  if (!row) throw notFound();
  return batchView(row);
}

export async function listBatches(
  sql: Sql,
  scope: HrScope,
  personId: string,
  filter: { cursor?: string | undefined; limit: number },
) {
  const after = decodeCursor(filter.cursor, [isInstant, isUuid]);
  const rows = await sql<BatchRecord[]>`
    select ${batchColumns(sql)} where ${visibleBatch(sql, scope, personId)}
      ${after ? sql`and (b.created_at, b.id) < (${String(after[0])}::timestamptz, ${String(after[1])}::uuid)` : sql``}
    order by b.created_at desc, b.id desc limit ${filter.limit + 1}`;
  return pageOf(rows, filter.limit, (row) => [row.created_at.toISOString(), row.id], batchView);
}

function batchView(row: BatchRecord): Batch {
  const { rows, bad, known, ready, waiting, told, cases } = row;
  return {
    id: row.id,
    kind: row.kind,
    kindRu: KINDS[row.kind],
    name: row.name,
    encoding: row.encoding,
    separator: row.separator,
    ignored: row.ignored,
    state: row.state,
    stateRu: STATES[row.state],
    reportedByRu: row.by_ru,
    createdAt: row.created_at.toISOString(),
    appliedAt: row.applied_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    counts: { rows, bad, known, ready, waiting, told, cases },
  };
}

/** Whose employment was shown. */
function note(readings: ReadTx['readings'], rows: ReadonlyArray<{ person_id: string | null }>): void {
  for (const { person_id: personId } of rows) if (personId) readings?.push({ personId, what: 'hr', as: 'hr' });
}

interface RowRecord {
  line: number;
  raw: string;
  state: Row['state'];
  faults: Fault[];
  fact_id: string | null;
  event: EmploymentEvent | null;
  effects: Effect[];
  event_id: string | null;
  /** `null`: somebody the platform does not know yet. */
  person_id: string | null;
  person_ru: string | null;
  event_state: string | null;
  told: Told[] | null;
}

interface Told {
  caseId: string | null;
  commandId: string;
  kind: string;
  refused?: string;
}

export async function listRows(
  { sql, readings }: Pick<ReadTx, 'sql' | 'readings'>,
  batchId: string,
  filter: { state?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: Row[]; next: string | null }> {
  const [after] = decodeCursor(filter.cursor, [isNumber]) ?? [0];
  const rows = await sql<RowRecord[]>`
    select r.line, r.raw, r.state, r.faults, r.fact_id, r.event, r.effects, e.id as event_id, e.state as event_state, e.told, p.id as person_id,
      coalesce(p.display_name, nullif(concat_ws(' ', r.event->'newcomer'->>'familyName', r.event->'newcomer'->>'givenName', r.event->'newcomer'->>'patronymic'), '')) as person_ru
    from hr_row r left join hr_event e on e.fact_id = r.fact_id left join person p on p.id = (r.event->>'personId')::uuid
    where r.batch_id = ${batchId}::uuid and r.line > ${Number(after)} ${filter.state ? sql`and r.state = ${filter.state}` : sql``}
    order by r.line limit ${filter.limit + 1}`;
  note(readings, rows.slice(0, filter.limit));
  const outcomes = await outcomesOf(
    sql,
    rows.flatMap((row) => (row.state === 'told' ? (row.told ?? []) : [])),
  );
  return pageOf(
    rows,
    filter.limit,
    (row) => [row.line],
    (row): Row => {
      const state = row.event_state === 'replaced' && row.state !== 'known' ? 'replaced' : row.state;
      return {
        line: row.line,
        state,
        stateRu: ROW_STATES[state] ?? state,
        raw: row.raw,
        personRu: row.person_ru,
        eventRu: row.event ? eventWords(row.event) : null,
        on: row.event?.on ?? null,
        eventId: row.event_id,
        faults: row.faults,
        effects: row.effects,
        outcomes: row.state === 'told' ? shown(row.told ?? [], outcomes) : [],
      };
    },
  );
}

interface EventRecord {
  id: string;
  fact_id: string;
  batch_id: string;
  person_id: string;
  person_ru: string | null;
  kind: string;
  on_day: string;
  event: EmploymentEvent;
  state: EventOf['state'];
  told: Told[];
  corrects: string | null;
  reason: string | null;
  by_ru: string;
  reported_at: Date;
  told_at: Date | null;
}

const eventColumns = (sql: Sql) => sql`
  e.id, e.fact_id, e.batch_id, e.person_id, p.display_name as person_ru, e.kind, e.on_day, e.event, e.state, e.told, e.corrects, e.reason,
  w.display_name as by_ru, e.reported_at, e.told_at
  from hr_event e left join person p on p.id = e.person_id join person w on w.id = e.reported_by left join organisation o on o.id = e.place_id`;

/** Events of the places of this office; those it reported itself too. */
const visibleEvent = (sql: Sql, scope: HrScope, personId: string) =>
  sql`(e.reported_by = ${personId}::uuid or ${inScope(sql, scope)})`;

export async function listEvents(
  { sql, readings }: Pick<ReadTx, 'sql' | 'readings'>,
  scope: HrScope,
  viewerId: string,
  filter: {
    q?: string | undefined;
    event?: string | undefined;
    personId?: string | undefined;
    cursor?: string | undefined;
    limit: number;
  },
) {
  const after = decodeCursor(filter.cursor, [isInstant, isUuid]);
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} where ${visibleEvent(sql, scope, viewerId)}
      ${filter.q ? sql`and p.display_name ilike ${likeText(filter.q)}` : sql``}
      ${filter.event ? sql`and e.kind = ${filter.event}` : sql``}
      ${filter.personId ? sql`and e.person_id = ${filter.personId}::uuid` : sql``}
      ${after ? sql`and (e.reported_at, e.id) < (${String(after[0])}::timestamptz, ${String(after[1])}::uuid)` : sql``}
    order by e.reported_at desc, e.id desc limit ${filter.limit + 1}`;
  note(readings, rows.slice(0, filter.limit));
  const outcomes = await outcomesOf(
    sql,
    rows.flatMap(({ told }) => told),
  );
  return pageOf(
    rows,
    filter.limit,
    (row) => [row.reported_at.toISOString(), row.id],
    (row) => eventView(row, outcomes),
  );
}

export async function readEvent(
  { sql, readings }: Pick<ReadTx, 'sql' | 'readings'>,
  scope: HrScope,
  viewerId: string,
  id: string,
) {
  const [row] = await sql<
    EventRecord[]
  >`select ${eventColumns(sql)} where e.id = ${id}::uuid and ${visibleEvent(sql, scope, viewerId)}`;
  if (!row) throw notFound();
  note(readings, [row]);
  return { record: row, view: eventView(row, await outcomesOf(sql, row.told)) };
}

function eventView(row: EventRecord, outcomes: Map<string, Answered>): EventOf {
  const { event } = row;
  const cells = {
    personId: row.person_id,
    event: event.event,
    on: event.on,
    main: event.main ? 'да' : 'нет',
    ...(event.leave ? { leave: event.leave } : {}),
    ...(event.until ? { until: event.until } : {}),
    ...(event.post ? { post: event.post } : {}),
    ...(event.to ? { organisationId: event.to.organisationId } : {}),
    ...(event.act ? { act: event.act } : {}),
    ...(event.tenureMonths === undefined ? {} : { tenureMonths: String(event.tenureMonths) }),
    ...(event.bornOn ? { bornOn: event.bornOn } : {}),
    ...(event.surname ? { surname: event.surname } : {}),
  };
  return {
    id: row.id,
    batchId: row.batch_id,
    personId: row.person_id,
    personRu: row.person_ru ?? 'новый человек',
    event: row.kind,
    eventRu: eventWords(event),
    on: row.on_day,
    detailRu: [event.leave && LEAVE_WORDS[event.leave], event.act].filter(Boolean).join(' · ') || null,
    state: row.state,
    stateRu: ROW_STATES[row.state] ?? row.state,
    reportedAt: row.reported_at.toISOString(),
    reportedByRu: row.by_ru,
    toldAt: row.told_at?.toISOString() ?? null,
    corrects: row.corrects,
    reason: row.reason,
    cells,
    outcomes: shown(row.told, outcomes),
  };
}

interface Answered {
  number: string | null;
  process: string | null;
  events: string[] | null;
  refused: string | null;
}

/** What became of the facts: the stored answer of the case, or the refusal the audit keeps. */
async function outcomesOf(sql: Sql, told: readonly Told[]): Promise<Map<string, Answered>> {
  const ids = told.map(({ commandId }) => commandId);
  if (ids.length === 0) return new Map();
  const cases = told.flatMap(({ caseId }) => (caseId ? [caseId] : []));
  const [answers, refusals, numbers] = await Promise.all([
    sql<
      Array<{ id: string; events: string[] | null }>
    >`select id, answer->'events' as events from command where id = any(${ids}::text[])`,
    sql<Array<{ id: string; message: string }>>`
      select facts->>'fact' as id, facts->'denial'->>'message' as message from audit_record
      where kind = 'fact.refused' and subject_id = any(${cases}::text[]) and facts->>'fact' = any(${ids}::text[])`,
    sql<
      Array<{ id: string; number: string | null; process: string }>
    >`select id, number, process from "case" where id = any(${cases}::uuid[])`,
  ]);
  const byId = new Map(answers.map((a) => [a.id, a.events]));
  const refusedBy = new Map(refusals.map((r) => [r.id, r.message]));
  const byCase = new Map(numbers.map((n) => [n.id, n]));
  return new Map(
    told.map(({ commandId, caseId }) => [
      commandId,
      {
        number: (caseId && byCase.get(caseId)?.number) || null,
        process: (caseId && byCase.get(caseId)?.process) || null,
        events: byId.get(commandId) ?? null,
        refused: refusedBy.get(commandId) ?? null,
      },
    ]),
  );
}

/** A case that is not the business of this office was told too; that it exists is not said. */
const shown = (told: readonly Told[], outcomes: Map<string, Answered>): Outcome[] =>
  told
    .filter(({ caseId, commandId }) => caseId === null || outcomes.get(commandId)?.process)
    .map((one) => outcomeOf(one, outcomes));

function outcomeOf(told: Told, outcomes: Map<string, Answered>): Outcome {
  const known = outcomes.get(told.commandId);
  const process = known?.process ? findProcess(known.process) : undefined;
  const head = { caseId: told.caseId, number: known?.number ?? null, processRu: process?.nameRu ?? null };
  if (told.refused) return { ...head, state: 'refused', ru: told.refused };
  if (known?.events) {
    const words = new Map(process?.table.map((row) => [row.event, row.effectRu]));
    const said = [...new Set(known.events.map((type) => words.get(type) ?? type))].join('; ');
    return { ...head, state: 'delivered', ru: told.kind === 'opened' ? 'Дело открыто.' : `${said}.` };
  }
  if (known?.refused) return { ...head, state: 'refused', ru: known.refused };
  if (told.kind === 'opened' && told.caseId) return { ...head, state: 'delivered', ru: 'Дело открыто.' };
  return { ...head, state: 'sent', ru: 'Передано, дело отвечает.' };
}
