import { Text } from '@mantine/core';
import type { CaseView } from '../lib/queries.ts';
import { shortDate } from '../lib/dates.ts';
import { t } from '../i18n/index.ts';

/** The path of the case as a picture: a stretch per stage, as wide as its share of days, with the current one marked. */
export function StageTimeline({ timeline, overdue }: { timeline: CaseView['timeline']; overdue: boolean }) {
  if (timeline.length === 0) return null;
  return (
    <ol className="stages" aria-label={t('timeline.title')} tabIndex={0}>
      {timeline.map((s, i) => (
        <li
          key={`${s.stage}${s.enteredAt}`}
          data-current={s.current}
          data-tone={s.current ? (overdue ? 'late' : 'now') : 'past'}
          style={{ flexGrow: Math.min(6, Math.max(1, s.days)) }}
        >
          <span className="bar" aria-hidden />
          <Text size="sm" fw={s.current ? 700 : 500} lh={1.25} aria-current={s.current ? 'step' : undefined}>
            {i + 1}. {s.labelRu}
          </Text>
          <Text size="xs" c="dimmed">
            {t('timeline.from', {
              enteredOn: shortDate(s.enteredOn),
              leftOn: s.leftOn ? t('timeline.to', { leftOn: shortDate(s.leftOn) }) : '',
            })}
          </Text>
          <Text size="xs" c="dimmed">
            {s.days === 0 ? t('timeline.sameDay') : t('case.days', { count: s.days })}
            {s.waitingForRu && s.current ? t('timeline.waits', { waitingForRu: s.waitingForRu }) : ''}
          </Text>
        </li>
      ))}
    </ol>
  );
}
