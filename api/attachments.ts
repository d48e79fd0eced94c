/** Files that an application names: they were brought by its own people, and nothing malicious was found in them. */
import type { ApiDeps } from './ports.ts';
import { invalid } from './problems.ts';
import type { Viewer } from './viewer.ts';

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
