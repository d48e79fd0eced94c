import { condition, continueAsNew, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { DeliveryActivities } from '../../activities/types.ts';
import { type DeliveryShard, wakeSignal } from './messages.ts';

/** Letters of one batch; a batch of slow answers stays well within the timeout. The activity takes batch after batch for a minute. */
const batch = 25;
/** Looked at even when nobody wakes it: a lost NOTIFY delays a letter by this at most. */
const longestSleepMs = 60_000;

/**
 * 25 letters at up to 10 s each, and room. A worker that died is noticed by its silence, long before that. A try that is cut off
 * loses nothing: its letters come free after their lease.
 */
const { sendNotification } = proxyActivities<DeliveryActivities>({
  startToCloseTimeout: '6m',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
});

/**
 * Sends the letters of one shard of addressees, for ever, apart from every case: a dead mail server delays no case.
 *
 * - Keyed by: `notice-delivery:<shard>`. Started by: the outbox relay of a worker.
 * - Waits for: the signal `wake` (something was written to the outbox) or the nearest letter that is due.
 * - Ends: never; leaves its run by continue-as-new.
 */
export async function noticeDelivery(of: DeliveryShard): Promise<void> {
  let woken = true;
  setHandler(wakeSignal, () => {
    woken = true;
  });
  while (!workflowInfo().continueAsNewSuggested && workflowInfo().historyLength < 2_000) {
    woken = false;
    const { nextDueAt, sent } = await sendNotification({ ...of, limit: batch });
    if (sent === batch) continue;
    const wait = nextDueAt === null ? longestSleepMs : Date.parse(nextDueAt) - Date.now();
    await condition(() => woken, Math.min(longestSleepMs, Math.max(100, wait)));
  }
  await continueAsNew<typeof noticeDelivery>(of);
}
