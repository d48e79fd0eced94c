import { createHash } from 'node:crypto';
import { addDays, type Instant } from '../../processes/kit/dates.ts';
import { localDate, startOfDay } from '../../processes/kit/zones.ts';
import { canonicalJson } from '../crypto/canonical.ts';
import { genesis } from '../crypto/chain.ts';
import type { Pool, Sql } from '../db/pool.ts';
import { dayHash, type Head, leafOf, merkleRoot } from './merkle.ts';

/** Days of the roots are days of this zone, whatever the zones of the cases. */
export const ROOT_ZONE = 'Europe/Moscow';
/** A statement lives at most half a minute, so what began before midnight has been committed by then. */
const settleMs = 10 * 60_000;
const lock = 7_351_004;

/**
 * Writes the roots of all days that have ended and have none yet, oldest first, and answers with their days. A day is ended ten
 * minutes after midnight in Moscow. The first root covers everything recorded before it. Safe to call anywhere and at any time: one
 * process at a time writes, the others find nothing to do.
 */
export async function writeDailyRoots(pool: Pool, now: Date = new Date()): Promise<string[]> {
  const lastEnded = addDays(localDate(new Date(now.getTime() - settleMs).toISOString(), ROOT_ZONE), -1);
  const written: string[] = [];
  for (;;) {
    const day = (await pool.begin(async (sql) => {
      const [got] = await sql<Array<{ mine: boolean }>>`select pg_try_advisory_xact_lock(${lock}) as mine`;
      if (!got?.mine) return undefined;
      const [last] = await sql<Array<{ day: string; hash: Buffer }>>`
        select day, hash from chain_root order by day desc limit 1`;
      const next = last ? addDays(last.day, 1) : lastEnded;
      if (next > lastEnded) return undefined;
      await writeRoot(sql, next, last);
      return next;
    })) as string | undefined;
    if (!day) return written;
    written.push(day);
  }
}

async function writeRoot(sql: Sql, day: string, last: { hash: Buffer } | undefined): Promise<void> {
  const [from, to] = [startOfDay(day, ROOT_ZONE), startOfDay(addDays(day, 1), ROOT_ZONE)];
  // Whatever is not under an earlier root: an event that was committed late is taken by the next day.
  await sql`
    insert into chain_head (day, case_id, sequence, hash)
    select ${day}, m.case_id, m.sequence, e.hash from (
      select case_id, max(sequence) as sequence from case_event
      where recorded_at < ${to} ${last ? sql`and recorded_at >= ${from}::timestamptz - interval '1 day'` : sql``} group by case_id) m
    join case_event e on e.case_id = m.case_id and e.sequence = m.sequence
    where not exists (select from chain_head h where h.case_id = m.case_id and h.sequence >= m.sequence)`;
  const heads = await readHeads(sql, day);
  const records = await digestRecords(sql, last ? from : null, to);
  const root = {
    day,
    cases: heads.length,
    root: merkleRoot(heads.map(leafOf)),
    records: records.count,
    recordsDigest: records.digest,
    previous: last?.hash ?? genesis,
  };
  await sql`
    insert into chain_root (day, cases, root, records, records_digest, previous, hash)
    values (${day}, ${root.cases}, ${root.root}, ${root.records}, ${root.recordsDigest}, ${root.previous}, ${dayHash(root)})`;
}

/** Heads under the root of a day, in the order of their leaves. */
export async function readHeads(sql: Sql, day: string): Promise<Head[]> {
  const rows = await sql<Array<{ case_id: string; sequence: number; hash: Buffer }>>`
    select case_id, sequence, hash from chain_head where day = ${day} order by case_id`;
  return rows.map(({ case_id: caseId, sequence, hash }) => ({ caseId, sequence, hash }));
}

const page = 2_000;

/** Digest over the audit of what happens outside cases, [from, to), in the order of time and id; `null` is the beginning. */
export async function digestRecords(
  sql: Sql,
  from: Instant | null,
  to: Instant,
): Promise<{ count: number; digest: Buffer }> {
  const hash = createHash('sha256');
  let count = 0;
  let after: { at: Date; id: string } | undefined;
  for (;;) {
    const rows = await sql<Array<{ id: string; at: Date } & Record<string, unknown>>>`
      select id, at, row, kind, subject_id, actor_id, request_id, facts from audit_record
      where at < ${to} ${from ? sql`and at >= ${from}` : sql``} ${after ? sql`and (at, id) > (${after.at}, ${after.id}::uuid)` : sql``}
      order by at, id limit ${page}`;
    for (const row of rows) hash.update(`${canonicalJson({ ...row, at: row.at.toISOString() })}\n`, 'utf8');
    count += rows.length;
    const last = rows.at(-1);
    if (!last || rows.length < page) return { count, digest: hash.digest() };
    after = { at: last.at, id: last.id };
  }
}

/** Bounds of what the audit digest of a day covers; the first day reaches back to the beginning. */
export function recordBounds(day: string, first: boolean): { from: Instant | null; to: Instant } {
  return { from: first ? null : startOfDay(day, ROOT_ZONE), to: startOfDay(addDays(day, 1), ROOT_ZONE) };
}
