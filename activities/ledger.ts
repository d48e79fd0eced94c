import { chainHash, genesis } from '../platform/crypto/chain.ts';
import { contextAt } from '../platform/cases/references.ts';
import { capacityOf } from '../processes/kit/capacity.ts';
import { storedActor } from '../processes/kit/recorder.ts';
import type {
  Actor,
  AnyProcess,
  ArmedDeadline,
  CaseSummary,
  Claim,
  Command,
  Context,
  Decision,
  Denial,
  NewEvent,
  PersonalPart,
  StoredActor,
  StoredEvent,
} from '../processes/kit/types.ts';

/** A rule threw, contradicted itself or produced what cannot be stored. Administrators see it as an incident. */
export class RuleFailure extends Error {
  override readonly name = 'RuleFailure';
}

export interface RecordedEvent {
  event: StoredEvent;
  /** Ciphertext of `event.personal`. */
  personal?: Buffer;
  personalOwner?: string;
  prevHash: Buffer;
  hash: Buffer;
  command: Command;
  /** State right after the event. */
  state: unknown;
  ctx: Context<any>;
}

export interface LedgerStart {
  caseId: string;
  process: AnyProcess;
  base: Omit<Context<unknown>, 'now' | 'today' | 'caseId'>;
  state: unknown;
  sequence: number;
  lastHash: Buffer;
  /** Instant of the last event: time never runs backwards in a case. */
  lastAt: string;
  closed: boolean;
}

/** How the ledger reaches what is scarce and secret; absent in pure uses. */
export interface LedgerPorts {
  /** Takes the claims of one decision, filling serial numbers into its events; a lost claim is its denial. */
  claim(claims: Claim[], events: NewEvent[]): Promise<Denial | undefined>;
  seal(personal: PersonalPart, sequence: number): Promise<Buffer>;
  /** The base of a case that an event moved to another policy version. */
  repin(policyVersionId: string): Promise<LedgerStart['base']>;
}

/** More deadlines than this in one go are not lateness but a rule that arms itself again. */
const mostDeadlinesAtOnce = 1_000;

const system = { kind: 'system' } as const;

/** One pass over a case: what has fallen due, the command, what falls due after it. Nothing is written here. */
export class Ledger {
  readonly recorded: RecordedEvent[] = [];
  state: any;
  sequence: number;
  lastHash: Buffer;
  closed: boolean;
  #lastAt: string;
  #base: LedgerStart['base'];
  #ctx: Context<any> | undefined;
  readonly #derived = new Map<string, { state: unknown; today: string; value: unknown }>();

  constructor(
    private readonly from: LedgerStart,
    private readonly ports: LedgerPorts,
  ) {
    this.state = from.state;
    this.sequence = from.sequence;
    this.lastHash = from.sequence === 0 ? genesis : from.lastHash;
    this.closed = from.closed;
    this.#lastAt = from.lastAt;
    this.#base = from.base;
  }

  /** The policy version the case stands under after everything recorded so far. */
  get policyVersionId(): string {
    return this.#base.policyVersionId;
  }

  /** The context of rules at `now`, or at the last event where that is later. */
  contextAt(now: string): Context<any> {
    const at = now > this.#lastAt ? now : this.#lastAt;
    if (this.#ctx?.now === at) return this.#ctx;
    const ctx = contextAt(this.#base, this.from.caseId, at);
    this.#ctx = ctx;
    return ctx;
  }

  /** What is armed in this state; counted once a state and day, since a term knows days and no hours. */
  armed(now: string): ArmedDeadline[] {
    if (this.state === null || this.closed) return [];
    return this.#once('deadlines', now, (ctx) => this.from.process.deadlines(this.state, ctx));
  }

  summary(now: string): CaseSummary {
    return this.#once('summary', now, (ctx) => this.from.process.summary(this.state, ctx));
  }

  #once<T>(what: 'deadlines' | 'summary', now: string, rule: (ctx: Context<any>) => T): T {
    const ctx = this.contextAt(now);
    const known = this.#derived.get(what);
    if (known && known.state === this.state && known.today === ctx.today) return known.value as T;
    const value = guarded(what, () => rule(ctx));
    this.#derived.set(what, { state: this.state, today: ctx.today, value });
    return value;
  }

  /**
   * Fires, in the order of their instants, the deadlines that passed before `limit` (`inclusive`: by `limit`). Their events carry
   * the date of the deadline, not of the recording; the next term counts from there.
   */
  async fireDeadlines(limit: string, inclusive: boolean): Promise<void> {
    for (let fired = 0; ; fired += 1) {
      const due = this.armed(limit)
        .filter(({ at }) => (inclusive ? at <= limit : at < limit))
        .sort((a, b) => compare(a.at, b.at) || compare(a.key, b.key))[0];
      if (!due) return;
      if (fired >= mostDeadlinesAtOnce)
        throw new RuleFailure(`more than ${mostDeadlinesAtOnce} deadlines at once, the last is ${due.key}`);
      const command: Command = {
        id: `deadline:${due.key}:${due.at}`,
        type: 'deadline',
        payload: { key: due.key },
        actor: system,
        receivedAt: due.at,
      };
      // A term that ends at 24:00 fires at 00:00 of the next date and carries its own; a reminder carries the day it is sent.
      const on = due.at === due.due.dueAt ? due.due.dueOn : this.contextAt(due.at).today;
      const denial = await this.decide(command, due.at, on);
      if (denial) throw new RuleFailure(`the deadline ${due.key} was refused: ${denial.code} ${denial.message}`);
      const again = this.armed(limit).some(({ key, at }) => key === due.key && at === due.at);
      if (again) throw new RuleFailure(`the deadline ${due.key} stays armed after it fired`);
    }
  }

  /**
   * Decides one command at `now` and records its events; a denial records nothing but the notes it asks for. `on` is the nominal
   * date of a deadline: rules count the next term from it.
   */
  async decide(command: Command, now: string, on?: string): Promise<Denial | undefined> {
    const { process } = this.from;
    const ctx = on === undefined ? this.contextAt(now) : { ...this.contextAt(now), today: on };
    const by = (actor: Actor): Decision =>
      guarded(`decide ${command.type}`, () => process.decide(this.state, { ...command, actor }, ctx));
    const decision = by(command.actor);
    if (!decision.ok) {
      const who = storedActor(command.actor);
      for (const note of decision.record ?? [])
        await this.#record({ ...note, facts: plain(note.facts) }, command, who, ctx, on);
      return decision.denial;
    }
    const who = capacityOf(command.actor, (actor) => by(actor).ok);
    const events = decision.events.map((event) => ({ ...event, facts: plain(event.facts) }));
    if (decision.claims?.length) {
      const lost = await this.ports.claim(decision.claims, events);
      if (lost) return lost;
    }
    for (const event of events) await this.#record(event, command, who, ctx, on);
    if (events.length > 0) await this.#follow(ctx.now);
    return undefined;
  }

  /** Whether the case is over, and the policy it stands under from now on (domain 3.6). */
  async #follow(now: string): Promise<void> {
    const { closed, policyVersionId } = this.summary(now);
    this.closed = closed;
    if (policyVersionId === undefined || policyVersionId === this.#base.policyVersionId) return;
    this.#base = await this.ports.repin(policyVersionId);
    this.#ctx = undefined;
    this.#derived.clear();
  }

  async #record(
    proposed: NewEvent,
    command: Command,
    actor: StoredActor,
    ctx: Context<any>,
    nominalOn: string | undefined,
  ): Promise<void> {
    const { caseId, process } = this.from;
    const sequence = this.sequence + 1;
    const { personal: personalPart, ...rest } = proposed;
    const event: StoredEvent = {
      ...rest,
      sequence,
      at: ctx.now,
      on: proposed.on ?? nominalOn ?? ctx.today,
      actor,
    };
    const personal = personalPart ? await this.ports.seal(personalPart, sequence) : undefined;
    const prevHash = this.lastHash;
    const { type, row, at, on, facts } = event;
    const hash = chainHash(prevHash, { caseId, sequence, type, row, at, on, actor, facts, personal });
    // The rule folds what will be read back: the personal part is not in it.
    this.state = guarded(`evolve ${event.type}`, () => process.evolve(this.state, event, caseId));
    this.sequence = sequence;
    this.lastHash = hash;
    this.#lastAt = ctx.now;
    this.recorded.push({
      event,
      ...(personal && personalPart ? { personal, personalOwner: personalPart.owner } : {}),
      prevHash,
      hash,
      command,
      state: this.state,
      ctx,
    });
  }
}

/** Runs a rule; whatever it throws is a failure of the rule, not of the platform. */
export function guarded<T>(what: string, rule: () => T): T {
  try {
    return rule();
  } catch (error) {
    if (error instanceof RuleFailure) throw error;
    throw new RuleFailure(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** What JSON keeps of a value, so that a rule folds exactly what is stored. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
