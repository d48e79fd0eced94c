/** Who read my file: one line for each reader and day, so that a busy case is a few lines and not hundreds. */
import type { ReadingView } from '../contract/personal.ts';
import { decodeCursor, isInstant, isText, pageOf } from '../cursor.ts';
import type { ApiDeps } from '../ports.ts';
import { READERS, type ReaderKind, READINGS, type ReadingOf } from '../reading-log.ts';
import type { Viewer } from '../viewer.ts';

interface Row {
  day: string;
  key: string;
  reader_as: string;
  who_ru: string | null;
  first_at: Date;
  last_at: Date;
  acts: Array<{ what: string; times: number; cases: string[] }>;
}

/** So many numbers of cases are named; of the rest it is said how many there are. */
const namedCases = 3;

/**
 * The log of the viewer himself, newest first; days are of his zone. Who evaluates is hidden from whom he evaluates, here too: all such
 * readers of a day are one line without a name.
 */
export async function readReadings(
  { sql }: Pick<ApiDeps, 'sql'>,
  viewer: Viewer,
  query: { cursor?: string | undefined; limit: number },
): Promise<{ items: ReadingView[]; next: string | null }> {
  const after = decodeCursor(query.cursor, [isText, isInstant, isText]);
  const rows = await sql<Row[]>`
    with lines as (
      select to_char(l.at at time zone ${viewer.zone}, 'YYYY-MM-DD') as day, l.reader_as, l.what,
        case when l.reader_as <> 'expert' then l.reader_id end as reader_id, case when l.reader_as <> 'expert' then l.on_behalf_of end as behalf_id,
        min(l.at) as first_at, max(l.at) as last_at, count(*)::int as times,
        coalesce(jsonb_agg(distinct c.number order by c.number) filter (where c.number is not null), '[]') as cases
      from access_log l left join "case" c on c.id = l.case_id
      where l.person_id = ${viewer.personId}::uuid and l.reader_id <> l.person_id group by 1, 2, 3, 4, 5),
    grouped as (
      select day, md5(concat_ws('|', reader_as, reader_id, behalf_id)) as key, reader_as, reader_id, behalf_id, min(first_at) as first_at, max(last_at) as last_at,
        jsonb_agg(jsonb_build_object('what', what, 'times', times, 'cases', cases) order by last_at desc, what) as acts
      from lines group by day, reader_as, reader_id, behalf_id)
    select g.day, g.key, g.reader_as, p.display_name || coalesce(', за: ' || b.display_name, '') as who_ru, g.first_at, g.last_at, g.acts
    from grouped g left join person p on p.id = g.reader_id left join person b on b.id = g.behalf_id
    ${after ? sql`where (g.day, g.last_at, g.key) < (${String(after[0])}, ${String(after[1])}::timestamptz, ${String(after[2])})` : sql``}
    order by g.day desc, g.last_at desc, g.key desc limit ${query.limit + 1}`;
  return pageOf(
    rows,
    query.limit,
    (row) => [row.day, row.last_at.toISOString(), row.key],
    (row): ReadingView => ({
      day: row.day,
      firstAt: row.first_at.toISOString(),
      lastAt: row.last_at.toISOString(),
      whoRu: row.who_ru,
      as: row.reader_as,
      asRu: READERS[row.reader_as as ReaderKind] ?? row.reader_as,
      acts: row.acts.map(({ what, times, cases }) => ({
        what,
        whatRu: READINGS[what as ReadingOf] ?? what,
        times,
        cases: cases.slice(0, namedCases),
        inCases: cases.length,
      })),
    }),
  );
}
