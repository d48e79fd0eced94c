import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, stackInfo } from '../../test/stack/stack-info.ts';
import { projectRoot } from '../config.ts';
import { chainHash, genesis } from '../crypto/chain.ts';
import { createPool, type Pool } from '../db/pool.ts';
import { writeDailyRoots } from './daily-root.ts';
import { verifyAudit } from './verify.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
const ids: string[] = [];
/** The day whose root covers what `beforeAll` wrote. */
const day = '2026-03-02';

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

beforeEach(async () => {
  await asOwner(async () => void (await pool`truncate case_event, "case", chain_head, chain_root, audit_record`));
  ids.splice(0, ids.length, ...(await Promise.all([3, 5, 4].map((length) => makeCase(length, `${day}T10:00:00Z`)))));
  await pool`insert into audit_record (id, at, row, kind, facts) values (${randomUUID()}, ${`${day}T11:00:00Z`}, 'X-01', 'x.done', '{"n": 1}')`;
  expect(await writeDailyRoots(pool, new Date('2026-03-03T09:00:00Z'))).toEqual([day]);
});

test('a sound record verifies, and the root of a day is written once, ten minutes after its end', async () => {
  expect(await writeDailyRoots(pool, new Date('2026-03-03T20:59:00Z'))).toEqual([]);
  // 00:05 in Moscow: the day has ended, but what began before midnight may still be committed.
  expect(await writeDailyRoots(pool, new Date('2026-03-03T21:05:00Z'))).toEqual([]);
  await append(ids[0] as string, 1, '2026-03-04T08:00:00Z');
  expect(await writeDailyRoots(pool, new Date('2026-03-05T09:00:00Z'))).toEqual(['2026-03-03', '2026-03-04']);
  expect(await verifyAudit(pool)).toEqual({ cases: 3, events: 13, days: 3, faults: [] });
  const heads = await pool`select day, sequence from chain_head where case_id = ${ids[0] as string} order by day`;
  expect(heads.map((row) => [row.day, row.sequence])).toEqual([
    [day, 3],
    ['2026-03-04', 4],
  ]);
});

test('the database itself refuses to change evidence', async () => {
  for (const table of ['case_event', 'chain_root', 'chain_head', 'audit_record'])
    await expect(pool.unsafe(`delete from ${table}`)).rejects.toThrow('append-only');
});

test('an event changed by the owner of the database is named by case, number and row', async () => {
  const [, caseId] = ids as [string, string];
  await tamper(() => pool`update case_event set facts = '{"score": 100}' where case_id = ${caseId} and sequence = 3`);
  expect((await verifyAudit(pool)).faults).toMatchObject([{ kind: 'changed', caseId, sequence: 3, row: 'T-T03' }]);
});

test('an event changed together with its own hash is named too', async () => {
  const [, caseId] = ids as [string, string];
  await tamper(async () => rehash(caseId, 3, { score: 100 }));
  expect((await verifyAudit(pool)).faults).toMatchObject([{ kind: 'replaced', caseId, sequence: 3, row: 'T-T03' }]);
});

test('a removed event is named', async () => {
  const [, caseId] = ids as [string, string];
  await tamper(() => pool`delete from case_event where case_id = ${caseId} and sequence = 2`);
  expect((await verifyAudit(pool)).faults).toMatchObject([{ kind: 'removed', caseId, sequence: 2 }]);
});

test('two events that changed places are named both', async () => {
  const [, caseId] = ids as [string, string];
  await tamper(async () => {
    await pool`update case_event set sequence = 99 where case_id = ${caseId} and sequence = 3`;
    await pool`update case_event set sequence = 3 where case_id = ${caseId} and sequence = 4`;
    await pool`update case_event set sequence = 4 where case_id = ${caseId} and sequence = 99`;
  });
  const found = (await verifyAudit(pool)).faults;
  expect(found.map(({ kind, sequence }) => [kind, sequence])).toEqual([
    ['reordered', 3],
    ['reordered', 4],
  ]);
});

test('a tail that was cut off is seen by the row of the case', async () => {
  const [, caseId] = ids as [string, string];
  await tamper(() => pool`delete from case_event where case_id = ${caseId} and sequence > 3`);
  expect((await verifyAudit(pool)).faults).toMatchObject([{ kind: 'truncated', caseId, sequence: 4 }]);
});

test('a tail that was cut off together with the row of the case is seen by the root of its day', async () => {
  const [, caseId] = ids as [string, string];
  await tamper(() => cutTail(caseId, 3));
  expect((await verifyAudit(pool)).faults).toMatchObject([{ kind: 'truncated', caseId, sequence: 4, day }]);
});

test('a case removed without a trace is seen by the root of its day', async () => {
  const [, caseId] = ids as [string, string];
  await tamper(async () => {
    await pool`delete from case_event where case_id = ${caseId}`;
    await pool`delete from "case" where id = ${caseId}`;
  });
  expect((await verifyAudit(pool)).faults).toMatchObject([{ kind: 'case_gone', caseId, day }]);
});

test('a chain written anew from end to end is seen by the root of its day', async () => {
  const [, caseId] = ids as [string, string];
  await tamper(() => rewrite(caseId));
  expect((await verifyAudit(pool)).faults).toMatchObject([{ kind: 'rewritten', caseId, sequence: 5, day }]);
});

test('a chain written anew together with its leaf, and a changed audit record, break the root itself', async () => {
  const [, caseId] = ids as [string, string];
  await tamper(async () => {
    await rewrite(caseId);
    await pool`update chain_head h set hash = c.last_hash from "case" c where c.id = h.case_id and c.id = ${caseId}`;
    await pool`update audit_record set facts = '{"n": 2}'`;
  });
  const found = (await verifyAudit(pool)).faults;
  expect(found).toMatchObject([
    { kind: 'root_broken', day, messageRu: expect.stringContaining('листьями') },
    { kind: 'root_broken', day, messageRu: expect.stringContaining('Журнал вне дел') },
  ]);
});

test('even roots computed anew differ from a copy that was kept elsewhere', async () => {
  const [, caseId] = ids as [string, string];
  const [kept] = await pool<Array<{ day: string; hash: Buffer }>>`select day, hash from chain_root`;
  await tamper(async () => {
    await cutTail(caseId, 3);
    await pool`truncate chain_head, chain_root`;
  });
  await writeDailyRoots(pool, new Date('2026-03-03T09:00:00Z'));
  expect((await verifyAudit(pool)).faults).toEqual([]);
  const published = [{ day, hash: kept?.hash.toString('hex') ?? '' }];
  expect((await verifyAudit(pool, { published })).faults).toMatchObject([{ kind: 'root_differs', day }]);
});

test('npm run audit:verify answers by its exit code and names what it found', async () => {
  const [, caseId] = ids as [string, string];
  expect(await command()).toMatchObject({ code: 0, out: expect.stringContaining('всё цело') });
  await tamper(() => pool`update case_event set "on" = '2020-01-01' where case_id = ${caseId} and sequence = 2`);
  const file = join(mkdtempSync(join(stackInfo().folder, 'roots-')), 'roots.json');
  writeFileSync(file, JSON.stringify({ items: [{ day, hash: '0'.repeat(64) }] }));
  const found = await command('--roots', file);
  expect(found.code).toBe(1);
  expect(found.out).toContain(`changed: ${caseId} № 2 T-T02`);
  expect(found.out).toContain('root_differs');
  expect((await command('--roots', '/nowhere')).code).toBe(2);
});

async function command(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/audit-verify.ts', ...args], {
    cwd: projectRoot,
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      SMTP_URL: 'smtp://127.0.0.1:9',
      CODEC_KEYS: `k:${Buffer.alloc(32, 7).toString('base64')}`,
      PERSON_KEY_SECRET: 'p'.repeat(32),
      SESSION_SECRET: 's'.repeat(32),
      NO_COLOR: '1',
    },
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
}

// ── A case of plain rows: the chain is what is under test, not the rules ──

async function makeCase(length: number, at: string): Promise<string> {
  const caseId = randomUUID();
  await pool`
    insert into "case" (id, process, jurisdiction, title_ru, subject_kind, subject_id, policy_version_id, calendar_version, stage,
      waiting_for, sequence, last_hash, state, started_at, updated_at)
    values (${caseId}, 'test', 'fed', 'Дело', 'programme', 'x', 'p', 'c', 's', 'system', 0, ${genesis}, '{}', ${at}, ${at})`;
  await append(caseId, length, at);
  return caseId;
}

async function append(caseId: string, count: number, at: string): Promise<void> {
  const [row] = await pool<
    Array<{ sequence: number; last_hash: Buffer }>
  >`select sequence, last_hash from "case" where id = ${caseId}`;
  let { sequence, last_hash: previous } = row as { sequence: number; last_hash: Buffer };
  for (let i = 0; i < count; i += 1) {
    sequence += 1;
    const event = eventOf(caseId, sequence, at);
    const hash = chainHash(previous, event);
    await pool`
      insert into case_event (case_id, sequence, type, row, at, "on", recorded_at, actor_kind, command_id, facts, prev_hash, hash)
      values (${caseId}, ${sequence}, ${event.type}, ${event.row}, ${event.at}, ${event.on}, ${at}, 'system', 'c', ${pool.json(event.facts)}, ${previous}, ${hash})`;
    previous = hash;
  }
  await pool`update "case" set sequence = ${sequence}, last_hash = ${previous} where id = ${caseId}`;
}

function eventOf(caseId: string, sequence: number, at: string, facts: Record<string, number> = { n: sequence }) {
  const instant = new Date(at).toISOString();
  return {
    caseId,
    sequence,
    type: 'thing.done',
    row: `T-T0${sequence}`,
    at: instant,
    on: instant.slice(0, 10),
    actor: { kind: 'system' as const },
    facts,
  };
}

async function rehash(caseId: string, sequence: number, facts: Record<string, number>): Promise<Buffer> {
  const [row] = await pool<Array<{ prev_hash: Buffer; at: Date }>>`
    select prev_hash, at from case_event where case_id = ${caseId} and sequence = ${sequence}`;
  if (!row) throw new Error('no such event');
  const hash = chainHash(row.prev_hash, eventOf(caseId, sequence, row.at.toISOString(), facts));
  await pool`update case_event set facts = ${pool.json(facts)}, hash = ${hash} where case_id = ${caseId} and sequence = ${sequence}`;
  return hash;
}

/** Changes the first event and computes everything behind it again, the row included. */
async function rewrite(caseId: string): Promise<void> {
  let previous: Buffer = genesis;
  for (let sequence = 1; sequence <= 5; sequence += 1) {
    await pool`update case_event set prev_hash = ${previous} where case_id = ${caseId} and sequence = ${sequence}`;
    previous = await rehash(caseId, sequence, { n: sequence === 1 ? 777 : sequence });
  }
  await pool`update "case" set last_hash = ${previous} where id = ${caseId}`;
}

async function cutTail(caseId: string, length: number): Promise<void> {
  await pool`delete from case_event where case_id = ${caseId} and sequence > ${length}`;
  await pool`
    update "case" c set sequence = e.sequence, last_hash = e.hash from case_event e
    where e.case_id = c.id and e.sequence = ${length} and c.id = ${caseId}`;
}

async function tamper(work: () => PromiseLike<unknown>): Promise<void> {
  await asOwner(async () => void (await work()));
}

const guarded = ['case_event', 'chain_root', 'chain_head', 'audit_record'];

/** What only the owner of the tables can do. */
async function asOwner(work: () => Promise<void>): Promise<void> {
  for (const table of guarded) await pool.unsafe(`alter table ${table} disable trigger user`);
  try {
    await work();
  } finally {
    for (const table of guarded) await pool.unsafe(`alter table ${table} enable trigger user`);
  }
}
