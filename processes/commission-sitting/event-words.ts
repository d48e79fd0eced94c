import { capital, dateRu, joined } from '../kit/event-words.ts';
import type { WordedEvent } from '../kit/types.ts';
import { CAUSE_LABELS, GROUND_LABELS, PROPOSAL_LABELS } from './labels.ru.ts';

/** The facts of an event that a person wants to see at once. */
export function eventWords({ facts: f }: WordedEvent): string | null {
  const words: string[] = [];
  if (typeof f.heldOn === 'string') words.push(dateRu(f.heldOn));
  if (typeof f.result === 'string') words.push(capital(PROPOSAL_LABELS[f.result] ?? f.result));
  for (const key of ['cause', 'why'] as const)
    if (typeof f[key] === 'string') words.push(CAUSE_LABELS[f[key]] ?? f[key]);
  if (typeof f.ground === 'string') words.push(GROUND_LABELS[f.ground] ?? f.ground);
  return joined(words);
}
