import { createRoute, z } from '@hono/zod-openapi';
import { DecisionView, EventView } from './cases.ts';
import { AnyObject, CaseLink, IdParams, problems } from './common.ts';
import { DailyRoot } from './evidence.ts';
import { DocumentView, TaskCard } from './inbox.ts';

const Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** An event of the file: what its reader may know of it, and the link of the chain where he is shown all that it covers. */
const AuditEvent = EventView.omit({ hash: true }).extend({
  atRu: z.string().meta({ description: 'at по часам юрисдикции, словами' }),
  roleRu: z.string().nullable().meta({ description: 'В какой роли; null: из записи не следует' }),
  taskRu: z.string().nullable().meta({ description: 'О какой задаче событие' }),
  wordsRu: z.string().nullable().meta({ description: 'Что изменилось, теми же словами, что в истории дела' }),
  rootDay: z.string().nullable().meta({ description: 'Первые сутки, корень которых покрывает событие' }),
  link: z
    .object({
      previous: Hex.meta({ description: 'hash предыдущего события; у первого — нули' }),
      hash: Hex.meta({
        description:
          'sha256(previous, JSON с ключами по порядку: actor, at, caseId, facts, on, personal, row, sequence, type)',
      }),
      actor: AnyObject.meta({ description: 'Кто действовал, как записано: под хэшем стоит это' }),
      personal: Hex.nullable().meta({ description: 'sha256 зашифрованного текста о человеке' }),
    })
    .nullable()
    .meta({ description: 'null: читателю показаны не все сведения события' }),
});

/** The audit of one case as one reader may have it, with the proof that it was not changed. */
export const CaseAudit = z
  .object({
    format: z.literal('traektoria.case-audit/1'),
    titleRu: z.string(),
    number: z.string(),
    made: z.object({
      at: z.string(),
      atRu: z.string(),
      byRu: z.string(),
      asRu: z.string(),
      onBehalfOfRu: z.string().nullable(),
    }),
    notesRu: z.array(z.string()).meta({ description: 'Что показано этому читателю, чего нет и что файл доказывает' }),
    case: z.object({
      id: z.string(),
      process: z.string(),
      processRu: z.string(),
      number: z.string().nullable(),
      titleRu: z.string(),
      jurisdiction: z.object({ id: z.string(), nameRu: z.string(), zone: z.string() }),
      applicantRu: z.string().nullable(),
      stage: z.string(),
      stageRu: z.string(),
      outcome: z.string().nullable(),
      closed: z.boolean(),
      startedAt: z.string(),
      startedRu: z.string(),
      sequence: z.number().int().meta({ description: 'Сколько событий в деле' }),
      parent: CaseLink.nullable(),
      children: z.array(CaseLink),
    }),
    policies: z.array(
      z.object({
        id: z.string(),
        version: z.number().int(),
        actRu: z.string(),
        effectiveFrom: z.string(),
        current: z.boolean(),
      }),
    ),
    part: z.object({
      after: z.number().int().meta({ description: 'События этой части идут после этого' }),
      to: z.number().int(),
      next: z.number().int().nullable().meta({ description: 'after следующей части; null: это конец' }),
    }),
    events: z.array(AuditEvent),
    decisions: z.array(DecisionView),
    tasks: z.array(TaskCard),
    letters: z.array(
      z.object({
        template: z.string(),
        titleRu: z.string().nullable().meta({ description: 'null: данные адресата уничтожены' }),
        sequence: z.number().int().nullable(),
        addresseeRoleRu: z.string(),
        addresseeRu: z.string().nullable(),
        onBehalfOfRu: z.string().nullable(),
        at: z.string(),
        atRu: z.string(),
        state: z.string(),
        stateRu: z.string(),
        legallySignificant: z.boolean(),
        sentAt: z.string().nullable(),
        sentRu: z.string().nullable(),
        familiarisedAt: z.string().nullable(),
        familiarisedRu: z.string().nullable(),
      }),
    ),
    documents: z.array(DocumentView.omit({ audience: true })),
    register: z
      .array(
        z.object({
          register: z.string(),
          registerRu: z.string(),
          number: z.string(),
          edition: z.number().int(),
          status: z.string(),
          statusRu: z.string(),
          validFrom: z.string().nullable(),
          validUntil: z.string().nullable(),
          sequence: z.number().int(),
          at: z.string(),
          atRu: z.string(),
        }),
      )
      .meta({ description: 'Записи реестров и их исправления: каждая правка — новая редакция' }),
    readings: z
      .object({
        people: z.array(
          z.object({
            day: z.string(),
            whoRu: z.string().nullable(),
            asRu: z.string(),
            whatRu: z.string(),
            ofRu: z.string().nullable(),
            times: z.number().int(),
          }),
        ),
        records: z.array(
          z.object({ at: z.string(), atRu: z.string(), whatRu: z.string(), whoRu: z.string().nullable() }),
        ),
        cut: z.boolean(),
      })
      .nullable()
      .meta({
        description: 'Кто читал дело: администратору, ответственному за персональные данные и тому, о ком дело',
      }),
    proof: z.object({
      zone: z.string().meta({ description: 'Сутки корней — по этому поясу' }),
      linkedTo: z.number().int().meta({ description: 'До какого события показаны звенья цепочки; 0: не показаны' }),
      head: Hex.nullable(),
      anchors: z.array(
        z.object({
          day: z.string(),
          sequence: z.number().int(),
          hash: Hex.nullable(),
          leaf: Hex.meta({ description: 'sha256(0x00, «дело:номер события:», hash)' }),
          index: z.number().int().meta({ description: 'Место листа среди листьев суток, с нуля' }),
          path: z
            .array(Hex)
            .meta({ description: 'Соседи на пути к корню, снизу вверх; узел без пары соседа не имеет' }),
        }),
      ),
      days: z.array(DailyRoot.omit({ computedAt: true })),
      publishedAt: z.string().meta({ description: 'Где опубликованы корни' }),
    }),
  })
  .meta({ id: 'CaseAudit' });
export type CaseAudit = z.infer<typeof CaseAudit>;

export const getCaseAudit = createRoute({
  method: 'get',
  path: '/api/cases/{id}/audit',
  tags: ['Неизменность записей'],
  summary:
    'Выписка из журнала дела: всё, что вам в нём видно, одним файлом с доказательством; сама выписка записывается',
  request: {
    params: IdParams,
    query: z.object({
      format: z.enum(['json', 'xlsx', 'html']).default('json').meta({
        description: 'json — для проверки, xlsx — книга, html — для печати',
      }),
      after: z.coerce.number().int().min(0).max(10_000_000).default(0).meta({
        description: 'События после этого; файл длинного дела состоит из частей',
      }),
    }),
  },
  responses: {
    ...problems,
    200: {
      description: 'Файл; его sha256 — в ETag',
      content: {
        'application/json': { schema: CaseAudit },
        'text/html': { schema: z.string() },
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
          schema: z.string().meta({ format: 'binary' }),
        },
      },
    },
  },
});

export const caseAuditRoutes = [getCaseAudit] as const;
