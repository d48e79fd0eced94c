/** After the exam: protocol, verification by the council, the document, being informed, complaint, re-issue, revocation, sharing. */
import { actingPeople } from '../../kit/actors.ts';
import { openTasks } from '../../kit/task.ts';
import { inWork } from '../../kit/desk.ts';
import { formatDateRu } from '../../kit/dates.ts';
import { deny } from '../../kit/recorder.ts';
import type { Actor } from '../../kit/types.ts';
import { APPLICANT, COMPLAINABLE, IN_FORCE } from '../stages.ts';
import { paidByEmployer } from '../state.ts';
import { complaintInTime, complaintDue, validUntil } from '../terms.ts';
import {
  ask,
  desk,
  releaseActive,
  requirePast,
  type Ctx,
  type Payload,
  type Rec,
  type Rules,
  type S,
} from './common.ts';
import { annul } from './exam.ts';

// ── Document ──

function serial(rec: Rec, prefix: string, nth: number): void {
  const { jurisdiction, policy, today } = rec.ctx;
  const year = today.slice(0, 4);
  rec.claim({
    kind: 'serial',
    series: `${prefix}:${jurisdiction.regionCode}:${year}`,
    event: nth,
    field: 'documentNumber',
    prefix: `${prefix}-${jurisdiction.regionCode}-${year}-`,
    width: policy.numbering.width,
  });
}

/** The certificate, its place in the register and its term; the exam counts from its own day. */
function issueCertificate(rec: Rec, p: Payload): void {
  const { ctx, state: s } = rec;
  desk.finish(rec, p, { outcome: 'issued' });
  serial(rec, ctx.policy.numbering.certificatePrefix, rec.events.length);
  rec.emit('P03-T59', 'certificate.issued', {
    to: 'certified',
    kind: 'certificate',
    validFrom: ctx.today,
    validUntil: validUntil(ctx, s, ctx.today),
    blank: p.blank ?? null,
  });
  ask(rec, 'deliver', 'delivery', 'свидетельство выдано');
}

function issueConclusion(rec: Rec, p: Payload): void {
  desk.finish(rec, p, { outcome: 'issued' });
  serial(rec, rec.ctx.policy.numbering.conclusionPrefix, rec.events.length);
  rec.emit('P03-T60', 'conclusion.issued', {
    to: 'concluded',
    kind: 'conclusion',
    recommendations: p.document ?? null,
  });
  releaseActive(rec);
  ask(rec, 'deliver', 'delivery', 'заключение выдано');
}

function informed(rec: Rec, row: string, servedOn: string, facts: Payload = {}): void {
  finishOrCancel(rec, 'deliver');
  rec.emit(row, 'result.informed', { servedOn, ...facts });
  // A complaint decided before the document was served leaves nothing to wait for.
  if (rec.state.stage === 'concluded' && rec.state.complaintOver) finishConcluded(rec);
}

/** The office's own task is finished by the office, and needless when the person did it himself. */
function finishOrCancel(rec: Rec, kind: 'deliver'): void {
  const { actor } = rec.command;
  const own = actor.kind === 'person' && actor.personId === rec.state.initiatorId;
  if (own) desk.cancelKinds(rec, 'not_needed', [kind]);
  else desk.finishOpen(rec, kind);
}

// ── Complaint ──

const isPayer = (s: S, actor: Actor): boolean =>
  actor.kind === 'person' && paidByEmployer(s) && s.referral?.employerId === actor.personId;

/** Why this person cannot complain now; the term is his own. */
export function whyNoComplaint(s: S, ctx: Ctx, actor: Actor): string | null {
  const payer = isPayer(s, actor) && !(actor.kind === 'person' && actor.personId === s.initiatorId);
  if (payer && !s.payerInformedOn) return 'Результата вам не сообщали: согласия соискателя нет.';
  if (s.complaintOver && !complaintInTime(s, ctx, payer ? 'payer' : 'person')) return tooLate(s, ctx, payer);
  if (s.complaint && s.complaintOver && s.complaint.kind === 'result') return 'Жалоба уже рассмотрена.';
  return complaintInTime(s, ctx, payer ? 'payer' : 'person') ? null : tooLate(s, ctx, payer);
}

function tooLate(s: S, ctx: Ctx, payer: boolean): string {
  const last = complaintDue(s, ctx, payer ? 'payer' : 'person');
  return last ? `Жалобу принимали до ${formatDateRu(last.dueOn)} включительно.` : 'Жаловаться пока не на что.';
}

function complain(rec: Rec, p: Payload): void {
  const { state: s } = rec;
  const refusal = s.stage === 'refused_admission';
  // A complaint stops delivery and re-issue; what the council decides of a revocation waits for it.
  desk.cancelOpen(rec, 'complaint');
  rec.emit(refusal ? 'P03-T65' : 'P03-T66', 'complaint.filed', {
    to: 'appeal',
    former: s.stage,
    kind: refusal ? 'refusal' : 'result',
    by: actingPeople(rec.command.actor)[0],
    document: p.document,
    grounds: p.statement ?? null,
  });
  ask(rec, 'appeal_decision', 'appeal', 'жалоба принята');
}

function decideAppeal(rec: Rec, p: Payload): void {
  const { complaint } = rec.state;
  const refusal = complaint?.kind === 'refusal';
  const outcome = p.outcome as string;
  const possible = refusal ? ['upheld', 'admitted'] : ['upheld', 'changed', 'retake'];
  if (!possible.includes(outcome))
    deny('outcome', 'Так эту жалобу не решают.', {
      errors: [
        {
          pointer: '/outcome',
          detail: refusal
            ? 'Оставить отказ или отменить его.'
            : 'Оставить, изменить результат или назначить пересдачу.',
        },
      ],
    });
  if (outcome === 'changed' && typeof p.passed !== 'boolean')
    deny('passed', 'Каким стал результат?', { errors: [{ pointer: '/passed', detail: 'Выберите результат.' }] });
  desk.finish(rec, p, { outcome });
  const facts = {
    statement: p.statement,
    takenBy: actingPeople(rec.command.actor),
    involve: actingPeople(rec.command.actor),
    number: p.number ?? null,
  };
  if (outcome === 'upheld') return upheld(rec, facts);
  if (outcome === 'admitted') {
    rec.emit('P03-T69', 'appeal.admitted', { to: 'registered', ...facts });
    return void ask(rec, 'check', 'check', 'отказ отменён');
  }
  if (outcome === 'retake') return annul(rec, 'P03-T70', 'appeal.annulled', 'appeal', facts);
  rec.emit('P03-T68', 'appeal.changed', { to: 'verification', passed: p.passed, ...formerDocument(rec), ...facts });
  ask(rec, 'verify', 'verification', 'результат изменён');
}

/** The document given before a result was changed: its entry is annulled. */
export const formerDocument = ({ state: { document } }: Rec): Payload =>
  document ? { formerDocument: { number: document.number, kind: document.kind } } : {};

/** The decision stands: a refusal is final, a conclusion ends the case, a certificate goes on. */
function upheld(rec: Rec, facts: Payload): void {
  const former = rec.state.formerStage as string;
  rec.emit('P03-T67', 'appeal.upheld', { to: former, ...facts });
  if (former === 'refused_admission') return refusalFinal(rec, 'P03-T93');
  // The holder may not have got the document yet.
  if (!rec.state.informedOn) ask(rec, 'deliver', 'delivery', 'решение оставлено в силе');
  else if (former === 'concluded') finishConcluded(rec);
  if (rec.state.revocation?.asked) ask(rec, 'revocation', 'revocation', 'жалоба рассмотрена');
}

export function refusalFinal(rec: Rec, row: string): void {
  releaseActive(rec);
  rec.emit(row, 'refusal.final', { to: 'refused', outcome: 'refused' });
}

export function finishConcluded(rec: Rec): void {
  desk.cancelOpen(rec, 'finished');
  rec.emit('P03-T64', 'case.finished', { to: 'finished', outcome: 'refused' });
}

// ── Revocation ──

export function askRevocation(rec: Rec): void {
  ask(rec, 'revocation', 'revocation', 'ответ получен или срок ответа истёк');
}

const noRevocation = (s: S) => (s.revocation ? 'Аннулирование уже начато.' : null);

export const resultRules: Rules = {
  sendProtocol: {
    labelRu: 'Направить протокол в совет',
    tone: 'primary',
    stages: ['graded'],
    roles: ['centre_operator'],
    task: ['protocol'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'sent' });
      const { result } = rec.state;
      rec.emit('P03-T55', 'protocol.sent', {
        to: 'verification',
        protocol: p.protocol,
        document: p.document ?? null,
        passed: result?.passed,
        involve: actingPeople(rec.command.actor),
      });
      ask(rec, 'verify', 'verification', 'протокол получен советом');
    },
  },
  recognise: {
    labelRu: 'Признать результат',
    tone: 'primary',
    stages: ['verification'],
    roles: ['council'],
    task: ['verify'],
    unless: inWork,
    apply: (rec, p) => {
      const { result } = rec.state;
      if (!result) throw new Error('no result to recognise');
      desk.finish(rec, p, { outcome: 'recognised' });
      const to = result.passed ? 'passed' : 'failed';
      const facts = { passed: result.passed, decision: p.decision, involve: actingPeople(rec.command.actor) };
      rec.emit(result.passed ? 'P03-T56' : 'P03-T57', 'result.recognised', { to, ...facts });
      ask(rec, 'document', 'document', 'окончание экзамена', result.examOn);
    },
  },
  annulExam: {
    labelRu: 'Аннулировать экзамен: нарушена процедура',
    tone: 'danger',
    stages: ['verification'],
    roles: ['council'],
    task: ['verify'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'annulled' });
      annul(rec, 'P03-T58', 'exam.annulled', 'procedure', {
        statement: p.statement,
        involve: actingPeople(rec.command.actor),
      });
    },
  },
  issueCertificate: {
    labelRu: 'Выдать свидетельство',
    tone: 'primary',
    stages: ['passed'],
    roles: ['centre_operator'],
    task: ['document'],
    unless: inWork,
    apply: issueCertificate,
  },
  issueConclusion: {
    labelRu: 'Выдать заключение',
    tone: 'primary',
    stages: ['failed'],
    roles: ['centre_operator'],
    task: ['document'],
    unless: inWork,
    apply: issueConclusion,
  },
  familiarise: {
    labelRu: 'Ознакомлен с результатом',
    tone: 'primary',
    stages: COMPLAINABLE,
    roles: APPLICANT,
    unless: (s) => (s.informedOn ? 'Ознакомление уже записано.' : null),
    apply: (rec) => informed(rec, 'P03-T61', rec.ctx.today),
  },
  recordService: {
    labelRu: 'Записать вручение документа',
    stages: COMPLAINABLE,
    roles: ['centre_operator'],
    unless: (s) => (s.informedOn ? 'Вручение уже записано.' : null),
    apply: (rec, p) =>
      informed(rec, 'P03-T62', requirePast(rec, p.on, rec.state.document?.on ?? rec.ctx.today), { how: p.how ?? null }),
  },
  complain: {
    labelRu: 'Подать жалобу',
    stages: ['refused_admission', ...COMPLAINABLE],
    roles: [...APPLICANT, 'employer'],
    unless: (s, ctx, _task, actor) => whyNoComplaint(s, ctx, actor),
    apply: complain,
  },
  decideAppeal: {
    labelRu: 'Решить жалобу',
    tone: 'primary',
    stages: ['appeal'],
    roles: ['appeals_member'],
    task: ['appeal_decision'],
    unless: inWork,
    apply: decideAppeal,
  },
  requestDuplicate: {
    labelRu: 'Запросить дубликат или переоформление',
    stages: IN_FORCE,
    roles: APPLICANT,
    unless: (s) => (openTasks(s.tasks, 'duplicate').length > 0 ? 'Запрос уже рассматривается.' : null),
    apply: (rec, p) => {
      rec.emit('P03-T77', 'duplicate.requested', { cause: p.cause, document: p.document ?? null });
      ask(rec, 'duplicate', 'duplicate', 'запрошен дубликат');
    },
  },
  issueDuplicate: {
    labelRu: 'Выдать дубликат',
    tone: 'primary',
    stages: IN_FORCE,
    roles: ['centre_operator'],
    task: ['duplicate'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'issued' });
      rec.emit('P03-T78', 'duplicate.issued', { blank: p.blank ?? null, number: rec.state.document?.number ?? null });
    },
  },
  openRevocation: {
    labelRu: 'Начать аннулирование свидетельства',
    tone: 'danger',
    stages: IN_FORCE,
    roles: ['council'],
    unless: noRevocation,
    apply: (rec, p) => rec.emit('P03-T79', 'revocation.opened', { ground: p.ground, statement: p.statement }),
  },
  answerRevocation: {
    labelRu: 'Ответить на сообщение об аннулировании',
    tone: 'primary',
    stages: IN_FORCE,
    roles: APPLICANT,
    unless: (s) => (s.revocation && !s.revocation.asked ? null : 'Отвечать не на что.'),
    apply: (rec, p) => {
      rec.emit('P03-T80', 'revocation.answered', { document: p.document });
      askRevocation(rec);
    },
  },
  decideRevocation: {
    labelRu: 'Решить об аннулировании',
    tone: 'danger',
    stages: IN_FORCE,
    roles: ['council'],
    task: ['revocation'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { revoke: p.revoke === true });
      const facts = { statement: p.statement, decision: p.decision, involve: actingPeople(rec.command.actor) };
      if (p.revoke !== true) return rec.emit('P03-T83', 'revocation.dropped', facts);
      desk.cancelOpen(rec, 'revoked');
      releaseActive(rec);
      rec.emit('P03-T82', 'certificate.revoked', { to: 'revoked', outcome: 'annulled', ...facts });
    },
  },
  shareResult: {
    labelRu: 'Показать результат работодателю',
    stages: COMPLAINABLE,
    roles: APPLICANT,
    unless: (s) => {
      if (!s.referral) return 'Работодатель вас не направлял: покажите документ сами.';
      return s.shared ? 'Результат уже открыт.' : null;
    },
    apply: (rec) => rec.emit('P03-T85', 'result.shared', {}),
  },
  hideResult: {
    labelRu: 'Закрыть результат от работодателя',
    stages: COMPLAINABLE,
    roles: APPLICANT,
    unless: (s) => (s.shared ? null : 'Результат не открыт.'),
    apply: (rec) => rec.emit('P03-T86', 'result.hidden', {}),
  },
};
