/**
 * Tells the past of a case by the same record path that runs it: each act is applied at the instant it is said to have happened, with
 * its deadlines, letters, tasks and hash chain. At the end the engine takes the case over from its row and its clock is the wall's.
 */
import { randomUUID } from 'node:crypto';
import { applyAction, type RecordDeps } from '../../activities/apply-action.ts';
import { performWork } from '../../activities/perform-work.ts';
import type { ApplyAnswer } from '../../activities/types.ts';
import { findWork } from '../../activities/work-handlers.ts';
import type { WorkDeps } from '../../activities/work/types.ts';
import { type DemoConclusion, type ProgrammeFile } from '../../data/index.ts';
import type { DocumentStore } from '../../platform/documents/store.ts';
import { actions, type ActionType } from '../../processes/dpp-certification/contract.ts';
import type { CertificationState } from '../../processes/dpp-certification/state.ts';
import { isOpen, type Task } from '../../processes/kit/task.ts';
import { instantAt } from '../../processes/kit/zones.ts';

export type TellerDeps = RecordDeps & WorkDeps & { documents: DocumentStore };

/** Who acts for the coordinator in a case: never an employee of the applicant. */
export interface Staff {
  operator: string;
  coordinator: string;
  appeals: string;
}

const ZONE = 'Europe/Moscow';
const DAY = 86_400_000;

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The day itself, or the Monday after a weekend. */
function weekdayFrom(at: number): string {
  const day = new Date(at).getUTCDay();
  return dateOf(at + (day === 6 ? 2 : day === 0 ? 1 : 0) * DAY);
}

export class Teller {
  #at: number;
  #sequence = 0;

  constructor(
    private readonly deps: TellerDeps,
    readonly caseId: string,
    readonly programme: ProgrammeFile,
    private readonly head: string,
    private readonly staff: Staff,
    daysAgo: number,
  ) {
    this.#at = Date.now() - daysAgo * DAY;
  }

  /** Moves on by calendar days, to a working hour of a weekday, firing what falls due on the way; never beyond the present. */
  async wait(days: number, hhmm = '11:00'): Promise<this> {
    const date = weekdayFrom(this.#at + days * DAY);
    this.#at = Math.min(Math.max(this.#at, Date.parse(instantAt(date, hhmm, ZONE))), Date.now() - 1_000);
    await this.#apply({});
    return this;
  }

  async submit(): Promise<this> {
    const { source: _source, ...programme } = this.programme;
    await this.#act(this.head, 'submit', { programme }, true);
    return this;
  }

  async resubmit(change: (programme: Record<string, any>) => void = () => undefined): Promise<this> {
    const { source: _source, ...programme } = structuredClone(this.programme);
    change(programme);
    return this.#act(this.head, 'resubmit', {
      programme,
      answers: 'Замечания учтены: ответы по каждому пункту — в новой версии.',
    });
  }

  async provider(type: ActionType, body: Record<string, unknown>): Promise<this> {
    return this.#act(this.head, type, body);
  }

  async operator(type: ActionType, body: Record<string, unknown> = {}, kind = 'technical_check'): Promise<this> {
    return this.#act(this.staff.operator, type, { taskId: await this.#task(kind), ...body });
  }

  async coordinator(type: ActionType, body: Record<string, unknown> = {}, kind?: string): Promise<this> {
    return this.#act(this.staff.coordinator, type, {
      ...(kind ? { taskId: await this.#task(kind) } : {}),
      ...body,
      // An order is signed on the day it is carried out.
      ...(body.order ? { order: { ...body.order, date: dateOf(this.#at) } } : {}),
    });
  }

  /** So many invited experts accept, in the order of their seats. */
  async accept(count = 99, kind = 'review'): Promise<this> {
    const invited = (await this.#open(kind)).filter((t) => t.state === 'assigned').slice(0, count);
    for (const t of invited) await this.#act(t.assigneeId as string, 'acceptTask', { taskId: t.id, noConflict: true });
    return this;
  }

  async review(...conclusions: DemoConclusion[]): Promise<this> {
    const open = await this.#open('review');
    const asked = (await this.#state()).asked;
    for (const [i, { verdict, scores, remarks, summary }] of conclusions.entries()) {
      const task = open[i];
      if (task)
        await this.#act(task.assigneeId as string, 'submitReview', {
          taskId: task.id,
          verdict,
          remarks,
          summary,
          scores: only(scores, asked, verdict),
        });
    }
    return this;
  }

  async fact(kind: string, payload: Record<string, unknown>): Promise<this> {
    await this.#apply({ id: `fact:${this.caseId}:${kind}`, type: `fact:${kind}`, payload, actor: { kind: 'system' } });
    return this;
  }

  async stage(): Promise<string> {
    return (await this.#state()).stage;
  }

  async #act(personId: string, type: ActionType, body: unknown, opening = false): Promise<this> {
    const contract = actions[type];
    const prepared = contract.prepare(contract.body.parse(body) as never);
    const version = opening ? 1 : (await this.#state()).versions.length + 1;
    const links = await Promise.all(
      prepared.documents.map(async ({ field, json, ...link }) => ({
        field,
        ...link,
        version: link.kind === 'programme' ? version : 1,
        sha256: await this.deps.documents.putJson(json, link.kind, link.label),
      })),
    );
    const fields = Object.fromEntries(links.map(({ field, sha256 }) => [field, sha256]));
    const answer = await this.#apply(
      {
        id: `demo:${randomUUID()}`,
        type,
        payload: {
          ...prepared.payload,
          ...fields,
          ...(links.length > 0 ? { links: links.map(({ field: _field, ...link }) => link) } : {}),
        },
        ...(prepared.personal ? { personal: { owner: personId, data: prepared.personal } } : {}),
        actor: { kind: 'person', personId, organisationIds: [], assignments: [] },
      },
      opening,
    );
    if (answer.reply?.ok === false) throw new Error(`${type}: ${answer.reply.denial.message}`);
    this.#at += 7 * 60_000;
    return this;
  }

  async #apply(command: Record<string, unknown>, opening = false): Promise<ApplyAnswer> {
    const now = new Date(this.#at).toISOString();
    const where = { caseId: this.caseId, process: 'dpp-certification', now };
    let answer = await applyAction(this.deps, {
      ...where,
      knownSequence: this.#sequence,
      ...(command.type ? { command: { ...command, receivedAt: now } as never } : {}),
      ...(opening ? { start: { jurisdiction: 'fed', clock: 'real' } } : {}),
    });
    const { reply } = answer;
    for (const item of answer.work) {
      if (!findWork(where.process, item.kind)?.local) continue;
      answer = await performWork(this.deps, { ...where, key: item.key, knownSequence: answer.sequence });
    }
    this.#sequence = answer.sequence;
    return { ...answer, ...(reply ? { reply } : {}) };
  }

  async #state(): Promise<CertificationState> {
    const [row] = await this.deps.pool<
      Array<{ state: CertificationState }>
    >`select state from "case" where id = ${this.caseId}`;
    if (!row) throw new Error('the case is not open');
    return row.state;
  }

  async #open(kind: string): Promise<Task[]> {
    return (await this.#state()).tasks.filter((t) => t.kind === kind && isOpen(t));
  }

  async #task(kind: string): Promise<string> {
    const task = (await this.#open(kind)).at(-1);
    if (!task) throw new Error(`no open task ${kind} at ${await this.stage()}`);
    return task.id;
  }
}

/** A later round asks for some criteria only; an approval there has none below the pass mark. */
function only(scores: Record<string, number>, asked: string[], verdict: string): Record<string, number> {
  const kept =
    asked.length === 0 ? scores : Object.fromEntries(Object.entries(scores).filter(([code]) => asked.includes(code)));
  return verdict === 'approve'
    ? Object.fromEntries(Object.entries(kept).map(([code, n]) => [code, Math.max(1, n)]))
    : kept;
}
