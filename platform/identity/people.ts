/** Making a person and inviting him: the one way of the administrator's screen and of `npm run admin:invite`. */
import { randomUUID } from 'node:crypto';
import type { Sql } from '../db/pool.ts';
import { issueLink } from './links.ts';
import type { IdentityKeys } from './secrets.ts';

export interface NewPerson {
  familyName: string;
  givenName: string;
  patronymic?: string;
  email: string;
  zone?: string;
}

/** The address is already the login of somebody else. */
export class LoginTaken extends Error {
  override readonly name = 'LoginTaken';
  constructor(readonly personId: string) {
    super('the address is the login of another person');
  }
}

/** Writes the person and an account without a password, in the caller's transaction. Throws `LoginTaken`. */
export async function addPerson(sql: Sql, person: NewPerson): Promise<string> {
  const id = randomUUID();
  const { familyName, givenName, patronymic, zone } = person;
  const email = person.email.trim().toLowerCase();
  const displayName = [familyName, givenName, patronymic].filter(Boolean).join(' ');
  await sql`
    insert into person (id, family_name, given_name, patronymic, display_name, email, zone)
    values (${id}::uuid, ${familyName}, ${givenName}, ${patronymic ?? null}, ${displayName}, ${email}, ${zone ?? 'Europe/Moscow'})`;
  await openAccount(sql, id, email);
  return id;
}

/** Gives a person the account his invitation will open; the login is his address. Harmless when it is there. */
async function openAccount(sql: Sql, personId: string, email: string): Promise<void> {
  const [holder] = await sql<Array<{ person_id: string }>>`select person_id from account where login = ${email}`;
  if (holder && holder.person_id !== personId) throw new LoginTaken(holder.person_id);
  await sql`
    insert into account (person_id, login) values (${personId}::uuid, ${email})
    on conflict (person_id) do update set login = coalesce(account.login, excluded.login)`;
}

/** Sends the invitation, in the caller's transaction. Throws `LoginTaken`; answers `false` when the person has no usable address. */
export async function invite(
  sql: Sql,
  keys: IdentityKeys,
  of: { personId: string; createdBy: string | null; now: Date; lifeMs: number },
): Promise<boolean> {
  const [person] = await sql<Array<{ email: string }>>`
    select email from person where id = ${of.personId}::uuid and died_on is null for update`;
  if (!person?.email.includes('@')) return false;
  await openAccount(sql, of.personId, person.email.trim().toLowerCase());
  await issueLink(sql, keys, { ...of, purpose: 'invitation' });
  return true;
}

export interface Grant {
  personId: string;
  role: string;
  scopeKind: string;
  scopeId?: string | null;
  from: string;
  to?: string | null;
  act: string;
  acting?: boolean;
  onBehalfOf?: string | null;
  grantedBy: string | null;
}

/** Writes an assignment, in the caller's transaction. */
export async function grant(sql: Sql, of: Grant): Promise<string> {
  const [row] = await sql<Array<{ id: string }>>`
    insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, to_on, act, acting, on_behalf_of, granted_by)
    values (gen_random_uuid(), ${of.personId}::uuid, ${of.role}, ${of.scopeKind}, ${of.scopeId ?? null}, ${of.from}, ${of.to ?? null}, ${of.act},
      ${of.acting === true}, ${of.onBehalfOf ?? null}::uuid, ${of.grantedBy}::uuid)
    returning id`;
  return row!.id;
}
