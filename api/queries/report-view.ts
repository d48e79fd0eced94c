/** One report for one viewer: built, hidden where a group is too small, opened to what it counted. */
import type { FigureView, ReportInfo, ReportMember, ReportView } from '../contract/reports.ts';
import {
  type Audience,
  cellId,
  type Figure,
  figuresOf,
  HEADLINE,
  type Member,
  type ReportBody,
  type ReportData,
  type ReportDefinition,
  type ReportQuery,
  valueOf,
} from '../../processes/kit/report.ts';
import { instantAt } from '../../processes/kit/zones.ts';
import { findProcess } from '../../processes/registry.ts';
import { formatDateRu, lastQuarterEnd } from '../../processes/kit/dates.ts';
import { addressOf, hiddenCells, hiddenTogether, type Shown, shownOf } from '../../processes/kit/disclosure.ts';
import { findReport, REPORTS } from '../../processes/reports.ts';
import { decodeCursor, isText, pageOf } from '../cursor.ts';
import { personalDataPolicy } from '../personal-policy.ts';
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
  /** The smallest group that is shown. */
  min: number;
  /** Of a closed process: the day its numbers are of. */
  edition?: string;
}

async function build(tx: ReadTx, id: string, filters: ReportFilters): Promise<Built> {
  const { reach, today } = tx.viewer;
  const report = getReport(tx.viewer, id);
  const isShut = (process: string | undefined) => isClosed(reach, process) && !readsClosed(reach, process);
  if (isShut(report.process)) return fromEdition(tx, report);
  const query = queryOf(report, filters, today);
  const data = await readReportData(tx, report, query);
  const now = report.build(data, query);
  const min = report.guarded ? await smallestGroup(tx) : 0;
  // What counts a closed process among others is of its edition, whatever was asked for.
  const closed = [...now.headline, ...now.parts].find(({ process }) => isShut(process))?.process;
  const edition = closed === undefined ? undefined : await readEdition(tx, closed, min);
  const body = edition ? mixed(now, edition.bodies.get(report.id), isShut) : now;
  const guarded = (process = report.process) => !isShut(process) && !seesPeople(reach, process);
  return {
    report,
    query,
    data,
    body,
    hidden: new Set([
      ...(report.guarded ? hiddenCells(body, min, guarded) : []),
      ...(edition ? cellsOf(edition.hidden, report) : []),
    ]),
    shut: shutCells(body, report, isShut),
    min,
    ...(edition ? { edition: edition.on } : {}),
  };
}

const shutCells = (body: ReportBody, report: ReportDefinition, isShut: (process: string | undefined) => boolean) =>
  new Set(
    figuresOf(body)
      .filter(({ process = report.process }) => isShut(process))
      .map(({ cell }) => cell),
  );

const cellsOf = (addresses: ReadonlySet<string>, { id }: ReportDefinition): string[] => {
  const own = addressOf(id, '');
  return [...addresses].flatMap((address) => (address.startsWith(own) ? [address.slice(own.length)] : []));
};

/** The body with what counts closed processes taken from their edition. */
function mixed(
  now: ReportBody,
  edition: ReportBody | undefined,
  isShut: (process: string | undefined) => boolean,
): ReportBody {
  const of = <T extends { key: string; process?: string }>(items: T[], old: T[] = []) =>
    items.flatMap((item) => (isShut(item.process) ? old.filter(({ key }) => key === item.key) : [item]));
  return { ...now, headline: of(now.headline, edition?.headline), parts: of(now.parts, edition?.parts) };
}

/** How small a group may be, by the policy in force. */
const smallestGroup = async ({ sql, viewer }: ReadTx): Promise<number> =>
  (await personalDataPolicy(sql, viewer.today)).policy.smallestGroup;

/** Editions that are laid side by side: this one and those of a year back. */
const editionsCompared = 5;

interface Edition {
  on: string;
  data: Map<string, ReportData>;
  bodies: Map<string, ReportBody>;
  hidden: Set<string>;
}

/** Editions as they were made last, by what they depend on. Quarters that are over change with a case of the process alone. */
const made = new Map<string, { edition: Promise<Edition>; until: number }>();
const keptMs = 600_000;
const mostKept = 50;

/** The edition of this viewer's territory; made anew when a case of the process has moved, and after ten minutes. */
async function readEdition(tx: ReadTx, process: string, min: number): Promise<Edition> {
  const { sql, viewer } = tx;
  const { staff, observer, organisations, overseer, closed } = viewer.reach;
  const [moved] = await sql<Array<Record<string, unknown>>>`
    select current_database() as base, count(*) as n, max(updated_at) as last from "case" c where c.process = ${process}`;
  const key = JSON.stringify([process, min, viewer.today, staff, observer, organisations, overseer, closed, moved]);
  const known = made.get(key);
  if (known && known.until > Date.now()) return known.edition;
  const edition = makeEdition(tx, process, min);
  made.set(key, { edition, until: Date.now() + keptMs });
  for (const [old] of [...made].slice(0, Math.max(0, made.size - mostKept))) made.delete(old);
  edition.catch(() => made.delete(key));
  return edition;
}

/**
 * What offices that do not read the cases of a closed process know of it: an edition a quarter, whole, without filters, so that no two
 * questions differ by one person. Every report that counts the process is built, since one reader lays them side by side; what may be shown
 * depends on what was shown before, so the editions of a year are gone through in their order.
 */
async function makeEdition(tx: ReadTx, process: string, min: number): Promise<Edition> {
  const days = [lastQuarterEnd(tx.viewer.today)];
  while (days.length < editionsCompared) days.unshift(lastQuarterEnd(days[0] as string));
  const counting = REPORTS.filter((report) => report.process === process || report.process === undefined);
  const before: Shown[] = [];
  let edition: Edition | undefined;
  for (const on of days) {
    const query = { on, year: Number(on.slice(0, 4)) };
    const data = new Map<string, ReportData>();
    const bodies = new Map<string, ReportBody>();
    for (const report of counting) {
      const found = await readReportData(tx, report, query);
      data.set(report.id, found);
      bodies.set(report.id, onlyOf(report.build(found, query), report, process));
    }
    const hidden = hiddenTogether(bodies, min, () => true, before);
    before.push(shownOf(bodies, hidden));
    edition = { on, data, bodies, hidden };
  }
  return edition as Edition;
}

/** What of a report counts this process. */
function onlyOf(body: ReportBody, report: ReportDefinition, process: string): ReportBody {
  const counts = (part: { process?: string }) => (part.process ?? report.process) === process;
  return { ...body, headline: body.headline.filter(counts), parts: body.parts.filter(counts) };
}

/** A report of a closed process as its edition has it. */
async function fromEdition(tx: ReadTx, report: ReportDefinition): Promise<Built> {
  const min = await smallestGroup(tx);
  const { on, data, bodies, hidden } = await readEdition(tx, report.process as string, min);
  const body = bodies.get(report.id) as ReportBody;
  return {
    report: { ...report, filters: [] },
    query: { on, year: Number(on.slice(0, 4)) },
    data: data.get(report.id) as ReportData,
    body,
    hidden: new Set(cellsOf(hidden, report)),
    shut: shutCells(body, report, () => true),
    min,
    edition: on,
  };
}

const words = (value: number, digits: number): string =>
  value.toLocaleString('ru-RU', { minimumFractionDigits: digits, maximumFractionDigits: digits }).replaceAll(' ', ' ');

function figureView({ hidden, shut }: Built, cell: string, figure: Figure): FigureView {
  if (hidden.has(cell))
    return {
      value: null,
      // Too small itself, or hidden so that another is not found: what it is is not told.
      text: 'скрыто',
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
    // A report that is an edition is as old as its edition, whenever it is looked at.
    asOf: built.edition === query.on ? instantAt(query.on, '23:59', 'Europe/Moscow') : asOf.toISOString(),
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
      ...(built.edition
        ? [
            `Независимая оценка показана по состоянию на ${formatDateRu(built.edition)}, без отборов: так по разности двух отчётов нельзя узнать об одном человеке.`,
          ]
        : []),
      ...(built.hidden.size > 0
        ? [
            `Группы меньше ${built.min} человек не показываются и не открываются; рядом с ними скрыто и то, из чего их можно вычесть.`,
          ]
        : []),
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
      select id, process, number, title_ru, stage, jurisdiction, applicant_organisation_id, applicant_region_code, subject_kind, subject_id, initiator_id,
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
