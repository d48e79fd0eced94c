import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { people, PLACE, PLACE_2, FAR_PLACE, SCHOOL, SCHOOL_2, FAR_SCHOOL } from '../../test/p04/world.ts';
import { dryRun, parseHrCsv, type RunningCase } from './import.ts';
import {
  EMPLOYMENT_EVENTS,
  MATRIX_PROCESSES,
  REACTIONS,
  SITUATIONS,
  situationOf,
  type EmploymentEvent,
} from './matrix.ts';

const places = { [SCHOOL]: PLACE, [SCHOOL_2]: PLACE_2, [FAR_SCHOOL]: FAR_PLACE };
const placeOf = (id: string) => (places as Record<string, typeof PLACE>)[id];
const parse = (...lines: string[]) => parseHrCsv(lines.join('\n'), placeOf);
const HEAD = 'personId;event;on;main;leave;until;post;organisationId;tenureMonths';
const posts = ['teacher'];

describe('the reaction matrix', () => {
  it('has an answer of every process to every situation, in words', () => {
    for (const situation of SITUATIONS)
      for (const process of MATRIX_PROCESSES)
        expect(REACTIONS[situation][process].ru, `${situation} ${process}`).toMatch(/[а-яё]/);
  });

  it('says for P04 what section 9 says', () => {
    const code = (s: (typeof SITUATIONS)[number]) => REACTIONS[s].P04.code;
    expect(
      ['transferred_in_region', 'moved_region', 'left_profession', 'long_leave', 'promoted', 'assignee_leaves'].map(
        (s) => code(s as never),
      ),
    ).toEqual(['transfer', 'transferred_out', 'left', 'pause', 'closed_post_changed', 'interim']);
  });

  it('reads an event by what the person is to the case', () => {
    const standing = { region: '42', organisationId: SCHOOL, posts, as: 'subject' as const };
    const event = (more: Partial<EmploymentEvent>): EmploymentEvent => ({
      personId: people.teacher,
      event: 'dismissed',
      on: '2026-09-01',
      main: true,
      ...more,
    });
    expect(situationOf(event({}), standing)).toBe('left_profession');
    expect(situationOf(event({}), { ...standing, as: 'assignee' })).toBe('assignee_leaves');
    expect(situationOf(event({ main: false }), standing)).toBeNull();
    expect(situationOf(event({ event: 'transferred', to: PLACE_2 }), standing)).toBe('transferred_in_region');
    expect(situationOf(event({ event: 'transferred', to: FAR_PLACE }), standing)).toBe('moved_region');
    expect(situationOf(event({ event: 'transferred', to: PLACE }), standing)).toBeNull();
    expect(situationOf(event({ event: 'post_changed', post: 'teacher' }), standing)).toBeNull();
    expect(situationOf(event({ event: 'post_changed', post: 'deputy_head' }), standing)).toBe('promoted');
    expect(situationOf(event({ event: 'surname_changed' }), { ...standing, as: 'assignee' })).toBeNull();
  });
});

describe('a file of employment events', () => {
  it('is read with dates of both kinds, quotes, a byte order mark, empty lines', () => {
    const { rows, faults } = parse(
      `\uFEFF${HEAD};act`,
      `${people.teacher};leave_started;01.09.2026;да;maternity;2027-01-20;;;;"приказ ""5""; от 01.09"`,
      '',
      `${people.teacher};transferred;2026-09-01;;;;;${SCHOOL_2};;`,
    );
    expect(faults).toEqual([]);
    expect(rows[0]).toMatchObject({
      line: 2,
      event: { leave: 'maternity', on: '2026-09-01', act: 'приказ "5"; от 01.09', main: true },
    });
    expect(rows[1]).toMatchObject({ line: 4, event: { to: PLACE_2 } });
  });

  it('names every fault with its line and column and keeps the good rows', () => {
    const { rows, faults } = parse(
      HEAD,
      `nobody;dismissed;2026-09-01;;;;;;`,
      `${people.teacher};vanished;2026-13-01;;;;;;`,
      `${people.teacher};leave_started;2026-09-01;maybe;;2026-08-01;;;`,
      `${people.teacher};transferred;2026-09-01;;;;;${people.teacher};`,
      `${people.teacher};hired;2026-09-01;;;;;;abc`,
      `${people.teacher};died;2026-09-01`,
      `${people.teacher};died;"2026-09-01;;;;;;`,
      `${people.mentor};died;2026-09-01;;;;;;`,
      `${people.mentor};died;2026-09-01;;;;;;`,
    );
    expect(rows.map((r) => r.line)).toEqual([9]);
    expect(faults.map((f) => [f.line, f.column])).toEqual([
      [2, 'personId'],
      [3, 'on'],
      [3, 'event'],
      [4, 'leave'],
      [4, 'until'],
      [4, 'main'],
      [5, 'organisationId'],
      [6, 'organisationId'],
      [6, 'post'],
      [6, 'tenureMonths'],
      [7, null],
      [8, null],
      [10, null],
    ]);
  });

  it('without its columns is refused whole', () => {
    expect(parse('personId;event', 'x;y').faults.map((f) => f.detail)).toEqual(['Нет столбца «Дата» (on).']);
    expect(parse('personId;event;on;colour').faults[0]?.detail).toContain('colour');
    expect(parse('').rows).toEqual([]);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom(';', '"', '\n', 'a', '1', '.', '-', '') })), (lines) => {
        const { rows, faults } = parse(HEAD, ...lines);
        return Array.isArray(rows) && Array.isArray(faults);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a dry run', () => {
  const running = (over: Partial<RunningCase>): RunningCase => ({
    caseId: 'c1',
    number: 'MEN-42-2026-00001',
    process: 'P04',
    slug: 'mentoring-cycle',
    personId: people.teacher,
    as: 'subject',
    region: '42',
    organisationId: SCHOOL,
    stage: 'year_1',
    stageRu: 'Первый год',
    posts,
    ...over,
  });
  const cases = [
    running({}),
    running({ caseId: 'c2', number: 'MEN-42-2026-00002', personId: people.mentor, as: 'assignee' }),
    running({ caseId: 'c3', number: 'R-1', process: 'P06', stageRu: 'Маршрут' }),
  ];

  it('lists every case that will hear of a row and what it will do, before it happens', () => {
    const { rows } = parse(
      HEAD,
      `${people.teacher};leave_started;2026-09-01;;maternity;;;;`,
      `${people.mentor};dismissed;2026-09-01;;;;;;`,
    );
    expect(dryRun(rows, cases, '2026-09-01', posts).map((e) => [e.line, e.caseId, e.reaction.code])).toEqual([
      [2, 'c1', 'pause'],
      [2, 'c3', 'pause_or_go_on'],
      [3, 'c2', 'interim'],
    ]);
  });

  it('says so when nothing is touched, when a day has not come, and when a cycle will be opened', () => {
    const { rows } = parse(
      HEAD,
      `${people.stranger};dismissed;2026-09-01;;;;;;`,
      `${people.teacher};dismissed;2026-10-01;;;;;;`,
      `${people.busy};hired;2026-09-01;;;;teacher;${SCHOOL};3`,
      `${people.busy};hired;2026-09-02;;;;teacher;${SCHOOL};40`,
      `${people.busy};hired;2026-09-03;;;;psychologist;${SCHOOL};3`,
    );
    const effects = dryRun(rows, cases, '2026-09-01', posts);
    expect(effects.map((e) => [e.line, e.reaction.code, e.sendOn])).toEqual([
      [2, 'none', '2026-09-01'],
      [3, 'left', '2026-10-01'],
      [3, 'close', '2026-10-01'],
      [4, 'enter', '2026-09-01'],
      [5, 'none', '2026-09-02'],
      [6, 'none', '2026-09-03'],
    ]);
    expect(effects[1]?.ru).toContain('Дата в будущем');
  });

  it('gives a fact the same id when the file is sent again', () => {
    const line = `${people.teacher};leave_started;2026-09-01;;maternity;;;;`;
    expect(parse(HEAD, line).rows[0]?.factId).toBe(parse(HEAD, '', line).rows[0]?.factId);
    expect(EMPLOYMENT_EVENTS).toContain(parse(HEAD, line).rows[0]?.event.event);
  });
});
