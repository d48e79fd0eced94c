/**
 * Slows down guessing without giving anybody the means to lock somebody else out: tries are counted by address and login together and by
 * address alone. A browser in which the person has signed in before is counted apart from both.
 */
import type { Sql } from '../db/pool.ts';

interface Pace {
  /** Tries that cost nothing. */
  free: number;
  /** The wait after the last free one; each further failure doubles it. */
  firstMs: number;
  longestMs: number;
  /** After so long without a try everything is forgotten. */
  forgetMs: number;
}

const hour = 3_600_000;
const PACES = {
  pair: { free: 5, firstMs: 2_000, longestMs: 15 * 60_000, forgetMs: 24 * hour },
  device: { free: 10, firstMs: 2_000, longestMs: 5 * 60_000, forgetMs: 24 * hour },
  address: { free: 30, firstMs: 1_000, longestMs: 60_000, forgetMs: hour },
  /** Codes of a second factor for one person, wherever they are tried: whoever tries them knows the password already. */
  factor: { free: 20, firstMs: 30_000, longestMs: 15 * 60_000, forgetMs: 24 * hour },
  /** Letters of a reset for one login. */
  letter: { free: 3, firstMs: hour, longestMs: 6 * hour, forgetMs: 24 * hour },
} satisfies Record<string, Pace>;

export interface ThrottleKey {
  kind: keyof typeof PACES;
  key: string;
}

/**
 * Takes one try before the secret is looked at, so that tries made at once cannot slip past the count. Answers with the milliseconds to wait,
 * or 0 when the try is granted. One atomic statement per key; a refused try is not counted.
 */
export async function takeTry(sql: Sql, keys: ThrottleKey[], now: Date): Promise<number> {
  for (const { kind, key } of keys) {
    const { free, firstMs, longestMs, forgetMs } = PACES[kind];
    const forgotten = new Date(now.getTime() - forgetMs);
    const taken = await sql`
      insert into throttle as t (key, failures, touched_at) values (${key}, 1, ${now})
      on conflict (key) do update set
        failures = case when t.touched_at < ${forgotten} then 1 else t.failures + 1 end,
        blocked_until = case when t.touched_at >= ${forgotten} and t.failures + 1 >= ${free}
          then ${now}::timestamptz + make_interval(secs => least(${longestMs / 1000}::float, ${firstMs / 1000}::float * power(2, least(t.failures + 1 - ${free}, 30))))
          end,
        touched_at = ${now}
      where t.blocked_until is null or t.blocked_until <= ${now}
      returning key`;
    if (taken.length > 0) continue;
    const [row] = await sql<
      Array<{ blocked_until: Date | null }>
    >`select blocked_until from throttle where key = ${key}`;
    return Math.max(1_000, (row?.blocked_until?.getTime() ?? 0) - now.getTime());
  }
  return 0;
}

/** After the right secret: the failures of this person here are forgotten, and the one try of the address is given back; what others failed there stays. */
export async function forgetFailures(sql: Sql, keys: ThrottleKey[]): Promise<void> {
  const own = keys.filter(({ kind }) => kind !== 'address').map(({ key }) => key);
  const shared = keys.filter(({ kind }) => kind === 'address').map(({ key }) => key);
  if (own.length > 0) await sql`delete from throttle where key in ${sql(own)}`;
  if (shared.length > 0)
    await sql`
      update throttle set failures = greatest(0, failures - 1),
        blocked_until = case when failures <= ${PACES.address.free} then null else blocked_until end where key in ${sql(shared)}`;
}
