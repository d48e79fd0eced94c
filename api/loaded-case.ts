/** A case as it was read for one viewer. */
import type { AnyProcess, Context } from '../processes/kit/types.ts';
import type { ViewerKind } from './visibility.ts';

export interface CaseRecord {
  id: string;
  process: string;
  number: string | null;
  jurisdiction: string;
  title_ru: string;
  subject_kind: string;
  subject_id: string;
  initiator_id: string | null;
  applicant_organisation_id: string | null;
  applicant_region_code: string | null;
  policy_version_id: string;
  calendar_version: string;
  stage: string;
  outcome: string | null;
  waiting_for: string;
  paused: boolean;
  due_on: string | null;
  closed: boolean;
  sequence: number;
  state: any;
  next_due_at: Date | null;
  parent_case_id: string | null;
  clock: 'real' | 'skipped';
  started_at: Date;
  updated_at: Date;
}

export interface LoadedCase {
  row: CaseRecord;
  process: AnyProcess;
  ctx: Context<any>;
  kinds: ViewerKind[];
  /** Ids of the viewer's own tasks in this case, and whether one of them still opens the programme to him. */
  ownTasks: Array<{ id: string; state: string }>;
  /** Events up to this one, and documents of that time, are not for this viewer: they belong to a former school. 0: all are. */
  hiddenBefore: number;
}
