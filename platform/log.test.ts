import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createLogger } from './log.ts';

it('a log line of a failed statement quotes no row and nothing that was typed', () => {
  const error = Object.assign(new Error('null value in column "email" violates not-null constraint'), {
    code: '23502',
    detail: 'Failing row contains (Иванова, Мария, ivanova@example.org).',
    parameters: ['Иванова'],
    query: 'insert into person',
  });
  const serializers = (
    createLogger('test', 'silent') as unknown as Record<symbol, Record<string, (e: Error) => object>>
  )[pino.symbols.serializersSym];
  const line = JSON.stringify(serializers?.err?.(error));
  expect(line).toContain('23502');
  expect(line).not.toMatch(/Иванова|example/);
});
