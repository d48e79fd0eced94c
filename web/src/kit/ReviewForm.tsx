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
import { VERDICTS } from '../labels/enums.ts';
import { time } from '../lib/dates.ts';
import { byPointer } from '../lib/problem.ts';
import type { Conclusion, Criterion } from '../lib/queries.ts';
import { number } from '../lib/words.ts';
import type { TaskFormProps } from '../processes/types.ts';
import { Chip, Loading } from './bits.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { SubmissionNote } from './SubmissionNote.tsx';
import { useDraftedAct } from './useDraftedAct.ts';
import { useTaskDraft } from './useTaskDraft.ts';
import { t } from '../i18n/index.ts';

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

const MEANING: Record<number, string> = {
  get 0() {
    return t('review.mark.0');
  },
  get 1() {
    return t('review.mark.1');
  },
  get 2() {
    return t('review.mark.2');
  },
};
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
        <section aria-label={arbiter ? t('review.byArbiter') : t('review.byExpert')}>
          <Stack gap="sm">
            <Group justify="space-between">
              <Title order={2}>{arbiter ? t('review.byArbiter') : t('review.byExpert')}</Title>
              <SaveState draft={draft} />
            </Group>
            <Box>
              <Progress
                value={criteria.length ? (scored.length / criteria.length) * 100 : 0}
                size="sm"
                aria-label={t('review.marked', { length: scored.length, length2: criteria.length })}
              />
              <Text size="sm" c="dimmed" mt={4}>
                {t('review.markedScore', {
                  length: scored.length,
                  length2: criteria.length,
                  total: number(total),
                  criteria: number(criteria.reduce((s, c) => s + c.max, 0)),
                })}{' '}
                <span aria-hidden>★</span> {t('review.isMandatory')}
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
            <section className="panel" aria-label={t('case.verdict')}>
              <Title order={3} mb="xs">
                {t('case.verdict')}
              </Title>
              <Radio.Group
                value={review.verdict ?? ''}
                onChange={(v) => set({ verdict: v as Review['verdict'] })}
                aria-label={t('case.verdict')}
                error={errors['/verdict'] ?? (tried && !review.verdict ? t('review.chooseVerdict') : undefined)}
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
                              ? t('review.mayNotApprove', {
                                  failedMandatory: failedMandatory.map((c) => `«${c.labelRu}»`).join(', '),
                                })
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
                label={t('review.general')}
                description={words.summaryHintRu}
                withAsterisk
                autosize
                minRows={4}
                maxRows={20}
                value={review.summary}
                onChange={(e) => set({ summary: e.currentTarget.value })}
                error={
                  errors['/summary'] ??
                  (tried && review.summary.trim().length < 10 ? t('review.writeGeneral') : undefined)
                }
              />
            </section>

            {tried && gaps.length > 0 && (
              <Alert
                color="yellow"
                variant="light"
                role="alert"
                icon={<IconAlertCircle aria-hidden />}
                title={t('review.toSend')}
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
                {t('review.sendAsk')}
              </Button>
            </Group>
          </Stack>
        </section>
      </div>
      <Modal opened={asking} onClose={() => setAsking(false)} title={<Text fw={650}>{t('review.sendTitle')}</Text>}>
        <Stack gap="sm">
          <Text size="sm">
            {t('review.yourVerdict')} <b>{review.verdict ? VERDICTS[review.verdict] : '—'}</b>
            {t('review.summary', { total: number(total), count: review.remarks.length })}
          </Text>
          <Text size="sm">{t('review.final')}</Text>
          <SubmissionNote submission={submission} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('review.back')}
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
              {t('common.send')}
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
    errors[`/scores/${c.code}`] ?? (showGaps && score === undefined && !optional ? t('review.giveMark') : undefined);
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
              <span title={t('review.mandatory')} role="img" aria-label={t('review.mandatory')}>
                ★
              </span>
            )}
          </Text>
          {disputed && <Chip tone="soon">{t('review.disputed')}</Chip>}
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
            aria-label={t('review.markOf', { labelRu: c.labelRu })}
            data={Array.from({ length: c.max + 1 }, (_, n) => ({ value: String(n), label: String(n) }))}
          />
        </Box>
      </Group>
      <Group justify="space-between" mt={4} gap="xs" wrap="nowrap" align="flex-start">
        <Text size="xs" c={failed ? 'var(--app-late)' : 'dimmed'}>
          {score === undefined
            ? Array.from({ length: c.max + 1 }, (_, n) => `${n} – ${meaning(n, c.max)}`).join('; ')
            : `${score} – ${meaning(score, c.max)}${failed ? t('review.failedMandatory') : ''}`}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          style={{ flex: 'none' }}
          leftSection={<IconMessagePlus size={14} aria-hidden />}
          onClick={add}
          aria-label={t('review.addRemark', { labelRu: c.labelRu })}
        >
          {t('review.remark')}
        </Button>
      </Group>
      {error && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      {needsRemark && (
        <Text size="xs" c={showGaps ? 'var(--mantine-color-error)' : 'var(--app-soon)'}>
          {t('review.needsRemark')}
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
                  aria-label={t('review.placeOf', { i: i + 1, labelRu: c.labelRu })}
                  placeholder={place}
                  value={r.place}
                  onChange={(e) => change(r.id, { place: e.currentTarget.value })}
                  error={
                    errors[`/remarks/${at}/place`] ??
                    (showGaps && r.place.trim() === '' ? t('review.givePlace') : undefined)
                  }
                />
                <Textarea
                  size="xs"
                  mt={4}
                  autosize
                  minRows={2}
                  maxRows={10}
                  aria-label={t('review.textOf', { i: i + 1, labelRu: c.labelRu })}
                  placeholder={t('review.what')}
                  value={r.text}
                  onChange={(e) => change(r.id, { text: e.currentTarget.value })}
                  error={
                    errors[`/remarks/${at}/text`] ??
                    (showGaps && r.text.trim().length < 3 ? t('review.writeRemark') : undefined)
                  }
                />
              </Box>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('review.removeRemark', { i: i + 1, labelRu: c.labelRu })}
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
  max === 2 ? MEANING[n] : n === 0 ? t('review.mark.0') : n === max ? t('review.meetsFully') : t('review.partly');

function gapsOf(r: Review, asked: Criterion[], all: Criterion[]): string[] {
  const gaps: string[] = [];
  const unscored = asked.filter((c) => r.scores[c.code] === undefined);
  if (unscored.length > 0) gaps.push(t('review.marksLeft', { length: unscored.length }));
  for (const c of all) {
    const score = r.scores[c.code];
    if (score !== undefined && score < c.remarkBelow && !r.remarks.some((x) => x.criterion === c.code))
      gaps.push(t('review.addRemarkTo', { labelRu: c.labelRu }));
  }
  if (r.remarks.some((x) => x.place.trim() === '' || x.text.trim().length < 3)) gaps.push(t('review.finishRemarks'));
  const failed = all.filter((c) => c.mandatory && (r.scores[c.code] ?? c.max) < c.passFrom);
  if (r.verdict === undefined) gaps.push(t('review.chooseVerdict'));
  if (r.verdict === 'approve' && failed.length > 0)
    gaps.push(t('review.mayNotApproveFor', { labelRu: failed[0]!.labelRu }));
  if (r.summary.trim().length < 10) gaps.push(t('review.writeGeneralShort'));
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
      ? t('common.saving')
      : draft.saving === 'failed'
        ? t('draft.offline')
        : draft.saving === 'pending'
          ? t('draft.dirty')
          : draft.savedAt
            ? t('draft.savedAt', { savedAt: time(draft.savedAt) })
            : t('review.emptyDraft');
  return (
    <span role="status" data-testid="save-state">
      <Chip tone={draft.saving === 'failed' ? 'soon' : 'plain'}>{words}</Chip>
    </span>
  );
}
