/** The remarks a revision has to answer, together: grouped by the head of the panel when that was done, otherwise by criterion. */
import type { LoadedCase } from '../loaded-case.ts';
import type { RemarksView } from '../contract/inbox.ts';
import type { ApiDeps } from '../ports.ts';
import type { ReadTx } from '../viewer.ts';
import { isRoundClosed, type PanelState, readConclusions, readJson, roundOf } from './panel.ts';

interface MergedStatement {
  groups?: Array<{ title: string; remarkIds: string[] }>;
}

/**
 * Every remark of the round that asked for a revision, exactly once, without names (specification 3.4.4: texts are open when all
 * conclusions are in). Null when no revision is being awaited. The caller answers for whether the viewer may read conclusions.
 */
export async function readRemarks(
  deps: ApiDeps,
  { sql }: ReadTx,
  { row }: Pick<LoadedCase, 'row'>,
  panel: PanelState,
): Promise<RemarksView | null> {
  const here = { panel: panel.panel, round: Math.max(1, panel.round) };
  if (row.stage !== 'revision' || panel.remarkIds.length === 0 || !isRoundClosed(panel, here)) return null;
  const tasks = panel.tasks.filter((task) => {
    const of = roundOf(task);
    return task.state === 'done' && of.panel === here.panel && of.round === here.round;
  });
  const [conclusions, [event]] = await Promise.all([
    readConclusions(deps.documents, tasks),
    sql<Array<{ type: string; statement: string | null }>>`
      select type, facts->>'statement' as statement from case_event
      where case_id = ${row.id}::uuid and (type = 'remarks.merged' or facts->>'to' = 'revision') order by sequence desc limit 1`,
  ]);
  const known = new Map(
    conclusions.flatMap((conclusion) =>
      conclusion.remarks.map((remark) => {
        const id = `${conclusion.kind === 'arbitration' ? 0 : conclusion.ordinal}.${remark.id}`;
        return [id, { ...remark, id, authorRu: conclusion.authorRu }] as const;
      }),
    ),
  );
  const remarksOf = (ids: readonly string[]) => ids.flatMap((id) => known.get(id) ?? []);
  if (event?.type === 'remarks.merged' && event.statement) {
    const statement = await readJson<MergedStatement>(deps.documents, event.statement);
    if (statement?.groups)
      return {
        round: here.round,
        merged: true,
        groups: statement.groups.map(({ title, remarkIds }) => ({ titleRu: title, remarks: remarksOf(remarkIds) })),
      };
  }
  const all = remarksOf(panel.remarkIds);
  const criteria = [...new Set(all.map(({ criterion }) => criterion))];
  return {
    round: here.round,
    merged: false,
    groups: criteria.map((criterion) => ({
      titleRu: null,
      remarks: all.filter((remark) => remark.criterion === criterion),
    })),
  };
}
