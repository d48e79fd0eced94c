/** How a case counts: the clock of its tasks and the terms that begin on one of its dates. */
import { deriveDue, type Due, type FixedByHand, type Pause, type Term } from './deadlines.ts';
import type { TaskClock } from './task.ts';
import type { Context } from './types.ts';

/** The clock by which tasks of a case are counted: the zone of its jurisdiction, the calendar it is pinned to. */
export function taskClock(ctx: Context<{ reminderTime: string }>): TaskClock {
  return {
    zone: ctx.jurisdiction.zone,
    calendar: ctx.calendar,
    reminderTime: ctx.policy.reminderTime,
    today: ctx.today,
  };
}

/** A term counted from a local date, in the zone of the jurisdiction. */
export function dueFrom(ctx: Context<unknown>, term: Term, startedOn: string, startEvent: string): Due {
  return deriveDue({ term, startedOn, startEvent, zone: ctx.jurisdiction.zone, calendar: ctx.calendar });
}

/**
 * A term counted from a date of this case. A date that an administrator set by hand under the same key outranks it; pauses push it on, an
 * open one as of today.
 */
export function due(
  ctx: Context<unknown>,
  s: { moved: Record<string, FixedByHand> },
  key: string,
  term: Term,
  startedOn: string,
  startEvent: string,
  pauses: Pause[] = [],
): Due {
  const moved = s.moved[key];
  return deriveDue({
    term,
    startedOn,
    startEvent,
    zone: ctx.jurisdiction.zone,
    calendar: ctx.calendar,
    pauses,
    asOf: ctx.today,
    ...(moved ? { fixedByHand: moved } : {}),
  });
}
