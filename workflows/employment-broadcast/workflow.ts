import { condition, continueAsNew, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { EmploymentActivities } from '../../activities/types.ts';
import { type BroadcastOf, wakeSignal } from './messages.ts';

/** Events of one page: each is a signal to a few cases, at the worst a start and its answer. */
const page = 20;
/** A batch that waits for the day of an event looks again at least once a day: calendars and zones change. */
const longestSleepMs = 86_400_000;

/** 20 events at up to 10 s each, and room. While the engine or the database is away it waits; what was told is not told twice. */
const { tellEmployment } = proxyActivities<EmploymentActivities>({
  startToCloseTimeout: '5m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/**
 * Tells the running cases the employment events of one batch, in pages, each event on its day.
 *
 * - Keyed by: `employment-broadcast:<batchId>`. Started by: the API when a batch is applied; by a worker that finds one unfinished.
 * - Waits for: the day of the nearest event that has not come, or the signal `wake`.
 * - Ends when: nothing of the batch is waiting; leaves its run by continue-as-new.
 */
export async function employmentBroadcast(of: BroadcastOf): Promise<void> {
  let woken = false;
  setHandler(wakeSignal, () => {
    woken = true;
  });
  while (!workflowInfo().continueAsNewSuggested && workflowInfo().historyLength < 2_000) {
    woken = false;
    const { told, left, nextAt } = await tellEmployment({ batchId: of.batchId, limit: page });
    if (left === 0) return;
    if (told > 0) continue;
    const wait = nextAt === null ? longestSleepMs : Date.parse(nextAt) - Date.now();
    await condition(() => woken, Math.min(longestSleepMs, Math.max(1_000, wait)));
  }
  await continueAsNew<typeof employmentBroadcast>(of);
}
