/** Signing in through an identity provider: a real one (oidc-provider) on this machine, its pages filled in as a person does. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { linkToken } from '../../platform/identity/secrets.ts';
import { hashPassword } from '../../platform/identity/passwords.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createJar, type Jar } from './browser-jar.ts';
import { type ApiWorld, createApiWorld } from './world.ts';

const publicUrl = 'https://portal.test';
const strong = 'Длинная фраза про лес 7';
let world: ApiWorld;
let server: Server;
let issuer: string;

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'traektoria',
        client_secret: 'client-secret-of-the-test-run',
        redirect_uris: [`${publicUrl}/api/session/provider/callback`],
        post_logout_redirect_uris: [`${publicUrl}/sign-in`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub', 'amr'], email: ['email'] },
    cookies: { keys: ['cookie-key-of-the-test-run'] },
    // Everybody there says that he has the same address as an operator of the seed.
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        email: 'belova@people.test',
        email_verified: true,
      }),
    }),
  });
  // The provider asks those for a second factor whose name says so, and tells by which methods it knows them.
  const { prototype } = provider.Session as unknown as {
    prototype: { loginAccount(details: { accountId: string }): void };
  };
  const login = prototype.loginAccount;
  prototype.loginAccount = function loginAccount(this: unknown, details) {
    const methods = details.accountId.endsWith('-with-phone') ? { amr: ['pwd', 'mfa'] } : {};
    login.call(this, { ...details, ...methods });
  };
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
  world = await createApiWorld({
    worker: false,
    environment: {
      TRAEKTORIA_EMBEDDED: 'false',
      PUBLIC_URL: publicUrl,
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: 'traektoria',
      OIDC_CLIENT_SECRET: 'client-secret-of-the-test-run',
      OIDC_SCOPE: 'openid email',
      OIDC_LABEL: 'Войти через портал региона',
    },
  });
  await world.deps.sql`
    insert into account (person_id, login, password_hash, password_set_at)
    values (${personId('belova')}::uuid, 'belova@people.test', ${await hashPassword(strong)}, now())`;
});
afterAll(async () => {
  await world?.stop();
  await new Promise((resolve) => {
    server?.close(resolve);
    server?.closeAllConnections();
  });
});

/** Walks the provider's pages as the person `subject` until it sends the browser back; answers with the address of the return. */
async function atProvider(start: string, subject: string, cookies = new Map<string, string>()): Promise<URL> {
  let request: { url: string; form?: Record<string, string> } = { url: start };
  for (let hop = 0; hop < 12; hop += 1) {
    const response = await fetch(request.url, {
      redirect: 'manual',
      method: request.form ? 'POST' : 'GET',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(request.form ? { body: new URLSearchParams(request.form) } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location) {
      const next = new URL(location, request.url);
      if (next.href.startsWith(publicUrl)) return next;
      request = { url: next.href };
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (!action || !prompt) throw new Error(`${response.status} ${page.slice(0, 500)}`);
    request = {
      url: new URL(action, request.url).href,
      form: prompt === 'login' ? { prompt, login: subject, password: 'any' } : { prompt },
    };
  }
  throw new Error('the provider sends nobody back');
}

async function start(jar: Jar, returnTo = '/inbox'): Promise<string> {
  const answer = await jar.ask('GET', `/api/session/provider?returnTo=${encodeURIComponent(returnTo)}`);
  expect(answer.status).toBe(302);
  // The cookie that binds the return to this browser.
  expect(answer.setCookies).toHaveLength(1);
  expect(answer.setCookies[0]).toMatch(/^__Host-traektoria-[\w-]+=/);
  for (const attribute of [/; HttpOnly/, /; Secure/, /; SameSite=Lax/, /; Path=\/(;|$)/])
    expect(answer.setCookies[0]).toMatch(attribute);
  return answer.headers.get('location') ?? '';
}

const comeBack = (jar: Jar, back: URL) => jar.ask('GET', `${back.pathname}${back.search}`);
const signedIn = async (jar: Jar) => (await jar.ask('GET', '/api/session')).body.person?.displayName;

describe('signing in through a provider', () => {
  it('is offered by its name', async () => {
    expect((await createJar(world).ask('GET', '/api/session/ways')).body).toMatchObject({
      choice: false,
      password: true,
      provider: { labelRu: 'Войти через портал региона' },
    });
  });

  it('asks with a code, PKCE, a state and a nonce, and knows nobody by e-mail', async () => {
    const jar = createJar(world);
    const url = new URL(await start(jar));
    expect(url.searchParams.get('response_type')).toBe('code');
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(url.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    expect(url.searchParams.get('state')?.length).toBeGreaterThan(40);
    expect(url.searchParams.get('nonce')?.length).toBeGreaterThan(40);
    const back = await atProvider(url.href, 'subject-of-a-stranger');
    const answer = await comeBack(jar, back);
    expect(answer.headers.get('location')).toBe('/sign-in?problem=provider_unknown');
    expect((await jar.ask('GET', '/api/session')).status).toBe(401);
  });

  it('links a subject to whoever is signed in, then lets him in; the same subject is nobody else’s', async () => {
    const jar = createJar(world);
    await jar.ask('POST', '/api/session/password', { login: 'belova@people.test', password: strong });
    const asked = await jar.ask('POST', '/api/session/provider', {});
    expect(asked.status, JSON.stringify(asked.body)).toBe(200);
    expect(new URL(asked.body.url).searchParams.get('prompt')).toBe('login');
    const linked = await comeBack(jar, await atProvider(asked.body.url, 'subject-of-belova'));
    expect(linked.headers.get('location')).toBe('/profile');
    const fresh = createJar(world);
    const back = await comeBack(
      fresh,
      await atProvider(await start(fresh, '/cases?closed=false'), 'subject-of-belova'),
    );
    expect(back.headers.get('location')).toBe('/cases?closed=false');
    expect(await signedIn(fresh)).toBe('Белова Анна Павловна');
    expect((await fresh.ask('GET', '/api/profile')).body.identities).toHaveLength(1);

    await world.deps.sql`
      insert into account (person_id, login, password_hash) values (${personId('koroleva')}::uuid, 'koroleva@people.test', ${await hashPassword(strong)})`;
    const other = createJar(world);
    await other.ask('POST', '/api/session/password', { login: 'koroleva@people.test', password: strong });
    const { body } = await other.ask('POST', '/api/session/provider', {});
    const taken = await comeBack(other, await atProvider(body.url, 'subject-of-belova'));
    expect(taken.headers.get('location')).toBe('/sign-in?problem=provider_taken');
    expect(await signedIn(other)).toBe('Королёва Ирина Станиславовна');
  });

  it('ties no subject to who has signed out meanwhile, nor by an old session without a proof; its owner is told', async () => {
    const { sql } = world.deps;
    const jar = createJar(world);
    const signIn = () => jar.ask('POST', '/api/session/password', { login: 'belova@people.test', password: strong });
    await signIn();
    const { body } = await jar.ask('POST', '/api/session/provider', {});
    const back = await atProvider(body.url, 'subject-of-who-came-next');
    await jar.ask('DELETE', '/api/session');
    expect((await comeBack(jar, back)).headers.get('location')).toBe('/sign-in?problem=provider_state');
    expect(await sql`select 1 from identity_link where subject = 'subject-of-who-came-next'`).toEqual([]);

    await signIn();
    await sql`update session set proved_at = now() - interval '1 hour' where person_id = ${personId('belova')}::uuid`;
    expect((await jar.ask('POST', '/api/session/provider', {})).body.code).toBe('proof_required');
    // The tie that was made above, by herself, was told.
    const letters = await sql`
      select 1 from notice where template = 'identity-linked' and addressee_id = ${personId('belova')}::uuid`;
    expect(letters).toHaveLength(1);
  });

  it('refuses a return that this browser did not ask for, one that comes twice, and one that was altered', async () => {
    const victim = createJar(world);
    await start(victim);
    const attacker = createJar(world);
    const theirs = await atProvider(await start(attacker), 'subject-of-belova');
    // A stranger's code in this browser: whoever follows such a link would work in somebody else's account.
    expect((await comeBack(victim, theirs)).headers.get('location')).toBe('/sign-in?problem=provider_state');
    expect((await victim.ask('GET', '/api/session')).status).toBe(401);
    const copy = createJar(world);
    for (const [name, value] of attacker.cookies) copy.cookies.set(name, value);
    expect((await comeBack(attacker, theirs)).headers.get('location')).toBe('/inbox');
    expect((await comeBack(copy, theirs)).headers.get('location')).toBe('/sign-in?problem=provider_state');

    const altered = createJar(world);
    const back = await atProvider(await start(altered), 'subject-of-belova');
    back.searchParams.set('code', `${back.searchParams.get('code')}x`);
    expect((await comeBack(altered, back)).headers.get('location')).toBe('/sign-in?problem=provider_failed');
    const mixed = createJar(world);
    const other = await atProvider(await start(mixed), 'subject-of-belova');
    other.searchParams.set('iss', 'https://another.test');
    expect((await comeBack(mixed, other)).headers.get('location')).toBe('/sign-in?problem=provider_failed');
  });

  it.each(['https://evil.test', '//evil.test', '/\\evil.test', '/api/session', 'javascript:alert(1)'])(
    'never sends the browser to %s',
    async (returnTo) => {
      const jar = createJar(world);
      const back = await comeBack(jar, await atProvider(await start(jar, returnTo), 'subject-of-belova'));
      expect(back.headers.get('location')).toBe('/');
    },
  );

  it('accepts an invitation without a password; the invitation is spent', async () => {
    const admin = createJar(world);
    await world.deps.sql`
      insert into account (person_id, login, password_hash) values (${personId('sokolov')}::uuid, 'sokolov@people.test', ${await hashPassword(strong)})`;
    await admin.ask('POST', '/api/session/password', { login: 'sokolov@people.test', password: strong });
    const invited = await admin.ask('POST', '/api/admin/people', {
      familyName: 'Яковлев',
      givenName: 'Лев',
      email: 'yakovlev@portal.test',
    });
    const [link] = await world.deps.sql<
      Array<{ id: string }>
    >`select id from account_link where person_id = ${invited.body.id}::uuid`;
    const token = linkToken(world.deps.identity, link?.id ?? '');
    const jar = createJar(world);
    const asked = await jar.ask('POST', '/api/session/provider', { invitation: token, returnTo: '/inbox' });
    const back = await comeBack(jar, await atProvider(asked.body.url, 'subject-of-yakovlev'));
    expect(back.headers.get('location')).toBe('/inbox');
    expect(await signedIn(jar)).toBe('Яковлев Лев');
    expect((await createJar(world).ask('POST', '/api/session/provider', { invitation: token })).body.code).toBe(
      'link_used',
    );
    const seen = await admin.ask('GET', `/api/admin/people/${invited.body.id}`);
    expect(seen.body).toMatchObject({ account: 'active', identities: [{ issuer, subject: 'subject-of-yakovlev' }] });
    const only = await jar.ask('POST', '/api/profile/identities/drop', { issuer, subject: 'subject-of-yakovlev' });
    expect([only.status, only.body.code]).toEqual([409, 'last_way']);
    // The administrator breaks the tie: the session that came by it ends.
    await admin.ask('POST', `/api/admin/people/${invited.body.id}/identities/drop`, {
      issuer,
      subject: 'subject-of-yakovlev',
    });
    expect((await jar.ask('GET', '/api/session')).status).toBe(401);
    const tie = `/api/admin/people/${invited.body.id}/identities`;
    const key = { 'idempotency-key': 'tie-of-yakovlev' };
    const tied = await admin.ask('POST', tie, { subject: 'subject-of-yakovlev' }, key);
    expect((await admin.ask('POST', tie, { subject: 'subject-of-yakovlev' }, key)).body).toEqual(tied.body);
    expect((await admin.ask('POST', tie, { subject: 'another' }, key)).body.code).toBe('idempotency_conflict');
    const noted = await world.deps
      .sql`select 1 from audit_record where kind = 'identity.linked' and subject_id = ${invited.body.id} and row = 'ADMIN-17'`;
    expect(noted).toHaveLength(1);
    const again = createJar(world);
    await comeBack(again, await atProvider(await start(again), 'subject-of-yakovlev'));
    expect(await signedIn(again)).toBe('Яковлев Лев');
  });

  it('with a second factor asked for there, needs none here; without one the role that demands it waits', async () => {
    await world.deps
      .sql`update policy_version set parameters = '{"secondFactor":{"roles":["fed_operator"],"inEmbedded":false}}' where process = 'access'`;
    const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
    const outcomes = [];
    for (const subject of ['subject-with-phone', 'subject-without']) {
      await world.deps.sql`insert into identity_link (issuer, subject, person_id, created_at, created_by)
        values (${issuer}, ${subject}, ${personId('belova')}, now(), ${personId('belova')})`;
      const jar = createJar(world);
      await comeBack(jar, await atProvider(await start(jar), subject));
      const { status, body } = await jar.ask('GET', '/api/inbox');
      outcomes.push([status, body.code]);
      await world.deps.sql`delete from identity_link where subject = ${subject}`;
    }
    later.mockRestore();
    await world.deps
      .sql`update policy_version set parameters = '{"secondFactor":{"roles":[],"inEmbedded":false}}' where process = 'access'`;
    expect(outcomes).toEqual([
      [200, undefined],
      [403, 'second_factor_setup'],
    ]);
  });

  it('is not for a closed account', async () => {
    await world.deps.sql`update account set disabled_at = now() where person_id = ${personId('belova')}::uuid`;
    const jar = createJar(world);
    const back = await comeBack(jar, await atProvider(await start(jar), 'subject-of-belova'));
    expect(back.headers.get('location')).toBe('/sign-in?problem=provider_closed');
    await world.deps.sql`update account set disabled_at = null where person_id = ${personId('belova')}::uuid`;
  });

  it('ends at the provider too: the sign-out names the session there and comes back', async () => {
    const jar = createJar(world);
    const cookies = new Map<string, string>();
    await comeBack(jar, await atProvider(await start(jar), 'subject-of-belova', cookies));
    const [row] = await world.deps.sql<
      Array<{ hint: string }>
    >`select encode(id_token_hint, 'escape') as hint from session where person_id = ${personId('belova')}::uuid and method = 'oidc' order by created_at desc limit 1`;
    expect(row?.hint).not.toContain('eyJ');
    const out = await jar.ask('DELETE', '/api/session');
    expect(out.status).toBe(200);
    expect((await jar.ask('GET', '/api/session')).status).toBe(401);
    const url = new URL(out.body.endSessionUrl);
    expect(url.origin).toBe(issuer);
    expect(url.searchParams.get('id_token_hint')).toContain('eyJ');
    const page = await fetch(url, {
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('op.logoutForm');
  });
});
