import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { organisationsQuery, peopleQuery } from '../lib/queries.ts';
import { t } from '../i18n/index.ts';

type PickerProps = Omit<SelectProps, 'value' | 'onChange' | 'data'> & {
  value: string;
  onChange(value: string | undefined): void;
};

/** Finds a person by part of the name; shows the post, the organisation and, for experts, the open tasks. */
export function PersonPicker({ value, onChange, holds, ...rest }: PickerProps & { holds?: string }) {
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, 250);
  const found = useQuery(peopleQuery(asked.includes('·') ? '' : asked, holds));
  const rows = found.data?.items ?? [];
  return (
    <Select
      {...rest}
      searchable
      clearable
      nothingFoundMessage={found.isFetching ? t('pickers.seeking') : t('pickers.nobody')}
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options }) => options}
      data={rows.map((p) => ({
        value: p.id,
        label: [
          p.displayName,
          p.postRu ?? p.roles[0]?.roleRu,
          p.expert && p.expert.openTasks !== null
            ? t('pickers.load', { openTasks: p.expert.openTasks, maxOpenTasks: p.expert.maxOpenTasks })
            : null,
        ]
          .filter(Boolean)
          .join(' · '),
      }))}
      value={value || null}
      onChange={(v) => onChange(v ?? undefined)}
    />
  );
}

export function OrganisationPicker({ value, onChange, mine = false, ...rest }: PickerProps & { mine?: boolean }) {
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, 250);
  const found = useQuery(organisationsQuery(mine ? '' : asked, mine));
  return (
    <Select
      {...rest}
      searchable
      nothingFoundMessage={found.isFetching ? t('pickers.seeking') : t('pickers.nothing')}
      searchValue={search}
      onSearchChange={setSearch}
      {...(mine ? {} : { filter: ({ options }) => options })}
      data={(found.data?.items ?? []).map((o) => ({ value: o.id, label: o.nameRu }))}
      value={value || null}
      onChange={(v) => onChange(v ?? undefined)}
    />
  );
}
