/** Words of the screens and letters; codes never reach a person. */
import type { WorkKind } from './policy.ts';

export const TASK_LABELS: Record<string, string> = {
  mentoring: 'Наставничество',
  find_mentor: 'Найти наставника',
  appoint: 'Приказ о наставнике',
  ppn: 'Персонализированная программа наставничества',
  quarter_check: 'Проверка квартала',
  gate: 'Рубеж года',
  receive: 'Принять педагога в школу',
  name_curator: 'Назначить куратора',
};

export const WORK_LABELS: Record<WorkKind, string> = {
  meeting: 'встреча',
  observation: 'посещение урока педагога',
  visit: 'урок наставника',
  peer_group: 'встреча группы взаимного обучения',
  open_lesson: 'открытый урок',
};

export const CAUSE_LABELS: Record<string, string> = {
  refused: 'наставник отказался',
  requested: 'смены попросил педагог',
  cancelled_by_employer: 'поручение отменил работодатель',
  relatives: 'стали родственниками',
  discipline: 'дисциплинарное взыскание наставника',
  overload: 'превышена нагрузка',
  other: 'иная причина',
  dismissed: 'уволился',
  retired: 'вышел на пенсию',
  died: 'выбыл',
  leave_started: 'в длительном отпуске',
  transferred: 'переведён в другую школу',
  declined: 'отказался',
  silent: 'не ответил',
};

export const LEAVE_LABELS: Record<string, string> = {
  maternity: 'отпуск по беременности и родам',
  child_care: 'отпуск по уходу за ребёнком',
  sick: 'длительная болезнь',
  military: 'военная служба',
  sabbatical: 'длительный отпуск до года',
  study: 'учебный отпуск',
};

export const EXIT_REASONS: Record<string, string> = {
  pay: 'оплата труда',
  load: 'нагрузка и отчётность',
  climate: 'отношения в коллективе, с родителями, учениками',
  housing: 'жильё и быт',
  family: 'семейные обстоятельства',
  move: 'переезд',
  other_work: 'другая работа по душе',
  no_support: 'не хватило поддержки',
  other: 'иное',
  unknown: 'не сообщена',
};

export const DECLINE_REASONS: Record<string, string> = {
  no_time: 'нет времени',
  no_need: 'поддержка не нужна',
  mentor: 'не сложилось с наставником',
  other: 'иное',
};

export const RECOMMENDATIONS: Record<string, string> = {
  first_category: 'аттестация на первую категорию',
  growth_level: 'уровень «старший учитель» (P13)',
  mentor_pool: 'резерв наставников через два года',
  route: 'индивидуальный маршрут (P06)',
};

export const STATUS_LABELS: Record<string, string> = {
  active: 'действует',
  suspended: 'приостановлена',
  ended: 'окончена',
  agreed: 'согласована',
  passed: 'рубеж пройден',
  completed: 'цикл завершён',
  completed_early: 'цикл завершён досрочно',
  closed_incomplete: 'не выполнена',
  left: 'выбыл',
  surveyed: 'выбыл, причина названа',
};

export const DEADLINE_LABELS: Record<string, string> = {
  'task.answer': 'ответ наставника на предложение',
  'task.silent': 'предложение уходит другому',
  'task.remind': 'напоминание исполнителю',
  'task.due': 'срок задачи',
  'task.escalate': 'сообщение на уровень выше',
  month: 'окончание месяца службы',
  'gate-open': 'рубеж года',
  gate: 'рубеж года',
  'gate-call': 'сообщение о просроченном рубеже',
  survey: 'опрос первых ста дней',
  mentor: 'назначение наставника',
  'mentor-call': 'передача поиска наставника выше',
  'mentor-cancel': 'окончание поручения наставнику',
  log: 'подтверждение записей журнала',
  'leave-call': 'запрос о затянувшемся отпуске',
  transfer: 'ответ принимающей школы',
  'transfer-call': 'назначение куратора органом управления образованием',
  offer: 'повторное предложение программы',
  tenure: 'стаж достигает 36 месяцев',
  rehire: 'окончание срока возвращения',
  'exit-remind': 'опрос выбывшего',
  age: 'возраст показателя',
};
