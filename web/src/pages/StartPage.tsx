import { Button, FileButton, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconFileImport, IconFilePlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../api.ts';
import { Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { AnchorTo } from '../lib/links.tsx';
import { Problem } from '../lib/problem.ts';
import { processesQuery } from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';

/** The processes this person may start. A draft has no number: nothing is filed until it is submitted. */
export function StartPage() {
  const processes = useQuery(processesQuery);
  const mine = (processes.data?.items ?? []).filter((p) => p.mayStart);
  return (
    <>
      <PageTitle
        tab="Подать заявку"
        hint={
          <>
            Сначала создаётся черновик: он сохраняется сам, номера у него нет. Начатое раньше лежит в{' '}
            <AnchorTo to="/drafts" size="sm">
              черновиках
            </AnchorTo>
            .
          </>
        }
      >
        Подать заявку
      </PageTitle>
      {processes.isPending ? (
        <Loading />
      ) : processes.error ? (
        <ErrorNote error={processes.error} />
      ) : mine.length === 0 ? (
        <Empty
          title="С вашей ролью заявки не подают"
          hint="Заявку подаёт представитель организации или методист. Если роль назначена недавно, обратитесь к администратору."
        />
      ) : (
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          {mine.map((p) => (
            <StartCard key={p.slug} slug={p.slug} nameRu={p.nameRu} />
          ))}
        </SimpleGrid>
      )}
    </>
  );
}

function StartCard({ slug, nameRu }: { slug: string; nameRu: string }) {
  const screens = useQuery(screensQuery(slug));
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: (body: Record<string, unknown>) =>
      api('POST /api/drafts', { json: { process: slug, body } }, { idempotencyKey: crypto.randomUUID() }),
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
        throw new Problem(
          422,
          { code: 'bad_file', detail: `Файл «${file.name}» не читается: это не JSON.` },
          null,
          null,
        );
      }
      return create.mutateAsync(
        screens.data?.draft?.fromDocument(body as Record<string, unknown>) ?? (body as Record<string, unknown>),
      );
    },
  });
  const form = screens.data?.draft;
  return (
    <section className="panel" aria-label={nameRu}>
      <Title order={2} mb={4}>
        {nameRu}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {form?.titleRu ?? 'Форма заполняется по шагам; проверить её можно в любой момент.'}
      </Text>
      <Stack gap="sm">
        {(create.error ?? load.error) && <ErrorNote error={load.error ?? create.error} />}
        <Group>
          <Button
            leftSection={<IconFilePlus size={17} aria-hidden />}
            loading={create.isPending}
            onClick={() => create.mutate(form?.newBody() ?? {})}
          >
            Начать с чистого листа
          </Button>
          {form && (
            <FileButton accept="application/json,.json" onChange={(file) => file && load.mutate(file)}>
              {(props) => (
                <Button variant="default" leftSection={<IconFileImport size={17} aria-hidden />} {...props}>
                  Загрузить из файла JSON
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
