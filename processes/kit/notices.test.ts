import { expect, test } from 'vitest';
import { nextDigestAt, nextSendAt } from './notices.ts';

const kemerovo = 'Asia/Novokuznetsk';

test('a letter that arises in the evening of Moscow waits for the morning of Kemerovo', () => {
  expect(nextSendAt('2026-11-23T16:00:00.000Z', 'Europe/Moscow')).toBe('2026-11-23T16:00:00.000Z');
  // 23:00 in Kemerovo, UTC+7.
  expect(nextSendAt('2026-11-23T16:00:00.000Z', kemerovo)).toBe('2026-11-24T01:00:00.000Z');
});

test('the window opens at its first minute and is shut at its last', () => {
  expect(nextSendAt('2026-11-24T00:59:59.000Z', kemerovo)).toBe('2026-11-24T01:00:00.000Z');
  expect(nextSendAt('2026-11-24T01:00:00.000Z', kemerovo)).toBe('2026-11-24T01:00:00.000Z');
  expect(nextSendAt('2026-11-24T14:00:00.000Z', kemerovo)).toBe('2026-11-25T01:00:00.000Z');
});

test('digests leave once a day in the morning of the addressee', () => {
  expect(nextDigestAt('2026-11-24T01:30:00.000Z', kemerovo)).toBe('2026-11-24T02:00:00.000Z');
  expect(nextDigestAt('2026-11-24T02:00:00.000Z', kemerovo)).toBe('2026-11-25T02:00:00.000Z');
});
