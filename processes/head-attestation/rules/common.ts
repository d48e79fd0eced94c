/** What the rules of attestation share: types, the desk of tasks, claims, the people the segregation of duties excludes. */
import { Desk } from '../../kit/desk.ts';
import type { Outgoing } from '../../kit/outbox.ts';
import { deny, type Recorder } from '../../kit/recorder.ts';
import type { Payload, Rule as KitRule } from '../../kit/rulebook.ts';
import type { Task } from '../../kit/task.ts';
import type { Context, Facts } from '../../kit/types.ts';
import { taskClock } from '../../kit/terms.ts';
import type { AttestationPolicy } from '../policy.ts';
import { STAGES } from '../stages.ts';
import { panelGroup, seats, type AttestationState } from '../state.ts';

export type S = AttestationState;
export type Ctx = Context<AttestationPolicy>;
export type Rec = Recorder<S, AttestationPolicy>;
export type Rule = KitRule<S, AttestationPolicy>;
export type Rules = Record<string, Rule>;
export type { Payload };

/** Kinds of tasks of offices, each with its role. */
export const OFFICE_TASKS = {
  documents: 'secretary',
  checks: 'hr_officer',
  submission: 'founder_rep',
  test: 'secretary',
  fix_sitting: 'secretary',
  composition: 'founder_rep',
  extract: 'secretary',
  act: 'founder_rep',
  founder_choice: 'founder_rep',
  conditional_decision: 'founder_rep',
  reserve_order: 'founder_rep',
  appeal_decision: 'appeals_member',
} as const;
type OfficeTask = keyof typeof OFFICE_TASKS;

export const desk = new Desk<S, AttestationPolicy>({
  clock: taskClock,
  policy: (ctx) => ctx.policy.task,
  replacementTerm: (_s, old, { policy: { terms } }) => (old.kind === 'arbitration' ? terms.arbitration : terms.panel),
  excluded: excludedFromTask,
  // An arbiter who waits for a replaced expert is called anew only if the table still disagrees.
  stillNeeded: (s, task) => task.kind !== 'arbitration' || seats(s).every((t) => t.state === 'done'),
});

/** Opens a task of an office; `term` names the term of the policy, absent where the process keeps the date itself. */
export function ask(rec: Rec, kind: OfficeTask, term: keyof AttestationPolicy['terms'] | null, why: string): Task {
  return desk.office(rec, kind, OFFICE_TASKS[kind], term ? rec.ctx.policy.terms[term] : undefined, why);
}

// ── People ──

/** Everybody who took part in a first decision or panel. */
export function everybodyInvolved(s: S): string[] {
  const panel = s.tasks.flatMap((t) => (t.nature === 'personal' && t.assigneeId ? [t.assigneeId] : []));
  return [...new Set([...s.involved, ...panel, ...(s.vote?.takenBy ?? []), ...(s.act?.takenBy ?? [])])];
}

/** Nobody of the first decision hears the appeal. */
export function excludedFromTask(s: S, task: Task): string[] {
  return task.kind === 'appeal_decision' ? everybodyInvolved(s) : [];
}

/** Everybody who may not sit on this panel: its members past and present, those named as conflicting, members of a first decision. */
export function excludedFromPanel(s: S): string[] {
  const present = s.tasks.filter((t) => t.nature === 'personal' && t.group === panelGroup(s));
  return [
    ...new Set([...present.flatMap((t) => (t.assigneeId ? [t.assigneeId] : [])), ...s.involved, ...s.conflictIds]),
  ];
}

// ── Facts to other cases ──

export function outgoing(rec: Rec, caseId: string, fact: Facts & { kind: string }, nth = 1): Outgoing {
  return { key: `${rec.state.tellings + nth}`, caseId, fact };
}

/** Takes the item back from a sitting it may be on; goes with the event that ends the way there. */
export function withdrawItem(rec: Rec): Payload {
  const { booking } = rec.state;
  if (!booking) return {};
  return { tell: outgoing(rec, booking.caseId, { kind: 'item_withdrawn', itemKey: booking.itemKey }) };
}

/** What the case that opened this one has to know. */
export function tellParent(rec: Rec, kind: 'child_decided' | 'child_ended', facts: Facts = {}): Payload {
  const { parent, caseId } = rec.state;
  if (!parent) return {};
  return { tell: outgoing(rec, parent.caseId, { kind, childKey: parent.key, childCaseId: caseId, ...facts }) };
}

// ── One attestation at a time ──

const SCOPE = 'head-attestation';

export function claimKey(ctx: Ctx, personId: string, organisationId: string): { scope: string; key: string } {
  const key = ctx.policy.posts === 'joint' ? personId : `${personId}:${organisationId}`;
  return { scope: `${SCOPE}:${ctx.jurisdiction.id}`, key };
}

export function claimAttestee(rec: Rec, personId: string, organisationId: string): void {
  rec.claim({
    kind: 'unique',
    ...claimKey(rec.ctx, personId, organisationId),
    denial: {
      code: 'duplicate',
      message:
        'Аттестация этого человека на эту должность уже идёт, либо после отрицательного решения прошло меньше срока для новой попытки.',
    },
  });
}

/** The decision is taken, or there will be none: another attestation may begin. */
export function releaseAttestee(rec: Rec): void {
  const { initiatorId, organisationIds } = rec.state;
  for (const id of organisationIds) rec.claim({ kind: 'release', ...claimKey(rec.ctx, initiatorId, id) });
}

/**
 * Ends the case: nothing stays open, the claim is given back, a sitting loses the item unless it gave it back itself, the parent is told
 * unless it knows a decision already.
 */
export function end(
  rec: Rec,
  row: string,
  type: string,
  facts: Payload & { to: string; outcome: string },
  itemIsBack = false,
): void {
  desk.cancelOpen(rec, type);
  const { booking, parent, caseId, act } = rec.state;
  const tell: Outgoing[] = [];
  if (booking && !itemIsBack)
    tell.push(outgoing(rec, booking.caseId, { kind: 'item_withdrawn', itemKey: booking.itemKey }));
  if (parent && !act?.order) {
    const fact = { kind: 'child_ended', childKey: parent.key, childCaseId: caseId, outcome: facts.outcome };
    tell.push(outgoing(rec, parent.caseId, fact, tell.length + 1));
  }
  rec.emit(row, type, { ...facts, ...(tell.length > 0 ? { tell } : {}) });
  releaseAttestee(rec);
}

export function requireDate(value: unknown, pointer: string): string {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) return value;
  return deny('date_missing', 'Укажите дату.', { errors: [{ pointer, detail: 'Дата: ГГГГ-ММ-ДД.' }] });
}

/** A date a person names of something that has happened: from a day of the case to today. */
export function requirePast(rec: Rec, value: unknown, since: string, pointer = '/on'): string {
  const on = requireDate(value, pointer);
  if (on > rec.ctx.today || on < since)
    deny('date_out_of_range', 'Дата — не раньше события и не позже сегодняшнего дня.', {
      errors: [{ pointer, detail: 'Проверьте дату.' }],
    });
  return on;
}

/** A refusal to sign is recorded by an act of two witnesses. */
export function requireWitnesses(p: Payload): void {
  const witnesses = (p.witnesses ?? []) as string[];
  if (p.refusedToSign === true && new Set(witnesses).size < 2)
    deny('witnesses', 'Отказ от подписи удостоверяют актом двое свидетелей.', {
      errors: [{ pointer: '/witnesses', detail: 'Назовите двух свидетелей.' }],
    });
}

/** Over for everybody: ended, and nobody is left to be told. */
export const isOver = (s: S): boolean => STAGES[s.stage]?.final === true && s.outbox.length === 0;
