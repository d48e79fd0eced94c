/** Letters that stayed behind go out again: after the address, the template or the server was mended. */
import type { Sql } from '../db/pool.ts';
import { erasedAddress } from '../personal/erase.ts';
import { type IncidentKind, LETTER_INCIDENTS } from '../incidents.ts';

export interface LetterIncident {
  kind: string;
  /** `template_failed:<process>:<template>`, `mail_failed:<notice>` or `mail_bounced:<person>`. */
  key: string;
}

/**
 * Which letters stayed behind because of the incident; `null`: incidents of this kind keep none. To an address that takes no letters
 * the legally significant ones that were not even tried since belong too, unless they were read on the portal.
 */
function behind(sql: Sql, { kind, key }: LetterIncident) {
  if (!LETTER_INCIDENTS.includes(kind as IncidentKind)) return null;
  const [, first = '', template = ''] = key.split(':');
  if (kind === 'mail_failed') return sql`n.id = ${first}::uuid and n.state = 'failed'`;
  if (kind === 'mail_bounced')
    return sql`n.addressee_id = ${first}::uuid and (n.state = 'bounced' or (n.state = 'inbox_only' and n.legally_significant and n.read_at is null))`;
  // A letter that still waits for its template is tried again by itself; here it is tried at once.
  return sql`n.template = ${template} and n.last_error is not null and n.state in ('failed', 'queued', 'digest')
    and coalesce((select c.process from "case" c where c.id = n.case_id), 'account') = ${first}`;
}

export async function countBehind(sql: Sql, incident: LetterIncident): Promise<number> {
  const where = behind(sql, incident);
  if (!where) return 0;
  const [row] = await sql<Array<{ n: number }>>`select count(*)::int as n from notice n where ${where}`;
  return row?.n ?? 0;
}

/** Puts them back into the queue, to leave with the next look of the sender; an address counts as sound again. Answers how many. */
export async function resendBehind(sql: Sql, incident: LetterIncident): Promise<number> {
  const where = behind(sql, incident);
  if (!where) return 0;
  const [, personId = ''] = incident.key.split(':');
  if (incident.kind === 'mail_bounced')
    await sql`update person set mail_bounced = false where id = ${personId}::uuid and email <> ${erasedAddress(personId)}`;
  const rows = await sql`
    update notice n set state = 'queued', due_at = now(), attempts = 0, digest_id = null, last_error = null where ${where} returning id`;
  return rows.length;
}
