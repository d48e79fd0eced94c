import { afterEach, expect, test } from 'vitest';
import { scanCases } from '../../platform/cases/scanner.ts';
import { createCases } from '../../platform/cases/commands.ts';
import { References } from '../../platform/cases/references.ts';
import { createKeyring } from '../../platform/crypto/keyring.ts';
import { createPool, type Pool } from '../../platform/db/pool.ts';
import { createLogger } from '../../platform/log.ts';
import { sleep } from '../../platform/stack/process.ts';
import { createEngine } from '../../platform/temporal/client.ts';
import './programs/fixtures.ts';
import { KillWorld } from './kill-world.ts';
import { seedOfRun } from './random.ts';
import { createReviewWorld } from './review-world.ts';
import { carryOut, type PlanOptions, planOf } from './schedule.ts';
import { Stories } from './stories.ts';
import { violationsOfMail, violationsOfRecord, violationsOfStories } from './violations.ts';

const programs = { worker: 'test/kill/programs/worker.ts', api: 'test/kill/programs/desk.ts' };
/** Outages of seconds, not of hours: letters come free soon, and the scanner looks often. */
const environment = {
  MAIL_LEASE_MS: '4000',
  MAIL_FIRST_WAIT_MS: '300',
  MAIL_LONGEST_WAIT_MS: '2000',
  SCAN_EVERY_MS: '5000',
};
const seed = seedOfRun();
let world: KillWorld | undefined;
let pool: Pool | undefined;

afterEach(async () => {
  await pool?.end({ timeout: 1 });
  await world?.stop();
  pool = world = undefined;
});

/** About two minutes on two idle cores; on a machine that is shared everything takes longer. */
const limit = { timeout: 900_000 };

test(`kill -9 at any moment loses no step and repeats none (KILL_SEED=${seed})`, limit, async () => {
  const stories = await live({ perPart: 5, together: 2, faults: 3 });
  const { mail, deaths } = world as KillWorld;
  const found = await until([], async () => [
    ...(await violationsOfStories(pool as Pool, stories.all)),
    ...(await violationsOfRecord(pool as Pool, 'review-pair')),
    ...(await violationsOfMail(pool as Pool, mail.letters, deaths)),
    ...(await violationsOfScanner()),
  ]);
  console.log(`[kill] ${summaryOf(stories, world as KillWorld)}`);
  expect(found).toEqual([]);
  expect(deaths.filter(({ cause }) => cause === 'kill').length).toBeGreaterThanOrEqual(20);
  // A worker that comes up while the servers are away gives up and is started again; what it said is worth reading.
  for (const { part, lastWords } of deaths.filter(({ cause }) => cause === 'own'))
    console.log(`[kill] the ${part} ended by itself:\n${lastWords}`);
  expect(stories.all.length).toBeGreaterThan(20);
});

test('without the memory of commands the same kills are seen to repeat steps', limit, async () => {
  const stories = await live({ perPart: 0, together: 0, faults: 2 }, async (sql) => {
    // The table of commands forgets at once: every repetition is decided anew.
    await sql`create function forget() returns trigger language plpgsql as $$ begin return null; end $$`;
    await sql`create trigger forget before insert on command for each row execute function forget()`;
  });
  const found = await violationsOfStories(pool as Pool, stories.all);
  console.log(`[kill] without the table of commands: ${found.length} violations, the first: ${found[0]}`);
  expect(found).not.toEqual([]);
});

/** Runs stories through the deaths of a plan, until the last story has ended. */
async function live(options: PlanOptions, prepare?: (sql: Pool) => Promise<void>): Promise<Stories> {
  console.log(`[kill] KILL_SEED=${seed}`);
  const here = await KillWorld.create({ programs, environment });
  world = here;
  pool = createPool(here.config.databaseUrl, { max: 4 });
  const review = await createReviewWorld(pool);
  await prepare?.(pool);
  await Promise.all([here.start('worker'), here.start('api')]);
  const stories = new Stories(review, here.apiUrl);
  const running = stories.run(24, 200);
  const answered = () => stories.answered;
  await carryOut(here, planOf(seed, options), answered, (line) => console.log(`[kill] ${line}`));
  await stories.finish(180_000);
  await running;
  return stories;
}

/** What the scanner of the product says of every case that ever was, with the engine asked. */
async function violationsOfScanner(): Promise<string[]> {
  const { config } = world as KillWorld;
  const keys = createKeyring(config);
  const engine = createEngine(config.temporal, keys);
  try {
    const { client } = engine;
    const sql = pool as Pool;
    const { taskQueue } = config.temporal;
    const cases = createCases({ client, pool: sql, keys, taskQueue });
    const log = createLogger('test', 'warn');
    const deps = { pool: sql, client, cases, references: new References(), log };
    const { findings } = await scanCases(deps, { touchedSince: new Date(0) });
    const { count } = await client.workflow.count(`WorkflowType = 'reviewPair' AND ExecutionStatus = 'Running'`);
    return [
      ...findings.map(({ caseId, violation, message }) => `${caseId}: ${violation} ${message}`),
      ...(count > 0 ? [`${count} runs have not ended`] : []),
    ];
  } finally {
    await engine.close();
  }
}

/** Letters and the last runs need a moment more than the answers did. */
async function until(wanted: string[], look: () => Promise<string[]>): Promise<string[]> {
  const end = Date.now() + 45_000;
  for (;;) {
    const found = await look();
    if (String(found) === String(wanted) || Date.now() > end) return found;
    await sleep(500);
  }
}

function summaryOf(stories: Stories, { deaths, mail }: KillWorld): string {
  const deeds = stories.all.flatMap((story) => story.deeds);
  const repeated = deeds.filter(({ tries }) => tries > 1).length;
  const longest = Math.max(...deeds.map(({ ms }) => ms));
  const copies = mail.letters.length - new Set(mail.letters.map(({ messageId }) => messageId)).size;
  const own = deaths.filter(({ cause }) => cause === 'own').length;
  return `${deaths.length} deaths (${own} unwanted), ${stories.all.length} cases, ${deeds.length} acts (${repeated} asked more than once, longest wait ${longest} ms), ${mail.letters.length} letters (${copies} repeated under the same Message-ID)`;
}
