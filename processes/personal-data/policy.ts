/** Parameters of the rights of a person over own data (152-ФЗ): offices, terms, retention, texts of consents. Data of the deployment. */
import type { Term } from '../kit/deadlines.ts';
import { checkShape, checkTerms } from '../kit/policy-check.ts';
import type { FieldError, Role } from '../kit/types.ts';

export const REQUEST_KINDS = ['correction', 'erasure'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export interface ConsentText {
  purpose: string;
  version: number;
  titleRu: string;
  textRu: string;
  /** Whole years from the day it was given. */
  termYears: number;
}

export interface PersonalDataPolicy {
  requests: Record<RequestKind, { office: Role; term: Term }>;
  /** Days on which the office is reminded of an open request, from its due day backwards. */
  reminders: Array<{ amount: number; unit: 'wd' | 'cd' }>;
  /** When an overdue request is told to the administrators, from its due day onwards. */
  escalation: { amount: number; unit: 'wd' | 'cd' };
  /** The smallest group of people shown to who may not see them (specification 3.10). */
  smallestGroup: number;
  /** How long the files of a closed case are kept before its people may be erased, by process; `default` for the rest. */
  retentionYears: { default: number; byProcess: Record<string, number> };
  /** The newest version of each purpose; older ones stay in older policies. */
  consents: ConsentText[];
}

const clause = (text: string) => `152-ФЗ, ${text}`;

export const DEFAULT_POLICY: PersonalDataPolicy = {
  requests: {
    correction: { office: 'dpo', term: { amount: 7, unit: 'wd', clause: clause('ст. 20 ч. 3: семь рабочих дней') } },
    erasure: { office: 'dpo', term: { amount: 30, unit: 'cd', clause: clause('ст. 21 ч. 5: тридцать дней') } },
  },
  reminders: [
    { amount: -3, unit: 'wd' },
    { amount: -1, unit: 'wd' },
  ],
  escalation: { amount: 1, unit: 'wd' },
  smallestGroup: 5,
  retentionYears: { default: 5, byProcess: {} },
  consents: [
    {
      purpose: 'publication',
      version: 1,
      titleRu: 'Имя автора в открытом реестре',
      textRu: 'Согласен, чтобы моё имя показывали среди авторов программы в открытой карточке реестра.',
      termYears: 5,
    },
  ],
};

/** Refuses parameters that cannot be applied; each message names the parameter. */
export function checkPolicy(
  parameters: unknown,
): { ok: true; policy: PersonalDataPolicy } | { ok: false; errors: FieldError[] } {
  const shape = checkShape(parameters, DEFAULT_POLICY, ['retentionYears.byProcess']);
  if (shape.length > 0) return { ok: false, errors: shape };
  const policy = parameters as PersonalDataPolicy;
  const { correction, erasure } = policy.requests;
  const whole = ({ amount, unit }: { amount: number; unit: string }) =>
    Number.isInteger(amount) && ['wd', 'cd'].includes(unit);
  const errors = checkTerms({ correction: correction.term, erasure: erasure.term }, '/requests');
  if (!policy.reminders.every((day) => whole(day) && day.amount < 0))
    errors.push({ pointer: '/reminders', detail: 'Напоминание: целое число дней (wd, cd) до срока, со знаком минус.' });
  if (!whole(policy.escalation) || policy.escalation.amount < 1)
    errors.push({ pointer: '/escalation', detail: 'Передача администраторам: целое число дней (wd, cd) после срока.' });
  if (!Number.isInteger(policy.smallestGroup) || policy.smallestGroup < 2)
    errors.push({ pointer: '/smallestGroup', detail: 'Наименьшая группа: целое число не меньше 2.' });
  return errors.length > 0 ? { ok: false, errors } : { ok: true, policy };
}
