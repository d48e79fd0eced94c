/** What the API draws of a three-year cycle (`details` of the case), as the screens read it. */
import type { CaseView } from '../../lib/queries.ts';
import { t } from './words.ts';

export interface Quarter {
  n: number;
  from: string;
  until: string;
  state: 'met' | 'missed' | 'now' | 'ahead' | 'before' | 'unknown';
  missing: Array<{ kind: string; needed: number; done: number }>;
  checkedOn?: string;
  remarks?: boolean;
}
export interface YearOf {
  year: number;
  from: string;
  until: string;
  state: 'done' | 'now' | 'ahead' | 'before';
  passedOn?: string;
  gateOverdue: boolean;
  extendedMonths: number;
  quarters: Quarter[];
}
export interface Norm {
  kind: string;
  labelRu: string;
  per: 'month' | 'quarter';
  min: number;
  done: number;
  waiting: number;
  until: string;
}
export interface Item {
  code: string;
  labelRu: string;
  gate: boolean;
  byRu: string[];
  done: boolean;
  mine: boolean;
}
export interface LogRow {
  key: string;
  kind: 'added' | 'revoked';
  on: string;
  side: string;
  interim: boolean;
  entries: Array<{ kind: string; kindRu: string; on: string }>;
  confirmedOn: string | null;
  form: string;
  note: string | null;
}
export interface ActOf {
  version: number;
  titleRu: string;
  number: string | null;
  date: string | null;
}
export interface Cycle {
  today: string;
  mentee: { id: string; nameRu: string | null } | null;
  hiredOn: string;
  credited: number;
  counted: boolean;
  agedOut: boolean;
  year: number;
  stage: string;
  /** The cycle goes on: what the year asks for matters. */
  live: boolean;
  risk: number;
  place: {
    schoolRu: string | null;
    authorityRu: string | null;
    cnppmRu: string | null;
    municipality: string | null;
    rural: boolean;
  };
  offices: Array<{ role: string; roleRu: string; nameRu: string | null }>;
  side: 'mentee' | 'mentor' | null;
  mentor: {
    nameRu: string | null;
    since: string;
    order: { number: string; date: string };
    external: boolean;
    me: boolean;
    endsOn: string | null;
  } | null;
  candidate: { nameRu: string | null; consented: boolean } | null;
  search: { from: string; calls: number } | null;
  vacantSince: string | null;
  daysWithoutMentor: number;
  lastMentorRu: string | null;
  years: YearOf[];
  pauses: Array<{ from: string; to: string | null; reasonRu: string }>;
  gaps: Array<{ from: string; to: string | null }>;
  norms: Norm[];
  month: number;
  items: Item[];
  ppn: {
    n: number;
    year: number;
    form: string;
    on: string;
    signed: string[];
    document: string;
    readable: boolean;
  } | null;
  ppnAgreed: boolean;
  gate: { due: string; overdue: boolean } | null;
  extension: { months: number; year: number; on: string } | null;
  waitingForMe: Array<{
    id: string;
    on: string;
    side: string;
    entries: Array<{ kind: string; kindRu: string; on: string }>;
  }>;
  waitingForOther: number;
  log: LogRow[];
  workKinds: Array<{ kind: string; labelRu: string }>;
  logBackDays: number;
  phases: Array<{
    year: number;
    from: string;
    until: string | null;
    policy: ActOf | null;
    forms: Record<string, string>;
    totals: Record<string, number> | null;
    quartersMet: number | null;
    quartersMissed: number | null;
  }>;
  policyOffer: ActOf | null;
  leave: { kindRu: string; from: string; until: string; named: boolean } | null;
  transfer: { fromRu: string | null; toRu: string | null; consent: boolean } | null;
  pendingPlaceRu: string | null;
  historyShared: boolean;
  historyHidden: boolean;
  /** What goes to another region, or came from one. */
  package: { sha256: string; holds: string[]; leavesOut: string[] } | null;
  exported: { placeRu: string | null; opened: boolean } | null;
  early: { act: string; on: string } | null;
  exit: { on: string; asked: boolean; named: boolean } | null;
  steps: Array<{ code: string; labelRu: string; done: boolean }>;
}

export const cycleOf = (view: CaseView): Cycle | null => (view.details as unknown as Cycle | null) ?? null;

/** What a year of the cycle is about. */
export const yearName = (year: number) => (year >= 1 && year <= 3 ? t(`year.name.${year}`) : '');
export const SIDE_NAMES: Record<string, string> = {
  get mentee() {
    return t('side.mentee');
  },
  get mentor() {
    return t('side.mentor');
  },
  get curator() {
    return t('side.curator');
  },
};
