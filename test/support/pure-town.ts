/** Several cases without an engine that tell each other facts the moment these are owed, under one clock, and a record of what happened. */
import type { Denial } from '../../processes/kit/types.ts';
import { uuidV5 } from '../../platform/crypto/ids.ts';
import { PureRun, type State } from './pure-run.ts';

export type AnyRun = PureRun<any, any>;

/** One thing that happened in a story, as it can be repeated elsewhere, and the length of every journal after it. */
export type Op = { lengths: Record<string, number> } & (
  | {
      op: 'start' | 'act';
      caseId: string;
      who: string;
      type: string;
      payload: Record<string, unknown>;
      denied?: string;
    }
  | { op: 'fact'; caseId: string; kind: string; payload: Record<string, unknown> }
  | { op: 'to'; at: string }
);

/** A case of a town: whatever happens to it is noted there, and its days are those of the town. */
export class TownRun<S extends State, P, T extends PureTown> extends PureRun<S, P> {
  constructor(
    readonly town: T,
    ...of: ConstructorParameters<typeof PureRun<S, P>>
  ) {
    super(...of);
    town.link(this as AnyRun);
  }

  override try(who: string, type: string, payload: Record<string, unknown> = {}, today?: string): Denial | null {
    return this.town.note(this as AnyRun, who, type, payload, () => super.try(who, type, payload, today));
  }

  override day(date: string, hhmm = '10:00'): this {
    this.town.advance(new Date(`${date}T${hhmm}:00+03:00`).toISOString());
    return this;
  }
}

/** Cases of one story; a fact to a case that is not here, or has ended, is not delivered. */
export abstract class PureTown {
  readonly cases = new Map<string, AnyRun>();
  readonly script: Op[] = [];
  readonly nr: number;
  readonly began: string;
  #ids = 0;
  #busy = false;
  readonly #pending: Array<() => void> = [];

  /** `told`: every story told in this process, in order; the engine repeats them. */
  constructor(
    told: PureTown[],
    public now: string,
  ) {
    this.began = now;
    this.nr = told.push(this);
  }

  protected abstract uuid(n: number): string;

  /** Makes a case one of the town: its machine work and what it claims. */
  abstract link(run: AnyRun): void;

  /** What follows an act besides what the cases owe each other. */
  protected afterAct(): void {}

  id(): string {
    return this.uuid(this.nr * 1000 + 5000 + ++this.#ids);
  }

  /** An act of a person or a fact from outside, with everything that follows from it at once. */
  note(
    run: AnyRun,
    who: string,
    type: string,
    payload: Record<string, unknown>,
    inside: () => Denial | null,
  ): Denial | null {
    if (this.#busy || (who === 'system' && !type.startsWith('fact:'))) return inside();
    const opening = run.state === null;
    this.#busy = true;
    const denial = inside();
    if (run.state) run.work();
    this.settle();
    this.afterAct();
    this.#busy = false;
    const { caseId } = run;
    const lengths = this.lengths();
    if (who === 'system') this.script.push({ op: 'fact', caseId, kind: type.slice(5), payload, lengths });
    else
      this.script.push({
        op: opening ? 'start' : 'act',
        caseId,
        who,
        type,
        payload,
        lengths,
        ...(denial ? { denied: denial.code } : {}),
      });
    return denial;
  }

  /** The clock of the town: every case goes there, one after another, deadline by deadline. */
  advance(instant: string): void {
    this.#busy = true;
    for (const run of Array.from(this.cases.values()))
      if (run.state) {
        run.to(instant);
        this.settle();
      }
    this.now = instant > this.now ? instant : this.now;
    for (const run of this.cases.values()) if (!run.state) run.now = this.now;
    this.#busy = false;
    this.script.push({ op: 'to', at: instant, lengths: this.lengths() });
  }

  private lengths(): Record<string, number> {
    return Object.fromEntries([...this.cases].filter(([, r]) => r.state).map(([id, r]) => [id, r.events.length]));
  }

  /** The machine work `tell_case`: the fact is delivered when the present act is over. */
  protected tell(input: Record<string, any>) {
    const to = this.cases.get(input.caseId);
    if (!to?.state || to.process.summary(to.s, to.ctx()).closed) return { caseId: input.caseId, delivered: false };
    const { kind: fact, ...payload } = input.fact;
    this.#pending.push(() => {
      to.try('system', `fact:${fact}`, payload);
      to.work();
    });
    return { caseId: input.caseId, delivered: true };
  }

  /** The machine work `open_child`: `make` builds the case of this id. */
  protected openChild(parent: AnyRun, input: Record<string, any>, make: (caseId: string) => AnyRun) {
    const child = make(uuidV5(parent.caseId, input.childKey));
    child.now = parent.now;
    child.do('system', input.type, input.start);
    return { childKey: input.childKey, childCaseId: child.caseId, number: child.s.number };
  }

  /** Delivers what cases owe each other. */
  settle(): void {
    for (let next = this.#pending.shift(); next; next = this.#pending.shift()) next();
  }

  /** The case that another one opened under this key. */
  childOf(of: AnyRun, key: string): AnyRun | undefined {
    return this.cases.get(uuidV5(of.caseId, key));
  }
}
