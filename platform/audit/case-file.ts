/**
 * The file of one case, checked without the platform that made it: no database, no network, no clock. It proves that what stands in the
 * file is what was recorded; whether the roots in it are the published ones is decided by a copy that was kept elsewhere.
 */
import { z } from 'zod';
import { momentRu, toldEvent } from '../../processes/kit/event-words.ts';
import type { StoredActor } from '../../processes/kit/types.ts';
import { findProcess } from '../../processes/registry.ts';
import { dayHash, leafOf, rootOfPath } from './merkle.ts';
import { type Fault, type FaultKind, faultsOf, type LinkedEvent, type PublishedRoot } from './verify.ts';

export const CASE_FILE_FORMAT = 'traektoria.case-audit/1';

const Hex = z.string().regex(/^[0-9a-f]{64}$/);
const Actor = z.object({
  kind: z.enum(['person', 'system']),
  personId: z.string().optional(),
  onBehalfOf: z.object({ personId: z.string(), actId: z.string() }).partial({ actId: true }).optional(),
  acting: z.object({ actId: z.string() }).optional(),
});

/** What a check reads of a file; the whole of it is described by the API (`CaseAudit`). */
const CaseFileProof = z.object({
  format: z.literal(CASE_FILE_FORMAT),
  number: z.string(),
  made: z.object({ at: z.string() }),
  case: z.object({
    id: z.string(),
    process: z.string(),
    number: z.string().nullable(),
    jurisdiction: z.object({ zone: z.string() }),
    sequence: z.number().int(),
  }),
  part: z.object({ after: z.number().int(), to: z.number().int(), next: z.number().int().nullable() }),
  events: z.array(
    z.object({
      sequence: z.number().int(),
      type: z.string(),
      row: z.string(),
      at: z.iso.datetime(),
      on: z.string(),
      atRu: z.string(),
      labelRu: z.string(),
      clause: z.string().nullable(),
      wordsRu: z.string().nullable(),
      actorRu: z.string(),
      actorId: z.string().nullable(),
      onBehalfOfRu: z.string().nullable(),
      actingRu: z.string().nullable(),
      facts: z.record(z.string(), z.unknown()),
      link: z.object({ previous: Hex, hash: Hex, actor: Actor, personal: Hex.nullable() }).nullable(),
    }),
  ),
  proof: z.object({
    linkedTo: z.number().int(),
    head: Hex.nullable(),
    anchors: z.array(
      z.object({
        day: z.iso.date(),
        sequence: z.number().int(),
        hash: Hex.nullable(),
        leaf: Hex,
        index: z.number().int(),
        path: z.array(Hex),
      }),
    ),
    days: z.array(
      z.object({
        day: z.iso.date(),
        cases: z.number().int(),
        root: Hex,
        records: z.number().int(),
        recordsDigest: Hex,
        previous: Hex,
        hash: Hex,
      }),
    ),
  }),
});
type CaseFileProof = z.infer<typeof CaseFileProof>;
type FileEvent = CaseFileProof['events'][number];
type LinkedFileEvent = FileEvent & { link: NonNullable<FileEvent['link']> };

export interface CaseFileReport {
  number: string;
  caseNumber: string | null;
  madeAt: string;
  /** Events in the file, and how many the case had. */
  events: number;
  of: number;
  /** Events whose own hash was computed again and whose link holds. */
  linked: number;
  /** The last event under a root of a day that the path leads to; 0: none. */
  rootedTo: number;
  days: number;
  /** Days of the file that were found in the copy kept elsewhere; null: no copy was given. */
  compared: number | null;
  /** In the order of the events they are at: the first is where to look first. */
  faults: Fault[];
  /** What the file does not prove, and why. */
  notesRu: string[];
}

export class NotACaseFile extends Error {}

/** Checks what the file says of itself, and its roots against `published`. Throws `NotACaseFile` for anything else. */
export function verifyCaseFile(read: unknown, published?: PublishedRoot[]): CaseFileReport {
  const parsed = CaseFileProof.safeParse(read);
  if (!parsed.success) throw new NotACaseFile(`Это не файл дела: ${z.prettifyError(parsed.error)}`);
  const file = parsed.data;
  const { proof, events } = file;
  const faults: Fault[] = [...orderFaults(file), ...linkFaults(file), ...wordFaults(file)];
  const rooted = rootFaults(file, faults);
  const days = dayFaults(file, published, faults);
  const broken = new Set(faults.flatMap(({ sequence }) => sequence ?? []));
  const linked = linkedOf(file).filter(({ sequence }) => !broken.has(sequence)).length;
  faults.sort((a, b) => (a.sequence ?? Number.MAX_SAFE_INTEGER) - (b.sequence ?? Number.MAX_SAFE_INTEGER));
  return {
    number: file.number,
    caseNumber: file.case.number,
    madeAt: file.made.at,
    events: events.length,
    of: file.case.sequence,
    linked,
    rootedTo: rooted,
    days: proof.days.length,
    compared: days,
    faults,
    notesRu: notesOf(file, rooted, days),
  };
}

/** Events with a link, as far as the file says it has links. */
const linkedOf = ({ events, proof }: CaseFileProof): LinkedFileEvent[] =>
  events.filter((event): event is LinkedFileEvent => event.link !== null && event.sequence <= proof.linkedTo);

const faultOf =
  ({ case: kase }: CaseFileProof) =>
  (kind: FaultKind, messageRu: string, more: Partial<Fault> = {}): Fault => ({
    kind,
    caseId: kase.id,
    number: kase.number,
    ...more,
    messageRu,
  });

/** Gaps, repetitions and places; where links say the same they say it better, so only what they cannot see is told here. */
function orderFaults(file: CaseFileProof): Fault[] {
  const fault = faultOf(file);
  const faults: Fault[] = [];
  let before = file.part.after;
  for (const { sequence, row } of file.events) {
    if (sequence === before)
      faults.push(fault('changed', `Событие ${sequence} стоит в файле дважды.`, { sequence, row }));
    else if (sequence < before)
      faults.push(fault('reordered', `Событие ${sequence} стоит в файле после события ${before}.`, { sequence, row }));
    before = Math.max(before, sequence);
  }
  const there = new Set(file.events.map(({ sequence }) => sequence));
  const linked = new Set(linkedOf(file).map(({ sequence }) => sequence));
  for (let n = file.part.after + 1; n <= file.part.to; n += 1) {
    // Up to the last link the chain tells what is missing.
    if (!there.has(n) && (n > file.proof.linkedTo || linked.size === 0))
      faults.push(fault('removed', `Нет события ${n}: запись удалена из файла.`, { sequence: n }));
    else if (there.has(n) && n <= file.proof.linkedTo && !linked.has(n))
      faults.push(fault('changed', `У события ${n} изъято звено цепочки.`, { sequence: n }));
  }
  return faults;
}

function linkFaults(file: CaseFileProof): Fault[] {
  const { case: kase, proof, part } = file;
  const events = linkedOf(file).toSorted((a, b) => a.sequence - b.sequence);
  const unique = events.filter(({ sequence }, i) => sequence !== events[i - 1]?.sequence);
  if (unique.length === 0) return [];
  const first = unique[0] as LinkedFileEvent;
  const whole = proof.linkedTo === part.to;
  const chained = unique.map(linkedEvent);
  const start = part.after === 0 ? undefined : { sequence: part.after, hash: Buffer.from(first.link.previous, 'hex') };
  const head = whole && proof.head ? Buffer.from(proof.head, 'hex') : null;
  const anchors = proof.anchors.flatMap(({ day, sequence, hash }) =>
    hash ? [{ day, caseId: kase.id, sequence, hash: Buffer.from(hash, 'hex') }] : [],
  );
  return faultsOf(
    { id: kase.id, number: kase.number, sequence: proof.linkedTo, last_hash: head },
    chained,
    anchors,
    start,
  );
}

const linkedEvent = ({ sequence, type, row, at, on, facts, link }: LinkedFileEvent): LinkedEvent => ({
  sequence,
  type,
  row,
  at,
  on,
  actor: link.actor as StoredActor,
  facts,
  ...(link.personal ? { ciphertext: link.personal } : {}),
  prevHash: Buffer.from(link.previous, 'hex'),
  hash: Buffer.from(link.hash, 'hex'),
});

/** The words a reader trusts have to follow from the record beside them. Names do not: the chain holds ids, the file the names of its day. */
function wordFaults(file: CaseFileProof): Fault[] {
  const fault = faultOf(file);
  const process = findProcess(file.case.process);
  const names = new Map<string, string>();
  return file.events.flatMap((event) => {
    const at = { sequence: event.sequence, row: event.row };
    const told = toldEvent(process, event);
    const pairs: Array<[string | null, string | null]> = [
      ...(process && told.labelRu !== null ? [[event.labelRu, told.labelRu] as [string, string]] : []),
      ...(process ? [[event.clause, told.clause] as [string | null, string | null]] : []),
      ...(process ? [[event.wordsRu, told.wordsRu] as [string | null, string | null]] : []),
      [event.atRu, momentRu(event.at, file.case.jurisdiction.zone)],
    ];
    const faults = pairs
      .filter(([written, recorded]) => written !== recorded)
      .map(([written, recorded]) =>
        fault(
          'words_differ',
          `Слова события ${event.sequence} не следуют из записи: в файле «${written ?? ''}», по записи «${recorded ?? ''}». Их исправили в файле, или он сделан другой версией платформы.`,
          at,
        ),
      );
    if (!actorAgrees(event, names))
      faults.push(fault('words_differ', `Событие ${event.sequence}: в файле действует не тот, кто в записи.`, at));
    return faults;
  });
}

function actorAgrees(
  { actorRu, actorId, onBehalfOfRu, actingRu, link }: FileEvent,
  names: Map<string, string>,
): boolean {
  if (!link) return true;
  const { kind, personId, onBehalfOf, acting } = link.actor;
  if (kind === 'system') return actorRu === 'Платформа' && actorId === null && onBehalfOfRu === null;
  if (actorId !== null && actorId !== personId) return false;
  if (actorId !== null && (names.get(actorId) ?? actorRu) !== actorRu) return false;
  if (actorId !== null) names.set(actorId, actorRu);
  if ((onBehalfOf === undefined) !== (onBehalfOfRu === null)) return false;
  if (onBehalfOf?.actId && !onBehalfOfRu?.includes(onBehalfOf.actId)) return false;
  return (acting === undefined) === (actingRu === null) && (!acting || actingRu?.includes(acting.actId) === true);
}

/** Leaves, their hashes and the ways to the roots. Answers with the last event under a root that holds. */
function rootFaults(file: CaseFileProof, faults: Fault[]): number {
  const fault = faultOf(file);
  const days = new Map(file.proof.days.map((day) => [day.day, day]));
  let rooted = 0;
  for (const { day, sequence, hash, leaf, index, path } of file.proof.anchors) {
    const root = days.get(day);
    const bytes = Buffer.from(leaf, 'hex');
    const own = hash ? leafOf({ caseId: file.case.id, sequence, hash: Buffer.from(hash, 'hex') }) : bytes;
    const found =
      root &&
      rootOfPath(
        bytes,
        index,
        root.cases,
        path.map((node) => Buffer.from(node, 'hex')),
      );
    if (!own.equals(bytes))
      faults.push(fault('root_broken', `Лист за ${day} — не лист события ${sequence}.`, { sequence, day }));
    else if (!root) faults.push(fault('root_broken', `Корня за ${day} в файле нет: он изъят.`, { sequence, day }));
    else if (found?.toString('hex') !== root.root)
      faults.push(
        fault('root_broken', `Путь от события ${sequence} не приводит к корню за ${day}.`, { sequence, day }),
      );
    else rooted = Math.max(rooted, sequence);
  }
  return rooted;
}

/** The days are one chain; a day of the copy that the file spans has to be in it, and the same. Answers how many were compared. */
function dayFaults(file: CaseFileProof, published: PublishedRoot[] | undefined, faults: Fault[]): number | null {
  const { days } = file.proof;
  const fault = (day: string, kind: FaultKind, messageRu: string) => faults.push({ kind, day, messageRu });
  for (const [index, row] of days.entries()) {
    const bytes = (hex: string) => Buffer.from(hex, 'hex');
    const before = days[index - 1];
    const { day, cases, records } = row;
    const hash = dayHash({
      day,
      cases,
      root: bytes(row.root),
      records,
      recordsDigest: bytes(row.recordsDigest),
      previous: bytes(row.previous),
    });
    if (hash.toString('hex') !== row.hash) fault(day, 'root_broken', `Корень за ${day} изменён.`);
    if (before && (before.hash !== row.previous || before.day >= day))
      fault(day, 'root_broken', `Корень за ${day} продолжает не предыдущий: корень между ними удалён или заменён.`);
  }
  if (!published) return null;
  const known = new Map(days.map(({ day, hash }) => [day, hash]));
  const [first, last] = [days[0]?.day ?? '', days.at(-1)?.day ?? ''];
  const within = published.filter(({ day }) => day >= first && day <= last && first !== '');
  for (const { day, hash } of within)
    if (known.get(day) !== hash)
      fault(
        day,
        'root_differs',
        known.has(day)
          ? `Корень за ${day} не тот, что был опубликован.`
          : `Опубликованного корня за ${day} в файле нет.`,
      );
  return within.length;
}

const eventsRu = (from: number, to: number) => (from === to ? `Событие ${from}` : `События ${from}–${to}`);

function notesOf(file: CaseFileProof, rooted: number, compared: number | null): string[] {
  const { part, proof, case: kase } = file;
  const notes: string[] = [];
  if (part.after > 0)
    notes.push(
      `Файл начинается после события ${part.after}: более ранних событий в нём нет, первое звено принято на веру.`,
    );
  if (part.next !== null)
    notes.push(
      `Это часть записи: событий ${kase.sequence}, здесь до ${part.to}. Следующая часть — after=${part.next}.`,
    );
  if (proof.linkedTo < part.to)
    notes.push(
      proof.linkedTo <= part.after
        ? 'Звеньев цепочки в файле нет: читателю показаны не все сведения событий. Подтверждается порядок номеров и то, что дело вошло в суточные корни; содержание событий файл не доказывает.'
        : `${eventsRu(proof.linkedTo + 1, part.to)} без звеньев цепочки: часть сведений в них закрыта. Их содержание файл не доказывает.`,
    );
  if (rooted < part.to)
    notes.push(
      `${eventsRu(Math.max(rooted, part.after) + 1, part.to)}: суточного корня в файле ещё нет, он появляется после полуночи по московскому времени${proof.linkedTo > rooted ? '; до тех пор их держит только цепочка' : ''}.`,
    );
  if (compared === null && proof.days.length > 0)
    notes.push(
      'Корни взяты из самого файла. Сверьте их с копией, которая хранилась не у автора файла: --roots ФАЙЛ, опубликованы на /api/integrity/roots.',
    );
  notes.push(
    'Под хэшем стоят события с номерами людей. Имена, списки задач, писем, документов и чтений — сведения на день выписки: сверьте их с событиями.',
  );
  return notes;
}
