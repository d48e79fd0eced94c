/**
 * A cycle that lives at random: people do what they are offered (or try what they are not), deadlines fire, employment events arrive.
 * After every event and at every rest the invariants are checked; the first fault stops the walk with the way that led to it.
 */
import { addDays } from '../../processes/kit/dates.ts';
import { isOpen } from '../../processes/kit/task.ts';
import { WORK_KINDS, type MentoringPolicy } from '../../processes/mentoring-cycle/policy.ts';
import { missingItems, offers, RULES } from '../../processes/mentoring-cycle/rules/index.ts';
import { STAGES } from '../../processes/mentoring-cycle/stages.ts';
import { evolve, type MentoringState } from '../../processes/mentoring-cycle/state.ts';
import { PROMISED, type Step as WalkStep } from '../support/steps.ts';
import { checkEvent, checkRest } from './invariants.ts';
import { PureCycle } from './pure-case.ts';
import { FAR_PLACE, FIT, MONTH_WORK, people, PLACE, PLACE_2, SHA, uuid } from './world.ts';

type Step = WalkStep<'offered' | 'blind' | 'deadline' | 'days' | 'month' | 'fact'>;

const CAST = Object.values(people);
const EVENTS = [
  ['transferred', { to: PLACE_2 }],
  ['transferred', { to: PLACE }],
  ['transferred', { to: FAR_PLACE }],
  ['leave_started', { leave: 'maternity' }],
  ['leave_started', { leave: 'child_care', until: '2031-05-01' }],
  ['leave_started', { leave: 'sick', until: '2026-09-20' }],
  ['leave_ended', {}],
  ['leave_ended', {}],
  ['leave_ended', { to: PLACE_2 }],
  ['dismissed', {}],
  ['hired', { to: PLACE, post: 'teacher' }],
  ['hired', { to: PLACE_2, post: 'teacher' }],
  ['post_changed', { post: 'deputy_head' }],
  ['retired', {}],
  ['died', {}],
  ['surname_changed', {}],
] as const;

export class Walk {
  readonly c: PureCycle;
  readonly way: string[] = [];
  private seen = 0;
  private before: MentoringState | null = null;
  private outcomes = new Set<string>();

  constructor(policies?: Record<string, MentoringPolicy>) {
    this.c = new PureCycle('2026-09-01', policies);
  }

  private fail(faults: string[]): void {
    if (faults.length > 0) throw new Error(`${faults.join('\n')}\nthe way:\n  ${this.way.join('\n  ')}`);
  }

  look(): void {
    const { c } = this;
    const faults: string[] = [];
    for (const event of c.events.slice(this.seen)) {
      const after = evolve(this.before, event, c.caseId);
      faults.push(...checkEvent(this.before, event, after));
      if (STAGES[after.stage]?.final && after.outcome) this.outcomes.add(after.outcome);
      const spent = after.monthsClosed - (this.before?.monthsClosed ?? after.monthsClosed);
      if (spent < 0 || spent > 1) faults.push(`#${event.sequence} ${event.type}: months jump by ${spent}`);
      if (this.before && after.year < this.before.year) faults.push('the year turned back');
      this.before = after;
      this.fail(faults);
    }
    this.seen = c.events.length;
    if (this.outcomes.size > 1) faults.push(`two outcomes: ${[...this.outcomes].join(', ')}`);
    if (JSON.stringify(this.before) !== JSON.stringify(c.state)) faults.push('the fold of the events is not the state');
    faults.push(...checkRest(c.s, c.ctx()));
    if (JSON.stringify(c.s).length > 60_000) faults.push('the state grows without end');
    this.fail(faults);
  }

  private attempt(who: string, type: string, payload: Record<string, unknown>, today?: string) {
    const name = Object.entries(people).find(([, id]) => id === who)?.[0] ?? who;
    const stage = this.c.s.stage;
    try {
      const denial = this.c.try(who, type, payload, today);
      this.way.push(
        `${this.c.today} ${name} ${type} ${JSON.stringify(payload).slice(0, 120)} in ${stage} → ${denial?.code ?? this.c.stage}`,
      );
      if (!denial) this.c.work();
      return denial;
    } catch (error) {
      this.way.push(`${this.c.today} ${name} ${type} ${JSON.stringify(payload).slice(0, 120)} in ${stage}`);
      throw new Error(`a rule threw: ${(error as Error).stack}\nthe way:\n  ${this.way.join('\n  ')}`, {
        cause: error,
      });
    }
  }

  start(tenureMonths: number): this {
    this.c.start({ tenureMonths });
    this.look();
    return this;
  }

  payload(type: string, taskId: string | undefined, a: number, b: number): Record<string, unknown> {
    const { s, today } = this.c;
    const items = missingItems(s, this.c.ctx());
    const mentors = [people.mentor, people.mentor2, people.mentor3, people.stranger];
    const body: Record<string, Record<string, unknown>> = {
      assignTask: { personId: CAST[a % CAST.length] },
      extendTask: { workingDays: 1 + (a % 4), reason: 'причина' },
      acceptTask: { noConflict: true },
      proposeMentor: { mentorId: mentors[a % 4], mentor: { ...FIT, tenureYears: b % 7 === 0 ? 1 : 9 } },
      issueOrder: { order: { number: '1', date: today }, pay: true },
      removeMentor: { cause: 'other' },
      cancelMentor: { endsOn: addDays(today, a % 12) },
      handOverNote: { document: SHA(1) },
      logWork: {
        entries: [0, 1, 2]
          .slice(b % 3)
          .map((n) => ({ kind: WORK_KINDS[(a + n) % WORK_KINDS.length], on: addDays(today, -((b + n) % 20)) })),
      },
      revokeLog: { kind: WORK_KINDS[a % WORK_KINDS.length], month: s.monthsClosed + (b % 2), count: 1, act: 'акт' },
      completeQuarterCheck: { remarks: a % 2 === 0 },
      recordContent: { item: items[a % Math.max(1, items.length)]?.code ?? 'x', document: SHA(2) },
      proposePpn: { document: SHA(3) },
      passGate: { document: SHA(4) },
      extendGate: { months: 1 + (a % 7), parts: ['checklist'] },
      failGate: { reasons: ['причина'], document: SHA(5) },
      concludeCycle: { document: SHA(6), recommendations: [] },
      requestEarly: { act: 'приказ' },
      completeEarly: { document: SHA(7) },
      answerPolicy: { accept: a % 2 === 0 },
      nameCurator: { curatorId: people.curator, act: 'приказ' },
      shareHistory: { consent: a % 2 === 0 },
      declineProgramme: { reasonCode: 'no_time' },
      surveyExit: { reasonCode: 'pay' },
      annul: { statement: SHA(8) },
      moveDeadline: {
        key: this.c.armed()[a % Math.max(1, this.c.armed().length)]?.key ?? 'x',
        dueOn: addDays(today, b % 30),
        reason: 'сбой системы',
      },
    };
    return { ...(taskId ? { taskId } : {}), ...body[type] };
  }

  /** Ends of the case and rare repairs are chosen seldom, what leads on often, so that walks are long and reach late stages. */
  private static readonly ENDS = new Set(['annul', 'declineProgramme', 'completeEarly', 'failGate']);
  private static readonly RARE = new Set([
    'moveDeadline',
    'resignMentor',
    'requestMentorChange',
    'removeMentor',
    'cancelMentor',
    'extendGate',
  ]);
  private static readonly ONWARD = new Set([
    'proposeMentor',
    'acceptTask',
    'issueOrder',
    'proposePpn',
    'signPpn',
    'recordContent',
    'passGate',
    'concludeCycle',
    'acceptTransfer',
    'nameCurator',
    'acceptOffer',
    'answerPolicy',
  ]);

  private likely(type: string, n: number): boolean {
    if (Walk.ENDS.has(type)) return n % 60 === 0;
    if (Walk.RARE.has(type)) return n % 12 === 0;
    return n % 3 === 0 || Walk.ONWARD.has(type);
  }

  /** A month of the norms of the year, written by one side and confirmed by the other, as far as it is possible now. */
  private work(): void {
    const { c } = this;
    const back = (day: number) => addDays(c.today, day - 20);
    const entries = (MONTH_WORK[c.s.year] ?? []).map(([kind, day]) => ({ kind, on: back(day) }));
    this.attempt(c.s.pair?.mentorId ?? people.curator, 'logWork', { entries });
    this.attempt(people.teacher, 'confirmLog', {});
  }

  step({ kind, a, b, c: n }: Step): void {
    const { c } = this;
    if (STAGES[c.stage]?.final) return;
    if (kind === 'offered') {
      const possible = CAST.flatMap((who) =>
        offers(c.s, c.actor(who), c.ctx())
          .filter((o) => o.allowed && this.likely(o.type, n))
          .map((o) => ({ who, ...o })),
      );
      const chosen = possible[a % Math.max(1, possible.length)];
      if (!chosen) return;
      const denial = this.attempt(chosen.who, chosen.type, this.payload(chosen.type, chosen.taskId, b, n));
      if (denial && PROMISED.has(denial.code))
        this.fail([`offered and refused: ${chosen.type} ${denial.code} ${denial.message}`]);
    } else if (kind === 'blind') {
      const types = Object.keys(RULES);
      const type = types[a % types.length] as string;
      const task = c.s.tasks[b % Math.max(1, c.s.tasks.length)];
      this.attempt(
        CAST[n % CAST.length] as string,
        type,
        this.payload(type, task && isOpen(task) ? task.id : uuid(1), b, n),
      );
    } else if (kind === 'deadline') {
      const next = c.armed()[0];
      if (!next) return;
      c.to(next.at > c.now ? next.at : c.now);
      this.way.push(`${c.today} ${next.key} → ${c.stage}`);
    } else if (kind === 'month') {
      c.to(new Date(Date.parse(c.now) + 30 * 86_400_000).toISOString());
      this.work();
    } else if (kind === 'days') {
      c.to(new Date(Date.parse(c.now) + (1 + (a % 60)) * 86_400_000).toISOString());
      this.way.push(`${c.today} days pass → ${c.stage}`);
    } else {
      const wanted = c.stage === 'left' ? 'hired' : c.stage === 'paused' ? 'leave_ended' : undefined;
      const events = n % 2 === 0 && wanted ? EVENTS.filter(([name]) => name === wanted) : EVENTS;
      const [event, more] = events[a % events.length] as (typeof EVENTS)[number];
      const ends = ['died', 'post_changed'].includes(event) || ('to' in more && more.to === FAR_PLACE);
      if ((ends && n % 40 !== 0) || (['dismissed', 'retired'].includes(event) && n % 8 !== 0)) return;
      const personId = b % 3 === 0 ? (c.s.pair?.mentorId ?? people.teacher) : people.teacher;
      this.attempt('system', 'fact:employment', {
        personId,
        event,
        on: addDays(c.today, -(b % 4)),
        main: true,
        ...more,
      });
    }
    this.look();
  }
}
