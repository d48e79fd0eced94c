/**
 * Who sees what: the one place that decides it. Acts are decided by the rules of a process; this module only decides reading.
 *
 * - Staff of a jurisdiction (operator, coordinator, registry keeper, appeals, administrator) see its cases with names.
 * - Observers see them without names and without texts about people.
 * - Offices above a school see its cases of the processes named here, without the texts of its people.
 * - A person of a case (a mentee, his mentor) sees it as its applicant does.
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
const PROVIDER: readonly Role[] = ['provider_rep', 'provider_head', 'methodist', 'curator', 'head'];
/** Roles that are people of one case and no office: they read it as its applicant does. */
export const PARTIES: readonly Role[] = ['new_teacher', 'mentor'];

/**
 * Offices above the schools, by process: they see the cases of their schools with names, dates and counts; texts of the pair stay in the
 * school. In these processes the staff of a founder or a region is such an office too, and nobody reads reasons people gave for themselves.
 */
const OVERSEERS: Record<string, readonly Role[]> = {
  'mentoring-cycle': ['founder_rep', 'founder_head', 'methodist', 'tutor', 'hr_officer'],
};
const OVERSEEN = Object.keys(OVERSEERS);
const OVERSEER_ROLES = [...new Set(Object.values(OVERSEERS).flat())];

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
  /** Bodies (a school, an authority, a centre) and regions whose overseen cases the viewer sees. */
  overseer: { bodies: string[]; regions: string[] };
  /** Where the people are whom the viewer chooses from: colleagues of a school, schools of an authority, a region. */
  colleagues: { bodies: string[]; regions: string[] };
  /** Staff of overseen processes: administrators and the like, never the offices above a school. */
  strict: Territory;
  /** Has a part in cases of his own: a teacher, a mentor. */
  party: boolean;
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
    overseer: placesOf(actor, OVERSEER_ROLES),
    colleagues: placesOf(actor, [...OVERSEER_ROLES, 'curator', 'head']),
    strict: territory(
      actor,
      STAFF.filter((role) => !OVERSEER_ROLES.includes(role)),
    ),
    party: actor.assignments.some(({ role }) => role === 'teacher' || PARTIES.includes(role)),
    personId: actor.personId,
  };
}

function placesOf(actor: PersonActor, roles: readonly Role[]): Reach['overseer'] {
  const scopes = actor.assignments.filter(({ role }) => roles.includes(role)).map(({ scope }) => scope);
  return {
    bodies: scopes.flatMap((scope) => (scope.kind === 'organisation' ? [scope.id] : [])),
    regions: scopes.flatMap((scope) => (scope.kind === 'region' ? [scope.id] : [])),
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
  process?: string;
  /** Of an overseen case: the bodies above its school. */
  state?: { place?: { authorityId?: string; cnppmId?: string } } | null;
}

export type ViewerKind = 'staff' | 'applicant' | 'expert' | 'observer' | 'overseer' | 'admin';

const isOverseen = (process: string | undefined): boolean => process !== undefined && OVERSEEN.includes(process);

/** What the viewer is to a case; empty when it is none of his. An expert is recognised by his tasks, not here. */
export function kindsOf(reach: Reach, place: CasePlace): ViewerKind[] {
  const kinds: ViewerKind[] = [];
  if (covers(isOverseen(place.process) ? reach.strict : reach.staff, place)) kinds.push('staff');
  if (reach.admin) kinds.push('admin');
  if (place.applicant_organisation_id && reach.organisations.includes(place.applicant_organisation_id))
    kinds.push('applicant');
  if (isOverseen(place.process) && oversees(reach, place)) kinds.push('overseer');
  if (covers(reach.observer, place)) kinds.push('observer');
  return kinds;
}

function oversees({ overseer: { bodies, regions } }: Reach, place: CasePlace): boolean {
  const above = [place.applicant_organisation_id, place.state?.place?.authorityId, place.state?.place?.cnppmId];
  if (place.applicant_region_code !== null && regions.includes(place.applicant_region_code)) return true;
  return above.some((id) => typeof id === 'string' && bodies.includes(id));
}

/** May the viewer read reasons and other texts about people in this case? */
export function seesPersonal(reach: Reach, place: CasePlace): boolean {
  if (isOverseen(place.process)) return false;
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
    ...overseenCases(sql, reach),
    ...(reach.party
      ? [
          sql`c.id in (select cp.case_id from case_participant cp where cp.person_id = ${reach.personId}::uuid and cp.role = any(${[...PARTIES]}::text[]))`,
        ]
      : []),
  ];
  if (parts.length === 0) return sql`false`;
  return sql`(${parts.reduce((all, part) => sql`${all} or ${part}`)})`;
}

function overseenCases(sql: Sql, { overseer: { bodies, regions } }: Reach) {
  if (bodies.length === 0 && regions.length === 0) return [];
  return [
    sql`(c.process = any(${OVERSEEN}::text[]) and (c.applicant_region_code = any(${regions}::text[]) or c.applicant_organisation_id = any(${bodies}::uuid[])
      or c.state->'place'->>'authorityId' = any(${bodies}::text[]) or c.state->'place'->>'cnppmId' = any(${bodies}::text[])))`,
  ];
}

/** Does the viewer see any list of cases at all (an expert does not)? */
export function seesCases(reach: Reach): boolean {
  return (
    staffAnywhere(reach) ||
    reach.observer.all ||
    reach.observer.jurisdictions.length > 0 ||
    reach.observer.regions.length > 0 ||
    reach.organisations.length > 0 ||
    reach.overseer.bodies.length > 0 ||
    reach.overseer.regions.length > 0 ||
    reach.party
  );
}

export function staffAnywhere(reach: Reach): boolean {
  return reach.staff.all || reach.staff.jurisdictions.length > 0;
}

/** Names of the people who do tasks are for staff; where a case is the common work of people, for everybody who takes part in it. */
export function seesNames(kinds: readonly ViewerKind[], process?: string): boolean {
  if (kinds.includes('staff') || kinds.includes('admin')) return true;
  return isOverseen(process) && (kinds.includes('applicant') || kinds.includes('overseer'));
}

/** Facts of events are for the people of a common case too; they hold ids and rule fields, never texts. */
export function seesFacts(kinds: readonly ViewerKind[], process: string): boolean {
  return (
    kinds.includes('staff') || (isOverseen(process) && (kinds.includes('applicant') || kinds.includes('overseer')))
  );
}
