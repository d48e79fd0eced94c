/** The session of an exam as the record path, the API and the screens see it. */
import { assigneeFact } from '../hr-events/matrix.ts';
import { formatDateRu } from '../kit/dates.ts';
import { nearestDue } from '../kit/projections.ts';
import { isOpen, type Task, taskRow } from '../kit/task.ts';
import { taskClock } from '../kit/terms.ts';
import type {
  CaseSummary,
  Context,
  Participant,
  ProcessDefinition,
  RegisterWrite,
  StoredEvent,
  TaskRow,
} from '../kit/types.ts';
import { TASK_LABELS } from './labels.ru.ts';
import { notices, TEMPLATES } from './notifications.ts';
import { checkPolicy, type SessionPolicy } from './policy.ts';
import { decide, isOver, offers, segregated, work } from './rules.ts';
import { ALL_ROWS, STAGES } from './stages.ts';
import { evolve, type SessionState } from './state.ts';
import { deadlines } from './terms.ts';

type S = SessionState;
type Ctx = Context<SessionPolicy>;

const REGISTERED = new Set([
  'session.scheduled',
  'roster.closed',
  'session.opened',
  'session.not_held',
  'session.cancelled',
  'session.closed',
  'protocol.signed',
]);

/** The register of sessions: who examined, how many were there. The people examined are in their own cases only. */
function registers(event: StoredEvent, s: S): RegisterWrite[] {
  if (!REGISTERED.has(event.type)) return [];
  const count = (state: string) => s.candidates.filter((c) => c.state === state).length;
  return [
    {
      register: 'exam_sessions',
      number: s.number,
      status: s.stage,
      version: 1,
      facts: {
        heldOn: s.heldOn,
        startsAt: s.startsAt,
        placeRu: s.placeRu,
        centreId: s.centreId,
        qualification: s.qualification,
        capacity: s.capacity,
        examiners: s.examiners,
        present: s.present,
        finished: count('finished'),
        absent: count('absent'),
      },
      validFrom: s.heldOn,
      public: false,
    },
  ];
}

const title = (s: S) => `Экзамен ${formatDateRu(s.heldOn)}, ${s.startsAt}`;

function tasks(s: S, ctx: Ctx, of: readonly Task[] = s.tasks): TaskRow[] {
  const clock = taskClock(ctx);
  return of.map((t) => taskRow(t, `${TASK_LABELS[t.kind] ?? t.kind}: ${title(s)}`, clock));
}

function participants(s: S): Participant[] {
  return s.examiners.map((personId) => ({ personId, role: 'examiner' }));
}

function summary(s: S, ctx: Ctx): CaseSummary {
  const dueOn = nearestDue(tasks(s, ctx, s.tasks.filter(isOpen)), deadlines(s, ctx));
  return {
    titleRu: title(s),
    number: s.number,
    stage: s.stage,
    ...(s.outcome ? { outcome: s.outcome } : {}),
    subjectKind: 'session',
    subjectId: s.number,
    applicantRegionCode: ctx.jurisdiction.regionCode,
    waitingFor: STAGES[s.stage]?.waitingFor ?? 'system',
    ...(dueOn ? { dueOn } : {}),
    closed: isOver(s),
    paused: false,
    policyVersionId: s.policyVersionId,
  };
}

export const examSession: ProcessDefinition<S, SessionPolicy> = {
  slug: 'exam-session',
  code: 'EXS',
  nameRu: 'Сеанс профессионального экзамена',
  aboutRu:
    'Один день экзамена: места, экзаменаторы, кто явился, протокол. Оценки выставляются в деле каждого соискателя.',
  starts: ['scheduleSession'],
  readers: ['centre_operator', 'council', 'appeals_member', 'admin', 'dpo'],
  waitingRu: { operator: 'центр оценки' },
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
  employmentFact: assigneeFact,
};
