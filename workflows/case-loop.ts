import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  makeContinueAsNewFunc,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { ApplyAnswer, ApplyInput, CaseActivities, Envelope, PendingWork, Reply } from '../activities/types.ts';
import type { Command } from '../processes/kit/types.ts';
import { Alarm } from './alarm.ts';
import { actUpdate, type CaseStart, envelopeQuery, factSignal, openedUpdate, reconcileSignal } from './messages.ts';

/**
 * Two statements in one transaction: 20 s is far more than a healthy database needs and less than a stuck one may hold a slot.
 * Retries are endless: while the database is away the person waits and the case loses nothing.
 */
const record = proxyLocalActivities<CaseActivities>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s' },
});

/** Work that speaks to the engine: 60 s covers a start and its answer. Not local, so that acts are answered meanwhile. */
const remote = proxyActivities<CaseActivities>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** A run as long as this is left even if the engine does not ask for it yet. */
const longHistory = 4_000;
const firstWaitMs = 30_000;
const longestWaitMs = 3_600_000;

interface Act {
  command: Command;
  start?: NonNullable<CaseStart['open']>['start'];
  answer(reply: Reply): void;
}

/**
 * The durable loop of a case, in which one thing happens after another: `#next` takes what stands first and is called again when it
 * is done. Every promise costs the sandbox dearly, so what is done for each act waits for the record path and for nothing else.
 *
 * It keeps order, time and waiting and knows nothing of rules: acts go one by one to `applyAction`,
 * the nearest deadline is one timer, outstanding machine work runs beside, and what comes back is a short envelope.
 *
 * Ends when the case is closed or its first act was refused; leaves a run only when nothing is queued or half done.
 */
export async function runCase(start: CaseStart): Promise<void> {
  return new CaseLoop(start).run();
}

class CaseLoop {
  readonly #queue: Act[] = [];
  readonly #alarm = new Alarm(() => this.#next());
  /** Keys of machine work that runs now, and of work that rests before its next try. */
  readonly #working = new Set<string>();
  readonly #resting = new Set<string>();
  readonly #tries = new Map<string, number>();
  #envelope: Envelope;
  #opened: Reply | undefined;
  #tellOpened: (reply: Reply) => void = () => undefined;
  #asked: { reconcile: boolean; renew: boolean };
  #failures = 0;
  /** Before the loop has begun nothing is done, and never two things at once. */
  #busy = true;
  #broken: { error: unknown } | undefined;

  constructor(private readonly start: CaseStart) {
    const { open, envelope } = start;
    this.#envelope = envelope ?? { exists: false, sequence: 0, nextDueAt: null, work: [], closed: false };
    // A run that knows nothing was started to rebuild the case from its row.
    this.#asked = { reconcile: !open && !envelope, renew: false };
    // The opening act stands first: an update that was sent right after the start is already here.
    if (open) this.#queue.push({ ...open, answer: (reply) => this.#markOpened(reply) });
    this.#listen();
    if (!open && envelope) this.#markOpened(alreadyOpen(start.caseId, envelope.sequence));
  }

  async run(): Promise<void> {
    const { openAt } = this.start;
    if (openAt) await sleep(Math.max(1, Date.parse(openAt) - Date.now()));
    if (this.#envelope.exists) this.#follow();
    this.#busy = false;
    this.#next();
    // Looked at after everything that happens; a run that is cancelled ends here too.
    await condition(() => this.#broken !== undefined || (!this.#busy && (this.#isOver() || this.#shouldRenew())));
    if (this.#broken) throw this.#broken.error;
    if (!this.#isOver()) await this.#renew();
    await this.#leave();
  }

  #listen(): void {
    const opened = new Promise<Reply>((resolve) => {
      this.#tellOpened = resolve;
    });
    setHandler(actUpdate, (command) => this.#enqueue(command), { validator: checkShape });
    setHandler(openedUpdate, () => opened);
    setHandler(factSignal, ({ factId, kind, payload, personal, requestId }) => {
      void this.#enqueue({
        id: `fact:${this.start.caseId}:${factId}`,
        type: `fact:${kind}`,
        payload,
        ...(personal ? { personal } : {}),
        actor: { kind: 'system' },
        receivedAt: now(),
        ...(requestId ? { requestId } : {}),
      });
    });
    setHandler(reconcileSignal, (options) => {
      this.#asked = { reconcile: true, renew: options?.renew ?? false };
      this.#next();
    });
    setHandler(envelopeQuery, () => this.#envelope);
  }

  #enqueue(command: Command): Promise<Reply> {
    return new Promise((answer) => {
      this.#queue.push({ command, answer });
      this.#next();
    });
  }

  #markOpened(reply: Reply): void {
    this.#opened ??= reply;
    this.#tellOpened(this.#opened);
  }

  /** Acts first, in their order; then what fell due. Whoever writes to a case in its last moment gets an answer too. */
  #next(): void {
    if (this.#busy) return;
    const act = this.#queue.shift();
    if (act) this.#apply(act);
    else if ((this.#asked.reconcile || this.#alarm.rang) && !this.#isOver()) this.#applyDue();
  }

  #apply({ command, start, answer }: Act): void {
    this.#record({ command, ...(start ? { start } : {}) }, (reply) =>
      answer(reply ?? alreadyOpen(this.start.caseId, this.#envelope.sequence)),
    );
  }

  #applyDue(): void {
    const { reconcile } = this.#asked;
    this.#asked.reconcile = false;
    this.#alarm.clear();
    this.#record({ reconcile }, () => {
      if (!this.#opened) this.#markOpened(alreadyOpen(this.start.caseId, this.#envelope.sequence));
    });
  }

  /** One pass through the record path; when it is done, the next thing has its turn. */
  #record(what: Pick<ApplyInput, 'command' | 'start' | 'reconcile'>, then: (reply: Reply | undefined) => void): void {
    this.#busy = true;
    record.applyAction({ ...this.#where(), ...what, now: now(), knownSequence: this.#envelope.sequence }).then(
      (answered) => {
        then(this.#fold(answered));
        this.#busy = false;
        this.#next();
      },
      (error: unknown) => {
        this.#broken = { error };
      },
    );
  }

  /** What was recorded wins over what was known; an answer that was overtaken by a later one is old news. */
  #fold({ reply, incident, ...envelope }: ApplyAnswer): Reply | undefined {
    if (envelope.sequence >= this.#envelope.sequence) this.#envelope = envelope;
    this.#failures = incident ? this.#failures + 1 : 0;
    this.#follow();
    return reply;
  }

  /** Sets the timer and starts the work that the envelope asks for. */
  #follow(): void {
    const { nextDueAt, work, closed } = this.#envelope;
    // The run of a closed case ends in a moment and takes its timer with it.
    if (closed) return;
    // A deadline whose rule fails is tried again after growing waits; its incident stands open meanwhile.
    const earliest = this.#failures > 0 ? new Date(Date.now() + waitAfter(this.#failures)).toISOString() : '';
    this.#alarm.set(nextDueAt === null ? null : nextDueAt > earliest ? nextDueAt : earliest);
    for (const item of work) {
      if (!this.#working.has(item.key) && !this.#resting.has(item.key)) void this.#perform(item);
    }
    if (this.#alarm.rang) this.#next();
  }

  async #perform({ key, local }: PendingWork): Promise<void> {
    this.#working.add(key);
    const input = { ...this.#where(), key, now: now(), knownSequence: this.#envelope.sequence };
    const asked = local ? record.performWork(input) : remote.performWork(input);
    const { reply: _reply, incident: _incident, ...envelope } = await asked;
    this.#working.delete(key);
    if (envelope.sequence >= this.#envelope.sequence) this.#envelope = envelope;
    if (this.#envelope.work.some((item) => item.key === key)) void this.#rest(key);
    else this.#tries.delete(key);
    this.#follow();
  }

  async #rest(key: string): Promise<void> {
    const tries = (this.#tries.get(key) ?? 0) + 1;
    this.#tries.set(key, tries);
    this.#resting.add(key);
    await sleep(waitAfter(tries));
    this.#resting.delete(key);
    this.#follow();
  }

  #isOver(): boolean {
    const { exists, closed } = this.#envelope;
    if (exists) return closed;
    return this.#opened !== undefined && this.#queue.length === 0 && !this.#asked.reconcile;
  }

  /** Whoever wrote in the last moment gets an answer; then the run ends. */
  async #leave(): Promise<void> {
    const quiet = () => !this.#busy && this.#queue.length === 0 && this.#working.size === 0 && allHandlersFinished();
    if (!quiet()) await condition(() => this.#broken !== undefined || quiet());
    if (this.#broken) throw this.#broken.error;
  }

  #shouldRenew(): boolean {
    const { continueAsNewSuggested, historyLength, targetWorkerDeploymentVersionChanged } = workflowInfo();
    const wanted =
      this.#asked.renew ||
      continueAsNewSuggested ||
      targetWorkerDeploymentVersionChanged ||
      historyLength > longHistory;
    return wanted && this.#isIdle();
  }

  #isIdle(): boolean {
    return this.#queue.length === 0 && !this.#asked.reconcile && this.#working.size === 0 && allHandlersFinished();
  }

  /** The next run starts on the newest worker when there is one; an old build drains this way. */
  async #renew(): Promise<void> {
    const upgrade = workflowInfo().targetWorkerDeploymentVersionChanged || this.#asked.renew;
    const next = makeContinueAsNewFunc<(start: CaseStart) => Promise<void>>(
      upgrade ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {},
    );
    await next({ ...this.#where(), envelope: this.#envelope });
  }

  #where(): { caseId: string; process: string } {
    return { caseId: this.start.caseId, process: this.start.process };
  }
}

/**
 * The cheap first look, synchronous: only a person may act by update, and only with a command that has the shape of one. What
 * the person may do is decided on the stored state.
 */
function checkShape(command: Command): void {
  const sound =
    typeof command?.id === 'string' &&
    command.id.length > 0 &&
    !/^(deadline|fact|work):/.test(command.id) &&
    /^[a-z][a-z0-9_.]*$/i.test(command.type) &&
    command.type !== 'deadline' &&
    command.actor?.kind === 'person' &&
    typeof command.payload === 'object' &&
    command.payload !== null &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(command.receivedAt);
  if (!sound) throw ApplicationFailure.nonRetryable('the act does not have the shape of a command', 'malformed');
}

function alreadyOpen(caseId: string, sequence: number): Reply {
  return { ok: true, caseId, sequence, stage: '', events: [], commandId: '' };
}

function waitAfter(failures: number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - 1));
}

function now(): string {
  return new Date().toISOString();
}
