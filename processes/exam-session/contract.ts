/** The bodies people send to a session, and how each becomes a command. The screens draw their forms from here. */
import { z } from 'zod';
import { action, type ActionContract, type FactContract, type PreparedDocument } from '../kit/contract.ts';

const taskId = z.uuid('Задача не указана.');
const date = z.iso.date('Дата: ГГГГ-ММ-ДД.');
const text = z.string().trim().min(5, 'Напишите хотя бы несколько слов.').max(4000, 'Не больше 4000 знаков.');
const personId = z.uuid('Выберите человека.');
/** Known from the register of organisations, whatever the sender says. */
const centre = { centreKind: z.string().max(60).optional(), centreRegion: z.string().max(10).optional() };
const examiners = z.array(personId).min(3, 'Назовите не менее трёх экзаменаторов.').max(20);
const statement = (label: string, json: string): PreparedDocument => ({
  field: 'statement',
  kind: 'statement',
  label,
  json,
  audience: 'none',
});
const plain = <T extends Record<string, unknown>>(b: T) => ({ payload: b, documents: [] });

export const actions = {
  scheduleSession: action({
    type: 'scheduleSession',
    labelRu: 'Назначить экзамен',
    hintRu: 'Сеанс получает номер, запись открывается сразу; первые в очереди узнают о свободных местах.',
    body: z.object({
      qualification: z.string().min(1, 'Выберите квалификацию.').max(60),
      heldOn: date,
      startsAt: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Время: ЧЧ:ММ.'),
      placeRu: z.string().trim().min(5, 'Укажите адрес и кабинет.').max(300),
      centreId: z.uuid('Выберите центр оценки.'),
      ...centre,
      capacity: z.number().int().min(1, 'Хотя бы одно место.').max(500),
      examiners,
    }),
    prepare: plain,
  }),
  changeExaminers: action({
    type: 'changeExaminers',
    labelRu: 'Изменить состав экзаменаторов',
    hintRu: 'Возможно до начала экзамена; конфликты интересов проверяются заново.',
    body: z.object({ examiners }),
    prepare: plain,
  }),
  openSession: action({
    type: 'openSession',
    labelRu: 'Открыть экзамен',
    hintRu:
      'Отметьте пришедших экзаменаторов. Если их меньше трёх, экзамен не состоится и соискатели выберут другую дату.',
    body: z.object({ present: z.array(personId).max(20) }),
    prepare: plain,
  }),
  cancelSession: action({
    type: 'cancelSession',
    labelRu: 'Отменить экзамен',
    hintRu: 'Все записанные сразу узнают об этом и выбирают другую дату вне очереди.',
    body: z.object({ reason: text }),
    prepare: (b) => ({ payload: {}, documents: [statement('Причина отмены', b.reason)] }),
  }),
  closeSession: action({
    type: 'closeSession',
    labelRu: 'Окончить экзамен',
    hintRu: 'Кто не начал экзамен, выбирает другую дату вне очереди.',
    body: z.object({ taskId }),
    prepare: plain,
  }),
  signProtocol: action({
    type: 'signProtocol',
    labelRu: 'Протокол сеанса подписан',
    hintRu: 'Отметьте подписавших экзаменаторов, не менее трёх.',
    body: z.object({ taskId, signedBy: z.array(personId).min(3, 'Не менее трёх подписей.').max(20) }),
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
    hintRu: 'Задача останется за выбранным сотрудником.',
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

/** Facts people may report; seats come and go by facts of cases, not of people. */
export const facts = {
  employment: {
    kind: 'employment',
    byOffice: true,
    labelRu: 'Кадровое событие экзаменатора или сотрудника центра',
    body: z.object({
      personId: z.uuid(),
      event: z.enum(['dismissed', 'died', 'leave_started', 'retired', 'transferred']),
      on: date,
    }),
  },
  centre_closed: {
    kind: 'centre_closed',
    labelRu: 'Центр лишён полномочий',
    body: z.object({ centreId: z.uuid(), on: date }),
  },
} satisfies Record<string, FactContract<any>>;
