/**
 * Stories of programme certification: each is a promise to somebody and names the rows of the table it goes through. They are told
 * against a small world, so that the same story runs on the rules alone and on the real engine.
 *
 * Machine work happens by itself in every world: experts are listed, related cases are opened and report back when they end.
 */
import { expect } from 'vitest';
import type { Candidate } from '../../processes/kit/panel.ts';
import { isOpen, type Task } from '../../processes/kit/task.ts';
import type { Denial } from '../../processes/kit/types.ts';
import type { ProgrammeFacts } from '../../processes/dpp-certification/programme-rules.ts';
import type { CertificationState } from '../../processes/dpp-certification/state.ts';
import { CANDIDATES, conclusion, people, SHA, uuid } from './world.ts';

/** One case and its clock; related cases have clocks of their own. `RealCase` gives the same names on the engine. */
export interface World {
  do(who: string, type: string, payload?: Record<string, unknown>): Promise<unknown>;
  /** Expects a refusal. */
  denied(who: string, type: string, payload?: Record<string, unknown>): Promise<Denial>;
  fact(kind: string, payload: Record<string, unknown>): Promise<unknown>;
  /** Takes the clock of the case to a local time; deadlines fire on the way. */
  day(date: string, hhmm?: string): Promise<unknown>;
  state(): Promise<CertificationState>;
  events(): Promise<Array<{ row: string; type: string; on: string; facts: Record<string, any> }>>;
  letters(): Promise<Array<{ template: string; addresseeId: string; on: string }>>;
  /** The register of experts becomes this list. */
  pool(candidates: Candidate[]): Promise<unknown>;
  /** The related case with this key (`change:1`), opened by the platform. */
  child(key: string): Promise<World>;
}

export interface Story {
  /** The name of the test: a promise. */
  promise: string;
  /** Edge case of the specification it answers. */
  edge?: string;
  /** Rows it must go through, besides others. */
  rows: string[];
  /** Begins after the head of the provider has submitted on 2 February 2026 at 10:00. */
  tell(w: World): Promise<void>;
}

const ORDER = { number: '15-р', date: '2026-03-02' };
const REASON = { statement: SHA(3) };

// ── Steps ──

type V = 'approve' | 'revise' | 'reject';
const open = async (w: World, kind: string): Promise<Task[]> =>
  (await w.state()).tasks.filter((t) => t.kind === kind && isOpen(t));
async function task(w: World, kind: string): Promise<string> {
  const [found] = (await open(w, kind)).slice(-1);
  if (!found) throw new Error(`no open task ${kind}`);
  return found.id;
}
const stage = async (w: World): Promise<string> => (await w.state()).stage;
const facts = async (w: World): Promise<ProgrammeFacts> => (await w.state()).versions.at(-1)?.facts as ProgrammeFacts;
const types = async (w: World): Promise<string[]> => (await w.events()).map((e) => e.type);

async function check(w: World): Promise<void> {
  await w.do(people.operator, 'completeTechnicalCheck', { taskId: await task(w, 'technical_check') });
}
async function accept(w: World, kind = 'review'): Promise<void> {
  for (const t of await open(w, kind))
    if (t.state === 'assigned') await w.do(t.assigneeId as string, 'acceptTask', { taskId: t.id, noConflict: true });
}
async function panel(w: World): Promise<void> {
  await check(w);
  await accept(w);
}
async function review(w: World, ...verdicts: Array<V | ReturnType<typeof conclusion>>): Promise<void> {
  const seats = await open(w, 'review');
  for (const [i, v] of verdicts.entries())
    await w.do(seats[i]?.assigneeId as string, 'submitReview', {
      taskId: seats[i]?.id,
      ...(typeof v === 'string' ? conclusion(v) : v),
    });
}
async function arbitrate(w: World, verdict: V): Promise<void> {
  await accept(w, 'arbitration');
  const [t] = await open(w, 'arbitration');
  await w.do(t?.assigneeId as string, 'submitArbitration', { taskId: t?.id, ...conclusion(verdict) });
}
const coordinator = async (w: World, type: string, kind: string, payload: Record<string, unknown> = {}) =>
  w.do(people.coordinator, type, { taskId: await task(w, kind), order: ORDER, ...REASON, ...payload });
const certify = (w: World) => coordinator(w, 'certify', 'decision');
const refuse = (w: World) => coordinator(w, 'refuse', 'decision', { reasonCodes: ['content'] });
const resubmit = async (w: World, n = 2) =>
  w.do(people.head, 'resubmit', { programme: await facts(w), document: SHA(n) });
async function certified(w: World): Promise<void> {
  await panel(w);
  await review(w, 'approve', 'approve', 'approve');
  await certify(w);
}
async function refused(w: World): Promise<void> {
  await panel(w);
  await review(w, 'reject', 'reject', 'reject');
  await refuse(w);
}
async function appealed(w: World, outcome: 'upheld' | 'returned' | 'changed'): Promise<void> {
  await w.do(people.head, 'appeal', REASON);
  await w.do(people.appeals, 'decideAppeal', {
    taskId: await task(w, 'appeal_decision'),
    outcome,
    order: ORDER,
    ...REASON,
  });
}
const defects = async (w: World) =>
  w.do(people.operator, 'reportDefects', { taskId: await task(w, 'technical_check'), count: 2, statement: SHA(4) });
/** A conclusion given in the present round. */
async function given(w: World, kind: 'review' | 'arbitration', verdict: V): Promise<Task> {
  const found = (await w.state()).tasks
    .filter((t) => t.kind === kind && t.state === 'done' && t.result?.verdict === verdict)
    .at(-1);
  if (!found) throw new Error(`nobody said ${verdict}`);
  return found;
}
const annul = async (w: World, t: Task) => w.do(people.coordinator, 'voidConclusion', { taskId: t.id });
const changed = (p: ProgrammeFacts, module: number): ProgrammeFacts => ({
  ...p,
  modules: p.modules.map((m, i) => (i === module ? { ...m, title: `${m.title}, дополнено` } : m)),
});
const requestMinor = async (w: World) =>
  w.do(people.head, 'requestMinorChange', { programme: changed(await facts(w), 2), document: SHA(6), ...REASON });
const requestChange = async (w: World) =>
  w.do(people.head, 'requestSubstantialChange', { programme: changed(await facts(w), 0), document: SHA(6), ...REASON });
const recertify = async (w: World) => w.do(people.head, 'recertify', { programme: await facts(w), document: SHA(5) });
const suspend = (w: World) =>
  w.do(people.coordinator, 'suspend', { cause: 'complaint_upheld', order: ORDER, ...REASON });
const stay = (w: World, on: string, effect = 'stay') => w.fact('court_act', { effect, on, act: 'определение' });
const EXPIRING = '2028-12-01';

export const STORIES: Story[] = [
  // ── Check ──
  {
    promise:
      'takes three approvals to an entry of three years, in one panel of at least two regions, none of them the applicant’s',
    rows: [
      'P01-T03',
      'TASK-29',
      'P01-T04',
      'TASK-27',
      'P01-T15',
      'TASK-01',
      'TASK-03',
      'P01-T11',
      'TASK-28',
      'TASK-09',
      'P01-T16',
      'TASK-25',
      'P01-T38',
    ],
    tell: async (w) => {
      await panel(w);
      const { regions, tasks } = await w.state();
      const seated = tasks.filter((t) => t.kind === 'review').map((t) => regions[t.assigneeId as string]);
      expect(new Set(seated).size).toBeGreaterThanOrEqual(2);
      expect(seated).not.toContain('61');
      await review(w, 'approve', 'approve', 'approve');
      await certify(w);
      expect((await w.state()).entry).toMatchObject({ version: 1, validFrom: '2026-02-02', validUntil: '2029-02-02' });
    },
  },
  {
    promise: 'lets the provider mend defects twice, then proposes to refuse without expertise',
    rows: ['P01-T05', 'P01-T08', 'P01-T06', 'P01-T40'],
    tell: async (w) => {
      for (let n = 0; n < 2; n++) {
        await defects(w);
        expect(await stage(w)).toBe('returned');
        await resubmit(w, n + 2);
      }
      await defects(w);
      expect((await w.state()).proposal).toEqual({ kind: 'refuse', basis: 'technical' });
      await refuse(w);
      expect((await w.state()).decision).toMatchObject({ kind: 'refused', formal: true });
    },
  },
  {
    promise: 'reminds the provider three working days before his term ends and lapses after it',
    rows: ['P01-T10', 'P01-T09'],
    tell: async (w) => {
      await defects(w);
      await w.day('2026-02-17');
      expect(await stage(w)).toBe('lapsed');
      expect((await w.letters()).filter((l) => l.template === 'applicant-reminder').map((l) => l.on)).toEqual([
        '2026-02-11',
      ]);
      expect((await w.events()).at(-1)).toMatchObject({ row: 'P01-T09', on: '2026-02-16' });
    },
  },
  {
    promise: 'refuses a provider without a licence formally, and an appeal may change that without an expertise',
    rows: ['P01-T07', 'P01-T44', 'P01-T47', 'P01-T50'],
    tell: async (w) => {
      await w.do(people.operator, 'reportNoLicence', { taskId: await task(w, 'technical_check') });
      await refuse(w);
      await appealed(w, 'changed');
      expect(await stage(w)).toBe('certified');
      expect((await w.state()).entry?.number).toMatch(/^FR-/);
    },
  },
  // ── Panel ──
  {
    promise:
      'tells the coordinator that nobody is eligible, again every two working days, and selects when he waives the region',
    edge: 'the only specialist lives in the applicant’s region',
    rows: ['P01-T12', 'TASK-02', 'P01-T13'],
    tell: async (w) => {
      await w.pool(CANDIDATES.filter((c) => ['61', '42'].includes(c.regionCode)).slice(0, 3));
      await check(w);
      expect(await types(w)).toContain('panel.pool_empty');
      await accept(w);
      await w.day('2026-02-05', '00:01');
      expect((await w.letters()).filter((l) => l.template === 'coordinator-attention').length).toBeGreaterThanOrEqual(
        2,
      );
      await w.do(people.coordinator, 'widenPool', {
        allowApplicantRegion: true,
        relaxRegions: false,
        extraCompetences: [],
        ...REASON,
      });
      await accept(w);
      const { widened, stage: now } = await w.state();
      expect(now).toBe('under_expertise');
      expect(widened.allowApplicantRegion).toBe(true);
    },
  },
  {
    promise: 'tells the coordinator when five working days were not enough to form the panel, once',
    rows: ['P01-T14'],
    tell: async (w) => {
      await w.pool([]);
      await check(w);
      await w.day('2026-02-20');
      expect((await types(w)).filter((t) => t === 'panel.forming_overdue')).toHaveLength(1);
    },
  },
  {
    promise: 'passes an invitation on when it is declined, in conflict, or silent after a reminder',
    rows: ['TASK-04', 'TASK-05', 'TASK-06', 'TASK-07'],
    tell: async (w) => {
      await check(w);
      const [a, b, silent] = await open(w, 'review');
      await w.do(a?.assigneeId as string, 'declineTask', { taskId: a?.id });
      await w.do(b?.assigneeId as string, 'declareConflict', { taskId: b?.id });
      await w.day('2026-02-06');
      const { tasks } = await w.state();
      expect(tasks.find((t) => t.id === silent?.id)).toMatchObject({ state: 'reassigned', cause: 'silent' });
      const asked = tasks.filter((t) => t.kind === 'review').map((t) => t.assigneeId);
      expect(new Set(asked).size).toBe(asked.length);
      await accept(w);
      expect(await stage(w)).toBe('under_expertise');
    },
  },
  {
    promise: 'replaces the expert the applicant rightly objects to, once, before marks',
    rows: ['P01-T32', 'P01-T33', 'TASK-11'],
    tell: async (w) => {
      await panel(w);
      const [bad] = await open(w, 'review');
      await w.do(people.head, 'objectToExpert', { ordinal: bad?.ordinal, ...REASON });
      await w.do(people.coordinator, 'decideObjection', { upheld: true, ...REASON });
      const seats = await open(w, 'review');
      expect(seats).toHaveLength(3);
      expect(seats.map((t) => t.assigneeId)).not.toContain(bad?.assigneeId);
      expect((await w.denied(people.head, 'objectToExpert', { ordinal: 2, ...REASON })).message).toContain('один раз');
    },
  },
  {
    promise: 'decides an objection before the decision on the programme',
    rows: ['P01-T33', 'TASK-22', 'P01-T36'],
    tell: async (w) => {
      await panel(w);
      const [bad] = await open(w, 'review');
      await w.do(people.head, 'objectToExpert', { ordinal: bad?.ordinal, ...REASON });
      await review(w, 'approve', 'approve', 'approve');
      expect(
        (await w.denied(people.coordinator, 'certify', { taskId: await task(w, 'decision'), order: ORDER })).message,
      ).toContain('отвод');
      await w.do(people.coordinator, 'decideObjection', { upheld: true, ...REASON });
      expect(await stage(w)).toBe('under_expertise');
      await accept(w);
      await review(w, 'approve');
      await certify(w);
    },
  },
  {
    promise: 'replaces an expert who died, without a letter to him, and one who leaves later',
    edge: 'expert dies or leaves mid-way',
    rows: ['TASK-12'],
    tell: async (w) => {
      await panel(w);
      const [dead, left] = await open(w, 'review');
      await w.fact('employment', { personId: dead?.assigneeId, event: 'died', on: '2026-02-02' });
      await w.fact('employment', { personId: left?.assigneeId, event: 'dismissed', on: '2026-02-02' });
      expect(await open(w, 'review')).toHaveLength(3);
      const closed = (await w.letters()).filter((l) => l.template === 'task-closed').map((l) => l.addresseeId);
      expect(closed).toEqual([left?.assigneeId]);
    },
  },
  // ── Expertise ──
  {
    promise: 'reminds, marks overdue, escalates and replaces a silent expert, and keeps his late answer as a note',
    rows: ['TASK-13', 'TASK-14', 'TASK-15', 'TASK-16', 'TASK-24'],
    tell: async (w) => {
      await panel(w);
      const silent = (await open(w, 'review'))[2];
      await review(w, 'approve', 'approve');
      await w.day('2026-03-02');
      const told = (await w.events()).filter((e) => e.facts.taskId === silent?.id).map((e) => [e.row, e.on]);
      expect(told.slice(-5)).toEqual([
        ['TASK-13', '2026-02-11'],
        ['TASK-13', '2026-02-13'],
        ['TASK-14', '2026-02-16'],
        ['TASK-15', '2026-02-18'],
        ['TASK-16', '2026-02-24'],
      ]);
      const denial = await w.denied(silent?.assigneeId as string, 'submitReview', {
        taskId: silent?.id,
        ...conclusion('approve'),
      });
      expect(denial.code).toBe('late_answer');
      expect((await w.events()).at(-1)?.row).toBe('TASK-24');
    },
  },
  {
    promise:
      'lets an expert withdraw by conflict after accepting, the coordinator pass a task on, and extend a term once',
    rows: ['TASK-10', 'TASK-17', 'TASK-23', 'TASK-32'],
    tell: async (w) => {
      await panel(w);
      const [a, b, c] = await open(w, 'review');
      await w.do(a?.assigneeId as string, 'declareConflict', { taskId: a?.id });
      await w.do(people.coordinator, 'reassignTask', { taskId: b?.id });
      await w.do(people.coordinator, 'extendTask', { taskId: c?.id, workingDays: 2 });
      expect((await w.denied(people.coordinator, 'extendTask', { taskId: c?.id, workingDays: 1 })).message).toContain(
        'один раз',
      );
      await accept(w);
      const d = (await open(w, 'review')).find((t) => t.id !== c?.id);
      await w.day('2026-02-17');
      await w.do(people.coordinator, 'extendTask', { taskId: d?.id, workingDays: 5 });
      expect((await open(w, 'review')).find((t) => t.id === d?.id)?.state).toBe('in_progress');
    },
  },
  {
    promise: 'returns a conclusion for a formal defect once, before the round is concluded',
    rows: ['TASK-21'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve');
      const t = await given(w, 'review', 'approve');
      await w.do(people.coordinator, 'returnForDefect', { taskId: t.id });
      await review(w, 'approve');
      expect((await w.denied(people.coordinator, 'returnForDefect', { taskId: t.id })).message).toContain('один раз');
      await review(w, 'approve', 'approve');
      expect(await stage(w)).toBe('decision_pending');
    },
  },
  {
    promise:
      'merges the remarks without losing any, and asks the same experts after each of two revisions before proposing to refuse',
    rows: ['P01-T18', 'P01-T31', 'P01-T28', 'P01-T19'],
    tell: async (w) => {
      await panel(w);
      const before = (await open(w, 'review')).map((t) => t.assigneeId);
      await review(w, 'revise', 'revise', 'revise');
      const { remarkIds } = await w.state();
      expect(
        (await w.denied(before[0] as string, 'mergeRemarks', { remarkIds: [remarkIds.slice(1)], ...REASON })).code,
      ).toBe('remarks_lost');
      await w.do(before[0] as string, 'mergeRemarks', { remarkIds: [[...remarkIds].reverse()], ...REASON });
      for (const round of [2, 3]) {
        await resubmit(w, round);
        expect((await open(w, 'review')).map((t) => t.assigneeId)).toEqual(before);
        await accept(w);
        await review(w, 'revise', 'revise', 'revise');
      }
      expect((await w.state()).proposal).toEqual({ kind: 'refuse', basis: 'rounds_used' });
    },
  },
  {
    promise: 'lapses when a revision does not come, after one reminder',
    rows: ['P01-T30', 'P01-T29'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'revise', 'revise', 'revise');
      await w.day('2026-03-05');
      expect(await stage(w)).toBe('lapsed');
      expect((await w.events()).slice(-2).map((e) => [e.row, e.on])).toEqual([
        ['P01-T30', '2026-02-26'],
        ['P01-T29', '2026-03-03'],
      ]);
    },
  },
  // ── Arbitration ──
  {
    promise: 'sends a disagreement to an arbiter from outside the panel, whose approval is final',
    rows: ['P01-T20', 'P01-T22'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve', 'approve', 'reject');
      const { tasks } = await w.state();
      const arbiter = tasks.find((t) => t.kind === 'arbitration')?.assigneeId;
      expect(tasks.filter((t) => t.kind === 'review').map((t) => t.assigneeId)).not.toContain(arbiter);
      await arbitrate(w, 'approve');
      expect((await w.state()).proposal).toEqual({ kind: 'certify', basis: 'arbiter' });
    },
  },
  {
    promise: 'lets the arbiter reject',
    rows: ['P01-T23'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve', 'approve', 'reject');
      await arbitrate(w, 'reject');
      expect(
        (await w.denied(people.coordinator, 'certify', { taskId: await task(w, 'decision'), order: ORDER })).code,
      ).toBe('not_now');
      await refuse(w);
    },
  },
  {
    promise:
      'asks the same arbiter again in later rounds, and proposes to refuse when he too has used up the revisions',
    rows: ['P01-T24', 'P01-T21', 'P01-T25'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve', 'approve', 'reject');
      const first = (await open(w, 'arbitration'))[0]?.assigneeId;
      await arbitrate(w, 'revise');
      for (const round of [2, 3]) {
        await resubmit(w, round);
        await accept(w);
        await review(w, 'approve', 'approve', 'reject');
        expect((await open(w, 'arbitration')).map((t) => t.assigneeId)).toEqual([first]);
        await arbitrate(w, 'revise');
      }
      expect((await w.state()).proposal).toEqual({ kind: 'refuse', basis: 'rounds_used' });
    },
  },
  // ── Conclusions voided ──
  {
    promise: 'voids a conclusion within the round and replaces its author',
    edge: 'conflict discovered late',
    rows: ['P01-T34', 'TASK-22'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'reject');
      const bad = await given(w, 'review', 'reject');
      await annul(w, bad);
      await accept(w);
      await review(w, 'approve', 'approve', 'approve');
      expect((await w.state()).proposal).toEqual({ kind: 'certify', basis: 'panel' });
      expect((await w.state()).tasks.find((t) => t.id === bad.id)?.state).toBe('voided');
    },
  },
  {
    promise:
      'lets the arbiter wait while a voided conclusion is replaced, and sends him home when the table settles it',
    edge: 'conflict discovered late',
    rows: ['P01-T35', 'TASK-18', 'TASK-20'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve', 'approve', 'reject');
      await accept(w, 'arbitration');
      await annul(w, await given(w, 'review', 'reject'));
      expect((await open(w, 'arbitration'))[0]?.state).toBe('on_hold');
      await accept(w);
      await review(w, 'approve');
      expect(await stage(w)).toBe('decision_pending');
      expect(await open(w, 'arbitration')).toEqual([]);
    },
  },
  {
    promise: 'lets the arbiter’s verdict stand when the replaced conclusion disagrees again',
    edge: 'conflict discovered late',
    rows: ['P01-T36', 'P01-T26'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve', 'approve', 'reject');
      await arbitrate(w, 'approve');
      await annul(w, await given(w, 'review', 'reject'));
      await accept(w);
      await review(w, 'reject');
      expect((await w.state()).proposal).toEqual({ kind: 'certify', basis: 'arbiter' });
    },
  },
  {
    promise: 'proposes to refuse when the arbiter’s standing «revise» finds no round left',
    edge: 'conflict discovered late',
    rows: ['P01-T25', 'P01-T36', 'P01-T26'],
    tell: async (w) => {
      await panel(w);
      for (const round of [2, 3]) {
        await review(w, 'revise', 'revise', 'revise');
        await resubmit(w, round);
        await accept(w);
      }
      await review(w, 'approve', 'approve', 'reject');
      await arbitrate(w, 'revise');
      await annul(w, await given(w, 'review', 'reject'));
      await accept(w);
      await review(w, 'reject');
      expect((await w.state()).proposal).toEqual({ kind: 'refuse', basis: 'rounds_used' });
    },
  },
  {
    promise:
      'caps the arbiter’s standing approval at «revise» when a new conclusion fails a mandatory criterion for the second time',
    edge: 'conflict discovered late',
    rows: ['P01-T36', 'P01-T27'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve', conclusion('revise', ['standard']), conclusion('reject', ['relevance']));
      await arbitrate(w, 'approve');
      await annul(w, await given(w, 'review', 'reject'));
      await accept(w);
      await review(w, conclusion('reject', ['standard']));
      expect(await stage(w)).toBe('revision');
    },
  },
  {
    promise: 'replaces an arbiter whose own conclusion is voided',
    edge: 'conflict discovered late',
    rows: ['P01-T37'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve', 'approve', 'reject');
      await arbitrate(w, 'approve');
      const first = await given(w, 'arbitration', 'approve');
      await annul(w, first);
      expect(await stage(w)).toBe('arbitration');
      expect((await open(w, 'arbitration'))[0]?.assigneeId).not.toBe(first.assigneeId);
      await arbitrate(w, 'reject');
      expect((await w.state()).proposal).toEqual({ kind: 'refuse', basis: 'arbiter' });
    },
  },
  {
    promise:
      'voids an arbiter’s conclusion while an expert is being replaced, and calls another only when the table disagrees',
    edge: 'conflict discovered late',
    rows: ['P01-T87', 'TASK-19'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve', 'approve', 'reject');
      await accept(w, 'arbitration');
      await annul(w, await given(w, 'review', 'reject'));
      await accept(w);
      await review(w, 'reject');
      expect((await open(w, 'arbitration'))[0]?.state).toBe('in_progress');
      await arbitrate(w, 'approve');
      await annul(w, await given(w, 'review', 'reject'));
      await annul(w, await given(w, 'arbitration', 'approve'));
      expect(await stage(w)).toBe('under_expertise');
      await accept(w);
      await review(w, 'reject');
      expect(await open(w, 'arbitration')).toHaveLength(1);
    },
  },
  // ── Decision and appeal ──
  {
    promise: 'lets the coordinator depart from the panel only by a new one, once, without anybody of the first',
    rows: ['P01-T41'],
    tell: async (w) => {
      await panel(w);
      const first = (await open(w, 'review')).map((t) => t.assigneeId as string);
      await review(w, 'reject', 'reject', 'reject');
      await coordinator(w, 'orderNewPanel', 'decision');
      for (const t of await open(w, 'review')) expect(first).not.toContain(t.assigneeId);
      await accept(w);
      await review(w, 'approve', 'approve', 'approve');
      expect(
        (await w.denied(people.coordinator, 'orderNewPanel', { taskId: await task(w, 'decision'), ...REASON })).message,
      ).toContain('один раз');
    },
  },
  {
    promise: 'turns a case whose provider lost the licence to a formal refusal from any stage',
    rows: ['P01-T42', 'TASK-20'],
    tell: async (w) => {
      await panel(w);
      await w.fact('licence_lost', { on: '2026-02-02', act: 'приказ' });
      expect(await open(w, 'review')).toEqual([]);
      expect((await w.state()).proposal).toEqual({ kind: 'refuse', basis: 'licence' });
      await refuse(w);
    },
  },
  {
    promise: 'cancels the arbiter’s task on withdrawal and writes nobody afterwards',
    rows: ['P01-T43', 'TASK-20'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve', 'approve', 'reject');
      await w.do(people.head, 'withdraw', REASON);
      const count = (await w.letters()).length;
      await w.day('2027-02-01');
      expect(await stage(w)).toBe('withdrawn');
      expect((await w.letters()).length).toBe(count);
    },
  },
  {
    promise: 'asks the coordinator about service again and again, and counts the appeal from the act of service',
    rows: ['P01-T46', 'P01-T45', 'P01-T51', 'P01-T52'],
    tell: async (w) => {
      await refused(w);
      await w.day('2026-04-01');
      expect((await types(w)).filter((t) => t === 'decision.not_served').length).toBeGreaterThanOrEqual(2);
      await w.do(people.operator, 'recordService', { on: '2026-03-31', refusedToSign: true, act: 'акт 1' });
      await w.day('2026-04-30', '23:50');
      expect((await w.state()).decision?.final).toBe(false);
      await w.day('2026-05-01', '00:01');
      expect((await w.state()).decision?.final).toBe(true);
      expect((await w.denied(people.head, 'appeal', REASON)).message).toContain('истёк');
      await w.day('2026-05-03');
      expect((await w.state()).cooldownOver).toBe(true);
    },
  },
  {
    promise: 'rejects the verdict of a whole panel, tells the reasons, and leaves an upheld refusal final',
    rows: ['P01-T17', 'P01-T40', 'P01-T44', 'P01-T48'],
    tell: async (w) => {
      await refused(w);
      await w.do(people.head, 'familiarise');
      expect((await w.denied(people.head, 'familiarise')).code).toBe('not_now');
      await appealed(w, 'upheld');
      expect(await stage(w)).toBe('refused');
      expect((await w.denied(people.head, 'appeal', REASON)).message).toContain('одну апелляцию');
    },
  },
  {
    promise: 'gives a returned appeal a panel without anybody of the first',
    rows: ['P01-T49'],
    tell: async (w) => {
      await refused(w);
      const first = (await w.state()).tasks.filter((t) => t.kind === 'review').map((t) => t.assigneeId);
      await appealed(w, 'returned');
      for (const t of await open(w, 'review')) expect(first).not.toContain(t.assigneeId);
      await accept(w);
      await review(w, 'approve', 'approve', 'approve');
      await certify(w);
    },
  },
  // ── Offices ──
  {
    promise: 'shows the second operator that the first has taken the task, and lets the coordinator hand it on',
    rows: ['TASK-26', 'TASK-31'],
    tell: async (w) => {
      const taskId = await task(w, 'technical_check');
      await w.do(people.operator, 'assignTask', { taskId, personId: people.operator });
      const denial = await w.denied(people.operator2, 'assignTask', { taskId, personId: people.operator2 });
      expect(denial.code).toMatch(/taken|not_now/);
      await w.do(people.coordinator, 'assignTask', { taskId, personId: people.operator2 });
      expect((await w.denied(people.operator, 'completeTechnicalCheck', { taskId })).code).toBe('taken');
      await w.do(people.operator2, 'completeTechnicalCheck', { taskId });
    },
  },
  {
    promise: 'moves a date by an administrator only, with the old and the new one',
    rows: ['P01-T85'],
    tell: async (w) => {
      const key = `task:${await task(w, 'technical_check')}:due`;
      expect(
        (await w.denied(people.coordinator, 'moveDeadline', { key, dueOn: '2026-02-20', reason: 'сбой' })).code,
      ).toBe('role_missing');
      await w.do(people.admin, 'moveDeadline', { key, dueOn: '2026-02-20', reason: 'сбой системы' });
      expect((await w.events()).at(-1)?.facts).toMatchObject({ previous: '2026-02-09', on: '2026-02-20' });
    },
  },
  // ── The entry ──
  {
    promise: 'turns the years: three reminders, then expired on the last day inclusive',
    rows: ['P01-T60', 'P01-T61', 'P01-T67'],
    tell: async (w) => {
      await certified(w);
      await w.day('2029-02-02', '23:50');
      expect(await stage(w)).toBe('expiring');
      await w.day('2029-02-03', '00:05');
      expect(await stage(w)).toBe('expired');
      expect((await w.letters()).filter((l) => l.template === 'expiry-reminder').map((l) => l.on)).toEqual([
        '2028-08-06',
        '2028-11-04',
        '2029-01-03',
      ]);
    },
  },
  {
    promise: 'confirms a minor change under the same number and term, and rejects another',
    rows: ['P01-T53', 'P01-T54', 'P01-T55'],
    tell: async (w) => {
      await certified(w);
      const { entry } = await w.state();
      await requestMinor(w);
      await w.do(people.operator, 'confirmMinorChange', { taskId: await task(w, 'minor_change') });
      expect((await w.state()).entry).toEqual({ ...entry, version: 2 });
      await requestMinor(w);
      await w.do(people.operator, 'rejectMinorChange', { taskId: await task(w, 'minor_change'), ...REASON });
      expect((await w.state()).entry?.version).toBe(2);
    },
  },
  {
    promise: 'keeps the old version in force until the child case of a substantial change is certified',
    edge: 'two versions of one programme with open groups',
    rows: ['P01-T56', 'P01-T59', 'P01-T57'],
    tell: async (w) => {
      await certified(w);
      expect(
        (
          await w.denied(people.head, 'requestMinorChange', {
            programme: changed(await facts(w), 0),
            document: SHA(6),
            ...REASON,
          })
        ).code,
      ).toBe('substantial');
      await requestChange(w);
      expect((await w.state()).entry?.version).toBe(1);
      const child = await w.child('change:1');
      await certified(child);
      expect(await stage(child)).toBe('incorporated');
      const { entry, versions, stage: now } = await w.state();
      expect([now, entry?.version, entry?.validUntil, versions.length]).toEqual(['certified', 2, '2029-02-02', 2]);
    },
  },
  {
    promise: 'leaves the entry unchanged when the child case is withdrawn, and another change may follow',
    rows: ['P01-T56', 'P01-T58'],
    tell: async (w) => {
      await certified(w);
      await requestChange(w);
      expect(
        (
          await w.denied(people.head, 'requestSubstantialChange', {
            programme: await facts(w),
            document: SHA(6),
            ...REASON,
          })
        ).code,
      ).toBe('not_now');
      const child = await w.child('change:1');
      await child.do(people.head, 'withdraw', REASON);
      expect((await w.state()).entry?.version).toBe(1);
      await requestChange(w);
    },
  },
  {
    promise: 'renews the entry from its old last day by a shortened expertise when monitoring was good',
    rows: ['P01-T78', 'P01-T62', 'P01-T63'],
    tell: async (w) => {
      await certified(w);
      await w.day('2027-06-01');
      await w.fact('monitoring', { good: true, on: '2027-06-01' });
      await w.day(EXPIRING);
      await recertify(w);
      const child = await w.child('recertification:1');
      await panel(child);
      expect(await open(child, 'review')).toHaveLength(2);
      await review(child, 'approve', 'approve');
      await certify(child);
      expect((await w.state()).entry).toMatchObject({ version: 2, validFrom: '2029-02-03', validUntil: '2032-02-02' });
      expect(await stage(w)).toBe('certified');
    },
  },
  {
    promise: 'prolongs the entry while its renewal is examined, sixty days at most, then it expires',
    edge: 'certificate expires on a day when recertification is under review',
    rows: ['P01-T64', 'P01-T65'],
    tell: async (w) => {
      await certified(w);
      await w.day(EXPIRING);
      await recertify(w);
      await w.day('2029-02-03');
      expect([await stage(w), (await w.state()).prolongedUntil]).toEqual(['prolonged', '2029-04-03']);
      await w.day('2029-04-04', '00:05');
      expect(await stage(w)).toBe('expired');
    },
  },
  {
    promise: 'expires a prolonged entry at once when the new term is not given',
    rows: ['P01-T66'],
    tell: async (w) => {
      await certified(w);
      await w.day(EXPIRING);
      await recertify(w);
      await w.day('2029-02-03');
      const child = await w.child('recertification:1');
      await child.do(people.head, 'withdraw', REASON);
      expect(await stage(w)).toBe('expired');
    },
  },
  {
    promise: 'writes the new term of an entry that is suspended at that moment, and restores it as certified',
    rows: ['P01-T68', 'P01-T88', 'P01-T70'],
    tell: async (w) => {
      await certified(w);
      await w.day(EXPIRING);
      await recertify(w);
      await suspend(w);
      const child = await w.child('recertification:1');
      await panel(child);
      await review(child, 'approve', 'approve');
      await certify(child);
      expect([await stage(w), (await w.state()).entry?.validUntil]).toEqual(['suspended', '2032-02-02']);
      await w.do(people.coordinator, 'confirmCure', { order: ORDER, ...REASON });
      expect(await stage(w)).toBe('certified');
    },
  },
  {
    promise: 'suspends for poor monitoring, delists when it is not cured, and an appeal restores the entry',
    rows: ['P01-T69', 'P01-T71', 'P01-T47', 'P01-T50'],
    tell: async (w) => {
      await certified(w);
      await w.fact('monitoring', { good: false, on: '2026-02-02' });
      expect(await stage(w)).toBe('suspended');
      await w.day('2026-03-20');
      expect(await stage(w)).toBe('delisted');
      const { entry } = await w.state();
      await appealed(w, 'changed');
      expect([await stage(w), (await w.state()).entry]).toEqual(['certified', entry]);
    },
  },
  {
    promise: 'delists at the provider’s own request, whose appeal term ends like any other',
    rows: ['P01-T72', 'P01-T44', 'P01-T51'],
    tell: async (w) => {
      await certified(w);
      await w.do(people.head, 'delistByRequest', REASON);
      await w.do(people.head, 'familiarise');
      await w.day('2026-03-06');
      expect((await w.state()).decision).toMatchObject({ kind: 'delisted', final: true });
    },
  },
  {
    promise: 'hears the holder before an annulment, and may dismiss it',
    rows: ['P01-T73', 'P01-T74', 'P01-T77', 'P01-T75', 'P01-T76'],
    tell: async (w) => {
      await certified(w);
      await w.do(people.coordinator, 'openAnnulment', { ground: 'conflict', ...REASON });
      await w.do(people.head, 'answerAnnulment', REASON);
      await coordinator(w, 'decideAnnulment', 'annulment_decision', { annul: false });
      expect(await stage(w)).toBe('certified');
      await w.do(people.coordinator, 'openAnnulment', { ground: 'false_documents', ...REASON });
      await w.day('2026-02-17');
      await coordinator(w, 'decideAnnulment', 'annulment_decision', { annul: true });
      expect(await stage(w)).toBe('annulled');
    },
  },
  {
    promise: 'tells the keeper case about a change that an appeal granted after a formal refusal',
    rows: ['P01-T56', 'P01-T57'],
    tell: async (w) => {
      await certified(w);
      await requestChange(w);
      const child = await w.child('change:1');
      await child.do(people.operator, 'reportNoLicence', { taskId: await task(child, 'technical_check') });
      await refuse(child);
      await appealed(child, 'changed');
      expect(await stage(child)).toBe('incorporated');
      expect((await w.state()).entry?.version).toBe(2);
      expect((await child.events()).map((e) => e.row)).toEqual(expect.arrayContaining(['P01-T89', 'P01-T86']));
    },
  },
  // ── Edges ──
  {
    promise: 'passes the case and the entry to the successor, and keeps the predecessor’s conflicts',
    edge: 'provider reorganised (successor takes cases and entries)',
    rows: ['P01-T80'],
    tell: async (w) => {
      await panel(w);
      await w.fact('provider_reorganised', {
        successorId: uuid(901),
        successorRegion: '42',
        successorInn: '4200000000',
        on: '2026-02-02',
        act: 'приказ',
      });
      const s = await w.state();
      expect([s.applicantOrganisationId, s.organisationIds.length]).toEqual([uuid(901), 2]);
      await review(w, 'approve', 'approve', 'approve');
      await certify(w);
      await w.do(people.stranger, 'delistByRequest', REASON);
    },
  },
  {
    promise: 'stops every clock under a stay, asks the court after sixty days, and gives the remainder back',
    rows: ['P01-T81', 'TASK-18', 'P01-T83', 'P01-T82', 'TASK-19'],
    tell: async (w) => {
      await panel(w);
      await w.day('2026-02-09');
      await stay(w, '2026-02-09');
      expect((await open(w, 'review')).every((t) => t.state === 'on_hold')).toBe(true);
      await w.day('2026-04-13');
      expect((await types(w)).filter((t) => t === 'court.stay_reviewed')).toHaveLength(1);
      await stay(w, '2026-04-13', 'resume');
      await w.day('2026-04-20', '23:50');
      expect(await types(w)).not.toContain('task.overdue');
      await w.day('2026-04-21');
      expect(await types(w)).toContain('task.overdue');
    },
  },
  {
    promise: 'asks only the conclusions given under criteria that a court cancels again',
    edge: 'case pinned to a criteria set that a court cancels',
    rows: ['P01-T84', 'TASK-22'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve');
      await stay(w, '2026-02-02', 'criteria_cancelled');
      const { policyVersionId } = await w.state();
      await w.do(people.coordinator, 'repin', { policyVersionId, ...REASON });
      expect((await open(w, 'review')).map((t) => t.state).sort()).toEqual(['assigned', 'in_progress', 'in_progress']);
    },
  },
  {
    promise: 'reopens the expertise when a court cancels the criteria of a panel and an arbiter who have spoken',
    edge: 'case pinned to a criteria set that a court cancels',
    rows: ['P01-T90'],
    tell: async (w) => {
      await panel(w);
      await review(w, 'approve', 'approve', 'reject');
      await arbitrate(w, 'approve');
      await stay(w, '2026-02-02', 'criteria_cancelled');
      await w.do(people.coordinator, 'repin', { policyVersionId: (await w.state()).policyVersionId, ...REASON });
      expect(await stage(w)).toBe('under_expertise');
      await accept(w);
      await review(w, 'approve', 'approve', 'approve');
      expect((await w.state()).proposal).toEqual({ kind: 'certify', basis: 'panel' });
    },
  },
  {
    promise: 'keeps the task of an office paused when its holder leaves under a stay',
    rows: ['TASK-12', 'TASK-30', 'TASK-19'],
    tell: async (w) => {
      await w.do(people.operator, 'acceptTask', { taskId: await task(w, 'technical_check') });
      await stay(w, '2026-02-02');
      await w.fact('employment', { personId: people.operator, event: 'leave_started', on: '2026-02-02' });
      await w.day('2026-02-10');
      await stay(w, '2026-02-10', 'resume');
      expect((await open(w, 'technical_check')).map((t) => [t.state, t.assigneeId])).toEqual([['assigned', undefined]]);
      await w.do(people.operator2, 'completeTechnicalCheck', { taskId: await task(w, 'technical_check') });
    },
  },
];
