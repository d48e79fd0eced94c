/** What a mentoring cycle has armed, each date with its derivation (specification 3.2, P04). */
import { addDays, addMonths, daysBetween, type IsoDate } from '../kit/dates.ts';
import { deriveDue, fixedDate, reminderOn, type Due, type Pause, type Term } from '../kit/deadlines.ts';
import { isOpen, taskDeadlines } from '../kit/task.ts';
import { due, taskClock } from '../kit/terms.ts';
import type { ArmedDeadline, Context, WaitingFor } from '../kit/types.ts';
import { instantAt } from '../kit/zones.ts';
import type { MentoringPolicy } from './policy.ts';
import { ACTIVE, SEARCHING, STAGES, WORKING, YEARS } from './stages.ts';
import type { MentoringState } from './state.ts';

type S = MentoringState;
type Ctx = Context<MentoringPolicy>;

/** Tasks whose term runs by the common rules of tasks; the others hang on a term of the case itself. */
const TIMED = new Set(['mentoring', 'appoint', 'ppn', 'quarter_check']);

/** The gate of a year: twelve months of service each, counted from the hiring, leaves left out, an extension added. */
export function gateDue(s: S, ctx: Ctx, year: number = s.year): Due {
  const moved = s.moved['gate-due'];
  const { extension } = s;
  const added = extension && extension.year <= year;
  return deriveDue({
    term: { ...ctx.policy.terms.gate, amount: 12 * year - s.credited },
    startedOn: s.hiredOn,
    startEvent: s.credited > 0 ? `приём на работу, зачтено месяцев стажа: ${s.credited}` : 'приём на работу',
    zone: ctx.jurisdiction.zone,
    calendar: ctx.calendar,
    pauses: s.pauses,
    ...(added
      ? { extensions: [{ amount: extension.months, unit: 'month', reason: 'решение на рубеже', on: extension.on }] }
      : {}),
    asOf: ctx.today,
    ...(moved && year === s.year ? { fixedByHand: moved } : {}),
  });
}

/** Last day of a month of service; it stays where it falls, on a day off too. */
export function monthEnd(s: S, ctx: Ctx, month: number, pauses: Pause[] = s.pauses): Due {
  const term: Term = { ...ctx.policy.terms.gate, amount: month - s.credited, fixed: true };
  return due(ctx, s, `month:${month}`, term, s.hiredOn, `приём на работу; месяц службы ${month}`, pauses);
}

/** The month of service a date lies in. */
export function monthOf(s: S, ctx: Ctx, on: IsoDate): number {
  let month = s.monthsClosed + 1;
  while (month > s.credited + 1 && monthEnd(s, ctx, month - 1).dueOn >= on) month--;
  while (monthEnd(s, ctx, month).dueOn < on) month++;
  return month;
}

/** What is left of the running year on a date: whole months and days. */
export function remainderOf(s: S, ctx: Ctx, from: IsoDate): { months: number; days: number } {
  const { movedFrom } = gateDue(s, ctx).derivation;
  const end = movedFrom ?? gateDue(s, ctx).dueOn;
  let months = 0;
  while (addMonths(from, months + 1) <= end) months++;
  return { months, days: Math.max(0, daysBetween(addMonths(from, months), end)) };
}

/** Everything armed. A paused cycle arms what outlives the pause: the questions to HR and the age. */
export function deadlines(s: S, ctx: Ctx): ArmedDeadline[] {
  const out: ArmedDeadline[] = [];
  if (STAGES[s.stage]?.final) return out;
  const { policy } = ctx;
  const { terms } = policy;
  const zone = ctx.jurisdiction.zone;
  const active = ACTIVE.includes(s.stage);
  const waits: WaitingFor = STAGES[s.stage]?.waitingFor ?? 'system';
  const at = (key: string, d: Due, purpose: string, waitingFor: WaitingFor, visible = true) =>
    out.push({ key, at: d.dueAt, due: d, purpose, waitingFor, visible });
  const morning = (key: string, on: IsoDate, d: Due, purpose: string, waitingFor: WaitingFor, visible = false) =>
    out.push({ key, at: instantAt(on, policy.reminderTime, zone), due: d, purpose, waitingFor, visible });
  const after = (d: Due, workingDays: number) => reminderOn(ctx.calendar, d.dueOn, { amount: workingDays, unit: 'wd' });

  for (const task of s.tasks)
    if (isOpen(task) && TIMED.has(task.kind)) {
      const waitingFor = task.role === 'mentor' ? 'mentor' : 'school';
      out.push(...taskDeadlines(task, policy.task, taskClock(ctx), waitingFor));
    }

  if (active) {
    const month = s.monthsClosed + 1;
    at(`month:${month}`, monthEnd(s, ctx, month), 'month', 'mentor', false);
    const gate = gateDue(s, ctx);
    // The next gate is the date everybody of the case looks forward to, long before it opens.
    if (!s.gate) morning('gate-open', addDays(gate.dueOn, -policy.gate.openDays), gate, 'gate-open', 'school', true);
    else if (!s.gate.overdue) at('gate-due', gate, 'gate', 'school');
    else {
      const { headAfter, methodistAfter, repeatEvery } = policy.gate;
      const n = s.gate.calls + 1;
      const days = n === 1 ? headAfter : n === 2 ? methodistAfter : methodistAfter + (n - 2) * repeatEvery;
      morning(`gate-call:${n}`, after(gate, days), gate, 'gate-call', 'school', true);
    }
    if (!s.surveyAsked && s.credited === 0) {
      const survey = due(ctx, s, 'survey', terms.survey, s.hiredOn, 'приём на работу', s.pauses);
      morning('survey', survey.dueOn, survey, 'survey', 'person');
    }
  }
  if (s.search && SEARCHING.includes(s.stage)) {
    const d = due(ctx, s, 'mentor:1', terms.mentor, s.search.from, SEARCH_WORDS[s.search.why] ?? 'нужен наставник');
    const n = s.search.calls + 1;
    const { authorityAfter, centreAfter, repeatDays } = policy.search;
    if (n === 1) at('mentor:1', d, 'mentor', 'school');
    else if (n <= 3)
      morning(`mentor:${n}`, after(d, n === 2 ? authorityAfter : centreAfter), d, 'mentor-call', waits, true);
    else
      morning(`mentor:${n}`, addDays(after(d, centreAfter), (n - 3) * repeatDays), d, 'mentor-call', 'authority', true);
  }
  if (s.mentorCancelOn && YEARS.includes(s.stage)) {
    const { clause } = terms.mentorCancel;
    const d = fixedDate(s.mentorCancelOn, zone, clause, 'наставник предупреждён об отмене', ctx.calendar.version);
    at('mentor-cancel', d, 'mentor-cancel', 'school');
  }
  if (WORKING.includes(s.stage) || s.stage === 'resuming') {
    const oldest = s.batches.filter((b) => !b.reminded)[0];
    if (oldest) {
      const d = due(ctx, s, `log:${oldest.id}`, terms.logConfirm, oldest.on, 'записи внесены в журнал');
      at(`log:${oldest.id}`, d, 'log', oldest.side === 'mentor' ? 'person' : 'mentor', false);
    }
  }
  if (s.stage === 'paused' && s.leave) {
    const end = fixedDate(
      s.leave.until,
      zone,
      terms.leaveGrace.clause,
      s.leave.named ? 'плановое окончание отпуска' : 'обычное окончание отпуска: кадры не назвали даты',
      ctx.calendar.version,
    );
    const asked = due(ctx, s, 'leave-call:1', terms.leaveGrace, end.dueOn, 'плановое окончание отпуска');
    const n = s.leave.calls + 1;
    const second = due(ctx, s, 'leave-call:2', terms.leaveAuthority, asked.dueOn, 'кадровая служба спрошена');
    const repeat = { ...terms.leaveRepeat, amount: terms.leaveRepeat.amount * (n - 2) };
    if (n === 1) at('leave-call:1', asked, 'leave-call', 'hr');
    else if (n === 2) at('leave-call:2', second, 'leave-call', 'hr');
    else
      at(
        `leave-call:${n}`,
        due(ctx, s, `leave-call:${n}`, repeat, second.dueOn, 'МОУО спрошено'),
        'leave-call',
        'authority',
      );
  }
  if (s.stage === 'transfer')
    at('transfer', due(ctx, s, 'transfer', terms.receive, s.stageSince, 'перевод'), 'transfer', 'school');
  if (s.stage === 'transfer_escalated') {
    const d = due(ctx, s, 'transfer:1', terms.nameCurator, s.stageSince, 'школа не ответила');
    const n = s.transferCalls + 1;
    if (n === 1) at('transfer:1', d, 'transfer-call', 'authority');
    else
      morning(
        `transfer:${n}`,
        addDays(d.dueOn, (n - 1) * policy.search.repeatDays),
        d,
        'transfer-call',
        'authority',
        true,
      );
  }
  if (s.stage === 'declined') {
    const n = s.offers + 1;
    const term = { ...terms.offer, amount: terms.offer.amount * n };
    const offer = due(ctx, s, `offer:${n}`, term, s.stageSince, 'отказ от программы');
    const served = s.pauses.filter((p) => p.reason !== 'declined');
    const tenure = monthEnd(s, ctx, s.rights.tenureMonths, served);
    morning(`offer:${n}`, offer.dueOn, offer, 'offer', 'person');
    at('tenure', tenure, 'tenure', 'nobody');
  }
  if (s.stage === 'left' && s.exit) {
    const term = { ...terms.rehire, amount: s.rights.rehireYears };
    at('rehire', due(ctx, s, 'rehire', term, s.exit.on, 'педагог оставил профессию'), 'rehire', 'nobody');
    if (!s.exit.reason && !s.exit.reminded)
      at(
        'exit-remind',
        due(ctx, s, 'exit-remind', terms.exitSurvey, s.exit.on, 'педагог оставил профессию'),
        'exit-remind',
        'school',
        false,
      );
  }
  if (s.youngUntil && !s.agedOut) {
    const d = fixedDate(s.youngUntil, zone, terms.age.clause, 'день рождения', ctx.calendar.version);
    morning('age', s.youngUntil, d, 'age', 'nobody');
  }
  return out;
}

const SEARCH_WORDS: Record<string, string> = {
  'cycle.opened': 'цикл открыт',
  'cycle.imported': 'цикл принят из другого региона',
  'mentor.vacated': 'наставник выбыл',
  'mentor.lost': 'наставник выбыл',
  'leave.ended': 'перерыв окончен',
  'person.returned': 'педагог вернулся',
  'transfer.accepted': 'школа приняла педагога',
  'transfer.curator_named': 'МОУО назначило куратора',
  'programme.accepted': 'предложение принято',
};
