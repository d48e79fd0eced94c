import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { people, PLACE, PLACE_2, FAR_PLACE, SCHOOL, SCHOOL_2, FAR_SCHOOL } from '../../test/p04/world.ts';
import { decodeText } from './csv.ts';
import { opposite } from './correction.ts';
import { foresee, foreseeOpening } from './foresee.ts';
import { type Lookup, parseHrCsv, UUID } from './import.ts';
import { mentoringCycle } from '../mentoring-cycle/index.ts';
import { PureCycle } from '../../test/p04/pure-case.ts';
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
const lookup: Lookup = {
  placeOf,
  personOf: (reference) => (UUID.test(reference) ? { id: reference.toLowerCase() } : { fault: 'Такого человека нет.' }),
};
const parse = (...lines: string[]) => parseHrCsv(lines.join('\n'), lookup);
const HEAD = 'personId;event;on;main;leave;until;post;organisationId;tenureMonths';

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
    const standing = { region: '42', organisationId: SCHOOL, posts: ['teacher'], as: 'subject' as const };
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
    expect(parse('personId;event;on;colour')).toMatchObject({ faults: [], ignored: ['colour'] });
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

describe('a file as an HR system writes it', () => {
  it('is understood with Russian headings and words, and with commas', () => {
    const { rows, faults } = parse(
      'Сотрудник,Событие,Дата,Вид отпуска,Плановое окончание,Должность',
      `${people.teacher},Начался отпуск,01.09.2026,по уходу за ребенком,01.03.2028,`,
      `${people.teacher},смена должности,02.09.2026,,,Заместитель руководителя`,
    );
    expect(faults).toEqual([]);
    expect(rows.map((r) => r.event)).toMatchObject([
      { event: 'leave_started', leave: 'child_care', until: '2028-03-01' },
      { event: 'post_changed', post: 'deputy_head' },
    ]);
  });

  it('is decoded from UTF-8 with its mark, UTF-16 and Windows-1251', () => {
    const text = 'Педагог;Событие;Дата\r\n';
    const cyrillic = Uint8Array.from(text, (c) => {
      const code = c.charCodeAt(0);
      return code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : code;
    });
    const utf16 = new Uint8Array([0xff, 0xfe, ...Buffer.from(text, 'utf16le')]);
    expect(decodeText(cyrillic)).toEqual({ text, encoding: 'windows-1251' });
    expect(decodeText(new TextEncoder().encode(`\uFEFF${text}`))).toEqual({ text, encoding: 'utf-8' });
    expect(decodeText(utf16)).toEqual({ text, encoding: 'utf-16le' });
    expect(parse(decodeText(cyrillic).text).faults).toEqual([]);
  });

  it('gives a fact the same id when the file is sent again', () => {
    const line = `${people.teacher};leave_started;2026-09-01;;maternity;;;;`;
    expect(parse(HEAD, line).rows[0]?.factId).toBe(parse(HEAD, '', line).rows[0]?.factId);
    expect(EMPLOYMENT_EVENTS).toContain(parse(HEAD, line).rows[0]?.event.event);
  });
});

describe('a dry run', () => {
  const eventOf = (event: Partial<EmploymentEvent>): EmploymentEvent => ({
    personId: people.teacher,
    event: 'dismissed',
    on: '2026-12-01',
    main: true,
    ...event,
  });
  const standing = (c: PureCycle) => ({
    caseId: c.s.caseId,
    process: mentoringCycle,
    state: c.s,
    sequence: 100,
    ctx: c.ctx(),
  });
  const seen = (c: PureCycle, event: EmploymentEvent) => {
    const fact = mentoringCycle.employmentFact?.(event, c.s);
    return fact ? foresee(standing(c), fact) : null;
  };

  it('says what the rules of the case will record, which stage comes and which dates move, and changes nothing', () => {
    const c = new PureCycle().toYear1().day('2026-12-01');
    const before = structuredClone(c.s);
    const leave = eventOf({ event: 'leave_started', leave: 'maternity', until: '2027-04-20' });
    const will = seen(c, leave);
    expect(will).toMatchObject({ ok: true, stageBefore: 'year_1', stageAfter: 'paused' });
    const dates = will?.ok ? will.dates : [];
    expect(dates).toContainEqual({ purpose: 'gate-open', before: '2027-09-01', after: null });
    expect(dates.find((d) => d.purpose === 'leave-call')?.after).toBe('2027-05-05');
    expect(c.s).toEqual(before);
    // What was promised is what happens.
    c.fact('employment', { ...leave });
    expect(will?.ok && will.state.stage).toBe(c.stage);
  });

  it('folds a second row through what the first one leaves', () => {
    const c = new PureCycle().toYear1().day('2026-12-01');
    const first = seen(c, eventOf({ event: 'leave_started', leave: 'maternity', until: '2027-04-20' }));
    if (!first?.ok) throw new Error('the leave was refused');
    const end = mentoringCycle.employmentFact?.(eventOf({ event: 'leave_ended' }), first.state);
    expect(foresee({ ...standing(c), state: first.state }, end!)).toMatchObject({ ok: true, stageAfter: 'resuming' });
    expect(foresee(standing(c), end!)).toMatchObject({ ok: false, code: 'not_applicable' });
  });

  it('sees the mentor leave, and nothing in events of a second job, a surname or a stranger', () => {
    const c = new PureCycle().toYear1().day('2026-12-01');
    expect(seen(c, eventOf({ personId: people.mentor }))).toMatchObject({ ok: true, stageAfter: 'mentor_vacant' });
    expect(seen(c, eventOf({ personId: people.mentor, event: 'leave_started', leave: 'study' }))).toBeNull();
    expect(seen(c, eventOf({ main: false }))).toBeNull();
    expect(seen(c, eventOf({ event: 'surname_changed' }))).toBeNull();
    expect(seen(c, eventOf({ personId: people.stranger }))).toBeNull();
  });

  it('names the cycle a hiring will open, and why another will not', () => {
    const { ctx } = standing(new PureCycle().toYear1());
    const hired = eventOf({ event: 'hired', on: '2026-09-01', to: PLACE, post: 'teacher', tenureMonths: 14 });
    const opens = (event: EmploymentEvent) => {
      const opening = mentoringCycle.opensOnHire?.(event);
      if (!opening) return null;
      return 'whyNot' in opening ? opening.whyNot : foreseeOpening(mentoringCycle, opening.type, opening.payload, ctx);
    };
    expect(opens(hired)).toMatchObject({ ok: true, stageAfter: 'intake' });
    expect(opens({ ...hired, tenureMonths: 40 })).toMatchObject({ ok: false });
    expect(opens({ ...hired, post: 'psychologist' })).toMatchObject({ ok: false });
    expect(opens(eventOf({ event: 'hired', to: PLACE, post: 'teacher' }))).toContain('Стаж не указан');
    expect(opens({ ...hired, main: false })).toBeNull();
    expect(opens({ ...hired, to: { ...PLACE, jurisdiction: undefined as never } })).toContain(
      'платформа циклов не ведёт',
    );
  });

  it('knows what undoes an event that did not happen, and what nothing undoes', () => {
    const code = (event: Partial<EmploymentEvent>, former = {}) => opposite(eventOf(event), former)?.event ?? null;
    expect(code({ event: 'leave_started', leave: 'sick' })).toBe('leave_ended');
    expect(code({ event: 'leave_ended' }, { leave: { leave: 'sick' } })).toBe('leave_started');
    expect(code({ event: 'dismissed' }, { place: PLACE })).toBe('hired');
    expect(code({ event: 'transferred', to: PLACE_2 }, { place: PLACE })).toBe('transferred');
    expect([code({ event: 'died' }), code({ event: 'leave_ended' }), code({ event: 'dismissed' })]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
