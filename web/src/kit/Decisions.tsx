import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { longDate } from '../lib/dates.ts';
import type { CaseView } from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';
import { Panel } from './bits.tsx';
import { t } from '../i18n/index.ts';

const FIRST = 2;

/** Decisions and statements of the case, the latest first: what was decided, by which act, on what grounds, in whose words. */
export function Decisions({ view }: { view: CaseView }) {
  const screens = useQuery(screensQuery(view.process));
  const [all, setAll] = useState(false);
  if (view.decisions.length === 0) return null;
  const words = (d: CaseView['decisions'][number]) => {
    const { order: _, ...facts } = d.facts;
    return screens.data?.eventWords?.({ type: d.type, facts }) ?? null;
  };
  const shown = all ? view.decisions : view.decisions.slice(0, FIRST);
  return (
    <Panel
      title={t('decisions.title')}
      end={
        view.decisions.length > FIRST && (
          <Button variant="subtle" size="compact-sm" onClick={() => setAll((a) => !a)}>
            {all ? t('decisions.latest') : t('decisions.all', { length: view.decisions.length })}
          </Button>
        )
      }
    >
      <Stack gap={0}>
        {shown.map((d) => (
          <div key={d.sequence} style={{ borderTop: '1px solid var(--app-line)', padding: '9px 0' }}>
            <Text size="sm" fw={600}>
              {d.labelRu}
            </Text>
            <Text size="xs" c="dimmed">
              {longDate(d.on)}
              {d.order ? t('decisions.order', { number: d.order.number, date: longDate(d.order.date) }) : ''}
            </Text>
            {words(d) && (
              <Text size="sm" mt={4}>
                {words(d)}
              </Text>
            )}
            {d.textRu && (
              <Text size="sm" mt={4} className="pre">
                {d.textRu}
              </Text>
            )}
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
