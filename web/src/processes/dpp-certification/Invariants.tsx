import { Box, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconAlertCircle, IconCircleCheck } from '@tabler/icons-react';
import { number } from '../../lib/words.ts';
import { Coverage } from './Coverage.tsx';
import { type Draft, moduleHours } from './model.ts';
import { t } from './words.ts';

/** The invariants of the programme, live: what already agrees and what does not. */
export function Invariants({
  d,
  minHours,
  onChange,
}: {
  d: Draft;
  minHours: Record<'ПК' | 'ПП', number>;
  onChange?(d: Draft): void;
}) {
  const sum = d.modules.reduce((total, m) => total + moduleHours(m), 0);
  const practice = d.modules.reduce((total, m) => total + (m.practice || 0), 0);
  const hours = d.hours ?? 0;
  const equal = hours > 0 && sum === hours;
  const enough = d.kind === undefined || hours >= minHours[d.kind];
  return (
    <Stack gap="md">
      <Title order={2} fz={15}>
        {t('sum.title')}
      </Title>
      <Box>
        <Group justify="space-between" gap={4}>
          <Text size="sm" fw={600}>
            {t('sum.hours')}
          </Text>
          <Text size="sm" className="num">
            {t('sum.of', { sum: number(sum), hours: hours ? number(hours) : '—' })}
          </Text>
        </Group>
        <Progress
          value={hours > 0 ? Math.min(100, (sum / hours) * 100) : 0}
          color={equal ? 'green.8' : sum > hours ? 'red.8' : 'ink.6'}
          size="sm"
          mt={4}
          aria-label={t('sum.hoursOf', { sum, hours })}
        />
        <Mark ok={equal}>
          {equal
            ? t('sum.equal')
            : hours === 0
              ? t('sum.giveVolume')
              : sum > hours
                ? t('sum.extra', { sum: number(sum - hours) })
                : t('sum.missing', { hours: number(hours - sum) })}
        </Mark>
        {d.kind && (
          <Mark ok={enough}>
            {enough
              ? t('sum.atLeast', {
                  least: minHours[d.kind],
                  kind: d.kind === 'ПК' ? t('kind.upgrade') : t('kind.retraining'),
                })
              : t('sum.tooFew', { least: minHours[d.kind] })}
          </Mark>
        )}
        {sum > 0 && (
          <Text size="xs" c="dimmed" mt={2}>
            {t('sum.practice', { practice: number((practice / sum) * 100, 0) })}
          </Text>
        )}
      </Box>
      <Coverage
        title={t('coverage.results')}
        rows={d.results.map((r) => ({ id: r.id, title: r.text }))}
        columns={d.assessment.map((a) => ({ id: a.id, title: a.form }))}
        covered={(r, a) => d.assessment.find((x) => x.id === a)?.results.includes(r) ?? false}
        {...(onChange
          ? {
              onToggle: (r: string, a: string) =>
                onChange({
                  ...d,
                  assessment: d.assessment.map((x) => (x.id === a ? { ...x, results: toggled(x.results, r) } : x)),
                }),
            }
          : {})}
        gapWords={t('coverage.unassessed')}
      />
      <Coverage
        title={t('coverage.deficits')}
        rows={d.deficits.map((x) => ({ id: x.code, title: x.title }))}
        columns={d.modules.map((m) => ({ id: m.id, title: m.title }))}
        covered={(x, m) => d.modules.find((y) => y.id === m)?.deficits.includes(x) ?? false}
        {...(onChange
          ? {
              onToggle: (x: string, m: string) =>
                onChange({
                  ...d,
                  modules: d.modules.map((y) => (y.id === m ? { ...y, deficits: toggled(y.deficits, x) } : y)),
                }),
            }
          : {})}
        gapWords={t('coverage.unclosed')}
      />
      {onChange && (
        <Text size="xs" c="dimmed">
          {t('coverage.clickable')}
        </Text>
      )}
    </Stack>
  );
}

const toggled = (list: string[], item: string) =>
  list.includes(item) ? list.filter((x) => x !== item) : [...list, item];

function Mark({ ok, children }: { ok: boolean; children: string }) {
  return (
    <Group gap={5} mt={4} wrap="nowrap" c={ok ? 'var(--app-good)' : 'var(--app-soon)'}>
      {ok ? (
        <IconCircleCheck size={15} aria-hidden style={{ flex: 'none' }} />
      ) : (
        <IconAlertCircle size={15} aria-hidden style={{ flex: 'none' }} />
      )}
      <Text size="xs">{children}</Text>
    </Group>
  );
}
