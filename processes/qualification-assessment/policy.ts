/**
 * Parameters of an assessment, one policy per jurisdiction and scheme: everything tagged [CFG] or [REG] in P03. Two schemes share one
 * process: `nok_238` (238-ФЗ) and `sector` (a centre of the project); they differ by register, names of documents, terms and marks.
 */
import { checkCentres, type CentrePolicy } from '../catalogue/centres.ts';
import type { Term } from '../kit/deadlines.ts';
import { checkShape, checkTerms } from '../kit/policy-check.ts';
import type { TaskPolicy } from '../kit/task.ts';
import type { FieldError } from '../kit/types.ts';

export type Payer = 'person' | 'employer' | 'budget';

export interface RubricCriterion {
  code: string;
  labelRu: string;
  max: number;
  /** A mark below it needs a comment. */
  remarkBelow: number;
}

export interface Qualification {
  code: string;
  labelRu: string;
  level: number;
  /** What an examiner of it must know. */
  competence: string;
  /** Share of the theoretical test, in percent. */
  theoryPass: number;
  /** Mean of the examiners, in percent of the maximum. */
  practicePass: number;
  validityYears: number;
  /** Places paid by the budget in a calendar year; the year is that of the exam. */
  financedPlaces: number;
  rubric: RubricCriterion[];
  /** Labour functions the test and the practical part answer to; the pass rate is reported by them. */
  labourFunctions: string[];
}

export interface AssessmentPolicy {
  scheme: 'nok_238' | 'sector';
  numbering: { prefix: string; width: number; certificatePrefix: string; conclusionPrefix: string };
  /** What the documents of the scheme are called, and the register that keeps them. */
  documents: { certificateRu: string; conclusionRu: string; register: string };
  /** Organisations that assess by this scheme; absent: the centres of the territory. */
  centres?: CentrePolicy;
  qualifications: Qualification[];
  payers: Payer[];
  refusalReasons: Record<string, string>;
  terms: {
    /** The person's answer to a referral. */
    offer: Term;
    /** Check of the application. */
    check: Term;
    documents: Term;
    /** Complaint about a refusal or a result, from being informed. */
    complaint: Term;
    appeal: Term;
    /** Agreeing a slot and paying. */
    slot: Term;
    /** In the queue, until the person is asked whether to stay. */
    queue: Term;
    queueAnswer: Term;
    /** Last day for a reschedule, before the exam. */
    reschedule: Term;
    noShowReason: Term;
    reasonReview: Term;
    /** An exam that was not opened on its day. */
    sessionSilence: Term;
    /** An exam part that nobody recorded. */
    examRecord: Term;
    marks: Term;
    substitute: Term;
    protocol: Term;
    verification: Term;
    /** Certificate or conclusion, from the end of the exam. */
    document: Term;
    delivery: Term;
    theoryValidity: Term;
    duplicate: Term;
    revocationAnswer: Term;
    revocation: Term;
    claim: Term;
  };
  slotReminderDays: number;
  reschedules: number;
  expiryMonths: number[];
  /** Fees kept or returned; told to the person, settled outside. */
  fees: { noShow: 'kept' | 'returned'; withdrawal: 'kept' | 'returned' };
  examiners: {
    count: number;
    /** Largest difference of two examiners' totals, as a share of the maximum, that needs no fourth. */
    spreadShare: number;
    lookbackYears: number;
    overdueLimit: number;
    /** An overdue examiner is replaced by one who marks from the recording; without it the exam is annulled and retaken free. */
    recording: boolean;
  };
  /** Result, in percent, from which the employer is told to apply his incentive rule (with consent). */
  highResult: number;
  /** Days between calls about marks that are overdue. */
  marksCallEvery: number;
  reminderTime: string;
  task: TaskPolicy;
}

const REG = 'Федеральный закон 238-ФЗ, правила проведения экзамена (ПП РФ 1204)';
const CFG = 'Порядок независимой оценки (настройка центра)';
const term = (amount: number, unit: Term['unit'], what: string, source = CFG): Term => ({
  amount,
  unit,
  clause: `${source}, ${what}`,
});

const rubric: RubricCriterion[] = [
  { code: 'goal', labelRu: 'Постановка цели и планирование', max: 10, remarkBelow: 5 },
  { code: 'methods', labelRu: 'Выбор и применение методов', max: 10, remarkBelow: 5 },
  { code: 'feedback', labelRu: 'Оценивание и обратная связь', max: 10, remarkBelow: 5 },
  { code: 'reflection', labelRu: 'Анализ собственной работы', max: 10, remarkBelow: 5 },
];

export const DEFAULT_POLICY: AssessmentPolicy = {
  scheme: 'nok_238',
  numbering: { prefix: 'NOK', width: 5, certificatePrefix: 'SK', conclusionPrefix: 'ZK' },
  documents: {
    certificateRu: 'Свидетельство о квалификации',
    conclusionRu: 'Заключение о прохождении профессионального экзамена',
    register: 'assessment_certificates',
  },
  qualifications: [
    {
      code: 'teacher-general-6',
      labelRu: 'Учитель основного и среднего общего образования (6 уровень)',
      level: 6,
      competence: 'method.assessment',
      theoryPass: 70,
      practicePass: 60,
      validityYears: 5,
      financedPlaces: 20,
      rubric,
      labourFunctions: ['A/01.6', 'A/03.6'],
    },
    {
      code: 'teacher-primary-6',
      labelRu: 'Учитель начального общего образования (6 уровень)',
      level: 6,
      competence: 'method.assessment',
      theoryPass: 70,
      practicePass: 60,
      validityYears: 3,
      financedPlaces: 10,
      rubric,
      labourFunctions: ['A/01.6', 'B/02.6'],
    },
  ],
  payers: ['person', 'employer', 'budget'],
  refusalReasons: {
    education: 'Нет требуемого образования',
    experience: 'Нет требуемого опыта',
    documents: 'Документы не представлены',
  },
  terms: {
    offer: term(10, 'wd', 'ответ на направление работодателя'),
    check: term(10, 'cd', 'проверка документов соискателя', REG),
    documents: term(20, 'cd', 'недостающие документы'),
    complaint: term(30, 'cd', 'жалоба со дня информирования (ст. 4 238-ФЗ)', REG),
    appeal: term(30, 'cd', 'решение апелляционной комиссии', REG),
    slot: term(60, 'cd', 'согласование даты и оплата'),
    queue: term(6, 'month', 'ожидание места'),
    queueAnswer: term(10, 'wd', 'ответ, остаётся ли соискатель в очереди'),
    reschedule: { ...term(3, 'wd', 'перенос по просьбе соискателя'), direction: 'before' },
    noShowReason: term(10, 'wd', 'уважительная причина неявки'),
    reasonReview: term(3, 'wd', 'рассмотрение причины неявки'),
    sessionSilence: term(1, 'wd', 'сведения об экзамене'),
    examRecord: term(1, 'wd', 'запись хода экзамена'),
    marks: term(1, 'wd', 'оценки экзаменаторов'),
    substitute: term(3, 'wd', 'замена экзаменатора'),
    protocol: term(7, 'cd', 'протокол и материалы в совет', REG),
    verification: term(14, 'cd', 'решение совета по профессиональным квалификациям', REG),
    document: term(30, 'cd', 'выдача документа после экзамена (ст. 4 238-ФЗ)', REG),
    delivery: term(5, 'wd', 'вручение документа'),
    theoryValidity: { ...term(12, 'month', 'зачёт теоретической части'), fixed: true },
    duplicate: term(10, 'wd', 'дубликат или переоформление'),
    revocationAnswer: term(10, 'wd', 'ответ обладателя свидетельства'),
    revocation: term(10, 'wd', 'решение об аннулировании свидетельства'),
    claim: { ...term(1, 'year', 'одно направление в год'), fixed: true },
  },
  slotReminderDays: 10,
  reschedules: 2,
  expiryMonths: [6, 3, 1],
  fees: { noShow: 'kept', withdrawal: 'returned' },
  examiners: { count: 3, spreadShare: 0.3, lookbackYears: 3, overdueLimit: 3, recording: true },
  highResult: 85,
  marksCallEvery: 1,
  reminderTime: '09:00',
  task: {
    answer: term(1, 'wd', 'ответ на поручение'),
    answerGrace: 1,
    reminders: [3, 1],
    escalateAfter: 2,
    reassignAfter: 3,
    nobodyEligibleEvery: 2,
    defectReturn: term(2, 'wd', 'исправление формального недостатка'),
    maxExtension: 5,
  },
};

/** Refuses parameters that cannot run an assessment; each message names the parameter. */
export function checkPolicy(
  parameters: unknown,
): { ok: true; policy: AssessmentPolicy } | { ok: false; errors: FieldError[] } {
  const { centres, ...rest } = (parameters ?? {}) as Partial<AssessmentPolicy>;
  const shape = [...checkShape(rest, DEFAULT_POLICY, ['refusalReasons']), ...checkCentres(centres)];
  if (shape.length > 0) return { ok: false, errors: shape };
  const policy = parameters as AssessmentPolicy;
  const errors = checkTerms({ ...policy.terms });
  const fail = (pointer: string, detail: string) => errors.push({ pointer, detail });
  if (policy.scheme !== 'nok_238' && policy.scheme !== 'sector')
    fail('/scheme', 'Схема «scheme»: «nok_238» или «sector».');
  if (policy.terms.reschedule.direction !== 'before')
    fail('/terms/reschedule', 'Срок «reschedule» считается назад от дня экзамена.');
  if (policy.qualifications.length === 0) fail('/qualifications', 'Квалификации «qualifications» не названы.');
  const codes = policy.qualifications.map((q) => q.code);
  if (new Set(codes).size !== codes.length) fail('/qualifications', 'Квалификация «qualifications» названа дважды.');
  for (const [i, q] of policy.qualifications.entries()) {
    const at = `/qualifications/${i}`;
    for (const key of ['theoryPass', 'practicePass'] as const)
      if (!(q[key] > 0 && q[key] <= 100)) fail(`${at}/${key}`, `«${key}»: от 1 до 100 процентов.`);
    if (!Number.isInteger(q.validityYears) || q.validityYears < 1)
      fail(`${at}/validityYears`, '«validityYears»: целое число лет, не меньше 1.');
    if (q.rubric.length === 0) fail(`${at}/rubric`, '«rubric»: нужен хотя бы один критерий.');
  }
  const { count, spreadShare } = policy.examiners;
  if (!Number.isInteger(count) || count < 3)
    fail('/examiners/count', '«examiners.count»: экзаменаторов не меньше трёх.');
  if (!(spreadShare > 0 && spreadShare < 1)) fail('/examiners/spreadShare', '«examiners.spreadShare»: доля от 0 до 1.');
  if ([...policy.expiryMonths].sort((a, b) => b - a).join() !== policy.expiryMonths.join() || !policy.expiryMonths[0])
    fail('/expiryMonths', '«expiryMonths»: месяцы до окончания по убыванию.');
  return errors.length > 0 ? { ok: false, errors } : { ok: true, policy };
}

/** The qualification with this code, if the policy assesses it. */
export function findQualification(policy: AssessmentPolicy, code: unknown): Qualification | undefined {
  return policy.qualifications.find((q) => q.code === code);
}
