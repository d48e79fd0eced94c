import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase } from '../test/stack/stack-info.ts';
import { loadPolicies } from './seed/load.ts';
import { seedId } from './seed/ids.ts';
import { readPolicies } from './seed/policies.ts';
import { seed } from './seed.ts';

const tables = [
  'region',
  'jurisdiction',
  'organisation',
  'person',
  'employment',
  'role_assignment',
  'expert',
  'relation',
  'legal_act',
  'reference_record',
  'policy_version',
  'calendar_version',
];

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let sql: postgres.Sql<{}>;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
  await seed(database.url);
});

afterAll(async () => {
  await sql?.end();
  await database?.drop();
});

async function everything(): Promise<Record<string, string[]>> {
  const rows = await Promise.all(
    tables.map((table) => sql<Array<{ row: string }>>`select t::text as row from ${sql(table)} t order by 1`),
  );
  return Object.fromEntries(tables.map((table, i) => [table, (rows[i] ?? []).map(({ row }) => row)]));
}

it('fills every table of the reference data, and reports what it wrote', async () => {
  const report = await seed(sql);
  const stored = await everything();
  expect(Object.fromEntries(tables.map((table) => [table, stored[table]?.length]))).toEqual(report.rows);
  expect(report.warnings).toEqual([]);
  expect(report.accounts.every((account) => account.email.endsWith('@example.org'))).toBe(true);
});

it('leaves the same rows when it runs again, also twice at once', async () => {
  const before = await everything();
  await Promise.all([seed(database.url), seed(sql)]);
  expect(await everything()).toEqual(before);
});

it('does not set back what the platform changed, nor bring back a person who was erased', async () => {
  const expert = seedId('person', 'expert-abramova');
  const erased = seedId('person', 'expert-gromov');
  const organisation = seedId('organisation', 'ob');
  await sql`update expert set suspended_until = '2027-05-01', max_open_tasks = 1 where person_id = ${expert}`;
  await sql`update organisation set licence_lost_on = '2026-11-01' where id = ${organisation}`;
  await sql`update person set display_name = 'удалено', email = 'erased@example.org' where id = ${erased}`;
  await sql`insert into person_key (person_id, master_key_id, destroyed_at) values (${erased}, 'test', now())`;
  await sql`update employment set to_on = '2026-10-31' where person_id = ${expert}`;
  await seed(sql);
  expect(await sql`select suspended_until, max_open_tasks from expert where person_id = ${expert}`).toEqual([
    { suspended_until: '2027-05-01', max_open_tasks: 1 },
  ]);
  expect(await sql`select licence_lost_on from organisation where id = ${organisation}`).toEqual([
    { licence_lost_on: '2026-11-01' },
  ]);
  expect(await sql`select display_name from person where id = ${erased}`).toEqual([{ display_name: 'удалено' }]);
  expect(await sql`select to_on from employment where person_id = ${expert}`).toEqual([{ to_on: '2026-10-31' }]);
});

it('writes nothing when any part of it fails', async () => {
  const fresh = await createTestDatabase();
  const other = postgres(fresh.url, { max: 1, onnotice: () => undefined });
  try {
    await other`alter table calendar_version add check (version = 'no such version')`;
    await expect(seed(fresh.url)).rejects.toThrow(/calendar_version/);
    expect(await other`select count(*)::int as n from region`).toEqual([{ n: 0 }]);
  } finally {
    await other.end();
    await fresh.drop();
  }
});

it('refuses to change the parameters of a policy that a case already uses', async () => {
  const [policy] = readPolicies();
  if (!policy) throw new Error('no policy in the data');
  const changed = {
    ...policy,
    digest: 'another',
    parameters: { ...(policy.parameters as object), reminderTime: '10:00' },
  };
  await sql.begin((transaction) => loadPolicies(transaction, [changed]));
  await seed(sql);
  await sql`
    insert into "case" (id, process, jurisdiction, title_ru, subject_kind, subject_id, policy_version_id, calendar_version, stage, waiting_for, sequence, last_hash, state, started_at, updated_at)
    values (${seedId('person', 'any')}, ${policy.process}, 'fed', 'т', 'programme', 'т', ${policy.id}, 'ru', 'draft', 'nobody', 1, ''::bytea, '{}', now(), now())`;
  await expect(sql.begin((transaction) => loadPolicies(transaction, [changed]))).rejects.toThrow(
    /dpp-certification-fed-1.*версии/,
  );
  await seed(sql);
});

it('ties places and people together: no scope, employer or region points nowhere', async () => {
  const [dangling] = await sql`
    select
      (select count(*) from role_assignment r where scope_kind = 'organisation' and not exists (select 1 from organisation o where o.id::text = r.scope_id))::int as organisations,
      (select count(*) from role_assignment r where scope_kind = 'region' and not exists (select 1 from region where code = r.scope_id))::int as regions,
      (select count(*) from role_assignment r where scope_kind = 'jurisdiction' and not exists (select 1 from jurisdiction where id = r.scope_id))::int as jurisdictions,
      (select count(*) from expert e where not exists (select 1 from employment m join organisation o on o.id = m.organisation_id
        where m.person_id = e.person_id and m.main and m.from_on <= '2026-01-01' and o.region_code = e.region_code))::int as experts`;
  expect(dangling).toEqual({ organisations: 0, regions: 0, jurisdictions: 0, experts: 0 });
});
