/**
 * Parameters of the three-year cycle. Everything the specification tags [CFG] or [REG] is here, as data with a version.
 *
 * Classes of parameters (specification 3.6): `rights` are of class `new_cases`: a case carries those of its start to its end.
 * `reminderTime` and `task` are `immediate`. All others are `next_phase`: a running case takes them at a gate, or after a leave
 * when the person accepts the version of the day.
 */
import type { Term } from '../kit/deadlines.ts';
import type { TaskPolicy } from '../kit/task.ts';
import type { FieldError, Role } from '../kit/types.ts';

export type Year = 1 | 2 | 3;

/** How often a kind of work of the pair is due. */
export interface Norm {
  kind: WorkKind;
  per: 'month' | 'quarter';
  min: number;
}

export const WORK_KINDS = ['meeting', 'observation', 'visit', 'peer_group', 'open_lesson'] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** An obligatory item of a year; `by` may record it. Items of the gate are its documents, the others its content. */
export interface ContentItem {
  code: string;
  labelRu: string;
  by: Role[];
  gate?: boolean;
}

export interface Rights {
  /** Posts that enter the cycle. */
  posts: string[];
  /** Pedagogical tenure below which a person enters, in months; the length of the cycle. */
  tenureMonths: number;
  /** Age from which a person is not in the indicator. */
  indicatorAge: number;
  /** Years within which a person who left returns to the same cycle. */
  rehireYears: number;
  maxExtensionMonths: number;
  earlyCompletion: boolean;
  /** Leaves that pause the cycle whatever their length. */
  pauseLeaves: string[];
  /** A sick leave longer than this pauses it too. */
  sickMonths: number;
  mentor: { tenureYears: number; maxMentees: number };
}

export interface MentoringPolicy {
  numbering: { prefix: string; width: number };
  rights: Rights;
  terms: {
    /** A mentor is found: at the intake, after a vacancy, after a leave. */
    mentor: Term;
    /** The head issues the order after the consent of the mentor. */
    order: Term;
    ppn: Term;
    quarterCheck: Term;
    /** Notice of the employer to the mentor. */
    mentorCancel: Term;
    receive: Term;
    nameCurator: Term;
    /** HR is asked after the planned end of a leave; then the authority; then every year. */
    leaveGrace: Term;
    leaveAuthority: Term;
    leaveRepeat: Term;
    offer: Term;
    exitSurvey: Term;
    logConfirm: Term;
    survey: Term;
    /** Clauses of dates that follow from the cycle itself. */
    gate: Term;
    rehire: Term;
    age: Term;
  };
  /** Working days after the term of the mentor until the next level is told, then calendar days between calls. */
  search: { authorityAfter: number; centreAfter: number; repeatDays: number };
  gate: { openDays: number; headAfter: number; methodistAfter: number; repeatEvery: number };
  norms: Record<`${Year}`, Norm[]>;
  content: Record<`${Year}`, ContentItem[]>;
  /** Versions of the forms valid in this policy version. */
  forms: { ppn: string; log: string; report: string; conclusion: string };
  /** Months a leave is expected to last when HR names no end. */
  leaveMonths: Record<string, number>;
  /** Days back for which work may be logged. */
  logBackDays: number;
  reminderTime: string;
  task: TaskPolicy;
  disabledRows: string[];
}

const CFG = 'Положение о наставничестве (настройка платформы)';
const wd = (amount: number, clause: string): Term => ({ amount, unit: 'wd', clause: `${CFG}, ${clause}` });
const cd = (amount: number, clause: string): Term => ({ amount, unit: 'cd', clause: `${CFG}, ${clause}` });

const item = (code: string, labelRu: string, by: Role[], gate = false): ContentItem => ({
  code,
  labelRu,
  by,
  ...(gate ? { gate } : {}),
});

const GATE: ContentItem[] = [
  item('year_report', 'Годовой отчёт пары', ['mentor'], true),
  item('survey_mentee', 'Анкета педагога о наставничестве', ['new_teacher'], true),
  item('survey_mentor', 'Анкета наставника', ['mentor'], true),
];

export const DEFAULT_POLICY: MentoringPolicy = {
  numbering: { prefix: 'MEN', width: 5 },
  rights: {
    posts: ['teacher', 'primary_teacher'],
    tenureMonths: 36,
    indicatorAge: 35,
    rehireYears: 3,
    maxExtensionMonths: 6,
    earlyCompletion: true,
    pauseLeaves: ['maternity', 'child_care', 'military', 'sabbatical'],
    sickMonths: 2,
    mentor: { tenureYears: 5, maxMentees: 3 },
  },
  terms: {
    mentor: wd(10, 'назначение наставника'),
    order: wd(3, 'приказ о наставнике'),
    ppn: wd(10, 'персонализированная программа наставничества'),
    quarterCheck: wd(5, 'ежеквартальная проверка куратора'),
    mentorCancel: { amount: 3, unit: 'wd', clause: 'ТК РФ, ст. 351.8: предупреждение не менее чем за три рабочих дня' },
    receive: wd(10, 'ответ принимающей школы'),
    nameCurator: wd(10, 'назначение куратора органом управления образованием'),
    leaveGrace: wd(10, 'запрос кадровой службе после планового окончания отпуска'),
    leaveAuthority: wd(10, 'запрос органу управления образованием'),
    leaveRepeat: { amount: 1, unit: 'year', clause: `${CFG}, ежегодный запрос о затянувшемся отпуске` },
    offer: { amount: 3, unit: 'month', clause: `${CFG}, повторное предложение программы`, fixed: true },
    exitSurvey: wd(10, 'опрос выбывшего'),
    logConfirm: cd(7, 'подтверждение записей журнала'),
    survey: { amount: 100, unit: 'cd', clause: `${CFG}, опрос первых ста дней`, fixed: true },
    gate: { amount: 12, unit: 'month', clause: `${CFG}, год цикла` },
    rehire: { amount: 3, unit: 'year', clause: `${CFG}, возвращение в тот же цикл`, fixed: true },
    age: { amount: 35, unit: 'year', clause: 'Показатель «молодые педагоги»: возраст до 35 лет', fixed: true },
  },
  search: { authorityAfter: 5, centreAfter: 10, repeatDays: 7 },
  gate: { openDays: 30, headAfter: 5, methodistAfter: 10, repeatEvery: 20 },
  norms: {
    '1': [
      { kind: 'meeting', per: 'month', min: 2 },
      { kind: 'visit', per: 'month', min: 1 },
      { kind: 'observation', per: 'quarter', min: 2 },
    ],
    '2': [
      { kind: 'meeting', per: 'month', min: 1 },
      { kind: 'observation', per: 'quarter', min: 1 },
      { kind: 'peer_group', per: 'quarter', min: 1 },
    ],
    '3': [
      { kind: 'meeting', per: 'month', min: 1 },
      { kind: 'open_lesson', per: 'quarter', min: 1 },
    ],
  },
  content: {
    '1': [
      item('checklist', 'Социально-бытовой чек-лист: жильё, выплаты, документы', ['curator']),
      item('diagnostics_entry', 'Входная диагностика', ['curator', 'methodist']),
      item('survey_100', 'Опрос первых ста дней', ['new_teacher']),
      ...GATE,
    ],
    '2': [
      item('route', 'Индивидуальный маршрут ЦНППМ', ['tutor', 'methodist', 'curator']),
      item('dpp', 'Программа ДПО реестра по дефицитам', ['tutor', 'methodist', 'curator']),
      item('product', 'Методический продукт', ['mentor', 'curator']),
      item('diagnostics_mid', 'Промежуточная диагностика', ['curator', 'methodist'], true),
      ...GATE,
    ],
    '3': [
      item('contest', 'Участие в конкурсе или сообществе', ['curator', 'methodist', 'tutor']),
      item('readiness', 'Готовность к аттестации на категорию', ['mentor', 'curator']),
      item('diagnostics_final', 'Итоговая диагностика', ['curator', 'methodist'], true),
      ...GATE,
    ],
  },
  forms: {
    ppn: 'ППН, форма 2021',
    log: 'Журнал встреч, форма 2021',
    report: 'Отчёт пары, форма 2021',
    conclusion: 'Заключение куратора, форма 2021',
  },
  leaveMonths: { maternity: 5, child_care: 36, military: 12, sabbatical: 12, sick: 4, study: 2 },
  logBackDays: 45,
  reminderTime: '09:00',
  task: {
    answer: wd(2, 'ответ на предложение стать наставником'),
    answerGrace: 1,
    reminders: [3, 1],
    escalateAfter: 2,
    reassignAfter: 3,
    nobodyEligibleEvery: 10,
    defectReturn: wd(2, 'исправление формального недостатка'),
    maxExtension: 5,
  },
  disabledRows: [],
};

const UNITS = ['cd', 'wd', 'month', 'year'];

/** Refuses parameters that cannot run the process; each message names the parameter. */
export function checkPolicy(
  parameters: unknown,
): { ok: true; policy: MentoringPolicy } | { ok: false; errors: FieldError[] } {
  const errors = checkShape(parameters, DEFAULT_POLICY, '');
  if (errors.length === 0) errors.push(...checkValues(parameters as MentoringPolicy));
  return errors.length > 0 ? { ok: false, errors } : { ok: true, policy: parameters as MentoringPolicy };
}

/** Lists and tables whose keys are data may hold other values than the default; everything else has its shape. */
const FREE = /^\/(norms|content)\/\d$|^\/leaveMonths$/;

function checkShape(given: unknown, model: unknown, pointer: string): FieldError[] {
  const name = pointer.slice(1).replaceAll('/', '.') || 'политика';
  if (given === undefined || given === null) return [{ pointer, detail: `Не задан параметр «${name}».` }];
  if (Array.isArray(model) !== Array.isArray(given) || typeof model !== typeof given)
    return [{ pointer, detail: `Параметр «${name}»: неверный вид значения.` }];
  if (typeof model !== 'object' || Array.isArray(model) || FREE.test(pointer)) return [];
  const known = Object.entries(model as object).flatMap(([key, value]) => {
    const inner = (given as Record<string, unknown>)[key];
    return key === 'fixed' && inner === undefined ? [] : checkShape(inner, value, `${pointer}/${key}`);
  });
  const isTerm = 'clause' in (model as object);
  const strange = Object.keys(given as object).filter((key) => !isTerm && !(key in (model as object)));
  return [
    ...known,
    ...strange.map((key) => ({ pointer: `${pointer}/${key}`, detail: `Неизвестный параметр «${name}.${key}».` })),
  ];
}

function checkValues(p: MentoringPolicy): FieldError[] {
  const errors: FieldError[] = [];
  const fail = (pointer: string, detail: string) => errors.push({ pointer, detail });
  const whole = (pointer: string, n: number, from = 1) => {
    if (!Number.isInteger(n) || n < from)
      fail(pointer, `Параметр «${pointer.slice(1).replaceAll('/', '.')}»: целое число не меньше ${from}.`);
  };
  for (const [key, term] of Object.entries(p.terms)) {
    whole(`/terms/${key}/amount`, term.amount);
    if (!UNITS.includes(term.unit)) fail(`/terms/${key}/unit`, `Срок «${key}»: единица «${term.unit}» не известна.`);
    if (!term.clause) fail(`/terms/${key}/clause`, `Срок «${key}»: не указана норма.`);
  }
  for (const [key, n] of Object.entries({ ...p.search })) whole(`/search/${key}`, n);
  for (const [key, n] of Object.entries({ ...p.gate })) whole(`/gate/${key}`, n);
  if (p.search.centreAfter <= p.search.authorityAfter)
    fail('/search/centreAfter', 'ЦНППМ извещают позже органа управления образованием.');
  if (p.gate.methodistAfter <= p.gate.headAfter) fail('/gate/methodistAfter', 'Методиста извещают позже руководителя.');
  if (p.rights.tenureMonths !== 36) fail('/rights/tenureMonths', 'Цикл длится 36 месяцев: три года по 12.');
  whole('/rights/maxExtensionMonths', p.rights.maxExtensionMonths, 0);
  whole('/rights/indicatorAge', p.rights.indicatorAge);
  whole('/rights/rehireYears', p.rights.rehireYears);
  whole('/rights/sickMonths', p.rights.sickMonths, 0);
  whole('/rights/mentor/maxMentees', p.rights.mentor.maxMentees);
  whole('/rights/mentor/tenureYears', p.rights.mentor.tenureYears, 0);
  whole('/logBackDays', p.logBackDays);
  if (p.rights.posts.length === 0) fail('/rights/posts', 'Нужна хотя бы одна должность.');
  for (const year of ['1', '2', '3'] as const) {
    const norms = p.norms[year];
    norms.forEach((norm, i) => {
      if (!WORK_KINDS.includes(norm.kind)) fail(`/norms/${year}/${i}/kind`, `Вид работы «${norm.kind}» не известен.`);
      if (norm.per !== 'month' && norm.per !== 'quarter')
        fail(`/norms/${year}/${i}/per`, 'Норма считается за месяц (month) или квартал (quarter).');
      whole(`/norms/${year}/${i}/min`, norm.min);
    });
    const codes = p.content[year].map((c) => c.code);
    if (new Set(codes).size !== codes.length) fail(`/content/${year}`, `Пункты ${year}-го года повторяются.`);
    p.content[year].forEach((c, i) => {
      if (!c.labelRu || !Array.isArray(c.by) || c.by.length === 0)
        fail(`/content/${year}/${i}`, `Пункт «${c.code}»: нужны название и тот, кто его выполняет.`);
    });
  }
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(p.reminderTime)) fail('/reminderTime', 'Время напоминаний: ЧЧ:ММ.');
  if (p.disabledRows.some((id) => id !== 'P04-T46' && id !== 'P04-T47'))
    fail('/disabledRows', 'Выключить можно только строки досрочного завершения: P04-T46, P04-T47.');
  return errors;
}
