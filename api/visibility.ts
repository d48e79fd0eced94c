/**
 * Who sees what: the one place that decides it. Acts are decided by the rules of a process; this module only decides reading.
 *
 * - Staff of a jurisdiction (operator, coordinator, registry keeper, appeals, administrator) see its cases with names.
 * - Observers see them without names and without texts about people.
 * - Provider roles see the cases of their organisations; never the names of experts.
 * - Experts see their tasks, and of the case only what a blinded expert may see.
 */
import type { Sql } from '../platform/db/pool.ts';
import type { Role } from '../processes/kit/types.ts';
import type { PersonActor } from './ports.ts';

const STAFF: readonly Role[] = [
  'fed_operator',
  'fed_coordinator',
  'registry_keeper',
  'appeals_member',
  'founder_rep',
  'founder_head',
  'secretary',
  'admin',
  'dpo',
];
const PROVIDER: readonly Role[] = ['provider_rep', 'provider_head', 'methodist'];

/** All jurisdictions, or the named ones. */
type Territory = { all: true } | { all: false; jurisdictions: string[]; regions: string[] };

export interface Reach {
  staff: Territory;
  observer: Territory;
  /** Organisations whose applications the viewer handles. */
  organisations: string[];
  /** Decline reasons and other texts about people. */
  coordinator: Territory;
  admin: boolean;
  personId: string;
}

/** What assignments and employments of today open. */
export function reachOf(actor: PersonActor): Reach {
  const organisations = actor.assignments.flatMap(({ role, scope }) => {
    if (!PROVIDER.includes(role)) return [];
    // A methodist of a municipality or a region handles the applications of the organisation that employs him.
    return scope.kind === 'organisation' ? [scope.id] : actor.organisationIds;
  });
  return {
    staff: territory(actor, STAFF),
    observer: territory(actor, ['observer']),
    organisations: [...new Set(organisations)],
    coordinator: territory(actor, ['fed_coordinator', 'secretary', 'founder_rep', 'admin']),
    admin: actor.assignments.some(({ role }) => role === 'admin'),
    personId: actor.personId,
  };
}

function territory(actor: PersonActor, roles: readonly Role[]): Territory {
  const scopes = actor.assignments.filter(({ role }) => roles.includes(role)).map(({ scope }) => scope);
  if (scopes.some(({ kind }) => kind === 'country')) return { all: true };
  return {
    all: false,
    jurisdictions: scopes.flatMap((scope) => (scope.kind === 'jurisdiction' ? [scope.id] : [])),
    regions: scopes.flatMap((scope) => (scope.kind === 'region' ? [scope.id] : [])),
  };
}

/** What a row says about whom it belongs to. */
export interface CasePlace {
  jurisdiction: string;
  applicant_organisation_id: string | null;
  applicant_region_code: string | null;
}

export type ViewerKind = 'staff' | 'applicant' | 'expert' | 'observer' | 'admin';

/** What the viewer is to a case; empty when it is none of his. An expert is recognised by his tasks, not here. */
export function kindsOf(reach: Reach, place: CasePlace): ViewerKind[] {
  const kinds: ViewerKind[] = [];
  if (covers(reach.staff, place)) kinds.push('staff');
  if (reach.admin) kinds.push('admin');
  if (place.applicant_organisation_id && reach.organisations.includes(place.applicant_organisation_id))
    kinds.push('applicant');
  if (covers(reach.observer, place)) kinds.push('observer');
  return kinds;
}

/** May the viewer read reasons and other texts about people in this case? */
export function seesPersonal(reach: Reach, place: CasePlace): boolean {
  return covers(reach.coordinator, place);
}

function covers(where: Territory, place: CasePlace): boolean {
  if (where.all) return true;
  return (
    where.jurisdictions.includes(place.jurisdiction) ||
    (place.applicant_region_code !== null && where.regions.includes(place.applicant_region_code))
  );
}

/** Condition on a row `c` of the case table: the cases this viewer may list and open. */
export function visibleCases(sql: Sql, reach: Reach) {
  if (reach.staff.all || reach.observer.all) return sql`true`;
  const jurisdictions = [...new Set([...reach.staff.jurisdictions, ...reach.observer.jurisdictions])];
  const regions = [...new Set([...reach.staff.regions, ...reach.observer.regions])];
  const parts = [
    ...(jurisdictions.length > 0 ? [sql`c.jurisdiction = any(${jurisdictions})`] : []),
    ...(regions.length > 0 ? [sql`c.applicant_region_code = any(${regions})`] : []),
    ...(reach.organisations.length > 0 ? [sql`c.applicant_organisation_id = any(${reach.organisations}::uuid[])`] : []),
  ];
  if (parts.length === 0) return sql`false`;
  return sql`(${parts.reduce((all, part) => sql`${all} or ${part}`)})`;
}

/** Does the viewer see any list of cases at all (an expert does not)? */
export function seesCases(reach: Reach): boolean {
  return (
    staffAnywhere(reach) ||
    reach.observer.all ||
    reach.observer.jurisdictions.length > 0 ||
    reach.observer.regions.length > 0 ||
    reach.organisations.length > 0
  );
}

export function staffAnywhere(reach: Reach): boolean {
  return reach.staff.all || reach.staff.jurisdictions.length > 0;
}

/** Names of the people who do tasks are for staff. */
export function seesNames(kinds: readonly ViewerKind[]): boolean {
  return kinds.includes('staff') || kinds.includes('admin');
}
