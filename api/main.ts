// The API as a process of its own: serves the API, the public register and the built screens.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { createCases } from '../platform/cases/commands.ts';
import { References } from '../platform/cases/references.ts';
import { loadConfig, projectRoot } from '../platform/config.ts';
import { createKeyring } from '../platform/crypto/keyring.ts';
import { createPool } from '../platform/db/pool.ts';
import { createPrisma } from '../platform/db/prisma.ts';
import { clamdScanner } from '../platform/documents/scanner.ts';
import { createDocumentStore } from '../platform/documents/store.ts';
import { createIdentityKeys } from '../platform/identity/secrets.ts';
import { createLogger } from '../platform/log.ts';
import { createEngine } from '../platform/temporal/client.ts';
import { createApp } from './app.ts';
import { ChangeFeed } from './changes.ts';
import { createEngineReader } from './engine-reader.ts';
import { faces } from './processes.ts';
import { NotedToday } from './reading-log.ts';

const config = loadConfig();
const log = createLogger('api', config.logLevel);
const keys = createKeyring(config);
const sql = createPool(config.databaseUrl, { max: 20, name: 'traektoria-api' });
const prisma = createPrisma(config.databaseUrl);
const engine = createEngine(config.temporal, keys);
const changes = new ChangeFeed(sql, log);
const webRoot = join(projectRoot, 'dist/web');

const app = createApp({
  config,
  log,
  sql,
  prisma,
  keys,
  identity: createIdentityKeys(config.sessionSecret),
  references: new References(),
  cases: createCases({
    client: engine.client,
    pool: sql,
    keys,
    taskQueue: config.temporal.taskQueue,
    answerMs: config.timing.engineAnswerMs,
  }),
  documents: createDocumentStore({ pool: sql, folder: join(config.dataDir, 'documents') }),
  ...(config.documents.clamd ? { scanner: clamdScanner(config.documents.clamd) } : {}),
  engine: createEngineReader(engine, config, keys),
  changes,
  noted: new NotedToday(),
  faces,
  now: () => new Date(),
  ...(existsSync(join(webRoot, 'index.html')) ? { webRoot } : {}),
});

// The database may come up after this process: listening is tried until it is there.
const listening = (async () => {
  for (;;) {
    try {
      return await changes.start();
    } catch (error) {
      log.warn({ err: error }, 'changes are not listened to yet');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
})();

const server = serve({ fetch: app.fetch, hostname: config.api.host, port: config.api.port }, (info) =>
  log.info({ port: info.port }, 'api is ready'),
);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'api stops');
    void stop();
  });
}

/** Streams end first, then requests that are being answered, then the connections below them. */
async function stop(): Promise<void> {
  const force = setTimeout(() => process.exit(0), 12_000);
  force.unref();
  await changes.stop();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    if ('closeIdleConnections' in server) server.closeIdleConnections();
  });
  await Promise.allSettled([prisma.$disconnect(), engine.close(), sql.end({ timeout: 5 })]);
  clearTimeout(force);
  process.exit(0);
}

void listening;
