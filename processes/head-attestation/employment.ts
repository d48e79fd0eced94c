/** Employment events of an attestee in the words of this process (specification 9, column P02). */
import { assigneeFact, type EmploymentEvent, type EmploymentFact, type LeaveKind } from '../hr-events/matrix.ts';
import type { ExemptionKind } from './policy.ts';
import type { AttestationState } from './state.ts';

/** Leaves that postpone an attestation; others do not. */
const EXEMPTIONS: Partial<Record<LeaveKind, ExemptionKind>> = {
  maternity: 'maternity_leave',
  child_care: 'childcare_leave',
  sick: 'sick_leave',
};
/** Posts that are attested; leaving all of them ends the attestation. */
const HEAD_POSTS = ['head', 'deputy_head', 'unit_head'];

/**
 * The attestee's own events: a leave postpones, its end resumes, leaving the post cancels; a move inside the region is for the policies of
 * both founders to judge. Of everybody else the case hears that an assignee is gone.
 */
export function employmentFact(event: EmploymentEvent, s: AttestationState): EmploymentFact | null {
  if (event.personId !== s.initiatorId) return assigneeFact(event);
  const { on, to, leave, until } = event;
  const act = event.act ?? 'сведения кадровой службы';
  if (!event.main) return null;
  const left = (cause: string): EmploymentFact => ({ kind: 'post_left', payload: { event: cause, on, act } });
  switch (event.event) {
    case 'leave_started': {
      const kind = leave && EXEMPTIONS[leave];
      return kind ? { kind: 'exemption', payload: { kind, ...(until ? { untilOn: until } : {}), act } } : null;
    }
    case 'leave_ended':
      return { kind: 'exemption_ended', payload: { on, act } };
    case 'dismissed':
    case 'retired':
    case 'died':
      return left(event.event);
    case 'post_changed':
      return event.post !== undefined && HEAD_POSTS.includes(event.post) ? null : left('post_changed');
    case 'transferred':
      if (!to || to.organisationId === s.organisationId) return null;
      if (to.region !== s.region) return left('transferred');
      return { kind: 'transferred', payload: { founder: to.authorityId, organisationId: to.organisationId, on, act } };
    default:
      return null;
  }
}
