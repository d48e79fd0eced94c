/** How an attestation begins, and its documents: schedule, application, checks, submission with familiarisation. */
import { actingPeople, hasRole } from '../../kit/actors.ts';
import { inWork } from '../../kit/desk.ts';
import { isOwn, ownCase } from '../../kit/rulebook.ts';
import { deny } from '../../kit/recorder.ts';
import { due } from '../../kit/terms.ts';
import { ATTESTEE, BEFORE_VOTE } from '../stages.ts';
import type { Variant } from '../state.ts';
import { earliestSitting } from '../terms.ts';
import {
  ask,
  claimAttestee,
  desk,
  end,
  releaseAttestee,
  requireDate,
  requirePast,
  requireWitnesses,
  tellParent,
  type Ctx,
  type Payload,
  type Rec,
  type Rules,
} from './common.ts';
import { keepValidResults } from './test.ts';

// ── Opening ──

/** The founder's schedule, or his decision on an extraordinary attestation. An acting head is a candidate, not an incumbent. */
export function scheduleAttestation(rec: Rec): void {
  const { actor, payload: p } = rec.command;
  const { jurisdiction, today } = rec.ctx;
  if (!hasRole(actor, ['founder_rep'], [{ kind: 'jurisdiction', id: jurisdiction.id }], today))
    deny('role_missing', 'График утверждает учредитель.');
  if (isOwn(actor, { persons: [p.personId as string], organisationIds: [p.organisationId as string] }))
    deny(ownCase(actor).code, ownCase(actor).message);
  if (p.acting === true)
    deny('acting_is_candidate', 'Исполняющий обязанности аттестуется как кандидат: заявление подаёт он сам.', {
      errors: [{ pointer: '/acting', detail: 'Исполняющий обязанности — кандидат.' }],
    });
  requireKind(rec.ctx, p);
  const variant: Variant = p.variant === 'extraordinary' ? 'extraordinary' : 'planned';
  const plannedOn = requireNotice(rec.ctx, p.plannedOn);
  if (p.draftedOn !== undefined && p.draftedOn !== plannedOn && !p.document)
    deny('move_reason', 'Дата отличается от проекта графика: напишите, почему.', {
      errors: [{ pointer: '/moveReason', detail: 'Почему дата иная, чем в проекте?' }],
    });
  open(rec, 'P02-T01', 'attestation.scheduled', {
    ...p,
    variant,
    plannedOn,
    startedBy: actingPeople(rec.command.actor)[0],
    order: p.order,
  });
}

export function apply(rec: Rec): void {
  const { actor, payload: p } = rec.command;
  if (actor.kind !== 'person' || actor.onBehalfOf || !hasRole(actor, ATTESTEE, [{ kind: 'self' }], rec.ctx.today))
    deny('role_missing', 'Заявление подаёт сам кандидат.');
  requireKind(rec.ctx, p);
  if (p.consent !== true)
    deny('consent', 'Без согласия на проверку и обработку данных заявление не принимается.', {
      errors: [{ pointer: '/consent', detail: 'Нужно согласие.' }],
    });
  open(rec, 'P02-T02', 'application.submitted', {
    ...p,
    personId: actor.personId,
    variant: 'candidate',
    plannedOn: undefined,
  });
}

/** The next attestation of a head, opened by the case that keeps his present one. */
export function openRelated(rec: Rec): void {
  const p = rec.command.payload as Payload;
  if (rec.command.actor.kind !== 'system') deny('not_for_people', 'Это делает платформа, а не человек.');
  open(rec, 'P02-T03', 'attestation.continued', p);
}

function requireKind(ctx: Ctx, p: Payload): void {
  if (!ctx.policy.organisationKinds.includes(p.organisationKind))
    deny('organisation_kind', 'Руководители организаций этого вида по порядку учредителя не аттестуются.', {
      errors: [{ pointer: '/organisationKind', detail: 'Вид организации не входит в порядок.' }],
    });
}

/** A date that leaves the attestee his full notice if he is told today. */
export function requireNotice(ctx: Ctx, value: unknown, pointer = '/plannedOn'): string {
  const on = requireDate(value, pointer);
  const earliest = earliestSitting(ctx, ctx.policy.terms.sittingNotice, ctx.today);
  if (on < earliest)
    deny('notice_too_short', `Аттестуемого извещают заранее: самая ранняя дата — ${earliest}.`, {
      errors: [{ pointer, detail: `Не раньше ${earliest}.` }],
    });
  return on;
}

function open(rec: Rec, row: string, type: string, p: Payload): void {
  const { jurisdiction, policy, today, policyVersionId } = rec.ctx;
  const { prefix, width } = policy.numbering;
  const year = today.slice(0, 4);
  const {
    variant,
    personId,
    organisationId,
    region,
    post,
    conflictIds = [],
    plannedOn,
    parent,
    failuresBefore = 0,
  } = p;
  rec.emit(row, type, {
    to: 'registered',
    variant,
    personId,
    organisationId,
    organisationKind: p.organisationKind ?? null,
    region,
    post,
    conflictIds,
    policyVersionId,
    failuresBefore,
    competences: policy.panel.competences,
    ...(plannedOn ? { plannedOn } : {}),
    ...(parent ? { parent } : {}),
    ...(p.startedBy ? { startedBy: p.startedBy } : {}),
    ...(p.order ? { order: p.order } : {}),
    ...(p.draftedOn && p.draftedOn !== plannedOn ? { draftedOn: p.draftedOn } : {}),
    ...(p.document ? { document: p.document } : {}),
  });
  claimAttestee(rec, personId, organisationId);
  rec.claim({
    kind: 'serial',
    // The number carries the region only: founders of one region share the series.
    series: `${prefix}:${jurisdiction.regionCode}:${year}`,
    event: 0,
    field: 'number',
    prefix: `${prefix}-${jurisdiction.regionCode}-${year}-`,
    width,
  });
  beginIfTime(rec);
}

/** Documents are prepared at once, or when the day of the schedule comes near. */
export function beginIfTime(rec: Rec): void {
  const { state: s, ctx } = rec;
  const lead = s.plannedOn
    ? due(ctx, s, 'start', ctx.policy.terms.documentsLead, s.plannedOn, 'день аттестации по графику').dueOn
    : ctx.today;
  if (lead <= ctx.today) begin(rec, 'P02-T04');
}

export function begin(rec: Rec, row: string): void {
  rec.emit(row, 'documents.begun', {});
  ask(rec, 'checks', 'checks', 'началась подготовка документов');
  ask(rec, 'documents', 'documents', 'началась подготовка документов');
  if (rec.state.incumbent && !rec.state.submission.filedOn) ask(rec, 'submission', null, '');
}

// ── Documents ──

export function admit(rec: Rec, row: string, type: string): void {
  desk.cancelKinds(rec, 'not_needed', ['documents', 'checks']);
  rec.emit(row, type, { to: 'admitted' });
  if (keepValidResults(rec)) return;
  ask(rec, 'test', 'test', 'допущен к аттестации');
}

const bar = (rec: Rec, p: Payload): void => {
  desk.finish(rec, p, { outcome: 'bar' });
  desk.cancelOpen(rec, 'refused');
  rec.emit('P02-T08', 'admission.refused', {
    to: 'refused_admission',
    kind: 'refused_admission',
    ground: p.ground,
    statement: p.statement,
    takenBy: actingPeople(rec.command.actor),
    outcome: 'refused',
    ...tellParent(rec, 'child_ended', { outcome: 'refused' }),
  });
  // A candidate holds his claim while he may complain; the founder decides on the incumbent without waiting.
  if (rec.state.incumbent) releaseAttestee(rec);
};

const SUBMISSION_STAGES = BEFORE_VOTE;

export const openingRules: Rules = {
  replan: {
    labelRu: 'Изменить дату в графике',
    stages: ['registered'],
    roles: ['founder_rep'],
    unless: (s) => (s.incumbent ? null : 'У кандидата нет даты в графике.'),
    apply: (rec, p) => {
      const plannedOn = requireNotice(rec.ctx, p.plannedOn);
      const s = rec.state;
      rec.emit('P02-T06', 'schedule.replanned', {
        plannedOn,
        previous: s.plannedOn ?? null,
        order: p.order,
        begun: s.begun,
      });
      if (!rec.state.begun) beginIfTime(rec);
    },
  },
  confirmChecks: {
    labelRu: 'Проверено, ограничений нет',
    tone: 'primary',
    stages: ['registered'],
    roles: ['hr_officer'],
    task: ['checks'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'clear' });
      rec.emit('P02-T07', 'checks.confirmed', { checkedBy: actingPeople(rec.command.actor)[0] });
    },
  },
  reportBar: {
    labelRu: 'Есть законное ограничение',
    tone: 'danger',
    stages: ['registered', 'awaiting_documents'],
    roles: ['hr_officer'],
    task: ['checks'],
    unless: inWork,
    apply: bar,
  },
  completeDocuments: {
    labelRu: 'Документы полны, допустить',
    tone: 'primary',
    stages: ['registered'],
    roles: ['secretary'],
    task: ['documents'],
    unless: (s, ctx, task) => (s.checked ? inWork(s, ctx, task) : 'Кадровая служба ещё не закончила проверку.'),
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'complete' });
      admit(rec, 'P02-T09', 'documents.completed');
    },
  },
  reportDefects: {
    labelRu: 'Вернуть с перечнем',
    stages: ['registered'],
    roles: ['secretary'],
    task: ['documents'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'defects', count: p.count });
      rec.emit('P02-T10', 'documents.returned', { to: 'awaiting_documents', count: p.count, statement: p.statement });
    },
  },
  supplyDocuments: {
    labelRu: 'Представить документы',
    tone: 'primary',
    stages: ['awaiting_documents'],
    roles: ATTESTEE,
    apply: (rec, p) => {
      rec.emit('P02-T11', 'documents.supplied', { to: 'registered', document: p.document });
      ask(rec, 'documents', 'documents', 'документы представлены');
    },
  },
  fileSubmission: {
    labelRu: 'Внести представление',
    tone: 'primary',
    stages: SUBMISSION_STAGES,
    roles: ['founder_rep'],
    unless: (s) => {
      if (!s.incumbent) return 'Представление вносят на действующего руководителя.';
      return s.booking ? 'Вопрос уже в повестке: представление не меняют.' : null;
    },
    apply: (rec, p) => {
      rec.emit('P02-T15', 'submission.filed', { document: p.document });
      desk.finishOpen(rec, 'submission', { outcome: 'filed' });
    },
  },
  familiariseSubmission: {
    labelRu: 'Ознакомлен с представлением',
    tone: 'primary',
    stages: SUBMISSION_STAGES,
    roles: ATTESTEE,
    unless: awaitsFamiliarisation,
    apply: (rec) => rec.emit('P02-T16', 'submission.familiarised', { servedOn: rec.ctx.today }),
  },
  recordSubmissionService: {
    labelRu: 'Записать ознакомление с представлением',
    stages: SUBMISSION_STAGES,
    roles: ['secretary'],
    unless: awaitsFamiliarisation,
    apply: (rec, p) => {
      const servedOn = requirePast(rec, p.on, rec.state.submission.filedOn ?? rec.ctx.today);
      requireWitnesses(p);
      const { refusedToSign = false, witnesses = [], act = null } = p;
      rec.emit('P02-T17', 'submission.familiarised', { servedOn, refusedToSign, witnesses, act });
    },
  },
  addOwnData: {
    labelRu: 'Представить собственные сведения',
    stages: SUBMISSION_STAGES,
    roles: ATTESTEE,
    apply: (rec, p) => rec.emit('P02-T18', 'own_data.added', { document: p.document }),
  },
  withdraw: {
    labelRu: 'Отозвать заявление',
    tone: 'danger',
    stages: BEFORE_VOTE,
    roles: ['candidate'],
    unless: (s) => (s.incumbent ? 'Плановую аттестацию руководитель не отзывает.' : null),
    apply: (rec) => end(rec, 'P02-T115', 'application.withdrawn', { to: 'withdrawn', outcome: 'withdrawn' }),
  },
};

function awaitsFamiliarisation(s: Rec['state']): string | null {
  if (!s.submission.filedOn) return 'Представления ещё нет.';
  return s.submission.familiarisedOn ? 'Ознакомление уже записано.' : null;
}
