/**
 * The audit of one case as one file. It shows its reader what the pages of the case show him and not a letter more: each part is read by the
 * same code. Links of the chain go only where the facts they cover are shown; leaves and roots are public.
 */
import { PLATFORM_VERSION } from '../../platform/version.ts';
import { randomUUID } from 'node:crypto';
import { CASE_FILE_FORMAT } from '../../platform/audit/case-file.ts';
import { readHeads, ROOT_ZONE } from '../../platform/audit/daily-root.ts';
import { leafOf, merklePath } from '../../platform/audit/merkle.ts';
import { personalDigest } from '../../platform/crypto/chain.ts';
import { toHistoryEvent } from '../../platform/cases/history.ts';
import { formatDateRu, type Instant } from '../../processes/kit/dates.ts';
import { momentRu, toldEvent } from '../../processes/kit/event-words.ts';
import type { NoticeParams } from '../../processes/kit/letter.ts';
import { localDate } from '../../processes/kit/zones.ts';
import { findTemplate } from '../../processes/registry.ts';
import type { CaseAudit } from '../contract/case-audit.ts';
import type { LoadedCase } from '../loaded-case.ts';
import type { ApiDeps } from '../ports.ts';
import { READERS, type ReaderKind, READINGS, type ReadingOf } from '../reading-log.ts';
import type { RootRow } from '../routes/evidence.ts';
import type { ReadTx } from '../viewer.ts';
import { holdsEverywhere, partiesOf, seesNames } from '../visibility.ts';
import { entryStatusRu, noticeStateRu, registerRu, roleRu } from '../words.ts';
import { relatedCases, taskCard, type TaskRecord } from './case-view.ts';
import { readDecisions } from './decisions.ts';
import { documentsOf, documentView, handlesOf, isBlinded, seesOf, visibleDocuments } from './documents.ts';
import { behalfRu, eventViewer, readRows, rolesOf, type StoredRow } from './events.ts';
import { loadCase, namesOf, organisationsOf, stageOf } from './load-case.ts';

/** Events of one part: a case of three years is one part, and no answer grows without end. */
export const MOST_EVENTS = 5_000;
const MOST_DECISIONS = 500;
const MOST_READINGS = 2_000;

/** The file for this viewer, from the event after `after` on. `personalRead`: events whose texts about people were opened for it. */
export async function readCaseAudit(
  deps: ApiDeps,
  tx: ReadTx,
  id: string,
  after: number,
): Promise<{ file: CaseAudit; personalRead: string[] }> {
  const { sql, viewer } = tx;
  const loaded = await loadCase(deps, tx, id, { what: 'export' });
  const { row, process, ctx, kinds, hiddenBefore } = loaded;
  const zone = ctx.jurisdiction.zone;
  const found = await readRows(tx, loaded, after, MOST_EVENTS + 1);
  const rows = found.slice(0, MOST_EVENTS);
  const from = Math.max(Math.min(after, row.sequence), hiddenBefore);
  const to = rows.at(-1)?.sequence ?? from;
  const { view, personalRead, linkedTo } = await eventViewer(deps, tx, loaded, rows);
  const [roleOf, proof, tasks, documents, sees, related, policies, organisations] = await Promise.all([
    rolesOf(tx, loaded, rows),
    proofOf(deps, id, rows, { from, to, linkedTo }),
    sql<TaskRecord[]>`select * from task where case_id = ${id}::uuid order by created_at, id`,
    documentsOf(sql, id),
    seesOf(deps, tx, loaded),
    relatedCases(tx, loaded),
    policiesOf(tx, loaded, rows),
    organisationsOf(sql, [row.applicant_organisation_id]),
  ]);
  const withNames = seesNames(kinds, row.process);
  const names = withNames
    ? await namesOf(
        sql,
        tasks.map((task) => task.assignee_id),
      )
    : undefined;
  const { since, panel } = sees;
  const opened = visibleDocuments(documents, sees);
  const handles = handlesOf(deps, id, documents);
  const at = deps.now().toISOString();
  const applicant = row.applicant_organisation_id ? organisations.get(row.applicant_organisation_id) : undefined;
  const behalf = viewer.actor.onBehalfOf;
  const file: CaseAudit = {
    format: CASE_FILE_FORMAT,
    titleRu: 'Выписка из журнала дела',
    // Drawn and not counted: a count would tell each reader how many others have asked.
    number: `ВЖ-${localDate(at, zone).replaceAll('-', '')}-${randomUUID().slice(0, 8).toUpperCase()}`,
    made: {
      at,
      atRu: momentRu(at, zone),
      byRu: viewer.displayName,
      asRu: READERS[kinds[0] ?? 'observer'],
      onBehalfOfRu: behalf ? behalfRu(behalf, await namesOf(sql, [behalf.personId])) : null,
      version: PLATFORM_VERSION,
    },
    notesRu: notesOf(loaded, { from, to, linkedTo, rooted: proof.anchors.at(-1)?.sequence ?? 0 }),
    case: {
      id,
      process: row.process,
      processRu: process.nameRu,
      number: row.number,
      titleRu: row.title_ru,
      jurisdiction: { id: ctx.jurisdiction.id, nameRu: ctx.jurisdiction.nameRu, zone },
      applicantRu: applicant?.name_ru ?? null,
      stage: row.stage,
      stageRu: stageOf(process, row.stage).labelRu,
      outcome: row.outcome,
      closed: row.closed,
      startedAt: row.started_at.toISOString(),
      startedRu: momentRu(row.started_at.toISOString(), zone),
      sequence: row.sequence,
      ...related,
    },
    policies,
    part: { after: from, to, next: found.length > MOST_EVENTS ? to : null },
    events: rows.map((event): CaseAudit['events'][number] => {
      const { own: _, hash, ...shown } = view(event);
      return {
        ...shown,
        atRu: momentRu(shown.at, zone),
        roleRu: roleOf(event),
        taskRu: taskOf(shown.facts, tasks, row.title_ru),
        wordsRu: toldEvent(process, shown).wordsRu,
        rootDay: proof.anchors.find(({ sequence }) => sequence >= event.sequence)?.day ?? null,
        link: hash === null ? null : linkOf(event, hash),
      };
    }),
    decisions: (
      await readDecisions(deps, tx, loaded, new Set(opened.map(({ sha256 }) => sha256)), MOST_DECISIONS)
    ).filter(({ sequence }) => sequence > hiddenBefore),
    tasks: tasks
      .filter((task) => since === null || task.open || task.created_at > since)
      .map((task) => taskCard(task, { viewer, names, panel })),
    letters: await lettersOf(deps, tx, loaded),
    documents: opened.map((document) => {
      const { audience: _, ...shown } = documentView(id, document, isBlinded(kinds) && handles);
      return shown;
    }),
    register: await editionsOf(tx, loaded),
    readings: await readingsOf(deps, tx, loaded),
    proof: { ...proof, publishedAt: `${deps.config.api.publicUrl}/api/integrity/roots` },
  };
  return { file, personalRead };
}

/** «Экспертиза программы» of «Экспертиза программы: «Школа…»»: the case stands at the head. Where the task is not shown, nothing. */
function taskOf(facts: Record<string, unknown>, tasks: readonly TaskRecord[], caseRu: string): string | null {
  const id = facts.taskId ?? (facts.task as { id?: unknown } | null | undefined)?.id;
  const title = tasks.find((task) => task.id === id)?.title_ru;
  const about = `: «${caseRu}»`;
  return (title?.endsWith(about) ? title.slice(0, -about.length) : title) ?? null;
}

function linkOf(event: StoredRow, hash: string): NonNullable<CaseAudit['events'][number]['link']> {
  const { actor } = toHistoryEvent({ ...event, command_id: '' });
  return {
    previous: event.prev_hash.toString('hex'),
    hash,
    actor: { ...actor },
    personal: event.personal ? personalDigest(event.personal) : null,
  };
}

/** Leaves of the case with their ways to the roots, and every day from the first of them on: a later copy of a root convicts too. */
async function proofOf(
  { sql }: Pick<ApiDeps, 'sql'>,
  id: string,
  rows: readonly StoredRow[],
  { from, to, linkedTo }: { from: number; to: number; linkedTo: number },
): Promise<Omit<CaseAudit['proof'], 'publishedAt'>> {
  const heads = await sql<Array<{ day: string; sequence: number; hash: Buffer }>>`
    select day, sequence, hash from chain_head where case_id = ${id}::uuid and sequence > ${from} and sequence <= ${to} order by sequence`;
  const anchors: CaseAudit['proof']['anchors'] = [];
  for (const { day, sequence, hash } of heads) {
    const leaves = await readHeads(sql, day);
    const index = leaves.findIndex(({ caseId }) => caseId === id);
    const nodes = leaves.map(leafOf);
    anchors.push({
      day,
      sequence,
      hash: sequence <= linkedTo ? hash.toString('hex') : null,
      leaf: leafOf({ caseId: id, sequence, hash }).toString('hex'),
      index,
      path: merklePath(nodes, index).map((node) => node.toString('hex')),
    });
  }
  const first = anchors[0]?.day;
  const days = first ? await sql<RootRow[]>`select * from chain_root where day >= ${first} order by day` : [];
  const linked = Math.min(linkedTo, to);
  const last = rows.at(-1);
  return {
    zone: ROOT_ZONE,
    linkedTo: linked > from ? linked : 0,
    head: last && last.sequence <= linkedTo ? last.hash.toString('hex') : null,
    anchors,
    days: days.map(({ day, cases, root, records, records_digest, previous, hash }) => ({
      day,
      cases,
      root: root.toString('hex'),
      records,
      recordsDigest: records_digest.toString('hex'),
      previous: previous.toString('hex'),
      hash: hash.toString('hex'),
    })),
  };
}

/** What this reader is shown and what not, and what that proves; in front of the file, so that nobody takes a part for the whole. */
function notesOf(
  { row, kinds, hiddenBefore }: LoadedCase,
  { from, to, linkedTo, rooted }: { from: number; to: number; linkedTo: number; rooted: number },
): string[] {
  const notes: string[] = [];
  if (!seesNames(kinds, row.process))
    notes.push(
      'Имена тех, кто рассматривает дело, и сведения, по которым их можно узнать, этому читателю не показываются.',
    );
  if (hiddenBefore > 0)
    notes.push(
      `События до ${hiddenBefore} включительно относятся к прежней школе, без согласия педагога они не показываются.`,
    );
  if (to < row.sequence) notes.push(`Это часть: события ${from + 1}–${to} из ${row.sequence}.`);
  if (linkedTo >= to && to > from)
    notes.push(
      'Хэш каждого события и звено, которое связывает его с предыдущим, стоят в файле JSON и на листе «Доказательство»: изменение, удаление или перестановка любого события находится проверкой без нашего участия.',
    );
  else
    notes.push(
      linkedTo > from
        ? `С события ${linkedTo + 1} часть сведений закрыта до окончания оценки, поэтому звеньев цепочки дальше нет.`
        : 'Звеньев цепочки здесь нет: они раскрывали бы то, что не показано. Файл доказывает порядок номеров и то, что дело вошло в суточные корни; содержание событий подтвердит полная выписка.',
    );
  if (rooted < to)
    notes.push(
      `События ${Math.max(rooted, from) + 1}–${to} ещё не под суточным корнем: он появляется после полуночи по московскому времени.`,
    );
  notes.push(
    'Имена людей, списки задач, писем, документов и чтений — на день выписки; под хэшем стоят события, из которых они следуют, и номера людей.',
  );
  return notes;
}

/** The version the case runs under, and those its shown events name. */
async function policiesOf(
  { sql }: ReadTx,
  { row, kinds }: LoadedCase,
  rows: readonly StoredRow[],
): Promise<CaseAudit['policies']> {
  const named = isBlinded(kinds)
    ? []
    : rows.flatMap(({ facts }) => (typeof facts.policyVersionId === 'string' ? [facts.policyVersionId] : []));
  const found = await sql<
    Array<{ id: string; version: number; act: Record<string, string | undefined>; effective_from: string }>
  >`
    select id, version, act, effective_from from policy_version where id = any(${[...new Set([row.policy_version_id, ...named])]}::text[])
    order by effective_from, version, id`;
  return found.map(({ id, version, act, effective_from: effectiveFrom }) => ({
    id,
    version,
    actRu: [
      act.titleRu ?? act.title ?? id,
      act.number && act.number !== 'б/н' ? `№ ${act.number}` : null,
      act.date ? `от ${formatDateRu(act.date)}` : null,
    ]
      .filter(Boolean)
      .join(' '),
    effectiveFrom,
    current: id === row.policy_version_id,
  }));
}

/** Letters of the case: all of them for its staff, for anybody else those written to him. */
async function lettersOf(
  deps: ApiDeps,
  { viewer }: ReadTx,
  { row, kinds, ctx, hiddenBefore }: LoadedCase,
): Promise<CaseAudit['letters']> {
  const { sql } = deps;
  const zone = ctx.jurisdiction.zone;
  const staff = kinds.includes('staff');
  const rows = await sql<
    Array<{
      template: string;
      sequence: number | null;
      addressee_id: string;
      addressee_role: string;
      on_behalf_of: { personId: string; actId: string } | null;
      params: NoticeParams;
      nominal_at: Date;
      state: string;
      legally_significant: boolean;
      sent_at: Date | null;
      familiarised_at: Date | null;
    }>
  >`
    select template, sequence, addressee_id, addressee_role, on_behalf_of, params, nominal_at, state, legally_significant, sent_at, familiarised_at
    from notice where case_id = ${row.id}::uuid and coalesce(sequence, ${hiddenBefore + 1}) > ${hiddenBefore}
      ${staff ? sql`` : sql`and addressee_id = ${viewer.personId}::uuid`} order by nominal_at, sequence, template, addressee_role, id limit ${2 * MOST_EVENTS}`;
  const names = await namesOf(
    sql,
    rows.flatMap((letter) => [letter.addressee_id, letter.on_behalf_of?.personId]),
  );
  const inWords = (at: Date | null) => (at ? momentRu(at.toISOString(), zone) : null);
  return rows.map((letter) => ({
    template: letter.template,
    titleRu:
      Object.keys(letter.params).length === 0
        ? null
        : (findTemplate(row.process, letter.template)?.subjectRu(letter.params) ?? null),
    sequence: letter.sequence,
    addresseeRoleRu: roleRu(letter.addressee_role),
    addresseeRu: names.get(letter.addressee_id) ?? null,
    onBehalfOfRu: letter.on_behalf_of ? behalfRu(letter.on_behalf_of, names) : null,
    at: letter.nominal_at.toISOString(),
    atRu: momentRu(letter.nominal_at.toISOString(), zone),
    state: letter.state,
    stateRu: noticeStateRu(letter.state),
    legallySignificant: letter.legally_significant,
    sentAt: letter.sent_at?.toISOString() ?? null,
    sentRu: inWords(letter.sent_at),
    familiarisedAt: letter.familiarised_at?.toISOString() ?? null,
    familiarisedRu: inWords(letter.familiarised_at),
  }));
}

/** Editions of register entries this case keeps: a correction is a new one, with the event that made it. Others than staff see public ones. */
async function editionsOf(
  { sql }: ReadTx,
  { row, kinds, ctx, hiddenBefore }: LoadedCase,
): Promise<CaseAudit['register']> {
  const rows = await sql<
    Array<{
      register: string;
      number: string;
      n: number;
      status: string;
      valid_from: string | null;
      valid_until: string | null;
      sequence: number;
      at: Date;
    }>
  >`
    select e.register, e.number, h.n, h.status, h.valid_from, h.valid_until, h.sequence, h.at
    from register_history h join register_entry e on e.id = h.entry_id
    where e.keeper_case_id = ${row.id}::uuid and h.case_id = ${row.id}::uuid and h.sequence > ${hiddenBefore}
      ${kinds.includes('staff') ? sql`` : sql`and e.public`} order by h.sequence, e.register, e.number, h.n`;
  return rows.map((edition) => ({
    register: edition.register,
    registerRu: registerRu(edition.register),
    number: edition.number,
    edition: edition.n,
    status: edition.status,
    statusRu: entryStatusRu(edition.status),
    validFrom: edition.valid_from,
    validUntil: edition.valid_until,
    sequence: edition.sequence,
    at: edition.at.toISOString(),
    atRu: momentRu(edition.at.toISOString(), ctx.jurisdiction.zone),
  }));
}

/** What is on record about a case outside its events, in words. */
const RECORDS: Record<string, string> = {
  'case.audit_made': 'Сделана выписка из журнала',
  'personal.read': 'Прочитаны тексты о людях',
  'fact.sent': 'Передан факт извне',
  'fact.refused': 'Факт извне не принят',
  'case.reconciled': 'Запрошена сверка исполнения',
};

/** Who looked: everything for the administrator and the officer for personal data, for the person concerned what his own log says. */
async function readingsOf(
  { sql }: Pick<ApiDeps, 'sql'>,
  { viewer }: ReadTx,
  { row, kinds, ctx }: LoadedCase,
): Promise<CaseAudit['readings']> {
  const office = holdsEverywhere(viewer.actor, 'admin') || holdsEverywhere(viewer.actor, 'dpo');
  const [own] = await sql<Array<{ parties: string[] | null }>>`
    select ${partiesOf(sql)} as parties from "case" c where c.id = ${row.id}::uuid`;
  const concerned =
    own?.parties?.includes(viewer.personId) === true ||
    (row.subject_kind === 'person' && row.subject_id === viewer.personId);
  if (!office && !concerned) return null;
  // Who evaluates is hidden from whom he evaluates, here as in the person's own log.
  const namesExperts = office && seesNames(kinds, row.process) && !concerned;
  const zone = ctx.jurisdiction.zone;
  const people = await sql<
    Array<{ day: string; reader_as: string; what: string; who_ru: string | null; of_ru: string | null; times: number }>
  >`
    select g.day, g.reader_as, g.what, g.times, s.display_name as of_ru, p.display_name || coalesce(', за: ' || b.display_name, '') as who_ru
    from (select to_char(l.at at time zone ${zone}, 'YYYY-MM-DD') as day, l.reader_as, l.what, l.person_id,
        case when ${namesExperts} or l.reader_as <> 'expert' then l.reader_id end as reader_id,
        case when ${namesExperts} or l.reader_as <> 'expert' then l.on_behalf_of end as behalf_id, count(*)::int as times
      from access_log l where l.case_id = ${row.id}::uuid and l.reader_id <> l.person_id
        ${office && !concerned ? sql`` : sql`and l.person_id = ${viewer.personId}::uuid`} group by 1, 2, 3, 4, 5, 6) g
    join person s on s.id = g.person_id left join person p on p.id = g.reader_id left join person b on b.id = g.behalf_id
    order by g.day, who_ru, g.reader_as, g.what, of_ru limit ${MOST_READINGS + 1}`;
  const records = office
    ? await sql<Array<{ at: Date; kind: string; who_ru: string | null }>>`
        select a.at, a.kind, p.display_name as who_ru from audit_record a left join person p on p.id = a.actor_id
        where a.subject_id = ${row.id} and a.kind = any(${Object.keys(RECORDS)}::text[]) order by a.at, a.id limit ${MOST_READINGS}`
    : [];
  return {
    people: people.slice(0, MOST_READINGS).map(({ day, who_ru, reader_as, what, of_ru, times }) => ({
      day,
      whoRu: who_ru,
      asRu: READERS[reader_as as ReaderKind] ?? reader_as,
      whatRu: READINGS[what as ReadingOf] ?? what,
      ofRu: of_ru,
      times,
    })),
    records: records.map(({ at, kind, who_ru }) => ({
      at: at.toISOString(),
      atRu: momentRu(at.toISOString() as Instant, zone),
      whatRu: RECORDS[kind] ?? kind,
      whoRu: who_ru,
    })),
    cut: people.length > MOST_READINGS,
  };
}
