import { capital, dateRu, joined } from '../kit/event-words.ts';
import type { WordedEvent } from '../kit/types.ts';
import { CAUSE_LABELS, RESULT_LABELS } from './labels.ru.ts';

/** The facts of an event that a person wants to see at once. */
export function eventWords({ facts: f }: WordedEvent): string | null {
  const words: string[] = [];
  const order = f.order as { number?: string } | undefined;
  if (typeof f.number === 'string') words.push(`Номер ${f.number}`);
  if (order?.number) words.push(`Приказ № ${order.number}`);
  if (typeof f.score === 'number') words.push(`${f.score} %`);
  if (typeof f.result === 'string') words.push(capital(RESULT_LABELS[f.result] ?? f.result));
  if (typeof f.heldOn === 'string') words.push(`заседание ${dateRu(f.heldOn)}`);
  if (typeof f.plannedOn === 'string') words.push(`дата ${dateRu(f.plannedOn)}`);
  for (const key of ['cause', 'ground', 'why'] as const)
    if (typeof f[key] === 'string') words.push(CAUSE_LABELS[f[key]] ?? f[key]);
  return joined(words);
}
