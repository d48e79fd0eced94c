import { ActionIcon, Button, Group, Modal, Table, Text } from '@mantine/core';
import { IconFiles, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Chip, Empty, Loading, PageTitle } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { dateTime, longDate } from '../lib/dates.ts';
import { AnchorTo, ButtonTo } from '../lib/links.tsx';
import { dropLocal } from '../lib/local.ts';
import { draftsQuery } from '../lib/queries.ts';
import { t } from '../i18n/index.ts';

export function DraftsPage() {
  const drafts = useQuery(draftsQuery);
  const client = useQueryClient();
  const [asked, setAsked] = useState<{ id: string; titleRu: string } | null>(null);
  const remove = useMutation({
    mutationFn: (id: string) => api('DELETE /api/drafts/{id}', { params: { id } }),
    onSuccess: (_, id) => {
      dropLocal(`draft.${id}`);
      setAsked(null);
      void client.invalidateQueries({ queryKey: ['drafts'] });
    },
  });
  const rows = (drafts.data?.items ?? []).filter((d) => d.submittedCaseId === null);
  return (
    <>
      <PageTitle tab={t('nav.drafts')} hint={t('drafts.hint')} end={<ButtonTo to="/start">{t('nav.start')}</ButtonTo>}>
        {t('nav.drafts')}
      </PageTitle>
      {drafts.isPending ? (
        <Loading />
      ) : drafts.error ? (
        <ErrorNote error={drafts.error} onRetry={() => void drafts.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={t('drafts.none')} icon={<IconFiles size={22} />}>
          <ButtonTo to="/start" variant="default">
            {t('drafts.begin')}
          </ButtonTo>
        </Empty>
      ) : (
        <div className="panel scroll-x" style={{ padding: 0 }} tabIndex={0} role="region" aria-label={t('drafts.list')}>
          <Table miw={640}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('drafts.name')}</Table.Th>
                <Table.Th>{t('drafts.author')}</Table.Th>
                <Table.Th>{t('drafts.changed')}</Table.Th>
                <Table.Th>{t('drafts.keptUntil')}</Table.Th>
                <Table.Th>
                  <Text span size="sm" fw={600}>
                    {t('drafts.act')}
                  </Text>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((d) => (
                <Table.Tr key={d.id}>
                  <Table.Td>
                    <AnchorTo to="/drafts/$id" params={{ id: d.id }} fw={600}>
                      {d.titleRu || t('drafts.untitled')}
                    </AnchorTo>{' '}
                    {d.forCaseId && <Chip tone="info">{t('drafts.forCase')}</Chip>}
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{d.ownerRu}</Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{dateTime(d.updatedAt)}</Text>
                    <Text size="xs" c="dimmed">
                      {t('draft.version', { version: d.version })}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{longDate(d.discardOn)}</Text>
                  </Table.Td>
                  <Table.Td>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={t('drafts.removeOne', { titleRu: d.titleRu || t('drafts.untitled') })}
                      onClick={() => setAsked(d)}
                    >
                      <IconTrash size={17} />
                    </ActionIcon>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={t('drafts.removeAsk')}>
        <Text size="sm">{t('drafts.removeHint', { titleRu: asked?.titleRu || t('drafts.untitled') })}</Text>
        {remove.error && <ErrorNote error={remove.error} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsked(null)}>
            {t('drafts.keep')}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => asked && remove.mutate(asked.id)}>
            {t('drafts.remove')}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
