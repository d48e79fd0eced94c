/** The way to the commission and back (specification 3.5): the item goes to a sitting by a fact, and its result comes back by a fact. */
import { openTasks } from '../../kit/task.ts';
import { deny } from '../../kit/recorder.ts';
import { nextItemKey, type Result } from '../state.ts';
import { earliestSitting } from '../terms.ts';
import {
  ask,
  desk,
  end,
  outgoing,
  requireDate,
  type Ctx,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';

/** The first lawful day of a sitting, and whose time makes it so. */
export function earliestLawfulSitting(s: S, ctx: Ctx, heldOn: string): { on: string; why: string } {
  const { sittingNotice, movedNotice, submissionNotice } = ctx.policy.terms;
  // A date the attestee was told before counts from that day.
  const told = s.plannedOn === heldOn && s.notice === 'full' && s.moves.length === 0 ? s.announcedOn : ctx.today;
  const notice =
    !s.incumbent && s.moves.length === 0 ? movedNotice : s.notice === 'moved' ? movedNotice : sittingNotice;
  const byNotice = { on: earliestSitting(ctx, notice, told), why: 'аттестуемого извещают заранее' };
  const { familiarisedOn } = s.submission;
  if (!s.incumbent || !familiarisedOn) return byNotice;
  const bySubmission = earliestSitting(ctx, submissionNotice, familiarisedOn);
  return bySubmission > byNotice.on
    ? { on: bySubmission, why: 'с ознакомления с представлением должно пройти тридцать полных дней' }
    : byNotice;
}

function fixSitting(rec: Rec, p: Payload): void {
  const { state: s, ctx } = rec;
  const heldOn = requireDate(p.heldOn, '/heldOn');
  const { on, why } = earliestLawfulSitting(s, ctx, heldOn);
  if (heldOn < on)
    deny('notice_too_short', `Самая ранняя дата заседания — ${on}: ${why}.`, {
      errors: [{ pointer: '/heldOn', detail: `Не раньше ${on}.` }],
    });
  const itemKey = nextItemKey(s);
  const proposals = s.incumbent && ctx.policy.conditional ? ['conform', 'conform_conditional'] : ['conform'];
  desk.finishOpen(rec, 'fix_sitting', { heldOn });
  rec.emit('P02-T50', 'sitting.requested', {
    itemKey,
    sittingCaseId: p.sittingCaseId,
    heldOn,
    tell: outgoing(rec, p.sittingCaseId, {
      kind: 'item_submitted',
      itemKey,
      caseId: s.caseId,
      process: 'head-attestation',
      heldOn,
      subjectId: s.initiatorId,
      organisationIds: s.organisationIds,
      // Members of a first decision stand aside; a superior may vote for the founder.
      conflicts: s.involved,
      proposals,
      adverse: 'not_conform',
      absence: s.incumbent ? 'decide' : 'return',
    }),
  });
}

function missingForSitting(s: S, ctx: Ctx): string | null {
  if (s.booking) return 'Вопрос уже направлен на заседание.';
  if (s.compositionAsked) return 'Учредитель меняет состав комиссии: дождитесь приказа.';
  if (s.incumbent && !s.submission.familiarisedOn)
    return 'Аттестуемый не ознакомлен с представлением: в повестку вопрос не вносят.';
  if (ctx.policy.publicOpinion === 'required' && !s.publicOpinion)
    return 'Нет мнения общественности (родителей, совета).';
  return null;
}

/** Only the sitting the item was sent to is heard, and about the present item only. */
function requireBooking(rec: Rec, p: Payload): NonNullable<S['booking']> {
  const { booking, stage } = rec.state;
  if (stage !== 'evaluated' || !booking || booking.itemKey !== p.itemKey)
    deny('not_applicable', 'На этом этапе факт ничего не меняет; он записан.');
  return booking;
}

/** The item is nowhere: somebody has to choose the next sitting. */
function chooseAgain(rec: Rec, why: string): void {
  if (openTasks(rec.state.tasks, 'fix_sitting').length === 0) ask(rec, 'fix_sitting', 'fixSitting', why);
}

export function itemAccepted(rec: Rec, p: Payload): void {
  const { heldOn } = requireBooking(rec, p);
  rec.emit('P02-T51', 'sitting.fixed', { heldOn, sitting: p.sittingNumber });
}

export function itemRefused(rec: Rec, p: Payload): void {
  requireBooking(rec, p);
  rec.emit('P02-T52', 'sitting.refused', { why: p.why, sitting: p.sittingNumber });
  chooseAgain(rec, 'в повестку не внесено');
}

/** The sitting was over before the item reached it. */
export function notDelivered(rec: Rec): void {
  rec.emit('P02-T53', 'sitting.refused', { why: 'over' });
  chooseAgain(rec, 'заседание уже завершено');
}

/** To the next sitting; twice for the same cause the founder is asked to change the composition by order. */
export function itemMoved(rec: Rec, p: Payload): void {
  const { heldOn } = requireBooking(rec, p);
  const { cause } = p;
  rec.emit('P02-T54', 'sitting.moved', {
    cause,
    heldOn,
    sitting: p.sittingNumber,
    notice: cause === 'absent_valid' ? 'full' : 'moved',
  });
  const again = rec.state.moves.filter((m) => m.cause === cause).length >= 2;
  if (again && (cause === 'no_quorum' || cause === 'recusal')) {
    rec.emit('P02-T55', 'composition.change_asked', { cause, times: rec.state.moves.length });
    ask(rec, 'composition', 'composition', 'дважды нет кворума по одной причине');
    return;
  }
  chooseAgain(rec, 'вопрос перенесён');
}

export function itemAbsent(rec: Rec, p: Payload): void {
  requireBooking(rec, p);
  end(rec, 'P02-T57', 'attestation.lapsed', { to: 'lapsed', outcome: 'lapsed', cause: 'absent' }, true);
}

export function sittingSilent(rec: Rec): void {
  rec.emit('P02-T58', 'sitting.silent', { heldOn: rec.state.booking?.heldOn });
  chooseAgain(rec, 'результата заседания нет');
}

export function itemDecided(rec: Rec, p: Payload): void {
  requireBooking(rec, p);
  const { result, votedOn, inAbsence, takenBy, count, members, present, recused, sittingNumber } = p;
  desk.cancelOpen(rec, 'not_needed');
  rec.emit('P02-T59', 'commission.voted', {
    to: 'voted',
    result: result as Result,
    votedOn,
    sitting: sittingNumber,
    inAbsence,
    takenBy,
    count,
    members,
    present,
    recused,
  });
  ask(rec, 'extract', 'extract', 'комиссия приняла решение');
  ask(rec, 'act', 'act', 'комиссия приняла решение');
}

export const sittingRules: Rules = {
  fixSitting: {
    labelRu: 'Внести в повестку заседания',
    tone: 'primary',
    stages: ['evaluated'],
    roles: ['secretary'],
    unless: missingForSitting,
    apply: fixSitting,
  },
  changeComposition: {
    labelRu: 'Состав комиссии изменён приказом',
    stages: ['evaluated'],
    roles: ['founder_rep'],
    unless: (s) => (s.compositionAsked ? null : 'Менять состав не просили.'),
    apply: (rec, p) => {
      desk.finishOpen(rec, 'composition', { order: p.order });
      rec.emit('P02-T56', 'composition.changed', { order: p.order });
      chooseAgain(rec, 'состав комиссии изменён');
    },
  },
};
