/** What the API knows of the attestation of heads beyond its rules: who may know which part of a case, and the words of its pages. */
import { actions, facts } from '../../processes/head-attestation/contract.ts';
import * as labels from '../../processes/head-attestation/labels.ru.ts';
import type { AttestationPolicy } from '../../processes/head-attestation/policy.ts';
import { earliestLawfulSitting } from '../../processes/head-attestation/rules/sitting.ts';
import { BEFORE_VOTE } from '../../processes/head-attestation/stages.ts';
import type { AttestationState } from '../../processes/head-attestation/state.ts';
import { due } from '../../processes/kit/terms.ts';
import { formatDateRu } from '../../processes/kit/dates.ts';
import type { Context } from '../../processes/kit/types.ts';
import type { CaseDetails, ProcessFace, StartFacts } from '../ports.ts';
import { forbidden, invalid } from '../problems.ts';
import type { ViewerKind } from '../visibility.ts';
import { simpleFace } from './simple.ts';

type S = AttestationState;
type Ctx = Context<AttestationPolicy>;

export const headAttestationFace: ProcessFace = {
  ...simpleFace({
    actions,
    facts,
    labels: Object.assign({}, ...Object.values(labels)) as Record<string, string>,
  }),
  reservation: ({ personId, organisationId, post }, viewerId) => ({
    applicant: String(personId ?? viewerId),
    object: `${organisationId}|${String(post).trim().toLowerCase()}`,
  }),
  draftTitleRu: ({ post }) => (typeof post === 'string' && post !== '' ? `Аттестация: ${post}` : 'Аттестация'),
  startBody,
  details,
  briefRu,
  familiarisation: (template, { what }) => {
    if (template === 'submission') return { action: 'familiariseSubmission', body: {} };
    if (template !== 'paper') return undefined;
    return { action: 'familiarise', body: { paper: String(what).startsWith('выписка') ? 'extract' : 'act' } };
  },
};

/** The founder's jurisdiction, the kind of the school and who works there are facts of the database. */
function startBody(body: Record<string, unknown>, known: StartFacts): Record<string, unknown> {
  const { organisation, regionCode, action } = known;
  if (!organisation) throw invalid([{ pointer: '/organisationId', detail: 'Выберите организацию.' }]);
  if (regionCode === undefined) throw forbidden('Такого учредителя нет.');
  if (organisation.regionCode !== regionCode)
    throw invalid([{ pointer: '/organisationId', detail: 'Эта организация относится к другому учредителю.' }]);
  if (action === 'scheduleAttestation' && !known.employed)
    throw invalid([{ pointer: '/personId', detail: 'Этот человек не работает в выбранной организации.' }]);
  return { ...body, organisationKind: organisation.kind, region: organisation.regionCode };
}

/** A commission hears the results and not the health of a person; an observer only where the case stands. */
function details(s: S, ctx: Ctx, { kinds }: { kinds: readonly ViewerKind[] }): CaseDetails {
  const is = (...of: ViewerKind[]) => of.some((kind) => kinds.includes(kind));
  const plain = {
    variant: s.variant,
    incumbent: s.incumbent,
    post: s.post,
    plannedOn: s.plannedOn ?? null,
    overdueSince: s.overdueSince ?? null,
  };
  if (!is('staff', 'admin', 'applicant', 'member', 'office')) return { data: plain, people: [], cases: [] };
  const results = is('staff', 'admin', 'applicant', 'member');
  const own = is('staff', 'admin', 'applicant', 'office');
  const { vote, panelResult, booking } = s;
  return {
    data: {
      ...plain,
      attesteeId: s.initiatorId,
      begun: s.begun,
      checked: s.checked,
      documentsNoted: s.documentsNoted,
      submission: s.submission,
      publicOpinion: s.publicOpinion,
      test: results ? s.test : null,
      thresholdPercent: ctx.policy.test.thresholdPercent,
      panel: results && panelResult ? { ...panelResult, aggregation: undefined } : null,
      booking: booking ?? null,
      moves: s.moves,
      dates: own ? (s.dates ?? []) : [],
      compositionAsked: s.compositionAsked,
      vote: vote ? { ...vote, takenBy: undefined } : null,
      act: s.act ? { ...s.act, takenBy: undefined } : null,
      served: s.served,
      validFrom: s.validFrom ?? null,
      validUntil: s.validUntil ?? null,
      entryNumber: s.entryNumber ?? null,
      planSet: s.planSet,
      checkAsked: s.checkAsked,
      exemption: own ? (s.exemption ?? null) : null,
      reserve: own ? s.reserve : null,
      related: s.related,
      failures: s.failuresBefore + (s.act?.kind === 'not_conform' ? 1 : 0),
      ...(is('staff') ? forStaff(s, ctx) : {}),
    },
    people: [s.initiatorId],
    cases: [booking?.caseId, s.parent?.caseId, ...s.related.map((r) => r.caseId)].filter((id) => id !== undefined),
  };
}

/** Dates a secretary or a founder has to keep when he names one. */
function forStaff(s: S, ctx: Ctx) {
  const { retakeFrom, retakeTo } = ctx.policy.terms;
  const actOn = s.stage === 'not_conform' ? s.act?.on : undefined;
  const retake = (key: string, term: typeof retakeFrom) =>
    due(ctx, s, key, term, actOn ?? ctx.today, 'акт о несоответствии').dueOn;
  return {
    earliestSitting: BEFORE_VOTE.includes(s.stage) ? earliestLawfulSitting(s, ctx, '') : null,
    retakeWindow: actOn ? { from: retake('retake-from', retakeFrom), to: retake('retake-to', retakeTo) } : null,
    retakeBarred: s.failuresBefore + 1 >= ctx.policy.failuresInRow,
  };
}

function briefRu(s: S): string[] {
  const { test, submission, panelResult } = s;
  return [
    `${capital(labels.VARIANT_LABELS[s.variant] ?? s.variant)}, ${s.post}`,
    s.incumbent &&
      (submission.familiarisedOn
        ? `Ознакомлен с представлением ${formatDateRu(submission.familiarisedOn)}`
        : 'С представлением не ознакомлен'),
    test.absent ? 'Тестирование: отсутствовал' : test.score !== undefined && `Тестирование: ${test.score} %`,
    panelResult && capital(labels.RECOMMENDATION_LABELS[panelResult.recommendation] ?? panelResult.recommendation),
    s.publicOpinion && 'Мнение общественности приложено',
  ].filter((line): line is string => typeof line === 'string');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
