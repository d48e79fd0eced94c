/** Attestation of heads as the record path, the API and the screens see it. */
import { totalScore, type Conclusion } from '../kit/panel.ts';
import { expertRecordsOf, nearestDue, participantsOf } from '../kit/projections.ts';
import { isOpen, type Task, taskRow } from '../kit/task.ts';
import { taskClock } from '../kit/terms.ts';
import type {
  CaseSummary,
  Context,
  ExpertRecordWrite,
  Participant,
  ProcessDefinition,
  RegisterWrite,
  StoredEvent,
  TaskRow,
} from '../kit/types.ts';
import { eventWords } from './event-words.ts';
import { employmentFact } from './employment.ts';
import { TASK_LABELS, VARIANT_LABELS } from './labels.ru.ts';
import { notices, TEMPLATES } from './notifications.ts';
import { checkPolicy, type AttestationPolicy } from './policy.ts';
import { decide, isOver, offers, segregated, work } from './rules/index.ts';
import { ALL_ROWS, STAGES } from './stages.ts';
import { evolve, type AttestationState } from './state.ts';
import { deadlines, submissionDue } from './terms.ts';

type S = AttestationState;
type Ctx = Context<AttestationPolicy>;

/** Events that change the place of a head in the schedule: it is rebuilt by appending to his entry. */
const SCHEDULE: Record<string, string> = {
  'attestation.scheduled': 'scheduled',
  'attestation.continued': 'scheduled',
  'schedule.replanned': 'scheduled',
  'attestation.postponed': 'postponed',
  'exemption.updated': 'postponed',
  'exemption.ended': 'postponed',
  'attestation.resumed': 'scheduled',
  'sitting.fixed': 'scheduled',
  'sitting.moved': 'overdue',
  'sitting.silent': 'overdue',
  'commission.voted': 'held',
  'admission.refused': 'removed',
  'attestation.cancelled': 'removed',
};

/** Status of the entry in the register of attestations, by the stage of its keeper case. */
const ENTRY: Record<string, string> = {
  conform: 'conform',
  conform_conditional: 'conform_conditional',
  not_conform: 'not_conform',
  closed: 'not_conform',
  retake_set: 'not_conform',
  due_again: 'due_again',
  closed_reserve_offered: 'conform',
  in_reserve: 'conform',
  closed_appointed: 'conform',
  closed_transferred: 'not_conform',
  closed_dismissed: 'not_conform',
  superseded: 'superseded',
  appeal: 'appealed',
  registered: 'annulled',
  evaluated: 'annulled',
};

const ENTRY_EVENTS = new Set([
  'act.conform',
  'act.conditional',
  'act.not_conform',
  'act.closed',
  'candidate.closed',
  'plan.fulfilled',
  'plan.not_fulfilled',
  'appeal.filed',
  'appeal.upheld',
  'appeal.changed',
  'appeal.returned',
  'court.changed',
  'court.returned',
  'validity.due_again',
  'validity.ended',
  'validity.ported',
  'validity.left',
  'validity.not_portable',
  'attestation.superseded',
]);

const RESERVE: Record<string, string> = {
  'reserve.entered': 'in_reserve',
  'reserve.expired': 'left_expired',
  'reserve.appointed': 'left_appointed',
};

/** The schedule, the register of attestations and the cadre reserve: entries are appended to, never edited. */
function registers(event: StoredEvent, s: S): RegisterWrite[] {
  const out: RegisterWrite[] = [];
  const who = { personId: s.initiatorId, organisationId: s.organisationId, post: s.post, variant: s.variant };
  const place = SCHEDULE[event.type];
  if (place && s.incumbent)
    out.push({
      register: 'attestation_schedule',
      number: s.number,
      status: place,
      version: 1,
      facts: {
        ...who,
        plannedOn: s.plannedOn ?? null,
        year: s.plannedOn?.slice(0, 4) ?? null,
        exemption: s.exemption ?? null,
        overdueSince: s.overdueSince ?? null,
      },
      public: false,
    });
  if (s.entryNumber && ENTRY_EVENTS.has(event.type)) out.push(attestationEntry(event, s, who));
  const reserve = RESERVE[event.type];
  if (reserve && s.reserve.number)
    out.push({
      register: 'cadre_reserve',
      number: s.reserve.number,
      status: reserve,
      version: 1,
      facts: { ...who, attestation: s.entryNumber ?? null },
      validFrom: s.validFrom as string,
      validUntil: s.validUntil as string,
      public: false,
    });
  return out;
}

const CLOSED_ENTRY: Record<string, string> = {
  'validity.left': 'left_post',
  'validity.not_portable': 'not_portable',
  'validity.ended': 'not_valid',
};

function attestationEntry(event: StoredEvent, s: S, who: Record<string, unknown>): RegisterWrite {
  return {
    register: 'head_attestations',
    number: s.entryNumber as string,
    status: CLOSED_ENTRY[event.type] ?? ENTRY[s.stage] ?? s.stage,
    version: 1,
    facts: {
      ...who,
      decision: s.act?.kind ?? null,
      score: s.test.score ?? null,
      deficits: s.panelResult?.deficits ?? [],
      votedOn: s.vote?.on ?? null,
      sitting: s.vote?.sitting ?? null,
      inAbsence: s.vote?.inAbsence ?? null,
      order: s.act?.order ?? null,
      caseNumber: s.number,
    },
    ...(s.validFrom ? { validFrom: s.validFrom } : {}),
    ...(s.validUntil ? { validUntil: s.validUntil } : {}),
    public: false,
  };
}

const expertRecords = (event: StoredEvent, s: S, ctx: Ctx): ExpertRecordWrite[] =>
  expertRecordsOf(event, s.tasks, ctx.calendar, (t) => totalScore(t.result as unknown as Conclusion));

const title = (s: S) => `Аттестация (${VARIANT_LABELS[s.variant] ?? s.variant}): ${s.post}`;

function tasks(s: S, ctx: Ctx, of: readonly Task[] = s.tasks): TaskRow[] {
  const clock = taskClock(ctx);
  const submission = submissionDue(s, ctx);
  return of.map((t) =>
    taskRow(
      t,
      `${TASK_LABELS[t.kind] ?? t.kind}: ${s.post}, ${s.number}`,
      clock,
      t.kind === 'submission' ? submission : undefined,
    ),
  );
}

const participants = (s: S): Participant[] =>
  participantsOf([{ personId: s.initiatorId, role: s.incumbent ? 'head' : 'candidate' }], s.tasks);

/** A date that has passed without a decision stays the date of the case, so that the delay is seen in every list. */
function summary(s: S, ctx: Ctx): CaseSummary {
  const dueOn = s.overdueSince ?? nearestDue(tasks(s, ctx, s.tasks.filter(isOpen)), deadlines(s, ctx));
  return {
    titleRu: title(s),
    number: s.number,
    stage: s.stage,
    ...(s.outcome ? { outcome: s.outcome } : {}),
    subjectKind: 'person',
    subjectId: s.initiatorId,
    applicantOrganisationId: s.organisationId,
    applicantRegionCode: s.region,
    initiatorId: s.initiatorId,
    waitingFor: s.stage === 'evaluated' && s.booking ? 'outside' : (STAGES[s.stage]?.waitingFor ?? 'system'),
    ...(dueOn ? { dueOn } : {}),
    closed: isOver(s),
    paused: s.stage === 'postponed',
    policyVersionId: s.policyVersionId,
    ...(s.parent ? { parentCaseId: s.parent.caseId } : {}),
  };
}

export const headAttestation: ProcessDefinition<S, AttestationPolicy> = {
  slug: 'head-attestation',
  code: 'P02',
  nameRu: 'Аттестация руководителей и кандидатов',
  aboutRu:
    'Руководители школ и кандидаты на их место: документы, тестирование, экспертная оценка, заседание комиссии, акт и его последствия. Следующая аттестация открывается сама.',
  starts: ['scheduleAttestation', 'apply', 'open_related'],
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
  personal: true,
  waitingRu: {
    applicant: 'аттестуемого',
    operator: 'секретаря комиссии и кадровую службу',
    coordinator: 'учредителя',
    outside: 'заседание, конец отсрочки или новую аттестацию',
  },
  summary,
  eventWords,
  employmentFact,
};
