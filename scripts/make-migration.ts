// npm run db:migration -- name: writes prisma/migrations/<time>_<name>/migration.sql with the difference between the migrations
// and prisma/schema.prisma. Needs no running server: it starts a PostgreSQL of its own and removes it afterwards.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyMigrations, diffMigrations, migrationsFolder } from '../platform/db/migrate.ts';
import { clusterFolder, startDatabase } from '../platform/stack/database.ts';
import { freePort, randomBasePort } from '../platform/stack/ports.ts';

const name = process.argv[2];
const checkOnly = name === '--check';
if (!name || !(checkOnly || /^[a-z][a-z0-9_]*$/.test(name))) {
  console.error(
    'Имя миграции: строчные латинские буквы, цифры и подчёркивания. Пример: npm run db:migration -- add_offers',
  );
  process.exit(2);
}

const schemaFile = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), 'traektoria-migration-'));
// Under root the server runs as another user, who has to pass through.
await chmod(scratch, 0o711);
const database = await startDatabase({
  folder: join(scratch, 'postgres'),
  port: await freePort(randomBasePort()),
  password: 'scratch',
  logFile: join(scratch, 'postgres.log'),
});
try {
  const sql = await diffMigrations({ databaseUrl: database.url('postgres'), schemaFile });
  if (sql === '') {
    console.log('Миграции и prisma/schema.prisma совпадают.');
  } else if (checkOnly) {
    console.error(`prisma/schema.prisma ушла вперёд миграций; выполните: npm run db:migration -- <имя>\n\n${sql}`);
    process.exitCode = 1;
  } else {
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    const folder = join(migrationsFolder, `${stamp}_${name}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'migration.sql'), sql);
    await writeFile(join(migrationsFolder, 'migration_lock.toml'), lockfile());
    await applyMigrations({ databaseUrl: database.url('check') });
    console.log(`Миграция записана и проверена на пустой базе: ${relative(process.cwd(), folder)}/migration.sql`);
  }
} finally {
  await database.stop();
  await rm(await clusterFolder(join(scratch, 'postgres')), { recursive: true, force: true });
  await rm(scratch, { recursive: true, force: true });
}

function lockfile(): string {
  return '# Written by `npm run db:migration`; names the kind of database that the migrations are for.\nprovider = "postgresql"\n';
}
