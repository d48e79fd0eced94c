import { isOutage } from '../platform/db/pool.ts';
import type { WorkItem } from '../processes/kit/types.ts';
import { applyAction, type RecordDeps } from './apply-action.ts';
import { reportIncident, resolveIncident } from '../platform/incidents.ts';
import type { ApplyAnswer, WorkInput } from './types.ts';
import { findWork } from './work-handlers.ts';
import type { WorkCase, WorkDeps } from './work/types.ts';

interface WorkRow {
  jurisdiction: string;
  policy_version_id: string;
  calendar_version: string;
  applicant_organisation_id: string | null;
  clock: WorkCase['clock'];
  work: WorkItem[];
  today: string;
}

/**
 * Does one piece of a case's machine work and applies its result as a command of the system.
 *
 * Idempotency key: `work:<caseId>:<key>`, the id of that command: work done twice is recorded once. What to do is read from the
 * row, so the engine's history holds a key and no content. A failure is an incident; the piece stays outstanding and the loop
 * tries again after growing waits. An unreachable database or engine is thrown to the retry policy.
 */
export async function performWork(deps: RecordDeps & WorkDeps, input: WorkInput): Promise<ApplyAnswer> {
  const { caseId, process, key, now, knownSequence } = input;
  const look = () => applyAction(deps, { caseId, process, now, knownSequence });
  const row = await readRow(deps, input);
  const item = row?.work.find((candidate) => candidate.key === key);
  if (!row || !item) return look();
  const incident = `work_failed:${caseId}:${key}`;
  try {
    const handler = findWork(process, item.kind);
    if (!handler) throw new Error(`nobody does work of the kind ${item.kind}`);
    const result = await handler.run(deps, toCase(input, row), item);
    const answer = await applyAction(deps, {
      caseId,
      process,
      now,
      knownSequence,
      command: {
        id: `work:${caseId}:${key}`,
        type: `work:${item.kind}`,
        payload: { ...result, key },
        actor: { kind: 'system' },
        receivedAt: now,
      },
    });
    if (answer.reply?.ok === false && answer.work.some((left) => left.key === key)) {
      throw new Error(`the result was refused: ${answer.reply.denial.code} ${answer.reply.denial.message}`);
    }
    await resolveIncident(deps.pool, incident);
    return answer;
  } catch (error) {
    if (isOutage(error)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    deps.log.error({ caseId, work: item.kind, err: error }, 'machine work failed');
    await reportIncident(deps.pool, {
      caseId,
      kind: 'work_failed',
      key: incident,
      message,
      details: { key, kind: item.kind },
    });
    return look();
  }
}

async function readRow(deps: RecordDeps, { caseId, now }: WorkInput): Promise<WorkRow | undefined> {
  const [row] = await deps.pool<WorkRow[]>`
    select c.jurisdiction, policy_version_id, calendar_version, applicant_organisation_id, clock, work,
      to_char(${now}::timestamptz at time zone j.zone, 'YYYY-MM-DD') as today
    from "case" c join jurisdiction j on j.id = c.jurisdiction where c.id = ${caseId} and not closed`;
  return row;
}

function toCase({ caseId, process, now }: WorkInput, row: WorkRow): WorkCase {
  return {
    caseId,
    process,
    jurisdiction: row.jurisdiction,
    policyVersionId: row.policy_version_id,
    calendarVersion: row.calendar_version,
    ...(row.applicant_organisation_id ? { applicantOrganisationId: row.applicant_organisation_id } : {}),
    clock: row.clock,
    now,
    today: row.today,
  };
}
