import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CALENDAR, SCHOOL, uuid, ZONE } from '../../test/p02/world.ts';
import { type AttestationRow, isValidOn, monitoringReport, reserveShare, validShare } from './monitoring.ts';
import { DEFAULT_POLICY as SITTING_POLICY } from '../commission-sitting/policy.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { currentSchedule, draftSchedule, type Head } from './schedule.ts';

const head = (n: number, over: Partial<Head> = {}): Head => ({
  personId: uuid(n),
  organisationId: SCHOOL,
  organisationKind: 'school',
  appointedOn: '2020-09-01',
  acting: false,
  ...over,
});
const draft = (...heads: Head[]) => draftSchedule(2026, heads, DEFAULT_POLICY, ZONE, CALENDAR);

describe('the schedule of a year', () => {
  it('takes heads whose attestation ends in it, a month before, and those who have none', () => {
    const { items } = draft(head(1, { validUntil: '2026-10-14' }), head(2), head(3, { validUntil: '2029-01-01' }));
    expect(items).toEqual([
      { personId: uuid(2), organisationId: SCHOOL, plannedOn: '2026-01-12' },
      { personId: uuid(1), organisationId: SCHOOL, plannedOn: '2026-09-14' },
    ]);
  });

  it('leaves out, each with its reason: acting, out of scope, valid, exempt, exempt without a known end', () => {
    const { leftOut } = draft(
      head(1, { acting: true }),
      head(2, { organisationKind: 'university' }),
      head(3, { validUntil: '2029-01-01' }),
      head(4, { exemption: { kind: 'childcare_leave', untilOn: '2026-03-01' } }),
      head(5, { exemption: { kind: 'pregnancy' } }),
    );
    expect(leftOut.map((x) => [x.why, x.until])).toEqual([
      ['acting', undefined],
      ['not_in_scope', undefined],
      ['valid', '2029-01-01'],
      ['exempt', '2027-03-01'],
      ['exempt_open', undefined],
    ]);
  });

  it('waits for the first year in the post, and for the grace after a leave', () => {
    const { items } = draft(
      head(1, { appointedOn: '2025-05-05' }),
      head(2, { exemption: { kind: 'maternity_leave', untilOn: '2025-06-01' } }),
    );
    expect(items.map((i) => i.plannedOn)).toEqual(['2026-05-06', '2026-06-01']);
  });

  it('reads back as the cases have left it: a postponed head stands in the year of his new date', () => {
    const entry = (number: string, status: string, plannedOn: string | null) => ({
      number,
      status,
      personId: uuid(1),
      plannedOn,
    });
    const entries = [
      entry('1', 'scheduled', '2026-05-01'),
      entry('2', 'postponed', '2027-11-20'),
      entry('3', 'removed', '2026-06-01'),
      entry('4', 'postponed', null),
    ];
    expect(currentSchedule(2026, entries).map((e) => e.number)).toEqual(['1']);
    expect(currentSchedule(2027, entries).map((e) => e.number)).toEqual(['2']);
  });
});

const row = (n: number, over: Partial<AttestationRow> = {}): AttestationRow => ({
  number: `AR-${n}`,
  personId: uuid(n),
  municipality: n % 2 ? 'Новочеркасск' : 'Шахты',
  variant: 'planned',
  status: 'conform',
  decision: 'conform',
  votedOn: '2026-04-14',
  validUntil: '2031-04-14',
  deficits: [],
  ...over,
});
const person = (n: number, exempt = false) => ({
  personId: uuid(n),
  municipality: n % 2 ? 'Новочеркасск' : 'Шахты',
  exempt,
});

describe('indicators', () => {
  it('I12 counts the last day as valid, leaves exempt heads out of both sides, and a superseded entry counts nothing', () => {
    expect([isValidOn(row(1), '2031-04-14'), isValidOn(row(1), '2031-04-15'), isValidOn(row(1), '2026-04-13')]).toEqual(
      [true, false, false],
    );
    const rows = [
      row(1),
      row(2, { status: 'superseded' }),
      row(3, { status: 'due_again', validUntil: '2026-12-30' }),
      row(4),
    ];
    expect(validShare(rows, [person(1), person(2), person(3), person(4, true)], '2026-12-31')).toMatchObject({
      numerator: 1,
      denominator: 3,
      percent: 33.3,
      counted: [uuid(1)],
    });
    expect(validShare([], [], '2026-12-31').percent).toBeNull();
  });

  it('I9 counts people once, in the three statuses of the reserve, and says when ten percent are not reached', () => {
    const entry = (n: number, status: string) => ({ number: `KR-${n}`, personId: uuid(n % 10), status });
    const reserve = [entry(1, 'in_reserve'), entry(11, 'offered'), entry(2, 'expiring'), entry(3, 'left_expired')];
    expect(reserveShare(reserve, 20)).toMatchObject({ numerator: 2, percent: 10, enough: true });
    expect(reserveShare(reserve, 21).enough).toBe(false);
  });
});

describe('the yearly monitoring', () => {
  it('counts decisions from 1 September to 31 August by municipality, and deficits as demand for training', () => {
    const report = monitoringReport(2026, {
      attestations: [
        row(1, { votedOn: '2025-09-01', deficits: ['finance'] }),
        row(2, {
          votedOn: '2026-08-31',
          decision: 'conform_conditional',
          status: 'conform_conditional',
          deficits: ['finance', 'law'],
        }),
        row(3, {
          votedOn: '2026-03-01',
          decision: 'not_conform',
          status: 'not_conform',
          validUntil: null,
          variant: 'candidate',
        }),
        row(4, { votedOn: '2026-09-01' }),
        row(5, { votedOn: '2025-08-31' }),
      ],
      heads: [person(1), person(2), person(4)],
      reserve: [],
    });
    expect(report.total).toMatchObject({
      attested: ['AR-1', 'AR-2', 'AR-3'],
      conform: 1,
      conditional: 1,
      notConform: 1,
      candidates: 1,
    });
    expect(report.byMunicipality.map((x) => [x.municipality, x.attested.length])).toEqual([
      ['Новочеркасск', 2],
      ['Шахты', 1],
    ]);
    expect(report.deficits).toEqual([
      { code: 'finance', people: 2 },
      { code: 'law', people: 1 },
    ]);
    expect(report.valid).toMatchObject({ numerator: 3, denominator: 3 });
    expect(report.reserve.enough).toBe(false);
  });
});

describe('the first policies', () => {
  it.each([
    ['head-attestation', DEFAULT_POLICY],
    ['commission-sitting', SITTING_POLICY],
  ])('of %s are the default parameters', (process, parameters) => {
    const file = readFileSync(new URL(`../../data/policies/${process}/region-42-1.json`, import.meta.url), 'utf8');
    expect(JSON.parse(file)).toMatchObject({ process, jurisdiction: 'region-42', parameters });
  });
});
