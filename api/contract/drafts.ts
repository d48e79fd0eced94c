import { createRoute, z } from '@hono/zod-openapi';
import {
  AnyObject,
  body,
  FieldError,
  Id,
  IdempotencyHeaders,
  IdParams,
  IfMatchHeaders,
  json,
  problems,
  Recorded,
  Slug,
  writeProblems,
} from './common.ts';

export const DraftView = z
  .object({
    id: z.string(),
    process: z.string(),
    jurisdiction: z.string(),
    titleRu: z.string(),
    ownerId: z.string(),
    ownerRu: z.string(),
    organisationId: z.string().nullable(),
    version: z.number().int(),
    forCaseId: z.string().nullable(),
    submittedCaseId: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
    /** When an untouched draft is discarded (12 months). */
    discardOn: z.string(),
    body: AnyObject,
  })
  .meta({ id: 'DraftView' });
export type DraftView = z.infer<typeof DraftView>;

export const CheckResult = z.object({ ready: z.boolean(), errors: z.array(FieldError) }).meta({ id: 'CheckResult' });

export const createDraft = createRoute({
  method: 'post',
  path: '/api/drafts',
  tags: ['Черновики'],
  summary: 'Создать черновик',
  request: {
    headers: IdempotencyHeaders,
    body: body(
      z.object({
        process: Slug,
        jurisdiction: z.string().max(60).optional(),
        body: AnyObject.optional(),
        forCaseId: Id.optional(),
      }),
    ),
  },
  responses: { ...writeProblems, 201: json(DraftView, 'Черновик создан; ETag в заголовке') },
});
export const listDrafts = createRoute({
  method: 'get',
  path: '/api/drafts',
  tags: ['Черновики'],
  summary: 'Мои черновики и черновики моих организаций',
  responses: { ...problems, 200: json(z.object({ items: z.array(DraftView.omit({ body: true })) })) },
});
export const getDraft = createRoute({
  method: 'get',
  path: '/api/drafts/{id}',
  tags: ['Черновики'],
  summary: 'Черновик; ETag = версия',
  request: { params: IdParams },
  responses: { ...problems, 200: json(DraftView) },
});
export const putDraft = createRoute({
  method: 'put',
  path: '/api/drafts/{id}',
  tags: ['Черновики'],
  summary: 'Сохранить черновик; If-Match обязателен, 412 называет автора и время новой версии',
  request: { params: IdParams, headers: IfMatchHeaders, body: body(AnyObject) },
  responses: { ...writeProblems, 200: json(DraftView), 428: writeProblems[412] },
});
export const deleteDraft = createRoute({
  method: 'delete',
  path: '/api/drafts/{id}',
  tags: ['Черновики'],
  summary: 'Удалить черновик',
  request: { params: IdParams },
  responses: { ...writeProblems, 204: { description: 'Удалён' } },
});
export const checkDraft = createRoute({
  method: 'post',
  path: '/api/drafts/{id}/check',
  tags: ['Черновики'],
  summary: 'Проверить: ошибки с указателями полей, сохранению не мешает',
  request: { params: IdParams, query: z.object({ action: z.string().max(60).optional() }) },
  responses: { ...writeProblems, 200: json(CheckResult) },
});
export const submitDraft = createRoute({
  method: 'post',
  path: '/api/drafts/{id}/submit',
  tags: ['Черновики'],
  summary: 'Подать: присвоить номер и начать дело (или продолжить дело черновика)',
  request: {
    params: IdParams,
    headers: IdempotencyHeaders,
    body: body(
      z.object({
        action: z
          .string()
          .regex(/^[a-z][A-Za-z]{1,60}$/)
          .optional(),
        answers: z.string().max(8000).optional(),
        reason: z.string().max(4000).optional(),
      }),
    ),
  },
  responses: { ...writeProblems, 201: json(Recorded, 'Записано') },
});

export const draftRoutes = [createDraft, listDrafts, getDraft, putDraft, deleteDraft, checkDraft, submitDraft] as const;
