// npm run audit:verify: checks the whole record, or the file of one case without any database; 0 when it is sound, 1 when something was
// found, 2 when it could not be checked.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { type CaseFileReport, verifyCaseFile } from '../platform/audit/case-file.ts';
import { type Fault, type PublishedRoot, verifyAudit } from '../platform/audit/verify.ts';
import { loadConfig } from '../platform/config.ts';
import { createPool } from '../platform/db/pool.ts';

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    file: { type: 'string' },
    roots: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

let toldAt = 0;

if (values.help) {
  console.log(`npm run audit:verify -- [--case ИДЕНТИФИКАТОР]… [--roots ФАЙЛ] [--json]
npm run audit:verify -- --file ДЕЛО.json [--roots ФАЙЛ] [--json]

  --case   только эти дела, без корней
  --file   выписка из журнала одного дела (JSON); база данных и настройки не нужны
  --roots  сверить с корнями, сохранёнными раньше с /api/integrity/roots
  --json   ответ машине; без хода работы

Коды возврата: 0 — всё цело, 1 — найдены нарушения, 2 — проверить не удалось.`);
  process.exit(0);
}

try {
  process.exitCode = values.file === undefined ? await main() : checkFile(values.file);
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
      tellFaults(report.faults);
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

function tellFaults(faults: Fault[]): void {
  for (const { kind, caseId, number, sequence, row, messageRu } of faults)
    console.log(
      pc.red([`${kind}:`, number ?? caseId, sequence && `№ ${sequence}`, row, messageRu].filter(Boolean).join(' ')),
    );
}

/** The file of one case by itself. A copy of roots that shares no day with it compares nothing: that is no «sound». */
function checkFile(file: string): number {
  const report = verifyCaseFile(
    JSON.parse(readFileSync(file, 'utf8')),
    values.roots === undefined ? undefined : readRoots(values.roots),
  );
  const incomparable = report.compared === 0 && report.days > 0;
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else tellFile(report, incomparable);
  if (report.faults.length > 0) return 1;
  return incomparable ? 2 : 0;
}

function tellFile(report: CaseFileReport, incomparable: boolean): void {
  const { faults, linked, events, of, rootedTo, compared, notesRu } = report;
  console.log(`Выписка ${report.number}, дело ${report.caseNumber ?? 'без номера'}, сделана ${report.madeAt}.`);
  tellFaults(faults);
  console.log(
    `Событий в файле ${events} из ${of}; сошлись с цепочкой ${linked}; под суточным корнем по событие ${rootedTo}${
      compared === null ? '' : `; суток сверено с копией ${compared}`
    }.`,
  );
  for (const note of notesRu) console.log(`— ${note}`);
  if (incomparable) console.log(pc.yellow('В копии нет ни одних суток из файла: сверить корни не с чем.'));
  const [first] = faults;
  if (first) {
    const place = first.sequence ? `событие ${first.sequence}` : `корень за ${first.day}`;
    console.log(pc.red(`Нарушений ${faults.length}; первое — ${place}.`));
  } else if (linked === 0) console.log(pc.yellow('Противоречий нет, но содержание событий этот файл не доказывает.'));
  else console.log(pc.green('Всё, что файл утверждает, сходится.'));
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
