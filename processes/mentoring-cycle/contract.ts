/** The bodies people send in a mentoring cycle, and how each becomes a command. The screens draw their forms from here. */
import { z } from 'zod';
import { action, type ActionContract, type FactContract, type PreparedDocument } from '../kit/contract.ts';
import { EMPLOYMENT_EVENTS, LEAVE_KINDS } from '../hr-events/matrix.ts';
import { DECLINE_REASONS, EXIT_REASONS, RECOMMENDATIONS } from './labels.ru.ts';
import { WORK_KINDS } from './policy.ts';

const text = z.string().trim().min(5, 'Напишите хотя бы несколько слов.').max(8000, 'Не больше 8000 знаков.');
const optionalText = z.string().trim().max(8000, 'Не больше 8000 знаков.').optional();
const taskId = z.uuid('Задача не указана.');
const date = z.iso.date('Дата: ГГГГ-ММ-ДД.');
const act = z.string().trim().min(3, 'Укажите номер и дату акта.').max(200);
const order = z.object({ number: z.string().trim().min(1, 'Укажите номер приказа.').max(50), date });
const codes = (table: Record<string, string>, message: string) =>
  z.enum(Object.keys(table) as [string, ...string[]], message);

export const PlaceBody = z.object({
  organisationId: z.uuid('Выберите школу.'),
  authorityId: z.uuid('Выберите орган управления образованием.'),
  cnppmId: z.uuid().optional(),
  region: z.string().regex(/^\d{2}$/, 'Код региона: две цифры.'),
  jurisdiction: z.string().max(40).optional(),
  municipality: z.string().max(120).optional(),
  rural: z.boolean().optional(),
});

const doc = (
  field: string,
  label: string,
  json: string,
  audience: PreparedDocument['audience'] = 'applicant',
  kind: PreparedDocument['kind'] = 'statement',
): PreparedDocument => ({ field, kind, label, json, audience });

/** A text about people stays in the encrypted part of the event. */
const privately = (value: string | undefined) => (value ? { personal: { reason: value } } : {});

export const actions = {
  start: action({
    type: 'start',
    labelRu: 'Открыть цикл молодого педагога',
    hintRu: 'Присваивается номер; год цикла определяется зачтённым стажем, условия входа закрепляются.',
    body: z.object({
      menteeId: z.uuid('Выберите педагога.'),
      place: PlaceBody,
      post: z.string().min(1, 'Выберите должность.').max(60),
      hiredOn: date,
      tenureMonths: z.number().int('Целое число месяцев.').min(0).max(600),
      bornOn: date.optional(),
    }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  acceptTask: action({
    type: 'acceptTask',
    labelRu: 'Принять',
    hintRu: 'Для наставника это письменное согласие; содержание, срок и оплату определит приказ.',
    body: z.object({
      taskId,
      noConflict: z.literal(true, 'Подтвердите: вы не родственник и не руководитель педагога.'),
    }),
    prepare: (b) => ({ payload: { taskId: b.taskId, noConflict: true }, documents: [] }),
  }),
  declineTask: action({
    type: 'declineTask',
    labelRu: 'Отказаться',
    hintRu: 'Отказ не объясняют; наставника предложат другого.',
    body: z.object({ taskId, reason: optionalText }),
    prepare: (b) => ({ payload: { taskId: b.taskId }, documents: [], ...privately(b.reason) }),
  }),
  assignTask: action({
    type: 'assignTask',
    labelRu: 'Назначить исполнителя',
    body: z.object({ taskId, personId: z.uuid('Выберите исполнителя.') }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  extendTask: action({
    type: 'extendTask',
    labelRu: 'Продлить срок задачи',
    hintRu: 'Один раз, с причиной.',
    body: z.object({ taskId, workingDays: z.number().int().min(1).max(20), reason: text }),
    prepare: (b) => ({
      payload: { taskId: b.taskId, workingDays: b.workingDays },
      documents: [],
      ...privately(b.reason),
    }),
  }),
  proposeMentor: action({
    type: 'proposeMentor',
    labelRu: 'Предложить наставника',
    hintRu: 'Требования и нагрузка проверяются сразу; наставник даёт согласие сам.',
    body: z.object({
      taskId,
      mentorId: z.uuid('Выберите наставника.'),
      tenureYears: z.number().int().min(0).max(70),
      category: z.boolean(),
      trained: z.boolean(),
      sameSubject: z.boolean(),
      superior: z.boolean(),
      relative: z.boolean(),
      external: z.boolean(),
    }),
    prepare: ({ taskId: id, mentorId, ...mentor }) => ({ payload: { taskId: id, mentorId, mentor }, documents: [] }),
  }),
  issueOrder: action({
    type: 'issueOrder',
    labelRu: 'Издать приказ о наставнике',
    hintRu: 'С приказом пара начинает работу; сведения о доплате получает кадровая служба.',
    body: z.object({ taskId, order, pay: z.boolean(), until: date.optional() }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  resignMentor: action({
    type: 'resignMentor',
    labelRu: 'Отказаться от наставничества',
    hintRu: 'Отказаться можно в любой день (ТК РФ, ст. 351.8); причина остаётся при вас.',
    body: z.object({ reason: optionalText }),
    prepare: (b) => ({ payload: {}, documents: [], ...privately(b.reason) }),
  }),
  requestMentorChange: action({
    type: 'requestMentorChange',
    labelRu: 'Попросить сменить наставника',
    hintRu: 'Куратор заменит наставника сразу; причина в деле не указывается.',
    body: z.object({ reason: optionalText }),
    prepare: (b) => ({ payload: {}, documents: [], ...privately(b.reason) }),
  }),
  removeMentor: action({
    type: 'removeMentor',
    labelRu: 'Отстранить наставника',
    body: z.object({
      cause: z.enum(['relatives', 'discipline', 'overload', 'other'], 'Выберите причину.'),
      reason: optionalText,
    }),
    prepare: (b) => ({ payload: { cause: b.cause }, documents: [], ...privately(b.reason) }),
  }),
  cancelMentor: action({
    type: 'cancelMentor',
    labelRu: 'Отменить поручение наставнику',
    hintRu: 'Наставника предупреждают не менее чем за три рабочих дня.',
    body: z.object({ endsOn: date }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  handOverNote: action({
    type: 'handOverNote',
    labelRu: 'Передать заключение о паре',
    body: z.object({ note: text }),
    prepare: (b) => ({
      payload: {},
      documents: [doc('document', 'Заключение прежнего наставника', b.note, 'panel', 'conclusion')],
    }),
  }),
  logWork: action({
    type: 'logWork',
    labelRu: 'Внести записи в журнал',
    hintRu: 'Засчитывается то, что подтвердила другая сторона.',
    body: z.object({
      entries: z
        .array(z.object({ kind: z.enum(WORK_KINDS, 'Выберите вид работы.'), on: date }))
        .min(1, 'Добавьте запись.')
        .max(30),
      note: optionalText,
    }),
    prepare: (b) => ({
      payload: { entries: b.entries },
      documents: b.note ? [doc('document', 'Запись журнала', b.note, 'applicant')] : [],
    }),
  }),
  confirmLog: action({
    type: 'confirmLog',
    labelRu: 'Подтвердить записи журнала',
    body: z.object({ batches: z.array(z.string().max(20)).max(200).optional() }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  revokeLog: action({
    type: 'revokeLog',
    labelRu: 'Аннулировать записи журнала',
    hintRu: 'По акту; бухгалтерия получает сведения, удержаний платформа не делает.',
    body: z.object({
      kind: z.enum(WORK_KINDS),
      month: z.number().int().min(1).max(60),
      count: z.number().int().min(1).max(60),
      act,
      statement: text,
    }),
    prepare: ({ statement, ...b }) => ({
      payload: b,
      documents: [doc('statement', 'Основание аннулирования', statement)],
    }),
  }),
  completeQuarterCheck: action({
    type: 'completeQuarterCheck',
    labelRu: 'Завершить проверку квартала',
    body: z.object({ taskId, remarks: z.boolean(), summary: text }),
    prepare: ({ summary, ...b }) => ({ payload: b, documents: [doc('document', 'Проверка квартала', summary)] }),
  }),
  recordContent: action({
    type: 'recordContent',
    labelRu: 'Отметить пункт программы',
    body: z.object({ item: z.string().min(1, 'Выберите пункт.').max(60), report: text }),
    prepare: (b) => ({ payload: { item: b.item }, documents: [doc('document', 'Пункт программы', b.report)] }),
  }),
  proposePpn: action({
    type: 'proposePpn',
    labelRu: 'Предложить программу наставничества',
    hintRu: 'Программу подписывают трое: куратор, педагог и наставник.',
    body: z.object({ taskId, programme: text }),
    prepare: (b) => ({
      payload: { taskId: b.taskId },
      documents: [doc('document', 'Программа наставничества (ППН)', b.programme, 'applicant', 'programme')],
    }),
  }),
  signPpn: action({
    type: 'signPpn',
    labelRu: 'Подписать программу наставничества',
    body: z.object({ agree: z.literal(true, 'Подтвердите согласие с программой.') }),
    prepare: () => ({ payload: {}, documents: [] }),
  }),
  passGate: action({
    type: 'passGate',
    labelRu: 'Рубеж пройден',
    hintRu: 'Год сменяется; новая программа — в течение десяти рабочих дней.',
    body: z.object({ taskId, conclusion: text }),
    prepare: (b) => ({
      payload: { taskId: b.taskId },
      documents: [doc('document', 'Заключение куратора', b.conclusion, 'applicant', 'conclusion')],
    }),
  }),
  extendGate: action({
    type: 'extendGate',
    labelRu: 'Продлить год',
    hintRu: 'Один раз за цикл, с перечнем того, что повторяется.',
    body: z.object({
      taskId,
      months: z.number().int().min(1).max(12),
      parts: z.array(z.string().max(60)).max(30),
      reason: text,
    }),
    prepare: ({ reason, ...b }) => ({ payload: b, documents: [doc('statement', 'Основание продления', reason)] }),
  }),
  failGate: action({
    type: 'failGate',
    labelRu: 'Закрыть: программа не выполнена',
    body: z.object({
      taskId,
      reasons: z.array(z.string().max(60)).min(1, 'Назовите основания.').max(20),
      conclusion: text,
    }),
    prepare: ({ conclusion, ...b }) => ({
      payload: b,
      documents: [doc('document', 'Заключение с основаниями', conclusion, 'applicant', 'conclusion')],
    }),
  }),
  concludeCycle: action({
    type: 'concludeCycle',
    labelRu: 'Итоговое заключение',
    hintRu: 'Цикл завершается, выдаётся свидетельство.',
    body: z.object({
      taskId,
      recommendations: z.array(codes(RECOMMENDATIONS, 'Выберите рекомендацию.')).max(10),
      conclusion: text,
    }),
    prepare: ({ conclusion, ...b }) => ({
      payload: b,
      documents: [doc('document', 'Итоговое заключение', conclusion, 'applicant', 'conclusion')],
    }),
  }),
  requestEarly: action({
    type: 'requestEarly',
    labelRu: 'Согласие завершить досрочно',
    hintRu: 'Если получена категория: завершить цикл можно с вашего согласия.',
    body: z.object({ act }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  completeEarly: action({
    type: 'completeEarly',
    labelRu: 'Завершить досрочно',
    body: z.object({ conclusion: text }),
    prepare: (b) => ({
      payload: {},
      documents: [doc('document', 'Заключение о досрочном завершении', b.conclusion, 'applicant', 'conclusion')],
    }),
  }),
  answerPolicy: action({
    type: 'answerPolicy',
    labelRu: 'Ответить о новой версии правил',
    hintRu: 'Отказ ничего не ухудшает: прежняя версия действует до рубежа.',
    body: z.object({ accept: z.boolean() }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  acceptTransfer: action({
    type: 'acceptTransfer',
    labelRu: 'Принять педагога',
    body: z.object({ order: order.optional() }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  nameCurator: action({
    type: 'nameCurator',
    labelRu: 'Назначить куратора',
    body: z.object({ curatorId: z.uuid('Выберите куратора.'), act }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  shareHistory: action({
    type: 'shareHistory',
    labelRu: 'Показать историю новой школе',
    body: z.object({ consent: z.boolean() }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  declineProgramme: action({
    type: 'declineProgramme',
    labelRu: 'Отказаться от программы',
    hintRu: 'Журнал и год сохраняются; вернуться можно до 36 месяцев стажа.',
    body: z.object({ reasonCode: codes(DECLINE_REASONS, 'Выберите причину.') }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  acceptOffer: action({
    type: 'acceptOffer',
    labelRu: 'Вернуться в программу',
    body: z.object({}),
    prepare: () => ({ payload: {}, documents: [] }),
  }),
  surveyExit: action({
    type: 'surveyExit',
    labelRu: 'Назвать причину выбытия',
    body: z.object({ reasonCode: codes(EXIT_REASONS, 'Выберите причину.'), comment: optionalText }),
    prepare: (b) => ({ payload: { reasonCode: b.reasonCode }, documents: [], ...privately(b.comment) }),
  }),
  annul: action({
    type: 'annul',
    labelRu: 'Аннулировать',
    hintRu: 'Только если цикл открыт ошибочно.',
    body: z.object({ reason: text }),
    prepare: (b) => ({ payload: {}, documents: [doc('statement', 'Основание аннулирования', b.reason)] }),
  }),
  moveDeadline: action({
    type: 'moveDeadline',
    labelRu: 'Перенести срок',
    hintRu: 'Только администратор. Запись: кто, когда, прежняя и новая дата, причина.',
    body: z.object({ key: z.string().min(1), dueOn: date, reason: text }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
} satisfies Record<string, ActionContract<any>>;

export type ActionType = keyof typeof actions;

/** Facts from outside, turned into signals. `factId` makes a repeated fact harmless. */
export const facts = {
  employment: {
    kind: 'employment',
    byOffice: true,
    labelRu: 'Кадровое событие педагога или наставника',
    body: z.object({
      personId: z.uuid(),
      event: z.enum(EMPLOYMENT_EVENTS),
      on: date,
      main: z.boolean().default(true),
      leave: z.enum(LEAVE_KINDS).optional(),
      until: date.optional(),
      post: z.string().max(60).optional(),
      to: PlaceBody.optional(),
      act: z.string().max(200).optional(),
    }),
  },
  content: {
    kind: 'content',
    labelRu: 'Пункт программы выполнен в другом процессе',
    body: z.object({ item: z.string().max(60), caseId: z.uuid().optional() }),
  },
  school_reorganised: {
    kind: 'school_reorganised',
    byOffice: true,
    labelRu: 'Школа реорганизована',
    body: z.object({
      organisationId: z.uuid(),
      successorId: z.uuid(),
      authorityId: z.uuid().optional(),
      act: z.string().max(200),
    }),
  },
} satisfies Record<string, FactContract<any>>;

export type FactKind = keyof typeof facts;
