import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import ru from '../../data/calendars/ru.json' with { type: 'json' };
import { addWorkingDays, isWorkingDay, nextWorkingDay, type ProductionCalendar } from './calendar.ts';
import { addDays, addMonths, addYears, daysBetween, fromEpochDay, type IsoDate, toEpochDay, weekday } from './dates.ts';
import {
  amountRu,
  type DueInput,
  deriveDue,
  earliestDayFor,
  explainDue,
  fixedDate,
  isInTime,
  type Pause,
  recomputeOpen,
  rederive,
  reminderOn,
  type Term,
} from './deadlines.ts';

const calendar: ProductionCalendar = ru;
const KEMEROVO = 'Asia/Novokuznetsk';
const ZONES = [
  'Europe/Kaliningrad',
  'Europe/Moscow',
  'Europe/Samara',
  'Asia/Yekaterinburg',
  'Asia/Omsk',
  KEMEROVO,
  'Asia/Irkutsk',
  'Asia/Yakutsk',
  'Asia/Vladivostok',
  'Asia/Sakhalin',
  'Asia/Kamchatka',
];

function input(startedOn: IsoDate, term: Partial<Term>, more: Partial<DueInput> = {}): DueInput {
  return {
    term: { amount: 1, unit: 'cd', clause: 'регламент, п. 12', ...term },
    startedOn,
    startEvent: 'заявление зарегистрировано',
    zone: KEMEROVO,
    calendar,
    ...more,
  };
}

function dueOn(startedOn: IsoDate, term: Partial<Term>, more: Partial<DueInput> = {}): IsoDate {
  return deriveDue(input(startedOn, term, more)).dueOn;
}

function pause(fromOn: IsoDate, toOn?: IsoDate): Pause {
  return { fromOn, ...(toOn === undefined ? {} : { toOn }), reason: 'возврат документов', waitingFor: 'заявитель' };
}

describe('forward', () => {
  test('the term starts the day after the event and ends at 24:00 local time of its last day', () => {
    const due = deriveDue(input('2026-11-23', { amount: 10 }));
    expect(due.dueOn).toBe('2026-12-03');
    expect(due.dueAt).toBe('2026-12-03T17:00:00.000Z');
    expect(deriveDue(input('2026-11-23', { amount: 10 }, { zone: 'Europe/Moscow' })).dueAt).toBe(
      '2026-12-03T21:00:00.000Z',
    );
  });

  test('calendar days, months and years move from a day off to the next working day', () => {
    const due = deriveDue(input('2026-11-23', { amount: 5 }));
    expect(due.dueOn).toBe('2026-11-30');
    expect(due.derivation.movedFrom).toBe('2026-11-28');
    expect(due.derivation.skipped).toEqual(['2026-11-28', '2026-11-29']);
    expect(dueOn('2025-12-04', { amount: 1, unit: 'month' })).toBe('2026-01-12');
    expect(dueOn('2025-05-09', { amount: 1, unit: 'year' })).toBe('2026-05-12');
  });

  test('working days count a working Saturday and not a moved day off', () => {
    expect(dueOn('2024-11-01', { amount: 1, unit: 'wd' })).toBe('2024-11-02');
    expect(dueOn('2024-11-01', { amount: 2, unit: 'wd' })).toBe('2024-11-05');
    expect(dueOn('2024-12-27', { amount: 2, unit: 'wd' })).toBe('2025-01-09');
    expect(dueOn('2024-10-28', { amount: 5 })).toBe('2024-11-02');
  });

  test('months keep the day number, or end the month, each counted from the first event', () => {
    const stays = { unit: 'month', fixed: true } as const;
    expect(dueOn('2026-01-31', { ...stays, amount: 1 })).toBe('2026-02-28');
    expect(dueOn('2024-01-31', { ...stays, amount: 1 })).toBe('2024-02-29');
    expect(dueOn('2026-01-31', { ...stays, amount: 2 })).toBe('2026-03-31');
    expect(dueOn('2024-02-29', { unit: 'year', fixed: true, amount: 1 })).toBe('2025-02-28');
    expect(dueOn('2026-01-31', { unit: 'month', amount: 1 })).toBe('2026-03-02');
  });

  test('a region with its own holiday ends later', () => {
    expect(dueOn('2026-11-05', { amount: 1 }, { region: '16' })).toBe('2026-11-09');
    expect(dueOn('2026-11-05', { amount: 1 })).toBe('2026-11-06');
  });

  test('a term of nothing ends on the day of the event', () => {
    expect(dueOn('2026-11-23', { amount: 0 })).toBe('2026-11-23');
    expect(dueOn('2026-11-22', { amount: 0, unit: 'wd' })).toBe('2026-11-23');
  });
});

describe('backward', () => {
  const notice = { amount: 30, direction: 'before' } as const;

  test('familiarisation 30 days before a sitting leaves 30 full days', () => {
    expect(dueOn('2026-12-24', notice)).toBe('2026-11-23');
    expect(dueOn('2026-12-24', { ...notice, backward: 'counted' })).toBe('2026-11-24');
  });

  test('a day off moves away from the sitting, never towards it', () => {
    const due = deriveDue(input('2026-12-23', notice));
    expect(due.dueOn).toBe('2026-11-20');
    expect(due.derivation.movedFrom).toBe('2026-11-22');
    expect(due.derivation.skipped).toEqual(['2026-11-21', '2026-11-22']);
  });

  test('3 working days before means the fourth before, or the third when counted', () => {
    const mentor = { amount: 3, unit: 'wd', direction: 'before' } as const;
    expect(dueOn('2026-11-12', mentor)).toBe('2026-11-06');
    expect(dueOn('2026-11-10', mentor)).toBe('2026-11-03');
    expect(dueOn('2026-11-10', { ...mentor, backward: 'counted' })).toBe('2026-11-05');
  });

  test('months before keep the day number', () => {
    expect(dueOn('2026-03-31', { amount: 1, unit: 'month', direction: 'before' })).toBe('2026-02-27');
    expect(dueOn('2026-03-31', { amount: 1, unit: 'month', direction: 'before', backward: 'counted' })).toBe(
      '2026-02-27',
    );
    expect(dueOn('2026-11-26', { amount: 1, unit: 'month', direction: 'before', backward: 'counted' })).toBe(
      '2026-10-26',
    );
    expect(dueOn('2026-11-26', { amount: 1, unit: 'month', direction: 'before' })).toBe('2026-10-23');
  });

  test('no pause touches it and no extension is possible', () => {
    expect(dueOn('2026-12-24', notice, { pauses: [pause('2026-11-01', '2026-12-01')] })).toBe('2026-11-23');
    const extensions = [{ amount: 1, unit: 'cd', reason: '', on: '2026-11-20' }] as const;
    expect(() => deriveDue(input('2026-12-24', notice, { extensions: [...extensions] }))).toThrow(RangeError);
  });

  test('a sitting cannot be fixed on a date that breaks a term already missed', () => {
    const term: Term = { ...notice, unit: 'cd', clause: 'порядок, п. 10' };
    expect(earliestDayFor(term, '2026-11-23', calendar)).toBe('2026-12-24');
    expect(earliestDayFor(term, '2026-11-24', calendar)).toBe('2026-12-25');
    expect(() => earliestDayFor({ ...term, direction: 'after' }, '2026-11-24', calendar)).toThrow(RangeError);
  });
});

describe('pause', () => {
  test('the day it begins is used up, the day it ends is not counted', () => {
    // 10 days from 23 November; 24-26 November are used up, 7 remain and run from 11 December.
    expect(dueOn('2026-11-23', { amount: 10 }, { pauses: [pause('2026-11-26', '2026-12-10')] })).toBe('2026-12-17');
    // 10 working days; 24-26 November are used up, 7 remain and run from Friday, 11 December.
    expect(dueOn('2026-11-23', { amount: 10, unit: 'wd' }, { pauses: [pause('2026-11-26', '2026-12-10')] })).toBe(
      '2026-12-21',
    );
  });

  test('months and years are prolonged by the calendar days between the two dates', () => {
    const paused = { pauses: [pause('2026-02-10', '2026-02-25')] };
    expect(dueOn('2026-01-15', { amount: 3, unit: 'month' }, paused)).toBe('2026-04-30');
    expect(dueOn('2024-09-02', { amount: 3, unit: 'year' }, { pauses: [pause('2025-01-01', '2026-01-01')] })).toBe(
      '2028-09-01',
    );
  });

  test('no pause prolongs a maximum term', () => {
    const noPause = { amount: 60, noPause: true } as const;
    const due = deriveDue(input('2026-09-01', noPause, { pauses: [pause('2026-09-10')], asOf: '2026-10-01' }));
    expect(due.dueOn).toBe(dueOn('2026-09-01', noPause));
    expect(due.stopped).toBeUndefined();
  });

  test('while it is open the clock stands, and the date is what it would be if it ended today', () => {
    const open = (asOf?: IsoDate) =>
      deriveDue(input('2026-11-23', { amount: 10 }, { pauses: [pause('2026-11-26')], ...(asOf ? { asOf } : {}) }));
    expect(open('2026-12-10')).toMatchObject({ dueOn: '2026-12-17', stopped: true });
    expect(open('2027-02-25')).toMatchObject({ dueOn: '2027-03-04', stopped: true });
    expect(open()).toMatchObject({ dueOn: '2026-12-03', stopped: true });
    expect(isInTime(open('2026-12-10'), '2027-01-20T00:00:00.000Z')).toBe(true);
  });

  test('one that is announced but has not begun stops nothing yet', () => {
    const due = deriveDue(input('2026-11-23', { amount: 10 }, { pauses: [pause('2026-12-01')], asOf: '2026-11-24' }));
    expect(due.stopped).toBeUndefined();
    expect(due.dueOn).toBe('2026-12-03');
  });

  test('one that begins after the term has ended changes nothing', () => {
    const due = deriveDue(input('2026-11-23', { amount: 10 }, { pauses: [pause('2026-12-04')], asOf: '2026-12-20' }));
    expect(due.dueOn).toBe('2026-12-03');
    expect(due.stopped).toBeUndefined();
  });

  test('a term does not end inside a pause that begins on its last day', () => {
    for (const unit of ['cd', 'wd', 'month'] as const) {
      const amount = { cd: 9, wd: 7, month: 1 }[unit];
      const start = unit === 'month' ? '2026-11-02' : '2026-11-23';
      expect(dueOn(start, { amount, unit })).toBe('2026-12-02');
      expect(dueOn(start, { amount, unit }, { pauses: [pause('2026-12-02', '2026-12-10')] })).toBe('2026-12-10');
    }
  });

  test('nor inside one that begins while its last day is being moved', () => {
    for (const [start, unit] of [
      ['2026-11-23', 'cd'],
      ['2026-10-28', 'month'],
    ] as const) {
      const term = { amount: unit === 'cd' ? 5 : 1, unit };
      expect(deriveDue(input(start, term))).toMatchObject({
        dueOn: '2026-11-30',
        derivation: { movedFrom: '2026-11-28' },
      });
      expect(dueOn(start, term, { pauses: [pause('2026-11-29', '2026-12-10')] })).toBe('2026-12-10');
      expect(dueOn(start, term, { pauses: [pause('2026-12-01', '2026-12-10')] })).toBe('2026-11-30');
    }
  });

  test('one that stands when the term starts holds it until it ends', () => {
    expect(dueOn('2026-11-23', { amount: 3 }, { pauses: [pause('2026-11-01', '2026-11-30')] })).toBe('2026-12-03');
    const open = deriveDue(input('2026-11-23', { amount: 3 }, { pauses: [pause('2026-11-01')] }));
    expect(open).toMatchObject({ dueOn: '2026-11-26', stopped: true });
  });

  test('two leaves in a row are a single pause', () => {
    const two = [pause('2026-12-01', '2026-12-20'), pause('2026-12-10', '2027-01-20')];
    const one = [pause('2026-12-01', '2027-01-20')];
    expect(dueOn('2026-11-02', { amount: 3, unit: 'month' }, { pauses: two })).toBe(
      dueOn('2026-11-02', { amount: 3, unit: 'month' }, { pauses: one }),
    );
  });

  test('the clock stands under an open pause whatever other pauses there are', () => {
    const stopped = (...pauses: Pause[]) =>
      deriveDue(input('2026-11-23', { amount: 10 }, { pauses, asOf: '2026-11-28' })).stopped;
    expect(stopped(pause('2026-11-25', '2026-11-27'), pause('2026-11-26'))).toBe(true);
    expect(stopped(pause('2026-11-26'), pause('2026-12-02'))).toBe(true);
    expect(stopped(pause('2026-11-25', '2026-11-27'))).toBeUndefined();
  });

  test('days off are listed only while the clock runs; the day a pause begins still runs', () => {
    const due = deriveDue(
      input('2026-11-23', { amount: 10, unit: 'wd' }, { pauses: [pause('2026-11-28', '2026-12-07')] }),
    );
    expect(due.dueOn).toBe('2026-12-15');
    expect(due.derivation.skipped).toEqual(['2026-11-28', '2026-12-12', '2026-12-13']);
  });

  test('refuses one that ends before it begins', () => {
    expect(() => dueOn('2026-11-23', { amount: 3 }, { pauses: [pause('2026-11-25', '2026-11-24')] })).toThrow(
      RangeError,
    );
  });
});

describe('extension', () => {
  const more = (amount: number, unit: Term['unit']) => ({
    extensions: [{ amount, unit, reason: 'запрошены сведения', by: 'координатор', on: '2026-12-01' }],
  });

  test('in the unit of the term is one longer term', () => {
    expect(dueOn('2026-11-23', { amount: 30 }, more(30, 'cd'))).toBe(dueOn('2026-11-23', { amount: 60 }));
    expect(dueOn('2025-12-31', { amount: 1, unit: 'month' }, more(1, 'month'))).toBe(
      dueOn('2025-12-31', { amount: 2, unit: 'month' }),
    );
    expect(dueOn('2026-11-23', { amount: 1, unit: 'year' }, more(6, 'month'))).toBe(
      dueOn('2026-11-23', { amount: 18, unit: 'month' }),
    );
  });

  test('in another unit goes on from the last day, before it is moved', () => {
    // 30 days end on Wednesday 23 December; 5 working days more.
    expect(dueOn('2026-11-23', { amount: 30 }, more(5, 'wd'))).toBe('2026-12-30');
  });

  test('a pause after the extension still stops the clock', () => {
    const pauses = [pause('2026-12-25', '2027-01-15')];
    expect(dueOn('2026-11-23', { amount: 30 }, { ...more(5, 'wd'), pauses })).toBe('2027-01-20');
  });
});

describe('dates that do not move', () => {
  test('the end of a plan on a day off stays', () => {
    const due = fixedDate('2024-12-31', KEMEROVO, 'паспорт, п. 3', 'план мероприятий', calendar.version);
    expect(due).toMatchObject({ dueOn: '2024-12-31', dueAt: '2024-12-31T17:00:00.000Z' });
    expect(rederive(due.derivation, calendar)).toEqual(due);
  });

  test('validity ends on the same day number after its years, inclusive, in time until 24:00', () => {
    const due = fixedDate(addYears('2024-02-29', 3), KEMEROVO, 'порядок, п. 40', 'сертификат', calendar.version);
    expect(due.dueOn).toBe('2027-02-28');
    expect(isInTime(due, '2027-02-28T16:59:59.999Z')).toBe(true);
    expect(isInTime(due, '2027-02-28T17:00:00.000Z')).toBe(false);
  });

  test('a date fixed by a person outranks the count', () => {
    const fixedByHand = { on: '2026-12-31', by: 'Петрова А. В.', reason: 'решение суда', previous: '2026-12-03' };
    const due = deriveDue(input('2026-11-23', { amount: 10 }, { fixedByHand, pauses: [pause('2026-11-25')] }));
    expect(due.dueOn).toBe('2026-12-31');
    expect(due.stopped).toBeUndefined();
    expect(rederive(due.derivation, calendar)).toEqual(due);
  });
});

test('on paper the last day ends with the working hours of the office', () => {
  const due = deriveDue(input('2026-11-23', { amount: 10 }));
  expect(isInTime(due, '2026-12-03T11:00:00.000Z', '18:00')).toBe(true);
  expect(isInTime(due, '2026-12-03T11:00:00.001Z', '18:00')).toBe(false);
  expect(isInTime(due, '2026-12-03T11:00:00.001Z')).toBe(true);
});

describe('reminders', () => {
  test('working days before and after the due day', () => {
    expect(reminderOn(calendar, '2026-01-14', { amount: -3, unit: 'wd' })).toBe('2025-12-30');
    expect(reminderOn(calendar, '2026-01-14', { amount: -1, unit: 'wd' })).toBe('2026-01-13');
    expect(reminderOn(calendar, '2024-11-01', { amount: 2, unit: 'wd' })).toBe('2024-11-05');
  });

  test('calendar days and months are not moved', () => {
    expect(reminderOn(calendar, '2026-11-30', { amount: -1, unit: 'cd' })).toBe('2026-11-29');
    expect(reminderOn(calendar, '2026-03-31', { amount: -1, unit: 'month' })).toBe('2026-02-28');
  });
});

describe('a calendar published later', () => {
  const old: ProductionCalendar = { version: 'ru-old', years: {} };
  const fresh: ProductionCalendar = { ...calendar, version: 'ru-new' };

  test('moves an open deadline later and says so', () => {
    const due = deriveDue(input('2026-12-30', { amount: 1 }, { calendar: old }));
    expect(due).toMatchObject({ dueOn: '2026-12-31', derivation: { provisional: true } });
    const again = recomputeOpen(due, fresh, '2026-12-30');
    expect(again).toMatchObject({ change: 'later', previousOn: '2026-12-31', computedOn: '2027-01-11' });
    expect(again.due).toMatchObject({
      dueOn: '2027-01-11',
      derivation: { provisional: false, calendarVersion: 'ru-new' },
    });
    expect(again.text).toBe('По календарю ru-new срок перенесён с 31 декабря 2026 г. на 11 января 2027 г.');
  });

  test('never brings it earlier: the promised date is kept, also when counted again', () => {
    // Without a decree Monday 10 March 2025 is off; by the decree it is a working day.
    const due = deriveDue(input('2025-03-06', { amount: 4 }, { calendar: old }));
    expect(due.dueOn).toBe('2025-03-11');
    const again = recomputeOpen(due, fresh, '2025-03-07');
    expect(again).toMatchObject({ change: 'kept', computedOn: '2025-03-10', due: { dueOn: '2025-03-11' } });
    expect(again.due.derivation.promised).toEqual({ on: '2025-03-11', calendarVersion: 'ru-old' });
    expect(rederive(again.due.derivation, fresh)).toEqual(again.due);
    expect(recomputeOpen(again.due, fresh, '2025-03-07')).toMatchObject({
      change: 'kept',
      computedOn: '2025-03-10',
      due: again.due,
    });
    expect(explainDue(again.due)).toContain('назначенный срок не сокращается');
  });

  test('confirms, and leaves alone what has passed or does not move', () => {
    const due = deriveDue(input('2026-11-23', { amount: 10 }, { calendar: old }));
    expect(recomputeOpen(due, fresh, '2026-12-03')).toMatchObject({
      change: 'same',
      due: { derivation: { calendarVersion: 'ru-new' } },
    });
    expect(recomputeOpen(due, fresh, '2026-12-04')).toMatchObject({ change: 'past', due });
    const plan = fixedDate('2026-12-31', KEMEROVO, 'план', 'план', 'ru-old');
    expect(recomputeOpen(plan, fresh, '2026-11-22')).toMatchObject({ change: 'fixed', due: plan });
  });

  test('counts a stopped term anew without a promise', () => {
    const due = deriveDue(
      input('2025-03-03', { amount: 4 }, { calendar: old, pauses: [pause('2025-03-03')], asOf: '2025-03-06' }),
    );
    const again = recomputeOpen(due, fresh, '2025-03-06');
    expect(again).toMatchObject({ change: 'stopped', due: { dueOn: '2025-03-10', stopped: true } });
  });

  test('only a count that met an unpublished year is provisional', () => {
    const provisional = (start: IsoDate, term: Partial<Term>) => deriveDue(input(start, term)).derivation.provisional;
    expect(provisional('2027-12-20', { amount: 10 })).toBe(false);
    expect(provisional('2027-12-20', { amount: 11 })).toBe(true);
    expect(provisional('2027-12-20', { amount: 12, unit: 'wd' })).toBe(true);
    expect(provisional('2023-12-20', { amount: 15, unit: 'wd' })).toBe(true);
    expect(provisional('2027-12-20', { amount: 5, unit: 'year' })).toBe(true);
    expect(provisional('2027-12-20', { amount: 5, unit: 'year', fixed: true })).toBe(false);
    expect(provisional('2024-01-10', { amount: 12, unit: 'wd', direction: 'before' })).toBe(true);
  });
});

describe('says why', () => {
  test('names clause, event, unit, days off, pause with who was waited for, extension', () => {
    const due = deriveDue(
      input(
        '2026-12-21',
        { amount: 10, unit: 'wd' },
        {
          pauses: [pause('2026-12-23', '2026-12-28')],
          extensions: [{ amount: 2, unit: 'wd', reason: 'запрошены сведения', by: 'Петрова А. В.', on: '2026-12-29' }],
        },
      ),
    );
    expect(explainDue(due)).toBe(
      'Срок истекает в 24:00 20 января 2027 г., среда (местное время, UTC+7). Основание: регламент, п. 12. ' +
        'Событие «заявление зарегистрировано» произошло 21 декабря 2026 г.; срок 10 рабочих дней, счёт начинается со следующего дня. ' +
        'Срок продлён 29 декабря 2026 г. на 2 рабочих дня; причина: запрошены сведения; решение: Петрова А. В. ' +
        'Остановка с 23 декабря 2026 г. по 28 декабря 2026 г. (ждали: заявитель; причина: возврат документов): ' +
        '5 календарных дней не считаются, счёт продолжен на следующий день. ' +
        'Не считаются нерабочие дни: 31 декабря 2026 г. – 10 января 2027 г. (нерабочий день по календарю, новогодние каникулы, ' +
        'Рождество Христово, суббота, воскресенье); 16–17 января 2027 г. (суббота, воскресенье). ' +
        'Производственный календарь: ru-2026.1.',
    );
  });

  test('tells a moved last day and a term backward', () => {
    const text = explainDue(
      deriveDue(input('2026-12-23', { amount: 30, direction: 'before' }, { startEvent: 'заседание комиссии' })),
    );
    expect(text).toContain(
      'Отсчёт назад от 23 декабря 2026 г., событие «заседание комиссии»: не позднее чем за 30 календарных дней',
    );
    expect(text).toContain('поэтому срок заканчивается в предшествующий рабочий день, 20 ноября 2026 г., пятница');
    expect(text).toContain('21–22 ноября 2026 г. (суббота, воскресенье)');
    expect(text).not.toContain('Не считаются');
  });

  test('says that the clock stands, that no pause counts, that a date is provisional or set by a person', () => {
    const open = { pauses: [pause('2026-11-26')], asOf: '2026-12-10' };
    expect(explainDue(deriveDue(input('2026-11-23', { amount: 10 }, open)))).toMatch(
      /^Срок остановлен\. Если дело возобновится 10 декабря 2026 г\., срок истечёт в 24:00 17 декабря 2026 г\./,
    );
    expect(explainDue(deriveDue(input('2026-11-23', { amount: 10, noPause: true }, open)))).toContain(
      'норма не допускает',
    );
    expect(explainDue(deriveDue(input('2028-01-23', { amount: 10 })))).toContain('Дата предварительная');
    const fixedByHand = { on: '2026-12-31', by: 'Петрова А. В.', reason: 'решение суда', previous: '2026-12-03' };
    expect(explainDue(deriveDue(input('2026-11-23', { amount: 10 }, { fixedByHand })))).toContain(
      'Дату установил человек: Петрова А. В.',
    );
  });

  test('counts in Russian', () => {
    expect([1, 2, 5, 11, 12, 21, 22, 111].map((n) => amountRu(n, 'cd'))).toEqual([
      '1 календарный день',
      '2 календарных дня',
      '5 календарных дней',
      '11 календарных дней',
      '12 календарных дней',
      '21 календарный день',
      '22 календарных дня',
      '111 календарных дней',
    ]);
    expect([1, 3, 5].map((n) => amountRu(n, 'year'))).toEqual(['1 год', '3 года', '5 лет']);
  });
});

test.each([-1, 1.5, Number.NaN])('refuses a term of %d', (amount) => {
  expect(() => dueOn('2026-11-23', { amount })).toThrow(RangeError);
});

describe('for any term', () => {
  const date = fc.integer({ min: toEpochDay('2023-10-01'), max: toEpochDay('2028-03-31') }).map(fromEpochDay);
  const unit = fc.constantFrom('cd', 'wd', 'month', 'year');
  const amount = fc.integer({ min: 0, max: 40 });
  const region = fc.constantFrom(undefined, '16', '42');
  const zone = fc.constantFrom(...ZONES);
  const backward = fc.constantFrom(undefined, 'full_days', 'counted');
  /** Gaps and lengths, so that pauses come in order after the start. */
  const stops = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 60 })), { maxLength: 3 });
  const extension = fc.record({ amount, unit, reason: fc.constant('по просьбе'), on: fc.constant('2026-01-01') });

  function pausesFrom(startedOn: IsoDate, list: [number, number][]): Pause[] {
    let at = startedOn;
    return list.map(([gap, length]) => {
      const fromOn = addDays(at, gap);
      at = addDays(fromOn, length);
      return pause(fromOn, at);
    });
  }

  const anyInput = fc
    .record({
      startedOn: date,
      unit,
      amount,
      region,
      zone,
      stops,
      extensions: fc.array(extension, { maxLength: 2 }),
      noPause: fc.boolean(),
    })
    .map((it) =>
      input(
        it.startedOn,
        { amount: it.amount, unit: it.unit, noPause: it.noPause },
        {
          ...(it.region === undefined ? {} : { region: it.region }),
          zone: it.zone,
          pauses: pausesFrom(it.startedOn, it.stops),
          extensions: it.extensions,
        },
      ),
    );

  test('counting the derivation again gives the same answer, also after JSON', () => {
    fc.assert(
      fc.property(anyInput, fc.boolean(), fc.option(date, { nil: undefined }), (given, isOpen, asOf) => {
        const last = given.pauses?.at(-1);
        if (isOpen && last !== undefined) delete last.toOn;
        const due = deriveDue({ ...given, ...(asOf === undefined ? {} : { asOf }) });
        expect(rederive(due.derivation, calendar)).toEqual(due);
        expect(rederive(JSON.parse(JSON.stringify(due.derivation)), calendar)).toEqual(JSON.parse(JSON.stringify(due)));
      }),
      { numRuns: 400 },
    );
  });

  test('it ends on a working day unless fixed, and no earlier than its start', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const due = deriveDue(given);
        expect(isWorkingDay(calendar, due.dueOn, given.region)).toBe(true);
        expect(due.dueOn >= given.startedOn).toBe(true);
        const { movedFrom, skipped } = due.derivation;
        if (movedFrom !== undefined)
          expect(movedFrom < due.dueOn && nextWorkingDay(calendar, movedFrom, given.region) === due.dueOn).toBe(true);
        expect(skipped.every((d) => !isWorkingDay(calendar, d, given.region))).toBe(true);
        expect(skipped).toEqual([...new Set(skipped)].sort());
      }),
      { numRuns: 400 },
    );
  });

  test('fixed, it ends where the arithmetic says', () => {
    fc.assert(
      fc.property(date, amount, (startedOn, n) => {
        expect(dueOn(startedOn, { amount: n, unit: 'cd', fixed: true })).toBe(addDays(startedOn, n));
        expect(dueOn(startedOn, { amount: n, unit: 'month', fixed: true })).toBe(addMonths(startedOn, n));
        expect(dueOn(startedOn, { amount: n, unit: 'year', fixed: true })).toBe(addYears(startedOn, n));
      }),
    );
  });

  test('a longer term, a longer pause, an extension, a later start never end earlier', () => {
    fc.assert(
      fc.property(anyInput, fc.integer({ min: 0, max: 20 }), extension, (given, more, added) => {
        const base = deriveDue(given).dueOn;
        const { amount: n } = given.term;
        expect(deriveDue({ ...given, term: { ...given.term, amount: n + more } }).dueOn >= base).toBe(true);
        expect(deriveDue({ ...given, extensions: [...(given.extensions ?? []), added] }).dueOn >= base).toBe(true);
        const pauses = given.pauses ?? [];
        const last = pauses.at(-1);
        if (last?.toOn !== undefined) {
          const longer = [...pauses.slice(0, -1), { ...last, toOn: addDays(last.toOn, more) }];
          expect(deriveDue({ ...given, pauses: longer }).dueOn >= base).toBe(true);
          expect(deriveDue({ ...given, pauses: pauses.slice(0, -1) }).dueOn <= base).toBe(true);
        }
        const later = { ...given, pauses: [], startedOn: addDays(given.startedOn, more) };
        expect(deriveDue(later).dueOn >= deriveDue({ ...given, pauses: [] }).dueOn).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test('calendar and working days end where someone crossing out days on a wall calendar ends', () => {
    const off = new Set(Object.values(calendar.years).flatMap((year) => year.daysOff));
    const saturdays = new Set(Object.values(calendar.years).flatMap((year) => year.workingSaturdays));
    const works = (d: IsoDate) => saturdays.has(d) || (weekday(d) <= 5 && !off.has(d));
    const published = fc.integer({ min: toEpochDay('2024-01-01'), max: toEpochDay('2026-12-31') }).map(fromEpochDay);
    fc.assert(
      fc.property(
        published,
        fc.constantFrom('cd', 'wd'),
        fc.integer({ min: 1, max: 40 }),
        stops,
        (startedOn, u, n, list) => {
          const pauses = pausesFrom(startedOn, list);
          let day = startedOn;
          let left = n;
          while (left > 0) {
            day = addDays(day, 1);
            const stands = pauses.some((p) => day > p.fromOn && p.toOn !== undefined && day <= p.toOn);
            if (!stands && (u === 'cd' || works(day))) left -= 1;
          }
          // The last day may itself begin a pause, or stand before one that begins while it is being moved.
          for (const p of pauses) {
            let moved = day;
            while (!works(moved)) moved = addDays(moved, 1);
            if (p.toOn !== undefined && p.fromOn >= day && p.fromOn <= moved) day = p.toOn;
          }
          while (!works(day)) day = addDays(day, 1);
          expect(dueOn(startedOn, { amount: n, unit: u }, { pauses })).toBe(day);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a pause of no length changes nothing', () => {
    fc.assert(
      fc.property(date, unit, amount, fc.integer({ min: -10, max: 60 }), (startedOn, u, n, offset) => {
        const on = addDays(startedOn, offset);
        expect(dueOn(startedOn, { amount: n, unit: u }, { pauses: [pause(on, on)] })).toBe(
          dueOn(startedOn, { amount: n, unit: u }),
        );
      }),
    );
  });

  test('a pause cut in two on any of its days is the same pause, in any order', () => {
    const days = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(date, unit, amount, days, days, days, (startedOn, u, n, gap, first, second) => {
        const from = addDays(startedOn, gap);
        const cut = addDays(from, first);
        const to = addDays(cut, second);
        const whole = dueOn(startedOn, { amount: n, unit: u }, { pauses: [pause(from, to)] });
        expect(dueOn(startedOn, { amount: n, unit: u }, { pauses: [pause(from, cut), pause(cut, to)] })).toBe(whole);
        expect(dueOn(startedOn, { amount: n, unit: u }, { pauses: [pause(cut, to), pause(from, cut)] })).toBe(whole);
      }),
    );
  });

  test('a pause within the term adds its days: calendar days before moving, months likewise', () => {
    const days = fc.integer({ min: 1, max: 25 });
    fc.assert(
      fc.property(date, fc.constantFrom('cd', 'month'), days, days, (startedOn, u, gap, length) => {
        const from = addDays(startedOn, gap);
        const pauses = [pause(from, addDays(from, length))];
        const term = { amount: u === 'cd' ? 26 : 2, unit: u, fixed: true } as const;
        expect(daysBetween(dueOn(startedOn, term), dueOn(startedOn, term, { pauses }))).toBe(length);
      }),
    );
  });

  test('backward, the last lawful day is a working day no later than D − N, and full days lie between', () => {
    fc.assert(
      fc.property(date, unit, amount, backward, region, (startedOn, u, n, reading, where) => {
        const term = {
          amount: n,
          unit: u,
          direction: 'before',
          ...(reading === undefined ? {} : { backward: reading }),
        } as const;
        const on = dueOn(startedOn, term, where === undefined ? {} : { region: where });
        const limit = {
          cd: addDays(startedOn, -n),
          wd: addWorkingDays(calendar, startedOn, -n, where),
          month: addMonths(startedOn, -n),
          year: addYears(startedOn, -n),
        }[u];
        expect(isWorkingDay(calendar, on, where)).toBe(true);
        expect(on <= limit).toBe(true);
        if (reading !== 'counted') expect(on < limit).toBe(true);
        // The day after it is not lawful any more: nothing later was given away.
        const next = nextWorkingDay(calendar, addDays(on, 1), where);
        expect(reading === 'counted' ? next > limit : next >= limit).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test('the first day for a sitting keeps the term, the working day before it does not', () => {
    fc.assert(
      fc.property(date, fc.constantFrom('cd', 'wd', 'month'), amount, backward, (notice, u, n, reading) => {
        const term: Term = {
          amount: n,
          unit: u,
          direction: 'before',
          clause: 'п. 1',
          ...(reading === undefined ? {} : { backward: reading }),
        };
        const day = earliestDayFor(term, notice, calendar);
        expect(dueOn(day, term) >= notice).toBe(true);
        expect(dueOn(addWorkingDays(calendar, day, -1), term) < notice).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('the zone decides the instant, never the date', () => {
    fc.assert(
      fc.property(anyInput, zone, (given, other) => {
        const here = deriveDue(given);
        const there = deriveDue({ ...given, zone: other });
        expect(there.dueOn).toBe(here.dueOn);
        expect({ ...there.derivation, zone: given.zone }).toEqual(here.derivation);
        expect(Math.abs(Date.parse(there.dueAt) - Date.parse(here.dueAt))).toBeLessThanOrEqual(10 * 3_600_000);
      }),
    );
  });

  test('a later calendar never brings it earlier, and recomputing twice is recomputing once', () => {
    const old: ProductionCalendar = { version: 'ru-old', years: {} };
    fc.assert(
      fc.property(anyInput, (given) => {
        const due = deriveDue({ ...given, calendar: old });
        const again = recomputeOpen(due, calendar, given.startedOn);
        const computed = deriveDue(given).dueOn;
        expect(again.due.dueOn).toBe([computed, due.dueOn].sort()[1]);
        expect(again.computedOn).toBe(computed);
        expect(recomputeOpen(again.due, calendar, given.startedOn).due).toEqual(again.due);
        expect(rederive(again.due.derivation, calendar)).toEqual(again.due);
      }),
    );
  });

  test('its explanation names the clause and the date', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const due = deriveDue(given);
        const fixedByHand = { on: '2030-01-09', by: 'Петрова А. В.', reason: 'по просьбе.', previous: due.dueOn };
        for (const one of [due, deriveDue({ ...given, fixedByHand })]) {
          const text = explainDue(one);
          expect(text).toContain('регламент, п. 12');
          expect(text).not.toMatch(/undefined|NaN|\.\.| {2}/);
        }
      }),
    );
  });
});
