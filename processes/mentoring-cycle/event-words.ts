import { POSTS } from '../catalogue/posts.ts';
import { dateRu, joined } from '../kit/event-words.ts';
import type { WordedEvent } from '../kit/types.ts';
import { WORK_LABELS } from './labels.ru.ts';

/** The facts of an event that a person wants to see at once. */
export function eventWords({ type, facts: f }: WordedEvent): string | null {
  const words: string[] = [];
  const kindRu = (kind: unknown) => WORK_LABELS[kind as keyof typeof WORK_LABELS] ?? String(kind);
  if (typeof f.number === 'string') words.push(`Номер ${f.number}`);
  const pair = f.pair as { order?: { number: string; date: string } } | undefined;
  if (pair?.order) words.push(`Приказ № ${pair.order.number} от ${dateRu(pair.order.date)}`);
  if (type === 'log.added' && Array.isArray(f.entries))
    words.push(f.entries.map((e: { kind: string; on: string }) => `${kindRu(e.kind)}, ${dateRu(e.on)}`).join('; '));
  if (typeof f.quarter === 'number') words.push(`${f.quarter}-й квартал`);
  if (type === 'month.closed') words.push(`${String(f.month)}-й месяц`);
  if (Array.isArray(f.missing) && f.missing.length > 0)
    words.push(
      `не хватило: ${f.missing.map((m: { kind: string; done: number; needed: number }) => `${kindRu(m.kind)} ${m.done} из ${m.needed}`).join(', ')}`,
    );
  const leave = f.leave as { kind?: string; until?: string } | undefined;
  if (leave?.until) words.push(`до ${dateRu(leave.until)}`);
  if (typeof f.gapDays === 'number' && f.gapDays > 0) words.push(`без наставника ${f.gapDays} дн.`);
  if (typeof f.form === 'string') words.push(f.form);
  if (typeof f.post === 'string') words.push(POSTS.find((p) => p.code === f.post)?.labelRu ?? f.post);
  if (typeof f.months === 'number') words.push(`на ${f.months} мес.`);
  return joined(words);
}
