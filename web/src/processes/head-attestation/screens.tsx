/** The screens of the attestation of heads and candidates. The kit finds them by the slug of the folder. */
import { eventWords } from '../../../../processes/head-attestation/event-words.ts';
import { CAUSE_LABELS, EXEMPTION_LABELS, VERDICT_LABELS } from './labels.ts';
import type { FormVocabulary } from '../../kit/SchemaForm.tsx';
import type { ProcessScreens } from '../types.ts';
import { CaseConclusions } from './Conclusions.tsx';
import { PaperFields, SittingFields } from './fields.tsx';
import { Overview } from './Overview.tsx';
import { ArbiterReview, ExpertReview } from './Review.tsx';
import { starts } from './StartForms.tsx';
import { YearPage } from './YearPage.tsx';
import { t } from './words.ts';

function vocabulary(): FormVocabulary {
  return {
    fields: {
      noConflict: {
        label: t('fields.noConflict'),
        hint: t('fields.noConflictHint'),
      },
      reason: {
        label: t('fields.note'),
        hint: t('fields.reasonHint'),
        long: true,
      },
      text: { label: t('fields.text'), long: true },
      count: { label: t('fields.defects') },
      testOn: { label: t('fields.testDay') },
      testedOn: { label: t('fields.testDate') },
      score: { label: t('fields.score'), hint: t('fields.scoreHint') },
      missedOn: { label: t('fields.missedOn') },
      fromCaseId: { label: t('fields.creditCase'), hint: t('fields.creditHint') },
      plannedOn: { label: t('fields.attestedOn') },
      moveReason: { label: t('fields.whyOther'), long: true },
      training: { label: t('fields.training'), placeholder: t('fields.trainingHint') },
      consent: { label: t('fields.consent') },
      noTransferPossible: {
        label: t('fields.noTransfer'),
        hint: t('fields.noTransferHint'),
      },
      sickOrOnLeave: { label: t('fields.ill') },
      pregnant: { label: t('fields.pregnant') },
      items: { label: t('fields.planItems') },
      fulfilled: { label: t('fields.recommendations') },
      body: { label: t('fields.whose'), placeholder: t('fields.whoseExample') },
      paper: { label: t('fields.document') },
      number: { label: t('fields.number') },
      on: { label: t('fields.familiarisedOn') },
      witnesses: { label: t('fields.witnesses'), hint: t('fields.witnessesHint') },
      act: { label: t('fields.refusalAct'), placeholder: t('fields.actExample') },
      ground: { label: t('fields.ground') },
      kind: { label: t('fields.exemption') },
      untilOn: { label: t('fields.endsOn'), hint: t('fields.endsHint') },
      extraCompetences: { label: t('fields.moreCompetences'), hint: t('fields.codesHint') },
      successorId: { label: t('fields.successor') },
      founder: { label: t('fields.newFounder') },
    },
    values: {
      ground: CAUSE_LABELS,
      kind: EXEMPTION_LABELS,
      paper: { extract: t('extract.title'), act: t('extract.act') },
      fulfilled: { true: t('options.fulfilled'), false: t('options.notFulfilled') },
      outcome: {
        upheld: t('options.stands'),
        changed: t('options.conform'),
        returned: t('options.returned'),
      },
      event: {
        dismissed: t('options.dismissed'),
        transferred: t('options.transferred'),
        post_changed: t('options.postChanged'),
        retired: t('options.retired'),
        died: t('options.died'),
        leave_started: t('options.onLeave'),
      },
    },
  };
}

export const screens: ProcessScreens = {
  vocabulary,
  eventWords,
  starts,
  Desk: YearPage,
  Overview,
  Conclusions: CaseConclusions,
  verdicts: VERDICT_LABELS,
  fields: { fixSitting: SittingFields, familiarise: PaperFields },
  taskForms: { review: ExpertReview, arbitration: ArbiterReview },
};
