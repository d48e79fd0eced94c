import {
  ActionIcon,
  Alert,
  Box,
  Button,
  Group,
  List,
  Modal,
  Progress,
  Radio,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { IconAlertCircle, IconMessagePlus, IconSend, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { VERDICTS } from '../labels/enums.ru.ts';
import { time } from '../lib/dates.ts';
import { byPointer } from '../lib/problem.ts';
import type { Conclusion, Criterion } from '../lib/queries.ts';
import { count, number } from '../lib/words.ts';
import type { TaskFormProps } from '../processes/types.ts';
import { Chip, Loading } from './bits.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { SubmissionNote } from './SubmissionNote.tsx';
import { useDraftedAct } from './useDraftedAct.ts';
import { useTaskDraft } from './useTaskDraft.ts';

interface Remark {
  id: string;
  criterion: string;
  place: string;
  text: string;
}
interface Review extends Record<string, unknown> {
  scores: Record<string, number>;
  verdict?: Verdict;
  remarks: Remark[];
  summary: string;
}

const MEANING: Record<number, string> = { 0: 'не соответствует', 1: 'соответствует частично', 2: 'соответствует' };
const EMPTY: Review = { scores: {}, remarks: [], summary: '' };

/** What a process says in its own words around the criteria. */
export interface ReviewWords {
  /** Name of what is judged, for the region beside the form. */
  subjectRu: string;
  placeRu: string;
  summaryHintRu: string;
  verdicts: Record<Verdict, { label: string; hint: string }>;
}

type Verdict = 'approve' | 'revise' | 'reject';
type Props = Pick<TaskFormProps, 'view' | 'offer' | 'onDone'> & {
  arbiter?: boolean;
  words: ReviewWords;
  /** What is judged: a programme, the papers of a head. */
  subject: ReactNode;
  /** Above both columns: remarks of an earlier round, what the experts disagree about. */
  before?: (disputed: Set<string>) => ReactNode;
  /** A field of the process between the criteria and the verdict; its value travels with the conclusion under this name. */
  extra?: { name: string; empty: unknown; draw(value: unknown, onChange: (value: unknown) => void): ReactNode };
};

/** The subject beside the criteria. What is written is saved as a draft only its author sees. */
export function ReviewForm(props: Props) {
  const { extra } = props;
  const empty = useMemo(() => ({ ...EMPTY, ...(extra ? { [extra.name]: extra.empty } : {}) }), [extra]);
  const draft = useTaskDraft<Review>(props.view.task.id, empty);
  if (draft.status === 'loading') return <Loading />;
  if (draft.status === 'failed') return <ErrorNote error={draft.error} onRetry={draft.reload} />;
  return <Form {...props} draft={draft} />;
}

type Draft = Extract<ReturnType<typeof useTaskDraft<Review>>, { status: 'ready' }>;

function Form({
  view,
  offer,
  onDone,
  arbiter = false,
  draft,
  words,
  subject,
  before,
  extra,
}: Props & { draft: Draft }) {
  const review = draft.body;
  const { flush, forget } = draft;
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const set = (more: Partial<Review>) => draft.change({ ...review, ...more });
  const disputed = useMemo(() => disputedOf(view.criteria, view.conclusions), [view.criteria, view.conclusions]);
  const criteria =
    arbiter && disputed.size > 0
      ? [...view.criteria].sort((a, b) => Number(disputed.has(b.code)) - Number(disputed.has(a.code)))
      : view.criteria;
  const asked = arbiter && disputed.size > 0 ? criteria.filter((c) => disputed.has(c.code)) : criteria;
  const failedMandatory = criteria.filter(
    (c) => c.mandatory && review.scores[c.code] !== undefined && review.scores[c.code]! < c.passFrom,
  );
  const gaps = gapsOf(review, arbiter ? asked : criteria, criteria);
  const scored = criteria.filter((c) => review.scores[c.code] !== undefined);
  const total = scored.reduce((s, c) => s + (review.scores[c.code] ?? 0), 0);

  const sent = useCallback(() => {
    setAsking(false);
    onDone();
  }, [onDone]);
  const submission = useDraftedAct({ view, offer }, { flush, forget }, 'review', sent);
  const errors = byPointer(submission.problem?.errors ?? []);

  return (
    <>
      {before?.(disputed)}
      <div className="review-split">
        <div className="left" tabIndex={0} role="region" aria-label={words.subjectRu}>
          {subject}
        </div>
        <section aria-label={arbiter ? 'Заключение арбитра' : 'Заключение эксперта'}>
          <Stack gap="sm">
            <Group justify="space-between">
              <Title order={2}>{arbiter ? 'Заключение арбитра' : 'Заключение эксперта'}</Title>
              <SaveState draft={draft} />
            </Group>
            <Box>
              <Progress
                value={criteria.length ? (scored.length / criteria.length) * 100 : 0}
                size="sm"
                aria-label={`Оценено критериев: ${scored.length} из ${criteria.length}`}
              />
              <Text size="sm" c="dimmed" mt={4}>
                Оценено {scored.length} из {criteria.length}; баллы: {number(total)} из{' '}
                {number(criteria.reduce((s, c) => s + c.max, 0))}. <span aria-hidden>★</span> – обязательный критерий.
              </Text>
            </Box>
            {criteria.map((c) => (
              <CriterionCard
                key={c.code}
                c={c}
                score={review.scores[c.code]}
                disputed={disputed.has(c.code)}
                conclusions={arbiter ? view.conclusions : []}
                showGaps={tried}
                place={words.placeRu}
                optional={arbiter && disputed.size > 0 && !disputed.has(c.code)}
                remarks={review.remarks}
                errors={errors}
                onScore={(v) => set({ scores: { ...review.scores, [c.code]: v } })}
                onRemarks={(remarks) => set({ remarks })}
              />
            ))}

            {extra?.draw(review[extra.name], (value) => set({ [extra.name]: value }))}
            <section className="panel" aria-label="Вывод">
              <Title order={3} mb="xs">
                Вывод
              </Title>
              <Radio.Group
                value={review.verdict ?? ''}
                onChange={(v) => set({ verdict: v as Review['verdict'] })}
                aria-label="Вывод"
                error={errors['/verdict'] ?? (tried && !review.verdict ? 'Выберите вывод.' : undefined)}
              >
                <Stack gap={8}>
                  {(['approve', 'revise', 'reject'] as const).map((v) => {
                    const barred = v === 'approve' && failedMandatory.length > 0;
                    return (
                      <div key={v} className="verdict" data-on={review.verdict === v}>
                        <Radio
                          value={v}
                          disabled={barred}
                          label={words.verdicts[v].label}
                          description={
                            barred
                              ? `Нельзя одобрить: не пройден обязательный критерий ${failedMandatory.map((c) => `«${c.labelRu}»`).join(', ')}.`
                              : words.verdicts[v].hint
                          }
                        />
                      </div>
                    );
                  })}
                </Stack>
              </Radio.Group>
              <Textarea
                mt="md"
                label="Общий вывод"
                description={words.summaryHintRu}
                withAsterisk
                autosize
                minRows={4}
                maxRows={20}
                value={review.summary}
                onChange={(e) => set({ summary: e.currentTarget.value })}
                error={
                  errors['/summary'] ??
                  (tried && review.summary.trim().length < 10
                    ? 'Напишите общий вывод: хотя бы одно предложение.'
                    : undefined)
                }
              />
            </section>

            {tried && gaps.length > 0 && (
              <Alert
                color="yellow"
                variant="light"
                role="alert"
                icon={<IconAlertCircle aria-hidden />}
                title="Чтобы отправить заключение"
                styles={TEXT}
              >
                <List size="sm">
                  {gaps.map((g) => (
                    <List.Item key={g}>{g}</List.Item>
                  ))}
                </List>
              </Alert>
            )}
            <SubmissionNote submission={submission} />
            <Group justify="flex-end">
              <Button
                leftSection={<IconSend size={16} aria-hidden />}
                data-action={offer.type}
                onClick={() => {
                  setTried(true);
                  if (gaps.length === 0) setAsking(true);
                }}
              >
                Отправить заключение…
              </Button>
            </Group>
          </Stack>
        </section>
      </div>
      <Modal opened={asking} onClose={() => setAsking(false)} title={<Text fw={650}>Отправить заключение?</Text>}>
        <Stack gap="sm">
          <Text size="sm">
            Ваш вывод: <b>{review.verdict ? VERDICTS[review.verdict] : '—'}</b>, баллы {number(total)},{' '}
            {count(review.remarks.length, 'замечание', 'замечания', 'замечаний')}.
          </Text>
          <Text size="sm">
            После отправки заключение не меняется. Оно подписывается вашим именем и временем; остальные эксперты увидят
            его не раньше, чем закончат свои.
          </Text>
          <SubmissionNote submission={submission} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Вернуться
            </Button>
            <Button
              loading={submission.state === 'sending'}
              onClick={() =>
                void submission.send({
                  taskId: view.task.id,
                  scores: review.scores,
                  verdict: review.verdict,
                  remarks: review.remarks,
                  summary: review.summary,
                  ...(extra ? { [extra.name]: review[extra.name] } : {}),
                })
              }
            >
              Отправить
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

const TEXT = { message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } };
function CriterionCard({
  c,
  score,
  disputed,
  optional,
  conclusions,
  remarks,
  errors,
  showGaps,
  place,
  onScore,
  onRemarks,
}: {
  c: Criterion;
  score: number | undefined;
  disputed: boolean;
  optional: boolean;
  conclusions: Conclusion[];
  remarks: Remark[];
  errors: Record<string, string>;
  showGaps: boolean;
  place: string;
  onScore(v: number): void;
  onRemarks(r: Remark[]): void;
}) {
  const own = remarks.filter((r) => r.criterion === c.code);
  const needsRemark = score !== undefined && score < c.remarkBelow && own.length === 0;
  const failed = c.mandatory && score !== undefined && score < c.passFrom;
  const error =
    errors[`/scores/${c.code}`] ?? (showGaps && score === undefined && !optional ? 'Поставьте оценку.' : undefined);
  const change = (id: string, more: Partial<Remark>) =>
    onRemarks(remarks.map((r) => (r.id === id ? { ...r, ...more } : r)));
  const add = () =>
    onRemarks([...remarks, { id: crypto.randomUUID().slice(0, 8), criterion: c.code, place: '', text: '' }]);
  return (
    <section
      className="criterion"
      id={`c-${c.code}`}
      data-disputed={disputed}
      data-state={error || (showGaps && needsRemark) ? 'bad' : undefined}
      aria-label={c.labelRu}
      data-criterion={c.code}
    >
      <Group justify="space-between" align="flex-start" gap="sm" wrap="wrap">
        <Box style={{ flex: '1 1 220px' }}>
          <Text fw={600} size="sm" lh={1.35}>
            {c.labelRu}{' '}
            {c.mandatory && (
              <span title="обязательный критерий" role="img" aria-label="обязательный критерий">
                ★
              </span>
            )}
          </Text>
          {disputed && <Chip tone="soon">спорный</Chip>}
          {conclusions.length > 0 && (
            <Text size="xs" c="dimmed" mt={2}>
              {conclusions.map((x) => `${x.authorRu}: ${x.scores[c.code] ?? '—'}`).join(' · ')}
            </Text>
          )}
        </Box>
        <Box>
          <SegmentedControl
            size="sm"
            value={score === undefined ? '' : String(score)}
            onChange={(v) => onScore(Number(v))}
            aria-label={`Оценка: ${c.labelRu}`}
            data={Array.from({ length: c.max + 1 }, (_, n) => ({ value: String(n), label: String(n) }))}
          />
        </Box>
      </Group>
      <Group justify="space-between" mt={4} gap="xs" wrap="nowrap" align="flex-start">
        <Text size="xs" c={failed ? 'var(--app-late)' : 'dimmed'}>
          {score === undefined
            ? Array.from({ length: c.max + 1 }, (_, n) => `${n} – ${meaning(n, c.max)}`).join('; ')
            : `${score} – ${meaning(score, c.max)}${failed ? '; обязательный критерий не пройден' : ''}`}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          style={{ flex: 'none' }}
          leftSection={<IconMessagePlus size={14} aria-hidden />}
          onClick={add}
          aria-label={`Добавить замечание: ${c.labelRu}`}
        >
          Замечание
        </Button>
      </Group>
      {error && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      {needsRemark && (
        <Text size="xs" c={showGaps ? 'var(--mantine-color-error)' : 'var(--app-soon)'}>
          К такой оценке нужно замечание: что исправить и где.
        </Text>
      )}
      <Stack gap={8} mt={own.length > 0 ? 8 : 0}>
        {own.map((r, i) => {
          const at = remarks.indexOf(r);
          return (
            <Group key={r.id} gap={8} align="flex-start" wrap="nowrap">
              <Box style={{ flex: 1 }}>
                <TextInput
                  size="xs"
                  aria-label={`Место в документе, замечание ${i + 1}: ${c.labelRu}`}
                  placeholder={place}
                  value={r.place}
                  onChange={(e) => change(r.id, { place: e.currentTarget.value })}
                  error={
                    errors[`/remarks/${at}/place`] ??
                    (showGaps && r.place.trim() === '' ? 'Укажите место в документе.' : undefined)
                  }
                />
                <Textarea
                  size="xs"
                  mt={4}
                  autosize
                  minRows={2}
                  maxRows={10}
                  aria-label={`Текст замечания ${i + 1}: ${c.labelRu}`}
                  placeholder="Что не так и как исправить"
                  value={r.text}
                  onChange={(e) => change(r.id, { text: e.currentTarget.value })}
                  error={
                    errors[`/remarks/${at}/text`] ??
                    (showGaps && r.text.trim().length < 3 ? 'Напишите замечание.' : undefined)
                  }
                />
              </Box>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Удалить замечание ${i + 1}: ${c.labelRu}`}
                onClick={() => onRemarks(remarks.filter((x) => x.id !== r.id))}
              >
                <IconTrash size={15} />
              </ActionIcon>
            </Group>
          );
        })}
      </Stack>
    </section>
  );
}

const meaning = (n: number, max: number) =>
  max === 2 ? MEANING[n] : n === 0 ? 'не соответствует' : n === max ? 'соответствует полностью' : 'частично';

function gapsOf(r: Review, asked: Criterion[], all: Criterion[]): string[] {
  const gaps: string[] = [];
  const unscored = asked.filter((c) => r.scores[c.code] === undefined);
  if (unscored.length > 0) gaps.push(`Поставьте оценки: осталось ${unscored.length}.`);
  for (const c of all) {
    const score = r.scores[c.code];
    if (score !== undefined && score < c.remarkBelow && !r.remarks.some((x) => x.criterion === c.code))
      gaps.push(`Добавьте замечание к критерию «${c.labelRu}».`);
  }
  if (r.remarks.some((x) => x.place.trim() === '' || x.text.trim().length < 3))
    gaps.push('Допишите замечания: место и текст.');
  const failed = all.filter((c) => c.mandatory && (r.scores[c.code] ?? c.max) < c.passFrom);
  if (r.verdict === undefined) gaps.push('Выберите вывод.');
  if (r.verdict === 'approve' && failed.length > 0)
    gaps.push(`Нельзя одобрить: не пройден обязательный критерий «${failed[0]!.labelRu}».`);
  if (r.summary.trim().length < 10) gaps.push('Напишите общий вывод.');
  return gaps;
}

/** Where some experts passed a criterion and some failed it; one that two experts failed is settled. */
function disputedOf(criteria: Criterion[], conclusions: Conclusion[]): Set<string> {
  const found = new Set<string>();
  const counted = conclusions.filter((c) => !c.voided && c.kind === 'review');
  for (const c of criteria) {
    const fails = counted.filter((x) => (x.scores[c.code] ?? c.max) < c.passFrom).length;
    if (fails > 0 && fails < counted.length && !(c.mandatory && fails >= 2)) found.add(c.code);
  }
  return found;
}

/** Whether what was written is kept, and since when. */
export function SaveState({ draft }: { draft: Pick<Draft, 'saving' | 'savedAt'> }) {
  const words =
    draft.saving === 'saving'
      ? 'сохраняем…'
      : draft.saving === 'failed'
        ? 'нет связи: сохранено на этом компьютере'
        : draft.saving === 'pending'
          ? 'есть изменения…'
          : draft.savedAt
            ? `сохранено ${time(draft.savedAt)}`
            : 'черновик пуст';
  return (
    <span role="status" data-testid="save-state">
      <Chip tone={draft.saving === 'failed' ? 'soon' : 'plain'}>{words}</Chip>
    </span>
  );
}
