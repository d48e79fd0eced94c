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

const remembered = 2_000;
/** A reader this far behind reads everything anew. */
const mostWaiting = 500;

export class ChangeFeed {
  readonly #epoch = Date.now().toString(36);
  readonly #recent: Change[] = [];
  readonly #open = new Set<Stream>();
  #last = 0;
  #listening: { unlisten(): Promise<void> } | undefined;
  #tail: Promise<void> = Promise.resolve();

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
        // One after another: messages keep the order of commits.
        this.#tail = this.#tail
          .then(() => this.#onChange(payload))
          .catch((error: unknown) => this.log.warn({ err: error }, 'a change was not passed on'));
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
    const stream = new Stream(subscriber, this.#epoch, () => this.#open.delete(stream));
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

  #resetAll(): void {
    this.#recent.length = 0;
    for (const stream of this.#open) stream.reset();
  }

  async #onChange(payload: string): Promise<void> {
    const { caseId, sequence } = JSON.parse(payload) as { caseId: string; sequence: number };
    const id = ++this.#last;
    // Read even without streams: a reader that is just reconnecting asks for what it missed.
    const [row] = await this.sql<
      Array<
        CasePlace & {
          waiting_for: string;
          people: string[] | null;
          parties: string[] | null;
          offices: Change['offices'] | null;
          notified: string[] | null;
        }
      >
    >`
      select c.process, c.jurisdiction, c.applicant_organisation_id, c.applicant_region_code, c.waiting_for,
        ${peopleOf(this.sql)} as parties,
        (select array_agg(distinct t.assignee_id) from task t where t.case_id = c.id and t.assignee_id is not null and (t.open or t.updated_at = c.updated_at)) as people,
        (select jsonb_agg(distinct jsonb_build_object('role', t.role, 'scopeId', t.scope_id)) from task t
          where t.case_id = c.id and t.nature = 'office' and t.updated_at = c.updated_at) as offices,
        (select array_agg(distinct n.addressee_id) from notice n where n.case_id = c.id and n.sequence <= ${sequence} and n.nominal_at = c.updated_at) as notified
      from "case" c where c.id = ${caseId}::uuid`;
    if (!row) return;
    const change: Change = {
      id,
      caseId,
      sequence,
      process: row.process,
      jurisdiction: row.jurisdiction,
      applicant_organisation_id: row.applicant_organisation_id,
      applicant_region_code: row.applicant_region_code,
      waitingFor: row.waiting_for,
      people: row.people ?? [],
      parties: row.parties ?? [],
      offices: row.offices ?? [],
      notified: row.notified ?? [],
    };
    this.#recent.push(change);
    if (this.#recent.length > remembered) this.#recent.splice(0, this.#recent.length - remembered);
    for (const stream of this.#open) stream.offer(change);
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
