/** People, programmes and conclusions the stories of P01 are told with; used by pure tests and by tests on the real engine. */
import { readFileSync } from 'node:fs';
import type { ProductionCalendar } from '../../processes/kit/calendar.ts';
import type { Candidate } from '../../processes/kit/panel.ts';
import type { Assignment, Role } from '../../processes/kit/types.ts';
import type { ProgrammeFacts } from '../../processes/dpp-certification/programme-rules.ts';
import { DEFAULT_POLICY } from '../../processes/dpp-certification/policy.ts';

export const CALENDAR = JSON.parse(
  readFileSync(new URL('../../data/calendars/ru.json', import.meta.url), 'utf8'),
) as ProductionCalendar;

/** A readable UUID: letters of the name, so that a failing test names the person. */
export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export const PROVIDER_ORG = uuid(900);
export const OTHER_ORG = uuid(901);
export const FED_ORG = uuid(902);

export const people = {
  head: uuid(1),
  clerk: uuid(2),
  operator: uuid(3),
  operator2: uuid(4),
  coordinator: uuid(5),
  appeals: uuid(6),
  admin: uuid(7),
  stranger: uuid(8),
  methodist: uuid(9),
} as const;

export const expert = (n: number): string => uuid(100 + n);

/** Twelve experts of six regions; two of them from the applicant's region 61. */
export const CANDIDATES: Candidate[] = Array.from({ length: 12 }, (_, i) => ({
  personId: expert(i + 1),
  competences: ['didactics'],
  regionCode: ['42', '54', '66', '77', '16', '61'][i % 6] as string,
  organisationIds: [uuid(800 + i)],
  relations: [],
  openTasks: 0,
  maxOpenTasks: 5,
  suspendedUntil: null,
}));

export function programme(over: Partial<ProgrammeFacts> = {}): ProgrammeFacts {
  return {
    title: 'Функциональная грамотность учителя',
    kind: 'ПК',
    hours: 36,
    form: 'очная',
    distanceShare: 0,
    free: true,
    providerId: PROVIDER_ORG,
    providerInn: '6163000000',
    providerRegion: '61',
    competences: ['didactics'],
    deficits: ['D1', 'D2'],
    results: ['R1', 'R2'],
    modules: [
      { id: 'M1', title: 'Первый', hours: 18, practice: 9, deficits: ['D1'], results: ['R1'] },
      { id: 'M2', title: 'Второй', hours: 12, practice: 6, deficits: ['D2'], results: ['R2'] },
      { id: 'M3', title: 'Третий', hours: 6, practice: 2, deficits: [], results: ['R2'] },
    ],
    assessment: [{ id: 'A1', results: ['R1', 'R2'] }],
    ...over,
  };
}

export const SHA = (n: number): string => String(n).padStart(64, 'a');

const CODES = DEFAULT_POLICY.criteria.map((c) => c.code);
const MANDATORY = DEFAULT_POLICY.criteria.filter((c) => c.mandatory).map((c) => c.code);

/** A complete conclusion; `fail` names the mandatory criteria it fails. */
export function conclusion(
  verdict: 'approve' | 'revise' | 'reject',
  fail: string[] = verdict === 'approve' ? [] : [MANDATORY[0] as string],
  document = SHA(7),
) {
  return {
    scores: Object.fromEntries(CODES.map((code) => [code, fail.includes(code) ? 0 : verdict === 'approve' ? 2 : 1])),
    verdict,
    remarks:
      fail.length > 0
        ? fail.map((criterion, i) => ({ id: `r${i + 1}`, criterion, place: 'модуль 1' }))
        : verdict === 'approve'
          ? []
          : [{ id: 'r1', criterion: CODES[0] as string, place: 'с. 1' }],
    document,
  };
}

const org = (role: Role, id: string, act?: string): Assignment => ({
  role,
  scope: { kind: 'organisation', id },
  from: '2019-01-01',
  ...(act ? { actId: act } : {}),
});
const fed = (role: Role): Assignment => ({ role, scope: { kind: 'jurisdiction', id: 'fed' }, from: '2019-01-01' });

export const ASSIGNMENTS: Record<string, { organisations: string[]; assignments: Assignment[] }> = {
  [people.head]: { organisations: [PROVIDER_ORG], assignments: [org('provider_head', PROVIDER_ORG)] },
  [people.clerk]: { organisations: [PROVIDER_ORG], assignments: [org('provider_rep', PROVIDER_ORG)] },
  [people.operator]: { organisations: [FED_ORG], assignments: [fed('fed_operator')] },
  [people.operator2]: { organisations: [FED_ORG], assignments: [fed('fed_operator')] },
  [people.coordinator]: { organisations: [FED_ORG], assignments: [fed('fed_coordinator')] },
  [people.appeals]: { organisations: [FED_ORG], assignments: [fed('appeals_member')] },
  [people.admin]: { organisations: [FED_ORG], assignments: [fed('admin')] },
  [people.methodist]: {
    organisations: [OTHER_ORG],
    assignments: [{ role: 'methodist', scope: { kind: 'region', id: '42' }, from: '2019-01-01' }],
  },
  [people.stranger]: { organisations: [OTHER_ORG], assignments: [org('provider_head', OTHER_ORG)] },
};
