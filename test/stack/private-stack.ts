import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterFolder, type EmbeddedDatabase, startDatabase } from '../../platform/stack/database.ts';
import {
  type EngineCapabilities,
  type EngineChoice,
  ensureNamespace,
  probeEngine,
  type RunningEngine,
  resolveEngine,
  startEngine,
} from '../../platform/stack/engine.ts';
import { freePort, randomBasePort } from '../../platform/stack/ports.ts';
import { birthOf, isAlive, RunFolder, stopProcess } from '../../platform/stack/process.ts';

const prefix = 'traektoria-test-';
const namespace = 'traektoria';

/** A PostgreSQL and an engine of one's own, on free ports, in a folder that disappears with them. */
export type PrivateStack = {
  readonly folder: string;
  readonly database: EmbeddedDatabase;
  readonly engine: RunningEngine;
  readonly namespace: string;
  readonly capabilities: EngineCapabilities;
  /** kill -9 of the database server; its clients see a broken connection. */
  killDatabase(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  startDatabase(): Promise<void>;
  killEngine(): Promise<void>;
  startEngine(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * For tests that kill things. Other tests use the one stack of the run (`stackInfo`). Takes about three seconds; demands an engine
 * that skips time.
 */
export async function startPrivateStack(options: { progress?: (text: string) => void } = {}): Promise<PrivateStack> {
  const choice = await resolveTestEngine(options.progress);
  await sweepAbandoned();
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // Under root PostgreSQL runs as another user, who has to pass through.
  chmodSync(folder, 0o711);
  const records = new RunFolder(join(folder, 'run'));
  const owner = { name: 'owner', pid: process.pid, birth: birthOf(process.pid) ?? '', startedAt: '', details: {} };
  records.write(owner);
  const base = randomBasePort();
  const databasePort = await freePort(base);
  const ports = { grpc: await freePort(base + 1), internal: base + 2 };
  const password = randomBytes(16).toString('hex');

  const bringDatabase = async () => {
    const started = await startDatabase({
      folder: join(folder, 'postgres'),
      port: databasePort,
      password,
      logFile: join(folder, 'log/database.log'),
    });
    records.write(started.record);
    return started;
  };
  const bringEngine = async (over: EmbeddedDatabase) => {
    const place = { folder: join(folder, 'engine'), logFolder: join(folder, 'log') };
    const started = await startEngine({ choice, ...place, database: over, ports, ui: false });
    records.write(started.record);
    ports.grpc = Number(started.address.split(':')[1]);
    return started;
  };

  let database = await bringDatabase();
  let engine: RunningEngine;
  let capabilities: EngineCapabilities;
  try {
    engine = await bringEngine(database);
    await ensureNamespace(engine, namespace);
    capabilities = await probeEngine(engine, namespace);
    if (!capabilities.timeSkipping)
      throw new Error(`engine ${capabilities.serverVersion} cannot skip time; tests need 1.32 or newer`);
  } catch (error) {
    await sweepFolder(folder);
    throw error;
  }

  return {
    folder,
    namespace,
    capabilities,
    get database() {
      return database;
    },
    get engine() {
      return engine;
    },
    killDatabase: async () => void (await stopProcess(database.record, { signal: 'SIGKILL' })),
    startDatabase: async () => {
      database = await bringDatabase();
    },
    killEngine: async () => void (await stopProcess(engine.record, { signal: 'SIGKILL' })),
    startEngine: async () => {
      const { address } = engine;
      engine = await bringEngine(database);
      if (engine.address !== address)
        throw new Error(`the engine came back at ${engine.address} instead of ${address}`);
      await ensureNamespace(engine, namespace);
    },
    stop: () => sweepFolder(folder),
  };
}

async function resolveTestEngine(
  progress?: (text: string) => void,
): Promise<Exclude<EngineChoice, { kind: 'external' }>> {
  // Tests never touch an engine that somebody works with.
  const choice = await resolveEngine({
    env: { ...process.env, TEMPORAL_ADDRESS: '' },
    preferServer: true,
    ...(progress ? { progress } : {}),
  });
  if (choice.kind === 'external') throw new Error('unreachable');
  return choice;
}

/** Test runs that were killed leave their servers behind; the next run ends those whose owner is gone. */
async function sweepAbandoned(): Promise<void> {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));
  for (const name of folders) {
    const folder = join(tmpdir(), name);
    const owner = new RunFolder(join(folder, 'run')).find('owner');
    if (owner && !isAlive(owner)) await sweepFolder(folder);
  }
}

async function sweepFolder(folder: string): Promise<void> {
  const records = new RunFolder(join(folder, 'run')).list().filter(({ name }) => name !== 'owner');
  // The engine first: it writes its last words into the database. Nothing here is kept, so nobody waits for a clean end.
  const order = ['engine', 'database'];
  for (const record of records.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))) {
    await stopProcess(record, record.name === 'database' ? { signal: 'SIGINT', graceMs: 5_000 } : { graceMs: 3_000 });
  }
  rmSync(await clusterFolder(join(folder, 'postgres')), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}
