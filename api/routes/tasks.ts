import { getTask, getTaskDraft, inbox, listTasks, putTaskDraft } from '../contract/inbox.ts';
import type { ApiDeps } from '../ports.ts';
import { readInbox } from '../queries/inbox.ts';
import { listTasks as readTasks, readTask, readTaskDraft, saveTaskDraft } from '../queries/task-view.ts';
import { viewerOf } from '../session.ts';
import { type App, etagOf, ifMatch, read } from './kit.ts';

export function taskRoutes(app: App, deps: ApiDeps): void {
  app.openapi(inbox, async (c) => c.json(await read(deps, c, (tx) => readInbox(tx, c.req.valid('query'))), 200));
  app.openapi(listTasks, async (c) => c.json(await read(deps, c, (tx) => readTasks(tx, c.req.valid('query'))), 200));
  app.openapi(getTask, async (c) =>
    c.json(await read(deps, c, (tx) => readTask(deps, tx, c.req.valid('param').id)), 200),
  );
  app.openapi(getTaskDraft, async (c) => {
    const draft = await read(deps, c, (tx) => readTaskDraft(deps, tx, c.req.valid('param').id));
    c.header('ETag', etagOf(draft.version));
    return c.json(draft, 200);
  });
  app.openapi(putTaskDraft, async (c) => {
    const draft = await saveTaskDraft(
      deps,
      viewerOf(c),
      c.req.valid('param').id,
      c.req.valid('json'),
      ifMatch(c),
      c.get('requestId'),
    );
    c.header('ETag', etagOf(draft.version));
    return c.json(draft, 200);
  });
}
