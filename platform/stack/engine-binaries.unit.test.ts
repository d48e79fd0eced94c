import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EngineMissingError, resolveEngine } from './engine-binaries.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traektoria-unit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function executable(path: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
  return path;
}

test('a given address comes before everything else', async () => {
  const env = { TEMPORAL_ADDRESS: 'engine.example:7233', TRAEKTORIA_CACHE: folder };
  expect(await resolveEngine({ env })).toEqual({ kind: 'external', address: 'engine.example:7233' });
});

test('a built server in the cache comes before the temporal command, and counts only when it is whole', async () => {
  const command = executable(join(folder, 'bin/temporal'));
  const env = { PATH: join(folder, 'bin'), TRAEKTORIA_CACHE: join(folder, 'cache') };
  const cache = join(folder, 'cache/temporal-1.32.1');
  for (const name of ['server', 'sql-tool']) executable(join(cache, name));
  expect(await resolveEngine({ env })).toEqual({ kind: 'cli', command });
  mkdirSync(join(cache, 'schema'));
  writeFileSync(join(cache, 'complete.json'), '{}');
  expect(await resolveEngine({ env })).toMatchObject({ kind: 'server', binaries: { server: join(cache, 'server') } });
});

test('when nothing is found, each of the five steps says why', async () => {
  const env = { PATH: join(folder, 'empty'), TRAEKTORIA_CACHE: join(folder, 'cache') };
  const said: string[] = [];
  const failure = await resolveEngine({ env, lookOnly: true, progress: (text) => said.push(text) }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(EngineMissingError);
  expect((failure as EngineMissingError).tried).toHaveLength(5);
  expect(said.length).toBeGreaterThanOrEqual(2);
});
