/**
 * Reports of the independent assessment (specification P03 «Reports»): the target of the year by municipality, the pass rate by labour
 * function, waiting times, financed places. Who does not read the cases sees numbers of five people and more, and no list behind them.
 */
import { LABOUR_FUNCTIONS } from '../catalogue/labour-functions.ts';
import type { CountedEvent } from '../indicators/counted.ts';
import { indicatorOn, INDICATORS, type IndicatorDefinition } from '../indicators/formulas.ts';
import { isReached, judge, targetOn, targetsOf } from '../indicators/targets.ts';
import { daysBetween, type IsoDate } from '../kit/dates.ts';
import { caseMember, groupRows, termsPart } from '../kit/report-parts.ts';
import {
  count,
  type Figure,
  median,
  type Member,
  type Part,
  type ReportCase,
  type ReportData,
  type ReportDefinition,
  type ReportEvent,
  type Row,
  share,
  sum,
} from '../kit/report.ts';
import { formatMonth } from '../kit/report-words.ts';
import { examsOf, type Exam } from './counted.ts';
import { CAUSE_LABELS, PART_LABELS, TASK_LABELS } from './labels.ru.ts';
import { findQualification, type AssessmentPolicy, type Qualification } from './policy.ts';
import { usesFinancedPlace, type AssessmentState } from './state.ts';

const slug = 'qualification-assessment';
const sessions = 'exam-session';
const CLAUSE = 'Региональный проект, результат 4: независимая оценка квалификации (P03)';

const common = {
  process: slug,
  clauseRu: CLAUSE,
  audience: ['reader', 'staff', 'observer'],
  guarded: true,
} as const;

type Kase = ReportCase<AssessmentState>;

const I7 = INDICATORS.find(({ code }) => code === 'I7') as IndicatorDefinition;
const NO_PLACE = 'муниципалитет не указан';

const personMember = (e: CountedEvent, more: Partial<Member> = {}): Member => ({
  key: `person:${e.personId}`,
  personId: e.personId,
  caseId: e.sourceCase,
  on: e.on,
  ...more,
});
const people = (events: readonly CountedEvent[], note: (e: CountedEvent) => Partial<Member> = () => ({})): Figure =>
  count(
    events.map((e) => personMember(e, note(e))),
    'people',
  );

/** A part of a group that is shown beside it: its rest must not be a small group either. */
const partOf = (figure: Figure, whole: number): Figure => ({ ...figure, outOf: whole });

/** Qualifications of the policies seen, the newest words of each. */
function qualifications({ policies }: ReportData): Map<string, Qualification> {
  const found = new Map<string, Qualification>();
  for (const policy of policies.values() as Iterable<AssessmentPolicy>)
    for (const q of policy.qualifications) found.set(q.code, q);
  return found;
}
const qualificationRu = (data: ReportData) => {
  const known = qualifications(data);
  return (code: string): string => known.get(code)?.labelRu ?? code;
};

// ── The target of the year ──

const target: ReportDefinition = {
  ...common,
  id: `${slug}-target`,
  titleRu: 'Годовая цель: сколько педагогов прошли оценку',
  hintRu: 'Показатель I7 нарастающим итогом; какую часть цели дал каждый муниципалитет',
  filters: ['on', 'region'],
  needs: { registers: ['assessment_protocols'], indicators: true },
  build(data, { on, region }) {
    const exams = examsOf(data).counted;
    const codes = region
      ? [region]
      : [...new Set(exams.flatMap((e) => e.region ?? []))].filter((code) => data.regions.has(code)).sort();
    const passed = passedBy(exams, on);
    const standings = codes.map((code) => standing(data, code, on));
    const all = new Map(standings.flatMap((s) => s.people).map((e) => [e.personId, e]));
    const cells = (items: readonly CountedEvent[]) => ({
      people: people(items),
      year: partOf(people(items.filter(inYear)), items.length),
      passed: partOf(people(items.filter((e) => passed.has(e.personId))), items.length),
    });
    const inYear = (e: CountedEvent) => e.on.slice(0, 4) === on.slice(0, 4);
    const [only] = standings;
    const total = cells([...all.values()]);
    const columns = [
      { key: 'people', labelRu: 'Прошли оценку' },
      { key: 'year', labelRu: `Из них впервые в ${on.slice(0, 4)} году` },
      { key: 'passed', labelRu: 'Подтвердили квалификацию' },
    ];
    return {
      listed: 'people',
      headline: [
        { key: 'people', labelRu: 'педагогов прошли оценку', figure: total.people },
        { key: 'year', labelRu: `впервые в ${on.slice(0, 4)} году`, figure: total.year },
        { key: 'passed', labelRu: 'подтвердили квалификацию', figure: total.passed, tone: 'good' },
        ...(standings.length === 1 && only
          ? [{ key: 'share', labelRu: 'от всех педагогов региона', figure: only.percent }]
          : []),
      ],
      parts: [
        {
          key: 'regions',
          titleRu: 'По регионам: показатель I7 и цель',
          hintRu: I7.formulaRu,
          rowRu: 'Регион',
          columns: [
            ...columns,
            { key: 'whole', labelRu: 'Всего педагогов' },
            { key: 'percent', labelRu: 'Доля' },
            { key: 'target', labelRu: 'Цель (год)' },
            { key: 'done', labelRu: 'Цель выполнена на' },
          ],
          rows: standings.map((s) => ({
            key: s.code,
            labelRu: data.regions.get(s.code) ?? s.code,
            cells: {
              ...cells(s.people),
              whole: s.denominator === null ? null : String(s.denominator),
              percent: s.percent,
              target: s.targetRu,
              done: share(
                s.people.map((e) => personMember(e)),
                s.needed,
              ),
            },
          })),
          picture: { kind: 'bars', columns: ['done'] },
        },
        ...standings.map(
          (s): Part => ({
            key: `places-${s.code}`,
            titleRu: `${data.regions.get(s.code) ?? s.code}: вклад муниципалитетов`,
            hintRu:
              s.needed === null
                ? 'Цель или число педагогов региона не загружены, поэтому части цели нет.'
                : `Для цели нужно ${s.needed} человек; часть цели — доля муниципалитета в этом числе.`,
            rowRu: 'Муниципалитет',
            columns: [...columns, { key: 'part', labelRu: 'Часть цели региона' }],
            rows: groupRows(
              s.people,
              (e) => e.municipality,
              (items) => ({
                ...cells(items),
                part: share(
                  items.map((e) => personMember(e)),
                  s.needed,
                ),
              }),
              { noneRu: NO_PLACE, totalRu: 'Всего' },
            ),
            picture: { kind: 'bars', columns: ['people'] },
          }),
        ),
      ],
      notesRu: [
        'Каждый человек — один раз, по первому экзамену, который не аннулирован; место — основная работа в день экзамена.',
      ],
    };
  },
};

/** People with an exam that confirmed the qualification by the day. */
const passedBy = (exams: readonly Exam[], on: IsoDate): Set<string> =>
  new Set(exams.filter((e) => e.on <= on && e.entry.facts.passed === true).map((e) => e.personId));

/** A region on a day: the people of I7, the target and how many people it takes. */
function standing(data: ReportData, code: string, on: IsoDate) {
  const { counted, denominator } = indicatorOn(I7, data, code, on);
  const records = targetsOf(data.targets, I7.targets, code);
  const judged = judge(records, counted.length, denominator, on);
  const [record] = records.filter((r) => targetOn(r, on) !== null);
  return {
    code,
    people: counted,
    denominator,
    percent: share(
      counted.map((e) => personMember(e)),
      denominator,
      {
        digits: judged?.digits ?? 1,
        ...(judged ? { target: judged.target } : {}),
      },
    ),
    targetRu: judged ? `${String(judged.target.value).replace('.', ',')} % (${judged.target.year})` : null,
    needed: judged && denominator ? peopleFor(judged.target.value, denominator, record?.comparator ?? null) : null,
  };
}

/** The fewest people that reach the percent of the whole. */
function peopleFor(percent: number, whole: number, comparator: string | null): number {
  let needed = Math.floor((percent * whole) / 100);
  while (needed < whole && !isReached(needed, whole, percent, comparator)) needed++;
  return needed;
}

// ── Pass rate ──

const results: ReportDefinition = {
  ...common,
  id: `${slug}-results`,
  titleRu: 'Результаты по трудовым функциям',
  hintRu: 'Какая доля экзаменованных подтвердила квалификацию и на какой части экзамен закончился',
  filters: ['from', 'to', 'region'],
  needs: {
    registers: ['assessment_protocols', 'assessment_complaints'],
    cases: { [slug]: ['qualification'] },
    policies: [slug],
  },
  build(data, { from, to, on }) {
    const { counted, annulled } = examsOf(data);
    const until = to ?? on;
    const within = (e: Exam) => (!from || e.on >= from) && e.on <= until;
    const exams = counted.filter(within);
    const known = qualifications(data);
    const codesOf = (e: Exam): string[] => known.get(String(e.entry.facts.qualification))?.labourFunctions ?? [];
    const columns = [
      { key: 'people', labelRu: 'Сдавали' },
      { key: 'passed', labelRu: 'Подтвердили' },
      { key: 'rate', labelRu: 'Доля подтвердивших' },
      { key: 'theory', labelRu: 'Не прошли теорию' },
      { key: 'practice', labelRu: 'Не прошли практику' },
      { key: 'removed', labelRu: 'Удалены' },
    ];
    const cells = (items: Exam[]): Row['cells'] => {
      const lost = (part: string) => distinctPeople(items.filter((e) => !isPassed(e) && e.entry.facts.part === part));
      const all = distinctPeople(items);
      const passed = distinctPeople(items.filter(isPassed));
      return {
        people: people(all),
        passed: partOf(people(passed), all.length),
        rate: share(
          passed.map((e) => personMember(e)),
          all.length,
        ),
        theory: partOf(people(lost('theory')), all.length),
        practice: partOf(people(lost('practice')), all.length),
        removed: partOf(people(lost('removed')), all.length),
      };
    };
    const byFunction = exams.flatMap((e) => codesOf(e).map((code) => ({ code, exam: e })));
    const total = cells(exams);
    return {
      listed: 'people',
      headline: [
        { key: 'people', labelRu: 'человек сдавали', figure: total.people as Figure },
        { key: 'passed', labelRu: 'подтвердили квалификацию', figure: total.passed as Figure, tone: 'good' },
        { key: 'rate', labelRu: 'доля подтвердивших', figure: total.rate as Figure },
        { key: 'annulled', labelRu: 'экзаменов аннулировано', figure: entries(annulled.filter(within)), tone: 'late' },
        { key: 'complaints', labelRu: 'жалоб', figure: complaints(data, from, until) },
      ],
      parts: [
        {
          key: 'functions',
          titleRu: 'По трудовым функциям',
          hintRu: 'Экзамен относится ко всем функциям своей квалификации, поэтому строки не складываются.',
          rowRu: 'Трудовая функция',
          columns,
          rows: groupRows(
            byFunction,
            ({ code }) => code,
            (items) => cells(items.map(({ exam }) => exam)),
            { labelOf: functionRu },
          ),
          picture: { kind: 'bars', columns: ['rate'] },
        },
        {
          key: 'qualifications',
          titleRu: 'По квалификациям',
          rowRu: 'Квалификация',
          columns,
          rows: groupRows(exams, (e) => String(e.entry.facts.qualification), cells, {
            labelOf: qualificationRu(data),
            totalRu: 'Всего',
          }),
          picture: { kind: 'bars', columns: ['passed', 'theory', 'practice', 'removed'] },
        },
        {
          key: 'scores',
          titleRu: 'Баллы',
          hintRu: 'Половина сдававших набрала не больше.',
          rowRu: 'Часть экзамена',
          columns: [
            { key: 'exams', labelRu: 'Экзаменов' },
            { key: 'score', labelRu: 'Половина — не выше, %' },
          ],
          rows: (['theory', 'practice'] as const).map((part) => {
            const scored = exams.filter((e) => typeof e.entry.facts[part] === 'number');
            return {
              key: part,
              labelRu: PART_LABELS[part] ?? part,
              cells: {
                exams: entries(scored),
                score: median(
                  scored.map((e) => entryMember(e, { value: e.entry.facts[part] as number })),
                  'pieces',
                ),
              },
            };
          }),
        },
      ],
      notesRu: [
        'Кто сдавал несколько раз, считается один раз; подтвердившим — если подтвердил хотя бы однажды. Поэтому он может стоять и среди не прошедших часть.',
        'Аннулированные экзамены в долях не участвуют.',
      ],
    };
  },
};

const isPassed = (e: Exam): boolean => e.entry.facts.passed === true;

function distinctPeople(exams: readonly Exam[]): Exam[] {
  const first = new Map<string, Exam>();
  for (const exam of [...exams].sort((a, b) =>
    a.on < b.on ? -1 : a.on > b.on ? 1 : a.sourceCase < b.sourceCase ? -1 : 1,
  ))
    if (!first.has(exam.personId)) first.set(exam.personId, exam);
  return [...first.values()];
}

const entryMember = ({ entry, personId, on, sourceCase }: Exam, more: Partial<Member> = {}): Member => ({
  key: `entry:${entry.register}/${entry.number}`,
  caseId: sourceCase,
  personId,
  entry: { register: entry.register, number: entry.number },
  on,
  ...more,
});
const entries = (exams: readonly Exam[]): Figure =>
  count(
    exams.map((e) => entryMember(e)),
    'pieces',
  );

function complaints(data: ReportData, from: IsoDate | undefined, until: IsoDate): Figure {
  const filed = data.entries.filter((e) => {
    const on = e.facts.on as IsoDate | null;
    return e.register === 'assessment_complaints' && on !== null && (!from || on >= from) && on <= until;
  });
  return count(
    filed.map((e) => ({
      key: `entry:${e.register}/${e.number}`,
      caseId: e.caseId,
      personId: String(e.facts.personId),
      entry: { register: e.register, number: e.number },
      on: e.facts.on as IsoDate,
    })),
    'pieces',
  );
}

/** Policies name functions by the code inside the standard of a teacher, or by the whole code. */
function functionRu(code: string): string {
  const found = LABOUR_FUNCTIONS.find((f) => f.code === code || f.code === `01.001 ${code}`);
  return found ? `${code} ${found.labelRu}` : code;
}

// ── Waiting ──

const ENTERED = ['application.submitted', 'referral.accepted', 'retake.opened'];
const DOCUMENT = ['certificate.issued', 'conclusion.issued'];
const STEPS = [...ENTERED, 'applicant.admitted', 'exam.started', ...DOCUMENT];

const waiting: ReportDefinition = {
  ...common,
  id: `${slug}-waiting`,
  titleRu: 'Ожидание, сеансы и сроки',
  hintRu: 'Сколько ждут проверки, экзамена и документа; кто сейчас в очереди; чем кончились сеансы',
  filters: ['from', 'to', 'on', 'region'],
  needs: {
    cases: { [slug]: ['qualification', 'initiatorId', 'centreId', 'queue', 'stage'] },
    events: { [slug]: STEPS },
    registers: ['exam_sessions'],
    tasks: [slug, sessions],
    policies: [slug],
  },
  build(data, { from, to, on }) {
    const within = (day: IsoDate) => (!from || day >= from) && (!to || day <= to);
    const days = stepDays(data.events);
    const all = (data.cases as Kase[]).filter(({ state }) => state.stage !== 'offered');
    const cases = all.filter((c) => within(days.get(c.caseId)?.entered ?? c.startedOn));
    const ids = new Set(cases.map((c) => c.caseId));
    const member = (c: Kase, more: Partial<Member> = {}) => caseMember(c, { personId: c.state.initiatorId, ...more });
    const span = (items: Kase[], a: keyof Days, b: keyof Days): Figure =>
      median(
        items.flatMap((c) => {
          const d = days.get(c.caseId);
          const [first, last] = [d?.[a], d?.[b]];
          return first && last && last >= first ? [member(c, { on: first, value: daysBetween(first, last) })] : [];
        }),
      );
    const cells = (items: Kase[]): Row['cells'] => ({
      all: count(items.map((c) => member(c))),
      check: span(items, 'entered', 'admitted'),
      exam: span(items, 'admitted', 'exam'),
      document: span(items, 'exam', 'document'),
      whole: span(items, 'entered', 'document'),
    });
    const columns = [
      { key: 'all', labelRu: 'Заявлений' },
      { key: 'check', labelRu: 'До допуска, дней' },
      { key: 'exam', labelRu: 'От допуска до экзамена' },
      { key: 'document', labelRu: 'От экзамена до документа' },
      { key: 'whole', labelRu: 'От заявления до документа' },
    ];
    const queued = all.filter((c) => c.state.stage === 'waiting' && c.state.queue);
    const since = (c: Kase) => c.state.queue?.since ?? c.startedOn;
    const inQueue = (items: Kase[]) => count(items.map((c) => member(c, { on: since(c) })));
    return {
      listed: 'queue',
      headline: [
        { key: 'all', labelRu: 'заявлений', figure: cells(cases).all as Figure },
        { key: 'queue', labelRu: 'сейчас в очереди', figure: inQueue(queued), tone: 'late' },
        {
          key: 'exam',
          labelRu: 'дней от допуска до экзамена: половина — не дольше',
          figure: cells(cases).exam as Figure,
        },
        { key: 'document', labelRu: 'дней от экзамена до документа', figure: cells(cases).document as Figure },
      ],
      parts: [
        {
          key: 'roads',
          titleRu: 'Ожидание по квалификациям',
          hintRu: 'В днях по календарю; половина дел — не дольше.',
          rowRu: 'Квалификация',
          columns,
          rows: groupRows(cases, (c) => c.state.qualification, cells, {
            labelOf: qualificationRu(data),
            totalRu: 'Всего',
          }),
          picture: { kind: 'bars', columns: ['check', 'exam', 'document'] },
        },
        {
          key: 'centres',
          titleRu: 'Ожидание по центрам',
          rowRu: 'Центр оценки',
          columns,
          rows: groupRows(cases, (c) => c.state.centreId, cells, {
            labelOf: (id) => data.organisations.get(id)?.nameRu ?? 'центр не из справочника',
            totalRu: 'Всего',
          }),
        },
        {
          key: 'queue',
          titleRu: 'Очередь сейчас',
          rowRu: 'Чего ждут',
          columns: [
            { key: 'all', labelRu: 'Человек' },
            { key: 'days', labelRu: 'Половина ждёт не дольше, дней' },
          ],
          rows: groupRows(
            queued,
            (c) => c.state.queue?.why,
            (items) => ({
              all: inQueue(items),
              days: median(
                items.map((c) => member(c, { on: since(c), value: Math.max(0, daysBetween(since(c), on)) })),
              ),
            }),
            { labelOf: (why) => CAUSE_LABELS[why] ?? why, totalRu: 'Всего' },
          ),
        },
        sessionsPart(data, within),
        termsPart(
          data.tasks.filter((t) => t.process === sessions || ids.has(t.caseId)),
          { ...TASK_LABELS, session: 'Провести экзамен', sign_protocol: 'Подписать протокол сеанса' },
          on,
        ),
      ],
      notesRu: [
        'Период — по дню заявления, для сеансов — по дню экзамена. Дни ожидания включают время, когда дату выбирал сам соискатель.',
      ],
    };
  },
};

interface Days {
  entered?: IsoDate;
  admitted?: IsoDate;
  exam?: IsoDate;
  document?: IsoDate;
}

/** First days of the steps of each case; the exam is the last one begun, the one the document is about. */
function stepDays(events: readonly ReportEvent[]): Map<string, Days> {
  const found = new Map<string, Days>();
  for (const { caseId, type, on } of events) {
    const days = found.get(caseId) ?? {};
    if (ENTERED.includes(type)) days.entered ??= on;
    else if (type === 'applicant.admitted') days.admitted ??= on;
    else if (type === 'exam.started') days.exam = on;
    else if (DOCUMENT.includes(type)) days.document ??= on;
    // A retake begins at the choice of a date.
    if (type === 'retake.opened') days.admitted ??= on;
    found.set(caseId, days);
  }
  return found;
}

/** What became of the sessions, by month; each session is told once, as it is now. */
function sessionsPart(data: ReportData, within: (day: IsoDate) => boolean): Part {
  const list = data.entries.filter((e) => e.register === 'exam_sessions' && within(String(e.facts.heldOn)));
  const member = (e: (typeof list)[number], more: Partial<Member> = {}): Member => ({
    key: `entry:${e.register}/${e.number}`,
    caseId: e.caseId,
    entry: { register: e.register, number: e.number },
    on: String(e.facts.heldOn),
    ...more,
  });
  const of = (items: typeof list, ...statuses: string[]) =>
    count(
      items.filter((e) => statuses.length === 0 || statuses.includes(e.status)).map((e) => member(e)),
      'pieces',
    );
  const total = (items: typeof list, field: string) =>
    sum(
      items.map((e) => member(e, { value: Number(e.facts[field] ?? 0) })),
      'people',
    );
  const rows = groupRows(
    list,
    (e) => String(e.facts.heldOn).slice(0, 7),
    (items) => ({
      all: of(items),
      held: of(items, 'in_session', 'protocol', 'closed'),
      off: of(items, 'cancelled', 'not_held'),
      seats: sum(
        items.map((e) => member(e, { value: Number(e.facts.capacity) })),
        'pieces',
      ),
      finished: total(items, 'finished'),
      absent: total(items, 'absent'),
    }),
    { totalRu: 'Всего' },
  ).sort((a, b) => Number(a.total === true) - Number(b.total === true) || (a.key < b.key ? -1 : 1));
  return {
    key: 'sessions',
    titleRu: 'Сеансы экзамена',
    rowRu: 'Месяц',
    columns: [
      { key: 'all', labelRu: 'Назначено' },
      { key: 'held', labelRu: 'Состоялись' },
      { key: 'off', labelRu: 'Не состоялись' },
      { key: 'seats', labelRu: 'Мест' },
      { key: 'finished', labelRu: 'Окончили экзамен' },
      { key: 'absent', labelRu: 'Не явились' },
    ],
    rows: rows.map((row) => (row.total ? row : { ...row, labelRu: formatMonth(row.key) })),
  };
}

// ── Financed places ──

const places: ReportDefinition = {
  ...common,
  id: `${slug}-places`,
  titleRu: 'Финансируемые места',
  hintRu: 'Сколько мест года занято и кто их ждёт; кто и за чей счёт сдаёт',
  filters: ['year', 'region'],
  needs: {
    cases: { [slug]: ['qualification', 'initiatorId', 'payer', 'paid', 'financedYear', 'missedOn', 'queue', 'stage'] },
    policies: [slug],
  },
  build(data, { year }) {
    const cases = (data.cases as Kase[]).filter(({ state }) => state.stage !== 'offered');
    const used = (items: Kase[]) => items.filter((c) => usesFinancedPlace(c.state, String(year)));
    const of = (items: Kase[]) => count(items.map((c) => caseMember(c, { personId: c.state.initiatorId })));
    const waits = (items: Kase[]) =>
      items.filter((c) => c.state.stage === 'waiting' && c.state.queue?.why === 'no_financed_place');
    const missed = (items: Kase[]) =>
      partOf(of(used(items).filter((c) => c.state.missedOn !== undefined)), used(items).length);
    const byPlace = placesByPolicy(data, cases);
    const started = cases.filter((c) => c.startedOn.slice(0, 4) === String(year));
    return {
      listed: 'used',
      headline: [
        { key: 'used', labelRu: `мест ${year} года занято`, figure: of(used(cases)) },
        { key: 'waits', labelRu: 'ждут финансируемого места', figure: of(waits(cases)), tone: 'late' },
        { key: 'missed', labelRu: 'места потеряны неявкой', figure: missed(cases) },
      ],
      parts: [
        {
          key: 'places',
          titleRu: `Места ${year} года`,
          hintRu: 'Год места — год экзамена. Кто отозвал заявление до экзамена, место вернул; кто не явился, — нет.',
          rowRu: 'Центр (территория) и квалификация',
          columns: [
            { key: 'places', labelRu: 'Мест' },
            { key: 'used', labelRu: 'Занято' },
            { key: 'share', labelRu: 'Занято, %' },
            { key: 'waits', labelRu: 'Ждут места' },
            { key: 'missed', labelRu: 'Из занятых: неявка' },
          ],
          rows: byPlace.map(({ key, labelRu, items, places: n }) => ({
            key,
            labelRu,
            cells: {
              places: String(n),
              used: of(used(items)),
              share: share(
                used(items).map((c) => caseMember(c, { personId: c.state.initiatorId })),
                n,
              ),
              waits: of(waits(items)),
              missed: missed(items),
            },
          })),
          picture: { kind: 'bars', columns: ['share'] },
        },
        {
          key: 'payers',
          titleRu: `Заявления ${year} года: кто платит`,
          rowRu: 'Плательщик',
          columns: [
            { key: 'all', labelRu: 'Заявлений' },
            { key: 'paid', labelRu: 'Оплачено или занято место' },
          ],
          rows: groupRows(
            started,
            (c) => c.state.payer,
            (items) => ({
              all: of(items),
              paid: partOf(of(items.filter((c) => c.state.paid || c.state.financedYear !== undefined)), items.length),
            }),
            { labelOf: (payer) => PAYERS[payer] ?? payer, totalRu: 'Всего' },
          ),
        },
      ],
      notesRu: ['Мест на квалификацию даёт действующая политика центра; после её смены — число мест из новой.'],
    };
  },
};

const PAYERS: Record<string, string> = {
  person: 'сам соискатель',
  employer: 'работодатель',
  budget: 'бюджет (финансируемое место)',
};

/** Cases by jurisdiction and qualification with the places their newest policy gives. */
function placesByPolicy(data: ReportData, cases: Kase[]) {
  const groups = new Map<string, Kase[]>();
  for (const c of cases) {
    const key = `${c.jurisdiction}:${c.state.qualification}`;
    groups.set(key, [...(groups.get(key) ?? []), c]);
  }
  const words = qualificationRu(data);
  const several = new Set(cases.map((c) => c.jurisdiction)).size > 1;
  return [...groups]
    .map(([key, items]) => {
      const newest = items.reduce((a, b) => (b.startedOn > a.startedOn ? b : a));
      const policy = data.policies.get(newest.policyVersionId) as AssessmentPolicy | undefined;
      const { qualification } = newest.state;
      const region = newest.region ? data.regions.get(newest.region) : undefined;
      return {
        key,
        items,
        places: (policy && findQualification(policy, qualification)?.financedPlaces) ?? 0,
        labelRu: several && region ? `${region}: ${words(qualification)}` : words(qualification),
      };
    })
    .sort((a, b) => a.labelRu.localeCompare(b.labelRu, 'ru'));
}

export const reports: ReportDefinition[] = [target, results, waiting, places];
