import { addYears } from '../../processes/kit/dates.ts';
import type { PersonalDataPolicy } from '../../processes/personal-data/policy.ts';
import { destroyPersonKey } from '../crypto/person-keys.ts';
import type { Sql } from '../db/pool.ts';

/** What stands in place of the address of who was erased: nothing is ever sent there. */
export const erasedAddress = (personId: string): string => `${personId}@erased.invalid`;

/** Why a person cannot be erased yet: open cases, or files whose retention has not ended. */
export interface Kept {
  openCases: number;
  /** The last day on which a file has to be kept; null where no closed case holds the person. */
  until: string | null;
}

/** What keeps the data of a person today; undefined when nothing does. */
export async function whatKeeps(
  sql: Sql,
  policy: PersonalDataPolicy,
  personId: string,
  today: string,
): Promise<Kept | undefined> {
  const cases = await sql<Array<{ process: string; closed: boolean; on: string }>>`
    select c.process, c.closed, to_char(c.updated_at, 'YYYY-MM-DD') as on from "case" c
    where c.initiator_id = ${personId}::uuid or (c.subject_kind = 'person' and c.subject_id = ${personId})
      or exists (select from case_participant p where p.case_id = c.id and p.person_id = ${personId}::uuid)`;
  const openCases = cases.filter(({ closed }) => !closed).length;
  const { byProcess, default: usual } = policy.retentionYears;
  const until = cases
    .filter(({ closed }) => closed)
    .map(({ process, on }) => addYears(on, byProcess[process] ?? usual))
    .reduce<string | null>((a, b) => (a === null || b > a ? b : a), null);
  return openCases > 0 || (until !== null && until >= today) ? { openCases, until } : undefined;
}

/**
 * Erases a person, in the caller's transaction: destroys the key, so that every text under it is unreadable for ever, and empties what
 * names him outside the record. Events, registers and counts keep his id, which now names nobody: chains and aggregates stay as they were.
 * Answers with the digests of documents whose content has to go too; repeating it changes nothing.
 */
export async function erasePerson(sql: Sql, personId: string): Promise<{ documents: string[] }> {
  await destroyPersonKey(sql, personId);
  await sql`
    update person set family_name = 'Данные удалены', given_name = '', patronymic = null, display_name = 'Данные удалены',
      email = ${erasedAddress(personId)}, snils_hash = null, note_ru = null, source = null, mail_bounced = true
    where id = ${personId}::uuid`;
  for (const table of [
    'session',
    'account',
    'account_link',
    'api_token',
    'identity_link',
    'known_device',
    'second_factor',
    'expert',
    'task_draft',
    'task_note',
  ])
    await sql`delete from ${sql(table)} where person_id = ${personId}::uuid`;
  await sql`delete from relation where person_a = ${personId}::uuid or person_b = ${personId}::uuid`;
  await sql`update role_assignment set to_on = to_char(now() - interval '1 day', 'YYYY-MM-DD') where person_id = ${personId}::uuid and to_on is null`;
  await sql`update draft set body = '{}', title_ru = '', discarded_at = coalesce(discarded_at, now()) where owner_id = ${personId}::uuid and submitted_case_id is null`;
  // What has not left yet has nowhere to go.
  await sql`update notice set params = '{}', state = case when state in ('queued', 'digest') then 'inbox_only' else state end
    where addressee_id = ${personId}::uuid`;
  // A file of his alone: nobody else brought it, and no other person's case rests on it.
  const rows = await sql<Array<{ sha256: string }>>`
    select u.sha256 from document_upload u where u.person_id = ${personId}::uuid
      and not exists (select from document_upload o where o.sha256 = u.sha256 and o.person_id <> u.person_id)`;
  await sql`update document_upload set name = null where person_id = ${personId}::uuid`;
  return { documents: rows.map(({ sha256 }) => sha256) };
}
