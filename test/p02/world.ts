/** People of the stories of P02: a founder in Novocherkassk, heads of his schools, a commission of nine, experts of other regions. */
import type { Candidate, Verdict } from '../../processes/kit/panel.ts';
import type { Assignment, Role } from '../../processes/kit/types.ts';
import type { Member } from '../../processes/commission-sitting/state.ts';
import { DEFAULT_POLICY } from '../../processes/head-attestation/policy.ts';
import { CALENDAR, SHA, uuid } from '../p01/world.ts';
import type { Cast } from '../support/pure-run.ts';

export { CALENDAR, SHA, uuid };

export const FOUNDER = 'founder-a';
export const FOUNDER_B = 'founder-b';
export const ZONE = 'Europe/Moscow';

export const SCHOOL = uuid(700);
export const SCHOOL_2 = uuid(701);
export const AUTHORITY = uuid(702);

export const people = {
  head: uuid(1),
  candidate: uuid(2),
  founder: uuid(3),
  founderHead: uuid(4),
  secretary: uuid(5),
  hr: uuid(6),
  appeals: uuid(7),
  admin: uuid(8),
  deputy: uuid(9),
  publicRep: uuid(10),
  founderB: uuid(11),
  secretaryB: uuid(12),
  hrB: uuid(13),
} as const;

export const member = (n: number): string => uuid(200 + n);
export const expert = (n: number): string => uuid(300 + n);

/** Nine by the order: chair, deputy, secretary, a public member and five more. */
export const MEMBERS: Member[] = [
  { personId: member(1), office: 'chair', organisationIds: [AUTHORITY] },
  { personId: member(2), office: 'deputy', organisationIds: [AUTHORITY] },
  { personId: people.secretary, office: 'secretary', organisationIds: [AUTHORITY] },
  { personId: people.publicRep, office: 'public', organisationIds: [] },
  ...[5, 6, 7, 8, 9].map((n): Member => ({ personId: member(n), office: 'member', organisationIds: [uuid(750 + n)] })),
];

export const CANDIDATES: Candidate[] = Array.from({ length: 8 }, (_, i) => ({
  personId: expert(i + 1),
  competences: ['leadership.school'],
  regionCode: ['42', '54', '66', '77'][i % 4] as string,
  organisationIds: [uuid(800 + i)],
  relations: [],
  openTasks: 0,
  maxOpenTasks: 5,
  suspendedUntil: null,
}));

const at = (role: Role, id = FOUNDER): Assignment => ({
  role,
  scope: { kind: 'jurisdiction', id },
  from: '2019-01-01',
});
const self = (role: Role): Assignment => ({ role, scope: { kind: 'self' }, from: '2019-01-01' });
const person = (organisations: string[], ...assignments: Assignment[]) => ({ organisations, assignments });

export const PEOPLE: Cast['people'] = {
  [people.head]: person([SCHOOL], self('head')),
  [people.candidate]: person([SCHOOL_2], self('candidate')),
  [people.founder]: person([AUTHORITY], at('founder_rep')),
  [people.founderHead]: person([AUTHORITY], at('founder_head')),
  [people.secretary]: person([AUTHORITY], at('secretary')),
  [people.hr]: person([AUTHORITY], at('hr_officer')),
  [people.appeals]: person([AUTHORITY], at('appeals_member')),
  [people.admin]: person([AUTHORITY], at('admin')),
  [people.deputy]: person([SCHOOL], at('secretary')),
  [people.publicRep]: person([], at('public_rep')),
  [people.founderB]: person([AUTHORITY], at('founder_rep', FOUNDER_B)),
  [people.secretaryB]: person([AUTHORITY], at('secretary', FOUNDER_B)),
  [people.hrB]: person([AUTHORITY], at('hr_officer', FOUNDER_B)),
  ...Object.fromEntries(
    MEMBERS.filter((m) => !Object.values<string>(people).includes(m.personId)).map((m) => [
      m.personId,
      person(m.organisationIds, self('teacher')),
    ]),
  ),
};

export const CAST: Cast = {
  jurisdiction: { id: FOUNDER, nameRu: 'Учредитель А', regionCode: '61', zone: ZONE },
  calendar: CALENDAR,
  people: PEOPLE,
};

export const ORDER = { number: '714', date: '2026-01-12' };

export const schedule = (over: Record<string, unknown> = {}) => ({
  personId: people.head,
  organisationId: SCHOOL,
  organisationKind: 'school',
  region: '61',
  post: 'директор школы',
  variant: 'planned',
  plannedOn: '2026-04-14',
  conflictIds: [],
  order: ORDER,
  ...over,
});

export const application = (over: Record<string, unknown> = {}) => ({
  organisationId: SCHOOL,
  organisationKind: 'school',
  region: '61',
  post: 'директор школы',
  consent: true,
  programme: SHA(1),
  questionnaire: SHA(2),
  ...over,
});

const CODES = DEFAULT_POLICY.criteria.map((c) => c.code);

/** A complete conclusion on the programme of development. */
export function conclusion(verdict: Verdict, fail: string[] = verdict === 'approve' ? [] : [CODES[0] as string]) {
  return {
    scores: Object.fromEntries(CODES.map((code) => [code, fail.includes(code) ? 0 : 2])),
    verdict,
    remarks: fail.map((criterion, i) => ({ id: `r${i + 1}`, criterion, place: 'раздел 1' })),
    deficits: verdict === 'approve' ? [] : ['finance'],
    document: SHA(7),
  };
}
