import { inWords, sendAccountLetter } from '../../platform/identity/links.ts';
import { digestOf, randomToken } from '../../platform/identity/secrets.ts';
import { PASSWORD_MIN } from '../../platform/identity/passwords.ts';
import { listProcesses } from '../../processes/registry.ts';
import {
  askReset as askResetRoute,
  beginFactor as beginFactorRoute,
  confirmFactor as confirmFactorRoute,
  proveAgain,
  removeFactor as removeFactorRoute,
  renewRecovery as renewRecoveryRoute,
  showFactor as showFactorRoute,
  changePassword as changePasswordRoute,
  changeProfile,
  createToken,
  dropIdentity,
  endOtherSessions,
  endSession,
  linkProvider,
  listSessions,
  listTokens,
  lookAtLink,
  passwordSignIn,
  profile,
  providerCallback,
  revokeToken,
  signInWays,
  startProvider,
  usePasswordLink,
} from '../contract/identity.ts';
import { deviceRu } from '../identity/device.ts';
import { beginFactor, confirmFactor, newCodes, prove, removeFactor, showFactor } from '../identity/factor.ts';
import { demandsFactor } from '../identity/factor-policy.ts';
import { beginFlow, finishFlow, invitationFor, ownPath, unlink } from '../identity/oidc.ts';
import { askReset, changePassword, describeLink, setByLink, signInWithPassword } from '../identity/sign-in.ts';
import { tokensOf } from '../identity/tokens.ts';
import { audit, once, type Tx } from '../idempotent.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, forbidden, invalid, notFound } from '../problems.ts';
import { AREAS, isScope } from '../scopes.ts';
import { API_TOKEN_PREFIX, endSessions, viewerOf } from '../session.ts';
import { sessionWayRu } from '../words.ts';
import type { App } from './kit.ts';

/** Signing in outside the embedded mode, and one's own account: sessions, password, ties to the provider, tokens. */
export function identityRoutes(app: App, deps: ApiDeps): void {
  const { sql, config } = deps;
  const passwords = () => {
    if (!config.account.passwords) throw notFound();
  };
  /** A session of one's own: neither a token nor a deputy changes an account. */
  const self = (c: Parameters<typeof viewerOf>[0]) => {
    const viewer = viewerOf(c);
    const session = c.get('session');
    if (!session) throw forbidden('Это делают после входа, не по токену.');
    return { viewer, session, personId: viewer.personId };
  };

  app.openapi(signInWays, (c) =>
    c.json(
      {
        choice: config.embedded,
        password: config.account.passwords,
        provider: config.oidc ? { labelRu: config.oidc.labelRu } : null,
        passwordMin: PASSWORD_MIN,
      },
      200,
    ),
  );

  app.openapi(passwordSignIn, async (c) => {
    passwords();
    return c.json(await signInWithPassword(deps, c, c.req.valid('json')), 201);
  });

  app.openapi(startProvider, async (c) => {
    if (!config.oidc) throw notFound();
    return c.redirect(await beginFlow(deps, c, { returnTo: ownPath(c.req.valid('query').returnTo) }), 302);
  });

  app.openapi(linkProvider, async (c) => {
    if (!config.oidc) throw notFound();
    const { invitation, returnTo } = c.req.valid('json');
    if (invitation !== undefined) {
      const linkId = await invitationFor(deps, invitation);
      return c.json({ url: await beginFlow(deps, c, { returnTo: ownPath(returnTo), linkId }) }, 200);
    }
    const { personId } = self(c);
    return c.json({ url: await beginFlow(deps, c, { returnTo: ownPath(returnTo ?? '/profile'), personId }) }, 200);
  });

  app.openapi(providerCallback, async (c) => {
    if (!config.oidc) throw notFound();
    return c.redirect(await finishFlow(deps, c), 302);
  });

  app.openapi(askResetRoute, async (c) => {
    passwords();
    await askReset(deps, c, c.req.valid('json').login);
    return c.json(
      {
        detail:
          'Если такая учётная запись есть, на её адрес ушло письмо со ссылкой. Оно приходит за несколько минут; проверьте и папку «Спам».',
      },
      202,
    );
  });
  app.openapi(lookAtLink, async (c) => c.json(await describeLink(deps, c.req.valid('json').token), 200));
  app.openapi(usePasswordLink, async (c) => {
    passwords();
    return c.json(await setByLink(deps, c, c.req.valid('json')), 201);
  });
  app.openapi(changePasswordRoute, async (c) => {
    passwords();
    const { session, personId } = self(c);
    const ended = await changePassword(deps, c, { personId, sessionId: session.id, ...c.req.valid('json') });
    return c.json({ ended }, 200);
  });

  app.openapi(showFactorRoute, async (c) => {
    const { session, personId } = self(c);
    if (session.gate === 'code')
      await showFactor(deps, c, { personId, sessionId: session.id, code: c.req.valid('json').code });
    return c.body(null, 204);
  });
  app.openapi(proveAgain, async (c) => {
    const { session, personId } = self(c);
    await prove(deps, c, { personId, sessionId: session.id, ...c.req.valid('json') });
    return c.body(null, 204);
  });
  app.openapi(beginFactorRoute, async (c) => c.json(await beginFactor(deps, self(c).personId), 201));
  app.openapi(confirmFactorRoute, async (c) => {
    const { session, personId } = self(c);
    const { code } = c.req.valid('json');
    return c.json({ recoveryCodes: await confirmFactor(deps, c, { personId, sessionId: session.id, code }) }, 200);
  });
  app.openapi(renewRecoveryRoute, async (c) =>
    c.json({ recoveryCodes: await newCodes(deps, c, self(c).personId) }, 200),
  );
  app.openapi(removeFactorRoute, async (c) => {
    const { personId, viewer } = self(c);
    await removeFactor(deps, c, { personId, roles: viewer.roles });
    return c.body(null, 204);
  });

  app.openapi(listSessions, async (c) => {
    const { session, personId } = self(c);
    const now = deps.now();
    const rows = await sql<
      Array<{
        id: string;
        user_agent: string | null;
        method: string;
        created_at: Date;
        last_seen_at: Date;
        expires_at: Date;
      }>
    >`select id, user_agent, method, created_at, last_seen_at, expires_at from session
      where person_id = ${personId}::uuid and expires_at > ${now} and last_seen_at > ${new Date(now.getTime() - config.session.idleMs)}
      order by last_seen_at desc, id limit 200`;
    return c.json(
      {
        items: rows.map((row) => ({
          id: row.id,
          current: row.id === session.id,
          deviceRu: deviceRu(row.user_agent),
          method: row.method,
          methodRu: sessionWayRu(row.method),
          createdAt: row.created_at.toISOString(),
          lastSeenAt: row.last_seen_at.toISOString(),
          expiresAt: row.expires_at.toISOString(),
        })),
      },
      200,
    );
  });
  app.openapi(endSession, async (c) => {
    const { personId } = self(c);
    const { id } = c.req.valid('param');
    const ended = await sql`delete from session where id = ${id}::uuid and person_id = ${personId}::uuid returning id`;
    if (ended.length === 0) throw notFound();
    await note(c, 'ACCESS-08', 'session.ended', { sessionId: id });
    return c.body(null, 204);
  });
  app.openapi(endOtherSessions, async (c) => {
    const { session, personId } = self(c);
    const ended = await endSessions(sql, personId, session.id);
    if (ended > 0) await note(c, 'ACCESS-08', 'session.ended', { others: ended });
    return c.json({ ended }, 200);
  });

  app.openapi(profile, async (c) => {
    const { personId } = self(c);
    const [[row], identities] = await Promise.all([
      sql<
        Array<{
          login: string | null;
          password_set_at: Date | null;
          mute_digests: boolean;
          factor_since: Date | null;
          recovery_left: number | null;
        }>
      >`
        select k.login, k.password_set_at, p.mute_digests, f.confirmed_at as factor_since, cardinality(f.recovery) as recovery_left
        from person p left join account k on k.person_id = p.id
        left join second_factor f on f.person_id = p.id and f.confirmed_at is not null where p.id = ${personId}::uuid`,
      sql<Array<{ issuer: string; subject: string; created_at: Date; last_used_at: Date | null }>>`
        select issuer, subject, created_at, last_used_at from identity_link where person_id = ${personId}::uuid order by created_at`,
    ]);
    return c.json(
      {
        login: row?.login ?? null,
        passwordSetAt: row?.password_set_at?.toISOString() ?? null,
        secondFactor: {
          since: row?.factor_since?.toISOString() ?? null,
          recoveryLeft: row?.recovery_left ?? 0,
          demanded: await demandsFactor(deps, viewerOf(c).roles),
        },
        muteDigests: row?.mute_digests === true,
        identities: identities.map((tie) => ({
          issuer: tie.issuer,
          subject: tie.subject,
          createdAt: tie.created_at.toISOString(),
          lastUsedAt: tie.last_used_at?.toISOString() ?? null,
        })),
        areas: Object.entries(AREAS).map(([code, labelRu]) => ({ code, labelRu })),
        processes: listProcesses().map(({ slug, nameRu }) => ({ slug, nameRu })),
      },
      200,
    );
  });
  app.openapi(changeProfile, async (c) => {
    const { personId } = self(c);
    const { muteDigests } = c.req.valid('json');
    await sql`update person set mute_digests = ${muteDigests} where id = ${personId}::uuid`;
    return c.json({ muteDigests }, 200);
  });
  app.openapi(dropIdentity, async (c) => {
    const { personId, session } = self(c);
    const { issuer, subject } = c.req.valid('json');
    const of = { personId, route: 'identity-drop', objectId: personId, idempotencyKey: c.get('idempotencyKey') };
    await once(deps, of, { issuer, subject }, async (tx) => {
      // Two ways dropped at once would leave none.
      await tx`select pg_advisory_xact_lock(hashtextextended(${`ways:${personId}`}, 0))`;
      const [account] = await tx<Array<{ ways: number }>>`
        select (select count(*)::int from identity_link where person_id = ${personId}::uuid)
          + (select count(*)::int from account where person_id = ${personId}::uuid and password_hash is not null) as ways`;
      if ((account?.ways ?? 0) < 2 && session.method !== 'choice')
        throw new ApiProblem(409, {
          code: 'last_way',
          detail: 'Это ваш единственный способ войти. Сначала задайте пароль или свяжите другую запись.',
        });
      if (!(await unlink(tx, { personId, issuer, subject }))) throw notFound();
      await note(c, 'ACCESS-09', 'identity.unlinked', { issuer }, undefined, tx);
      return {};
    });
    return c.body(null, 204);
  });

  app.openapi(listTokens, async (c) => {
    const { personId } = self(c);
    return c.json({ items: await tokensOf(sql, personId, deps.now()) }, 200);
  });
  app.openapi(createToken, async (c) => {
    const { personId, viewer } = self(c);
    if (viewer.actor.onBehalfOf) throw forbidden('Токен создают для себя, не за другого.');
    const { nameRu, scopes, days } = c.req.valid('json');
    const slugs = listProcesses().map(({ slug }) => slug);
    const unknown = scopes.findIndex((scope) => !isScope(scope, slugs));
    if (unknown >= 0) throw invalid([{ pointer: `/scopes/${unknown}`, detail: 'Такой области нет.' }]);
    if (scopes.some((scope) => scope.endsWith(':admin')) && !viewer.reach.admin)
      throw invalid([{ pointer: '/scopes', detail: 'Область администратора может дать себе только он.' }]);
    const token = `${API_TOKEN_PREFIX}${randomToken()}`;
    const now = deps.now();
    const expiresAt = new Date(now.getTime() + days * 86_400_000);
    const id = (await sql.begin(async (tx) => {
      const [row] = await tx<Array<{ id: string }>>`
        insert into api_token (id, person_id, name_ru, hash, prefix, scopes, created_by, created_at, expires_at)
        values (gen_random_uuid(), ${personId}::uuid, ${nameRu}, ${digestOf(token)}, ${token.slice(0, 10)}, ${[...new Set(scopes)]}, ${personId}::uuid, ${now}, ${expiresAt})
        returning id`;
      await audit(tx, {
        row: 'ACCESS-10',
        kind: 'token.created',
        subjectId: row!.id,
        by: { personId },
        requestId: c.get('requestId'),
        facts: { scopes, expiresAt: expiresAt.toISOString() },
      });
      // It outlives the session that made it, and the password.
      await sendAccountLetter(tx, {
        personId,
        template: 'token-created',
        now,
        params: { name: nameRu, until: inWords(expiresAt, viewer.zone) },
      });
      return row!.id;
    })) as string;
    const created = (await tokensOf(sql, personId, now)).find((row) => row.id === id);
    return c.json({ ...created!, token }, 201);
  });
  app.openapi(revokeToken, async (c) => {
    const { viewer, personId } = self(c);
    const { id } = c.req.valid('param');
    const mine = viewer.reach.admin ? sql`` : sql`and person_id = ${personId}::uuid`;
    const now = deps.now();
    const revoked = await sql`
      update api_token set revoked_at = coalesce(revoked_at, ${now}), revoked_by = coalesce(revoked_by, ${personId}::uuid)
      where id = ${id}::uuid ${mine} returning id`;
    if (revoked.length === 0) throw notFound();
    await note(c, 'ACCESS-11', 'token.revoked', {}, id);
    return c.body(null, 204);
  });

  const note = (
    c: Parameters<typeof viewerOf>[0],
    row: string,
    kind: string,
    facts: Record<string, unknown>,
    subjectId?: string,
    tx: Tx | ApiDeps['sql'] = sql,
  ) => {
    const { personId } = viewerOf(c);
    return audit(tx, {
      row,
      kind,
      subjectId: subjectId ?? personId,
      by: { personId },
      requestId: c.get('requestId'),
      facts,
    });
  };
}
