/** Who is told what about a session: examiners where and when, the centre its tasks. Applicants are told by their cases. */
import { formatDateRu } from '../kit/dates.ts';
import { type NoticeParams, type NoticeTemplate, template } from '../kit/letter.ts';
import { taskDue, type Task } from '../kit/task.ts';
import type { Context, NoticeIntent, StoredEvent } from '../kit/types.ts';
import { taskClock } from '../kit/terms.ts';
import { CAUSE_LABELS, TASK_LABELS } from './labels.ru.ts';
import type { SessionPolicy } from './policy.ts';
import type { SessionState } from './state.ts';

type Ctx = Context<SessionPolicy>;

export const TEMPLATES: Record<string, NoticeTemplate> = {
  'examiner-named': template(
    (p) => `Экзамен ${p.number}: ${p.heldOn}, ${p.startsAt}`,
    (p) => [
      `Вы входите в экзаменационную комиссию. Место: ${p.place}.`,
      'Если вы работали с кем-то из соискателей, учили или сопровождали его, сообщите центру до экзамена.',
    ],
    true,
  ),
  'exam-off': template(
    (p) => `Экзамен ${p.number} не состоится`,
    (p) => [`Экзамен ${p.heldOn}: ${p.why}.`],
    true,
  ),
  'examiners-too-few': template(
    (p) => `Экзамен ${p.number}: выбыл экзаменатор`,
    (p) => [`До экзамена ${p.heldOn} осталось экзаменаторов: ${p.left}. Назовите другого.`],
  ),
  'exam-protocol': template(
    (p) => `Протокол экзамена ${p.number} подписан`,
    (p) => [`Окончили экзамен: ${p.finished}, не явились: ${p.absent}.`],
  ),
  'exam-task': template(
    (p) => `Задача: ${p.task}`,
    (p) => [`Экзамен ${p.number}. Срок — ${p.due}.`],
  ),
  'exam-late': template(
    (p) => `Срок прошёл: ${p.task}`,
    (p) => [`Экзамен ${p.number}: задача «${p.task}» не выполнена, срок был ${p.due}.`],
  ),
};

/** Letters an event of the session causes. */
export function notices(event: StoredEvent, s: SessionState, ctx: Ctx): NoticeIntent[] {
  const out: NoticeIntent[] = [];
  const base = { number: s.number, heldOn: formatDateRu(s.heldOn), startsAt: s.startsAt, place: s.placeRu };
  const push = (name: string, addressee: NoticeIntent['addressee'], params: NoticeParams = {}, occurrence?: string) =>
    out.push({
      template: name,
      addressee,
      params: { ...base, ...params },
      legallySignificant: TEMPLATES[name]?.legallySignificant ?? false,
      ...(occurrence ? { occurrence } : {}),
    });
  const each = (name: string, params: NoticeParams = {}) => {
    for (const personId of s.examiners) push(name, { kind: 'person', personId }, params);
  };
  const centre = (name: string, params: NoticeParams, occurrence?: string) =>
    push(
      name,
      { kind: 'role', role: 'centre_operator', scope: { kind: 'jurisdiction', id: ctx.jurisdiction.id } },
      params,
      occurrence,
    );
  const task = s.tasks.find((t) => t.id === (event.facts.taskId ?? (event.facts.task as Task | undefined)?.id));
  const about = (t: Task) => {
    const due = taskDue(t, taskClock(ctx));
    return { task: TASK_LABELS[t.kind] ?? t.kind, due: due ? formatDateRu(due.dueOn) : '' };
  };
  const holder = (name: string) => {
    if (!task) return;
    if (task.assigneeId) push(name, { kind: 'person', personId: task.assigneeId }, about(task), task.id);
    else centre(name, about(task), task.id);
  };
  switch (event.type) {
    case 'session.scheduled':
    case 'examiners.changed':
      each('examiner-named');
      break;
    case 'session.cancelled':
    case 'session.not_held':
      each('exam-off', { why: CAUSE_LABELS[String(event.facts.cause)] ?? 'отменён' });
      break;
    case 'examiner.left':
      centre('examiners-too-few', { left: s.examiners.length });
      break;
    case 'protocol.signed':
      centre('exam-protocol', { finished: Number(event.facts.finished), absent: Number(event.facts.absent) });
      break;
    case 'task.created':
    case 'task.handed':
    case 'task.reminded':
      holder('exam-task');
      break;
    case 'task.overdue':
      holder('exam-late');
      break;
    case 'task.escalated':
      if (task) centre('exam-late', about(task), task.id);
      break;
  }
  return out;
}
