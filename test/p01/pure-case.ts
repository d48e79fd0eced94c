/** A case without a database or an engine: decides, folds and fires deadlines in the order of their instants. For tests of rules. */
import { expect } from 'vitest';
import { checkText } from '../support/invariants.ts';
import { dppCertification as P } from '../../processes/dpp-certification/index.ts';
import { DEFAULT_POLICY, type CertificationPolicy } from '../../processes/dpp-certification/policy.ts';
import type { CertificationState } from '../../processes/dpp-certification/state.ts';
import type { Actor, Claim, Context, Denial, NoticeIntent, StoredEvent } from '../../processes/kit/types.ts';
import { localDate } from '../../processes/kit/zones.ts';
import type { Candidate } from '../../processes/kit/panel.ts';
import { ASSIGNMENTS, CALENDAR, CANDIDATES, conclusion, people, programme, SHA, uuid } from './world.ts';

const ZONE = 'Europe/Moscow';

export class PureCase {
  state: CertificationState | null = null;
  events: StoredEvent[] = [];
  letters: Array<NoticeIntent & { on: string }> = [];
  claims: Claim[] = [];
  policy: CertificationPolicy = structuredClone(DEFAULT_POLICY);
  candidates: Candidate[] = CANDIDATES;
  private serial = 0;

  constructor(
    public now: string,
    readonly caseId = uuid(5000),
  ) {}

  get s(): CertificationState {
    if (!this.state) throw new Error('not open');
    return this.state;
  }
  get stage(): string {
    return this.s.stage;
  }
  get today(): string {
    return localDate(this.now, ZONE);
  }

  ctx(now = this.now, today?: string): Context<CertificationPolicy> {
    return {
      caseId: this.caseId,
      now,
      today: today ?? localDate(now, ZONE),
      jurisdiction: { id: 'fed', nameRu: 'Федеральный координатор', regionCode: '00', zone: ZONE },
      calendar: CALENDAR,
      policy: this.policy,
      policyVersionId: 'p1',
    };
  }

  actor(personId: string | 'system'): Actor {
    if (personId === 'system') return { kind: 'system' };
    const known = ASSIGNMENTS[personId];
    return {
      kind: 'person',
      personId,
      organisationIds: known?.organisations ?? [],
      assignments: known?.assignments ?? [],
    };
  }

  /** Does a command; returns the denial, if any. Machine work that follows is done at once. */
  try(who: string, type: string, payload: Record<string, unknown> = {}, today?: string): Denial | null {
    const ctx = this.ctx(this.now, today);
    const decision = P.decide(
      this.state,
      { id: `c${this.events.length}`, type, payload, actor: this.actor(who), receivedAt: this.now },
      ctx,
    );
    const events = decision.ok ? decision.events : (decision.record ?? []);
    for (const claim of decision.ok ? (decision.claims ?? []) : []) {
      this.claims.push(claim);
      if (claim.kind !== 'serial') continue;
      const target = events[claim.event];
      if (target)
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
      this.state = P.evolve(this.state, stored, this.caseId);
      this.events.push(stored);
      P.registers(stored, this.s, ctx);
      P.expertRecords?.(stored, this.s, ctx);
      P.tasks(this.s, ctx);
      P.summary(this.s, ctx);
      for (const letter of P.notices(stored, this.s, ctx)) {
        this.letters.push({ ...letter, on: ctx.today });
        expect(checkText(P, letter)).toEqual([]);
      }
    }
    if (!decision.ok) return decision.denial;
    return null;
  }

  do(who: string, type: string, payload: Record<string, unknown> = {}, today?: string): this {
    const denial = this.try(who, type, payload, today);
    if (denial)
      throw new Error(`${type} denied: ${denial.code} ${denial.message} ${JSON.stringify(denial.errors ?? [])}`);
    this.work();
    return this;
  }

  /** Does outstanding machine work: candidates are listed; related cases stay for the test to answer. */
  work(): void {
    for (let i = 0; i < 20; i++) {
      const item = P.work(this.s).find((w) => w.kind === 'list_candidates');
      if (!item) return;
      const denial = this.try('system', 'work:list_candidates', {
        key: item.key,
        role: item.input.role,
        candidates: this.candidates,
        seed: `seed${item.key}`,
      });
      if (denial) throw new Error(`listing denied: ${denial.message}`);
    }
    throw new Error('machine work does not come to rest');
  }

  /** Takes the clock to an instant, firing what falls due on the way. */
  to(instant: string): this {
    for (;;) {
      const next = P.deadlines(this.s, this.ctx(instant))
        .filter((d) => d.at <= instant)
        .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1))[0];
      if (!next) break;
      this.now = next.at > this.now ? next.at : this.now;
      this.do('system', 'deadline', { key: next.key }, next.at === next.due.dueAt ? next.due.dueOn : undefined);
      const again = P.deadlines(this.s, this.ctx()).find((d) => d.key === next.key);
      if (again && again.at <= next.at) throw new Error(`the deadline ${next.key} is still armed after it fired`);
    }
    this.now = instant;
    return this;
  }

  day(date: string, hhmm = '10:00'): this {
    return this.to(new Date(`${date}T${hhmm}:00+03:00`).toISOString());
  }

  // ── Steps of the story ──

  submit(over: Parameters<typeof programme>[0] = {}): this {
    return this.do(people.head, 'submit', { programme: programme(over), document: SHA(1) });
  }
  task(kind: string): string {
    const found = this.s.tasks
      .filter((t) => t.kind === kind && !['declined', 'reassigned', 'cancelled', 'voided', 'done'].includes(t.state))
      .at(-1);
    if (!found) throw new Error(`no open task ${kind}`);
    return found.id;
  }
  open(kind: string) {
    return this.s.tasks.filter(
      (t) =>
        t.kind === kind && ['created', 'assigned', 'in_progress', 'overdue', 'escalated', 'on_hold'].includes(t.state),
    );
  }
  check(): this {
    return this.do(people.operator, 'completeTechnicalCheck', { taskId: this.task('technical_check') });
  }
  accept(kind: 'review' | 'arbitration' = 'review'): this {
    for (const t of this.open(kind))
      if (t.state === 'assigned') this.do(t.assigneeId as string, 'acceptTask', { taskId: t.id, noConflict: true });
    return this;
  }
  review(...verdicts: Array<'approve' | 'revise' | 'reject' | ReturnType<typeof conclusion>>): this {
    const open = this.open('review');
    verdicts.forEach((v, i) => {
      const t = open[i];
      if (t)
        this.do(t.assigneeId as string, 'submitReview', {
          taskId: t.id,
          ...(typeof v === 'string' ? conclusion(v) : v),
        });
    });
    return this;
  }
  arbitrate(verdict: 'approve' | 'revise' | 'reject'): this {
    const t = this.open('arbitration')[0];
    return this.do(t?.assigneeId as string, 'submitArbitration', { taskId: t?.id, ...conclusion(verdict) });
  }
  toPanel(): this {
    return this.submit().check().accept();
  }
  order = { number: '15-р', date: '2026-03-02' };
  certify(): this {
    return this.do(people.coordinator, 'certify', { taskId: this.task('decision'), order: this.order });
  }
  refuse(): this {
    return this.do(people.coordinator, 'refuse', {
      taskId: this.task('decision'),
      order: this.order,
      reasonCodes: ['content'],
      statement: SHA(9),
    });
  }
  rows(): string[] {
    return this.events.map((e) => e.row);
  }
  lastTypes(n: number): string[] {
    return this.events.slice(-n).map((e) => e.type);
  }
}
