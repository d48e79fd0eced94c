import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync, readdirSync, rmSync, writeFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A process that this stack started. The pid alone says little after a crash: the system may have given the number to
 * somebody else's process, so the moment of birth is kept with it.
 */
export type ProcessRecord = {
  name: string;
  pid: number;
  /** Opaque; equal for two looks at one process, different for any other process that has or had the same pid. */
  birth: string;
  startedAt: string;
  /** What a later start needs in order to adopt the process: its ports, its version. */
  details: Record<string, string | number | boolean>;
};

export type DetachedProcess = {
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  logFile: string;
  uid?: number;
  gid?: number;
};

/**
 * Starts a process in a session of its own, so that Ctrl-C in the terminal reaches the launcher alone and the launcher
 * decides the order in which parts stop.
 */
export function startDetached(wanted: DetachedProcess): Promise<ProcessRecord & { exited: Promise<number | null> }> {
  mkdirSync(dirname(wanted.logFile), { recursive: true });
  const log = openSync(wanted.logFile, 'a');
  const child = spawn(wanted.command, wanted.args, {
    cwd: wanted.cwd,
    env: wanted.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
    uid: wanted.uid,
    gid: wanted.gid,
  });
  closeSync(log);
  child.unref();
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      const pid = child.pid as number;
      resolve({
        name: wanted.name,
        pid,
        // A process that died within this instant has no birth to read and matches nothing.
        birth: birthOf(pid) ?? 'gone',
        startedAt: new Date().toISOString(),
        details: {},
        exited,
      });
    });
  });
}

/** When a process was born, or undefined when there is none (a zombie counts as none). */
export function birthOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in parentheses may hold spaces and parentheses itself; fields are counted from the last one.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // After kill -9 the first thread may be a zombie while others still hold the ports: the process is not gone before they are.
      const ended = fields[0] === 'Z' || fields[0] === 'X';
      if (ended && readdirSync(`/proc/${pid}/task`).length <= 1) return undefined;
      return `${bootId()}:${fields[19]}`;
    } catch {
      return undefined;
    }
  }
  try {
    const seen = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return seen === '' || seen.startsWith('Z') ? undefined : seen.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'boot';
  }
}

/** True only for the very process that was recorded; a recycled pid is somebody else. */
export function isAlive(record: Pick<ProcessRecord, 'pid' | 'birth'>): boolean {
  return birthOf(record.pid) === record.birth;
}

/** Asks a recorded process to stop, then insists. Does nothing to a process that merely has the same number. */
export async function stopProcess(
  record: Pick<ProcessRecord, 'pid' | 'birth'>,
  options: { signal?: NodeJS.Signals; graceMs?: number; group?: boolean } = {},
): Promise<'stopped' | 'killed' | 'gone'> {
  if (!isAlive(record)) return 'gone';
  signal(record.pid, options.signal ?? 'SIGTERM');
  if (await waitUntilGone(record, options.graceMs ?? 10_000)) return 'stopped';
  if (options.group) signal(-record.pid, 'SIGKILL');
  signal(record.pid, 'SIGKILL');
  await waitUntilGone(record, 5_000);
  return 'killed';
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone between the look and the signal.
  }
}

export async function waitUntilGone(record: Pick<ProcessRecord, 'pid' | 'birth'>, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (isAlive(record)) {
    if (Date.now() > until) return false;
    await sleep(20);
  }
  return true;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The records of one stack: one small file per process, written before anything depends on the process. */
export class RunFolder {
  constructor(readonly path: string) {}

  write(record: ProcessRecord): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const { name, pid, birth, startedAt, details } = record;
    const file = this.fileOf(name);
    writeFileSync(`${file}.new`, `${JSON.stringify({ name, pid, birth, startedAt, details }, null, 2)}\n`, {
      mode: 0o600,
    });
    renameSync(`${file}.new`, file);
  }

  find(name: string): ProcessRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.fileOf(name), 'utf8')) as ProcessRecord;
    } catch {
      return undefined;
    }
  }

  /** The record of a process that still lives; a record of a dead one is swept away. */
  findAlive(name: string): ProcessRecord | undefined {
    const record = this.find(name);
    if (!record) return undefined;
    if (isAlive(record)) return record;
    this.remove(name);
    return undefined;
  }

  list(): ProcessRecord[] {
    let names: string[];
    try {
      names = readdirSync(this.path).filter((file) => file.endsWith('.json'));
    } catch {
      return [];
    }
    return names.flatMap((file) => this.find(file.slice(0, -'.json'.length)) ?? []);
  }

  remove(name: string): void {
    rmSync(this.fileOf(name), { force: true });
  }

  private fileOf(name: string): string {
    return join(this.path, `${name}.json`);
  }
}
