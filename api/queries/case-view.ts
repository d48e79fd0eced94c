/** The case page: everything a viewer may know about one case, read in one look. */
import type { LoadedCase } from '../loaded-case.ts';
import { daysBetween } from '../../processes/kit/dates.ts';
import { findProcess } from '../../processes/registry.ts';
import type { CaseBrief, CaseView } from '../contract/cases.ts';
import type { TaskCard } from '../contract/inbox.ts';
import type { ApiDeps } from '../ports.ts';
import { isMine, type ReadTx, type Viewer } from '../viewer.ts';
import { seesNames, visibleCases } from '../visibility.ts';
import { entryStatusRu, roleRu, taskStateRu, verdictRu, waitingForRu } from '../words.ts';
import { loadCase, namesOf, organisationRef, organisationsOf, stageOf } from './load-case.ts';
import { type DeadlineRow, dueView, offersOf } from './offers.ts';
import {
  expertRu,
  isExpertTask,
  isRoundClosed,
  panelMembers,
  panelState,
  readConclusions,
  roundOf,
  type PanelState,
} from './panel.ts';
import { documentsOf, documentView, handlesOf, isBlinded, seesOf, visibleDocuments } from './documents.ts';
import { readDecisions } from './decisions.ts';
import { readRemarks } from './remarks.ts';

export interface TaskRecord {
  id: string;
  case_id: string;
  process: string;
  kind: string;
  title_ru: string;
  state: string;
  open: boolean;
  nature: 'personal' | 'office';
  role: string;
  scope_kind: string;
  scope_id: string | null;
  assignee_id: string | null;
  due_on: string | null;
  due_at: Date | null;
  late: boolean;
  created_at: Date;
  updated_at: Date;
}

export interface EventRow {
  sequence: number;
  type: string;
  row: string;
  at: Date;
  on: string;
  to: string | null;
  task_id: string | null;
  facts: Record<string, any>;
}

/** Reads the page. The engine is not asked: rows are the truth. */
export async function readCase(deps: ApiDeps, tx: ReadTx, id: string): Promise<CaseView> {
  const { sql, viewer } = tx;
  const loaded = await loadCase(deps, tx, id);
  const { row, process, ctx, kinds } = loaded;
  const face = deps.faces[row.process];
  const [tasks, deadlines, documents, events, entries, related, drafts, incidents, policies] = await Promise.all([
    sql<TaskRecord[]>`select * from task where case_id = ${id}::uuid order by created_at, id`,
    sql<
      DeadlineRow[]
    >`select key, purpose, due_on, at, waiting_for, task_id, derivation from case_deadline where case_id = ${id}::uuid and visible order by at, key`,
    documentsOf(sql, id),
    sql<EventRow[]>`
      select sequence, type, row, at, "on", facts->>'to' as to, facts->>'taskId' as task_id, '{}'::jsonb as facts
      from case_event where case_id = ${id}::uuid order by sequence`,
    sql<
      Array<{
        register: string;
        number: string;
        status: string;
        version: number;
        valid_from: string | null;
        valid_until: string | null;
      }>
    >`
      select register, number, status, version, valid_from, valid_until from register_entry where keeper_case_id = ${id}::uuid and public order by register limit 1`,
    relatedCases(tx, loaded),
    kinds.includes('applicant')
      ? sql<Array<{ id: string; version: number; updated_at: Date }>>`
          select id, version, updated_at from draft where for_case_id = ${id}::uuid and discarded_at is null and submitted_case_id is null order by updated_at desc, id limit 5`
      : [],
    kinds.includes('staff') || kinds.includes('admin')
      ? sql<
          Array<{ id: string; kind: string; message: string; last_at: Date }>
        >`select id, kind, message, last_at from incident where case_id = ${id}::uuid and resolved_at is null order by last_at desc, id limit 20`
      : [],
    sql<
      Array<{ id: string; version: number; act: Record<string, unknown> }>
    >`select id, version, act from policy_version where id = ${row.policy_version_id}`,
  ]);
  const withNames = seesNames(kinds, row.process);
  const panel = panelState(row.state);
  const [names, organisations] = await Promise.all([
    withNames
      ? namesOf(sql, [...tasks.map((task) => task.assignee_id), ...(panel?.tasks.map((task) => task.assigneeId) ?? [])])
      : new Map<string, string>(),
    organisationsOf(sql, [row.applicant_organisation_id]),
  ]);
  const stage = stageOf(process, row.stage);
  const organisation = row.applicant_organisation_id ? organisations.get(row.applicant_organisation_id) : undefined;
  const entry = entries[0];
  const details = face?.details?.(row.state, ctx, { kinds, personId: viewer.personId }) ?? null;
  const as = kinds[0] ?? 'expert';
  for (const of of details?.about ?? []) tx.readings?.push({ ...of, what: 'agenda', as });
  const note = (people: Array<string | undefined>) => {
    for (const personId of people) if (personId) tx.readings?.push({ personId, what: 'case', caseId: id, as });
  };
  const timeline = timelineOf(events, process, ctx.today, row.closed);
  const conclusions = panel
    ? await conclusionsFor(deps, loaded, panel, withNames ? names : undefined, submittedAt(events))
    : [];
  const sees = await seesOf(deps, tx, loaded);
  const { since } = sees;
  const opened = visibleDocuments(documents, sees);
  const handles = handlesOf(deps, id, documents);
  const decisions = await readDecisions(deps, tx, loaded, new Set(opened.map(({ sha256 }) => sha256)));
  const readsRemarks = kinds.includes('staff') || kinds.includes('applicant');
  const remarks = panel && readsRemarks ? await readRemarks(deps, tx, loaded, panel) : null;
  return {
    id: row.id,
    process: row.process,
    processRu: process.nameRu,
    number: row.number,
    titleRu: row.title_ru,
    jurisdiction: { id: ctx.jurisdiction.id, nameRu: ctx.jurisdiction.nameRu, zone: ctx.jurisdiction.zone },
    // Whom a case is about is not for those who only watch where cases stand.
    subject: {
      kind: row.subject_kind,
      id: process.personal && kinds.every((kind) => kind === 'observer') ? '' : row.subject_id,
    },
    applicant: organisation ? organisationRef(organisation) : null,
    stage: row.stage,
    stageRu: stage.labelRu,
    publicStageRu: stage.publicLabelRu,
    outcome: row.outcome,
    waitingFor: row.waiting_for,
    waitingForRu: waitingForRu(row.waiting_for, process),
    paused: row.paused,
    closed: row.closed,
    dueOn: row.due_on,
    overdue: !row.closed && row.due_on !== null && row.due_on < ctx.today,
    sequence: row.sequence,
    clock: row.clock,
    startedAt: row.started_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    policy: policies[0] ?? null,
    viewer: kinds,
    timeline,
    deadlines: deadlines.map((deadline) =>
      dueView(withNames ? deadline : { ...deadline, task_id: null }, face, process),
    ),
    tasks: tasks
      .filter((task) => since === null || task.open || task.created_at > since)
      .map((task) => taskCard(task, { viewer, names: withNames ? names : undefined, panel })),
    documents: opened.map((document) => documentView(id, document, isBlinded(kinds) && handles)),
    panel:
      panel && panel.panel > 0
        ? panelView(panel, {
            names: withNames ? names : undefined,
            staff: kinds.includes('staff'),
            selection: withNames ? await selectionOf(tx, id) : null,
          })
        : null,
    conclusions,
    remarks,
    decisions,
    proposalRu:
      face?.proposalRu?.(
        row.state,
        tasks.filter((task) => task.open).map((task) => task.kind),
      ) ?? null,
    details: (await face?.picture?.({ sql, loaded, viewer, note })) ?? details?.data ?? null,
    people: Object.fromEntries(await namesOf(sql, details?.people ?? [])),
    cases: await briefsOf(deps, tx, details?.cases ?? []),
    offers: offersOf(deps, loaded, viewer.actor),
    registerEntry: entry
      ? {
          register: entry.register,
          number: entry.number,
          status: entry.status,
          statusRu: entryStatusRu(entry.status),
          version: entry.version,
          validFrom: entry.valid_from,
          validUntil: entry.valid_until,
        }
      : null,
    ...related,
    delays: delaysOf(timeline, events, process),
    drafts: drafts.map((draft) => ({
      id: draft.id,
      version: draft.version,
      updatedAt: draft.updated_at.toISOString(),
    })),
    incidents: incidents.map((incident) => ({
      id: incident.id,
      kind: incident.kind,
      message: incident.message,
      lastAt: incident.last_at.toISOString(),
    })),
  };
}

/** Other cases this page names, by id: who may not open one learns its number and title only. */
async function briefsOf(deps: ApiDeps, { sql, viewer }: ReadTx, ids: string[]): Promise<Record<string, CaseBrief>> {
  if (ids.length === 0) return {};
  const rows = await sql<
    Array<{
      id: string;
      process: string;
      number: string | null;
      title_ru: string;
      stage: string;
      state: unknown;
      organisation_ru: string | null;
      open: boolean;
    }>
  >`
    select c.id, c.process, c.number, c.title_ru, c.stage, c.state, coalesce(o.short_name_ru, o.name_ru) as organisation_ru,
      ${visibleCases(sql, viewer.reach)} as open
    from "case" c left join organisation o on o.id = c.applicant_organisation_id where c.id = any(${[...new Set(ids)]}::uuid[])`;
  return Object.fromEntries(
    rows.map((row) => [
      row.id,
      {
        number: row.number,
        titleRu: row.title_ru,
        stageRu: stageOf(findProcess(row.process), row.stage).labelRu,
        organisationRu: row.organisation_ru,
        open: row.open,
        linesRu: row.open ? (deps.faces[row.process]?.briefRu?.(row.state) ?? []) : [],
      },
    ]),
  );
}

/** The keeper of the case and the cases it keeps, as far as the viewer sees them. */
export async function relatedCases({ sql, viewer }: ReadTx, { row }: LoadedCase) {
  const found = await sql<Array<Parameters<typeof caseLink>[0] & { parent: boolean }>>`
    select c.id, c.process, c.number, c.title_ru, c.stage, c.closed, (c.id = ${row.parent_case_id}::uuid) as parent from "case" c
    where (c.parent_case_id = ${row.id}::uuid or c.id = ${row.parent_case_id}::uuid) and ${visibleCases(sql, viewer.reach)}
    order by c.started_at, c.id limit 200`;
  return {
    parent: found.filter(({ parent }) => parent).map(caseLink)[0] ?? null,
    children: found.filter(({ parent }) => !parent).map(caseLink),
  };
}

function caseLink(row: {
  id: string;
  process: string;
  number: string | null;
  title_ru: string;
  stage: string;
  closed: boolean;
}) {
  return {
    id: row.id,
    process: row.process,
    number: row.number,
    titleRu: row.title_ru,
    stageRu: stageOf(findProcess(row.process), row.stage).labelRu,
    closed: row.closed,
  };
}

/** When each task was submitted, for the list of conclusions. */
export function submittedAt(events: EventRow[]): Map<string, string> {
  return new Map(
    events
      .filter(({ type, task_id }) => type === 'task.submitted' && task_id !== null)
      .map((event) => [event.task_id as string, event.at.toISOString()]),
  );
}

/** Conclusions the viewer may read: staff at once, the applicant when the round is closed, an observer never. */
async function conclusionsFor(
  deps: ApiDeps,
  { kinds }: LoadedCase,
  panel: PanelState,
  names: Map<string, string> | undefined,
  at: Map<string, string>,
) {
  if (kinds.includes('staff')) return readConclusions(deps.documents, panel.tasks, names, at);
  if (!kinds.includes('applicant') && !kinds.includes('member')) return [];
  return readConclusions(
    deps.documents,
    panel.tasks.filter((task) => isRoundClosed(panel, roundOf(task)) && task.state === 'done'),
    undefined,
    at,
  );
}

/** A task of an office nobody has taken: it does not wait for anybody's answer. */
const isFree = (task: TaskRecord): boolean =>
  task.nature === 'office' && task.open && task.state === 'assigned' && task.assignee_id === null;

/** A task as the viewer may see it: names for staff, ordinals for everybody else. */
export function taskCard(
  task: TaskRecord,
  see: { viewer: Viewer; names: Map<string, string> | undefined; panel: PanelState | undefined },
): TaskCard {
  const mine = isMine(see.viewer, task);
  const inState = see.panel?.tasks.find(({ id }) => id === task.id);
  const name = task.assignee_id ? see.names?.get(task.assignee_id) : undefined;
  const hidden = inState && isExpertTask(inState) ? expertRu(inState) : task.assignee_id ? roleRu(task.role) : null;
  return {
    id: task.id,
    caseId: task.case_id,
    process: task.process,
    kind: task.kind,
    titleRu: task.title_ru,
    state: task.state,
    stateRu: isFree(task) ? 'Свободна' : taskStateRu(task.state),
    open: task.open,
    nature: task.nature,
    role: task.role,
    roleRu: roleRu(task.role),
    assigneeId: see.names || mine ? task.assignee_id : null,
    assigneeRu: mine ? (name ?? 'вы') : (name ?? hidden),
    mine,
    dueOn: task.due_on,
    dueAt: task.due_at?.toISOString() ?? null,
    late: task.late || (task.open && task.due_at !== null && task.due_at.getTime() < Date.now()),
    createdAt: task.created_at.toISOString(),
    updatedAt: task.updated_at.toISOString(),
  };
}

function timelineOf(
  events: EventRow[],
  process: LoadedCase['process'],
  today: string,
  closed: boolean,
): CaseView['timeline'] {
  const entered: EventRow[] = [];
  for (const event of events) if (event.to && event.to !== entered.at(-1)?.to) entered.push(event);
  return entered.map((event, i) => {
    const next = entered[i + 1];
    const info = stageOf(process, event.to as string);
    const until = next?.on ?? (closed ? event.on : today);
    return {
      stage: info.code,
      labelRu: info.labelRu,
      enteredOn: event.on,
      enteredAt: event.at.toISOString(),
      leftOn: next?.on ?? null,
      days: Math.max(0, daysBetween(event.on, until)),
      current: next === undefined,
      waitingFor: info.waitingFor,
      waitingForRu: waitingForRu(info.waitingFor, process),
      row: event.row,
    };
  });
}

const delayCauses: ReadonlyArray<[prefix: string, waitingFor: string]> = [
  ['task.overdue', 'expert'],
  ['task.reassigned', 'expert'],
  ['task.declined', 'expert'],
  ['task.extended', 'expert'],
  ['expertise.voided', 'expert'],
  ['panel.pool_empty', 'coordinator'],
  ['panel.forming_overdue', 'coordinator'],
  ['technical.returned', 'applicant'],
  ['expertise.revision_asked', 'applicant'],
  ['arbitration.revision_asked', 'applicant'],
  ['court.', 'outside'],
  ['deadline.moved', 'coordinator'],
];

/** Days by who was waited for, and the events that explain them in the words of their rows. */
function delaysOf(
  timeline: CaseView['timeline'],
  events: EventRow[],
  process: LoadedCase['process'],
): CaseView['delays'] {
  const words = new Map(process.table.map((row) => [row.id, row.effectRu]));
  const days = new Map<string, number>();
  for (const part of timeline)
    if (!process.stages[part.stage]?.final) days.set(part.waitingFor, (days.get(part.waitingFor) ?? 0) + part.days);
  const experts = Object.values(process.stages).some((stage) => stage.waitingFor === 'expert');
  const causes = new Map<string, Set<string>>();
  for (const event of events) {
    const found = delayCauses.find(([prefix]) => event.type.startsWith(prefix));
    if (!found) continue;
    // Where nobody is an expert, a late task is the delay of whom the stage waits for.
    const who = found[1] === 'expert' && !experts ? waitedFor(timeline, event.on) : found[1];
    const set = causes.get(who) ?? new Set();
    set.add(words.get(event.row) ?? event.type);
    causes.set(who, set);
  }
  return [...new Set([...days.keys(), ...causes.keys()])]
    .filter((who) => who !== 'nobody')
    .map((who) => ({
      waitingFor: who,
      labelRu: `ждали ${waitingForRu(who, process)}`,
      days: days.get(who) ?? 0,
      causesRu: [...(causes.get(who) ?? [])],
    }))
    .filter(({ days: n, causesRu }) => n > 0 || causesRu.length > 0);
}

const waitedFor = (timeline: CaseView['timeline'], on: string): string =>
  timeline.findLast((part) => part.enteredOn <= on)?.waitingFor ?? 'system';

function panelView(
  panel: PanelState,
  see: { names: Map<string, string> | undefined; staff: boolean; selection: Record<string, unknown> | null },
): NonNullable<CaseView['panel']> {
  const members = panelMembers(panel, {
    ...(see.names ? { names: see.names } : {}),
    verdictsNow: see.staff,
    regions: see.names !== undefined,
  });
  const seats = members.filter(
    ({ kind, state }) => kind === 'expert' && !['declined', 'reassigned', 'cancelled', 'voided'].includes(state),
  );
  const round = Math.max(1, panel.round);
  const result = panel.results.find((r) => r.panel === panel.panel && r.round === round);
  const open = see.staff || isRoundClosed(panel, { panel: panel.panel, round });
  const code = result?.arbiter?.verdict ?? (result?.aggregation.minor ? 'revise_minor' : result?.aggregation.result);
  return {
    round,
    size: seats.length,
    accepted: seats.filter(({ state }) => !['created', 'assigned'].includes(state)).length,
    submitted: seats.filter(({ state }) => state === 'done').length,
    members,
    result: open ? (code ?? null) : null,
    resultRu: open && code ? verdictRu(code) : null,
    selection: see.selection,
  };
}

/** The last listing of candidates with its seed: what an appeal replays. */
async function selectionOf({ sql }: ReadTx, id: string): Promise<Record<string, unknown> | null> {
  const [event] = await sql<Array<{ facts: Record<string, unknown> }>>`
    select facts from case_event where case_id = ${id}::uuid and type = 'panel.candidates_listed' order by sequence desc limit 1`;
  return event?.facts ?? null;
}
