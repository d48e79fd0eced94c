/**
 * Assessments and exam sessions without an engine: cases that tell each other facts the moment these are owed, with seats and financed
 * places counted as the database counts them.
 */
import { examSession } from '../../processes/exam-session/index.ts';
import { DEFAULT_POLICY as SESSION_POLICY, type SessionPolicy } from '../../processes/exam-session/policy.ts';
import type { SessionState } from '../../processes/exam-session/state.ts';
import type { Claim, Denial } from '../../processes/kit/types.ts';
import { qualificationAssessment } from '../../processes/qualification-assessment/index.ts';
import { DEFAULT_POLICY, type AssessmentPolicy } from '../../processes/qualification-assessment/policy.ts';
import type { AssessmentState } from '../../processes/qualification-assessment/state.ts';
import { type AnyRun, PureTown, TownRun } from '../support/pure-town.ts';
import {
  application,
  CANDIDATES,
  CAST,
  consents,
  DECISION,
  marks,
  PEOPLE,
  people,
  referral,
  session,
  SHA,
  uuid,
} from './world.ts';

/** Every story told in this process, in order: the engine repeats them. */
export const TOLD: Town[] = [];

/** Cases of one story; a fact to a case that is not here, or has ended, is not delivered. */
export class Town extends PureTown {
  /** Claims held, as `scope␀key` → case. */
  readonly held = new Map<string, string>();

  constructor(now = '2026-01-15T07:00:00.000Z') {
    super(TOLD, now);
  }

  protected uuid(n: number): string {
    return uuid(n);
  }

  /** What is due already fires with the act, as on the record path. */
  protected override afterAct(): void {
    for (const each of Array.from(this.cases.values()))
      if (each.state) {
        each.to(each.now);
        this.settle();
      }
  }

  link(run: AnyRun): void {
    this.cases.set(run.caseId, run);
    run.worker = (kind, input, key) => this.work(run, kind, input, key);
    run.claimer = (claims) => this.claim(run.caseId, claims);
  }

  /** Takes claims whole or not at all, as `activities/claims.ts` does; a lost one is its denial. */
  private claim(caseId: string, claims: Claim[]): Denial | null {
    const name = (c: { scope: string; key: string }) => `${c.scope}\0${c.key}`;
    const held = (c: { scope: string; key: string }) => this.held.get(name(c));
    for (const c of claims) {
      if (c.kind === 'unique' && held(c) !== undefined && held(c) !== caseId) return c.denial;
      if (c.kind !== 'quota') continue;
      if (c.open && held(c.open) === undefined) return c.denial;
      const others = [...this.held].filter(([key, by]) => key.startsWith(`${c.scope}\0`) && by !== caseId);
      if (others.length >= c.max) return c.denial;
    }
    for (const c of claims) {
      if (c.kind === 'unique') this.held.set(name(c), caseId);
      if (c.kind === 'quota') this.held.set(name({ scope: c.scope, key: caseId }), caseId);
      // What is given back leaves after what is taken, as in the database.
    }
    for (const c of claims) if (c.kind === 'release' && held(c) === caseId) this.held.delete(name(c));
    return null;
  }

  private work(run: AnyRun, kind: string, input: Record<string, any>, key: string): Record<string, unknown> | null {
    switch (kind) {
      case 'find_theory':
        return { theory: this.theory(run, input) };
      case 'list_sessions':
        return this.sessions(run, input);
      case 'list_examiners':
        return this.examiners(input, key);
      case 'list_waiting':
        return this.waiting(input);
      case 'open_child':
        return this.openChild(run, input, (caseId) => new Assessment(this, run.policy, caseId));
      case 'tell_case':
        return this.tell(input);
      default:
        return null;
    }
  }

  private theory(run: AnyRun, input: Record<string, any>) {
    const found = this.assessments()
      .filter(
        (r) => r !== run && input.personIds.includes(r.s.initiatorId) && r.s.qualification === input.qualification,
      )
      .filter((r) => r.s.theory?.passed && r.s.outcome !== 'annulled')
      .sort((a, b) => ((a.s.theory?.on ?? '') < (b.s.theory?.on ?? '') ? 1 : -1))[0];
    return found?.s.theory
      ? { score: found.s.theory.score, on: found.s.theory.on, passed: true, from: found.caseId }
      : null;
  }

  private assessments(): Assessment[] {
    return [...this.cases.values()].filter((r): r is Assessment => r instanceof Assessment && r.state !== null);
  }

  private sessions(run: AnyRun, input: Record<string, any>) {
    const taken = (id: string) => [...this.held.keys()].filter((key) => key.startsWith(`exam-seat:${id}\0`)).length;
    const sessions = [...this.cases.values()]
      .filter((r): r is ExamDay => r instanceof ExamDay && r.state !== null && r.stage === 'booking')
      .filter((r) => r.s.qualification === input.qualification && r.s.heldOn > run.today)
      .sort((a, b) => (a.s.heldOn < b.s.heldOn ? -1 : 1))
      .map(({ caseId, s }) => ({
        sessionCaseId: caseId,
        number: s.number,
        heldOn: s.heldOn,
        startsAt: s.startsAt,
        placeRu: s.placeRu,
        centreId: s.centreId,
        capacity: s.capacity,
        taken: taken(caseId),
      }));
    const ahead = this.assessments().filter(
      (r) =>
        r !== run &&
        r.stage === 'waiting' &&
        r.s.qualification === input.qualification &&
        (!input.priority || r.s.priority),
    ).length;
    const scope = `financed:${CAST.jurisdiction.id}:${input.qualification}:${run.today.slice(0, 4)}\0`;
    const financedTaken = [...this.held.keys()].filter((key) => key.startsWith(scope)).length;
    return { listing: input.listing, sessions, ahead, financedTaken };
  }

  private examiners(input: Record<string, any>, key: string) {
    const organisationIds = input.personIds.flatMap((id: string) => PEOPLE[id]?.organisations ?? []);
    return {
      candidates: CANDIDATES.filter((c) => input.ids.includes(c.personId)),
      organisationIds,
      workplace: { regionCode: '61', ...(organisationIds[0] ? { organisationId: organisationIds[0] } : {}) },
      seed: `seed${key}`,
    };
  }

  private waiting(input: Record<string, any>) {
    const caseIds = this.assessments()
      .filter((r) => r.stage === 'waiting' && r.s.qualification === input.qualification && r.s.queue?.why === 'no_seat')
      .sort((a, b) => order(a).localeCompare(order(b)))
      .slice(0, input.seats)
      .map((r) => r.caseId);
    return { caseIds, call: input.call };
  }

  /** The case another one opened. */
  child(of: AnyRun, key = 'retake:1'): Assessment {
    return this.childOf(of, key) as Assessment;
  }
  assessment(policy: AssessmentPolicy = DEFAULT_POLICY): Assessment {
    return new Assessment(this, policy);
  }
  examDay(heldOn: string, over: Record<string, unknown> = {}, policy: SessionPolicy = SESSION_POLICY): ExamDay {
    return new ExamDay(this, policy).do(people.operator, 'scheduleSession', session(heldOn, over));
  }
}

const order = (r: Assessment) => `${r.s.priority ? 0 : 1}${r.s.queue?.since}${r.events[0]?.at}${r.caseId}`;

export class Assessment extends TownRun<AssessmentState, AssessmentPolicy, Town> {
  constructor(town: Town, policy: AssessmentPolicy, caseId = town.id()) {
    super(town, qualificationAssessment, CAST, structuredClone(policy), town.now, caseId);
  }

  get me(): string {
    return this.s.initiatorId;
  }
  applyFor(over: Record<string, unknown> = {}, who: string = people.teacher): this {
    return this.do(who, 'apply', application(over));
  }
  refer(over: Record<string, unknown> = {}): this {
    return this.do(people.employer, 'refer', referral(over));
  }
  accept(over: Record<string, unknown> = {}): this {
    return this.do(this.me, 'acceptReferral', { ...consents, tellsPayer: true, ...over });
  }
  admit(): this {
    return this.do(people.operator, 'admit', { taskId: this.task('check') });
  }
  pay(): this {
    return this.do(people.operator, 'recordPayment', { contract: '15-Д' });
  }
  book(day: ExamDay): this {
    return this.do(this.me, 'bookSeat', { sessionCaseId: day.caseId });
  }
  identify(): this {
    return this.do(people.operator, 'checkIdentity', { identified: true });
  }
  theory(score: number): this {
    return this.do(people.operator, 'recordTheory', { score });
  }
  /** Examiners accept and mark, each the same by every criterion; `null` leaves one silent. */
  marks(...given: Array<number | null>): this {
    const open = this.open('marks').sort((a, b) => ordinal(a) - ordinal(b));
    given.forEach((mark, i) => {
      const t = open[i];
      if (!t || mark === null) return;
      if (t.state === 'assigned') this.do(t.assigneeId as string, 'acceptTask', { taskId: t.id, noConflict: true });
      this.do(t.assigneeId as string, 'submitMarks', { taskId: t.id, ...marks(mark) });
    });
    return this;
  }
  protocol(): this {
    return this.do(people.operator, 'sendProtocol', { taskId: this.task('protocol'), protocol: 'П-1' });
  }
  recognise(): this {
    return this.do(people.council, 'recognise', { taskId: this.task('verify'), decision: DECISION });
  }
  document(): this {
    const certificate = this.stage === 'passed';
    return this.do(people.operator, certificate ? 'issueCertificate' : 'issueConclusion', {
      taskId: this.task('document'),
      ...(certificate ? {} : { document: SHA(6) }),
    });
  }
  /** To the door of an exam on a day that is opened. */
  toExam(heldOn = '2026-02-10', over: Record<string, unknown> = {}): ExamDay {
    if (this.stage === 'registered') this.admit();
    const day = this.town.examDay(heldOn, over);
    if (this.stage === 'admitted' && !this.s.sessions.some((o) => o.sessionCaseId === day.caseId))
      this.do(this.me, 'refreshSessions');
    this.book(day);
    return day.opened();
  }
  graded(theory = 80, ...given: number[]): this {
    this.toExam();
    this.identify();
    this.theory(theory);
    return theory < 70 ? this : this.marks(...(given.length > 0 ? given : [8, 8, 9]));
  }
  /** Everything up to the document, and the person informed of it. */
  certified(): this {
    return this.graded().protocol().recognise().document().do(this.me, 'familiarise');
  }
  concluded(): this {
    return this.graded(60).protocol().recognise().document().do(this.me, 'familiarise');
  }
}

const ordinal = (t: unknown) => (t as { ordinal: number }).ordinal;

export class ExamDay extends TownRun<SessionState, SessionPolicy, Town> {
  constructor(town: Town, policy: SessionPolicy) {
    super(town, examSession, CAST, structuredClone(policy), town.now, town.id());
  }

  opened(present = this.s.examiners): this {
    this.day(this.s.heldOn, '09:30');
    return this.do(people.operator, 'openSession', { present });
  }
  finish(): this {
    this.do(people.operator, 'closeSession', { taskId: this.task('session') });
    return this.do(people.operator, 'signProtocol', { taskId: this.task('sign_protocol'), signedBy: this.s.present });
  }
  stateOf(c: Assessment): string | undefined {
    return this.s.candidates.find((x) => x.caseId === c.caseId)?.state;
  }
}
