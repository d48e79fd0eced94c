import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconBellOff } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../api.ts';
import { Chip, Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { dateTime, longDate } from '../lib/dates.ts';
import { useWords } from '../lib/links.tsx';
import { noticesQuery } from '../lib/queries.ts';
import { t } from '../i18n/index.ts';

export function NoticesPage() {
  const [words, setWords] = useWords();
  const unread = words.unread === 'true';
  const notices = useInfiniteQuery(noticesQuery(unread));
  const client = useQueryClient();
  const navigate = useNavigate();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ['notices'] });
    void client.invalidateQueries({ queryKey: ['me'] });
    void client.invalidateQueries({ queryKey: ['case'] });
  };
  const read = useMutation({
    mutationFn: (id: string) =>
      api('POST /api/notices/{id}/read', { params: { id } }, { idempotencyKey: `read-${id}` }),
    onSuccess: refresh,
  });
  const familiarise = useMutation({
    mutationFn: (id: string) =>
      api('POST /api/notices/{id}/familiarise', { params: { id } }, { idempotencyKey: `familiarise-${id}` }),
    onSuccess: refresh,
  });
  const rows = notices.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      <PageTitle
        tab={t('nav.notices')}
        end={
          <SegmentedControl
            aria-label={t('notices.which')}
            size="sm"
            value={unread ? 'true' : ''}
            onChange={(v) => setWords({ unread: v })}
            data={[
              { value: '', label: t('hr.filter.all') },
              { value: 'true', label: t('notices.unread') },
            ]}
          />
        }
      >
        {t('nav.notices')}
      </PageTitle>
      {familiarise.error && <ErrorNote error={familiarise.error} />}
      {notices.isPending ? (
        <Loading />
      ) : notices.error ? (
        <ErrorNote error={notices.error} onRetry={() => void notices.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={unread ? t('notices.noneUnread') : t('notices.none')} icon={<IconBellOff size={22} />} />
      ) : (
        <Stack gap="sm">
          {rows.map((n) => (
            <article
              key={n.id}
              className="panel"
              style={n.readAt ? undefined : { borderLeft: '4px solid var(--mantine-color-ink-6)' }}
              aria-label={n.subject}
            >
              <Group justify="space-between" gap="xs" align="flex-start">
                <Text fw={n.readAt ? 500 : 700}>{n.subject}</Text>
                <Group gap={8}>
                  {n.legallySignificant && <Chip tone="info">{t('notices.legal')}</Chip>}
                  <Text size="xs" c="dimmed">
                    {dateTime(n.nominalAt)}
                  </Text>
                </Group>
              </Group>
              <Text size="sm" mt={4} className="pre" lineClamp={8}>
                {n.text}
              </Text>
              {n.onBehalfOfRu && (
                <Text size="xs" c="dimmed" mt={4}>
                  {t('notices.deputy', { onBehalfOfRu: n.onBehalfOfRu })}
                </Text>
              )}
              <Group gap="sm" mt="sm">
                {n.caseId && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => {
                      if (!n.readAt) read.mutate(n.id);
                      const own = n.link ? new URL(n.link, location.origin) : null;
                      if (own && /^\/(cases|tasks|drafts|registers)\//.test(own.pathname))
                        void navigate({ to: own.pathname as '/inbox' });
                      else void navigate({ to: '/cases/$id', params: { id: n.caseId! } });
                    }}
                  >
                    {t('notices.open', {
                      caseNumber: n.caseNumber ? t('notices.theCase', { caseNumber: n.caseNumber }) : '',
                    })}
                  </Button>
                )}
                {n.legallySignificant && !n.familiarisedAt && (
                  <Button
                    size="compact-sm"
                    loading={familiarise.isPending && familiarise.variables === n.id}
                    onClick={() => familiarise.mutate(n.id)}
                  >
                    {t('notices.acknowledge')}
                  </Button>
                )}
                {n.familiarisedAt && (
                  <Chip tone="good">{t('notices.acknowledgedAt', { familiarisedAt: longDate(n.familiarisedAt) })}</Chip>
                )}
                {!n.readAt && !n.legallySignificant && (
                  <Button size="compact-sm" variant="subtle" onClick={() => read.mutate(n.id)}>
                    {t('notices.read')}
                  </Button>
                )}
                <Text size="xs" c="dimmed">
                  {t('notices.letter', { stateRu: n.stateRu })}
                </Text>
              </Group>
            </article>
          ))}
        </Stack>
      )}
      {notices.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" loading={notices.isFetchingNextPage} onClick={() => void notices.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </Group>
      )}
    </>
  );
}
