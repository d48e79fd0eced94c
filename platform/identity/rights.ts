/**
 * What a person may be today, read in one place for the first look of the API and for the check of the record path: roles with their
 * dates, a deputy's rights, employers, relatives.
 */
import type postgres from 'postgres';
import type { Assignment, Actor, Role, Scope } from '../../processes/kit/types.ts';
import type { Sql } from '../db/pool.ts';

export type PersonActor = Extract<Actor, { kind: 'person' }>;

type Fragment = postgres.PendingQuery<any>;

interface Span {
  from: string;
  to: string | null;
}

export interface AssignmentRow extends Span {
  role: Role;
  scopeKind: Scope['kind'];
  scopeId: string | null;
  act: string | null;
  /** Of a municipality: its schools and colleges, never the bodies above them, which answer for others too. */
  schools?: string[] | null;
  onBehalfOf: string | null;
  /** When the person who is replaced holds the same office himself; absent on own roles. */
  principal: Span[] | null;
}

/** Kinds of organisations that belong to a municipality; an authority or a centre that sits in it does not. */
const SCHOOLS: readonly string[] = ['school', 'college', 'additional_education'];

/** The columns `rightsOf` brings. */
export interface RightsRow {
  assignments: AssignmentRow[] | null;
  organisations: Array<Span & { id: string }> | null;
  /** Pairs of a relation: whose relative, and who. */
  relatives: Array<{ of: string; id: string }> | null;
}

/**
 * Select list of the rights of one person, for a statement of any kind. Relatives are read for the person and for whomever he acts for.
 * `person` and `behalf` are expressions of SQL; both may be null.
 */
export function rightsOf(sql: Sql, person: Fragment, behalf: Fragment) {
  return sql`
    (select jsonb_agg(jsonb_build_object('role', a.role, 'scopeKind', a.scope_kind, 'scopeId', a.scope_id, 'from', a.from_on, 'to', a.to_on,
        'act', a.act, 'schools', case when a.scope_kind = 'municipality' then (
          select jsonb_agg(o.id) from organisation o where o.region_code = split_part(a.scope_id, ':', 1)
            and o.municipality = substr(a.scope_id, strpos(a.scope_id, ':') + 1) and o.kind = any(${[...SCHOOLS]}::text[])) end,
        'onBehalfOf', a.on_behalf_of, 'principal', case when a.on_behalf_of is null then null else (
          select coalesce(jsonb_agg(jsonb_build_object('from', b.from_on, 'to', b.to_on)), '[]') from role_assignment b
          where b.person_id = a.on_behalf_of and b.role = a.role and b.on_behalf_of is null
            and (b.scope_kind = 'country' or (b.scope_kind = a.scope_kind and b.scope_id is not distinct from a.scope_id))) end))
      from role_assignment a where a.person_id = ${person}) as assignments,
    (select jsonb_agg(jsonb_build_object('id', e.organisation_id, 'from', e.from_on, 'to', e.to_on))
      from employment e where e.person_id = ${person}) as organisations,
    (select jsonb_agg(distinct jsonb_build_object('of', r.of, 'id', r.id)) from (
        select person_a as of, person_b as id from relation where kind = 'relative' and person_a in (${person}, ${behalf})
        union all select person_b, person_a from relation where kind = 'relative' and person_b in (${person}, ${behalf})) r) as relatives`;
}

/**
 * The person as an actor of a local date. `undefined` when he has no right to act «за» the person named: the order does not hold, or the
 * person who is replaced holds the office no more.
 */
export function actorOf(
  personId: string,
  row: RightsRow,
  today: string,
  behalf: string | null,
): PersonActor | undefined {
  const valid = ({ from, to }: Span) => from <= today && (to === null || to >= today);
  const held = (row.assignments ?? []).filter(
    (assignment) =>
      valid(assignment) &&
      assignment.onBehalfOf === behalf &&
      (assignment.onBehalfOf === null || (assignment.principal ?? []).some(valid)),
  );
  if (behalf !== null && held.length === 0) return undefined;
  const relativeIds = [...new Set((row.relatives ?? []).map(({ id }) => id))];
  return {
    kind: 'person',
    personId,
    organisationIds: [...new Set((row.organisations ?? []).filter(valid).map(({ id }) => id))],
    ...(relativeIds.length > 0 ? { relativeIds } : {}),
    ...(behalf === null ? {} : { onBehalfOf: { personId: behalf, actId: held.find(({ act }) => act)?.act ?? '' } }),
    assignments: held.map(toAssignment),
  };
}

function toAssignment({ role, scopeKind, scopeId, from, to, act, schools }: AssignmentRow): Assignment {
  const scope: Scope =
    scopeKind === 'self' || scopeKind === 'country'
      ? { kind: scopeKind }
      : scopeKind === 'municipality'
        ? { kind: scopeKind, id: scopeId ?? '', organisationIds: schools ?? [] }
        : { kind: scopeKind, id: scopeId ?? '' };
  return { role, scope, from, ...(to ? { to } : {}), ...(act ? { actId: act } : {}) };
}
