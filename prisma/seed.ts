import { pathToFileURL } from 'node:url';
import postgres from 'postgres';
import { type LoadReport, loadSeed } from './seed/load.ts';
import { type Account, mainAccounts } from './seed/people.ts';

export { repealedActs } from './seed/legal-acts.ts';
export { mainAccounts, type Account } from './seed/people.ts';
export { acceptPolicy, PolicyRefused } from './seed/policies.ts';

export interface SeedReport extends LoadReport {
  accounts: Account[];
}

export interface SeedOptions {
  log?: (text: string) => void;
}

/**
 * Loads the data of the repository in one transaction: all of it or nothing. Takes an address or an open pool (the pool decides the
 * schema), may be repeated any number of times, and takes turns with a load in another process.
 */
export async function seed(target: string | postgres.Sql<{}>, options: SeedOptions = {}): Promise<SeedReport> {
  const log = options.log ?? (() => undefined);
  const sql = typeof target === 'string' ? postgres(target, { max: 1, onnotice: () => undefined }) : target;
  try {
    const report = await sql.begin((transaction) => loadSeed(transaction));
    for (const warning of report.warnings) log(`Внимание: ${warning}`);
    const { person, organisation, expert, reference_record: reference } = report.rows;
    log(
      `Данные загружены: организаций ${organisation}, людей ${person}, из них экспертов ${expert}, записей источников ${reference}.`,
    );
    return { ...report, accounts: mainAccounts() };
  } finally {
    if (typeof target === 'string') await sql.end();
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { loadConfig } = await import('../platform/config.ts');
  // A bare DATABASE_URL is enough: loading needs nothing else of the settings.
  const report = await seed(process.env.DATABASE_URL || loadConfig().databaseUrl, { log: console.log });
  for (const account of report.accounts)
    console.log(`${account.email.padEnd(34)} ${account.displayName}: ${account.noteRu}`);
}
