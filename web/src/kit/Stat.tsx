import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { screenOf } from '../lib/links.tsx';
import { number } from '../lib/words.ts';

interface Counted {
  value: number;
  list: string;
}

/** A number that opens to what it counts. */
export function Stat({ label, count, tone }: { label: string; count: Counted; tone?: 'late' | 'good' }) {
  const to = screenOf(count.list);
  return (
    <Link
      className="stat"
      to={to.to as '/cases'}
      search={to.search as never}
      data-tone={count.value > 0 ? tone : undefined}
    >
      <Text span className="value num" fz={26} fw={700} lh={1.1} display="block">
        {number(count.value)}
      </Text>
      <Text span size="sm" c="dimmed">
        {label}
      </Text>
    </Link>
  );
}

/** The same inside a table. */
export function CountLink({ count, words }: { count: Counted; words?: string }) {
  const to = screenOf(count.list);
  if (count.value === 0) return <span className="num">0</span>;
  return (
    <Link
      to={to.to as '/cases'}
      search={to.search as never}
      className="num"
      style={{ color: 'var(--mantine-color-anchor)' }}
      aria-label={words ? `${words}: ${count.value}` : undefined}
    >
      {number(count.value)}
    </Link>
  );
}

/** A bar beside its number: the table stays the truth, the picture helps the eye. */
export function BarCell({ value, max, label }: { value: number; max: number; label: string }) {
  return (
    <span className="bar-cell">
      <span className="track" aria-hidden>
        <span style={{ width: `${max > 0 ? Math.max(value > 0 ? 3 : 0, (value / max) * 100) : 0}%` }} />
      </span>
      <span className="num" style={{ minWidth: 44, textAlign: 'right' }}>
        {label}
      </span>
    </span>
  );
}
