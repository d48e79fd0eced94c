import { Button, Code, Collapse, Group, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { caseEventsQuery, type EventView } from '../lib/queries.ts';
import { dateTime } from '../lib/dates.ts';
import { screensQuery } from '../processes/index.ts';
import { Loading } from './bits.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { t } from '../i18n/index.ts';

/** The history of a case in words: what happened, who and when, by which row of the table and which clause. */
export function HistoryList({ caseId, process }: { caseId: string; process: string }) {
  const events = useInfiniteQuery(caseEventsQuery(caseId));
  const screens = useQuery(screensQuery(process));
  if (events.isPending) return <Loading />;
  if (events.error) return <ErrorNote error={events.error} onRetry={() => void events.refetch()} />;
  const rows = events.data.pages.flatMap((p) => p.items);
  return (
    <>
      <ol className="timeline">
        {together(rows).map((same) => (
          <Row key={same[0].sequence} same={same} words={(e) => screens.data?.eventWords?.(e) ?? null} />
        ))}
      </ol>
      {events.hasNextPage && (
        <Button variant="default" loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </>
  );
}

type Same = [EventView, ...EventView[]];

/** One act often does the same to several tasks: three seats of a panel read as one line, and none is hidden. */
function together(rows: EventView[]): Same[] {
  const out: Same[] = [];
  for (const event of rows) {
    const last = out.at(-1);
    const alike = last && last[0].row === event.row && last[0].actorId === event.actorId && last[0].at === event.at;
    if (alike) last.push(event);
    else out.push([event]);
  }
  return out;
}

function Row({ same, words: wordsOf }: { same: Same; words(event: EventView): string | null }) {
  const [open, more] = useDisclosure(false);
  const [event] = same;
  const words = [...new Set(same.flatMap((e) => wordsOf(e) ?? []))].join('; ');
  const texts = same.flatMap((e) => Object.values(e.personal ?? {}));
  const numbers = same.map((e) => e.sequence).join(', ');
  return (
    <li data-tone={event.actorId ? 'info' : 'plain'}>
      <Text size="sm" fw={600} lh={1.35}>
        {event.labelRu}
        {same.length > 1 && ` (${same.length})`}
      </Text>
      <Text size="xs" c="dimmed">
        {dateTime(event.at)} · {event.actorRu}
        {event.onBehalfOfRu ? t('history.onBehalf', { onBehalfOfRu: event.onBehalfOfRu }) : ''}
        {event.actingRu ? ` (${event.actingRu})` : ''}
      </Text>
      {words && (
        <Text size="sm" mt={2}>
          {words}
        </Text>
      )}
      {texts.map((text) => (
        <Text key={text} size="sm" mt={2} className="pre">
          {text}
        </Text>
      ))}
      <UnstyledButton fz={12} c="dimmed" td="underline" onClick={more.toggle} aria-expanded={open}>
        {t('history.ground')}
      </UnstyledButton>
      <Collapse expanded={open}>
        <Text size="xs" mt={3} component="div">
          {t('history.row', { clause: event.clause ?? t('history.commonRules') })} <Code>{event.row}</Code> ·{' '}
          {t(same.length > 1 ? 'history.recordsNo' : 'history.recordNo', { numbers })}
          {event.requestId && (
            <>
              {' '}
              {t('history.request')} <Code>{event.requestId}</Code>
            </>
          )}
          {event.hash && (
            <Group gap={4} mt={2}>
              <Text size="xs" c="dimmed" className="wrap-anywhere">
                {t('history.hash', { hash: event.hash.slice(0, 24) })}
              </Text>
            </Group>
          )}
        </Text>
      </Collapse>
    </li>
  );
}
