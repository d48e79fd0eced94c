/** The bodies people send to a sitting, and how each becomes a command. The screens draw their forms from here. */
import { z } from 'zod';
import { action, type ActionContract, type FactContract, type PreparedDocument } from '../kit/contract.ts';

const taskId = z.uuid('Задача не указана.');
const date = z.iso.date('Дата: ГГГГ-ММ-ДД.');
const text = z.string().trim().min(5, 'Напишите хотя бы несколько слов.').max(4000, 'Не больше 4000 знаков.');
const order = z.object({ number: z.string().trim().min(1, 'Укажите номер приказа.').max(50), date });
const itemKey = z.string().min(1, 'Выберите вопрос повестки.').max(200);
const personId = z.uuid('Выберите человека.');
const member = z.object({
  personId,
  office: z.enum(['chair', 'deputy', 'secretary', 'member', 'public'], 'Выберите место в комиссии.'),
  organisationIds: z.array(z.uuid()).max(20).default([]),
});
const ground = z.enum(['conflict', 'relative', 'subordinate', 'other'], 'Выберите основание.');
const members = z.array(member).min(3, 'Назовите состав комиссии.').max(50);
const statement = (label: string, json: string): PreparedDocument => ({
  field: 'statement',
  kind: 'statement',
  label,
  json,
  audience: 'none',
});
const plain = <T extends Record<string, unknown>>(b: T) => ({ payload: b, documents: [] });

export const actions = {
  scheduleSitting: action({
    type: 'scheduleSitting',
    labelRu: 'Назначить заседание',
    hintRu: 'Заседанию присваивается номер; состав — по приказу учредителя.',
    body: z.object({ heldOn: date, order, members }),
    prepare: plain,
  }),
  changeMembers: action({
    type: 'changeMembers',
    labelRu: 'Изменить состав комиссии',
    hintRu: 'Только приказом учредителя и до открытия заседания.',
    body: z.object({ members, order }),
    prepare: plain,
  }),
  orderAgenda: action({
    type: 'orderAgenda',
    labelRu: 'Изменить порядок вопросов',
    hintRu: 'В этом порядке вопросы стоят в повестке; после её закрытия порядок не меняется.',
    body: z.object({ itemKeys: z.array(itemKey).min(2, 'Назовите все вопросы повестки.').max(200) }),
    prepare: plain,
  }),
  noteDiscussion: action({
    type: 'noteDiscussion',
    labelRu: 'Записать вопросы и ответы',
    hintRu: 'Войдёт в протокол: о чём спрашивали, что ответил аттестуемый.',
    body: z.object({ itemKey, text }),
    prepare: (b) => ({
      payload: { itemKey: b.itemKey },
      documents: [{ field: 'document', kind: 'statement', label: 'Вопросы и ответы', json: b.text, audience: 'panel' }],
    }),
  }),
  openSession: action({
    type: 'openSession',
    labelRu: 'Открыть заседание',
    hintRu: 'Отметьте присутствующих. Без кворума заседание не состоится, вопросы перейдут на следующее.',
    body: z.object({ present: z.array(personId).max(50) }),
    prepare: plain,
  }),
  cancelSitting: action({
    type: 'cancelSitting',
    labelRu: 'Отменить заседание',
    hintRu: 'Все вопросы переносятся, дела узнают об этом сразу.',
    body: z.object({ reason: text }),
    prepare: (b) => ({ payload: {}, documents: [statement('Причина отмены', b.reason)] }),
  }),
  recuse: action({
    type: 'recuse',
    labelRu: 'Заявить самоотвод по вопросу',
    hintRu: 'По этому вопросу вы не считаетесь присутствующим и не голосуете. Пояснение увидит только секретарь.',
    body: z.object({ itemKey, ground, reason: text.optional() }),
    prepare: ({ reason, ...b }) => ({ payload: b, documents: [], ...(reason ? { personal: { reason } } : {}) }),
  }),
  recordRecusal: action({
    type: 'recordRecusal',
    labelRu: 'Записать отвод члену комиссии',
    hintRu: 'Укажите, кого и по какому вопросу отводят.',
    body: z.object({ itemKey, personId, ground, reason: text.optional() }),
    prepare: ({ reason, ...b }) => ({ payload: b, documents: [], ...(reason ? { personal: { reason } } : {}) }),
  }),
  recordAbsence: action({
    type: 'recordAbsence',
    labelRu: 'Записать неявку',
    hintRu: 'Уважительная причина — новая дата с новым извещением; без неё вопрос решают в отсутствие.',
    body: z.object({ itemKey, validReason: z.boolean() }),
    prepare: plain,
  }),
  putToVote: action({
    type: 'putToVote',
    labelRu: 'Поставить на голосование',
    hintRu: 'Кворум считается по каждому вопросу; голосование открытое и в отсутствие рассматриваемого.',
    body: z.object({ itemKey, proposal: z.string().max(60).optional(), attesteeOut: z.boolean() }),
    prepare: plain,
  }),
  castVote: action({
    type: 'castVote',
    labelRu: 'Проголосовать',
    hintRu: 'Открытый голос подаётся один раз. Воздержавшийся считается среди присутствующих.',
    body: z.object({ itemKey, voice: z.enum(['for', 'against', 'abstain'], 'Выберите голос.') }),
    prepare: plain,
  }),
  recordVote: action({
    type: 'recordVote',
    labelRu: 'Записать голос',
    hintRu: 'Голос, поданный в зале; за каждого члена один раз.',
    body: z.object({ itemKey, personId, voice: z.enum(['for', 'against', 'abstain'], 'Выберите голос.') }),
    prepare: plain,
  }),
  closeVote: action({
    type: 'closeVote',
    labelRu: 'Подвести итог голосования',
    hintRu: 'Не проголосовавшие считаются воздержавшимися. Дело узнаёт решение сразу.',
    body: z.object({ itemKey }),
    prepare: plain,
  }),
  dissent: action({
    type: 'dissent',
    labelRu: 'Приложить особое мнение',
    hintRu: 'Прилагается к протоколу.',
    body: z.object({ itemKey, opinion: text }),
    prepare: (b) => ({ payload: { itemKey: b.itemKey }, documents: [statement('Особое мнение', b.opinion)] }),
  }),
  closeSession: action({
    type: 'closeSession',
    labelRu: 'Закрыть заседание',
    hintRu: 'Нерассмотренные вопросы переносятся на следующее заседание.',
    body: z.object({ taskId }),
    prepare: plain,
  }),
  signMinutes: action({
    type: 'signMinutes',
    labelRu: 'Протокол подписан',
    hintRu: 'Отметьте подписавших: председательствующего, секретаря, членов комиссии.',
    body: z.object({ taskId, signedBy: z.array(personId).min(1, 'Отметьте подписавших.').max(50) }),
    prepare: plain,
  }),
  acceptTask: action({
    type: 'acceptTask',
    labelRu: 'Взять в работу',
    hintRu: 'Задача будет за вами.',
    body: z.object({ taskId }),
    prepare: plain,
  }),
  assignTask: action({
    type: 'assignTask',
    labelRu: 'Назначить исполнителя',
    hintRu: 'Задача останется за выбранным секретарём.',
    body: z.object({ taskId, personId }),
    prepare: plain,
  }),
  extendTask: action({
    type: 'extendTask',
    labelRu: 'Продлить срок задачи',
    hintRu: 'Один раз, с причиной.',
    body: z.object({ taskId, workingDays: z.number().int().min(1), reason: text }),
    prepare: (b) => ({
      payload: { taskId: b.taskId, workingDays: b.workingDays },
      documents: [statement('Причина продления', b.reason)],
    }),
  }),
} satisfies Record<string, ActionContract<any>>;

/** Facts people may report; items come and go by facts of cases, not of people. */
export const facts = {
  employment: {
    kind: 'employment',
    byOffice: true,
    labelRu: 'Кадровое событие секретаря',
    body: z.object({
      personId: z.uuid(),
      event: z.enum(['dismissed', 'died', 'leave_started', 'retired', 'transferred']),
      on: date,
    }),
  },
} satisfies Record<string, FactContract<any>>;
