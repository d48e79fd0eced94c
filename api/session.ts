/**
 * Sessions and tokens: an opaque token whose digest alone is stored. Browsers carry it in a cookie that is renewed from time to time;
 * integrations carry a token of their own (`trk_…`), scripts of the embedded mode the token that signing in answered with.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Sql } from '../platform/db/pool.ts';
import { digestOf, randomToken } from '../platform/identity/secrets.ts';
import { gateOf, passes, wantsProof } from './identity/gate.ts';
import { demandsFactor } from './identity/factor-policy.ts';
import { isInOwnName } from '../processes/kit/own-name.ts';
import type { Env } from './env.ts';
import type { ApiDeps } from './ports.ts';
import { ApiProblem } from './problems.ts';
import { type Viewer, viewerColumns, viewerFrom, type ViewerRow, viewerTables } from './viewer.ts';

/** Requests that were under way when the token changed still come with the former one. */
const graceMs = 60_000;
/** How exactly the last use is known. */
const seenEveryMs = 60_000;

export const hashToken = digestOf;

/** The `__Host-` prefix binds the cookie to the host, and browsers accept it over https only. */
function cookieName(deps: ApiDeps, what = ''): string {
  return `${isSecure(deps) ? '__Host-' : ''}traektoria${what}`;
}

export function isSecure(deps: Pick<ApiDeps, 'config'>): boolean {
  return deps.config.api.publicUrl.startsWith('https:');
}

export function putCookie(deps: ApiDeps, c: Context<any>, what: string, value: string, maxAgeMs: number): void {
  setCookie(c, cookieName(deps, what), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isSecure(deps),
    maxAge: Math.floor(maxAgeMs / 1_000),
  });
}

export const readCookie = (deps: ApiDeps, c: Context<any>, what: string): string | undefined =>
  getCookie(c, cookieName(deps, what));

export function dropCookie(deps: ApiDeps, c: Context<any>, what: string): void {
  deleteCookie(c, cookieName(deps, what), { path: '/', secure: isSecure(deps) });
}

/**
 * Opens a session for a person and hands the token to the browser. Whatever session the browser had before ends, so that no token from
 * before the sign-in is worth anything after it.
 */
export async function openSession(
  deps: ApiDeps,
  c: Context<Env>,
  personId: string,
  method: 'choice' | 'password' | 'oidc',
  /** The identity provider has asked for a second factor itself. */
  factor = false,
): Promise<{ id: string; token: string; expiresAt: string }> {
  const token = randomToken();
  const now = deps.now();
  const { absoluteMs, idleMs } = deps.config.session;
  const expiresAt = new Date(now.getTime() + absoluteMs);
  const former = readCookie(deps, c, '');
  const [row] = await deps.sql<Array<{ id: string }>>`
    with ended as (delete from session where token_hash = ${former ? hashToken(former) : ''})
    insert into session (token_hash, person_id, created_at, last_seen_at, rotated_at, expires_at, user_agent, method, proved_at, factor_at)
    values (${hashToken(token)}, ${personId}::uuid, ${now}, ${now}, ${now}, ${expiresAt}, ${c.req.header('user-agent')?.slice(0, 300) ?? null}, ${method},
      ${now}, ${factor ? now : null})
    returning id`;
  // Sessions that are over go as new ones come; nobody waits for it.
  void deps.sql`delete from session where expires_at < ${now} or last_seen_at < ${new Date(now.getTime() - idleMs)}`.catch(
    () => undefined,
  );
  putCookie(deps, c, '', token, absoluteMs);
  return { id: row!.id, token, expiresAt: expiresAt.toISOString() };
}

export async function closeSession(deps: ApiDeps, c: Context<Env>): Promise<void> {
  const session = c.get('session');
  if (session) await deps.sql`delete from session where id = ${session.id}::uuid`;
  dropCookie(deps, c, '');
}

/** Ends the sessions of a person, all or all but one; answers how many. */
export async function endSessions(sql: Sql, personId: string, except?: string): Promise<number> {
  const ended = await sql`
    delete from session where person_id = ${personId}::uuid ${except ? sql`and id <> ${except}::uuid` : sql``} returning id`;
  return ended.length;
}

/** The rights of a person have changed: each of his browsers gets another token with its next request. */
export async function rotateSessions(sql: Sql, personId: string): Promise<void> {
  await sql`update session set rotation_due = true where person_id = ${personId}::uuid`;
}

/** Token of a request: a bearer header wins over the cookie. */
export function tokenOf(deps: ApiDeps, c: Context<Env>): { token: string; bearer: boolean } | undefined {
  const bearer = /^Bearer ([\w-]{20,200})$/.exec(c.req.header('authorization') ?? '')?.[1];
  if (bearer) return { token: bearer, bearer: true };
  const cookie = readCookie(deps, c, '');
  return cookie ? { token: cookie, bearer: false } : undefined;
}

/** Is the session still open? For streams, which outlive the request that opened them. */
export async function sessionHolds(deps: Pick<ApiDeps, 'sql' | 'now'>, id: string): Promise<boolean> {
  return (await deps.sql`select 1 from session where id = ${id}::uuid and expires_at > ${deps.now()}`).length > 0;
}

interface SessionRow extends ViewerRow {
  s_id: string;
  s_expires: Date;
  s_seen: Date;
  s_rotated: Date;
  s_due: boolean;
  s_method: string;
  s_current: boolean;
  s_created: Date;
  s_proved: Date;
  s_factor: Date | null;
  s_enrolled: boolean;
}

/** The session behind a token, with its person and his rights, in one statement. */
async function findBySession(deps: ApiDeps, hash: string, behalf: string | null): Promise<SessionRow | undefined> {
  const now = deps.now();
  const idle = new Date(now.getTime() - deps.config.session.idleMs);
  const { sql } = deps;
  const [row] = await sql<SessionRow[]>`
    select s.id as s_id, s.expires_at as s_expires, s.last_seen_at as s_seen, s.rotated_at as s_rotated, s.rotation_due as s_due,
      s.method as s_method, s.token_hash = ${hash} as s_current, s.created_at as s_created, s.proved_at as s_proved, s.factor_at as s_factor,
      exists (select from second_factor f where f.person_id = p.id and f.confirmed_at is not null) as s_enrolled, ${viewerColumns(sql, behalf)}
    from session s join ${viewerTables(sql)} on p.id = s.person_id
    where (s.token_hash = ${hash} or (s.former_hash = ${hash} and s.former_until > ${now})) and s.expires_at > ${now} and s.last_seen_at > ${idle}`;
  return row;
}

interface TokenRow extends ViewerRow {
  t_id: string;
  t_scopes: string[];
  t_expires: Date;
  t_used: Date | null;
}

async function findByToken(deps: ApiDeps, hash: string): Promise<TokenRow | undefined> {
  const { sql } = deps;
  const [row] = await sql<TokenRow[]>`
    select t.id as t_id, t.scopes as t_scopes, t.expires_at as t_expires, t.last_used_at as t_used, ${viewerColumns(sql, null)}
    from api_token t join ${viewerTables(sql)} on p.id = t.person_id
    where t.hash = ${hash} and t.revoked_at is null and t.expires_at > ${deps.now()}`;
  return row;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const API_TOKEN_PREFIX = 'trk_';

/** Finds out who asks. Routes of the contract without `security: []` demand a session or a token. */
export function authenticate(deps: ApiDeps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const route = c.get('matched');
    const given = tokenOf(deps, c);
    const behalf = c.req.header('x-on-behalf-of');
    if (given && behalf !== undefined && !uuid.test(behalf))
      throw new ApiProblem(422, {
        errors: [{ pointer: '/headers/x-on-behalf-of', detail: 'Нужен идентификатор человека.' }],
      });
    if (given?.bearer && given.token.startsWith(API_TOKEN_PREFIX)) await admitToken(deps, c, given.token, behalf);
    else if (given) await admitSession(deps, c, given, behalf);
    if (route && !route.open && !c.get('viewer')) throw new ApiProblem(401);
    if (behalf !== undefined && route && c.req.method !== 'GET' && isInOwnName(route.path))
      throw new ApiProblem(403, {
        code: 'own_name_only',
        detail: 'Это делают только от своего имени: повторите запрос, не указывая, кого вы замещаете.',
      });
    await next();
  };
}

const CODE_WANTED = new ApiProblem(403, {
  code: 'second_factor_code',
  title: 'Нужен код',
  detail: 'Введите код из приложения или запасной код.',
});
const SETUP_WANTED = new ApiProblem(403, {
  code: 'second_factor_setup',
  title: 'Нужен второй фактор',
  detail: 'Ваша роль требует второго фактора: подключите приложение с кодами, чтобы продолжить.',
});

async function admitSession(
  deps: ApiDeps,
  c: Context<Env>,
  given: { token: string; bearer: boolean },
  behalf: string | undefined,
): Promise<void> {
  const hash = hashToken(given.token);
  const row = await findBySession(deps, hash, behalf ?? null);
  const viewer = row && viewerFrom(row, deps.now(), behalf);
  if (!row || !viewer) return;
  const now = deps.now();
  const route = c.get('matched');
  const name = route ? `${route.method} ${route.path}` : '';
  const gate = gateOf({
    shown: row.s_factor !== null,
    enrolled: row.s_enrolled,
    demanded: row.s_factor === null && !row.s_enrolled && (await demandsFactor(deps, viewer.roles)),
    ageMs: now.getTime() - row.s_created.getTime(),
  });
  if (gate === 'over') return;
  if (!passes(gate, name)) {
    // Whoever has not come through sees of the open pages what a stranger sees.
    if (route?.open !== false) return;
    throw gate === 'code' ? CODE_WANTED : SETUP_WANTED;
  }
  const sinceProofMs = now.getTime() - row.s_proved.getTime();
  if (wantsProof(name, { method: row.s_method, enrolled: row.s_enrolled, sinceProofMs }, deps.config.session.proofMs))
    throw new ApiProblem(403, {
      code: 'proof_required',
      title: 'Подтвердите, что это вы',
      detail: 'С последнего подтверждения прошло много времени. Введите пароль или код и повторите.',
    });
  c.set('viewer', viewer);
  c.set('session', {
    id: row.s_id,
    expiresAt: row.s_expires,
    method: row.s_method,
    gate,
    enrolled: row.s_enrolled,
  });
  if (now.getTime() - row.s_seen.getTime() > seenEveryMs)
    void deps.sql`update session set last_seen_at = ${now} where id = ${row.s_id}::uuid and last_seen_at < ${now}`.catch(
      () => undefined,
    );
  const old = now.getTime() - row.s_rotated.getTime() > deps.config.session.rotateMs;
  // A script cannot be handed another token, and a browser that comes with the former one gets the new one elsewhere.
  if ((old || row.s_due) && row.s_current && !given.bearer) await rotate(deps, c, hash, row.s_expires);
}

/** Of several requests that come at once one renews the token; the others go on with the former one for a minute. */
export async function rotate(deps: ApiDeps, c: Context<Env>, hash: string, expiresAt: Date): Promise<void> {
  const token = randomToken();
  const now = deps.now();
  const changed = await deps.sql`
    update session set token_hash = ${hashToken(token)}, former_hash = ${hash}, former_until = ${new Date(now.getTime() + graceMs)},
      rotated_at = ${now}, rotation_due = false where token_hash = ${hash} returning id`;
  if (changed.length > 0) putCookie(deps, c, '', token, expiresAt.getTime() - now.getTime());
}

async function admitToken(deps: ApiDeps, c: Context<Env>, token: string, behalf: string | undefined): Promise<void> {
  const row = await findByToken(deps, hashToken(token));
  const viewer = row && viewerFrom(row, deps.now());
  if (!row || !viewer) return;
  if (behalf !== undefined)
    throw new ApiProblem(403, { code: 'token_scope', detail: 'По токену действуют только от имени его владельца.' });
  c.set('viewer', viewer);
  c.set('token', { id: row.t_id, scopes: row.t_scopes, expiresAt: row.t_expires });
  const now = deps.now();
  if (row.t_used === null || now.getTime() - row.t_used.getTime() > seenEveryMs)
    void deps.sql`update api_token set last_used_at = ${now} where id = ${row.t_id}::uuid`.catch(() => undefined);
}

/** The viewer of a route that demands one. */
export function viewerOf(c: Context<Env>): Viewer {
  const viewer = c.get('viewer');
  if (!viewer) throw new ApiProblem(401);
  return viewer;
}
