/** The journal of a case, as far as the viewer may read it. */
import type { LoadedCase } from '../loaded-case.ts';
import { findPersonKey, PersonErased, unsealPersonal } from '../../platform/crypto/person-keys.ts';
import type { EventView } from '../contract/cases.ts';
import { decodeCursor, isNumber, pageOf } from '../cursor.ts';
import type { ApiDeps } from '../ports.ts';
import type { ReadTx } from '../viewer.ts';
import { seesFacts, seesNames, seesPersonal } from '../visibility.ts';
import { loadCase, namesOf } from './load-case.ts';
import { openedFacts, sealedOf } from './sealed.ts';
import { isRoundClosed, panelState, roundOf } from './panel.ts';

interface Row {
  sequence: number;
  type: string;
  row: string;
  at: Date;
  on: string;
  recorded_at: Date;
  actor_kind: string;
  actor_id: string | null;
  on_behalf_of: { personId: string; actId?: string } | null;
  acting_act: string | null;
  request_id: string | null;
  facts: Record<string, unknown>;
  personal: Buffer | null;
  personal_owner: string | null;
  hash: Buffer;
}

/** Events in order; a page continues after the sequence of the last. Texts about people are decrypted for the coordinator alone. */
export async function readEvents(
  deps: ApiDeps,
  tx: ReadTx,
  id: string,
  query: { cursor?: string | undefined; limit: number },
): Promise<{ items: EventView[]; next: string | null; personalRead: string[] }> {
  const { sql, viewer } = tx;
  const loaded = await loadCase(deps, tx, id);
  const [after] = decodeCursor(query.cursor, [isNumber]) ?? [0];
  const rows = await sql<Row[]>`
    select sequence, type, row, at, "on", recorded_at, actor_kind, actor_id, on_behalf_of, acting_act, request_id, facts, personal, personal_owner, hash
    from case_event where case_id = ${id}::uuid and sequence > ${Math.max(Number(after), loaded.hiddenBefore)} order by sequence limit ${query.limit + 1}`;
  const staff = seesNames(loaded.kinds, loaded.row.process);
  const sealed = sealedOf(deps, loaded);
  const open = seesFacts(loaded.kinds, loaded.row.process);
  const names = staff
    ? await namesOf(
        sql,
        rows.flatMap((row) => [row.actor_id, row.on_behalf_of?.personId]),
      )
    : new Map<string, string>();
  const personal = seesPersonal(viewer.reach, loaded.row)
    ? await openPersonal(deps, tx, id, rows.slice(0, query.limit))
    : new Map<number, Record<string, string>>();
  const table = new Map(loaded.process.table.map((row) => [row.id, row]));
  const shown = pageOf(
    rows,
    query.limit,
    (row) => [row.sequence],
    (row): EventView => {
      const rule = table.get(row.row);
      return {
        sequence: row.sequence,
        type: row.type,
        labelRu: rule?.effectRu ?? deps.faces[loaded.row.process]?.label(row.type) ?? row.type,
        row: row.row,
        clause: rule?.clause ?? null,
        at: row.at.toISOString(),
        on: row.on,
        recordedAt: row.recorded_at.toISOString(),
        actorRu: actorRu(row, names, staff, viewer.personId),
        actorId: staff || row.actor_id === viewer.personId ? row.actor_id : null,
        onBehalfOfRu: row.on_behalf_of ? behalfRu(row.on_behalf_of, names) : null,
        actingRu: row.acting_act === null ? null : ['и. о.', staff && row.acting_act].filter(Boolean).join(', '),
        requestId: seesNames(loaded.kinds) ? row.request_id : null,
        facts: open ? openedFacts(row.facts, sealed) : maskedFacts(row, loaded),
        personal: personal.get(row.sequence) ?? null,
        // It covers who acted and every fact: who is not shown them could try them against it.
        hash: open ? row.hash.toString('hex') : null,
      };
    },
  );
  return { ...shown, personalRead: [...personal.keys()].map(String) };
}

/** «Петров П. П., приказ № 5»: who was replaced and by which act; outside the staff only that it was so. */
export function behalfRu(
  { personId, actId }: { personId: string; actId?: string },
  names: Map<string, string>,
): string {
  const name = names.get(personId);
  return name ? [name, actId].filter(Boolean).join(', ') : 'по замещению';
}

function actorRu(row: Row, names: Map<string, string>, staff: boolean, personId: string): string {
  if (row.actor_kind === 'system') return 'Платформа';
  if (row.actor_id === personId) return 'Вы';
  return staff ? (names.get(row.actor_id ?? '') ?? 'Человек') : 'Участник дела';
}

/** Facts that tell who or how somebody judged before the round is over. Everything that can name a person goes. */
function maskedFacts(row: Row, { row: kase, kinds }: LoadedCase): Record<string, unknown> {
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
  rows: Row[],
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
