/**
 * What changed, to whom it matters: one LISTEN of this process, many event streams.
 *
 * A notification of the database names a case; one look at the database tells whom it concerns; each stream gets only what its viewer
 * may see. Messages say that something changed, never what: the reader asks again through the API.
 */
import type { StreamMessage } from './contract/system.ts';
import type { Pool } from '../platform/db/pool.ts';
import type { Logger } from '../platform/log.ts';
import { kindsOf, peopleOf, type CasePlace, type Reach } from './visibility.ts';

/** A change with everybody it concerns. */
interface Change extends CasePlace {
  id: number;
  caseId: string;
  sequence: number;
  waitingFor: string;
  /** People whose tasks the case holds, open or just changed. */
  people: string[];
  /** People the case is about or names. */
  parties: string[];
  /** Roles and scopes of changed office tasks. */
  offices: Array<{ role: string; scopeId: string | null }>;
  notified: string[];
}

export interface Subscription {
  /** Waits for the next messages; `undefined` when the stream ends or the wait is over. */
  next(waitMs: number): Promise<Array<{ id: string; message: StreamMessage }> | 'reset' | undefined>;
  close(): void;
}

export interface Subscriber {
  personId: string;
  reach: Reach;
  roles: ReadonlySet<string>;
}

/** One notification of the database. */
interface Told {
  caseId: string;
  sequence: number;
  /** Instant of the record; absent from a writer of an older build. */
  at?: string;
}

/** At a high rate changes are looked up together; a change that comes alone is looked up at once. */
const lookEveryMs = 50;
const remembered = 2_000;
/** A browser whose stream broke is back within seconds. */
const comesBackMs = 60_000;
/** A reader this far behind reads everything anew. */
const mostWaiting = 500;
/** Windows of one person; with one more the oldest ends, and comes back if somebody still looks at it. */
const mostStreams = 40;

export class ChangeFeed {
  readonly #epoch = Date.now().toString(36);
  readonly #recent: Change[] = [];
  readonly #open = new Set<Stream>();
  #last = 0;
  #listening: { unlisten(): Promise<void> } | undefined;
  /** Changes that were told and not yet looked up, in the order of commits. */
  #told: string[] = [];
  #looking = false;
  /** When the last stream ended. */
  #leftAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly sql: Pool,
    private readonly log: Pick<Logger, 'warn'>,
  ) {}

  get subscribers(): number {
    return this.#open.size;
  }

  /** Starts listening; the client reconnects by itself, and a gap makes every reader start anew. */
  async start(): Promise<void> {
    let first = true;
    this.#listening = await this.sql.listen(
      'case_changed',
      (payload) => {
        this.#told.push(payload);
        void this.#lookUp();
      },
      () => {
        if (!first) this.#resetAll();
        first = false;
      },
    );
  }

  async stop(): Promise<void> {
    for (const stream of this.#open) stream.close();
    await this.#listening?.unlisten().catch(() => undefined);
  }

  /** Opens a stream. `lastEventId` of this process continues where it broke; any other starts anew. */
  subscribe(subscriber: Subscriber, lastEventId?: string): Subscription {
    const stream = new Stream(subscriber, this.#epoch, () => {
      this.#open.delete(stream);
      this.#leftAt = performance.now();
    });
    const own = [...this.#open].filter((open) => open.isOf(subscriber.personId));
    if (own.length >= mostStreams) own[0]?.close();
    this.#open.add(stream);
    if (lastEventId) {
      const [epoch, n] = lastEventId.split('-');
      const from = Number(n);
      const oldest = this.#recent[0]?.id ?? this.#last + 1;
      if (epoch !== this.#epoch || !Number.isInteger(from) || from > this.#last || from < oldest - 1) stream.reset();
      else for (const change of this.#recent) if (change.id > from) stream.offer(change);
    }
    return stream;
  }

  #nobodyReads(): boolean {
    return this.#open.size === 0 && performance.now() - this.#leftAt > comesBackMs;
  }

  #resetAll(): void {
    this.#recent.length = 0;
    for (const stream of this.#open) stream.reset();
  }

  /** One flight at a time: messages keep the order of commits. */
  async #lookUp(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    while (this.#told.length > 0) {
      const told = this.#told.splice(0);
      await this.#passOn(told).catch((error: unknown) => this.log.warn({ err: error }, 'changes were not passed on'));
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    this.#looking = false;
  }

  async #passOn(payloads: string[]): Promise<void> {
    if (this.#nobodyReads()) {
      // Whoever comes back after that starts anew.
      this.#last += payloads.length;
      this.#recent.length = 0;
      return;
    }
    const told = payloads.map((payload) => JSON.parse(payload) as Told);
    // A reader that is just reconnecting asks for what it missed. The case may have moved on since:
    // whatever was touched at the told instant or later is part of the change.
    const rows = await this.sql<
      Array<
        CasePlace & {
          nr: number;
          waiting_for: string;
          people: string[] | null;
          parties: string[] | null;
          offices: Change['offices'] | null;
          notified: string[] | null;
        }
      >
    >`
      select told.nr, c.process, c.jurisdiction, c.applicant_organisation_id, c.applicant_region_code, c.subject_kind, c.subject_id, c.initiator_id, c.waiting_for, t.people, t.offices, ${peopleOf(this.sql)} as parties,
        (select array_agg(distinct n.addressee_id) from notice n where n.case_id = c.id and n.nominal_at >= coalesce(told.at, c.updated_at)) as notified
      from jsonb_to_recordset(${this.sql.json(told.map((one, nr) => ({ ...one, nr })) as never)}) as told(nr int, "caseId" uuid, at timestamptz)
      join "case" c on c.id = told."caseId"
      left join lateral (
        select array_agg(distinct t.assignee_id) filter (where t.assignee_id is not null) as people,
          jsonb_agg(distinct jsonb_build_object('role', t.role, 'scopeId', t.scope_id))
            filter (where t.nature = 'office' and t.updated_at >= coalesce(told.at, c.updated_at)) as offices
        from task t where t.case_id = c.id and (t.open or t.updated_at >= coalesce(told.at, c.updated_at))) t on true
      order by told.nr`;
    for (const { nr, waiting_for: waitingFor, people, parties, offices, notified, ...place } of rows) {
      const { caseId, sequence } = told[nr] as Told;
      const change: Change = {
        id: ++this.#last,
        caseId,
        sequence,
        ...place,
        waitingFor,
        people: people ?? [],
        parties: parties ?? [],
        offices: offices ?? [],
        notified: notified ?? [],
      };
      this.#recent.push(change);
      for (const stream of this.#open) stream.offer(change);
    }
    if (this.#recent.length > remembered) this.#recent.splice(0, this.#recent.length - remembered);
  }
}

/** What of a change one viewer may know. */
export function messagesFor(subscriber: Subscriber, change: Omit<Change, 'id'>): StreamMessage[] {
  const kinds = kindsOf(subscriber.reach, change);
  const party = change.parties.includes(subscriber.personId);
  const mine = change.people.includes(subscriber.personId) || party;
  const office = change.offices.some(({ role }) => subscriber.roles.has(role)) && kinds.length > 0;
  const applicant = kinds.includes('applicant') && change.waitingFor === 'applicant';
  return [
    // An administrator without a place in the jurisdiction sees by role, so any kind will do.
    ...(kinds.length > 0 || party ? [{ kind: 'case' as const, caseId: change.caseId, sequence: change.sequence }] : []),
    ...(mine || office || applicant ? [{ kind: 'inbox' as const }] : []),
    ...(change.notified.includes(subscriber.personId) ? [{ kind: 'notice' as const }] : []),
  ];
}

/** Messages that wait for one reader. Those of one case are merged, so that a slow reader holds little. */
class Stream implements Subscription {
  #waiting = new Map<string, { id: string; message: StreamMessage }>();
  #reset = false;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly subscriber: Subscriber,
    private readonly epoch: string,
    private readonly onClose: () => void,
  ) {}

  isOf(personId: string): boolean {
    return this.subscriber.personId === personId;
  }

  offer(change: Change): void {
    for (const message of messagesFor(this.subscriber, change)) {
      const key = message.kind === 'case' ? `case:${message.caseId}` : message.kind;
      this.#waiting.delete(key);
      this.#waiting.set(key, { id: `${this.epoch}-${change.id}`, message });
    }
    if (this.#waiting.size > mostWaiting) this.reset();
    if (this.#waiting.size > 0) this.#wake?.();
  }

  reset(): void {
    this.#waiting.clear();
    this.#reset = true;
    this.#wake?.();
  }

  async next(waitMs: number): Promise<Array<{ id: string; message: StreamMessage }> | 'reset' | undefined> {
    if (!this.#closed && !this.#reset && this.#waiting.size === 0) await this.#pause(waitMs);
    if (this.#closed) return undefined;
    if (this.#reset) {
      this.#reset = false;
      return 'reset';
    }
    const ready = [...this.#waiting.values()];
    this.#waiting.clear();
    return ready;
  }

  close(): void {
    this.#closed = true;
    this.onClose();
    this.#wake?.();
  }

  #pause(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#wake = done;
    });
  }
}
