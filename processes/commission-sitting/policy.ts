/** Parameters of a commission's sittings; one policy per founder. Everything tagged [CFG] or [REG] in 3.5 is here. */
import type { Term } from '../kit/deadlines.ts';
import { checkShape, checkTerms } from '../kit/policy-check.ts';
import type { TaskPolicy } from '../kit/task.ts';
import type { FieldError } from '../kit/types.ts';

export interface SittingPolicy {
  numbering: { prefix: string; width: number };
  terms: {
    /** Before the sitting: the agenda is closed and sent with its materials. */
    agendaFreeze: Term;
    /** After its day: a sitting nobody opened did not take place. */
    opening: Term;
    /** A session that goes on. */
    session: Term;
    minutes: Term;
  };
  /** Share of all members by the order that must be present and not recused, counted per item. */
  quorum: { numerator: number; denominator: number };
  /** Exactly half in favour: for the attestee, or as the chair of the sitting voted. */
  tie: 'for_attestee' | 'chair';
  composition: { min: number; publicRep: boolean };
  reminderTime: string;
  task: TaskPolicy;
}

const CFG = 'Порядок работы аттестационной комиссии (настройка учредителя)';
const wd = (amount: number, what: string): Term => ({ amount, unit: 'wd', clause: `${CFG}, ${what}` });

export const DEFAULT_POLICY: SittingPolicy = {
  numbering: { prefix: 'KOM', width: 4 },
  terms: {
    agendaFreeze: { ...wd(5, 'повестка и материалы за пять рабочих дней'), direction: 'before' },
    opening: wd(1, 'заседание открывают в назначенный день'),
    session: wd(1, 'ход заседания'),
    minutes: wd(3, 'оформление протокола'),
  },
  quorum: { numerator: 2, denominator: 3 },
  tie: 'for_attestee',
  composition: { min: 5, publicRep: true },
  reminderTime: '09:00',
  task: {
    answer: wd(2, 'ответ на поручение'),
    answerGrace: 1,
    reminders: [1],
    escalateAfter: 2,
    reassignAfter: 3,
    nobodyEligibleEvery: 2,
    defectReturn: wd(2, 'исправление формального недостатка'),
    maxExtension: 5,
  },
};

/** Refuses parameters that cannot run a sitting; each message names the parameter. */
export function checkPolicy(
  parameters: unknown,
): { ok: true; policy: SittingPolicy } | { ok: false; errors: FieldError[] } {
  const shape = checkShape(parameters, DEFAULT_POLICY);
  if (shape.length > 0) return { ok: false, errors: shape };
  const policy = parameters as SittingPolicy;
  const errors = checkTerms({ ...policy.terms });
  const fail = (pointer: string, detail: string) => errors.push({ pointer, detail });
  const { numerator, denominator } = policy.quorum;
  if (!Number.isInteger(numerator) || !Number.isInteger(denominator) || numerator < 1 || numerator > denominator)
    fail('/quorum', 'Кворум «quorum»: доля от нуля до единицы целыми числами.');
  if (!['for_attestee', 'chair'].includes(policy.tie))
    fail('/tie', 'Равенство голосов «tie»: «for_attestee» или «chair».');
  if (policy.terms.agendaFreeze.direction !== 'before')
    fail('/terms/agendaFreeze', 'Срок «agendaFreeze» считается назад от дня заседания.');
  if (!Number.isInteger(policy.composition.min) || policy.composition.min < 3)
    fail('/composition/min', 'Состав «composition.min»: не меньше трёх членов.');
  return errors.length > 0 ? { ok: false, errors } : { ok: true, policy };
}
