import { Button, Stack, Text } from '@mantine/core';
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { api, type Reply } from '../api.ts';
import { Loading, Panel } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { longDate, time } from '../lib/dates.ts';
import { capital } from '../lib/words.ts';
import { t } from '../i18n/index.ts';

type Reading = Reply<'GET /api/me/readings'>['items'][number];

const readingsQuery = infiniteQueryOptions({
  queryKey: ['my-readings'],
  queryFn: ({ pageParam }) =>
    api('GET /api/me/readings', { query: { limit: 30, ...(pageParam ? { cursor: pageParam } : {}) } }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last) => last.next ?? undefined,
});

/** Who read what of me, by days: one line a reader. */
export function Readings() {
  const readings = useInfiniteQuery(readingsQuery);
  const rows = readings.data?.pages.flatMap((page) => page.items) ?? [];
  const days = [...new Set(rows.map(({ day }) => day))];
  return (
    <Panel title={t('personal.readers')}>
      {readings.isPending ? (
        <Loading />
      ) : readings.error ? (
        <ErrorNote error={readings.error} />
      ) : rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('personal.nobody')}
        </Text>
      ) : (
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {t('personal.readersHint')}
          </Text>
          {days.map((day) => (
            <section key={day} aria-label={longDate(day)}>
              <Text fw={600} size="sm" mb={4}>
                {longDate(day)}
              </Text>
              <Stack component="ul" gap={8} m={0} p={0} style={{ listStyle: 'none' }}>
                {rows
                  .filter((row) => row.day === day)
                  .map((row) => (
                    <ReadingLine key={`${row.asRu}${row.whoRu}${row.firstAt}`} reading={row} />
                  ))}
              </Stack>
            </section>
          ))}
          {readings.hasNextPage && (
            <Button
              variant="default"
              size="xs"
              loading={readings.isFetchingNextPage}
              onClick={() => void readings.fetchNextPage()}
              style={{ alignSelf: 'flex-start' }}
            >
              {t('personal.earlier')}
            </Button>
          )}
        </Stack>
      )}
    </Panel>
  );
}

function ReadingLine({ reading: { whoRu, asRu, firstAt, lastAt, acts } }: { reading: Reading }) {
  const [from, to] = [time(firstAt), time(lastAt)];
  return (
    <li>
      <Text size="sm">
        {whoRu === null ? capital(asRu) : <strong>{whoRu}</strong>}
        {whoRu !== null && `, ${asRu}`}
        <Text span size="xs" c="dimmed">
          {' '}
          {from === to ? from : `${from}–${to}`}
        </Text>
      </Text>
      <Text size="sm" c="dimmed">
        {acts.map(actWords).join('; ')}
      </Text>
    </li>
  );
}

/** «открытие дела 61-2026-1 (3 раза)», «имя в списке дел: 61-2026-1, 61-2026-2 и ещё 4». */
function actWords({ whatRu, times, cases, inCases }: Reading['acts'][number]): string {
  const rest = inCases - cases.length;
  const where = cases.length === 0 ? '' : `: ${cases.join(', ')}${rest > 0 ? t('personal.andMore', { rest }) : ''}`;
  const often = times > Math.max(1, inCases) ? ` (${t('personal.times', { count: times })})` : '';
  return `${whatRu}${where}${often}`;
}
