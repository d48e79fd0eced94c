/**
 * What an assessment leaves in the registers (specification 7, P03). Entries are appended to, never edited; none is public: a result
 * belongs to the person.
 */
import type { Context, RegisterWrite, StoredEvent } from '../kit/types.ts';
import type { AssessmentPolicy } from './policy.ts';
import type { AssessmentState } from './state.ts';

type S = AssessmentState;
type Ctx = Context<AssessmentPolicy>;

/** Status of the entry of applications, by the stage the event led to. */
const APPLICATIONS = new Set([
  'application.submitted',
  'referral.accepted',
  'retake.opened',
  'applicant.admitted',
  'admission.refused',
  'documents.missing',
  'refusal.final',
  'application.withdrawn',
  'slot.missed',
  'queue.silent',
  'reason.rejected',
  'reason.missing',
  'certificate.issued',
  'conclusion.issued',
  'retake.child_opened',
]);

const GRADED = new Set(['theory.failed', 'exam.removed', 'practice.graded', 'practice.settled']);
/** The protocol stays the same entry with the result as it is now; its history keeps the former one. */
const RENEWED = new Set(['protocol.sent', 'appeal.changed', 'court.changed']);
const ANNULLED = new Set(['exam.voided', 'exam.annulled', 'appeal.annulled', 'court.annulled']);

/** Status of the certificate or conclusion after these events. */
const DOCUMENT: Record<string, string> = {
  'certificate.issued': 'valid',
  'conclusion.issued': 'issued',
  'validity.expiring': 'expiring',
  'validity.ended': 'expired',
  'duplicate.issued': 'valid',
  'certificate.revoked': 'revoked',
  'complaint.filed': 'appealed',
  'appeal.upheld': 'valid',
  'appeal.annulled': 'annulled',
  'court.annulled': 'annulled',
};

/** The registers of applications, protocols, certificates and conclusions, complaints. */
export function registers(event: StoredEvent, s: S, ctx: Ctx): RegisterWrite[] {
  const out: RegisterWrite[] = [];
  const { number } = s;
  if (!number) return out;
  const who = { personId: s.initiatorId, qualification: s.qualification, scheme: s.scheme };
  const entry = (
    register: string,
    nr: string,
    status: string,
    facts: Record<string, unknown>,
    over: Partial<RegisterWrite> = {},
  ) => out.push({ register, number: nr, status, version: 1, facts, public: false, ...over });
  if (APPLICATIONS.has(event.type))
    entry('assessment_applications', number, s.stage, { ...who, payer: s.payer, financedYear: s.financedYear ?? null });
  if (GRADED.has(event.type) || ANNULLED.has(event.type) || RENEWED.has(event.type))
    entry(
      'assessment_protocols',
      `${number}/${Math.max(1, s.bookings)}`,
      ANNULLED.has(event.type) ? 'annulled' : 'graded',
      {
        ...who,
        examOn: s.result?.examOn ?? s.examOn ?? null,
        part: s.result?.part ?? null,
        passed: s.result?.passed ?? null,
        theory: s.result?.theory?.score ?? null,
        practice: s.result?.practice?.mean ?? null,
        organisationId: s.workplace?.organisationId ?? null,
        regionCode: s.workplace?.regionCode ?? s.region,
        protocol: s.protocol ?? null,
        caseNumber: number,
      },
    );
  const status = DOCUMENT[event.type];
  if (status && s.document)
    entry(
      ctx.policy.documents.register,
      s.document.number,
      event.type === 'appeal.upheld' && s.document.kind === 'conclusion' ? 'issued' : status,
      { ...who, kind: s.document.kind, level: null, reissues: s.reissues, caseNumber: number },
      { ...(s.validFrom ? { validFrom: s.validFrom } : {}), ...(s.validUntil ? { validUntil: s.validUntil } : {}) },
    );
  // A changed result takes the former document back: its entry stays with this status.
  const former = event.facts.formerDocument as { number: string; kind: string } | undefined;
  if (former)
    entry(ctx.policy.documents.register, former.number, 'annulled', { ...who, kind: former.kind, caseNumber: number });
  if (event.type === 'complaint.filed' || event.type.startsWith('appeal.'))
    entry('assessment_complaints', `${number}/Ж`, event.type.slice(event.type.indexOf('.') + 1), {
      ...who,
      kind: s.complaint?.kind ?? null,
      on: s.complaint?.on ?? null,
    });
  return out;
}
