/**
 * Who sees what: the one place that decides it. Acts are decided by the rules of a process; this module only decides reading.
 *
 * Territory: country, region, municipality, organisation. A municipality is the schools in it, as they are on the day of the request.
 *
 * - Staff of a jurisdiction (operator, coordinator, registry keeper, appeals, administrator) see its cases with names.
 * - Observers see them without names and without texts about people.
 * - Offices above a school see its cases of the processes named here, without the texts of its people.
 * - A person of a case (a mentee, his mentor) sees it as its applicant does.
 * - Staff whom the segregation of duties keeps from a case read it as observers: who may not act on his own case, a relative's or his
 *   organisation's is not told who evaluates it either.
 * - Provider roles see the cases of their organisations; never the names of experts.
 * - Experts see their tasks, and of the case only what a blinded expert may see.
 * - A person of a case (attestee, mentee, mentor) reads it as its applicant; a case about a person is not read by his colleagues.
 * - Members of a commission read their sittings, and the cases on a closed agenda that they may hear.
 * - An office with a task in a case reads the case and its papers, not the conclusions of experts.
 * - A process that names its readers is closed: they and the people of the case read it, no other staff, no observer, no colleague.
 *
 * Conditions here are the first wall. `wallOf` tells the second one, row security of the database, where the viewer's territory ends; it is
 * never narrower than the first, so whoever opens a new place in the first opens it in `wallOf` too.
 */
import type { Sql } from '../platform/db/pool.ts';
import { actingPeople } from '../processes/kit/actors.ts';
import type { Role, Scope, PersonActor } from '../processes/kit/types.ts';
import { listProcesses } from '../processes/registry.ts';

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
const PARTIES: readonly Role[] = ['new_teacher', 'mentor'];
/** Roles of a sitting: they read it, and what it hears, by the order that names them. */
const MEMBERS: readonly Role[] = ['chair', 'commission_member', 'public_rep', 'secretary'];
/** Offices that read the cases they have a task in, without being staff of the jurisdiction. */
const TASK_OFFICES: readonly Role[] = ['hr_officer'];

/** Processes whose cases are about a person. */
const personal = (): string[] => listProcesses().flatMap((process) => (process.personal ? [process.slug] : []));

/** Processes with readers of their own. */
const closedProcesses = () =>
  listProcesses().flatMap(({ slug, readers }) => (readers ? [{ process: slug, readers }] : []));

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
  /** Administers the whole platform. An administrator of a jurisdiction is staff of its cases, and grants roles in it. */
  admin: boolean;
  /** Bodies (a school, an authority, a centre) and regions whose overseen cases the viewer sees. */
  overseer: { bodies: string[]; regions: string[]; jurisdictions: string[] };
  /** Where the people are whom the viewer chooses from: colleagues of a school, schools of an authority, a region. */
  colleagues: { bodies: string[]; regions: string[]; jurisdictions: string[] };
  /** Staff of overseen processes: administrators and the like, never the offices above a school. */
  strict: Territory;
  personId: string;
  /** Where the viewer works: what he may not hear as a member of a commission, nor read as staff. */
  employers: string[];
  /** The viewer, whomever he acts for, and their relatives. */
  kin: string[];
  /** Holds another role than an expert's, so that cases may name him. */
  party: boolean;
  /** Offices that read by their tasks, each with its scope. */
  offices: Array<{ role: Role; kind: string; id: string | null }>;
  /** Where the viewer is a reader of a closed process. */
  closed: Array<{ process: string; territory: Territory }>;
}

/** What assignments and employments of today open. */
export function reachOf(actor: PersonActor): Reach {
  const organisations = actor.assignments.flatMap(({ role, scope }) => {
    if (!PROVIDER.includes(role)) return [];
    // A methodist of a municipality or a region handles the applications of the organisation that employs him.
    return scope.kind === 'organisation' ? [scope.id] : (actor.principalOrganisationIds ?? actor.organisationIds);
  });
  return {
    staff: territory(actor, STAFF),
    observer: territory(actor, ['observer']),
    organisations: [...new Set(organisations)],
    coordinator: territory(actor, ['fed_coordinator', 'secretary', 'founder_rep', 'admin']),
    admin: holdsEverywhere(actor, 'admin'),
    overseer: placesOf(actor, OVERSEER_ROLES),
    colleagues: placesOf(actor, [...OVERSEER_ROLES, 'curator', 'head']),
    strict: territory(
      actor,
      STAFF.filter((role) => !OVERSEER_ROLES.includes(role)),
    ),
    personId: actor.personId,
    employers: [...actor.organisationIds, ...(actor.principalOrganisationIds ?? [])],
    kin: [...new Set([...actingPeople(actor), ...(actor.relativeIds ?? [])])],
    party: actor.assignments.some(({ role }) => role !== 'expert' && role !== 'arbiter'),
    offices: actor.assignments
      .filter(({ role }) => TASK_OFFICES.includes(role))
      .map(({ role, scope }) => ({ role, kind: scope.kind, id: 'id' in scope ? scope.id : null })),
    closed: closedProcesses().map(({ process, readers }) => ({ process, territory: territory(actor, readers) })),
  };
}

/** Does the person hold the office for the whole country? What belongs to no territory (accounts, the engine, requests about personal data) is asked so. */
export const holdsEverywhere = (actor: PersonActor, office: string): boolean =>
  actor.assignments.some(({ role, scope }) => role === office && scope.kind === 'country');

/** Organisations a scope names itself, or by its municipality. */
export function bodiesOf(scope: Scope): readonly string[] {
  if (scope.kind === 'organisation') return [scope.id];
  return scope.kind === 'municipality' ? (scope.organisationIds ?? []) : [];
}

function placesOf(actor: PersonActor, roles: readonly Role[]): Reach['overseer'] {
  const scopes = actor.assignments.filter(({ role }) => roles.includes(role)).map(({ scope }) => scope);
  return {
    bodies: scopes.flatMap(bodiesOf),
    regions: scopes.flatMap((scope) => (scope.kind === 'region' ? [scope.id] : [])),
    jurisdictions: scopes.flatMap((scope) => (scope.kind === 'jurisdiction' ? [scope.id] : [])),
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
  process: string;
  jurisdiction: string;
  applicant_organisation_id: string | null;
  applicant_region_code: string | null;
  subject_kind: string;
  subject_id: string;
  initiator_id: string | null;
  /** Of an overseen case: the bodies above its school. */
  state?: { place?: { authorityId?: string; cnppmId?: string } } | null;
}

/** `overseer`: an office above the school of the case; `member`: of the commission that hears the case; `office`: holds an office with a task in it. */
export type ViewerKind = 'staff' | 'applicant' | 'expert' | 'observer' | 'admin' | 'member' | 'office' | 'overseer';

const isOverseen = (process: string | undefined): boolean => process !== undefined && OVERSEEN.includes(process);

/**
 * Is it a case the viewer may do nothing with in office: about himself or a relative, begun by one of them, an application of his organisation?
 * Coarser than the rules (`segregated` of a process), which know predecessors too.
 */
function isTied({ kin, employers }: Reach, place: CasePlace): boolean {
  if (place.subject_kind === 'person' && kin.includes(place.subject_id)) return true;
  // A cycle of mentoring is begun by an office of the school, whose people work on it together.
  if (isOverseen(place.process)) return false;
  if (place.initiator_id !== null && kin.includes(place.initiator_id)) return true;
  const organisation = personal().includes(place.process) ? null : place.applicant_organisation_id;
  return organisation !== null && employers.includes(organisation);
}

/** The same as a condition on a row `c`. */
function tiedCases(sql: Sql, { kin, employers }: Reach) {
  return sql`((c.subject_kind = 'person' and c.subject_id = any(${kin}::text[])) or (c.process <> all(${OVERSEEN}::text[])
    and (coalesce(c.initiator_id = any(${kin}::uuid[]), false)
      or (c.process <> all(${personal()}::text[]) and coalesce(c.applicant_organisation_id = any(${employers}::uuid[]), false)))))`;
}

/** What the viewer is to a case by his roles; empty when it is none of his. People of the case are recognised by the case. */
export function kindsOf(reach: Reach, place: CasePlace): ViewerKind[] {
  const kinds: ViewerKind[] = [];
  const tied = isTied(reach, place);
  const closed = reach.closed.find(({ process }) => process === place.process);
  if (closed) {
    if (covers(closed.territory, place) && !tied) kinds.push('staff');
    if (reach.admin) kinds.push('admin');
    return kinds;
  }
  const staff = covers(isOverseen(place.process) ? reach.strict : reach.staff, place);
  if (staff && !tied) kinds.push('staff');
  if (reach.admin) kinds.push('admin');
  const organisation = personal().includes(place.process) ? null : place.applicant_organisation_id;
  if (organisation && reach.organisations.includes(organisation)) kinds.push('applicant');
  if (isOverseen(place.process) && oversees(reach, place)) kinds.push('overseer');
  if (covers(reach.observer, place) || (staff && tied)) kinds.push('observer');
  return kinds;
}

/**
 * May a list name the person this row is about? It may where the case page does: to whoever sees the case for another reason than
 * watching where cases stand. Only rows the viewer may list are asked about, so a row that is none of his by roles is his by the case.
 */
export function namesSubject(reach: Reach, place: CasePlace): boolean {
  if (place.subject_kind !== 'person') return false;
  if (place.subject_id === reach.personId) return true;
  if (isTied(reach, place) && !reach.admin) return false;
  const kinds = kindsOf(reach, place);
  return kinds.length === 0 || kinds.some((kind) => kind !== 'observer');
}

/** May the viewer look for cases by the name of their person? Only who sees none of them without names. */
export function searchesByName({ observer }: Reach): boolean {
  return !observer.all && observer.jurisdictions.length === 0 && observer.regions.length === 0;
}

/** Personal tasks whose doer knows the person of the case: everybody of a common case, nobody who evaluates blindly. */
export function namesSubjectOfTask(task: { process: string; nature: string }): boolean {
  return task.nature === 'office' || isOverseen(task.process);
}

function oversees({ overseer: { bodies, regions, jurisdictions } }: Reach, place: CasePlace): boolean {
  const above = [place.applicant_organisation_id, place.state?.place?.authorityId, place.state?.place?.cnppmId];
  if (jurisdictions.includes(place.jurisdiction)) return true;
  if (place.applicant_region_code !== null && regions.includes(place.applicant_region_code)) return true;
  return above.some((id) => typeof id === 'string' && bodies.includes(id));
}

/** May the viewer read reasons and other texts about people in this case? */
export function seesPersonal(reach: Reach, place: CasePlace): boolean {
  if (isOverseen(place.process) || isTied(reach, place)) return false;
  const closed = reach.closed.find(({ process }) => process === place.process);
  return covers(closed?.territory ?? reach.coordinator, place);
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
  const own = reach.closed.map(
    ({ process, territory: where }) => sql`(c.process = ${process} and ${within(sql, where)})`,
  );
  const closed = reach.closed.map(({ process }) => process);
  const parts = [sql`(c.process <> all(${closed}::text[]) and ${openCases(sql, reach)})`, ...own];
  return sql`(${parts.reduce((all, part) => sql`${all} or ${part}`)} or c.id in (${partyIds(sql, reach.personId)}))`;
}

function within(sql: Sql, where: Territory) {
  if (where.all) return sql`true`;
  return sql`(c.jurisdiction = any(${where.jurisdictions}::text[]) or c.applicant_region_code = any(${where.regions}::text[]))`;
}

/** The same for processes that are not closed. */
function openCases(sql: Sql, reach: Reach) {
  if (reach.staff.all || reach.observer.all) return sql`true`;
  const parts = [
    ...byOffice(sql, reach),
    sql`c.id in (${partyIds(sql, reach.personId)})`,
    sql`c.id in (${sittingIds(sql, reach.personId)})`,
    sql`c.id in (${heardIds(sql, reach)})`,
    ...(reach.offices.length > 0 ? [sql`c.id in (${officeIds(sql, reach)})`] : []),
  ];
  return sql`(${parts.reduce((all, part) => sql`${all} or ${part}`)})`;
}

/**
 * Condition on a row `c`: what reports count for this viewer. Only what he reads by his office: a case he reads because it is about him,
 * or because his commission hears it, is in nobody's statistics but those of its office. A reader of a closed process counts what he
 * reads of it; the other offices of the territory count it too, and see of it no group below the limit of the report and no list.
 */
export function countedCases(sql: Sql, reach: Reach) {
  const office = countedByOffice(sql, reach);
  const read = reach.closed.filter(({ process }) => readsClosed(reach, process));
  if (read.length === 0) return office;
  const closed = read.map(({ process, territory: where }) => sql`(c.process = ${process} and ${within(sql, where)})`);
  return sql`((c.process <> all(${read.map(({ process }) => process)}::text[]) and ${office}) or ${closed.reduce((all, part) => sql`${all} or ${part}`)})`;
}

function countedByOffice(sql: Sql, reach: Reach) {
  if (reach.staff.all || reach.observer.all) return sql`true`;
  const parts = byOffice(sql, reach);
  return parts.length === 0 ? sql`false` : sql`(${parts.reduce((all, part) => sql`${all} or ${part}`)})`;
}

/** Is the process closed to all but the readers it names? */
export const isClosed = ({ closed }: Reach, process: string | undefined): boolean =>
  closed.some((one) => one.process === process);

/** Is the viewer one of the readers of a closed process, anywhere? */
export const readsClosed = ({ closed }: Reach, process: string | undefined): boolean =>
  closed.some(
    ({ process: slug, territory: where }) =>
      slug === process && (where.all || where.jurisdictions.length + where.regions.length > 0),
  );

function byOffice(sql: Sql, reach: Reach) {
  const named = [reach.staff, reach.observer].flatMap((where) => (where.all ? [] : [where]));
  const jurisdictions = [...new Set(named.flatMap((where) => where.jurisdictions))];
  const regions = [...new Set(named.flatMap((where) => where.regions))];
  return [
    ...(jurisdictions.length > 0 ? [sql`c.jurisdiction = any(${jurisdictions})`] : []),
    ...(regions.length > 0 ? [sql`c.applicant_region_code = any(${regions})`] : []),
    ...(reach.organisations.length > 0
      ? [
          sql`(c.applicant_organisation_id = any(${reach.organisations}::uuid[]) and c.process <> all(${personal()}::text[]))`,
        ]
      : []),
    ...overseenCases(sql, reach),
  ];
}

function overseenCases(sql: Sql, { overseer: { bodies, regions } }: Reach) {
  if (bodies.length === 0 && regions.length === 0) return [];
  return [
    sql`(c.process = any(${OVERSEEN}::text[]) and (c.applicant_region_code = any(${regions}::text[]) or c.applicant_organisation_id = any(${bodies}::uuid[])
      or c.state->'place'->>'authorityId' = any(${bodies}::text[]) or c.state->'place'->>'cnppmId' = any(${bodies}::text[])))`,
  ];
}

/** Ids of cases that are about the viewer, or name him among their people. */
export const partyIds = (sql: Sql, personId: string) => sql`
  select p.case_id as id from case_participant p join "case" k on k.id = p.case_id where p.person_id = ${personId}::uuid
    and (p.role = any(${[...PARTIES]}::text[]) or (k.initiator_id = p.person_id and k.process = any(${personal()}::text[])))`;

/** Ids of sittings of the commissions the viewer is a member of. */
export const sittingIds = (sql: Sql, personId: string) => sql`
  select p.case_id as id from case_participant p join "case" k on k.id = p.case_id and k.process = 'commission-sitting'
  where p.person_id = ${personId}::uuid and p.role = any(${[...MEMBERS]}::text[])`;

/**
 * Ids of cases on the closed agenda of a sitting whose member the viewer is, where nothing keeps him from hearing them: he is not recused
 * on the item, not named by the case, no colleague of the person.
 */
export const heardIds = (sql: Sql, { personId, employers }: Reach) => sql`
  select (i->>'caseId')::uuid as id from case_participant p
    join "case" k on k.id = p.case_id and k.process = 'commission-sitting' and k.stage in ('agenda_frozen', 'in_session', 'minutes', 'closed')
    cross join lateral jsonb_array_elements(k.state->'items') i
  where p.person_id = ${personId}::uuid and p.role = any(${[...MEMBERS]}::text[])
    and i->>'state' in ('listed', 'voting', 'decided') and i->>'subjectId' <> ${personId}
    and not i->'conflicts' ? ${personId} and not i->'organisationIds' ?| ${employers}::text[]
    and not exists (select from jsonb_array_elements(i->'recused') r where r->>'personId' = ${personId})`;

/** Ids of cases in which an office that the viewer holds has, or had, a task. */
export function officeIds(sql: Sql, { offices }: Reach) {
  const held = offices.map(({ role, kind, id }) =>
    kind === 'country'
      ? sql`t.role = ${role}`
      : sql`(t.role = ${role} and t.scope_kind = ${kind} and t.scope_id is not distinct from ${id})`,
  );
  const any = held.length === 0 ? sql`false` : held.reduce((all, part) => sql`${all} or ${part}`);
  return sql`select t.case_id as id from task t where t.nature = 'office' and (${any})`;
}

/** Everybody the case `c` is about or names, as an array; of a sitting also its members. */
export const peopleOf = (sql: Sql) => sql`
  (select array_agg(distinct p.person_id) from case_participant p where p.case_id = c.id
    and (${isParty(sql)} or (c.process = 'commission-sitting' and p.role = any(${[...MEMBERS]}::text[]))))`;

/** Whose file the case `c` is, as an array: whom it is about and the people of it who hold no office in it. */
export const partiesOf = (sql: Sql) => sql`
  (select array_agg(distinct p.person_id) from case_participant p where p.case_id = c.id and ${isParty(sql)})`;

const isParty = (sql: Sql) => sql`
  (p.role = any(${[...PARTIES]}::text[]) or (p.person_id = c.initiator_id and c.process = any(${personal()}::text[])))`;

/** Does a task of this role belong to a person of the case, and not to an office or to who evaluates? */
export const isPartyRole = (role: string): boolean => (PARTIES as readonly string[]).includes(role);

/** May the viewer list cases at all? Who is only an expert reads his tasks and no case. */
export function seesCases(reach: Reach): boolean {
  return (
    staffAnywhere(reach) ||
    reach.observer.all ||
    reach.observer.jurisdictions.length > 0 ||
    reach.observer.regions.length > 0 ||
    reach.organisations.length > 0 ||
    reach.overseer.bodies.length > 0 ||
    reach.overseer.regions.length > 0 ||
    reach.offices.length > 0 ||
    reach.party
  );
}

/** Does the viewer choose people for the work of an office? */
export function choosesPeople(reach: Reach): boolean {
  const reads = ({ territory: t }: Reach['closed'][number]) => t.all || t.jurisdictions.length > 0;
  return staffAnywhere(reach) || reach.closed.some(reads);
}

/**
 * May the viewer know how many tasks an expert has? Who chooses experts; but nobody who in other cases is one of those from whom experts are
 * hidden, since a load that grows tells him who was chosen there.
 */
export function seesLoads({ reach, roles }: { reach: Reach; roles: ReadonlySet<Role> }): boolean {
  const watches = reach.observer.all || reach.observer.jurisdictions.length + reach.observer.regions.length > 0;
  const blinded = watches || reach.organisations.length > 0 || roles.has('expert') || roles.has('arbiter');
  return choosesPeople(reach) && !blinded;
}

export function staffAnywhere(reach: Reach): boolean {
  return reach.staff.all || reach.staff.jurisdictions.length > 0;
}

/** Names of the people who do tasks are for staff; where a case is the common work of people, for everybody who takes part in it. */
export function seesNames(kinds: readonly ViewerKind[], process?: string): boolean {
  if (kinds.includes('staff') || kinds.includes('admin')) return true;
  return isOverseen(process) && (kinds.includes('applicant') || kinds.includes('overseer'));
}

/** Condition on a row `c`: where `seesNames` says yes by a role of the viewer. */
export function namedCases(sql: Sql, reach: Reach) {
  if (reach.admin) return sql`true`;
  const closed = reach.closed.map(({ process }) => process);
  const parts = [
    sql`(c.process <> all(${[...closed, ...OVERSEEN]}::text[]) and ${within(sql, reach.staff)})`,
    sql`(c.process = any(${OVERSEEN}::text[]) and ${within(sql, reach.strict)})`,
    ...reach.closed.map(({ process, territory: where }) => sql`(c.process = ${process} and ${within(sql, where)})`),
    ...overseenCases(sql, reach),
  ];
  return sql`(not ${tiedCases(sql, reach)} and (${parts.reduce((all, part) => sql`${all} or ${part}`)}))`;
}

/** Facts of events are for the people of a common case too; they hold ids and rule fields, never texts. */
export function seesFacts(kinds: readonly ViewerKind[], process: string): boolean {
  return (
    kinds.includes('staff') || (isOverseen(process) && (kinds.includes('applicant') || kinds.includes('overseer')))
  );
}

/** What row security asks about whoever reads, as texts of PostgreSQL settings; lists are array literals. */
export interface Wall {
  personId: string;
  everywhere: 'on' | 'off';
  admin: 'on' | 'off';
  jurisdictions: string;
  regions: string;
  organisations: string;
  /** Schools, authorities and centres, and regions, whose cases of the overseen processes the viewer sees. */
  bodies: string;
  overseenRegions: string;
  overseenProcesses: string;
  /** `role|scope kind|scope id` of every office held. */
  offices: string;
  /** Processes whose cases are not read by colleagues of the person they are about. */
  personalProcesses: string;
}

/** The territory of a viewer for the policies of prisma/migrations/*_second_wall; without an argument, of nobody. */
export function wallOf(actor?: PersonActor, reach?: Reach): Wall {
  const flag = (on: boolean | undefined) => (on ? ('on' as const) : ('off' as const));
  const territories = reach ? [reach.staff, reach.observer, ...reach.closed.map(({ territory: t }) => t)] : [];
  const named = territories.filter((territory) => !territory.all);
  return {
    personId: reach?.personId ?? '',
    everywhere: flag(reach?.admin || territories.some(({ all }) => all)),
    admin: flag(reach?.admin),
    jurisdictions: arrayLiteral(named.flatMap(({ jurisdictions }) => jurisdictions)),
    regions: arrayLiteral(named.flatMap(({ regions }) => regions)),
    organisations: arrayLiteral(reach?.organisations ?? []),
    bodies: arrayLiteral(reach?.overseer.bodies ?? []),
    overseenRegions: arrayLiteral(reach?.overseer.regions ?? []),
    overseenProcesses: arrayLiteral(OVERSEEN),
    offices: arrayLiteral(
      (actor?.assignments ?? [])
        .filter(({ role }) => role !== 'expert' && role !== 'arbiter')
        .map(({ role, scope }) => `${role}|${scope.kind}|${'id' in scope ? scope.id : ''}`),
    ),
    personalProcesses: arrayLiteral(personal()),
  };
}

const arrayLiteral = (items: readonly string[]): string =>
  `{${[...new Set(items)].map((item) => `"${item.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
