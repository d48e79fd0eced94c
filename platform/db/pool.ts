import postgres from 'postgres';

export type Pool = postgres.Sql<{}>;
export type Sql = Pool | postgres.ReservedSql<{}> | postgres.TransactionSql<{}>;
export type ReservedSql = postgres.ReservedSql<{}>;
type Row = Record<string, any>;

export interface PoolOptions {
  /** At least the number of local activities a worker runs at once: an action without a connection only waits. */
  max?: number;
  /** Schema other than `public`; rehearsals keep their rows apart this way. */
  schema?: string;
  name?: string;
}

/**
 * The pool of the record path. It uses the `postgres` package rather than Prisma because an action is two round trips here
 * (begin + lock + read, then write + commit), with prepared statements and pipelining.
 *
 * A connection is given up after 5 s: a database that refuses is reported to the retry policy of the activity, which waits.
 * A statement may take 15 s and a transaction may idle 15 s, so that a stuck client never holds the lock of a case for long.
 */
export function createPool(databaseUrl: string, options: PoolOptions = {}): Pool {
  return postgres(databaseUrl, {
    max: options.max ?? 20,
    connect_timeout: 5,
    max_lifetime: null,
    // The first reconnection follows at once, later ones within a second: the retry policy above waits longer anyway.
    backoff: (attempts: number) => Math.min(1, 0.05 * 2 ** Math.min(attempts, 5)),
    onnotice: () => undefined,
    connection: {
      application_name: options.name ?? 'traektoria',
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 15_000,
      TimeZone: 'UTC',
      ...(options.schema ? { search_path: options.schema } : {}),
    },
  });
}

export interface Transaction {
  sql: postgres.ReservedSql<{}>;
  /** Sends the last statement and COMMIT together and waits for both. */
  commitWith<T extends readonly (Row | undefined)[]>(last: postgres.PendingQuery<T>): Promise<T>;
}

/**
 * Runs `body` in one transaction. BEGIN leaves together with the first statement of the body. A body that returns without
 * `commitWith` wrote nothing that should stay: its transaction is rolled back.
 */
export async function withTransaction<T>(pool: Pool, body: (transaction: Transaction) => Promise<T>): Promise<T> {
  const sql = await pool.reserve();
  const begun = sql.unsafe('begin').execute();
  begun.catch(() => undefined);
  let open = true;
  let lost = false;
  try {
    return await body({
      sql,
      commitWith: async (last) => {
        const [written] = await settleBoth(last.execute(), sql.unsafe('commit').execute());
        open = false;
        return written;
      },
    });
  } catch (error) {
    lost = isConnectionError(error);
    throw error;
  } finally {
    if (open && !lost) await sql.unsafe('rollback').catch((error: unknown) => void (lost = isConnectionError(error)));
    // A connection that broke has already left the pool; releasing it would hand out a dead one.
    if (!lost) sql.release();
  }
}

async function settleBoth<A, B>(first: PromiseLike<A>, second: PromiseLike<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}

/** Whether the database was out of reach or is leaving, so that the same work may succeed later. */
export function isOutage(error: unknown): boolean {
  if (isConnectionError(error)) return true;
  const code = codeOf(error);
  // 40: serialisation and deadlock; 53: out of resources; 57: operator intervention; 58: system error; 55: lock not available.
  return /^(40|53|57|58|55)/.test(code) || code === '25P03' || code === '25006';
}

/** Whether two writers met on one key, so that a second look finds what the first one wrote. */
export function isCollision(error: unknown): boolean {
  return codeOf(error) === '23505';
}

function isConnectionError(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code.startsWith('08') ||
    code.startsWith('CONNECT') ||
    code.startsWith('CONNECTION_') ||
    /^57P0[1-4]$/.test(code) ||
    code === '25P03' ||
    [
      'ECONNREFUSED',
      'ECONNRESET',
      'EPIPE',
      'ETIMEDOUT',
      'ENOTFOUND',
      'EAI_AGAIN',
      'EHOSTUNREACH',
      'ENETUNREACH',
    ].includes(code)
  );
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String((error as { code: unknown }).code)
    : '';
}
