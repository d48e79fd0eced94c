import { Alert, Radio, Stack, Text } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { Loading } from '../../kit/bits.tsx';
import { ErrorNote } from '../../kit/ErrorNote.tsx';
import { longDate, weekdayDate } from '../../lib/dates.ts';
import { AnchorTo } from '../../lib/links.tsx';
import { caseQuery } from '../../lib/queries.ts';
import type { FieldsProps } from '../types.ts';
import { detailsOf } from './details.ts';
import { t } from './words.ts';

/** Sittings whose agenda is open, with what keeps a date from being possible. */
export function SittingFields({ caseId, value, onChange, errors }: FieldsProps) {
  const view = useQuery(caseQuery(caseId));
  const sittings = useQuery({
    queryKey: ['cases', 'sittings'],
    queryFn: () => api('GET /api/cases', { query: { process: 'commission-sitting', stage: 'scheduled', limit: 30 } }),
  });
  const rows = useQueries({ queries: (sittings.data?.items ?? []).map((s) => caseQuery(s.id)) });
  if (sittings.isPending || view.isPending) return <Loading />;
  if (sittings.error) return <ErrorNote error={sittings.error} />;
  const d = view.data && detailsOf(view.data);
  const own = rows.flatMap(({ data }) => (data && data.jurisdiction.id === view.data?.jurisdiction.id ? [data] : []));
  if (own.length === 0 && rows.every((r) => !r.isPending))
    return (
      <Alert color="yellow" variant="light" title={t('fields.noSitting')} styles={TEXT}>
        <Text size="sm">
          {t('fields.first')}{' '}
          <AnchorTo to="/start" size="sm">
            {t('fields.setSitting')}
          </AnchorTo>
          {d?.earliestSitting
            ? t('fields.notBefore', { on: longDate(d.earliestSitting.on), why: d.earliestSitting.why })
            : '.'}
        </Text>
      </Alert>
    );
  const sorted = own
    .map((s) => ({
      id: s.id,
      number: s.number,
      freeze: s.deadlines.find((x) => x.purpose === 'freeze'),
      ...sittingOf(s.details),
    }))
    .sort((a, b) => a.heldOn.localeCompare(b.heldOn));
  return (
    <Radio.Group
      label={t('fields.sitting')}
      withAsterisk
      error={errors['/sittingCaseId'] ?? errors['/heldOn']}
      value={typeof value.sittingCaseId === 'string' ? value.sittingCaseId : ''}
      onChange={(id) => onChange({ sittingCaseId: id, heldOn: sorted.find((s) => s.id === id)?.heldOn })}
    >
      <Stack gap={10} mt={6}>
        {sorted.map((s) => {
          // The date of the schedule was told long ago: it may be nearer than a date told today.
          const early = d?.earliestSitting && s.heldOn < d.earliestSitting.on && s.heldOn !== d.plannedOn;
          return (
            <Radio
              key={s.id}
              value={s.id}
              label={`${weekdayDate(s.heldOn)}, ${s.number ?? ''}`}
              description={[
                t('fields.items', { count: s.items }),
                s.freeze && t('fields.closes', { dueOn: longDate(s.freeze.dueOn) }),
                early && t('fields.tooEarly', { on: longDate(d.earliestSitting!.on), why: d.earliestSitting!.why }),
              ]
                .filter(Boolean)
                .join(' · ')}
            />
          );
        })}
      </Stack>
    </Radio.Group>
  );
}

const TEXT = { message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } };

function sittingOf(details: Record<string, unknown> | null): { heldOn: string; items: number } {
  const { heldOn, items } = (details ?? {}) as { heldOn?: string; items?: unknown[] };
  return { heldOn: heldOn ?? '', items: items?.length ?? 0 };
}

const PAPERS = {
  get extract() {
    return t('extract.title');
  },
  get act() {
    return t('extract.act');
  },
} as const;

/** Only papers that are there and were not read yet. */
export function PaperFields({ caseId, value, onChange, errors }: FieldsProps) {
  const view = useQuery(caseQuery(caseId));
  if (view.isPending) return <Loading />;
  const served = view.data ? detailsOf(view.data).served : undefined;
  const waiting = (['extract', 'act'] as const).filter((p) => served?.[p] && !served[p].servedOn);
  return (
    <Radio.Group
      label={t('fields.withDocument')}
      withAsterisk
      error={errors['/paper']}
      value={typeof value.paper === 'string' ? value.paper : ''}
      onChange={(paper) => onChange({ ...value, paper })}
    >
      <Stack gap={8} mt={6}>
        {waiting.map((p) => (
          <Radio
            key={p}
            value={p}
            label={`${PAPERS[p]}${served?.[p]?.number ? ` № ${served[p].number}` : ''}`}
            description={t('fields.has', { from: longDate(served![p]!.from) })}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}
