/**
 * What must hold after every event and at every rest of a certification case, whoever acted. The same checks serve the pure harness and
 * the real engine: they read the stored events and the state folded from them.
 */
import { deadlines } from '../../processes/dpp-certification/terms.ts';
import type { CertificationPolicy } from '../../processes/dpp-certification/policy.ts';
import { isOver, work } from '../../processes/dpp-certification/rules/index.ts';
import { ALL_ROWS, STAGES } from '../../processes/dpp-certification/stages.ts';
import { evolve, panelGroup, seats, type CertificationState } from '../../processes/dpp-certification/state.ts';
import { isOpen } from '../../processes/kit/task.ts';
import type { Context, NoticeIntent, StoredEvent, TransitionRow } from '../../processes/kit/types.ts';

type S = CertificationState;
type Facts = Record<string, any>;

const ROW = new Map(ALL_ROWS.map((r) => [r.id, r]));

/** Where an event starts and ends: the stage of the case, or the state of the task it is about. */
function places(
  row: TransitionRow,
  event: StoredEvent,
  before: S | null,
  after: S,
): { from?: string; to?: string; former?: string } {
  if (!row.id.startsWith('TASK-'))
    return {
      ...(before ? { from: before.stage } : {}),
      to: after.stage,
      ...(before?.formerStage ? { former: before.formerStage } : {}),
    };
  const f = event.facts as Facts;
  const id = f.taskId ?? f.task?.id;
  const old = before?.tasks.find((t) => t.id === id);
  const now = after.tasks.find((t) => t.id === id);
  return {
    ...(old ? { from: old.state } : {}),
    ...(now ? { to: now.state } : {}),
    ...(old?.heldState ? { former: old.heldState } : {}),
  };
}

/** The table is the single source of behaviour: every event is what its row says, from where it says to where it says. */
export function checkEvent(before: S | null, event: StoredEvent, after: S): string[] {
  const faults: string[] = [];
  const row = ROW.get(event.row);
  const fail = (text: string) => faults.push(`#${event.sequence} ${event.row} ${event.type}: ${text}`);
  if (!row) return [`#${event.sequence} ${event.row}: no such row`];
  if (row.event !== event.type) fail(`the row records ${row.event}`);
  const at = places(row, event, before, after);
  if (row.from === 'none' || (Array.isArray(row.from) && row.from.length === 0)) {
    if (at.from !== undefined) fail(`starts from nothing, but it was ${at.from}`);
  } else if (at.from === undefined) fail('starts from nothing');
  else if (row.from === 'any_open' ? STAGES[at.from]?.final !== false : !row.from.includes(at.from))
    fail(`not from ${at.from}`);
  const expected = row.to === 'same' ? at.from : row.to === 'former' ? at.former : row.to;
  if (at.to !== expected)
    fail(`goes to ${at.to}, the row says ${row.to}${row.to === expected ? '' : ` (${expected})`}`);
  if (row.id.startsWith('TASK-') && before && before.stage !== after.stage)
    fail(`a task event moved the stage to ${after.stage}`);
  if (/^(deadline|fact|work):/.test(row.on) && row.on !== 'fact:employment' && event.actor.kind !== 'system')
    fail('only the platform may record it');
  if (row.roles.length > 0 && event.actor.kind !== 'person' && row.id !== 'P01-T03')
    fail('only a person may record it');
  return faults;
}

/** Every event of a journal against its row, and the fold of the journal against the state. */
export function checkJournal(events: StoredEvent[], state: S, caseId: string): string[] {
  const faults: string[] = [];
  let before: S | null = null;
  for (const event of events) {
    const after: S = evolve(before, event, caseId);
    faults.push(...checkEvent(before, event, after));
    if (before && STAGES[before.stage]?.final && after.stage !== before.stage)
      faults.push(`#${event.sequence} a final case moved from ${before.stage} to ${after.stage}`);
    if (before && STAGES[before.stage]?.final && !['parent.told'].includes(event.type))
      faults.push(`#${event.sequence} ${event.type} after the end`);
    before = after;
  }
  if (JSON.stringify(before) !== JSON.stringify(state)) faults.push('the fold of the journal is not the state');
  return faults;
}

/** At rest: closed, or an armed deadline, or an open task; nothing armed or open in a closed case; no seat of a panel is lost. */
export function checkRest(s: S, ctx: Context<CertificationPolicy>): string[] {
  const faults: string[] = [];
  const armed = deadlines(s, ctx);
  const open = s.tasks.filter(isOpen);
  if (isOver(s)) {
    if (armed.length > 0) faults.push(`closed in ${s.stage}, but armed: ${armed.map((d) => d.key).join(', ')}`);
    if (open.length > 0)
      faults.push(`closed in ${s.stage}, but open: ${open.map((t) => `${t.kind} ${t.state}`).join(', ')}`);
    if (STAGES[s.stage]?.final && !s.outcome) faults.push(`closed in ${s.stage} without an outcome`);
  } else {
    // An open task alone is not enough: somebody must be told when it is not done.
    if (armed.length === 0 && work(s).length === 0)
      faults.push(
        `in limbo in ${s.stage}: nothing is armed; open: ${open.map((t) => `${t.kind} ${t.state}`).join(', ') || 'none'}`,
      );
    if (s.stage === 'decision_pending' && !s.held && !open.some((t) => t.kind === 'decision'))
      faults.push('a decision is pending and nobody has to take it');
    if (s.stage === 'technical_check' && !open.some((t) => t.kind === 'technical_check'))
      faults.push('a technical check without its task');
    if (s.stage === 'appeal' && !open.some((t) => t.kind === 'appeal_decision'))
      faults.push('an appeal without its task');
    if (s.minor && !open.some((t) => t.kind === 'minor_change')) faults.push('a minor change nobody has to confirm');
    if (s.annulment?.decisionAsked && !open.some((t) => t.kind === 'annulment_decision'))
      faults.push('an annulment nobody has to decide');
    if (s.stage === 'arbitration' && !open.some((t) => t.kind === 'arbitration'))
      faults.push('arbitration without an arbiter’s task');
  }
  if (new Set(armed.map((d) => d.key)).size !== armed.length)
    faults.push(`a key is armed twice: ${armed.map((d) => d.key).join(', ')}`);
  const size = (s.shortened && ctx.policy.shortenedPanel ? ctx.policy.shortenedPanel : ctx.policy.panel).size;
  if (['panel_forming', 'under_expertise'].includes(s.stage)) {
    const present = seats(s);
    if (present.length !== size) faults.push(`${present.length} seats of ${size} in ${s.stage}, ${panelGroup(s)}`);
    if (new Set(present.map((t) => t.ordinal)).size !== present.length) faults.push('two seats have one number');
    const people = present.map((t) => t.assigneeId).filter(Boolean);
    if (new Set(people).size !== people.length) faults.push('one expert sits twice');
    if (s.stage === 'under_expertise' && !s.held && present.every((t) => t.state === 'done'))
      faults.push('all conclusions are in and the round is not concluded');
    if (s.stage === 'under_expertise' && s.openObjection === undefined && present.filter(isOpen).length === 0)
      faults.push('nobody works in the expertise');
  }
  return faults;
}

/** Templates an expert or an arbiter gets about his task. */
const TASK_LETTERS = new Set([
  'expert-invited',
  'answer-reminder',
  'task-term',
  'task-assigned',
  'task-reminder',
  'task-overdue',
  'task-closed',
  'task-held',
  'task-resumed',
  'task-returned',
  'task-extended',
]);

/** Who reads what: task letters go to the assignee, or to the office where nobody has taken it; the provider never reads who the experts are. */
export function checkLetter(letter: NoticeIntent, event: StoredEvent, after: S): string[] {
  const faults: string[] = [];
  const fail = (text: string) => faults.push(`${event.row} ${event.type} → ${letter.template}: ${text}`);
  const f = event.facts as Facts;
  const task = after.tasks.find((t) => t.id === (f.taskId ?? f.task?.id));
  const to = letter.addressee;
  if (TASK_LETTERS.has(letter.template)) {
    if (!task) fail('a task letter without a task');
    else if (
      to.kind === 'person'
        ? to.personId !== task.assigneeId
        : !(to.kind === 'role' && task.nature === 'office' && to.role === task.role && !task.assigneeId)
    )
      fail(`goes to ${JSON.stringify(to)}, not to the assignee`);
  }
  const experts = after.tasks.filter((t) => t.nature === 'personal' && t.assigneeId).map((t) => t.assigneeId as string);
  const text = JSON.stringify(letter.params);
  const own = to.kind === 'person' ? to.personId : undefined;
  for (const id of experts) if (id !== own && text.includes(id)) fail(`names the expert ${id}`);
  if (letter.template === 'remarks-to-merge') {
    const head = after.tasks.find((t) => t.kind === 'review' && t.state === 'done' && t.assigneeId === own);
    if (!head || after.stage !== 'revision') fail('goes to one who cannot merge anything');
  } else if (to.kind === 'person' && to.personId !== after.initiatorId && to.personId !== task?.assigneeId)
    fail(`a letter to a stranger ${to.personId}`);
  return faults;
}
