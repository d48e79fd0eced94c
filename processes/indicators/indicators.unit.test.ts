import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addDays } from '../kit/dates.ts';
import {
  type DenominatorRecord,
  type ReportData,
  type ReportEntry,
  type TargetRecord,
  valueOf,
} from '../kit/report.ts';
import { countPeople, type CountedEvent } from './counted.ts';
import { examsOf } from '../qualification-assessment/counted.ts';
import { indicatorOn, INDICATORS, snapshotOn } from './formulas.ts';
import { indicatorsReport } from './report.ts';
import { denominatorOn, digitsFor, isReached, judge, targetOn } from './targets.ts';

const REGIONS = ['42', '61', '54'];
const event = fc.record({
  personId: fc.integer({ min: 1, max: 12 }).map((n) => `p${n}`),
  on: fc.integer({ min: 0, max: 900 }).map((n) => addDays('2024-06-01', n)),
  region: fc.constantFrom(...REGIONS),
  sourceCase: fc.integer({ min: 1, max: 40 }).map((n) => `c${n}`),
  organisationId: fc.constant(null),
  municipality: fc.constant(null),
});
const events = fc.array(event, { maxLength: 60 });
const to = '2026-12-31';
const people = (list: CountedEvent[], region?: string) => countPeople(list, { to, ...(region ? { region } : {}) });

describe('counted events', () => {
  it('count each person once, whatever the order, and however often the same is told', () => {
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.nat()), (list, dice) => {
        const shuffled = [...list, ...list].map((e) => [dice.next().value, e] as const).sort((a, b) => a[0] - b[0]);
        const once = people(list);
        expect(people(shuffled.map(([, e]) => e))).toEqual(once);
        expect(once.length).toBe(new Set(list.filter((e) => e.on <= to).map((e) => e.personId)).size);
      }),
    );
  });

  it('carry the first event of the person in the territory and time', () => {
    fc.assert(
      fc.property(events, fc.constantFrom(...REGIONS), (list, region) => {
        for (const found of people(list, region)) {
          const mine = list.filter((e) => e.personId === found.personId && e.region === region && e.on <= to);
          expect(mine).toContainEqual(found);
          expect(mine.every((e) => e.on >= found.on)).toBe(true);
        }
      }),
    );
  });

  it('moved from one region to another change those two by one at most, and no other', () => {
    fc.assert(
      fc.property(events, fc.nat(), fc.constantFrom(...REGIONS), (list, nth, region) => {
        const moved = list[nth % Math.max(1, list.length)];
        if (!moved) return;
        const after = list.map((e) => (e === moved ? { ...e, region } : e));
        const change = (where: string) => people(after, where).length - people(list, where).length;
        for (const where of REGIONS) {
          const expected = where === moved.region || where === region ? 1 : 0;
          expect(Math.abs(change(where))).toBeLessThanOrEqual(expected);
        }
        // The country neither gains nor loses anybody by a move.
        expect(people(after).length).toBe(people(list).length);
        // Somebody with that one event moves exactly.
        const alone = list.filter((e) => e.personId === moved.personId && e.on <= to).length === 1;
        if (alone && moved.on <= to && region !== moved.region)
          expect([change(moved.region), change(region)]).toEqual([-1, 1]);
      }),
    );
  });

  it('later or outside the period add nobody; one more person adds one', () => {
    fc.assert(
      fc.property(events, (list) => {
        const late = { ...base('late', '42'), on: '2027-01-01' };
        expect(people([...list, late])).toEqual(people(list));
        expect(people([...list, base('new', '42')]).length).toBe(people(list).length + 1);
      }),
    );
  });
});

const base = (personId: string, region: string): CountedEvent => ({
  personId,
  on: '2026-05-05',
  organisationId: null,
  municipality: null,
  region,
  sourceCase: `case-${personId}`,
});

const target = (over: Partial<TargetRecord> = {}): TargetRecord => ({
  id: 'kem-003-3',
  territory: '42',
  nameRu: 'Независимая оценка',
  unit: 'percent',
  comparator: '>=',
  values: { '2019': 0, '2020': 0.8, '2021': 1.4, '2022': 2, '2023': 5, '2024': 10 },
  ...over,
});

describe('a share and its target', () => {
  it('are compared exactly, and the written share never says otherwise', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.constantFrom(0.8, 1.4, 2, 5, 10, 70, 1.1765),
        fc.constantFrom('>=', '>', null),
        (numerator, denominator, value, comparator) => {
          fc.pre(numerator <= denominator);
          const record = target({ values: { '2024': value }, comparator });
          const reached = isReached(numerator, denominator, value, comparator);
          expect(reached).toBe(
            comparator === '>'
              ? numerator * 100 > value * denominator + 1e-9
              : numerator * 100 >= value * denominator - 1e-9,
          );
          const digits = digitsFor(numerator, denominator, record, value);
          const shown = valueOf({
            measure: 'share',
            members: Array.from({ length: numerator }, (_, i) => ({ key: String(i), caseId: '' })),
            outOf: denominator,
            digits,
          }) as number;
          if (digits < 4) expect(comparator === '>' ? shown > value : shown >= value).toBe(reached);
        },
      ),
    );
  });

  it('are written as the passport writes them', () => {
    expect(digitsFor(7, 500, target(), 1.4)).toBe(1);
    expect(digitsFor(20, 30, target({ values: { '2024': 70 } }), 70)).toBe(0);
    // 69.6 % would be written as 70 and pass for the target: one digit more.
    expect(digitsFor(348, 500, target({ values: { '2024': 70 } }), 70)).toBe(1);
    expect(isReached(49, 500, 10, '>=')).toBe(false);
    expect(isReached(50, 500, 10, '>=')).toBe(true);
    expect(isReached(50, 500, 10, '>')).toBe(false);
  });

  it('take the target of the year, else the last one set, and none before the first', () => {
    expect(targetOn(target(), '2021-12-31')).toEqual({ value: 1.4, year: 2021 });
    expect(targetOn(target(), '2026-11-22')).toEqual({ value: 10, year: 2024 });
    expect(targetOn(target(), '2018-12-31')).toBeNull();
    expect(judge([target()], 5, null, to)).toBeNull();
    expect(judge([], 5, 50, to)).toBeNull();
  });

  it('stand on the last number of people told by the day', () => {
    const told = (on: string, value: number): DenominatorRecord => ({
      id: on,
      kind: 'heads',
      territory: '42',
      on,
      value,
      sourceRu: 'письмо',
      synthetic: true,
    });
    const list = [told('2026-10-01', 40), told('2025-12-31', 38)];
    expect(denominatorOn(list, 'heads', '42', '2026-09-30')?.value).toBe(38);
    expect(denominatorOn(list, 'heads', '42', '2026-10-01')?.value).toBe(40);
    expect(denominatorOn(list, 'heads', '42', '2025-12-30')).toBeNull();
    expect(denominatorOn(list, 'heads', '61', to)).toBeNull();
  });

  it('is taken on the last day of a year, or today while it runs', () => {
    expect([snapshotOn(2024, '2026-11-22'), snapshotOn(2026, '2026-11-22')]).toEqual(['2024-12-31', '2026-11-22']);
  });
});

const nothing: ReportData = {
  cases: [],
  events: [],
  tasks: [],
  entries: [],
  organisations: new Map(),
  regions: new Map([
    ['42', 'Кемеровская область'],
    ['61', 'Ростовская область'],
  ]),
  policies: new Map(),
  targets: [],
  denominators: [],
};
const of = (code: string) => INDICATORS.find((i) => i.code === code) as (typeof INDICATORS)[number];

const entry = (n: number, register: string, over: Partial<ReportEntry> = {}): ReportEntry => ({
  register,
  number: `${register}-${n}`,
  status: register === 'cadre_reserve' ? 'in_reserve' : 'conform',
  titleRu: '',
  facts: { personId: `p${n}`, variant: 'planned', votedOn: '2026-04-14', decision: 'conform' },
  organisationId: null,
  region: '42',
  validFrom: '2026-04-14',
  validUntil: '2031-04-14',
  caseId: `case-${n}`,
  ...over,
});
const heads: DenominatorRecord = {
  id: 'heads',
  kind: 'heads',
  territory: '42',
  on: '2026-01-01',
  value: 20,
  sourceRu: 'учебное',
  synthetic: true,
};

describe('I7', () => {
  const exam = (n: number, caseId: string, over: Partial<ReportEntry> = {}) =>
    entry(n, 'assessment_protocols', {
      status: 'graded',
      caseId,
      facts: { personId: 'anna', examOn: `2026-0${n}-10`, regionCode: '42' },
      ...over,
    });

  it('counts a person who took it three times once (acceptance scenario 16), by the first exam', () => {
    const data = { ...nothing, entries: [exam(3, 'c'), exam(1, 'a'), exam(2, 'b')] };
    const { counted } = indicatorOn(of('I7'), data, '42', to);
    expect(counted.map((e) => [e.personId, e.on, e.sourceCase])).toEqual([['anna', '2026-01-10', 'a']]);
    expect(indicatorOn(of('I7'), data, '00', to).counted).toHaveLength(1);
    expect(indicatorOn(of('I7'), data, '61', to).counted).toEqual([]);
  });

  it('leaves out an annulled exam and says so, unless another one counts', () => {
    const gone = exam(1, 'a', { status: 'annulled' });
    expect(indicatorOn(of('I7'), { ...nothing, entries: [gone] }, '42', to)).toMatchObject({
      counted: [],
      nearMisses: [{ personId: 'anna', whyRu: 'экзамен аннулирован' }],
    });
    const retaken = { ...nothing, entries: [gone, exam(3, 'b')] };
    expect(indicatorOn(of('I7'), retaken, '42', to)).toMatchObject({ counted: [{ sourceCase: 'b' }], nearMisses: [] });
    expect(examsOf({ ...nothing, entries: [entry(1, 'cadre_reserve')] }).counted).toEqual([]);
  });
});

describe('I9 and I12', () => {
  it('I9 counts people of the three statuses once, as a register only', () => {
    const rows = [
      entry(1, 'cadre_reserve'),
      entry(2, 'cadre_reserve', { status: 'offered' }),
      entry(3, 'cadre_reserve', { status: 'expiring', facts: { personId: 'p1' } }),
      entry(4, 'cadre_reserve', { status: 'left_expired' }),
    ];
    const value = indicatorOn(of('I9'), { ...nothing, entries: rows, denominators: [heads] }, '42', to);
    expect(value.counted.map((e) => e.personId)).toEqual(['p1', 'p2']);
    expect(value).toMatchObject({ denominator: 20, nearMisses: [{ personId: 'p4' }] });
  });

  it('I12 takes the last day as valid, an appointed candidate as a head, and an exempt head on neither side', () => {
    const rows = [
      entry(1, 'head_attestations', { validUntil: to }),
      entry(2, 'head_attestations', { validUntil: '2026-12-30' }),
      entry(3, 'head_attestations', { facts: { personId: 'p3', variant: 'candidate', votedOn: '2026-04-14' } }),
      entry(4, 'head_attestations', { facts: { personId: 'p4', variant: 'candidate', votedOn: '2026-04-14' } }),
      entry(5, 'head_attestations'),
      entry(5, 'attestation_schedule', { status: 'postponed' }),
    ];
    const kase = { caseId: 'case-3', state: { stage: 'closed_appointed' } } as ReportData['cases'][number];
    const data = { ...nothing, cases: [kase], entries: rows, denominators: [heads] };
    const value = indicatorOn(of('I12'), data, '42', to);
    expect(value.counted.map((e) => e.personId)).toEqual(['p1', 'p3']);
    expect(value.denominator).toBe(19);
    expect(value.nearMisses.map((m) => m.personId)).toEqual(['p2']);
  });
});

describe('the report of indicators', () => {
  it('shows every region with a target or a number, the country last, and the share only where the whole is told', () => {
    const entries = [1, 2, 3].map((n) => entry(n, 'cadre_reserve'));
    const data = {
      ...nothing,
      entries,
      denominators: [heads],
      targets: [target({ id: 'kem-003-e1.1.4', values: { '2021': 10 } })],
    };
    const body = indicatorsReport.build(data, { on: to, year: 2026 });
    const i9 = body.parts.find((p) => p.key === 'I9');
    expect(i9?.rows.map((r) => r.key)).toEqual(['42', '00']);
    const [region, country] = i9?.rows ?? [];
    expect(region?.cells).toMatchObject({ whole: '20', target: '10 % (2021)', percent: { target: { reached: true } } });
    expect(valueOf(region?.cells.percent as never)).toBe(15);
    expect(valueOf(country?.cells.percent as never)).toBeNull();
  });

  it('names only targets that the sources have', () => {
    const file = JSON.parse(readFileSync(new URL('../../data/source/targets.json', import.meta.url), 'utf8'));
    const ids = (file.items as Array<{ id: string }>).map((t) => t.id);
    for (const id of INDICATORS.flatMap((i) => i.targets)) expect(ids).toContain(id);
  });
});
