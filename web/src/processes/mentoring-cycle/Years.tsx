import { Group, Text } from '@mantine/core';
import { IconCheck, IconFlag, IconPlayerPause, IconUserOff, IconX } from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import { Chip } from '../../kit/bits.tsx';
import { longDate, shortDate } from '../../lib/dates.ts';
import { count } from '../../lib/words.ts';
import { type Cycle, type Quarter, YEAR_NAMES, type YearOf } from './model.ts';

const WORDS: Record<Quarter['state'], string> = {
  met: 'норма выполнена',
  missed: 'норма не выполнена',
  now: 'идёт сейчас',
  ahead: 'впереди',
  before: 'до приёма, стаж зачтён',
  unknown: 'без оценки',
};

const instant = (date: string) => Date.parse(`${date}T00:00:00Z`);
/** Where a date stands between two others, 0 to 100. */
const share = (from: string, until: string, at: string) =>
  Math.max(0, Math.min(100, ((instant(at) - instant(from)) / Math.max(1, instant(until) - instant(from))) * 100));

/** Three years as three bars: quarters as they were judged, stops, gaps without a mentor, gates, and where today is. */
export function Years({ cycle }: { cycle: Cycle }) {
  const kinds = new Map(cycle.workKinds.map((k) => [k.kind, k.labelRu]));
  return (
    <ol className="years">
      {cycle.years.map((y) => (
        <Year key={y.year} year={y} cycle={cycle} kinds={kinds} />
      ))}
    </ol>
  );
}

function Year({ year: y, cycle, kinds }: { year: YearOf; cycle: Cycle; kinds: Map<string, string> }) {
  const touches = (from: string, to: string | null) => from <= y.until && (to ?? cycle.today) >= y.from;
  const pauses = cycle.pauses.filter((p) => touches(p.from, p.to));
  const gaps = cycle.gaps.filter((g) => touches(g.from, g.to));
  const span = (from: string, to: string | null): CSSProperties => {
    const left = share(y.from, y.until, from);
    return { left: `${left}%`, width: `${Math.max(1.2, share(y.from, y.until, to ?? cycle.today) - left)}%` };
  };
  const today = y.state === 'now' && cycle.today >= y.from && cycle.today <= y.until;
  return (
    <li data-state={y.state}>
      <Group justify="space-between" gap={8} mb={6} wrap="wrap">
        <Group gap={8} wrap="wrap">
          <Text fw={650} size="sm">
            {y.year} год. {YEAR_NAMES[y.year]}
          </Text>
          {y.state === 'now' && <Chip tone="info">идёт</Chip>}
          {y.state === 'done' && (
            <Chip tone="good">
              <IconCheck size={13} aria-hidden /> пройден{y.passedOn ? ` ${shortDate(y.passedOn)}` : ''}
            </Chip>
          )}
          {y.state === 'before' && <Chip>зачтён по стажу</Chip>}
          {y.extendedMonths > 0 && <Chip tone="soon">продлён на {y.extendedMonths} мес.</Chip>}
        </Group>
        <Text size="xs" c={y.gateOverdue ? 'var(--app-late)' : 'dimmed'} fw={y.gateOverdue ? 650 : 400} className="num">
          <IconFlag size={13} aria-hidden style={{ verticalAlign: '-2px' }} /> рубеж {longDate(y.until)}
          {y.gateOverdue ? ': просрочен' : ''}
        </Text>
      </Group>
      <div className="years-bar">
        <ol aria-label={`Кварталы ${y.year}-го года`}>
          {y.quarters.map((q) => (
            <QuarterCell key={q.n} q={q} kinds={kinds} />
          ))}
        </ol>
        {pauses.map((p) => (
          <span key={p.from} className="years-pause" style={span(p.from, p.to)} aria-hidden />
        ))}
        {gaps.map((g) => (
          <span key={g.from} className="years-gap" style={span(g.from, g.to)} aria-hidden />
        ))}
        {today && (
          <span className="years-today" style={{ left: `${share(y.from, y.until, cycle.today)}%` }}>
            <span>сегодня</span>
          </span>
        )}
      </div>
      {(pauses.length > 0 || gaps.length > 0) && (
        <Group gap={6} mt={6} wrap="wrap">
          {pauses.map((p) => (
            <span key={p.from} className="chip wrap">
              <IconPlayerPause size={13} aria-hidden /> {p.reasonRu}: с {shortDate(p.from)}
              {p.to ? ` по ${shortDate(p.to)}` : ', продолжается'}
            </span>
          ))}
          {gaps.map((g) => (
            <span key={g.from} className="chip wrap" data-tone={g.to ? 'plain' : 'late'}>
              <IconUserOff size={13} aria-hidden /> без наставника: с {shortDate(g.from)}
              {g.to ? ` по ${shortDate(g.to)}` : ', ведёт куратор'}
            </span>
          ))}
        </Group>
      )}
    </li>
  );
}

function QuarterCell({ q, kinds }: { q: Quarter; kinds: Map<string, string> }) {
  const missing = q.missing.map((m) => `${kinds.get(m.kind) ?? m.kind} ${m.done} из ${m.needed}`).join(', ');
  const check = q.checkedOn ? `проверка куратора ${shortDate(q.checkedOn)}${q.remarks ? ', есть замечания' : ''}` : '';
  const all = [
    `Квартал ${q.n}: ${shortDate(q.from)} – ${shortDate(q.until)}`,
    WORDS[q.state],
    missing && `не хватило: ${missing}`,
    check,
  ]
    .filter(Boolean)
    .join('; ');
  return (
    <li data-state={q.state} title={all}>
      <span className="sr-only">{all}</span>
      <span aria-hidden>
        {q.state === 'met' && <IconCheck size={14} />}
        {q.state === 'missed' && <IconX size={14} />} {q.n} кв.
      </span>
    </li>
  );
}

/** The counts of a phase in words. */
export const totalsWords = (totals: Record<string, number> | null, kinds: Map<string, string>): string =>
  totals === null
    ? ''
    : Object.entries(totals)
        .filter(([, n]) => n > 0)
        .map(([kind, n]) => `${kinds.get(kind) ?? kind}: ${n}`)
        .join(', ') || 'записей нет';

export const monthsWords = (n: number): string => count(n, 'месяц', 'месяца', 'месяцев');
