import type { ApiDeps } from '../ports.ts';

/**
 * Authors of a certified programme for its public card: how many there are, and by name those alone who work for the provider and have
 * consented to it today. Names of others, and of two people of one name, are not shown; a withdrawn consent takes effect at once.
 */
export async function publicAuthors(
  deps: Pick<ApiDeps, 'sql' | 'documents' | 'now'>,
  { card, document }: { card: { organisation: { id: string } | null }; document: string | null },
): Promise<{ count: number; named: string[] } | null> {
  if (document === null) return null;
  const stored = await deps.documents.find(document);
  if (!stored || stored.erased) return null;
  const { authors } = JSON.parse(Buffer.from(await stored.read()).toString('utf8')) as { authors?: unknown };
  if (!Array.isArray(authors) || authors.length === 0) return null;
  const names = authors.map(String);
  const today = deps.now().toISOString().slice(0, 10);
  const rows = await deps.sql<Array<{ display_name: string }>>`
    select p.display_name from person p join employment e on e.person_id = p.id and e.organisation_id = ${card.organisation?.id ?? null}::uuid
    where p.display_name = any(${names}::text[]) and exists (
      select from consent k where k.person_id = p.id and k.purpose = 'publication' and k.withdrawn_at is null
        and (k.until_on is null or k.until_on >= ${today}))
    group by p.display_name having count(distinct p.id) = 1 order by p.display_name`;
  return { count: names.length, named: rows.map((row) => row.display_name) };
}
