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
import { uuidV5 } from '../../platform/crypto/ids.ts';
import { PureRun } from '../support/pure-run.ts';
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
  /** Claims held, as `scope␀key` → case. */
  readonly held = new Map<string, string>();
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
    // What is due already fires with the act, as on the record path.
    for (const each of Array.from(this.cases.values()))
      if (each.state) {
        each.to(each.now);
        this.settle();
      }
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

  /** The clock of the town: every case goes there, one after another, deadline by deadline in the order of the town. */
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

  private work(run: Run, kind: string, input: Record<string, any>, key: string): Record<string, unknown> | null {
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
        return this.openChild(run as Assessment, input);
      case 'tell_case':
        return this.tell(input);
      default:
        return null;
    }
  }

  private theory(run: Run, input: Record<string, any>) {
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

  private sessions(run: Run, input: Record<string, any>) {
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

  private tell(input: Record<string, any>) {
    const to = this.cases.get(input.caseId);
    if (!to?.state || to.process.summary(to.s, to.ctx()).closed) return { caseId: input.caseId, delivered: false };
    const { kind: fact, ...payload } = input.fact;
    this.pending.push(() => {
      to.try('system', `fact:${fact}`, payload);
      to.work();
    });
    return { caseId: input.caseId, delivered: true };
  }

  private openChild(parent: Assessment, input: Record<string, any>) {
    const child = new Assessment(this, parent.policy, uuidV5(parent.caseId, input.childKey));
    child.now = parent.now;
    child.do('system', input.type, input.start);
    return { childKey: input.childKey, childCaseId: child.caseId, number: child.s.number };
  }

  /** Delivers what cases owe each other. */
  settle(): void {
    for (let next = this.pending.shift(); next; next = this.pending.shift()) next();
  }

  /** The case another one opened. */
  child(of: Run, key = 'retake:1'): Assessment {
    return this.cases.get(uuidV5(of.caseId, key)) as Assessment;
  }
  assessment(policy: AssessmentPolicy = DEFAULT_POLICY): Assessment {
    return new Assessment(this, policy);
  }
  examDay(heldOn: string, over: Record<string, unknown> = {}, policy: SessionPolicy = SESSION_POLICY): ExamDay {
    return new ExamDay(this, policy).do(people.operator, 'scheduleSession', session(heldOn, over));
  }
}

const order = (r: Assessment) => `${r.s.priority ? 0 : 1}${r.s.queue?.since}${r.events[0]?.at}${r.caseId}`;

const moscow = (date: string, hhmm: string) => new Date(`${date}T${hhmm}:00+03:00`).toISOString();

export class Assessment extends PureRun<AssessmentState, AssessmentPolicy> {
  constructor(
    readonly town: Town,
    policy: AssessmentPolicy,
    caseId = town.id(),
  ) {
    super(qualificationAssessment, CAST, structuredClone(policy), town.now, caseId);
    town.link(this);
  }

  override try(who: string, type: string, payload: Record<string, unknown> = {}, today?: string): Denial | null {
    return this.town.note(this, who, type, payload, () => super.try(who, type, payload, today));
  }
  override day(date: string, hhmm = '10:00'): this {
    this.town.advance(moscow(date, hhmm));
    return this;
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

export class ExamDay extends PureRun<SessionState, SessionPolicy> {
  constructor(
    readonly town: Town,
    policy: SessionPolicy,
  ) {
    super(examSession, CAST, structuredClone(policy), town.now, town.id());
    town.link(this);
  }

  override try(who: string, type: string, payload: Record<string, unknown> = {}, today?: string): Denial | null {
    return this.town.note(this, who, type, payload, () => super.try(who, type, payload, today));
  }
  override day(date: string, hhmm = '10:00'): this {
    this.town.advance(moscow(date, hhmm));
    return this;
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
