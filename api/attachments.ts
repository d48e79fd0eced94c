/** Files that an application names: they were brought by its own people, and nothing malicious was found in them. */
import type { StoredDocument } from '../platform/documents/store.ts';
import type { ApiDeps } from './ports.ts';
import { invalid } from './problems.ts';
import type { Viewer } from './viewer.ts';

/**
 * A file the viewer has brought himself and that may be read: to know the digest of somebody else's file opens it to nobody, and what waits for
 * the scanner is read by nobody. Throws 422 otherwise, the same for a foreign file and for none.
 */
export async function requireOwnUpload(
  { sql, documents }: Pick<ApiDeps, 'sql' | 'documents'>,
  viewer: Viewer,
  sha256: string,
): Promise<StoredDocument> {
  const [own] = await sql`
    select 1 from document_upload where sha256 = ${sha256} and person_id = ${viewer.personId}::uuid`;
  const file = own && (await documents.find(sha256));
  const refuse = (detail: string) => invalid([{ pointer: '/sha256', detail }]);
  if (!file) throw refuse('Такого файла нет: загрузите его ещё раз.');
  if (file.scan === 'pending')
    throw refuse('Файл ещё проверяется на вредоносное содержимое. Повторите, когда проверка закончится.');
  if (file.erased || file.scan === 'infected') throw refuse('Содержание этого файла уничтожено: загрузите другой.');
  return file;
}

/**
 * Refuses a digest that nobody of the applicant has uploaded: knowing the digest of somebody else's file opens it to nobody. A file in
 * quarantine may be named, it opens to nobody until it is found clean; an infected one may not. Without attachments it costs nothing.
 */
export async function requireOwnFiles(deps: Pick<ApiDeps, 'sql'>, viewer: Viewer, attachments: unknown): Promise<void> {
  if (!Array.isArray(attachments) || attachments.length === 0) return;
  const named = attachments.map(String);
  const organisations = [...new Set([...viewer.reach.organisations, ...viewer.actor.organisationIds])];
  const known = await deps.sql<Array<{ sha256: string; scan: string; gone: boolean; own: boolean }>>`
    select d.sha256, d.scan, d.erased_at is not null as gone, exists (
      select from document_upload u left join employment e on e.person_id = u.person_id and e.organisation_id = any(${organisations}::uuid[])
      where u.sha256 = d.sha256 and (u.person_id = ${viewer.personId}::uuid or e.id is not null)) as own
    from document d where d.sha256 = any(${named}::text[])`;
  const faults = named.flatMap((sha256, index) => {
    const file = known.find((row) => row.sha256 === sha256);
    const pointer = `/programme/attachments/${index}`;
    if (file?.scan === 'infected')
      return [{ pointer, detail: 'В файле найдено вредоносное содержимое: замените его.' }];
    if (!file?.own || file.gone)
      return [{ pointer, detail: 'Такого файла среди загруженных вашей организацией нет: приложите его заново.' }];
    return [];
  });
  if (faults.length > 0) throw invalid(faults);
}
