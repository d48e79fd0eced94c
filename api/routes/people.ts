import { actOnCase } from '../commands.ts';
import {
  familiariseNotice,
  getMail,
  listMail,
  listNotices,
  listOrganisations,
  listPeople,
  readNotice,
} from '../contract/people.ts';
import { audit } from '../idempotent.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, notFound } from '../problems.ts';
import { loadCase } from '../queries/load-case.ts';
import {
  listMail as readMailList,
  listNotices as readNotices,
  listOrganisations as readOrganisations,
  listPeople as readPeople,
  readMail,
  readNotice as findNotice,
} from '../queries/people.ts';
import { viewerOf } from '../session.ts';
import { type App, read, writing } from './kit.ts';

export function peopleRoutes(app: App, deps: ApiDeps): void {
  app.openapi(listPeople, async (c) => c.json(await read(deps, c, (tx) => readPeople(tx, c.req.valid('query'))), 200));
  app.openapi(listOrganisations, async (c) =>
    c.json(await read(deps, c, (tx) => readOrganisations(tx, c.req.valid('query'))), 200),
  );
  app.openapi(listNotices, async (c) =>
    c.json(await read(deps, c, (tx) => readNotices(deps, tx, c.req.valid('query'))), 200),
  );

  app.openapi(readNotice, async (c) => {
    const viewer = viewerOf(c);
    const { id } = c.req.valid('param');
    await deps.sql`update notice set read_at = coalesce(read_at, now()) where id = ${id}::uuid and addressee_id = ${viewer.personId}::uuid`;
    return c.json(await findNotice(deps, { sql: deps.sql, viewer }, id), 200);
  });

  app.openapi(familiariseNotice, async (c) => {
    const context = writing(deps, c);
    const { viewer } = context;
    const { id } = c.req.valid('param');
    const notice = await findNotice(deps, { sql: deps.sql, viewer }, id);
    if (!notice.legallySignificant)
      throw new ApiProblem(409, { code: 'not_significant', detail: 'Это уведомление не требует ознакомления.' });
    // The term of appeal begins with the date in the case; the button of the notice is the same act as the button of the case.
    const { caseId } = notice;
    if (caseId && notice.familiarisedAt === null) await familiariseCase(deps, c, context, caseId, id);
    await deps.sql.begin(async (tx) => {
      const changed =
        await tx`update notice set familiarised_at = now(), read_at = coalesce(read_at, now()) where id = ${id}::uuid and familiarised_at is null returning id`;
      if (changed.length > 0)
        await audit(tx, {
          row: 'NOTICE-01',
          kind: 'notice.familiarised',
          subjectId: id,
          by: viewer.actor,
          requestId: context.requestId,
          facts: { template: notice.template, caseId },
        });
    });
    return c.json(await findNotice(deps, { sql: deps.sql, viewer }, id), 200);
  });

  app.openapi(listMail, async (c) => {
    if (!deps.config.embedded) throw notFound();
    return c.json(await read(deps, c, (tx) => readMailList(tx, c.req.valid('query'))), 200);
  });
  app.openapi(getMail, async (c) => {
    if (!deps.config.embedded) throw notFound();
    return c.json(await readMail(deps, c.req.valid('param').id), 200);
  });
}

/** Records familiarisation in the case where the case waits for it from this person; elsewhere the notice alone keeps the date. */
async function familiariseCase(
  deps: ApiDeps,
  c: Parameters<typeof viewerOf>[0],
  context: ReturnType<typeof writing>,
  caseId: string,
  noticeId: string,
): Promise<void> {
  const kase = await read(deps, c, (tx) => loadCase(deps, tx, caseId, { expertsToo: true })).catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status === 404) return undefined;
    throw error;
  });
  if (!kase || kase.row.closed) return;
  const { familiarisation } = deps.faces[kase.row.process] ?? {};
  const [letter] = await deps.sql<
    Array<{ template: string; params: Record<string, unknown> }>
  >`select template, params from notice where id = ${noticeId}::uuid`;
  const act = familiarisation
    ? letter && familiarisation(letter.template, letter.params)
    : { action: 'familiarise', body: {} };
  const offered = kase.process
    .availableActions(kase.row.state, context.viewer.actor, kase.ctx)
    .some(({ type, allowed }) => type === act?.action && allowed);
  if (act && offered)
    await actOnCase(deps, context, { caseId, process: kase.row.process, versions: 0 }, act.action, act.body).catch(
      (error: unknown) => {
        // The paper was served on another day already: the letter is read, the case keeps its date.
        if (!(error instanceof ApiProblem && error.status === 422)) throw error;
      },
    );
}
