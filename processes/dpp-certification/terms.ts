/** What a certification case has armed, each date with its derivation (specification 3.2, P01). */
import { addDays } from '../kit/dates.ts';
import { fixedDate, reminderOn, type Due } from '../kit/deadlines.ts';
import { isOpen, taskDeadlines } from '../kit/task.ts';
import { due, taskClock } from '../kit/terms.ts';
import type { ArmedDeadline, Context, WaitingFor } from '../kit/types.ts';
import { instantAt } from '../kit/zones.ts';
import type { CertificationPolicy } from './policy.ts';
import { STAGES } from './stages.ts';
import type { CertificationState } from './state.ts';

type Ctx = Context<CertificationPolicy>;

/** Everything armed. A case held by a court arms only the review of the stay: its own clock stands. */
export function deadlines(s: CertificationState, ctx: Ctx): ArmedDeadline[] {
  const out: ArmedDeadline[] = [];
  const t = ctx.policy.terms;
  const zone = ctx.jurisdiction.zone;
  const at = (key: string, d: Due, purpose: string, waitingFor: WaitingFor, visible = true) =>
    out.push({ key, at: d.dueAt, due: d, purpose, waitingFor, visible });
  const morning = (key: string, on: string, d: Due, purpose: string, waitingFor: WaitingFor) =>
    out.push({ key, at: instantAt(on, ctx.policy.reminderTime, zone), due: d, purpose, waitingFor, visible: false });

  if (s.held) {
    const event = s.held.from ? 'координатор извещён' : 'дело приостановлено судом';
    at('court-stay', due(ctx, s, 'court-stay', t.courtStay, s.held.from ?? s.held.on, event), 'court-stay', 'outside');
    return out;
  }
  for (const task of s.tasks)
    if (isOpen(task))
      out.push(...taskDeadlines(task, ctx.policy.task, taskClock(ctx), STAGES[s.stage]?.waitingFor ?? 'system'));

  if (s.stageTerm) {
    const d = due(
      ctx,
      s,
      s.stage === 'panel_forming' ? 'panel-forming' : s.stage,
      s.stageTerm.term,
      s.stageTerm.from,
      s.stageTerm.event,
      s.stageTerm.pauses,
    );
    if (s.stage === 'returned' || s.stage === 'revision') {
      at(s.stage, d, s.stage, 'applicant');
      for (const days of ctx.policy.applicantReminders) {
        const key = `${s.stage}-remind:${days}`;
        const on = reminderOn(ctx.calendar, d.dueOn, { amount: -days, unit: 'wd' });
        if (!s.reminded.includes(key) && on > s.stageTerm.from) morning(key, on, d, 'applicant-remind', 'applicant');
      }
    } else if (s.stage === 'panel_forming') {
      if (!s.formingOverdue) at('panel-forming', d, 'panel-forming', 'coordinator');
    } else if (s.stage === 'suspended') {
      at(
        'cure',
        due(ctx, s, 'cure', s.stageTerm.term, s.stageTerm.from, s.stageTerm.event, s.stageTerm.pauses),
        'cure',
        'applicant',
      );
    }
  }
  if (s.poolWait > 0 && s.tasks.some((task) => task.state === 'created' && task.nature === 'personal')) {
    const key = `pool:${s.poolCalls + 1}`;
    at(
      key,
      due(ctx, s, key, t.emptyPool, s.poolSince ?? s.stageSince, 'подходящих экспертов нет'),
      'pool',
      'coordinator',
    );
  }
  if ((s.stage === 'refused' || s.stage === 'delisted') && s.decision && !s.decision.final) {
    if (s.decision.servedOn)
      at(
        'appeal',
        due(ctx, s, 'appeal', t.appeal, s.decision.servedOn, 'ознакомление с решением'),
        'appeal',
        'applicant',
      );
    else {
      const [term, event] =
        s.familiarisationCalls > 0
          ? [t.familiarisationRepeat, 'координатор извещён']
          : [t.familiarisation, 'решение принято'];
      const d = due(ctx, s, 'familiarisation', term, s.familiarisationFrom ?? s.decision.on, event);
      at('familiarisation', d, 'familiarisation', 'applicant');
    }
  }
  if (s.stage === 'refused' && s.decision && !s.cooldownOver)
    at('reapply', due(ctx, s, 'reapply', t.reapply, s.decision.on, 'отказ'), 'reapply', 'nobody', false);
  if (s.entry && (s.stage === 'certified' || s.stage === 'expiring' || s.stage === 'suspended')) {
    const until = fixedDate(
      s.entry.validUntil,
      zone,
      t.validity.clause,
      `запись внесена, версия ${s.entry.version}`,
      ctx.calendar.version,
    );
    const [first, ...later] = ctx.policy.expiryReminders;
    if (s.stage === 'certified' && first !== undefined)
      morning('expiring', addDays(s.entry.validUntil, -first), until, 'expiring', 'nobody');
    if (s.stage === 'expiring')
      for (const days of later)
        if (!s.expiryReminded.includes(days))
          morning(`expiry-remind:${days}`, addDays(s.entry.validUntil, -days), until, 'expiry-remind', 'applicant');
    if (s.stage !== 'certified') at('valid-until', until, 'valid-until', 'applicant');
  }
  if (s.stage === 'prolonged' && s.prolongedUntil) {
    const d = fixedDate(
      s.prolongedUntil,
      zone,
      t.prolongation.clause,
      'действие продлено на время рассмотрения',
      ctx.calendar.version,
    );
    at('prolonged', d, 'prolonged', 'coordinator');
  }
  if (s.annulment && !s.annulment.decisionAsked)
    at(
      'annulment-answer',
      due(ctx, s, 'annulment-answer', t.annulmentAnswer, s.annulment.on, 'держатель уведомлён'),
      'annulment-answer',
      'applicant',
    );
  return out;
}

/** The last lawful day for an entry certified on a date: the same day number after the years of the policy, inclusive. */
export function validUntil(ctx: Ctx, s: CertificationState, from: string): string {
  return due(ctx, s, 'validity', ctx.policy.terms.validity, from, 'сертификация').dueOn;
}
