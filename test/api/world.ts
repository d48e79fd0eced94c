/** The API over a seeded database of its own, the engine of the run and a worker: what every test of this folder stands on. */
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { createApp } from '../../api/app.ts';
import { ChangeFeed } from '../../api/changes.ts';
import { createEngineReader } from '../../api/engine-reader.ts';
import type { ApiDeps } from '../../api/ports.ts';
import { faces } from '../../api/processes.ts';
import { getProgramme, demoConclusions } from '../../data/index.ts';
import { References } from '../../platform/cases/references.ts';
import type { Config } from '../../platform/config.ts';
import { createKeyring } from '../../platform/crypto/keyring.ts';
import { createPrisma } from '../../platform/db/prisma.ts';
import { createDocumentStore } from '../../platform/documents/store.ts';
import { createIdentityKeys } from '../../platform/identity/secrets.ts';
import { createLogger } from '../../platform/log.ts';
import { createEngine } from '../../platform/temporal/client.ts';
import { seed } from '../../prisma/seed.ts';
import { personId } from '../../prisma/seed/people.ts';
import { Driver } from '../driver.ts';
import { createTestDatabase, createTestNamespace, testConfig } from '../stack/stack-info.ts';

export interface Answered {
  status: number;
  body: any;
  headers: Headers;
}

export type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answered>;

export interface ApiWorld {
  app: ReturnType<typeof createApp>;
  config: Config;
  deps: ApiDeps;
  driver: Driver;
  databaseUrl: string;
  /** Asks as a person of the seed, by its key («belova»); '' asks without a session. */
  as(key: string): Promise<Ask>;
  tokenOf(key: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts everything; `worker: false` leaves the engine unattended. */
export async function createApiWorld(
  options: {
    worker?: boolean;
    over?: Partial<ApiDeps>;
    environment?: Record<string, string>;
    /** The policy of the second factor as it is loaded; otherwise it is demanded of nobody. */
    factorPolicy?: boolean;
  } = {},
): Promise<ApiWorld> {
  const [database, namespace] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  await seed(database.url);
  const config = testConfig({
    databaseUrl: database.url,
    namespace,
    ...(options.environment ? { environment: options.environment } : {}),
  });
  const driver = await Driver.create(config, { withoutWorker: options.worker === false });
  if (!options.factorPolicy)
    await driver.pool`update policy_version set parameters = '{"secondFactor":{"roles":[],"inEmbedded":false}}' where process = 'access'`;
  const keys = createKeyring(config);
  const prisma = createPrisma(config.databaseUrl);
  const engine = createEngine(config.temporal, keys);
  const log = createLogger('api', 'silent');
  const changes = new ChangeFeed(driver.pool, log);
  await changes.start();
  const deps: ApiDeps = {
    config,
    log,
    sql: driver.pool,
    prisma,
    keys,
    identity: createIdentityKeys(config.sessionSecret),
    references: new References(),
    cases: driver.cases,
    documents: createDocumentStore({ pool: driver.pool, folder: join(config.dataDir, 'documents') }),
    engine: createEngineReader(engine, config, keys),
    changes,
    faces,
    now: () => new Date(),
    limits: { perMinute: 100_000, signInsPerMinute: 10_000 },
    ...options.over,
  };
  const app = createApp(deps);
  const tokens = new Map<string, string>();
  const tokenOf = async (key: string): Promise<string> => {
    const known = tokens.get(key);
    if (known) return known;
    const id = /^[0-9a-f-]{36}$/.test(key) ? key : personId(key);
    const answer = await ask(app, undefined)('POST', '/api/session', { personId: id });
    if (answer.status !== 201) throw new Error(`${key}: ${JSON.stringify(answer.body)}`);
    tokens.set(key, answer.body.token);
    return answer.body.token;
  };
  return {
    app,
    config,
    deps,
    driver,
    databaseUrl: database.url,
    tokenOf,
    as: async (key) => ask(app, key === '' ? undefined : await tokenOf(key)),
    stop: async () => {
      await changes.stop();
      await Promise.allSettled([prisma.$disconnect(), engine.close()]);
      await driver.close();
      await database.drop();
    },
  };
}

/** Requests of one session without a network. */
export function ask(app: ApiWorld['app'], token: string | undefined): Ask {
  return async (method, path, body, headers = {}) => {
    const response = await app.request(path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, body: json && text !== '' ? JSON.parse(text) : text, headers: response.headers };
  };
}

/** Listens on a free port, for what needs a real connection. */
export async function listen(app: Pick<ApiWorld['app'], 'fetch'>): Promise<{ url: string; close(): Promise<void> }> {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      }),
    );
  });
}

/** A programme of the data, under another title so that stories do not meet. */
export function programmeOf(key: string, title?: string): Record<string, unknown> {
  const { source: _, ...programme } = getProgramme(key);
  return { ...programme, ...(title ? { title } : {}) };
}

/** A conclusion of the data, for a task and the criteria it asks. */
export function conclusionFor(
  taskId: string,
  verdict: 'approve' | 'revise' | 'reject',
  criteria?: string[],
): Record<string, unknown> {
  const found = demoConclusions().find((row) => row.verdict === verdict && !row.arbiter);
  if (!found) throw new Error(`no conclusion «${verdict}»`);
  const keep = <T>(code: string, value: T): T[] => (criteria === undefined || criteria.includes(code) ? [value] : []);
  return {
    taskId,
    verdict,
    scores: Object.fromEntries(
      Object.entries(found.scores).flatMap(([code, score]) => keep(code, [code, score] as const)),
    ),
    remarks: found.remarks.filter(({ criterion }) => criteria === undefined || criteria.includes(criterion)),
    summary: found.summary,
  };
}

/** Looks until it is so. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, ms = 20_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as T;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export interface Submitted {
  caseId: string;
  number: string;
  title: string;
}

/** Submits a programme of Rostov's centre as its head. */
export async function submit(
  world: ApiWorld,
  title: string,
  who = 'goncharov',
  programme = 'veroyatnost-i-statistika',
): Promise<Submitted> {
  const head = await world.as(who);
  const { body: me } = await head('GET', '/api/session');
  const source = programmeOf(programme, title) as { provider: Record<string, unknown> };
  const body = { programme: { ...source, provider: { ...source.provider, organisationId: me.organisations[0].id } } };
  const answer = await head('POST', '/api/cases', { process: 'dpp-certification', body });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return { caseId: answer.body.caseId, number: answer.body.number, title };
}

/** Passes the technical check and waits for the invitations; answers with the invited experts and their tasks. */
export async function invite(world: ApiWorld, caseId: string): Promise<Array<{ personId: string; taskId: string }>> {
  const operator = await world.as('belova');
  const { body: kase } = await operator('GET', `/api/cases/${caseId}`);
  const check = kase.tasks.find(
    (task: { kind: string; open: boolean }) => task.kind === 'technical_check' && task.open,
  );
  const done = await operator('POST', `/api/cases/${caseId}/actions/completeTechnicalCheck`, { taskId: check.id });
  if (done.status !== 200) throw new Error(JSON.stringify(done.body));
  const tasks = await until('invitations', async () => {
    const { body } = await operator('GET', `/api/tasks?caseId=${caseId}&kind=review&state=assigned`);
    return body.items.length === 3 ? (body.items as Array<{ id: string; assigneeId: string }>) : undefined;
  });
  return tasks.map(({ id, assigneeId }) => ({ taskId: id, personId: assigneeId }));
}

/** Everybody invited accepts. */
export async function acceptAll(
  world: ApiWorld,
  caseId: string,
  invited: Array<{ personId: string; taskId: string }>,
): Promise<void> {
  for (const { personId: expert, taskId } of invited) {
    const answer = await (await world.as(expert))('POST', `/api/cases/${caseId}/actions/acceptTask`, {
      taskId,
      noConflict: true,
    });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  }
}
