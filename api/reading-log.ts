/** Every read of a personal file is on record before the answer leaves, and shown to whose file it is (specification 3.10). */
import type { ApiDeps, PersonActor } from './ports.ts';
import type { ViewerKind } from './visibility.ts';

export interface Reading {
  /** Whose file. */
  personId: string;
  /** `list`: his name stood in a list of cases; noted once a day for each reader and case. */
  what: 'case' | 'list' | 'request';
  caseId?: string;
  /** As whom it was read. */
  as: ViewerKind | 'dpo';
}

/** Notes what one look has read, together. Reading one's own file is nobody's business. */
export async function noteReadings(
  deps: Pick<ApiDeps, 'sql'>,
  reader: { actor: Pick<PersonActor, 'personId' | 'onBehalfOf'> },
  readings: readonly Reading[],
): Promise<void> {
  const { personId: readerId, onBehalfOf } = reader.actor;
  const rows = readings.filter(({ personId }) => personId !== readerId);
  if (rows.length === 0) return;
  await deps.sql`
    insert into access_log (id, reader_id, reader_as, on_behalf_of, person_id, what, case_id)
    select gen_random_uuid(), ${readerId}::uuid, n."as", ${onBehalfOf?.personId ?? null}::uuid, n."personId", n.what, n."caseId"
    from jsonb_to_recordset(${deps.sql.json(rows as never)}) as n("personId" uuid, what text, "caseId" uuid, "as" text)
    where n.what <> 'list' or not exists (
      select from access_log l where l.person_id = n."personId" and l.at > now() - interval '1 day' and l.what = 'list'
        and l.reader_id = ${readerId}::uuid and l.case_id is not distinct from n."caseId")`;
}
