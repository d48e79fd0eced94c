/** Reading the engine for administrators: is it there, and what did it do with a case. Payloads come decoded; nothing here changes anything. */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { optionalTsToDate } from '@temporalio/common/lib/time.js';
// CommonJS whose names Node cannot see from outside.
import proto from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';
import type { Config } from '../platform/config.ts';
import { EncryptionCodec } from '../platform/crypto/payload-codec.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import type { Engine } from '../platform/temporal/client.ts';
import type { EngineEvent, EngineReader, EngineRun } from './ports.ts';

const { EventType } = proto.temporal.api.enums.v1;
/** A case leaves its run long before this; more would not be read by a person anyway. */
const mostEvents = 5_000;
const mostRuns = 50;
const patienceMs = 8_000;

/** The reader over the client of this process. */
export function createEngineReader(engine: Engine, config: Pick<Config, 'temporal'>, keys: Keyring): EngineReader {
  const { client, connection } = engine;
  const { address, namespace, taskQueue } = config.temporal;
  const codec = new EncryptionCodec(keys.payload);
  const within = <T>(ask: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + patienceMs, ask);

  return {
    async ping() {
      await client.withDeadline(Date.now() + 2_000, () => connection.workflowService.describeNamespace({ namespace }));
      return true;
    },

    async describe() {
      return within(async () => {
        const [info, queue, running] = await Promise.all([
          connection.workflowService.getSystemInfo({}),
          connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueue }, taskQueueType: 1 }),
          client.workflow.count(`ExecutionStatus = 'Running'`).catch(() => undefined),
        ]);
        return {
          address,
          namespace,
          serverVersion: info.serverVersion ?? null,
          taskQueue,
          pollers: queue.pollers?.length ?? 0,
          runningWorkflows: running?.count ?? null,
        };
      });
    },

    async runs(workflowId) {
      return within(async () => {
        const found: EngineRun[] = [];
        for await (const run of client.workflow.list({
          query: `WorkflowId = '${workflowId.replaceAll("'", "''")}'`,
          pageSize: mostRuns,
        })) {
          found.push(await readRun(workflowId, run.runId));
          if (found.length >= mostRuns) break;
        }
        return found.sort((a, b) => ((a.startedAt ?? '') < (b.startedAt ?? '') ? -1 : 1));
      });
    },
  };

  async function readRun(workflowId: string, runId: string): Promise<EngineRun> {
    const handle = client.workflow.getHandle(workflowId, runId);
    const [described, events] = await Promise.all([handle.describe(), readEvents(workflowId, runId)]);
    const { pendingWorkflowTask, pendingActivities } = described.raw;
    return {
      runId,
      status: described.status.name,
      startedAt: described.startTime?.toISOString() ?? null,
      closedAt: described.closeTime?.toISOString() ?? null,
      events,
      pendingWorkflowTask: pendingWorkflowTask
        ? {
            attempts: pendingWorkflowTask.attempt ?? 1,
            since: optionalTsToDate(pendingWorkflowTask.originalScheduledTime as never)?.toISOString() ?? null,
            failure:
              [...events]
                .reverse()
                .map((event) => (event.type === 'WORKFLOW_TASK_FAILED' ? messageOf(event.attributes) : null))
                .find((text) => text !== null) ?? null,
          }
        : null,
      pendingActivities: await Promise.all(
        (pendingActivities ?? []).map(async (activity) => ({
          type: activity.activityType?.name ?? '',
          attempts: activity.attempt ?? 1,
          failure: activity.lastFailure ? messageOf({ failure: await plain(activity.lastFailure) }) : null,
          since: optionalTsToDate(activity.scheduledTime as never)?.toISOString() ?? null,
        })),
      ),
    };
  }

  async function readEvents(workflowId: string, runId: string): Promise<EngineEvent[]> {
    const events: EngineEvent[] = [];
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await connection.workflowService.getWorkflowExecutionHistory({
        namespace,
        execution: { workflowId, runId },
        ...(nextPageToken ? { nextPageToken } : {}),
        maximumPageSize: 500,
      });
      for (const event of page.history?.events ?? []) events.push(await eventOf(event));
      nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
    } while (nextPageToken && events.length < mostEvents);
    return events;
  }

  async function eventOf(event: temporal.api.history.v1.IHistoryEvent): Promise<EngineEvent> {
    const type = EventType[event.eventType ?? 0] ?? 'UNKNOWN';
    const key = Object.keys(event).find(
      (name) => name.endsWith('EventAttributes') && event[name as keyof typeof event],
    );
    return {
      eventId: String(event.eventId ?? ''),
      type: type.replace(/^EVENT_TYPE_/, ''),
      at: optionalTsToDate(event.eventTime as never)?.toISOString() ?? new Date(0).toISOString(),
      attributes: key ? ((await plain(event[key as keyof typeof event])) as Record<string, unknown>) : {},
    };
  }

  /** A message of the protocol as plain JSON, payloads decrypted and decoded. */
  async function plain(value: unknown, depth = 0): Promise<unknown> {
    if (value === null || value === undefined || depth > 14) return null;
    if (typeof value !== 'object') return typeof value === 'bigint' ? String(value) : value;
    if (value instanceof Uint8Array) return value.length === 0 ? null : `${value.length} байт`;
    if (Array.isArray(value)) return Promise.all(value.map((item) => plain(item, depth + 1)));
    if (isPayload(value)) return decode(value);
    if ('encodedAttributes' in value && value.encodedAttributes)
      return decodeFailure(value as { encodedAttributes: Payload }, depth);
    if ('low' in value && 'high' in value && 'unsigned' in value) return Number(String(value));
    if ('seconds' in value && 'nanos' in value) return String((value as { seconds: unknown }).seconds ?? 0) + ' с';
    // Payloads of one argument list are shown as the list itself.
    if ('payloads' in value && Array.isArray(value.payloads))
      return Promise.all(value.payloads.map((item) => plain(item, depth + 1)));
    const entries = await Promise.all(
      Object.entries(value).map(async ([name, inner]) => [name, await plain(inner, depth + 1)] as const),
    );
    return Object.fromEntries(entries.filter(([, inner]) => inner !== null && inner !== ''));
  }

  /** The message of an encoded failure is a placeholder; the real one is in the payload. */
  async function decodeFailure(failure: { encodedAttributes: Payload }, depth: number): Promise<unknown> {
    const { encodedAttributes, ...rest } = failure;
    const open = await decode(encodedAttributes);
    const shown = (await plain(rest, depth + 1)) as Record<string, unknown>;
    const { message, stack_trace: stackTrace } = (open ?? {}) as { message?: string; stack_trace?: string };
    return { ...shown, ...(message ? { message } : {}), ...(stackTrace ? { stackTrace } : {}) };
  }

  async function decode(payload: Payload): Promise<unknown> {
    try {
      const [opened] = await codec.decode([payload]);
      return opened ? defaultPayloadConverter.fromPayload(opened) : null;
    } catch {
      return 'не удалось расшифровать';
    }
  }
}

function isPayload(value: object): value is Payload {
  return (
    'metadata' in value &&
    'data' in value &&
    typeof value.metadata === 'object' &&
    value.metadata !== null &&
    'encoding' in value.metadata
  );
}

function messageOf(attributes: Record<string, unknown>): string | null {
  const { failure } = attributes as { failure?: { message?: string; cause?: { message?: string } } };
  return failure?.message ?? failure?.cause?.message ?? null;
}
