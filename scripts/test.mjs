// npm test: prepares everything the tests need, runs them, and ends with one line that counts them.
// Arguments go to vitest: npm test -- platform/mailbox
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { ensureFuzzTool } from './fuzz-tool.mjs';
import { generatePrismaClient, installDependencies, requireNode, root, runTool } from './prepare.mjs';

requireNode();
process.chdir(root);
installDependencies();
generatePrismaClient();

const failures = [];
if (runTool('tsx', ['scripts/engine-ready.ts']).status !== 0) failures.push('движок не готов');
const browser = ensureBrowser();
const fuzzTool = ensureFuzzTool();
if (runTool('tsx', ['platform/stack/web-build.ts']).status !== 0) failures.push('экраны не собрались');

const reportFile = join(root, 'node_modules/.cache/traektoria/tests.json');
mkdirSync(join(reportFile, '..'), { recursive: true });
rmSync(reportFile, { force: true });
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
const env = {
  ...(browser ? { CHROMIUM_PATH: browser } : {}),
  ...(fuzzTool ? { SCHEMATHESIS_PATH: fuzzTool } : {}),
  NODE_ENV: 'test',
};
const { status } = runTool('vitest', ['run', ...reporters, ...process.argv.slice(2)], { env });

const counts = readReport();
// A file that cannot be loaded, a setup that fails or an error between tests is no test in the report and a failure all the same.
if (counts.failed === 0 && status !== 0) failures.push('прогон завершился с ошибкой вне тестов (смотрите выше)');
if (process.env.CI && counts.skipped > 0)
  failures.push(`пропущено проверок: ${counts.skipped}, а здесь пропускать нельзя`);
for (const failure of failures) console.log(`✗ ${failure}`);
const failed = counts.failed + failures.length;
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${failed} failed${skipped}`);
process.exitCode = failed > 0 ? 1 : 0;

function readReport() {
  if (!existsSync(reportFile)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
