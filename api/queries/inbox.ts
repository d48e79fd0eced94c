/**
 * «Что ждёт меня»: tasks assigned to me, tasks of my offices, my own cases that wait for the applicant. Nearest due first, so the late
 * come first. Three sources, each read by its own index and no further than one page, merged here.
 */
import type { InboxItem } from '../contract/inbox.ts';
import { decodeCursor, encodeCursor, isInstant, isText, orNull } from '../cursor.ts';
import { findProcess, listProcesses } from '../../processes/registry.ts';
import { namesSubjectOfTask, sittingIds } from '../visibility.ts';
import type postgres from 'postgres';
import type { ReadTx } from '../viewer.ts';
import { taskStateRu } from '../words.ts';
import { namesOf, stageOf } from './load-case.ts';

type Kind = InboxItem['kind'];

interface Row {
  kind: Kind;
  id: string;
  task_kind: string | null;
  case_id: string;
  process: string;
  title_ru: string;
  case_title_ru: string;
  number: string | null;
  stage: string;
  state: string;
  assignee_id: string | null;
  due_on: string | null;
  due_at: Date | null;
  /** Nature of the task; null of a case. */
  nature: string | null;
  subject_kind: string;
  subject_id: string;
}

interface After {
  dueAt: string | null;
  id: string;
}

/** Sorts after every real date: what has no date comes last. */
const never = '9999-12-31T00:00:00.000Z';
/** Counting stops here, nearest due first, so that what is late is counted before the rest: a badge says «1000+». */
const mostCounted = 1_000;

export async function readInbox(
  tx: ReadTx,
  query: { kind?: Kind | undefined; cursor?: string | undefined; limit: number },
) {
  const [dueAt, id] = decodeCursor(query.cursor, [orNull(isInstant), isText]) ?? [];
  const after: After | undefined = id === undefined ? undefined : { dueAt: dueAt as string | null, id: String(id) };
  const limit = query.limit + 1;
  const wants = (kind: Kind) => query.kind === undefined || query.kind === kind;
  const [own, office, cases, counts] = await Promise.all([
    wants('task') ? ownTasks(tx, after, limit) : [],
    wants('office') ? officeTasks(tx, after, limit) : [],
    wants('case') ? waitingCases(tx, after, limit) : [],
    countInbox(tx),
  ]);
  const merged = [...own, ...office, ...cases].sort((a, b) => compare(keyOf(a), keyOf(b)));
  const shown = merged.slice(0, query.limit);
  const last = shown.at(-1);
  const now = new Date().toISOString();
  for (const row of shown) {
    const personId = subjectOf(row);
    if (personId) tx.readings?.push({ personId, what: 'task', caseId: row.case_id, as: readsAs(row) });
  }
  const names = await namesOf(tx.sql, shown.map(subjectOf));
  return {
    items: shown.map((row) => itemOf(row, now, names.get(subjectOf(row) ?? '') ?? null)),
    next: merged.length > query.limit && last ? encodeCursor([last.due_at?.toISOString() ?? null, last.id]) : null,
    counts,
  };
}

const columns = (tx: ReadTx) =>
  tx.sql`t.id, t.kind as task_kind, t.case_id, t.process, t.title_ru, c.title_ru as case_title_ru, c.number, c.stage, t.state, t.assignee_id, t.due_on, t.due_at, t.nature, c.subject_kind, c.subject_id`;

/** Rows after the cursor in the order (due_at nulls last, id), written so that the index is walked and not sorted. */
function beyond({ sql }: ReadTx, after: After | undefined) {
  if (!after) return sql``;
  if (after.dueAt === null) return sql`and t.due_at is null and t.id > ${after.id}::uuid`;
  return sql`and (t.due_at, t.id) > (${after.dueAt}::timestamptz, ${after.id}::uuid)`;
}

/** Dated tasks by the index; those without a date only when the dated ones do not fill the page. */
async function pagedTasks(
  tx: ReadTx,
  kind: Kind,
  condition: postgres.PendingQuery<any>,
  after: After | undefined,
  limit: number,
): Promise<Row[]> {
  const { sql } = tx;
  const select = sql`select ${kind}::text as kind, ${columns(tx)} from task t join "case" c on c.id = t.case_id`;
  const dated =
    after?.dueAt === null
      ? []
      : await sql<
          Row[]
        >`${select} where ${condition} and t.open and t.due_at is not null ${beyond(tx, after)} order by t.due_at, t.id limit ${limit}`;
  if (dated.length >= limit) return [...dated];
  const undatedAfter = after?.dueAt === null ? after : undefined;
  const undated = await sql<
    Row[]
  >`${select} where ${condition} and t.open and t.due_at is null ${beyond(tx, undatedAfter)} order by t.id limit ${limit - dated.length}`;
  return [...dated, ...undated];
}

async function ownTasks(tx: ReadTx, after: After | undefined, limit: number): Promise<Row[]> {
  return pagedTasks(tx, 'task', ownCondition(tx), after, limit);
}

/** My tasks; of a deputy the tasks of the offices he stands in for that the person replaced has taken. Personal tasks are nobody's else. */
function ownCondition(tx: ReadTx) {
  const { sql, viewer } = tx;
  const { onBehalfOf } = viewer.actor;
  if (!onBehalfOf) return sql`t.assignee_id = ${viewer.personId}::uuid and t.state <> 'on_hold'`;
  const held = offices(tx).map((office) => sql`(${placeCondition(sql, office)})`);
  const where = held.length === 0 ? sql`false` : held.reduce((all, part) => sql`${all} or ${part}`);
  return sql`t.assignee_id = ${onBehalfOf.personId}::uuid and t.nature = 'office' and (${where}) and t.state <> 'on_hold'`;
}

/** Free tasks of every office the viewer holds: one walk of the index for each role and scope. */
async function officeTasks(tx: ReadTx, after: After | undefined, limit: number): Promise<Row[]> {
  const { sql } = tx;
  const pages = await Promise.all(
    offices(tx).map((office) => pagedTasks(tx, 'office', officeCondition(sql, office), after, limit)),
  );
  const rows = new Map(pages.flat().map((row) => [row.id, row]));
  return [...rows.values()].sort((a, b) => compare(keyOf(a), keyOf(b))).slice(0, limit);
}

interface Office {
  role: string;
  kind: string;
  id: string | null;
}

function offices({ viewer }: ReadTx): Office[] {
  const all = viewer.actor.assignments
    .filter(({ role }) => role !== 'expert' && role !== 'arbiter')
    .map(({ role, scope }) => ({ role, kind: scope.kind, id: 'id' in scope ? scope.id : null }));
  return [...new Map(all.map((office) => [JSON.stringify(office), office])).values()];
}

/** A country-wide holder sees the office tasks of his role everywhere. Somebody else's task in work is not waiting for me. */
function officeCondition(sql: ReadTx['sql'], office: Office) {
  return sql`${placeCondition(sql, office)} and t.nature = 'office' and t.assignee_id is null and t.state <> 'on_hold'`;
}

function placeCondition(sql: ReadTx['sql'], office: Office) {
  if (office.kind === 'country') return sql`t.role = ${office.role}`;
  return sql`t.role = ${office.role} and t.scope_kind = ${office.kind} and t.scope_id is not distinct from ${office.id}`;
}

/**
 * Cases that wait for the viewer: applications of his organisations, a case about himself that waits for him or has a paper for him to
 * read, a sitting of his commission. Few, by nature.
 */
async function waitingCases(tx: ReadTx, after: After | undefined, limit: number): Promise<Row[]> {
  const { sql } = tx;
  const from = sql`
    select 'case'::text as kind, c.id, null::text as task_kind, c.id as case_id, c.process, c.title_ru, c.title_ru as case_title_ru, c.number, c.stage, c.stage as state,
      null::uuid as assignee_id, d.due_on, d.at as due_at, null::text as nature, c.subject_kind, c.subject_id
    from "case" c left join lateral (
      select due_on, at from case_deadline d where d.case_id = c.id and d.visible and d.waiting_for = any(${[...FOR_PARTY]}::text[]) order by d.at limit 1) d on true
    where ${waitingCondition(tx)}`;
  return [
    ...(await sql<Row[]>`
      select * from (${from}) x
      where ${after ? sql`(coalesce(due_at, ${never}::timestamptz), id) > (${after.dueAt ?? never}::timestamptz, ${after.id}::uuid)` : sql`true`}
      order by coalesce(due_at, ${never}::timestamptz), id limit ${limit}`),
  ];
}

const NOBODY = '00000000-0000-0000-0000-000000000000';
const FOR_PARTY = ['applicant', 'commission'] as const;

function waitingCondition({ sql, viewer }: ReadTx) {
  const { organisations } = viewer.reach;
  // A case about the viewer himself, or one he hears, waits for him in his own name.
  const personId = viewer.actor.onBehalfOf ? NOBODY : viewer.personId;
  const personal = listProcesses().flatMap((process) => (process.personal ? [process.slug] : []));
  // The few cases the viewer has a part in come by their indexes; what of them waits for him is asked of those alone.
  const near = sql`select case_id from case_participant where person_id = ${personId}::uuid
    ${organisations.length === 0 ? sql`` : sql`union all select id from "case" where applicant_organisation_id = any(${organisations}::uuid[])`}`;
  return sql`not c.closed and c.id in (${near}) and case
    when c.process = any(${personal}::text[]) then c.initiator_id = ${personId}::uuid and (c.waiting_for = 'applicant'
      or exists (select from case_deadline d where d.case_id = c.id and d.visible and d.waiting_for = 'applicant'))
    when c.process = 'commission-sitting' then c.waiting_for = 'commission' and c.id in (${sittingIds(sql, personId)})
    else c.waiting_for = 'applicant' and c.applicant_organisation_id = any(${organisations}::uuid[]) end`;
}

/** Numbers of the badges. `late` is by date: what is past due now. `capped`: there is more than was counted. */
export async function countInbox(
  tx: ReadTx,
): Promise<{ total: number; task: number; office: number; case: number; late: number; capped: boolean }> {
  const { sql } = tx;
  const held = offices(tx);
  const officeWhere =
    held.length === 0
      ? sql`false`
      : held.map((office) => sql`(${officeCondition(sql, office)})`).reduce((all, part) => sql`${all} or ${part}`);
  const [[own], [office], [waiting]] = await Promise.all([
    sql<Array<{ n: number; late: number }>>`
      select count(*)::int as n, count(*) filter (where due_at < now())::int as late from (
        select due_at from task t where t.open and ${ownCondition(tx)} order by t.due_at, t.id limit ${mostCounted}) x`,
    sql<Array<{ n: number; late: number }>>`
      select count(*)::int as n, count(*) filter (where due_at < now())::int as late from (
        select due_at from task t where t.open and (${officeWhere}) order by t.due_at limit ${mostCounted}) x`,
    sql<Array<{ n: number; late: number }>>`
      select count(*)::int as n, count(*) filter (where exists (select from case_deadline d where d.case_id = c.id and d.visible
        and d.waiting_for = any(${[...FOR_PARTY]}::text[]) and d.at < now()))::int as late
      from "case" c where ${waitingCondition(tx)}`,
  ]);
  const task = own?.n ?? 0;
  const offices_ = office?.n ?? 0;
  const cases = waiting?.n ?? 0;
  return {
    total: task + offices_ + cases,
    task,
    office: offices_,
    case: cases,
    late: (own?.late ?? 0) + (office?.late ?? 0) + (waiting?.late ?? 0),
    capped: task >= mostCounted || offices_ >= mostCounted,
  };
}

/** Whom the case is about, where the doer of the task may know it. Of one's own case there is nothing to tell. */
function subjectOf({ nature, process, subject_kind, subject_id }: Row): string | undefined {
  const named = nature !== null && subject_kind === 'person' && namesSubjectOfTask({ process, nature });
  return named ? subject_id : undefined;
}

/** A person of a common case reads as its participant, an office by its task. */
const readsAs = ({ nature }: Row) => (nature === 'office' ? 'office' : 'applicant');

function itemOf(row: Row, now: string, personRu: string | null): InboxItem {
  const process = findProcess(row.process);
  const dueAt = row.due_at?.toISOString() ?? null;
  const stageRu = stageOf(process, row.stage).labelRu;
  return {
    kind: row.kind,
    id: row.id,
    taskId: row.kind === 'case' ? null : row.id,
    taskKind: row.task_kind,
    caseId: row.case_id,
    process: row.process,
    titleRu: row.kind === 'case' ? stageRu : row.title_ru,
    caseTitleRu: row.case_title_ru,
    personRu,
    caseNumber: row.number,
    stage: row.stage,
    stageRu,
    state: row.state,
    stateRu: row.kind === 'case' ? stageRu : taskStateRu(row.state),
    assigneeId: row.assignee_id,
    dueOn: row.due_on,
    dueAt,
    late: dueAt !== null && dueAt < now,
  };
}

const keyOf = (row: Row): [string, string] => [row.due_at?.toISOString() ?? never, row.id];

function compare(a: [string, string], b: [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}
