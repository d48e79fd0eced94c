/** What a session has armed, each date with its derivation. */
import type { Due } from '../kit/deadlines.ts';
import { isOpen, taskDeadlines } from '../kit/task.ts';
import { dueFrom, taskClock } from '../kit/terms.ts';
import type { ArmedDeadline, Context } from '../kit/types.ts';
import type { SessionPolicy } from './policy.ts';
import type { SessionState } from './state.ts';

type Ctx = Context<SessionPolicy>;

export function deadlines(s: SessionState, ctx: Ctx): ArmedDeadline[] {
  const out: ArmedDeadline[] = [];
  const { terms } = ctx.policy;
  const arm = (key: string, due: Due) =>
    out.push({ key, at: due.dueAt, due, purpose: key, waitingFor: 'operator', visible: true });
  if (s.stage === 'booking') arm('roster', dueFrom(ctx, terms.roster, s.heldOn, 'день экзамена'));
  if (s.stage === 'roster_closed') arm('day-passed', dueFrom(ctx, terms.opening, s.heldOn, 'день экзамена'));
  for (const task of s.tasks)
    if (isOpen(task)) out.push(...taskDeadlines(task, ctx.policy.task, taskClock(ctx), 'operator'));
  return out;
}
