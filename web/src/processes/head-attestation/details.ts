/** What the API tells of an attestation beyond every case, as this viewer may know it: absent parts are not for him. */
import type { CaseView } from '../../lib/queries.ts';

export interface Details {
  variant: string;
  incumbent: boolean;
  post: string;
  plannedOn: string | null;
  overdueSince: string | null;
  attesteeId?: string;
  begun?: boolean;
  checked?: boolean;
  documentsNoted?: boolean;
  submission?: { filedOn?: string; familiarisedOn?: string; calls: number };
  publicOpinion?: boolean;
  test?: {
    on?: string;
    score?: number;
    testedOn?: string;
    absent?: boolean;
    from?: string;
    failures: number;
    noShows: number;
    missedOn?: string;
    reasonShown?: boolean;
  } | null;
  thresholdPercent?: number;
  panel?: { recommendation: string; deficits: string[]; on: string } | null;
  booking?: { caseId: string; heldOn: string; accepted: boolean } | null;
  dates?: Array<{ event: string; on: string; plannedOn: string | null }>;
  moves?: Array<{ cause: string; heldOn: string }>;
  compositionAsked?: boolean;
  vote?: {
    result: string;
    on: string;
    sitting: string;
    inAbsence: boolean;
    count?: { for: number; against: number; abstained: number };
    members?: number;
    present?: number;
    recused?: number;
  } | null;
  act?: {
    kind: string;
    on: string;
    order?: { number: string; date: string };
    final: boolean;
    appealed: boolean;
  } | null;
  served?: Partial<Record<'extract' | 'act', { from: string; servedOn?: string; number?: string; calls: number }>>;
  validUntil?: string | null;
  entryNumber?: string | null;
  planSet?: boolean;
  checkAsked?: boolean;
  exemption?: { kind: string; untilOn?: string; resumeOn?: string } | null;
  reserve?: { accepted: boolean; number?: string } | null;
  related?: Array<{ key: string; variant: string; plannedOn: string; caseId?: string }>;
  failures?: number;
  earliestSitting?: { on: string; why: string } | null;
  retakeWindow?: { from: string; to: string } | null;
  retakeBarred?: boolean;
}

export const detailsOf = (view: CaseView): Details => (view.details ?? {}) as unknown as Details;
