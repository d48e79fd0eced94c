import { Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconBriefcase, IconChecklist, IconCoffee, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { DueChip } from '../kit/Due.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { dueWords, todayIso } from '../lib/dates.ts';
import { useWords } from '../lib/links.tsx';
import { type InboxItem, inboxQuery } from '../lib/queries.ts';
import { LazyWhy } from '../kit/LazyWhy.tsx';
import { taskName } from '../lib/words.ts';

const GROUPS = ['overdue', 'soon', 'week', 'later', 'waiting'] as const;
type Group_ = (typeof GROUPS)[number];

/** Where a row belongs: an invitation waits for an answer whatever its date, unless it is late. */
export function groupOf(item: InboxItem, today = todayIso()): Group_ {
  if (item.late || (item.dueOn !== null && item.dueOn < today)) return 'overdue';
  if (item.state === 'assigned' && item.kind === 'task') return 'waiting';
  if (item.kind === 'case' && item.dueOn === null) return 'waiting';
  if (item.dueOn === null) return 'later';
  const shift = (days: number) => {
    const d = new Date();
    d.setDate(d.getDate() + days);
    return todayIso(d);
  };
  if (item.dueOn <= shift(1)) return 'soon';
  const toSunday = 7 - ((new Date().getDay() + 6) % 7) - 1;
  return item.dueOn <= shift(Math.max(toSunday, 2)) ? 'week' : 'later';
}

export function InboxPage() {
  const { t } = useTranslation();
  const [words, setWords] = useWords();
  const kind = (['task', 'office', 'case'] as const).find((k) => k === words.kind);
  const inbox = useInfiniteQuery(inboxQuery(kind));
  const list = useRef<HTMLDivElement>(null);
  const items = useMemo(() => inbox.data?.pages.flatMap((p) => p.items) ?? [], [inbox.data]);
  const counts = inbox.data?.pages[0]?.counts;
  // Who touches the screen has no arrows to be told of.
  const hasKeys = useMediaQuery('(hover: hover)');

  const onKey = (e: KeyboardEvent) => {
    if (!['ArrowDown', 'ArrowUp', 'j', 'k'].includes(e.key)) return;
    const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>('a.row') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    const next = e.key === 'ArrowDown' || e.key === 'j' ? at + 1 : Math.max(0, at - 1);
    links[next]?.focus();
    e.preventDefault();
  };

  return (
    <>
      <PageTitle
        tab={t('inbox.title')}
        hint={hasKeys && counts && counts.total > 0 ? t('inbox.keys') : undefined}
        end={
          counts && (
            <SegmentedControl
              size="sm"
              value={kind ?? ''}
              onChange={(v) => setWords({ kind: v })}
              aria-label={t('inbox.show')}
              data={[
                { value: '', label: `${t('inbox.filterAll')} · ${counts.total}` },
                { value: 'task', label: `${t('inbox.filterTask')} · ${counts.task}` },
                { value: 'office', label: `${t('inbox.filterOffice')} · ${counts.office}` },
                { value: 'case', label: `${t('inbox.filterCase')} · ${counts.case}` },
              ]}
            />
          )
        }
      >
        {t('inbox.title')}
      </PageTitle>
      {inbox.isPending ? (
        <Loading />
      ) : inbox.error ? (
        <ErrorNote error={inbox.error} onRetry={() => void inbox.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t('inbox.empty')} hint={t('inbox.emptyHint')} icon={<IconCoffee size={22} />} />
      ) : (
        <Stack gap={0} ref={list} onKeyDown={onKey} role="group" aria-label={t('inbox.title')}>
          {GROUPS.map((g) => {
            const rows = items.filter((i) => groupOf(i) === g);
            if (rows.length === 0) return null;
            return (
              <section key={g} aria-label={t(`inbox.${g}`)}>
                <div className="section-title">
                  <Title order={2} fz={15} c={g === 'overdue' ? 'var(--app-late)' : undefined}>
                    {t(`inbox.${g}`)}
                  </Title>
                  <Text size="sm" c="dimmed">
                    {rows.length}
                  </Text>
                </div>
                <div className="rows">
                  {rows.map((i) => (
                    <InboxRow key={i.id} item={i} />
                  ))}
                </div>
              </section>
            );
          })}
          {inbox.hasNextPage && (
            <Group justify="center" mt="md">
              <Button variant="default" loading={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>
                {t('inbox.more')}
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </>
  );
}

const KIND = {
  task: { icon: <IconChecklist size={17} aria-hidden />, words: 'inbox.kindTask' },
  office: { icon: <IconUsers size={17} aria-hidden />, words: 'inbox.kindOffice' },
  case: { icon: <IconBriefcase size={17} aria-hidden />, words: 'inbox.kindCase' },
};

function InboxRow({ item }: { item: InboxItem }) {
  const { t } = useTranslation();
  const tone = dueWords(item.dueOn, item.late).tone;
  const to = item.taskId
    ? { to: '/tasks/$id' as const, params: { id: item.taskId } }
    : { to: '/cases/$id' as const, params: { id: item.caseId } };
  return (
    <div className="row-with-why">
      <Link {...to} className="row" data-tone={tone} data-kind={item.taskKind ?? item.kind}>
        <span className="bar" aria-hidden />
        <span style={{ minWidth: 0 }} lang="ru">
          <Group gap={8} wrap="nowrap">
            <Text c="dimmed" span style={{ display: 'inline-flex', flex: 'none' }} title={t(KIND[item.kind].words)}>
              {KIND[item.kind].icon}
            </Text>
            <Text span fw={650} lineClamp={1}>
              {taskName(item.titleRu, item.caseTitleRu)}
            </Text>
          </Group>
          <Text size="sm" c="dimmed" lineClamp={1} mt={1}>
            {item.caseNumber && <span className="num">{item.caseNumber}</span>}
            {item.caseNumber ? ' · ' : ''}
            {item.personRu && <span style={{ color: 'var(--mantine-color-text)' }}>{item.personRu} · </span>}
            {item.caseTitleRu} · {item.stateRu || item.stageRu}
          </Text>
        </span>
        <span className="end">
          <DueChip on={item.dueOn} late={item.late} />
        </span>
      </Link>
      <LazyWhy taskId={item.taskId} caseId={item.caseId} dueOn={item.dueOn} about={item.titleRu} />
    </div>
  );
}
