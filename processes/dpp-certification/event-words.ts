import { joined } from '../kit/event-words.ts';
import type { WordedEvent } from '../kit/types.ts';
import { CAUSE_LABELS, REFUSAL_REASONS } from './labels.ru.ts';

/** The facts of an event that a person wants to see at once. */
export function eventWords({ facts: f }: WordedEvent): string | null {
  const words: string[] = [];
  if (typeof f.number === 'string') words.push(`Номер ${f.number}`);
  if (f.order && typeof f.order === 'object') words.push(`Приказ № ${(f.order as { number: string }).number}`);
  if (typeof f.reason === 'string' && CAUSE_LABELS[f.reason]) words.push(CAUSE_LABELS[f.reason]!);
  else if (typeof f.cause === 'string') words.push(CAUSE_LABELS[f.cause] ?? f.cause);
  if (Array.isArray(f.reasonCodes))
    words.push(f.reasonCodes.map((c) => REFUSAL_REASONS[String(c)] ?? String(c)).join(', '));
  return joined(words);
}
