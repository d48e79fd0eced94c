/**
 * Parameters of programme certification. Everything the specification tags [CFG] or [REG] is here, as data with a version: the code
 * knows their names, never their values. A policy may not add or reorder steps; it may switch off rows marked optional.
 */
import type { Term } from '../kit/deadlines.ts';
import type { TaskPolicy } from '../kit/task.ts';
import type { AggregationPolicy, SelectionPolicy, Verdict } from '../kit/panel.ts';
import { checkAggregation } from '../kit/panel.ts';
import type { FieldError } from '../kit/types.ts';

export interface Criterion {
  code: string;
  labelRu: string;
  mandatory: boolean;
  max: number;
  /** A mark below it fails a mandatory criterion. */
  passFrom: number;
  /** A mark below it demands a remark. */
  remarkBelow: number;
}

export interface PanelPolicy {
  size: number;
  selection: SelectionPolicy;
  aggregation: AggregationPolicy;
}

export interface CertificationPolicy {
  numbering: { prefix: string; width: number; registryPrefix: string };
  terms: {
    technicalCheck: Term;
    /** The provider mends defects of the technical check. */
    returned: Term;
    panelForming: Term;
    expertise: Term;
    laterRound: Term;
    arbitration: Term;
    /** The provider revises the programme. */
    revision: Term;
    decision: Term;
    /** Complaint against a refusal or delisting, from familiarisation. */
    appeal: Term;
    appealDecision: Term;
    /** Familiarisation with a decision; then the coordinator is asked, again and again. */
    familiarisation: Term;
    familiarisationRepeat: Term;
    /** A new application after a refusal. */
    reapply: Term;
    validity: Term;
    prolongation: Term;
    cure: Term;
    minorChange: Term;
    annulmentAnswer: Term;
    annulmentDecision: Term;
    /** A court's stay without an end: the coordinator asks the court. */
    courtStay: Term;
    /** An empty pool: the coordinator is told again. */
    emptyPool: Term;
    /** A draft nobody touches is discarded; no number was ever issued. */
    draftIdle: Term;
  };
  /** Days before `valid_until` (calendar days): the first makes the entry `expiring`, each is a letter. */
  expiryReminders: number[];
  /** Working days before a term of the applicant ends. */
  applicantReminders: number[];
  /** Local time at which reminders leave, HH:MM. */
  reminderTime: string;
  limits: { returns: number; rounds: number; newPanels: number; objections: number };
  task: TaskPolicy;
  panel: PanelPolicy;
  /** Shortened expertise of a recertification with good monitoring; absent = the full panel. */
  shortenedPanel?: PanelPolicy;
  criteria: Criterion[];
  /** Smallest volume in hours by kind of programme. */
  minHours: Record<'ПК' | 'ПП', number>;
  /** Share of changed content in percent above which a change is substantial. */
  substantialShare: number;
  /** Rows of the table switched off by this policy. */
  disabledRows: string[];
}

const wd = (amount: number, clause: string): Term => ({ amount, unit: 'wd', clause });
const cd = (amount: number, clause: string): Term => ({ amount, unit: 'cd', clause });

const CFG = 'Порядок экспертизы и сертификации ДПП (настройка платформы)';

/** Verdicts of three experts in the order approve-revise-reject → result (specification 3.4, point 6). */
const DEFAULT_TABLE: Record<string, Verdict | 'revise_minor' | 'arbitration' | 'reject_unless_spread'> = {
  '3-0-0': 'approve',
  '2-1-0': 'revise_minor',
  '1-2-0': 'revise',
  '0-3-0': 'revise',
  '2-0-1': 'arbitration',
  '1-1-1': 'arbitration',
  '1-0-2': 'reject_unless_spread',
  '0-2-1': 'revise',
  '0-1-2': 'reject',
  '0-0-3': 'reject',
};

const selection: SelectionPolicy = {
  minRegions: 2,
  excludeApplicantRegion: true,
  lookbackYears: 3,
  overdueLimit: 3,
  arbiterFromPanelRegions: true,
};

const criterion = (code: string, labelRu: string, mandatory: boolean): Criterion => ({
  code,
  labelRu,
  mandatory,
  max: 2,
  passFrom: 1,
  remarkBelow: 1,
});

/** The default parameters, also the content of the seed's first policy version. */
export const DEFAULT_POLICY: CertificationPolicy = {
  numbering: { prefix: 'DPP', width: 5, registryPrefix: 'FR' },
  terms: {
    technicalCheck: wd(5, `${CFG}, техническая проверка`),
    returned: wd(10, `${CFG}, устранение недостатков`),
    panelForming: wd(5, `${CFG}, формирование группы экспертов`),
    expertise: wd(10, `${CFG}, экспертиза`),
    laterRound: wd(5, `${CFG}, повторная экспертиза`),
    arbitration: wd(7, `${CFG}, арбитраж`),
    revision: wd(20, `${CFG}, доработка программы`),
    decision: wd(5, `${CFG}, решение координатора`),
    appeal: cd(30, `${CFG}, апелляция: 30 дней с даты ознакомления`),
    appealDecision: wd(20, `${CFG}, рассмотрение апелляции`),
    familiarisation: wd(10, `${CFG}, ознакомление с решением`),
    familiarisationRepeat: wd(10, `${CFG}, повторное напоминание об ознакомлении`),
    reapply: { amount: 3, unit: 'month', clause: `${CFG}, новая заявка после отказа`, fixed: true },
    validity: { amount: 3, unit: 'year', clause: `${CFG}, срок действия записи реестра`, fixed: true },
    prolongation: { amount: 60, unit: 'cd', clause: `${CFG}, продление на время рассмотрения`, fixed: true },
    cure: wd(20, `${CFG}, устранение причин приостановки`),
    minorChange: wd(10, `${CFG}, подтверждение незначительного изменения`),
    annulmentAnswer: wd(10, `${CFG}, ответ держателя при аннулировании`),
    annulmentDecision: wd(10, `${CFG}, решение об аннулировании`),
    courtStay: { amount: 60, unit: 'cd', clause: `${CFG}, ожидание судебного акта` },
    emptyPool: wd(2, `${CFG}, пустой список экспертов`),
    draftIdle: { amount: 12, unit: 'month', clause: `${CFG}, черновик без изменений` },
  },
  expiryReminders: [180, 90, 30],
  applicantReminders: [3],
  reminderTime: '09:00',
  limits: { returns: 2, rounds: 2, newPanels: 1, objections: 1 },
  task: {
    answer: wd(2, `${CFG}, ответ на приглашение`),
    answerGrace: 1,
    reminders: [3, 1],
    escalateAfter: 2,
    reassignAfter: 3,
    nobodyEligibleEvery: 2,
    defectReturn: wd(2, `${CFG}, исправление формального недостатка`),
    maxExtension: 5,
  },
  panel: { size: 3, selection, aggregation: { size: 3, table: DEFAULT_TABLE, spreadShare: 0.3 } },
  shortenedPanel: { size: 2, selection, aggregation: { size: 2, table: null, spreadShare: 0.3 } },
  criteria: [
    criterion('relevance', 'Соответствие профессиональным дефицитам и государственным приоритетам', true),
    criterion('standard', 'Соответствие профессиональному стандарту', true),
    criterion('results', 'Измеримость планируемых результатов', true),
    criterion('consistency', 'Соответствие содержания результатам', true),
    criterion('content', 'Современность содержания: функциональная грамотность, цифровая среда', false),
    criterion('practice', 'Доля практики', false),
    criterion('assessment', 'Оценочные материалы', true),
    criterion('staff', 'Кадровое обеспечение', false),
    criterion('distance', 'Качество дистанционной части', false),
    criterion('literature', 'Литература не старше пяти лет', false),
    criterion('formatting', 'Оформление', false),
  ],
  minHours: { ПК: 16, ПП: 250 },
  substantialShare: 20,
  disabledRows: [],
};

const TERM_UNITS = new Set(['cd', 'wd', 'month', 'year']);

/**
 * Refuses parameters that cannot run the process. Each message names the parameter, so that a methodist who edits the file finds it.
 */
export function checkPolicy(
  parameters: unknown,
): { ok: true; policy: CertificationPolicy } | { ok: false; errors: FieldError[] } {
  const shape = checkShape(parameters, DEFAULT_POLICY, '');
  return shape.length > 0 ? { ok: false, errors: shape } : checkValues(parameters);
}

/** Every parameter of the default policy is there and of the same kind; lists and tables may hold other values. */
function checkShape(given: unknown, model: unknown, pointer: string): FieldError[] {
  const name = pointer.split('/').slice(1).join('.');
  if (pointer === '/shortenedPanel' && given === undefined) return [];
  if (given === undefined) return [{ pointer, detail: `Не задан параметр «${name}».` }];
  if (model === null || given === null || pointer.endsWith('/table'))
    return given === null && model !== null && !pointer.endsWith('/table')
      ? [{ pointer, detail: `Параметр «${name}» пуст.` }]
      : [];
  if (Array.isArray(model))
    return Array.isArray(given)
      ? (given as unknown[]).flatMap((item, i) =>
          model.length > 0 ? checkShape(item, model[0], `${pointer}/${i}`) : [],
        )
      : [{ pointer, detail: `Параметр «${name}» должен быть списком.` }];
  if (typeof model !== typeof given) return [{ pointer, detail: `Параметр «${name}»: неверный вид значения.` }];
  if (typeof model !== 'object') return [];
  return Object.entries(model as object).flatMap(([key, value]) => {
    const inner = (given as Record<string, unknown>)[key];
    // Optional marks of a term (`fixed`, `direction`) may be left out.
    return inner === undefined && typeof value === 'boolean' && key === 'fixed'
      ? []
      : checkShape(inner, value, `${pointer}/${key}`);
  });
}

function checkValues(
  parameters: unknown,
): { ok: true; policy: CertificationPolicy } | { ok: false; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const fail = (pointer: string, detail: string) => errors.push({ pointer, detail });
  const p = (parameters ?? {}) as Partial<CertificationPolicy>;
  for (const key of Object.keys(DEFAULT_POLICY) as Array<keyof CertificationPolicy>)
    if (key !== 'shortenedPanel' && p[key] === undefined) fail(`/${key}`, `Не задан параметр «${key}».`);
  for (const key of Object.keys(p)) if (!(key in DEFAULT_POLICY)) fail(`/${key}`, `Неизвестный параметр «${key}».`);
  if (errors.length > 0) return { ok: false, errors };
  const policy = p as CertificationPolicy;
  const terms = { ...policy.terms, 'task.answer': policy.task.answer, 'task.defectReturn': policy.task.defectReturn };
  for (const key of Object.keys(DEFAULT_POLICY.terms))
    if (!(key in policy.terms)) fail(`/terms/${key}`, `Не задан срок «${key}».`);
  for (const [key, term] of Object.entries(terms)) {
    const pointer = key.includes('.') ? `/${key.replace('.', '/')}` : `/terms/${key}`;
    if (!Number.isInteger(term.amount) || term.amount < 1)
      fail(pointer, `Срок «${key}»: число должно быть целым и не меньше 1.`);
    if (!TERM_UNITS.has(term.unit))
      fail(pointer, `Срок «${key}»: единица «${term.unit}» не известна (cd, wd, month, year).`);
    if (!term.clause) fail(pointer, `Срок «${key}»: не указана норма.`);
  }
  if (policy.criteria.length === 0) fail('/criteria', 'Нужен хотя бы один критерий.');
  if (new Set(policy.criteria.map((c) => c.code)).size !== policy.criteria.length)
    fail('/criteria', 'Коды критериев повторяются.');
  policy.criteria.forEach((c, i) => {
    if (c.passFrom > c.max) fail(`/criteria/${i}/passFrom`, `Критерий «${c.code}»: проходной балл выше максимального.`);
  });
  for (const [name, panel] of Object.entries({ panel: policy.panel, shortenedPanel: policy.shortenedPanel })) {
    if (!panel) continue;
    if (panel.size !== panel.aggregation.size)
      fail(`/${name}/size`, `Размер группы ${panel.size} не равен размеру таблицы решений ${panel.aggregation.size}.`);
    if (panel.selection.minRegions > panel.size)
      fail(`/${name}/selection/minRegions`, 'Регионов не может быть больше, чем экспертов.');
    for (const message of checkAggregation(panel.aggregation)) fail(`/${name}/aggregation/table`, message);
  }
  if (!/^\d\d:\d\d$/.test(policy.reminderTime)) fail('/reminderTime', 'Время напоминаний: ЧЧ:ММ.');
  if (
    [...policy.expiryReminders].sort((a, b) => b - a).join() !== policy.expiryReminders.join() ||
    policy.expiryReminders.length === 0
  )
    fail('/expiryReminders', 'Напоминания об окончании срока перечисляются по убыванию.');
  return errors.length > 0 ? { ok: false, errors } : { ok: true, policy };
}
