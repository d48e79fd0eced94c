/**
 * The human task of every process (specification 3.3): its table, its state, what people and timers may do to it.
 *
 * A task is a sub-state of its case. A **personal** task (expert, arbiter) is never substituted, only reassigned; a task of an **office**
 * belongs to a role in a scope: whoever of its holders takes it does it, and a deputy acts «за» the holder.
 */
import { addWorkingDays, type ProductionCalendar } from './calendar.ts';
import type { IsoDate } from './dates.ts';
import {
  deriveDue,
  reminderOn,
  type Due,
  type Extension,
  type FixedByHand,
  type Pause,
  type Term,
} from './deadlines.ts';
import { rowsOf } from './table.ts';
import type { ArmedDeadline, Role, Scope, TaskRow, TaskState, TransitionRow, WaitingFor } from './types.ts';
import { endOfDay, instantAt } from './zones.ts';

export interface TaskPolicy {
  /** Time to accept or decline an invitation. */
  answer: Term;
  /** Working days after the reminder until the invitation passes to the next person. */
  answerGrace: number;
  /** Working days before the due day, each a reminder. */
  reminders: number[];
  /** Working days after the due day until the next level is told. */
  escalateAfter: number;
  /** Working days after the escalation until the task passes to another person. */
  reassignAfter: number;
  /** Working days between repeated calls to the coordinator while nobody is eligible, or an office is silent. */
  nobodyEligibleEvery: number;
  /** Time to mend a formal defect. */
  defectReturn: Term;
  /** Largest extension in working days. */
  maxExtension: number;
}

export interface Task {
  id: string;
  kind: string;
  nature: 'personal' | 'office';
  role: Role;
  scope: Scope;
  state: TaskState;
  /** Tasks whose results are taken together: `panel:1/round:1`. */
  group?: string;
  /** Stable position inside its group: «Эксперт 2» keeps the number when replaced. */
  ordinal: number;
  assigneeId?: string;
  createdOn: IsoDate;
  assignedOn?: IsoDate;
  acceptedOn?: IsoDate;
  finishedOn?: IsoDate;
  late?: boolean;
  /** The term and the day it starts after; absent while the term has not begun (a panel still being formed). */
  term?: Term;
  termFrom?: IsoDate;
  termEvent?: string;
  extension?: Extension;
  /** Set by an administrator instead of the derived date. */
  fixedByHand?: FixedByHand;
  pauses: Pause[];
  /** State to return to after a pause. */
  heldState?: TaskState;
  answerReminded?: boolean;
  reminded: number[];
  /** The day the due date was last changed; reminders up to it are skipped. */
  remindFrom?: IsoDate;
  escalations: number;
  defectReturned?: boolean;
  replaces?: string;
  /** Why it ended otherwise than done: `declined`, `conflict`, `silent`, `overdue`, `left`, `order`, `objection`, `voided`, `withdrawn`. */
  cause?: string;
  /** Result fields of a done task that rules need. */
  result?: Record<string, unknown>;
}

export const OPEN_STATES: readonly TaskState[] = [
  'created',
  'assigned',
  'in_progress',
  'overdue',
  'escalated',
  'on_hold',
];
const WORKING: readonly TaskState[] = ['in_progress', 'overdue', 'escalated'];

/** Is somebody still expected to act on it? */
export function isOpen(task: Task): boolean {
  return OPEN_STATES.includes(task.state);
}

/** The open tasks of a kind. */
export function openTasks(tasks: readonly Task[], kind: string): Task[] {
  return tasks.filter((t) => t.kind === kind && isOpen(t));
}

/** May its holder submit now? A paused task may not. */
export function isWorking(task: Task): boolean {
  return WORKING.includes(task.state) || (task.nature === 'office' && task.state === 'assigned');
}

const CLAUSE = 'Общие правила, задача исполнителя (3.3)';
const row = rowsOf('TASK', CLAUSE);

/** Table 3.3, row by row. Rows with `outside:` are recorded beside the case: a private draft is nobody's business but its author's. */
export const TASK_ROWS: TransitionRow[] = [
  row(
    '01',
    ['created'],
    'rule',
    [],
    'assigned',
    'task.assigned',
    'qualification, load, no conflict; assignee notified',
    'Исполнитель выбран и извещён',
  ),
  row(
    '02',
    ['created'],
    'deadline:nobody',
    [],
    'created',
    'task.nobody_eligible',
    'coordinator told at once, then every 2 wd',
    'Некому поручить: координатор извещён',
  ),
  row(
    '03',
    ['assigned'],
    'acceptTask',
    ['expert', 'arbiter'],
    'in_progress',
    'task.accepted',
    'declares no conflict',
    'Задача принята, конфликта интересов нет',
  ),
  row(
    '04',
    ['assigned'],
    'declineTask',
    ['expert', 'arbiter'],
    'declined',
    'task.declined',
    'next person; reason for the coordinator only',
    'Отказ; приглашается следующий',
  ),
  row(
    '05',
    ['assigned'],
    'declareConflict',
    ['expert', 'arbiter'],
    'declined',
    'task.declined',
    'next person',
    'Конфликт интересов; приглашается следующий',
  ),
  row(
    '06',
    ['assigned'],
    'deadline:answer',
    [],
    'assigned',
    'task.answer_reminded',
    'reminder',
    'Напоминание об ответе на приглашение',
  ),
  row(
    '07',
    ['assigned'],
    'deadline:silent',
    [],
    'reassigned',
    'task.reassigned',
    'next person',
    'Ответа нет; приглашается следующий',
  ),
  row(
    '08',
    [...WORKING],
    'outside:save_draft',
    [],
    'same',
    'task.draft_saved',
    'private, survives restarts',
    'Черновик сохранён',
  ),
  row(
    '09',
    [...WORKING],
    'submit',
    ['expert', 'arbiter'],
    'done',
    'task.submitted',
    'immutable; late is marked',
    'Выполнена',
  ),
  row(
    '10',
    [...WORKING],
    'declareConflict',
    ['expert', 'arbiter'],
    'declined',
    'task.declined',
    'draft discarded, new task',
    'Конфликт интересов; черновик удалён, новая задача',
  ),
  row(
    '11',
    [...WORKING, 'assigned'],
    'decideObjection',
    ['fed_coordinator'],
    'declined',
    'task.declined',
    'objection upheld',
    'Отвод удовлетворён; новая задача',
  ),
  row(
    '12',
    [...WORKING, 'assigned', 'on_hold'],
    'fact:employment',
    [],
    'declined',
    'task.declined',
    'leave, dismissal, death of the assignee',
    'Исполнитель выбыл; новая задача',
  ),
  row(
    '13',
    ['assigned', 'in_progress'],
    'deadline:remind',
    [],
    'same',
    'task.reminded',
    'due −3 wd, −1 wd',
    'Напоминание о сроке',
  ),
  row(
    '14',
    ['assigned', 'in_progress'],
    'deadline:due',
    [],
    'overdue',
    'task.overdue',
    'assignee and coordinator notified',
    'Срок прошёл',
  ),
  row(
    '15',
    ['overdue', 'escalated'],
    'deadline:escalate',
    [],
    'escalated',
    'task.escalated',
    'next level notified',
    'Передано на уровень выше',
  ),
  row(
    '16',
    ['escalated'],
    'deadline:replace',
    [],
    'reassigned',
    'task.reassigned',
    'new task for another person',
    'Исполнитель заменён за просрочку',
  ),
  row(
    '17',
    ['assigned', 'in_progress', 'overdue', 'escalated'],
    'reassignTask',
    ['fed_coordinator', 'admin'],
    'reassigned',
    'task.reassigned',
    'order of the coordinator or the administrator',
    'Исполнитель заменён решением координатора или администратора',
  ),
  row(
    '18',
    [...OPEN_STATES],
    'rule',
    [],
    'on_hold',
    'task.held',
    'timers stop with the case',
    'Приостановлена вместе с делом',
  ),
  row('19', ['on_hold'], 'rule', [], 'former', 'task.resumed', 'timers go on', 'Возобновлена'),
  row('20', [...OPEN_STATES], 'rule', [], 'cancelled', 'task.cancelled', 'assignee notified, timers stop', 'Отменена'),
  row(
    '21',
    ['done'],
    'returnForDefect',
    ['fed_coordinator', 'fed_operator'],
    'in_progress',
    'task.returned_for_defect',
    'formal defect, once, before the stage closes, 2 wd',
    'Возвращено: формальный недостаток',
  ),
  row(
    '22',
    ['done'],
    'voidConclusion',
    ['fed_coordinator'],
    'voided',
    'task.voided',
    'kept in the audit, does not count',
    'Признано недействительным',
  ),
  row(
    '23',
    ['assigned', 'in_progress'],
    'extendTask',
    ['fed_coordinator'],
    'same',
    'task.extended',
    'once, with a reason',
    'Срок продлён',
  ),
  row(
    '24',
    ['reassigned', 'declined', 'cancelled', 'voided'],
    'submit',
    ['expert', 'arbiter'],
    'same',
    'task.late_answer_noted',
    'refused politely, kept as a note',
    'Поздний ответ не принят, сохранён как примечание',
  ),
  row(
    '25',
    ['assigned'],
    'acceptTask',
    ['fed_operator', 'fed_coordinator', 'appeals_member'],
    'in_progress',
    'task.accepted',
    'a holder of the office takes it',
    'Задача взята в работу',
  ),
  row(
    '26',
    ['assigned'],
    'assignTask',
    ['fed_operator', 'fed_coordinator', 'admin'],
    'in_progress',
    'task.handed',
    'given to a holder of the office',
    'Исполнитель назначен',
  ),
  row('27', [], 'rule', [], 'created', 'task.created', 'a seat for a person still to be chosen', 'Задача создана'),
  row(
    '28',
    ['assigned', 'in_progress'],
    'rule',
    [],
    'same',
    'task.term_started',
    'the panel is complete, or the task is given later: the term begins',
    'Пошёл срок',
  ),
  row('29', [], 'rule', [], 'assigned', 'task.created', 'a task of an office; its holders are told', 'Задача создана'),
  row(
    '30',
    [],
    'rule',
    [],
    'on_hold',
    'task.created',
    'the holder of a paused task of an office left: it waits, paused',
    'Задача передана; она приостановлена',
  ),
  row(
    '31',
    ['in_progress', 'overdue', 'escalated'],
    'assignTask',
    ['fed_operator', 'fed_coordinator', 'admin'],
    'same',
    'task.handed',
    'passed to another holder of the office; the term stays',
    'Исполнитель сменён',
  ),
  row(
    '32',
    ['overdue', 'escalated'],
    'extendTask',
    ['fed_coordinator'],
    'in_progress',
    'task.extended',
    'once, with a reason; no longer overdue',
    'Срок продлён',
  ),
];

export interface TaskClock {
  zone: string;
  calendar: ProductionCalendar;
  region?: string;
  reminderTime: string;
  today: IsoDate;
}

/** The due date of a task with its derivation; `undefined` while its term has not begun. */
export function taskDue(task: Task, clock: TaskClock): Due | undefined {
  if (!task.term || !task.termFrom) return undefined;
  return deriveDue({
    term: task.term,
    startedOn: task.termFrom,
    startEvent: task.termEvent ?? 'задача поручена',
    zone: clock.zone,
    ...(clock.region ? { region: clock.region } : {}),
    calendar: clock.calendar,
    pauses: task.pauses,
    ...(task.extension ? { extensions: [task.extension] } : {}),
    ...(task.fixedByHand ? { fixedByHand: task.fixedByHand } : {}),
    asOf: clock.today,
  });
}

const deadlineKey = (task: Task, what: string) => `task:${task.id}:${what}`;

/** Splits a deadline key into the task and what is due, or `null` if it is not a task's. */
export function parseTaskKey(key: string): { taskId: string; what: string; n: number } | null {
  const match = /^task:([0-9a-f-]{36}):([a-z]+)(?::(\d+))?$/.exec(key);
  return match?.[1] && match[2] ? { taskId: match[1], what: match[2], n: Number(match[3] ?? 0) } : null;
}

/** Everything the task has armed: answer, reminders, due, escalation, replacement. A paused task arms nothing. */
export function taskDeadlines(
  task: Task,
  policy: TaskPolicy,
  clock: TaskClock,
  waitingFor: WaitingFor,
): ArmedDeadline[] {
  if (!isOpen(task) || task.state === 'on_hold') return [];
  const out: ArmedDeadline[] = [];
  const arm = (what: string, at: string, due: Due, purpose: string, visible: boolean) =>
    out.push({ key: deadlineKey(task, what), at, due, purpose, waitingFor, visible, taskId: task.id });

  if (task.nature === 'personal' && task.state === 'assigned' && task.assignedOn) {
    const answer = deriveDue({
      term: policy.answer,
      startedOn: task.assignedOn,
      startEvent: 'приглашение отправлено',
      zone: clock.zone,
      calendar: clock.calendar,
      pauses: task.pauses,
      asOf: clock.today,
    });
    if (!task.answerReminded) arm('answer', answer.dueAt, answer, 'task.answer', true);
    else {
      const on = addWorkingDays(clock.calendar, answer.dueOn, policy.answerGrace, clock.region);
      arm(
        'silent',
        endOfDay(on, clock.zone),
        { ...answer, dueOn: on, dueAt: endOfDay(on, clock.zone) },
        'task.silent',
        false,
      );
    }
  }
  const due = taskDue(task, clock);
  if (!due) return out;
  if (task.state === 'assigned' || task.state === 'in_progress') {
    for (const days of policy.reminders) {
      if (task.reminded.includes(days)) continue;
      const on = reminderOn(clock.calendar, due.dueOn, { amount: -days, unit: 'wd' }, clock.region);
      // A reminder whose day is past when the term begins or changes is skipped, not sent late.
      if (on > (task.remindFrom ?? (task.termFrom as string)))
        arm(`remind:${days}`, instantAt(on, clock.reminderTime, clock.zone), due, 'task.remind', false);
    }
  }
  if (task.state === 'in_progress' || (task.state === 'assigned' && task.nature === 'office'))
    arm('due', due.dueAt, due, 'task.due', true);
  const after = (days: number) =>
    instantAt(
      reminderOn(clock.calendar, due.dueOn, { amount: days, unit: 'wd' }, clock.region),
      clock.reminderTime,
      clock.zone,
    );
  if (task.state === 'overdue') arm('escalate:1', after(policy.escalateAfter), due, 'task.escalate', false);
  if (task.state === 'escalated') {
    if (task.nature === 'personal')
      arm('replace', after(policy.escalateAfter + policy.reassignAfter), due, 'task.replace', false);
    else
      arm(
        `escalate:${task.escalations + 1}`,
        after(policy.escalateAfter + task.escalations * policy.nobodyEligibleEvery),
        due,
        'task.escalate',
        false,
      );
  }
  return out;
}

/** Folds one event into the tasks of a case; events of other kinds change nothing. */
export function evolveTasks(
  tasks: Task[],
  event: { type: string; facts: Record<string, unknown>; on: IsoDate },
): Task[] {
  if (!event.type.startsWith('task.')) return tasks;
  const f = event.facts;
  if (event.type === 'task.created') return [...tasks, f.task as Task];
  return tasks.map((task) => (task.id === f.taskId ? evolveTask(task, event.type, f, event.on) : task));
}

function evolveTask(task: Task, type: string, f: Record<string, unknown>, on: IsoDate): Task {
  switch (type) {
    case 'task.assigned':
      return { ...task, state: 'assigned', assigneeId: f.personId as string, assignedOn: on };
    case 'task.accepted':
    case 'task.handed':
      return {
        ...task,
        state: task.state === 'assigned' ? 'in_progress' : task.state,
        assigneeId: f.personId as string,
        acceptedOn: on,
      };
    case 'task.declined':
      return { ...task, state: 'declined', cause: f.cause as string, finishedOn: on };
    case 'task.answer_reminded':
      return { ...task, answerReminded: true };
    case 'task.reassigned':
      return { ...task, state: 'reassigned', cause: f.cause as string, finishedOn: on };
    case 'task.submitted':
      return {
        ...task,
        state: 'done',
        finishedOn: on,
        late: f.late === true,
        result: f.result as Record<string, unknown>,
      };
    case 'task.reminded':
      return { ...task, reminded: [...task.reminded, f.days as number] };
    case 'task.overdue':
      return { ...task, state: 'overdue' };
    case 'task.escalated':
      return { ...task, state: 'escalated', escalations: task.escalations + 1 };
    case 'task.held':
      return {
        ...task,
        state: 'on_hold',
        heldState: task.state,
        pauses: [...task.pauses, { fromOn: on, reason: f.reason as string, waitingFor: f.waitingFor as string }],
      };
    case 'task.resumed':
      return {
        ...task,
        state: task.heldState ?? 'in_progress',
        pauses: task.pauses.map((p) => (p.toOn ? p : { ...p, toOn: on })),
      };
    case 'task.cancelled':
      return { ...task, state: 'cancelled', cause: f.cause as string, finishedOn: on };
    case 'task.returned_for_defect':
      return {
        ...task,
        state: 'in_progress',
        defectReturned: true,
        term: f.term as Term,
        termFrom: on,
        termEvent: type,
        // The days of the return count, not a date moved for the first answer.
        fixedByHand: undefined,
        remindFrom: on,
        reminded: [],
        result: undefined,
      } as Task;
    case 'task.voided':
      return { ...task, state: 'voided', cause: f.cause as string };
    case 'task.extended':
      return {
        ...task,
        extension: f.extension as Extension,
        state: task.state === 'overdue' || task.state === 'escalated' ? 'in_progress' : task.state,
        reminded: [],
        remindFrom: on,
        escalations: 0,
      };
    case 'task.term_started':
      return { ...task, termFrom: on, remindFrom: on, termEvent: f.event as string };
    default:
      return task;
  }
}

/** The task as the inbox row. `ofCase` is the date of the case a task hangs on that has no term of its own. */
export function taskRow(task: Task, titleRu: string, clock: TaskClock, ofCase?: Due): TaskRow {
  const due = taskDue(task, clock) ?? (isOpen(task) ? ofCase : undefined);
  return {
    id: task.id,
    kind: task.kind,
    titleRu,
    state: task.state,
    nature: task.nature,
    role: task.role,
    scope: task.scope,
    ...(task.assigneeId ? { assigneeId: task.assigneeId } : {}),
    ...(due ? { dueOn: due.dueOn, dueAt: due.dueAt } : {}),
    late: task.late === true,
  };
}
