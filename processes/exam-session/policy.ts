/** Parameters of exam sessions; one policy per jurisdiction. Everything tagged [CFG] or [REG] about sessions in P03 is here. */
import { checkCentres, type CentrePolicy } from '../catalogue/centres.ts';
import type { Term } from '../kit/deadlines.ts';
import { checkShape, checkTerms } from '../kit/policy-check.ts';
import type { TaskPolicy } from '../kit/task.ts';
import type { FieldError } from '../kit/types.ts';

export interface SessionPolicy {
  numbering: { prefix: string; width: number };
  terms: {
    /** Before the exam: the list of applicants is closed, examiners are known to each case. */
    roster: Term;
    /** After its day: a session nobody opened did not take place. */
    opening: Term;
    session: Term;
    protocol: Term;
  };
  /** Organisations where exams are held; absent: the centres of the territory. */
  centres?: CentrePolicy;
  /** Examiners present without whom the session is not opened. */
  minExaminers: number;
  maxCapacity: number;
  reminderTime: string;
  task: TaskPolicy;
}

const CFG = 'Порядок независимой оценки (настройка центра)';
const wd = (amount: number, what: string): Term => ({ amount, unit: 'wd', clause: `${CFG}, ${what}` });

export const DEFAULT_POLICY: SessionPolicy = {
  numbering: { prefix: 'EKZ', width: 4 },
  terms: {
    roster: { ...wd(3, 'список экзаменуемых закрывают за три рабочих дня'), direction: 'before' },
    opening: wd(1, 'экзамен открывают в назначенный день'),
    session: wd(1, 'ход экзамена'),
    protocol: wd(3, 'протокол сеанса'),
  },
  minExaminers: 3,
  maxCapacity: 50,
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

/** Refuses parameters that cannot run a session; each message names the parameter. */
export function checkPolicy(
  parameters: unknown,
): { ok: true; policy: SessionPolicy } | { ok: false; errors: FieldError[] } {
  const { centres, ...rest } = (parameters ?? {}) as Partial<SessionPolicy>;
  const shape = [...checkShape(rest, DEFAULT_POLICY), ...checkCentres(centres)];
  if (shape.length > 0) return { ok: false, errors: shape };
  const policy = parameters as SessionPolicy;
  const errors = checkTerms({ ...policy.terms });
  const fail = (pointer: string, detail: string) => errors.push({ pointer, detail });
  if (policy.terms.roster.direction !== 'before')
    fail('/terms/roster', 'Срок «roster» считается назад от дня экзамена.');
  for (const key of ['minExaminers', 'maxCapacity'] as const)
    if (!Number.isInteger(policy[key]) || policy[key] < 1) fail(`/${key}`, `«${key}»: целое число не меньше 1.`);
  if (policy.minExaminers < 3) fail('/minExaminers', '«minExaminers»: экзаменаторов не меньше трёх.');
  return errors.length > 0 ? { ok: false, errors } : { ok: true, policy };
}
