/** Employment events in the words of this process: the rules of people read them as they are (specification 9, column P04). */
import { assigneeFact, type EmploymentEvent, type EmploymentFact } from '../hr-events/matrix.ts';
import type { HiringOpens } from '../kit/types.ts';
import type { MentoringState } from './state.ts';

/** Of the mentee and of the mentor every event of the main job; of an office that it has lost its holder, when a task is his. */
export function employmentFact(event: EmploymentEvent, s: MentoringState): EmploymentFact | null {
  const { newcomer: _, surname: __, tenureMonths: ___, bornOn: ____, ...fact } = event;
  if (!event.main) return null;
  const mentor = event.personId === s.pair?.mentorId || event.personId === s.candidate?.mentorId;
  if (event.personId === s.menteeId)
    return event.event === 'surname_changed' ? null : { kind: 'employment', payload: fact };
  return mentor && assigneeFact(event) ? { kind: 'employment', payload: fact } : null;
}

/** A newcomer enters the cycle by the event «hired» where his post and tenure are known; the rules check both. */
export function opensOnHire(event: EmploymentEvent): HiringOpens {
  const { event: kind, main, to, post, tenureMonths, personId, on, bornOn } = event;
  if (kind !== 'hired' || !main || !to) return null;
  if (!to.jurisdiction) return { whyNot: 'В этом регионе платформа циклов не ведёт.' };
  if (tenureMonths === undefined) return { whyNot: 'Стаж не указан: цикл открывают вручную.' };
  return {
    type: 'open_hired',
    payload: { menteeId: personId, place: to, post, hiredOn: on, tenureMonths, ...(bornOn ? { bornOn } : {}) },
    reservation: { applicant: personId, object: 'cycle' },
    jurisdiction: to.jurisdiction,
  };
}
