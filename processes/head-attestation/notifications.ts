/**
 * Who is told what (specification P02 «Notify», 3.3, 3.8): the attestee dates and results, the founder what is missing and what he has
 * to choose, the personnel office the act, the head of the authority no-shows and silence. Experts never read each other's names.
 */
import { termRu } from '../kit/deadlines.ts';
import { formatDateRu } from '../kit/dates.ts';
import { type NoticeParams, type NoticeTemplate, template } from '../kit/letter.ts';
import { taskDue, type Task } from '../kit/task.ts';
import type { Context, NoticeIntent, Role, StoredEvent } from '../kit/types.ts';
import { due, taskClock } from '../kit/terms.ts';
import { CAUSE_LABELS, EXEMPTION_LABELS, RESULT_LABELS, TASK_LABELS, VARIANT_LABELS } from './labels.ru.ts';
import type { AttestationPolicy } from './policy.ts';
import type { AttestationState } from './state.ts';

type S = AttestationState;
type Ctx = Context<AttestationPolicy>;

export const TEMPLATES: Record<string, NoticeTemplate> = {
  'attestation-scheduled': template(
    (p) => `Аттестация ${p.number}: вы внесены в график`,
    (p) => [
      `Аттестация (${p.variant}) по должности «${p.post}» назначена на ${p.date}.`,
      `С представлением учредителя вас ознакомят заранее${p.notice ? `, не позднее чем за ${p.notice}` : ''}; вы вправе представить собственные сведения.`,
    ],
    true,
  ),
  'application-registered': template(
    (p) => `Заявление ${p.number} зарегистрировано`,
    (p) => [
      `Ваше заявление об аттестации на должность «${p.post}» принято ${p.on}. Документы проверит секретарь комиссии.`,
    ],
    true,
  ),
  'documents-returned': template(
    (p) => `Аттестация ${p.number}: нужны документы`,
    (p) => [`Недостатков в документах: ${p.count}. Перечень — на странице дела.`, `Документы принимаются до ${p.due}.`],
    true,
  ),
  'attestee-reminder': template(
    (p) => `Аттестация ${p.number}: срок — ${p.due}`,
    (p) => [`Ждём от вас документы до ${p.due}.`],
    true,
  ),
  admission: template(
    (p) => `Аттестация ${p.number}: ${p.what}`,
    (p) => [`${p.what}.`, String(p.more ?? '')],
    true,
  ),
  submission: template(
    (p) => `Аттестация ${p.number}: внесено представление`,
    (p) => [
      `Учредитель внёс представление. Ознакомьтесь с ним на странице дела${p.notice ? `: с этого дня до заседания должно пройти ${p.notice}` : ''}.`,
      'Вы вправе представить собственные сведения.',
    ],
    true,
  ),
  'test-day': template(
    (p) => `Аттестация ${p.number}: тестирование ${p.date}`,
    (p) => [`Тестирование состоится ${p.date}.`, String(p.more ?? '')],
    true,
  ),
  'test-result': template(
    (p) => `Аттестация ${p.number}: результат тестирования`,
    (p) => [`${p.result}.`],
    true,
  ),
  'test-missed': template(
    (p) => `Аттестация ${p.number}: неявка на тестирование`,
    (p) => [`Записана неявка ${p.date}.`, `Уважительную причину принимают до ${p.due}.`],
    true,
  ),
  'sitting-date': template(
    (p) => `Аттестация ${p.number}: заседание ${p.date}`,
    (p) => [`Ваш вопрос внесён в повестку заседания комиссии ${p.date}: защита программы развития и собеседование.`],
    true,
  ),
  'sitting-moved': template(
    (p) => `Аттестация ${p.number}: вопрос перенесён`,
    (p) => [
      `На заседании ${p.date} вопрос не решён: ${p.cause}. Он переходит на следующее заседание, о дате сообщим.`,
      `Рассмотрение задерживается с ${p.since}.`,
    ],
    true,
  ),
  voted: template(
    (p) => `Аттестация ${p.number}: решение комиссии`,
    (p) => [
      `Комиссия решила: ${p.result}.`,
      p.extract ? `Срок выписки из протокола — ${p.extract}, акта — ${p.act}.` : '',
    ],
    true,
  ),
  paper: template(
    (p) => `Аттестация ${p.number}: ознакомьтесь — ${p.what}`,
    (p) => [`${p.what}. Ознакомьтесь на странице дела.`, String(p.more ?? '')],
    true,
  ),
  'status-changed': template(
    (p) => `Аттестация ${p.number}: ${p.what}`,
    (p) => [`${p.what}.`, String(p.more ?? '')],
    true,
  ),
  retake: template(
    (p) => `Аттестация ${p.number}: повторная аттестация ${p.date}`,
    (p) => [`Назначена повторная аттестация ${p.date}. До неё — обучение по направлению учредителя.`],
    true,
  ),
  validity: template(
    (p) => `Аттестация ${p.entry} действует до ${p.until}`,
    (p) => [`${p.what}`],
    true,
  ),
  'office-attention': template(
    (p) => `Дело ${p.number}: ${p.what}`,
    (p) => [`Аттестация, ${p.variant}, должность «${p.post}»: ${p.what}.`, String(p.more ?? '')],
  ),
  'expert-invited': template(
    (p) => `Приглашение: ${p.task}`,
    (p) => [
      `Вас просят о работе: ${p.task}, дело ${p.number}.`,
      `Примите задачу и подтвердите отсутствие конфликта интересов или откажитесь до ${p.answerBy}.`,
    ],
  ),
  'answer-reminder': template(
    (p) => `Ждём ответа: ${p.task}`,
    (p) => [`Приглашение по делу ${p.number} ещё без ответа. Если ответа не будет, пригласят другого эксперта.`],
  ),
  'task-term': template(
    (p) => `${p.task}: срок до ${p.due}`,
    (p) => [`Дело ${p.number}. Заключение — до ${p.due}.`],
  ),
  'task-assigned': template(
    (p) => `Новая задача: ${p.task}`,
    (p) => [`Дело ${p.number}, аттестация (${p.variant}). Срок — ${p.due}.`],
  ),
  'task-reminder': template(
    (p) => `Срок ${p.due}: ${p.task}`,
    (p) => [`Дело ${p.number}: осталось рабочих дней: ${p.days}. Срок — ${p.due}.`],
  ),
  'task-overdue': template(
    (p) => `Срок прошёл: ${p.task}`,
    (p) => [`Задача по делу ${p.number} просрочена, срок был ${p.due}. Её ещё можно выполнить.`],
  ),
  'task-closed': template(
    (p) => `Задача закрыта: ${p.task}`,
    (p) => [`Задача по делу ${p.number} закрыта: ${p.cause}. Делать ничего не нужно.`],
  ),
  'task-held': template(
    (p) => `Задача приостановлена: ${p.task}`,
    (p) => [`Работа по делу ${p.number} приостановлена. Сроки не идут; о возобновлении сообщим.`],
  ),
  'task-resumed': template(
    (p) => `Задача возобновлена: ${p.task}`,
    (p) => [`Работа по делу ${p.number} возобновлена. Срок — ${p.due}.`],
  ),
  'task-returned': template(
    (p) => `Возвращено: ${p.task}`,
    (p) => [
      `В заключении по делу ${p.number} есть формальный недостаток. Исправьте его до ${p.due}; вывод не обсуждается.`,
    ],
  ),
  'task-extended': template(
    (p) => `Срок продлён: ${p.task}`,
    (p) => [`Новый срок задачи по делу ${p.number} — ${p.due}.`],
  ),
};

/** Letters an event of the attestation causes. */
export function notices(event: StoredEvent, s: S, ctx: Ctx): NoticeIntent[] {
  const out: NoticeIntent[] = [];
  const f = event.facts as Record<string, any>;
  const base: NoticeParams = {
    number: s.number,
    post: s.post,
    variant: VARIANT_LABELS[s.variant] ?? s.variant,
    on: formatDateRu(event.on),
  };
  const push = (name: string, addressee: NoticeIntent['addressee'], params: NoticeParams = {}, occurrence?: string) =>
    out.push({
      template: name,
      addressee,
      params: { ...base, ...params },
      legallySignificant: TEMPLATES[name]?.legallySignificant ?? false,
      ...(occurrence ? { occurrence } : {}),
    });
  const attestee = (name: string, params: NoticeParams = {}) =>
    push(name, { kind: 'person', personId: s.initiatorId }, params);
  const office = (role: Role, name: string, params: NoticeParams, occurrence?: string) =>
    push(name, { kind: 'role', role, scope: { kind: 'jurisdiction', id: ctx.jurisdiction.id } }, params, occurrence);
  const attention = (role: Role, what: string, more = '') => office(role, 'office-attention', { what, more }, what);
  const task = s.tasks.find((t) => t.id === (f.taskId ?? (f.task as Task | undefined)?.id));
  const holder = (name: string, params: NoticeParams = {}) => {
    if (!task) return;
    const all = { task: TASK_LABELS[task.kind] ?? task.kind, due: dueOf(task, ctx), ...params };
    if (task.assigneeId) push(name, { kind: 'person', personId: task.assigneeId }, all, task.id);
    else if (task.nature === 'office') office(task.role, name, all, task.id);
  };
  const { terms } = ctx.policy;
  const date = (on: unknown) => (typeof on === 'string' ? formatDateRu(on) : 'день, о котором сообщим');
  const entry = { entry: s.entryNumber ?? '', until: s.validUntil ? formatDateRu(s.validUntil) : '' };

  switch (event.type) {
    case 'attestation.scheduled':
    case 'attestation.continued':
    case 'schedule.replanned':
    case 'attestation.resumed':
      attestee('attestation-scheduled', { date: date(s.plannedOn), notice: termRu(terms.submissionNotice) });
      break;
    case 'application.submitted':
      attestee('application-registered');
      break;
    case 'admission.refused':
      attestee('admission', {
        what: 'в допуске отказано',
        more: `Основание: ${CAUSE_LABELS[f.ground] ?? f.ground}. Отказ можно обжаловать, срок — ${termRu(terms.appeal)}.`,
      });
      attention(
        'founder_rep',
        'найдено законное ограничение',
        s.incumbent ? 'Действующего руководителя отстраняют (ТК, ст. 331.1, 351.1).' : '',
      );
      break;
    case 'documents.completed':
    case 'documents.noted':
      attestee('admission', {
        what: 'вы допущены к аттестации',
        more: event.type === 'documents.noted' ? 'Часть документов не представлена, это отмечено в деле.' : '',
      });
      break;
    case 'documents.returned':
      attestee('documents-returned', {
        count: f.count,
        due: date(due(ctx, s, 'documents', ctx.policy.terms.defects, event.on, '').dueOn),
      });
      break;
    case 'attestee.reminded':
      attestee('attestee-reminder', { due: date(f.dueOn) });
      break;
    case 'submission.filed':
      attestee('submission', { notice: termRu(terms.submissionNotice) });
      break;
    case 'submission.missing':
      attention(
        'founder_rep',
        'нет представления на руководителя',
        `Без него вопрос нельзя внести в повестку. День по графику — ${date(f.plannedOn)}.`,
      );
      if (f.call > 1) attention('founder_head', 'представления по-прежнему нет');
      break;
    case 'test.appointed':
    case 'test.rescheduled':
      attestee('test-day', { date: date(f.testOn) });
      break;
    case 'test.technical_failure':
      attestee('test-day', {
        date: 'будет назначен заново',
        more: 'Из-за технического сбоя попытка не засчитана; вторая — в другой день.',
      });
      break;
    case 'test.recorded':
    case 'test.reused':
      attestee('test-result', {
        result: `Ваш результат — ${f.score} %, порог — ${ctx.policy.test.thresholdPercent} %`,
      });
      break;
    case 'test.absent':
      attestee('test-result', { result: 'Записано «отсутствовал»; рассмотрение продолжается' });
      attention('founder_head', 'руководитель не явился на тестирование без уважительной причины');
      break;
    case 'test.missed':
      attestee('test-missed', {
        date: date(f.missedOn),
        due: date(due(ctx, s, 'no-show', ctx.policy.terms.noShowReason, f.missedOn, '').dueOn),
      });
      attention('founder_head', 'неявка на тестирование');
      break;
    case 'test.failed':
      attestee('status-changed', {
        what: 'тестирование не пройдено',
        more: 'Учредитель издаст акт; с ним вас ознакомят.',
      });
      break;
    case 'panel.pool_empty':
      attention('secretary', 'подходящих экспертов не хватает', 'Отбор можно расширить на странице дела.');
      break;
    case 'panel.disagreed':
      attention('secretary', 'эксперты разошлись, приглашается арбитр');
      break;
    case 'sitting.fixed':
      attestee('sitting-date', { date: date(f.heldOn) });
      break;
    case 'sitting.refused':
      attention('secretary', `вопрос не внесён в повестку: ${CAUSE_LABELS[f.why] ?? f.why}`);
      break;
    case 'sitting.moved':
      attestee('sitting-moved', {
        date: date(f.heldOn),
        cause: CAUSE_LABELS[f.cause] ?? f.cause,
        since: date(s.overdueSince),
      });
      break;
    case 'sitting.silent':
      attention('secretary', 'заседание прошло, результата нет');
      break;
    case 'composition.change_asked':
      attention(
        'founder_rep',
        `дважды перенесено по одной причине: ${CAUSE_LABELS[f.cause] ?? f.cause}`,
        'Измените состав комиссии приказом.',
      );
      break;
    case 'commission.voted':
      attestee('voted', {
        result: RESULT_LABELS[f.result] ?? f.result,
        extract: termRu(terms.extract),
        act: termRu(terms.act),
      });
      attention(
        'founder_rep',
        `комиссия решила: ${RESULT_LABELS[f.result] ?? f.result}`,
        `Срок издания акта — ${termRu(terms.act)}.`,
      );
      break;
    case 'extract.issued':
      attestee('paper', { what: 'выписка из протокола' });
      break;
    case 'act.conform':
    case 'act.conditional':
    case 'act.not_conform':
    case 'act.closed':
      attestee('paper', {
        what: `акт: ${RESULT_LABELS[f.kind] ?? f.kind}`,
        more: s.validUntil
          ? `Действует до ${entry.until}.`
          : `Решение можно обжаловать, срок с ознакомления — ${termRu(terms.appeal)}.`,
      });
      attention('hr_officer', `акт об аттестации для личного дела: ${RESULT_LABELS[f.kind] ?? f.kind}`);
      break;
    case 'decision.not_served':
      attention(
        'secretary',
        'аттестуемый не ознакомлен с документом',
        'Запишите ознакомление или отказ от подписи по акту.',
      );
      break;
    case 'plan.check_due':
      attention('secretary', 'подошёл срок проверки рекомендаций');
      break;
    case 'plan.fulfilled':
      attestee('status-changed', { what: 'рекомендации исполнены', more: '' });
      break;
    case 'plan.not_fulfilled':
      attestee('status-changed', { what: 'рекомендации не исполнены', more: 'Назначается внеочередная аттестация.' });
      break;
    case 'retake.set':
      attestee('retake', { date: date(f.plannedOn) });
      break;
    case 'head.transferred':
    case 'head.dismissed':
      attestee('status-changed', {
        what: event.type === 'head.transferred' ? 'вы переведены на другую должность' : 'трудовой договор прекращён',
        more: '',
      });
      break;
    case 'candidate.appointed':
    case 'reserve.appointed':
      attestee('status-changed', { what: 'вы назначены на должность', more: '' });
      break;
    case 'reserve.offered':
      attestee('status-changed', {
        what: 'вакансии пока нет, вам предлагают кадровый резерв',
        more: `Ответьте на странице дела, срок — ${termRu(terms.reserveAnswer)}.`,
      });
      break;
    case 'reserve.entered':
      attestee('status-changed', {
        what: 'вы включены в кадровый резерв',
        more: `Результат действует до ${entry.until}.`,
      });
      break;
    case 'reserve.expired':
      attestee('status-changed', { what: 'срок результата истёк, вы исключены из кадрового резерва', more: '' });
      break;
    case 'attestation.lapsed':
      attestee('status-changed', {
        what: 'рассмотрение прекращено',
        more: `Причина: ${CAUSE_LABELS[f.cause] ?? f.cause}.`,
      });
      break;
    case 'application.withdrawn':
      attestee('status-changed', { what: 'заявление отозвано', more: '' });
      break;
    case 'appeal.upheld':
    case 'appeal.changed':
    case 'appeal.returned':
    case 'court.changed':
    case 'court.returned':
      attestee('status-changed', { what: APPEALS[event.type] ?? '', more: '' });
      attention('founder_rep', APPEALS[event.type] ?? '');
      break;
    case 'validity.due_again':
      attestee('validity', { ...entry, what: `Вы внесены в следующий график: ${date(f.plannedOn)}.` });
      attention(
        'founder_rep',
        `аттестация заканчивается ${entry.until}`,
        `Следующая внесена в график: ${date(f.plannedOn)}.`,
      );
      break;
    case 'validity.reminded':
      attestee('validity', { ...entry, what: 'Подходит срок следующей аттестации.' });
      attention('founder_rep', `аттестация заканчивается ${entry.until}`);
      break;
    case 'validity.ended':
    case 'validity.missing':
      attention('founder_rep', 'у руководителя нет действующей аттестации', `Срок истёк ${entry.until}.`);
      break;
    case 'validity.not_portable':
      attestee('status-changed', {
        what: 'аттестация прежнего учредителя больше не действует',
        more: 'По его порядку она не переносится.',
      });
      break;
    case 'retake.watched':
      attention('founder_rep', 'повторная аттестация не завершена');
      break;
    case 'attestation.postponed':
    case 'exemption.updated':
    case 'exemption.ended':
      attestee('status-changed', {
        what: `аттестация отложена: ${EXEMPTION_LABELS[s.exemption?.kind ?? ''] ?? ''}`,
        more: s.exemption?.resumeOn ? `Не раньше ${date(s.exemption.resumeOn)}.` : 'О новой дате сообщим.',
      });
      attention(
        'founder_rep',
        'график перестроен',
        s.exemption?.resumeOn ? `Новая дата — не раньше ${date(s.exemption.resumeOn)}.` : '',
      );
      break;
    case 'exemption.check_asked':
      attention('hr_officer', 'не известно, когда закончится основание отсрочки', 'Сообщите дату кадровым событием.');
      break;
    case 'attestation.cancelled':
      attestee('status-changed', { what: 'аттестация прекращена: должность оставлена', more: '' });
      break;
    case 'task.created':
    case 'task.handed':
      if (task?.nature === 'office') holder('task-assigned');
      break;
    case 'task.assigned':
      if (task)
        holder('expert-invited', { answerBy: date(due(ctx, s, 'answer', ctx.policy.task.answer, event.on, '').dueOn) });
      break;
    case 'task.answer_reminded':
      holder('answer-reminder');
      break;
    case 'task.term_started':
      holder('task-term');
      break;
    case 'task.reminded':
      holder('task-reminder', { days: f.days });
      break;
    case 'task.overdue':
      holder('task-overdue');
      if (task?.kind === 'founder_choice')
        attention('founder_head', 'учредитель месяц не принимает решения после «не соответствует»');
      else attention('secretary', `просрочена задача «${TASK_LABELS[task?.kind ?? ''] ?? ''}»`);
      break;
    case 'task.escalated':
      attention('founder_head', `задача «${TASK_LABELS[task?.kind ?? ''] ?? ''}» всё ещё не выполнена`);
      break;
    case 'task.declined':
    case 'task.reassigned':
      if (f.cause !== 'died' && f.cause !== 'declined' && f.cause !== 'conflict')
        holder('task-closed', { cause: CAUSE_LABELS[f.cause] ?? f.cause });
      attention('secretary', `исполнитель заменяется: ${CAUSE_LABELS[f.cause] ?? f.cause}`);
      break;
    case 'task.cancelled':
      holder('task-closed', { cause: 'работа больше не нужна' });
      break;
    case 'task.held':
      holder('task-held');
      break;
    case 'task.resumed':
      holder('task-resumed');
      break;
    case 'task.returned_for_defect':
      holder('task-returned');
      break;
    case 'task.voided':
      holder('task-closed', { cause: 'заключение не учитывается' });
      break;
    case 'task.extended':
      holder('task-extended');
      break;
    case 'task.nobody_eligible':
      if (f.call > 0)
        attention(
          'secretary',
          'по-прежнему некому поручить экспертную оценку',
          'Расширьте отбор или дополните список экспертов.',
        );
      break;
  }
  return out;
}

const APPEALS: Record<string, string> = {
  'appeal.upheld': 'апелляция: решение оставлено без изменения',
  'appeal.changed': 'апелляция: решение изменено, вы соответствуете должности',
  'appeal.returned': 'апелляция: назначено новое рассмотрение',
  'court.changed': 'суд изменил решение: вы соответствуете должности',
  'court.returned': 'суд отменил решение: назначено новое рассмотрение',
};

function dueOf(task: Task, ctx: Ctx): string {
  const d = taskDue(task, taskClock(ctx));
  return d ? formatDateRu(d.dueOn) : 'по графику аттестации';
}
