/**
 * The session of an exam, row by row (specification P03: sessions, seats, cancellation, examiners). A case of its own: assessments take
 * its seats by claims, tell it by facts who comes, and hear from it whether the exam takes place and who examines.
 */
import { rowsOf, stage, tableOf } from '../kit/table.ts';
import { TASK_ROWS } from '../kit/task.ts';
import type { Role, StageInfo, TransitionRow } from '../kit/types.ts';

export const STAGES: Record<string, StageInfo> = Object.fromEntries([
  stage('booking', 'Идёт запись', 'Идёт запись', 'operator'),
  stage('roster_closed', 'Список закрыт, экзамен готовится', 'Запись закрыта', 'operator'),
  stage('in_session', 'Идёт экзамен', 'Идёт экзамен', 'operator'),
  stage('protocol', 'Оформляется протокол сеанса', 'Экзамен состоялся', 'operator'),
  stage('closed', 'Протокол подписан', 'Экзамен состоялся', 'nobody', true),
  stage('not_held', 'Не состоялся', 'Экзамен не состоялся', 'nobody', true),
  stage('cancelled', 'Отменён', 'Экзамен отменён', 'nobody', true),
]);

export const CENTRE: Role[] = ['centre_operator'];

const P03 = 'P03, независимая оценка квалификации: сеансы и места';
const BEFORE = ['booking', 'roster_closed'];
const LIVE = [...BEFORE, 'in_session'];
const OPEN = [...LIVE, 'protocol'];
const ENDED = ['closed', 'not_held', 'cancelled'];

const row = rowsOf('EXS', P03);

export const ROWS: TransitionRow[] = [
  row(
    'T01',
    'none',
    'scheduleSession',
    CENTRE,
    'booking',
    'session.scheduled',
    'number issued, seats are given out',
    'Экзамен назначен, открыта запись',
    'three examiners; the list can still be closed in time',
  ),
  row(
    'T02',
    ['booking'],
    'work:list_waiting',
    [],
    'same',
    'queue.told',
    'the first of the queue are told, as many as there are seats',
    'Очередь извещена о свободных местах',
  ),
  row('T03', BEFORE, 'fact:seat_booked', [], 'same', 'candidate.listed', 'the case is told', 'Соискатель записан'),
  row(
    'T04',
    OPEN,
    'fact:seat_booked',
    [],
    'same',
    'candidate.refused',
    'the case is told why',
    'Запись не принята',
    'another qualification, or the exam has begun',
  ),
  row(
    'T05',
    OPEN,
    'fact:seat_released',
    [],
    'same',
    'candidate.left',
    'the seat is offered to the queue',
    'Соискатель освободил место',
  ),
  row(
    'T06',
    ['booking'],
    'deadline:roster',
    [],
    'roster_closed',
    'roster.closed',
    'no more seats; cases learn the examiners',
    'Список экзаменуемых закрыт',
  ),
  row(
    'T07',
    BEFORE,
    'changeExaminers',
    CENTRE,
    'same',
    'examiners.changed',
    'cases learn the examiners again',
    'Состав экзаменаторов изменён',
    'three examiners',
  ),
  row(
    'T08',
    ['roster_closed'],
    'openSession',
    CENTRE,
    'in_session',
    'session.opened',
    'cases learn who came',
    'Экзамен открыт',
    'examiners present ≥ 3',
  ),
  row(
    'T09',
    ['roster_closed'],
    'openSession',
    CENTRE,
    'not_held',
    'session.not_held',
    'every applicant chooses anew',
    'Экзаменаторов не хватает, экзамен не состоялся',
  ),
  row(
    'T10',
    BEFORE,
    'cancelSession',
    CENTRE,
    'cancelled',
    'session.cancelled',
    'every applicant chooses anew, with priority',
    'Экзамен отменён',
  ),
  row(
    'T11',
    BEFORE,
    'fact:centre_closed',
    [],
    'cancelled',
    'session.cancelled',
    'another centre is offered',
    'Центр закрыт: экзамен отменён',
  ),
  row(
    'T12',
    ['roster_closed'],
    'deadline:day-passed',
    [],
    'not_held',
    'session.not_held',
    'every applicant chooses anew',
    'День экзамена прошёл, экзамен не открыт',
  ),
  row(
    'T13',
    ['in_session', 'protocol'],
    'fact:candidate_started',
    [],
    'same',
    'candidate.started',
    'identity checked',
    'Соискатель начал экзамен',
  ),
  row(
    'T14',
    ['in_session', 'protocol'],
    'fact:candidate_waits',
    [],
    'same',
    'candidate.waits',
    'technical failure, goes on later',
    'Экзамен соискателя прерван',
  ),
  row(
    'T15',
    ['in_session', 'protocol'],
    'fact:candidate_finished',
    [],
    'same',
    'candidate.finished',
    'marks are in',
    'Соискатель окончил экзамен',
  ),
  row(
    'T16',
    [...LIVE, 'protocol'],
    'fact:candidate_absent',
    [],
    'same',
    'candidate.absent',
    'recorded in the protocol',
    'Соискатель не явился',
  ),
  row(
    'T17',
    ['in_session'],
    'closeSession',
    CENTRE,
    'protocol',
    'session.closed',
    'who was not reached chooses anew',
    'Экзамен окончен',
  ),
  row(
    'T18',
    ['protocol'],
    'signProtocol',
    CENTRE,
    'closed',
    'protocol.signed',
    'number, date, present, results',
    'Протокол сеанса подписан',
  ),
  row('T19', LIVE, 'rule', [], 'same', 'candidate.moved', 'told to its case', 'Соискатель выбирает другую дату'),
  row('T20', BEFORE, 'fact:employment', [], 'same', 'examiner.left', 'the operator names another', 'Экзаменатор выбыл'),
  row('T21', [...OPEN, ...ENDED], 'work:tell_case', [], 'same', 'case.told', 'the case knows', 'Дело извещено'),
];

export const ALL_ROWS: TransitionRow[] = [...ROWS, ...TASK_ROWS];

export const { getRow } = tableOf(STAGES, ALL_ROWS);
