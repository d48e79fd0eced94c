import { Group, Button, Switch, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { Chip, Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { DueChip } from '../kit/Due.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { taskName } from '../lib/words.ts';
import { AnchorTo, useWords } from '../lib/links.tsx';
import { t } from '../i18n/index.ts';

/** Tasks behind a number of the overview. */
export function TasksPage() {
  const [words, setWords] = useWords();
  const tasks = useInfiniteQuery({
    queryKey: ['tasks', words],
    queryFn: ({ pageParam }) =>
      api('GET /api/tasks', {
        query: { ...(words as object), limit: 50, ...(pageParam ? { cursor: pageParam } : {}) },
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const rows = tasks.data?.pages.flatMap((p) => p.items) ?? [];
  const flag = (name: string) => ({
    checked: words[name] === 'true',
    onChange: (e: { currentTarget: { checked: boolean } }) =>
      setWords({ [name]: e.currentTarget.checked ? 'true' : undefined }),
  });
  return (
    <>
      <PageTitle tab={t('tasks.title')}>{t('tasks.title')}</PageTitle>
      <Group mb="md">
        <Switch label={t('incidents.open')} {...flag('open')} />
        <Switch label={t('tasks.late')} {...flag('late')} />
        <Switch label={t('tasks.mine')} {...flag('mine')} />
      </Group>
      {tasks.isPending ? (
        <Loading />
      ) : tasks.error ? (
        <ErrorNote error={tasks.error} onRetry={() => void tasks.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={t('tasks.none')} />
      ) : (
        <div className="panel scroll-x" style={{ padding: 0 }} tabIndex={0} role="region" aria-label={t('tasks.list')}>
          <Table miw={760}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('tasks.task')}</Table.Th>
                <Table.Th>{t('task.case')}</Table.Th>
                <Table.Th>{t('tasks.assignee')}</Table.Th>
                <Table.Th>{t('history.state')}</Table.Th>
                <Table.Th>{t('processes.term')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((r) => (
                <Table.Tr key={r.id}>
                  <Table.Td>
                    <AnchorTo to="/tasks/$id" params={{ id: r.id }} fw={600}>
                      {taskName(r.titleRu, r.caseTitleRu)}
                    </AnchorTo>
                  </Table.Td>
                  <Table.Td>
                    <AnchorTo to="/cases/$id" params={{ id: r.caseId }} size="sm">
                      {r.caseNumber ?? t('case.parent')}
                    </AnchorTo>
                    <Text size="xs" c="dimmed" lineClamp={1}>
                      {r.caseTitleRu}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">
                      {r.assigneeRu ??
                        (r.nature === 'office' ? t('tasks.untaken', { roleRu: r.roleRu }) : t('tasks.nobody'))}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Chip tone={r.late ? 'late' : r.open ? 'info' : 'plain'}>{r.stateRu}</Chip>
                  </Table.Td>
                  <Table.Td>{r.open ? <DueChip on={r.dueOn} late={r.late} /> : '—'}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {tasks.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" loading={tasks.isFetchingNextPage} onClick={() => void tasks.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </Group>
      )}
    </>
  );
}
