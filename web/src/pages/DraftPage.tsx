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
import { count } from '../lib/words.ts';
import { screensQuery } from '../processes/index.ts';
import type { StartScreen } from '../processes/types.ts';
import { expectOwnChange } from '../shell/live.ts';

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
        ? 'Заявка'
        : (actions.find((o) => o.type === action)?.labelRu ?? 'Новая версия');

  const importFile = async (file: File | null) => {
    if (!file || !programme) return;
    try {
      saved.change(programme.fromDocument(JSON.parse(await file.text()) as Body));
      setBadFile(null);
    } catch {
      setBadFile(`Файл «${file.name}» не читается: это не JSON.`);
    }
  };

  if (draft.submittedCaseId !== null && !done) {
    return (
      <Empty title="Этот черновик уже подан">
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
                  дело {whole.data?.number ?? ''}
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
                        Из файла
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
                    {preview ? 'К форме' : 'Просмотр'}
                  </Button>
                  {preview && (
                    <Button
                      variant="default"
                      size="sm"
                      leftSection={<IconPrinter size={16} aria-hidden />}
                      onClick={() => window.print()}
                    >
                      Печать
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
                Проверить
              </Button>
              <Button size="sm" leftSection={<IconSend size={16} aria-hidden />} onClick={() => setAsking(true)}>
                Подать…
              </Button>
            </>
          }
        >
          {title}
          {form.titleOf(body) ? `: ${form.titleOf(body)}` : ''}
        </PageTitle>
        <Stack gap="sm" mb="md">
          {badFile && (
            <Alert color="red" role="alert" withCloseButton closeButtonLabel="Закрыть" onClose={() => setBadFile(null)}>
              {badFile}
            </Alert>
          )}
          {saved.restored && (
            <Alert
              color="blue"
              variant="light"
              withCloseButton
              closeButtonLabel="Закрыть"
              onClose={saved.dismissRestored}
              styles={TEXT}
            >
              Вернули то, что вы ввели на этом компьютере и что не успело сохраниться.
            </Alert>
          )}
          {saved.conflict && (
            <Alert color="yellow" role="alert" variant="light" title="Черновик изменил кто-то ещё" styles={TEXT}>
              <Text size="sm">
                {saved.conflict.by ?? 'Другой участник'} сохранил(а) версию {saved.conflict.version}{' '}
                {dateTime(saved.conflict.at)}. Ваш текст остался на экране и на этом компьютере.
              </Text>
              <Group mt={8} gap="sm">
                <Button size="xs" variant="default" onClick={saved.takeTheirs}>
                  Взять их версию
                </Button>
                <Button size="xs" variant="default" onClick={saved.keepMine}>
                  Сохранить мою поверх
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
              closeButtonLabel="Закрыть"
              onClose={() => check.reset()}
            >
              {check.data.ready
                ? 'Проверка пройдена: можно подавать.'
                : `Проверка нашла ${count(check.data.errors.length, 'замечание', 'замечания', 'замечаний')}. Они показаны у своих полей; сохранению черновика это не мешает.`}
            </Alert>
          )}
          {check.error && <ErrorNote error={check.error} />}
          {!asking && submission.problem && <SubmissionNote submission={submission} />}
        </Stack>
      </div>
      {whole.data?.remarks && screens.data?.Remarks && !preview && (
        <details open style={{ marginBottom: 16 }}>
          <summary style={{ cursor: 'pointer', fontSize: 14, fontWeight: 600, marginBottom: 8 }}>
            Что просят исправить эксперты
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
        title={<Text fw={650}>{start ? start.submitRu : 'Подать программу'}</Text>}
        size="lg"
      >
        <Stack gap="md">
          <Text size="sm">
            {start
              ? start.afterRu
              : draft.forCaseId === null
                ? 'Заявке будет присвоен номер, версия программы закрепится. С этого дня идут сроки рассмотрения.'
                : 'Будет создана новая версия программы; прежние сохраняются для сравнения.'}
          </Text>
          {local.length > 0 && (
            <Alert color="yellow" variant="light" title={`Осталось исправить: ${local.length}`} styles={TEXT}>
              <List size="sm">
                {local.slice(0, 8).map((e) => (
                  <List.Item key={e.pointer + e.detail}>
                    <b>{form.sectionOf(e.pointer)}.</b> {e.detail}
                  </List.Item>
                ))}
              </List>
              {local.length > 8 && (
                <Text size="sm" mt={4}>
                  …и ещё {local.length - 8}.
                </Text>
              )}
            </Alert>
          )}
          {draft.forCaseId !== null && actions.length > 1 && (
            <Select
              label="Что это за подача"
              value={action}
              onChange={setChosen}
              allowDeselect={false}
              data={actions.map((o) => ({
                value: o.type,
                label: o.allowed ? o.labelRu : `${o.labelRu} — ${o.whyNot ?? 'сейчас нельзя'}`,
                disabled: !o.allowed,
              }))}
            />
          )}
          {action === 'resubmit' && (
            <Textarea
              label="Ответ на замечания"
              description="Его увидят эксперты рядом с программой. Можно оставить пустым."
              autosize
              minRows={3}
              maxRows={12}
              value={reason}
              onChange={(e) => setReason(e.currentTarget.value)}
            />
          )}
          {(action === 'requestMinorChange' || action === 'requestSubstantialChange') && (
            <Textarea
              label="Причина изменения"
              withAsterisk
              autosize
              minRows={2}
              value={reason}
              onChange={(e) => setReason(e.currentTarget.value)}
            />
          )}
          {draft.forCaseId !== null && action === null && (
            <Text size="sm" c="var(--app-late)">
              По этому делу сейчас нельзя подать новую версию:{' '}
              {actions.find((o) => !o.allowed)?.whyNot ?? 'дело ждёт другого.'}
            </Text>
          )}
          <SubmissionNote submission={submission} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Вернуться к форме
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
              Подать
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
            {start ? 'Записано' : draft.forCaseId === null ? 'Заявка подана' : 'Новая версия подана'}
          </Text>
        }
      >
        <Stack align="center" gap={6} py="sm">
          {start?.Sent ? (
            <Text size="sm">{start.afterRu}</Text>
          ) : (
            <>
              <Text size="sm" c="dimmed">
                Номер дела
              </Text>
              <Title order={2} className="num" data-testid="case-number">
                {done?.number ?? '—'}
              </Title>
              <Chip tone="good">{done?.stageRu}</Chip>
              <Text size="sm" ta="center" mt="xs">
                Мы напишем, когда что-то изменится. Ход дела, сроки и их объяснение видны на его странице.
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
      К списку отправленного
    </ButtonTo>
  ) : (
    <ButtonTo to="/cases/$id" params={{ id: caseId }} mt="sm">
      Открыть дело
    </ButtonTo>
  );
}

const TEXT = { message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } };

function SaveState({ saved }: { saved: Extract<ReturnType<typeof useAutosave>, { status: 'ready' }> }) {
  const words =
    saved.saving === 'saving'
      ? 'сохраняем…'
      : saved.saving === 'failed'
        ? 'нет связи: сохранено на этом компьютере'
        : saved.saving === 'pending'
          ? 'есть изменения…'
          : saved.savedAt
            ? `сохранено ${time(saved.savedAt)}`
            : 'сохранено';
  return (
    <span role="status" data-testid="save-state">
      <Chip tone={saved.saving === 'failed' ? 'soon' : 'plain'}>{words}</Chip>{' '}
      <Text span size="sm" c="dimmed">
        версия {saved.version}
      </Text>
    </span>
  );
}
