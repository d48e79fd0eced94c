/**
 * Reactions of the processes to employment events (specification, section 9, second table), as data.
 *
 * An HR system tells facts; what a fact means for a running case is read here and nowhere else. The processes take their own column.
 */
import type { IsoDate } from '../kit/dates.ts';

/** Kinds of employment events (specification 3.7). */
export const EMPLOYMENT_EVENTS = [
  'hired',
  'transferred',
  'dismissed',
  'post_changed',
  'leave_started',
  'leave_ended',
  'surname_changed',
  'retired',
  'died',
] as const;
export type EmploymentEventKind = (typeof EMPLOYMENT_EVENTS)[number];

export const LEAVE_KINDS = ['maternity', 'child_care', 'sick', 'military', 'sabbatical', 'study'] as const;
export type LeaveKind = (typeof LEAVE_KINDS)[number];

/** A school with the bodies above it, as an HR system names it. */
export interface Place {
  organisationId: string;
  /** Municipal authority of the school. */
  authorityId: string;
  cnppmId?: string;
  region: string;
  /** Body whose policy governs cases there, when it is on this platform. */
  jurisdiction?: string;
  municipality?: string;
  rural?: boolean;
}

export interface EmploymentEvent {
  personId: string;
  event: EmploymentEventKind;
  on: IsoDate;
  /** Employment it is about is the main one; events of a second job touch no cycle. */
  main: boolean;
  leave?: LeaveKind;
  /** Planned end of a leave. */
  until?: IsoDate;
  /** New post, or the post of a newcomer. */
  post?: string;
  to?: Place;
  act?: string;
  /** Of a newcomer: months of pedagogical tenure before, and the birthday. */
  tenureMonths?: number;
  bornOn?: IsoDate;
  surname?: string;
  /** Somebody the platform did not know before; never told to a case. */
  newcomer?: { familyName: string; givenName: string; patronymic: string | null; email: string };
}

/** A fact for one case: the kind its process knows and the fields its rules need. */
export interface EmploymentFact {
  kind: string;
  payload: Record<string, unknown>;
}

/** Rows of the matrix. The last one looks at the person as the assignee of somebody else's case. */
export const SITUATIONS = [
  'hired',
  'transferred_in_region',
  'moved_region',
  'left_profession',
  'long_leave',
  'leave_ended',
  'promoted',
  'died',
  'surname_changed',
  'assignee_leaves',
] as const;
export type Situation = (typeof SITUATIONS)[number];

export const MATRIX_PROCESSES = ['P02', 'P03', 'P04', 'P06', 'P07', 'P10', 'P11', 'P13'] as const;
export type MatrixProcess = (typeof MATRIX_PROCESSES)[number];

export interface Reaction {
  code: string;
  /** What happens, for the dry run and the documentation. */
  ru: string;
}

const r = (code: string, ru: string): Reaction => ({ code, ru });
const none = r('none', 'ничего не меняется');

/** Section 9, row by row; «hired», «leave_ended», «died» and «surname_changed» follow from the tables of the processes. */
// biome-ignore format: a matrix is read by its lines
export const REACTIONS: Record<Situation, Record<MatrixProcess, Reaction>> = {
  hired: { P02: none, P03: none, P04: r('enter', 'открывается или возобновляется цикл'), P06: none, P07: none, P10: none, P11: none, P13: none },
  transferred_in_region: { P02: r('founder_policy', 'решает политика учредителя'), P03: none, P04: r('transfer', 'перевод: школа принимает за 10 рабочих дней'), P06: r('keep', 'маршрут сохраняется, новая школа согласует'), P07: r('finish', 'обучение завершается'), P10: r('keep', 'сохраняется, нужно новое согласие'), P11: r('keep', 'остаётся в резерве'), P13: r('confirm', 'работодатель подтверждает') },
  moved_region: { P02: r('cancel', 'прекращается'), P03: none, P04: r('transferred_out', 'пакет для другого региона'), P06: r('export', 'маршрут передаётся'), P07: r('finish', 'обучение завершается'), P10: r('release', 'освобождается'), P11: r('exclude', 'исключается'), P13: r('recognition', 'дело о признании') },
  left_profession: { P02: r('cancel', 'прекращается'), P03: r('finish', 'завершается'), P04: r('left', 'выбыл, опрос о причине'), P06: r('close', 'маршрут закрывается'), P07: r('finish_or_expel', 'завершает или отчисляется'), P10: r('release', 'освобождается'), P11: r('exclude', 'исключается'), P13: r('end', 'прекращается') },
  long_leave: { P02: r('postpone', 'переносится'), P03: r('may_go_on', 'человек может продолжить'), P04: r('pause', 'пауза: сроки стоят, остаток сохраняется'), P06: r('pause_or_go_on', 'пауза или продолжение по желанию'), P07: r('defer', 'откладывается'), P10: r('suspend', 'приостанавливается'), P11: r('keep', 'остаётся, предложений нет'), P13: r('keep', 'сохраняется') },
  leave_ended: { P02: r('reschedule', 'назначается новая дата'), P03: none, P04: r('resume', 'возобновление с остатком года'), P06: r('resume', 'маршрут продолжается'), P07: r('resume', 'обучение продолжается'), P10: r('resume', 'возвращается к работе'), P11: none, P13: none },
  promoted: { P02: r('new_post', 'правила новой должности'), P03: none, P04: r('closed_post_changed', 'закрывается: сменилась должность'), P06: r('replan', 'маршрут пересматривается'), P07: r('finish', 'обучение завершается'), P10: r('release_by_policy', 'освобождается по политике'), P11: r('left_appointed', 'назначен из резерва'), P13: r('end', 'прекращается') },
  died: { P02: r('cancel', 'прекращается'), P03: r('cancel', 'прекращается'), P04: r('cancelled', 'прекращается'), P06: r('close', 'маршрут закрывается'), P07: r('expel', 'отчисляется'), P10: r('release', 'освобождается'), P11: r('exclude', 'исключается'), P13: r('end', 'прекращается') },
  surname_changed: { P02: none, P03: none, P04: none, P06: none, P07: none, P10: none, P11: none, P13: none },
  assignee_leaves: { P02: r('replace', 'заменяется'), P03: r('replace', 'заменяется'), P04: r('interim', 'куратор временно, новый наставник за 10 рабочих дней'), P06: r('new_tutor', 'новый тьютор'), P07: r('new_tutor', 'новый тьютор'), P10: none, P11: none, P13: r('replace', 'заменяется') },
};

/** What a case knows of the person the event is about. */
export interface Standing {
  /** Region of the case. */
  region: string;
  /** The person is its subject, or somebody who works in it. */
  as: 'subject' | 'assignee';
  /** Posts the process is meant for; another post ends it. */
  posts: readonly string[];
  /** School of the case, so that a move inside it is none. */
  organisationId: string;
}

/** The row of the matrix an event belongs to in this case, or `null` when it means nothing to it. */
export function situationOf(event: EmploymentEvent, standing: Standing): Situation | null {
  if (!event.main) return null;
  if (event.event === 'died' && standing.as === 'subject') return 'died';
  if (standing.as === 'assignee')
    return ['dismissed', 'retired', 'died', 'leave_started', 'transferred'].includes(event.event)
      ? 'assignee_leaves'
      : null;
  switch (event.event) {
    case 'hired':
      return 'hired';
    case 'transferred':
      if (!event.to || event.to.organisationId === standing.organisationId) return null;
      return event.to.region === standing.region ? 'transferred_in_region' : 'moved_region';
    case 'dismissed':
    case 'retired':
      return 'left_profession';
    case 'post_changed':
      return event.post !== undefined && !standing.posts.includes(event.post) ? 'promoted' : null;
    case 'leave_started':
      return 'long_leave';
    case 'leave_ended':
      return 'leave_ended';
    case 'surname_changed':
      return 'surname_changed';
    default:
      return null;
  }
}

/** What a process does about an event. */
export function reactionOf(process: MatrixProcess, situation: Situation): Reaction {
  return REACTIONS[situation][process];
}

/** Leaves that take an assignee away from his tasks (3.3 «long leave»). */
const LONG_LEAVES: readonly string[] = ['maternity', 'child_care', 'sick', 'military', 'sabbatical'];

/** What a case is told of somebody who works in it: that he is gone. Events of a second job and short leaves are none of its business. */
export function assigneeFact({ personId, event, on, main, leave }: EmploymentEvent): EmploymentFact | null {
  if (!main || !['dismissed', 'retired', 'died', 'leave_started', 'transferred'].includes(event)) return null;
  if (event === 'leave_started' && !LONG_LEAVES.includes(leave ?? '')) return null;
  return { kind: 'employment', payload: { personId, event, on } };
}
