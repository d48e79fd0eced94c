import { expect, it } from 'vitest';
import { NotedToday, type Reading } from './reading-log.ts';

const R = { actor: { personId: 'r' } };
const OTHER = { actor: { personId: 'r', onBehalfOf: { personId: 'replaced', actId: '' } } };
const list = (personId: string): Reading => ({ personId, what: 'list', caseId: 'c', as: 'staff' });

it('a name in a list is noted once a day for each reader and whom he stands in for, and anew the day after', () => {
  const noted = new NotedToday();
  expect(noted.unknown(R, [list('a')], '2026-11-22')).toHaveLength(1);
  noted.remember(R, [list('a')], '2026-11-22');
  expect(noted.unknown(R, [list('a'), list('b')], '2026-11-22')).toEqual([list('b')]);
  expect(noted.unknown(OTHER, [list('a')], '2026-11-22')).toHaveLength(1);
  expect(noted.unknown(R, [{ ...list('a'), as: 'admin' }], '2026-11-22')).toHaveLength(1);
  expect(noted.unknown(R, [list('a')], '2026-11-23')).toHaveLength(1);
});

it('an opened case, a document and an export are noted every time', () => {
  const noted = new NotedToday();
  for (const what of ['case', 'document', 'export'] as const) {
    noted.remember(R, [{ ...list('a'), what }], '2026-11-22');
    expect(noted.unknown(R, [{ ...list('a'), what }], '2026-11-22')).toHaveLength(1);
  }
});
