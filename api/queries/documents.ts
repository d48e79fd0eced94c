/** Which documents of a case a viewer may open, and in which form. */
import { createHash } from 'node:crypto';
import { documentHandle } from '../../platform/crypto/ids.ts';
import type { LoadedCase } from '../loaded-case.ts';
import type { Sql } from '../../platform/db/pool.ts';
import type { Readable } from 'node:stream';
import { withExtension } from '../../platform/documents/name.ts';
import { extensionsOf } from '../../platform/documents/sniff.ts';
import { CannotStrip, stripMetadata } from '../../platform/documents/strip.ts';
import type { ApiDeps, Sealed } from '../ports.ts';
import { ApiProblem, notFound } from '../problems.ts';
import type { ReadTx } from '../viewer.ts';
import type { ViewerKind } from '../visibility.ts';
import { loadCase, opensPanelDocuments } from './load-case.ts';
import { isRoundClosed, panelState, roundOf, type PanelState } from './panel.ts';
import { sealedOf } from './sealed.ts';

export interface DocumentRow {
  sha256: string;
  kind: string;
  label: string;
  version: number;
  audience: string;
  owner_id: string | null;
  added_at: Date;
  mime: string | null;
  size: number | null;
  name: string | null;
}

interface Sees {
  kinds: ViewerKind[];
  ownTasks: ReadonlyArray<{ id: string; state: string }>;
  panel: PanelState | undefined;
  personId: string;
  /** Answers closed to everybody but their authors. */
  sealed: Sealed | null;
  /** Documents up to this moment belong to a former school that this viewer does not see. */
  since: Date | null;
}

/** The moment before which documents are not for this viewer. */
export async function sinceOf(sql: ReadTx['sql'], { row, hiddenBefore }: LoadedCase): Promise<Date | null> {
  if (hiddenBefore === 0) return null;
  const [event] = await sql<Array<{ at: Date }>>`
    select at from case_event where case_id = ${row.id}::uuid and sequence = ${hiddenBefore}`;
  return event?.at ?? null;
}

/** What decides which documents of a loaded case its viewer opens. */
export async function seesOf(deps: ApiDeps, { sql, viewer }: ReadTx, loaded: LoadedCase): Promise<Sees> {
  return {
    kinds: loaded.kinds,
    ownTasks: loaded.ownTasks,
    panel: panelState(loaded.row.state),
    personId: viewer.personId,
    sealed: sealedOf(deps, loaded),
    since: await sinceOf(sql, loaded),
  };
}

/**
 * Staff open everything but what is sealed; the applicant his own and what is for him, conclusions once their round is closed; an expert the programme and
 * his own texts; a member of the commission what the panel read and what it concluded; an observer what is public.
 */
export function visibleDocuments<
  D extends Pick<DocumentRow, 'sha256' | 'kind' | 'audience' | 'owner_id'> & { added_at?: Date },
>(documents: readonly D[], see: Sees): D[] {
  const { kinds } = see;
  const read = documents.filter((d) => !see.sealed?.documents.includes(d.sha256) || d.owner_id === see.personId);
  if (kinds.includes('staff')) return read;
  const office = kinds.includes('office');
  const closed = closedConclusions(see.panel);
  const panelOpen = opensPanelDocuments(see.ownTasks);
  return read.filter((document) => {
    if (document.audience === 'public') return true;
    if (see.since && document.added_at && document.added_at <= see.since) return false;
    // Offices above a school read its programmes and conclusions, not the texts of the pair.
    if (kinds.includes('overseer') && ABOVE.includes(document.kind) && document.audience !== 'none') return true;
    // An office checks papers; what experts wrote is not its business.
    if (office && document.kind !== 'conclusion') return true;
    if (kinds.includes('member') && (document.audience === 'panel' || closed.has(document.sha256))) return true;
    if (
      kinds.includes('applicant') &&
      (document.audience === 'applicant' || document.audience === 'panel' || closed.has(document.sha256))
    )
      return true;
    if (kinds.includes('expert') && panelOpen && document.audience === 'panel') return true;
    return document.owner_id === see.personId && (kinds.includes('expert') || kinds.includes('applicant'));
  });
}

const ABOVE = ['programme', 'conclusion'];

function closedConclusions(panel: PanelState | undefined): Set<string> {
  if (!panel) return new Set();
  const tasks = panel.tasks.filter((task) => task.state === 'done' && isRoundClosed(panel, roundOf(task)));
  return new Set(
    tasks
      .map((task) => (task.result as { document?: string } | undefined)?.document)
      .filter((sha): sha is string => sha !== undefined),
  );
}

/** What a blinded reader gets with something left out: the contact of a programme, the authors of a file. */
const CLEANED = ['programme', 'file'];

/** What a blinded reader calls the documents of a case, by their digests. `documents`: all of them, in their order. */
export const handlesOf = (
  { keys }: Pick<ApiDeps, 'keys'>,
  caseId: string,
  documents: ReadonlyArray<{ sha256: string }>,
): Map<string, string> => new Map(documents.map(({ sha256 }, n) => [sha256, documentHandle(keys, caseId, n)]));

/**
 * A document as it is listed. `blinded`, with the handles of the case: the reader may not know whose file it is, and names of files name
 * people. Of what he gets with something left out he is told neither digest nor size: against them he could try what is left out. He asks for it by a handle.
 */
export function documentView(caseId: string, document: DocumentRow, blinded: false | ReadonlyMap<string, string>) {
  const handle = blinded && CLEANED.includes(document.kind) ? blinded.get(document.sha256) : undefined;
  const cleaned = handle !== undefined;
  const ref = handle ?? document.sha256;
  return {
    sha256: cleaned ? null : document.sha256,
    kind: document.kind,
    label: document.label,
    version: document.version,
    mime: document.mime ?? 'application/json',
    size: cleaned ? null : (document.size ?? 0),
    name: document.kind === 'file' && blinded ? null : document.name,
    addedAt: document.added_at.toISOString(),
    audience: document.audience,
    href: `/api/cases/${caseId}/documents/${ref}`,
  };
}

/** An expert or an observer and nothing else. */
export const isBlinded = (kinds: readonly ViewerKind[]): boolean =>
  kinds.every((kind) => kind === 'expert' || kind === 'observer');

/** Papers of a case as they are listed. */
export const documentsOf = (sql: Sql, caseId: string) => sql<DocumentRow[]>`
  select cd.sha256, cd.kind, cd.label, cd.version, cd.audience, cd.owner_id, cd.added_at, d.mime, d.size, d.name
  from case_document cd left join document d on d.sha256 = cd.sha256 where cd.case_id = ${caseId}::uuid order by cd.added_at, cd.version, cd.kind, cd.label, cd.sha256`;

/**
 * A programme as an expert may read it: nobody to call or write to, no names of files, which often name their authors, and no digests of
 * files, which he gets without their authors.
 */
export function withoutContacts(
  programme: Record<string, unknown>,
  handles: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const { contact: _, ...rest } = programme;
  if (!Array.isArray(rest.attachments)) return rest;
  const attachments = (rest.attachments as Array<{ sha256: string }>).map(({ sha256 }, i) => ({
    document: handles.get(sha256) ?? null,
    name: `Приложение ${i + 1}`,
  }));
  return { ...rest, attachments };
}

export interface OpenedDocument {
  mime: string;
  name: string;
  /** Of what the reader gets. */
  sha256: string;
  /** A large file comes piece by piece. */
  content: Uint8Array | Readable;
}

/**
 * One document of a case, by its digest or its handle: attachments of the programme are documents of the case too. What a blinded reader
 * gets with something left out opens to him by its handle alone: otherwise a guessed digest would be answered by opening.
 */
export async function openDocument(deps: ApiDeps, tx: ReadTx, caseId: string, ref: string): Promise<OpenedDocument> {
  const loaded = await loadCase(deps, tx, caseId, { expertsToo: true, what: 'document' });
  const blinded = isBlinded(loaded.kinds);
  const handles = blinded ? handlesOf(deps, caseId, await documentsOf(tx.sql, caseId)) : new Map<string, string>();
  const sha256 = [...handles].find(([, handle]) => handle === ref)?.[0] ?? ref;
  const [documents, attachments] = await Promise.all([
    tx.sql<
      Array<Pick<DocumentRow, 'sha256' | 'kind' | 'label' | 'audience' | 'owner_id' | 'added_at'>>
    >`select sha256, kind, label, audience, owner_id, added_at from case_document where case_id = ${caseId}::uuid and sha256 = ${sha256}`,
    tx.sql<
      Array<{ found: boolean }>
    >`select true as found from case_event where case_id = ${caseId}::uuid and facts->'attachments' ? ${sha256} limit 1`,
  ]);
  const candidates = [
    ...documents,
    ...(attachments.length > 0
      ? [{ sha256, kind: 'file', label: 'Приложение', audience: 'panel', owner_id: null }]
      : []),
  ];
  const seen = visibleDocuments(candidates, await seesOf(deps, tx, loaded));
  const document = seen.find(({ kind }) => !blinded || ref !== sha256 || !CLEANED.includes(kind));
  const stored = document ? await deps.documents.find(sha256) : undefined;
  if (!document || !stored) throw notFound();
  refuseUnsafe(stored);
  const { mime } = stored;
  if (!blinded || !CLEANED.includes(document.kind))
    return {
      mime,
      name: stored.name ?? document.label,
      sha256,
      content: stored.size > 1_000_000 ? stored.stream() : await stored.read(),
    };
  const content = await cleaned(document.kind, mime, await stored.read(), handles);
  const name = document.kind === 'file' ? withExtension(document.label, extensionsOf(mime)) : document.label;
  return { mime, name, sha256: createHash('sha256').update(content).digest('hex'), content };
}

/** What a blinded reader gets of a programme or a file. */
async function cleaned(
  kind: string,
  mime: string,
  bytes: Uint8Array,
  handles: ReadonlyMap<string, string>,
): Promise<Uint8Array> {
  if (kind === 'programme') {
    const programme = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
    return Buffer.from(JSON.stringify(withoutContacts(programme, handles)), 'utf8');
  }
  return stripMetadata(mime, bytes).catch((error: unknown) => {
    if (!(error instanceof CannotStrip)) throw error;
    throw new ApiProblem(409, {
      code: 'not_anonymous',
      detail:
        'Из этого файла не удаётся убрать сведения об авторах, поэтому экспертам он не открывается. Попросите координатора.',
    });
  });
}

function refuseUnsafe({ scan, erased }: { scan: string; erased: boolean }): void {
  if (scan === 'infected')
    throw new ApiProblem(409, {
      code: 'document_infected',
      detail: 'В файле найдено вредоносное содержимое, он уничтожен. Приложивший файл может заменить его.',
    });
  if (erased)
    throw new ApiProblem(409, {
      code: 'document_erased',
      detail: 'Содержание документа уничтожено вместе с персональными данными его автора; в записи остался отпечаток.',
    });
  if (scan === 'pending')
    throw new ApiProblem(409, {
      code: 'document_quarantined',
      detail: 'Файл ещё проверяется на вредоносное содержимое. Он откроется, как только проверка закончится.',
    });
}
