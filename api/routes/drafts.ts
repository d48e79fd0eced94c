import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { addMonths } from '../../processes/kit/dates.ts';
import { localDate } from '../../processes/kit/zones.ts';
import type { AnyProcess } from '../../processes/kit/types.ts';
import { findProcess, getProcess } from '../../processes/registry.ts';
import { actOnCase, known, startCase } from '../commands.ts';
import {
  checkDraft,
  createDraft,
  deleteDraft,
  type DraftView,
  getDraft,
  listDrafts,
  putDraft,
  submitDraft,
} from '../contract/drafts.ts';
import { audit, once } from '../idempotent.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, invalid, notFound, zodErrors } from '../problems.ts';
import { loadCase } from '../queries/load-case.ts';
import { readPolicy } from '../queries/process-view.ts';
import { readStarts } from '../queries/starts.ts';
import { viewerOf } from '../session.ts';
import type { Viewer } from '../viewer.ts';
import { type App, etagOf, ifMatch, read, writing } from './kit.ts';

interface DraftRow {
  id: string;
  process: string;
  jurisdiction: string;
  owner_id: string;
  owner_ru: string;
  organisation_id: string | null;
  title_ru: string;
  body: Record<string, unknown>;
  version: number;
  for_case_id: string | null;
  submitted_case_id: string | null;
  created_at: Date;
  updated_at: Date;
}

type AnySql = ApiDeps['sql'] | postgres.TransactionSql<{}> | postgres.ReservedSql<{}>;

/** Drafts live beside cases: no number, no engine. They belong to their author and to his organisation. */
export function draftRoutes(app: App, deps: ApiDeps): void {
  app.openapi(createDraft, async (c) => {
    const { process, jurisdiction, body, forCaseId } = c.req.valid('json');
    const context = writing(deps, c);
    const { viewer } = context;
    if (!findProcess(process)) throw invalid([{ pointer: '/process', detail: 'Такого процесса нет.' }]);
    const definition = getProcess(process);
    // A case about a person is prepared by one person: his colleagues have no part in it.
    const organisationId = definition.personal ? null : organisationOf(body, viewer);
    await requireStarter(deps, c, definition, viewer);
    const kase = forCaseId ? await read(deps, c, (tx) => loadCase(deps, tx, forCaseId)) : undefined;
    // The forms of one process say nothing about a case of another.
    if (kase && (!kase.kinds.includes('applicant') || kase.row.process !== process)) throw notFound();
    const { id } = await once(
      deps,
      { personId: viewer.personId, route: 'draft', objectId: viewer.personId, idempotencyKey: context.idempotencyKey },
      c.req.valid('json'),
      async (tx) => {
        const id = randomUUID();
        await tx`
        insert into draft (id, process, jurisdiction, owner_id, organisation_id, title_ru, body, for_case_id)
        values (${id}, ${process}, ${kase?.row.jurisdiction ?? jurisdiction ?? 'fed'}, ${viewer.personId}::uuid, ${organisationId}, ${titleOf(deps, process, body)}, ${tx.json((body ?? {}) as never)}, ${forCaseId ?? null})`;
        await audit(tx, {
          row: 'P01-T01',
          kind: 'draft.created',
          subjectId: id,
          by: viewer.actor,
          requestId: context.requestId,
          facts: { process },
        });
        return { id };
      },
    );
    const view = draftView(await findDraft(deps.sql, viewer, id));
    c.header('ETag', etagOf(view.version));
    return c.json(view, 201);
  });

  app.openapi(listDrafts, async (c) => {
    const rows = await read(
      deps,
      c,
      ({ sql, viewer }) =>
        sql<
          DraftRow[]
        >`${select(sql)} where ${mine(sql, viewer)} and d.discarded_at is null and d.submitted_case_id is null order by d.updated_at desc, d.id limit 200`,
    );
    return c.json({ items: rows.map((row) => withoutBody(draftView(row))) }, 200);
  });

  app.openapi(getDraft, async (c) => {
    const view = draftView(await read(deps, c, ({ sql, viewer }) => findDraft(sql, viewer, c.req.valid('param').id)));
    c.header('ETag', etagOf(view.version));
    return c.json(view, 200);
  });

  app.openapi(putDraft, async (c) => {
    const viewer = viewerOf(c);
    const { id } = c.req.valid('param');
    const body = c.req.valid('json');
    const expected = ifMatch(c);
    const draft = await findDraft(deps.sql, viewer, id);
    if (draft.submitted_case_id)
      throw new ApiProblem(409, { code: 'already_submitted', detail: 'Черновик уже подан и больше не меняется.' });
    if (expected === undefined)
      throw new ApiProblem(428, { detail: 'Прочитайте черновик и укажите If-Match с его ETag.' });
    const saved = await deps.sql`
      update draft set body = ${deps.sql.json(body as never)}, title_ru = ${titleOf(deps, draft.process, body)},
        organisation_id = ${findProcess(draft.process)?.personal ? null : organisationOf(body, viewer)}::uuid,
        version = version + 1, updated_at = now() where id = ${id}::uuid and version = ${expected} and submitted_case_id is null and discarded_at is null returning id`;
    const now = await findDraft(deps.sql, viewer, id);
    if (saved.length === 0) {
      const author = await lastEditor(deps, id, now.owner_ru);
      throw new ApiProblem(412, {
        detail: `Черновик изменён в другом окне: версия ${now.version}, ${author}.`,
        current: { version: now.version, updatedAt: now.updated_at.toISOString(), updatedBy: author },
      });
    }
    await audit(deps.sql, {
      row: 'P01-T01',
      kind: 'draft.saved',
      subjectId: id,
      by: viewer.actor,
      requestId: c.get('requestId'),
      facts: { version: now.version },
    });
    c.header('ETag', etagOf(now.version));
    return c.json(draftView(now), 200);
  });

  app.openapi(deleteDraft, async (c) => {
    const viewer = viewerOf(c);
    const draft = await findDraft(deps.sql, viewer, c.req.valid('param').id);
    if (draft.submitted_case_id)
      throw new ApiProblem(409, { code: 'already_submitted', detail: 'Черновик уже подан и больше не меняется.' });
    await deps.sql.begin(async (tx) => {
      await tx`update draft set discarded_at = now(), body = '{}' where id = ${draft.id}::uuid`;
      await audit(tx, {
        row: 'P01-T02',
        kind: 'draft.discarded',
        subjectId: draft.id,
        by: viewer.actor,
        requestId: c.get('requestId'),
        facts: { by: 'author' },
      });
    });
    return c.body(null, 204);
  });

  app.openapi(checkDraft, async (c) => {
    const { draft, policy } = await read(deps, c, async (tx) => {
      const found = await findDraft(tx.sql, tx.viewer, c.req.valid('param').id);
      return { draft: found, policy: await readPolicy(tx, found.process, found.jurisdiction) };
    });
    const face = deps.faces[draft.process];
    const action = c.req.valid('query').action ?? (draft.for_case_id ? 'resubmit' : 'submit');
    const contract = face?.actions[action];
    if (!contract) throw invalid([{ pointer: '/query/action', detail: 'Такого действия нет.' }]);
    const { body, faults } = await completed(deps, viewerOf(c), draft, action);
    const parsed = contract.body.safeParse(body);
    const errors = [
      ...faults,
      ...(parsed.success ? [] : zodErrors(parsed.error)),
      ...(face?.checkBody?.(action, draft.body, policy?.parameters) ?? []),
    ];
    return c.json({ ready: errors.length === 0, errors }, 200);
  });

  app.openapi(submitDraft, async (c) => {
    const context = writing(deps, c);
    const { viewer } = context;
    const draft = await findDraft(deps.sql, viewer, c.req.valid('param').id);
    const { action, answers, reason } = c.req.valid('json');
    const body = {
      ...draft.body,
      ...(answers === undefined ? {} : { answers }),
      ...(reason === undefined ? {} : { reason }),
    };
    // Without a key of the client, the draft and its version are the key: pressing twice submits once.
    const idempotencyKey = c.req.header('idempotency-key') ?? `draft:${draft.id}:${draft.version}`;
    const keyed = { ...context, idempotencyKey };
    const { for_case_id: forCaseId } = draft;
    const answer = forCaseId
      ? await (async () => {
          const kase = await read(deps, c, (tx) => loadCase(deps, tx, forCaseId));
          const versions = (kase.row.state as { versions?: unknown[] } | null)?.versions?.length ?? 0;
          return actOnCase(
            deps,
            keyed,
            { caseId: forCaseId, process: kase.row.process, versions },
            action ?? 'resubmit',
            body,
          );
        })()
      : await startCase(deps, keyed, {
          process: draft.process,
          action: action ?? 'submit',
          jurisdiction: draft.jurisdiction,
          body,
          keyObject: draft.id,
        });
    await deps.sql`update draft set submitted_case_id = ${answer.caseId}::uuid, updated_at = now() where id = ${draft.id}::uuid`;
    return c.json(answer, 201);
  });
}

/** The draft with what the database adds at the start; a field it cannot complete is a fault of the draft and no failure of the check. */
async function completed(deps: ApiDeps, viewer: Viewer, draft: DraftRow, action: string) {
  const face = deps.faces[draft.process];
  if (draft.for_case_id || (!face?.startBody && !face?.complete)) return { body: draft.body, faults: [] };
  try {
    const { jurisdiction } = draft;
    if (face.complete) return { body: (await face.complete(deps.sql, action, draft.body)).body, faults: [] };
    return { body: await known(deps, face, { action, jurisdiction }, viewer, draft.body), faults: [] };
  } catch (error) {
    if (!(error instanceof ApiProblem) || !error.more.errors) throw error;
    // What the start would have added is not asked of the person.
    return { body: { ...draft.body, organisationKind: '-', region: '-' }, faults: error.more.errors };
  }
}

const select = (sql: AnySql) => sql`
  select d.id, d.process, d.jurisdiction, d.owner_id, p.display_name as owner_ru, d.organisation_id, d.title_ru, d.body, d.version, d.for_case_id, d.submitted_case_id, d.created_at, d.updated_at
  from draft d join person p on p.id = d.owner_id`;

const mine = (sql: AnySql, viewer: Viewer) =>
  sql`(d.owner_id = ${viewer.personId}::uuid or d.organisation_id = any(${viewer.reach.organisations}::uuid[]))`;

async function findDraft(sql: AnySql, viewer: Viewer, id: string): Promise<DraftRow> {
  const [row] = await sql<
    DraftRow[]
  >`${select(sql)} where d.id = ${id}::uuid and d.discarded_at is null and ${mine(sql, viewer)}`;
  if (!row) throw notFound();
  return row;
}

async function lastEditor(deps: ApiDeps, id: string, owner: string): Promise<string> {
  const [row] = await deps.sql<Array<{ display_name: string }>>`
    select p.display_name from audit_record a join person p on p.id = a.actor_id where a.subject_id = ${id} and a.kind = 'draft.saved' order by a.at desc limit 1`;
  return row?.display_name ?? owner;
}

type Body = Record<string, unknown> | undefined;

/** Whoever may begin such a case may prepare it; so may the representatives and methodists of an organisation that applies. */
async function requireStarter(
  deps: ApiDeps,
  c: Parameters<typeof viewerOf>[0],
  process: AnyProcess,
  viewer: Viewer,
): Promise<void> {
  if (process.starts.includes('submit') && viewer.reach.organisations.length > 0) return;
  const starts = await read(deps, c, (tx) => readStarts(tx, [process], deps.faces));
  if (starts.get(process.slug)?.length) return;
  throw new ApiProblem(403, { detail: 'С вашей ролью такое дело не начинают.' });
}

function titleOf(deps: ApiDeps, process: string, body: Body): string {
  const own = deps.faces[process]?.draftTitleRu?.(body ?? {});
  if (own !== undefined) return own.slice(0, 500);
  const title = (body?.programme as { title?: unknown } | undefined)?.title;
  return typeof title === 'string' ? title.slice(0, 500) : '';
}

/** The organisation of a draft is the one it names if the viewer speaks for it; the first of his otherwise. */
function organisationOf(body: Body, viewer: Viewer): string | null {
  const named = (body?.programme as { provider?: { organisationId?: unknown } } | undefined)?.provider?.organisationId;
  if (typeof named === 'string' && viewer.reach.organisations.includes(named)) return named;
  return viewer.reach.organisations[0] ?? null;
}

function draftView(row: DraftRow): DraftView {
  return {
    id: row.id,
    process: row.process,
    jurisdiction: row.jurisdiction,
    titleRu: row.title_ru,
    ownerId: row.owner_id,
    ownerRu: row.owner_ru,
    organisationId: row.organisation_id,
    version: row.version,
    forCaseId: row.for_case_id,
    submittedCaseId: row.submitted_case_id,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    discardOn: addMonths(localDate(row.updated_at.toISOString(), 'Europe/Moscow'), 12),
    body: row.body,
  };
}

const withoutBody = ({ body: _body, ...rest }: DraftView) => rest;
