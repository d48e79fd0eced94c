import { SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Chip, FactList, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { PageFailure } from '../kit/ErrorNote.tsx';
import { CountLink, Stat } from '../kit/Stat.tsx';
import { dateTime } from '../lib/dates.ts';
import { AnchorTo, ButtonTo } from '../lib/links.tsx';
import { overviewQuery } from '../lib/queries.ts';
import { number } from '../lib/words.ts';
import { t } from '../i18n/index.ts';

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
        tab={t('admin.title')}
        hint={t('admin.asOf', { asOf: dateTime(o.asOf) })}
        end={
          <ButtonTo to="/admin/incidents" variant="default" size="sm">
            {t('admin.incidents')}
          </ButtonTo>
        }
      >
        {t('admin.title')}
      </PageTitle>
      <Stack gap="md">
        <Panel>
          <Text fw={650} c={well ? 'var(--app-good)' : 'var(--app-late)'}>
            {well ? t('admin.allWell') : t('admin.lookHere')}
          </Text>
        </Panel>
        <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
          <Stat label={t('admin.openTasks')} count={o.tasks.open} />
          <Stat label={t('admin.lateTasks')} count={o.tasks.late} tone="late" />
          <Stat label={t('admin.untaken')} count={o.tasks.unassigned} />
          <Stat label={t('admin.openIncidents')} count={o.incidents.open} tone="late" />
        </SimpleGrid>
        <Panel title={t('admin.byProcess')}>
          <div className="scroll-x" tabIndex={0} role="region" aria-label={t('admin.byProcess')}>
            <Table miw={520}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('cases.process')}</Table.Th>
                  <Table.Th ta="right">{t('admin.running')}</Table.Th>
                  <Table.Th ta="right">{t('admin.overdue')}</Table.Th>
                  <Table.Th ta="right">{t('admin.paused')}</Table.Th>
                  <Table.Th ta="right">{t('admin.closed')}</Table.Th>
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
            title={t('admin.engine')}
            end={
              <Chip tone={o.engine.available ? 'good' : 'late'}>
                {o.engine.available ? t('admin.answers') : t('admin.silent')}
              </Chip>
            }
          >
            <FactList
              rows={[
                [t('admin.address'), o.engine.address],
                [t('admin.namespace'), o.engine.namespace],
                [t('admin.version'), o.engine.serverVersion ?? '—'],
                [t('admin.queue'), o.engine.taskQueue],
                [t('admin.workers'), String(o.engine.pollers ?? '—')],
                [t('admin.runs'), o.engine.runningWorkflows === null ? '—' : number(o.engine.runningWorkflows)],
              ]}
            />
          </Panel>
          <Panel
            title={t('admin.letters')}
            end={
              <Chip tone={o.outbox.failed + o.outbox.bounced > 0 ? 'late' : 'good'}>
                {o.outbox.failed + o.outbox.bounced > 0 ? t('admin.undelivered') : t('admin.delivered')}
              </Chip>
            }
          >
            <FactList
              rows={[
                [t('admin.queued'), String(o.outbox.queued)],
                [t('admin.toSend'), String(o.outbox.due)],
                [t('admin.failed'), String(o.outbox.failed)],
                [t('admin.bounced'), String(o.outbox.bounced)],
                [t('admin.sentInHour'), String(o.outbox.sentLastHour)],
                [t('admin.oldest'), o.outbox.oldestDueAt ? dateTime(o.outbox.oldestDueAt) : '—'],
              ]}
            />
          </Panel>
          <Panel
            title={t('admin.database')}
            end={
              <Chip tone={o.database.available ? 'good' : 'late'}>
                {o.database.available ? t('admin.answers') : t('admin.silent')}
              </Chip>
            }
          >
            <FactList
              rows={[
                [t('admin.version'), o.database.version ?? '—'],
                [
                  t('admin.size'),
                  o.database.sizeBytes === null
                    ? '—'
                    : t('admin.megabytes', { number: number(o.database.sizeBytes / 1_048_576, 0) }),
                ],
                [t('admin.sessions'), String(o.sessions)],
              ]}
            />
          </Panel>
        </SimpleGrid>
        {o.incidents.byKind.length > 0 && (
          <Panel title={t('admin.incidentsByKind')}>
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
