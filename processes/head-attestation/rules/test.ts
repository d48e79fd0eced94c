/** The test: threshold, two attempts on a technical failure only, no-shows with and without a reason (specification P02). */
import { actingPeople } from '../../kit/actors.ts';
import { inWork } from '../../kit/desk.ts';
import { deny } from '../../kit/recorder.ts';
import { due } from '../../kit/terms.ts';
import { ATTESTEE } from '../stages.ts';
import {
  ask,
  desk,
  end,
  requireDate,
  requirePast,
  type Ctx,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';
import { formPanel, toEvaluated } from './panel.ts';

/** Is a result found on the day still good today? */
export function testStillValid(s: S, ctx: Ctx, testedOn: string): boolean {
  return due(ctx, s, 'test-validity', ctx.policy.terms.testValidity, testedOn, 'тестирование').dueOn >= ctx.today;
}

/** What a result leads to: a candidate below the threshold fails or repeats; everybody else goes to the panel. */
export function afterTest(rec: Rec): void {
  const { state: s, ctx } = rec;
  const { thresholdPercent, repeats } = ctx.policy.test;
  const below = s.test.absent === true || (s.test.score ?? 0) < thresholdPercent;
  if (below && !s.incumbent) {
    if (s.test.repeats < repeats) {
      rec.emit('P02-T23', 'test.repeat_allowed', { to: 'admitted' });
      ask(rec, 'test', 'test', 'разрешена повторная попытка');
      return;
    }
    desk.cancelOpen(rec, 'not_needed');
    rec.emit('P02-T22', 'test.failed', {
      to: 'not_conform',
      kind: 'not_conform',
      takenBy: actingPeople(rec.command.actor),
      score: s.test.score ?? null,
    });
    ask(rec, 'act', 'act', 'кандидат не прошёл тестирование');
    return;
  }
  if (below) rec.emit('P02-T24', 'test.below_noted', { score: s.test.score ?? null });
  formPanel(rec);
}

/**
 * After a postponement the case comes back at the stage whose results are still valid (P02): a valid test is kept, and with it a
 * valid evaluation. Answers whether anything was kept.
 */
export function keepValidResults(rec: Rec): boolean {
  const { state: s, ctx } = rec;
  const { testedOn } = s.test;
  if (!testedOn || !testStillValid(s, ctx, testedOn)) return false;
  rec.emit('P02-T35', 'test.kept', { to: 'tested', testedOn });
  if (!rec.state.panelResult) afterTest(rec);
  else toEvaluated(rec, 'P02-T47', 'panel.kept', {});
  return true;
}

function recordTest(rec: Rec, p: Payload): void {
  const s = rec.state;
  const testedOn = requirePast(rec, p.testedOn, s.announcedOn, '/testedOn');
  if (s.test.failedOn.includes(testedOn))
    deny('same_day', 'Вторая попытка — в другой день.', { errors: [{ pointer: '/testedOn', detail: 'Другой день.' }] });
  if (!(p.score >= 0 && p.score <= 100))
    deny('score', 'Результат — от 0 до 100 процентов.', { errors: [{ pointer: '/score', detail: 'От 0 до 100.' }] });
  desk.finish(rec, p, { score: p.score });
  rec.emit('P02-T21', 'test.recorded', { to: 'tested', score: p.score, testedOn });
  afterTest(rec);
}

/** Without a reason, or for the third time: the candidate's application ends, the incumbent is recorded as absent. */
export function missedForGood(rec: Rec, rows: { candidate: string; incumbent: string }): void {
  if (!rec.state.incumbent)
    return end(rec, rows.candidate, 'attestation.lapsed', { to: 'lapsed', outcome: 'lapsed', cause: 'no_show' });
  desk.cancelOpen(rec, 'absent', (t) => t.kind !== 'test');
  rec.emit(rows.incumbent, 'test.absent', { to: 'tested' });
  afterTest(rec);
}

function recordNoShow(rec: Rec, p: Payload): void {
  const { state: s, ctx } = rec;
  const missedOn = requirePast(rec, p.missedOn, s.announcedOn, '/missedOn');
  if (s.test.noShows >= ctx.policy.test.reschedules)
    return missedForGood(rec, { candidate: 'P02-T32', incumbent: 'P02-T33' });
  rec.emit('P02-T26', 'test.missed', { missedOn });
}

function acceptReason(rec: Rec, p: Payload): void {
  const { state: s, ctx } = rec;
  const testOn = requireDate(p.testOn, '/testOn');
  const last = due(
    ctx,
    s,
    'rescheduled',
    ctx.policy.terms.rescheduled,
    ctx.today,
    'причина признана уважительной',
  ).dueOn;
  if (testOn <= ctx.today || testOn > last)
    deny('date_out_of_range', `Новый день — с завтрашнего до ${last}.`, {
      errors: [{ pointer: '/testOn', detail: `Не позже ${last}.` }],
    });
  desk.cancelOpen(rec, 'rescheduled', (t) => t.kind !== 'test');
  rec.emit('P02-T28', 'test.rescheduled', { to: 'rescheduled', testOn });
}

function reuseTest(rec: Rec, p: Payload): void {
  const { state: s, ctx } = rec;
  const testedOn = requireDate(p.testedOn, '/testedOn');
  if (testedOn > ctx.today || !testStillValid(s, ctx, testedOn) || !(p.score >= ctx.policy.test.thresholdPercent))
    deny('not_valid', 'Зачесть можно действующий результат не ниже порога.', {
      errors: [{ pointer: '/testedOn', detail: 'Результат не действует или ниже порога.' }],
    });
  desk.finishOpen(rec, 'test', { outcome: 'reused' });
  rec.emit('P02-T34', 'test.reused', { to: 'tested', score: p.score, testedOn, from: p.fromCaseId });
  afterTest(rec);
}

const waiting = (s: S): string | null => (s.test.missedOn ? 'Записана неявка: сначала решается её причина.' : null);

export const testRules: Rules = {
  setTest: {
    labelRu: 'Назначить день тестирования',
    stages: ['admitted'],
    roles: ['secretary'],
    unless: waiting,
    apply: (rec, p) => {
      const testOn = requireDate(p.testOn, '/testOn');
      if (testOn < rec.ctx.today || rec.state.test.failedOn.includes(testOn))
        deny('date_past', 'День тестирования — сегодня или позже, после сбоя — другой день.', {
          errors: [{ pointer: '/testOn', detail: 'Выберите другой день.' }],
        });
      rec.emit('P02-T20', 'test.appointed', { testOn });
    },
  },
  recordTest: {
    labelRu: 'Записать результат тестирования',
    tone: 'primary',
    stages: ['admitted'],
    roles: ['secretary'],
    task: ['test'],
    unless: (s, ctx, task) => waiting(s) ?? inWork(s, ctx, task),
    apply: recordTest,
  },
  recordTechnicalFailure: {
    labelRu: 'Технический сбой, попытка не засчитана',
    stages: ['admitted'],
    roles: ['secretary'],
    unless: (s, ctx) =>
      waiting(s) ??
      (s.test.failures + 1 >= ctx.policy.test.attempts
        ? 'Попытки по техническому сбою исчерпаны: результат записывают.'
        : null),
    apply: (rec, p) => {
      const testedOn = requirePast(rec, p.testedOn, rec.state.announcedOn, '/testedOn');
      rec.emit('P02-T25', 'test.technical_failure', { testedOn, statement: p.statement });
    },
  },
  recordNoShow: {
    labelRu: 'Записать неявку на тестирование',
    stages: ['admitted'],
    roles: ['secretary'],
    unless: waiting,
    apply: recordNoShow,
  },
  showReason: {
    labelRu: 'Представить причину неявки',
    tone: 'primary',
    stages: ['admitted'],
    roles: ATTESTEE,
    unless: (s) => (s.test.missedOn && !s.test.reasonShown ? null : 'Неявки, причину которой ждут, нет.'),
    apply: (rec, p) => rec.emit('P02-T27', 'test.reason_shown', { document: p.document }),
  },
  acceptReason: {
    labelRu: 'Причина уважительная, перенести',
    stages: ['admitted'],
    roles: ['secretary'],
    unless: (s) => (s.test.missedOn && s.test.reasonShown ? null : 'Причина неявки не представлена.'),
    apply: acceptReason,
  },
  rejectReason: {
    labelRu: 'Причина не уважительная',
    tone: 'danger',
    stages: ['admitted'],
    roles: ['secretary'],
    unless: (s) => (s.test.missedOn && s.test.reasonShown ? null : 'Причина неявки не представлена.'),
    apply: (rec) => missedForGood(rec, { candidate: 'P02-T36', incumbent: 'P02-T37' }),
  },
  reuseTest: {
    labelRu: 'Зачесть прежний результат',
    stages: ['admitted'],
    roles: ['secretary'],
    unless: waiting,
    apply: reuseTest,
  },
};
