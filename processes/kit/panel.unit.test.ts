import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CANDIDATES, uuid } from '../../test/p01/world.ts';
import { DEFAULT_POLICY } from '../dpp-certification/policy.ts';
import {
  aggregate,
  arbitrate,
  checkAggregation,
  checkConclusion,
  selectExperts,
  type Candidate,
  type Conclusion,
  type CriterionRule,
  type SelectionRequest,
  type Verdict,
} from './panel.ts';

const CRITERIA: CriterionRule[] = ['a', 'b', 'c', 'd', 'e'].map((code, i) => ({
  code,
  mandatory: i < 2,
  max: 2,
  passFrom: 1,
  remarkBelow: 1,
}));
const THREE = DEFAULT_POLICY.panel.aggregation;
const TWO = { size: 2, table: null, spreadShare: 0.3 };

/** A conclusion with full marks, except the criteria it fails. */
function says(verdict: Verdict, fails: string[] = [], mark = 2): Conclusion {
  const scores = Object.fromEntries(CRITERIA.map((c) => [c.code, fails.includes(c.code) ? 0 : mark]));
  return {
    taskId: uuid(1),
    ordinal: 1,
    verdict,
    scores,
    remarks: fails.map((criterion, i) => ({ id: `r${i}`, criterion, place: 'с. 1' })),
  };
}
const many = (approve: number, revise: number, reject: number): Conclusion[] => [
  ...Array.from({ length: approve }, () => says('approve')),
  ...Array.from({ length: revise }, () => says('revise')),
  ...Array.from({ length: reject }, () => says('reject')),
];

describe('the table of three experts', () => {
  it.each([
    [3, 0, 0, 'approve', false],
    [2, 1, 0, 'revise', true],
    [1, 2, 0, 'revise', false],
    [0, 3, 0, 'revise', false],
    [2, 0, 1, 'arbitration', false],
    [1, 1, 1, 'arbitration', false],
    [1, 0, 2, 'reject', false],
    [0, 2, 1, 'revise', false],
    [0, 1, 2, 'reject', false],
    [0, 0, 3, 'reject', false],
  ] as const)('%i approve, %i revise, %i reject: %s', (a, r, x, result, minor) => {
    expect(aggregate(many(a, r, x), THREE, CRITERIA)).toMatchObject({ result, minor, counts: `${a}-${r}-${x}` });
  });

  it('sends two rejections beside an approval to arbitration when the marks differ by more than 30 % of the maximum', () => {
    const lone = says('approve');
    // The maximum is 10: a difference of 3 is 30 %, which is not more.
    const three = { ...says('reject', ['c']), scores: { a: 1, b: 2, c: 0, d: 2, e: 2 } };
    expect(aggregate([lone, three, three], THREE, CRITERIA)).toMatchObject({ spread: 0.3, result: 'reject' });
    const four = { ...three, scores: { ...three.scores, d: 1 } };
    expect(aggregate([lone, four, four], THREE, CRITERIA)).toMatchObject({ spread: 0.4, result: 'arbitration' });
  });

  it('looks at the spread nowhere else', () => {
    const low = says('revise', ['c', 'd', 'e'], 1);
    expect(aggregate([says('approve'), low, low], THREE, CRITERIA).result).toBe('revise');
  });

  it('fails loudly on a combination the table does not name', () => {
    expect(() => aggregate(many(1, 1, 0), THREE, CRITERIA)).toThrow('1-1-0');
  });
});

describe('disputed criteria and the cap', () => {
  it('is disputed where one expert fails a criterion and another passes it', () => {
    const result = aggregate([says('approve'), says('approve'), says('reject', ['a', 'c'])], THREE, CRITERIA);
    expect(result).toMatchObject({ disputed: ['a', 'c'], failed: ['a', 'c'], capped: [] });
  });

  it('is settled, not disputed, where two experts failed a mandatory criterion; then the arbiter cannot approve', () => {
    const result = aggregate([says('approve'), says('revise', ['a']), says('reject', ['a', 'b'])], THREE, CRITERIA);
    expect(result).toMatchObject({ result: 'arbitration', disputed: ['b'], capped: ['a'] });
    expect(arbitrate(result, 'approve')).toBe('revise');
    expect(arbitrate(result, 'revise')).toBe('revise');
    expect(arbitrate(result, 'reject')).toBe('reject');
  });

  it('caps nothing for a criterion that is not mandatory, nor for one failure', () => {
    const result = aggregate([says('approve'), says('revise', ['d']), says('reject', ['d', 'a'])], THREE, CRITERIA);
    expect(result.capped).toEqual([]);
    expect(arbitrate(result, 'approve')).toBe('approve');
  });

  it('is failed, not disputed, where everybody failed it', () => {
    const result = aggregate([says('reject', ['d']), says('reject', ['d']), says('reject', ['d'])], THREE, CRITERIA);
    expect(result).toMatchObject({ failed: ['d'], disputed: [] });
  });

  it('does not count a criterion somebody was not asked for', () => {
    const asked = CRITERIA.slice(0, 2);
    const partly = { ...says('approve'), scores: { a: 2, b: 2 } };
    expect(aggregate([partly, partly, says('approve', ['d'])], THREE, asked)).toMatchObject({ failed: [], spread: 0 });
  });
});

describe('two experts, and more than three', () => {
  it('lets equal verdicts of two stand and sends different ones to a third', () => {
    expect(aggregate([says('approve'), says('approve')], TWO, CRITERIA).result).toBe('approve');
    expect(aggregate([says('reject'), says('reject')], TWO, CRITERIA).result).toBe('reject');
    expect(aggregate([says('approve'), says('revise')], TWO, CRITERIA).result).toBe('arbitration');
  });

  it('sends equal verdicts of two with a spread above the limit to a third', () => {
    expect(aggregate([says('revise'), says('revise', ['c', 'd'])], TWO, CRITERIA)).toMatchObject({
      spread: 0.4,
      result: 'arbitration',
    });
  });

  it('refuses a panel of four without a result for every combination', () => {
    expect(checkAggregation({ size: 4, table: null, spreadShare: 0.3 })).toHaveLength(1);
    const errors = checkAggregation({ size: 4, table: { '4-0-0': 'approve' }, spreadShare: 0.3 });
    expect(errors).toHaveLength(14);
    expect(errors.join()).toContain('0-0-4');
    expect(checkAggregation(THREE)).toEqual([]);
    expect(checkAggregation(TWO)).toEqual([]);
    expect(checkAggregation({ ...TWO, size: 1 }).length).toBeGreaterThan(0);
  });

  it('names the result of every combination of a full table', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Verdict>('approve', 'revise', 'reject'), { minLength: 3, maxLength: 3 }),
        (verdicts) => {
          const result = aggregate(
            verdicts.map((v) => says(v)),
            THREE,
            CRITERIA,
          );
          expect(['approve', 'revise', 'reject', 'arbitration']).toContain(result.result);
          expect(
            aggregate(
              [...verdicts].reverse().map((v) => says(v)),
              THREE,
              CRITERIA,
            ),
          ).toEqual(result);
        },
      ),
    );
  });
});

describe('a conclusion', () => {
  const all = CRITERIA.map((c) => c.code);
  const faults = (c: Conclusion, asked = all) => checkConclusion(c, CRITERIA, asked).map((e) => e.pointer);

  it('is complete with a mark for every criterion asked for, and only for known ones', () => {
    expect(faults(says('approve'))).toEqual([]);
    expect(faults({ ...says('approve'), scores: { a: 2 } }, ['a', 'b'])).toEqual(['/scores/b']);
    expect(faults({ ...says('approve'), scores: { a: 2, z: 1 } }, ['a'])).toEqual(['/scores/z']);
    expect(faults({ ...says('approve'), scores: { a: 3, b: 1.5, c: -1 } }, ['a'])).toContain('/scores/a');
  });

  it('needs a remark beside each negative mark, and no approval beside a failed mandatory criterion', () => {
    expect(faults({ ...says('revise', ['c']), remarks: [] })).toEqual(['/scores/c', '/remarks']);
    expect(faults(says('approve', ['a']))).toEqual(['/verdict']);
    expect(faults(says('approve', ['d']))).toEqual([]);
  });

  it('says what to revise', () => {
    expect(faults(says('revise'))).toEqual(['/remarks']);
    expect(faults({ ...says('revise'), remarks: [{ id: 'r', criterion: 'z', place: '1' }] })).toEqual([
      '/remarks/0/criterion',
    ]);
    const twice = { id: 'r', criterion: 'a', place: '1' };
    expect(faults({ ...says('revise'), remarks: [twice, twice] })).toEqual(['/remarks']);
  });
});

// ── Selection ──

const REQUEST: SelectionRequest = {
  seed: 's1',
  size: 3,
  competences: ['didactics'],
  applicantOrganisationIds: [uuid(900)],
  applicantRegion: '61',
  conflictPersonIds: [uuid(1)],
  excludedPersonIds: [],
  takenRegions: [],
  minRegions: 2,
  excludeApplicantRegion: true,
  overdueLimit: 3,
  today: '2026-02-02',
};
const one = (over: Partial<Candidate>): Candidate => ({ ...(CANDIDATES[0] as Candidate), ...over });
const why = (c: Candidate, over: Partial<SelectionRequest> = {}) =>
  selectExperts([c], { ...REQUEST, size: 1, minRegions: 1, ...over }).excluded[0]?.why;

describe('who may be chosen', () => {
  it('takes a candidate against whom nothing speaks', () => {
    expect(why(one({}))).toBeUndefined();
  });

  it.each<[string, string, Partial<Candidate>, Partial<SelectionRequest>]>([
    ['another field', 'competence', { competences: ['physics'] }, {}],
    [
      'the applicant’s organisation, now or in the last years',
      'same_organisation',
      { organisationIds: [uuid(801), uuid(900)] },
      {},
    ],
    ['a relation to somebody of the case', 'relation', { relations: [{ personId: uuid(1), kind: 'coauthor' }] }, {}],
    ['the applicant himself', 'already_involved', { personId: uuid(1) }, {}],
    ['the applicant’s region', 'applicant_region', { regionCode: '61' }, {}],
    [
      'somebody of the panel or of a first decision',
      'already_involved',
      {},
      { excludedPersonIds: [CANDIDATES[0]?.personId as string] },
    ],
    ['a suspended expert, the last day inclusive', 'suspended', { suspendedUntil: '2026-02-02' }, {}],
    ['three overdue tasks in a year', 'suspended', { overdueInYear: 3 }, {}],
    ['a full load', 'load', { openTasks: 5, maxOpenTasks: 5 }, {}],
    ['a region of the panel, for an arbiter where the policy says so', 'panel_region', {}, { avoidRegions: ['42'] }],
  ])('excludes %s', (_name, reason, candidate, request) => {
    expect(why(one(candidate), request)).toBe(reason);
  });

  it('takes the region of the applicant when the policy or a waiver allows it, and an expert whose suspension is over', () => {
    expect(why(one({ regionCode: '61' }), { excludeApplicantRegion: false })).toBeUndefined();
    expect(why(one({ suspendedUntil: '2026-02-01' }))).toBeUndefined();
    expect(why(one({ relations: [{ personId: uuid(2), kind: 'coauthor' }] }))).toBeUndefined();
  });
});

describe('who is chosen', () => {
  const chosen = (candidates: Candidate[], over: Partial<SelectionRequest> = {}) =>
    selectExperts(candidates, { ...REQUEST, ...over });

  it('prefers the least loaded', () => {
    const busy = CANDIDATES.filter((c) => c.regionCode !== '61').map((c, i) => ({ ...c, openTasks: i === 4 ? 0 : 2 }));
    expect(chosen(busy, { size: 1, minRegions: 1 }).chosen[0]?.personId).toBe(busy[4]?.personId);
  });

  it('spreads by region among equals', () => {
    const { chosen: seats } = chosen(CANDIDATES);
    expect(new Set(seats.map((c) => c.regionCode)).size).toBe(3);
    expect(chosen(CANDIDATES, { takenRegions: ['42', '54'], size: 1 }).chosen[0]?.regionCode).not.toMatch(/42|54/);
  });

  it('breaks the order of load rather than the number of regions', () => {
    const pool = [
      ...[1, 2, 3].map((n) => one({ personId: uuid(n + 300) })),
      one({ personId: uuid(400), regionCode: '77', openTasks: 4 }),
    ];
    const { chosen: seats, missing } = chosen(pool);
    expect([seats.length, missing, seats.at(-1)?.regionCode]).toEqual([3, 0, '77']);
  });

  it('leaves the last seat empty rather than take a panel from one region', () => {
    const pool = [1, 2, 3, 4].map((n) => one({ personId: uuid(n + 300) }));
    expect(chosen(pool)).toMatchObject({ missing: 1 });
    expect(chosen(pool, { minRegions: 1 })).toMatchObject({ missing: 0 });
  });

  it('draws among equals by the stored seed: the same again for it, another for another', () => {
    const seats = (seed: string) => chosen(CANDIDATES, { seed }).chosen.map((c) => c.personId);
    expect(seats('s1')).toEqual(seats('s1'));
    const draws = new Set(Array.from({ length: 20 }, (_, i) => seats(`s${i}`).join()));
    expect(draws.size).toBeGreaterThan(5);
  });
});

describe('selection, whatever the pool', () => {
  const candidate = (n: number) =>
    fc.record({
      personId: fc.constant(uuid(n)),
      competences: fc.subarray(['didactics', 'physics'], { minLength: 1 }),
      regionCode: fc.constantFrom('42', '54', '61'),
      organisationIds: fc.subarray([uuid(800), uuid(900)]),
      relations: fc.constantFrom([], [{ personId: uuid(1), kind: 'relative' }]),
      openTasks: fc.nat(6),
      maxOpenTasks: fc.constantFrom(3, 5),
      suspendedUntil: fc.constantFrom(null, '2026-01-01', '2026-12-31'),
    });
  const pool = fc
    .nat(14)
    .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => candidate(i + 100)))) as unknown as fc.Arbitrary<
    Candidate[]
  >;
  const request = fc
    .record({
      seed: fc.string(),
      size: fc.integer({ min: 1, max: 5 }),
      minRegions: fc.constantFrom(1, 2),
      excludeApplicantRegion: fc.boolean(),
      takenRegions: fc.subarray(['42', '54']),
    })
    .map((over) => ({ ...REQUEST, ...over }));

  it('never takes an excluded one, never too many, never one twice, and counts the seats left', () => {
    fc.assert(
      fc.property(pool, request, (candidates, asked) => {
        const { chosen, excluded, missing } = selectExperts(candidates, asked);
        const ids = chosen.map((c) => c.personId);
        expect(ids.filter((id) => excluded.some((x) => x.personId === id))).toEqual([]);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length + missing).toBe(asked.size);
        expect(missing).toBeGreaterThanOrEqual(0);
        if (missing === 0)
          expect(new Set([...asked.takenRegions, ...chosen.map((c) => c.regionCode)]).size).toBeGreaterThanOrEqual(
            Math.min(asked.minRegions, asked.takenRegions.length + asked.size),
          );
      }),
      { numRuns: 300 },
    );
  });

  it('answers the same for the same input, in whatever order the candidates come', () => {
    fc.assert(
      fc.property(pool, request, fc.nat(), (candidates, asked, turn) => {
        const { chosen, missing } = selectExperts(candidates, asked);
        const turned = [
          ...candidates.slice(turn % (candidates.length + 1)),
          ...candidates.slice(0, turn % (candidates.length + 1)),
        ].reverse();
        expect(selectExperts(candidates, asked)).toEqual(selectExperts(structuredClone(candidates), asked));
        expect(selectExperts(turned, asked)).toMatchObject({ chosen, missing });
      }),
      { numRuns: 300 },
    );
  });
});
