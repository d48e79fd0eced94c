import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withClient } from '../db/schema-engine.ts';
import { clusterFolder, type EmbeddedDatabase, startDatabase } from './database.ts';
import { freePort, randomBasePort } from './ports.ts';
import { stopProcess } from './process.ts';

let folder: string;
let database: EmbeddedDatabase | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traektoria-unit-'));
});

afterEach(async () => {
  await database?.stop();
  rmSync(await clusterFolder(join(folder, 'postgres')), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedDatabase> {
  const port = await freePort(randomBasePort());
  const logFile = join(folder, 'database.log');
  database = await startDatabase({ folder: join(folder, 'postgres'), port, password: 'test', logFile });
  return database;
}

test.runIf(process.getuid?.() === 0)(
  'under root, a closed folder is no obstacle: the cluster moves to where the server may go',
  async () => {
    chmodSync(folder, 0o700);
    const { folder: moved, url } = await start();
    expect(moved.startsWith('/var/lib/traektoria/')).toBe(true);
    expect(existsSync(join(moved, 'PG_VERSION'))).toBe(true);
    const { rows } = await withClient(url('postgres'), (client) =>
      client.query("SELECT current_setting('server_version_num')::int >= 180000 AS recent"),
    );
    expect(rows).toEqual([{ recent: true }]);
  },
);

test("a lock file of a killed server whose number is now somebody else's does not prevent the start", async () => {
  chmodSync(folder, 0o711);
  const { record, folder: cluster } = await start();
  await stopProcess(record, { signal: 'SIGKILL' });
  // The number of this very test process, which is certainly alive and certainly no PostgreSQL.
  mkdirSync(cluster, { recursive: true });
  writeFileSync(
    join(cluster, 'postmaster.pid'),
    `${process.pid}\n${cluster}\n1700000000\n5432\n\n127.0.0.1\n 0 0\nready\n`,
  );
  const again = await start();
  await withClient(again.url('postgres'), (client) => client.query('SELECT 1'));
  expect(again.record.pid).not.toBe(record.pid);
});

test('two servers never serve one folder', async () => {
  chmodSync(folder, 0o711);
  await start();
  await expect(
    startDatabase({
      folder: join(folder, 'postgres'),
      port: await freePort(randomBasePort()),
      password: 'test',
      logFile: join(folder, 'second.log'),
    }),
  ).rejects.toThrow(/already serves/);
});
