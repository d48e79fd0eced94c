/** After the vote: extract, act, familiarisation; what each result leads to; the appeal (specification P02, 3.9). */
import { actingPeople } from '../../kit/actors.ts';
import { openTasks } from '../../kit/task.ts';
import { inWork } from '../../kit/desk.ts';
import { deny } from '../../kit/recorder.ts';
import { due } from '../../kit/terms.ts';
import { APPEALABLE, ATTESTEE } from '../stages.ts';
import type { Act, Paper, Related, Result, Variant } from '../state.ts';
import { validUntil } from '../terms.ts';
import {
  ask,
  desk,
  end,
  everybodyInvolved,
  releaseAttestee,
  requireDate,
  requirePast,
  requireWitnesses,
  tellParent,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';
import { beginIfTime } from './opening.ts';
import { panelStillValid } from './panel.ts';

// ── The act ──

const ACTS: Record<Result, { row: string; type: string }> = {
  conform: { row: 'P02-T61', type: 'act.conform' },
  conform_conditional: { row: 'P02-T62', type: 'act.conditional' },
  not_conform: { row: 'P02-T63', type: 'act.not_conform' },
};

/** An act enters the register: the number of the entry is claimed once a case, in the same transaction. */
function emitAct(rec: Rec, row: string, type: string, kind: Act['kind'], more: Payload): void {
  const { state: s, ctx } = rec;
  const inForce = kind === 'conform' || kind === 'conform_conditional';
  const from = s.vote?.on ?? ctx.today;
  const event = rec.events.length;
  rec.emit(row, type, {
    ...more,
    kind,
    takenBy: [...new Set([...actingPeople(rec.command.actor), ...(s.vote?.takenBy ?? [])])],
    ...(inForce ? { validFrom: from, validUntil: validUntil(ctx, s, from) } : {}),
  });
  if (s.entryNumber) return;
  const { registerPrefix } = ctx.policy.numbering;
  rec.claim({
    kind: 'serial',
    series: `${registerPrefix}:${ctx.jurisdiction.regionCode}`,
    event,
    field: 'entryNumber',
    prefix: `${registerPrefix}-${ctx.jurisdiction.regionCode}-`,
    width: 6,
  });
}

function issueAct(rec: Rec, p: Payload): void {
  const { vote } = rec.state;
  const { order } = p;
  desk.finish(rec, p, { order });
  if (!vote) {
    emitAct(rec, 'P02-T64', 'act.closed', 'not_conform', { to: 'closed', order, outcome: 'refused' });
    return;
  }
  const { row, type } = ACTS[vote.result];
  const outcome = vote.result === 'not_conform' ? 'refused' : 'granted';
  emitAct(rec, row, type, vote.result, {
    to: vote.result,
    order,
    outcome,
    ...tellParent(rec, 'child_decided', { result: vote.result }),
  });
  if (vote.result !== 'not_conform') return releaseAttestee(rec);
  if (!rec.state.incumbent) return rec.emit('P02-T65', 'candidate.closed', { to: 'closed' });
  releaseAttestee(rec);
  ask(rec, 'founder_choice', 'founderChoice', 'акт о несоответствии издан');
}

// ── Familiarisation ──

function familiarise(rec: Rec, row: string, p: Payload, servedOn: string, more: Payload = {}): void {
  rec.emit(row, 'decision.familiarised', { paper: p.paper, servedOn, ...more });
}

const unserved = (s: S): Paper[] => (['extract', 'act'] as const).filter((p) => s.served[p] && !s.served[p]?.servedOn);
const nothingToServe = (s: S): string | null =>
  unserved(s).length > 0 ? null : 'Документов, с которыми нужно ознакомить, нет.';

function requirePaper(rec: Rec, p: Payload): void {
  if (!unserved(rec.state).includes(p.paper))
    deny('no_such_paper', 'С этим документом знакомить не нужно.', {
      errors: [{ pointer: '/paper', detail: 'Выберите документ.' }],
    });
}

// ── Next attestations ──

/** Opens the next attestation of the same head as a case of its own. */
export function related(rec: Rec, variant: Variant, plannedOn: string): Related {
  return { key: `${variant}:${rec.state.related.length + 1}`, variant, plannedOn };
}

function setRetake(rec: Rec, p: Payload): void {
  const { state: s, ctx } = rec;
  const plannedOn = requireDate(p.plannedOn, '/plannedOn');
  const actOn = s.act?.on ?? ctx.today;
  const { retakeFrom, retakeTo } = ctx.policy.terms;
  const first = due(ctx, s, 'retake-from', retakeFrom, actOn, 'акт о несоответствии').dueOn;
  const last = due(ctx, s, 'retake-to', retakeTo, actOn, 'акт о несоответствии').dueOn;
  if (plannedOn < first || plannedOn > last)
    deny('retake_window', `Повторная аттестация — с ${first} по ${last}.`, {
      errors: [{ pointer: '/plannedOn', detail: `С ${first} по ${last}.` }],
    });
  desk.finish(rec, p, { choice: 'retake' });
  rec.emit('P02-T75', 'retake.set', {
    to: 'retake_set',
    plannedOn,
    order: p.order,
    training: p.training,
    related: related(rec, 'retake', plannedOn),
  });
}

/** Failures in a row, this one included. */
const failures = (s: S): number => s.failuresBefore + 1;

function decideFulfilment(rec: Rec, p: Payload): void {
  desk.finish(rec, p, { fulfilled: p.fulfilled });
  if (p.fulfilled) return rec.emit('P02-T73', 'plan.fulfilled', { to: 'conform', statement: p.statement });
  const { ctx, state: s } = rec;
  const plannedOn = due(
    ctx,
    s,
    'extraordinary',
    ctx.policy.terms.retakeFrom,
    ctx.today,
    'рекомендации не исполнены',
  ).dueOn;
  rec.emit('P02-T74', 'plan.not_fulfilled', {
    to: 'due_again',
    statement: p.statement,
    related: related(rec, 'extraordinary', plannedOn),
  });
}

function enterReserve(rec: Rec, p: Payload): void {
  const { ctx } = rec;
  desk.finish(rec, p, { order: p.order });
  const event = rec.events.length;
  rec.emit('P02-T83', 'reserve.entered', { to: 'in_reserve', order: p.order });
  const { reservePrefix } = ctx.policy.numbering;
  rec.claim({
    kind: 'serial',
    series: `${reservePrefix}:${ctx.jurisdiction.regionCode}`,
    event,
    field: 'reserveNumber',
    prefix: `${reservePrefix}-${ctx.jurisdiction.regionCode}-`,
    width: 5,
  });
}

// ── Appeal ──

export type AppealOutcome = 'upheld' | 'changed' | 'returned';
export interface AppealRows {
  changed: [row: string, type: string];
  registered: [row: string, type: string];
  evaluated: [row: string, type: string];
}

/** The decision is changed or undone, by the appeals commission or a court; the same members do not decide again. */
export function overturn(rec: Rec, outcome: 'changed' | 'returned', from: string, rows: AppealRows, p: Payload): void {
  const { state: s, ctx } = rec;
  const facts = { order: p.order ?? null, act: p.act ?? null };
  if (outcome === 'changed') {
    if (from === 'refused_admission' || !s.vote)
      deny(
        'review_needed',
        'Изменить можно решение комиссии; здесь её решения не было — верните на новое рассмотрение.',
      );
    desk.cancelOpen(rec, 'changed');
    emitAct(rec, rows.changed[0], rows.changed[1], 'conform', {
      to: 'conform',
      ...facts,
      order: p.order ?? s.act?.order,
      outcome: 'granted',
    });
    return releaseAttestee(rec);
  }
  const involved = everybodyInvolved(s);
  const toSitting = s.vote !== undefined && panelStillValid(s, ctx);
  desk.cancelOpen(rec, 'returned', (t) => t.kind === 'submission');
  if (toSitting) {
    rec.emit(...rows.evaluated, { ...facts, to: 'evaluated', involved });
    ask(rec, 'fix_sitting', 'fixSitting', 'решение возвращено на новое рассмотрение');
  } else {
    rec.emit(...rows.registered, { ...facts, to: 'registered', involved });
    beginIfTime(rec);
  }
}

const APPEAL_ROWS: AppealRows = {
  changed: ['P02-T92', 'appeal.changed'],
  registered: ['P02-T93', 'appeal.returned'],
  evaluated: ['P02-T94', 'appeal.returned'],
};

function decideAppeal(rec: Rec, p: Payload): void {
  const from = rec.state.formerStage ?? 'not_conform';
  const outcome = p.outcome as AppealOutcome;
  desk.finish(rec, p, { outcome });
  if (outcome !== 'upheld') return overturn(rec, outcome, from, APPEAL_ROWS, p);
  rec.emit('P02-T91', 'appeal.upheld', { to: from, order: p.order, takenBy: actingPeople(rec.command.actor) });
  desk.resume(rec);
  finishIfOver(rec);
}

/** A refused or failed case ends when it can neither be complained of nor waited for. */
export function finishIfOver(rec: Rec): void {
  const { stage, act, reapplyOver } = rec.state;
  if (!act?.final) return;
  if (stage === 'refused_admission' || (stage === 'closed' && reapplyOver))
    end(rec, 'P02-T88', 'case.finished', { to: 'finished', outcome: 'refused' });
}

const candidateOnly = (s: S): string | null =>
  s.incumbent ? 'Это для кандидата, а не для действующего руководителя.' : null;

export const decisionRules: Rules = {
  issueExtract: {
    labelRu: 'Выдать выписку из протокола',
    stages: [
      'voted',
      'conform',
      'conform_conditional',
      'not_conform',
      'closed',
      'due_again',
      'retake_set',
      'closed_reserve_offered',
      'appeal',
    ],
    roles: ['secretary'],
    task: ['extract'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'issued' });
      rec.emit('P02-T60', 'extract.issued', { number: p.number, document: p.document ?? null });
    },
  },
  issueAct: {
    labelRu: 'Издать акт',
    tone: 'primary',
    stages: ['voted', 'not_conform'],
    roles: ['founder_rep'],
    task: ['act'],
    unless: inWork,
    apply: issueAct,
  },
  familiarise: {
    labelRu: 'Ознакомлен',
    tone: 'primary',
    stages: 'any',
    roles: ATTESTEE,
    unless: nothingToServe,
    apply: (rec, p) => {
      requirePaper(rec, p);
      familiarise(rec, 'P02-T66', p, rec.ctx.today);
    },
  },
  recordService: {
    labelRu: 'Записать ознакомление',
    stages: 'any',
    roles: ['secretary'],
    unless: nothingToServe,
    apply: (rec, p) => {
      requirePaper(rec, p);
      const servedOn = requirePast(rec, p.on, rec.state.served[p.paper as Paper]?.from ?? rec.ctx.today);
      requireWitnesses(p);
      const { refusedToSign = false, witnesses = [], act = null } = p;
      familiarise(rec, 'P02-T67', p, servedOn, { refusedToSign, witnesses, act });
    },
  },
  setPlan: {
    labelRu: 'Утвердить план обучения',
    stages: ['conform_conditional'],
    roles: ['founder_rep'],
    unless: (s) => (s.planSet ? 'План уже утверждён.' : null),
    apply: (rec, p) => rec.emit('P02-T70', 'plan.set', { document: p.document, items: p.items }),
  },
  noteFulfilment: {
    labelRu: 'Доложить об исполнении рекомендаций',
    stages: ['conform_conditional'],
    roles: ['secretary'],
    unless: (s) => (s.checkAsked ? 'Учредителя уже спросили.' : null),
    apply: (rec, p) => {
      rec.emit('P02-T72', 'plan.noted', { document: p.document });
      ask(rec, 'conditional_decision', 'conditionalDecision', 'секретарь доложил об исполнении');
    },
  },
  decideFulfilment: {
    labelRu: 'Решить об исполнении рекомендаций',
    tone: 'primary',
    stages: ['conform_conditional'],
    roles: ['founder_rep'],
    task: ['conditional_decision'],
    unless: inWork,
    apply: decideFulfilment,
  },
  setRetake: {
    labelRu: 'Назначить повторную аттестацию',
    tone: 'primary',
    stages: ['not_conform'],
    roles: ['founder_rep'],
    task: ['founder_choice'],
    unless: (s, ctx, task) =>
      failures(s) >= ctx.policy.failuresInRow
        ? 'После второго отрицательного решения подряд повторная аттестация не назначается: перевод или увольнение.'
        : inWork(s, ctx, task),
    apply: setRetake,
  },
  chooseTransfer: {
    labelRu: 'Перевести на другую должность',
    stages: ['not_conform'],
    roles: ['founder_rep'],
    task: ['founder_choice'],
    unless: inWork,
    apply: (rec, p) => {
      if (p.consent !== true)
        deny('consent', 'Перевод — только с письменного согласия.', {
          errors: [{ pointer: '/consent', detail: 'Нужно согласие.' }],
        });
      desk.finish(rec, p, { choice: 'transfer' });
      end(rec, 'P02-T76', 'head.transferred', { to: 'closed_transferred', outcome: 'transferred', order: p.order });
    },
  },
  chooseDismissal: {
    labelRu: 'Прекратить трудовой договор',
    tone: 'danger',
    stages: ['not_conform'],
    roles: ['founder_rep'],
    task: ['founder_choice'],
    unless: inWork,
    apply: (rec, p) => {
      const faults = [
        p.noTransferPossible !== true && {
          pointer: '/noTransferPossible',
          detail: 'Сначала предлагают перевод (ТК, ст. 81 ч. 3).',
        },
        p.sickOrOnLeave !== false && {
          pointer: '/sickOrOnLeave',
          detail: 'Не в период болезни и отпуска (ТК, ст. 81 ч. 6).',
        },
        p.pregnant !== false && { pointer: '/pregnant', detail: 'Беременную женщину уволить нельзя (ТК, ст. 261).' },
      ].filter((fault): fault is { pointer: string; detail: string } => fault !== false);
      if (faults.length > 0) deny('dismissal_barred', 'Увольнение сейчас невозможно.', { errors: faults });
      desk.finish(rec, p, { choice: 'dismissal' });
      end(rec, 'P02-T77', 'head.dismissed', { to: 'closed_dismissed', outcome: 'cancelled', order: p.order });
    },
  },
  recordAppointment: {
    labelRu: 'Записать назначение на должность',
    tone: 'primary',
    stages: ['conform', 'in_reserve'],
    roles: ['founder_rep'],
    unless: candidateOnly,
    apply: (rec, p) => {
      const [row, type] =
        rec.state.stage === 'conform' ? ['P02-T78', 'candidate.appointed'] : ['P02-T85', 'reserve.appointed'];
      end(rec, row as string, type as string, { to: 'closed_appointed', outcome: 'granted', order: p.order });
    },
  },
  acceptReserve: {
    labelRu: 'Согласиться на включение в резерв',
    tone: 'primary',
    stages: ['closed_reserve_offered'],
    roles: ['candidate'],
    unless: (s) => (s.reserve.accepted ? 'Согласие уже дано.' : null),
    apply: (rec) => {
      rec.emit('P02-T80', 'reserve.accepted', {});
      ask(rec, 'reserve_order', 'reserveOrder', 'кандидат согласился');
    },
  },
  declineReserve: {
    labelRu: 'Отказаться от резерва',
    stages: ['closed_reserve_offered'],
    roles: ['candidate'],
    unless: (s) => (s.reserve.accepted ? 'Согласие уже дано.' : null),
    apply: (rec) => end(rec, 'P02-T81', 'reserve.declined', { to: 'finished', outcome: 'granted' }),
  },
  enterReserve: {
    labelRu: 'Включить в кадровый резерв',
    tone: 'primary',
    stages: ['closed_reserve_offered'],
    roles: ['founder_rep'],
    task: ['reserve_order'],
    unless: inWork,
    apply: enterReserve,
  },
  appeal: {
    labelRu: 'Подать апелляцию',
    stages: APPEALABLE,
    roles: ATTESTEE,
    unless: (s) => {
      if (!s.act || (s.act.kind !== 'refused_admission' && !s.act.order)) return 'Акт ещё не издан.';
      if (s.act.appealed) return 'На одно решение подают одну апелляцию.';
      return s.act.final ? 'Срок подачи апелляции истёк.' : null;
    },
    apply: (rec, p) => {
      // Who complains knows the decision.
      if (!rec.state.served.act?.servedOn) familiarise(rec, 'P02-T66', { paper: 'act' }, rec.ctx.today);
      desk.hold(
        rec,
        [...openTasks(rec.state.tasks, 'founder_choice'), ...openTasks(rec.state.tasks, 'conditional_decision')],
        'рассматривается апелляция',
        'appeals',
      );
      rec.emit('P02-T90', 'appeal.filed', { to: 'appeal', former: rec.state.stage, statement: p.statement });
      ask(rec, 'appeal_decision', 'appealDecision', 'подана апелляция');
    },
  },
  decideAppeal: {
    labelRu: 'Решить по апелляции',
    tone: 'primary',
    stages: ['appeal'],
    roles: ['appeals_member'],
    task: ['appeal_decision'],
    unless: inWork,
    apply: decideAppeal,
  },
};
