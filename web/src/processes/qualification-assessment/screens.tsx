/** The screens of the independent assessment of qualifications. The kit finds them by the slug of the folder. */
import { eventWords } from '../../../../processes/qualification-assessment/event-words.ts';
import { PAYER_LABELS } from './labels.ts';
import type { FormVocabulary } from '../../kit/SchemaForm.tsx';
import type { ProcessScreens } from '../types.ts';
import { AcceptFields, AppealFields, FailureFields, RefusalFields, SessionFields } from './fields.tsx';
import { MarksForm } from './Marks.tsx';
import { Overview } from './Overview.tsx';
import { starts } from './StartForms.tsx';
import { t } from './words.ts';

const vocabulary = (): FormVocabulary => ({
  fields: {
    noConflict: {
      label: t('fields.noConflict'),
      hint: t('fields.noConflictHint'),
    },
    reason: {
      label: t('fields.reason'),
      hint: t('fields.fewWords'),
      long: true,
    },
    grounds: { label: t('fields.disagree'), long: true },
    answer: { label: t('fields.answer'), long: true },
    answers: { label: t('fields.submits'), hint: t('fields.submitsHint'), long: true },
    defects: { label: t('fields.missing'), hint: t('fields.missingHint') },
    payer: { label: t('start.payer') },
    why: { label: t('fields.awaits') },
    contract: { label: t('fields.contract'), placeholder: t('fields.actExample') },
    identified: {
      label: t('fields.identity'),
      hint: t('fields.identityHint'),
    },
    score: { label: t('fields.correct'), hint: t('fields.percentHint') },
    variant: { label: t('fields.variant') },
    act: { label: t('fields.failureAct'), placeholder: t('fields.actExample') },
    sessionCaseId: { label: t('fields.examDate') },
    education: { label: t('start.education'), long: true },
    tellsPayer: { label: t('fields.whatEmployer') },
    outcome: { label: t('fields.decision') },
    passed: { label: t('fields.newResult') },
    personId: { label: t('fields.replacement'), hint: t('fields.replacementHint') },
    protocol: { label: t('fields.protocolNumber') },
    decision: { label: t('fields.councilDecision') },
    number: { label: t('fields.number') },
    date: { label: t('fields.date') },
    blank: { label: t('fields.blank'), hint: t('fields.blankHint') },
    recommendations: {
      label: t('fields.recommendations'),
      hint: t('fields.recommendationsHint'),
      long: true,
    },
    on: { label: t('fields.handedOn') },
    how: { label: t('fields.handedHow') },
    cause: { label: t('fields.reason') },
    ground: { label: t('fields.ground') },
    revoke: { label: t('fields.decision') },
  },
  values: {
    payer: PAYER_LABELS,
    why: { no_seat: t('options.freeSeat'), no_financed_place: t('options.financedSeat') },
    how: { in_person: t('options.inPerson'), post: t('options.byPost') },
    cause: { lost: t('options.lost'), damaged: t('options.damaged'), surname: t('options.surname') },
    ground: { fraud: t('options.forged') },
    revoke: { true: t('options.annul'), false: t('options.keep') },
    effect: { change: t('options.changeResult'), annul: t('options.voidExam') },
  },
});

export const screens: ProcessScreens = {
  vocabulary,
  eventWords,
  starts,
  Overview,
  fields: {
    bookSeat: SessionFields,
    acceptReferral: AcceptFields,
    refuse: RefusalFields,
    decideAppeal: AppealFields,
    technicalFailure: FailureFields,
  },
  invitation: {
    get titleRu() {
      return t('invitation.title');
    },
    get textRu() {
      return t('invitation.text');
    },
    get acceptRu() {
      return t('invitation.accept');
    },
  },
  taskForms: { marks: MarksForm },
};
