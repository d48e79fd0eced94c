// Schemathesis for the tests of the API: a virtual environment of its own in the cache folder, every package pinned.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const requirements = join(root, 'test/fuzz/requirements.txt');
const windows = process.platform === 'win32';
const skipped = 'проверки API случайными запросами будут пропущены';

/** The path of the tool, or undefined where there is no Python 3.10 or no registry of its packages; says so in one line. */
export function ensureFuzzTool() {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(root, 'node_modules/.cache/traektoria', `schemathesis-${digest}`);
  const bin = join(folder, windows ? 'Scripts' : 'bin');
  const tool = join(bin, windows ? 'schemathesis.exe' : 'schemathesis');
  const whole = join(folder, 'whole');
  if (existsSync(whole) && existsSync(tool)) return tool;
  const python = ['python3', 'python'].find((name) => {
    const check = 'import sys, venv; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
    return spawnSync(name, ['-c', check], { stdio: 'ignore' }).status === 0;
  });
  if (!python) {
    console.log(`Python 3.10 или новее не найден: ${skipped}.`);
    return undefined;
  }
  console.log('Ставлю schemathesis для проверок API (pip), меньше минуты…');
  rmSync(folder, { recursive: true, force: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--retries', '1'];
  for (const [program, args] of [
    [python, ['-m', 'venv', folder]],
    [join(bin, 'python'), [...pip, '--timeout', '20', '-r', requirements]],
  ]) {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
    if (status === 0) continue;
    console.log(`schemathesis не установился: ${(stderr ?? '').trim().split('\n').at(-1)}; ${skipped}.`);
    return undefined;
  }
  writeFileSync(whole, '');
  return tool;
}
