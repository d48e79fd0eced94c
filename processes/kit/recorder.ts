/** Collects the events of one decision and folds each at once, so that later rules see what earlier ones did. */
import type {
  Actor,
  Claim,
  Command,
  Context,
  Decision,
  Denial,
  Facts,
  NewEvent,
  PersonalPart,
  StoredActor,
  StoredEvent,
} from './types.ts';

export class Recorder<S, P> {
  readonly events: NewEvent[] = [];
  readonly claims: Claim[] = [];
  private current: S | null;
  private personal: PersonalPart | undefined;

  constructor(
    state: S | null,
    readonly command: Command,
    readonly ctx: Context<P>,
    private readonly fold: (state: S | null, event: StoredEvent, caseId: string) => S,
    private readonly knows: (rowId: string) => unknown,
  ) {
    this.current = state;
    this.personal = command.personal;
  }

  /** The state after everything recorded so far; throws before the case is opened. */
  get state(): S {
    if (this.current === null) throw new Error('The case is not open yet');
    return this.current;
  }

  /**
   * Records an event under a row of the table. The personal part of the command and the links to its documents go with the first one.
   * Throws when the row does not exist.
   */
  emit(row: string, type: string, facts: Facts = {}, on?: string): void {
    this.knows(row);
    const links = this.events.length === 0 ? this.command.payload.links : undefined;
    const event: NewEvent = { type, row, facts: links ? { ...facts, documents: links } : facts, ...(on ? { on } : {}) };
    if (this.personal) {
      event.personal = this.personal;
      this.personal = undefined;
    }
    this.events.push(event);
    const { actor } = this.command;
    this.current = this.fold(
      this.current,
      {
        ...event,
        sequence: 0,
        at: this.ctx.now,
        on: on ?? this.ctx.today,
        actor: storedActor(actor),
      },
      this.ctx.caseId,
    );
  }

  claim(claim: Claim): void {
    this.claims.push(claim);
  }

  get decision(): Decision {
    return { ok: true, events: this.events, ...(this.claims.length > 0 ? { claims: this.claims } : {}) };
  }
}

/** What is recorded of who acts: the persons and the acts, never the rights. */
export function storedActor(actor: Actor): StoredActor {
  if (actor.kind === 'system') return { kind: 'system' };
  const { personId, onBehalfOf } = actor;
  return { kind: 'person', personId, ...(onBehalfOf ? { onBehalfOf } : {}) };
}

/** A denial inside a rule; caught at the top of `decide`, never seen outside it. */
export class Denied extends Error {
  constructor(
    readonly denial: Denial,
    readonly record?: NewEvent[],
  ) {
    super(denial.code);
  }
}

/** Refuses with a code for machines and a sentence for people. */
export function deny(code: string, message: string, more: Partial<Denial> = {}): never {
  throw new Denied({ code, message, ...more });
}
