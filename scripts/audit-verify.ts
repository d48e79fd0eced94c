// npm run audit:verify: checks the whole record; 0 when it is sound, 1 when something was found, 2 when it could not be checked.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { type PublishedRoot, verifyAudit } from '../platform/audit/verify.ts';
import { loadConfig } from '../platform/config.ts';
import { createPool } from '../platform/db/pool.ts';

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    roots: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

let toldAt = 0;

if (values.help) {
  console.log(`npm run audit:verify -- [--case ИДЕНТИФИКАТОР]… [--roots ФАЙЛ] [--json]

  --case   только эти дела, без корней
  --roots  сверить с корнями, сохранёнными раньше с /api/integrity/roots
  --json   ответ машине; без хода работы

Коды возврата: 0 — всё цело, 1 — найдены нарушения, 2 — проверить не удалось.`);
  process.exit(0);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(pc.red(error instanceof Error ? error.message : String(error)));
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { databaseUrl } = loadConfig();
  const published = values.roots ? readRoots(values.roots) : [];
  const pool = createPool(databaseUrl, { max: 4, name: 'traektoria-audit' });
  try {
    const report = await verifyAudit(pool, {
      published,
      ...(values.case ? { caseIds: values.case } : {}),
      ...(values.json ? {} : { progress: tell }),
    });
    if (values.json) console.log(JSON.stringify(report, null, 2));
    else {
      if (process.stderr.isTTY) process.stderr.write('\n');
      for (const { kind, caseId, number, sequence, row, messageRu } of report.faults)
        console.log(
          pc.red([`${kind}:`, number ?? caseId, sequence && `№ ${sequence}`, row, messageRu].filter(Boolean).join(' ')),
        );
      console.log(
        `Дел ${report.cases}, событий ${report.events}, дней под корнями ${report.days}: ${
          report.faults.length === 0 ? pc.green('всё цело') : pc.red(`нарушений ${report.faults.length}`)
        }.`,
      );
    }
    return report.faults.length === 0 ? 0 : 1;
  } finally {
    await pool.end({ timeout: 5 });
  }
}

/** On a terminal one line that changes; elsewhere a line every fifty thousand events. */
function tell({ cases, events }: { cases: number; events: number }): void {
  if (process.stderr.isTTY) process.stderr.write(`\rпроверено дел ${cases}, событий ${events}`);
  else if (events - toldAt >= 50_000) {
    toldAt = events;
    console.error(`проверено дел ${cases}, событий ${events}`);
  }
}

function readRoots(file: string): PublishedRoot[] {
  const read = JSON.parse(readFileSync(file, 'utf8')) as { items?: PublishedRoot[] } | PublishedRoot[];
  return Array.isArray(read) ? read : (read.items ?? []);
}
