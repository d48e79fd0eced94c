/** The indicators against their targets: one screen, one workbook, every number with its people. */
import {
  count,
  share,
  type Figure,
  type Member,
  type Part,
  type ReportData,
  type ReportDefinition,
  type Row,
} from '../kit/report.ts';
import type { CountedEvent, NearMiss } from './counted.ts';
import { indicatorOn, INDICATORS, type IndicatorDefinition, type IndicatorValue } from './formulas.ts';
import { COUNTRY, judge, targetsOf } from './targets.ts';

const personMember = (e: CountedEvent): Member => ({
  key: `person:${e.personId}`,
  personId: e.personId,
  caseId: e.sourceCase,
  on: e.on,
});
const missMember = (m: NearMiss): Member => ({
  key: `person:${m.personId}`,
  personId: m.personId,
  caseId: m.sourceCase,
  noteRu: m.whyRu,
});

/** Regions with anything counted, told or targeted, then the country. */
function territories(data: ReportData, region: string | undefined): string[] {
  if (region) return [region];
  const found = new Set([
    ...data.cases.flatMap((c) => c.region ?? []),
    ...data.entries.flatMap((e) => e.region ?? []),
    ...data.targets.map((t) => t.territory),
    ...data.denominators.map((d) => d.territory),
  ]);
  found.delete(COUNTRY);
  return [...[...found].filter((code) => data.regions.has(code)).sort(), COUNTRY];
}

function rowOf(definition: IndicatorDefinition, data: ReportData, value: IndicatorValue): Row {
  const records = targetsOf(data.targets, definition.targets, value.territory);
  const judged = judge(records, value.counted.length, value.denominator, value.on);
  const members = value.counted.map(personMember);
  const percent: Figure = share(members, value.denominator, {
    digits: judged?.digits ?? 1,
    ...(judged ? { target: judged.target } : {}),
  });
  const { told } = value;
  return {
    key: value.territory,
    labelRu:
      value.territory === COUNTRY ? 'Российская Федерация' : (data.regions.get(value.territory) ?? value.territory),
    total: value.territory === COUNTRY,
    cells: {
      counted: count(members, 'people'),
      whole: value.denominator === null ? null : String(value.denominator),
      percent,
      target: judged ? `${String(judged.target.value).replace('.', ',')} % (${judged.target.year})` : null,
      misses: count(value.nearMisses.map(missMember), 'people'),
      source: told
        ? `${told.sourceRu}, на ${told.on.split('-').reverse().join('.')}${told.synthetic ? ' — учебное значение' : ''}`
        : null,
    },
  };
}

export const indicatorsReport: ReportDefinition = {
  id: 'indicators',
  titleRu: 'Показатели проекта и цели',
  hintRu: 'Кто посчитан, к какому числу и какая цель стоит в паспорте',
  clauseRu: 'Паспорта федерального и регионального проектов, разделы целей и результатов',
  audience: ['staff', 'observer'],
  filters: ['on', 'region'],
  guarded: true,
  needs: {
    cases: {
      'mentoring-cycle': ['menteeId', 'place', 'stage', 'pauses', 'hiredOn', 'credited', 'youngUntil'],
      'head-attestation': ['stage'],
    },
    registers: ['head_attestations', 'attestation_schedule', 'cadre_reserve', 'assessment_protocols'],
    indicators: true,
  },
  build(data, { on, region }) {
    const places = territories(data, region);
    const parts = INDICATORS.map(
      (definition): Part => ({
        key: definition.code,
        ...(definition.process ? { process: definition.process } : {}),
        titleRu: `${definition.code}. ${definition.nameRu}`,
        hintRu: definition.formulaRu,
        rowRu: 'Территория',
        columns: [
          { key: 'counted', labelRu: 'Посчитано человек' },
          { key: 'whole', labelRu: 'К числу' },
          { key: 'percent', labelRu: 'Доля' },
          { key: 'target', labelRu: 'Цель (год)' },
          { key: 'misses', labelRu: 'Почти вошли', apart: true },
          { key: 'source', labelRu: 'Откуда знаменатель' },
        ],
        rows: places.map((place) => rowOf(definition, data, indicatorOn(definition, data, place, on))),
        picture: { kind: 'bars', columns: ['percent'] },
      }),
    );
    return {
      headline: parts.flatMap((part) => {
        const figure = part.rows.at(-1)?.cells.percent;
        return figure && typeof figure === 'object'
          ? [
              {
                key: part.key,
                ...(part.process ? { process: part.process } : {}),
                labelRu: part.titleRu.replace(/^(I\d+)\. /, '$1: '),
                figure: figure.outOf ? figure : count(figure.members, 'people'),
              },
            ]
          : [];
      }),
      parts,
      notesRu: [
        'Знаменатели загружаются с датой и источником: в документах проекта их нет. Где знаменатель не загружен, доли нет.',
        'Достигнута ли цель, решает точная дробь, а не округлённая доля.',
        'Человек с событиями в двух регионах считается в каждом из них и один раз — в стране.',
      ],
    };
  },
};
