import { createHash } from 'node:crypto';
import { canonicalJson } from '../../platform/crypto/canonical.ts';
import { checkPolicy as checkAccessPolicy } from '../../processes/access/policy.ts';
import { checkPolicy as checkSittingPolicy } from '../../processes/commission-sitting/policy.ts';
import { checkPolicy as checkCertificationPolicy } from '../../processes/dpp-certification/policy.ts';
import { checkPolicy as checkAttestationPolicy } from '../../processes/head-attestation/policy.ts';
import { checkPolicy as checkSessionPolicy } from '../../processes/exam-session/policy.ts';
import { checkPolicy as checkMentoringPolicy } from '../../processes/mentoring-cycle/policy.ts';
import { checkPolicy as checkPersonalDataPolicy } from '../../processes/personal-data/policy.ts';
import { checkPolicy as checkAssessmentPolicy } from '../../processes/qualification-assessment/policy.ts';
import type { FieldError } from '../../processes/kit/types.ts';
import { listData, readData } from './files.ts';
import { repealedActs } from './legal-acts.ts';

/** A file of `data/policies/<process>/`. `act.cites` are ids of legal acts the policy rests on. */
export interface PolicyFile {
  process: string;
  jurisdiction: string;
  version: number;
  act: { number: string; date: string; titleRu: string; cites: string[] };
  effectiveFrom: string;
  effectiveTo?: string | null;
  parameters: unknown;
}

export interface PolicyVersion extends PolicyFile {
  id: string;
  digest: string;
}

type Check = (parameters: unknown) => { ok: true } | { ok: false; errors: FieldError[] };

/** The processes that take a policy. A new process adds its own check here. */
const CHECKS: Record<string, Check> = {
  'dpp-certification': checkCertificationPolicy,
  'head-attestation': checkAttestationPolicy,
  'commission-sitting': checkSittingPolicy,
  'mentoring-cycle': checkMentoringPolicy,
  'personal-data': checkPersonalDataPolicy,
  access: checkAccessPolicy,
  'qualification-assessment': checkAssessmentPolicy,
  'exam-session': checkSessionPolicy,
};

/** A policy that cannot run its process. The message names every parameter at fault. */
export class PolicyRefused extends Error {
  override readonly name = 'PolicyRefused';
  constructor(
    readonly policyId: string,
    readonly errors: FieldError[],
  ) {
    super(
      `Политика ${policyId} не принята:\n${errors.map((error) => `  - ${error.pointer}: ${error.detail}`).join('\n')}`,
    );
  }
}

/** Checks a policy against its process and names it; throws `PolicyRefused`. */
export function acceptPolicy(file: PolicyFile): PolicyVersion {
  const id = `${file.process}-${file.jurisdiction}-${file.version}`;
  const check = CHECKS[file.process];
  if (!check) throw new PolicyRefused(id, [{ pointer: '/process', detail: `Процесс «${file.process}» не известен.` }]);
  const checked = check(file.parameters);
  if (!checked.ok) throw new PolicyRefused(id, checked.errors);
  return { ...file, id, digest: createHash('sha256').update(canonicalJson(file.parameters)).digest('hex') };
}

export function readPolicies(): PolicyVersion[] {
  return Object.keys(CHECKS).flatMap((process) =>
    listData('policies', process).map((name) => acceptPolicy(readData<PolicyFile>('policies', process, name))),
  );
}

/** A sentence for each repealed act a policy cites; a warning, because only a person can say what replaces the citation. */
export function policyWarnings(policy: PolicyVersion): string[] {
  return repealedActs(policy.act.cites).map(
    (act) =>
      `Политика ${policy.id} ссылается на утративший силу акт ${act.number ?? act.id} (отменён актом ${act.repealedBy}).`,
  );
}
