import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { birthOf, isAlive, type ProcessRecord, type RunFolder, stopProcess } from './process.ts';

/** What one data folder knows about its launcher: at most one at a time may run a stack in it. */
export type Claim = { kind: 'mine'; release(): void } | { kind: 'taken'; by: ProcessRecord };

/**
 * Makes this process the launcher of a data folder, unless another one is alive. The claim is a file that appears by one link
 * call, so that of two launchers started together exactly one gets it; a claim whose owner is gone is nobody's.
 */
export function claimLauncher(runFolder: string): Claim {
  mkdirSync(runFolder, { recursive: true });
  const file = join(runFolder, 'launcher.json');
  const mine: ProcessRecord = {
    name: 'launcher',
    pid: process.pid,
    birth: birthOf(process.pid) ?? '',
    startedAt: new Date().toISOString(),
    details: {},
  };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(mine, null, 2)}\n`, { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(draft, file);
        return { kind: 'mine', release: () => release(file, mine) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = read(file);
      if (owner && isAlive(owner)) return { kind: 'taken', by: owner };
      bury(file, owner);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes a dead owner's claim. It is moved aside first and looked at again: between the look and the move another launcher may have
 * buried it already and put its own claim there, which is then put back.
 */
function bury(file: string, dead: ProcessRecord | undefined): void {
  const grave = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, grave);
  } catch {
    return;
  }
  const moved = read(grave);
  if (moved && moved.birth !== dead?.birth && isAlive(moved)) {
    try {
      linkSync(grave, file);
    } catch {
      // A third one claimed it in this instant; its owner finds out by reading the file.
    }
  }
  rmSync(grave, { force: true });
}

function release(file: string, mine: ProcessRecord): void {
  const owner = read(file);
  if (owner?.pid === mine.pid && owner.birth === mine.birth) rmSync(file, { force: true });
}

function read(file: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessRecord;
  } catch {
    return undefined;
  }
}

/** Parts that hold no data and may run old code: after a lost launcher they are stopped and started anew. */
const replaceable = ['api', 'worker', 'mailbox', 'seed', 'engine-ui'];

/**
 * Looks at what a killed launcher left behind. Servers with data are kept for adoption; our own processes are stopped in the order
 * of a clean end. A process that merely has a recorded number is not ours and is left alone.
 */
export async function settleOrphans(run: RunFolder, tell: (text: string) => void): Promise<void> {
  const left = run.list().filter(({ name }) => name !== 'launcher');
  for (const record of left.filter((candidate) => !isAlive(candidate))) run.remove(record.name);
  for (const name of replaceable) {
    const record = run.findAlive(name);
    if (!record) continue;
    tell(`останавливаю ${name} (pid ${record.pid}), оставшийся от прерванного запуска`);
    await stopProcess(record, { graceMs: 10_000, group: true });
    run.remove(name);
  }
}
