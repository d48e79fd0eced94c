/**
 * From a body to a recorded act: check the form, take what the database knows better, store the documents, ask the case, and answer with
 * what became of it.
 */
import { z } from '@hono/zod-openapi';
import type { Accepted, JournalEntry } from '../activities/types.ts';
import { newCaseId } from '../platform/cases/commands.ts';
import type { Answer, Memory } from '../platform/cases/commands.ts';
import { contextAt, findPins } from '../platform/cases/references.ts';
import { commandId, reservationKey } from '../platform/crypto/ids.ts';
import type { AnyProcess, Command, Denial } from '../processes/kit/types.ts';
import type { PreparedDocument } from '../processes/kit/contract.ts';
import { findProcess } from '../processes/registry.ts';
import { requireOwnFiles } from './attachments.ts';
import type { Recorded } from './contract/common.ts';
import type { ApiDeps, ProcessFace, StartFacts } from './ports.ts';
import { ApiProblem, invalid, notFound, NotYetRecorded, zodErrors } from './problems.ts';
import { stageOf } from './queries/load-case.ts';
import { visibleCases } from './visibility.ts';
import type { Viewer } from './viewer.ts';

type RecordedView = z.infer<typeof Recorded>;

/** What a write carries besides its body. */
export interface WriteContext {
  viewer: Viewer;
  idempotencyKey: string;
  requestId: string;
  receivedAt: string;
}

/** Opens a case by its first act. A second start of the same object finds the first case. */
export async function startCase(
  deps: ApiDeps,
  context: WriteContext,
  request: { process: string; action: string; jurisdiction: string; body: unknown; keyObject: string },
): Promise<RecordedView> {
  const process = findProcess(request.process);
  const face = deps.faces[request.process];
  if (!process || !face) throw notFound();
  if (!process.starts.includes(request.action) || !face.actions[request.action])
    throw invalid([{ pointer: '/action', detail: 'Этим действием дело не начинается.' }]);
  const caseId = newCaseId();
  const completed = await face.complete?.(deps.sql, request.action, (request.body ?? {}) as Record<string, unknown>);
  const given = await trusted(deps, completed ? completed.body : request.body);
  const body = await known(deps, face, request, context.viewer, given);
  const prepared = await prepare(deps, face, request.action, body, 1);
  await requireOwnFiles(deps, context.viewer, prepared.payload.attachments);
  const jurisdiction = completed?.jurisdiction ?? request.jurisdiction;
  const command = commandOf(deps, context, request.action, prepared, { route: 'start', caseId: request.keyObject });
  const answer = await deps.cases.startCase({
    process: request.process,
    caseId,
    jurisdiction,
    uniqueKey: reservationKey(deps.keys, {
      process: request.process,
      period: '',
      ...(face.reservation?.(prepared.payload, context.viewer.personId) ?? {
        applicant: applicantOf(prepared.payload, context.viewer),
        object: objectOf(prepared.payload),
      }),
    }),
    command,
  });
  if (answer.kind === 'recorded' && answer.existing)
    await requirePlace(deps, answer.reply.caseId, context.viewer, { process, jurisdiction, command });
  return recorded(deps, answer, process);
}

/** Does one act on a case the viewer has a place in. `memory`: what is known of this command, where it was read already. */
export async function actOnCase(
  deps: ApiDeps,
  context: WriteContext,
  on: { caseId: string; process: string; versions: number; memory?: Memory },
  action: string,
  raw: unknown,
): Promise<RecordedView> {
  const face = deps.faces[on.process];
  if (!face?.actions[action])
    throw new ApiProblem(404, { code: 'unknown_action', detail: 'Такого действия в этом процессе нет.' });
  const body = await trusted(deps, raw);
  const prepared = await prepare(deps, face, action, body, on.versions + 1);
  await requireOwnFiles(deps, context.viewer, prepared.payload.attachments);
  if (action === 'assignTask') await requireHolder(deps, prepared.payload);
  const answer = await deps.cases.act(
    on.caseId,
    commandOf(deps, context, action, prepared, actOf(on.caseId, action)),
    on.memory,
  );
  return recorded(deps, answer, findProcess(on.process));
}

/** A task of an office is handed only to somebody who holds that office today; rules cannot look at people. */
async function requireHolder(deps: ApiDeps, { taskId, personId }: Record<string, unknown>): Promise<void> {
  const [holder] = await deps.sql`
    select 1 from task t join role_assignment a on a.role = t.role
      and ((a.scope_kind = t.scope_kind and a.scope_id is not distinct from t.scope_id) or a.scope_kind = 'country')
    where t.id = ${String(taskId)}::uuid and a.person_id = ${String(personId)}::uuid and a.on_behalf_of is null
      and a.from_on <= to_char(now(), 'YYYY-MM-DD') and (a.to_on is null or a.to_on >= to_char(now(), 'YYYY-MM-DD'))`;
  if (!holder) throw invalid([{ pointer: '/personId', detail: 'Этот человек не занимает нужную должность.' }]);
}

interface ReadyCommand {
  payload: Record<string, unknown>;
  personal?: Record<string, string>;
}

interface CommandPlace {
  route: string;
  caseId: string;
}

export const actOf = (caseId: string, action: string): CommandPlace => ({ route: `act:${action}`, caseId });

/** The id under which the same request with the same key is known again. */
export function commandIdOf(
  deps: Pick<ApiDeps, 'keys'>,
  { viewer, idempotencyKey }: WriteContext,
  place: CommandPlace,
): string {
  return commandId(deps.keys, { personId: viewer.personId, ...place, idempotencyKey });
}

function commandOf(
  deps: ApiDeps,
  context: WriteContext,
  type: string,
  prepared: ReadyCommand,
  place: CommandPlace,
): Command {
  const { viewer, requestId, receivedAt } = context;
  return {
    id: commandIdOf(deps, context, place),
    type,
    payload: prepared.payload,
    ...(prepared.personal && Object.keys(prepared.personal).length > 0
      ? { personal: { owner: viewer.personId, data: prepared.personal } }
      : {}),
    actor: viewer.actor,
    receivedAt,
    requestId,
  };
}

/** Checks the body by the contract of the action and puts its texts where they belong. Storing a document twice is harmless. */
async function prepare(
  deps: ApiDeps,
  face: ProcessFace,
  action: string,
  body: unknown,
  version: number,
): Promise<ReadyCommand> {
  const contract = face.actions[action]!;
  const parsed = contract.body.safeParse(body);
  if (!parsed.success) throw invalid(zodErrors(parsed.error));
  const { payload, documents, personal } = contract.prepare(parsed.data);
  const links = await Promise.all(
    documents.map((document: PreparedDocument) => storeDocument(deps, document, version)),
  );
  // Files that were uploaded before are documents of the case from this act on. Their names stay with the files: names name people.
  const files = Array.isArray(payload.attachments) ? payload.attachments.map(String) : [];
  const all = [
    ...links.map(({ field: _field, ...link }) => link),
    ...files.map((sha256, i) => ({
      sha256,
      kind: 'file',
      label: `Приложение ${i + 1}`,
      audience: 'panel',
      version: 1,
    })),
  ];
  const fields = Object.fromEntries(links.map(({ field, sha256 }) => [field, sha256]));
  return {
    payload: {
      ...payload,
      ...fields,
      ...(all.length > 0 ? { links: all } : {}),
    },
    ...(personal ? { personal } : {}),
  };
}

async function storeDocument(deps: ApiDeps, document: PreparedDocument, version: number) {
  const sha256 = await deps.documents.putJson(document.json, document.kind, document.label);
  return {
    field: document.field,
    sha256,
    kind: document.kind,
    label: document.label,
    audience: document.audience,
    version: document.kind === 'programme' ? version : 1,
  };
}

/**
 * Replaces what the browser says of an organisation by what the database knows: region, INN, OGRN and licence decide about experts and
 * refusals, so nobody types them.
 */
async function trusted(deps: ApiDeps, raw: unknown): Promise<unknown> {
  const body = await withEmployers(deps, raw);
  const programme = (body as { programme?: { provider?: { organisationId?: unknown } } } | null)?.programme;
  const organisationId = programme?.provider?.organisationId;
  if (typeof organisationId !== 'string' || !z.uuid().safeParse(organisationId).success) return body;
  const organisation = await deps.prisma.organisation.findUnique({ where: { id: organisationId } });
  if (!organisation)
    throw invalid([{ pointer: '/programme/provider/organisationId', detail: 'Такой организации нет.' }]);
  const { nameRu, regionCode, inn, ogrn, licenceNumber, licenceDate } = organisation;
  const known = { nameRu, regionCode, inn, ogrn, licenceNumber, licenceDate };
  const provider = {
    ...programme?.provider,
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null)),
  };
  return { ...(body as object), programme: { ...programme, provider } };
}

/** Where members of a commission work is read from their employments: it decides who stands aside. */
async function withEmployers(deps: ApiDeps, body: unknown): Promise<unknown> {
  const members = (body as { members?: unknown } | null)?.members;
  if (!Array.isArray(members)) return body;
  const named = members.filter((m): m is { personId: string } => z.object({ personId: z.uuid() }).safeParse(m).success);
  const rows = await deps.sql<Array<{ id: string; organisations: string[] }>>`
    select person_id as id, array_agg(distinct organisation_id) as organisations from employment
    where person_id = any(${named.map((m) => m.personId)}::uuid[]) and from_on <= to_char(now(), 'YYYY-MM-DD')
      and (to_on is null or to_on >= to_char(now(), 'YYYY-MM-DD')) group by person_id`;
  const employers = new Map(rows.map((row) => [row.id, row.organisations]));
  return {
    ...(body as object),
    members: members.map((m) =>
      typeof m === 'object' && m !== null
        ? { ...m, organisationIds: employers.get((m as { personId?: string }).personId ?? '') ?? [] }
        : m,
    ),
  };
}

/** Adds what the database knows of an organisation and of a person there, for a process that starts with them. */
export async function known(
  deps: ApiDeps,
  face: ProcessFace,
  { action, jurisdiction }: { action: string; jurisdiction: string },
  viewer: Viewer,
  body: unknown,
): Promise<unknown> {
  if (!face.startBody) return body;
  const given = (body ?? {}) as Record<string, unknown>;
  const id = (value: unknown) => (z.uuid().safeParse(value).success ? String(value) : null);
  const [found] = await deps.sql<
    Array<{
      region: string | null;
      organisation: StartFacts['organisation'] | null;
      centre: StartFacts['centre'] | null;
      employed: boolean;
    }>
  >`
    select (select region_code from jurisdiction where id = ${jurisdiction}) as region,
      (select jsonb_build_object('id', id, 'kind', kind, 'regionCode', region_code) from organisation where id = ${id(given.organisationId)}::uuid) as organisation,
      (select jsonb_build_object('id', id, 'kind', kind, 'regionCode', region_code) from organisation where id = ${id(given.centreId)}::uuid) as centre,
      exists (select from employment where person_id = ${id(given.personId)}::uuid and organisation_id = ${id(given.organisationId)}::uuid
        and from_on <= ${viewer.today} and (to_on is null or to_on >= ${viewer.today})) as employed`;
  return face.startBody(given, {
    action,
    personId: viewer.personId,
    regionCode: found?.region ?? undefined,
    organisation: found?.organisation ?? undefined,
    centre: found?.centre ?? undefined,
    employed: found?.employed === true,
  });
}

function applicantOf(payload: Record<string, any>, viewer: Viewer): string {
  return String(payload.programme?.providerId ?? viewer.personId);
}

/** The object of an application: a programme is known by its title and volume, whatever the case and the quotes. */
function objectOf(payload: Record<string, any>): string {
  const title = String(payload.programme?.title ?? '')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return `${title}|${payload.programme?.hours ?? ''}`;
}

/** Turns an answer of the engine into a view, or throws the refusal. The record path has told what it wrote: nothing is read again. */
async function recorded(deps: ApiDeps, answer: Answer, process: AnyProcess | undefined): Promise<RecordedView> {
  if (answer.kind === 'not_yet_recorded') throw new NotYetRecorded(answer.retryAfterSeconds);
  if (answer.kind === 'refused') throw denied(deps, answer.denial);
  const { caseId, stage, sequence, number } = answer.reply;
  const entries = answer.reply.entries ?? (await readEntries(deps, answer.reply));
  const wordOf = (row: string) => process?.table.find(({ id }) => id === row)?.effectRu;
  return {
    caseId,
    number: number ?? null,
    stage,
    stageRu: stageOf(process, stage).labelRu,
    sequence,
    existing: answer.existing,
    events: entries.map(({ sequence: nr, type, row }) => ({ sequence: nr, type, row, labelRu: wordOf(row) ?? type })),
  };
}

/** For an answer that was stored before answers told their events. */
async function readEntries(deps: ApiDeps, { caseId, commandId: id }: Accepted): Promise<JournalEntry[]> {
  if (id === '') return [];
  return deps.sql<JournalEntry[]>`
    select sequence, type, row from case_event where case_id = ${caseId}::uuid and command_id = ${id} order by sequence`;
}

/**
 * The case a start has found may belong to somebody else; its number is then nobody's business. Who might not have begun it anyway hears what he would
 * have heard without it: otherwise everybody could ask whether an organisation has applied with a title.
 */
async function requirePlace(
  deps: ApiDeps,
  caseId: string,
  viewer: Viewer,
  { process, jurisdiction, command }: { process: AnyProcess; jurisdiction: string; command: Command },
): Promise<void> {
  const [row] =
    await deps.sql`select 1 from "case" c where c.id = ${caseId}::uuid and ${visibleCases(deps.sql, viewer.reach)}`;
  if (row) return;
  const pins = await findPins(deps.sql, process.slug, { jurisdiction }, command.receivedAt);
  if (pins) {
    const base = await deps.references.of(deps.sql, process, pins);
    const decision = process.decide(null, command, contextAt(base, caseId, command.receivedAt));
    if (!decision.ok) throw denied(deps, decision.denial);
  }
  throw new ApiProblem(409, { code: 'duplicate', detail: 'Такая заявка уже рассматривается.' });
}

const byRole = new Set([
  'forbidden',
  'role_missing',
  'not_assignee',
  'personal_task',
  'segregation',
  'no_signature',
  'not_for_people',
]);
const absent = new Set(['not_found', 'case_not_found', 'task_not_found']);

/** A denial is a value: the code, the sentence, the fields at fault and what is possible now. */
export function denied(deps: ApiDeps, denial: Denial): ApiProblem {
  const labels = new Map(
    Object.values(deps.faces).flatMap((face) =>
      Object.values(face.actions).map((contract) => [contract.type, contract.labelRu] as const),
    ),
  );
  const possible = denial.possible?.map((type) => ({ type, labelRu: labels.get(type) ?? type }));
  const status = absent.has(denial.code) ? 404 : byRole.has(denial.code) ? 403 : denial.errors?.length ? 422 : 409;
  return new ApiProblem(status, {
    code: denial.code,
    title: denial.message,
    detail: denial.message,
    ...(denial.errors ? { errors: denial.errors } : {}),
    ...(possible ? { possible } : {}),
    ...(denial.alternatives ? { alternatives: denial.alternatives } : {}),
  });
}
