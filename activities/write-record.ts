import type postgres from 'postgres';
import type { Transaction } from '../platform/db/pool.ts';
import { orderHolds } from '../platform/identity/rights.ts';
import type {
  ArmedDeadline,
  CaseSummary,
  ExpertRecordWrite,
  NoticeIntent,
  Participant,
  RegisterWrite,
  TaskRow,
  WorkItem,
} from '../processes/kit/types.ts';
import type { RecordedEvent } from './ledger.ts';
import type { Clock, Reply } from './types.ts';

/** A link of a case to a content-addressed document, from `facts.documents` of an event. */
export interface DocumentLink {
  sha256: string;
  kind: string;
  label: string;
  version?: number;
  audience?: string;
}

export interface CaseColumns {
  summary: CaseSummary;
  state: unknown;
  work: WorkItem[];
  nextDueAt: string | null;
  lastHash: Buffer;
  sequence: number;
  updatedAt: string;
  /** Moves when an event moved the case to another policy version. */
  policyVersionId: string;
}

/** What stands for the life of a case. */
export interface NewCase {
  process: string;
  jurisdiction: string;
  policyVersionId: string;
  calendarVersion: string;
  parentCaseId: string | null;
  uniqueKey: string | null;
  clock: Clock;
  startedAt: string;
}

export interface RecordToWrite {
  caseId: string;
  process: string;
  columns: CaseColumns;
  /** Present when this act opens the case. */
  fresh?: NewCase;
  events: RecordedEvent[];
  command?: { id: string; bodyHash: string; answer: Reply };
  /** Absent: these projections did not change. */
  tasks?: TaskRow[];
  deadlines?: ArmedDeadline[];
  participants?: Participant[];
  documents: Array<DocumentLink & { ownerId?: string; addedAt: string }>;
  notices: Array<NoticeIntent & { sequence: number; at: string; on: string; role: string }>;
  registers: Array<RegisterWrite & { sequence: number; at: string }>;
  expertRecords: ExpertRecordWrite[];
  /** Given back when the case closes. */
  releasedKey?: string;
}

const closedTaskStates = new Set(['done', 'declined', 'reassigned', 'cancelled', 'voided']);

/**
 * Writes one act whole: register entries first (few acts have any), then one statement for everything else, which leaves
 * together with COMMIT. Parts without rows are left out of the statement, so that an act pays for what it changes; each
 * combination of parts is a prepared statement of its own.
 *
 * Answers how many notices found nobody, which becomes an incident and holds nothing up.
 */
export async function writeRecord(
  { sql, commitWith }: Transaction,
  record: RecordToWrite,
): Promise<{ unaddressed: number[] }> {
  for (const write of record.registers) await writeRegister(sql, record, write);
  const parts = [
    caseRow(sql, record),
    ...(record.events.length > 0 ? [eventRows(sql, record)] : []),
    ...(record.command ? [commandRow(sql, record, record.command)] : []),
    ...(record.tasks ? [taskRows(sql, record, record.tasks)] : []),
    ...(record.deadlines ? [deadlineRows(sql, record, record.deadlines)] : []),
    ...(record.participants ? [participantRows(sql, record, record.participants)] : []),
    ...(record.documents.length > 0 ? [documentRows(sql, record)] : []),
    ...(record.expertRecords.length > 0 ? [expertRows(sql, record)] : []),
    ...(record.notices.length > 0 ? [noticeRows(sql, record)] : []),
    ...(record.releasedKey
      ? [sql`released as (delete from case_reservation where unique_key = ${record.releasedKey})`]
      : []),
  ];
  const withParts = parts.reduce((all, part) => sql`${all}, ${part}`);
  const unaddressed =
    record.notices.length > 0
      ? sql`(select coalesce(jsonb_agg(nr), '[]') from (select distinct on (template) nr from notice_in where not exists (
            select from notice_to where notice_to.nr = notice_in.nr) order by template, nr) lost) as unaddressed`
      : sql`null as unaddressed`;
  const [row] = await commitWith(sql<Array<{ unaddressed: number[] | null }>>`with ${withParts} select ${unaddressed}`);
  return { unaddressed: row?.unaddressed ?? [] };
}

type Tx = postgres.ReservedSql<{}>;

function caseRow(sql: Tx, { caseId, columns, fresh }: RecordToWrite) {
  const { summary } = columns;
  const values = sql.json({
    number: summary.number ?? null,
    title: summary.titleRu,
    subject_kind: summary.subjectKind,
    subject_id: summary.subjectId,
    initiator: summary.initiatorId ?? null,
    organisation: summary.applicantOrganisationId ?? null,
    region: summary.applicantRegionCode ?? null,
    stage: summary.stage,
    outcome: summary.outcome ?? null,
    waiting_for: summary.waitingFor,
    paused: summary.paused,
    due_on: summary.dueOn ?? null,
    closed: summary.closed,
    sequence: columns.sequence,
    hash: columns.lastHash.toString('hex'),
    state: columns.state,
    next_due_at: columns.nextDueAt,
    work: columns.work,
    updated_at: columns.updatedAt,
    policyVersionId: columns.policyVersionId,
    ...fresh,
  } as never);
  const record = sql`jsonb_to_record(${values}) as v(
    number text, title text, subject_kind text, subject_id text, initiator uuid, organisation uuid, region text, stage text,
    outcome text, waiting_for text, paused boolean, due_on text, closed boolean, sequence int, hash text, state jsonb,
    next_due_at timestamptz, work jsonb, updated_at timestamptz, process text, jurisdiction text, "policyVersionId" text,
    "calendarVersion" text, "parentCaseId" uuid, "uniqueKey" text, clock text, "startedAt" timestamptz)`;
  if (fresh) {
    return sql`kase as (insert into "case" (id, process, number, jurisdiction, title_ru, subject_kind, subject_id, initiator_id,
      applicant_organisation_id, applicant_region_code, policy_version_id, calendar_version, stage, outcome, waiting_for, paused,
      due_on, closed, sequence, last_hash, state, next_due_at, work, parent_case_id, unique_key, clock, started_at, updated_at)
      select ${caseId}::uuid, v.process, v.number, v.jurisdiction, v.title, v.subject_kind, v.subject_id, v.initiator,
      v.organisation, v.region, v."policyVersionId", v."calendarVersion", v.stage, v.outcome, v.waiting_for, v.paused,
      v.due_on, v.closed, v.sequence, decode(v.hash, 'hex'), v.state, v.next_due_at, v.work, v."parentCaseId", v."uniqueKey", v.clock,
      v."startedAt", v.updated_at from ${record})`;
  }
  return sql`kase as (update "case" as c set number = v.number, title_ru = v.title, subject_kind = v.subject_kind,
    subject_id = v.subject_id, initiator_id = v.initiator, applicant_organisation_id = v.organisation,
    applicant_region_code = v.region, stage = v.stage, outcome = v.outcome, waiting_for = v.waiting_for, paused = v.paused,
    policy_version_id = v."policyVersionId", due_on = v.due_on, closed = v.closed, sequence = v.sequence, last_hash = decode(v.hash, 'hex'), state = v.state,
    next_due_at = v.next_due_at, work = v.work, updated_at = v.updated_at from ${record} where c.id = ${caseId}::uuid)`;
}

function eventRows(sql: Tx, { caseId, events }: RecordToWrite) {
  const rows = events.map(({ event, personal, personalOwner, prevHash, hash, command }) => ({
    sequence: event.sequence,
    type: event.type,
    row: event.row,
    at: event.at,
    on: event.on,
    actor_kind: event.actor.kind,
    actor_id: event.actor.personId ?? null,
    on_behalf_of: event.actor.onBehalfOf ?? null,
    acting_act: event.actor.acting?.actId ?? null,
    command_id: command.id,
    request_id: command.requestId ?? null,
    facts: event.facts,
    personal: personal?.toString('hex') ?? null,
    personal_owner: personalOwner ?? null,
    prev: prevHash.toString('hex'),
    hash: hash.toString('hex'),
  }));
  return sql`events as (insert into case_event (case_id, sequence, type, row, at, "on", actor_kind, actor_id, on_behalf_of, acting_act,
    command_id, request_id, facts, personal, personal_owner, prev_hash, hash)
    select ${caseId}::uuid, e.sequence, e.type, e.row, e.at, e."on", e.actor_kind, e.actor_id, e.on_behalf_of, e.acting_act, e.command_id,
    e.request_id, e.facts, decode(e.personal, 'hex'), e.personal_owner, decode(e.prev, 'hex'), decode(e.hash, 'hex')
    from jsonb_to_recordset(${sql.json(rows as never)}) as e(sequence int, type text, row text, at timestamptz, "on" text,
    actor_kind text, actor_id uuid, on_behalf_of jsonb, acting_act text, command_id text, request_id text, facts jsonb, personal text,
    personal_owner uuid, prev text, hash text))`;
}

function commandRow(
  sql: Tx,
  { caseId }: RecordToWrite,
  { id, bodyHash, answer }: NonNullable<RecordToWrite['command']>,
) {
  return sql`command_row as (insert into command (id, case_id, body_hash, answer)
    values (${id}, ${caseId}::uuid, ${bodyHash}, ${sql.json(answer as never)}))`;
}

/** A task that left the state stays as it was; a row that is already right is not touched. */
function taskRows(sql: Tx, { caseId, process, columns }: RecordToWrite, tasks: TaskRow[]) {
  const rows = tasks.map((task) => ({
    id: task.id,
    kind: task.kind,
    title: task.titleRu,
    state: task.state,
    open: !closedTaskStates.has(task.state),
    nature: task.nature,
    role: task.role,
    scope_kind: task.scope.kind,
    scope_id: 'id' in task.scope ? task.scope.id : null,
    assignee: task.assigneeId ?? null,
    due_on: task.dueOn ?? null,
    due_at: task.dueAt ?? null,
    late: task.late ?? false,
  }));
  return sql`tasks as (insert into task as t (id, case_id, process, kind, title_ru, state, open, nature, role, scope_kind, scope_id,
    assignee_id, due_on, due_at, late, created_at, updated_at)
    select n.id, ${caseId}::uuid, ${process}, n.kind, n.title, n.state, n.open, n.nature, n.role, n.scope_kind, n.scope_id, n.assignee,
    n.due_on, n.due_at, n.late, ${columns.updatedAt}::timestamptz, ${columns.updatedAt}::timestamptz
    from jsonb_to_recordset(${sql.json(rows as never)}) as n(id uuid, kind text, title text, state text, open boolean, nature text,
    role text, scope_kind text, scope_id text, assignee uuid, due_on text, due_at timestamptz, late boolean)
    on conflict (id) do update set kind = excluded.kind, title_ru = excluded.title_ru, state = excluded.state, open = excluded.open,
    nature = excluded.nature, role = excluded.role, scope_kind = excluded.scope_kind, scope_id = excluded.scope_id,
    assignee_id = excluded.assignee_id, due_on = excluded.due_on, due_at = excluded.due_at, late = excluded.late,
    updated_at = excluded.updated_at
    where t.case_id = excluded.case_id and (t.kind, t.title_ru, t.state, t.role, t.scope_kind, t.scope_id, t.assignee_id, t.due_on, t.due_at, t.late)
    is distinct from (excluded.kind, excluded.title_ru, excluded.state, excluded.role, excluded.scope_kind, excluded.scope_id,
    excluded.assignee_id, excluded.due_on, excluded.due_at, excluded.late))`;
}

function deadlineRows(sql: Tx, { caseId }: RecordToWrite, deadlines: ArmedDeadline[]) {
  const rows = deadlines.map(({ key, at, due, purpose, waitingFor, visible, taskId }) => ({
    key,
    purpose,
    due_on: due.dueOn,
    at,
    waiting_for: waitingFor,
    visible,
    task_id: taskId ?? null,
    derivation: due.derivation,
  }));
  return sql`deadline_in as (select * from jsonb_to_recordset(${sql.json(rows as never)}) as n(key text, purpose text, due_on text,
    at timestamptz, waiting_for text, visible boolean, task_id uuid, derivation jsonb)),
    deadline_gone as (delete from case_deadline where case_id = ${caseId}::uuid and key not in (select key from deadline_in)),
    deadlines as (insert into case_deadline as d (case_id, key, purpose, due_on, at, waiting_for, visible, task_id, derivation)
    select ${caseId}::uuid, n.key, n.purpose, n.due_on, n.at, n.waiting_for, n.visible, n.task_id, n.derivation from deadline_in n
    on conflict (case_id, key) do update set purpose = excluded.purpose, due_on = excluded.due_on, at = excluded.at,
    waiting_for = excluded.waiting_for, visible = excluded.visible, task_id = excluded.task_id, derivation = excluded.derivation
    where (d.purpose, d.due_on, d.at, d.waiting_for, d.visible, d.task_id, d.derivation) is distinct from (excluded.purpose,
    excluded.due_on, excluded.at, excluded.waiting_for, excluded.visible, excluded.task_id, excluded.derivation))`;
}

function participantRows(sql: Tx, { caseId }: RecordToWrite, participants: Participant[]) {
  const rows = participants.map(({ personId, role }) => ({ person: personId, role }));
  return sql`participant_in as (select distinct person, role
    from jsonb_to_recordset(${sql.json(rows as never)}) as n(person uuid, role text)),
    participant_gone as (delete from case_participant p where case_id = ${caseId}::uuid and not exists (
      select from participant_in n where n.person = p.person_id and n.role = p.role)),
    participants as (insert into case_participant (case_id, person_id, role)
    select ${caseId}::uuid, n.person, n.role from participant_in n on conflict do nothing)`;
}

function documentRows(sql: Tx, { caseId, documents }: RecordToWrite) {
  const rows = documents.map((document) => ({
    sha256: document.sha256,
    kind: document.kind,
    label: document.label,
    version: document.version ?? 1,
    owner: document.ownerId ?? null,
    audience: document.audience ?? 'none',
    at: document.addedAt,
  }));
  return sql`documents as (insert into case_document (case_id, sha256, kind, label, version, owner_id, audience, added_at)
    select ${caseId}::uuid, n.sha256, n.kind, n.label, n.version, n.owner, n.audience, n.at
    from jsonb_to_recordset(${sql.json(rows as never)}) as n(sha256 text, kind text, label text, version int, owner uuid,
    audience text, at timestamptz) on conflict do nothing)`;
}

function expertRows(sql: Tx, { caseId, expertRecords }: RecordToWrite) {
  const rows = [...new Map(expertRecords.map((record) => [record.taskId, record])).values()];
  return sql`experts as (insert into expert_record (task_id, person_id, case_id, outcome, late, assigned_on, finished_on,
    working_days, score, panel_mean)
    select n."taskId", n."personId", ${caseId}::uuid, n.outcome, n.late, n."assignedOn", n."finishedOn", n."workingDays", n.score,
    n."panelMean" from jsonb_to_recordset(${sql.json(rows as never)}) as n("taskId" uuid, "personId" uuid, outcome text, late boolean,
    "assignedOn" text, "finishedOn" text, "workingDays" int, score float8, "panelMean" float8)
    on conflict (task_id) do update set outcome = excluded.outcome, late = excluded.late, finished_on = excluded.finished_on,
    working_days = excluded.working_days, score = excluded.score, panel_mean = excluded.panel_mean)`;
}

/**
 * Addressees become people here, by the assignments valid on the date of the event: who holds the office then gets the letter.
 * The dedupe key keeps a repeated event from writing twice.
 */
function noticeRows(sql: Tx, { caseId, notices }: RecordToWrite) {
  const rows = notices.map((notice, nr) => {
    const { addressee } = notice;
    return {
      nr,
      template: notice.template,
      kind: addressee.kind,
      person: addressee.kind === 'person' ? addressee.personId : null,
      role: addressee.kind === 'person' ? notice.role : addressee.role,
      scope_kind:
        addressee.kind === 'role' ? addressee.scope.kind : addressee.kind === 'organisation' ? 'organisation' : null,
      scope_id:
        addressee.kind === 'organisation'
          ? addressee.organisationId
          : addressee.kind === 'role' && 'id' in addressee.scope
            ? addressee.scope.id
            : null,
      occurrence: notice.occurrence ?? '',
      params: notice.params,
      significant: notice.legallySignificant,
      sequence: notice.sequence,
      at: notice.at,
      on: notice.on,
    };
  });
  return sql`notice_in as (select * from jsonb_to_recordset(${sql.json(rows as never)}) as n(nr int, template text, kind text,
    person uuid, role text, scope_kind text, scope_id text, occurrence text, params jsonb, significant boolean, sequence int,
    at timestamptz, "on" text)),
    notice_to as (
      select distinct on (nr, addressee) * from (
      select n.*, n.person as addressee, null::jsonb as behalf from notice_in n where n.kind = 'person'
      union all
      select n.*, a.person_id, case when a.on_behalf_of is not null
          then jsonb_build_object('personId', a.on_behalf_of, 'actId', coalesce(a.act, '')) end
        from notice_in n join role_assignment a on a.role = n.role and a.from_on <= n."on"
        and (a.to_on is null or a.to_on >= n."on") and ${orderHolds(sql, sql`a`, sql`n."on"`)}
        and ((a.scope_kind = n.scope_kind and a.scope_id is not distinct from n.scope_id) or 'country' in (a.scope_kind, n.scope_kind))
      where n.kind <> 'person' and n.scope_kind <> 'case'
      union all
      select n.*, p.person_id, null::jsonb from notice_in n join case_participant p on p.case_id::text = n.scope_id and p.role = n.role
      where n.kind = 'role' and n.scope_kind = 'case') a
      -- Whoever holds the office himself hears of it as its holder, and once.
      order by nr, addressee, behalf is not null, behalf),
    notices as (insert into notice (id, dedupe_key, case_id, sequence, template, addressee_id, addressee_role, on_behalf_of, params,
      legally_significant, nominal_at, due_at)
    select gen_random_uuid(), ${caseId}::text || ':' || n.sequence || ':' || n.template || ':' || n.addressee || ':' || n.occurrence,
      ${caseId}::uuid, n.sequence, n.template, n.addressee, n.role, n.behalf, n.params, n.significant, n.at, now()
    from notice_to n on conflict (dedupe_key) do nothing)`;
}

/**
 * Changes a register entry and appends to its history in one statement. Only the case that keeps the entry may do so; the same
 * event never writes twice.
 */
async function writeRegister(sql: Tx, record: RecordToWrite, write: RecordToWrite['registers'][number]): Promise<void> {
  const { summary } = record.columns;
  const title = typeof write.facts.titleRu === 'string' ? write.facts.titleRu : summary.titleRu;
  const rows = await sql`
    with entry as (
      insert into register_entry as r (id, register, number, status, version, title_ru, organisation_id, region_code, facts, valid_from,
        valid_until, public, keeper_case_id, updated_at)
      values (gen_random_uuid(), ${write.register}, ${write.number}, ${write.status}, ${write.version}, ${title},
        ${summary.applicantOrganisationId ?? null}, ${summary.applicantRegionCode ?? null}, ${sql.json(write.facts as never)},
        ${write.validFrom ?? null}, ${write.validUntil ?? null}, ${write.public}, ${record.caseId}, ${write.at})
      on conflict (register, number) do update set status = excluded.status, version = excluded.version, title_ru = excluded.title_ru,
        organisation_id = excluded.organisation_id, region_code = excluded.region_code, facts = excluded.facts,
        valid_from = excluded.valid_from, valid_until = excluded.valid_until, public = excluded.public, updated_at = excluded.updated_at
      where r.keeper_case_id = excluded.keeper_case_id
      returning r.id)
    insert into register_history (entry_id, n, status, version, facts, valid_from, valid_until, case_id, sequence, at)
    select e.id, 1 + (select count(*) from register_history h where h.entry_id = e.id), ${write.status}, ${write.version},
      ${sql.json(write.facts as never)}, ${write.validFrom ?? null}, ${write.validUntil ?? null}, ${record.caseId}, ${write.sequence},
      ${write.at} from entry e
    returning 1`;
  if (rows.length === 0) throw new Error(`the register entry ${write.number} is kept by another case`);
}
