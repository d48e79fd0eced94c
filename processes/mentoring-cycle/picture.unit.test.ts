import { expect, test } from 'vitest';
import { people, PLACE, PLACE_2 } from '../../test/p04/world.ts';
import { PureCycle } from '../../test/p04/pure-case.ts';
import { gapsOf, hidesFormerSchool, type Mark, normsOf, yearsOf } from './picture.ts';

const marks = (c: PureCycle): Mark[] =>
  c.events.map(({ sequence, type, on, facts }) => ({ sequence, type, on, facts }));
const years = (c: PureCycle) => yearsOf(c.s, c.ctx(), marks(c));

test('the picture shows the quarters of a year as they were judged, and the gate', () => {
  const c = new PureCycle().toYear1();
  for (let m = 0; m < 3; m++) c.month();
  c.do(people.curator, 'completeQuarterCheck', { taskId: c.task('quarter_check'), remarks: true });
  c.day('2027-03-10');
  const [first, second] = years(c);
  expect(first?.quarters.map((q) => q.state)).toEqual(['met', 'missed', 'now', 'ahead']);
  expect(first?.quarters[0]).toMatchObject({ from: '2026-09-01', until: '2026-12-01', remarks: true });
  expect(first?.quarters[1]).toMatchObject({ from: '2026-12-02', until: '2027-03-01' });
  expect(first?.quarters[1]?.missing.map((x) => x.kind)).toContain('meeting');
  expect(first).toMatchObject({ state: 'now', until: '2027-09-01', gateOverdue: false });
  expect(second).toMatchObject({ state: 'ahead', from: '2027-09-02', until: '2028-09-01' });
});

test.each([[0], [11], [12], [14], [35]])(
  'the picture of %i credited months has three years that follow one another',
  (tenureMonths) => {
    const c = new PureCycle().toYear1({ tenureMonths });
    const all = years(c);
    expect(all.map((y) => y.state)).toEqual(
      [1, 2, 3].map((n) =>
        n < c.s.year ? (12 * n <= tenureMonths ? 'before' : 'done') : n === c.s.year ? 'now' : 'ahead',
      ),
    );
    for (const [i, y] of all.entries()) {
      expect(y.from < y.until).toBe(true);
      if (i > 0) expect(y.from > (all[i - 1]?.from ?? '')).toBe(true);
      expect(y.quarters.every((q) => q.from <= q.until)).toBe(true);
    }
    expect(all.flatMap((y) => y.quarters).filter((q) => q.state === 'now')).toHaveLength(1);
  },
);

test('the picture moves what lies ahead by a leave, and shows the gap of a vacancy', () => {
  const c = new PureCycle().toYear1().day('2026-12-01');
  c.employment('leave_started', { leave: 'sabbatical', until: '2027-03-01' })
    .day('2027-03-01')
    .employment('leave_ended');
  expect(years(c)[0]?.until).toBe('2027-11-30');
  c.ppn().do(people.mentor, 'resignMentor').day('2027-03-12');
  expect(gapsOf(c.s, marks(c))).toEqual([{ from: '2027-03-01', to: null }]);
  c.appoint(people.mentor2);
  expect(gapsOf(c.s, marks(c))).toEqual([{ from: '2027-03-01', to: '2027-03-12' }]);
});

test('norms of the month count what both have confirmed, and what waits for the other side', () => {
  const c = new PureCycle().toYear1().day('2026-09-05');
  c.do(people.mentor, 'logWork', { entries: [{ kind: 'meeting', on: '2026-09-03' }] });
  const meeting = () => normsOf(c.s, c.ctx()).find((n) => n.kind === 'meeting');
  expect(meeting()).toMatchObject({ min: 2, done: 0, waiting: 1, until: '2026-10-01' });
  c.do(people.teacher, 'confirmLog', {});
  expect(meeting()).toMatchObject({ done: 1, waiting: 0 });
});

test('the former school’s history is hidden from the new one until the person consents; never from himself, the mentor of that time, offices above', () => {
  const c = new PureCycle().toYear1().day('2026-12-01').employment('transferred', { to: PLACE_2 });
  const hides = (personId: string, above = false) => hidesFormerSchool(c.s, { personId, above });
  expect([people.head2, people.curator2, people.teacher, people.mentor].map((p) => hides(p))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(hides(people.authority2, true)).toBe(false);
  c.do(people.teacher, 'shareHistory', { consent: true });
  expect(hides(people.head2)).toBe(false);
  expect(hidesFormerSchool(new PureCycle().toYear1().s, { personId: people.head2, above: false })).toBe(false);
  expect(PLACE.organisationId).not.toBe(PLACE_2.organisationId);
});
