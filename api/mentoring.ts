/** The face of the three-year cycle: places from the database, and the picture its screens draw. */
import { placeFromRow, readPlaces } from '../platform/cases/employment.ts';
import type { Pool, Sql } from '../platform/db/pool.ts';
import type { Context } from '../processes/kit/types.ts';
import { LEAVE_LABELS, WORK_LABELS } from '../processes/mentoring-cycle/labels.ru.ts';
import type { MentoringPolicy } from '../processes/mentoring-cycle/policy.ts';
import { gapsOf, type Mark, MARKS, normsOf, yearsOf } from '../processes/mentoring-cycle/picture.ts';
import { partsOf } from '../processes/mentoring-cycle/rules/common.ts';
import { isFinal } from '../processes/mentoring-cycle/rules/people.ts';
import { itemsOf } from '../processes/mentoring-cycle/rules/year.ts';
import type { LogEntry, MentoringState } from '../processes/mentoring-cycle/state.ts';
import { readPackage } from './mentoring-package.ts';
import type { DetailsOf } from './ports.ts';
import { invalid } from './problems.ts';
import { organisationsOf } from './queries/load-case.ts';
import { sinceOf, visibleDocuments, type DocumentRow } from './queries/documents.ts';
import { roleRu } from './words.ts';

/** A start names the school; the bodies above it, the region and the jurisdiction are what the database says. */
export async function completeMentoring(
  sql: Pool,
  action: string,
  body: Record<string, any>,
): Promise<{ body: unknown; jurisdiction?: string }> {
  const organisationId = body.place?.organisationId ?? body.organisationId;
  if (action !== 'start' || typeof organisationId !== 'string') return { body };
  const row = (await readPlaces(sql)).find(({ id }) => id === organisationId);
  if (!row) throw invalid([{ pointer: '/place/organisationId', detail: 'Такой школы нет.' }]);
  if (row.kind !== 'school')
    throw invalid([{ pointer: '/place/organisationId', detail: 'Цикл открывают в общеобразовательной организации.' }]);
  const place = placeFromRow(row);
  if (!place.jurisdiction)
    throw invalid([{ pointer: '/place/organisationId', detail: 'В этом регионе правила цикла ещё не действуют.' }]);
  const { organisationId: _, ...rest } = body;
  return { body: { ...rest, place }, jurisdiction: place.jurisdiction };
}

interface EventRow {
  sequence: number;
  type: string;
  on: string;
  facts: Record<string, any>;
  actor_id: string | null;
}

/** How many entries of the log a page of the case carries; the rest is in its history. */
const mostEntries = 60;

/** The picture for one viewer. Names are for the people of the case and the offices above it; texts only as links he may open. */
export async function mentoringDetails({ sql, loaded, viewer, note }: DetailsOf): Promise<Record<string, unknown>> {
  const s = loaded.row.state as MentoringState;
  const ctx = loaded.ctx as Context<MentoringPolicy>;
  const { kinds, hiddenBefore } = loaded;
  const named = kinds.some((kind) => kind !== 'observer' && kind !== 'expert');
  const mentors = [s.pair?.mentorId, s.candidate?.mentorId, s.lastMentorId];
  if (named) note(mentors);
  const inside = kinds.includes('applicant') || kinds.includes('staff');
  const rows = await sql<EventRow[]>`
    select sequence, type, "on", facts, actor_id from case_event where case_id = ${s.caseId}::uuid
      and type = any(${[...MARKS, 'log.added', 'log.confirmed', 'log.revoked', 'ppn.agreed', 'leave.started', 'leave.ended', 'leave.followed', 'transfer.opened']}::text[])
    order by sequence`;
  const marks: Mark[] = rows.filter(({ sequence }) => sequence > hiddenBefore);
  const offices = await officesOf(sql, s);
  const [names, organisations, policies, documents, packed] = await Promise.all([
    named ? namesOf(sql, [s.menteeId, ...mentors, ...offices.map((o) => o.person_id)]) : new Map<string, string>(),
    organisationsOf(sql, [
      s.place.organisationId,
      s.place.authorityId,
      s.place.cnppmId ?? null,
      s.transferFrom?.organisationId ?? null,
      s.pendingPlace?.organisationId ?? null,
      s.exported?.place.organisationId ?? null,
    ]),
    sql<Array<{ id: string; version: number; act: { titleRu?: string; number?: string; date?: string } }>>`
      select id, version, act from policy_version where id = any(${[...new Set([s.policyVersionId, ...s.phases.map((p) => p.policyVersionId), s.policyOffer?.policyVersionId ?? ''])]}::text[])`,
    readable(sql, loaded, viewer.personId),
    readPackage(sql, loaded),
  ]);
  const name = (id: string | undefined) => (id ? (names.get(id) ?? null) : null);
  const school = (id: string | undefined) => {
    const row = id ? organisations.get(id) : undefined;
    return row ? (row.short_name_ru ?? row.name_ru) : null;
  };
  const act = (id: string | undefined) => {
    const found = policies.find((p) => p.id === id);
    return found
      ? {
          version: found.version,
          titleRu: found.act.titleRu ?? '',
          number: found.act.number ?? null,
          date: found.act.date ?? null,
        }
      : null;
  };
  const seat = s.tasks.find((t) => t.id === s.candidate?.taskId);
  const parts = partsOf(s, viewer.actor, ctx);
  const side = viewer.personId === s.menteeId ? 'mentee' : parts.includes('mentor') ? 'mentor' : null;
  return {
    today: ctx.today,
    mentee: named ? { id: s.menteeId, nameRu: name(s.menteeId) } : null,
    post: s.post,
    hiredOn: s.hiredOn,
    credited: s.credited,
    counted: s.counted,
    agedOut: s.agedOut,
    youngUntil: s.youngUntil ?? null,
    year: s.year,
    stage: s.stage,
    // What the year asks for matters while it runs or stands still for a leave.
    live: !isFinal(s) && s.stage !== 'left' && s.stage !== 'declined',
    // How a former school worked is its history.
    risk: hiddenBefore > 0 ? 0 : s.risk,
    place: {
      schoolRu: school(s.place.organisationId),
      authorityRu: school(s.place.authorityId),
      cnppmRu: school(s.place.cnppmId),
      municipality: s.place.municipality ?? null,
      rural: s.place.rural === true,
    },
    offices: named
      ? offices.map(({ role, person_id }) => ({ role, roleRu: roleRu(role), nameRu: name(person_id) }))
      : [],
    parts,
    side,
    mentor: s.pair
      ? {
          nameRu: name(s.pair.mentorId),
          since: s.pair.since,
          order: s.pair.order,
          external: s.pair.external,
          me: s.pair.mentorId === viewer.personId,
          endsOn: s.mentorCancelOn ?? null,
        }
      : null,
    candidate: s.candidate ? { nameRu: name(s.candidate.mentorId), consented: seat?.state === 'in_progress' } : null,
    search: s.search ? { from: s.search.from, calls: s.search.calls } : null,
    vacantSince: s.vacantSince ?? null,
    daysWithoutMentor: hiddenBefore > 0 ? 0 : s.daysWithoutMentor,
    lastMentorRu: name(s.lastMentorId),
    noteDue: s.noteDue,
    years: yearsOf(s, ctx, marks),
    pauses: s.pauses.map((p) => ({
      from: p.fromOn,
      to: p.toOn ?? null,
      reasonRu: LEAVE_LABELS[p.reason] ?? PAUSES[p.reason] ?? p.reason,
    })),
    gaps: gapsOf(s, marks),
    norms: normsOf(s, ctx).map((norm) => ({ ...norm, labelRu: WORK_LABELS[norm.kind] })),
    month: s.monthsClosed + 1,
    items: itemsOf(s, ctx).map(({ code, labelRu, by, gate }) => ({
      code,
      labelRu,
      gate: gate === true,
      byRu: by.map(roleRu),
      done: s.done.includes(code),
      mine: by.some((role) => parts.includes(role)),
    })),
    ppn: s.ppn
      ? {
          n: s.ppn.n,
          year: s.ppn.year,
          form: s.ppn.form,
          on: s.ppn.on,
          signed: s.ppn.signed,
          document: s.ppn.document,
          readable: documents.has(s.ppn.document),
        }
      : null,
    ppnAgreed: s.ppnAgreed,
    gate: s.gate ?? null,
    extension: s.extension ?? null,
    waitingForMe: side && inside ? s.batches.filter((b) => b.side !== side).map((b) => batchView(b)) : [],
    waitingForOther: side && inside ? s.batches.filter((b) => b.side === side).length : 0,
    log: inside ? logOf(marks, documents) : [],
    workKinds: Object.entries(WORK_LABELS).map(([kind, labelRu]) => ({ kind, labelRu })),
    logBackDays: ctx.policy.logBackDays,
    phases: s.phases.map((p) => {
      // Counts of a former school are its history too: without consent only the phase itself is known.
      const shown = hiddenBefore === 0;
      const { totals, quartersMet, quartersMissed } = p.until ? p : s;
      return {
        year: p.year,
        from: p.from,
        until: p.until ?? null,
        policy: act(p.policyVersionId),
        forms: p.forms,
        totals: shown ? totals : null,
        quartersMet: shown ? quartersMet : null,
        quartersMissed: shown ? quartersMissed : null,
      };
    }),
    policyOffer: s.policyOffer ? act(s.policyOffer.policyVersionId) : null,
    leave: s.leave
      ? {
          kindRu: LEAVE_LABELS[s.leave.kind] ?? s.leave.kind,
          from: s.leave.from,
          until: s.leave.until,
          named: s.leave.named,
        }
      : null,
    transfer: s.transferFrom
      ? {
          fromRu: school(s.transferFrom.organisationId),
          toRu: school(s.place.organisationId),
          consent: s.historyShared,
        }
      : null,
    pendingPlaceRu: school(s.pendingPlace?.organisationId),
    historyShared: s.historyShared,
    historyHidden: hiddenBefore > 0,
    package: packed ? { sha256: packed.sha256, holds: packed.file.holdsRu, leavesOut: packed.file.leavesOutRu } : null,
    exported: s.exported ? { placeRu: school(s.exported.place.organisationId), opened: s.exported.opened } : null,
    early: s.early ?? null,
    exit: s.exit ? { on: s.exit.on, asked: s.exit.reminded, named: s.exit.reason !== undefined } : null,
    steps: stepsOf(s),
  };
}

const PAUSES: Record<string, string> = { left: 'вне профессии', declined: 'отказ от программы' };

const batchView = (b: { id: string; on: string; side: string; entries: LogEntry[] }) => ({
  id: b.id,
  on: b.on,
  side: b.side,
  entries: b.entries.map(({ kind, on }) => ({ kind, kindRu: WORK_LABELS[kind], on })),
});

/** The log as the pair wrote it, newest first: who wrote, whether the other has confirmed, and the note where the viewer may open it. */
function logOf(marks: readonly Mark[], readable: ReadonlySet<string>) {
  const confirmed = new Map<string, string>();
  for (const { type, on, facts } of marks)
    if (type === 'log.confirmed') for (const id of facts.batches as string[]) confirmed.set(id, on);
  return marks
    .filter(({ type }) => type === 'log.added' || type === 'log.revoked')
    .slice(-mostEntries)
    .reverse()
    .map(({ type, on, facts, sequence }) =>
      type === 'log.added'
        ? {
            key: String(sequence),
            kind: 'added' as const,
            on,
            side: facts.side as string,
            interim: facts.interim === true,
            entries: (facts.entries as LogEntry[]).map(({ kind, on: day }) => ({
              kind,
              kindRu: WORK_LABELS[kind],
              on: day,
            })),
            confirmedOn: confirmed.get(facts.batch) ?? null,
            form: facts.form as string,
            note: typeof facts.document === 'string' && readable.has(facts.document) ? facts.document : null,
          }
        : {
            key: String(sequence),
            kind: 'revoked' as const,
            on,
            side: 'curator',
            interim: false,
            entries: [
              {
                kind: facts.kind as string,
                kindRu: `${WORK_LABELS[facts.kind as keyof typeof WORK_LABELS]}: ${facts.count}`,
                on,
              },
            ],
            confirmedOn: null,
            form: String(facts.act ?? ''),
            note: null,
          },
    );
}

/** What the intake or a return still waits for, in its order. */
function stepsOf(s: MentoringState) {
  const searching = ['intake', 'intake_escalated', 'mentor_vacant', 'resuming'].includes(s.stage);
  if (!searching) return [];
  const proposed = s.pair !== undefined || s.candidate !== undefined;
  const consented =
    s.pair !== undefined || s.tasks.some((t) => t.id === s.candidate?.taskId && t.state === 'in_progress');
  const signed = (side: 'new_teacher' | 'mentor' | 'curator') =>
    s.ppnAgreed || (s.ppn?.year === s.year && s.ppn.signed.includes(side));
  const programme =
    s.stage === 'mentor_vacant' && s.ppnAgreed
      ? []
      : [
          { code: 'ppn', labelRu: 'Куратор предложил программу наставничества', done: signed('curator') },
          { code: 'ppn_teacher', labelRu: 'Педагог подписал программу', done: signed('new_teacher') },
          { code: 'ppn_mentor', labelRu: 'Наставник подписал программу', done: signed('mentor') },
        ];
  return [
    { code: 'mentor', labelRu: 'Куратор предложил наставника', done: proposed },
    { code: 'consent', labelRu: 'Наставник дал согласие', done: consented },
    { code: 'order', labelRu: 'Руководитель издал приказ', done: s.pair !== undefined },
    ...programme,
  ];
}

async function officesOf(sql: Sql, s: MentoringState): Promise<Array<{ role: string; person_id: string }>> {
  return sql<Array<{ role: string; person_id: string }>>`
    select distinct on (role, person_id) role, person_id from role_assignment
    where scope_kind = 'organisation' and scope_id = ${s.place.organisationId} and role in ('curator', 'head') and on_behalf_of is null
      and to_on is null order by role, person_id limit 20`;
}

async function namesOf(sql: Sql, ids: Array<string | undefined>): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((id) => id !== undefined))];
  const rows = await sql<Array<{ id: string; display_name: string }>>`
    select id, display_name from person where id = any(${wanted}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row.display_name]));
}

async function readable(sql: Sql, loaded: DetailsOf['loaded'], personId: string): Promise<Set<string>> {
  const rows = await sql<DocumentRow[]>`
    select sha256, kind, audience, owner_id, added_at from case_document where case_id = ${loaded.row.id}::uuid`;
  const seen = visibleDocuments(rows, {
    kinds: loaded.kinds,
    ownTasks: loaded.ownTasks,
    panel: undefined,
    sealed: null,
    personId,
    since: await sinceOf(sql, loaded),
  });
  return new Set(seen.map(({ sha256 }) => sha256));
}
