import { isSubstitutable, type ScopeKind, scopesOf } from '../../platform/identity/assignments.ts';
import { sendAccountLetter } from '../../platform/identity/links.ts';
import { listMunicipalities } from '../../platform/identity/municipalities.ts';
import { addPerson, grant, invite, LoginTaken } from '../../platform/identity/people.ts';
import { reaches } from '../../processes/kit/actors.ts';
import { formatDateRu } from '../../processes/kit/dates.ts';
import type { Scope } from '../../processes/kit/types.ts';
import {
  disableAccount,
  enableAccount,
  endPersonSessions,
  endRole,
  grantChoices,
  grantRole,
  inviteAgain,
  invitePerson,
  linkIdentity,
  listAccess,
  type NewAssignment,
  readAccess,
  resetFactor as resetFactorRoute,
  unlinkIdentity,
} from '../contract/access.ts';
import { resetFactor } from '../identity/factor.ts';
import { issuerOf, tellLinked, unlink } from '../identity/oidc.ts';
import { audit, once, type Tx } from '../idempotent.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, forbidden, invalid, notFound } from '../problems.ts';
import { noteReadings } from '../reading-log.ts';
import { listAccess as listPeople, readAccess as readCard, scopeName } from '../queries/access.ts';
import { endSessions, rotateSessions, viewerOf } from '../session.ts';
import type { Viewer } from '../viewer.ts';
import { roleRu, ROLES, scopeKindRu } from '../words.ts';
import { type App, writing } from './kit.ts';

/** People, accounts and roles. An administrator grants within his own territory and never to himself. */
export function accessRoutes(app: App, deps: ApiDeps): void {
  const { sql } = deps;
  const admin = (c: Parameters<typeof viewerOf>[0]): Viewer => {
    const viewer = viewerOf(c);
    if (adminScopes(viewer).length === 0) throw forbidden('Раздел администраторов.');
    return viewer;
  };
  /** Accounts belong to the whole platform, so they are for administrators of the whole platform. */
  const central = (c: Parameters<typeof viewerOf>[0]): Viewer => {
    const viewer = admin(c);
    if (!viewer.reach.admin) throw forbidden('Учётными записями ведает администратор всей платформы.');
    return viewer;
  };
  const notSelf = (viewer: Viewer, personId: string) => {
    if (viewer.personId === personId || viewer.actor.onBehalfOf?.personId === personId)
      throw forbidden('Со своей учётной записью и своими ролями это делает другой администратор.');
  };
  const card = async (viewer: Viewer, id: string) => {
    const shown = await readCard(sql, id, viewer.today);
    await noteReadings(deps, viewer, [{ personId: id, what: 'account', as: 'admin' }]);
    return shown;
  };

  /** One change of a person's access: once for its key, with its evidence; what follows is in the same transaction. */
  const change = async (
    c: Parameters<typeof viewerOf>[0],
    of: { personId: string; row: string; kind: string; facts?: Record<string, unknown>; body?: unknown },
    work: (tx: Tx) => Promise<Record<string, unknown> | void>,
  ) => {
    const { viewer, idempotencyKey, requestId } = writing(deps, c);
    try {
      await once(
        deps,
        { personId: viewer.personId, route: of.kind, objectId: of.personId, idempotencyKey },
        of.body ?? {},
        async (tx) => {
          const more = (await work(tx)) ?? {};
          await audit(tx, {
            row: of.row,
            kind: of.kind,
            subjectId: of.personId,
            by: viewer.actor,
            requestId,
            facts: { ...of.facts, ...more },
          });
          return {};
        },
      );
    } catch (error) {
      throw asProblem(error);
    }
  };

  app.openapi(listAccess, async (c) => {
    // Accounts are closed to whoever reads for a person: an administrator's list is read by the platform itself.
    const viewer = admin(c);
    const page = await listPeople({ sql, viewer }, c.req.valid('query'));
    await noteReadings(
      deps,
      viewer,
      page.items.map(({ id: personId }) => ({ personId, what: 'account', as: 'admin' })),
    );
    return c.json(page, 200);
  });
  app.openapi(readAccess, async (c) => c.json(await card(admin(c), c.req.valid('param').id), 200));
  app.openapi(grantChoices, async (c) => {
    admin(c);
    const [municipalities, regions, jurisdictions] = await Promise.all([
      listMunicipalities(sql),
      sql<Array<{ id: string; nameRu: string }>>`select code as id, name_ru as "nameRu" from region order by name_ru`,
      sql<Array<{ id: string; nameRu: string }>>`select id, name_ru as "nameRu" from jurisdiction order by name_ru`,
    ]);
    return c.json(
      {
        roles: ROLES.map((role) => ({ role, roleRu: roleRu(role), scopes: scopesOf(role) })),
        municipalities,
        regions,
        jurisdictions,
      },
      200,
    );
  });

  app.openapi(invitePerson, async (c) => {
    const viewer = central(c);
    const { assignment, ...person } = c.req.valid('json');
    const zone = person.zone;
    if (zone !== undefined && !isZone(zone))
      throw invalid([{ pointer: '/zone', detail: 'Такого часового пояса нет.' }]);
    const { idempotencyKey, requestId } = writing(deps, c);
    const made = await once(
      deps,
      { personId: viewer.personId, route: 'person.invited', objectId: viewer.personId, idempotencyKey },
      c.req.valid('json'),
      async (tx) => {
        const personId = await addPerson(tx, {
          familyName: person.familyName,
          givenName: person.givenName,
          email: person.email,
          ...(person.patronymic ? { patronymic: person.patronymic } : {}),
          ...(zone ? { zone } : {}),
        });
        if (assignment) await assign(tx, viewer, personId, assignment, '/assignment');
        await sendInvitation(tx, personId, viewer);
        await audit(tx, {
          row: 'ADMIN-10',
          kind: 'person.invited',
          subjectId: personId,
          by: viewer.actor,
          requestId,
          facts: assignment ? { role: assignment.role, act: assignment.act } : {},
        });
        return { id: personId };
      },
    ).catch((error: unknown) => {
      throw asProblem(error);
    });
    return c.json(await card(viewer, made.id), 201);
  });

  const sendInvitation = async (tx: Tx, personId: string, viewer: Viewer) => {
    const sent = await invite(tx, deps.identity, {
      personId,
      createdBy: viewer.personId,
      now: deps.now(),
      lifeMs: deps.config.account.invitationMs,
    });
    if (!sent)
      throw new ApiProblem(409, { code: 'no_address', detail: 'У человека нет адреса почты: приглашать некуда.' });
  };

  app.openapi(inviteAgain, async (c) => {
    const viewer = central(c);
    const { id } = c.req.valid('param');
    const known = await card(viewer, id);
    if (known.account === 'disabled')
      throw new ApiProblem(409, { code: 'account_disabled', detail: 'Сначала откройте учётную запись снова.' });
    await change(c, { personId: id, row: 'ADMIN-11', kind: 'person.invited_again' }, (tx) =>
      sendInvitation(tx, id, viewer),
    );
    return c.json(await card(viewer, id), 200);
  });

  app.openapi(disableAccount, async (c) => {
    const viewer = central(c);
    const { id } = c.req.valid('param');
    const { reason } = c.req.valid('json');
    notSelf(viewer, id);
    await card(viewer, id);
    await change(
      c,
      { personId: id, row: 'ADMIN-12', kind: 'account.disabled', facts: { reason }, body: { reason } },
      async (tx) => {
        const now = deps.now();
        await tx`
        insert into account (person_id, disabled_at, disabled_reason) values (${id}::uuid, ${now}, ${reason})
        on conflict (person_id) do update set disabled_at = coalesce(account.disabled_at, ${now}), disabled_reason = ${reason}`;
        const ended = await endSessions(tx, id);
        await tx`update account_link set revoked_at = ${now} where person_id = ${id}::uuid and used_at is null and revoked_at is null`;
        const tokens = await tx`
        update api_token set revoked_at = ${now}, revoked_by = ${viewer.personId}::uuid where person_id = ${id}::uuid and revoked_at is null returning id`;
        return { ended, tokens: tokens.length };
      },
    );
    return c.json(await card(viewer, id), 200);
  });

  app.openapi(enableAccount, async (c) => {
    const viewer = central(c);
    const { id } = c.req.valid('param');
    notSelf(viewer, id);
    await card(viewer, id);
    await change(c, { personId: id, row: 'ADMIN-13', kind: 'account.enabled' }, async (tx) => {
      await tx`update account set disabled_at = null, disabled_reason = null where person_id = ${id}::uuid`;
    });
    return c.json(await card(viewer, id), 200);
  });

  app.openapi(endPersonSessions, async (c) => {
    const viewer = central(c);
    const { id } = c.req.valid('param');
    await card(viewer, id);
    await change(c, { personId: id, row: 'ADMIN-14', kind: 'sessions.ended' }, async (tx) => ({
      ended: await endSessions(tx, id),
    }));
    return c.json(await card(viewer, id), 200);
  });

  app.openapi(resetFactorRoute, async (c) => {
    const viewer = central(c);
    const { id } = c.req.valid('param');
    const { reason } = c.req.valid('json');
    notSelf(viewer, id);
    await card(viewer, id);
    await change(
      c,
      { personId: id, row: 'ADMIN-19', kind: 'factor.reset', facts: { reason }, body: { reason } },
      async (tx) => resetFactor(deps, tx, id),
    );
    return c.json(await card(viewer, id), 200);
  });

  app.openapi(grantRole, async (c) => {
    const viewer = admin(c);
    const { id } = c.req.valid('param');
    const wanted = c.req.valid('json');
    await card(viewer, id);
    await change(
      c,
      { personId: id, row: 'ADMIN-15', kind: 'role.granted', facts: { ...wanted }, body: wanted },
      async (tx) => ({ assignmentId: await assign(tx, viewer, id, wanted, '') }),
    );
    return c.json(await card(viewer, id), 201);
  });

  /** Checks and writes an assignment, tells the person, and gives his browsers other tokens. */
  const assign = async (tx: Tx, viewer: Viewer, personId: string, wanted: NewAssignment, at: string) => {
    notSelf(viewer, personId);
    // Two administrators at once would both find nothing in the way.
    await tx`select pg_advisory_xact_lock(hashtext(${`assign:${personId}`}))`;
    const { role, scopeKind, from, to, act } = wanted;
    const wrong = (field: string, detail: string) => invalid([{ pointer: `${at}/${field}`, detail }]);
    if (!ROLES.includes(role)) throw wrong('role', 'Такой роли нет.');
    if (!scopesOf(role).includes(scopeKind as ScopeKind))
      throw wrong('scopeKind', `Роль «${roleRu(role)}» в таком месте не бывает.`);
    const placed = scopeKind !== 'self' && scopeKind !== 'country';
    const scopeId = placed ? wanted.scopeId : undefined;
    if (placed && !scopeId) throw wrong('scopeId', 'Выберите место.');
    const [place] = await tx<Array<{ name: string | null }>>`
      select ${scopeName(tx, tx`${scopeKind}::text`, tx`${scopeId ?? null}::text`)} as name`;
    if (placed && !place?.name) throw wrong('scopeId', 'Такого места нет.');
    const scope: Scope = placed ? ({ kind: scopeKind, id: scopeId ?? '' } as Scope) : ({ kind: scopeKind } as Scope);
    if (!adminScopes(viewer).some((own) => reaches(own, scope)))
      throw forbidden('Назначать можно только в пределах своей территории.');
    if (to !== undefined && to < from) throw wrong('to', 'Последний день раньше первого.');
    if (wanted.acting && to === undefined) throw wrong('to', 'Исполнение обязанностей назначают на срок.');
    let behalfRu: string | null = null;
    if (wanted.onBehalfOf) {
      if (wanted.acting) throw wrong('acting', 'Замещение и исполнение обязанностей назначают отдельно.');
      if (wanted.onBehalfOf === personId) throw wrong('onBehalfOf', 'За себя не замещают.');
      if (to === undefined) throw wrong('to', 'Замещение назначают на срок.');
      if (!isSubstitutable(role, scopeKind as ScopeKind))
        throw wrong('role', `«${roleRu(role)}» действует лично: замещения нет, его задачу передают другому.`);
      const [principal] = await tx<Array<{ display_name: string }>>`
        select p.display_name from person p join role_assignment b on b.person_id = p.id
        where p.id = ${wanted.onBehalfOf}::uuid and b.role = ${role} and b.on_behalf_of is null and p.died_on is null
          and (b.scope_kind = 'country' or (b.scope_kind = ${scopeKind} and b.scope_id is not distinct from ${scopeId ?? null}))
          and b.from_on <= ${to} and (b.to_on is null or b.to_on >= ${from}) limit 1`;
      if (!principal)
        throw wrong('onBehalfOf', 'В эти дни этот человек сам не занимает такую должность: замещать некого.');
      behalfRu = principal.display_name;
    }
    const twice = await tx`
      select 1 from role_assignment where person_id = ${personId}::uuid and role = ${role} and scope_kind = ${scopeKind}
        and scope_id is not distinct from ${scopeId ?? null} and on_behalf_of is not distinct from ${wanted.onBehalfOf ?? null}::uuid
        and (to_on is null or to_on >= ${from}) and (${to ?? null}::text is null or from_on <= ${to ?? null}::text)`;
    if (twice.length > 0)
      throw new ApiProblem(409, { code: 'role_overlaps', detail: 'Такая роль в эти дни у человека уже есть.' });
    const id = await grant(tx, {
      personId,
      role,
      scopeKind,
      scopeId: scopeId ?? null,
      from,
      to: to ?? null,
      act,
      acting: wanted.acting === true,
      onBehalfOf: wanted.onBehalfOf ?? null,
      grantedBy: viewer.personId,
    });
    await rotateSessions(tx, personId);
    await sendAccountLetter(tx, {
      personId,
      template: 'role-granted',
      now: deps.now(),
      params: {
        role: roleRu(role),
        scope: place?.name ?? scopeKindRu(scopeKind),
        from: formatDateRu(from),
        to: to ? formatDateRu(to) : null,
        act,
        acting: wanted.acting === true,
        behalf: behalfRu,
      },
    });
    return id;
  };

  app.openapi(endRole, async (c) => {
    const viewer = admin(c);
    const { id } = c.req.valid('param');
    const { to, act } = c.req.valid('json');
    const [row] = await sql<
      Array<{
        person_id: string;
        role: string;
        scope_kind: string;
        scope_id: string | null;
        from_on: string;
        to_on: string | null;
      }>
    >`select person_id, role, scope_kind, scope_id, from_on, to_on from role_assignment where id = ${id}::uuid`;
    if (!row) throw notFound();
    const scope = (row.scope_id ? { kind: row.scope_kind, id: row.scope_id } : { kind: row.scope_kind }) as Scope;
    if (!adminScopes(viewer).some((own) => reaches(own, scope)))
      throw forbidden('Завершать роли можно только в пределах своей территории.');
    notSelf(viewer, row.person_id);
    // A role that has not begun ends the day before it begins.
    if (row.to_on !== null && to > row.to_on)
      throw invalid([{ pointer: '/to', detail: 'Роль и так действует только до более ранней даты.' }]);
    await change(
      c,
      {
        personId: row.person_id,
        row: 'ADMIN-16',
        kind: 'role.ended',
        facts: { assignmentId: id, role: row.role, to, act },
        body: { id, to, act },
      },
      async (tx) => {
        await tx`update role_assignment set to_on = ${to}, end_act = ${act}, ended_by = ${viewer.personId}::uuid where id = ${id}::uuid`;
        await rotateSessions(tx, row.person_id);
        const [place] = await tx<Array<{ name: string | null }>>`
          select ${scopeName(tx, tx`${row.scope_kind}::text`, tx`${row.scope_id}::text`)} as name`;
        await sendAccountLetter(tx, {
          personId: row.person_id,
          template: 'role-ended',
          now: deps.now(),
          params: {
            role: roleRu(row.role),
            scope: place?.name ?? scopeKindRu(row.scope_kind),
            to: formatDateRu(to),
            act,
          },
        });
      },
    );
    return c.json(await card(viewer, row.person_id), 200);
  });

  app.openapi(linkIdentity, async (c) => {
    const viewer = central(c);
    const { id } = c.req.valid('param');
    const { subject } = c.req.valid('json');
    if (!deps.config.oidc) throw new ApiProblem(409, { code: 'no_provider', detail: 'Поставщик входа не настроен.' });
    notSelf(viewer, id);
    await card(viewer, id);
    const issuer = await issuerOf(deps);
    await change(
      c,
      { personId: id, row: 'ADMIN-17', kind: 'identity.linked', facts: { issuer }, body: { subject } },
      async (tx) => {
        const [holder] = await tx<Array<{ person_id: string }>>`
        insert into identity_link (issuer, subject, person_id, created_at, created_by) values (${issuer}, ${subject}, ${id}::uuid, ${deps.now()}, ${viewer.personId}::uuid)
        on conflict (issuer, subject) do update set issuer = excluded.issuer returning person_id`;
        if (holder?.person_id !== id)
          throw new ApiProblem(409, { code: 'subject_taken', detail: 'Этот субъект уже связан с другим человеком.' });
        await tellLinked(deps, tx, id);
      },
    );
    return c.json(await card(viewer, id), 200);
  });

  app.openapi(unlinkIdentity, async (c) => {
    const viewer = central(c);
    const { id } = c.req.valid('param');
    const tie = c.req.valid('json');
    await card(viewer, id);
    await change(
      c,
      { personId: id, row: 'ADMIN-18', kind: 'identity.unlinked', facts: { issuer: tie.issuer }, body: tie },
      async (tx) => {
        if (!(await unlink(tx, { personId: id, ...tie }))) throw notFound();
      },
    );
    return c.json(await card(viewer, id), 200);
  });
}

const adminScopes = (viewer: Viewer): Scope[] =>
  viewer.actor.assignments.filter(({ role }) => role === 'admin').map(({ scope }) => scope);

function asProblem(error: unknown): unknown {
  if (!(error instanceof LoginTaken)) return error;
  return new ApiProblem(409, {
    code: 'login_taken',
    detail: 'С этим адресом почты уже есть учётная запись: найдите человека в списке.',
  });
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('ru', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
