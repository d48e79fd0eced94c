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
import type { ApplyAnswer, CaseActivities, Envelope, PendingWork, Reply } from '../activities/types.ts';
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
 * The durable loop of a case. It keeps order, time and waiting and knows nothing of rules: acts go one by one to `applyAction`,
 * the nearest deadline is one timer, outstanding machine work runs beside, and what comes back is a short envelope.
 *
 * Ends when the case is closed or its first act was refused; leaves a run only when nothing is queued or half done.
 */
export async function runCase(start: CaseStart): Promise<void> {
  return new CaseLoop(start).run();
}

class CaseLoop {
  readonly #queue: Act[] = [];
  readonly #alarm = new Alarm();
  /** Keys of machine work that runs now, and of work that rests before its next try. */
  readonly #working = new Set<string>();
  readonly #resting = new Set<string>();
  readonly #tries = new Map<string, number>();
  #envelope: Envelope;
  #opened: Reply | undefined;
  #asked: { reconcile: boolean; renew: boolean };
  #failures = 0;

  constructor(private readonly start: CaseStart) {
    const { open, envelope } = start;
    this.#envelope = envelope ?? { exists: false, sequence: 0, nextDueAt: null, work: [], closed: false };
    // A run that knows nothing was started to rebuild the case from its row.
    this.#asked = { reconcile: !open && !envelope, renew: false };
    // The opening act stands first: an update that was sent right after the start is already here.
    if (open) this.#queue.push({ ...open, answer: (reply) => (this.#opened = reply) });
    else if (envelope) this.#opened = alreadyOpen(start.caseId, envelope.sequence);
    this.#listen();
  }

  async run(): Promise<void> {
    const { openAt } = this.start;
    if (openAt) await sleep(Math.max(1, Date.parse(openAt) - Date.now()));
    if (this.#envelope.exists) this.#follow();
    for (;;) {
      await condition(() => this.#hasReason());
      const act = this.#queue.shift();
      if (act) await this.#apply(act);
      else if (this.#asked.reconcile || this.#alarm.rang) await this.#applyDue();
      if (this.#isOver()) return this.#leave();
      if (this.#shouldRenew()) await this.#renew();
    }
  }

  #listen(): void {
    setHandler(actUpdate, (command) => this.#enqueue(command), { validator: checkShape });
    setHandler(openedUpdate, async () => {
      await condition(() => this.#opened !== undefined);
      return this.#opened as Reply;
    });
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
    });
    setHandler(envelopeQuery, () => this.#envelope);
  }

  #enqueue(command: Command): Promise<Reply> {
    return new Promise((answer) => this.#queue.push({ command, answer }));
  }

  #hasReason(): boolean {
    return this.#queue.length > 0 || this.#asked.reconcile || this.#alarm.rang || this.#isOver() || this.#shouldRenew();
  }

  async #apply({ command, start, answer }: Act): Promise<void> {
    const reply = await this.#fold(
      record.applyAction({
        ...this.#where(),
        command,
        ...(start ? { start } : {}),
        now: now(),
        knownSequence: this.#envelope.sequence,
      }),
    );
    answer(reply ?? alreadyOpen(this.start.caseId, this.#envelope.sequence));
  }

  async #applyDue(): Promise<void> {
    const { reconcile } = this.#asked;
    this.#asked.reconcile = false;
    this.#alarm.clear();
    await this.#fold(
      record.applyAction({ ...this.#where(), now: now(), knownSequence: this.#envelope.sequence, reconcile }),
    );
    this.#opened ??= alreadyOpen(this.start.caseId, this.#envelope.sequence);
  }

  /** What was recorded wins over what was known; an answer that was overtaken by a later one is old news. */
  async #fold(asked: Promise<ApplyAnswer>): Promise<Reply | undefined> {
    const { reply, incident, ...envelope } = await asked;
    if (envelope.sequence >= this.#envelope.sequence) this.#envelope = envelope;
    this.#failures = incident ? this.#failures + 1 : 0;
    this.#follow();
    return reply;
  }

  /** Sets the timer and starts the work that the envelope asks for. */
  #follow(): void {
    const { nextDueAt, work, closed } = this.#envelope;
    // A deadline whose rule fails is tried again after growing waits; its incident stands open meanwhile.
    const earliest = this.#failures > 0 ? new Date(Date.now() + waitAfter(this.#failures)).toISOString() : '';
    this.#alarm.set(closed || nextDueAt === null ? null : nextDueAt > earliest ? nextDueAt : earliest);
    for (const item of closed ? [] : work) {
      if (!this.#working.has(item.key) && !this.#resting.has(item.key)) void this.#perform(item);
    }
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
    for (;;) {
      await condition(() => this.#queue.length > 0 || (allHandlersFinished() && this.#working.size === 0));
      const act = this.#queue.shift();
      if (!act) return;
      await this.#apply(act);
    }
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
