import { createRoute, z } from '@hono/zod-openapi';
import {
  AnyObject,
  body,
  CodeLabel,
  Cursor,
  Flag,
  IdempotencyHeaders,
  IdParams,
  json,
  Limit,
  page,
  problems,
  writeProblems,
} from './common.ts';

/** A number and the list query that opens exactly the cases behind it. */
export const Count = z
  .object({
    value: z.number(),
    list: z.string().meta({
      description: 'Запрос, который открывает дела за этим числом',
      example: '/api/cases?process=dpp-certification&closed=false',
    }),
  })
  .meta({ id: 'Count' });

export const CertificationReport = z
  .object({
    asOf: z.string(),
    totals: z.object({
      started: Count,
      open: Count,
      certified: Count,
      refused: Count,
      withdrawn: Count,
      lapsed: Count,
      overdue: Count,
    }),
    stages: z.array(
      CodeLabel.extend({
        open: Count,
        visits: z.number().int(),
        medianDays: z.number().nullable(),
        p90Days: z.number().nullable(),
        maxDays: z.number().nullable(),
      }),
    ),
    refusalReasons: z.array(CodeLabel.extend({ count: Count })),
    regions: z.array(
      z.object({
        code: z.string(),
        nameRu: z.string(),
        started: Count,
        certified: Count,
        refused: Count,
        share: z.number(),
      }),
    ),
    experts: z.array(
      z.object({
        personId: z.string(),
        displayName: z.string(),
        regionCode: z.string(),
        open: Count,
        done: z.number().int(),
        late: z.number().int(),
        lost: z.number().int(),
        medianWorkingDays: z.number().nullable(),
        maxOpenTasks: z.number().int(),
        suspendedUntil: z.string().nullable(),
      }),
    ),
    deficits: z.object({
      total: z.number().int(),
      covered: z.number().int(),
      gaps: z.array(CodeLabel),
      byCode: z.array(CodeLabel.extend({ entries: Count })),
    }),
  })
  .meta({ id: 'CertificationReport' });
export type CertificationReport = z.infer<typeof CertificationReport>;

export const IncidentView = z
  .object({
    id: z.string(),
    caseId: z.string().nullable(),
    caseNumber: z.string().nullable(),
    caseTitleRu: z.string().nullable(),
    kind: z.string(),
    kindRu: z.string(),
    message: z.string(),
    details: AnyObject.nullable(),
    firstAt: z.string(),
    lastAt: z.string(),
    count: z.number().int(),
    resolvedAt: z.string().nullable(),
    /** Letters that stayed behind because of it and may be sent again. */
    letters: z.number().int(),
  })
  .meta({ id: 'IncidentView' });
export type IncidentView = z.infer<typeof IncidentView>;

export const Overview = z
  .object({
    asOf: z.string(),
    cases: z.array(
      z.object({ process: z.string(), nameRu: z.string(), open: Count, overdue: Count, paused: Count, closed: Count }),
    ),
    tasks: z.object({ open: Count, late: Count, unassigned: Count }),
    incidents: z.object({ open: Count, byKind: z.array(CodeLabel.extend({ value: z.number().int() })) }),
    outbox: z.object({
      queued: z.number().int(),
      due: z.number().int(),
      failed: z.number().int(),
      bounced: z.number().int(),
      sentLastHour: z.number().int(),
      oldestDueAt: z.string().nullable(),
    }),
    engine: z.object({
      available: z.boolean(),
      address: z.string(),
      namespace: z.string(),
      serverVersion: z.string().nullable(),
      taskQueue: z.string(),
      pollers: z.number().int().nullable(),
      runningWorkflows: z.number().int().nullable(),
    }),
    database: z.object({ available: z.boolean(), version: z.string().nullable(), sizeBytes: z.number().nullable() }),
    sessions: z.number().int(),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof Overview>;

export const certificationReport = createRoute({
  method: 'get',
  path: '/api/reports/dpp-certification',
  tags: ['Отчёты'],
  summary: 'Отчёт по экспертизе и сертификации программ; каждое число открывает свои дела',
  request: { query: z.object({ from: z.iso.date().optional(), to: z.iso.date().optional() }) },
  responses: { ...problems, 200: json(CertificationReport) },
});
export const listIncidents = createRoute({
  method: 'get',
  path: '/api/incidents',
  tags: ['Администрирование'],
  summary: 'Инциденты',
  request: { query: z.object({ kind: z.string().max(40).optional(), resolved: Flag, cursor: Cursor, limit: Limit }) },
  responses: { ...problems, 200: json(page(IncidentView)) },
});
export const resolveIncident = createRoute({
  method: 'post',
  path: '/api/incidents/{id}/resolve',
  tags: ['Администрирование'],
  summary: 'Закрыть инцидент с пояснением',
  request: {
    params: IdParams,
    headers: IdempotencyHeaders,
    body: body(z.object({ comment: z.string().trim().min(5, 'Напишите, что сделано.').max(2000) })),
  },
  responses: { ...writeProblems, 200: json(IncidentView) },
});
export const resendLetters = createRoute({
  method: 'post',
  path: '/api/incidents/{id}/resend',
  tags: ['Администрирование'],
  summary: 'Отправить снова письма, которые не ушли из-за инцидента',
  description:
    'Письма снова становятся в очередь и уходят в течение минуты. Если адрес человека не принимал писем, он снова считается исправным. Инцидент закроется сам, когда письма уйдут.',
  request: { params: IdParams, headers: IdempotencyHeaders },
  responses: { ...writeProblems, 200: json(IncidentView) },
});
export const overview = createRoute({
  method: 'get',
  path: '/api/admin/overview',
  tags: ['Администрирование'],
  summary: 'Состояние платформы; каждое число открывает свой список',
  responses: { ...problems, 200: json(Overview) },
});

export const adminRoutes = [certificationReport, listIncidents, resolveIncident, resendLetters, overview] as const;
