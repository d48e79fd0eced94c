import { TEMPLATES as commissionSitting } from '../../processes/commission-sitting/notifications.ts';
import { TEMPLATES as dppCertification } from '../../processes/dpp-certification/notifications.ts';
import { TEMPLATES as headAttestation } from '../../processes/head-attestation/notifications.ts';
import { TEMPLATES as mentoringCycle } from '../../processes/mentoring-cycle/notifications.ts';
import { ACCOUNT, ACCOUNT_TEMPLATES } from '../../platform/identity/letters.ts';
import type { NoticeTemplate } from '../../processes/kit/letter.ts';

const templates = new Map<string, Record<string, NoticeTemplate>>([
  ['dpp-certification', dppCertification],
  ['head-attestation', headAttestation],
  ['commission-sitting', commissionSitting],
  ['mentoring-cycle', mentoringCycle],
  [ACCOUNT, ACCOUNT_TEMPLATES],
]);

export function registerTemplates(process: string, of: Record<string, NoticeTemplate>): void {
  templates.set(process, of);
}

export function findTemplate(process: string, template: string): NoticeTemplate | undefined {
  return templates.get(process)?.[template];
}
