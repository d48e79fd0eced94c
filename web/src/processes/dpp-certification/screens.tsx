/** The screens of programme certification. The kit finds them by the slug of the folder. */
import { MultiSelect } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { eventWords } from '../../../../processes/dpp-certification/event-words.ts';
import { COMPETENCES } from '../../../../processes/catalogue/competences.ts';
import { CAUSE_LABELS, REFUSAL_REASONS } from './labels.ts';
import { Loading } from '../../kit/bits.tsx';
import { fieldId, type FormVocabulary } from '../../kit/SchemaForm.tsx';
import type { ProcessScreens } from '../types.ts';
import { asDraft, cleaned, emptyProgramme, problemsOf, sectionLabelOf } from './model.ts';
import { MergeForm, RemarksList } from './MergeForm.tsx';
import { ProgrammeForm } from './ProgrammeForm.tsx';
import { ProgrammeView } from './ProgrammeView.tsx';
import { ArbiterReview, ExpertReview } from './ReviewForm.tsx';
import { CaseConclusions } from './Rounds.tsx';
import { t } from './words.ts';

const CertificationReport = lazy(() => import('./Report.tsx'));

function vocabulary(): FormVocabulary {
  return {
    fields: {
      noConflict: {
        label: t('fields.noConflict'),
        hint: t('fields.noConflictHint'),
      },
      defects: { label: t('fields.defects'), hint: t('fields.defectsHint') },
      reasonCodes: { label: t('fields.reasons') },
      allowApplicantRegion: { label: t('fields.sameRegion') },
      relaxRegions: { label: t('fields.oneRegion') },
      extraCompetences: { label: t('fields.moreCompetences') },
      ordinal: { label: t('fields.ordinal'), hint: t('fields.ordinalHint') },
      groups: { label: t('fields.groups') },
      remarkIds: { label: t('fields.remarkIds') },
      successorId: { label: t('fields.successor') },
      successorRegion: { label: t('fields.successorRegion') },
      successorInn: { label: t('fields.successorInn') },
    },
    values: {
      reasonCodes: REFUSAL_REASONS,
      outcome: {
        upheld: t('options.refusalStands'),
        returned: t('options.newPanel'),
        changed: t('options.change'),
      },
      cause: CAUSE_LABELS,
      ground: CAUSE_LABELS,
      upheld: { true: t('options.objectionUpheld'), false: t('options.objectionRejected') },
      annul: { true: t('options.annul'), false: t('options.keep') },
      event: {
        dismissed: t('options.dismissed'),
        died: t('options.died'),
        leave_started: t('options.onLeave'),
        retired: t('options.retired'),
        transferred: t('options.transferred'),
      },
      effect: { stay: t('options.stay'), resume: t('options.resume'), criteria_cancelled: t('options.criteriaVoid') },
      good: { true: t('options.monitoringGood'), false: t('options.monitoringBad') },
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
          clearButtonProps={{ 'aria-label': t('common.clear') }}
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
          clearButtonProps={{ 'aria-label': t('common.clear') }}
        />
      ),
    },
  };
}

export const screens: ProcessScreens = {
  vocabulary,
  eventWords,
  draft: {
    get titleRu() {
      return t('draft.title');
    },
    newBody: () => cleaned(emptyProgramme()),
    fromDocument: (read) => cleaned(asDraft(read)),
    titleOf: (body) => asDraft(body).title,
    Form: ProgrammeForm,
    check: problemsOf,
    Preview: ({ body }) => <ProgrammeView body={body} />,
    sectionOf: sectionLabelOf,
    get importHint() {
      return t('draft.import');
    },
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
    get titleRu() {
      return t('report.title');
    },
    Report: () => (
      <Suspense fallback={<Loading />}>
        <CertificationReport />
      </Suspense>
    ),
  },
};
