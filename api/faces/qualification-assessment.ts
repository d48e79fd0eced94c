/** What the API knows of assessments and exam sessions beyond their rules: words, starts, the button of a letter. */
import { randomUUID } from 'node:crypto';
import { actions as sessionActions, facts as sessionFacts } from '../../processes/exam-session/contract.ts';
import * as sessionLabels from '../../processes/exam-session/labels.ru.ts';
import type { SessionState } from '../../processes/exam-session/state.ts';
import { actions, facts } from '../../processes/qualification-assessment/contract.ts';
import * as labels from '../../processes/qualification-assessment/labels.ru.ts';
import { marksSealed } from '../../processes/qualification-assessment/stages.ts';
import type { AssessmentState } from '../../processes/qualification-assessment/state.ts';
import type { CaseDetails, ProcessFace, StartFacts, Sealed } from '../ports.ts';
import { forbidden, invalid } from '../problems.ts';
import type { ViewerKind } from '../visibility.ts';
import { simpleFace } from './simple.ts';

/**
 * A second application is refused by the rules with its reason. No reservation speaks for them: the answer to an employer may not depend
 * on a case the person has.
 */
const alone = (_payload: Record<string, unknown>, viewerId: string) => ({ applicant: viewerId, object: randomUUID() });

export const qualificationAssessmentFace: ProcessFace = {
  ...simpleFace({
    actions,
    facts,
    labels: Object.assign({}, ...Object.values(labels)) as Record<string, string>,
  }),
  reservation: alone,
  startBody,
  sealed,
  draftTitleRu: () => 'Независимая оценка квалификации',
  // The complaint term begins with the document alone; other letters keep their own date of reading.
  familiarisation: (template) => (template === 'document-issued' ? { action: 'familiarise', body: {} } : undefined),
};

/** The employer refers those who work for him, and nobody else; the records know it, not the form. */
function startBody(body: Record<string, unknown>, known: StartFacts): Record<string, unknown> {
  if (known.regionCode === undefined) throw forbidden('Такого центра оценки нет.');
  if (known.action === 'refer' && !known.employed)
    throw invalid([{ pointer: '/personId', detail: 'Этот человек не работает в вашей организации.' }]);
  return withCentre(body, known);
}

/** What the register says of the organisation named as a centre; whether it assesses here is a rule. */
function withCentre(body: Record<string, unknown>, { centre }: StartFacts): Record<string, unknown> {
  if (!centre) throw invalid([{ pointer: '/centreId', detail: 'Выберите центр оценки из списка.' }]);
  return { ...body, centreKind: centre.kind, centreRegion: centre.regionCode };
}

/** Marks of single examiners are sealed until the exam of the person is over. */
function sealed(s: AssessmentState): Sealed | null {
  if (!marksSealed(s)) return null;
  const marked = s.tasks.filter((t) => t.kind === 'marks' && t.result);
  return {
    tasks: marked.map(({ id }) => id),
    documents: marked.flatMap(({ result }) => (typeof result?.document === 'string' ? [result.document] : [])),
    facts: ['totals'],
  };
}

export const examSessionFace: ProcessFace = {
  ...simpleFace({
    actions: sessionActions,
    facts: sessionFacts,
    labels: Object.assign({}, ...Object.values(sessionLabels)) as Record<string, string>,
  }),
  reservation: alone,
  startBody: withCentre,
  draftTitleRu: ({ heldOn }) =>
    typeof heldOn === 'string' && heldOn !== '' ? `Экзамен ${heldOn}` : 'Сеанс профессионального экзамена',
  details: sessionDetails,
};

/** The centre sees who examines and who sits the exam; anybody else the day and the place. */
function sessionDetails(s: SessionState, _ctx: unknown, { kinds }: { kinds: readonly ViewerKind[] }): CaseDetails {
  const { heldOn, startsAt, placeRu, capacity, examiners, present, candidates } = s;
  const open = { heldOn, startsAt, placeRu };
  if (!kinds.some((kind) => kind === 'staff' || kind === 'admin')) return { data: open, people: [], cases: [] };
  return {
    data: { ...open, capacity, examiners, present, candidates },
    people: [...examiners, ...candidates.map((c) => c.subjectId)],
    about: candidates.map(({ subjectId, caseId }) => ({ personId: subjectId, caseId })),
    cases: candidates.map((c) => c.caseId),
  };
}
