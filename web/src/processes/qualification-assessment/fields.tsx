import { Alert, Button, Checkbox, Group, Radio, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { OUTCOME_LABELS } from './labels.ts';
import { api } from '../../api.ts';
import { Loading } from '../../kit/bits.tsx';
import { ErrorNote } from '../../kit/ErrorNote.tsx';
import { fieldId } from '../../kit/SchemaForm.tsx';
import { weekdayDate } from '../../lib/dates.ts';
import { expectOwnChange } from '../../shell/live.ts';
import type { FieldsProps } from '../types.ts';
import { assessmentQuery, TEXT } from './model.ts';
import { t } from './words.ts';

const str = (v: unknown) => (typeof v === 'string' ? v : '');

/** Sessions of the person's list with the seats free at this moment; full ones stay in sight and cannot be taken. */
export function SessionFields({ caseId, value, onChange, errors }: FieldsProps) {
  const client = useQueryClient();
  const assessment = useQuery(assessmentQuery(caseId));
  const [refreshing, setRefreshing] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  if (assessment.error) return <ErrorNote error={assessment.error} />;
  if (assessment.isPending) return <Loading />;
  const sessions = assessment.data.own?.sessions ?? [];
  /** Asks the rules for a new list, so that sessions opened since are in it. */
  const refresh = async () => {
    setRefreshing(true);
    setFailure(null);
    try {
      expectOwnChange(caseId);
      await api(
        'POST /api/cases/{id}/actions/{type}',
        { params: { id: caseId, type: 'refreshSessions' }, json: {} },
        { idempotencyKey: crypto.randomUUID() },
      );
      await client.invalidateQueries({ queryKey: ['case', caseId] });
    } catch (error) {
      setFailure(error);
    } finally {
      setRefreshing(false);
    }
  };
  return (
    <Stack gap="sm">
      {sessions.length === 0 && (
        <Alert color="yellow" variant="light" title={t('fields.noSessions')} styles={TEXT}>
          {t('fields.noSessionsHint')}
        </Alert>
      )}
      <Radio.Group
        label={t('fields.examDate')}
        withAsterisk
        error={errors['/sessionCaseId']}
        value={str(value.sessionCaseId)}
        onChange={(sessionCaseId) => onChange({ ...value, sessionCaseId })}
      >
        <Stack gap={10} mt={6}>
          {sessions.map((s) => (
            <Radio
              key={s.id}
              value={s.id}
              disabled={s.free === 0}
              label={`${weekdayDate(s.heldOn)}, ${s.startsAt}`}
              description={`${s.placeRu} · ${s.free === 0 ? t('fields.noSeats') : t('fields.freeSeats', { count: s.free, capacity: s.capacity })}`}
            />
          ))}
        </Stack>
      </Radio.Group>
      {failure !== null && <ErrorNote error={failure} />}
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {t('fields.seatsNow')}
        </Text>
        <Button size="compact-sm" variant="subtle" loading={refreshing} onClick={() => void refresh()}>
          {t('fields.refresh')}
        </Button>
      </Group>
    </Stack>
  );
}

/** The act of a technical failure, and where the exam goes on: in this session, or on another date. */
export function FailureFields({ caseId, value, onChange, errors }: FieldsProps) {
  const assessment = useQuery(assessmentQuery(caseId));
  const sessions = (assessment.data?.own?.sessions ?? []).filter(
    (s) => s.free > 0 && s.id !== assessment.data?.own?.booking?.id,
  );
  return (
    <Stack gap="md">
      <TextInput
        id={fieldId('/act')}
        label={t('fields.failureAct')}
        placeholder={t('fields.actExample')}
        withAsterisk
        error={errors['/act']}
        value={str(value.act)}
        onChange={(e) => onChange({ ...value, act: e.currentTarget.value })}
      />
      <Select
        id={fieldId('/sessionCaseId')}
        label={t('fields.newDate')}
        description={t('fields.newDateHint')}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        error={errors['/sessionCaseId']}
        nothingFoundMessage={t('fields.noOther')}
        data={sessions.map((s) => ({ value: s.id, label: `${weekdayDate(s.heldOn)}, ${s.startsAt}` }))}
        value={str(value.sessionCaseId) || null}
        onChange={(id) => onChange({ ...value, sessionCaseId: id ?? undefined })}
      />
    </Stack>
  );
}

/** The written consent of the person the employer referred. */
export function AcceptFields({ value, onChange, errors }: FieldsProps) {
  const set = (more: Record<string, unknown>) => onChange({ ...value, ...more });
  return (
    <Stack gap="md">
      <Textarea
        id={fieldId('/education')}
        label={t('start.education')}
        description={t('fields.educationHint')}
        withAsterisk
        error={errors['/education']}
        autosize
        minRows={3}
        maxRows={14}
        value={str(value.education)}
        onChange={(e) => set({ education: e.currentTarget.value })}
      />
      <Radio.Group
        label={t('fields.employerKnows')}
        withAsterisk
        error={errors['/tellsPayer']}
        value={typeof value.tellsPayer === 'boolean' ? String(value.tellsPayer) : ''}
        onChange={(v) => set({ tellsPayer: v === 'true' })}
      >
        <Stack gap={8} mt={6}>
          <Radio value="false" label={t('fields.onlyApplied')} description={t('fields.onlyAppliedHint')} />
          <Radio value="true" label={t('fields.alsoFact')} description={t('fields.alsoFactHint')} />
        </Stack>
      </Radio.Group>
      <Checkbox
        id={fieldId('/consent')}
        label={t('start.consent')}
        error={errors['/consent']}
        checked={value.consent === true}
        onChange={(e) => set({ consent: e.currentTarget.checked ? true : undefined })}
      />
      <Checkbox
        id={fieldId('/rules')}
        label={t('start.rules')}
        error={errors['/rules']}
        checked={value.rules === true}
        onChange={(e) => set({ rules: e.currentTarget.checked ? true : undefined })}
      />
    </Stack>
  );
}

/** The ground is one of the policy's; its reason goes to the person in writing. */
export function RefusalFields({ caseId, value, onChange, errors }: FieldsProps) {
  const assessment = useQuery(assessmentQuery(caseId));
  const set = (more: Record<string, unknown>) => onChange({ ...value, ...more });
  return (
    <Stack gap="md">
      <Radio.Group
        label={t('fields.refusalGround')}
        withAsterisk
        error={errors['/ground']}
        value={str(value.ground)}
        onChange={(ground) => set({ ground })}
      >
        <Stack gap={8} mt={6}>
          {Object.entries(assessment.data?.refusalReasons ?? {}).map(([code, label]) => (
            <Radio key={code} value={code} label={label} />
          ))}
        </Stack>
      </Radio.Group>
      <Reason value={value} errors={errors} onChange={set} label={t('fields.reason')} hint={t('fields.reasonHint')} />
    </Stack>
  );
}

/** What the commission decided; only what is possible for this complaint, and the new result where the result changes. */
export function AppealFields({ caseId, value, onChange, errors }: FieldsProps) {
  const assessment = useQuery(assessmentQuery(caseId));
  const refusal = assessment.data?.own?.result === null;
  const outcomes = refusal ? ['upheld', 'admitted'] : ['upheld', 'changed', 'retake'];
  const set = (more: Record<string, unknown>) => onChange({ ...value, ...more });
  return (
    <Stack gap="md">
      <Radio.Group
        label={t('fields.decision')}
        withAsterisk
        error={errors['/outcome']}
        value={str(value.outcome)}
        onChange={(outcome) => {
          const { passed: _, ...rest } = value;
          onChange({ ...rest, outcome });
        }}
      >
        <Stack gap={8} mt={6}>
          {outcomes.map((code) => (
            <Radio key={code} value={code} label={OUTCOME_LABELS[code]} />
          ))}
        </Stack>
      </Radio.Group>
      {value.outcome === 'changed' && (
        <Radio.Group
          label={t('fields.newResult')}
          withAsterisk
          error={errors['/passed']}
          value={typeof value.passed === 'boolean' ? String(value.passed) : ''}
          onChange={(v) => set({ passed: v === 'true' })}
        >
          <Stack gap={8} mt={6}>
            <Radio value="true" label={t('fields.confirmed')} />
            <Radio value="false" label={t('fields.notConfirmed')} />
          </Stack>
        </Radio.Group>
      )}
      <Reason value={value} errors={errors} onChange={set} label={t('fields.grounds')} hint={t('fields.groundsHint')} />
    </Stack>
  );
}

function Reason({
  value,
  errors,
  onChange,
  label,
  hint,
}: {
  value: Record<string, unknown>;
  errors: Record<string, string>;
  onChange(more: Record<string, unknown>): void;
  label: string;
  hint: string;
}) {
  return (
    <Textarea
      id={fieldId('/reason')}
      label={label}
      description={hint}
      withAsterisk
      error={errors['/reason']}
      autosize
      minRows={3}
      maxRows={14}
      value={str(value.reason)}
      onChange={(e) => onChange({ reason: e.currentTarget.value })}
    />
  );
}
