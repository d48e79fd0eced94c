// What has to happen once before workers and the API of a version start: the schema, the namespace, and, where wanted, the data of
// the repository. Safe to repeat and to run from several machines at once. The compose file runs it as a container of its own.
import { loadConfig } from '../config.ts';
import { applyMigrations } from '../db/migrate.ts';
import { createLogger } from '../log.ts';
import { ensureNamespace, probeEngine } from './engine.ts';

const config = loadConfig();
const log = createLogger('prepare', config.logLevel);
const { applied } = await applyMigrations({ databaseUrl: config.databaseUrl });
log.info({ applied }, 'schema is up to date');
await ensureNamespace(config.temporal, config.temporal.namespace);
const capabilities = await probeEngine(config.temporal, config.temporal.namespace);
log.info({ namespace: config.temporal.namespace, ...capabilities }, 'namespace is ready');
if (process.env.LOAD_SEED === 'true') {
  const { seed } = await import('../../prisma/seed.ts');
  const { rows } = await seed(config.databaseUrl);
  log.info({ rows }, 'data of the repository is loaded');
}
process.exit(0);
