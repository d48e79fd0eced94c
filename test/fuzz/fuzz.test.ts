/** Schemathesis makes requests from the description of the API, sound and broken ones, in the name of several roles. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackInfo } from '../stack/stack-info.ts';
import { createFuzzWorld } from './fuzz-world.ts';
import { enrich, offerOf } from './known.ts';

const tool = process.env.SCHEMATHESIS_PATH;
/** `npm run fuzz -- --seconds 600 --seed 7` sets them; by itself another seed every day. */
const seconds = Number(process.env.FUZZ_SECONDS ?? 50);
const seed = Number(process.env.FUZZ_SEED ?? new Date().toISOString().slice(0, 10).replaceAll('-', ''));

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
];

describe.skipIf(!tool)('requests made from the description', () => {
  let fuzz: Awaited<ReturnType<typeof createFuzzWorld>>;
  let schema: string;
  beforeAll(async () => {
    fuzz = await createFuzzWorld();
    const document = await (await fuzz.world.app.request('/api/openapi.json')).json();
    schema = join(stackInfo().folder, 'openapi-of-the-fuzz.json');
    writeFileSync(schema, JSON.stringify(enrich(document, await offerOf(fuzz.world.deps.sql), seconds > 120)));
  });
  afterAll(() => fuzz?.stop());

  it(
    'get no 5xx and no answer that the description does not know',
    async () => {
      console.log(`[fuzz] ${seconds} s, npm run fuzz -- --seed ${seed}`);
      const { status, output } = await run(fuzz, schema);
      console.log(output.split('\n').find((line) => line.includes('generated')));
      expect(status, output).toBe(0);
    },
    seconds * 1000 + 90_000,
  );
});

/** Runs the tool; what it says is the message of a failure. */
function run({ url }: { url: string }, schema: string): Promise<{ status: number | null; output: string }> {
  const args = ['--no-color', 'run', schema, '--url', url, '--checks', CHECKS.join(','), '--seed', String(seed)];
  args.push('--max-time', String(seconds), '--phases', 'coverage,fuzzing', '--continue-on-failure', '--no-shrink');
  args.push('--suppress-health-check', 'all', '--warnings', 'off', '--generation-database', 'none');
  // Endless by its nature.
  args.push('--request-timeout', '20', '--exclude-path', '/api/stream');
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PYTHONUTF8: '1' };
    const child = spawn(tool!, args, { cwd: stackInfo().folder, env });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString('utf8') }));
  });
}
