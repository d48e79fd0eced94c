import { Button, Drawer, Group, Select, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Bars } from '../kit/Bars.tsx';
import { Chip, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { DateField } from '../kit/DateField.tsx';
import { ErrorNote, PageFailure } from '../kit/ErrorNote.tsx';
import { dateTime, longDate } from '../lib/dates.ts';
import { AnchorTo, useWords } from '../lib/links.tsx';
import { type ReportFilters, reportMembersQuery, type ReportView, reportViewQuery } from '../lib/queries.ts';
import { number } from '../lib/words.ts';
import { t } from '../i18n/index.ts';

type Part = ReportView['parts'][number];
type Figure = ReportView['headline'][number]['figure'];

const NAMES = ['on', 'from', 'to', 'year', 'region'] as const;

/** One report: its filter, its numbers, and the list behind each. The address holds the filter and the opened number. */
export function GenericReport({ id }: { id: string }) {
  const [words, setWords] = useWords();
  const filters = Object.fromEntries(
    NAMES.flatMap((name) => (words[name] ? [[name, words[name]]] : [])),
  ) as ReportFilters;
  const report = useQuery(reportViewQuery(id, filters));
  if (report.isPending) return <Loading />;
  if (report.error) return <PageFailure error={report.error} />;
  const r = report.data;
  const query = new URLSearchParams(filters as Record<string, string>).toString();
  const open = (cell: string) => setWords({ cell });
  return (
    <>
      <PageTitle
        tab={r.titleRu}
        hint={`${r.processRu} · ${r.clauseRu}`}
        end={
          <Button
            component="a"
            href={`/api/reports/${id}/export.xlsx${query ? `?${query}` : ''}`}
            variant="default"
            leftSection={<IconFileSpreadsheet size={18} aria-hidden />}
          >
            {t('report.book')}
          </Button>
        }
      >
        {r.titleRu}
      </PageTitle>
      <Stack gap="md">
        <Filters r={r} words={words} setWords={setWords} />
        <SimpleGrid cols={{ base: 2, sm: 3, lg: Math.min(5, Math.max(2, r.headline.length)) }} spacing="sm">
          {r.headline.map(({ key, labelRu, tone, figure }) => (
            <BigNumber key={key} labelRu={labelRu} tone={tone} figure={figure} open={open} />
          ))}
        </SimpleGrid>
        {r.parts.map((part) => (
          <PartView key={part.key} part={part} open={open} />
        ))}
        {r.notesRu.map((note) => (
          <Text key={note} size="sm" c="dimmed">
            {note}
          </Text>
        ))}
      </Stack>
      <Members id={id} cell={words.cell ?? ''} filters={filters} close={() => setWords({ cell: undefined })} />
    </>
  );
}

type SetWords = ReturnType<typeof useWords>[1];

function Filters({ r, words, setWords }: { r: ReportView; words: Record<string, string>; setWords: SetWords }) {
  const years = Array.from({ length: 9 }, (_, i) => String(new Date().getFullYear() + 1 - i));
  const has = (name: (typeof NAMES)[number]) => r.filters.includes(name);
  return (
    <Group gap="sm" align="flex-end">
      {has('year') && (
        <Select
          label={t('report.year')}
          data={years}
          value={words.year ?? String(r.query.year)}
          onChange={(year) => setWords({ year: year ?? undefined })}
          w={110}
          allowDeselect={false}
        />
      )}
      {has('on') && (
        <DateField
          label={t('report.on')}
          value={words.on ?? ''}
          placeholder={t('report.today')}
          onChange={(on) => setWords({ on })}
        />
      )}
      {has('from') && (
        <DateField label={t('report.from')} value={words.from ?? ''} onChange={(from) => setWords({ from })} />
      )}
      {has('to') && <DateField label={t('report.to')} value={words.to ?? ''} onChange={(to) => setWords({ to })} />}
      {has('region') && (
        <Select
          label={t('case.region')}
          placeholder={t('report.allYours')}
          data={r.regions.map(({ code, nameRu }) => ({ value: code, label: nameRu }))}
          value={words.region ?? null}
          onChange={(region) => setWords({ region: region ?? undefined })}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('report.allRegions') }}
          w={280}
        />
      )}
      <Text size="sm" c="dimmed" mb={8}>
        {words.on ? t('report.onDay', { on: longDate(words.on) }) : t('report.asOf', { asOf: dateTime(r.asOf) })}
      </Text>
    </Group>
  );
}

function BigNumber({
  labelRu,
  tone,
  figure,
  open,
}: {
  labelRu: string;
  tone: 'late' | 'good' | null;
  figure: Figure;
  open(cell: string): void;
}) {
  const inside = (
    <>
      <Text span className="value num" fz={figure.hidden ? 18 : 26} fw={700} lh={1.1} display="block">
        {figure.text}
      </Text>
      <Text span size="sm" c="dimmed">
        {labelRu}
      </Text>
    </>
  );
  const { cell } = figure;
  return cell ? (
    <button
      type="button"
      className="stat"
      data-tone={tone && figure.value ? tone : undefined}
      onClick={() => open(cell)}
      aria-haspopup="dialog"
    >
      {inside}
    </button>
  ) : (
    <div className="stat">{inside}</div>
  );
}

function FigureCell({
  figure,
  words,
  open,
}: {
  figure: Figure | string | null | undefined;
  words: string;
  open(cell: string): void;
}) {
  if (figure === null || figure === undefined) return <span>—</span>;
  if (typeof figure === 'string') return <span>{figure}</span>;
  const { cell, target } = figure;
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      {target && (
        <Chip tone={target.reached ? 'good' : 'late'}>{target.reached ? t('report.reached') : t('report.below')}</Chip>
      )}
      {cell ? (
        <button
          type="button"
          className="number-link num"
          onClick={() => open(cell)}
          aria-haspopup="dialog"
          aria-label={`${words}: ${figure.text}`}
        >
          {figure.text}
        </button>
      ) : (
        <span className="num number-plain">{figure.text}</span>
      )}
    </Group>
  );
}

function PartView({ part, open }: { part: Part; open(cell: string): void }) {
  const isText = (key: string) =>
    part.rows.some(({ cells }) => typeof cells[key] === 'string' && !/^\d+$/.test(cells[key]));
  return (
    <Panel title={part.titleRu}>
      {part.hintRu && (
        <Text size="sm" c="dimmed" mb="sm">
          {part.hintRu}
        </Text>
      )}
      {part.rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('report.empty')}
        </Text>
      ) : (
        <>
          <Picture part={part} />
          <div className="scroll-x" tabIndex={0} role="region" aria-label={part.titleRu}>
            <Table miw={Math.max(420, 200 + part.columns.length * 110)}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{part.rowRu}</Table.Th>
                  {part.columns.map(({ key, labelRu }) => (
                    <Table.Th key={key} scope="col" ta={isText(key) ? 'left' : 'right'}>
                      {labelRu}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {part.rows.map((row) => (
                  <Table.Tr key={row.key} fw={row.total ? 650 : undefined}>
                    <Table.Th scope="row" fw={row.total ? 650 : 400}>
                      {row.labelRu}
                    </Table.Th>
                    {part.columns.map(({ key, labelRu }) => (
                      <Table.Td key={key} ta={isText(key) ? 'left' : 'right'}>
                        <FigureCell figure={row.cells[key]} words={`${row.labelRu}, ${labelRu}`} open={open} />
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </>
      )}
    </Panel>
  );
}

function Picture({ part }: { part: Part }) {
  if (!part.picture) return null;
  const series = part.picture.columns.flatMap((key) => part.columns.find((c) => c.key === key) ?? []);
  const figure = (cell: Part['rows'][number]['cells'][string] | undefined) =>
    cell && typeof cell === 'object' ? cell : null;
  const percent = part.rows.some((row) => figure(row.cells[series[0]?.key ?? ''])?.unit === 'percent');
  const against = part.picture.kind === 'against' ? series[1] : undefined;
  // Shares of several columns do not add up to anything.
  const drawn = percent || against ? series.slice(0, 1) : series;
  const lines = part.rows
    .filter((row) => !row.total || percent)
    .map((row) => {
      const target = percent ? figure(row.cells[drawn[0]?.key ?? ''])?.target : null;
      const norm = against ? figure(row.cells[against.key])?.value : null;
      return {
        key: row.key,
        labelRu: row.labelRu,
        values: drawn.map(({ key }) => figure(row.cells[key])?.value ?? null),
        target: norm
          ? { value: norm, words: `${against?.labelRu.toLowerCase()} ${norm}` }
          : target
            ? { value: target.value, words: t('report.target', { value: target.value }) }
            : undefined,
      };
    });
  if (lines.length < 2 && !percent) return null;
  const markRu = against ? against.labelRu.toLowerCase() : t('report.ofPassport');
  return <Bars titleRu={part.titleRu} series={drawn} lines={lines} markRu={markRu} unit={percent ? ' %' : ''} />;
}

/** What a number counted: the cases, one by one, under the same filter. */
function Members({ id, cell, filters, close }: { id: string; cell: string; filters: ReportFilters; close(): void }) {
  const members = useInfiniteQuery({ ...reportMembersQuery(id, cell, filters), enabled: cell !== '' });
  const [first] = members.data?.pages ?? [];
  const items = members.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Drawer
      opened={cell !== ''}
      onClose={close}
      position="right"
      size="xl"
      title={first ? `${first.titleRu} — ${t('hr.rows', { count: first.total })}` : t('report.whatCounted')}
      closeButtonProps={{ 'aria-label': t('report.hideList') }}
    >
      {members.isPending && cell !== '' ? (
        <Loading />
      ) : members.error ? (
        <ErrorNote error={members.error} onRetry={() => void members.refetch()} />
      ) : (
        <Stack gap={0}>
          {items.map((m) => (
            <div className="member" key={m.key}>
              <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
                <AnchorTo to="/cases/$id" params={{ id: m.caseId }} className="wrap-anywhere">
                  {m.personRu ?? m.caseTitleRu}
                </AnchorTo>
                {m.on && (
                  <Text span size="sm" className="num" style={{ whiteSpace: 'nowrap' }}>
                    {longDate(m.on)}
                  </Text>
                )}
              </Group>
              <Text size="sm" c="dimmed" className="wrap-anywhere">
                {[m.entry?.number ?? m.caseNumber, m.organisationRu, m.regionRu, m.stageRu].filter(Boolean).join(' · ')}
              </Text>
              {(m.noteRu || m.value !== null) && (
                <Text size="sm">{m.noteRu ?? (m.value === null ? '' : number(m.value))}</Text>
              )}
            </div>
          ))}
          {members.hasNextPage && (
            <Button
              mt="md"
              variant="default"
              loading={members.isFetchingNextPage}
              onClick={() => void members.fetchNextPage()}
            >
              {t('common.more')}
            </Button>
          )}
        </Stack>
      )}
    </Drawer>
  );
}
