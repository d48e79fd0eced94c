import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../../test/stack/stack-info.ts';
import { createPool, type Pool, withTransaction } from './pool.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
let killer: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { max: 3 });
  killer = createPool(database.url, { max: 1 });
});

afterAll(async () => {
  await Promise.all([pool.end({ timeout: 1 }), killer.end({ timeout: 1 })]);
  await database.drop();
});

/** Ends the server's side of the connection with this number, in the middle of whatever it does. */
async function kill(pid: number): Promise<void> {
  await killer`select pg_terminate_backend(${pid})`;
}

/** Every connection of the pool answers: nothing that is asked over it stays unsent. */
async function expectWholePoolAnswers(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    const asked = Promise.all(
      [1, 2, 3].map(async (n) => (await pool<Array<{ n: number }>>`select ${n}::int as n`)[0]?.n),
    );
    const late = new Promise((resolve) => setTimeout(resolve, 5_000, 'no answer'));
    expect(await Promise.race([asked, late])).toEqual([1, 2, 3]);
  }
}

test('a connection that dies inside a transaction ends the transaction, not the process, and the pool goes on', async () => {
  for (let time = 0; time < 5; time += 1) {
    let tell: (pid: number) => void = () => undefined;
    const known = new Promise<number>((resolve) => (tell = resolve));
    const broken = pool.begin(async (sql) => {
      const [row] = await sql<Array<{ pid: number }>>`select pg_backend_pid() as pid`;
      tell(row?.pid as number);
      await sql`select pg_sleep(5)`;
    });
    const outcome = broken.then(
      () => 'committed',
      (error: Error) => error.message,
    );
    // An error of the connection before must not reach this one.
    const first = await Promise.race([known, outcome]);
    expect(first).toEqual(expect.any(Number));
    await kill(Number(first));
    expect(await outcome).toMatch(/terminating connection|CONNECTION_CLOSED|ECONNRESET|EPIPE/);
  }
  await expectWholePoolAnswers();
});

test('a connection that dies under the record path is given back to nobody', async () => {
  for (let time = 0; time < 5; time += 1) {
    const broken = withTransaction(pool, async ({ sql }) => {
      const [row] = await sql<Array<{ pid: number }>>`select pg_backend_pid() as pid`;
      await kill(row?.pid as number);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await sql`select 1`;
    });
    await expect(broken).rejects.toThrow();
  }
  await expectWholePoolAnswers();
});
