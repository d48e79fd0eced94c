import type { Client } from '@temporalio/client';
import { type NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createCaseActivities } from '../activities/index.ts';
import { createEmploymentActivities } from '../activities/tell-employment.ts';
import type { DeliveryActivities } from '../activities/types.ts';
import { findWork } from '../activities/work-handlers.ts';
import { createCases } from '../platform/cases/commands.ts';
import { References } from '../platform/cases/references.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import type { Pool } from '../platform/db/pool.ts';
import { type Fault, faultInterceptor } from '../platform/fault.ts';
import type { Logger } from '../platform/log.ts';
import { createDataConverter } from '../platform/temporal/data-converter.ts';
import { workflowBundle } from './bundle.ts';

/** Local activities wait for a slot and for a connection: more slots than connections would only hide the queue. */
export const localActivitySlots = 20;

export interface WorkerParts {
  connection: NativeConnection;
  /** For work that speaks to the engine. */
  client: Client;
  namespace: string;
  taskQueue: string;
  pool: Pool;
  keys: Keyring;
  log: Logger;
  /** Sends letters; absent in tests that watch none. */
  delivery?: DeliveryActivities;
  workflowsPath?: string;
  /** Name of the deployment for Worker Versioning; absent: unversioned, as in the embedded stack. */
  deploymentName?: string;
  /** Tests of kill -9 only. */
  fault?: Fault;
  overrides?: Partial<WorkerOptions>;
}

/**
 * A worker of cases and of the delivery of notices. `run()` it, and `shutdown()` it to let running acts finish.
 *
 * Versioned workers are pinned by build id, the digest of the workflow bundle: a run stays on the code it began with and moves on
 * by continue-as-new.
 */
export async function createWorker(parts: WorkerParts): Promise<Worker> {
  const { connection, client, namespace, taskQueue, pool, keys, log, delivery, deploymentName } = parts;
  const bundle = await workflowBundle(parts.workflowsPath ? { workflowsPath: parts.workflowsPath } : {});
  const cases = createCases({ client, pool, keys, taskQueue });
  const isLocalWork = (process: string, kind: string) => findWork(process, kind)?.local ?? true;
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: { codePath: bundle.codePath },
    dataConverter: createDataConverter(keys),
    activities: {
      ...createCaseActivities({ pool, keys, log, references: new References(), cases, isLocalWork }),
      ...createEmploymentActivities({ pool, keys, cases }),
      ...delivery,
    },
    reuseV8Context: true,
    maxConcurrentLocalActivityExecutions: Math.min(localActivitySlots, pool.options.max),
    maxConcurrentActivityTaskExecutions: 20,
    // The sender of letters is missed after 15 s of silence. The SDK would pass on a sign of life only every 12 s: an engine that is
    // away for 3 s would take a living sender for dead.
    maxHeartbeatThrottleInterval: '3s',
    maxConcurrentWorkflowTaskExecutions: 40,
    maxCachedWorkflows: 1_000,
    shutdownGraceTime: '20s',
    shutdownForceTime: '30s',
    ...(parts.fault ? { interceptors: { activity: [faultInterceptor(parts.fault)] } } : {}),
    ...(deploymentName
      ? {
          workerDeploymentOptions: {
            version: { deploymentName, buildId: bundle.buildId },
            useWorkerVersioning: true,
            defaultVersioningBehavior: 'PINNED' as const,
          },
        }
      : {}),
    ...parts.overrides,
  });
}

/** The SDK's own log at the level of warnings, once per process and before the first worker. */
export function installRuntime(log: Logger, metricsAddress?: string): void {
  Runtime.install({
    logger: {
      log: (level, message, meta) =>
        level === 'ERROR' ? log.error(meta ?? {}, message) : log.warn(meta ?? {}, message),
      trace: noop,
      debug: noop,
      info: noop,
      warn: (message, meta) => log.warn(meta ?? {}, message),
      error: (message, meta) => log.error(meta ?? {}, message),
    },
    ...(metricsAddress ? { telemetryOptions: { metrics: { prometheus: { bindAddress: metricsAddress } } } } : {}),
    shutdownSignals: [],
  });
}

function noop(): void {}
