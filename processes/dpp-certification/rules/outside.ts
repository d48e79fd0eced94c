/** Facts from outside, deadlines, machine work, and what an administrator may move. */
import { addDays } from '../../kit/dates.ts';
import { deadlineMover } from '../../kit/desk.ts';
import { deny } from '../../kit/recorder.ts';
import type { WorkItem } from '../../kit/types.ts';
import { BEFORE_DECISION, startsFrom } from '../stages.ts';
import { arbiterSeat, currentVersion, seats } from '../state.ts';
import { deadlines, validUntil } from '../terms.ts';
import {
  desk,
  endEntry,
  finishIfOver,
  isOver,
  openRelatedOf,
  proposeDecision,
  releaseClaims,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';
import { askAnnulmentDecision, suspend } from './entry.ts';
import { onCandidates } from './expertise.ts';
import { reinvite } from './intake.ts';

// ── Facts ──

/** A fact that changes nothing at this stage is refused; the record path keeps the refusal in the audit. */
function notApplicable(): never {
  deny('not_applicable', 'На этом этапе факт ничего не меняет; он записан.');
}

const FACTS: Record<string, (rec: Rec, p: Payload) => void> = {
  licence_lost: licenceLost,
  complaint_upheld: (rec, p) =>
    canSuspend(rec.state) ? suspend(rec, 'P01-T69', 'complaint_upheld', { act: p.act }) : notApplicable(),
  monitoring: (rec, p) => {
    if (isOver(rec.state)) notApplicable();
    rec.emit('P01-T78', 'monitoring.recorded', { good: p.good, measuredOn: p.on });
    if (!p.good && canSuspend(rec.state)) suspend(rec, 'P01-T69', 'poor_monitoring');
  },
  provider_reorganised: (rec, { successorId, successorRegion, successorInn, act, on }) => {
    if (isOver(rec.state)) notApplicable();
    rec.emit('P01-T80', 'provider.succeeded', { successorId, successorRegion, successorInn, act, reorganisedOn: on });
  },
  employment: (rec, p) => desk.assigneeLeft(rec, p.personId, p.event),
  court_act: courtAct,
  child_closed: childClosed,
};

export function onFact(rec: Rec, kind: string): void {
  const fact = Object.hasOwn(FACTS, kind) ? FACTS[kind] : undefined;
  if (!fact) deny('unknown_fact', 'Такой факт платформа не знает.');
  fact(rec, rec.command.payload);
}

const canSuspend = (s: S): boolean => startsFrom('P01-T69', s.stage);

function licenceLost(rec: Rec, p: Payload): void {
  const s = rec.state;
  if (canSuspend(s)) return suspend(rec, 'P01-T69', 'licence_lost', { act: p.act });
  if (!startsFrom('P01-T42', s.stage) || s.licenceLost) notApplicable();
  desk.cancelOpen(rec, 'licence_lost');
  if (s.held) rec.emit('P01-T82', 'court.resumed', { act: p.act });
  proposeDecision(rec, 'P01-T42', 'licence.lost', { kind: 'refuse', basis: 'licence' }, { act: p.act, lostOn: p.on });
}

function courtAct(rec: Rec, p: Payload): void {
  const s = rec.state;
  if (!startsFrom('P01-T81', s.stage)) notApplicable();
  if (p.effect === 'resume') {
    if (!s.held) notApplicable();
    rec.emit('P01-T82', 'court.resumed', { act: p.act });
    return resumeTasks(rec);
  }
  if (s.held) notApplicable();
  rec.emit('P01-T81', 'court.stayed', { why: p.effect, act: p.act });
  desk.hold(rec, rec.state.tasks, 'дело приостановлено судом', 'outside');
}

/** Everything goes on, except an arbiter who waits for a replaced expert. */
function resumeTasks(rec: Rec): void {
  const waiting = rec.state.stage === 'under_expertise' ? arbiterSeat(rec.state)?.id : undefined;
  desk.resume(
    rec,
    rec.state.tasks.filter((t) => t.id !== waiting),
  );
}

function childClosed(rec: Rec, p: Payload): void {
  const s = rec.state;
  const child = s.related.find((r) => r.key === p.childKey && r.outcome === undefined);
  if (!child || !s.entry) notApplicable();
  const granted = p.outcome === 'granted';
  const renewal = child.kind === 'recertification';
  const { childCaseId, document, programme } = p;
  const facts = {
    childKey: child.key,
    childCaseId,
    childOutcome: p.outcome,
    document,
    programme,
    version: s.entry.version + 1,
  };
  if (granted && renewal && (startsFrom('P01-T63', s.stage) || startsFrom('P01-T88', s.stage))) {
    const suspended = s.stage === 'suspended';
    // The new term counts from the old last day, so that an early renewal loses nothing.
    const until = validUntil(rec.ctx, s, s.entry.validUntil);
    return rec.emit(suspended ? 'P01-T88' : 'P01-T63', 'entry.renewed', {
      ...facts,
      ...(suspended ? {} : { to: 'certified' }),
      validFrom: addDays(s.entry.validUntil, 1),
      validUntil: until,
    });
  }
  if (granted && !renewal && startsFrom('P01-T57', s.stage)) return rec.emit('P01-T57', 'change.incorporated', facts);
  if (renewal && s.stage === 'prolonged')
    return endEntry(rec, 'P01-T66', 'entry.expired', { ...facts, to: 'expired', outcome: 'lapsed' });
  if (!startsFrom('P01-T58', s.stage)) notApplicable();
  rec.emit('P01-T58', 'child.ended', facts);
}

// ── Deadlines ──

export function onDeadline(rec: Rec): void {
  const s = rec.state;
  const key = rec.command.payload.key as string;
  const armed = deadlines(s, rec.ctx).find((d) => d.key === key);
  if (!armed) deny('not_armed', 'Этот срок уже не действует.');
  if (desk.onDeadline(rec, key)) return;
  const [name, n] = key.split(':') as [string, string | undefined];
  switch (name) {
    case 'returned':
    case 'revision':
      rec.emit(name === 'returned' ? 'P01-T09' : 'P01-T29', 'application.lapsed', {
        to: 'lapsed',
        outcome: 'lapsed',
        from: name,
      });
      return releaseClaims(rec);
    case 'returned-remind':
    case 'revision-remind':
      return rec.emit(name === 'returned-remind' ? 'P01-T10' : 'P01-T30', 'applicant.reminded', {
        key,
        dueOn: armed.due.dueOn,
      });
    case 'panel-forming':
      return rec.emit('P01-T14', 'panel.forming_overdue', {});
    case 'pool':
      for (const task of s.tasks.filter((t) => t.state === 'created' && t.nature === 'personal'))
        rec.emit('TASK-02', 'task.nobody_eligible', { taskId: task.id, call: s.poolCalls + 1 });
      return;
    case 'familiarisation':
      return rec.emit('P01-T46', 'decision.not_served', {});
    case 'appeal':
      rec.emit('P01-T51', 'decision.final', {});
      return finishIfOver(rec);
    case 'reapply':
      rec.emit('P01-T52', 'application.allowed_anew', {});
      return finishIfOver(rec);
    case 'expiring':
      return rec.emit('P01-T60', 'entry.expiring', { to: 'expiring', days: rec.ctx.policy.expiryReminders[0] });
    case 'expiry-remind':
      return rec.emit('P01-T61', 'entry.expiry_reminded', { days: Number(n), validUntil: s.entry?.validUntil });
    case 'valid-until':
      return onValidUntil(rec);
    case 'prolonged':
      return endEntry(rec, 'P01-T65', 'entry.expired', { to: 'expired', outcome: 'lapsed' });
    case 'cure':
      return endEntry(rec, 'P01-T71', 'entry.delisted', {
        to: 'delisted',
        cause: s.suspension?.cause,
        takenBy: [],
        outcome: 'cancelled',
      });
    case 'annulment-answer':
      rec.emit('P01-T75', 'annulment.unanswered', {});
      return askAnnulmentDecision(rec, 'ответа держателя нет');
    case 'court-stay':
      return rec.emit('P01-T83', 'court.stay_reviewed', {});
    default:
      throw new Error(`No rule for the deadline ${key}`);
  }
}

function onValidUntil(rec: Rec): void {
  const s = rec.state;
  if (!s.entry || s.stage !== 'expiring' || !openRelatedOf(s, 'recertification'))
    return endEntry(rec, 'P01-T67', 'entry.expired', { to: 'expired', outcome: 'lapsed' });
  rec.emit('P01-T64', 'entry.prolonged', {
    to: 'prolonged',
    until: addDays(s.entry.validUntil, rec.ctx.policy.terms.prolongation.amount),
  });
}

// ── Machine work ──

/** What the platform still owes the case; each item has a key, so that doing it twice is harmless. */
export function work(s: S): WorkItem[] {
  return [
    ...(s.held ? [] : candidatesWanted(s)),
    ...childrenWanted(s),
    ...(s.parent && !s.toldParent && isOver(s) ? [report(s, s.parent)] : []),
  ];
}

/** While nobody is eligible the list is asked for again only after a call to the coordinator or a wider pool. */
function candidatesWanted(s: S): WorkItem[] {
  if (s.poolWait > 0 && s.poolCalls <= s.poolListedAt) return [];
  const competences = [...currentVersion(s).facts.competences, ...s.widened.extraCompetences];
  return (['expert', 'arbiter'] as const)
    .filter((role) => s.tasks.some((t) => t.state === 'created' && t.nature === 'personal' && t.role === role))
    .map((role) => ({
      key: `candidates:${role}:${s.listings}:${s.poolCalls}`,
      kind: 'list_candidates',
      input: { role, competences },
    }));
}

function childrenWanted(s: S): WorkItem[] {
  if (!startsFrom('P01-T59', s.stage)) return [];
  return s.related
    .filter((r) => r.caseId === undefined && r.outcome === undefined)
    .map((r) => ({
      key: `open:${r.key}`,
      kind: 'open_child',
      input: {
        childKey: r.key,
        type: 'open_related',
        start: {
          kind: r.kind,
          programme: r.version.facts,
          document: r.version.document,
          initiatorId: r.version.by,
          shortened: r.kind === 'recertification' && s.monitoringGood,
          parent: { caseId: s.caseId, key: r.key, entryNumber: s.entry?.number ?? '' },
        },
      },
    }));
}

function report(s: S, parent: NonNullable<S['parent']>): WorkItem {
  const { document, facts: programme } = currentVersion(s);
  const fact = {
    kind: 'child_closed',
    childKey: parent.key,
    childCaseId: s.caseId,
    outcome: s.outcome ?? 'lapsed',
    document,
    programme,
  };
  return {
    key: 'report',
    kind: 'report_to_parent',
    input: { caseId: parent.caseId, factId: `child-closed:${s.caseId}`, fact },
  };
}

export function onWork(rec: Rec, kind: string): void {
  const p = rec.command.payload as Payload;
  switch (kind) {
    case 'list_candidates':
      return onCandidates(rec, p);
    case 'open_child':
      if (!startsFrom('P01-T59', rec.state.stage)) notApplicable();
      return rec.emit('P01-T59', 'child.opened', {
        key: p.childKey,
        childCaseId: p.childCaseId,
        childNumber: p.number ?? null,
      });
    case 'report_to_parent':
      return rec.emit('P01-T86', 'parent.told', { parentCaseId: rec.state.parent?.caseId ?? null });
    default:
      throw new Error(`No rule for the work ${kind}`);
  }
}

// ── Repairs ──

/** The court cancelled the criteria set: conclusions given under it are voided and asked again under the one now in force. */
function repin(rec: Rec, p: Payload): void {
  const s = rec.state;
  const examined =
    s.stage === 'arbitration' || (s.stage === 'decision_pending' && s.results.length > 0 && !s.licenceLost);
  const given = examined || s.stage === 'under_expertise' ? seats(s).filter((t) => t.state === 'done') : [];
  const { policyVersionId, statement } = p;
  const arbiter = arbiterSeat(s);
  rec.emit(examined ? 'P01-T90' : 'P01-T84', 'policy.repinned', {
    policyVersionId,
    previous: s.policyVersionId,
    asked: [],
    ...(examined ? { to: 'under_expertise' } : {}),
    statement,
  });
  resumeTasks(rec);
  if (examined) desk.cancelOpen(rec, 'criteria_cancelled');
  if (arbiter?.state === 'done')
    rec.emit('TASK-22', 'task.voided', {
      taskId: arbiter.id,
      personId: arbiter.assigneeId ?? null,
      cause: 'criteria_cancelled',
    });
  for (const old of given) {
    rec.emit('TASK-22', 'task.voided', {
      taskId: old.id,
      personId: old.assigneeId ?? null,
      cause: 'criteria_cancelled',
    });
    reinvite(rec, old.ordinal, old.assigneeId as string, 'набор критериев заменён', old.id);
  }
}

const UNMOVABLE = ['valid-until', 'prolonged', 'expiring', 'reapply'];

/** The term of a task or a stage may be moved; an invitation and the validity of an entry may not. */
function isMovable({ key, visible }: { key: string; visible: boolean }): boolean {
  return visible && !UNMOVABLE.includes(key) && (!key.startsWith('task:') || key.endsWith(':due'));
}

const moveDeadline = deadlineMover('P01-T85', deadlines, (key) =>
  UNMOVABLE.includes(key) ? 'Срок действия записи меняется только решением, а не переносом.' : null,
);

export const repairRules: Rules = {
  repin: {
    labelRu: 'Перевести на другой набор критериев',
    stages: BEFORE_DECISION,
    roles: ['fed_coordinator'],
    whileHeld: true,
    unless: (s) => (s.held?.why === 'criteria_cancelled' ? null : 'Набор критериев этого дела действует.'),
    apply: repin,
  },
  moveDeadline: {
    labelRu: 'Перенести срок',
    stages: 'any',
    roles: ['admin'],
    whileHeld: true,
    unless: (s, ctx) => (deadlines(s, ctx).some(isMovable) ? null : 'Сроков, которые можно перенести, сейчас нет.'),
    apply: moveDeadline,
  },
};
