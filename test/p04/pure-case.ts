/** A mentoring cycle told in steps, without a database or an engine. */
import { addDays, addMonths } from '../../processes/kit/dates.ts';
import { isOpen } from '../../processes/kit/task.ts';
import { mentoringCycle } from '../../processes/mentoring-cycle/index.ts';
import { DEFAULT_POLICY, type MentoringPolicy } from '../../processes/mentoring-cycle/policy.ts';
import { missingItems } from '../../processes/mentoring-cycle/rules/index.ts';
import type { MentoringState } from '../../processes/mentoring-cycle/state.ts';
import { monthEnd } from '../../processes/mentoring-cycle/terms.ts';
import { PureProcess } from '../support/pure-process.ts';
import { ASSIGNMENTS, CALENDAR, FIT, MONTH_WORK, opening, ORDER, people, SHA, uuid } from './world.ts';

const ZONE = 'Asia/Novokuznetsk';

export class PureCycle extends PureProcess<MentoringState, MentoringPolicy> {
  /** The version the platform finds in force, asked at gates and after leaves. */
  inForce = 'p1';
  /** Cases other regions were asked to open. */
  imports: Array<Record<string, unknown>> = [];

  constructor(
    date = '2026-09-01',
    policies: Record<string, MentoringPolicy> = { p1: structuredClone(DEFAULT_POLICY) },
    caseId = uuid(5001),
  ) {
    super(
      mentoringCycle,
      {
        jurisdiction: { id: 'region-42', nameRu: 'Кузбасс', regionCode: '42', zone: ZONE },
        calendar: CALENDAR,
        people: ASSIGNMENTS,
        policies,
        policyVersionId: 'p1',
      },
      new Date(`${date}T10:00:00+07:00`).toISOString(),
      caseId,
    );
  }

  get stage(): string {
    return this.s.stage;
  }

  override work(): void {
    for (const item of mentoringCycle.work(this.s)) {
      const payload =
        item.kind === 'find_policy'
          ? { policyVersionId: this.inForce, forms: this.world.policies[this.inForce]?.forms }
          : { childCaseId: uuid(6000 + this.imports.push(item.input)), number: 'MEN-61-2026-00001' };
      const denial = this.try('system', `work:${item.kind}`, { ...payload, key: item.key });
      if (denial) throw new Error(`machine work ${item.key} was refused: ${denial.message}`);
    }
  }

  day(date: string, hhmm = '10:00'): this {
    return this.to(new Date(`${date}T${hhmm}:00+07:00`).toISOString());
  }

  task(kind: string, role?: string): string {
    const found = this.s.tasks.find((t) => t.kind === kind && isOpen(t) && (!role || t.role === role));
    if (!found) throw new Error(`no open task ${kind} in ${this.stage}`);
    return found.id;
  }
  open(kind: string) {
    return this.s.tasks.filter((t) => t.kind === kind && isOpen(t));
  }

  fact(kind: string, payload: Record<string, unknown>): this {
    return this.do('system', `fact:${kind}`, payload);
  }
  employment(event: string, more: Record<string, unknown> = {}): this {
    return this.fact('employment', { personId: people.teacher, event, on: this.today, main: true, ...more });
  }

  // ── Steps of the story ──

  start(over: Record<string, unknown> = {}, who: string = people.methodist): this {
    return this.do(who, 'start', opening(over));
  }

  propose(mentor: string = people.mentor, curator: string = people.curator, over: Partial<typeof FIT> = {}): this {
    return this.do(curator, 'proposeMentor', {
      taskId: this.task('find_mentor'),
      mentorId: mentor,
      mentor: { ...FIT, ...over },
    });
  }

  appoint(mentor: string = people.mentor, curator: string = people.curator, head: string = people.head): this {
    this.propose(mentor, curator);
    this.do(mentor, 'acceptTask', { taskId: this.task('mentoring'), noConflict: true });
    return this.do(head, 'issueOrder', { taskId: this.task('appoint'), order: ORDER, pay: true });
  }

  ppn(curator: string = people.curator): this {
    this.do(curator, 'proposePpn', { taskId: this.task('ppn'), document: SHA(this.s.ppnCount + 1) });
    this.do(people.teacher, 'signPpn', {});
    return this.do(this.s.pair?.mentorId as string, 'signPpn', {});
  }

  toYear1(over: Record<string, unknown> = {}): this {
    return this.start(over).appoint().ppn();
  }

  /** The pair does the norm of the running month; both confirm. */
  month(): this {
    const { s } = this;
    const from = s.monthsClosed === s.credited ? s.hiredOn : addDays(monthEnd(s, this.ctx(), s.monthsClosed).dueOn, 1);
    const days = MONTH_WORK[s.year] ?? [];
    const last = addDays(
      from,
      days.reduce((max, [, day]) => Math.max(max, day), 0),
    );
    if (last > this.today) this.day(last, '12:00');
    const on = (n: number) => addDays(from, n);
    const writer = s.pair?.mentorId ?? people.curator;
    this.do(writer, 'logWork', { entries: days.map(([kind, day]) => ({ kind, on: on(day) })), document: SHA(8) });
    this.do(people.teacher, 'confirmLog', {});
    return this.day(addDays(monthEnd(this.s, this.ctx(), s.monthsClosed + 1).dueOn, 1), '11:00');
  }

  /** Everything the year still asks for. */
  content(curator: string = people.curator): this {
    for (const item of missingItems(this.s, this.ctx())) {
      const who = item.by.includes('curator')
        ? curator
        : item.by.includes('mentor')
          ? (this.s.pair?.mentorId ?? curator)
          : item.by.includes('new_teacher')
            ? people.teacher
            : people.tutor;
      this.do(who, 'recordContent', { item: item.code, document: SHA(9) });
    }
    return this;
  }

  pass(curator: string = people.curator): this {
    return this.do(curator, 'passGate', { taskId: this.task('gate'), document: SHA(10) });
  }

  conclude(curator: string = people.curator): this {
    return this.do(curator, 'concludeCycle', {
      taskId: this.task('gate'),
      document: SHA(11),
      recommendations: ['first_category', 'mentor_pool'],
    });
  }

  /** Eleven and a bit months of met norms, then the gate. */
  yearOfWork(): this {
    for (let m = 0; m < 12; m++) this.month();
    return this.content();
  }

  after(months: number): this {
    return this.day(addMonths(this.s.hiredOn, months));
  }
}
