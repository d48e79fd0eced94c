/** Reports of the attestation of heads (specification P02 «Reports»): the yearly schedule, the monitoring 01.09-31.12, results and terms. */
import { DEFICITS } from '../catalogue/competences.ts';
import { groupRows, termsPart } from '../kit/report-parts.ts';
import {
  count,
  median,
  type Member,
  type ReportData,
  type ReportDefinition,
  type ReportEntry,
  type Row,
} from '../kit/report.ts';
import { formatMonth } from '../kit/report-words.ts';
import { EXEMPTION_LABELS, TASK_LABELS, VARIANT_LABELS } from './labels.ru.ts';
import { isValidOn, monitoringPeriod } from './monitoring.ts';
import { currentSchedule } from './schedule.ts';

const slug = 'head-attestation';

const PLACE: Record<string, string> = {
  scheduled: 'по графику',
  postponed: 'отложена',
  overdue: 'дата прошла без решения',
  held: 'проведена',
  removed: 'снята',
};

const personOf = (e: ReportEntry, more: Partial<Member> = {}): Member => ({
  key: `entry:${e.register}/${e.number}`,
  caseId: e.caseId,
  personId: String(e.facts.personId),
  entry: { register: e.register, number: e.number },
  ...more,
});

const municipality =
  ({ organisations }: ReportData) =>
  (e: ReportEntry): string | null =>
    organisations.get(String(e.facts.organisationId ?? e.organisationId))?.municipalityRu ?? null;

const NO_PLACE = 'муниципалитет не указан';

const schedule: ReportDefinition = {
  id: `${slug}-schedule`,
  process: slug,
  titleRu: 'График аттестации на год',
  hintRu: 'Кто и когда; что отложено и почему график перестроился',
  clauseRu: 'Положение учредителя об аттестации руководителей (P02, этап 1)',
  audience: ['staff', 'observer'],
  filters: ['year', 'on', 'region'],
  needs: { registers: ['attestation_schedule'] },
  build(data, { year }) {
    const entries = data.entries.filter((e) => e.register === 'attestation_schedule');
    const planned = (e: ReportEntry) => (e.facts.plannedOn as string | null) ?? null;
    const why = (e: ReportEntry) => {
      const kind = (e.facts.exemption as { kind?: string } | null)?.kind;
      return e.status === 'postponed' && kind
        ? `отложена: ${EXEMPTION_LABELS[kind] ?? kind}`
        : (PLACE[e.status] ?? e.status);
    };
    const inYear = currentSchedule(
      year,
      entries.map((e) => ({ ...e, personId: String(e.facts.personId), plannedOn: planned(e) })),
    );
    const known = new Set(inYear.map((e) => e.number));
    const of = (items: ReportEntry[]) =>
      count(
        items.map((e) => personOf(e, { ...(planned(e) ? { on: planned(e) as string } : {}), noteRu: why(e) })),
        'people',
      );
    const mine = entries.filter((e) => known.has(e.number));
    const cells = (items: ReportEntry[]): Row['cells'] => ({
      all: of(items),
      ahead: of(items.filter((e) => e.status === 'scheduled')),
      held: of(items.filter((e) => e.status === 'held')),
      overdue: of(items.filter((e) => e.status === 'overdue')),
      postponed: of(items.filter((e) => e.status === 'postponed')),
    });
    const columns = [
      { key: 'all', labelRu: 'В графике' },
      { key: 'ahead', labelRu: 'Предстоит' },
      { key: 'held', labelRu: 'Проведено' },
      { key: 'overdue', labelRu: 'Дата прошла' },
      { key: 'postponed', labelRu: 'Перенесено отсрочкой' },
    ];
    return {
      listed: 'all',
      headline: [
        { key: 'all', labelRu: 'руководителей в графике', figure: of(mine) },
        { key: 'held', labelRu: 'проведено', figure: of(mine.filter((e) => e.status === 'held')), tone: 'good' },
        {
          key: 'overdue',
          labelRu: 'дата прошла без решения',
          figure: of(mine.filter((e) => e.status === 'overdue')),
          tone: 'late',
        },
        {
          key: 'open',
          labelRu: 'отсрочка без даты окончания',
          figure: of(entries.filter((e) => e.status === 'postponed' && planned(e) === null)),
        },
      ],
      parts: [
        {
          key: 'months',
          titleRu: `По месяцам ${year} года`,
          rowRu: 'Месяц',
          columns,
          rows: monthRows(mine, planned, cells),
          picture: { kind: 'bars', columns: ['ahead', 'held', 'overdue', 'postponed'] },
        },
        {
          key: 'places',
          titleRu: 'По муниципалитетам',
          rowRu: 'Муниципалитет',
          columns,
          rows: groupRows(mine, municipality(data), cells, { noneRu: NO_PLACE, totalRu: 'Всего' }),
        },
      ],
    };
  },
};

/** Months in their order, not in the order of their names. */
function monthRows(
  items: ReportEntry[],
  planned: (e: ReportEntry) => string | null,
  cells: (items: ReportEntry[]) => Row['cells'],
): Row[] {
  const rows = groupRows(items, (e) => planned(e)?.slice(0, 7), cells, { totalRu: 'Всего' });
  const rank = (row: Row) => (row.total ? '9' : row.key);
  return rows
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .map((row) => (row.total ? row : { ...row, labelRu: formatMonth(row.key) }));
}

const monitoring: ReportDefinition = {
  id: `${slug}-monitoring`,
  process: slug,
  titleRu: 'Ежегодный мониторинг аттестации',
  hintRu: 'Решения с 1 сентября по 31 августа; сдаётся с 01.09 по 31.12',
  clauseRu: 'План регионального проекта, п. 1.1.3',
  audience: ['staff', 'observer'],
  filters: ['year', 'region'],
  needs: { registers: ['head_attestations', 'cadre_reserve'] },
  build(data, { year }) {
    const { from, to } = monitoringPeriod(year);
    const voted = (e: ReportEntry) => (e.facts.votedOn as string | null) ?? null;
    const attestations = data.entries.filter((e) => e.register === 'head_attestations');
    const period = attestations.filter((e) => (voted(e) ?? '') >= from && (voted(e) ?? '9') <= to);
    const of = (items: ReportEntry[]) =>
      count(
        items.map((e) => personOf(e, { on: voted(e) as string })),
        'people',
      );
    const decided = (items: ReportEntry[], kind: string) => items.filter((e) => e.facts.decision === kind);
    const cells = (items: ReportEntry[]): Row['cells'] => ({
      all: of(items),
      conform: of(decided(items, 'conform')),
      conditional: of(decided(items, 'conform_conditional')),
      not: of(decided(items, 'not_conform')),
      candidates: of(items.filter((e) => e.facts.variant === 'candidate')),
      absence: of(items.filter((e) => e.facts.inAbsence === true)),
    });
    const columns = [
      { key: 'all', labelRu: 'Аттестовано' },
      { key: 'conform', labelRu: 'Соответствуют' },
      { key: 'conditional', labelRu: 'С рекомендациями' },
      { key: 'not', labelRu: 'Не соответствуют' },
      { key: 'candidates', labelRu: 'Из них кандидаты' },
      { key: 'absence', labelRu: 'Без присутствия' },
    ];
    const shows = (code: string) =>
      period.filter((e) => ((e.facts.deficits as string[] | undefined) ?? []).includes(code));
    const codes = [...new Set(period.flatMap((e) => (e.facts.deficits as string[] | undefined) ?? []))];
    const name = new Map(DEFICITS.map((d) => [d.code, d.labelRu]));
    const valid = attestations.filter((e) =>
      isValidOn({ status: e.status, votedOn: voted(e), validUntil: e.validUntil }, `${year}-12-31`),
    );
    return {
      listed: 'all',
      headline: [
        { key: 'all', labelRu: 'аттестовано за год', figure: of(period) },
        { key: 'conform', labelRu: 'соответствуют', figure: of(decided(period, 'conform')), tone: 'good' },
        { key: 'conditional', labelRu: 'с рекомендациями', figure: of(decided(period, 'conform_conditional')) },
        { key: 'not', labelRu: 'не соответствуют', figure: of(decided(period, 'not_conform')), tone: 'late' },
        {
          key: 'valid',
          labelRu: `решений в силе на 31.12.${year}`,
          figure: count(
            valid.map((e) => personOf(e, e.validUntil ? { on: e.validUntil } : {})),
            'pieces',
          ),
        },
      ],
      parts: [
        {
          key: 'places',
          titleRu: 'По муниципалитетам',
          rowRu: 'Муниципалитет',
          columns,
          rows: groupRows(period, municipality(data), cells, { noneRu: NO_PLACE, totalRu: 'Всего' }),
          picture: { kind: 'bars', columns: ['conform', 'conditional', 'not'] },
        },
        {
          key: 'deficits',
          titleRu: 'Карта дефицитов',
          hintRu: 'Спрос на диагностику и обучение: у скольких аттестованных комиссия видит дефицит.',
          rowRu: 'Дефицит',
          columns: [{ key: 'people', labelRu: 'Аттестованных' }],
          rows: codes
            .map((code) => ({ key: code, labelRu: name.get(code) ?? code, cells: { people: of(shows(code)) } }))
            .sort(
              (a, b) =>
                b.cells.people.members.length - a.cells.people.members.length ||
                a.labelRu.localeCompare(b.labelRu, 'ru'),
            ),
          picture: { kind: 'bars', columns: ['people'] },
        },
      ],
      notesRu: [`Период: решения с ${from.split('-').reverse().join('.')} по ${to.split('-').reverse().join('.')}.`],
    };
  },
};

const results: ReportDefinition = {
  id: `${slug}-results`,
  process: slug,
  titleRu: 'Результаты и сроки аттестации',
  hintRu: 'По вариантам аттестации; сроки задач комиссии, учредителя и экспертов',
  clauseRu: 'Положение учредителя об аттестации руководителей (P02)',
  audience: ['staff', 'observer'],
  filters: ['from', 'to', 'region'],
  needs: { registers: ['head_attestations'], cases: { [slug]: ['variant'] }, tasks: [slug] },
  build(data, { on, from, to }) {
    const within = (day: string | null) => day !== null && (!from || day >= from) && (!to || day <= to);
    const voted = (e: ReportEntry) => (e.facts.votedOn as string | null) ?? null;
    const entries = data.entries.filter((e) => within(voted(e)));
    const started = new Map(data.cases.map((c) => [c.caseId, c.startedOn]));
    const of = (items: ReportEntry[]) =>
      count(
        items.map((e) => personOf(e, { on: voted(e) as string })),
        'people',
      );
    const score = (e: ReportEntry) => (typeof e.facts.score === 'number' ? e.facts.score : undefined);
    const cells = (items: ReportEntry[]): Row['cells'] => ({
      all: of(items),
      conform: of(items.filter((e) => e.facts.decision === 'conform')),
      conditional: of(items.filter((e) => e.facts.decision === 'conform_conditional')),
      not: of(items.filter((e) => e.facts.decision === 'not_conform')),
      score: median(
        items.flatMap((e) => (score(e) === undefined ? [] : [personOf(e, { value: score(e) as number })])),
        'pieces',
      ),
    });
    const cases = data.cases.filter((c) => within(c.startedOn));
    const known = new Set(cases.map((c) => c.caseId));
    return {
      listed: 'all',
      headline: [
        { key: 'all', labelRu: 'решений комиссий', figure: of(entries) },
        { key: 'appeal', labelRu: 'обжалуются', figure: of(entries.filter((e) => e.status === 'appealed')) },
        {
          key: 'annulled',
          labelRu: 'отменены',
          figure: of(entries.filter((e) => e.status === 'annulled')),
          tone: 'late',
        },
      ],
      parts: [
        {
          key: 'variants',
          titleRu: 'По вариантам аттестации',
          rowRu: 'Вариант',
          columns: [
            { key: 'all', labelRu: 'Решений' },
            { key: 'conform', labelRu: 'Соответствуют' },
            { key: 'conditional', labelRu: 'С рекомендациями' },
            { key: 'not', labelRu: 'Не соответствуют' },
            { key: 'score', labelRu: 'Тест, половина — не выше' },
          ],
          rows: groupRows(entries, (e) => e.facts.variant as string, cells, {
            labelOf: (code) => VARIANT_LABELS[code] ?? code,
            totalRu: 'Всего',
          }),
          picture: { kind: 'bars', columns: ['conform', 'conditional', 'not'] },
        },
        termsPart(
          data.tasks.filter((t) => known.has(t.caseId) && started.has(t.caseId)),
          TASK_LABELS,
          on,
        ),
      ],
    };
  },
};

export const reports: ReportDefinition[] = [schedule, monitoring, results];
