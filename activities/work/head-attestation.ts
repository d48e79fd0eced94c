import type { Facts } from '../../processes/kit/types.ts';
import type { WorkHandler } from './types.ts';
import { listCandidates, openCase, sendFact } from './common.ts';

/**
 * Tells another case a fact. An item for an agenda goes with the relatives of the person considered, so that the sitting recuses them
 * whatever they say; a repetition with other relatives changes nothing, since the first fact of an id stands.
 */
const tellCase: WorkHandler = {
  local: false,
  async run(deps, from, item) {
    const fact = item.input.fact as Facts & { kind: string };
    if (fact.kind !== 'item_submitted') return sendFact.run(deps, from, item);
    const subject = String(fact.subjectId);
    const relatives = await deps.pool<Array<{ id: string }>>`
      select person_b as id from relation where kind = 'relative' and person_a = ${subject}::uuid
      union select person_a from relation where kind = 'relative' and person_b = ${subject}::uuid`;
    const conflicts = [
      ...new Set([...((fact.conflicts as string[] | undefined) ?? []), ...relatives.map(({ id }) => id)]),
    ];
    return sendFact.run(deps, from, { ...item, input: { ...item.input, fact: { ...fact, conflicts } } });
  },
};

export const headAttestationWork: Record<string, WorkHandler> = {
  list_candidates: listCandidates,
  open_child: openCase,
  tell_case: tellCase,
};
