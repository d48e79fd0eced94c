import { Anchor, Button, Group, Modal, NumberInput, Stack, Table, Text } from '@mantine/core';
import { IconExternalLink, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Chip, FactList, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { inWords } from '../kit/Compare.tsx';
import { DateField } from '../kit/DateField.tsx';
import { ErrorNote, PageFailure } from '../kit/ErrorNote.tsx';
import { OrganisationPicker } from '../kit/Pickers.tsx';
import { toneOfStatus } from '../labels/enums.ru.ts';
import { dateTime, longDate, todayIso } from '../lib/dates.ts';
import { AnchorTo, usePathParam } from '../lib/links.tsx';
import { asProblem, byPointer } from '../lib/problem.ts';
import { entryQuery } from '../lib/queries.ts';

/** A register entry with its whole history: nothing in it is ever edited in place. */
export function EntryPage() {
  const register = usePathParam('register');
  const number = usePathParam('number');
  const entry = useQuery(entryQuery(register, number));
  const client = useQueryClient();
  const [opening, setOpening] = useState(false);
  const [finishing, setFinishing] = useState<string | null>(null);
  const [finishedOn, setFinishedOn] = useState(todayIso());
  const finish = useMutation({
    mutationFn: (id: string) =>
      api(
        'POST /api/groups/{id}/finish',
        { params: { id }, json: { finishedOn } },
        { idempotencyKey: `finish-${id}-${finishedOn}` },
      ),
    onSuccess: () => {
      setFinishing(null);
      void client.invalidateQueries({ queryKey: ['register'] });
    },
  });
  if (entry.isPending) return <Loading />;
  if (entry.error) return <PageFailure error={entry.error} onRetry={() => void entry.refetch()} />;
  const e = entry.data;
  return (
    <>
      <PageTitle
        tab={e.number}
        hint={
          <Group gap={8}>
            <Text span size="sm" fw={600} className="num">
              {e.number}
            </Text>
            <Chip tone={toneOfStatus(e.status)}>{e.statusRu}</Chip>
            <Text span size="sm" c="dimmed">
              версия {e.version}
            </Text>
          </Group>
        }
        end={
          e.public ? (
            <Anchor href={e.publicUrl} target="_blank" rel="noreferrer" size="sm">
              <IconExternalLink size={14} aria-hidden /> Публичная карточка
            </Anchor>
          ) : undefined
        }
      >
        {e.titleRu}
      </PageTitle>
      <Stack gap="md">
        <Panel>
          <FactList
            rows={[
              ['Организация', e.organisation ? `${e.organisation.nameRu}, ${e.organisation.regionRu}` : '—'],
              ['Вид и объём', [e.kind, e.hours ? `${e.hours} ч` : null].filter(Boolean).join(', ') || '—'],
              [
                'Действует',
                `${e.validFrom ? `с ${longDate(e.validFrom)}` : ''}${e.validUntil ? ` по ${longDate(e.validUntil)} включительно` : ''}` ||
                  '—',
              ],
              e.keeperCaseId !== null && [
                'Ведёт дело',
                <AnchorTo key="c" to="/cases/$id" params={{ id: e.keeperCaseId }} size="sm">
                  открыть дело
                </AnchorTo>,
              ],
            ]}
          />
        </Panel>
        <Panel
          title="Учебные группы"
          end={
            e.mayOpenGroup ? (
              <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setOpening(true)}>
                Открыть группу
              </Button>
            ) : undefined
          }
        >
          {!e.mayOpenGroup && e.whyNoGroupRu && (
            <Text size="sm" c="dimmed" mb="xs">
              {e.whyNoGroupRu}
            </Text>
          )}
          {e.groups.length === 0 ? (
            <Text size="sm" c="dimmed">
              Групп пока нет.
            </Text>
          ) : (
            <div className="scroll-x" tabIndex={0} role="region" aria-label="Учебные группы">
              <Table miw={520}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Начало</Table.Th>
                    <Table.Th>Окончание</Table.Th>
                    <Table.Th>Человек</Table.Th>
                    <Table.Th>Организация</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {e.groups.map((g) => (
                    <Table.Tr key={g.id}>
                      <Table.Td>{longDate(g.startedOn)}</Table.Td>
                      <Table.Td>
                        {g.finishedOn ? (
                          longDate(g.finishedOn)
                        ) : (
                          <Button size="compact-xs" variant="default" onClick={() => setFinishing(g.id)}>
                            Закончить…
                          </Button>
                        )}
                      </Table.Td>
                      <Table.Td className="num">{g.size}</Table.Td>
                      <Table.Td>{g.organisationRu}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          )}
        </Panel>
        <Panel title="История записи">
          <ol className="timeline">
            {[...e.history].reverse().map((h) => (
              <li key={h.n} data-tone={toneOfStatus(h.status) === 'plain' ? 'info' : toneOfStatus(h.status)}>
                <Text size="sm" fw={600}>
                  {h.statusRu}, версия {h.version}
                </Text>
                <Text size="xs" c="dimmed">
                  {dateTime(h.at)}
                  {h.validUntil ? ` · действует по ${longDate(h.validUntil)}` : ''}
                </Text>
                {h.caseId && (
                  <AnchorTo to="/cases/$id" params={{ id: h.caseId }} size="xs">
                    по делу, запись № {h.sequence}
                  </AnchorTo>
                )}
              </li>
            ))}
          </ol>
        </Panel>
        <details className="panel">
          <summary style={{ cursor: 'pointer', fontWeight: 600 }}>Все сведения записи</summary>
          <FactList
            rows={Object.entries(e.facts).map(([k, v]) => [
              k,
              <span key={k} className="pre">
                {inWords(v)}
              </span>,
            ])}
          />
        </details>
      </Stack>
      <GroupModal
        opened={opening}
        onClose={() => setOpening(false)}
        register={register}
        number={number}
        organisationId={e.organisation?.id ?? ''}
      />
      <Modal opened={finishing !== null} onClose={() => setFinishing(null)} title="Закончить обучение группы">
        <DateField label="Дата окончания" value={finishedOn} onChange={(v) => setFinishedOn(v ?? '')} />
        {finish.error && <ErrorNote error={finish.error} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setFinishing(null)}>
            Отменить
          </Button>
          <Button loading={finish.isPending} onClick={() => finishing && finish.mutate(finishing)}>
            Закончить
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function GroupModal({
  opened,
  onClose,
  register,
  number,
  organisationId,
}: {
  opened: boolean;
  onClose(): void;
  register: string;
  number: string;
  organisationId: string;
}) {
  const client = useQueryClient();
  const [size, setSize] = useState<number | ''>('');
  const [startedOn, setStartedOn] = useState(todayIso());
  const [organisation, setOrganisation] = useState(organisationId);
  const open = useMutation({
    mutationFn: () =>
      api(
        'POST /api/registers/{register}/{number}/groups',
        { params: { register, number }, json: { size: Number(size), startedOn, organisationId: organisation } },
        { idempotencyKey: crypto.randomUUID() },
      ),
    onSuccess: () => {
      onClose();
      void client.invalidateQueries({ queryKey: ['register'] });
    },
  });
  const errors = open.error ? byPointer(asProblem(open.error).errors) : {};
  return (
    <Modal opened={opened} onClose={onClose} title={<Text fw={650}>Открыть учебную группу</Text>}>
      <Stack gap="md">
        <NumberInput
          label="Численность"
          withAsterisk
          min={1}
          max={1000}
          value={size}
          onChange={(v) => setSize(typeof v === 'number' ? v : '')}
          error={errors['/size']}
        />
        <DateField
          label="Начало обучения"
          withAsterisk
          value={startedOn}
          onChange={(v) => setStartedOn(v ?? '')}
          error={errors['/startedOn']}
        />
        <OrganisationPicker
          label="Организация"
          withAsterisk
          mine
          value={organisation}
          onChange={(v) => setOrganisation(v ?? '')}
          error={errors['/organisationId']}
        />
        {open.error && <ErrorNote error={open.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Отменить
          </Button>
          <Button loading={open.isPending} disabled={size === ''} onClick={() => open.mutate()}>
            Открыть группу
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
