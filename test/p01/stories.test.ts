/** The stories of certification on the real engine; then every row of the table must have been recorded there. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { References } from '../../platform/cases/references.ts';
import { discardIdleDrafts } from '../../platform/cases/housekeeping.ts';
import { scanCases } from '../../platform/cases/scanner.ts';
import { createLogger } from '../../platform/log.ts';
import { ALL_ROWS } from '../../processes/dpp-certification/stages.ts';
import { acceptAll, createApiWorld, invite, submit } from '../api/world.ts';
import { createDriver, type Driver } from '../driver.ts';
import { createTestDatabase, createTestNamespace, testConfig } from '../stack/stack-info.ts';
import { createCertificationWorld, RealCase, setExperts } from './real-world.ts';
import { STORIES } from './stories.ts';
import { people } from './world.ts';

let driver: Driver;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
/** Rows recorded so far, in cases and beside them. */
const recorded = new Set<string>();

beforeAll(async () => {
  database = await createTestDatabase();
  driver = await createDriver(testConfig({ databaseUrl: database.url, namespace: await createTestNamespace() }));
  await createCertificationWorld(driver.pool);
});

afterAll(async () => {
  await driver?.close();
  await database?.drop();
});

for (const story of STORIES) {
  test(`${story.promise}`, async () => {
    await setExperts(driver.pool);
    const c = await RealCase.submit(driver, '2026-02-02');
    await story.tell(c);
    const rows = await driver.pool<Array<{ row: string }>>`select distinct row from case_event`;
    for (const { row } of rows) recorded.add(row);
    expect([...recorded]).toEqual(expect.arrayContaining(story.rows));
  });
}

test('an idle draft is discarded by the term of the policy, a fresh one is not', async () => {
  const now = new Date('2054-06-01T09:00:00.000Z');
  const [idle, fresh] = [randomUUID(), randomUUID()];
  for (const [id, touched] of [
    [idle, '2053-05-30T09:00:00.000Z'],
    [fresh, '2053-06-02T09:00:00.000Z'],
  ] as const)
    await driver.pool`insert into draft (id, process, jurisdiction, owner_id, body, updated_at)
      values (${id}, 'dpp-certification', 'fed', ${people.head}, '{}', ${touched})`;
  expect(await discardIdleDrafts(driver.pool, now)).toEqual([idle]);
  expect(await discardIdleDrafts(driver.pool, now)).toEqual([]);
  const kept = await driver.pool`select id from draft where discarded_at is null`;
  expect(kept.map(({ id }) => id)).toEqual([fresh]);
});

test('after all stories no open case is in limbo, every chain holds, every row is the fold of its events', async () => {
  const cases = driver.cases;
  const log = createLogger('test', 'silent');
  const report = await scanCases({
    pool: driver.pool,
    client: driver.client,
    cases,
    references: new References(),
    log,
  });
  expect(report.scanned).toBeGreaterThan(20);
  expect(report.findings).toEqual([]);
});

test('every row of the table was recorded on the real engine, and no other', async () => {
  const api = await createApiWorld();
  try {
    await (await api.as('litvinova'))('POST', '/api/drafts', { process: 'dpp-certification', body: {} });
    const { caseId } = await submit(api, 'Черновик заключения');
    const invited = await invite(api, caseId);
    await acceptAll(api, caseId, invited);
    const [first] = invited;
    const saved = await (await api.as(first?.personId ?? ''))('PUT', `/api/tasks/${first?.taskId}/draft`, {
      body: { summary: 'Начал читать.' },
    });
    expect(saved.status, JSON.stringify(saved.body)).toBe(200);
    for (const { pool } of [driver, api.driver]) {
      const rows = await pool<Array<{ row: string }>>`
        select row from case_event union select row from audit_record where row like 'P01-%' or row like 'TASK-%'`;
      for (const { row } of rows) recorded.add(row);
    }
  } finally {
    await api.stop();
  }
  expect([...recorded].sort()).toEqual(ALL_ROWS.map(({ id }) => id).sort());
});
