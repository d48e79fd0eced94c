import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import nodemailer from 'nodemailer';
import { mailTransportOptions } from '../activities/mail-transport.ts';
import { createDeliveryActivities } from '../activities/send-notification.ts';
import { createCases } from '../platform/cases/commands.ts';
import { startScanner } from '../platform/cases/scanner.ts';
import { References } from '../platform/cases/references.ts';
import type { Config } from '../platform/config.ts';
import { createKeyring } from '../platform/crypto/keyring.ts';
import { createPool } from '../platform/db/pool.ts';
import { startQuarantine } from '../platform/documents/quarantine.ts';
import { clamdScanner } from '../platform/documents/scanner.ts';
import { createDocumentStore } from '../platform/documents/store.ts';
import { createIdentityKeys } from '../platform/identity/secrets.ts';
import { createLogger } from '../platform/log.ts';
import { createEngine } from '../platform/temporal/client.ts';
import { workerSettings } from '../platform/temporal/worker-settings.ts';
import { createWorker, installRuntime } from './create-worker.ts';
import { startBroadcastRelay } from './broadcast-relay.ts';
import { startOutboxRelay } from './outbox-relay.ts';
import { startRequestReminders } from './request-reminders.ts';

/**
 * A whole worker process: cases, machine work, the delivery of notices, the scanner. Returns when a signal has asked it to stop and
 * running acts have finished. `workflowsPath` adds the fixtures of tests.
 */
export async function serveWorker(config: Config, options: { workflowsPath?: string } = {}): Promise<void> {
  const log = createLogger('worker', config.logLevel);
  const settings = workerSettings();
  installRuntime(log, settings.metricsAddress);

  const keys = createKeyring(config);
  const pool = createPool(config.databaseUrl, { max: 24, name: 'traektoria-worker' });
  const engine = createEngine(config.temporal, keys);
  const { address, tls, apiKey, namespace, taskQueue } = config.temporal;
  const connection = await NativeConnection.connect({
    address,
    ...(tls ? { tls } : {}),
    ...(apiKey ? { apiKey } : {}),
  });
  const transport = nodemailer.createTransport(mailTransportOptions(config.mail.smtpUrl));
  const delivery = createDeliveryActivities({
    pool,
    transport,
    from: config.mail.from,
    publicUrl: config.api.publicUrl,
    identity: createIdentityKeys(config.sessionSecret),
    pace: config.mail.pace,
    log,
  });
  const { deploymentName } = settings;
  const worker = await createWorker({
    connection,
    client: engine.client,
    namespace,
    taskQueue,
    pool,
    keys,
    log,
    delivery,
    ...(options.workflowsPath ? { workflowsPath: options.workflowsPath } : {}),
    ...(deploymentName ? { deploymentName } : {}),
    ...(config.fault ? { fault: config.fault } : {}),
  });
  const relay = await startOutboxRelay({ pool, client: engine.client, taskQueue, log });
  const cases = createCases({ client: engine.client, pool, keys, taskQueue });
  const broadcasts = startBroadcastRelay({ pool, cases, log });
  const reminders = startRequestReminders({ pool, log });
  const scanner = startScanner(
    { pool, client: engine.client, cases, references: new References(), log },
    config.timing.scanEveryMs,
  );

  const { clamd } = config.documents;
  const quarantine = clamd
    ? startQuarantine({
        pool,
        documents: createDocumentStore({ pool, folder: join(config.dataDir, 'documents') }),
        scanner: clamdScanner(clamd),
        log,
      })
    : undefined;

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'worker stops');
      worker.shutdown();
    });
  }

  log.info({ namespace, taskQueue }, 'worker is ready');
  try {
    await worker.run();
  } finally {
    await scanner.stop();
    await quarantine?.stop();
    broadcasts.stop();
    await reminders.stop();
    await relay.stop();
    transport.close();
    await connection.close();
    await engine.close();
    await pool.end({ timeout: 5 });
  }
}
