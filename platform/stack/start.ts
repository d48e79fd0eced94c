// npm start: brings the whole platform up on one machine, and takes it down again on Ctrl-C.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import pc from 'picocolors';
import { projectRoot, resolveDataDir, stackEnvironmentFile, withoutPassword } from '../config.ts';
import { applyMigrations } from '../db/migrate.ts';
import { withClient } from '../db/schema-engine.ts';
import { answers, describeDatabase, type EmbeddedDatabase, startDatabase } from './database.ts';
import {
  describeEngine,
  type EngineAddress,
  type EngineChoice,
  ensureNamespace,
  isServing,
  probeEngine,
  type RunningEngine,
  resolveEngine,
  startEngine,
  startEngineUi,
  uiAddressOf,
} from './engine.ts';
import { minutes } from './engine-binaries.ts';
import { fingerprint } from './fingerprint.ts';
import { hasWorker, isApiReady } from './health.ts';
import { claimLauncher, settleOrphans } from './launcher.ts';
import { nodeFlags } from './node-flags.ts';
import { freePort, isListening, loopback } from './ports.ts';
import { isAlive, type ProcessRecord, RunFolder, sleep, startDetached, stopProcess } from './process.ts';
import { ensureSecrets } from './secrets.ts';
import { lastLines, type Part, rotateLog, sizeOf, Supervisor } from './supervisor.ts';
import { buildWeb } from './web-build.ts';

const began = Date.now();
const dataDir = resolveDataDir(process.env.DATA_DIR || '.data');
const logDir = join(dataDir, 'log');
const run = new RunFolder(join(dataDir, 'run'));
const supervisor = new Supervisor(run, tell);
/** Processes of parts that are still coming up; an interrupted start stops them too. */
const unfinished: ProcessRecord[] = [];

class StartFailed extends Error {}

function tell(text: string): void {
  console.log(`${pc.dim(minutes(Date.now() - began).padStart(5))}  ${text}`);
}

/** One line when a part is ready, with how long it took. */
async function step<T>(title: string, work: () => Promise<T>, done: (result: T) => string): Promise<T> {
  const started = Date.now();
  const result = await work();
  const seconds = ((Date.now() - started) / 1_000).toLocaleString('ru-RU', { maximumFractionDigits: 1 });
  tell(`${pc.green('✓')} ${title}: ${done(result)} ${pc.dim(`(${seconds} с)`)}`);
  return result;
}

function logOf(name: string): string {
  return join(logDir, `${name}.log`);
}

function short(path: string): string {
  return relative(process.cwd(), path) || path;
}

/** The wanted port, or the next free one, which is said aloud. */
async function takePort(whose: string, wanted: number, taken?: Set<number>): Promise<number> {
  const port = await freePort(wanted, taken);
  if (port !== wanted) tell(pc.yellow(`! порт ${wanted} для ${whose} занят другой программой, беру ${port}`));
  return port;
}

function noteSpawn(record: ProcessRecord): void {
  unfinished.push(record);
  run.write(record);
}

async function main(): Promise<void> {
  mkdirSync(logDir, { recursive: true });
  const claim = claimLauncher(run.path);
  if (claim.kind === 'taken') return describeOther(claim.by);
  let ending: Promise<void> | undefined;
  const end = (code: number, reason: string) => {
    if (ending) return;
    ending = shutDown(reason).then(() => {
      claim.release();
      process.exit(code);
    });
  };
  const stopSignals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of stopSignals) process.on(signal, () => end(0, 'Останавливаю'));
  try {
    await bringUp();
  } catch (error) {
    if (ending) return;
    console.error(pc.red(error instanceof Error ? error.message : String(error)));
    if (!(error instanceof StartFailed)) console.error(pc.dim('Что не так с машиной, подскажет npm run doctor.'));
    end(1, 'Запуск не удался, останавливаю то, что успело подняться');
  }
}

async function shutDown(reason: string): Promise<void> {
  console.log('');
  tell(reason);
  rmSync(stackEnvironmentFile(dataDir), { force: true });
  await supervisor.stop();
  for (const record of unfinished.reverse()) {
    if (!isAlive(record)) continue;
    await stopProcess(record, record.name === 'database' ? { signal: 'SIGINT', graceMs: 30_000 } : { graceMs: 10_000 });
    run.remove(record.name);
  }
  tell('Всё остановлено; данные сохранены, следующий npm start продолжит с этого места.');
}

function describeOther(other: ProcessRecord): void {
  console.log(
    `«Траектория» уже запущена из этой папки (pid ${other.pid}, с ${localTime(other.startedAt)}); второй запуск ничего не меняет.`,
  );
  const api = run.findAlive('api');
  if (api) console.log(`Приложение: http://${loopback}:${api.details.port}`);
  console.log('Остановить: Ctrl-C в её окне.');
}

async function bringUp(): Promise<void> {
  console.log(pc.bold('«Траектория» запускается'));
  await settleOrphans(run, tell);
  const secrets = ensureSecrets(dataDir);
  // The screens are built while the servers start.
  const web = buildWeb().then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ error }),
  );
  const choice = await resolveEngine({ progress: (text) => tell(pc.dim(`· движок: ${text}`)) });
  const wanted = process.env.DATABASE_URL;
  // The engine built here keeps its own data in PostgreSQL, even when the product's database is elsewhere.
  const embedded = wanted && choice.kind !== 'server' ? undefined : await bringDatabase(secrets.databasePassword);
  const databaseUrl = wanted || embedded?.url('traektoria');
  if (!databaseUrl) throw new Error('нет базы данных');
  const namespace = process.env.TEMPORAL_NAMESPACE || 'traektoria';
  const taken = new Set<number>();
  const apiPort = await takePort('приложения', Number(process.env.API_PORT) || 3000, taken);
  const publicUrl = process.env.PUBLIC_URL || `http://${loopback}:${apiPort}`;
  const engine = await bringEngine(choice, embedded, namespace, `${publicUrl}/api/codec/${namespace}`);
  await ensureNamespace(engine, namespace);
  const capabilities = await probeEngine(engine, namespace);
  if (!capabilities.timeSkipping) {
    tell(
      pc.yellow(
        `! движок ${capabilities.serverVersion} не умеет пропускать время: репетиции недоступны, всё остальное работает`,
      ),
    );
  }
  await step(
    'Схема базы',
    () => applyMigrations({ databaseUrl }),
    ({ applied }) => (applied.length > 0 ? `применено миграций: ${applied.length}` : 'без изменений'),
  );

  const smtpPort = process.env.SMTP_URL ? undefined : await takePort('почтового ящика', 2525, taken);
  const environment: Record<string, string> = {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: engine.address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_TASK_QUEUE: process.env.TEMPORAL_TASK_QUEUE || 'traektoria',
    ...(engine.uiAddress ? { TEMPORAL_UI_URL: engine.uiAddress } : {}),
    API_HOST: process.env.API_HOST || loopback,
    API_PORT: String(apiPort),
    PUBLIC_URL: publicUrl,
    SMTP_URL: process.env.SMTP_URL || `smtp://${loopback}:${smtpPort}`,
    DATA_DIR: dataDir,
    CODEC_KEYS: process.env.CODEC_KEYS || secrets.codecKeys,
    PERSON_KEY_SECRET: process.env.PERSON_KEY_SECRET || secrets.personKeySecret,
    SESSION_SECRET: process.env.SESSION_SECRET || secrets.sessionSecret,
    TRAEKTORIA_EMBEDDED: 'true',
    // Letters are drawn by React, whose development build costs several times as much.
    NODE_ENV: process.env.NODE_ENV || 'production',
    TZ: 'UTC',
  };
  writeFileSync(stackEnvironmentFile(dataDir), JSON.stringify(environment, null, 2), { mode: 0o600 });
  await bringSeed(databaseUrl, environment);

  if (smtpPort) {
    supervisor.add(
      await bringOwn('mailbox', 'Почтовый ящик', 'platform/mailbox/main.ts', environment, { port: smtpPort }, () =>
        isListening(smtpPort),
      ),
    );
  }
  // The engine remembers workers of the last minutes; only one that asked after this moment is the new one.
  const workerSince = Date.now() - 1_000;
  const bringWorker = () =>
    bringOwn('worker', 'Исполнитель процессов', 'worker/main.ts', environment, {}, () =>
      hasWorker(engine, namespace, environment.TEMPORAL_TASK_QUEUE ?? '', workerSince),
    );
  const bringApi = async () => {
    const built = await web;
    if ('error' in built) tell(pc.yellow(`! экраны не собраны: ${firstLine(built.error)}`));
    else if (built.outcome === 'built') tell(`${pc.green('✓')} Экраны собраны`);
    const address = `http://${loopback}:${apiPort}`;
    return bringOwn('api', 'Приложение', 'api/main.ts', environment, { port: apiPort }, () => isApiReady(address));
  };
  // Neither waits for the other; they stop in this order reversed.
  for (const part of await Promise.all([bringWorker(), bringApi()])) supervisor.add(part);
  supervisor.watch();
  await printSummary({ publicUrl, databaseUrl, engine });
}

async function bringDatabase(password: string): Promise<EmbeddedDatabase> {
  const options = { folder: join(dataDir, 'postgres'), password, logFile: logOf('database'), onSpawn: noteSpawn };
  const left = run.findAlive('database');
  const adopted = left && describeDatabase(left, password);
  let current: EmbeddedDatabase;
  if (adopted && (await answers(adopted.url('postgres')))) {
    tell(`${pc.green('✓')} PostgreSQL: работает с прошлого раза на порту ${adopted.port}`);
    current = adopted;
  } else {
    // One that is there but does not answer is ours by its record, and in the way.
    if (adopted) await adopted.stop();
    rotateLog(options.logFile);
    const port = await takePort('PostgreSQL', 15_432);
    current = await step(
      'PostgreSQL',
      () => startDatabase({ ...options, port, progress: (text) => tell(pc.dim(`· PostgreSQL: ${text}`)) }),
      () => `порт ${port}, журнал ${short(options.logFile)}`,
    );
  }
  const { port } = current;
  supervisor.add({
    name: 'database',
    title: 'PostgreSQL',
    logFile: options.logFile,
    record: current.record,
    restart: async () => (await startDatabase({ ...options, port })).record,
    stop: (record) => describeDatabase(record, password).stop(),
  });
  return current;
}

async function bringEngine(
  choice: EngineChoice,
  database: EmbeddedDatabase | undefined,
  namespace: string,
  codecEndpoint: string,
): Promise<EngineAddress & { uiAddress?: string }> {
  if (choice.kind === 'external') {
    const { serverVersion } = await step(
      'Движок Temporal',
      () => waitForExternal(choice.address),
      () => `по адресу ${choice.address}`,
    );
    if (serverVersion === undefined) throw new Error(`Движок по адресу ${choice.address} не отвечает`);
    return externalAddress(choice.address);
  }
  const logFile = logOf('engine');
  const origin = choice.kind === 'server' ? choice.binaries.server : choice.command;
  const start = (ports: { grpc: number; ui: number }) =>
    startEngine({
      choice,
      folder: join(dataDir, 'engine'),
      logFolder: logDir,
      database: database ?? { port: 0, user: '', password: '', url: () => '' },
      ports,
      onSpawn: noteSpawn,
      progress: (text) => tell(pc.dim(`· движок: ${text}`)),
    });
  const left = run.findAlive('engine');
  const adopted = left && describeEngine(left);
  let current: RunningEngine;
  if (adopted && left.details.origin === origin && (await isServing(adopted.address))) {
    tell(`${pc.green('✓')} Движок Temporal: работает с прошлого раза, ${adopted.address}`);
    current = adopted;
  } else {
    if (adopted) await adopted.stop();
    rotateLog(logFile);
    current = await step(
      'Движок Temporal',
      async () => start({ grpc: await takePort('движка', 7233), ui: 8233 }),
      ({ address }) => `${address}, журнал ${short(logFile)}`,
    );
  }
  const { address, uiAddress } = current;
  const ports = { grpc: portOf(address), ui: uiAddress ? portOf(uiAddress) : 8233 };
  supervisor.add({
    name: 'engine',
    title: 'Движок Temporal',
    logFile,
    record: current.record,
    restart: async () => (await start(ports)).record,
    stop: (record) => describeEngine(record).stop(),
  });
  const ui =
    uiAddress ??
    (choice.kind === 'server' && choice.binaries.ui
      ? await bringEngineUi(choice.binaries.ui, address, namespace, codecEndpoint)
      : undefined);
  return { address, ...(ui ? { uiAddress: ui } : {}) };
}

async function bringEngineUi(
  command: string,
  address: string,
  namespace: string,
  codecEndpoint: string,
): Promise<string> {
  const port = await takePort('страниц Temporal', 8233);
  const logFile = logOf('engine-ui');
  rotateLog(logFile);
  const folder = join(dataDir, 'engine/ui');
  const start = () =>
    startEngineUi({ command, folder, logFile, address, port, namespace, codecEndpoint, onSpawn: noteSpawn });
  supervisor.add({
    name: 'engine-ui',
    title: 'Страницы Temporal',
    logFile,
    record: await start(),
    restart: start,
    stop: async (record) => void (await stopProcess(record, { graceMs: 3_000 })),
  });
  return uiAddressOf(port);
}

function externalAddress(address: string): EngineAddress {
  const apiKey = process.env.TEMPORAL_API_KEY;
  const tls = process.env.TEMPORAL_TLS === 'true' ? true : undefined;
  return { address, ...(apiKey ? { apiKey } : {}), ...(tls ? { tls } : {}) };
}

async function waitForExternal(address: string): Promise<{ serverVersion?: string }> {
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const seen = await probeEngine(externalAddress(address), 'default').catch(() => undefined);
    if (seen) return seen;
    await sleep(1_000);
  }
  return {};
}

/** Starts one of our own programs and waits until it is of use. */
async function bringOwn(
  name: string,
  title: string,
  file: string,
  environment: Record<string, string>,
  details: ProcessRecord['details'],
  ready: () => Promise<boolean> = async () => true,
): Promise<Part> {
  const logFile = logOf(name);
  rotateLog(logFile);
  const start = async () => {
    const record = await startDetached({
      name,
      command: process.execPath,
      args: [...nodeFlags, join(projectRoot, file)],
      cwd: projectRoot,
      env: { ...process.env, ...environment },
      logFile,
    });
    const known: ProcessRecord = { ...record, details };
    noteSpawn(known);
    return known;
  };
  const startAndWait = async () => {
    const since = sizeOf(logFile);
    const record = await start();
    const until = Date.now() + 60_000;
    while (!(await ready())) {
      if (!isAlive(record))
        throw new StartFailed(`${title}: процесс завершился при запуске\n${quoteLog(logFile, since)}`);
      if (Date.now() > until)
        throw new StartFailed(`${title}: не готово за минуту, журнал ${short(logFile)}\n${quoteLog(logFile, since)}`);
      await sleep(150);
    }
    return record;
  };
  const record = await step(title, startAndWait, () => `журнал ${short(logFile)}`);
  return {
    name,
    title,
    logFile: short(logFile),
    record,
    restart: start,
    stop: async (running) => void (await stopProcess(running, { graceMs: 15_000, group: true })),
  };
}

/** What a program said since a start; its log keeps earlier ones too. */
function quoteLog(file: string, since: number): string {
  return lastLines(file, 15, since)
    .map((line) => `  | ${line}`)
    .join('\n');
}

/** Loads the data of the repository, unless this database has had exactly these files. */
async function bringSeed(databaseUrl: string, environment: Record<string, string>): Promise<void> {
  if (!existsSync(join(projectRoot, 'prisma/seed.ts')))
    return tell(pc.yellow('! Данные: prisma/seed.ts ещё нет, пропускаю'));
  const stampFile = join(dataDir, 'seeded.json');
  const stamp = `${await identityOf(databaseUrl)}:${fingerprint(projectRoot, ['prisma/seed.ts', 'prisma/seed', 'prisma/migrations', 'data'])}`;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp)
    return tell(`${pc.green('✓')} Данные: загружены раньше`);
  const logFile = logOf('seed');
  const load = async () => {
    const since = sizeOf(logFile);
    const env = { ...process.env, ...environment };
    const args = ['--import', 'tsx', join(projectRoot, 'prisma/seed.ts')];
    const record = await startDetached({
      name: 'seed',
      command: process.execPath,
      args,
      cwd: projectRoot,
      env,
      logFile,
    });
    noteSpawn({ ...record, details: {} });
    const code = await record.exited;
    run.remove('seed');
    if (code !== 0)
      throw new StartFailed(`Данные не загрузились, журнал ${short(logFile)}\n${quoteLog(logFile, since)}`);
  };
  await step('Данные', load, () => `загружены, журнал ${short(logFile)}`);
  writeFileSync(stampFile, stamp);
}

/** Which database this is: a new cluster or a new database of the same name must be loaded again. */
async function identityOf(databaseUrl: string): Promise<string> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ identity: string }>(
      'SELECT (SELECT system_identifier FROM pg_control_system())::text || oid AS identity FROM pg_database WHERE datname = current_database()',
    );
    return rows[0]?.identity ?? '';
  });
}

async function printSummary(stack: {
  publicUrl: string;
  databaseUrl: string;
  engine: { address: string; uiAddress?: string };
}): Promise<void> {
  const seconds = ((Date.now() - began) / 1_000).toLocaleString('ru-RU', { maximumFractionDigits: 1 });
  const rows: Array<[string, string]> = [
    ['Приложение', stack.publicUrl],
    ['Описание API', `${stack.publicUrl}/api/docs`],
    ...(stack.engine.uiAddress ? [['Страницы Temporal', stack.engine.uiAddress] as [string, string]] : []),
    ['PostgreSQL', `${withoutPassword(stack.databaseUrl)}  (пароль в ${short(join(dataDir, 'secrets.json'))})`],
    ['Журналы', short(logDir)],
  ];
  console.log(`\n${pc.bold(`«Траектория» готова за ${seconds} с`)}\n`);
  for (const [title, value] of rows) console.log(`  ${title.padEnd(18)} ${value}`);
  const accounts = await listAccounts();
  if (accounts.length > 0)
    console.log(`
${pc.bold('Учётные записи для знакомства')}
`);
  for (const { email, displayName, noteRu } of accounts)
    console.log(`  ${email.padEnd(30)} ${displayName}: ${noteRu ?? ''}`);
  console.log(`\n${pc.dim('Остановить: Ctrl-C.')}\n`);
}

type AccountLine = { email: string; displayName: string; noteRu?: string | undefined };

/** The people whom the seed data offers for a first look; nobody, where the product's own people are loaded. */
async function listAccounts(): Promise<AccountLine[]> {
  return import('../../prisma/seed.ts').then(
    ({ mainAccounts }) => mainAccounts(),
    () => [],
  );
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

function localTime(iso: string): string {
  return new Date(iso).toLocaleString('ru-RU');
}

await main();
