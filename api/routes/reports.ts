import { exportReport, getReport, listReportMembers, listReports } from '../contract/reports.ts';
import type { ApiDeps } from '../ports.ts';
import { readMembers, readReport, readWholeReport, reportsFor } from '../queries/report-view.ts';
import { workbook } from '../reports/workbook.ts';
import { viewerOf } from '../session.ts';
import { type App, read } from './kit.ts';

/** Reports of every process. A report that is not the viewer's does not exist for him. */
export function reportRoutes(app: App, deps: ApiDeps): void {
  app.openapi(listReports, (c) => c.json({ items: reportsFor(viewerOf(c)) }, 200));

  app.openapi(getReport, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await read(deps, c, (tx) => readReport(tx, id, c.req.valid('query'), deps.now())), 200);
  });

  app.openapi(listReportMembers, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await read(deps, c, (tx) => readMembers(tx, id, c.req.valid('query'))), 200);
  });

  app.openapi(exportReport, async (c) => {
    const { id } = c.req.valid('param');
    const now = deps.now();
    const { view, listed } = await read(deps, c, (tx) => readWholeReport(tx, id, c.req.valid('query'), now));
    const { displayName, zone } = viewerOf(c);
    const bytes = await workbook(view, listed, { personRu: displayName, at: now, zone });
    return c.body(bytes, 200, {
      'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'content-disposition': `attachment; filename="${id}-${view.query.on}.xlsx"`,
    }) as never;
  });
}
