import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const dataFolder = fileURLToPath(new URL('../../data', import.meta.url));

export function readData<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(dataFolder, ...path), 'utf8')) as T;
}

/** A file of facts copied from the sources, by its name without the ending. */
export function readSource<T>(name: string): T {
  return readData<T>('source', `${name}.json`);
}

export function listData(...path: string[]): string[] {
  return readdirSync(join(dataFolder, ...path))
    .filter((name) => name.endsWith('.json'))
    .sort();
}
