import { Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { t } from './words.ts';

interface Line {
  id: string;
  title: string;
}

/**
 * What covers what, as a picture: a row without a mark is a gap. Where `onToggle` is given, a cell is a button.
 */
export function Coverage({
  title,
  rows,
  columns,
  covered,
  onToggle,
  gapWords,
}: {
  title: string;
  rows: Line[];
  columns: Line[];
  covered(row: string, column: string): boolean;
  onToggle?(row: string, column: string): void;
  gapWords: string;
}) {
  if (rows.length === 0 || columns.length === 0) {
    return (
      <div>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Text size="sm" c="dimmed">
          {t('coverage.later')}
        </Text>
      </div>
    );
  }
  const gaps = rows.filter((r) => !columns.some((c) => covered(r.id, c.id)));
  return (
    <div>
      <Text size="sm" fw={600} mb={2}>
        {title}
      </Text>
      <div className="scroll-x" tabIndex={0} role="region" aria-label={title}>
        <table className="matrix">
          <caption>
            <VisuallyHidden>{title}</VisuallyHidden>
          </caption>
          <thead>
            <tr>
              <td style={{ background: 'none' }} />
              {columns.map((c) => (
                <th key={c.id} scope="col" title={c.title}>
                  {c.id}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((r) => {
              const bad = gaps.includes(r);
              return (
                <tr key={r.id} data-bad={bad}>
                  <th scope="row" title={r.title}>
                    {r.id}
                  </th>
                  {columns.map((c) => {
                    const on = covered(r.id, c.id);
                    const words = `${r.id} × ${c.id}: ${on ? t('coverage.tied') : t('coverage.untied')}`;
                    return (
                      <td key={c.id} data-on={on}>
                        {onToggle ? (
                          <Tooltip label={`${r.title || r.id} × ${c.title || c.id}`} openDelay={400}>
                            <button
                              type="button"
                              className="cell"
                              aria-pressed={on}
                              aria-label={words}
                              onClick={() => onToggle(r.id, c.id)}
                            >
                              {on ? '✓' : ''}
                            </button>
                          </Tooltip>
                        ) : (
                          <>
                            <span aria-hidden>{on ? '✓' : ''}</span>
                            <VisuallyHidden>{on ? t('coverage.yes') : t('coverage.no')}</VisuallyHidden>
                          </>
                        )}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {gaps.length > 0 ? (
        <Text size="xs" c="var(--app-late)" mt={2}>
          {gapWords}: {gaps.map((g) => g.id).join(', ')}
        </Text>
      ) : (
        <Text size="xs" c="var(--app-good)" mt={2}>
          {t('coverage.noGaps')}
        </Text>
      )}
    </div>
  );
}
