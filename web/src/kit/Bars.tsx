import { Group, Text } from '@mantine/core';
import { number } from '../lib/words.ts';
import { t } from '../i18n/index.ts';

interface Series {
  key: string;
  labelRu: string;
}

interface Line {
  key: string;
  labelRu: string;
  /** In the order of the series; `null` is hidden or unknown. */
  values: Array<number | null>;
  /** A mark across the bar, with its words. */
  target?: { value: number; words: string } | undefined;
}

const TONES = ['var(--chart-1)', 'var(--chart-2)', 'var(--chart-3)', 'var(--chart-4)', 'var(--chart-5)'];
const ROW = 26;
const MOST = 14;

/**
 * Stacked bars over the rows of a table. The table beside it stays the truth and is what a screen reader reads; the picture says its
 * sum in one sentence.
 */
export function Bars({
  titleRu,
  series,
  lines,
  markRu,
  unit = '',
}: {
  titleRu: string;
  series: Series[];
  lines: Line[];
  /** What the mark across a bar means. */
  markRu: string;
  unit?: string;
}) {
  const shown = [...lines]
    .map((line) => ({ ...line, total: line.values.reduce((a: number, b) => a + (b ?? 0), 0) }))
    .filter((line) => line.total > 0 || line.target);
  const rest = shown.splice(MOST).length;
  if (shown.length === 0) return null;
  const max = Math.max(...shown.map((line) => Math.max(line.total, line.target?.value ?? 0)));
  const at = (value: number) => (max === 0 ? 0 : (value / max) * 100);
  const words = shown
    .map(({ labelRu, total, target }) => `${labelRu} — ${number(total)}${unit}${target ? ` (${target.words})` : ''}`)
    .join('; ');
  return (
    <figure className="bars">
      {series.length > 1 && (
        <Group gap="md" mb={6} aria-hidden>
          {series.map(({ key, labelRu }, i) => (
            <Group key={key} gap={6}>
              <span className="swatch" style={{ background: TONES[i % TONES.length] }} />
              <Text span size="xs">
                {labelRu}
              </Text>
            </Group>
          ))}
        </Group>
      )}
      <div role="img" aria-label={`${titleRu}: ${words}`}>
        {shown.map((line) => (
          <div className="bars-line" key={line.key} style={{ minHeight: ROW }} aria-hidden>
            <Text span size="sm" className="bars-name" title={line.labelRu}>
              {line.labelRu}
            </Text>
            <svg width="100%" height={18} preserveAspectRatio="none" viewBox="0 0 100 18" focusable="false">
              {line.values.map((value, i) => {
                const before = line.values.slice(0, i).reduce((a: number, b) => a + (b ?? 0), 0);
                return value ? (
                  <rect
                    key={series[i]?.key}
                    x={at(before)}
                    y={2}
                    width={Math.max(0.6, at(value) - 0.25)}
                    height={14}
                    fill={TONES[i % TONES.length]}
                  />
                ) : null;
              })}
              {line.target && (
                <line
                  x1={Math.min(99.6, at(line.target.value))}
                  x2={Math.min(99.6, at(line.target.value))}
                  y1={0}
                  y2={18}
                  stroke="currentColor"
                  strokeWidth={2}
                  vectorEffect="non-scaling-stroke"
                />
              )}
            </svg>
            <Text span size="sm" className="num bars-value">
              {number(line.total)}
              {unit}
            </Text>
          </div>
        ))}
      </div>
      {(shown.some((line) => line.target) || rest > 0) && (
        <Text size="xs" c="dimmed" mt={4} aria-hidden>
          {shown.some((line) => line.target) ? t('bars.mark', { markRu }) : ''}
          {rest > 0 ? t('bars.rest', { rest }) : ''}
        </Text>
      )}
    </figure>
  );
}
