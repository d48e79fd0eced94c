import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type Config, loadConfig } from '../../platform/config.ts';
import { withClient } from '../../platform/db/schema-engine.ts';
import { type EngineCapabilities, ensureNamespace } from '../../platform/stack/engine.ts';

/** Where the servers of this test run are. */
export type StackInfo = {
  /** A migrated, empty database that all files share; see `createTestDatabase`. */
  databaseUrl: string;
  /** The server's maintenance database. */
  adminUrl: string;
  temporal: { address: string; namespace: string };
  capabilities: EngineCapabilities;
  /** Disappears at the end of the run. */
  folder: string;
};

export function stackInfo(): StackInfo {
  return inject('stack');
}

/** A migrated, empty database of one's own, copied from a template in a tenth of a second. */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const { adminUrl } = stackInfo();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(adminUrl, async (client) => {
    // Two copies at a time would refuse each other.
    await client.query('SELECT pg_advisory_lock(1)');
    await client.query(`CREATE DATABASE ${name} TEMPLATE template`);
  });
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () =>
      withClient(adminUrl, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

/** A namespace of one's own: no other file's workers poll its queues. */
export async function createTestNamespace(): Promise<string> {
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  await ensureNamespace(stackInfo().temporal, namespace);
  return namespace;
}

/** Settings for a worker or an API under test. */
export function testConfig(
  overrides: { databaseUrl?: string; namespace?: string; environment?: Record<string, string> } = {},
): Config {
  const stack = stackInfo();
  return loadConfig({
    DATABASE_URL: overrides.databaseUrl ?? stack.databaseUrl,
    TEMPORAL_ADDRESS: stack.temporal.address,
    TEMPORAL_NAMESPACE: overrides.namespace ?? stack.temporal.namespace,
    // Nobody listens there: a test that sends mail brings a mailbox of its own.
    SMTP_URL: 'smtp://127.0.0.1:9',
    DATA_DIR: mkdtempSync(join(stack.folder, 'data-')),
    CODEC_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    PERSON_KEY_SECRET: 'person-key-secret-of-the-test-run-0001',
    SESSION_SECRET: 'session-secret-of-the-test-run-00000001',
    LOG_LEVEL: 'warn',
    TRAEKTORIA_EMBEDDED: 'true',
    ...overrides.environment,
  });
}
