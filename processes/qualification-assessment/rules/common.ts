/** What the rules of an assessment share: types, the desk of tasks, claims, ending, facts to other cases. */
import { Desk } from '../../kit/desk.ts';
import type { Outgoing } from '../../kit/outbox.ts';
import { deny, type Recorder } from '../../kit/recorder.ts';
import type { Payload, Rule as KitRule } from '../../kit/rulebook.ts';
import type { Task } from '../../kit/task.ts';
import type { Context, Facts } from '../../kit/types.ts';
import { taskClock } from '../../kit/terms.ts';
import { findQualification, type AssessmentPolicy, type Qualification } from '../policy.ts';
import { STAGES } from '../stages.ts';
import { marksGroup, type AssessmentState } from '../state.ts';

export type S = AssessmentState;
export type Ctx = Context<AssessmentPolicy>;
export type Rec = Recorder<S, AssessmentPolicy>;
export type Rule = KitRule<S, AssessmentPolicy>;
export type Rules = Record<string, Rule>;
export type { Payload };

export const SLUG = 'qualification-assessment';

/** Kinds of tasks of offices, each with its role. */
export const OFFICE_TASKS = {
  check: 'centre_operator',
  reason: 'centre_operator',
  exam: 'centre_operator',
  substitute: 'centre_operator',
  protocol: 'centre_operator',
  verify: 'council',
  document: 'centre_operator',
  deliver: 'centre_operator',
  duplicate: 'centre_operator',
  revocation: 'council',
  appeal_decision: 'appeals_member',
} as const;
type OfficeTask = keyof typeof OFFICE_TASKS;

export const desk = new Desk<S, AssessmentPolicy>({
  clock: taskClock,
  policy: (ctx) => ctx.policy.task,
  replacementTerm: (_s, _old, { policy }) => policy.terms.marks,
  excluded: (s, task) => excludedFromTask(s, task),
  stillNeeded: (s, task) => task.kind !== 'marks' || (s.stage === 'in_practice' && task.group === marksGroup(s)),
});

/** Opens a task of an office; `from` is the day its term counts from where that is not today. */
export function ask(
  rec: Rec,
  kind: OfficeTask,
  term: keyof AssessmentPolicy['terms'],
  why: string,
  from?: string,
): Task {
  return desk.office(rec, kind, OFFICE_TASKS[kind], rec.ctx.policy.terms[term], why, from);
}

// ── People ──

/** Nobody who examined or decided hears the complaint. */
export function excludedFromTask(s: S, task: Task): string[] {
  if (task.kind !== 'appeal_decision') return [];
  const examined = s.tasks.flatMap((t) => (t.kind === 'marks' && t.assigneeId ? [t.assigneeId] : []));
  return [...new Set([...s.involved, ...examined])];
}

export function qualificationOf(ctx: Ctx, code: unknown): Qualification {
  return (
    findQualification(ctx.policy, code) ??
    deny('qualification', 'Эта квалификация центром не оценивается.', {
      errors: [{ pointer: '/qualification', detail: 'Выберите квалификацию из списка.' }],
    })
  );
}

// ── Facts to other cases ──

export function outgoing(rec: Rec, caseId: string, fact: Facts & { kind: string }, nth = 1): Outgoing {
  return { key: `${rec.state.tellings + nth}`, caseId, fact };
}

/** What the session of the booking has to know; goes with the event that causes it. */
export function tellSession(rec: Rec, kind: string, facts: Facts = {}): Payload {
  const { booking, caseId } = rec.state;
  return booking ? { tell: outgoing(rec, booking.sessionCaseId, { kind, caseId, ...facts }) } : {};
}

// ── Claims ──

/** One active case for a qualification of a person, whoever assesses it. */
export const activeKey = (personId: string, qualification: string) => ({
  scope: SLUG,
  key: `${personId}:${qualification}`,
});
export const seatScope = (sessionCaseId: string): string => `exam-seat:${sessionCaseId}`;
/** Held by a session while places in it are given out. */
export const bookingOpen = (sessionCaseId: string) => ({ scope: 'exam-booking', key: sessionCaseId });
export const financedScope = (ctx: Ctx, qualification: string, year: string): string =>
  `financed:${ctx.jurisdiction.id}:${qualification}:${year}`;

export function claimActive(rec: Rec, personId: string, qualification: string): void {
  rec.claim({
    kind: 'unique',
    ...activeKey(personId, qualification),
    denial: { code: 'duplicate', message: 'Ваше заявление на эту квалификацию уже рассматривается.' },
  });
}

export function releaseActive(rec: Rec): void {
  const { initiatorId, formerIds, qualification } = rec.state;
  for (const id of [initiatorId, ...formerIds]) rec.claim({ kind: 'release', ...activeKey(id, qualification) });
}

/** The seat is free for others; call before the event that drops the booking. */
export function releaseSeat(rec: Rec): void {
  const { booking, caseId } = rec.state;
  if (booking) rec.claim({ kind: 'release', scope: seatScope(booking.sessionCaseId), key: caseId });
}

function releaseFinanced(rec: Rec): void {
  const { financedYear, qualification, caseId } = rec.state;
  if (financedYear)
    rec.claim({ kind: 'release', scope: financedScope(rec.ctx, qualification, financedYear), key: caseId });
}

/** Ends the case before its exam: nothing stays open, the seat, the financed place and the claim are given back, the session is told. */
export function endBeforeExam(
  rec: Rec,
  row: string,
  type: string,
  facts: Payload & { to: string; outcome: string },
): void {
  desk.cancelOpen(rec, type);
  releaseSeat(rec);
  // A person who did not come has used his financed place up; one who left before has not.
  if (rec.state.stage !== 'no_show') releaseFinanced(rec);
  releaseActive(rec);
  rec.emit(row, type, { ...facts, ...tellSession(rec, 'seat_released') });
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

export function notApplicable(): never {
  deny('not_applicable', 'На этом этапе факт ничего не меняет; он записан.');
}

/** Over for everybody: ended, and nobody is left to be told. */
export const isOver = (s: S): boolean => STAGES[s.stage]?.final === true && s.outbox.length === 0;
