import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../config.ts';
import { birthOf, isAlive, sleep } from './process.ts';

const run = promisify(execFile);

const serverVersion = '1.32.1';
const uiVersion = '2.55.0';

/** A Temporal server of our own, with what it needs to keep its data in PostgreSQL. */
export type EngineBinaries = { server: string; sqlTool: string; schema: string; ui?: string };

/** Where a Temporal server comes from. */
export type EngineChoice =
  | { kind: 'external'; address: string }
  | { kind: 'server'; binaries: EngineBinaries }
  /** The command line tool's dev server: one process with its data in a file of its own. */
  | { kind: 'cli'; command: string };

export class EngineMissingError extends Error {
  override readonly name = 'EngineMissingError';
  constructor(readonly tried: string[]) {
    super(`Сервер Temporal не найден и не собран. Что пробовали:\n${tried.map((line) => `  - ${line}`).join('\n')}`);
  }
}

export type ResolveOptions = {
  env?: NodeJS.ProcessEnv;
  progress?: (text: string) => void;
  /** Tests keep the engine's data in PostgreSQL and skip time: they build the server rather than take a dev server. */
  preferServer?: boolean;
  /** Whether a build of several minutes or a download may be started; `doctor` only looks. */
  lookOnly?: boolean;
};

/**
 * Finds or makes a Temporal server, in five steps: a given address, the cache, the `temporal` command, the SDK's download of it, a
 * build with Go. Each step says what it tries; when all fail, the error says why each one did.
 */
export async function resolveEngine(options: ResolveOptions = {}): Promise<EngineChoice> {
  const env = options.env ?? process.env;
  const tried: string[] = [];
  const steps = options.preferServer
    ? [given, cached, built, onPath, downloaded]
    : [given, cached, onPath, downloaded, built];
  for (const step of steps) {
    const outcome = await step({
      env,
      progress: options.progress ?? (() => undefined),
      lookOnly: options.lookOnly ?? false,
    });
    if (typeof outcome !== 'string') return outcome;
    tried.push(outcome);
  }
  throw new EngineMissingError(tried);
}

type StepContext = { env: NodeJS.ProcessEnv; progress: (text: string) => void; lookOnly: boolean };
/** A choice, or the reason why this step has none. */
type StepOutcome = EngineChoice | string;

async function given({ env, progress }: StepContext): Promise<StepOutcome> {
  const address = env.TEMPORAL_ADDRESS;
  if (!address) return 'TEMPORAL_ADDRESS не задан';
  progress(`движок по адресу ${address} (TEMPORAL_ADDRESS)`);
  return { kind: 'external', address };
}

async function cached({ env, progress }: StepContext): Promise<StepOutcome> {
  const folder = versionFolder(env);
  progress(`ищу собранный сервер Temporal ${serverVersion} в ${shortPath(folder)}`);
  const binaries = await readBinaries(folder);
  return binaries ? { kind: 'server', binaries } : `в ${shortPath(folder)} собранного сервера нет`;
}

async function onPath({ env, progress }: StepContext): Promise<StepOutcome> {
  progress('ищу команду temporal в PATH');
  const command = findCommand('temporal', env);
  return command ? { kind: 'cli', command } : 'команды temporal в PATH нет';
}

/**
 * The SDK knows how to fetch the command line tool. Where its host is closed nothing arrives at all, so ten seconds without a
 * growing file are taken as a no; the fetching process is ended, since the SDK itself cannot be interrupted.
 */
async function downloaded({ env, progress, lookOnly }: StepContext): Promise<StepOutcome> {
  const folder = join(cacheFolder(env), 'dev-server');
  const found = await findDevServer(folder);
  if (found) return { kind: 'cli', command: found };
  if (lookOnly) return 'сервер разработки не скачан';
  progress('пробую скачать сервер разработки Temporal (сдаюсь через 10 с тишины)');
  await mkdir(folder, { recursive: true });
  const script = `
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const executable = { type: 'cached-download', downloadDir: process.argv[1] };
    const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
    await environment.teardown();
    process.exit(0);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
    cwd: projectRoot,
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-2_000)));
  let exited = false;
  const exit = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void exit.then(() => (exited = true));
  let size = -1;
  let quietSince = Date.now();
  while (!exited && Date.now() - quietSince < 10_000) {
    await Promise.race([exit, sleep(500)]);
    const now = await totalSize(folder);
    if (now !== size) [size, quietSince] = [now, Date.now()];
  }
  if (!exited) {
    child.kill('SIGKILL');
    await exit;
    return 'сервер разработки Temporal не скачивается: за 10 с ничего не пришло';
  }
  const command = await findDevServer(folder);
  if (command) return { kind: 'cli', command };
  const reason = complaint.split('\n').find((line) => /error/i.test(line)) ?? 'загрузка не удалась';
  return `сервер разработки Temporal не скачивается: ${reason.trim().slice(0, 200)}`;
}

async function built({ env, progress, lookOnly }: StepContext): Promise<StepOutcome> {
  const go = findCommand('go', env);
  if (!go) return 'Go не установлен (нужен 1.26 или новее), собрать сервер нечем';
  if (lookOnly) return `сервер не собран; Go найден (${go}), сборка займёт около 5 минут один раз`;
  const folder = versionFolder(env);
  const release = await takeBuildLock(folder, progress);
  try {
    // Another process may have built it while this one waited.
    const ready = await readBinaries(folder);
    if (ready) return { kind: 'server', binaries: ready };
    return { kind: 'server', binaries: await build(go, folder, env, progress) };
  } catch (error) {
    return `сборка с Go не удалась: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    await release();
  }
}

async function build(
  go: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  progress: (text: string) => void,
): Promise<EngineBinaries> {
  const work = `${folder}.building`;
  await rm(work, { recursive: true, force: true });
  const parts = [
    {
      title: 'сервер',
      target: 'server',
      module: `go.temporal.io/server/cmd/server@v${serverVersion}`,
      binary: 'server',
    },
    {
      title: 'средство схемы',
      target: 'sql-tool',
      module: `go.temporal.io/server/cmd/tools/sql@v${serverVersion}`,
      binary: 'sql',
    },
    {
      title: 'веб-интерфейс',
      target: 'ui',
      module: `github.com/temporalio/ui-server/v2/cmd/server@v${uiVersion}`,
      binary: 'server',
    },
  ];
  for (const part of parts) {
    const bin = join(work, `bin-${part.target}`);
    await mkdir(bin, { recursive: true });
    const build = goInstall(go, part.module, { ...env, GOBIN: bin }, (elapsed) =>
      progress(`собираю ${part.title} Temporal (один раз, всего около 5 минут на двух ядрах), прошло ${elapsed}`),
    );
    // People can work without Temporal's own pages, not without its server.
    const failed = await build.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failed !== undefined && part.target !== 'ui') throw failed;
    if (failed !== undefined) progress('веб-интерфейс Temporal не собрался, продолжаю без него');
    else await rename(join(bin, part.binary), join(work, part.target));
    await rm(bin, { recursive: true, force: true });
  }
  progress('копирую схему базы движка');
  const { stdout } = await run(go, ['mod', 'download', '-json', `go.temporal.io/server@v${serverVersion}`], {
    env,
    cwd: work,
  });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  // The module cache is read-only and so would be the copy; nothing could ever delete it.
  await cp(join(Dir, 'schema/postgresql/v12'), join(work, 'schema'), { recursive: true });
  await makeWritable(join(work, 'schema'));
  await writeFile(join(work, 'complete.json'), `${JSON.stringify({ server: serverVersion, ui: uiVersion })}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(work, folder);
  const binaries = await readBinaries(folder);
  if (!binaries) throw new Error('после сборки не хватает файлов');
  return binaries;
}

function goInstall(go: string, module: string, env: NodeJS.ProcessEnv, tick: (elapsed: string) => void): Promise<void> {
  const started = Date.now();
  tick('0:00');
  const timer = setInterval(() => tick(minutes(Date.now() - started)), 15_000);
  return run(go, ['install', module], { env, maxBuffer: 64 * 1024 * 1024, timeout: 40 * 60_000 })
    .then(() => undefined)
    .catch((error: Error & { stderr?: string }) => {
      const lines = (error.stderr ?? '')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('go: downloading'));
      throw new Error(lines.slice(-3).join('; ') || error.message);
    })
    .finally(() => clearInterval(timer));
}

/** One build at a time on this machine; a lock whose owner is gone is nobody's. */
async function takeBuildLock(folder: string, progress: (text: string) => void): Promise<() => Promise<void>> {
  const lock = `${folder}.lock`;
  await mkdir(join(folder, '..'), { recursive: true });
  const mine = { pid: process.pid, birth: birthOf(process.pid) };
  let told = false;
  for (;;) {
    const taken = await writeFile(lock, JSON.stringify(mine), { flag: 'wx' }).then(
      () => true,
      () => false,
    );
    if (taken) return () => rm(lock, { force: true });
    const owner = await readFile(lock, 'utf8')
      .then((text) => JSON.parse(text) as { pid: number; birth: string })
      .catch(() => undefined);
    // Unreadable for two seconds means that its writer died in the middle.
    if (!owner) await sleep(2_000);
    const still = await readFile(lock, 'utf8').catch(() => '');
    if ((!owner && !still.endsWith('}')) || (owner && !isAlive(owner))) await rm(lock, { force: true });
    else if (!told) progress(`сервер Temporal уже собирает другой процесс (pid ${owner?.pid ?? '?'}), жду его`);
    told = true;
    await sleep(500);
  }
}

async function readBinaries(folder: string): Promise<EngineBinaries | undefined> {
  const binaries = {
    server: join(folder, 'server'),
    sqlTool: join(folder, 'sql-tool'),
    schema: join(folder, 'schema'),
  };
  const complete = [join(folder, 'complete.json'), ...Object.values(binaries)].every((path) => existsSync(path));
  if (!complete) return undefined;
  const ui = join(folder, 'ui');
  return { ...binaries, ...(existsSync(ui) ? { ui } : {}) };
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env.TRAEKTORIA_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'traektoria');
}

function versionFolder(env: NodeJS.ProcessEnv): string {
  return join(cacheFolder(env), `temporal-${serverVersion}`);
}

function shortPath(path: string): string {
  return path.startsWith(homedir()) ? `~${path.slice(homedir().length)}` : path;
}

export function findCommand(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = [
    ...(env.PATH ?? '').split(delimiter),
    ...(name === 'go' ? ['/usr/local/go/bin', join(homedir(), 'go/bin')] : []),
  ];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

async function findDevServer(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  const name = names.find((file) => /^temporal(-|$)/.test(file) && !file.includes('download'));
  return name ? join(folder, name) : undefined;
}

async function totalSize(folder: string): Promise<number> {
  const { stdout } = await run('du', ['-sk', folder]).catch(() => ({ stdout: '0' }));
  return Number.parseInt(stdout, 10);
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeWritable(path);
    else await chmod(path, 0o644);
  }
}

export function minutes(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
