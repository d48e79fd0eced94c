/** What every process with tasks shows of a case in the same way: who takes part, what is due next, what the register of experts learns. */
import { type ProductionCalendar, workingDaysBetween } from './calendar.ts';
import { OPEN_STATES, type Task } from './task.ts';
import type { ArmedDeadline, ExpertRecordWrite, Participant, StoredEvent, TaskRow } from './types.ts';

/** These people, then everybody who holds or held a task that counts, each once in each role. */
export function participantsOf(first: Participant[], tasks: readonly Task[]): Participant[] {
  const assignees = tasks.flatMap(({ assigneeId, role }) => (assigneeId ? [{ personId: assigneeId, role }] : []));
  return [...new Map([...first, ...assignees].map((one) => [`${one.personId}:${one.role}`, one])).values()];
}

/**
 * Local date by which something has to happen next: of the open tasks, the overdue ones too, and of the deadlines that people see.
 * Undefined where nothing has a date.
 */
export function nearestDue(tasks: readonly TaskRow[], deadlines: readonly ArmedDeadline[]): string | undefined {
  const ofTasks = tasks.flatMap(({ state, dueOn }) =>
    dueOn && state !== 'on_hold' && OPEN_STATES.includes(state) ? [dueOn] : [],
  );
  const ofCase = deadlines.flatMap(({ visible, due }) => (visible ? [due.dueOn] : []));
  return [...ofTasks, ...ofCase].toSorted()[0];
}

const OUTCOMES: Record<string, ExpertRecordWrite['outcome']> = {
  'task.submitted': 'done',
  'task.declined': 'declined',
  'task.reassigned': 'reassigned',
  'task.voided': 'voided',
  'task.cancelled': 'cancelled',
};

/**
 * What the register of experts learns of a personal task when it ends (3.4.8): time taken in working days, lateness, and distance from the
 * mean of its group. `score` reads the total of a task that was answered.
 */
export function expertRecordsOf(
  event: StoredEvent,
  tasks: readonly Task[],
  calendar: ProductionCalendar,
  score: (task: Task) => number,
): ExpertRecordWrite[] {
  const outcome = OUTCOMES[event.type];
  const task = outcome && tasks.find(({ id }) => id === event.facts.taskId);
  if (!task || task.nature !== 'personal' || !task.assigneeId) return [];
  const scores = tasks.filter(({ group, state }) => group === task.group && state === 'done').map(score);
  return [
    {
      taskId: task.id,
      personId: task.assigneeId,
      outcome,
      late: task.late === true || task.cause === 'overdue',
      finishedOn: event.on,
      ...(task.assignedOn
        ? {
            assignedOn: task.assignedOn,
            workingDays: Math.max(0, workingDaysBetween(calendar, task.assignedOn, event.on)),
          }
        : {}),
      ...(task.state === 'done'
        ? { score: score(task), panelMean: scores.reduce((sum, one) => sum + one, 0) / scores.length }
        : {}),
    },
  ];
}
