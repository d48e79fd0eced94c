import { Anchor, Button, Group, Select, SimpleGrid, Table, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconBook2, IconDownload, IconExternalLink, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Chip, Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { ErrorNote, PageFailure } from '../kit/ErrorNote.tsx';
import { toneOfStatus } from '../labels/enums.ts';
import { longDate } from '../lib/dates.ts';
import { AnchorTo, usePathParam, useWords } from '../lib/links.tsx';
import { entriesQuery, registersQuery } from '../lib/queries.ts';
import { t } from '../i18n/index.ts';

export function RegistersPage() {
  const registers = useQuery(registersQuery);
  if (registers.isPending) return <Loading />;
  if (registers.error) return <PageFailure error={registers.error} onRetry={() => void registers.refetch()} />;
  if (registers.data.items.length === 1) return <Register code={registers.data.items[0]!.register} />;
  return (
    <>
      <PageTitle tab={t('registers.title')}>{t('registers.title')}</PageTitle>
      {registers.data.items.length === 0 ? (
        <Empty title={t('registers.none')} icon={<IconBook2 size={22} />} />
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {registers.data.items.map((r) => (
            <section className="panel" key={r.register}>
              <Title order={2}>
                <AnchorTo to="/registers/$register" params={{ register: r.register }}>
                  {r.nameRu}
                </AnchorTo>
              </Title>
              <Text size="sm" c="dimmed">
                {t('registers.entries', { count: r.entries })}
                {r.public ? t('registers.open') : ''}
              </Text>
            </section>
          ))}
        </SimpleGrid>
      )}
    </>
  );
}

export function RegisterPage() {
  return <Register code={usePathParam('register')} />;
}

function Register({ code }: { code: string }) {
  const registers = useQuery(registersQuery);
  const info = registers.data?.items.find((r) => r.register === code);
  const [words, setWords] = useWords();
  const [q, setQ] = useState(words.q ?? '');
  const search = useDebouncedCallback((text: string) => setWords({ q: text || undefined }), 300);
  const filter = {
    ...(words.q ? { q: words.q } : {}),
    ...(words.status ? { status: words.status } : {}),
    ...(words.kind ? { kind: words.kind } : {}),
    ...(words.region ? { region: words.region } : {}),
  };
  const entries = useInfiniteQuery(entriesQuery(code, filter));
  const rows = entries.data?.pages.flatMap((p) => p.items) ?? [];
  const total = entries.data?.pages[0]?.total ?? 0;
  return (
    <>
      <PageTitle
        tab={info?.nameRu ?? t('registers.one')}
        hint={t('registers.entries', { count: total })}
        end={
          <>
            {info?.public && (
              <Anchor href="/registry" target="_blank" rel="noreferrer" size="sm">
                <IconExternalLink size={14} aria-hidden /> {t('registers.publicPage')}
              </Anchor>
            )}
            <Anchor href={`/api/registers/${code}/export.csv`} size="sm">
              <IconDownload size={14} aria-hidden /> CSV
            </Anchor>
            <Anchor href={`/api/registers/${code}/export.xml`} size="sm">
              <IconDownload size={14} aria-hidden /> XML
            </Anchor>
          </>
        }
      >
        {info?.nameRu ?? t('registers.one')}
      </PageTitle>
      <Group gap="sm" mb="md" align="flex-end">
        <TextInput
          label={t('registers.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={q}
          w={{ base: '100%', sm: 320 }}
          onChange={(e) => {
            setQ(e.currentTarget.value);
            search(e.currentTarget.value.trim());
          }}
        />
        <Select
          label={t('history.state')}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
          value={words.status ?? null}
          onChange={(v) => setWords({ status: v ?? undefined })}
          data={STATUSES.map((value) => ({ value, label: t(`registers.status.${value}`) }))}
          w={{ base: '100%', sm: 220 }}
        />
        <Select
          label={t('registers.kind')}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
          value={words.kind ?? null}
          onChange={(v) => setWords({ kind: v ?? undefined })}
          data={[
            { value: 'ПК', label: t('registers.upgrade') },
            { value: 'ПП', label: t('registers.retraining') },
          ]}
          w={{ base: '100%', sm: 220 }}
        />
      </Group>
      {entries.isPending ? (
        <Loading />
      ) : entries.error ? (
        <ErrorNote error={entries.error} onRetry={() => void entries.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={t('registers.nothing')} icon={<IconBook2 size={22} />} hint={t('registers.nothingHint')} />
      ) : (
        <div
          className="panel scroll-x"
          style={{ padding: 0 }}
          tabIndex={0}
          role="region"
          aria-label={t('registers.list')}
        >
          <Table miw={760} highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('registers.number')}</Table.Th>
                <Table.Th>{t('registers.programme')}</Table.Th>
                <Table.Th>{t('entry.kindAndVolume')}</Table.Th>
                <Table.Th>{t('history.state')}</Table.Th>
                <Table.Th>{t('registers.until')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((r) => (
                <Table.Tr key={r.number}>
                  <Table.Td className="num">
                    <AnchorTo to="/registers/$register/$number" params={{ register: code, number: r.number }} fw={600}>
                      {r.number}
                    </AnchorTo>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" fw={600}>
                      {r.titleRu}
                    </Text>
                    <Text size="xs" c="dimmed" lineClamp={1}>
                      {r.organisation?.nameRu ?? ''}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">
                      {[r.kind, r.hours ? t('entry.hours', { hours: r.hours }) : null].filter(Boolean).join(', ')}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Chip tone={toneOfStatus(r.status)}>{r.statusRu}</Chip>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{r.validUntil ? longDate(r.validUntil) : '—'}</Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {entries.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </Group>
      )}
    </>
  );
}

const STATUSES = ['certified', 'expiring', 'prolonged', 'suspended', 'expired', 'delisted', 'annulled'] as const;
