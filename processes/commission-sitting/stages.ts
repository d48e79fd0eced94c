/**
 * The sitting of a commission, row by row (specification 3.5). A case of its own: cases of other processes put their items on its
 * agenda by facts and get the results by facts. Used by the attestation of heads (P02), and by every process that decides by a commission.
 */
import { TASK_ROWS } from '../kit/task.ts';
import type { Role, StageInfo, TransitionRow } from '../kit/types.ts';

const stage = (
  code: string,
  labelRu: string,
  publicLabelRu: string,
  waitingFor: StageInfo['waitingFor'],
  final = false,
): [string, StageInfo] => [code, { code, labelRu, publicLabelRu, waitingFor, final }];

export const STAGES: Record<string, StageInfo> = Object.fromEntries([
  stage('scheduled', 'Назначено, повестка открыта', 'Заседание назначено', 'operator'),
  stage('agenda_frozen', 'Повестка закрыта', 'Заседание назначено', 'commission'),
  stage('in_session', 'Идёт заседание', 'Идёт заседание', 'commission'),
  stage('minutes', 'Оформляется протокол', 'Оформляется протокол', 'operator'),
  stage('closed', 'Протокол подписан', 'Заседание состоялось', 'nobody', true),
  stage('not_held', 'Не состоялось', 'Заседание не состоялось', 'nobody', true),
  stage('cancelled', 'Отменено', 'Заседание отменено', 'nobody', true),
]);

export const SECRETARY: Role[] = ['secretary'];
/** Members are known by the order in the case, whatever else they are. */
export const MEMBERS: Role[] = ['commission_member', 'chair', 'public_rep'];

const C35 = 'Общие правила, заседание комиссии (3.5)';

function row(
  id: string,
  from: TransitionRow['from'],
  on: string,
  roles: Role[],
  to: string,
  event: string,
  effect: string,
  effectRu: string,
  guard?: string,
): TransitionRow {
  return { id: `SIT-${id}`, from, on, roles, to, event, effect, effectRu, clause: C35, ...(guard ? { guard } : {}) };
}

const BEFORE = ['scheduled', 'agenda_frozen'];
const LIVE = ['scheduled', 'agenda_frozen', 'in_session'];
const ENDED = ['closed', 'not_held', 'cancelled'];

export const ROWS: TransitionRow[] = [
  row(
    'T01',
    'none',
    'scheduleSitting',
    SECRETARY,
    'scheduled',
    'sitting.scheduled',
    'number issued, members by the order',
    'Заседание назначено',
    'composition by the order; the agenda can still be frozen in time',
  ),
  row(
    'T02',
    ['scheduled'],
    'fact:item_submitted',
    [],
    'same',
    'item.listed',
    'the case is told',
    'Вопрос внесён в повестку',
  ),
  row(
    'T03',
    LIVE,
    'fact:item_submitted',
    [],
    'same',
    'item.refused',
    'the case is told why',
    'Вопрос не внесён в повестку',
    'agenda frozen, another date, or listed already',
  ),
  row('T04', LIVE, 'fact:item_withdrawn', [], 'same', 'item.withdrawn', 'nobody votes on it', 'Вопрос снят с повестки'),
  row(
    'T05',
    ['scheduled'],
    'deadline:freeze',
    [],
    'agenda_frozen',
    'agenda.frozen',
    'members get the agenda and materials',
    'Повестка закрыта и разослана',
  ),
  row(
    'T06',
    BEFORE,
    'changeMembers',
    ['founder_rep'],
    'same',
    'members.changed',
    'another order, another denominator',
    'Состав комиссии изменён приказом',
  ),
  row(
    'T07',
    ['agenda_frozen'],
    'openSession',
    SECRETARY,
    'in_session',
    'session.opened',
    'attendance recorded',
    'Заседание открыто',
    'present ≥ 2/3 of all members by the order',
  ),
  row(
    'T08',
    ['agenda_frozen'],
    'openSession',
    SECRETARY,
    'not_held',
    'session.no_quorum',
    'every item moves to the next sitting',
    'Кворума нет, заседание не состоялось',
  ),
  row(
    'T09',
    ['in_session'],
    'recuse',
    MEMBERS,
    'same',
    'member.recused',
    'neither present nor voting on the item',
    'Самоотвод по вопросу',
  ),
  row(
    'T10',
    ['in_session'],
    'recordRecusal',
    SECRETARY,
    'same',
    'member.recused',
    'a conflict, with its ground',
    'Отвод по вопросу',
  ),
  row(
    'T11',
    ['in_session'],
    'rule',
    [],
    'same',
    'member.recused',
    'the person himself, a colleague, a named conflict',
    'Отвод по вопросу: сам рассматриваемый, его организация или заявленный конфликт',
  ),
  row(
    'T12',
    ['in_session'],
    'recordAbsence',
    SECRETARY,
    'same',
    'item.absence',
    'decided in his absence, recorded',
    'Неявка без уважительной причины: вопрос решается в отсутствие',
  ),
  row(
    'T13',
    ['in_session'],
    'recordAbsence',
    SECRETARY,
    'same',
    'item.moved',
    'new date with a new notice',
    'Уважительная причина: вопрос переносится',
  ),
  row(
    'T14',
    ['in_session'],
    'recordAbsence',
    SECRETARY,
    'same',
    'item.returned',
    'the case decides what follows',
    'Неявка без причины: вопрос возвращён в дело',
  ),
  row(
    'T15',
    ['in_session'],
    'putToVote',
    SECRETARY,
    'same',
    'vote.opened',
    'open vote in the absence of the attestee',
    'Вопрос поставлен на голосование',
    'quorum of the item',
  ),
  row(
    'T16',
    ['in_session'],
    'putToVote',
    SECRETARY,
    'same',
    'item.moved',
    'no quorum, or recusal broke it',
    'Кворума по вопросу нет: перенесён',
  ),
  row(
    'T17',
    ['in_session'],
    'castVote',
    MEMBERS,
    'same',
    'vote.cast',
    'once, open',
    'Голос подан',
    'present, not recused, not on himself',
  ),
  row(
    'T18',
    ['in_session'],
    'recordVote',
    SECRETARY,
    'same',
    'vote.cast',
    'a voice given in the room',
    'Голос записан секретарём',
    'present, not recused, not on himself',
  ),
  row(
    'T19',
    ['in_session'],
    'closeVote',
    SECRETARY,
    'same',
    'item.decided',
    'majority of those present and not recused; abstention counts among them; tie by the policy',
    'Решение принято',
  ),
  row(
    'T20',
    ['in_session', 'minutes'],
    'dissent',
    MEMBERS,
    'same',
    'dissent.attached',
    'attached to the minutes',
    'Особое мнение приложено',
  ),
  row(
    'T21',
    ['in_session'],
    'closeSession',
    SECRETARY,
    'minutes',
    'session.closed',
    'minutes are drawn up',
    'Заседание закрыто',
  ),
  row(
    'T22',
    ['in_session'],
    'rule',
    [],
    'same',
    'item.moved',
    'not reached: next sitting',
    'Вопрос не рассмотрен: перенесён',
  ),
  row(
    'T23',
    ['minutes'],
    'signMinutes',
    SECRETARY,
    'closed',
    'minutes.signed',
    'number, date, present, votes, signatures; extracts may be issued',
    'Протокол подписан',
    'chair and secretary of the sitting sign',
  ),
  row(
    'T24',
    BEFORE,
    'cancelSitting',
    [...SECRETARY, 'founder_rep'],
    'cancelled',
    'sitting.cancelled',
    'every item moves',
    'Заседание отменено',
  ),
  row(
    'T25',
    BEFORE,
    'deadline:day-passed',
    [],
    'not_held',
    'sitting.not_held',
    'every item moves',
    'День заседания прошёл, заседание не состоялось',
  ),
  row('T26', BEFORE, 'rule', [], 'same', 'item.moved', 'told to its case', 'Вопрос перенесён на следующее заседание'),
  row(
    'T27',
    [...LIVE, 'minutes', ...ENDED],
    'work:tell_case',
    [],
    'same',
    'case.told',
    'the case knows',
    'Дело извещено',
  ),
  row(
    'T28',
    ['scheduled'],
    'orderAgenda',
    SECRETARY,
    'same',
    'agenda.ordered',
    'items are heard in this order',
    'Порядок вопросов изменён',
    'every item that is on the agenda, each once',
  ),
  row(
    'T29',
    ['in_session', 'minutes'],
    'noteDiscussion',
    SECRETARY,
    'same',
    'discussion.noted',
    'questions and answers enter the minutes',
    'Ход обсуждения записан',
  ),
];

export const ALL_ROWS: TransitionRow[] = [...ROWS, ...TASK_ROWS];

const BY_ID = new Map(ALL_ROWS.map((r) => [r.id, r]));

/** The row with this id; throws when there is none, so that a mistyped id never reaches the audit. */
export function getRow(id: string): TransitionRow {
  const found = BY_ID.get(id);
  if (!found) throw new Error(`Unknown table row ${id}`);
  return found;
}
