/**
 * What may happen in a certification case. `decide` answers a command with events or a denial; every event names its row of `stages.ts`.
 *
 * Reading order: people before the decision → panel and expertise → decision and appeal → the entry in force → facts and deadlines.
 * Source: specification P01; common rules 3.1, 3.3, 3.4, 3.9.
 */
import { grantingAssignment, hasRole } from '../kit/actors.ts';
import { addDays } from '../kit/dates.ts';
import { derivedId } from '../kit/ids.ts';
import { aggregate, arbitrate, checkConclusion, selectExperts, type Aggregation, type Candidate, type Conclusion, type CriterionRule, type Verdict } from '../kit/panel.ts';
import { deny, Denied, Recorder } from '../kit/recorder.ts';
import { isOpen, isWorking, parseTaskKey, taskDue, type Task } from '../kit/task.ts';
import type { Actor, Command, Context, Decision, Role, Scope, WorkItem } from '../kit/types.ts';
import type { CertificationPolicy, PanelPolicy } from './policy.ts';
import { checkProgramme, compareVersions, isSubstantial, networkKey, programmeKey, type ProgrammeFacts } from './programme-rules.ts';
import { BEFORE_DECISION, getRow, IN_FORCE, PROVIDER, STAGES, startsFrom } from './stages.ts';
import { arbiterGroup, arbiterSeat, currentVersion, evolve, panelGroup, seats, type CertificationState, type RelatedCase, type RoundResult } from './state.ts';
import { deadlines, taskClock, validUntil } from './terms.ts';

type S = CertificationState;
type Ctx = Context<CertificationPolicy>;
type Rec = Recorder<S, CertificationPolicy>;
type Payload = Record<string, any>;

// ── Entry point ────────────────────────────────────────────────────────────────

/** Answers one command. Pure: the same state, command and context give the same answer for ever. */
export function decide(state: S | null, command: Command, ctx: Ctx): Decision {
  const rec: Rec = new Recorder(state, command, ctx, evolve, getRow);
  try {
    run(state, rec);
    return rec.decision;
  } catch (refusal) {
    if (!(refusal instanceof Denied)) throw refusal;
    const possible = state ? possibleActions(state, command.actor, ctx) : undefined;
    return { ok: false, denial: { ...refusal.denial, ...(possible ? { possible } : {}) }, ...(refusal.record ? { record: refusal.record } : {}) };
  }
}

function run(state: S | null, rec: Rec): void {
  const { type } = rec.command;
  if (state === null) {
    if (type === 'submit') return submit(rec);
    if (type === 'open_related') return openRelated(rec);
    deny('case_not_found', 'Такого дела нет.');
  }
  if (type === 'submit' || type === 'open_related') deny('already_open', 'Дело уже открыто.');
  if (type === 'deadline') return onDeadline(rec, rec.command.payload.key as string);
  if (type.startsWith('work:')) return onWork(rec, type.slice(5));
  if (type.startsWith('fact:')) return onFact(rec, type.slice(5));
  const rule = RULES[type];
  if (!rule) deny('unknown_action', 'Такого действия нет.');
  const refusal = checkRule(rule, state, rec.command.actor, rec.ctx, rec.command.payload);
  if (refusal) {
    lateAnswer(rec, type);
    throw new Denied(refusal);
  }
  rule.apply(rec, rec.command.payload);
}

// ── Who may do what and when: one description for the server and the buttons ───

interface Rule {
  labelRu: string;
  tone?: 'primary' | 'danger' | 'plain';
  /** Stages it is possible in; `any` = any open one. */
  stages: string[] | 'any';
  roles: Role[];
  /** Kinds of task it is about; then the payload names one. */
  task?: string[];
  /** Further condition on the state; a sentence when it does not hold. */
  unless?(s: S, ctx: Ctx, task: Task | undefined, actor: Actor): string | null;
  apply(rec: Rec, p: Payload): void;
  /** Offered beside the task rather than on the case page. */
  perTask?: boolean;
  /** Possible while a court holds the case. */
  whileHeld?: boolean;
}

const org = (s: S): Scope[] => s.organisationIds.map((id) => ({ kind: 'organisation', id }));
const jurisdiction = (ctx: Ctx): Scope[] => [{ kind: 'jurisdiction', id: ctx.jurisdiction.id }];

function scopesOf(roles: Role[], s: S, ctx: Ctx): Scope[] {
  return roles.some((r) => PROVIDER.includes(r)) ? org(s) : jurisdiction(ctx);
}

/** `null` when the actor may do it now; otherwise why not. The order of the checks is from the most to the least telling sentence. */
function checkRule(rule: Rule, s: S, actor: Actor, ctx: Ctx, payload: Payload): { code: string; message: string } | null {
  if (actor.kind !== 'person') return { code: 'not_for_system', message: 'Это действие человека.' };
  const task = rule.task ? s.tasks.find((t) => t.id === payload.taskId) : undefined;
  if (rule.task) {
    if (!task || !rule.task.includes(task.kind)) return { code: 'task_not_found', message: 'Такой задачи в деле нет.' };
    const refusal = checkTaskActor(rule, task, s, actor, ctx);
    if (refusal) return refusal;
  } else {
    const own = rule.roles.some((r) => PROVIDER.includes(r)) && hasRole(actor, rule.roles, org(s), ctx.today);
    if (!own && !hasRole(actor, rule.roles, scopesOf(rule.roles, s, ctx), ctx.today)) return { code: 'role_missing', message: 'Для этого действия нужна другая роль.' };
    if (!own && !rule.roles.includes('expert')) {
      const segregated = segregation(s, actor);
      if (segregated) return segregated;
    }
  }
  if (rule.stages !== 'any' && !rule.stages.includes(s.stage))
    return { code: 'stage', message: `На этапе «${STAGES[s.stage]?.labelRu ?? s.stage}» это невозможно.` };
  if (STAGES[s.stage]?.final) return { code: 'case_closed', message: 'Дело завершено и больше не меняется.' };
  if (s.held && !rule.whileHeld) return { code: 'held', message: 'Дело приостановлено судом: действия возможны после возобновления.' };
  const why = rule.unless?.(s, ctx, task, actor);
  return why ? { code: 'not_now', message: why } : null;
}

/** Nobody reviews, decides or registers his own case or that of his organisation. */
function segregation(s: S, actor: Actor): { code: string; message: string } | null {
  if (actor.kind !== 'person') return null;
  const persons = [actor.personId, ...(actor.onBehalfOf ? [actor.onBehalfOf.personId] : [])];
  if (persons.includes(s.initiatorId) || actor.organisationIds.some((id) => s.organisationIds.includes(id)))
    return { code: 'segregation', message: 'Нельзя вести дело своей организации или своё собственное.' };
  return null;
}

function checkTaskActor(rule: Rule, task: Task, s: S, actor: Extract<Actor, { kind: 'person' }>, ctx: Ctx): { code: string; message: string } | null {
  const byOffice = hasRole(actor, rule.roles, jurisdiction(ctx), ctx.today);
  if (task.nature === 'personal' && rule.roles.includes(task.role)) {
    // The assignee acts himself: a personal task is never substituted (3.3).
    if (task.assigneeId === actor.personId && !actor.onBehalfOf) return null;
    if (actor.onBehalfOf && task.assigneeId === actor.onBehalfOf.personId) return { code: 'personal_task', message: 'Личную задачу эксперта нельзя выполнить за него: её можно только передать.' };
    if (!byOffice || rule.roles.every((r) => r === task.role)) return { code: 'not_assignee', message: 'Задача поручена другому человеку.' };
    return segregation(s, actor);
  }
  if (!byOffice) return { code: 'role_missing', message: 'Для этого действия нужна другая роль.' };
  if (task.kind === 'appeal_decision' && excludedFromAppeal(s).includes(actor.personId))
    return { code: 'segregation', message: 'Участник первого решения или экспертизы не рассматривает апелляцию.' };
  if (task.nature === 'office' && rule.roles.includes(task.role) && task.assigneeId && task.assigneeId !== actor.personId && task.assigneeId !== actor.onBehalfOf?.personId && isOpen(task) && !rule.roles.includes('admin'))
    return { code: 'taken', message: 'Задачу уже взял в работу другой сотрудник.' };
  return segregation(s, actor);
}

/** Codes of everything the actor may do now; part of every denial. */
export function possibleActions(s: S, actor: Actor, ctx: Ctx): string[] {
  return offers(s, actor, ctx)
    .filter((o) => o.allowed)
    .map((o) => o.type)
    .filter((type, i, all) => all.indexOf(type) === i);
}

export interface Offer {
  type: string;
  labelRu: string;
  allowed: boolean;
  whyNot?: string;
  taskId?: string;
  tone?: 'primary' | 'danger' | 'plain';
}

/**
 * Every action the actor's roles know, with the reason where it is not possible now. Actions of roles he does not hold are not listed.
 */
export function offers(s: S, actor: Actor, ctx: Ctx): Offer[] {
  const out: Offer[] = [];
  for (const [type, rule] of Object.entries(RULES)) {
    const targets = rule.task ? s.tasks.filter((t) => rule.task?.includes(t.kind) && (isOpen(t) || (t.state === 'done' && (type === 'returnForDefect' || type === 'voidConclusion')))) : [undefined];
    for (const task of targets) {
      const refusal = checkRule(rule, s, actor, ctx, task ? { taskId: task.id } : {});
      if (refusal && HIDDEN.has(refusal.code)) continue;
      out.push({
        type,
        labelRu: rule.labelRu,
        allowed: refusal === null,
        ...(refusal ? { whyNot: refusal.message } : {}),
        ...(task ? { taskId: task.id } : {}),
        ...(rule.tone ? { tone: rule.tone } : {}),
      });
    }
  }
  return out;
}
const HIDDEN = new Set(['role_missing', 'task_not_found', 'not_assignee', 'not_for_system', 'case_closed']);

/** A late answer of a former assignee is refused politely and kept as a note (3.3). */
function lateAnswer(rec: Rec, type: string): void {
  if (type !== 'submitReview' && type !== 'submitArbitration') return;
  const task = rec.state.tasks.find((t) => t.id === rec.command.payload.taskId);
  const { actor } = rec.command;
  if (!task || actor.kind !== 'person' || task.assigneeId !== actor.personId || isOpen(task) || task.state === 'done') return;
  if (STAGES[rec.state.stage]?.final) return;
  rec.emit('TASK-24', 'task.late_answer_noted', { taskId: task.id, personId: actor.personId, document: rec.command.payload.document });
  throw new Denied(
    { code: 'late_answer', message: 'Спасибо за работу. Задача уже передана другому эксперту, поэтому заключение не учитывается; мы сохранили его как примечание.' },
    rec.events,
  );
}

// ── Submission ────────────────────────────────────────────────────────────────

const SCOPE_PROGRAMME = (ctx: Ctx) => `dpp-programme:${ctx.jurisdiction.id}`;
const SCOPE_NETWORK = (ctx: Ctx) => `dpp-network:${ctx.jurisdiction.id}`;

function requireSignatory(actor: Actor, organisationIds: string[], today: string): string {
  if (actor.kind !== 'person') deny('not_for_system', 'Заявку подписывает человек.');
  const scopes: Scope[] = organisationIds.map((id) => ({ kind: 'organisation', id }));
  const granted = grantingAssignment(actor, PROVIDER, scopes, today);
  if (!granted) deny('role_missing', 'Подать заявку может только представитель этой организации.');
  const head = grantingAssignment(actor, ['provider_head'], scopes, today);
  const byAct = actor.assignments.find((a) => PROVIDER.includes(a.role) && a.actId && a.from <= today && (!a.to || a.to >= today) && a.scope.kind === 'organisation' && organisationIds.includes(a.scope.id));
  if (!head && !byAct) deny('no_signature', 'Заявку подписывает руководитель организации или представитель по доверенности.');
  return actor.personId;
}

function requireInvariants(programme: ProgrammeFacts, ctx: Ctx): void {
  const errors = checkProgramme(programme, ctx.policy.minHours);
  if (errors.length > 0) deny('programme_invalid', 'В программе есть расхождения. Исправьте строки, названные ниже.', { errors: errors.map((e) => ({ ...e, pointer: `/programme${e.pointer}` })) });
}

function submit(rec: Rec): void {
  const { ctx } = rec;
  const p = rec.command.payload as Payload;
  const programme = p.programme as ProgrammeFacts;
  const initiatorId = requireSignatory(rec.command.actor, [programme.providerId], ctx.today);
  requireInvariants(programme, ctx);
  open(rec, { programme, document: p.document, initiatorId, variant: 'original' });
  rec.claim({
    kind: 'unique',
    scope: SCOPE_PROGRAMME(ctx),
    key: programmeKey(programme),
    denial: { code: 'duplicate', message: 'Такая программа этой организации уже рассматривается, действует в реестре или получила отказ менее трёх месяцев назад.' },
  });
  const network = networkKey(programme);
  if (network)
    rec.claim({ kind: 'unique', scope: SCOPE_NETWORK(ctx), key: network, denial: { code: 'network_duplicate', message: 'Эту сетевую программу уже подала другая организация-партнёр: заявку ведёт она.' } });
}

function openRelated(rec: Rec): void {
  if (rec.command.actor.kind !== 'system') deny('not_for_people', 'Связанное дело открывает платформа.');
  const p = rec.command.payload as Payload;
  open(rec, { programme: p.programme, document: p.document, initiatorId: p.initiatorId, variant: p.kind, parent: p.parent, shortened: p.shortened === true });
}

function open(rec: Rec, facts: Payload): void {
  const { ctx } = rec;
  const year = ctx.today.slice(0, 4);
  const { numbering } = ctx.policy;
  rec.emit('P01-T03', 'application.submitted', { ...facts, to: 'technical_check', policyVersionId: ctx.policyVersionId });
  rec.claim({
    kind: 'serial',
    series: `${numbering.prefix}:${ctx.jurisdiction.id}:${year}`,
    event: 0,
    field: 'number',
    prefix: `${numbering.prefix}-${ctx.jurisdiction.regionCode}-${year}-`,
    width: numbering.width,
  });
  officeTask(rec, 'technical_check', 'fed_operator', ctx.policy.terms.technicalCheck, 'заявка зарегистрирована');
}

// ── Tasks ─────────────────────────────────────────────────────────────────────

function officeTask(rec: Rec, kind: string, role: Role, term: CertificationPolicy['terms']['decision'], termEvent: string): void {
  const s = rec.state;
  const task: Task = {
    id: derivedId(rec.ctx.caseId, `task:${s.taskCount + 1}`),
    kind,
    nature: 'office',
    role,
    scope: { kind: 'jurisdiction', id: rec.ctx.jurisdiction.id },
    state: 'assigned',
    ordinal: 0,
    createdOn: rec.ctx.today,
    assignedOn: rec.ctx.today,
    term,
    termFrom: rec.ctx.today,
    termEvent,
    pauses: [],
    reminded: [],
    escalations: 0,
  };
  rec.emit('TASK-27', 'task.created', { task });
}

function seatTask(rec: Rec, kind: 'review' | 'arbitration', ordinal: number, more: Partial<Task>): Task {
  const s = rec.state;
  const task: Task = {
    id: derivedId(rec.ctx.caseId, `task:${s.taskCount + 1}`),
    kind,
    nature: 'personal',
    role: kind === 'review' ? 'expert' : 'arbiter',
    scope: { kind: 'case', id: rec.ctx.caseId },
    state: 'created',
    group: kind === 'review' ? panelGroup(s) : arbiterGroup(s),
    ordinal,
    createdOn: rec.ctx.today,
    pauses: [],
    reminded: [],
    escalations: 0,
    ...more,
  };
  rec.emit('TASK-27', 'task.created', { task });
  return task;
}

function findTask(rec: Rec, id: unknown): Task {
  const task = rec.state.tasks.find((t) => t.id === id);
  if (!task) deny('task_not_found', 'Такой задачи в деле нет.');
  return task;
}

/** A seat is free again: a new task with a fresh term; the next listing fills it. */
function replaceSeat(rec: Rec, old: Task): void {
  const { terms } = rec.ctx.policy;
  const term = old.kind === 'arbitration' ? terms.arbitration : rec.state.round > 1 ? terms.laterRound : terms.expertise;
  seatTask(rec, old.kind as 'review' | 'arbitration', old.ordinal, { replaces: old.id, term });
}

function replaceOffice(rec: Rec, old: Task): void {
  const { pauses: _p, ...rest } = old;
  const task: Task = { ...rest, id: derivedId(rec.ctx.caseId, `task:${rec.state.taskCount + 1}`), state: 'assigned', replaces: old.id, pauses: old.pauses, reminded: [], escalations: 0 };
  delete task.assigneeId;
  delete task.acceptedOn;
  delete task.heldState;
  rec.emit('TASK-27', 'task.created', { task });
}

function endTask(rec: Rec, row: string, type: string, task: Task, cause: string): void {
  rec.emit(row, type, { taskId: task.id, personId: task.assigneeId ?? null, cause });
  if (task.nature === 'personal') replaceSeat(rec, task);
  else replaceOffice(rec, task);
}

function cancelOpenTasks(rec: Rec, cause: string, keep: (t: Task) => boolean = () => false): void {
  for (const task of rec.state.tasks.filter((t) => isOpen(t) && !keep(t))) rec.emit('TASK-20', 'task.cancelled', { taskId: task.id, personId: task.assigneeId ?? null, cause });
}

function finishOffice(rec: Rec, p: Payload, result: Payload = {}): Task {
  const task = findTask(rec, p.taskId);
  const { actor } = rec.command;
  const personId = actor.kind === 'person' ? actor.personId : null;
  if (task.state === 'assigned') rec.emit('TASK-25', 'task.accepted', { taskId: task.id, personId });
  rec.emit('TASK-09', 'task.submitted', { taskId: task.id, personId, late: isLate(rec, task), result });
  return task;
}

/** Late if the due day is over when the platform receives the answer. */
function isLate(rec: Rec, task: Task): boolean {
  const d = taskDue(task, taskClock(rec.ctx));
  return d !== undefined && rec.ctx.now >= d.dueAt;
}

// ── Panel ─────────────────────────────────────────────────────────────────────

const panelPolicy = (s: S, ctx: Ctx): PanelPolicy => (s.shortened && ctx.policy.shortenedPanel ? ctx.policy.shortenedPanel : ctx.policy.panel);

function askedCriteria(s: S, ctx: Ctx): CriterionRule[] {
  return s.asked.length === 0 ? ctx.policy.criteria : ctx.policy.criteria.filter((c) => s.asked.includes(c.code));
}

function formPanel(rec: Rec): void {
  const size = panelPolicy(rec.state, rec.ctx).size;
  for (let ordinal = 1; ordinal <= size; ordinal++) seatTask(rec, 'review', ordinal, { term: rec.ctx.policy.terms.expertise });
}

/** Everybody who may not sit on this panel: its own members, those who declined or were replaced, members of a first decision. */
function excludedPersons(s: S): string[] {
  const present = s.tasks.filter((t) => t.nature === 'personal' && t.group?.startsWith(`panel:${s.panel}/`)).map((t) => t.assigneeId);
  return [...new Set([...present, ...s.involved].filter((id): id is string => typeof id === 'string'))];
}

function excludedFromAppeal(s: S): string[] {
  const panel = s.tasks.filter((t) => t.nature === 'personal').map((t) => t.assigneeId);
  return [...s.involved, ...(s.decision?.takenBy ?? []), ...panel].filter((id): id is string => typeof id === 'string');
}

function onCandidates(rec: Rec, p: Payload): void {
  const { ctx } = rec;
  const s = rec.state;
  const role: Role = p.role;
  const open = s.tasks.filter((t) => t.state === 'created' && t.nature === 'personal' && t.role === role);
  if (open.length === 0) deny('nothing_to_select', 'Свободных мест в группе нет.');
  const { selection } = panelPolicy(s, ctx);
  const seated = seats(s).filter((t) => t.assigneeId);
  const takenRegions = seated.map((t) => s.regions[t.assigneeId as string]).filter((r): r is string => Boolean(r));
  const arbiter = role === 'arbiter';
  const request = {
    seed: p.seed as string,
    size: open.length,
    competences: [...currentVersion(s).facts.competences, ...s.widened.extraCompetences],
    applicantOrganisationIds: s.organisationIds,
    applicantRegion: s.applicantRegion,
    conflictPersonIds: [s.initiatorId],
    excludedPersonIds: excludedPersons(s),
    takenRegions: arbiter ? [] : takenRegions,
    ...(arbiter && !selection.arbiterFromPanelRegions ? { avoidRegions: takenRegions } : {}),
    minRegions: arbiter || s.widened.relaxRegions ? 1 : selection.minRegions,
    excludeApplicantRegion: selection.excludeApplicantRegion && !s.widened.allowApplicantRegion,
    overdueLimit: selection.overdueLimit,
    today: ctx.today,
  };
  const candidates = p.candidates as Candidate[];
  const { chosen, excluded, missing } = selectExperts(candidates, request);
  const regions = Object.fromEntries(chosen.map((c) => [c.personId, c.regionCode]));
  rec.emit('P01-T15', 'panel.candidates_listed', { key: p.key, role, seed: p.seed, request, candidates, chosen: chosen.map((c) => c.personId), excluded, missing, regions });
  chosen.forEach((c, i) => {
    const task = open[i] as Task;
    rec.emit('TASK-01', 'task.assigned', { taskId: task.id, personId: c.personId });
    if (rec.state.panelComplete || arbiter) startTerm(rec, task.id);
    const max = candidates.find((x) => x.personId === c.personId)?.maxOpenTasks ?? 1;
    rec.claim({ kind: 'load', personId: c.personId, max, denial: { code: 'load', message: 'Эксперт уже занят: отбор повторяется.' } });
  });
  if (missing > 0 && s.poolWait === 0) {
    rec.emit('P01-T12', 'panel.pool_empty', { role, missing, excluded: countBy(excluded.map((x) => x.why)) });
    for (const task of open.slice(chosen.length)) rec.emit('TASK-02', 'task.nobody_eligible', { taskId: task.id, call: 0 });
  }
}

function countBy(values: string[]): Record<string, number> {
  const out: Record<string, number> = {};
  for (const v of values) out[v] = (out[v] ?? 0) + 1;
  return out;
}

/** The term of a task begins: all seats of a first round at once, a replacement when it is assigned. */
function startTerm(rec: Rec, taskId: string): void {
  const task = findTask(rec, taskId);
  if (!task.term || task.termFrom) return;
  rec.emit('TASK-28', 'task.term_started', { taskId, event: task.replaces ? 'задача поручена другому эксперту' : 'задача поручена' });
}

/** When every seat is accepted the panel is complete and the common term of expertise begins. */
function completePanel(rec: Rec): void {
  const s = rec.state;
  const present = seats(s);
  if (s.stage !== 'panel_forming' || present.length < panelPolicy(s, rec.ctx).size || present.some((t) => t.state !== 'in_progress')) return;
  rec.emit('P01-T11', 'panel.completed', { to: 'under_expertise', regions: [...new Set(present.map((t) => s.regions[t.assigneeId as string]))], waiver: s.widened });
  for (const task of present) rec.emit('TASK-28', 'task.term_started', { taskId: task.id, event: 'группа экспертов сформирована' });
}

function conclusionOf(task: Task): Conclusion {
  const r = task.result as Payload;
  return { taskId: task.id, ordinal: task.ordinal, verdict: r.verdict, scores: r.scores, remarks: r.remarks };
}

function remarkIds(conclusions: Conclusion[]): string[] {
  return conclusions.flatMap((c) => c.remarks.map((r) => `${c.ordinal}.${r.id}`));
}

/** Runs the table of the policy when all conclusions that count are in, and follows the row it leads to. */
function concludeRound(rec: Rec): void {
  const s = rec.state;
  const present = seats(s);
  if (s.stage !== 'under_expertise' || present.length < panelPolicy(s, rec.ctx).size || present.some((t) => t.state !== 'done')) return;
  const conclusions = present.map(conclusionOf);
  const aggregation = aggregate(conclusions, panelPolicy(s, rec.ctx).aggregation, askedCriteria(s, rec.ctx));
  const standing = s.results.find((r) => r.panel === s.panel && r.round === s.round)?.arbiter;
  const result: RoundResult = { panel: s.panel, round: s.round, aggregation, ...(standing ? { arbiter: standing } : {}) };
  const waiting = arbiterSeat(s);
  if (aggregation.result !== 'arbitration' && waiting && isOpen(waiting)) rec.emit('TASK-20', 'task.cancelled', { taskId: waiting.id, personId: waiting.assigneeId ?? null, cause: 'not_needed' });
  switch (aggregation.result) {
    case 'approve':
      return proposeDecision(rec, 'P01-T16', 'expertise.approved', { kind: 'certify', basis: 'panel' }, { result });
    case 'reject':
      return proposeDecision(rec, 'P01-T17', 'expertise.rejected', { kind: 'refuse', basis: 'panel' }, { result });
    case 'revise':
      if (s.roundsUsed < rec.ctx.policy.limits.rounds) return askRevision(rec, 'P01-T18', 'expertise.revision_asked', { result, remarkIds: remarkIds(conclusions), minor: aggregation.minor });
      return proposeDecision(rec, 'P01-T19', 'expertise.rounds_used', { kind: 'refuse', basis: 'rounds_used' }, { result });
    case 'arbitration':
      return disagree(rec, result, conclusions);
  }
}

function disagree(rec: Rec, result: RoundResult, conclusions: Conclusion[]): void {
  const s = rec.state;
  if (result.arbiter) {
    const verdict = arbitrate(result.aggregation, result.arbiter.verdict);
    if (verdict === 'revise' && s.roundsUsed < rec.ctx.policy.limits.rounds)
      return askRevision(rec, 'P01-T27', 'expertise.arbiter_stands', { result, remarkIds: remarkIds(conclusions) });
    return proposeDecision(rec, 'P01-T26', 'expertise.arbiter_stands', verdict === 'approve' ? { kind: 'certify', basis: 'arbiter' } : { kind: 'refuse', basis: verdict === 'revise' ? 'rounds_used' : 'arbiter' }, { result });
  }
  const held = arbiterSeat(s);
  const former = s.results.filter((r) => r.panel === s.panel && r.round < s.round && r.arbiter).at(-1)?.arbiter;
  rec.emit(former && !held ? 'P01-T21' : 'P01-T20', 'expertise.disagreed', { to: 'arbitration', result });
  if (held) {
    if (held.state === 'on_hold') rec.emit('TASK-19', 'task.resumed', { taskId: held.id, personId: held.assigneeId ?? null });
    return;
  }
  const task = seatTask(rec, 'arbitration', 0, { term: rec.ctx.policy.terms.arbitration });
  if (former) {
    rec.emit('TASK-01', 'task.assigned', { taskId: task.id, personId: former.personId });
    startTerm(rec, task.id);
  }
}

function askRevision(rec: Rec, row: string, type: string, facts: Payload): void {
  rec.emit(row, type, { ...facts, to: 'revision', stageTerm: rec.ctx.policy.terms.revision });
}

function proposeDecision(rec: Rec, row: string, type: string, proposal: NonNullable<S['proposal']>, facts: Payload = {}): void {
  rec.emit(row, type, { ...facts, to: 'decision_pending', proposal });
  officeTask(rec, 'decision', 'fed_coordinator', rec.ctx.policy.terms.decision, 'дело передано на решение');
}

function submitConclusion(rec: Rec, p: Payload, asked: CriterionRule[]): Task {
  const task = findTask(rec, p.taskId);
  const conclusion = { verdict: p.verdict as Verdict, scores: p.scores as Record<string, number>, remarks: p.remarks as Conclusion['remarks'] };
  const errors = checkConclusion(
    conclusion,
    rec.ctx.policy.criteria,
    asked.map((c) => c.code),
  );
  if (errors.length > 0) deny('conclusion_incomplete', 'Заключение не закончено. Исправьте поля, названные ниже.', { errors });
  const { actor } = rec.command;
  rec.emit('TASK-09', 'task.submitted', {
    taskId: task.id,
    personId: actor.kind === 'person' ? actor.personId : null,
    late: isLate(rec, task),
    result: { ...conclusion, document: p.document },
  });
  return task;
}

// ── Decision, appeal, entry ───────────────────────────────────────────────────

function releaseClaims(rec: Rec): void {
  const first = rec.state.versions[0];
  if (!first || rec.state.variant !== 'original') return;
  rec.claim({ kind: 'release', scope: SCOPE_PROGRAMME(rec.ctx), key: programmeKey(first.facts) });
  const network = networkKey(first.facts);
  if (network) rec.claim({ kind: 'release', scope: SCOPE_NETWORK(rec.ctx), key: network });
}

function decisionMakers(rec: Rec): string[] {
  const { actor } = rec.command;
  return actor.kind === 'person' ? [actor.personId, ...(actor.onBehalfOf ? [actor.onBehalfOf.personId] : [])] : [];
}

/** A new entry: the gapless registry number is claimed in the same transaction and written into `facts.entryNumber`. */
function enterRegister(rec: Rec, row: string, type: string, order: { number: string; date: string }, more: Payload = {}): void {
  const { ctx } = rec;
  const s = rec.state;
  const index = rec.events.length;
  const entry = { version: 1, validFrom: ctx.today, validUntil: validUntil(ctx, s, ctx.today), order };
  rec.emit(row, type, { to: 'certified', entry, takenBy: decisionMakers(rec), outcome: 'granted', ...more });
  rec.claim({ kind: 'serial', series: `${ctx.policy.numbering.registryPrefix}:${ctx.jurisdiction.id}`, event: index, field: 'entryNumber', prefix: `${ctx.policy.numbering.registryPrefix}-`, width: 6 });
}

function certify(rec: Rec, p: Payload): void {
  finishOffice(rec, p, { decision: 'certify' });
  if (rec.state.parent) rec.emit('P01-T39', 'programme.incorporated', { to: 'incorporated', order: p.order, takenBy: decisionMakers(rec), outcome: 'granted' });
  else enterRegister(rec, 'P01-T38', 'programme.certified', p.order);
}

function refuse(rec: Rec, p: Payload): void {
  finishOffice(rec, p, { decision: 'refuse' });
  const formal = rec.state.proposal?.basis === 'technical' || rec.state.proposal?.basis === 'licence';
  rec.emit('P01-T40', 'programme.refused', { to: 'refused', order: p.order, reasonCodes: p.reasonCodes, formal, takenBy: decisionMakers(rec), outcome: 'refused', statement: p.statement });
}

function everybodyInvolved(s: S): string[] {
  const experts = s.tasks.filter((t) => t.nature === 'personal' && t.assigneeId).map((t) => t.assigneeId as string);
  return [...new Set([...s.involved, ...experts, ...(s.decision?.takenBy ?? [])])];
}

function backToPanel(rec: Rec, row: string, type: string, facts: Payload): void {
  rec.emit(row, type, { ...facts, to: 'panel_forming', stageTerm: rec.ctx.policy.terms.panelForming, involved: everybodyInvolved(rec.state) });
  formPanel(rec);
}

function decideAppeal(rec: Rec, p: Payload): void {
  const s = rec.state;
  const former = s.formerStage ?? 'refused';
  finishOffice(rec, p, { outcome: p.outcome });
  if (p.outcome === 'upheld') {
    rec.emit('P01-T48', 'appeal.upheld', { to: former, order: p.order, takenBy: decisionMakers(rec) });
    return finishIfOver(rec);
  }
  if (p.outcome === 'returned') {
    if (former !== 'refused' || s.decision?.formal) deny('no_expertise', 'По этому решению экспертизы не было: его можно оставить или изменить.');
    return backToPanel(rec, 'P01-T49', 'appeal.returned', { order: p.order, takenBy: decisionMakers(rec) });
  }
  if (!s.decision?.formal) deny('expertise_needed', 'Изменить можно только решение, для которого не нужна экспертиза: исключение из реестра или отказ по формальной причине.');
  if (s.entry) rec.emit('P01-T50', 'appeal.changed', { to: 'certified', order: p.order, takenBy: decisionMakers(rec), outcome: 'granted' });
  else enterRegister(rec, 'P01-T50', 'appeal.changed', p.order);
}

/** Releases what the case held once nothing more can follow. */
function finishIfOver(rec: Rec): void {
  if (isOver(rec.state)) releaseClaims(rec);
}

/** Is the outcome beyond complaint and its after-effects? */
export function isOver(s: S): boolean {
  if (STAGES[s.stage]?.final) return true;
  if (s.stage === 'refused') return s.decision?.final === true && s.cooldownOver;
  return s.stage === 'delisted' && s.decision?.final === true;
}

function endEntry(rec: Rec, row: string, type: string, facts: Payload): void {
  cancelOpenTasks(rec, type);
  rec.emit(row, type, facts);
  finishIfOver(rec);
}

function requestRelated(rec: Rec, row: string, type: string, kind: RelatedCase['kind'], p: Payload): void {
  const s = rec.state;
  const programme = p.programme as ProgrammeFacts;
  const by = requireSignatory(rec.command.actor, s.organisationIds, rec.ctx.today);
  requireInvariants(programme, rec.ctx);
  const key = `${kind}:${s.related.length + 1}`;
  rec.emit(row, type, { key, kind, programme, document: p.document, by });
}

const openRelatedOf = (s: S, kind: RelatedCase['kind']) => s.related.find((r) => r.kind === kind && r.outcome === undefined);

// ── The rules people use ──────────────────────────────────────────────────────

const ANY_REVIEW = ['review', 'arbitration'];
const OFFICE = ['technical_check', 'decision', 'appeal_decision', 'minor_change', 'annulment_decision'];
const closedToWork = (_s: S, _ctx: Ctx, task?: Task) => (task && isWorking(task) ? null : 'Эта задача сейчас не в работе.');

export const RULES: Record<string, Rule> = {
  acceptTask: {
    labelRu: 'Принять задачу',
    tone: 'primary',
    stages: 'any',
    roles: ['expert', 'arbiter', 'fed_operator', 'fed_coordinator', 'appeals_member'],
    task: [...ANY_REVIEW, ...OFFICE],
    perTask: true,
    unless: (_s, _ctx, task) => (task?.state === 'assigned' ? null : 'Задачу принимают один раз, сразу после назначения.'),
    apply: (rec, p) => {
      const task = findTask(rec, p.taskId);
      const { actor } = rec.command;
      const personId = actor.kind === 'person' ? actor.personId : null;
      if (task.nature === 'office') return rec.emit('TASK-25', 'task.accepted', { taskId: task.id, personId });
      rec.emit('TASK-03', 'task.accepted', { taskId: task.id, personId, noConflict: true });
      completePanel(rec);
    },
  },
  declineTask: {
    labelRu: 'Отказаться',
    stages: 'any',
    roles: ['expert', 'arbiter'],
    task: ANY_REVIEW,
    perTask: true,
    unless: (_s, _ctx, task) => (task?.state === 'assigned' ? null : 'Отказаться можно до принятия задачи; после — только заявить конфликт интересов.'),
    apply: (rec, p) => endTask(rec, 'TASK-04', 'task.declined', findTask(rec, p.taskId), 'declined'),
  },
  declareConflict: {
    labelRu: 'Заявить конфликт интересов',
    stages: 'any',
    roles: ['expert', 'arbiter'],
    task: ANY_REVIEW,
    perTask: true,
    unless: (_s, _ctx, task) => (task && isOpen(task) && task.state !== 'on_hold' ? null : 'Задача уже закрыта.'),
    apply: (rec, p) => {
      const task = findTask(rec, p.taskId);
      endTask(rec, task.state === 'assigned' ? 'TASK-05' : 'TASK-10', 'task.declined', task, 'conflict');
    },
  },
  submitReview: {
    labelRu: 'Отправить заключение',
    tone: 'primary',
    stages: ['under_expertise'],
    roles: ['expert'],
    task: ['review'],
    perTask: true,
    unless: closedToWork,
    apply: (rec, p) => {
      submitConclusion(rec, p, askedCriteria(rec.state, rec.ctx));
      concludeRound(rec);
    },
  },
  submitArbitration: {
    labelRu: 'Отправить заключение арбитра',
    tone: 'primary',
    stages: ['arbitration'],
    roles: ['arbiter'],
    task: ['arbitration'],
    perTask: true,
    unless: closedToWork,
    apply: (rec, p) => {
      const s = rec.state;
      const round = s.results.find((r) => r.panel === s.panel && r.round === s.round) as RoundResult;
      const asked = askedCriteria(s, rec.ctx);
      const disputed = round.aggregation.disputed.length > 0 ? asked.filter((c) => round.aggregation.disputed.includes(c.code)) : asked.filter((c) => c.mandatory);
      const task = submitConclusion(rec, p, disputed);
      const said = p.verdict as Verdict;
      const verdict = arbitrate(round.aggregation, said);
      const result: RoundResult = { ...round, arbiter: { taskId: task.id, verdict: said, personId: task.assigneeId as string } };
      if (verdict === 'approve') return proposeDecision(rec, 'P01-T22', 'arbitration.approved', { kind: 'certify', basis: 'arbiter' }, { result });
      if (verdict === 'reject') return proposeDecision(rec, 'P01-T23', 'arbitration.rejected', { kind: 'refuse', basis: 'arbiter' }, { result });
      if (s.roundsUsed >= rec.ctx.policy.limits.rounds) return proposeDecision(rec, 'P01-T25', 'arbitration.rounds_used', { kind: 'refuse', basis: 'rounds_used' }, { result });
      const conclusions = [...seats(s).map(conclusionOf), conclusionOf({ ...findTask(rec, task.id) })];
      askRevision(rec, 'P01-T24', 'arbitration.revision_asked', { result, remarkIds: remarkIds(conclusions), capped: said === 'approve' });
    },
  },
  assignTask: {
    labelRu: 'Назначить исполнителя',
    stages: 'any',
    roles: ['fed_operator', 'fed_coordinator', 'admin'],
    task: OFFICE,
    unless: (s, _ctx, task, actor) => {
      if (!task || !isOpen(task) || task.state === 'on_hold') return 'Эта задача сейчас не назначается.';
      if (task.assigneeId && !(actor.kind === 'person' && actor.assignments.some((a) => a.role === 'fed_coordinator' || a.role === 'admin'))) return `Задачу уже назначили${task.acceptedOn ? ` ${task.acceptedOn}` : ''}: её ведёт другой сотрудник.`;
      return s.held ? 'Дело приостановлено.' : null;
    },
    apply: (rec, p) => {
      const task = findTask(rec, p.taskId);
      rec.emit('TASK-26', 'task.handed', { taskId: task.id, personId: p.personId, previous: task.assigneeId ?? null });
    },
  },
  extendTask: {
    labelRu: 'Продлить срок задачи',
    stages: 'any',
    roles: ['fed_coordinator'],
    task: [...ANY_REVIEW, ...OFFICE],
    unless: (_s, _ctx, task) => (!task || !isOpen(task) || !task.termFrom || task.state === 'on_hold' ? 'Срок этой задачи сейчас не идёт.' : task.extension ? 'Срок уже продлевали: это возможно один раз.' : null),
    apply: (rec, p) => {
      const max = rec.ctx.policy.task.maxExtension;
      if (p.workingDays > max) deny('extension_too_long', `Срок можно продлить не более чем на ${max} раб. дн.`, { errors: [{ pointer: '/workingDays', detail: `Не больше ${max}.` }] });
      const { actor } = rec.command;
      rec.emit('TASK-23', 'task.extended', {
        taskId: p.taskId,
        personId: findTask(rec, p.taskId).assigneeId ?? null,
        extension: { amount: p.workingDays, unit: 'wd', reason: 'по решению координатора', by: actor.kind === 'person' ? actor.personId : 'system', on: rec.ctx.today },
      });
    },
  },
  reassignTask: {
    labelRu: 'Передать другому',
    stages: 'any',
    roles: ['fed_coordinator'],
    task: ANY_REVIEW,
    unless: (_s, _ctx, task) => (task && isOpen(task) && task.assigneeId && task.state !== 'on_hold' ? null : 'Передать можно только открытую задачу, у которой есть исполнитель.'),
    apply: (rec, p) => endTask(rec, 'TASK-17', 'task.reassigned', findTask(rec, p.taskId), 'order'),
  },
  returnForDefect: {
    labelRu: 'Вернуть из-за формального недостатка',
    stages: ['under_expertise', 'arbitration'],
    roles: ['fed_coordinator', 'fed_operator'],
    task: ANY_REVIEW,
    unless: (s, _ctx, task) => {
      if (task?.state !== 'done') return 'Вернуть можно только отправленное заключение.';
      if (task.defectReturned) return 'Заключение уже возвращали: это возможно один раз.';
      return task.group === panelGroup(s) && s.stage === 'under_expertise' ? null : 'Этап уже закрыт.';
    },
    apply: (rec, p) => rec.emit('TASK-21', 'task.returned_for_defect', { taskId: p.taskId, personId: findTask(rec, p.taskId).assigneeId ?? null, term: rec.ctx.policy.task.defectReturn }),
  },
  voidConclusion: {
    labelRu: 'Признать заключение недействительным',
    tone: 'danger',
    stages: ['under_expertise', 'arbitration', 'decision_pending'],
    roles: ['fed_coordinator'],
    task: ANY_REVIEW,
    unless: (s, _ctx, task) => {
      if (task?.state !== 'done') return 'Недействительным признают отправленное заключение.';
      return task.group === panelGroup(s) || task.group === arbiterGroup(s) ? null : 'Заключение относится к прошлому этапу экспертизы.';
    },
    apply: voidConclusion,
  },
  completeTechnicalCheck: {
    labelRu: 'Замечаний нет, сформировать группу экспертов',
    tone: 'primary',
    stages: ['technical_check'],
    roles: ['fed_operator'],
    task: ['technical_check'],
    unless: closedToWork,
    apply: (rec, p) => {
      finishOffice(rec, p, { outcome: 'complete' });
      rec.emit('P01-T04', 'technical.completed', { to: 'panel_forming', stageTerm: rec.ctx.policy.terms.panelForming });
      formPanel(rec);
    },
  },
  reportDefects: {
    labelRu: 'Вернуть с недостатками',
    stages: ['technical_check'],
    roles: ['fed_operator'],
    task: ['technical_check'],
    unless: closedToWork,
    apply: (rec, p) => {
      const left = rec.state.returnsUsed < rec.ctx.policy.limits.returns;
      finishOffice(rec, p, { outcome: 'defects', count: p.count, statement: p.statement });
      if (left) rec.emit('P01-T05', 'technical.returned', { to: 'returned', count: p.count, statement: p.statement, stageTerm: rec.ctx.policy.terms.returned });
      else proposeDecision(rec, 'P01-T06', 'technical.failed', { kind: 'refuse', basis: 'technical' }, { cause: 'defects', statement: p.statement });
    },
  },
  reportNoLicence: {
    labelRu: 'У организации нет лицензии',
    tone: 'danger',
    stages: ['technical_check'],
    roles: ['fed_operator'],
    task: ['technical_check'],
    unless: closedToWork,
    apply: (rec, p) => {
      finishOffice(rec, p, { outcome: 'no_licence' });
      proposeDecision(rec, 'P01-T07', 'technical.failed', { kind: 'refuse', basis: 'technical' }, { cause: 'no_licence' });
    },
  },
  resubmit: {
    labelRu: 'Подать исправленную программу',
    tone: 'primary',
    stages: ['returned', 'revision'],
    roles: PROVIDER,
    apply: resubmit,
  },
  withdraw: {
    labelRu: 'Отозвать заявку',
    tone: 'danger',
    stages: BEFORE_DECISION,
    roles: PROVIDER,
    whileHeld: true,
    apply: (rec) => {
      cancelOpenTasks(rec, 'withdrawn');
      rec.emit('P01-T43', 'application.withdrawn', { to: 'withdrawn', outcome: 'withdrawn', from: rec.state.stage });
      releaseClaims(rec);
    },
  },
  widenPool: {
    labelRu: 'Расширить отбор экспертов',
    stages: ['panel_forming', 'under_expertise', 'arbitration'],
    roles: ['fed_coordinator'],
    unless: (s) => (s.poolWait > 0 ? null : 'Подходящих экспертов достаточно.'),
    apply: (rec, p) => rec.emit('P01-T13', 'panel.pool_widened', { allowApplicantRegion: p.allowApplicantRegion, relaxRegions: p.relaxRegions, extraCompetences: p.extraCompetences, statement: p.statement }),
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
      if (!task) deny('no_such_expert', 'Эксперта с таким номером в группе нет.', { errors: [{ pointer: '/ordinal', detail: 'Выберите эксперта из списка.' }] });
      rec.emit('P01-T32', 'panel.objected', { ordinal: p.ordinal, taskId: task.id, statement: p.statement });
    },
  },
  decideObjection: {
    labelRu: 'Решить по отводу',
    stages: ['panel_forming', 'under_expertise'],
    roles: ['fed_coordinator'],
    unless: (s) => (s.openObjection ? null : 'Отводов нет.'),
    apply: (rec, p) => {
      const task = rec.state.tasks.find((t) => t.id === rec.state.openObjection?.taskId);
      rec.emit('P01-T33', 'panel.objection_decided', { upheld: p.upheld, statement: p.statement });
      if (p.upheld && task && isOpen(task)) endTask(rec, 'TASK-11', 'task.declined', task, 'objection');
    },
  },
  mergeRemarks: {
    labelRu: 'Свести замечания',
    stages: ['revision'],
    roles: ['expert'],
    task: undefined as unknown as string[],
    unless: (s, _ctx, _task, actor) => {
      const lead = seats(s).sort((a, b) => a.ordinal - b.ordinal)[0];
      return actor.kind === 'person' && lead?.assigneeId === actor.personId ? null : 'Замечания сводит руководитель группы экспертов.';
    },
    apply: (rec, p) => {
      const given = (p.remarkIds as string[][]).flat();
      const expected = rec.state.remarkIds;
      if (given.length !== new Set(given).size || given.length !== expected.length || expected.some((id) => !given.includes(id)))
        deny('remarks_lost', 'Каждое замечание должно остаться в сводке ровно один раз.', { errors: [{ pointer: '/groups', detail: 'Есть пропущенные или повторённые замечания.' }] });
      rec.emit('P01-T31', 'remarks.merged', { remarkIds: p.remarkIds, statement: p.statement });
    },
  },
  certify: {
    labelRu: 'Сертифицировать',
    tone: 'primary',
    stages: ['decision_pending'],
    roles: ['fed_coordinator'],
    task: ['decision'],
    unless: (s, ctx, task) => (s.licenceLost ? 'Организация лишена лицензии.' : s.proposal?.kind === 'certify' ? closedToWork(s, ctx, task) : 'Экспертиза предложила отказать. Отступить от её вывода можно только через новую группу при нарушении порядка.'),
    apply: certify,
  },
  refuse: {
    labelRu: 'Отказать',
    tone: 'danger',
    stages: ['decision_pending'],
    roles: ['fed_coordinator'],
    task: ['decision'],
    unless: (s, ctx, task) => (s.proposal?.kind === 'refuse' || s.licenceLost ? closedToWork(s, ctx, task) : 'Экспертиза предложила сертифицировать. Отступить от её вывода можно только через новую группу при нарушении порядка.'),
    apply: refuse,
  },
  orderNewPanel: {
    labelRu: 'Нарушен порядок: новая группа экспертов',
    stages: ['decision_pending'],
    roles: ['fed_coordinator'],
    task: ['decision'],
    unless: (s, ctx, task) => (s.newPanelsUsed >= ctx.policy.limits.newPanels ? 'Новую группу уже назначали: это возможно один раз.' : s.results.length === 0 ? 'Экспертизы ещё не было.' : closedToWork(s, ctx, task)),
    apply: (rec, p) => {
      finishOffice(rec, p, { decision: 'new_panel' });
      backToPanel(rec, 'P01-T41', 'expertise.breach_found', { statement: p.statement });
    },
  },
  familiarise: {
    labelRu: 'Ознакомлен с решением',
    tone: 'primary',
    stages: ['refused', 'delisted'],
    roles: PROVIDER,
    unless: (s) => (s.decision?.servedOn ? 'Ознакомление уже записано.' : null),
    apply: (rec) => rec.emit('P01-T44', 'decision.familiarised', { servedOn: rec.ctx.today }),
  },
  recordService: {
    labelRu: 'Записать вручение решения',
    stages: ['refused', 'delisted'],
    roles: ['fed_operator'],
    unless: (s) => (s.decision?.servedOn ? 'Ознакомление уже записано.' : null),
    apply: (rec, p) => {
      const s = rec.state;
      if (p.on > rec.ctx.today || (s.decision && p.on < s.decision.on)) deny('date_out_of_range', 'Дата вручения — от дня решения до сегодняшнего.', { errors: [{ pointer: '/on', detail: 'Проверьте дату.' }] });
      rec.emit('P01-T45', 'decision.served', { servedOn: p.on, refusedToSign: p.refusedToSign, act: p.act });
    },
  },
  appeal: {
    labelRu: 'Подать апелляцию',
    stages: ['refused', 'delisted'],
    roles: PROVIDER,
    unless: (s) => (s.decision?.appealed ? 'На одно решение подают одну апелляцию.' : s.decision?.final ? 'Срок подачи апелляции истёк.' : s.parent && s.stage === 'delisted' ? 'Апелляция невозможна.' : null),
    apply: (rec, p) => {
      const s = rec.state;
      // Who complains knows the decision: if service was not recorded, the complaint is its proof.
      if (!s.decision?.servedOn) rec.emit('P01-T44', 'decision.familiarised', { servedOn: rec.ctx.today });
      rec.emit('P01-T47', 'appeal.filed', { to: 'appeal', former: s.stage, statement: p.statement });
      officeTask(rec, 'appeal_decision', 'appeals_member', rec.ctx.policy.terms.appealDecision, 'подана апелляция');
    },
  },
  decideAppeal: {
    labelRu: 'Решить по апелляции',
    tone: 'primary',
    stages: ['appeal'],
    roles: ['appeals_member'],
    task: ['appeal_decision'],
    unless: closedToWork,
    apply: decideAppeal,
  },
  requestMinorChange: {
    labelRu: 'Незначительное изменение',
    stages: ['certified', 'expiring'],
    roles: PROVIDER,
    unless: (s) => (s.minor ? 'Предыдущее изменение ещё рассматривается.' : s.parent ? 'Изменения вносят в основное дело.' : null),
    apply: (rec, p) => {
      const { ctx } = rec;
      const programme = p.programme as ProgrammeFacts;
      const by = requireSignatory(rec.command.actor, rec.state.organisationIds, ctx.today);
      requireInvariants(programme, ctx);
      const difference = compareVersions(currentVersion(rec.state).facts, programme);
      if (isSubstantial(difference, ctx.policy.substantialShare))
        deny('substantial', `Это существенное изменение${difference.hoursChanged ? ': изменён объём' : difference.resultsChanged ? ': изменены результаты' : `: изменено ${difference.changedShare} % содержания`}. Подайте его как существенное.`);
      rec.emit('P01-T53', 'change.minor_requested', { programme, document: p.document, by, difference, statement: p.statement });
      officeTask(rec, 'minor_change', 'fed_operator', ctx.policy.terms.minorChange, 'запрошено незначительное изменение');
    },
  },
  confirmMinorChange: {
    labelRu: 'Подтвердить изменение',
    tone: 'primary',
    stages: ['certified', 'expiring'],
    roles: ['fed_operator'],
    task: ['minor_change'],
    unless: closedToWork,
    apply: (rec, p) => {
      finishOffice(rec, p, { outcome: 'confirmed' });
      rec.emit('P01-T54', 'change.minor_confirmed', { version: (rec.state.entry?.version ?? 0) + 1 });
    },
  },
  rejectMinorChange: {
    labelRu: 'Отклонить изменение',
    stages: ['certified', 'expiring'],
    roles: ['fed_operator'],
    task: ['minor_change'],
    unless: closedToWork,
    apply: (rec, p) => {
      finishOffice(rec, p, { outcome: 'rejected' });
      rec.emit('P01-T55', 'change.minor_rejected', { statement: p.statement });
    },
  },
  requestSubstantialChange: {
    labelRu: 'Существенное изменение',
    stages: ['certified', 'expiring'],
    roles: PROVIDER,
    unless: (s) => (s.parent ? 'Изменения вносят в основное дело.' : openRelatedOf(s, 'change') ? 'Предыдущее изменение ещё рассматривается.' : null),
    apply: (rec, p) => requestRelated(rec, 'P01-T56', 'change.substantial_requested', 'change', p),
  },
  recertify: {
    labelRu: 'Подать на новый срок',
    tone: 'primary',
    stages: ['expiring', 'prolonged'],
    roles: PROVIDER,
    unless: (s) => (openRelatedOf(s, 'recertification') ? 'Заявка на новый срок уже рассматривается.' : null),
    apply: (rec, p) => requestRelated(rec, 'P01-T62', 'recertification.requested', 'recertification', p),
  },
  suspend: {
    labelRu: 'Приостановить запись',
    tone: 'danger',
    stages: ['certified', 'expiring'],
    roles: ['fed_coordinator'],
    apply: (rec, p) => suspend(rec, 'P01-T68', p.cause, { order: p.order, statement: p.statement }),
  },
  confirmCure: {
    labelRu: 'Причины устранены',
    tone: 'primary',
    stages: ['suspended'],
    roles: ['fed_coordinator'],
    apply: (rec, p) => rec.emit('P01-T70', 'entry.restored', { to: rec.state.formerStage ?? 'certified', order: p.order, statement: p.statement }),
  },
  delistByRequest: {
    labelRu: 'Исключить из реестра по своей просьбе',
    tone: 'danger',
    stages: ['certified', 'expiring', 'suspended'],
    roles: PROVIDER,
    unless: (s) => (s.annulment ? 'Идёт аннулирование записи: сначала решение по нему.' : null),
    apply: (rec) => endEntry(rec, 'P01-T72', 'entry.delisted', { to: 'delisted', cause: 'by_request', takenBy: decisionMakers(rec), outcome: 'cancelled' }),
  },
  openAnnulment: {
    labelRu: 'Начать аннулирование',
    tone: 'danger',
    stages: ['certified', 'expiring', 'suspended'],
    roles: ['fed_coordinator'],
    unless: (s) => (s.annulment ? 'Аннулирование уже начато.' : null),
    apply: (rec, p) => rec.emit('P01-T73', 'annulment.opened', { ground: p.ground, statement: p.statement }),
  },
  answerAnnulment: {
    labelRu: 'Ответить на уведомление об аннулировании',
    tone: 'primary',
    stages: ['certified', 'expiring', 'suspended'],
    roles: PROVIDER,
    unless: (s) => (s.annulment && !s.annulment.decisionAsked ? null : 'Уведомления, на которое можно ответить, нет.'),
    apply: (rec, p) => {
      rec.emit('P01-T74', 'annulment.answered', { statement: p.statement });
      officeTask(rec, 'annulment_decision', 'fed_coordinator', rec.ctx.policy.terms.annulmentDecision, 'держатель ответил');
    },
  },
  decideAnnulment: {
    labelRu: 'Решить об аннулировании',
    stages: ['certified', 'expiring', 'suspended'],
    roles: ['fed_coordinator'],
    task: ['annulment_decision'],
    unless: closedToWork,
    apply: (rec, p) => {
      finishOffice(rec, p, { annul: p.annul });
      if (!p.annul) return rec.emit('P01-T77', 'annulment.dismissed', { order: p.order, statement: p.statement });
      endEntry(rec, 'P01-T76', 'entry.annulled', { to: 'annulled', ground: rec.state.annulment?.ground, order: p.order, takenBy: decisionMakers(rec), outcome: 'annulled', statement: p.statement });
    },
  },
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
    apply: (rec, p) => {
      const armed = deadlines(rec.state, rec.ctx).find((d) => d.key === p.key && d.visible);
      if (!armed) deny('no_such_deadline', 'Такого срока в деле нет.', { errors: [{ pointer: '/key', detail: 'Выберите срок из списка.' }] });
      if (p.dueOn <= rec.ctx.today) deny('date_past', 'Новая дата должна быть позже сегодняшней.', { errors: [{ pointer: '/dueOn', detail: 'Выберите дату в будущем.' }] });
      if (p.key.startsWith('task:') && !p.key.endsWith(':due')) deny('fixed_date', 'Переносят срок задачи, а не ответа на приглашение.');
      if (['valid-until', 'prolonged', 'expiring', 'reapply'].includes(p.key)) deny('fixed_date', 'Срок действия записи меняется только решением, а не переносом.');
      const { actor } = rec.command;
      rec.emit('P01-T85', 'deadline.moved', { key: p.key, on: p.dueOn, previous: armed.due.dueOn, reason: p.reason, by: actor.kind === 'person' ? actor.personId : '' });
    },
  },
};

function resubmit(rec: Rec, p: Payload): void {
  const { ctx } = rec;
  const s = rec.state;
  const programme = p.programme as ProgrammeFacts;
  const by = requireSignatory(rec.command.actor, s.organisationIds, ctx.today);
  requireInvariants(programme, ctx);
  const difference = compareVersions(currentVersion(s).facts, programme);
  if (s.stage === 'returned') {
    rec.emit('P01-T08', 'application.resubmitted', { to: 'technical_check', programme, document: p.document, answers: p.answers ?? null, by, difference });
    return officeTask(rec, 'technical_check', 'fed_operator', ctx.policy.terms.technicalCheck, 'подана исправленная версия');
  }
  const before = seats(s);
  const last = s.results.at(-1);
  const failed = last?.aggregation.failed ?? [];
  const mandatory = ctx.policy.criteria.filter((c) => c.mandatory).map((c) => c.code);
  // After a «minor» result only the failed criteria are rechecked; otherwise the failed and the mandatory ones.
  const asked = last?.aggregation.minor && failed.length > 0 ? failed : [...new Set([...failed, ...mandatory])];
  rec.emit('P01-T28', 'application.resubmitted', { to: 'under_expertise', programme, document: p.document, answers: p.answers ?? null, by, difference, asked });
  for (const old of before) {
    const task = seatTask(rec, 'review', old.ordinal, { term: ctx.policy.terms.laterRound });
    rec.emit('TASK-01', 'task.assigned', { taskId: task.id, personId: old.assigneeId });
    rec.emit('TASK-28', 'task.term_started', { taskId: task.id, event: 'подана доработанная версия' });
  }
}

function voidConclusion(rec: Rec, p: Payload): void {
  const task = findTask(rec, p.taskId);
  const s = rec.state;
  rec.emit('TASK-22', 'task.voided', { taskId: task.id, personId: task.assigneeId ?? null, cause: 'conflict' });
  cancelOpenTasks(rec, 'recalculated', (t) => t.nature === 'personal');
  if (task.kind === 'arbitration') {
    rec.emit('P01-T37', 'arbitration.voided', { to: 'arbitration', taskId: task.id });
    return replaceSeat(rec, task);
  }
  const row = s.stage === 'under_expertise' ? 'P01-T34' : s.stage === 'arbitration' ? 'P01-T35' : 'P01-T36';
  rec.emit(row, 'expertise.voided', { to: 'under_expertise', taskId: task.id });
  const arbiter = arbiterSeat(rec.state);
  if (arbiter && isOpen(arbiter) && arbiter.state !== 'on_hold')
    rec.emit('TASK-18', 'task.held', { taskId: arbiter.id, personId: arbiter.assigneeId ?? null, reason: 'заключение эксперта заменяется', waitingFor: 'expert' });
  replaceSeat(rec, task);
}

function repin(rec: Rec, p: Payload): void {
  const s = rec.state;
  const back = s.stage === 'arbitration' || (s.stage === 'decision_pending' && s.results.length > 0 && !s.licenceLost);
  const conclusions = back || s.stage === 'under_expertise' ? seats(s).filter((t) => t.state === 'done') : [];
  rec.emit('P01-T84', 'policy.repinned', { policyVersionId: p.policyVersionId, previous: s.policyVersionId, asked: [], ...(back ? { to: 'under_expertise' } : {}), statement: p.statement });
  resumeTasks(rec);
  if (back) cancelOpenTasks(rec, 'criteria_cancelled');
  for (const old of conclusions) {
    rec.emit('TASK-22', 'task.voided', { taskId: old.id, personId: old.assigneeId ?? null, cause: 'criteria_cancelled' });
    const task = seatTask(rec, 'review', old.ordinal, { term: rec.ctx.policy.terms.laterRound, replaces: old.id });
    rec.emit('TASK-01', 'task.assigned', { taskId: task.id, personId: old.assigneeId });
    startTerm(rec, task.id);
  }
}

function suspend(rec: Rec, row: string, cause: string, more: Payload = {}): void {
  rec.emit(row, 'entry.suspended', { to: 'suspended', former: rec.state.stage, cause, stageTerm: rec.ctx.policy.terms.cure, ...more });
}

function resumeTasks(rec: Rec): void {
  for (const task of rec.state.tasks.filter((t) => t.state === 'on_hold')) rec.emit('TASK-19', 'task.resumed', { taskId: task.id, personId: task.assigneeId ?? null });
}

// ── Facts from outside ────────────────────────────────────────────────────────

function onFact(rec: Rec, kind: string): void {
  const s = rec.state;
  const p = rec.command.payload as Payload;
  if (rec.command.actor.kind !== 'system') deny('not_for_people', 'Внешние факты принимает платформа.');
  const notApplicable = () => deny('not_applicable', 'На этом этапе факт ничего не меняет; он записан.');
  switch (kind) {
    case 'licence_lost':
      if (startsFrom(getRow('P01-T42'), s.stage) && !s.licenceLost) {
        cancelOpenTasks(rec, 'licence_lost');
        if (s.held) {
          rec.emit('P01-T82', 'court.resumed', {});
        }
        return proposeDecision(rec, 'P01-T42', 'licence.lost', { kind: 'refuse', basis: 'licence' }, { act: p.act, lostOn: p.on });
      }
      return startsFrom(getRow('P01-T69'), s.stage) ? suspend(rec, 'P01-T69', 'licence_lost', { act: p.act }) : notApplicable();
    case 'complaint_upheld':
      return startsFrom(getRow('P01-T69'), s.stage) ? suspend(rec, 'P01-T69', 'complaint_upheld', { act: p.act }) : notApplicable();
    case 'monitoring':
      if (isOver(s)) return notApplicable();
      rec.emit('P01-T78', 'monitoring.recorded', { good: p.good, measuredOn: p.on });
      if (!p.good && startsFrom(getRow('P01-T69'), s.stage)) suspend(rec, 'P01-T69', 'poor_monitoring');
      return;
    case 'provider_reorganised':
      if (isOver(s)) return notApplicable();
      return rec.emit('P01-T80', 'provider.succeeded', { successorId: p.successorId, successorRegion: p.successorRegion, successorInn: p.successorInn, act: p.act, reorganisedOn: p.on });
    case 'employment':
      return assigneeLeft(rec, p);
    case 'court_act':
      return courtAct(rec, p);
    case 'child_closed':
      return childClosed(rec, p);
    default:
      deny('unknown_fact', 'Такой факт платформа не знает.');
  }
}

function assigneeLeft(rec: Rec, p: Payload): void {
  const left = rec.state.tasks.filter((t) => isOpen(t) && t.assigneeId === p.personId);
  if (left.length === 0) deny('not_applicable', 'У этого человека нет открытых задач в деле.');
  for (const task of left) endTask(rec, 'TASK-12', 'task.declined', task, p.event === 'died' ? 'died' : 'left');
}

function courtAct(rec: Rec, p: Payload): void {
  const s = rec.state;
  if (!startsFrom(getRow('P01-T81'), s.stage)) deny('not_applicable', 'На этом этапе судебный акт исполняется отдельным решением.');
  if (p.effect === 'resume') {
    if (!s.held) deny('not_applicable', 'Дело не приостановлено.');
    rec.emit('P01-T82', 'court.resumed', { act: p.act });
    return resumeTasks(rec);
  }
  if (s.held) deny('not_applicable', 'Дело уже приостановлено.');
  rec.emit('P01-T81', 'court.stayed', { why: p.effect, act: p.act });
  for (const task of rec.state.tasks.filter((t) => isOpen(t) && t.state !== 'on_hold'))
    rec.emit('TASK-18', 'task.held', { taskId: task.id, personId: task.assigneeId ?? null, reason: 'дело приостановлено судом', waitingFor: 'outside' });
}

function childClosed(rec: Rec, p: Payload): void {
  const s = rec.state;
  const child = s.related.find((r) => r.key === p.childKey && r.outcome === undefined);
  if (!child || !s.entry) deny('not_applicable', 'Связанного дела с таким ключом нет.');
  const granted = p.outcome === 'granted';
  const facts = { childKey: child.key, childCaseId: p.childCaseId, childOutcome: p.outcome, document: p.document, programme: p.programme, version: s.entry.version + 1 };
  const renewal = child.kind === 'recertification';
  if (granted && renewal && startsFrom(getRow('P01-T63'), s.stage)) {
    const from = addDays(s.entry.validUntil, 1);
    // The new term counts from the old last day, so that an early renewal loses nothing.
    return rec.emit('P01-T63', 'entry.renewed', { ...facts, to: 'certified', validFrom: from, validUntil: validUntil(rec.ctx, s, s.entry.validUntil) });
  }
  if (granted && startsFrom(getRow('P01-T57'), s.stage)) return rec.emit('P01-T57', 'change.incorporated', facts);
  if (renewal && s.stage === 'prolonged') return endEntry(rec, 'P01-T66', 'entry.expired', { ...facts, to: 'expired', outcome: 'lapsed' });
  if (!startsFrom(getRow('P01-T58'), s.stage)) deny('not_applicable', 'Запись уже не действует.');
  rec.emit('P01-T58', 'child.ended', facts);
}

// ── Deadlines ─────────────────────────────────────────────────────────────────

function onDeadline(rec: Rec, key: string): void {
  const s = rec.state;
  const armed = deadlines(s, rec.ctx).find((d) => d.key === key);
  if (!armed) deny('not_armed', 'Этот срок уже не действует.');
  const taskKey = parseTaskKey(key);
  if (taskKey) return onTaskDeadline(rec, taskKey);
  const [name, n] = key.split(':') as [string, string | undefined];
  switch (name) {
    case 'returned':
    case 'revision':
      rec.emit(name === 'returned' ? 'P01-T09' : 'P01-T29', 'application.lapsed', { to: 'lapsed', outcome: 'lapsed', from: name });
      return releaseClaims(rec);
    case 'returned-remind':
    case 'revision-remind':
      return rec.emit(name === 'returned-remind' ? 'P01-T10' : 'P01-T30', 'applicant.reminded', { key, dueOn: armed.due.dueOn });
    case 'panel-forming':
      return rec.emit('P01-T14', 'panel.forming_overdue', {});
    case 'pool': {
      const call = s.poolCalls + 1;
      for (const task of s.tasks.filter((t) => t.state === 'created' && t.nature === 'personal')) rec.emit('TASK-02', 'task.nobody_eligible', { taskId: task.id, call });
      return;
    }
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
      if (s.stage === 'expiring' && openRelatedOf(s, 'recertification')) {
        const until = addDays(s.entry?.validUntil ?? rec.ctx.today, rec.ctx.policy.terms.prolongation.amount);
        return rec.emit('P01-T64', 'entry.prolonged', { to: 'prolonged', until });
      }
      return endEntry(rec, 'P01-T67', 'entry.expired', { to: 'expired', outcome: 'lapsed' });
    case 'prolonged':
      return endEntry(rec, 'P01-T65', 'entry.expired', { to: 'expired', outcome: 'lapsed' });
    case 'cure':
      return endEntry(rec, 'P01-T71', 'entry.delisted', { to: 'delisted', cause: s.suspension?.cause, takenBy: [], outcome: 'cancelled' });
    case 'annulment-answer':
      rec.emit('P01-T75', 'annulment.unanswered', {});
      return officeTask(rec, 'annulment_decision', 'fed_coordinator', rec.ctx.policy.terms.annulmentDecision, 'ответа держателя нет');
    case 'court-stay':
      return rec.emit('P01-T83', 'court.stay_reviewed', {});
    default:
      throw new Error(`No rule for deadline ${key}`);
  }
}

function onTaskDeadline(rec: Rec, { taskId, what, n }: { taskId: string; what: string; n: number }): void {
  const task = findTask(rec, taskId);
  const facts = { taskId, personId: task.assigneeId ?? null };
  switch (what) {
    case 'answer':
      return rec.emit('TASK-06', 'task.answer_reminded', facts);
    case 'silent':
      return endTask(rec, 'TASK-07', 'task.reassigned', task, 'silent');
    case 'remind':
      return rec.emit('TASK-13', 'task.reminded', { ...facts, days: n, dueOn: taskDue(task, taskClock(rec.ctx))?.dueOn });
    case 'due':
      return rec.emit('TASK-14', 'task.overdue', facts);
    case 'escalate':
      return rec.emit('TASK-15', 'task.escalated', { ...facts, n });
    case 'replace':
      return endTask(rec, 'TASK-16', 'task.reassigned', task, 'overdue');
    default:
      throw new Error(`No rule for task deadline ${what}`);
  }
}

// ── Machine work ──────────────────────────────────────────────────────────────

/** What the platform still owes the case; each item has a key, so that doing it twice is harmless. */
export function work(s: S): WorkItem[] {
  const out: WorkItem[] = [];
  if (!s.held) {
    for (const role of ['expert', 'arbiter'] as const) {
      const open = s.tasks.filter((t) => t.state === 'created' && t.nature === 'personal' && t.role === role);
      // While nobody is eligible the list is asked for again only after a call to the coordinator or a wider pool.
      if (open.length > 0 && (s.poolWait === 0 || s.poolCalls > listedSince(s)))
        out.push({ key: `candidates:${role}:${s.listings}:${s.poolCalls}`, kind: 'list_candidates', input: { role, competences: [...currentVersion(s).facts.competences, ...s.widened.extraCompetences] } });
    }
  }
  for (const r of s.related)
    if (r.caseId === undefined && r.outcome === undefined)
      out.push({
        key: `open:${r.key}`,
        kind: 'open_child',
        input: {
          childKey: r.key,
          start: {
            kind: r.kind,
            programme: r.version.facts,
            document: r.version.document,
            initiatorId: r.version.by,
            shortened: r.kind === 'recertification' && s.monitoringGood,
            parent: { caseId: s.caseId, key: r.key, entryNumber: s.entry?.number ?? '' },
          },
        },
      });
  if (s.parent && !s.toldParent && isOver(s))
    out.push({
      key: 'report',
      kind: 'report_to_parent',
      input: {
        parentCaseId: s.parent.caseId,
        factId: `child-closed:${s.caseId}`,
        fact: { kind: 'child_closed', childKey: s.parent.key, childCaseId: s.caseId, outcome: s.outcome ?? 'lapsed', document: currentVersion(s).document, programme: currentVersion(s).facts },
      },
    });
  return out;
}

/** Number of calls to the coordinator that have been followed by a listing. */
function listedSince(s: S): number {
  return s.poolListedAt ?? 0;
}

function onWork(rec: Rec, kind: string): void {
  if (rec.command.actor.kind !== 'system') deny('not_for_people', 'Это работа платформы.');
  const p = rec.command.payload as Payload;
  switch (kind) {
    case 'list_candidates':
      return onCandidates(rec, p);
    case 'open_child':
      return rec.emit('P01-T59', 'child.opened', { key: p.childKey, childCaseId: p.childCaseId, childNumber: p.number ?? null });
    case 'report_to_parent':
      return rec.emit('P01-T86', 'parent.told', { parentCaseId: rec.state.parent?.caseId ?? null });
    default:
      throw new Error(`No rule for work ${kind}`);
  }
}

export { IN_FORCE };
