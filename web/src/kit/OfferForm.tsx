import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { api, type Reply } from '../api.ts';
import { byPointer } from '../lib/problem.ts';
import { type Offer, type ProcessView } from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';
import { expectOwnChange } from '../shell/live.ts';
import { missing, type Schema, SchemaForm, startingValues, type Values } from './SchemaForm.tsx';
import { SubmissionNote } from './SubmissionNote.tsx';
import { useLocalCopy } from './useLocalCopy.ts';
import { useSubmission } from './useSubmission.ts';
import { t } from '../i18n/index.ts';

type Recorded = Reply<'POST /api/cases/{id}/actions/{type}'>;

/** An offered action with the form its schema asks for. What is typed stays on this computer until it is recorded. */
export function OfferForm({
  caseId,
  offer,
  process,
  onDone,
  onCancel,
  submitLabel,
}: {
  caseId: string;
  offer: Offer;
  process: ProcessView;
  onDone(r: Recorded): void;
  onCancel?: () => void;
  submitLabel?: string;
}) {
  const client = useQueryClient();
  const screens = useQuery(screensQuery(process.slug));
  const action = process.actions.find((a) => a.type === offer.type);
  const schema = (action?.schema ?? { type: 'object', properties: {} }) as Schema;
  const formKey = `action.${caseId}.${offer.type}.${offer.taskId ?? ''}`;
  const [value, setValue, forget] = useLocalCopy<Values>(formKey, startingValues(schema));
  const [tried, setTried] = useState(false);
  const Fields = screens.data?.fields?.[offer.type];
  const vocabulary = useMemo(() => screens.data?.vocabulary(process) ?? {}, [screens.data, process]);
  const act = useCallback(
    (body: Values, idempotencyKey: string) =>
      api(
        'POST /api/cases/{id}/actions/{type}',
        { params: { id: caseId, type: offer.type }, json: body },
        { idempotencyKey },
      ),
    [caseId, offer.type],
  );
  const done = useCallback(
    (result: Recorded) => {
      forget();
      expectOwnChange(caseId);
      notifications.show({
        message: result.events.at(-1)?.labelRu ?? t('draft.recorded'),
        color: 'green',
        withBorder: true,
        autoClose: 5000,
        closeButtonProps: { 'aria-label': t('common.close') },
      });
      void client.invalidateQueries();
      onDone(result);
    },
    [forget, caseId, client, onDone],
  );
  const submission = useSubmission<Values, Recorded>(formKey, act, done);
  const hasTask = schema.properties?.taskId !== undefined;
  const hidden = hasTask && offer.taskId !== null ? ['taskId'] : [];
  const body: Values = { ...value, ...(hidden.length > 0 ? { taskId: offer.taskId } : {}) };
  const gaps = missing(schema, body, vocabulary);
  const errors = { ...(tried ? gaps : {}), ...byPointer(submission.problem?.errors ?? []) };

  /** The lost place stands in the field the refusal names; the free one takes its stead, and is sent by the person. */
  const choose = (id: string) => {
    const [field] = submission.problem?.errors.map((e) => e.pointer.slice(1)) ?? [];
    if (!field) return;
    setValue({ ...value, [field]: id });
    submission.clear();
    void client.invalidateQueries({ queryKey: ['case', caseId] });
  };

  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        setTried(true);
        if (Object.keys(gaps).length === 0) void submission.send(body);
      }}
    >
      <Stack gap="md">
        {Fields ? (
          <Fields caseId={caseId} value={value} onChange={setValue} errors={errors} />
        ) : (
          <SchemaForm
            schema={schema}
            value={value}
            onChange={setValue}
            errors={errors}
            vocabulary={vocabulary}
            hidden={hidden}
          />
        )}
        {offer.hintRu && (
          <Text size="sm" c="dimmed">
            {offer.hintRu}
          </Text>
        )}
        {tried && Object.keys(gaps).length > 0 && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {t('form.fillMarked')}
          </Text>
        )}
        <SubmissionNote submission={submission} onChoose={choose} />
        <Group justify="flex-end">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
          )}
          <Button
            type="submit"
            color={offer.tone === 'danger' ? 'red' : undefined}
            loading={submission.state === 'sending'}
          >
            {submitLabel ?? offer.labelRu}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
