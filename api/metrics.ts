/** Prometheus metrics of one API process. Labels are patterns of routes, so that their number stays small. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Env } from './env.ts';
import type { ApiDeps } from './ports.ts';
import { ApiProblem, notFound } from './problems.ts';

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

/**
 * Measures tell load and habits, so they are for the collector alone: with METRICS_TOKEN set, for whoever brings it as a bearer token; without
 * it, for programs of the same machine. A request that a proxy has passed on is none of those, wherever the proxy stands.
 */
export function guardMetrics(deps: Pick<ApiDeps, 'config'>): MiddlewareHandler<Env> {
  const { metricsToken } = deps.config.api;
  return async (c, next) => {
    if (metricsToken === undefined) {
      if (!isLocal(c)) throw notFound();
    } else if (!sameSecret(/^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? '', metricsToken)) {
      throw new ApiProblem(401, { detail: 'Показатели читает сборщик со своим токеном.' });
    }
    await next();
  };
}

function isLocal(c: Context): boolean {
  if (['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].some((name) => c.req.header(name) !== undefined))
    return false;
  try {
    return /^(?:::ffff:)?127\.|^::1$/.test(getConnInfo(c).remote.address ?? '');
  } catch {
    return false;
  }
}

/** Compares digests, so that neither time nor length tells how much of a guess was right. */
function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
