import { Popover, Stack, Text } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { dueWords, weekdayDate } from '../lib/dates.ts';

export interface DueProps {
  on: string | null | undefined;
  late?: boolean;
  stopped?: boolean;
  /** Where the date comes from, in words; asked for everywhere a date is shown. */
  explanation?: string | null;
}

/** The due date as a chip in words; without a button inside, so that it may stand in a link. */
export function DueChip({ on, late = false, stopped = false }: DueProps) {
  const { t } = useTranslation();
  if (stopped)
    return (
      <span className="chip" data-tone="info">
        {t('due.stopped')}
      </span>
    );
  const { words, tone } = dueWords(on, late);
  return (
    <span className="chip" data-tone={tone} title={on ? weekdayDate(on) : undefined}>
      <IconClock size={14} aria-hidden />
      {words}
    </span>
  );
}

/** The same with «Почему эта дата?» beside it. */
export function DueWithReason(props: DueProps & { label?: string }) {
  const { t } = useTranslation();
  if (!props.on) return <DueChip {...props} />;
  return (
    <span style={{ display: 'inline-flex', flexWrap: 'wrap', alignItems: 'center', gap: 8 }}>
      <DueChip {...props} />
      <Text span size="sm" c="dimmed">
        {t('due.until', { date: weekdayDate(props.on) })}
      </Text>
      <WhyDate on={props.on} explanation={props.explanation} />
    </span>
  );
}

/** One thought a line: «Срок истекает…», «Основание: …», «Событие …». */
export const sentences = (text: string): string[] =>
  text.split(/\n|(?<=\.) (?=[А-ЯЁ][а-яё]{3,})/).filter((line) => line.trim() !== '');

export function WhyDate({ on, explanation }: { on: string; explanation?: string | null }) {
  const { t } = useTranslation();
  if (!explanation) return null;
  return (
    <Popover width={380} position="bottom-start" withArrow trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className="why">
          {t('due.why')}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={`${t('due.why')} ${weekdayDate(on)}`}>
        <Stack gap={6} tabIndex={0}>
          <Text fw={650} size="sm">
            {weekdayDate(on)}
          </Text>
          {sentences(explanation).map((line) => (
            <Text key={line} size="sm">
              {line}
            </Text>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
