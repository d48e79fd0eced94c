/** The sitting of a commission as the record path, the API and the screens see it. */
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
  Role,
  StoredEvent,
  TaskRow,
} from '../kit/types.ts';
import { eventWords } from './event-words.ts';
import { TASK_LABELS } from './labels.ru.ts';
import { notices, TEMPLATES } from './notifications.ts';
import { checkPolicy, type SittingPolicy } from './policy.ts';
import { decide, isOver, offers, segregated, work } from './rules.ts';
import { ALL_ROWS, STAGES } from './stages.ts';
import { evolve, type Office, type SittingState } from './state.ts';
import { deadlines } from './terms.ts';

type S = SittingState;
type Ctx = Context<SittingPolicy>;

const REGISTERED = new Set([
  'sitting.scheduled',
  'members.changed',
  'session.opened',
  'session.no_quorum',
  'sitting.cancelled',
  'sitting.not_held',
  'minutes.signed',
]);

/** The register of sittings: the order and composition, who came, what was decided. An entry is appended to, never edited. */
function registers(event: StoredEvent, s: S): RegisterWrite[] {
  if (!REGISTERED.has(event.type)) return [];
  return [
    {
      register: 'commission_sittings',
      number: s.number,
      status: s.stage,
      version: 1,
      facts: {
        heldOn: s.heldOn,
        order: s.order,
        members: s.members.map(({ personId, office }) => ({ personId, office })),
        present: s.present,
        items: s.items.map(({ itemKey, caseId, state, result }) => ({
          itemKey,
          caseId,
          state,
          result: result ?? null,
        })),
      },
      validFrom: s.heldOn,
      public: false,
    },
  ];
}

const title = (s: S) => `Заседание комиссии ${formatDateRu(s.heldOn)}`;

function tasks(s: S, ctx: Ctx, of: readonly Task[] = s.tasks): TaskRow[] {
  const clock = taskClock(ctx);
  return of.map((t) => taskRow(t, `${TASK_LABELS[t.kind] ?? t.kind}: ${title(s)}`, clock));
}

const ROLE: Record<Office, Role> = {
  chair: 'chair',
  deputy: 'commission_member',
  secretary: 'secretary',
  member: 'commission_member',
  public: 'public_rep',
};

function participants(s: S): Participant[] {
  return s.members.map(({ personId, office }) => ({ personId, role: ROLE[office] }));
}

function summary(s: S, ctx: Ctx): CaseSummary {
  const dueOn = nearestDue(tasks(s, ctx, s.tasks.filter(isOpen)), deadlines(s, ctx));
  return {
    titleRu: title(s),
    number: s.number,
    stage: s.stage,
    ...(s.outcome ? { outcome: s.outcome } : {}),
    subjectKind: 'sitting',
    subjectId: s.number,
    applicantRegionCode: ctx.jurisdiction.regionCode,
    waitingFor: STAGES[s.stage]?.waitingFor ?? 'system',
    ...(dueOn ? { dueOn } : {}),
    closed: isOver(s),
    paused: false,
    policyVersionId: s.policyVersionId,
  };
}

export const commissionSitting: ProcessDefinition<S, SittingPolicy> = {
  slug: 'commission-sitting',
  code: 'SIT',
  nameRu: 'Заседание комиссии',
  aboutRu:
    'Повестка, кворум и отводы, голосование по каждому вопросу, протокол. Решение уходит в то дело, о котором голосовали.',
  starts: ['scheduleSitting'],
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
  waitingRu: { operator: 'секретаря комиссии' },
  summary,
  eventWords,
  employmentFact: assigneeFact,
};
