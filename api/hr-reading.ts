/** Reads rows of employment events against the database of one office: who and where they mean, and what they will do. */
import { contextAt, findPins } from '../platform/cases/references.ts';
import { casesOfPeople, foreseePerson, hrId, placeFromRow, readPlaces } from '../platform/cases/employment.ts';
import type { Sql } from '../platform/db/pool.ts';
import { foresee, foreseeOpening, type Foreseen, tellingInstant } from '../processes/hr-events/foresee.ts';
import {
  type Cells,
  COLUMNS,
  type Column,
  EVENT_WORDS,
  LEAVE_WORDS,
  type Lookup,
  type Newcomer,
  type ParsedRow,
  type PersonFound,
  UUID,
} from '../processes/hr-events/import.ts';
import type { EmploymentEvent } from '../processes/hr-events/matrix.ts';
import { isOwn } from '../processes/kit/rulebook.ts';
import type { PersonActor } from '../processes/kit/types.ts';
import { localDate } from '../processes/kit/zones.ts';
import { findProcess, listProcesses } from '../processes/registry.ts';
import type { z } from 'zod';
import type { HrEffect, HrFault } from './contract/hr-events.ts';
import { type HrScope, inScope } from './hr-scope.ts';
import type { ApiDeps } from './ports.ts';
import { stageOf } from './queries/load-case.ts';
import { roleRu } from './words.ts';

export type Effect = z.infer<typeof HrEffect>;
export type Fault = z.infer<typeof HrFault>;

const plain = (text: string) => text.trim().toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ');
const NOBODY =
  'Такого человека среди сотрудников, за которых вы отвечаете, нет. Если основное место работы ещё числит за ним другая организация, сначала её кадровая служба записывает увольнение или перевод.';
const ELSEWHERE =
  'Основное место работы этого человека не у вас: такое событие записывает кадровая служба основного места. О работе по совместительству укажите «Основное место: нет».';
const OWN =
  'О себе и о своих родственниках кадровые события не записывают: это делает другой сотрудник кадровой службы.';
/** Events about the person and not about one of his jobs. */
const WHOLE = new Set(['died', 'surname_changed']);
/** Events by which somebody of another office comes into this one: his new office holds his papers and names him exactly. */
const INCOMING = new Set(['hired', 'transferred']);

interface PersonRow {
  id: string;
  display_name: string;
  email: string;
  mine: boolean;
  /** Has an open main place of work outside this office. */
  main_elsewhere: boolean;
}

/**
 * What the rows of one office may mean. A name is looked up only among its own people; by id or e-mail also somebody who comes to it.
 * About others it answers with one sentence, whether they exist or not.
 *
 * An event ends roles, closes an account, takes experts from their cases. So the main place of work speaks for a person: an office that holds a
 * second job of his says nothing beyond it, and takes nobody over whom another office still has. About himself and his relatives nobody
 * speaks in office.
 */
export async function lookupFor(
  sql: Sql,
  scope: HrScope,
  actor: PersonActor,
  cells: readonly Cells[],
): Promise<Lookup> {
  const references = [
    ...new Set(cells.flatMap(({ personId, email }) => [personId, email]).filter((r) => r !== undefined)),
  ];
  const ids = references.filter((r) => UUID.test(r)).map((r) => r.toLowerCase());
  const words = references.map(plain);
  const [places, people] = await Promise.all([
    readPlaces(sql),
    sql<PersonRow[]>`
      select p.id, p.display_name, p.email, exists (
        select from employment e join organisation o on o.id = e.organisation_id
        where e.person_id = p.id and ${inScope(sql, scope)}
          and (e.to_on is null or e.to_on = (select max(x.to_on) from employment x where x.person_id = p.id)
            and not exists (select from employment x where x.person_id = p.id and x.to_on is null))) as mine,
        exists (select from employment e join organisation o on o.id = e.organisation_id
          where e.person_id = p.id and e.main and e.to_on is null and ${inScope(sql, scope)} is not true) as main_elsewhere
      from person p where p.died_on is null and (p.id = any(${ids}::uuid[]) or lower(p.email) = any(${words}::text[])
        or replace(lower(p.display_name), 'ё', 'е') = any(${words}::text[]))`,
  ]);
  const byPlace = new Map<string, (typeof places)[number]>();
  for (const row of places)
    for (const name of [row.id, row.inn, row.name_ru, row.short_name_ru]) if (name) byPlace.set(plain(name), row);
  const mayPlace = (row: (typeof places)[number]) =>
    scope.all ||
    scope.regions.includes(row.region_code) ||
    scope.bodies.includes(row.id) ||
    (row.authority_id !== null && scope.bodies.includes(row.authority_id));
  return {
    placeOf: (reference) => {
      const row = byPlace.get(plain(reference));
      return row && placeFromRow(row);
    },
    personOf(reference, event, to, email, main): PersonFound {
      const target = to && byPlace.get(plain(to.organisationId));
      const comesHere = INCOMING.has(event) && target !== undefined && mayPlace(target);
      if (event === 'hired' && target && !mayPlace(target))
        return { fault: 'Эта школа не относится к вашей организации, округу или региону.' };
      const exact = people.filter(
        (p) =>
          p.id === reference.toLowerCase() ||
          plain(p.email) === plain(reference) ||
          (email && plain(p.email) === plain(email)),
      );
      const named = people.filter((p) => p.mine && plain(p.display_name) === plain(reference));
      const [found, second] = exact.length > 0 ? exact : named;
      if (second) return { fault: 'Таких людей несколько: укажите почту или идентификатор.' };
      if (found) {
        if (isOwn(actor, { persons: [found.id] })) return { fault: OWN };
        const beyond = found.main_elsewhere && (main || WHOLE.has(event));
        if (found.mine) return beyond ? { fault: ELSEWHERE } : { id: found.id };
        return (comesHere || scope.all) && !beyond ? { id: found.id } : { fault: NOBODY };
      }
      return event === 'hired' && comesHere ? newcomerOf(reference, email) : { fault: NOBODY };
    },
  };
}

/** Somebody the platform does not know: full name and mail are enough to be met; the id follows from the mail. */
function newcomerOf(reference: string, email: string | undefined): PersonFound {
  const [familyName, givenName, ...rest] = reference.trim().split(/\s+/);
  if (
    UUID.test(reference) ||
    reference.includes('@') ||
    !familyName ||
    !givenName ||
    !/^[А-ЯЁа-яё-]+$/.test(familyName)
  )
    return { fault: 'Этого человека на платформе нет: укажите фамилию, имя, отчество и почту.' };
  if (!email || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    return { fault: 'Новый человек: укажите его почту, без неё войти нельзя.' };
  const newcomer: Newcomer = { familyName, givenName, patronymic: rest.join(' ') || null, email: email.toLowerCase() };
  return { id: hrId(newcomer.email, 'person'), newcomer };
}

export const faultView = ({
  line,
  column,
  detail,
}: {
  line: number;
  column: string | null;
  detail: string;
}): Fault => ({
  line,
  column,
  columnRu: column ? (COLUMNS[column as Column]?.ru ?? column) : null,
  detail,
});

/** «начался отпуск (по уходу за ребёнком) с 01.09.2026 по 01.03.2028» without the dates the screen writes itself. */
export function eventWords(event: EmploymentEvent): string {
  const leave = event.leave ? ` (${LEAVE_WORDS[event.leave]})` : '';
  return `${EVENT_WORDS[event.event]}${leave}${event.main ? '' : ', работа по совместительству'}`;
}

/**
 * Every effect of every row, in the order in which the cases will hear of them. A case that two rows touch is folded through both, so the
 * second row is judged on what the first one leaves.
 */
export async function foreseeRows(
  deps: Pick<ApiDeps, 'references' | 'faces' | 'now'>,
  sql: Sql,
  rows: readonly ParsedRow[],
): Promise<Map<number, Effect[]>> {
  const now = deps.now().toISOString();
  const cases = await casesOfPeople(
    sql,
    rows.map(({ event }) => event.personId),
  );
  const folded = new Map<string, { state: any; sequence: number; closed: boolean }>();
  const out = new Map<number, Effect[]>();
  for (const { line, event } of [...rows].sort((a, b) =>
    a.event.on < b.event.on ? -1 : a.event.on > b.event.on ? 1 : a.line - b.line,
  )) {
    const effects: Effect[] = [];
    let mentored = false;
    for (const kase of cases.filter((c) => c.person_id === event.personId)) {
      const process = findProcess(kase.process);
      if (!process) continue;
      if (process.opensOnHire) mentored ||= kase.subject_id === event.personId;
      const known = folded.get(kase.id) ?? { state: kase.state, sequence: kase.sequence, closed: false };
      const fact = known.closed ? null : (process.employmentFact?.(event, known.state) ?? null);
      if (!fact) continue;
      const base = await deps.references.of(sql, process, {
        jurisdiction: kase.jurisdiction,
        policyVersionId: kase.policy_version_id,
        calendarVersion: kase.calendar_version,
      });
      const last = kase.updated_at.toISOString();
      const at = tellingInstant(
        event.on,
        localDate(now, base.jurisdiction.zone),
        now > last ? now : last,
        base.jurisdiction.zone,
      );
      const ctx = contextAt(base, kase.id, at);
      const seen = foresee({ caseId: kase.id, process, state: known.state, sequence: known.sequence, ctx }, fact);
      if (seen.ok)
        folded.set(kase.id, {
          state: seen.state,
          sequence: seen.sequence,
          closed: process.summary(seen.state, ctx).closed,
        });
      effects.push(
        effectView(deps, seen, {
          kind: 'case',
          caseId: kase.id,
          number: kase.number,
          process: process.slug,
          processRu: process.nameRu,
        }),
      );
    }
    if (event.event === 'hired' && !mentored) effects.push(...(await openings(deps, sql, event, now)));
    const person = (await foreseePerson(sql, event)).map(personWords).filter((w) => w !== '');
    if (person.length > 0) effects.push({ ...EMPTY, kind: 'person', ru: person.join('; ') });
    out.set(line, effects.length > 0 ? effects : [{ ...EMPTY, kind: 'none', ru: 'Ни одного дела не касается.' }]);
  }
  return out;
}

const EMPTY: Effect = {
  caseId: null,
  number: null,
  process: null,
  processRu: null,
  kind: 'none',
  ru: '',
  stageBeforeRu: null,
  stageAfterRu: null,
  eventsRu: [],
  dates: [],
  letters: 0,
};

const PERSON_WORDS: Record<string, string> = {
  new_person: 'новый человек: будет заведён, место работы записано',
  new_work: 'записано новое место работы',
  work_moves: 'место работы меняется',
  work_ends: 'место работы закрывается',
  no_work: 'открытого места работы на платформе нет',
  access_ends: 'вход закрывается, места работы закрываются',
  post_changes: 'должность меняется',
  surname_changes: 'фамилия меняется, прежняя остаётся в журнале',
};
const personWords = (code: string): string =>
  code.startsWith('role:')
    ? `прекращается роль «${roleRu(code.slice(5))}» в этой организации`
    : (PERSON_WORDS[code] ?? '');

async function openings(
  deps: Pick<ApiDeps, 'references' | 'faces'>,
  sql: Sql,
  event: EmploymentEvent,
  now: string,
): Promise<Effect[]> {
  const out: Effect[] = [];
  for (const process of listProcesses()) {
    const opening = process.opensOnHire?.(event);
    if (!opening) continue;
    const head = {
      kind: 'open' as const,
      caseId: null,
      number: null,
      process: process.slug,
      processRu: process.nameRu,
    };
    if ('whyNot' in opening) {
      out.push({ ...EMPTY, ...head, ru: opening.whyNot });
      continue;
    }
    const pins = await findPins(sql, process.slug, { jurisdiction: opening.jurisdiction }, now);
    if (!pins) {
      out.push({ ...EMPTY, ...head, ru: 'В этом регионе правила процесса ещё не действуют: дело не откроется.' });
      continue;
    }
    const base = await deps.references.of(sql, process, pins);
    const at = tellingInstant(event.on, localDate(now, base.jurisdiction.zone), now, base.jurisdiction.zone);
    const seen = foreseeOpening(process, opening.type, opening.payload, contextAt(base, hrId('foresee'), at));
    out.push(effectView(deps, seen, head));
  }
  return out;
}

function effectView(
  deps: Pick<ApiDeps, 'faces'>,
  seen: Foreseen,
  head: Pick<Effect, 'kind' | 'caseId' | 'number' | 'processRu'> & { process: string },
): Effect {
  if (!seen.ok) return { ...EMPTY, ...head, ru: `Дело не изменится. ${seen.ru}` };
  const process = findProcess(head.process);
  const words = (purpose: string) => deps.faces[head.process]?.label(purpose) ?? purpose;
  const before = seen.stageBefore === '' ? null : stageOf(process, seen.stageBefore).labelRu;
  const after = stageOf(process, seen.stageAfter).labelRu;
  const events = [...new Set(seen.events.map(({ ru }) => ru))];
  return {
    ...EMPTY,
    ...head,
    ru:
      head.kind === 'open'
        ? `Будет открыто дело: «${after}».`
        : before === after
          ? `Стадия прежняя: «${after}».`
          : `«${before}» → «${after}».`,
    stageBeforeRu: before,
    stageAfterRu: after,
    eventsRu: events,
    dates:
      head.kind === 'open'
        ? seen.dates
            .filter(({ after: to }) => to !== null)
            .map(dated)
            .slice(0, 6)
        : seen.dates.map(dated),
    letters: seen.letters,
  };

  function dated({
    purpose,
    before: was,
    after: to,
  }: {
    purpose: string;
    before: string | null;
    after: string | null;
  }) {
    // `moved` keeps both ends in one shape: the date it had, and the date it will have.
    return { purposeRu: words(purpose), before: was, after: to };
  }
}
