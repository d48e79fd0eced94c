// npm run demo: fills a running house with cases of its processes in every stage, some of them overdue.
import { References } from '../platform/cases/references.ts';
import { createCases } from '../platform/cases/commands.ts';
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

console.log('Наполняю платформу учебными делами. Это занимает около минуты.');
let made = 0;
let present = 0;
for (const story of [...(await stories(deps)), ...cycleStories(deps)]) {
  const [known] = await pool`select 1 from "case" where id = ${story.caseId}`;
  if (!known) await story.tell();
  // The engine takes over where the telling ended; asked again it finds the case it has.
  await cases.reconcileCase(story.caseId);
  if (known) present += 1;
  else made += 1;
  console.log(`  ${known ? '·' : '✓'} ${story.title}`);
}
for (const story of [...attestationStories(deps), ...assessmentStories(deps)]) {
  const known = await pool`select 1 from "case" where id = any(${story.caseIds}::uuid[])`;
  if (known.length === 0) await story.tell();
  for (const caseId of story.caseIds) await cases.reconcileCase(caseId);
  if (known.length > 0) present += story.caseIds.length;
  else made += story.caseIds.length;
  console.log(`  ${known.length > 0 ? '·' : '✓'} ${story.title}`);
}
console.log(`Готово: новых дел ${made}, было раньше ${present}. Адрес: ${config.api.publicUrl}`);
await engine.close();
await pool.end({ timeout: 5 });
