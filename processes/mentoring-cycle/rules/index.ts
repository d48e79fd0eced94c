/**
 * What may happen in a mentoring cycle, assembled from the rules of its parts. Every event names its row of `stages.ts`.
 *
 * Reading order: entry → mentor → year → people → outside. Source: specification P04; common rules 3.1-3.3, 3.6, 3.7, 9.
 */
import { Rulebook } from '../../kit/rulebook.ts';
import type { MentoringPolicy } from '../policy.ts';
import { getRow, STAGES } from '../stages.ts';
import { evolve } from '../state.ts';
import { desk, persons, places, segregation, settle, type Rec, type Rule, type Rules, type S } from './common.ts';
import { importCase, openHired, start } from './entry.ts';
import { mentorRules } from './mentor.ts';
import { onDeadline, onFact, onWork, repairRules } from './outside.ts';
import { peopleRules } from './people.ts';
import { yearRules } from './year.ts';

export { work } from './outside.ts';
export { missingItems } from './year.ts';

const OFFICES = ['find_mentor', 'appoint', 'ppn', 'quarter_check', 'gate', 'receive', 'name_curator'];

const taskRules = desk.rules({
  personal: ['mentoring'],
  office: OFFICES,
  performers: ['mentor', 'curator', 'head', 'founder_rep', 'methodist'],
  invited: ['mentor'],
  supervisors: ['head'],
  assigners: ['head', 'founder_rep'],
  returners: [],
  returnStages: [],
  mayReturn: () => false,
});

/** A mentor is not passed on, returned or voided like an expert: he declines, resigns, or is removed with the pair. */
const own = (rules: Rules): Rules =>
  Object.fromEntries(
    ['acceptTask', 'declineTask', 'assignTask', 'extendTask'].map((type) => [type, rules[type] as Rule]),
  );

/** What follows by itself follows every act. */
const settled = (rules: Rules): Rules =>
  Object.fromEntries(
    Object.entries(rules).map(([type, rule]): [string, Rule] => [
      type,
      {
        ...rule,
        apply: (rec, p) => {
          rule.apply(rec, p);
          settle(rec);
        },
      },
    ]),
  );

const after =
  (handle: (rec: Rec, rest: string) => void) =>
  (rec: Rec, rest: string): void => {
    handle(rec, rest);
    settle(rec);
  };

export const RULES: Rules = settled({
  ...own(taskRules),
  ...mentorRules,
  ...yearRules,
  ...peopleRules,
  ...repairRules,
});

const rulebook = new Rulebook<S, MentoringPolicy>({
  stages: STAGES,
  rules: RULES,
  applicantRoles: [],
  places,
  persons,
  segregation,
  evolve,
  getRow,
  open: { start, open_hired: openHired, import: importCase },
  system: { deadline: after(onDeadline), work: after(onWork), fact: after(onFact) },
});

export const decide = rulebook.decide.bind(rulebook);
export const offers = rulebook.offers.bind(rulebook);
export const segregated = rulebook.segregated.bind(rulebook);
