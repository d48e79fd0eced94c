/** Acceptance scenario 7, at the register. The years before are told by the record path itself, each act at its own instant. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoConclusions, getProgramme } from '../../data/index.ts';
import { createDocumentStore } from '../../platform/documents/store.ts';
import { personId } from '../../prisma/seed/people.ts';
import { Teller } from '../../scripts/demo/teller.ts';
import { type ApiWorld, createApiWorld } from './world.ts';
import { dayIn, MOSCOW } from '../support/days.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld({ worker: false });
});
afterAll(() => world?.stop());

test('7. a programme expires while a group of 25 studies: the group finishes and counts, a new one is refused', async () => {
  const { driver, deps } = world;
  const documents = createDocumentStore({ pool: driver.pool, folder: join(world.config.dataDir, 'documents') });
  const programme = getProgramme('funktsionalnaya-gramotnost');
  const staff = { operator: personId('belova'), coordinator: personId('koroleva'), appeals: personId('saveleva') };
  const teller = new Teller(
    {
      pool: driver.pool,
      keys: deps.keys,
      references: deps.references,
      log: deps.log,
      documents,
      isLocalWork: () => true,
    },
    '7c1d2f0a-0000-4000-8000-000000000007',
    programme,
    personId('goncharov'),
    staff,
    1_150,
  );
  const approve = demoConclusions().filter((c) => c.verdict === 'approve' && !c.arbiter);
  await teller.submit();
  await (await teller.wait(2)).operator('completeTechnicalCheck');
  await (await teller.wait(1)).accept();
  await (await teller.wait(5)).review(...approve.slice(0, 3));
  await (await teller.wait(2)).coordinator('certify', { order: { number: '3-р', date: '2023-10-12' } }, 'decision');

  const head = await world.as('goncharov');
  const [entry] =
    await driver.pool`select number, valid_from, valid_until, status from register_entry where register = 'federal_programmes'`;
  expect(entry?.status).toBe('certified');
  const { organisationId } = programme.provider;
  const groups = `/api/registers/federal_programmes/${entry?.number}/groups`;
  const opened = await head('POST', groups, { size: 25, startedOn: entry?.valid_until, organisationId });
  expect(opened.status, JSON.stringify(opened.body)).toBe(201);

  await teller.wait(1_145);
  expect(await teller.stage()).toBe('expired');
  const refused = await head('POST', groups, {
    size: 25,
    startedOn: dayIn(MOSCOW),
    organisationId,
  });
  expect([refused.status, refused.body.code]).toEqual([409, 'entry_not_in_force']);
  const finished = await head('POST', `/api/groups/${opened.body.id}/finish`, {
    finishedOn: dayIn(MOSCOW),
  });
  expect(finished.status, JSON.stringify(finished.body)).toBe(200);
  expect(finished.body.countsInI3).toBe(true);
});
