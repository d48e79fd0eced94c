/** The second factor through the API, outside the embedded mode and under the policy as it is loaded. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { issueLink } from '../../platform/identity/links.ts';
import { hashPassword } from '../../platform/identity/passwords.ts';
import { linkToken } from '../../platform/identity/secrets.ts';
import { codeAt } from '../../platform/identity/second-factor.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createJar, type Jar } from './browser-jar.ts';
import { createDirectWorld, type DirectWorld } from './direct-world.ts';

let world: DirectWorld;
let password: string;
const strong = 'Длинная фраза про лес 7';

beforeAll(async () => {
  world = await createDirectWorld({
    environment: { TRAEKTORIA_EMBEDDED: 'false', PUBLIC_URL: 'https://portal.test' },
  });
  password = await hashPassword(strong);
});
afterEach(async () => {
  await world.pool`delete from throttle`;
  await world.pool`delete from second_factor`;
});
afterAll(() => world?.stop());

const browser = (): Jar => createJar({ app: world.app, config: world.deps.config });
const now = () => new Date(world.clock.now);
const pass = (seconds: number) => {
  world.clock.now = new Date(now().getTime() + seconds * 1_000).toISOString();
};

async function enter(key: string, jar = browser()): Promise<Jar> {
  await world.pool`
    insert into account (person_id, login, password_hash, password_set_at) values (${personId(key)}, ${`${key}@people.test`}, ${password}, now())
    on conflict (person_id) do update set password_hash = excluded.password_hash, login = excluded.login`;
  const answer = await jar.ask('POST', '/api/session/password', { login: `${key}@people.test`, password: strong });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return jar;
}

/** Connects an authenticator; answers its secret and the recovery codes. */
async function enrol(jar: Jar): Promise<{ secret: string; codes: string[] }> {
  const begun = await jar.ask('POST', '/api/profile/second-factor');
  expect(begun.status, JSON.stringify(begun.body)).toBe(201);
  const { secret } = begun.body;
  const done = await jar.ask('POST', '/api/profile/second-factor/confirm', { code: codeAt(secret, now()) });
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  return { secret, codes: done.body.recoveryCodes };
}

const codeOf = (jar: Jar) => async (path: string) => (await jar.ask('GET', path)).body.code;
const show = (jar: Jar, code: string) => jar.ask('POST', '/api/session/factor', { code });

describe('somebody who wants a second factor', () => {
  it('is asked for a code at every sign-in; before it the session opens nothing but the way on and the way out', async () => {
    const first = await enter('belova');
    const elsewhere = await enter('belova');
    const { secret, codes } = await enrol(first);
    expect(codes).toHaveLength(10);
    expect((await first.ask('GET', '/api/profile')).body.secondFactor).toEqual({
      since: world.clock.now,
      recoveryLeft: 10,
      demanded: false,
    });
    // Other sessions end with it.
    expect((await elsewhere.ask('GET', '/api/inbox')).status).toBe(401);

    pass(60);
    const jar = await enter('belova');
    const token = jar.cookies.get('__Host-traektoria');
    for (const path of ['/api/session', '/api/inbox', '/api/cases', '/api/notices', '/api/profile', '/api/stream'])
      expect(await codeOf(jar)(path), path).toBe('second_factor_code');
    expect((await jar.ask('POST', '/api/tokens', { nameRu: 'x', scopes: ['read:cases'], days: 1 })).body.code).toBe(
      'second_factor_code',
    );
    // Open pages know nobody before the code.
    expect((await jar.ask('POST', '/api/session/provider', {})).status).toBe(404);
    expect((await show(jar, '000000')).body.errors[0].pointer).toBe('/code');
    expect((await show(jar, codeAt(secret, now()))).status).toBe(204);
    expect((await jar.ask('GET', '/api/session')).body.person.displayName).toBe('Белова Анна Павловна');
    // The token of the half-open session is worth nothing more than a minute longer.
    expect(jar.cookies.get('__Host-traektoria')).not.toBe(token);
  });

  it('cannot use a code twice, whichever session it was used in; two at once, one wins', async () => {
    const { secret } = await enrol(await enter('belova'));
    pass(60);
    const code = codeAt(secret, now());
    const [a, b] = [await enter('belova'), await enter('belova')];
    const answers = await Promise.all([show(a, code), show(b, code)]);
    expect(answers.map(({ status }) => status).sort((x, y) => x - y)).toEqual([204, 422]);
    expect((await show(await enter('belova'), code)).status).toBe(422);
  });

  it('gets in by a recovery code once, and by none of them after they were renewed', async () => {
    const own = await enter('belova');
    const { codes } = await enrol(own);
    const jar = await enter('belova');
    expect((await show(jar, codes[0]!.toUpperCase().replace('-', ' '))).status).toBe(204);
    expect((await show(await enter('belova'), codes[0]!)).status).toBe(422);
    const renewed = await jar.ask('POST', '/api/profile/second-factor/recovery');
    expect(renewed.body.recoveryCodes).toHaveLength(10);
    expect((await show(await enter('belova'), codes[1]!)).status).toBe(422);
    expect((await show(await enter('belova'), renewed.body.recoveryCodes[1]!)).status).toBe(204);
  });

  it('has no more tries of a code than of a password; the wait of a stranger is not his own', async () => {
    const own = await enter('belova');
    const { secret } = await enrol(own);
    pass(60);
    await world.pool`delete from throttle`;
    // Another browser that knows the password: its tries are counted by its address and by the person.
    const thief = await enter('belova');
    await world.pool`delete from known_device where person_id = ${personId('belova')} and last_used_at = ${world.clock.now}`;
    const statuses = [];
    for (let i = 0; i < 7; i += 1) statuses.push((await show(thief, String(100_000 + i))).status);
    expect(statuses).toEqual([422, 422, 422, 422, 422, 429, 429]);
    expect(Number((await show(thief, '111111')).headers.get('retry-after'))).toBeGreaterThan(0);
    const again = await enter('belova', own);
    expect((await show(again, codeAt(secret, now()))).status).toBe(204);
  });

  it('waits for a code no longer than ten minutes', async () => {
    const { secret } = await enrol(await enter('belova'));
    const jar = await enter('belova');
    pass(601);
    expect((await jar.ask('GET', '/api/session')).status).toBe(401);
    expect((await show(jar, codeAt(secret, now()))).status).toBe(401);
  });

  it('keeps the secret under his own key and the recovery codes as digests: no column holds them', async () => {
    const { secret, codes } = await enrol(await enter('belova'));
    const tables = await world.pool<Array<{ name: string }>>`
      select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
    for (const text of [secret, Buffer.from(secret).toString('hex'), codes[0]!, codes[0]!.replace('-', '')])
      for (const { name } of tables)
        expect(
          (await world.pool`select 1 from ${world.pool(name)} t where t::text like ${`%${text}%`} limit 1`).length,
          `${name}: ${text}`,
        ).toBe(0);
  });

  it('switches it off again, and hears of each change by letter', async () => {
    const own = await enter('belova');
    await enrol(own);
    expect((await own.ask('POST', '/api/profile/second-factor')).body.code).toBe('factor_on');
    expect((await own.ask('DELETE', '/api/profile/second-factor')).status).toBe(204);
    expect((await own.ask('DELETE', '/api/profile/second-factor')).body.code).toBe('factor_off');
    expect((await (await enter('belova')).ask('GET', '/api/session')).status).toBe(200);
    const letters = await world.pool<Array<{ template: string }>>`
      select template from notice where addressee_id = ${personId('belova')} and template like 'second-factor%' order by created_at, id`;
    expect(
      letters
        .slice(-2)
        .map(({ template }) => template)
        .sort(),
    ).toEqual(['second-factor-off', 'second-factor-on']);
  });
});

describe('whose role demands a second factor', () => {
  it('sets it up before anything else, and cannot switch it off', async () => {
    const admin = await enter('sokolov');
    for (const path of ['/api/session', '/api/admin/people', '/api/profile'])
      expect(await codeOf(admin)(path), path).toBe('second_factor_setup');
    await enrol(admin);
    expect((await admin.ask('GET', '/api/admin/people')).status).toBe(200);
    expect((await admin.ask('DELETE', '/api/profile/second-factor')).body.code).toBe('factor_demanded');
    // The role alone is enough: whoever gets it is asked from that request on.
    const belova = await enter('belova');
    expect((await belova.ask('GET', '/api/inbox')).status).toBe(200);
    await world.pool`
      insert into role_assignment (id, person_id, role, scope_kind, from_on, act) values (gen_random_uuid(), ${personId('belova')}, 'dpo', 'country', '2026-01-01', 'Приказ № 77')`;
    expect(await codeOf(belova)('/api/inbox')).toBe('second_factor_setup');
    await world.pool`delete from role_assignment where act = 'Приказ № 77'`;
    expect((await belova.ask('GET', '/api/inbox')).status).toBe(200);
  });

  it('is led to it by the invitation: the password first, then the authenticator, then the platform', async () => {
    const now_ = now();
    const linkId = await world.pool.begin(async (tx) => {
      await tx`delete from account where person_id = ${personId('mironova')}`;
      return issueLink(tx as never, world.deps.identity, {
        personId: personId('mironova'),
        purpose: 'invitation',
        createdBy: null,
        now: now_,
        lifeMs: 3_600_000,
      });
    });
    const jar = browser();
    const token = linkToken(world.deps.identity, linkId as unknown as string);
    expect((await jar.ask('POST', '/api/password/set', { token, password: strong })).status).toBe(201);
    expect(await codeOf(jar)('/api/session')).toBe('second_factor_setup');
    await enrol(jar);
    expect((await jar.ask('GET', '/api/personal-requests')).status).toBe(200);
  });

  it('whose provider asked for one needs no other', async () => {
    const token = randomUUID();
    const open = (factor: boolean) => world.pool`
      insert into session (token_hash, person_id, created_at, last_seen_at, rotated_at, expires_at, method, proved_at, factor_at)
      values (encode(sha256(${token}::bytea), 'hex'), ${personId('sokolov')}, ${world.clock.now}, ${world.clock.now}, ${world.clock.now},
        ${new Date(now().getTime() + 3_600_000)}, 'oidc', ${world.clock.now}, ${factor ? world.clock.now : null})
      on conflict (token_hash) do update set factor_at = excluded.factor_at`;
    const status = async () =>
      (await world.app.request('/api/admin/people', { headers: { authorization: `Bearer ${token}` } })).status;
    await open(false);
    expect(await status()).toBe(403);
    await open(true);
    expect(await status()).toBe(200);
  });

  it('is helped by another administrator when the phone is lost: on record, with a letter, all sessions over', async () => {
    const admin = await enter('sokolov');
    await enrol(admin);
    const lost = await enter('belova');
    await enrol(lost);
    const path = `/api/admin/people/${personId('belova')}/second-factor/reset`;
    expect((await admin.ask('GET', `/api/admin/people/${personId('belova')}`)).body.secondFactor).toBe(true);
    const reset = await admin.ask('POST', path, { reason: 'Опознана по телефону, потеряла аппарат' });
    expect([reset.status, reset.body.secondFactor]).toEqual([200, false]);
    expect((await lost.ask('GET', '/api/inbox')).status).toBe(401);
    expect((await (await enter('belova')).ask('GET', '/api/inbox')).status).toBe(200);
    const [record] = await world.pool`
      select actor_id, facts from audit_record where kind = 'factor.reset' and subject_id = ${personId('belova')}`;
    expect(record).toMatchObject({
      actor_id: personId('sokolov'),
      facts: { reason: 'Опознана по телефону, потеряла аппарат' },
    });
    expect(
      await world.pool`select 1 from notice where addressee_id = ${personId('belova')} and template = 'second-factor-reset'`,
    ).toHaveLength(1);
    expect((await admin.ask('POST', path, { reason: 'Ещё раз то же самое' })).body.code).toBe('factor_off');
    const own = await admin.ask('POST', `/api/admin/people/${personId('sokolov')}/second-factor/reset`, {
      reason: 'Сам себе',
    });
    expect(own.status).toBe(403);
  });
});

describe('a sensitive act', () => {
  it('asks again who it is when the last proof is old: by password or code, with the same limits', async () => {
    const jar = await enter('belova');
    const token = { nameRu: 'Выгрузка', scopes: ['read:cases'], days: 1 };
    expect((await jar.ask('POST', '/api/tokens', token)).status).toBe(201);
    pass(16 * 60);
    const late = await jar.ask('POST', '/api/tokens', token);
    expect([late.status, late.body.code]).toEqual([403, 'proof_required']);
    expect((await jar.ask('GET', '/api/tokens')).status).toBe(200);
    expect((await jar.ask('POST', '/api/session/proof', {})).body.errors[0].pointer).toBe('/password');
    expect((await jar.ask('POST', '/api/session/proof', { password: 'не тот пароль 1' })).status).toBe(422);
    expect((await jar.ask('POST', '/api/tokens', token)).status).toBe(403);
    expect((await jar.ask('POST', '/api/session/proof', { password: strong })).status).toBe(204);
    expect((await jar.ask('POST', '/api/tokens', token)).status).toBe(201);
    const { secret } = await enrol(jar);
    pass(16 * 60);
    expect((await jar.ask('POST', '/api/profile/second-factor/recovery')).body.code).toBe('proof_required');
    expect((await jar.ask('POST', '/api/session/proof', { code: codeAt(secret, now()) })).status).toBe(204);
    expect((await jar.ask('POST', '/api/profile/second-factor/recovery')).status).toBe(200);
    pass(16 * 60);
    const wrong = [];
    for (let i = 0; i < 12; i += 1)
      wrong.push((await jar.ask('POST', '/api/session/proof', { code: String(200_000 + i) })).status);
    expect(wrong).toContain(429);
  });
});
