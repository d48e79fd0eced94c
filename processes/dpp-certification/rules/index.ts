/**
 * What may happen in a certification case, assembled from the rules of its parts. Every event names its row of `stages.ts`.
 *
 * Reading order: intake → expertise → decision → entry → outside. Source: specification P01; common rules 3.1, 3.3, 3.4, 3.9.
 */
import { lateAnswers } from '../../kit/desk.ts';
import { Rulebook } from '../../kit/rulebook.ts';
import type { CertificationPolicy } from '../policy.ts';
import { getRow, PROVIDER, STAGES } from '../stages.ts';
import { evolve, panelGroup } from '../state.ts';
import { desk, excludedFromTask, isOver, type Rules, type S } from './common.ts';
import { decisionRules } from './decision.ts';
import { entryRules } from './entry.ts';
import { completePanel, expertiseRules } from './expertise.ts';
import { intakeRules, openRelated, submit } from './intake.ts';
import { onDeadline, onFact, onWork, repairRules } from './outside.ts';

export { isOver } from './common.ts';
export { work } from './outside.ts';

export const RULES: Rules = {
  ...desk.rules({
    personal: ['review', 'arbitration'],
    office: ['technical_check', 'decision', 'appeal_decision', 'minor_change', 'annulment_decision'],
    performers: ['expert', 'arbiter', 'fed_operator', 'fed_coordinator', 'appeals_member'],
    supervisors: ['fed_coordinator'],
    assigners: ['fed_operator', 'fed_coordinator', 'admin'],
    returners: ['fed_coordinator', 'fed_operator'],
    returnStages: ['under_expertise'],
    mayReturn: (s, task) => task.group === panelGroup(s),
    onAccepted: completePanel,
  }),
  ...intakeRules,
  ...expertiseRules,
  ...decisionRules,
  ...entryRules,
  ...repairRules,
};

const rulebook = new Rulebook<S, CertificationPolicy>({
  stages: STAGES,
  rules: RULES,
  applicantRoles: PROVIDER,
  excluded: excludedFromTask,
  evolve,
  getRow,
  open: { submit, open_related: openRelated },
  system: { deadline: onDeadline, work: onWork, fact: onFact },
  onRefusal: lateAnswers(
    ['submitReview', 'submitArbitration'],
    isOver,
    'Спасибо за работу. Задача уже передана другому эксперту, поэтому заключение не учитывается; мы сохранили его как примечание.',
  ),
});

export const decide = rulebook.decide.bind(rulebook);
export const offers = rulebook.offers.bind(rulebook);
export const segregated = rulebook.segregated.bind(rulebook);
