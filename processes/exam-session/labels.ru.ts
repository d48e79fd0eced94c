/** Words of the screens and letters of an exam session. */

export const TASK_LABELS: Record<string, string> = {
  session: 'Провести экзамен',
  sign_protocol: 'Оформить и подписать протокол сеанса',
};

export const CANDIDATE_LABELS: Record<string, string> = {
  listed: 'записан',
  in_exam: 'сдаёт',
  waits: 'прерван, ждёт продолжения',
  finished: 'окончил',
  absent: 'не явился',
  left: 'освободил место',
  moved: 'выбирает другую дату',
};

export const CAUSE_LABELS: Record<string, string> = {
  cancelled: 'экзамен отменён',
  centre_closed: 'центр закрыт',
  examiners_missing: 'не хватает экзаменаторов',
  not_held: 'экзамен не был открыт',
  not_reached: 'до соискателя не дошла очередь',
  qualification: 'сеанс проводится по другой квалификации',
  begun: 'экзамен уже начался',
};

export const DEADLINE_LABELS: Record<string, string> = {
  roster: 'закрытие записи',
  'day-passed': 'день экзамена',
  'task.remind': 'напоминание исполнителю',
  'task.due': 'срок задачи',
  'task.escalate': 'сообщение на уровень выше',
};
