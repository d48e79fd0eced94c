/** What an attestation has armed, each date with its derivation (specification 3.2, P02). */
import { addMonths } from '../kit/dates.ts';
import { earliestDayFor, fixedDate, reminderOn, type Due, type Term } from '../kit/deadlines.ts';
import { isOpen, taskDeadlines, type Task, type TaskPolicy } from '../kit/task.ts';
import { due, taskClock } from '../kit/terms.ts';
import type { ArmedDeadline, Context, WaitingFor } from '../kit/types.ts';
import { instantAt } from '../kit/zones.ts';
import type { AttestationPolicy } from './policy.ts';
import { APPEALABLE, BEFORE_VOTE, STAGES } from './stages.ts';
import type { AttestationState, Paper } from './state.ts';

type S = AttestationState;
type Ctx = Context<AttestationPolicy>;

/** The founder who does not choose is called at the pace of his own parameter. */
export function taskPolicy(ctx: Ctx, task: Task): TaskPolicy {
  const every = ctx.policy.founderSilenceEvery;
  return task.kind === 'founder_choice'
    ? { ...ctx.policy.task, escalateAfter: every, nobodyEligibleEvery: every }
    : ctx.policy.task;
}

/** Everything armed. */
export function deadlines(s: S, ctx: Ctx): ArmedDeadline[] {
  if (STAGES[s.stage]?.final) return [];
  const out: ArmedDeadline[] = [];
  for (const task of s.tasks)
    if (isOpen(task))
      out.push(...taskDeadlines(task, taskPolicy(ctx, task), taskClock(ctx), STAGES[s.stage]?.waitingFor ?? 'system'));
  const arm: Arm = {
    at: (key, d, waitingFor, visible = true) =>
      out.push({ key, at: d.dueAt, due: d, purpose: key.replace(/:.*$/, ''), waitingFor, visible }),
    morning: (key, on, d, waitingFor) =>
      out.push({
        key,
        at: instantAt(on, ctx.policy.reminderTime, ctx.jurisdiction.zone),
        due: d,
        purpose: key.replace(/:.*$/, ''),
        waitingFor,
        visible: false,
      }),
  };
  beforeVote(s, ctx, arm);
  afterVote(s, ctx, arm);
  validity(s, ctx, arm);
  return out;
}

interface Arm {
  at(key: string, d: Due, waitingFor: WaitingFor, visible?: boolean): void;
  morning(key: string, on: string, d: Due, waitingFor: WaitingFor): void;
}

/** Until when the founder files the submission; later calls remind him of the same date. */
export function submissionDue(s: S, ctx: Ctx): Due | undefined {
  if (!s.incumbent || !s.plannedOn || s.submission.filedOn) return undefined;
  return due(ctx, s, 'submission:1', ctx.policy.terms.submission, s.plannedOn, 'день заседания по графику');
}

function beforeVote(s: S, ctx: Ctx, arm: Arm): void {
  const t = ctx.policy.terms;
  const count = (key: string, term: Term, from: string, event: string) => due(ctx, s, key, term, from, event);
  if (s.stage === 'registered' && !s.begun && s.plannedOn)
    arm.at('start', count('start', t.documentsLead, s.plannedOn, 'день аттестации по графику'), 'operator');
  if (s.stage === 'awaiting_documents' && s.defectsOn) {
    const d = count('documents', t.defects, s.defectsOn, 'документы возвращены с перечнем');
    arm.at('documents', d, 'applicant');
    for (const days of ctx.policy.attesteeReminders) {
      const key = `documents-remind:${days}`;
      const on = reminderOn(ctx.calendar, d.dueOn, { amount: -days, unit: 'wd' });
      if (!s.reminded.includes(key) && on > s.defectsOn) arm.morning(key, on, d, 'applicant');
    }
  }
  if (s.incumbent && s.begun && BEFORE_VOTE.includes(s.stage) && !s.submission.filedOn && s.plannedOn) {
    const key = `submission:${s.submission.calls + 1}`;
    const d = s.submission.calledOn
      ? count(key, t.submissionRepeat, s.submission.calledOn, 'учредитель извещён')
      : submissionDue(s, ctx);
    if (d) arm.at(key, d, 'coordinator');
  }
  if (s.stage === 'admitted' && s.test.missedOn)
    arm.at('no-show', count('no-show', t.noShowReason, s.test.missedOn, 'неявка на тестирование'), 'applicant');
  if (s.stage === 'rescheduled' && s.test.on) {
    const d = fixedDate(
      s.test.on,
      ctx.jurisdiction.zone,
      t.rescheduled.clause,
      'тестирование перенесено',
      ctx.calendar.version,
    );
    arm.morning('test-day', s.test.on, d, 'applicant');
  }
  if (s.poolWait > 0 && s.tasks.some((task) => task.state === 'created' && task.nature === 'personal')) {
    const key = `pool:${s.poolCalls + 1}`;
    arm.at(key, count(key, t.emptyPool, s.poolFrom ?? s.stageSince, 'подходящих экспертов нет'), 'coordinator');
  }
  if (s.stage === 'evaluated' && s.booking)
    arm.at('sitting-passed', count('sitting-passed', t.sittingSilence, s.booking.heldOn, 'день заседания'), 'outside');
  if (s.stage === 'postponed' && s.exemption) {
    const { resumeOn, askedOn } = s.exemption;
    if (resumeOn)
      arm.at(
        'postponed-until',
        fixedDate(
          resumeOn,
          ctx.jurisdiction.zone,
          ctx.policy.grace[s.exemption.kind].clause,
          'отсрочка',
          ctx.calendar.version,
        ),
        'outside',
      );
    else
      arm.at(
        'exemption-check',
        count('exemption-check', t.exemptionCheck, askedOn ?? s.stageSince, 'окончание основания не известно'),
        'outside',
      );
  }
}

function afterVote(s: S, ctx: Ctx, arm: Arm): void {
  const t = ctx.policy.terms;
  const count = (key: string, term: Term, from: string, event: string) => due(ctx, s, key, term, from, event);
  for (const paper of ['extract', 'act'] as Paper[]) {
    const known = s.served[paper];
    if (
      !known ||
      known.servedOn ||
      BEFORE_VOTE.includes(s.stage) ||
      s.stage === 'in_reserve' ||
      s.stage === 'postponed'
    )
      continue;
    const what = paper === 'act' ? 'акт издан' : 'выписка выдана';
    const key = `familiarise:${paper}`;
    arm.at(
      key,
      count(key, t.familiarisation, known.calledOn ?? known.from, known.calledOn ? 'секретарь извещён' : what),
      'applicant',
    );
  }
  const act = s.act;
  const actServed = s.served.act?.servedOn;
  if (act && !act.final && actServed && APPEALABLE.includes(s.stage))
    arm.at('appeal', count('appeal', t.appeal, actServed, 'ознакомление с решением'), 'applicant');
  if (s.stage === 'closed' && act && !s.reapplyOver)
    arm.at('reapply', count('reapply', t.reapply, act.on, 'акт по кандидату'), 'nobody', false);
  if (s.stage === 'conform_conditional' && act && !s.checkAsked)
    arm.at(
      'conditional-check',
      count('conditional-check', t.conditionalCheck, act.on, 'акт с рекомендациями'),
      'applicant',
    );
  if (s.stage === 'conform' && act && !s.incumbent)
    arm.at('appointment', count('appointment', t.appointment, act.on, 'акт о соответствии кандидата'), 'coordinator');
  if (s.stage === 'closed_reserve_offered' && !s.reserve.accepted)
    arm.at(
      'reserve-answer',
      count('reserve-answer', t.reserveAnswer, s.stageSince, 'предложен кадровый резерв'),
      'applicant',
    );
  if (s.stage === 'retake_set')
    arm.at(
      'child-watch',
      count('child-watch', t.childWatch, s.watchedFrom ?? s.stageSince, 'назначена повторная аттестация'),
      'outside',
    );
}

function validity(s: S, ctx: Ctx, arm: Arm): void {
  if (!s.validUntil) return;
  const t = ctx.policy.terms;
  const until = fixedDate(
    s.validUntil,
    ctx.jurisdiction.zone,
    t.validity.clause,
    'решение комиссии',
    ctx.calendar.version,
  );
  const [first = 12, ...later] = ctx.policy.validityMonths;
  if (s.stage === 'in_reserve') return arm.at('reserve-until', until, 'nobody');
  if (s.incumbent && (s.stage === 'conform' || s.stage === 'conform_conditional'))
    arm.morning('due-again', addMonths(s.validUntil, -first), until, 'nobody');
  if (s.stage !== 'due_again') return;
  if (!s.validityOver) {
    for (const months of later) {
      const on = addMonths(s.validUntil, -months);
      if (!s.validityReminded.includes(months) && on > s.stageSince)
        arm.morning(`validity-remind:${months}`, on, until, 'outside');
    }
    arm.at('valid-until', until, 'outside');
  } else
    arm.at(
      'no-valid',
      due(ctx, s, 'no-valid', t.noValidRepeat, s.noValidFrom ?? s.validUntil, 'срок аттестации истёк'),
      'coordinator',
    );
}

/** Last day of the result, by the founder's policy: five years or three for a head, a year for a candidate. */
export function validUntil(ctx: Ctx, s: S, from: string): string {
  const t = ctx.policy.terms;
  return due(ctx, s, 'validity', s.incumbent ? t.validity : t.candidateValidity, from, 'решение комиссии').dueOn;
}

/** The day after which a head may be attested again: the end of the exemption and the grace of its kind. */
export function resumesOn(ctx: Ctx, s: S, kind: keyof AttestationPolicy['grace'], untilOn: string): string {
  return due(ctx, s, 'grace', ctx.policy.grace[kind], untilOn, 'окончание основания отсрочки').dueOn;
}

/** The first lawful day of a sitting if the attestee is told today. */
export function earliestSitting(ctx: Ctx, term: Term, toldOn: string): string {
  return earliestDayFor(term, toldOn, ctx.calendar);
}
