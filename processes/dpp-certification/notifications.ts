/**
 * Who is told what (specification P01 «Notify», 3.3, 3.8). The applicant never reads an expert's name; an expert never reads another's.
 */
import { termRu } from '../kit/deadlines.ts';
import { formatDateRu, type IsoDate } from '../kit/dates.ts';
import { type NoticeParams, type NoticeTemplate, template } from '../kit/letter.ts';
import { taskDue, type Task } from '../kit/task.ts';
import type { Context, NoticeIntent, Role, StoredEvent } from '../kit/types.ts';
import { due, taskClock } from '../kit/terms.ts';
import { CAUSE_LABELS, REFUSAL_REASONS, TASK_LABELS } from './labels.ru.ts';
import type { CertificationPolicy } from './policy.ts';
import { currentVersion, leadOf, type CertificationState } from './state.ts';

type S = CertificationState;
type Ctx = Context<CertificationPolicy>;

/** «22 ноября 2026 года»: a sentence may end with it. */
const inWords = (d: IsoDate): string => formatDateRu(d).replace(/ г\.$/, ' года');
const about = (p: NoticeParams) => `«${p.title}» (дело ${p.number})`;
export const TEMPLATES: Record<string, NoticeTemplate> = {
  'application-registered': template(
    (p) => `Заявка ${p.number} зарегистрирована`,
    (p) => [
      `Программа ${about(p)} принята к рассмотрению ${p.on}.`,
      `Техническая проверка — до ${p.due}. О результате мы сообщим.`,
    ],
    true,
  ),
  'application-returned': template(
    (p) => `Заявка ${p.number} возвращена: нужны исправления`,
    (p) => [
      `Техническая проверка программы ${about(p)} нашла недостатков: ${p.count}. Перечень — на странице дела.`,
      `Исправленную версию можно подать до ${p.due}. Если её не будет, рассмотрение прекратится; подать программу можно будет заново.`,
    ],
    true,
  ),
  'applicant-reminder': template(
    (p) => `Дело ${p.number}: срок — ${p.due}`,
    (p) => [
      `По программе ${about(p)} ждём от вас исправленную версию до ${p.due}.`,
      'Без неё рассмотрение прекратится.',
    ],
    true,
  ),
  'revision-asked': template(
    (p) => `Дело ${p.number}: программу нужно доработать`,
    (p) => [
      `Эксперты рассмотрели программу ${about(p)} и просят её доработать. Замечаний: ${p.count}.`,
      `Сводка замечаний — на странице дела. Новая версия принимается до ${p.due}.`,
    ],
    true,
  ),
  'remarks-to-merge': template(
    (p) => `Сведите замечания: ${p.title}`,
    (p) => [
      `Группа экспертов просит доработать программу «${p.title}». Замечаний: ${p.count}.`,
      'Вы первый в группе: объедините похожие замечания и дайте группам названия, заявителю так проще отвечать. Ни одно замечание не пропадёт; без сводки он увидит их по критериям.',
    ],
  ),
  'application-lapsed': template(
    (p) => `Дело ${p.number} прекращено`,
    (p) => [
      `Срок подачи исправленной версии программы ${about(p)} истёк, рассмотрение прекращено.`,
      'Программу можно подать заново.',
    ],
    true,
  ),
  'application-withdrawn': template(
    (p) => `Заявка ${p.number} отозвана`,
    (p) => [`Программа ${about(p)} отозвана ${p.on}. Задачи экспертов отменены.`],
    true,
  ),
  'programme-certified': template(
    (p) => `Программа сертифицирована: запись ${p.entry}`,
    (p) => [
      `Программа ${about(p)} внесена в Федеральный реестр под номером ${p.entry}.`,
      `Запись действует до ${p.until}. Приказ № ${p.order}.`,
    ],
    true,
  ),
  'change-certified': template(
    (p) => `Дело ${p.number}: решение положительное`,
    (p) => [`Программа ${about(p)} прошла экспертизу; запись реестра ${p.entry} будет обновлена.`],
    true,
  ),
  'programme-refused': template(
    (p) => `Дело ${p.number}: в сертификации отказано`,
    (p) => [
      `По программе ${about(p)} принято решение об отказе. Основания: ${p.reasons}.`,
      `Ознакомьтесь с решением на странице дела: с этой даты идёт срок апелляции${p.appeal ? `, ${p.appeal}` : ''}.`,
      p.reapply ? `Новую заявку можно подать через ${p.reapply}.` : '',
    ],
    true,
  ),
  'appeal-decided': template(
    (p) => `Дело ${p.number}: решение по апелляции`,
    (p) => [`По программе ${about(p)} рассмотрена апелляция: ${p.outcome}.`],
    true,
  ),
  'entry-changed': template(
    (p) => `Запись ${p.entry}: ${p.what}`,
    (p) => [`Запись реестра ${p.entry} о программе ${about(p)}: ${p.what}.`, String(p.more ?? '')].filter(Boolean),
    true,
  ),
  'expiry-reminder': template(
    (p) => `Запись ${p.entry} действует до ${p.until}`,
    (p) => [
      `До окончания срока действия записи о программе ${about(p)} осталось дней: ${p.days}.`,
      'Чтобы сохранить номер, подайте программу на новый срок на странице дела.',
    ],
    true,
  ),
  'annulment-opened': template(
    (p) => `Дело ${p.number}: начато аннулирование записи ${p.entry}`,
    (p) => [`Основание: ${p.ground}.`, `Ваш ответ принимается до ${p.due}.`],
    true,
  ),
  'expert-invited': template(
    (p) => `Приглашение: ${p.task}`,
    (p) => [
      `Вас просят о работе: ${p.task}, программа «${p.title}».`,
      `Примите задачу и подтвердите отсутствие конфликта интересов или откажитесь до ${p.answerBy}.`,
    ],
  ),
  'answer-reminder': template(
    (p) => `Ждём ответа: ${p.task}`,
    (p) => [`Приглашение по программе «${p.title}» ещё без ответа. Если ответа не будет, пригласят другого эксперта.`],
  ),
  'task-term': template(
    (p) => `${p.task}: срок до ${p.due}`,
    (p) => [`Группа экспертов сформирована, можно приступать. Программа «${p.title}», заключение — до ${p.due}.`],
  ),
  'task-assigned': template(
    (p) => `Новая задача: ${p.task}`,
    (p) => [`Дело ${p.number}, программа «${p.title}». Срок — ${p.due}.`],
  ),
  'task-reminder': template(
    (p) => `Срок ${p.due}: ${p.task}`,
    (p) => [`По программе «${p.title}» осталось рабочих дней: ${p.days}. Срок — ${p.due}.`],
  ),
  'task-overdue': template(
    (p) => `Срок прошёл: ${p.task}`,
    (p) => [
      `Задача по программе «${p.title}» просрочена, срок был ${p.due}.`,
      'Её ещё можно выполнить; заключение будет отмечено как поздняя работа.',
    ],
  ),
  'task-closed': template(
    (p) => `Задача закрыта: ${p.task}`,
    (p) => [`Задача по программе «${p.title}» закрыта: ${p.cause}. Делать ничего не нужно.`],
  ),
  'task-held': template(
    (p) => `Задача приостановлена: ${p.task}`,
    (p) => [`Работа по программе «${p.title}» приостановлена. Сроки не идут; о возобновлении сообщим.`],
  ),
  'task-resumed': template(
    (p) => `Задача возобновлена: ${p.task}`,
    (p) => [`Работа по программе «${p.title}» возобновлена. Срок — ${p.due}.`],
  ),
  'task-returned': template(
    (p) => `Заключение возвращено: ${p.task}`,
    (p) => [
      `В заключении по программе «${p.title}» есть формальный недостаток. Исправьте его до ${p.due}; вывод менять не требуется.`,
    ],
  ),
  'task-extended': template(
    (p) => `Срок продлён: ${p.task}`,
    (p) => [`Новый срок по программе «${p.title}» — ${p.due}.`],
  ),
  'coordinator-attention': template(
    (p) => `Дело ${p.number}: ${p.what}`,
    (p) => [`Программа «${p.title}»: ${p.what}.`, String(p.more ?? '')].filter(Boolean),
  ),
  'registry-new-entry': template(
    (p) => `В реестре новая программа: ${p.title}`,
    (p) => [
      `Внесена запись ${p.entry}: «${p.title}», ${p.kind}, ${p.hours} ч.`,
      'Её можно включать в индивидуальные маршруты.',
    ],
  ),
};

/** Letters of one event. Computed on the state after it. */
export function notices(event: StoredEvent, s: S, ctx: Ctx): NoticeIntent[] {
  const f = event.facts as Record<string, any>;
  const base = {
    title: currentVersion(s).facts.title,
    number: String(s.number ?? f.number ?? ''),
    on: inWords(event.on),
  };
  const out: NoticeIntent[] = [];
  const push = (name: string, addressee: NoticeIntent['addressee'], params: NoticeParams = {}, occurrence?: string) =>
    out.push({
      template: name,
      addressee,
      params: { ...base, ...params },
      legallySignificant: TEMPLATES[name]?.legallySignificant ?? false,
      ...(occurrence ? { occurrence } : {}),
    });
  const provider = (name: string, params: NoticeParams = {}) =>
    push(name, { kind: 'person', personId: s.initiatorId }, params);
  const office = (role: Role, name: string, params: NoticeParams = {}, occurrence?: string) =>
    push(name, { kind: 'role', role, scope: { kind: 'jurisdiction', id: ctx.jurisdiction.id } }, params, occurrence);
  const coordinator = (what: string, more = '') =>
    office('fed_coordinator', 'coordinator-attention', { what, more }, what);
  const task = s.tasks.find((t) => t.id === (f.taskId ?? (f.task as Task | undefined)?.id));
  const holder = (name: string, params: NoticeParams = {}) => {
    if (!task) return;
    const all = { task: TASK_LABELS[task.kind] ?? task.kind, due: dueOf(task, ctx), ...params };
    if (task.assigneeId) push(name, { kind: 'person', personId: task.assigneeId }, all, task.id);
    else if (task.nature === 'office') office(task.role, name, all, task.id);
  };
  const stageDue = () =>
    s.stageTerm
      ? inWords(due(ctx, s, s.stage, s.stageTerm.term, s.stageTerm.from, s.stageTerm.event, s.stageTerm.pauses).dueOn)
      : '';
  const revisionAsked = () => {
    const count = f.remarkIds?.length ?? 0;
    provider('revision-asked', { count, due: stageDue() });
    const lead = leadOf(s);
    if (lead?.assigneeId && count > 1)
      push('remarks-to-merge', { kind: 'person', personId: lead.assigneeId }, { count }, lead.id);
  };
  const entry = {
    entry: s.entry?.number ?? '',
    until: s.entry ? inWords(s.entry.validUntil) : '',
    order: s.entry ? `${s.entry.order.number} от ${inWords(s.entry.order.date)}` : '',
  };
  const entryChanged = (what: string, more = '') => provider('entry-changed', { ...entry, what, more });

  switch (event.type) {
    case 'application.submitted':
      provider('application-registered', {
        due: inWords(
          due(ctx, s, 'technical', ctx.policy.terms.technicalCheck, event.on, 'заявка зарегистрирована').dueOn,
        ),
      });
      break;
    case 'technical.returned':
      provider('application-returned', { count: f.count, due: stageDue() });
      break;
    case 'applicant.reminded':
      provider('applicant-reminder', { due: stageDue() });
      break;
    case 'application.lapsed':
      provider('application-lapsed');
      break;
    case 'application.withdrawn':
      provider('application-withdrawn');
      break;
    case 'expertise.revision_asked':
    case 'arbitration.revision_asked':
      revisionAsked();
      break;
    case 'expertise.arbiter_stands':
      if (f.to === 'revision') revisionAsked();
      break;
    case 'expertise.disagreed':
      coordinator('эксперты разошлись, приглашается арбитр');
      break;
    case 'programme.certified':
    case 'appeal.changed':
      provider('programme-certified', entry);
      // Methodists of all regions: a new entry may close deficits of their teachers.
      if (event.type === 'programme.certified')
        push(
          'registry-new-entry',
          { kind: 'role', role: 'methodist', scope: { kind: 'country' } },
          { ...entry, kind: currentVersion(s).facts.kind, hours: currentVersion(s).facts.hours },
        );
      if (event.type === 'appeal.changed') provider('appeal-decided', { outcome: 'решение изменено' });
      break;
    case 'programme.incorporated':
      provider('change-certified', { entry: s.parent?.entryNumber ?? '' });
      break;
    case 'programme.refused':
      provider('programme-refused', {
        reasons: (f.reasonCodes as string[]).map((c) => REFUSAL_REASONS[c] ?? c).join('; '),
        appeal: termRu(ctx.policy.terms.appeal),
        reapply: termRu(ctx.policy.terms.reapply),
      });
      break;
    case 'decision.not_served':
      coordinator('заявитель не ознакомлен с решением', 'Запишите вручение по акту или напомните заявителю.');
      break;
    case 'appeal.upheld':
      provider('appeal-decided', { outcome: 'решение оставлено без изменения' });
      break;
    case 'appeal.returned':
      provider('appeal-decided', { outcome: 'назначена новая экспертиза' });
      break;
    case 'panel.pool_empty':
      coordinator('подходящих экспертов не хватает', 'Отбор можно расширить на странице дела.');
      break;
    case 'panel.forming_overdue':
      coordinator('группа экспертов не сформирована в срок');
      break;
    case 'panel.objected':
      coordinator('заявлен отвод эксперту');
      break;
    case 'court.stayed':
      coordinator('дело приостановлено судом');
      provider('entry-changed', { ...entry, entry: base.number, what: 'рассмотрение приостановлено судом', more: '' });
      break;
    case 'court.stay_reviewed':
      coordinator('приостановление судом длится дольше срока', 'Запросите судебный акт.');
      break;
    case 'change.minor_confirmed':
      entryChanged('незначительное изменение внесено');
      break;
    case 'change.minor_rejected':
      entryChanged('изменение отклонено', 'Причина — на странице дела.');
      break;
    case 'change.incorporated':
      entryChanged(`внесена версия ${f.version}`);
      break;
    case 'child.ended':
      entryChanged('связанное дело закрыто, запись не изменилась');
      break;
    case 'entry.renewed':
      entryChanged(`действует до ${entry.until}`);
      break;
    case 'entry.expiring':
    case 'entry.expiry_reminded':
      provider('expiry-reminder', { ...entry, days: f.days });
      break;
    case 'entry.prolonged':
      entryChanged(`действие продлено до ${inWords(f.until)} на время рассмотрения`);
      break;
    case 'entry.expired':
      entryChanged('срок действия истёк', 'Новые группы не набираются; начатые завершают обучение.');
      break;
    case 'entry.suspended':
      entryChanged(
        `действие приостановлено: ${CAUSE_LABELS[f.cause] ?? f.cause}`,
        `Устраните причины до ${stageDue()}. Новые группы не набираются.`,
      );
      break;
    case 'entry.restored':
      entryChanged('действие возобновлено');
      break;
    case 'entry.delisted':
      entryChanged('исключена из реестра', 'Ознакомьтесь с решением на странице дела.');
      break;
    case 'entry.annulled':
      entryChanged('аннулирована');
      break;
    case 'annulment.opened':
      provider('annulment-opened', {
        ...entry,
        ground: CAUSE_LABELS[f.ground] ?? f.ground,
        due: inWords(due(ctx, s, 'annulment-answer', ctx.policy.terms.annulmentAnswer, event.on, '').dueOn),
      });
      break;
    case 'annulment.dismissed':
      entryChanged('аннулирование отклонено');
      break;
    case 'task.created':
      if (task?.nature === 'office') holder('task-assigned');
      break;
    case 'task.assigned':
      if (task)
        holder('expert-invited', {
          answerBy: inWords(due(ctx, s, 'answer', ctx.policy.task.answer, event.on, '').dueOn),
        });
      break;
    case 'task.handed':
      holder('task-assigned');
      break;
    case 'task.answer_reminded':
      holder('answer-reminder');
      break;
    case 'task.term_started':
      if (task?.state === 'in_progress') holder('task-term');
      break;
    case 'task.reminded':
      holder('task-reminder', { days: f.days });
      break;
    case 'task.overdue':
      holder('task-overdue');
      coordinator(`просрочена задача «${TASK_LABELS[task?.kind ?? ''] ?? ''}»`);
      break;
    case 'task.escalated':
      coordinator(
        `задача «${TASK_LABELS[task?.kind ?? ''] ?? ''}» всё ещё не выполнена`,
        'Её можно передать другому исполнителю.',
      );
      break;
    case 'task.declined':
    case 'task.reassigned':
      if (f.cause !== 'died' && f.cause !== 'declined' && f.cause !== 'conflict')
        holder('task-closed', { cause: CAUSE_LABELS[f.cause] ?? f.cause });
      coordinator(`исполнитель заменяется: ${CAUSE_LABELS[f.cause] ?? f.cause}`);
      break;
    case 'task.cancelled':
      holder('task-closed', { cause: CAUSE_LABELS[f.cause] ?? 'работа больше не нужна' });
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
        coordinator('по-прежнему некому поручить экспертизу', 'Расширьте отбор или дополните список экспертов.');
      break;
  }
  return out;
}

function dueOf(task: Task, ctx: Ctx): string {
  const d = taskDue(task, taskClock(ctx));
  return d ? inWords(d.dueOn) : 'будет назван, когда соберётся группа экспертов';
}
