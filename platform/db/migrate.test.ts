import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stackInfo } from '../../test/stack/stack-info.ts';
import { applyMigrations, createDatabaseIfMissing, diffMigrations } from './migrate.ts';
import { withClient } from './schema-engine.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traektoria-unit-'));
  await writeFile(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let count = 0;
function newDatabase(): string {
  const url = new URL(stackInfo().adminUrl);
  url.pathname = `/migrate_${process.pid}_${(count += 1)}`;
  return url.href;
}

async function migration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

async function namesIn(databaseUrl: string): Promise<string[]> {
  const text =
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY 1";
  const { rows } = await withClient(databaseUrl, (client) => client.query<{ relname: string }>(text));
  return rows.map(({ relname }) => relname);
}

test('a migration with a function body, semicolons in texts and comments is applied as written', async () => {
  await migration(
    '1_first',
    `-- a comment; with a semicolon
     CREATE TABLE note (id int PRIMARY KEY, text text NOT NULL DEFAULT 'a; b');
     CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN NEW.text := upper(NEW.text); RETURN NEW; END; $$;
     CREATE TRIGGER shout BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION shout();`,
  );
  const databaseUrl = newDatabase();
  expect(await applyMigrations({ databaseUrl, folder })).toEqual({ applied: ['1_first'] });
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query('INSERT INTO note (id) VALUES (1) RETURNING text'),
  );
  expect(rows).toEqual([{ text: 'A; B' }]);
  expect(await applyMigrations({ databaseUrl, folder })).toEqual({ applied: [] });
});

test('several processes that migrate one new database take turns', async () => {
  const databaseUrl = newDatabase();
  const outcomes = await Promise.all([1, 2, 3].map(() => applyMigrations({ databaseUrl, folder })));
  expect(outcomes.flatMap(({ applied }) => applied)).toEqual(['1_first']);
});

test('a migration that fails half-way leaves nothing of itself, says why, and is applied once corrected', async () => {
  const databaseUrl = newDatabase();
  await applyMigrations({ databaseUrl, folder });
  await migration('2_broken', 'CREATE TABLE half (id int); INSERT INTO missing VALUES (1);');
  await expect(applyMigrations({ databaseUrl, folder })).rejects.toThrow(/missing[\s\S]*2_broken/);
  expect(await namesIn(databaseUrl)).toEqual(['_prisma_migrations', 'note']);
  await migration('2_broken', 'CREATE TABLE half (id int);');
  expect(await applyMigrations({ databaseUrl, folder })).toEqual({ applied: ['2_broken'] });
  await rm(join(folder, '2_broken'), { recursive: true });
});

test('rows of a rehearsal live in a schema of their own', async () => {
  const databaseUrl = newDatabase();
  expect(await applyMigrations({ databaseUrl, schema: 'rehearsal' })).not.toEqual({ applied: [] });
  expect(await namesIn(databaseUrl)).toEqual([]);
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query("SELECT to_regclass('rehearsal.dev_mail') IS NOT NULL AS found"),
  );
  expect(rows).toEqual([{ found: true }]);
});

test('the migrations of the repository lead to exactly prisma/schema.prisma', async () => {
  const databaseUrl = newDatabase();
  await createDatabaseIfMissing(databaseUrl);
  const schemaFile = fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url));
  expect(await diffMigrations({ databaseUrl, schemaFile })).toBe('');
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query("SELECT datname FROM pg_database WHERE datname LIKE 'traektoria_shadow%'"),
  );
  expect(rows).toEqual([]);
});
