/** Entry into the cycle: by a methodist or a school, by the event «hired», by the package of another region. */
import { hasRole } from '../../kit/actors.ts';
import { addMonths, addYears, isIsoDate, type IsoDate } from '../../kit/dates.ts';
import { deny } from '../../kit/recorder.ts';
import { isOwn } from '../../kit/rulebook.ts';
import type { Place } from '../../hr-events/matrix.ts';
import type { Rights, Year } from '../policy.ts';
import { STARTERS } from '../stages.ts';
import type { MentoringState, Totals } from '../state.ts';
import { cycleKey, placesIn, settle, type Payload, type Rec } from './common.ts';

/** Full months of service from the hiring to a date. */
export function fullMonths(from: IsoDate, to: IsoDate): number {
  let months = 0;
  while (addMonths(from, months + 1) <= to) months++;
  return months;
}

/** Year k = floor(tenure / 12) + 1: 0 → 1, 12 → 2, 35 → 3. */
export const yearOf = (tenureMonths: number): Year => Math.min(3, Math.floor(tenureMonths / 12) + 1) as Year;

export function start(rec: Rec): void {
  const { actor, payload } = rec.command;
  if (actor.kind !== 'person') deny('not_for_system', 'Цикл открывает человек или кадровое событие.');
  const place = payload.place as Place;
  const may = STARTERS.some((role) => hasRole(actor, [role], placesIn(place, role, rec.ctx), rec.ctx.today));
  if (!may) deny('role_missing', 'Цикл открывает методист, куратор, руководитель или кадровая служба этой школы.');
  if (isOwn(actor, { persons: [payload.menteeId as string] }))
    deny('segregation', 'Нельзя открыть цикл самому себе или родственнику.');
  open(rec, 'P04-T01', payload, actor.personId);
}

export function openHired(rec: Rec): void {
  if (rec.command.actor.kind !== 'system') deny('not_for_people', 'Так цикл открывает кадровая система.');
  open(rec, 'P04-T02', rec.command.payload, null);
}

function open(rec: Rec, row: string, p: Payload, openedBy: string | null): void {
  const { policy, today } = rec.ctx;
  const { rights } = policy;
  const { hiredOn, tenureMonths, bornOn, post, menteeId } = p;
  const wrong = (pointer: string, detail: string) => deny('entry', detail, { errors: [{ pointer, detail }] });
  if (!rights.posts.includes(post)) wrong('/post', 'В цикл входят учителя: эта должность не подходит.');
  if (!isIsoDate(hiredOn) || hiredOn > today) wrong('/hiredOn', 'Дата приёма на работу не может быть в будущем.');
  if (!Number.isInteger(tenureMonths) || tenureMonths < 0) wrong('/tenureMonths', 'Стаж: целое число месяцев.');
  const served = tenureMonths + fullMonths(hiredOn, today);
  if (served >= rights.tenureMonths)
    wrong('/tenureMonths', `Педагогический стаж уже ${served} мес.: в цикл входят до ${rights.tenureMonths} месяцев.`);
  const youngUntil = bornOn ? addYears(bornOn, rights.indicatorAge) : undefined;
  const young = youngUntil !== undefined && today < youngUntil;
  admit(rec, row, 'cycle.opened', {
    to: 'intake',
    openedBy,
    menteeId,
    place: p.place,
    post,
    hiredOn,
    credited: tenureMonths,
    monthsClosed: served,
    year: yearOf(served),
    ...(youngUntil ? { youngUntil } : {}),
    agedOut: youngUntil !== undefined && !young,
    // Older newcomers and career changers join, but are not in the indicator (P04 «Entry»).
    counted: young,
    rights,
  });
}

/** What a case takes to another region: the phase with its marks, never the people of the old school. */
export interface Package {
  menteeId: string;
  post: string;
  hiredOn: IsoDate;
  credited: number;
  monthsClosed: number;
  year: Year;
  youngUntil?: IsoDate;
  agedOut: boolean;
  counted: boolean;
  rights: Rights;
  marks: Pick<
    MentoringState,
    | 'pauses'
    | 'months'
    | 'quartersMet'
    | 'quartersMissed'
    | 'risk'
    | 'done'
    | 'phases'
    | 'daysWithoutMentor'
    | 'historyShared'
  > & { totals: Totals; extension?: MentoringState['extension'] };
  from: { caseId: string; number: string | null; jurisdiction: string };
}

export function packageOf(s: MentoringState, jurisdiction: string, on: IsoDate): Package {
  const { menteeId, post, hiredOn, credited, monthsClosed, year, agedOut, counted, rights } = s;
  const { months, quartersMet, quartersMissed, risk, done, phases, daysWithoutMentor, totals, historyShared } = s;
  const pauses = s.pauses.map((p) => (p.toOn === undefined ? { ...p, toOn: on < p.fromOn ? p.fromOn : on } : p));
  return {
    menteeId,
    post,
    hiredOn,
    credited,
    monthsClosed,
    year,
    ...(s.youngUntil ? { youngUntil: s.youngUntil } : {}),
    agedOut,
    counted,
    rights,
    marks: {
      pauses,
      months,
      quartersMet,
      quartersMissed,
      risk,
      done,
      // The page of the phase ends here; the receiving region writes its own, under its own version and forms.
      phases: phases.map((p) => (p.until === undefined ? { ...p, until: on, totals, quartersMet, quartersMissed } : p)),
      daysWithoutMentor,
      totals,
      historyShared,
      ...(s.extension ? { extension: s.extension } : {}),
    },
    from: { caseId: s.caseId, number: s.number ?? null, jurisdiction },
  };
}

export function importCase(rec: Rec): void {
  if (rec.command.actor.kind !== 'system') deny('not_for_people', 'Дело другого региона принимает платформа.');
  const { package: exported, place } = rec.command.payload as Payload;
  admit(rec, 'P04-T03', 'cycle.imported', { ...exported, to: 'mentor_vacant', openedBy: null, place });
}

function admit(rec: Rec, row: string, type: string, facts: Payload): void {
  const { jurisdiction, policy, policyVersionId, today } = rec.ctx;
  const { prefix, width } = policy.numbering;
  const year = today.slice(0, 4);
  rec.emit(row, type, { ...facts, policyVersionId });
  rec.claim({
    kind: 'serial',
    series: `${prefix}:${jurisdiction.regionCode}:${year}`,
    event: 0,
    field: 'number',
    prefix: `${prefix}-${jurisdiction.regionCode}-${year}-`,
    width,
  });
  rec.claim({
    kind: 'unique',
    ...cycleKey(facts.menteeId),
    denial: { code: 'duplicate', message: 'Цикл этого педагога уже открыт.' },
  });
  settle(rec);
}
