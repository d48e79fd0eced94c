import { MultiSelect, Stack } from '@mantine/core';
import { DEFICITS } from '../../../../processes/catalogue/competences.ts';
import { Empty, FactList, Panel } from '../../kit/bits.tsx';
import { Documents } from '../../kit/Documents.tsx';
import { ReviewForm, type ReviewWords } from '../../kit/ReviewForm.tsx';
import type { TaskView } from '../../lib/queries.ts';
import type { TaskFormProps } from '../types.ts';
import { ConclusionList } from './Conclusions.tsx';
import { t } from './words.ts';

const WORDS: ReviewWords = {
  get subjectRu() {
    return t('review.materials');
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
        return t('review.recommend');
      },
      get hint() {
        return t('review.recommendHint');
      },
    },
    revise: {
      get label() {
        return t('review.withRemarks');
      },
      get hint() {
        return t('review.withRemarksHint');
      },
    },
    reject: {
      get label() {
        return t('review.not');
      },
      get hint() {
        return t('review.notHint');
      },
    },
  },
};

const EXTRA = {
  name: 'deficits',
  empty: [] as string[],
  draw: (value: unknown, onChange: (value: unknown) => void) => (
    <MultiSelect
      label={t('review.deficits')}
      description={t('review.deficitsHint')}
      searchable
      data={DEFICITS.map((d) => ({ value: d.code, label: d.labelRu }))}
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={onChange}
      clearButtonProps={{ 'aria-label': t('common.clear') }}
    />
  ),
};

export const ExpertReview = (props: TaskFormProps) => <Review {...props} />;
export const ArbiterReview = (props: TaskFormProps) => <Review {...props} arbiter />;

function Review({ view, offer, onDone, process, arbiter = false }: TaskFormProps & { arbiter?: boolean }) {
  return (
    <ReviewForm
      view={view}
      offer={offer}
      onDone={onDone}
      arbiter={arbiter}
      words={WORDS}
      extra={EXTRA}
      subject={<Materials view={view} process={process} />}
      before={() =>
        arbiter && view.conclusions.length > 0 ? (
          <div style={{ marginBottom: 16 }}>
            <ConclusionList conclusions={view.conclusions} criteria={view.criteria} title={t('review.differ')} />
          </div>
        ) : null
      }
    />
  );
}

function Materials({ view, process }: { view: TaskView; process: TaskFormProps['process'] }) {
  return (
    <Stack gap="md">
      <Panel title={t('review.about')}>
        <FactList
          rows={[
            [t('extract.case'), view.case.number ?? ''],
            [t('review.attestation'), view.case.titleRu],
          ]}
        />
      </Panel>
      {view.documents.length > 0 ? (
        <Documents documents={view.documents} process={process} title={t('review.papers')} />
      ) : (
        <Empty title={t('review.noPapers')} hint={t('review.noPapersHint')} />
      )}
    </Stack>
  );
}
