import type { ReservedSql, Sql } from '../platform/db/pool.ts';
import type { Claim, Denial, NewEvent } from '../processes/kit/types.ts';

type Of<K extends Claim['kind']> = Extract<Claim, { kind: K }>;

/**
 * Takes everything scarce that one decision needs, or nothing of it: a lost claim undoes the others and is returned as its denial.
 * Unique keys first, loads and quotas next, serial numbers last, each kind in sorted order, so that two cases that want the same things wait
 * for one another and never for ever. What is undone gives its serial number back: the series has no gaps.
 *
 * The statements leave together; the database runs them in this order.
 */
export async function takeClaims(
  sql: ReservedSql,
  caseId: string,
  claims: Claim[],
  events: NewEvent[],
): Promise<Denial | undefined> {
  const begun = sql.unsafe('savepoint claims').execute();
  const unique = takeUnique(sql, caseId, of(claims, 'unique'));
  const loads = takeLoads(sql, of(claims, 'load'));
  const quotas = takeQuotas(sql, caseId, of(claims, 'quota'), of(claims, 'release'));
  const released = giveBack(sql, caseId, of(claims, 'release'));
  const serials = takeSerials(sql, of(claims, 'serial'));
  const [, lost, overloaded, full, , numbers] = await settleAll([
    begun,
    unique,
    loads,
    quotas,
    released,
    serials,
  ] as const);
  const denial = lost ?? overloaded ?? full;
  if (denial) {
    await sql.unsafe('rollback to savepoint claims');
    return denial;
  }
  for (const { claim, number } of numbers) writeNumber(claim, number, events);
  return undefined;
}

/** A key that this case holds already stays its own. */
async function takeUnique(sql: Sql, caseId: string, claims: Of<'unique'>[]): Promise<Denial | undefined> {
  const inOrder = sorted(claims, (claim) => `${claim.scope}\0${claim.key}`);
  const taken = await Promise.all(
    inOrder.map(({ scope, key }) =>
      sql`
        insert into claim (scope, key, case_id) values (${scope}, ${key}, ${caseId})
        on conflict (scope, key) do update set case_id = excluded.case_id where claim.case_id = excluded.case_id
        returning 1`.execute(),
    ),
  );
  return inOrder.find((_claim, index) => taken[index]?.length === 0)?.denial;
}

/**
 * Counts a person's open personal tasks under a lock on the person, so that two cases cannot both give the last one away.
 * Several claims for one person in one decision count together.
 */
async function takeLoads(sql: Sql, claims: Of<'load'>[]): Promise<Denial | undefined> {
  if (claims.length === 0) return undefined;
  const people = [...new Set(claims.map(({ personId }) => personId))].sort();
  const rolesOf = ({ roles }: Of<'load'>): string[] => roles ?? ['expert', 'arbiter'];
  const asked = [...new Set(claims.flatMap(rolesOf))];
  const locked = sql`
    select pg_advisory_xact_lock(hashtextextended('load:' || id, 0)) from unnest(${people}::text[]) with ordinality as p(id, nr) order by nr`;
  const counted = sql<Array<{ assignee_id: string; role: string; open: number }>>`
    select assignee_id, role, count(*)::int as open from task
    where assignee_id = any(${people}::uuid[]) and open and nature = 'personal' and role = any(${asked}::text[])
    group by assignee_id, role`;
  const [, rows] = await Promise.all([locked.execute(), counted.execute()]);
  const taken: typeof claims = [];
  for (const claim of claims) {
    const roles = rolesOf(claim);
    const before = rows.filter((row) => row.assignee_id === claim.personId && roles.includes(row.role));
    const beside = taken.filter(
      (t) => t.personId === claim.personId && rolesOf(t).some((role) => roles.includes(role)),
    );
    if (before.reduce((sum, row) => sum + row.open, 0) + beside.length + 1 > claim.max) return claim.denial;
    taken.push(claim);
  }
  return undefined;
}

/**
 * Takes places under shared limits, one lock a limit in sorted order, so that the last place goes to one of those who ask at once and the
 * other is told, after it is decided, what still has room. A place this case holds already stays its own; where places are given out
 * only while a key is held, the key is locked against being given back meanwhile.
 */
async function takeQuotas(
  sql: Sql,
  caseId: string,
  claims: Of<'quota'>[],
  released: Of<'release'>[],
): Promise<Denial | undefined> {
  if (claims.length === 0) return undefined;
  const inOrder = sorted(claims, ({ scope }) => scope);
  const locked = sql`
    select pg_advisory_xact_lock(hashtextextended('quota:' || scope, 0))
    from unnest(${inOrder.map(({ scope }) => scope)}::text[]) with ordinality as q(scope, nr) order by nr`.execute();
  const taken = inOrder.map(({ scope, max, open }) => {
    const given = open
      ? sql`exists (select from claim where scope = ${open.scope} and key = ${open.key} for share)`
      : sql`true`;
    return sql`
      insert into claim (scope, key, case_id) select ${scope}, ${caseId}, ${caseId}::uuid
      where ${given} and (select count(*) from claim where scope = ${scope} and key <> ${caseId}) < ${max}
      on conflict (scope, key) do update set case_id = excluded.case_id where claim.case_id = excluded.case_id
      returning 1`.execute();
  });
  const [, ...rows] = await settleAll([locked, ...taken] as const);
  const lost = inOrder.find((_claim, index) => (rows[index] as unknown[]).length === 0);
  return lost && (await naming(sql, lost, released));
}

/** The denial of a lost place with what else has room now, nearest first as the rule listed them. */
async function naming(sql: Sql, { denial, others = [] }: Of<'quota'>, released: Of<'release'>[]): Promise<Denial> {
  const rooms = await Promise.all(
    others.map(async ({ scope, max, open, id, labelRu }) => {
      const [row] = await sql<Array<{ taken: number; given: boolean }>>`
        select (select count(*)::int from claim where scope = ${scope} and key <> all(${released.filter((r) => r.scope === scope).map((r) => r.key)}::text[])) as taken,
          ${open ? sql`exists (select from claim where scope = ${open.scope} and key = ${open.key})` : sql`true`} as given`;
      return { id, labelRu, free: row?.given ? max - row.taken : 0 };
    }),
  );
  const free = rooms.filter((room) => room.free > 0);
  if (free.length === 0) return denial;
  const words = free.map(({ labelRu, free: n }) => `${labelRu} — мест: ${n}`).join('; ');
  return {
    ...denial,
    message: `${denial.message} Свободно: ${words}.`,
    alternatives: free.map(({ id, labelRu, free: n }) => ({ id, labelRu, free: n })),
  };
}

async function giveBack(sql: Sql, caseId: string, claims: Of<'release'>[]): Promise<void> {
  await Promise.all(
    claims.map(({ scope, key }) =>
      sql`delete from claim where scope = ${scope} and key = ${key} and case_id = ${caseId}`.execute(),
    ),
  );
}

async function takeSerials(sql: Sql, claims: Of<'serial'>[]): Promise<Array<{ claim: Of<'serial'>; number: number }>> {
  const inOrder = sorted(claims, (claim) => claim.series);
  const rows = await Promise.all(
    inOrder.map(({ series }) =>
      sql<Array<{ last: number }>>`
        insert into serial (series, last) values (${series}, 1)
        on conflict (series) do update set last = serial.last + 1 returning last`.execute(),
    ),
  );
  return inOrder.map((claim, index) => ({ claim, number: rows[index]?.[0]?.last as number }));
}

function writeNumber({ series, event, field, prefix, width }: Of<'serial'>, number: number, events: NewEvent[]): void {
  const target = events[event];
  if (!target) throw new Error(`the serial ${series} has no event to be written into`);
  target.facts = { ...target.facts, [field]: `${prefix}${String(number).padStart(width, '0')}` };
}

/** Waits for all of them even when one fails, so that nothing of this flight is still under way afterwards. */
async function settleAll<T extends readonly PromiseLike<unknown>[]>(
  all: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(all);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as never;
}

function of<K extends Claim['kind']>(claims: Claim[], kind: K): Of<K>[] {
  return claims.filter((claim): claim is Of<K> => claim.kind === kind);
}

function sorted<T>(items: T[], key: (item: T) => string): T[] {
  return [...items].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
