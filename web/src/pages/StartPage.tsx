import { Button, FileButton, Group, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconFileImport, IconFilePlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ComponentType, useState } from 'react';
import { api, type Reply } from '../api.ts';
import { Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { AnchorTo } from '../lib/links.tsx';
import { Problem } from '../lib/problem.ts';
import { processesQuery } from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';
import { t } from '../i18n/index.ts';

/** The processes this person may start. A draft has no number: nothing is filed until it is submitted. */
export function StartPage() {
  const processes = useQuery(processesQuery);
  const mine = (processes.data?.items ?? []).filter((p) => p.mayStart);
  return (
    <>
      <PageTitle
        tab={t('nav.start')}
        hint={
          <>
            {t('start.hint')}{' '}
            <AnchorTo to="/drafts" size="sm">
              {t('start.inDrafts')}
            </AnchorTo>
            .
          </>
        }
      >
        {t('nav.start')}
      </PageTitle>
      {processes.isPending ? (
        <Loading />
      ) : processes.error ? (
        <ErrorNote error={processes.error} />
      ) : mine.length === 0 ? (
        <Empty title={t('start.notYou')} hint={t('start.notYouHint')} />
      ) : (
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          {mine.map((p) => (
            <StartCard key={p.slug} process={p} />
          ))}
        </SimpleGrid>
      )}
    </>
  );
}

type Row = Reply<'GET /api/processes'>['items'][number];

function StartCard({ process }: { process: Row }) {
  const { slug, nameRu } = process;
  const screens = useQuery(screensQuery(slug));
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: ({ jurisdiction, ...body }: Record<string, unknown> & { jurisdiction?: string }) =>
      api(
        'POST /api/drafts',
        { json: { process: slug, body, ...(jurisdiction ? { jurisdiction } : {}) } },
        { idempotencyKey: crypto.randomUUID() },
      ),
    onSuccess: (draft) => {
      void client.invalidateQueries({ queryKey: ['drafts'] });
      void navigate({ to: '/drafts/$id', params: { id: draft.id } });
    },
  });
  const load = useMutation({
    mutationFn: async (file: File) => {
      let body: unknown;
      try {
        body = JSON.parse(await file.text());
      } catch {
        throw new Problem(422, { code: 'bad_file', detail: t('draft.notJson', { name: file.name }) }, null, null);
      }
      return create.mutateAsync(
        screens.data?.draft?.fromDocument(body as Record<string, unknown>) ?? (body as Record<string, unknown>),
      );
    },
  });
  const form = screens.data?.draft;
  const starts = process.starts.filter((start) => screens.data?.starts?.[start.action]);
  if (starts.length > 0)
    return (
      <section className="panel" aria-label={nameRu}>
        <Title order={2} mb="sm">
          {nameRu}
        </Title>
        <Stack gap="md">
          {create.error && <ErrorNote error={create.error} />}
          {starts.map((start) => (
            <StartRow
              key={start.action}
              start={start}
              Sent={screens.data?.starts?.[start.action]?.Sent}
              titleRu={screens.data?.starts?.[start.action]?.titleRu ?? start.labelRu}
              busy={create.isPending}
              onStart={(jurisdiction) =>
                create.mutate({
                  ...screens.data?.starts?.[start.action]?.newBody(),
                  action: start.action,
                  jurisdiction,
                })
              }
            />
          ))}
        </Stack>
      </section>
    );
  return (
    <section className="panel" aria-label={nameRu}>
      <Title order={2} mb={4}>
        {nameRu}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {form?.titleRu ?? (screens.isPending ? '' : t('start.noForm'))}
      </Text>
      <Stack gap="sm">
        {(create.error ?? load.error) && <ErrorNote error={load.error ?? create.error} />}
        <Group>
          {form && (
            <Button
              leftSection={<IconFilePlus size={17} aria-hidden />}
              loading={create.isPending}
              onClick={() => create.mutate(form.newBody())}
            >
              {t('start.blank')}
            </Button>
          )}
          {form && (
            <FileButton accept="application/json,.json" onChange={(file) => file && load.mutate(file)}>
              {(props) => (
                <Button variant="default" leftSection={<IconFileImport size={17} aria-hidden />} {...props}>
                  {t('start.fromJson')}
                </Button>
              )}
            </FileButton>
          )}
        </Group>
        {form?.importHint && (
          <Text size="xs" c="dimmed">
            {form.importHint}
          </Text>
        )}
      </Stack>
    </section>
  );
}

/** One way to begin; whose policy governs the case is asked only where there is a choice. */
function StartRow({
  start,
  titleRu,
  busy,
  Sent,
  onStart,
}: {
  start: Row['starts'][number];
  Sent: ComponentType | undefined;
  titleRu: string;
  busy: boolean;
  onStart(jurisdiction: string): void;
}) {
  const [jurisdiction, setJurisdiction] = useState(start.jurisdictions[0]!.id);
  return (
    <div>
      <Text size="sm" mb={8}>
        {titleRu}
      </Text>
      <Group align="flex-end">
        {start.jurisdictions.length > 1 && (
          <Select
            label={t('start.founder')}
            allowDeselect={false}
            data={start.jurisdictions.map((j) => ({ value: j.id, label: j.nameRu }))}
            value={jurisdiction}
            onChange={(v) => v && setJurisdiction(v)}
          />
        )}
        <Button
          leftSection={<IconFilePlus size={17} aria-hidden />}
          loading={busy}
          data-start={start.action}
          onClick={() => onStart(jurisdiction)}
        >
          {start.labelRu}
        </Button>
      </Group>
      {Sent && <Sent />}
    </div>
  );
}
