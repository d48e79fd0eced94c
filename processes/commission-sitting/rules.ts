/**
 * What may happen in a sitting (specification 3.5). Reading order: schedule → agenda → session → vote → minutes. Every event names its
 * row of `stages.ts`; what another case must know leaves through the outbox of the state.
 */
import { hasRole } from '../kit/actors.ts';
import { earliestDayFor } from '../kit/deadlines.ts';
import { Desk, inWork } from '../kit/desk.ts';
import { outboxWork, type Outgoing } from '../kit/outbox.ts';
import { deny, type Recorder } from '../kit/recorder.ts';
import { isOwn, Rulebook, type Payload, type Rule } from '../kit/rulebook.ts';
import type { Actor, Context, WorkItem } from '../kit/types.ts';
import { taskClock } from '../kit/terms.ts';
import type { SittingPolicy } from './policy.ts';
import { getRow, MEMBERS, SECRETARY, STAGES } from './stages.ts';
import { evolve, type Item, type Member, type SittingState, type Submission, type Voice } from './state.ts';
import { deadlines } from './terms.ts';
import { countVotes, presidingOn, quorumLost, quorumOf, ruleRecusals, voters } from './voting.ts';

type S = SittingState;
type Ctx = Context<SittingPolicy>;
type Rec = Recorder<S, SittingPolicy>;

const desk = new Desk<S, SittingPolicy>({
  clock: taskClock,
  policy: (ctx) => ctx.policy.task,
  replacementTerm: (_s, _old, ctx) => ctx.policy.terms.minutes,
});

// ── Schedule ──

function scheduleSitting(rec: Rec): void {
  const { actor, payload: p } = rec.command;
  const { jurisdiction, policy, today, policyVersionId } = rec.ctx;
  if (actor.kind !== 'person' || !hasRole(actor, SECRETARY, [{ kind: 'jurisdiction', id: jurisdiction.id }], today))
    deny('role_missing', 'Заседание назначает секретарь комиссии.');
  requireMembers(p.members as Member[], policy);
  const earliest = earliestDayFor(policy.terms.agendaFreeze, today, rec.ctx.calendar);
  if (!isDate(p.heldOn) || p.heldOn < earliest)
    deny('too_early', `Повестка закрывается заранее, поэтому заседание возможно не раньше ${earliest}.`, {
      errors: [{ pointer: '/heldOn', detail: 'Выберите более позднюю дату.' }],
    });
  const { prefix, width } = policy.numbering;
  const year = today.slice(0, 4);
  const { heldOn, order, members } = p;
  rec.emit('SIT-T01', 'sitting.scheduled', {
    to: 'scheduled',
    heldOn,
    order,
    members,
    secretaryId: actor.personId,
    policyVersionId,
  });
  rec.claim({
    kind: 'serial',
    // The number carries the region only: founders of one region share the series.
    series: `${prefix}:${jurisdiction.regionCode}:${year}`,
    event: 0,
    field: 'number',
    prefix: `${prefix}-${jurisdiction.regionCode}-${year}-`,
    width,
  });
}

const isDate = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);

/** A commission by the order: enough members, each once, one chair, one secretary, a public member where the policy asks for one. */
function requireMembers(members: Member[], { composition }: SittingPolicy): void {
  const offices = members.map((m) => m.office);
  const one = (office: string) => offices.filter((o) => o === office).length === 1;
  const faults = [
    members.length < composition.min && `Членов комиссии должно быть не меньше ${composition.min}.`,
    new Set(members.map((m) => m.personId)).size !== members.length && 'Один человек назван дважды.',
    !one('chair') && 'Нужен один председатель.',
    !one('secretary') && 'Нужен один секретарь.',
    composition.publicRep && !offices.includes('public') && 'Нужен представитель общественности или профсоюза.',
  ].filter((fault): fault is string => typeof fault === 'string');
  if (faults.length > 0)
    deny('composition', faults.join(' '), { errors: faults.map((detail) => ({ pointer: '/members', detail })) });
}

// ── Agenda: facts from cases ──

/** Adds what a case must know; the machine work sends it. */
function tell(rec: Rec, item: Pick<Item, 'caseId' | 'itemKey'>, kind: string, facts: Payload = {}): Outgoing {
  const { caseId, number, heldOn, tellings } = rec.state;
  return {
    key: `${tellings + 1}`,
    caseId: item.caseId,
    fact: { kind, itemKey: item.itemKey, sittingCaseId: caseId, sittingNumber: number, heldOn, ...facts },
  };
}

function onFact(rec: Rec, kind: string): void {
  const p = rec.command.payload as Payload;
  if (kind === 'item_submitted') return itemSubmitted(rec, p as Submission);
  if (kind === 'item_withdrawn') return itemWithdrawn(rec, p);
  if (kind === 'employment') return desk.assigneeLeft(rec, p.personId, p.event);
  deny('unknown_fact', 'Такой факт платформа не знает.');
}

function itemSubmitted(rec: Rec, submitted: Submission): void {
  const s = rec.state;
  const { itemKey, caseId } = submitted;
  const active = s.items.some((i) => i.caseId === caseId && (i.state === 'listed' || i.state === 'voting'));
  const why = s.stage !== 'scheduled' ? 'frozen' : submitted.heldOn !== s.heldOn ? 'date' : active ? 'listed' : null;
  if (why) {
    if (!['scheduled', 'agenda_frozen', 'in_session'].includes(s.stage)) notApplicable();
    return rec.emit('SIT-T03', 'item.refused', { itemKey, why, tell: tell(rec, submitted, 'item_refused', { why }) });
  }
  rec.emit('SIT-T02', 'item.listed', { itemKey, item: submitted, tell: tell(rec, submitted, 'item_accepted') });
}

function itemWithdrawn(rec: Rec, { itemKey }: Payload): void {
  const item = rec.state.items.find((i) => i.itemKey === itemKey);
  if (!item || !['listed', 'voting'].includes(item.state)) notApplicable();
  rec.emit('SIT-T04', 'item.withdrawn', { itemKey });
}

function notApplicable(): never {
  deny('not_applicable', 'На этом этапе факт ничего не меняет; он записан.');
}

// ── Session ──

function move(rec: Rec, row: string, item: Item, cause: string): void {
  rec.emit(row, 'item.moved', { itemKey: item.itemKey, cause, tell: tell(rec, item, 'item_moved', { cause }) });
}

/** Items nobody has decided go to the next sitting, each with the cause. */
function moveRest(rec: Rec, row: string, cause: string): void {
  for (const item of rec.state.items.filter((i) => i.state === 'listed' || i.state === 'voting'))
    move(rec, row, item, cause);
}

function openSession(rec: Rec, p: Payload): void {
  const s = rec.state;
  const present = p.present as string[];
  const strangers = present.filter((id) => !s.members.some((m) => m.personId === id));
  if (strangers.length > 0 || new Set(present).size !== present.length)
    deny('not_member', 'Присутствующими отмечают членов комиссии по приказу, каждого один раз.', {
      errors: [{ pointer: '/present', detail: 'Есть лишние или повторённые.' }],
    });
  const need = quorumOf(s.members, rec.ctx.policy.quorum);
  if (present.length < need) {
    moveRest(rec, 'SIT-T26', 'no_quorum');
    return rec.emit('SIT-T08', 'session.no_quorum', { to: 'not_held', present, need, outcome: 'lapsed' });
  }
  rec.emit('SIT-T07', 'session.opened', { to: 'in_session', present, need });
  for (const item of rec.state.items.filter((i) => i.state === 'listed'))
    for (const { personId, ground } of ruleRecusals(rec.state, item))
      rec.emit('SIT-T11', 'member.recused', { itemKey: item.itemKey, personId, ground });
  desk.office(rec, 'session', 'secretary', rec.ctx.policy.terms.session, 'заседание открыто');
}

/** The order items are heard in: every item that is on the agenda, each once. */
function orderAgenda(rec: Rec, { itemKeys }: Payload): void {
  const listed = rec.state.items.filter((i) => i.state === 'listed').map((i) => i.itemKey);
  const named = itemKeys as string[];
  if (named.length !== listed.length || listed.some((key) => !named.includes(key)))
    deny(
      'agenda_order',
      'Назовите все вопросы повестки, каждый один раз: пока вы меняли порядок, повестка изменилась.',
      {
        errors: [{ pointer: '/itemKeys', detail: 'Порядок не совпадает с повесткой.' }],
      },
    );
  rec.emit('SIT-T28', 'agenda.ordered', { itemKeys: named });
}

function itemOf(rec: Rec, p: Payload, states: Item['state'][]): Item {
  const item = rec.state.items.find((i) => i.itemKey === p.itemKey);
  if (!item)
    deny('no_such_item', 'Такого вопроса в повестке нет.', {
      errors: [{ pointer: '/itemKey', detail: 'Выберите вопрос повестки.' }],
    });
  if (!states.includes(item.state)) deny('item_state', 'С этим вопросом так поступить уже или ещё нельзя.');
  return item;
}

function recuse(rec: Rec, row: string, p: Payload, personId: string): void {
  const item = itemOf(rec, p, ['listed']);
  if (!rec.state.members.some((m) => m.personId === personId)) deny('not_member', 'Это не член комиссии.');
  if (item.recused.some((r) => r.personId === personId)) deny('recused_already', 'Отвод уже записан.');
  rec.emit(row, 'member.recused', { itemKey: item.itemKey, personId, ground: p.ground ?? 'declared' });
}

function recordAbsence(rec: Rec, p: Payload): void {
  const item = itemOf(rec, p, ['listed']);
  const { itemKey } = item;
  if (p.validReason) return move(rec, 'SIT-T13', item, 'absent_valid');
  if (item.absence === 'return')
    return rec.emit('SIT-T14', 'item.returned', { itemKey, tell: tell(rec, item, 'item_absent') });
  rec.emit('SIT-T12', 'item.absence', { itemKey });
}

// ── Vote ──

function putToVote(rec: Rec, p: Payload): void {
  const item = itemOf(rec, p, ['listed']);
  const proposal = (p.proposal as string | undefined) ?? item.proposals[0];
  if (!proposal || !item.proposals.includes(proposal))
    deny('no_such_proposal', 'Такое решение на голосование не ставится.', {
      errors: [{ pointer: '/proposal', detail: `Возможны: ${item.proposals.join(', ')}.` }],
    });
  if (!item.absent && p.attesteeOut !== true)
    deny('attestee_present', 'Голосуют в отсутствие рассматриваемого: попросите его выйти.', {
      errors: [{ pointer: '/attesteeOut', detail: 'Подтвердите, что он вышел.' }],
    });
  const lost = quorumLost(rec.state, item, rec.ctx.policy);
  if (lost) return move(rec, 'SIT-T16', item, lost);
  rec.emit('SIT-T15', 'vote.opened', { itemKey: item.itemKey, proposal });
}

function vote(rec: Rec, row: string, p: Payload, personId: string): void {
  const item = itemOf(rec, p, ['voting']);
  if (personId === item.subjectId) deny('self_vote', 'По своему вопросу не голосуют.');
  // A voice that somebody gives himself is looked at with what the platform knows of him today; the others were recused by the agenda.
  const { actor } = rec.command;
  if (personId === self(rec) && isOwn(actor, { persons: [item.subjectId], organisationIds: item.organisationIds }))
    deny('segregation', 'По вопросу своего родственника или своей организации не голосуют: заявите самоотвод.');
  if (!rec.state.present.includes(personId)) deny('not_present', 'Голосуют присутствующие члены комиссии.');
  if (item.recused.some((r) => r.personId === personId)) deny('recused', 'Отведённый не голосует по этому вопросу.');
  if (item.votes[personId]) deny('voted_already', 'Голос уже подан; открытый голос не меняют.');
  rec.emit(row, 'vote.cast', { itemKey: item.itemKey, personId, voice: p.voice as Voice });
}

function closeVote(rec: Rec, p: Payload): void {
  const item = itemOf(rec, p, ['voting']);
  const s = rec.state;
  const voterIds = voters(s, item);
  const presiding = presidingOn(s, voterIds);
  const { carried, ...count } = countVotes(voterIds, item.votes, rec.ctx.policy.tie, presiding);
  const result = carried ? (item.proposal as string) : item.adverse;
  const facts = {
    result,
    proposal: item.proposal,
    count,
    members: s.members.length,
    present: s.present.length,
    recused: item.recused.length,
    inAbsence: item.absent,
    takenBy: voterIds,
    votedOn: rec.ctx.today,
  };
  rec.emit('SIT-T19', 'item.decided', {
    itemKey: item.itemKey,
    ...facts,
    tell: tell(rec, item, 'item_decided', facts),
  });
}

// ── Minutes ──

function signMinutes(rec: Rec, p: Payload): void {
  const s = rec.state;
  const signedBy = p.signedBy as string[];
  const presiding = presidingOn(s, s.present);
  const secretary = s.members.find((m) => m.office === 'secretary')?.personId;
  const missing = [presiding, secretary].filter(
    (id) => id !== undefined && s.present.includes(id) && !signedBy.includes(id),
  );
  if (missing.length > 0 || signedBy.some((id) => !s.present.includes(id)))
    deny('signatures', 'Протокол подписывают председательствующий, секретарь и присутствовавшие члены.', {
      errors: [{ pointer: '/signedBy', detail: 'Не хватает подписи или названы отсутствовавшие.' }],
    });
  desk.finish(rec, p, { outcome: 'signed' });
  const unsigned = s.present.filter((id) => !signedBy.includes(id));
  rec.emit('SIT-T23', 'minutes.signed', {
    to: 'closed',
    outcome: 'granted',
    signedBy,
    unsigned,
    document: p.document ?? null,
    decided: s.items.filter((i) => i.state === 'decided').length,
  });
}

/** States of an item whose discussion enters the minutes. */
const DISCUSSED: Item['state'][] = ['listed', 'voting', 'decided'];

const isPresent = (s: S, actor: Actor) => actor.kind === 'person' && s.present.includes(actor.personId);
const self = (rec: Rec): string => (rec.command.actor.kind === 'person' ? rec.command.actor.personId : '');

export const RULES: Record<string, Rule<S, SittingPolicy>> = {
  ...desk.rules({
    personal: [],
    office: ['session', 'sign_minutes'],
    performers: ['secretary'],
    supervisors: ['chair'],
    assigners: ['secretary', 'chair', 'admin'],
    returners: [],
    returnStages: [],
    mayReturn: () => false,
  }),
  changeMembers: {
    labelRu: 'Изменить состав комиссии',
    stages: ['scheduled', 'agenda_frozen'],
    roles: ['founder_rep'],
    apply: (rec, { members, order }) => {
      requireMembers(members, rec.ctx.policy);
      rec.emit('SIT-T06', 'members.changed', { members, order });
    },
  },
  orderAgenda: {
    labelRu: 'Изменить порядок вопросов',
    stages: ['scheduled'],
    roles: SECRETARY,
    unless: (s) => (s.items.filter((i) => i.state === 'listed').length > 1 ? null : 'В повестке меньше двух вопросов.'),
    apply: orderAgenda,
  },
  noteDiscussion: {
    labelRu: 'Записать вопросы и ответы',
    stages: ['in_session', 'minutes'],
    roles: SECRETARY,
    unless: (s) => (s.items.some((i) => DISCUSSED.includes(i.state)) ? null : 'Вопросов, которые обсуждались, нет.'),
    apply: (rec, p) => {
      const item = itemOf(rec, p, DISCUSSED);
      rec.emit('SIT-T29', 'discussion.noted', { itemKey: item.itemKey, document: p.document });
    },
  },
  openSession: {
    labelRu: 'Открыть заседание',
    tone: 'primary',
    stages: ['agenda_frozen'],
    roles: SECRETARY,
    unless: (s, ctx) => (ctx.today < s.heldOn ? 'День заседания ещё не наступил.' : null),
    apply: openSession,
  },
  cancelSitting: {
    labelRu: 'Отменить заседание',
    tone: 'danger',
    stages: ['scheduled', 'agenda_frozen'],
    roles: [...SECRETARY, 'founder_rep'],
    apply: (rec, p) => {
      moveRest(rec, 'SIT-T26', 'sitting_cancelled');
      rec.emit('SIT-T24', 'sitting.cancelled', { to: 'cancelled', outcome: 'cancelled', statement: p.statement });
    },
  },
  recuse: {
    labelRu: 'Заявить самоотвод по вопросу',
    stages: ['in_session'],
    roles: MEMBERS,
    unless: (s, _ctx, _task, actor) => (isPresent(s, actor) ? null : 'Вы не отмечены присутствующим.'),
    apply: (rec, p) => recuse(rec, 'SIT-T09', p, self(rec)),
  },
  recordRecusal: {
    labelRu: 'Записать отвод члену комиссии',
    stages: ['in_session'],
    roles: SECRETARY,
    apply: (rec, p) => recuse(rec, 'SIT-T10', p, p.personId),
  },
  recordAbsence: {
    labelRu: 'Записать неявку',
    stages: ['in_session'],
    roles: SECRETARY,
    apply: recordAbsence,
  },
  putToVote: {
    labelRu: 'Поставить на голосование',
    tone: 'primary',
    stages: ['in_session'],
    roles: SECRETARY,
    unless: (s) => (s.items.some((i) => i.state === 'listed') ? null : 'Все вопросы рассмотрены.'),
    apply: putToVote,
  },
  castVote: {
    labelRu: 'Проголосовать',
    tone: 'primary',
    stages: ['in_session'],
    roles: MEMBERS,
    unless: (s, _ctx, _task, actor) => {
      if (!isPresent(s, actor)) return 'Вы не отмечены присутствующим.';
      return s.items.some((i) => i.state === 'voting') ? null : 'Сейчас ничего не голосуется.';
    },
    apply: (rec, p) => vote(rec, 'SIT-T17', p, self(rec)),
  },
  recordVote: {
    labelRu: 'Записать голос',
    stages: ['in_session'],
    roles: SECRETARY,
    unless: (s) => (s.items.some((i) => i.state === 'voting') ? null : 'Сейчас ничего не голосуется.'),
    apply: (rec, p) => vote(rec, 'SIT-T18', p, p.personId),
  },
  closeVote: {
    labelRu: 'Подвести итог голосования',
    stages: ['in_session'],
    roles: SECRETARY,
    unless: (s) => (s.items.some((i) => i.state === 'voting') ? null : 'Сейчас ничего не голосуется.'),
    apply: closeVote,
  },
  dissent: {
    labelRu: 'Приложить особое мнение',
    stages: ['in_session', 'minutes'],
    roles: MEMBERS,
    unless: (s, _ctx, _task, actor) =>
      isPresent(s, actor) && s.items.some((i) => i.state === 'decided')
        ? null
        : 'Решений, по которым вы голосовали, нет.',
    apply: (rec, p) => {
      const item = itemOf(rec, p, ['decided']);
      if (!voters(rec.state, item).includes(self(rec))) deny('recused', 'По этому вопросу вы не голосовали.');
      rec.emit('SIT-T20', 'dissent.attached', { itemKey: item.itemKey, personId: self(rec), statement: p.statement });
    },
  },
  closeSession: {
    labelRu: 'Закрыть заседание',
    stages: ['in_session'],
    roles: SECRETARY,
    task: ['session'],
    unless: (s, ctx, task) =>
      s.items.some((i) => i.state === 'voting') ? 'Сначала подведите итог голосования.' : inWork(s, ctx, task),
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'closed' });
      moveRest(rec, 'SIT-T22', 'not_reached');
      rec.emit('SIT-T21', 'session.closed', { to: 'minutes' });
      desk.office(rec, 'sign_minutes', 'secretary', rec.ctx.policy.terms.minutes, 'заседание закрыто');
    },
  },
  signMinutes: {
    labelRu: 'Протокол подписан',
    tone: 'primary',
    stages: ['minutes'],
    roles: SECRETARY,
    task: ['sign_minutes'],
    unless: inWork,
    apply: signMinutes,
  },
};

function onDeadline(rec: Rec): void {
  const key = rec.command.payload.key as string;
  if (!deadlines(rec.state, rec.ctx).some((d) => d.key === key)) deny('not_armed', 'Этот срок уже не действует.');
  if (desk.onDeadline(rec, key)) return;
  if (key === 'freeze')
    return rec.emit('SIT-T05', 'agenda.frozen', { to: 'agenda_frozen', items: rec.state.items.length });
  if (key !== 'day-passed') throw new Error(`No rule for the deadline ${key}`);
  moveRest(rec, 'SIT-T26', 'not_held');
  rec.emit('SIT-T25', 'sitting.not_held', { to: 'not_held', outcome: 'lapsed' });
}

function onWork(rec: Rec, kind: string): void {
  if (kind !== 'tell_case') throw new Error(`No rule for the work ${kind}`);
  const { key, delivered } = rec.command.payload;
  rec.emit('SIT-T27', 'case.told', { key, delivered });
}

/** Cases still to be told. */
export function work(s: S): WorkItem[] {
  return outboxWork(s.caseId, s.outbox);
}

const rulebook = new Rulebook<S, SittingPolicy>({
  stages: STAGES,
  rules: RULES,
  applicantRoles: MEMBERS,
  isParty: (s, personId) => s.members.some((m) => m.personId === personId),
  evolve,
  getRow,
  open: { scheduleSitting },
  system: { deadline: onDeadline, work: onWork, fact: onFact },
});

export const decide = rulebook.decide.bind(rulebook);
export const offers = rulebook.offers.bind(rulebook);
export const segregated = rulebook.segregated.bind(rulebook);

/** Over for everybody: ended, and every case told. */
export const isOver = (s: S): boolean => STAGES[s.stage]?.final === true && s.outbox.length === 0;

export type { Ctx };
