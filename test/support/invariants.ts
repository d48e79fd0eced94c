/** What must hold in every process: an event is what its row says, from where it says to where it says; no open case is forgotten. */
import type { AnyProcess, Context, NoticeIntent, StoredEvent } from '../../processes/kit/types.ts';

type State = { stage: string; formerStage?: string; tasks: Array<Record<string, any>>; outcome?: string };
type Facts = Record<string, any>;

/** Events that may follow the end: other cases are told. */
const AFTER_END = new Set(['case.told']);
const OPEN = ['created', 'assigned', 'in_progress', 'overdue', 'escalated', 'on_hold'];

/** An event against its row: type, start, end, who may cause it, and nothing after the end. */
export function checkEvent(process: AnyProcess, before: State | null, event: StoredEvent, after: State): string[] {
  const faults: string[] = [];
  const fail = (text: string) => faults.push(`#${event.sequence} ${event.row} ${event.type}: ${text}`);
  const row = process.table.find((r) => r.id === event.row);
  if (!row) return [`#${event.sequence} ${event.row}: no such row`];
  if (row.event !== event.type) fail(`the row records ${row.event}`);
  const isTask = row.id.startsWith('TASK-');
  const id = (event.facts as Facts).taskId ?? (event.facts as Facts).task?.id;
  const old = before?.tasks.find((t) => t.id === id);
  const now = after.tasks.find((t) => t.id === id);
  const from = isTask ? old?.state : before?.stage;
  const to = isTask ? now?.state : after.stage;
  const former = isTask ? old?.heldState : before?.formerStage;
  if (row.from === 'none' || row.from.length === 0) {
    if (from !== undefined) fail(`starts from nothing, but it was ${from}`);
  } else if (row.from === 'any_open' ? process.stages[from ?? '']?.final !== false : !row.from.includes(from))
    fail(`not from ${from}`);
  const expected = row.to === 'same' ? from : row.to === 'former' ? former : row.to;
  if (to !== expected) fail(`goes to ${to}, the row says ${row.to} (${expected})`);
  if (isTask && before && before.stage !== after.stage) fail(`a task event moved the stage to ${after.stage}`);
  if (/^(deadline|fact|work):/.test(row.on) && event.actor.kind !== 'system') fail('only the platform may record it');
  if (row.roles.length > 0 && event.actor.kind !== 'person') fail('only a person may record it');
  if (before && process.stages[before.stage]?.final && !AFTER_END.has(event.type))
    fail(`after the end in ${before.stage}`);
  return faults;
}

/** At rest: over, or a deadline is armed, or the machine works. Nothing is armed or open in a case that is over. */
export function checkRest(process: AnyProcess, s: State, ctx: Context<unknown>): string[] {
  const armed = process.deadlines(s, ctx);
  const open = s.tasks.filter((t) => OPEN.includes(t.state));
  const faults: string[] = [];
  const keys = armed.map((d) => d.key);
  if (new Set(keys).size !== keys.length) faults.push(`a key is armed twice: ${keys.join(', ')}`);
  if (process.stages[s.stage]?.final) {
    if (keys.length > 0) faults.push(`ended in ${s.stage}, but armed: ${keys.join(', ')}`);
    if (open.length > 0)
      faults.push(`ended in ${s.stage}, but open: ${open.map((t) => `${t.kind} ${t.state}`).join(', ')}`);
    if (!s.outcome) faults.push(`ended in ${s.stage} without an outcome`);
  } else if (keys.length === 0 && process.work(s).length === 0)
    faults.push(`in limbo in ${s.stage}; open: ${open.map((t) => `${t.kind} ${t.state}`).join(', ') || 'none'}`);
  return faults;
}

/** The fold of the journal gives the state. */
export function checkFold(process: AnyProcess, events: StoredEvent[], state: State, caseId: string): string[] {
  const folded = events.reduce<State | null>((s, e) => process.evolve(s, e, caseId), null);
  return JSON.stringify(folded) === JSON.stringify(state) ? [] : ['the fold of the journal is not the state'];
}

/** A letter has a text, and nothing that a form left empty stands in it. */
export function checkText(process: Pick<AnyProcess, 'slug' | 'templates'>, letter: NoticeIntent): string[] {
  const template = process.templates[letter.template];
  if (!template) return [`${process.slug}: nobody wrote the letter ${letter.template}`];
  const text = [template.subjectRu(letter.params), ...template.linesRu(letter.params)].join('\n');
  const hole = /undefined|null|NaN|\[object/.exec(text);
  return hole ? [`${process.slug}: ${letter.template} says «${hole[0]}»: ${text}`] : [];
}
