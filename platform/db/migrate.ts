import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { withClient, withSchemaEngine } from './schema-engine.ts';

export const migrationsFolder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

const filters = { externalTables: [], externalEnums: [] };
/** Any constant will do, as long as nothing else in the product takes it. */
const migrationLockKey = 7_351_001;

export type MigrateOptions = {
  databaseUrl: string;
  /** A PostgreSQL schema other than `public`, created when missing (rehearsals keep their rows apart this way). */
  schema?: string;
  folder?: string;
};

/**
 * Applies every migration that the database has not seen, and writes the standard `_prisma_migrations` table, so that
 * `prisma migrate deploy` can take over at any time. Safe to call from several processes at once: they take turns.
 */
export async function applyMigrations(options: MigrateOptions): Promise<{ applied: string[] }> {
  const { databaseUrl, schema } = options;
  await createDatabaseIfMissing(databaseUrl);
  return withClient(databaseUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLockKey]);
    if (schema) await client.query(`CREATE SCHEMA IF NOT EXISTS ${client.escapeIdentifier(schema)}`);
    const migrationsList = await readMigrations(options.folder ?? migrationsFolder);
    if (migrationsList.migrationDirectories.length === 0) return { applied: [] };
    const { appliedMigrationNames } = await withSchemaEngine({ databaseUrl, schema }, (engine) =>
      engine.applyMigrations({ migrationsList, filters }).catch(async (error: unknown) => {
        // Each script is one transaction, so a refused one left nothing behind; saying so lets the corrected one be applied.
        for (const migrationName of await failedMigrations(client, schema))
          await engine.markMigrationRolledBack({ migrationName });
        throw error;
      }),
    );
    return { applied: appliedMigrationNames };
  });
}

async function failedMigrations(client: pg.Client, schema = 'public'): Promise<string[]> {
  const table = `${client.escapeIdentifier(schema)}._prisma_migrations`;
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM ${table} WHERE finished_at IS NULL AND rolled_back_at IS NULL`,
  );
  return rows.map(({ name }) => name);
}

/** The SQL that leads from the migrations of the folder to the given Prisma schema; empty when nothing changed. */
export async function diffMigrations(options: {
  databaseUrl: string;
  schemaFile: string;
  folder?: string;
}): Promise<string> {
  const content = await readFile(options.schemaFile, 'utf8');
  const migrationsList = await readMigrations(options.folder ?? migrationsFolder);
  const datamodels: Array<[string, string]> = [[options.schemaFile, content]];
  const result = await withSchemaEngine({ databaseUrl: options.databaseUrl, datamodels }, (engine) =>
    engine.diff({
      from:
        migrationsList.migrationDirectories.length > 0 ? { tag: 'migrations', ...migrationsList } : { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [{ path: options.schemaFile, content }] },
      script: true,
      exitCode: true,
      filters,
    }),
  );
  return result.exitCode === 0 ? '' : (result.stdout ?? '');
}

/** Creates the database that a URL names, where the server is ours to ask; returns whether it was new. */
export async function createDatabaseIfMissing(databaseUrl: string): Promise<boolean> {
  const name = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  const missing = await withClient(databaseUrl, async () => false).catch((error: { code?: string }) => {
    if (error.code === '3D000') return true;
    throw error;
  });
  if (!missing) return false;
  const maintenance = new URL(databaseUrl);
  maintenance.pathname = '/postgres';
  await withClient(maintenance.href, (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)).catch(
    (error: { code?: string }) => {
      // Another process was quicker.
      if (error.code !== '42P04' && error.code !== '23505') throw error;
    },
  );
  return true;
}

async function readMigrations(folder: string): Promise<MigrationList> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const lockfile = await readFile(join(folder, 'migration_lock.toml'), 'utf8').catch(() => null);
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: lockfile },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(join(folder, path, 'migration.sql'), 'utf8') },
        },
      })),
    ),
  };
}
