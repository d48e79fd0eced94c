import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CALENDAR, SCHOOL, uuid, ZONE } from '../../test/p02/world.ts';
import { type AttestationRow, isValidOn, reserveShare } from './monitoring.ts';
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
      { personId: uuid(2), organisationId: SCHOOL, plannedOn: '2026-01-12', because: 'never' },
      { personId: uuid(1), organisationId: SCHOOL, plannedOn: '2026-09-14', because: 'ends', since: '2026-10-14' },
    ]);
  });

  it('puts nobody before the first day that leaves him his notice, and says whose attestation is over by then', () => {
    const heads = [head(1, { validUntil: '2026-05-14' }), head(2)];
    const { items } = draftSchedule(2026, heads, DEFAULT_POLICY, ZONE, CALENDAR, '2026-06-20');
    expect(items.map((i) => [i.because, i.plannedOn])).toEqual([
      ['ended', '2026-06-22'],
      ['never', '2026-06-22'],
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

const row = (over: Partial<AttestationRow> = {}): AttestationRow => ({
  status: 'conform',
  votedOn: '2026-04-14',
  validUntil: '2031-04-14',
  ...over,
});

describe('indicators', () => {
  it('I12 takes the last day as valid, and nothing that was superseded', () => {
    expect(['2031-04-14', '2031-04-15', '2026-04-13'].map((on) => isValidOn(row(), on))).toEqual([true, false, false]);
    expect(isValidOn(row({ status: 'superseded' }), '2026-12-31')).toBe(false);
    expect(isValidOn(row({ status: 'due_again', validUntil: '2026-12-30' }), '2026-12-31')).toBe(false);
  });

  it('I9 counts people once, in the three statuses of the reserve, and says when ten percent are not reached', () => {
    const entry = (n: number, status: string) => ({ number: `KR-${n}`, personId: uuid(n % 10), status });
    const reserve = [entry(1, 'in_reserve'), entry(11, 'offered'), entry(2, 'expiring'), entry(3, 'left_expired')];
    expect(reserveShare(reserve, 20)).toMatchObject({ numerator: 2, percent: 10, enough: true });
    expect(reserveShare(reserve, 21).enough).toBe(false);
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
