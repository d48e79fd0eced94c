/**
 * Formulas of the indicators that the running processes feed (specification 6): I6, I7, I9, I12. Each is a pure count of distinct people
 * over recorded rows, with the list it was counted from and the list of those who almost counted.
 *
 * An indicator value is always {indicator, level, territory, date, edition of passport}: the same words mean other numbers elsewhere.
 */
import { addDays, type IsoDate } from '../kit/dates.ts';
import type { DenominatorRecord, ReportData } from '../kit/report.ts';
import { inReserve, isValidOn, type AttestationRow } from '../head-attestation/monitoring.ts';
import { assessedPeople } from '../qualification-assessment/counted.ts';
import { indicatorI6, standingOf, type Standing } from '../mentoring-cycle/reports.ts';
import { countPeople, type CountedEvent, type NearMiss } from './counted.ts';
import { COUNTRY, denominatorOn } from './targets.ts';

export interface IndicatorDefinition {
  code: 'I6' | 'I7' | 'I9' | 'I12';
  nameRu: string;
  formulaRu: string;
  /** Records of the sources, the passport's indicator before its results. */
  targets: string[];
  denominator: DenominatorRecord['kind'];
  /** The closed process whose people it counts. */
  process?: string;
}

export const INDICATORS: IndicatorDefinition[] = [
  {
    code: 'I6',
    nameRu: 'Молодые учителя, вовлечённые в поддержку и сопровождение',
    formulaRu:
      'Возраст меньше 35 лет и стаж меньше 36 месяцев на дату; цикл наставничества идёт (пауза не дольше шести месяцев). Каждый человек — один раз.',
    targets: ['kem-003-r5.1', 'ros-004-4', 'fed-002-4', 'fed-003-r5'],
    denominator: 'young_teachers',
  },
  {
    code: 'I7',
    nameRu: 'Педагоги, прошедшие независимую оценку квалификации',
    formulaRu:
      'Прошли процедуру с любым результатом, экзамен не аннулирован; нарастающим итогом. Повторные экзамены одного человека его второй раз не считают.',
    targets: ['kem-003-3', 'kem-003-r4.1', 'fed-003-r4'],
    denominator: 'pedagogues',
    process: 'qualification-assessment',
  },
  {
    code: 'I9',
    nameRu: 'Кадровый резерв руководителей',
    formulaRu: 'Состоят в резерве на дату (включены, получили предложение, срок истекает), к числу руководителей.',
    targets: ['kem-003-e1.1.4'],
    denominator: 'heads',
  },
  {
    code: 'I12',
    nameRu: 'Руководители с действующей аттестацией',
    formulaRu: 'Решение действует на дату, к числу руководителей без отсрочки. Цели в источниках нет.',
    targets: [],
    denominator: 'heads',
  },
];

export interface IndicatorValue {
  code: IndicatorDefinition['code'];
  territory: string;
  on: IsoDate;
  counted: CountedEvent[];
  nearMisses: NearMiss[];
  /** People of the whole; `null` where nobody has told it for the territory. */
  denominator: number | null;
  told: DenominatorRecord | null;
}

const MISSES: Record<string, string> = {
  age: 'исполнилось 35 лет',
  tenure: 'стаж 36 месяцев и больше',
  paused_long: 'пауза дольше шести месяцев',
  refused: 'отказался от программы',
  not_active: 'цикл не идёт',
  no_birthday: 'дата рождения не указана',
};

/** Counts one indicator for a region or the country (`00`) on a day. */
export function indicatorOn(
  { code, denominator: kind }: IndicatorDefinition,
  data: ReportData,
  territory: string,
  on: IsoDate,
): IndicatorValue {
  const told = denominatorOn(data.denominators, kind, territory, on);
  const region = territory === COUNTRY ? undefined : territory;
  const here = <T extends { region: string | null }>(items: T[]) => items.filter((x) => !region || x.region === region);
  const value = (counted: CountedEvent[], nearMisses: NearMiss[] = [], outside = 0): IndicatorValue => ({
    code,
    territory,
    on,
    counted,
    nearMisses,
    denominator: told ? told.value - outside : null,
    told,
  });
  switch (code) {
    case 'I6': {
      const { counted, nearMisses } = indicatorI6(here(standings(data, on)), [], on);
      return value(
        counted,
        nearMisses.map(({ why, ...miss }) => ({ ...miss, whyRu: MISSES[why] ?? why })),
      );
    }
    case 'I7': {
      const { people, nearMisses } = assessedPeople(data, { to: on, ...(region ? { region } : {}) });
      return value(people, nearMisses);
    }
    case 'I9': {
      const rows = here(data.entries.filter((e) => e.register === 'cadre_reserve'));
      const people = countPeople(
        rows.filter((e) => inReserve(e.status)).map((e) => eventOf(data, e, e.validFrom ?? on)),
        { to: on },
      );
      const known = new Set(people.map((e) => e.personId));
      return value(
        people,
        rows
          .filter((e) => !inReserve(e.status) && !known.has(String(e.facts.personId)))
          .map((e) => ({ personId: String(e.facts.personId), sourceCase: e.caseId, whyRu: 'выбыл из резерва' })),
      );
    }
    case 'I12': {
      const rows = here(data.entries.filter((e) => e.register === 'head_attestations'));
      const exempt = exemptPeople(data, region);
      const stageOf = new Map(data.cases.map((c) => [c.caseId, String(c.state.stage ?? c.stage)]));
      // A candidate becomes a head with his appointment.
      const isHead = (e: Entry) => e.facts.variant !== 'candidate' || stageOf.get(e.caseId) === 'closed_appointed';
      const heads = rows.filter((e) => isHead(e) && !exempt.has(String(e.facts.personId)));
      const valid = heads.filter((e) => isValidOn(rowOf(e), on));
      const people = countPeople(
        valid.map((e) => eventOf(data, e, (e.facts.votedOn as string | null) ?? on)),
        { to: on },
      );
      const known = new Set(people.map((e) => e.personId));
      const misses = new Map(
        heads
          .filter((e) => !known.has(String(e.facts.personId)))
          .map((e) => [
            String(e.facts.personId),
            {
              personId: String(e.facts.personId),
              sourceCase: e.caseId,
              whyRu:
                e.validUntil && e.validUntil < on
                  ? `срок истёк ${e.validUntil}`
                  : 'решение не даёт действующей аттестации',
            },
          ]),
      );
      return value(people, [...misses.values()], exempt.size);
    }
  }
}

/** Standings of every cycle on the day. */
export const standings = (data: ReportData, on: IsoDate): Standing[] =>
  data.cases.filter((c) => c.process === 'mentoring-cycle').map((c) => standingOf(c.caseId, c.state, on));

type Entry = ReportData['entries'][number];

const rowOf = (e: Entry): AttestationRow => ({
  status: e.status,
  votedOn: (e.facts.votedOn as string | null) ?? null,
  validUntil: e.validUntil,
});

function eventOf(data: ReportData, e: Entry, on: IsoDate): CountedEvent {
  const organisationId = (e.facts.organisationId as string | undefined) ?? e.organisationId;
  return {
    personId: String(e.facts.personId),
    on,
    organisationId,
    municipality: (organisationId && data.organisations.get(organisationId)?.municipalityRu) || null,
    region: e.region,
    sourceCase: e.caseId,
  };
}

/** Heads whose attestation is postponed on the day: they stand on neither side of I12. */
function exemptPeople(data: ReportData, region: string | undefined): Set<string> {
  return new Set(
    data.entries
      .filter(
        (e) => e.register === 'attestation_schedule' && e.status === 'postponed' && (!region || e.region === region),
      )
      .map((e) => String(e.facts.personId)),
  );
}

/** The day an indicator of a year is taken: its last, or today while it runs. */
export const snapshotOn = (year: number, today: IsoDate): IsoDate => {
  const last = addDays(`${year + 1}-01-01`, -1);
  return last < today ? last : today;
};
