import { describe, expect, it } from 'vitest';
import { PureCycle } from '../../test/p04/pure-case.ts';
import { FAR_PLACE, opening, people, PLACE_2, uuid } from '../../test/p04/world.ts';
import {
  atRisk,
  indicatorI6,
  type Journal,
  mentorLoad,
  reasonsOfLeaving,
  retention,
  stateOn,
  tenureOn,
  withoutMentor,
} from './reports.ts';

let n = 0;
/** Each story has a person of its own, under the name of the one teacher of the world. */
function journal(tell: (c: PureCycle) => void): Journal & { personId: string } {
  const c = new PureCycle('2026-09-01', undefined, uuid(7000 + ++n));
  tell(c);
  const personId = uuid(8000 + n);
  const events = JSON.parse(JSON.stringify(c.events).replaceAll(people.teacher, personId));
  return { caseId: c.caseId, events, personId };
}

const entered =
  (over: Record<string, unknown> = {}) =>
  (c: PureCycle) =>
    void c.toYear1(over);

describe('I6', () => {
  it('counts distinct people below 35 and 36 months with an active cycle, and says of the rest why not', () => {
    const active = journal((c) => void c.toYear1().day('2026-12-31'));
    const old = journal(entered({ bornOn: '1991-12-31' }));
    const paused = journal(
      (c) => void c.toYear1().employment('leave_started', { leave: 'sabbatical' }).day('2027-06-01'),
    );
    const refused = journal((c) => void c.toYear1().do(people.teacher, 'declineProgramme', { reasonCode: 'no_time' }));
    const gone = journal((c) => void c.toYear1().employment('dismissed'));
    const unknown = journal((c) => void c.do(people.methodist, 'start', { ...opening(), bornOn: undefined }));
    const all = [active, old, paused, refused, gone, unknown];
    const i6 = indicatorI6(all, [], '2026-12-31', 8);
    expect(i6).toMatchObject({ numerator: 2, denominator: 8, percent: 25 });
    expect(i6.counted.map((c) => c.personId)).toEqual([active.personId, paused.personId]);
    expect(i6.nearMisses.map((m) => m.why)).toEqual(['age', 'refused', 'not_active', 'no_birthday']);
    // Seven months later the leave is longer than six.
    const later = indicatorI6([paused], [], '2027-04-01', null);
    expect(later).toMatchObject({ numerator: 0, percent: null, nearMisses: [{ why: 'paused_long' }] });
    // Another support in the year counts for who is away or has declined, not for who has left.
    const support = [paused, refused, gone].map(({ personId }) => ({ personId, on: '2027-02-01', sourceCase: 'P06' }));
    expect(indicatorI6([paused, refused, gone], support, '2027-04-01', null).numerator).toBe(2);
  });

  it('excludes a teacher of 35 from the day on (acceptance scenario 19)', () => {
    const j = journal((c) => void c.toYear1({ bornOn: '1993-05-10' }).day('2028-06-01'));
    expect(indicatorI6([j], [], '2028-05-09', null).numerator).toBe(1);
    expect(indicatorI6([j], [], '2028-05-10', null)).toMatchObject({ numerator: 0, nearMisses: [{ why: 'age' }] });
  });

  it('counts one person once, in the region that carries the case on', () => {
    const first = journal((c) => void c.toYear1().employment('transferred', { to: FAR_PLACE }));
    const second = journal(entered());
    const same = {
      ...second,
      events: JSON.parse(JSON.stringify(second.events).replaceAll(second.personId, first.personId)),
    };
    const i6 = indicatorI6([first, same], [], '2026-12-31', null);
    expect([i6.numerator, i6.nearMisses.length]).toEqual([1, 0]);
  });

  it('leaves out who has served 36 months', () => {
    const j = journal(entered({ tenureMonths: 33 }));
    expect(indicatorI6([j], [], '2026-11-30', null).numerator).toBe(1);
    expect(indicatorI6([j], [], '2026-12-31', null).nearMisses[0]?.why).toBe('tenure');
  });
});

describe('reports', () => {
  it('count tenure without leaves, and with the time of a refusal', () => {
    const leave = journal(
      (c) =>
        void c
          .toYear1()
          .day('2026-12-01')
          .employment('leave_started', { leave: 'sabbatical' })
          .day('2027-06-01')
          .employment('leave_ended'),
    );
    const refusal = journal(
      (c) =>
        void c
          .toYear1()
          .day('2026-12-01')
          .do(people.teacher, 'declineProgramme', { reasonCode: 'other' })
          .day('2027-06-01'),
    );
    const tenure = (j: Journal) => tenureOn(stateOn(j, '2027-09-01') as never, '2027-09-01');
    expect(tenure(leave)).toBe(6);
    expect(tenure(refusal)).toBe(12);
  });

  it('show who stayed after one, two and three years, by municipality and village', () => {
    const stayed = journal((c) => void c.toYear1().day('2029-10-01'));
    const left = journal((c) => void c.toYear1().day('2028-01-10').employment('dismissed').day('2029-10-01'));
    const moved = journal(
      (c) => void c.start({ place: PLACE_2 }).day('2026-12-01').employment('post_changed', { post: 'deputy_head' }),
    );
    const rows = retention([stayed, left, moved], '2029-10-01');
    expect(rows.map((r) => [r.municipality, r.rural, r.years, r.entered, r.stayed, r.percent])).toEqual([
      ['Кемерово', false, 1, 2, 2, 100],
      ['Кемерово', false, 2, 2, 1, 50],
      ['Кемерово', false, 3, 2, 1, 50],
      ['Топки', true, 1, 1, 1, 100],
      ['Топки', true, 2, 1, 1, 100],
      ['Топки', true, 3, 1, 1, 100],
    ]);
  });

  it('show the load of mentors and the time without one', () => {
    const pair = journal(entered());
    const another = journal(entered());
    const vacant = journal((c) => void c.toYear1().day('2026-10-01').do(people.mentor, 'resignMentor'));
    expect(mentorLoad([pair, another, vacant], '2026-10-01')).toMatchObject([{ mentorId: people.mentor, pairs: 2 }]);
    expect(withoutMentor([pair, vacant], '2026-10-11')).toEqual([{ caseId: vacant.caseId, days: 10, now: true }]);
  });

  it('count the reasons of leaving, the unnamed ones too', () => {
    const named = journal(
      (c) => void c.toYear1().employment('dismissed').do(people.teacher, 'surveyExit', { reasonCode: 'pay' }),
    );
    const silent = journal((c) => void c.toYear1().employment('retired'));
    expect(reasonsOfLeaving([named, silent], '2026-01-01', '2026-12-31')).toEqual({ pay: 1, unknown: 1 });
    expect(reasonsOfLeaving([named, silent], '2027-01-01', '2027-12-31')).toEqual({});
  });

  it('list the pairs at risk, the longest first', () => {
    const long = journal((c) => void c.toYear1().day('2027-03-02'));
    const short = journal((c) => void c.toYear1().day('2026-12-02'));
    expect(atRisk([short, long], '2027-03-02').map((r) => r.quarters)).toEqual([2, 1]);
  });
});
