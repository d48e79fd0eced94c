import { selectionSeed } from '../../platform/crypto/ids.ts';
import { addYears } from '../../processes/kit/dates.ts';
import type { Candidate } from '../../processes/kit/panel.ts';
import type { SessionOffer, Theory, Workplace } from '../../processes/qualification-assessment/state.ts';
import type { WorkHandler } from './types.ts';
import { openCase, sendFact } from './common.ts';

/** The newest theory result of the person for the qualification in an exam that stands; whether it is still valid is a rule. */
const findTheory: WorkHandler = {
  local: true,
  async run({ pool }, { caseId }, { input }) {
    const [row] = await pool<Array<{ id: string; theory: Theory }>>`
      select id, state->'theory' as theory from "case" where process = 'qualification-assessment' and id <> ${caseId}
        and initiator_id = any(${input.personIds as string[]}::uuid[]) and state->>'qualification' = ${String(input.qualification)}
        and state->'theory'->>'passed' = 'true' and coalesce(outcome, '') <> 'annulled'
      order by state->'theory'->>'on' desc limit 1`;
    return { theory: row ? { score: row.theory.score, on: row.theory.on, passed: true, from: row.id } : null };
  },
};

/**
 * Sessions of the jurisdiction that still give out seats for the qualification, with the seats taken, nearest first; the place in the
 * queue and the financed places taken in the year of the case's own day.
 */
const listSessions: WorkHandler = {
  local: true,
  async run({ pool }, { caseId, jurisdiction, today }, { input }) {
    const qualification = String(input.qualification);
    const sessions = await pool<SessionOffer[]>`
      select c.id as "sessionCaseId", c.number, c.state->>'heldOn' as "heldOn", c.state->>'startsAt' as "startsAt",
        c.state->>'placeRu' as "placeRu", c.state->>'centreId' as "centreId", (c.state->>'capacity')::int as capacity,
        (select count(*)::int from claim t where t.scope = 'exam-seat:' || c.id) as taken
      from "case" c where c.process = 'exam-session' and c.jurisdiction = ${jurisdiction} and c.stage = 'booking' and not c.closed
        and c.state->>'qualification' = ${qualification} and c.state->>'heldOn' > ${today}
      order by c.state->>'heldOn', c.state->>'startsAt', c.id limit 100`;
    const [queue] = await pool<Array<{ ahead: number }>>`
      select count(*)::int as ahead from "case" where process = 'qualification-assessment' and jurisdiction = ${jurisdiction}
        and stage = 'waiting' and not closed and id <> ${caseId} and state->>'qualification' = ${qualification}
        and (${input.priority === true} = false or (state->>'priority')::boolean)`;
    const [financed] = await pool<Array<{ taken: number }>>`
      select count(*)::int as taken from claim where scope = ${`financed:${jurisdiction}:${qualification}:${today.slice(0, 4)}`}`;
    return {
      listing: input.listing,
      sessions: [...sessions],
      ahead: queue?.ahead ?? 0,
      financedTaken: financed?.taken ?? 0,
    };
  },
};

/**
 * The examiners named, as the rules of conflict see them on the case's own day, and where the person works and worked: employers of the
 * years of the policy, relations (kin, tutor, mentor, teacher), load. The seed is fixed for the case and the key.
 */
const listExaminers: WorkHandler = {
  local: true,
  async run({ pool, keys }, { caseId, today, policyVersionId }, { key, input }) {
    const [policy] = await pool<Array<{ years: number | null }>>`
      select (parameters->'examiners'->>'lookbackYears')::int as years from policy_version where id = ${policyVersionId}`;
    const since = addYears(today, -(policy?.years ?? 3));
    const candidates = await pool<Candidate[]>`
      select p.id as "personId", coalesce(e.competences, '{}') as competences, coalesce(e.region_code, '') as "regionCode",
        coalesce(e.max_open_tasks, 0) as "maxOpenTasks", e.suspended_until as "suspendedUntil",
        coalesce((select array_agg(distinct m.organisation_id::text) from employment m where m.person_id = p.id
          and m.from_on <= ${today} and (m.to_on is null or m.to_on >= ${since})), '{}') as "organisationIds",
        coalesce((select jsonb_agg(jsonb_build_object('personId', r.other, 'kind', r.kind) order by r.other, r.kind) from (
          select person_b as other, kind from relation where person_a = p.id
          union select person_a, kind from relation where person_b = p.id) r), '[]') as relations,
        (select count(*)::int from task t where t.assignee_id = p.id and t.open and t.nature = 'personal') as "openTasks",
        (select count(*)::int from expert_record x where x.person_id = p.id and x.late and x.finished_on > ${addYears(today, -1)})
          as "overdueInYear"
      from person p left join expert e on e.person_id = p.id
      where p.id = any(${input.ids as string[]}::uuid[]) and p.died_on is null order by p.id`;
    const employers = await pool<Array<{ id: string; region: string; main: boolean; now: boolean }>>`
      select m.organisation_id as id, o.region_code as region, m.main, (m.to_on is null or m.to_on >= ${today}) as now
      from employment m join organisation o on o.id = m.organisation_id
      where m.person_id = any(${input.personIds as string[]}::uuid[]) and m.from_on <= ${today} and (m.to_on is null or m.to_on >= ${since})
      order by m.main desc, m.from_on desc, o.id`;
    const main = employers.find((row) => row.now);
    const workplace: Workplace = {
      regionCode: main?.region ?? String(input.region),
      ...(main ? { organisationId: main.id } : {}),
    };
    return {
      candidates: [...candidates],
      organisationIds: [...new Set(employers.map(({ id }) => id))],
      workplace,
      seed: selectionSeed(keys, caseId, key),
    };
  },
};

export const qualificationAssessmentWork: Record<string, WorkHandler> = {
  find_theory: findTheory,
  list_sessions: listSessions,
  list_examiners: listExaminers,
  open_child: openCase,
  tell_case: sendFact,
};
