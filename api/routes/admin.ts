import {
  certificationReport,
  type IncidentView,
  listIncidents,
  overview,
  resendLetters,
  resolveIncident,
} from '../contract/admin.ts';
import { countBehind, resendBehind } from '../../platform/letters/resend.ts';
import { decodeCursor, isInstant, isUuid, pageOf } from '../cursor.ts';
import { audit, once } from '../idempotent.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, forbidden, notFound } from '../problems.ts';
import { certificationReport as readReport, readOverview } from '../queries/reports.ts';
import { viewerOf } from '../session.ts';
import { staffAnywhere } from '../visibility.ts';
import { incidentKindRu } from '../words.ts';
import { type App, read, writing } from './kit.ts';

interface IncidentRow {
  id: string;
  case_id: string | null;
  number: string | null;
  title_ru: string | null;
  kind: string;
  key: string;
  message: string;
  details: Record<string, unknown> | null;
  first_at: Date;
  last_at: Date;
  count: number;
  resolved_at: Date | null;
}

const columns = (sql: ApiDeps['sql']) =>
  sql`i.id, i.case_id, c.number, c.title_ru, i.kind, i.key, i.message, i.details, i.first_at, i.last_at, i.count, i.resolved_at`;

export function adminRoutes(app: App, deps: ApiDeps): void {
  const requireAdmin = (c: Parameters<typeof viewerOf>[0]) => {
    if (!viewerOf(c).reach.admin) throw forbidden('Раздел администраторов.');
  };

  app.openapi(certificationReport, async (c) => {
    const { reach } = viewerOf(c);
    const observer = reach.observer.all || reach.observer.jurisdictions.length > 0 || reach.observer.regions.length > 0;
    if (!staffAnywhere(reach) && !observer) throw forbidden('Отчёты видят координатор и наблюдатели.');
    return c.json(await read(deps, c, (tx) => readReport(deps, tx, c.req.valid('query'))), 200);
  });

  app.openapi(overview, async (c) => {
    requireAdmin(c);
    return c.json(await read(deps, c, (tx) => readOverview(deps, tx)), 200);
  });

  app.openapi(listIncidents, async (c) => {
    requireAdmin(c);
    const { kind, resolved, cursor, limit } = c.req.valid('query');
    const after = decodeCursor(cursor, [isInstant, isUuid]);
    const rows = await read(
      deps,
      c,
      ({ sql }) => sql<IncidentRow[]>`
      select ${columns(deps.sql)} from incident i left join "case" c on c.id = i.case_id
      where true ${kind ? sql`and i.kind = ${kind}` : sql``}
        ${resolved === 'true' ? sql`and i.resolved_at is not null` : resolved === 'false' ? sql`and i.resolved_at is null` : sql``}
        ${after ? sql`and (i.first_at, i.id) < (${String(after[0])}::timestamptz, ${String(after[1])}::uuid)` : sql``}
      order by i.first_at desc, i.id desc limit ${limit + 1}`,
    );
    const letters = await lettersOf(deps, rows);
    return c.json(
      pageOf(
        rows,
        limit,
        (row) => [row.first_at.toISOString(), row.id],
        (row) => incidentView(row, letters),
      ),
      200,
    );
  });

  app.openapi(resolveIncident, async (c) => {
    requireAdmin(c);
    const { id } = c.req.valid('param');
    const { comment } = c.req.valid('json');
    const { viewer, idempotencyKey, requestId } = writing(deps, c);
    await once(
      deps,
      { personId: viewer.personId, route: 'incident', objectId: id, idempotencyKey },
      { comment },
      async (tx) => {
        const found =
          await tx`update incident set resolved_at = coalesce(resolved_at, now()) where id = ${id}::uuid returning id`;
        if (found.length === 0) throw notFound();
        await audit(tx, {
          row: 'ADMIN-02',
          kind: 'incident.resolved',
          subjectId: id,
          by: viewer.actor,
          requestId,
          facts: { comment },
        });
        return { id };
      },
    );
    return c.json(await readIncident(deps, id), 200);
  });

  app.openapi(resendLetters, async (c) => {
    requireAdmin(c);
    const { id } = c.req.valid('param');
    const { viewer, idempotencyKey, requestId } = writing(deps, c);
    const of = { personId: viewer.personId, route: 'incident-resend', objectId: id, idempotencyKey };
    await once(deps, of, {}, async (tx) => {
      const [incident] = await tx<IncidentRow[]>`select kind, key from incident where id = ${id}::uuid for update`;
      if (!incident) throw notFound();
      const letters = await resendBehind(tx, incident);
      if (letters === 0)
        throw new ApiProblem(409, { detail: 'Писем, которые не ушли из-за этого инцидента, больше нет.' });
      await audit(tx, {
        row: 'ADMIN-02',
        kind: 'letters.resent',
        subjectId: id,
        by: viewer.actor,
        requestId,
        facts: { letters },
      });
      // It opens again by itself if they fail once more.
      await tx`update incident set resolved_at = coalesce(resolved_at, now()) where id = ${id}::uuid`;
      return { id };
    });
    return c.json(await readIncident(deps, id), 200);
  });
}

async function readIncident(deps: ApiDeps, id: string): Promise<IncidentView> {
  const [row] = await deps.sql<IncidentRow[]>`
    select ${columns(deps.sql)} from incident i left join "case" c on c.id = i.case_id where i.id = ${id}::uuid`;
  if (!row) throw notFound();
  return incidentView(row, await lettersOf(deps, [row]));
}

/** How many letters each open incident keeps behind. */
async function lettersOf({ sql }: ApiDeps, rows: IncidentRow[]): Promise<Map<string, number>> {
  const open = rows.filter((row) => row.resolved_at === null);
  return new Map(await Promise.all(open.map(async (row) => [row.id, await countBehind(sql, row)] as const)));
}

function incidentView(row: IncidentRow, letters: Map<string, number>): IncidentView {
  return {
    id: row.id,
    caseId: row.case_id,
    caseNumber: row.number,
    caseTitleRu: row.title_ru,
    kind: row.kind,
    kindRu: incidentKindRu(row.kind),
    message: row.message,
    details: row.details,
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    count: row.count,
    resolvedAt: row.resolved_at?.toISOString() ?? null,
    letters: letters.get(row.id) ?? 0,
  };
}
