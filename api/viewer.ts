/** Who asks: the person behind a session, with what is valid today. */
import type { Sql } from '../platform/db/pool.ts';
import type { Assignment, Role, Scope } from '../processes/kit/types.ts';
import { localDate } from '../processes/kit/zones.ts';
import type { ApiDeps, PersonActor } from './ports.ts';
import { ApiProblem } from './problems.ts';
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

interface ViewerRow {
  id: string;
  display_name: string;
  zone: string;
  died_on: string | null;
  assignments: Array<{
    role: Role;
    scopeKind: Scope['kind'];
    scopeId: string | null;
    from: string;
    to: string | null;
    act: string | null;
    onBehalfOf: string | null;
  }>;
  organisations: Array<{ id: string; from: string; to: string | null }>;
}

/** A person as an actor of today, in one round trip. `undefined` when there is no such living person. */
export async function findViewer(
  deps: Pick<ApiDeps, 'sql' | 'now'>,
  personId: string,
  onBehalfOf?: string,
): Promise<Viewer | undefined> {
  const [row] = await deps.sql<
    ViewerRow[]
  >`select ${viewerColumns(deps.sql)} from person p where p.id = ${personId}::uuid`;
  return row && toViewer(row, deps.now(), onBehalfOf);
}

/** The same of whoever holds an open session, session and person in one statement; nothing is remembered between requests. */
export async function findSessionViewer(
  deps: Pick<ApiDeps, 'sql' | 'now'>,
  tokenHash: string,
  onBehalfOf?: string,
): Promise<Viewer | undefined> {
  const [row] = await deps.sql<ViewerRow[]>`
    select ${viewerColumns(deps.sql)} from session s join person p on p.id = s.person_id
    where s.token_hash = ${tokenHash} and s.expires_at > ${deps.now()}`;
  return row && toViewer(row, deps.now(), onBehalfOf);
}

const viewerColumns = (sql: Sql) => sql`p.id, p.display_name, p.zone, p.died_on,
  coalesce((select jsonb_agg(jsonb_build_object('role', role, 'scopeKind', scope_kind, 'scopeId', scope_id, 'from', from_on, 'to', to_on,
    'act', act, 'onBehalfOf', on_behalf_of)) from role_assignment a where a.person_id = p.id), '[]') as assignments,
  coalesce((select jsonb_agg(jsonb_build_object('id', organisation_id, 'from', from_on, 'to', to_on))
    from employment e where e.person_id = p.id), '[]') as organisations`;

function toViewer(row: ViewerRow, now: Date, onBehalfOf?: string): Viewer | undefined {
  if (row.died_on) return undefined;
  const today = localDate(now.toISOString(), row.zone);
  const valid = ({ from, to }: { from: string; to: string | null }) => from <= today && (to === null || to >= today);
  const behalf = onBehalfOf ?? null;
  const held = row.assignments.filter((assignment) => valid(assignment) && assignment.onBehalfOf === behalf);
  if (behalf !== null && held.length === 0) {
    throw new ApiProblem(403, {
      code: 'not_a_deputy',
      detail: 'Приказ о замещении не действует: действовать за это лицо нельзя.',
    });
  }
  const organisationIds = [...new Set(row.organisations.filter(valid).map(({ id }) => id))];
  const actor: PersonActor = {
    kind: 'person',
    personId: row.id,
    organisationIds,
    ...(behalf === null ? {} : { onBehalfOf: { personId: behalf, actId: held.find(({ act }) => act)?.act ?? '' } }),
    assignments: held.map(toAssignment),
  };
  return {
    personId: row.id,
    displayName: row.display_name,
    zone: row.zone,
    actor,
    roles: new Set(held.map(({ role }) => role)),
    reach: reachOf(actor),
    today,
  };
}

function toAssignment({ role, scopeKind, scopeId, from, to, act }: ViewerRow['assignments'][number]): Assignment {
  const scope: Scope =
    scopeKind === 'self' || scopeKind === 'country' ? { kind: scopeKind } : { kind: scopeKind, id: scopeId ?? '' };
  return { role, scope, from, ...(to ? { to } : {}), ...(act ? { actId: act } : {}) };
}

/** What a reader works with. Everything a route reads goes through here, so that the second wall (row security) has one door. */
export interface ReadTx {
  sql: Sql;
  viewer: Viewer;
}

/**
 * One consistent look at the database for one viewer: a read-only transaction of the role `traektoria_reader`, which row security lets
 * see the viewer's territory and what concerns himself, whatever the conditions of a query say (docs/security.md).
 */
export function withViewer<T>(
  deps: Pick<ApiDeps, 'sql'>,
  viewer: Viewer,
  read: (tx: ReadTx) => Promise<T>,
): Promise<T> {
  return behindWall(deps, wallOf(viewer.actor, viewer.reach), (sql) => read({ sql, viewer }));
}

/** The same look for nobody: what is public, and no row that belongs to somebody. */
export function withNobody<T>(deps: Pick<ApiDeps, 'sql'>, read: (sql: Sql) => Promise<T>): Promise<T> {
  return behindWall(deps, wallOf(), read);
}

async function behindWall<T>(deps: Pick<ApiDeps, 'sql'>, wall: Wall, read: (sql: Sql) => Promise<T>): Promise<T> {
  return (await deps.sql.begin('isolation level repeatable read read only', async (sql) => {
    // One statement for the role and all that the policies ask, and it leaves together with the first statement of the reader.
    const raised = sql`
      select set_config('app.person_id', ${wall.personId}, true), set_config('app.everywhere', ${wall.everywhere}, true),
        set_config('app.admin', ${wall.admin}, true), set_config('app.jurisdictions', ${wall.jurisdictions}, true),
        set_config('app.regions', ${wall.regions}, true), set_config('app.organisations', ${wall.organisations}, true),
        set_config('app.bodies', ${wall.bodies}, true), set_config('app.offices', ${wall.offices}, true),
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
