import { SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { PageFailure } from '../kit/ErrorNote.tsx';
import { AnchorTo, usePathParam } from '../lib/links.tsx';
import { meQuery, reportsQuery } from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';
import { GenericReport } from './ReportPage.tsx';
import { t } from '../i18n/index.ts';

/** Reports by process; those that a process draws by itself stand with them. */
export function ReportsPage() {
  const reports = useQuery(reportsQuery);
  const me = useQuery(meQuery);
  if (reports.isPending) return <Loading />;
  if (reports.error) return <PageFailure error={reports.error} />;
  const groups = new Map<string, typeof reports.data.items>();
  for (const report of reports.data.items)
    groups.set(report.processRu, [...(groups.get(report.processRu) ?? []), report]);
  if (groups.size === 0) return <Empty title={t('reports.none')} hint={t('reports.noneHint')} />;
  return (
    <>
      <PageTitle tab={t('reports.title')} hint={t('reports.hint')}>
        {t('reports.title')}
      </PageTitle>
      <Stack gap="lg">
        {[...groups].map(([processRu, items]) => (
          <section key={processRu} aria-label={processRu} lang="ru">
            <Title order={2} mb="sm">
              {processRu}
            </Title>
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {items.map((r) => (
                <ReportCard key={r.id} slug={r.id} titleRu={r.titleRu} hintRu={r.hintRu} />
              ))}
              {me.data?.staff && items[0]?.process && <OwnReport slug={items[0].process} />}
            </SimpleGrid>
          </section>
        ))}
      </Stack>
    </>
  );
}

function ReportCard({ slug, titleRu, hintRu }: { slug: string; titleRu: string; hintRu: string }) {
  return (
    <section className="panel">
      <Title order={3}>
        <AnchorTo to="/reports/$slug" params={{ slug }}>
          {titleRu}
        </AnchorTo>
      </Title>
      <Text size="sm" c="dimmed">
        {hintRu}
      </Text>
    </section>
  );
}

/** The report a process draws on a screen of its own. */
function OwnReport({ slug }: { slug: string }) {
  const report = useQuery(screensQuery(slug)).data?.report;
  return report ? <ReportCard slug={slug} titleRu={t('reports.flow')} hintRu={report.titleRu} /> : null;
}

export function ReportPage() {
  const slug = usePathParam('slug');
  const reports = useQuery(reportsQuery);
  if (reports.isPending) return <Loading />;
  const own = reports.data?.items.some((r) => r.process === slug);
  return own ? <Report slug={slug} /> : <GenericReport id={slug} />;
}

function Report({ slug }: { slug: string }) {
  const screens = useQuery(screensQuery(slug));
  if (screens.isPending) return <Loading />;
  const report = screens.data?.report;
  if (!report) return <Empty title={t('reports.noneYet')} />;
  return (
    <>
      <PageTitle tab={t('reports.report')} hint={report.titleRu}>
        {t('reports.report')}
      </PageTitle>
      <report.Report />
    </>
  );
}
