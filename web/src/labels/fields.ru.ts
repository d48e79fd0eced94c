/** Russian labels of fields that forms drawn from a schema meet; a process adds its own beside its screens. */
export interface FieldText {
  label: string;
  hint?: string;
  placeholder?: string;
  /** Drawn as several lines. */
  long?: boolean;
}

export const FIELDS: Record<string, FieldText> = {
  reason: { label: 'Причина', hint: 'Несколькими словами, чтобы было понятно тому, кто прочтёт дело.', long: true },
  grounds: { label: 'Основания', hint: 'С чем вы не согласны и почему.', long: true },
  answer: { label: 'Ответ', long: true },
  answers: { label: 'Ответ на замечания', long: true },
  comment: { label: 'Пояснение', long: true },
  order: { label: 'Приказ' },
  number: { label: 'Номер' },
  date: { label: 'Дата' },
  on: { label: 'Дата события' },
  act: { label: 'Документ-основание', placeholder: 'Приказ № … от …' },
  personId: { label: 'Исполнитель' },
  workingDays: { label: 'На сколько рабочих дней' },
  place: { label: 'Место в документе', placeholder: 'Раздел, страница, пункт' },
  text: { label: 'Описание', long: true },
  title: { label: 'Название' },
  dueOn: { label: 'Новая дата' },
  key: { label: 'Какой срок' },
  size: { label: 'Численность группы' },
  startedOn: { label: 'Начало обучения' },
  finishedOn: { label: 'Окончание обучения' },
  organisationId: { label: 'Организация' },
  refusedToSign: { label: 'От подписи отказался' },
  noConflict: { label: 'Подтверждаю, что конфликта интересов нет' },
  annul: { label: 'Аннулировать запись' },
  upheld: { label: 'Удовлетворить' },
  outcome: { label: 'Решение' },
  cause: { label: 'Основание' },
  ground: { label: 'Основание' },
  good: { label: 'Результат хороший' },
  event: { label: 'Событие' },
  effect: { label: 'Что постановлено' },
};

export const fieldText = (name: string, more: Record<string, FieldText> = {}): FieldText =>
  more[name] ?? FIELDS[name] ?? { label: name };
