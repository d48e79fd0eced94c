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

export const OFFICE_LABELS: Record<string, string> = {
  chair: 'председатель',
  deputy: 'заместитель председателя',
  secretary: 'секретарь',
  member: 'член комиссии',
  public: 'представитель общественности',
};

export const ITEM_LABELS: Record<string, string> = {
  listed: 'ждёт рассмотрения',
  voting: 'идёт голосование',
  decided: 'решение принято',
  moved: 'перенесён',
  returned: 'возвращён в дело',
  withdrawn: 'снят с повестки',
};

export const GROUND_LABELS: Record<string, string> = {
  self: 'вопрос о нём самом',
  same_organisation: 'работает в той же организации',
  conflict: 'конфликт интересов',
  relative: 'родство',
  subordinate: 'подчинённость',
  declared: 'самоотвод',
  other: 'иное основание',
};

export const VOICE_LABELS: Record<string, string> = { for: 'за', against: 'против', abstain: 'воздержался' };

/** Decisions cases ask for, as the minutes print them. */
export const PROPOSAL_LABELS: Record<string, string> = {
  conform: 'соответствует занимаемой должности',
  conform_conditional: 'соответствует с рекомендациями',
  not_conform: 'не соответствует занимаемой должности',
};

export const CAUSE_LABELS: Record<string, string> = { ...MOVE_LABELS, ...REFUSAL_LABELS };
