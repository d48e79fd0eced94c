/** Reading assessments: what the person, the centre, an examiner and an employer may each know (specification P03, 3.10). */
import type { CaseRecord } from '../loaded-case.ts';
import {
  CAUSE_LABELS,
  EXCLUSION_LABELS,
  PART_LABELS,
  PAYER_LABELS,
  SCHEME_LABELS,
} from '../../processes/qualification-assessment/labels.ru.ts';
import { findQualification, type AssessmentPolicy } from '../../processes/qualification-assessment/policy.ts';
import { whyNoComplaint } from '../../processes/qualification-assessment/rules/result.ts';
import { COMPLAINABLE } from '../../processes/qualification-assessment/stages.ts';
import type { AssessmentState } from '../../processes/qualification-assessment/state.ts';
import { complaintDue, lastRescheduleDay } from '../../processes/qualification-assessment/terms.ts';
import type { Context } from '../../processes/kit/types.ts';
import { getProcess } from '../../processes/registry.ts';
import type { AssessmentView, ExamSessionRow, ReferralRow } from '../contract/assessments.ts';
import type { ApiDeps } from '../ports.ts';
import { notFound } from '../problems.ts';
import { noteReadings } from '../reading-log.ts';
import type { ReadTx } from '../viewer.ts';
import { contextOf, loadCase, namesOf } from './load-case.ts';

type S = AssessmentState;
type Ctx = Context<AssessmentPolicy>;

/** Sessions that give out seats, nearest first, with the seats free now. Nobody who takes part is named. */
export async function listSessions(
  { sql }: Pick<ApiDeps, 'sql'>,
  filter: { jurisdiction?: string | undefined; qualification?: string | undefined },
): Promise<ExamSessionRow[]> {
  const rows = await sql<ExamSessionRow[]>`
    select c.id, c.number, c.state->>'qualification' as qualification, c.state->>'heldOn' as "heldOn", c.state->>'startsAt' as "startsAt",
      c.state->>'placeRu' as "placeRu", coalesce(o.short_name_ru, o.name_ru) as "centreRu", (c.state->>'capacity')::int as capacity,
      greatest(0, (c.state->>'capacity')::int - (select count(*)::int from claim t where t.scope = 'exam-seat:' || c.id)) as free
    from "case" c left join organisation o on o.id = (c.state->>'centreId')::uuid
    where c.process = 'exam-session' and c.stage = 'booking' and not c.closed
      ${filter.jurisdiction ? sql`and c.jurisdiction = ${filter.jurisdiction}` : sql``}
      ${filter.qualification ? sql`and c.state->>'qualification' = ${filter.qualification}` : sql``}
    order by c.state->>'heldOn', c.state->>'startsAt', c.id limit 200`;
  return [...rows];
}

/** One case: everything for the person and the centre, the rubric alone for an examiner. */
export async function readAssessment(deps: ApiDeps, tx: ReadTx, id: string): Promise<AssessmentView> {
  const { row, ctx, kinds } = await loadCase(deps, tx, id, { expertsToo: true });
  if (row.process !== 'qualification-assessment') throw notFound();
  const s = row.state as S;
  const policy = ctx.policy as AssessmentPolicy;
  const qualification = findQualification(policy, s.qualification);
  const reader = kinds.includes('staff') || kinds.includes('admin');
  const own = reader || kinds.includes('applicant');
  return {
    caseId: row.id,
    jurisdiction: row.jurisdiction,
    scheme: s.scheme,
    schemeRu: SCHEME_LABELS[s.scheme] ?? s.scheme,
    qualification: s.qualification,
    qualificationRu: qualification?.labelRu ?? s.qualification,
    rubric: qualification?.rubric ?? [],
    theoryPass: qualification?.theoryPass ?? 0,
    practicePass: qualification?.practicePass ?? 0,
    refusalReasons: policy.refusalReasons,
    own: own ? await ownView(deps, tx, row, s, ctx) : null,
    centre: reader ? await centreView(tx, s) : null,
  };
}

async function ownView(deps: ApiDeps, tx: ReadTx, row: CaseRecord, s: S, ctx: Ctx): Promise<AssessmentView['own']> {
  const names = await namesOf(tx.sql, [s.initiatorId]);
  const choosing = s.stage === 'admitted' || s.stage === 'in_theory' || s.stage === 'in_practice';
  const { jurisdiction } = row;
  const sessions = choosing ? await listSessions(deps, { jurisdiction, qualification: s.qualification }) : [];
  const offered = new Set(s.sessions.map((o) => o.sessionCaseId));
  const { booking, queue, theory, result, document, revocation } = s;
  const documentRu = ctx.policy.documents[document?.kind === 'conclusion' ? 'conclusionRu' : 'certificateRu'];
  return {
    personRu: names.get(s.initiatorId) ?? '',
    payerRu: PAYER_LABELS[s.payer] ?? s.payer,
    paid: s.paid || s.payer === 'budget',
    referred: s.referral !== undefined,
    priority: s.priority,
    reschedules: s.reschedules,
    maxReschedules: ctx.policy.reschedules,
    lastRescheduleOn: booking ? lastRescheduleDay(ctx, booking.heldOn) : null,
    queue: queue
      ? {
          since: queue.since,
          whyRu: CAUSE_LABELS[queue.why] ?? queue.why,
          ahead: queue.ahead,
          asked: queue.askedOn !== undefined,
        }
      : null,
    booking: booking
      ? {
          id: booking.sessionCaseId,
          number: booking.number,
          qualification: s.qualification,
          heldOn: booking.heldOn,
          startsAt: booking.startsAt,
          placeRu: booking.placeRu,
          centreRu: null,
          capacity: booking.capacity,
          free: 0,
          confirmed: booking.confirmed,
        }
      : null,
    // A session that is not yet in the person's own list is shown once he asks for the list anew.
    sessions: sessions.filter((o) => offered.has(o.id)),
    theory: theory
      ? { score: theory.score, on: theory.on, passed: theory.passed, earlier: theory.from !== undefined }
      : null,
    result: result
      ? {
          passed: result.passed,
          examOn: result.examOn,
          partRu: PART_LABELS[result.part] ?? result.part,
          mean: result.practice?.mean ?? null,
        }
      : null,
    document: document
      ? {
          number: document.number,
          titleRu: documentRu,
          on: document.on,
          validUntil: s.validUntil ?? null,
          reissues: s.reissues,
        }
      : null,
    informedOn: s.informedOn ?? null,
    complaintUntil: s.complaintOver ? null : (complaintDue(s, ctx, 'person')?.dueOn ?? null),
    shared: s.shared,
    revocation: revocation ? { openedOn: revocation.openedOn, answered: revocation.answered } : null,
  };
}

async function centreView({ sql }: ReadTx, s: S): Promise<AssessmentView['centre']> {
  const { eligible, excluded } = s.examiners;
  const names = await namesOf(sql, [...eligible, ...excluded.map((x) => x.personId)]);
  return {
    examiners: eligible.map((id) => ({
      id,
      nameRu: names.get(id) ?? '',
      present: s.booking?.presentIds?.includes(id) ?? false,
    })),
    excluded: excluded.map(({ personId, why }) => ({
      nameRu: names.get(personId) ?? '',
      whyRu: EXCLUSION_LABELS[why] ?? why,
    })),
    totals: s.result?.practice?.totals ?? [],
    disputed: s.disputed,
    exhausted: s.exhausted,
  };
}

/**
 * What an employer sees of the people he referred. «Не подано» stands from the first day until the person accepts, and for ever if he does
 * not: nothing tells a decline from a silence, or either from a case the person has by himself. Read beside the wall of row security, which
 * rightly shows him no case at all: the condition here is the whole of his right.
 */
export async function listReferrals(deps: ApiDeps, viewer: ReadTx['viewer']): Promise<ReferralRow[]> {
  const { sql } = deps;
  const rows = await sql<Array<CaseRecord & { person_ru: string }>>`
    select c.*, p.display_name as person_ru from "case" c join person p on p.id = c.initiator_id
    where c.process = 'qualification-assessment' and c.state->'referral'->>'employerId' = ${viewer.personId}
      and (c.parent_case_id is null or (c.state->>'shared')::boolean or c.state ? 'payerInformedOn')
    order by c.started_at desc, c.id limit 200`;
  await noteReadings(
    deps,
    viewer,
    rows.map(({ id, initiator_id }) => ({
      personId: initiator_id as string,
      what: 'referral',
      caseId: id,
      as: 'employer',
    })),
  );
  return Promise.all(rows.map((row) => referralRow(deps, sql, row, viewer)));
}

async function referralRow(
  deps: ApiDeps,
  sql: ReadTx['sql'],
  row: CaseRecord & { person_ru: string },
  viewer: ReadTx['viewer'],
): Promise<ReferralRow> {
  const s = row.state as S;
  const ctx = (await contextOf(deps, sql, getProcess(row.process), row)) as Ctx;
  const submitted = s.number !== undefined;
  const why = COMPLAINABLE.includes(s.stage) ? whyNoComplaint(s, ctx, viewer.actor) : 'Жаловаться пока не на что.';
  const told = s.result !== undefined && (s.shared || s.payerInformedOn !== undefined);
  const paid = submitted && s.payer === 'employer' && s.payerInformedOn !== undefined;
  return {
    id: row.id,
    personId: s.initiatorId,
    personRu: row.person_ru,
    qualificationRu: findQualification(ctx.policy, s.qualification)?.labelRu ?? s.qualification,
    payerRu: PAYER_LABELS[s.payer] ?? s.payer,
    offeredOn: s.referral?.offeredOn ?? '',
    status: submitted ? 'submitted' : 'not_submitted',
    statusRu: submitted ? 'Подано' : 'Не подано',
    result:
      told && s.result
        ? {
            passed: s.result.passed,
            factRu: s.result.passed ? 'квалификация подтверждена' : 'квалификация не подтверждена',
            documentNumber: s.shared ? (s.document?.number ?? null) : null,
          }
        : null,
    mayComplain: paid && why === null,
    whyNotRu: paid ? why : null,
  };
}

/** People employed today where the viewer holds the office of employer, himself excepted. */
export async function listStaff(deps: Pick<ApiDeps, 'sql' | 'noted'>, viewer: ReadTx['viewer']) {
  const { sql } = deps;
  const organisations = viewer.actor.assignments.flatMap(({ role, scope }) =>
    role === 'employer' && scope.kind === 'organisation' ? [scope.id] : [],
  );
  const rows = await sql<Array<{ id: string; displayName: string; postRu: string; organisationId: string }>>`
    select p.id, p.display_name as "displayName", m.post_ru as "postRu", m.organisation_id as "organisationId"
    from employment m join person p on p.id = m.person_id
    where m.organisation_id = any(${organisations}::uuid[]) and p.id <> ${viewer.personId}::uuid and p.died_on is null
      and m.from_on <= ${viewer.today} and (m.to_on is null or m.to_on >= ${viewer.today}) order by p.display_name, p.id limit 500`;
  await noteReadings(
    deps,
    viewer,
    rows.map(({ id: personId }) => ({ personId, what: 'search', as: 'employer' })),
  );
  return [...rows];
}

/** Is this the viewer's own referral, of which he was told a result? Anything else does not exist for him. */
export async function requireReferral(
  { sql }: Pick<ApiDeps, 'sql'>,
  viewer: ReadTx['viewer'],
  id: string,
): Promise<void> {
  const [row] = await sql<Array<{ ok: boolean }>>`
    select true as ok from "case" c where c.id = ${id}::uuid and c.process = 'qualification-assessment'
      and c.state->'referral'->>'employerId' = ${viewer.personId} and c.state ? 'payerInformedOn'`;
  if (!row) throw notFound();
}
