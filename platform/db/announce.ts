import type { Pool } from './pool.ts';

/** Between two flights what happened is gathered; the first after a rest leaves at once. */
const gatherMs = 25;
/** Readers look for themselves after a while, so what cannot be told soon is not told. */
const mostWaiting = 5_000;

interface Said {
  channel: string;
  payload: string;
}

class Announcer {
  #waiting = new Map<string, Said>();
  #flying = false;

  constructor(private readonly pool: Pool) {}

  say(said: Said): void {
    if (this.#waiting.size < mostWaiting) this.#waiting.set(`${said.channel}\0${said.payload}`, said);
    if (!this.#flying) void this.#fly();
  }

  async #fly(): Promise<void> {
    this.#flying = true;
    while (this.#waiting.size > 0) {
      const said = [...this.#waiting.values()];
      this.#waiting = new Map();
      await this.pool`
        select pg_notify(s.channel, s.payload) from jsonb_to_recordset(${this.pool.json(said as never)}) as s(channel text, payload text)`.catch(
        () => undefined,
      );
      await new Promise((resolve) => setTimeout(resolve, gatherMs).unref());
    }
    this.#flying = false;
  }
}

const announcers = new WeakMap<Pool, Announcer>();

/**
 * Tells listeners of a channel what has been committed, by NOTIFY, together with what else happened in the same moment. A NOTIFY inside a
 * transaction would make all commits stand in one queue, each with its own flush to disk. What is said is a hint and may be lost when
 * this process or the database dies just after the commit: whoever listens also looks for himself, now and then and after each
 * reconnection.
 */
export function announce(pool: Pool, channel: string, payload = ''): void {
  const announcer = announcers.get(pool) ?? new Announcer(pool);
  announcers.set(pool, announcer);
  announcer.say({ channel, payload });
}
