import { createRoute, z } from '@hono/zod-openapi';
import {
  AnyObject,
  body,
  CaseLink,
  Cursor,
  DocumentRef,
  Flag,
  Id,
  IdempotencyHeaders,
  IdParams,
  json,
  Limit,
  OrganisationRef,
  orNull,
  page,
  problems,
  Query,
  Recorded,
  Slug,
  writeProblems,
} from './common.ts';
import { ConclusionView, DocumentView, DueView, OfferView, RemarksView, TaskCard } from './inbox.ts';

export const CaseRow = z
  .object({
    id: z.string(),
    process: z.string(),
    number: z.string().nullable(),
    titleRu: z.string(),
    stage: z.string(),
    stageRu: z.string(),
    outcome: z.string().nullable(),
    waitingFor: z.string(),
    waitingForRu: z.string(),
    paused: z.boolean(),
    closed: z.boolean(),
    dueOn: z.string().nullable(),
    overdue: z.boolean(),
    personRu: z.string().nullable().meta({ description: 'О ком дело, если вам можно это видеть' }),
    applicantRu: z.string().nullable(),
    regionCode: z.string().nullable(),
    startedAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'CaseRow' });
export type CaseRow = z.infer<typeof CaseRow>;

export const TimelineStage = z
  .object({
    stage: z.string(),
    labelRu: z.string(),
    enteredOn: z.string(),
    enteredAt: z.string(),
    leftOn: z.string().nullable(),
    /** Calendar days in the stage, the day of entry not counted. */
    days: z.number().int(),
    current: z.boolean(),
    waitingFor: z.string(),
    waitingForRu: z.string(),
    row: z.string(),
  })
  .meta({ id: 'TimelineStage' });

export const PanelView = z
  .object({
    round: z.number().int(),
    size: z.number().int(),
    accepted: z.number().int(),
    submitted: z.number().int(),
    members: z.array(
      z.object({
        ordinal: z.number().int(),
        nameRu: z.string(),
        personId: z.string().nullable(),
        regionCode: z.string().nullable(),
        kind: z.enum(['expert', 'arbiter']),
        taskId: z.string().nullable(),
        state: z.string(),
        stateRu: z.string(),
        verdict: z.string().nullable(),
        verdictRu: z.string().nullable(),
        late: z.boolean(),
      }),
    ),
    result: z.string().nullable(),
    resultRu: z.string().nullable(),
    /** Seed and list of candidates of the selection: staff only. */
    selection: AnyObject.nullable(),
  })
  .meta({ id: 'PanelView' });

/** Another case as this one shows it: a question of an agenda, the sitting of an attestation. */
export const CaseBrief = z
  .object({
    number: z.string().nullable(),
    titleRu: z.string(),
    stageRu: z.string(),
    organisationRu: z.string().nullable(),
    /** Whether the viewer may open it. */
    open: z.boolean(),
    /** What a reader of this case has to know of it, a line each; empty when he may not open it. */
    linesRu: z.array(z.string()),
  })
  .meta({ id: 'CaseBrief' });
export type CaseBrief = z.infer<typeof CaseBrief>;
export const DecisionView = z
  .object({
    sequence: z.number().int(),
    type: z.string(),
    labelRu: z.string(),
    on: z.string(),
    at: z.string(),
    order: z.object({ number: z.string(), date: z.string() }).nullable(),
    /** Codes of reasons and grounds. */
    facts: AnyObject,
    textRu: z.string().nullable(),
  })
  .meta({ id: 'DecisionView' });
export type DecisionView = z.infer<typeof DecisionView>;

export const CaseView = z
  .object({
    id: z.string(),
    process: z.string(),
    processRu: z.string(),
    number: z.string().nullable(),
    titleRu: z.string(),
    jurisdiction: z.object({ id: z.string(), nameRu: z.string(), zone: z.string() }),
    subject: z.object({ kind: z.string(), id: z.string() }),
    applicant: orNull(OrganisationRef),
    stage: z.string(),
    stageRu: z.string(),
    publicStageRu: z.string(),
    outcome: z.string().nullable(),
    waitingFor: z.string(),
    waitingForRu: z.string(),
    paused: z.boolean(),
    closed: z.boolean(),
    dueOn: z.string().nullable(),
    overdue: z.boolean(),
    sequence: z.number().int(),
    clock: z.string(),
    startedAt: z.string(),
    updatedAt: z.string(),
    policy: z.object({ id: z.string(), version: z.number().int(), act: AnyObject }).nullable(),
    /** What the viewer is to this case: staff, applicant (also the person it is about), member of the commission that hears it, office with a task in it, overseer (an office above a school), expert, observer. */
    viewer: z.array(z.enum(['staff', 'applicant', 'expert', 'observer', 'admin', 'member', 'office', 'overseer'])),
    timeline: z.array(TimelineStage),
    deadlines: z.array(DueView),
    tasks: z.array(TaskCard),
    documents: z.array(DocumentView),
    panel: PanelView.nullable(),
    conclusions: z.array(ConclusionView),
    /** What the revision has to answer, while one is awaited; for those who may read the conclusions. */
    remarks: RemarksView.nullable(),
    /** Decisions and statements with their acts, grounds and texts, the latest first. */
    decisions: z.array(DecisionView),
    /** Proposal of the panel or the rules for the decision that is awaited, in words. */
    proposalRu: z.string().nullable(),
    /** What only this process has, as far as the viewer may know it; its screens read it. People and cases are named below. */
    details: AnyObject.nullable(),
    people: z.record(z.string(), z.string()),
    cases: z.record(z.string(), CaseBrief),
    offers: z.array(OfferView),
    registerEntry: z
      .object({
        register: z.string(),
        number: z.string(),
        status: z.string(),
        statusRu: z.string(),
        version: z.number().int(),
        validFrom: z.string().nullable(),
        validUntil: z.string().nullable(),
      })
      .nullable(),
    parent: CaseLink.nullable(),
    children: z.array(CaseLink),
    /** Days by who was waited for, and the causes of delay the events name. */
    delays: z.array(
      z.object({ waitingFor: z.string(), labelRu: z.string(), days: z.number().int(), causesRu: z.array(z.string()) }),
    ),
    drafts: z.array(z.object({ id: z.string(), version: z.number().int(), updatedAt: z.string() })),
    incidents: z.array(z.object({ id: z.string(), kind: z.string(), message: z.string(), lastAt: z.string() })),
  })
  .meta({ id: 'CaseView' });
export type CaseView = z.infer<typeof CaseView>;

export const EventView = z
  .object({
    sequence: z.number().int(),
    type: z.string(),
    labelRu: z.string(),
    row: z.string(),
    clause: z.string().nullable(),
    at: z.string(),
    on: z.string(),
    recordedAt: z.string(),
    actorRu: z.string(),
    actorId: z.string().nullable(),
    /** Whom a deputy stood in for, and the order; outside the staff only that it was so. */
    onBehalfOfRu: z.string().nullable(),
    /** The act of the acting post (и. о.) without which it would have been refused. */
    actingRu: z.string().nullable(),
    requestId: z.string().nullable(),
    facts: AnyObject,
    /** Decrypted texts about people, where the viewer may read them. */
    personal: z.record(z.string(), z.string()).nullable(),
    /** The link of the chain; null for who is not shown all that it covers. */
    hash: z.string().nullable(),
  })
  .meta({ id: 'EventView' });
export type EventView = z.infer<typeof EventView>;

export const HistoryEntry = z
  .object({
    at: z.string(),
    source: z.enum(['engine', 'audit']),
    runId: z.string().nullable(),
    eventId: z.string(),
    type: z.string(),
    labelRu: z.string(),
    detailRu: z.string().nullable(),
    failure: z.boolean(),
    data: z.unknown(),
  })
  .meta({ id: 'HistoryEntry' });
export const HistoryView = z
  .object({
    workflowId: z.string(),
    runs: z.array(
      z.object({
        runId: z.string(),
        status: z.string(),
        statusRu: z.string(),
        startedAt: z.string().nullable(),
        closedAt: z.string().nullable(),
        events: z.number().int(),
      }),
    ),
    entries: z.array(HistoryEntry),
    /** What stands: a workflow task that fails, an activity that is retried. */
    incidents: z.array(
      z.object({
        kind: z.string(),
        messageRu: z.string(),
        attempts: z.number().int(),
        failure: z.string().nullable(),
        since: z.string().nullable(),
      }),
    ),
    row: z.object({ sequence: z.number().int(), engineSequence: z.number().int().nullable(), behind: z.boolean() }),
    engineAvailable: z.boolean(),
  })
  .meta({ id: 'HistoryView' });
export type HistoryView = z.infer<typeof HistoryView>;

/** A changed field in words, lists item by item, with the difference by words. */
const FieldChange = z
  .object({
    pointer: z.string(),
    labelRu: z.string(),
    before: z.unknown(),
    after: z.unknown(),
    diff: z.array(z.object({ op: z.enum(['same', 'added', 'removed']), text: z.string() })),
  })
  .meta({ id: 'FieldChange' });

export const CompareView = z
  .object({
    from: z.number().int(),
    to: z.number().int(),
    versions: z.array(z.object({ version: z.number().int(), sha256: z.string().nullable(), addedAt: z.string() })),
    changedShare: z.number(),
    fields: z.array(FieldChange),
    modules: z.array(
      z.object({
        id: z.string(),
        titleRu: z.string(),
        change: z.enum(['added', 'removed', 'changed']),
        hoursBefore: z.number().nullable(),
        hoursAfter: z.number().nullable(),
        /** Nothing for a module that is new or gone. */
        fields: z.array(FieldChange),
      }),
    ),
  })
  .meta({ id: 'CompareView' });
export type CompareView = z.infer<typeof CompareView>;

export const startCase = createRoute({
  method: 'post',
  path: '/api/cases',
  tags: ['Дела'],
  summary: 'Начать дело без черновика',
  request: {
    headers: IdempotencyHeaders,
    body: body(
      z.object({
        process: Slug,
        action: z.string().max(60).optional(),
        jurisdiction: z.string().max(60).optional(),
        body: AnyObject,
      }),
    ),
  },
  responses: { ...writeProblems, 201: json(Recorded, 'Записано') },
});
export const listCases = createRoute({
  method: 'get',
  path: '/api/cases',
  tags: ['Дела'],
  summary: 'Дела, которые мне видны',
  request: {
    query: z.object({
      process: z.string().max(60).optional(),
      stage: z.string().max(60).optional(),
      outcome: z.string().max(60).optional(),
      waitingFor: z.string().max(40).optional(),
      region: z.string().max(4).optional(),
      organisationId: z.uuid().optional(),
      q: Query,
      overdue: Flag,
      mine: Flag,
      closed: Flag,
      paused: Flag,
      startedFrom: z.iso.date().optional(),
      startedTo: z.iso.date().optional(),
      refusalReason: z.string().max(60).optional(),
      cursor: Cursor,
      limit: Limit,
    }),
  },
  responses: { ...problems, 200: json(page(CaseRow)) },
});
export const getCase = createRoute({
  method: 'get',
  path: '/api/cases/{id}',
  tags: ['Дела'],
  summary: 'Дело',
  request: { params: IdParams },
  responses: { ...problems, 200: json(CaseView) },
});
export const getCaseEvents = createRoute({
  method: 'get',
  path: '/api/cases/{id}/events',
  tags: ['Дела'],
  summary: 'События дела (журнал), новые последними',
  request: { params: IdParams, query: z.object({ cursor: Cursor, limit: Limit }) },
  responses: { ...problems, 200: json(page(EventView)) },
});
export const getCaseHistory = createRoute({
  method: 'get',
  path: '/api/cases/{id}/history',
  tags: ['Администрирование'],
  summary: 'История исполнения: события движка рядом с журналом',
  request: { params: IdParams },
  responses: { ...problems, 200: json(HistoryView) },
});
export const postAction = createRoute({
  method: 'post',
  path: '/api/cases/{id}/actions/{type}',
  tags: ['Дела'],
  summary: 'Выполнить действие; тело по схеме действия',
  request: {
    params: z.object({ id: Id, type: z.string().regex(/^[a-z][A-Za-z]{1,60}$/) }),
    headers: IdempotencyHeaders,
    body: body(AnyObject),
  },
  responses: { ...writeProblems, 200: json(Recorded) },
});
export const postFact = createRoute({
  method: 'post',
  path: '/api/cases/{id}/facts',
  tags: ['Дела'],
  summary: 'Записать факт извне; повтор factId безвреден',
  request: {
    params: IdParams,
    headers: IdempotencyHeaders,
    body: body(z.object({ factId: z.string().min(3).max(200), kind: z.string().max(60), body: AnyObject })),
  },
  responses: { ...writeProblems, 202: json(z.object({ caseId: z.string(), factId: z.string() }), 'Принято') },
});
export const reconcileCase = createRoute({
  method: 'post',
  path: '/api/cases/{id}/reconcile',
  tags: ['Администрирование'],
  summary: 'Сверить исполнение с записью',
  request: { params: IdParams, headers: IdempotencyHeaders },
  responses: { ...writeProblems, 202: json(z.object({ caseId: z.string() }), 'Принято') },
});
export const getCaseDocument = createRoute({
  method: 'get',
  path: '/api/cases/{id}/documents/{document}',
  tags: ['Дела'],
  summary: 'Документ дела; адрес каждого — в его href',
  request: { params: z.object({ id: Id, document: DocumentRef }) },
  responses: {
    ...problems,
    409: writeProblems[409],
    200: { description: 'Содержимое', content: { 'application/octet-stream': { schema: z.string() } } },
  },
});
export const getTransferPackage = createRoute({
  method: 'get',
  path: '/api/cases/{id}/transfer-package/{file}',
  tags: ['Дела'],
  summary: 'Пакет цикла наставничества для другого региона: файл JSON или лист для чтения',
  request: { params: z.object({ id: Id, file: z.enum(['package.json', 'sheet.html']) }) },
  responses: {
    ...problems,
    200: {
      description: 'Файл; контрольная сумма файла JSON — в ETag',
      content: { 'application/json': { schema: z.unknown() }, 'text/html': { schema: z.string() } },
    },
  },
});
export const compareVersions = createRoute({
  method: 'get',
  path: '/api/cases/{id}/compare',
  tags: ['Дела'],
  summary: 'Сравнить версии программы',
  request: {
    params: IdParams,
    query: z.object({ from: z.coerce.number().int().min(1), to: z.coerce.number().int().min(1) }),
  },
  responses: { ...problems, 200: json(CompareView) },
});

export const caseRoutes = [
  startCase,
  listCases,
  getCase,
  getCaseEvents,
  getCaseHistory,
  postAction,
  postFact,
  reconcileCase,
  getCaseDocument,
  getTransferPackage,
  compareVersions,
] as const;
