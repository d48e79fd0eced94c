import { createDatabaseIfMissing, applyMigrations } from '../../platform/db/migrate.ts';
import type { TestProject } from 'vitest/node';
import { startPrivateStack } from './private-stack.ts';
import type { StackInfo } from './stack-info.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stack: StackInfo;
  }
}

/** One PostgreSQL and one engine for the whole run; every file takes databases and namespaces of its own from them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = Date.now();
  const stack = await startPrivateStack({ progress: (text) => console.log(`[stack] ${text}`) });
  try {
    const url = stack.database.url('traektoria');
    await createDatabaseIfMissing(url);
    // A template has no connections of its own, so that copies can be made of it at any time.
    await Promise.all([
      applyMigrations({ databaseUrl: stack.database.url('template') }),
      applyMigrations({ databaseUrl: url }),
    ]);
    project.provide('stack', {
      databaseUrl: url,
      adminUrl: stack.database.url('postgres'),
      temporal: { address: stack.engine.address, namespace: stack.namespace },
      capabilities: stack.capabilities,
      folder: stack.folder,
    });
  } catch (error) {
    await stack.stop();
    throw error;
  }
  console.log(
    `[stack] PostgreSQL and Temporal ${stack.capabilities.serverVersion} are up in ${Date.now() - started} ms`,
  );
  return () => stack.stop();
}
