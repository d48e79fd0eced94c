import type { Pool } from '../platform/db/pool.ts';

export interface LeasedNotice {
  id: string;
  /** Counted up by whoever takes the letter, so it tells the holders apart. */
  attempts: number;
}

export interface LeaseOptions {
  pool: Pool;
  leaseMs: number;
  now(): Date;
  log: { warn(details: object, message: string): void };
}

/**
 * The lease of one batch of letters. It is renewed while its sender lives and the letters are not settled, however slow the mail
 * server or the machine is; a sender that was asleep for longer than its lease asks before it sends. So a letter is repeated only when
 * its sender or the database died between the answer of the mail server and the record of it.
 */
export class Lease {
  readonly #held: Map<string, number>;
  readonly #timer: NodeJS.Timeout;
  #until: number;

  /** `takenAt`: reading of `performance.now()` before the letters were taken. */
  constructor(
    private readonly options: LeaseOptions,
    notices: LeasedNotice[],
    takenAt: number,
  ) {
    this.#held = new Map(notices.map(({ id, attempts }) => [id, attempts]));
    this.#until = takenAt + options.leaseMs;
    this.#timer = setInterval(() => {
      this.#renew().catch((error: unknown) => options.log.warn({ err: error }, 'the lease of letters was not renewed'));
    }, options.leaseMs / 3);
  }

  /** Whether these letters may be sent now. Asks the database only where the lease is about to end. */
  async holds(notices: LeasedNotice[]): Promise<boolean> {
    if (performance.now() > this.#until - this.options.leaseMs / 3) await this.#renew();
    return notices.every(({ id }) => this.#held.has(id));
  }

  /** What became of these letters is on record. */
  settled(notices: LeasedNotice[]): void {
    for (const { id } of notices) this.#held.delete(id);
  }

  /** Letters that nobody will send now come free at once, their tries uncounted. */
  async giveBack(notices: LeasedNotice[]): Promise<void> {
    const left = notices.filter(({ id }) => this.#held.has(id));
    this.settled(left);
    if (left.length === 0) return;
    const { pool, now } = this.options;
    await pool`
      update notice n set due_at = ${now()}, attempts = n.attempts - 1
      from jsonb_to_recordset(${pool.json(left.map(toRow))}) as h(id uuid, attempts int)
      where n.id = h.id and n.attempts = h.attempts and n.state in ('queued', 'digest')`;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    if (this.#held.size === 0) return;
    const { pool, leaseMs, now } = this.options;
    const asked = performance.now();
    const mine = [...this.#held].map(([id, attempts]) => ({ id, attempts }));
    const rows = await pool<Array<{ id: string }>>`
      update notice n set due_at = ${now()}::timestamptz + make_interval(secs => ${leaseMs / 1_000})
      from jsonb_to_recordset(${pool.json(mine)}) as h(id uuid, attempts int)
      where n.id = h.id and n.attempts = h.attempts and n.state in ('queued', 'digest') returning n.id`;
    const still = new Set(rows.map(({ id }) => id));
    for (const { id } of mine) if (!still.has(id)) this.#held.delete(id);
    this.#until = asked + leaseMs;
  }
}

const toRow = ({ id, attempts }: LeasedNotice) => ({ id, attempts });
