/** Links of letters that open an account once: invitations and resets. */
import { randomUUID } from 'node:crypto';
import type { Sql } from '../db/pool.ts';
import { ACCOUNT } from './letters.ts';
import { digestOf, type IdentityKeys, linkToken } from './secrets.ts';

export type LinkPurpose = 'invitation' | 'reset';

/**
 * Makes a link and its letter in the caller's transaction. Earlier unused links of the same purpose stop working. `until` is an instant;
 * the letter names it in the addressee's zone.
 */
export async function issueLink(
  sql: Sql,
  keys: IdentityKeys,
  of: { personId: string; purpose: LinkPurpose; createdBy: string | null; now: Date; lifeMs: number },
): Promise<string> {
  const id = randomUUID();
  const expiresAt = new Date(of.now.getTime() + of.lifeMs);
  await sql`
    update account_link set revoked_at = ${of.now}
    where person_id = ${of.personId}::uuid and purpose = ${of.purpose} and used_at is null and revoked_at is null`;
  await sql`
    insert into account_link (id, person_id, purpose, hash, created_by, created_at, expires_at)
    values (${id}::uuid, ${of.personId}::uuid, ${of.purpose}, ${digestOf(linkToken(keys, id))}, ${of.createdBy}::uuid, ${of.now}, ${expiresAt})`;
  const [person] = await sql<Array<{ zone: string }>>`select zone from person where id = ${of.personId}::uuid`;
  await sendAccountLetter(sql, {
    personId: of.personId,
    template: of.purpose,
    now: of.now,
    params: { linkId: id, until: inWords(expiresAt, person?.zone) },
  });
  return id;
}

/** Puts a letter about an account into the outbox, in the caller's transaction. Answers whether it was not there yet. */
export async function sendAccountLetter(
  sql: Sql,
  letter: {
    personId: string;
    template: string;
    now: Date;
    params: Record<string, string | boolean | null>;
    /** The same letter is written once, however often it is asked for. */
    once?: string;
    /** Not before; absent: at once. */
    dueAt?: string;
    /** Where it goes, when the card of the person is about to forget it. */
    address?: string;
  },
): Promise<boolean> {
  const id = randomUUID();
  const { template, personId, params, now, address = null } = letter;
  const written = await sql`
    insert into notice (id, dedupe_key, template, addressee_id, addressee_role, params, nominal_at, due_at, address)
    values (${id}::uuid, ${`${ACCOUNT}:${letter.once ?? id}`}, ${template}, ${personId}::uuid, 'person', ${sql.json(params)}, ${now},
      ${letter.dueAt ?? now}, ${address})
    on conflict (dedupe_key) do nothing returning id`;
  if (written.length > 0) await sql`select pg_notify('outbox', '')`;
  return written.length > 0;
}

/** «22 ноября 2026 г. в 10:45 (МСК+4)» for people: the date, the time and the zone. */
export function inWords(at: Date, zone = 'Europe/Moscow'): string {
  return new Intl.DateTimeFormat('ru-RU', {
    timeZone: zone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at);
}

export type LinkState =
  | { state: 'ready'; id: string; personId: string; purpose: LinkPurpose; expiresAt: Date }
  | { state: 'used' | 'expired' | 'revoked' | 'unknown' };

/** What a token is good for now. `lock` holds its row, so that two requests cannot both use it. */
export async function findLink(sql: Sql, token: string, now: Date, lock = false): Promise<LinkState> {
  const [row] = await sql<
    Array<{
      id: string;
      person_id: string;
      purpose: LinkPurpose;
      expires_at: Date;
      used_at: Date | null;
      revoked_at: Date | null;
    }>
  >`select id, person_id, purpose, expires_at, used_at, revoked_at from account_link where hash = ${digestOf(token)} ${lock ? sql`for update` : sql``}`;
  if (!row) return { state: 'unknown' };
  if (row.used_at) return { state: 'used' };
  if (row.revoked_at) return { state: 'revoked' };
  if (row.expires_at <= now) return { state: 'expired' };
  return { state: 'ready', id: row.id, personId: row.person_id, purpose: row.purpose, expiresAt: row.expires_at };
}
