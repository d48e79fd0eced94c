// npm run fuzz [-- --seconds 600 --seed 7]: asks the API made-up requests for longer than npm test does.
import { parseArgs } from 'node:util';
import { ensureFuzzTool } from './fuzz-tool.mjs';
import { generatePrismaClient, installDependencies, requireNode, root, runTool } from './prepare.mjs';

requireNode();
process.chdir(root);
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' } },
});
installDependencies();
generatePrismaClient();
const tool = ensureFuzzTool();
const ready = tool !== undefined && runTool('tsx', ['scripts/engine-ready.ts']).status === 0;
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
const env = { SCHEMATHESIS_PATH: tool ?? '', FUZZ_SECONDS: values.seconds, FUZZ_SEED: seed, NODE_ENV: 'test' };
process.exitCode = ready ? (runTool('vitest', ['run', '--project', 'engine', 'test/fuzz'], { env }).status ?? 1) : 1;
