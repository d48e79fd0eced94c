import { Button, type ButtonProps, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { api } from '../api.ts';
import { expectOwnChange } from '../shell/live.ts';
import { SubmissionNote } from './SubmissionNote.tsx';
import { useSubmission } from './useSubmission.ts';
import { t } from '../i18n/index.ts';

type Body = Record<string, unknown>;

/** An act without a form of its own: sent once, repeated while the platform has not confirmed, refused in words beside the button. */
export function useAct(caseId: string, type: string, name: string, onDone?: () => void) {
  const client = useQueryClient();
  const act = useCallback(
    (body: Body, idempotencyKey: string) =>
      api('POST /api/cases/{id}/actions/{type}', { params: { id: caseId, type }, json: body }, { idempotencyKey }),
    [caseId, type],
  );
  const done = useCallback(() => {
    expectOwnChange(caseId);
    void client.invalidateQueries();
    onDone?.();
  }, [caseId, client, onDone]);
  return useSubmission<Body, unknown>(`act.${caseId}.${type}.${name}`, act, done);
}

interface Props extends Omit<ButtonProps, 'children'> {
  caseId: string;
  type: string;
  /** Tells apart several buttons of one act: the item, the person. */
  name?: string;
  body: Body;
  children: ReactNode;
  /** Asked beside the button before it is sent: two clicks, no dialog. */
  confirm?: string;
  /** The button that sends after the question. */
  confirmLabel?: string;
  'aria-label'?: string;
}

/** A button that does an act; with `confirm` the second click sends. The question is forgotten after a while. */
export function ActButton({
  caseId,
  type,
  name = '',
  body,
  children,
  confirm,
  confirmLabel = t('common.confirm'),
  ...rest
}: Props) {
  const [asking, setAsking] = useState(false);
  const submission = useAct(caseId, type, name, () => setAsking(false));
  useEffect(() => {
    if (!asking) return;
    const timer = setTimeout(() => setAsking(false), 20_000);
    return () => clearTimeout(timer);
  }, [asking]);
  return (
    <Stack gap={6} align="flex-start">
      {asking ? (
        <Group gap={8} role="group" aria-label={confirm}>
          <Text size="sm" fw={600}>
            {confirm}
          </Text>
          <Button
            size="sm"
            {...(rest.color ? { color: rest.color } : {})}
            data-confirm={type}
            loading={submission.state === 'sending'}
            onClick={() => void submission.send(body)}
          >
            {confirmLabel}
          </Button>
          <Button size="sm" variant="default" onClick={() => setAsking(false)}>
            {t('common.cancel')}
          </Button>
        </Group>
      ) : (
        <Button
          {...rest}
          data-action={type}
          loading={submission.state === 'sending'}
          onClick={() => (confirm ? setAsking(true) : void submission.send(body))}
        >
          {children}
        </Button>
      )}
      <SubmissionNote submission={submission} />
    </Stack>
  );
}
