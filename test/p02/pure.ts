/** Attestations and sittings without an engine: two kinds of cases that tell each other facts the moment these are owed. */
import { commissionSitting } from '../../processes/commission-sitting/index.ts';
import { DEFAULT_POLICY as SITTING_POLICY, type SittingPolicy } from '../../processes/commission-sitting/policy.ts';
import type { SittingState, Voice } from '../../processes/commission-sitting/state.ts';
import { headAttestation } from '../../processes/head-attestation/index.ts';
import { DEFAULT_POLICY, type AttestationPolicy } from '../../processes/head-attestation/policy.ts';
import type { AttestationState } from '../../processes/head-attestation/state.ts';
import type { Verdict } from '../../processes/kit/panel.ts';
import type { Denial } from '../../processes/kit/types.ts';
import { uuidV5 } from '../../platform/crypto/ids.ts';
import { PureRun } from '../support/pure-run.ts';
import { application, CANDIDATES, CAST, conclusion, MEMBERS, ORDER, people, schedule, SHA, uuid } from './world.ts';

type Run = PureRun<any, any>;

/** One thing that happened in a story, as it can be repeated elsewhere, and the length of every journal after it. */
export type Op = { lengths: Record<string, number> } & (
  | {
      op: 'start' | 'act';
      caseId: string;
      who: string;
      type: string;
      payload: Record<string, unknown>;
      denied?: string;
    }
  | { op: 'fact'; caseId: string; kind: string; payload: Record<string, unknown> }
  | { op: 'to'; at: string }
);

/** Every story told in this process, in order: the engine repeats them. */
export const TOLD: Town[] = [];
let towns = 0;

/** Cases of one story; a fact to a case that is not here, or has ended, is not delivered. */
export class Town {
  readonly cases = new Map<string, Run>();
  readonly script: Op[] = [];
  readonly nr = ++towns;
  readonly began: string;
  private n = 0;
  private busy = false;
  private pending: Array<() => void> = [];

  constructor(public now = '2026-01-15T07:00:00.000Z') {
    this.began = now;
    TOLD.push(this);
  }

  id(): string {
    return uuid(this.nr * 1000 + 5000 + ++this.n);
  }

  /** An act of a person or a fact from outside, with everything that follows from it at once. */
  note(
    run: Run,
    who: string,
    type: string,
    payload: Record<string, unknown>,
    inside: () => Denial | null,
  ): Denial | null {
    if (this.busy || (who === 'system' && !type.startsWith('fact:'))) return inside();
    const opening = run.state === null;
    this.busy = true;
    const denial = inside();
    if (run.state) run.work();
    this.settle();
    this.busy = false;
    const { caseId } = run;
    const lengths = this.lengths();
    if (who === 'system') this.script.push({ op: 'fact', caseId, kind: type.slice(5), payload, lengths });
    else
      this.script.push({
        op: opening ? 'start' : 'act',
        caseId,
        who,
        type,
        payload,
        lengths,
        ...(denial ? { denied: denial.code } : {}),
      });
    return denial;
  }

  /** The clock of the town: every case goes there, one after another. */
  advance(instant: string): void {
    this.busy = true;
    for (const run of Array.from(this.cases.values()))
      if (run.state) {
        run.to(instant);
        this.settle();
      }
    this.now = instant > this.now ? instant : this.now;
    for (const run of this.cases.values()) if (!run.state) run.now = this.now;
    this.busy = false;
    this.script.push({ op: 'to', at: instant, lengths: this.lengths() });
  }

  private lengths(): Record<string, number> {
    return Object.fromEntries([...this.cases].filter(([, r]) => r.state).map(([id, r]) => [id, r.events.length]));
  }

  link(run: Run): void {
    this.cases.set(run.caseId, run);
    run.worker = (kind, input, key) => {
      if (kind === 'list_candidates') return this.candidates(input, key);
      if (kind === 'open_child') return this.openChild(run as Attestation, input);
      if (kind !== 'tell_case') return null;
      const to = this.cases.get(input.caseId);
      if (!to?.state || to.process.summary(to.s, to.ctx()).closed) return { caseId: input.caseId, delivered: false };
      const { kind: fact, ...payload } = input.fact;
      this.pending.push(() => {
        to.try('system', `fact:${fact}`, payload);
        to.work();
      });
      return { caseId: input.caseId, delivered: true };
    };
  }

  private candidates(input: Record<string, any>, key: string) {
    const able = CANDIDATES.filter((c) => c.competences.some((x) => input.competences.includes(x)));
    return { role: input.role, candidates: able, seed: `seed${key}` };
  }

  private openChild(parent: Attestation, input: Record<string, any>) {
    const child = new Attestation(this, parent.policy, uuidV5(parent.caseId, input.childKey));
    child.now = parent.now;
    child.do('system', input.type, input.start);
    return { childKey: input.childKey, childCaseId: child.caseId, number: child.s.number };
  }

  /** Delivers what cases owe each other. */
  settle(): void {
    for (let next = this.pending.shift(); next; next = this.pending.shift()) next();
  }

  /** The case another one opened. */
  child(of: Run, key: string): Attestation {
    return this.cases.get(uuidV5(of.caseId, key)) as Attestation;
  }

  attestation(policy: AttestationPolicy = DEFAULT_POLICY): Attestation {
    return new Attestation(this, policy);
  }
  sitting(policy: SittingPolicy = SITTING_POLICY): Sitting {
    return new Sitting(this, policy);
  }
}

export class Attestation extends PureRun<AttestationState, AttestationPolicy> {
  constructor(
    readonly town: Town,
    policy: AttestationPolicy,
    caseId = town.id(),
  ) {
    super(headAttestation, CAST, structuredClone(policy), town.now, caseId);
    town.link(this);
  }

  override try(who: string, type: string, payload: Record<string, unknown> = {}, today?: string): Denial | null {
    return this.town.note(this, who, type, payload, () => super.try(who, type, payload, today));
  }
  override day(date: string, hhmm = '10:00'): this {
    this.town.advance(new Date(`${date}T${hhmm}:00+03:00`).toISOString());
    return this;
  }

  plan(over: Record<string, unknown> = {}): this {
    return this.do(people.founder, 'scheduleAttestation', schedule(over));
  }
  applyFor(over: Record<string, unknown> = {}): this {
    return this.do(people.candidate, 'apply', application(over));
  }
  documents(): this {
    if (this.open('checks').length > 0) this.do(people.hr, 'confirmChecks', { taskId: this.task('checks') });
    return this.do(people.secretary, 'completeDocuments', { taskId: this.task('documents') });
  }
  submission(): this {
    this.do(people.founder, 'fileSubmission', { document: SHA(3) });
    return this.do(this.s.initiatorId, 'familiariseSubmission');
  }
  test(score: number): this {
    return this.do(people.secretary, 'recordTest', { taskId: this.task('test'), score, testedOn: this.today });
  }
  accept(kind: 'review' | 'arbitration' = 'review'): this {
    for (const t of this.open(kind))
      if (t.state === 'assigned') this.do(t.assigneeId as string, 'acceptTask', { taskId: t.id, noConflict: true });
    return this;
  }
  review(...verdicts: Verdict[]): this {
    const open = this.open('review');
    verdicts.forEach((v, i) => {
      const t = open[i];
      if (t) this.do(t.assigneeId as string, 'submitReview', { taskId: t.id, ...conclusion(v) });
    });
    return this;
  }
  /** To the sitting's door: documents, submission, test, panel. */
  evaluated(score = 85): this {
    this.documents();
    if (this.s.incumbent) this.submission();
    return this.test(score).accept().review('approve', 'approve');
  }
  book(sitting: Sitting): this {
    return this.do(people.secretary, 'fixSitting', { sittingCaseId: sitting.caseId, heldOn: sitting.s.heldOn });
  }
  act(): this {
    return this.do(people.founder, 'issueAct', { taskId: this.task('act'), order: ORDER });
  }
  extract(): this {
    return this.do(people.secretary, 'issueExtract', { taskId: this.task('extract'), number: 'В-1' });
  }
  /** A sitting of all nine on the planned day, or forty days on, that decides so. */
  voted(result: string): this {
    const { plannedOn } = this.s;
    const sitting = this.town.sitting().on(plannedOn && plannedOn > this.later(20) ? plannedOn : this.later(40));
    this.book(sitting);
    const voice = result === 'not_conform' ? 'against' : 'for';
    sitting.session().vote(Array(9).fill(voice), sitting.item(), result === 'not_conform' ? undefined : result);
    sitting.finish();
    return this;
  }
  later(days: number): string {
    return new Date(Date.parse(`${this.today}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  }
}

export class Sitting extends PureRun<SittingState, SittingPolicy> {
  constructor(
    readonly town: Town,
    policy: SittingPolicy,
  ) {
    super(commissionSitting, CAST, structuredClone(policy), town.now, town.id());
    town.link(this);
  }

  override try(who: string, type: string, payload: Record<string, unknown> = {}, today?: string): Denial | null {
    return this.town.note(this, who, type, payload, () => super.try(who, type, payload, today));
  }
  override day(date: string, hhmm = '10:00'): this {
    this.town.advance(new Date(`${date}T${hhmm}:00+03:00`).toISOString());
    return this;
  }

  on(heldOn: string, members = MEMBERS): this {
    return this.do(people.secretary, 'scheduleSitting', { heldOn, members, order: ORDER });
  }
  session(present = MEMBERS.map((m) => m.personId)): this {
    this.day(this.s.heldOn, '11:00');
    return this.do(people.secretary, 'openSession', { present });
  }
  item(n = 0): string {
    return this.s.items[n]?.itemKey as string;
  }
  vote(voices: Voice[], itemKey = this.item(), proposal?: string): this {
    this.do(people.secretary, 'putToVote', { itemKey, attesteeOut: true, ...(proposal ? { proposal } : {}) });
    const item = this.s.items.find((i) => i.itemKey === itemKey);
    if (item?.state !== 'voting') return this;
    const free = this.s.present.filter((id) => !item.recused.some((r) => r.personId === id));
    voices.forEach((voice, i) => free[i] && this.do(free[i], 'castVote', { itemKey, voice }));
    return this.do(people.secretary, 'closeVote', { itemKey });
  }
  finish(): this {
    this.do(people.secretary, 'closeSession', { taskId: this.task('session') });
    return this.do(people.secretary, 'signMinutes', { taskId: this.task('sign_minutes'), signedBy: this.s.present });
  }
}
