import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../config.ts';
import { withClient } from '../db/schema-engine.ts';
import { answers, clusterFolder, describeDatabase } from './database.ts';
import { freePort, isListening, loopback, randomBasePort } from './ports.ts';
import { isAlive, type ProcessRecord, RunFolder, stopProcess } from './process.ts';
import { ensureSecrets } from './secrets.ts';

// One story, told in order: the launcher is started, disturbed, killed and stopped, always over the same data folder.
let dataDir: string;
let run: RunFolder;
const launchers: ChildProcess[] = [];

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'traektoria-start-'));
  chmodSync(dataDir, 0o711);
  run = new RunFolder(join(dataDir, 'run'));
});

afterAll(async () => {
  for (const launcher of launchers) launcher.kill('SIGKILL');
  for (const record of run.list()) await stopProcess(record, { signal: 'SIGKILL' });
  rmSync(await clusterFolder(join(dataDir, 'postgres')), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
});

type Launch = { process: ChildProcess; output(): string; exited: Promise<number | null> };

function launch(environment: Record<string, string> = {}): Launch {
  // The settings of whoever runs the tests must not reach the launcher: it would use their servers.
  const foreign = ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'SMTP_URL', 'NODE_OPTIONS', 'VITEST'];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.includes(name)));
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: projectRoot,
    env: { ...env, DATA_DIR: dataDir, ...environment },
  });
  launchers.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    process: child,
    output: () => output,
    exited: new Promise((resolve) => child.once('close', (code) => resolve(code))),
  };
}

async function untilSaid(launched: Launch, words: RegExp, within = 90_000): Promise<void> {
  await expect.poll(launched.output, { timeout: within, interval: 100 }).toMatch(words);
}

function alive(name: string): ProcessRecord {
  const record = run.findAlive(name);
  if (!record) throw new Error(`${name} does not run`);
  return record;
}

function databaseUrl(): string {
  return describeDatabase(alive('database'), ensureSecrets(dataDir).databasePassword).url('traektoria');
}

let first: Launch;

test('starts from nothing, on other ports where the usual ones are taken, and says which', async () => {
  const wanted = await freePort(randomBasePort());
  const foreign = createServer();
  await new Promise<void>((resolve) => foreign.listen(wanted, loopback, resolve));
  first = launch({ API_PORT: String(wanted) });
  await untilSaid(first, /готова за/);
  expect(first.output()).toMatch(new RegExp(`порт ${wanted} для приложения занят другой программой`));
  expect(alive('database').details.port).toBeGreaterThan(0);
  expect(alive('engine').details.port).toBeGreaterThan(0);
  await new Promise((resolve) => foreign.close(resolve));
});

test('started twice, it says so and leaves the first alone', async () => {
  const before = run.list();
  const second = launch();
  expect(await second.exited).toBe(0);
  expect(second.output()).toMatch(/уже запущена из этой папки \(pid \d+/);
  expect(run.list()).toEqual(before);
  expect(before.every(isAlive)).toBe(true);
});

test('a part that dies comes back at the same address', async () => {
  const [mailbox, database] = [alive('mailbox'), alive('database')];
  await stopProcess(mailbox, { signal: 'SIGKILL' });
  await stopProcess(database, { signal: 'SIGKILL' });
  await expect.poll(() => run.find('mailbox')?.pid, { timeout: 20_000 }).not.toBe(mailbox.pid);
  await expect.poll(() => run.find('database')?.pid, { timeout: 20_000 }).not.toBe(database.pid);
  expect(alive('database').details.port).toBe(database.details.port);
  await expect.poll(() => isListening(Number(mailbox.details.port)), { timeout: 20_000 }).toBe(true);
  await expect.poll(() => answers(databaseUrl()), { timeout: 20_000 }).toBe(true);
});

test('after kill -9 of the launcher the next start adopts the servers, replaces our programs and spares strangers', async () => {
  const [database, engine, mailbox] = [alive('database'), alive('engine'), alive('mailbox')];
  const url = databaseUrl();
  await withClient(url, (client) => client.query("CREATE TABLE kept AS SELECT 'word' AS word"));
  first.process.kill('SIGKILL');
  await first.exited;
  const stranger = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 120000)'], { stdio: 'ignore' });
  launchers.push(stranger);
  run.write({ name: 'stranger', pid: stranger.pid as number, birth: 'somebody else', startedAt: '', details: {} });

  const began = Date.now();
  first = launch();
  await untilSaid(first, /готова за/);
  expect(Date.now() - began).toBeLessThan(45_000);
  expect(alive('database').pid).toBe(database.pid);
  expect(alive('engine').pid).toBe(engine.pid);
  expect(isAlive(mailbox)).toBe(false);
  expect(alive('mailbox').pid).not.toBe(mailbox.pid);
  expect(stranger.exitCode).toBeNull();
  const { rows } = await withClient(url, (client) => client.query('SELECT word FROM kept'));
  expect(rows).toEqual([{ word: 'word' }]);
});

test('Ctrl-C stops every part in the reverse order and leaves no process and no record', async () => {
  const records = run.list();
  first.process.kill('SIGINT');
  expect(await first.exited).toBe(0);
  expect(records.filter(isAlive)).toEqual([]);
  expect(run.list()).toEqual([]);
  const said = first.output();
  expect(said.lastIndexOf('Движок Temporal: остановлено')).toBeLessThan(said.lastIndexOf('PostgreSQL: остановлено'));
  expect(said.lastIndexOf('Почтовый ящик: остановлено')).toBeLessThan(said.lastIndexOf('Движок Temporal: остановлено'));
  expect(readFileSync(join(dataDir, 'log/database.log'), 'utf8')).not.toMatch(/PANIC/);
});

test('Ctrl-C during the start leaves nothing behind either', async () => {
  const interrupted = launch();
  await untilSaid(interrupted, /PostgreSQL: порт/);
  interrupted.process.kill('SIGINT');
  expect(await interrupted.exited).toBe(0);
  expect(run.list().filter(isAlive)).toEqual([]);
});
