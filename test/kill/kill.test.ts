import { afterEach, expect, test } from 'vitest';
import { createPool, type Pool } from '../../platform/db/pool.ts';
import './programs/fixtures.ts';
import { KillWorld } from './kill-world.ts';
import { describeDeaths, untilNothing, violationsOfRuns, violationsOfScanner } from './look.ts';
import { seedOfRun } from './random.ts';
import { createReviewWorld } from './review-world.ts';
import { carryOut, type PlanOptions, planOf } from './schedule.ts';
import { Stories } from './stories.ts';
import { violationsOfMail, violationsOfRecord, violationsOfStories, watchMail } from './violations.ts';

const programs = { worker: 'test/kill/programs/worker.ts', api: 'test/kill/programs/desk.ts' };
/** Outages of seconds, not of hours: letters come free soon, and the scanner looks often. */
const environment = {
  MAIL_LEASE_MS: '4000',
  MAIL_FIRST_WAIT_MS: '300',
  MAIL_LONGEST_WAIT_MS: '2000',
  SCAN_EVERY_MS: '5000',
};
const seed = seedOfRun();
let world: KillWorld;
let pool: Pool;

afterEach(async () => {
  await pool?.end({ timeout: 1 });
  await world?.stop();
});

/** About two minutes on two idle cores; on a machine that is shared everything takes longer. */
const limit = { timeout: 900_000 };

test(`kill -9 at any moment loses no step and repeats none (KILL_SEED=${seed})`, limit, async () => {
  const stories = await live({ perPart: 5, together: 2, faults: 3 });
  const found = await untilNothing(async () => [
    ...(await violationsOfStories(pool, stories.all)),
    ...(await violationsOfRecord(pool, 'review-pair')),
    ...(await violationsOfMail(pool, world.mail.letters, world.deaths)),
    ...(await violationsOfScanner(world, pool)),
    ...(await violationsOfRuns(world, 'reviewPair')),
  ]);
  const deeds = stories.all.flatMap((story) => story.deeds);
  const repeated = deeds.filter(({ tries }) => tries > 1).length;
  const longest = Math.max(...deeds.map(({ ms }) => ms));
  console.log(
    `[kill] ${describeDeaths(world)}, ${stories.all.length} cases, ${deeds.length} acts (${repeated} asked more than once, longest wait ${longest} ms)`,
  );
  expect(found).toEqual([]);
  expect(world.deaths.filter(({ cause }) => cause === 'kill').length).toBeGreaterThanOrEqual(20);
  expect(world.deaths.filter(({ cause }) => cause === 'fault')).toHaveLength(3);
  expect(stories.all.length).toBeGreaterThan(20);
});

test('without the memory of commands the same kills are seen to repeat steps', limit, async () => {
  const stories = await live({ perPart: 0, together: 0, faults: 2 }, async () => {
    // The table of commands forgets at once: every repetition is decided anew.
    await pool`create function forget() returns trigger language plpgsql as $$ begin return null; end $$`;
    await pool`create trigger forget before insert on command for each row execute function forget()`;
  });
  const found = await violationsOfStories(pool, stories.all);
  console.log(`[kill] without the table of commands: ${found.length} violations, the first: ${found[0]}`);
  expect(found).not.toEqual([]);
});

/** Runs stories through the deaths of a plan, until the last story has ended. */
async function live(options: PlanOptions, prepare?: () => Promise<void>): Promise<Stories> {
  console.log(`[kill] KILL_SEED=${seed}`);
  world = await KillWorld.create({ programs, environment });
  pool = createPool(world.config.databaseUrl, { max: 4 });
  const review = await createReviewWorld(pool);
  await watchMail(pool);
  await prepare?.();
  await Promise.all([world.start('worker'), world.start('api')]);
  const stories = new Stories(review, world.apiUrl);
  const running = stories.run(24, 200);
  const answered = () => stories.answered;
  await carryOut(world, planOf(seed, options), answered, (line) => console.log(`[kill] ${line}`));
  await stories.finish(180_000);
  await running;
  return stories;
}
