/** Reads for a report what its viewer may count: cases he reads by his office, so that each of them opens for him. */
import type { Sql } from '../../platform/db/pool.ts';
import type {
  DenominatorRecord,
  ReportCase,
  ReportData,
  ReportDefinition,
  ReportEntry,
  ReportEvent,
  ReportPlace,
  ReportQuery,
  ReportTask,
  TargetRecord,
} from '../../processes/kit/report.ts';
import type { StoredEvent } from '../../processes/kit/types.ts';
import { findProcess } from '../../processes/registry.ts';
import type { ReadTx } from '../viewer.ts';
import { countedCases } from '../visibility.ts';

/** Everything the report asked for, as of its day. `past`: the day is over, so what was recorded after it is left out. */
export async function readReportData(tx: ReadTx, report: ReportDefinition, query: ReportQuery): Promise<ReportData> {
  const { needs } = report;
  const past = query.on < tx.viewer.today;
  const scope = { ...query, past };
  const [cases, events, tasks, entries, places, policies, targets, denominators] = await Promise.all([
    readCases(tx, needs.cases ?? {}, scope),
    readEvents(tx, needs.events ?? {}, scope),
    readTasks(tx, needs.tasks ?? [], scope),
    readEntries(tx, needs.registers ?? [], scope),
    readPlaces(tx.sql),
    readPolicies(tx.sql, needs.policies ?? []),
    needs.indicators ? readTargets(tx.sql) : [],
    needs.indicators ? readDenominators(tx.sql) : [],
  ]);
  return { cases, events, tasks, entries, ...places, policies, targets, denominators };
}

type Scope = ReportQuery & { past: boolean };

function inScope({ sql, viewer }: ReadTx, { region }: Scope, regionOf = sql`c.applicant_region_code`) {
  return sql`${countedCases(sql, viewer.reach)} ${region ? sql`and ${regionOf} = ${region}` : sql``}`;
}

interface CaseRow {
  id: string;
  process: string;
  jurisdiction: string;
  number: string | null;
  stage: string;
  outcome: string | null;
  closed: boolean;
  paused: boolean;
  started_on: string;
  due_on: string | null;
  region: string | null;
  organisation_id: string | null;
  policy_version_id: string;
  state: Record<string, unknown> | null;
  moved_on: boolean;
}

/** Local dates are those of the jurisdiction. */
const startedOn = (sql: Sql) => sql`to_char(c.started_at at time zone j.zone, 'YYYY-MM-DD')`;

async function readCases(tx: ReadTx, wanted: Record<string, readonly string[]>, scope: Scope): Promise<ReportCase[]> {
  const { sql } = tx;
  const found: ReportCase[] = [];
  for (const [process, fields] of Object.entries(wanted)) {
    const rows = await sql<CaseRow[]>`
      select c.id, c.process, c.jurisdiction, c.number, c.stage, c.outcome, c.closed, c.paused, ${startedOn(sql)} as started_on, c.due_on,
        c.applicant_region_code as region, c.applicant_organisation_id as organisation_id, c.policy_version_id,
        (select jsonb_object_agg(key, value) from jsonb_each(c.state) where key = any(${[...fields]})) as state,
        ${scope.past ? sql`exists (select from case_event e where e.case_id = c.id and e."on" > ${scope.on})` : sql`false`} as moved_on
      from "case" c join jurisdiction j on j.id = c.jurisdiction
      where c.process = ${process} and ${inScope(tx, scope)} order by c.id`;
    const then = await statesOn(
      tx,
      process,
      rows.flatMap((row) => (row.moved_on ? [row.id] : [])),
      scope.on,
    );
    for (const row of rows) {
      const state = row.moved_on ? then.get(row.id) : (row.state ?? {});
      // Not opened yet on that day.
      if (state === undefined) continue;
      found.push({
        caseId: row.id,
        process: row.process,
        jurisdiction: row.jurisdiction,
        number: row.number,
        stage: row.moved_on ? String((state as { stage?: string }).stage ?? row.stage) : row.stage,
        outcome: row.moved_on ? ((state as { outcome?: string }).outcome ?? null) : row.outcome,
        closed: row.closed,
        paused: row.paused,
        startedOn: row.started_on,
        dueOn: row.due_on,
        region: row.region,
        organisationId: row.organisation_id,
        policyVersionId: row.policy_version_id,
        state,
      });
    }
  }
  return found;
}

/** States at the end of a day that is over, folded from the journals of the cases that went on since. */
async function statesOn({ sql }: ReadTx, slug: string, caseIds: string[], on: string): Promise<Map<string, unknown>> {
  const process = findProcess(slug);
  const states = new Map<string, unknown>();
  if (!process || caseIds.length === 0) return states;
  const journals = sql<
    Array<StoredEvent & { case_id: string; actor_kind: 'person' | 'system'; actor_id: string | null }>
  >`
    select case_id, sequence, type, row, at, "on", facts, actor_kind, actor_id from case_event
    where case_id = any(${caseIds}::uuid[]) and "on" <= ${on} order by case_id, sequence`.cursor(2_000);
  for await (const page of journals)
    for (const { case_id, actor_kind: kind, actor_id: personId, ...event } of page) {
      const actor = { kind, ...(personId ? { personId } : {}) };
      const at = new Date(event.at).toISOString();
      states.set(case_id, process.evolve(states.get(case_id) ?? null, { ...event, at, actor }, case_id));
    }
  return states;
}

async function readEvents(tx: ReadTx, wanted: Record<string, readonly string[]>, scope: Scope): Promise<ReportEvent[]> {
  const { sql } = tx;
  const pages = await Promise.all(
    Object.entries(wanted).map(
      ([process, types]) => sql<Array<Omit<ReportEvent, 'caseId'> & { case_id: string }>>`
      select e.case_id, c.process, e.sequence, e.type, e."on", e.facts from case_event e join "case" c on c.id = e.case_id
      where c.process = ${process} and e.type = any(${[...types]}) and ${inScope(tx, scope)}
        ${scope.past ? sql`and e."on" <= ${scope.on}` : sql``} order by e.case_id, e.sequence`,
    ),
  );
  return pages.flatMap((rows) => rows.map(({ case_id: caseId, ...event }) => ({ caseId, ...event })));
}

async function readTasks(tx: ReadTx, processes: readonly string[], scope: Scope): Promise<ReportTask[]> {
  if (processes.length === 0) return [];
  const { sql } = tx;
  return sql<ReportTask[]>`
    select t.id, t.case_id as "caseId", t.process, t.kind, t.state, t.open, t.late, t.due_on as "dueOn",
      to_char(t.created_at at time zone j.zone, 'YYYY-MM-DD') as "createdOn",
      case when t.open then null else to_char(t.updated_at at time zone j.zone, 'YYYY-MM-DD') end as "closedOn"
    from task t join "case" c on c.id = t.case_id join jurisdiction j on j.id = c.jurisdiction
    where t.process = any(${[...processes]}) and ${inScope(tx, scope)} order by t.id`;
}

async function readEntries(tx: ReadTx, registers: readonly string[], scope: Scope): Promise<ReportEntry[]> {
  if (registers.length === 0) return [];
  const { sql } = tx;
  // Where a fact of the entry says the region (of the employment on the day of an exam), it counts there, whoever kept the case.
  const regionOf = sql`coalesce(e.facts->>'regionCode', e.region_code, c.applicant_region_code)`;
  const columns = sql`e.register, e.number, e.title_ru as "titleRu", e.organisation_id as "organisationId",
    ${regionOf} as region, e.keeper_case_id as "caseId"`;
  const visible = sql`e.register = any(${[...registers]}) and ${inScope(tx, scope, regionOf)}`;
  if (!scope.past)
    return sql<ReportEntry[]>`
      select ${columns}, e.status, e.facts, e.valid_from as "validFrom", e.valid_until as "validUntil"
      from register_entry e join "case" c on c.id = e.keeper_case_id where ${visible} order by e.register, e.number`;
  return sql<ReportEntry[]>`
    select distinct on (e.register, e.number) ${columns}, h.status, h.facts, h.valid_from as "validFrom", h.valid_until as "validUntil"
    from register_entry e join "case" c on c.id = e.keeper_case_id join jurisdiction j on j.id = c.jurisdiction
      join register_history h on h.entry_id = e.id and (h.at at time zone j.zone)::date <= ${scope.on}::date
    where ${visible} order by e.register, e.number, h.n desc`;
}

async function readPlaces(
  sql: Sql,
): Promise<{ organisations: Map<string, ReportPlace>; regions: Map<string, string> }> {
  const [organisations, regions] = await Promise.all([
    sql<Array<ReportPlace & { id: string }>>`
      select o.id, coalesce(o.short_name_ru, o.name_ru) as "nameRu", o.region_code as region,
        -- Two regions may have a district of one name: their lines of a table are two.
        case when exists (select from organisation x where x.municipality = o.municipality and x.region_code <> o.region_code)
          then o.municipality || ', ' || r.name_ru else o.municipality end as "municipalityRu"
      from organisation o join region r on r.code = o.region_code`,
    sql<Array<{ code: string; nameRu: string }>>`select code, name_ru as "nameRu" from region order by code`,
  ]);
  return {
    organisations: new Map(organisations.map(({ id, ...place }) => [id, place])),
    regions: new Map(regions.map(({ code, nameRu }) => [code, nameRu])),
  };
}

async function readPolicies(sql: Sql, processes: readonly string[]): Promise<Map<string, unknown>> {
  if (processes.length === 0) return new Map();
  const rows = await sql<
    Array<{ id: string; parameters: unknown }>
  >`select id, parameters from policy_version where process = any(${[...processes]})`;
  return new Map(rows.map(({ id, parameters }) => [id, parameters]));
}

interface TargetSource {
  id: string;
  level: string;
  level_name_ru: string | null;
  name_ru: string;
  unit: string;
  comparator: string | null;
  values: Record<string, number | null> | null;
}

/** Targets of the sources; a regional record belongs to the region it names. */
async function readTargets(sql: Sql): Promise<TargetRecord[]> {
  const [rows, regions] = await Promise.all([
    sql<Array<{ data: TargetSource }>>`select data from reference_record where collection = 'target' order by id`,
    sql<Array<{ code: string; name_ru: string }>>`select code, name_ru from region`,
  ]);
  // «Кемеровская область» of a passport is the region that bears a second name since.
  const codeOf = (name: string) => regions.find((r) => r.name_ru === name || r.name_ru.startsWith(`${name} `))?.code;
  return rows.flatMap(({ data }) => {
    const territory = data.level === 'federal' ? '00' : data.level_name_ru ? codeOf(data.level_name_ru) : undefined;
    if (!territory || !data.values) return [];
    return {
      id: data.id,
      territory,
      nameRu: data.name_ru,
      unit: data.unit,
      comparator: data.comparator,
      values: data.values,
    };
  });
}

async function readDenominators(sql: Sql): Promise<DenominatorRecord[]> {
  const rows = await sql<
    Array<{ data: DenominatorRecord }>
  >`select data from reference_record where collection = 'denominator' order by id`;
  return rows.map(({ data }) => data);
}
