/** What an assessment has armed, each date with its derivation (specification 3.2, P03). */
import { addMonths, addYears } from '../kit/dates.ts';
import { deriveDue, fixedDate, isInTime, reminderOn, type Due, type Term } from '../kit/deadlines.ts';
import { isOpen, taskDeadlines, taskDue } from '../kit/task.ts';
import { due, taskClock } from '../kit/terms.ts';
import type { ArmedDeadline, Context, WaitingFor } from '../kit/types.ts';
import { instantAt } from '../kit/zones.ts';
import { findQualification, type AssessmentPolicy } from './policy.ts';
import { COMPLAINABLE, IN_FORCE, STAGES } from './stages.ts';
import { seats, type AssessmentState } from './state.ts';

type S = AssessmentState;
type Ctx = Context<AssessmentPolicy>;

/** Everything armed. */
export function deadlines(s: S, ctx: Ctx): ArmedDeadline[] {
  const info = STAGES[s.stage];
  if (info?.final) return [];
  const out: ArmedDeadline[] = [];
  for (const task of s.tasks)
    if (isOpen(task)) out.push(...taskDeadlines(task, ctx.policy.task, taskClock(ctx), info?.waitingFor ?? 'system'));
  const at: Arm = (key, d, waitingFor, visible = true) =>
    out.push({ key, at: d.dueAt, due: d, purpose: purposeOf(key), waitingFor, visible });
  const morning: Morning = (key, on, d, waitingFor) =>
    out.push({
      key,
      at: instantAt(on, ctx.policy.reminderTime, ctx.jurisdiction.zone),
      due: d,
      purpose: purposeOf(key),
      waitingFor,
      visible: false,
    });
  beforeExam(s, ctx, at, morning);
  afterExam(s, ctx, at, morning);
  return out;
}

type Arm = (key: string, d: Due, waitingFor: WaitingFor, visible?: boolean) => void;
type Morning = (key: string, on: string, d: Due, waitingFor: WaitingFor) => void;

const purposeOf = (key: string) => key.replace(/:.*$/, '');

function beforeExam(s: S, ctx: Ctx, at: Arm, morning: Morning): void {
  const t = ctx.policy.terms;
  const count = (key: string, term: Term, from: string, event: string) => due(ctx, s, key, term, from, event);
  if (s.stage === 'offered') at('offer', count('offer', t.offer, s.stageSince, 'направление получено'), 'applicant');
  if (s.stage === 'awaiting_documents')
    at('documents', count('documents', t.documents, s.stageSince, 'документы возвращены с перечнем'), 'applicant');
  if (s.stage === 'admitted' && s.slotFrom) {
    const d = count('slot', t.slot, s.slotFrom, 'соискатель выбирает дату');
    at('slot', d, 'applicant');
    const on = reminderOn(ctx.calendar, d.dueOn, { amount: -ctx.policy.slotReminderDays, unit: 'cd' });
    if (!s.slotReminded && on > s.slotFrom) morning('slot-remind', on, d, 'applicant');
  }
  if (s.stage === 'waiting' && s.queue) waiting(s, ctx, s.queue, at, morning);
  if (s.stage === 'scheduled' && s.booking && !s.booking.presentIds) {
    const key = s.silentSince ? `session-passed:${s.silentSince}` : 'session-passed';
    at(key, count(key, t.sessionSilence, s.silentSince ?? s.booking.heldOn, 'день экзамена'), 'operator');
  }
  if (s.stage === 'no_show' && s.missedOn && !s.tasks.some((x) => x.kind === 'reason' && isOpen(x)))
    at('no-show', count('no-show', t.noShowReason, s.missedOn, 'неявка на экзамен'), 'applicant');
}

function waiting(s: S, ctx: Ctx, queue: NonNullable<S['queue']>, at: Arm, morning: Morning): void {
  const t = ctx.policy.terms;
  const d = due(ctx, s, 'queue', t.queue, queue.from, 'соискатель в очереди');
  if (queue.askedOn)
    at('queue-answer', due(ctx, s, 'queue-answer', t.queueAnswer, queue.askedOn, 'соискателя спросили'), 'applicant');
  else at('queue', d, 'outside');
  if (queue.why === 'no_financed_place') {
    const on = `${Number(queue.since.slice(0, 4)) + 1}-01-01`;
    const first = fixedDate(
      on,
      ctx.jurisdiction.zone,
      t.queue.clause,
      'новый год финансирования',
      ctx.calendar.version,
    );
    morning('new-year', on, first, 'outside');
  }
}

function afterExam(s: S, ctx: Ctx, at: Arm, morning: Morning): void {
  const t = ctx.policy.terms;
  const late = seats(s).find((x) => x.state === 'overdue' || x.state === 'escalated');
  const lateOn = late && taskDue(late, taskClock(ctx));
  if (s.stage === 'in_practice' && lateOn) {
    const last = s.marksCalledOn && s.marksCalledOn > lateOn.dueOn ? s.marksCalledOn : lateOn.dueOn;
    const on = reminderOn(ctx.calendar, last, { amount: ctx.policy.marksCallEvery, unit: 'wd' });
    morning(`marks-call:${s.marksCalls + 1}`, on, lateOn, 'expert');
  }
  if (s.stage === 'refused_admission' || (COMPLAINABLE.includes(s.stage) && !s.complaintOver)) {
    const last = lastComplaintDay(s, ctx);
    if (last) at('complaint', last, 'applicant', s.stage !== 'certified' && s.stage !== 'expiring');
  }
  if (IN_FORCE.includes(s.stage) && s.revocation && !s.revocation.asked) {
    const d = due(ctx, s, 'revocation-answer', t.revocationAnswer, s.revocation.openedOn, 'начато аннулирование');
    at('revocation-answer', d, 'applicant');
  }
  if (!IN_FORCE.includes(s.stage) || !s.validUntil) return;
  const until = fixedDate(
    s.validUntil,
    ctx.jurisdiction.zone,
    t.document.clause,
    'свидетельство выдано',
    ctx.calendar.version,
  );
  const [first = 6, ...later] = ctx.policy.expiryMonths;
  if (s.stage === 'certified') return morning('expiring', addMonths(s.validUntil, -first), until, 'nobody');
  for (const months of later) {
    const on = addMonths(s.validUntil, -months);
    if (!s.validityReminded.includes(months) && on > s.stageSince)
      morning(`validity-remind:${months}`, on, until, 'nobody');
  }
  at('valid-until', until, 'nobody');
}

/** The end of the complaint term of this person; `undefined` while he was not informed. */
export function complaintDue(s: S, ctx: Ctx, who: 'person' | 'payer'): Due | undefined {
  const from = who === 'person' ? s.informedOn : s.payerInformedOn;
  if (!from) return undefined;
  return due(ctx, s, 'complaint', ctx.policy.terms.complaint, from, 'день информирования о результате');
}

/** The later of the two terms: after it nobody may complain. */
function lastComplaintDay(s: S, ctx: Ctx): Due | undefined {
  const terms = (['person', 'payer'] as const).flatMap((who) => complaintDue(s, ctx, who) ?? []);
  if (!s.informedOn) return undefined;
  return terms.sort((a, b) => (a.dueAt < b.dueAt ? 1 : -1))[0];
}

/** Is a complaint of this person received now in time (24:00 local of the last day, moved from a day off)? */
export function complaintInTime(s: S, ctx: Ctx, who: 'person' | 'payer'): boolean {
  const last = complaintDue(s, ctx, who);
  return last === undefined ? who === 'person' && s.document !== undefined : isInTime(last, ctx.now);
}

/** Last day on which the exam may still be moved by the person’s wish. */
export function lastRescheduleDay(ctx: Ctx, heldOn: string): string {
  return deriveDue({
    term: ctx.policy.terms.reschedule,
    startedOn: heldOn,
    startEvent: 'день экзамена',
    zone: ctx.jurisdiction.zone,
    calendar: ctx.calendar,
  }).dueOn;
}

/** Is a theory result still taken into account on this day? The term counts from the date of the theory. */
export function theoryStillValid(ctx: Ctx, on: string, day: string): boolean {
  const d = deriveDue({
    term: ctx.policy.terms.theoryValidity,
    startedOn: on,
    startEvent: 'теоретическая часть сдана',
    zone: ctx.jurisdiction.zone,
    calendar: ctx.calendar,
  });
  return day <= d.dueOn;
}

/** Last day of a certificate, inclusive: the same day number after so many years. */
export function validUntil(ctx: Ctx, s: S, from: string): string {
  return addYears(from, findQualification(ctx.policy, s.qualification)?.validityYears ?? 1);
}

/** Marks still expected for the present exam. */
export function marksWanted(s: S, ctx: Ctx): number {
  return ctx.policy.examiners.count + (s.disputed ? 1 : 0) - seats(s).length;
}
