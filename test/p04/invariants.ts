/**
 * What must hold after every event and at every rest of a mentoring cycle, whoever acted. Read from the stored events and the state
 * folded from them, by pure tests and on the real engine.
 */
import { isOver } from '../../processes/mentoring-cycle/index.ts';
import type { MentoringPolicy } from '../../processes/mentoring-cycle/policy.ts';
import { work } from '../../processes/mentoring-cycle/rules/index.ts';
import { ALL_ROWS, SEARCHING, STAGES, WORKING, YEARS } from '../../processes/mentoring-cycle/stages.ts';
import { evolve, type MentoringState } from '../../processes/mentoring-cycle/state.ts';
import { deadlines } from '../../processes/mentoring-cycle/terms.ts';
import { canonicalJson } from '../../platform/crypto/canonical.ts';
import { isOpen } from '../../processes/kit/task.ts';
import type { Context, StoredEvent, TransitionRow } from '../../processes/kit/types.ts';

type S = MentoringState;
const ROW = new Map(ALL_ROWS.map((r) => [r.id, r]));

function places(row: TransitionRow, event: StoredEvent, before: S | null, after: S) {
  if (!row.id.startsWith('TASK-')) return { from: before?.stage, to: after.stage, former: after.formerStage };
  const f = event.facts as Record<string, any>;
  const id = f.taskId ?? f.task?.id;
  const old = before?.tasks.find((t) => t.id === id);
  return { from: old?.state, to: after.tasks.find((t) => t.id === id)?.state, former: old?.heldState };
}

/** The table is the single source of behaviour: every event is what its row says, from where it says to where it says. */
export function checkEvent(before: S | null, event: StoredEvent, after: S): string[] {
  const faults: string[] = [];
  const fail = (text: string) => faults.push(`#${event.sequence} ${event.row} ${event.type}: ${text}`);
  const row = ROW.get(event.row);
  if (!row) return [`#${event.sequence} ${event.row}: no such row`];
  if (row.event !== event.type) fail(`the row records ${row.event}`);
  const at = places(row, event, before, after);
  if (row.from === 'none' || (Array.isArray(row.from) && row.from.length === 0)) {
    if (at.from !== undefined) fail(`starts from nothing, but it was ${at.from}`);
  } else if (at.from === undefined) fail('starts from nothing');
  else if (row.from === 'any_open' ? STAGES[at.from]?.final !== false : !row.from.includes(at.from))
    fail(`not from ${at.from}`);
  const expected = row.to === 'same' ? at.from : row.to === 'former' ? at.former : row.to;
  if (at.to !== expected) fail(`goes to ${at.to}, the row says ${row.to}`);
  if (row.id.startsWith('TASK-') && before && before.stage !== after.stage) fail('a task event moved the stage');
  if (/^(deadline|fact|work):/.test(row.on) && event.actor.kind !== 'system') fail('only the platform may record it');
  const byTask = row.id.startsWith('TASK-');
  if (!byTask && row.roles.length > 0 && event.actor.kind !== 'person') fail('only a person may record it');
  if (before && STAGES[before.stage]?.final && event.type !== 'import.opened') fail('after the end');
  return faults;
}

export function checkJournal(events: StoredEvent[], state: S, caseId: string): string[] {
  const faults: string[] = [];
  let before: S | null = null;
  for (const event of events) {
    const after: S = evolve(before, event, caseId);
    faults.push(...checkEvent(before, event, after));
    before = after;
  }
  if (canonicalJson(before) !== canonicalJson(state)) faults.push('the fold of the journal is not the state');
  return faults;
}

/** At rest: closed, or something is armed; every duty of the stage has its task; nothing is armed or open in a closed case. */
export function checkRest(s: S, ctx: Context<MentoringPolicy>): string[] {
  const faults: string[] = [];
  const armed = deadlines(s, ctx);
  const open = s.tasks.filter(isOpen);
  const has = (kind: string) => open.some((t) => t.kind === kind);
  const need = (kind: string, why: string) =>
    has(kind) || faults.push(`${s.stage}: ${why}, and nobody has the task ${kind}`);
  if (STAGES[s.stage]?.final) {
    if (armed.length > 0) faults.push(`final, but armed: ${armed.map((d) => d.key).join(', ')}`);
    if (open.length > 0) faults.push(`final, but open: ${open.map((t) => t.kind).join(', ')}`);
    if (!s.outcome) faults.push('final without an outcome');
    if (s.pair) faults.push('final with a pair');
    if (!isOver(s) && work(s).length === 0) faults.push('final, not over, and nothing is owed');
    return faults;
  }
  if (armed.length === 0) faults.push(`in limbo in ${s.stage}`);
  if (new Set(armed.map((d) => d.key)).size !== armed.length) faults.push('a key is armed twice');
  if (YEARS.includes(s.stage)) {
    if (!s.pair) faults.push('a year without a mentor');
    if (s.stage !== `year_${s.year}`) faults.push(`${s.stage} in year ${s.year}`);
  }
  if (s.stage === 'mentor_vacant' && s.pair) faults.push('vacant with a mentor');
  if (SEARCHING.includes(s.stage) && !s.pair) {
    if (!s.search) faults.push(`${s.stage}: no search is under way`);
    if (!s.candidate) need('find_mentor', 'no mentor');
  }
  if (s.candidate && !open.some((t) => t.id === s.candidate?.taskId)) faults.push('a candidate without a task');
  if (s.pair && !open.some((t) => t.id === s.pair?.taskId)) faults.push('a mentor without his task');
  if (open.filter((t) => t.kind === 'mentoring').length > 1) faults.push('two mentors at once');
  if (s.gate && WORKING.includes(s.stage)) need('gate', 'a gate is open');
  if (!s.ppnAgreed && [...SEARCHING, ...YEARS].includes(s.stage)) need('ppn', 'no programme is agreed');
  if (s.stage === 'transfer') need('receive', 'the school has to answer');
  if (s.stage === 'transfer_escalated') need('name_curator', 'the authority has to answer');
  if (s.stage === 'paused' && !s.leave) faults.push('paused without a leave');
  if (s.stage === 'paused' && armed.some((d) => !/^(leave-call|age)/.test(d.key)))
    faults.push(`a paused cycle has timers: ${armed.map((d) => d.key).join(', ')}`);
  if (s.stage === 'paused' && open.some((t) => t.state !== 'on_hold')) faults.push('a task runs during a leave');
  if (s.stage !== 'paused' && open.some((t) => t.state === 'on_hold')) faults.push('a task stands without a leave');
  const openPause = s.pauses.some((p) => p.toOn === undefined);
  if (openPause !== ['paused', 'left', 'declined'].includes(s.stage))
    faults.push(`${s.stage} and pauses ${JSON.stringify(s.pauses)}`);
  if (s.phases.filter((p) => p.until === undefined).length > 1) faults.push('two phases run at once');
  if (s.agedOut && s.counted) faults.push('counted after the age');
  return faults;
}
