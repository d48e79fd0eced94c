/** The mentor: proposed, consenting, appointed by order; and every way in which a pair ends. */
import { addWorkingDays } from '../../kit/calendar.ts';
import { inWork } from '../../kit/desk.ts';
import { deny } from '../../kit/recorder.ts';
import { SEARCHING, YEARS } from '../stages.ts';
import {
  desk,
  endedPair,
  endMentoring,
  finishTask,
  isMentor,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';

/** What the school says of the person it proposes; checked against the rights of the start of the case. */
export interface MentorFacts {
  tenureYears: number;
  category: boolean;
  trained: boolean;
  sameSubject: boolean;
  superior: boolean;
  relative: boolean;
  external: boolean;
}

/** Requirements to a mentor (P04 «Mentor»): tenure, category or training, neither superior nor relative. */
export function faultOfMentor(s: S, mentorId: string, m: MentorFacts): { pointer: string; detail: string } | null {
  const { tenureYears } = s.rights.mentor;
  if (mentorId === s.menteeId) return { pointer: '/mentorId', detail: 'Наставник себе не назначается.' };
  if (m.tenureYears < tenureYears)
    return { pointer: '/tenureYears', detail: `Стаж наставника — не менее ${tenureYears} лет.` };
  if (!m.category && !m.trained) return { pointer: '/category', detail: 'Нужна категория или подготовка наставника.' };
  if (m.superior) return { pointer: '/superior', detail: 'Непосредственный руководитель не может быть наставником.' };
  if (m.relative) return { pointer: '/relative', detail: 'Родственник не может быть наставником.' };
  return null;
}

function proposeMentor(rec: Rec, p: Payload): void {
  const { mentorId, mentor } = p as { mentorId: string; mentor: MentorFacts };
  const fault = faultOfMentor(rec.state, mentorId, mentor);
  if (fault) deny('mentor_unfit', fault.detail, { errors: [fault] });
  desk.finish(rec, p, { mentorId });
  finishTask(rec, 'find_mentor', 'proposed');
  const task = desk.seat(rec, { kind: 'mentoring', role: 'mentor', ordinal: rec.state.pairCount + 1 });
  desk.assign(rec, task, mentorId);
  rec.emit('P04-T05', 'mentor.proposed', {
    taskId: task.id,
    mentorId,
    external: mentor.external,
    mentor,
    document: p.document ?? null,
  });
  const { maxMentees } = rec.state.rights.mentor;
  rec.claim({
    kind: 'load',
    personId: mentorId,
    roles: ['mentor'],
    max: maxMentees,
    denial: { code: 'mentor_overloaded', message: `У наставника уже ${maxMentees} подопечных: больше нельзя.` },
  });
}

function issueOrder(rec: Rec, p: Payload): void {
  const { candidate, pairCount } = rec.state;
  if (!candidate) return deny('not_now', 'Наставник не предложен.');
  desk.finish(rec, p, { order: p.order });
  rec.emit('P04-T06', 'mentor.appointed', {
    pair: {
      n: pairCount + 1,
      mentorId: candidate.mentorId,
      taskId: candidate.taskId,
      since: rec.ctx.today,
      order: p.order,
      external: candidate.external,
    },
    pay: p.pay,
    until: p.until ?? null,
    gapDays: gapDays(rec.state, rec.ctx.today),
  });
}

const gapDays = (s: S, today: string): number =>
  s.vacantSince ? Math.round((Date.parse(today) - Date.parse(s.vacantSince)) / 86_400_000) : 0;

/** A pair ends in a year: the curator acts at once, the search begins. */
export function vacate(rec: Rec, row: string, cause: string, byFact = false, more: Payload = {}): void {
  const { pair } = rec.state;
  if (!pair) return deny('not_now', 'Наставника сейчас нет.');
  endMentoring(rec, pair.taskId, cause, byFact);
  rec.emit(row, 'mentor.vacated', { to: 'mentor_vacant', cause, ...endedPair(rec.state), ...more });
  finishTask(rec, 'appoint', 'vacated');
}

/** A proposed mentor, or one suspended by a leave, is gone: the stage stays. */
export function lose(rec: Rec, row: string, cause: string, byFact = false): void {
  const { pair, candidate } = rec.state;
  const taskId = candidate?.taskId ?? pair?.taskId;
  if (!taskId) return deny('not_now', 'Наставника сейчас нет.');
  const mentorId = candidate?.mentorId ?? pair?.mentorId;
  endMentoring(rec, taskId, cause, byFact);
  rec.emit(row, 'mentor.lost', { cause, mentorId, ...endedPair(rec.state) });
  finishTask(rec, 'appoint', 'lost');
}

const noPair = (s: S): string | null => (s.pair ? null : 'Наставника сейчас нет: временно ведёт куратор.');

export const mentorRules: Rules = {
  proposeMentor: {
    labelRu: 'Предложить наставника',
    tone: 'primary',
    stages: SEARCHING,
    roles: ['curator', 'methodist'],
    task: ['find_mentor'],
    unless: (s, ctx, task) => (s.pair || s.candidate ? 'Наставник уже предложен.' : inWork(s, ctx, task)),
    apply: proposeMentor,
  },
  issueOrder: {
    labelRu: 'Издать приказ о наставнике',
    tone: 'primary',
    stages: SEARCHING,
    roles: ['head'],
    task: ['appoint'],
    unless: (s, ctx, task) => {
      const seat = s.tasks.find((t) => t.id === s.candidate?.taskId);
      return seat?.state === 'in_progress' ? inWork(s, ctx, task) : 'Наставник ещё не дал согласия.';
    },
    apply: issueOrder,
  },
  resignMentor: {
    labelRu: 'Отказаться от наставничества',
    tone: 'danger',
    stages: [...YEARS, ...SEARCHING],
    roles: ['mentor'],
    unless: (s, _ctx, _task, actor) => {
      if (isMentor(s, actor)) return null;
      const seat = s.tasks.find((t) => t.id === s.candidate?.taskId);
      const mine = actor.kind === 'person' && s.candidate?.mentorId === actor.personId;
      return mine && seat?.state === 'in_progress' ? null : 'Вы не наставник в этом деле.';
    },
    apply: (rec, p) => {
      const { statement } = p;
      if (YEARS.includes(rec.state.stage)) vacate(rec, 'P04-T12', 'refused', false, { statement });
      else lose(rec, 'P04-T19', 'refused');
    },
  },
  requestMentorChange: {
    labelRu: 'Попросить сменить наставника',
    stages: YEARS,
    roles: ['new_teacher'],
    unless: noPair,
    apply: (rec, p) => vacate(rec, 'P04-T13', 'requested', false, { statement: p.statement }),
  },
  removeMentor: {
    labelRu: 'Отстранить наставника',
    stages: [...YEARS, 'resuming'],
    roles: ['curator'],
    unless: noPair,
    apply: (rec, p) => {
      if (rec.state.stage === 'resuming') lose(rec, 'P04-T83', p.cause);
      else vacate(rec, 'P04-T15', p.cause, false, { statement: p.statement });
    },
  },
  cancelMentor: {
    labelRu: 'Отменить поручение наставнику',
    stages: YEARS,
    roles: ['head'],
    unless: (s) => noPair(s) ?? (s.mentorCancelOn ? 'Наставник уже предупреждён.' : null),
    apply: (rec, p) => {
      const { calendar, policy, today } = rec.ctx;
      // Three full working days lie between the notice and the end (3.2, backward terms).
      const earliest = addWorkingDays(calendar, today, policy.terms.mentorCancel.amount + 1);
      if (p.endsOn < earliest)
        deny('notice_short', `Наставника предупреждают не менее чем за ${policy.terms.mentorCancel.amount} раб. дн.`, {
          errors: [{ pointer: '/endsOn', detail: `Не раньше ${earliest}.` }],
        });
      rec.emit('P04-T17', 'mentor.cancel_noticed', { endsOn: p.endsOn, mentorId: rec.state.pair?.mentorId });
    },
  },
  handOverNote: {
    labelRu: 'Передать заключение о паре',
    stages: ['year_1', 'year_2', 'year_3', 'mentor_vacant', 'resuming', 'transfer', 'transfer_escalated'],
    roles: ['mentor'],
    unless: (s, _ctx, _task, actor) =>
      s.noteDue && actor.kind === 'person' && actor.personId === s.lastMentorId
        ? null
        : 'Заключение передаёт прежний наставник, один раз.',
    apply: (rec, p) =>
      rec.emit('P04-T65', 'note.handed_over', { mentorId: rec.state.lastMentorId, document: p.document }),
  },
};
