/** The second factor in the life of an account: who must have one, how a code is asked, and what follows when it changes. */
import type { Context } from 'hono';
import { inWords, sendAccountLetter } from '../../platform/identity/links.ts';
import { verifyPassword } from '../../platform/identity/passwords.ts';
import { digestOf, throttleKey } from '../../platform/identity/secrets.ts';
import {
  addressOf,
  dropFactor,
  prepareFactor,
  renewRecovery,
  takeCode,
  takeRecovery,
} from '../../platform/identity/second-factor.ts';
import { forgetFailures, takeTry, type ThrottleKey } from '../../platform/identity/throttle.ts';
import type { Env } from '../env.ts';
import { addressOf as networkAddressOf } from '../http.ts';
import { audit, type Tx } from '../idempotent.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, invalid } from '../problems.ts';
import { endSessions, readCookie, rotate, tokenOf } from '../session.ts';
import { demandsFactor } from './factor-policy.ts';
import { refuseHaste } from './haste.ts';

/**
 * Counts the tries of a code: a browser the person has used before by itself, any other by its address, and all others of one person together, since
 * whoever tries codes knows the password already.
 */
async function codeKeys(deps: ApiDeps, c: Context<Env>, personId: string): Promise<ThrottleKey[]> {
  const device = readCookie(deps, c, '-device');
  if (device) {
    const known = await deps.sql`
      select 1 from known_device where token_hash = ${digestOf(device)} and person_id = ${personId}::uuid`;
    if (known.length > 0) return [{ kind: 'device', key: throttleKey(deps.identity, 'code-device', device, personId) }];
  }
  return [
    { kind: 'pair', key: throttleKey(deps.identity, 'code', networkAddressOf(deps, c), personId) },
    { kind: 'factor', key: throttleKey(deps.identity, 'factor', personId) },
  ];
}

interface Holder {
  personId: string;
  sessionId: string;
}

/** Takes a code of the phone or a recovery code; throws 422 when it is neither, 429 when it is tried too often. */
async function takeAnyCode(
  deps: ApiDeps,
  c: Context<Env>,
  personId: string,
  code: string,
): Promise<'code' | 'recovery'> {
  const keys = await codeKeys(deps, c, personId);
  refuseHaste(await takeTry(deps.sql, keys, deps.now()));
  const way = /^\s*\d{3}\s?\d{3}\s*$/.test(code) ? 'code' : 'recovery';
  const right =
    way === 'code'
      ? await takeCode(deps.sql, deps, { personId, code: code.replace(/\s/g, ''), now: deps.now() })
      : await takeRecovery(deps.sql, deps, { personId, code });
  if (!right) {
    await audit(deps.sql, {
      row: 'ACCESS-03',
      kind: 'factor.refused',
      subjectId: personId,
      requestId: c.get('requestId'),
      facts: { way },
    });
    throw invalid([
      {
        pointer: '/code',
        detail:
          'Код не подходит: он мог смениться, или его уже использовали. Дождитесь следующего или возьмите запасной.',
      },
    ]);
  }
  await forgetFailures(deps.sql, keys);
  return way;
}

/** The code that a session waits for. The token of the browser changes with it. */
export async function showFactor(deps: ApiDeps, c: Context<Env>, of: Holder & { code: string }): Promise<void> {
  const way = await takeAnyCode(deps, c, of.personId, of.code);
  const now = deps.now();
  await deps.sql`update session set factor_at = ${now}, proved_at = ${now} where id = ${of.sessionId}::uuid`;
  await audit(deps.sql, {
    row: 'ACCESS-12',
    kind: 'factor.shown',
    subjectId: of.personId,
    by: { personId: of.personId },
    requestId: c.get('requestId'),
    facts: { way },
  });
  await turnToken(deps, c);
}

async function turnToken(deps: ApiDeps, c: Context<Env>): Promise<void> {
  const given = tokenOf(deps, c);
  const session = c.get('session');
  if (given && !given.bearer && session) await rotate(deps, c, digestOf(given.token), session.expiresAt);
}

/** Proves anew who sits at the browser: by the password, or by a code where there is a second factor. */
export async function prove(
  deps: ApiDeps,
  c: Context<Env>,
  of: Holder & { password?: string | undefined; code?: string | undefined },
): Promise<void> {
  if (of.code !== undefined) await takeAnyCode(deps, c, of.personId, of.code);
  else await checkPassword(deps, of.personId, of.password ?? '');
  await deps.sql`update session set proved_at = ${deps.now()} where id = ${of.sessionId}::uuid`;
}

async function checkPassword(deps: ApiDeps, personId: string, password: string): Promise<void> {
  const keys: ThrottleKey[] = [{ kind: 'pair', key: throttleKey(deps.identity, 'change', personId) }];
  refuseHaste(await takeTry(deps.sql, keys, deps.now()));
  const [account] = await deps.sql<Array<{ password_hash: string | null }>>`
    select password_hash from account where person_id = ${personId}::uuid`;
  if (!account?.password_hash)
    throw new ApiProblem(409, {
      code: 'no_password',
      detail: 'У вашей записи нет пароля: выйдите и войдите через учётную запись организации ещё раз.',
    });
  if (!(await verifyPassword(account.password_hash, password)))
    throw invalid([{ pointer: '/password', detail: 'Пароль не подходит.' }]);
  await forgetFailures(deps.sql, keys);
}

/** Begins: a new secret, and the address for the picture. It is asked of nobody before a first code was right. */
export async function beginFactor(deps: ApiDeps, personId: string): Promise<{ secret: string; address: string }> {
  const secret = await prepareFactor(deps.sql, deps, personId, deps.now());
  if (!secret)
    throw new ApiProblem(409, { code: 'factor_on', detail: 'Второй фактор уже подключён. Сначала отключите прежний.' });
  const [person] = await deps.sql<Array<{ label: string }>>`
    select coalesce(k.login, p.email) as label from person p left join account k on k.person_id = p.id where p.id = ${personId}::uuid`;
  return { secret, address: addressOf(secret, person?.label ?? '') };
}

/** A first right code: the factor is on, other sessions end, the recovery codes are told for the only time. */
export async function confirmFactor(deps: ApiDeps, c: Context<Env>, of: Holder & { code: string }): Promise<string[]> {
  const keys = await codeKeys(deps, c, of.personId);
  refuseHaste(await takeTry(deps.sql, keys, deps.now()));
  const now = deps.now();
  const codes = (await deps.sql.begin(async (tx) => {
    const right = await takeCode(tx, deps, {
      personId: of.personId,
      code: of.code.replace(/\s/g, ''),
      now,
      confirm: true,
    });
    if (!right)
      throw invalid([
        { pointer: '/code', detail: 'Код не подходит. Проверьте время на телефоне и введите следующий.' },
      ]);
    const fresh = await renewRecovery(tx, deps, of.personId);
    await tx`update session set factor_at = ${now}, proved_at = ${now} where id = ${of.sessionId}::uuid`;
    await endSessions(tx, of.personId, of.sessionId);
    await told(deps, tx, of.personId, 'second-factor-on');
    await noted(tx, c, 'factor.enrolled', of.personId);
    return fresh;
  })) as string[];
  await forgetFailures(deps.sql, keys);
  await turnToken(deps, c);
  return codes;
}

/** New recovery codes; the former open nothing any more. */
export async function newCodes(deps: ApiDeps, c: Context<Env>, personId: string): Promise<string[]> {
  return (await deps.sql.begin(async (tx) => {
    const [on] = await tx`select 1 from second_factor where person_id = ${personId}::uuid and confirmed_at is not null`;
    if (!on) throw new ApiProblem(409, { code: 'factor_off', detail: 'Второй фактор не подключён.' });
    const codes = await renewRecovery(tx, deps, personId);
    await told(deps, tx, personId, 'second-factor-codes');
    await noted(tx, c, 'factor.codes_renewed', personId);
    return codes;
  })) as string[];
}

/** Switches one's own factor off, where no role demands it. */
export async function removeFactor(
  deps: ApiDeps,
  c: Context<Env>,
  of: { personId: string; roles: ReadonlySet<string> },
): Promise<void> {
  if (await demandsFactor(deps, of.roles))
    throw new ApiProblem(409, {
      code: 'factor_demanded',
      detail:
        'Ваша роль требует второго фактора. Чтобы сменить телефон, попросите другого администратора сбросить его.',
    });
  await deps.sql.begin(async (tx) => {
    if (!(await dropFactor(tx, of.personId)))
      throw new ApiProblem(409, { code: 'factor_off', detail: 'Второй фактор не подключён.' });
    await tx`update session set factor_at = null where person_id = ${of.personId}::uuid and method <> 'oidc'`;
    await told(deps, tx, of.personId, 'second-factor-off');
    await noted(tx, c, 'factor.removed', of.personId);
  });
}

/** An administrator takes the factor of somebody who has lost it: his sessions end, he hears of it. */
export async function resetFactor(deps: ApiDeps, tx: Tx, personId: string): Promise<void> {
  if (!(await dropFactor(tx, personId)))
    throw new ApiProblem(409, { code: 'factor_off', detail: 'У этого человека второй фактор не подключён.' });
  await endSessions(tx, personId);
  await told(deps, tx, personId, 'second-factor-reset');
}

async function told(deps: ApiDeps, tx: Tx, personId: string, template: string): Promise<void> {
  const [person] = await tx<Array<{ zone: string }>>`select zone from person where id = ${personId}::uuid`;
  const at = inWords(deps.now(), person?.zone ?? 'Europe/Moscow');
  await sendAccountLetter(tx, { personId, template, now: deps.now(), params: { at } });
}

const noted = (tx: Tx, c: Context<Env>, kind: string, personId: string) =>
  audit(tx, {
    row: 'ACCESS-12',
    kind,
    subjectId: personId,
    by: { personId },
    requestId: c.get('requestId'),
    facts: {},
  });
