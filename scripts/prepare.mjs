// What every command needs before anything of the project can be imported. Plain JavaScript without dependencies: it runs on a
// fresh clone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { patchPostgres } from './patch-postgres.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

const stamps = join(root, 'node_modules/.cache/traektoria');

export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Нужен Node.js 20.19 или новее, а это ${process.version}.`);
  process.exit(1);
}

function digest(file) {
  return createHash('sha256')
    .update(readFileSync(join(root, file)))
    .digest('hex');
}

function isStamped(name, value) {
  const file = join(stamps, name);
  return existsSync(file) && readFileSync(file, 'utf8') === value;
}

/** Only saves work: an installation that may not be written to is checked anew each time. */
function stamp(name, value) {
  try {
    mkdirSync(stamps, { recursive: true });
    writeFileSync(join(stamps, name), value);
  } catch {
    // Read-only.
  }
}

/** Whether node_modules holds what the lock file says; npm keeps its own copy of the lock file there. */
export function dependenciesAreInstalled() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  return isStamped('lock', digest('package-lock.json')) || matchesLock();
}

/** An installation made by hand counts as well: every locked package that belongs to this machine is there in its version. */
function matchesLock() {
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages;
  const same = Object.entries(locked).every(
    ([path, { version, optional, peer }]) => path === '' || optional || peer || present[path]?.version === version,
  );
  if (same) stamp('lock', digest('package-lock.json'));
  return same;
}

export function installDependencies() {
  if (!dependenciesAreInstalled()) install();
  patchPostgres();
}

function install() {
  console.log('Устанавливаю зависимости (npm ci), около минуты…');
  const started = Date.now();
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error('Зависимости не установились: смотрите сообщения npm выше.');
    process.exit(1);
  }
  stamp('lock', digest('package-lock.json'));
  console.log(`Зависимости установлены за ${Math.round((Date.now() - started) / 1000)} с.`);
}

/** The Prisma client is generated code and not kept in the repository. */
export function generatePrismaClient() {
  const schema = join(root, 'prisma/schema.prisma');
  if (!existsSync(schema)) return;
  const value = `${digest('prisma/schema.prisma')}:${digest('package-lock.json')}`;
  if (existsSync(join(root, 'prisma/generated/client.ts')) && isStamped('prisma', value)) return;
  const { status, stdout, stderr } = runTool('prisma', ['generate'], { stdio: 'pipe' });
  if (status !== 0) {
    console.error(`Клиент базы данных не создан (prisma generate):\n${stdout}${stderr}`);
    process.exit(1);
  }
  stamp('prisma', value);
}

/** Runs a program of node_modules/.bin with this very Node. */
export function runTool(name, args, options = {}) {
  return spawnSync(join(root, 'node_modules/.bin', process.platform === 'win32' ? `${name}.cmd` : name), args, {
    cwd: root,
    stdio: 'inherit',
    encoding: 'utf8',
    shell: process.platform === 'win32',
    ...options,
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, ...options.env },
  });
}
