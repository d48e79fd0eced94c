/** The bodies people send to an assessment, and how each becomes a command. The screens draw their forms from here. */
import { z } from 'zod';
import { action, type ActionContract, type FactContract, type PreparedDocument } from '../kit/contract.ts';

const taskId = z.uuid('Задача не указана.');
const date = z.iso.date('Дата: ГГГГ-ММ-ДД.');
const text = z.string().trim().min(5, 'Напишите хотя бы несколько слов.').max(4000, 'Не больше 4000 знаков.');
const reason = text;
const personId = z.uuid('Выберите человека.');
const decision = z.object({ number: z.string().trim().min(1, 'Укажите номер решения.').max(50), date });
const yes = (message: string) => z.literal(true, message);
/** Known from the register of organisations, whatever the sender says. */
const centre = { centreKind: z.string().max(60).optional(), centreRegion: z.string().max(10).optional() };
const qualification = z.string().min(1, 'Выберите квалификацию.').max(60);

/** A text that becomes a document; `audience` says who opens it beside the centre. */
const paper = (
  field: string,
  label: string,
  json: string,
  audience: 'applicant' | 'none' = 'applicant',
): PreparedDocument => ({
  field,
  kind: 'statement',
  label,
  json,
  audience,
});
const plain = <T extends Record<string, unknown>>(b: T) => ({ payload: b, documents: [] });

export const actions = {
  apply: action({
    type: 'apply',
    labelRu: 'Подать заявление на оценку квалификации',
    hintRu: 'Оценка добровольная: отозвать заявление до экзамена можно без последствий. Результат принадлежит вам.',
    body: z.object({
      qualification,
      centreId: z.uuid('Выберите центр оценки.'),
      ...centre,
      payer: z.enum(['person', 'budget'], 'Выберите, кто оплачивает.'),
      education: text,
      needs: z.string().trim().max(1000).optional(),
      consent: yes('Нужно согласие на обработку персональных данных.'),
      rules: yes('Нужно согласие с правилами экзамена.'),
    }),
    prepare: ({ education, needs, ...b }) => ({
      payload: { ...b, needs: Boolean(needs) },
      documents: [
        paper(
          'document',
          'Сведения об образовании и опыте',
          [education, needs && `Особые условия: ${needs}`].filter(Boolean).join('\n\n'),
        ),
      ],
    }),
  }),
  refer: action({
    type: 'refer',
    labelRu: 'Направить работника на оценку',
    hintRu:
      'Работник вправе отказаться. До его согласия вы увидите только «не подано», результат — только с его разрешения.',
    body: z.object({
      personId,
      organisationId: z.uuid('Выберите организацию.'),
      qualification,
      centreId: z.uuid('Выберите центр оценки.'),
      ...centre,
      payer: z.enum(['employer', 'budget'], 'Выберите, кто оплачивает.'),
    }),
    prepare: plain,
  }),
  acceptReferral: action({
    type: 'acceptReferral',
    labelRu: 'Принять направление',
    hintRu:
      'Это ваше письменное согласие. Работодатель узнает, что заявление подано; результат — только если вы разрешите.',
    body: z.object({
      education: text,
      tellsPayer: z.boolean(),
      consent: yes('Нужно согласие на обработку персональных данных.'),
      rules: yes('Нужно согласие с правилами экзамена.'),
    }),
    prepare: ({ education, ...b }) => ({
      payload: b,
      documents: [paper('document', 'Сведения об образовании и опыте', education)],
    }),
  }),
  declineReferral: action({
    type: 'declineReferral',
    labelRu: 'Отказаться от направления',
    hintRu: 'Работодатель увидит только «не подано». Объяснять ничего не нужно.',
    body: z.object({}),
    prepare: plain,
  }),
  admit: action({
    type: 'admit',
    labelRu: 'Допустить к экзамену',
    hintRu: 'Соискателю предложат даты, время и место.',
    body: z.object({ taskId }),
    prepare: plain,
  }),
  returnDocuments: action({
    type: 'returnDocuments',
    labelRu: 'Вернуть с перечнем',
    hintRu: 'Соискатель увидит перечень и срок.',
    body: z.object({ taskId, defects: z.array(text).min(1, 'Назовите, чего не хватает.').max(50) }),
    prepare: ({ taskId: id, defects }) => ({
      payload: { taskId: id, count: defects.length },
      documents: [paper('statement', 'Чего не хватает', defects.join('\n'))],
    }),
  }),
  refuse: action({
    type: 'refuse',
    labelRu: 'Отказать в допуске',
    hintRu: 'Письменно, с причиной. Отказ можно обжаловать.',
    body: z.object({ taskId, ground: z.string().min(1, 'Выберите основание.').max(60), reason }),
    prepare: ({ reason: why, ...b }) => ({ payload: b, documents: [paper('statement', 'Причина отказа', why)] }),
  }),
  supplyDocuments: action({
    type: 'supplyDocuments',
    labelRu: 'Представить документы',
    hintRu: 'Центр проверит заявление заново.',
    body: z.object({ answers: text }),
    prepare: (b) => ({ payload: {}, documents: [paper('document', 'Представленные документы', b.answers)] }),
  }),
  recordPayment: action({
    type: 'recordPayment',
    labelRu: 'Подтвердить оплату',
    hintRu: 'После подтверждения соискатель сможет записаться на экзамен.',
    body: z.object({ contract: z.string().trim().min(1, 'Укажите договор.').max(100) }),
    prepare: plain,
  }),
  changePayer: action({
    type: 'changePayer',
    labelRu: 'Изменить плательщика',
    hintRu: 'Если финансируемых мест нет, можно оплатить экзамен самому.',
    body: z.object({ payer: z.enum(['person', 'budget'], 'Выберите, кто оплачивает.') }),
    prepare: plain,
  }),
  refreshSessions: action({
    type: 'refreshSessions',
    labelRu: 'Обновить список дат',
    hintRu: 'Покажем сеансы со свободными местами на сейчас.',
    body: z.object({}),
    prepare: plain,
  }),
  bookSeat: action({
    type: 'bookSeat',
    labelRu: 'Записаться на экзамен',
    hintRu: 'Место закрепляется за вами сразу. Перенести можно не позднее чем за три рабочих дня.',
    body: z.object({ sessionCaseId: z.uuid('Выберите дату экзамена.') }),
    prepare: plain,
  }),
  joinQueue: action({
    type: 'joinQueue',
    labelRu: 'Встать в очередь',
    hintRu: 'Как только появится место, мы сообщим.',
    body: z.object({ why: z.enum(['no_seat', 'no_financed_place'], 'Чего вы ждёте?') }),
    prepare: plain,
  }),
  stayInQueue: action({
    type: 'stayInQueue',
    labelRu: 'Остаюсь в очереди',
    hintRu: 'Место в очереди сохранится.',
    body: z.object({}),
    prepare: plain,
  }),
  reschedule: action({
    type: 'reschedule',
    labelRu: 'Перенести экзамен',
    hintRu: 'Место освободится, вы выберете другую дату. После двух переносов нужна уважительная причина.',
    body: z.object({ reason: z.string().trim().max(2000).optional() }),
    prepare: (b) => ({
      payload: {},
      documents: b.reason ? [paper('document', 'Причина переноса', b.reason)] : [],
    }),
  }),
  recordNoShow: action({
    type: 'recordNoShow',
    labelRu: 'Записать неявку',
    hintRu: 'Соискатель сможет сообщить уважительную причину.',
    body: z.object({}),
    prepare: plain,
  }),
  showReason: action({
    type: 'showReason',
    labelRu: 'Сообщить причину неявки',
    hintRu: 'Если причина уважительная, вы выберете другую дату.',
    body: z.object({ reason }),
    prepare: (b) => ({ payload: {}, documents: [paper('document', 'Причина неявки', b.reason)] }),
  }),
  acceptReason: action({
    type: 'acceptReason',
    labelRu: 'Причина уважительная',
    hintRu: 'Соискатель выберет другую дату.',
    body: z.object({ taskId }),
    prepare: plain,
  }),
  rejectReason: action({
    type: 'rejectReason',
    labelRu: 'Причина не уважительная',
    hintRu: 'Дело будет прекращено.',
    body: z.object({ taskId, reason }),
    prepare: ({ reason: why, ...b }) => ({
      payload: b,
      documents: [paper('statement', 'Почему причина не принята', why)],
    }),
  }),
  checkIdentity: action({
    type: 'checkIdentity',
    labelRu: 'Личность установлена, начать экзамен',
    hintRu: 'Если теория зачтена, начнётся практическая часть.',
    body: z.object({ identified: yes('Подтвердите, что личность установлена по паспорту.') }),
    prepare: plain,
  }),
  recordTheory: action({
    type: 'recordTheory',
    labelRu: 'Записать результат теории',
    hintRu: 'Процент верных ответов. Ниже порога — практическая часть не проводится.',
    body: z.object({
      score: z.number('Укажите процент.').min(0, 'От 0 до 100.').max(100, 'От 0 до 100.'),
      variant: z.string().trim().max(50).optional(),
    }),
    prepare: plain,
  }),
  submitMarks: action({
    type: 'submitMarks',
    labelRu: 'Отправить оценки',
    hintRu: 'Оценки других экзаменаторов вы увидите после протокола. После отправки изменить их нельзя.',
    customForm: 'marks',
    body: z.object({
      taskId,
      marks: z.record(z.string(), z.number('Поставьте оценку.')),
      comments: z.record(z.string(), z.string().trim().max(2000)),
    }),
    prepare: ({ comments, ...b }) => ({
      payload: { ...b, commented: Object.keys(comments).filter((code) => comments[code] !== '') },
      documents: [{ ...paper('document', 'Пояснения экзаменатора', '', 'none'), json: comments }],
    }),
  }),
  technicalFailure: action({
    type: 'technicalFailure',
    labelRu: 'Технический сбой',
    hintRu: 'Попытка не засчитывается. Без новой даты экзамен продолжится в этом же сеансе.',
    body: z.object({
      act: z.string().trim().min(1, 'Укажите номер акта.').max(100),
      sessionCaseId: z.uuid().optional(),
    }),
    prepare: plain,
  }),
  removeFromExam: action({
    type: 'removeFromExam',
    labelRu: 'Удалить с экзамена',
    hintRu: 'Только по акту комиссии о нарушении правил.',
    body: z.object({ reason }),
    prepare: (b) => ({ payload: {}, documents: [paper('statement', 'Акт об удалении', b.reason)] }),
  }),
  nameSubstitute: action({
    type: 'nameSubstitute',
    labelRu: 'Назвать экзаменатора на замену',
    hintRu: 'Он оценит экзамен по записи. Конфликт интересов проверит платформа.',
    body: z.object({ taskId, personId }),
    prepare: plain,
  }),
  voidExam: action({
    type: 'voidExam',
    labelRu: 'Оценить невозможно: бесплатная пересдача',
    hintRu: 'Экзамен аннулируется, соискатель пересдаёт бесплатно и вне очереди.',
    body: z.object({ reason }),
    prepare: (b) => ({ payload: {}, documents: [paper('statement', 'Почему экзамен не оценён', b.reason)] }),
  }),
  sendProtocol: action({
    type: 'sendProtocol',
    labelRu: 'Направить протокол в совет',
    hintRu: 'Уходят результаты обеих частей. Решение совет принимает в четырнадцать дней.',
    body: z.object({ taskId, protocol: z.string().trim().min(1, 'Укажите номер протокола.').max(50) }),
    prepare: plain,
  }),
  recognise: action({
    type: 'recognise',
    labelRu: 'Признать результат',
    hintRu: 'Центр выдаст документ не позднее тридцатого дня после экзамена.',
    body: z.object({ taskId, decision }),
    prepare: plain,
  }),
  annulExam: action({
    type: 'annulExam',
    labelRu: 'Аннулировать экзамен: нарушена процедура',
    hintRu: 'Соискатель пересдаёт бесплатно; аннулированный экзамен в показатели не входит.',
    body: z.object({ taskId, reason }),
    prepare: ({ reason: why, ...b }) => ({ payload: b, documents: [paper('statement', 'Нарушение процедуры', why)] }),
  }),
  issueCertificate: action({
    type: 'issueCertificate',
    labelRu: 'Выдать свидетельство',
    hintRu: 'Номер присваивается и вносится в реестр.',
    body: z.object({ taskId, blank: z.string().trim().max(50).optional() }),
    prepare: plain,
  }),
  issueConclusion: action({
    type: 'issueConclusion',
    labelRu: 'Выдать заключение',
    hintRu: 'С рекомендациями: по ним предложат индивидуальный маршрут, решает сам человек.',
    body: z.object({ taskId, recommendations: text }),
    prepare: ({ recommendations, ...b }) => ({
      payload: b,
      documents: [paper('document', 'Рекомендации', recommendations)],
    }),
  }),
  familiarise: action({
    type: 'familiarise',
    labelRu: 'Ознакомлен с результатом',
    hintRu: 'С этого дня идут тридцать дней на жалобу.',
    body: z.object({}),
    prepare: plain,
  }),
  recordService: action({
    type: 'recordService',
    labelRu: 'Записать вручение документа',
    hintRu: 'День вручения: с него идёт срок жалобы.',
    body: z.object({ on: date, how: z.enum(['in_person', 'post'], 'Как вручили?') }),
    prepare: plain,
  }),
  complain: action({
    type: 'complain',
    labelRu: 'Подать жалобу',
    hintRu: 'Апелляционная комиссия отвечает в тридцать дней.',
    body: z.object({ grounds: text }),
    prepare: (b) => ({ payload: {}, documents: [paper('document', 'Жалоба', b.grounds)] }),
  }),
  decideAppeal: action({
    type: 'decideAppeal',
    labelRu: 'Решить жалобу',
    hintRu: 'Решают те, кто не экзаменовал и не проверял результат.',
    body: z.object({
      taskId,
      outcome: z.enum(['upheld', 'admitted', 'changed', 'retake'], 'Выберите решение.'),
      passed: z.boolean().optional(),
      number: z.string().trim().max(50).optional(),
      reason,
    }),
    prepare: ({ reason: why, ...b }) => ({ payload: b, documents: [paper('statement', 'Решение по жалобе', why)] }),
  }),
  requestDuplicate: action({
    type: 'requestDuplicate',
    labelRu: 'Запросить дубликат или переоформление',
    hintRu: 'Номер и срок останутся прежними.',
    body: z.object({ cause: z.enum(['lost', 'damaged', 'surname'], 'Выберите причину.') }),
    prepare: plain,
  }),
  issueDuplicate: action({
    type: 'issueDuplicate',
    labelRu: 'Выдать дубликат',
    hintRu: 'Номер и срок прежние.',
    body: z.object({ taskId, blank: z.string().trim().max(50).optional() }),
    prepare: plain,
  }),
  openRevocation: action({
    type: 'openRevocation',
    labelRu: 'Начать аннулирование свидетельства',
    hintRu: 'Обладателю сообщат и дадут десять рабочих дней на ответ.',
    body: z.object({ ground: z.enum(['fraud'], 'Выберите основание.'), reason }),
    prepare: ({ reason: why, ...b }) => ({
      payload: b,
      documents: [paper('statement', 'Основание аннулирования', why)],
    }),
  }),
  answerRevocation: action({
    type: 'answerRevocation',
    labelRu: 'Ответить на сообщение об аннулировании',
    hintRu: 'Совет примет решение с учётом ответа.',
    body: z.object({ answer: text }),
    prepare: (b) => ({ payload: {}, documents: [paper('document', 'Ответ об аннулировании', b.answer)] }),
  }),
  decideRevocation: action({
    type: 'decideRevocation',
    labelRu: 'Решить об аннулировании',
    hintRu: 'Запись реестра сохраняется с новым состоянием.',
    body: z.object({ taskId, revoke: z.boolean(), decision, reason }),
    prepare: ({ reason: why, ...b }) => ({
      payload: b,
      documents: [paper('statement', 'Решение об аннулировании', why)],
    }),
  }),
  withdraw: action({
    type: 'withdraw',
    labelRu: 'Отозвать заявление',
    hintRu: 'Последствий нет; оплата возвращается по правилам центра.',
    body: z.object({}),
    prepare: plain,
  }),
  shareResult: action({
    type: 'shareResult',
    labelRu: 'Показать результат работодателю',
    hintRu: 'Только тому, кто вас направил. Согласие можно отозвать.',
    body: z.object({}),
    prepare: plain,
  }),
  hideResult: action({
    type: 'hideResult',
    labelRu: 'Закрыть результат от работодателя',
    hintRu: 'Работодатель больше не увидит результат.',
    body: z.object({}),
    prepare: plain,
  }),
  acceptTask: action({
    type: 'acceptTask',
    labelRu: 'Принять задачу',
    hintRu: 'Экзаменатор подтверждает, что конфликта интересов нет.',
    body: z.object({ taskId, noConflict: z.boolean().optional() }),
    prepare: plain,
  }),
  declineTask: action({
    type: 'declineTask',
    labelRu: 'Отказаться',
    hintRu: 'Место займёт следующий экзаменатор.',
    body: z.object({ taskId, reason }),
    prepare: ({ taskId: id, reason: why }) => ({ payload: { taskId: id }, documents: [], personal: { reason: why } }),
  }),
  declareConflict: action({
    type: 'declareConflict',
    labelRu: 'Заявить конфликт интересов',
    hintRu: 'Работали вместе, учили, сопровождали, родство. Место займёт следующий экзаменатор.',
    body: z.object({ taskId, reason }),
    prepare: ({ taskId: id, reason: why }) => ({ payload: { taskId: id }, documents: [], personal: { reason: why } }),
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
    body: z.object({ taskId, workingDays: z.number().int().min(1), reason }),
    prepare: ({ reason: why, ...b }) => ({
      payload: b,
      documents: [paper('statement', 'Причина продления', why, 'none')],
    }),
  }),
  reassignTask: action({
    type: 'reassignTask',
    labelRu: 'Передать другому',
    hintRu: 'Место займёт следующий экзаменатор.',
    body: z.object({ taskId, reason }),
    prepare: ({ reason: why, ...b }) => ({
      payload: b,
      documents: [paper('statement', 'Причина замены', why, 'none')],
    }),
  }),
  returnForDefect: action({
    type: 'returnForDefect',
    labelRu: 'Вернуть из-за формального недостатка',
    hintRu: 'Один раз и никогда из-за самой оценки.',
    body: z.object({ taskId, reason }),
    prepare: ({ reason: why, ...b }) => ({
      payload: b,
      documents: [paper('statement', 'Формальный недостаток', why, 'none')],
    }),
  }),
  moveDeadline: action({
    type: 'moveDeadline',
    labelRu: 'Перенести срок',
    hintRu: 'В журнале останутся прежняя и новая дата и причина.',
    body: z.object({ key: z.string().min(1).max(120), dueOn: date, reason }),
    prepare: plain,
  }),
} satisfies Record<string, ActionContract<any>>;

/** Facts people may report; sessions speak for themselves. */
export const facts = {
  court: {
    kind: 'court',
    labelRu: 'Судебный акт',
    body: z.object({
      act: z.string().trim().min(3, 'Укажите судебный акт.').max(200),
      on: date,
      effect: z.enum(['change', 'annul']),
      passed: z.boolean().optional(),
    }),
  },
  centre_closed: {
    kind: 'centre_closed',
    labelRu: 'Центр лишён полномочий',
    body: z.object({ centreId: z.uuid(), successorId: z.uuid(), act: z.string().trim().max(200).optional() }),
  },
  employment: {
    kind: 'employment',
    byOffice: true,
    labelRu: 'Кадровое событие',
    body: z.object({
      personId: z.uuid(),
      event: z.enum(['dismissed', 'died', 'leave_started', 'retired', 'transferred', 'surname_changed']),
      on: date,
    }),
  },
  person_merged: {
    kind: 'person_merged',
    labelRu: 'Объединены записи об одном человеке',
    body: z.object({ from: z.uuid(), to: z.uuid(), act: z.string().trim().max(200).optional() }),
  },
} satisfies Record<string, FactContract<any>>;
