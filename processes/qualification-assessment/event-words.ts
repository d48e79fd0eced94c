import { capital, dateRu, joined, numberRu } from '../kit/event-words.ts';
import type { WordedEvent } from '../kit/types.ts';
import { CAUSE_LABELS, PART_LABELS } from './labels.ru.ts';

/** The facts of an event that a person wants to see at once; marks of single examiners are not among them. */
export function eventWords({ facts: f }: WordedEvent): string | null {
  const words: string[] = [];
  const session = f.session as { heldOn?: string; startsAt?: string; placeRu?: string } | undefined;
  if (session?.heldOn) words.push(`${dateRu(session.heldOn)}, ${session.startsAt ?? ''}, ${session.placeRu ?? ''}`);
  else if (typeof f.heldOn === 'string') words.push(dateRu(f.heldOn));
  if (typeof f.score === 'number') words.push(`${numberRu(f.score)} % при пороге ${String(f.threshold)} %`);
  const result = f.result as { passed?: boolean; part?: string; practice?: { mean?: number } } | undefined;
  if (result?.part)
    words.push(
      [PART_LABELS[result.part], result.practice?.mean === undefined ? null : `${numberRu(result.practice.mean)} %`]
        .filter(Boolean)
        .join(', '),
    );
  if (typeof f.protocol === 'string') words.push(`протокол ${f.protocol}`);
  if (typeof f.validUntil === 'string') words.push(`действует по ${dateRu(f.validUntil)}`);
  for (const name of ['cause', 'why'] as const) {
    const label = CAUSE_LABELS[String(f[name])];
    if (label) words.push(label);
  }
  const line = joined(words);
  return line && capital(line);
}
