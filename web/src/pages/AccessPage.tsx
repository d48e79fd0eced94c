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
        tab="Люди и доступ"
        hint="Учётные записи, роли с датами и актами, замещение."
        end={
          <Button size="sm" onClick={() => setOpen(true)}>
            Пригласить
          </Button>
        }
      >
        Люди и доступ
      </PageTitle>
      <TextInput
        aria-label="Имя или адрес почты"
        placeholder="Имя или адрес почты"
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
        <Empty title="Никого не нашлось" />
      ) : (
        <Panel>
          <div className="scroll-x" tabIndex={0} role="region" aria-label="Люди">
            <Table miw={720}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Человек</Table.Th>
                  <Table.Th>Организация</Table.Th>
                  <Table.Th>Роли сегодня</Table.Th>
                  <Table.Th>Учётная запись</Table.Th>
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
              Показать ещё
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
        closeButtonProps: { 'aria-label': 'Закрыть' },
        message: `Приглашение для ${made.email} отправлено.`,
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
    <Modal opened onClose={onClose} title="Пригласить человека">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          invite.mutate();
        }}
      >
        <Stack gap="sm">
          {field('familyName', 'Фамилия')}
          {field('givenName', 'Имя')}
          {field('patronymic', 'Отчество', false)}
          {field('email', 'Адрес электронной почты', true, 'email')}
          <Select
            label="Часовой пояс"
            searchable
            allowDeselect={false}
            data={ZONES}
            value={person.zone}
            onChange={(v) => setPerson({ ...person, zone: v ?? 'Europe/Moscow' })}
          />
          <Text size="sm" c="dimmed">
            Придёт письмо со ссылкой. Роль назначают в карточке человека, когда он заведён.
          </Text>
          {invite.error && Object.keys(errors).length === 0 && <ErrorNote error={invite.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Отменить
            </Button>
            <Button type="submit" loading={invite.isPending}>
              Пригласить
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
