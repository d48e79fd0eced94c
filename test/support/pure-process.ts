/**
 * A case of any process without a database or an engine: decides, folds, fires deadlines in the order of their instants, follows its
 * policy pin as the record path does. For tests of rules.
 */
import { expect } from 'vitest';
import { checkText } from './invariants.ts';
import type {
  Actor,
  ArmedDeadline,
  Assignment,
  Claim,
  Context,
  Denial,
  Jurisdiction,
  NoticeIntent,
  ProcessDefinition,
  RegisterWrite,
  StoredEvent,
} from '../../processes/kit/types.ts';
import type { ProductionCalendar } from '../../processes/kit/calendar.ts';
import { localDate } from '../../processes/kit/zones.ts';

export interface PureWorld<P> {
  jurisdiction: Jurisdiction;
  calendar: ProductionCalendar;
  people: Record<string, { organisations: string[]; assignments: Assignment[] }>;
  policies: Record<string, P>;
  /** The version a new case is pinned to. */
  policyVersionId: string;
}

export class PureProcess<S, P> {
  state: S | null = null;
  events: StoredEvent[] = [];
  letters: Array<NoticeIntent & { on: string; sequence: number }> = [];
  entries: RegisterWrite[] = [];
  claims: Claim[] = [];
  /** Called after every recorded event with the state before and after it. */
  watch: ((before: S | null, event: StoredEvent, after: S) => void) | undefined;
  private pin: string;
  private serial = 0;

  constructor(
    readonly process: ProcessDefinition<S, P>,
    readonly world: PureWorld<P>,
    public now: string,
    readonly caseId: string,
  ) {
    this.pin = world.policyVersionId;
  }

  get s(): S {
    if (this.state === null) throw new Error('not open');
    return this.state;
  }

  get today(): string {
    return localDate(this.now, this.world.jurisdiction.zone);
  }

  ctx(now = this.now, today?: string): Context<P> {
    const policy = this.world.policies[this.pin];
    if (policy === undefined) throw new Error(`no policy ${this.pin}`);
    return {
      caseId: this.caseId,
      now,
      today: today ?? localDate(now, this.world.jurisdiction.zone),
      jurisdiction: this.world.jurisdiction,
      calendar: this.world.calendar,
      policy,
      policyVersionId: this.pin,
    };
  }

  actor(personId: string): Actor {
    if (personId === 'system') return { kind: 'system' };
    const known = this.world.people[personId];
    return {
      kind: 'person',
      personId,
      organisationIds: known?.organisations ?? [],
      assignments: known?.assignments ?? [],
    };
  }

  /** Does one command; answers with the denial, if any. */
  try(who: string, type: string, payload: Record<string, unknown> = {}, today?: string): Denial | null {
    const ctx = this.ctx(this.now, today);
    const decision = this.process.decide(
      this.state,
      { id: `c${this.events.length}`, type, payload, actor: this.actor(who), receivedAt: this.now },
      ctx,
    );
    const events = structuredClone(decision.ok ? decision.events : (decision.record ?? []));
    for (const claim of decision.ok ? (decision.claims ?? []) : []) {
      this.claims.push(claim);
      if (claim.kind !== 'serial') continue;
      const target = events[claim.event];
      if (!target) throw new Error(`the serial ${claim.series} has no event`);
      target.facts[claim.field] = `${claim.prefix}${String(++this.serial).padStart(claim.width, '0')}`;
    }
    for (const event of events) {
      const stored: StoredEvent = {
        ...event,
        facts: JSON.parse(JSON.stringify(event.facts)),
        sequence: this.events.length + 1,
        at: this.now,
        on: event.on ?? ctx.today,
        actor: who === 'system' ? { kind: 'system' } : { kind: 'person', personId: who },
      };
      const before = this.state;
      this.state = this.process.evolve(before, stored, this.caseId);
      this.events.push(stored);
      this.entries.push(...this.process.registers(stored, this.s, ctx));
      this.process.expertRecords?.(stored, this.s, ctx);
      for (const letter of this.process.notices(stored, this.s, ctx)) {
        this.letters.push({ ...letter, on: ctx.today, sequence: stored.sequence });
        expect(checkText(this.process, letter)).toEqual([]);
      }
      this.watch?.(before, stored, this.s);
    }
    if (this.state !== null) {
      const { policyVersionId } = this.process.summary(this.state, ctx);
      if (policyVersionId) this.pin = policyVersionId;
      this.process.tasks(this.state, this.ctx());
      this.process.participants(this.state);
    }
    return decision.ok ? null : decision.denial;
  }

  do(who: string, type: string, payload: Record<string, unknown> = {}, today?: string): this {
    const denial = this.try(who, type, payload, today);
    if (denial)
      throw new Error(`${type} denied: ${denial.code} ${denial.message} ${JSON.stringify(denial.errors ?? [])}`);
    this.work();
    return this;
  }

  /** Outstanding machine work; a process test answers it. */
  work(): void {}

  /** What is armed, nearest first. */
  armed(now = this.now): ArmedDeadline[] {
    return this.process
      .deadlines(this.s, this.ctx(now))
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1));
  }

  /** Takes the clock to an instant, firing what falls due on the way. */
  to(instant: string): this {
    for (;;) {
      const next = this.armed(instant).filter((d) => d.at <= instant)[0];
      if (!next) break;
      this.now = next.at > this.now ? next.at : this.now;
      this.do('system', 'deadline', { key: next.key }, next.at === next.due.dueAt ? next.due.dueOn : undefined);
      const again = this.armed().find((d) => d.key === next.key);
      if (again && again.at <= next.at) throw new Error(`the deadline ${next.key} is still armed after it fired`);
    }
    this.now = instant;
    return this;
  }

  rows(): string[] {
    return this.events.map((e) => e.row);
  }

  types(): string[] {
    return this.events.map((e) => e.type);
  }

  has(type: string): boolean {
    return this.events.some((e) => e.type === type);
  }

  find(type: string): StoredEvent | undefined {
    return this.events.findLast((e) => e.type === type);
  }
}
