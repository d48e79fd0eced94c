/**
 * The programme an application carries: the schema of its form, the fields rules look at, and its invariants.
 *
 * The full text is a content-addressed document; a command carries only `ProgrammeFacts`.
 * Source: specification P01 «Input»; hours by order 266 of 24.03.2025, cl. 18 (a policy parameter).
 */
import { z } from 'zod';
import type { FieldError } from '../kit/types.ts';
import { checkProgramme, type ProgrammeFacts } from './programme-rules.ts';

const text = (label: string, max = 4000) =>
  z.string().trim().min(1, `Заполните поле «${label}».`).max(max, `Поле «${label}»: не больше ${max} знаков.`);
const hours = z
  .number('Укажите число часов.')
  .min(0, 'Часы не могут быть отрицательными.')
  .max(5000, 'Слишком много часов.');
const code = (label: string) => z.string().trim().min(1, `Укажите код: ${label}.`).max(40);

export const ProgrammeModule = z.object({
  id: code('модуль'),
  title: text('Название модуля', 500),
  lecture: hours,
  practice: hours,
  selfStudy: hours,
  control: hours,
  /** Codes of the deficits this module closes. */
  deficits: z.array(code('дефицит')).max(30),
  /** Ids of the planned results this module works for. */
  results: z.array(code('результат')).max(30),
  content: text('Содержание модуля', 8000),
});

export const Programme = z.object({
  provider: z.object({
    organisationId: z.uuid('Выберите организацию.'),
    nameRu: text('Организация', 500),
    /** Two digits of the constitution's list; the API refuses a code that is not the organisation's own. */
    regionCode: z.string().regex(/^\d{2}$/, 'Код региона: две цифры.'),
    inn: z.string().regex(/^\d{10}$/, 'ИНН организации: 10 цифр.'),
    ogrn: z.string().regex(/^\d{13}$/, 'ОГРН: 13 цифр.'),
    licenceNumber: text('Номер лицензии', 100),
    licenceDate: z.iso.date('Дата лицензии: ГГГГ-ММ-ДД.'),
    licenceAnnex: z.string().max(200).optional(),
  }),
  contact: z.object({
    name: text('Контактное лицо', 200),
    phone: z.string().max(50).optional(),
    email: z.email('Адрес почты с ошибкой.'),
  }),
  title: text('Название программы', 500),
  kind: z.enum(['ПК', 'ПП'], 'Выберите вид программы.'),
  hours: z
    .number('Укажите объём в часах.')
    .int('Объём: целое число часов.')
    .min(1, 'Объём: не меньше часа.')
    .max(5000, 'Слишком много часов.'),
  form: z.enum(['очная', 'очно-заочная', 'заочная'], 'Выберите форму обучения.'),
  distanceShare: z.number().min(0, 'Доля от 0 до 100.').max(100, 'Доля от 0 до 100.'),
  free: z.boolean(),
  network: z
    .object({
      agreement: text('Договор о сетевой форме', 300),
      leadInn: z.string().regex(/^\d{10}$/, 'ИНН ведущей организации: 10 цифр.'),
      partners: z
        .array(z.object({ nameRu: text('Партнёр', 500), inn: z.string().regex(/^\d{10}$/, 'ИНН партнёра: 10 цифр.') }))
        .min(1, 'Назовите хотя бы одного партнёра.'),
    })
    .optional(),
  target: z.object({
    posts: z.array(text('Должность', 200)).min(1, 'Назовите хотя бы одну должность.'),
    subjects: z.array(text('Предмет', 200)),
    levels: z.array(text('Уровень', 200)),
  }),
  /** Competence codes the experts must have; drawn from the catalogue by subjects and deficits. */
  competences: z.array(code('компетенция')).min(1, 'Выберите хотя бы одну область экспертизы.'),
  deficits: z
    .array(z.object({ code: code('дефицит'), title: text('Дефицит', 500) }))
    .min(1, 'Назовите хотя бы один дефицит.'),
  labourFunctions: z
    .array(z.object({ code: code('трудовая функция'), title: text('Трудовая функция', 500) }))
    .min(1, 'Назовите хотя бы одну трудовую функцию.'),
  results: z
    .array(z.object({ id: code('результат'), text: text('Планируемый результат', 2000) }))
    .min(1, 'Назовите хотя бы один результат.'),
  modules: z.array(ProgrammeModule).min(1, 'Нужен хотя бы один модуль.').max(100),
  assessment: z
    .array(
      z.object({
        id: code('оценочное средство'),
        form: text('Форма', 300),
        description: text('Описание', 4000),
        results: z.array(code('результат')).max(50),
      }),
    )
    .min(1, 'Нужно хотя бы одно оценочное средство.'),
  schedule: text('Календарный график', 4000),
  staff: z
    .array(
      z.object({
        name: text('Преподаватель', 200),
        post: text('Должность', 300),
        degree: z.string().max(200).optional(),
      }),
    )
    .min(1, 'Назовите хотя бы одного преподавателя.'),
  premises: text('Материально-техническое обеспечение', 4000),
  attestation: text('Форма итоговой аттестации', 1000),
  literature: z
    .array(z.object({ title: text('Источник', 1000), year: z.number().int().min(1900).max(2100) }))
    .min(1, 'Назовите хотя бы один источник.'),
  authors: z.array(text('Автор', 200)).min(1, 'Назовите хотя бы одного автора.'),
  employers: z.string().max(4000).optional(),
  modular: z.boolean(),
  copyrightStatement: z.literal(true, 'Подтвердите права на материалы программы.'),
  attachments: z
    .array(z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), name: z.string().max(300) }))
    .max(30)
    .default([]),
});
export type Programme = z.infer<typeof Programme>;

/** The part of a programme that rules look at; no names of people, no long texts. */
export function programmeFacts(p: Programme): ProgrammeFacts {
  return {
    title: p.title,
    kind: p.kind,
    hours: p.hours,
    form: p.form,
    distanceShare: p.distanceShare,
    free: p.free,
    providerId: p.provider.organisationId,
    providerInn: p.provider.inn,
    providerRegion: p.provider.regionCode,
    competences: p.competences,
    deficits: p.deficits.map((d) => d.code),
    results: p.results.map((r) => r.id),
    modules: p.modules.map((m) => ({
      id: m.id,
      title: m.title,
      hours: m.lecture + m.practice + m.selfStudy + m.control,
      practice: m.practice,
      deficits: m.deficits,
      results: m.results,
    })),
    assessment: p.assessment.map((a) => ({ id: a.id, results: a.results })),
    ...(p.network
      ? { network: { leadInn: p.network.leadInn, partnerInns: p.network.partners.map((x) => x.inn) } }
      : {}),
  };
}

/** Invariants of a whole programme with the default volumes; the server runs them again with the policy of the case. */
export function programmeErrors(p: Programme, minHours: Record<'ПК' | 'ПП', number>): FieldError[] {
  return checkProgramme(programmeFacts(p), minHours);
}
