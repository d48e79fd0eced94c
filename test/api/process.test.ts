/** The API as the process that `npm start` runs: it comes up, serves, and ends cleanly with streams still open. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectRoot } from '../../platform/config.ts';
import { freePort, randomBasePort } from '../../platform/stack/ports.ts';
import { seed } from '../../prisma/seed.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createTestDatabase, stackInfo } from '../stack/stack-info.ts';
import { until } from './world.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let api: ChildProcess;
let url: string;
const output: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await seed(database.url);
  const port = await freePort(randomBasePort() + 7);
  url = `http://127.0.0.1:${port}`;
  api = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'api/main.ts')], {
    cwd: projectRoot,
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: stackInfo().temporal.address,
      TEMPORAL_NAMESPACE: stackInfo().temporal.namespace,
      SMTP_URL: 'smtp://127.0.0.1:9',
      DATA_DIR: join(stackInfo().folder, 'api-process'),
      CODEC_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
      PERSON_KEY_SECRET: 'person-key-secret-of-the-test-run-0001',
      SESSION_SECRET: 'session-secret-of-the-test-run-00000001',
      TRAEKTORIA_EMBEDDED: 'true',
      API_PORT: String(port),
    },
  });
  for (const stream of [api.stdout, api.stderr]) stream?.on('data', (chunk: Buffer) => output.push(String(chunk)));
});
afterAll(async () => {
  api?.kill('SIGKILL');
  await database?.drop();
});

it('serves, logs ids only, and stops on SIGTERM with a stream open', async () => {
  await until(
    'readiness',
    async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.status === 200,
    60_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${output.join('')}`);
  });
  const signedIn = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' },
    body: JSON.stringify({ personId: personId('belova') }),
  });
  const { token } = (await signedIn.json()) as { token: string };
  const cookie = signedIn.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^traektoria=[\w-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/);
  const stream = await fetch(`${url}/api/stream`, { headers: { cookie: cookie.split(';')[0] as string } });
  expect([stream.status, stream.headers.get('content-encoding')]).toEqual([200, null]);
  const list = await fetch(`${url}/api/organisations?q=${encodeURIComponent('ЦНППМ')}`, {
    headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' },
  });
  expect([list.status, list.headers.get('content-encoding')]).toEqual([200, 'gzip']);
  expect((await fetch(`${url}/registry`)).status).toBe(200);
  expect(
    (
      await fetch(`${url}/api/session`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json', origin: 'https://evil.example', cookie },
      })
    ).status,
  ).toBe(403);

  const ended = new Promise<number | null>((resolve) => api.once('exit', (code) => resolve(code)));
  const started = Date.now();
  api.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(Date.now() - started).toBeLessThan(10_000);
  const log = output.join('');
  expect(log).toContain('"route":"/api/organisations"');
  for (const secret of [token, 'ЦНППМ', encodeURIComponent('ЦНППМ'), 'person-key-secret'])
    expect(log).not.toContain(secret);
});
