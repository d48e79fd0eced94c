/**
 * What any process does with its tasks (specification 3.3): creates, ends, replaces, holds them, fires their timers; and the actions
 * people know from every process: accept, decline, conflict, assign, extend, pass on, return.
 */
import { derivedId } from './ids.ts';
import { Denied, deny, type Recorder } from './recorder.ts';
import type { CaseState, Payload, Rule } from './rulebook.ts';
import type { Term } from './deadlines.ts';
import {
  openTasks,
  isOpen,
  isWorking,
  parseTaskKey,
  taskDue,
  type Task,
  type TaskClock,
  type TaskPolicy,
} from './task.ts';
import type { Actor, ArmedDeadline, Context, Role, Scope } from './types.ts';

/** What the desk has to know of the process it works for. */
export interface DeskSpec<S extends CaseState, P> {
  clock(ctx: Context<P>): TaskClock;
  policy(ctx: Context<P>): TaskPolicy;
  /** Term of a personal task that replaces another one. */
  replacementTerm(s: S, old: Task, ctx: Context<P>): Term;
  /** Whom the segregation of duties keeps from a task besides the applicant himself. */
  excluded?(s: S, task: Task): string[];
  /** Where an office that gets a task is held; absent: in the jurisdiction. */
  place?(s: S, role: Role, ctx: Context<P>): Scope;
  /** Is the work of a task that ended without a result still needed? By default it is. */
  stillNeeded?(s: S, task: Task): boolean;
}

export class Desk<S extends CaseState, P> {
  constructor(private readonly spec: DeskSpec<S, P>) {}

  /**
   * A task of an office: whoever of its holders takes it does it. Its term begins at once; without a term the process itself keeps
   * the date (one counted back from a day that may still move). `termFrom` is the day it counts from where that is not today.
   */
  office(rec: Recorder<S, P>, kind: string, role: Role, term?: Term, termEvent = '', termFrom = rec.ctx.today): Task {
    const today = rec.ctx.today;
    return this.create(rec, {
      kind,
      nature: 'office',
      role,
      scope: this.spec.place?.(rec.state, role, rec.ctx) ?? { kind: 'jurisdiction', id: rec.ctx.jurisdiction.id },
      state: 'assigned',
      ordinal: 0,
      assignedOn: today,
      ...(term ? { term, termFrom, termEvent } : {}),
      // A term that began earlier sends no reminder of days that are past.
      ...(termFrom === today ? {} : { remindFrom: today }),
    });
  }

  /** A seat for a person still to be chosen; its term begins when `startTerm` says so. */
  seat(rec: Recorder<S, P>, seat: Pick<Task, 'kind' | 'role' | 'ordinal' | 'group' | 'term'> & Partial<Task>): Task {
    return this.create(rec, {
      nature: 'personal',
      scope: { kind: 'case', id: rec.ctx.caseId },
      state: 'created',
      ...seat,
    });
  }

  private create(
    rec: Recorder<S, P>,
    fields: Omit<Task, 'id' | 'createdOn' | 'pauses' | 'reminded' | 'escalations'> & Partial<Task>,
  ): Task {
    const id = derivedId(rec.ctx.caseId, `task:${rec.state.taskCount + 1}`);
    const task: Task = { id, createdOn: rec.ctx.today, pauses: [], reminded: [], escalations: 0, ...fields };
    const row = { assigned: 'TASK-29', on_hold: 'TASK-30' }[task.state as string] ?? 'TASK-27';
    rec.emit(row, 'task.created', { task });
    return task;
  }

  assign(rec: Recorder<S, P>, task: Task, personId: string): void {
    rec.emit('TASK-01', 'task.assigned', { taskId: task.id, personId });
  }

  /** The term of a task begins: all seats of a first round at once, a replacement when it is assigned. */
  startTerm(rec: Recorder<S, P>, taskId: string, why: string): void {
    const task = this.find(rec, taskId);
    if (task.term && !task.termFrom) rec.emit('TASK-28', 'task.term_started', { taskId, event: why });
  }

  find(rec: Recorder<S, P>, id: unknown): Task {
    return rec.state.tasks.find((t) => t.id === id) ?? deny('task_not_found', 'Такой задачи в деле нет.');
  }

  /** Ends an open task otherwise than by its result; the next person gets a new one with a fresh term. */
  end(rec: Recorder<S, P>, row: string, type: string, task: Task, cause: string): void {
    rec.emit(row, type, about(task, { cause }));
    if (this.spec.stillNeeded?.(rec.state, task) ?? true) this.replace(rec, task);
  }

  /** The same work for another person: a seat is chosen for again, an office is asked again. */
  replace(rec: Recorder<S, P>, old: Task): void {
    const { kind, role, ordinal, group, scope } = old;
    if (old.nature === 'personal') {
      const term = this.spec.replacementTerm(rec.state, old, rec.ctx);
      this.seat(rec, { kind, role, ordinal, ...(group ? { group } : {}), term, replaces: old.id });
      return;
    }
    const { term, termFrom, termEvent, extension, fixedByHand, pauses } = old;
    const running = {
      ...(term ? { term } : {}),
      ...(termFrom ? { termFrom } : {}),
      ...(termEvent ? { termEvent } : {}),
    };
    const changed = { ...(extension ? { extension } : {}), ...(fixedByHand ? { fixedByHand } : {}), pauses };
    // A paused task stays paused in other hands: its pause is still open.
    const standing =
      old.state === 'on_hold'
        ? ({ state: 'on_hold', heldState: 'assigned' } as const)
        : ({ state: 'assigned' } as const);
    this.create(rec, {
      kind,
      nature: 'office',
      role,
      scope,
      ordinal,
      ...standing,
      assignedOn: rec.ctx.today,
      remindFrom: rec.ctx.today,
      replaces: old.id,
      ...running,
      ...changed,
    });
  }

  cancelOpen(rec: Recorder<S, P>, cause: string, keep: (t: Task) => boolean = () => false): void {
    for (const task of rec.state.tasks.filter((t) => isOpen(t) && !keep(t)))
      rec.emit('TASK-20', 'task.cancelled', about(task, { cause }));
  }

  cancelKinds(rec: Recorder<S, P>, cause: string, kinds: readonly string[]): void {
    this.cancelOpen(rec, cause, (t) => !kinds.includes(t.kind));
  }

  hold(rec: Recorder<S, P>, tasks: Task[], reason: string, waitingFor: string): void {
    for (const task of tasks)
      if (isOpen(task) && task.state !== 'on_hold')
        rec.emit('TASK-18', 'task.held', about(task, { reason, waitingFor }));
  }

  resume(rec: Recorder<S, P>, tasks: Task[] = rec.state.tasks): void {
    for (const task of tasks) if (task.state === 'on_hold') rec.emit('TASK-19', 'task.resumed', about(task));
  }

  /** The holder of an office finishes its task; who had not taken it takes it by finishing. */
  finish(rec: Recorder<S, P>, payload: Payload, result: Payload = {}): Task {
    const task = this.find(rec, payload.taskId);
    if (task.state === 'assigned')
      rec.emit('TASK-25', 'task.accepted', { taskId: task.id, personId: holderOf(rec.command.actor) });
    this.submit(rec, task, result);
    return task;
  }

  /** Finishes what is open of a kind, for acts that are not drawn from a task. */
  finishOpen(rec: Recorder<S, P>, kind: string, result: Payload = {}): void {
    for (const task of openTasks(rec.state.tasks, kind)) this.finish(rec, { taskId: task.id }, result);
  }

  submit(rec: Recorder<S, P>, task: Task, result: Payload): void {
    rec.emit('TASK-09', 'task.submitted', {
      taskId: task.id,
      personId: personOf(rec),
      late: this.isLate(rec, task),
      result,
    });
  }

  /** Late if the due day is over when the platform receives the answer. */
  isLate(rec: Recorder<S, P>, task: Task): boolean {
    const due = taskDue(task, this.spec.clock(rec.ctx));
    return due !== undefined && rec.ctx.now >= due.dueAt;
  }

  /** An employment event of an assignee: each of his open tasks passes to another person. */
  assigneeLeft(rec: Recorder<S, P>, personId: string, event: string): void {
    const left = rec.state.tasks.filter((t) => isOpen(t) && t.assigneeId === personId);
    if (left.length === 0) deny('not_applicable', 'У этого человека нет открытых задач в деле.');
    for (const task of left) this.end(rec, 'TASK-12', 'task.declined', task, event === 'died' ? 'died' : 'left');
  }

  /** Fires a timer of a task; `false` when the key is not a task's. */
  onDeadline(rec: Recorder<S, P>, key: string): boolean {
    const parsed = parseTaskKey(key);
    if (!parsed) return false;
    const task = this.find(rec, parsed.taskId);
    switch (parsed.what) {
      case 'answer':
        rec.emit('TASK-06', 'task.answer_reminded', about(task));
        return true;
      case 'silent':
        this.end(rec, 'TASK-07', 'task.reassigned', task, 'silent');
        return true;
      case 'remind':
        rec.emit(
          'TASK-13',
          'task.reminded',
          about(task, { days: parsed.n, dueOn: taskDue(task, this.spec.clock(rec.ctx))?.dueOn }),
        );
        return true;
      case 'due':
        rec.emit('TASK-14', 'task.overdue', about(task));
        return true;
      case 'escalate':
        rec.emit('TASK-15', 'task.escalated', about(task, { n: parsed.n }));
        return true;
      case 'replace':
        this.end(rec, 'TASK-16', 'task.reassigned', task, 'overdue');
        return true;
      default:
        throw new Error(`No rule for the task deadline ${key}`);
    }
  }

  /** The rules of table 3.3 for these kinds of tasks; `supervisors` extend, assign, pass on and return. */
  rules(kinds: {
    personal: string[];
    office: string[];
    performers: Role[];
    /** Who is invited in person and may decline; experts and arbiters unless a process says otherwise. */
    invited?: Role[];
    supervisors: Role[];
    assigners: Role[];
    returners: Role[];
    returnStages: string[];
    mayReturn(s: S, task: Task): boolean;
    /** What else follows when an assignee has accepted: a panel may be complete. */
    onAccepted?(rec: Recorder<S, P>, task: Task): void;
  }): Record<string, Rule<S, P>> {
    const all = [...kinds.personal, ...kinds.office];
    const invited: Role[] = kinds.invited ?? ['expert', 'arbiter'];
    return {
      acceptTask: {
        labelRu: 'Принять задачу',
        tone: 'primary',
        stages: 'any',
        roles: kinds.performers,
        task: all,
        unless: (_s, _ctx, task) =>
          task?.state === 'assigned' ? null : 'Задачу принимают один раз, сразу после назначения.',
        apply: (rec, p) => {
          const task = this.find(rec, p.taskId);
          if (task.nature === 'office')
            return rec.emit('TASK-25', 'task.accepted', { taskId: task.id, personId: holderOf(rec.command.actor) });
          rec.emit('TASK-03', 'task.accepted', { taskId: task.id, personId: personOf(rec), noConflict: true });
          kinds.onAccepted?.(rec, task);
        },
      },
      declineTask: {
        labelRu: 'Отказаться',
        stepsAside: true,
        stages: 'any',
        roles: invited,
        task: kinds.personal,
        unless: (_s, _ctx, task) =>
          task?.state === 'assigned'
            ? null
            : 'Отказаться можно до принятия задачи; после — только заявить конфликт интересов.',
        apply: (rec, p) => this.end(rec, 'TASK-04', 'task.declined', this.find(rec, p.taskId), 'declined'),
      },
      declareConflict: {
        labelRu: 'Заявить конфликт интересов',
        stepsAside: true,
        stages: 'any',
        roles: invited,
        task: kinds.personal,
        unless: (_s, _ctx, task) =>
          task && isOpen(task) && task.state !== 'on_hold' ? null : 'Задача уже закрыта или приостановлена.',
        apply: (rec, p) => {
          const task = this.find(rec, p.taskId);
          this.end(rec, task.state === 'assigned' ? 'TASK-05' : 'TASK-10', 'task.declined', task, 'conflict');
        },
      },
      assignTask: {
        labelRu: 'Назначить исполнителя',
        stages: 'any',
        roles: kinds.assigners,
        over: [...kinds.supervisors, 'admin'],
        task: kinds.office,
        unless: (_s, _ctx, task, actor) => {
          if (!task || !isOpen(task) || task.state === 'on_hold') return 'Эта задача сейчас не назначается.';
          if (!task.assigneeId || holds(actor, [...kinds.supervisors, 'admin'])) return null;
          return `Задачу уже назначили${task.acceptedOn ? ` ${task.acceptedOn}` : ''}: её ведёт другой сотрудник.`;
        },
        apply: (rec, p) => {
          const task = this.find(rec, p.taskId);
          if ([rec.state.initiatorId, ...(this.spec.excluded?.(rec.state, task) ?? [])].includes(p.personId))
            deny(
              'assignee_excluded',
              'Участник первого решения или экспертизы и сам заявитель не рассматривают это дело.',
              {
                errors: [{ pointer: '/personId', detail: 'Выберите другого исполнителя.' }],
              },
            );
          rec.emit(task.state === 'assigned' ? 'TASK-26' : 'TASK-31', 'task.handed', {
            taskId: task.id,
            personId: p.personId,
            previous: task.assigneeId ?? null,
          });
        },
      },
      extendTask: {
        labelRu: 'Продлить срок задачи',
        stages: 'any',
        roles: kinds.supervisors,
        task: all,
        unless: (_s, _ctx, task) => {
          if (!task || !isOpen(task) || !task.termFrom || task.state === 'on_hold')
            return 'Срок этой задачи сейчас не идёт.';
          return task.extension ? 'Срок уже продлевали: это возможно один раз.' : null;
        },
        apply: (rec, p) => {
          const max = this.spec.policy(rec.ctx).maxExtension;
          if (p.workingDays > max)
            deny('extension_too_long', `Срок можно продлить не более чем на ${max} раб. дн.`, {
              errors: [{ pointer: '/workingDays', detail: `Не больше ${max}.` }],
            });
          const by = personOf(rec) ?? 'system';
          const extension = {
            amount: p.workingDays,
            unit: 'wd',
            reason: 'по решению координатора',
            by,
            on: rec.ctx.today,
          };
          const task = this.find(rec, p.taskId);
          const row = ['overdue', 'escalated'].includes(task.state) ? 'TASK-32' : 'TASK-23';
          rec.emit(row, 'task.extended', about(task, { extension }));
        },
      },
      reassignTask: {
        labelRu: 'Передать другому',
        stages: 'any',
        roles: [...kinds.supervisors, 'admin'],
        task: kinds.personal,
        unless: (_s, _ctx, task) =>
          task && isOpen(task) && task.assigneeId && task.state !== 'on_hold'
            ? null
            : 'Передать можно только открытую задачу, у которой есть исполнитель.',
        apply: (rec, p) => this.end(rec, 'TASK-17', 'task.reassigned', this.find(rec, p.taskId), 'order'),
      },
      returnForDefect: {
        labelRu: 'Вернуть из-за формального недостатка',
        stages: kinds.returnStages,
        roles: kinds.returners,
        task: kinds.personal,
        onDone: true,
        unless: (s, _ctx, task) => {
          if (task?.state !== 'done') return 'Вернуть можно только отправленное заключение.';
          if (task.defectReturned) return 'Заключение уже возвращали: это возможно один раз.';
          return kinds.mayReturn(s, task) ? null : 'Этап уже закрыт.';
        },
        apply: (rec, p) =>
          rec.emit(
            'TASK-21',
            'task.returned_for_defect',
            about(this.find(rec, p.taskId), { term: this.spec.policy(rec.ctx).defectReturn }),
          ),
      },
    };
  }
}

/** Condition of most rules about a task: it is in somebody's hands now. */
export function inWork(_s: CaseState, _ctx: unknown, task?: Task): string | null {
  return task && isWorking(task) ? null : 'Эта задача сейчас не в работе.';
}

/** Facts of an event about a task: which one, whose, and more. */
/**
 * A late answer of a former assignee is refused politely and kept as a note (3.3). `types`: the acts that answer a task; `over`: the case
 * has ended and keeps no notes; `message`: the refusal in the words of the process.
 */
export function lateAnswers<S extends CaseState, P>(
  types: readonly string[],
  over: (s: S) => boolean,
  message: string,
): (rec: Recorder<S, P>, type: string) => void {
  return (rec, type) => {
    const { actor, payload } = rec.command;
    const task = rec.state.tasks.find((t) => t.id === payload.taskId);
    if (!types.includes(type) || !task || actor.kind !== 'person' || task.assigneeId !== actor.personId) return;
    if (isOpen(task) || task.state === 'done' || over(rec.state)) return;
    rec.emit('TASK-24', 'task.late_answer_noted', {
      taskId: task.id,
      personId: actor.personId,
      document: payload.document ?? null,
    });
    throw new Denied({ code: 'late_answer', message }, rec.events);
  };
}

/**
 * The repair «move a deadline»: an administrator gives an armed date that people see another day, with a reason. `fixed` answers why a date
 * may not be moved, or null; of a task only the term may be, never the answer to an invitation.
 */
export function deadlineMover<S extends CaseState, P>(
  row: string,
  armedOf: (s: S, ctx: Context<P>) => readonly ArmedDeadline[],
  fixed: (key: string) => string | null,
): (rec: Recorder<S, P>, p: Payload) => void {
  return (rec, p) => {
    const armed = armedOf(rec.state, rec.ctx).find((d) => d.key === p.key && d.visible);
    if (!armed)
      deny('no_such_deadline', 'Такого срока в деле нет.', {
        errors: [{ pointer: '/key', detail: 'Выберите срок из списка.' }],
      });
    if (!(p.dueOn > rec.ctx.today))
      deny('date_past', 'Новая дата должна быть позже сегодняшней.', {
        errors: [{ pointer: '/dueOn', detail: 'Выберите дату в будущем.' }],
      });
    if (armed.key.startsWith('task:') && !armed.key.endsWith(':due'))
      deny('fixed_date', 'Переносят срок задачи, а не ответа на приглашение.');
    const why = fixed(armed.key);
    if (why) deny('fixed_date', why);
    const { actor } = rec.command;
    const by = actor.kind === 'person' ? actor.personId : '';
    rec.emit(row, 'deadline.moved', { key: p.key, on: p.dueOn, previous: armed.due.dueOn, reason: p.reason, by });
  };
}

export function about(task: Task, more: Payload = {}): Payload {
  return { taskId: task.id, personId: task.assigneeId ?? null, ...more };
}

export function personOf(rec: { command: { actor: { kind: string; personId?: string } } }): string | null {
  const { actor } = rec.command;
  return actor.kind === 'person' ? (actor.personId ?? null) : null;
}

/**
 * In whose hands a task of an office is that somebody takes: a deputy takes it for the person he replaces, who goes on with it when he is back
 * (specification 3.3). What was done by whom stands in the event.
 */
export function holderOf(actor: Actor): string | null {
  if (actor.kind !== 'person') return null;
  return actor.onBehalfOf?.personId ?? actor.personId;
}

function holds(actor: { kind: string; assignments?: Array<{ role: Role }> }, roles: Role[]): boolean {
  return (actor.assignments ?? []).some((a) => roles.includes(a.role));
}
