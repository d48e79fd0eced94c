/** Reports and the overview: every number carries the list query that opens exactly what it counted. */
import { DEFICITS } from '../../processes/catalogue/competences.ts';
import { REFUSAL_REASONS } from '../../processes/dpp-certification/labels.ru.ts';
import { findProcess, listProcesses } from '../../processes/registry.ts';
import type { CertificationReport, Overview } from '../contract/admin.ts';
import type { ApiDeps } from '../ports.ts';
import type { ReadTx } from '../viewer.ts';
import { namedCases, visibleCases } from '../visibility.ts';
import { incidentKindRu, IN_FORCE } from '../words.ts';
import { countCases, type CaseFilter } from './case-list.ts';
import { countTasks, type TaskFilter } from './task-view.ts';

const slug = 'dpp-certification';

type Filter = Omit<CaseFilter, 'limit' | 'cursor'>;

const query = (path: string, filter: Record<string, string | undefined>): string => {
  const text = new URLSearchParams(
    Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined),
  ).toString();
  return text ? `${path}?${text}` : path;
};

/** A number of cases with its list: the same filter counts and opens. */
async function cases(tx: ReadTx, filter: Filter) {
  return {
    value: await countCases(tx, filter),
    list: query('/api/cases', filter as Record<string, string | undefined>),
  };
}

async function tasks(tx: ReadTx, filter: Omit<TaskFilter, 'limit' | 'cursor'>) {
  return {
    value: await countTasks(tx, filter),
    list: query('/api/tasks', filter as Record<string, string | undefined>),
  };
}

/** Time per stage, reasons of refusal, regions, load of experts, gaps of the deficits catalogue (P01, reports). */
export async function certificationReport(
  _deps: ApiDeps,
  tx: ReadTx,
  period: { from?: string | undefined; to?: string | undefined },
): Promise<CertificationReport> {
  const base: Filter = {
    process: slug,
    ...(period.from ? { startedFrom: period.from } : {}),
    ...(period.to ? { startedTo: period.to } : {}),
  };
  const [started, open, certified, refused, withdrawn, lapsed, overdue] = await Promise.all([
    cases(tx, base),
    cases(tx, { ...base, closed: 'false' }),
    cases(tx, { ...base, outcome: 'granted' }),
    cases(tx, { ...base, outcome: 'refused' }),
    cases(tx, { ...base, outcome: 'withdrawn' }),
    cases(tx, { ...base, outcome: 'lapsed' }),
    cases(tx, { ...base, overdue: 'true' }),
  ]);
  return {
    asOf: new Date().toISOString(),
    totals: { started, open, certified, refused, withdrawn, lapsed, overdue },
    stages: await stageTimes(tx, base),
    refusalReasons: await Promise.all(
      Object.entries(REFUSAL_REASONS).map(async ([code, labelRu]) => ({
        code,
        labelRu,
        count: await cases(tx, { ...base, refusalReason: code }),
      })),
    ),
    regions: await regions(tx, base, started.value),
    experts: await expertLoads(tx),
    deficits: await deficits(tx),
  };
}

/** Days spent in each stage, from the journal: only stages that have been left count. */
async function stageTimes(tx: ReadTx, base: Filter): Promise<CertificationReport['stages']> {
  const { sql, viewer } = tx;
  const rows = await sql<
    Array<{ stage: string; visits: number; median: number | null; p90: number | null; max: number | null }>
  >`
    with entered as (
      select e.case_id, e.facts->>'to' as stage, e."on" as since, lead(e."on") over (partition by e.case_id order by e.sequence) as until
      from case_event e join "case" c on c.id = e.case_id
      where e.facts ? 'to' and c.process = ${slug} and ${visibleCases(sql, viewer.reach)}
        ${base.startedFrom ? sql`and c.started_at >= (${base.startedFrom}::date)::timestamptz` : sql``} ${base.startedTo ? sql`and c.started_at < (${base.startedTo}::date + 1)::timestamptz` : sql``})
    select stage, count(*)::int as visits, percentile_cont(0.5) within group (order by until::date - since::date) as median,
      percentile_cont(0.9) within group (order by until::date - since::date) as p90, max(until::date - since::date) as max
    from entered where until is not null group by stage`;
  const found = new Map(rows.map((row) => [row.stage, row]));
  const stages = Object.values(findProcess(slug)?.stages ?? {});
  return Promise.all(
    stages.map(async ({ code, labelRu }) => {
      const row = found.get(code);
      return {
        code,
        labelRu,
        open: await cases(tx, { ...base, stage: code, closed: 'false' }),
        visits: row?.visits ?? 0,
        medianDays: row?.median ?? null,
        p90Days: row?.p90 ?? null,
        maxDays: row?.max ?? null,
      };
    }),
  );
}

async function regions(tx: ReadTx, base: Filter, total: number): Promise<CertificationReport['regions']> {
  const { sql, viewer } = tx;
  const rows = await sql<Array<{ code: string; name_ru: string }>>`
    select distinct r.code, r.name_ru from "case" c join region r on r.code = c.applicant_region_code where c.process = ${slug} and ${visibleCases(sql, viewer.reach)} order by r.code`;
  return Promise.all(
    rows.map(async ({ code, name_ru }) => {
      const [started, certified, refused] = await Promise.all([
        cases(tx, { ...base, region: code }),
        cases(tx, { ...base, region: code, outcome: 'granted' }),
        cases(tx, { ...base, region: code, outcome: 'refused' }),
      ]);
      return { code, nameRu: name_ru, started, certified, refused, share: total === 0 ? 0 : started.value / total };
    }),
  );
}

/** Load of experts in cases of which the viewer sees names: of others it would tell who sits on their panels. */
async function expertLoads(tx: ReadTx): Promise<CertificationReport['experts']> {
  const { sql, viewer, readings } = tx;
  if (!viewer.reach.staff.all && viewer.reach.staff.jurisdictions.length === 0) return [];
  const named = namedCases(sql, viewer.reach);
  const rows = await sql<
    Array<{
      id: string;
      display_name: string;
      region_code: string;
      max_open: number;
      suspended_until: string | null;
      open: number;
      done: number;
      late: number;
      lost: number;
      median: number | null;
    }>
  >`
    select p.id, p.display_name, x.region_code, x.max_open_tasks as max_open, x.suspended_until,
      (select count(*)::int from task t join "case" c on c.id = t.case_id where t.assignee_id = p.id and t.open and ${named}) as open,
      count(r.*) filter (where r.outcome = 'done')::int as done, count(r.*) filter (where r.late)::int as late,
      count(r.*) filter (where r.outcome in ('declined', 'reassigned', 'voided'))::int as lost,
      percentile_cont(0.5) within group (order by r.working_days) filter (where r.outcome = 'done') as median
    from expert x join person p on p.id = x.person_id left join (select r.* from expert_record r join "case" c on c.id = r.case_id and ${named}) r on r.person_id = p.id
    group by p.id, p.display_name, x.region_code, x.max_open_tasks, x.suspended_until order by open desc, p.display_name, p.id limit 500`;
  for (const { id: personId } of rows) readings?.push({ personId, what: 'report', as: 'staff' });
  return rows.map((row) => ({
    personId: row.id,
    displayName: row.display_name,
    regionCode: row.region_code,
    open: { value: row.open, list: query('/api/tasks', { assigneeId: row.id, open: 'true' }) },
    done: row.done,
    late: row.late,
    lost: row.lost,
    medianWorkingDays: row.median,
    maxOpenTasks: row.max_open,
    suspendedUntil: row.suspended_until,
  }));
}

/** Which deficits of the catalogue no programme in force closes. */
async function deficits({ sql }: ReadTx): Promise<CertificationReport['deficits']> {
  const rows = await sql<Array<{ code: string; n: number }>>`
    select d.code, count(*)::int as n from register_entry e, jsonb_array_elements_text(e.facts->'deficits') as d(code)
    where e.register = 'federal_programmes' and e.status = any(${[...IN_FORCE]}) and jsonb_typeof(e.facts->'deficits') = 'array' group by d.code`;
  const counts = new Map(rows.map(({ code, n }) => [code, n]));
  const gaps = DEFICITS.filter(({ code }) => !counts.has(code)).map(({ code, labelRu }) => ({ code, labelRu }));
  return {
    total: DEFICITS.length,
    covered: DEFICITS.length - gaps.length,
    gaps,
    byCode: DEFICITS.map(({ code, labelRu }) => ({
      code,
      labelRu,
      entries: {
        value: counts.get(code) ?? 0,
        list: query('/api/registers/federal_programmes', { status: 'in_force', deficit: code }),
      },
    })),
  };
}

/** The state of the platform for administrators and coordinators. */
export async function readOverview(deps: ApiDeps, tx: ReadTx): Promise<Overview> {
  const { sql } = tx;
  const [byProcess, open, late, unassigned, incidents, outbox, sessions, engine, database] = await Promise.all([
    Promise.all(
      listProcesses().map(async ({ slug: process, nameRu }) => ({
        process,
        nameRu,
        open: await cases(tx, { process, closed: 'false' }),
        overdue: await cases(tx, { process, overdue: 'true' }),
        paused: await cases(tx, { process, paused: 'true', closed: 'false' }),
        closed: await cases(tx, { process, closed: 'true' }),
      })),
    ),
    tasks(tx, { open: 'true' }),
    tasks(tx, { late: 'true', open: 'true' }),
    tasks(tx, { state: 'created' }),
    sql<
      Array<{ kind: string; n: number }>
    >`select kind, count(*)::int as n from incident where resolved_at is null group by kind order by n desc`,
    sql<Array<{ queued: number; due: number; failed: number; bounced: number; sent: number; oldest: Date | null }>>`
      select count(*) filter (where state = 'queued')::int as queued, count(*) filter (where state = 'queued' and due_at <= now())::int as due,
        count(*) filter (where state = 'failed')::int as failed, count(*) filter (where state = 'bounced')::int as bounced,
        count(*) filter (where state = 'sent' and sent_at > now() - interval '1 hour')::int as sent, min(due_at) filter (where state = 'queued') as oldest
      from notice`,
    sql<Array<{ n: number }>>`select count(*)::int as n from session where expires_at > now()`,
    engineState(deps),
    sql<
      Array<{ version: string; size: string }>
    >`select current_setting('server_version') as version, pg_database_size(current_database())::text as size`,
  ]);
  const mail = outbox[0];
  return {
    asOf: new Date().toISOString(),
    cases: byProcess,
    tasks: { open, late, unassigned },
    incidents: {
      open: { value: incidents.reduce((sum, { n }) => sum + n, 0), list: '/api/incidents?resolved=false' },
      byKind: incidents.map(({ kind, n }) => ({ code: kind, labelRu: incidentKindRu(kind), value: n })),
    },
    outbox: {
      queued: mail?.queued ?? 0,
      due: mail?.due ?? 0,
      failed: mail?.failed ?? 0,
      bounced: mail?.bounced ?? 0,
      sentLastHour: mail?.sent ?? 0,
      oldestDueAt: mail?.oldest?.toISOString() ?? null,
    },
    engine,
    database: {
      available: true,
      version: database[0]?.version ?? null,
      sizeBytes: database[0] ? Number(database[0].size) : null,
    },
    sessions: sessions[0]?.n ?? 0,
  };
}

async function engineState(deps: ApiDeps): Promise<Overview['engine']> {
  const { address, namespace, taskQueue } = deps.config.temporal;
  try {
    return { available: true, ...(await deps.engine.describe()) };
  } catch {
    return {
      available: false,
      address,
      namespace,
      serverVersion: null,
      taskQueue,
      pollers: null,
      runningWorkflows: null,
    };
  }
}
