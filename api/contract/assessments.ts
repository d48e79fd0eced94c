import { createRoute, z } from '@hono/zod-openapi';
import { body, Id, IdempotencyHeaders, IdParams, json, problems, writeProblems } from './common.ts';

export const ExamSessionRow = z
  .object({
    id: z.string(),
    number: z.string(),
    qualification: z.string(),
    heldOn: z.string(),
    startsAt: z.string(),
    placeRu: z.string(),
    centreRu: z.string().nullable(),
    capacity: z.number().int(),
    free: z.number().int(),
  })
  .meta({ id: 'ExamSessionRow' });
export type ExamSessionRow = z.infer<typeof ExamSessionRow>;

export const ReferralRow = z
  .object({
    id: z.string(),
    personId: z.string(),
    personRu: z.string(),
    qualificationRu: z.string(),
    payerRu: z.string(),
    offeredOn: z.string(),
    /** All that an employer may know before the person accepts, and after he did not. */
    status: z.enum(['not_submitted', 'submitted']),
    statusRu: z.string(),
    /** The fact where the employer paid and the person consents; the document where the person shares it. */
    result: z.object({ passed: z.boolean(), factRu: z.string(), documentNumber: z.string().nullable() }).nullable(),
    mayComplain: z.boolean(),
    whyNotRu: z.string().nullable(),
  })
  .meta({ id: 'ReferralRow' });
export type ReferralRow = z.infer<typeof ReferralRow>;

export const AssessmentView = z
  .object({
    caseId: z.string(),
    jurisdiction: z.string(),
    scheme: z.string(),
    schemeRu: z.string(),
    qualification: z.string(),
    qualificationRu: z.string(),
    rubric: z.array(z.object({ code: z.string(), labelRu: z.string(), max: z.number(), remarkBelow: z.number() })),
    theoryPass: z.number(),
    practicePass: z.number(),
    refusalReasons: z.record(z.string(), z.string()),
    /** Only for the person and the readers of the case. */
    own: z
      .object({
        personRu: z.string(),
        payerRu: z.string(),
        paid: z.boolean(),
        referred: z.boolean(),
        priority: z.boolean(),
        reschedules: z.number().int(),
        maxReschedules: z.number().int(),
        lastRescheduleOn: z.string().nullable(),
        queue: z
          .object({ since: z.string(), whyRu: z.string(), ahead: z.number().int(), asked: z.boolean() })
          .nullable(),
        booking: ExamSessionRow.extend({ confirmed: z.boolean() }).nullable(),
        sessions: z.array(ExamSessionRow),
        theory: z.object({ score: z.number(), on: z.string(), passed: z.boolean(), earlier: z.boolean() }).nullable(),
        result: z
          .object({ passed: z.boolean(), examOn: z.string(), partRu: z.string(), mean: z.number().nullable() })
          .nullable(),
        document: z
          .object({
            number: z.string(),
            titleRu: z.string(),
            on: z.string(),
            validUntil: z.string().nullable(),
            reissues: z.number().int(),
          })
          .nullable(),
        informedOn: z.string().nullable(),
        complaintUntil: z.string().nullable(),
        shared: z.boolean(),
        revocation: z.object({ openedOn: z.string(), answered: z.boolean() }).nullable(),
      })
      .nullable(),
    /** Only for the readers of the case. */
    centre: z
      .object({
        examiners: z.array(z.object({ id: z.string(), nameRu: z.string(), present: z.boolean() })),
        excluded: z.array(z.object({ nameRu: z.string(), whyRu: z.string() })),
        totals: z.array(z.number()),
        disputed: z.boolean(),
        exhausted: z.boolean(),
      })
      .nullable(),
  })
  .meta({ id: 'AssessmentView' });
export type AssessmentView = z.infer<typeof AssessmentView>;

export const getAssessment = createRoute({
  method: 'get',
  path: '/api/cases/{id}/assessment',
  tags: ['Оценка квалификации'],
  summary: 'Дело об оценке: даты с местами на сейчас, результат, документ — по праву читающего',
  request: { params: IdParams },
  responses: { 200: json(AssessmentView), ...problems },
});

export const listExamSessions = createRoute({
  method: 'get',
  path: '/api/exam-sessions',
  tags: ['Оценка квалификации'],
  summary: 'Сеансы экзамена, на которые идёт запись, со свободными местами',
  request: {
    query: z.object({ jurisdiction: z.string().max(60).optional(), qualification: z.string().max(60).optional() }),
  },
  responses: { 200: json(z.object({ items: z.array(ExamSessionRow) })), ...problems },
});

export const listReferrals = createRoute({
  method: 'get',
  path: '/api/referrals',
  tags: ['Оценка квалификации'],
  summary: 'Направления работодателя: подано или не подано, и только то из результата, что разрешил работник',
  responses: { 200: json(z.object({ items: z.array(ReferralRow) })), ...problems },
});

export const listReferralStaff = createRoute({
  method: 'get',
  path: '/api/referrals/staff',
  tags: ['Оценка квалификации'],
  summary: 'Работники, которых работодатель может направить',
  responses: {
    200: json(
      z.object({
        items: z.array(
          z.object({ id: z.string(), displayName: z.string(), postRu: z.string(), organisationId: z.string() }),
        ),
      }),
    ),
    ...problems,
  },
});

export const complainAsPayer = createRoute({
  method: 'post',
  path: '/api/referrals/{id}/complaint',
  tags: ['Оценка квалификации'],
  summary: 'Жалоба того, кто оплатил экзамен',
  request: {
    params: IdParams,
    headers: IdempotencyHeaders,
    body: body(z.object({ grounds: z.string().trim().min(5, 'Напишите хотя бы несколько слов.').max(4000) })),
  },
  responses: { 200: json(z.object({ referralId: Id })), ...writeProblems },
});

export const assessmentRoutes = [
  getAssessment,
  listExamSessions,
  listReferrals,
  listReferralStaff,
  complainAsPayer,
] as const;
