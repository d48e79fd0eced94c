/**
 * What may happen in an attestation, assembled from the rules of its parts. Every event names its row of `stages.ts`.
 *
 * Reading order: opening → test → panel → sitting → decision → outside. Source: specification P02; common rules 3.3-3.5, 3.9, section 9.
 */
import { Denied } from '../../kit/recorder.ts';
import { Rulebook } from '../../kit/rulebook.ts';
import { isOpen } from '../../kit/task.ts';
import type { AttestationPolicy } from '../policy.ts';
import { ATTESTEE, getRow, STAGES } from '../stages.ts';
import { evolve, panelGroup } from '../state.ts';
import { desk, excludedFromTask, OFFICE_TASKS, type Rec, type Rules, type S } from './common.ts';
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
  onRefusal: lateAnswer,
});

export const decide = rulebook.decide.bind(rulebook);
export const offers = rulebook.offers.bind(rulebook);

/** A late answer of a former assignee is refused politely and kept as a note (3.3). */
function lateAnswer(rec: Rec, type: string): void {
  if (type !== 'submitReview' && type !== 'submitArbitration') return;
  const { actor, payload } = rec.command;
  const task = rec.state.tasks.find((t) => t.id === payload.taskId);
  if (!task || actor.kind !== 'person' || task.assigneeId !== actor.personId) return;
  if (isOpen(task) || task.state === 'done' || STAGES[rec.state.stage]?.final) return;
  rec.emit('TASK-24', 'task.late_answer_noted', {
    taskId: task.id,
    personId: actor.personId,
    document: payload.document,
  });
  const message =
    'Спасибо за работу. Задача уже передана другому эксперту или закрыта, поэтому заключение не учитывается; мы сохранили его как примечание.';
  throw new Denied({ code: 'late_answer', message }, rec.events);
}
