/**
 * The bodies people send in programme certification, and how each becomes a command. The screens draw their forms from here.
 */
import { z } from 'zod';
import { REFUSAL_REASONS } from '../catalogue/refusal-reasons.ts';
import { action, type ActionContract, type FactContract, type PreparedDocument } from '../kit/contract.ts';
import type { Facts, Json } from '../kit/types.ts';
import { Programme, programmeFacts } from './programme.ts';

/** Codes of the catalogue; reports count refusals by them. */
const REFUSAL_CODES = REFUSAL_REASONS.map((r) => r.code) as [string, ...string[]];
const reason = z
  .string()
  .trim()
  .min(5, 'Напишите причину: хотя бы несколько слов.')
  .max(4000, 'Не больше 4000 знаков.');
const taskId = z.uuid('Задача не указана.');
const date = z.iso.date('Дата: ГГГГ-ММ-ДД.');
const order = z.object({ number: z.string().trim().min(1, 'Укажите номер приказа.').max(50), date });

const statement = (
  label: string,
  json: Json,
  audience: PreparedDocument['audience'] = 'applicant',
  field = 'statement',
): PreparedDocument => ({
  field,
  kind: 'statement',
  label,
  json,
  audience,
});
const programmeDocument = (p: Programme): PreparedDocument => ({
  field: 'document',
  kind: 'programme',
  label: 'Программа',
  json: p as unknown as Json,
  audience: 'panel',
});

const withProgramme = (p: Programme, more: Facts = {}) => ({
  payload: { programme: programmeFacts(p), attachments: p.attachments.map((a) => a.sha256), ...more },
  documents: [programmeDocument(p)],
  personal: {
    contactName: p.contact.name,
    contactEmail: p.contact.email,
    ...(p.contact.phone ? { contactPhone: p.contact.phone } : {}),
  },
});

export const Remark = z.object({
  id: z.string().min(1).max(40),
  criterion: z.string().min(1, 'Выберите критерий.'),
  place: z.string().trim().min(1, 'Укажите место в документе.').max(300),
  text: z.string().trim().min(3, 'Напишите замечание.').max(4000),
});

export const ReviewBody = z.object({
  taskId,
  scores: z.record(z.string(), z.number().int().min(0).max(10)),
  verdict: z.enum(['approve', 'revise', 'reject'], 'Выберите вывод.'),
  remarks: z.array(Remark).max(200),
  summary: z.string().trim().min(10, 'Напишите общий вывод.').max(8000),
});
export type ReviewBody = z.infer<typeof ReviewBody>;

const reviewPrepared = (b: ReviewBody, label: string) => ({
  payload: {
    taskId: b.taskId,
    scores: b.scores,
    verdict: b.verdict,
    remarks: b.remarks.map((r) => ({ id: r.id, criterion: r.criterion, place: r.place })),
  },
  documents: [
    {
      field: 'document',
      kind: 'conclusion' as const,
      label,
      json: { scores: b.scores, verdict: b.verdict, remarks: b.remarks, summary: b.summary } as unknown as Json,
      audience: 'none' as const,
    },
  ],
});

const onlyTask = z.object({ taskId });
const taskReason = z.object({ taskId, reason });
/** A reason about people stays in the encrypted part of the event. */
const privateReason = (b: { taskId: string; reason: string }) => ({
  payload: { taskId: b.taskId },
  documents: [],
  personal: { reason: b.reason },
});

export const actions = {
  submit: action({
    type: 'submit',
    labelRu: 'Подать заявку',
    hintRu: 'Заявке присваивается номер, политика и версия программы закрепляются.',
    customForm: 'programme',
    body: z.object({ programme: Programme }),
    prepare: (b) => withProgramme(b.programme),
  }),
  resubmit: action({
    type: 'resubmit',
    labelRu: 'Подать исправленную программу',
    hintRu: 'Создаётся новая версия; прежние сохраняются для сравнения.',
    customForm: 'programme',
    body: z.object({ programme: Programme, answers: z.string().max(8000).optional() }),
    prepare: (b) => {
      const prepared = withProgramme(b.programme);
      return b.answers
        ? {
            ...prepared,
            documents: [...prepared.documents, statement('Ответ на замечания', b.answers, 'panel', 'answers')],
          }
        : prepared;
    },
  }),
  withdraw: action({
    type: 'withdraw',
    labelRu: 'Отозвать заявку',
    hintRu: 'Все задачи экспертов отменяются. Подать программу можно будет заново.',
    body: z.object({ reason }),
    prepare: (b) => ({ payload: {}, documents: [statement('Причина отзыва', b.reason)] }),
  }),
  acceptTask: action({
    type: 'acceptTask',
    labelRu: 'Принять задачу',
    hintRu: 'Для эксперта это заявление об отсутствии конфликта интересов.',
    body: z.object({ taskId, noConflict: z.literal(true, 'Подтвердите отсутствие конфликта интересов.') }),
    prepare: (b) => ({ payload: { taskId: b.taskId, noConflict: true }, documents: [] }),
  }),
  assignTask: action({
    type: 'assignTask',
    labelRu: 'Назначить исполнителя',
    body: z.object({ taskId, personId: z.uuid('Выберите исполнителя.') }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  declineTask: action({
    type: 'declineTask',
    labelRu: 'Отказаться',
    hintRu: 'Причину увидит только координатор.',
    body: taskReason,
    prepare: privateReason,
  }),
  declareConflict: action({
    type: 'declareConflict',
    labelRu: 'Заявить конфликт интересов',
    hintRu: 'Черновик удаляется, назначается другой эксперт.',
    body: taskReason,
    prepare: privateReason,
  }),
  extendTask: action({
    type: 'extendTask',
    labelRu: 'Продлить срок задачи',
    hintRu: 'Один раз, с указанием причины.',
    body: z.object({ taskId, workingDays: z.number().int().min(1, 'Хотя бы один рабочий день.').max(30), reason }),
    prepare: (b) => ({
      payload: { taskId: b.taskId, workingDays: b.workingDays },
      documents: [],
      personal: { reason: b.reason },
    }),
  }),
  reassignTask: action({
    type: 'reassignTask',
    labelRu: 'Передать другому',
    hintRu: 'Прежняя задача закрывается, назначается другой исполнитель.',
    body: taskReason,
    prepare: privateReason,
  }),
  returnForDefect: action({
    type: 'returnForDefect',
    labelRu: 'Вернуть заключение из-за формального недостатка',
    hintRu: 'Один раз, до закрытия этапа, никогда не из-за вывода эксперта.',
    body: taskReason,
    prepare: privateReason,
  }),
  voidConclusion: action({
    type: 'voidConclusion',
    labelRu: 'Признать заключение недействительным',
    hintRu: 'Обнаружен конфликт интересов или подлог: эксперт заменяется, результат пересчитывается.',
    body: taskReason,
    prepare: privateReason,
  }),
  completeTechnicalCheck: action({
    type: 'completeTechnicalCheck',
    labelRu: 'Завершить проверку: замечаний нет',
    body: onlyTask,
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  reportDefects: action({
    type: 'reportDefects',
    labelRu: 'Вернуть с недостатками',
    body: z.object({
      taskId,
      defects: z
        .array(
          z.object({
            place: z.string().trim().min(1, 'Укажите место.').max(300),
            text: z.string().trim().min(3, 'Опишите недостаток.').max(2000),
          }),
        )
        .min(1, 'Назовите хотя бы один недостаток.'),
    }),
    prepare: (b) => ({
      payload: { taskId: b.taskId, count: b.defects.length },
      documents: [statement('Недостатки заявки', b.defects as unknown as Json)],
    }),
  }),
  reportNoLicence: action({
    type: 'reportNoLicence',
    labelRu: 'У организации нет лицензии',
    hintRu: 'Заявка уходит на решение с предложением отказать без экспертизы.',
    body: onlyTask,
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  widenPool: action({
    type: 'widenPool',
    labelRu: 'Расширить отбор экспертов',
    hintRu: 'Решение с причиной записывается в дело.',
    body: z.object({
      allowApplicantRegion: z.boolean().default(false),
      relaxRegions: z.boolean().default(false),
      extraCompetences: z.array(z.string()).default([]),
      reason,
    }),
    prepare: ({ reason: why, ...b }) => ({
      payload: b,
      documents: [statement('Основание расширения отбора', why, 'none')],
    }),
  }),
  objectToExpert: action({
    type: 'objectToExpert',
    labelRu: 'Заявить отвод эксперту',
    hintRu: 'Один раз, до первых оценок, с основаниями.',
    body: z.object({ ordinal: z.number().int().min(1).max(20), reason }),
    prepare: (b) => ({ payload: { ordinal: b.ordinal }, documents: [statement('Основания отвода', b.reason, 'none')] }),
  }),
  decideObjection: action({
    type: 'decideObjection',
    labelRu: 'Решить по отводу',
    body: z.object({ upheld: z.boolean(), reason }),
    prepare: (b) => ({ payload: { upheld: b.upheld }, documents: [statement('Решение по отводу', b.reason)] }),
  }),
  submitReview: action({
    type: 'submitReview',
    labelRu: 'Отправить заключение',
    hintRu: 'После отправки заключение не меняется.',
    customForm: 'review',
    body: ReviewBody,
    prepare: (b) => reviewPrepared(b, 'Заключение эксперта'),
  }),
  submitArbitration: action({
    type: 'submitArbitration',
    labelRu: 'Отправить заключение арбитра',
    customForm: 'arbitration',
    body: ReviewBody,
    prepare: (b) => reviewPrepared(b, 'Заключение арбитра'),
  }),
  mergeRemarks: action({
    type: 'mergeRemarks',
    labelRu: 'Свести замечания',
    hintRu: 'Каждое замечание остаётся: их можно сгруппировать, но не удалить.',
    customForm: 'merge',
    body: z.object({
      groups: z
        .array(z.object({ title: z.string().trim().min(1).max(300), remarkIds: z.array(z.string()).min(1) }))
        .min(1),
    }),
    prepare: (b) => ({
      payload: { remarkIds: b.groups.map((g) => g.remarkIds) },
      documents: [statement('Сводка замечаний', b as unknown as Json)],
    }),
  }),
  certify: action({
    type: 'certify',
    labelRu: 'Сертифицировать',
    hintRu: 'Программа вносится в Федеральный реестр.',
    body: z.object({ taskId, order }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  refuse: action({
    type: 'refuse',
    labelRu: 'Отказать',
    body: z.object({
      taskId,
      order,
      reasonCodes: z
        .array(z.enum(REFUSAL_CODES, 'Выберите причину из списка.'))
        .min(1, 'Выберите хотя бы одну причину.'),
      reason,
    }),
    prepare: ({ reason: why, ...b }) => ({ payload: b, documents: [statement('Основания отказа', why)] }),
  }),
  orderNewPanel: action({
    type: 'orderNewPanel',
    labelRu: 'Назначить новую группу экспертов',
    hintRu: 'Только при нарушении порядка экспертизы, один раз.',
    body: z.object({ taskId, reason }),
    prepare: (b) => ({
      payload: { taskId: b.taskId },
      documents: [statement('Нарушение порядка экспертизы', b.reason)],
    }),
  }),
  familiarise: action({
    type: 'familiarise',
    labelRu: 'Ознакомлен с решением',
    hintRu: 'С этой даты идёт срок подачи апелляции.',
    body: z.object({}),
    prepare: () => ({ payload: {}, documents: [] }),
  }),
  recordService: action({
    type: 'recordService',
    labelRu: 'Записать вручение решения',
    hintRu: 'Вручение или отказ от подписи, по акту.',
    body: z.object({
      on: date,
      refusedToSign: z.boolean().default(false),
      act: z.string().trim().min(1, 'Укажите акт.').max(200),
    }),
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  appeal: action({
    type: 'appeal',
    labelRu: 'Подать апелляцию',
    body: z.object({ grounds: reason }),
    prepare: (b) => ({ payload: {}, documents: [statement('Апелляция', b.grounds)] }),
  }),
  decideAppeal: action({
    type: 'decideAppeal',
    labelRu: 'Решить по апелляции',
    body: z.object({ taskId, outcome: z.enum(['upheld', 'returned', 'changed'], 'Выберите решение.'), order, reason }),
    prepare: ({ reason: why, ...b }) => ({ payload: b, documents: [statement('Решение по апелляции', why)] }),
  }),
  requestMinorChange: action({
    type: 'requestMinorChange',
    labelRu: 'Незначительное изменение',
    hintRu: 'Преподаватели, литература, оформление; номер и срок записи остаются.',
    customForm: 'programme',
    body: z.object({ programme: Programme, reason }),
    prepare: (b) => {
      const prepared = withProgramme(b.programme);
      return { ...prepared, documents: [...prepared.documents, statement('Причина изменения', b.reason)] };
    },
  }),
  confirmMinorChange: action({
    type: 'confirmMinorChange',
    labelRu: 'Подтвердить изменение',
    body: onlyTask,
    prepare: (b) => ({ payload: b, documents: [] }),
  }),
  rejectMinorChange: action({
    type: 'rejectMinorChange',
    labelRu: 'Отклонить изменение',
    body: taskReason,
    prepare: (b) => ({ payload: { taskId: b.taskId }, documents: [statement('Почему изменение отклонено', b.reason)] }),
  }),
  requestSubstantialChange: action({
    type: 'requestSubstantialChange',
    labelRu: 'Существенное изменение',
    hintRu: 'Открывается отдельное дело; до решения действует прежняя версия.',
    customForm: 'programme',
    body: z.object({ programme: Programme, reason }),
    prepare: (b) => {
      const prepared = withProgramme(b.programme);
      return { ...prepared, documents: [...prepared.documents, statement('Причина изменения', b.reason)] };
    },
  }),
  recertify: action({
    type: 'recertify',
    labelRu: 'Подать на новый срок',
    hintRu: 'Открывается отдельное дело о повторной сертификации.',
    customForm: 'programme',
    body: z.object({ programme: Programme }),
    prepare: (b) => withProgramme(b.programme),
  }),
  suspend: action({
    type: 'suspend',
    labelRu: 'Приостановить запись',
    body: z.object({
      cause: z.enum(['complaint_upheld', 'licence_lost', 'poor_monitoring'], 'Выберите основание.'),
      order,
      reason,
    }),
    prepare: ({ reason: why, ...b }) => ({ payload: b, documents: [statement('Основания приостановления', why)] }),
  }),
  confirmCure: action({
    type: 'confirmCure',
    labelRu: 'Причины устранены',
    body: z.object({ order, reason }),
    prepare: ({ reason: why, ...b }) => ({ payload: b, documents: [statement('Устранение причин', why)] }),
  }),
  delistByRequest: action({
    type: 'delistByRequest',
    labelRu: 'Исключить из реестра по своей просьбе',
    hintRu: 'Начатые группы завершают обучение.',
    body: z.object({ reason }),
    prepare: (b) => ({ payload: {}, documents: [statement('Просьба об исключении', b.reason)] }),
  }),
  openAnnulment: action({
    type: 'openAnnulment',
    labelRu: 'Начать аннулирование',
    hintRu: 'Держатель получает уведомление и срок на ответ.',
    body: z.object({ ground: z.enum(['false_documents', 'conflict'], 'Выберите основание.'), reason }),
    prepare: (b) => ({ payload: { ground: b.ground }, documents: [statement('Основания аннулирования', b.reason)] }),
  }),
  answerAnnulment: action({
    type: 'answerAnnulment',
    labelRu: 'Ответить на уведомление',
    body: z.object({ answer: reason }),
    prepare: (b) => ({ payload: {}, documents: [statement('Ответ держателя', b.answer)] }),
  }),
  decideAnnulment: action({
    type: 'decideAnnulment',
    labelRu: 'Решить об аннулировании',
    body: z.object({ taskId, annul: z.boolean(), order, reason }),
    prepare: ({ reason: why, ...b }) => ({ payload: b, documents: [statement('Решение об аннулировании', why)] }),
  }),
  repin: action({
    type: 'repin',
    labelRu: 'Перевести на другой набор критериев',
    hintRu: 'Только если суд отменил прежний набор; заключения по нему запрашиваются заново.',
    body: z.object({ policyVersionId: z.string().min(1, 'Выберите версию политики.'), reason }),
    prepare: ({ reason: why, ...b }) => ({ payload: b, documents: [statement('Основание перевода', why)] }),
  }),
  moveDeadline: action({
    type: 'moveDeadline',
    labelRu: 'Перенести срок',
    hintRu: 'Только администратор. Запись: кто, когда, прежняя и новая дата, причина.',
    body: z.object({ key: z.string().min(1), dueOn: date, reason }),
    prepare: ({ reason: why, ...b }) => ({ payload: { ...b, reason: why }, documents: [] }),
  }),
} satisfies Record<string, ActionContract<any>>;

export type ActionType = keyof typeof actions;

/** Facts from outside, turned into signals. `factId` makes a repeated fact harmless. */
export const facts = {
  licence_lost: {
    kind: 'licence_lost',
    labelRu: 'Организация лишена лицензии',
    body: z.object({ on: date, act: z.string().max(200) }),
  },
  provider_reorganised: {
    kind: 'provider_reorganised',
    labelRu: 'Организация реорганизована',
    body: z.object({
      successorId: z.uuid(),
      successorRegion: z.string().max(4),
      successorInn: z.string(),
      on: date,
      act: z.string().max(200),
    }),
  },
  employment: {
    kind: 'employment',
    byOffice: true,
    labelRu: 'Кадровое событие эксперта',
    body: z.object({
      personId: z.uuid(),
      event: z.enum(['dismissed', 'died', 'leave_started', 'retired', 'transferred']),
      on: date,
    }),
  },
  monitoring: {
    kind: 'monitoring',
    labelRu: 'Итоги мониторинга программы',
    body: z.object({ good: z.boolean(), on: date }),
  },
  complaint_upheld: {
    kind: 'complaint_upheld',
    labelRu: 'Жалоба подтвердилась',
    body: z.object({ on: date, act: z.string().max(200) }),
  },
  court_act: {
    kind: 'court_act',
    labelRu: 'Судебный акт',
    body: z.object({ effect: z.enum(['stay', 'resume', 'criteria_cancelled']), on: date, act: z.string().max(200) }),
  },
} satisfies Record<string, FactContract<any>>;

export type FactKind = keyof typeof facts;
