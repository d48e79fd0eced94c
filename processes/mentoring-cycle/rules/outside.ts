/** Facts, deadlines, machine work, and what an administrator may move. */
import { deny } from '../../kit/recorder.ts';
import { deadlineMover } from '../../kit/desk.ts';
import type { WorkItem } from '../../kit/types.ts';
import { deadlines } from '../terms.ts';
import { close, desk, type Payload, type Rec, type Rules, type S } from './common.ts';
import { vacate } from './mentor.ts';
import { isFinal, onContent, onEmployment, onSchool } from './people.ts';
import { closeMonth } from './year.ts';

const FACTS: Record<string, (rec: Rec, p: Payload) => void> = {
  employment: onEmployment,
  content: onContent,
  school_reorganised: onSchool,
};

export function onFact(rec: Rec, kind: string): void {
  const fact = Object.hasOwn(FACTS, kind) ? FACTS[kind] : undefined;
  if (!fact) deny('unknown_fact', 'Такой факт платформа не знает.');
  if (isFinal(rec.state)) deny('not_applicable', 'Дело завершено; факт записан.');
  fact(rec, rec.command.payload);
}

// ── Deadlines ──

export function onDeadline(rec: Rec): void {
  const s = rec.state;
  const key = rec.command.payload.key as string;
  const armed = deadlines(s, rec.ctx).find((d) => d.key === key);
  if (!armed) deny('not_armed', 'Этот срок уже не действует.');
  if (desk.onDeadline(rec, key)) return;
  const [name, last] = key.split(':') as [string, string | undefined];
  const call = Number(last ?? 0);
  const { dueOn } = armed.due;
  switch (name) {
    case 'month':
      return closeMonth(rec);
    case 'survey':
      return rec.emit('P04-T33', 'survey.asked', {});
    case 'gate-open':
      return rec.emit('P04-T37', 'gate.opened', { due: dueOn, year: s.year });
    case 'gate-due':
      return rec.emit('P04-T38', 'gate.overdue', { due: dueOn, year: s.year });
    case 'gate-call':
      return rec.emit('P04-T39', 'gate.escalated', { call, due: dueOn, year: s.year });
    case 'mentor':
      if (s.stage === 'intake') return rec.emit('P04-T10', 'intake.escalated', { to: 'intake_escalated', call });
      return rec.emit('P04-T11', 'mentor.search_escalated', { call, due: dueOn });
    case 'mentor-cancel':
      return vacate(rec, 'P04-T14', 'cancelled_by_employer');
    case 'log':
      return rec.emit('P04-T24', 'log.reminded', { batches: [last] });
    case 'leave-call':
      return rec.emit('P04-T56', 'leave.asked', { call, until: s.leave?.until });
    case 'transfer':
      if (s.stage === 'transfer')
        return rec.emit('P04-T61', 'transfer.escalated', { to: 'transfer_escalated', due: dueOn });
      return rec.emit('P04-T63', 'transfer.called', { call, due: dueOn });
    case 'offer':
      return rec.emit('P04-T74', 'programme.offered', { n: call });
    case 'tenure':
      return close(rec, 'P04-T76', 'cycle.closed', { to: 'closed', outcome: 'lapsed', cause: 'tenure' });
    case 'rehire':
      return close(rec, 'P04-T72', 'cycle.closed', { to: 'closed', outcome: 'lapsed', cause: 'not_returned' });
    case 'exit-remind':
      return rec.emit('P04-T70', 'exit.reminded', {});
    case 'age':
      return rec.emit('P04-T80', 'person.aged_out', { youngUntil: s.youngUntil });
    default:
      throw new Error(`No rule for the deadline ${key}`);
  }
}

// ── Machine work ──

/** What the platform still owes the case; each item has a key, so that doing it twice is harmless. */
export function work(s: S): WorkItem[] {
  const { policyWanted, exported } = s;
  return [
    ...(policyWanted ? [{ key: policyWanted.key, kind: 'find_policy', input: {} }] : []),
    ...(exported && !exported.opened ? [importWork(s)] : []),
  ];
}

function importWork(s: S): WorkItem {
  return {
    key: 'import',
    kind: 'open_import',
    input: {
      childKey: 'import',
      jurisdiction: s.exported?.place.jurisdiction,
      type: 'import',
      start: { place: s.exported?.place, package: s.package },
    },
  };
}

export function onWork(rec: Rec, kind: string): void {
  const p = rec.command.payload as Payload;
  switch (kind) {
    case 'find_policy':
      return onPolicy(rec, p);
    case 'open_import':
      return rec.emit('P04-T67', 'import.opened', { childCaseId: p.childCaseId, childNumber: p.number ?? null });
    default:
      throw new Error(`No rule for the work ${kind}`);
  }
}

/**
 * The version in force on the day of the boundary. At a gate its norms and forms apply (3.6: at the phase boundary); after a leave it is
 * offered to the person. Rights of the start stay either way: they live in the case, not in the version.
 */
function onPolicy(rec: Rec, p: Payload): void {
  const { policyWanted, policyVersionId } = rec.state;
  const found = p.policyVersionId as string;
  const at = policyWanted?.why ?? 'gate';
  if (!policyWanted) deny('nothing_asked', 'Версия правил уже проверена.');
  if (found === policyVersionId) return rec.emit('P04-T48', 'policy.kept', { policyVersionId, at });
  if (at === 'leave')
    return rec.emit('P04-T50', 'policy.offered', {
      policyVersionId: found,
      previous: policyVersionId,
      forms: p.forms ?? null,
    });
  rec.emit('P04-T49', 'policy.moved', {
    policyVersionId: found,
    previous: policyVersionId,
    at,
    forms: p.forms ?? null,
  });
}

// ── Repairs ──

/** Dates that follow from the law or the person's own life are not moved by hand; these, and terms of tasks, are. */
const MOVABLE = ['mentor:1', 'gate-due', 'transfer', 'transfer:1'];

const moveDeadline = deadlineMover('P04-T82', deadlines, (key) =>
  key.startsWith('task:') || MOVABLE.includes(key) ? null : 'Этот срок не переносят.',
);

export const repairRules: Rules = {
  moveDeadline: { labelRu: 'Перенести срок', stages: 'any', roles: ['admin'], apply: moveDeadline },
};
