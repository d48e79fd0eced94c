/** People and organisations for choosing; notices and letters. */
import { ACCOUNT_TEMPLATES } from '../../platform/identity/letters.ts';
import type { NoticeParams } from '../../processes/kit/letter.ts';
import { findTemplate } from '../../processes/registry.ts';
import type { NoticeView } from '../contract/people.ts';
import { decodeCursor, isInstant, isText, isUuid, likeText, pageOf } from '../cursor.ts';
import type { ApiDeps } from '../ports.ts';
import { notFound } from '../problems.ts';
import type { ReadTx } from '../viewer.ts';
import { choosesPeople, seesLoads } from '../visibility.ts';
import { noticeStateRu, roleRu } from '../words.ts';

interface PersonRecord {
  id: string;
  display_name: string;
  organisation_ru: string | null;
  region_code: string | null;
  post_ru: string | null;
  roles: string[] | null;
  competences: string[] | null;
  e_region: string | null;
  arbiter: boolean | null;
  max_open: number | null;
  suspended_until: string | null;
  open_tasks: number;
}

/** People by name. Staff see everybody; a school its own people, an authority and a region those of their schools; others themselves. */
export async function listPeople(
  { sql, viewer, readings }: ReadTx,
  filter: {
    role?: string | undefined;
    q?: string | undefined;
    region?: string | undefined;
    cursor?: string | undefined;
    limit: number;
  },
) {
  const after = decodeCursor(filter.cursor, [isText, isUuid]);
  const all = choosesPeople(viewer.reach);
  const loads = seesLoads(viewer);
  const { today } = viewer;
  const { bodies, regions } = viewer.reach.colleagues;
  const colleagues =
    bodies.length + regions.length === 0
      ? sql`false`
      : sql`exists (select from employment m join organisation o on o.id = m.organisation_id where m.person_id = p.id
          and m.from_on <= ${today} and (m.to_on is null or m.to_on >= ${today})
          and (o.id = any(${bodies}::uuid[]) or o.authority_id = any(${bodies}::uuid[]) or o.region_code = any(${regions}::text[])))`;
  const rows = await sql<PersonRecord[]>`
    select p.id, p.display_name, w.organisation_ru, w.region_code, w.post_ru, x.competences, x.region_code as e_region, x.arbiter, x.max_open_tasks as max_open, x.suspended_until,
      (select array_agg(distinct a.role) from role_assignment a where a.person_id = p.id and a.on_behalf_of is null and a.from_on <= ${today} and (a.to_on is null or a.to_on >= ${today})) as roles,
      wall_open_tasks(p.id) as open_tasks
    from person p
    left join lateral (select coalesce(o.short_name_ru, o.name_ru) as organisation_ru, o.region_code, m.post_ru from employment m join organisation o on o.id = m.organisation_id
      where m.person_id = p.id and m.from_on <= ${today} and (m.to_on is null or m.to_on >= ${today}) order by m.main desc limit 1) w on true
    left join expert x on x.person_id = p.id
    where ${all ? sql`true` : sql`(p.id = ${viewer.personId}::uuid or ${colleagues})`}
      ${filter.q ? sql`and p.display_name ilike ${likeText(filter.q)}` : sql``}
      ${filter.region ? sql`and coalesce(x.region_code, w.region_code) = ${filter.region}` : sql``}
      ${filter.role ? sql`and exists (select from role_assignment a where a.person_id = p.id and a.on_behalf_of is null and a.role = ${filter.role} and a.from_on <= ${today} and (a.to_on is null or a.to_on >= ${today}))` : sql``}
      ${after ? sql`and (p.display_name, p.id) > (${String(after[0])}, ${String(after[1])}::uuid)` : sql``}
    order by p.display_name, p.id limit ${filter.limit + 1}`;
  for (const { id: personId } of rows.slice(0, filter.limit))
    readings?.push({ personId, what: 'search', as: 'chooser' });
  return pageOf(
    rows,
    filter.limit,
    (row) => [row.display_name, row.id],
    (row) => ({
      id: row.id,
      displayName: row.display_name,
      organisationRu: row.organisation_ru,
      postRu: row.post_ru,
      regionCode: row.e_region ?? row.region_code,
      roles: (row.roles ?? []).map((role) => ({ role, roleRu: roleRu(role) })),
      expert: row.competences
        ? {
            competences: row.competences,
            regionCode: row.e_region ?? '',
            arbiter: row.arbiter === true,
            maxOpenTasks: row.max_open ?? 0,
            openTasks: loads ? row.open_tasks : null,
            suspendedUntil: row.suspended_until,
          }
        : null,
    }),
  );
}

interface OrganisationRecord {
  id: string;
  name_ru: string;
  short_name_ru: string | null;
  region_code: string;
  region_ru: string;
  kind: string;
  inn: string | null;
  ogrn: string | null;
  licence_number: string | null;
  licence_date: string | null;
  licence_lost_on: string | null;
}

/** Organisations by name; what a public register would print of them. */
export async function listOrganisations(
  { sql, viewer }: ReadTx,
  filter: {
    q?: string | undefined;
    kind?: string | undefined;
    region?: string | undefined;
    mine?: 'true' | 'false' | undefined;
    cursor?: string | undefined;
    limit: number;
  },
) {
  const after = decodeCursor(filter.cursor, [isText, isUuid]);
  const rows = await sql<OrganisationRecord[]>`
    select o.id, o.name_ru, o.short_name_ru, o.region_code, r.name_ru as region_ru, o.kind, o.inn, o.ogrn, o.licence_number, o.licence_date, o.licence_lost_on
    from organisation o join region r on r.code = o.region_code
    where true
      ${filter.q ? sql`and (o.name_ru ilike ${likeText(filter.q)} or o.short_name_ru ilike ${likeText(filter.q)} or o.inn = ${filter.q})` : sql``}
      ${filter.kind ? sql`and o.kind = ${filter.kind}` : sql``}
      ${filter.region ? sql`and o.region_code = ${filter.region}` : sql``}
      ${filter.mine === 'true' ? sql`and o.id = any(${[...new Set([...viewer.reach.organisations, ...viewer.actor.organisationIds])]}::uuid[])` : sql``}
      ${after ? sql`and (o.name_ru, o.id) > (${String(after[0])}, ${String(after[1])}::uuid)` : sql``}
    order by o.name_ru, o.id limit ${filter.limit + 1}`;
  return pageOf(
    rows,
    filter.limit,
    (row) => [row.name_ru, row.id],
    (row) => ({
      id: row.id,
      nameRu: row.name_ru,
      shortNameRu: row.short_name_ru,
      regionCode: row.region_code,
      regionRu: row.region_ru,
      kind: row.kind,
      inn: row.inn,
      ogrn: row.ogrn,
      licenceNumber: row.licence_number,
      licenceDate: row.licence_date,
      licenceLostOn: row.licence_lost_on,
    }),
  );
}

interface NoticeRecord {
  id: string;
  template: string;
  params: Record<string, unknown>;
  case_id: string | null;
  number: string | null;
  process: string | null;
  legally_significant: boolean;
  nominal_at: Date;
  created_at: Date;
  state: string;
  read_at: Date | null;
  familiarised_at: Date | null;
  behalf_ru: string | null;
}

const noticeColumns = (sql: ReadTx['sql']) =>
  sql`n.id, n.template, n.params, n.case_id, c.number, c.process, n.legally_significant, n.nominal_at, n.created_at, n.state, n.read_at, n.familiarised_at,
    (select concat_ws(', ', b.display_name, nullif(n.on_behalf_of->>'actId', '')) from person b where b.id = (n.on_behalf_of->>'personId')::uuid) as behalf_ru`;

/** One's own notices, newest first. */
export async function listNotices(
  deps: ApiDeps,
  { sql, viewer }: ReadTx,
  filter: { unread?: 'true' | 'false' | undefined; cursor?: string | undefined; limit: number },
) {
  const after = decodeCursor(filter.cursor, [isInstant, isUuid]);
  const [rows, counted] = await Promise.all([
    sql<NoticeRecord[]>`
      select ${noticeColumns(sql)} from notice n left join "case" c on c.id = n.case_id
      where n.addressee_id = ${viewer.personId}::uuid
        ${filter.unread === 'true' ? sql`and n.read_at is null` : filter.unread === 'false' ? sql`and n.read_at is not null` : sql``}
        ${after ? sql`and (n.created_at, n.id) < (${String(after[0])}::timestamptz, ${String(after[1])}::uuid)` : sql``}
      order by n.created_at desc, n.id desc limit ${filter.limit + 1}`,
    sql<
      Array<{ n: number }>
    >`select count(*)::int as n from notice where addressee_id = ${viewer.personId}::uuid and read_at is null`,
  ]);
  return {
    ...pageOf(
      rows,
      filter.limit,
      (row) => [row.created_at.toISOString(), row.id],
      (row) => noticeView(deps, row),
    ),
    unread: counted[0]?.n ?? 0,
  };
}

/** A notice of the viewer; somebody else's does not exist. */
export async function readNotice(
  deps: ApiDeps,
  { sql, viewer }: Pick<ReadTx, 'sql' | 'viewer'>,
  id: string,
): Promise<NoticeView> {
  const [row] = await sql<
    NoticeRecord[]
  >`select ${noticeColumns(sql)} from notice n left join "case" c on c.id = n.case_id where n.id = ${id}::uuid and n.addressee_id = ${viewer.personId}::uuid`;
  if (!row) throw notFound();
  return noticeView(deps, row);
}

function noticeView(deps: ApiDeps, row: NoticeRecord): NoticeView {
  const account = row.case_id === null ? ACCOUNT_TEMPLATES[row.template] : undefined;
  const template = account ?? findTemplate(row.process ?? '', row.template);
  const params = row.params as NoticeParams;
  return {
    id: row.id,
    template: row.template,
    subject: template?.subjectRu(params) ?? row.template,
    text: template?.linesRu(params).join('\n\n') ?? '',
    caseId: row.case_id,
    caseNumber: row.number,
    link: row.case_id ? `/cases/${row.case_id}` : account ? '/profile' : null,
    legallySignificant: row.legally_significant,
    onBehalfOfRu: row.behalf_ru,
    nominalAt: row.nominal_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    state: row.state,
    stateRu: noticeStateRu(row.state),
    readAt: row.read_at?.toISOString() ?? null,
    familiarisedAt: row.familiarised_at?.toISOString() ?? null,
  };
}

/** Letters of the embedded mailbox, newest first. */
export async function listMail(
  { sql }: Pick<ReadTx, 'sql'>,
  filter: { to?: string | undefined; q?: string | undefined; cursor?: string | undefined; limit: number },
) {
  const after = decodeCursor(filter.cursor, [isInstant, isUuid]);
  const rows = await sql<
    Array<{ id: string; message_id: string; received_at: Date; mail_from: string; mail_to: string[]; subject: string }>
  >`
    select id, message_id, received_at, mail_from, mail_to, subject from dev_mail
    where true ${filter.to ? sql`and exists (select from unnest(mail_to) a where a ilike ${likeText(filter.to)})` : sql``}
      ${filter.q ? sql`and (subject ilike ${likeText(filter.q)} or text ilike ${likeText(filter.q)})` : sql``}
      ${after ? sql`and (received_at, id) < (${String(after[0])}::timestamptz, ${String(after[1])}::uuid)` : sql``}
    order by received_at desc, id desc limit ${filter.limit + 1}`;
  return pageOf(rows, filter.limit, (row) => [row.received_at.toISOString(), row.id], mailRow);
}

const mailRow = (row: {
  id: string;
  message_id: string;
  received_at: Date;
  mail_from: string;
  mail_to: string[];
  subject: string;
}) => ({
  id: row.id,
  messageId: row.message_id,
  receivedAt: row.received_at.toISOString(),
  from: row.mail_from,
  to: row.mail_to,
  subject: row.subject,
});

/** One letter. */
export async function readMail(deps: Pick<ApiDeps, 'prisma'>, id: string) {
  const mail = await deps.prisma.devMail.findUnique({ where: { id } });
  if (!mail) throw notFound();
  return {
    ...mailRow({
      id: mail.id,
      message_id: mail.messageId,
      received_at: mail.receivedAt,
      mail_from: mail.mailFrom,
      mail_to: mail.mailTo,
      subject: mail.subject,
    }),
    text: mail.text,
    html: mail.html,
    headers: (mail.headers ?? {}) as Record<string, unknown>,
  };
}
