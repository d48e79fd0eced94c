/** Who is told what about a sitting: members get the agenda, the secretary his tasks. The persons considered are told by their cases. */
import { formatDateRu } from '../kit/dates.ts';
import { type NoticeParams, type NoticeTemplate, template } from '../kit/letter.ts';
import { taskDue, type Task } from '../kit/task.ts';
import type { Context, NoticeIntent, StoredEvent } from '../kit/types.ts';
import { taskClock } from '../kit/terms.ts';
import { TASK_LABELS } from './labels.ru.ts';
import type { SittingPolicy } from './policy.ts';
import type { SittingState } from './state.ts';

type Ctx = Context<SittingPolicy>;

export const TEMPLATES: Record<string, NoticeTemplate> = {
  'sitting-scheduled': template(
    (p) => `Заседание комиссии ${p.number} назначено на ${p.heldOn}`,
    (p) => [
      `Вы входите в состав комиссии по приказу № ${p.order}.`,
      `Повестка и материалы придут до заседания ${p.heldOn}.`,
    ],
    true,
  ),
  agenda: template(
    (p) => `Повестка заседания ${p.number}, ${p.heldOn}`,
    (p) => [
      `Вопросов в повестке: ${p.items}. Материалы — на странице заседания.`,
      'Если по какому-то вопросу у вас есть конфликт интересов, заявите самоотвод в начале заседания.',
    ],
  ),
  'sitting-off': template(
    (p) => `Заседание ${p.number} не состоится`,
    (p) => [`Заседание ${p.heldOn}: ${p.why}. Вопросы перенесены на следующее заседание.`],
    true,
  ),
  'minutes-signed': template(
    (p) => `Протокол ${p.number} подписан`,
    (p) => [`Протокол заседания ${p.heldOn} подписан. Решений принято: ${p.decided}. Можно выдавать выписки.`],
  ),
  'session-task': template(
    (p) => `Задача: ${p.task}`,
    (p) => [`Заседание ${p.number}. Срок — ${p.due}.`],
  ),
  'session-late': template(
    (p) => `Срок прошёл: ${p.task}`,
    (p) => [`Заседание ${p.number}: задача «${p.task}» не выполнена, срок был ${p.due}.`],
  ),
};

/** Letters an event of the sitting causes. */
export function notices(event: StoredEvent, s: SittingState, ctx: Ctx): NoticeIntent[] {
  const out: NoticeIntent[] = [];
  const base = {
    number: s.number,
    heldOn: formatDateRu(s.heldOn),
    order: `${s.order.number} от ${formatDateRu(s.order.date)}`,
  };
  const push = (name: string, addressee: NoticeIntent['addressee'], params: NoticeParams = {}, occurrence?: string) =>
    out.push({
      template: name,
      addressee,
      params: { ...base, ...params },
      legallySignificant: TEMPLATES[name]?.legallySignificant ?? false,
      ...(occurrence ? { occurrence } : {}),
    });
  const members = (name: string, params: NoticeParams = {}) => {
    for (const { personId } of s.members) push(name, { kind: 'person', personId }, params);
  };
  const office = (role: 'secretary' | 'chair', name: string, params: NoticeParams, occurrence: string) =>
    push(name, { kind: 'role', role, scope: { kind: 'jurisdiction', id: ctx.jurisdiction.id } }, params, occurrence);
  const task = s.tasks.find((t) => t.id === (event.facts.taskId ?? (event.facts.task as Task | undefined)?.id));
  const about = (t: Task) => {
    const due = taskDue(t, taskClock(ctx));
    return { task: TASK_LABELS[t.kind] ?? t.kind, due: due ? formatDateRu(due.dueOn) : '' };
  };
  const holder = (name: string) => {
    if (!task) return;
    if (task.assigneeId) push(name, { kind: 'person', personId: task.assigneeId }, about(task), task.id);
    else office('secretary', name, about(task), task.id);
  };
  switch (event.type) {
    case 'sitting.scheduled':
    case 'members.changed':
      members('sitting-scheduled');
      break;
    case 'agenda.frozen':
      members('agenda', { items: s.items.length });
      break;
    case 'session.no_quorum':
      members('sitting-off', { why: 'нет кворума' });
      break;
    case 'sitting.cancelled':
      members('sitting-off', { why: 'отменено' });
      break;
    case 'sitting.not_held':
      members('sitting-off', { why: 'в назначенный день не открыто' });
      break;
    case 'minutes.signed':
      members('minutes-signed', { decided: Number(event.facts.decided) });
      break;
    case 'task.created':
    case 'task.handed':
    case 'task.reminded':
      holder('session-task');
      break;
    case 'task.overdue':
      holder('session-late');
      break;
    case 'task.escalated':
      if (task) office('chair', 'session-late', about(task), task.id);
      break;
  }
  return out;
}
