import { SimpleGrid, Skeleton, Stack, Table, Tabs, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Chip, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { PageFailure } from '../kit/ErrorNote.tsx';
import { longDate } from '../lib/dates.ts';
import { AnchorTo, usePathParam, useWords } from '../lib/links.tsx';
import { processesQuery, processQuery, type ProcessView } from '../lib/queries.ts';
import { t } from '../i18n/index.ts';

const Diagram = lazy(() => import('../kit/Diagram.tsx'));

export function ProcessesPage() {
  const processes = useQuery(processesQuery);
  if (processes.isPending) return <Loading />;
  if (processes.error) return <PageFailure error={processes.error} />;
  if (processes.data.items.length === 1) return <Process slug={processes.data.items[0]!.slug} />;
  return (
    <>
      <PageTitle tab={t('nav.processes')}>{t('processes.title')}</PageTitle>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {processes.data.items.map((p) => (
          <section className="panel" key={p.slug}>
            <Title order={2}>
              <AnchorTo to="/processes/$slug" params={{ slug: p.slug }}>
                {p.nameRu}
              </AnchorTo>
            </Title>
            <Text size="sm" mt={6}>
              {p.aboutRu}
            </Text>
            <Text size="xs" c="dimmed" mt={6}>
              {p.code}
            </Text>
          </section>
        ))}
      </SimpleGrid>
    </>
  );
}

export function ProcessPage() {
  return <Process slug={usePathParam('slug')} />;
}

function Process({ slug }: { slug: string }) {
  const process = useQuery(processQuery(slug));
  const [words, setWords] = useWords();
  if (process.isPending) return <Loading />;
  if (process.error) return <PageFailure error={process.error} />;
  const p = process.data;
  const act = p.policy?.act as { titleRu?: string; title?: string; number?: string; date?: string } | undefined;
  return (
    <>
      <PageTitle
        tab={p.nameRu}
        hint={
          p.policy
            ? t('processes.policy', {
                titleRu: act?.titleRu ?? act?.title ?? '—',
                number: act?.number && act.number !== t('case.noActNumber') ? ` № ${act.number}` : '',
                version: p.policy.version,
                effectiveFrom: longDate(p.policy.effectiveFrom),
              })
            : undefined
        }
      >
        {p.nameRu}
      </PageTitle>
      <Tabs value={words.tab ?? 'diagram'} onChange={(v) => setWords({ tab: v ?? undefined })} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="diagram">{t('processes.diagram')}</Tabs.Tab>
          <Tabs.Tab value="table">{t('processes.transitions')}</Tabs.Tab>
          <Tabs.Tab value="terms">{t('processes.termsAndCriteria')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="diagram">
          <Panel title={t('processes.bpmn')}>
            <Suspense fallback={<Skeleton h={420} />}>
              <Diagram slug={slug} label={t('processes.diagramOf', { nameRu: p.nameRu })} />
            </Suspense>
          </Panel>
        </Tabs.Panel>
        <Tabs.Panel value="table">
          <Transitions p={p} />
        </Tabs.Panel>
        <Tabs.Panel value="terms">
          <Stack gap="md">
            <Panel title={t('processes.terms')}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('processes.term')}</Table.Th>
                    <Table.Th>{t('processes.from')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {p.policy?.terms.map((t) => (
                    <Table.Tr key={t.key}>
                      <Table.Td className="num">{t.textRu}</Table.Td>
                      <Table.Td>{t.clause}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Panel>
            <Panel title={t('processes.criteria')}>
              <ul style={{ margin: 0, paddingLeft: 20 }}>
                {p.policy?.criteria.map((c) => (
                  <li key={c.code}>
                    <Text size="sm">
                      {c.labelRu} {c.mandatory && <Chip tone="info">{t('processes.mandatory')}</Chip>}{' '}
                      <Text span c="dimmed" size="xs">
                        0–{c.max}
                      </Text>
                    </Text>
                  </li>
                ))}
              </ul>
            </Panel>
          </Stack>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Transitions({ p }: { p: ProcessView }) {
  const [q, setQ] = useState('');
  const stage = (code: string) =>
    p.stages.find((s) => s.code === code)?.labelRu ??
    {
      none: t('processes.before'),
      any_open: t('processes.any'),
      same: t('processes.same'),
      former: t('processes.former'),
    }[code] ??
    code;
  const rows = p.table.filter(
    (r) =>
      q === '' ||
      [r.id, r.effectRu, ...r.rolesRu, ...r.from.map(stage), stage(r.to), r.clause]
        .join(' ')
        .toLowerCase()
        .includes(q.toLowerCase()),
  );
  return (
    <Panel
      title={t('processes.rowEach')}
      end={
        <TextInput
          aria-label={t('processes.find')}
          placeholder={t('processes.findExample')}
          leftSection={<IconSearch size={15} aria-hidden />}
          size="sm"
          value={q}
          onChange={(e) => setQ(e.currentTarget.value)}
        />
      }
    >
      <div className="scroll-x" tabIndex={0} role="region" aria-label={t('processes.transitions')}>
        <Table miw={860} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('processes.row')}</Table.Th>
              <Table.Th>{t('processes.from')}</Table.Th>
              <Table.Th>{t('history.whatHappened')}</Table.Th>
              <Table.Th>{t('processes.who')}</Table.Th>
              <Table.Th>{t('processes.to')}</Table.Th>
              <Table.Th>{t('processes.ground')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((r) => (
              <Table.Tr key={r.id} style={r.enabled ? undefined : { opacity: 0.6 }}>
                <Table.Td className="num">
                  {r.id}
                  {!r.enabled && <Chip>{t('processes.off')}</Chip>}
                </Table.Td>
                <Table.Td>{r.from.map(stage).join(', ')}</Table.Td>
                <Table.Td>{r.effectRu}</Table.Td>
                <Table.Td>{r.rolesRu.join(', ') || t('processes.system')}</Table.Td>
                <Table.Td>{stage(r.to)}</Table.Td>
                <Table.Td>
                  <Text size="xs" c="dimmed">
                    {r.clause}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Panel>
  );
}
