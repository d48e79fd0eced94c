/** Lists of cases: newest change first by start, keyset, filtered by what the viewer may see. */
import type { CaseRow } from '../contract/cases.ts';
import { decodeCursor, isInstant, isUuid, likeText, pageOf } from '../cursor.ts';
import { findProcess } from '../../processes/registry.ts';
import type { ReadTx } from '../viewer.ts';
import { type CasePlace, kindsOf, namesSubject, searchesByName, visibleCases } from '../visibility.ts';
import { waitingForRu } from '../words.ts';
import { namesOf, stageOf } from './load-case.ts';

export interface CaseFilter {
  process?: string | undefined;
  stage?: string | undefined;
  outcome?: string | undefined;
  waitingFor?: string | undefined;
  region?: string | undefined;
  organisationId?: string | undefined;
  q?: string | undefined;
  overdue?: 'true' | 'false' | undefined;
  mine?: 'true' | 'false' | undefined;
  closed?: 'true' | 'false' | undefined;
  paused?: 'true' | 'false' | undefined;
  startedFrom?: string | undefined;
  startedTo?: string | undefined;
  refusalReason?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

interface Row extends CasePlace {
  id: string;
  number: string | null;
  title_ru: string;
  stage: string;
  outcome: string | null;
  waiting_for: string;
  paused: boolean;
  closed: boolean;
  due_on: string | null;
  applicant_ru: string | null;
  started_at: Date;
  updated_at: Date;
}

/** One page. The order is the instant of the start, newest first: it never changes, so a page stays where it was. */
export async function listCases(
  { sql, viewer, readings }: ReadTx,
  filter: CaseFilter,
): Promise<{ items: CaseRow[]; next: string | null }> {
  const after = decodeCursor(filter.cursor, [isInstant, isUuid]);
  const where = conditions({ sql, viewer } as ReadTx, filter);
  const rows = await sql<Row[]>`
    select c.id, c.process, c.number, c.title_ru, c.stage, c.outcome, c.waiting_for, c.paused, c.closed, c.due_on,
      coalesce(o.short_name_ru, o.name_ru) as applicant_ru, c.applicant_region_code, c.started_at, c.updated_at,
      c.subject_kind, c.subject_id, c.initiator_id, c.jurisdiction, c.applicant_organisation_id, jsonb_build_object('place', c.state->'place') as state
    from "case" c left join organisation o on o.id = c.applicant_organisation_id
    where ${where} ${after ? sql`and (c.started_at, c.id) < (${String(after[0])}::timestamptz, ${String(after[1])}::uuid)` : sql``}
    order by c.started_at desc, c.id desc limit ${filter.limit + 1}`;
  const named = rows.slice(0, filter.limit).filter((row) => namesSubject(viewer.reach, row));
  const about = new Map(named.map((row) => [row.id, row.subject_id]));
  for (const row of named)
    readings?.push({
      personId: row.subject_id,
      what: 'list',
      caseId: row.id,
      as: kindsOf(viewer.reach, row)[0] ?? 'expert',
    });
  const names = await namesOf(sql, [...about.values()]);
  return pageOf(
    rows,
    filter.limit,
    (row) => [row.started_at.toISOString(), row.id],
    (row) => caseRow(row, viewer.today, names.get(about.get(row.id) ?? '') ?? null),
  );
}

/** How many cases a filter finds; the same conditions as the list, so a number opens exactly its cases. */
export async function countCases(tx: ReadTx, filter: Omit<CaseFilter, 'limit'>): Promise<number> {
  const [row] = await tx.sql<
    Array<{ n: number }>
  >`select count(*)::int as n from "case" c where ${conditions(tx, { ...filter, limit: 1 })}`;
  return row?.n ?? 0;
}

function conditions({ sql, viewer }: ReadTx, filter: CaseFilter) {
  const { reach, today, personId } = viewer;
  const parts = [
    visibleCases(sql, reach),
    ...(filter.process ? [sql`c.process = ${filter.process}`] : []),
    ...(filter.stage ? [sql`c.stage = ${filter.stage}`] : []),
    ...(filter.outcome ? [sql`c.outcome = ${filter.outcome}`] : []),
    ...(filter.waitingFor ? [sql`c.waiting_for = ${filter.waitingFor}`] : []),
    ...(filter.region ? [sql`c.applicant_region_code = ${filter.region}`] : []),
    ...(filter.organisationId ? [sql`c.applicant_organisation_id = ${filter.organisationId}::uuid`] : []),
    ...(filter.closed ? [sql`c.closed = ${filter.closed === 'true'}`] : []),
    ...(filter.paused ? [sql`c.paused = ${filter.paused === 'true'}`] : []),
    ...(filter.overdue === 'true'
      ? [
          sql`(not c.closed and (c.due_on < ${today} or exists (select from task t where t.case_id = c.id and t.open and t.due_on < ${today})))`,
        ]
      : []),
    ...(filter.overdue === 'false'
      ? [
          sql`(c.closed or not (coalesce(c.due_on < ${today}, false) or exists (select from task t where t.case_id = c.id and t.open and t.due_on < ${today})))`,
        ]
      : []),
    ...(filter.startedFrom ? [sql`c.started_at >= (${filter.startedFrom}::date)::timestamptz`] : []),
    ...(filter.startedTo ? [sql`c.started_at < (${filter.startedTo}::date + 1)::timestamptz`] : []),
    ...(filter.mine === 'true'
      ? [
          sql`(c.initiator_id = ${personId}::uuid or c.applicant_organisation_id = any(${reach.organisations}::uuid[])
            or exists (select from case_participant p where p.case_id = c.id and p.person_id = ${personId}::uuid)
            or exists (select from task t where t.case_id = c.id and t.open and t.assignee_id = ${personId}::uuid))`,
        ]
      : []),
    ...(filter.refusalReason
      ? [
          sql`exists (select from case_event e where e.case_id = c.id and e.type = 'programme.refused' and e.facts->'reasonCodes' ? ${filter.refusalReason})`,
        ]
      : []),
    ...(filter.q
      ? [
          sql`(c.title_ru ilike ${likeText(filter.q)} or c.number ilike ${likeText(filter.q)}${
            searchesByName(reach)
              ? sql` or (c.subject_kind = 'person' and c.subject_id in (select id::text from person where display_name ilike ${likeText(filter.q)}))`
              : sql``
          })`,
        ]
      : []),
  ];
  return parts.reduce((all, part) => sql`${all} and ${part}`);
}

function caseRow(row: Row, today: string, personRu: string | null): CaseRow {
  return {
    id: row.id,
    process: row.process,
    number: row.number,
    titleRu: row.title_ru,
    stage: row.stage,
    stageRu: stageOf(findProcess(row.process), row.stage).labelRu,
    outcome: row.outcome,
    waitingFor: row.waiting_for,
    waitingForRu: waitingForRu(row.waiting_for, findProcess(row.process)),
    paused: row.paused,
    closed: row.closed,
    dueOn: row.due_on,
    overdue: !row.closed && row.due_on !== null && row.due_on < today,
    personRu,
    applicantRu: row.applicant_ru,
    regionCode: row.applicant_region_code,
    startedAt: row.started_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
