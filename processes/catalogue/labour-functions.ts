/**
 * Labour functions of the professional standards that programmes refer to.
 *
 * From general knowledge of the standards («Педагог», order of the Ministry of Labour 544н of 18.10.2013; head of an educational
 * organisation, 250н of 19.04.2021; «Педагог-психолог», 514н of 24.07.2015; «Специалист в области воспитания», 53н of 30.01.2023). A deployment
 * checks them against the text in force before it relies on them.
 */

export interface LabourFunction {
  /** Code of the standard and of the function in it. */
  code: string;
  standardRu: string;
  labelRu: string;
}

const TEACHER = '01.001 Педагог';
const HEAD = '01.011 Руководитель образовательной организации';
const PSYCHOLOGIST = '01.002 Педагог-психолог';
const UPBRINGING = '01.005 Специалист в области воспитания';

export const LABOUR_FUNCTIONS: readonly LabourFunction[] = [
  { code: '01.001 A/01.6', standardRu: TEACHER, labelRu: 'Общепедагогическая функция. Обучение' },
  { code: '01.001 A/02.6', standardRu: TEACHER, labelRu: 'Воспитательная деятельность' },
  { code: '01.001 A/03.6', standardRu: TEACHER, labelRu: 'Развивающая деятельность' },
  {
    code: '01.001 B/01.5',
    standardRu: TEACHER,
    labelRu: 'Педагогическая деятельность по реализации программ дошкольного образования',
  },
  {
    code: '01.001 B/02.6',
    standardRu: TEACHER,
    labelRu: 'Педагогическая деятельность по реализации программ начального общего образования',
  },
  {
    code: '01.001 B/03.6',
    standardRu: TEACHER,
    labelRu: 'Педагогическая деятельность по реализации программ основного и среднего общего образования',
  },
  { code: '01.001 B/04.6', standardRu: TEACHER, labelRu: 'Модуль «Предметное обучение. Математика»' },
  { code: '01.001 B/05.6', standardRu: TEACHER, labelRu: 'Модуль «Предметное обучение. Русский язык»' },
  {
    code: '01.002 A/01.7',
    standardRu: PSYCHOLOGIST,
    labelRu: 'Психолого-педагогическое и методическое сопровождение реализации образовательных программ',
  },
  {
    code: '01.005 A/01.6',
    standardRu: UPBRINGING,
    labelRu: 'Организация социально-педагогической поддержки обучающихся',
  },
  {
    code: '01.011 B/01.7',
    standardRu: HEAD,
    labelRu: 'Управление образовательной деятельностью общеобразовательной организации',
  },
  {
    code: '01.011 B/02.7',
    standardRu: HEAD,
    labelRu: 'Администрирование деятельности общеобразовательной организации',
  },
  { code: '01.011 B/03.7', standardRu: HEAD, labelRu: 'Управление развитием общеобразовательной организации' },
];

export function findLabourFunction(code: string): LabourFunction | undefined {
  return LABOUR_FUNCTIONS.find((row) => row.code === code);
}
