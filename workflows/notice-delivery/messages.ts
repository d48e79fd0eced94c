import { defineSignal } from '@temporalio/workflow';

export interface DeliveryShard {
  shard: number;
  shards: number;
}

/** Something new is in the outbox. Many wakes before the next look count as one. */
export const wakeSignal = defineSignal('wake');
