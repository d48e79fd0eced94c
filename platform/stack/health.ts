// Whether a part does its work, asked from outside. As a program (`tsx platform/stack/health.ts worker`) it is the health check of
// the containers.
import { pathToFileURL } from 'node:url';
import { loadConfig } from '../config.ts';
import { type EngineAddress, withEngine } from './engine.ts';
import { isListening, loopback } from './ports.ts';

/** The API answers and reaches its database and engine. */
export async function isApiReady(address: string): Promise<boolean> {
  return fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

const workflowQueue = 1;

/** Some worker asks the engine for work of this queue, or did within the last minute. */
export async function hasWorker(
  engine: EngineAddress,
  namespace: string,
  taskQueue: string,
  since = Date.now() - 60_000,
): Promise<boolean> {
  return withEngine(engine, async ({ workflowService }) => {
    const seen = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: workflowQueue,
    });
    return (seen.pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 >= since);
  }).catch(() => false);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const config = loadConfig();
  const checks: Record<string, () => Promise<boolean>> = {
    api: () => isApiReady(`http://${loopback}:${config.api.port}`),
    worker: () => hasWorker(config.temporal, config.temporal.namespace, config.temporal.taskQueue),
    mailbox: () => isListening(Number(new URL(config.mail.smtpUrl).port)),
  };
  const check = checks[process.argv[2] ?? ''];
  if (!check) {
    console.error(`usage: health.ts ${Object.keys(checks).join(' | ')}`);
    process.exit(2);
  }
  process.exit((await check()) ? 0 : 1);
}
