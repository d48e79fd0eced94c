import { Group, Button, Switch, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { Chip, Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { DueChip } from '../kit/Due.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { taskName } from '../lib/words.ts';
import { AnchorTo, useWords } from '../lib/links.tsx';

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
      <PageTitle tab="Задачи">Задачи</PageTitle>
      <Group mb="md">
        <Switch label="Открытые" {...flag('open')} />
        <Switch label="Просроченные" {...flag('late')} />
        <Switch label="Мои" {...flag('mine')} />
      </Group>
      {tasks.isPending ? (
        <Loading />
      ) : tasks.error ? (
        <ErrorNote error={tasks.error} onRetry={() => void tasks.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title="По такому отбору задач нет" />
      ) : (
        <div className="panel scroll-x" style={{ padding: 0 }} tabIndex={0} role="region" aria-label="Список задач">
          <Table miw={760}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Задача</Table.Th>
                <Table.Th>Дело</Table.Th>
                <Table.Th>Исполнитель</Table.Th>
                <Table.Th>Состояние</Table.Th>
                <Table.Th>Срок</Table.Th>
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
                      {r.caseNumber ?? 'дело'}
                    </AnchorTo>
                    <Text size="xs" c="dimmed" lineClamp={1}>
                      {r.caseTitleRu}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">
                      {r.assigneeRu ?? (r.nature === 'office' ? `${r.roleRu}: никто не взял` : 'никто не назначен')}
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
            Показать ещё
          </Button>
        </Group>
      )}
    </>
  );
}
