import { describe, expect, it } from 'vitest';
import { PureCycle } from '../../test/p04/pure-case.ts';
import { FAR_PLACE, opening, people, PLACE_2, uuid } from '../../test/p04/world.ts';
import {
  CAREER_EVENTS,
  exits,
  hasOpenPair,
  indicatorI6,
  type Journal,
  riskOf,
  standingOn,
  stateOn,
  stays,
  type Support,
  tenureOn,
  vacancyOf,
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

const i6On = (journals: Journal[], on: string, supports: Support[] = []) =>
  indicatorI6(
    journals.flatMap((j) => standingOn(j, on) ?? []),
    supports,
    on,
  );

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
    const i6 = i6On(all, '2026-12-31');
    expect(i6.counted.map((c) => c.personId)).toEqual([active.personId, paused.personId]);
    expect(i6.nearMisses.map((m) => m.why)).toEqual(['age', 'refused', 'not_active', 'no_birthday']);
    // Seven months later the leave is longer than six.
    const later = i6On([paused], '2027-04-01');
    expect(later).toMatchObject({ counted: [], nearMisses: [{ why: 'paused_long' }] });
    // Another support in the year counts for who is away or has declined, not for who has left.
    const support = [paused, refused, gone].map(({ personId }) => ({ personId, on: '2027-02-01', sourceCase: 'P06' }));
    expect(i6On([paused, refused, gone], '2027-04-01', support).counted).toHaveLength(2);
  });

  it('excludes a teacher of 35 from the day on (acceptance scenario 19)', () => {
    const j = journal((c) => void c.toYear1({ bornOn: '1993-05-10' }).day('2028-06-01'));
    expect(i6On([j], '2028-05-09').counted).toHaveLength(1);
    expect(i6On([j], '2028-05-10')).toMatchObject({ counted: [], nearMisses: [{ why: 'age' }] });
  });

  it('counts one person once, in the region that carries the case on', () => {
    const first = journal((c) => void c.toYear1().employment('transferred', { to: FAR_PLACE }));
    const second = journal(entered());
    const same = {
      ...second,
      events: JSON.parse(JSON.stringify(second.events).replaceAll(second.personId, first.personId)),
    };
    const i6 = i6On([first, same], '2026-12-31');
    expect([i6.counted.length, i6.nearMisses.length]).toEqual([1, 0]);
  });

  it('leaves out who has served 36 months', () => {
    const j = journal(entered({ tenureMonths: 33 }));
    expect(i6On([j], '2026-11-30').counted).toHaveLength(1);
    expect(i6On([j], '2026-12-31').nearMisses[0]?.why).toBe('tenure');
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
    const journals = [stayed, left, moved].map(({ caseId, events }) => ({
      caseId,
      events: events.filter((e) => (CAREER_EVENTS as readonly string[]).includes(e.type)),
    }));
    const rows = stays(journals, '2029-10-01');
    const of = (municipality: string, years: number) => {
      const found = rows.filter((r) => r.municipality === municipality && r.years === years);
      return [found.filter((r) => r.stayed).length, found.length, found[0]?.rural];
    };
    expect([1, 2, 3].map((years) => of('Кемерово', years))).toEqual([
      [2, 2, false],
      [1, 2, false],
      [1, 2, false],
    ]);
    expect([1, 2, 3].map((years) => of('Топки', years))).toEqual([
      [1, 1, true],
      [1, 1, true],
      [1, 1, true],
    ]);
    // Before a year has passed nobody is told of.
    expect(stays(journals, '2027-08-31')).toEqual([]);
  });

  it('show pairs at work and the time without a mentor; a leave is no vacancy', () => {
    const pair = journal(entered());
    const vacant = journal((c) => void c.toYear1().day('2026-10-01').do(people.mentor, 'resignMentor'));
    const at = (j: Journal, on: string) => stateOn(j, on) as NonNullable<ReturnType<typeof stateOn>>;
    expect([hasOpenPair(at(pair, '2026-10-01')), hasOpenPair(at(vacant, '2026-10-01'))]).toEqual([true, false]);
    expect(vacancyOf(at(vacant, '2026-10-11'), '2026-10-11')).toEqual({ days: 10, now: true });
    expect(vacancyOf(at(pair, '2026-10-11'), '2026-10-11').now).toBe(false);
    const away = journal(
      (c) => void c.toYear1().do(people.mentor, 'resignMentor').employment('leave_started', { leave: 'sabbatical' }),
    );
    expect(vacancyOf(at(away, '2026-10-11'), '2026-10-11').now).toBe(false);
  });

  it('count the reasons of leaving, the unnamed ones too', () => {
    const named = journal(
      (c) => void c.toYear1().employment('dismissed').do(people.teacher, 'surveyExit', { reasonCode: 'pay' }),
    );
    const silent = journal((c) => void c.toYear1().employment('retired'));
    const reasons = (from: string, to: string) => exits([named, silent], from, to).map((e) => e.reason);
    expect(reasons('2026-01-01', '2026-12-31')).toEqual(['pay', 'unknown']);
    expect(reasons('2027-01-01', '2027-12-31')).toEqual([]);
  });

  it('tell how long a pair is at risk', () => {
    const long = journal((c) => void c.toYear1().day('2027-03-02'));
    const short = journal((c) => void c.toYear1().day('2026-12-02'));
    const risks = [short, long].map((j) => riskOf(stateOn(j, '2027-03-02') as never));
    expect(risks).toEqual([1, 2]);
  });
});
