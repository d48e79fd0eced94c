/** The stories of P01 on the rules alone, and the promise that together they go through every row of the table. */
import { afterAll, describe, expect, it } from 'vitest';
import { PureCase } from '../../test/p01/pure-case.ts';
import { PureWorld } from '../../test/p01/pure-world.ts';
import { STORIES } from '../../test/p01/stories.ts';
import { OTHER_ORG, people, programme, SHA } from '../../test/p01/world.ts';
import { ALL_ROWS } from './stages.ts';

const reached = new Set<string>();

describe('certification', () => {
  it.each(STORIES.map((story) => [story.promise, story] as const))('%s', async (_promise, story) => {
    const world = PureWorld.submitted();
    await story.tell(world);
    expect(world.faults()).toEqual([]);
    const rows = world.rows();
    expect(rows).toEqual(expect.arrayContaining(story.rows));
    for (const row of rows) reached.add(row);
  });

  it('is told row by row: no row of the table is without a story', () => {
    const rows = ALL_ROWS.filter((r) => !r.on.startsWith('outside:')).map((r) => r.id);
    expect(rows.filter((id) => !reached.has(id))).toEqual([]);
  });

  it('gives every promise once', () => {
    expect(new Set(STORIES.map((s) => s.promise)).size).toBe(STORIES.length);
  });
});

describe('what two cases share', () => {
  const key = (c: PureCase, scope: string) => c.claims.find((x) => x.kind === 'unique' && x.scope.startsWith(scope));

  it('claims one key for a network programme whoever of the partners submits it', () => {
    const partners = ['6163000000', '4200000000'];
    const network = { leadInn: '6163000000', partnerInns: partners };
    const lead = new PureCase('2026-02-02T07:00:00.000Z').submit({ network });
    const partner = new PureCase('2026-02-02T07:00:00.000Z');
    partner.do(people.stranger, 'submit', {
      programme: programme({
        network,
        providerId: OTHER_ORG,
        providerInn: '4200000000',
        title: '«Функциональная  грамотность» учителя',
      }),
      document: SHA(1),
    });
    expect(key(partner, 'dpp-network')).toEqual(key(lead, 'dpp-network'));
    expect(key(partner, 'dpp-programme')).not.toEqual(key(lead, 'dpp-programme'));
  });

  it('keeps the policy of the day of submission', () => {
    const c = new PureCase('2026-02-02T07:00:00.000Z').toPanel().review('approve', 'approve', 'approve');
    expect(c.s.policyVersionId).toBe('p1');
    expect(c.events.filter((e) => e.type === 'policy.repinned')).toEqual([]);
  });
});

afterAll(() => reached.clear());
