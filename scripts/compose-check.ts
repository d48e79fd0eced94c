// npm run compose:check: docker-compose.yml as a real Compose parser reads it. Uses Docker where it is, else the parser of Docker Compose
// itself, built with Go; where neither is, says so and ends well (test/stack/compose.unit.test.ts checks the rest everywhere).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCommand } from '../platform/stack/engine-binaries.ts';

const parser = 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2';
const folder = mkdtempSync(join(tmpdir(), 'traektoria-compose-'));
const file = join(folder, 'docker-compose.yml');
// The parser's own program does not look at the environment, so the secrets that must be given are given here.
writeFileSync(file, readFileSync('docker-compose.yml', 'utf8').replaceAll(/\$\{\w+:\?[^}]*\}/g, 'secret'));
try {
  process.exitCode = check();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function check(): number {
  const docker = findCommand('docker');
  const hasCompose =
    docker !== undefined && spawnSync(docker, ['compose', 'version'], { stdio: 'ignore' }).status === 0;
  const go = findCommand('go');
  if (hasCompose) return report(docker, ['compose', '-f', file, 'config', '--quiet']);
  if (go) return report(go, ['run', parser, file]);
  console.log('Ни Docker, ни Go нет: docker-compose.yml разборщиком не проверен.');
  return 0;
}

function report(command: string, args: string[]): number {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 300_000 });
  if (status !== 0) console.error(stderr.trim().split('\n').slice(-5).join('\n'));
  console.log(
    status === 0 ? 'docker-compose.yml прочитан настоящим разборщиком, ошибок нет.' : 'docker-compose.yml с ошибкой.',
  );
  return status === 0 ? 0 : 1;
}
