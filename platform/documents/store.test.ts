import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPool, type Pool } from '../db/pool.ts';
import { createTestDatabase, stackInfo } from '../../test/stack/stack-info.ts';
import { createDocumentStore, DocumentTooLarge, type DocumentStore } from './store.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
let store: DocumentStore;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url);
  folder = mkdtempSync(join(stackInfo().folder, 'documents-'));
  store = createDocumentStore({ pool, folder });
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

test('the same content is one document, whatever the order of its keys', async () => {
  const first = await store.putJson({ b: 1, a: 'текст' }, 'programme');
  expect(await store.putJson({ a: 'текст', b: 1 }, 'programme')).toBe(first);
  const found = await store.find(first);
  expect(found).toMatchObject({ mime: 'application/json' });
  expect(JSON.parse(Buffer.from((await found?.read()) ?? []).toString())).toEqual({ a: 'текст', b: 1 });
  expect(await pool`select 1 from document where sha256 = ${first}`).toHaveLength(1);
});

test('a large file goes to a file under its digest and comes back whole', async () => {
  const bytes = randomBytes(700_000);
  const put = await store.putStream(Readable.from([bytes.subarray(0, 300_000), bytes.subarray(300_000)]), {
    limit: 1_000_000,
    mime: 'application/pdf',
    name: 'Скан.pdf',
  });
  expect(put).toMatchObject({ size: 700_000, sha256: createHash('sha256').update(bytes).digest('hex') });
  const found = await store.find(put.sha256);
  expect(found?.name).toBe('Скан.pdf');
  expect(Buffer.compare(Buffer.from((await found?.read()) ?? []), bytes)).toBe(0);
});

test('a body beyond the limit is refused and leaves nothing behind', async () => {
  const body = Readable.from([randomBytes(60_000), randomBytes(60_000)]);
  await expect(store.putStream(body, { limit: 100_000, mime: 'text/plain' })).rejects.toThrow(DocumentTooLarge);
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('what is not a digest is not found', async () => {
  expect(await store.find('../../etc/passwd')).toBeUndefined();
  expect(await store.find('0'.repeat(64))).toBeUndefined();
});
