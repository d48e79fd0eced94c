/** Attestations and sittings without an engine: two kinds of cases that tell each other facts the moment these are owed. */
import { commissionSitting } from '../../processes/commission-sitting/index.ts';
import { DEFAULT_POLICY as SITTING_POLICY, type SittingPolicy } from '../../processes/commission-sitting/policy.ts';
import type { SittingState, Voice } from '../../processes/commission-sitting/state.ts';
import { headAttestation } from '../../processes/head-attestation/index.ts';
import { DEFAULT_POLICY, type AttestationPolicy } from '../../processes/head-attestation/policy.ts';
import type { AttestationState } from '../../processes/head-attestation/state.ts';
import type { Verdict } from '../../processes/kit/panel.ts';
import { type AnyRun, PureTown, TownRun } from '../support/pure-town.ts';
import { application, CANDIDATES, CAST, conclusion, MEMBERS, ORDER, people, schedule, SHA, uuid } from './world.ts';

/** Every story told in this process, in order: the engine repeats them. */
export const TOLD: Town[] = [];

/** Cases of one story; a fact to a case that is not here, or has ended, is not delivered. */
export class Town extends PureTown {
  constructor(now = '2026-01-15T07:00:00.000Z') {
    super(TOLD, now);
  }

  protected uuid(n: number): string {
    return uuid(n);
  }

  link(run: AnyRun): void {
    this.cases.set(run.caseId, run);
    run.worker = (kind, input, key) => {
      if (kind === 'list_candidates') return this.candidates(input, key);
      if (kind === 'open_child') {
        const parent = run as Attestation;
        return this.openChild(parent, input, (caseId) => new Attestation(this, parent.policy, caseId));
      }
      return kind === 'tell_case' ? this.tell(input) : null;
    };
  }

  private candidates(input: Record<string, any>, key: string) {
    const able = CANDIDATES.filter((c) => c.competences.some((x) => input.competences.includes(x)));
    return { role: input.role, candidates: able, seed: `seed${key}` };
  }

  /** The case another one opened. */
  child(of: AnyRun, key: string): Attestation {
    return this.childOf(of, key) as Attestation;
  }

  attestation(policy: AttestationPolicy = DEFAULT_POLICY): Attestation {
    return new Attestation(this, policy);
  }
  sitting(policy: SittingPolicy = SITTING_POLICY): Sitting {
    return new Sitting(this, policy);
  }
}

export class Attestation extends TownRun<AttestationState, AttestationPolicy, Town> {
  constructor(town: Town, policy: AttestationPolicy, caseId = town.id()) {
    super(town, headAttestation, CAST, structuredClone(policy), town.now, caseId);
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

export class Sitting extends TownRun<SittingState, SittingPolicy, Town> {
  constructor(town: Town, policy: SittingPolicy) {
    super(town, commissionSitting, CAST, structuredClone(policy), town.now, town.id());
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
