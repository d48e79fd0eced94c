/** Employment events, leaves, transfers, exits and returns (specification 3.7, 9; P04 table), and what people decide about them. */
import { addMonths, isIsoDate, type IsoDate } from '../../kit/dates.ts';
import { deny } from '../../kit/recorder.ts';
import { reactionOf, situationOf, type EmploymentEvent, type Place } from '../../hr-events/matrix.ts';
import { LIVING, STAGES, startsFrom, YEARS } from '../stages.ts';
import { remainderOf } from '../terms.ts';
import {
  close,
  desk,
  endedPair,
  isActive,
  notApplicable,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';
import { packageOf } from './entry.ts';
import { lose, vacate } from './mentor.ts';
import { emitContent } from './year.ts';

/** An employment event of the mentee or of the mentor, by the reaction matrix; others are nobody to this case. */
export function onEmployment(rec: Rec, p: Payload): void {
  const event = { main: true, ...p } as EmploymentEvent;
  const { state } = rec;
  if (!isIsoDate(event.on)) deny('bad_date', 'Дата кадрового события не понята.');
  if (event.on > rec.ctx.today) deny('future', 'Кадровое событие ещё не наступило: его передают в его день.');
  if (event.personId === state.menteeId) return onMentee(rec, event);
  if (event.personId === state.pair?.mentorId || event.personId === state.candidate?.mentorId)
    return onMentor(rec, event);
  notApplicable();
}

function standing(s: S, as: 'subject' | 'assignee') {
  return { region: s.place.region, organisationId: s.place.organisationId, as, posts: s.rights.posts };
}

function onMentor(rec: Rec, event: EmploymentEvent): void {
  const { state } = rec;
  if (situationOf(event, standing(state, 'assignee')) !== 'assignee_leaves') notApplicable();
  const inYear = YEARS.includes(state.stage) && state.pair?.mentorId === event.personId;
  if (inYear) return vacate(rec, 'P04-T16', event.event, true, { on: event.on });
  if (!startsFrom('P04-T18', state.stage)) notApplicable();
  lose(rec, 'P04-T18', event.event, true);
}

type Handler = (rec: Rec, event: EmploymentEvent) => void;

/** The column of P04 in the reaction matrix, code by code. */
const HANDLERS: Record<string, Handler> = {
  enter: returned,
  transfer,
  transferred_out: moveOut,
  left: leave,
  pause: startLeave,
  resume: endLeave,
  closed_post_changed: (rec, event) => {
    if (!startsFrom('P04-T77', rec.state.stage)) notApplicable();
    close(rec, 'P04-T77', 'post.changed', {
      to: 'closed_post_changed',
      outcome: 'cancelled',
      post: event.post,
      changedOn: event.on,
    });
  },
  cancelled: (rec, event) =>
    close(rec, 'P04-T78', 'person.died', { to: 'cancelled', outcome: 'cancelled', on: event.on }),
};

function onMentee(rec: Rec, event: EmploymentEvent): void {
  const situation = situationOf(event, standing(rec.state, 'subject'));
  const handler = situation ? HANDLERS[reactionOf('P04', situation).code] : undefined;
  if (!handler) notApplicable();
  handler(rec, event);
}

// ── Leaves ──

function leaveOf(rec: Rec, event: EmploymentEvent): { kind: string; from: IsoDate; until: IsoDate; named: boolean } {
  const { rights } = rec.state;
  const kind = event.leave ?? 'sabbatical';
  const months = rec.ctx.policy.leaveMonths[kind] ?? 12;
  // A planned end before the beginning is a slip of the HR system: the usual length counts.
  const named = event.until !== undefined && event.until >= event.on;
  const until = named ? (event.until as IsoDate) : addMonths(event.on, months);
  const long = kind === 'sick' && until > addMonths(event.on, rights.sickMonths);
  if (!rights.pauseLeaves.includes(kind) && !long) notApplicable();
  return { kind, from: event.on, until, named };
}

/** The day a stop begins in the count: never before the last one ended. */
function stopFrom(s: S, on: IsoDate): IsoDate {
  const last = s.pauses.at(-1)?.toOn ?? s.hiredOn;
  return on < last ? last : on;
}

function startLeave(rec: Rec, event: EmploymentEvent): void {
  const { state } = rec;
  if (state.stage === 'paused') return rec.emit('P04-T54', 'leave.followed', { leave: leaveOf(rec, event) });
  if (!isActive(state)) notApplicable();
  const leave = leaveOf(rec, event);
  const from = stopFrom(state, event.on);
  const moving = state.stage === 'transfer' || state.stage === 'transfer_escalated';
  if (moving) desk.cancelOpen(rec, 'leave.started');
  rec.emit('P04-T53', 'leave.started', {
    to: 'paused',
    leave,
    from,
    year: state.year,
    remainder: remainderOf(state, rec.ctx, from),
    ...(moving ? { pendingPlace: state.place } : {}),
  });
  // The order of the mentor is suspended with the task that stands for it.
  desk.hold(rec, rec.state.tasks, 'отпуск педагога', 'педагога');
}

function endLeave(rec: Rec, event: EmploymentEvent): void {
  const { state } = rec;
  if (state.stage !== 'paused') notApplicable();
  const began = state.pauses.at(-1)?.fromOn ?? state.stageSince;
  const endedOn = event.on < began ? began : event.on;
  const place = event.to && event.to.organisationId !== state.place.organisationId ? event.to : state.pendingPlace;
  if (place && place.region !== state.place.region) return moveOut(rec, { ...event, to: place });
  if (place) {
    desk.cancelOpen(rec, 'leave.ended_elsewhere');
    return rec.emit('P04-T58', 'leave.ended_elsewhere', {
      to: 'transfer',
      endedOn,
      place,
      year: state.year,
      ...endedPair(rec.state),
    });
  }
  rec.emit('P04-T57', 'leave.ended', { to: 'resuming', endedOn, year: state.year });
  desk.resume(rec);
}

// ── Moves ──

function transfer(rec: Rec, event: EmploymentEvent): void {
  const { state } = rec;
  const place = event.to as Place;
  if (state.stage === 'paused') return rec.emit('P04-T55', 'transfer.noted', { place, on: event.on });
  if (!isActive(state)) notApplicable();
  desk.cancelOpen(rec, 'transfer.opened');
  rec.emit('P04-T59', 'transfer.opened', {
    to: 'transfer',
    place,
    from: state.place,
    transferredOn: event.on,
    ...endedPair(rec.state),
  });
}

function moveOut(rec: Rec, event: EmploymentEvent): void {
  const { state, ctx } = rec;
  if (!startsFrom('P04-T66', state.stage)) notApplicable();
  const place = event.to as Place;
  close(rec, 'P04-T66', 'cycle.exported', {
    to: 'transferred_out',
    outcome: 'transferred',
    place,
    movedOn: event.on,
    package: packageOf(state, ctx.jurisdiction.id, event.on),
  });
}

// ── Exits and returns ──

function leave(rec: Rec, event: EmploymentEvent): void {
  const { state } = rec;
  if (!startsFrom('P04-T68', state.stage)) notApplicable();
  desk.cancelOpen(rec, 'person.left');
  rec.emit('P04-T68', 'person.left', {
    to: 'left',
    leftOn: stopFrom(state, event.on),
    event: event.event,
    year: state.year,
    ...endedPair(rec.state),
  });
}

function returned(rec: Rec, event: EmploymentEvent): void {
  const { state } = rec;
  if (state.stage !== 'left' || !event.to) notApplicable();
  if (event.to.region !== state.place.region) return moveOut(rec, event);
  if (event.post !== undefined && !state.rights.posts.includes(event.post)) notApplicable();
  const began = state.pauses.at(-1)?.fromOn ?? state.stageSince;
  rec.emit('P04-T71', 'person.returned', {
    to: 'resuming',
    place: event.to,
    returnedOn: event.on < began ? began : event.on,
    year: state.year,
    ...(event.post ? { post: event.post } : {}),
  });
}

// ── Facts of others ──

export function onContent(rec: Rec, p: Payload): void {
  const { state, ctx } = rec;
  const item = ctx.policy.content[`${state.year}`].find((i) => i.code === p.item);
  if (!item || state.done.includes(item.code) || !LIVING.includes(state.stage)) notApplicable();
  emitContent(rec, 'P04-T32', item.code, { sourceCase: p.caseId ?? null });
}

export function onSchool(rec: Rec, p: Payload): void {
  const { state } = rec;
  if (!startsFrom('P04-T81', state.stage) || p.organisationId !== state.place.organisationId) notApplicable();
  const place = {
    ...state.place,
    organisationId: p.successorId,
    ...(p.authorityId ? { authorityId: p.authorityId } : {}),
  };
  const open = rec.state.tasks.filter((t) => ['curator', 'head'].includes(t.role)).map((t) => t.id);
  rec.emit('P04-T81', 'school.succeeded', { place, from: state.place.organisationId, act: p.act });
  // Tasks of the old school are asked anew of its successor by what is owed.
  desk.cancelOpen(rec, 'school.succeeded', (t) => !open.includes(t.id));
}

export const peopleRules: Rules = {
  acceptTransfer: {
    labelRu: 'Принять педагога в школу',
    tone: 'primary',
    stages: ['transfer', 'transfer_escalated'],
    roles: ['head'],
    apply: (rec, p) => {
      const task = rec.state.tasks.find((t) => t.kind === 'receive' && ['assigned', 'in_progress'].includes(t.state));
      if (task) desk.finish(rec, { taskId: task.id }, { accepted: true });
      rec.emit('P04-T60', 'transfer.accepted', { to: 'mentor_vacant', order: p.order, place: rec.state.place });
      desk.cancelOpen(rec, 'transfer.accepted');
    },
  },
  nameCurator: {
    labelRu: 'Назначить куратора в принимающей школе',
    tone: 'primary',
    stages: ['transfer_escalated'],
    roles: ['founder_rep'],
    apply: (rec, p) => {
      const task = rec.state.tasks.find(
        (t) => t.kind === 'name_curator' && ['assigned', 'in_progress'].includes(t.state),
      );
      if (task) desk.finish(rec, { taskId: task.id }, { curatorId: p.curatorId });
      rec.emit('P04-T62', 'transfer.curator_named', { to: 'mentor_vacant', curatorId: p.curatorId, act: p.act });
      desk.cancelOpen(rec, 'transfer.curator_named');
    },
  },
  shareHistory: {
    labelRu: 'Показать историю новой школе',
    stages: [...LIVING, 'declined', 'left'],
    roles: ['new_teacher'],
    apply: (rec, p) => rec.emit('P04-T64', 'history.shared', { consent: p.consent === true }),
  },
  answerPolicy: {
    labelRu: 'Принять действующую версию правил',
    stages: [
      'intake',
      'intake_escalated',
      'year_1',
      'year_2',
      'year_3',
      'mentor_vacant',
      'resuming',
      'transfer',
      'transfer_escalated',
    ],
    roles: ['new_teacher'],
    unless: (s) => (s.policyOffer ? null : 'Другая версия правил сейчас не предложена.'),
    apply: (rec, p) => {
      const { policyOffer, policyVersionId } = rec.state;
      if (p.accept) rec.emit('P04-T51', 'policy.moved', { ...policyOffer, previous: policyVersionId, at: 'leave' });
      else rec.emit('P04-T52', 'policy.refused', { policyVersionId: policyOffer?.policyVersionId });
    },
  },
  declineProgramme: {
    labelRu: 'Отказаться от программы',
    tone: 'danger',
    stages: LIVING,
    roles: ['new_teacher'],
    apply: (rec, p) => {
      desk.cancelOpen(rec, 'programme.declined');
      const year = rec.state.year;
      rec.emit('P04-T73', 'programme.declined', {
        to: 'declined',
        reason: p.reasonCode,
        year,
        ...endedPair(rec.state),
      });
    },
  },
  acceptOffer: {
    labelRu: 'Вернуться в программу',
    tone: 'primary',
    stages: ['declined'],
    roles: ['new_teacher'],
    apply: (rec) => rec.emit('P04-T75', 'programme.accepted', { to: 'intake', year: rec.state.year }),
  },
  surveyExit: {
    labelRu: 'Назвать причину выбытия',
    stages: ['left'],
    roles: ['new_teacher', 'curator', 'hr_officer'],
    unless: (s) => (s.exit?.reason ? 'Причина уже названа.' : null),
    apply: (rec, p) => rec.emit('P04-T69', 'exit.surveyed', { reason: p.reasonCode, statement: p.statement ?? null }),
  },
  annul: {
    labelRu: 'Аннулировать: открыто ошибочно',
    tone: 'danger',
    stages: 'any',
    roles: ['methodist', 'admin'],
    apply: (rec, p) =>
      close(rec, 'P04-T79', 'cycle.annulled', { to: 'cancelled', outcome: 'annulled', statement: p.statement }),
  },
};

export const isFinal = (s: S): boolean => STAGES[s.stage]?.final === true;
