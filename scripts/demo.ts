// npm run demo: fills a running house with cases of its processes in every stage, some of them overdue.
import { References } from '../platform/cases/references.ts';
import { createCases } from '../platform/cases/commands.ts';
import { withoutScans } from '../platform/cases/scanner.ts';
import { loadConfig } from '../platform/config.ts';
import { createKeyring } from '../platform/crypto/keyring.ts';
import { createPool } from '../platform/db/pool.ts';
import { createDocumentStore } from '../platform/documents/store.ts';
import { createLogger } from '../platform/log.ts';
import { createEngine } from '../platform/temporal/client.ts';
import { assessmentStories } from './demo/assessment.ts';
import { attestationStories } from './demo/attestation.ts';
import { cycleStories } from './demo/cycle-stories.ts';
import { stories } from './demo/stories.ts';
import { join } from 'node:path';

const config = loadConfig();
const keys = createKeyring(config);
const pool = createPool(config.databaseUrl);
const engine = createEngine(config.temporal, keys);
const cases = createCases({ client: engine.client, pool, keys, taskQueue: config.temporal.taskQueue });
const documents = createDocumentStore({ pool, folder: join(config.dataDir, 'documents') });
const log = createLogger('demo', 'error');
// Local work only: related cases are opened by the worker when the engine takes a case over.
const deps = { pool, keys, references: new References(), log, documents, isLocalWork: () => true };

console.log('Наполняю платформу учебными делами. Это занимает минуту-две.');
let made = 0;
let present = 0;
const failed: string[] = [];
const single = [...(await stories(deps)), ...cycleStories(deps)].map((story) => ({
  ...story,
  caseIds: [story.caseId],
}));
for (const story of [...single, ...attestationStories(deps), ...assessmentStories(deps)]) {
  const known = await pool`select 1 from "case" where id = any(${story.caseIds}::uuid[])`;
  try {
    // While a past is told its terms are long over: a scan would take the case for forgotten and bring it to today.
    if (known.length === 0) await withoutScans(pool, async () => void (await story.tell()));
    // The engine takes over where the telling ended; asked again it finds the case it has.
    for (const caseId of story.caseIds) await cases.reconcileCase(caseId);
  } catch (error) {
    // One story that stumbles leaves the others whole; the end of the command says so.
    failed.push(`${story.title}: ${error instanceof Error ? error.message : String(error)}`);
    console.log(`  ✗ ${story.title}`);
    continue;
  }
  if (known.length > 0) present += story.caseIds.length;
  else made += story.caseIds.length;
  console.log(`  ${known.length > 0 ? '·' : '✓'} ${story.title}`);
}
console.log(`Готово: новых дел ${made}, было раньше ${present}. Адрес: ${config.api.publicUrl}`);
for (const line of failed) console.error(`Не рассказано: ${line}`);
if (failed.length > 0) process.exitCode = 1;
await engine.close();
await pool.end({ timeout: 5 });
