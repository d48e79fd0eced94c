import { createRoute, z } from '@hono/zod-openapi';
import {
  AnyObject,
  body,
  Cursor,
  Flag,
  IdParams,
  IfMatchHeaders,
  json,
  Limit,
  page,
  problems,
  Query,
  writeProblems,
} from './common.ts';

/** One row of «что ждёт меня». `kind`: task = assigned to me, office = a task of my office, case = my own case waits for me. */
export const InboxItem = z
  .object({
    kind: z.enum(['task', 'office', 'case']),
    id: z.string(),
    taskId: z.string().nullable(),
    taskKind: z.string().nullable(),
    caseId: z.string(),
    process: z.string(),
    titleRu: z.string(),
    caseTitleRu: z.string(),
    personRu: z.string().nullable().meta({ description: 'О ком дело, если вам можно это видеть' }),
    caseNumber: z.string().nullable(),
    stage: z.string(),
    stageRu: z.string(),
    state: z.string(),
    stateRu: z.string(),
    assigneeId: z.string().nullable(),
    dueOn: z.string().nullable(),
    dueAt: z.string().nullable(),
    late: z.boolean(),
  })
  .meta({ id: 'InboxItem' });
export type InboxItem = z.infer<typeof InboxItem>;

export const InboxPage = page(InboxItem).extend({
  counts: z.object({
    total: z.number().int(),
    task: z.number().int(),
    office: z.number().int(),
    case: z.number().int(),
    late: z.number().int(),
    capped: z.boolean().meta({ description: 'Сосчитана только первая тысяча задач каждого вида' }),
  }),
});

/** A task on a case page or in a list; names are absent where the viewer may not see them. */
export const TaskCard = z
  .object({
    id: z.string(),
    caseId: z.string(),
    process: z.string(),
    kind: z.string(),
    titleRu: z.string(),
    state: z.string(),
    stateRu: z.string(),
    open: z.boolean(),
    nature: z.enum(['personal', 'office']),
    role: z.string(),
    roleRu: z.string(),
    assigneeId: z.string().nullable(),
    /** Name, or «Эксперт 1» where names are hidden, or null when nobody has taken it. */
    assigneeRu: z.string().nullable(),
    mine: z.boolean(),
    dueOn: z.string().nullable(),
    dueAt: z.string().nullable(),
    late: z.boolean(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'TaskCard' });
export type TaskCard = z.infer<typeof TaskCard>;

/** Why a date is that date, in words; empty for a date without a derivation. */
export const DueView = z
  .object({
    key: z.string(),
    purpose: z.string(),
    purposeRu: z.string(),
    dueOn: z.string(),
    at: z.string(),
    waitingFor: z.string(),
    waitingForRu: z.string(),
    explanationRu: z.string(),
    clause: z.string().nullable(),
    provisional: z.boolean(),
    taskId: z.string().nullable(),
  })
  .meta({ id: 'DueView' });
export type DueView = z.infer<typeof DueView>;

export const OfferView = z
  .object({
    type: z.string(),
    labelRu: z.string(),
    hintRu: z.string().nullable(),
    allowed: z.boolean(),
    whyNot: z.string().nullable(),
    taskId: z.string().nullable(),
    tone: z.enum(['primary', 'danger', 'plain']),
    customForm: z.string().nullable(),
    /** Where the JSON Schema of the body is: `/api/processes/{slug}` → actions[type].schema. */
    schemaRef: z.string(),
  })
  .meta({ id: 'OfferView' });
export type OfferView = z.infer<typeof OfferView>;

export const CriterionView = z
  .object({
    code: z.string(),
    labelRu: z.string(),
    mandatory: z.boolean(),
    max: z.number(),
    passFrom: z.number(),
    remarkBelow: z.number(),
  })
  .meta({ id: 'CriterionView' });

export const RemarkView = z
  .object({ id: z.string(), criterion: z.string(), place: z.string(), text: z.string() })
  .meta({ id: 'RemarkView' });

/** A conclusion as it may be shown: «Эксперт 1», never a name unless the viewer may see names. */
export const ConclusionView = z
  .object({
    ordinal: z.number().int(),
    authorRu: z.string(),
    round: z.number().int(),
    kind: z.enum(['review', 'arbitration']),
    verdict: z.string(),
    verdictRu: z.string(),
    scores: z.record(z.string(), z.number()),
    remarks: z.array(RemarkView),
    summary: z.string(),
    sha256: z.string().nullable(),
    submittedAt: z.string().nullable(),
    voided: z.boolean(),
    late: z.boolean(),
  })
  .meta({ id: 'ConclusionView' });
export type ConclusionView = z.infer<typeof ConclusionView>;

export const DocumentView = z
  .object({
    /** Digest of what the reader gets; null where he gets less than is stored. */
    sha256: z.string().nullable(),
    kind: z.string(),
    label: z.string(),
    version: z.number().int(),
    mime: z.string(),
    size: z.number().int().nullable(),
    name: z.string().nullable(),
    addedAt: z.string(),
    audience: z.string(),
    href: z.string(),
  })
  .meta({ id: 'DocumentView' });
export const RemarksView = z
  .object({
    round: z.number().int(),
    /** Grouped by the head of the panel; otherwise by criterion. */
    merged: z.boolean(),
    groups: z.array(
      z.object({ titleRu: z.string().nullable(), remarks: z.array(RemarkView.extend({ authorRu: z.string() })) }),
    ),
  })
  .meta({ id: 'RemarksView' });
export type RemarksView = z.infer<typeof RemarksView>;

export const TaskView = z
  .object({
    task: TaskCard,
    case: z.object({
      id: z.string(),
      process: z.string(),
      processRu: z.string(),
      number: z.string().nullable(),
      titleRu: z.string(),
      stage: z.string(),
      stageRu: z.string(),
      round: z.number().int().nullable(),
    }),
    due: DueView.nullable(),
    offers: z.array(OfferView),
    /** The programme without contacts of the applicant; absent when the viewer may not see it. */
    programme: z.object({ sha256: z.string().nullable(), version: z.number().int(), body: AnyObject }).nullable(),
    /** Criteria this task must answer; in a later round only failed and mandatory ones. */
    criteria: z.array(CriterionView),
    /** Remarks of the earlier round, and the provider's answers. */
    earlierRemarks: z.array(RemarkView.extend({ round: z.number().int(), mine: z.boolean() })),
    answersRu: z.string().nullable(),
    /** Remarks of the round that asked for a revision, for its experts once all conclusions are in. */
    remarks: RemarksView.nullable(),
    /** Depersonalised conclusions, for an arbiter only. */
    conclusions: z.array(ConclusionView),
    /** Papers of the case the holder may open. */
    documents: z.array(DocumentView),
    draft: z.object({ version: z.number().int(), updatedAt: z.string() }).nullable(),
  })
  .meta({ id: 'TaskView' });
export type TaskView = z.infer<typeof TaskView>;

export const TaskDraftView = z
  .object({ taskId: z.string(), version: z.number().int(), updatedAt: z.string().nullable(), body: AnyObject })
  .meta({ id: 'TaskDraftView' });

export const inbox = createRoute({
  method: 'get',
  path: '/api/inbox',
  tags: ['Задачи'],
  summary: 'Что ждёт меня: мои задачи, задачи моей должности, мои дела; просроченные первыми',
  request: { query: z.object({ kind: z.enum(['task', 'office', 'case']).optional(), cursor: Cursor, limit: Limit }) },
  responses: { ...problems, 200: json(InboxPage) },
});
export const listTasks = createRoute({
  method: 'get',
  path: '/api/tasks',
  tags: ['Задачи'],
  summary: 'Задачи, которые мне видны',
  request: {
    query: z.object({
      process: z.string().max(60).optional(),
      kind: z.string().max(60).optional(),
      state: z.string().max(40).optional(),
      role: z.string().max(40).optional(),
      assigneeId: z.uuid().optional(),
      caseId: z.uuid().optional(),
      open: Flag,
      late: Flag,
      mine: Flag,
      q: Query,
      cursor: Cursor,
      limit: Limit,
    }),
  },
  responses: {
    ...problems,
    200: json(page(TaskCard.extend({ caseTitleRu: z.string(), caseNumber: z.string().nullable() }))),
  },
});
export const getTask = createRoute({
  method: 'get',
  path: '/api/tasks/{id}',
  tags: ['Задачи'],
  summary: 'Задача и то, что исполнителю можно видеть в деле',
  request: { params: IdParams },
  responses: { ...problems, 200: json(TaskView) },
});
export const getTaskDraft = createRoute({
  method: 'get',
  path: '/api/tasks/{id}/draft',
  tags: ['Задачи'],
  summary: 'Мой черновик по задаче',
  request: { params: IdParams },
  responses: { ...problems, 200: json(TaskDraftView, 'Черновик; ETag в заголовке') },
});
export const putTaskDraft = createRoute({
  method: 'put',
  path: '/api/tasks/{id}/draft',
  tags: ['Задачи'],
  summary: 'Сохранить черновик по задаче',
  request: { params: IdParams, headers: IfMatchHeaders, body: body(AnyObject) },
  responses: { ...writeProblems, 200: json(TaskDraftView) },
});

export const inboxRoutes = [inbox, listTasks, getTask, getTaskDraft, putTaskDraft] as const;
