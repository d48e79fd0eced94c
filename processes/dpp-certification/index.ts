/** Programme certification as the record path, the API and the screens see it. */
import { assigneeFact } from '../hr-events/matrix.ts';
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
import { TASK_LABELS } from './labels.ru.ts';
import { notices, TEMPLATES } from './notifications.ts';
import { checkPolicy, type CertificationPolicy } from './policy.ts';
import { decide, isOver, offers, segregated, work } from './rules/index.ts';
import { ALL_ROWS, STAGES } from './stages.ts';
import { currentVersion, evolve, type CertificationState } from './state.ts';
import { deadlines } from './terms.ts';

type S = CertificationState;
type Ctx = Context<CertificationPolicy>;

/** Statuses of an entry of the Federal registry, by stage of its keeper case. */
const ENTRY_STATUS: Record<string, string> = {
  certified: 'certified',
  expiring: 'expiring',
  prolonged: 'prolonged',
  suspended: 'suspended',
  expired: 'expired',
  delisted: 'delisted',
  annulled: 'annulled',
};

const ENTRY_EVENTS = new Set([
  'programme.certified',
  'appeal.changed',
  'appeal.filed',
  'appeal.upheld',
  'change.minor_confirmed',
  'change.incorporated',
  'entry.expiring',
  'entry.renewed',
  'entry.prolonged',
  'entry.expired',
  'entry.suspended',
  'entry.restored',
  'entry.delisted',
  'entry.annulled',
  'provider.succeeded',
]);

/** Register entries an event writes: the Federal registry, and the register of expertises. Entries are appended to, never edited. */
function registers(event: StoredEvent, s: S, ctx: Ctx): RegisterWrite[] {
  const out: RegisterWrite[] = [];
  const concluded = event.type.startsWith('expertise.') || event.type.startsWith('arbitration.');
  const result = concluded ? (event.facts.result as S['results'][number] | undefined) : undefined;
  if (result && s.number)
    out.push({
      register: 'expertises',
      number: `${s.number}/${result.panel}.${result.round}`,
      status: result.arbiter ? `arbiter_${result.arbiter.verdict}` : result.aggregation.result,
      version: result.arbiter ? 2 : 1,
      facts: {
        title: currentVersion(s).facts.title,
        counts: result.aggregation.counts,
        failed: result.aggregation.failed,
        disputed: result.aggregation.disputed,
        spread: result.aggregation.spread,
        on: event.on,
      },
      public: false,
    });
  if (!s.entry || !ENTRY_EVENTS.has(event.type)) return out;
  const p = currentVersion(s).facts;
  const status = ENTRY_STATUS[s.stage] ?? (s.stage === 'appeal' ? 'delisted' : undefined);
  if (!status) return out;
  out.push({
    register: 'federal_programmes',
    number: s.entry.number,
    status,
    version: s.entry.version,
    facts: {
      title: p.title,
      kind: p.kind,
      hours: p.hours,
      form: p.form,
      distanceShare: p.distanceShare,
      free: p.free,
      deficits: p.deficits,
      competences: p.competences,
      organisationId: s.applicantOrganisationId,
      regionCode: s.applicantRegion,
      document: currentVersion(s).document,
      order: s.entry.order,
      caseNumber: s.number,
      jurisdiction: ctx.jurisdiction.id,
      ...(s.prolongedUntil && s.stage === 'prolonged' ? { prolongedUntil: s.prolongedUntil } : {}),
      ...(s.suspension && s.stage === 'suspended' ? { suspendedFor: s.suspension.cause } : {}),
      ...(event.type === 'entry.delisted' ? { cause: event.facts.cause } : {}),
    },
    validFrom: s.entry.validFrom,
    validUntil: s.stage === 'prolonged' && s.prolongedUntil ? s.prolongedUntil : s.entry.validUntil,
    public: true,
  });
  return out;
}

const expertRecords = (event: StoredEvent, s: S, ctx: Ctx): ExpertRecordWrite[] =>
  expertRecordsOf(event, s.tasks, ctx.calendar, (t) => totalScore(t.result as unknown as Conclusion));

function tasks(s: S, ctx: Ctx, of: readonly Task[] = s.tasks): TaskRow[] {
  const title = currentVersion(s).facts.title;
  const clock = taskClock(ctx);
  return of.map((t) => taskRow(t, `${TASK_LABELS[t.kind] ?? t.kind}: «${title}»`, clock));
}

const participants = (s: S): Participant[] =>
  participantsOf([{ personId: s.initiatorId, role: 'provider_rep' }], s.tasks);

function summary(s: S, ctx: Ctx): CaseSummary {
  // A task that is overdue arms no due date any more, but its date is what the case is late for.
  const dueOn = nearestDue(s.held ? [] : tasks(s, ctx, s.tasks.filter(isOpen)), deadlines(s, ctx));
  const info = STAGES[s.stage];
  return {
    titleRu: currentVersion(s).facts.title,
    ...(s.number ? { number: s.number } : {}),
    stage: s.stage,
    ...(s.outcome ? { outcome: s.outcome } : {}),
    subjectKind: 'programme',
    subjectId: s.entry?.number ?? s.number ?? s.caseId,
    applicantOrganisationId: s.applicantOrganisationId,
    applicantRegionCode: s.applicantRegion,
    initiatorId: s.initiatorId,
    waitingFor: s.held
      ? 'outside'
      : s.stage === 'refused' || s.stage === 'delisted'
        ? isOver(s)
          ? 'nobody'
          : 'applicant'
        : (info?.waitingFor ?? 'system'),
    ...(dueOn ? { dueOn } : {}),
    closed: isOver(s) && (!s.parent || s.toldParent),
    paused: s.held !== undefined || s.stage === 'returned' || s.stage === 'revision',
    policyVersionId: s.policyVersionId,
    ...(s.parent ? { parentCaseId: s.parent.caseId } : {}),
  };
}

export const dppCertification: ProcessDefinition<S, CertificationPolicy> = {
  slug: 'dpp-certification',
  code: 'P01',
  nameRu: 'Экспертиза и сертификация программы ДПО',
  aboutRu:
    'Программа ДПО проходит техническую проверку и экспертизу без имён экспертов, дорабатывается и попадает в Федеральный реестр. Там её продлевают, изменяют, приостанавливают или исключают.',
  starts: ['submit', 'open_related'],
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
