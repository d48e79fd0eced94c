/** The choice of a date: sessions with their places, the seat, the queue, a reschedule, and what sessions tell. */
import { openTasks } from '../../kit/task.ts';
import { selectExperts, type Candidate } from '../../kit/panel.ts';
import { deny } from '../../kit/recorder.ts';
import { formatDateRu } from '../../kit/dates.ts';
import type { SessionOffer } from '../state.ts';
import { lastRescheduleDay } from '../terms.ts';
import {
  ask,
  desk,
  endBeforeExam,
  financedScope,
  notApplicable,
  qualificationOf,
  releaseSeat,
  tellSession,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';
import { APPLICANT } from '../stages.ts';
import { fillSeats } from './exam.ts';
import { requireOffer, takeSeat } from './seats.ts';

// ── Sessions ──

/** The list is made when somebody has to choose: once for each time, and when the person asks. */
export const sessionsWanted = (s: S): boolean => s.stage === 'admitted' && s.listings > s.listedAt;

export function onSessions(rec: Rec, p: Payload): void {
  const { state: s } = rec;
  const sessions = p.sessions as SessionOffer[];
  rec.emit('P03-T14', 'sessions.listed', {
    listing: p.listing,
    sessions,
    ahead: p.ahead,
    financedTaken: p.financedTaken,
  });
  if (s.stage !== 'admitted') return;
  const why = nothingFree(rec, sessions, Number(p.financedTaken));
  if (why) rec.emit('P03-T19', 'queue.joined', { to: 'waiting', why, ahead: p.ahead });
}

/** Why the person cannot take a seat now; `null` when he can. */
function nothingFree(
  { state: s, ctx }: Rec,
  sessions: SessionOffer[],
  financedTaken: number,
): 'no_seat' | 'no_financed_place' | null {
  const { financedPlaces } = qualificationOf(ctx, s.qualification);
  if (s.payer === 'budget' && !s.financedYear && !s.parent && financedTaken >= financedPlaces)
    return 'no_financed_place';
  return sessions.some((o) => o.taken < o.capacity) ? null : 'no_seat';
}

function bookSeat(rec: Rec, p: Payload): void {
  const { state: s, ctx } = rec;
  const offer = requireOffer(rec, p.sessionCaseId);
  const year = offer.heldOn.slice(0, 4);
  const financed = s.payer === 'budget' && !s.parent && s.financedYear !== year;
  rec.emit('P03-T17', 'seat.booked', {
    to: 'scheduled',
    ...takeSeat(rec, offer),
    ...(financed ? { financedYear: year } : {}),
  });
  if (!financed) return;
  if (s.financedYear)
    rec.claim({ kind: 'release', scope: financedScope(ctx, s.qualification, s.financedYear), key: s.caseId });
  rec.claim({
    kind: 'quota',
    scope: financedScope(ctx, s.qualification, year),
    max: qualificationOf(ctx, s.qualification).financedPlaces,
    denial: {
      code: 'no_financed_place',
      message: `Финансируемых мест на ${year} год больше нет: встаньте в очередь или измените плательщика.`,
    },
  });
}

// ── What sessions tell ──

/** Only the session of the present booking is heard. */
function requireBooking(rec: Rec, p: Payload): NonNullable<S['booking']> {
  const { booking, stage } = rec.state;
  if (stage !== 'scheduled' || !booking || booking.sessionCaseId !== p.sessionCaseId) notApplicable();
  return booking;
}

/** Back to the choice of a date by no will of the person: not counted, with priority. */
export function loseSeat(rec: Rec, row: string, cause: string): void {
  desk.cancelKinds(rec, cause, ['exam']);
  releaseSeat(rec);
  rec.emit(row, 'seat.lost', { to: 'admitted', cause, heldOn: rec.state.booking?.heldOn });
}

export function onSessionFact(rec: Rec, kind: string, p: Payload): void {
  switch (kind) {
    case 'seat_confirmed':
      requireBooking(rec, p);
      return rec.emit('P03-T28', 'seat.confirmed', { sessionNumber: p.sessionNumber });
    case 'seat_refused':
      requireBooking(rec, p);
      return loseSeat(rec, 'P03-T29', p.why as string);
    case 'session_off':
      requireBooking(rec, p);
      return loseSeat(rec, 'P03-T30', p.cause as string);
    case 'roster_closed':
      requireBooking(rec, p);
      return rec.emit('P03-T33', 'examiners.named', { personIds: p.examinerIds });
    case 'session_opened':
      requireBooking(rec, p);
      return sessionOpened(rec, p.presentIds as string[]);
    case 'seat_available':
      if (rec.state.stage !== 'waiting' || rec.state.queue?.why !== 'no_seat') notApplicable();
      return rec.emit('P03-T20', 'queue.offered', { to: 'admitted', sessionNumber: p.sessionNumber, heldOn: p.heldOn });
    default:
      notApplicable();
  }
}

/** The examination of this person needs so many examiners without conflict among those who came. */
function sessionOpened(rec: Rec, presentIds: string[]): void {
  rec.emit('P03-T35', 'session.opened', { presentIds });
  // Conflicts are still being looked for: the answer decides.
  if (rec.state.examiners.asked.length === 0) requireEnough(rec);
  if (rec.state.stage === 'scheduled' && openTasks(rec.state.tasks, 'exam').length === 0)
    ask(rec, 'exam', 'examRecord', 'экзамен открыт');
}

function requireEnough(rec: Rec): void {
  const { booking, examiners } = rec.state;
  const fit = examiners.eligible.filter((id) => booking?.presentIds?.includes(id));
  if (fit.length >= rec.ctx.policy.examiners.count) return;
  desk.cancelKinds(rec, 'examiners_missing', ['exam']);
  releaseSeat(rec);
  rec.emit('P03-T31', 'seat.lost', {
    to: 'admitted',
    cause: 'examiners_missing',
    heldOn: booking?.heldOn,
    ...tellSession(rec, 'seat_released'),
  });
}

/** Nobody who worked with the person, taught, accompanied or mentored him in the years of the policy examines him. */
export function onExaminers(rec: Rec, p: Payload): void {
  const { state: s, ctx } = rec;
  if (s.examiners.asked.length === 0 || !['scheduled', 'in_practice'].includes(s.stage)) notApplicable();
  const candidates = p.candidates as Candidate[];
  const { competence } = qualificationOf(ctx, s.qualification);
  const { chosen, excluded } = selectExperts(candidates, {
    seed: p.seed as string,
    size: candidates.length,
    competences: [competence],
    applicantOrganisationIds: p.organisationIds as string[],
    applicantRegion: s.region,
    conflictPersonIds: [s.initiatorId, ...s.formerIds],
    excludedPersonIds: [...s.involved, ...s.tasks.flatMap((t) => (t.assigneeId ? [t.assigneeId] : []))],
    takenRegions: [],
    minRegions: 0,
    excludeApplicantRegion: false,
    overdueLimit: ctx.policy.examiners.overdueLimit,
    today: ctx.today,
  });
  rec.emit('P03-T34', 'examiners.checked', {
    key: p.key,
    seed: p.seed,
    candidates,
    eligible: chosen.map((c) => c.personId),
    excluded,
    organisationIds: p.organisationIds,
    workplace: p.workplace,
  });
  if (rec.state.stage === 'in_practice') return fillSeats(rec);
  if (rec.state.booking?.presentIds) requireEnough(rec);
}

// ── Queue and deadlines of the choice ──

export function renewQuota(rec: Rec): void {
  rec.emit('P03-T21', 'quota.renewed', { to: 'admitted', year: rec.ctx.today.slice(0, 4) });
}

const until = (s: S) => (s.booking ? s.booking.heldOn : '');

export const slotRules: Rules = {
  refreshSessions: {
    labelRu: 'Обновить список дат',
    stages: ['admitted'],
    roles: APPLICANT,
    unless: (s) => (s.listings > s.listedAt ? 'Список уже обновляется.' : null),
    apply: (rec) => rec.emit('P03-T15', 'sessions.asked', {}),
  },
  bookSeat: {
    labelRu: 'Записаться на экзамен',
    tone: 'primary',
    stages: ['admitted'],
    roles: APPLICANT,
    unless: (s, ctx) => {
      if (s.payer !== 'budget' && !s.paid) return 'Сначала центр подтвердит оплату.';
      const open = s.sessions.some((o) => o.heldOn > ctx.today);
      return open ? null : 'Свободных дат в списке нет: обновите список.';
    },
    apply: bookSeat,
  },
  joinQueue: {
    labelRu: 'Встать в очередь',
    stages: ['admitted'],
    roles: APPLICANT,
    apply: (rec, p) =>
      rec.emit('P03-T18', 'queue.joined', {
        to: 'waiting',
        why: p.why === 'no_financed_place' && rec.state.payer === 'budget' ? 'no_financed_place' : 'no_seat',
        ahead: 0,
      }),
  },
  stayInQueue: {
    labelRu: 'Остаюсь в очереди',
    tone: 'primary',
    stages: ['waiting'],
    roles: APPLICANT,
    unless: (s) => (s.queue?.askedOn ? null : 'Спросим, когда подойдёт срок.'),
    apply: (rec) => rec.emit('P03-T23', 'queue.kept', {}),
  },
  reschedule: {
    labelRu: 'Перенести экзамен',
    stages: ['scheduled'],
    roles: APPLICANT,
    unless: (s, ctx) => {
      const last = lastRescheduleDay(ctx, until(s));
      return ctx.today > last ? `Перенести можно было не позднее ${formatDateRu(last)}.` : null;
    },
    apply: (rec, p) => {
      const { reschedules } = rec.ctx.policy;
      if (rec.state.reschedules >= reschedules && !p.document)
        deny('reschedule_limit', `Переносили уже ${reschedules} раза: дальше — только по уважительной причине.`, {
          errors: [{ pointer: '/reason', detail: 'Опишите уважительную причину.' }],
        });
      releaseSeat(rec);
      rec.emit('P03-T32', 'exam.rescheduled', {
        to: 'admitted',
        heldOn: until(rec.state),
        byReason: p.document !== undefined && p.document !== null,
        ...tellSession(rec, 'seat_released'),
      });
    },
  },
  recordNoShow: {
    labelRu: 'Записать неявку',
    stages: ['scheduled'],
    roles: ['centre_operator'],
    unless: (s, ctx) => (s.booking && ctx.today >= s.booking.heldOn ? null : 'День экзамена ещё не наступил.'),
    apply: (rec) => {
      const on = until(rec.state);
      desk.cancelKinds(rec, 'absent', ['exam']);
      rec.emit('P03-T36', 'exam.missed', {
        to: 'no_show',
        on,
        fee: rec.ctx.policy.fees.noShow,
        ...tellSession(rec, 'candidate_absent'),
      });
    },
  },
  showReason: {
    labelRu: 'Сообщить причину неявки',
    tone: 'primary',
    stages: ['no_show'],
    roles: APPLICANT,
    unless: (s) => (openTasks(s.tasks, 'reason').length > 0 ? 'Причина уже рассматривается.' : null),
    apply: (rec, p) => {
      rec.emit('P03-T38', 'reason.shown', { document: p.document });
      ask(rec, 'reason', 'reasonReview', 'соискатель сообщил причину');
    },
  },
  acceptReason: {
    labelRu: 'Причина уважительная',
    tone: 'primary',
    stages: ['no_show'],
    roles: ['centre_operator'],
    task: ['reason'],
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'accepted' });
      releaseSeat(rec);
      rec.emit('P03-T39', 'reason.accepted', { to: 'admitted' });
    },
  },
  rejectReason: {
    labelRu: 'Причина не уважительная',
    stages: ['no_show'],
    roles: ['centre_operator'],
    task: ['reason'],
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'rejected' });
      endBeforeExam(rec, 'P03-T40', 'reason.rejected', { to: 'lapsed', outcome: 'lapsed', statement: p.statement });
    },
  },
};
