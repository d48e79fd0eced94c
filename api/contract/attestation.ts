import { createRoute, z } from '@hono/zod-openapi';
import { json, problems } from './common.ts';

const Head = z.object({
  personId: z.string(),
  personRu: z.string(),
  organisationId: z.string(),
  organisationRu: z.string(),
  post: z.string(),
});

/** The year of a founder: who is to be put into it and why, who is left out and why, who stands in it and how his date has moved. */
export const AttestationYear = z
  .object({
    year: z.number().int(),
    jurisdiction: z.object({ id: z.string(), nameRu: z.string() }),
    today: z.string(),
    mayApprove: z.boolean(),
    earliestOn: z.string().meta({ description: 'Первый день, оставляющий полное извещение, если сообщить сегодня' }),
    due: z.array(Head.extend({ plannedOn: z.string(), reasonRu: z.string(), since: z.string().nullable() })),
    leftOut: z.array(Head.extend({ reasonRu: z.string(), until: z.string().nullable() })),
    placed: z.array(
      Head.extend({
        caseId: z.string(),
        number: z.string().nullable(),
        variantRu: z.string(),
        stageRu: z.string(),
        closed: z.boolean(),
        plannedOn: z.string().nullable(),
        /** The date has passed and the commission has not voted. */
        late: z.boolean(),
        moves: z.array(z.object({ on: z.string(), plannedOn: z.string().nullable(), reasonRu: z.string() })),
      }),
    ),
  })
  .meta({ id: 'AttestationYear' });
export type AttestationYear = z.infer<typeof AttestationYear>;

export const getAttestationYear = createRoute({
  method: 'get',
  path: '/api/attestation-years/{year}',
  tags: ['Аттестация руководителей'],
  summary: 'Год учредителя: проект графика, кто и почему не включён, как менялись даты',
  request: {
    params: z.object({ year: z.coerce.number().int().min(2020).max(2100) }),
    query: z.object({ jurisdiction: z.string().max(60).optional() }),
  },
  responses: { 200: json(AttestationYear), ...problems },
});

export const attestationRoutes = [getAttestationYear] as const;
