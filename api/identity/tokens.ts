/** Tokens of integrations as people see them. The token itself is shown once and stored nowhere. */
import type { Sql } from '../../platform/db/pool.ts';
import type { ApiTokenView } from '../contract/identity.ts';

interface Row {
  id: string;
  name_ru: string;
  prefix: string;
  scopes: string[];
  created_at: Date;
  expires_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

/** Newest first; revoked and expired ones stay as evidence. */
export async function tokensOf(sql: Sql, personId: string, now: Date): Promise<ApiTokenView[]> {
  const rows = await sql<Row[]>`
    select id, name_ru, prefix, scopes, created_at, expires_at, last_used_at, revoked_at from api_token
    where person_id = ${personId}::uuid order by created_at desc, id limit 200`;
  return rows.map((row) => ({
    id: row.id,
    nameRu: row.name_ru,
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    active: row.revoked_at === null && row.expires_at > now,
  }));
}
