/** From submission to the end of the technical check, new versions, and withdrawal. */
import { inWork } from '../../kit/desk.ts';
import { deny } from '../../kit/recorder.ts';
import { compareVersions, type ProgrammeFacts } from '../programme-rules.ts';
import { BEFORE_DECISION, PROVIDER } from '../stages.ts';
import { currentVersion, seats } from '../state.ts';
import {
  claimProgramme,
  desk,
  panelPolicy,
  proposeDecision,
  releaseClaims,
  requireInvariants,
  requireSignatory,
  unsigned,
  type Payload,
  type Rec,
  type Rules,
} from './common.ts';
import { formPanel } from './expertise.ts';

/** The application becomes a case: number, policy and version 1 are fixed in one event. */
export function submit(rec: Rec): void {
  const p = rec.command.payload as Payload;
  const programme = p.programme as ProgrammeFacts;
  const initiatorId = requireSignatory(rec.command.actor, [programme.providerId], rec.ctx.today);
  requireInvariants(programme, rec.ctx);
  open(rec, { programme, document: p.document, initiatorId, variant: 'original' });
  claimProgramme(rec, programme);
}

/** A change or a recertification opens as a peer of the case that keeps the entry. */
export function openRelated(rec: Rec): void {
  if (rec.command.actor.kind !== 'system') deny('not_for_people', 'Связанное дело открывает платформа.');
  const { programme, document, initiatorId, kind, parent, shortened } = rec.command.payload as Payload;
  open(rec, { programme, document, initiatorId, variant: kind, parent, shortened: shortened === true });
}

function open(rec: Rec, facts: Payload): void {
  const { jurisdiction, policy, policyVersionId, today } = rec.ctx;
  const { prefix, width } = policy.numbering;
  const year = today.slice(0, 4);
  rec.emit('P01-T03', 'application.submitted', { ...facts, to: 'technical_check', policyVersionId });
  rec.claim({
    kind: 'serial',
    series: `${prefix}:${jurisdiction.regionCode}:${year}`,
    event: 0,
    field: 'number',
    prefix: `${prefix}-${jurisdiction.regionCode}-${year}-`,
    width,
  });
  desk.office(rec, 'technical_check', 'fed_operator', policy.terms.technicalCheck, 'заявка зарегистрирована');
}

export const intakeRules: Rules = {
  completeTechnicalCheck: {
    labelRu: 'Замечаний нет, сформировать группу экспертов',
    tone: 'primary',
    stages: ['technical_check'],
    roles: ['fed_operator'],
    task: ['technical_check'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'complete' });
      rec.emit('P01-T04', 'technical.completed', { to: 'panel_forming', stageTerm: rec.ctx.policy.terms.panelForming });
      formPanel(rec);
    },
  },
  reportDefects: {
    labelRu: 'Вернуть с недостатками',
    stages: ['technical_check'],
    roles: ['fed_operator'],
    task: ['technical_check'],
    unless: inWork,
    apply: (rec, p) => {
      const { limits, terms } = rec.ctx.policy;
      const { count, statement } = p;
      const left = rec.state.returnsUsed < limits.returns;
      desk.finish(rec, p, { outcome: 'defects', count, statement });
      if (left)
        rec.emit('P01-T05', 'technical.returned', { to: 'returned', count, statement, stageTerm: terms.returned });
      else
        proposeDecision(
          rec,
          'P01-T06',
          'technical.failed',
          { kind: 'refuse', basis: 'technical' },
          { cause: 'defects', statement },
        );
    },
  },
  reportNoLicence: {
    labelRu: 'У организации нет лицензии',
    tone: 'danger',
    stages: ['technical_check'],
    roles: ['fed_operator'],
    task: ['technical_check'],
    unless: inWork,
    apply: (rec, p) => {
      desk.finish(rec, p, { outcome: 'no_licence' });
      proposeDecision(
        rec,
        'P01-T07',
        'technical.failed',
        { kind: 'refuse', basis: 'technical' },
        { cause: 'no_licence' },
      );
    },
  },
  resubmit: {
    labelRu: 'Подать исправленную программу',
    tone: 'primary',
    stages: ['returned', 'revision'],
    roles: PROVIDER,
    unless: (s, ctx, _task, actor) => unsigned(s, ctx, actor),
    apply: (rec, p) => (rec.state.stage === 'returned' ? resubmitToCheck(rec, p) : resubmitToPanel(rec, p)),
  },
  withdraw: {
    labelRu: 'Отозвать заявку',
    tone: 'danger',
    stages: BEFORE_DECISION,
    roles: PROVIDER,
    whileHeld: true,
    apply: (rec) => {
      desk.cancelOpen(rec, 'withdrawn');
      rec.emit('P01-T43', 'application.withdrawn', { to: 'withdrawn', outcome: 'withdrawn', from: rec.state.stage });
      releaseClaims(rec);
    },
  },
};

/** Facts of a new version: who signed it and how it differs from the one before. */
function newVersion(rec: Rec, p: Payload): Payload {
  const programme = p.programme as ProgrammeFacts;
  const by = requireSignatory(rec.command.actor, rec.state.organisationIds, rec.ctx.today);
  requireInvariants(programme, rec.ctx);
  const difference = compareVersions(currentVersion(rec.state).facts, programme);
  return { programme, document: p.document, answers: p.answers ?? null, by, difference };
}

function resubmitToCheck(rec: Rec, p: Payload): void {
  rec.emit('P01-T08', 'application.resubmitted', { ...newVersion(rec, p), to: 'technical_check' });
  desk.office(
    rec,
    'technical_check',
    'fed_operator',
    rec.ctx.policy.terms.technicalCheck,
    'подана исправленная версия',
  );
}

/** A later round: the same experts, and only the criteria that failed, with the mandatory ones unless the result was «minor». */
function resubmitToPanel(rec: Rec, p: Payload): void {
  const { policy } = rec.ctx;
  const before = seats(rec.state);
  const { failed = [], minor = false } = rec.state.results.at(-1)?.aggregation ?? {};
  const mandatory = policy.criteria.filter((c) => c.mandatory).map((c) => c.code);
  const asked = minor && failed.length > 0 ? failed : [...new Set([...failed, ...mandatory])];
  rec.emit('P01-T28', 'application.resubmitted', { ...newVersion(rec, p), to: 'under_expertise', asked });
  for (let ordinal = 1; ordinal <= panelPolicy(rec.state, rec.ctx).size; ordinal++) {
    const expert = before.find((t) => t.ordinal === ordinal)?.assigneeId;
    if (expert) reinvite(rec, ordinal, expert, 'подана доработанная версия');
    // His conclusion was voided while the applicant was revising: the platform chooses another expert.
    else
      desk.seat(rec, {
        kind: 'review',
        role: 'expert',
        ordinal,
        group: panelGroupOf(rec),
        term: policy.terms.laterRound,
      });
  }
}

/** A new task for an expert who already sits on the panel; he declares again that there is no conflict. */
export function reinvite(rec: Rec, ordinal: number, personId: string, why: string, replaces?: string): void {
  const task = desk.seat(rec, {
    kind: 'review',
    role: 'expert',
    ordinal,
    group: panelGroupOf(rec),
    term: rec.ctx.policy.terms.laterRound,
    ...(replaces ? { replaces } : {}),
  });
  desk.assign(rec, task, personId);
  desk.startTerm(rec, task.id, why);
}

const panelGroupOf = (rec: Rec) => `panel:${rec.state.panel}/round:${Math.max(1, rec.state.round)}`;
