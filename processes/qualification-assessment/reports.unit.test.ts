/** Reports of P03 over cases told without an engine, and their agreement with indicator I7. */
import { describe, expect, it } from 'vitest';
import { ExamDay, Town } from '../../test/p03/pure.ts';
import { CAST, CENTRE, people, SCHOOL, uuid } from '../../test/p03/world.ts';
import { indicatorOn, INDICATORS, type IndicatorDefinition } from '../indicators/formulas.ts';
import {
  type Figure,
  figuresOf,
  type ReportBody,
  type ReportData,
  type ReportDefinition,
  type ReportEntry,
  valueOf,
} from '../kit/report.ts';
import { hiddenCells } from '../kit/disclosure.ts';
import type { RegisterWrite } from '../kit/types.ts';
import { assessedPeople } from './counted.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { reports } from './reports.ts';

let n = 0;
interface Story {
  town: Town;
  personId: string;
}
/** Each story has a person and a town of its own; `as` tells it of somebody known already. */
function story(tell: (town: Town) => unknown, as?: string): Story {
  const town = new Town();
  tell(town);
  return { town, personId: as ?? uuid(9100 + ++n) };
}

/** What the record path would have left of the stories, as reports read it. */
function dataOf(stories: Story[], more: Partial<ReportData> = {}): ReportData {
  const data: ReportData = {
    cases: [],
    events: [],
    tasks: [],
    entries: [],
    organisations: new Map([
      [SCHOOL, { nameRu: 'Школа 7', municipalityRu: 'Азов', region: '61' }],
      [CENTRE, { nameRu: 'Центр А', municipalityRu: 'Ростов', region: '61' }],
    ]),
    regions: new Map([['61', 'Ростовская область']]),
    policies: new Map([['p1', DEFAULT_POLICY]]),
    targets: [],
    denominators: [],
    ...more,
  };
  for (const { town, personId } of stories)
    for (const run of town.cases.values()) {
      const named = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(people.teacher, personId)) as T;
      const s = run.process.summary(run.s, run.ctx());
      data.cases.push({
        caseId: run.caseId,
        process: run.process.slug,
        jurisdiction: CAST.jurisdiction.id,
        number: s.number ?? null,
        stage: s.stage,
        outcome: s.outcome ?? null,
        closed: s.closed,
        paused: false,
        startedOn: run.events[0]?.on ?? '',
        dueOn: s.dueOn ?? null,
        region: '61',
        organisationId: null,
        policyVersionId: 'p1',
        state: named(run.s),
      });
      for (const e of run.events)
        data.events.push({
          caseId: run.caseId,
          process: run.process.slug,
          sequence: e.sequence,
          type: e.type,
          on: e.on,
          facts: named(e.facts),
        });
      const last = new Map<string, RegisterWrite>(run.entries.map((e) => [`${e.register}/${e.number}`, e]));
      for (const e of last.values()) data.entries.push(entryOf(run.caseId, named(e)));
    }
  data.cases = data.cases.filter((c) => c.process === 'qualification-assessment');
  return data;
}

const entryOf = (caseId: string, e: RegisterWrite): ReportEntry => ({
  register: e.register,
  number: `${caseId.slice(-4)}/${e.number}`,
  status: e.status,
  titleRu: '',
  facts: e.facts,
  organisationId: null,
  region: '61',
  validFrom: e.validFrom ?? null,
  validUntil: e.validUntil ?? null,
  caseId,
});

const report = (name: string) =>
  reports.find(({ id }) => id === `qualification-assessment-${name}`) as ReportDefinition;
const on = '2026-12-31';
const built = (name: string, data: ReportData, query: Partial<Parameters<ReportDefinition['build']>[1]> = {}) =>
  report(name).build(data, { on, year: 2026, ...query });
const line = (body: ReportBody, key: string) => valueOf(body.headline.find((h) => h.key === key)?.figure as Figure);
const cell = (body: ReportBody, part: string, row: string, column: string) => {
  const found = body.parts.find((p) => p.key === part)?.rows.find((r) => r.key === row)?.cells[column];
  return found && typeof found === 'object' ? valueOf(found) : (found ?? null);
};

const passed = (town: Town) => town.assessment().applyFor().certified();
const failed = (town: Town) => town.assessment().applyFor().concluded();
const annulled = (town: Town) =>
  town
    .assessment()
    .applyFor()
    .graded()
    .protocol()
    .do(people.council, 'annulExam', { taskId: verify(town) });
const verify = (town: Town): string => {
  const [c] = town.cases.values();
  if (!c) throw new Error('no case');
  return c.task('verify');
};

const I7 = INDICATORS.find(({ code }) => code === 'I7') as IndicatorDefinition;
const told = {
  denominators: [
    {
      id: 'd',
      kind: 'pedagogues' as const,
      territory: '61',
      on: '2026-01-01',
      value: 50,
      sourceRu: 'письмо',
      synthetic: true,
    },
  ],
  targets: [
    {
      id: 'kem-003-3',
      territory: '61',
      nameRu: 'Прошли оценку',
      unit: 'процент',
      comparator: null,
      values: { '2026': 10 },
    },
  ],
};

describe('counting', () => {
  it('is one rule: the report of the target and indicator I7 count the same people of any cases', () => {
    const anna = story(failed);
    const stories = [
      story(passed),
      anna,
      // A retake and a second success of the same person add nobody.
      story(passed, anna.personId),
      story(annulled),
      story((town) => town.assessment().applyFor().graded(80, 3, 3, 3)),
      story((town) => town.assessment().applyFor().admit().do(people.teacher, 'withdraw')),
    ];
    const data = dataOf(stories, told);
    const { counted, nearMisses, denominator } = indicatorOn(I7, data, '61', on);
    const body = built('target', data);
    const figure = body.headline.find((h) => h.key === 'people')?.figure as Figure;
    expect(new Set(figure.members.map((m) => m.personId))).toEqual(new Set(counted.map((e) => e.personId)));
    expect(line(body, 'people')).toBe(3);
    expect([denominator, nearMisses.map((m) => m.whyRu)]).toEqual([50, ['экзамен аннулирован']]);
    expect(assessedPeople(data, { to: on }).people).toEqual(counted);
    expect(cell(body, 'regions', '61', 'percent')).toBe(6);
  });

  it('shows what part of the target each municipality gave: three of the five people that ten percent of fifty are', () => {
    const body = built('target', dataOf([story(passed), story(passed), story(failed)], told));
    expect(cell(body, 'regions', '61', 'done')).toBe(60);
    expect(cell(body, 'regions', '61', 'target')).toBe('10 % (2026)');
    expect(cell(body, 'places-61', 'Азов', 'part')).toBe(60);
    expect(cell(body, 'places-61', 'Азов', 'passed')).toBe(2);
  });

  it('knows no share where no target or no number of pedagogues is told', () => {
    const body = built('target', dataOf([story(passed)]));
    expect([cell(body, 'regions', '61', 'done'), cell(body, 'regions', '61', 'percent')]).toEqual([null, null]);
  });

  it('leaves out exams after the day of the report', () => {
    const data = dataOf([story(passed)], told);
    expect(line(built('target', data, { on: '2026-02-09' }), 'people')).toBe(0);
    expect(line(built('target', data, { on: '2026-02-10' }), 'people')).toBe(1);
  });
});

describe('the pass rate', () => {
  it('counts each person once under every labour function of the qualification, and says which part ended the exam', () => {
    const anna = story(failed);
    const body = built(
      'results',
      dataOf([story(passed), anna, story(passed, anna.personId), story(annulled), story(failed)]),
    );
    expect(['people', 'passed', 'annulled'].map((key) => line(body, key))).toEqual([3, 2, 1]);
    expect(line(body, 'rate')).toBe(66.7);
    for (const code of ['A/01.6', 'A/03.6'])
      expect(['people', 'passed', 'theory', 'practice'].map((key) => cell(body, 'functions', code, key))).toEqual([
        3, 2, 2, 0,
      ]);
    expect(body.parts[0]?.rows[0]?.labelRu).toContain('Общепедагогическая функция');
  });

  it('follows a result that an appeal has changed', () => {
    const changed = story((town) => {
      const c = town.assessment().applyFor().concluded();
      c.do(people.teacher, 'complain', { document: 'x' });
      return c.do(people.appeals, 'decideAppeal', {
        taskId: c.task('appeal_decision'),
        outcome: 'changed',
        passed: true,
        statement: 'x',
      });
    });
    expect(line(built('results', dataOf([changed])), 'passed')).toBe(1);
  });
});

describe('waiting and places', () => {
  it('tells days between the steps, and who waits now', () => {
    const queue = story((town) => town.assessment().applyFor().admit());
    const body = built('waiting', dataOf([story(passed), story(failed), queue]));
    expect([line(body, 'all'), line(body, 'queue')]).toEqual([3, 1]);
    // Admitted on the day of the application, 15 January; examined on 10 February.
    expect([cell(body, 'roads', 'total', 'check'), cell(body, 'roads', 'total', 'exam')]).toEqual([0, 26]);
    expect(cell(body, 'queue', 'no_seat', 'all')).toBe(1);
    expect(cell(body, 'centres', CENTRE, 'all')).toBe(3);
  });

  it('tells what became of the sessions', () => {
    const off = story((town) => {
      const day = town.examDay('2026-02-10');
      day.do(people.operator, 'cancelSession', { statement: 'x' });
    });
    const held = story((town) => {
      const c = passed(town);
      const day = [...town.cases.values()].find((run) => run instanceof ExamDay);
      expect(day?.stage).toBe('in_session');
      return c;
    });
    const body = built('waiting', dataOf([off, held]));
    expect(['all', 'held', 'off'].map((key) => cell(body, 'sessions', '2026-02', key))).toEqual([2, 1, 1]);
  });

  it('counts financed places as their claims stand: given back by who leaves in time, lost by who does not come', () => {
    const stories = [
      story(passed),
      story((town) => {
        const c = town.assessment().applyFor().admit();
        c.do(people.teacher, 'withdraw');
      }),
      story((town) => {
        const c = town.assessment().applyFor();
        const day = c.admit() && town.examDay('2026-03-10');
        c.do(people.teacher, 'refreshSessions').book(day).do(people.teacher, 'withdraw');
      }),
      story((town) => {
        const c = town.assessment().applyFor();
        c.toExam();
        c.do(people.operator, 'recordNoShow').day('2026-04-10');
        expect(c.stage).toBe('lapsed');
      }),
    ];
    const held = stories.flatMap(({ town }) => [...town.held.keys()].filter((key) => key.startsWith('financed:')));
    const body = built('places', dataOf(stories));
    expect(line(body, 'used')).toBe(held.length);
    expect([line(body, 'used'), line(body, 'missed')]).toEqual([2, 1]);
    const row = body.parts[0]?.rows[0];
    expect([row?.cells.places, row && valueOf(row.cells.share as Figure)]).toEqual(['20', 10]);
  });
});

describe('a small group', () => {
  it('is hidden in every report, with what it could be found from', () => {
    const data = dataOf([story(passed), story(failed), story(annulled)], told);
    for (const { id, guarded, build } of reports) {
      expect(guarded).toBe(true);
      const body = build(data, { on, year: 2026 });
      const hidden = hiddenCells(body, 5);
      for (const { cell: at, figure } of figuresOf(body))
        if (figure.members.some((m) => m.personId)) expect(hidden.has(at), `${id} ${at}`).toBe(true);
    }
  });
});
