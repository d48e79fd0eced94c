import { expect, test } from 'vitest';
import { withClient } from '../../platform/db/schema-engine.ts';
import { withEngine } from '../../platform/stack/engine.ts';
import { isListening } from '../../platform/stack/ports.ts';
import { startPrivateStack } from './private-stack.ts';
import { createTestDatabase, createTestNamespace, stackInfo, testConfig } from './stack-info.ts';

test('the run has an engine that skips time and a migrated database', async () => {
  const stack = stackInfo();
  expect(stack.capabilities.timeSkipping).toBe(true);
  const { rows } = await withClient(stack.databaseUrl, (client) =>
    client.query<{ finished: boolean }>('SELECT finished_at IS NOT NULL AS finished FROM _prisma_migrations'),
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every(({ finished }) => finished)).toBe(true);
});

test('every file can have a database and a namespace of its own', async () => {
  const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const namespace = await createTestNamespace();
  expect(first.url).not.toBe(second.url);
  const config = testConfig({ databaseUrl: first.url, namespace });
  const { count } = await withEngine(config.temporal, ({ workflowService }) =>
    workflowService.countWorkflowExecutions({ namespace: config.temporal.namespace }),
  );
  expect(Number(count)).toBe(0);
  await Promise.all([first.drop(), second.drop()]);
});

test('Russian text sorts, folds and is found as Russian readers expect', async () => {
  const { rows } = await withClient(stackInfo().databaseUrl, (client) =>
    client.query<{ folded: string; ordered: boolean; found: boolean }>(
      `SELECT lower('ЁЛКА') AS folded, 'едок' < 'ёлка' AND 'ёлка' < 'жук' AS ordered,
              to_tsvector('russian', 'наставничество учителей') @@ to_tsquery('russian', 'учитель') AS found`,
    ),
  );
  expect(rows[0]).toEqual({ folded: 'ёлка', ordered: true, found: true });
});

test('a private stack survives kill -9 of its database and of its engine with everything written', async () => {
  const stack = await startPrivateStack();
  try {
    const url = stack.database.url('postgres');
    await withClient(url, (client) => client.query("CREATE TABLE kept AS SELECT 'before' AS word"));
    await stack.killDatabase();
    await expect(withClient(url, (client) => client.query('SELECT 1'))).rejects.toThrow();
    await stack.startDatabase();
    const { rows } = await withClient(url, (client) => client.query<{ word: string }>('SELECT word FROM kept'));
    expect(rows).toEqual([{ word: 'before' }]);

    await stack.killEngine();
    expect(await isListening(Number(stack.engine.address.split(':')[1]))).toBe(false);
    await stack.startEngine();
    const seen = await withEngine(stack.engine, ({ workflowService }) =>
      workflowService.describeNamespace({ namespace: stack.namespace }),
    );
    expect(seen.namespaceInfo?.name).toBe(stack.namespace);
  } finally {
    await stack.stop();
  }
});
