import type { Pool } from '../platform/db/pool.ts';
import type { Logger } from '../platform/log.ts';
import { remindOfRequests } from '../platform/personal/remind.ts';

/** Looks at the terms of requests about personal data at the start of a worker and every minute; how a look holds is told where it is made. */
export function startRequestReminders(of: {
  pool: Pool;
  log: Pick<Logger, 'warn'>;
  everyMs?: number;
  now?: () => Date;
}): { stop(): Promise<void> } {
  let looking: Promise<unknown> = Promise.resolve();
  const look = () => {
    looking = looking
      .then(() => remindOfRequests(of.pool, of.now?.() ?? new Date()))
      .catch((error: unknown) => of.log.warn({ err: error }, 'terms of personal requests were not looked at'));
  };
  look();
  const timer = setInterval(look, of.everyMs ?? 60_000);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
