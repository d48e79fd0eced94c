/** The screens of the attestation of heads and candidates. The kit finds them by the slug of the folder. */
import { eventWords } from '../../../../processes/head-attestation/event-words.ts';
import { CAUSE_LABELS, EXEMPTION_LABELS, VERDICT_LABELS } from '../../../../processes/head-attestation/labels.ru.ts';
import type { FormVocabulary } from '../../kit/SchemaForm.tsx';
import type { ProcessScreens } from '../types.ts';
import { CaseConclusions } from './Conclusions.tsx';
import { PaperFields, SittingFields } from './fields.tsx';
import { Overview } from './Overview.tsx';
import { ArbiterReview, ExpertReview } from './Review.tsx';
import { starts } from './StartForms.tsx';
import { YearPage } from './YearPage.tsx';

function vocabulary(): FormVocabulary {
  return {
    fields: {
      noConflict: {
        label: 'Подтверждаю: конфликта интересов нет',
        hint: 'Я не работаю и последние три года не работал(а) в организации аттестуемого, не состою с ним в родстве, не подчиняюсь ему и не руковожу им.',
      },
      reason: {
        label: 'Пояснение',
        hint: 'Несколькими словами, чтобы было понятно тому, кто прочтёт дело.',
        long: true,
      },
      text: { label: 'Текст', long: true },
      count: { label: 'Сколько недостатков' },
      testOn: { label: 'День тестирования' },
      testedOn: { label: 'Дата тестирования' },
      score: { label: 'Результат, процентов', hint: 'От 0 до 100.' },
      missedOn: { label: 'Дата неявки' },
      fromCaseId: { label: 'Дело, результат которого засчитывают', hint: 'Идентификатор из адреса страницы дела.' },
      plannedOn: { label: 'Дата аттестации' },
      moveReason: { label: 'Почему дата иная, чем в проекте графика', long: true },
      training: { label: 'Какое обучение пройдёт', placeholder: 'Программа, часы, где' },
      consent: { label: 'Письменное согласие получено' },
      noTransferPossible: {
        label: 'Перевести на другую работу невозможно',
        hint: 'ТК РФ, ст. 81 ч. 3: вакансии предложены, согласия нет или вакансий нет.',
      },
      sickOrOnLeave: { label: 'Сейчас болеет или в отпуске' },
      pregnant: { label: 'Беременность' },
      items: { label: 'Пунктов в плане' },
      fulfilled: { label: 'Рекомендации' },
      body: { label: 'Чьё мнение', placeholder: 'Управляющий совет, родительский комитет' },
      paper: { label: 'Документ' },
      number: { label: 'Номер' },
      on: { label: 'Дата ознакомления' },
      witnesses: { label: 'Свидетели отказа', hint: 'Двое; введите имя и нажмите Enter.' },
      act: { label: 'Акт об отказе или документ-основание', placeholder: 'Акт № … от …' },
      ground: { label: 'Основание' },
      kind: { label: 'Основание отсрочки' },
      untilOn: { label: 'Когда закончится', hint: 'Пусто, если ещё не известно.' },
      extraCompetences: { label: 'Ещё компетенции', hint: 'Коды каталога, по одному.' },
      successorId: { label: 'Организация-преемник' },
      founder: { label: 'Новый учредитель' },
    },
    values: {
      ground: CAUSE_LABELS,
      kind: EXEMPTION_LABELS,
      paper: { extract: 'Выписка из протокола', act: 'Акт' },
      fulfilled: { true: 'Исполнены', false: 'Не исполнены: внеочередная аттестация' },
      outcome: {
        upheld: 'Оставить решение без изменения',
        changed: 'Изменить: соответствует',
        returned: 'Вернуть на новое рассмотрение, другим составом',
      },
      event: {
        dismissed: 'уволен',
        transferred: 'переведён',
        post_changed: 'сменил должность',
        retired: 'вышел на пенсию',
        died: 'умер',
        leave_started: 'ушёл в отпуск',
      },
    },
  };
}

export const screens: ProcessScreens = {
  vocabulary,
  eventWords,
  starts,
  Desk: YearPage,
  Overview,
  Conclusions: CaseConclusions,
  verdicts: VERDICT_LABELS,
  fields: { fixSitting: SittingFields, familiarise: PaperFields },
  taskForms: { review: ExpertReview, arbitration: ArbiterReview },
};
