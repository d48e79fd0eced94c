import { Group, Select, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { compareQuery, type FieldChange } from '../lib/queries.ts';
import { number } from '../lib/words.ts';
import { Chip, Loading } from './bits.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { t } from '../i18n/index.ts';

/** What changed between two versions: fields with an inline difference, and the table of modules. */
export function Compare({ caseId, versions }: { caseId: string; versions: number[] }) {
  const sorted = [...new Set(versions)].sort((a, b) => a - b);
  const [from, setFrom] = useState(String(sorted.at(-2) ?? sorted[0] ?? 1));
  const [to, setTo] = useState(String(sorted.at(-1) ?? 1));
  const asked = sorted.length > 1;
  const compare = useQuery({ ...compareQuery(caseId, Number(from), Number(to)), enabled: asked && from !== to });
  if (!asked)
    return (
      <Text size="sm" c="dimmed">
        {t('compare.single')}
      </Text>
    );
  const data = sorted.map((v) => ({ value: String(v), label: t('compare.version', { v }) }));
  return (
    <Stack gap="md">
      <Group>
        <Select
          label={t('compare.before')}
          data={data}
          value={from}
          onChange={(v) => v && setFrom(v)}
          allowDeselect={false}
          w={150}
        />
        <Select
          label={t('compare.after')}
          data={data}
          value={to}
          onChange={(v) => v && setTo(v)}
          allowDeselect={false}
          w={150}
        />
        {compare.data && (
          <Chip tone="info">{t('compare.share', { changedShare: number(compare.data.changedShare, 0) })}</Chip>
        )}
      </Group>
      {from === to ? (
        <Text size="sm" c="dimmed">
          {t('compare.chooseTwo')}
        </Text>
      ) : compare.isPending ? (
        <Loading />
      ) : compare.error ? (
        <ErrorNote error={compare.error} />
      ) : (
        <>
          {compare.data.modules.length > 0 && (
            <div className="scroll-x" tabIndex={0} role="region" aria-label={t('compare.modules')}>
              <Table miw={520}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('compare.module')}</Table.Th>
                    <Table.Th>{t('compare.what')}</Table.Th>
                    <Table.Th ta="right">{t('compare.hoursBefore')}</Table.Th>
                    <Table.Th ta="right">{t('compare.hoursAfter')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {compare.data.modules.map((m) => (
                    <Fragment key={m.id}>
                      <Table.Tr>
                        <Table.Td>
                          <b>{m.id}</b> {m.titleRu}
                        </Table.Td>
                        <Table.Td>
                          <Chip tone={m.change === 'added' ? 'good' : m.change === 'removed' ? 'late' : 'soon'}>
                            {m.change === 'added'
                              ? t('compare.added')
                              : m.change === 'removed'
                                ? t('compare.removed')
                                : t('compare.changed')}
                          </Chip>
                        </Table.Td>
                        <Table.Td ta="right" className="num">
                          {m.hoursBefore ?? '–'}
                        </Table.Td>
                        <Table.Td ta="right" className="num">
                          {m.hoursAfter ?? '–'}
                        </Table.Td>
                      </Table.Tr>
                      {m.fields.length > 0 && (
                        <Table.Tr>
                          <Table.Td colSpan={4}>
                            <Stack gap="xs">
                              {m.fields.map((f) => (
                                <Difference key={f.pointer} field={f} />
                              ))}
                            </Stack>
                          </Table.Td>
                        </Table.Tr>
                      )}
                    </Fragment>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          )}
          {compare.data.fields.length === 0 && compare.data.modules.length === 0 && (
            <Text size="sm">{t('compare.same')}</Text>
          )}
          {compare.data.fields.map((f) => (
            <Difference key={f.pointer} field={f} />
          ))}
        </>
      )}
    </Stack>
  );
}

function Difference({ field }: { field: FieldChange }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {field.labelRu}
      </Text>
      <Text size="sm" className="pre" component="div">
        {field.diff.map((d, i) => {
          if (d.op === 'added')
            return (
              <ins key={i} className="diff">
                {d.text}
              </ins>
            );
          if (d.op === 'removed')
            return (
              <del key={i} className="diff">
                {d.text}
              </del>
            );
          return <span key={i}>{d.text}</span>;
        })}
      </Text>
    </div>
  );
}

/** Any value as text for people: lists by lines, objects by their words. */
export function inWords(v: unknown): string {
  if (v === null || v === undefined || v === '') return '—';
  if (typeof v === 'boolean') return v ? t('compare.yes') : t('compare.no');
  if (Array.isArray(v)) return v.length === 0 ? '—' : v.map(inWords).join('\n');
  if (typeof v === 'object')
    return Object.values(v)
      .map(inWords)
      .filter((x) => x !== '—')
      .join(', ');
  return String(v);
}
