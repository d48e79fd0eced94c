/**
 * Parameters of the attestation of heads; the founder sets the order and terms (273-ФЗ, art. 51), so there is one policy per founder.
 * Everything the specification tags [CFG] or [REG] is here, as data with a version.
 */
import type { Term } from '../kit/deadlines.ts';
import { checkAggregation, type AggregationPolicy, type CriterionRule, type SelectionPolicy } from '../kit/panel.ts';
import { checkShape, checkTerms } from '../kit/policy-check.ts';
import type { TaskPolicy } from '../kit/task.ts';
import type { FieldError } from '../kit/types.ts';

export type ExemptionKind = 'first_year' | 'pregnancy' | 'maternity_leave' | 'childcare_leave' | 'sick_leave';

export interface Criterion extends CriterionRule {
  labelRu: string;
}

export interface AttestationPolicy {
  numbering: { prefix: string; width: number; registerPrefix: string; reservePrefix: string };
  /** Kinds of organisations whose heads are attested (the plan names more than general education: anomaly A-003-24). */
  organisationKinds: string[];
  /** A head of two schools: an attestation per post, or one for both. */
  posts: 'separate' | 'joint';
  /** A result given by another founder of the region counts. */
  portable: boolean;
  terms: {
    /** Before the planned day: documents begin. */
    documentsLead: Term;
    documents: Term;
    /** The attestee mends what is missing. */
    defects: Term;
    checks: Term;
    /** Before the sitting: the submission must be there; then the founder is told again. */
    submission: Term;
    submissionRepeat: Term;
    /** Full days between familiarisation with the submission and the sitting. */
    submissionNotice: Term;
    /** Full days between the notice of the date and the sitting. */
    sittingNotice: Term;
    /** The same for an item moved without the attestee's fault. */
    movedNotice: Term;
    test: Term;
    noShowReason: Term;
    rescheduled: Term;
    testValidity: Term;
    panel: Term;
    arbitration: Term;
    emptyPool: Term;
    panelValidity: Term;
    fixSitting: Term;
    /** A sitting whose result has not come. */
    sittingSilence: Term;
    composition: Term;
    extract: Term;
    act: Term;
    familiarisation: Term;
    founderChoice: Term;
    retakeFrom: Term;
    retakeTo: Term;
    childWatch: Term;
    conditionalCheck: Term;
    conditionalDecision: Term;
    validity: Term;
    /** A candidate's result. */
    candidateValidity: Term;
    noValidRepeat: Term;
    appointment: Term;
    reserveAnswer: Term;
    reserveOrder: Term;
    reapply: Term;
    appeal: Term;
    appealDecision: Term;
    exemptionCheck: Term;
  };
  /** Time after the end of an exemption during which the head is not attested. */
  grace: Record<ExemptionKind, Term>;
  test: { thresholdPercent: number; attempts: number; repeats: number; reschedules: number };
  /** The founder's order knows «conforms with recommendations». */
  conditional: boolean;
  /** An opinion of parents or the council is needed before the sitting. */
  publicOpinion: 'required' | 'optional';
  /** Negative decisions in a row after which no retake is set. */
  failuresInRow: number;
  /** Months before `valid_until`: the first enters the next schedule, each is a letter. */
  validityMonths: number[];
  attesteeReminders: number[];
  reminderTime: string;
  task: TaskPolicy;
  /** Working days between calls while the founder does not choose. */
  founderSilenceEvery: number;
  panel: { size: number; competences: string[]; selection: SelectionPolicy; aggregation: AggregationPolicy };
  criteria: Criterion[];
}

const CFG = 'Порядок аттестации руководителей (настройка учредителя)';
const term = (amount: number, unit: Term['unit'], what: string, more: Partial<Term> = {}): Term => ({
  amount,
  unit,
  clause: `${CFG}, ${what}`,
  ...more,
});
const wd = (amount: number, what: string) => term(amount, 'wd', what);
const before = (amount: number, unit: Term['unit'], what: string) => term(amount, unit, what, { direction: 'before' });
const fixed = (amount: number, unit: Term['unit'], what: string) => term(amount, unit, what, { fixed: true });
const criterion = (code: string, labelRu: string, mandatory: boolean): Criterion => ({
  code,
  labelRu,
  mandatory,
  max: 3,
  passFrom: 1,
  remarkBelow: 1,
});

/** The default parameters, also the content of the seed's first policy version. */
export const DEFAULT_POLICY: AttestationPolicy = {
  numbering: { prefix: 'ATT', width: 5, registerPrefix: 'AR', reservePrefix: 'KR' },
  organisationKinds: ['school', 'additional_education'],
  posts: 'separate',
  portable: false,
  terms: {
    documentsLead: before(90, 'cd', 'начало подготовки документов'),
    documents: wd(10, 'проверка документов'),
    defects: wd(10, 'устранение недостатков'),
    checks: wd(5, 'проверка кадровой службой'),
    submission: before(45, 'cd', 'представление учредителя за 45 дней до заседания'),
    submissionRepeat: wd(5, 'повторное извещение о представлении'),
    submissionNotice: before(30, 'cd', 'ознакомление с представлением за 30 дней до заседания'),
    sittingNotice: before(30, 'cd', 'извещение о дате за 30 дней до заседания'),
    movedNotice: before(5, 'wd', 'извещение о перенесённом заседании'),
    test: wd(20, 'проведение тестирования'),
    noShowReason: wd(3, 'представление причины неявки'),
    rescheduled: wd(20, 'новый день тестирования'),
    testValidity: fixed(1, 'year', 'срок действия результата тестирования'),
    panel: wd(10, 'экспертная оценка'),
    arbitration: wd(7, 'заключение арбитра'),
    emptyPool: wd(2, 'пустой список экспертов'),
    panelValidity: fixed(1, 'year', 'срок действия экспертной оценки'),
    fixSitting: wd(5, 'внесение в повестку заседания'),
    sittingSilence: wd(3, 'сообщение о результате заседания'),
    composition: wd(20, 'изменение состава комиссии'),
    extract: wd(2, 'выписка из протокола'),
    act: wd(5, 'акт учредителя'),
    familiarisation: wd(3, 'ознакомление с выпиской и актом'),
    founderChoice: term(1, 'month', 'выбор учредителя после отрицательного решения'),
    retakeFrom: fixed(3, 'month', 'повторная аттестация не раньше'),
    retakeTo: fixed(12, 'month', 'повторная аттестация не позже'),
    childWatch: fixed(12, 'month', 'наблюдение за повторной аттестацией'),
    conditionalCheck: fixed(12, 'month', 'проверка исполнения рекомендаций'),
    conditionalDecision: wd(10, 'решение об исполнении рекомендаций'),
    validity: fixed(5, 'year', 'срок действия аттестации руководителя'),
    candidateValidity: fixed(12, 'month', 'срок действия результата кандидата'),
    noValidRepeat: fixed(1, 'month', 'ежемесячное извещение об отсутствии аттестации'),
    appointment: term(30, 'cd', 'назначение аттестованного кандидата'),
    reserveAnswer: wd(10, 'ответ на предложение кадрового резерва'),
    reserveOrder: wd(10, 'приказ о включении в кадровый резерв'),
    reapply: fixed(6, 'month', 'новая попытка кандидата'),
    appeal: term(30, 'cd', 'апелляция: 30 дней с ознакомления'),
    appealDecision: wd(20, 'рассмотрение апелляции'),
    exemptionCheck: fixed(3, 'month', 'проверка основания отсрочки'),
  },
  grace: {
    first_year: fixed(1, 'cd', 'после первого года в должности'),
    pregnancy: fixed(1, 'year', 'не раньше года после отпуска'),
    maternity_leave: fixed(1, 'year', 'не раньше года после отпуска по беременности и родам'),
    childcare_leave: fixed(1, 'year', 'не раньше года после отпуска по уходу за ребёнком'),
    sick_leave: fixed(1, 'month', 'после болезни дольше четырёх месяцев'),
  },
  test: { thresholdPercent: 70, attempts: 2, repeats: 0, reschedules: 2 },
  conditional: true,
  publicOpinion: 'optional',
  failuresInRow: 2,
  validityMonths: [12, 6, 3],
  attesteeReminders: [3],
  reminderTime: '09:00',
  task: {
    answer: wd(2, 'ответ на приглашение эксперта'),
    answerGrace: 1,
    reminders: [3, 1],
    escalateAfter: 2,
    reassignAfter: 3,
    nobodyEligibleEvery: 2,
    defectReturn: wd(2, 'исправление формального недостатка'),
    maxExtension: 5,
  },
  founderSilenceEvery: 5,
  panel: {
    size: 2,
    competences: ['leadership.school', 'leadership.teams'],
    selection: {
      minRegions: 1,
      excludeApplicantRegion: false,
      lookbackYears: 3,
      overdueLimit: 3,
      arbiterFromPanelRegions: true,
    },
    aggregation: { size: 2, table: null, spreadShare: 0.3 },
  },
  criteria: [
    criterion('development_programme', 'Программа развития организации', true),
    criterion('results', 'Результаты работы организации', true),
    criterion('law', 'Правовые основы управления', true),
    criterion('finance', 'Финансово-хозяйственная деятельность', false),
    criterion('team', 'Управление коллективом', false),
    criterion('pedagogy', 'Педагогика и качество образования', false),
  ],
};

/** Refuses parameters that cannot run the process; each message names the parameter. */
export function checkPolicy(
  parameters: unknown,
): { ok: true; policy: AttestationPolicy } | { ok: false; errors: FieldError[] } {
  const shape = checkShape(parameters, DEFAULT_POLICY, ['panel.aggregation.table']);
  if (shape.length > 0) return { ok: false, errors: shape };
  const policy = parameters as AttestationPolicy;
  const errors = [
    ...checkTerms({ ...policy.terms }),
    ...checkTerms(policy.grace, '/grace'),
    ...checkTerms({ answer: policy.task.answer, defectReturn: policy.task.defectReturn }, '/task'),
  ];
  const fail = (pointer: string, detail: string) => errors.push({ pointer, detail });
  for (const key of ['documentsLead', 'submission', 'submissionNotice', 'sittingNotice', 'movedNotice'] as const)
    if (policy.terms[key].direction !== 'before')
      fail(`/terms/${key}`, `Срок «${key}» считается назад от дня заседания: direction = before.`);
  if (!['separate', 'joint'].includes(policy.posts)) fail('/posts', 'Параметр «posts»: «separate» или «joint».');
  if (!['required', 'optional'].includes(policy.publicOpinion))
    fail('/publicOpinion', 'Параметр «publicOpinion»: «required» или «optional».');
  const { thresholdPercent, attempts } = policy.test;
  if (!(thresholdPercent > 0 && thresholdPercent <= 100))
    fail('/test/thresholdPercent', 'Порог «thresholdPercent»: от 1 до 100 процентов.');
  if (!Number.isInteger(attempts) || attempts < 1) fail('/test/attempts', 'Попыток «attempts» — не меньше одной.');
  if (policy.panel.size !== policy.panel.aggregation.size)
    fail('/panel/size', 'Размер группы «panel.size» не равен размеру таблицы решений.');
  for (const message of checkAggregation(policy.panel.aggregation)) fail('/panel/aggregation/table', message);
  if (policy.panel.selection.minRegions > policy.panel.size)
    fail('/panel/selection/minRegions', 'Регионов «minRegions» не может быть больше, чем экспертов.');
  if (policy.criteria.length === 0) fail('/criteria', 'Нужен хотя бы один критерий.');
  if (!/^\d\d:\d\d$/.test(policy.reminderTime)) fail('/reminderTime', 'Время напоминаний «reminderTime»: ЧЧ:ММ.');
  if (
    policy.validityMonths.length === 0 ||
    [...policy.validityMonths].sort((a, b) => b - a).join() !== policy.validityMonths.join()
  )
    fail('/validityMonths', 'Месяцы «validityMonths» перечисляются по убыванию.');
  const { retakeFrom, retakeTo } = policy.terms;
  if (retakeFrom.unit === retakeTo.unit && retakeFrom.amount >= retakeTo.amount)
    fail('/terms/retakeTo', 'Срок «retakeTo» должен быть больше срока «retakeFrom».');
  return errors.length > 0 ? { ok: false, errors } : { ok: true, policy };
}
