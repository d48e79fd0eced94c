/**
 * The panel of a case as each viewer may see it. Reads the state of any process that keeps its experts as tasks of the kit in groups
 * `panel:N/round:N`. Conclusions are documents; their author is an ordinal, and a name only for staff.
 */
import type { Task } from '../../processes/kit/task.ts';
import type { ConclusionView } from '../contract/inbox.ts';
import type { Documents } from '../ports.ts';
import { taskStateRu, verdictRu } from '../words.ts';

export interface PanelState {
  stage: string;
  panel: number;
  round: number;
  tasks: Task[];
  regions: Record<string, string>;
  results: Array<{
    panel: number;
    round: number;
    aggregation: { result: string; minor: boolean; disputed: string[] };
    arbiter?: { verdict: string };
  }>;
  asked: string[];
  /** What a revision has to answer: «ordinal.id», the arbiter is number 0. */
  remarkIds: string[];
}

/** The part of a state a panel lives in, or nothing for a process without one. */
export function panelState(state: unknown): PanelState | undefined {
  const s = state as (Partial<PanelState> & OneRound) | null;
  if (!s || !Array.isArray(s.tasks) || typeof s.panel !== 'number') return undefined;
  return {
    stage: s.stage ?? '',
    panel: s.panel,
    round: s.round ?? 0,
    tasks: s.tasks,
    regions: s.regions ?? {},
    results: s.results ?? resultOf(s),
    asked: s.asked ?? [],
    remarkIds: s.remarkIds ?? [],
  };
}

interface OneRound {
  panel?: number;
  panelResult?: { aggregation: { result: string; minor?: boolean; disputed: string[] }; recommendation: string };
}

/** A process whose panel has one round keeps its result alone. */
function resultOf({ panel = 1, panelResult }: OneRound): PanelState['results'] {
  if (!panelResult) return [];
  const { aggregation, recommendation } = panelResult;
  return [
    {
      panel,
      round: 1,
      aggregation: { ...aggregation, minor: aggregation.minor === true },
      ...(aggregation.result === 'arbitration' ? { arbiter: { verdict: recommendation } } : {}),
    },
  ];
}

const expertKinds = new Set(['review', 'arbitration']);
const gone = new Set(['declined', 'reassigned', 'cancelled', 'voided']);
const atWork = new Set(['panel_forming', 'under_expertise', 'arbitration']);

export const isExpertTask = (task: Pick<Task, 'kind'>): boolean => expertKinds.has(task.kind);

/** Panel and round of a task: «panel:1/round:2/arbiter» → 1, 2; «panel:2» has one round. */
export function roundOf(task: Pick<Task, 'group'>): { panel: number; round: number } {
  const match = /^panel:(\d+)(?:\/round:(\d+))?/.exec(task.group ?? '');
  return { panel: Number(match?.[1] ?? 0), round: match ? Number(match[2] ?? 1) : 0 };
}

/** Are the conclusions of this round all in and its result settled, so that the applicant may read them? */
export function isRoundClosed(s: PanelState, of: { panel: number; round: number }): boolean {
  if (of.panel === s.panel && of.round === Math.max(1, s.round) && atWork.has(s.stage)) return false;
  return s.results.some(({ panel, round }) => panel === of.panel && round === of.round);
}

/** «Эксперт 2», «Арбитр»: how a task's holder is called where names are hidden. */
export function expertRu(task: Pick<Task, 'kind' | 'ordinal'>): string {
  return task.kind === 'arbitration' ? 'Арбитр' : `Эксперт ${task.ordinal}`;
}

interface ConclusionDocument {
  scores?: Record<string, number>;
  verdict?: string;
  remarks?: Array<{ id: string; criterion: string; place: string; text: string }>;
  summary?: string;
}

/** Texts of the conclusions of the given tasks. `names` absent: ordinals only. */
export async function readConclusions(
  documents: Documents,
  tasks: Task[],
  names?: Map<string, string>,
  submittedAt?: Map<string, string>,
): Promise<ConclusionView[]> {
  const done = tasks.filter(
    (task) => isExpertTask(task) && (task.state === 'done' || task.state === 'voided') && task.result,
  );
  return Promise.all(
    done.map(async (task) => {
      const result = (task.result ?? {}) as {
        verdict?: string;
        scores?: Record<string, number>;
        document?: string;
        sha256?: string;
      };
      const sha256 = result.document ?? result.sha256 ?? null;
      const body = sha256 ? await readJson<ConclusionDocument>(documents, sha256) : undefined;
      const verdict = result.verdict ?? body?.verdict ?? '';
      const name = task.assigneeId ? names?.get(task.assigneeId) : undefined;
      return {
        ordinal: task.ordinal,
        authorRu: name ? `${expertRu(task)}: ${name}` : expertRu(task),
        round: roundOf(task).round,
        kind: task.kind === 'arbitration' ? ('arbitration' as const) : ('review' as const),
        verdict,
        verdictRu: verdictRu(verdict),
        scores: body?.scores ?? result.scores ?? {},
        remarks: body?.remarks ?? [],
        summary: body?.summary ?? '',
        sha256,
        submittedAt: submittedAt?.get(task.id) ?? null,
        voided: task.state === 'voided',
        late: task.late === true,
      };
    }),
  );
}

/** A stored JSON document; absent when it was never stored here. */
export async function readJson<T>(documents: Documents, sha256: string): Promise<T | undefined> {
  const found = await documents.find(sha256);
  if (!found) return undefined;
  return JSON.parse(Buffer.from(await found.read()).toString('utf8')) as T;
}

/** The members of the present round. Verdicts before the round is closed are for staff only. */
export function panelMembers(
  s: PanelState,
  see: { names?: Map<string, string>; verdictsNow: boolean; regions: boolean },
) {
  const round = Math.max(1, s.round);
  const current = s.tasks.filter(
    (task) => isExpertTask(task) && roundOf(task).panel === s.panel && roundOf(task).round === round,
  );
  const shown = current.filter((task) => see.names !== undefined || !gone.has(task.state));
  const open = see.verdictsNow || isRoundClosed(s, { panel: s.panel, round });
  return shown.map((task) => {
    const verdict = open ? ((task.result as { verdict?: string } | undefined)?.verdict ?? null) : null;
    const name = task.assigneeId ? see.names?.get(task.assigneeId) : undefined;
    return {
      ordinal: task.ordinal,
      nameRu: name ?? expertRu(task),
      personId: see.names ? (task.assigneeId ?? null) : null,
      regionCode: see.regions && task.assigneeId ? (s.regions[task.assigneeId] ?? null) : null,
      kind: task.kind === 'arbitration' ? ('arbiter' as const) : ('expert' as const),
      taskId: see.names ? task.id : null,
      state: task.state,
      stateRu: taskStateRu(task.state),
      verdict,
      verdictRu: verdict ? verdictRu(verdict) : null,
      late: task.late === true,
    };
  });
}
