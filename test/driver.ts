import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import type { DeliveryActivities, Envelope } from '../activities/types.ts';
import { type Answer, type Cases, createCases, type StartRequest, workflowIdOf } from '../platform/cases/commands.ts';
import type { Config } from '../platform/config.ts';
import { createKeyring, type Keyring } from '../platform/crypto/keyring.ts';
import { createPool, type Pool } from '../platform/db/pool.ts';
import { createLogger } from '../platform/log.ts';
import { createEngine } from '../platform/temporal/client.ts';
import { fastForward, workflowNow } from '../platform/temporal/skipped-time.ts';
import type { Command, Facts, PersonalPart } from '../processes/kit/types.ts';
import { envelopeQuery, type FactMessage } from '../workflows/messages.ts';
import { createWorker } from '../worker/create-worker.ts';

export interface DriverOptions {
  /** Workflow file; the production one unless a test brings fixtures. */
  workflowsPath?: string;
  delivery?: DeliveryActivities;
  /** No worker: a test starts its own. */
  withoutWorker?: boolean;
}

export interface SkippedStart extends Omit<StartRequest, 'caseId' | 'command' | 'clock' | 'openAt'> {
  caseId?: string;
  /** Instant at which the case is opened, in the future; absent: now. */
  at?: string | Date;
  personId: string;
  /** Command that opens the case. */
  type: string;
  payload: Facts;
  personal?: PersonalPart;
  key?: string;
}

/** What a person does: the command is built the way the API builds it. */
export interface Deed {
  personId: string;
  type: string;
  payload?: Facts;
  personal?: PersonalPart;
  onBehalfOf?: { personId: string; actId: string };
  /** Idempotency key; a fresh one unless a test repeats itself. */
  key?: string;
  receivedAt?: string;
}

/**
 * Tells stories of years on the real engine, the real database and skipped time.
 *
 *     const driver = await createDriver(testConfig({ databaseUrl, namespace }));
 *     const { caseId } = await driver.startCaseSkipped({ ... });
 *     await driver.fastForwardTo(caseId, '2027-03-01T09:00:00.000Z');
 *     await driver.act(caseId, { personId, type: 'submitReview', payload });
 */
const PATIENCE_MS = 60_000;

/** As a client does: «not yet recorded» is asked again under the same key, and changes nothing of what is recorded. */
async function insisting(ask: () => Promise<Answer>): Promise<Answer> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer.kind !== 'not_yet_recorded' || Date.now() > end) return answer;
  }
}

export class Driver {
  private constructor(
    readonly client: Client,
    readonly pool: Pool,
    readonly keys: Keyring,
    readonly cases: Cases,
    private readonly closing: () => Promise<void>,
  ) {}

  static async create(config: Config, options: DriverOptions = {}): Promise<Driver> {
    const keys = createKeyring(config);
    const pool = createPool(config.databaseUrl);
    const engine = createEngine(config.temporal, keys);
    const { taskQueue } = config.temporal;
    const cases = createCases({ client: engine.client, pool, keys, taskQueue, answerMs: config.timing.engineAnswerMs });
    const stopWorker = options.withoutWorker
      ? async () => undefined
      : await runWorker(config, engine.client, pool, keys, options);
    return new Driver(engine.client, pool, keys, cases, async () => {
      await stopWorker();
      await engine.close();
      await pool.end({ timeout: 5 });
    });
  }

  /** Opens a case whose clock the test turns. A refusal is an error of the story; use `tryStart` where it is expected. */
  async startCaseSkipped(start: SkippedStart): Promise<{ caseId: string; sequence: number; number?: string }> {
    const once = { ...start, caseId: start.caseId ?? randomUUID(), key: start.key ?? randomUUID() };
    const answer = await insisting(() => this.tryStart(once));
    if (answer.kind !== 'recorded') throw new Error(`the case was not opened: ${JSON.stringify(answer)}`);
    const { caseId, sequence, number } = answer.reply;
    return { caseId, sequence, ...(number ? { number } : {}) };
  }

  async tryStart(start: SkippedStart): Promise<Answer> {
    const { caseId = randomUUID(), at, personId, type, payload, personal, key, ...rest } = start;
    const command = buildCommand({
      personId,
      type,
      payload,
      ...(personal ? { personal } : {}),
      ...(key ? { key } : {}),
    });
    const openAt = at === undefined ? {} : { openAt: toInstant(at) };
    return this.cases.startCase({ ...rest, caseId, command, clock: 'skipped', ...openAt });
  }

  /** Does an act and demands that it is recorded. */
  async act(caseId: string, deed: Deed): Promise<Extract<Answer, { kind: 'recorded' }>['reply']> {
    const once = { ...deed, key: deed.key ?? randomUUID() };
    const answer = await insisting(() => this.tryAct(caseId, once));
    if (answer.kind !== 'recorded') throw new Error(`${deed.type} was not recorded: ${JSON.stringify(answer)}`);
    return answer.reply;
  }

  async tryAct(caseId: string, deed: Deed): Promise<Answer> {
    return this.cases.act(caseId, buildCommand(deed));
  }

  async sendFact(caseId: string, fact: FactMessage): Promise<void> {
    const sent = await this.cases.sendFact(caseId, fact);
    if (sent.kind !== 'sent') throw new Error(`the fact was not sent: ${JSON.stringify(sent)}`);
  }

  /** Takes the clock of the case to the instant; everything that falls due on the way is recorded when this returns. */
  async fastForwardTo(caseId: string, instant: string | Date): Promise<void> {
    const to = new Date(toInstant(instant));
    await fastForward(this.client, await this.workflowId(caseId), to);
    await this.settled(caseId, to);
  }

  async caseNow(caseId: string): Promise<Date> {
    return workflowNow(this.client, await this.workflowId(caseId));
  }

  /** Waits until nothing is due by `by` and no machine work is outstanding. */
  async settled(caseId: string, by?: Date): Promise<void> {
    const until = Date.now() + 20_000;
    for (;;) {
      const [row] = await this.pool<Array<{ closed: boolean; next_due_at: Date | null; work: unknown[] }>>`
        select closed, next_due_at, work from "case" where id = ${caseId}`;
      if (row?.closed) return;
      if (row && row.work.length === 0 && !(by && row.next_due_at && row.next_due_at <= by)) return;
      if (Date.now() > until) throw new Error(`the case ${caseId} does not come to rest: ${JSON.stringify(row)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async envelope(caseId: string): Promise<Envelope> {
    return this.client.workflow.getHandle(await this.workflowId(caseId)).query(envelopeQuery);
  }

  /** The recorded events, oldest first. */
  async events(
    caseId: string,
  ): Promise<Array<{ sequence: number; type: string; row: string; on: string; at: Date; facts: Facts }>> {
    return this.pool`
      select sequence, type, row, "on", at, facts from case_event where case_id = ${caseId} order by sequence`;
  }

  async workflowId(caseId: string): Promise<string> {
    const [row] = await this.pool<Array<{ process: string }>>`select process from "case" where id = ${caseId}`;
    if (!row) throw new Error(`no case ${caseId}`);
    return workflowIdOf(row.process, caseId);
  }

  close(): Promise<void> {
    return this.closing();
  }
}

export function createDriver(config: Config, options: DriverOptions = {}): Promise<Driver> {
  return Driver.create(config, options);
}

export function buildCommand(deed: Deed): Command {
  const { personId, type, payload = {}, personal, onBehalfOf, key = randomUUID() } = deed;
  return {
    id: `test:${key}`,
    type,
    payload,
    ...(personal ? { personal } : {}),
    // Rights are loaded again by the record path; what a caller attaches is not believed.
    actor: { kind: 'person', personId, organisationIds: [], assignments: [], ...(onBehalfOf ? { onBehalfOf } : {}) },
    receivedAt: deed.receivedAt ?? new Date().toISOString(),
  };
}

/** Runs a worker in this process until the returned function is called. */
export async function runWorker(
  config: Config,
  client: Client,
  pool: Pool,
  keys: Keyring,
  options: DriverOptions = {},
): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const worker: Worker = await createWorker({
    connection,
    client,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
    pool,
    keys,
    log: createLogger('worker', config.logLevel),
    ...(options.delivery ? { delivery: options.delivery } : {}),
    ...(options.workflowsPath ? { workflowsPath: options.workflowsPath } : {}),
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}

function toInstant(at: string | Date): string {
  return new Date(at).toISOString();
}
