// The production API with the fixture process beside the real ones, and without limits per session.
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { z } from 'zod';
import { createApp } from '../../api/app.ts';
import { ChangeFeed } from '../../api/changes.ts';
import { createEngineReader } from '../../api/engine-reader.ts';
import type { ProcessFace } from '../../api/ports.ts';
import { faces } from '../../api/processes.ts';
import { createCases } from '../../platform/cases/commands.ts';
import { References } from '../../platform/cases/references.ts';
import { loadConfig } from '../../platform/config.ts';
import { createKeyring } from '../../platform/crypto/keyring.ts';
import { createPool } from '../../platform/db/pool.ts';
import { createPrisma } from '../../platform/db/prisma.ts';
import { createDocumentStore } from '../../platform/documents/store.ts';
import { createIdentityKeys } from '../../platform/identity/secrets.ts';
import { createLogger } from '../../platform/log.ts';
import { createEngine } from '../../platform/temporal/client.ts';
import { action } from '../../processes/kit/contract.ts';
import '../../test/kill/programs/fixtures.ts';

const reviewPairFace: ProcessFace = {
  actions: {
    submit: action({
      type: 'submit',
      labelRu: 'Подать',
      body: z.object({ topic: z.string(), reviewers: z.array(z.uuid()), organisationId: z.uuid() }),
      // The API tells objects apart by the programme in them.
      prepare: (body) => ({ payload: { ...body, programme: { title: body.topic } }, documents: [] }),
    }),
    review: action({
      type: 'review',
      labelRu: 'Дать отзыв',
      body: z.object({ verdict: z.string() }),
      prepare: (payload) => ({ payload, documents: [] }),
    }),
    decide: action({
      type: 'decide',
      labelRu: 'Решить',
      body: z.object({ granted: z.boolean() }),
      prepare: (payload) => ({ payload, documents: [] }),
    }),
  },
  facts: {},
  label: () => undefined,
};

const config = loadConfig();
const log = createLogger('api', config.logLevel);
const keys = createKeyring(config);
const sql = createPool(config.databaseUrl, { max: 20, name: 'traektoria-api' });
const prisma = createPrisma(config.databaseUrl);
const engine = createEngine(config.temporal, keys);
const changes = new ChangeFeed(sql, log);
await changes.start();
const { taskQueue } = config.temporal;
const answerMs = config.timing.engineAnswerMs;
const app = createApp({
  config,
  identity: createIdentityKeys(config.sessionSecret),
  log,
  sql,
  prisma,
  keys,
  references: new References(),
  cases: createCases({ client: engine.client, pool: sql, keys, taskQueue, answerMs }),
  documents: createDocumentStore({ pool: sql, folder: join(config.dataDir, 'documents') }),
  engine: createEngineReader(engine, config, keys),
  changes,
  faces: { ...faces, 'review-pair': reviewPairFace },
  now: () => new Date(),
  limits: { perMinute: 10_000_000, signInsPerMinute: 10_000_000 },
});
serve({ fetch: app.fetch, hostname: config.api.host, port: config.api.port });
// A clean end writes the profile, where one was asked for.
process.once('SIGTERM', () => process.exit(0));
