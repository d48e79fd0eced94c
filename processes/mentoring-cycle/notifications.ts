/** Who is told what (specification P04 «Notify», 3.8). Letters speak to one person and name no reasons of another. */
import { termRu } from '../kit/deadlines.ts';
import { addWorkingDays } from '../kit/calendar.ts';
import { addYears, formatDateRu } from '../kit/dates.ts';
import { type NoticeParams, type NoticeTemplate, template } from '../kit/letter.ts';
import { taskDue } from '../kit/task.ts';
import type { Context, NoticeIntent, Role, StoredEvent } from '../kit/types.ts';
import { taskClock } from '../kit/terms.ts';
import { LEAVE_LABELS, TASK_LABELS, WORK_LABELS } from './labels.ru.ts';
import type { MentoringPolicy, WorkKind } from './policy.ts';
import type { Missing } from './rules/year.ts';
import { STAGES } from './stages.ts';
import type { MentoringState, Totals } from './state.ts';
import { gateDue, monthEnd } from './terms.ts';

type S = MentoringState;
type Ctx = Context<MentoringPolicy>;

const simple = (subject: string, ...lines: string[]): NoticeTemplate => {
  const fill = (text: string, p: NoticeParams) =>
    text.replaceAll(/\{(\w+)\}/g, (_all, name: string) => String(p[name] ?? ''));
  return template(
    (p) => fill(subject, p),
    (p) => lines.map((line) => fill(line, p)),
  );
};
const significant = (t: NoticeTemplate): NoticeTemplate => ({ ...t, legallySignificant: true });

export const TEMPLATES: Record<string, NoticeTemplate> = {
  welcome: significant(
    simple(
      'Добро пожаловать: цикл наставничества {number} открыт',
      'Первые три года вас сопровождают наставник и куратор школы. Наставника назначат до {due}.',
      'Вместе вы составите персонализированную программу. Участие добровольное: отказаться можно на странице дела.',
    ),
  ),
  'mentor-proposed': simple(
    'Вам предлагают стать наставником (дело {number})',
    'Школа предлагает вам наставничество. Письменное согласие даётся на странице дела; отказаться можно без объяснения причин.',
    'Ответ — до {due}. Содержание, срок и оплату определит приказ.',
  ),
  'order-needed': simple(
    'Дело {number}: нужен приказ о наставнике',
    'Наставник дал согласие. Издайте приказ до {due}.',
  ),
  'mentor-appointed': significant(
    simple('Дело {number}: наставник назначен', 'Приказ № {order} от {orderDate}. Пара работает с {on}.'),
  ),
  'pay-order': simple(
    'Дело {number}: приказ о доплате наставнику',
    'Приказ № {order} от {orderDate}: наставничество с {on}. Оформите доплату и дополнение к трудовому договору.',
  ),
  'pay-end': simple(
    'Дело {number}: наставничество окончено',
    'Пара по приказу № {order} прекращена {on}. Остановите доплату.',
  ),
  'year-begun': simple('Дело {number}: начат {year}-й год цикла', 'Рубеж года — {due}. Нормы года — на странице дела.'),
  'mentor-missing': simple('Дело {number}: наставника нет', 'Срок назначения наставника прошёл {due}. {who}'),
  interim: simple(
    'Дело {number}: вы временно ведёте педагога',
    'Наставник выбыл {on}. До назначения нового, не позднее {due}, журнал ведёт куратор.',
  ),
  'mentor-change': simple(
    'Дело {number}: наставник сменится',
    'С {on} вас временно ведёт куратор школы. Нового наставника назначат до {due}; год от этого не удлиняется.',
  ),
  'mentor-cancelled': significant(
    simple('Дело {number}: поручение наставнику отменяется', 'Поручение прекращается {on}. Спасибо за работу.'),
  ),
  'month-norms': simple(
    'Дело {number}: месяц {month} окончен',
    'Подтверждено: {done}. Следующий месяц — до {due}; норма: {norms}.',
  ),
  'quarter-summary': simple('Дело {number}: итоги квартала {quarter}', 'Подтверждено: {done}. {verdict}'),
  'at-risk': simple('Дело {number}: норма квартала не выполнена', 'Не хватает: {missing}. Подряд кварталов: {inARow}.'),
  'quarter-check': simple('Дело {number}: проверка квартала', 'Проведите проверку до {due}.'),
  'log-confirm': simple(
    'Дело {number}: подтвердите записи журнала',
    'Записи от {on} ждут вашего подтверждения: {count}.',
  ),
  'log-reminder': simple(
    'Дело {number}: записи журнала не подтверждены',
    'Записи от {on} ждут вашего подтверждения больше семи дней. Неподтверждённая работа не засчитывается.',
  ),
  'log-revoked': significant(
    simple('Дело {number}: записи журнала аннулированы', 'Акт: {act}. Вид: {kind}, число: {count}.'),
  ),
  'payroll-flag': simple(
    'Дело {number}: работа наставника не подтверждена',
    'Месяц {month}: {what}. Это сведения для проверки; автоматического удержания нет.',
  ),
  'survey-100': simple(
    'Дело {number}: опрос первых ста дней',
    'Ответьте на опрос на странице дела: как проходят первые месяцы.',
  ),
  'ppn-needed': simple('Дело {number}: нужна программа наставничества', 'Предложите программу (ППН) до {due}.'),
  'ppn-sign': simple(
    'Дело {number}: программа наставничества ждёт подписи',
    'Прочитайте и подпишите программу на странице дела.',
  ),
  'ppn-agreed': simple(
    'Дело {number}: программа наставничества согласована',
    'Программу подписали педагог, наставник и куратор.',
  ),
  'gate-opened': simple(
    'Дело {number}: рубеж {year}-го года — {due}',
    'Соберите отчёт пары, анкеты и проведите рубеж до {due}.',
  ),
  'gate-overdue': simple(
    'Дело {number}: рубеж {year}-го года просрочен',
    'Срок был {due}. Год сам не сменится: рубеж проводит куратор.',
  ),
  'gate-passed': significant(
    simple('Дело {number}: {year}-й год пройден', 'Рубеж пройден {on}. Составьте новую программу, срок — {term}.'),
  ),
  'gate-extended': significant(
    simple('Дело {number}: год продлён', 'Год продлён на {months} мес., новый рубеж — {due}. Продлить можно один раз.'),
  ),
  completed: significant(
    simple(
      'Дело {number}: цикл завершён',
      'Свидетельство {certificate}. Рекомендации — в заключении на странице дела.',
    ),
  ),
  incomplete: significant(
    simple(
      'Дело {number}: цикл закрыт без выполнения',
      'Основания — в заключении. Поддержка может продолжаться по индивидуальному маршруту.',
    ),
  ),
  'policy-moved': significant(
    simple(
      'Дело {number}: действуют новые нормы и формы',
      'С этого этапа применяется версия правил {version}. Сделанное раньше сохраняет силу.',
    ),
  ),
  'policy-offered': significant(
    simple(
      'Дело {number}: предложена действующая версия правил',
      'Пока вас не было, правила изменились: версия {version}. Принять её или остаться на прежней до рубежа решаете вы.',
    ),
  ),
  paused: significant(
    simple(
      'Дело {number}: цикл приостановлен',
      'Основание: {leave}. Сроки стоят, остаток года сохраняется: {months} мес. {days} дн.',
    ),
  ),
  'leave-asked': simple(
    'Дело {number}: отпуск должен был окончиться',
    'Плановое окончание — {due}. Сообщите, вышел ли педагог на работу.',
  ),
  resuming: significant(
    simple(
      'Дело {number}: цикл возобновляется',
      'Год продолжается с остатком. Повторная диагностика, наставник и программа — до {due}.',
    ),
  ),
  'transfer-receive': simple(
    'Дело {number}: к вам переходит молодой педагог',
    'Примите его в программу до {due}: фаза и остаток года сохраняются.',
  ),
  'transfer-note': simple(
    'Дело {number}: передайте заключение',
    'Педагог переведён. Передайте краткое заключение о паре новому наставнику.',
  ),
  'transfer-silent': simple('Дело {number}: школа не ответила о переводе', 'Назначьте куратора до {due}.'),
  'transfer-accepted': simple(
    'Дело {number}: новая школа приняла вас в программу',
    'Нового наставника назначат до {due}.',
  ),
  exported: significant(
    simple(
      'Дело {number}: передано в другой регион',
      'Фаза и остаток года сохраняются, их продолжит принимающий регион.',
    ),
  ),
  'person-left': simple('Дело {number}: педагог выбыл', 'Спросите о причине: ответ на странице дела, до {due}.'),
  'exit-survey': simple('Расскажите, почему вы уходите', 'Ответ поможет другим. Вернуться в программу можно до {due}.'),
  declined: significant(
    simple('Дело {number}: отказ от программы записан', 'Журнал и год сохраняются. Предложение повторим через {term}.'),
  ),
  offered: simple(
    'Дело {number}: программа наставничества снова доступна',
    'Вернуться можно одним нажатием на странице дела.',
  ),
  closed: simple('Дело {number} закрыто', 'Состояние: {stage}.'),
  task: simple('Дело {number}: {task}', '{what} Срок — {due}.'),
};

const to = {
  person: (personId: string): NoticeIntent['addressee'] => ({ kind: 'person', personId }),
  school: (s: S, role: Role): NoticeIntent['addressee'] => ({
    kind: 'organisation',
    organisationId: s.place.organisationId,
    role,
  }),
  authority: (s: S): NoticeIntent['addressee'] => ({
    kind: 'organisation',
    organisationId: s.place.authorityId,
    role: 'founder_rep',
  }),
  region: (s: S, role: Role): NoticeIntent['addressee'] => ({
    kind: 'role',
    role,
    scope: { kind: 'region', id: s.place.region },
  }),
};

const countsRu = (totals: Totals): string =>
  Object.entries(totals)
    .map(([kind, n]) => `${WORK_LABELS[kind as WorkKind]} — ${n}`)
    .join(', ') || 'ничего';

const normsRu = (s: S, ctx: Ctx): string =>
  ctx.policy.norms[`${s.year}`]
    .map((n) => `${WORK_LABELS[n.kind]} — ${n.min} в ${n.per === 'month' ? 'месяц' : 'квартал'}`)
    .join(', ') || 'не установлена';

/** Letters of an event. */
export function notices(event: StoredEvent, s: S, ctx: Ctx): NoticeIntent[] {
  const f = event.facts as Record<string, any>;
  const out: NoticeIntent[] = [];
  const on = formatDateRu(event.on);
  const say = (code: string, addressee: NoticeIntent['addressee'], params: NoticeParams = {}, occurrence?: string) =>
    out.push({
      template: code,
      addressee,
      params: { number: s.number ?? '', on, ...params },
      legallySignificant: TEMPLATES[code]?.legallySignificant ?? false,
      ...(occurrence ? { occurrence } : {}),
    });
  const mentee = to.person(s.menteeId);
  const mentor = s.pair ? to.person(s.pair.mentorId) : undefined;
  const curator = to.school(s, 'curator');
  const head = to.school(s, 'head');
  const hr = to.school(s, 'hr_officer');
  const termOf = (kind: string): string => {
    const task = s.tasks.find((t) => t.kind === kind && t.state !== 'done' && t.state !== 'cancelled');
    const due = task && taskDue(task, taskClock(ctx));
    return due ? formatDateRu(due.dueOn) : '';
  };
  const searchDue = (): string => (s.search ? formatDateRu(addWd(ctx, event.on)) : '');

  switch (event.type) {
    case 'cycle.opened':
    case 'cycle.imported':
      say('welcome', mentee, { due: searchDue() });
      break;
    case 'task.assigned': {
      const task = s.tasks.find((t) => t.id === f.taskId);
      if (task?.kind === 'mentoring')
        say('mentor-proposed', to.person(f.personId), { due: formatDateRu(answerDue(ctx, event.on)) });
      break;
    }
    case 'task.created': {
      const { kind, role } = f.task as { kind: string; role: Role };
      if (kind === 'appoint') say('order-needed', head, { due: termOf(kind) });
      if (kind === 'ppn') say('ppn-needed', curator, { due: termOf(kind) });
      if (kind === 'quarter_check') say('quarter-check', curator, { due: termOf(kind) });
      if (kind === 'receive') say('transfer-receive', head, { due: termOf(kind) });
      if (kind === 'name_curator') say('transfer-silent', to.authority(s), { due: termOf(kind) });
      if (kind === 'find_mentor' && role === 'methodist')
        say('task', to.region(s, 'methodist'), {
          task: TASK_LABELS[kind] ?? kind,
          what: 'Нужен сетевой наставник.',
          due: termOf(kind),
        });
      break;
    }
    case 'task.reminded':
    case 'task.overdue':
    case 'task.escalated':
      taskLetters(event, s, ctx, say);
      break;
    case 'mentor.appointed': {
      const params = { order: f.pair.order.number, orderDate: formatDateRu(f.pair.order.date) };
      say('mentor-appointed', mentee, params);
      say('mentor-appointed', to.person(f.pair.mentorId), params);
      say('pay-order', hr, params);
      break;
    }
    case 'year.begun':
    case 'year.resumed':
    case 'year.continued':
      for (const person of [mentee, ...(mentor ? [mentor] : [])])
        say('year-begun', person, { year: s.year, due: formatDateRu(gateDue(s, ctx).dueOn) });
      break;
    case 'intake.escalated':
      say('mentor-missing', head, { due: on, who: 'Назначьте наставника.' });
      break;
    case 'mentor.search_escalated':
      searchLetters(f.call, s, f.due ? formatDateRu(f.due) : on, say);
      break;
    case 'mentor.vacated':
    case 'mentor.lost':
      if (s.stage === 'mentor_vacant' || s.stage === 'resuming') {
        say('interim', curator, { due: searchDue() });
        say('mentor-change', mentee, { due: searchDue() });
      }
      if (f.endedPair) say('pay-end', hr, { order: f.endedPair.order.number });
      break;
    case 'mentor.cancel_noticed':
      say('mentor-cancelled', to.person(f.mentorId), { on: formatDateRu(f.endsOn) });
      break;
    case 'month.closed':
      say('month-norms', mentee, {
        month: f.month,
        done: countsRu(f.counts),
        due: formatDateRu(monthEnd(s, ctx, s.monthsClosed + 1).dueOn),
        norms: normsRu(s, ctx),
      });
      if (f.unconfirmed > 0)
        say('payroll-flag', hr, { month: f.month, what: `не подтверждено записей: ${f.unconfirmed}` });
      break;
    case 'quarter.met':
    case 'quarter.cleared':
    case 'quarter.missed': {
      const verdict = event.type === 'quarter.missed' ? 'Норма не выполнена.' : 'Норма выполнена.';
      if (mentor) say('quarter-summary', mentor, { quarter: f.quarter, done: countsRu(f.counts), verdict });
      if (event.type !== 'quarter.missed') break;
      const missing = (f.missing as Missing[])
        .map((m) => `${WORK_LABELS[m.kind]}: ${m.done} из ${m.needed}`)
        .join('; ');
      const params = { missing, inARow: f.inARow };
      // Curator at once, the head from the second missed quarter in a row, the methodist from the third.
      say('at-risk', curator, params);
      if (f.inARow >= 2) say('at-risk', head, params);
      if (f.inARow >= 3) say('at-risk', to.authority(s), params);
      if (f.inARow >= 3) say('at-risk', to.region(s, 'methodist'), params);
      break;
    }
    case 'log.added':
      say('log-confirm', otherSide(s, f.side), { count: f.entries.length });
      break;
    case 'log.reminded': {
      const batch = s.batches.find((b) => f.batches.includes(b.id));
      if (batch) say('log-reminder', otherSide(s, batch.side), { on: formatDateRu(batch.on) });
      break;
    }
    case 'log.revoked': {
      const params = { act: f.act, kind: WORK_LABELS[f.kind as WorkKind], count: f.count };
      say('log-revoked', mentee, params);
      if (mentor) say('log-revoked', mentor, params);
      say('payroll-flag', hr, { month: f.month, what: `подтверждения аннулированы актом ${f.act}` });
      break;
    }
    case 'survey.asked':
      say('survey-100', mentee);
      break;
    case 'ppn.proposed': {
      const signer = s.pair?.mentorId ?? s.candidate?.mentorId;
      say('ppn-sign', mentee);
      if (signer) say('ppn-sign', to.person(signer));
      break;
    }
    case 'ppn.agreed':
      say('ppn-agreed', mentee);
      if (mentor) say('ppn-agreed', mentor);
      break;
    case 'gate.opened':
      say('gate-opened', curator, { year: f.year, due: formatDateRu(f.due) });
      if (mentor) say('gate-opened', mentor, { year: f.year, due: formatDateRu(f.due) });
      // Domain «Notify»: the head knows of gates thirty days before.
      say('gate-opened', head, { year: f.year, due: formatDateRu(f.due) });
      break;
    case 'gate.overdue':
      say('gate-overdue', curator, { year: f.year, due: formatDateRu(f.due) });
      break;
    case 'gate.escalated': {
      const params = { year: f.year, due: formatDateRu(f.due) };
      if (f.call === 1) say('gate-overdue', head, params);
      else {
        say('gate-overdue', to.region(s, 'methodist'), params);
        say('gate-overdue', to.authority(s), params);
      }
      break;
    }
    case 'gate.passed':
      for (const side of mentor ? [mentee, mentor] : [mentee])
        say('gate-passed', side, { year: f.year, term: termRu(ctx.policy.terms.ppn) });
      break;
    case 'gate.extended':
      say('gate-extended', mentee, { months: f.months, due: formatDateRu(gateDue(s, ctx).dueOn) });
      if (mentor) say('gate-extended', mentor, { months: f.months, due: formatDateRu(gateDue(s, ctx).dueOn) });
      break;
    case 'cycle.completed':
    case 'cycle.completed_early':
      say('completed', mentee, { certificate: f.certificate ?? '' });
      if (mentor) say('completed', mentor, { certificate: f.certificate ?? '' });
      say('pay-end', hr, { order: f.endedPair?.order.number ?? '' });
      break;
    case 'cycle.closed_incomplete':
      say('incomplete', mentee);
      say('incomplete', to.authority(s));
      break;
    case 'policy.moved':
      say('policy-moved', mentee, { version: f.policyVersionId });
      break;
    case 'policy.offered':
      say('policy-offered', mentee, { version: f.policyVersionId });
      break;
    case 'leave.started':
      for (const addressee of [mentee, ...(mentor ? [mentor] : []), curator])
        say('paused', addressee, { leave: LEAVE_LABELS[f.leave.kind] ?? f.leave.kind, ...f.remainder });
      break;
    case 'leave.asked':
      say('leave-asked', f.call === 1 ? hr : to.authority(s), { due: formatDateRu(f.until) });
      break;
    case 'leave.ended':
    case 'person.returned':
      for (const addressee of [mentee, curator, ...(mentor ? [mentor] : [])])
        say('resuming', addressee, { due: searchDue() || formatDateRu(addWd(ctx, event.on)) });
      break;
    case 'leave.ended_elsewhere':
    case 'transfer.opened':
      if (f.endedPair) say('transfer-note', to.person(f.endedPair.mentorId));
      if (f.endedPair) say('pay-end', hr, { order: f.endedPair.order.number });
      break;
    case 'transfer.called':
      say('transfer-silent', f.call === 1 ? to.authority(s) : to.region(s, 'founder_rep'), { due: on });
      break;
    case 'transfer.accepted':
    case 'transfer.curator_named':
      say('transfer-accepted', mentee, { due: searchDue() });
      break;
    case 'cycle.exported':
      say('exported', mentee);
      break;
    case 'person.left':
      say('exit-survey', mentee, { due: formatDateRu(addYears(event.on, s.rights.rehireYears)) });
      break;
    case 'exit.reminded':
      say('person-left', curator, { due: on });
      break;
    case 'programme.declined':
      for (const side of [mentee, curator]) say('declined', side, { term: termRu(ctx.policy.terms.offer) });
      break;
    case 'programme.offered':
      say('offered', mentee);
      break;
    case 'cycle.closed':
    case 'cycle.annulled':
    case 'post.changed':
      say('closed', mentee, { stage: STAGES[s.stage]?.publicLabelRu ?? s.stage });
      say('closed', curator, { stage: STAGES[s.stage]?.publicLabelRu ?? s.stage });
      break;
    case 'person.died':
      say('closed', curator, { stage: STAGES[s.stage]?.labelRu ?? s.stage });
      break;
    default:
      break;
  }
  // Nobody writes to the dead.
  return event.type === 'person.died' ? out.filter((n) => n.addressee.kind !== 'person') : out;
}

type Say = (code: string, addressee: NoticeIntent['addressee'], params?: NoticeParams, occurrence?: string) => void;

function otherSide(s: S, side: string): NoticeIntent['addressee'] {
  if (side === 'mentor') return to.person(s.menteeId);
  return s.pair ? to.person(s.pair.mentorId) : to.school(s, 'curator');
}

/** Head → МОУО (+5 wd) → ЦНППМ, external mentor (+10 wd) → weekly to the authority until filled. */
function searchLetters(call: number, s: S, due: string, say: Say): void {
  if (call === 1) say('mentor-missing', to.school(s, 'head'), { due, who: 'Назначьте наставника.' });
  else if (call === 2) say('mentor-missing', to.authority(s), { due, who: 'Школа не нашла наставника.' });
  else if (call === 3 && s.place.cnppmId)
    say(
      'mentor-missing',
      { kind: 'organisation', organisationId: s.place.cnppmId, role: 'methodist' },
      { due, who: 'Нужен сетевой наставник.' },
    );
  else
    say('mentor-missing', to.region(s, 'founder_rep'), {
      due,
      who: 'Наставник не найден ни школой, ни МОУО, ни ЦНППМ.',
    });
}

function taskLetters(event: StoredEvent, s: S, ctx: Ctx, say: Say): void {
  const task = s.tasks.find((t) => t.id === event.facts.taskId);
  if (!task) return;
  const due = taskDue(task, taskClock(ctx));
  const params = { task: TASK_LABELS[task.kind] ?? task.kind, due: due ? formatDateRu(due.dueOn) : '' };
  const holder = task.assigneeId ? to.person(task.assigneeId) : to.school(s, task.role);
  if (event.type === 'task.reminded')
    say('task', holder, { ...params, what: 'Напоминание о сроке.' }, String(event.facts.days));
  if (event.type === 'task.overdue') say('task', holder, { ...params, what: 'Срок прошёл.' });
  if (event.type === 'task.escalated')
    say(
      'task',
      task.role === 'head' ? to.authority(s) : to.school(s, 'head'),
      { ...params, what: 'Задача школы просрочена.' },
      String(event.facts.n),
    );
}

const addWd = (ctx: Ctx, on: string): string => addWorkingDays(ctx.calendar, on, ctx.policy.terms.mentor.amount);
const answerDue = (ctx: Ctx, on: string): string => addWorkingDays(ctx.calendar, on, ctx.policy.task.answer.amount);
