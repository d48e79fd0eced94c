/** People and schools the stories of P04 are told with; used by pure tests and by tests on the real engine. */
import { readFileSync } from 'node:fs';
import type { ProductionCalendar } from '../../processes/kit/calendar.ts';
import type { Assignment, Role, Scope } from '../../processes/kit/types.ts';
import type { Place } from '../../processes/hr-events/matrix.ts';

export const CALENDAR = JSON.parse(
  readFileSync(new URL('../../data/calendars/ru.json', import.meta.url), 'utf8'),
) as ProductionCalendar;

export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const SHA = (n: number): string => String(n).padStart(64, 'b');

export const SCHOOL = uuid(910);
export const SCHOOL_2 = uuid(911);
export const FAR_SCHOOL = uuid(912);
export const AUTHORITY = uuid(920);
export const AUTHORITY_2 = uuid(921);
export const CENTRE = uuid(930);
export const FAR_CENTRE = uuid(931);

export const people = {
  teacher: uuid(1),
  mentor: uuid(2),
  mentor2: uuid(3),
  mentor3: uuid(4),
  curator: uuid(5),
  head: uuid(6),
  curator2: uuid(7),
  head2: uuid(8),
  authority: uuid(9),
  authority2: uuid(10),
  methodist: uuid(11),
  tutor: uuid(12),
  hr: uuid(13),
  admin: uuid(14),
  regional: uuid(15),
  stranger: uuid(16),
  farCurator: uuid(17),
  farHead: uuid(18),
  busy: uuid(19),
} as const;

export const PLACE: Place = {
  organisationId: SCHOOL,
  authorityId: AUTHORITY,
  cnppmId: CENTRE,
  region: '42',
  jurisdiction: 'region-42',
  municipality: 'Кемерово',
  rural: false,
};
export const PLACE_2: Place = {
  ...PLACE,
  organisationId: SCHOOL_2,
  authorityId: AUTHORITY_2,
  municipality: 'Топки',
  rural: true,
};
export const FAR_PLACE: Place = {
  organisationId: FAR_SCHOOL,
  authorityId: AUTHORITY_2,
  cnppmId: FAR_CENTRE,
  region: '61',
  jurisdiction: 'region-61',
};

const at = (role: Role, scope: Scope): Assignment => ({ role, scope, from: '2019-01-01' });
const org = (role: Role, id: string) => at(role, { kind: 'organisation', id });
const region = (role: Role, id: string) => at(role, { kind: 'region', id });

export const ASSIGNMENTS: Record<string, { organisations: string[]; assignments: Assignment[] }> = {
  [people.teacher]: { organisations: [SCHOOL], assignments: [at('teacher', { kind: 'self' })] },
  [people.mentor]: { organisations: [SCHOOL], assignments: [] },
  [people.busy]: { organisations: [SCHOOL], assignments: [] },
  [people.mentor2]: { organisations: [SCHOOL], assignments: [] },
  [people.mentor3]: { organisations: [SCHOOL_2], assignments: [] },
  [people.curator]: { organisations: [SCHOOL], assignments: [org('curator', SCHOOL)] },
  [people.head]: { organisations: [SCHOOL], assignments: [org('head', SCHOOL)] },
  [people.curator2]: { organisations: [SCHOOL_2], assignments: [org('curator', SCHOOL_2)] },
  [people.head2]: { organisations: [SCHOOL_2], assignments: [org('head', SCHOOL_2)] },
  [people.farCurator]: { organisations: [FAR_SCHOOL], assignments: [org('curator', FAR_SCHOOL)] },
  [people.farHead]: { organisations: [FAR_SCHOOL], assignments: [org('head', FAR_SCHOOL)] },
  [people.authority]: { organisations: [AUTHORITY], assignments: [org('founder_rep', AUTHORITY)] },
  [people.authority2]: { organisations: [AUTHORITY_2], assignments: [org('founder_rep', AUTHORITY_2)] },
  [people.regional]: { organisations: [], assignments: [region('founder_rep', '42')] },
  [people.methodist]: { organisations: [CENTRE], assignments: [region('methodist', '42')] },
  [people.tutor]: { organisations: [CENTRE], assignments: [org('tutor', CENTRE)] },
  [people.hr]: { organisations: [], assignments: [region('hr_officer', '42')] },
  [people.admin]: { organisations: [], assignments: [at('admin', { kind: 'country' })] },
  [people.stranger]: { organisations: [FAR_SCHOOL], assignments: [org('curator', FAR_SCHOOL)] },
};

export const FIT = {
  tenureYears: 12,
  category: true,
  trained: false,
  sameSubject: true,
  superior: false,
  relative: false,
  external: false,
};

export const opening = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  menteeId: people.teacher,
  place: PLACE,
  post: 'teacher',
  hiredOn: '2026-09-01',
  tenureMonths: 0,
  bornOn: '2003-05-17',
  ...over,
});

export const ORDER = { number: '41-к', date: '2026-09-07' };

/** What a pair does in a month of each year so that the norms are met. */
export const MONTH_WORK: Record<number, Array<[kind: string, day: number]>> = {
  1: [
    ['meeting', 5],
    ['meeting', 19],
    ['visit', 12],
    ['observation', 20],
  ],
  2: [
    ['meeting', 5],
    ['observation', 12],
    ['peer_group', 20],
  ],
  3: [
    ['meeting', 5],
    ['open_lesson', 12],
  ],
};
