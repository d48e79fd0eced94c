/** Independent assessment of qualifications as the record path, the API and the screens see it. */
import { assigneeFact } from '../hr-events/matrix.ts';
import { expertRecordsOf, nearestDue, participantsOf } from '../kit/projections.ts';
import { isOpen, type Task, taskRow } from '../kit/task.ts';
import { taskClock } from '../kit/terms.ts';
import type {
  CaseSummary,
  Context,
  ExpertRecordWrite,
  Participant,
  ProcessDefinition,
  StoredEvent,
  TaskRow,
} from '../kit/types.ts';
import { eventWords } from './event-words.ts';
import { TASK_LABELS } from './labels.ru.ts';
import { notices, TEMPLATES } from './notifications.ts';
import { checkPolicy, findQualification, type AssessmentPolicy } from './policy.ts';
import { registers } from './registers.ts';
import { decide, isOver, offers, segregated, work } from './rules/index.ts';
import { ALL_ROWS, STAGES } from './stages.ts';
import { evolve, type AssessmentState } from './state.ts';
import { deadlines } from './terms.ts';

type S = AssessmentState;
type Ctx = Context<AssessmentPolicy>;

const expertRecords = (event: StoredEvent, s: S, ctx: Ctx): ExpertRecordWrite[] =>
  expertRecordsOf(event, s.tasks, ctx.calendar, (t) => Number(t.result?.total));

/** The title names no person: lists and letters carry it. */
const title = (s: S, ctx: Ctx) =>
  `Оценка квалификации: ${findQualification(ctx.policy, s.qualification)?.labelRu ?? s.qualification}`;

function tasks(s: S, ctx: Ctx, of: readonly Task[] = s.tasks): TaskRow[] {
  const what = `${findQualification(ctx.policy, s.qualification)?.labelRu ?? s.qualification}${s.number ? `, ${s.number}` : ''}`;
  const clock = taskClock(ctx);
  return of.map((t) => taskRow(t, `${TASK_LABELS[t.kind] ?? t.kind}: ${what}`, clock));
}

/** The employer is no participant: what he may see of a case is his referral, read elsewhere (3.10). */
const participants = (s: S): Participant[] => participantsOf([{ personId: s.initiatorId, role: 'teacher' }], s.tasks);

function summary(s: S, ctx: Ctx): CaseSummary {
  const dueOn = nearestDue(tasks(s, ctx, s.tasks.filter(isOpen)), deadlines(s, ctx));
  return {
    titleRu: title(s, ctx),
    ...(s.number ? { number: s.number } : {}),
    stage: s.stage,
    ...(s.outcome ? { outcome: s.outcome } : {}),
    subjectKind: 'person',
    subjectId: s.initiatorId,
    // No organisation: a case of assessment belongs to the person, and no list of an employer may find it.
    applicantRegionCode: s.region,
    initiatorId: s.initiatorId,
    waitingFor: STAGES[s.stage]?.waitingFor ?? 'system',
    ...(dueOn ? { dueOn } : {}),
    closed: isOver(s),
    paused: false,
    policyVersionId: s.policyVersionId,
    ...(s.parent ? { parentCaseId: s.parent.caseId } : {}),
  };
}

export const qualificationAssessment: ProcessDefinition<S, AssessmentPolicy> = {
  slug: 'qualification-assessment',
  code: 'P03',
  nameRu: 'Независимая оценка квалификации',
  aboutRu:
    'Педагог сам подаёт заявление, выбирает дату и сдаёт экзамен; совет проверяет, что порядок соблюдён. Итог – свидетельство или заключение; работодатель узнаёт его только с согласия педагога.',
  starts: ['apply', 'refer', 'open_related'],
  personal: true,
  readers: ['centre_operator', 'council', 'appeals_member', 'admin', 'dpo'],
  waitingRu: { operator: 'центр оценки', expert: 'экзаменаторов', coordinator: 'совет', applicant: 'соискателя' },
  table: ALL_ROWS,
  stages: STAGES,
  checkPolicy,
  decide,
  evolve,
  deadlines,
  work,
  availableActions: offers,
  segregated,
  tasks,
  notices,
  templates: TEMPLATES,
  registers,
  expertRecords,
  participants,
  summary,
  eventWords,
  employmentFact: assigneeFact,
};
