import {
  Alert,
  Button,
  Group,
  List,
  Modal,
  NumberInput,
  Progress,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  Title,
} from '@mantine/core';
import { IconAlertCircle, IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { FactList, Loading, Panel } from '../../kit/bits.tsx';
import { Documents } from '../../kit/Documents.tsx';
import { ErrorNote } from '../../kit/ErrorNote.tsx';
import { SaveState } from '../../kit/ReviewForm.tsx';
import { SubmissionNote } from '../../kit/SubmissionNote.tsx';
import { useDraftedAct } from '../../kit/useDraftedAct.ts';
import { useTaskDraft } from '../../kit/useTaskDraft.ts';
import { byPointer } from '../../lib/problem.ts';
import { number } from '../../lib/words.ts';
import type { TaskFormProps } from '../types.ts';
import { type Assessment, assessmentQuery, TEXT } from './model.ts';
import { t } from './words.ts';

interface Sheet extends Record<string, unknown> {
  marks: Record<string, number>;
  comments: Record<string, string>;
}
type Criterion = Assessment['rubric'][number];
type Draft = Extract<ReturnType<typeof useTaskDraft<Sheet>>, { status: 'ready' }>;

const EMPTY: Sheet = { marks: {}, comments: {} };
/** More marks than this do not fit a row of a phone and are typed. */
const ROW = 10;

/** The sheet of one examiner. Marks of the others are nowhere on it: not before, not after sending. */
export function MarksForm(props: TaskFormProps) {
  const assessment = useQuery(assessmentQuery(props.view.case.id));
  const draft = useTaskDraft<Sheet>(props.view.task.id, EMPTY);
  if (assessment.error) return <ErrorNote error={assessment.error} onRetry={() => void assessment.refetch()} />;
  if (draft.status === 'failed') return <ErrorNote error={draft.error} onRetry={draft.reload} />;
  if (assessment.isPending || draft.status === 'loading') return <Loading />;
  return <SheetForm {...props} assessment={assessment.data} draft={draft} />;
}

/** What is not yet filled, by the pointer the server would use. */
function gapsOf(rubric: Criterion[], { marks, comments }: Sheet): Record<string, string> {
  const gaps: Record<string, string> = {};
  for (const { code, max, remarkBelow } of rubric) {
    const mark = marks[code];
    if (mark === undefined) gaps[`/marks/${code}`] = t('marks.give');
    else if (!Number.isInteger(mark) || mark < 0 || mark > max) gaps[`/marks/${code}`] = t('marks.whole', { max });
    else if (mark < remarkBelow && (comments[code] ?? '').trim() === '')
      gaps[`/comments/${code}`] = t('marks.explain', { remarkBelow });
  }
  return gaps;
}

function SheetForm({
  view,
  offer,
  process,
  onDone,
  assessment,
  draft,
}: TaskFormProps & { assessment: Assessment; draft: Draft }) {
  const { rubric, practicePass, qualificationRu } = assessment;
  const { body: sheet } = draft;
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const sent = useCallback(() => {
    setAsking(false);
    onDone(t('marks.sent'));
  }, [onDone]);
  const submission = useDraftedAct({ view, offer }, draft, 'marks', sent);
  const gaps = gapsOf(rubric, sheet);
  const server = byPointer(submission.problem?.errors ?? []);
  const marked = rubric.filter(({ code }) => sheet.marks[code] !== undefined);
  const total = marked.reduce((sum, { code }) => sum + (sheet.marks[code] ?? 0), 0);
  const max = rubric.reduce((sum, c) => sum + c.max, 0);
  const percent = max > 0 ? Math.round((total / max) * 1000) / 10 : 0;
  const left = rubric.filter(({ code }) => gaps[`/marks/${code}`] ?? gaps[`/comments/${code}`]);
  const setMark = (code: string, mark: number | undefined) => {
    const { [code]: _, ...rest } = sheet.marks;
    draft.change({ ...sheet, marks: mark === undefined ? rest : { ...rest, [code]: mark } });
  };

  return (
    <Stack gap="md" maw={860}>
      <Panel title={t('marks.title')} end={<SaveState draft={draft} />}>
        <FactList
          rows={[
            [t('marks.qualification'), qualificationRu],
            [t('marks.how'), t('marks.howText', { practicePass })],
            [t('marks.who'), t('marks.whoText')],
          ]}
        />
        <Progress
          mt="md"
          size="sm"
          value={rubric.length > 0 ? (marked.length / rubric.length) * 100 : 0}
          aria-label={t('marks.done', { length: marked.length, length2: rubric.length })}
        />
        <Text size="sm" c="dimmed" mt={4} role="status">
          {t('marks.doneScore', {
            length: marked.length,
            length2: rubric.length,
            total: number(total),
            max: number(max),
            percent: marked.length === rubric.length ? t('marks.percent', { percent: number(percent) }) : '',
          })}
        </Text>
      </Panel>
      {view.documents.length > 0 && (
        <Documents documents={view.documents} process={process} title={t('marks.materials')} />
      )}
      {rubric.map((criterion) => (
        <CriterionRow
          key={criterion.code}
          criterion={criterion}
          mark={sheet.marks[criterion.code]}
          comment={sheet.comments[criterion.code] ?? ''}
          markError={server[`/marks/${criterion.code}`] ?? (tried ? gaps[`/marks/${criterion.code}`] : undefined)}
          commentError={
            server[`/comments/${criterion.code}`] ?? (tried ? gaps[`/comments/${criterion.code}`] : undefined)
          }
          onMark={(mark) => setMark(criterion.code, mark)}
          onComment={(text) => draft.change({ ...sheet, comments: { ...sheet.comments, [criterion.code]: text } })}
        />
      ))}
      {tried && left.length > 0 && (
        <Alert
          color="yellow"
          variant="light"
          role="alert"
          icon={<IconAlertCircle aria-hidden />}
          title={t('marks.toSend')}
          styles={TEXT}
        >
          <List size="sm">
            {left.map(({ code, labelRu }) => (
              <List.Item key={code}>
                «{labelRu}»: {gaps[`/marks/${code}`] ?? gaps[`/comments/${code}`]}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {!asking && <SubmissionNote submission={submission} />}
      <Group justify="flex-end">
        <Button
          leftSection={<IconSend size={16} aria-hidden />}
          data-action={offer.type}
          onClick={() => {
            setTried(true);
            if (left.length === 0) setAsking(true);
          }}
        >
          {t('marks.sendAsk')}
        </Button>
      </Group>
      <Modal opened={asking} onClose={() => setAsking(false)} title={<Text fw={650}>{t('marks.sendTitle')}</Text>}>
        <Stack gap="sm">
          <Text size="sm">
            {t('marks.yourTotal')} <b>{number(total)}</b> {t('marks.ofMax', { max: number(max) })}{' '}
            <b>{number(percent)} %</b>.
          </Text>
          <Text size="sm">{t('marks.final')}</Text>
          <SubmissionNote submission={submission} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('marks.back')}
            </Button>
            <Button
              loading={submission.state === 'sending'}
              onClick={() =>
                void submission.send({ taskId: view.task.id, marks: sheet.marks, comments: trimmed(sheet.comments) })
              }
            >
              {t('common.send')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}

const trimmed = (comments: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(comments).flatMap(([code, text]) => (text.trim() ? [[code, text.trim()]] : [])));

function CriterionRow({
  criterion: { code, labelRu, max, remarkBelow },
  mark,
  comment,
  markError,
  commentError,
  onMark,
  onComment,
}: {
  criterion: Criterion;
  mark: number | undefined;
  comment: string;
  markError: string | undefined;
  commentError: string | undefined;
  onMark(mark: number | undefined): void;
  onComment(text: string): void;
}) {
  const low = mark !== undefined && mark < remarkBelow;
  return (
    <section
      className="criterion"
      aria-label={labelRu}
      data-criterion={code}
      data-state={markError || commentError ? 'bad' : undefined}
    >
      <Title order={3} fz="sm" mb={6}>
        {labelRu}
      </Title>
      {max <= ROW ? (
        <SegmentedControl
          fullWidth
          size="sm"
          aria-label={t('marks.markOf', { labelRu })}
          value={mark === undefined ? '' : String(mark)}
          onChange={(v) => onMark(Number(v))}
          data={Array.from({ length: max + 1 }, (_, n) => ({ value: String(n), label: String(n) }))}
          styles={{ label: { paddingInline: 2 } }}
        />
      ) : (
        <NumberInput
          aria-label={t('marks.markOf', { labelRu })}
          min={0}
          max={max}
          clampBehavior="none"
          allowDecimal={false}
          maw={160}
          value={mark ?? ''}
          onChange={(v) => onMark(typeof v === 'number' ? v : undefined)}
        />
      )}
      {markError && (
        <Text size="xs" c="var(--mantine-color-error)" mt={4} role="alert">
          {markError}
        </Text>
      )}
      <Textarea
        mt="xs"
        label={t('marks.note')}
        description={t('marks.noteHint', { remarkBelow })}
        withAsterisk={low}
        autosize
        minRows={low ? 3 : 1}
        maxRows={12}
        maxLength={2000}
        error={commentError}
        value={comment}
        onChange={(e) => onComment(e.currentTarget.value)}
      />
    </section>
  );
}
