/** One report for one viewer: built, hidden where a group is too small, opened to what it counted. */
import type { FigureView, ReportInfo, ReportMember, ReportView } from '../contract/reports.ts';
import {
  type Audience,
  cellId,
  type Figure,
  figuresOf,
  HEADLINE,
  hiddenCells,
  type Member,
  type ReportBody,
  type ReportData,
  type ReportDefinition,
  type ReportQuery,
  valueOf,
} from '../../processes/kit/report.ts';
import { findProcess } from '../../processes/registry.ts';
import { findReport, REPORTS } from '../../processes/reports.ts';
import { decodeCursor, isText, pageOf } from '../cursor.ts';
import { notFound } from '../problems.ts';
import type { ReadTx, Viewer } from '../viewer.ts';
import { type CasePlace, isClosed, kindsOf, type Reach, readsClosed, seesNames } from '../visibility.ts';
import { stageOf } from './load-case.ts';
import { readReportData } from './report-data.ts';

export interface ReportFilters {
  on?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  year?: number | undefined;
  region?: string | undefined;
}

const some = (where: Reach['staff']) => where.all || where.jurisdictions.length > 0 || where.regions.length > 0;

function audiencesOf(reach: Reach, process: string | undefined): Audience[] {
  return [
    ...(readsClosed(reach, process) ? ['reader' as const] : []),
    ...(some(reach.staff) ? ['staff' as const] : []),
    ...(some(reach.observer) ? ['observer' as const] : []),
    ...(reach.organisations.length > 0 ? ['organisation' as const] : []),
    ...(reach.overseer.bodies.length + reach.overseer.regions.length > 0 ? ['overseer' as const] : []),
  ];
}

const mayRead = (reach: Reach, report: ReportDefinition): boolean =>
  audiencesOf(reach, report.process).some((who) => report.audience.includes(who));

/** Only who sees everything of the report as an office of its territory, or as a reader of a closed process, sees groups of any size. */
const seesPeople = (reach: Reach, process: string | undefined): boolean =>
  isClosed(reach, process)
    ? readsClosed(reach, process)
    : reach.staff.all || (some(reach.staff) && !some(reach.observer) && reach.organisations.length === 0);

const info = (report: ReportDefinition): ReportInfo => ({
  id: report.id,
  process: report.process ?? null,
  processRu: (report.process && findProcess(report.process)?.nameRu) || 'Проект в целом',
  titleRu: report.titleRu,
  hintRu: report.hintRu,
  clauseRu: report.clauseRu,
  filters: [...report.filters],
});

export const reportsFor = ({ reach }: Viewer): ReportInfo[] => REPORTS.filter((r) => mayRead(reach, r)).map(info);

/** The report the viewer asked for; one that is not his does not exist for him. */
function getReport(viewer: Viewer, id: string): ReportDefinition {
  const report = findReport(id);
  if (!report || !mayRead(viewer.reach, report)) throw notFound();
  return report;
}

/** What was asked for; filters the report does not have say nothing. */
function queryOf(report: ReportDefinition, filters: ReportFilters, today: string): ReportQuery {
  const has = <K extends keyof ReportFilters>(name: K) => (report.filters.includes(name) ? filters[name] : undefined);
  const on = has('on') ?? today;
  const from = has('from');
  const to = has('to');
  const region = has('region');
  return {
    on,
    year: has('year') ?? Number(on.slice(0, 4)),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(region ? { region } : {}),
  };
}

interface Built {
  report: ReportDefinition;
  query: ReportQuery;
  data: ReportData;
  body: ReportBody;
  hidden: Set<string>;
  /** Numbers that are shown and open no list: cases of a closed process are listed for its readers alone. */
  shut: Set<string>;
}

async function build(tx: ReadTx, id: string, filters: ReportFilters): Promise<Built> {
  const { reach } = tx.viewer;
  const report = getReport(tx.viewer, id);
  const query = queryOf(report, filters, tx.viewer.today);
  const data = await readReportData(tx, report, query);
  const body = report.build(data, query);
  const guarded = (process = report.process) => !seesPeople(reach, process);
  return {
    report,
    query,
    data,
    body,
    hidden: report.minGroup === undefined ? new Set() : hiddenCells(body, report.minGroup, guarded),
    shut: new Set(
      figuresOf(body)
        .filter(({ process = report.process }) => isClosed(reach, process) && !readsClosed(reach, process))
        .map(({ cell }) => cell),
    ),
  };
}

const words = (value: number, digits: number): string =>
  value.toLocaleString('ru-RU', { minimumFractionDigits: digits, maximumFractionDigits: digits }).replaceAll(' ', ' ');

function figureView({ report, hidden, shut }: Built, cell: string, figure: Figure): FigureView {
  if (hidden.has(cell))
    return {
      value: null,
      text: `менее ${report.minGroup}`,
      unit: figure.unit ?? 'cases',
      count: null,
      outOf: null,
      cell: null,
      hidden: true,
      target: null,
    };
  const value = valueOf(figure);
  const percent = figure.measure === 'share';
  const digits = percent ? (figure.digits ?? 0) : value !== null && !Number.isInteger(value) ? (figure.digits ?? 0) : 0;
  return {
    value,
    text: value === null ? '—' : `${words(value, digits)}${percent ? ' %' : ''}`,
    unit: figure.unit ?? 'cases',
    count: figure.members.length,
    outOf: percent ? (figure.outOf ?? null) : null,
    cell: figure.members.length > 0 && value !== null && !shut.has(cell) ? cell : null,
    hidden: false,
    target: figure.target ?? null,
  };
}

function view(built: Built, asOf: Date): ReportView {
  const { report, query, data, body } = built;
  return {
    ...info(report),
    asOf: asOf.toISOString(),
    query: {
      on: query.on,
      from: query.from ?? null,
      to: query.to ?? null,
      year: query.year,
      region: query.region ?? null,
    },
    regions: [...data.regions].map(([code, nameRu]) => ({ code, nameRu })).filter(({ code }) => code !== '00'),
    headline: body.headline.map(({ key, labelRu, tone, figure }) => ({
      key,
      labelRu,
      tone: tone ?? null,
      figure: figureView(built, cellId(HEADLINE, key, ''), figure),
    })),
    parts: body.parts.map((part) => ({
      key: part.key,
      titleRu: part.titleRu,
      hintRu: part.hintRu ?? null,
      rowRu: part.rowRu,
      columns: part.columns,
      rows: part.rows.map((row) => ({
        key: row.key,
        labelRu: row.labelRu,
        total: row.total === true,
        cells: Object.fromEntries(
          part.columns.map(({ key }) => {
            const cell = row.cells[key];
            return [
              key,
              cell && typeof cell === 'object'
                ? figureView(built, cellId(part.key, row.key, key), cell)
                : (cell ?? null),
            ];
          }),
        ),
      })),
      picture: part.picture ?? null,
    })),
    notesRu: [
      ...(body.notesRu ?? []),
      ...(built.hidden.size > 0 ? [`Группы меньше ${report.minGroup} человек не показываются и не открываются.`] : []),
    ],
  };
}

export async function readReport(tx: ReadTx, id: string, filters: ReportFilters, now: Date): Promise<ReportView> {
  return view(await build(tx, id, filters), now);
}

/** The report together with everything its list names, for the workbook. */
export async function readWholeReport(
  tx: ReadTx,
  id: string,
  filters: ReportFilters,
  now: Date,
): Promise<{ view: ReportView; listed: { titleRu: string; members: ReportMember[] } | null }> {
  const built = await build(tx, id, filters);
  const { listed } = built.body;
  const line = listed === undefined ? undefined : built.body.headline.find(({ key }) => key === listed);
  const opens = (cell: string) => !built.hidden.has(cell) && !built.shut.has(cell);
  const open = line && opens(cellId(HEADLINE, line.key, ''));
  return {
    view: view(built, now),
    listed: open
      ? { titleRu: line.labelRu, members: await describe(tx, built.data, sorted(line.figure.members), 'export') }
      : null,
  };
}

const sorted = (members: Member[]): Member[] =>
  [...members].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

/** One page of what a number counted. A cell that is hidden or not there opens nothing. */
export async function readMembers(
  tx: ReadTx,
  id: string,
  { cell, cursor, limit, ...filters }: ReportFilters & { cell: string; cursor?: string | undefined; limit: number },
): Promise<{ titleRu: string; total: number; items: ReportMember[]; next: string | null }> {
  const after = decodeCursor(cursor, [isText]);
  const built = await build(tx, id, filters);
  const found = figuresOf(built.body).find((one) => one.cell === cell);
  if (!found || built.hidden.has(cell) || built.shut.has(cell)) throw notFound();
  const members = sorted(found.figure.members);
  const rest = after ? members.filter(({ key }) => key > String(after[0])) : members;
  const page = pageOf(
    rest.slice(0, limit + 1),
    limit,
    ({ key }) => [key],
    (member) => member,
  );
  return {
    titleRu: found.titleRu,
    total: members.length,
    items: await describe(tx, built.data, page.items, 'report'),
    next: page.next,
  };
}

interface CaseRow extends CasePlace {
  id: string;
  process: string;
  number: string | null;
  title_ru: string;
  stage: string;
}

/** Members in words; a person's name only where the viewer sees names in that case. */
async function describe(
  { sql, viewer, readings }: ReadTx,
  data: ReportData,
  members: Member[],
  what: 'report' | 'export',
): Promise<ReportMember[]> {
  const caseIds = [...new Set(members.map((m) => m.caseId))];
  const personIds = [...new Set(members.flatMap((m) => m.personId ?? []))];
  const [cases, people] = await Promise.all([
    sql<CaseRow[]>`
      select id, process, number, title_ru, stage, jurisdiction, applicant_organisation_id, applicant_region_code,
        jsonb_build_object('place', state->'place') as state
      from "case" where id = any(${caseIds}::uuid[])`,
    sql<
      Array<{ id: string; display_name: string }>
    >`select id, display_name from person where id = any(${personIds}::uuid[])`,
  ]);
  const rows = new Map(cases.map((row) => [row.id, row]));
  const names = new Map(people.map((p) => [p.id, p.display_name]));
  return members.map((member) => {
    const row = rows.get(member.caseId);
    const kinds = row ? kindsOf(viewer.reach, row) : [];
    const named = seesNames(kinds, row?.process) || kinds.includes('applicant');
    if (named && member.personId)
      readings?.push({ personId: member.personId, what, caseId: member.caseId, as: kinds[0] ?? 'applicant' });
    const place = row?.applicant_organisation_id ? data.organisations.get(row.applicant_organisation_id) : undefined;
    return {
      key: member.key,
      caseId: member.caseId,
      caseNumber: row?.number ?? null,
      caseTitleRu: row?.title_ru ?? '',
      stageRu: row ? stageOf(findProcess(row.process), row.stage).labelRu : '',
      entry: member.entry ?? null,
      personRu: named && member.personId ? (names.get(member.personId) ?? null) : null,
      organisationRu: place?.nameRu ?? null,
      regionRu: (row?.applicant_region_code && data.regions.get(row.applicant_region_code)) || null,
      on: member.on ?? null,
      value: member.value ?? null,
      noteRu: member.noteRu ?? null,
    };
  });
}
