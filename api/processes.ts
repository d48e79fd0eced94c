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
import type { NoticeParams } from '../processes/kit/notices-types.ts';
import type { ProcessFace } from './ports.ts';

const labels: Record<string, string> = { ...REFUSAL_REASONS, ...CAUSE_LABELS, ...TASK_LABELS, ...DEADLINE_LABELS };

/** Certification of programmes (P01). */
export const dppCertificationFace: ProcessFace = {
  actions,
  facts,
  // A purpose may carry a counter: «task.escalate:2».
  label: (code) => labels[code] ?? labels[code.replace(/:.*$/, '')],
  letter(template, params) {
    const found = TEMPLATES[template];
    if (!found) return undefined;
    const given = params as NoticeParams;
    return { subject: found.subjectRu(given), text: found.linesRu(given).join('\n\n') };
  },
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

export const faces: Record<string, ProcessFace> = { 'dpp-certification': dppCertificationFace };
