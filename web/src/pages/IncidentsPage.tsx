import { Button, Code, Group, Modal, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { IconMoodSmile } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Chip, Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { dateTime } from '../lib/dates.ts';
import { AnchorTo, useWords } from '../lib/links.tsx';
import { incidentsQuery } from '../lib/queries.ts';
import { t } from '../i18n/index.ts';

export function IncidentsPage() {
  const [words, setWords] = useWords();
  const resolved = words.resolved === 'true';
  const incidents = useQuery(incidentsQuery(resolved));
  const client = useQueryClient();
  const [open, setOpen] = useState<string | null>(null);
  const [comment, setComment] = useState('');
  const resolve = useMutation({
    mutationFn: (id: string) =>
      api(
        'POST /api/incidents/{id}/resolve',
        { params: { id }, json: { comment } },
        { idempotencyKey: crypto.randomUUID() },
      ),
    onSuccess: () => {
      setOpen(null);
      setComment('');
      void client.invalidateQueries({ queryKey: ['admin'] });
      void client.invalidateQueries({ queryKey: ['me'] });
    },
  });
  const resend = useMutation({
    mutationFn: (id: string) =>
      api('POST /api/incidents/{id}/resend', { params: { id } }, { idempotencyKey: crypto.randomUUID() }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['admin'] });
      void client.invalidateQueries({ queryKey: ['me'] });
    },
  });
  const rows = (incidents.data?.items ?? []).filter((i) => !words.kind || i.kind === words.kind);
  return (
    <>
      <PageTitle
        tab={t('admin.incidents')}
        hint={t('incidents.hint')}
        end={
          <SegmentedControl
            aria-label={t('incidents.which')}
            size="sm"
            value={resolved ? 'true' : ''}
            onChange={(v) => setWords({ resolved: v })}
            data={[
              { value: '', label: t('incidents.open') },
              { value: 'true', label: t('incidents.closed') },
            ]}
          />
        }
      >
        {t('admin.incidents')}
      </PageTitle>
      {incidents.isPending ? (
        <Loading />
      ) : incidents.error ? (
        <ErrorNote error={incidents.error} onRetry={() => void incidents.refetch()} />
      ) : rows.length === 0 ? (
        <Empty
          title={resolved ? t('incidents.noneClosed') : t('incidents.noneOpen')}
          icon={<IconMoodSmile size={22} />}
        />
      ) : (
        <Stack gap="sm">
          {rows.map((i) => (
            <article key={i.id} className="panel">
              <Group justify="space-between" align="flex-start">
                <Group gap={8}>
                  <Chip tone={i.resolvedAt ? 'plain' : 'late'}>{i.kindRu}</Chip>
                  {i.caseId && (
                    <AnchorTo to="/cases/$id/history" params={{ id: i.caseId }} size="sm" fw={600}>
                      {i.caseNumber ?? t('case.parent')} {i.caseTitleRu ?? ''}
                    </AnchorTo>
                  )}
                </Group>
                <Text size="xs" c="dimmed">
                  {t('incidents.times', { firstAt: dateTime(i.firstAt), lastAt: dateTime(i.lastAt), count: i.count })}
                </Text>
              </Group>
              <Text size="sm" mt={6} className="pre">
                {i.message}
              </Text>
              {i.details && (
                <details style={{ marginTop: 6 }}>
                  <summary style={{ cursor: 'pointer', fontSize: 13 }}>{t('incidents.details')}</summary>
                  <Code block tabIndex={0}>
                    {JSON.stringify(i.details, null, 1)}
                  </Code>
                </details>
              )}
              {!i.resolvedAt && (
                <Group mt="sm" gap="sm">
                  {i.letters > 0 && (
                    <Button
                      size="compact-sm"
                      loading={resend.isPending && resend.variables === i.id}
                      onClick={() => resend.mutate(i.id)}
                    >
                      {t('incidents.resend', { count: i.letters })}
                    </Button>
                  )}
                  <Button size="compact-sm" variant="default" onClick={() => setOpen(i.id)}>
                    {t('incidents.closeAsk')}
                  </Button>
                </Group>
              )}
              {resend.error && resend.variables === i.id && <ErrorNote error={resend.error} />}
              {i.resolvedAt && (
                <Text size="xs" c="dimmed" mt={6}>
                  {t('incidents.closedAt', { resolvedAt: dateTime(i.resolvedAt) })}
                </Text>
              )}
            </article>
          ))}
        </Stack>
      )}
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={<Text fw={650}>{t('incidents.close')}</Text>}>
        <Stack gap="md">
          <Textarea
            label={t('incidents.whatDone')}
            withAsterisk
            autosize
            minRows={3}
            value={comment}
            onChange={(e) => setComment(e.currentTarget.value)}
          />
          {resolve.error && <ErrorNote error={resolve.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setOpen(null)}>
              {t('common.cancel')}
            </Button>
            <Button
              disabled={comment.trim().length < 5}
              loading={resolve.isPending}
              onClick={() => open && resolve.mutate(open)}
            >
              {t('common.close')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
