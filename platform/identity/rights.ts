/**
 * What a person may be today, read in one place for the first look of the API and for the check of the record path: roles with their
 * dates, a deputy's rights, employers, relatives.
 */
import type postgres from 'postgres';
import type { Assignment, PersonActor, Role, Scope } from '../../processes/kit/types.ts';
import type { Sql } from '../db/pool.ts';
import { schoolsOf } from './municipalities.ts';

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
  acting: boolean;
  /** Of a municipality: its schools and colleges, never the bodies above them, which answer for others too. */
  schools?: string[] | null;
  onBehalfOf: string | null;
  /** When the person who is replaced holds the same office himself; absent on own roles. */
  principal: Span[] | null;
}

/**
 * Condition on an assignment `a`: it is the person's own, or the person it replaces holds that office himself on the day `on`. A deputy has no
 * more than the one he stands in for, and nothing from a deputy.
 */
export function orderHolds(sql: Sql, a: Fragment, on: Fragment) {
  return sql`(${a}.on_behalf_of is null or exists (select from role_assignment own where own.person_id = ${a}.on_behalf_of and own.role = ${a}.role
    and own.on_behalf_of is null and (own.scope_kind = 'country' or (own.scope_kind = ${a}.scope_kind and own.scope_id is not distinct from ${a}.scope_id))
    and own.from_on <= ${on} and (own.to_on is null or own.to_on >= ${on})))`;
}

/** The columns `rightsOf` brings. */
export interface RightsRow {
  assignments: AssignmentRow[] | null;
  /** Employers, and whose: the person's own and those of whomever he acts for. */
  organisations: Array<Span & { of: string; id: string }> | null;
  /** Pairs of a relation: whose relative, and who. */
  relatives: Array<{ of: string; id: string }> | null;
}

/**
 * Select list of the rights of one person, for a statement of any kind. Relatives and employers are read for the person and for whomever he acts for.
 * `person` and `behalf` are expressions of SQL; both may be null.
 */
export function rightsOf(sql: Sql, person: Fragment, behalf: Fragment) {
  return sql`
    (select jsonb_agg(jsonb_build_object('role', a.role, 'scopeKind', a.scope_kind, 'scopeId', a.scope_id, 'from', a.from_on, 'to', a.to_on,
        'act', a.act, 'acting', a.acting, 'schools', case when a.scope_kind = 'municipality' then ${schoolsOf(sql, sql`a.scope_id`)} end,
        'onBehalfOf', a.on_behalf_of, 'principal', case when a.on_behalf_of is null then null else (
          select coalesce(jsonb_agg(jsonb_build_object('from', b.from_on, 'to', b.to_on)), '[]') from role_assignment b
          where b.person_id = a.on_behalf_of and b.role = a.role and b.on_behalf_of is null
            and (b.scope_kind = 'country' or (b.scope_kind = a.scope_kind and b.scope_id is not distinct from a.scope_id))) end))
      from role_assignment a where a.person_id = ${person}) as assignments,
    (select jsonb_agg(jsonb_build_object('of', e.person_id, 'id', e.organisation_id, 'from', e.from_on, 'to', e.to_on))
      from employment e where e.person_id in (${person}, ${behalf})) as organisations,
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
  const employers = (row.organisations ?? []).filter(valid);
  const employersOf = (id: string) => [...new Set(employers.flatMap((one) => (one.of === id ? [one.id] : [])))];
  const relativeIds = [...new Set((row.relatives ?? []).map(({ id }) => id))];
  return {
    kind: 'person',
    personId,
    organisationIds: employersOf(personId),
    ...(relativeIds.length > 0 ? { relativeIds } : {}),
    ...(behalf === null
      ? {}
      : {
          onBehalfOf: { personId: behalf, actId: held.find(({ act }) => act)?.act ?? '' },
          principalOrganisationIds: employersOf(behalf),
        }),
    assignments: held.map(toAssignment),
  };
}

function toAssignment({ role, scopeKind, scopeId, from, to, act, acting, schools }: AssignmentRow): Assignment {
  const scope: Scope =
    scopeKind === 'self' || scopeKind === 'country'
      ? { kind: scopeKind }
      : scopeKind === 'municipality'
        ? { kind: scopeKind, id: scopeId ?? '', organisationIds: schools ?? [] }
        : { kind: scopeKind, id: scopeId ?? '' };
  return {
    role,
    scope,
    from,
    ...(to ? { to } : {}),
    ...(act ? { actId: act } : {}),
    ...(acting ? { acting } : {}),
  };
}
