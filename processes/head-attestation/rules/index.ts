/**
 * What may happen in an attestation, assembled from the rules of its parts. Every event names its row of `stages.ts`.
 *
 * Reading order: opening → test → panel → sitting → decision → outside. Source: specification P02; common rules 3.3-3.5, 3.9, section 9.
 */
import { lateAnswers } from '../../kit/desk.ts';
import { Rulebook } from '../../kit/rulebook.ts';
import type { AttestationPolicy } from '../policy.ts';
import { ATTESTEE, getRow, STAGES } from '../stages.ts';
import { evolve, panelGroup } from '../state.ts';
import { desk, excludedFromTask, OFFICE_TASKS, type Rules, type S } from './common.ts';
import { decisionRules } from './decision.ts';
import { apply, openingRules, openRelated, scheduleAttestation } from './opening.ts';
import { onDeadline, onFact, onWork, repairRules } from './outside.ts';
import { onAccepted, panelRules } from './panel.ts';
import { sittingRules } from './sitting.ts';
import { testRules } from './test.ts';

export { isOver } from './common.ts';
export { work } from './outside.ts';

export const RULES: Rules = {
  ...desk.rules({
    personal: ['review', 'arbitration'],
    office: Object.keys(OFFICE_TASKS),
    performers: ['expert', 'arbiter', 'secretary', 'founder_rep', 'hr_officer', 'appeals_member'],
    supervisors: ['founder_head'],
    assigners: ['secretary', 'founder_rep', 'hr_officer', 'appeals_member', 'founder_head', 'admin'],
    returners: ['secretary'],
    returnStages: ['tested'],
    mayReturn: (s, task) => task.group === panelGroup(s),
    onAccepted,
  }),
  ...openingRules,
  ...testRules,
  ...panelRules,
  ...sittingRules,
  ...decisionRules,
  ...repairRules,
};

const rulebook = new Rulebook<S, AttestationPolicy>({
  stages: STAGES,
  rules: RULES,
  applicantRoles: ATTESTEE,
  isParty: (s, personId) => s.initiatorId === personId,
  excluded: excludedFromTask,
  evolve,
  getRow,
  open: { scheduleAttestation, apply, open_related: openRelated },
  system: { deadline: onDeadline, work: onWork, fact: onFact },
  onRefusal: lateAnswers(
    ['submitReview', 'submitArbitration'],
    (s: S) => STAGES[s.stage]?.final === true,
    'Спасибо за работу. Задача уже передана другому эксперту или закрыта, поэтому заключение не учитывается; мы сохранили его как примечание.',
  ),
});

export const decide = rulebook.decide.bind(rulebook);
export const offers = rulebook.offers.bind(rulebook);
export const segregated = rulebook.segregated.bind(rulebook);
