/**
 * Programme certification, row by row: the single source of behaviour, of the BPMN diagram, of the documentation and of the test
 * matrix. A lawyer can check it against the regulation. Each audit event carries the id of the row that allowed it.
 *
 * Source: specification P01 (table, edge cases), common rules 3.4 (panel) and 3.9 (decision, appeal, annulment).
 */
import { PANEL_CLAUSE } from '../kit/panel.ts';
import { TASK_ROWS } from '../kit/task.ts';
import type { Role, StageInfo, TransitionRow } from '../kit/types.ts';

const stage = (code: string, labelRu: string, publicLabelRu: string, waitingFor: StageInfo['waitingFor'], final = false): [string, StageInfo] => [
  code,
  { code, labelRu, publicLabelRu, waitingFor, final },
];

export const STAGES: Record<string, StageInfo> = Object.fromEntries([
  stage('technical_check', 'Техническая проверка', 'Проверка заявки', 'operator'),
  stage('returned', 'Возвращена заявителю', 'Ожидает исправления заявителем', 'applicant'),
  stage('panel_forming', 'Формируется группа экспертов', 'Экспертиза', 'coordinator'),
  stage('under_expertise', 'Экспертиза', 'Экспертиза', 'expert'),
  stage('arbitration', 'Арбитраж', 'Экспертиза', 'arbiter'),
  stage('revision', 'Доработка программы', 'Доработка заявителем', 'applicant'),
  stage('decision_pending', 'Ожидает решения', 'Принимается решение', 'coordinator'),
  stage('certified', 'Сертифицирована', 'В реестре', 'nobody'),
  stage('expiring', 'Срок действия истекает', 'В реестре, срок истекает', 'applicant'),
  stage('prolonged', 'Действие продлено на время рассмотрения', 'В реестре, рассматривается новый срок', 'coordinator'),
  stage('suspended', 'Действие приостановлено', 'Действие приостановлено', 'applicant'),
  stage('appeal', 'Рассматривается апелляция', 'Рассматривается апелляция', 'appeals'),
  stage('refused', 'Отказано', 'Отказано', 'applicant'),
  stage('delisted', 'Исключена из реестра', 'Исключена из реестра', 'applicant'),
  stage('incorporated', 'Учтена в записи реестра', 'В реестре', 'nobody', true),
  stage('lapsed', 'Прекращена: срок заявителя истёк', 'Прекращена', 'nobody', true),
  stage('withdrawn', 'Отозвана заявителем', 'Отозвана', 'nobody', true),
  stage('expired', 'Срок действия истёк', 'Срок действия истёк', 'nobody', true),
  stage('annulled', 'Аннулирована', 'Аннулирована', 'nobody', true),
]);

/** Stages in which the decision has not been taken yet: withdrawal is possible anywhere in them. */
export const BEFORE_DECISION = ['technical_check', 'returned', 'panel_forming', 'under_expertise', 'arbitration', 'revision', 'decision_pending'];
/** Stages in which the register entry is in force for new study groups. */
export const IN_FORCE = ['certified', 'expiring', 'prolonged'];
const HELD = ['certified', 'expiring', 'suspended'];

/** Who speaks for the provider. A representative signs by the act of the assignment, the head by office. */
export const PROVIDER: Role[] = ['provider_head', 'provider_rep', 'methodist'];
const OPERATOR: Role[] = ['fed_operator'];
const COORDINATOR: Role[] = ['fed_coordinator'];

const P01 = 'P01, экспертиза и сертификация ДПП';
const D39 = 'Общие правила, решение и апелляция (3.9)';

function row(
  id: string,
  from: TransitionRow['from'],
  on: string,
  roles: Role[],
  to: string,
  event: string,
  effect: string,
  effectRu: string,
  more: Partial<TransitionRow> = {},
): TransitionRow {
  return { id: `P01-${id}`, from, on, roles, to, event, effect, effectRu, clause: P01, ...more };
}

export const ROWS: TransitionRow[] = [
  // Draft: lives beside the case, recorded in the audit of drafts.
  row('T01', 'none', 'outside:create_draft', PROVIDER, 'draft', 'draft.created', 'autosave, versions', 'Создан черновик'),
  row('T02', ['draft'], 'outside:discard_draft', [], 'discarded', 'draft.discarded', '12 months idle; no number was ever issued', 'Черновик удалён: год без изменений'),
  row('T03', 'none', 'submit', PROVIDER, 'technical_check', 'application.submitted', 'number issued, policy pinned, snapshot v1, duplicate check', 'Заявка зарегистрирована', {
    guard: 'signatory, invariants of the programme, no duplicate',
  }),
  // Technical check.
  row('T04', ['technical_check'], 'completeTechnicalCheck', OPERATOR, 'panel_forming', 'technical.completed', 'panel is formed', 'Техническая проверка пройдена'),
  row('T05', ['technical_check'], 'reportDefects', OPERATOR, 'returned', 'technical.returned', 'list of defects, clock paused', 'Возвращена с перечнем недостатков', { guard: 'returns left' }),
  row('T06', ['technical_check'], 'reportDefects', OPERATOR, 'decision_pending', 'technical.failed', 'proposal «refuse without expertise»', 'Недостатки не устранены: предложено отказать без экспертизы', {
    guard: 'no returns left',
  }),
  row('T07', ['technical_check'], 'reportNoLicence', OPERATOR, 'decision_pending', 'technical.failed', 'proposal «refuse without expertise»', 'Нет лицензии: предложено отказать без экспертизы'),
  row('T08', ['returned'], 'resubmit', PROVIDER, 'technical_check', 'application.resubmitted', 'new version', 'Подана исправленная версия'),
  row('T09', ['returned'], 'deadline:returned', [], 'lapsed', 'application.lapsed', 'may start anew', 'Прекращена: недостатки не устранены в срок'),
  row('T10', ['returned'], 'deadline:returned-remind', [], 'same', 'applicant.reminded', 'notice 3 wd before', 'Заявителю напомнили о сроке'),
  // Panel.
  row('T11', ['panel_forming'], 'rule', [], 'under_expertise', 'panel.completed', '≥2 regions, all declared no conflict; the term of expertise begins', 'Группа экспертов сформирована', {
    guard: 'every seat accepted',
  }),
  row('T12', ['panel_forming', 'under_expertise', 'arbitration'], 'rule', [], 'same', 'panel.pool_empty', 'coordinator told; pool may be widened', 'Подходящих экспертов нет: координатор извещён'),
  row('T13', ['panel_forming', 'under_expertise', 'arbitration'], 'widenPool', COORDINATOR, 'same', 'panel.pool_widened', 'waiver with record', 'Отбор экспертов расширен решением координатора'),
  row('T14', ['panel_forming'], 'deadline:panel-forming', [], 'same', 'panel.forming_overdue', 'coordinator told', 'Срок формирования группы прошёл'),
  row('T15', ['panel_forming', 'under_expertise', 'arbitration'], 'work:list_candidates', [], 'same', 'panel.candidates_listed', 'candidates, seed and choice stored', 'Эксперты выбраны', { clause: PANEL_CLAUSE }),
  // Expertise.
  row('T16', ['under_expertise'], 'rule', [], 'decision_pending', 'expertise.approved', 'table 3.4: approve', 'Экспертиза: одобрить', { guard: 'all conclusions in' }),
  row('T17', ['under_expertise'], 'rule', [], 'decision_pending', 'expertise.rejected', 'table 3.4: reject', 'Экспертиза: отклонить', { guard: 'all conclusions in' }),
  row('T18', ['under_expertise'], 'rule', [], 'revision', 'expertise.revision_asked', 'consolidated remarks, clock paused', 'Экспертиза: доработать', { guard: 'rounds left' }),
  row('T19', ['under_expertise'], 'rule', [], 'decision_pending', 'expertise.rounds_used', 'proposal «refuse»', 'Доработки исчерпаны: предложено отказать', { guard: 'both rounds used' }),
  row('T20', ['under_expertise'], 'rule', [], 'arbitration', 'expertise.disagreed', 'arbiter invited', 'Эксперты разошлись: приглашается арбитр', { guard: 'no arbiter yet' }),
  row('T21', ['under_expertise'], 'rule', [], 'arbitration', 'expertise.disagreed', 'the same arbiter settles a later round', 'Эксперты вновь разошлись: решает прежний арбитр', { guard: 'an arbiter of an earlier round is available' }),
  row('T22', ['arbitration'], 'submitArbitration', ['arbiter'], 'decision_pending', 'arbitration.approved', 'final for the round', 'Арбитр: одобрить'),
  row('T23', ['arbitration'], 'submitArbitration', ['arbiter'], 'decision_pending', 'arbitration.rejected', 'final for the round', 'Арбитр: отклонить'),
  row('T24', ['arbitration'], 'submitArbitration', ['arbiter'], 'revision', 'arbitration.revision_asked', 'consolidated remarks, clock paused', 'Арбитр: доработать', { guard: 'rounds left' }),
  row('T25', ['arbitration'], 'submitArbitration', ['arbiter'], 'decision_pending', 'arbitration.rounds_used', 'proposal «refuse»', 'Арбитр: доработать, но доработки исчерпаны', { guard: 'both rounds used' }),
  row('T26', ['under_expertise'], 'rule', [], 'decision_pending', 'expertise.arbiter_stands', 'still a disagreement after a voided conclusion: the arbiter’s verdict stands', 'Разногласие осталось: действует вывод арбитра', {
    guard: 'a verdict of the arbiter in this round; approve, reject or no rounds left',
    clause: PANEL_CLAUSE,
  }),
  row('T27', ['under_expertise'], 'rule', [], 'revision', 'expertise.arbiter_stands', 'still a disagreement: the arbiter’s «revise» stands', 'Разногласие осталось: действует «доработать» арбитра', { clause: PANEL_CLAUSE }),
  row('T28', ['revision'], 'resubmit', PROVIDER, 'under_expertise', 'application.resubmitted', 'same experts if available; only failed and mandatory criteria', 'Подана доработанная версия'),
  row('T29', ['revision'], 'deadline:revision', [], 'lapsed', 'application.lapsed', 'may start anew', 'Прекращена: программа не доработана в срок'),
  row('T30', ['revision'], 'deadline:revision-remind', [], 'same', 'applicant.reminded', 'notice 3 wd before', 'Заявителю напомнили о сроке'),
  row('T31', ['revision'], 'mergeRemarks', ['expert'], 'same', 'remarks.merged', 'lead merges, does not delete', 'Замечания сведены руководителем группы', { clause: PANEL_CLAUSE }),
  row('T32', ['panel_forming', 'under_expertise'], 'objectToExpert', PROVIDER, 'same', 'panel.objected', 'before marks, once', 'Заявлен отвод эксперту', { clause: PANEL_CLAUSE }),
  row('T33', ['panel_forming', 'under_expertise'], 'decideObjection', COORDINATOR, 'same', 'panel.objection_decided', 'upheld: the expert is replaced', 'Отвод рассмотрен', { clause: PANEL_CLAUSE }),
  // A conclusion is voided.
  row('T34', ['under_expertise'], 'voidConclusion', COORDINATOR, 'same', 'expertise.voided', 'expert replaced, recalculated', 'Заключение недействительно, эксперт заменяется', { clause: PANEL_CLAUSE }),
  row('T35', ['arbitration'], 'voidConclusion', COORDINATOR, 'under_expertise', 'expertise.voided', 'expert replaced; the table is run again', 'Заключение недействительно, эксперт заменяется', { clause: PANEL_CLAUSE }),
  row('T36', ['decision_pending'], 'voidConclusion', COORDINATOR, 'under_expertise', 'expertise.voided', 'expert replaced; the table is run again', 'Заключение недействительно, экспертиза возобновлена', { clause: PANEL_CLAUSE }),
  row('T37', ['decision_pending'], 'voidConclusion', COORDINATOR, 'arbitration', 'arbitration.voided', 'arbiter replaced', 'Заключение арбитра недействительно, арбитр заменяется', { clause: PANEL_CLAUSE }),
  // Decision.
  row('T38', ['decision_pending'], 'certify', COORDINATOR, 'certified', 'programme.certified', 'order, registry number, valid until', 'Программа сертифицирована', { guard: 'the panel’s result is «approve»' }),
  row('T39', ['decision_pending'], 'certify', COORDINATOR, 'incorporated', 'programme.incorporated', 'the keeper case of the entry is told', 'Изменение сертифицировано', { guard: 'a related case of an entry' }),
  row('T40', ['decision_pending'], 'refuse', COORDINATOR, 'refused', 'programme.refused', 'reasons; anew not before 3 months', 'В сертификации отказано', { guard: 'the result is not «approve», or the licence is lost' }),
  row('T41', ['decision_pending'], 'orderNewPanel', COORDINATOR, 'panel_forming', 'expertise.breach_found', 'new panel, once, reason recorded', 'Нарушен порядок экспертизы: новая группа', { guard: 'once' }),
  row('T42', BEFORE_DECISION, 'fact:licence_lost', [], 'decision_pending', 'licence.lost', 'tasks cancelled, proposal «refuse»', 'Организация лишена лицензии: предложено отказать'),
  row('T43', BEFORE_DECISION, 'withdraw', PROVIDER, 'withdrawn', 'application.withdrawn', 'tasks and timers cancelled', 'Заявка отозвана'),
  // Familiarisation and appeal.
  row('T44', ['refused', 'delisted'], 'familiarise', PROVIDER, 'same', 'decision.familiarised', 'the term of appeal begins', 'Заявитель ознакомлен с решением', { clause: D39 }),
  row('T45', ['refused', 'delisted'], 'recordService', OPERATOR, 'same', 'decision.served', 'delivery or refusal to sign, by act', 'Вручение решения записано по акту', { clause: D39 }),
  row('T46', ['refused', 'delisted'], 'deadline:familiarisation', [], 'same', 'decision.not_served', 'coordinator asked, again and again', 'Ознакомления нет: координатор извещён', { clause: D39 }),
  row('T47', ['refused', 'delisted'], 'appeal', PROVIDER, 'appeal', 'appeal.filed', 'one per decision; other people decide', 'Подана апелляция', { guard: 'within the term, once' }),
  row('T48', ['appeal'], 'decideAppeal', ['appeals_member'], 'former', 'appeal.upheld', 'final', 'Апелляция: решение оставлено'),
  row('T49', ['appeal'], 'decideAppeal', ['appeals_member'], 'panel_forming', 'appeal.returned', 'new panel, nobody of the first', 'Апелляция: новая экспертиза'),
  row('T50', ['appeal'], 'decideAppeal', ['appeals_member'], 'certified', 'appeal.changed', 'only where no expertise is needed', 'Апелляция: решение изменено', { guard: 'delisting or formal refusal' }),
  row('T51', ['refused', 'delisted'], 'deadline:appeal', [], 'same', 'decision.final', 'the term of appeal is over', 'Срок апелляции истёк', { clause: D39 }),
  row('T52', ['refused'], 'deadline:reapply', [], 'same', 'application.allowed_anew', 'the programme may be submitted again', 'Программу можно подать снова'),
  // Changes of a certified programme.
  row('T53', ['certified', 'expiring'], 'requestMinorChange', PROVIDER, 'same', 'change.minor_requested', 'operator confirms', 'Запрошено незначительное изменение', { guard: 'not substantial' }),
  row('T54', ['certified', 'expiring'], 'confirmMinorChange', OPERATOR, 'same', 'change.minor_confirmed', 'version n+1; number and term stay', 'Незначительное изменение внесено'),
  row('T55', ['certified', 'expiring'], 'rejectMinorChange', OPERATOR, 'same', 'change.minor_rejected', 'with reasons', 'Незначительное изменение отклонено'),
  row('T56', ['certified', 'expiring'], 'requestSubstantialChange', PROVIDER, 'same', 'change.substantial_requested', 'child case; the old version stays valid', 'Открыто дело о существенном изменении'),
  row('T57', ['certified', 'expiring', 'prolonged', 'suspended'], 'fact:child_closed', [], 'same', 'change.incorporated', 'version n+1, same number and term', 'Новая версия внесена в реестр', { guard: 'change granted' }),
  row('T58', ['certified', 'expiring', 'prolonged', 'suspended'], 'fact:child_closed', [], 'same', 'child.ended', 'the entry is unchanged', 'Связанное дело закрыто без изменения записи', { guard: 'not granted' }),
  row('T59', ['certified', 'expiring', 'prolonged', 'suspended'], 'work:open_child', [], 'same', 'child.opened', 'related case opened', 'Связанное дело открыто'),
  // Validity.
  row('T60', ['certified'], 'deadline:expiring', [], 'expiring', 'entry.expiring', 'reminder −180 cd', 'Срок действия истекает: первое напоминание'),
  row('T61', ['expiring'], 'deadline:expiry-remind', [], 'same', 'entry.expiry_reminded', 'reminders −90, −30 cd', 'Напоминание об окончании срока'),
  row('T62', ['expiring', 'prolonged'], 'recertify', PROVIDER, 'same', 'recertification.requested', 'child case with shortened expertise if monitoring is good', 'Открыто дело о новом сроке'),
  row('T63', ['expiring', 'prolonged'], 'fact:child_closed', [], 'certified', 'entry.renewed', 'new term from the old valid_until, same number', 'Запись действует новый срок', { guard: 'recertification granted' }),
  row('T64', ['expiring'], 'deadline:valid-until', [], 'prolonged', 'entry.prolonged', '≤60 cd by policy', 'Действие продлено на время рассмотрения', { guard: 'child case open' }),
  row('T65', ['prolonged'], 'deadline:prolonged', [], 'expired', 'entry.expired', 'no new groups', 'Продление закончилось: срок истёк'),
  row('T66', ['prolonged'], 'fact:child_closed', [], 'expired', 'entry.expired', 'no new groups', 'Новый срок не получен: срок истёк', { guard: 'recertification not granted' }),
  row('T67', ['expiring', 'suspended'], 'deadline:valid-until', [], 'expired', 'entry.expired', 'no new groups; running groups finish and count', 'Срок действия истёк', { guard: 'no child case open' }),
  row('T68', ['certified', 'expiring'], 'suspend', COORDINATOR, 'suspended', 'entry.suspended', 'no new enrolment, 20 wd to cure', 'Действие приостановлено'),
  row('T69', ['certified', 'expiring'], 'fact:outside', [], 'suspended', 'entry.suspended', 'complaint upheld, licence lost or poor monitoring', 'Действие приостановлено по внешнему факту'),
  row('T70', ['suspended'], 'confirmCure', COORDINATOR, 'former', 'entry.restored', 'order', 'Действие возобновлено'),
  row('T71', ['suspended'], 'deadline:cure', [], 'delisted', 'entry.delisted', 'not cured', 'Причины не устранены: исключена из реестра'),
  row('T72', HELD, 'delistByRequest', PROVIDER, 'delisted', 'entry.delisted', 'reason «by request»; running groups finish', 'Исключена по просьбе организации'),
  row('T73', HELD, 'openAnnulment', COORDINATOR, 'same', 'annulment.opened', 'notice to the holder, 10 wd to answer', 'Начато аннулирование', { clause: D39 }),
  row('T74', HELD, 'answerAnnulment', PROVIDER, 'same', 'annulment.answered', 'decision follows', 'Держатель ответил', { clause: D39 }),
  row('T75', HELD, 'deadline:annulment-answer', [], 'same', 'annulment.unanswered', 'decision follows', 'Ответа держателя нет', { clause: D39 }),
  row('T76', HELD, 'decideAnnulment', COORDINATOR, 'annulled', 'entry.annulled', 'entry kept with status', 'Запись аннулирована', { clause: D39 }),
  row('T77', HELD, 'decideAnnulment', COORDINATOR, 'same', 'annulment.dismissed', 'entry stays', 'Аннулирование отклонено', { clause: D39 }),
  row('T78', 'any_open', 'fact:monitoring', [], 'same', 'monitoring.recorded', 'decides the length of a recertification', 'Итоги мониторинга записаны'),
  // Edges named by the specification.
  row('T80', 'any_open', 'fact:provider_reorganised', [], 'same', 'provider.succeeded', 'successor takes the case and the entry', 'Дело перешло к правопреемнику'),
  row('T81', BEFORE_DECISION, 'fact:court_act', [], 'same', 'court.stayed', 'clock and tasks stand', 'Дело приостановлено судом'),
  row('T82', BEFORE_DECISION, 'fact:court_act', [], 'same', 'court.resumed', 'terms run on', 'Дело возобновлено'),
  row('T83', BEFORE_DECISION, 'deadline:court-stay', [], 'same', 'court.stay_reviewed', 'coordinator asks the court', 'Приостановление длится: координатор извещён'),
  row('T84', BEFORE_DECISION, 'repin', COORDINATOR, 'same', 'policy.repinned', 'conclusions under the cancelled set are voided and asked again', 'Дело переведено на действующий набор критериев', { guard: 'the court cancelled the set' }),
  row('T85', 'any_open', 'moveDeadline', ['admin'], 'same', 'deadline.moved', 'who, when, old, new, reason', 'Срок перенесён администратором', { clause: 'Общие правила, сроки (3.2)' }),
  row('T86', ['incorporated', 'refused', 'withdrawn', 'lapsed'], 'work:report_to_parent', [], 'same', 'parent.told', 'the keeper of the entry knows', 'Дело записи извещено'),
];

/** Every row an audit event of this process may carry. */
export const ALL_ROWS: TransitionRow[] = [...ROWS, ...TASK_ROWS];

const BY_ID = new Map(ALL_ROWS.map((r) => [r.id, r]));

/** The row with this id; throws when there is none, so that a mistyped id never reaches the audit. */
export function getRow(id: string): TransitionRow {
  const found = BY_ID.get(id);
  if (!found) throw new Error(`Unknown table row ${id}`);
  return found;
}

/** Does the row start from the stage? */
export function startsFrom(r: TransitionRow, stageCode: string): boolean {
  return r.from === 'any_open' ? STAGES[stageCode]?.final === false : r.from !== 'none' && r.from.includes(stageCode);
}
