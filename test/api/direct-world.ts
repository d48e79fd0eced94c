/**
 * The API over a database of its own without an engine: acts are applied at once, machine work follows in place, and the clock stands
 * where the test puts it. Cheap enough to ask every route as everybody, and the same twice: see `blind.test.ts`.
 */
import { join } from 'node:path';
import { applyAction, type RecordDeps } from '../../activities/apply-action.ts';
import { performWork } from '../../activities/perform-work.ts';
import type { ApplyAnswer, Reply } from '../../activities/types.ts';
import type { WorkDeps } from '../../activities/work/types.ts';
import { createApp } from '../../api/app.ts';
import { ChangeFeed } from '../../api/changes.ts';
import type { ApiDeps, CaseCommands } from '../../api/ports.ts';
import { faces } from '../../api/processes.ts';
import { hashToken } from '../../api/session.ts';
import { References } from '../../platform/cases/references.ts';
import { createKeyring } from '../../platform/crypto/keyring.ts';
import { createPool, type Pool } from '../../platform/db/pool.ts';
import { createPrisma } from '../../platform/db/prisma.ts';
import { createIdentityKeys } from '../../platform/identity/secrets.ts';
import { createDocumentStore } from '../../platform/documents/store.ts';
import { createLogger } from '../../platform/log.ts';
import { seed } from '../../prisma/seed.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createTestDatabase, testConfig } from '../stack/stack-info.ts';
import { type Ask, ask } from './world.ts';

export interface DirectWorld {
  app: ReturnType<typeof createApp>;
  deps: ApiDeps;
  pool: Pool;
  databaseUrl: string;
  clock: { now: string };
  /** Asks as a person of the seed by key or id; '' asks without a session. */
  as(key: string): Promise<Ask>;
  tokenOf(key: string): Promise<string>;
  /** From here on everybody asks by a session of its own: an act may have ended those before. */
  renewSessions(): void;
  /** Applies what has fallen due by the clock to a case. */
  tick(caseId: string): Promise<void>;
  stop(): Promise<void>;
}

export interface DirectOptions {
  now?: string;
  /** Runs over the seeded database before anything else connects to it. */
  prepare?(pool: Pool): Promise<void>;
  over?: Partial<ApiDeps>;
  /** Told of every act and of every work that has been recorded, before anything follows it. */
  afterRecord?(caseId: string, sequence: number): Promise<void>;
  environment?: Record<string, string>;
}

/** Seeds a database and puts the API over it; nothing of it listens anywhere. */
export async function createDirectWorld(options: DirectOptions = {}): Promise<DirectWorld> {
  const database = await createTestDatabase();
  await seed(database.url);
  if (options.prepare) {
    const preparing = createPool(database.url, { max: 1 });
    await options.prepare(preparing);
    await preparing.end();
  }
  const config = testConfig({
    databaseUrl: database.url,
    ...(options.environment ? { environment: options.environment } : {}),
  });
  const clock = { now: options.now ?? new Date().toISOString() };
  const pool = createPool(database.url, { max: 6 });
  const prisma = createPrisma(database.url, { max: 2 });
  const keys = createKeyring(config);
  const references = new References();
  const log = createLogger('api', 'silent');
  const record: RecordDeps & WorkDeps = { pool, keys, references, log, isLocalWork: () => true };
  const { commands, tick } = directCases(record, clock, options.afterRecord);
  const deps: ApiDeps = {
    config,
    log,
    sql: pool,
    prisma,
    keys,
    identity: createIdentityKeys(config.sessionSecret),
    references,
    cases: commands,
    documents: createDocumentStore({ pool, folder: join(config.dataDir, 'documents') }),
    engine: {
      ping: async () => true,
      describe: async () => ({
        address: '',
        namespace: '',
        serverVersion: null,
        taskQueue: '',
        pollers: 0,
        runningWorkflows: 0,
      }),
      runs: async () => [],
    },
    changes: new ChangeFeed(pool, log),
    faces,
    now: () => new Date(clock.now),
    limits: { perMinute: 1_000_000, signInsPerMinute: 1_000_000 },
    ...options.over,
  };
  const app = createApp(deps);
  const tokens = new Map<string, string>();
  let generation = 0;
  const tokenOf = async (key: string) => {
    const id = /^[0-9a-f-]{36}$/.test(key) ? key : personId(key);
    const known = tokens.get(id);
    if (known) return known;
    const token = `token-of-${id}-${generation}`;
    // Used until its end, so that a clock that leaps neither ends nor renews it.
    const until = new Date(Date.parse(clock.now) + 400 * 86_400_000);
    await pool`insert into session (token_hash, person_id, created_at, last_seen_at, rotated_at, expires_at)
      values (${hashToken(token)}, ${id}::uuid, ${clock.now}, ${until}, ${until}, ${until})`;
    tokens.set(id, token);
    return token;
  };
  return {
    app,
    deps,
    pool,
    databaseUrl: database.url,
    clock,
    tokenOf,
    renewSessions: () => {
      generation += 1;
      tokens.clear();
    },
    tick,
    as: async (key) => ask(app, key === '' ? undefined : await tokenOf(key)),
    stop: async () => {
      await Promise.allSettled([prisma.$disconnect(), pool.end({ timeout: 2 })]);
      await database.drop();
    },
  };
}

/** What `platform/cases/commands.ts` does through the engine, done at once: the act, then its machine work until none is left. */
function directCases(
  record: RecordDeps & WorkDeps,
  clock: { now: string },
  afterRecord: DirectOptions['afterRecord'] = async () => undefined,
) {
  const replyOf = ({ reply }: ApplyAnswer): Awaited<ReturnType<CaseCommands['act']>> => {
    if (!reply) throw new Error('no reply');
    return toAnswer(reply);
  };
  const processOf = async (caseId: string): Promise<string> => {
    const [row] = await record.pool<Array<{ process: string }>>`select process from "case" where id = ${caseId}::uuid`;
    return row?.process ?? '';
  };
  /** Work that the engine alone can do (a related case) stays outstanding. */
  async function settle(process: string, caseId: string, first: ApplyAnswer): Promise<void> {
    const tried = new Set<string>();
    for (let { work, sequence } = first; ; ) {
      await afterRecord(caseId, sequence);
      const next = work.find(({ key }) => !tried.has(key));
      if (!next) return;
      tried.add(next.key);
      ({ work, sequence } = await performWork(record, {
        caseId,
        process,
        key: next.key,
        now: clock.now,
        knownSequence: sequence,
      }));
    }
  }
  const commands: CaseCommands = {
    startCase: async ({ process, caseId, command, jurisdiction, uniqueKey }) => {
      const start = { jurisdiction, clock: 'real' as const, ...(uniqueKey ? { uniqueKey } : {}) };
      const answer = await applyAction(record, { caseId, process, command, start, now: clock.now, knownSequence: 0 });
      await settle(process, caseId, answer);
      return replyOf(answer);
    },
    act: async (caseId, command) => {
      const process = await processOf(caseId);
      const answer = await applyAction(record, { caseId, process, command, now: clock.now, knownSequence: 0 });
      await settle(process, caseId, answer);
      return replyOf(answer);
    },
    sendFact: async () => ({ kind: 'sent' }),
    reconcileCase: async () => 'asked',
    wakeBroadcast: async () => undefined,
  };
  const tick = async (caseId: string) => {
    const process = await processOf(caseId);
    await settle(process, caseId, await applyAction(record, { caseId, process, now: clock.now, knownSequence: 0 }));
  };
  return { commands, tick };
}

function toAnswer(reply: Reply): Awaited<ReturnType<CaseCommands['act']>> {
  return reply.ok ? { kind: 'recorded', reply, existing: false } : { kind: 'refused', denial: reply.denial };
}
