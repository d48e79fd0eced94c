import { createRoute, z } from '@hono/zod-openapi';
import { Cursor, json, Limit, problems } from './common.ts';

const FigureView = z
  .object({
    value: z.number().nullable().meta({ description: 'null: сказать нечего или число скрыто' }),
    text: z.string().meta({ description: 'Как число пишут на экране и в книге', example: '42,9 %' }),
    unit: z.string(),
    count: z.number().int().nullable().meta({ description: 'Сколько строк в перечне, который число открывает' }),
    outOf: z.number().nullable(),
    cell: z.string().nullable().meta({ description: 'Адрес перечня; null, если открывать нечего или нельзя' }),
    hidden: z.boolean().meta({ description: 'Группа меньше наименьшей: вместо числа «менее …»' }),
    target: z.object({ id: z.string(), value: z.number(), year: z.number().int(), reached: z.boolean() }).nullable(),
  })
  .meta({ id: 'ReportFigure' });
export type FigureView = z.infer<typeof FigureView>;

const ReportInfo = z
  .object({
    id: z.string(),
    process: z.string().nullable(),
    processRu: z.string(),
    titleRu: z.string(),
    hintRu: z.string(),
    clauseRu: z.string(),
    filters: z.array(z.enum(['on', 'from', 'to', 'year', 'region'])),
  })
  .meta({ id: 'ReportInfo' });
export type ReportInfo = z.infer<typeof ReportInfo>;

export const ReportView = ReportInfo.extend({
  asOf: z.string(),
  /** What was asked for, with what stands for the rest. */
  query: z.object({
    on: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    year: z.number().int(),
    region: z.string().nullable(),
  }),
  regions: z.array(z.object({ code: z.string(), nameRu: z.string() })),
  headline: z.array(
    z.object({ key: z.string(), labelRu: z.string(), tone: z.enum(['late', 'good']).nullable(), figure: FigureView }),
  ),
  parts: z.array(
    z.object({
      key: z.string(),
      titleRu: z.string(),
      hintRu: z.string().nullable(),
      rowRu: z.string(),
      columns: z.array(z.object({ key: z.string(), labelRu: z.string() })),
      rows: z.array(
        z.object({
          key: z.string(),
          labelRu: z.string(),
          total: z.boolean(),
          cells: z.record(z.string(), z.union([FigureView, z.string(), z.null()])),
        }),
      ),
      picture: z.object({ kind: z.enum(['bars', 'against']), columns: z.array(z.string()) }).nullable(),
    }),
  ),
  notesRu: z.array(z.string()),
}).meta({ id: 'ReportView' });
export type ReportView = z.infer<typeof ReportView>;

export const ReportMember = z
  .object({
    key: z.string(),
    caseId: z.string(),
    caseNumber: z.string().nullable(),
    caseTitleRu: z.string(),
    stageRu: z.string(),
    entry: z.object({ register: z.string(), number: z.string() }).nullable(),
    personRu: z.string().nullable().meta({ description: 'null: имя вам не видно' }),
    organisationRu: z.string().nullable(),
    regionRu: z.string().nullable(),
    on: z.string().nullable(),
    value: z.number().nullable(),
    noteRu: z.string().nullable(),
  })
  .meta({ id: 'ReportMember' });
export type ReportMember = z.infer<typeof ReportMember>;

const ReportParams = z.object({ id: z.string().regex(/^[a-z0-9][a-z0-9-]{1,80}$/, 'Код отчёта: латиница и дефисы.') });
const ReportFilters = z.object({
  on: z.iso.date().optional().meta({ description: 'На какую дату; по умолчанию сегодня' }),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  year: z.coerce.number().int().min(2000).max(2100).optional(),
  region: z
    .string()
    .regex(/^\d{2}$/, 'Код региона: две цифры.')
    .optional(),
});

export const listReports = createRoute({
  method: 'get',
  path: '/api/reports',
  tags: ['Отчёты'],
  summary: 'Отчёты, которые вам видны',
  responses: { ...problems, 200: json(z.object({ items: z.array(ReportInfo) })) },
});
export const getReport = createRoute({
  method: 'get',
  path: '/api/reports/{id}',
  tags: ['Отчёты'],
  summary: 'Отчёт: числа и таблицы; каждое число открывает свой перечень',
  request: { params: ReportParams, query: ReportFilters },
  responses: { ...problems, 200: json(ReportView) },
});
export const listReportMembers = createRoute({
  method: 'get',
  path: '/api/reports/{id}/members',
  tags: ['Отчёты'],
  summary: 'Что посчитано в одном числе отчёта, при том же отборе',
  request: {
    params: ReportParams,
    query: ReportFilters.extend({ cell: z.string().min(1).max(600), cursor: Cursor, limit: Limit }),
  },
  responses: {
    ...problems,
    200: json(
      z.object({
        titleRu: z.string(),
        total: z.number().int(),
        items: z.array(ReportMember),
        next: z.string().nullable(),
      }),
    ),
  },
});
export const exportReport = createRoute({
  method: 'get',
  path: '/api/reports/{id}/export.xlsx',
  tags: ['Отчёты'],
  summary: 'Отчёт книгой XLSX: когда, кем и с каким отбором сделан',
  request: { params: ReportParams, query: ReportFilters },
  responses: {
    ...problems,
    200: {
      description: 'Книга',
      content: {
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
          schema: z.string().meta({ format: 'binary' }),
        },
      },
    },
  },
});

export const reportRoutes = [listReports, getReport, listReportMembers, exportReport] as const;
