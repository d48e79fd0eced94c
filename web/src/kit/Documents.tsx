import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { dateTime } from '../lib/dates.ts';
import type { CaseView, ProcessView } from '../lib/queries.ts';
import { Panel } from './bits.tsx';
import { DocumentModal } from './DocumentModal.tsx';
import { t } from '../i18n/index.ts';

/** Papers of a case the viewer may open, to read here or to save. */
export function Documents({
  documents,
  process,
  title = t('documents.title'),
}: {
  documents: CaseView['documents'];
  process: ProcessView | undefined;
  title?: string;
}) {
  const [open, setOpen] = useState<CaseView['documents'][number] | null>(null);
  const size = (n: number) =>
    n < 1024
      ? t('documents.bytes', { n })
      : n < 1_048_576
        ? t('documents.kilobytes', { n: Math.round(n / 1024) })
        : t('documents.megabytes', { n: (n / 1_048_576).toFixed(1) });
  let body: ReactNode = (
    <Text size="sm" c="dimmed">
      {t('documents.none')}
    </Text>
  );
  if (documents.length > 0) {
    body = (
      <Stack gap={0}>
        {documents.map((d) => (
          <Group
            key={`${d.href}${d.kind}${d.version}`}
            justify="space-between"
            gap="xs"
            py={9}
            style={{ borderTop: '1px solid var(--app-line)' }}
          >
            <div style={{ minWidth: 0 }}>
              <Text size="sm" fw={600}>
                {d.label}
                {d.kind === 'programme' ? t('documents.version', { version: d.version }) : ''}
              </Text>
              <Text size="xs" c="dimmed">
                {[dateTime(d.addedAt), d.size === null ? null : size(d.size), d.name].filter(Boolean).join(' · ')}
              </Text>
            </div>
            <Group gap="sm">
              {d.mime.includes('json') && (
                <Button size="compact-sm" variant="default" onClick={() => setOpen(d)}>
                  {t('documents.open')}
                </Button>
              )}
              <Anchor href={d.href} size="sm" target="_blank" rel="noreferrer">
                <IconDownload size={14} aria-hidden /> {t('documents.download')}
              </Anchor>
            </Group>
          </Group>
        ))}
      </Stack>
    );
  }
  return (
    <Panel title={title}>
      {body}
      {open && <DocumentModal document={open} process={process} onClose={() => setOpen(null)} />}
    </Panel>
  );
}
