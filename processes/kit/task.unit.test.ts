import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PureCase } from '../../test/p01/pure-case.ts';
import { CALENDAR, conclusion, people, SHA, uuid } from '../../test/p01/world.ts';
import { DEFAULT_POLICY } from '../dpp-certification/policy.ts';
import {
  evolveTasks,
  isOpen,
  isWorking,
  OPEN_STATES,
  parseTaskKey,
  TASK_ROWS,
  taskDeadlines,
  taskDue,
  taskRow,
  type Task,
} from './task.ts';
import type { TaskState } from './types.ts';

const POLICY = DEFAULT_POLICY.task;
const clock = (today: string) => ({ zone: 'Europe/Moscow', calendar: CALENDAR, reminderTime: '09:00', today });
const TEN = { amount: 10, unit: 'wd' as const, clause: 'Порядок' };

/** Accepted on Monday 2 February 2026, ten working days: due on the 16th. */
const personal = (over: Partial<Task> = {}): Task => ({
  id: uuid(1),
  kind: 'review',
  nature: 'personal',
  role: 'expert',
  scope: { kind: 'case', id: uuid(5000) },
  state: 'in_progress',
  ordinal: 1,
  assigneeId: uuid(101),
  createdOn: '2026-02-02',
  assignedOn: '2026-02-02',
  term: TEN,
  termFrom: '2026-02-02',
  pauses: [],
  reminded: [],
  escalations: 0,
  ...over,
});
const office = (over: Partial<Task> = {}): Task =>
  personal({ nature: 'office', role: 'fed_operator', kind: 'technical_check', ...over });
/** What is armed: the name of the timer and its local day and time in Moscow. */
const armed = (task: Task, today = '2026-02-02') =>
  taskDeadlines(task, POLICY, clock(today), 'expert').map((d) => [
    d.key.replace(/^task:[^:]+:/, ''),
    new Date(Date.parse(d.at) + 3 * 3_600_000).toISOString().slice(0, 16),
  ]);
const fold = (task: Task, ...events: Array<[string, string, Record<string, unknown>?]>): Task =>
  events.reduce(
    (tasks, [type, on, facts]) => evolveTasks(tasks, { type, on, facts: { taskId: task.id, ...facts } }),
    [task],
  )[0] as Task;

describe('table 3.3, row by row', () => {
  const start = () => new PureCase('2026-02-02T07:00:00.000Z');
  const accepted = () => start().toPanel();
  const first = (c: PureCase, kind = 'review') => c.s.tasks.find((t) => t.kind === kind) as Task;
  const of = (c: PureCase, id: string | undefined) => c.s.tasks.find((t) => t.id === id) as Task;
  const rowsOf = (c: PureCase, id: string | undefined) =>
    c.events.filter((e) => e.facts.taskId === id).map((e) => e.row);

  it('created → assigned: the assignee is told, with the day to answer by', () => {
    const c = start().submit().check();
    const t = first(c);
    expect([t.state, rowsOf(c, t.id)]).toEqual(['assigned', ['TASK-01']]);
    const letter = c.letters.find((l) => l.addressee.kind === 'person' && l.addressee.personId === t.assigneeId);
    expect([letter?.template, letter?.params.answerBy]).toEqual(['expert-invited', '4 февраля 2026 года']);
  });

  it('created, nobody eligible: the coordinator is told at once, then every two working days', () => {
    const c = start();
    c.candidates = [];
    c.submit().check().day('2026-02-11');
    expect(first(c).state).toBe('created');
    const days = c.events.filter((e) => e.row === 'TASK-02' && e.facts.taskId === first(c).id).map((e) => e.on);
    expect(days).toEqual(['2026-02-02', '2026-02-04', '2026-02-06', '2026-02-10']);
  });

  it('assigned → in_progress by the assignee alone', () => {
    const c = accepted();
    expect(first(c)).toMatchObject({ state: 'in_progress', acceptedOn: '2026-02-02' });
    expect(rowsOf(c, first(c).id)).toContain('TASK-03');
  });

  it.each([
    ['declineTask', 'TASK-04', 'declined'],
    ['declareConflict', 'TASK-05', 'conflict'],
  ])('assigned → declined by %s: the next person is asked', (action, row, cause) => {
    const c = start().submit().check();
    const t = first(c);
    c.do(t.assigneeId as string, action, { taskId: t.id });
    expect(of(c, t.id)).toMatchObject({ state: 'declined', cause });
    expect(rowsOf(c, t.id)).toContain(row);
    expect(c.s.tasks.find((x) => x.replaces === t.id)).toMatchObject({ state: 'assigned', ordinal: t.ordinal });
  });

  it('assigned, silent: a reminder after two working days, the next person after one more', () => {
    const c = start().submit().check().day('2026-02-05', '23:00');
    const t = first(c);
    expect(c.events.find((e) => e.row === 'TASK-06')?.on).toBe('2026-02-04');
    expect(of(c, t.id).state).toBe('assigned');
    c.day('2026-02-06', '00:01');
    expect(of(c, t.id)).toMatchObject({ state: 'reassigned', cause: 'silent' });
  });

  it('submit: done, immutable, marked late only when it is late', () => {
    const c = accepted();
    const [a, b] = c.open('review');
    c.review('approve');
    expect(of(c, a?.id)).toMatchObject({ state: 'done', late: false, finishedOn: '2026-02-02' });
    expect(c.try(a?.assigneeId as string, 'submitReview', { taskId: a?.id, ...conclusion('reject') })?.code).toBe(
      'not_now',
    );
    c.day('2026-02-17');
    c.do(b?.assigneeId as string, 'submitReview', { taskId: b?.id, ...conclusion('approve') });
    expect(of(c, b?.id)).toMatchObject({ state: 'done', late: true });
  });

  it('submit needs a complete conclusion and never an approval beside a failed mandatory criterion', () => {
    const c = accepted();
    const [t] = c.open('review');
    const denial = c.try(t?.assigneeId as string, 'submitReview', {
      taskId: t?.id,
      ...conclusion('approve', ['standard']),
    });
    expect(denial?.errors?.map((e) => e.pointer)).toEqual(['/verdict']);
  });

  it.each([
    ['in_progress', '2026-02-03'],
    ['overdue', '2026-02-17'],
    ['escalated', '2026-02-19'],
  ])('%s → declined by a conflict or the death of the assignee: a new task with a fresh term', (state, day) => {
    const c = accepted().day(day);
    const [a, b] = c.open('review');
    expect(a?.state).toBe(state);
    c.do(a?.assigneeId as string, 'declareConflict', { taskId: a?.id });
    c.do('system', 'fact:employment', { personId: b?.assigneeId, event: 'leave_started', on: day });
    expect([rowsOf(c, a?.id).at(-1), rowsOf(c, b?.id).at(-1)]).toEqual(['TASK-10', 'TASK-12']);
    for (const t of [a, b])
      expect(c.s.tasks.find((x) => x.replaces === t?.id)).toMatchObject({ state: 'assigned', termFrom: day });
  });

  it('objection upheld → declined', () => {
    const c = accepted();
    c.do(people.head, 'objectToExpert', { ordinal: 1, statement: SHA(3) });
    c.do(people.coordinator, 'decideObjection', { upheld: true, statement: SHA(3) });
    expect(rowsOf(c, first(c).id).at(-1)).toBe('TASK-11');
  });

  it('reminders −3 and −1, due, +2 the next level, +3 another person', () => {
    const c = accepted().day('2026-02-24', '23:00');
    const t = first(c);
    const timers = c.events.filter(
      (e) => e.facts.taskId === t.id && e.actor.kind === 'system' && !['TASK-01', 'TASK-28'].includes(e.row),
    );
    expect(timers.map((e) => [e.row, e.on])).toEqual([
      ['TASK-13', '2026-02-11'],
      ['TASK-13', '2026-02-13'],
      ['TASK-14', '2026-02-16'],
      ['TASK-15', '2026-02-18'],
      ['TASK-16', '2026-02-24'],
    ]);
  });

  it('an office is called again and again, not replaced', () => {
    const c = start().submit().day('2026-02-18');
    const t = first(c, 'technical_check');
    expect(t).toMatchObject({ state: 'escalated' });
    expect(t.escalations).toBeGreaterThan(1);
    expect(c.open('technical_check')).toHaveLength(1);
  });

  it('escalated → reassigned by order of the coordinator; the late answer stays as a note', () => {
    const c = accepted().day('2026-02-19');
    const t = first(c);
    c.do(people.coordinator, 'reassignTask', { taskId: t.id });
    expect(of(c, t.id)).toMatchObject({ state: 'reassigned', cause: 'order' });
    expect(c.try(t.assigneeId as string, 'submitReview', { taskId: t.id, ...conclusion('approve') })?.code).toBe(
      'late_answer',
    );
    expect(rowsOf(c, t.id).slice(-2)).toEqual(['TASK-17', 'TASK-24']);
  });

  it('on_hold and back to the state it had', () => {
    const c = accepted().day('2026-02-17');
    expect(first(c).state).toBe('overdue');
    c.do('system', 'fact:court_act', { effect: 'stay', on: '2026-02-17', act: 'акт' });
    expect(first(c).state).toBe('on_hold');
    c.do('system', 'fact:court_act', { effect: 'resume', on: '2026-02-17', act: 'акт' });
    expect(first(c).state).toBe('overdue');
  });

  it('cancelled on withdrawal: the assignee is told, no timer is left', () => {
    const c = accepted().do(people.head, 'withdraw');
    expect(c.s.tasks.filter((t) => t.kind === 'review').map((t) => t.state)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
    expect(c.s.tasks.flatMap((t) => armed(t))).toEqual([]);
    expect(c.letters.filter((l) => l.template === 'task-closed')).toHaveLength(3);
  });

  it('done → in_progress for a formal defect, with two working days', () => {
    const c = accepted().review('approve').day('2026-02-05');
    c.do(people.coordinator, 'returnForDefect', { taskId: first(c).id });
    expect(taskDue(first(c), clock('2026-02-05'))?.dueOn).toBe('2026-02-09');
    expect(first(c)).toMatchObject({ state: 'in_progress', defectReturned: true });
    expect(first(c).result).toBeUndefined();
  });

  it('done → voided: kept, does not count, a new task', () => {
    const c = accepted().review('approve');
    c.do(people.coordinator, 'voidConclusion', { taskId: first(c).id });
    expect(first(c)).toMatchObject({ state: 'voided', result: { verdict: 'approve' } });
    expect(c.s.tasks.find((t) => t.replaces === first(c).id)?.state).toBe('assigned');
  });

  it('has a unique id and a Russian sentence for every row', () => {
    expect(new Set(TASK_ROWS.map((r) => r.id)).size).toBe(TASK_ROWS.length);
    for (const row of TASK_ROWS) expect(row.effectRu).toMatch(/[а-я]/);
  });
});

describe('what a task has armed', () => {
  it('an invitation: the answer, then the next person', () => {
    const { term: _, termFrom: __, ...invited } = personal({ state: 'assigned' });
    expect(armed(invited)).toEqual([['answer', '2026-02-05T00:00']]);
    expect(armed({ ...invited, answerReminded: true })).toEqual([['silent', '2026-02-06T00:00']]);
  });

  it('work: reminders in the morning, the end of the due day', () => {
    expect(armed(personal())).toEqual([
      ['remind:3', '2026-02-11T09:00'],
      ['remind:1', '2026-02-13T09:00'],
      ['due', '2026-02-17T00:00'],
    ]);
  });

  it('skips a reminder whose day is past when the term begins', () => {
    expect(armed(personal({ term: { ...TEN, amount: 2 } })).map(([key]) => key)).toEqual(['remind:1', 'due']);
    expect(armed(personal({ term: { ...TEN, amount: 1 } })).map(([key]) => key)).toEqual(['due']);
  });

  it('skips a reminder whose day is past when the date was changed', () => {
    expect(armed(personal({ remindFrom: '2026-02-12' })).map(([key]) => key)).toEqual(['remind:1', 'due']);
  });

  it('overdue: the next level; escalated: a person is replaced, an office is called again', () => {
    expect(armed(personal({ state: 'overdue' }))).toEqual([['escalate:1', '2026-02-18T09:00']]);
    expect(armed(personal({ state: 'escalated', escalations: 1 }))).toEqual([['replace', '2026-02-24T09:00']]);
    expect(armed(office({ state: 'escalated', escalations: 1 }))).toEqual([['escalate:2', '2026-02-20T09:00']]);
    expect(armed(office({ state: 'escalated', escalations: 2 }))).toEqual([['escalate:3', '2026-02-25T09:00']]);
  });

  it('an office is due before anybody takes the task, an invited person is not', () => {
    expect(armed(office({ state: 'assigned' })).map(([key]) => key)).toContain('due');
    expect(armed(personal({ state: 'assigned' })).map(([key]) => key)).not.toContain('due');
  });

  it('nothing while it is paused, and nothing once it is closed', () => {
    for (const state of ['on_hold', 'done', 'declined', 'reassigned', 'cancelled', 'voided'] as TaskState[])
      expect(armed(personal({ state }))).toEqual([]);
  });

  it('gives the remainder back after a pause', () => {
    const t = fold(
      personal(),
      ['task.held', '2026-02-09', { reason: 'суд', waitingFor: 'outside' }],
      ['task.resumed', '2026-03-02'],
    );
    expect(t.state).toBe('in_progress');
    expect(taskDue(t, clock('2026-03-02'))?.dueOn).toBe('2026-03-10');
  });

  it('extends once: the due day moves, an overdue task works again', () => {
    const extension = { amount: 3, unit: 'wd', reason: 'решение', by: uuid(5), on: '2026-02-17' };
    const t = fold(personal({ state: 'escalated', escalations: 1, reminded: [3, 1] }), [
      'task.extended',
      '2026-02-17',
      { extension },
    ]);
    expect([t.state, t.escalations, taskDue(t, clock('2026-02-17'))?.dueOn]).toEqual(['in_progress', 0, '2026-02-19']);
    expect(armed(t, '2026-02-17')).toEqual([
      ['remind:1', '2026-02-18T09:00'],
      ['due', '2026-02-20T00:00'],
    ]);
  });

  it('follows a date set by hand', () => {
    expect(
      taskDue(
        personal({ fixedByHand: { on: '2026-02-20', by: uuid(7), reason: 'сбой', previous: '2026-02-16' } }),
        clock('2026-02-02'),
      )?.dueOn,
    ).toBe('2026-02-20');
  });
});

describe('keys and states', () => {
  it('parses back every key it arms, and no other', () => {
    for (const state of OPEN_STATES)
      for (const answerReminded of [false, true])
        for (const make of [personal, office])
          for (const d of taskDeadlines(
            make({ state, answerReminded, escalations: 2 }),
            POLICY,
            clock('2026-02-02'),
            'expert',
          )) {
            const parsed = parseTaskKey(d.key);
            expect([
              parsed?.taskId,
              d.taskId,
              `task:${parsed?.taskId}:${parsed?.what}${d.key.split(':').length === 4 ? `:${parsed?.n}` : ''}`,
            ]).toEqual([uuid(1), uuid(1), d.key]);
          }
    for (const key of ['returned', 'pool:1', 'task:1:due', 'task::due', `task:${uuid(1)}`])
      expect(parseTaskKey(key)).toBeNull();
  });

  it('knows who works: a person after accepting, an office from the start', () => {
    const states: TaskState[] = [
      'created',
      'assigned',
      'in_progress',
      'overdue',
      'escalated',
      'on_hold',
      'done',
      'declined',
      'reassigned',
      'cancelled',
      'voided',
    ];
    expect(states.filter((state) => isWorking(personal({ state })))).toEqual(['in_progress', 'overdue', 'escalated']);
    expect(states.filter((state) => isWorking(office({ state })))).toEqual([
      'assigned',
      'in_progress',
      'overdue',
      'escalated',
    ]);
    expect(states.filter((state) => isOpen(personal({ state })))).toEqual([...OPEN_STATES]);
  });

  it('leaves other tasks and other events alone', () => {
    const tasks = [personal(), personal({ id: uuid(2) })];
    expect(evolveTasks(tasks, { type: 'panel.completed', on: '2026-02-03', facts: {} })).toBe(tasks);
    expect(
      evolveTasks(tasks, { type: 'task.overdue', on: '2026-02-17', facts: { taskId: uuid(2) } }).map((t) => t.state),
    ).toEqual(['in_progress', 'overdue']);
    expect(evolveTasks(tasks, { type: 'task.of_a_later_build', on: '2026-02-17', facts: { taskId: uuid(2) } })).toEqual(
      tasks,
    );
  });

  it('shows the inbox the day and the holder', () => {
    expect(taskRow(personal(), 'Экспертиза', clock('2026-02-02'))).toMatchObject({
      titleRu: 'Экспертиза',
      dueOn: '2026-02-16',
      assigneeId: uuid(101),
      late: false,
    });
    const { term: _, ...waiting } = personal({ state: 'created' });
    expect(taskRow(waiting, 'Экспертиза', clock('2026-02-02')).dueOn).toBeUndefined();
  });

  it('never arms two timers of one name, nor one in the past of its term', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...OPEN_STATES),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(5),
        fc.boolean(),
        (state, amount, escalations, byOffice) => {
          const task = (byOffice ? office : personal)({ state, escalations, term: { ...TEN, amount } });
          const keys = armed(task);
          expect(new Set(keys.map(([key]) => key)).size).toBe(keys.length);
          for (const [key, at] of keys) expect([key, (at as string) > '2026-02-02']).toEqual([key, true]);
        },
      ),
    );
  });
});
