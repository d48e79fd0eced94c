import type { WorkHandler } from './types.ts';
import { sendFact } from './common.ts';

/**
 * The first of the queue for this qualification in this jurisdiction, as many as there are seats: those whose session was called off first,
 * then by the day they joined. Answers with `{caseIds, call}`.
 */
const listWaiting: WorkHandler = {
  local: true,
  async run({ pool }, { jurisdiction }, { input }) {
    const rows = await pool<Array<{ id: string }>>`
      select id from "case" where process = 'qualification-assessment' and jurisdiction = ${jurisdiction} and stage = 'waiting'
        and not closed and state->>'qualification' = ${String(input.qualification)} and state->'queue'->>'why' = 'no_seat'
      order by (state->>'priority')::boolean desc, state->'queue'->>'since', started_at, id limit ${Number(input.seats)}`;
    return { caseIds: rows.map(({ id }) => id), call: input.call };
  },
};

export const examSessionWork: Record<string, WorkHandler> = { list_waiting: listWaiting, tell_case: sendFact };
