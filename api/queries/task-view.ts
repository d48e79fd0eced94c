/** One task, and what its holder may see of the case: the page an expert works on. */

import type { LoadedCase } from '../loaded-case.ts';
import type { TaskDraftView } from '../contract/inbox.ts';
import type { TaskView } from '../contract/inbox.ts';
import { decodeCursor, isInstant, isUuid, likeText, pageOf } from '../cursor.ts';
import {
  ensurePersonKey,
  findPersonKey,
  sealOwn,
  taskDraftPlace,
  unsealOwn,
} from '../../platform/crypto/person-keys.ts';
import type { Criterion } from '../../processes/dpp-certification/policy.ts';
import type { z } from '@hono/zod-openapi';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, notFound } from '../problems.ts';
import { audit } from '../idempotent.ts';
import { isMine, type ReadTx, type Viewer } from '../viewer.ts';
import { isPartyRole, kindsOf, namedCases, seesNames, visibleCases } from '../visibility.ts';
import { taskCard, type TaskRecord } from './case-view.ts';
import {
  documentsOf,
  documentView,
  handlesOf,
  isBlinded,
  seesOf,
  visibleDocuments,
  withoutContacts,
} from './documents.ts';
import { loadCase, namesOf, opensPanelDocuments, stageOf } from './load-case.ts';
import { type DeadlineRow, dueView, offersOf } from './offers.ts';
import { readRemarks } from './remarks.ts';
import { isExpertTask, panelState, readConclusions, readJson, roundOf, type PanelState } from './panel.ts';

/** The task with everything its holder needs, or 404. Staff see any task of their cases, an applicant none. */
export async function readTask(deps: ApiDeps, tx: ReadTx, id: string): Promise<TaskView> {
  const { sql, viewer } = tx;
  const { task, loaded } = await loadTask(deps, tx, id);
  const { row, process, ctx } = loaded;
  const mine = isMine(viewer, task);
  const names = seesNames(loaded.kinds, row.process) ? await namesOf(sql, [task.assignee_id]) : undefined;
  const panel = panelState(row.state);
  const inState = panel?.tasks.find((entry) => entry.id === id);
  const [deadlines, drafts, documents] = await Promise.all([
    sql<
      DeadlineRow[]
    >`select key, purpose, due_on, at, waiting_for, task_id, derivation from case_deadline where case_id = ${row.id}::uuid and task_id = ${id}::uuid and visible order by at limit 1`,
    sql<
      Array<{ version: number; updated_at: Date }>
    >`select version, updated_at from task_draft where task_id = ${id}::uuid and person_id = ${viewer.personId}::uuid`,
    documentsOf(sql, row.id),
  ]);
  const deadline = deadlines[0];
  const draft = drafts[0];
  const mayRead = loaded.kinds.includes('staff') || (mine && opensPanelDocuments([task]));
  const version = (row.state as { versions?: Array<{ n: number; document: string }> } | null)?.versions?.at(-1);
  const programme =
    mayRead && version ? await readJson<Record<string, unknown>>(deps.documents, version.document) : undefined;
  const expertTask = inState !== undefined && isExpertTask(inState);
  // An expert has no page of the case: what he may do in it, he does on the page of his last task.
  const expertOnly = loaded.kinds.every((kind) => kind === 'expert');
  const handles = handlesOf(deps, row.id, documents);
  const cleaned = expertTask && !loaded.kinds.includes('staff');
  const inRound =
    panel !== undefined &&
    expertTask &&
    inState.state === 'done' &&
    roundOf(inState).panel === panel.panel &&
    roundOf(inState).round === Math.max(1, panel.round);
  return {
    task: taskCard(task, { viewer, names, panel }),
    case: {
      id: row.id,
      process: row.process,
      processRu: process.nameRu,
      number: row.number,
      titleRu: row.title_ru,
      stage: row.stage,
      stageRu: stageOf(process, row.stage).labelRu,
      round: inState ? roundOf(inState).round : null,
    },
    due: deadline ? dueView(deadline, deps.faces[row.process], process) : null,
    offers: offersOf(deps, loaded, viewer.actor).filter(
      (offer) => offer.taskId === id || (expertOnly && mine && inRound && offer.taskId === null && offer.allowed),
    ),
    programme:
      programme && version
        ? {
            sha256: cleaned ? null : version.document,
            version: version.n,
            body: cleaned ? withoutContacts(programme, handles) : programme,
          }
        : null,
    criteria: expertTask ? askedCriteria(ctx.policy.criteria ?? [], panel, inState.group) : [],
    earlierRemarks: mayRead && panel && inState ? await earlierRemarks(deps, panel, inState, viewer) : [],
    remarks:
      panel && inRound && (mine || loaded.kinds.includes('staff')) ? await readRemarks(deps, tx, loaded, panel) : null,
    answersRu: mayRead ? await lastAnswers(deps, tx, row.id) : null,
    conclusions:
      mayRead && panel && inState?.kind === 'arbitration'
        ? await readConclusions(
            deps.documents,
            panel.tasks.filter(
              (other) => other.kind === 'review' && other.state === 'done' && sameRound(other, inState),
            ),
          )
        : [],
    documents: visibleDocuments(documents, await seesOf(deps, tx, loaded)).map((document) =>
      documentView(row.id, document, isBlinded(loaded.kinds) && handles),
    ),
    draft: draft ? { version: draft.version, updatedAt: draft.updated_at.toISOString() } : null,
  };
}

const sameRound = (a: { group?: string }, b: { group?: string }): boolean =>
  roundOf(a).panel === roundOf(b).panel && roundOf(a).round === roundOf(b).round;

async function loadTask(deps: ApiDeps, tx: ReadTx, id: string): Promise<{ task: TaskRecord; loaded: LoadedCase }> {
  const [task] = await tx.sql<TaskRecord[]>`select * from task where id = ${id}::uuid`;
  if (!task) throw notFound();
  const loaded = await loadCase(deps, tx, task.case_id, { expertsToo: true });
  const mine = isMine(tx.viewer, task);
  const readers = ['staff', 'admin', 'observer'] as const;
  const office = task.nature === 'office' && (loaded.kinds.includes('office') || holdsOffice(tx.viewer, task));
  if (!mine && !office && !readers.some((kind) => loaded.kinds.includes(kind))) throw notFound();
  return { task, loaded };
}

/** Does the viewer hold the office this task waits for? */
function holdsOffice(viewer: Viewer, task: TaskRecord): boolean {
  return viewer.actor.assignments.some(
    ({ role, scope }) =>
      role === task.role && scope.kind === task.scope_kind && ('id' in scope ? scope.id : null) === task.scope_id,
  );
}

/** In a later round only failed and mandatory criteria are asked; the arbiter answers all of that round. */
function askedCriteria(criteria: Criterion[], panel: PanelState | undefined, group: string | undefined) {
  const round = roundOf(group === undefined ? {} : { group }).round;
  const asked = panel && round > 1 && panel.asked.length > 0 ? panel.asked : undefined;
  return criteria
    .filter(({ code }) => asked === undefined || asked.includes(code))
    .map(({ code, labelRu, mandatory, max, passFrom, remarkBelow }) => ({
      code,
      labelRu,
      mandatory,
      max,
      passFrom,
      remarkBelow,
    }));
}

/** Remarks of earlier rounds of this panel, without authors; one's own are marked. */
async function earlierRemarks(
  deps: ApiDeps,
  panel: PanelState,
  task: { group?: string },
  viewer: Viewer,
): Promise<TaskView['earlierRemarks']> {
  const now = roundOf(task);
  const earlier = panel.tasks.filter(
    (other) =>
      isExpertTask(other) &&
      other.state === 'done' &&
      roundOf(other).panel === now.panel &&
      roundOf(other).round < now.round,
  );
  const conclusions = await readConclusions(deps.documents, earlier);
  return conclusions.flatMap((conclusion, i) =>
    conclusion.remarks.map((remark) => ({
      ...remark,
      round: conclusion.round,
      mine: earlier[i]?.assigneeId === viewer.personId,
    })),
  );
}

/** What the provider answered to the remarks with the last version. */
async function lastAnswers(deps: ApiDeps, { sql }: ReadTx, caseId: string): Promise<string | null> {
  const [event] = await sql<Array<{ answers: string | null }>>`
    select facts->>'answers' as answers from case_event where case_id = ${caseId}::uuid and type = 'application.resubmitted' order by sequence desc limit 1`;
  if (!event?.answers) return null;
  return (await readJson<string>(deps.documents, event.answers)) ?? null;
}

export interface TaskFilter {
  process?: string | undefined;
  kind?: string | undefined;
  state?: string | undefined;
  role?: string | undefined;
  assigneeId?: string | undefined;
  caseId?: string | undefined;
  open?: 'true' | 'false' | undefined;
  late?: 'true' | 'false' | undefined;
  mine?: 'true' | 'false' | undefined;
  q?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

type ListedTask = TaskRecord & {
  subject_kind: string;
  subject_id: string;
  initiator_id: string | null;
  case_title_ru: string;
  number: string | null;
  jurisdiction: string;
  applicant_organisation_id: string | null;
  applicant_region_code: string | null;
  place: { authorityId?: string; cnppmId?: string } | null;
};

const kindsOfTask = (viewer: Viewer, task: ListedTask) =>
  kindsOf(viewer.reach, { ...task, state: { place: task.place ?? {} } });
const namesSeen = (viewer: Viewer, task: ListedTask) => seesNames(kindsOfTask(viewer, task), task.process);

/** A task may belong to whom the case is about or names; who does it by office is named as every act of an office is. */
const isOfParty = ({ assignee_id, subject_kind, subject_id, role }: ListedTask): boolean =>
  isPartyRole(role) || (subject_kind === 'person' && subject_id === assignee_id);

/** Tasks one may see, newest first: one's own, and those of cases one sees. */
export async function listTasks(tx: ReadTx, filter: TaskFilter) {
  const { sql, viewer, readings } = tx;
  const after = decodeCursor(filter.cursor, [isInstant, isUuid]);
  const where = taskConditions(tx, filter);
  const rows = await sql<ListedTask[]>`
    select t.*, c.title_ru as case_title_ru, c.number, c.jurisdiction, c.applicant_organisation_id, c.applicant_region_code,
      c.state->'place' as place, c.subject_kind, c.subject_id, c.initiator_id
    from task t join "case" c on c.id = t.case_id
    where ${where} ${after ? sql`and (t.created_at, t.id) < (${String(after[0])}::timestamptz, ${String(after[1])}::uuid)` : sql``}
    order by t.created_at desc, t.id desc limit ${filter.limit + 1}`;
  const named = rows.slice(0, filter.limit).filter((row) => namesSeen(viewer, row));
  for (const row of named)
    if (row.assignee_id && isOfParty(row))
      readings?.push({
        personId: row.assignee_id,
        what: 'task',
        caseId: row.case_id,
        as: kindsOfTask(viewer, row)[0] ?? 'applicant',
      });
  const names = await namesOf(
    sql,
    named.map((row) => row.assignee_id),
  );
  return pageOf(
    rows,
    filter.limit,
    (row) => [row.created_at.toISOString(), row.id],
    (row) => ({
      ...taskCard(row, {
        viewer,
        names: namesSeen(viewer, row) ? names : undefined,
        panel: undefined,
      }),
      caseTitleRu: row.case_title_ru,
      caseNumber: row.number,
    }),
  );
}

/** The same conditions as the list. */
export async function countTasks(tx: ReadTx, filter: Omit<TaskFilter, 'limit'>): Promise<number> {
  const [row] = await tx.sql<
    Array<{ n: number }>
  >`select count(*)::int as n from task t join "case" c on c.id = t.case_id where ${taskConditions(tx, { ...filter, limit: 1 })}`;
  return row?.n ?? 0;
}

function taskConditions({ sql, viewer }: ReadTx, filter: TaskFilter) {
  const { onBehalfOf } = viewer.actor;
  const own = onBehalfOf
    ? sql`(t.assignee_id = ${onBehalfOf.personId}::uuid and t.nature = 'office')`
    : sql`t.assignee_id = ${viewer.personId}::uuid`;
  const parts = [
    filter.mine === 'true' ? own : sql`(${own} or ${visibleCases(sql, viewer.reach)})`,
    ...(filter.process ? [sql`t.process = ${filter.process}`] : []),
    ...(filter.kind ? [sql`t.kind = ${filter.kind}`] : []),
    ...(filter.state ? [sql`t.state = ${filter.state}`] : []),
    ...(filter.role ? [sql`t.role = ${filter.role}`] : []),
    ...(filter.caseId ? [sql`t.case_id = ${filter.caseId}::uuid`] : []),
    // Whose task it is may be asked only where one sees names: otherwise the filter itself would tell.
    ...(filter.assigneeId
      ? [
          filter.assigneeId === viewer.personId
            ? own
            : sql`(t.assignee_id = ${filter.assigneeId}::uuid and ${namedCases(sql, viewer.reach)})`,
        ]
      : []),
    ...(filter.open ? [sql`t.open = ${filter.open === 'true'}`] : []),
    ...(filter.late === 'true' ? [sql`(t.late or (t.open and t.due_at < now()))`] : []),
    ...(filter.late === 'false' ? [sql`not (t.late or coalesce(t.open and t.due_at < now(), false))`] : []),
    ...(filter.q
      ? [
          sql`(c.title_ru ilike ${likeText(filter.q)} or c.number ilike ${likeText(filter.q)} or t.title_ru ilike ${likeText(filter.q)})`,
        ]
      : []),
  ];
  return parts.reduce((all, part) => sql`${all} and ${part}`);
}

type Draft = z.infer<typeof TaskDraftView>;

/** Only the holder of a task has a draft of it. */
async function requireMine({ sql, viewer }: Pick<ReadTx, 'sql' | 'viewer'>, id: string): Promise<{ open: boolean }> {
  const [task] = await sql<
    Array<{ assignee_id: string | null; open: boolean }>
  >`select assignee_id, open from task where id = ${id}::uuid`;
  if (!task || task.assignee_id !== viewer.personId) throw notFound();
  return task;
}

/** The private draft, decrypted; version 0 while there is none. */
export async function readTaskDraft(
  deps: ApiDeps,
  { sql, viewer }: Pick<ReadTx, 'sql' | 'viewer'>,
  id: string,
): Promise<Draft> {
  await requireMine({ sql, viewer }, id);
  const [row] = await sql<
    Array<{ body: Buffer; version: number; updated_at: Date }>
  >`select body, version, updated_at from task_draft where task_id = ${id}::uuid and person_id = ${viewer.personId}::uuid`;
  if (!row) return { taskId: id, version: 0, updatedAt: null, body: {} };
  const key = await findPersonKey(sql, deps.keys, viewer.personId);
  const body = key
    ? (JSON.parse(unsealOwn(key, row.body, taskDraftPlace(id, viewer.personId))) as Record<string, unknown>)
    : {};
  return { taskId: id, version: row.version, updatedAt: row.updated_at.toISOString(), body };
}

/**
 * Saves the draft if the reader's version is the last one. Two windows of one expert cannot overwrite each other in silence; without a
 * version only a first draft is written.
 */
export async function saveTaskDraft(
  deps: ApiDeps,
  viewer: Viewer,
  id: string,
  body: Record<string, unknown>,
  expected: number | undefined,
  requestId: string,
): Promise<Draft> {
  const { open } = await requireMine({ sql: deps.sql, viewer }, id);
  if (!open)
    throw new ApiProblem(409, { code: 'task_closed', detail: 'Задача закрыта, черновик больше не сохраняется.' });
  const key = await ensurePersonKey(deps.sql, deps.keys, viewer.personId);
  const sealed = sealOwn(key, JSON.stringify(body), taskDraftPlace(id, viewer.personId));
  const [row] = await deps.sql<Array<{ version: number; updated_at: Date }>>`
    insert into task_draft as d (task_id, person_id, body, version, updated_at)
    select ${id}::uuid, ${viewer.personId}::uuid, ${sealed}, 1, now() where ${expected ?? 0} = 0 or exists (select from task_draft where task_id = ${id}::uuid and person_id = ${viewer.personId}::uuid)
    on conflict (task_id, person_id) do update set body = excluded.body, version = d.version + 1, updated_at = now()
    where d.version = ${expected ?? -1} returning version, updated_at`;
  if (row?.version === 1)
    await audit(deps.sql, {
      row: 'TASK-08',
      kind: 'task.draft_saved',
      subjectId: id,
      by: viewer.actor,
      requestId,
      facts: {},
    });
  if (row) return { taskId: id, version: row.version, updatedAt: row.updated_at.toISOString(), body };
  const newer = await readTaskDraft(deps, { sql: deps.sql, viewer }, id);
  if (expected === undefined)
    throw new ApiProblem(428, { detail: 'Черновик уже есть. Прочитайте его и укажите If-Match с его ETag.' });
  throw new ApiProblem(412, {
    detail: `Черновик уже сохранён в другом окне: версия ${newer.version}.`,
    current: { version: newer.version, updatedAt: newer.updatedAt ?? '', updatedBy: viewer.displayName },
  });
}
