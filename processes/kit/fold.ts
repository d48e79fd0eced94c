/** How the journal becomes state, as far as it is the same for every process: tasks, the stage, the outcome, what other cases are told. */
import type { IsoDate } from './dates.ts';
import type { FixedByHand } from './deadlines.ts';
import type { Outgoing } from './outbox.ts';
import { evolveTasks, type Task } from './task.ts';
import type { StoredEvent } from './types.ts';

interface WithTasks {
  tasks: Task[];
  taskCount: number;
}

/** What cases keep under the same names; a process has the optional ones only if it needs them. */
interface CaseCore {
  stage: string;
  stageSince: IsoDate;
  formerStage?: string;
  outcome?: string;
  /** Dates set by hand: they belong to the stage they were set in. */
  moved?: Record<string, FixedByHand>;
  outbox?: Outgoing[];
  tellings?: number;
  related?: unknown[];
}

/** The tasks after an event; the same state when it concerns none. */
export function foldTasks<S extends WithTasks>(state: S, event: StoredEvent): S {
  const tasks = evolveTasks(state.tasks, event);
  if (tasks === state.tasks) return state;
  return { ...state, tasks, taskCount: event.type === 'task.created' ? state.taskCount + 1 : state.taskCount };
}

/**
 * The facts every process writes under the same names: `to` (and `former`) is the stage that was entered, `outcome` how the case ended, `tell`
 * what other cases are to be told, `related` a case that is to be opened beside this one.
 */
export function foldCase<S extends CaseCore>(state: S, { facts, on }: StoredEvent): S {
  const f = facts as {
    to?: unknown;
    former?: string;
    outcome?: string;
    tell?: Outgoing | Outgoing[];
    related?: unknown;
  };
  const change: Partial<CaseCore> = {};
  if (typeof f.to === 'string' && f.to !== state.stage) {
    change.stage = f.to;
    change.stageSince = on;
    if (state.moved) change.moved = {};
    if (f.former) change.formerStage = f.former;
  }
  if (f.outcome) change.outcome = f.outcome;
  if (f.tell && state.outbox) {
    const tell = [f.tell].flat();
    change.outbox = [...state.outbox, ...tell];
    change.tellings = (state.tellings ?? 0) + tell.length;
  }
  if (f.related && state.related) change.related = [...state.related, f.related];
  return Object.keys(change).length > 0 ? { ...state, ...change } : state;
}
