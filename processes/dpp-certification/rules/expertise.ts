/** The panel, its conclusions and the arbiter (specification 3.4, P01). */
import { inWork } from '../../kit/desk.ts';
import {
  aggregate,
  arbitrate,
  checkConclusion,
  selectExperts,
  type Candidate,
  type Conclusion,
  type CriterionRule,
  type Verdict,
} from '../../kit/panel.ts';
import { deny } from '../../kit/recorder.ts';
import { isOpen, type Task } from '../../kit/task.ts';
import type { Role } from '../../kit/types.ts';
import { PROVIDER } from '../stages.ts';
import { arbiterGroup, arbiterSeat, currentVersion, leadOf, panelGroup, seats, type RoundResult } from '../state.ts';
import {
  desk,
  excludedFromPanel,
  panelPolicy,
  proposeDecision,
  type Ctx,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';

// ── Seats ──

/** Opens the seats of a new panel; the platform lists candidates for them. */
export function formPanel(rec: Rec): void {
  const { size } = panelPolicy(rec.state, rec.ctx);
  const term = rec.ctx.policy.terms.expertise;
  for (let ordinal = 1; ordinal <= size; ordinal++)
    desk.seat(rec, { kind: 'review', role: 'expert', ordinal, group: panelGroup(rec.state), term });
}

/** The list of candidates came: fill the free seats, or tell the coordinator that nobody is left. */
export function onCandidates(rec: Rec, p: Payload): void {
  const s = rec.state;
  const role = p.role as Role;
  const free = s.tasks.filter((t) => t.state === 'created' && t.nature === 'personal' && t.role === role);
  if (free.length === 0) deny('nothing_to_select', 'Свободных мест в группе нет.');
  const request = selectionRequest(rec, role, free.length, p.seed as string);
  const candidates = p.candidates as Candidate[];
  const { chosen, excluded, missing } = selectExperts(candidates, request);
  const regions = Object.fromEntries(chosen.map((c) => [c.personId, c.regionCode]));
  const ids = chosen.map((c) => c.personId);
  rec.emit('P01-T15', 'panel.candidates_listed', {
    key: p.key,
    role,
    seed: p.seed,
    request,
    candidates,
    chosen: ids,
    excluded,
    missing,
    regions,
  });
  for (const [i, personId] of ids.entries()) invite(rec, free[i] as Task, personId, candidates);
  if (missing > 0 && s.poolWait === 0)
    reportEmptyPool(rec, role, free.slice(chosen.length), countBy(excluded.map((x) => x.why)));
}

function invite(rec: Rec, seat: Task, personId: string, candidates: Candidate[]): void {
  desk.assign(rec, seat, personId);
  const why = seat.replaces ? 'задача поручена другому эксперту' : 'задача поручена';
  if (rec.state.panelComplete || seat.kind === 'arbitration') desk.startTerm(rec, seat.id, why);
  const max = candidates.find((c) => c.personId === personId)?.maxOpenTasks ?? 1;
  rec.claim({
    kind: 'load',
    personId,
    max,
    denial: { code: 'load', message: 'Эксперт уже занят: отбор повторяется.' },
  });
}

function reportEmptyPool(rec: Rec, role: Role, seatsLeft: Task[], excluded: Record<string, number>): void {
  rec.emit('P01-T12', 'panel.pool_empty', { role, missing: seatsLeft.length, excluded });
  for (const task of seatsLeft) rec.emit('TASK-02', 'task.nobody_eligible', { taskId: task.id, call: 0 });
}

function selectionRequest(rec: Rec, role: Role, size: number, seed: string) {
  const { state: s, ctx } = rec;
  const { selection } = panelPolicy(s, ctx);
  const arbiter = role === 'arbiter';
  const regions = seats(s).flatMap((t) =>
    t.assigneeId && s.regions[t.assigneeId] ? [s.regions[t.assigneeId] as string] : [],
  );
  return {
    seed,
    size,
    competences: [...currentVersion(s).facts.competences, ...s.widened.extraCompetences],
    applicantOrganisationIds: s.organisationIds,
    applicantRegion: s.applicantRegion,
    conflictPersonIds: [s.initiatorId],
    excludedPersonIds: excludedFromPanel(s),
    takenRegions: arbiter ? [] : regions,
    ...(arbiter && !selection.arbiterFromPanelRegions ? { avoidRegions: regions } : {}),
    minRegions: arbiter || s.widened.relaxRegions ? 1 : selection.minRegions,
    excludeApplicantRegion: selection.excludeApplicantRegion && !s.widened.allowApplicantRegion,
    overdueLimit: selection.overdueLimit,
    today: ctx.today,
  };
}

function countBy(values: string[]): Record<string, number> {
  const out: Record<string, number> = {};
  for (const v of values) out[v] = (out[v] ?? 0) + 1;
  return out;
}

/** When every seat is accepted the panel is complete and the common term of expertise begins. */
export function completePanel(rec: Rec): void {
  const s = rec.state;
  const present = seats(s);
  const full = present.length === panelPolicy(s, rec.ctx).size && present.every((t) => t.state === 'in_progress');
  if (s.stage !== 'panel_forming' || !full) return;
  const regions = [...new Set(present.map((t) => s.regions[t.assigneeId as string]))];
  rec.emit('P01-T11', 'panel.completed', { to: 'under_expertise', regions, waiver: s.widened });
  for (const task of present) desk.startTerm(rec, task.id, 'группа экспертов сформирована');
}

// ── Conclusions ──

function askedCriteria(s: S, ctx: Ctx): CriterionRule[] {
  return s.asked.length === 0 ? ctx.policy.criteria : ctx.policy.criteria.filter((c) => s.asked.includes(c.code));
}

/** An arbiter answers every disputed criterion; where only verdicts differ, the mandatory ones. */
function disputedCriteria(s: S, ctx: Ctx): CriterionRule[] {
  const disputed = currentRound(s)?.aggregation.disputed ?? [];
  const asked = askedCriteria(s, ctx);
  return disputed.length > 0 ? asked.filter((c) => disputed.includes(c.code)) : asked.filter((c) => c.mandatory);
}

const currentRound = (s: S): RoundResult | undefined =>
  s.results.find((r) => r.panel === s.panel && r.round === s.round);

function conclusionOf(task: Task): Conclusion {
  const { verdict, scores, remarks } = task.result as unknown as Conclusion;
  return { taskId: task.id, ordinal: task.ordinal, verdict, scores, remarks };
}

/** Ids by which remarks are shown and merged: the number of the expert and the remark's own; the arbiter is number 0. */
const remarkIds = (conclusions: Conclusion[]): string[] =>
  conclusions.flatMap((c) => c.remarks.map((r) => `${c.ordinal}.${r.id}`));

function takeConclusion(rec: Rec, p: Payload, asked: CriterionRule[]): Task {
  const task = desk.find(rec, p.taskId);
  const { verdict, scores, remarks, document } = p;
  const errors = checkConclusion(
    { verdict, scores, remarks },
    rec.ctx.policy.criteria,
    asked.map((c) => c.code),
  );
  if (errors.length > 0)
    deny('conclusion_incomplete', 'Заключение не закончено. Исправьте поля, названные ниже.', { errors });
  desk.submit(rec, task, { verdict, scores, remarks, document });
  return task;
}

/** Runs the table of the policy when all conclusions that count are in, and follows the row it leads to. */
export function concludeRound(rec: Rec): void {
  const s = rec.state;
  const present = seats(s);
  const policy = panelPolicy(s, rec.ctx);
  if (s.stage !== 'under_expertise' || present.length < policy.size || present.some((t) => t.state !== 'done')) return;
  const conclusions = present.map(conclusionOf);
  const aggregation = aggregate(conclusions, policy.aggregation, askedCriteria(s, rec.ctx));
  const standing = currentRound(s)?.arbiter;
  const result: RoundResult = {
    panel: s.panel,
    round: s.round,
    aggregation,
    ...(standing ? { arbiter: standing } : {}),
  };
  if (aggregation.result === 'arbitration') return disagree(rec, result, conclusions);
  desk.cancelOpen(rec, 'not_needed', (t) => t.kind !== 'arbitration');
  if (aggregation.result === 'approve')
    return proposeDecision(rec, 'P01-T16', 'expertise.approved', { kind: 'certify', basis: 'panel' }, { result });
  if (aggregation.result === 'reject')
    return proposeDecision(rec, 'P01-T17', 'expertise.rejected', { kind: 'refuse', basis: 'panel' }, { result });
  if (!roundsLeft(rec))
    return proposeDecision(
      rec,
      'P01-T19',
      'expertise.rounds_used',
      { kind: 'refuse', basis: 'rounds_used' },
      { result },
    );
  askRevision(rec, 'P01-T18', 'expertise.revision_asked', {
    result,
    remarkIds: remarkIds(conclusions),
    minor: aggregation.minor,
  });
}

const roundsLeft = (rec: Rec): boolean => rec.state.roundsUsed < rec.ctx.policy.limits.rounds;

function askRevision(rec: Rec, row: string, type: string, facts: Payload): void {
  rec.emit(row, type, { ...facts, to: 'revision', stageTerm: rec.ctx.policy.terms.revision });
}

function disagree(rec: Rec, result: RoundResult, conclusions: Conclusion[]): void {
  if (result.arbiter) return arbiterStands(rec, result, conclusions, result.arbiter.verdict);
  const s = rec.state;
  const waiting = arbiterSeat(s);
  const former = s.results.filter((r) => r.panel === s.panel && r.round < s.round && r.arbiter).at(-1)?.arbiter;
  rec.emit(former && !waiting ? 'P01-T21' : 'P01-T20', 'expertise.disagreed', { to: 'arbitration', result });
  if (waiting) return desk.resume(rec, [waiting]);
  const seat = desk.seat(rec, {
    kind: 'arbitration',
    role: 'arbiter',
    ordinal: 0,
    group: arbiterGroup(rec.state),
    term: rec.ctx.policy.terms.arbitration,
  });
  if (!former) return;
  desk.assign(rec, seat, former.personId);
  desk.startTerm(rec, seat.id, 'разногласие в новом круге');
}

/** A conclusion was voided after the arbiter had spoken and the table still disagrees: his verdict stands (3.4.7). */
function arbiterStands(rec: Rec, result: RoundResult, conclusions: Conclusion[], said: Verdict): void {
  const verdict = arbitrate(result.aggregation, said);
  if (verdict === 'revise' && roundsLeft(rec))
    return askRevision(rec, 'P01-T27', 'expertise.arbiter_stands', { result, remarkIds: remarkIds(conclusions) });
  const proposal =
    verdict === 'approve'
      ? ({ kind: 'certify', basis: 'arbiter' } as const)
      : ({ kind: 'refuse', basis: verdict === 'revise' ? 'rounds_used' : 'arbiter' } as const);
  proposeDecision(rec, 'P01-T26', 'expertise.arbiter_stands', proposal, { result });
}

function takeArbitration(rec: Rec, p: Payload): void {
  const s = rec.state;
  const round = currentRound(s);
  if (!round) throw new Error('An arbitration without a disagreement');
  const task = takeConclusion(rec, p, disputedCriteria(s, rec.ctx));
  const said = p.verdict as Verdict;
  const verdict = arbitrate(round.aggregation, said);
  const result: RoundResult = {
    ...round,
    arbiter: { taskId: task.id, verdict: said, personId: task.assigneeId as string },
  };
  if (verdict === 'approve')
    return proposeDecision(rec, 'P01-T22', 'arbitration.approved', { kind: 'certify', basis: 'arbiter' }, { result });
  if (verdict === 'reject')
    return proposeDecision(rec, 'P01-T23', 'arbitration.rejected', { kind: 'refuse', basis: 'arbiter' }, { result });
  if (!roundsLeft(rec))
    return proposeDecision(
      rec,
      'P01-T25',
      'arbitration.rounds_used',
      { kind: 'refuse', basis: 'rounds_used' },
      { result },
    );
  const conclusions = [...seats(s), desk.find(rec, task.id)].map(conclusionOf);
  askRevision(rec, 'P01-T24', 'arbitration.revision_asked', {
    result,
    remarkIds: remarkIds(conclusions),
    capped: said === 'approve',
  });
}

/**
 * A conflict or a forgery found after a conclusion: it does not count, the expert is replaced, the table is run again. An arbiter who
 * is at work waits for that; one whose own conclusion is voided is replaced in arbitration (3.4.3, 3.4.7).
 */
function voidConclusion(rec: Rec, p: Payload): void {
  const task = desk.find(rec, p.taskId);
  const { stage } = rec.state;
  rec.emit('TASK-22', 'task.voided', { taskId: task.id, personId: task.assigneeId ?? null, cause: 'conflict' });
  desk.cancelOpen(rec, 'recalculated', (t) => t.nature === 'personal');
  // An expert is being replaced already: a new arbiter is called only if the table disagrees again.
  if (task.kind === 'arbitration' && stage === 'under_expertise')
    return rec.emit('P01-T87', 'arbitration.voided', { taskId: task.id });
  if (task.kind === 'arbitration') rec.emit('P01-T37', 'arbitration.voided', { to: 'arbitration', taskId: task.id });
  else {
    const row = { under_expertise: 'P01-T34', arbitration: 'P01-T35' }[stage] ?? 'P01-T36';
    rec.emit(row, 'expertise.voided', { to: 'under_expertise', taskId: task.id });
    const arbiter = arbiterSeat(rec.state);
    if (arbiter) desk.hold(rec, [arbiter], 'заключение эксперта заменяется', 'expert');
  }
  desk.replace(rec, task);
}

// ── Rules ──

const EXPERTISE = ['panel_forming', 'under_expertise', 'arbitration'];

export const expertiseRules: Rules = {
  submitReview: {
    labelRu: 'Отправить заключение',
    tone: 'primary',
    stages: ['under_expertise'],
    roles: ['expert'],
    task: ['review'],
    unless: inWork,
    apply: (rec, p) => {
      takeConclusion(rec, p, askedCriteria(rec.state, rec.ctx));
      concludeRound(rec);
    },
  },
  submitArbitration: {
    labelRu: 'Отправить заключение арбитра',
    tone: 'primary',
    stages: ['arbitration'],
    roles: ['arbiter'],
    task: ['arbitration'],
    unless: inWork,
    apply: takeArbitration,
  },
  voidConclusion: {
    labelRu: 'Признать заключение недействительным',
    tone: 'danger',
    stages: ['under_expertise', 'arbitration', 'decision_pending'],
    roles: ['fed_coordinator'],
    task: ['review', 'arbitration'],
    onDone: true,
    unless: (s, _ctx, task) => {
      if (task?.state !== 'done') return 'Недействительным признают отправленное заключение.';
      if (s.licenceLost) return 'Организация лишена лицензии: экспертиза окончена.';
      const current = task.group === panelGroup(s) || task.group === arbiterGroup(s);
      if (
        task.kind === 'arbitration' &&
        s.stage === 'decision_pending' &&
        currentRound(s)?.aggregation.result !== 'arbitration'
      )
        return 'Решил вывод группы: заключение арбитра осталось примечанием.';
      return current ? null : 'Заключение относится к прошлому этапу экспертизы.';
    },
    apply: voidConclusion,
  },
  widenPool: {
    labelRu: 'Расширить отбор экспертов',
    stages: EXPERTISE,
    roles: ['fed_coordinator'],
    unless: (s) => (s.poolWait > 0 ? null : 'Подходящих экспертов достаточно.'),
    apply: (rec, { allowApplicantRegion, relaxRegions, extraCompetences, statement }) =>
      rec.emit('P01-T13', 'panel.pool_widened', { allowApplicantRegion, relaxRegions, extraCompetences, statement }),
  },
  objectToExpert: {
    labelRu: 'Заявить отвод эксперту',
    stages: ['panel_forming', 'under_expertise'],
    roles: PROVIDER,
    unless: (s, ctx) => {
      if (s.objections >= ctx.policy.limits.objections) return 'Отвод заявляют один раз.';
      if (seats(s).some((t) => t.state === 'done')) return 'Отвод возможен до первых оценок.';
      return seats(s).some((t) => t.assigneeId) ? null : 'Эксперты ещё не приглашены.';
    },
    apply: (rec, p) => {
      const task = seats(rec.state).find((t) => t.ordinal === p.ordinal && t.assigneeId);
      if (!task)
        deny('no_such_expert', 'Эксперта с таким номером в группе нет.', {
          errors: [{ pointer: '/ordinal', detail: 'Выберите эксперта из списка.' }],
        });
      rec.emit('P01-T32', 'panel.objected', { ordinal: p.ordinal, taskId: task.id, statement: p.statement });
    },
  },
  decideObjection: {
    labelRu: 'Решить по отводу',
    stages: [...EXPERTISE, 'revision', 'decision_pending'],
    roles: ['fed_coordinator'],
    unless: (s) => (s.openObjection && !s.licenceLost ? null : 'Отводов нет.'),
    apply: (rec, p) => {
      const task = rec.state.tasks.find((t) => t.id === rec.state.openObjection?.taskId);
      rec.emit('P01-T33', 'panel.objection_decided', { upheld: p.upheld, statement: p.statement });
      if (!p.upheld || !task) return;
      if (isOpen(task)) return desk.end(rec, 'TASK-11', 'task.declined', task, 'objection');
      if (task.state !== 'done') return;
      // He has answered meanwhile: his conclusion does not count (3.4.3). In revision the next round invites another expert.
      if (rec.state.stage !== 'revision') return voidConclusion(rec, { taskId: task.id });
      rec.emit('TASK-22', 'task.voided', { taskId: task.id, personId: task.assigneeId ?? null, cause: 'objection' });
    },
  },
  mergeRemarks: {
    labelRu: 'Свести замечания',
    stages: ['revision'],
    roles: ['expert'],
    unless: (s, _ctx, _task, actor) => {
      const leads = actor.kind === 'person' && leadOf(s)?.assigneeId === actor.personId;
      return leads ? null : 'Замечания сводит руководитель группы экспертов.';
    },
    apply: (rec, p) => {
      const given = (p.remarkIds as string[][]).flat();
      const expected = rec.state.remarkIds;
      if (
        given.length !== expected.length ||
        new Set(given).size !== given.length ||
        expected.some((id) => !given.includes(id))
      )
        deny('remarks_lost', 'Каждое замечание должно остаться в сводке ровно один раз.', {
          errors: [{ pointer: '/groups', detail: 'Есть пропущенные или повторённые замечания.' }],
        });
      rec.emit('P01-T31', 'remarks.merged', { remarkIds: p.remarkIds, statement: p.statement });
    },
  },
};
