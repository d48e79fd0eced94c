/** The second factor of a person (TOTP, RFC 6238): one-time codes of 30 s, each taken once, and recovery codes. */
import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Sql } from '../db/pool.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { ensurePersonKey, findPersonKey, sealOwn, unsealOwn } from '../crypto/person-keys.ts';
import type { IdentityKeys } from './secrets.ts';

const STEP_S = 30;
const DIGITS = 6;
/** A clock of a phone may be this many steps off, either way (RFC 6238, 5.2). */
const DRIFT = 1;
const RECOVERY_CODES = 10;

/** 160 random bits in base 32, as the RFC recommends for SHA-1. */
export const newSecret = (): string => new Secret({ buffer: Uint8Array.from(randomBytes(20)).buffer }).base32;

const totpOf = (secret: string, label: string): TOTP =>
  new TOTP({
    // In Latin: the picture stays small, and every authenticator shows it.
    issuer: 'Traektoria',
    label,
    algorithm: 'SHA1',
    digits: DIGITS,
    period: STEP_S,
    secret: Secret.fromBase32(secret),
  });

/** The address an authenticator reads from the picture (`otpauth://`). */
export const addressOf = (secret: string, label: string): string => totpOf(secret, label).toString();

/** The code of an instant; for tests and for whoever has the secret. */
export const codeAt = (secret: string, at: Date): string => totpOf(secret, '').generate({ timestamp: at.getTime() });

/**
 * The step a code belongs to, or `undefined` when it is wrong, too far off, or of a step that was taken before (`lastStep`): a code that somebody
 * looked over a shoulder is worth nothing once it was used.
 */
export function stepOf(secret: string, code: string, at: Date, lastStep: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totpOf(secret, '').validate({ token: code, timestamp: at.getTime(), window: DRIFT });
  if (delta === null) return undefined;
  const step = Math.floor(at.getTime() / 1_000 / STEP_S) + delta;
  return step > lastStep ? step : undefined;
}

/** Letters and digits that are not taken for one another. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Ten codes of 50 bits, written in two halves: shown once, kept as digests. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () => {
    const signs = Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
    return `${signs.slice(0, 5)}-${signs.slice(5)}`;
  });

/** What is kept of a recovery code: nobody can try codes against a copy of the table without the secret of the installation. */
export const recoveryDigest = (keys: IdentityKeys, personId: string, code: string): string =>
  createHmac('sha256', keys.recovery)
    .update(`${personId}\0${code.toLowerCase().replace(/[^a-z0-9]/g, '')}`)
    .digest('base64url');

const place = (personId: string): string => `second-factor:${personId}`;

interface FactorDeps {
  keys: Keyring;
  identity: IdentityKeys;
}

/** Prepares a factor and answers its secret; it counts from the first right code on. An unfinished one is replaced, a confirmed one stays: `undefined`. */
export async function prepareFactor(
  sql: Sql,
  { keys }: FactorDeps,
  personId: string,
  now: Date,
): Promise<string | undefined> {
  const secret = newSecret();
  const sealed = sealOwn(await ensurePersonKey(sql, keys, personId), secret, place(personId));
  const made = await sql`
    insert into second_factor as f (person_id, secret, created_at, recovery) values (${personId}::uuid, ${sealed}, ${now}, '{}')
    on conflict (person_id) do update set secret = excluded.secret, created_at = excluded.created_at, last_step = 0
      where f.confirmed_at is null returning person_id`;
  return made.length > 0 ? secret : undefined;
}

/** Takes a code of the phone. Of two requests with one code one wins. `confirm`: a factor that is not confirmed yet. */
export async function takeCode(
  sql: Sql,
  { keys }: Pick<FactorDeps, 'keys'>,
  of: { personId: string; code: string; now: Date; confirm?: boolean },
): Promise<boolean> {
  const { personId, code, now, confirm = false } = of;
  const [row] = await sql<Array<{ secret: Buffer; last_step: string }>>`
    select secret, last_step from second_factor where person_id = ${personId}::uuid and (confirmed_at is null) = ${confirm}`;
  const key = row && (await findPersonKey(sql, keys, personId));
  if (!row || !key) return false;
  const step = stepOf(unsealOwn(key, row.secret, place(personId)), code, now, Number(row.last_step));
  if (step === undefined) return false;
  const taken = await sql`
    update second_factor set last_step = ${step}, confirmed_at = coalesce(confirmed_at, ${now})
    where person_id = ${personId}::uuid and last_step < ${step} and secret = ${row.secret} returning person_id`;
  return taken.length > 0;
}

/** Takes a recovery code: once. */
export async function takeRecovery(
  sql: Sql,
  { identity }: Pick<FactorDeps, 'identity'>,
  of: { personId: string; code: string },
): Promise<boolean> {
  const digest = recoveryDigest(identity, of.personId, of.code);
  const taken = await sql`
    update second_factor set recovery = array_remove(recovery, ${digest})
    where person_id = ${of.personId}::uuid and confirmed_at is not null and ${digest} = any(recovery) returning person_id`;
  return taken.length > 0;
}

/** New recovery codes in place of the former; answers them, for the only time. */
export async function renewRecovery(
  sql: Sql,
  { identity }: Pick<FactorDeps, 'identity'>,
  personId: string,
): Promise<string[]> {
  const codes = newRecoveryCodes();
  const digests = codes.map((code) => recoveryDigest(identity, personId, code));
  await sql`update second_factor set recovery = ${digests} where person_id = ${personId}::uuid and confirmed_at is not null`;
  return codes;
}

/** Removes the factor; `false` when there was none. */
export async function dropFactor(sql: Sql, personId: string): Promise<boolean> {
  const gone = await sql`delete from second_factor where person_id = ${personId}::uuid returning confirmed_at`;
  return gone.some(({ confirmed_at }) => confirmed_at !== null);
}
