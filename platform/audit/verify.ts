import { chainHash, genesis } from '../crypto/chain.ts';
import type { Pool } from '../db/pool.ts';
import { type EventRow, type HistoryEvent, toHistoryEvent } from '../cases/history.ts';
import { dayHash, type Head, leafOf, merkleRoot } from './merkle.ts';
import { digestRecords, readHeads, recordBounds } from './daily-root.ts';

export type FaultKind =
  /** What an event says is not what was hashed. */
  | 'changed'
  /** The event is sound by itself, but its neighbour was linked to another one. */
  | 'replaced'
  | 'removed'
  | 'reordered'
  /** Events are missing at the end. */
  | 'truncated'
  /** The row of the case does not agree with its events. */
  | 'row_differs'
  /** A case that has a row or an anchor and not one event. */
  | 'case_gone'
  /** The chain was written anew: it no longer passes through a head that a root covers. */
  | 'rewritten'
  /** A root of a day does not agree with its leaves, with the audit of its day, or with the day before. */
  | 'root_broken'
  /** A root differs from a copy kept elsewhere, or is missing. */
  | 'root_differs'
  /** Of the file of one case: its words say something else than the record in it. */
  | 'words_differ';

export interface Fault {
  kind: FaultKind;
  caseId?: string;
  number?: string | null;
  sequence?: number;
  /** Row of the table of transitions the event was recorded under. */
  row?: string;
  day?: string;
  messageRu: string;
}

export interface VerifyReport {
  cases: number;
  events: number;
  days: number;
  faults: Fault[];
}

export interface PublishedRoot {
  day: string;
  hash: string;
}

export interface VerifyOptions {
  caseIds?: string[];
  /** Roots copied from the public page earlier; who rewrote everything here cannot rewrite those. */
  published?: PublishedRoot[];
  progress?(done: { cases: number; events: number }): void;
}

const pageSize = 200;

/**
 * Checks everything that is recorded for ever: every event of every case against the chain of its case, the row of the case, and the
 * heads under the daily roots; every daily root against its leaves, the audit records of its day and the day before. Reads in pages, so
 * its memory does not grow with the record. Changes nothing.
 */
export async function verifyAudit(pool: Pool, options: VerifyOptions = {}): Promise<VerifyReport> {
  const report: VerifyReport = { cases: 0, events: 0, days: 0, faults: [] };
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const cases = await readCases(pool, after, options.caseIds);
    await verifyPage(pool, cases, report);
    options.progress?.({ cases: report.cases, events: report.events });
    after = cases.at(-1)?.id ?? after;
    if (cases.length < pageSize) break;
  }
  if (!options.caseIds) await verifyRoots(pool, options.published ?? [], report);
  return report;
}

interface CaseRow {
  id: string;
  number: string | null;
  sequence: number | null;
  last_hash: Buffer | null;
}

/** Every case that has a row, an event or an anchor. */
async function readCases(pool: Pool, after: string, only?: string[]): Promise<CaseRow[]> {
  const where = (column: 'id' | 'case_id') =>
    pool`${pool(column)} > ${after}::uuid ${only ? pool`and ${pool(column)} in ${pool(only)}` : pool``}`;
  return pool<CaseRow[]>`
    with ids as (
      (select id from "case" where ${where('id')} order by id limit ${pageSize}) union
      (select distinct case_id from case_event where ${where('case_id')} order by case_id limit ${pageSize}) union
      (select distinct case_id from chain_head where ${where('case_id')} order by case_id limit ${pageSize}))
    select i.id, c.number, c.sequence, c.last_hash from (select id from ids order by id limit ${pageSize}) i
    left join "case" c on c.id = i.id order by i.id`;
}

async function verifyPage(pool: Pool, cases: CaseRow[], report: VerifyReport): Promise<void> {
  if (cases.length === 0) return;
  const ids = cases.map(({ id }) => id);
  const [rows, heads] = await Promise.all([
    pool<
      Array<EventRow & { case_id: string }>
    >`select * from case_event where case_id in ${pool(ids)} order by case_id, sequence`,
    pool<Array<{ day: string; case_id: string; sequence: number; hash: Buffer }>>`
      select day, case_id, sequence, hash from chain_head where case_id in ${pool(ids)} order by sequence`,
  ]);
  for (const kase of cases) {
    const events = rows.filter((row) => row.case_id === kase.id).map((row) => toHistoryEvent(row));
    const anchors = heads
      .filter((head) => head.case_id === kase.id)
      .map(({ day, sequence, hash }) => ({ day, caseId: kase.id, sequence, hash }));
    report.faults.push(...faultsOf(kase, events, anchors));
    report.cases += 1;
    report.events += events.length;
  }
}

/** An event as the chain covers it; of the personal part the digest is enough. */
export type LinkedEvent = Pick<
  HistoryEvent,
  'sequence' | 'type' | 'row' | 'at' | 'on' | 'actor' | 'facts' | 'prevHash' | 'hash'
> & { ciphertext?: Uint8Array | string };

/**
 * Faults of one case, each named once and where it is: what a change breaks further down is not told again. `start`: the events begin after
 * this one, to whose hash the first of them is linked.
 */
export function faultsOf(
  kase: { id: string; number: string | null; sequence: number | null; last_hash: Uint8Array | null },
  events: LinkedEvent[],
  anchors: Array<Head & { day: string }>,
  start: { sequence: number; hash: Uint8Array } = { sequence: 0, hash: genesis },
): Fault[] {
  const faults: Fault[] = [];
  const fault = (kind: FaultKind, at: Partial<LinkedEvent> | undefined, messageRu: string, more: Partial<Fault> = {}) =>
    faults.push({
      kind,
      caseId: kase.id,
      number: kase.number,
      ...(at?.sequence === undefined ? {} : { sequence: at.sequence }),
      ...(at?.row === undefined ? {} : { row: at.row }),
      ...more,
      messageRu,
    });
  let previous: Uint8Array = start.hash;
  let expected = start.sequence + 1;
  let soundBefore = true;
  for (const [index, event] of events.entries()) {
    if (event.sequence !== expected)
      fault('removed', { sequence: expected }, `Нет ${span(expected, event.sequence - 1)}: записи удалены.`);
    const own = hashAt(kase.id, event, event.sequence);
    const gap = event.sequence !== expected;
    const sound = same(own, event.hash);
    if (!sound) {
      const from = events.find((other) => same(hashAt(kase.id, event, other.sequence), event.hash));
      if (from) fault('reordered', event, `Событие ${event.sequence} было записано под номером ${from.sequence}.`);
      else fault('changed', event, `Событие ${event.sequence} изменено после записи.`);
    } else if (!gap && soundBefore && !same(event.prevHash, previous)) {
      const before = events[index - 1];
      fault(
        'replaced',
        before ?? event,
        `Событие ${before?.sequence ?? event.sequence} подменено: следующее продолжает другое.`,
      );
    }
    previous = event.hash;
    soundBefore = sound;
    expected = event.sequence + 1;
  }
  const last = events.at(-1);
  const length = last?.sequence ?? start.sequence;
  if (kase.sequence !== null && kase.sequence > length)
    fault(
      'truncated',
      { sequence: length + 1 },
      `В деле записано ${kase.sequence} событий, есть ${length}: конец отрезан.`,
    );
  else if (kase.sequence === null && length > 0) fault('row_differs', last, 'События есть, а строки дела нет.');
  else if (last && kase.last_hash && (kase.sequence !== length || !same(kase.last_hash, last.hash)))
    fault('row_differs', last, `Строка дела указывает не на событие ${length}.`);
  for (const { day, sequence, hash } of anchors) {
    if (sequence > length) {
      if (length === 0)
        fault('case_gone', { sequence }, `Под корнем за ${day} было ${sequence} событий, не осталось ни одного.`, {
          day,
        });
      else if (!faults.some(({ kind }) => kind === 'truncated'))
        fault(
          'truncated',
          { sequence: length + 1 },
          `Под корнем за ${day} было ${sequence} событий, есть ${length}: конец отрезан.`,
          { day },
        );
      continue;
    }
    const there = events.find((event) => event.sequence === sequence);
    if (there && !same(there.hash, hash) && faults.length === 0)
      fault(
        'rewritten',
        there,
        `Цепочка переписана заново: событие ${sequence} не то, что было под корнем за ${day}.`,
        { day },
      );
  }
  if (kase.sequence !== null && events.length === 0 && anchors.length === 0 && kase.sequence === 0)
    fault('case_gone', undefined, 'У дела нет ни одного события.');
  return faults;
}

function hashAt(caseId: string, event: LinkedEvent, sequence: number): Buffer {
  const { type, row, at, on, actor, facts, ciphertext, prevHash } = event;
  return chainHash(prevHash, { caseId, sequence, type, row, at, on, actor, facts, personal: ciphertext });
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const span = (from: number, to: number): string => (from === to ? `события ${from}` : `событий ${from}–${to}`);

interface RootRow {
  day: string;
  cases: number;
  root: Buffer;
  records: number;
  records_digest: Buffer;
  previous: Buffer;
  hash: Buffer;
}

async function verifyRoots(pool: Pool, published: PublishedRoot[], report: VerifyReport): Promise<void> {
  const rows = await pool<RootRow[]>`select * from chain_root order by day`;
  const fault = (kind: FaultKind, day: string, messageRu: string) => report.faults.push({ kind, day, messageRu });
  let previous: Uint8Array = genesis;
  for (const [index, row] of rows.entries()) {
    report.days += 1;
    const heads = await readHeads(pool, row.day);
    if (heads.length !== row.cases || !same(merkleRoot(heads.map(leafOf)), row.root))
      fault(
        'root_broken',
        row.day,
        `Корень за ${row.day} не сходится с его листьями: было дел ${row.cases}, есть ${heads.length}.`,
      );
    const { from, to } = recordBounds(row.day, index === 0);
    const { count, digest } = await digestRecords(pool, from, to);
    if (count !== row.records || !same(digest, row.records_digest))
      fault(
        'root_broken',
        row.day,
        `Журнал вне дел за ${row.day} изменён: было записей ${row.records}, есть ${count}.`,
      );
    const { day, cases, root, records, records_digest: recordsDigest } = row;
    if (!same(row.previous, previous))
      fault('root_broken', day, `Корень за ${day} продолжает не предыдущий: корень между ними удалён или заменён.`);
    if (!same(dayHash({ day, cases, root, records, recordsDigest, previous: row.previous }), row.hash))
      fault('root_broken', day, `Корень за ${day} изменён.`);
    previous = row.hash;
  }
  const known = new Map(rows.map((row) => [row.day, row.hash.toString('hex')]));
  for (const { day, hash } of published) {
    const here = known.get(day);
    if (here !== hash)
      fault(
        'root_differs',
        day,
        here ? `Корень за ${day} не тот, что был опубликован.` : `Опубликованного корня за ${day} больше нет.`,
      );
  }
}
