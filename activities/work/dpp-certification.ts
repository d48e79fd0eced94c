import { selectionSeed } from '../../platform/crypto/ids.ts';
import { addYears } from '../../processes/kit/dates.ts';
import type { Candidate } from '../../processes/kit/panel.ts';
import type { WorkHandler } from '../work-handlers.ts';
import { openCase, sendFact } from './common.ts';

/**
 * Reads the pool of experts as it stands on the case's own day: competences, regions, employers now and within the lookback of the
 * policy, relations, load, suspensions, lateness. An empty list is an answer: the case records that nobody is there. The seed is
 * fixed for the case and the key, so a repetition offers the same draw.
 */
const listCandidates: WorkHandler = {
  local: true,
  async run({ pool, keys }, { caseId, today, policyVersionId }, { key, input }) {
    const role = input.role === 'arbiter' ? 'arbiter' : 'expert';
    const competences = (input.competences as string[] | undefined) ?? [];
    const [policy] = await pool<Array<{ years: number | null }>>`
      select (jsonb_path_query_first(parameters, '$.**.lookbackYears'))::int as years from policy_version where id = ${policyVersionId}`;
    const since = addYears(today, -(policy?.years ?? 3));
    const candidates = await pool<Candidate[]>`
      select e.person_id as "personId", e.competences, e.region_code as "regionCode", e.max_open_tasks as "maxOpenTasks",
        e.suspended_until as "suspendedUntil",
        coalesce((select array_agg(distinct m.organisation_id::text) from employment m where m.person_id = e.person_id
          and m.from_on <= ${today} and (m.to_on is null or m.to_on >= ${since})), '{}') as "organisationIds",
        coalesce((select jsonb_agg(jsonb_build_object('personId', r.other, 'kind', r.kind) order by r.other, r.kind) from (
          select person_b as other, kind from relation where person_a = e.person_id
          union select person_a, kind from relation where person_b = e.person_id) r), '[]') as relations,
        (select count(*)::int from task t where t.assignee_id = e.person_id and t.open and t.nature = 'personal'
          and t.role in ('expert', 'arbiter')) as "openTasks",
        (select count(*)::int from expert_record x where x.person_id = e.person_id and x.late
          and x.finished_on > ${addYears(today, -1)}) as "overdueInYear"
      from expert e join person p on p.id = e.person_id
      where p.died_on is null and e.competences && ${competences}::text[] and (${role} <> 'arbiter' or e.arbiter)
      order by e.person_id`;
    return { role, candidates: [...candidates], seed: selectionSeed(keys, caseId, key) };
  },
};

export const dppCertificationWork: Record<string, WorkHandler> = {
  list_candidates: listCandidates,
  open_child: openCase,
  report_to_parent: sendFact,
};
