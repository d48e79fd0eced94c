/**
 * What may happen in a certification case, assembled from the rules of its parts. Every event names its row of `stages.ts`.
 *
 * Reading order: intake → expertise → decision → entry → outside. Source: specification P01; common rules 3.1, 3.3, 3.4, 3.9.
 */
import { Denied } from '../../kit/recorder.ts';
import { Rulebook } from '../../kit/rulebook.ts';
import { isOpen } from '../../kit/task.ts';
import type { CertificationPolicy } from '../policy.ts';
import { getRow, PROVIDER, STAGES } from '../stages.ts';
import { evolve, panelGroup } from '../state.ts';
import { desk, excludedFromTask, isOver, type Rec, type Rules, type S } from './common.ts';
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
  if (isOpen(task) || task.state === 'done' || isOver(rec.state)) return;
  rec.emit('TASK-24', 'task.late_answer_noted', {
    taskId: task.id,
    personId: actor.personId,
    document: payload.document,
  });
  const message =
    'Спасибо за работу. Задача уже передана другому эксперту, поэтому заключение не учитывается; мы сохранили его как примечание.';
  throw new Denied({ code: 'late_answer', message }, rec.events);
}
