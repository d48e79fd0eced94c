import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { msToTs, optionalTsToDate } from '@temporalio/common/lib/time.js';
// CommonJS whose names Node cannot see from outside.
import proto from '@temporalio/proto';

const { FastForwardPollingResult } = proto.temporal.api.enums.v1;

/** The server counts every jump and stops silently at this number; a case of decades needs fewer. */
const mostSkips = 100_000;

/** The engine cannot skip time: older than 1.32, or the feature is off. Rehearsals and tests that need it say so. */
export class TimeSkippingUnavailable extends Error {
  override readonly name = 'TimeSkippingUnavailable';
}

/** What the clock of a workflow shows: virtual under skipped time, the wall's otherwise. */
export async function workflowNow(client: Client, workflowId: string): Promise<Date> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const info = raw as unknown as { workflowExtendedInfo?: { timeSkippingInfo?: { currentTime?: unknown } } };
  return optionalTsToDate(info.workflowExtendedInfo?.timeSkippingInfo?.currentTime as never) ?? new Date();
}

/**
 * Takes one workflow to an instant of its own clock. The engine jumps from timer to timer and stops there; the workflow does
 * everything that falls due on the way. An instant that is already past changes nothing.
 */
export async function fastForward(client: Client, workflowId: string, to: Date): Promise<void> {
  const { namespace } = client.options;
  const durationMs = to.getTime() - (await workflowNow(client, workflowId)).getTime();
  if (durationMs <= 0) return;
  const id = randomUUID();
  const workflowExecution = { workflowId };
  await client.connection.workflowService
    .updateWorkflowExecutionOptions({
      namespace,
      workflowExecution,
      workflowExecutionOptions: {
        timeSkippingConfig: {
          enabled: true,
          fastForwardConfig: { duration: msToTs(durationMs), id },
          maxSessionSkipCount: mostSkips,
        },
      },
      updateMask: { paths: ['time_skipping_config'] },
    })
    .catch((error: unknown) => {
      throw new TimeSkippingUnavailable(
        `the engine does not skip time: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      );
    });
  for (;;) {
    const { fastForwardPollingResult: result, failedReason } =
      await client.connection.workflowService.pollWorkflowExecutionTimeSkipping({
        namespace,
        workflowExecution,
        fastForwardId: id,
      });
    if (result === FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED) return;
    if (result === FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED) {
      // The case came to its end on the way: there is nowhere further to go.
      if (await hasEnded(client, workflowId)) return;
      throw new Error(`the clock of ${workflowId} did not reach ${to.toISOString()}: ${failedReason}`);
    }
  }
}

async function hasEnded(client: Client, workflowId: string): Promise<boolean> {
  return (await client.workflow.getHandle(workflowId).describe()).status.name !== 'RUNNING';
}
