/** How an assessment begins: the person's application, an employer's referral with the person's acceptance, a free retake; its documents. */
import { requireCentre } from '../../catalogue/centres.ts';
import { actingPeople, hasRole } from '../../kit/actors.ts';
import { inWork } from '../../kit/desk.ts';
import { deny } from '../../kit/recorder.ts';
import type { Payer } from '../policy.ts';
import { APPLICANT, BEFORE_EXAM, BEFORE_RESULT } from '../stages.ts';
import type { Theory } from '../state.ts';
import { theoryStillValid } from '../terms.ts';
import {
  ask,
  claimActive,
  desk,
  endBeforeExam,
  notApplicable,
  qualificationOf,
  type Ctx,
  type Payload,
  type Rec,
  type Rules,
} from './common.ts';

// ── Opening ──

/** Only the person starts: nobody applies for another, not even by an order. */
export function apply(rec: Rec): void {
  const { actor, payload: p } = rec.command;
  if (actor.kind !== 'person' || actor.onBehalfOf || !hasRole(actor, APPLICANT, [{ kind: 'self' }], rec.ctx.today))
    deny('role_missing', 'Заявление подаёт сам соискатель: оценка добровольная.');
  requireConsents(p);
  const payer = requirePayer(rec.ctx, p.payer, ['person', 'budget']);
  qualificationOf(rec.ctx, p.qualification);
  requireCentre(rec.ctx.policy, rec.ctx.jurisdiction, p);
  rec.emit('P03-T01', 'application.submitted', {
    to: 'registered',
    personId: actor.personId,
    ...given(rec.ctx, p),
    payer,
  });
  claimActive(rec, actor.personId, p.qualification as string);
  numbered(rec, 0);
  beginCheck(rec, 'заявление подано');
}

/** The employer's offer. It takes no claim of the person and reads nothing of him, so that its answer tells the employer nothing. */
export function refer(rec: Rec): void {
  const { actor, payload: p } = rec.command;
  const { ctx } = rec;
  const scope = { kind: 'organisation' as const, id: String(p.organisationId) };
  if (actor.kind !== 'person' || !hasRole(actor, ['employer'], [scope], ctx.today))
    deny('role_missing', 'Направляет работодатель — своих работников.');
  if (actingPeople(rec.command.actor).includes(p.personId as string))
    deny('segregation', 'Себя направить нельзя: подайте заявление.');
  qualificationOf(ctx, p.qualification);
  requireCentre(ctx.policy, ctx.jurisdiction, p);
  const payer = requirePayer(ctx, p.payer, ['employer', 'budget']);
  const employerId = actor.personId;
  rec.emit('P03-T02', 'referral.offered', {
    to: 'offered',
    personId: p.personId,
    ...given(ctx, p),
    payer,
    referral: { employerId, organisationId: scope.id },
  });
  const year = ctx.today.slice(0, 4);
  rec.claim({
    kind: 'unique',
    scope: `referral:${scope.id}:${year}`,
    key: `${p.personId}:${p.qualification}`,
    denial: {
      code: 'referred_already',
      message: 'В этом году вы уже направляли этого работника на эту квалификацию: напоминать ему нельзя.',
    },
  });
}

/** A free retake, opened by the case whose exam was annulled: it begins at the choice of a date, with priority. */
export function openRelated(rec: Rec): void {
  const p = rec.command.payload as Payload;
  if (rec.command.actor.kind !== 'system') deny('not_for_people', 'Это делает платформа, а не человек.');
  rec.emit('P03-T06', 'retake.opened', {
    to: 'admitted',
    ...p,
    ...pinned(rec.ctx),
    paid: true,
    priority: true,
  });
  numbered(rec, 0);
}

const pinned = (ctx: Ctx) => ({ policyVersionId: ctx.policyVersionId, scheme: ctx.policy.scheme });

function given(ctx: Ctx, p: Payload): Payload {
  const { qualification, region, centreId, document = null, needs = false } = p;
  return { qualification, region: region ?? ctx.jurisdiction.regionCode, centreId, document, needs, ...pinned(ctx) };
}

/** The number is issued at submission; a referral has none until the person accepts it. */
function numbered(rec: Rec, event: number): void {
  const { jurisdiction, policy, today } = rec.ctx;
  const { prefix, width } = policy.numbering;
  const year = today.slice(0, 4);
  rec.claim({
    kind: 'serial',
    series: `${prefix}:${jurisdiction.regionCode}:${year}`,
    event,
    field: 'number',
    prefix: `${prefix}-${jurisdiction.regionCode}-${year}-`,
    width,
  });
}

function requireConsents(p: Payload): void {
  if (p.consent !== true || p.rules !== true)
    deny('consent', 'Нужны согласие на обработку данных и согласие с правилами экзамена.', {
      errors: [{ pointer: p.consent === true ? '/rules' : '/consent', detail: 'Без этого заявление не принимается.' }],
    });
}

function requirePayer(ctx: Ctx, payer: unknown, possible: Payer[]): Payer {
  const allowed = ctx.policy.payers.filter((known) => possible.includes(known));
  if (!allowed.includes(payer as Payer))
    deny('payer', 'Так экзамен здесь не оплачивают.', {
      errors: [{ pointer: '/payer', detail: 'Выберите плательщика.' }],
    });
  return payer as Payer;
}

function beginCheck(rec: Rec, why: string): void {
  ask(rec, 'check', 'check', why);
}

/** What the platform knows of earlier exams of the person. */
export function onTheory(rec: Rec, p: Payload): void {
  if (!BEFORE_RESULT.includes(rec.state.stage)) notApplicable();
  const found = p.theory as Theory | null;
  const usable = found && found.passed && theoryStillValid(rec.ctx, found.on, rec.ctx.today);
  rec.emit('P03-T07', 'theory.looked_up', { theory: usable && !rec.state.theory ? found : null });
}

/** A case looks for an earlier theory once, at the start. */
export const theoryWanted = (s: Rec['state']) =>
  s.stage !== 'offered' && !s.theoryAsked && BEFORE_RESULT.includes(s.stage);

export const openingRules: Rules = {
  acceptReferral: {
    labelRu: 'Принять направление',
    tone: 'primary',
    stages: ['offered'],
    roles: APPLICANT,
    apply: (rec, p) => {
      requireConsents(p);
      rec.emit('P03-T03', 'referral.accepted', {
        to: 'registered',
        tellsPayer: p.tellsPayer === true,
        ...(p.centreId ? { centreId: p.centreId } : {}),
        document: p.document ?? null,
      });
      claimActive(rec, rec.state.initiatorId, rec.state.qualification);
      numbered(rec, 0);
      beginCheck(rec, 'направление принято');
    },
  },
  declineReferral: {
    labelRu: 'Отказаться от направления',
    stages: ['offered'],
    roles: APPLICANT,
    apply: (rec) => rec.emit('P03-T04', 'referral.declined', { to: 'lapsed', outcome: 'lapsed' }),
  },
  admit: {
    labelRu: 'Допустить к экзамену',
    tone: 'primary',
    stages: ['registered'],
    roles: ['centre_operator'],
    task: ['check'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'admitted' });
      rec.emit('P03-T08', 'applicant.admitted', { to: 'admitted' });
    },
  },
  returnDocuments: {
    labelRu: 'Вернуть с перечнем',
    stages: ['registered'],
    roles: ['centre_operator'],
    task: ['check'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'returned', count: p.count });
      rec.emit('P03-T09', 'documents.returned', { to: 'awaiting_documents', count: p.count, statement: p.statement });
    },
  },
  refuse: {
    labelRu: 'Отказать в допуске',
    tone: 'danger',
    stages: ['registered'],
    roles: ['centre_operator'],
    task: ['check'],
    unless: inWork,
    apply: (rec, p) => {
      if (!(p.ground in rec.ctx.policy.refusalReasons))
        deny('ground', 'Основание отказа не названо.', {
          errors: [{ pointer: '/ground', detail: 'Выберите основание из перечня.' }],
        });
      desk.finish(rec, p, { outcome: 'refused' });
      rec.emit('P03-T10', 'admission.refused', {
        to: 'refused_admission',
        ground: p.ground,
        statement: p.statement,
        involve: actingPeople(rec.command.actor),
      });
    },
  },
  supplyDocuments: {
    labelRu: 'Представить документы',
    tone: 'primary',
    stages: ['awaiting_documents'],
    roles: APPLICANT,
    apply: (rec, p) => {
      rec.emit('P03-T11', 'documents.supplied', { to: 'registered', document: p.document });
      beginCheck(rec, 'документы представлены');
    },
  },
  recordPayment: {
    labelRu: 'Подтвердить оплату',
    stages: ['registered', 'awaiting_documents', 'admitted', 'waiting'],
    roles: ['centre_operator'],
    unless: (s) => {
      if (s.payer === 'budget') return 'Место оплачивает бюджет.';
      return s.paid ? 'Оплата уже подтверждена.' : null;
    },
    apply: (rec, p) => rec.emit('P03-T16', 'payment.recorded', { contract: p.contract ?? null }),
  },
  changePayer: {
    labelRu: 'Изменить плательщика',
    stages: ['admitted', 'waiting'],
    roles: APPLICANT,
    unless: (s) => {
      if (s.parent) return 'Пересдача бесплатна.';
      return s.paid || s.financedYear ? 'Место уже оплачено.' : null;
    },
    apply: (rec, p) => {
      const payer = requirePayer(rec.ctx, p.payer, ['person', 'budget']);
      if (payer === rec.state.payer) deny('payer', 'Плательщик не изменился.');
      rec.emit('P03-T27', 'payer.changed', { payer, previous: rec.state.payer });
    },
  },
  withdraw: {
    labelRu: 'Отозвать заявление',
    tone: 'danger',
    stages: BEFORE_EXAM,
    roles: APPLICANT,
    apply: (rec) =>
      endBeforeExam(rec, 'P03-T84', 'application.withdrawn', {
        to: 'withdrawn',
        outcome: 'withdrawn',
        fee: rec.ctx.policy.fees.withdrawal,
      }),
  },
};

/** Documents were not supplied in time: the way to a complaint stays open. */
export function documentsMissing(rec: Rec): void {
  desk.cancelKinds(rec, 'documents_missing', ['check']);
  rec.emit('P03-T12', 'documents.missing', { to: 'refused_admission', ground: 'documents' });
}
