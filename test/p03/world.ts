/** People of the stories of P03: an assessment centre, examiners, a council, applicants and the head of a school who refers. */
import type { Candidate } from '../../processes/kit/panel.ts';
import type { Assignment, Role } from '../../processes/kit/types.ts';
import { DEFAULT_POLICY } from '../../processes/qualification-assessment/policy.ts';
import { CALENDAR, SHA, uuid } from '../p01/world.ts';
import type { Cast } from '../support/pure-run.ts';

export { CALENDAR, SHA, uuid };

export const ZONE = 'Europe/Moscow';
export const SCHOOL = uuid(700);
export const SCHOOL_2 = uuid(701);
export const CENTRE = uuid(702);
export const CENTRE_2 = uuid(703);

export const people = {
  teacher: uuid(1),
  teacher2: uuid(2),
  teacher3: uuid(3),
  employer: uuid(4),
  operator: uuid(5),
  operator2: uuid(6),
  council: uuid(7),
  appeals: uuid(8),
  admin: uuid(9),
  stranger: uuid(11),
  appeals2: uuid(12),
} as const;

export const examiner = (n: number): string => uuid(300 + n);
/** Six examiners: the fifth works at the school of the teachers, the sixth was the mentor of the first teacher. */
export const EXAMINERS = [1, 2, 3, 4, 5, 6, 7].map(examiner);

export const CANDIDATES: Candidate[] = EXAMINERS.map((personId, i) => ({
  personId,
  competences: ['method.assessment'],
  regionCode: '61',
  organisationIds: [i === 4 ? SCHOOL : uuid(800 + i)],
  relations: i === 5 ? [{ personId: people.teacher, kind: 'mentor' }] : [],
  openTasks: 0,
  maxOpenTasks: 100000,
  suspendedUntil: null,
}));

const JURISDICTION = 'centre-a';
const at = (role: Role): Assignment => ({
  role,
  scope: { kind: 'jurisdiction', id: JURISDICTION },
  from: '2019-01-01',
});
const self = (role: Role): Assignment => ({ role, scope: { kind: 'self' }, from: '2019-01-01' });
const of = (role: Role, id: string): Assignment => ({ role, scope: { kind: 'organisation', id }, from: '2019-01-01' });
const person = (organisations: string[], ...assignments: Assignment[]) => ({ organisations, assignments });

export const PEOPLE: Cast['people'] = {
  [people.teacher]: person([SCHOOL], self('teacher')),
  [people.teacher2]: person([SCHOOL], self('teacher')),
  [people.teacher3]: person([SCHOOL_2], self('teacher')),
  [people.employer]: person([SCHOOL], of('employer', SCHOOL), self('teacher')),
  [people.operator]: person([CENTRE], at('centre_operator')),
  [people.operator2]: person([CENTRE], at('centre_operator')),
  [people.council]: person([], at('council')),
  [people.appeals]: person([], at('appeals_member')),
  [people.appeals2]: person([], at('appeals_member')),
  [people.admin]: person([], at('admin')),
  [people.stranger]: person([], self('teacher')),
  ...Object.fromEntries(CANDIDATES.map((c) => [c.personId, person(c.organisationIds, self('examiner'))])),
};

export const CAST: Cast = {
  jurisdiction: { id: JURISDICTION, nameRu: 'Центр оценки А', regionCode: '61', zone: ZONE },
  calendar: CALENDAR,
  people: PEOPLE,
};

const QUALIFICATION = 'teacher-general-6';

/** The centre as the register of organisations knows it. */
const centre = { centreId: CENTRE, centreKind: 'cnppm', centreRegion: '61' };

export const application = (over: Record<string, unknown> = {}) => ({
  qualification: QUALIFICATION,
  ...centre,
  payer: 'budget',
  consent: true,
  rules: true,
  document: SHA(1),
  ...over,
});

export const referral = (over: Record<string, unknown> = {}) => ({
  personId: people.teacher,
  organisationId: SCHOOL,
  qualification: QUALIFICATION,
  ...centre,
  payer: 'employer',
  ...over,
});

export const consents = { consent: true, rules: true, document: SHA(1) };

export const session = (heldOn: string, over: Record<string, unknown> = {}) => ({
  qualification: QUALIFICATION,
  heldOn,
  startsAt: '10:00',
  placeRu: 'Ростов-на-Дону, ул. Садовая, 33, каб. 12',
  ...centre,
  capacity: 2,
  examiners: EXAMINERS.slice(0, 4),
  ...over,
});

const RUBRIC = DEFAULT_POLICY.qualifications[0]?.rubric ?? [];

/** Marks of one examiner, the same by every criterion. */
export const marks = (mark: number) => ({
  marks: Object.fromEntries(RUBRIC.map((c) => [c.code, mark])),
  commented: mark < 5 ? RUBRIC.map((c) => c.code) : [],
  document: SHA(5),
});

export const DECISION = { number: '12-СПК', date: '2026-01-12' };
