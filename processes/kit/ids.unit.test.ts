import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivedId, drawRank } from './ids.ts';

describe('derived ids', () => {
  it('are the same for ever: stored journals depend on them', () => {
    expect(derivedId('00000000-0000-4000-8000-000000005000', 'task:1')).toBe('46cc06bd-af0c-83ce-a7ed-dc027f7df3b8');
  });

  it('are UUIDs of version 8 that differ by case and by name', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string(), fc.string(), (caseId, a, b) => {
        expect(derivedId(caseId, a)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(derivedId(caseId, a) === derivedId(caseId, b)).toBe(a === b);
      }),
    );
  });
});

describe('the draw', () => {
  it('puts everybody first about equally often', () => {
    const people = ['a', 'b', 'c', 'd'];
    const first: Record<string, number> = {};
    for (let i = 0; i < 2000; i++) {
      const [winner] = [...people].sort((x, y) => (drawRank(`seed ${i}`, x) < drawRank(`seed ${i}`, y) ? -1 : 1));
      first[winner as string] = (first[winner as string] ?? 0) + 1;
    }
    for (const name of people) expect(first[name]).toBeGreaterThan(400);
  });

  it('depends on the seed and the person alone', () => {
    expect(drawRank('s', 'a')).toBe(drawRank('s', 'a'));
    expect(drawRank('s', 'a')).not.toBe(drawRank('t', 'a'));
  });
});
