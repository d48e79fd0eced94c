/** The whole API as one Hono application, made from its ports, so that tests call it without a network. */
import './zod-ru.ts';
import { serveStatic } from '@hono/node-server/serve-static';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Env } from './env.ts';
import {
  accessLog,
  checkBody,
  idempotencyKey,
  knownMethod,
  limitRate,
  protect,
  requestIdentity,
  sameOrigin,
} from './http.ts';
import { createMetrics, guardMetrics } from './metrics.ts';
import { mountOpenApi } from './openapi.ts';
import { mountIntegrityPage } from './pages/integrity.ts';
import { mountRegistryPages } from './pages/registry.ts';
import { type ApiDeps, DEFAULT_LIMITS } from './ports.ts';
import { onError, problemResponse, validationHook } from './problem-response.ts';
import { accessRoutes } from './routes/access.ts';
import { adminRoutes } from './routes/admin.ts';
import { assessmentRoutes } from './routes/assessments.ts';
import { attestationRoutes } from './routes/attestation.ts';
import { caseAuditRoutes } from './routes/case-audit.ts';
import { caseRoutes } from './routes/cases.ts';
import { draftRoutes } from './routes/drafts.ts';
import { allowEngineUi, evidenceRoutes } from './routes/evidence.ts';
import { hrEventRoutes } from './routes/hr-events.ts';
import { identityRoutes } from './routes/identity.ts';
import type { App } from './routes/kit.ts';
import { peopleRoutes } from './routes/people.ts';
import { personalRoutes } from './routes/personal.ts';
import { processRoutes } from './routes/processes.ts';
import { registerRoutes } from './routes/registers.ts';
import { reportRoutes } from './routes/reports.ts';
import { sessionRoutes } from './routes/session.ts';
import { systemRoutes } from './routes/system.ts';
import { taskRoutes } from './routes/tasks.ts';
import { requireScope } from './scopes.ts';
import { authenticate, isSecure } from './session.ts';

/** Builds the application. Order matters: identity, measures, headers, limits, who asks, the shape of the body, the scopes of a token, then the routes. */
export function createApp(deps: ApiDeps): App {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const metrics = createMetrics(() => deps.changes.subscribers);
  const app = new OpenAPIHono<Env>({ defaultHook: validationHook as never });
  app.onError(onError);
  app.notFound((c) => problemResponse(c, 404));
  app.use(requestIdentity(deps), metrics.measure, accessLog(deps), protect(isSecure(deps)), compressReads());
  allowEngineUi(app, deps);
  // Before anybody is looked up: measures are read above all when the database is away.
  app.get('/metrics', guardMetrics(deps), async (c) =>
    c.body(await metrics.text(), 200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }),
  );
  app.use(
    ...limitRate(deps, limits),
    knownMethod,
    sameOrigin(deps),
    idempotencyKey,
    authenticate(deps),
    checkBody(limits),
    requireScope(deps),
  );
  sessionRoutes(app, deps);
  identityRoutes(app, deps);
  taskRoutes(app, deps);
  processRoutes(app, deps);
  draftRoutes(app, deps);
  caseRoutes(app, deps);
  assessmentRoutes(app, deps);
  attestationRoutes(app, deps);
  registerRoutes(app, deps);
  peopleRoutes(app, deps);
  hrEventRoutes(app, deps);
  adminRoutes(app, deps);
  evidenceRoutes(app, deps);
  caseAuditRoutes(app, deps);
  personalRoutes(app, deps);
  reportRoutes(app, deps);
  accessRoutes(app, deps);
  systemRoutes(app, deps, limits);
  mountOpenApi(app);
  mountIntegrityPage(app, deps);
  mountRegistryPages(app, deps);
  if (deps.webRoot) mountScreens(app, deps.webRoot);
  return app;
}

/** Answers to writes are a few hundred bytes: a deflate stream for each of them cost more than the act's own forms and checks. */
function compressReads(): MiddlewareHandler<Env> {
  const compressed = compress();
  return (c, next) => (c.req.method === 'GET' ? compressed(c, next) : next());
}

/** The built screens: hashed files for ever, the page itself never, and every address of a screen is the page. */
function mountScreens(app: App, webRoot: string): void {
  const root = relative(process.cwd(), webRoot) || '.';
  app.use(
    '/assets/*',
    serveStatic({ root, onFound: (_path, c) => c.header('Cache-Control', 'public, max-age=31536000, immutable') }),
  );
  app.get('*', async (c, next) => {
    const { path } = c.req;
    if (path.startsWith('/api/') || path.startsWith('/assets/') || path.startsWith('/health/') || path === '/metrics')
      return next();
    if (/\.[a-z0-9]{2,5}$/i.test(path)) return serveStatic({ root })(c, next);
    return c.html(readFileSync(join(webRoot, 'index.html'), 'utf8'), 200, { 'cache-control': 'no-cache' });
  });
}
