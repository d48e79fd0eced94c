import { SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Chip, FactList, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { PageFailure } from '../kit/ErrorNote.tsx';
import { CountLink, Stat } from '../kit/Stat.tsx';
import { dateTime } from '../lib/dates.ts';
import { AnchorTo, ButtonTo } from '../lib/links.tsx';
import { overviewQuery } from '../lib/queries.ts';
import { number } from '../lib/words.ts';

/** Whether the platform is well; every number opens its list. */
export function AdminPage() {
  const overview = useQuery(overviewQuery);
  if (overview.isPending) return <Loading />;
  if (overview.error) return <PageFailure error={overview.error} onRetry={() => void overview.refetch()} />;
  const o = overview.data;
  const well = o.engine.available && o.database.available && o.incidents.open.value === 0 && o.outbox.failed === 0;
  return (
    <>
      <PageTitle
        tab="Состояние платформы"
        hint={`по состоянию на ${dateTime(o.asOf)}, обновляется само`}
        end={
          <ButtonTo to="/admin/incidents" variant="default" size="sm">
            Инциденты
          </ButtonTo>
        }
      >
        Состояние платформы
      </PageTitle>
      <Stack gap="md">
        <Panel>
          <Text fw={650} c={well ? 'var(--app-good)' : 'var(--app-late)'}>
            {well
              ? 'Всё работает: движок и база отвечают, открытых инцидентов нет, письма уходят.'
              : 'Есть на что посмотреть: подробности ниже.'}
          </Text>
        </Panel>
        <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
          <Stat label="открытых задач" count={o.tasks.open} />
          <Stat label="просроченных задач" count={o.tasks.late} tone="late" />
          <Stat label="без исполнителя" count={o.tasks.unassigned} />
          <Stat label="открытых инцидентов" count={o.incidents.open} tone="late" />
        </SimpleGrid>
        <Panel title="Дела по процессам">
          <div className="scroll-x" tabIndex={0} role="region" aria-label="Дела по процессам">
            <Table miw={520}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Процесс</Table.Th>
                  <Table.Th ta="right">Идут</Table.Th>
                  <Table.Th ta="right">Просрочены</Table.Th>
                  <Table.Th ta="right">Срок остановлен</Table.Th>
                  <Table.Th ta="right">Завершены</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {o.cases.map((c) => (
                  <Table.Tr key={c.process}>
                    <Table.Td>{c.nameRu}</Table.Td>
                    {[c.open, c.overdue, c.paused, c.closed].map((n) => (
                      <Table.Td key={n.list} ta="right">
                        <CountLink count={n} words={c.nameRu} />
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </Panel>
        <SimpleGrid cols={{ base: 1, md: 3 }}>
          <Panel
            title="Движок"
            end={
              <Chip tone={o.engine.available ? 'good' : 'late'}>{o.engine.available ? 'отвечает' : 'не отвечает'}</Chip>
            }
          >
            <FactList
              rows={[
                ['Адрес', o.engine.address],
                ['Пространство', o.engine.namespace],
                ['Версия', o.engine.serverVersion ?? '—'],
                ['Очередь', o.engine.taskQueue],
                ['Исполнителей', String(o.engine.pollers ?? '—')],
                ['Идёт дел', o.engine.runningWorkflows === null ? '—' : number(o.engine.runningWorkflows)],
              ]}
            />
          </Panel>
          <Panel
            title="Письма"
            end={
              <Chip tone={o.outbox.failed + o.outbox.bounced > 0 ? 'late' : 'good'}>
                {o.outbox.failed + o.outbox.bounced > 0 ? 'есть недоставленные' : 'уходят'}
              </Chip>
            }
          >
            <FactList
              rows={[
                ['В очереди', String(o.outbox.queued)],
                ['Пора отправить', String(o.outbox.due)],
                ['Не ушли', String(o.outbox.failed)],
                ['Вернулись', String(o.outbox.bounced)],
                ['За час отправлено', String(o.outbox.sentLastHour)],
                ['Старейшее ждёт с', o.outbox.oldestDueAt ? dateTime(o.outbox.oldestDueAt) : '—'],
              ]}
            />
          </Panel>
          <Panel
            title="База данных"
            end={
              <Chip tone={o.database.available ? 'good' : 'late'}>
                {o.database.available ? 'отвечает' : 'не отвечает'}
              </Chip>
            }
          >
            <FactList
              rows={[
                ['Версия', o.database.version ?? '—'],
                ['Размер', o.database.sizeBytes === null ? '—' : `${number(o.database.sizeBytes / 1_048_576, 0)} МБ`],
                ['Сессий', String(o.sessions)],
              ]}
            />
          </Panel>
        </SimpleGrid>
        {o.incidents.byKind.length > 0 && (
          <Panel title="Инциденты по видам">
            {o.incidents.byKind.map((k) => (
              <Text key={k.code} size="sm">
                <AnchorTo to="/admin/incidents" search={{ kind: k.code } as never} size="sm">
                  {k.labelRu}
                </AnchorTo>
                : {k.value}
              </Text>
            ))}
          </Panel>
        )}
      </Stack>
    </>
  );
}
