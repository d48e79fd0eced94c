import { Button, Code, Group, Modal, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { IconMoodSmile } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Chip, Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { dateTime } from '../lib/dates.ts';
import { AnchorTo, useWords } from '../lib/links.tsx';
import { incidentsQuery } from '../lib/queries.ts';
import { count } from '../lib/words.ts';

export function IncidentsPage() {
  const [words, setWords] = useWords();
  const resolved = words.resolved === 'true';
  const incidents = useQuery(incidentsQuery(resolved));
  const client = useQueryClient();
  const [open, setOpen] = useState<string | null>(null);
  const [comment, setComment] = useState('');
  const resolve = useMutation({
    mutationFn: (id: string) =>
      api(
        'POST /api/incidents/{id}/resolve',
        { params: { id }, json: { comment } },
        { idempotencyKey: crypto.randomUUID() },
      ),
    onSuccess: () => {
      setOpen(null);
      setComment('');
      void client.invalidateQueries({ queryKey: ['admin'] });
      void client.invalidateQueries({ queryKey: ['me'] });
    },
  });
  const resend = useMutation({
    mutationFn: (id: string) =>
      api('POST /api/incidents/{id}/resend', { params: { id } }, { idempotencyKey: crypto.randomUUID() }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['admin'] });
      void client.invalidateQueries({ queryKey: ['me'] });
    },
  });
  const rows = (incidents.data?.items ?? []).filter((i) => !words.kind || i.kind === words.kind);
  return (
    <>
      <PageTitle
        tab="Инциденты"
        hint="Ошибка правила, сбой исполнения или дело, которое никто не может двинуть: видно здесь, пока не исправлено."
        end={
          <SegmentedControl
            aria-label="Какие инциденты"
            size="sm"
            value={resolved ? 'true' : ''}
            onChange={(v) => setWords({ resolved: v })}
            data={[
              { value: '', label: 'Открытые' },
              { value: 'true', label: 'Закрытые' },
            ]}
          />
        }
      >
        Инциденты
      </PageTitle>
      {incidents.isPending ? (
        <Loading />
      ) : incidents.error ? (
        <ErrorNote error={incidents.error} onRetry={() => void incidents.refetch()} />
      ) : rows.length === 0 ? (
        <Empty
          title={resolved ? 'Закрытых инцидентов нет' : 'Открытых инцидентов нет'}
          icon={<IconMoodSmile size={22} />}
        />
      ) : (
        <Stack gap="sm">
          {rows.map((i) => (
            <article key={i.id} className="panel">
              <Group justify="space-between" align="flex-start">
                <Group gap={8}>
                  <Chip tone={i.resolvedAt ? 'plain' : 'late'}>{i.kindRu}</Chip>
                  {i.caseId && (
                    <AnchorTo to="/cases/$id/history" params={{ id: i.caseId }} size="sm" fw={600}>
                      {i.caseNumber ?? 'дело'} {i.caseTitleRu ?? ''}
                    </AnchorTo>
                  )}
                </Group>
                <Text size="xs" c="dimmed">
                  впервые {dateTime(i.firstAt)}, последний раз {dateTime(i.lastAt)},{' '}
                  {count(i.count, 'раз', 'раза', 'раз')}
                </Text>
              </Group>
              <Text size="sm" mt={6} className="pre">
                {i.message}
              </Text>
              {i.details && (
                <details style={{ marginTop: 6 }}>
                  <summary style={{ cursor: 'pointer', fontSize: 13 }}>Подробности</summary>
                  <Code block tabIndex={0}>
                    {JSON.stringify(i.details, null, 1)}
                  </Code>
                </details>
              )}
              {!i.resolvedAt && (
                <Group mt="sm" gap="sm">
                  {i.letters > 0 && (
                    <Button
                      size="compact-sm"
                      loading={resend.isPending && resend.variables === i.id}
                      onClick={() => resend.mutate(i.id)}
                    >
                      Отправить {count(i.letters, 'письмо', 'письма', 'писем')} снова
                    </Button>
                  )}
                  <Button size="compact-sm" variant="default" onClick={() => setOpen(i.id)}>
                    Закрыть с пояснением…
                  </Button>
                </Group>
              )}
              {resend.error && resend.variables === i.id && <ErrorNote error={resend.error} />}
              {i.resolvedAt && (
                <Text size="xs" c="dimmed" mt={6}>
                  закрыт {dateTime(i.resolvedAt)}
                </Text>
              )}
            </article>
          ))}
        </Stack>
      )}
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={<Text fw={650}>Закрыть инцидент</Text>}>
        <Stack gap="md">
          <Textarea
            label="Что сделано"
            withAsterisk
            autosize
            minRows={3}
            value={comment}
            onChange={(e) => setComment(e.currentTarget.value)}
          />
          {resolve.error && <ErrorNote error={resolve.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setOpen(null)}>
              Отменить
            </Button>
            <Button
              disabled={comment.trim().length < 5}
              loading={resolve.isPending}
              onClick={() => open && resolve.mutate(open)}
            >
              Закрыть
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
