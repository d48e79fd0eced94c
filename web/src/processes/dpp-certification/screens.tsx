/** The screens of programme certification. The kit finds them by the slug of the folder. */
import { MultiSelect } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { eventWords } from '../../../../processes/dpp-certification/event-words.ts';
import { COMPETENCES } from '../../../../processes/catalogue/competences.ts';
import { CAUSE_LABELS, REFUSAL_REASONS } from '../../../../processes/dpp-certification/labels.ru.ts';
import { Loading } from '../../kit/bits.tsx';
import { fieldId, type FormVocabulary } from '../../kit/SchemaForm.tsx';
import type { ProcessScreens } from '../types.ts';
import { asDraft, cleaned, emptyProgramme, problemsOf, sectionLabelOf } from './model.ts';
import { MergeForm, RemarksList } from './MergeForm.tsx';
import { ProgrammeForm } from './ProgrammeForm.tsx';
import { ProgrammeView } from './ProgrammeView.tsx';
import { ArbiterReview, ExpertReview } from './ReviewForm.tsx';
import { CaseConclusions } from './Rounds.tsx';

const CertificationReport = lazy(() => import('./Report.tsx'));

function vocabulary(): FormVocabulary {
  return {
    fields: {
      noConflict: {
        label: 'Подтверждаю: конфликта интересов нет',
        hint: 'Я не работаю и последние три года не работал(а) в организации-заявителе, не состою в родстве с авторами и её руководством, не участвовал(а) в подготовке программы и не подчиняюсь тем, кто её подал.',
      },
      defects: { label: 'Недостатки', hint: 'Каждый недостаток отдельной строкой: место и что исправить.' },
      reasonCodes: { label: 'Причины отказа' },
      allowApplicantRegion: { label: 'Разрешить экспертов из региона заявителя' },
      relaxRegions: { label: 'Не требовать экспертов из разных регионов' },
      extraCompetences: { label: 'Добавить области экспертизы' },
      ordinal: { label: 'Номер эксперта', hint: 'Как на странице дела: «Эксперт 1», «Эксперт 2»…' },
      groups: { label: 'Группы замечаний' },
      remarkIds: { label: 'Номера замечаний' },
      successorId: { label: 'Организация-преемник' },
      successorRegion: { label: 'Регион преемника' },
      successorInn: { label: 'ИНН преемника' },
    },
    values: {
      reasonCodes: REFUSAL_REASONS,
      outcome: {
        upheld: 'Отказ оставить в силе',
        returned: 'Вернуть на новую экспертизу с новой группой',
        changed: 'Изменить решение',
      },
      cause: CAUSE_LABELS,
      ground: CAUSE_LABELS,
      upheld: { true: 'Удовлетворить отвод: эксперт заменяется', false: 'Отклонить отвод' },
      annul: { true: 'Аннулировать запись реестра', false: 'Оставить запись без изменений' },
      event: {
        dismissed: 'уволен',
        died: 'умер',
        leave_started: 'ушёл в отпуск',
        retired: 'вышел на пенсию',
        transferred: 'переведён',
      },
      effect: { stay: 'приостановить дело', resume: 'возобновить дело', criteria_cancelled: 'отменены критерии' },
      good: { true: 'Мониторинг пройден хорошо', false: 'Мониторинг не пройден' },
    },
    widgets: {
      reasonCodes: ({ pointer, value, onChange, error, text }) => (
        <MultiSelect
          id={fieldId(pointer)}
          label={text.label}
          withAsterisk
          error={error}
          data={Object.entries(REFUSAL_REASONS).map(([v, label]) => ({ value: v, label }))}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={onChange}
          clearButtonProps={{ 'aria-label': 'Очистить' }}
        />
      ),
      extraCompetences: ({ pointer, value, onChange, error, text }) => (
        <MultiSelect
          id={fieldId(pointer)}
          label={text.label}
          error={error}
          searchable
          data={COMPETENCES.map((c) => ({ value: c.code, label: c.labelRu }))}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={onChange}
          clearButtonProps={{ 'aria-label': 'Очистить' }}
        />
      ),
    },
  };
}

export const screens: ProcessScreens = {
  vocabulary,
  eventWords,
  draft: {
    titleRu:
      'Заявка на экспертизу и включение программы в Федеральный реестр. Десять разделов; черновик сохраняется сам, проверка показывает, чего не хватает.',
    newBody: () => cleaned(emptyProgramme()),
    fromDocument: (read) => cleaned(asDraft(read)),
    titleOf: (body) => asDraft(body).title,
    Form: ProgrammeForm,
    check: problemsOf,
    Preview: ({ body }) => <ProgrammeView body={body} />,
    sectionOf: sectionLabelOf,
    importHint: 'Готовые программы в виде файлов JSON лежат в папке data/programmes: можно начать с любой из них.',
  },
  taskForms: { review: ExpertReview, arbitration: ArbiterReview, merge: MergeForm },
  Subject: ({ body }) => <ProgrammeView body={body} />,
  Remarks: ({ view, process }) =>
    view.remarks ? (
      <RemarksList
        remarks={view.remarks}
        labelOf={(code) => process?.policy?.criteria.find((c) => c.code === code)?.labelRu ?? code}
      />
    ) : null,
  Conclusions: CaseConclusions,
  report: {
    titleRu: 'Экспертиза и сертификация программ',
    Report: () => (
      <Suspense fallback={<Loading />}>
        <CertificationReport />
      </Suspense>
    ),
  },
};
