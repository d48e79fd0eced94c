import { Button, Code, Collapse, Group, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { caseEventsQuery, type EventView } from '../lib/queries.ts';
import { dateTime } from '../lib/dates.ts';
import { screensQuery } from '../processes/index.ts';
import { Loading } from './bits.tsx';
import { ErrorNote } from './ErrorNote.tsx';

/** The history of a case in words: what happened, who and when, by which row of the table and which clause. */
export function HistoryList({ caseId, process }: { caseId: string; process: string }) {
  const events = useInfiniteQuery(caseEventsQuery(caseId));
  const screens = useQuery(screensQuery(process));
  if (events.isPending) return <Loading />;
  if (events.error) return <ErrorNote error={events.error} onRetry={() => void events.refetch()} />;
  const rows = events.data.pages.flatMap((p) => p.items);
  return (
    <>
      <ol className="timeline">{rows.map((e) => <Row key={e.sequence} event={e} words={screens.data?.eventWords?.(e) ?? null} />)}</ol>
      {events.hasNextPage && <Button variant="default" loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>Показать ещё</Button>}
    </>
  );
}

function Row({ event, words }: { event: EventView; words: string | null }) {
  const [open, more] = useDisclosure(false);
  const texts = Object.values(event.personal ?? {});
  return (
    <li data-tone={event.actorId ? 'info' : 'plain'}>
      <Text size="sm" fw={600} lh={1.35}>{event.labelRu}</Text>
      <Text size="xs" c="dimmed">
        {dateTime(event.at)} · {event.actorRu}{event.onBehalfOfRu ? ` за: ${event.onBehalfOfRu}` : ''}
      </Text>
      {words && <Text size="sm" mt={2}>{words}</Text>}
      {texts.map((t) => <Text key={t} size="sm" mt={2} className="pre">{t}</Text>)}
      <UnstyledButton fz={12} c="dimmed" td="underline" onClick={more.toggle} aria-expanded={open}>на каком основании</UnstyledButton>
      <Collapse expanded={open}>
        <Text size="xs" mt={3} component="div">
          {event.clause ?? 'Общие правила'} · строка <Code>{event.row}</Code> · запись № {event.sequence}
          {event.requestId && <> · запрос <Code>{event.requestId}</Code></>}
          <Group gap={4} mt={2}><Text size="xs" c="dimmed" className="wrap-anywhere">отпечаток {event.hash.slice(0, 24)}…</Text></Group>
        </Text>
      </Collapse>
    </li>
  );
}
