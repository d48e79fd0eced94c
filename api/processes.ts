/** The faces of the processes: what the API knows of each beyond its rules. */
import { actions, facts } from '../processes/dpp-certification/contract.ts';
import {
  CAUSE_LABELS,
  DEADLINE_LABELS,
  REFUSAL_REASONS,
  TASK_LABELS,
} from '../processes/dpp-certification/labels.ru.ts';
import { DEFAULT_POLICY, type CertificationPolicy } from '../processes/dpp-certification/policy.ts';
import { Programme, programmeErrors } from '../processes/dpp-certification/programme.ts';
import * as mentoring from '../processes/mentoring-cycle/contract.ts';
import * as mentoringWords from '../processes/mentoring-cycle/labels.ru.ts';
import { hidesFormerSchool } from '../processes/mentoring-cycle/picture.ts';
import type { MentoringState } from '../processes/mentoring-cycle/state.ts';
import { commissionSittingFace } from './faces/commission-sitting.ts';
import { examSessionFace, qualificationAssessmentFace } from './faces/qualification-assessment.ts';
import { headAttestationFace } from './faces/head-attestation.ts';
import { completeMentoring, mentoringDetails } from './mentoring.ts';
import type { ProcessFace } from './ports.ts';

/** A purpose may carry a counter: «task.escalate:2». */
const wordsOf = (words: Record<string, string>) => (code: string) => words[code] ?? words[code.replace(/:.*$/, '')];

const labels: Record<string, string> = { ...REFUSAL_REASONS, ...CAUSE_LABELS, ...TASK_LABELS, ...DEADLINE_LABELS };

const bases: Record<string, string> = {
  panel: 'по заключениям экспертов',
  arbiter: 'по заключению арбитра',
  rounds_used: 'доработки исчерпаны',
  technical: 'по итогам технической проверки',
  licence: 'у организации нет лицензии',
};

function proposalOf(
  state: { proposal?: { kind?: string; basis?: string } } | null,
  openTasks: string[],
): string | null {
  const proposal = state?.proposal;
  if (!proposal?.kind || !openTasks.includes('decision')) return null;
  const what = proposal.kind === 'certify' ? 'Предложено сертифицировать' : 'Предложено отказать';
  return `${what}: ${bases[proposal.basis ?? ''] ?? 'по правилам процесса'}`;
}

/** Certification of programmes (P01). */
export const dppCertificationFace: ProcessFace = {
  actions,
  facts,
  label: wordsOf(labels),
  proposalRu: proposalOf,
  checkBody(_action, body, policy) {
    const parsed = Programme.safeParse((body as { programme?: unknown } | null)?.programme);
    const { minHours } = (policy as CertificationPolicy | undefined) ?? DEFAULT_POLICY;
    return parsed.success
      ? programmeErrors(parsed.data, minHours).map(({ pointer, detail }) => ({
          pointer: `/programme${pointer}`,
          detail,
        }))
      : [];
  },
};

/** The three-year cycle of a new teacher (P04). */
export const mentoringCycleFace: ProcessFace = {
  actions: mentoring.actions,
  // One open cycle per person, whoever opens it.
  reservation: ({ menteeId }) => ({ applicant: String(menteeId), object: 'cycle' }),
  complete: completeMentoring,
  draftTitleRu: () => 'Цикл молодого педагога',
  picture: mentoringDetails,
  hidesHistory: (state: MentoringState, reader) =>
    hidesFormerSchool(state, reader) ? ['transfer.opened', 'leave.ended_elsewhere', 'person.returned'] : null,
  facts: mentoring.facts,
  label: wordsOf({
    ...mentoringWords.CAUSE_LABELS,
    ...mentoringWords.EXIT_REASONS,
    ...mentoringWords.DECLINE_REASONS,
    ...mentoringWords.RECOMMENDATIONS,
    ...mentoringWords.LEAVE_LABELS,
    ...mentoringWords.STATUS_LABELS,
    ...mentoringWords.TASK_LABELS,
    ...mentoringWords.DEADLINE_LABELS,
  }),
};

export const faces: Record<string, ProcessFace> = {
  'dpp-certification': dppCertificationFace,
  'head-attestation': headAttestationFace,
  'commission-sitting': commissionSittingFace,
  'mentoring-cycle': mentoringCycleFace,
  'qualification-assessment': qualificationAssessmentFace,
  'exam-session': examSessionFace,
};
