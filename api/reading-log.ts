/** Every read of a personal file is on record before the answer leaves, and shown to whose file it is (specification 3.10). */
import type { ApiDeps } from './ports.ts';
import type { ViewerKind } from './visibility.ts';

export interface Reading {
  /** Whose file. */
  personId: string;
  what: 'case' | 'request';
  caseId?: string;
  /** As whom it was read. */
  as: ViewerKind | 'dpo';
}

/** Notes one reading. Reading one's own file is nobody's business. */
export async function noteReading(
  deps: Pick<ApiDeps, 'sql'>,
  reader: { personId: string },
  { personId, what, caseId, as }: Reading,
): Promise<void> {
  if (personId === reader.personId) return;
  await deps.sql`
    insert into access_log (id, reader_id, reader_as, person_id, what, case_id)
    values (gen_random_uuid(), ${reader.personId}::uuid, ${as}, ${personId}::uuid, ${what}, ${caseId ?? null})`;
}
