/** The bodies people send in an attestation, and how each becomes a command. The screens draw their forms from here. */
import { z } from 'zod';
import { action, type ActionContract, type FactContract, type PreparedDocument } from '../kit/contract.ts';
import type { Json } from '../kit/types.ts';

const taskId = z.uuid('Задача не указана.');
const date = z.iso.date('Дата: ГГГГ-ММ-ДД.');
const person = z.uuid('Выберите человека.');
const text = z.string().trim().min(5, 'Напишите хотя бы несколько слов.').max(4000, 'Не больше 4000 знаков.');
const long = z.string().trim().min(5, 'Напишите хотя бы несколько слов.').max(40_000, 'Не больше 40 000 знаков.');
const order = z.object({ number: z.string().trim().min(1, 'Укажите номер.').max(50), date });
const post = z.string().trim().min(3, 'Укажите должность.').max(200);
const onlyTask = z.object({ taskId });

const document = (
  label: string,
  json: Json,
  audience: PreparedDocument['audience'] = 'applicant',
  field = 'document',
): PreparedDocument => ({ field, kind: 'statement', label, json, audience });
const plain = <T extends Record<string, unknown>>(b: T) => ({ payload: b, documents: [] });
const reasoned = <T extends { reason: string }>(
  { reason, ...rest }: T,
  label: string,
  audience: PreparedDocument['audience'] = 'applicant',
) => ({
  payload: rest,
  documents: [document(label, reason, audience, 'statement')],
});

const school = {
  organisationId: z.uuid('Выберите организацию.'),
  organisationKind: z.string().min(1, 'Укажите вид организации.').max(60),
  region: z.string().min(1).max(4),
  post,
};
const witnesses = z.array(z.string().trim().min(3).max(200)).max(4).default([]);
const service = { on: date, refusedToSign: z.boolean().default(false), witnesses, act: z.string().max(200).optional() };
const paper = z.enum(['extract', 'act'], 'Выберите документ.');

const Remark = z.object({
  id: z.string().min(1).max(40),
  criterion: z.string().min(1, 'Выберите критерий.'),
  place: z.string().trim().min(1, 'Укажите место в документах.').max(300),
  text: z.string().trim().min(3, 'Напишите замечание.').max(4000),
});
const Conclusion = z.object({
  taskId,
  scores: z.record(z.string(), z.number().int().min(0).max(10)),
  verdict: z.enum(['approve', 'revise', 'reject'], 'Выберите вывод.'),
  remarks: z.array(Remark).max(100),
  deficits: z.array(z.string().min(1).max(60)).max(30).default([]),
  summary: z.string().trim().min(10, 'Напишите общий вывод.').max(8000),
});
const conclusion = (b: z.output<typeof Conclusion>, label: string) => ({
  payload: {
    taskId: b.taskId,
    scores: b.scores,
    verdict: b.verdict,
    deficits: b.deficits,
    remarks: b.remarks.map(({ id, criterion, place }) => ({ id, criterion, place })),
  },
  documents: [
    { field: 'document', kind: 'conclusion' as const, label, json: b as unknown as Json, audience: 'none' as const },
  ],
});

export const actions = {
  scheduleAttestation: action({
    type: 'scheduleAttestation',
    labelRu: 'Внести руководителя в график',
    hintRu: 'Руководитель узнаёт дату сразу. Исполняющий обязанности аттестуется как кандидат.',
    body: z.object({
      ...school,
      personId: person,
      variant: z.enum(['planned', 'extraordinary'], 'Выберите вид аттестации.'),
      plannedOn: date,
      acting: z.boolean().default(false),
      conflictIds: z.array(person).max(50).default([]),
      /** The date the draft of the year proposed, where the founder has chosen another, and why. */
      draftedOn: date.optional(),
      moveReason: text.optional(),
      order,
    }),
    prepare: ({ moveReason, ...b }) => ({
      payload: b,
      documents: moveReason ? [document('Почему дата иная, чем в проекте графика', moveReason)] : [],
    }),
  }),
  apply: action({
    type: 'apply',
    labelRu: 'Подать заявление кандидата',
    hintRu: 'Заявлению присваивается номер. Программа развития — не больше десяти страниц.',
    body: z.object({
      ...school,
      consent: z.literal(true, 'Нужно согласие на проверку и обработку данных.'),
      programme: long,
      questionnaire: long,
    }),
    prepare: ({ programme, questionnaire, ...b }) => ({
      payload: b,
      documents: [
        document('Программа развития', programme, 'panel', 'programme'),
        document('Анкета кандидата', questionnaire, 'none', 'questionnaire'),
      ],
    }),
  }),
  replan: action({
    type: 'replan',
    labelRu: 'Изменить дату в графике',
    hintRu: 'Аттестуемый получает новое извещение; срок извещения соблюдается.',
    body: z.object({ plannedOn: date, order, reason: text.optional() }),
    prepare: ({ reason, ...b }) => ({
      payload: b,
      documents: reason ? [document('Почему дата в графике изменена', reason)] : [],
    }),
  }),
  confirmChecks: action({
    type: 'confirmChecks',
    labelRu: 'Проверено, ограничений нет',
    hintRu: 'Сохраняется только факт: проверено, кем и когда.',
    body: onlyTask,
    prepare: plain,
  }),
  reportBar: action({
    type: 'reportBar',
    labelRu: 'Есть законное ограничение',
    hintRu: 'В допуске отказывают; учредитель узнаёт сразу.',
    body: z.object({
      taskId,
      ground: z.enum(['criminal_record', 'education', 'income_declaration'], 'Выберите основание.'),
      reason: text,
    }),
    prepare: (b) => ({
      payload: { taskId: b.taskId, ground: b.ground },
      documents: [],
      personal: { reason: b.reason },
    }),
  }),
  completeDocuments: action({
    type: 'completeDocuments',
    labelRu: 'Документы полны, допустить',
    hintRu: 'Начинается тестирование; действующие прежние результаты засчитываются.',
    body: onlyTask,
    prepare: plain,
  }),
  reportDefects: action({
    type: 'reportDefects',
    labelRu: 'Вернуть с перечнем',
    hintRu: 'У аттестуемого десять рабочих дней.',
    body: z.object({ taskId, count: z.number().int().min(1, 'Укажите число недостатков.'), reason: text }),
    prepare: (b) => reasoned(b, 'Перечень недостатков'),
  }),
  supplyDocuments: action({
    type: 'supplyDocuments',
    labelRu: 'Представить документы',
    hintRu: 'Документы снова проверит секретарь.',
    body: z.object({ text: long }),
    prepare: (b) => ({ payload: {}, documents: [document('Представленные документы', b.text)] }),
  }),
  fileSubmission: action({
    type: 'fileSubmission',
    labelRu: 'Внести представление',
    hintRu: 'Аттестуемого ознакомят; с этого дня идут тридцать полных дней до заседания.',
    body: z.object({ text: long }),
    prepare: (b) => ({ payload: {}, documents: [document('Представление учредителя', b.text, 'panel')] }),
  }),
  familiariseSubmission: action({
    type: 'familiariseSubmission',
    labelRu: 'Ознакомлен с представлением',
    hintRu: 'Дата ознакомления записывается сегодняшним днём.',
    body: z.object({}),
    prepare: plain,
  }),
  recordSubmissionService: action({
    type: 'recordSubmissionService',
    labelRu: 'Записать ознакомление с представлением',
    hintRu: 'Отказ от подписи удостоверяют актом два свидетеля.',
    body: z.object(service),
    prepare: plain,
  }),
  addOwnData: action({
    type: 'addOwnData',
    labelRu: 'Представить собственные сведения',
    hintRu: 'Сведения получит комиссия.',
    body: z.object({ text: long }),
    prepare: (b) => ({ payload: {}, documents: [document('Собственные сведения аттестуемого', b.text, 'panel')] }),
  }),
  setTest: action({
    type: 'setTest',
    labelRu: 'Назначить день тестирования',
    hintRu: 'Аттестуемый получает извещение.',
    body: z.object({ testOn: date }),
    prepare: plain,
  }),
  recordTest: action({
    type: 'recordTest',
    labelRu: 'Записать результат тестирования',
    hintRu: 'Аттестуемый узнаёт результат сразу.',
    body: z.object({ taskId, score: z.number().min(0, 'От 0 до 100.').max(100, 'От 0 до 100.'), testedOn: date }),
    prepare: plain,
  }),
  recordTechnicalFailure: action({
    type: 'recordTechnicalFailure',
    labelRu: 'Технический сбой, попытка не засчитана',
    hintRu: 'Вторая попытка — в другой день.',
    body: z.object({ testedOn: date, reason: text }),
    prepare: (b) => reasoned(b, 'Описание сбоя'),
  }),
  recordNoShow: action({
    type: 'recordNoShow',
    labelRu: 'Записать неявку на тестирование',
    hintRu: 'Три рабочих дня на уважительную причину; третья неявка окончательна.',
    body: z.object({ missedOn: date }),
    prepare: plain,
  }),
  showReason: action({
    type: 'showReason',
    labelRu: 'Представить причину неявки',
    hintRu: 'Причину рассмотрит секретарь.',
    body: z.object({ reason: text }),
    prepare: (b) => ({ payload: {}, documents: [], personal: { reason: b.reason } }),
  }),
  acceptReason: action({
    type: 'acceptReason',
    labelRu: 'Причина уважительная, перенести',
    hintRu: 'Новый день — в течение двадцати рабочих дней.',
    body: z.object({ testOn: date }),
    prepare: plain,
  }),
  rejectReason: action({
    type: 'rejectReason',
    labelRu: 'Причина не уважительная',
    hintRu: 'Заявление кандидата прекращается; руководителю записывается «отсутствовал».',
    body: z.object({ reason: text }),
    prepare: (b) => reasoned(b, 'Почему причина не принята'),
  }),
  reuseTest: action({
    type: 'reuseTest',
    labelRu: 'Зачесть прежний результат',
    hintRu: 'Результат другого дела того же человека, не ниже порога и в пределах срока.',
    body: z.object({ fromCaseId: z.uuid('Укажите дело.'), score: z.number().min(0).max(100), testedOn: date }),
    prepare: plain,
  }),
  submitReview: action({
    type: 'submitReview',
    labelRu: 'Отправить заключение',
    hintRu: 'Отправленное заключение не меняется. К оценке 0 нужно замечание.',
    customForm: 'review',
    body: Conclusion,
    prepare: (b) => conclusion(b, 'Заключение эксперта'),
  }),
  submitArbitration: action({
    type: 'submitArbitration',
    labelRu: 'Отправить заключение арбитра',
    hintRu: 'Вывод арбитра окончателен для экспертной оценки.',
    customForm: 'arbitration',
    body: Conclusion,
    prepare: (b) => conclusion(b, 'Заключение арбитра'),
  }),
  voidConclusion: action({
    type: 'voidConclusion',
    labelRu: 'Признать заключение недействительным',
    hintRu: 'Эксперта заменят, результат пересчитают.',
    body: z.object({ taskId, reason: text }),
    prepare: (b) => ({ payload: { taskId: b.taskId }, documents: [], personal: { reason: b.reason } }),
  }),
  widenPool: action({
    type: 'widenPool',
    labelRu: 'Расширить отбор экспертов',
    hintRu: 'Назовите ещё компетенции, по которым можно приглашать.',
    body: z.object({ extraCompetences: z.array(z.string().min(1)).max(20), reason: text }),
    prepare: (b) => reasoned(b, 'Основание расширения отбора', 'none'),
  }),
  attachPublicOpinion: action({
    type: 'attachPublicOpinion',
    labelRu: 'Приложить мнение общественности',
    hintRu: 'Мнение родителей, совета организации.',
    body: z.object({ body: z.string().trim().min(3, 'Чьё это мнение?').max(200), text: long }),
    prepare: (b) => ({ payload: { body: b.body }, documents: [document('Мнение общественности', b.text, 'panel')] }),
  }),
  fixSitting: action({
    type: 'fixSitting',
    labelRu: 'Внести в повестку заседания',
    hintRu: 'Дата должна оставить аттестуемому полный срок извещения.',
    body: z.object({ sittingCaseId: z.uuid('Выберите заседание.'), heldOn: date }),
    prepare: plain,
  }),
  changeComposition: action({
    type: 'changeComposition',
    labelRu: 'Состав комиссии изменён приказом',
    hintRu: 'После этого секретарь выберет следующее заседание.',
    body: z.object({ order }),
    prepare: plain,
  }),
  issueExtract: action({
    type: 'issueExtract',
    labelRu: 'Выдать выписку из протокола',
    hintRu: 'В течение двух рабочих дней после решения; аттестуемого ознакомят.',
    body: z.object({ taskId, number: z.string().trim().min(1, 'Укажите номер.').max(50) }),
    prepare: plain,
  }),
  issueAct: action({
    type: 'issueAct',
    labelRu: 'Издать акт',
    hintRu: 'Результат вносится в реестр аттестаций.',
    body: z.object({ taskId, order }),
    prepare: plain,
  }),
  familiarise: action({
    type: 'familiarise',
    labelRu: 'Ознакомлен',
    hintRu: 'С ознакомления с актом идут тридцать дней на апелляцию.',
    body: z.object({ paper }),
    prepare: plain,
  }),
  recordService: action({
    type: 'recordService',
    labelRu: 'Записать ознакомление',
    hintRu: 'Отказ от подписи удостоверяют актом два свидетеля.',
    body: z.object({ paper, ...service }),
    prepare: plain,
  }),
  setPlan: action({
    type: 'setPlan',
    labelRu: 'Утвердить план обучения',
    hintRu: 'Исполнение проверят через двенадцать месяцев.',
    body: z.object({ items: z.number().int().min(1, 'Сколько пунктов в плане?').max(100), text: long }),
    prepare: (b) => ({ payload: { items: b.items }, documents: [document('План обучения', b.text)] }),
  }),
  noteFulfilment: action({
    type: 'noteFulfilment',
    labelRu: 'Доложить об исполнении рекомендаций',
    hintRu: 'Учредитель решит в течение десяти рабочих дней.',
    body: z.object({ text }),
    prepare: (b) => ({ payload: {}, documents: [document('Справка об исполнении рекомендаций', b.text)] }),
  }),
  decideFulfilment: action({
    type: 'decideFulfilment',
    labelRu: 'Решить об исполнении рекомендаций',
    hintRu: 'Не исполнены — открывается внеочередная аттестация.',
    body: z.object({ taskId, fulfilled: z.boolean(), reason: text }),
    prepare: (b) => reasoned(b, 'Решение об исполнении рекомендаций'),
  }),
  setRetake: action({
    type: 'setRetake',
    labelRu: 'Назначить повторную аттестацию',
    hintRu: 'Не раньше трёх и не позже двенадцати месяцев после акта.',
    body: z.object({
      taskId,
      plannedOn: date,
      training: z.string().trim().min(3, 'Укажите обучение.').max(500),
      order,
    }),
    prepare: plain,
  }),
  chooseTransfer: action({
    type: 'chooseTransfer',
    labelRu: 'Перевести на другую должность',
    hintRu: 'Только с письменного согласия.',
    body: z.object({ taskId, consent: z.literal(true, 'Нужно письменное согласие.'), order }),
    prepare: plain,
  }),
  chooseDismissal: action({
    type: 'chooseDismissal',
    labelRu: 'Прекратить трудовой договор',
    hintRu: 'ТК РФ, ст. 81 ч. 1 п. 3: только если перевести нельзя; не в отпуске, не в период болезни, не беременную.',
    body: z.object({
      taskId,
      noTransferPossible: z.boolean(),
      sickOrOnLeave: z.boolean(),
      pregnant: z.boolean(),
      order,
    }),
    prepare: plain,
  }),
  recordAppointment: action({
    type: 'recordAppointment',
    labelRu: 'Записать назначение на должность',
    hintRu: 'Дело кандидата на этом закрывается.',
    body: z.object({ order }),
    prepare: plain,
  }),
  acceptReserve: action({
    type: 'acceptReserve',
    labelRu: 'Согласиться на включение в резерв',
    hintRu: 'Учредитель издаст приказ о включении.',
    body: z.object({}),
    prepare: plain,
  }),
  declineReserve: action({
    type: 'declineReserve',
    labelRu: 'Отказаться от резерва',
    hintRu: 'Результат аттестации действует до своего срока.',
    body: z.object({}),
    prepare: plain,
  }),
  enterReserve: action({
    type: 'enterReserve',
    labelRu: 'Включить в кадровый резерв',
    hintRu: 'Запись в реестре кадрового резерва.',
    body: z.object({ taskId, order }),
    prepare: plain,
  }),
  appeal: action({
    type: 'appeal',
    labelRu: 'Подать апелляцию',
    hintRu: 'На одно решение — одна апелляция, тридцать дней с ознакомления.',
    body: z.object({ reason: text }),
    prepare: (b) => reasoned(b, 'Апелляция'),
  }),
  decideAppeal: action({
    type: 'decideAppeal',
    labelRu: 'Решить по апелляции',
    hintRu: 'Участники первого решения её не рассматривают.',
    body: z.object({
      taskId,
      outcome: z.enum(['upheld', 'changed', 'returned'], 'Выберите решение.'),
      order,
      reason: text,
    }),
    prepare: (b) => reasoned(b, 'Решение по апелляции'),
  }),
  withdraw: action({
    type: 'withdraw',
    labelRu: 'Отозвать заявление',
    hintRu: 'Заявление можно подать снова.',
    body: z.object({ reason: text }),
    prepare: (b) => reasoned(b, 'Причина отзыва'),
  }),
  acceptTask: action({
    type: 'acceptTask',
    labelRu: 'Принять задачу',
    hintRu: 'Для эксперта это заявление об отсутствии конфликта интересов.',
    body: z.object({ taskId, noConflict: z.literal(true, 'Подтвердите отсутствие конфликта интересов.') }),
    prepare: plain,
  }),
  declineTask: action({
    type: 'declineTask',
    labelRu: 'Отказаться',
    hintRu: 'Пригласят другого эксперта; причину увидит только секретарь.',
    body: z.object({ taskId, reason: text }),
    prepare: (b) => ({ payload: { taskId: b.taskId }, documents: [], personal: { reason: b.reason } }),
  }),
  declareConflict: action({
    type: 'declareConflict',
    labelRu: 'Заявить конфликт интересов',
    hintRu: 'Пригласят другого эксперта; черновик удаляется.',
    body: z.object({ taskId, reason: text }),
    prepare: (b) => ({ payload: { taskId: b.taskId }, documents: [], personal: { reason: b.reason } }),
  }),
  assignTask: action({
    type: 'assignTask',
    labelRu: 'Назначить исполнителя',
    hintRu: 'Задача будет за выбранным сотрудником.',
    body: z.object({ taskId, personId: person }),
    prepare: plain,
  }),
  extendTask: action({
    type: 'extendTask',
    labelRu: 'Продлить срок задачи',
    hintRu: 'Один раз, с причиной.',
    body: z.object({ taskId, workingDays: z.number().int().min(1), reason: text }),
    prepare: (b) => reasoned(b, 'Причина продления', 'none'),
  }),
  reassignTask: action({
    type: 'reassignTask',
    labelRu: 'Передать другому',
    hintRu: 'Пригласят следующего эксперта.',
    body: z.object({ taskId, reason: text }),
    prepare: (b) => ({ payload: { taskId: b.taskId }, documents: [], personal: { reason: b.reason } }),
  }),
  returnForDefect: action({
    type: 'returnForDefect',
    labelRu: 'Вернуть из-за формального недостатка',
    hintRu: 'Один раз и никогда из-за вывода.',
    body: z.object({ taskId, reason: text }),
    prepare: (b) => reasoned(b, 'Формальный недостаток', 'none'),
  }),
  moveDeadline: action({
    type: 'moveDeadline',
    labelRu: 'Перенести срок',
    hintRu: 'Только администратор. Запись: кто, когда, прежняя и новая дата, причина.',
    body: z.object({ key: z.string().min(1), dueOn: date, reason: text }),
    prepare: plain,
  }),
} satisfies Record<string, ActionContract<any>>;

/** Facts from outside people may report; facts of sittings and of related cases come from those cases only. */
export const facts = {
  exemption: {
    kind: 'exemption',
    byOffice: true,
    labelRu: 'Основание отсрочки аттестации',
    body: z.object({
      kind: z.enum(['first_year', 'pregnancy', 'maternity_leave', 'childcare_leave', 'sick_leave']),
      untilOn: date.optional(),
      act: z.string().max(200),
    }),
  },
  exemption_ended: {
    kind: 'exemption_ended',
    byOffice: true,
    labelRu: 'Основание отсрочки отпало',
    body: z.object({ on: date, act: z.string().max(200) }),
  },
  post_left: {
    kind: 'post_left',
    byOffice: true,
    labelRu: 'Должность оставлена',
    body: z.object({
      event: z.enum(['dismissed', 'transferred', 'post_changed', 'retired', 'died']),
      on: date,
      act: z.string().max(200),
    }),
  },
  transferred: {
    kind: 'transferred',
    byOffice: true,
    labelRu: 'Переход к другому учредителю',
    body: z.object({ founder: z.string().max(200), organisationId: z.uuid(), on: date, act: z.string().max(200) }),
  },
  school_merged: {
    kind: 'school_merged',
    byOffice: true,
    labelRu: 'Организация реорганизована',
    body: z.object({ successorId: z.uuid(), on: date, act: z.string().max(200) }),
  },
  court_act: {
    kind: 'court_act',
    labelRu: 'Судебный акт о решении',
    body: z.object({ outcome: z.enum(['changed', 'returned']), on: date, act: z.string().max(200) }),
  },
  employment: {
    kind: 'employment',
    byOffice: true,
    labelRu: 'Кадровое событие исполнителя',
    body: z.object({
      personId: z.uuid(),
      event: z.enum(['dismissed', 'died', 'leave_started', 'retired', 'transferred']),
      on: date,
    }),
  },
} satisfies Record<string, FactContract<any>>;
