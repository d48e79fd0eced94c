import { randomUUID } from 'node:crypto';
import type { Answer } from '../../platform/cases/commands.ts';
import { sleep } from '../../platform/stack/process.ts';
import type { Command, Facts } from '../../processes/kit/types.ts';
import { buildCommand } from '../driver.ts';
import type { DeskRequest } from './programs/desk.ts';
import type { ReviewWorld } from './review-world.ts';

type Reply = Extract<Answer, { kind: 'recorded' }>['reply'];

/** One act of one client: asked with one key until there was an answer. */
export interface Deed {
  commandId: string;
  type: string;
  /** Requests that were sent until an answer came. */
  tries: number;
  answer: Answer;
  /** How long the client waited in all. */
  ms: number;
}

export interface Story {
  caseId: string;
  topic: string;
  granted: boolean;
  deeds: Deed[];
  done: boolean;
}

/**
 * Many clients at once, each of whom carries one case from the submission through two reviews, a note from outside and a piece of
 * machine work to the decision. A client knows nothing of kills: it sends the same request with the same key until it gets an
 * answer.
 */
export class Stories {
  readonly all: Story[] = [];
  /** Answers that clients got; kills are timed by it. */
  answered = 0;
  #stopped = false;
  #running = new Set<Promise<void>>();
  #error: unknown;

  constructor(
    private readonly world: ReviewWorld,
    private readonly apiUrl: string,
  ) {}

  /** Opens a new story every `everyMs` while fewer than `most` are in flight. */
  async run(most: number, everyMs: number): Promise<void> {
    while (!this.#stopped) {
      if (this.#running.size < most) this.#begin();
      await sleep(everyMs);
    }
  }

  /** Opens no more, and waits for those in flight. */
  async finish(withinMs: number): Promise<void> {
    this.#stopped = true;
    const left = () => this.all.filter(({ done }) => !done);
    const late = sleep(withinMs).then(() => {
      if (left().length === 0) return;
      const told = left().map(({ caseId, deeds }) => `${caseId}: ${deeds.map(({ type }) => type).join(', ')}`);
      throw new Error(`${left().length} stories did not end within ${withinMs} ms:\n${told.join('\n')}`);
    });
    await Promise.race([Promise.all(this.#running), late]);
    late.catch(() => undefined);
    if (this.#error) throw this.#error;
  }

  #begin(): void {
    const running = this.#tell().catch((error: unknown) => void (this.#error ??= error));
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }

  async #tell(): Promise<void> {
    const { people, jurisdiction, organisationId } = this.world;
    const index = this.all.length;
    const story: Story = {
      caseId: randomUUID(),
      topic: `Тема ${index}`,
      granted: index % 3 !== 0,
      deeds: [],
      done: false,
    };
    this.all.push(story);
    const reviewers = this.world.reviewersOf(index);
    const submit = buildCommand({
      personId: people.methodist,
      type: 'submit',
      payload: { topic: story.topic, reviewers, organisationId },
    });
    const start = { process: 'review-pair', caseId: story.caseId, jurisdiction, uniqueKey: story.topic };
    await this.#ask(story, submit, (command) => ({ kind: 'start', start: { ...start, command } }));
    await this.#act(story, people.methodist, 'draw', { key: 'seed' });
    const note = { factId: 'note', kind: 'note', payload: { text: 'извне' } };
    await this.#until({ kind: 'fact', caseId: story.caseId, fact: note });
    await Promise.all(reviewers.map((personId) => this.#act(story, personId, 'review', { verdict: 'approve' })));
    await this.#act(story, people.coordinator, 'decide', { granted: story.granted });
    story.done = true;
  }

  #act(story: Story, personId: string, type: string, payload: Facts): Promise<Reply | undefined> {
    const command = buildCommand({ personId, type, payload });
    return this.#ask(story, command, (again) => ({ kind: 'act', caseId: story.caseId, command: again }));
  }

  async #ask(story: Story, command: Command, toRequest: (command: Command) => DeskRequest): Promise<Reply | undefined> {
    const asked = Date.now();
    for (let tries = 1; ; tries += 1) {
      // The moment of receipt is the API's and differs from try to try; the key does not.
      const answer = await this.#send(toRequest({ ...command, receivedAt: new Date().toISOString() }));
      if (answer === undefined || answer.kind === 'not_yet_recorded') {
        await sleep(150);
        continue;
      }
      this.answered += 1;
      story.deeds.push({
        commandId: command.id,
        type: command.type,
        tries,
        answer: answer as Answer,
        ms: Date.now() - asked,
      });
      return answer.kind === 'recorded' ? answer.reply : undefined;
    }
  }

  async #until(request: DeskRequest): Promise<void> {
    while ((await this.#send(request)) === undefined) await sleep(150);
  }

  /** Undefined: nobody answered, so nothing is known. */
  async #send(request: DeskRequest): Promise<Answer | { kind: 'sent' } | undefined> {
    try {
      const response = await fetch(this.apiUrl, {
        method: 'POST',
        body: JSON.stringify(request),
        signal: AbortSignal.timeout(15_000),
      });
      return response.ok ? ((await response.json()) as Answer) : undefined;
    } catch {
      return undefined;
    }
  }
}
