/** The exam: identity, theory, the marks of examiners with a fourth on spread, technical failure, removal. */
import { openTasks } from '../../kit/task.ts';
import { inWork } from '../../kit/desk.ts';
import { deny } from '../../kit/recorder.ts';
import type { Task } from '../../kit/task.ts';
import type { FieldError } from '../../kit/types.ts';
import { formatDateRu } from '../../kit/dates.ts';
import type { Qualification } from '../policy.ts';
import { IN_EXAM } from '../stages.ts';
import { marksGroup, seats, type Practice, type Result } from '../state.ts';
import { marksWanted, theoryStillValid } from '../terms.ts';
import {
  ask,
  desk,
  qualificationOf,
  releaseActive,
  releaseSeat,
  tellSession,
  type Ctx,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';
import { requireOffer, takeSeat } from './seats.ts';

// ── Start ──

/** Those who came and stand in no conflict with the person. */
function fitExaminers(s: S): string[] {
  const present = s.booking?.presentIds ?? [];
  return s.examiners.eligible.filter((id) => present.includes(id));
}

function whyNoExam(s: S, ctx: Ctx): string | null {
  if (!s.booking?.presentIds) return 'Экзамен ещё не открыт: отметьте экзаменаторов в сеансе.';
  if (ctx.today < s.booking.heldOn) return `Экзамен назначен на ${formatDateRu(s.booking.heldOn)}.`;
  return fitExaminers(s).length < ctx.policy.examiners.count
    ? 'Экзаменаторов без конфликта интересов меньше, чем нужно.'
    : null;
}

function checkIdentity(rec: Rec): void {
  const { theory } = rec.state;
  const known = theory?.passed && theoryStillValid(rec.ctx, theory.on, rec.ctx.today);
  if (openTasks(rec.state.tasks, 'exam').length === 0) ask(rec, 'exam', 'examRecord', 'личность установлена');
  const told = tellSession(rec, 'candidate_started');
  if (!known) return rec.emit('P03-T42', 'exam.started', { to: 'in_theory', part: 'theory', ...told });
  rec.emit('P03-T43', 'exam.started', { to: 'in_practice', part: 'practice', ...told });
  beginPractice(rec);
}

// ── Theory ──

function recordTheory(rec: Rec, p: Payload): void {
  const { theoryPass } = qualificationOf(rec.ctx, rec.state.qualification);
  const score = Number(p.score);
  if (!(score >= 0 && score <= 100))
    deny('score', 'Результат теста — от 0 до 100 процентов.', {
      errors: [{ pointer: '/score', detail: 'От 0 до 100.' }],
    });
  const facts = { score, threshold: theoryPass, variant: p.variant ?? null };
  if (score >= theoryPass) {
    rec.emit('P03-T44', 'theory.passed', { to: 'in_practice', ...facts });
    return beginPractice(rec);
  }
  const { today } = rec.ctx;
  const theory = { score, on: today, passed: false };
  endExam(rec, 'P03-T45', 'theory.failed', { passed: false, examOn: today, part: 'theory', theory }, facts);
}

// ── Practice ──

/** Opens the seats of the examiners; those are drawn among the present without conflict. */
function beginPractice(rec: Rec): void {
  for (let ordinal = 1; ordinal <= rec.ctx.policy.examiners.count; ordinal++) openSeat(rec, ordinal);
  fillSeats(rec);
}

function openSeat(rec: Rec, ordinal: number): void {
  desk.seat(rec, {
    kind: 'marks',
    role: 'examiner',
    ordinal,
    group: marksGroup(rec.state),
    term: rec.ctx.policy.terms.marks,
  });
}

/**
 * Gives every free seat to the next examiner of the draw. When nobody is left the operator names a substitute who marks from the
 * recording; where the policy keeps no recording the exam cannot be marked and is retaken free.
 */
export function fillSeats(rec: Rec): void {
  if (rec.state.stage !== 'in_practice') return;
  for (const seat of seats(rec.state).filter((t) => t.state === 'created')) {
    const used = rec.state.tasks.flatMap((t) => (t.group === seat.group && t.assigneeId ? [t.assigneeId] : []));
    const next = fitExaminers(rec.state).find((id) => !used.includes(id));
    if (next) desk.assign(rec, seat, next);
    else return noneLeft(rec);
  }
}

function noneLeft(rec: Rec): void {
  if (!rec.ctx.policy.examiners.recording) return voidExam(rec, 'P03-T54', 'examiners_missing');
  if (rec.state.exhausted) return;
  rec.emit('P03-T51', 'examiners.exhausted', {});
  if (openTasks(rec.state.tasks, 'substitute').length === 0)
    ask(rec, 'substitute', 'substitute', 'экзаменаторов не хватает');
}

/** An accepted task begins its term. */
export function onAccepted(rec: Rec, task: Task): void {
  desk.startTerm(rec, task.id, 'экзаменатор принял задачу');
}

type Marks = Record<string, number>;

/** Every criterion marked within its limits, a comment on every low mark. */
function marksFaults(marks: Marks, comments: Record<string, string>, { rubric }: Qualification): FieldError[] {
  return rubric.flatMap(({ code, labelRu, max, remarkBelow }) => {
    const mark = marks[code];
    if (mark === undefined) return [{ pointer: `/marks/${code}`, detail: `«${labelRu}»: поставьте оценку.` }];
    if (!Number.isInteger(mark) || mark < 0 || mark > max)
      return [{ pointer: `/marks/${code}`, detail: `«${labelRu}»: целое число от 0 до ${max}.` }];
    return mark < remarkBelow && !comments[code]
      ? [{ pointer: `/comments/${code}`, detail: `«${labelRu}»: объясните низкую оценку.` }]
      : [];
  });
}

/** Percent of the maximum, to a tenth. */
function percentOf(marks: Marks, { rubric }: Qualification): number {
  const max = rubric.reduce((sum, c) => sum + c.max, 0);
  const got = rubric.reduce((sum, c) => sum + (marks[c.code] ?? 0), 0);
  return Math.round((got / max) * 1000) / 10;
}

/** Result of the practical part from the totals: the mean of all who marked. */
export function practiceOf(totals: number[], pass: number): Practice {
  const mean = Math.round((totals.reduce((a, b) => a + b, 0) / totals.length) * 10) / 10;
  return { totals, mean, passed: mean >= pass };
}

/** Is the spread of the marks above the limit of the policy? */
export const isDisputed = (totals: number[], spreadShare: number): boolean =>
  Math.max(...totals) - Math.min(...totals) > spreadShare * 100;

function submitMarks(rec: Rec, p: Payload): void {
  const qualification = qualificationOf(rec.ctx, rec.state.qualification);
  const task = desk.find(rec, p.taskId);
  const marks = (p.marks ?? {}) as Marks;
  const commented = (p.commented ?? []) as string[];
  const comments = Object.fromEntries(commented.map((code) => [code, 'есть']));
  const errors = marksFaults(marks, comments, qualification);
  if (errors.length > 0) deny('marks_incomplete', 'Оценки не закончены. Исправьте поля, названные ниже.', { errors });
  desk.submit(rec, task, { marks, total: percentOf(marks, qualification), document: p.document ?? null });
  conclude(rec);
}

/** Runs when a mark arrives: all in → graded, or a fourth examiner before the protocol. */
function conclude(rec: Rec): void {
  const { state: s, ctx } = rec;
  const present = seats(s);
  if (marksWanted(s, ctx) > 0 || present.some((t) => t.state !== 'done')) return;
  const totals = [...present].sort((a, b) => a.ordinal - b.ordinal).map((t) => Number(t.result?.total));
  const { practicePass } = qualificationOf(ctx, s.qualification);
  const practice = practiceOf(totals, practicePass);
  if (!s.disputed && isDisputed(totals, ctx.policy.examiners.spreadShare)) {
    rec.emit('P03-T49', 'practice.disputed', { totals });
    openSeat(rec, totals.length + 1);
    return fillSeats(rec);
  }
  const [row, type] = s.disputed ? ['P03-T50', 'practice.settled'] : ['P03-T48', 'practice.graded'];
  endExam(rec, row as string, type as string, {
    passed: practice.passed,
    examOn: s.examOn as string,
    part: 'practice',
    ...(s.theory ? { theory: s.theory } : {}),
    practice,
  });
}

/** The exam ended for this person: the protocol is due by a day counted from it. */
function endExam(rec: Rec, row: string, type: string, result: Result, facts: Payload = {}): void {
  desk.cancelOpen(rec, 'exam_ended');
  const examiners = seats(rec.state).flatMap((t) => (t.assigneeId ? [t.assigneeId] : []));
  rec.emit(row, type, {
    to: 'graded',
    ...facts,
    result,
    involve: examiners,
    ...tellSession(rec, 'candidate_finished'),
  });
  ask(rec, 'protocol', 'protocol', 'окончание экзамена', result.examOn);
}

// ── Annulment: the person retakes free ──

/** The exam does not count; a case of a free retake is opened, with the theory passed where it stays good. */
export function annul(rec: Rec, row: string, type: string, cause: string, facts: Payload = {}): void {
  desk.cancelOpen(rec, type);
  releaseSeat(rec);
  releaseActive(rec);
  rec.emit(row, type, {
    to: 'annulled',
    cause,
    outcome: 'annulled',
    related: { key: `retake:${rec.state.related.length + 1}` },
    ...facts,
  });
}

function voidExam(rec: Rec, row: string, cause: string, facts: Payload = {}): void {
  annul(rec, row, 'exam.voided', cause, { ...facts, ...tellSession(rec, 'candidate_finished') });
}

function technicalFailure(rec: Rec, p: Payload): void {
  const offer = p.sessionCaseId ? requireOffer(rec, p.sessionCaseId) : undefined;
  desk.cancelKinds(rec, 'technical_failure', ['exam', 'marks', 'substitute']);
  const left = tellSession(rec, 'seat_released').tell;
  const facts = { part: rec.state.stage === 'in_theory' ? 'theory' : 'practice', act: p.act ?? null };
  if (!offer) {
    rec.emit('P03-T46', 'exam.interrupted', { to: 'scheduled', ...facts, ...tellSession(rec, 'candidate_waits') });
    return void ask(rec, 'exam', 'examRecord', 'экзамен прерван');
  }
  releaseSeat(rec);
  const { tell, session } = takeSeat(rec, offer);
  const second = { ...tell, key: `${rec.state.tellings + 2}` };
  rec.emit('P03-T46', 'exam.interrupted', { to: 'scheduled', ...facts, session, tell: [left, second] });
}

export const examRules: Rules = {
  checkIdentity: {
    labelRu: 'Личность установлена, начать экзамен',
    tone: 'primary',
    stages: ['scheduled'],
    roles: ['centre_operator'],
    unless: whyNoExam,
    apply: checkIdentity,
  },
  recordTheory: {
    labelRu: 'Записать результат теории',
    tone: 'primary',
    stages: ['in_theory'],
    roles: ['centre_operator'],
    apply: recordTheory,
  },
  submitMarks: {
    labelRu: 'Отправить оценки',
    tone: 'primary',
    stages: ['in_practice'],
    roles: ['examiner'],
    task: ['marks'],
    unless: inWork,
    apply: submitMarks,
  },
  technicalFailure: {
    labelRu: 'Технический сбой',
    stages: IN_EXAM,
    roles: ['centre_operator'],
    apply: technicalFailure,
  },
  removeFromExam: {
    labelRu: 'Удалить с экзамена',
    tone: 'danger',
    stages: IN_EXAM,
    roles: ['centre_operator'],
    apply: (rec, p) => {
      const { today } = rec.ctx;
      const { theory } = rec.state;
      const result: Result = { passed: false, examOn: today, part: 'removed', ...(theory ? { theory } : {}) };
      endExam(rec, 'P03-T47', 'exam.removed', result, { statement: p.statement });
    },
  },
  nameSubstitute: {
    labelRu: 'Назвать экзаменатора на замену',
    tone: 'primary',
    stages: ['in_practice'],
    roles: ['centre_operator'],
    task: ['substitute'],
    unless: (s, ctx, task) =>
      s.examiners.asked.length > 0 ? 'Конфликты интересов уже проверяются.' : inWork(s, ctx, task),
    apply: (rec, p) => {
      if (rec.state.tasks.some((t) => t.kind === 'marks' && t.assigneeId === p.personId))
        deny('examiner_known', 'Этот экзаменатор уже участвовал.', {
          errors: [{ pointer: '/personId', detail: 'Выберите другого.' }],
        });
      desk.finish(rec, p, { personId: p.personId });
      rec.emit('P03-T52', 'substitute.named', { personId: p.personId });
    },
  },
  voidExam: {
    labelRu: 'Оценить невозможно: бесплатная пересдача',
    tone: 'danger',
    stages: ['in_practice'],
    roles: ['centre_operator'],
    unless: (s) => (s.exhausted ? null : 'Экзаменаторов хватает.'),
    apply: (rec, p) => voidExam(rec, 'P03-T53', 'examiners_missing', { statement: p.statement }),
  },
};
