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
import { toneOfStatus } from '../labels/enums.ts';
import { dateTime, longDate, todayIso } from '../lib/dates.ts';
import { AnchorTo, usePathParam } from '../lib/links.tsx';
import { asProblem, byPointer } from '../lib/problem.ts';
import { entryQuery } from '../lib/queries.ts';
import { t } from '../i18n/index.ts';

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
              {t('draft.version', { version: e.version })}
            </Text>
          </Group>
        }
        end={
          e.public ? (
            <Anchor href={e.publicUrl} target="_blank" rel="noreferrer" size="sm">
              <IconExternalLink size={14} aria-hidden /> {t('entry.publicCard')}
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
              [t('cases.organisation'), e.organisation ? `${e.organisation.nameRu}, ${e.organisation.regionRu}` : '—'],
              [
                t('entry.kindAndVolume'),
                [e.kind, e.hours ? t('entry.hours', { hours: e.hours }) : null].filter(Boolean).join(', ') || '—',
              ],
              [
                t('entry.inForce'),
                `${e.validFrom ? t('entry.from', { validFrom: longDate(e.validFrom) }) : ''}${e.validUntil ? t('entry.until', { validUntil: longDate(e.validUntil) }) : ''}` ||
                  '—',
              ],
              e.keeperCaseId !== null && [
                t('entry.keeper'),
                <AnchorTo key="c" to="/cases/$id" params={{ id: e.keeperCaseId }} size="sm">
                  {t('entry.openCase')}
                </AnchorTo>,
              ],
            ]}
          />
        </Panel>
        <Panel
          title={t('entry.groups')}
          end={
            e.mayOpenGroup ? (
              <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setOpening(true)}>
                {t('entry.openGroup')}
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
              {t('entry.noGroups')}
            </Text>
          ) : (
            <div className="scroll-x" tabIndex={0} role="region" aria-label={t('entry.groups')}>
              <Table miw={520}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('entry.begins')}</Table.Th>
                    <Table.Th>{t('entry.ends')}</Table.Th>
                    <Table.Th>{t('entry.people')}</Table.Th>
                    <Table.Th>{t('cases.organisation')}</Table.Th>
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
                            {t('entry.finishAsk')}
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
        <Panel title={t('entry.history')}>
          <ol className="timeline">
            {[...e.history].reverse().map((h) => (
              <li key={h.n} data-tone={toneOfStatus(h.status) === 'plain' ? 'info' : toneOfStatus(h.status)}>
                <Text size="sm" fw={600}>
                  {t('entry.versionLine', { statusRu: h.statusRu, version: h.version })}
                </Text>
                <Text size="xs" c="dimmed">
                  {dateTime(h.at)}
                  {h.validUntil ? t('entry.validUntil', { validUntil: longDate(h.validUntil) }) : ''}
                </Text>
                {h.caseId && (
                  <AnchorTo to="/cases/$id" params={{ id: h.caseId }} size="xs">
                    {t('entry.byCase', { sequence: h.sequence })}
                  </AnchorTo>
                )}
              </li>
            ))}
          </ol>
        </Panel>
        <details className="panel">
          <summary style={{ cursor: 'pointer', fontWeight: 600 }}>{t('entry.allFacts')}</summary>
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
      <Modal opened={finishing !== null} onClose={() => setFinishing(null)} title={t('entry.finishTitle')}>
        <DateField label={t('entry.endDate')} value={finishedOn} onChange={(v) => setFinishedOn(v ?? '')} />
        {finish.error && <ErrorNote error={finish.error} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setFinishing(null)}>
            {t('common.cancel')}
          </Button>
          <Button loading={finish.isPending} onClick={() => finishing && finish.mutate(finishing)}>
            {t('entry.finish')}
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
    <Modal opened={opened} onClose={onClose} title={<Text fw={650}>{t('entry.openGroupTitle')}</Text>}>
      <Stack gap="md">
        <NumberInput
          label={t('entry.size')}
          withAsterisk
          min={1}
          max={1000}
          value={size}
          onChange={(v) => setSize(typeof v === 'number' ? v : '')}
          error={errors['/size']}
        />
        <DateField
          label={t('entry.trainingBegins')}
          withAsterisk
          value={startedOn}
          onChange={(v) => setStartedOn(v ?? '')}
          error={errors['/startedOn']}
        />
        <OrganisationPicker
          label={t('cases.organisation')}
          withAsterisk
          mine
          value={organisation}
          onChange={(v) => setOrganisation(v ?? '')}
          error={errors['/organisationId']}
        />
        {open.error && <ErrorNote error={open.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button loading={open.isPending} disabled={size === ''} onClick={() => open.mutate()}>
            {t('entry.openGroup')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
