/** What the rules of the cycle share: their types, their desk of tasks, where its offices are, and how a pair ends. */
import { isOwn, ownCase } from '../../kit/rulebook.ts';
import { actingPeople, hasRole } from '../../kit/actors.ts';
import { Desk } from '../../kit/desk.ts';
import { deny, type Recorder } from '../../kit/recorder.ts';
import { municipalityId } from '../../kit/municipality.ts';
import type { Rule as KitRule } from '../../kit/rulebook.ts';
import { isOpen, type Task } from '../../kit/task.ts';
import type { Actor, Context, Role, Scope } from '../../kit/types.ts';
import { taskClock } from '../../kit/terms.ts';
import type { Place } from '../../hr-events/matrix.ts';
import type { MentoringPolicy } from '../policy.ts';
import { ACTIVE, INTAKE, SEARCHING, STAGES, WORKING, YEARS } from '../stages.ts';
import type { MentoringState, Pair } from '../state.ts';
import { gateDue } from '../terms.ts';

export type S = MentoringState;
export type Ctx = Context<MentoringPolicy>;
export type Rec = Recorder<S, MentoringPolicy>;
export type Rule = KitRule<S, MentoringPolicy>;
export type Rules = Record<string, Rule>;
export type { Payload } from '../../kit/rulebook.ts';

// ── Where the offices are ──

/** Bodies of a place in which a role of the cycle is held: the school, its authority, the centre, the region. */
export function placesIn(place: Place, role: Role, ctx: Ctx): Scope[] {
  const org = (id: string | undefined): Scope[] => (id ? [{ kind: 'organisation', id }] : []);
  const region: Scope = { kind: 'region', id: place.region };
  const municipality: Scope[] = place.municipality
    ? [{ kind: 'municipality', id: municipalityId(place.region, place.municipality) }]
    : [];
  switch (role) {
    case 'curator':
    case 'head':
      return org(place.organisationId);
    case 'founder_rep':
      return [...org(place.authorityId), region];
    case 'methodist':
      return [...org(place.authorityId), ...org(place.cnppmId), ...municipality, region];
    case 'tutor':
      return [...org(place.cnppmId), region];
    case 'hr_officer':
      return [...org(place.organisationId), ...org(place.authorityId), ...municipality, region];
    default:
      return [{ kind: 'jurisdiction', id: ctx.jurisdiction.id }];
  }
}

export const places = (s: S, role: Role, ctx: Ctx): Scope[] => placesIn(s.place, role, ctx);

/** The body that gets a task of an office: the nearest one that holds it. */
function placeOf(s: S, role: Role, ctx: Ctx): Scope {
  const near = placesIn(s.place, role, ctx);
  return role === 'methodist' ? (near.at(-1) as Scope) : (near[0] as Scope);
}

/** People of the case. A former mentor keeps one duty, his closing note; what else he may not do is said rule by rule. */
export function persons(s: S, role: Role): string[] | undefined {
  if (role === 'new_teacher') return [s.menteeId];
  if (role !== 'mentor') return undefined;
  return [s.pair?.mentorId, s.candidate?.mentorId, s.lastMentorId].filter((id) => id !== undefined);
}

export const isMentor = (s: S, actor: Actor): boolean =>
  actor.kind === 'person' && s.pair?.mentorId === actor.personId && actor.onBehalfOf === undefined;
export const isMentee = (s: S, actor: Actor): boolean =>
  actor.kind === 'person' && s.menteeId === actor.personId && actor.onBehalfOf === undefined;

/** The parts the actor has in this case now. Without a mentor the curator acts for him. */
export function partsOf(s: S, actor: Actor, ctx: Ctx): Role[] {
  const offices = (['curator', 'head', 'tutor', 'methodist', 'founder_rep', 'hr_officer'] as Role[]).filter((role) =>
    hasRole(actor, [role], places(s, role, ctx), ctx.today),
  );
  return [
    ...(isMentee(s, actor) ? (['new_teacher'] as Role[]) : []),
    ...(isMentor(s, actor) || (!s.pair && offices.includes('curator')) ? (['mentor'] as Role[]) : []),
    ...offices,
  ];
}

/** Nobody decides his own cycle or a relative's: the mentee never, the mentor never as its curator or head. */
export function segregation(s: S, actor: Actor) {
  if (actor.kind !== 'person') return null;
  const people = actingPeople(actor);
  if (isOwn(actor, { persons: [s.menteeId] }) && !people.includes(s.menteeId)) return ownCase(actor);
  if (people.includes(s.menteeId)) return { code: 'segregation', message: 'Нельзя вести собственный цикл.' };
  if (s.pair && people.includes(s.pair.mentorId))
    return { code: 'segregation', message: 'Наставник не решает за школу о своей паре: это делает другой сотрудник.' };
  return null;
}

export const desk = new Desk<S, MentoringPolicy>({
  clock: taskClock,
  policy: (ctx) => ctx.policy.task,
  replacementTerm: (_s, _old, ctx) => ctx.policy.terms.mentor,
  // A mentor is proposed by people, never drawn: an ended seat is not filled by rule.
  stillNeeded: () => false,
  place: placeOf,
  excluded: (s) => (s.pair ? [s.pair.mentorId] : []),
});

// ── Claims ──

/** One open cycle per person in the whole country. */
export const cycleKey = (menteeId: string) => ({ scope: 'mentoring-cycle', key: menteeId });

/** Ends the case: tasks cancelled, the pair closed, the person free for another cycle. */
export function close(rec: Rec, row: string, type: string, facts: Record<string, unknown>): void {
  desk.cancelOpen(rec, type);
  rec.emit(row, type, { ...facts, ...endedPair(rec.state) });
  rec.claim({ kind: 'release', ...cycleKey(rec.state.menteeId) });
}

/** The pair that an event ends, for the fold and the register. */
export function endedPair(s: S): { endedPair?: Pair } {
  return s.pair ? { endedPair: s.pair } : {};
}

/** Ends the mentor's own task with the pair it stands for. */
export function endMentoring(rec: Rec, taskId: string, cause: string, byFact = false): void {
  const task = rec.state.tasks.find((t) => t.id === taskId);
  if (!task || !isOpen(task)) return;
  const facts = { taskId, personId: task.assigneeId ?? null, cause };
  if (byFact && task.state !== 'created') rec.emit('TASK-12', 'task.declined', facts);
  else rec.emit('TASK-20', 'task.cancelled', facts);
}

// ── What follows by itself ──

const openTask = (s: S, kind: string, role?: Role): Task | undefined =>
  s.tasks.find((t) => t.kind === kind && isOpen(t) && (!role || t.role === role));

export function finishTask(rec: Rec, kind: string, cause: string): void {
  for (const task of rec.state.tasks.filter((t) => t.kind === kind && isOpen(t)))
    rec.emit('TASK-20', 'task.cancelled', { taskId: task.id, personId: task.assigneeId ?? null, cause });
}

/** After every act: a year begins or goes on when what it needs is there; what is still owed has a task of somebody. */
export function settle(rec: Rec): void {
  const s = rec.state;
  if (STAGES[s.stage]?.final) return;
  begin(rec);
  owe(rec);
}

function begin(rec: Rec): void {
  const { pair, ppnAgreed, stage, year, formerStage } = rec.state;
  if (!pair) return;
  const facts = { to: formerStage, year, forms: rec.ctx.policy.forms, policyVersionId: rec.ctx.policyVersionId };
  if (INTAKE.includes(stage) && ppnAgreed) rec.emit(BEGIN[year], 'year.begun', facts);
  if (stage === 'mentor_vacant') rec.emit('P04-T20', 'year.continued', facts);
  if (stage === 'resuming' && ppnAgreed) rec.emit('P04-T21', 'year.resumed', facts);
}

const BEGIN = { 1: 'P04-T07', 2: 'P04-T08', 3: 'P04-T09' } as const;

function owe(rec: Rec): void {
  const { terms } = rec.ctx.policy;
  const need = (kind: string, role: Role, term: Rec['ctx']['policy']['terms']['ppn'], why: string) => {
    if (!openTask(rec.state, kind, role)) desk.office(rec, kind, role, term, why);
  };
  const { stage, pair, candidate, ppnAgreed, search, gate } = rec.state;
  if (SEARCHING.includes(stage) && !pair && !candidate && search) {
    need('find_mentor', 'curator', terms.mentor, 'нужен наставник');
    // The head and the authority are told and may hurry the school; the centre looks itself.
    if (search.calls >= 3) need('find_mentor', 'methodist', terms.mentor, 'наставника ищет ЦНППМ');
  }
  const accepted = candidate && rec.state.tasks.some((t) => t.id === candidate.taskId && t.state === 'in_progress');
  if (SEARCHING.includes(stage) && accepted) need('appoint', 'head', terms.order, 'наставник согласился');
  if (!ppnAgreed && [...SEARCHING, ...YEARS].includes(stage))
    need('ppn', 'curator', terms.ppn, PPN_WORDS[stage] ?? 'год начат');
  if (gate && WORKING.includes(stage)) {
    const { dueOn } = gateDue(rec.state, rec.ctx);
    const days = Math.max(0, Math.round((Date.parse(dueOn) - Date.parse(rec.ctx.today)) / 86_400_000));
    need('gate', 'curator', { amount: days, unit: 'cd', fixed: true, clause: terms.gate.clause }, 'рубеж года открыт');
  }
  if (stage === 'transfer') need('receive', 'head', terms.receive, 'перевод');
  if (stage === 'transfer_escalated') need('name_curator', 'founder_rep', terms.nameCurator, 'школа не ответила');
}

const PPN_WORDS: Record<string, string> = {
  intake: 'цикл открыт',
  intake_escalated: 'цикл открыт',
  mentor_vacant: 'нужна программа с новым наставником',
  resuming: 'перерыв окончен',
};

// ── Small guards ──

/** A fact that changes nothing at this stage is refused; the record path keeps the refusal in the audit. */
export function notApplicable(): never {
  deny('not_applicable', 'На этом этапе факт ничего не меняет; он записан.');
}

export const isActive = (s: S): boolean => ACTIVE.includes(s.stage);
export { isOpen };
