import { Alert } from '@mantine/core';
import { ReviewForm, type ReviewWords } from '../../kit/ReviewForm.tsx';
import type { TaskFormProps } from '../types.ts';
import { ProgrammeView } from './ProgrammeView.tsx';
import { Comparison, EarlierRound } from './Rounds.tsx';
import { t } from './words.ts';

const WORDS: ReviewWords = {
  get subjectRu() {
    return t('view.programme');
  },
  get placeRu() {
    return t('review.place');
  },
  get summaryHintRu() {
    return t('review.text');
  },
  verdicts: {
    approve: {
      get label() {
        return t('review.approve');
      },
      get hint() {
        return t('review.approveHint');
      },
    },
    revise: {
      get label() {
        return t('review.revise');
      },
      get hint() {
        return t('review.reviseHint');
      },
    },
    reject: {
      get label() {
        return t('review.reject');
      },
      get hint() {
        return t('review.rejectHint');
      },
    },
  },
};

export const ExpertReview = (props: TaskFormProps) => <ProgrammeReview {...props} />;
export const ArbiterReview = (props: TaskFormProps) => <ProgrammeReview {...props} arbiter />;

/** The programme beside the criteria; an arbiter sees first what the experts disagree about. */
function ProgrammeReview({ view, offer, onDone, arbiter = false }: TaskFormProps & { arbiter?: boolean }) {
  return (
    <ReviewForm
      view={view}
      offer={offer}
      onDone={onDone}
      arbiter={arbiter}
      words={WORDS}
      subject={
        view.programme ? <ProgrammeView body={view.programme.body} /> : <Alert color="gray">{t('review.closed')}</Alert>
      }
      before={(disputed) => (
        <>
          {view.earlierRemarks.length > 0 && <EarlierRound view={view} />}
          {arbiter && <Comparison criteria={view.criteria} conclusions={view.conclusions} disputed={disputed} />}
        </>
      )}
    />
  );
}
