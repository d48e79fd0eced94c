/** The years: the log of the pair, norms of months and quarters, obligatory content, the programme (ППН) and the gates. */
import { holderOf, inWork } from '../../kit/desk.ts';
import { addDays, isIsoDate } from '../../kit/dates.ts';
import { deny } from '../../kit/recorder.ts';
import type { ContentItem, Norm, WorkKind, Year } from '../policy.ts';
import { INTAKE, SEARCHING, WORKING, YEARS } from '../stages.ts';
import { quarterStart, type LogEntry, type Totals } from '../state.ts';
import { monthOf } from '../terms.ts';
import {
  close,
  desk,
  finishTask,
  isMentee,
  isMentor,
  isOpen,
  partsOf,
  type Ctx,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';

const LOGGING = [...WORKING, 'resuming'];

/** Which side of the pair the actor speaks for; without a mentor the curator speaks for him. */
function sideOf(s: S, actor: Parameters<typeof isMentor>[1]): 'mentee' | 'mentor' | null {
  if (isMentee(s, actor)) return 'mentee';
  if (s.pair) return isMentor(s, actor) ? 'mentor' : null;
  const outside = [s.lastMentorId, s.candidate?.mentorId];
  return actor.kind === 'person' && !outside.includes(actor.personId) ? 'mentor' : null;
}

function logWork(rec: Rec, p: Payload): void {
  const { state, ctx, command } = rec;
  const entries = (p.entries as Array<{ kind: WorkKind; on: string }>).map(({ kind, on }, i): LogEntry => {
    const wrong = (detail: string) => deny('log_date', detail, { errors: [{ pointer: `/entries/${i}/on`, detail }] });
    if (!isIsoDate(on) || on > ctx.today) wrong('Дата работы не может быть в будущем.');
    if (on < state.hiredOn || on < addDays(ctx.today, -ctx.policy.logBackDays))
      wrong(`Записи вносят не позже чем за ${ctx.policy.logBackDays} дн.`);
    if (state.pauses.some((x) => on > x.fromOn && (x.toOn === undefined || on < x.toOn)))
      wrong('В эти дни цикл был приостановлен.');
    return { kind, on, month: monthOf(state, ctx, on) };
  });
  rec.emit('P04-T22', 'log.added', {
    batch: `L${state.batchCount + 1}`,
    side: sideOf(state, command.actor),
    entries,
    form: ctx.policy.forms.log,
    document: p.document ?? null,
    interim: state.pair === undefined,
  });
}

function confirmLog(rec: Rec, p: Payload): void {
  const mine = sideOf(rec.state, rec.command.actor);
  const waiting = rec.state.batches.filter((b) => b.side !== mine);
  const asked = p.batches ? waiting.filter((b) => p.batches.includes(b.id)) : waiting;
  if (asked.length === 0 || (p.batches && asked.length !== p.batches.length))
    deny('nothing_to_confirm', 'Таких записей, ждущих вашего подтверждения, нет.');
  rec.emit('P04-T23', 'log.confirmed', {
    batches: asked.map((b) => b.id),
    entries: asked.flatMap((b) => b.entries),
    by: mine,
  });
}

// ── Months and quarters ──

const sum = (s: S, months: number[], kind: WorkKind): number =>
  months.reduce((total, m) => total + (s.months[m]?.[kind] ?? 0), 0);

export interface Missing {
  kind: WorkKind;
  needed: number;
  done: number;
}

/** What a quarter lacks: month norms month by month, quarter norms in proportion to the months the cycle has run in it. */
export function missingIn(s: S, norms: Norm[], months: number[]): Missing[] {
  return norms.flatMap(({ kind, per, min }) => {
    const needed = per === 'month' ? min * months.length : Math.ceil((min * months.length) / 3);
    const done = sum(s, months, kind);
    const short = per === 'month' ? months.some((m) => (s.months[m]?.[kind] ?? 0) < min) : done < needed;
    return short ? [{ kind, needed, done }] : [];
  });
}

/** A month of service is over: its counts are recorded, and with every third one its quarter is judged. */
export function closeMonth(rec: Rec): void {
  const { state: s, ctx } = rec;
  const month = s.monthsClosed + 1;
  const unconfirmed = s.batches.flatMap((b) => b.entries).filter((e) => e.month === month).length;
  rec.emit('P04-T26', 'month.closed', { month, counts: s.months[month] ?? {}, unconfirmed });
  if (month % 3 !== 0) return;
  const first = Math.max(quarterStart(month), s.credited + 1);
  const months = Array.from({ length: month - first + 1 }, (_, i) => first + i);
  const year = Math.min(s.year, Math.ceil(month / 12)) as Year;
  const missing = missingIn(s, ctx.policy.norms[`${year}`], months);
  const totals: Totals = {};
  for (const m of months)
    for (const [kind, n] of Object.entries(s.months[m] ?? {}))
      totals[kind as WorkKind] = (totals[kind as WorkKind] ?? 0) + n;
  const facts = { month, quarter: month / 3, counts: totals };
  if (missing.length > 0) rec.emit('P04-T28', 'quarter.missed', { ...facts, missing, inARow: s.risk + 1 });
  else if (s.risk > 0) rec.emit('P04-T29', 'quarter.cleared', facts);
  else rec.emit('P04-T27', 'quarter.met', facts);
  if (!LOGGING.includes(s.stage)) return;
  // A check that nobody made gives way to the next one: the missed quarter is in the record.
  finishTask(rec, 'quarter_check', 'superseded');
  desk.office(rec, 'quarter_check', 'curator', ctx.policy.terms.quarterCheck, 'квартал окончен');
}

// ── Content ──

export const itemsOf = (s: S, ctx: Ctx): ContentItem[] => ctx.policy.content[`${s.year}`];

/** Items of the year that are still to be done; the gate opens when there are none. */
export const missingItems = (s: S, ctx: Ctx): ContentItem[] => itemsOf(s, ctx).filter((i) => !s.done.includes(i.code));

function recordContent(rec: Rec, p: Payload): void {
  const { state, ctx, command } = rec;
  const item = itemsOf(state, ctx).find((i) => i.code === p.item);
  const pointer = { errors: [{ pointer: '/item', detail: 'Выберите пункт этого года.' }] };
  if (!item) return deny('no_such_item', 'В программе этого года нет такого пункта.', pointer);
  if (state.done.includes(item.code)) deny('item_done', 'Этот пункт уже выполнен.');
  if (!partsOf(state, command.actor, ctx).some((role) => item.by.includes(role)))
    deny('not_your_item', 'Этот пункт отмечает другой участник.', pointer);
  emitContent(rec, 'P04-T31', item.code, { document: p.document ?? null });
}

export function emitContent(rec: Rec, row: string, item: string, more: Payload): void {
  const { year } = rec.state;
  rec.emit(row, 'content.done', { item, year, form: rec.ctx.policy.forms.report, ...more });
}

// ── Programme of the pair ──

function proposePpn(rec: Rec, p: Payload): void {
  const { state, ctx, command } = rec;
  const personId = holderOf(command.actor);
  if (desk.find(rec, p.taskId).state === 'assigned')
    rec.emit('TASK-25', 'task.accepted', { taskId: p.taskId, personId });
  rec.emit('P04-T34', 'ppn.proposed', {
    ppn: {
      n: state.ppnCount + 1,
      year: state.year,
      document: p.document,
      form: ctx.policy.forms.ppn,
      signed: ['curator'],
    },
  });
}

function signPpn(rec: Rec): void {
  const { state, command } = rec;
  const side = isMentee(state, command.actor) ? 'new_teacher' : 'mentor';
  rec.emit('P04-T35', 'ppn.signed', { side, n: state.ppn?.n });
  const { ppn } = rec.state;
  if (!ppn || ppn.signed.length < 3) return;
  rec.emit('P04-T36', 'ppn.agreed', { n: ppn.n, year: ppn.year, form: ppn.form, document: ppn.document });
  for (const task of rec.state.tasks.filter((t) => t.kind === 'ppn' && isOpen(t)))
    if (task.state !== 'assigned') desk.submit(rec, task, { n: ppn.n });
  // Signed while the task waited for another curator: nobody owes it any more.
  finishTask(rec, 'ppn', 'agreed');
}

/** Who may sign as the mentor: he in place, or the one who has consented and waits for the order. */
function signsAsMentor(s: S, personId: string): boolean {
  if (s.pair) return s.pair.mentorId === personId;
  const seat = s.tasks.find((t) => t.id === s.candidate?.taskId);
  return s.candidate?.mentorId === personId && seat?.state === 'in_progress';
}

// ── Gates ──

function gateTask(s: S): string | null {
  return s.gate ? null : 'Рубеж открывается за месяц до конца года.';
}

function complete(s: S, ctx: Ctx): string | null {
  const missing = missingItems(s, ctx);
  return missing.length === 0 ? null : `Не выполнено: ${missing.map((i) => i.labelRu).join('; ')}.`;
}

function passGate(rec: Rec, p: Payload): void {
  const { year, stage } = rec.state;
  const row = stage === 'year_1' ? 'P04-T40' : stage === 'year_2' ? 'P04-T41' : 'P04-T42';
  const { document, statement } = p;
  desk.finish(rec, p, { decision: 'passed' });
  finishTask(rec, 'ppn', 'year_turned');
  rec.emit(row, 'gate.passed', {
    ...(stage === 'mentor_vacant' ? {} : { to: `year_${year + 1}` }),
    year,
    document,
    statement: statement ?? null,
    form: rec.ctx.policy.forms.conclusion,
    forms: rec.ctx.policy.forms,
    totals: rec.state.totals,
    late: rec.state.gate?.overdue === true,
  });
}

function extendGate(rec: Rec, p: Payload): void {
  const max = rec.state.rights.maxExtensionMonths;
  if (p.months > max)
    deny('extension_too_long', `Год продлевают не более чем на ${max} мес.`, {
      errors: [{ pointer: '/months', detail: `Не больше ${max}.` }],
    });
  const parts = p.parts as string[];
  desk.finish(rec, p, { decision: 'extended' });
  // The year is not over: its report and surveys are asked again, with the parts to repeat.
  const repeat = itemsOf(rec.state, rec.ctx)
    .filter((i) => i.gate || parts.includes(i.code))
    .map((i) => i.code);
  rec.emit('P04-T43', 'gate.extended', {
    months: p.months,
    parts,
    repeat,
    statement: p.statement,
    year: rec.state.year,
  });
}

const certificate = (rec: Rec, field: string) =>
  rec.claim({
    kind: 'serial',
    series: `${rec.ctx.policy.numbering.prefix}-C:${rec.ctx.jurisdiction.regionCode}`,
    event: rec.events.length,
    field,
    prefix: `${rec.ctx.policy.numbering.prefix}-С-${rec.ctx.jurisdiction.regionCode}-`,
    width: 5,
  });

function conclude(rec: Rec, p: Payload): void {
  desk.finish(rec, p, { decision: 'completed' });
  const { document, recommendations } = p;
  desk.cancelOpen(rec, 'cycle.completed');
  certificate(rec, 'certificate');
  close(rec, 'P04-T45', 'cycle.completed', {
    to: 'completed',
    outcome: 'granted',
    document,
    recommendations,
    form: rec.ctx.policy.forms.conclusion,
    totals: rec.state.totals,
  });
}

const earlyOff = (s: S, ctx: Ctx, row: string): string | null =>
  s.rights.earlyCompletion && !ctx.policy.disabledRows.includes(row)
    ? null
    : 'Досрочное завершение правилами региона не предусмотрено.';

export const yearRules: Rules = {
  logWork: {
    labelRu: 'Внести записи в журнал',
    stages: LOGGING,
    roles: ['new_teacher', 'mentor', 'curator'],
    unless: (s, _ctx, _task, actor) => (sideOf(s, actor) ? null : 'Журнал ведут педагог и наставник.'),
    apply: logWork,
  },
  confirmLog: {
    labelRu: 'Подтвердить записи журнала',
    stages: LOGGING,
    roles: ['new_teacher', 'mentor', 'curator'],
    unless: (s, _ctx, _task, actor) => {
      const mine = sideOf(s, actor);
      if (!mine) return 'Журнал ведут педагог и наставник.';
      return s.batches.some((b) => b.side !== mine) ? null : 'Записей, ждущих вашего подтверждения, нет.';
    },
    apply: confirmLog,
  },
  revokeLog: {
    labelRu: 'Аннулировать записи журнала',
    tone: 'danger',
    stages: LOGGING,
    roles: ['curator'],
    apply: (rec, p) => {
      const { kind, month, count } = p as { kind: WorkKind; month: number; count: number };
      const known = month >= quarterStart(rec.state.monthsClosed + 1) ? rec.state.months[month] : rec.state.totals;
      if (count > (known?.[kind] ?? 0))
        deny('nothing_to_revoke', 'Столько подтверждённых записей этого вида нет.', {
          errors: [{ pointer: '/count', detail: `Подтверждено: ${known?.[kind] ?? 0}.` }],
        });
      rec.emit('P04-T25', 'log.revoked', { kind, month, count, act: p.act, statement: p.statement ?? null });
    },
  },
  completeQuarterCheck: {
    labelRu: 'Завершить проверку квартала',
    tone: 'primary',
    stages: LOGGING,
    roles: ['curator'],
    task: ['quarter_check'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { remarks: p.remarks === true });
      rec.emit('P04-T30', 'quarter.checked', { remarks: p.remarks === true, document: p.document ?? null });
    },
  },
  recordContent: {
    labelRu: 'Отметить пункт программы',
    stages: [...LOGGING, ...INTAKE],
    roles: ['new_teacher', 'mentor', 'curator', 'tutor', 'methodist'],
    unless: (s, ctx, _task, actor) => {
      const parts = partsOf(s, actor, ctx);
      const mine = missingItems(s, ctx).some((i) => i.by.some((role) => parts.includes(role)));
      return mine ? null : 'Ваших невыполненных пунктов нет.';
    },
    apply: recordContent,
  },
  proposePpn: {
    labelRu: 'Предложить программу наставничества',
    tone: 'primary',
    stages: [...SEARCHING, ...YEARS],
    roles: ['curator'],
    task: ['ppn'],
    unless: inWork,
    apply: proposePpn,
  },
  signPpn: {
    labelRu: 'Подписать программу наставничества',
    tone: 'primary',
    stages: [...SEARCHING, ...YEARS],
    roles: ['new_teacher', 'mentor'],
    unless: (s, _ctx, _task, actor) => {
      if (!s.ppn || s.ppnAgreed || s.ppn.year !== s.year || s.ppn.signed.length === 3)
        return 'Новой программы на подпись нет.';
      if (isMentee(s, actor)) return s.ppn.signed.includes('new_teacher') ? 'Вы уже подписали.' : null;
      if (actor.kind !== 'person' || !signsAsMentor(s, actor.personId)) return 'Подписывает наставник этой пары.';
      return s.ppn.signed.includes('mentor') ? 'Вы уже подписали.' : null;
    },
    apply: signPpn,
  },
  passGate: {
    labelRu: 'Рубеж пройден: перейти к следующему году',
    tone: 'primary',
    stages: ['year_1', 'year_2', 'mentor_vacant'],
    roles: ['curator'],
    task: ['gate'],
    unless: (s, ctx, task) => {
      if (s.year === 3) return 'Третий год завершает итоговое заключение.';
      return gateTask(s) ?? complete(s, ctx) ?? inWork(s, ctx, task);
    },
    apply: passGate,
  },
  extendGate: {
    labelRu: 'Продлить год',
    stages: WORKING,
    roles: ['curator'],
    task: ['gate'],
    unless: (s, ctx, task) =>
      gateTask(s) ?? (s.extension ? 'Цикл уже продлевали: это возможно один раз.' : inWork(s, ctx, task)),
    apply: extendGate,
  },
  failGate: {
    labelRu: 'Закрыть: программа не выполнена',
    tone: 'danger',
    stages: WORKING,
    roles: ['curator'],
    task: ['gate'],
    unless: (s, ctx, task) =>
      gateTask(s) ??
      (s.extension ? inWork(s, ctx, task) : 'Сначала год продлевают: закрыть можно только после продления.'),
    apply: (rec, p) => {
      desk.finish(rec, p, { decision: 'failed' });
      close(rec, 'P04-T44', 'cycle.closed_incomplete', {
        to: 'closed_incomplete',
        outcome: 'refused',
        reasons: p.reasons,
        document: p.document,
        year: rec.state.year,
      });
    },
  },
  concludeCycle: {
    labelRu: 'Итоговое заключение: завершить цикл',
    tone: 'primary',
    stages: ['year_3', 'mentor_vacant'],
    roles: ['curator'],
    task: ['gate'],
    unless: (s, ctx, task) => {
      if (s.year !== 3) return 'Итоговое заключение — в конце третьего года.';
      return gateTask(s) ?? complete(s, ctx) ?? inWork(s, ctx, task);
    },
    apply: conclude,
  },
  requestEarly: {
    labelRu: 'Согласие завершить досрочно: получена категория',
    stages: ['year_2', 'year_3'],
    roles: ['new_teacher'],
    unless: (s, ctx) => earlyOff(s, ctx, 'P04-T46') ?? (s.early ? 'Согласие уже записано.' : null),
    apply: (rec, p) => rec.emit('P04-T46', 'early.requested', { act: p.act }),
  },
  completeEarly: {
    labelRu: 'Завершить досрочно',
    stages: ['year_2', 'year_3'],
    roles: ['curator'],
    unless: (s, ctx) => earlyOff(s, ctx, 'P04-T47') ?? (s.early ? null : 'Нужны категория и согласие педагога.'),
    apply: (rec, p) => {
      desk.cancelOpen(rec, 'cycle.completed_early');
      certificate(rec, 'certificate');
      close(rec, 'P04-T47', 'cycle.completed_early', {
        to: 'completed_early',
        outcome: 'granted',
        act: rec.state.early?.act,
        document: p.document,
        totals: rec.state.totals,
      });
    },
  },
};
