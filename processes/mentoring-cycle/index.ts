/** The three-year cycle of a new teacher as the record path, the API and the screens see it. */
import { nearestDue, participantsOf } from '../kit/projections.ts';
import { isOpen, type Task, taskRow } from '../kit/task.ts';
import type { CaseSummary, Context, Participant, ProcessDefinition, TaskRow } from '../kit/types.ts';
import { taskClock } from '../kit/terms.ts';
import { eventWords } from './event-words.ts';
import { employmentFact, opensOnHire } from './employment.ts';
import { TASK_LABELS } from './labels.ru.ts';
import { notices, TEMPLATES } from './notifications.ts';
import { checkPolicy, type MentoringPolicy } from './policy.ts';
import { registers } from './registers.ts';
import { decide, offers, segregated, work } from './rules/index.ts';
import { ALL_ROWS, STAGES, YEARS } from './stages.ts';
import { evolve, type MentoringState } from './state.ts';
import { deadlines, gateDue } from './terms.ts';

type S = MentoringState;
type Ctx = Context<MentoringPolicy>;

/** Where the platform has only to hand the package over, the case lives until the other region has it. */
export const isOver = (s: S): boolean => STAGES[s.stage]?.final === true && (!s.exported || s.exported.opened);

function tasks(s: S, ctx: Ctx, of: readonly Task[] = s.tasks): TaskRow[] {
  const clock = taskClock(ctx);
  const gate = YEARS.includes(s.stage) ? gateDue(s, ctx) : undefined;
  return of.map((t) =>
    taskRow(
      t,
      `${TASK_LABELS[t.kind] ?? t.kind}: цикл ${s.number ?? ''}`,
      clock,
      t.kind === 'mentoring' ? gate : undefined,
    ),
  );
}

/** Employment events find the case by these people; a former mentor is nobody to it but for his note. */
function participants(s: S): Participant[] {
  const mentors = [s.pair?.mentorId, s.candidate?.mentorId, s.noteDue ? s.lastMentorId : undefined];
  return participantsOf(
    [
      { personId: s.menteeId, role: 'new_teacher' },
      ...mentors.flatMap((personId) => (personId ? [{ personId, role: 'mentor' } as const] : [])),
    ],
    s.tasks.filter((t) => t.nature === 'office'),
  );
}

function summary(s: S, ctx: Ctx): CaseSummary {
  const over = isOver(s);
  const dueOn = over ? undefined : nearestDue(tasks(s, ctx, s.tasks.filter(isOpen)), deadlines(s, ctx));
  return {
    titleRu: `Цикл наставничества${s.number ? ` ${s.number}` : ''}`,
    ...(s.number ? { number: s.number } : {}),
    stage: s.stage,
    ...(s.outcome ? { outcome: s.outcome } : {}),
    subjectKind: 'person',
    subjectId: s.menteeId,
    applicantOrganisationId: s.place.organisationId,
    applicantRegionCode: s.place.region,
    initiatorId: s.openedBy ?? s.menteeId,
    waitingFor: s.gate?.overdue ? 'school' : (STAGES[s.stage]?.waitingFor ?? 'system'),
    ...(dueOn ? { dueOn } : {}),
    closed: over,
    paused: s.stage === 'paused',
    policyVersionId: s.policyVersionId,
  };
}

export const mentoringCycle: ProcessDefinition<S, MentoringPolicy> = {
  slug: 'mentoring-cycle',
  code: 'P04',
  nameRu: 'Трёхлетний цикл молодого педагога (наставничество)',
  aboutRu:
    'Три года молодого педагога с наставником: назначение пары, работа по кварталам, рубежи каждого года, смена наставника, отпуска и переводы между школами.',
  starts: ['start', 'open_hired', 'import'],
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
  participants,
  summary,
  eventWords,
  employmentFact,
  opensOnHire,
};
