import { Button, Group, Stack, Text, Textarea, UnstyledButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCheck, IconChecks, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { api, type Reply } from '../../api.ts';
import { Panel } from '../../kit/bits.tsx';
import { DateField } from '../../kit/DateField.tsx';
import { SubmissionNote } from '../../kit/SubmissionNote.tsx';
import { useLocalCopy } from '../../kit/useLocalCopy.ts';
import { useSubmission } from '../../kit/useSubmission.ts';
import { shortDate } from '../../lib/dates.ts';
import { expectOwnChange } from '../../shell/live.ts';
import { type Cycle, SIDE_NAMES } from './model.ts';
import { t } from './words.ts';

type Recorded = Reply<'POST /api/cases/{id}/actions/{type}'>;
interface Typed {
  kind: string;
  on: string;
  note: string;
}

const back = (today: string, days: number) =>
  new Date(Date.parse(`${today}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);

function useAct<B extends Record<string, unknown>>(caseId: string, type: string, done: (r: Recorded) => void) {
  const client = useQueryClient();
  const act = useCallback(
    (body: B, idempotencyKey: string) =>
      api('POST /api/cases/{id}/actions/{type}', { params: { id: caseId, type }, json: body }, { idempotencyKey }),
    [caseId, type],
  );
  const after = useCallback(
    (result: Recorded) => {
      expectOwnChange(caseId);
      void client.invalidateQueries();
      done(result);
    },
    [caseId, client, done],
  );
  return useSubmission<B, Recorded>(`cycle.${caseId}.${type}`, act, after);
}

const told = (message: string) =>
  notifications.show({
    message,
    color: 'green',
    withBorder: true,
    autoClose: 5000,
    closeButtonProps: { 'aria-label': t('common.close') },
  });

/** A meeting in three touches: what it was, which day, «Записать». What is typed stays on this device until it is recorded. */
export function QuickLog({ caseId, cycle }: { caseId: string; cycle: Cycle }) {
  const usual: Typed = { kind: cycle.norms[0]?.kind ?? 'meeting', on: cycle.today, note: '' };
  const [typed, setTyped, forget] = useLocalCopy<Typed>(`cycle.${caseId}.log`, usual);
  const [other, setOther] = useState(false);
  const [withNote, setWithNote] = useState(typed.note !== '');
  const done = useCallback(() => {
    forget();
    setTyped({ kind: usual.kind, on: usual.on, note: '' });
    setWithNote(false);
    setOther(false);
    told(t('quick.recorded'));
  }, [forget, setTyped, usual.kind, usual.on]);
  const submission = useAct<Record<string, unknown>>(caseId, 'logWork', done);
  const days = [
    { on: cycle.today, ru: t('quick.today') },
    { on: back(cycle.today, 1), ru: t('quick.yesterday') },
    { on: back(cycle.today, 2), ru: shortDate(back(cycle.today, 2)) },
  ];
  const chosen = days.some((d) => d.on === typed.on) && !other;
  return (
    <Panel title={t('quick.title')}>
      <Stack gap="sm">
        <fieldset className="plain">
          <legend>{t('quick.what')}</legend>
          <div className="taps">
            {cycle.workKinds.map((k) => (
              <UnstyledButton
                key={k.kind}
                className="tap"
                aria-pressed={typed.kind === k.kind}
                data-kind={k.kind}
                onClick={() => setTyped({ ...typed, kind: k.kind })}
              >
                {k.labelRu}
              </UnstyledButton>
            ))}
          </div>
        </fieldset>
        <fieldset className="plain">
          <legend>{t('phases.when')}</legend>
          <div className="taps">
            {days.map((d) => (
              <UnstyledButton
                key={d.on}
                className="tap"
                aria-pressed={chosen && typed.on === d.on}
                onClick={() => {
                  setOther(false);
                  setTyped({ ...typed, on: d.on });
                }}
              >
                {d.ru}
              </UnstyledButton>
            ))}
            <UnstyledButton className="tap" aria-pressed={!chosen} onClick={() => setOther(true)}>
              {t('quick.otherDay')}
            </UnstyledButton>
          </div>
          {!chosen && (
            <DateField
              mt={8}
              label={t('quick.day')}
              description={t('quick.back', { logBackDays: cycle.logBackDays })}
              value={typed.on}
              onChange={(on) => setTyped({ ...typed, on: on ?? cycle.today })}
            />
          )}
        </fieldset>
        {withNote ? (
          <Textarea
            label={t('quick.about')}
            description={t('quick.aboutHint')}
            autosize
            minRows={2}
            value={typed.note}
            onChange={(e) => setTyped({ ...typed, note: e.currentTarget.value })}
          />
        ) : (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setWithNote(true)}
            style={{ alignSelf: 'flex-start' }}
          >
            {t('quick.addWords')}
          </Button>
        )}
        <SubmissionNote submission={submission} />
        <Button
          size="md"
          fullWidth
          data-testid="log-send"
          leftSection={<IconCheck size={18} aria-hidden />}
          loading={submission.state === 'sending'}
          onClick={() =>
            void submission.send({
              entries: [{ kind: typed.kind, on: typed.on }],
              ...(typed.note.trim() ? { note: typed.note.trim() } : {}),
            })
          }
        >
          {t('quick.record')}
        </Button>
        {cycle.waitingForOther > 0 && (
          <Text size="xs" c="dimmed">
            {t('quick.waiting', { count: cycle.waitingForOther })}
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

/** What the other side has written: one touch confirms all, or one by one. */
export function Confirm({ caseId, cycle }: { caseId: string; cycle: Cycle }) {
  const done = useCallback(() => told(t('quick.confirmedAll')), []);
  const submission = useAct<Record<string, unknown>>(caseId, 'confirmLog', done);
  const rows = cycle.waitingForMe;
  if (rows.length === 0) return null;
  const send = (batches: string[]) => void submission.send({ batches });
  return (
    <Panel title={t('quick.confirmTitle')}>
      <Stack gap="sm">
        {rows.map((b) => (
          <Group key={b.id} justify="space-between" wrap="nowrap" gap="sm" align="flex-start">
            <div>
              <Text size="sm" fw={600}>
                {b.entries.map((e) => `${e.kindRu}, ${shortDate(e.on)}`).join('; ')}
              </Text>
              <Text size="xs" c="dimmed">
                {t('quick.by', { side: SIDE_NAMES[b.side], on: shortDate(b.on) })}
              </Text>
            </div>
            {rows.length > 1 && (
              <Button size="compact-sm" variant="default" onClick={() => send([b.id])}>
                {t('common.confirm')}
              </Button>
            )}
          </Group>
        ))}
        <SubmissionNote submission={submission} />
        <Button
          data-testid="log-confirm"
          leftSection={<IconChecks size={18} aria-hidden />}
          loading={submission.state === 'sending'}
          onClick={() => send(rows.map((b) => b.id))}
        >
          {rows.length > 1 ? t('quick.confirmAll', { length: rows.length }) : t('common.confirm')}
        </Button>
        <Text size="xs" c="dimmed">
          {t('quick.hint')}
        </Text>
      </Stack>
    </Panel>
  );
}
