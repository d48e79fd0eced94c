/** The entry in force: its changes, its renewal, suspension, delisting and annulment. */
import { actingPeople } from '../../kit/actors.ts';
import { inWork } from '../../kit/desk.ts';
import { deny } from '../../kit/recorder.ts';
import { compareVersions, isSubstantial, type ProgrammeFacts, type VersionDifference } from '../programme-rules.ts';
import { PROVIDER } from '../stages.ts';
import { currentVersion, type RelatedCase } from '../state.ts';
import {
  desk,
  endEntry,
  openRelatedOf,
  requireInvariants,
  requireSignatory,
  unsigned,
  type Payload,
  type Rec,
  type Rules,
} from './common.ts';

const VALID = ['certified', 'expiring'];
const HELD = ['certified', 'expiring', 'suspended'];
/** What was begun while the entry was valid is settled also when it has been suspended or prolonged since. */
const SETTLED = ['certified', 'expiring', 'prolonged', 'suspended'];

function signed(rec: Rec, p: Payload): { programme: ProgrammeFacts; document: unknown; by: string } {
  const programme = p.programme as ProgrammeFacts;
  const by = requireSignatory(rec.command.actor, rec.state.organisationIds, rec.ctx.today);
  requireInvariants(programme, rec.ctx);
  return { programme, document: p.document, by };
}

function requestRelated(rec: Rec, row: string, type: string, kind: RelatedCase['kind'], p: Payload): void {
  rec.emit(row, type, { key: `${kind}:${rec.state.related.length + 1}`, kind, ...signed(rec, p) });
}

function whatChanged(d: VersionDifference): string {
  if (d.hoursChanged) return 'изменён объём';
  return d.resultsChanged ? 'изменены результаты' : `изменено ${d.changedShare} % содержания`;
}

function requestMinorChange(rec: Rec, p: Payload): void {
  const { policy } = rec.ctx;
  const version = signed(rec, p);
  const difference = compareVersions(currentVersion(rec.state).facts, version.programme);
  if (isSubstantial(difference, policy.substantialShare))
    deny('substantial', `Это существенное изменение: ${whatChanged(difference)}. Подайте его как существенное.`);
  rec.emit('P01-T53', 'change.minor_requested', { ...version, difference, statement: p.statement });
  desk.office(rec, 'minor_change', 'fed_operator', policy.terms.minorChange, 'запрошено незначительное изменение');
}

/** The entry stands still: no new groups, and a term to cure the cause. */
export function suspend(rec: Rec, row: string, cause: string, more: Payload = {}): void {
  rec.emit(row, 'entry.suspended', {
    to: 'suspended',
    former: rec.state.stage,
    cause,
    stageTerm: rec.ctx.policy.terms.cure,
    ...more,
  });
}

export function askAnnulmentDecision(rec: Rec, why: string): void {
  desk.office(rec, 'annulment_decision', 'fed_coordinator', rec.ctx.policy.terms.annulmentDecision, why);
}

export const entryRules: Rules = {
  requestMinorChange: {
    labelRu: 'Незначительное изменение',
    stages: VALID,
    roles: PROVIDER,
    unless: (s, ctx, _task, actor) => (s.minor ? 'Предыдущее изменение ещё рассматривается.' : unsigned(s, ctx, actor)),
    apply: requestMinorChange,
  },
  confirmMinorChange: {
    labelRu: 'Подтвердить изменение',
    tone: 'primary',
    stages: SETTLED,
    roles: ['fed_operator'],
    task: ['minor_change'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'confirmed' });
      rec.emit('P01-T54', 'change.minor_confirmed', { version: (rec.state.entry?.version ?? 0) + 1 });
    },
  },
  rejectMinorChange: {
    labelRu: 'Отклонить изменение',
    stages: SETTLED,
    roles: ['fed_operator'],
    task: ['minor_change'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'rejected' });
      rec.emit('P01-T55', 'change.minor_rejected', { statement: p.statement });
    },
  },
  requestSubstantialChange: {
    labelRu: 'Существенное изменение',
    stages: VALID,
    roles: PROVIDER,
    unless: (s, ctx, _task, actor) =>
      openRelatedOf(s, 'change') ? 'Предыдущее изменение ещё рассматривается.' : unsigned(s, ctx, actor),
    apply: (rec, p) => requestRelated(rec, 'P01-T56', 'change.substantial_requested', 'change', p),
  },
  recertify: {
    labelRu: 'Подать на новый срок',
    tone: 'primary',
    stages: ['expiring', 'prolonged'],
    roles: PROVIDER,
    unless: (s, ctx, _task, actor) =>
      openRelatedOf(s, 'recertification') ? 'Заявка на новый срок уже рассматривается.' : unsigned(s, ctx, actor),
    apply: (rec, p) => requestRelated(rec, 'P01-T62', 'recertification.requested', 'recertification', p),
  },
  suspend: {
    labelRu: 'Приостановить запись',
    tone: 'danger',
    stages: VALID,
    roles: ['fed_coordinator'],
    apply: (rec, { cause, order, statement }) => suspend(rec, 'P01-T68', cause, { order, statement }),
  },
  confirmCure: {
    labelRu: 'Причины устранены',
    tone: 'primary',
    stages: ['suspended'],
    roles: ['fed_coordinator'],
    apply: (rec, { order, statement }) =>
      rec.emit('P01-T70', 'entry.restored', { to: rec.state.formerStage ?? 'certified', order, statement }),
  },
  delistByRequest: {
    labelRu: 'Исключить из реестра по своей просьбе',
    tone: 'danger',
    stages: HELD,
    roles: PROVIDER,
    unless: (s) => (s.annulment ? 'Идёт аннулирование записи: сначала решение по нему.' : null),
    apply: (rec) =>
      endEntry(rec, 'P01-T72', 'entry.delisted', {
        to: 'delisted',
        cause: 'by_request',
        takenBy: actingPeople(rec.command.actor),
        outcome: 'cancelled',
      }),
  },
  openAnnulment: {
    labelRu: 'Начать аннулирование',
    tone: 'danger',
    stages: HELD,
    roles: ['fed_coordinator'],
    unless: (s) => (s.annulment ? 'Аннулирование уже начато.' : null),
    apply: (rec, { ground, statement }) => rec.emit('P01-T73', 'annulment.opened', { ground, statement }),
  },
  answerAnnulment: {
    labelRu: 'Ответить на уведомление об аннулировании',
    tone: 'primary',
    stages: SETTLED,
    roles: PROVIDER,
    unless: (s) => (s.annulment && !s.annulment.decisionAsked ? null : 'Уведомления, на которое можно ответить, нет.'),
    apply: (rec, p) => {
      rec.emit('P01-T74', 'annulment.answered', { statement: p.statement });
      askAnnulmentDecision(rec, 'держатель ответил');
    },
  },
  decideAnnulment: {
    labelRu: 'Решить об аннулировании',
    stages: SETTLED,
    roles: ['fed_coordinator'],
    task: ['annulment_decision'],
    unless: inWork,
    apply: (rec, p) => {
      const { order, statement } = p;
      desk.finish(rec, p, { annul: p.annul });
      if (!p.annul) return rec.emit('P01-T77', 'annulment.dismissed', { order, statement });
      const ground = rec.state.annulment?.ground;
      endEntry(rec, 'P01-T76', 'entry.annulled', {
        to: 'annulled',
        ground,
        order,
        statement,
        takenBy: actingPeople(rec.command.actor),
        outcome: 'annulled',
      });
    },
  },
};
