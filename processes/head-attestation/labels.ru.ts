/** Words of the screens and letters; codes never reach a person. */

export const TASK_LABELS: Record<string, string> = {
  documents: 'Проверить документы аттестуемого',
  checks: 'Проверка кадровой службой',
  submission: 'Внести представление на руководителя',
  test: 'Провести тестирование',
  review: 'Экспертная оценка',
  arbitration: 'Заключение арбитра',
  fix_sitting: 'Внести вопрос в повестку заседания',
  composition: 'Изменить состав комиссии',
  extract: 'Выдать выписку из протокола',
  act: 'Издать акт',
  founder_choice: 'Решение учредителя после «не соответствует»',
  conditional_decision: 'Решение об исполнении рекомендаций',
  reserve_order: 'Приказ о включении в резерв',
  appeal_decision: 'Рассмотрение апелляции',
};

export const VARIANT_LABELS: Record<string, string> = {
  candidate: 'кандидат на должность',
  planned: 'плановая',
  extraordinary: 'внеочередная',
  retake: 'повторная',
};

export const RESULT_LABELS: Record<string, string> = {
  conform: 'соответствует',
  conform_conditional: 'соответствует с рекомендациями',
  not_conform: 'не соответствует',
  refused_admission: 'отказано в допуске',
};

/** What the panel says of the attestee, for the commission and for himself. */
export const RECOMMENDATION_LABELS: Record<string, string> = {
  approve: 'эксперты рекомендуют',
  revise: 'эксперты рекомендуют с замечаниями',
  reject: 'эксперты не рекомендуют',
};

/** Why the draft of a schedule names a head. The day of the reason follows after a comma where there is one. */
export const DUE_LABELS: Record<string, string> = {
  ends: 'аттестация заканчивается: за месяц до окончания',
  ended: 'аттестация закончилась',
  never: 'аттестации ещё не было',
  first_year: 'первый год в должности кончается',
  exemption: 'отсрочка и год после неё кончаются',
};

export const LEFT_OUT_LABELS: Record<string, string> = {
  not_in_scope: 'организации этого вида порядок учредителя не охватывает',
  acting: 'исполняет обязанности: аттестуется как кандидат, по своему заявлению',
  valid: 'аттестация действует дольше этого года, по',
  exempt: 'отсрочка или первый год в должности: не раньше',
  exempt_open: 'отсрочка, окончание ещё не известно',
};

/** What one expert says of the attestee. */
export const VERDICT_LABELS: Record<string, string> = {
  approve: 'Рекомендует',
  revise: 'Рекомендует с замечаниями',
  revise_minor: 'Рекомендует с замечаниями',
  reject: 'Не рекомендует',
};

/** Why the date of the schedule is what it is. */
export const DATE_LABELS: Record<string, string> = {
  'attestation.scheduled': 'внесено в график',
  'application.submitted': 'подано заявление',
  'attestation.continued': 'следующая аттестация внесена в график',
  'schedule.replanned': 'учредитель изменил дату приказом',
  'attestation.postponed': 'отложено: есть основание отсрочки',
  'exemption.updated': 'основание отсрочки уточнено',
  'exemption.ended': 'основание отсрочки отпало',
  'attestation.resumed': 'отсрочка закончилась, новая дата',
  'sitting.fixed': 'вопрос внесён в повестку',
  'sitting.moved': 'вопрос перенесён на следующее заседание',
  'sitting.silent': 'результата заседания нет',
};

export const EXEMPTION_LABELS: Record<string, string> = {
  first_year: 'меньше года в должности',
  pregnancy: 'беременность',
  maternity_leave: 'отпуск по беременности и родам',
  childcare_leave: 'отпуск по уходу за ребёнком',
  sick_leave: 'болезнь дольше четырёх месяцев',
};

export const CAUSE_LABELS: Record<string, string> = {
  no_show: 'неявка на тестирование',
  documents: 'документы не представлены',
  absent: 'неявка на заседание без причины',
  no_quorum: 'нет кворума',
  recusal: 'кворум нарушен отводом',
  absent_valid: 'неявка по уважительной причине',
  not_reached: 'вопрос не рассмотрен',
  not_held: 'заседание не состоялось',
  sitting_cancelled: 'заседание отменено',
  frozen: 'повестка уже закрыта',
  date: 'заседание назначено на другой день',
  listed: 'вопрос уже в повестке',
  over: 'заседание уже завершено',
  declined: 'отказался',
  conflict: 'конфликт интересов',
  silent: 'не ответил на приглашение',
  overdue: 'просрочил',
  left: 'выбыл',
  died: 'выбыл',
  order: 'решение учредителя',
  criminal_record: 'судимость или преследование (ТК, ст. 331, 351.1)',
  education: 'нет требуемого образования',
  income_declaration: 'нет сведений о доходах (ТК, ст. 275)',
};

export const DEADLINE_LABELS: Record<string, string> = {
  'task.answer': 'ответ эксперта на приглашение',
  'task.silent': 'замена не ответившего',
  'task.remind': 'напоминание исполнителю',
  'task.due': 'срок задачи',
  'task.escalate': 'сообщение на уровень выше',
  'task.replace': 'замена исполнителя',
  start: 'начало подготовки документов',
  documents: 'представление документов',
  'documents-remind': 'напоминание аттестуемому',
  submission: 'представление учредителя',
  'no-show': 'представление причины неявки',
  'test-day': 'день тестирования',
  pool: 'повторный отбор экспертов',
  'sitting-passed': 'результат заседания',
  'postponed-until': 'окончание отсрочки',
  'exemption-check': 'проверка основания отсрочки',
  familiarise: 'ознакомление с документом',
  appeal: 'срок подачи апелляции',
  reapply: 'новая попытка',
  'conditional-check': 'проверка исполнения рекомендаций',
  appointment: 'назначение кандидата',
  'reserve-answer': 'ответ на предложение резерва',
  'reserve-until': 'окончание срока результата',
  'due-again': 'внесение в следующий график',
  'validity-remind': 'напоминание о сроке аттестации',
  'valid-until': 'окончание срока аттестации',
  'no-valid': 'нет действующей аттестации',
  'child-watch': 'наблюдение за повторной аттестацией',
};
