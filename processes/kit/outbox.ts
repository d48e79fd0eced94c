/**
 * Facts a case owes to other cases. A rule writes them into the state by its event; the machine work `tell_case` sends each once and
 * records that it was sent, so that a crash between the two repeats a harmless message and never loses one.
 */
import type { Facts, WorkItem } from './types.ts';

export interface Outgoing {
  /** Unique inside the case; with the case id it is the fact id, so a repetition is recognised by the receiver. */
  key: string;
  caseId: string;
  fact: Facts & { kind: string };
}

/** The work that empties the outbox: one item a fact. The handler is `sendFact` of the common work. */
export function outboxWork(caseId: string, outbox: Outgoing[]): WorkItem[] {
  return outbox.map(({ key, caseId: to, fact }) => ({
    key: `tell:${key}`,
    kind: 'tell_case',
    input: { caseId: to, factId: `${caseId}:${key}`, fact },
  }));
}

/** The outbox without what the work with this key has sent. */
export function sent(outbox: Outgoing[], workKey: string): Outgoing[] {
  return outbox.filter(({ key }) => `tell:${key}` !== workKey);
}
