/**
 * The three-year cycle of a new teacher, row by row: the single source of behaviour, diagram, documentation and test matrix.
 *
 * Source: specification P04 (plan of the cycle, table, long life, edge cases), 3.6 (policy at the gate), 3.7 and 9 (employment).
 * «Year» is a year of service of the cycle; `at_risk`, `gate_overdue` and `extended` are marks of a year, not stages of their own.
 */
import { rowsOf, stage, tableOf } from '../kit/table.ts';
import { TASK_ROWS } from '../kit/task.ts';
import type { Role, StageInfo, TransitionRow } from '../kit/types.ts';

export const STAGES: Record<string, StageInfo> = Object.fromEntries([
  stage('intake', 'Начало цикла: наставник и программа', 'Подбираются наставник и программа', 'school'),
  stage('intake_escalated', 'Начало цикла: наставника нет в срок', 'Подбирается наставник', 'authority'),
  stage('year_1', 'Первый год: адаптация', 'Первый год', 'mentor'),
  stage('year_2', 'Второй год: становление', 'Второй год', 'mentor'),
  stage('year_3', 'Третий год: мастерство', 'Третий год', 'mentor'),
  stage('mentor_vacant', 'Нет наставника: временно ведёт куратор', 'Подбирается новый наставник', 'school'),
  stage('paused', 'Приостановлен: отпуск или служба', 'Приостановлен', 'hr'),
  stage('resuming', 'Возобновление после перерыва', 'Возобновляется', 'school'),
  stage('transfer', 'Перевод: ответ принимающей школы', 'Переводится в другую школу', 'school'),
  stage('transfer_escalated', 'Перевод: школа не ответила, решает МОУО', 'Переводится в другую школу', 'authority'),
  stage('declined', 'Педагог отказался, предложение повторяется', 'Отказ от программы', 'person'),
  stage('left', 'Выбыл из профессии, возвращение возможно', 'Выбыл', 'nobody'),
  stage('transferred_out', 'Передан в другой регион', 'Передан в другой регион', 'nobody', true),
  stage('completed', 'Завершён', 'Завершён', 'nobody', true),
  stage('completed_early', 'Завершён досрочно', 'Завершён досрочно', 'nobody', true),
  stage('closed_incomplete', 'Закрыт: программа не выполнена', 'Закрыт', 'nobody', true),
  stage('closed_post_changed', 'Закрыт: сменилась должность', 'Закрыт: сменилась должность', 'nobody', true),
  stage('closed', 'Закрыт по сроку', 'Закрыт', 'nobody', true),
  stage('cancelled', 'Отменён', 'Отменён', 'nobody', true),
]);

export const YEARS = ['year_1', 'year_2', 'year_3'];
export const INTAKE = ['intake', 'intake_escalated'];
/** Stages in which a mentor is looked for and may be appointed. */
export const SEARCHING = [...INTAKE, 'mentor_vacant', 'resuming'];
/** Stages in which the pair works: meetings are logged, gates fall due. */
export const WORKING = [...YEARS, 'mentor_vacant'];
/** Active = intake … transfer_escalated except paused and the closed ones: the months of service run. */
export const ACTIVE = [...INTAKE, ...YEARS, 'mentor_vacant', 'resuming', 'transfer', 'transfer_escalated'];
export const LIVING = [...ACTIVE, 'paused'];

const TEACHER: Role[] = ['new_teacher'];
const MENTOR: Role[] = ['mentor'];
const CURATOR: Role[] = ['curator'];
const HEAD: Role[] = ['head'];
const AUTHORITY: Role[] = ['founder_rep'];
export const STARTERS: Role[] = ['methodist', 'curator', 'head', 'hr_officer'];
const PAIR: Role[] = [...TEACHER, ...MENTOR, ...CURATOR];

const P04 = 'P04, трёхлетний цикл молодого педагога';
const LEAVE = 'Кадровые события, отпуска (3.7, раздел 9)';
const POLICY = 'Общие правила, версии политики (3.6)';

const row = rowsOf('P04', P04);

// biome-ignore format: a table is read by its lines
export const ROWS: TransitionRow[] = [
  // Entry.
  row('T01', 'none', 'start', STARTERS, 'intake', 'cycle.opened', 'number, policy and entry conditions pinned; year by credited tenure', 'Цикл открыт', { guard: 'post, tenure <36 m, no open cycle of the person' }),
  row('T02', 'none', 'open_hired', [], 'intake', 'cycle.opened', 'the same, from the event «hired» of an HR system', 'Цикл открыт по кадровому событию', { guard: 'as T01' }),
  row('T03', 'none', 'import', [], 'mentor_vacant', 'cycle.imported', 'phase, remainder and marks of the exporting region go on', 'Цикл принят из другого региона'),
  // Mentor.
  row('T05', SEARCHING, 'proposeMentor', ['curator', 'methodist'], 'same', 'mentor.proposed', 'requirements and load checked; the mentor is asked for his written consent', 'Наставник предложен', { guard: 'mentor meets the policy, load ≤3' }),
  row('T06', SEARCHING, 'issueOrder', HEAD, 'same', 'mentor.appointed', 'order number, term, form and pay; entry of the pair', 'Наставник назначен приказом', { guard: 'the mentor has consented' }),
  row('T07', INTAKE, 'rule', [], 'year_1', 'year.begun', 'mentor appointed and ППН agreed; the year counts from the day of hiring', 'Начат первый год', { guard: 'tenure <12 m' }),
  row('T08', INTAKE, 'rule', [], 'year_2', 'year.begun', 'the rest of the year of the credited tenure', 'Начат второй год', { guard: 'tenure 12-23 m' }),
  row('T09', INTAKE, 'rule', [], 'year_3', 'year.begun', 'the rest of the year of the credited tenure', 'Начат третий год', { guard: 'tenure 24-35 m' }),
  row('T10', ['intake'], 'deadline:mentor', [], 'intake_escalated', 'intake.escalated', 'head told', 'Наставника нет десять рабочих дней: сообщено руководителю'),
  row('T11', ['intake_escalated', 'mentor_vacant', 'resuming'], 'deadline:mentor', [], 'same', 'mentor.search_escalated', 'head → МОУО (+5 wd) → ЦНППМ, external mentor (+10 wd) → weekly to the authority', 'Поиск наставника передан выше'),
  row('T12', YEARS, 'resignMentor', MENTOR, 'mentor_vacant', 'mentor.vacated', 'curator acts as interim at once; no blame recorded', 'Наставник отказался', { clause: 'ТК РФ, ст. 351.8: наставник вправе досрочно отказаться' }),
  row('T13', YEARS, 'requestMentorChange', TEACHER, 'mentor_vacant', 'mentor.vacated', 'curator acts as interim at once', 'Педагог попросил сменить наставника'),
  row('T14', YEARS, 'deadline:mentor-cancel', [], 'mentor_vacant', 'mentor.vacated', 'the notice of the employer has run', 'Поручение наставнику отменено'),
  row('T15', YEARS, 'removeMentor', CURATOR, 'mentor_vacant', 'mentor.vacated', 'over load, relatives, disciplinary action', 'Наставник отстранён куратором'),
  row('T16', YEARS, 'fact:employment', [], 'mentor_vacant', 'mentor.vacated', 'the mentor left, is on leave or was transferred', 'Наставник выбыл', { clause: LEAVE }),
  row('T83', ['resuming'], 'removeMentor', CURATOR, 'same', 'mentor.lost', 'after a leave another mentor may be chosen', 'После перерыва выбирается другой наставник'),
  row('T17', YEARS, 'cancelMentor', HEAD, 'same', 'mentor.cancel_noticed', 'the mentor is told ≥3 wd before', 'Наставник предупреждён об отмене поручения', { clause: 'ТК РФ, ст. 351.8: не менее чем за три рабочих дня' }),
  row('T18', [...SEARCHING, 'paused'], 'fact:employment', [], 'same', 'mentor.lost', 'a proposed or suspended mentor left', 'Предложенный наставник выбыл', { clause: LEAVE }),
  row('T19', SEARCHING, 'resignMentor', MENTOR, 'same', 'mentor.lost', 'consent taken back before the order', 'Наставник отозвал согласие'),
  row('T20', ['mentor_vacant'], 'rule', [], 'former', 'year.continued', 'days without a mentor recorded; the year is not prolonged', 'Год продолжен с новым наставником'),
  row('T21', ['resuming'], 'rule', [], 'former', 'year.resumed', 'the same year with its remainder', 'Год продолжен после перерыва', { guard: 'ППН agreed, mentor in place' }),
  // Log and norms.
  row('T22', [...WORKING, 'resuming'], 'logWork', PAIR, 'same', 'log.added', 'meetings and lessons, with their form; the other side is asked to confirm', 'Внесены записи журнала'),
  row('T23', [...WORKING, 'resuming'], 'confirmLog', PAIR, 'same', 'log.confirmed', 'counts from now on', 'Записи журнала подтверждены обеими сторонами'),
  row('T24', [...WORKING, 'resuming'], 'deadline:log', [], 'same', 'log.reminded', 'unconfirmed 7 cd', 'Напоминание подтвердить записи'),
  row('T25', [...WORKING, 'resuming'], 'revokeLog', CURATOR, 'same', 'log.revoked', 'both confirmations revoked by act; payroll flagged', 'Записи журнала аннулированы актом'),
  row('T26', ACTIVE, 'deadline:month', [], 'same', 'month.closed', 'month norms to the new teacher; unconfirmed work flagged for payroll', 'Месяц закрыт'),
  row('T27', ACTIVE, 'rule', [], 'same', 'quarter.met', 'quarter summary to the mentor; quarterly check asked', 'Норма квартала выполнена'),
  row('T28', ACTIVE, 'rule', [], 'same', 'quarter.missed', 'at risk: curator, then head, then methodist', 'Норма квартала не выполнена: зона риска'),
  row('T29', ACTIVE, 'rule', [], 'same', 'quarter.cleared', 'no longer at risk', 'Норма квартала выполнена: риск снят'),
  row('T30', [...WORKING, 'resuming'], 'completeQuarterCheck', CURATOR, 'same', 'quarter.checked', 'check of the curator', 'Проверка куратора проведена'),
  row('T31', [...WORKING, ...INTAKE, 'resuming'], 'recordContent', [...PAIR, 'tutor', 'methodist'], 'same', 'content.done', 'obligatory content of the phase', 'Выполнен пункт программы'),
  row('T32', LIVING, 'fact:content', [], 'same', 'content.done', 'card, route, programme or community of another process', 'Пункт программы подтверждён другим процессом'),
  row('T33', ACTIVE, 'deadline:survey', [], 'same', 'survey.asked', 'first 100 days', 'Опрос первых ста дней'),
  // Programme of the pair.
  row('T34', [...SEARCHING, ...YEARS], 'proposePpn', ['curator'], 'same', 'ppn.proposed', 'form of the policy in force; signed by the curator', 'Программа наставничества предложена'),
  row('T35', [...SEARCHING, ...YEARS], 'signPpn', [...TEACHER, ...MENTOR], 'same', 'ppn.signed', 'signature of the second or third side', 'Программа наставничества подписана стороной'),
  row('T36', [...SEARCHING, ...YEARS], 'rule', [], 'same', 'ppn.agreed', 'agreed by three', 'Программа наставничества согласована тремя сторонами'),
  // Gates.
  row('T37', ACTIVE, 'deadline:gate-open', [], 'same', 'gate.opened', 'curator −30 cd', 'Скоро рубеж года: куратору дана задача'),
  row('T38', ACTIVE, 'deadline:gate-due', [], 'same', 'gate.overdue', 'the year does not turn by itself', 'Рубеж года просрочен'),
  row('T39', ACTIVE, 'deadline:gate-call', [], 'same', 'gate.escalated', 'head +5 wd, methodist +10 wd, then every 20 wd', 'Просроченный рубеж: сообщено выше'),
  row('T40', ['year_1'], 'passGate', CURATOR, 'year_2', 'gate.passed', 'conclusion; new ППН within 10 wd; policy boundary', 'Рубеж первого года пройден', { guard: 'report, mutual survey, content of the year' }),
  row('T41', ['year_2'], 'passGate', CURATOR, 'year_3', 'gate.passed', 'as above, with mid diagnostics', 'Рубеж второго года пройден', { guard: 'report, mutual survey, content of the year' }),
  row('T42', ['mentor_vacant'], 'passGate', CURATOR, 'same', 'gate.passed', 'the year turns also while a mentor is looked for', 'Рубеж года пройден без наставника', { guard: 'year 1 or 2' }),
  row('T43', WORKING, 'extendGate', CURATOR, 'same', 'gate.extended', '≤6 m, parts to repeat; once per cycle', 'Год продлён', { guard: 'not extended before' }),
  row('T44', WORKING, 'failGate', CURATOR, 'closed_incomplete', 'cycle.closed_incomplete', 'conclusion with reasons, МОУО told; support may go on by P06', 'Программа не выполнена и после продления', { guard: 'extended before' }),
  row('T45', ['year_3', 'mentor_vacant'], 'concludeCycle', CURATOR, 'completed', 'cycle.completed', 'certificate; recommendations: category, growth level, mentor pool', 'Цикл завершён', { guard: 'final diagnostics, report, survey, content' }),
  row('T46', ['year_2', 'year_3'], 'requestEarly', TEACHER, 'same', 'early.requested', 'consent with the act of the category', 'Педагог согласен завершить досрочно', { optional: 'earlyCompletion' }),
  row('T47', ['year_2', 'year_3'], 'completeEarly', CURATOR, 'completed_early', 'cycle.completed_early', 'category obtained and consent', 'Цикл завершён досрочно', { optional: 'earlyCompletion' }),
  // Policy.
  row('T48', [...LIVING, 'declined', 'left'], 'work:find_policy', [], 'same', 'policy.kept', 'no newer version at the boundary', 'Версия правил прежняя', { clause: POLICY }),
  row('T49', [...LIVING, 'declined', 'left'], 'work:find_policy', [], 'same', 'policy.moved', 'norms and forms of the new version from this phase on; rights of the start stay', 'На рубеже применена новая версия правил', { clause: POLICY }),
  row('T50', [...LIVING, 'declined', 'left'], 'work:find_policy', [], 'same', 'policy.offered', 'after a leave the policy of the day is offered', 'Педагогу предложена действующая версия правил', { clause: POLICY }),
  row('T51', ACTIVE, 'answerPolicy', TEACHER, 'same', 'policy.moved', 'norms and forms of the accepted version', 'Педагог принял действующую версию правил', { clause: POLICY }),
  row('T52', ACTIVE, 'answerPolicy', TEACHER, 'same', 'policy.refused', 'the version of the start of the year stays until the gate', 'Педагог остался на прежней версии правил', { clause: POLICY }),
  // Leaves.
  row('T53', ACTIVE, 'fact:employment', [], 'paused', 'leave.started', 'timers stop, remainder kept, order of the mentor suspended', 'Цикл приостановлен', { clause: LEAVE, guard: 'maternity, child care, military, sabbatical, sick >2 m' }),
  row('T54', ['paused'], 'fact:employment', [], 'same', 'leave.followed', 'another leave: one pause', 'Следующий отпуск: пауза продолжается', { clause: LEAVE }),
  row('T55', ['paused'], 'fact:employment', [], 'same', 'transfer.noted', 'new school recorded; the transfer opens at the end of the leave', 'Перевод записан до конца отпуска', { clause: LEAVE }),
  row('T56', ['paused'], 'deadline:leave-call', [], 'same', 'leave.asked', 'HR, then МОУО, then yearly', 'Отпуск должен был кончиться: спрошены кадры'),
  row('T57', ['paused'], 'fact:employment', [], 'resuming', 'leave.ended', 're-diagnostics, mentor, new ППН within 10 wd; policy of the day offered', 'Перерыв окончен', { clause: LEAVE }),
  row('T58', ['paused'], 'fact:employment', [], 'transfer', 'leave.ended_elsewhere', 'returned to another school', 'Перерыв окончен, педагог вышел в другую школу', { clause: LEAVE }),
  // Transfers.
  row('T59', ACTIVE, 'fact:employment', [], 'transfer', 'transfer.opened', 'phase kept; closing note of the old mentor asked', 'Перевод в другую школу региона', { clause: LEAVE }),
  row('T60', ['transfer', 'transfer_escalated'], 'acceptTransfer', HEAD, 'mentor_vacant', 'transfer.accepted', 'new mentor ≤10 wd', 'Школа приняла педагога'),
  row('T61', ['transfer'], 'deadline:transfer', [], 'transfer_escalated', 'transfer.escalated', 'МОУО of the receiving school names a curator', 'Школа не ответила: передано МОУО'),
  row('T62', ['transfer_escalated'], 'nameCurator', AUTHORITY, 'mentor_vacant', 'transfer.curator_named', 'new mentor ≤10 wd', 'МОУО назначило куратора'),
  row('T63', ['transfer_escalated'], 'deadline:transfer', [], 'same', 'transfer.called', 'after 10 wd, then weekly to the authority', 'МОУО не назначило куратора: сообщено выше'),
  row('T64', [...LIVING, 'declined', 'left'], 'shareHistory', TEACHER, 'same', 'history.shared', 'consent of the person, or its withdrawal', 'Согласие на показ истории новой школе'),
  row('T65', [...WORKING, 'resuming', 'transfer', 'transfer_escalated'], 'handOverNote', MENTOR, 'same', 'note.handed_over', 'closing note of the former mentor', 'Заключение прежнего наставника передано'),
  row('T66', [...LIVING, 'declined', 'left'], 'fact:employment', [], 'transferred_out', 'cycle.exported', 'export package; the receiving region goes on with the phase', 'Педагог переехал: пакет для другого региона', { clause: LEAVE }),
  row('T67', ['transferred_out'], 'work:open_import', [], 'same', 'import.opened', 'the case of the receiving region is open', 'Дело в другом регионе открыто'),
  // Ends and returns.
  row('T68', [...LIVING, 'declined'], 'fact:employment', [], 'left', 'person.left', 'exit survey with reason', 'Педагог оставил профессию', { clause: LEAVE }),
  row('T69', ['left'], 'surveyExit', ['new_teacher', 'curator', 'hr_officer'], 'same', 'exit.surveyed', 'reason of leaving', 'Названа причина выбытия'),
  row('T70', ['left'], 'deadline:exit-remind', [], 'same', 'exit.reminded', 'curator asked for the reason', 'Напоминание об опросе выбывшего'),
  row('T71', ['left'], 'fact:employment', [], 'resuming', 'person.returned', 'hired again within 3 years', 'Педагог вернулся', { clause: LEAVE }),
  row('T72', ['left'], 'deadline:rehire', [], 'closed', 'cycle.closed', 'later: a new case by tenure', 'Срок возвращения истёк'),
  row('T73', LIVING, 'declineProgramme', TEACHER, 'declined', 'programme.declined', 'reason; not counted as involved', 'Педагог отказался от программы'),
  row('T74', ['declined'], 'deadline:offer', [], 'same', 'programme.offered', 'every 3 m', 'Программа предложена снова'),
  row('T75', ['declined'], 'acceptOffer', TEACHER, 'intake', 'programme.accepted', 'log and year kept', 'Педагог принял предложение'),
  row('T76', ['declined'], 'deadline:tenure', [], 'closed', 'cycle.closed', 'tenure 36 m', 'Стаж достиг 36 месяцев'),
  row('T77', [...LIVING, 'declined'], 'fact:employment', [], 'closed_post_changed', 'post.changed', 'becomes deputy head, leaves the post', 'Педагог сменил должность', { clause: LEAVE }),
  row('T78', 'any_open', 'fact:employment', [], 'cancelled', 'person.died', 'everything stops', 'Цикл прекращён', { clause: LEAVE }),
  row('T79', 'any_open', 'annul', ['methodist', 'admin'], 'cancelled', 'cycle.annulled', 'opened by mistake', 'Цикл аннулирован'),
  row('T80', [...LIVING, 'declined', 'left'], 'deadline:age', [], 'same', 'person.aged_out', 'the programme goes on; out of numerator and denominator', 'Педагогу исполнилось 35 лет: в показателе не учитывается'),
  row('T81', [...LIVING, 'declined', 'left'], 'fact:school_reorganised', [], 'same', 'school.succeeded', 'the successor takes the case', 'Дело перешло к школе-правопреемнику'),
  row('T82', 'any_open', 'moveDeadline', ['admin'], 'same', 'deadline.moved', 'who, when, old, new, reason', 'Срок перенесён администратором', { clause: 'Общие правила, сроки (3.2)' }),
];

/** The same task table as everywhere; who plays its parts here. */
const PARTS: Partial<Record<Role, Role>> = {
  expert: 'mentor',
  arbiter: 'mentor',
  fed_operator: 'curator',
  fed_coordinator: 'head',
  appeals_member: 'founder_rep',
};
const TASKS: TransitionRow[] = TASK_ROWS.map((r) => ({
  ...r,
  roles: [...new Set(r.roles.map((role) => PARTS[role] ?? role))],
}));

/** Every row an audit event of this process may carry. */
export const ALL_ROWS: TransitionRow[] = [...ROWS, ...TASKS];

export const { getRow, startsFrom } = tableOf(STAGES, ALL_ROWS);
