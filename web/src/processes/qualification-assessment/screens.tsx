/** The screens of the independent assessment of qualifications. The kit finds them by the slug of the folder. */
import { eventWords } from '../../../../processes/qualification-assessment/event-words.ts';
import { PAYER_LABELS } from '../../../../processes/qualification-assessment/labels.ru.ts';
import type { FormVocabulary } from '../../kit/SchemaForm.tsx';
import type { ProcessScreens } from '../types.ts';
import { AcceptFields, AppealFields, FailureFields, RefusalFields, SessionFields } from './fields.tsx';
import { MarksForm } from './Marks.tsx';
import { Overview } from './Overview.tsx';
import { starts } from './StartForms.tsx';

const vocabulary = (): FormVocabulary => ({
  fields: {
    noConflict: {
      label: 'Подтверждаю: конфликта интересов нет',
      hint: 'Я не работаю вместе с соискателем, не учил(а) и не сопровождал(а) его, не состою с ним в родстве.',
    },
    reason: {
      label: 'Причина',
      hint: 'Несколькими словами, чтобы было понятно тому, кто прочтёт дело.',
      long: true,
    },
    grounds: { label: 'С чем вы не согласны и почему', long: true },
    answer: { label: 'Ответ', long: true },
    answers: { label: 'Что представляете', hint: 'По пунктам перечня, который прислал центр.', long: true },
    defects: { label: 'Чего не хватает', hint: 'Каждый пункт отдельно: введите и нажмите Enter.' },
    payer: { label: 'Кто оплачивает' },
    why: { label: 'Чего вы ждёте' },
    contract: { label: 'Договор об оплате', placeholder: '№ … от …' },
    identified: {
      label: 'Личность установлена по паспорту',
      hint: 'Копию не снимают; записывается, кто и когда проверил.',
    },
    score: { label: 'Верных ответов, процентов', hint: 'От 0 до 100.' },
    variant: { label: 'Вариант теста' },
    act: { label: 'Акт о сбое', placeholder: '№ … от …' },
    sessionCaseId: { label: 'Дата экзамена' },
    education: { label: 'Образование и опыт', long: true },
    tellsPayer: { label: 'Что узнает работодатель' },
    outcome: { label: 'Решение' },
    passed: { label: 'Каким стал результат' },
    personId: { label: 'Экзаменатор на замену', hint: 'Он оценит экзамен по записи.' },
    protocol: { label: 'Номер протокола' },
    decision: { label: 'Решение совета' },
    number: { label: 'Номер' },
    date: { label: 'Дата' },
    blank: { label: 'Номер бланка', hint: 'Если документ печатают на бланке.' },
    recommendations: {
      label: 'Рекомендации',
      hint: 'Чему поучиться и где; по ним предложат маршрут, решает сам человек.',
      long: true,
    },
    on: { label: 'День вручения' },
    how: { label: 'Как вручили' },
    cause: { label: 'Причина' },
    ground: { label: 'Основание' },
    revoke: { label: 'Решение' },
  },
  values: {
    payer: PAYER_LABELS,
    why: { no_seat: 'Свободное место на экзамене', no_financed_place: 'Финансируемое место' },
    how: { in_person: 'Лично, под подпись', post: 'Почтой' },
    cause: { lost: 'Утрачено', damaged: 'Повреждено', surname: 'Изменилась фамилия' },
    ground: { fraud: 'Подлог документов' },
    revoke: { true: 'Аннулировать свидетельство', false: 'Оставить в силе' },
    effect: { change: 'Изменить результат', annul: 'Признать экзамен недействительным' },
  },
});

export const screens: ProcessScreens = {
  vocabulary,
  eventWords,
  starts,
  Overview,
  fields: {
    bookSeat: SessionFields,
    acceptReferral: AcceptFields,
    refuse: RefusalFields,
    decideAppeal: AppealFields,
    technicalFailure: FailureFields,
  },
  invitation: {
    titleRu: 'Вас назначили экзаменатором',
    textRu:
      'Оценок друг друга экзаменаторы не видят. Соискатель узнаёт результат, но не то, кто какую оценку поставил.',
    acceptRu: 'Конфликта нет, принимаю',
  },
  taskForms: { marks: MarksForm },
};
