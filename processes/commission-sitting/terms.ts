/** What a sitting has armed, each date with its derivation. */
import { deriveDue, type Due, type Term } from '../kit/deadlines.ts';
import { isOpen, taskDeadlines, type TaskClock } from '../kit/task.ts';
import type { ArmedDeadline, Context } from '../kit/types.ts';
import type { SittingPolicy } from './policy.ts';
import type { SittingState } from './state.ts';

type Ctx = Context<SittingPolicy>;

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

export function deadlines(s: SittingState, ctx: Ctx): ArmedDeadline[] {
  const out: ArmedDeadline[] = [];
  const { terms } = ctx.policy;
  const arm = (key: string, due: Due) =>
    out.push({ key, at: due.dueAt, due, purpose: key, waitingFor: 'operator', visible: true });
  if (s.stage === 'scheduled') arm('freeze', from(ctx, terms.agendaFreeze, s.heldOn, 'день заседания'));
  if (s.stage === 'scheduled' || s.stage === 'agenda_frozen')
    arm('day-passed', from(ctx, terms.opening, s.heldOn, 'день заседания'));
  for (const task of s.tasks)
    if (isOpen(task)) out.push(...taskDeadlines(task, ctx.policy.task, taskClock(ctx), 'operator'));
  return out;
}
