import type { Cases } from '../platform/cases/commands.ts';
import type { Pool } from '../platform/db/pool.ts';
import type { Logger } from '../platform/log.ts';

/**
 * Looks for batches that were applied and not told to the end, at the start of a worker and every few minutes: an API that died between
 * writing a batch and starting its broadcast costs minutes and no event.
 */
export function startBroadcastRelay(of: {
  pool: Pool;
  cases: Pick<Cases, 'wakeBroadcast'>;
  log: Pick<Logger, 'warn'>;
  everyMs?: number;
}): { stop(): void } {
  const look = async () => {
    const rows = await of.pool<Array<{ id: string }>>`
      select id from hr_batch b where state = 'applying' and applied_at < now() - interval '1 minute'
        and exists (select from hr_event e where e.batch_id = b.id and e.state = 'waiting') order by applied_at limit 200`;
    for (const { id } of rows) await of.cases.wakeBroadcast(id);
  };
  const run = () =>
    void look().catch((error: unknown) => of.log.warn({ err: error }, 'unfinished batches were not woken'));
  run();
  const timer = setInterval(run, of.everyMs ?? 300_000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
