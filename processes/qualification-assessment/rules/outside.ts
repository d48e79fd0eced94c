/** What comes by itself: deadlines, facts of sessions, courts, the personnel office and the register of people, machine work, repairs. */
import { openTasks } from '../../kit/task.ts';
import { deny } from '../../kit/recorder.ts';
import { deadlineMover } from '../../kit/desk.ts';
import { outboxWork } from '../../kit/outbox.ts';
import type { WorkItem } from '../../kit/types.ts';
import { BEFORE_EXAM, COMPLAINABLE } from '../stages.ts';
import { deadlines } from '../terms.ts';
import {
  ask,
  desk,
  endBeforeExam,
  notApplicable,
  releaseActive,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';
import { annul, fillSeats } from './exam.ts';
import { documentsMissing, onTheory, theoryWanted } from './opening.ts';
import { askRevocation, finishConcluded, formerDocument, refusalFinal } from './result.ts';
import { loseSeat, onExaminers, onSessionFact, onSessions, renewQuota, sessionsWanted } from './slot.ts';

// ── Facts ──

export function onFact(rec: Rec, kind: string): void {
  const p = rec.command.payload as Payload;
  switch (kind) {
    case 'court':
      return court(rec, p);
    case 'centre_closed':
      if (!BEFORE_EXAM.includes(rec.state.stage) || rec.state.centreId !== p.centreId) notApplicable();
      return rec.emit('P03-T87', 'centre.transferred', {
        centreId: p.successorId,
        from: p.centreId,
        act: p.act ?? null,
      });
    case 'employment':
      return employment(rec, p);
    case 'person_merged':
      if (p.from !== rec.state.initiatorId) notApplicable();
      return rec.emit('P03-T89', 'person.merged', { personId: p.to, from: p.from, act: p.act ?? null });
    default:
      return onSessionFact(rec, kind, p);
  }
}

/**
 * The applicant’s employment changes nothing in the procedure: who leaves the profession still gets his document. An examiner who leaves
 * is replaced.
 */
function employment(rec: Rec, p: Payload): void {
  if (p.personId === rec.state.initiatorId)
    return rec.emit('P03-T88', 'person.noted', { event: p.event, on: p.on ?? rec.ctx.today });
  desk.assigneeLeft(rec, p.personId, p.event);
  fillSeats(rec);
}

/** A court act enters with the outcomes of a complaint. */
function court(rec: Rec, p: Payload): void {
  if (!COMPLAINABLE.includes(rec.state.stage)) notApplicable();
  const act = { act: p.act, courtOn: p.on ?? rec.ctx.today };
  if (p.effect === 'annul') return annul(rec, 'P03-T72', 'court.annulled', 'court', act);
  desk.cancelOpen(rec, 'court');
  rec.emit('P03-T71', 'court.changed', {
    to: 'verification',
    passed: p.passed === true,
    ...formerDocument(rec),
    ...act,
  });
  ask(rec, 'verify', 'verification', 'результат изменён судом');
}

// ── Deadlines ──

export function onDeadline(rec: Rec): void {
  const key = rec.command.payload.key as string;
  if (!deadlines(rec.state, rec.ctx).some((d) => d.key === key)) deny('not_armed', 'Этот срок уже не действует.');
  if (desk.onDeadline(rec, key)) return fillSeats(rec);
  const [what, n] = key.split(':');
  const { state: s } = rec;
  switch (what) {
    case 'offer':
      return rec.emit('P03-T05', 'referral.expired', { to: 'lapsed', outcome: 'lapsed' });
    case 'documents':
      return documentsMissing(rec);
    case 'slot-remind':
      return rec.emit('P03-T25', 'slot.reminded', {});
    case 'slot':
      return endBeforeExam(rec, 'P03-T26', 'slot.missed', { to: 'lapsed', outcome: 'lapsed', paid: s.paid });
    case 'queue':
      return rec.emit('P03-T22', 'queue.asked', {});
    case 'queue-answer':
      return endBeforeExam(rec, 'P03-T24', 'queue.silent', { to: 'lapsed', outcome: 'lapsed' });
    case 'new-year':
      return renewQuota(rec);
    case 'session-passed':
      rec.emit('P03-T37', 'exam.silent', { heldOn: s.booking?.heldOn });
      if (openTasks(rec.state.tasks, 'exam').length === 0) ask(rec, 'exam', 'examRecord', 'сведений об экзамене нет');
      return;
    case 'no-show':
      return endBeforeExam(rec, 'P03-T41', 'reason.missing', { to: 'lapsed', outcome: 'lapsed' });
    case 'marks-call':
      return rec.emit('P03-T92', 'marks.called', { n: Number(n) });
    case 'complaint':
      if (s.stage === 'refused_admission') return refusalFinal(rec, 'P03-T13');
      rec.emit('P03-T63', 'result.final', {});
      if (s.stage === 'concluded') finishConcluded(rec);
      return;
    case 'revocation-answer':
      rec.emit('P03-T81', 'revocation.unanswered', {});
      return askRevocation(rec);
    case 'expiring':
      releaseActive(rec);
      return rec.emit('P03-T74', 'validity.expiring', { to: 'expiring', validUntil: s.validUntil });
    case 'validity-remind':
      return rec.emit('P03-T75', 'validity.reminded', { months: Number(n), validUntil: s.validUntil });
    case 'valid-until':
      desk.cancelOpen(rec, 'expired');
      return rec.emit('P03-T76', 'validity.ended', { to: 'expired', outcome: 'granted', validUntil: s.validUntil });
    default:
      throw new Error(`No rule for the deadline ${key}`);
  }
}

// ── Machine work ──

/** What the platform still owes the case; each item has a key, so that doing it twice is harmless. */
export function work(s: S): WorkItem[] {
  const { qualification, initiatorId, formerIds, examiners, region } = s;
  const person = { personIds: [initiatorId, ...formerIds], qualification };
  const out: WorkItem[] = [];
  if (theoryWanted(s)) out.push({ key: 'theory', kind: 'find_theory', input: person });
  if (sessionsWanted(s)) {
    const input = { qualification, listing: s.listings, priority: s.priority, since: s.queue?.since ?? s.slotFrom };
    out.push({ key: `sessions:${s.listings}`, kind: 'list_sessions', input });
  }
  if (examiners.asked.length > 0 && (s.stage === 'scheduled' || s.stage === 'in_practice'))
    out.push({
      key: `examiners:${examiners.asks}`,
      kind: 'list_examiners',
      input: { ids: examiners.asked, personIds: person.personIds, region },
    });
  if (s.stage === 'annulled')
    for (const { key, caseId } of s.related)
      if (!caseId) out.push({ key: `open:${key}`, kind: 'open_child', input: retake(s, key) });
  return [...out, ...outboxWork(s.caseId, s.outbox)];
}

/** The retake begins at the choice of a date; the theory passed stays, unless the exam itself was annulled for its procedure. */
function retake(s: S, key: string) {
  const { caseId, initiatorId, qualification, region, centreId, payer, referral, tellsPayer, theory, involved } = s;
  return {
    childKey: key,
    type: 'open_related',
    start: {
      personId: initiatorId,
      qualification,
      region,
      centreId,
      payer,
      tellsPayer,
      involved,
      ...(referral ? { referral } : {}),
      ...(theory?.passed ? { theory } : {}),
      parent: { caseId, key },
    },
  };
}

export function onWork(rec: Rec, kind: string): void {
  const p = rec.command.payload as Payload;
  switch (kind) {
    case 'find_theory':
      return onTheory(rec, p);
    case 'list_sessions':
      if (!sessionsWanted(rec.state)) notApplicable();
      return onSessions(rec, p);
    case 'list_examiners':
      return onExaminers(rec, p);
    case 'open_child':
      return rec.emit('P03-T73', 'retake.child_opened', {
        to: 'retake_open',
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

/** A session that was over before the booking reached it: the person chooses anew. */
function told(rec: Rec, p: Payload): void {
  const fact = rec.state.outbox.find(({ key }) => `tell:${key}` === p.key)?.fact;
  rec.emit('P03-T90', 'case.told', { key: p.key, delivered: p.delivered });
  const { booking, stage } = rec.state;
  const lost = fact?.kind === 'seat_booked' && p.delivered === false && p.caseId === booking?.sessionCaseId;
  if (lost && stage === 'scheduled') loseSeat(rec, 'P03-T31', 'session_over');
}

// ── Repairs ──

const UNMOVABLE = ['valid-until', 'expiring', 'new-year', 'complaint'];

const moveDeadline = deadlineMover('P03-T91', deadlines, (key) =>
  UNMOVABLE.includes(key) ? 'Этот срок установлен нормой или датой и не переносится.' : null,
);

export const repairRules: Rules = {
  moveDeadline: { labelRu: 'Перенести срок', stages: 'any', roles: ['admin'], apply: moveDeadline },
};
