/** Posts that programmes are meant for, subjects and levels of general education: choices of the application form. */

export interface Choice {
  code: string;
  labelRu: string;
}

export const POSTS: readonly Choice[] = [
  { code: 'teacher', labelRu: 'учитель' },
  { code: 'primary_teacher', labelRu: 'учитель начальных классов' },
  { code: 'kindergarten_teacher', labelRu: 'воспитатель' },
  { code: 'psychologist', labelRu: 'педагог-психолог' },
  { code: 'social_pedagogue', labelRu: 'социальный педагог' },
  { code: 'tutor', labelRu: 'тьютор' },
  { code: 'additional_education', labelRu: 'педагог дополнительного образования' },
  { code: 'college_teacher', labelRu: 'преподаватель профессиональной образовательной организации' },
  { code: 'methodist', labelRu: 'методист' },
  { code: 'teacher_methodist', labelRu: 'педагог-методист' },
  { code: 'teacher_mentor', labelRu: 'педагог-наставник' },
  { code: 'adviser', labelRu: 'советник директора по воспитанию' },
  { code: 'deputy_head', labelRu: 'заместитель руководителя' },
  { code: 'head', labelRu: 'руководитель образовательной организации' },
];

/** `competence` is the area an expert needs to judge a programme on the subject. */
export const SUBJECTS: ReadonlyArray<Choice & { competence: string }> = [
  { code: 'russian', labelRu: 'русский язык', competence: 'subject.russian' },
  { code: 'literature', labelRu: 'литература', competence: 'subject.literature' },
  { code: 'mathematics', labelRu: 'математика', competence: 'subject.mathematics' },
  { code: 'informatics', labelRu: 'информатика', competence: 'subject.informatics' },
  { code: 'physics', labelRu: 'физика', competence: 'subject.physics' },
  { code: 'chemistry', labelRu: 'химия', competence: 'subject.chemistry' },
  { code: 'biology', labelRu: 'биология', competence: 'subject.biology' },
  { code: 'geography', labelRu: 'география', competence: 'subject.geography' },
  { code: 'history', labelRu: 'история', competence: 'subject.history' },
  { code: 'social', labelRu: 'обществознание', competence: 'subject.social' },
  { code: 'technology', labelRu: 'труд (технология)', competence: 'subject.technology' },
  { code: 'primary', labelRu: 'начальные классы', competence: 'subject.primary' },
];

export const EDUCATION_LEVELS: readonly Choice[] = [
  { code: 'preschool', labelRu: 'дошкольное образование' },
  { code: 'primary', labelRu: 'начальное общее образование' },
  { code: 'basic', labelRu: 'основное общее образование' },
  { code: 'secondary', labelRu: 'среднее общее образование' },
  { code: 'vocational', labelRu: 'среднее профессиональное образование' },
  { code: 'additional', labelRu: 'дополнительное образование детей' },
];
