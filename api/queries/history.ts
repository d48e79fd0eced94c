/** What the engine did with a case, in words, beside the journal: for administrators. Payloads are decoded by the platform's codec. */
import { workflowIdOf } from '../../platform/cases/commands.ts';
import type { HistoryView } from '../contract/cases.ts';
import type { ApiDeps, EngineEvent, EngineRun } from '../ports.ts';
import { notFound } from '../problems.ts';
import type { ReadTx } from '../viewer.ts';
import { behalfRu } from './events.ts';
import { loadCase, namesOf } from './load-case.ts';
import { openedFacts, sealedOf } from './sealed.ts';

const words: Record<string, string> = {
  WORKFLOW_EXECUTION_STARTED: 'Исполнение начато',
  WORKFLOW_EXECUTION_COMPLETED: 'Исполнение завершено',
  WORKFLOW_EXECUTION_FAILED: 'Исполнение прервано ошибкой',
  WORKFLOW_EXECUTION_TIMED_OUT: 'Исполнение прервано по времени',
  WORKFLOW_EXECUTION_TERMINATED: 'Исполнение остановлено администратором',
  WORKFLOW_EXECUTION_CANCELED: 'Исполнение отменено',
  WORKFLOW_EXECUTION_CONTINUED_AS_NEW: 'Исполнение продолжено новым запуском',
  WORKFLOW_EXECUTION_SIGNALED: 'Получен факт или просьба сверки',
  WORKFLOW_EXECUTION_UPDATE_ACCEPTED: 'Действие принято к исполнению',
  WORKFLOW_EXECUTION_UPDATE_COMPLETED: 'На действие дан ответ',
  WORKFLOW_EXECUTION_UPDATE_REJECTED: 'Действие отклонено сразу',
  WORKFLOW_EXECUTION_OPTIONS_UPDATED: 'Изменены настройки исполнения',
  WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED: 'Часы дела переведены вперёд',
  WORKFLOW_TASK_SCHEDULED: 'Шаг дела поставлен в очередь',
  WORKFLOW_TASK_STARTED: 'Шаг дела взят исполнителем',
  WORKFLOW_TASK_COMPLETED: 'Шаг дела выполнен',
  WORKFLOW_TASK_TIMED_OUT: 'Шаг дела не выполнен вовремя',
  WORKFLOW_TASK_FAILED: 'Шаг дела не удался',
  ACTIVITY_TASK_SCHEDULED: 'Работа поставлена в очередь',
  ACTIVITY_TASK_STARTED: 'Работа начата',
  ACTIVITY_TASK_COMPLETED: 'Работа выполнена',
  ACTIVITY_TASK_FAILED: 'Работа не удалась',
  ACTIVITY_TASK_TIMED_OUT: 'Работа не выполнена вовремя',
  TIMER_STARTED: 'Заведён таймер до ближайшего срока',
  TIMER_FIRED: 'Срок наступил: таймер сработал',
  TIMER_CANCELED: 'Таймер снят',
  MARKER_RECORDED: 'Изменение записано в дело',
  UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: 'Обновлены признаки для поиска',
  START_CHILD_WORKFLOW_EXECUTION_INITIATED: 'Открывается связанное дело',
};
const statuses: Record<string, string> = {
  RUNNING: 'Идёт',
  COMPLETED: 'Завершено',
  FAILED: 'Прервано ошибкой',
  CANCELED: 'Отменено',
  TERMINATED: 'Остановлено',
  CONTINUED_AS_NEW: 'Продолжено новым запуском',
  TIMED_OUT: 'Прервано по времени',
};

export const engineEventRu = (type: string): string => words[type] ?? type;

/** Engine events of all runs and journal events, merged by time; what stands still is shown as an incident. */
export async function readHistory(deps: ApiDeps, tx: ReadTx, id: string): Promise<HistoryView> {
  const { sql, viewer } = tx;
  if (!viewer.reach.admin) throw notFound();
  const loaded = await loadCase(deps, tx, id);
  const { row, process } = loaded;
  const sealed = sealedOf(deps, loaded);
  const workflowId = workflowIdOf(row.process, id);
  const events = await sql<
    Array<{
      sequence: number;
      type: string;
      row: string;
      at: Date;
      recorded_at: Date;
      actor_kind: string;
      actor_id: string | null;
      on_behalf_of: { personId: string; actId?: string } | null;
      acting_act: string | null;
      command_id: string;
      facts: Record<string, unknown>;
    }>
  >`
    select sequence, type, row, at, recorded_at, actor_kind, actor_id, on_behalf_of, acting_act, command_id, facts from case_event where case_id = ${id}::uuid order by sequence limit 5000`;
  const names = await namesOf(
    sql,
    events.flatMap((event) => [event.actor_id, event.on_behalf_of?.personId]),
  );
  const runs = await deps.engine.runs(workflowId).catch((error: unknown) => {
    deps.log.warn({ err: error, caseId: id }, 'the engine gave no history');
    return undefined;
  });
  const table = new Map(process.table.map((rule) => [rule.id, rule.effectRu]));
  const audit = events.map((event): HistoryView['entries'][number] => ({
    at: event.recorded_at.toISOString(),
    source: 'audit',
    runId: null,
    eventId: String(event.sequence),
    type: event.type,
    labelRu: table.get(event.row) ?? event.type,
    detailRu: `${whoRu(event, names)}, строка ${event.row}`,
    failure: false,
    data: { facts: openedFacts(event.facts, sealed), commandId: event.command_id, nominalAt: event.at.toISOString() },
  }));
  const engine = (runs ?? []).flatMap((run) =>
    run.events.map((event) => engineEntry(run.runId, event, sealed !== null)),
  );
  const known = engineSequence(runs ?? []);
  return {
    workflowId,
    runs: (runs ?? []).map((run) => ({
      runId: run.runId,
      status: run.status,
      statusRu: statuses[run.status] ?? run.status,
      startedAt: run.startedAt,
      closedAt: run.closedAt,
      events: run.events.length,
    })),
    entries: [...engine, ...audit].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    incidents: (runs ?? []).flatMap(standing),
    row: { sequence: row.sequence, engineSequence: known, behind: known !== null && known < row.sequence },
    engineAvailable: runs !== undefined,
  };
}

/** `closed`: what was sent is not shown while answers in it are sealed. */
function engineEntry(runId: string, event: EngineEvent, closed: boolean): HistoryView['entries'][number] {
  return {
    at: event.at,
    source: 'engine',
    runId,
    eventId: event.eventId,
    type: event.type,
    labelRu: engineEventRu(event.type),
    detailRu: detailOf(event),
    failure: /FAILED|TIMED_OUT|REJECTED|TERMINATED/.test(event.type),
    data: closed ? {} : event.attributes,
  };
}

function detailOf({ type, attributes }: EngineEvent): string | null {
  const of = attributes as Record<string, any>;
  if (type === 'WORKFLOW_EXECUTION_SIGNALED') return `сигнал ${of.signalName ?? ''}`;
  if (type === 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED')
    return `действие ${of.acceptedRequest?.input?.args?.[0]?.type ?? of.acceptedRequest?.input?.name ?? ''}`;
  if (type === 'MARKER_RECORDED')
    return String(of.details?.type?.[0] ?? of.details?.data?.[0]?.activity_type ?? of.markerName ?? '');
  if (type === 'ACTIVITY_TASK_SCHEDULED') return String(of.activityType?.name ?? '');
  if (type === 'TIMER_STARTED') return of.startToFireTimeout ? `на ${String(of.startToFireTimeout)}` : null;
  const message = of.failure?.message;
  return typeof message === 'string' ? message : null;
}

/** A workflow task that is tried again and again, an activity that fails: somebody has to look. */
function standing(run: EngineRun): HistoryView['incidents'] {
  if (run.status !== 'RUNNING') return [];
  const task = run.pendingWorkflowTask;
  const last = [...run.events].reverse().find(({ type }) => type.startsWith('WORKFLOW_TASK_'));
  const failed = last?.type === 'WORKFLOW_TASK_FAILED' || (task !== null && task.attempts > 1);
  return [
    ...(failed
      ? [
          {
            kind: 'engine_task_failed',
            messageRu: 'Шаг дела не удаётся, движок повторяет его',
            attempts: task?.attempts ?? 1,
            failure: task?.failure ?? detailOf(last ?? { eventId: '', type: '', at: '', attributes: {} }),
            since: task?.since ?? last?.at ?? null,
          },
        ]
      : []),
    ...run.pendingActivities
      .filter(({ attempts, failure }) => attempts > 1 || failure !== null)
      .map((activity) => ({
        kind: 'activity_failing',
        messageRu: `Работа «${activity.type}» повторяется после ошибки`,
        attempts: activity.attempts,
        failure: activity.failure,
        since: activity.since,
      })),
  ];
}

/** The last sequence the loop is known to have folded: the largest number in an answer it has got. */
function engineSequence(runs: EngineRun[]): number | null {
  let found: number | null = null;
  const look = (value: unknown, depth: number): void => {
    if (depth > 8 || value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'sequence' && typeof inner === 'number') found = Math.max(found ?? 0, inner);
      else look(inner, depth + 1);
    }
  };
  for (const run of runs) for (const event of run.events) look(event.attributes, 0);
  return found;
}

/** Who did it, for whom and by which act. */
function whoRu(
  event: {
    actor_kind: string;
    actor_id: string | null;
    on_behalf_of: { personId: string; actId?: string } | null;
    acting_act: string | null;
  },
  names: Map<string, string>,
): string {
  if (event.actor_kind === 'system') return 'Платформа';
  const name = names.get(event.actor_id ?? '') ?? 'Человек';
  if (event.on_behalf_of) return `${name} за: ${behalfRu(event.on_behalf_of, names)}`;
  return event.acting_act === null ? name : `${name} (и. о., ${event.acting_act})`;
}
