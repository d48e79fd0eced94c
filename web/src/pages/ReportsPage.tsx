import { SimpleGrid, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { PageFailure } from '../kit/ErrorNote.tsx';
import { AnchorTo, usePathParam } from '../lib/links.tsx';
import { processesQuery } from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';

export function ReportsPage() {
  const processes = useQuery(processesQuery);
  if (processes.isPending) return <Loading />;
  if (processes.error) return <PageFailure error={processes.error} />;
  const items = processes.data.items;
  if (items.length === 1) return <Report slug={items[0]!.slug} />;
  return (
    <>
      <PageTitle tab="Отчёты">Отчёты</PageTitle>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {items.map((p) => (
          <section className="panel" key={p.slug}>
            <Title order={2}>
              <AnchorTo to="/reports/$slug" params={{ slug: p.slug }}>
                {p.nameRu}
              </AnchorTo>
            </Title>
            <Text size="sm" c="dimmed">
              Сроки, итоги, нагрузка. Каждое число открывает свои дела.
            </Text>
          </section>
        ))}
      </SimpleGrid>
    </>
  );
}

export function ReportPage() {
  return <Report slug={usePathParam('slug')} />;
}

function Report({ slug }: { slug: string }) {
  const screens = useQuery(screensQuery(slug));
  if (screens.isPending) return <Loading />;
  const report = screens.data?.report;
  if (!report) return <Empty title="Для этого процесса отчёта пока нет" />;
  return (
    <>
      <PageTitle tab="Отчёт" hint={report.titleRu}>
        Отчёт
      </PageTitle>
      <report.Report />
    </>
  );
}
