import { createRoute, z } from '@hono/zod-openapi';
import { AnyObject, json, problems, Slug } from './common.ts';
import { CriterionView } from './inbox.ts';

export const StageView = z
  .object({
    code: z.string(),
    labelRu: z.string(),
    publicLabelRu: z.string(),
    waitingFor: z.string(),
    waitingForRu: z.string(),
    final: z.boolean(),
  })
  .meta({ id: 'StageView' });
export const TransitionView = z
  .object({
    id: z.string(),
    from: z.array(z.string()),
    on: z.string(),
    roles: z.array(z.string()),
    rolesRu: z.array(z.string()),
    guard: z.string().nullable(),
    to: z.string(),
    event: z.string(),
    effectRu: z.string(),
    clause: z.string(),
    optional: z.string().nullable(),
    enabled: z.boolean(),
  })
  .meta({ id: 'TransitionView' });
export const StartView = z
  .object({
    action: z.string(),
    labelRu: z.string(),
    hintRu: z.string().nullable(),
    jurisdictions: z.array(z.object({ id: z.string(), nameRu: z.string(), regionCode: z.string() })),
  })
  .meta({ id: 'StartView' });
export const ActionView = z
  .object({
    type: z.string(),
    labelRu: z.string(),
    hintRu: z.string().nullable(),
    customForm: z.string().nullable(),
    schema: AnyObject,
  })
  .meta({ id: 'ActionView' });
export const TermView = z
  .object({ key: z.string(), amount: z.number(), unit: z.string(), textRu: z.string(), clause: z.string() })
  .meta({ id: 'TermView' });
export const PolicyView = z
  .object({
    id: z.string(),
    version: z.number().int(),
    jurisdiction: z.string(),
    effectiveFrom: z.string(),
    act: AnyObject,
    criteria: z.array(CriterionView),
    terms: z.array(TermView),
    parameters: AnyObject,
  })
  .meta({ id: 'PolicyView' });
export const ProcessView = z
  .object({
    slug: z.string(),
    code: z.string(),
    nameRu: z.string(),
    starts: z.array(z.string()),
    stages: z.array(StageView),
    table: z.array(TransitionView),
    actions: z.array(ActionView),
    facts: z.array(z.object({ kind: z.string(), labelRu: z.string(), schema: AnyObject })),
    policy: PolicyView.nullable(),
    /** Catalogues the forms choose from. */
    catalogues: z.object({
      competences: z.array(z.object({ code: z.string(), labelRu: z.string() })),
      deficits: z.array(z.object({ code: z.string(), labelRu: z.string() })),
      labourFunctions: z.array(z.object({ code: z.string(), labelRu: z.string() })),
      posts: z.array(z.string()),
    }),
  })
  .meta({ id: 'ProcessView' });
export type ProcessView = z.infer<typeof ProcessView>;

export const listProcesses = createRoute({
  method: 'get',
  path: '/api/processes',
  tags: ['Процессы'],
  summary: 'Процессы платформы',
  responses: {
    ...problems,
    200: json(
      z.object({
        items: z.array(
          z.object({
            slug: z.string(),
            code: z.string(),
            nameRu: z.string(),
            aboutRu: z.string(),
            mayStart: z.boolean(),
            /** Acts with which I may open a case, and the jurisdictions open to me. */
            starts: z.array(StartView),
          }),
        ),
      }),
    ),
  },
});
export const getProcess = createRoute({
  method: 'get',
  path: '/api/processes/{slug}',
  tags: ['Процессы'],
  summary: 'Стадии, таблица переходов, формы действий, критерии и сроки; порядок — названной юрисдикции',
  request: { params: z.object({ slug: Slug }), query: z.object({ jurisdiction: z.string().max(60).optional() }) },
  responses: { ...problems, 200: json(ProcessView) },
});
export const getDiagram = createRoute({
  method: 'get',
  path: '/api/processes/{slug}/diagram',
  tags: ['Процессы'],
  summary: 'BPMN 2.0, построенный по таблице переходов',
  request: { params: z.object({ slug: Slug }) },
  responses: {
    ...problems,
    200: { description: 'BPMN 2.0 XML с раскладкой', content: { 'application/xml': { schema: z.string() } } },
  },
});

export const processRoutes = [listProcesses, getProcess, getDiagram] as const;
