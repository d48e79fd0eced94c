/** Signing in with a password, and the links of letters that set one. */
import type { Context } from 'hono';
import { findLink, inWords, issueLink, sendAccountLetter } from '../../platform/identity/links.ts';
import { hashPassword, PasswordQueueFull, verifyPassword, weakness } from '../../platform/identity/passwords.ts';
import { digestOf, randomToken, throttleKey } from '../../platform/identity/secrets.ts';
import { forgetFailures, takeTry, type ThrottleKey } from '../../platform/identity/throttle.ts';
import type { Env } from '../env.ts';
import { addressOf } from '../http.ts';
import { audit } from '../idempotent.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, invalid } from '../problems.ts';
import { endSessions, openSession, putCookie, readCookie } from '../session.ts';
import { refuseHaste } from './haste.ts';

/** How long a browser is remembered after a sign-in with a password. */
const deviceMs = 365 * 86_400_000;
/** Answers that must not tell whether an account exists come no sooner than this. */
const floorMs = 300;

export const normalLogin = (login: string): string => login.trim().toLowerCase();

interface AccountRow {
  person_id: string;
  display_name: string;
  password_hash: string | null;
  closed: boolean;
}

export interface SignedInPerson {
  person: { id: string; displayName: string };
  expiresAt: string;
}

/** Tries are counted before the password is looked at; every refusal is the same sentence after the same work. */
export async function signInWithPassword(
  deps: ApiDeps,
  c: Context<Env>,
  given: { login: string; password: string },
): Promise<SignedInPerson> {
  const login = normalLogin(given.login);
  const keys = await throttleKeys(deps, c, login);
  refuseHaste(await takeTry(deps.sql, keys, deps.now()));
  const [account] = await deps.sql<AccountRow[]>`
    select p.id as person_id, p.display_name, k.password_hash, (k.disabled_at is not null or p.died_on is not null) as closed
    from account k join person p on p.id = k.person_id where k.login = ${login}`;
  const right = await verified(account?.password_hash, given.password);
  if (!account || !right || account.closed) {
    await audit(deps.sql, {
      row: 'ACCESS-03',
      kind: 'session.refused',
      ...(account ? { subjectId: account.person_id } : {}),
      requestId: c.get('requestId'),
      facts: { way: 'password' },
    });
    throw new ApiProblem(401, {
      code: 'wrong_credentials',
      title: 'Войти не получилось',
      detail: 'Адрес почты или пароль не подходят. Проверьте раскладку или задайте новый пароль.',
    });
  }
  await forgetFailures(deps.sql, keys);
  return admit(deps, c, account, 'password');
}

async function verified(stored: string | null | undefined, password: string): Promise<boolean> {
  try {
    return await verifyPassword(stored, password);
  } catch (error) {
    if (error instanceof PasswordQueueFull) throw tooBusy();
    throw error;
  }
}

const tooBusy = () =>
  new ApiProblem(503, {
    code: 'busy',
    detail: 'Сейчас входит слишком много людей. Повторите через несколько секунд.',
    headers: { 'retry-after': '5' },
  });

/** A browser that this person has used before is counted apart: nobody elsewhere can make it wait. */
async function throttleKeys(deps: ApiDeps, c: Context<Env>, login: string): Promise<ThrottleKey[]> {
  const device = readCookie(deps, c, '-device');
  if (device) {
    const known = await deps.sql`
      select 1 from known_device d join account k on k.person_id = d.person_id
      where d.token_hash = ${digestOf(device)} and k.login = ${login} and d.last_used_at > ${new Date(deps.now().getTime() - deviceMs)}`;
    if (known.length > 0) return [{ kind: 'device', key: throttleKey(deps.identity, 'device', device, login) }];
  }
  const address = addressOf(deps, c);
  return [
    { kind: 'address', key: throttleKey(deps.identity, 'address', address) },
    { kind: 'pair', key: throttleKey(deps.identity, 'pair', address, login) },
  ];
}

/** Opens the session, remembers the browser, writes it down. */
async function admit(
  deps: ApiDeps,
  c: Context<Env>,
  account: Pick<AccountRow, 'person_id' | 'display_name'>,
  way: 'password',
): Promise<SignedInPerson> {
  await rememberDevice(deps, c, account.person_id);
  const { expiresAt } = await openSession(deps, c, account.person_id, way);
  await audit(deps.sql, {
    row: 'ACCESS-01',
    kind: 'session.opened',
    subjectId: account.person_id,
    by: { personId: account.person_id },
    requestId: c.get('requestId'),
    facts: { way },
  });
  return { person: { id: account.person_id, displayName: account.display_name }, expiresAt };
}

async function rememberDevice(deps: ApiDeps, c: Context<Env>, personId: string): Promise<void> {
  const device = readCookie(deps, c, '-device') ?? randomToken();
  const now = deps.now();
  await deps.sql`
    insert into known_device (token_hash, person_id, created_at, last_used_at) values (${digestOf(device)}, ${personId}::uuid, ${now}, ${now})
    on conflict (token_hash, person_id) do update set last_used_at = ${now}`;
  putCookie(deps, c, '-device', device, deviceMs);
}

/**
 * Sends the letter of a reset, if there is such an account. Neither the answer nor its time says so. More than a few letters an hour are
 * not sent, so that nobody's mailbox is filled by a stranger.
 */
export async function askReset(deps: ApiDeps, c: Context<Env>, given: string): Promise<void> {
  const login = normalLogin(given);
  const now = deps.now();
  refuseHaste(
    await takeTry(deps.sql, [{ kind: 'address', key: throttleKey(deps.identity, 'reset', addressOf(deps, c)) }], now),
  );
  await Promise.all([
    new Promise((resolve) => setTimeout(resolve, floorMs)),
    (async () => {
      const wait = await takeTry(deps.sql, [{ kind: 'letter', key: throttleKey(deps.identity, 'letter', login) }], now);
      if (wait > 0) return;
      await deps.sql.begin(async (tx) => {
        const [account] = await tx<Array<{ person_id: string }>>`
          select k.person_id from account k join person p on p.id = k.person_id
          where k.login = ${login} and k.disabled_at is null and p.died_on is null for update of k`;
        if (!account) return;
        await issueLink(tx, deps.identity, {
          personId: account.person_id,
          purpose: 'reset',
          createdBy: null,
          now,
          lifeMs: deps.config.account.resetMs,
        });
        await audit(tx, {
          row: 'ACCESS-04',
          kind: 'password.reset_asked',
          subjectId: account.person_id,
          requestId: c.get('requestId'),
          facts: {},
        });
      });
    })(),
  ]);
}

const GONE = {
  used: 'Эта ссылка уже использована. Войдите с паролем, который вы задали, или попросите новую ссылку на странице входа.',
  expired: 'Срок ссылки истёк. Попросите новую: на странице входа («Забыли пароль?») или у администратора.',
  revoked: 'Ссылка заменена более новой: откройте последнее письмо или попросите новую ссылку.',
  unknown: 'Такой ссылки нет. Проверьте, что адрес из письма открыт целиком, или попросите новую ссылку.',
} as const;

export const linkGone = (state: keyof typeof GONE): ApiProblem =>
  new ApiProblem(410, { code: `link_${state}`, title: 'Ссылка не действует', detail: GONE[state] });

interface LinkPerson {
  display_name: string;
  family_name: string;
  given_name: string;
  email: string;
  zone: string;
  login: string | null;
  closed: boolean;
}

async function personOfLink(deps: ApiDeps, personId: string): Promise<LinkPerson | undefined> {
  const [row] = await deps.sql<LinkPerson[]>`
    select p.display_name, p.family_name, p.given_name, p.email, p.zone, k.login, (p.died_on is not null or k.disabled_at is not null) as closed
    from person p left join account k on k.person_id = p.id where p.id = ${personId}::uuid`;
  return row?.closed ? undefined : row;
}

/** What a letter's link is for; throws 410 when it opens nothing any more. */
export async function describeLink(deps: ApiDeps, token: string) {
  const link = await findLink(deps.sql, token, deps.now());
  if (link.state !== 'ready') throw linkGone(link.state);
  const person = await personOfLink(deps, link.personId);
  if (!person) throw linkGone('revoked');
  return {
    purpose: link.purpose,
    displayName: person.display_name,
    login: person.login ?? normalLogin(person.email),
    expiresAt: link.expiresAt.toISOString(),
  };
}

/** Sets the password by a link and signs in. The link is spent in the same transaction; of two requests one wins. */
export async function setByLink(
  deps: ApiDeps,
  c: Context<Env>,
  given: { token: string; password: string },
): Promise<SignedInPerson> {
  const found = await findLink(deps.sql, given.token, deps.now());
  if (found.state !== 'ready') throw linkGone(found.state);
  const person = await personOfLink(deps, found.personId);
  if (!person) throw linkGone('revoked');
  const { purpose } = found;
  const login = person.login ?? normalLogin(person.email);
  requireStrong(given.password, '/password', [person.family_name, person.given_name, login.split('@')[0] ?? '']);
  const hash = await hashed(given.password);
  await deps.sql.begin(async (tx) => {
    const now = deps.now();
    const link = await findLink(tx, given.token, now, true);
    if (link.state !== 'ready') throw linkGone(link.state);
    await tx`update account_link set used_at = ${now} where id = ${link.id}::uuid`;
    await tx`
      update account_link set revoked_at = ${now} where person_id = ${link.personId}::uuid and used_at is null and revoked_at is null`;
    await tx`
      insert into account (person_id, login, password_hash, password_set_at) values (${link.personId}::uuid, ${login}, ${hash}, ${now})
      on conflict (person_id) do update set password_hash = ${hash}, password_set_at = ${now}, login = coalesce(account.login, ${login})`;
    await endSessions(tx, link.personId);
    await tx`delete from known_device where person_id = ${link.personId}::uuid`;
    if (purpose === 'reset') await tellPasswordChanged(tx, link.personId, person.zone, now);
    await audit(tx, {
      row: 'ACCESS-05',
      kind: purpose === 'invitation' ? 'invitation.accepted' : 'password.reset',
      subjectId: link.personId,
      by: { personId: link.personId },
      requestId: c.get('requestId'),
      facts: { linkId: link.id },
    });
  });
  return admit(deps, c, { person_id: found.personId, display_name: person.display_name }, 'password');
}

const tellPasswordChanged = (sql: Parameters<typeof sendAccountLetter>[0], personId: string, zone: string, now: Date) =>
  sendAccountLetter(sql, { personId, template: 'password-changed', now, params: { at: inWords(now, zone) } });

/** Changes the password of whoever is signed in; the other sessions end. The present password is asked, and guesses of it are slowed. */
export async function changePassword(
  deps: ApiDeps,
  c: Context<Env>,
  of: { personId: string; sessionId: string; current: string; password: string },
): Promise<number> {
  const { sql } = deps;
  const keys: ThrottleKey[] = [{ kind: 'pair', key: throttleKey(deps.identity, 'change', of.personId) }];
  refuseHaste(await takeTry(sql, keys, deps.now()));
  const [row] = await sql<Array<LinkPerson & { password_hash: string | null }>>`
    select p.display_name, p.family_name, p.given_name, p.email, p.zone, k.login, k.password_hash, false as closed
    from person p join account k on k.person_id = p.id where p.id = ${of.personId}::uuid`;
  if (!row?.password_hash)
    throw new ApiProblem(409, {
      code: 'no_password',
      detail: 'У вашей записи нет пароля: вход идёт через учётную запись организации или учебный выбор.',
    });
  if (!(await verified(row.password_hash, of.current)))
    throw invalid([{ pointer: '/current', detail: 'Нынешний пароль не подходит.' }]);
  await forgetFailures(sql, keys);
  requireStrong(of.password, '/password', [row.family_name, row.given_name, row.login?.split('@')[0] ?? '']);
  if (of.password === of.current)
    throw invalid([{ pointer: '/password', detail: 'Новый пароль совпадает с прежним.' }]);
  const hash = await hashed(of.password);
  const now = deps.now();
  const device = readCookie(deps, c, '-device');
  return (await sql.begin(async (tx) => {
    await tx`update account set password_hash = ${hash}, password_set_at = ${now} where person_id = ${of.personId}::uuid`;
    await tx`
      update account_link set revoked_at = ${now} where person_id = ${of.personId}::uuid and used_at is null and revoked_at is null`;
    const ended = await endSessions(tx, of.personId, of.sessionId);
    await tx`update session set rotation_due = true where id = ${of.sessionId}::uuid`;
    await tx`delete from known_device where person_id = ${of.personId}::uuid and token_hash <> ${device ? digestOf(device) : ''}`;
    await tellPasswordChanged(tx, of.personId, row.zone, now);
    await audit(tx, {
      row: 'ACCESS-06',
      kind: 'password.changed',
      subjectId: of.personId,
      by: { personId: of.personId },
      requestId: c.get('requestId'),
      facts: { ended },
    });
    return ended;
  })) as number;
}

function requireStrong(password: string, pointer: string, about: string[]): void {
  const weak = weakness(password, about);
  if (weak) throw invalid([{ pointer, detail: weak }]);
}

async function hashed(password: string): Promise<string> {
  try {
    return await hashPassword(password);
  } catch (error) {
    if (error instanceof PasswordQueueFull) throw tooBusy();
    throw error;
  }
}
