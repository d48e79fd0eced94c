import { selectionSeed, uuidV5 } from '../../platform/crypto/ids.ts';
import { addYears } from '../../processes/kit/dates.ts';
import type { Candidate } from '../../processes/kit/panel.ts';
import type { FactMessage } from '../../workflows/messages.ts';
import type { Facts } from '../../processes/kit/types.ts';
import type { WorkHandler } from './types.ts';

/** What a rule writes into the input of `open_case`: the related case is named by a key inside this one. */
interface OpenCaseInput {
  /** Key inside this case; the id of the related case follows from it, so a repetition finds the case of the first try. */
  childKey: string;
  /** Slug of its process; absent: the same process. */
  process?: string;
  jurisdiction?: string;
  /** Command that opens it. */
  type: string;
  start: Facts;
}

/**
 * Opens a related case as a peer. A refusal is a failure that administrators see and that is tried again. Answers with
 * `{childKey, childCaseId, number}`.
 */
export const openCase: WorkHandler = {
  local: false,
  async run({ cases, pool }, parent, { input }) {
    if (!cases) throw new Error('the engine cannot be asked here');
    const {
      childKey,
      process = parent.process,
      jurisdiction = parent.jurisdiction,
      type,
      start,
    } = input as unknown as OpenCaseInput;
    const caseId = uuidV5(parent.caseId, childKey);
    const answer = await cases.startCase({
      process,
      caseId,
      jurisdiction,
      parentCaseId: parent.caseId,
      clock: parent.clock,
      // On a skipped clock the related case begins at the moment this one has reached.
      ...(parent.clock === 'skipped' ? { openAt: parent.now } : {}),
      command: {
        id: `open:${parent.caseId}:${childKey}`,
        type,
        payload: start,
        actor: { kind: 'system' },
        receivedAt: parent.now,
      },
    });
    if (answer.kind === 'not_yet_recorded') throw new Error('the related case is not open yet');
    if (answer.kind === 'refused')
      throw new Error(`the related case was refused: ${answer.denial.code} ${answer.denial.message}`);
    const [row] = await pool<Array<{ number: string | null }>>`select number from "case" where id = ${caseId}`;
    return { childKey, childCaseId: caseId, number: row?.number ?? null };
  },
};

/**
 * Tells another case a fact, `{caseId, factId, fact: {kind, ...payload}}`; the same fact id makes a repetition harmless. A closed case
 * needs no news. Answers with `{caseId, delivered}`.
 */
export const sendFact: WorkHandler = {
  local: false,
  async run({ cases }, _from, { input }) {
    if (!cases) throw new Error('the engine cannot be asked here');
    const { kind, ...payload } = input.fact as Facts & { kind: string };
    const fact: FactMessage = { factId: String(input.factId), kind, payload };
    const sent = await cases.sendFact(String(input.caseId), fact);
    return { caseId: input.caseId, delivered: sent.kind === 'sent' };
  },
};

/**
 * Reads the pool of experts as it stands on the case's own day: competences, regions, employers now and within the lookback of the
 * policy, relations, load, suspensions, lateness. An empty list is an answer: the case records that nobody is there. The seed is
 * fixed for the case and the key, so a repetition offers the same draw.
 */
export const listCandidates: WorkHandler = {
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
