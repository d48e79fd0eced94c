/** Who asks: the person behind a session, with what is valid today. */
import type { Sql } from '../platform/db/pool.ts';
import { actorOf, type RightsRow, rightsOf } from '../platform/identity/rights.ts';
import type { Role, PersonActor } from '../processes/kit/types.ts';
import { localDate } from '../processes/kit/zones.ts';
import { ApiProblem } from './problems.ts';
import { noteReadings, type Reading, type ReadingLog } from './reading-log.ts';
import { reachOf, type Reach, type Wall, wallOf } from './visibility.ts';

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
  deps: Pick<ReadingLog, 'sql'> & { now(): Date },
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

/** Is it the viewer's own task, or a task of an office that the person he stands in for has taken? */
export function isMine({ actor }: Viewer, task: { nature: string; assignee_id: string | null }): boolean {
  if (task.assignee_id === null) return false;
  if (task.assignee_id === actor.personId) return true;
  return task.nature === 'office' && task.assignee_id === actor.onBehalfOf?.personId;
}

/** What a reader works with. Everything a route reads goes through here, so that the second wall (row security) has one door. */
export interface ReadTx {
  sql: Sql;
  viewer: Viewer;
  /** Personal files opened on the way; noted after the reading transaction and before the answer. */
  readings?: Reading[];
}

/**
 * One consistent look at the database for one viewer: a read-only transaction of the role `traektoria_reader`, which row security lets
 * see the viewer's territory and what concerns himself, whatever the conditions of a query say (docs/security.md).
 */
export async function withViewer<T>(deps: ReadingLog, viewer: Viewer, read: (tx: ReadTx) => Promise<T>): Promise<T> {
  const readings: Reading[] = [];
  const result = await behindWall(deps, wallOf(viewer.actor, viewer.reach), (sql) => read({ sql, viewer, readings }));
  // Not inside: a second connection wanted by everybody who holds a first one would stop them all.
  await noteReadings(deps, viewer, readings);
  return result;
}

/** The same look for nobody: what is public, and no row that belongs to somebody. */
export function withNobody<T>(deps: Pick<ReadingLog, 'sql'>, read: (sql: Sql) => Promise<T>): Promise<T> {
  return behindWall(deps, wallOf(), read);
}

async function behindWall<T>(deps: Pick<ReadingLog, 'sql'>, wall: Wall, read: (sql: Sql) => Promise<T>): Promise<T> {
  return (await deps.sql.begin('isolation level repeatable read read only', async (sql) => {
    // One statement for the role and all that the policies ask, and it leaves together with the first statement of the reader.
    const raised = sql`
      select set_config('app.person_id', ${wall.personId}, true), set_config('app.everywhere', ${wall.everywhere}, true),
        set_config('app.admin', ${wall.admin}, true), set_config('app.jurisdictions', ${wall.jurisdictions}, true),
        set_config('app.regions', ${wall.regions}, true), set_config('app.organisations', ${wall.organisations}, true),
        set_config('app.bodies', ${wall.bodies}, true), set_config('app.overseen_regions', ${wall.overseenRegions}, true),
        set_config('app.overseen_processes', ${wall.overseenProcesses}, true), set_config('app.offices', ${wall.offices}, true),
        set_config('app.personal_processes', ${wall.personalProcesses}, true), set_config('role', 'traektoria_reader', true)`.execute();
    raised.catch(() => undefined);
    const result = await read(sql).catch(async (error: unknown) => {
      // Where the wall itself could not be raised, that is the error; the reader's is only its consequence.
      await raised;
      throw error;
    });
    await raised;
    return result;
  })) as T;
}
