/**
 * What an assessment leaves in the registers (specification 7, P03), and how indicator I7 counts it. Entries are appended to, never edited;
 * none is public: a result belongs to the person.
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
  if (GRADED.has(event.type) || ANNULLED.has(event.type) || event.type === 'protocol.sent')
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
        protocol: event.type === 'protocol.sent' ? (event.facts.protocol ?? null) : null,
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

export interface Protocol {
  number: string;
  status: string;
  personId: string;
  examOn: string;
  regionCode: string;
}

/**
 * I7: distinct people who completed the procedure by the date, passed or not, whichever part ended the exam, each in the region of his
 * main employment on the day of his first counted exam. Annulled exams and retakes add nobody. Percent of `denominator`, to a hundredth.
 */
export function assessedShare(
  protocols: Protocol[],
  by: string,
  denominator: number,
  regionCode?: string,
): { numerator: number; percent: number; counted: Array<{ personId: string; protocol: string }> } {
  const first = new Map<string, Protocol>();
  for (const p of [...protocols].sort((a, b) => (a.examOn < b.examOn ? -1 : 1)))
    if (p.status !== 'annulled' && p.examOn <= by && !first.has(p.personId)) first.set(p.personId, p);
  const counted = [...first.values()]
    .filter((p) => regionCode === undefined || p.regionCode === regionCode)
    .map((p) => ({ personId: p.personId, protocol: p.number }));
  const percent = denominator > 0 ? Math.round((counted.length / denominator) * 10_000) / 100 : 0;
  return { numerator: counted.length, percent, counted };
}
