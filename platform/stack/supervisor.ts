import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { isAlive, type ProcessRecord, type RunFolder, sleep } from './process.ts';

/** One part of the running stack. */
export type Part = {
  /** Its name in records and log files. */
  name: string;
  /** Its name for people. */
  title: string;
  logFile: string;
  record: ProcessRecord;
  /** Brings it up again at the same address. */
  restart(): Promise<ProcessRecord>;
  stop(record: ProcessRecord): Promise<void>;
};

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** A part that ran this long was well; its next crash is a new story. */
const wellAfterMs = 60_000;

/**
 * Watches the parts and brings back those that died, waiting longer after each failure in a row. Parts are looked at rather than
 * waited for, since adopted ones are nobody's children here.
 */
export class Supervisor {
  readonly parts: Part[] = [];
  private readonly failures = new Map<string, number>();
  private readonly bornAt = new Map<string, number>();
  private readonly busy = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly run: RunFolder,
    private readonly tell: (text: string) => void,
  ) {}

  add(part: Part): void {
    this.parts.push(part);
    this.bornAt.set(part.name, Date.now());
    this.run.write(part.record);
  }

  watch(everyMs = 500): void {
    this.timer = setInterval(() => {
      for (const part of this.parts) {
        if (this.stopping || this.busy.has(part.name) || isAlive(part.record)) continue;
        this.busy.add(part.name);
        void this.revive(part).finally(() => this.busy.delete(part.name));
      }
    }, everyMs);
  }

  private async revive(part: Part): Promise<void> {
    const well = Date.now() - (this.bornAt.get(part.name) ?? 0) > wellAfterMs;
    const failures = well ? 1 : (this.failures.get(part.name) ?? 0) + 1;
    this.failures.set(part.name, failures);
    const pause = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
    const seconds = (pause / 1_000).toLocaleString('ru-RU');
    this.tell(`${part.title}: процесс завершился сам, запускаю снова через ${seconds} с (журнал ${part.logFile})`);
    // A part that fails again and again says why in its log; the reader should not have to look for it.
    if (failures > 1) for (const line of lastLines(part.logFile, 5)) this.tell(`  | ${line}`);
    await sleep(pause);
    if (this.stopping) return;
    try {
      part.record = await part.restart();
      this.bornAt.set(part.name, Date.now());
      this.run.write(part.record);
      this.tell(`${part.title}: снова работает`);
    } catch (error) {
      this.tell(`${part.title}: не запускается: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Stops everything in the reverse order of its start. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    // A part that is just coming up again is let finish, so that its process is known and can be stopped.
    while (this.busy.size > 0) await sleep(50);
    for (const part of [...this.parts].reverse()) {
      await part.stop(part.record);
      this.run.remove(part.name);
      this.tell(`${part.title}: остановлено`);
    }
  }
}

export function lastLines(file: string, count: number, since = 0): string[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file).subarray(since).toString().slice(-8_000);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).map((line) => line.slice(0, 300));
}

export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Keeps one older log beside a log that has grown large. */
export function rotateLog(file: string, limitBytes = 20 * 1024 * 1024): void {
  if (sizeOf(file) > limitBytes) renameSync(file, `${file}.1`);
}
