/** What an employment event touches: running cases of a person, and the person's own places of work and roles. */
import type { EmploymentEvent } from '../../processes/hr-events/matrix.ts';
import { POSTS } from '../../processes/catalogue/posts.ts';
import { addDays, formatDateRu } from '../../processes/kit/dates.ts';
import { uuidV5 } from '../crypto/ids.ts';
import type { Pool, Sql } from '../db/pool.ts';
import { sendAccountLetter } from '../identity/links.ts';

/** Parent of ids that follow from a fact: of the event, of the employment it makes, of the case it opens. */
export const HR_NAMESPACE = '0b8f3c0e-64f5-4e0e-9b57-3b1b7c7d2a42';
export const hrId = (factId: string, what = 'event'): string => uuidV5(HR_NAMESPACE, `${what}:${factId}`);

export interface PersonsCase {
  id: string;
  process: string;
  number: string | null;
  title_ru: string;
  stage: string;
  sequence: number;
  state: any;
  jurisdiction: string;
  policy_version_id: string;
  calendar_version: string;
  updated_at: Date;
  person_id: string;
  subject_id: string;
}

/** Open cases these people are part of, as the record says; one row for a case and a person. */
export async function casesOfPeople(sql: Sql, personIds: readonly string[]): Promise<PersonsCase[]> {
  if (personIds.length === 0) return [];
  return sql<PersonsCase[]>`
    select distinct on (c.id, p.person_id) c.id, c.process, c.number, c.title_ru, c.stage, c.sequence, c.state, c.jurisdiction,
      c.policy_version_id, c.calendar_version, c.updated_at, c.subject_id, p.person_id
    from case_participant p join "case" c on c.id = p.case_id
    where p.person_id = any(${[...new Set(personIds)]}::uuid[]) and not c.closed
    order by c.id, p.person_id, c.started_at`;
}

interface Work {
  id: string;
  organisation_id: string;
  organisation_ru: string;
  post_ru: string;
  main: boolean;
}

/** Places of work of today, the main one first. */
export async function workOf(sql: Sql, personId: string): Promise<Work[]> {
  return sql<Work[]>`
    select e.id, e.organisation_id, coalesce(o.short_name_ru, o.name_ru) as organisation_ru, e.post_ru, e.main
    from employment e join organisation o on o.id = e.organisation_id
    where e.person_id = ${personId}::uuid and e.to_on is null order by e.main desc, e.from_on desc`;
}

const postRu = (code: string | undefined): string => POSTS.find((post) => post.code === code)?.labelRu ?? code ?? '';

/** The place of work an event is about: the main one, or the second job in the organisation it names. */
function workAtIssue(work: Work[], event: EmploymentEvent): Work | undefined {
  const named = work.find((w) => w.organisation_id === event.to?.organisationId && w.main === event.main);
  const ofKind = work.find((w) => w.main === event.main);
  return event.event === 'dismissed' || event.event === 'retired' || event.event === 'post_changed'
    ? (named ?? ofKind)
    : ofKind;
}

/** What the event will change about the person, in words. */
export async function foreseePerson(sql: Sql, event: EmploymentEvent): Promise<string[]> {
  const work = await workOf(sql, event.personId);
  const old = workAtIssue(work, event);
  const roles = old
    ? await sql<Array<{ role: string }>>`
        select distinct role from role_assignment where person_id = ${event.personId}::uuid and scope_kind = 'organisation'
          and scope_id = ${old.organisation_id} and to_on is null order by role`
    : [];
  const ended = roles.map(({ role }) => role);
  switch (event.event) {
    case 'hired':
      return event.newcomer ? ['new_person'] : ['new_work'];
    case 'transferred':
      return ['work_moves', ...ended.map((role) => `role:${role}`)];
    case 'dismissed':
    case 'retired':
      return [...(old ? ['work_ends'] : ['no_work']), ...ended.map((role) => `role:${role}`)];
    case 'died':
      return ['access_ends'];
    case 'post_changed':
      return ['post_changes'];
    case 'surname_changed':
      return ['surname_changes'];
    default:
      return [];
  }
}

/**
 * Writes the event into the people's own tables. The caller's transaction marks the event as told, so it happens once. Ends of work and
 * of roles in an organisation are inclusive: a person dismissed on a day works that day.
 */
export async function applyToPerson(sql: Sql, event: EmploymentEvent, factId: string): Promise<void> {
  const { personId, on, act, newcomer } = event;
  if (newcomer) await admit(sql, personId, newcomer, on);
  const work = await workOf(sql, personId);
  const old = workAtIssue(work, event);
  const end = async (last: string, of: Work[]) => {
    if (of.length === 0) return;
    await sql`update employment set to_on = greatest(${last}, from_on), ended_by_fact = ${factId} where id = any(${of.map(({ id }) => id)}::uuid[])`;
    // An acting post and an order of a deputy have a last day of their own; they end with the work all the same.
    await sql`update role_assignment set to_on = ${last}, ended_by_fact = ${factId}, to_on_before = to_on
      where person_id = ${personId}::uuid and scope_kind = 'organisation'
        and scope_id = any(${of.map((w) => w.organisation_id)}::text[]) and (to_on is null or to_on > ${last})`;
  };
  const begin = (organisationId: string, post: string) =>
    sql`insert into employment (id, person_id, organisation_id, post_ru, from_on, main, act)
      values (${hrId(factId, 'employment')}, ${personId}::uuid, ${organisationId}::uuid, ${post}, ${on}, ${event.main}, ${act ?? null})
      on conflict (id) do nothing`;
  switch (event.event) {
    case 'hired':
      if (event.to) await begin(event.to.organisationId, postRu(event.post));
      // Somebody else's office than that of his other work has spoken: he hears of it himself.
      if (event.to && work.length > 0) await tellOfWork(sql, event, factId);
      return;
    case 'transferred':
      if (!event.to || old?.organisation_id === event.to.organisationId) return;
      if (old) await end(addDays(on, -1), [old]);
      await begin(event.to.organisationId, event.post ? postRu(event.post) : (old?.post_ru ?? ''));
      await tellOfWork(sql, event, factId);
      return;
    case 'dismissed':
    case 'retired':
      return end(on, old ? [old] : []);
    case 'died':
      await end(on, work);
      await sql`update person set died_on = ${on} where id = ${personId}::uuid`;
      return;
    case 'post_changed':
      if (!old) return;
      await sql`update employment set to_on = greatest(${addDays(on, -1)}, from_on), ended_by_fact = ${factId} where id = ${old.id}::uuid`;
      await begin(old.organisation_id, postRu(event.post));
      return;
    case 'surname_changed':
      await sql`update person set family_name = ${event.surname ?? ''},
          display_name = trim(concat_ws(' ', ${event.surname ?? ''}::text, given_name, patronymic))
        where id = ${personId}::uuid and ${event.surname ?? ''} <> ''`;
      return;
    default:
      return;
  }
}

/** A place of work decides about roles, conflicts of interest and who speaks for a person: it is never recorded behind his back. */
async function tellOfWork(sql: Sql, { personId, event, on, to, main }: EmploymentEvent, factId: string): Promise<void> {
  const [place] = await sql<Array<{ name: string }>>`
    select coalesce(short_name_ru, name_ru) as name from organisation where id = ${to?.organisationId ?? null}::uuid`;
  await sendAccountLetter(sql, {
    personId,
    template: 'work-recorded',
    now: new Date(),
    once: `work:${factId}`,
    params: {
      what: event === 'transferred' ? 'перевод' : main ? 'приём на работу' : 'приём на работу по совместительству',
      place: place?.name ?? '',
      on: formatDateRu(on),
    },
  });
}

async function admit(
  sql: Sql,
  personId: string,
  who: NonNullable<EmploymentEvent['newcomer']>,
  on: string,
): Promise<void> {
  const name = [who.familyName, who.givenName, who.patronymic].filter(Boolean).join(' ');
  await sql`insert into person (id, family_name, given_name, patronymic, display_name, email)
    values (${personId}::uuid, ${who.familyName}, ${who.givenName}, ${who.patronymic}, ${name}, ${who.email}) on conflict (id) do nothing`;
  await sql`insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, act)
    values (${hrId(personId, 'teacher')}, ${personId}::uuid, 'teacher', 'self', ${personId}, ${on}, 'кадровое событие') on conflict (id) do nothing`;
}

interface PlaceRow {
  id: string;
  name_ru: string;
  short_name_ru: string | null;
  inn: string | null;
  kind: string;
  region_code: string;
  authority_id: string | null;
  municipality: string | null;
  rural: boolean;
  cnppm_id: string | null;
  jurisdiction: string | null;
}

/** Organisations with the bodies above them: the authority, the centre of the region, the jurisdiction whose policies govern there. */
export async function readPlaces(sql: Sql | Pool): Promise<PlaceRow[]> {
  return (sql as Sql)<PlaceRow[]>`
    select o.id, o.name_ru, o.short_name_ru, o.inn, o.kind, o.region_code, o.authority_id, o.municipality, o.rural,
      (select id from organisation x where x.kind = 'cnppm' and x.region_code = o.region_code order by x.name_ru, x.id limit 1) as cnppm_id,
      (select j.id from jurisdiction j where j.region_code = o.region_code
        and exists (select from policy_version v where v.process = 'mentoring-cycle' and v.jurisdiction = j.id) order by j.id limit 1) as jurisdiction
    from organisation o`;
}

export function placeFromRow(row: PlaceRow) {
  return {
    organisationId: row.id,
    // A school without an authority of its own is under the region's: the jurisdiction answers for it.
    authorityId: row.authority_id ?? row.id,
    ...(row.cnppm_id ? { cnppmId: row.cnppm_id } : {}),
    region: row.region_code,
    ...(row.jurisdiction ? { jurisdiction: row.jurisdiction } : {}),
    ...(row.municipality ? { municipality: row.municipality } : {}),
    rural: row.rural,
  };
}

/**
 * Takes back what an event wrote into the people's tables, for a correction: places of work and roles that this very event ended are as they
 * were, what ended by another order stays ended; a place of work it began ends on the day it began. The event itself and its audit stay.
 */
export async function revertPerson(sql: Sql, event: EmploymentEvent, factId: string): Promise<void> {
  const { personId, on } = event;
  const made = hrId(factId, 'employment');
  await sql`update employment set to_on = from_on where id = ${made}::uuid and to_on is null`;
  await sql`update employment set to_on = null, ended_by_fact = null where person_id = ${personId}::uuid and ended_by_fact = ${factId}`;
  await sql`update role_assignment set to_on = to_on_before, ended_by_fact = null, to_on_before = null
    where person_id = ${personId}::uuid and ended_by_fact = ${factId} and ended_by is null`;
  if (event.event === 'died')
    await sql`update person set died_on = null where id = ${personId}::uuid and died_on = ${on}`;
}
