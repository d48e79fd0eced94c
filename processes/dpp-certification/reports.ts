/** Reports of certification (specification P01 «Reports»): the register, terms kept and missed, rounds of the expertise. */
import { DEFICITS } from '../catalogue/competences.ts';
import { addDays } from '../kit/dates.ts';
import { caseMember, groupRows, termsPart } from '../kit/report-parts.ts';
import {
  count,
  type Member,
  type ReportCase,
  type ReportDefinition,
  type ReportEntry,
  type Row,
  share,
} from '../kit/report.ts';
import { TASK_LABELS } from './labels.ru.ts';
import type { CertificationState } from './state.ts';

const slug = 'dpp-certification';
const IN_FORCE = ['certified', 'expiring', 'prolonged'];
const STATUS: Record<string, string> = {
  certified: 'Действует',
  expiring: 'Срок истекает',
  prolonged: 'Продлена',
  suspended: 'Приостановлена',
  delisted: 'Исключена',
  expired: 'Срок истёк',
  annulled: 'Аннулирована',
};

const entryMember = (e: ReportEntry, more: Partial<Member> = {}): Member => ({
  key: `entry:${e.register}/${e.number}`,
  caseId: e.caseId,
  entry: { register: e.register, number: e.number },
  ...(e.validUntil ? { on: e.validUntil } : {}),
  ...more,
});

const register: ReportDefinition = {
  id: `${slug}-register`,
  process: slug,
  titleRu: 'Федеральный реестр программ',
  hintRu: 'Записи по состоянию, региону и году; какие дефициты они закрывают',
  clauseRu: 'Концепция (S2), раздел III: федеральный реестр',
  audience: ['staff', 'observer'],
  filters: ['on', 'region'],
  needs: { registers: ['federal_programmes'] },
  build({ entries, regions }, { on }) {
    const of = (items: ReportEntry[]) =>
      count(
        items.map((e) => entryMember(e, { noteRu: STATUS[e.status] ?? e.status })),
        'pieces',
      );
    const cells = (items: ReportEntry[]): Row['cells'] => ({
      all: of(items),
      force: of(items.filter((e) => IN_FORCE.includes(e.status))),
      suspended: of(items.filter((e) => e.status === 'suspended')),
      out: of(items.filter((e) => ['delisted', 'expired', 'annulled'].includes(e.status))),
    });
    const columns = [
      { key: 'all', labelRu: 'Всего записей' },
      { key: 'force', labelRu: 'Действуют' },
      { key: 'suspended', labelRu: 'Приостановлены' },
      { key: 'out', labelRu: 'Больше не действуют' },
    ];
    const force = entries.filter((e) => IN_FORCE.includes(e.status));
    const closes = (code: string) =>
      force.filter((e) => ((e.facts.deficits as string[] | undefined) ?? []).includes(code));
    const soon = force.filter((e) => e.validUntil !== null && e.validUntil <= addDays(on, 180));
    return {
      listed: 'all',
      headline: [
        { key: 'all', labelRu: 'записей в реестре', figure: of(entries) },
        { key: 'force', labelRu: 'действуют', figure: of(force), tone: 'good' },
        { key: 'soon', labelRu: 'срок кончается за 180 дней', figure: of(soon), tone: 'late' },
        { key: 'suspended', labelRu: 'приостановлены', figure: of(entries.filter((e) => e.status === 'suspended')) },
      ],
      parts: [
        {
          key: 'regions',
          titleRu: 'По регионам организаций',
          rowRu: 'Регион',
          columns,
          rows: groupRows(entries, (e) => e.region, cells, {
            labelOf: (code) => regions.get(code) ?? code,
            totalRu: 'Всего',
          }),
          picture: { kind: 'bars', columns: ['force', 'out'] },
        },
        {
          key: 'years',
          titleRu: 'По году начала срока',
          rowRu: 'Год',
          columns,
          rows: groupRows(entries, (e) => e.validFrom?.slice(0, 4), cells, { totalRu: 'Всего' }),
          picture: { kind: 'bars', columns: ['all'] },
        },
        {
          key: 'deficits',
          titleRu: 'Какие дефициты закрывают действующие программы',
          hintRu: 'Ноль — пробел каталога: программы, которая закрывает дефицит, нет.',
          rowRu: 'Дефицит',
          columns: [{ key: 'force', labelRu: 'Действующих программ' }],
          rows: DEFICITS.map(({ code, labelRu }) => ({ key: code, labelRu, cells: { force: of(closes(code)) } })),
        },
      ],
    };
  },
};

const terms: ReportDefinition = {
  id: `${slug}-terms`,
  process: slug,
  titleRu: 'Сроки экспертизы: соблюдены и нарушены',
  hintRu: 'Каждая задача: в срок, с опозданием, передана другому, просрочена',
  clauseRu: 'Правила сертификации (P01), сроки; общие правила задач (3.3)',
  audience: ['staff', 'observer'],
  filters: ['from', 'to', 'region'],
  needs: { cases: { [slug]: ['submittedOn'] }, tasks: [slug] },
  build({ cases, tasks }, { on, from, to }) {
    const mine = new Map(cases.map((c) => [c.caseId, c]));
    // Of the cases submitted in the period.
    const within = tasks.filter((t) => {
      const started = mine.get(t.caseId)?.startedOn;
      return started !== undefined && (!from || started >= from) && (!to || started <= to);
    });
    const part = termsPart(within, TASK_LABELS, on);
    const total = part.rows.at(-1)?.cells ?? {};
    const figure = (key: string) => {
      const found = total[key];
      return found && typeof found === 'object' ? found : count([], 'pieces');
    };
    const kept = figure('kept');
    const late = figure('late');
    return {
      headline: [
        { key: 'kept', labelRu: 'задач сделано в срок', figure: kept, tone: 'good' },
        { key: 'late', labelRu: 'сделано с опозданием', figure: late, tone: 'late' },
        {
          key: 'share',
          labelRu: 'доля сделанных в срок',
          figure: share(kept.members, kept.members.length + late.members.length),
        },
        { key: 'overdue', labelRu: 'просрочены сейчас', figure: figure('overdue'), tone: 'late' },
      ],
      parts: [part],
    };
  },
};

type Certification = ReportCase<
  Pick<CertificationState, 'roundsUsed' | 'returnsUsed' | 'results' | 'newPanelsUsed' | 'round'>
>;

const rounds: ReportDefinition = {
  id: `${slug}-rounds`,
  process: slug,
  titleRu: 'Раунды экспертизы',
  hintRu: 'Сколько кругов прошли программы, где понадобился арбитр, чем кончилось',
  clauseRu: 'Правила сертификации (P01); общие правила экспертизы (3.4)',
  audience: ['staff', 'observer'],
  filters: ['from', 'to', 'region'],
  needs: { cases: { [slug]: ['roundsUsed', 'returnsUsed', 'results', 'newPanelsUsed', 'round'] } },
  build({ cases, regions }, { from, to }) {
    const all = (cases as Certification[]).filter((c) => (!from || c.startedOn >= from) && (!to || c.startedOn <= to));
    const of = (items: Certification[]) => count(items.map((c) => caseMember(c)));
    const arbitrated = (c: Certification) => (c.state.results ?? []).some((r) => r.arbiter !== undefined);
    const reviewed = all.filter((c) => (c.state.results ?? []).length > 0);
    const outcome = (items: Certification[]): Row['cells'] => ({
      all: of(items),
      arbiter: of(items.filter(arbitrated)),
      granted: of(items.filter((c) => c.outcome === 'granted')),
      refused: of(items.filter((c) => c.outcome === 'refused')),
      running: of(items.filter((c) => c.outcome === null)),
    });
    const columns = [
      { key: 'all', labelRu: 'Дел' },
      { key: 'arbiter', labelRu: 'С арбитром' },
      { key: 'granted', labelRu: 'Сертифицировано' },
      { key: 'refused', labelRu: 'Отказано' },
      { key: 'running', labelRu: 'Без итога' },
    ];
    const words = (n: string) => (n === '0' ? 'Без доработки' : n === '1' ? 'Одна доработка' : `Доработок: ${n}`);
    return {
      listed: 'all',
      headline: [
        { key: 'all', labelRu: 'дел с заключениями', figure: of(reviewed) },
        {
          key: 'first',
          labelRu: 'обошлись без доработки',
          figure: share(
            reviewed.filter((c) => c.state.roundsUsed === 0).map((c) => caseMember(c)),
            reviewed.length,
          ),
          tone: 'good',
        },
        { key: 'arbiter', labelRu: 'с арбитром', figure: of(all.filter(arbitrated)) },
        {
          key: 'panels',
          labelRu: 'с новой группой экспертов',
          figure: of(all.filter((c) => (c.state.newPanelsUsed ?? 0) > 0)),
        },
        {
          key: 'returns',
          labelRu: 'возвращались с недостатками',
          figure: of(all.filter((c) => (c.state.returnsUsed ?? 0) > 0)),
        },
      ],
      parts: [
        {
          key: 'rounds',
          titleRu: 'По числу доработок',
          hintRu: 'Дела, по которым сведены заключения хотя бы одного круга.',
          rowRu: 'Доработки',
          columns,
          rows: groupRows(reviewed, (c) => String(c.state.roundsUsed ?? 0), outcome, {
            labelOf: words,
            totalRu: 'Всего',
          }),
          picture: { kind: 'bars', columns: ['granted', 'refused', 'running'] },
        },
        {
          key: 'regions',
          titleRu: 'По регионам заявителей',
          rowRu: 'Регион',
          columns,
          rows: groupRows(reviewed, (c) => c.region, outcome, {
            labelOf: (code) => regions.get(code) ?? code,
            totalRu: 'Всего',
          }),
        },
      ],
    };
  },
};

export const reports: ReportDefinition[] = [register, terms, rounds];
