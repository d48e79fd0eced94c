import type { Sql } from '../platform/db/pool.ts';
import type { Claim, Denial, NewEvent } from '../processes/kit/types.ts';

type Of<K extends Claim['kind']> = Extract<Claim, { kind: K }>;

/**
 * Takes everything scarce that one decision needs, or nothing of it: a lost claim undoes the ones before it and is returned as
 * its denial. Unique keys first, loads next, serial numbers last, each kind in sorted order, so that two cases that want the
 * same things wait for one another and never for ever. A serial number is taken only when nothing can refuse any more: the
 * series has no gaps.
 */
export async function takeClaims(
  sql: Sql,
  caseId: string,
  claims: Claim[],
  events: NewEvent[],
): Promise<Denial | undefined> {
  await sql`savepoint claims`;
  const denial = (await takeUnique(sql, caseId, of(claims, 'unique'))) ?? (await takeLoads(sql, of(claims, 'load')));
  if (denial) {
    await sql`rollback to savepoint claims`;
    return denial;
  }
  for (const { scope, key } of of(claims, 'release')) {
    await sql`delete from claim where scope = ${scope} and key = ${key} and case_id = ${caseId}`;
  }
  await takeSerials(sql, of(claims, 'serial'), events);
  return undefined;
}

/** A key that this case holds already stays its own. */
async function takeUnique(sql: Sql, caseId: string, claims: Of<'unique'>[]): Promise<Denial | undefined> {
  for (const { scope, key, denial } of sorted(claims, (claim) => `${claim.scope}\0${claim.key}`)) {
    const taken = await sql`
      insert into claim (scope, key, case_id) values (${scope}, ${key}, ${caseId})
      on conflict (scope, key) do update set case_id = excluded.case_id where claim.case_id = excluded.case_id
      returning 1`;
    if (taken.length === 0) return denial;
  }
  return undefined;
}

/**
 * Counts a person's open personal tasks under a lock on the person, so that two cases cannot both give the last one away.
 * Several claims for one person in one decision count together.
 */
async function takeLoads(sql: Sql, claims: Of<'load'>[]): Promise<Denial | undefined> {
  if (claims.length === 0) return undefined;
  const people = [...new Set(claims.map(({ personId }) => personId))].sort();
  for (const personId of people) await sql`select pg_advisory_xact_lock(hashtextextended(${`load:${personId}`}, 0))`;
  const rows = await sql<Array<{ assignee_id: string; open: number }>>`
    select assignee_id, count(*)::int as open from task
    where assignee_id in ${sql(people)} and open and nature = 'personal' and role in ('expert', 'arbiter') group by assignee_id`;
  const load = new Map(rows.map((row) => [row.assignee_id, row.open]));
  for (const { personId, max, denial } of claims) {
    const next = (load.get(personId) ?? 0) + 1;
    if (next > max) return denial;
    load.set(personId, next);
  }
  return undefined;
}

async function takeSerials(sql: Sql, claims: Of<'serial'>[], events: NewEvent[]): Promise<void> {
  for (const { series, event, field, prefix, width } of sorted(claims, (claim) => claim.series)) {
    const [row] = await sql<Array<{ last: number }>>`
      insert into serial (series, last) values (${series}, 1)
      on conflict (series) do update set last = serial.last + 1 returning last`;
    const target = events[event];
    if (!row || !target) throw new Error(`the serial ${series} has no event to be written into`);
    target.facts = { ...target.facts, [field]: `${prefix}${String(row.last).padStart(width, '0')}` };
  }
}

function of<K extends Claim['kind']>(claims: Claim[], kind: K): Of<K>[] {
  return claims.filter((claim): claim is Of<K> => claim.kind === kind);
}

function sorted<T>(items: T[], key: (item: T) => string): T[] {
  return [...items].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
