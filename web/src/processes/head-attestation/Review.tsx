import { MultiSelect, Stack } from '@mantine/core';
import { DEFICITS } from '../../../../processes/catalogue/competences.ts';
import { Empty, FactList, Panel } from '../../kit/bits.tsx';
import { Documents } from '../../kit/Documents.tsx';
import { ReviewForm, type ReviewWords } from '../../kit/ReviewForm.tsx';
import type { TaskView } from '../../lib/queries.ts';
import type { TaskFormProps } from '../types.ts';
import { ConclusionList } from './Conclusions.tsx';

const WORDS: ReviewWords = {
  subjectRu: 'Материалы аттестуемого',
  placeRu: 'Место: раздел программы развития, документ',
  summaryHintRu: 'Текст прочтут аттестуемый и комиссия; имени вашего они не увидят.',
  verdicts: {
    approve: { label: 'Рекомендовать', hint: 'Уровень квалификации отвечает должности.' },
    revise: { label: 'Рекомендовать с замечаниями', hint: 'Нужны обучение или доработка программы развития.' },
    reject: { label: 'Не рекомендовать', hint: 'Уровень квалификации должности не отвечает.' },
  },
};

const EXTRA = {
  name: 'deficits',
  empty: [] as string[],
  draw: (value: unknown, onChange: (value: unknown) => void) => (
    <MultiSelect
      label="Профессиональные дефициты"
      description="По ним аттестуемому предложат обучение. Можно не выбирать."
      searchable
      data={DEFICITS.map((d) => ({ value: d.code, label: d.labelRu }))}
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={onChange}
      clearButtonProps={{ 'aria-label': 'Очистить' }}
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
            <ConclusionList conclusions={view.conclusions} criteria={view.criteria} title="Что разошлось у экспертов" />
          </div>
        ) : null
      }
    />
  );
}

function Materials({ view, process }: { view: TaskView; process: TaskFormProps['process'] }) {
  return (
    <Stack gap="md">
      <Panel title="О чём дело">
        <FactList
          rows={[
            ['Дело', view.case.number ?? ''],
            ['Аттестация', view.case.titleRu],
          ]}
        />
      </Panel>
      {view.documents.length > 0 ? (
        <Documents documents={view.documents} process={process} title="Программа развития, представление, сведения" />
      ) : (
        <Empty
          title="Материалов пока нет"
          hint="Их внесут учредитель и аттестуемый; черновик заключения можно начать и сейчас."
        />
      )}
    </Stack>
  );
}
