import { Alert, Button, FileButton, Group, List, Modal, Select, Stack, Text, Textarea, Title } from '@mantine/core';
import { IconChecks, IconEye, IconFileImport, IconPrinter, IconSend } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { api, type Reply } from '../api.ts';
import { Chip, Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { ErrorNote, PageFailure } from '../kit/ErrorNote.tsx';
import { SubmissionNote } from '../kit/SubmissionNote.tsx';
import { useAutosave } from '../kit/useAutosave.ts';
import { useSubmission } from '../kit/useSubmission.ts';
import { dateTime, time } from '../lib/dates.ts';
import { AnchorTo, ButtonTo, usePathParam } from '../lib/links.tsx';
import type { FieldProblem } from '../lib/problem.ts';
import { caseQuery, processQuery } from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';
import type { StartScreen } from '../processes/types.ts';
import { expectOwnChange } from '../shell/live.ts';
import { t } from '../i18n/index.ts';

type Body = Record<string, unknown>;
type Submit = NonNullable<Parameters<typeof api<'POST /api/drafts/{id}/submit'>>[1]['json']>;
type Recorded = Reply<'POST /api/drafts/{id}/submit'>;

export function DraftPage() {
  const id = usePathParam('id');
  const saved = useAutosave(id);
  if (saved.status === 'loading') return <Loading />;
  if (saved.status === 'failed') return <PageFailure error={saved.error} onRetry={saved.reload} />;
  return <Editor key={id} saved={saved} />;
}

function Editor({ saved }: { saved: Extract<ReturnType<typeof useAutosave>, { status: 'ready' }> }) {
  const { draft, body, flush, forget } = saved;
  const client = useQueryClient();
  const navigate = useNavigate();
  const process = useQuery(processQuery(draft.process));
  const screens = useQuery(screensQuery(draft.process));
  const whole = useQuery({ ...caseQuery(draft.forCaseId ?? ''), enabled: draft.forCaseId !== null });
  const [preview, setPreview] = useState(false);
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<Recorded | null>(null);
  const [badFile, setBadFile] = useState<string | null>(null);
  // A process that begins in several ways keeps the act in the body of the draft.
  const begins = draft.forCaseId === null && typeof body.action === 'string' ? body.action : null;
  const start = begins === null ? undefined : screens.data?.starts?.[begins];
  const programme = screens.data?.draft;
  const form = start ?? programme;

  const actions = useMemo(() => {
    if (draft.forCaseId === null) return [];
    return (whole.data?.offers ?? []).filter((o) => o.customForm === 'programme');
  }, [whole.data, draft.forCaseId]);
  const [chosen, setChosen] = useState<string | null>(null);
  const action =
    chosen ?? actions.find((o) => o.allowed)?.type ?? (draft.forCaseId === null ? (begins ?? 'submit') : null);
  const [reason, setReason] = useState('');

  const check = useMutation({
    mutationFn: async () => {
      await flush();
      return api('POST /api/drafts/{id}/check', {
        params: { id: draft.id },
        query: action && action !== 'submit' ? { action } : {},
      });
    },
  });
  const act = useCallback(
    async (request: Submit, idempotencyKey: string) => {
      await flush();
      return api('POST /api/drafts/{id}/submit', { params: { id: draft.id }, json: request }, { idempotencyKey });
    },
    [flush, draft.id],
  );
  const onDone = useCallback(
    (result: Recorded) => {
      expectOwnChange(result.caseId);
      forget();
      setAsking(false);
      setDone(result);
      void client.invalidateQueries();
    },
    [client, forget],
  );
  const submission = useSubmission<Submit, Recorded>(`draft.${draft.id}.submit`, act, onDone);

  if (!form || !process.data) return process.error ? <ErrorNote error={process.error} /> : <Loading />;
  const local = form.check(body, process.data);
  const server: FieldProblem[] = submission.problem?.errors ?? check.data?.errors ?? [];
  const title =
    start !== undefined
      ? start.submitRu
      : draft.forCaseId === null
        ? t('draft.application')
        : (actions.find((o) => o.type === action)?.labelRu ?? t('draft.newVersion'));

  const importFile = async (file: File | null) => {
    if (!file || !programme) return;
    try {
      saved.change(programme.fromDocument(JSON.parse(await file.text()) as Body));
      setBadFile(null);
    } catch {
      setBadFile(t('draft.notJson', { name: file.name }));
    }
  };

  if (draft.submittedCaseId !== null && !done) {
    return (
      <Empty title={t('draft.alreadyFiled')}>
        <Onward start={start} caseId={draft.submittedCaseId} />
      </Empty>
    );
  }
  return (
    <>
      <div className="no-print">
        <PageTitle
          tab={title}
          hint={
            <Group gap={8}>
              <SaveState saved={saved} />
              {draft.forCaseId && (
                <AnchorTo to="/cases/$id" params={{ id: draft.forCaseId }} size="sm">
                  {t('draft.caseNumber', { number: whole.data?.number ?? '' })}
                </AnchorTo>
              )}
            </Group>
          }
          end={
            <>
              {programme && !start && (
                <>
                  <FileButton accept="application/json,.json" onChange={(f) => void importFile(f)}>
                    {(props) => (
                      <Button
                        variant="subtle"
                        size="sm"
                        leftSection={<IconFileImport size={16} aria-hidden />}
                        {...props}
                      >
                        {t('draft.fromFile')}
                      </Button>
                    )}
                  </FileButton>
                  <Button
                    variant="default"
                    size="sm"
                    leftSection={<IconEye size={16} aria-hidden />}
                    onClick={() => setPreview((p) => !p)}
                    aria-pressed={preview}
                  >
                    {preview ? t('draft.toForm') : t('draft.preview')}
                  </Button>
                  {preview && (
                    <Button
                      variant="default"
                      size="sm"
                      leftSection={<IconPrinter size={16} aria-hidden />}
                      onClick={() => window.print()}
                    >
                      {t('draft.print')}
                    </Button>
                  )}
                </>
              )}
              <Button
                variant="default"
                size="sm"
                leftSection={<IconChecks size={16} aria-hidden />}
                loading={check.isPending}
                onClick={() => check.mutate()}
              >
                {t('draft.check')}
              </Button>
              <Button size="sm" leftSection={<IconSend size={16} aria-hidden />} onClick={() => setAsking(true)}>
                {t('draft.submitAsk')}
              </Button>
            </>
          }
        >
          {title}
          {form.titleOf(body) ? `: ${form.titleOf(body)}` : ''}
        </PageTitle>
        <Stack gap="sm" mb="md">
          {badFile && (
            <Alert
              color="red"
              role="alert"
              withCloseButton
              closeButtonLabel={t('common.close')}
              onClose={() => setBadFile(null)}
            >
              {badFile}
            </Alert>
          )}
          {saved.restored && (
            <Alert
              color="blue"
              variant="light"
              withCloseButton
              closeButtonLabel={t('common.close')}
              onClose={saved.dismissRestored}
              styles={TEXT}
            >
              {t('draft.restored')}
            </Alert>
          )}
          {saved.conflict && (
            <Alert color="yellow" role="alert" variant="light" title={t('draft.changedElsewhere')} styles={TEXT}>
              <Text size="sm">
                {t('draft.changedBy', {
                  by: saved.conflict.by ?? t('draft.otherParty'),
                  version: saved.conflict.version,
                  at: dateTime(saved.conflict.at),
                })}
              </Text>
              <Group mt={8} gap="sm">
                <Button size="xs" variant="default" onClick={saved.takeTheirs}>
                  {t('draft.takeTheirs')}
                </Button>
                <Button size="xs" variant="default" onClick={saved.keepMine}>
                  {t('draft.saveMine')}
                </Button>
              </Group>
            </Alert>
          )}
          {check.data && (
            <Alert
              color={check.data.ready ? 'green' : 'yellow'}
              variant="light"
              role="status"
              styles={TEXT}
              withCloseButton
              closeButtonLabel={t('common.close')}
              onClose={() => check.reset()}
            >
              {check.data.ready ? t('draft.checked') : t('draft.found', { count: check.data.errors.length })}
            </Alert>
          )}
          {check.error && <ErrorNote error={check.error} />}
          {!asking && submission.problem && <SubmissionNote submission={submission} />}
        </Stack>
      </div>
      {whole.data?.remarks && screens.data?.Remarks && !preview && (
        <details open style={{ marginBottom: 16 }}>
          <summary style={{ cursor: 'pointer', fontSize: 14, fontWeight: 600, marginBottom: 8 }}>
            {t('draft.toCorrect')}
          </summary>
          <screens.data.Remarks view={whole.data} process={process.data} />
        </details>
      )}
      {preview && programme && !start ? (
        <programme.Preview body={body} process={process.data} />
      ) : (
        <form.Form draft={draft} process={process.data} body={body} onChange={saved.change} serverErrors={server} />
      )}

      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={<Text fw={650}>{start ? start.submitRu : t('draft.submitProgramme')}</Text>}
        size="lg"
      >
        <Stack gap="md">
          <Text size="sm">
            {start ? start.afterRu : draft.forCaseId === null ? t('draft.submitHint') : t('draft.versionHint')}
          </Text>
          {local.length > 0 && (
            <Alert
              color="yellow"
              variant="light"
              title={t('draft.leftToCorrect', { length: local.length })}
              styles={TEXT}
            >
              <List size="sm">
                {local.slice(0, 8).map((e) => (
                  <List.Item key={e.pointer + e.detail}>
                    <b>{form.sectionOf(e.pointer)}.</b> {e.detail}
                  </List.Item>
                ))}
              </List>
              {local.length > 8 && (
                <Text size="sm" mt={4}>
                  {t('draft.andMore', { length: local.length - 8 })}
                </Text>
              )}
            </Alert>
          )}
          {draft.forCaseId !== null && actions.length > 1 && (
            <Select
              label={t('draft.whatKind')}
              value={action}
              onChange={setChosen}
              allowDeselect={false}
              data={actions.map((o) => ({
                value: o.type,
                label: o.allowed ? o.labelRu : `${o.labelRu} — ${o.whyNot ?? t('draft.notNow')}`,
                disabled: !o.allowed,
              }))}
            />
          )}
          {action === 'resubmit' && (
            <Textarea
              label={t('draft.answer')}
              description={t('draft.answerHint')}
              autosize
              minRows={3}
              maxRows={12}
              value={reason}
              onChange={(e) => setReason(e.currentTarget.value)}
            />
          )}
          {(action === 'requestMinorChange' || action === 'requestSubstantialChange') && (
            <Textarea
              label={t('draft.changeReason')}
              withAsterisk
              autosize
              minRows={2}
              value={reason}
              onChange={(e) => setReason(e.currentTarget.value)}
            />
          )}
          {draft.forCaseId !== null && action === null && (
            <Text size="sm" c="var(--app-late)">
              {t('draft.noVersionNow', { whyNot: actions.find((o) => !o.allowed)?.whyNot ?? t('draft.waitsOther') })}
            </Text>
          )}
          <SubmissionNote submission={submission} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('draft.backToForm')}
            </Button>
            <Button
              leftSection={<IconSend size={16} aria-hidden />}
              disabled={local.length > 0 || action === null}
              loading={submission.state === 'sending'}
              onClick={() =>
                void submission.send({
                  action: action as Submit['action'],
                  ...(action === 'resubmit' && reason ? { answers: reason } : {}),
                  ...(action?.startsWith('request') ? { reason } : {}),
                })
              }
            >
              {t('draft.submit')}
            </Button>
          </Group>
        </Stack>
      </Modal>
      <Modal
        opened={done !== null}
        onClose={() =>
          done &&
          void (start?.Sent ? navigate({ to: '/start' }) : navigate({ to: '/cases/$id', params: { id: done.caseId } }))
        }
        title={
          <Text fw={650}>
            {start ? t('draft.recorded') : draft.forCaseId === null ? t('draft.filed') : t('draft.versionFiled')}
          </Text>
        }
      >
        <Stack align="center" gap={6} py="sm">
          {start?.Sent ? (
            <Text size="sm">{start.afterRu}</Text>
          ) : (
            <>
              <Text size="sm" c="dimmed">
                {t('draft.number')}
              </Text>
              <Title order={2} className="num" data-testid="case-number">
                {done?.number ?? '—'}
              </Title>
              <Chip tone="good">{done?.stageRu}</Chip>
              <Text size="sm" ta="center" mt="xs">
                {t('draft.filedHint')}
              </Text>
            </>
          )}
          <Onward start={start} caseId={done?.caseId ?? ''} />
        </Stack>
      </Modal>
    </>
  );
}

/** To the case, or back where what was sent is listed, if the case belongs to another person. */
function Onward({ start, caseId }: { start: StartScreen | undefined; caseId: string }) {
  return start?.Sent ? (
    <ButtonTo to="/start" mt="sm">
      {t('draft.toSent')}
    </ButtonTo>
  ) : (
    <ButtonTo to="/cases/$id" params={{ id: caseId }} mt="sm">
      {t('draft.openCase')}
    </ButtonTo>
  );
}

const TEXT = { message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } };

function SaveState({ saved }: { saved: Extract<ReturnType<typeof useAutosave>, { status: 'ready' }> }) {
  const words =
    saved.saving === 'saving'
      ? t('common.saving')
      : saved.saving === 'failed'
        ? t('draft.offline')
        : saved.saving === 'pending'
          ? t('draft.dirty')
          : saved.savedAt
            ? t('draft.savedAt', { savedAt: time(saved.savedAt) })
            : t('draft.saved');
  return (
    <span role="status" data-testid="save-state">
      <Chip tone={saved.saving === 'failed' ? 'soon' : 'plain'}>{words}</Chip>{' '}
      <Text span size="sm" c="dimmed">
        {t('draft.version', { version: saved.version })}
      </Text>
    </span>
  );
}
