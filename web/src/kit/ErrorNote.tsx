import { Alert, Button, Code, Collapse, Group, List, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { PageTitle } from './bits.tsx';
import { asProblem } from '../lib/problem.ts';
import { t } from '../i18n/index.ts';

/**
 * A refusal as a sentence, what is possible now, and the request id for whoever helps. `onChoose` takes one of the places that are still
 * free.
 */
export function ErrorNote({
  error,
  title,
  onRetry,
  onChoose,
}: {
  error: unknown;
  title?: string;
  onRetry?: () => void;
  onChoose?: (id: string) => void;
}) {
  const [opened, details] = useDisclosure(false);
  const problem = asProblem(error);
  return (
    <Alert
      role="alert"
      color={problem.mayRepeat ? 'yellow' : 'red'}
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      styles={plainText}
      title={title ?? t('error.title')}
    >
      <Text size="sm">{problem.message}</Text>
      {onChoose && problem.alternatives.length > 0 && (
        <Group gap="xs" mt={8} role="group" aria-label={t('error.free')}>
          {problem.alternatives.map((a) => (
            <Button key={a.id} size="xs" variant="default" styles={WRAP} onClick={() => onChoose(a.id)}>
              {t('error.choose', { what: a.labelRu, count: a.free })}
            </Button>
          ))}
        </Group>
      )}
      {problem.errors.length > 0 && (
        <List size="sm" mt={6}>
          {problem.errors.slice(0, 8).map((e) => (
            <List.Item key={`${e.pointer} ${e.detail}`}>{e.detail}</List.Item>
          ))}
        </List>
      )}
      {problem.possible.length > 0 && (
        <>
          <Text size="sm" fw={600} mt={8}>
            {t('error.possible')}
          </Text>
          <List size="sm">
            {problem.possible.map((p) => (
              <List.Item key={p}>{p}</List.Item>
            ))}
          </List>
        </>
      )}
      <Group gap="md" mt={8}>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('error.retry')}
          </Button>
        )}
        {(problem.requestId || problem.body.cause !== undefined) && (
          <UnstyledButton fz="xs" td="underline" onClick={details.toggle} aria-expanded={opened}>
            {t('error.details')}
          </UnstyledButton>
        )}
      </Group>
      <Collapse expanded={opened}>
        <Text size="xs" mt={6} component="div">
          {t('error.requestId')}: <Code>{problem.requestId ?? '—'}</Code> · {problem.code} · {problem.status}
          {problem.body.cause !== undefined && (
            <Code block mt={4}>
              {String(problem.body.cause)}
            </Code>
          )}
        </Text>
      </Collapse>
    </Alert>
  );
}

/** A page that did not open still has a title, for those who listen to it. */
export function PageFailure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const title = asProblem(error).status === 404 ? t('error.missing') : t('error.page');
  return (
    <>
      <PageTitle tab={title}>{title}</PageTitle>
      <ErrorNote error={error} {...(onRetry ? { onRetry } : {})} />
    </>
  );
}

const WRAP = {
  label: { whiteSpace: 'normal', textAlign: 'left' },
  root: { height: 'auto', minHeight: 30, paddingBlock: 4 },
} as const;

const plainText = { title: { color: 'var(--mantine-color-text)' }, message: { color: 'var(--mantine-color-text)' } };
