import { createCases } from '../../platform/cases/commands.ts';
import { References } from '../../platform/cases/references.ts';
import { type Checked, scanCases } from '../../platform/cases/scanner.ts';
import { createKeyring } from '../../platform/crypto/keyring.ts';
import type { Pool } from '../../platform/db/pool.ts';
import { createLogger } from '../../platform/log.ts';
import { sleep } from '../../platform/stack/process.ts';
import { createEngine } from '../../platform/temporal/client.ts';
import type { KillWorld } from './kill-world.ts';

const checkedIn = new WeakMap<KillWorld, Map<string, Checked>>();

/** What the scanner of the product says of every case that ever was, with the engine asked. Runs are told of their end now and then only. */
export async function violationsOfScanner(world: KillWorld, pool: Pool): Promise<string[]> {
  const { config } = world;
  const checked = checkedIn.get(world) ?? new Map<string, Checked>();
  checkedIn.set(world, checked);
  const keys = createKeyring(config);
  const engine = createEngine(config.temporal, keys);
  try {
    const { client } = engine;
    const cases = createCases({ client, pool, keys, taskQueue: config.temporal.taskQueue });
    const deps = { pool, client, cases, references: new References(), log: createLogger('test', 'warn') };
    const { findings } = await scanCases(deps, { touchedSince: new Date(0), allOpen: true, checked });
    return findings.map(({ caseId, violation, message }) => `${caseId}: ${violation} ${message}`);
  } finally {
    await engine.close();
  }
}

/** Runs of the engine that have not ended. */
export async function violationsOfRuns({ config }: KillWorld, workflowType: string): Promise<string[]> {
  const engine = createEngine(config.temporal, createKeyring(config));
  try {
    const query = `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running'`;
    const found: string[] = [];
    for await (const { workflowId } of engine.client.workflow.list({ query })) {
      const handle = engine.client.workflow.getHandle(workflowId);
      const { status, raw } = await handle.describe();
      if (status.name !== 'RUNNING') continue;
      const attempt = raw.pendingWorkflowTask?.attempt ?? 0;
      const events = ((await handle.fetchHistory()).events ?? []).map(
        ({ eventType, eventTime }) => `${Number(eventTime?.seconds ?? 0) % 1_000}s ${eventType}`,
      );
      const last = events.slice(-40).join(', ');
      found.push(`${workflowId} has not ended: ${events.length} events, try ${attempt}, the last events: ${last}`);
    }
    return found;
  } finally {
    await engine.close();
  }
}

/** Looks until nothing is found, and answers what stays: letters and the last runs need a moment more than the answers did. */
export async function untilNothing(look: () => Promise<string[]>, withinMs = 60_000): Promise<string[]> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found.length === 0 || Date.now() > end) return found;
    await sleep(500);
  }
}

/** One line about what a world has lived through. */
export function describeDeaths({ deaths, mail }: KillWorld): string {
  const copies = mail.letters.length - new Set(mail.letters.map(({ messageId }) => messageId)).size;
  const own = deaths.filter(({ cause }) => cause === 'own').length;
  const letters = `${mail.letters.length} letters (${copies} repeated under the same Message-ID)`;
  return `${deaths.length} deaths (${own} unwanted), ${letters}`;
}
