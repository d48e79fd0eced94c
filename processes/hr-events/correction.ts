/** What a correction tells the cases: the right event, or the opposite of one that did not happen. */
import type { EmploymentEvent, Place } from './matrix.ts';

export interface Former {
  /** Where the person worked before the event, when a move or an end is taken back. */
  place?: Place;
  post?: string;
  /** The leave that had been running, when its end is taken back. */
  leave?: Pick<EmploymentEvent, 'leave' | 'until'>;
}

/**
 * The event that undoes another one for the running cases, on the same day; `null`: nothing undoes it (a death, a hiring, another name), and
 * the case is put right by the people of the case.
 */
export function opposite(event: EmploymentEvent, former: Former): EmploymentEvent | null {
  const { personId, on, main, act } = event;
  const head = { personId, on, main, ...(act ? { act } : {}) };
  switch (event.event) {
    case 'leave_started':
      return { ...head, event: 'leave_ended' };
    case 'leave_ended':
      return former.leave?.leave ? { ...head, event: 'leave_started', ...former.leave } : null;
    case 'dismissed':
    case 'retired':
      return former.place
        ? { ...head, event: 'hired', to: former.place, ...(former.post ? { post: former.post } : {}) }
        : null;
    case 'transferred':
      return former.place ? { ...head, event: 'transferred', to: former.place } : null;
    default:
      return null;
  }
}
