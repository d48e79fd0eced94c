import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** Where a test wants this process to die. Never on in production: see `loadConfig`. */
export type Fault = { point: 'after-commit'; nth: number };

/**
 * Kills this very process, as `kill -9` does, right after the transaction of the n-th `applyAction` that recorded something has
 * committed and before the engine hears of it: the narrowest place in the path of an act. What the engine knows is then one act
 * behind the row, and the same update is delivered again.
 */
export function faultInterceptor({ nth }: Fault): ActivityInterceptorsFactory {
  let recorded = 0;
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const answer = (await next(input)) as { reply?: { ok: boolean } } | undefined;
        if (info.activityType !== 'applyAction' || !answer?.reply?.ok) return answer;
        recorded += 1;
        if (recorded < nth) return answer;
        process.kill(process.pid, 'SIGKILL');
        // Nothing may leave between the signal and the end.
        return new Promise(() => undefined);
      },
    },
  });
}
