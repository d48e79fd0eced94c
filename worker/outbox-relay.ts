import type { Client } from '@temporalio/client';
import type { Pool } from '../platform/db/pool.ts';
import type { Logger } from '../platform/log.ts';
import { wakeSignal } from '../workflows/notice-delivery/messages.ts';

export interface RelayOptions {
  pool: Pool;
  client: Client;
  taskQueue: string;
  log: Pick<Logger, 'warn'>;
  shards?: number;
  /** Many letters written together wake the delivery once. */
  debounceMs?: number;
  /** After a wake the delivery looks for more by itself; it is not woken again before this. */
  restMs?: number;
  retryMs?: number;
}

/**
 * Wakes the delivery of notices when something is written to the outbox, and starts it where it does not run yet. It listens on a
 * connection of its own, which comes back by itself; after every reconnection it wakes once, since what was said meanwhile was
 * not heard. An engine that does not answer is asked again.
 */
export async function startOutboxRelay(options: RelayOptions): Promise<{ stop(): Promise<void> }> {
  const { pool, client, taskQueue, log } = options;
  const shards = options.shards ?? 1;
  const debounceMs = options.debounceMs ?? 500;
  const restMs = options.restMs ?? 2_000;
  const retryMs = options.retryMs ?? 2_000;
  let wokenAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const wakeIn = (ms: number) => {
    if (stopped || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      void wakeAll();
    }, ms);
  };

  async function wakeAll(): Promise<void> {
    wokenAt = performance.now();
    try {
      for (let shard = 0; shard < shards; shard += 1) {
        await client.withDeadline(Date.now() + 5_000, () =>
          client.workflow.signalWithStart('noticeDelivery', {
            workflowId: `notice-delivery:${shard}`,
            taskQueue,
            args: [{ shard, shards }],
            signal: wakeSignal,
          }),
        );
      }
    } catch (error) {
      if (stopped) return;
      log.warn({ err: error }, 'the delivery of notices could not be woken');
      wakeIn(retryMs);
    }
  }

  const listening = await pool.listen(
    'outbox',
    () => wakeIn(Math.max(debounceMs, wokenAt + restMs - performance.now())),
    () => wakeIn(0),
  );
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await listening.unlisten().catch(() => undefined);
    },
  };
}
