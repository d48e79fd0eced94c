import { Alert, Button, Group, Loader, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from './ErrorNote.tsx';
import type { Submission } from './useSubmission.ts';

/** What became of the last sending: nothing to say, a wait for confirmation that repeats itself, or a refusal. */
export function SubmissionNote({
  submission,
  onChoose,
}: {
  submission: Pick<Submission<never, unknown>, 'state' | 'retryIn' | 'problem' | 'retry'>;
  /** Takes a place that is still free instead of the one that was lost. */
  onChoose?: (id: string) => void;
}) {
  const { t } = useTranslation();
  if (submission.problem === null) return null;
  if (submission.problem.mayRepeat) {
    return (
      <Alert
        color="yellow"
        variant="light"
        role="status"
        icon={<Loader size={16} aria-hidden />}
        styles={{ message: { color: 'var(--mantine-color-text)' } }}
      >
        <Text size="sm">{submission.problem.status === 0 ? t('shell.offline') : submission.problem.message}</Text>
        <Group mt={8} gap="sm">
          <Button size="xs" variant="default" onClick={submission.retry} loading={submission.state === 'sending'}>
            {t('error.retry')}
          </Button>
          {submission.retryIn !== null && (
            <Text size="xs" c="dimmed">
              {t('error.retryIn', { count: submission.retryIn })}
            </Text>
          )}
        </Group>
      </Alert>
    );
  }
  return <ErrorNote error={submission.problem} {...(onChoose ? { onChoose } : {})} />;
}
