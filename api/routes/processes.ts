import { findProcess, listProcesses as known } from '../../processes/registry.ts';
import { getDiagram, getProcess, listProcesses } from '../contract/processes.ts';
import type { ApiDeps } from '../ports.ts';
import { notFound } from '../problems.ts';
import { diagramOf } from '../queries/diagram.ts';
import { readPolicy, readProcess } from '../queries/process-view.ts';
import { viewerOf } from '../session.ts';
import { readStarts } from '../queries/starts.ts';
import { type App, read } from './kit.ts';

const starters = ['provider_rep', 'provider_head', 'methodist'] as const;

export function processRoutes(app: App, deps: ApiDeps): void {
  app.openapi(listProcesses, async (c) => {
    const { roles, reach } = viewerOf(c);
    const provider = starters.some((role) => roles.has(role)) && reach.organisations.length > 0;
    const starts = await read(deps, c, (tx) => readStarts(tx, known(), deps.faces));
    const items = known().map((process) => {
      const { slug, code, nameRu, aboutRu } = process;
      const mine = starts.get(slug) ?? [];
      // A methodist prepares the application that a representative of his organisation submits.
      const drafts = provider && process.starts.includes('submit');
      return { slug, code, nameRu, aboutRu, mayStart: drafts || mine.length > 0, starts: mine };
    });
    return c.json({ items }, 200);
  });
  app.openapi(getProcess, async (c) => {
    const process = findProcess(c.req.valid('param').slug);
    if (!process) throw notFound();
    return c.json(await read(deps, c, (tx) => readProcess(deps, tx, process, c.req.valid('query').jurisdiction)), 200);
  });
  app.openapi(getDiagram, async (c) => {
    const process = findProcess(c.req.valid('param').slug);
    if (!process) throw notFound();
    const policy = await read(deps, c, (tx) => readPolicy(tx, process.slug));
    const disabled = (policy?.parameters.disabledRows as string[] | undefined) ?? [];
    const { xml, etag } = await diagramOf(process, disabled);
    return c.body(await xml, 200, {
      'content-type': 'application/xml; charset=utf-8',
      etag: `"${etag}"`,
      'cache-control': 'private, max-age=300',
    }) as never;
  });
}
