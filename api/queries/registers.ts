/** Registers: what the public may read is the same for everybody; the rest is for staff. */
import type postgres from 'postgres';
import type { RegisterCard, RegisterRow } from '../contract/registers.ts';
import { decodeCursor, isText, likeText, pageOf } from '../cursor.ts';
import type { Sql } from '../../platform/db/pool.ts';
import type { Reading } from '../reading-log.ts';
import { choosesPeople, partiesOf, type Reach, visibleCases } from '../visibility.ts';
import { entryStatusRu, IN_FORCE, registerRu } from '../words.ts';

export const FEDERAL = 'federal_programmes';

export interface EntryFilter {
  q?: string | undefined;
  status?: string | undefined;
  region?: string | undefined;
  kind?: string | undefined;
  /** Code of a deficit the programme closes. */
  deficit?: string | undefined;
  organisationId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

interface Row {
  id: string;
  register: string;
  number: string;
  status: string;
  version: number;
  title_ru: string;
  facts: Record<string, any>;
  valid_from: string | null;
  valid_until: string | null;
  public: boolean;
  keeper_case_id: string;
  updated_at: Date;
  o_id: string | null;
  o_name: string | null;
  o_short: string | null;
  o_region: string | null;
  r_name: string | null;
  /** Whose personal entry it is; `null` where it is public. */
  people: string[] | null;
}

const columns = (
  sql: Sql,
) => sql`e.id, e.register, e.number, e.status, e.version, e.title_ru, e.facts, e.valid_from, e.valid_until, e.public, e.keeper_case_id, e.updated_at,
  o.id as o_id, o.name_ru as o_name, o.short_name_ru as o_short, o.region_code as o_region, r.name_ru as r_name,
  case when not e.public then (select ${partiesOf(sql)} from "case" c where c.id = e.keeper_case_id) end as people`;
const joins = (sql: Sql) =>
  sql`register_entry e left join organisation o on o.id = e.organisation_id left join region r on r.code = o.region_code`;

/** For whom a register is read; without a reach, for the public. */
export interface RegisterReader {
  reach?: Reach;
  /** Where the personal entries that were shown are noted, and whether they leave as a file. */
  readings?: Reading[] | undefined;
  what?: 'register' | 'export';
}

/** An entry that is not public is the file of the people of the case that keeps it, with or without their names. */
function note({ readings, what = 'register' }: RegisterReader, rows: readonly Row[]): void {
  for (const { people, keeper_case_id: caseId } of rows)
    for (const personId of people ?? []) readings?.push({ personId, what, caseId, as: 'staff' });
}

const isStaff = ({ reach }: RegisterReader): boolean => reach !== undefined && choosesPeople(reach);

/** What is public is everybody's; of the rest, staff read what the cases of their own territory keep. */
function readable(sql: Sql, see: RegisterReader): postgres.PendingQuery<any> {
  if (!see.reach || !isStaff(see)) return sql`e.public`;
  return sql`(e.public or e.keeper_case_id in (select c.id from "case" c where ${visibleCases(sql, see.reach)}))`;
}

/** Entries by number; the number never changes, so a page stays where it was. */
export async function listEntries(
  sql: Sql,
  register: string,
  filter: EntryFilter,
  see: RegisterReader,
): Promise<{ items: RegisterRow[]; next: string | null; total: number }> {
  const after = decodeCursor(filter.cursor, [isText]);
  const where = conditions(sql, register, filter, see);
  const [rows, counted] = await Promise.all([
    sql<
      Row[]
    >`select ${columns(sql)} from ${joins(sql)} where ${where} ${after ? sql`and e.number > ${String(after[0])}` : sql``} order by e.number limit ${filter.limit + 1}`,
    sql<Array<{ n: number }>>`select count(*)::int as n from ${joins(sql)} where ${where}`,
  ]);
  note(see, rows.slice(0, filter.limit));
  return { ...pageOf(rows, filter.limit, (row) => [row.number], entryRow), total: counted[0]?.n ?? 0 };
}

function conditions(
  sql: Sql,
  register: string,
  filter: Omit<EntryFilter, 'limit'>,
  see: RegisterReader,
): postgres.PendingQuery<any> {
  const parts = [
    sql`e.register = ${register}`,
    readable(sql, see),
    ...(filter.status
      ? [filter.status === 'in_force' ? sql`e.status = any(${[...IN_FORCE]})` : sql`e.status = ${filter.status}`]
      : []),
    ...(filter.region ? [sql`coalesce(e.region_code, o.region_code) = ${filter.region}`] : []),
    ...(filter.kind ? [sql`e.facts->>'kind' = ${filter.kind}`] : []),
    ...(filter.deficit ? [sql`e.facts->'deficits' ? ${filter.deficit}`] : []),
    ...(filter.organisationId ? [sql`e.organisation_id = ${filter.organisationId}::uuid`] : []),
    ...(filter.q
      ? [
          sql`(e.title_ru ilike ${likeText(filter.q)} or e.number ilike ${likeText(filter.q)} or o.name_ru ilike ${likeText(filter.q)} or o.short_name_ru ilike ${likeText(filter.q)})`,
        ]
      : []),
  ];
  return parts.reduce((all, part) => sql`${all} and ${part}`) as postgres.PendingQuery<any>;
}

/** Every entry, page by page, for an export: the register may be larger than memory. */
export async function* everyEntry(sql: Sql, register: string, see: RegisterReader): AsyncGenerator<RegisterRow[]> {
  let cursor: string | undefined;
  do {
    const page = await listEntries(sql, register, { limit: 500, cursor }, see);
    yield page.items;
    cursor = page.next ?? undefined;
  } while (cursor);
}

function entryRow(row: Row): RegisterRow {
  return {
    register: row.register,
    number: row.number,
    titleRu: row.title_ru,
    status: row.status,
    statusRu: entryStatusRu(row.status),
    version: row.version,
    organisation: row.o_id
      ? {
          id: row.o_id,
          nameRu: row.o_name ?? '',
          shortNameRu: row.o_short,
          regionCode: row.o_region ?? '',
          regionRu: row.r_name ?? '',
        }
      : null,
    kind: typeof row.facts.kind === 'string' ? row.facts.kind : null,
    hours: typeof row.facts.hours === 'number' ? row.facts.hours : null,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The card with its history and groups, staff also see which case keeps it; and the digest of the programme it is about. */
export async function findEntry(
  sql: Sql,
  register: string,
  number: string,
  see: RegisterReader & { today: string; publicUrl: string },
): Promise<{ card: RegisterCard; document: string | null } | undefined> {
  const [row] = await sql<
    Row[]
  >`select ${columns(sql)} from ${joins(sql)} where e.register = ${register} and e.number = ${number} and ${readable(sql, see)}`;
  if (!row) return undefined;
  note(see, [row]);
  const [history, groups] = await Promise.all([
    sql<
      Array<{
        n: number;
        status: string;
        version: number;
        valid_from: string | null;
        valid_until: string | null;
        at: Date;
        case_id: string;
        sequence: number;
        facts: Record<string, unknown>;
      }>
    >`
      select n, status, version, valid_from, valid_until, at, case_id, sequence, facts from register_history where entry_id = ${row.id}::uuid order by n`,
    sql<
      GroupRow[]
    >`select ${groupColumns(sql)} from study_group g join organisation o on o.id = g.organisation_id where g.entry_id = ${row.id}::uuid order by g.started_on desc, g.id`,
  ]);
  const why = whyNoGroup(row.status, row.valid_until, see.today);
  const card: RegisterCard = {
    ...entryRow(row),
    facts: publicFacts(row.facts),
    public: row.public,
    keeperCaseId: isStaff(see) ? row.keeper_case_id : null,
    publicUrl: `${see.publicUrl}/registry/${encodeURIComponent(number)}`,
    mayOpenGroup: why === null,
    whyNoGroupRu: why,
    // Filled by who may look at consents.
    authors: null,
    history: history.map((entry) => ({
      n: entry.n,
      status: entry.status,
      statusRu: entryStatusRu(entry.status),
      version: entry.version,
      validFrom: entry.valid_from,
      validUntil: entry.valid_until,
      at: entry.at.toISOString(),
      caseId: isStaff(see) ? entry.case_id : null,
      sequence: entry.sequence,
      facts: publicFacts(entry.facts),
    })),
    groups: groups.map(groupView),
  };
  return { card, document: typeof row.facts.document === 'string' ? row.facts.document : null };
}

/**
 * What may be printed of an entry: nothing that is not about the programme itself, and no digest of its text, against which contacts and
 * authors who are not printed could be tried.
 */
function publicFacts(facts: Record<string, unknown>): Record<string, unknown> {
  const { takenBy: _takenBy, by: _by, personId: _personId, document: _document, ...rest } = facts;
  return rest;
}

export interface GroupRow {
  id: string;
  entry_version: number;
  organisation_id: string;
  organisation_ru: string;
  size: number;
  started_on: string;
  finished_on: string | null;
  counts_in_i3: boolean | null;
}

export const groupColumns = (sql: Sql) =>
  sql`g.id, g.entry_version, g.organisation_id, coalesce(o.short_name_ru, o.name_ru) as organisation_ru, g.size, g.started_on, g.finished_on, g.counts_in_i3`;

export const groupView = (row: GroupRow) => ({
  id: row.id,
  entryVersion: row.entry_version,
  organisationId: row.organisation_id,
  organisationRu: row.organisation_ru,
  size: row.size,
  startedOn: row.started_on,
  finishedOn: row.finished_on,
  countsInI3: row.counts_in_i3,
});

/** New groups begin only while the entry is in force; those that have begun finish and count. */
export function whyNoGroup(status: string, validUntil: string | null, on: string): string | null {
  if (!IN_FORCE.includes(status))
    return `Запись не действует («${entryStatusRu(status)}»): новые группы не открываются.`;
  if (validUntil !== null && validUntil < on)
    return 'Срок действия записи истёк к этой дате: новые группы не открываются.';
  return null;
}

/** Registers with the number of entries one may see. */
export async function listRegisters(sql: Sql, see: RegisterReader) {
  const rows = await sql<Array<{ register: string; n: number; public: boolean }>>`
    select register, count(*)::int as n, bool_or(public) as public from register_entry e where ${readable(sql, see)} group by register order by register`;
  const known = rows.some(({ register }) => register === FEDERAL)
    ? rows
    : [{ register: FEDERAL, n: 0, public: true }, ...rows];
  return known.map((row) => ({
    register: row.register,
    nameRu: registerRu(row.register),
    entries: row.n,
    public: row.public,
  }));
}

/** A cell that a spreadsheet cannot take for a formula. */
export function csvCell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  // The wide forms are signs of formulas in some of the office programs; a number is a number.
  const safe = typeof value === 'string' && /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[";\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const xmlText = (value: string): string =>
  // Control characters have no place in XML 1.0, escaped or not.
  [...value]
    .filter((sign) => sign >= ' ' || sign === '\n' || sign === '\t')
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
