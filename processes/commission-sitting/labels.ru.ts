/** Words of the screens and letters of a sitting. */

export const TASK_LABELS: Record<string, string> = {
  session: 'Провести заседание',
  sign_minutes: 'Оформить и подписать протокол',
};

export const MOVE_LABELS: Record<string, string> = {
  no_quorum: 'нет кворума',
  recusal: 'кворум нарушен отводом',
  absent_valid: 'неявка по уважительной причине',
  not_reached: 'вопрос не рассмотрен',
  not_held: 'заседание не состоялось',
  sitting_cancelled: 'заседание отменено',
};

export const REFUSAL_LABELS: Record<string, string> = {
  frozen: 'повестка закрыта',
  date: 'заседание назначено на другой день',
  listed: 'вопрос уже в повестке',
};

export const DEADLINE_LABELS: Record<string, string> = {
  freeze: 'закрытие повестки',
  'day-passed': 'день заседания',
  'task.remind': 'напоминание секретарю',
  'task.due': 'срок задачи',
  'task.escalate': 'сообщение на уровень выше',
};

export const CAUSE_LABELS: Record<string, string> = { ...MOVE_LABELS, ...REFUSAL_LABELS };
