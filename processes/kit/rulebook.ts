/**
 * Rules of people: who may do what and when, described once, answering the server and drawing the buttons.
 *
 * A process lists its rules; `Rulebook` decides a command by them and offers them. The checks run from the most to the least telling
 * sentence: the task, the person, the segregation of duties, the stage, a stay, the state.
 */
import { actingPeople, hasRole } from './actors.ts';
import { Denied, deny, Recorder } from './recorder.ts';
import { isOpen, type Task } from './task.ts';
import type {
  ActionOffer,
  Actor,
  Command,
  Context,
  Decision,
  PersonActor,
  Role,
  Scope,
  StageInfo,
  StoredEvent,
} from './types.ts';

/** What a process state must have for the kit to work on it. */
export interface CaseState {
  stage: string;
  initiatorId: string;
  /** Applicants: the organisation and its predecessors; nobody of them decides the case. */
  organisationIds: string[];
  tasks: Task[];
  taskCount: number;
  /** A court or an act holds the case: its clock and its tasks stand. */
  held?: unknown;
}

export interface Rule<S extends CaseState, P> {
  labelRu: string;
  tone?: ActionOffer['tone'];
  /** Stages it is possible in; `any` = any open one. */
  stages: string[] | 'any';
  roles: Role[];
  /** Kinds of task it is about; then the payload names one. */
  task?: string[];
  /** Also offered on tasks that are done (return for a defect, voiding). */
  onDone?: boolean;
  /** Gives a personal task back: possible for whom the segregation of duties keeps from everything else. */
  stepsAside?: boolean;
  /** Possible while the case is held. */
  whileHeld?: boolean;
  /** Offices that act on a task beside the holders of its own role: they give it out, they do not do it. */
  over?: Role[];
  /** A sentence when it is not possible in this state, otherwise `null`. */
  unless?(s: S, ctx: Context<P>, task: Task | undefined, actor: Actor): string | null;
  apply(rec: Recorder<S, P>, payload: Payload): void;
}

export type Payload = Record<string, any>;

export interface Refusal {
  code: string;
  message: string;
}

export interface RulebookSpec<S extends CaseState, P> {
  stages: Record<string, StageInfo>;
  rules: Record<string, Rule<S, P>>;
  /** Roles that speak for the applicant; their scope is the applicant's organisation. */
  applicantRoles: Role[];
  /** Who speaks for the applicant where he is not an organisation: the person himself, a member named by the case. */
  isParty?(s: S, personId: string): boolean;
  /** Whom the segregation of duties keeps from a task besides the applicant's people: members of a first decision, for one. */
  excluded?(s: S, task: Task): string[];
  /** Where an office of this process is held; absent: in the jurisdiction. A school, its authority, a region. */
  places?(s: S, role: Role, ctx: Context<P>): Scope[];
  /** Roles that are people of the case and not offices, and who they are now: a mentee, his mentor. `undefined`: an office. */
  persons?(s: S, role: Role): string[] | undefined;
  /** The segregation of duties of a process whose case is not an application of an organisation. */
  segregation?(s: S, actor: Actor): Refusal | null;
  evolve(state: S | null, event: StoredEvent, caseId: string): S;
  getRow(id: string): unknown;
  /** Commands that open a case, and those of the system, by the part before the colon (`deadline`, `work`, `fact`). */
  open: Record<string, (rec: Recorder<S, P>) => void>;
  system: Record<string, (rec: Recorder<S, P>, rest: string) => void>;
  /** Runs when a rule refuses; may throw a denial of its own that keeps a note. */
  onRefusal?(rec: Recorder<S, P>, type: string): void;
}

const HIDDEN = new Set(['role_missing', 'task_not_found', 'not_assignee', 'not_for_system', 'case_closed']);

export class Rulebook<S extends CaseState, P> {
  constructor(private readonly spec: RulebookSpec<S, P>) {}

  /** Answers one command. Pure: the same state, command and context give the same answer for ever. */
  decide(state: S | null, command: Command, ctx: Context<P>): Decision {
    const rec = new Recorder<S, P>(state, command, ctx, this.spec.evolve, this.spec.getRow);
    try {
      this.run(state, rec);
      return rec.decision;
    } catch (refusal) {
      if (!(refusal instanceof Denied)) throw refusal;
      const possible = state ? { possible: this.possible(state, command.actor, ctx) } : {};
      const note = refusal.record ? { record: refusal.record } : {};
      return { ok: false, denial: { ...refusal.denial, ...possible }, ...note };
    }
  }

  private run(state: S | null, rec: Recorder<S, P>): void {
    const { type, actor, payload } = rec.command;
    const opening = this.spec.open[type];
    if (state === null) return opening ? opening(rec) : deny('case_not_found', 'Такого дела нет.');
    if (opening) deny('already_open', 'Дело уже открыто.');
    const [kind, rest] = type.split(/:(.*)/s) as [string, string | undefined];
    const system = this.spec.system[kind];
    if (system) {
      if (actor.kind !== 'system') deny('not_for_people', 'Это делает платформа, а не человек.');
      return system(rec, rest ?? '');
    }
    const rule = Object.hasOwn(this.spec.rules, type) ? this.spec.rules[type] : undefined;
    if (!rule) deny('unknown_action', 'Такого действия нет.');
    const refusal = this.check(rule, state, actor, rec.ctx, payload);
    if (!refusal) return rule.apply(rec, payload);
    this.spec.onRefusal?.(rec, type);
    throw new Denied(refusal);
  }

  /** `null` when the actor may do it now; otherwise why not. */
  check(rule: Rule<S, P>, s: S, actor: Actor, ctx: Context<P>, payload: Payload): Refusal | null {
    if (actor.kind !== 'person') return { code: 'not_for_system', message: 'Это действие человека.' };
    const task = rule.task ? s.tasks.find((t) => t.id === payload.taskId) : undefined;
    const who = rule.task ? this.checkTaskActor(rule, task, s, actor, ctx) : this.checkActor(rule, s, actor, ctx);
    if (who) return who;
    const info = this.spec.stages[s.stage];
    if (info?.final) return { code: 'case_closed', message: 'Дело завершено и больше не меняется.' };
    if (rule.stages !== 'any' && !rule.stages.includes(s.stage))
      return { code: 'stage', message: `На этапе «${info?.labelRu ?? s.stage}» это невозможно.` };
    if (s.held !== undefined && !rule.whileHeld)
      return { code: 'held', message: 'Дело приостановлено: действия возможны после возобновления.' };
    const why = rule.unless?.(s, ctx, task, actor);
    return why ? { code: 'not_now', message: why } : null;
  }

  private checkActor(rule: Rule<S, P>, s: S, actor: PersonActor, ctx: Context<P>): Refusal | null {
    // Experts act in a case by the tasks they were given there.
    const own = (t: Task) => t.nature === 'personal' && t.assigneeId === actor.personId && rule.roles.includes(t.role);
    if (!this.spec.persons && !actor.onBehalfOf && s.tasks.some(own)) return this.segregated(s, actor);
    // A person of the case acts himself, never through a deputy.
    const named = rule.roles.some((role) => this.spec.persons?.(s, role)?.includes(actor.personId));
    if (named && !actor.onBehalfOf) return null;
    const applicant = rule.roles.filter((r) => this.spec.applicantRoles.includes(r));
    if (applicant.length > 0 && this.speaksForApplicant(s, actor, applicant, ctx)) return null;
    const office = rule.roles.filter((r) => !applicant.includes(r) && !this.spec.persons?.(s, r));
    if (!this.holdsOffice(actor, office, s, ctx))
      return { code: 'role_missing', message: 'Для этого действия нужна другая роль.' };
    return this.segregated(s, actor);
  }

  private holdsOffice(actor: PersonActor, roles: Role[], s: S, ctx: Context<P>): boolean {
    const where = (role: Role) => this.spec.places?.(s, role, ctx) ?? jurisdiction(ctx);
    return roles.some((role) => hasRole(actor, [role], where(role), ctx.today));
  }

  /** `null` where nothing ties the actor to the case. Asked of every act in office, and of facts somebody reports in office. */
  segregated(s: S, actor: Actor): Refusal | null {
    return this.spec.segregation ? this.spec.segregation(s, actor) : segregation(s, actor);
  }

  /** A party acts himself: nobody defends an attestation or votes «за» another. */
  private speaksForApplicant(s: S, actor: PersonActor, roles: Role[], ctx: Context<P>): boolean {
    if (this.spec.isParty) return !actor.onBehalfOf && this.spec.isParty(s, actor.personId);
    return hasRole(actor, roles, organisations(s), ctx.today);
  }

  private checkTaskActor(
    rule: Rule<S, P>,
    task: Task | undefined,
    s: S,
    actor: PersonActor,
    ctx: Context<P>,
  ): Refusal | null {
    if (!task || !rule.task?.includes(task.kind))
      return { code: 'task_not_found', message: 'Такой задачи в деле нет.' };
    if (task.nature === 'personal' && rule.roles.includes(task.role)) {
      // A personal task is never substituted: the assignee acts himself (3.3).
      // Whoever finds that the case is his own steps aside by the same task and does nothing else with it.
      if (task.assigneeId === actor.personId && !actor.onBehalfOf)
        return rule.stepsAside || this.spec.persons?.(s, task.role) ? null : this.segregated(s, actor);
      if (actor.onBehalfOf && task.assigneeId === actor.onBehalfOf.personId)
        return {
          code: 'personal_task',
          message: 'Личную задачу нельзя выполнить за другого: её можно только передать.',
        };
      if (task.assigneeId === actor.personId)
        return {
          code: 'own_name',
          message: 'Личную задачу выполняют от своего имени: перестаньте действовать за другого и повторите.',
        };
      return { code: 'not_assignee', message: 'Задача поручена другому человеку.' };
    }
    if (!this.holdsOffice(actor, offices(rule, task), s, ctx))
      return { code: 'role_missing', message: 'Для этого действия нужна другая роль.' };
    const excluded = this.spec.excluded?.(s, task) ?? [];
    if (actingPeople(actor).some((id) => excluded.includes(id)))
      return {
        code: 'segregation',
        message: 'Участник первого решения или экспертизы не рассматривает это дело вновь.',
      };
    const another = task.assigneeId !== undefined && !actingPeople(actor).includes(task.assigneeId);
    const doing = rule.over === undefined;
    if (task.nature === 'office' && rule.roles.includes(task.role) && another && isOpen(task) && doing)
      return { code: 'taken', message: 'Задачу уже взял в работу другой сотрудник.' };
    return this.segregated(s, actor);
  }

  /** Every action the actor's roles know, with the reason where it is not possible now. Other roles' actions are not listed. */
  offers(s: S, actor: Actor, ctx: Context<P>): ActionOffer[] {
    const out: ActionOffer[] = [];
    for (const [type, rule] of Object.entries(this.spec.rules)) {
      for (const task of targets(rule, s)) {
        const refusal = this.check(rule, s, actor, ctx, task ? { taskId: task.id } : {});
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

  /** Codes of everything the actor may do now; part of every denial. */
  possible(s: S, actor: Actor, ctx: Context<P>): string[] {
    const allowed = this.offers(s, actor, ctx).filter((offer) => offer.allowed);
    return [...new Set(allowed.map((offer) => offer.type))];
  }
}

/** Whose office the act on this task is: an office does its own tasks only. */
function offices<S extends CaseState, P>(rule: Rule<S, P>, task: Task): Role[] {
  const own = rule.roles.includes(task.role) ? [task.role] : [];
  if (rule.over) return [...own, ...rule.over];
  return task.nature === 'office' && own.length > 0 ? own : rule.roles;
}

function targets<S extends CaseState, P>(rule: Rule<S, P>, s: S): Array<Task | undefined> {
  const kinds = rule.task;
  if (!kinds) return [undefined];
  return s.tasks.filter((t) => kinds.includes(t.kind) && (rule.onDone ? t.state === 'done' : isOpen(t)));
}

export const organisations = (s: CaseState): Scope[] => s.organisationIds.map((id) => ({ kind: 'organisation', id }));
export const jurisdiction = (ctx: Context<unknown>): Scope[] => [{ kind: 'jurisdiction', id: ctx.jurisdiction.id }];

/**
 * Whose case it is: himself, a relative, or his organisation; of a deputy also whoever he acts for, with his relatives and his organisation.
 * What the person replaced may not decide, nobody decides for him.
 */
export function isOwn(actor: Actor, of: { persons: readonly string[]; organisationIds?: readonly string[] }): boolean {
  if (actor.kind !== 'person') return false;
  return (
    [...actingPeople(actor), ...(actor.relativeIds ?? [])].some((id) => of.persons.includes(id)) ||
    [...actor.organisationIds, ...(actor.principalOrganisationIds ?? [])].some(
      (id) => of.organisationIds?.includes(id) === true,
    )
  );
}

/** Nobody reviews, decides or registers his own case, a relative's, or that of his organisation (section 2). */
export function segregation(s: CaseState, actor: Actor): Refusal | null {
  return isOwn(actor, { persons: [s.initiatorId], organisationIds: s.organisationIds }) ? ownCase(actor) : null;
}

/** The refusal in words; a deputy hears that it may be for the sake of the person he replaces. */
export const ownCase = (actor: Actor): Refusal =>
  actor.kind === 'person' && actor.onBehalfOf ? OWN_CASE_OF_EITHER : OWN_CASE;

const OWN_CASE: Refusal = {
  code: 'segregation',
  message: 'Нельзя вести дело своё, своего родственника или своей организации.',
};

const OWN_CASE_OF_EITHER: Refusal = {
  code: 'segregation',
  message:
    'Нельзя вести дело своё, своего родственника или своей организации, а также дело того, кого вы замещаете, его родственника или его организации.',
};
