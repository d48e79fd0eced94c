/** Words of the screens and letters of an assessment. Codes stay codes everywhere else. */

export const TASK_LABELS: Record<string, string> = {
  check: 'Проверить документы соискателя',
  reason: 'Рассмотреть причину неявки',
  exam: 'Провести экзамен и записать его ход',
  marks: 'Оценить практическую часть',
  substitute: 'Назвать экзаменатора на замену',
  protocol: 'Направить протокол и материалы в совет',
  verify: 'Проверить результат экзамена',
  document: 'Выдать документ о результате',
  deliver: 'Вручить документ соискателю',
  duplicate: 'Выдать дубликат или переоформить свидетельство',
  revocation: 'Решить об аннулировании свидетельства',
  appeal_decision: 'Рассмотреть жалобу',
};

export const PAYER_LABELS: Record<string, string> = {
  person: 'Соискатель платит сам',
  employer: 'Платит работодатель',
  budget: 'Финансируемое место (бюджет)',
};

export const SCHEME_LABELS: Record<string, string> = {
  nok_238: 'Независимая оценка квалификации (238-ФЗ)',
  sector: 'Добровольная сертификация в центре оценки',
};

export const REFUSAL_LABELS: Record<string, string> = {
  education: 'нет требуемого образования',
  experience: 'нет требуемого опыта',
  documents: 'документы не представлены',
};

/** Why a seat was lost, a task ended, the queue was joined. */
export const CAUSE_LABELS: Record<string, string> = {
  cancelled: 'экзамен отменён',
  centre_closed: 'центр закрыт',
  examiners_missing: 'не хватает экзаменаторов',
  not_held: 'экзамен не был открыт',
  not_reached: 'до соискателя не дошла очередь',
  session_over: 'сеанс уже завершён',
  qualification: 'сеанс проводится по другой квалификации',
  begun: 'экзамен уже начался',
  no_seat: 'свободных мест нет',
  no_financed_place: 'финансируемых мест нет',
  procedure: 'нарушена процедура',
  court: 'решение суда',
  appeal: 'решение апелляционной комиссии',
  lost: 'утрачено',
  damaged: 'повреждено',
  surname: 'изменилась фамилия',
  fraud: 'подлог документов',
  declined: 'отказ',
  conflict: 'конфликт интересов',
  silent: 'нет ответа',
  overdue: 'просрочка',
  left: 'выбыл',
  order: 'по решению центра',
};

export const EXCLUSION_LABELS: Record<string, string> = {
  same_organisation: 'работал вместе с соискателем',
  relation: 'связан с соискателем (родство, наставничество, обучение)',
  competence: 'не оценивает эту квалификацию',
  already_involved: 'уже участвовал в деле',
  load: 'занят',
  suspended: 'отстранён за просрочки',
};

export const OUTCOME_LABELS: Record<string, string> = {
  upheld: 'Решение оставить в силе',
  admitted: 'Отказ отменить, документы проверить заново',
  changed: 'Результат изменить',
  retake: 'Назначить бесплатную пересдачу',
};

export const PART_LABELS: Record<string, string> = {
  theory: 'теоретическая часть',
  practice: 'практическая часть',
  removed: 'удаление с экзамена',
};

export const DEADLINE_LABELS: Record<string, string> = {
  offer: 'ответ на направление',
  documents: 'представление документов',
  complaint: 'подача жалобы',
  slot: 'выбор даты и оплата',
  'slot-remind': 'напоминание о выборе даты',
  queue: 'ожидание места',
  'queue-answer': 'ответ, остаётся ли соискатель в очереди',
  'new-year': 'финансируемые места нового года',
  'session-passed': 'сведения об экзамене',
  'no-show': 'причина неявки',
  'marks-call': 'напоминание об оценках',
  'revocation-answer': 'ответ на сообщение об аннулировании',
  expiring: 'приглашение к новой оценке',
  'validity-remind': 'напоминание об окончании срока',
  'valid-until': 'последний день свидетельства',
  'task.answer': 'ответ на поручение',
  'task.silent': 'передача другому экзаменатору',
  'task.remind': 'напоминание исполнителю',
  'task.due': 'срок задачи',
  'task.escalate': 'сообщение на уровень выше',
  'task.replace': 'замена исполнителя',
};
