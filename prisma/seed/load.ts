import type { TransactionSql } from 'postgres';
import { readData } from './files.ts';
import { readLegalActs, repealedBy } from './legal-acts.ts';
import { personId, readOrganisations, readPeople, readRegions, readRelations } from './people.ts';
import { type PolicyVersion, policyWarnings, readPolicies } from './policies.ts';
import { readReference } from './reference.ts';
import { seedId } from './ids.ts';

type Sql = TransactionSql<{}>;
type Json = Parameters<Sql['json']>[0];

export interface LoadReport {
  /** Rows of the seed by table. */
  rows: Record<string, number>;
  warnings: string[];
}

/** Any constant will do, as long as nothing else in the product takes it. */
const SEED_LOCK = 7_351_002;

/**
 * Writes the whole seed inside the caller's transaction. A second load finds the same ids and changes nothing. What the platform
 * itself changes later is never set back: suspensions and load limits of experts, loss of a licence, successors, ends of
 * employments and roles, the state of mail, a person who was erased.
 */
export async function loadSeed(sql: Sql): Promise<LoadReport> {
  await sql`select pg_advisory_xact_lock(${SEED_LOCK})`;
  const people = readPeople();
  const policies = readPolicies();
  const rows = {
    region: await loadRegions(sql),
    organisation: await loadOrganisations(sql),
    jurisdiction: await loadJurisdictions(sql),
    person: await loadPeople(sql, people),
    employment: await loadEmployments(sql, people),
    role_assignment: await loadAssignments(sql, people),
    expert: await loadExperts(sql, people),
    relation: await loadRelations(sql),
    legal_act: await loadLegalActs(sql),
    reference_record: await loadReference(sql, people),
    policy_version: await loadPolicies(sql, policies),
    calendar_version: await loadCalendar(sql),
  };
  return { rows, warnings: policies.flatMap(policyWarnings) };
}

async function loadRegions(sql: Sql): Promise<number> {
  const rows = readRegions().map((row) => ({ code: row.code, name_ru: row.nameRu, zone: row.zone }));
  await sql`insert into region ${sql(rows)} on conflict (code) do update set name_ru = excluded.name_ru, zone = excluded.zone`;
  return rows.length;
}

async function loadOrganisations(sql: Sql): Promise<number> {
  const rows = readOrganisations().map((row) => ({
    id: row.id,
    kind: row.kind,
    name_ru: row.nameRu,
    short_name_ru: row.shortNameRu,
    region_code: row.regionCode,
    inn: row.inn,
    ogrn: row.ogrn,
    licence_number: row.licenceNumber ?? null,
    licence_date: row.licenceDate ?? null,
    authority_id: row.authority ? seedId('organisation', row.authority) : null,
    municipality: row.municipality ?? null,
    rural: row.rural ?? false,
    synthetic: row.synthetic,
    source: sql.json({ key: row.key, ...row.source } as Json),
  }));
  await sql`
    insert into organisation ${sql(rows)}
    on conflict (id) do update set
      kind = excluded.kind, name_ru = excluded.name_ru, short_name_ru = excluded.short_name_ru, region_code = excluded.region_code,
      inn = excluded.inn, ogrn = excluded.ogrn, licence_number = excluded.licence_number, licence_date = excluded.licence_date,
      authority_id = excluded.authority_id, municipality = excluded.municipality, rural = excluded.rural,
      synthetic = excluded.synthetic, source = excluded.source`;
  return rows.length;
}

async function loadJurisdictions(sql: Sql): Promise<number> {
  const zones = new Map(readRegions().map((row) => [row.code, row.zone]));
  const rows = [
    { id: 'fed', name_ru: 'Федеральный координатор', region_code: '00', organisation: 'academy' },
    {
      id: 'region-42',
      name_ru: 'Кемеровская область – Кузбасс',
      region_code: '42',
      organisation: 'kemerovo-department',
    },
    { id: 'region-61', name_ru: 'Ростовская область', region_code: '61', organisation: 'rostov-ministry' },
  ].map(({ organisation, ...row }) => ({
    ...row,
    zone: zones.get(row.region_code) ?? 'Europe/Moscow',
    organisation_id: seedId('organisation', organisation),
  }));
  await sql`
    insert into jurisdiction ${sql(rows)}
    on conflict (id) do update set
      name_ru = excluded.name_ru, region_code = excluded.region_code, zone = excluded.zone, organisation_id = excluded.organisation_id`;
  return rows.length;
}

type People = ReturnType<typeof readPeople>;

async function loadPeople(sql: Sql, people: People): Promise<number> {
  const rows = people.map((person) => ({
    id: person.id,
    family_name: person.familyName,
    given_name: person.givenName,
    patronymic: person.patronymic,
    display_name: person.displayName,
    email: person.email,
    zone: person.zone,
    synthetic: person.synthetic,
    note_ru: person.noteRu,
    source: sql.json({ key: person.key, main: person.main ?? false, ...person.source } as Json),
  }));
  await sql`
    insert into person ${sql(rows)}
    on conflict (id) do update set
      family_name = excluded.family_name, given_name = excluded.given_name, patronymic = excluded.patronymic,
      display_name = excluded.display_name, email = excluded.email, zone = excluded.zone, synthetic = excluded.synthetic,
      note_ru = excluded.note_ru, source = excluded.source
    where not exists (select 1 from person_key where person_key.person_id = person.id and destroyed_at is not null)
      and not exists (select 1 from hr_event e where e.person_id = person.id and e.kind = 'surname_changed' and e.state = 'told')`;
  return rows.length;
}

async function loadEmployments(sql: Sql, people: People): Promise<number> {
  const rows = people.flatMap((person) =>
    person.employments.map((row) => ({
      id: row.id,
      person_id: person.id,
      organisation_id: row.organisationId,
      post_ru: row.postRu,
      from_on: row.fromOn,
      to_on: row.toOn ?? null,
      main: row.main ?? true,
      act: row.act ?? null,
    })),
  );
  await sql`
    insert into employment ${sql(rows)}
    on conflict (id) do update set post_ru = excluded.post_ru, main = excluded.main, act = excluded.act`;
  return rows.length;
}

async function loadAssignments(sql: Sql, people: People): Promise<number> {
  const rows = people.flatMap((person) =>
    person.assignments.map((row) => ({
      id: row.id,
      person_id: person.id,
      role: row.role,
      scope_kind: row.scopeKind,
      scope_id: row.scopeKind === 'self' ? person.id : (row.scopeId ?? null),
      from_on: row.fromOn,
      act: row.act,
    })),
  );
  await sql`insert into role_assignment ${sql(rows)} on conflict (id) do update set act = excluded.act`;
  return rows.length;
}

async function loadExperts(sql: Sql, people: People): Promise<number> {
  const rows = people.flatMap((person) =>
    person.expert
      ? [
          {
            person_id: person.id,
            competences: person.expert.competences,
            region_code: person.expert.regionCode,
            arbiter: person.expert.arbiter,
            max_open_tasks: person.expert.maxOpenTasks,
            suspended_until: person.expert.suspendedUntil ?? null,
            order_ref: person.expert.orderRef,
            synthetic: person.synthetic,
            pool: 'federal',
          },
        ]
      : [],
  );
  await sql`
    insert into expert ${sql(rows)}
    on conflict (person_id) do update set
      competences = excluded.competences, region_code = excluded.region_code, arbiter = excluded.arbiter,
      order_ref = excluded.order_ref, synthetic = excluded.synthetic`;
  return rows.length;
}

async function loadRelations(sql: Sql): Promise<number> {
  const rows = readRelations().map((row) => ({ person_a: personId(row.a), person_b: personId(row.b), kind: row.kind }));
  await sql`insert into relation ${sql(rows)} on conflict do nothing`;
  return rows.length;
}

async function loadLegalActs(sql: Sql): Promise<number> {
  const rows = readLegalActs().map((act) => ({
    id: act.id,
    number: act.number,
    date: act.date,
    issuer_ru: act.issuer_ru,
    title_ru: act.title_ru,
    status: act.status,
    repealed_by: repealedBy(act),
    source: sql.json(act.source as Json),
  }));
  await sql`
    insert into legal_act ${sql(rows)}
    on conflict (id) do update set
      number = excluded.number, date = excluded.date, issuer_ru = excluded.issuer_ru, title_ru = excluded.title_ru,
      status = excluded.status, repealed_by = excluded.repealed_by, source = excluded.source`;
  return rows.length;
}

async function loadReference(sql: Sql, people: People): Promise<number> {
  const rows = readReference(people).map((row) => ({
    collection: row.collection,
    id: row.id,
    data: sql.json(row.data as Json),
  }));
  await sql`insert into reference_record ${sql(rows)} on conflict (collection, id) do update set data = excluded.data`;
  return rows.length;
}

/**
 * The parameters of a version that a case uses are frozen: the case was promised them. Changed parameters under the same number are
 * refused then; the file needs the next version number. The dates of a version may change: a later act ends it.
 */
export async function loadPolicies(sql: Sql, policies: PolicyVersion[]): Promise<number> {
  for (const policy of policies) {
    const [stored] = await sql<Array<{ digest: string; used: boolean }>>`
      select digest, exists (select 1 from "case" where policy_version_id = ${policy.id}) as used
      from policy_version where id = ${policy.id}`;
    if (stored?.used && stored.digest !== policy.digest) {
      throw new Error(
        `Политика ${policy.id} изменилась, но по ней уже идут дела: сохраните её под следующим номером версии.`,
      );
    }
    const row = {
      id: policy.id,
      process: policy.process,
      jurisdiction: policy.jurisdiction,
      version: policy.version,
      act: sql.json(policy.act as Json),
      effective_from: policy.effectiveFrom,
      effective_to: policy.effectiveTo ?? null,
      parameters: sql.json(policy.parameters as Json),
      digest: policy.digest,
    };
    await sql`
      insert into policy_version ${sql(row)}
      on conflict (id) do update set
        act = excluded.act, effective_from = excluded.effective_from, effective_to = excluded.effective_to,
        parameters = excluded.parameters, digest = excluded.digest`;
  }
  return policies.length;
}

/** A calendar version never changes once loaded: dates were derived from it. A correction has a version of its own. */
async function loadCalendar(sql: Sql): Promise<number> {
  const calendar = readData<{ version: string }>('calendars', 'ru.json');
  const [stored] = await sql<Array<{ same: boolean }>>`
    select data = ${sql.json(calendar as Json)}::jsonb as same from calendar_version where version = ${calendar.version}`;
  if (stored && !stored.same)
    throw new Error(`Производственный календарь ${calendar.version} изменился: сохраните его под новой версией.`);
  await sql`
    insert into calendar_version ${sql({ version: calendar.version, data: sql.json(calendar as Json) })}
    on conflict (version) do nothing`;
  return 1;
}
