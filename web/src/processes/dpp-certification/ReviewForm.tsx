import { Alert } from '@mantine/core';
import { ReviewForm, type ReviewWords } from '../../kit/ReviewForm.tsx';
import type { TaskFormProps } from '../types.ts';
import { ProgrammeView } from './ProgrammeView.tsx';
import { Comparison, EarlierRound } from './Rounds.tsx';

const WORDS: ReviewWords = {
  subjectRu: 'Программа',
  placeRu: 'Место: раздел, модуль, страница',
  summaryHintRu: 'Текст прочтёт заявитель; имени вашего он не увидит.',
  verdicts: {
    approve: { label: 'Одобрить', hint: 'Программу можно включать в реестр.' },
    revise: { label: 'Доработать', hint: 'Заявитель получит замечания и срок на исправление.' },
    reject: { label: 'Отклонить', hint: 'Недостатки нельзя исправить доработкой.' },
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
        view.programme ? (
          <ProgrammeView body={view.programme.body} />
        ) : (
          <Alert color="gray">Программа пока не открыта вам.</Alert>
        )
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
