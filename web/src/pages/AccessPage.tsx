import { Button, Group, Modal, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Chip, Empty, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { AnchorTo } from '../lib/links.tsx';
import { asProblem, byPointer } from '../lib/problem.ts';
import { accessListQuery } from '../lib/queries.ts';
import { t } from '../i18n/index.ts';

export const ACCOUNT_TONE = { none: 'plain', invited: 'info', active: 'good', disabled: 'late' } as const;

/** Everybody with his account and roles; an invitation begins here. */
export function AccessPage() {
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 250);
  const people = useInfiniteQuery(accessListQuery(asked));
  const [open, setOpen] = useState(false);
  const rows = people.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      <PageTitle
        tab={t('nav.people')}
        hint={t('access.hint')}
        end={
          <Button size="sm" onClick={() => setOpen(true)}>
            {t('access.invite')}
          </Button>
        }
      >
        {t('nav.people')}
      </PageTitle>
      <TextInput
        aria-label={t('access.search')}
        placeholder={t('access.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={(e) => setSearch(e.currentTarget.value)}
        mb="md"
        maw={420}
      />
      {people.isPending ? (
        <Loading />
      ) : people.error ? (
        <ErrorNote error={people.error} onRetry={() => void people.refetch()} />
      ) : rows.length === 0 ? (
        <Empty title={t('access.nobody')} />
      ) : (
        <Panel>
          <div className="scroll-x" tabIndex={0} role="region" aria-label={t('access.people')}>
            <Table miw={720}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('access.person')}</Table.Th>
                  <Table.Th>{t('access.organisation')}</Table.Th>
                  <Table.Th>{t('access.rolesToday')}</Table.Th>
                  <Table.Th>{t('access.account')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((p) => (
                  <Table.Tr key={p.id}>
                    <Table.Td>
                      <AnchorTo to="/admin/people/$id" params={{ id: p.id } as never} fw={600} size="sm">
                        {p.displayName}
                      </AnchorTo>
                      <Text size="xs" c="dimmed">
                        {p.email}
                      </Text>
                    </Table.Td>
                    <Table.Td>{p.organisationRu ?? '—'}</Table.Td>
                    <Table.Td>{p.roles.join(', ') || '—'}</Table.Td>
                    <Table.Td>
                      <Chip tone={ACCOUNT_TONE[p.account]}>{p.accountRu}</Chip>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
          {people.hasNextPage && (
            <Button
              variant="default"
              mt="sm"
              loading={people.isFetchingNextPage}
              onClick={() => void people.fetchNextPage()}
            >
              {t('common.more')}
            </Button>
          )}
        </Panel>
      )}
      {open && <Invite onClose={() => setOpen(false)} />}
    </>
  );
}

const ZONES = [
  'Europe/Kaliningrad',
  'Europe/Moscow',
  'Europe/Samara',
  'Asia/Yekaterinburg',
  'Asia/Omsk',
  'Asia/Krasnoyarsk',
  'Asia/Novokuznetsk',
  'Asia/Irkutsk',
  'Asia/Yakutsk',
  'Asia/Vladivostok',
  'Asia/Magadan',
  'Asia/Kamchatka',
];

function Invite({ onClose }: { onClose(): void }) {
  const client = useQueryClient();
  const [person, setPerson] = useState({
    familyName: '',
    givenName: '',
    patronymic: '',
    email: '',
    zone: 'Europe/Moscow',
  });
  const [key] = useState(() => crypto.randomUUID());
  const invite = useMutation({
    mutationFn: () =>
      api(
        'POST /api/admin/people',
        { json: { ...person, ...(person.patronymic ? {} : { patronymic: undefined }) } },
        { idempotencyKey: `${key}:${person.email}:${person.familyName}`.replace(/[^\x21-\x7e]/g, '_').slice(0, 200) },
      ),
    onSuccess: (made) => {
      notifications.show({
        closeButtonProps: { 'aria-label': t('common.close') },
        message: t('access.invited', { email: made.email }),
      });
      void client.invalidateQueries({ queryKey: ['access'] });
      onClose();
    },
  });
  const errors = byPointer(invite.error ? asProblem(invite.error).errors : []);
  const field = (name: keyof typeof person, label: string, required = true, type = 'text') => (
    <TextInput
      label={label}
      type={type}
      required={required}
      value={person[name]}
      error={errors[`/${name}`]}
      onChange={(e) => setPerson({ ...person, [name]: e.currentTarget.value })}
    />
  );
  return (
    <Modal opened onClose={onClose} closeOnClickOutside={false} title={t('access.invitePerson')}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          invite.mutate();
        }}
      >
        <Stack gap="sm">
          {field('familyName', t('person.family'))}
          {field('givenName', t('person.given'))}
          {field('patronymic', t('person.patronymic'), false)}
          {field('email', t('signIn.login'), true, 'email')}
          <Select
            label={t('access.zone')}
            searchable
            allowDeselect={false}
            data={ZONES}
            value={person.zone}
            onChange={(v) => setPerson({ ...person, zone: v ?? 'Europe/Moscow' })}
          />
          <Text size="sm" c="dimmed">
            {t('access.inviteHint')}
          </Text>
          {invite.error && Object.keys(errors).length === 0 && <ErrorNote error={invite.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={invite.isPending}>
              {t('access.invite')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
