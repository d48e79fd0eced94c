/** The decision of the coordinator, its service, and the appeal (specification 3.9). */
import { actingPeople } from '../../kit/actors.ts';
import { inWork } from '../../kit/desk.ts';
import { deny } from '../../kit/recorder.ts';
import { PROVIDER } from '../stages.ts';
import { validUntil } from '../terms.ts';
import { desk, everybodyInvolved, finishIfOver, type Payload, type Rec, type Rules } from './common.ts';
import { formPanel } from './expertise.ts';

/** A new entry: its gapless number is claimed in the same transaction and written into `facts.entryNumber`. */
function enterRegister(rec: Rec, row: string, type: string, order: { number: string; date: string }): void {
  const { policy, today } = rec.ctx;
  const { registryPrefix } = policy.numbering;
  const event = rec.events.length;
  const entry = { version: 1, validFrom: today, validUntil: validUntil(rec.ctx, rec.state, today), order };
  rec.emit(row, type, { to: 'certified', entry, takenBy: actingPeople(rec.command.actor), outcome: 'granted' });
  rec.claim({
    kind: 'serial',
    series: registryPrefix,
    event,
    field: 'entryNumber',
    prefix: `${registryPrefix}-`,
    width: 6,
  });
}

function certify(rec: Rec, p: Payload): void {
  desk.finish(rec, p, { decision: 'certify' });
  const facts = { to: 'incorporated', order: p.order, takenBy: actingPeople(rec.command.actor), outcome: 'granted' };
  if (rec.state.parent) rec.emit('P01-T39', 'programme.incorporated', facts);
  else enterRegister(rec, 'P01-T38', 'programme.certified', p.order);
}

function refuse(rec: Rec, p: Payload): void {
  desk.finish(rec, p, { decision: 'refuse' });
  const formal = ['technical', 'licence'].includes(rec.state.proposal?.basis ?? '');
  const { order, reasonCodes, statement } = p;
  rec.emit('P01-T40', 'programme.refused', {
    to: 'refused',
    order,
    reasonCodes,
    statement,
    formal,
    takenBy: actingPeople(rec.command.actor),
    outcome: 'refused',
  });
}

function backToPanel(rec: Rec, row: string, type: string, facts: Payload): void {
  const involved = everybodyInvolved(rec.state);
  rec.emit(row, type, { ...facts, to: 'panel_forming', stageTerm: rec.ctx.policy.terms.panelForming, involved });
  formPanel(rec);
}

function decideAppeal(rec: Rec, p: Payload): void {
  const { decision, entry, formerStage: former = 'refused' } = rec.state;
  const { order, outcome } = p;
  const takenBy = actingPeople(rec.command.actor);
  desk.finish(rec, p, { outcome });
  if (outcome === 'upheld') {
    rec.emit('P01-T48', 'appeal.upheld', { to: former, order, takenBy });
    return finishIfOver(rec);
  }
  if (outcome === 'returned') {
    if (former !== 'refused' || decision?.formal)
      deny('no_expertise', 'По этому решению экспертизы не было: его можно оставить или изменить.');
    return backToPanel(rec, 'P01-T49', 'appeal.returned', { order, takenBy });
  }
  if (!decision?.formal)
    deny(
      'expertise_needed',
      'Изменить можно только решение, для которого не нужна экспертиза: исключение из реестра или отказ по формальной причине.',
    );
  // A change or a new term belongs to the entry of the keeper case.
  if (rec.state.parent)
    return rec.emit('P01-T89', 'programme.incorporated', { to: 'incorporated', order, takenBy, outcome: 'granted' });
  if (entry) rec.emit('P01-T50', 'appeal.changed', { to: 'certified', order, takenBy, outcome: 'granted' });
  else enterRegister(rec, 'P01-T50', 'appeal.changed', order);
}

const DEPART = 'Отступить от вывода экспертизы можно только через новую группу при нарушении порядка.';
const OBJECTION = 'Сначала решите по отводу эксперта.';

export const decisionRules: Rules = {
  certify: {
    labelRu: 'Сертифицировать',
    tone: 'primary',
    stages: ['decision_pending'],
    roles: ['fed_coordinator'],
    task: ['decision'],
    unless: (s, ctx, task) => {
      if (s.licenceLost) return 'Организация лишена лицензии.';
      if (s.openObjection) return OBJECTION;
      return s.proposal?.kind === 'certify' ? inWork(s, ctx, task) : `Предложено отказать. ${DEPART}`;
    },
    apply: certify,
  },
  refuse: {
    labelRu: 'Отказать',
    tone: 'danger',
    stages: ['decision_pending'],
    roles: ['fed_coordinator'],
    task: ['decision'],
    unless: (s, ctx, task) => {
      if (s.openObjection && !s.licenceLost) return OBJECTION;
      const proposed = s.proposal?.kind === 'refuse' || s.licenceLost;
      return proposed ? inWork(s, ctx, task) : `Предложено сертифицировать. ${DEPART}`;
    },
    apply: refuse,
  },
  orderNewPanel: {
    labelRu: 'Нарушен порядок: новая группа экспертов',
    stages: ['decision_pending'],
    roles: ['fed_coordinator'],
    task: ['decision'],
    unless: (s, ctx, task) => {
      if (s.newPanelsUsed >= ctx.policy.limits.newPanels) return 'Новую группу уже назначали: это возможно один раз.';
      if (s.licenceLost) return 'Организация лишена лицензии: новая экспертиза не нужна.';
      return s.results.length === 0 ? 'Экспертизы ещё не было.' : inWork(s, ctx, task);
    },
    apply: (rec, p) => {
      desk.finish(rec, p, { decision: 'new_panel' });
      backToPanel(rec, 'P01-T41', 'expertise.breach_found', { statement: p.statement });
    },
  },
  familiarise: {
    labelRu: 'Ознакомлен с решением',
    tone: 'primary',
    stages: ['refused', 'delisted'],
    roles: PROVIDER,
    unless: (s) => (s.decision?.servedOn ? 'Ознакомление уже записано.' : null),
    apply: (rec) => rec.emit('P01-T44', 'decision.familiarised', { servedOn: rec.ctx.today }),
  },
  recordService: {
    labelRu: 'Записать вручение решения',
    stages: ['refused', 'delisted'],
    roles: ['fed_operator'],
    unless: (s) => (s.decision?.servedOn ? 'Ознакомление уже записано.' : null),
    apply: (rec, { on, refusedToSign, act }) => {
      const { decision } = rec.state;
      if (on > rec.ctx.today || (decision && on < decision.on))
        deny('date_out_of_range', 'Дата вручения — от дня решения до сегодняшнего.', {
          errors: [{ pointer: '/on', detail: 'Проверьте дату.' }],
        });
      rec.emit('P01-T45', 'decision.served', { servedOn: on, refusedToSign, act });
    },
  },
  appeal: {
    labelRu: 'Подать апелляцию',
    stages: ['refused', 'delisted'],
    roles: PROVIDER,
    unless: (s) =>
      s.decision?.appealed
        ? 'На одно решение подают одну апелляцию.'
        : s.decision?.final
          ? 'Срок подачи апелляции истёк.'
          : null,
    apply: (rec, p) => {
      const { stage, decision } = rec.state;
      // Who complains knows the decision: where service was not recorded, the complaint is its proof.
      if (!decision?.servedOn) rec.emit('P01-T44', 'decision.familiarised', { servedOn: rec.ctx.today });
      rec.emit('P01-T47', 'appeal.filed', { to: 'appeal', former: stage, statement: p.statement });
      desk.office(rec, 'appeal_decision', 'appeals_member', rec.ctx.policy.terms.appealDecision, 'подана апелляция');
    },
  },
  decideAppeal: {
    labelRu: 'Решить по апелляции',
    tone: 'primary',
    stages: ['appeal'],
    roles: ['appeals_member'],
    task: ['appeal_decision'],
    unless: inWork,
    apply: decideAppeal,
  },
};
