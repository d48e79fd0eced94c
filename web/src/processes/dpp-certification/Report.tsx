import { Button, Group, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Chip, Loading, Panel } from '../../kit/bits.tsx';
import { DateField } from '../../kit/DateField.tsx';
import { ErrorNote } from '../../kit/ErrorNote.tsx';
import { BarCell, CountLink, Stat } from '../../kit/Stat.tsx';
import { dateTime, longDate } from '../../lib/dates.ts';
import { useWords } from '../../lib/links.tsx';
import { reportQuery } from '../../lib/queries.ts';
import { number } from '../../lib/words.ts';
import { t } from './words.ts';

/** The reports of P01: a picture beside every table, and every number opens to its cases. */
export default function Report() {
  const [words, setWords] = useWords();
  const report = useQuery(reportQuery(words.from ?? '', words.to ?? ''));
  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end">
        <DateField label={t('report.from')} value={words.from ?? ''} onChange={(v) => setWords({ from: v })} />
        <DateField label={t('report.to')} value={words.to ?? ''} onChange={(v) => setWords({ to: v })} />
        {report.data && (
          <Text size="sm" c="dimmed" mb={8}>
            {t('report.asOf', { asOf: dateTime(report.data.asOf) })}
          </Text>
        )}
      </Group>
      {report.isPending ? (
        <Loading />
      ) : report.error ? (
        <ErrorNote error={report.error} onRetry={() => void report.refetch()} />
      ) : (
        <Body r={report.data} />
      )}
    </Stack>
  );
}

function Body({ r }: { r: NonNullable<Awaited<ReturnType<NonNullable<ReturnType<typeof reportQuery>['queryFn']>>>> }) {
  const maxDays = Math.max(1, ...r.stages.map((s) => s.p90Days ?? s.medianDays ?? 0));
  const maxStarted = Math.max(1, ...r.regions.map((x) => x.started.value));
  const stages = r.stages.filter((s) => s.visits > 0 || s.open.value > 0);
  const [everyExpert, setEveryExpert] = useState(false);
  const busy = [...r.experts].sort((a, b) => b.open.value - a.open.value || b.done - a.done);
  const experts = everyExpert ? busy : busy.slice(0, 12);
  const maxReason = Math.max(1, ...r.refusalReasons.map((x) => x.count.value));
  return (
    <>
      <SimpleGrid cols={{ base: 2, sm: 4, lg: 7 }} spacing="sm">
        <Stat label={t('report.filed')} count={r.totals.started} />
        <Stat label={t('report.running')} count={r.totals.open} />
        <Stat label={t('report.late')} count={r.totals.overdue} tone="late" />
        <Stat label={t('report.certified')} count={r.totals.certified} tone="good" />
        <Stat label={t('report.refused')} count={r.totals.refused} />
        <Stat label={t('report.withdrawn')} count={r.totals.withdrawn} />
        <Stat label={t('report.lapsed')} count={r.totals.lapsed} />
      </SimpleGrid>
      <Panel title={t('report.times')}>
        <div className="scroll-x" tabIndex={0} role="region" aria-label={t('report.timesTable')}>
          <Table miw={640}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('report.stage')}</Table.Th>
                <Table.Th ta="right">{t('report.now')}</Table.Th>
                <Table.Th>{t('report.median')}</Table.Th>
                <Table.Th>{t('report.p90')}</Table.Th>
                <Table.Th ta="right">{t('report.longest')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {stages.map((s) => (
                <Table.Tr key={s.code}>
                  <Table.Td>{s.labelRu}</Table.Td>
                  <Table.Td ta="right">
                    <CountLink count={s.open} words={s.labelRu} />
                  </Table.Td>
                  <Table.Td>
                    {s.medianDays === null ? (
                      '—'
                    ) : (
                      <BarCell value={s.medianDays} max={maxDays} label={number(s.medianDays)} />
                    )}
                  </Table.Td>
                  <Table.Td>
                    {s.p90Days === null ? '—' : <BarCell value={s.p90Days} max={maxDays} label={number(s.p90Days)} />}
                  </Table.Td>
                  <Table.Td ta="right" className="num">
                    {s.maxDays === null ? '—' : number(s.maxDays)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      </Panel>
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Panel title={t('report.whyRefused')}>
          {r.refusalReasons.every((x) => x.count.value === 0) ? (
            <Text size="sm" c="dimmed">
              {t('report.noRefusals')}
            </Text>
          ) : (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('report.reason')}</Table.Th>
                  <Table.Th>{t('report.refusals')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {r.refusalReasons.map((x) => (
                  <Table.Tr key={x.code}>
                    <Table.Td>{x.labelRu}</Table.Td>
                    <Table.Td>
                      <Group gap={8} wrap="nowrap">
                        <BarCell value={x.count.value} max={maxReason} label="" />
                        <CountLink count={x.count} words={x.labelRu} />
                      </Group>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Panel>
        <Panel
          title={t('report.catalogue')}
          end={
            <Chip tone={r.deficits.gaps.length > 0 ? 'soon' : 'good'}>
              {t('report.coveredOf', { covered: r.deficits.covered, total: r.deficits.total })}
            </Chip>
          }
        >
          <Donut value={r.deficits.covered} of={r.deficits.total} />
          {r.deficits.gaps.length > 0 && (
            <>
              <Text size="sm" fw={600} mt="xs">
                {t('report.uncovered')}
              </Text>
              <ul
                style={{ margin: '4px 0 0', paddingLeft: 18, maxHeight: 240, overflow: 'auto' }}
                tabIndex={0}
                aria-label={t('report.gaps')}
              >
                {r.deficits.gaps.map((g) => (
                  <li key={g.code}>
                    <Text size="sm">
                      <b>{g.code}</b> {g.labelRu}
                    </Text>
                  </li>
                ))}
              </ul>
            </>
          )}
        </Panel>
      </SimpleGrid>
      <Panel title={t('report.byRegion')}>
        <div className="scroll-x" tabIndex={0} role="region" aria-label={t('report.byRegionTable')}>
          <Table miw={560}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('report.region')}</Table.Th>
                <Table.Th>{t('report.colFiled')}</Table.Th>
                <Table.Th ta="right">{t('report.colCertified')}</Table.Th>
                <Table.Th ta="right">{t('report.colRefused')}</Table.Th>
                <Table.Th ta="right">{t('report.share')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {r.regions.map((x) => (
                <Table.Tr key={x.code}>
                  <Table.Td>{x.nameRu}</Table.Td>
                  <Table.Td>
                    <Group gap={8} wrap="nowrap">
                      <BarCell value={x.started.value} max={maxStarted} label="" />
                      <CountLink count={x.started} words={t('report.cellFiled', { nameRu: x.nameRu })} />
                    </Group>
                  </Table.Td>
                  <Table.Td ta="right">
                    <CountLink count={x.certified} words={t('report.cellCertified', { nameRu: x.nameRu })} />
                  </Table.Td>
                  <Table.Td ta="right">
                    <CountLink count={x.refused} words={t('report.cellRefused', { nameRu: x.nameRu })} />
                  </Table.Td>
                  <Table.Td ta="right" className="num">
                    {number(x.share <= 1 ? x.share * 100 : x.share, 0)} %
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      </Panel>
      <Panel
        title={t('report.load')}
        end={
          r.experts.length > 12 && (
            <Button size="compact-sm" variant="subtle" onClick={() => setEveryExpert((x) => !x)}>
              {everyExpert ? t('report.onlyBusy') : t('report.showAll', { length: r.experts.length })}
            </Button>
          )
        }
      >
        <div className="scroll-x" tabIndex={0} role="region" aria-label={t('report.load')}>
          <Table miw={680}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('report.expert')}</Table.Th>
                <Table.Th>{t('report.open')}</Table.Th>
                <Table.Th ta="right">{t('report.finished')}</Table.Th>
                <Table.Th ta="right">{t('report.tardy')}</Table.Th>
                <Table.Th ta="right">{t('report.lost')}</Table.Th>
                <Table.Th ta="right">{t('report.usual')}</Table.Th>
                <Table.Th>{t('report.suspended')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {experts.map((x) => (
                <Table.Tr key={x.personId}>
                  <Table.Td>
                    {x.displayName}{' '}
                    <Text span size="xs" c="dimmed">
                      {t('report.regionCode', { regionCode: x.regionCode })}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <BarCell value={x.open.value} max={x.maxOpenTasks} label={`${x.open.value} / ${x.maxOpenTasks}`} />
                  </Table.Td>
                  <Table.Td ta="right" className="num">
                    {x.done}
                  </Table.Td>
                  <Table.Td ta="right" className="num">
                    {x.late}
                  </Table.Td>
                  <Table.Td ta="right" className="num">
                    {x.lost}
                  </Table.Td>
                  <Table.Td ta="right" className="num">
                    {x.medianWorkingDays === null ? '—' : number(x.medianWorkingDays)}
                  </Table.Td>
                  <Table.Td>
                    {x.suspendedUntil ? t('report.until', { suspendedUntil: longDate(x.suspendedUntil) }) : '—'}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      </Panel>
    </>
  );
}

function Donut({ value, of }: { value: number; of: number }) {
  const share = of > 0 ? value / of : 0;
  const length = 2 * Math.PI * 40;
  return (
    <svg viewBox="0 0 100 100" width="112" height="112" role="img" aria-label={t('report.closedOf', { value, of })}>
      <circle cx="50" cy="50" r="40" fill="none" stroke="var(--app-mute-ground)" strokeWidth="13" />
      <circle
        cx="50"
        cy="50"
        r="40"
        fill="none"
        stroke="#3f78ad"
        strokeWidth="13"
        strokeDasharray={`${length * share} ${length}`}
        transform="rotate(-90 50 50)"
      />
      <text x="50" y="56" textAnchor="middle" fontSize="19" fontWeight="700" fill="currentColor">
        {Math.round(share * 100)} %
      </text>
    </svg>
  );
}
