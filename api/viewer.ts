/** Who asks: the person behind a session, with what is valid today. */
import type { Sql } from '../platform/db/pool.ts';
import type { Prisma } from '../platform/db/prisma.ts';
import { actorOf, type RightsRow, rightsOf } from '../platform/identity/rights.ts';
import type { Role } from '../processes/kit/types.ts';
import { localDate } from '../processes/kit/zones.ts';
import type { ApiDeps, PersonActor } from './ports.ts';
import { ApiProblem } from './problems.ts';
import { reachOf, type Reach } from './visibility.ts';

export interface Viewer {
  personId: string;
  displayName: string;
  zone: string;
  actor: PersonActor;
  roles: ReadonlySet<Role>;
  reach: Reach;
  today: string;
}

/** What a statement brings of a person; see `viewerColumns`. */
export interface ViewerRow extends RightsRow {
  id: string;
  display_name: string;
  zone: string;
  died_on: string | null;
  disabled: boolean;
}

/** Select list and joins of a viewer, so that whoever asks is known in one statement with his session or token. */
export const viewerColumns = (sql: Sql, behalf: string | null) =>
  sql`p.id, p.display_name, p.zone, p.died_on, k.disabled_at is not null as disabled, ${rightsOf(sql, sql`p.id`, sql`${behalf}::uuid`)}`;
export const viewerTables = (sql: Sql) => sql`person p left join account k on k.person_id = p.id`;

/** A person as an actor of today, in one round trip. `undefined` when there is no such living person, or his account is closed. */
export async function findViewer(
  deps: Pick<ApiDeps, 'sql' | 'now'>,
  personId: string,
  onBehalfOf?: string,
): Promise<Viewer | undefined> {
  const [row] = await deps.sql<ViewerRow[]>`
    select ${viewerColumns(deps.sql, onBehalfOf ?? null)} from ${viewerTables(deps.sql)} where p.id = ${personId}::uuid`;
  return row && viewerFrom(row, deps.now(), onBehalfOf);
}

/** `undefined` for the dead and for closed accounts; throws 403 when the right to act «за» somebody does not hold today. */
export function viewerFrom(row: ViewerRow, now: Date, onBehalfOf?: string): Viewer | undefined {
  if (row.died_on || row.disabled) return undefined;
  const today = localDate(now.toISOString(), row.zone);
  const actor = actorOf(row.id, row, today, onBehalfOf ?? null);
  if (!actor) {
    throw new ApiProblem(403, {
      code: 'not_a_deputy',
      detail: 'Приказ о замещении не действует: действовать за это лицо нельзя.',
    });
  }
  return {
    personId: row.id,
    displayName: row.display_name,
    zone: row.zone,
    actor,
    roles: new Set(actor.assignments.map(({ role }) => role)),
    reach: reachOf(actor),
    today,
  };
}

/** What a reader works with. Everything a route reads goes through here, so that the second wall (row security) has one door. */
export interface ReadTx {
  sql: Sql;
  prisma: Prisma;
  viewer: Viewer;
}

/**
 * One consistent look at the database for one viewer: a read-only transaction that knows who asks. The names in `app.*` are what
 * row security policies will read.
 */
export async function withViewer<T>(
  deps: Pick<ApiDeps, 'sql' | 'prisma'>,
  viewer: Viewer,
  read: (tx: ReadTx) => Promise<T>,
): Promise<T> {
  return (await deps.sql.begin('isolation level repeatable read read only', async (sql) => {
    // Leaves together with the first statement of the reader: no round trip of its own.
    const named = sql`select set_config('app.person_id', ${viewer.personId}, true)`.execute();
    named.catch(() => undefined);
    const result = await read({ sql, prisma: deps.prisma, viewer });
    await named;
    return result;
  })) as T;
}
