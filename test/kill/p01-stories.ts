import { randomUUID } from 'node:crypto';
import { sleep } from '../../platform/stack/process.ts';
import { personId } from '../../prisma/seed/people.ts';
import { conclusionFor, programmeOf } from '../api/world.ts';
import { dayIn, MOSCOW } from '../support/days.ts';

interface Found {
  status: number;
  body: any;
}

/** Clients of certification through the public HTTP API. Each repeats its request with one key until it is answered. */
export class CertificationClients {
  readonly #tokens = new Map<string, string>();
  /** Answers that clients got. */
  answered = 0;
  /** Requests beyond the first of an act. */
  repeated = 0;

  constructor(private readonly apiUrl: string) {}

  /** One programme from the submission to the register; answers with the id of its case. */
  async certify(title: string): Promise<string> {
    const { organisations } = await this.#ask('goncharov', 'GET', '/api/session');
    const source = programmeOf('veroyatnost-i-statistika', title) as { provider: Record<string, unknown> };
    const provider = { ...source.provider, organisationId: organisations[0].id };
    const body = { programme: { ...source, provider } };
    const { caseId } = await this.#ask('goncharov', 'POST', '/api/cases', { process: 'dpp-certification', body });
    const act = (who: string, type: string, of: unknown) =>
      this.#ask(who, 'POST', `/api/cases/${caseId}/actions/${type}`, of);
    const check = await this.#task(caseId, 'technical_check');
    await act('belova', 'completeTechnicalCheck', { taskId: check.id });
    const invited = await this.#until(async () => {
      const { items } = await this.#ask('belova', 'GET', `/api/tasks?caseId=${caseId}&kind=review&state=assigned`);
      return items.length === 3 ? (items as Array<{ id: string; assigneeId: string }>) : undefined;
    });
    await Promise.all(invited.map((task) => act(task.assigneeId, 'acceptTask', { taskId: task.id, noConflict: true })));
    await Promise.all(invited.map((task) => act(task.assigneeId, 'submitReview', conclusionFor(task.id, 'approve'))));
    const decision = await this.#task(caseId, 'decision');
    await act('koroleva', 'certify', { taskId: decision.id, order: { number: '15-р', date: dayIn(MOSCOW) } });
    return caseId;
  }

  async #task(caseId: string, kind: string): Promise<{ id: string }> {
    return this.#until(async () => {
      const { tasks } = await this.#ask('koroleva', 'GET', `/api/cases/${caseId}`);
      return tasks.find((task: { kind: string; open: boolean }) => task.kind === kind && task.open);
    });
  }

  async #until<T>(look: () => Promise<T | undefined>): Promise<T> {
    const end = Date.now() + 120_000;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error('what was awaited did not come');
      await sleep(250);
    }
  }

  /** The answer to one request; a refusal is an error of the story, since everybody had the right to ask. */
  async #ask(who: string, method: string, path: string, body?: unknown): Promise<any> {
    const key = randomUUID();
    for (let tries = 1; ; tries += 1) {
      const found = await this.#send(who, method, path, body, key);
      if (found === undefined || found.status >= 500) {
        await sleep(200);
        continue;
      }
      if (method !== 'GET') {
        this.answered += 1;
        this.repeated += tries - 1;
      }
      if (found.status < 300) return found.body;
      throw new Error(`${who} ${method} ${path}: ${found.status} ${JSON.stringify(found.body)}`);
    }
  }

  async #send(who: string, method: string, path: string, body: unknown, key: string): Promise<Found | undefined> {
    try {
      const token = await this.#tokenOf(who);
      const response = await fetch(`${this.apiUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(15_000),
      });
      return { status: response.status, body: await response.json() };
    } catch {
      // Nobody answered, or the answer broke off: nothing is known.
      return undefined;
    }
  }

  async #tokenOf(who: string): Promise<string> {
    const known = this.#tokens.get(who);
    if (known) return known;
    const id = /^[0-9a-f-]{36}$/.test(who) ? who : personId(who);
    const response = await fetch(`${this.apiUrl}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ personId: id }),
      signal: AbortSignal.timeout(15_000),
    });
    const { token } = (await response.json()) as { token?: string };
    if (!token) throw new Error('no session yet');
    this.#tokens.set(who, token);
    return token;
  }
}
