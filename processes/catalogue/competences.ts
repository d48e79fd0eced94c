/**
 * Areas of competence of experts, and the professional deficits that programmes close.
 *
 * The sources promise a catalogue of deficits and give none, so this one is the platform's own starting set: a coordinator extends it
 * by adding rows. Codes are stable for ever: register entries and experts' records refer to them.
 */

export interface Competence {
  code: string;
  labelRu: string;
  groupRu: 'Предметы' | 'Методика' | 'Управление и развитие' | 'Воспитание и поддержка';
}

export interface Deficit {
  code: string;
  labelRu: string;
  /** The area of competence an expert needs to judge a programme that claims to close it. */
  competence: string;
}

export const COMPETENCES: readonly Competence[] = [
  { code: 'subject.russian', labelRu: 'Русский язык: содержание и методика', groupRu: 'Предметы' },
  { code: 'subject.literature', labelRu: 'Литература: содержание и методика', groupRu: 'Предметы' },
  { code: 'subject.mathematics', labelRu: 'Математика: содержание и методика', groupRu: 'Предметы' },
  { code: 'subject.informatics', labelRu: 'Информатика: содержание и методика', groupRu: 'Предметы' },
  { code: 'subject.physics', labelRu: 'Физика: содержание и методика', groupRu: 'Предметы' },
  { code: 'subject.chemistry', labelRu: 'Химия: содержание и методика', groupRu: 'Предметы' },
  { code: 'subject.biology', labelRu: 'Биология: содержание и методика', groupRu: 'Предметы' },
  { code: 'subject.geography', labelRu: 'География: содержание и методика', groupRu: 'Предметы' },
  { code: 'subject.history', labelRu: 'История: содержание и методика', groupRu: 'Предметы' },
  { code: 'subject.social', labelRu: 'Обществознание: содержание и методика', groupRu: 'Предметы' },
  { code: 'subject.technology', labelRu: 'Труд (технология): содержание и методика', groupRu: 'Предметы' },
  { code: 'subject.primary', labelRu: 'Начальное общее образование', groupRu: 'Предметы' },
  { code: 'method.functional_literacy', labelRu: 'Функциональная грамотность обучающихся', groupRu: 'Методика' },
  { code: 'method.thinking', labelRu: 'Критическое и креативное мышление', groupRu: 'Методика' },
  { code: 'method.assessment', labelRu: 'Оценивание образовательных результатов', groupRu: 'Методика' },
  { code: 'method.digital', labelRu: 'Цифровая образовательная среда', groupRu: 'Методика' },
  { code: 'method.support', labelRu: 'Методическое сопровождение педагогов', groupRu: 'Методика' },
  { code: 'leadership.teams', labelRu: 'Проектные и управленческие команды', groupRu: 'Управление и развитие' },
  { code: 'leadership.school', labelRu: 'Управление образовательной организацией', groupRu: 'Управление и развитие' },
  { code: 'leadership.mentoring', labelRu: 'Наставничество и вхождение в профессию', groupRu: 'Управление и развитие' },
  { code: 'care.upbringing', labelRu: 'Воспитательная деятельность', groupRu: 'Воспитание и поддержка' },
  { code: 'care.inclusion', labelRu: 'Инклюзивное образование', groupRu: 'Воспитание и поддержка' },
  { code: 'care.psychology', labelRu: 'Психолого-педагогическая поддержка', groupRu: 'Воспитание и поддержка' },
];

export const DEFICITS: readonly Deficit[] = [
  {
    code: 'D-RUS-1',
    labelRu: 'Обучение смысловому чтению и работе с информацией текста',
    competence: 'subject.russian',
  },
  {
    code: 'D-RUS-2',
    labelRu: 'Развитие связной речи обучающихся: устные и письменные высказывания',
    competence: 'subject.russian',
  },
  {
    code: 'D-LIT-1',
    labelRu: 'Анализ художественного текста с опорой на читательский опыт подростка',
    competence: 'subject.literature',
  },
  {
    code: 'D-MAT-1',
    labelRu: 'Решение задач с практическим содержанием и моделирование',
    competence: 'subject.mathematics',
  },
  { code: 'D-MAT-2', labelRu: 'Преподавание вероятности и статистики', competence: 'subject.mathematics' },
  { code: 'D-INF-1', labelRu: 'Обучение программированию и работе с данными', competence: 'subject.informatics' },
  {
    code: 'D-PHY-1',
    labelRu: 'Организация физического эксперимента и обработка его результатов',
    competence: 'subject.physics',
  },
  {
    code: 'D-CHE-1',
    labelRu: 'Безопасный химический эксперимент и экспериментальные задачи',
    competence: 'subject.chemistry',
  },
  { code: 'D-BIO-1', labelRu: 'Исследовательская деятельность обучающихся по биологии', competence: 'subject.biology' },
  {
    code: 'D-GEO-1',
    labelRu: 'Работа с картой, статистикой и геоинформационными данными',
    competence: 'subject.geography',
  },
  {
    code: 'D-HIS-1',
    labelRu: 'Работа с историческим источником и разными точками зрения',
    competence: 'subject.history',
  },
  { code: 'D-SOC-1', labelRu: 'Обучение решению познавательных задач по обществознанию', competence: 'subject.social' },
  {
    code: 'D-TEC-1',
    labelRu: 'Проектирование, 3D-моделирование и прототипирование на уроке труда',
    competence: 'subject.technology',
  },
  { code: 'D-PRI-1', labelRu: 'Формирование умения учиться в начальной школе', competence: 'subject.primary' },
  { code: 'D-PRI-2', labelRu: 'Преодоление трудностей в освоении чтения и письма', competence: 'subject.primary' },
  {
    code: 'D-FUN-1',
    labelRu: 'Разработка заданий на функциональную грамотность',
    competence: 'method.functional_literacy',
  },
  {
    code: 'D-FUN-2',
    labelRu: 'Включение заданий на функциональную грамотность в обычный урок',
    competence: 'method.functional_literacy',
  },
  { code: 'D-THI-1', labelRu: 'Приёмы развития критического мышления', competence: 'method.thinking' },
  { code: 'D-THI-2', labelRu: 'Приёмы развития креативного мышления', competence: 'method.thinking' },
  { code: 'D-ASS-1', labelRu: 'Формирующее оценивание и обратная связь', competence: 'method.assessment' },
  {
    code: 'D-ASS-2',
    labelRu: 'Анализ результатов оценочных процедур и планирование работы по ним',
    competence: 'method.assessment',
  },
  { code: 'D-DIG-1', labelRu: 'Проектирование урока с цифровыми ресурсами', competence: 'method.digital' },
  { code: 'D-DIG-2', labelRu: 'Безопасность и этика в цифровой среде', competence: 'method.digital' },
  {
    code: 'D-SUP-1',
    labelRu: 'Выявление профессиональных дефицитов и проектирование индивидуальных маршрутов',
    competence: 'method.support',
  },
  { code: 'D-SUP-2', labelRu: 'Сопровождение педагога в горизонтальном обучении', competence: 'method.support' },
  {
    code: 'D-TEA-1',
    labelRu: 'Постановка цели и распределение ролей в проектной команде',
    competence: 'leadership.teams',
  },
  {
    code: 'D-TEA-2',
    labelRu: 'Управление сроками, рисками и результатами школьного проекта',
    competence: 'leadership.teams',
  },
  { code: 'D-SCH-1', labelRu: 'Внутренняя система оценки качества образования', competence: 'leadership.school' },
  { code: 'D-SCH-2', labelRu: 'Управление на основе данных', competence: 'leadership.school' },
  {
    code: 'D-MEN-1',
    labelRu: 'Планирование работы наставника с начинающим педагогом',
    competence: 'leadership.mentoring',
  },
  { code: 'D-UPB-1', labelRu: 'Организация работы классного руководителя', competence: 'care.upbringing' },
  { code: 'D-INC-1', labelRu: 'Адаптация содержания и условий для обучающихся с ОВЗ', competence: 'care.inclusion' },
  { code: 'D-PSY-1', labelRu: 'Профилактика травли и конфликтов в классе', competence: 'care.psychology' },
];

const competenceByCode = new Map(COMPETENCES.map((row) => [row.code, row]));
const deficitByCode = new Map(DEFICITS.map((row) => [row.code, row]));

export function findCompetence(code: string): Competence | undefined {
  return competenceByCode.get(code);
}

export function findDeficit(code: string): Deficit | undefined {
  return deficitByCode.get(code);
}

/** Areas of competence that experts on these deficits need, without repeats, in the order of the deficits. Unknown codes are skipped. */
export function competencesForDeficits(deficitCodes: readonly string[]): string[] {
  return [...new Set(deficitCodes.flatMap((code) => deficitByCode.get(code)?.competence ?? []))];
}
