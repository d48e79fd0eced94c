// npm run lock:complete. A registry that serves only this platform's binaries makes npm write a lock file without the others, and then
// `npm ci` refuses it everywhere. This adds what is missing: name and version are in the packages that want them, the platform is in
// the name. With --check it only says what is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = join(fileURLToPath(new URL('..', import.meta.url)), 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const missing = missingOptional(lock.packages);

if (process.argv.includes('--check')) {
  for (const { name, version } of missing)
    console.error(`в package-lock.json нет ${name}@${version}; выполните npm run lock:complete`);
  process.exit(missing.length === 0 ? 0 : 1);
}
for (const { name, version, wanted } of missing) {
  const platform = platformOf(name);
  lock.packages[`node_modules/${name}`] = {
    version,
    ...(platform.cpu ? { cpu: [platform.cpu] } : {}),
    ...(wanted.dev ? { dev: true } : {}),
    ...(platform.libc ? { libc: [platform.libc] } : {}),
    optional: true,
    ...(platform.os ? { os: [platform.os] } : {}),
    ...(wanted.engines ? { engines: wanted.engines } : {}),
  };
}
// npm keeps the entries in this order, so that the next installation does not reorder them.
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
if (missing.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(missing.length > 0 ? `Добавлено записей: ${missing.length}.` : 'package-lock.json полон.');

function missingOptional(packages) {
  return Object.entries(packages).flatMap(([path, wanted]) =>
    Object.entries(wanted.optionalDependencies ?? {})
      .filter(([name]) => !isLocked(packages, path, name))
      .map(([name, version]) => ({ name, version, wanted })),
  );
}

/** Looks where Node would: beside the package, then in each node_modules above it. */
function isLocked(packages, path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]) return true;
    if (folder === '' || !folder.includes('node_modules/')) return false;
  }
}

function platformOf(name) {
  const words = name.split(/[/-]/);
  const pick = (known) => words.find((word) => known.includes(word));
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word === 'gnu')
      ? 'glibc'
      : undefined;
  return {
    os: pick(['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix']),
    cpu: pick(['arm64', 'arm', 'x64', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32']),
    libc,
  };
}
