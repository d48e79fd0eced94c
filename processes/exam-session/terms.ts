/** What a session has armed, each date with its derivation. */
import { deriveDue, type Due, type Term } from '../kit/deadlines.ts';
import { isOpen, taskDeadlines, type TaskClock } from '../kit/task.ts';
import type { ArmedDeadline, Context } from '../kit/types.ts';
import type { SessionPolicy } from './policy.ts';
import type { SessionState } from './state.ts';

type Ctx = Context<SessionPolicy>;

export function taskClock(ctx: Ctx): TaskClock {
  return {
    zone: ctx.jurisdiction.zone,
    calendar: ctx.calendar,
    reminderTime: ctx.policy.reminderTime,
    today: ctx.today,
  };
}

const from = (ctx: Ctx, term: Term, startedOn: string, startEvent: string): Due =>
  deriveDue({ term, startedOn, startEvent, zone: ctx.jurisdiction.zone, calendar: ctx.calendar });

export function deadlines(s: SessionState, ctx: Ctx): ArmedDeadline[] {
  const out: ArmedDeadline[] = [];
  const { terms } = ctx.policy;
  const arm = (key: string, due: Due) =>
    out.push({ key, at: due.dueAt, due, purpose: key, waitingFor: 'operator', visible: true });
  if (s.stage === 'booking') arm('roster', from(ctx, terms.roster, s.heldOn, 'день экзамена'));
  if (s.stage === 'roster_closed') arm('day-passed', from(ctx, terms.opening, s.heldOn, 'день экзамена'));
  for (const task of s.tasks)
    if (isOpen(task)) out.push(...taskDeadlines(task, ctx.policy.task, taskClock(ctx), 'operator'));
  return out;
}
