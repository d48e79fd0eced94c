/** A case of any process without a database or an engine: decides, folds and fires deadlines in the order of their instants. */
import type {
  Actor,
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
import { checkEvent, checkFold, checkRest, checkText } from './invariants.ts';

export interface Cast {
  jurisdiction: Jurisdiction;
  calendar: ProductionCalendar;
  people: Record<string, { organisations: string[]; assignments: Assignment[] }>;
}

export interface State {
  stage: string;
  tasks: Array<{ id: string; kind: string; state: string; assigneeId?: string }>;
}

const OPEN = ['created', 'assigned', 'in_progress', 'overdue', 'escalated', 'on_hold'];

export class PureRun<S extends State, P> {
  state: S | null = null;
  events: StoredEvent[] = [];
  letters: Array<NoticeIntent & { on: string }> = [];
  entries: Array<RegisterWrite & { on: string }> = [];
  claims: Claim[] = [];
  /** What the events do against their rows; empty in a sound process. */
  faults: string[] = [];
  /** Answers one piece of machine work with the command's payload, or `null` to leave it outstanding. */
  worker: (kind: string, input: Record<string, any>, key: string) => Record<string, unknown> | null = () => null;
  /** Takes the claims of a decision; a lost one is its denial. Without it every claim is won. */
  claimer: (claims: Claim[]) => Denial | null = () => null;
  private serial = 0;

  constructor(
    readonly process: ProcessDefinition<S, P>,
    readonly cast: Cast,
    public policy: P,
    public now: string,
    readonly caseId: string,
  ) {}

  get s(): S {
    if (!this.state) throw new Error('not open');
    return this.state;
  }
  get stage(): string {
    return this.s.stage;
  }
  get today(): string {
    return localDate(this.now, this.cast.jurisdiction.zone);
  }

  ctx(now = this.now, today?: string): Context<P> {
    const { jurisdiction, calendar } = this.cast;
    return {
      caseId: this.caseId,
      now,
      today: today ?? localDate(now, jurisdiction.zone),
      jurisdiction,
      calendar,
      policy: this.policy,
      policyVersionId: 'p1',
    };
  }

  actor(personId: string): Actor {
    if (personId === 'system') return { kind: 'system' };
    const known = this.cast.people[personId];
    return {
      kind: 'person',
      personId,
      organisationIds: known?.organisations ?? [],
      assignments: known?.assignments ?? [],
    };
  }

  /** Does a command; returns the denial, if any. */
  try(who: string, type: string, payload: Record<string, unknown> = {}, today?: string): Denial | null {
    const ctx = this.ctx(this.now, today);
    const id = `c${this.events.length}`;
    const command = { id, type, payload, actor: this.actor(who), receivedAt: this.now };
    const decision = this.process.decide(this.state, command, ctx);
    const lost = decision.ok ? this.claimer(decision.claims ?? []) : null;
    if (lost) return lost;
    const events = decision.ok ? decision.events : (decision.record ?? []);
    for (const claim of decision.ok ? (decision.claims ?? []) : []) {
      this.claims.push(claim);
      const target = claim.kind === 'serial' ? events[claim.event] : undefined;
      if (claim.kind === 'serial' && target)
        target.facts = {
          ...target.facts,
          [claim.field]: `${claim.prefix}${String(++this.serial).padStart(claim.width, '0')}`,
        };
    }
    for (const event of events) {
      const stored: StoredEvent = {
        ...structuredClone(event),
        sequence: this.events.length + 1,
        at: this.now,
        on: event.on ?? ctx.today,
        actor: who === 'system' ? { kind: 'system' } : { kind: 'person', personId: who },
      };
      const before = this.state;
      this.state = this.process.evolve(before, stored, this.caseId);
      this.events.push(stored);
      this.faults.push(...checkEvent(this.process, before, stored, this.state));
      for (const entry of this.process.registers(stored, this.s, ctx)) this.entries.push({ ...entry, on: ctx.today });
      this.process.expertRecords?.(stored, this.s, ctx);
      for (const letter of this.process.notices(stored, this.s, ctx)) {
        this.letters.push({ ...letter, on: ctx.today });
        this.faults.push(...checkText(this.process, letter));
      }
    }
    if (this.state) {
      this.process.tasks(this.s, ctx);
      this.process.summary(this.s, ctx);
      this.process.participants(this.s);
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

  fact(kind: string, payload: Record<string, unknown>): this {
    return this.do('system', `fact:${kind}`, payload);
  }

  /** Does the outstanding machine work the worker answers. */
  work(): void {
    for (let i = 0; i < 50; i++) {
      let done = false;
      for (const item of this.process.work(this.s)) {
        const result = this.worker(item.kind, item.input as Record<string, any>, item.key);
        if (!result) continue;
        const denial = this.try('system', `work:${item.kind}`, { ...result, key: item.key });
        if (denial) throw new Error(`work ${item.kind} denied: ${denial.message}`);
        done = true;
        break;
      }
      if (!done) return;
    }
    throw new Error('machine work does not come to rest');
  }

  /** Takes the clock to an instant, firing what falls due on the way. */
  to(instant: string): this {
    for (;;) {
      const next = this.process
        .deadlines(this.s, this.ctx(instant))
        .filter((d) => d.at <= instant)
        .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1))[0];
      if (!next) break;
      this.now = next.at > this.now ? next.at : this.now;
      this.do('system', 'deadline', { key: next.key }, next.at === next.due.dueAt ? next.due.dueOn : undefined);
      const again = this.process.deadlines(this.s, this.ctx()).find((d) => d.key === next.key);
      if (again && again.at <= next.at) throw new Error(`the deadline ${next.key} is still armed after it fired`);
    }
    this.now = instant > this.now ? instant : this.now;
    return this;
  }

  day(date: string, hhmm = '10:00'): this {
    return this.to(new Date(`${date}T${hhmm}:00+03:00`).toISOString());
  }

  /** Throws when an event broke its row, when the case at rest is forgotten, or when its journal does not fold to its state. */
  assertSound(): void {
    if (!this.state) return;
    const faults = [
      ...this.faults,
      ...checkRest(this.process, this.s, this.ctx()),
      ...checkFold(this.process, this.events, this.s, this.caseId),
    ];
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }

  open(kind: string) {
    return this.s.tasks.filter((t) => t.kind === kind && OPEN.includes(t.state));
  }
  task(kind: string): string {
    const found = this.open(kind).at(-1);
    if (!found) throw new Error(`no open task ${kind} in ${this.stage}`);
    return found.id;
  }
  rows(): string[] {
    return this.events.map((e) => e.row);
  }
  lettersOf(template: string) {
    return this.letters.filter((l) => l.template === template);
  }
}
