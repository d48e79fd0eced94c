/**
 * What may happen in an exam session (specification P03). Reading order: schedule → seats → list → session → protocol. Every event names
 * its row of `stages.ts`; what a case must know leaves through the outbox of the state. A seat is a claim of the case that takes it; this
 * case holds the key under which seats are given out at all.
 */
import { requireCentre } from '../catalogue/centres.ts';
import { hasRole } from '../kit/actors.ts';
import { earliestDayFor } from '../kit/deadlines.ts';
import { Desk, inWork } from '../kit/desk.ts';
import { outboxWork, type Outgoing } from '../kit/outbox.ts';
import { deny, type Recorder } from '../kit/recorder.ts';
import { Rulebook, type Payload, type Rule } from '../kit/rulebook.ts';
import type { WorkItem } from '../kit/types.ts';
import { taskClock } from '../kit/terms.ts';
import type { SessionPolicy } from './policy.ts';
import { CENTRE, getRow, STAGES } from './stages.ts';
import { evolve, expected, seated, type CandidateEntry, type SessionState } from './state.ts';
import { deadlines } from './terms.ts';

type S = SessionState;
type Rec = Recorder<S, SessionPolicy>;

const desk = new Desk<S, SessionPolicy>({
  clock: taskClock,
  policy: (ctx) => ctx.policy.task,
  replacementTerm: (_s, _old, ctx) => ctx.policy.terms.protocol,
});

/** The key under which seats of a session are given out; the assessments name it in their claims. */
const bookingOpen = (caseId: string) => ({ scope: 'exam-booking', key: caseId });

// ── Schedule ──

function scheduleSession(rec: Rec): void {
  const { actor, payload: p } = rec.command;
  const { jurisdiction, policy, today, policyVersionId, caseId, calendar } = rec.ctx;
  if (actor.kind !== 'person' || !hasRole(actor, CENTRE, [{ kind: 'jurisdiction', id: jurisdiction.id }], today))
    deny('role_missing', 'Экзамен назначает сотрудник центра оценки.');
  requireCentre(policy, jurisdiction, p);
  requireExaminers(p.examiners as string[], policy);
  const capacity = Number(p.capacity);
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > policy.maxCapacity)
    deny('capacity', `Мест — от 1 до ${policy.maxCapacity}.`, {
      errors: [{ pointer: '/capacity', detail: `От 1 до ${policy.maxCapacity}.` }],
    });
  const earliest = earliestDayFor(policy.terms.roster, today, calendar);
  if (typeof p.heldOn !== 'string' || p.heldOn < earliest)
    deny('too_early', `Список закрывают заранее, поэтому экзамен возможен не раньше ${earliest}.`, {
      errors: [{ pointer: '/heldOn', detail: `Не раньше ${earliest}.` }],
    });
  const { heldOn, startsAt, placeRu, centreId, qualification, examiners } = p;
  const { prefix, width } = policy.numbering;
  const year = today.slice(0, 4);
  rec.emit('EXS-T01', 'session.scheduled', {
    to: 'booking',
    heldOn,
    startsAt,
    placeRu,
    centreId,
    qualification,
    capacity,
    examiners,
    operatorId: actor.personId,
    policyVersionId,
  });
  rec.claim({ kind: 'unique', ...bookingOpen(caseId), denial: { code: 'duplicate', message: 'Сеанс уже открыт.' } });
  rec.claim({
    kind: 'serial',
    series: `${prefix}:${jurisdiction.regionCode}:${year}`,
    event: 0,
    field: 'number',
    prefix: `${prefix}-${jurisdiction.regionCode}-${year}-`,
    width,
  });
}

function requireExaminers(examiners: string[], { minExaminers }: SessionPolicy): void {
  if (new Set(examiners).size !== examiners.length || examiners.length < minExaminers)
    deny('examiners', `Экзаменаторов не меньше ${minExaminers}, каждый назван один раз.`, {
      errors: [{ pointer: '/examiners', detail: `Не меньше ${minExaminers}.` }],
    });
}

// ── Facts of cases ──

/** What a case must know; the machine work sends it. */
function tell(rec: Rec, caseId: string, kind: string, facts: Payload = {}, nth = 1): Outgoing {
  const { caseId: sessionCaseId, number, heldOn, tellings } = rec.state;
  return { key: `${tellings + nth}`, caseId, fact: { kind, sessionCaseId, sessionNumber: number, heldOn, ...facts } };
}

const tellEach = (rec: Rec, to: CandidateEntry[], kind: string, facts: Payload = {}): Outgoing[] =>
  to.map((c, i) => tell(rec, c.caseId, kind, facts, i + 1));

const CANDIDATE_FACTS: Record<string, [row: string, event: string]> = {
  candidate_started: ['EXS-T13', 'candidate.started'],
  candidate_waits: ['EXS-T14', 'candidate.waits'],
  candidate_finished: ['EXS-T15', 'candidate.finished'],
  candidate_absent: ['EXS-T16', 'candidate.absent'],
};

function onFact(rec: Rec, kind: string): void {
  const p = rec.command.payload as Payload;
  if (kind === 'seat_booked') return seatBooked(rec, p);
  if (kind === 'centre_closed') return centreClosed(rec, p);
  if (kind === 'employment') return employment(rec, p);
  const known = seated(rec.state).some((c) => c.caseId === p.caseId);
  if (kind === 'seat_released') {
    if (!known) notApplicable();
    return rec.emit('EXS-T05', 'candidate.left', { caseId: p.caseId });
  }
  const heard = CANDIDATE_FACTS[kind];
  if (!heard) deny('unknown_fact', 'Такого факта платформа не знает.');
  const [row, event] = heard;
  if (!known || !(getRow(row).from as string[]).includes(rec.state.stage)) notApplicable();
  rec.emit(row, event, { caseId: p.caseId });
}

function seatBooked(rec: Rec, p: Payload): void {
  const { stage, qualification, examiners } = rec.state;
  const { caseId, subjectId } = p as { caseId: string; subjectId: string };
  if (STAGES[stage]?.final) notApplicable();
  const why =
    p.qualification !== qualification ? 'qualification' : ['booking', 'roster_closed'].includes(stage) ? null : 'begun';
  if (why)
    return rec.emit('EXS-T04', 'candidate.refused', { caseId, why, tell: tell(rec, caseId, 'seat_refused', { why }) });
  const confirmed = tell(rec, caseId, 'seat_confirmed');
  // A seat taken at the last moment: the list is closed already, so the case learns the examiners at once.
  const late = stage === 'roster_closed' ? [tell(rec, caseId, 'roster_closed', { examinerIds: examiners }, 2)] : [];
  rec.emit('EXS-T03', 'candidate.listed', { caseId, subjectId, tell: [confirmed, ...late] });
}

function centreClosed(rec: Rec, p: Payload): void {
  if (p.centreId !== rec.state.centreId || !['booking', 'roster_closed'].includes(rec.state.stage)) notApplicable();
  callOff(rec, 'EXS-T11', 'session.cancelled', 'cancelled', 'cancelled', 'centre_closed');
}

function employment(rec: Rec, { personId, event }: Payload): void {
  if (rec.state.examiners.includes(personId) && ['booking', 'roster_closed'].includes(rec.state.stage))
    return rec.emit('EXS-T20', 'examiner.left', {
      personId,
      event,
      ...retold(
        rec,
        rec.state.examiners.filter((id) => id !== personId),
      ),
    });
  desk.assigneeLeft(rec, personId, event);
}

function notApplicable(): never {
  deny('not_applicable', 'На этом этапе факт ничего не меняет; он записан.');
}

/** Cases on a closed list learn the new composition. */
function retold(rec: Rec, examinerIds: string[]): Payload {
  if (rec.state.stage !== 'roster_closed') return {};
  return { tell: tellEach(rec, expected(rec.state), 'roster_closed', { examinerIds }) };
}

// ── Session ──

/** Nobody is examined: every expected applicant chooses another date; no more seats are given out. */
function callOff(
  rec: Rec,
  row: string,
  type: string,
  to: string,
  outcome: string,
  cause: string,
  facts: Payload = {},
): void {
  desk.cancelOpen(rec, cause);
  rec.claim({ kind: 'release', ...bookingOpen(rec.state.caseId) });
  moveExpected(rec, cause);
  rec.emit(row, type, { to, outcome, cause, ...facts });
}

function moveExpected(rec: Rec, cause: string): void {
  for (const { caseId } of expected(rec.state))
    rec.emit('EXS-T19', 'candidate.moved', { caseId, cause, tell: tell(rec, caseId, 'session_off', { cause }) });
}

function openSession(rec: Rec, p: Payload): void {
  const { state: s, ctx } = rec;
  const present = p.present as string[];
  if (new Set(present).size !== present.length || present.some((id) => !s.examiners.includes(id)))
    deny('not_examiner', 'Отмечают экзаменаторов этого сеанса, каждого один раз.', {
      errors: [{ pointer: '/present', detail: 'Есть лишние или повторённые.' }],
    });
  if (present.length < ctx.policy.minExaminers)
    return callOff(rec, 'EXS-T09', 'session.not_held', 'not_held', 'lapsed', 'examiners_missing', { present });
  rec.emit('EXS-T08', 'session.opened', {
    to: 'in_session',
    present,
    tell: tellEach(rec, expected(s), 'session_opened', { presentIds: present }),
  });
  desk.office(rec, 'session', 'centre_operator', ctx.policy.terms.session, 'экзамен открыт');
}

export const RULES: Record<string, Rule<S, SessionPolicy>> = {
  ...desk.rules({
    personal: [],
    office: ['session', 'sign_protocol'],
    performers: ['centre_operator'],
    supervisors: ['centre_operator'],
    assigners: ['centre_operator', 'admin'],
    returners: [],
    returnStages: [],
    mayReturn: () => false,
  }),
  changeExaminers: {
    labelRu: 'Изменить состав экзаменаторов',
    stages: ['booking', 'roster_closed'],
    roles: CENTRE,
    apply: (rec, { examiners }) => {
      requireExaminers(examiners, rec.ctx.policy);
      rec.emit('EXS-T07', 'examiners.changed', { examiners, ...retold(rec, examiners) });
    },
  },
  openSession: {
    labelRu: 'Открыть экзамен',
    tone: 'primary',
    stages: ['roster_closed'],
    roles: CENTRE,
    unless: (s, ctx) => (ctx.today < s.heldOn ? 'День экзамена ещё не наступил.' : null),
    apply: openSession,
  },
  cancelSession: {
    labelRu: 'Отменить экзамен',
    tone: 'danger',
    stages: ['booking', 'roster_closed'],
    roles: CENTRE,
    apply: (rec, p) =>
      callOff(rec, 'EXS-T10', 'session.cancelled', 'cancelled', 'cancelled', 'cancelled', { statement: p.statement }),
  },
  closeSession: {
    labelRu: 'Окончить экзамен',
    tone: 'primary',
    stages: ['in_session'],
    roles: CENTRE,
    task: ['session'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'closed' });
      moveExpected(rec, 'not_reached');
      rec.emit('EXS-T17', 'session.closed', { to: 'protocol' });
      desk.office(rec, 'sign_protocol', 'centre_operator', rec.ctx.policy.terms.protocol, 'экзамен окончен');
    },
  },
  signProtocol: {
    labelRu: 'Протокол сеанса подписан',
    tone: 'primary',
    stages: ['protocol'],
    roles: CENTRE,
    task: ['sign_protocol'],
    unless: (s, ctx, task) =>
      s.candidates.some((c) => c.state === 'in_exam') ? 'Не все соискатели окончили экзамен.' : inWork(s, ctx, task),
    apply: (rec, p) => {
      const { present, candidates } = rec.state;
      const signedBy = p.signedBy as string[];
      if (signedBy.some((id) => !present.includes(id)) || new Set(signedBy).size < rec.ctx.policy.minExaminers)
        deny('signatures', 'Протокол подписывают не менее трёх присутствовавших экзаменаторов.', {
          errors: [{ pointer: '/signedBy', detail: 'Не хватает подписи или названы отсутствовавшие.' }],
        });
      desk.finish(rec, p, { outcome: 'signed' });
      const count = (state: string) => candidates.filter((c) => c.state === state).length;
      rec.emit('EXS-T18', 'protocol.signed', {
        to: 'closed',
        outcome: 'granted',
        signedBy,
        finished: count('finished'),
        absent: count('absent'),
      });
    },
  },
};

function onDeadline(rec: Rec): void {
  const key = rec.command.payload.key as string;
  if (!deadlines(rec.state, rec.ctx).some((d) => d.key === key)) deny('not_armed', 'Этот срок уже не действует.');
  if (desk.onDeadline(rec, key)) return;
  if (key === 'day-passed') return callOff(rec, 'EXS-T12', 'session.not_held', 'not_held', 'lapsed', 'not_held');
  if (key !== 'roster') throw new Error(`No rule for the deadline ${key}`);
  const { caseId, examiners: examinerIds } = rec.state;
  rec.claim({ kind: 'release', ...bookingOpen(caseId) });
  rec.emit('EXS-T06', 'roster.closed', {
    to: 'roster_closed',
    candidates: expected(rec.state).length,
    tell: tellEach(rec, expected(rec.state), 'roster_closed', { examinerIds }),
  });
}

// ── Machine work ──

/** The queue is told of free seats, the first as many as there are; then whom the session owes an answer. */
export function work(s: S): WorkItem[] {
  const { callsWanted, callsMade, qualification, seatsToOffer: seats, stage } = s;
  const queue: WorkItem[] =
    stage === 'booking' && callsWanted > callsMade
      ? [{ key: `queue:${callsWanted}`, kind: 'list_waiting', input: { qualification, seats, call: callsWanted } }]
      : [];
  return [...queue, ...outboxWork(s.caseId, s.outbox)];
}

function onWork(rec: Rec, kind: string): void {
  const p = rec.command.payload as Payload;
  if (kind === 'tell_case') return rec.emit('EXS-T21', 'case.told', { key: p.key, delivered: p.delivered });
  if (kind !== 'list_waiting') throw new Error(`No rule for the work ${kind}`);
  if (rec.state.stage !== 'booking') notApplicable();
  const told = p.caseIds as string[];
  rec.emit('EXS-T02', 'queue.told', {
    call: p.call,
    caseIds: told,
    tell: told.map((caseId, i) => tell(rec, caseId, 'seat_available', {}, i + 1)),
  });
}

const rulebook = new Rulebook<S, SessionPolicy>({
  stages: STAGES,
  rules: RULES,
  applicantRoles: [],
  evolve,
  getRow,
  open: { scheduleSession },
  system: { deadline: onDeadline, work: onWork, fact: onFact },
});

export const decide = rulebook.decide.bind(rulebook);
export const offers = rulebook.offers.bind(rulebook);
export const segregated = rulebook.segregated.bind(rulebook);

/** Over for everybody: ended, and every case told. */
export const isOver = (s: S): boolean => STAGES[s.stage]?.final === true && s.outbox.length === 0;
