import { expect, it } from 'vitest';
import { ChangeFeed } from './changes.ts';

it('keeps no more streams of one person than he has windows; those of others stay', async () => {
  const feed = new ChangeFeed({} as never, { warn: () => undefined });
  const open = (personId: string) => feed.subscribe({ personId, reach: {} as never, roles: new Set() });
  const other = open('other');
  const first = open('one');
  for (let n = 0; n < 60; n += 1) open('one');
  expect(feed.subscribers).toBe(41);
  expect(await first.next(10)).toBeUndefined();
  expect(await other.next(10)).toEqual([]);
});
