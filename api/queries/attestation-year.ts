/** The year of a founder (specification P02, stage 1): the draft by the pure rule over his heads, and the places the cases keep. */
import { findPins, contextAt } from '../../platform/cases/references.ts';
import {
  DATE_LABELS,
  DUE_LABELS,
  LEFT_OUT_LABELS,
  VARIANT_LABELS,
} from '../../processes/head-attestation/labels.ru.ts';
import type { AttestationPolicy } from '../../processes/head-attestation/policy.ts';
import { draftSchedule, type Head } from '../../processes/head-attestation/schedule.ts';
import { BEFORE_VOTE, IN_FORCE } from '../../processes/head-attestation/stages.ts';
import type { AttestationState } from '../../processes/head-attestation/state.ts';
import { earliestSitting } from '../../processes/head-attestation/terms.ts';
import { getProcess } from '../../processes/registry.ts';
import type { AttestationYear } from '../contract/attestation.ts';
import type { ApiDeps } from '../ports.ts';
import { forbidden, notFound } from '../problems.ts';
import type { ReadTx } from '../viewer.ts';
import { visibleCases } from '../visibility.ts';
import { organisationsOf, namesOf, stageOf } from './load-case.ts';

const slug = 'head-attestation';
const READERS = ['founder_rep', 'founder_head', 'secretary', 'hr_officer'];

interface CaseRow {
  id: string;
  number: string | null;
  stage: string;
  closed: boolean;
  state: AttestationState;
}

/** For the offices of one founder only; whoever holds them with several names the one he means. */
export async function readAttestationYear(
  deps: ApiDeps,
  { sql, viewer, readings }: ReadTx,
  year: number,
  wanted: string | undefined,
): Promise<AttestationYear> {
  const held = viewer.actor.assignments.flatMap(({ role, scope }) =>
    READERS.includes(role) && scope.kind === 'jurisdiction' ? [{ role, id: scope.id }] : [],
  );
  const id = wanted ?? held[0]?.id;
  if (id === undefined || !held.some((h) => h.id === id)) throw forbidden('График года ведёт учредитель.');
  const now = deps.now().toISOString();
  const pins = await findPins(sql, slug, { jurisdiction: id }, now);
  if (!pins) throw notFound();
  const process = getProcess(slug);
  const ctx = contextAt(await deps.references.of(sql, process, pins), '', now);
  const policy = ctx.policy as AttestationPolicy;
  const { regionCode, zone, nameRu } = ctx.jurisdiction;
  const [people, rows, entries] = await Promise.all([
    // A head is who holds the office of one today and is employed by an organisation of the region.
    sql<
      Array<{
        person_id: string;
        organisation_id: string;
        kind: string;
        post_ru: string;
        from_on: string;
        acting: boolean;
      }>
    >`
      select distinct on (e.person_id, e.organisation_id) e.person_id, e.organisation_id, o.kind, e.post_ru, e.from_on,
        (a.acting or e.post_ru ilike 'исполняющ%' or e.post_ru ilike 'и.о.%') as acting
      from employment e join organisation o on o.id = e.organisation_id
        join role_assignment a on a.person_id = e.person_id and a.role in ('head', 'candidate')
          and a.from_on <= ${ctx.today} and (a.to_on is null or a.to_on >= ${ctx.today})
      where o.region_code = ${regionCode} and e.from_on <= ${ctx.today} and (e.to_on is null or e.to_on >= ${ctx.today})
        and (a.role = 'head' or e.post_ru ilike 'исполняющ%директор%')
      order by e.person_id, e.organisation_id, a.role`,
    sql<CaseRow[]>`
      select c.id, c.number, c.stage, c.closed, c.state from "case" c
      where c.process = ${slug} and c.jurisdiction = ${id} and ${visibleCases(sql, viewer.reach)} order by c.started_at, c.id limit 5000`,
    sql<Array<{ person_id: string; organisation_id: string; valid_until: string }>>`
      select r.facts->>'personId' as person_id, r.facts->>'organisationId' as organisation_id, max(r.valid_until) as valid_until
      from register_entry r where r.register = 'head_attestations' and r.status = any(${IN_FORCE}::text[]) and r.valid_until is not null
        and r.facts->>'variant' <> 'candidate' group by 1, 2`,
  ]);
  const place = (personId: string, organisationId: string) => `${personId}:${organisationId}`;
  const validity = new Map(entries.map((e) => [place(e.person_id, e.organisation_id), e.valid_until]));
  const inWork = new Set(
    rows
      .filter((r) => !r.closed && r.state.incumbent && !['conform', 'conform_conditional'].includes(r.stage))
      .map((r) => place(r.state.initiatorId, r.state.organisationId)),
  );
  const heads = people
    .filter((p) => !inWork.has(place(p.person_id, p.organisation_id)))
    .map((p): Head => {
      const validUntil = validity.get(place(p.person_id, p.organisation_id));
      return {
        personId: p.person_id,
        organisationId: p.organisation_id,
        organisationKind: p.kind,
        appointedOn: p.from_on,
        acting: p.acting,
        ...(validUntil ? { validUntil } : {}),
      };
    });
  const earliestOn = earliestSitting(ctx, policy.terms.sittingNotice, ctx.today);
  const draft = draftSchedule(year, heads, policy, zone, ctx.calendar, earliestOn);
  const inYear = (on: string | null | undefined) => on?.startsWith(`${year}-`) === true;
  const placed = rows.filter(
    ({ state: s }) => s.incumbent && (inYear(s.plannedOn) || (s.dates ?? []).some((d) => inYear(d.plannedOn))),
  );
  // Heads without a case are read as people of the founder; a case of the year is read as such.
  for (const { personId } of heads) readings?.push({ personId, what: 'year', as: 'staff' });
  for (const { id: caseId, state: s } of placed)
    readings?.push({ personId: s.initiatorId, what: 'year', caseId, as: 'staff' });
  const [names, organisations] = await Promise.all([
    namesOf(sql, [...heads.map((h) => h.personId), ...placed.map((r) => r.state.initiatorId)]),
    organisationsOf(sql, [...heads.map((h) => h.organisationId), ...placed.map((r) => r.state.organisationId)]),
  ]);
  const posts = new Map(people.map((p) => [place(p.person_id, p.organisation_id), p.post_ru]));
  const headOf = (personId: string, organisationId: string) => {
    const organisation = organisations.get(organisationId);
    return {
      personId,
      personRu: names.get(personId) ?? '',
      organisationId,
      organisationRu: organisation?.short_name_ru ?? organisation?.name_ru ?? '',
      post: posts.get(place(personId, organisationId)) ?? '',
    };
  };
  return {
    year,
    jurisdiction: { id, nameRu },
    today: ctx.today,
    mayApprove: held.some((h) => h.id === id && h.role === 'founder_rep'),
    earliestOn,
    // A year that is over is read, not drafted.
    due: (earliestOn > `${year}-12-31` ? [] : draft.items).map((item) => ({
      ...headOf(item.personId, item.organisationId),
      plannedOn: item.plannedOn,
      reasonRu: DUE_LABELS[item.because] ?? item.because,
      since: item.since ?? null,
    })),
    leftOut: draft.leftOut.map((item) => ({
      ...headOf(item.personId, item.organisationId),
      reasonRu: LEFT_OUT_LABELS[item.why] ?? item.why,
      until: item.until ?? null,
    })),
    placed: placed
      .map(({ id: caseId, number, stage, closed, state: s }) => ({
        ...headOf(s.initiatorId, s.organisationId),
        post: s.post,
        caseId,
        number,
        variantRu: VARIANT_LABELS[s.variant] ?? s.variant,
        stageRu: stageOf(process, stage).labelRu,
        closed,
        plannedOn: s.plannedOn ?? null,
        late: !closed && (s.plannedOn ?? '9') < ctx.today && BEFORE_VOTE.includes(stage),
        moves: (s.dates ?? []).map((d) => ({
          on: d.on,
          plannedOn: d.plannedOn,
          reasonRu: DATE_LABELS[d.event] ?? d.event,
        })),
      }))
      .sort((a, b) => (a.plannedOn ?? '9').localeCompare(b.plannedOn ?? '9') || a.personRu.localeCompare(b.personRu)),
  };
}
