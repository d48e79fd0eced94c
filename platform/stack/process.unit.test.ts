import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimLauncher, settleOrphans } from './launcher.ts';
import { freePort, isPortFree, loopback, randomBasePort } from './ports.ts';
import { birthOf, isAlive, type ProcessRecord, RunFolder, startDetached, stopProcess } from './process.ts';
import { ensureSecrets, secretsFile } from './secrets.ts';

let folder: string;
let run: RunFolder;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traektoria-unit-'));
  run = new RunFolder(join(folder, 'run'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function sleeper(): ChildProcess & { pid: number } {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
  children.push(child);
  return child as ChildProcess & { pid: number };
}

function recordOf(name: string, pid: number, birth = birthOf(pid) ?? ''): ProcessRecord {
  return { name, pid, birth, startedAt: new Date().toISOString(), details: {} };
}

test('a process is recognised by its pid and the moment of its birth', async () => {
  const record = recordOf('worker', sleeper().pid);
  expect(isAlive(record)).toBe(true);
  expect(isAlive({ ...record, birth: `${record.birth}1` })).toBe(false);
  expect(await stopProcess(record, { graceMs: 2_000 })).toBe('stopped');
  expect(isAlive(record)).toBe(false);
});

test("somebody else's process that got a recorded pid is never touched", async () => {
  const foreign = sleeper();
  run.write(recordOf('worker', foreign.pid, 'another-boot:12345'));
  expect(await stopProcess(run.find('worker') as ProcessRecord, { graceMs: 500, group: true })).toBe('gone');
  await settleOrphans(run, () => undefined);
  expect(birthOf(foreign.pid)).toBeDefined();
  expect(run.list()).toEqual([]);
});

test('after a lost launcher our programs are stopped, servers with data are kept, dead records are swept', async () => {
  const [worker, database, dead] = [sleeper(), sleeper(), sleeper()];
  const gone = recordOf('api', dead.pid);
  run.write(recordOf('worker', worker.pid));
  run.write(recordOf('database', database.pid));
  run.write(gone);
  await stopProcess(gone, { signal: 'SIGKILL' });
  const told: string[] = [];
  await settleOrphans(run, (text) => told.push(text));
  expect(birthOf(worker.pid)).toBeUndefined();
  expect(birthOf(database.pid)).toBeDefined();
  expect(run.list().map(({ name }) => name)).toEqual(['database']);
  expect(told).toHaveLength(1);
});

test('a process that ignores a polite signal is ended with its children', async () => {
  const script = `
    process.on('SIGTERM', () => {});
    const child = require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
    console.log(child.pid);
    setTimeout(() => {}, 60000);`;
  const logFile = join(folder, 'stubborn.log');
  const record = await startDetached({ name: 'api', command: process.execPath, args: ['-e', script], logFile });
  await expect.poll(() => readFileSync(logFile, 'utf8'), { timeout: 10_000 }).toMatch(/\n$/);
  const grandchild = Number(readFileSync(logFile, 'utf8'));
  expect(birthOf(grandchild)).toBeDefined();
  expect(await stopProcess(record, { graceMs: 300, group: true })).toBe('killed');
  await expect.poll(() => birthOf(grandchild)).toBeUndefined();
});

test('of two launchers the second one learns who the first is and changes nothing', () => {
  const first = claimLauncher(run.path);
  const second = claimLauncher(run.path);
  expect(first.kind).toBe('mine');
  expect(second).toMatchObject({ kind: 'taken', by: { pid: process.pid } });
  if (first.kind === 'mine') first.release();
  expect(claimLauncher(run.path).kind).toBe('mine');
});

test('a claim whose owner was killed, or whose pid went to somebody else, is taken over', () => {
  run.write({ ...recordOf('launcher', process.pid), birth: 'an earlier process with this pid' });
  expect(claimLauncher(run.path).kind).toBe('mine');
});

test('of five launchers started together over a dead claim exactly one starts', async () => {
  run.write({ ...recordOf('launcher', process.pid), birth: 'dead' });
  const module = fileURLToPath(new URL('./launcher.ts', import.meta.url));
  const go = join(folder, 'go');
  const script = `
    const { existsSync } = await import('node:fs');
    const { claimLauncher } = await import(${JSON.stringify(module)});
    console.log('ready');
    while (!existsSync(${JSON.stringify(go)}));
    console.log(claimLauncher(${JSON.stringify(run.path)}).kind);
    setTimeout(() => {}, 60000);`;
  const outputs = Array.from({ length: 5 }, () => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const lines: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => lines.push(...chunk.toString().trim().split('\n')));
    return lines;
  });
  await expect.poll(() => outputs.every((lines) => lines.length === 1), { timeout: 20_000 }).toBe(true);
  writeFileSync(go, '');
  await expect.poll(() => outputs.every((lines) => lines.length === 2), { timeout: 20_000 }).toBe(true);
  expect(outputs.filter((lines) => lines[1] === 'mine')).toHaveLength(1);
});

test('a taken port is passed over, and a port promised to another part too', async () => {
  const base = await freePort(randomBasePort());
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(base, loopback, resolve));
  expect(await isPortFree(base)).toBe(false);
  const taken = new Set<number>();
  const first = await freePort(base, taken);
  const second = await freePort(base, taken);
  expect(first).toBeGreaterThan(base);
  expect(second).toBeGreaterThan(first);
  await new Promise((resolve) => server.close(resolve));
});

test('secrets are made once, for their owner only, and never replaced', () => {
  const made = ensureSecrets(folder);
  expect(ensureSecrets(folder)).toEqual(made);
  expect(statSync(secretsFile(folder)).mode & 0o777).toBe(0o600);
  writeFileSync(secretsFile(folder), 'damaged');
  expect(() => ensureSecrets(folder)).toThrow();
});
