import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { failureConverterPath } from '../platform/temporal/data-converter.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

export interface WorkflowBundle {
  codePath: string;
  /** Digest of everything that went in: the natural build id of a versioned worker. */
  buildId: string;
}

/**
 * The workflow bundle, made once for one state of its sources and kept beside the other caches. Two processes that make it at
 * once write the same file.
 */
export async function workflowBundle(options: { workflowsPath?: string } = {}): Promise<WorkflowBundle> {
  const workflowsPath = options.workflowsPath ?? join(root, 'workflows/index.ts');
  const buildId = await digestOfSources(workflowsPath);
  const folder = join(root, 'node_modules/.cache/traektoria');
  const codePath = join(folder, `workflows-${buildId}.cjs`);
  const ready = await stat(codePath).then(
    () => true,
    () => false,
  );
  if (ready) return { codePath, buildId };
  const preloadModules = [join(root, 'workflows/short-traces.ts')];
  const { code } = await bundleWorkflowCode({ workflowsPath, preloadModules, failureConverterPath, logger: quiet });
  await mkdir(folder, { recursive: true });
  const partial = `${codePath}.${process.pid}`;
  await writeFile(partial, code);
  await rename(partial, codePath);
  return { codePath, buildId };
}

async function digestOfSources(workflowsPath: string): Promise<string> {
  const hash = createHash('sha256');
  const { version } = createRequire(import.meta.url)('@temporalio/workflow/package.json') as { version: string };
  hash.update(`${version}\0${workflowsPath}\0`);
  hash.update(await readFile(failureConverterPath));
  const folders = new Set([join(root, 'workflows'), dirname(workflowsPath)]);
  for (const folder of folders) {
    const files = (await readdir(folder, { recursive: true })).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    for (const file of files.sort()) hash.update(`${file}\0`).update(await readFile(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

const quiet = { log: noop, trace: noop, debug: noop, info: noop, warn: console.warn, error: console.error };

function noop(): void {}
