/** Sessions: an opaque token whose digest alone is stored, in a cookie for browsers and as a bearer token for scripts. */
import { createHash, randomBytes } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Env } from './env.ts';
import type { ApiDeps } from './ports.ts';
import { ApiProblem } from './problems.ts';
import { findRoute } from './route-match.ts';
import { findSessionViewer, type Viewer } from './viewer.ts';

const lifeMs = 12 * 3_600_000;

export const hashToken = (token: string): string => createHash('sha256').update(token, 'utf8').digest('hex');

/** The `__Host-` prefix binds the cookie to the host, and browsers accept it over https only. */
function cookieName(deps: ApiDeps): string {
  return isSecure(deps) ? '__Host-traektoria' : 'traektoria';
}

export function isSecure(deps: Pick<ApiDeps, 'config'>): boolean {
  return deps.config.api.publicUrl.startsWith('https:');
}

/** Opens a session for a person and hands the token to the browser; the answer carries it for scripts. */
export async function openSession(
  deps: ApiDeps,
  c: Context<Env>,
  personId: string,
): Promise<{ token: string; expiresAt: string }> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(deps.now().getTime() + lifeMs);
  await deps.sql`
    insert into session (token_hash, person_id, created_at, expires_at, user_agent)
    values (${hashToken(token)}, ${personId}::uuid, ${deps.now()}, ${expiresAt}, ${c.req.header('user-agent')?.slice(0, 300) ?? null})`;
  // Expired sessions go as new ones come; nobody waits for it.
  void deps.sql`delete from session where expires_at < ${deps.now()}`.catch(() => undefined);
  setCookie(c, cookieName(deps), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isSecure(deps),
    maxAge: lifeMs / 1_000,
  });
  return { token, expiresAt: expiresAt.toISOString() };
}

export async function closeSession(deps: ApiDeps, c: Context<Env>): Promise<void> {
  const hash = c.get('sessionHash');
  if (hash) await deps.sql`delete from session where token_hash = ${hash}`;
  deleteCookie(c, cookieName(deps), { path: '/', secure: isSecure(deps) });
}

/** Token of a request: a bearer header wins over the cookie. */
export function tokenOf(deps: ApiDeps, c: Context<Env>): { token: string; bearer: boolean } | undefined {
  const bearer = /^Bearer ([\w-]{20,200})$/.exec(c.req.header('authorization') ?? '')?.[1];
  if (bearer) return { token: bearer, bearer: true };
  const cookie = getCookie(c, cookieName(deps));
  return cookie ? { token: cookie, bearer: false } : undefined;
}

export async function findSession(
  deps: Pick<ApiDeps, 'sql' | 'now'>,
  hash: string,
): Promise<{ personId: string; expiresAt: Date } | undefined> {
  const [row] = await deps.sql<Array<{ person_id: string; expires_at: Date }>>`
    select person_id, expires_at from session where token_hash = ${hash} and expires_at > ${deps.now()}`;
  return row ? { personId: row.person_id, expiresAt: row.expires_at } : undefined;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Finds out who asks. Routes of the contract without `security: []` demand a session. */
export function authenticate(deps: ApiDeps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const route = findRoute(c.req.method, c.req.path);
    const open = !route || route.open;
    const given = tokenOf(deps, c);
    if (given) {
      const hash = hashToken(given.token);
      const behalf = c.req.header('x-on-behalf-of');
      if (behalf !== undefined && !uuid.test(behalf))
        throw new ApiProblem(422, {
          errors: [{ pointer: '/headers/x-on-behalf-of', detail: 'Нужен идентификатор человека.' }],
        });
      const viewer = await findSessionViewer(deps, hash, behalf);
      if (viewer) {
        c.set('viewer', viewer);
        c.set('sessionHash', hash);
      }
    }
    if (!open && !c.get('viewer')) throw new ApiProblem(401);
    await next();
  };
}

/** The viewer of a route that demands one. */
export function viewerOf(c: Context<Env>): Viewer {
  const viewer = c.get('viewer');
  if (!viewer) throw new ApiProblem(401);
  return viewer;
}
