/** Russian words for codes that several processes share. Words of one process come from its own labels. */
import type { IncidentKind } from '../platform/incidents.ts';

const roles: Record<string, string> = {
  teacher: 'педагог',
  provider_rep: 'представитель организации ДПО',
  provider_head: 'руководитель организации ДПО',
  methodist: 'методист',
  fed_operator: 'оператор портала',
  fed_coordinator: 'федеральный координатор',
  registry_keeper: 'ведение реестра',
  expert: 'эксперт',
  arbiter: 'арбитр',
  appeals_member: 'член апелляционной комиссии',
  candidate: 'кандидат на должность руководителя',
  head: 'руководитель организации',
  founder_rep: 'представитель учредителя',
  founder_head: 'руководитель органа учредителя',
  secretary: 'секретарь комиссии',
  commission_member: 'член комиссии',
  chair: 'председатель комиссии',
  public_rep: 'представитель общественности',
  new_teacher: 'молодой (новый) педагог',
  mentor: 'наставник',
  curator: 'куратор наставничества',
  tutor: 'тьютор',
  hr_officer: 'отдел кадров',
  centre_operator: 'сотрудник центра оценки',
  examiner: 'экзаменатор',
  council: 'совет по профессиональным квалификациям',
  employer: 'работодатель',
  observer: 'наблюдатель',
  admin: 'администратор',
  dpo: 'ответственный за персональные данные',
};
const taskStates: Record<string, string> = {
  created: 'Исполнитель не выбран',
  assigned: 'Ждёт ответа исполнителя',
  in_progress: 'В работе',
  overdue: 'Просрочена',
  escalated: 'Просрочена, передана уровнем выше',
  on_hold: 'Приостановлена',
  done: 'Выполнена',
  declined: 'Отказ исполнителя',
  reassigned: 'Передана другому',
  cancelled: 'Отменена',
  voided: 'Признана недействительной',
};
const waiting: Record<string, string> = {
  applicant: 'заявителя',
  operator: 'оператора',
  coordinator: 'координатора',
  expert: 'экспертов',
  arbiter: 'арбитра',
  appeals: 'апелляционную комиссию',
  commission: 'комиссию',
  registry: 'ведение реестра',
  person: 'педагога',
  mentor: 'наставника',
  school: 'школу',
  authority: 'орган управления образованием',
  hr: 'кадровую службу',
  outside: 'внешнее событие',
  system: 'платформу',
  nobody: 'никого',
};
const entryStatuses: Record<string, string> = {
  certified: 'Действует',
  valid: 'Действует',
  active: 'Действует',
  expiring: 'Действует, срок истекает',
  prolonged: 'Действует, продлена на время рассмотрения',
  suspended: 'Приостановлена',
  delisted: 'Исключена',
  expired: 'Срок истёк',
  annulled: 'Аннулирована',
  conform: 'Соответствует',
  conform_conditional: 'Соответствует с рекомендациями',
  not_conform: 'Не соответствует',
  due_again: 'Действует, внесена в следующий график',
  superseded: 'Заменена новой аттестацией',
  appealed: 'Обжалуется',
  left_post: 'Должность оставлена',
  not_portable: 'Не переносится к другому учредителю',
  not_valid: 'Срок истёк, действующей аттестации нет',
  in_reserve: 'В резерве',
  left_expired: 'Исключён: срок результата истёк',
  left_appointed: 'Назначен из резерва',
  scheduled: 'Назначено',
  postponed: 'Отложено',
  overdue: 'Просрочено',
  held: 'Проведено',
  removed: 'Исключено из графика',
  issued: 'Выдано',
  graded: 'Экзамен окончен',
  revoked: 'Аннулировано',
  booking: 'Идёт запись',
  roster_closed: 'Запись закрыта',
  protocol: 'Оформляется протокол',
  registered: 'Зарегистрировано',
  admitted: 'Допущен',
  refused_admission: 'Отказано в допуске',
  refused: 'Отказ окончателен',
  withdrawn: 'Отозвано',
  lapsed: 'Прекращено',
  concluded: 'Заключение выдано',
  retake_open: 'Назначена пересдача',
  filed: 'Подана',
  upheld: 'Решение оставлено в силе',
  changed: 'Результат изменён',
  in_session: 'Идёт',
  not_held: 'Не состоялось',
  cancelled: 'Отменено',
  closed: 'Состоялось, протокол подписан',
};
const verdicts: Record<string, string> = {
  approve: 'Одобрить',
  revise: 'Доработать',
  revise_minor: 'Доработать: только указанное',
  reject: 'Отклонить',
  arbitration: 'Разногласие: нужен арбитр',
};
const incidentKinds: Record<IncidentKind, string> = {
  rule_bug: 'Ошибка в правиле',
  engine_task_failed: 'Исполнение остановлено ошибкой',
  limbo: 'Дело ничего не ждёт',
  sequence_mismatch: 'Исполнение отстало от записи',
  chain_broken: 'Нарушена цепочка записей',
  state_mismatch: 'Состояние не совпадает с записями',
  overdue_timer: 'Срок не записан вовремя',
  engine_lost: 'Дела нет в движке',
  work_failed: 'Работа платформы не выполнена',
  template_failed: 'Письмо не составлено',
  mail_failed: 'Письмо не отправлено',
  mail_bounced: 'Адрес не принимает писем',
  notice_without_addressee: 'Уведомление некому отправить',
  request_overdue: 'Обращение о персональных данных просрочено',
  request_without_office: 'Обращение о персональных данных некому решить',
};
const noticeStates: Record<string, string> = {
  queued: 'Ждёт отправки',
  digest: 'Войдёт в сводку',
  sent: 'Отправлено',
  bounced: 'Не доставлено',
  failed: 'Ошибка отправки',
  inbox_only: 'Только на портале',
};
const registers: Record<string, string> = {
  federal_programmes: 'Федеральный реестр дополнительных профессиональных программ',
  expertises: 'Реестр экспертиз',
  head_attestations: 'Реестр аттестаций руководителей',
  attestation_schedule: 'График аттестации руководителей',
  cadre_reserve: 'Кадровый резерв руководителей',
  commission_sittings: 'Реестр заседаний комиссий',
  assessment_applications: 'Реестр заявлений на независимую оценку',
  assessment_protocols: 'Реестр протоколов профессиональных экзаменов',
  assessment_certificates: 'Реестр свидетельств о квалификации и заключений',
  sector_certificates: 'Реестр сертификатов центра оценки',
  assessment_complaints: 'Реестр жалоб на результаты оценки',
  exam_sessions: 'Реестр сеансов экзаменов',
  mentoring_pairs: 'Реестр наставников и пар',
  mentoring_programmes: 'Реестр персонализированных программ наставничества',
  mentoring_conclusions: 'Реестр заключений наставничества',
  mentoring_exits: 'Реестр причин выбытия молодых педагогов',
};
const sessionWays: Record<string, string> = {
  choice: 'учебный выбор',
  password: 'пароль',
  oidc: 'учётная запись организации',
};
const accountStates: Record<string, string> = {
  none: 'Не приглашён',
  invited: 'Приглашён, ещё не вошёл',
  active: 'Действует',
  disabled: 'Закрыта',
};
const scopeKinds: Record<string, string> = { self: 'о себе', country: 'вся страна' };

const of = (table: Record<string, string>) => (code: string) => table[code] ?? code;

export const roleRu = of(roles);
export const taskStateRu = of(taskStates);
const anyWaiting = of(waiting);
/** Who is waited for, in the words of the process where it has its own. */
export const waitingForRu = (code: string, process?: { waitingRu?: Partial<Record<string, string>> }): string =>
  process?.waitingRu?.[code] ?? anyWaiting(code);
export const entryStatusRu = of(entryStatuses);
export const verdictRu = of(verdicts);
export const incidentKindRu = of(incidentKinds);
export const noticeStateRu = of(noticeStates);
export const registerRu = of(registers);
export const sessionWayRu = of(sessionWays);
export const accountStateRu = of(accountStates);
/** Roles that can be granted. */
export const ROLES: readonly string[] = Object.keys(roles);
export const scopeKindRu = of(scopeKinds);

/** Entries by which people may study now. */
export const IN_FORCE: readonly string[] = ['certified', 'valid', 'active', 'expiring', 'prolonged'];
