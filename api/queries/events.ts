/** The journal of a case, as far as the viewer may read it. */
import type { LoadedCase } from '../loaded-case.ts';
import { toldEvent } from '../../processes/kit/event-words.ts';
import { findPersonKey, PersonErased, unsealPersonal } from '../../platform/crypto/person-keys.ts';
import type { EventView } from '../contract/cases.ts';
import { decodeCursor, isNumber, pageOf } from '../cursor.ts';
import type { ApiDeps } from '../ports.ts';
import type { ReadTx } from '../viewer.ts';
import { seesFacts, seesNames, seesPersonal } from '../visibility.ts';
import { loadCase, namesOf } from './load-case.ts';
import { roleRu } from '../words.ts';
import { openedFacts, sealedFrom, sealedOf } from './sealed.ts';
import { isRoundClosed, panelState, roundOf } from './panel.ts';

export interface StoredRow {
  sequence: number;
  type: string;
  row: string;
  at: Date;
  on: string;
  recorded_at: Date;
  actor_kind: 'person' | 'system';
  actor_id: string | null;
  on_behalf_of: { personId: string; actId: string } | null;
  acting_act: string | null;
  request_id: string | null;
  facts: Record<string, unknown>;
  personal: Buffer | null;
  personal_owner: string | null;
  prev_hash: Buffer;
  hash: Buffer;
}

/** Events in order; a page continues after the sequence of the last. Texts about people are decrypted for the coordinator alone. */
export async function readEvents(
  deps: ApiDeps,
  tx: ReadTx,
  id: string,
  query: { cursor?: string | undefined; limit: number },
): Promise<{ items: EventView[]; next: string | null; personalRead: string[] }> {
  const loaded = await loadCase(deps, tx, id);
  const [after] = decodeCursor(query.cursor, [isNumber]) ?? [0];
  const rows = await readRows(tx, loaded, Number(after), query.limit + 1);
  const { view, personalRead } = await eventViewer(deps, tx, loaded, rows.slice(0, query.limit));
  return {
    ...pageOf(
      rows,
      query.limit,
      (row) => [row.sequence],
      (row): EventView => {
        const { own, ...event } = view(row);
        return own ? { ...event, actorRu: 'Вы' } : event;
      },
    ),
    personalRead,
  };
}

/** Rows after an event, of those the viewer may know at all. */
export function readRows({ sql }: ReadTx, { row, hiddenBefore }: LoadedCase, after: number, limit: number) {
  return sql<StoredRow[]>`
    select sequence, type, row, at, "on", recorded_at, actor_kind, actor_id, on_behalf_of, acting_act, request_id, facts, personal, personal_owner, prev_hash, hash
    from case_event where case_id = ${row.id}::uuid and sequence > ${Math.max(after, hiddenBefore)} order by sequence limit ${limit}`;
}

/** An event as one viewer may read it. `own`: he did it himself; then it names him. */
export interface ViewedEvent extends EventView {
  own: boolean;
}

/** How this viewer reads the given rows: the one place that decides it, for the page of the history and for the file of the case. */
export async function eventViewer(
  deps: ApiDeps,
  tx: ReadTx,
  loaded: LoadedCase,
  rows: readonly StoredRow[],
): Promise<{ view(row: StoredRow): ViewedEvent; personalRead: string[]; linkedTo: number }> {
  const { sql, viewer } = tx;
  const { id } = loaded.row;
  const staff = seesNames(loaded.kinds, loaded.row.process);
  const sealed = sealedOf(deps, loaded);
  const open = seesFacts(loaded.kinds, loaded.row.process);
  const shut = open ? await sealedFrom(sql, id, sealed) : null;
  const linkedTo = open ? (shut ?? loaded.row.sequence + 1) - 1 : 0;
  const people = rows.flatMap((row) => [row.actor_id, row.on_behalf_of?.personId]);
  const names = staff ? await namesOf(sql, people) : new Map<string, string>();
  const personal = seesPersonal(viewer.reach, loaded.row)
    ? await openPersonal(deps, tx, id, rows)
    : new Map<number, Record<string, string>>();
  const view = (row: StoredRow): ViewedEvent => {
    const told = toldEvent(loaded.process, row);
    const own = row.actor_id !== null && row.actor_id === viewer.personId;
    return {
      sequence: row.sequence,
      type: row.type,
      labelRu: told.labelRu ?? deps.faces[loaded.row.process]?.label(row.type) ?? row.type,
      row: row.row,
      clause: told.clause,
      at: row.at.toISOString(),
      on: row.on,
      recordedAt: row.recorded_at.toISOString(),
      actorRu: own ? (names.get(viewer.personId) ?? viewer.displayName) : actorRu(row, names, staff),
      own,
      actorId: staff || own ? row.actor_id : null,
      onBehalfOfRu: row.on_behalf_of ? behalfRu(row.on_behalf_of, names) : null,
      actingRu: row.acting_act === null ? null : ['и. о.', staff && row.acting_act].filter(Boolean).join(', '),
      requestId: seesNames(loaded.kinds) ? row.request_id : null,
      facts: open ? openedFacts(row.facts, sealed) : maskedFacts(row, loaded),
      personal: personal.get(row.sequence) ?? null,
      // It covers who acted and every fact: who is not shown them could try them against it.
      hash: row.sequence <= linkedTo ? row.hash.toString('hex') : null,
    };
  };
  return { view, personalRead: [...personal.keys()].map(String), linkedTo };
}

/**
 * In which role an event was done: that of the task it did, or of its row where the row knows one; where the row knows several, those of
 * them that the person (or whom he replaced) held on that day, for whoever may know who it was. Nothing where that leaves it open.
 */
export async function rolesOf(
  { sql }: ReadTx,
  { row: { id, process: slug }, kinds, process }: LoadedCase,
  rows: readonly StoredRow[],
): Promise<(row: StoredRow) => string | null> {
  const people = seesNames(kinds, slug) ? rows.flatMap((row) => row.on_behalf_of?.personId ?? row.actor_id ?? []) : [];
  const wanted = [...new Set(people)];
  const [tasks, held] = await Promise.all([
    sql<Array<{ id: string; role: string }>>`select id, role from task where case_id = ${id}::uuid`,
    wanted.length === 0
      ? []
      : sql<Array<{ person_id: string; role: string; from_on: string; to_on: string | null }>>`
          select person_id, role, from_on, to_on from role_assignment where person_id = any(${wanted}::uuid[])`,
  ]);
  const taskRoles = new Map(tasks.map((task) => [task.id, task.role]));
  const rules = new Map(process.table.map((rule) => [rule.id, rule]));
  const roleOf = (row: StoredRow): string | null => {
    const asked: readonly string[] = rules.get(row.row)?.roles ?? [];
    const ofTask = taskRoles.get(String(row.facts.taskId));
    // The common rows of tasks name experts and arbiters; an office does its task by the same rows.
    const byDoer = asked.length > 0 && asked.every((role) => role === 'expert' || role === 'arbiter');
    const may = byDoer && ofTask ? [ofTask] : asked;
    if (may.length === 1) return roleRu(may[0] as string);
    const who = row.on_behalf_of?.personId ?? row.actor_id;
    const his = held.filter(
      (one) =>
        one.person_id === who &&
        may.includes(one.role) &&
        one.from_on <= row.on &&
        (one.to_on === null || one.to_on >= row.on),
    );
    return [...new Set(his.map(({ role }) => roleRu(role)))].sort().join(', ') || null;
  };
  // What follows from an act by the rules was done in the role of the act.
  const actOf = ({ at, actor_id: who }: StoredRow) => `${at.getTime()} ${who}`;
  const ofActs = new Map<string, string>();
  for (const row of rows) {
    const role = row.actor_kind === 'system' || ofActs.has(actOf(row)) ? null : roleOf(row);
    if (role !== null) ofActs.set(actOf(row), role);
  }
  return (row) => (row.actor_kind === 'system' ? null : (roleOf(row) ?? ofActs.get(actOf(row)) ?? null));
}

/** «Петров П. П., приказ № 5»: who was replaced and by which act; outside the staff only that it was so. */
export function behalfRu(
  { personId, actId }: { personId: string; actId?: string },
  names: Map<string, string>,
): string {
  const name = names.get(personId);
  return name ? [name, actId].filter(Boolean).join(', ') : 'по замещению';
}

function actorRu(row: StoredRow, names: Map<string, string>, staff: boolean): string {
  if (row.actor_kind === 'system') return 'Платформа';
  return staff ? (names.get(row.actor_id ?? '') ?? 'Человек') : 'Участник дела';
}

/** Facts that tell who or how somebody judged before the round is over. Everything that can name a person goes. */
function maskedFacts(row: StoredRow, { row: kase, kinds }: LoadedCase): Record<string, unknown> {
  const panel = panelState(kase.state);
  const task = panel?.tasks.find(({ id }) => id === row.facts.taskId);
  const closed = panel && task ? isRoundClosed(panel, roundOf(task)) : true;
  const applicant = kinds.includes('applicant');
  const kept = [
    'to',
    'number',
    'ordinal',
    'kind',
    'days',
    'key',
    'on',
    'previous',
    'reasonCodes',
    'order',
    'outcome',
    'validUntil',
    'version',
    ...(closed && applicant ? ['verdict'] : []),
  ];
  return Object.fromEntries(Object.entries(row.facts).filter(([key]) => kept.includes(key)));
}

async function openPersonal(
  deps: ApiDeps,
  { sql }: ReadTx,
  caseId: string,
  rows: readonly StoredRow[],
): Promise<Map<number, Record<string, string>>> {
  const opened = new Map<number, Record<string, string>>();
  const keys = new Map<string, Buffer | undefined>();
  for (const row of rows) {
    if (!row.personal || !row.personal_owner) continue;
    try {
      if (!keys.has(row.personal_owner))
        keys.set(row.personal_owner, await findPersonKey(sql, deps.keys, row.personal_owner));
      const key = keys.get(row.personal_owner);
      if (key) opened.set(row.sequence, unsealPersonal(key, row.personal, caseId, row.sequence));
    } catch (error) {
      if (!(error instanceof PersonErased)) throw error;
      opened.set(row.sequence, { erased: 'Персональные данные уничтожены' });
    }
  }
  return opened;
}
