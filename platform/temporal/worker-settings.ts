export interface WorkerSettings {
  /** `host:port` on which the SDK's metrics are served for Prometheus. */
  metricsAddress?: string;
  /** Name of the deployment; with it the worker is versioned by the digest of its workflow bundle. */
  deploymentName?: string;
}

/** Settings of production workers that the embedded stack leaves empty. */
export function workerSettings(env: NodeJS.ProcessEnv = process.env): WorkerSettings {
  const { WORKER_METRICS_ADDRESS: metricsAddress, WORKER_DEPLOYMENT_NAME: deploymentName } = env;
  return { ...(metricsAddress ? { metricsAddress } : {}), ...(deploymentName ? { deploymentName } : {}) };
}
