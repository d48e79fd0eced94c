import { defineSignal } from '@temporalio/workflow';

export interface BroadcastOf {
  batchId: string;
}

/** Something of the batch changed: a correction took an event back, or the platform was away. */
export const wakeSignal = defineSignal('wake');
