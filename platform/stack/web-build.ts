import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../config.ts';
import { fingerprint } from './fingerprint.ts';

const sources = ['web', 'processes', 'data/calendars', 'vite.config.ts', 'package-lock.json'];

/** Builds the screens into dist/web unless that was done for exactly these sources. */
export async function buildWeb(): Promise<'built' | 'unchanged' | 'absent'> {
  if (!existsSync(join(projectRoot, 'web/index.html'))) return 'absent';
  const stampFile = join(projectRoot, 'dist/web/.sources');
  const stamp = fingerprint(projectRoot, sources);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return 'unchanged';
  const { build } = await import('vite');
  await build({ root: join(projectRoot, 'web'), configFile: join(projectRoot, 'vite.config.ts'), logLevel: 'warn' });
  writeFileSync(stampFile, stamp);
  return 'built';
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const outcome = await buildWeb();
  const words = { built: 'Экраны собраны в dist/web.', unchanged: 'Экраны не менялись.', absent: 'Экранов ещё нет.' };
  console.log(words[outcome]);
}
