/** Who asks: the person behind a session, with what is valid today. */
import type { Sql } from '../platform/db/pool.ts';
import type { Prisma } from '../platform/db/prisma.ts';
import type { Assignment, Role, Scope } from '../processes/kit/types.ts';
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
