import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../api/app.ts';
import { createCases } from '../../platform/cases/commands.ts';
import { References } from '../../platform/cases/references.ts';
import { createLogger } from '../../platform/log.ts';
import { registerProcess } from '../../processes/registry.ts';
import { createWorker } from '../../worker/create-worker.ts';
import { type ApiWorld, createApiWorld, invite, submit } from '../api/world.ts';
import { createDriver } from '../driver.ts';
import { reviewPair } from '../fixtures/review-pair.ts';
import { createWorld } from '../fixtures/world.ts';
import { createTestDatabase, createTestNamespace, testConfig } from '../stack/stack-info.ts';
import { searchEngine } from './engine-history.ts';

const uiOrigin = 'http://127.0.0.1:8233';
let world: ApiWorld;
let encrypted: { caseId: string; words: string[] };

beforeAll(async () => {
  world = await createApiWorld({ environment: { TEMPORAL_UI_URL: `${uiOrigin}/` } });
  encrypted = await tell(world, 'Шифрованная история о педагогике');
});
afterAll(async () => world?.stop());

/** A story with texts about people: a programme, three invitations, one declined with a reason. */
async function tell(of: ApiWorld, title: string): Promise<{ caseId: string; words: string[] }> {
  const reason = `Отказываюсь: заболел ребёнок, ${title}`;
  const { caseId } = await submit(of, title);
  const invited = await invite(of, caseId);
  const first = invited[0] as { personId: string; taskId: string };
  const declined = await (await of.as(first.personId))('POST', `/api/cases/${caseId}/actions/declineTask`, {
    taskId: first.taskId,
    reason,
  });
  if (declined.status !== 200) throw new Error(JSON.stringify(declined.body));
  const people = await of.deps.sql<Array<{ display_name: string; family_name: string; email: string }>>`
    select p.display_name, p.family_name, p.email from person p join case_participant c on c.person_id = p.id where c.case_id = ${caseId}
    union select display_name, family_name, email from person where family_name in ('Гончаров', 'Белова')`;
  return { caseId, words: [title, reason, ...people.flatMap((p) => [p.display_name, p.family_name, p.email])] };
}

test('nothing that people wrote and nobody who took part stands in any column of the engine', async () => {
  expect(encrypted.words.length).toBeGreaterThan(10);
  const { columns, found } = await searchEngine(encrypted.words);
  expect(found).toEqual([]);
  expect(columns).toBeGreaterThan(60);
});

test('search attributes and memos hold nothing of ours', async () => {
  const described = await world.driver.client.workflow.getHandle(`dpp-certification:${encrypted.caseId}`).describe();
  const own = Object.keys(described.searchAttributes ?? {}).filter((name) => !/^(BuildIds|Temporal)/.test(name));
  expect([own, described.memo ?? {}]).toEqual([[], {}]);
});

test('an administrator reads payloads in the pages of the engine with his own session, and it is on record', async () => {
  const payloads = await wirePayloads(world, encrypted.caseId);
  const path = `/api/codec/${world.config.temporal.namespace}/decode?preserveStorageRefs=true`;
  const request = async (who: string, body: unknown = { payloads }, headers: Record<string, string> = {}) =>
    world.app.request(path, {
      method: 'POST',
      // As a browser sends it from the other origin: a cookie, no bearer token.
      headers: {
        'content-type': 'application/json',
        'x-namespace': world.config.temporal.namespace,
        origin: uiOrigin,
        'sec-fetch-site': 'same-site',
        ...(who ? { cookie: `traektoria=${await world.tokenOf(who)}` } : {}),
        ...headers,
      },
      body: JSON.stringify(body),
    });

  const preflight = await world.app.request(path, {
    method: 'OPTIONS',
    headers: {
      origin: uiOrigin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-namespace',
    },
  });
  expect(preflight.status).toBe(204);
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': uiOrigin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': expect.stringContaining('X-Namespace'),
  });

  const answer = await request('sokolov');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe(uiOrigin);
  const opened = (await answer.json()) as { payloads: Array<{ data: string }> };
  const words = opened.payloads.map(({ data }) => Buffer.from(data, 'base64').toString('utf8')).join('\n');
  expect(words).toContain('Шифрованная история о педагогике');

  for (const who of ['belova', 'mironova', 'goncharov']) expect([who, (await request(who)).status]).toEqual([who, 403]);
  expect((await request('')).status).toBe(401);
  expect((await request('sokolov', { payloads }, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await request('sokolov', { payloads: [{ ...payloads[0], data: 'AAAA' }] })).status).toBe(422);

  const noted = await world.deps.sql`
    select p.family_name, a.facts from audit_record a join person p on p.id = a.actor_id where a.kind = 'engine.decoded'`;
  expect(noted).toEqual([{ family_name: 'Соколов', facts: { payloads: payloads.length, keys: ['test'] } }]);
});

test('a new key takes over while cases run: both generations of workers serve them, old payloads stay readable', async () => {
  registerProcess(reviewPair);
  const key = () => randomBytes(32).toString('base64');
  const [k1, k2] = [`k1:${key()}`, `k2:${key()}`];
  const [database, namespace] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  const workflowsPath = fileURLToPath(new URL('../fixtures/workflows.ts', import.meta.url));
  const generation = (keys: string[]) =>
    createDriver(testConfig({ databaseUrl: database.url, namespace, environment: { CODEC_KEYS: keys.join(',') } }), {
      workflowsPath,
    });
  let people: Awaited<ReturnType<typeof createWorld>>;
  const start = (driver: Awaited<ReturnType<typeof generation>>) =>
    driver.startCaseSkipped({
      process: 'review-pair',
      jurisdiction: people.jurisdiction,
      personId: people.methodist,
      type: 'submit',
      payload: { topic: key(), reviewers: people.reviewers, organisationId: people.organisationId },
    });
  const review = (n: number) => ({
    personId: people.reviewers[n] as string,
    type: 'review',
    payload: { verdict: 'x' },
  });

  // First everybody learns to read the new key, then it begins to write; the two generations overlap on one queue.
  const before = await generation([k1, k2]);
  people = await createWorld(before.pool);
  const { caseId } = await start(before);
  const after = await generation([k2, k1]);
  await after.act(caseId, review(0));
  await before.close();
  await after.act(caseId, review(1));
  const second = await start(after);
  expect((await after.events(caseId)).length).toBeGreaterThanOrEqual(3);

  const keysOf = async (id: string) => {
    const payloads = await wirePayloads(
      { driver: after, config: { temporal: { namespace } } } as never,
      id,
      'review-pair',
    );
    // The library's own markers of local activities go past every codec and hold no words of ours.
    const ids = payloads.flatMap(({ metadata }) => metadata['encryption-key-id'] ?? []);
    return [...new Set(ids.map((text) => Buffer.from(text, 'base64').toString()))].sort();
  };
  expect(await keysOf(caseId)).toEqual(['k1', 'k2']);
  expect(await keysOf(second.caseId)).toEqual(['k2']);
  expect((await after.envelope(caseId)).sequence).toBeGreaterThanOrEqual(3);
  await after.close();
  await database.drop();
});

test('control: with the codec off the same search finds the texts', async () => {
  const namespace = await createTestNamespace();
  const { address, taskQueue } = world.config.temporal;
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const client = new Client({ connection, namespace });
  const { keys, sql: pool } = world.deps;
  const worker = await createWorker({
    connection: native,
    client,
    namespace,
    taskQueue,
    pool,
    keys,
    log: createLogger('test', 'silent'),
    overrides: { dataConverter: {} },
  });
  const running = worker.run();
  const deps = { ...world.deps, references: new References(), cases: createCases({ client, pool, keys, taskQueue }) };
  const plain = { ...world, deps, app: createApp(deps) };
  const asked = (token: string) => async (method: string, path: string, body?: unknown) => {
    const answer = await plain.app.request(path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as any, headers: answer.headers };
  };
  plain.as = async (who) => asked(await world.tokenOf(who));
  try {
    const { words } = await tell(plain, 'Открытая история о педагогике');
    const { found } = await searchEngine(words.slice(0, 2));
    expect([...new Set(found.map(({ word }) => word))].sort()).toEqual(words.slice(0, 2).sort());
    expect(found.map(({ place }) => place)).toContain('temporal.history_node.data');
  } finally {
    worker.shutdown();
    await running;
    await native.close();
    await connection.close();
  }
});

interface Wire {
  metadata: Record<string, string>;
  data: string;
}

/** Every payload in the history of a case, as the pages of the engine get them. */
async function wirePayloads(of: ApiWorld, caseId: string, process = 'dpp-certification'): Promise<Wire[]> {
  const { history } = await of.driver.client.workflowService.getWorkflowExecutionHistory({
    namespace: of.config.temporal.namespace,
    execution: { workflowId: `${process}:${caseId}` },
  });
  const found: Wire[] = [];
  const look = (value: unknown): void => {
    if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return;
    const { metadata, data } = value as { metadata?: Record<string, Uint8Array>; data?: Uint8Array };
    if (metadata?.encoding instanceof Uint8Array) {
      const encode = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
      found.push({
        metadata: Object.fromEntries(Object.entries(metadata).map(([name, bytes]) => [name, encode(bytes)])),
        data: encode(data ?? new Uint8Array()),
      });
    } else for (const inner of Object.values(value)) look(inner);
  };
  look(history);
  return found;
}
