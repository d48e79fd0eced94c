import { randomBytes } from 'node:crypto';
import type { Sql } from '../db/pool.ts';
import type { Keyring } from './keyring.ts';
import { seal, unseal } from './sealed.ts';

export class PersonErased extends Error {
  constructor(readonly personId: string) {
    super('the key of this person was destroyed');
  }
}

/**
 * The key of a person, made on first use. Two cases that meet here get one key: the insert of the second waits for the first.
 * Throws `PersonErased` after the key was destroyed.
 */
export async function ensurePersonKey(sql: Sql, keys: Keyring, personId: string): Promise<Buffer> {
  const found = await readKey(sql, keys, personId);
  if (found) return found;
  const [writer] = keys.master;
  if (!writer) throw new Error('no master key');
  const wrapped = seal(writer.bytes, randomBytes(32), personId);
  await sql`insert into person_key (person_id, wrapped, master_key_id) values (${personId}, ${wrapped}, ${writer.id}) on conflict do nothing`;
  const made = await readKey(sql, keys, personId);
  if (!made) throw new Error('a person key was written and is not there');
  return made;
}

/** Undefined when the person has no key; throws `PersonErased` when it was destroyed. */
export async function findPersonKey(sql: Sql, keys: Keyring, personId: string): Promise<Buffer | undefined> {
  return readKey(sql, keys, personId);
}

async function readKey(sql: Sql, keys: Keyring, personId: string): Promise<Buffer | undefined> {
  const [row] = await sql<Array<{ wrapped: Buffer | null; master_key_id: string }>>`
    select wrapped, master_key_id from person_key where person_id = ${personId}`;
  if (!row) return undefined;
  if (!row.wrapped) throw new PersonErased(personId);
  const master = keys.master.find((key) => key.id === row.master_key_id);
  if (!master) throw new Error(`person key is wrapped by an unknown master key: ${row.master_key_id}`);
  return unseal(master.bytes, row.wrapped, personId);
}

/** Makes every text under this key unreadable for ever. The chains of the cases stay whole. Repeating it changes nothing. */
export async function destroyPersonKey(sql: Sql, personId: string): Promise<void> {
  await sql`
    insert into person_key (person_id, wrapped, master_key_id, destroyed_at) values (${personId}, null, 'destroyed', now())
    on conflict (person_id) do update set wrapped = null, destroyed_at = coalesce(person_key.destroyed_at, now())`;
}

/** Encrypts the personal part of an event; it opens only at its own place. */
export function sealPersonal(key: Buffer, data: Record<string, string>, caseId: string, sequence: number): Buffer {
  return seal(key, Buffer.from(JSON.stringify(data), 'utf8'), `${caseId}:${sequence}`);
}

export function unsealPersonal(
  key: Buffer,
  sealed: Uint8Array,
  caseId: string,
  sequence: number,
): Record<string, string> {
  return JSON.parse(unseal(key, sealed, `${caseId}:${sequence}`).toString('utf8')) as Record<string, string>;
}

/** Encrypts a person's own text outside a case, such as a draft of a task. `place` names the row it belongs to. */
export function sealOwn(key: Buffer, text: string, place: string): Buffer {
  return seal(key, Buffer.from(text, 'utf8'), place);
}

/** The place of a draft of a task, for `sealOwn`. */
export const taskDraftPlace = (taskId: string, personId: string): string => `task-draft:${taskId}:${personId}`;

export function unsealOwn(key: Buffer, sealed: Uint8Array, place: string): string {
  return unseal(key, sealed, place).toString('utf8');
}
