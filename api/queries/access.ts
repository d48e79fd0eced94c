/** Who may sign in and who holds which role: the administrator's view. */
import type postgres from 'postgres';
import type { Sql } from '../../platform/db/pool.ts';
import { municipalityName } from '../../platform/identity/municipalities.ts';
import type { AssignmentView, PersonCard } from '../contract/access.ts';
import { decodeCursor, isText, isUuid, likeText, pageOf } from '../cursor.ts';
import { tokensOf } from '../identity/tokens.ts';
import { notFound } from '../problems.ts';
import type { ReadTx } from '../viewer.ts';
import { accountStateRu, roleRu, scopeKindRu } from '../words.ts';

type Fragment = postgres.PendingQuery<any>;

interface AccessRow {
  id: string;
  display_name: string;
  email: string;
  organisation_ru: string | null;
  account: string;
  roles: string[] | null;
  sessions: number;
}

const accountState = (sql: Sql) => sql`
  case when k.disabled_at is not null then 'disabled'
    when k.password_hash is not null or exists (select 1 from identity_link i where i.person_id = p.id) then 'active'
    when exists (select 1 from account_link l where l.person_id = p.id and l.purpose = 'invitation' and l.used_at is null and l.revoked_at is null and l.expires_at > now()) then 'invited'
    else 'none' end`;

const columns = (sql: Sql, today: string) => sql`
  p.id, p.display_name, p.email, ${accountState(sql)} as account,
  (select coalesce(o.short_name_ru, o.name_ru) from employment e join organisation o on o.id = e.organisation_id
    where e.person_id = p.id and e.from_on <= ${today} and (e.to_on is null or e.to_on >= ${today}) order by e.main desc limit 1) as organisation_ru,
  (select array_agg(distinct a.role) from role_assignment a
    where a.person_id = p.id and a.from_on <= ${today} and (a.to_on is null or a.to_on >= ${today})) as roles,
  (select count(*)::int from session s where s.person_id = p.id and s.expires_at > now()) as sessions`;

function personAccess(row: AccessRow) {
  return {
    id: row.id,
    displayName: row.display_name,
    email: row.email,
    organisationRu: row.organisation_ru,
    account: row.account as 'none' | 'invited' | 'active' | 'disabled',
    accountRu: accountStateRu(row.account),
    roles: (row.roles ?? []).map(roleRu),
    roleCodes: row.roles ?? [],
    sessions: row.sessions,
  };
}

/** People by name or address, in the order of names. */
export async function listAccess(
  { sql, viewer }: ReadTx,
  filter: { q?: string | undefined; account?: string | undefined; cursor?: string | undefined; limit: number },
) {
  const after = decodeCursor(filter.cursor, [isText, isUuid]);
  const rows = await sql<AccessRow[]>`
    select ${columns(sql, viewer.today)} from person p left join account k on k.person_id = p.id
    where p.died_on is null
      ${filter.q ? sql`and (p.display_name ilike ${likeText(filter.q)} or p.email ilike ${likeText(filter.q)})` : sql``}
      ${filter.account ? sql`and ${accountState(sql)} = ${filter.account}` : sql``}
      ${after ? sql`and (p.display_name, p.id) > (${String(after[0])}, ${String(after[1])}::uuid)` : sql``}
    order by p.display_name, p.id limit ${filter.limit + 1}`;
  return pageOf(rows, filter.limit, (row) => [row.display_name, row.id], personAccess);
}

interface CardRow extends AccessRow {
  disabled_reason: string | null;
  password_set_at: Date | null;
  last_seen_at: Date | null;
  second_factor: boolean;
  invited_until: Date | null;
}

/** One person with everything an administrator decides about. Reading it is not writing it: no secret is among it. */
export async function readAccess(sql: Sql, id: string, today: string): Promise<PersonCard> {
  const [row] = await sql<CardRow[]>`
    select ${columns(sql, today)}, k.disabled_reason, k.password_set_at,
      (select max(s.last_seen_at) from session s where s.person_id = p.id) as last_seen_at,
      exists (select from second_factor f where f.person_id = p.id and f.confirmed_at is not null) as second_factor,
      (select max(l.expires_at) from account_link l where l.person_id = p.id and l.purpose = 'invitation' and l.used_at is null and l.revoked_at is null) as invited_until
    from person p left join account k on k.person_id = p.id where p.id = ${id}::uuid`;
  if (!row) throw notFound();
  const ties = await sql<Array<{ issuer: string; subject: string; created_at: Date; last_used_at: Date | null }>>`
    select issuer, subject, created_at, last_used_at from identity_link where person_id = ${id}::uuid order by created_at`;
  return {
    ...personAccess(row),
    disabledReason: row.disabled_reason,
    passwordSetAt: row.password_set_at?.toISOString() ?? null,
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    secondFactor: row.second_factor,
    invitedUntil: row.invited_until?.toISOString() ?? null,
    assignments: await assignmentsOf(sql, id, today),
    identities: ties.map((tie) => ({
      issuer: tie.issuer,
      subject: tie.subject,
      createdAt: tie.created_at.toISOString(),
      lastUsedAt: tie.last_used_at?.toISOString() ?? null,
    })),
    tokens: await tokensOf(sql, id, new Date()),
  };
}

async function assignmentsOf(sql: Sql, personId: string, today: string): Promise<AssignmentView[]> {
  const rows = await sql<
    Array<{
      id: string;
      role: string;
      scope_kind: string;
      scope_id: string | null;
      scope_ru: string | null;
      from_on: string;
      to_on: string | null;
      act: string | null;
      acting: boolean;
      end_act: string | null;
      on_behalf_of: string | null;
      behalf_ru: string | null;
    }>
  >`
    select a.id, a.role, a.scope_kind, a.scope_id, a.from_on, a.to_on, a.act, a.acting, a.end_act, a.on_behalf_of, b.display_name as behalf_ru,
      ${scopeName(sql, sql`a.scope_kind`, sql`a.scope_id`)} as scope_ru
    from role_assignment a left join person b on b.id = a.on_behalf_of
    where a.person_id = ${personId}::uuid order by (a.to_on is not null and a.to_on < ${today}), a.from_on desc, a.role, a.id limit 500`;
  return rows.map((row) => ({
    id: row.id,
    role: row.role,
    roleRu: roleRu(row.role),
    scope: { kind: row.scope_kind, id: row.scope_id },
    scopeRu: row.scope_ru ?? scopeKindRu(row.scope_kind),
    from: row.from_on,
    to: row.to_on,
    act: row.act,
    acting: row.acting,
    onBehalfOf: row.on_behalf_of ? { id: row.on_behalf_of, displayName: row.behalf_ru ?? '' } : null,
    endAct: row.end_act,
    current: row.from_on <= today && (row.to_on === null || row.to_on >= today),
  }));
}

/** Expression of SQL: the name of a place, null for the country, oneself and a place that does not exist. */
export function scopeName(sql: Sql, kind: Fragment, id: Fragment) {
  return sql`case ${kind} when 'organisation' then (select coalesce(o.short_name_ru, o.name_ru) from organisation o where o.id::text = ${id})
    when 'municipality' then ${municipalityName(sql, id)}
    when 'region' then (select r.name_ru from region r where r.code = ${id})
    when 'jurisdiction' then (select j.name_ru from jurisdiction j where j.id = ${id}) end`;
}
