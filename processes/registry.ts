import { commissionSitting } from './commission-sitting/index.ts';
import { dppCertification } from './dpp-certification/index.ts';
import { examSession } from './exam-session/index.ts';
import { headAttestation } from './head-attestation/index.ts';
import { mentoringCycle } from './mentoring-cycle/index.ts';
import { qualificationAssessment } from './qualification-assessment/index.ts';
import type { NoticeTemplate } from './kit/letter.ts';
import type { AnyProcess } from './kit/types.ts';

const processes = new Map<string, AnyProcess>(
  [dppCertification, headAttestation, commissionSitting, mentoringCycle, qualificationAssessment, examSession].map(
    (process): [string, AnyProcess] => [process.slug, process],
  ),
);

/** Makes a process known to the record path, the API and the screens. Tests register their fixtures the same way. */
export function registerProcess(process: AnyProcess): void {
  processes.set(process.slug, process);
}

export function findProcess(slug: string): AnyProcess | undefined {
  return processes.get(slug);
}

export function getProcess(slug: string): AnyProcess {
  const process = processes.get(slug);
  if (!process) throw new Error(`no process has the slug ${slug}`);
  return process;
}

export function listProcesses(): AnyProcess[] {
  return [...processes.values()];
}

/** The letter that a notice of a process names; absent when nobody wrote it. */
export function findTemplate(slug: string, template: string): NoticeTemplate | undefined {
  return processes.get(slug)?.templates[template];
}

/** Workflow type of a process: `dpp-certification` runs as `dppCertification`. */
export function workflowTypeOf(slug: string): string {
  return slug.replace(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
