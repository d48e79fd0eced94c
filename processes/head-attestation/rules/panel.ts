/** Expert evaluation of the programme of development and the results (specification 3.4, P02): panel, arbiter, public opinion. */
import { inWork } from '../../kit/desk.ts';
import {
  aggregate,
  arbitrate,
  checkConclusion,
  selectExperts,
  type Aggregation,
  type Candidate,
  type Conclusion,
  type Verdict,
} from '../../kit/panel.ts';
import { deny } from '../../kit/recorder.ts';
import { isOpen, type Task } from '../../kit/task.ts';
import type { Role } from '../../kit/types.ts';
import { due } from '../../kit/terms.ts';
import { arbiterSeat, panelGroup, seats } from '../state.ts';
import { ask, desk, excludedFromPanel, type Ctx, type Payload, type Rec, type Rules, type S } from './common.ts';

/** Opens the seats; the platform lists candidates for them. Seats that are there already are kept. */
export function formPanel(rec: Rec): void {
  const { size } = rec.ctx.policy.panel;
  const taken = seats(rec.state).map((t) => t.ordinal);
  for (let ordinal = 1; ordinal <= size; ordinal++)
    if (!taken.includes(ordinal))
      desk.seat(rec, {
        kind: 'review',
        role: 'expert',
        ordinal,
        group: panelGroup(rec.state),
        term: rec.ctx.policy.terms.panel,
      });
}

export function panelStillValid(s: S, ctx: Ctx): boolean {
  if (!s.panelResult) return false;
  return (
    due(ctx, s, 'panel-validity', ctx.policy.terms.panelValidity, s.panelResult.on, 'экспертная оценка').dueOn >=
    ctx.today
  );
}

/** The list of candidates came: fill the free seats, or tell the secretary that nobody is left. */
export function onCandidates(rec: Rec, p: Payload): void {
  const s = rec.state;
  const role = p.role as Role;
  const free = s.tasks.filter((t) => t.state === 'created' && t.nature === 'personal' && t.role === role);
  if (free.length === 0 || s.stage !== 'tested') deny('nothing_to_select', 'Свободных мест в группе нет.');
  const candidates = p.candidates as Candidate[];
  const { selection, competences } = rec.ctx.policy.panel;
  const regions = seats(s).flatMap((t) => (t.assigneeId ? [s.regions[t.assigneeId] ?? ''] : []));
  const request = {
    seed: p.seed as string,
    size: free.length,
    competences: [...competences, ...s.extraCompetences],
    applicantOrganisationIds: s.organisationIds,
    applicantRegion: s.region,
    conflictPersonIds: [s.initiatorId, ...s.conflictIds],
    excludedPersonIds: excludedFromPanel(s),
    takenRegions: role === 'arbiter' ? [] : regions,
    minRegions: role === 'arbiter' ? 1 : selection.minRegions,
    excludeApplicantRegion: selection.excludeApplicantRegion,
    overdueLimit: selection.overdueLimit,
    today: rec.ctx.today,
  };
  const { chosen, excluded, missing } = selectExperts(candidates, request);
  rec.emit('P02-T40', 'panel.candidates_listed', {
    key: p.key,
    role,
    seed: p.seed,
    request,
    candidates,
    chosen: chosen.map((c) => c.personId),
    excluded,
    missing,
    regions: Object.fromEntries(chosen.map((c) => [c.personId, c.regionCode])),
  });
  for (const [i, { personId }] of chosen.entries()) {
    desk.assign(rec, free[i] as Task, personId);
    const max = candidates.find((c) => c.personId === personId)?.maxOpenTasks ?? 1;
    rec.claim({
      kind: 'load',
      personId,
      max,
      denial: { code: 'load', message: 'Эксперт уже занят: отбор повторяется.' },
    });
  }
  if (missing === 0 || s.poolWait > 0) return;
  rec.emit('P02-T41', 'panel.pool_empty', { role, missing });
  for (const task of free.slice(chosen.length))
    rec.emit('TASK-02', 'task.nobody_eligible', { taskId: task.id, call: 0 });
}

/** An accepted task begins its term. */
export function onAccepted(rec: Rec, task: Task): void {
  desk.startTerm(rec, task.id, 'эксперт принял задачу');
}

function take(rec: Rec, p: Payload, asked: string[]): Task {
  const task = desk.find(rec, p.taskId);
  const { verdict, scores, remarks, document, deficits = [] } = p;
  const errors = checkConclusion({ verdict, scores, remarks }, rec.ctx.policy.criteria, asked);
  if (errors.length > 0)
    deny('conclusion_incomplete', 'Заключение не закончено. Исправьте поля, названные ниже.', { errors });
  desk.submit(rec, task, { verdict, scores, remarks, document, deficits });
  return task;
}

/** Deficits the experts named, and the criteria somebody failed: the demand for training. */
function deficitsOf(s: S, aggregation: Aggregation): string[] {
  const named = seats(s).flatMap((t) => (t.result?.deficits as string[] | undefined) ?? []);
  return [...new Set([...aggregation.failed, ...named])].sort();
}

/** When all conclusions are in: the table of the policy, or an arbiter. */
function conclude(rec: Rec): void {
  const { state: s, ctx } = rec;
  const present = seats(s);
  if (present.length < ctx.policy.panel.size || present.some((t) => t.state !== 'done')) return;
  const conclusions = present.map((t) => ({
    ...(t.result as unknown as Conclusion),
    taskId: t.id,
    ordinal: t.ordinal,
  }));
  const aggregation = aggregate(conclusions, ctx.policy.panel.aggregation, ctx.policy.criteria);
  const arbiter = arbiterSeat(s);
  if (aggregation.result !== 'arbitration')
    return toEvaluated(rec, 'P02-T44', 'panel.concluded', {
      aggregation,
      recommendation: aggregation.result,
      deficits: deficitsOf(s, aggregation),
    });
  rec.emit('P02-T43', 'panel.disagreed', { aggregation });
  if (arbiter?.state === 'on_hold') return desk.resume(rec, [arbiter]);
  if (arbiter?.state === 'done') return arbiterStands(rec, aggregation, arbiter.result?.verdict as Verdict);
  if (!arbiter)
    desk.seat(rec, {
      kind: 'arbitration',
      role: 'arbiter',
      ordinal: 0,
      group: panelGroup(s),
      term: ctx.policy.terms.arbitration,
    });
}

function arbiterStands(rec: Rec, aggregation: Aggregation, said: Verdict): void {
  const recommendation = arbitrate(aggregation, said);
  toEvaluated(rec, 'P02-T45', 'panel.arbitrated', {
    aggregation,
    recommendation,
    deficits: deficitsOf(rec.state, aggregation),
  });
}

/** The evaluation is there: the secretary chooses a sitting. */
export function toEvaluated(rec: Rec, row: string, type: string, facts: Payload): void {
  desk.cancelOpen(rec, 'not_needed', (t) => t.nature !== 'personal');
  rec.emit(row, type, { ...facts, to: 'evaluated' });
  ask(rec, 'fix_sitting', 'fixSitting', 'экспертная оценка завершена');
}

function voidConclusion(rec: Rec, p: Payload): void {
  const task = desk.find(rec, p.taskId);
  rec.emit('TASK-22', 'task.voided', { taskId: task.id, personId: task.assigneeId ?? null, cause: 'conflict' });
  desk.cancelOpen(rec, 'recalculated', (t) => t.kind !== 'fix_sitting');
  // An arbiter replaced by another answers the same disagreement; a replaced expert makes the table run again.
  rec.emit('P02-T46', 'panel.voided', { to: 'tested', taskId: task.id, keepAggregation: task.kind === 'arbitration' });
  const arbiter = arbiterSeat(rec.state);
  if (task.kind === 'review' && arbiter && isOpen(arbiter))
    desk.hold(rec, [arbiter], 'заключение эксперта заменяется', 'expert');
  desk.replace(rec, task);
}

export const panelRules: Rules = {
  submitReview: {
    labelRu: 'Отправить заключение',
    tone: 'primary',
    stages: ['tested'],
    roles: ['expert'],
    task: ['review'],
    unless: inWork,
    apply: (rec, p) => {
      take(
        rec,
        p,
        rec.ctx.policy.criteria.map((c) => c.code),
      );
      conclude(rec);
    },
  },
  submitArbitration: {
    labelRu: 'Отправить заключение арбитра',
    tone: 'primary',
    stages: ['tested'],
    roles: ['arbiter'],
    task: ['arbitration'],
    unless: (s, ctx, task) =>
      seats(s).every((t) => t.state === 'done') ? inWork(s, ctx, task) : 'Заключение эксперта заменяется: подождите.',
    apply: (rec, p) => {
      const { panelAggregation } = rec.state;
      if (!panelAggregation) deny('not_now', 'Разногласия нет.');
      const mandatory = rec.ctx.policy.criteria.filter((c) => c.mandatory).map((c) => c.code);
      const disputed = panelAggregation.disputed;
      take(rec, p, disputed.length > 0 ? disputed : mandatory);
      arbiterStands(rec, panelAggregation, p.verdict as Verdict);
    },
  },
  voidConclusion: {
    labelRu: 'Признать заключение недействительным',
    tone: 'danger',
    stages: ['tested', 'evaluated'],
    roles: ['secretary'],
    task: ['review', 'arbitration'],
    onDone: true,
    unless: (s, _ctx, task) => {
      if (task?.state !== 'done' || task.group !== panelGroup(s))
        return 'Недействительным признают отправленное заключение этой группы.';
      return s.booking ? 'Вопрос уже в повестке заседания.' : null;
    },
    apply: voidConclusion,
  },
  widenPool: {
    labelRu: 'Расширить отбор экспертов',
    stages: ['tested'],
    roles: ['secretary'],
    unless: (s) => (s.poolWait > 0 ? null : 'Подходящих экспертов достаточно.'),
    apply: (rec, p) =>
      rec.emit('P02-T42', 'panel.pool_widened', { extraCompetences: p.extraCompetences ?? [], statement: p.statement }),
  },
  attachPublicOpinion: {
    labelRu: 'Приложить мнение общественности',
    stages: ['tested', 'evaluated'],
    roles: ['public_rep', 'secretary'],
    apply: (rec, p) => rec.emit('P02-T48', 'public_opinion.attached', { document: p.document, body: p.body }),
  },
};
