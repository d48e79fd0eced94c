import { Button, Group, Select, Switch, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconFolderOff, IconSearch, IconX } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Chip, Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { DueChip } from '../kit/Due.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { OUTCOMES, toneOfStatus, WAITING } from '../labels/enums.ts';
import { shortDate } from '../lib/dates.ts';
import { AnchorTo, useWords } from '../lib/links.tsx';
import { casesQuery, processesQuery, processQuery } from '../lib/queries.ts';
import { t } from '../i18n/index.ts';

/** Filters that the address may hold and the screen has no control for: shown as a chip that can be taken off. */
const OTHER: Record<string, string> = {
  get region() {
    return t('case.region');
  },
  get organisationId() {
    return t('cases.organisation');
  },
  get outcome() {
    return t('cases.outcome');
  },
  get refusalReason() {
    return t('cases.refusalReason');
  },
  get startedFrom() {
    return t('cases.startedFrom');
  },
  get startedTo() {
    return t('cases.startedTo');
  },
  get paused() {
    return t('admin.paused');
  },
};

export function CasesPage() {
  const [words, setWords] = useWords();
  const processes = useQuery(processesQuery);
  const slug = words.process ?? (processes.data?.items.length === 1 ? processes.data.items[0]!.slug : undefined);
  const process = useQuery({ ...processQuery(slug ?? ''), enabled: slug !== undefined });
  const cases = useInfiniteQuery(casesQuery(words as never));
  const [q, setQ] = useState(words.q ?? '');
  const [asked, setAsked] = useState(words.q);
  if (asked !== words.q) {
    // The address changed by itself: the search in the header, the way back.
    setAsked(words.q);
    setQ(words.q ?? '');
  }
  const search = useDebouncedCallback((text: string) => setWords({ q: text || undefined }), 300);
  const rows = cases.data?.pages.flatMap((p) => p.items) ?? [];
  const flag = (name: string) => ({
    checked: words[name] === 'true',
    onChange: (e: { currentTarget: { checked: boolean } }) =>
      setWords({ [name]: e.currentTarget.checked ? 'true' : undefined }),
  });
  const others = Object.keys(OTHER).filter((k) => words[k]);
  const any = Object.keys(words).length > 0;

  return (
    <>
      <PageTitle tab={t('cases.title')} hint={t('cases.hint')}>
        {t('cases.title')}
      </PageTitle>
      <Group gap="sm" mb="md" align="flex-end" role="group" aria-label={t('cases.filters')}>
        <TextInput
          label={t('cases.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={q}
          w={{ base: '100%', sm: 280 }}
          onChange={(e) => {
            setQ(e.currentTarget.value);
            search(e.currentTarget.value.trim());
          }}
        />
        {(processes.data?.items.length ?? 0) > 1 && (
          <Select
            label={t('cases.process')}
            clearable
            clearButtonProps={{ 'aria-label': t('cases.clear') }}
            value={words.process ?? null}
            onChange={(v) => setWords({ process: v ?? undefined, stage: undefined })}
            data={(processes.data?.items ?? []).map((p) => ({ value: p.slug, label: p.nameRu }))}
            w={240}
          />
        )}
        <Select
          label={t('cases.stage')}
          clearable
          clearButtonProps={{ 'aria-label': t('cases.clear') }}
          searchable
          value={words.stage ?? null}
          onChange={(v) => setWords({ stage: v ?? undefined })}
          data={(process.data?.stages ?? []).map((s) => ({ value: s.code, label: s.labelRu }))}
          w={{ base: '100%', sm: 230 }}
        />
        <Select
          label={t('cases.waits')}
          clearable
          clearButtonProps={{ 'aria-label': t('cases.clear') }}
          value={words.waitingFor ?? null}
          onChange={(v) => setWords({ waitingFor: v ?? undefined })}
          data={Object.entries(WAITING).map(([value, label]) => ({ value, label }))}
          w={{ base: '100%', sm: 170 }}
        />
        <Select
          label={t('cases.state')}
          value={words.closed ?? ''}
          onChange={(v) => setWords({ closed: v ?? undefined })}
          allowDeselect={false}
          data={[
            { value: '', label: t('cases.all') },
            { value: 'false', label: t('cases.open') },
            { value: 'true', label: t('cases.closed') },
          ]}
          w={130}
        />
        <Switch label={t('cases.overdue')} {...flag('overdue')} mb={8} />
        <Switch label={t('cases.mine')} {...flag('mine')} mb={8} />
        {any && (
          <Button
            variant="subtle"
            size="sm"
            leftSection={<IconX size={15} aria-hidden />}
            onClick={() => setWords(Object.fromEntries(Object.keys(words).map((k) => [k, undefined])))}
          >
            {t('cases.reset')}
          </Button>
        )}
      </Group>
      {others.length > 0 && (
        <Group gap={6} mb="sm">
          {others.map((k) => (
            <button
              key={k}
              type="button"
              className="chip"
              data-tone="info"
              onClick={() => setWords({ [k]: undefined })}
              aria-label={t('cases.dropFilter', { k: OTHER[k], k2: words[k] })}
            >
              {OTHER[k]}: {k === 'outcome' ? (OUTCOMES[words[k]!] ?? words[k]) : words[k]}{' '}
              <IconX size={13} aria-hidden />
            </button>
          ))}
        </Group>
      )}
      {cases.isPending ? (
        <Loading />
      ) : cases.error ? (
        <ErrorNote error={cases.error} onRetry={() => void cases.refetch()} />
      ) : rows.length === 0 ? (
        <Empty
          title={any ? t('cases.noneFound') : t('cases.none')}
          hint={any ? t('cases.noneFoundHint') : t('cases.noneHint')}
          icon={<IconFolderOff size={22} />}
        />
      ) : (
        <div className="panel scroll-x" style={{ padding: 0 }} tabIndex={0} role="region" aria-label={t('cases.list')}>
          <Table highlightOnHover miw={860}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('cases.number')}</Table.Th>
                <Table.Th miw={280}>{t('cases.about')}</Table.Th>
                <Table.Th>{t('cases.stage')}</Table.Th>
                <Table.Th>{t('cases.waits')}</Table.Th>
                <Table.Th>{t('cases.due')}</Table.Th>
                <Table.Th>{t('cases.changed')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody lang="ru">
              {rows.map((c) => (
                <Table.Tr key={c.id}>
                  <Table.Td className="num">
                    <AnchorTo to="/cases/$id" params={{ id: c.id }} fw={600}>
                      {c.number ?? t('cases.noNumber')}
                    </AnchorTo>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" fw={600} lineClamp={2}>
                      {c.personRu ?? c.titleRu}
                    </Text>
                    {c.personRu && (
                      <Text size="sm" lineClamp={2}>
                        {c.titleRu}
                      </Text>
                    )}
                    <Text size="xs" c="dimmed" lineClamp={1}>
                      {[c.applicantRu, c.regionCode ? t('cases.regionCode', { regionCode: c.regionCode }) : null]
                        .filter(Boolean)
                        .join(' · ')}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Chip tone={c.closed ? toneOfStatus(c.outcome ?? c.stage) : c.overdue ? 'late' : 'info'}>
                      {c.stageRu}
                    </Chip>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{c.closed ? '—' : c.waitingForRu}</Text>
                  </Table.Td>
                  <Table.Td>
                    {c.closed ? (
                      <Text size="sm" c="dimmed">
                        {t('cases.ended')}
                      </Text>
                    ) : (
                      <DueChip on={c.dueOn} late={c.overdue} stopped={c.paused && !c.dueOn} />
                    )}
                  </Table.Td>
                  <Table.Td className="num">
                    <Text size="sm" c="dimmed">
                      {shortDate(c.updatedAt)}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {cases.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" loading={cases.isFetchingNextPage} onClick={() => void cases.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </Group>
      )}
    </>
  );
}
