/**
 * Tells the past of several cases that speak with each other: attestations and sittings, assessments and exam sessions. One clock for all; each act
 * goes the record path at the instant it is said to have happened, and what one case tells another arrives at that instant too.
 */
import { randomUUID } from 'node:crypto';
import { applyAction } from '../../activities/apply-action.ts';
import { performWork } from '../../activities/perform-work.ts';
import type { ApplyAnswer } from '../../activities/types.ts';
import { findWork } from '../../activities/work-handlers.ts';
import type { Cases } from '../../platform/cases/commands.ts';
import { actions as sittingActions } from '../../processes/commission-sitting/contract.ts';
import { actions as sessionActions } from '../../processes/exam-session/contract.ts';
import { actions as attestationActions } from '../../processes/head-attestation/contract.ts';
import type { ActionContract } from '../../processes/kit/contract.ts';
import type { Task } from '../../processes/kit/task.ts';
import { isOpen } from '../../processes/kit/task.ts';
import { instantAt } from '../../processes/kit/zones.ts';
import { actions as assessmentActions } from '../../processes/qualification-assessment/contract.ts';
import type { TellerDeps } from './teller.ts';

const CONTRACTS: Record<string, Record<string, ActionContract<any>>> = {
  'head-attestation': attestationActions,
  'commission-sitting': sittingActions,
  'qualification-assessment': assessmentActions,
  'exam-session': sessionActions,
};

type Body = Record<string, unknown>;

export class Town {
  #at = '';
  readonly #cases = new Map<string, { process: string; sequence: number }>();
  /** Facts on their way from one case to another. */
  readonly #mail: Array<{ caseId: string; factId: string; kind: string; payload: Body }> = [];

  constructor(
    private readonly deps: TellerDeps,
    readonly jurisdiction: string,
    private readonly zone: string,
  ) {}

  /** Moves the clock to an hour of the day; what falls due on the way happens. Never beyond the present. */
  async on(day: string, hhmm = '11:00'): Promise<this> {
    const wished = instantAt(day, hhmm, this.zone);
    const latest = new Date(Date.now() - 1_000).toISOString();
    this.#at = [this.#at, wished > latest ? latest : wished].sort().at(-1) as string;
    for (const caseId of this.#cases.keys()) await this.#apply(caseId, {});
    return this;
  }

  /** Opens a case; the region and kind of an organisation come from the database, as the API has it. */
  async start(process: string, caseId: string, who: string, type: string, body: Body): Promise<this> {
    this.#cases.set(caseId, { process, sequence: 0 });
    const { organisationId } = body;
    const [organisation] =
      typeof organisationId === 'string'
        ? await this.deps.pool<Array<{ kind: string; region_code: string }>>`
            select kind, region_code from organisation where id = ${organisationId}`
        : [];
    const known = organisation ? { organisationKind: organisation.kind, region: organisation.region_code } : {};
    const [centre] =
      typeof body.centreId === 'string'
        ? await this.deps.pool<Array<{ centreKind: string; centreRegion: string }>>`
            select kind as "centreKind", region_code as "centreRegion" from organisation where id = ${body.centreId}`
        : [];
    return this.#act(caseId, who, type, { ...body, ...known, ...centre }, true);
  }

  async act(caseId: string, who: string, type: string, body: Body = {}): Promise<this> {
    return this.#act(caseId, who, type, body);
  }

  /** An act about the open task of this kind. */
  async task(caseId: string, who: string, kind: string, type: string, body: Body = {}): Promise<this> {
    const [task] = await this.open(caseId, kind);
    if (!task) throw new Error(`${type}: no open task ${kind}`);
    return this.#act(caseId, who, type, { taskId: task.id, ...body });
  }

  async fact(caseId: string, kind: string, payload: Body): Promise<this> {
    await this.#fact(caseId, `demo:${kind}:${caseId}`, kind, payload);
    return this;
  }

  async open(caseId: string, kind: string): Promise<Task[]> {
    const state = await this.state<{ tasks: Task[] }>(caseId);
    return state.tasks.filter((t) => t.kind === kind && isOpen(t));
  }

  async state<S>(caseId: string): Promise<S> {
    const [row] = await this.deps.pool<Array<{ state: S }>>`select state from "case" where id = ${caseId}`;
    if (!row) throw new Error(`the case ${caseId} is not open`);
    return row.state;
  }

  async #act(caseId: string, personId: string, type: string, body: Body, opening = false): Promise<this> {
    const contract = CONTRACTS[this.#cases.get(caseId)!.process]?.[type];
    if (!contract) throw new Error(`no action ${type}`);
    const prepared = contract.prepare(contract.body.parse(body));
    const links = await Promise.all(
      prepared.documents.map(async ({ field, json, ...link }) => ({
        field,
        ...link,
        version: 1,
        sha256: await this.deps.documents.putJson(json, link.kind, link.label),
      })),
    );
    const answer = await this.#apply(
      caseId,
      {
        id: `demo:${randomUUID()}`,
        type,
        payload: {
          ...prepared.payload,
          ...Object.fromEntries(links.map(({ field, sha256 }) => [field, sha256])),
          ...(links.length > 0 ? { links: links.map(({ field: _field, ...link }) => link) } : {}),
        },
        ...(prepared.personal ? { personal: { owner: personId, data: prepared.personal } } : {}),
        actor: { kind: 'person', personId, organisationIds: [], assignments: [] },
      },
      opening,
    );
    if (answer.reply?.ok === false) throw new Error(`${type}: ${answer.reply.denial.message}`);
    const latest = Date.now() - 1_000;
    this.#at = new Date(
      Math.min(Date.parse(this.#at) + 5 * 60_000, Math.max(latest, Date.parse(this.#at))),
    ).toISOString();
    return this;
  }

  #fact(caseId: string, factId: string, kind: string, payload: Body): Promise<ApplyAnswer> {
    return this.#apply(caseId, { id: `fact:${factId}`, type: `fact:${kind}`, payload, actor: { kind: 'system' } });
  }

  async #apply(caseId: string, command: Body, opening = false): Promise<ApplyAnswer> {
    const known = this.#cases.get(caseId)!;
    const where = { caseId, process: known.process, now: this.#at };
    let answer = await applyAction(this.deps, {
      ...where,
      knownSequence: known.sequence,
      ...(command.type ? { command: { ...command, receivedAt: this.#at } as never } : {}),
      ...(opening ? { start: { jurisdiction: this.jurisdiction, clock: 'real' } } : {}),
    });
    const { reply } = answer;
    known.sequence = answer.sequence;
    for (let guard = 0; answer.work.length > 0 && guard < 20; guard++) {
      const item = answer.work.find(({ kind }) => kind === 'tell_case' || findWork(known.process, kind)?.local);
      if (!item) break;
      answer = await performWork(
        { ...this.deps, cases: this.#neighbours() },
        { ...where, key: item.key, knownSequence: known.sequence },
      );
      known.sequence = answer.sequence;
    }
    // A fact is delivered when its sender has noted that it is on the way: two cases that answer each other never wait for each other.
    for (let letter = this.#mail.shift(); letter; letter = this.#mail.shift())
      await this.#fact(letter.caseId, letter.factId, letter.kind, letter.payload);
    return { ...answer, ...(reply ? { reply } : {}) };
  }

  /** Other cases of the town as machine work sees them. */
  #neighbours(): Cases {
    return {
      sendFact: async (caseId: string, fact: { factId: string; kind: string; payload: Body }) => {
        const [row] = await this.deps.pool<Array<{ closed: boolean }>>`select closed from "case" where id = ${caseId}`;
        if (!row || row.closed || !this.#cases.has(caseId)) return { kind: 'refused' as const };
        this.#mail.push({ caseId, ...fact });
        return { kind: 'sent' as const };
      },
    } as unknown as Cases;
  }
}
