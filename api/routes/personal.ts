import { createHash, randomUUID } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import type { Context } from 'hono';
import { html } from 'hono/html';
import { ensurePersonKey, findPersonKey, PersonErased, sealOwn, unsealOwn } from '../../platform/crypto/person-keys.ts';
import { attachmentHeader } from '../../platform/documents/name.ts';
import { sendAccountLetter } from '../../platform/identity/links.ts';
import { resolveIncident } from '../../platform/incidents.ts';
import { resendBehind } from '../../platform/letters/resend.ts';
import { erasePerson, whatKeeps } from '../../platform/personal/erase.ts';
import { collectOwn, HOLDINGS } from '../../platform/personal/holdings.ts';
import { holdersOf, REQUEST_WORDS, REQUEST_ZONE, settleRequest } from '../../platform/personal/remind.ts';
import type { ProductionCalendar } from '../../processes/kit/calendar.ts';
import { addYears, formatDateRu } from '../../processes/kit/dates.ts';
import { type Derivation, deriveDue, type Due, explainDue } from '../../processes/kit/deadlines.ts';
import { isOwn } from '../../processes/kit/rulebook.ts';
import { localDate } from '../../processes/kit/zones.ts';
import type { PersonalDataPolicy, RequestKind } from '../../processes/personal-data/policy.ts';
import type { Sql } from '../../platform/db/pool.ts';
import {
  createRequest,
  decideRequest,
  exportMyData,
  getMyData,
  giveConsent,
  listReadings,
  listRequests,
  type PersonalRequestView,
  withdrawConsent,
} from '../contract/personal.ts';
import { audit, once } from '../idempotent.ts';
import type { ApiDeps } from '../ports.ts';
import { personalDataPolicy } from '../personal-policy.ts';
import { ApiProblem, forbidden, invalid, notFound } from '../problems.ts';
import { readReadings } from '../queries/readings.ts';
import { noteReadings } from '../reading-log.ts';
import { viewerOf } from '../session.ts';
import { holdsEverywhere } from '../visibility.ts';
import { type App, writing } from './kit.ts';

const zone = REQUEST_ZONE;
const kinds = REQUEST_WORDS;
const states: Record<string, string> = { open: 'рассматривается', granted: 'удовлетворено', refused: 'отказано' };
const columns = {
  familyName: 'family_name',
  givenName: 'given_name',
  patronymic: 'patronymic',
  email: 'email',
} as const;

interface RequestRow {
  id: string;
  person_id: string;
  display_name: string;
  kind: RequestKind;
  office: string;
  state: string;
  body: Buffer | null;
  due_on: string;
  due_at: Date;
  derivation: Derivation;
  created_at: Date;
  decided_at: Date | null;
  answer: Buffer | null;
  effects: string[] | null;
}

/** The rights of a person over own data: consents, export, correction, erasure, who read it; and the office that decides. */
export function personalRoutes(app: App, deps: ApiDeps): void {
  app.openapi(getMyData, async (c) => {
    const { personId } = viewerOf(c);
    const { policy } = await policyOf(deps);
    const [given, requests] = await Promise.all([
      deps.sql<ConsentRow[]>`select * from consent where person_id = ${personId}::uuid order by given_at desc, id`,
      readRequests(deps, deps.sql`r.person_id = ${personId}::uuid`),
    ]);
    const today = localDate(deps.now().toISOString(), zone);
    return c.json(
      {
        consents: policy.consents.map((text) => {
          const last = given.find(({ purpose }) => purpose === text.purpose);
          return {
            purpose: text.purpose,
            titleRu: text.titleRu,
            textRu: text.textRu,
            version: text.version,
            givenAt: last?.given_at.toISOString() ?? null,
            untilOn: last?.until_on ?? null,
            withdrawnAt: last?.withdrawn_at?.toISOString() ?? null,
            active:
              last !== undefined && last.withdrawn_at === null && (last.until_on === null || last.until_on >= today),
          };
        }),
        requests,
      },
      200,
    );
  });

  app.openapi(listReadings, async (c) => c.json(await readReadings(deps, viewerOf(c), c.req.valid('query')), 200));

  app.openapi(exportMyData, async (c) => {
    const viewer = viewerOf(c);
    const data = await collectOwn(deps.sql, deps.keys, viewer.personId);
    await audit(deps.sql, {
      row: 'PERSON-01',
      kind: 'person.exported',
      subjectId: viewer.personId,
      by: viewer.actor,
      requestId: c.get('requestId'),
      facts: { rows: Object.values(data).reduce((n, rows) => n + rows.length, 0) },
    });
    const archive = zipSync({
      'my-data.json': strToU8(JSON.stringify(data, null, 2)),
      'my-data.html': strToU8(String(await page(viewer.displayName, data, deps.now()))),
    });
    return new Response(Buffer.from(archive), {
      headers: {
        'content-type': 'application/zip',
        'content-disposition': attachmentHeader('Мои данные.zip'),
        'cache-control': 'private, no-store',
      },
    }) as never;
  });

  app.openapi(giveConsent, async (c) => {
    const viewer = viewerOf(c);
    const { purpose } = c.req.valid('param');
    const { policy } = await policyOf(deps);
    const text = policy.consents.find((known) => known.purpose === purpose);
    if (!text) throw notFound();
    if (text.version !== c.req.valid('json').version)
      throw new ApiProblem(409, { code: 'stale_text', detail: 'Текст согласия обновился: прочитайте новый.' });
    const now = deps.now();
    await deps.sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtextextended(${`consent:${viewer.personId}:${purpose}`}, 0))`;
      const active = await tx`select 1 from consent where person_id = ${viewer.personId}::uuid and purpose = ${purpose}
        and text_version = ${text.version} and withdrawn_at is null`;
      if (active.length > 0) return;
      await tx`insert into consent (id, person_id, purpose, text_version, text_digest, given_at, until_on)
        values (${randomUUID()}, ${viewer.personId}::uuid, ${purpose}, ${text.version},
          ${createHash('sha256').update(text.textRu).digest('hex')}, ${now}, ${addYears(localDate(now.toISOString(), zone), text.termYears)})`;
      await note(tx, c, 'PERSON-02', 'consent.given', viewer.personId, { purpose, version: text.version });
    });
    return c.body(null, 204);
  });

  app.openapi(withdrawConsent, async (c) => {
    const viewer = viewerOf(c);
    const { purpose } = c.req.valid('param');
    const { policy } = await policyOf(deps);
    const title = policy.consents.find((known) => known.purpose === purpose)?.titleRu;
    if (!title) throw notFound();
    await deps.sql.begin(async (tx) => {
      const gone = await tx`update consent set withdrawn_at = ${deps.now()} where person_id = ${viewer.personId}::uuid
        and purpose = ${purpose} and withdrawn_at is null returning id`;
      if (gone.length === 0) return;
      await note(tx, c, 'PERSON-03', 'consent.withdrawn', viewer.personId, { purpose });
      await sendAccountLetter(tx, {
        personId: viewer.personId,
        template: 'data-consent-withdrawn',
        now: deps.now(),
        params: { title },
      });
    });
    return c.body(null, 204);
  });

  app.openapi(createRequest, async (c) => {
    const context = writing(deps, c);
    const { personId } = context.viewer;
    const body = c.req.valid('json');
    const { policy, id: policyVersionId, calendar } = await policyOf(deps);
    const { office, term } = policy.requests[body.kind];
    const now = deps.now();
    const due = deriveDue({
      term,
      startedOn: localDate(now.toISOString(), zone),
      startEvent: 'обращение зарегистрировано',
      zone,
      calendar,
    });
    const key = await ensurePersonKey(deps.sql, deps.keys, personId);
    const { id } = await once(
      deps,
      { personId, route: 'personal-request', objectId: personId, idempotencyKey: context.idempotencyKey },
      body,
      async (tx) => {
        const id = randomUUID();
        const { kind, ...said } = body;
        await tx`
          insert into personal_request (id, person_id, kind, office, state, body, policy_version_id, due_on, due_at, derivation, created_at)
          values (${id}, ${personId}::uuid, ${kind}, ${office}, 'open', ${sealOwn(key, JSON.stringify(said), `request:${id}:body`)},
            ${policyVersionId}, ${due.dueOn}, ${due.dueAt}, ${tx.json(due.derivation as never)}, ${now})`;
        await note(tx, c, 'PERSON-04', 'personal_request.registered', personId, { id, kind, dueOn: due.dueOn });
        const params = { kind: kinds[kind] ?? kind, until: formatDateRu(due.dueOn) };
        await sendAccountLetter(tx, { personId, template: 'data-request-registered', now, params });
        for (const holder of await holdersOf(tx, office, now, personId))
          await sendAccountLetter(tx, { personId: holder.id, template: 'data-request-office', now, params });
        return { id };
      },
    );
    const [view] = await readRequests(deps, deps.sql`r.id = ${id}::uuid`);
    return c.json(view as PersonalRequestView, 201);
  });

  app.openapi(listRequests, async (c) => {
    const viewer = viewerOf(c);
    const offices = [...viewer.roles].filter((role) => holdsEverywhere(viewer.actor, role));
    if (!offices.includes('dpo')) throw forbidden('Обращения видит ответственный за персональные данные.');
    const items = await readRequests(deps, deps.sql`r.office = any(${offices}::text[])`);
    const seen = new Set(items.flatMap(({ person }) => (person ? [person.id] : [])));
    await noteReadings(
      deps,
      viewer,
      [...seen].map((personId) => ({ personId, what: 'request', as: 'dpo' })),
    );
    return c.json({ items }, 200);
  });

  app.openapi(decideRequest, async (c) => {
    const context = writing(deps, c);
    const { viewer } = context;
    const { id } = c.req.valid('param');
    const { decision, answer } = c.req.valid('json');
    const [row] = await deps.sql<
      Array<{
        person_id: string;
        kind: RequestKind;
        office: string;
        state: string;
        body: Buffer | null;
        created_at: Date;
        email: string;
      }>
    >`
      select r.person_id, r.kind, r.office, r.state, r.body, r.created_at, p.email from personal_request r join person p on p.id = r.person_id where r.id = ${id}::uuid`;
    // A request is about a person, and a person belongs to no territory.
    if (!row || !holdsEverywhere(viewer.actor, row.office)) throw notFound();
    if (isOwn(viewer.actor, { persons: [row.person_id] }))
      throw new ApiProblem(403, { code: 'segregation', detail: 'Своё обращение решает другой человек.' });
    const { policy } = await policyOf(deps);
    const key = await ensurePersonKey(deps.sql, deps.keys, row.person_id).catch(() => undefined);
    const { documents } = await once(
      deps,
      { personId: viewer.personId, route: 'decide-request', objectId: id, idempotencyKey: context.idempotencyKey },
      { decision, answer },
      async (tx) => {
        const [locked] = await tx<
          Array<{ state: string }>
        >`select state from personal_request where id = ${id}::uuid for update`;
        if (locked?.state !== 'open')
          throw new ApiProblem(409, { code: 'already_decided', detail: 'Обращение уже решено.' });
        const effects: string[] = [];
        let gone: string[] = [];
        let letter = decidedLetter(row, decision, deps.now());
        const sealed = key ? sealOwn(key, answer, `request:${id}:answer`) : null;
        if (decision === 'granted' && row.kind === 'correction') effects.push(await correct(tx, row, key, id));
        if (decision === 'granted' && row.kind === 'erasure') {
          const today = localDate(deps.now().toISOString(), zone);
          const kept = await whatKeeps(tx, policy, row.person_id, today);
          if (kept)
            throw new ApiProblem(409, {
              code: 'retention',
              detail: `Удалить пока нельзя: ${[
                kept.openCases > 0 ? `открытых дел ${kept.openCases}` : '',
                kept.until ? `дела хранятся по ${formatDateRu(kept.until)}` : '',
              ]
                .filter(Boolean)
                .join(', ')}. Откажите с этим пояснением.`,
            });
          ({ documents: gone } = await erasePerson(tx, row.person_id));
          effects.push('ключ уничтожен', 'карточка обезличена', `файлов удалено: ${gone.length}`);
          letter = erasedLetter(row, answer, deps.now());
        }
        await tx`update personal_request set state = ${decision}, decided_at = ${deps.now()}, decided_by_id = ${viewer.personId}::uuid,
          answer = ${sealed}, effects = ${tx.json(effects)} where id = ${id}::uuid`;
        await note(tx, c, 'PERSON-05', 'personal_request.decided', row.person_id, {
          id,
          kind: row.kind,
          decision,
          effects,
        });
        await sendAccountLetter(tx, letter);
        await settleRequest(tx, id);
        return { documents: gone };
      },
    );
    // Contents go after the commit; a death in between leaves files that the next try of the same request removes.
    for (const sha256 of documents) await deps.documents.discard(sha256);
    const [view] = await readRequests(deps, deps.sql`r.id = ${id}::uuid`);
    await noteReadings(deps, viewer, [{ personId: row.person_id, what: 'request', as: 'dpo' }]);
    return c.json(view as PersonalRequestView, 200);
  });
}

interface Decided {
  person_id: string;
  kind: RequestKind;
  created_at: Date;
  email: string;
}

type AccountLetter = Parameters<typeof sendAccountLetter>[1];

const decidedLetter = ({ person_id: personId, kind }: Decided, decision: string, now: Date): AccountLetter => ({
  personId,
  template: 'data-request-decided',
  now,
  params: { kind: kinds[kind] ?? kind, decision: states[decision] ?? decision },
});

/** Whoever is erased can open no page any more: the answer is in the letter, and the letter goes where his card said until now. */
const erasedLetter = (
  { person_id: personId, created_at, email }: Decided,
  answer: string,
  now: Date,
): AccountLetter => ({
  personId,
  template: 'data-erased',
  now,
  address: email,
  params: {
    on: formatDateRu(localDate(created_at.toISOString(), zone)),
    at: formatDateRu(localDate(now.toISOString(), zone)),
    answer,
  },
});

interface ConsentRow {
  purpose: string;
  given_at: Date;
  until_on: string | null;
  withdrawn_at: Date | null;
}

async function correct(
  tx: Sql,
  row: { person_id: string; body: Buffer | null },
  key: Buffer | undefined,
  id: string,
): Promise<string> {
  if (!key || !row.body) throw invalid([{ pointer: '/decision', detail: 'Обращение больше не читается.' }]);
  const { field, value } = JSON.parse(unsealOwn(key, row.body, `request:${id}:body`)) as {
    field: keyof typeof columns;
    value: string;
  };
  if (field === 'email') return correctAddress(tx, row.person_id, value);
  await tx`update person set ${tx({ [columns[field]]: value } as never)} where id = ${row.person_id}::uuid`;
  await tx`update person set display_name = concat_ws(' ', family_name, nullif(given_name, ''), patronymic) where id = ${row.person_id}::uuid`;
  return `исправлено поле: ${field}`;
}

/** One enters by the address: it is one person's. Letters that the former one did not take go to the new one. */
async function correctAddress(tx: Sql, personId: string, email: string): Promise<string> {
  const taken = await tx`select 1 from person where lower(email) = lower(${email}) and id <> ${personId}::uuid`;
  if (taken.length > 0)
    throw new ApiProblem(409, {
      code: 'address_taken',
      detail:
        'Этот адрес уже записан у другого человека: по нему входят. Уточните адрес или откажите с этим пояснением.',
    });
  await tx`update person set email = ${email} where id = ${personId}::uuid`;
  const incident = { kind: 'mail_bounced', key: `mail_bounced:${personId}` };
  const letters = await resendBehind(tx, incident);
  await resolveIncident(tx, incident.key);
  return `исправлено поле: email${letters > 0 ? `, писем отправлено снова: ${letters}` : ''}`;
}

async function readRequests(deps: ApiDeps, where: ReturnType<ApiDeps['sql']>): Promise<PersonalRequestView[]> {
  const rows = (await deps.sql`
    select r.*, p.display_name from personal_request r join person p on p.id = r.person_id
    where ${where} order by (r.state <> 'open'), r.due_at, r.id limit 300`) as unknown as RequestRow[];
  return Promise.all(rows.map((row) => requestView(deps, row)));
}

async function requestView(deps: ApiDeps, row: RequestRow): Promise<PersonalRequestView> {
  const key = await findPersonKey(deps.sql, deps.keys, row.person_id).catch((error: unknown) => {
    if (error instanceof PersonErased) return undefined;
    throw error;
  });
  const read = (sealed: Buffer | null, column: string) =>
    key && sealed ? unsealOwn(key, sealed, `request:${row.id}:${column}`) : null;
  const body = read(row.body, 'body');
  const due: Due = { dueOn: row.due_on, dueAt: row.due_at.toISOString(), derivation: row.derivation };
  return {
    id: row.id,
    kind: row.kind,
    kindRu: kinds[row.kind] ?? row.kind,
    state: row.state,
    stateRu: states[row.state] ?? row.state,
    person: { id: row.person_id, displayName: row.display_name },
    body: body ? (JSON.parse(body) as Record<string, string>) : null,
    createdAt: row.created_at.toISOString(),
    dueOn: row.due_on,
    whyRu: explainDue(due),
    late: row.state === 'open' && row.due_at <= deps.now(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    answer: read(row.answer, 'answer'),
    effects: row.effects ?? [],
  };
}

async function policyOf(
  deps: ApiDeps,
): Promise<{ id: string; policy: PersonalDataPolicy; calendar: ProductionCalendar }> {
  const today = localDate(deps.now().toISOString(), zone);
  const [found, [newest]] = await Promise.all([
    personalDataPolicy(deps.sql, today),
    deps.sql<Array<{ data: ProductionCalendar }>>`
      select data from calendar_version order by loaded_at desc, version desc limit 1`,
  ]);
  if (!newest) throw new ApiProblem(503, { detail: 'Производственный календарь не загружен.' });
  return { ...found, calendar: newest.data };
}

function note(
  tx: Sql,
  c: Context<any>,
  row: string,
  kind: string,
  subjectId: string,
  facts: Record<string, unknown>,
): Promise<void> {
  return audit(tx as never, {
    row,
    kind,
    subjectId,
    by: viewerOf(c).actor,
    requestId: c.get('requestId'),
    facts,
  });
}

function page(name: string, data: Record<string, Array<Record<string, unknown>>>, now: Date) {
  const cell = (value: unknown) =>
    value === null || value === undefined
      ? ''
      : value instanceof Date
        ? value.toISOString()
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value);
  return html`<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><title>Мои данные</title><style>body{font:15px sans-serif;margin:2em}table{border-collapse:collapse;margin-bottom:2em}td,th{border:1px solid #bbb;padding:4px 8px;text-align:left;vertical-align:top}</style></head>
<body><h1>${name}: данные на платформе «Траектория»</h1><p>Выгружено ${now.toISOString()}.</p>
${Object.entries(data).map(([table, rows]) =>
  rows.length === 0
    ? ''
    : html`<h2>${HOLDINGS[table]?.titleRu ?? table}</h2><table><thead><tr>${Object.keys(rows[0] ?? {}).map((column) => html`<th>${column}</th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr>${Object.values(row).map((value) => html`<td>${cell(value)}</td>`)}</tr>`)}</tbody></table>`,
)}</body></html>`;
}
