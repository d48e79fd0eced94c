/** What a sitting has armed, each date with its derivation. */
import type { Due } from '../kit/deadlines.ts';
import { isOpen, taskDeadlines } from '../kit/task.ts';
import { dueFrom, taskClock } from '../kit/terms.ts';
import type { ArmedDeadline, Context } from '../kit/types.ts';
import type { SittingPolicy } from './policy.ts';
import type { SittingState } from './state.ts';

type Ctx = Context<SittingPolicy>;

export function deadlines(s: SittingState, ctx: Ctx): ArmedDeadline[] {
  const out: ArmedDeadline[] = [];
  const { terms } = ctx.policy;
  const arm = (key: string, due: Due) =>
    out.push({ key, at: due.dueAt, due, purpose: key, waitingFor: 'operator', visible: true });
  if (s.stage === 'scheduled') arm('freeze', dueFrom(ctx, terms.agendaFreeze, s.heldOn, 'день заседания'));
  if (s.stage === 'scheduled' || s.stage === 'agenda_frozen')
    arm('day-passed', dueFrom(ctx, terms.opening, s.heldOn, 'день заседания'));
  for (const task of s.tasks)
    if (isOpen(task)) out.push(...taskDeadlines(task, ctx.policy.task, taskClock(ctx), 'operator'));
  return out;
}
