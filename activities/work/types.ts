import type { Cases } from '../../platform/cases/commands.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { Pool } from '../../platform/db/pool.ts';
import type { Facts, WorkItem } from '../../processes/kit/types.ts';
import type { Clock } from '../types.ts';

export interface WorkDeps {
  pool: Pool;
  keys: Keyring;
  /** Absent where the engine cannot be asked; work that needs it fails and is tried again. */
  cases?: Cases;
}

export interface WorkCase {
  caseId: string;
  process: string;
  jurisdiction: string;
  policyVersionId: string;
  calendarVersion: string;
  applicantOrganisationId?: string;
  clock: Clock;
  /** The case's clock. */
  now: string;
  /** Local date of `now` in the zone of the jurisdiction. */
  today: string;
}

/**
 * One kind of machine work. `run` may be called again after a crash, so it only reads, or writes under keys that make a repetition
 * harmless; what it returns becomes the payload of the command `work:<kind>`. Work that cannot be done now says so in its result,
 * so that the case records it; what it throws is an incident and a later try.
 */
export interface WorkHandler {
  /** Reads the database and nothing else. */
  local: boolean;
  run(deps: WorkDeps, of: WorkCase, item: WorkItem): Promise<Facts>;
}
