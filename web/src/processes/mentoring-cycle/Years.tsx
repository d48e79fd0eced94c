import { Group, Text } from '@mantine/core';
import { IconCheck, IconFlag, IconPlayerPause, IconUserOff, IconX } from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import { Chip } from '../../kit/bits.tsx';
import { longDate, shortDate } from '../../lib/dates.ts';
import { type Cycle, type Quarter, type YearOf, yearName } from './model.ts';
import { t } from './words.ts';

const WORDS: Record<Quarter['state'], string> = {
  get met() {
    return t('year.met');
  },
  get missed() {
    return t('year.missed');
  },
  get now() {
    return t('year.now');
  },
  get ahead() {
    return t('year.ahead');
  },
  get before() {
    return t('year.before');
  },
  get unknown() {
    return t('year.unjudged');
  },
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
            {t('year.heading', { year: y.year, name: yearName(y.year) })}
          </Text>
          {y.state === 'now' && <Chip tone="info">{t('phases.running')}</Chip>}
          {y.state === 'done' && (
            <Chip tone="good">
              <IconCheck size={13} aria-hidden />{' '}
              {t('year.passed', { passedOn: y.passedOn ? ` ${shortDate(y.passedOn)}` : '' })}
            </Chip>
          )}
          {y.state === 'before' && <Chip>{t('year.credited')}</Chip>}
          {y.extendedMonths > 0 && <Chip tone="soon">{t('year.extended', { extendedMonths: y.extendedMonths })}</Chip>}
        </Group>
        <Text size="xs" c={y.gateOverdue ? 'var(--app-late)' : 'dimmed'} fw={y.gateOverdue ? 650 : 400} className="num">
          <IconFlag size={13} aria-hidden style={{ verticalAlign: '-2px' }} />{' '}
          {t('year.gate', { until: longDate(y.until), gateOverdue: y.gateOverdue ? t('year.overdue') : '' })}
        </Text>
      </Group>
      <div className="years-bar">
        <ol aria-label={t('year.quarters', { year: y.year })}>
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
            <span>{t('year.today')}</span>
          </span>
        )}
      </div>
      {(pauses.length > 0 || gaps.length > 0) && (
        <Group gap={6} mt={6} wrap="wrap">
          {pauses.map((p) => (
            <span key={p.from} className="chip wrap">
              <IconPlayerPause size={13} aria-hidden />{' '}
              {t('year.pause', {
                reasonRu: p.reasonRu,
                from: shortDate(p.from),
                to: p.to ? t('year.to', { to: shortDate(p.to) }) : t('year.goesOn'),
              })}
            </span>
          ))}
          {gaps.map((g) => (
            <span key={g.from} className="chip wrap" data-tone={g.to ? 'plain' : 'late'}>
              <IconUserOff size={13} aria-hidden />{' '}
              {t('year.noMentor', {
                from: shortDate(g.from),
                to: g.to ? t('year.to', { to: shortDate(g.to) }) : t('year.curatorLeads'),
              })}
            </span>
          ))}
        </Group>
      )}
    </li>
  );
}

function QuarterCell({ q, kinds }: { q: Quarter; kinds: Map<string, string> }) {
  const missing = q.missing
    .map((m) => t('year.needed', { kind: kinds.get(m.kind) ?? m.kind, done: m.done, needed: m.needed }))
    .join(', ');
  const check = q.checkedOn
    ? t('year.checked', { checkedOn: shortDate(q.checkedOn), remarks: q.remarks ? t('year.withRemarks') : '' })
    : '';
  const all = [
    t('year.quarterOf', { n: q.n, from: shortDate(q.from), until: shortDate(q.until) }),
    WORDS[q.state],
    missing && t('year.short', { missing }),
    check,
  ]
    .filter(Boolean)
    .join('; ');
  return (
    <li data-state={q.state} title={all}>
      <span className="sr-only">{all}</span>
      <span aria-hidden>
        {q.state === 'met' && <IconCheck size={14} />}
        {q.state === 'missed' && <IconX size={14} />} {t('year.quarter', { n: q.n })}
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
        .join(', ') || t('year.noEntries');

export const monthsWords = (n: number): string => t('year.months', { count: n });
