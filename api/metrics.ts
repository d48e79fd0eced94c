/** Prometheus metrics of one API process. Labels are patterns of routes, so that their number stays small. */
import type { MiddlewareHandler } from 'hono';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Env } from './env.ts';

export interface Metrics {
  measure: MiddlewareHandler<Env>;
  text(): Promise<string>;
  contentType: string;
}

export function createMetrics(subscribers: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'traektoria_' });
  const duration = new Histogram({
    name: 'traektoria_http_request_duration_seconds',
    help: 'Time until the answer is ready',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const refused = new Counter({
    name: 'traektoria_http_problems_total',
    help: 'Problem answers by code',
    labelNames: ['route', 'code'],
    registers: [registry],
  });
  // `collect` runs at each scrape.
  const streams: Gauge = new Gauge({
    name: 'traektoria_stream_subscribers',
    help: 'Open event streams',
    registers: [registry],
    collect: (): void => streams.set(subscribers()),
  });
  return {
    measure: async (c, next) => {
      const stop = duration.startTimer();
      await next();
      const route = c.get('route');
      stop({ method: c.req.method, route, status: String(c.res.status) });
      const code = c.get('problemCode');
      if (code) refused.inc({ route, code });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
