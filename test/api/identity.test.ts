/** Accounts outside the embedded mode: invitation, password, sessions, reset, throttle, tokens, roles; on the real database and real mail. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import nodemailer from 'nodemailer';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { mailTransportOptions } from '../../activities/mail-transport.ts';
import { sendNotification } from '../../activities/send-notification.ts';
import { projectRoot } from '../../platform/config.ts';
import { hashPassword } from '../../platform/identity/passwords.ts';
import { startMailbox } from '../../platform/mailbox/server.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createJar, type Jar } from './browser-jar.ts';
import { type ApiWorld, ask, createApiWorld } from './world.ts';
import { dayIn, MOSCOW } from '../support/days.ts';

let world: ApiWorld;
let mailbox: Awaited<ReturnType<typeof startMailbox>>;
let clock: Date | undefined;
const strong = 'Длинная фраза про лес 7';
const environment = { TRAEKTORIA_EMBEDDED: 'false', PUBLIC_URL: 'https://portal.test' };

beforeAll(async () => {
  world = await createApiWorld({ worker: false, environment, over: { now: () => clock ?? new Date() } });
  mailbox = await startMailbox({ databaseUrl: world.databaseUrl, host: '127.0.0.1', port: 0, log: world.deps.log });
});
afterEach(async () => {
  clock = undefined;
  await world.deps.sql`delete from throttle`;
});
afterAll(async () => {
  await mailbox?.stop();
  await world?.stop();
});

const minutes = (n: number) => {
  clock = new Date((clock ?? new Date()).getTime() + n * 60_000);
};

/** Sends what is in the outbox and answers with the letters to an address, newest first. */
async function letters(to: string): Promise<Array<{ subject: string; text: string; html: string }>> {
  const transport = nodemailer.createTransport(mailTransportOptions(`smtp://127.0.0.1:${mailbox.port}`));
  await sendNotification(
    {
      pool: world.deps.sql,
      transport,
      from: 'Траектория <no-reply@test.invalid>',
      publicUrl: 'https://portal.test',
      identity: world.deps.identity,
      log: { info: vi.fn<() => void>(), warn: vi.fn<() => void>(), error: vi.fn<() => void>() },
      now: () => clock ?? new Date(),
    },
    { shard: 0, shards: 1, limit: 100 },
  );
  transport.close();
  return world.deps.sql<Array<{ subject: string; text: string; html: string }>>`
    select subject, text, html from dev_mail where ${to} = any(mail_to) order by received_at desc, id desc`;
}

const tokenIn = (text: string): string => /\/link#([\w-]+)/.exec(text)?.[1] ?? '';

/** Gives a person of the seed a password, as if he had accepted an invitation. */
async function withPassword(key: string, password = strong): Promise<string> {
  const login = `${key}@people.test`;
  await world.deps.sql`
    insert into account (person_id, login, password_hash, password_set_at) values (${personId(key)}::uuid, ${login}, ${await hashPassword(password)}, now())
    on conflict (person_id) do update set password_hash = excluded.password_hash, login = ${login}, disabled_at = null`;
  return login;
}

async function signedIn(key: string, jar: Jar = createJar(world)): Promise<Jar> {
  const login = await withPassword(key);
  const answer = await jar.ask('POST', '/api/session/password', { login, password: strong });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return jar;
}

describe('signing in with a password', () => {
  it('opens a session in a cookie that no script reads and no other host gets', async () => {
    const login = await withPassword('belova');
    const jar = createJar(world);
    const answer = await jar.ask('POST', '/api/session/password', {
      login: ` ${login.toUpperCase()} `,
      password: strong,
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    expect(answer.body.token).toBeUndefined();
    const cookie = answer.setCookies.find((line) => line.startsWith('__Host-traektoria='));
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/Secure/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).toMatch(/Path=\//i);
    expect(cookie).not.toMatch(/Domain=/i);
    // The mark of a known browser is kept the same way.
    expect(answer.setCookies).toHaveLength(2);
    for (const line of answer.setCookies) {
      expect(line).toMatch(/^__Host-traektoria(-device)?=[\w-]{43};/);
      for (const attribute of [/; HttpOnly/, /; Secure/, /; SameSite=Lax/, /; Path=\/(;|$)/, /; Max-Age=\d+/])
        expect(line).toMatch(attribute);
      expect(line).not.toMatch(/Domain=/i);
    }
    // Signing out takes the cookie away under the same name and attributes, or the browser would keep it.
    const out = await jar.ask('DELETE', '/api/session');
    expect(out.setCookies[0]).toMatch(/^__Host-traektoria=;.*Max-Age=0.*Path=\/.*Secure/);
    await jar.ask('POST', '/api/session/password', { login, password: strong });
    const [row] = await world.deps
      .sql`select token_hash, method from session where person_id = ${personId('belova')}::uuid`;
    expect(row).toMatchObject({ method: 'password' });
    expect(row?.token_hash).not.toBe(jar.cookies.get('__Host-traektoria'));
    expect((await jar.ask('GET', '/api/session')).body.person.displayName).toBe('Белова Анна Павловна');
  });

  it('never by choice outside the embedded mode', async () => {
    const answer = await createJar(world).ask('POST', '/api/session', { personId: personId('belova') });
    expect(answer.status).toBe(404);
    expect((await createJar(world).ask('GET', '/api/accounts')).status).toBe(404);
  });

  it('says the same of a wrong password, an unknown address, a closed account and one without a password', async () => {
    const login = await withPassword('belova');
    const closed = await withPassword('orlov');
    await world.deps.sql`update account set disabled_at = now() where login = ${closed}`;
    await world.deps.sql`
      insert into account (person_id, login) values (${personId('frolov')}::uuid, 'frolov@people.test') on conflict (person_id) do update set login = excluded.login, password_hash = null`;
    const strip = ({ requestId: _id, ...rest }: Record<string, unknown>) => rest;
    const answers = [];
    for (const [who, password] of [
      [login, 'not the password'],
      ['nobody@people.test', strong],
      [closed, strong],
      ['frolov@people.test', strong],
    ])
      answers.push(await createJar(world).ask('POST', '/api/session/password', { login: who, password }));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    for (const answer of answers) {
      expect(strip(answer.body)).toEqual(strip(answers[0]!.body));
      expect(answer.setCookies).toEqual([]);
    }
  });

  it('does the work of a check for an address that does not exist', async () => {
    const login = await withPassword('belova');
    const timed = async (who: string) => {
      const times = [];
      for (let i = 0; i < 4; i += 1) {
        const from = performance.now();
        await createJar(world).ask('POST', '/api/session/password', { login: who, password: `wrong ${i}` });
        times.push(performance.now() - from);
      }
      return Math.min(...times);
    };
    const known = await timed(login);
    const unknown = await timed('nobody@people.test');
    expect(unknown).toBeGreaterThan(known / 3);
    expect(known).toBeGreaterThan(unknown / 3);
  });

  it('slows down guesses of one address at one login, more with each, and forgets them after the right one', async () => {
    const login = await withPassword('belova');
    const tryIt = (password: string) => createJar(world).ask('POST', '/api/session/password', { login, password });
    clock = new Date();
    const statuses = [];
    for (let i = 0; i < 6; i += 1) statuses.push((await tryIt(`wrong ${i}`)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const slowed = await tryIt(strong);
    expect(slowed.status).toBe(429);
    const first = Number(slowed.headers.get('retry-after'));
    minutes(first / 60 + 0.02);
    expect((await tryIt('wrong again')).status).toBe(401);
    const next = Number((await tryIt(strong)).headers.get('retry-after'));
    expect(next).toBeGreaterThan(first);
    minutes(next / 60 + 0.02);
    expect((await tryIt(strong)).status).toBe(201);
    expect((await tryIt('wrong once')).status).toBe(401);
    expect((await tryIt(strong)).status).toBe(201);
  });

  it('tries made at once do not slip past the count', async () => {
    const login = await withPassword('belova');
    clock = new Date();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        createJar(world).ask('POST', '/api/session/password', { login, password: `wrong ${i}` }),
      ),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(7);
  });

  it('cannot be used to lock somebody out: a browser he has used before passes at once', async () => {
    const own = await signedIn('belova');
    await own.ask('DELETE', '/api/session');
    const login = 'belova@people.test';
    for (let i = 0; i < 8; i += 1)
      await createJar(world).ask('POST', '/api/session/password', { login, password: `guess ${i}` });
    expect((await createJar(world).ask('POST', '/api/session/password', { login, password: strong })).status).toBe(429);
    expect((await own.ask('POST', '/api/session/password', { login, password: strong })).status).toBe(201);
    // The device is known for this person only.
    const other = await withPassword('koroleva');
    for (let i = 0; i < 5; i += 1)
      await own.ask('POST', '/api/session/password', { login: other, password: `guess ${i}` });
    expect((await own.ask('POST', '/api/session/password', { login: other, password: strong })).status).toBe(429);
  });
});

describe('a session', () => {
  it('gets another token when somebody signs in over it, and the former one is worth nothing', async () => {
    const jar = await signedIn('belova');
    const before = jar.cookies.get('__Host-traektoria') ?? '';
    await signedIn('belova', jar);
    expect(jar.cookies.get('__Host-traektoria')).not.toBe(before);
    expect((await ask(world.app, before)('GET', '/api/session')).status).toBe(401);
  });

  it('gets another token from time to time; what was under way still passes for a minute', async () => {
    clock = new Date();
    const jar = await signedIn('belova');
    const before = jar.cookies.get('__Host-traektoria') ?? '';
    minutes(30);
    expect((await jar.ask('GET', '/api/session')).setCookies).toEqual([]);
    minutes(31);
    const both = await Promise.all([jar.ask('GET', '/api/session'), jar.ask('GET', '/api/session')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both.flatMap(({ setCookies }) => setCookies)).toHaveLength(1);
    expect(jar.cookies.get('__Host-traektoria')).not.toBe(before);
    expect((await ask(world.app, before)('GET', '/api/session')).status).toBe(200);
    minutes(2);
    expect((await ask(world.app, before)('GET', '/api/session')).status).toBe(401);
    expect((await jar.ask('GET', '/api/session')).status).toBe(200);
  });

  it('ends after two hours without a request and after twelve whatever happens', async () => {
    clock = new Date();
    const idle = await signedIn('belova');
    minutes(121);
    expect((await idle.ask('GET', '/api/session')).status).toBe(401);
    const busy = await signedIn('belova');
    for (let i = 0; i < 7; i += 1) {
      minutes(100);
      expect((await busy.ask('GET', '/api/session')).status, `${i}`).toBe(200);
      await vi.waitFor(async () => {
        const [row] = await world.deps
          .sql`select max(last_seen_at) as at from session where person_id = ${personId('belova')}::uuid`;
        expect((row as { at: Date }).at.getTime()).toBe(clock?.getTime());
      });
    }
    minutes(30);
    expect((await busy.ask('GET', '/api/session')).status).toBe(401);
  });

  it('is listed with its device; one can be ended, and all others at once', async () => {
    await world.deps.sql`delete from session`;
    const desk = await signedIn('belova');
    const phone = await signedIn(
      'belova',
      createJar(world, 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604'),
    );
    const home = await signedIn('belova', createJar(world, 'Mozilla/5.0 (Windows NT 10.0) Firefox/140'));
    const { items } = (await desk.ask('GET', '/api/sessions')).body;
    expect(items.map((row: { deviceRu: string; current: boolean }) => [row.deviceRu, row.current]).sort()).toEqual([
      ['Chrome, Linux', true],
      ['Firefox, Windows', false],
      ['Safari, iOS', false],
    ]);
    const id = items.find((row: { deviceRu: string }) => row.deviceRu === 'Safari, iOS').id;
    const stranger = await signedIn('koroleva');
    expect((await stranger.ask('DELETE', `/api/sessions/${id}`)).status).toBe(404);
    expect((await desk.ask('DELETE', `/api/sessions/${id}`)).status).toBe(204);
    expect((await phone.ask('GET', '/api/session')).status).toBe(401);
    expect((await desk.ask('POST', '/api/sessions/end-others')).body).toEqual({ ended: 1 });
    expect((await home.ask('GET', '/api/session')).status).toBe(401);
    expect((await desk.ask('GET', '/api/session')).status).toBe(200);
    expect((await stranger.ask('GET', '/api/session')).status).toBe(200);
  });
});

describe('a write from another page', () => {
  it.each([
    ['a foreign origin', { origin: 'https://evil.test' }],
    ['another scheme of the same host', { origin: 'http://portal.test' }],
    ['a neighbouring host', { origin: 'https://portal.test', 'sec-fetch-site': 'same-site' }],
    ['no origin, cross-site', { origin: '', 'sec-fetch-site': 'cross-site' }],
    ['an opaque origin', { origin: 'null' }],
    ['a host that was rebound', { origin: 'https://evil.test', host: 'evil.test' }],
  ])('with %s is not done', async (_what, headers) => {
    const jar = await signedIn('belova');
    const answer = await jar.ask('POST', '/api/sessions/end-others', undefined, headers);
    expect([answer.status, answer.body.code]).toEqual([403, 'foreign_origin']);
    expect(
      (await createJar(world).ask('POST', '/api/session/password', { login: 'a@b.c', password: 'x' }, headers)).status,
    ).toBe(403);
  });

  it('every page comes with a policy that runs no script of a string and none written into the page', async () => {
    for (const path of ['/', '/api/session/ways', '/api/reference', '/registry']) {
      const policy = (await createJar(world).ask('GET', path)).headers.get('content-security-policy') ?? '';
      const scripts = /script-src ([^;]*)/.exec(policy)?.[1];
      expect(scripts, path).toBe("'self'");
      expect(policy).toContain("object-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).toContain("form-action 'self'");
    }
    expect((await createJar(world).ask('GET', '/api/session/ways')).headers.get('strict-transport-security')).toContain(
      'max-age',
    );
  });
});

describe('an invitation', () => {
  const email = 'novikova@school.test';
  let admin: Jar;
  let invited: { id: string };
  beforeAll(async () => {
    admin = await signedIn('sokolov');
    const answer = await admin.ask('POST', '/api/admin/people', {
      familyName: 'Новикова',
      givenName: 'Вера',
      email: 'Novikova@School.test',
      zone: 'Asia/Novokuznetsk',
      assignment: {
        role: 'fed_operator',
        scopeKind: 'jurisdiction',
        scopeId: 'fed',
        from: '2026-01-01',
        act: 'Приказ № 9 от 11.01.2026',
      },
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    invited = answer.body;
    expect(answer.body).toMatchObject({ displayName: 'Новикова Вера', account: 'invited', email });
  });

  it('comes by mail in Russian, opens once, sets the password and signs in', async () => {
    const [letter] = (await letters(email)).filter(({ subject }) => subject === 'Приглашение в «Траекторию»');
    expect(letter?.text).toContain('Принять приглашение: https://portal.test/link#');
    expect(letter?.html).toContain('https://portal.test/link#');
    const token = tokenIn(letter?.text ?? '');
    const jar = createJar(world);
    const look = await jar.ask('POST', '/api/password/link', { token });
    expect(look.body).toMatchObject({ purpose: 'invitation', displayName: 'Новикова Вера', login: email });
    const weak = await jar.ask('POST', '/api/password/set', { token, password: 'qwerty123456' });
    expect([weak.status, weak.body.errors[0].pointer]).toEqual([422, '/password']);
    const both = await Promise.all([
      jar.ask('POST', '/api/password/set', { token, password: strong }),
      createJar(world).ask('POST', '/api/password/set', { token, password: `${strong}!` }),
    ]);
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 410]);
    const again = await createJar(world).ask('POST', '/api/password/link', { token });
    expect([again.status, again.body.code]).toEqual([410, 'link_used']);
    expect(again.body.detail).toContain('уже использована');
    const [row] = await world.deps.sql`select count(*)::int as n from account where login = ${email}`;
    expect(row?.n).toBe(1);
  });

  it('leaves no token in any row of the database', async () => {
    const { body } = await admin.ask('POST', `/api/admin/people/${invited.id}/invite`);
    expect(body.id).toBe(invited.id);
    const [letter] = await letters(email);
    const token = tokenIn(letter?.text ?? '');
    expect(token.length).toBeGreaterThan(30);
    const tables = await world.deps.sql<Array<{ name: string }>>`
      select table_name as name from information_schema.tables where table_schema = 'public' and table_name not in ('dev_mail')`;
    for (const { name } of tables) {
      const [found] = await world.deps.sql.unsafe(
        `select count(*)::int as n from "${name}" t where t::text like '%${token}%'`,
      );
      expect(found?.n, name).toBe(0);
    }
  });

  it('that is repeated puts the former link out of use; an old one says that it is over', async () => {
    const first = tokenIn((await letters(email))[0]?.text ?? '');
    await admin.ask('POST', `/api/admin/people/${invited.id}/invite`);
    const second = tokenIn((await letters(email))[0]?.text ?? '');
    expect(second).not.toBe(first);
    expect((await createJar(world).ask('POST', '/api/password/link', { token: first })).body.code).toBe('link_revoked');
    minutes(73 * 60);
    expect((await createJar(world).ask('POST', '/api/password/link', { token: second })).body.code).toBe(
      'link_expired',
    );
    expect((await createJar(world).ask('POST', '/api/password/link', { token: 'x'.repeat(43) })).body.code).toBe(
      'link_unknown',
    );
  });

  it('is for administrators, and not for an address somebody has', async () => {
    const person = { familyName: 'Новиков', givenName: 'Глеб', email };
    expect((await (await signedIn('koroleva')).ask('POST', '/api/admin/people', person)).status).toBe(403);
    const taken = await admin.ask('POST', '/api/admin/people', person);
    expect([taken.status, taken.body.code]).toEqual([409, 'login_taken']);
    const [row] = await world.deps.sql`select count(*)::int as n from person where family_name = 'Новиков'`;
    expect(row?.n).toBe(0);
  });

  it('of the first administrator is a command', async () => {
    const run = promisify(execFile);
    const args = [
      '--import',
      'tsx',
      'scripts/admin-invite.ts',
      '--email',
      'first@portal.test',
      '--family',
      'Первый',
      '--given',
      'Пётр',
      '--show-link',
    ];
    const env = {
      ...process.env,
      ...environment,
      DATABASE_URL: world.databaseUrl,
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      SMTP_URL: 'smtp://127.0.0.1:9',
      CODEC_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
      PERSON_KEY_SECRET: 'person-key-secret-of-the-test-run-0001',
      SESSION_SECRET: 'session-secret-of-the-test-run-00000001',
    };
    await run(process.execPath, args, { cwd: projectRoot, env });
    const { stdout } = await run(process.execPath, args, { cwd: projectRoot, env });
    const [people] = await world.deps.sql`
      select count(*)::int as n from role_assignment a join account k on k.person_id = a.person_id where k.login = 'first@portal.test' and a.role = 'admin'`;
    expect(people?.n).toBe(1);
    expect(tokenIn((await letters('first@portal.test'))[0]?.text ?? '')).toBe(tokenIn(stdout));
    const jar = createJar(world);
    expect((await jar.ask('POST', '/api/password/set', { token: tokenIn(stdout), password: strong })).status).toBe(201);
    expect((await jar.ask('GET', '/api/admin/people')).status).toBe(200);
  });
});

describe('a forgotten password', () => {
  it('is set anew by a letter; other sessions end, and the person is told', async () => {
    const other = await signedIn('belova');
    const mail = (await world.deps.sql`select email from person where id = ${personId('belova')}::uuid`)[0]
      ?.email as string;
    const jar = createJar(world);
    const answer = await jar.ask('POST', '/api/password/reset', { login: 'belova@people.test' });
    expect(answer.status).toBe(202);
    const token = tokenIn((await letters(mail)).find(({ subject }) => subject.startsWith('Новый пароль'))?.text ?? '');
    const set = await jar.ask('POST', '/api/password/set', { token, password: 'Совсем другая фраза 8' });
    expect(set.status, JSON.stringify(set.body)).toBe(201);
    expect((await other.ask('GET', '/api/session')).status).toBe(401);
    expect((await letters(mail))[0]?.subject).toBe('Пароль изменён');
  });

  it('answers the same for an address nobody has, no sooner, and sends nothing', async () => {
    await withPassword('belova');
    const timed = async (login: string) => {
      const from = performance.now();
      const { status, body } = await createJar(world).ask('POST', '/api/password/reset', { login });
      return { status, body, ms: performance.now() - from };
    };
    const known = await timed('belova@people.test');
    const unknown = await timed('nobody@people.test');
    expect({ status: unknown.status, body: unknown.body }).toEqual({ status: known.status, body: known.body });
    expect(unknown.ms).toBeGreaterThan(290);
    expect(known.ms).toBeGreaterThan(290);
    expect(await letters('nobody@people.test')).toEqual([]);
  });

  it('fills nobody’s mailbox: three letters, then silence for an hour', async () => {
    await withPassword('belova');
    await world.deps.sql`delete from account_link`;
    for (let i = 0; i < 6; i += 1)
      await createJar(world).ask('POST', '/api/password/reset', { login: 'belova@people.test' });
    const [row] = await world.deps
      .sql`select count(*)::int as n from account_link where person_id = ${personId('belova')}::uuid`;
    expect(row?.n).toBe(3);
  });

  it('is changed by whoever knows the present one; the other sessions end', async () => {
    const jar = await signedIn('belova');
    const other = await signedIn('belova');
    const wrong = await jar.ask('POST', '/api/password', { current: 'guess', password: 'Новая длинная фраза 9' });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/current']);
    const weak = await jar.ask('POST', '/api/password', { current: strong, password: 'password12345' });
    expect(weak.status).toBe(422);
    expect(
      (await jar.ask('POST', '/api/password', { current: strong, password: 'Новая длинная фраза 9' })).status,
    ).toBe(200);
    expect((await other.ask('GET', '/api/session')).status).toBe(401);
    const renewed = await jar.ask('GET', '/api/session');
    expect(renewed.status).toBe(200);
    expect(renewed.setCookies.some((line) => line.startsWith('__Host-traektoria='))).toBe(true);
  });
});

describe('an account that is closed', () => {
  it('ends sessions and tokens at once and lets nobody in until it is opened again', async () => {
    const admin = await signedIn('sokolov');
    const jar = await signedIn('mironova');
    const made = await jar.ask('POST', '/api/tokens', { nameRu: 'Обмен', scopes: ['read:people'], days: 30 });
    const id = personId('mironova');
    const closed = await admin.ask('POST', `/api/admin/people/${id}/disable`, { reason: 'Уволена приказом № 4' });
    expect(closed.body).toMatchObject({ account: 'disabled', sessions: 0 });
    expect((await jar.ask('GET', '/api/session')).status).toBe(401);
    expect((await ask(world.app, made.body.token)('GET', '/api/people')).status).toBe(401);
    const again = { login: 'mironova@people.test', password: strong };
    expect((await createJar(world).ask('POST', '/api/session/password', again)).status).toBe(401);
    expect((await admin.ask('POST', `/api/admin/people/${id}/enable`)).body.account).toBe('active');
    expect((await createJar(world).ask('POST', '/api/session/password', again)).status).toBe(201);
    expect((await ask(world.app, made.body.token)('GET', '/api/people')).status).toBe(401);
    expect(
      (await admin.ask('POST', `/api/admin/people/${personId('sokolov')}/disable`, { reason: 'Сам себя' })).status,
    ).toBe(403);
  });
});

describe('a token of an integration', () => {
  const create = async (key: string, scopes: string[], days = 30) => {
    const jar = await signedIn(key);
    const answer = await jar.ask('POST', '/api/tokens', { nameRu: 'Обмен с кадровой системой', scopes, days });
    return { jar, answer, by: ask(world.app, answer.body.token) };
  };

  it('is shown once, kept as a digest, listed with its last use, revoked by its owner', async () => {
    const { jar, answer, by } = await create('belova', ['read:cases']);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    expect(answer.body.token).toMatch(/^trk_[\w-]{43}$/);
    expect((await by('GET', '/api/cases')).status).toBe(200);
    const listed = await vi.waitFor(async () => {
      const row = (await jar.ask('GET', '/api/tokens')).body.items.find(
        (one: { id: string }) => one.id === answer.body.id,
      );
      expect(row.lastUsedAt).not.toBeNull();
      return row;
    });
    expect(JSON.stringify(listed)).not.toContain(answer.body.token);
    const rows = await world.deps.sql`select t::text as text from api_token t`;
    expect(JSON.stringify(rows)).not.toContain(answer.body.token);
    // It outlives the session and the password, so its owner hears of it.
    const told = await world.deps.sql`
      select 1 from notice where template = 'token-created' and addressee_id = ${personId('belova')}::uuid`;
    expect(told).toHaveLength(1);
    expect((await (await signedIn('koroleva')).ask('DELETE', `/api/tokens/${answer.body.id}`)).status).toBe(404);
    expect((await jar.ask('DELETE', `/api/tokens/${answer.body.id}`)).status).toBe(204);
    expect((await by('GET', '/api/cases')).status).toBe(401);
  });

  it('ends with its date', async () => {
    clock = new Date();
    const { by } = await create('belova', ['read:cases'], 1);
    minutes(24 * 60 + 1);
    expect((await by('GET', '/api/cases')).status).toBe(401);
  });

  it('reaches its area alone, reads without acting, and one process without another', async () => {
    const { by: reader } = await create('belova', ['read:registers']);
    expect((await reader('GET', '/api/registers')).status).toBe(200);
    expect((await reader('GET', '/api/cases')).body.code).toBe('token_scope');
    expect((await reader('POST', `/api/groups/${personId('belova')}/finish`, {})).body.code).toBe('token_scope');
    const { by } = await create('belova', ['act:cases:dpp-certification']);
    expect((await by('GET', '/api/cases?process=dpp-certification')).status).toBe(200);
    for (const path of [
      '/api/cases',
      '/api/cases?process=head-attestation',
      '/api/cases?process=dpp-certification&process=head-attestation',
      '/api/inbox',
      `/api/cases/${personId('belova')}`,
    ])
      expect((await by('GET', path)).body.code, path).toBe('token_scope');
    const started = await by('POST', '/api/cases', { process: 'mentoring-cycle', body: {} });
    expect(started.body.code).toBe('token_scope');
    expect((await by('POST', '/api/cases', { process: 'dpp-certification', body: {} })).body.code).not.toBe(
      'token_scope',
    );
  });

  it('does nothing with accounts, rights or tokens, and acts for nobody else', async () => {
    const { by } = await create('sokolov', [
      'act:admin',
      'act:cases',
      'act:people',
      'act:registers',
      'act:notices',
      'act:reports',
    ]);
    expect((await by('GET', '/api/admin/overview')).status).toBe(200);
    const id = personId('belova');
    for (const [method, path, body] of [
      ['GET', '/api/admin/people'],
      ['POST', `/api/admin/people/${id}/disable`, { reason: 'по токену' }],
      ['GET', '/api/tokens'],
      ['POST', '/api/tokens', { nameRu: 'Ещё', scopes: ['read:cases'], days: 1 }],
      ['GET', '/api/sessions'],
      ['POST', '/api/password', { current: strong, password: 'Чужая длинная фраза 1' }],
    ] as const)
      expect((await by(method, path, body)).body.code, path).toBe('token_scope');
    expect((await by('GET', '/api/cases', undefined, { 'x-on-behalf-of': id })).status).toBe(403);
    const refused = await (await signedIn('belova')).ask('POST', '/api/tokens', {
      nameRu: 'Выше',
      scopes: ['read:admin'],
      days: 1,
    });
    expect(refused.status).toBe(422);
    const unknown = await (await signedIn('belova')).ask('POST', '/api/tokens', {
      nameRu: 'Мимо',
      scopes: ['read:everything'],
      days: 1,
    });
    expect(unknown.body.errors[0].pointer).toBe('/scopes/0');
  });
});

describe('a role', () => {
  const act = 'Приказ № 12 от 20.11.2026';
  const place = { role: 'fed_operator', scopeKind: 'jurisdiction', scopeId: 'fed' };
  const day = (offset: number) => dayIn(MOSCOW, offset);

  it('is granted with dates and an act, works from its first day to its last without a restart, and the person is told', async () => {
    const admin = await signedIn('sokolov');
    const jar = await signedIn('danilova');
    const id = personId('danilova');
    const roles = async () =>
      (await jar.ask('GET', '/api/session')).body.roles.map((row: { role: string }) => row.role);
    expect(await roles()).not.toContain('fed_operator');
    const before = jar.cookies.get('__Host-traektoria');
    const granted = await admin.ask('POST', `/api/admin/people/${id}/assignments`, {
      ...place,
      from: day(2),
      to: day(9),
      act,
      acting: true,
    });
    expect(granted.status, JSON.stringify(granted.body)).toBe(201);
    expect(await roles()).not.toContain('fed_operator');
    // The token changes with the rights.
    expect(jar.cookies.get('__Host-traektoria')).not.toBe(before);
    clock = new Date(Date.now() + 3 * 86_400_000);
    const later = await signedIn('danilova');
    expect((await later.ask('GET', '/api/session')).body.roles.map((row: { role: string }) => row.role)).toContain(
      'fed_operator',
    );
    clock = new Date(Date.now() + 11 * 86_400_000);
    const after = await signedIn('danilova');
    expect((await after.ask('GET', '/api/session')).body.roles.map((row: { role: string }) => row.role)).not.toContain(
      'fed_operator',
    );
    clock = undefined;
    const assignment = granted.body.assignments.find((row: { role: string }) => row.role === 'fed_operator');
    expect(assignment).toMatchObject({ acting: true, act, to: day(9), current: false });
    // Signing in days later has cleared away what was over by then.
    await signedIn('sokolov', admin);
    const twice = await admin.ask('POST', `/api/admin/people/${id}/assignments`, { ...place, from: day(5), act });
    expect([twice.status, twice.body.code]).toEqual([409, 'role_overlaps']);
    const ended = await admin.ask('POST', `/api/admin/assignments/${assignment.id}/end`, {
      to: day(4),
      act: 'Приказ № 13 от 21.11.2026',
    });
    expect(ended.body.assignments.find((row: { id: string }) => row.id === assignment.id)).toMatchObject({
      to: day(4),
      endAct: 'Приказ № 13 от 21.11.2026',
    });
    const mail = (await world.deps.sql`select email from person where id = ${id}::uuid`)[0]?.email as string;
    const subjects = (await letters(mail)).map(({ subject }) => subject);
    expect(subjects).toEqual(expect.arrayContaining(['Вам назначена роль', 'Роль завершена']));
    const kinds = await world.deps
      .sql`select kind from audit_record where subject_id = ${id} and kind like 'role.%' order by at`;
    expect(kinds.map(({ kind }) => kind)).toEqual(['role.granted', 'role.ended']);
  });

  it('has a place that exists, an act, dates in order; a post of acting and a deputy have a last day', async () => {
    const admin = await signedIn('sokolov');
    const id = personId('danilova');
    const refused = async (body: object) => {
      const answer = await admin.ask('POST', `/api/admin/people/${id}/assignments`, body);
      return [answer.status, answer.body.errors[0]?.pointer];
    };
    const whole = { ...place, from: day(30), to: day(40), act };
    expect(await refused({ ...whole, role: 'tsar' })).toEqual([422, '/role']);
    expect(await refused({ ...whole, scopeKind: 'self' })).toEqual([422, '/scopeKind']);
    expect(await refused({ ...whole, scopeId: 'atlantis' })).toEqual([422, '/scopeId']);
    expect(await refused({ ...whole, to: day(29) })).toEqual([422, '/to']);
    expect(await refused({ ...whole, act: '' })).toEqual([422, '/act']);
    expect(await refused({ ...place, from: day(30), act, acting: true })).toEqual([422, '/to']);
    expect(await refused({ ...place, from: day(30), act, onBehalfOf: personId('belova') })).toEqual([422, '/to']);
    expect(await refused({ ...whole, onBehalfOf: id })).toEqual([422, '/onBehalfOf']);
    expect(await refused({ ...whole, onBehalfOf: personId('koroleva') })).toEqual([422, '/onBehalfOf']);
  });

  it('is never granted to oneself, nor beyond one’s own territory', async () => {
    const admin = await signedIn('sokolov');
    const own = await admin.ask('POST', `/api/admin/people/${personId('sokolov')}/assignments`, {
      ...place,
      from: day(0),
      act,
    });
    expect(own.status).toBe(403);
    await world.deps.sql`
      insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, act)
      values (gen_random_uuid(), ${personId('eremina')}::uuid, 'admin', 'jurisdiction', 'fed', '2026-01-01', 'Приказ № 2')`;
    const local = await signedIn('eremina');
    const grant = (body: object) => local.ask('POST', `/api/admin/people/${personId('kalinin')}/assignments`, body);
    expect((await grant({ role: 'admin', scopeKind: 'country', from: day(0), act })).status).toBe(403);
    expect((await grant({ role: 'observer', scopeKind: 'region', scopeId: '42', from: day(0), act })).status).toBe(403);
    expect((await grant({ ...place, from: day(0), act })).status).toBe(201);
    expect(
      (await local.ask('POST', `/api/admin/people/${personId('kalinin')}/disable`, { reason: 'выше территории' }))
        .status,
    ).toBe(403);
    expect((await (await signedIn('koroleva')).ask('GET', '/api/admin/people')).status).toBe(403);
  });

  it('of a deputy holds while the order holds and while the person replaced holds the office himself', async () => {
    const admin = await signedIn('sokolov');
    const granted = await admin.ask('POST', `/api/admin/people/${personId('kim')}/assignments`, {
      ...place,
      from: day(-1),
      to: day(5),
      act: 'Приказ № 5 от 20.11.2026',
      onBehalfOf: personId('belova'),
    });
    expect(granted.status, JSON.stringify(granted.body)).toBe(201);
    const behalf = { 'x-on-behalf-of': personId('belova') };
    const deputy = await signedIn('kim');
    expect((await deputy.ask('GET', '/api/session')).body.mayActFor).toEqual([
      { id: personId('belova'), displayName: 'Белова Анна Павловна', act: 'Приказ № 5 от 20.11.2026', until: day(5) },
    ]);
    expect((await deputy.ask('GET', '/api/cases', undefined, behalf)).status).toBe(200);
    await world.deps
      .sql`update role_assignment set to_on = '2026-06-01' where person_id = ${personId('belova')}::uuid and role = 'fed_operator'`;
    expect((await deputy.ask('GET', '/api/cases', undefined, behalf)).body.code).toBe('not_a_deputy');
    expect((await deputy.ask('GET', '/api/session')).body.mayActFor).toEqual([]);
    await world.deps
      .sql`update role_assignment set to_on = null where person_id = ${personId('belova')}::uuid and role = 'fed_operator'`;
    expect((await deputy.ask('GET', '/api/cases', undefined, behalf)).status).toBe(200);
    // Somebody replaced cannot pass on what he himself holds for another.
    expect((await deputy.ask('GET', '/api/cases', undefined, { 'x-on-behalf-of': personId('koroleva') })).status).toBe(
      403,
    );
  });
});
