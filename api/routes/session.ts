import { accounts, me, signIn, signOut } from '../contract/session.ts';
import { likeText } from '../cursor.ts';
import { endAtProvider } from '../identity/oidc.ts';
import { audit } from '../idempotent.ts';
import { parseMunicipalityId } from '../../processes/kit/municipality.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, notFound } from '../problems.ts';
import { countInbox } from '../queries/inbox.ts';
import { organisationRef, organisationsOf } from '../queries/load-case.ts';
import { closeSession, openSession, viewerOf } from '../session.ts';
import { orderHolds } from '../../platform/identity/rights.ts';
import { findViewer, type ReadTx } from '../viewer.ts';
import { staffAnywhere } from '../visibility.ts';
import { roleRu, scopeKindRu } from '../words.ts';
import { type App, read } from './kit.ts';

/** Signing in. Choosing a person is for the embedded mode alone; elsewhere people come through the identity provider. */
export function sessionRoutes(app: App, deps: ApiDeps): void {
  app.openapi(signIn, async (c) => {
    if (!deps.config.embedded) throw notFound();
    const { personId } = c.req.valid('json');
    const viewer = await findViewer(deps, personId);
    if (!viewer) throw new ApiProblem(422, { errors: [{ pointer: '/personId', detail: 'Такого человека нет.' }] });
    const session = await openSession(deps, c, personId, 'choice');
    await audit(deps.sql, {
      row: 'ACCESS-01',
      kind: 'session.opened',
      subjectId: personId,
      by: { personId },
      requestId: c.get('requestId'),
      facts: { way: 'choice' },
    });
    return c.json(
      {
        token: session.token,
        expiresAt: session.expiresAt,
        person: { id: viewer.personId, displayName: viewer.displayName },
      },
      201,
    );
  });

  app.openapi(signOut, async (c) => {
    const viewer = viewerOf(c);
    const session = c.get('session');
    // Asked before the session is gone: it names the one to be ended at the provider.
    const endAt = session ? await endAtProvider(deps, session.id) : null;
    await closeSession(deps, c);
    await audit(deps.sql, {
      row: 'ACCESS-02',
      kind: 'session.closed',
      subjectId: viewer.personId,
      by: viewer.actor,
      requestId: c.get('requestId'),
      facts: {},
    });
    return endAt === null ? c.body(null, 204) : c.json({ endSessionUrl: endAt }, 200);
  });

  app.openapi(me, async (c) => {
    const viewer = viewerOf(c);
    const until = c.get('session')?.expiresAt ?? c.get('token')?.expiresAt;
    const view = await read(deps, c, (tx) => readMe(deps, tx));
    return c.json(
      {
        ...view,
        expiresAt: until?.toISOString() ?? '',
        staff: staffAnywhere(viewer.reach),
        admin: viewer.reach.admin,
        embedded: deps.config.embedded,
      },
      200,
    );
  });

  app.openapi(accounts, async (c) => {
    if (!deps.config.embedded) throw notFound();
    const { q, role } = c.req.valid('query');
    const today = deps.now().toISOString().slice(0, 10);
    const rows = await deps.sql<
      Array<{
        id: string;
        display_name: string;
        email: string;
        note_ru: string | null;
        roles: string[] | null;
        organisation_ru: string | null;
      }>
    >`
      select p.id, p.display_name, p.email, p.note_ru, a.roles,
        (select coalesce(o.short_name_ru, o.name_ru) from employment e join organisation o on o.id = e.organisation_id
          where e.person_id = p.id and e.from_on <= ${today} and (e.to_on is null or e.to_on >= ${today}) order by e.main desc limit 1) as organisation_ru
      from person p join lateral (select array_agg(distinct role) as roles from role_assignment a
        where a.person_id = p.id and a.from_on <= ${today} and (a.to_on is null or a.to_on >= ${today})) a on a.roles is not null
      where p.died_on is null ${q ? deps.sql`and p.display_name ilike ${likeText(q)}` : deps.sql``} ${role ? deps.sql`and ${role} = any(a.roles)` : deps.sql``}
      order by (p.note_ru is null), p.display_name limit 500`;
    return c.json(
      {
        items: rows.map((row) => ({
          personId: row.id,
          displayName: row.display_name,
          email: row.email,
          noteRu: row.note_ru,
          roles: (row.roles ?? []).map((code) => ({ role: code, roleRu: roleRu(code) })),
          organisationRu: row.organisation_ru,
        })),
      },
      200,
    );
  });
}

interface AssignmentRow {
  role: string;
  scope_kind: string;
  scope_id: string | null;
  from_on: string;
  to_on: string | null;
  act: string | null;
  on_behalf_of: string | null;
  behalf_ru: string | null;
}

async function readMe(_deps: ApiDeps, tx: ReadTx) {
  const { sql, viewer } = tx;
  const [people, assignments, regions, jurisdictions, organisations, counters, unread, incidents] = await Promise.all([
    sql<
      Array<{
        id: string;
        display_name: string;
        family_name: string;
        given_name: string;
        patronymic: string | null;
        email: string;
        zone: string;
      }>
    >`select id, display_name, family_name, given_name, patronymic, email, zone from person where id = ${viewer.personId}::uuid`,
    sql<AssignmentRow[]>`
      select a.role, a.scope_kind, a.scope_id, a.from_on, a.to_on, a.act, a.on_behalf_of, b.display_name as behalf_ru from role_assignment a left join person b on b.id = a.on_behalf_of
      where a.person_id = ${viewer.personId}::uuid and a.from_on <= ${viewer.today} and (a.to_on is null or a.to_on >= ${viewer.today})
        and ${orderHolds(sql, sql`a`, sql`${viewer.today}`)}
      order by a.role, a.scope_id`,
    sql<Array<{ code: string; name_ru: string }>>`select code, name_ru from region`,
    sql<Array<{ id: string; name_ru: string }>>`select id, name_ru from jurisdiction`,
    organisationsOf(sql, [...viewer.reach.organisations, ...viewer.actor.organisationIds]),
    countInbox(tx),
    sql<
      Array<{ n: number }>
    >`select count(*)::int as n from notice where addressee_id = ${viewer.personId}::uuid and read_at is null`,
    viewer.reach.admin
      ? sql<Array<{ n: number }>>`select count(*)::int as n from incident where resolved_at is null`
      : [{ n: 0 }],
  ]);
  const person = people[0]!;
  const names = new Map<string, string>([
    ...regions.map((row) => [`region:${row.code}`, row.name_ru] as const),
    ...jurisdictions.map((row) => [`jurisdiction:${row.id}`, row.name_ru] as const),
    ...[...organisations.values()].map((row) => [`organisation:${row.id}`, row.short_name_ru ?? row.name_ru] as const),
  ]);
  return {
    person: {
      id: person.id,
      displayName: person.display_name,
      familyName: person.family_name,
      givenName: person.given_name,
      patronymic: person.patronymic,
      email: person.email,
      zone: person.zone,
    },
    roles: assignments.map((row) => ({
      role: row.role,
      roleRu: roleRu(row.role),
      scope: { kind: row.scope_kind, ...(row.scope_id ? { id: row.scope_id } : {}) },
      scopeRu: row.scope_id
        ? (names.get(`${row.scope_kind}:${row.scope_id}`) ?? parseMunicipalityId(row.scope_id)?.nameRu ?? row.scope_id)
        : scopeKindRu(row.scope_kind),
      from: row.from_on,
      to: row.to_on,
      act: row.act,
      onBehalfOf: row.on_behalf_of ? { id: row.on_behalf_of, displayName: row.behalf_ru ?? '' } : null,
    })),
    organisations: [...organisations.values()].map(organisationRef),
    mayActFor: [
      ...new Map(
        assignments
          .filter(({ on_behalf_of }) => on_behalf_of !== null)
          .map((row) => [
            row.on_behalf_of,
            { id: row.on_behalf_of as string, displayName: row.behalf_ru ?? '', act: row.act, until: row.to_on },
          ]),
      ).values(),
    ],
    counters: {
      inbox: counters.total,
      late: counters.late,
      unreadNotices: unread[0]?.n ?? 0,
      incidents: incidents[0]?.n ?? 0,
    },
  };
}
