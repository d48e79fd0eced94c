/** The faces of the processes: what the API knows of each beyond its rules. */
import { actions, facts } from '../processes/dpp-certification/contract.ts';
import {
  CAUSE_LABELS,
  DEADLINE_LABELS,
  REFUSAL_REASONS,
  TASK_LABELS,
} from '../processes/dpp-certification/labels.ru.ts';
import { TEMPLATES } from '../processes/dpp-certification/notifications.ts';
import { DEFAULT_POLICY, type CertificationPolicy } from '../processes/dpp-certification/policy.ts';
import { Programme, programmeErrors } from '../processes/dpp-certification/programme.ts';
import { actions as sittingActions, facts as sittingFacts } from '../processes/commission-sitting/contract.ts';
import * as sittingLabels from '../processes/commission-sitting/labels.ru.ts';
import { TEMPLATES as SITTING_TEMPLATES } from '../processes/commission-sitting/notifications.ts';
import { actions as attestationActions, facts as attestationFacts } from '../processes/head-attestation/contract.ts';
import * as attestationLabels from '../processes/head-attestation/labels.ru.ts';
import { TEMPLATES as ATTESTATION_TEMPLATES } from '../processes/head-attestation/notifications.ts';
import * as mentoring from '../processes/mentoring-cycle/contract.ts';
import * as mentoringWords from '../processes/mentoring-cycle/labels.ru.ts';
import { TEMPLATES as MENTORING_TEMPLATES } from '../processes/mentoring-cycle/notifications.ts';
import { hidesFormerSchool } from '../processes/mentoring-cycle/picture.ts';
import { STARTERS } from '../processes/mentoring-cycle/stages.ts';
import type { MentoringState } from '../processes/mentoring-cycle/state.ts';
import type { NoticeParams, NoticeTemplate } from '../processes/kit/notices-types.ts';
import { completeMentoring, mentoringDetails } from './mentoring.ts';
import type { ProcessFace } from './ports.ts';

/** A purpose may carry a counter: «task.escalate:2». */
const wordsOf = (words: Record<string, string>) => (code: string) => words[code] ?? words[code.replace(/:.*$/, '')];
const letterOf =
  (templates: Record<string, NoticeTemplate>): NonNullable<ProcessFace['letter']> =>
  (template, params) => {
    const found = templates[template];
    if (!found) return undefined;
    const given = params as NoticeParams;
    return { subject: found.subjectRu(given), text: found.linesRu(given).join('\n\n') };
  };

const labels: Record<string, string> = { ...REFUSAL_REASONS, ...CAUSE_LABELS, ...TASK_LABELS, ...DEADLINE_LABELS };

/** Certification of programmes (P01). */
export const dppCertificationFace: ProcessFace = {
  actions,
  facts,
  label: wordsOf(labels),
  letter: letterOf(TEMPLATES),
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

/** Attestation of heads (P02). */
export const headAttestationFace = simpleFace({
  actions: attestationActions,
  facts: attestationFacts,
  labels: Object.assign({}, ...Object.values(attestationLabels)) as Record<string, string>,
  templates: ATTESTATION_TEMPLATES,
});

/** Sittings of commissions (3.5). */
export const commissionSittingFace = simpleFace({
  actions: sittingActions,
  facts: sittingFacts,
  labels: Object.assign({}, ...Object.values(sittingLabels)) as Record<string, string>,
  templates: SITTING_TEMPLATES,
});

/** A process whose forms are drawn from its schemas and whose words and letters need no more than their tables. */
function simpleFace(of: {
  actions: ProcessFace['actions'];
  facts: ProcessFace['facts'];
  labels: Record<string, string>;
  templates: Record<string, NoticeTemplate>;
}): ProcessFace {
  return {
    actions: of.actions,
    facts: of.facts,
    label: (code) => of.labels[code] ?? of.labels[code.replace(/:.*$/, '')],
    letter(template, params) {
      const found = of.templates[template];
      if (!found) return undefined;
      const given = params as NoticeParams;
      return { subject: found.subjectRu(given), text: found.linesRu(given).join('\n\n') };
    },
  };
}

/** The three-year cycle of a new teacher (P04). */
export const mentoringCycleFace: ProcessFace = {
  actions: mentoring.actions,
  // One open cycle per person, whoever opens it.
  reservation: ({ menteeId }) => ({ applicant: String(menteeId), object: 'cycle' }),
  startRoles: STARTERS,
  complete: completeMentoring,
  details: mentoringDetails,
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
  letter: letterOf(MENTORING_TEMPLATES),
};

export const faces: Record<string, ProcessFace> = {
  'dpp-certification': dppCertificationFace,
  'head-attestation': headAttestationFace,
  'commission-sitting': commissionSittingFace,
  'mentoring-cycle': mentoringCycleFace,
};
