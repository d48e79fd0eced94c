import { afterEach, expect, test } from 'vitest';
import { createPool, type Pool } from '../../platform/db/pool.ts';
import { seed as loadSeed } from '../../prisma/seed.ts';
import { groupBy } from './group-by.ts';
import { KillWorld } from './kill-world.ts';
import { describeDeaths, untilNothing, violationsOfScanner } from './look.ts';
import { CertificationClients } from './p01-stories.ts';
import { seedOfRun } from './random.ts';
import { zoneOfNoon } from './review-world.ts';
import { carryOut, planOf } from './schedule.ts';
import { violationsOfMail, violationsOfRecord, watchMail } from './violations.ts';

const seed = seedOfRun();
let world: KillWorld;
let pool: Pool;

afterEach(async () => {
  await pool?.end({ timeout: 1 });
  await world?.stop();
});

test(`programmes are certified through the API while everything is killed in turn (KILL_SEED=${seed})`, {
  timeout: 900_000,
}, async () => {
  console.log(`[kill] KILL_SEED=${seed}`);
  world = await KillWorld.create({
    programs: { worker: 'worker/main.ts', api: 'api/main.ts' },
    environment: {
      MAIL_LEASE_MS: '4000',
      MAIL_FIRST_WAIT_MS: '300',
      MAIL_LONGEST_WAIT_MS: '2000',
      SCAN_EVERY_MS: '5000',
    },
  });
  pool = createPool(world.config.databaseUrl, { max: 4 });
  await watchMail(pool);
  await loadSeed(world.config.databaseUrl);
  await pool`update person set zone = ${zoneOfNoon()}`;
  await Promise.all([world.start('worker'), world.start('api')]);
  const clients = new CertificationClients(world.apiUrl);
  // What a case leaves behind when nobody disturbs it.
  const quiet = await clients.certify('Программа без происшествий');
  // Programmes follow one another for as long as the plan lasts: a death that waits for somebody's act always finds one.
  let over = false;
  const lanes = [1, 2, 3, 4].map(async (lane) => {
    const certified: string[] = [];
    for (let nr = 1; nr === 1 || !over; nr += 1)
      certified.push(await clients.certify(`Программа под ударом ${lane}.${nr}`));
    return certified;
  });
  const plan = planOf(seed, { perPart: 1, together: 1, faults: 1 });
  await carryOut(
    world,
    plan,
    () => clients.answered,
    (line) => console.log(`[kill] ${line}`),
    4_000,
  ).finally(() => {
    over = true;
  });
  const caseIds = [quiet, ...(await Promise.all(lanes)).flat()];
  const found = await untilNothing(async () => [
    ...(await violationsOfJournals(caseIds)),
    ...(await violationsOfRecord(pool, 'dpp-certification')),
    ...(await violationsOfMail(pool, world.mail.letters, world.deaths)),
    ...(await violationsOfScanner(world, pool)),
  ]);
  console.log(`[kill] ${describeDeaths(world)}, ${clients.answered} acts, ${clients.repeated} requests repeated`);
  expect(found).toEqual([]);
  const rows = await pool`select id from "case" where process = 'dpp-certification' and stage = 'certified'`;
  expect(rows.map(({ id }) => id as string).sort()).toEqual(caseIds.sort());
  const entries = await pool`select 1 from register_entry where status = 'certified'`;
  expect(entries).toHaveLength(caseIds.length);
});

/** The journal of a case that lived through kills holds the same events as the journal of the first, which did not. */
async function violationsOfJournals(caseIds: string[]): Promise<string[]> {
  const events = await pool<Array<{ case_id: string; type: string }>>`
    select case_id, type from case_event where case_id in ${pool(caseIds)} order by type`;
  const journals = groupBy(events, ({ case_id }) => case_id);
  const typesOf = (caseId: string) => String((journals.get(caseId) ?? []).map(({ type }) => type));
  const [first] = caseIds as [string];
  return caseIds.flatMap((caseId) =>
    typesOf(caseId) === typesOf(first) ? [] : [`${caseId}: ${typesOf(caseId)} instead of ${typesOf(first)}`],
  );
}
