/** Reports of mentoring (specification P04 «Reports»): coverage, norms and gates, mentors and vacancies, ends and retention. */
import { caseMember, groupRows, termsPart } from '../kit/report-parts.ts';
import {
  count,
  type Figure,
  median,
  type Member,
  type ReportCase,
  type ReportData,
  type ReportDefinition,
  type Row,
  share,
  sum,
} from '../kit/report.ts';
import { EXIT_REASONS, TASK_LABELS, WORK_LABELS } from './labels.ru.ts';
import type { MentoringPolicy, Norm, WorkKind } from './policy.ts';
import { CAREER_EVENTS, exits, hasOpenPair, riskOf, standingOf, stays, vacancyOf } from './reports.ts';
import { ACTIVE, STAGES } from './stages.ts';
import type { MentoringState } from './state.ts';

const slug = 'mentoring-cycle';
const ABOUT_CLAUSE = 'Региональный проект, результат 5: поддержка в первые три года работы';

type Cycle = ReportCase<MentoringState>;

/** Its municipality; where the place names none, the body above the school stands for it. */
const municipalityOf = (c: Cycle): string => c.state.place.municipality ?? c.state.place.authorityId;
const person = (c: Cycle, more: Partial<Member> = {}): Member => caseMember(c, { personId: c.state.menteeId, ...more });
const of = (items: Cycle[], more: (c: Cycle) => Partial<Member> = () => ({})): Figure =>
  count(items.map((c) => person(c, more(c))));
const byPlace = (data: ReportData) => ({
  labelOf: (key: string) => data.organisations.get(key)?.nameRu ?? key,
  totalRu: 'Всего',
});
const places = (data: ReportData, items: Cycle[], cells: (items: Cycle[]) => Row['cells']): Row[] =>
  groupRows(items, municipalityOf, cells, byPlace(data));
function byCaseId<T extends { caseId: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.caseId);
    if (group) group.push(item);
    else groups.set(item.caseId, [item]);
  }
  return groups;
}
const cyclesOf = (data: ReportData): Cycle[] => data.cases as Cycle[];

const PLACE_FIELDS = ['menteeId', 'place', 'stage', 'year'] as const;

const coverage: ReportDefinition = {
  id: `${slug}-coverage`,
  process: slug,
  titleRu: 'Охват наставничеством',
  hintRu: 'Кто в программе, на каком году, кто вошёл в показатель I6',
  clauseRu: ABOUT_CLAUSE,
  audience: ['staff', 'observer', 'organisation', 'overseer'],
  filters: ['on', 'region'],
  needs: { cases: { [slug]: [...PLACE_FIELDS, 'pauses', 'hiredOn', 'credited', 'youngUntil'] } },
  build(data, { on }) {
    const all = cyclesOf(data);
    const live = all.filter((c) => !STAGES[c.state.stage]?.final && !['left', 'declined'].includes(c.state.stage));
    const running = live.filter((c) => ACTIVE.includes(c.state.stage));
    const paused = live.filter((c) => c.state.stage === 'paused');
    const young = (c: Cycle) => {
      const s = standingOf(c.caseId, c.state, on);
      return s.youngUntil !== undefined && s.youngUntil > on && s.tenureMonths < 36;
    };
    const inYear = (items: Cycle[], year: number) => items.filter((c) => c.state.year === year);
    const cells = (items: Cycle[]): Row['cells'] => ({
      all: of(items),
      year1: of(inYear(items, 1)),
      year2: of(inYear(items, 2)),
      year3: of(inYear(items, 3)),
      paused: of(items.filter((c) => c.state.stage === 'paused')),
      young: of(items.filter(young)),
    });
    const columns = [
      { key: 'all', labelRu: 'В программе' },
      { key: 'year1', labelRu: 'Первый год' },
      { key: 'year2', labelRu: 'Второй год' },
      { key: 'year3', labelRu: 'Третий год' },
      { key: 'paused', labelRu: 'Приостановлены' },
      { key: 'young', labelRu: 'Моложе 35, стаж до 36 мес.' },
    ];
    return {
      listed: 'all',
      headline: [
        { key: 'all', labelRu: 'педагогов в программе', figure: of(live) },
        { key: 'running', labelRu: 'цикл идёт', figure: of(running), tone: 'good' },
        { key: 'paused', labelRu: 'приостановлены', figure: of(paused) },
        {
          key: 'declined',
          labelRu: 'отказались от программы',
          figure: of(all.filter((c) => c.state.stage === 'declined')),
        },
      ],
      parts: [
        {
          key: 'places',
          titleRu: 'По муниципалитетам',
          rowRu: 'Муниципалитет',
          columns,
          rows: places(data, live, cells),
          picture: { kind: 'bars', columns: ['year1', 'year2', 'year3'] },
        },
        {
          key: 'kind',
          titleRu: 'Город и село',
          rowRu: 'Школы',
          columns,
          rows: groupRows(live, (c) => (c.state.place.rural ? 'rural' : 'urban'), cells, {
            labelOf: (key) => (key === 'rural' ? 'Сельские' : 'Городские'),
            totalRu: 'Всего',
          }),
        },
        {
          key: 'stages',
          titleRu: 'По этапам',
          rowRu: 'Этап',
          columns: [{ key: 'all', labelRu: 'Циклов' }],
          rows: groupRows(
            all,
            (c) => c.state.stage,
            (items) => ({ all: of(items) }),
            {
              labelOf: (code) => STAGES[code]?.labelRu ?? code,
              totalRu: 'Всего',
            },
          ),
        },
      ],
      notesRu: ['Показатель I6 с целью и знаменателем — в отчёте «Показатели проекта и цели».'],
    };
  },
};

/** Work that a closed month of service called for, by kind. */
function needed(norms: Norm[], kind: WorkKind, months: number): number {
  const norm = norms.find((n) => n.kind === kind);
  if (!norm) return 0;
  return norm.per === 'month' ? norm.min * months : Math.ceil((norm.min * months) / 3);
}

const norms: ReportDefinition = {
  id: `${slug}-norms`,
  process: slug,
  titleRu: 'Встречи и нормы, кварталы и рубежи',
  hintRu: 'Сколько сделано к норме, где квартал не выполнен, где рубеж просрочен',
  clauseRu: 'Положение о наставничестве: нормы года, ежеквартальная проверка, рубеж',
  audience: ['staff', 'observer', 'organisation', 'overseer'],
  filters: ['from', 'to', 'region'],
  needs: {
    cases: { [slug]: [...PLACE_FIELDS, 'risk', 'gate', 'credited', 'policyVersionId'] },
    events: { [slug]: ['month.closed', 'quarter.met', 'quarter.missed', 'quarter.cleared'] },
    policies: [slug],
    tasks: [slug],
  },
  build(data, { on, from, to }) {
    const all = cyclesOf(data);
    const byCase = new Map(all.map((c) => [c.caseId, c]));
    const events = data.events.filter((e) => byCase.has(e.caseId) && (!from || e.on >= from) && (!to || e.on <= to));
    const cycle = (caseId: string) => byCase.get(caseId) as Cycle;
    const months = events.filter((e) => e.type === 'month.closed');
    const quarters = events.filter((e) => e.type.startsWith('quarter.'));
    const quarter = (items: typeof quarters) =>
      count(
        items.map((e) =>
          person(cycle(e.caseId), {
            key: `event:${e.caseId}:${e.sequence}`,
            on: e.on,
            noteRu: `квартал ${e.facts.quarter}`,
          }),
        ),
        'pieces',
      );
    const missed = quarters.filter((e) => e.type === 'quarter.missed');
    const met = quarters.filter((e) => e.type !== 'quarter.missed');
    const kinds = Object.keys(WORK_LABELS) as WorkKind[];
    const work = kinds.flatMap((kind): Row[] => {
      const rows = [...byCaseId(months)].map(([caseId, mine]) => {
        const s = cycle(caseId).state;
        const policy = data.policies.get(s.policyVersionId) as MentoringPolicy | undefined;
        let norm = 0;
        for (const year of [1, 2, 3] as const) {
          const inYear = mine.filter((e) => Math.min(3, Math.ceil(Number(e.facts.month) / 12)) === year);
          if (policy && inYear.length > 0) norm += needed(policy.norms[`${year}`], kind, inYear.length);
        }
        const done = mine.reduce((n, e) => n + (((e.facts.counts as Record<string, number>) ?? {})[kind] ?? 0), 0);
        return { c: cycle(caseId), done, norm };
      });
      if (rows.every(({ done, norm }) => done === 0 && norm === 0)) return [];
      const short = rows.filter(({ done, norm }) => done < norm);
      return [
        {
          key: kind,
          labelRu: WORK_LABELS[kind].replace(/^./, (sign) => sign.toUpperCase()),
          cells: {
            done: sum(
              rows.map(({ c, done }) => person(c, { value: done })),
              'pieces',
            ),
            norm: sum(
              rows.map(({ c, norm }) => person(c, { value: norm })),
              'pieces',
            ),
            short: count(short.map(({ c, done, norm }) => person(c, { noteRu: `${done} из ${norm}` }))),
          },
        },
      ];
    });
    const atRisk = all.filter((c) => riskOf(c.state) > 0);
    const lateGate = (c: Cycle) => c.state.gate?.overdue === true && !STAGES[c.state.stage]?.final;
    const gates = all.filter(lateGate);
    const cells = (items: Cycle[]): Row['cells'] => {
      const mine = new Set(items.map((c) => c.caseId));
      const here = (list: typeof quarters) => list.filter((e) => mine.has(e.caseId));
      return {
        met: quarter(here(met)),
        missed: quarter(here(missed)),
        risk: of(items.filter((c) => riskOf(c.state) > 0)),
        gates: of(items.filter(lateGate)),
      };
    };
    return {
      listed: 'risk',
      headline: [
        { key: 'met', labelRu: 'кварталов с выполненной нормой', figure: quarter(met), tone: 'good' },
        { key: 'missed', labelRu: 'кварталов без неё', figure: quarter(missed), tone: 'late' },
        {
          key: 'risk',
          labelRu: 'пар в зоне риска сейчас',
          figure: of(atRisk, (c) => ({ noteRu: `подряд: ${riskOf(c.state)}` })),
          tone: 'late',
        },
        {
          key: 'gates',
          labelRu: 'рубежей просрочено',
          figure: of(gates, (c) => ({ on: c.state.gate?.due as string, noteRu: `рубеж года ${c.state.year}` })),
          tone: 'late',
        },
      ],
      parts: [
        {
          key: 'work',
          titleRu: 'Сделано и норма',
          hintRu:
            'По закрытым месяцам службы; засчитано то, что подтвердили обе стороны. Норма — по версии правил дела.',
          rowRu: 'Вид работы',
          columns: [
            { key: 'done', labelRu: 'Сделано' },
            { key: 'norm', labelRu: 'По норме' },
            { key: 'short', labelRu: 'Пар ниже нормы' },
          ],
          rows: work,
          picture: { kind: 'against', columns: ['done', 'norm'] },
        },
        {
          key: 'places',
          titleRu: 'Кварталы и рубежи по муниципалитетам',
          rowRu: 'Муниципалитет',
          columns: [
            { key: 'met', labelRu: 'Кварталов с нормой' },
            { key: 'missed', labelRu: 'Без нормы' },
            { key: 'risk', labelRu: 'Пар в зоне риска' },
            { key: 'gates', labelRu: 'Рубежей просрочено' },
          ],
          rows: places(data, all, cells),
          picture: { kind: 'bars', columns: ['met', 'missed'] },
        },
        termsPart(data.tasks, TASK_LABELS, on),
      ],
    };
  },
};

const mentors: ReportDefinition = {
  id: `${slug}-mentors`,
  process: slug,
  titleRu: 'Наставники и вакансии',
  hintRu: 'Где нет наставника и сколько дней, как загружены наставники',
  clauseRu: 'Положение о наставничестве: назначение и замена наставника',
  audience: ['staff', 'observer', 'organisation', 'overseer'],
  filters: ['on', 'region'],
  needs: { cases: { [slug]: [...PLACE_FIELDS, 'pair', 'vacantSince', 'daysWithoutMentor', 'search'] } },
  build(data, { on }) {
    const all = cyclesOf(data);
    const isVacant = (c: Cycle) => vacancyOf(c.state, on).now;
    const isEscalated = (c: Cycle) => isVacant(c) && (c.state.search?.calls ?? 0) > 0;
    const vacant = all.filter(isVacant);
    const escalated = all.filter(isEscalated);
    const pairs = all.filter((c) => hasOpenPair(c.state));
    const without = (items: Cycle[]) =>
      items.flatMap((c) => {
        const { days } = vacancyOf(c.state, on);
        return days > 0 ? [person(c, { value: days, noteRu: `${days} дн.` })] : [];
      });
    const cells = (items: Cycle[]): Row['cells'] => ({
      pairs: of(items.filter((c) => hasOpenPair(c.state))),
      vacant: of(items.filter(isVacant), (c) => ({ on: c.state.vacantSince as string })),
      escalated: of(items.filter(isEscalated)),
      days: median(without(items)),
    });
    const load = new Map<string, Cycle[]>();
    for (const c of pairs) {
      const mentorId = c.state.pair?.mentorId as string;
      load.set(mentorId, [...(load.get(mentorId) ?? []), c]);
    }
    const byLoad = new Map<number, Array<[string, Cycle[]]>>();
    for (const [mentorId, cycles] of load)
      byLoad.set(cycles.length, [...(byLoad.get(cycles.length) ?? []), [mentorId, cycles]]);
    return {
      listed: 'vacant',
      headline: [
        { key: 'pairs', labelRu: 'пар работает', figure: of(pairs), tone: 'good' },
        {
          key: 'vacant',
          labelRu: 'без наставника сейчас',
          figure: of(vacant, (c) => ({
            on: c.state.vacantSince as string,
            noteRu: `${vacancyOf(c.state, on).days} дн. без наставника`,
          })),
          tone: 'late',
        },
        { key: 'escalated', labelRu: 'поиск передан выше', figure: of(escalated), tone: 'late' },
        {
          key: 'external',
          labelRu: 'наставник из другой организации',
          figure: of(pairs.filter((c) => c.state.pair?.external === true)),
        },
        { key: 'days', labelRu: 'дней без наставника (половина — не больше)', figure: median(without(all)) },
      ],
      parts: [
        {
          key: 'places',
          titleRu: 'По муниципалитетам',
          rowRu: 'Муниципалитет',
          columns: [
            { key: 'pairs', labelRu: 'Пар работает' },
            { key: 'vacant', labelRu: 'Без наставника' },
            { key: 'escalated', labelRu: 'Поиск передан выше' },
            { key: 'days', labelRu: 'Дней без наставника, половина — не больше' },
          ],
          rows: places(
            data,
            all.filter((c) => hasOpenPair(c.state) || vacancyOf(c.state, on).days > 0),
            cells,
          ),
          picture: { kind: 'bars', columns: ['pairs', 'vacant'] },
        },
        {
          key: 'load',
          titleRu: 'Нагрузка наставников',
          rowRu: 'Подопечных у наставника',
          columns: [
            { key: 'mentors', labelRu: 'Наставников' },
            { key: 'pairs', labelRu: 'Пар' },
          ],
          rows: [...byLoad.entries()]
            .sort((a, b) => a[0] - b[0])
            .map(([n, list]) => ({
              key: String(n),
              labelRu: String(n),
              cells: {
                mentors: count(
                  list.map(([mentorId, cycles]) => ({
                    key: `person:${mentorId}`,
                    personId: mentorId,
                    caseId: (cycles[0] as Cycle).caseId,
                    noteRu: `подопечных: ${cycles.length}`,
                  })),
                  'people',
                ),
                pairs: of(list.flatMap(([, cycles]) => cycles)),
              },
            })),
          picture: { kind: 'bars', columns: ['mentors'] },
        },
      ],
    };
  },
};

const FINISHED: Array<[stage: string, labelRu: string]> = [
  ['completed', 'Завершены'],
  ['completed_early', 'Завершены досрочно'],
  ['closed_incomplete', 'Программа не выполнена'],
  ['left', 'Оставили профессию'],
  ['closed', 'Закрыты по сроку'],
  ['closed_post_changed', 'Сменили должность'],
  ['transferred_out', 'Переехали в другой регион'],
  ['cancelled', 'Отменены'],
];

const outcomes: ReportDefinition = {
  id: `${slug}-outcomes`,
  process: slug,
  titleRu: 'Итоги и закрепление',
  hintRu: 'Чем кончились циклы, почему уходят, кто остался через год, два, три',
  clauseRu: ABOUT_CLAUSE,
  audience: ['staff', 'observer', 'organisation', 'overseer'],
  filters: ['from', 'to', 'region'],
  needs: {
    cases: { [slug]: [...PLACE_FIELDS, 'stageSince'] },
    events: { [slug]: [...CAREER_EVENTS, 'exit.surveyed'] },
  },
  build(data, { on, from = '0001-01-01', to = on }) {
    const all = cyclesOf(data);
    const byCase = new Map(all.map((c) => [c.caseId, c]));
    const ended = all.filter((c) => c.state.stageSince >= from && c.state.stageSince <= to);
    const at = (items: Cycle[], stage: string) =>
      of(
        items.filter((c) => c.state.stage === stage),
        (c) => ({ on: c.state.stageSince }),
      );
    const cells = (items: Cycle[]): Row['cells'] =>
      Object.fromEntries(FINISHED.map(([stage]) => [stage, at(items, stage)]));
    const journals = [...byCaseId(data.events.filter((e) => byCase.has(e.caseId)))].map(([caseId, events]) => ({
      caseId,
      events,
    }));
    const left = exits(journals, from, to);
    const stayed = stays(journals, to);
    const retained = (items: typeof stayed): Figure =>
      share(
        items.filter((x) => x.stayed).map((x) => person(byCase.get(x.caseId) as Cycle)),
        items.length,
      );
    const finished = ended.filter((c) => FINISHED.some(([stage]) => stage === c.state.stage));
    return {
      listed: 'finished',
      headline: [
        { key: 'completed', labelRu: 'завершили цикл', figure: at(ended, 'completed'), tone: 'good' },
        { key: 'early', labelRu: 'завершили досрочно', figure: at(ended, 'completed_early'), tone: 'good' },
        { key: 'left', labelRu: 'оставили профессию', figure: at(ended, 'left'), tone: 'late' },
        {
          key: 'finished',
          labelRu: 'всего окончено или прервано',
          figure: of(finished, (c) => ({ on: c.state.stageSince, noteRu: STAGES[c.state.stage]?.labelRu ?? '' })),
        },
      ],
      parts: [
        {
          key: 'places',
          titleRu: 'Чем кончились циклы',
          rowRu: 'Муниципалитет',
          columns: FINISHED.map(([key, labelRu]) => ({ key, labelRu })),
          rows: places(data, finished, cells),
          picture: { kind: 'bars', columns: ['completed', 'completed_early', 'closed_incomplete', 'left'] },
        },
        {
          key: 'reasons',
          titleRu: 'Почему уходят',
          rowRu: 'Причина',
          columns: [{ key: 'people', labelRu: 'Уходов' }],
          rows: groupRows(
            left,
            (x) => x.reason,
            (items) => ({
              people: count(
                items.map((x) => person(byCase.get(x.caseId) as Cycle, { key: `exit:${x.caseId}:${x.on}`, on: x.on })),
                'pieces',
              ),
            }),
            { labelOf: (code) => EXIT_REASONS[code] ?? code, totalRu: 'Всего' },
          ),
          picture: { kind: 'bars', columns: ['people'] },
        },
        {
          key: 'retention',
          titleRu: 'Кто остался в профессии',
          hintRu:
            'Доля тех, кто через столько лет после начала не оставил профессию; другой регион и другая должность — не уход.',
          rowRu: 'Муниципалитет',
          columns: ([1, 2, 3] as const).map((n) => ({
            key: `y${n}`,
            labelRu: n === 1 ? 'Через год' : `Через ${n} года`,
          })),
          rows: groupRows(
            stayed,
            (x) => `${x.municipality}${x.rural ? '|rural' : ''}`,
            (items) =>
              Object.fromEntries(
                ([1, 2, 3] as const).map((n) => [`y${n}`, retained(items.filter((x) => x.years === n))]),
              ),
            {
              labelOf: (key) => {
                const [place = '', rural] = key.split('|');
                return `${data.organisations.get(place)?.nameRu ?? place}${rural ? ', село' : ''}`;
              },
              totalRu: 'Всего',
            },
          ),
          picture: { kind: 'bars', columns: ['y1', 'y2', 'y3'] },
        },
      ],
    };
  },
};

export const reports: ReportDefinition[] = [coverage, norms, mentors, outcomes];
