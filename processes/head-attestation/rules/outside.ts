/** Facts from outside, deadlines, machine work, and what an administrator may move. */
import { addMonths } from '../../kit/dates.ts';
import { deadlineMover } from '../../kit/desk.ts';
import { outboxWork } from '../../kit/outbox.ts';
import { deny } from '../../kit/recorder.ts';
import type { WorkItem } from '../../kit/types.ts';
import type { ExemptionKind } from '../policy.ts';
import { BEFORE_VOTE, startsFrom } from '../stages.ts';
import type { Exemption } from '../state.ts';
import { deadlines, earliestSitting, resumesOn } from '../terms.ts';
import {
  ask,
  desk,
  end,
  isOver,
  requireDate,
  withdrawItem,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';
import { finishIfOver, overturn, related } from './decision.ts';
import { admit, begin, beginIfTime } from './opening.ts';
import { onCandidates, panelStillValid } from './panel.ts';
import {
  itemAbsent,
  itemAccepted,
  itemDecided,
  itemMoved,
  itemRefused,
  notDelivered,
  sittingSilent,
} from './sitting.ts';
import { missedForGood, testStillValid } from './test.ts';

// ── Facts ──

/** A fact that changes nothing at this stage is refused; the record path keeps the refusal in the audit. */
function notApplicable(): never {
  deny('not_applicable', 'На этом этапе факт ничего не меняет; он записан.');
}

const FACTS: Record<string, (rec: Rec, p: Payload) => void> = {
  item_accepted: itemAccepted,
  item_refused: itemRefused,
  item_moved: itemMoved,
  item_absent: itemAbsent,
  item_decided: itemDecided,
  exemption,
  exemption_ended: exemptionEnded,
  post_left: postLeft,
  transferred,
  school_merged: (rec, p) => {
    if (isOver(rec.state)) notApplicable();
    rec.emit('P02-T120', 'school.succeeded', { successorId: p.successorId, act: p.act, mergedOn: p.on });
  },
  employment: (rec, p) => desk.assigneeLeft(rec, p.personId, p.event),
  court_act: courtAct,
  child_decided: (rec, p) => childEnded(rec, p, 'P02-T104', 'attestation.superseded', 'superseded'),
  child_ended: (rec, p) => childEnded(rec, p, 'P02-T105', 'attestation.ended', 'finished'),
};

export function onFact(rec: Rec, kind: string): void {
  const fact = Object.hasOwn(FACTS, kind) ? FACTS[kind] : undefined;
  if (!fact) deny('unknown_fact', 'Такой факт платформа не знает.');
  fact(rec, rec.command.payload);
}

/** What is known of the exemption now: with its end, the day the head may be attested again. */
function exemptionOf(rec: Rec, kind: ExemptionKind, untilOn: string | undefined): Exemption {
  return { kind, ...(untilOn ? { untilOn, resumeOn: resumesOn(rec.ctx, rec.state, kind, untilOn) } : {}) };
}

function exemption(rec: Rec, p: Payload): void {
  const s = rec.state;
  const untilOn = p.untilOn ? requireDate(p.untilOn, '/untilOn') : undefined;
  if (!Object.hasOwn(rec.ctx.policy.grace, p.kind)) deny('unknown_exemption', 'Такого основания отсрочки нет.');
  const known = exemptionOf(rec, p.kind, untilOn);
  if (s.stage === 'postponed')
    return rec.emit('P02-T111', 'exemption.updated', { exemption: known, act: p.act ?? null });
  if (!s.incumbent || !BEFORE_VOTE.includes(s.stage)) notApplicable();
  desk.cancelOpen(rec, 'postponed');
  rec.emit('P02-T110', 'attestation.postponed', {
    to: 'postponed',
    exemption: known,
    act: p.act ?? null,
    ...withdrawItem(rec),
  });
}

function exemptionEnded(rec: Rec, p: Payload): void {
  const s = rec.state;
  if (s.stage !== 'postponed' || !s.exemption) notApplicable();
  const known = exemptionOf(rec, s.exemption.kind, requireDate(p.on, '/on'));
  rec.emit('P02-T112', 'exemption.ended', { exemption: known, act: p.act ?? null });
}

function postLeft(rec: Rec, p: Payload): void {
  const s = rec.state;
  if (!s.incumbent) notApplicable();
  const facts = { cause: p.event, act: p.act ?? null };
  if (startsFrom('P02-T116', s.stage))
    return end(rec, 'P02-T116', 'attestation.cancelled', { ...facts, to: 'cancelled', outcome: 'cancelled' });
  if (!startsFrom('P02-T117', s.stage)) notApplicable();
  end(rec, 'P02-T117', 'validity.left', { ...facts, to: 'finished', outcome: s.outcome ?? 'cancelled' });
}

/** Another founder of the region: whether the result goes along is his policy and this one's. */
function transferred(rec: Rec, p: Payload): void {
  const s = rec.state;
  if (!s.incumbent) notApplicable();
  if (startsFrom('P02-T116', s.stage)) return postLeft(rec, { ...p, event: 'transferred' });
  if (!startsFrom('P02-T118', s.stage)) notApplicable();
  if (rec.ctx.policy.portable)
    return rec.emit('P02-T118', 'validity.ported', {
      founder: p.founder,
      organisationId: p.organisationId,
      movedOn: p.on,
    });
  end(rec, 'P02-T119', 'validity.not_portable', {
    to: 'finished',
    outcome: s.outcome ?? 'granted',
    founder: p.founder,
  });
}

function courtAct(rec: Rec, p: Payload): void {
  const { stage } = rec.state;
  if (!startsFrom('P02-T95', stage)) notApplicable();
  overturn(
    rec,
    p.outcome,
    stage,
    {
      changed: ['P02-T95', 'court.changed'],
      registered: ['P02-T96', 'court.returned'],
      evaluated: ['P02-T97', 'court.returned'],
    },
    p,
  );
}

function childEnded(rec: Rec, p: Payload, row: string, type: string, to: string): void {
  const s = rec.state;
  if (!startsFrom(row, s.stage) || !s.related.some((r) => r.key === p.childKey)) notApplicable();
  end(rec, row, type, {
    to,
    outcome: s.outcome ?? 'granted',
    childCaseId: p.childCaseId,
    result: p.result ?? p.outcome ?? null,
  });
}

// ── Deadlines ──

export function onDeadline(rec: Rec): void {
  const s = rec.state;
  const key = rec.command.payload.key as string;
  const armed = deadlines(s, rec.ctx).find((d) => d.key === key);
  if (!armed) deny('not_armed', 'Этот срок уже не действует.');
  if (desk.onDeadline(rec, key)) return;
  const [name, n] = key.split(':') as [string, string | undefined];
  const dueOn = armed.due.dueOn;
  switch (name) {
    case 'start':
      return begin(rec, 'P02-T05');
    case 'documents':
      if (s.incumbent) return admit(rec, 'P02-T13', 'documents.noted');
      return end(rec, 'P02-T12', 'attestation.lapsed', { to: 'lapsed', outcome: 'lapsed', cause: 'documents' });
    case 'documents-remind':
      return rec.emit('P02-T14', 'attestee.reminded', { key, dueOn });
    case 'submission':
      return rec.emit('P02-T19', 'submission.missing', { call: Number(n), plannedOn: s.plannedOn });
    case 'no-show':
      return missedForGood(rec, { candidate: 'P02-T30', incumbent: 'P02-T31' });
    case 'test-day':
      rec.emit('P02-T29', 'test.day_came', { to: 'admitted' });
      ask(rec, 'test', 'test', 'наступил новый день тестирования');
      return;
    case 'pool':
      for (const task of s.tasks.filter((t) => t.state === 'created' && t.nature === 'personal'))
        rec.emit('TASK-02', 'task.nobody_eligible', { taskId: task.id, call: Number(n) });
      return;
    case 'sitting-passed':
      return sittingSilent(rec);
    case 'postponed-until':
      return resume(rec);
    case 'exemption-check':
      return rec.emit('P02-T114', 'exemption.check_asked', {});
    case 'familiarise':
      return rec.emit('P02-T68', 'decision.not_served', { paper: n });
    case 'appeal':
      rec.emit('P02-T87', 'decision.final', {});
      return finishIfOver(rec);
    case 'reapply':
      rec.emit('P02-T86', 'application.allowed_anew', {});
      return finishIfOver(rec);
    case 'conditional-check':
      rec.emit('P02-T71', 'plan.check_due', { dueOn });
      ask(rec, 'conditional_decision', 'conditionalDecision', 'подошёл срок проверки рекомендаций');
      return;
    case 'appointment':
      return rec.emit('P02-T79', 'reserve.offered', { to: 'closed_reserve_offered' });
    case 'reserve-answer':
      return end(rec, 'P02-T82', 'reserve.declined', { to: 'finished', outcome: 'granted' });
    case 'reserve-until':
      return end(rec, 'P02-T84', 'reserve.expired', { to: 'finished', outcome: 'granted' });
    case 'due-again': {
      desk.cancelOpen(rec, 'not_needed', (t) => t.kind === 'extract');
      const plannedOn = nextPlan(rec);
      return rec.emit('P02-T100', 'validity.due_again', {
        to: 'due_again',
        plannedOn,
        related: related(rec, 'planned', plannedOn),
      });
    }
    case 'validity-remind':
      return rec.emit('P02-T101', 'validity.reminded', { months: Number(n), validUntil: s.validUntil });
    case 'valid-until':
      return rec.emit('P02-T102', 'validity.ended', { validUntil: s.validUntil });
    case 'no-valid':
      return rec.emit('P02-T103', 'validity.missing', { validUntil: s.validUntil });
    case 'child-watch':
      return rec.emit('P02-T106', 'retake.watched', {});
    default:
      throw new Error(`No rule for the deadline ${key}`);
  }
}

/** The next attestation is planned for the month before the present one ends, and never without the attestee's notice. */
function nextPlan(rec: Rec): string {
  const { ctx, state: s } = rec;
  const wished = addMonths(s.validUntil as string, -1);
  const lawful = earliestSitting(ctx, ctx.policy.terms.sittingNotice, ctx.today);
  return wished > lawful ? wished : lawful;
}

/** The exemption is over: back to the schedule with a new notice; results that are still valid are kept. */
function resume(rec: Rec): void {
  const { state: s, ctx } = rec;
  const keepTest = s.test.testedOn !== undefined && testStillValid(s, ctx, s.test.testedOn);
  rec.emit('P02-T113', 'attestation.resumed', {
    to: 'registered',
    plannedOn: earliestSitting(ctx, ctx.policy.terms.documentsLead, ctx.today),
    keepTest,
    keepPanel: keepTest && panelStillValid(s, ctx),
  });
  beginIfTime(rec);
}

// ── Machine work ──

/** What the platform still owes the case; each item has a key, so that doing it twice is harmless. */
export function work(s: S): WorkItem[] {
  return [...candidatesWanted(s), ...childrenWanted(s), ...outboxWork(s.caseId, s.outbox)];
}

/** While nobody is eligible the list is asked for again only after a call or a wider pool. */
function candidatesWanted(s: S): WorkItem[] {
  if (s.stage !== 'tested' || (s.poolWait > 0 && s.poolCalls <= s.poolListedAt)) return [];
  return (['expert', 'arbiter'] as const)
    .filter((role) => s.tasks.some((t) => t.state === 'created' && t.nature === 'personal' && t.role === role))
    .map((role) => ({
      key: `candidates:${role}:${s.listings}:${s.poolCalls}`,
      kind: 'list_candidates',
      input: { role, competences: [...s.competences, ...s.extraCompetences] },
    }));
}

function childrenWanted(s: S): WorkItem[] {
  if (!startsFrom('P02-T107', s.stage)) return [];
  return s.related
    .filter((r) => r.caseId === undefined)
    .map((r) => ({
      key: `open:${r.key}`,
      kind: 'open_child',
      input: {
        childKey: r.key,
        type: 'open_related',
        start: {
          variant: r.variant,
          personId: s.initiatorId,
          organisationId: s.organisationId,
          region: s.region,
          post: s.post,
          conflictIds: s.conflictIds,
          plannedOn: r.plannedOn,
          failuresBefore: s.stage === 'retake_set' ? s.failuresBefore + 1 : 0,
          parent: { caseId: s.caseId, key: r.key },
        },
      },
    }));
}

export function onWork(rec: Rec, kind: string): void {
  const p = rec.command.payload as Payload;
  switch (kind) {
    case 'list_candidates':
      return onCandidates(rec, p);
    case 'open_child':
      if (!startsFrom('P02-T107', rec.state.stage)) notApplicable();
      return rec.emit('P02-T107', 'child.opened', {
        key: p.childKey,
        childCaseId: p.childCaseId,
        childNumber: p.number ?? null,
      });
    case 'tell_case':
      return told(rec, p);
    default:
      throw new Error(`No rule for the work ${kind}`);
  }
}

function told(rec: Rec, p: Payload): void {
  const fact = rec.state.outbox.find(({ key }) => `tell:${key}` === p.key)?.fact;
  rec.emit('P02-T108', 'case.told', { key: p.key, delivered: p.delivered });
  const { booking, stage } = rec.state;
  const lost = fact?.kind === 'item_submitted' && p.delivered === false;
  if (lost && stage === 'evaluated' && booking?.itemKey === fact.itemKey) notDelivered(rec);
}

// ── Repairs ──

const UNMOVABLE = ['valid-until', 'due-again', 'reserve-until', 'reapply', 'postponed-until'];

const moveDeadline = deadlineMover('P02-T121', deadlines, (key) =>
  UNMOVABLE.includes(key) ? 'Эта дата меняется только решением или кадровым событием, а не переносом.' : null,
);

export const repairRules: Rules = {
  moveDeadline: { labelRu: 'Перенести срок', stages: 'any', roles: ['admin'], apply: moveDeadline },
};
