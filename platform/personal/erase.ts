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

/** Condition on a row `c` of the case table: the person began it, is its subject or one of its people. */
const hasPart = (sql: Sql, personId: string) => sql`
  (c.initiator_id is not distinct from ${personId}::uuid or (c.subject_kind = 'person' and c.subject_id = ${personId})
    or exists (select from case_participant p where p.case_id = c.id and p.person_id = ${personId}::uuid))`;

/** What keeps the data of a person today; undefined when nothing does. */
export async function whatKeeps(
  sql: Sql,
  policy: PersonalDataPolicy,
  personId: string,
  today: string,
): Promise<Kept | undefined> {
  const cases = await sql<Array<{ process: string; closed: boolean; on: string }>>`
    select c.process, c.closed, to_char(c.updated_at, 'YYYY-MM-DD') as on from "case" c
    where ${hasPart(sql, personId)}`;
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
  // An acting post and an order of a deputy have a last day of their own.
  await sql`update role_assignment set to_on = to_char(now() - interval '1 day', 'YYYY-MM-DD')
    where person_id = ${personId}::uuid and (to_on is null or to_on >= to_char(now(), 'YYYY-MM-DD'))`;
  await sql`update draft set body = '{}', title_ru = '', discarded_at = coalesce(discarded_at, case when submitted_case_id is null then now() end)
    where owner_id = ${personId}::uuid`;
  // Servers of mail name the address they refuse, in the letter and in what administrators were told of it.
  await sql`update incident set message = 'Письмо не ушло.', details = null
    where key in (select 'mail_failed:' || id from notice where addressee_id = ${personId}::uuid)`;
  // What has not left yet has nowhere to go.
  await sql`update notice set params = '{}', last_error = null, state = case when state in ('queued', 'digest') then 'inbox_only' else state end
    where addressee_id = ${personId}::uuid`;
  await eraseEmployment(sql, personId);
  // A file of his alone: nobody else brought it, and no case rests on it but those he had a part in, which are closed and need not be kept.
  const rows = await sql<Array<{ sha256: string }>>`
    select u.sha256 from document_upload u where u.person_id = ${personId}::uuid
      and not exists (select from document_upload o where o.sha256 = u.sha256 and o.person_id <> u.person_id)
      and not exists (select from case_document d join "case" c on c.id = d.case_id where d.sha256 = u.sha256 and not ${hasPart(sql, personId)})`;
  await sql`update document_upload set name = null where person_id = ${personId}::uuid`;
  return { documents: rows.map(({ sha256 }) => sha256) };
}

/** The lines of files and the events an office of HR reported stay as facts, with the id alone: no name, no address, no date of birth. */
async function eraseEmployment(sql: Sql, personId: string): Promise<void> {
  const named = ['newcomer', 'surname', 'bornOn'];
  await sql`update hr_event set event = event - ${named}::text[] where person_id = ${personId}::uuid`;
  await sql`update hr_row set raw = '', event = event - ${named}::text[] where event->>'personId' = ${personId}`;
}
