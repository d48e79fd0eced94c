import { Box, Center, Group, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { t } from '../i18n/index.ts';

/** Title of a page, also of the browser's tab; the one `h1`. */
export function PageTitle({
  children,
  hint,
  end,
  tab,
}: {
  children: ReactNode;
  hint?: ReactNode;
  end?: ReactNode;
  tab: string;
}) {
  useEffect(() => {
    document.title = t('app.tab', { title: tab });
  }, [tab]);
  return (
    <Group justify="space-between" align="flex-end" wrap="wrap" gap="sm" mb="md">
      <Box style={{ minWidth: 0 }}>
        <Title order={1} className="wrap-anywhere" lineClamp={2}>
          {children}
        </Title>
        {hint && (
          <Text c="dimmed" size="sm" mt={2} component="div">
            {hint}
          </Text>
        )}
      </Box>
      {end && <Group gap="xs">{end}</Group>}
    </Group>
  );
}

export function Loading() {
  return (
    <Center mih={180} role="status">
      <Group gap="sm">
        <Loader size="sm" aria-hidden />
        <Text c="dimmed" size="sm">
          {t('shell.loading')}
        </Text>
      </Group>
    </Center>
  );
}

export function Empty({
  title,
  hint,
  icon,
  children,
}: {
  title: string;
  hint?: string;
  icon?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <Center mih={220} className="panel">
      <Stack align="center" gap={8} maw={440}>
        <ThemeIcon variant="light" size={44} radius="xl" aria-hidden>
          {icon ?? <IconInbox size={22} />}
        </ThemeIcon>
        <Text fw={650} ta="center">
          {title}
        </Text>
        {hint && (
          <Text c="dimmed" size="sm" ta="center">
            {hint}
          </Text>
        )}
        {children}
      </Stack>
    </Center>
  );
}

export function Panel({
  title,
  children,
  end,
  id,
  level = 2,
}: {
  title?: ReactNode;
  children: ReactNode;
  end?: ReactNode;
  id?: string;
  level?: 2 | 3;
}) {
  return (
    <section className="panel" id={id} aria-label={typeof title === 'string' ? title : undefined}>
      {title && (
        <Group justify="space-between" mb="sm" wrap="wrap" gap="xs">
          <Title order={level}>{title}</Title>
          {end}
        </Group>
      )}
      {children}
    </section>
  );
}

export function FactList({ rows }: { rows: Array<[string, ReactNode] | null | false> }) {
  return (
    <dl className="facts">
      {rows
        .filter((r): r is [string, ReactNode] => Array.isArray(r))
        .map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

export function Chip({
  tone = 'plain',
  children,
}: {
  tone?: 'late' | 'soon' | 'good' | 'info' | 'plain';
  children: ReactNode;
}) {
  return (
    <span className="chip" data-tone={tone}>
      {children}
    </span>
  );
}
