import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Connection, type ConnectionOptions } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { createDatabaseIfMissing } from '../db/migrate.ts';
import { withClient } from '../db/schema-engine.ts';
import type { EngineBinaries, EngineChoice } from './engine-binaries.ts';
import { freePort, isListening, loopback } from './ports.ts';
import { type ProcessRecord, sleep, startDetached, stopProcess } from './process.ts';

export { type EngineBinaries, type EngineChoice, EngineMissingError, resolveEngine } from './engine-binaries.ts';

const run = promisify(execFile);

/** What the product needs to know about the engine it was given. */
export type EngineCapabilities = { serverVersion: string; timeSkipping: boolean };

export type RunningEngine = {
  address: string;
  /** Temporal's own web pages, where the same process brings them. */
  uiAddress?: string;
  record: ProcessRecord;
  stop(): Promise<void>;
};

/**
 * Values that differ from the engine's defaults, shared with the compose file. Time is skipped in rehearsals and tests; each skip
 * costs up to the time shift (1 s by default); a continue-as-new within the reuse interval would throw a skipped clock years
 * ahead. One task queue partition is plenty for one machine and loses no time between partitions. A namespace of a rehearsal is
 * usable at once instead of two seconds later.
 */
const dynamicConfigFile = fileURLToPath(new URL('./dynamic-config.json', import.meta.url));

async function dynamicConfig(): Promise<Array<[string, unknown]>> {
  const settings = JSON.parse(await readFile(dynamicConfigFile, 'utf8')) as Record<string, [{ value: unknown }]>;
  return Object.entries(settings).map(([key, [{ value }]]) => [key, value]);
}

export type StartEngineOptions = {
  choice: Exclude<EngineChoice, { kind: 'external' }>;
  /** Configuration files; for the dev server of the command line tool, its data too. */
  folder: string;
  logFolder: string;
  /** The embedded PostgreSQL; a dev server does not use it. */
  database: { port: number; user: string; password: string; url(name: string): string };
  /** The first port to try for each. */
  ports?: { grpc?: number; ui?: number; internal?: number };
  /** Whether a dev server shows its web pages. */
  ui?: boolean;
  progress?: (text: string) => void;
  /** Told at once, before the process is ready: whoever cleans up must know of it from its first moment. */
  onSpawn?: (record: ProcessRecord) => void;
};

/** Starts the engine, preparing its databases when they are new, and waits until it serves. Its data survives in PostgreSQL. */
export async function startEngine(options: StartEngineOptions): Promise<RunningEngine> {
  await mkdir(options.folder, { recursive: true });
  return options.choice.kind === 'server'
    ? startServer(options, options.choice.binaries)
    : startDevServer(options, options.choice.command);
}

async function startServer(options: StartEngineOptions, binaries: EngineBinaries): Promise<RunningEngine> {
  await prepareSchema(options, binaries);
  const taken = new Set<number>();
  const grpcPort = await freePort(options.ports?.grpc ?? 7233, taken);
  const configFile = await writeServerConfig(options, grpcPort, taken);
  const logFile = join(options.logFolder, 'engine.log');
  const started = await startDetached({
    name: 'engine',
    command: binaries.server,
    args: ['--config-file', configFile, '--allow-no-auth', 'start'],
    cwd: options.folder,
    env: serverEnvironment(),
    logFile,
  });
  const record: ProcessRecord = { ...started, details: { port: grpcPort, origin: binaries.server } };
  options.onSpawn?.(record);
  try {
    await waitUntilServing(grpcPort, started.exited, logFile);
    return describeEngine(record);
  } catch (error) {
    await stopProcess(record, { graceMs: 3_000 });
    throw error;
  }
}

/** The command line tool's dev server: the same dynamic configuration by flags, data in one file. */
async function startDevServer(options: StartEngineOptions, command: string): Promise<RunningEngine> {
  const taken = new Set<number>();
  const grpcPort = await freePort(options.ports?.grpc ?? 7233, taken);
  const uiPort = await freePort(options.ports?.ui ?? 8233, taken);
  const logFile = join(options.logFolder, 'engine.log');
  const args = ['server', 'start-dev', '--ip', loopback, '--port', String(grpcPort), '--log-level', 'warn'];
  args.push('--db-filename', join(options.folder, 'dev-server.db'));
  args.push(...(options.ui === false ? ['--headless'] : ['--ui-port', String(uiPort)]));
  for (const [key, value] of Object.entries(dynamicConfig))
    args.push('--dynamic-config-value', `${key}=${JSON.stringify(value)}`);
  const started = await startDetached({ name: 'engine', command, args, cwd: options.folder, logFile });
  const details = { port: grpcPort, origin: command, ...(options.ui === false ? {} : { uiPort }) };
  const record: ProcessRecord = { ...started, details };
  options.onSpawn?.(record);
  try {
    await waitUntilServing(grpcPort, started.exited, logFile);
    return describeEngine(record);
  } catch (error) {
    await stopProcess(record, { graceMs: 3_000 });
    throw error;
  }
}

/** The engine behind a process that runs already: just started, or left by an earlier launcher. */
export function describeEngine(record: ProcessRecord): RunningEngine {
  const { port, uiPort } = record.details;
  return {
    address: `${loopback}:${String(port)}`,
    ...(uiPort ? { uiAddress: uiAddressOf(Number(uiPort)) } : {}),
    record,
    stop: async () => void (await stopProcess(record, { graceMs: 10_000 })),
  };
}

export function uiAddressOf(port: number): string {
  return `http://${loopback}:${port}`;
}

export type EngineUiOptions = {
  command: string;
  folder: string;
  logFile: string;
  /** The engine it shows. */
  address: string;
  port: number;
  namespace: string;
  /** Where the pages have payloads decoded, without the closing `/decode`. */
  codecEndpoint?: string;
  onSpawn?: (record: ProcessRecord) => void;
};

/** Starts Temporal's own web pages beside a server; a dev server brings its own. */
export async function startEngineUi(options: EngineUiOptions): Promise<ProcessRecord> {
  await mkdir(options.folder, { recursive: true });
  const settings = {
    temporalGrpcAddress: options.address,
    host: loopback,
    port: options.port,
    enableUi: true,
    defaultNamespace: options.namespace,
    disableNewsFetch: true,
    notifyOnNewVersion: false,
    hideLogs: true,
    cors: { allowOrigins: [uiAddressOf(options.port)], cookieInsecure: true },
    // Payloads rest encrypted; an administrator who is signed in to the application reads them with that session.
    ...(options.codecEndpoint
      ? {
          codec: {
            endpoint: options.codecEndpoint,
            includeCredentials: true,
            defaultErrorMessage: 'Payloads are decoded for administrators signed in to the application',
          },
        }
      : {}),
  };
  await writeFile(join(options.folder, 'traektoria.yaml'), JSON.stringify(settings, null, 2));
  const started = await startDetached({
    name: 'engine-ui',
    command: options.command,
    args: ['--root', options.folder, '--config', '.', '--env', 'traektoria', 'start'],
    cwd: options.folder,
    env: serverEnvironment(),
    logFile: options.logFile,
  });
  const record: ProcessRecord = { ...started, details: { port: options.port } };
  options.onSpawn?.(record);
  return record;
}

/** Creates the engine's two databases and brings their schema to this server's version; repeating it changes nothing. */
async function prepareSchema(options: StartEngineOptions, binaries: EngineBinaries): Promise<void> {
  const { database } = options;
  const stores = [
    { name: 'temporal', folder: 'temporal' },
    { name: 'temporal_visibility', folder: 'visibility' },
  ];
  await Promise.all(
    stores.map(async (store) => {
      const versions = join(binaries.schema, store.folder, 'versioned');
      const fresh = await createDatabaseIfMissing(database.url(store.name));
      const current = fresh ? undefined : await schemaVersion(database.url(store.name));
      if (current === newest(await readdir(versions))) return;
      if (current === undefined && store.folder === 'temporal') options.progress?.('готовлю базу движка (один раз)');
      const base = [
        '--plugin',
        'postgres12',
        '--ep',
        loopback,
        '-p',
        String(database.port),
        '-u',
        database.user,
        '--db',
        store.name,
      ];
      // The password goes by the environment: arguments are visible to everybody on the machine.
      const env = { ...serverEnvironment(), SQL_PASSWORD: database.password };
      if (current === undefined) await run(binaries.sqlTool, [...base, 'setup-schema', '-v', '0.0'], { env });
      await run(binaries.sqlTool, [...base, 'update-schema', '-d', versions], { env });
    }),
  );
  // Members of a server that was killed would be asked to join for half a minute; this engine is always alone.
  await withClient(database.url('temporal'), (client) => client.query('DELETE FROM cluster_membership'));
}

async function schemaVersion(url: string): Promise<string | undefined> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ curr_version: string }>('SELECT curr_version FROM schema_version LIMIT 1');
    return rows[0]?.curr_version;
  }).catch((error: { code?: string }) => {
    // The tables are not there: an earlier start was cut off right after it created the database.
    if (error.code === '42P01') return undefined;
    throw error;
  });
}

function newest(folders: string[]): string | undefined {
  const versions = folders.filter((name) => /^v\d+\.\d+$/.test(name)).map((name) => name.slice(1));
  return versions.sort((a, b) => numberOf(a) - numberOf(b)).at(-1);
}

function numberOf(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 10_000 + minor;
}

async function writeServerConfig(options: StartEngineOptions, grpcPort: number, taken: Set<number>): Promise<string> {
  const { database, folder } = options;
  let next = options.ports?.internal ?? 7240;
  const port = async () => (next = await freePort(next, taken));
  const service = async (own?: number) => ({
    rpc: { grpcPort: own ?? (await port()), membershipPort: await port(), bindOnLocalHost: true },
  });
  const store = (name: string, maxConns: number) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName: name,
      connectAddr: `${loopback}:${database.port}`,
      connectProtocol: 'tcp',
      user: database.user,
      password: database.password,
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  });
  const config = {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: { main: store('temporal', 20), visibility: store('temporal_visibility', 5) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: loopback } },
    services: {
      frontend: await service(grpcPort),
      history: await service(),
      matching: await service(),
      worker: await service(),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `${loopback}:${grpcPort}`,
        },
      },
    },
    publicClient: { hostPort: `${loopback}:${grpcPort}` },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamicConfigFile, pollInterval: '10s' },
  };
  // JSON is YAML.
  const file = join(folder, 'server.yaml');
  await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}

function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC' };
}

export type EngineAddress = { address: string; tls?: ConnectionOptions['tls']; apiKey?: string };

function connectionOptions({ address, tls, apiKey }: EngineAddress): ConnectionOptions {
  return { address, ...(tls ? { tls } : {}), ...(apiKey ? { apiKey } : {}) };
}

/** Opens a short connection; the caller's own client is a different matter. */
export async function withEngine<T>(engine: EngineAddress, use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ ...connectionOptions(engine), connectTimeout: 5_000 });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

async function waitUntilServing(port: number, exited: Promise<number | null>, logFile: string): Promise<void> {
  let gone = false;
  void exited.then(() => (gone = true));
  const until = Date.now() + 90_000;
  while (Date.now() < until) {
    if (gone) throw new Error(`the engine stopped at once, see ${logFile}`);
    // A client that finds the port closed waits longer and longer before it looks again, so it is not let near until then.
    if ((await isListening(port)) && (await isServing(`${loopback}:${port}`))) return;
    await sleep(50);
  }
  throw new Error(`the engine does not answer within 90 s, see ${logFile}`);
}

/** The frontend answers first; a list of namespaces comes from the database, so it shows that the rest is there too. */
export async function isServing(address: string): Promise<boolean> {
  return withEngine({ address }, (connection) => connection.workflowService.listNamespaces({ pageSize: 1 })).then(
    () => true,
    () => false,
  );
}

const grpcNotFound = 5;
const grpcAlreadyExists = 6;

/**
 * Registers a namespace unless it is there, and waits until every part of the engine knows it. Closed cases stay readable in the
 * engine for the retention; the rows in PostgreSQL are what is kept for good.
 */
export async function ensureNamespace(engine: EngineAddress, namespace: string, retentionDays = 90): Promise<void> {
  await withEngine(engine, async ({ workflowService }) => {
    await workflowService
      .registerNamespace({
        namespace,
        description: 'Traektoria',
        workflowExecutionRetentionPeriod: msToTs(`${retentionDays} days`),
      })
      .catch((error: { code?: number }) => {
        if (error.code !== grpcAlreadyExists) throw error;
      });
    const until = Date.now() + 30_000;
    for (;;) {
      const known = await workflowService.countWorkflowExecutions({ namespace, query: '' }).then(
        () => true,
        (error: unknown) => {
          if (Date.now() > until) throw error;
          return false;
        },
      );
      if (known) return;
      await sleep(100);
    }
  });
}

/**
 * Asks what the engine can do. Time skipping is probed by a question about a workflow that does not exist: an engine with the
 * feature answers that it does not know it, one without answers that it does not know the question.
 */
export async function probeEngine(engine: EngineAddress, namespace: string): Promise<EngineCapabilities> {
  return withEngine(engine, async ({ workflowService }) => {
    const info = await workflowService.getSystemInfo({});
    const timeSkipping = await workflowService
      .pollWorkflowExecutionTimeSkipping({
        namespace,
        workflowExecution: { workflowId: 'traektoria-probe', runId: '' },
        fastForwardId: 'traektoria-probe',
      })
      .then(
        () => true,
        (error: { code?: number }) => error.code === grpcNotFound,
      );
    return { serverVersion: info.serverVersion ?? '', timeSkipping };
  });
}
