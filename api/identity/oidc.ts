/**
 * Signing in through an identity provider: OpenID Connect, authorization code with PKCE, state and nonce. Who a subject is stands in
 * `identity_link`; an e-mail of the provider never decides it.
 */
import type { Context } from 'hono';
import * as oidc from 'openid-client';
import type { Sql } from '../../platform/db/pool.ts';
import { findLink, inWords, sendAccountLetter } from '../../platform/identity/links.ts';
import { digestOf, openHint, randomToken, sealHint } from '../../platform/identity/secrets.ts';
import type { Env } from '../env.ts';
import { audit } from '../idempotent.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem } from '../problems.ts';
import { dropCookie, openSession, putCookie, readCookie } from '../session.ts';
import { linkGone } from './sign-in.ts';

const flowMs = 10 * 60_000;
/** How long a provider that could not be reached is left alone. */
const retryMs = 5_000;
const cookie = '-oidc';

interface Known {
  at: number;
  provider: Promise<oidc.Configuration>;
}
const discovered = new WeakMap<object, Known>();
const dayMs = 86_400_000;

/** Metadata and keys of the provider, asked once a day; a failure is asked again. */
async function providerOf(deps: ApiDeps): Promise<oidc.Configuration> {
  const settings = deps.config.oidc;
  if (!settings) throw new ApiProblem(404);
  const known = discovered.get(settings);
  const provider = known && Date.now() - known.at < dayMs ? known.provider : discover(settings);
  if (provider !== known?.provider) {
    discovered.set(settings, { at: Date.now(), provider });
    provider.catch(() => setTimeout(() => discovered.delete(settings), retryMs).unref());
  }
  try {
    return await provider;
  } catch (error) {
    deps.log.warn({ err: error }, 'the identity provider does not answer');
    throw new ApiProblem(503, {
      code: 'provider_unavailable',
      detail: 'Поставщик входа не отвечает. Повторите позже.',
      headers: { 'retry-after': '10' },
    });
  }
}

/** The issuer as the provider itself writes it in its tokens. */
export const issuerOf = async (deps: ApiDeps): Promise<string> => (await providerOf(deps)).serverMetadata().issuer;

function discover(settings: NonNullable<ApiDeps['config']['oidc']>): Promise<oidc.Configuration> {
  const { issuer, clientId, clientSecret } = settings;
  return oidc.discovery(
    new URL(issuer),
    clientId,
    undefined,
    clientSecret ? oidc.ClientSecretBasic(clientSecret) : oidc.None(),
    // Without TLS on this machine only; the configuration refuses it elsewhere.
    { timeout: 8, ...(issuer.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : {}) },
  );
}

const callbackUrl = (deps: ApiDeps) => `${deps.config.api.publicUrl}/api/session/provider/callback`;

/** Only a path of this site: a returning browser is never sent elsewhere. */
export function ownPath(path: string | undefined): string {
  return path && /^\/(?![/\\])[^\s\\]*$/.test(path) && !path.startsWith('/api/') ? path : '/';
}

/**
 * Begins a sign-in, or the linking of a subject to a person who is signed in or holds an invitation. The state binds the return to this
 * browser by a cookie, the row of the flow makes it single.
 */
export async function beginFlow(
  deps: ApiDeps,
  c: Context<Env>,
  of: { returnTo: string; personId?: string; linkId?: string },
): Promise<string> {
  const provider = await providerOf(deps);
  const state = randomToken();
  const verifier = oidc.randomPKCECodeVerifier();
  const nonce = oidc.randomNonce();
  const now = deps.now();
  await deps.sql`
    with old as (delete from oidc_flow where expires_at < ${now})
    insert into oidc_flow (state_hash, verifier, nonce, return_to, person_id, link_id, expires_at)
    values (${digestOf(state)}, ${verifier}, ${nonce}, ${of.returnTo}, ${of.personId ?? null}::uuid, ${of.linkId ?? null}::uuid, ${new Date(now.getTime() + flowMs)})`;
  putCookie(deps, c, cookie, state, flowMs);
  return oidc.buildAuthorizationUrl(provider, {
    redirect_uri: callbackUrl(deps),
    scope: deps.config.oidc?.scope ?? 'openid',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    // Linking is an act of its own: whoever sits at the provider must show himself again.
    ...(of.personId ? { prompt: 'login' } : {}),
  }).href;
}

interface Flow {
  verifier: string;
  nonce: string;
  return_to: string;
  person_id: string | null;
  link_id: string | null;
}

/** The return of the browser. Answers with the page to go to; what went wrong stands in its address as a code. */
export async function finishFlow(deps: ApiDeps, c: Context<Env>): Promise<string> {
  const url = new URL(c.req.url);
  const state = url.searchParams.get('state') ?? '';
  const bound = readCookie(deps, c, cookie);
  dropCookie(deps, c, cookie);
  if (!state || bound !== state) return failed('provider_state');
  const [flow] = await deps.sql<Flow[]>`
    delete from oidc_flow where state_hash = ${digestOf(state)} and expires_at > ${deps.now()}
    returning verifier, nonce, return_to, person_id, link_id`;
  if (!flow) return failed('provider_state');
  // A subject is tied to whoever sits here: not to somebody whose session was ended since, nor to who sat here before.
  if (flow.person_id && flow.person_id !== c.get('viewer')?.personId) return failed('provider_state');
  const provider = await providerOf(deps);
  let claims: oidc.IDToken;
  let idToken: string | undefined;
  try {
    // The address the provider knows, whatever proxy stands in between.
    const current = new URL(callbackUrl(deps));
    current.search = url.search;
    const tokens = await oidc.authorizationCodeGrant(provider, current, {
      pkceCodeVerifier: flow.verifier,
      expectedState: state,
      expectedNonce: flow.nonce,
      idTokenExpected: true,
    });
    claims = tokens.claims() as oidc.IDToken;
    idToken = tokens.id_token;
  } catch (error) {
    deps.log.warn({ err: error, requestId: c.get('requestId') }, 'a sign-in through the provider failed');
    return failed(url.searchParams.get('error') === 'access_denied' ? 'provider_denied' : 'provider_failed');
  }
  const subject = { issuer: claims.iss, subject: claims.sub };
  if (flow.person_id || flow.link_id) {
    const problem = await link(deps, c, flow, subject);
    if (problem) return failed(problem);
  }
  return signIn(deps, c, subject, idToken, flow.return_to, saysFactor(deps, { ...claims }));
}

/** Does the provider say that it asked for a second factor: `mfa` among the methods (RFC 8176), or a class the installation names? */
export function saysFactor({ config }: Pick<ApiDeps, 'config'>, { amr, acr }: Record<string, unknown>): boolean {
  if (Array.isArray(amr) && amr.includes('mfa')) return true;
  return typeof acr === 'string' && (config.oidc?.factorAcr ?? []).includes(acr);
}

const failed = (code: string): string => `/sign-in?problem=${code}`;

async function signIn(
  deps: ApiDeps,
  c: Context<Env>,
  { issuer, subject }: { issuer: string; subject: string },
  idToken: string | undefined,
  returnTo: string,
  factor: boolean,
): Promise<string> {
  const now = deps.now();
  const [known] = await deps.sql<Array<{ person_id: string; closed: boolean }>>`
    update identity_link l set last_used_at = ${now} from person p left join account k on k.person_id = p.id
    where l.issuer = ${issuer} and l.subject = ${subject} and p.id = l.person_id
    returning l.person_id, (p.died_on is not null or k.disabled_at is not null) as closed`;
  const refused = !known ? 'provider_unknown' : known.closed ? 'provider_closed' : null;
  if (!known || refused) {
    await audit(deps.sql, {
      row: 'ACCESS-03',
      kind: 'session.refused',
      ...(known ? { subjectId: known.person_id } : {}),
      requestId: c.get('requestId'),
      // The subject is what an administrator needs to link it.
      facts: { way: 'oidc', why: refused, issuer, ...(known ? {} : { subject }) },
    });
    return failed(refused ?? 'provider_unknown');
  }
  const session = await openSession(deps, c, known.person_id, 'oidc', factor);
  if (idToken)
    await deps.sql`update session set id_token_hint = ${sealHint(deps.identity, session.id, idToken)} where id = ${session.id}::uuid`;
  await audit(deps.sql, {
    row: 'ACCESS-01',
    kind: 'session.opened',
    subjectId: known.person_id,
    by: { personId: known.person_id },
    requestId: c.get('requestId'),
    facts: { way: 'oidc', factor },
  });
  return returnTo;
}

/** Ties the subject to the person. A subject that is already somebody else's stays his. */
async function link(
  deps: ApiDeps,
  c: Context<Env>,
  flow: Flow,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<string | null> {
  return (await deps.sql.begin(async (tx) => {
    const now = deps.now();
    let personId = flow.person_id;
    if (flow.link_id) {
      const [row] = await tx<Array<{ person_id: string }>>`
        update account_link set used_at = ${now} where id = ${flow.link_id}::uuid and used_at is null and revoked_at is null and expires_at > ${now}
        returning person_id`;
      if (!row) return 'provider_invitation';
      personId = row.person_id;
    }
    const [holder] = await tx<Array<{ person_id: string }>>`
      insert into identity_link (issuer, subject, person_id, created_at, created_by) values (${issuer}, ${subject}, ${personId}::uuid, ${now}, ${personId}::uuid)
      on conflict (issuer, subject) do update set issuer = excluded.issuer returning person_id`;
    if (holder?.person_id !== personId) {
      // The invitation is not spent on somebody else's subject.
      if (flow.link_id) await tx`update account_link set used_at = null where id = ${flow.link_id}::uuid`;
      return 'provider_taken';
    }
    await tx`insert into account (person_id) values (${personId}::uuid) on conflict do nothing`;
    await audit(tx, {
      row: 'ACCESS-07',
      kind: 'identity.linked',
      subjectId: personId ?? '',
      by: { personId },
      requestId: c.get('requestId'),
      facts: { issuer, invitation: flow.link_id !== null },
    });
    if (!flow.link_id) await tellLinked(deps, tx, personId ?? '');
    return null;
  })) as string | null;
}

/** A way to sign in that its owner did not add himself would go unnoticed otherwise. */
export async function tellLinked(deps: Pick<ApiDeps, 'now'>, tx: Sql, personId: string): Promise<void> {
  const [person] = await tx<Array<{ zone: string }>>`select zone from person where id = ${personId}::uuid`;
  await sendAccountLetter(tx, {
    personId,
    template: 'identity-linked',
    now: deps.now(),
    params: { at: inWords(deps.now(), person?.zone) },
  });
}

/** The invitation whose holder wants to come through the provider. Throws 410 when it opens nothing any more. */
export async function invitationFor(deps: ApiDeps, token: string): Promise<string> {
  const link = await findLink(deps.sql, token, deps.now());
  if (link.state !== 'ready') throw linkGone(link.state);
  if (link.purpose !== 'invitation') throw linkGone('unknown');
  return link.id;
}

/** Where the browser has to go so that the session at the provider ends as well; `null` when there is nothing to end there. */
export async function endAtProvider(deps: ApiDeps, sessionId: string): Promise<string | null> {
  if (!deps.config.oidc) return null;
  const [row] = await deps.sql<
    Array<{ id_token_hint: Buffer | null; method: string }>
  >`select id_token_hint, method from session where id = ${sessionId}::uuid`;
  if (row?.method !== 'oidc') return null;
  const provider = await providerOf(deps).catch(() => undefined);
  if (!provider?.serverMetadata().end_session_endpoint) return null;
  const hint = row.id_token_hint ? openHint(deps.identity, sessionId, row.id_token_hint) : undefined;
  return oidc.buildEndSessionUrl(provider, {
    post_logout_redirect_uri: `${deps.config.api.publicUrl}/sign-in`,
    ...(hint ? { id_token_hint: hint } : {}),
  }).href;
}

/** Breaks the tie; sessions of that person that came through the provider end. */
export async function unlink(sql: Sql, of: { personId: string; issuer: string; subject: string }): Promise<boolean> {
  const gone = await sql`
    delete from identity_link where issuer = ${of.issuer} and subject = ${of.subject} and person_id = ${of.personId}::uuid returning subject`;
  if (gone.length > 0) await sql`delete from session where person_id = ${of.personId}::uuid and method = 'oidc'`;
  return gone.length > 0;
}
