/**
 * What may happen in an assessment, assembled from the rules of its parts. Every event names its row of `stages.ts`.
 *
 * Reading order: opening → slot → exam → result → outside. Source: specification P03; common rules 3.3, 3.9, 3.10, section 9.
 */
import { lateAnswers } from '../../kit/desk.ts';
import { Rulebook } from '../../kit/rulebook.ts';
import type { Role } from '../../kit/types.ts';
import type { AssessmentPolicy } from '../policy.ts';
import { APPLICANT, getRow, STAGES } from '../stages.ts';
import { evolve, marksGroup, paidByEmployer } from '../state.ts';
import { desk, excludedFromTask, OFFICE_TASKS, type Rec, type Rules, type S } from './common.ts';
import { examRules, fillSeats, onAccepted } from './exam.ts';
import { apply, openingRules, openRelated, refer } from './opening.ts';
import { onDeadline, onFact, onWork, repairRules } from './outside.ts';
import { resultRules } from './result.ts';
import { slotRules } from './slot.ts';

export { isOver } from './common.ts';
export { work } from './outside.ts';

/** A seat given back by an examiner goes to the next of the draw at once. */
function refilling(rules: Rules): Rules {
  return Object.fromEntries(
    Object.entries(rules).map(([type, rule]) => [
      type,
      {
        ...rule,
        apply: (rec: Rec, payload: Parameters<typeof rule.apply>[1]) => {
          rule.apply(rec, payload);
          fillSeats(rec);
        },
      },
    ]),
  );
}

export const RULES: Rules = {
  ...refilling(
    desk.rules({
      personal: ['marks'],
      office: Object.keys(OFFICE_TASKS),
      performers: ['examiner', 'centre_operator', 'council', 'appeals_member'],
      invited: ['examiner'],
      supervisors: ['centre_operator'],
      assigners: ['centre_operator', 'council', 'appeals_member', 'admin'],
      returners: ['centre_operator'],
      returnStages: ['in_practice'],
      mayReturn: (s, task) => task.group === marksGroup(s),
      onAccepted,
    }),
  ),
  ...openingRules,
  ...slotRules,
  ...examRules,
  ...resultRules,
  ...repairRules,
};

/** The employer is a person of the case only where he pays; everything else is an office or the applicant himself. */
function persons(s: S, role: Role): string[] | undefined {
  if (role !== 'employer') return undefined;
  return paidByEmployer(s) && s.referral ? [s.referral.employerId] : [];
}

const rulebook = new Rulebook<S, AssessmentPolicy>({
  stages: STAGES,
  rules: RULES,
  applicantRoles: APPLICANT,
  isParty: (s, personId) => s.initiatorId === personId,
  persons,
  excluded: excludedFromTask,
  evolve,
  getRow,
  open: { apply, refer, open_related: openRelated },
  system: { deadline: onDeadline, work: onWork, fact: onFact },
  onRefusal: lateAnswers(
    ['submitMarks'],
    (s: S) => STAGES[s.stage]?.final === true,
    'Спасибо за работу. Задача уже передана другому экзаменатору или закрыта, поэтому оценки не учитываются; мы сохранили их как примечание.',
  ),
});

export const decide = rulebook.decide.bind(rulebook);
export const offers = rulebook.offers.bind(rulebook);
export const segregated = rulebook.segregated.bind(rulebook);
