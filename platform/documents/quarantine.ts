import type { Pool } from '../db/pool.ts';
import type { Logger } from '../log.ts';
import type { Scanner, ScanState } from './scanner.ts';
import type { DocumentStore } from './store.ts';

export interface QuarantineDeps {
  pool: Pool;
  documents: Pick<DocumentStore, 'find' | 'discard'>;
  scanner: Scanner;
  log: Pick<Logger, 'info' | 'warn'>;
}

const firstWaitMs = 30_000;
const longestWaitMs = 30 * 60_000;

/**
 * Has one document looked at and writes down what came of it. A scanner that is down leaves it in quarantine, to be asked again after
 * a wait that doubles; infected content is destroyed at once, its digest and what was found stay. Repeating it is harmless.
 */
export async function scanDocument(deps: QuarantineDeps, sha256: string, now: Date = new Date()): Promise<ScanState> {
  const { pool, documents, scanner, log } = deps;
  const stored = await documents.find(sha256);
  if (!stored || stored.scan !== 'pending') return stored?.scan ?? 'pending';
  try {
    const result = await scanner.scan(stored.stream());
    if (result.verdict === 'clean') {
      await pool`update document set scan = 'clean', scanned_at = ${now}, next_scan_at = null, scan_note = null where sha256 = ${sha256}`;
      return 'clean';
    }
    await pool`update document set scan = 'infected', scanned_at = ${now}, next_scan_at = null, scan_note = ${result.signature} where sha256 = ${sha256}`;
    await documents.discard(sha256);
    log.warn({ sha256, signature: result.signature }, 'a file is infected; its content was destroyed');
    return 'infected';
  } catch (error) {
    const [row] = await pool<Array<{ attempts: number }>>`
      update document set scan_attempts = scan_attempts + 1, scan_note = ${String(error).slice(0, 300)} where sha256 = ${sha256}
      returning scan_attempts as attempts`;
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.max(0, (row?.attempts ?? 1) - 1));
    await pool`update document set next_scan_at = ${new Date(now.getTime() + wait)} where sha256 = ${sha256}`;
    log.warn({ sha256, err: error }, 'a file could not be scanned and stays in quarantine');
    return 'pending';
  }
}

/** Asks again for everything in quarantine that is due; answers how many were looked at. */
export async function scanPending(deps: QuarantineDeps, now: Date = new Date()): Promise<number> {
  const due = await deps.pool<Array<{ sha256: string }>>`
    select sha256 from document where scan = 'pending' and (next_scan_at is null or next_scan_at <= ${now}) order by created_at limit 50`;
  for (const [index, { sha256 }] of due.entries()) {
    // A scanner that is down costs one try a round, not one for every file.
    if ((await scanDocument(deps, sha256, now)) === 'pending') return index + 1;
  }
  return due.length;
}

/** Empties the quarantine now and then, for as long as the process lives. */
export function startQuarantine(deps: QuarantineDeps, everyMs = 15_000): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(() => scanPending(deps))
      .catch((error: unknown) => deps.log.warn({ err: error }, 'the quarantine could not be looked at'));
  }, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
