// The worker of the floor: a bare Temporal worker with the same slots, cache and pool as ours, no codec and no rules.
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createPool } from '../../platform/db/pool.ts';
import { createLogger } from '../../platform/log.ts';
import { loadConfig } from '../../platform/config.ts';
import { installRuntime } from '../../worker/create-worker.ts';

const config = loadConfig();
installRuntime(createLogger('floor', config.logLevel));
const pool = createPool(config.databaseUrl, { max: 24 });
const connection = await NativeConnection.connect({ address: config.temporal.address });
const worker = await Worker.create({
  connection,
  namespace: config.temporal.namespace,
  taskQueue: 'floor',
  workflowsPath: fileURLToPath(new URL('floor-workflow.ts', import.meta.url)),
  activities: {
    insertRow: async (id: string, n: number) => {
      await pool`insert into floor (id, n) values (${id}::uuid, ${n})`;
      return n;
    },
  },
  reuseV8Context: true,
  maxConcurrentLocalActivityExecutions: 20,
  maxConcurrentActivityTaskExecutions: 20,
  maxConcurrentWorkflowTaskExecutions: 40,
  maxCachedWorkflows: 1_000,
});
await worker.run();
