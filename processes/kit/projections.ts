/** What every process with tasks shows of a case in the same way: who takes part, what is due next, what the register of experts learns. */
import { type ProductionCalendar, workingDaysBetween } from './calendar.ts';
import type { Task } from './task.ts';
import type { ArmedDeadline, ExpertRecordWrite, Participant, StoredEvent } from './types.ts';

/** These people, then everybody who holds or held a task that counts, each once in each role. */
export function participantsOf(first: Participant[], tasks: readonly Task[]): Participant[] {
  const assignees = tasks.flatMap(({ assigneeId, role }) => (assigneeId ? [{ personId: assigneeId, role }] : []));
  return [...new Map([...first, ...assignees].map((one) => [`${one.personId}:${one.role}`, one])).values()];
}

/** Local date of the nearest deadline that people see; undefined where none is armed. */
export function nextVisibleDue(deadlines: readonly ArmedDeadline[]): string | undefined {
  const visible = deadlines.filter(({ visible: seen }) => seen);
  return visible.toSorted((a, b) => (a.at < b.at ? -1 : 1))[0]?.due.dueOn;
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
