/** Reading one case for one viewer: the row, its rules, and whether it exists for him at all. */
import { type Memory, rowOfCase } from '../../platform/cases/commands.ts';
import { contextAt } from '../../platform/cases/references.ts';
import type { Sql } from '../../platform/db/pool.ts';
import type { AnyProcess, Context, StageInfo } from '../../processes/kit/types.ts';
import { findProcess } from '../../processes/registry.ts';
import type { CaseRecord, LoadedCase } from '../loaded-case.ts';
import type { ApiDeps } from '../ports.ts';
import { notFound } from '../problems.ts';
import { type ReadTx, type Viewer, withViewer } from '../viewer.ts';
import {
  type CasePlace,
  heardIds,
  kindsOf,
  officeIds,
  partiesOf,
  partyIds,
  sittingIds,
  type ViewerKind,
} from '../visibility.ts';

/** What the viewer is to a case by the case itself. */
interface Places {
  party: boolean;
  member: boolean;
  office: boolean;
  /** Whom the case is about or names among its people. */
  parties: string[] | null;
}

const closedToAssignee = new Set(['declined', 'reassigned', 'cancelled', 'voided']);

/** May the holder of these tasks still read the programme? A refused or replaced expert may not. */
export function opensPanelDocuments(tasks: ReadonlyArray<{ state: string }>): boolean {
  return tasks.some(({ state }) => !closedToAssignee.has(state));
}

/** The case with its rules, or 404, the same for a case that does not exist and for one that is not the viewer's. */
export async function loadCase(
  deps: ApiDeps,
  { sql, viewer, readings }: ReadTx,
  id: string,
  options: { expertsToo?: boolean; what?: 'case' | 'document' | 'export' } = {},
): Promise<LoadedCase> {
  const [rows, own] = await Promise.all([
    sql<Array<CaseRecord & Places>>`
      select c.*, exists (select from (${partyIds(sql, viewer.personId)}) x where x.id = c.id) as party,
        (exists (select from (${sittingIds(sql, viewer.personId)}) x where x.id = c.id)
          or exists (select from (${heardIds(sql, viewer.reach)}) x where x.id = c.id)) as member,
        exists (select from (${officeIds(sql, viewer.reach)}) x where x.id = c.id) as office, ${partiesOf(sql)} as parties
      from "case" c where c.id = ${id}::uuid`,
    sql<
      Array<{ id: string; state: string }>
    >`select id, state from task where case_id = ${id}::uuid and assignee_id = ${viewer.personId}::uuid`,
  ]);
  const row = rows[0];
  if (!row) throw notFound();
  const kinds = kindsOf(viewer.reach, row);
  if (row.party && !kinds.includes('applicant')) kinds.push('applicant');
  if (row.member) kinds.push('member');
  if (row.office && !kinds.includes('staff')) kinds.push('office');
  if (own.some(({ state }) => state !== 'cancelled' || kinds.length > 0) && kinds.length === 0) kinds.push('expert');
  const visible = kinds.some((kind) => kind !== 'expert') || (options.expertsToo === true && own.length > 0);
  if (!visible) throw notFound();
  for (const personId of new Set([...(row.subject_kind === 'person' ? [row.subject_id] : []), ...(row.parties ?? [])]))
    readings?.push({ personId, what: options.what ?? 'case', caseId: id, as: kinds[0] ?? 'expert' });
  const process = findProcess(row.process);
  if (!process) throw notFound();
  const ctx = await contextOf(deps, sql, process, row);
  const hiddenBefore = await hiddenHistory(deps, sql, row, kinds, viewer.personId);
  return { row, process, ctx, kinds, ownTasks: own, hiddenBefore };
}

/** The last event that brought the case to another place, when its process keeps what was before from this viewer. */
async function hiddenHistory(
  deps: ApiDeps,
  sql: Sql,
  row: CaseRecord,
  kinds: ViewerKind[],
  personId: string,
): Promise<number> {
  const hides = deps.faces[row.process]?.hidesHistory;
  const above = kinds.some((kind) => kind === 'staff' || kind === 'overseer' || kind === 'admin');
  const since = row.state && hides ? hides(row.state, { personId, above }) : null;
  if (!since) return 0;
  const [moved] = await sql<Array<{ sequence: number | null }>>`
    select max(sequence) as sequence from case_event where case_id = ${row.id}::uuid and type = any(${since}::text[])`;
  return Math.max(0, (moved?.sequence ?? 1) - 1);
}

/** Where somebody stands who wants to act, and what is known of the very command. */
export interface PlaceToAct {
  process: string;
  /** Versions of the programme so far. */
  versions: number;
  memory: Memory;
}

/**
 * The case for somebody who acts on it, or 404 as `loadCase` gives it to experts too; and the memory of the command. One statement for
 * whoever has a task in the case or a role over it; who else may know the case is looked up as for reading. Nothing of the case is
 * shown, and what the person may do is decided under the lock of the row.
 */
export async function findPlaceToAct(
  deps: ApiDeps,
  viewer: Viewer,
  id: string,
  commandId: string,
): Promise<PlaceToAct> {
  const { sql } = deps;
  const [found] = await sql<Array<CasePlace & Memory & { versions: number; assigned: boolean }>>`
    select c.process, c.jurisdiction, c.applicant_organisation_id, c.applicant_region_code, c.subject_kind, c.subject_id, c.initiator_id, ${rowOfCase(sql)} as row, k.body_hash, k.answer,
      case jsonb_typeof(c.state->'versions') when 'array' then jsonb_array_length(c.state->'versions') else 0 end as versions,
      exists (select from task t where t.case_id = c.id and t.assignee_id = ${viewer.personId}::uuid) as assigned
    from "case" c left join command k on k.id = ${commandId} where c.id = ${id}::uuid`;
  if (!found) throw notFound();
  const { row, body_hash, answer, versions, assigned, ...place } = found;
  if (!assigned && kindsOf(viewer.reach, place).length === 0)
    await withViewer(deps, viewer, (tx) => loadCase(deps, tx, id, { expertsToo: true }));
  return { process: place.process, versions, memory: { row, body_hash, answer } };
}

/** Rules look at a case on its own clock: a skipped clock is as late as its last event. */
export async function contextOf(
  deps: Pick<ApiDeps, 'references' | 'now'>,
  sql: Sql,
  process: AnyProcess,
  row: CaseRecord,
): Promise<Context<any>> {
  const base = await deps.references.of(sql, process, {
    jurisdiction: row.jurisdiction,
    policyVersionId: row.policy_version_id,
    calendarVersion: row.calendar_version,
  });
  const wall = deps.now().toISOString();
  const last = row.updated_at.toISOString();
  return contextAt(base, row.id, row.clock === 'skipped' ? last : wall > last ? wall : last);
}

export function stageOf(process: AnyProcess | undefined, code: string): StageInfo {
  return process?.stages[code] ?? { code, labelRu: code, publicLabelRu: code, waitingFor: 'system', final: false };
}

/** Names of people, for those who may see them. */
export async function namesOf(sql: Sql, ids: Array<string | null | undefined>): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((id): id is string => typeof id === 'string'))];
  if (wanted.length === 0) return new Map();
  const rows = await sql<
    Array<{ id: string; display_name: string }>
  >`select id, display_name from person where id = any(${wanted}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row.display_name]));
}

export interface OrganisationRow {
  id: string;
  name_ru: string;
  short_name_ru: string | null;
  region_code: string;
  region_ru: string;
}

export async function organisationsOf(sql: Sql, ids: Array<string | null>): Promise<Map<string, OrganisationRow>> {
  const wanted = [...new Set(ids.filter((id): id is string => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await sql<OrganisationRow[]>`
    select o.id, o.name_ru, o.short_name_ru, o.region_code, r.name_ru as region_ru
    from organisation o join region r on r.code = o.region_code where o.id = any(${wanted}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row]));
}

export const organisationRef = (row: OrganisationRow) => ({
  id: row.id,
  nameRu: row.name_ru,
  shortNameRu: row.short_name_ru,
  regionCode: row.region_code,
  regionRu: row.region_ru,
});
